"""Figures move in any book: in a new Jupyter Book 1 and in a new Sphinx project with MyST-NB.

Both are made by their own tools and get from us the lines that the page "How this book moves" shows
(they are read from there), and the package as a reader installs it. Nothing of `website/` is there.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from book_files import BOOK, ROOT, Notebook
from bs4 import BeautifulSoup
from npm import axe
from ways.environments import NOT_THERE, output, snapshot

BIN = Path(sys.executable).parent
OURS = "figure.explorable, fieldset.predict, .check, .figure-svg"
HOW = Notebook(BOOK / "about" / "how-this-book-moves.ipynb").prose


def shown(language: str, holding: str) -> str:
    """The one block of code on the page "How this book moves" that holds a text."""
    (found,) = [code for code in re.findall(rf"^```{language}\n(.*?)^```$", HOW, re.M | re.S)
                if holding in code]
    return found


ASK = """\
from mathml.interactive import choice, predict

predict("Which wave is longer?", ["the first", "the second"], "the first", "It has room.")
"""
WAVE = """\
import numpy as np

def wave(ax, k):
    x = np.linspace(0, 1, 81)
    ax.plot(x, np.sin(2 * np.pi * k * x))
    for place in range(k):
        ax.text(place / k, 1.1, str(place))
    return f"{k} waves."

explore(wave, title="A wave", k=slider(1, 8, 8, label="waves", default=3))
"""
TWO = """\
def steps(ax, n):
    ax.bar(range(n), range(n))
    return f"{n} steps."

def line(ax, n, kind):
    ax.plot(range(n), range(n), linestyle=kind, color="#d55e00")
    return f"A line that is {kind}."

explore([steps, line], title="Two pictures", n=slider(2, 9, 8, label="steps"),
        kind=choice(["solid", "dashed", "dotted"], label="kind"))
"""
DOT = """\
from mathml.interactive import point

def dot(ax, place):
    ax.plot(*place, "o")
    ax.set(xlim=(0, 4), ylim=(0, 4))
    return f"The dot is at ({place[0]}, {place[1]}).", {"height": place[1]}

explore(dot, title="A dot", place=point(x=slider(0, 4, 5, label="x", default=1),
                                        y=slider(0, 4, 5, label="y", default=2), label="dot"))
"""
WORDS = "It is {follow}`height` high; {move}`put it back <A dot?x=1&y=2>`."
PICTURE = """\
%config InlineBackend.figure_formats = ["svg"]
import matplotlib.pyplot as plt

