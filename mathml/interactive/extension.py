"""Sphinx extension: a book whose figures move.

It tells notebooks that they are being built into a page, adds the script and the styles to every
page, and puts matplotlib's SVG pictures into the page itself, where they take its colours and its
fonts, have a size before they are painted, and carry their alternative text. It marks what each
question is about, which the page covers. It serves any Jupyter Book 1 and any Sphinx project with
MyST-NB, whatever their themes.
"""

from __future__ import annotations

import hashlib
import os
import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

import mathml
from mathml.interactive import book, cover
from mathml.interactive.places import cell_of, warn
from mathml.interactive.svg import prefix_ids, size_of, tidy

ASSETS = Path(__file__).parent / "assets"
# Each serves those after it. These two run before the page is painted, those when it was read in.
EARLY, LATE = ("page.js", "predict.js"), ("explore.js", "numbers.js", "exercises.js")
FORM, QUESTION = '<form class="check"', '<fieldset class="predict"'
ONLY_CHECK = re.compile(r"""\s*check\(\s*["'][\w-]+["']\s*(,\s*(\.\.\.|None)\s*)?\)\s*""")
# How a figure, a question and an open exercise begin where only their text is.
AS_TEXT = re.compile(r"(Exploration ['\"]|Prediction: |○ [\w-]+: not attempted yet)")


class InlineFigures(SphinxTransform):
    """Replace each SVG picture that a cell drew by the drawing itself."""

    default_priority = 400

    def apply(self, **kwargs) -> None:
        pictures = [node for node in self.document.findall(nodes.image)
                    if node["uri"].endswith(".svg") and "jupyter_execute" in node["uri"]]
        for number, node in enumerate(pictures, start=1):
            if not node.get("alt", "").strip():
                warn(self.env.docname, "alt",
                     f"the figure drawn by {cell_of(node)} has no alternative text; say "
                     'what is seen in the cell\'s metadata: {"mystnb": {"image": {"alt": "..."}}}')
                continue
            text = (Path(self.env.srcdir) / node["uri"].lstrip("/")).read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()[:6]  # two notebooks may share a page
            html = figure_html(text, node["alt"], f"figure-{number}-{digest}-")
            node.replace_self(nodes.raw("", html, format="html"))


class FindUndrawn(SphinxTransform):
    """Warn where a page would show a figure's text: its notebook was not executed for the page.

    Jupyter Book and MyST-NB leave a notebook that has outputs alone unless they are told otherwise,
    and what a notebook stores of a figure needs a kernel.
    """

    default_priority = 400

    def apply(self, **kwargs) -> None:
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            texts = {part.get("mime_type"): part.astext() for part in bundle.children}
            if "text/html" not in texts and AS_TEXT.match(texts.get("text/plain", "")):
                warn(self.env.docname, "stored",
                     f"{cell_of(bundle)} has a stored output, which does not move on a page; have "
                     "the build execute the notebook: execute_notebooks: force in _config.yml, "
                     'or nb_execution_mode = "force" in conf.py')


class HideReadersCells(SphinxTransform):
    """Leave out code that serves who runs the notebook, and a reader of the page not.

    Above a form, that is ``check("norms-3", ...)``; above a question, a folded ``predict(...)``,
    which would tell its answer.
    """

    default_priority = 400

    def apply(self, **kwargs) -> None:
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") != "cell_code" or not cell.children:
                continue
            source, shown = cell.children[0], _raw(cell)
            if FORM in shown and ONLY_CHECK.fullmatch(source.astext()):
                cell.remove(source)
            elif (QUESTION in shown and cell.get("hide_mode") == "input"
                  and source.astext().lstrip().startswith("predict(")):
                cell.remove(source)
                del cell["hide_mode"]  # there is nothing left to fold


def _raw(node: nodes.Node) -> str:
    """The HTML that a cell put out."""
    return "".join(part.astext() for part in node.findall(nodes.raw))


def figure_html(svg: str, alt: str, prefix: str) -> str:
    """Return a matplotlib SVG as a fixed-size, described, theme-aware piece of a page."""
    drawing = prefix_ids(tidy(svg), prefix)
    width, height = size_of(drawing)
    opening = (f'<svg role="img" translate="no" aria-label="{escape(alt)}" width="{width:g}" '
               f'height="{height:g}" ')
    return f'<div class="figure-svg">{opening}{drawing.removeprefix("<svg ")}</div>'


def _add_assets(app: Sphinx, config) -> None:
    config.html_static_path.append(str(ASSETS))


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    os.environ["MATHML_OUTPUT"] = "static"
    book.setup(app)
    app.add_transform(InlineFigures)
    app.add_transform(FindUndrawn)
    app.add_transform(HideReadersCells)
    cover.setup(app)
    app.connect("config-inited", _add_assets)
    app.add_css_file("explore.css")
    for script in EARLY:
        app.add_js_file(script)
    for script in LATE:
        app.add_js_file(script, defer="defer")
    return {"version": mathml.__version__, "parallel_read_safe": True,
            "parallel_write_safe": True}
