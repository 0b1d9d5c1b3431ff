"""How long each section of a page is before a browser has laid it out.

A chapter has some thirty thousand elements, so sections far from the screen are not laid out, and
need a length until they are. A guess that is the same for all makes the page grow while it is read,
and the scroll bar with it. Here each section's length is reckoned from what is in it, on a wide
screen and on a phone, as a browser would: lines of text, formulas, code, figures, folds, one below
the other.

Most constants are the style sheet's. Three no style sheet says: how wide an average letter is, of
text and of formulas, and how much of a line stays empty at its end. They were found by trying: with
.42, .5 and 1.2 the paragraphs of seven chapters are, together, as high as in Chromium on both
screens, to 0.3 %. Where type, sizes or margins change, `python -m benchmarks.lengths` says how far
off each page is now; `tests/browser/test_lengths.py`, how far it may be.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html import unescape
from itertools import pairwise, zip_longest

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx_proof.nodes import proof_node

from .boxes import folded
from .maths import render

ROOT_SIZE = 16  # px, of 1 rem
TAG = re.compile(r"<[^>]*>")
STRUT = re.compile(r'katex-strut" style="height:([\d.]+)em(?:;vertical-align:(-[\d.]+)em)?')
SVG = re.compile(r'<svg [^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"')
# The width of an average letter, in its own size.
SERIF, SANS, FORMULA = .42, .44, .5
LOST = 1.2  # at the end of a line, in the size of its letters


@dataclass(frozen=True)
class Screen:
    """What the style sheet makes of a screen: sizes in px."""

    size: float  # of text
    column: float
    figure: float  # the width inside a figure's frame
    katex: float  # size of formulas in that of the text around them
    heading: tuple[float, float, float]
    max_svg: float  # height of a figure's picture
    frame: float  # of a figure, at its sides

    @property
    def line(self) -> float:
        return 1.6 * self.size


WIDE = Screen(19, 688, 654, 1.1, (25.6, 20.48, 17.6), 1e9, 0)
PHONE = Screen(18, 353.2, 374, 1.03, (22.4, 20.48, 17.6), 580, 16)


@dataclass
class Box:
    """A part of a page: its height, and the margins above and below, which collapse."""

    height: float
    above: float = 0
    below: float = 0


NOTHING = Box(0)


def stack(boxes: list[Box]) -> Box:
    """Return boxes one below the other as one."""
    boxes = [box for box in boxes if box.height]
    if not boxes:
        return NOTHING
    between = sum(max(a.below, b.above) for a, b in pairwise(boxes))
    return Box(sum(box.height for box in boxes) + between, boxes[0].above, boxes[-1].below)


def lines(width: float, column: float, size: float) -> int:
    """Return how many lines a text of so wide letters takes."""
    return max(1, math.ceil(width / (column - LOST * size))) if width > column else 1


def shared(room: float, widest: list[float]) -> list[float]:
    """Return the widths of a table's columns: what is narrow has its own, the others the rest.

    Examples
    --------
    >>> shared(100, [20, 200, 600])
    [20, 20.0, 60.0]
    """
    narrow = {k for k, w in enumerate(widest) if w <= room / len(widest)}
    rest = room - sum(widest[k] for k in narrow)
    wide = sum(w for k, w in enumerate(widest) if k not in narrow)
    return [w if k in narrow or wide <= rest else w * rest / wide for k, w in enumerate(widest)]


class Ruler:
    """Reckons lengths on one screen, with what questions are about covered, or not."""

    def __init__(self, screen: Screen, covered: bool):
        self.screen, self.covered = screen, covered

    def section(self, section: nodes.section) -> float:
        """Return the length of a section of the page, which keeps its margins inside."""
        box = stack([self.box(child, self.screen.column, 2) for child in section.children])
        return box.above + box.height + box.below

    def text(self, node: nodes.Node, size: float, letter: float) -> float:
        """Return the width of a text on one line."""
        width = 0.0
        for part in node.findall():
            if isinstance(part, nodes.math):
                width += self.formula(part) * FORMULA * self.screen.katex * size
            elif isinstance(part, nodes.Text) and not isinstance(part.parent, nodes.math):
                mono = isinstance(part.parent, nodes.literal)
                seen = TAG.sub("", part) if isinstance(part.parent, nodes.raw) else part
                width += len(seen) * size * (.86 * .6 if mono else letter)
        return width

    def formula(self, node: nodes.math) -> int:
        """Return the number of letters of a formula that are seen."""
        try:
            html = render(node.astext(), display=False).partition('class="katex-html"')[2]
        except ValueError:
            return 0
        return len(unescape(TAG.sub("", html.partition(">")[2])))

    def words(self, node, column: float, *, size=None, letter=None, leading=1.6) -> float:
        """Return the height of a paragraph."""
        size = size or self.screen.size
        width = self.text(node, size, letter or SERIF)
        return lines(width, column, size) * leading * size if width else 0

    def box(self, node: nodes.Node, column: float, level: int) -> Box:
        """Return the box of a node of a page."""
        for kind, method in self.KINDS:
            if isinstance(node, kind):
                return method(self, node, column, level)
        return self.all(node, column, level)

    def all(self, node, column, level) -> Box:
        return stack([self.box(child, column, level) for child in node.children])

    def none(self, node, column, level) -> Box:
        return NOTHING

    def title(self, node, column, level) -> Box:
        if not isinstance(node.parent, nodes.section):  # of a box
            return Box(self.words(node, column, size=16, letter=SANS, leading=1.4), 0, 6.4)
        size = self.screen.heading[min(level, 4) - 2]
        height = self.words(node, column, size=size, letter=SANS, leading=1.2)
        return Box(height, 2.2 * size, .7 * size)

    def subsection(self, node, column, level) -> Box:
        return stack([self.box(child, column, level + 1) for child in node.children])

    def paragraph(self, node, column, level) -> Box:
        margin = .4 if isinstance(node.parent, nodes.list_item) else 1.05
        return Box(self.words(node, column), 0, margin * self.screen.size)

    def list(self, node, column, level) -> Box:
        inside = self.all(node, column - 1.5 * self.screen.size, level)
        return Box(inside.height + inside.below, inside.above, 1.05 * self.screen.size)

    def display(self, node, column, level) -> Box:
        try:
            struts = STRUT.findall(render(node.astext(), display=True))
        except ValueError:
            return NOTHING
        below = [-float(depth or 0) for _, depth in struts]
        above = [float(height) - depth for (height, _), depth in zip(struts, below, strict=True)]
        height = (max(above, default=1) + max(below, default=0)) * self.screen.katex
        return Box((max(height, 1.2) + 1) * self.screen.size, 0, 1.05 * self.screen.size)

    def code(self, node, column, level) -> Box:
        rows = node.astext().rstrip("\n").count("\n") + 1
        return Box(rows * 21.6 + (11.2 if "output" in node["classes"] else 24))

    def cell(self, node, column, level) -> Box:
        kind = node.get("nb_element")
        if "covered" in node["classes"] and self.covered:
            return NOTHING
        if kind == "cell_code":
            inside = self.all(node, column, level)
            return Box(inside.height, inside.above, max(inside.below, 1.3 * self.screen.size))
        if kind == "cell_code_source":
            return self.all(node, column, level)
        if kind == "cell_code_output":
            inside = self.all(node, column, level)
            return Box(inside.height, max(inside.above, 5.6), inside.below)
        return self.all(node, column, level)

    def code_fold(self, node, column, level) -> Box:
        # MyST-NB gives the fold of a whole cell, which has no figure below, no parent.
        above_figure = node.parent is not None and "tag_hide-input" in node.parent["classes"]
        return Box(21.3 + 9.6, 0, 0 if above_figure else 5.6)

    def fold(self, node, column, level) -> Box:
        title = self.words(node[0], column - 57, size=16, letter=SANS, leading=1.4)
        return Box(title + 25.6 + 3.2, 1.3 * self.screen.size, 1.3 * self.screen.size)

    def admonition(self, node, column, level) -> Box:
        margin = 1.3 * self.screen.size
        if isinstance(node, proof_node):  # its title is a word of its text
            return Box(self.all(node, column, level).height, margin, margin)
        inside = self.all(node, column - 2.2 * ROOT_SIZE - 4, level)
        title = 0 if isinstance(node[0], nodes.title) else 16 * 1.4 + 6.4
        return Box(inside.height + title + 25.6, margin, margin)

    def table(self, node, column, level) -> Box:
        height, size = 0.0, 16
        for group in node.findall(nodes.tgroup):
            rows = [row.children for row in group.findall(nodes.row)]
            widths = [[self.text(entry, size, SANS) for entry in row] for row in rows]
            words = [[self.longest(entry, size) for entry in row] for row in rows]
            widest = [max(column) + 1 for column in zip_longest(*widths, fillvalue=0)]
            least = [max(column) for column in zip_longest(*words, fillvalue=0)]
            share = [max(pair) for pair in zip(
                shared(column - 22.4 * len(widest), widest), least, strict=True)]
            for row in widths:
                most = max(lines(w, s, size) for w, s in zip(row, share, strict=False))
                height += most * 1.45 * size + 14.4 + 1
        return Box(height, 0, 1.3 * self.screen.size)

    def longest(self, node, size: float) -> float:
        """Return the width of the longest word of a table's cell; formulas break, too."""
        return max((len(word) * size * SANS for part in node.findall(nodes.Text)
                    if not isinstance(part.parent, nodes.math | nodes.raw)
                    for word in part.split()), default=0)

    def term(self, node, column, level) -> Box:
        return Box(self.words(node, column))

    def definition(self, node, column, level) -> Box:
        inside = self.all(node, column - 1.5 * self.screen.size, level)
        return Box(inside.height + inside.below, inside.above, .6 * self.screen.size)

    def raw(self, node, column, level) -> Box:
        html = node.astext()
        for mark, method in self.MARKS:
            if mark in html[:200]:
                return method(self, html)
        return NOTHING

    def said(self, text: str, column: float, size: float = 16.8, leading: float = 1.45) -> float:
        """Return the height of words of the engine's, which is set in the sans."""
        width = len(unescape(TAG.sub("", text))) * size * SANS
        return lines(width, column, size) * leading * size

    def drawing(self, html: str) -> Box:
        width, height = map(float, SVG.search(html).groups())
        shown = min(640, self.screen.column)
        return Box(shown * height / width, 20, 20)

    def figure(self, html: str) -> Box:
        room, gap = self.screen.figure, 8.0
        title = re.search(r'explorable-title">(.*?)</figcaption>', html, re.S)
        height = self.said(title[1], room) + 8
        names = 'class="explorable-name"' in html
        panels = [tuple(map(float, size)) for size in SVG.findall(html)]
        row: list[float] = []
        used, pictures, rows = 0.0, 0.0, 0
        grouped: list[list[tuple[float, float]]] = []
        for width, high in panels:
            basis = min(280, width)
            if not grouped or used + gap + basis > room:
                grouped.append([])
                used = basis
            else:
                used += gap + basis
            grouped[-1].append((width, high))
        for group in grouped:
            each = min(640, (room - gap * (len(group) - 1)) / len(group))
            row = [min(each * h / w, self.screen.max_svg) for w, h in group]
            pictures += max(row) + (23.1 if names else 0)
            rows += 1
        height += pictures + gap * (rows - 1)
        per_row = max(1, int((room + 24) // (224 + 24)))
        number = len(re.findall(r'class="explorable-control[" ]', html)) + 1  # and the buttons
        height += 8 + math.ceil(number / per_row) * 57 + (math.ceil(number / per_row) - 1) * 8
        says = re.search(r'explorable-room" aria-hidden="true">(.*?)</div>', html, re.S)
        height += 12 + self.said(says[1], room)
        return Box(height + 34, 1.6, 24)

    def question(self, html: str) -> Box:
        room = self.screen.column - 34
        legend = re.search(r"<legend>(.*?)</legend>", html, re.S)[1]
        height = self.said(legend, room, 17.5) + 8
        for label in re.findall(r"<label>(.*?)</label>", html, re.S):
            height += self.said(label, room - 24) + 8
        height += 40 + 12 + self.said("Choose an option and press Check: the reason appears here.",
                                      room)
        return Box(height + 34, 24, 24)

    def cover(self, html: str) -> Box:
        if not self.covered:
            return NOTHING
        room = self.screen.column - 34
        one_row = room > 224 + 16 + 170
        words = self.said("What follows waits for your answer to the question above.",
                          room - (186 if one_row else 0))
        return Box((max(words, 34) if one_row else words + 8 + 34) + 26, 24, 24)

    def form(self, html: str) -> Box:
        room = self.screen.column - 34
        height = 8 + 24.4  # the reply
        ask = re.search(r'class="check-ask">(.*?)</p>', html, re.S)
        wants = re.search(r'class="check-wants" id[^>]*>(.*?)</p>', html, re.S)
        done = re.search(r'class="check-done">(.*?)</div>', html, re.S)
        label = re.search(r"<label[^>]*>(.*?)</label>", html, re.S)
        if ask:
            height += self.said(ask[1], room) + 8
        if done:
            height += self.said(label[1], room - 24) + 6.4
        elif ask:
            height += 15.2 * 1.4 + 9.6
        else:
            height += 42 * lines(len(label[1]) * 16.8 * SANS + 290, room, 0)
        if wants:
            height += 5.6 + self.said(wants[1], room, 14.7)
        return Box(height + 34, 24, 24)

    def choose(self, html: str) -> Box:
        return Box(32, 4.8, 12.8)  # a button

    MARKS = (('class="explorable"', figure), ('class="predict"', question),
             ('class="cover"', cover), ('class="check"', form), ('class="figure-svg"', drawing),
             ('class="choose-path', choose))
    KINDS = (
        (nodes.section, subsection), (nodes.title, title), (nodes.term, term), (folded, fold),
        (HideCodeCellNode, code_fold),
        (nodes.Invisible | nodes.comment | nodes.target | nodes.substitution_definition, none),
        (nodes.paragraph, paragraph), (nodes.math_block, display),
        (nodes.literal_block, code), (nodes.raw, raw), (nodes.table, table),
        (nodes.bullet_list | nodes.enumerated_list, list), (nodes.definition, definition),
        (nodes.Admonition, admonition), (nodes.container, cell),
    )


# What holds a length: for which screen, and whether what questions are about is covered.
NAMES = {"wide": (WIDE, True), "phone": (PHONE, True),
         "wide-open": (WIDE, False), "phone-open": (PHONE, False)}


def lengths(doctree: nodes.document) -> dict[str, dict[str, int]]:
    """Return the lengths in rem of each section below the title, by its id; see `NAMES`."""
    return {
        section["ids"][0]: {name: round(Ruler(*how).section(section) / ROOT_SIZE)
                            for name, how in NAMES.items()}
        for page in doctree.children if isinstance(page, nodes.section)
        for section in page.children if isinstance(section, nodes.section) and section["ids"]}


def _measure(app, doctree, docname) -> None:
    if app.builder.format == "html":
        app.env.temp_data["lengths"] = (docname, lengths(doctree))


def say(body: str, found: dict[str, dict[str, int]]) -> str:
    """Return a page's HTML in which each section says its lengths."""
    def styled(section: re.Match) -> str:
        if section[2] not in found:
            return section[0]
        style = ";".join(f"--{name}:{length}rem" for name, length in found[section[2]].items())
        return f'{section[1]} style="{style}">'

    return re.sub(r'(<section\b[^>]*\bid="([^"]*)"[^>]*)>', styled, body)


def _say(app, pagename, templatename, context, doctree) -> None:
    docname, found = app.env.temp_data.get("lengths", ("", {}))
    if doctree is not None and docname == pagename:
        context["body"] = say(context["body"], found)


def setup(app) -> None:
    """Reckon when a page is resolved, and say so in what is written."""
    app.connect("doctree-resolved", _measure, priority=950)
    app.connect("html-page-context", _say, priority=850)
