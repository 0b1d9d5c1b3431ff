// The site's own behaviour: theme, chapter menu, copy buttons, the mark in the page's contents.
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Dark and light. The choice is kept; without one the system's is followed.
  const themeButton = one(".theme-button");
  const show = (theme) => {
    root.dataset.theme = theme;
    themeButton.setAttribute("aria-pressed", String(theme === "dark"));
  };
  show(root.dataset.theme);
  themeButton.addEventListener("click", () => {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", theme); } catch { /* storage may be forbidden */ }
    show(theme);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    let saved = null;
    try { saved = localStorage.getItem("theme"); } catch { /* storage may be forbidden */ }
    if (!saved) show(event.matches ? "dark" : "light");
  });

  // The chapter menu is a column on wide screens and a drawer on narrow ones.
  const menuButton = one(".menu-button");
  const nav = one("#site-nav");
  // While the drawer is open it alone is used, with the button that closes it; the text stands still.
  const behind = all("body > :not(.site-header, .page, script), .site-header > :not(.menu-button), .page > :not(.site-nav)");
  const setMenu = (open) => {
    root.classList.toggle("menu-open", open);
    menuButton.setAttribute("aria-expanded", String(open));
    behind.forEach((part) => { part.inert = open; });
  };
  matchMedia("(min-width: 60.01rem)").addEventListener("change", () => setMenu(false)); // a column again
  menuButton.addEventListener("click", () => {
    const open = !root.classList.contains("menu-open");
    setMenu(open);
    if (open) nav.querySelector("a")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("menu-open")) {
      setMenu(false);
      menuButton.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!nav.contains(event.target) && !menuButton.contains(event.target)) setMenu(false);
  });
  const current = nav.querySelector("[aria-current]");
  if (current && current.offsetTop > nav.clientHeight) nav.scrollTop = current.offsetTop - 120;

  // A copy button on every block of code.
  all(".cell_input .highlight, .article > section div[class*=highlight-] > .highlight").forEach((block) => {
    if (!navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-button";
    button.textContent = "Copy";
    button.tabIndex = -1; // a chapter has fifty: the way by keyboard to what follows would be long
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").innerText);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    block.append(button);
  });

  // Links to a class's JupyterHub. Its address is typed once, on the page for teachers, and kept.
  const hubField = one("#hub-address");
  const hubLinks = all("a[data-hub]").map((link) => [link, link.getAttribute("href"), link.hidden]);
  const readHub = (text) => {
    if (!/^https?:\/\/[^/]/.test(text)) return "";
    let url;
    try { url = new URL(text); } catch { return ""; }
    return url.origin + url.pathname.replace(/(\/hub(\/.*)?)?\/*$/, "");
  };
  const showHub = (hub) => hubLinks.forEach(([link, before, waits]) => {
    link.href = hub ? hub + link.dataset.hub : before;
    link.hidden = waits && !hub;
  });
  let savedHub = "";
  try { savedHub = readHub(localStorage.getItem("hub") ?? ""); } catch { /* storage may be forbidden */ }
  showHub(savedHub);
  if (hubField) {
    hubField.value = savedHub;
    hubField.addEventListener("input", () => {
      const text = hubField.value.trim();
      const hub = readHub(text);
      try { localStorage.setItem("hub", hub); } catch { /* storage may be forbidden */ }
      showHub(hub);
      one("#hub-said").textContent = hub ? `The links lead to ${hub}.`
        : text ? "An address starts with https://, as in https://hub.example.org." : "";
    });
  }

  // What scrolls sideways must be reachable by keyboard, and what does not is no stop. A box far from the
  // screen is not laid out, and to measure it would lay out all of its section: it counts as one that
  // scrolls until it comes near. A browser may lay it out then without a word about its size: so it is
  // measured as it appears, too.
  const boxes = all(".math-scroll, .table-scroll, .chapter-map, .highlight pre, .output pre, .cite-bibtex");
  const measure = ({ target: box }) => {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else if (box !== document.activeElement) box.removeAttribute("tabindex");
  };
  const resized = new ResizeObserver((entries) => entries.forEach(measure));
  const appeared = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach(measure));
  boxes.forEach((box) => {
    box.tabIndex = 0;
    resized.observe(box);
    appeared.observe(box);
  });

  // A reference shows what it leads to, under the pointer or with the keyboard: on this page the
  // formula or box itself, elsewhere what the build wrote into the link's title.
  const peek = document.createElement("div");
  Object.assign(peek, { id: "peek", className: "peek", hidden: true });
  peek.setAttribute("role", "tooltip");
  document.body.append(peek);
  let peeked = null;
  let timer = 0;
  const later = (action, wait) => { clearTimeout(timer); timer = setTimeout(action, wait); };
  const hidePeek = () => {
    clearTimeout(timer);
    peek.hidden = true;
    peeked?.removeAttribute("aria-describedby");
    peeked = null;
  };
  const meaning = (link) => {
    if (link.dataset.meaning) return document.createTextNode(link.dataset.meaning);
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target?.matches(".math-block, .admonition, figure, dt")) return null;
    const shown = target.matches("dt") ? target.nextElementSibling : target;
    const copy = shown.cloneNode(true);
    copy.querySelectorAll(".headerlink, .copy-button, script").forEach((part) => part.remove());
    [copy, ...copy.querySelectorAll("[id]")].forEach((part) => part.removeAttribute("id"));
    copy.querySelectorAll("a, button, input, [tabindex]").forEach((part) => {
      part.removeAttribute("href");
      part.tabIndex = -1;
    });
    return copy;
  };
  const showPeek = (link) => {
    const content = meaning(link);
    if (!content) return;
    hidePeek();
    peek.replaceChildren(content);
    peek.hidden = false;
    peeked = link;
    link.setAttribute("aria-describedby", "peek");
    const line = link.getClientRects()[0];
    const room = root.clientWidth - peek.offsetWidth - 16;
    const below = line.bottom + peek.offsetHeight + 12 < innerHeight || line.top < peek.offsetHeight;
    peek.style.left = `${scrollX + Math.max(16, Math.min(line.left, room))}px`;
    peek.style.top = `${scrollY + (below ? line.bottom + 6 : line.top - peek.offsetHeight - 6)}px`;
  };
  all(".article a[title]:is(.symbol, .reference.internal)").forEach((link) => {
    link.dataset.meaning = link.title;
    link.removeAttribute("title");
  });
  all(".article a.reference.internal[href^='#'], .article a[data-meaning]").forEach((link) => {
    link.addEventListener("focus", () => { if (link.matches(":focus-visible")) showPeek(link); });
    link.addEventListener("blur", hidePeek);
    link.addEventListener("click", hidePeek);
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") later(() => showPeek(link), 150);
    });
    link.addEventListener("pointerleave", () => later(hidePeek, 250));
  });
  peek.addEventListener("pointerenter", () => clearTimeout(timer));
  peek.addEventListener("pointerleave", () => later(hidePeek, 250));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hidePeek(); });

  // On paper, boxes and solutions are open; the code behind a figure stays folded.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])").filter((fold) => !fold.closest(".tag_hide-input"));
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.splice(0).forEach((fold) => { fold.open = false; }));

  // Sections far from the screen are not laid out, so what stands above a link's target may grow as
  // one arrives there: go on until the target stands still.
  let journey = 0;
  const arrive = async () => {
    const mine = ++journey;
    const target = document.querySelector(":target");
    for (let before = null, turn = 0; target && turn < 10; turn++) {
      target.scrollIntoView();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      if (mine !== journey) return; // the reader went on
      const { top } = target.getBoundingClientRect();
      if (top === before) return;
      before = top;
    }
  };
  ["wheel", "touchmove"].forEach((turn) => addEventListener(turn, () => { journey++; }, { passive: true }));
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='#']")) requestAnimationFrame(arrive);
  });
  // A page that is reloaded, or gone back to, stays where it was left.
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") addEventListener("load", arrive);

  // How far down one is, and the contents of the page: beside the text, or a panel on narrower screens.
  const readMark = one(".read-mark");
  let marking = false;
  const markPlace = () => {
    marking = false;
    const way = root.scrollHeight - innerHeight;
    readMark.style.setProperty("--read", way > 0 ? Math.min(1, scrollY / way) : 0);
  };
  addEventListener("scroll", () => {
    if (!marking) requestAnimationFrame(markPlace);
    marking = true;
  }, { passive: true });

  const tocButton = one(".toc-button");
  const toc = one("#page-toc");
  if (toc) {
    const setToc = (open) => {
      root.classList.toggle("toc-open", open);
      tocButton.setAttribute("aria-expanded", String(open));
    };
    tocButton.addEventListener("click", () => {
      const open = !root.classList.contains("toc-open");
      setToc(open);
      if (open) (toc.querySelector("a.reading") ?? toc.querySelector("a"))?.focus();
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest("#page-toc a") || !event.target.closest("#page-toc, .toc-button")) setToc(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !root.classList.contains("toc-open")) return;
      setToc(false);
      tocButton.focus();
    });
    one('.skip-links a[href="#page-toc"]').addEventListener("click", (event) => {
      event.stopPropagation(); // the click of the document closes the panel
      if (tocButton.offsetParent) setToc(true);
    });
  }

  // A formula is copied as its LaTeX source, between dollars; what is marked of it stands for the whole.
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0).cloneRange();
    const formula = (node) => (node.closest ? node : node.parentElement)?.closest(".math, .math-scroll");
    const [first, last] = [formula(range.startContainer), formula(range.endContainer)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const part = range.cloneContents();
    const formulas = part.querySelectorAll(".katex");
    if (!formulas.length) return;
    formulas.forEach((shown) => {
      const source = shown.querySelector("annotation")?.textContent.trim(); // the last part of one has none
      const fence = shown.closest(".katex-display") ? "$$" : "$";
      shown.replaceWith(source ? fence + source + fence : "");
    });
    const holder = document.createElement("div");
    holder.append(part);
    holder.className = "visually-hidden";
    document.body.append(holder); // innerText tells lines and cells apart only where it is laid out
    event.clipboardData.setData("text/plain", holder.innerText);
    holder.remove();
    event.preventDefault();
  });

  // Mark in the page's contents the section that is being read: the last that reaches into the top of
  // the screen. An observer says so without a layout; to ask a section inside another one where it
  // is would lay out what is far from the screen.
  const links = new Map(all(".page-toc a[href^='#']").map((a) => [a.getAttribute("href").slice(1), a]));
  const sections = all(".article > section > section[id]").filter((section) => links.has(section.id));
  const near = new Set();
  const atTop = new IntersectionObserver((entries) => {
    entries.forEach(({ target, isIntersecting }) => near[isIntersecting ? "add" : "delete"](target));
    const read = sections.filter((section) => near.has(section)).at(-1);
    links.forEach((link, id) => link.classList.toggle("reading", id === read?.id));
  }, { rootMargin: "0px 0px -85% 0px" });
  sections.forEach((section) => atTop.observe(section));
})();
