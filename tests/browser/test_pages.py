"""Every page of the built site, opened once per width and theme and asked everything there.

VISITS tells what is asked at which visit: a question is asked wherever its answer could differ.
Each question is a subtest: one that fails is named and hides no other.
"""

from __future__ import annotations

import gzip
import io
import json
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pypdf
import pytest
from browser.figures import touched
from browser.waiting import FRAMES
from npm import axe
from selection import SAMPLE, SWEEP
from site_files import HTML, INDEX, page, page_names, squeezed

PAGES = [name for name in page_names() if name != "index.html"]
WITH_FIGURES = [name for name in PAGES if page(name).select("figure.explorable")]
# Bytes as sent: when a page is opened, when it was read to its end, of scripts. Then CLS.
MAX_LOAD, MAX_ALL, MAX_SCRIPT, MAX_SHIFT = 300_000, 600_000, 150_000, 0.02
# The insides of a formula are KaTeX's, hidden from assistive technology and tens of thousands of
# elements on a page; the first formula stands for all, and those that name a link stay. The others
# come back when axe-core has read the page.
RUN_AXE = """
async (everyFormula) => {
  const inText = (formula) => !everyFormula && !formula.closest("a");
  const formulas = [...document.querySelectorAll(".katex")].filter(inText).slice(1);
  const places = formulas.map(() => document.createComment(""));
  formulas.forEach((formula, i) => formula.replaceWith(places[i]));
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false,
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]});
  formulas.forEach((formula, i) => places[i].replaceWith(formula));
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => [v.id, v.help, ...v.nodes.slice(0, 3).map((n) => n.html.slice(0, 150))]
      .join(" | "));
}
"""
SCROLL = f"""
async () => {{ {FRAMES}""" + """
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    scrollTo({top: y, behavior: "instant"});
    await frames();
  }
}
"""


def is_read_to_its_end(v):
    """What never came near the screen is not laid out, and scripts have not seen its size."""
    v.page.evaluate(SCROLL)


def stands_still_while_it_is_read(v):
    is_read_to_its_end(v)
    assert v.page.evaluate("window.shifts") <= MAX_SHIFT


def asks_no_other_host(v):
    outside = [u for u in v.requests if urlsplit(u).scheme not in ("file", "data", "blob")
               and not (v.base and u.startswith(f"{v.base}/"))]
    assert not outside


def is_as_wide_as_the_screen(v):
    wide = v.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"the page is {wide} px wider than the screen"


def has_the_readers_theme(v):
    assert v.page.evaluate("document.documentElement.dataset.theme") == v.scheme


# What a part becomes once it has been near the screen: who reads fast on a slow machine may have
# passed it between two frames.
COME_UNTIL = FRAMES + """
  const comeUntil = async (part, ready) => {
    const end = performance.now() + 20_000;
    while (part.checkVisibility() && !ready() && performance.now() < end) {
      part.scrollIntoView({block: "center", behavior: "instant"});
      await frames();
    }
  };
"""


def has_no_barrier_that_axe_finds(v):
    v.page.add_script_tag(path=axe())
    assert v.page.evaluate(RUN_AXE, False) == []


@cache
def sent(path: Path) -> int:
    """The bytes a server sends for a file: compressed, unless it is already."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, mtime=0))


def sizes(v) -> dict[str, int]:
    """What was asked for until now. What is asked of elsewhere is another question's fault."""
    paths = [unquote(urlsplit(u).path) for u in v.requests if u.startswith(v.base or "file:")]
    return {path: sent(Path(f"{HTML}{path}" if v.base else path)) for path in set(paths)}


def is_light_when_it_is_opened(v):
    """Before it is loaded: the figures that are far from the screen come when there is time."""
    early = v.page.evaluate("""() => {
      const [page] = performance.getEntriesByType("navigation");
      const parts = performance.getEntriesByType("resource");
      return [page, ...parts.filter((part) => part.startTime <= page.loadEventStart)]
        .map((part) => new URL(part.name).pathname);
    }""")
    weights = {path: size for path, size in sizes(v).items() if quote(path) in early}
    assert len(weights) > 2
    assert sum(weights.values()) <= MAX_LOAD, weights


