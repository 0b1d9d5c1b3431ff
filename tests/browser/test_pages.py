"""Every page of the built site as a reader's browser shows it, with no network."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from book_files import ROOT
from site_files import HTML, page, page_names

PAGES = [name for name in page_names() if name != "index.html"]
WITH_FIGURES = [name for name in PAGES if page(name).select("figure.explorable")]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MAX_ALL, MAX_SCRIPT, MAX_SHIFT = 600_000, 150_000, 0.05  # bytes as sent, bytes, CLS
# The insides of a formula are KaTeX's, hidden from assistive technology and tens of thousands of
# elements on a page; the first formula stands for all.
RUN_AXE = """
async () => {
  [...document.querySelectorAll(".katex")].slice(1).forEach((formula) => formula.remove());
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
    assert v.page.evaluate(RUN_AXE) == []
    assert v.errors == []


@pytest.mark.parametrize("name", PAGES)
def test_bytes(visit, name):
    v = visit(name)
    v.page.evaluate(SCROLL)
    files = {Path(unquote(urlsplit(u).path)) for u in v.requests if u.startswith("file:")}
    sizes = {path: sent(path) for path in files}
    scripts = sum(size for path, size in sizes.items() if path.suffix == ".js")
    assert sum(sizes.values()) <= MAX_ALL, sizes
    assert scripts <= MAX_SCRIPT, sizes


# Writes down what a reader sees and hears after each movement of a control of the figure.
RECORD = """
(figure) => {
  figure.seen = [];
  figure.addEventListener("input", (event) => figure.seen.push({
    value: Number(event.target.value), named: event.target.getAttribute("aria-valuetext"),
    shown: figure.querySelector(`output[for="${event.target.id}"]`).textContent,
    sentence: figure.querySelector(".explorable-text").textContent,
    picture: figure.querySelector(".explorable-pictures").innerHTML,
    height: figure.getBoundingClientRect().height,
  }));
}
"""
TAKE = """
(figure) => {
  const seen = figure.seen.splice(0);
  const pictures = seen.map((s) => s.picture);
  return seen.map((s, i) => ({...s, picture: pictures.indexOf(s.picture)}));
}
"""


@pytest.mark.parametrize("name", WITH_FIGURES)
@pytest.mark.parametrize("width", [390, 1280])
def test_figures_move_by_keyboard(visit, name, width):
    """Each control reaches both ends, moves what is seen, and Reset brings the first frame back."""
    v = visit(name, width=width)
    for figure in v.page.locator("figure.explorable").all():
        pictures = figure.locator(".explorable-pictures")
        start = pictures.evaluate_handle("box => box.cloneNode(true)")
        height = figure.evaluate("figure => figure.getBoundingClientRect().height")
        figure.evaluate(RECORD)
        for control in figure.locator("input[type=range]").all():
            key, last = control.get_attribute("id"), int(control.get_attribute("max"))
            assert figure.locator(f'label[for="{key}"]').inner_text().strip()
            control.focus()
            v.page.keyboard.press("End")
            v.page.keyboard.press("Home")
            figure.evaluate(TAKE)
            for _ in range(last):
                v.page.keyboard.press("ArrowRight")
            seen = figure.evaluate(TAKE)
            assert [step["value"] for step in seen] == list(range(1, last + 1)), key
            assert all(step["named"] == step["shown"] for step in seen), key
            assert all(step["sentence"].strip() for step in seen), key
            assert len({(s["picture"], s["sentence"]) for s in seen}) > 1 or last == 1, key
            assert all(abs(step["height"] - height) <= 1 for step in seen), key
        figure.locator(".explorable-reset").click()
        assert pictures.evaluate("(box, first) => box.isEqualNode(first)", start)
    assert v.errors == []


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_without_javascript_the_first_frame_stands(visit, name):
    v = visit(name, javascript=False)
    for figure in v.page.locator("figure.explorable").all():
        box = figure.locator("svg").first.bounding_box()
        assert box["width"] > 200
        assert box["height"] > 100
        assert figure.locator(".explorable-text").inner_text().strip()


def test_theme_is_chosen_and_kept(visit):
    v = visit("genindex.html", scheme="light")
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
