"""The page's face of ``explore``: one piece of HTML that moves with no kernel and no network."""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
from contextlib import contextmanager
from html import escape
from itertools import count

from mathml.interactive.encoder import encode
from mathml.interactive.figure import Drawing, Exploration, Panel
from mathml.interactive.svg import prefix_ids, size_of

MAX_BYTES = 100_000  # gzipped, for one figure
_number = count(1)  # sets the identifiers of the figures of one notebook apart


def exploration_html(figure: Exploration) -> str:
    """Draw every state of a figure and return its HTML.

    Raises
    ------
    ValueError
        If the figure takes more than 100 kB gzipped; the message gives its name and numbers.
    """
    drawn = [_drawings(figure, panel) for panel in figure.panels]
    key = f"explore-{next(_number)}-{_digest(figure, drawn)}"
    parts = [_panel(figure, panel, drawings, f"{key}-{i}-")
             for i, (panel, drawings) in enumerate(zip(figure.panels, drawn, strict=True))]
    data = {
        "controls": [{"texts": c.texts, "start": c.default} for c in figure.controls.values()],
        "panels": [part["data"] for part in parts],
    }
    longest = " ".join(part["longest"] for part in parts)
    first = " ".join(part["first"] for part in parts)
    pictures = "".join(
        _picture(part, figure.title, f"{key}-says") for part in parts)
    controls = "".join(_control(f"{key}-{name}", control)
                       for name, control in figure.controls.items())
    html = (
        f'<figure class="explorable" id="{key}" data-states="{figure.n_states}">'
        f'<figcaption class="explorable-title">{escape(figure.title)}</figcaption>'
        f'<div class="explorable-pictures">{pictures}</div>'
        f'<div class="explorable-controls">{controls}'
        '<button type="button" class="explorable-reset">Reset</button></div>'
        f'<div class="explorable-says"><p class="explorable-text" id="{key}-says" role="status">'
        f'{escape(first)}</p><div class="explorable-room" aria-hidden="true">{escape(longest)}'
        "</div></div>"
        "<noscript><p>With JavaScript turned on, this figure moves.</p></noscript>"
        f'<script type="application/json">{_json(data)}</script></figure>'
    )
    _check_budget(figure, html)
    return html


def _drawings(figure: Exploration, panel: Panel) -> list[Drawing]:
    """Every state of a panel."""
    with _no_garbage_collection():
        return [figure.draw(panel, values) for values in figure.states(panel)]


def _digest(figure: Exploration, drawn: list) -> str:
    """Tell figures of two notebooks apart: each counts from 1, and a page may join them."""
    said = [figure.title, [[c.label, c.texts] for c in figure.controls.values()], drawn]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:6]


def _panel(figure: Exploration, panel: Panel, drawings: list[Drawing],
           prefix: str) -> dict:
    start = figure.states(panel).index(figure.default(panel))
    encoding = encode([prefix_ids(d.svg, prefix) for d in drawings], base=start)
    sentences = [d.sentence for d in drawings]
    texts = list(dict.fromkeys(sentences))
    names = list(figure.controls)
    data = {
        "controls": [names.index(name) for name in panel.names],
        **encoding.as_json(),
        "texts": texts,
        "says": [texts.index(sentence) for sentence in sentences],
    }
    return {"data": data, "svg": encoding.base, "size": size_of(encoding.base),
            "first": sentences[start], "longest": max(texts, key=len)}


@contextmanager
def _no_garbage_collection():
    """Spare the collector its walks over all that a kernel holds: 5 to 10 % of the time.

    What is here already is kept out of its sight; what the drawings leave behind is collected
    afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


def _picture(part: dict, title: str, says: str) -> str:
    width, height = part["size"]
    opening = (f'<svg role="img" aria-label="{escape(title)}" aria-describedby="{says}" '
               f'width="{width:g}" height="{height:g}" ')
    return opening + part["svg"].removeprefix("<svg ")


def _control(key: str, control) -> str:
    value = escape(control.texts[control.default])
    widest = max(map(len, control.texts))
    return (
        f'<div class="explorable-control"><label for="{key}">{escape(control.label)}</label>'
        f'<input type="range" id="{key}" min="0" max="{len(control) - 1}" step="1" '
        f'value="{control.default}" aria-valuetext="{value}" autocomplete="off"/>'
        f'<output for="{key}" style="min-width:{widest}ch">{value}</output></div>'
    )


def _json(data: dict) -> str:
    """JSON that may stand inside a script element of HTML."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _check_budget(figure: Exploration, html: str) -> None:
    size = len(gzip.compress(html.encode(), mtime=0))
    if size > MAX_BYTES:
        raise ValueError(f"explore {figure.title!r}: a figure must stay within {MAX_BYTES:,} bytes "
                         f"gzipped, got {size:,} for {figure.n_states} states; use fewer states, "
                         "fewer points per curve, or separate panels")
