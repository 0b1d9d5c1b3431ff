/* Moves the figures of a page: applies to the base drawing what differs in the chosen state.
   No dependency, no network. Needs page.js before it. */
(() => {
  "use strict";

  // A book may carry this file twice, once among its own; a figure started twice would lose track.
  if (window.mathml.explore) return;
  window.mathml.explore = true;

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

  window.mathml.each("figure.explorable", startFigure);
})();
