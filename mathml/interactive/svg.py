"""From a matplotlib figure to SVG that can live inside a page.

matplotlib's own SVG carries metadata, fixed colours, sixteen-digit numbers and identifiers that
clash when two drawings share a page. ``figure_svg`` keeps the drawing and drops the rest, so that
the same sources give the same bytes and the page's colours (light or dark) reach the picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from matplotlib.figure import Figure

from mathml.interactive._tree import Node, parse, serialise
from mathml.plotting import THEME, style

NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
GEOMETRY = {"d", "x", "y", "width", "height", "cx", "cy", "r", "points"}
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_REFERRING = {"style", "clip-path", "fill", "stroke", "mask", "filter"}  # what may say url(#...)
_DROPPED = {"metadata", "style", "desc", "title"}
_FONT = re.compile(r"font: ((?:[\w-]+ )*)([\d.]+px)")  # as matplotlib before 3.11 writes it
_LETTERS = "var(--mm-letters,1)"  # by how much a page that shows the drawing small enlarges letters
_DEFAULTS = {"stroke-linejoin: round", "fill-opacity: 1", "stroke-opacity: 1"}


def figure_svg(fig: Figure) -> str:
    """Return a figure as compact, deterministic, theme-aware SVG text."""
    buffer = io.StringIO()
    with style():
        fig.savefig(buffer, format="svg", transparent=True,
                    metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return tidy(buffer.getvalue())


def tidy(text: str) -> str:
    """Return matplotlib SVG text reduced to what is seen; see the module's first lines."""
    root = parse(text[text.index("<svg"):])
    used = {name for node in root.elements() for name in _references(node)}
    _tidy_node(root, used, in_defs=False)
    root.attrs = {"viewBox": root.attrs["viewBox"]}
    _rename_ids(root, lambda name, number: f"i{number}")
    return serialise(root)


def prefix_ids(svg: str, prefix: str) -> str:
    """Give every identifier in canonical SVG text a prefix, so that two drawings never clash."""
    root = parse(svg)
    _rename_ids(root, lambda name, number: prefix + name)
    return serialise(root)


def size_of(svg: str) -> tuple[float, float]:
    """Return width and height of the drawing, in its own units."""
    _, _, width, height = re.search(r'viewBox="([^"]+)"', svg).group(1).split()
    return float(width), float(height)


def _tidy_node(node: Node, used: set[str], in_defs: bool) -> None:
    in_defs = in_defs or node.tag == "defs"
    digits = 2 if in_defs else 1  # a marker is a few units wide, a drawing several hundred
    name = node.attrs.get("id", "")
    if name and name not in used:
        del node.attrs["id"]
        if node.tag == "g":
            node.attrs["class"] = re.sub(r"_?\d+$", "", name).replace("matplotlib.", "")
    for key, value in node.attrs.items():
        if key in GEOMETRY or key == "transform":
            value = _round_numbers(value, _transform_digits(value, digits)
                                   if key == "transform" else digits)
        if key == "d":
            value = re.sub(r"\s*([MLCQZz])\s*", r"\1", value).strip()
        if key == "transform":
            value = re.sub(r"\s*rotate\(-?0(\.0)? [^)]*\)|\s*rotate\(-?0\)", "", value)
        if key == "style":
            value = _tidy_style(value, placed=node.tag == "tspan")
        node.attrs[key] = value
    for key in ("transform", "style"):
        if node.attrs.get(key) == "":
            del node.attrs[key]
    keep_text = node.tag in {"text", "tspan"}
    node.children = [c for c in node.children
                     if not (isinstance(c, Node) and c.tag in _DROPPED)
                     and (keep_text or not isinstance(c, str) or c.strip())]
    for child in node.children:
        if isinstance(child, Node):
            _tidy_node(child, used, in_defs)
    node.children = [c for c in node.children if not _is_empty(c)]
    if any(map(_is_formula, node.children)):  # its fraction bars stand beside its letters
        for child in node.children:
            style = child.attrs.get("style", "")
            child.attrs["style"] = f"{style};transform:scale({_LETTERS})".removeprefix(";")


def _transform_digits(value: str, digits: int) -> int:
    """A factor is no place: 1/64, of a letter drawn as a path, is a third too large as 0.02."""
    return 6 if "scale" in value else 3 if "matrix" in value else digits


def _is_empty(child: Node | str) -> bool:
    return isinstance(child, Node) and child.tag in {"g", "defs"} and not child.children


def _is_formula(child: Node | str) -> bool:
    """Whether this is text whose letters matplotlib placed one by one."""
    return isinstance(child, Node) and child.tag == "text" and any(
        isinstance(part, Node) for part in child.children)


def _tidy_style(value: str, placed: bool) -> str:
    """Shorten a style; letters that were not placed one by one can grow with the page's wish."""
    parts = [p.strip() for p in value.split(";") if p.strip()]
    parts = [p for p in parts if not p.startswith("font-family") and p not in _DEFAULTS]
    parts = [q for p in parts for q in _font(p)]
    text = ";".join(re.sub(r":\s+", ":", p) for p in parts)
    if not placed:
        text = re.sub(r"font-size:([\d.]+px)", rf"font-size:calc(\1*{_LETTERS})", text)
    for colour, name in THEME.items():
        text = text.replace(colour, f"var(--mm-{name},{colour})")
    return text


def _font(part: str) -> list[str]:
    """Split "font: italic 700 12px 'DejaVu Sans'", and leave its family to the page."""
    if not (found := _FONT.match(part)):
        return [part]
    looks = [f"font-weight: {word}" if word.isdigit() else
             f"font-variant: {word}" if word == "small-caps" else f"font-style: {word}"
             for word in found[1].split()]
    return [*looks, f"font-size: {found[2]}"]


def _round_numbers(value: str, digits: int) -> str:
    def short(match: re.Match) -> str:
        text = f"{float(match.group()):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    return NUMBER.sub(short, value)


def _references(node: Node) -> list[str]:
    """The identifiers that the attributes of an element refer to."""
    names = [name for key in _REFERRING & node.attrs.keys()
             for name in _REFERENCE.findall(node.attrs[key])]
    if node.attrs.get("href", "").startswith("#"):
        names.append(node.attrs["href"][1:])
    return names


def _rename_ids(root: Node, rename: Callable[[str, int], str]) -> None:
    """Give identifiers new names, by their old ones and their places in order of appearance."""
    names: dict[str, str] = {}
    for node in root.elements():
        if "id" in node.attrs:
            old = node.attrs["id"]
            node.attrs["id"] = names.setdefault(old, rename(old, len(names) + 1))

    def renamed(name: str) -> str:
        return names.get(name, name)  # a link may lead out of the drawing

    for node in root.elements():
        for key in _REFERRING & node.attrs.keys():
            node.attrs[key] = _REFERENCE.sub(lambda found: f"url(#{renamed(found[1])})",
                                             node.attrs[key])
        if node.attrs.get("href", "").startswith("#"):
            node.attrs["href"] = f"#{renamed(node.attrs['href'][1:])}"
