// A chapter's handout, at its address with ?handout: its definitions, its statements and its
// exercises, with no hint, no form and no solution. Made here, of what the page has, to be printed.
(() => {
  "use strict";
  const article = document.querySelector(".article");
  const exercises = article?.querySelector(".exercise-number")?.closest("section");
  if (!exercises || !new URLSearchParams(location.search).has("handout")) return;

  const make = (tag, className, text = "") =>
    Object.assign(document.createElement(tag), { className, textContent: text });
  const without = (part, selector) => {
    part.querySelectorAll(selector).forEach((inner) => inner.remove());
    return part;
  };
  const copy = (part) => without(part.cloneNode(true), ".headerlink, .copy-button, script");

  // What a form asks: the line to write on, or the options to mark.
  const asked = (form) => {
    const words = form.querySelector("label, .check-ask")?.textContent.trim() ?? "";
    const options = [...form.querySelectorAll("option")].slice(1).map((option) => option.textContent);
    if (options.length && options.some((text) => text.length > 9)) {
      const list = make("ul", "handout-options");
      options.forEach((text) => list.append(make("li", "", text)));
      return list;
    }
    if (form.querySelector("input[type=text]")) {
      return make("p", "handout-answer", `${words} ………………………………………`);
    }
    return null; // a letter of the text, a proof, a program: the exercise says it
  };

  const title = copy(article.querySelector("h1"));
  const handout = make("section", "handout");
  const bar = make("p", "handout-bar", "Definitions, statements and exercises, without hints and solutions. ");
  const print = make("button", "", "Print");
  print.type = "button";
  print.addEventListener("click", () => window.print());
  const back = Object.assign(make("a", "", "Back to the chapter"), { href: location.pathname });
  bar.append(print, " ", back);
  handout.append(bar, title, make("p", "handout-name", "Name ………………………………………………   Date ……………………"));

  const isStatement = (box) => box.querySelector(":scope > .admonition-title")
    && !box.matches(".example, .remark, .algorithm");
  const boxes = [...article.querySelectorAll("div.proof.admonition")].filter(isStatement);
  if (boxes.length) handout.append(make("h2", "", "Definitions and statements"));
  boxes.forEach((box) => handout.append(copy(box)));

  handout.append(make("h2", "", "Exercises"));
  const parts = [...exercises.children];
  const first = parts.findIndex((part) => part.querySelector(".exercise-number"));
  parts.slice(first).forEach((part) => {
    const form = part.querySelector("form.check");
    if (form) {
      const line = asked(form);
      if (line) handout.append(line);
    } else if (!part.matches("details, section, .tag_hide-cell")) {
      handout.append(without(copy(part), "details, form"));
    }
  });
  // Its boxes no longer stand twice on the page.
  article.replaceChildren(handout);
  document.documentElement.classList.add("is-handout");
  document.querySelectorAll(".page-toc, .prev-next, .path-place, .page-actions").forEach((part) => part.remove());
})();
