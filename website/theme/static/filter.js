// A field above a long list of terms or claims: what does not match what is typed is not shown.
// Links to a letter lead to the first that is left of it. On paper all is there.
(() => {
  "use strict";
  const { fold, typed } = window.bookWords;
  const [field, said] = document.querySelectorAll(".entry-filter > :is(input, p)");
  const groups = [...document.querySelectorAll(".article dl > dt")].map((term) => {
    const parts = [term];
    while (parts.at(-1).nextElementSibling?.matches("dd")) parts.push(parts.at(-1).nextElementSibling);
    return { parts, words: ` ${fold(parts.map((part) => part.textContent).join(" ")).join(" ")} ` };
  });
  const sections = [...document.querySelectorAll(".article > section > section")]
    .map((section) => [section, groups.filter(({ parts }) => section.contains(parts[0]))])
    .filter(([, inside]) => inside.length);
  // Each letter's entries: from the one it leads to, up to that of the next letter.
  const letters = [...document.querySelectorAll(".entry-letters a")].map((link) =>
    [link, groups.findIndex(({ parts }) => parts[0].id === link.hash.slice(1))]);

  const show = (part, yes) => part.classList.toggle("filtered-out", !yes);
  let speaking = 0;
  const filter = (wait) => {
    const words = typed(field.value);
    groups.forEach((group) => {
      group.left = words.every((word) => group.words.includes(` ${word}`));
      group.parts.forEach((part) => show(part, group.left));
    });
    sections.forEach(([section, inside]) => show(section, inside.some(({ left }) => left)));
    letters.forEach(([link, start], i) => {
      const first = groups.slice(start, letters[i + 1]?.[1]).find(({ left }) => left);
      if (first) link.hash = first.parts[0].id;
      show(link, first);
    });
    const n = groups.filter(({ left }) => left).length;
    clearTimeout(speaking); // said when the reader pauses
    speaking = setTimeout(() => { said.textContent = words.length ? `${n} of ${groups.length} are shown.` : ""; }, wait);
  };
  field.addEventListener("input", () => filter(300));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    field.value = "";
    filter(0);
  });
  // Who follows a link to an entry wants to see it.
  addEventListener("hashchange", () => {
    if (!document.querySelector(":target")?.closest(".filtered-out")) return;
    field.value = "";
    filter(0);
    document.querySelector(":target").scrollIntoView();
  });
})();