plt.plot([0, 1], [0, 1])
plt.title("A picture");
"""
ALT = {"mystnb": {"image": {"alt": "A line that rises from 0 to 1."}}}
EXTENSIONS = shown("python", '"myst_nb"')
IMPORTS, KEYS = shown("python", "import explore"), shown("python", "use_answers")


def notebook(path: Path, *cells: str | tuple[str, dict], outputs: list | None = None,
             words: str = "") -> None:
    """Write a notebook: a title, words, cells of code, the last of them with stored outputs."""
    written = [{"id": "title", "cell_type": "markdown", "metadata": {},
                "source": f"# {path.stem}\n\n{words}"}]
    for k, cell in enumerate(cells):
        text, metadata = cell if isinstance(cell, tuple) else (cell, {})
        written.append({"id": f"c{k}", "cell_type": "code", "metadata": metadata, "source": text,
                        "outputs": [], "execution_count": None})
    written[-1]["outputs"] = outputs or []
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": written,
                                "metadata": {"kernelspec": kernel}}))


def write_chapters(folder: Path) -> None:
    """One chapter with all that moves, one with another figure, one with nothing of ours."""
    notebook(folder / "waves.ipynb", IMPORTS, ASK, WAVE, TWO, DOT, (PICTURE, ALT), KEYS,
             'check("waves-1", ...)', words=WORDS)
    notebook(folder / "more.ipynb", IMPORTS, WAVE.replace("A wave", "Another"), (PICTURE, ALT))
    notebook(folder / "plain.ipynb", "print('nothing moves')")
    (folder / "answers").mkdir()
    (folder / "answers" / "waves.py").write_text(shown("python", "ANSWERS"))


@dataclass(frozen=True)
class Reader:
    """Someone who installed the package and has never seen this repository."""

    folder: Path
    variables: dict[str, str]

    def run(self, *command) -> str:
        return output(*command, cwd=self.folder, env=self.variables)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """The package is built and installed anew, so a file that it forgot is missed here."""
    package = snapshot(tmp_path_factory.mktemp("package") / "mathml")
    installed = tmp_path_factory.mktemp("installed")
    output(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation",
           "--disable-pip-version-check", "--target", installed, package)
    kept = {k: v for k, v in os.environ.items() if k not in NOT_THERE}
    found = Reader(tmp_path_factory.mktemp("books"), {
        **kept, "PYTHONPATH": str(installed), "NO_COLOR": "1",
        "IPYTHONDIR": str(ROOT / ".cache" / "ipython")})
    said = found.run(sys.executable, "-c", "import importlib.util, mathml; "
                     "print(importlib.util.find_spec('website'), mathml.__file__)")
    assert said.strip() == f"None {installed / 'mathml' / '__init__.py'}"
    return found


@pytest.fixture(scope="module")
def jupyter_book(reader):
    """The pages of a new Jupyter Book with a folder `_static`, whose files go to every page."""
    book = reader.folder / "stock"
    reader.run(BIN / "jupyter-book", "create", book)
    for name in ("markdown-notebooks.md", "markdown.md", "notebooks.ipynb"):
        (book / name).unlink()
    (book / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n" + "".join(
        f"- file: {name}\n" for name in ("waves", "more", "plain")))
    with (book / "_config.yml").open("a") as config:
        config.write(shown("yaml", "extra_extensions"))
    (book / "_static").mkdir()
    (book / "_static" / "own.css").write_text("h1 { color: inherit; }\n")
    (book / "_static" / "own.js").write_text("window.own = (window.own || 0) + 1;\n")
    write_chapters(book)
    reader.run(BIN / "jupyter-book", "build", book, "-W", "--keep-going", "-q")
    return book / "_build" / "html"


def sphinx_build(reader: Reader, source: Path, builder: str, *options: str) -> Path:
    """Build strictly; the folder of the pages lies beside the sources, not among them."""
    target = source.parent / "build" / builder
    reader.run(BIN / "sphinx-build", "-q", "-W", "--keep-going", "-b", builder, *options,
               "-d", source.parent / "build" / "doctrees", source, target)
    return target


@pytest.fixture(scope="module")
def sphinx_sources(reader):
    """The same chapters in a new Sphinx project, with MyST-NB and our line in its `conf.py`."""
    reader.run(BIN / "sphinx-quickstart", "-q", "--sep", "-p", "Waves", "-a", "A reader",
               "--no-makefile", "--no-batchfile", reader.folder / "plain")
    source = reader.folder / "plain" / "source"
    with (source / "conf.py").open("a") as config:
        config.write("\n" + EXTENSIONS + 'nb_execution_mode = "force"\n')
    with (source / "index.rst").open("a") as index:
        index.write("\n.. toctree::\n\n   waves\n   more\n   plain\n")
    write_chapters(source)
    return source


@pytest.fixture(scope="module")
def pages(request, reader):
    """The pages of one of the two books."""
    if request.param == "Jupyter Book":
        return request.getfixturevalue("jupyter_book")
    return sphinx_build(reader, request.getfixturevalue("sphinx_sources"), "html")


EACH_BOOK = pytest.mark.parametrize("pages", ["Jupyter Book", "Sphinx"], indirect=True)


class Visit:
    """A page opened from disk without a network, and what it asked for and complained about."""

    def __init__(self, page, address: Path):
        self.page = page
        self.asked: set[str] = set()
        self.complaints: set[str] = set()
        page.on("request", lambda request: self.asked.add(request.url))
        page.on("pageerror", lambda error: self.complaints.add(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning")
                and self.complaints.add(message.text))
        page.goto(address.as_uri(), wait_until="load")

    @property
    def other_hosts(self) -> set[str]:
        return {url for url in self.asked if urlsplit(url).scheme not in ("file", "data", "blob")}

    def width(self) -> int:
        return self.page.evaluate("document.documentElement.scrollWidth")


@pytest.fixture
def visit(browser):
    """Return a function that opens a page."""
    contexts = []

    def open_page(address, *, width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900},
                                      color_scheme=scheme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        return Visit(page, address)

    yield open_page
    for context in contexts:
        context.close()


LOOK = """(figure) => ({
  pictures: [...figure.querySelectorAll(".explorable-panel > svg")].map((svg) => svg.innerHTML),
  sentence: figure.querySelector(".explorable-text").textContent,
  shown: [...figure.querySelectorAll("output, :checked + span")].map((part) => part.textContent),
})"""
FIGURES = {  # title: what it says first, and with each of its controls at their other end
    "A wave": ("3 waves.", {"waves": "8 waves."}),
    "Two pictures": ("2 steps. A line that is solid.",
                     {"steps": "9 steps. A line that is solid.",
                      "kind": "2 steps. A line that is dotted."}),
}


def try_figures(page) -> None:
    """Each control moves picture and sentence, by keyboard and by pointer; Reset undoes it."""
    for title, (begins, others) in FIGURES.items():
        figure = page.locator("figure.explorable", has_text=title)
        figure.scroll_into_view_if_needed()
        page.wait_for_function("([figure]) => 'ready' in figure.dataset",
                               arg=[figure.element_handle()])
        first = figure.evaluate(LOOK)
        assert first["sentence"] == begins
        for label, says in others.items():
            slider = figure.get_by_role("slider", name=label, exact=True)
            if slider.count():
                width, height = (slider.bounding_box()[side] for side in ("width", "height"))
                slider.press("End")
            else:
                buttons = figure.get_by_role("group", name=label, exact=True).locator("label")
                buttons.last.locator("input").press("Space")
            moved = figure.evaluate(LOOK)
            assert moved["sentence"] == says
            assert moved["pictures"] != first["pictures"]
            assert moved["shown"] != first["shown"]
            figure.get_by_role("button", name="Reset").click()
            assert figure.evaluate(LOOK) == first
            if slider.count():
                slider.click(position={"x": width - 4, "y": height / 2})
            else:
                buttons.last.click()
            assert figure.evaluate(LOOK) == moved
            figure.get_by_role("button", name="Reset").click()
            assert figure.evaluate(LOOK) == first


TAKEN = """(handle) => {
  const { x, y, width, height } = handle.querySelector(".explorable-ring").getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""


def try_the_point(page) -> None:
    """The handle is taken and let go; a link of the text puts it back, and the text follows."""
    figure = page.locator("figure.explorable", has_text="A dot")
    figure.scroll_into_view_if_needed()
    page.wait_for_function("([figure]) => 'ready' in figure.dataset", arg=[figure.element_handle()])
    follows = page.locator(".figure-value")
    assert follows.text_content() == "2"
    x, y = figure.locator(".explorable-handle").evaluate(TAKEN)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 60, steps=3)
    page.mouse.up()
    told = figure.locator(".explorable-text").text_content()
    assert told != "The dot is at (1, 2)."
    assert follows.text_content() == told.rpartition(" ")[2].strip(").")
    page.get_by_role("link", name="put it back").click()
    page.wait_for_function("([text]) => text.textContent === 'The dot is at (1, 2).'",
                           arg=[figure.locator(".explorable-text").element_handle()])


