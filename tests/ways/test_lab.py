"""A reader opens a chapter in JupyterLab (and in Notebook 7), runs it and moves its figures."""

from __future__ import annotations

import functools
import re

import pytest
from book_files import BOOK, chapters
from selection import chosen

# What the programs around the notebook complain of, in their full words.
NOT_OURS = ("Cannot read properties of undefined (reading 'schema')",)  # Notebook 7.6, always
ELSEWHERE = re.compile(r"Cross reference target was not found: (\S+)")
IDLE = """() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext
  ?.session?.kernel?.status === "idle" """
# Tells when the last cell has ended, and whether all ran.
RUN_ALL = """() => { window.jupyterapp.commands.execute("notebook:run-all-cells")
  .then((ran) => { window.ranAll = ran !== false; }, () => { window.ranAll = false; }); }"""
BUSY = """() => [...document.querySelectorAll(".jp-InputPrompt")]
  .filter((prompt) => prompt.textContent.includes("[*]")).length"""
FIGURE = ".jp-OutputArea-output .widget-vbox:has(.noUi-handle)"
# What a figure shows, as [picture, sentence], and whether some or every part of it has changed.
SHOWN = """(figure) => ["svg", "p[role=status]"].map((part) =>
  [...figure.querySelectorAll(part)].map((e) => e.innerHTML).join())"""
DIFFER = f"([figure, before]) => ({SHOWN})(figure).{{}}((part, i) => part !== before[i])"
ERRORS = ("[data-mime-type*=stderr], [data-mime-type*=error], "
          "[data-mime-type='application/vnd.jupyter.stderr']")
LABEL = re.compile(r"^(?:\((?=.*\)=)|:label: |\$\$ \()([\w-]+)", re.MULTILINE)


@functools.cache
def all_labels() -> set[str]:
    """The labels of every section, theorem and equation of the book."""
    texts = [nb.prose for nb in chapters()] + [page.read_text() for page in BOOK.rglob("*.md")]
    return {label for text in texts for label in LABEL.findall(text)}


class Reader:
    """An open notebook: what a reader can do with it, and what went wrong."""

    def __init__(self, browser, url: str):
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(120_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.goto(url)
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")

    def run_all(self, figures: int) -> None:
        """Run every cell, and wait until none is running and every figure stands."""
        self.page.wait_for_function(IDLE)
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function("window.ranAll !== undefined", timeout=600_000)
        assert self.page.evaluate("window.ranAll"), "a cell failed"
        self.page.wait_for_function(f"() => ({BUSY})() === 0")
        self.page.wait_for_function("([found, n]) => document.querySelectorAll(found).length >= n",
                                    arg=[FIGURE, figures])

    def close(self) -> None:
        """Leave, and take the kernel along: ten of them fill the memory."""
        self.page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
        self.page.close()

    def our_errors(self) -> list[str]:
        """Complaints in the console that no part of Jupyter itself explains.

        In a notebook a reference to another page of the book stays plain text: Jupyter shows one
        page at a time.
        """
        lines = [line for error in self.errors for line in error.splitlines()]
        found = [(line, ELSEWHERE.fullmatch(line)) for line in lines if line not in NOT_OURS]
        return [line for line, missing in found if not (missing and missing[1] in all_labels())]

    def figures(self):
        """Every live figure: a box that holds pictures, sliders and a sentence."""
        return self.page.locator(FIGURE)


def move(figure, page) -> None:
    """Take each slider to an end by keyboard and reset; picture and sentence must follow."""
    handles, element = figure.locator(".noUi-handle"), figure.element_handle()
    assert handles.count() > 0
    start = figure.evaluate(SHOWN)
    for i in range(handles.count()):
        handle, shown = handles.nth(i), figure.evaluate(SHOWN)
        handle.scroll_into_view_if_needed()
        handle.focus()
        at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        page.keyboard.press("Home" if at_end else "End")
        page.wait_for_function(DIFFER.format("some"), arg=[element, shown])
    page.wait_for_function(DIFFER.format("every"), arg=[element, start])
    figure.get_by_role("button", name="Reset").click()
    page.wait_for_function(f"(now) => !({DIFFER.format('some')})(now)", arg=[element, start])


@pytest.fixture(scope="module")
def lab(jupyter):
    return jupyter("lab")


@pytest.fixture
def read(browser):
    """Return a function that opens a notebook; what it starts ends with the test."""
    readers = []

    def open_notebook(url: str) -> Reader:
        readers.append(Reader(browser, url))
        return readers[-1]

    yield open_notebook
    for reader in readers:
        reader.close()


@pytest.mark.parametrize("nb", chosen(chapters()), ids=lambda nb: nb.path.stem)
def test_every_figure_of_a_chapter_moves_in_jupyterlab(lab, read, nb):
    reader = read(f"{lab}/lab/tree/{nb.path.relative_to(BOOK)}?reset")
    reader.run_all(nb.calls("explore"))
    page = reader.page
    assert page.locator(ERRORS).count() == 0
    figures = reader.figures()
    assert figures.count() == nb.calls("explore") > 0
    for i in range(figures.count()):
        move(figures.nth(i), page)
    assert page.locator("aside.admonition, .myst-admonition, aside").count() > 0  # MyST is rendered
    assert ":::" not in page.locator(".jp-Notebook").inner_text()
    assert reader.our_errors() == []


def test_a_question_and_an_exercise_answer_in_jupyterlab(lab, read):
    reader = read(f"{lab}/lab/tree/optimization/gradient-descent.ipynb?reset")
    reader.run_all(figures=1)
    page = reader.page
    radio = page.locator(".widget-radio-box input").nth(2)
    radio.scroll_into_view_if_needed()
    radio.check()
    page.get_by_role("button", name="Check").first.click()
    page.wait_for_selector("text=✓ Yes.")
    for attempt, mark in (("1.0", "✗ gradient-descent-1"), ("10 * 0.98**100",
                                                            "✓ gradient-descent-1")):
        cell = page.locator(".jp-CodeCell").filter(
            has_text='check("gradient-descent-1"').first
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.type(f'check("gradient-descent-1", {attempt})')
        page.keyboard.press("Control+Enter")
        cell.locator(f".jp-OutputArea:has-text('{mark}')").wait_for()
    assert reader.our_errors() == []


def test_a_chapter_runs_in_notebook_7(jupyter, read):
    address = jupyter("notebook")
    reader = read(f"{address}/notebooks/optimization/gradient-descent.ipynb")
    reader.run_all(figures=1)
    move(reader.figures().first, reader.page)
    assert reader.our_errors() == []
