"""Every page of the built site as a reader's browser shows it, with no network."""

from __future__ import annotations

import gzip
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pypdf
import pytest
from book_files import ROOT
from site_files import HTML, page, page_names

PAGES = [name for name in page_names() if name != "index.html"]
WITH_FIGURES = [name for name in PAGES if page(name).select("figure.explorable")]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MAX_ALL, MAX_SCRIPT, MAX_SHIFT = 600_000, 150_000, 0.05  # bytes as sent, bytes, CLS
# The insides of a formula are KaTeX's, hidden from assistive technology and tens of thousands of
# elements on a page; the first formula stands for all, and those that name a link stay.
RUN_AXE = """
async (everyFormula) => {
  const inText = (formula) => !everyFormula && !formula.closest("a");
  [...document.querySelectorAll(".katex")].filter(inText).slice(1).forEach((f) => f.remove());
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false,
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]});
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => [v.id, v.help, ...v.nodes.slice(0, 3).map((n) => n.html.slice(0, 150))]
      .join(" | "));
}
"""
SCROLL = """
async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    scrollTo({top: y, behavior: "instant"});
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
}
"""


def sent(path: Path) -> int:
    """The bytes a server sends for a file: compressed, unless it is already."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, mtime=0))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page(visit, name, width, scheme):
    """Quiet, still, as wide as the screen, and without a barrier that axe-core finds."""
    v = visit(name, width=width, scheme=scheme)
    outside = [u for u in v.requests if urlsplit(u).scheme not in ("file", "data", "blob")]
    assert not outside
    v.page.evaluate(SCROLL)
    assert v.page.evaluate("window.shifts") <= MAX_SHIFT
    wide = v.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"the page is {wide} px wider than the screen"
    assert v.page.evaluate("document.documentElement.dataset.theme") == scheme
    v.page.add_script_tag(path=AXE)
    assert v.page.evaluate(RUN_AXE, False) == []
    assert v.errors == []


# What is wider than the screen though it does not scroll by itself. The page's own width does not
# tell: a section that is laid out late cuts off what leaves it.
OUTSIDE = """() => {
  const inside = ":is(.math-scroll, .table-scroll, .chapter-map, pre, svg, .katex) *";
  const unseen = ":is(.site-nav, .skip-link, .visually-hidden)";
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


@pytest.mark.parametrize("name", PAGES)
def test_a_small_screen(visit, name):
    """Nothing leaves it, and no line begins with a full stop."""
    v = visit(name, width=320)
    assert v.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    v.page.add_style_tag(content="section { content-visibility: visible !important }")
    assert v.page.evaluate(OUTSIDE) == []
    assert v.page.evaluate(LOOSE) == []


def test_no_formula_is_a_barrier(visit):
    v = visit("book/linear-algebra/norms.html")
    assert v.page.locator(".katex").count() > 100
    v.page.add_script_tag(path=AXE)
    assert v.page.evaluate(RUN_AXE, True) == []


@pytest.mark.parametrize("name", PAGES)
def test_bytes(visit, name):
    v = visit(name)
    v.page.evaluate(SCROLL)
    files = {Path(unquote(urlsplit(u).path)) for u in v.requests if u.startswith("file:")}
    sizes = {path: sent(path) for path in files}
    scripts = sum(size for path, size in sizes.items() if path.suffix == ".js")
    assert sum(sizes.values()) <= MAX_ALL, sizes
    assert scripts <= MAX_SCRIPT, sizes


# Writes down what a reader sees and hears at a position of a control of the figure, now and after
# each movement; TAKE gives what was seen with its pictures numbered.
RECORD = """
(figure, control) => {
  const look = (input) => figure.seen.push({
    value: Number(input.value), named: input.getAttribute("aria-valuetext"),
    shown: figure.querySelector(`output[for="${input.id}"]`).textContent,
    sentence: figure.querySelector(".explorable-text").textContent,
    picture: figure.querySelector(".explorable-pictures").innerHTML,
    height: figure.getBoundingClientRect().height,
  });
  figure.seen = [];
  look(control);
  figure.oninput = () => look(control);
}
"""
TAKE = """
(figure) => {
  const seen = figure.seen;
  const pictures = seen.map((s) => s.picture);
  return seen.map((s, i) => ({...s, picture: pictures.indexOf(s.picture)}));
}
"""
SAME = "(box, first) => box.isEqualNode(first)"
THUMB = 16  # px, of a range's handle


# What is far from the screen is not laid out; as it comes near, what is above it may take its true
# height. So scroll until the part stays where it is.
COME = """
async (part) => {
  for (let before = null, turn = 0; turn < 20; turn++) {
    part.scrollIntoView({block: "center", behavior: "instant"});
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const top = part.getBoundingClientRect().top;
    if (top === before) return;
    before = top;
  }
}
"""


def bring_to_screen(part) -> None:
    """Scroll to a part of a page and wait until it stands still."""
    part.evaluate(COME)


def drag(page, control, start: int, end: int, last: int) -> None:
    """Take a slider's handle at one position and let it go at another."""
    box = control.bounding_box()

    def place(value):
        return box["x"] + THUMB / 2 + (box["width"] - THUMB) * value / last

    y = box["y"] + box["height"] / 2
    page.mouse.move(place(start), y)
    page.mouse.down()
    page.mouse.move(place(end), y, steps=3)
    page.mouse.up()


def walk(page, figure, control) -> list[dict]:
    """By keyboard: what is seen at every position of a control; each is named and described."""
    key, last = control.get_attribute("id"), int(control.get_attribute("max"))
    control.focus()
    page.keyboard.press("Home")
    figure.evaluate(RECORD, control.element_handle())
    for _ in range(last):
        page.keyboard.press("ArrowRight")
    seen = figure.evaluate(TAKE)
    assert [step["value"] for step in seen] == list(range(last + 1)), key
    assert all(step["named"] == step["shown"] for step in seen), key
    assert all(step["sentence"].strip() for step in seen), key
    return seen


def changes(seen: list[dict]) -> bool:
    return len({(step["picture"], step["sentence"]) for step in seen}) > 1


def to_both_ends_and_back(page, figure, control, first) -> None:
    """By keyboard, then by pointer; at the start again, the picture is the first one exactly."""
    key, last = control.get_attribute("id"), int(control.get_attribute("max"))
    pictures = figure.locator(".explorable-pictures")
    start = int(control.input_value())
    for press, value in (("Home", 0), ("End", last)):
        control.press(press)
        assert int(control.input_value()) == value, key
    for _ in range(last - start):
        control.press("ArrowLeft")
    assert pictures.evaluate(SAME, first), f"{key}: keyboard"
    bring_to_screen(control)
    position = start
    for value in (last, 0, start):
        drag(page, control, position, value, last)
        position = int(control.input_value())
        if last < 120:
            assert position == value, f"{key}: dragged to {value}"
    if last >= 120:  # a position is narrower than the pointer is exact
        control.evaluate("(input, v) => { input.value = v; "
                         "input.dispatchEvent(new Event('input', {bubbles: true})); }", start)
    assert pictures.evaluate(SAME, first), f"{key}: pointer"


@pytest.mark.parametrize("name", WITH_FIGURES)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_move(visit, name, width, scheme):
    """Each control reaches both ends and comes back, and Reset brings the first frame back."""
    v = visit(name, width=width, scheme=scheme)
    for figure in v.page.locator("figure.explorable").all():
        bring_to_screen(figure)
        pictures = figure.locator(".explorable-pictures")
        first = pictures.evaluate_handle("box => box.cloneNode(true)")
        height = figure.evaluate("figure => figure.getBoundingClientRect().height")
        for control in figure.locator("input[type=range]").all():
            key = control.get_attribute("id")
            assert figure.locator(f'label[for="{key}"]').text_content().strip()
            to_both_ends_and_back(v.page, figure, control, first)
            if scheme == "light":  # what is drawn does not depend on the colours
                seen = walk(v.page, figure, control)
                assert all(abs(step["height"] - height) <= 1 for step in seen), key
                if not changes(seen):  # of three doors, all but one that may be opened are one
                    for other in figure.locator(f"input[type=range]:not(#{key})").all():
                        other.press("End")
                    assert changes(walk(v.page, figure, control)), f"{key} changes nothing"
                figure.locator(".explorable-reset").click()
                assert pictures.evaluate(SAME, first)
    assert v.errors == []


def test_every_learning_rate_draws_and_says_something_else(visit):
    v = visit("book/optimization/gradient-descent.html")
    figure = v.page.locator("figure.explorable").first
    control = figure.get_by_role("slider", name="learning rate")
    bring_to_screen(control)
    seen = walk(v.page, figure, control)
    assert len(seen) > 20
    for before, after in pairwise(seen):
        assert after["picture"] != before["picture"], after["shown"]
        assert after["sentence"] != before["sentence"], after["shown"]


WITH_QUESTIONS = [name for name in PAGES if page(name).select("fieldset.predict, form.check")]
SAYS = "(part) => part.querySelector('[aria-live]').textContent"


@pytest.mark.parametrize("name", WITH_QUESTIONS)
def test_predictions_answer_and_are_kept(visit, server, name):
    v = visit(name, base=server)
    for question in v.page.locator("fieldset.predict").all():
        answer = question.get_attribute("data-answer")
        for radio in question.locator("input").all():
            radio.check()
            right = radio.get_attribute("value") == answer
            assert question.evaluate(SAYS).startswith("✓ Yes." if right else "✗ Not quite")
            assert question.get_attribute("data-state") == ("right" if right else "wrong")
        question.locator(f'input[value="{answer}"]').check()
    v.page.reload()
    for question in v.page.locator("fieldset.predict").all():
        assert question.get_attribute("data-state") == "right"
    assert v.errors == []


def attempts(key: dict) -> list[tuple[str, str]]:
    """What a reader may type into a form with this key, and how the reply begins."""
    if "text" in key:
        return [("", "○ not attempted"), (key["text"], "✓ right")]
    numbers = [float(number) for number in key["numbers"]]
    right = ", ".join(map(repr, numbers))
    wrong = ", ".join(repr(number * 1.5 + 1) for number in numbers)
    count = "✗ 1 number is" if len(numbers) == 1 else f"✗ {len(numbers)} numbers are"
    return [("", "○ not attempted"), ("half of it", "✗ enter a number"),
            ("1/0", "✗ enter a number"), (right + ", 7", count), (wrong, "✗ not this value"),
            (f"({right})".replace("-", "−"), "✓ right")]


@pytest.mark.parametrize("name", WITH_QUESTIONS)
def test_exercises_answer_and_are_kept(visit, server, name):
    v = visit(name, base=server)
    for form in v.page.locator("form.check").all():
        key = json.loads(form.get_attribute("data-key"))
        entry = form.locator("input, select")
        for text, reply in attempts(key):
            entry.select_option(text) if "text" in key else entry.fill(text)
            form.locator("button").click()
            said = form.evaluate(SAYS)
            assert said.startswith(reply), (form.get_attribute("id"), text, said)
            assert ("Hint" in said) == (said.startswith("✗") and bool(key["hints"]))
        if "text" in key:
            other = form.locator("option").evaluate_all("all => all.map(o => o.value)")
            entry.select_option(next(o for o in other if o not in ("", key["text"])))
            form.locator("button").click()
            assert form.evaluate(SAYS).startswith("✗ another option")
            entry.select_option(key["text"])
            form.locator("button").click()
    v.page.reload()
    for form in v.page.locator("form.check").all():
        assert form.get_attribute("data-state") == "right", form.get_attribute("id")
    assert v.errors == []


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_without_javascript_the_first_frame_stands(visit, name):
    v = visit(name, javascript=False)
    for figure in v.page.locator("figure.explorable").all():
        box = figure.locator("svg").first.bounding_box()
        assert box["width"] > 200
        assert box["height"] > 100
        assert figure.locator(".explorable-text").text_content().strip()


REFERRING = [n for n in PAGES if page(n).select('article a.reference.internal[href^="#thm-"]')]


@pytest.mark.parametrize("name", REFERRING[:2])
def test_a_reference_shows_what_it_refers_to(visit, name):
    v = visit(name)
    link = v.page.locator('article p a.reference.internal[href^="#thm-"]').first
    target = v.page.locator(f"[id='{link.get_attribute('href')[1:]}']")
    peek = v.page.locator("#peek")
    assert not peek.is_visible()
    bring_to_screen(link)
    link.hover()
    peek.wait_for(state="visible")
    shown = peek.locator("p").first.inner_text()
    assert shown
    assert squeezed(target.locator("p").first.text_content()).startswith(squeezed(shown))
    v.page.keyboard.press("Escape")
    assert not peek.is_visible()
    v.page.mouse.move(0, 0)
    link.evaluate("link => link.parentElement.tabIndex = -1")
    link.evaluate("link => link.parentElement.focus()")
    for _ in range(400):
        v.page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    else:
        pytest.fail("400 presses of Tab do not reach the link")
    assert peek.is_visible()
    assert link.get_attribute("aria-describedby") == "peek"
    assert v.page.evaluate("document.querySelectorAll('#peek [id]').length") == 0
    assert v.errors == []


def test_a_symbol_says_what_it_means(visit):
    name = next(n for n in PAGES if page(n).select("article a.symbol"))
    meaning = page(name).select_one("article a.symbol")["title"]
    v = visit(name)
    link = v.page.locator("article a.symbol").first
    bring_to_screen(link)
    link.hover()
    v.page.locator("#peek").wait_for(state="visible")
    assert v.page.locator("#peek").inner_text() == meaning


def test_a_reference_to_another_page_says_where_it_leads(visit):
    links = [a for a in page("book/about/errata.html").select("article a.reference.internal")
             if "#" in a["href"] and not a["href"].startswith("#")]
    assert len(links) > 40
    assert all(a.get("title") for a in links), [a for a in links if not a.get("title")]
    v = visit("book/about/errata.html")
    link = v.page.locator(f"article a[href='{links[0]['href']}']").first
    bring_to_screen(link)
    link.hover()
    v.page.locator("#peek").wait_for(state="visible")
    assert v.page.locator("#peek").inner_text() == links[0]["title"]
    assert v.errors == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_first_page_opens_on_a_moving_figure(visit, width):
    v = visit("book/index.html", width=width)
    box = v.page.locator("figure.explorable input[type=range]").first.bounding_box()
    assert box["y"] + box["height"] < 900


# Where a section stands, and how far it is to the page's end, once it has arrived and stands still.
ARRIVE = """
async (key) => {
  const part = document.getElementById(key), end = performance.now() + 10_000;
  let top = null, below = null, arrived = false;
  while (!arrived && performance.now() < end) {
    const before = top;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    top = part.getBoundingClientRect().top;
    below = document.documentElement.scrollHeight - scrollY - innerHeight;
    arrived = top === before && (0 <= top && top <= 120 || below <= 2);
  }
  return [top, below, arrived];
}
"""


@pytest.mark.parametrize("name", WITH_FIGURES)
@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_arrives_at_its_section(visit, name, width):
    """Also where nothing between the first screen and the section was laid out before."""
    v = visit(name, width=width)
    for section in page(name).select(".article > section > section")[::-1]:
        link = v.page.locator(f'.page-toc a[href="#{section["id"]}"]')
        link.evaluate("link => link.click()")  # on a narrow screen the list is not shown
        top, below, arrived = v.page.evaluate(ARRIVE, section["id"])
        assert arrived, f"#{section['id']} is at {top:.0f} px, {below:.0f} px before the end"
    assert v.errors == []


def squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_paper_has_all_of_a_page(visit, name, tmp_path):
    """From the title to the last reference, folded boxes and solutions open, nothing cut off."""
    v = visit(name, scheme="dark")
    v.page.emulate_media(media="print")
    pdf = pypdf.PdfReader(io.BytesIO(v.page.pdf(format="A4")))
    text = squeezed("".join(sheet.extract_text() for sheet in pdf.pages))
    article = page(name).find("article")
    for part in article.select("h1, h2, h3, .explorable-title"):
        for link in part.select(".headerlink"):
            link.extract()
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


def test_theme_is_chosen_and_kept(visit, server):
    v = visit("genindex.html", base=server)
    theme = "document.documentElement.dataset.theme"
    v.page.get_by_role("button", name="Dark theme").click()
    assert v.page.evaluate(theme) == "dark"
    v.page.reload()
    assert v.page.evaluate(theme) == "dark"
    v.page.get_by_role("button", name="Dark theme").click()
    assert v.page.evaluate(theme) == "light"


def test_chapter_menu_opens_on_a_phone(visit):
    v = visit("genindex.html", width=390)
    menu = v.page.get_by_role("button", name="Chapters")
    nav = v.page.locator("#site-nav")
    assert not nav.is_visible()
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    assert nav.is_visible()
    v.page.keyboard.press("Escape")
    assert not nav.is_visible()
    assert menu.evaluate("button => button === document.activeElement")


def test_search_finds(visit, server):
    v = visit("search.html?q=notation", base=server)
    v.page.locator("ul.search li a").first.wait_for()
    assert "otation" in v.page.locator("ul.search").inner_text()
    assert all(u.startswith(server) or u.startswith("data:") for u in v.requests)
    assert v.errors == []


def test_start_page_leads_into_the_book(visit):
    v = visit("index.html", javascript=False)
    v.page.wait_for_url((HTML / "book" / "index.html").as_uri())
    assert v.errors == []
