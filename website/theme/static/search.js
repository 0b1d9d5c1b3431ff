// The search page: results while one types, from the one script that the build wrote (bookIndex). It
// comes at once where there is a question, and when the page is there otherwise.
(() => {
  "use strict";
  const { NAMES, fold, typed } = window.bookWords;
  const field = document.getElementById("search-words");
  const list = document.getElementById("search-results");
  const said = document.getElementById("search-said");
  const more = document.getElementById("search-more");
  const title = document.title;
  const SHOWN = 30;
  const FEW = 3; // fewer results than these: perhaps a word is mistyped
  const SMALL = new Set("a an and are as at by can do doe for from how i in is it of on or that the to what why with".split(" "));
  // What people type and the book spells out.
  const SHORTHANDS = { mle: "maximum likelihood", ols: "least squares", gd: "gradient descent", sgd: "stochastic gradient descent",
    dkl: "kl", knn: "nearest neighbours", mcmc: "monte carlo", kde: "kernel density", gmm: "mixture", cnn: "neural network",
    nn: "neural network", bfgs: "quasi newton", auc: "roc curve", iid: "independent identically" };
  // What a kind of place is worth among those of equal words.
  const WORTH = { page: 60, section: 30, box: 25, symbol: 20, figure: 15, entry: 10, exercise: 5, equation: 0 };
  const NUMBER = /^(?:(\p{L}+)\.?\s*)?\(?(\d+(?:\.\d+)*)\)?$/u;
  const SHORT = new Map([["thm", "theorem"], ["def", "definition"], ["eq", "equation"], ["eqn", "equation"],
    ["fig", "figure"], ["ex", "exercise"], ["ch", "chapter"]]);

  const padded = (words) => ` ${words.join(" ")} `;
  const vocabulary = new Set();
  const compounds = new Map(Object.entries(SHORTHANDS).map(([name, long]) => [name, fold(long)]));
  const places = [];
  const take = (index) => index.forEach(([address, part, entries]) => {
    const page = { title: entries[0][2], terms: new Set(), rank: part ? 0 : -300 };
    const around = padded(fold(`${page.title} ${part}`));
    entries.forEach(([kind, anchor, heading, number, text, terms]) => {
      const names = terms.map(([name, at]) => [padded(fold(name)), at, name]);
      // "Theorem 3.2: " is no part of a title that a reader compares with what was typed.
      const bare = kind === "symbol" ? `${heading} ${names[0][2]}` : heading.replace(/^\p{Lu}\p{L}+ [\d.]+:? /u, "");
      const inTitle = fold(bare);
      const inText = fold(text);
      [inTitle, inText, ...names.map(([name]) => name.trim().split(" "))].forEach((words) =>
        words.forEach((word) => vocabulary.add(word)));
      for (const joined of `${heading} ${text}`.match(/\p{L}+(?:-\p{L}+)+/gu) || []) {
        const words = fold(joined);
        if (words.length > 1) compounds.set(fold(joined.replace(/-/g, ""))[0], words);
      }
      names.forEach(([name]) => page.terms.add(name));
      places.push({ kind, address, anchor, heading, number, text, part, page, around, names,
        bare: padded(inTitle), length: inTitle.length, title: padded(fold(`${heading} ${bare}`)), words: padded(inText) });
    });
  });

  // A word of the query: the spellings that do, and whether its end may still be missing.
  const has = (text, word) => word.any.some((one) => text.includes(word.open ? ` ${one}` : ` ${one} `));
  const read = (query) => {
    // Who writes loglikelihood means log-likelihood.
    const words = typed(query).flatMap((word) => (!vocabulary.has(word) && compounds.get(word)) || [word]);
    const open = /[\p{L}\p{N}]$/u.test(query);
    const kept = words.filter((word) => !SMALL.has(word));
    return (kept.length ? kept : words).map((word, i, all) => ({
      word, any: [word, NAMES.get(word)].filter(Boolean), open: open && i === all.length - 1 && word.length > 1,
    }));
  };

  const near = (a, b) => { // one letter more, less or another, or two changed about
    let start = 0;
    let end = 0;
    const least = Math.min(a.length, b.length);
    while (start < least && a[start] === b[start]) start++;
    while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
    return x.length + y.length <= 1 || (x.length === 1 && y.length === 1)
      || (x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0]);
  };
  const mended = ({ word, any, open }) => {
    if (word.length < 4) return { word, any, open };
    const close = [...vocabulary].filter((other) => other[0] === word[0] || other[0] === word[1]).filter((other) =>
      (Math.abs(other.length - word.length) < 2 && near(word, other))
      || (open && other.length > word.length + 1 && [-1, 0, 1].some((k) => near(word, other.slice(0, word.length + k)))));
    return { word, any: [...any, ...close], open };
  };

  const score = (place, words, whole) => {
    let titled = 0;
    let named = 0;
    let told = 0;
    for (const word of words) {
      if (has(place.title, word)) titled++;
      else if (place.names.some(([name]) => has(name, word))) named++;
      else if (has(place.words, word)) told++;
      else if (!has(place.around, word)) return 0;
    }
    const n = words.length;
    const isPage = place.kind === "page";
    if (titled + named + told === 0 && !isPage) return 0;
    const wholly = whole.some((one) => place.names.some(([name]) => name === one));
    const own = place.kind === "entry" || place.kind === "symbol"; // the only kinds such a page is asked for
    let worth = WORTH[place.kind] + (own ? place.page.rank / 2 : place.page.rank);
    if (isPage && whole.some((one) => place.page.terms.has(one))) worth += 200;
    if (titled === n) {
      const equal = !place.page.rank && whole.includes(place.bare);
      const begins = whole.some((one) => place.bare.startsWith(one));
      const inOrder = whole.some((one) => place.title.includes(one));
      return 1000 + worth + 300 * equal + 60 * begins + 100 * inOrder + 150 * wholly - 10 * (place.length - n);
    }
    if (wholly) return 900 + worth;
    if (isPage && titled + named + told < n && !titled) return 800 + worth; // its part of the book
    if (titled + named === n) return 600 + worth;
    const inOrder = whole.some((one) => place.words.includes(one.trimEnd()));
    return 200 + worth + (150 * (titled + named)) / n + 40 * (told / n) + 80 * inOrder;
  };

  const byNumber = (query) => {
    const found = query.trim().match(NUMBER);
    if (!found) return [];
    const asked = found[1] && (SHORT.get(found[1].toLowerCase()) ?? found[1].toLowerCase());
    const inBrackets = /^\(/.test(query.trim()); // as equations are cited
    const worth = ({ kind }) => WORTH[kind] + 1000 * (inBrackets && kind === "equation");
    return places.filter((place) => place.number === found[2] && (!asked
      || place.heading.toLowerCase().startsWith(asked) || (asked === "chapter" && place.kind === "page")))
      .sort((a, b) => worth(b) - worth(a));
  };
  const best = (words) => {
    // The query as one, in all its spellings where few: what a title is compared with.
    const whole = words.reduce((all, { any }) => all.flatMap((start) => any.slice(0, 4).map((one) => [...start, one])), [[]])
      .map(padded);
    return places.map((place, i) => [score(place, words, whole), i]).filter(([points]) => points > 0)
      .sort(([a, i], [b, j]) => b - a || i - j).map(([, i]) => places[i]);
  };
  // The places that a query finds, the best first, and the words that found them.
  const find = (query) => {
    let words = read(query);
    if (!words.length) return { found: [], words, exact: 0 };
    const first = byNumber(query);
    const found = [...new Set([...first, ...best(words)])];
    const exact = found.length;
    if (exact < FEW) {
      words = words.map(mended);
      best(words).forEach((place) => { if (!found.includes(place)) found.push(place); });
    }
    return { found, words, exact };
  };

  const element = (name, className, ...content) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  };
  const marked = (text, words) => {
    const parts = [];
    let end = 0;
    for (const { 0: piece, index } of text.normalize("NFC").matchAll(/[\p{L}\p{N}\p{M}]+|[\u2200-\u22ff]/gu)) {
      if (!fold(piece).some((one) => words.some((word) => has(` ${one} `, word)))) continue;
      parts.push(text.slice(end, index), element("mark", "", piece));
      end = index + piece.length;
    }
    return [...parts, text.slice(end)];
  };
  // The sentence with most of the words, or the part of it around the first of them.
  const LONGEST = 240;
  const sentence = ({ text }, words) => {
    const sentences = text.match(/.+?(?:[.!?]["”’)]*(?=\s|$)|$)/gs) || [];
    const points = sentences.map((one) => {
      const folded = padded(fold(one));
      return words.filter((word) => has(folded, word)).length;
    });
    const chosen = (sentences[points.indexOf(Math.max(...points))] || "").trim();
    if (chosen.length <= LONGEST) return chosen;
    const at = [...chosen.matchAll(/[\p{L}\p{N}]+|[\u2200-\u22ff]/gu)]
      .find(({ 0: piece }) => fold(piece).some((one) => words.some((word) => has(` ${one} `, word))))?.index ?? 0;
    const from = at < LONGEST / 2 ? 0 : chosen.indexOf(" ", at - LONGEST / 3) + 1;
    const to = from + LONGEST < chosen.length ? chosen.lastIndexOf(" ", from + LONGEST) : chosen.length;
    return `${from ? "… " : ""}${chosen.slice(from, to)}${to < chosen.length ? " …" : ""}`;
  };
  const where = (place) => {
    if (place.kind === "page") return place.part ? `Chapter · ${place.part}` : "Page";
    return place.page.title;
  };
  const line = (place, words, whole) => {
    // Where the title does not say it, an index entry may stand at the very place.
    const name = words.every((word) => has(place.title, word)) ? null
      : place.names.find(([one]) => whole === one) ?? place.names.find(([one]) => words.some((word) => has(one, word)));
    const anchor = name ? name[1] : place.anchor;
    const link = element("a", "", ...marked((place.kind === "page" && place.number ? `${place.number}. ` : "") + place.heading, words));
    link.href = place.address + (anchor ? `#${anchor}` : "");
    if (place.kind === "symbol") link.append(": ", ...marked(place.names[0][2], words));
    const out = element("li", "", link, element("span", "search-where", where(place)));
    const context = sentence(place, words);
    if (context) out.append(element("p", "context", ...marked(context, words)));
    return out;
  };

  let results = { found: [], words: [] };
  let shown = 0;
  const showMore = () => {
    const next = results.found.slice(shown, shown + SHOWN);
    const whole = padded(results.words.map(({ word }) => word));
    list.append(...next.map((place) => line(place, results.words, whole)));
    shown += next.length;
    more.hidden = shown >= results.found.length;
  };
  const told = (query) => {
    const n = results.found.length;
    if (!results.words.length) return "";
    const count = n === 1 ? "One result" : `${n || "No"} results`;
    if (!n) return `${count} for “${query}”. Try fewer or other words, or the index.`;
    if (!results.exact) return `Nothing for “${query}” as it is written; ${count.toLowerCase()} for words like it.`;
    return `${count} for “${query}”${n > SHOWN ? `; the first ${SHOWN} are shown` : ""}.`;
  };
  let speaking = 0;
  let missing = "Fetching the index…"; // said while there is none
  const answer = (wait) => {
    const query = field.value.trim();
    if (!places.length) {
      said.textContent = query && missing;
      return;
    }
    results = find(query);
    shown = 0;
    list.replaceChildren();
    showMore();
    document.title = query ? `${query} · ${title}` : title;
    try { history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname); } catch { /* from disk */ }
    // Said when the reader pauses, not at every letter.
    clearTimeout(speaking);
    speaking = setTimeout(() => { said.textContent = told(query); }, wait);
  };
  field.addEventListener("input", () => answer(300));
  field.form.addEventListener("submit", (event) => { event.preventDefault(); answer(0); });
  more.addEventListener("click", () => {
    const next = shown;
    showMore();
    list.children[next].querySelector("a").focus();
  });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  answer(0);
  const fetchIndex = () => {
    const script = document.createElement("script");
    script.src = field.form.dataset.index;
    script.addEventListener("load", () => {
      take(window.bookIndex);
      window.bookSearch = find; // for who measures it
      answer(0);
    });
    script.addEventListener("error", () => {
      missing = "The index did not arrive. Load the page again.";
      answer(0);
    });
    document.head.append(script);
  };
  if (field.value) fetchIndex();
  else {
    field.focus();
    addEventListener("load", fetchIndex);
  }
})();
