/* Answers the exercises of a page. Needs page.js and numbers.js before it.
   What is kept: under each form's id what was entered, under "right" the ids of those that are. */
(() => {
  "use strict";

  if (window.mathml.exercises) return; // a book may carry this file twice
  window.mathml.exercises = true;
  const { remember, recall, each, readNumbers } = window.mathml;

  const isNear = (numbers, ranges) => numbers.every((number, i) => {
    const [value, within] = ranges[i].map(Number);
    return number === value || Math.abs(number - value) <= within;
  });
  const short = (number) => String(Number(number.toPrecision(4))).replace("-", "−");

  /* What is found of an entry: a state (right, close, wrong; none where it is no attempt), what is
     said, and the hint that meets just this attempt. */
  const judge = {
    numbers(key, entry) {
      const { numbers, fault } = readNumbers(entry, key.right.length);
      if (fault) return { says: `○ not read: ${fault}` };
      if (isNear(numbers, key.right)) return { state: "right", says: "✓ right" };
      const met = key.wrong.find(([ranges]) => isNear(numbers, ranges));
      if (!met && isNear(numbers, key.near)) {
        return { state: "close", says: `≈ close: within 1 %, but not to ${key.exactly}` };
      }
      const plain = /^[-+]?\d+(\.\d+)?$/.test(entry); // then nobody doubts how it was read
      const which = numbers.length === 1 ? "not this value" : "not these values";
      const read = plain ? "" : ` (read as ${numbers.map(short).join("; ")})`;
      return { state: "wrong", says: `✗ ${which}${read}`, hint: met?.[1] };
    },
    choice(key, entry) {
      if (entry === key.right) return { state: "right", says: "✓ right" };
      return { state: "wrong", says: "✗ another option is right", hint: key.wrong[entry] };
    },
    steps(key, entry) {
      const had = entry.split(" ").length;
      return { state: "right", says: `✓ ${had} of ${key.steps} steps, as you say` };
    },
    done: () => ({ state: "right", says: "✓ done, as you say" }),
  };

  /* The page's list of what was answered right, for the marks in the menu. */
  const rightOnes = () => new Set((recall("right") || "").split(" ").filter(Boolean));
  const mark = (id, isRight) => {
    const ids = rightOnes();
    if (ids.has(id) === isRight) return;
    if (isRight) ids.add(id);
    else ids.delete(id);
    remember("right", [...ids].join(" "));
    document.dispatchEvent(new Event("mathml:progress"));
  };

  const startCheck = (form) => {
    const key = JSON.parse(form.dataset.key);
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    const field = form.querySelector("input[type=text], select");
    const reply = form.querySelector("output");
    let tries = 0, last = null;

    const entered = () => (field ? field.value.trim()
      : boxes.filter((box) => box.checked).map((box) => box.value).join(" "));
    const answer = () => {
      const entry = entered();
      remember(form.id, entry);
      const found = entry ? judge[key.kind](key, entry) : { says: "○ not attempted yet" };
      if (found.state === "wrong" && !found.hint && key.hints.length) {
        if (entry !== last) tries += 1; // the same once more is no new try
        found.hint = key.hints[Math.min(tries, key.hints.length) - 1];
        last = entry;
      }
      form.dataset.state = found.state || "";
      reply.textContent = found.says + (found.hint ? `. Hint: ${found.hint}` : "");
      mark(form.id, found.state === "right");
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field) answer();
    });
    boxes.forEach((box) => box.addEventListener("change", answer));
    form.querySelectorAll(":disabled").forEach((part) => { part.disabled = false; });
    const before = recall(form.id);
    if (!before) return;
    if (field) field.value = before;
    else boxes.forEach((box) => { box.checked = before.split(" ").includes(box.value); });
    if (entered()) answer();
  };

  each("form.check", startCheck);
})();