def is_light(v):
    """The index of the search is no script that runs; test_search.py weighs it."""
    scripts = sum(size for path, size in sizes(v).items()
                  if path.endswith(".js") and not path.endswith(INDEX.name))
    assert sum(sizes(v).values()) <= MAX_ALL, sizes(v)
    assert scripts <= MAX_SCRIPT, sizes(v)


# Moves each control to its ends and returns what was wrong. A control that changes nothing is tried
# again with the others at their ends: of three doors, all but one that may be opened are one.
MOVE = """
(figure) => {
  const pictures = figure.querySelector(".explorable-pictures"), first = pictures.cloneNode(true);
  const text = figure.querySelector(".explorable-text"), faults = [];
  const height = figure.getBoundingClientRect().height, box = pictures.getBoundingClientRect();
  const reset = () => figure.querySelector(".explorable-reset").click();
  const controls = [...figure.querySelectorAll(".explorable-control")].map((element) => {
    const inputs = [...element.querySelectorAll("input")], [input] = inputs;
    const told = () => input.dispatchEvent(new Event("input", {bubbles: true}));
    if (input.type === "radio") return {
      key: element.id, last: inputs.length - 1, named: element.querySelector("legend"),
      get: () => inputs.findIndex((radio) => radio.checked),
      set: (k) => { inputs[k].checked = true; told(); },
      told: () => inputs.every((radio) => radio.labels[0].textContent.trim()),
    };
    return {
      key: input.id, last: Number(input.max), named: input.labels[0],
      get: () => Number(input.value), set: (k) => { input.value = k; told(); },
      told: () => input.getAttribute("aria-valuetext") ===
        element.querySelector("output").textContent,
    };
  });
  const show = (control, k) => {
    control.set(k);
    if (control.get() !== k) faults.push(`${control.key} has no ${k}`);
    if (!control.told()) faults.push(`${control.key}: ${k} is not told`);
    if (!text.textContent.trim()) faults.push(`${control.key} at ${k}: no sentence`);
    if (Math.abs(figure.getBoundingClientRect().height - height) > 1) {
      faults.push(`${control.key} at ${k}: another height`);
    }
    return pictures.innerHTML + text.textContent;
  };
  const changes = (control) =>
    new Set([control.get(), 0, control.last].map((k) => show(control, k))).size > 1;
  if (box.width <= 200 || box.height <= 100) faults.push("the first frame is not to be seen");
  if (!text.textContent.trim()) faults.push("the first frame has no sentence");
  if (!controls.length) faults.push("no control");
  for (const control of controls) {
    const start = control.get();
    if (!control.named?.textContent.trim()) faults.push(`${control.key} has no label`);
    let moved = changes(control);
    if (!moved) {
      controls.filter((other) => other !== control).forEach((other) => show(other, other.last));
      moved = changes(control);
    }
    if (!moved) faults.push(`${control.key} changes nothing`);
    show(control, start === control.last ? 0 : control.last);
    reset();
    if (!pictures.isEqualNode(first)) faults.push(`${control.key}: Reset leaves another picture`);
  }
  return faults;
}
"""


def has_figures_that_move(v):
    """At the ends of each control; what is in between is test_figures.py's and the sweep's."""
    faults = {}
    for figure in v.page.locator("figure.explorable").all():
        v.bring_to_screen(figure)
        faults[figure.get_attribute("id")] = figure.evaluate(MOVE)
    assert not any(faults.values()), faults


PICTURES = ":is(figure.explorable, .figure-svg) svg"
# (Exponents are not letters of their own.)
LETTERS = f"""[...document.querySelectorAll("{PICTURES} text")]
  .filter((text) => /font-size/.test(text.getAttribute("style")))"""
# Letters of pictures that are smaller on the screen than a reader can read.
SMALL = f"() => {LETTERS}" + """.map((text) => {
    const svg = text.ownerSVGElement;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return [parseFloat(getComputedStyle(text).fontSize) * scale, text.textContent,
      svg.getAttribute("aria-label")];
  }).filter(([size]) => size < 9.9)"""
