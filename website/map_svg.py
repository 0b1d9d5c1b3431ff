"""The map of prerequisites as SVG: rows from what needs nothing down to what needs most."""

from __future__ import annotations

import textwrap
from html import escape
from itertools import pairwise

from .curriculum import Chapter, direct_needs
from .map_layout import lay_out

BOX, ROW = (150, 50), 88  # a box, and the way from row to row
ROOM = (164, 22)  # the width that a box and a passing line take
CHARACTERS = 21  # of a line in a box


def draw_map(chapters: list[Chapter], titles: dict[str, str], links: dict[str, str]) -> str:
    """Return the map as inline SVG; chapters in `links` are links, the others planned."""
    places, ways, width = lay_out(direct_needs(chapters), ROOM)
    lines = "".join(f'<path d="{_line([_point(*place) for place in way])}"/>' for way in ways)
    boxes = "".join(_box(_point(*places[name]), titles[name], links.get(name)) for name in places)
    height = BOX[1] + 8 + ROW * max(row for _, row in places.values())
    return (
        f'<div class="chapter-map"><svg viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="group" aria-label="Map of the chapters; as a list below">'
        f'<g class="map-lines" aria-hidden="true">{lines}</g>{boxes}</svg></div>'
    )


def _point(x: float, row: int) -> tuple[float, float]:
    return round(x, 1), 4 + BOX[1] / 2 + row * ROW


def _line(points: list[tuple[float, float]]) -> str:
    """A smooth way from the bottom of the first box, straight through rows, to the last box."""
    half, d = BOX[1] / 2, []
    for (x, y), (u, v) in pairwise(points):
        top, bottom = y + half, v - half
        bend = (bottom - top) * 0.6
        d.append(f"{'L' if d else 'M'}{x:g} {top:g}"
                 f"C{x:g} {top + bend:g} {u:g} {bottom - bend:g} {u:g} {bottom:g}")
    return "".join(d)


def _box(centre: tuple[float, float], title: str, link: str | None) -> str:
    x, y = centre
    words = textwrap.wrap(title, CHARACTERS)
    lines = words if len(words) <= 2 else [words[0], textwrap.shorten(
        " ".join(words[1:]), CHARACTERS, placeholder=" …")]
    top = y + 4.5 - 8 * (len(lines) - 1)
    text = " ".join(f'<text x="{x:g}" y="{top + 16 * i:g}">{escape(line)}</text>'
                   for i, line in enumerate(lines))
    shape = (f'<rect x="{x - BOX[0] / 2:g}" y="{y - BOX[1] / 2:g}" width="{BOX[0]}" '
             f'height="{BOX[1]}" rx="6"/>{text}')
    if link is None:
        return f'<g class="planned" aria-hidden="true">{shape}</g>'
    return f'<a href="{escape(link)}">{shape}</a>'
