"""A minimal XML tree with one canonical spelling, small enough to compare node by node.

Python's ElementTree splits text into ``text`` and ``tail``; here the children of a node are simply
a list of nodes and strings, in document order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

_SPECIAL = re.compile(r"""[&<>"\n\r\t]""")  # few values need more than quotes around them


@dataclass(eq=False)
class Node:
    """An element: its tag, its attributes and its children (nodes and strings)."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def elements(self):
        """Yield this node and every element below it, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.elements()


def parse(text: str) -> Node:
    """Read XML text; namespaces are dropped, as inline SVG in HTML needs none."""
    return _convert(ElementTree.fromstring(text))


def serialise(node: Node | str) -> str:
    """Write a node in its canonical spelling: attributes sorted, no needless white space."""
    if isinstance(node, str):
        return escape(node)
    attrs = "".join(f" {name}={_quoted(node.attrs[name])}" for name in sorted(node.attrs))
    if not node.children:
        return f"<{node.tag}{attrs}/>"
    inner = "".join(serialise(child) for child in node.children)
    return f"<{node.tag}{attrs}>{inner}</{node.tag}>"


def _quoted(value: str) -> str:
    return quoteattr(value) if _SPECIAL.search(value) else f'"{value}"'


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def _convert(element: ElementTree.Element) -> Node:
    node = Node(_local(element.tag), {_local(k): v for k, v in element.attrib.items()})
    _append_text(node, element.text)
    for child in element:
        node.children.append(_convert(child))
        _append_text(node, child.tail)
    return node


def _append_text(node: Node, text: str | None) -> None:
    if text:
        node.children.append(text)