def try_questions(page) -> None:
    """A prediction and an exercise answer, right and wrong; what follows waits for the first."""
    question, reply = page.locator("fieldset.predict"), page.locator(".predict [aria-live]")
    figures = page.locator("figure.explorable")
    assert not any(figure.is_visible() for figure in figures.all())
    question.get_by_label("the second").check()
    assert reply.text_content().startswith("✗ Not quite")
    assert all(figure.is_visible() for figure in figures.all())
    page.keyboard.press("ArrowUp")
    assert reply.text_content().startswith("Choose an option")
    question.get_by_role("button", name="Check").click()
    assert reply.text_content() == "✓ Yes. It has room."
    form = page.locator("form.check")
    for entry, said, hint in (("4", "✗ not this value", "Hint: How many waves fit?"),
                              ("1/4", "✓ right", "")):
        form.get_by_label("length =").fill(entry)
        form.get_by_role("button", name="Check").click()
        assert form.locator("output").text_content().startswith(said)
        assert hint in form.locator("output").text_content()


# The contrast of our text with the paper behind it, where it is least. A drawing's paper is what
# is drawn over all of it, or else what the page has there.
CONTRAST = """(ours) => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map((part) => {
      const c = part / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const clear = (colour) => colour === "none" || /^rgba\\(.*, 0\\)$/.test(colour);
  const paper = (part) => {
    const patch = part.matches("svg") && part.querySelector(".figure > .patch > path");
    const under = patch ? getComputedStyle(patch).fill : getComputedStyle(part).backgroundColor;
    if (!clear(under)) return under;
    return part.parentElement ? paper(part.parentElement) : "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll(ours)].flatMap((part) => [...part.querySelectorAll(
    "svg text, svg .text use, figcaption, legend, label, output, p, button, input[type=text]")]);
  const found = texts.filter((part) => part.getClientRects().length).map((part) => {
    const inSvg = part.closest("svg");
    const ink = getComputedStyle(part)[inSvg ? "fill" : "color"];
    const [a, b] = [light(ink), light(paper(inSvg || part))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), ink, part.outerHTML.slice(0, 100)];
  });
  return [texts.length, found.sort((a, b) => a[0] - b[0])[0]];
}"""
OUTSIDE = """(ours) => [...document.querySelectorAll(ours)]
  .flatMap((part) => [part, ...part.querySelectorAll("*:not(svg *)")])
  .filter((part) => part.getBoundingClientRect().right > innerWidth
          || part.getBoundingClientRect().left < 0)
  .map((part) => part.outerHTML.slice(0, 100))"""
