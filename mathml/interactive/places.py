"""Where on a page of the build something stands, for warnings about it."""

from __future__ import annotations

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def warn(docname: str, kind: str, fault: str) -> None:
    """Warn of a fault and its repair; a book that can live with it may say so."""
    logger.warning("%s (or suppress_warnings: [mathml.%s])", fault, kind,
                   location=(docname, None), type="mathml", subtype=kind)


def cell_of(node: nodes.Node) -> str:
    """Say which cell an output is of; MyST-NB numbers a notebook's lines as 10000 times the cell.

    A notebook written as text has lines of its own.
    """
    line = node.line or next((p.line for p in parents(node) if p.line), None)
    if not line:
        return "a cell"
    return f"cell {line // 10000}" if line >= 10000 else f"the cell at line {line}"


def parents(node: nodes.Node):
    """Go up from a node to the whole page."""
    while node.parent is not None:
        node = node.parent
        yield node
