/* Answers the predictions of a page, and covers what each is about until it is answered or skipped.
   Needs page.js before it. It runs in the head and makes each part ready as the page is read in, so
   that nothing moves when it is painted. Where this script does not run, all is seen. */
(() => {
  "use strict";

  if (!window.mathml || window.mathml.predict) return; // a book may carry this file twice
  window.mathml.predict = true;
  const { remember, recall, each } = window.mathml;
  const CHOOSE = "Choose an option and press Check: the reason appears here.";
  const SKIPPED = "skipped";

  /* ---- the cover: what #KEY asks about is #KEY-about, and #KEY-cover stands in its place ---- */

  const part = (key, name) => document.getElementById(name ? `${key}-${name}` : key);

  const cover = (about) => {
    const key = about.id.replace(/-about$/, "");
    if (recall(key) !== null) return;
    about.hidden = "until-found"; // hidden like anything else where the browser does not know it
    part(key, "cover").hidden = false;
    part(key).setAttribute("aria-describedby", `${key}-waits`);
    about.addEventListener("beforematch", () => uncover(key)); // found in the page, or linked to
    part(key, "cover").querySelector("button").addEventListener("click", () => {
      remember(key, SKIPPED);
      uncover(key);
      about.tabIndex = -1;
      about.focus({ preventScroll: true }); // the button that had the focus has gone
    });
  };
  const uncover = (key) => {
    if (!part(key, "about")) return; // nothing follows, or it is still to be read in
    part(key, "about").hidden = false;
    part(key, "cover").hidden = true;
    part(key).removeAttribute("aria-describedby");
  };
  // Where the browser does not open by itself what an address leads into.
  const uncoverTarget = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it is written */ }
    const target = document.getElementById(id.split("?")[0]);
    const about = target?.closest(".covered[hidden]");
    if (about) {
      uncover(about.id.replace(/-about$/, ""));
      target.scrollIntoView();
    }
  };

  /* ---- the answer: by a click, by Enter or Space on an option, by Check; never by an arrow ---- */

  const startPrediction = (field) => {
    const reply = field.querySelector("[aria-live]");
    const check = field.querySelector("button");
    const ask = () => {
      delete field.dataset.state;
      reply.textContent = CHOOSE;
    };
    const show = (chosen) => {
      const right = chosen === field.dataset.answer;
      field.dataset.state = right ? "right" : "wrong";
      reply.textContent = (right ? "✓ " : "✗ ") +
        field.querySelector(`template[data-reply="${chosen}"]`).content.textContent;
    };
    const answer = (option) => {
      show(option.value);
      remember(field.id, option.value);
      uncover(field.id);
    };

    // To a page, an option that an arrow key came by is one that was clicked, but for the key before.
    let byArrow = false;
    field.addEventListener("pointerdown", () => { byArrow = false; });
    field.addEventListener("keyup", () => { byArrow = false; });
    field.addEventListener("keydown", (event) => {
      byArrow = event.key.startsWith("Arrow");
      if (!event.target.matches("input") || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault(); // an option that is chosen already would not be clicked again
      event.target.checked = true;
      answer(event.target);
    });
    field.addEventListener("click", (event) => {
      if (!event.target.matches("input")) return;
      if (byArrow) ask();
      else answer(event.target);
    });
    check.addEventListener("click", () => {
      const chosen = field.querySelector("input:checked");
      if (chosen) answer(chosen);
      else ask();
    });
    check.hidden = false;

    const before = recall(field.id);
    const option = before !== null && field.querySelector(`input[value="${CSS.escape(before)}"]`);
    if (option) {
      option.checked = true;
      show(before);
    }
  };

  // What has been read in is made ready before the browser paints it: a page has tens of thousands of
  // elements, and to be told of each as it comes is dear.
  const kinds = [
    { found: document.getElementsByClassName("covered"), start: cover, ready: 0 },
    // The question stands before it, so it is whole.
    { found: document.getElementsByClassName("predict-printed"), start: (node) => startPrediction(node.parentElement), ready: 0 },
  ];
  const prepare = () => kinds.forEach((kind) => {
    while (kind.ready < kind.found.length) kind.start(kind.found[kind.ready++]);
  });
  const whileReading = () => {
    prepare();
    if (document.readyState === "loading") requestAnimationFrame(whileReading);
  };
  document.addEventListener("DOMContentLoaded", prepare);
  whileReading();
  each(":root", uncoverTarget); // once, when all of the page is there
  addEventListener("hashchange", uncoverTarget);
})();
