/* Answers the exercises of a page. Needs page.js before it. */
(() => {
  "use strict";

  if (window.mathml.exercises) return; // a book may carry this file twice
  window.mathml.exercises = true;
  const { remember, recall, each } = window.mathml;

  /* "0.25", "1/3", "−2e-3", "(1, 2)" → numbers; null where that fails */
  const readNumbers = (text) => {
    const parts = text.replace(/[−–]/g, "-").replace(/[()[\]]/g, " ").trim().split(/[\s,;]+/);
    const numbers = parts.map((part) => {
      const [top, bottom, ...rest] = part.split("/").map((s) => (s === "" ? NaN : Number(s)));
      return rest.length ? NaN : bottom === undefined ? top : top / bottom;
    });
    return numbers.every(Number.isFinite) ? numbers : null;
  };

  const complaint = (key, entry) => {
    if (key.text !== undefined) return entry === key.text ? null : "another option is right.";
    const numbers = readNumbers(entry);
    if (numbers === null) return "enter a number such as 0.25, 1/3 or 2e-5.";
    const right = key.numbers.map(Number);
    if (numbers.length !== right.length) {
      return `${right.length} number${right.length > 1 ? "s are" : " is"} asked for.`;
    }
    const close = (a, b) => Math.abs(a - b) <= key.atol + key.rtol * Math.abs(b);
    return numbers.every((a, i) => close(a, right[i])) ? null : "not this value.";
  };

  const startCheck = (form) => {
    const key = JSON.parse(form.dataset.key);
    const entry = form.querySelector("input, select");
    const reply = form.querySelector("output");
    const answer = () => {
      const text = entry.value.trim();
      remember(form.id, text);
      if (!text) {
        form.dataset.state = "";
        reply.textContent = "○ not attempted yet";
        return;
      }
      const wrong = complaint(key, text);
      form.dataset.state = wrong === null ? "right" : "wrong";
      reply.textContent = wrong === null ? "✓ right"
        : `✗ ${wrong}${key.hints.map((hint) => ` Hint: ${hint}`).join("")}`;
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer();
    });
    const before = recall(form.id);
    if (before) {
      entry.value = before;
      answer();
    }
  };

  each("form.check", startCheck);
})();