# Letters that leave their picture, which cuts them off, by more than the air around a letter.
CUT = f"() => {LETTERS}" + """.map((text) => {
    const picture = text.ownerSVGElement.getBoundingClientRect();
    const box = text.getBoundingClientRect();
    return [Math.max(picture.left - box.left, box.right - picture.right,
      picture.top - box.top, box.bottom - picture.bottom), text.textContent,
      text.ownerSVGElement.getAttribute("aria-label")];
  }).filter(([over]) => over > 2.5)"""
# Letters grow when their picture has been near the screen.
COME_TO_EACH_PICTURE = f"""async () => {{ {COME_UNTIL}
  const small = {SMALL};
  for (const picture of document.querySelectorAll("{PICTURES}")) {{
    const name = picture.getAttribute("aria-label");
    await comeUntil(picture, () => small().every(([, , where]) => where !== name));
  }}
}}"""


def has_letters_to_read(v):
    v.page.evaluate(COME_TO_EACH_PICTURE)
    assert v.page.evaluate(SMALL) == []
    assert v.page.evaluate(CUT) == []


SAYS = "(part) => part.querySelector('[aria-live]').textContent"


def has_predictions_that_answer(v):
    """A click answers, an arrow key does not, and what a question is about waits for the answer."""
    for question in v.page.locator("fieldset.predict").all():
        key, answer = question.get_attribute("id"), question.get_attribute("data-answer")
        cover, about = v.page.locator(f"#{key}-cover"), v.page.locator(f"#{key}-about")
        v.bring_to_screen(question)
        question.locator("input").first.focus()
        v.page.keyboard.press("ArrowDown")
        assert question.get_attribute("data-state") is None, key
        assert cover.is_visible(), key
        assert not about.inner_text(), key
        for radio in question.locator("input").all():
            radio.click()
            right = radio.get_attribute("value") == answer
            assert question.evaluate(SAYS).startswith("✓ Yes." if right else "✗ Not quite")
            assert question.get_attribute("data-state") == ("right" if right else "wrong")
        assert not cover.is_visible(), key
        assert about.inner_text(), key
        question.locator(f'input[value="{answer}"]').check()
        question.get_by_role("button", name="Check").click()
        assert question.get_attribute("data-state") == "right"


def is_uncovered(v):
    """From here on nothing waits for an answer."""
    v.uncover()
    assert v.page.locator(".covered[hidden], .cover:not([hidden])").count() == 0


def attempts(key: dict) -> list[tuple[str, str]]:
    """What a reader may enter into a form with this key, and how the reply begins."""
    if key["kind"] == "choice":
        return [("", "○ not attempted"), ("0" if key["right"] != "0" else "1", "✗ another option"),
                (key["right"], "✓ right")]
    numbers = [float(number) for number, _ in key["right"]]
    right = "; ".join(map(repr, numbers))
    wrong = "; ".join(repr(number * 1.5 + 1) for number in numbers)
    return [("", "○ not attempted"), ("half of it", "○ not read"), (f"{right}; 7", "○ not read"),
            (wrong, "✗ not th"), (f"({right})".replace("-", "−"), "✓ right")]


def has_exercises_that_answer(v):
    """What is said and when is test_exercises.py's; here each form knows its own answer."""
    for form in v.page.locator("form.check").all():
        key = json.loads(form.get_attribute("data-key"))
        if key["kind"] in ("steps", "done"):
            form.evaluate("form => form.querySelector('details')?.setAttribute('open', '')")
            form.locator("input").first.check()
            assert form.evaluate(SAYS).startswith("✓")
            continue
        entry = form.locator("input, select")
        for text, reply in attempts(key):
            entry.select_option(text) if key["kind"] == "choice" else entry.fill(text)
            form.locator("button").click()
            said = form.evaluate(SAYS)
            assert said.startswith(reply), (form.get_attribute("id"), text, said)
            assert reply.startswith("✗") or "Hint" not in said
            assert "Hint" in said or not (reply.startswith("✗") and key["hints"])


