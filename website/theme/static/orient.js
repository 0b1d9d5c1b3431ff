// Where the reader is in the book: the path that was chosen, the place where reading stopped, and the
// section that a report of a mistake is about. What is kept stays in this browser, under the book's
// name, so that "Forget my answers" forgets it, too.
(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const book = new URL(document.documentElement.dataset.content_root || ".", location.href).pathname;
  const recall = (key) => {
    try { return localStorage.getItem(`mathml:${book}#${key}`); } catch { return null; }
  };
  const remember = (key, value) => {
    try {
      if (value) localStorage.setItem(`mathml:${book}#${key}`, value);
      else localStorage.removeItem(`mathml:${book}#${key}`);
    } catch { /* storage may be forbidden: then nothing is kept */ }
  };

  // The path: a page carries its place in each, and shows it in the chosen one.
  const choices = all("[data-choose]");
  const showPath = (path) => {
    all("[data-path]").forEach((part) => { part.hidden = part.dataset.path !== path; });
    const onPath = all(".path-place").some((part) => !part.hidden);
    all(".reading-order").forEach((part) => { part.hidden = onPath; });
    choices.forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.choose === path));
    });
  };
  const choosePath = (path) => {
    remember("path", path);
    showPath(path);
  };
  choices.forEach((button) => button.addEventListener("click", () => {
    choosePath(button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.choose);
  }));
  all("[data-leave]").forEach((button) => button.addEventListener("click", () => {
    choosePath("");
    document.querySelector(".site-nav a")?.focus(); // the button is gone
  }));
  addEventListener("storage", () => showPath(recall("path"))); // another tab of the book
  showPath(recall("path"));

  // The section that is being read: the last whose beginning is above the upper third of the screen.
  const sections = all(".article > section > section[id]");
  const heading = (part) => {
    const words = part.querySelector("h1, h2")?.cloneNode(true);
    words?.querySelectorAll(".headerlink, .section-number, .katex-html, annotation")
      .forEach((inner) => inner.remove());
    return (words?.textContent ?? "").trim();
  };
  const read = () => sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3)
    .at(-1);

  // A chapter is one that stands on a path or has exercises; the first page leads back to it.
  const here = new URL(location.href).pathname;
  const start = document.querySelector(".start-button");
  if (document.querySelector(".path-place, form.check") && !start) {
    let last = null;
    const note = () => {
      const section = read();
      if (last === (section?.id ?? "")) return;
      last = section?.id ?? "";
      remember("last", JSON.stringify({
        page: here.slice(book.length), section: last, title: heading(document),
        part: section ? heading(section) : "",
      }));
    };
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; note(); });
    }, { passive: true });
    note();
  }
  if (start) {
    let last = null;
    try { last = JSON.parse(recall("last")); } catch { /* not ours */ }
    // A kept page is only ever one of this book's.
    if (last && /^[\w-]+(\/[\w.-]+)*\.html$/.test(last.page) && typeof last.title === "string") {
      start.href = `${document.documentElement.dataset.content_root || "./"}${last.page}`
        + (last.section ? `#${encodeURIComponent(last.section)}` : "");
      start.firstElementChild.textContent = `Go on here: ${last.title}${last.part ? ` › ${last.part}` : ""}`;
    }
  }

  // A report names the section that was on the screen when it was begun.
  all("a.report").forEach((link) => {
    const plain = link.href;
    const name = () => {
      const section = read();
      link.href = section
        ? `${plain}&section=${encodeURIComponent(`${heading(section)} (#${section.id})`)}` : plain;
    };
    ["pointerdown", "focus", "click"].forEach((turn) => link.addEventListener(turn, name));
  });

  // How to cite, into the clipboard.
  all("[data-copies]").forEach((button) => {
    const label = button.textContent;
    if (!navigator.clipboard) { button.hidden = true; return; }
    button.addEventListener("click", async () => {
      const text = button.parentElement.querySelector(`.${button.dataset.copies}`).textContent;
      try { await navigator.clipboard.writeText(text); } catch { return; } // the text can be marked
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  });
})();
