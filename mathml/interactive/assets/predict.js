/* Answers the predictions of a page, and covers what each is about until it is answered or skipped.
   Needs page.js before it; runs in the head, so that the covers are there when the page is painted.
   Only this script covers anything: where it does not run, all is seen. */
(() => {
  "use strict";

  if (!window.mathml || window.mathml.predict) return; // a book may carry this file twice
  window.mathml.predict = true;
  const { remember, recall, each } = window.mathml;
  const CHOOSE = "Choose an option and press Check: the reason appears here.";
  const SKIPPED = "skipped";

  /* ---- the cover: of KEY, what it is about is #KEY-about, and #KEY-cover stands in its place ---- */

  const coverOf = (about) => document.getElementById(about.id.replace(/about$/, "cover"));
  const fieldOf = (about) => document.getElementById(about.id.replace(/-about$/, ""));

  const cover = (about) => {
    if (recall(fieldOf(about).id) !== null) return;
    about.hidden = "until-found"; // hidden like anything else where the browser does not know it
    coverOf(about).hidden = false;
    fieldOf(about).setAttribute("aria-describedby", coverOf(about).firstElementChild.id);
    about.addEventListener("beforematch", () => uncover(about)); // found in the page, or linked to
  };
  const uncover = (about) => {
    about.hidden = false;
    coverOf(about).hidden = true;
    fieldOf(about).removeAttribute("aria-describedby");
  };
  const skip = (about) => {
    remember(fieldOf(about).id, SKIPPED);
    uncover(about);
    about.tabIndex = -1;
    about.focus({ preventScroll: true }); // the button that had the focus has gone
  };
  // Where the browser does not open by itself what an address leads into.
  const uncoverTarget = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it is written */ }
    const target = document.getElementById(id.split("?")[0]);
    const about = target?.closest(".covered[hidden]");
    if (about) {
      uncover(about);
      target.scrollIntoView();
    }
  };

  // While the page is read in, each part is made ready before it is painted.
  const prepare = (part) => {
    if (part.nodeType !== Node.ELEMENT_NODE) return;
    if (part.matches(".covered")) cover(part);
    else if (part.matches("fieldset.predict button")) part.hidden = false;
  };
  document.querySelectorAll(".covered, fieldset.predict button").forEach(prepare);
  if (document.readyState === "loading") {
    const reading = new MutationObserver((changes) => {
      changes.forEach((change) => change.addedNodes.forEach(prepare));
    });
    reading.observe(document, { childList: true, subtree: true });
    document.addEventListener("DOMContentLoaded", () => reading.disconnect());
  }

  /* ---- the answer: by a click, by Enter or Space on an option, by Check; never by an arrow ---- */

  const startPrediction = (field) => {
    const reply = field.querySelector("[aria-live]");
    const about = document.getElementById(`${field.id}-about`);
    const ask = () => {
      delete field.dataset.state;
      reply.textContent = CHOOSE;
    };
    const answer = (chosen) => {
      const right = chosen === field.dataset.answer;
      field.dataset.state = right ? "right" : "wrong";
      reply.textContent = (right ? "✓ " : "✗ ") +
        field.querySelector(`template[data-reply="${chosen}"]`).content.textContent;
      remember(field.id, chosen);
      if (about) uncover(about);
    };

    // To a page, an option that an arrow key came by is one that was clicked, but for the key before.
    let byArrow = false;
    field.addEventListener("pointerdown", () => { byArrow = false; });
    field.addEventListener("keyup", () => { byArrow = false; });
    field.addEventListener("keydown", (event) => {
      byArrow = event.key.startsWith("Arrow");
      if (!event.target.matches("input") || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault(); // a chosen option that is chosen again is no click
      event.target.checked = true;
      answer(event.target.value);
    });
    field.addEventListener("click", (event) => {
      if (!event.target.matches("input")) return;
      if (byArrow) ask();
      else answer(event.target.value);
    });
    field.querySelector("button").addEventListener("click", () => {
      const chosen = field.querySelector("input:checked");
      if (chosen) answer(chosen.value);
      else ask();
    });

    const before = recall(field.id);
    const radio = before !== null && field.querySelector(`input[value="${CSS.escape(before)}"]`);
    if (radio) {
      radio.checked = true;
      answer(before);
    }
  };

  each("fieldset.predict", startPrediction);
  each(".covered", (about) => {
    coverOf(about).querySelector("button").addEventListener("click", () => skip(about));
  });
  each(":root", uncoverTarget); // once, when all of the page is there
  addEventListener("hashchange", uncoverTarget);
})();
