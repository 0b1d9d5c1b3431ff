"""Sphinx extension: a book whose figures move.

It tells notebooks that they are being built into a page, adds the script and the styles to every
page, and puts matplotlib's SVG pictures into the page itself, where they take its colours and its
fonts, have a size before they are painted, and carry their alternative text.
"""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

import mathml
from mathml.interactive.svg import prefix_ids, size_of, tidy

ASSETS = Path(__file__).parent / "assets"
logger = logging.getLogger(__name__)


class InlineFigures(SphinxTransform):
    """Replace each SVG picture that a cell drew by the drawing itself."""

    default_priority = 400

    def apply(self, **kwargs) -> None:
        pictures = [node for node in self.document.findall(nodes.image)
                    if node["uri"].endswith(".svg") and "jupyter_execute" in node["uri"]]
        for number, node in enumerate(pictures, start=1):
            if not node.get("alt", "").strip():
                logger.warning("the figure drawn by %s has no alternative text; add it to the "
                               "cell's metadata: mystnb: {image: {alt: ...}}", _cell(node),
                               location=(self.env.docname, None), type="mathml", subtype="alt")
                continue
            text = (Path(self.env.srcdir) / node["uri"].lstrip("/")).read_text(encoding="utf-8")
            html = figure_html(text, node["alt"], f"figure-{number}-")
            node.replace_self(nodes.raw("", html, format="html"))


def figure_html(svg: str, alt: str, prefix: str) -> str:
    """Return a matplotlib SVG as a fixed-size, described, theme-aware piece of a page."""
    drawing = prefix_ids(tidy(svg), prefix)
    width, height = size_of(drawing)
    opening = (f'<svg role="img" aria-label="{escape(alt)}" width="{width:g}" '
               f'height="{height:g}" ')
    return f'<div class="figure-svg">{opening}{drawing.removeprefix("<svg ")}</div>'


def _cell(node: nodes.Node) -> str:
    """Say which cell drew a picture; MyST-NB numbers lines as 10000 times the cell."""
    line = node.line or next((p.line for p in _parents(node) if p.line), None)
    return f"cell {line // 10000}" if line else "a cell"


def _parents(node: nodes.Node):
    while node.parent is not None:
        node = node.parent
        yield node


def _add_assets(app: Sphinx, config) -> None:
    config.html_static_path.append(str(ASSETS))


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    os.environ["MATHML_OUTPUT"] = "static"
    app.add_transform(InlineFigures)
    app.connect("config-inited", _add_assets)
    app.add_css_file("explore.css")
    app.add_js_file("explore.js", defer="defer")
    return {"version": mathml.__version__, "parallel_read_safe": True,
            "parallel_write_safe": True}