def keeps_what_was_answered(v):
    asked = page(v.name).select("fieldset.predict, form.check")
    if not asked:
        return
    v.page.reload()
    for part in v.page.locator("fieldset.predict, form.check").all():
        assert part.get_attribute("data-state") == "right", part.get_attribute("id")
    forms = len(page(v.name).select("form.check"))
    told = v.page.locator("[aria-current=page] + .progress .progress-count").all_text_contents()
    assert told == [f"{forms}/{forms}"] * bool(forms)


def stands_still_when_it_is_opened_again(v):
    """From its beginning, with all that was answered in its place when it is painted."""
    v.page.goto("about:blank")
    v.goto(f"{v.base}/{v.name}")
    stands_still_while_it_is_read(v)


# Where a section stands, and how far it is to the page's end, once it has arrived and stands still.
ARRIVE = f"""
async (key) => {{ {FRAMES}""" + """
  const part = document.getElementById(key), end = performance.now() + 60_000;
  let top = null, below = null, arrived = false;
  while (!arrived && performance.now() < end) {
    const before = top;
    await frames();
    top = part.getBoundingClientRect().top;
    below = document.documentElement.scrollHeight - scrollY - innerHeight;
    arrived = top === before && (0 <= top && top <= 120 || below <= 2);
  }
  return [top, below, arrived];
}
"""


def has_links_that_arrive(v):
    """Also where nothing between the first screen and the section was laid out before."""
    if v.name not in WITH_FIGURES:
        return
    for section in page(v.name).select(".article > section > section")[::-1]:
        link = v.page.locator(f'.page-toc a[href="#{section["id"]}"]')
        link.evaluate("link => link.click()")  # on a narrow screen the list is not shown
        top, below, arrived = v.page.evaluate(ARRIVE, section["id"])
        assert arrived, f"#{section['id']} is at {top:.0f} px, {below:.0f} px before the end"


OVER = """() => [...document.querySelectorAll(".math-scroll")]
  .filter((box) => box.clientWidth && box.scrollWidth > box.clientWidth + 1)
  .map((box) => [box.scrollWidth - box.clientWidth,
                 box.querySelector("annotation").textContent.trim().slice(0, 80)])"""


def has_formulas_that_fit(v):
    """A phone's column: a formula that is wider is broken in an ``aligned``."""
    assert v.page.evaluate(OVER) == []


# What is wider than the screen though it does not scroll by itself. The page's own width does not
# tell: a section that is laid out late cuts off what leaves it.
OUTSIDE = """() => {
  const inside = ":is(.math-scroll, .table-scroll, .chapter-map, pre, svg, .katex) *";
  const unseen = ":is(.site-nav, .skip-links, .page-toc, .visually-hidden)";
  return [...document.querySelectorAll(`body *:not(${inside}, ${unseen}, ${unseen} *)`)]
    .filter((part) => {
      const box = part.getBoundingClientRect();
      return box.width && (box.right > innerWidth + 1 || box.left < -1);
    })
    .map((part) => part.outerHTML.slice(0, 120));
}"""
# Where the text that ends a formula (its full stop) stands left of the formula, it begins a line.
LOOSE = """() => [...document.querySelectorAll(".with-end")].filter((box) => {
  const end = document.createRange();
  end.selectNodeContents(box.lastChild);
  const part = box.querySelector(".katex-base");
  return end.getBoundingClientRect().left < part.getBoundingClientRect().left;
}).map((box) => box.parentElement.textContent)"""


def fits_a_small_screen(v):
    """Nothing leaves it, and no line begins with a full stop."""
    v.page.set_viewport_size({"width": 320, "height": 900})
    assert v.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    v.page.add_style_tag(content="section { content-visibility: visible !important }")
    assert v.page.evaluate(OUTSIDE) == []
    assert v.page.evaluate(LOOSE) == []


