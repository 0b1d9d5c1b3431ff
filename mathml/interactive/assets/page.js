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
  const whenRead = (action) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", action);
    else action();
  };
  const each = (selector, start) =>
    whenRead(() => document.querySelectorAll(selector).forEach(start));
  window.mathml = { remember, recall, whenRead, each };
})();
