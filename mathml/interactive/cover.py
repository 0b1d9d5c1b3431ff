"""What a question is about waits on a page until it is answered, or skipped.

What follows the question's cell goes into one container, up to the next heading, the next question
or the author's mark ``<!-- cover-end -->``, which neither a page nor a notebook shows. Before it
stands what is seen in its place. Both are plain parts of the page, in which all is seen: only
``assets/predict.js`` covers, before the page is painted, and uncovers. What is covered takes no
room: nothing below a question that is read moves until the reader answers it.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

from mathml.interactive.places import cell_of, parents, warn

QUESTION = re.compile(r'<fieldset class="predict" id="([^"]+)".*?<legend>(.*?)</legend>', re.S)
END = re.compile(r"\s*<!--\s*cover-end\s*-->\s*")
# What assets/predict.js shows where it covers.
PLACE = ('<div class="cover" id="{key}-cover" hidden><p id="{key}-waits">What follows waits for '
         'your answer to the question above.</p><button type="button">Skip the question</button>'
         "</div>")


class Cover(SphinxTransform):
    """Put what each question is about into a container that a page can cover."""

    default_priority = 410  # where headings and labels have found their places

    def apply(self, **kwargs) -> None:
        asked: dict[str, str] = {}
        ends = []
        for node in list(self.document.findall(nodes.raw)):
            found = QUESTION.match(node.astext())
            if not found:
                continue
            key, question = found.groups()
            if key in asked:
                warn(self.env.docname, "twice",
                     f"{asked[key]} and {cell_of(node)} ask the same question, “{question}”; "
                     "reword one: a page keeps its answers by question")
                continue
            asked[key] = cell_of(node)
            cell = next((p for p in parents(node) if p.get("nb_element") == "cell_code"), node)
            ends.append(_cover_after(cell, key))
        for node in self.document.findall(_is_mark):
            if not any(node is end for end in ends):
                warn(self.env.docname, "mark",
                     f"the mark <!-- cover-end --> in {cell_of(node)} ends nothing; write it after "
                     "the cell of a predict, before the next heading, in a paragraph of its own")


def _cover_after(cell: nodes.Element, key: str) -> nodes.Node | None:
    """Make the container of a question's cell; return what it ends at."""
    section = cell.parent
    start = section.index(cell) + 1
    end = next((i for i in range(start, len(section)) if _ends(section[i])), len(section))
    about, ends_at = section[start:end], section[end] if end < len(section) else None
    if about:
        del section[start:end]
        section.insert(start, [nodes.raw("", PLACE.format(key=key), format="html"),
                               nodes.container("", *about, ids=[f"{key}-about"],
                                               classes=["covered"])])
    return ends_at


def _is_mark(node: nodes.Node) -> bool:
    return isinstance(node, nodes.raw) and bool(END.fullmatch(node.astext()))


def _ends(node: nodes.Node) -> bool:
    """Whether a cover ends where a node stands: a heading, a question, or the author's mark."""
    if isinstance(node, nodes.section) or _is_mark(node):
        return True
    return any(QUESTION.match(raw.astext()) for raw in node.findall(nodes.raw))


def setup(app) -> None:
    """Register the transform."""
    app.add_transform(Cover)