def is_whole_on_paper(v):
    """From the title to the last reference, folded boxes and solutions open, nothing cut off."""
    if v.name not in WITH_FIGURES:
        return
    v.page.emulate_media(media="print")
    pdf = pypdf.PdfReader(io.BytesIO(v.page.pdf(format="A4")))
    text = squeezed("".join(sheet.extract_text() for sheet in pdf.pages))
    article = page(v.name).find("article")
    wanted = [part.text for part in article.select("h1, h2, h3, .explorable-title")]
    wanted += [p.text for p in article.select("details.fold p") if not p.select(".math, code, a")]
    wanted += [p.text for p in article.select(".explorable-text")]
    missing = [part for part in wanted if squeezed(part) not in text]
    assert not missing
    v.page.set_viewport_size({"width": 718, "height": 1000})  # A4 less Chromium's margins
    cut = v.page.evaluate("""() => [...document.querySelectorAll(
        "article pre, article table, article svg[role=img], article .math-scroll")]
      .filter((box) => box.getBoundingClientRect().right > innerWidth + 1)
      .map((box) => box.outerHTML.slice(0, 120))""")
    assert not cut


def is_quiet(v):
    assert v.errors == []


ALWAYS = (asks_no_other_host, is_light, is_as_wide_as_the_screen, has_the_readers_theme,
          has_no_barrier_that_axe_finds)
READING = (stands_still_while_it_is_read, *ALWAYS)
# First what needs a page that nobody has read, last what changes it for good. Where things stand
# does not depend on the colours, so a reader scrolls by day and takes the links by night; what a
# question answers and what paper shows does not depend on the width either. What a page keeps is
# tried where the site is served: conftest.py says why. A page is asked both as it is first opened,
# with what its questions are about covered, and with nothing covered. By night on a phone only what
# selection.py chooses among the chapters: its colours and its widths are each tried elsewhere.
NIGHT = (390, "dark", "disk", (has_links_that_arrive, is_uncovered, is_read_to_its_end, *ALWAYS))
VISITS = [
    (390, "light", "disk", (*READING, is_uncovered, has_figures_that_move,
                              has_letters_to_read, has_formulas_that_fit,
                              fits_a_small_screen)),
    (1280, "light", "served", (is_light_when_it_is_opened, *READING,
                               has_predictions_that_answer, has_figures_that_move,
                               has_exercises_that_answer, keeps_what_was_answered,
                               stands_still_when_it_is_opened_again)),
    NIGHT,
    (1280, "dark", "disk", (has_links_that_arrive, is_uncovered, is_read_to_its_end, *ALWAYS,
                            is_whole_on_paper)),
]
# In the sweep also what the question before it may have hidden, on a page that is just opened.
APART = [
    (1280, "light", "disk", READING),
    (390, "dark", "disk", READING),
    (1280, "dark", "disk", READING),
    (390, "light", "disk", (has_links_that_arrive,)),
    (1280, "light", "disk", (has_links_that_arrive,)),
    (320, "light", "disk", (fits_a_small_screen,)),
    (1280, "dark", "disk", (is_whole_on_paper,)),
]

if SWEEP:
    VISITS += APART


def is_opened(name: str, by: tuple) -> bool:
    return (by is not NIGHT or name not in WITH_FIGURES or Path(name).stem in SAMPLE
            or touched(name))


@pytest.mark.parametrize(("width", "scheme", "where", "questions", "name"), [
    pytest.param(*by, name, id="-".join(map(str, (*by[:3], name))))
    for by in VISITS for name in PAGES if is_opened(name, by)])
def test_page(visit, server, subtests, name, width, scheme, where, questions):
    v = visit(name, width=width, scheme=scheme, base=server if where == "served" else None)
    for question in (*questions, is_quiet):
        with subtests.test(question.__name__.replace("_", " ")):
            question(v)


def test_no_formula_is_a_barrier(visit):
    v = visit("book/linear-algebra/norms.html")
    assert v.page.locator(".katex").count() > 100
    v.page.add_script_tag(path=axe())
    assert v.page.evaluate(RUN_AXE, True) == []


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_without_javascript_the_first_frame_stands(visit, name):
    v = visit(name, javascript=False)
    for figure in v.page.locator("figure.explorable").all():
        box = figure.locator("svg").first.bounding_box()
        assert box["width"] > 200
        assert box["height"] > 100
        assert figure.locator(".explorable-text").text_content().strip()
