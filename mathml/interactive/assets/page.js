/* What the scripts of a page share: what a reader did, kept in this browser, and how parts start. */
(() => {
  "use strict";

  if (window.mathml) return; // a book may carry this file twice

  const place = (id) => `mathml:${location.pathname}#${id}`;
  const remember = (id, value) => {
    try { localStorage.setItem(place(id), value); } catch { /* private window: nothing to keep */ }
  };
  const recall = (id) => {
    try { return localStorage.getItem(place(id)); } catch { return null; }
  };
  const each = (selector, start) => {
    const all = () => document.querySelectorAll(selector).forEach(start);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
    else all();
  };
  window.mathml = { remember, recall, each };
})();
