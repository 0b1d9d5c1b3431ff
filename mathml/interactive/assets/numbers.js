/* Reads numbers as readers write them. The twin of mathml/interactive/entry.py, function by function;
   the grammar stands there, and one table of spellings tries both. Needs explore.js before it. */
(() => {
  "use strict";

  if (window.mathml.readNumbers) return; // a book may carry this file twice
  const MAX_LENGTH = 200, MAX_DEPTH = 20, MAX_WORDS = 3;
  const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", PLAIN = "0123456789+-";
  const ALIKE = [["−–—‐‑‒―⁃", "-"], ["×·⋅∙∗✕⨯", "*"], ["÷∕⁄", "/"], ["[{⟨", "("], ["]}⟩", ")"],
    ["،、", ","], ["؛&", ";"], ["≈≃~", "="], ["٫。", "."], ["٪", "%"], ["’٬", "'"]];
  const ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐"; // of the scripts whose digits NFKC leaves as they are
  const FRACTION = "\u0001"; // stands before a fraction that was one letter; no reader can type it
  const FUNCTIONS = {
    sqrt: Math.sqrt, "√": Math.sqrt, cbrt: Math.cbrt, "∛": Math.cbrt, ln: Math.log, log: Math.log,
    log2: Math.log2, log10: Math.log10, exp: Math.exp, abs: Math.abs, sin: Math.sin, cos: Math.cos,
    tan: Math.tan,
  };
  const CONSTANTS = { pi: Math.PI, "π": Math.PI, e: Math.E };
  const INFINITE = ["inf", "infinity", "∞"];
  const NUMBER = /\d{1,3}(?: \d{3})+(?!\d)(?:\.\d+)?|(?:\d+\.?\d*|\.\d+)(?: ?[eE][+-]?\d+)?/y;
  const MIXED = /(\d*) ?\u0001(\d+)\/(\d+)/y;
  const WITH_COMMA = /\d[\d.]*,[\d.,]*\d/g;
  const has = (table, name) => Object.prototype.hasOwnProperty.call(table, name);

  class Unreadable extends Error {}
  const refuse = (message) => { throw new Unreadable(message); };

  /* The numbers of a text where `count` are meant: {numbers}, or {fault} where it is not that many. */
  const readNumbers = (text, count) => {
    try {
      return { numbers: read(text, count) };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { fault: error.message };
    }
  };

  const read = (text, count) => {
    const folded = fold(text);
    let fault = null, other = 0;
    for (const inside of [false, true]) { // whether a comma between digits belongs to the number
      for (const gaps of [false, true]) { // whether a gap separates
        let found;
        try {
          found = readList(folded, inside, gaps, 0);
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
          fault = fault || error;
          continue;
        }
        if (found.length === count) return found;
        other = other || found.length;
      }
    }
    if (!other) throw fault;
    const asked = count === 1 ? "1 number is asked for" : `${count} numbers are asked for`;
    const advice = count > 1 && /\d,\d/.test(folded)
      ? "; with decimal commas, put semicolons between them: 0,2; 0,8" : "";
    return refuse(`${asked}, ${other} ${other === 1 ? "was" : "were"} read${advice}`);
  };

  const fold = (text) => {
    const letters = [...text];
    if (letters.length > MAX_LENGTH) refuse(`it is longer than ${MAX_LENGTH} characters`);
    let out = "", raised = false;
    for (const letter of letters) {
      if (/[\p{Cf}\ufe00-\ufe0f]/u.test(letter)) continue;
      if (SUPER.includes(letter) !== raised) {
        raised = !raised;
        out += raised ? "^(" : ")";
      }
      const plain = letter.normalize("NFKC");
      if (raised) out += PLAIN[SUPER.indexOf(letter)];
      else if (/\p{Cc}/u.test(letter)) out += " ";
      else if (/^\d+⁄\d+$/.test(plain)) out += FRACTION + plain.replace("⁄", "/");
      else out += [...plain].map(alike).join("");
    }
    return (out + (raised ? ")" : "")).replaceAll("**", "^")
      .replace(/(\d)'(?=\d{3}(?!\d))/g, "$1").replace(/[\s.,;]+$/, "").trim();
  };

  const alike = (letter) => {
    for (const zero of ZEROS) {
      const digit = letter.codePointAt(0) - zero.codePointAt(0);
      if (digit >= 0 && digit <= 9) return String(digit);
    }
    if (/\s/.test(letter)) return " ";
    return (ALIKE.find(([letters]) => letters.includes(letter)) || [letter, letter])[1];
  };

  const afterLabel = (text) => text.slice(text.lastIndexOf("=") + 1);

  const readList = (whole, inside, gaps, depth) => {
    if (depth > MAX_DEPTH) refuse(`its brackets are nested deeper than ${MAX_DEPTH}`);
    const text = (whole.split("=").length === 2 ? afterLabel(whole) : whole).trim();
    if (isEnclosed(text)) return readList(text.slice(1, -1), inside, gaps, depth + 1);
    const parts = split(text, inside, gaps);
    if (parts.length > 1) return parts.flatMap((part) => readList(part, inside, gaps, depth + 1));
    if (text.includes("=")) return readList(afterLabel(text), inside, gaps, depth);
    return [new Reader(text.replace(WITH_COMMA, point)).value()];
  };

  const isEnclosed = (text) => {
    let depth = 0;
    for (let k = 0; k < text.length; k++) {
      depth += (text[k] === "(") - (text[k] === ")");
      if (depth === 0) return k > 0 && k === text.length - 1;
    }
    return false;
  };

  const split = (text, inside, gaps) => {
    const parts = [];
    let depth = 0, start = 0, k = 0;
    while (k < text.length) {
      depth += (text[k] === "(") - (text[k] === ")");
      const before = text.slice(0, k), after = text.slice(k + 1);
      let width = 0;
      if (depth === 0 && text[k] === ";") width = 1;
      else if (depth === 0 && text[k] === ",") {
        width = inside && /\d$/.test(before) && /^\d/.test(after) ? 0 : 1;
      } else if (depth === 0 && text[k] === " ") {
        const word = /^ and(?= |$)/i.exec(text.slice(k));
        if (word) width = word[0].length;
        else if (gaps && /[\d.)%π∞]$/.test(before)
          && /^(?:[\d.(√π∞\u0001]|[+-][\d.(√π∞])/.test(after)) width = 1;
      }
      if (width) {
        parts.push(text.slice(start, k));
        start = k + width;
      }
      k += width || 1;
    }
    return [...parts, text.slice(start)];
  };

  const point = (number) => {
    if (/^(?:\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})$/.test(number)) {
      return number.replaceAll(",", "");
    }
    if (/^(?:\d{1,3}(\.\d{3})+,\d+|\d+,\d+)$/.test(number)) {
      return number.replaceAll(".", "").replaceAll(",", ".");
    }
    return refuse(`the commas of “${number}” can be read in several ways`);
  };

  class Reader {
    constructor(text) {
      this.tokens = tokens(text);
      this.at = this.depth = 0;
      this.bare = false; // the factor just read is a function of what stood there with no bracket
    }

    value() {
      const signed = this.tokens.slice(this.tokens[0]?.[0] === "sign" ? 1 : 0);
      if (signed[0]?.[0] === "infinite" && this.onlyWords(signed.slice(1))) {
        return this.tokens[0][1] === "-" ? -Infinity : Infinity;
      }
      const number = this.sum();
      const rest = this.tokens.slice(this.at);
      if (!this.onlyWords(rest)) {
        const [kind, token] = rest[0];
        const word = (rest.find(([k]) => k === "word") || [kind, token])[1];
        refuse(kind === "number" ? "two numbers stand with no sign between them"
          : token === ")" ? "a bracket is closed that was not opened"
            : `“${word}” is not understood`);
      }
      return number + 0; // no −0
    }

    onlyWords(rest) {
      return rest.length <= MAX_WORDS && rest.every(([kind]) => kind === "word");
    }

    peek() { return this.tokens[this.at] || ["end", ""]; }

    take(...wanted) {
      const [kind, token] = this.peek();
      if (!wanted.includes(token) || !["sign", "mark", "function"].includes(kind)) return null;
      this.at += 1;
      return token;
    }

    deeper(read) {
      this.depth += 1;
      if (this.depth > MAX_DEPTH) refuse(`its brackets are nested deeper than ${MAX_DEPTH}`);
      const number = read.call(this);
      this.depth -= 1;
      return number;
    }

    sum() {
      let total = this.term();
      for (let sign = this.take("+", "-"); sign; sign = this.take("+", "-")) {
        total = finite(sign === "+" ? total + this.term() : total - this.term());
      }
      return total;
    }

    term() {
      let product = this.factor(), divided = false;
      for (;;) {
        if (this.take("*")) product = finite(product * this.factor());
        else if (this.take("/")) {
          const below = this.factor();
          divided = true;
          if (below === 0) refuse("it divides by zero");
          product = finite(product / below);
        } else if (["constant", "function"].includes(this.peek()[0]) || this.peek()[1] === "(") {
          if (divided || this.bare) {
            refuse("a product with no sign can be read in two ways here; write brackets");
          }
          product = finite(product * this.power());
        } else return product;
      }
    }

    factor() {
      const sign = this.take("+", "-");
      if (!sign) return this.power();
      const number = this.deeper(this.factor);
      return sign === "-" ? -number : number;
    }

    power() {
      const base = this.percent();
      return this.take("^") ? power(base, this.deeper(this.factor)) : base;
    }

    percent() {
      let number = this.atom();
      while (this.take("%")) number /= 100;
      return number;
    }

    atom() {
      const [kind, token] = this.peek();
      this.bare = false;
      if (kind === "number" || kind === "constant") {
        this.at += 1;
        return kind === "number" ? token : CONSTANTS[token];
      }
      if (this.take("(")) {
        const number = this.deeper(this.sum);
        if (!this.take(")")) this.missing("a bracket is not closed");
        this.bare = false;
        return number;
      }
      if (kind === "function") {
        this.at += 1;
        const bare = this.peek()[1] !== "(";
        const number = call(token, this.deeper(bare ? this.power : this.atom));
        this.bare = bare;
        return number;
      }
      return this.missing("a number is missing");
    }

    missing(otherwise) {
      const [kind, token] = this.peek();
      if (kind === "infinite") refuse("infinity can only stand alone");
      return refuse(kind === "word" ? `“${token}” is not a number` : otherwise);
    }
  }

  const at = (pattern, text, k) => {
    pattern.lastIndex = k;
    return pattern.exec(text);
  };

  const tokens = (text) => {
    const all = [];
    let k = 0, found;
    while (k < text.length) {
      const letter = String.fromCodePoint(text.codePointAt(k));
      if (letter === " ") k += 1;
      else if ((found = at(MIXED, text, k))) {
        all.push(["number", Number(found[1] || 0) + Number(found[2]) / Number(found[3])]);
        k += found[0].length;
      } else if ((found = at(NUMBER, text, k))) {
        all.push(["number", finite(Number(found[0].replaceAll(" ", "")))]);
        k += found[0].length;
      } else if (/\p{L}/u.test(letter) && letter !== "π") {
        const [name, end] = word(text, k);
        all.push(kindOf(name));
        k = end;
      } else {
        const kind = "+-".includes(letter) ? "sign" : "*/^%()".includes(letter) ? "mark"
          : "√∛".includes(letter) ? "function" : letter === "π" ? "constant"
            : letter === "∞" ? "infinite" : refuse(`“${letter}” is not understood`);
        all.push([kind, letter]);
        k += letter.length;
      }
    }
    return all;
  };

  const word = (text, k) => {
    const letters = /^(?:(?!π)\p{L})+/u.exec(text.slice(k))[0];
    const name = letters.toLowerCase(), end = k + letters.length;
    if (["np", "math"].includes(name) && /^\.(?!π)\p{L}/u.test(text.slice(end))) {
      return word(text, end + 1);
    }
    const base = /^_?(2|10)(?![\d.])/.exec(text.slice(end));
    return name === "log" && base ? [name + base[1], end + base[0].length] : [name, end];
  };

  const kindOf = (name) => {
    if (name === "x") return ["mark", "*"];
    if (name === "percent") return ["mark", "%"];
    return [has(FUNCTIONS, name) ? "function" : has(CONSTANTS, name) ? "constant"
      : INFINITE.includes(name) ? "infinite" : "word", name];
  };

  const finite = (number) => (Number.isFinite(number) ? number : refuse("it is too large"));

  const power = (base, exponent) => {
    if (base === 0 && exponent < 0) refuse("it divides by zero");
    if (base < 0 && exponent !== Math.floor(exponent)) refuse("it has no real value");
    return finite(base ** exponent);
  };

  const call = (name, x) => {
    if ((["sqrt", "√"].includes(name) && x < 0)
      || (["ln", "log", "log2", "log10"].includes(name) && x <= 0)) refuse("it has no real value");
    return finite(FUNCTIONS[name](x));
  };

  window.mathml.readNumbers = readNumbers;
})();
