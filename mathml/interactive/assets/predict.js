/* Answers the predictions of a page. Needs explore.js before it. */
(() => {
  "use strict";

  if (window.mathml.predict) return; // a book may carry this file twice
  window.mathml.predict = true;
  const { remember, recall, each } = window.mathml;

  const startPrediction = (field) => {
    const reply = field.querySelector("[aria-live]");
    const answer = (chosen) => {
      const right = chosen === field.dataset.answer;
      field.dataset.state = right ? "right" : "wrong";
      reply.textContent = (right ? "✓ " : "✗ ") +
        field.querySelector(`template[data-reply="${chosen}"]`).content.textContent;
      remember(field.id, chosen);
    };
    field.addEventListener("change", (event) => answer(event.target.value));
    const before = recall(field.id);
    const radio = before !== null && field.querySelector(`input[value="${CSS.escape(before)}"]`);
    if (radio) {
      radio.checked = true;
      answer(before);
    }
  };

  each("fieldset.predict", startPrediction);
})();
