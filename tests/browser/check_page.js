// What is wrong on a page, in words: each kind of thing that needs a script, a font or a rule of style.
async () => {
  const faults = [], root = document.documentElement;
  const all = (selector, part = document) => [...part.querySelectorAll(selector)];
  const until = async (what, ready) => {
    const end = Date.now() + 30000;
    while (!ready() && Date.now() < end) await new Promise((done) => setTimeout(done, 50));
    if (!ready()) faults.push(what);
  };
  const told = (part, event) => part.dispatchEvent(new Event(event, {bubbles: true, cancelable: true}));
  if (!root.classList.contains("js") || !root.dataset.theme) faults.push("no theme");
  await until("the text stays hidden", () => getComputedStyle(document.body).visibility === "visible");
  await until("fonts are missing", () => ["1em 'Book Serif'", "1em 'Book Sans'", "1em KaTeX_Main"]
    .every((face) => document.fonts.check(face)));
  if (root.scrollWidth > innerWidth) faults.push(`${root.scrollWidth - innerWidth} px too wide`);
  all(".covered[hidden]").forEach((part) => told(part, "beforematch"));
  for (const formula of all(".katex-display").slice(0, 5)) {
    if (formula.getBoundingClientRect().height < 10) faults.push(`no formula: ${formula.textContent}`);
  }
  const figures = all("figure.explorable");
  await until("a figure does not start", () => figures.every((figure) => "ready" in figure.dataset));
  for (const figure of figures) {
    const pictures = figure.querySelector(".explorable-pictures"), name = figure.id;
    const text = figure.querySelector(".explorable-text"), first = pictures.cloneNode(true);
    const said = text.textContent;
    const asAtFirst = () => pictures.isEqualNode(first) && text.textContent === said;
    const turns = all("input", figure).map((input) => {
      if (input.type === "radio") return () => { input.checked = true; told(input, "input"); };
      return () => { input.value = input.value === input.max ? 0 : input.max; told(input, "input"); };
    });
    if (!turns.some((turn) => { turn(); return !asAtFirst(); })) faults.push(`${name} does not move`);
    figure.querySelector(".explorable-reset").click();
    if (!asAtFirst()) faults.push(`${name}: Reset leaves another picture`);
    const box = pictures.querySelector("svg").getBoundingClientRect();
    if (box.width < 200 || box.height < 100) faults.push(`${name} is not to be seen`);
  }
  for (const question of all("fieldset.predict")) {
    question.querySelector(`input[value="${question.dataset.answer}"]`).click();
    if (question.dataset.state !== "right") faults.push(`${question.id} does not answer`);
  }
  for (const form of all("form.check").filter((f) => JSON.parse(f.dataset.key).kind === "numbers")) {
    const {right} = JSON.parse(form.dataset.key);
    form.querySelector("input").value = right.map(([value]) => value).join(" ");
    form.requestSubmit();
    if (!form.querySelector("output").textContent.startsWith("✓")) faults.push(`${form.id} does not answer`);
  }
  return faults;
}
