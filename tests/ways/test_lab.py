"""A reader opens a chapter in JupyterLab (and in Notebook 7), runs it and moves its figures."""

from __future__ import annotations

import json

import pytest
from book_files import ROOT

CHAPTERS = sorted(str(p.relative_to(ROOT / "book")) for p in (ROOT / "book").glob("*/*.ipynb")
                  if ".ipynb_checkpoints" not in p.parts)
# Faults of the programs around the notebook, on a machine with no way out.
NOT_OURS = ("favicon", "translations", "Failed to load resource", "preload", "deprecated",
            "webpack", "plugin", "Extension", "service-worker", "rendermime", "lsp", "CSP")
BUSY = """() => [...document.querySelectorAll(".jp-InputPrompt")]
  .filter((prompt) => prompt.textContent.includes("[*]")).length"""


SHOWN = "f => [...f.querySelectorAll('svg, p[role=status]')].map((e) => e.innerHTML).join()"


class Reader:
    """An open notebook: what a reader can do with it, and what went wrong."""

    def __init__(self, browser, url: str):
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(45_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.goto(url)
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")

    def run_all(self) -> None:
        """Run every cell and wait until none is running."""
        self.page.wait_for_function("() => window.jupyterapp")
        self.page.wait_for_selector("text=| Idle")  # the kernel has started, says the status bar
        self.page.wait_for_timeout(1000)
        self.page.evaluate("() => { window.jupyterapp.commands.execute("
                           "'notebook:run-all-cells'); }")
        self.page.wait_for_function(f"() => ({BUSY})() > 0")
        self.page.wait_for_function(f"() => ({BUSY})() === 0", timeout=180_000)
        self.page.wait_for_timeout(1000)

    def our_errors(self) -> list[str]:
        """Complaints in the console that no part of Jupyter itself explains."""
        return [e for e in self.errors if not any(word in e for word in NOT_OURS)]

    def figures(self):
        """Every live figure: a box that holds pictures, sliders and a sentence."""
        return self.page.locator(".jp-OutputArea-output .widget-vbox:has(.noUi-handle)")


def move(figure, page) -> None:
    """Move each slider one step by keyboard; the picture or the sentence must change."""
    handles = figure.locator(".noUi-handle")
    assert handles.count() > 0
    for i in range(handles.count()):
        shown = figure.evaluate(SHOWN)
        handle = handles.nth(i)
        handle.scroll_into_view_if_needed()
        handle.focus()
        reading = figure.locator(".widget-readout").nth(i)
        value = reading.inner_text()
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(300)
        if reading.inner_text() == value:  # it stood at its upper end
            page.keyboard.press("ArrowDown")
        page.wait_for_function(f"([f, before]) => ({SHOWN})(f) !== before",
                               arg=[figure.element_handle(), shown])


@pytest.fixture(scope="module")
def lab(jupyter):
    return jupyter("lab")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_of_a_chapter_moves_in_jupyterlab(lab, browser, chapter):
    reader = Reader(browser, f"{lab}/lab/tree/{chapter}?reset")
    reader.run_all()
    page = reader.page
    assert page.locator(".jp-OutputArea-output[data-mime-type*=stderr], "
                        ".jp-RenderedText[data-mime-type*=error]").count() == 0
    source = json.loads((ROOT / "book" / chapter).read_text(encoding="utf-8"))
    expected = sum("explore(" in "".join(cell["source"]) for cell in source["cells"]
                   if cell["cell_type"] == "code" and "import" not in "".join(cell["source"]))
    figures = reader.figures()
    assert figures.count() == expected
    for i in range(expected):
        move(figures.nth(i), page)
    assert page.locator(".admonition, .myst-admonition, aside").count() > 0  # MyST is rendered
    assert reader.our_errors() == []
    page.close()


def test_a_question_and_an_exercise_answer_in_jupyterlab(lab, browser):
    reader = Reader(browser, f"{lab}/lab/tree/optimization/gradient-descent.ipynb?reset")
    reader.run_all()
    page = reader.page
    radio = page.locator(".widget-radio-box input").nth(2)
    radio.scroll_into_view_if_needed()
    radio.check()
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
    page.close()


def test_a_chapter_runs_in_notebook_7(jupyter, browser):
    address = jupyter("notebook")
    reader = Reader(browser, f"{address}/notebooks/optimization/gradient-descent.ipynb")
    reader.run_all()
    move(reader.figures().first, reader.page)
    assert reader.our_errors() == []
    reader.page.close()
