/* Moves the figures of a page and answers its questions. No dependency, no network. */
(() => {
  "use strict";

  // A book may carry this file twice, once among its own; a figure started twice would lose track.
  if (window.mathmlExplore) return;
  window.mathmlExplore = true;

  /* ---- figures: apply to the base drawing what differs in the chosen state ---- */

  const parseRun = (markup) => {
    const holder = document.createElement("div");
    holder.innerHTML = `<svg>${markup}</svg>`;
    return [...holder.firstChild.childNodes];
  };

  class Panel {
    constructor(svg, data, sizes, start) {
      Object.assign(this, data);
      this.sizes = data.controls.map((c) => sizes[c]);
      const elements = [svg, ...svg.querySelectorAll("*")];
      const first = this.stateOf(start);
      this.slots = data.slots.map(([element, kind, where, values, pattern]) => {
        const slot = { node: elements[element], kind, where, values, pattern };
        if (kind === "run") {
          const children = [...slot.node.childNodes];
          slot.shown = children.slice(where[0], children.length - where[1]);
          slot.next = children[children.length - where[1]] || null;
        }
        slot.value = data.patterns[pattern][first];
        return slot;
      });
    }

    stateOf(positions) {
      return this.controls.reduce((k, c, i) => k * this.sizes[i] + positions[c], 0);
    }

    show(positions) {
      const state = this.stateOf(positions);
      for (const slot of this.slots) {
        const value = this.patterns[slot.pattern][state];
        if (value !== slot.value) {
          slot.value = value;
          this.set(slot, slot.values[value]);
        }
      }
      return this.texts[this.says[state]];
    }

    set(slot, content) {
      if (slot.kind === "text") slot.node.textContent = content;
      else if (slot.kind === "run") {
        slot.shown.forEach((node) => node.remove());
        slot.shown = parseRun(content);
        slot.shown.forEach((node) => slot.node.insertBefore(node, slot.next));
      } else if (content === null) slot.node.removeAttribute(slot.where);
      else slot.node.setAttribute(slot.where, content);
    }
  }

  const startFigure = (figure) => {
    const data = JSON.parse(figure.querySelector("script").textContent);
    const inputs = [...figure.querySelectorAll("input[type=range]")];
    const text = figure.querySelector(".explorable-text");
    const start = data.controls.map((c) => c.start);
    const sizes = data.controls.map((c) => c.texts.length);
    const svgs = figure.querySelectorAll(".explorable-pictures > svg");
    const panels = data.panels.map((panel, i) => new Panel(svgs[i], panel, sizes, start));

    const show = () => {
      const positions = inputs.map((input) => Number(input.value));
      inputs.forEach((input, i) => {
        const value = data.controls[i].texts[positions[i]];
        input.setAttribute("aria-valuetext", value);
        input.nextElementSibling.textContent = value;
      });
      text.textContent = panels.map((panel) => panel.show(positions)).join(" ");
    };
    figure.addEventListener("input", show);
    figure.querySelector(".explorable-reset").addEventListener("click", () => {
      inputs.forEach((input, i) => { input.value = start[i]; });
      show();
    });
    inputs.forEach((input, i) => { input.value = start[i]; });
  };

  /* ---- answers a reader gave stay on this browser ---- */

  const place = (id) => `mathml:${location.pathname}#${id}`;
  const remember = (id, value) => {
    try { localStorage.setItem(place(id), value); } catch { /* private window: nothing to keep */ }
  };
  const recall = (id) => {
    try { return localStorage.getItem(place(id)); } catch { return null; }
  };

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

  const start = () => {
    document.querySelectorAll("figure.explorable").forEach(startFigure);
    document.querySelectorAll("fieldset.predict").forEach(startPrediction);
    document.querySelectorAll("form.check").forEach(startCheck);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
