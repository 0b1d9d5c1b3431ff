// Before anything is painted: the reader's theme, and a page whose fonts are there.
(function (root) {
  "use strict";
  var saved = null;
  try { saved = localStorage.getItem("theme"); } catch (e) { /* storage may be forbidden */ }
  var dark = saved ? saved === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  root.classList.add("js");

  // The fonts in the style sheet only have to be decoded: show the text when they are, so that it
  // is laid out once. Half a second is the most this may take.
  var show = function () { root.classList.remove("fonts-wait"); };
  var faces = ["1em 'Book Serif'", "italic 1em 'Book Serif'", "1em 'Book Sans'", "1em KaTeX_Main",
    "italic 1em KaTeX_Math"];
  root.classList.add("fonts-wait");
  Promise.all(faces.map(function (face) { return document.fonts.load(face, "a\u03b7"); })).then(show, show);
  setTimeout(show, 500);
})(document.documentElement);
