"""A reader opens a chapter in JupyterLab (and in Notebook 7), runs it and moves its figures."""

from __future__ import annotations

import functools
import re

import pytest
from book_files import BOOK, chapters
from conventions import glossary_terms
from selection import chosen

# What the programs around the notebook complain of, in their full words.
NOT_OURS = ("Cannot read properties of undefined (reading 'schema')",)  # Notebook 7.6, always
ELSEWHERE = re.compile(r"Cross reference target was not found: (.+)")
IDLE = """() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext
  ?.session?.kernel?.status === "idle" """
# Tells when the last cell has ended, and whether all ran.
RUN_ALL = """() => { window.jupyterapp.commands.execute("notebook:run-all-cells")
  .then((ran) => { window.ranAll = ran !== false; }, () => { window.ranAll = false; }); }"""
BUSY = """() => [...document.querySelectorAll(".jp-InputPrompt")]
  .filter((prompt) => prompt.textContent.includes("[*]")).length"""
FIGURE = ".jp-OutputArea-output .mathml-figure"
# What a figure shows, as [picture, sentence], and whether some or every part of it has changed.
SHOWN = """(figure) => ["svg", "[role=status]"].map((part) =>
  [...figure.querySelectorAll(part)].map((e) => e.innerHTML).join())"""
DIFFER = f"([figure, before]) => ({SHOWN})(figure).{{}}((part, i) => part !== before[i])"
ERRORS = ("[data-mime-type*=stderr], [data-mime-type*=error], "
          "[data-mime-type='application/vnd.jupyter.stderr']")
LABEL = re.compile(r"^(?:\((?=.*\)=)|:label: |\$\$ \()([\w-]+)", re.MULTILINE)


@functools.cache
def all_labels() -> set[str]:
    """The labels of every section, theorem, equation and line of the glossary of the book."""
    texts = [nb.prose for nb in chapters()] + [page.read_text() for page in BOOK.rglob("*.md")]
    labels = {label for text in texts for label in LABEL.findall(text)}
    return labels | {f"term-{term}" for term in glossary_terms()}


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

    def python(self, code: str) -> str:
        """What a piece of code prints in the notebook's kernel."""
        return self.page.evaluate("""async (code) => {
          const { session } = window.jupyterapp.shell.currentWidget.context.sessionContext;
          const told = [], answer = session.kernel.requestExecute({ code });
          answer.onIOPub = ({ content }) => {
            told.push(content.text ?? content.traceback?.join("\\n") ?? "");
          };
          await answer.done;
          return told.join("").trim();
        }""", code)

    def says(self, text: str | re.Pattern) -> None:
        """Wait until the figure's sentence has a text."""
        self.page.locator("[role=status]", has_text=text).wait_for()

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
    """Move each control by keyboard and reset; picture and sentence must follow."""
    element, start = figure.element_handle(), figure.evaluate(SHOWN)
    handles, rows = figure.locator(".noUi-handle"), figure.locator(".mathml-choice")
    assert handles.count() + rows.count() > 0
    for control in [*handles.all(), *rows.all()]:
        shown = figure.evaluate(SHOWN)
        control.scroll_into_view_if_needed()
        if control.get_attribute("role") == "slider":
            control.focus()
            value, last = (control.get_attribute(f"aria-value{end}") for end in ("now", "max"))
            page.keyboard.press("Home" if value == last else "End")
        else:
            control.locator("input:not(:checked)").first.focus()
            page.keyboard.press("Space")  # each is a place of its own for the Tab key
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
    for attempt, mark in (("1.0", "✗ gradient-descent-1"), ("1 / 40",
                                                            "✓ gradient-descent-1")):
        cell = page.locator(".jp-CodeCell").filter(
            has_text='check("gradient-descent-1"').first
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.type(f'check("gradient-descent-1", {attempt})')
        page.keyboard.press("Control+Enter")
        cell.locator(f".jp-OutputArea:has-text('{mark}')").wait_for()
    assert reader.our_errors() == []


