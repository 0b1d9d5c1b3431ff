/* Moves the figures of a page. Needs page.js before it. */
(() => {
  "use strict";

  // A book may carry this file twice, once among its own; a figure started twice would lose track.
  if (window.mathml.bring) return;
  const { each, whenRead } = window.mathml;

  /* ---- drawings: apply to the base what differs in the chosen state ---- */

  const parseRun = (markup) => {
    const holder = document.createElement("div");
    holder.innerHTML = `<svg>${markup}</svg>`;
    return [...holder.firstChild.childNodes];
  };
  const NUMBER = /-?\d*\.?\d+(?:e-?\d+)?/g;
  const rounded = (x) => Math.round(x * 1e4) / 1e4; // as fine as the finest number of a drawing

  class Panel {
    constructor(svg, data, sizes, start) {
      Object.assign(this, data);
      this.svg = svg;
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

    sentence(positions) { return this.texts[this.says[this.stateOf(positions)]]; }

    show(positions) {
      const state = this.stateOf(positions);
      for (const slot of this.slots) this.put(slot, this.patterns[slot.pattern][state]);
    }

    put(slot, value) {
      if (value === slot.value) return;
      slot.value = value;
      this.set(slot, slot.values[value]);
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

    // Coordinates between four states, [[state, weight], ...]; all else is the nearest state's.
    blend({ texts, says }, corners, nearest) {
      const fine = new Set(texts[says[nearest]]);
      this.slots.forEach((slot, k) => {
        const pattern = this.patterns[slot.pattern];
        const values = corners.map(([state]) => pattern[state]);
        const text = !fine.has(k) || values.every((v) => v === values[0]) ? null
          : this.mixed(slot, values, corners);
        if (text === null) this.put(slot, pattern[nearest]);
        else {
          slot.value = -1; // no state's
          slot.node.setAttribute(slot.where, text);
        }
      });
    }

    mixed(slot, values, corners) {
      slot.parts ??= slot.values.map((text) => text === null ? null
        : { words: text.split(NUMBER), numbers: (text.match(NUMBER) ?? []).map(Number) });
      const parts = values.map((value) => slot.parts[value]);
      const words = parts[0]?.words.join(" ");
      if (parts.some((part) => part?.words.join(" ") !== words)) return null;
      return parts[0].words.reduce((text, word, i) => text + rounded(corners.reduce(
        (sum, [, weight], k) => sum + weight * parts[k].numbers[i - 1], 0)) + word);
    }
  }

  /* ---- controls: sliders and rows of buttons, by one manner ---- */

  const startControl = (element, { texts }) => {
    if (element.matches("fieldset")) {
      const radios = [...element.querySelectorAll("input")];
      return {
        element,
        get position() { return Math.max(0, radios.findIndex((radio) => radio.checked)); },
        set position(k) { radios[k].checked = true; },
        tell() { /* a button says itself */ },
      };
    }
    const input = element.querySelector("input");
    const output = element.querySelector("output");
    return {
      element,
      get position() { return Number(input.value); },
      set position(k) { input.value = k; },
      tell() {
        const text = texts[input.value];
        input.setAttribute("aria-valuetext", text);
        output.textContent = text;
      },
    };
  };

  /* ---- a figure ---- */

  const figures = new Map(); // by id
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  class Figure {
    constructor(figure, data) {
      this.figure = figure;
      this.data = data;
      this.start = data.controls.map((c) => c.start);
      this.controls = [...figure.querySelectorAll(".explorable-control")]
        .map((element, i) => startControl(element, data.controls[i]));
      const sizes = data.controls.map((c) => c.texts.length);
      const svgs = figure.querySelectorAll(".explorable-panel > svg");
      this.panels = data.panels.map((panel, i) => new Panel(svgs[i], panel, sizes, this.start));
      this.text = figure.querySelector(".explorable-text");
      this.spoken = figure.querySelector(".explorable-spoken");
      this.followers = document.querySelectorAll(`[data-figure="${figure.id}"]`);
      this.handles = this.panels.flatMap((panel) =>
        panel.points.filter((point) => point.handle).map((point) => this.handle(panel, point)));
      figure.addEventListener("input", () => this.moved());
      figure.querySelector(".explorable-reset").addEventListener("click", () => this.go(this.start));
      const play = figure.querySelector(".explorable-play");
      if (play) this.startPlay(play);
      // Before the drawing was here the reader may have moved a control already.
      if (this.positions.some((k, i) => k !== this.start[i])) this.show();
      else this.rest();
      figure.dataset.ready = ""; // for whoever waits for it
    }

    get positions() { return this.controls.map((control) => control.position); }

    show() {
      const positions = this.positions;
      this.panels.forEach((panel) => panel.show(positions));
      this.tell(positions);
      this.rest();
    }

    // What is said of a state: beside its controls, below the picture, in the text of the page.
    tell(positions) {
      this.controls.forEach((control) => control.tell());
      this.text.textContent = this.panels.map((panel) => panel.sentence(positions)).join(" ");
      if (!this.followers.length) return;
      const values = {};
      this.data.controls.forEach((control, i) => { values[control.name] = control.texts[positions[i]]; });
      this.panels.forEach((panel) => Object.entries(panel.values).forEach(([name, { texts, says }]) => {
        values[name] = texts[says[panel.stateOf(positions)]];
      }));
      this.followers.forEach((part) => {
        part.textContent = part.dataset.template.replace(/\{@([\w-]+)\}/g, (_, name) => values[name]);
      });
    }

    // The reader moved a control.
    moved() {
      this.stop?.();
      this.show();
      this.settled();
    }

    // Once the reader pauses: say the sentence, and let the address name what is shown.
    settled() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.spoken.textContent = this.text.textContent;
        writeAddress(this);
      }, 400);
    }

    go(positions) {
      this.stop?.();
      positions.forEach((k, i) => { this.controls[i].position = k; });
      this.show();
      this.settled();
    }

    /* -- the handle of a point -- */

    handle(panel, point) {
      const svg = panel.svg;
      const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
      group.setAttribute("class", "explorable-handle");
      group.setAttribute("aria-hidden", "true"); // the sliders are the way without a pointer
      group.innerHTML = '<circle class="explorable-reach"/><circle class="explorable-ring" r="11"/>';
      svg.append(group);
      const put = (x, y) => group.setAttribute("transform", `translate(${rounded(x)} ${rounded(y)})`);
      let held = false;
      const move = (event) => {
        const { x, y } = new DOMPoint(event.clientX, event.clientY)
          .matrixTransform(svg.getScreenCTM().inverse());
        const [i, u, atX] = between(point.px, x);
        const [j, v, atY] = between(point.py, y);
        this.controls[point.x].position = i + Math.round(u);
        this.controls[point.y].position = j + Math.round(v);
        const nearest = this.positions;
        this.panels.forEach((p) => {
          const own = p.points.find((other) => other.x === point.x);
          if (!own) {
            p.show(nearest);
            return;
          }
          const state = (a, b) => {
            const at = [...nearest];
            at[point.x] = a;
            at[point.y] = b;
            return p.stateOf(at);
          };
          p.blend(own.blend, [[state(i, j), (1 - u) * (1 - v)], [state(i + 1, j), u * (1 - v)],
            [state(i, j + 1), (1 - u) * v], [state(i + 1, j + 1), u * v]], p.stateOf(nearest));
        });
        this.tell(nearest);
        put(atX, atY);
      };
      // The finger takes the point and not the page; within a picture touch-action does not say so.
      group.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
      group.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        event.preventDefault(); // no text is marked
        this.stop?.();
        group.setPointerCapture(event.pointerId);
        held = true;
      });
      group.addEventListener("pointermove", (event) => { if (held) move(event); });
      const letGo = () => {
        if (!held) return;
        held = false;
        this.show();
        this.settled();
      };
      ["pointerup", "pointercancel", "lostpointercapture"].forEach((end) => group.addEventListener(end, letGo));
      return () => put(point.px[this.controls[point.x].position], point.py[this.controls[point.y].position]);
    }

    rest() { this.handles.forEach((put) => put()); }

    /* -- play: the slider runs by itself until the reader touches anything, or it ends -- */

    startPlay(button) {
      const control = this.controls[this.data.controls.findIndex((c) => c.name === "play")];
      const last = this.data.controls.find((c) => c.name === "play").texts.length - 1;
      let running = 0;
      this.stop = () => {
        if (!running) return;
        clearInterval(running);
        running = 0;
        button.setAttribute("aria-pressed", "false");
        this.settled();
      };
      ["pointerdown", "keydown"].forEach((touch) => this.figure.addEventListener(touch, ({ target, key }) => {
        if (key !== "Tab" && target.closest(".explorable-control") && target !== button) this.stop();
      }));
      button.addEventListener("click", () => {
        if (running) {
          this.stop();
          return;
        }
        if (control.position === last) control.position = 0;
        this.show();
        clearTimeout(this.timer); // quiet while it runs
        button.setAttribute("aria-pressed", "true");
        const pause = still.matches ? 1000 : Math.min(500, Math.max(80, 6000 / last));
        running = setInterval(() => {
          control.position += 1;
          this.show();
          if (control.position === last) this.stop();
        }, pause);
      });
    }
  }

  // The two neighbours of a place on a grid (either may be the larger): the first one's number, how
  // far on the place is, and the place itself, on the grid.
  const between = (grid, place) => {
    const rises = grid[0] < grid[grid.length - 1];
    const at = Math.min(Math.max(place, Math.min(...grid)), Math.max(...grid));
    let i = 0;
    while (i < grid.length - 2 && (rises ? at > grid[i + 1] : at < grid[i + 1])) i += 1;
    return [i, (at - grid[i]) / (grid[i + 1] - grid[i]), at];
  };

  /* ---- where the data of a figure come from: the page itself, or a script of their own ---- */

  const waiting = new Map(); // key -> what to do once the script has brought the data
  const bring = (key, data) => {
    waiting.get(key)?.forEach((action) => action(data));
    waiting.delete(key);
  };
  const load = (figure) => {
    if (figures.has(figure.id)) return figures.get(figure.id);
    const loading = new Promise((done, failed) => {
      const inside = figure.querySelector('script[type="application/json"]');
      if (inside) {
        done(JSON.parse(inside.textContent));
        return;
      }
      const { key, src } = figure.dataset;
      if (waiting.has(key)) { // the same figure twice on a page
        waiting.get(key).push(done);
        return;
      }
      waiting.set(key, [done]);
      const script = document.createElement("script"); // unlike fetch, it works from disk
      script.src = src;
      script.addEventListener("error", () => {
        waiting.delete(key);
        figures.delete(figure.id); // the next touch tries again
        failed(new Error(`${src} did not load`));
      });
      document.head.append(script);
    }).then((data) => new Figure(figure, data));
    figures.set(figure.id, loading);
    return loading;
  };
  // A figure that cannot be brought stays still and says so when touched.
  const wanted = (figure) => load(figure).catch(() => {
    figure.querySelector(".explorable-spoken").textContent = "";
    figure.querySelector(".explorable-text").textContent =
      "This figure could not be loaded. Move a control to try again.";
  });

  const near = "IntersectionObserver" in window ? new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
      near.unobserve(target);
      wanted(target);
    });
  }, { rootMargin: "800px" }) : null;
  // One after the other, so that a slow line is the reader's first.
  const loadAll = async () => {
    for (const figure of document.querySelectorAll("figure.explorable")) await wanted(figure);
  };
  const idle = (action) => ("requestIdleCallback" in window
    ? requestIdleCallback(action, { timeout: 3000 }) : setTimeout(action, 1000));

  /* ---- addresses: #fig-the-title?name=value sets a figure ---- */

  const plain = (text) => text.normalize("NFKC").replace(/−/g, "-").replace(/\s+/g, " ").trim();
  // Positions that an address names; the others stay where they are.
  const read = (query, controls, positions) => {
    new URLSearchParams(query).forEach((value, key) => {
      const i = controls.findIndex((c) => plain(c.name) === plain(key) || plain(c.label) === plain(key));
      const k = i < 0 ? -1 : controls[i].texts.findIndex((text) => plain(text) === plain(value));
      if (k >= 0) positions[i] = k;
    });
    return positions;
  };
  const addressOf = ({ figure, data, start, positions }) => {
    const query = new URLSearchParams();
    positions.forEach((k, i) => {
      if (k !== start[i]) query.set(data.controls[i].name, data.controls[i].texts[k]);
    });
    const moved = query.toString();
    return `#${figure.id}${moved && "?"}${moved}`;
  };
  const writeAddress = (figure) => {
    // A page from a string, or in a sandbox, has no address to change.
    try { history.replaceState(history.state, "", addressOf(figure)); } catch { /* it stays */ }
  };
  // What is far from the screen may not be laid out yet: go on until the figure stands still.
  const bringToScreen = async (figure, block) => {
    for (let before = null, turn = 0; turn < 10; turn++) {
      figure.scrollIntoView({ block, behavior: "instant" });
      await new Promise((done) => { requestAnimationFrame(done); });
      const { top } = figure.getBoundingClientRect();
      if (top === before) return;
      before = top;
    }
  };
  // Half of its pictures is enough: the link and what is said about it stay where they are read.
  const isSeen = (figure) => {
    const { top, bottom } = figure.querySelector(".explorable-pictures").getBoundingClientRect();
    return Math.min(bottom, innerHeight) - Math.max(top, 0) > (bottom - top) / 2;
  };
  const follow = async (hash, block) => {
    const [id, query] = hash.slice(1).split(/\?(.*)/s);
    const element = document.getElementById(id);
    if (!element?.matches("figure.explorable")) return;
    if (block === "start" || !isSeen(element)) bringToScreen(element, block);
    if (query === undefined) return;
    const figure = await load(element).catch(() => null);
    figure?.go(read(query, figure.data.controls, figure.positions));
  };

  /* ---- the page: sizes, links, a view in full size ---- */

  // Whether a figure's pictures leave room on the screen for what else is looked at.
  const tall = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => {
    target.closest("figure").classList.toggle("explorable-tall", contentRect.height > 0.55 * innerHeight);
  }));
  const SMALLEST = 10; // px, of a letter on the screen
  const measure = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => {
    const scale = contentRect.width / target.viewBox.baseVal.width;
    if (!scale) return;
    target.letters ??= Math.min(...[...target.querySelectorAll("text[style*='font-size']")]
      .map((text) => Number(/font-size:(?:calc\()?([\d.]+)px/.exec(text.getAttribute("style"))?.[1] ?? Infinity)));
    target.style.setProperty("--mm-letters", Math.min(1.6, Math.max(1, SMALLEST / (scale * target.letters))).toFixed(2));
    target.style.setProperty("--mm-reach", `${(22 / scale).toFixed(1)}px`);
  }));

  const copyLink = async (button) => {
    const element = button.closest("figure");
    const figure = await load(element).catch(() => null);
    const link = location.href.replace(/#.*/s, "") + (figure ? addressOf(figure) : `#${element.id}`);
    try {
      await navigator.clipboard.writeText(link);
    } catch { // a page from disk, or one that may not
      const field = Object.assign(document.createElement("textarea"), { value: link });
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy link"; }, 1500);
  };

  // The figure itself goes into the dialog, and its room waits for it.
  const toggleFull = (button) => {
    const figure = button.closest("figure");
    const open = figure.closest("dialog");
    if (open) {
      open.close();
      return;
    }
    const room = document.createElement("div");
    room.style.height = `${figure.getBoundingClientRect().height}px`;
    room.style.margin = getComputedStyle(figure).margin;
    const dialog = document.createElement("dialog");
    dialog.className = "explorable-dialog";
    dialog.setAttribute("aria-label", figure.querySelector(".explorable-title").textContent);
    figure.replaceWith(room);
    dialog.append(figure);
    document.body.append(dialog);
    button.textContent = "Close";
    dialog.addEventListener("close", () => {
      room.replaceWith(figure);
      dialog.remove();
      button.textContent = "Full size";
      button.focus({ preventScroll: true });
    });
    dialog.tabIndex = -1;
    dialog.showModal();
    dialog.focus(); // and not the first button, which may be below the picture
    dialog.scrollTop = 0;
  };

  each("figure.explorable svg, .figure-svg > svg", (svg) => measure.observe(svg));
  each("figure.explorable", (figure) => {
    tall.observe(figure.querySelector(".explorable-pictures"));
    const controls = figure.querySelector(".explorable-controls");
    ["pointerdown", "focusin"].forEach((touch) => controls.addEventListener(touch, () =>
      figure.classList.add("explorable-taken")));
    figure.querySelectorAll(".explorable-control input").forEach((input) => {
      // What the browser kept of an earlier visit is not what is drawn.
      if (input.type === "range") input.value = input.defaultValue;
      else input.checked = input.defaultChecked;
    });
    figure.querySelector(".explorable-link").addEventListener("click", ({ target }) => copyLink(target));
    const full = figure.querySelector(".explorable-full");
    if ("showModal" in HTMLDialogElement.prototype) full.addEventListener("click", () => toggleFull(full));
    else full.hidden = true;
    if (!figure.dataset.src) wanted(figure);
    else {
      near?.observe(figure);
      ["pointerdown", "focusin", "input"].forEach((touch) => figure.addEventListener(touch, () => wanted(figure)));
    }
  });
  whenRead(() => {
    follow(location.hash, "start");
    addEventListener("hashchange", () => follow(location.hash, "nearest"));
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a.figure-link[href^='#']");
      if (link && link.hash === location.hash) follow(link.hash, "nearest"); // no change to hear of
    });
  });
  const whenLoaded = () => idle(loadAll);
  if (document.readyState === "complete") whenLoaded();
  else addEventListener("load", whenLoaded);

  window.mathml.bring = bring;
})();
