"""Cells as a reader sees them: code that draws is one quiet line, however many cells it takes.

Authors keep cells short, so a figure often has its drawing function in a cell of its own. Hidden
cells that show nothing are joined to the hidden cell that follows at once: one line to open, above
the figure, and all of its code behind it.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


def _hidden(node: nodes.Node) -> bool:
    return (isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"
            and node.get("hide_mode") == "input"
            and bool(node.children) and node.children[0].get("nb_element") == "cell_code_source")


class JoinHiddenCells(SphinxPostTransform):
    """Move the code of a hidden cell without output into the hidden cell after it."""

    default_priority = 190  # before MyST-NB folds hidden cells, at 199
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for cell in list(self.document.findall(_hidden)):
            siblings = cell.parent.children
            after = siblings[siblings.index(cell) + 1:][:1]
            if len(cell.children) == 1 and after and _hidden(after[0]):
                source = after[0].children[0]
                source.children = [*cell.children[0].children, *source.children]
                for child in source.children:
                    child.parent = source
                cell.parent.remove(cell)


def setup(app) -> None:
    """Register the transform."""
    app.add_post_transform(JoinHiddenCells)