@pytest.fixture(scope="module")
def notebook(jupyter):
    return jupyter("notebook")


@pytest.fixture(params=["lab/tree", "notebooks"], ids=["jupyterlab", "notebook-7"])
def every_kind(request, read):
    """A reader of the notebook whose figure has every kind of control, and that figure."""
    server = request.getfixturevalue("lab" if "lab" in request.param else "notebook")
    reader = read(f"{server}/{request.param}/every-kind.ipynb?reset")
    reader.run_all(figures=1)
    return reader, reader.figures().first


def test_a_figure_with_every_kind_of_control(every_kind):
    reader, figure = every_kind
    page = reader.page

    # Names: for a screen reader the panels', the player's and the choices'; the words are there.
    for name in ("From above", "From the side"):
        picture = figure.get_by_role("img", name=f"Every kind: {name}", exact=True)
        told = picture.get_attribute("aria-describedby")
        assert page.locator(f"[id='{told}']").inner_text() == (
            "A solid line leaves (-2, -2). The bar is 0 high.".replace("-", "−"))
        assert figure.get_by_text(name, exact=True).is_visible()
    sizes = figure.locator("svg text").evaluate_all(
        "(all) => [...new Set(all.map((text) => getComputedStyle(text).fontSize))]")
    assert set(sizes) <= {"11px", "12px"}  # in the picture's units, where no page asks for more
    boxes = [radio.bounding_box() for radio in figure.locator(".mathml-choice input").all()]
    assert len(boxes) == 3
    assert len({box["y"] for box in boxes}) == 1  # in a row
    assert figure.locator(".noUi-handle").count() == 3  # the point's two, and the time

    move(figure, page)

    # A slider that is dragged fast leaves no queue of drawings behind.
    handle, before = figure.locator(".noUi-handle").last, int(reader.python("print(len(drawn))"))
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(200):
        page.mouse.move(x + 20 + step % 100, y)
    page.mouse.move(x + 400, y)
    page.mouse.up()
    reader.says("The bar is 60 high.")
    assert int(reader.python("print(len(drawn))")) - before < 60

    # It plays until a reader takes any control.
    figure.get_by_role("button", name="Reset").click()
    reader.says("The bar is 0 high.")
    figure.get_by_role("button", name="Play").click()
    reader.says(re.compile(r"The bar is ([2-9]|[1-5]\d) high\."))
    assert page.locator("[role=status]").get_attribute("aria-live") == "off"
    figure.get_by_label("dashed").check()
    reader.says("A dashed line")
    figure.get_by_role("button", name="Play").wait_for()  # which was called Pause
    stopped = page.locator("[role=status]").inner_text()
    page.wait_for_timeout(1500)  # three times what a step takes
    assert page.locator("[role=status]").inner_text() == stopped
    figure.get_by_role("button", name="Start over").click()
    reader.says("The bar is 0 high.")

    # A failure stays, whatever else succeeds, until its panel is drawn again.
    reader.python("kept = scale; del scale")
    handle.focus()
    page.keyboard.press("End")
    reader.says("✗ From the side: explore 'Every kind': height failed at play=60 with NameError")
    figure.get_by_label("dotted").check()
    reader.says("A dotted line")
    reader.says("✗ From the side")
    stale = figure.get_by_role("img", name="Every kind: From the side (out of date)", exact=True)
    assert stale.is_visible()
    assert figure.get_by_text("✗ out of date").is_visible()
    figure.get_by_text("Traceback", exact=True).click()
    assert "play * scale" in figure.locator("pre").inner_text()
    reader.python("scale = kept")
    figure.get_by_role("button", name="Reset").click()
    reader.says("A solid line leaves (−2, −2). The bar is 0 high.")
    assert figure.get_by_text("✗").count() == 0
    assert reader.our_errors() == []


def test_a_chapter_runs_in_notebook_7(notebook, read):
    reader = read(f"{notebook}/notebooks/optimization/gradient-descent.ipynb")
    reader.run_all(figures=1)
    move(reader.figures().first, reader.page)
    assert reader.our_errors() == []
