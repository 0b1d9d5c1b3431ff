// How many exercises of each chapter were answered right, beside it in the menu; and a button that
// forgets. What is known stays in this browser: exercises.js keeps a page's list under "right".
(() => {
  "use strict";
  const marks = [...document.querySelectorAll(".site-nav .progress")];
  const button = document.querySelector(".forget button");
  const said = document.querySelector(".forget [role=status]");
  const path = (address) => new URL(address, location.href).pathname;

  const answered = (page) => {
    try {
      return (localStorage.getItem(`mathml:${page}#right`) || "").split(" ").filter(Boolean).length;
    } catch { return 0; } // storage may be forbidden
  };
  const show = () => marks.forEach((mark) => {
    const all = Number(mark.dataset.exercises);
    const right = Math.min(all, answered(path(mark.previousElementSibling.href)));
    mark.firstElementChild.textContent = `${right}/${all}`;
    mark.classList.toggle("some", right > 0);
    mark.classList.toggle("all", right === all);
  });
  document.addEventListener("mathml:progress", show);
  addEventListener("storage", show); // another tab of the book
  show();

  // Answers, predictions and progress of this book; the theme and the hub's address stay.
  const book = `mathml:${path(document.documentElement.dataset.content_root || ".")}`;
  const forget = () => {
    try {
      Object.keys(localStorage).filter((key) => key.startsWith(book))
        .forEach((key) => localStorage.removeItem(key));
    } catch { /* then there is nothing to forget */ }
    // A browser that reloads a page fills in what stood there.
    document.querySelectorAll("form").forEach((form) => form.reset());
    document.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = false; });
    location.reload();
  };
  const label = button.textContent;
  let asked = false;
  const ask = (now) => {
    asked = now;
    button.textContent = asked ? "Yes, forget them" : label;
    said.textContent = asked ? "All answers in this book will be lost." : "";
  };
  button.addEventListener("click", () => (asked ? forget() : ask(true)));
  button.addEventListener("blur", () => ask(false));
  button.addEventListener("keydown", (event) => { if (event.key === "Escape") ask(false); });
})();
