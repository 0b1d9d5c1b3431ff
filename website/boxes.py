"""Admonitions of class `dropdown` fold with the browser's own means, not with a script."""

from __future__ import annotations

from docutils import nodes
from sphinx.locale import admonitionlabels
from sphinx.transforms import SphinxTransform


class folded(nodes.General, nodes.Element):
    """A box that opens when its title is chosen; its first child is the title."""


class FoldDropdowns(SphinxTransform):
    """Replace each admonition of class `dropdown` by a folded box."""

    default_priority = 410

    def apply(self, **kwargs) -> None:
        for box in list(self.document.findall(nodes.Admonition)):
            if "dropdown" not in box.get("classes", []):
                continue
            if not isinstance(box, nodes.admonition):  # note, tip, …: the title is the kind's name
                box.insert(0, nodes.title("", admonitionlabels[box.tagname]))
                box["classes"].append(box.tagname)
            classes = [name for name in box["classes"] if name != "dropdown"]
            fold = folded("", *box.children, classes=classes, ids=box["ids"], names=box["names"])
            box.replace_self(fold)


def _visit_folded(self, node):
    title = node.children[0]
    node.remove(title)
    self.body.append(self.starttag(node, "details", CLASS="admonition fold"))
    self.body.append('<summary class="admonition-title">')
    for child in title.children:
        child.walkabout(self)
    self.body.append("</summary>\n")


def _depart_folded(self, node):
    self.body.append("</details>\n")


def setup(app) -> None:
    """Register the node and its transform."""
    app.add_node(folded, html=(_visit_folded, _depart_folded))
    app.add_transform(FoldDropdowns)
