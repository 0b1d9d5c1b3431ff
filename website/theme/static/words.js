// Words as they are compared: in a search and in a filter, in what is typed and in what stands there.
// Case, accents, hyphens, plurals and the two spellings of English make no difference.
(() => {
  "use strict";
  // A Greek letter or a sign of mathematics is a word by itself; letters and digits make others.
  const WORD = /[\u0370-\u03ff]|(?:(?![\u0370-\u03ff])\p{L})+|\p{N}+(?:\.\p{N}+)*|(?!\u2212)[\u2200-\u22ff]/gu;
  const IRREGULAR = new Map([["matrices", "matrix"], ["vertices", "vertex"], ["indices", "index"],
    ["axes", "axis"], ["bases", "basis"], ["grey", "gray"], ["artefact", "artifact"],
    ["licence", "license"], ["defence", "defense"]]);
  // Names of what the reader sees and may not be able to type; with \ also those that are words.
  const NAMES = new Map([["nabla", "∇"], ["partial", "∂"], ["infty", "∞"], ["sqrt", "√"],
    ..."alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega"
      .split(" ").map((name, i) => [name, String.fromCodePoint(0x3b1 + i + (i > 16 ? 1 : 0))])]);
  const COMMANDS = [["sum", "∑"], ["prod", "∏"], ["int", "∫"], ["in", "∈"]];

  const british = (word) => {
    if (word.length < 4) return word;
    let out = word.replace(/yz(?=[aei]|$)/, "ys").replace(/iz(?=[aei]|$)/, "is").replace(/tre(s|d)?$/, "ter$1")
      .replace(/ll(?=(ing|ed|er)s?$)/, "l");
    if (word.length > 5) out = out.replace("our", "or");
    return out;
  };
  const singular = (word) => {
    if (word.length < 4 || /(ss|us|is)$/.test(word)) return word;
    if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
    if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
    return word.replace(/s$/, "");
  };
  const known = new Map();
  const stem = (word) => {
    let found = known.get(word);
    if (found === undefined) known.set(word, found = IRREGULAR.get(word) ?? british(singular(word)));
    return found;
  };

  // Letters with their accents and the like taken off; D_KL is DKL, and Taylor's is Taylor.
  const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/['\u2019]s\b/g, "").replace(/(^|[^\p{L}])(\p{L})_[({]?/gu, "$1$2");
  const fold = (text) => (bare(text).match(WORD) || []).map(stem);
  const typed = (text) => fold(COMMANDS.reduce((now, [name, sign]) =>
    now.replace(new RegExp(`\\\\${name}\\b`, "g"), sign), text));
  window.bookWords = { NAMES, fold, typed };
})();
