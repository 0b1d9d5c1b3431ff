"""A formula as one line of text, from its MathML: what a search finds, and a title shows."""

from __future__ import annotations

import re
from xml.etree import ElementTree

ACCENTS = {"^": "\u0302", "~": "\u0303", "ˉ": "\u0304", "˙": "\u0307", "¨": "\u0308"}
RAISED = str.maketrans("0123456789+−n⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ")
INVISIBLE = re.compile("[\u2061-\u2064\u200b]")
UNREAD = {"annotation", "mphantom"}


def as_text(mathml: str) -> str:
    """Return the letters of a formula, in the order in which they are read.

    Examples
    --------
    >>> as_text("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>")
    '(a+b)/2'
    >>> as_text("<math><msup><mi>x</mi><mn>2</mn></msup></math>")
    'x²'
    """
    return " ".join(_read(ElementTree.fromstring(mathml)).split())


def _read(node: ElementTree.Element) -> str:
    tag = node.tag.rpartition("}")[2]
    if tag in UNREAD:
        return ""
    parts = [_read(child) for child in node]
    if tag in {"mover", "munder"} and node.get("accent") == "true":
        return parts[0] + ACCENTS.get(parts[1], "") if len(parts[0]) == 1 else parts[0]
    match tag:
        case "mfrac":
            return f"{_one(parts[0])}/{_one(parts[1])}"
        case "msqrt":
            return f"√{_one(''.join(parts))}"
        case "msub" | "munder":
            return parts[0] + _lowered(parts[1])
        case "msup" | "mover":
            return parts[0] + _raised(parts[1])
        case "msubsup" | "munderover":
            return parts[0] + _lowered(parts[1]) + _raised(parts[2])
        case "mtr" | "mtable":
            return " ".join(parts)
    return INVISIBLE.sub("", node.text or "") + "".join(parts)


def _one(text: str) -> str:
    return text if re.fullmatch(r"\w*|.|\([^()]*\)", text) else f"({text})"


def _lowered(text: str) -> str:
    return text if len(text) < 2 else f"_{_one(text)}"


def _raised(text: str) -> str:
    up = text.translate(RAISED)
    if not set(up) & set(text) or set(text) <= {"′"}:
        return up
    return f"^{_one(text)}"
