"""The map of prerequisites as SVG: rows from what needs nothing down to what needs most."""

from __future__ import annotations

import textwrap
from html import escape
from itertools import pairwise

from .curriculum import Chapter, direct_needs
from .map_layout import lay_out

WIDTH, LINE, GAP = 150, 16, 38  # of a box, of a line of text, between two rows
ROOM = (164, 22)  # the width that a box and a passing line take
CHARACTERS = 20  # of a line in a box


def draw_map(chapters: list[Chapter], titles: dict[str, str], links: dict[str, str],
             numbers: dict[str, str]) -> str:
    """Return the map as inline SVG; chapters in `links` are links, the others planned."""
    places, ways, width = lay_out(direct_needs(chapters), ROOM)
    texts = {c.name: [*textwrap.wrap(titles[c.name], CHARACTERS), _facts(c, numbers)]
             for c in chapters}
    box = 14 + LINE * max(map(len, texts.values()))  # all as high as the one that says most

    def point(x: float, row: int) -> tuple[float, float]:
        return round(x, 1), 4 + box / 2 + row * (box + GAP)

    lines = "".join(f'<path d="{_line([point(*place) for place in way], box)}"/>' for way in ways)
    boxes = "".join(_box(point(*places[name]), box, texts[name], links.get(name))
                    for name in places)
    height = 8 + box + (box + GAP) * max(row for _, row in places.values())
    return (
        f'<div class="chapter-map"><svg viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="group" aria-label="Map of the chapters">'
        f'<g class="map-lines" aria-hidden="true">{lines}</g>{boxes}</svg></div>'
    )


def _facts(chapter: Chapter, numbers: dict[str, str]) -> str:
    """What stands below a title: the chapter's number, and how long it takes to read."""
    minutes = f"{chapter.minutes} min" if chapter.minutes else "planned"
    return " · ".join(filter(None, (numbers.get(chapter.name), minutes)))


def _line(points: list[tuple[float, float]], box: float) -> str:
    """A smooth way from the bottom of the first box, straight through rows, to the last box."""
    half, d = box / 2, []
    for (x, y), (u, v) in pairwise(points):
        top, bottom = y + half, v - half
        bend = (bottom - top) * 0.6
        d.append(f"{'L' if d else 'M'}{x:g} {top:g}"
                 f"C{x:g} {top + bend:g} {u:g} {bottom - bend:g} {u:g} {bottom:g}")
    return "".join(d)


def _box(centre: tuple[float, float], height: float, lines: list[str], link: str | None) -> str:
    x, y = centre
    top = y + 4.5 - LINE / 2 * (len(lines) - 1)
    kinds = [*[""] * (len(lines) - 1), ' class="map-facts"']
    text = " ".join(f'<text x="{x:g}" y="{top + LINE * i:g}"{kind}>{escape(line)}</text>'
                    for i, (line, kind) in enumerate(zip(lines, kinds, strict=True)))
    shape = (f'<rect x="{x - WIDTH / 2:g}" y="{y - height / 2:g}" width="{WIDTH}" '
             f'height="{height}" rx="6"/>{text}')
    if link is None:
        return f'<g class="planned" aria-hidden="true">{shape}</g>'
    return f'<a href="{escape(link)}">{shape}</a>'
