"""A reference to another page says what it leads to, before the reader goes there.

It becomes the link's title, which the theme's script shows under the pointer and to the keyboard.
References within a page need none: the script shows the very box or formula they lead to.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache

from docutils import nodes

from .maths import letters
from .pages import describe


def destination(doctree: nodes.document, anchor: str) -> str:
    """Return the title that an anchor stands under with its page's, or how a page begins.

    Empty where the page has neither.
    """
    target = next((node for node in doctree.findall(nodes.Element) if anchor in node["ids"]), None)
    page = next(doctree.findall(nodes.section), None)
    if target is None or page is None:
        return ""
    while target.parent is not None and not isinstance(next(iter(target), None), nodes.title):
        target = target.parent
    if target is page or target is doctree:
        return describe(doctree)
    name = re.sub(r"^\((.*)\)$", r"\1", plain(target[0]))  # a box's stands in parentheses
    return f"{name} · {plain(page[0])}" if name else plain(page[0])


def plain(title: nodes.Element) -> str:
    """Return a title without marks, its formulas as the letters that are read."""
    parts = []
    for child in title.children:
        text = child.astext()
        parts.append(letters(text) if isinstance(child, nodes.math) else text)
    return " ".join("".join(parts).split())


def _annotate(app, doctree, docname: str) -> None:
    tree = cache(app.env.get_doctree)
    for link in doctree.findall(nodes.reference):
        page, found, anchor = link.get("refuri", "").partition(".html#")
        if not (link.get("internal") and found) or link.get("reftitle"):
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), page))
        if target != docname and target in app.env.found_docs:
            link["reftitle"] = destination(tree(target), anchor)


def setup(app) -> None:
    """Annotate the references once they are resolved."""
    app.connect("doctree-resolved", _annotate, priority=900)