# A theme may lay paper under what a cell put out, which would frame ours.
FRAMED = """(ours) => [...document.querySelectorAll(ours)].map((part) => part.parentElement)
  .filter((around) => getComputedStyle(around).backgroundColor !== "rgba(0, 0, 0, 0)")
  .map((around) => around.outerHTML.slice(0, 100))"""
RUN_AXE = """async (ours) => (await axe.run({include: ours.split(", ").map((part) => [part])},
  {resultTypes: ["violations"], preload: false})).violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .map((found) => [found.id, ...found.nodes.map((node) => node.html.slice(0, 150))].join(" | "))"""


@EACH_BOOK
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_book_moves(visit, pages, width, scheme):
    plain = visit(pages / "plain.html", width=width, scheme=scheme)
    v = visit(pages / "waves.html", width=width, scheme=scheme)
    try_questions(v.page)
    try_figures(v.page)
    try_the_point(v.page)
    assert v.width() <= max(width, plain.width())
    assert v.page.evaluate(OUTSIDE, OURS) == []
    assert v.page.evaluate(FRAMED, OURS) == []
    count, (contrast, *where) = v.page.evaluate(CONTRAST, OURS)
    assert count > 40
    assert contrast >= 4.5, where
    v.page.add_script_tag(path=axe())
    assert v.page.evaluate(RUN_AXE, OURS) == []
    # What the book does by itself is its own: a page without figures tells what that is.
    assert v.other_hosts <= plain.other_hosts
    assert v.complaints <= plain.complaints


@EACH_BOOK
def test_the_script_runs_once(visit, pages):
    """Also where the book has it among its own files, as Jupyter Book adds those to each page."""
    v = visit(pages / "waves.html")
    assert v.page.locator('script[src*="explore.js"]').count() == 1
    assert v.page.locator('link[href*="explore.css"]').count() == 1
    assert v.page.evaluate("window.own") in (1, None)
    for script in ("page.js", "predict.js", "explore.js"):
        v.page.add_script_tag(path=pages / "_static" / script)
    try_questions(v.page)
    try_figures(v.page)


@EACH_BOOK
def test_figures_are_dark_where_the_theme_says_so(visit, pages):
    """On `html` or on `body`; `auto` follows the reader's system."""
    v = visit(pages / "plain.html", scheme="dark")
    paper = "getComputedStyle(document.body).getPropertyValue('--mm-paper')"
    for place, theme, expected in (("documentElement", "dark", "#121212"),
                                   ("documentElement", "light", "#ffffff"),
                                   ("body", "dark", "#121212"), ("body", "light", "#ffffff"),
                                   ("body", "auto", "#121212")):
        v.page.evaluate("document.documentElement.removeAttribute('data-theme')")
        v.page.evaluate(f"document.{place}.dataset.theme = '{theme}'")
        assert v.page.evaluate(paper) == expected, (place, theme)


def test_figures_of_two_notebooks_can_share_a_page(reader, sphinx_sources):
    built = sphinx_build(reader, sphinx_sources, "singlehtml")
    page = BeautifulSoup((built / "index.html").read_text(encoding="utf-8"), "html.parser")
    parts = page.select(OURS)
    assert len(parts) == 8
    ids = [tag["id"] for part in parts for tag in [part, *part.find_all(id=True)] if tag.get("id")]
    assert len(ids) > 40
    assert len(set(ids)) == len(ids)


SVG = '<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>'


def test_what_a_page_would_lack_is_named_with_its_repair(reader):
    """A figure that was stored and not drawn, and a picture without an alternative text."""
    source = reader.folder / "faults" / "source"
    source.mkdir(parents=True)
    (source / "conf.py").write_text(EXTENSIONS)
    (source / "index.rst").write_text("Faults\n======\n\n.. toctree::\n\n   a\n   b\n")
    kept = {"output_type": "display_data", "metadata": {}}
    text = "Exploration 'A wave': move waves"
    notebook(source / "a.ipynb", WAVE, outputs=[{**kept, "data": {"text/plain": text}}])
    notebook(source / "b.ipynb", PICTURE, outputs=[{**kept, "data": {"image/svg+xml": SVG}}])
    with pytest.raises(RuntimeError) as failed:
        sphinx_build(reader, source, "dummy")
    said = str(failed.value)
    assert re.search(r"a\.ipynb.* cell 2 has a stored output.* execute_notebooks: force", said)
    assert re.search(r'b\.ipynb.* cell 2 has no alternative text.* {"mystnb": {"image"', said)
    silent = ",".join(re.findall(r"suppress_warnings: \[(mathml\.\w+)\]", said))
    sphinx_build(reader, source, "html", "-E", "-D", f"suppress_warnings={silent}")
