"""The page's face of ``explore``: one piece of HTML that moves with no kernel and no network."""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
from contextlib import contextmanager
from html import escape

from mathml.interactive.blending import blended_slots
from mathml.interactive.controls import Control
from mathml.interactive.encoder import Slot, encode
from mathml.interactive.figure import PLAY, Drawing, Exploration, Panel
from mathml.interactive.slugs import address
from mathml.interactive.svg import prefix_ids, size_of

MAX_BYTES = 100_000  # gzipped, for one figure
MAX_BUTTONS = 4  # a control of so few positions is a row of buttons instead of a slider


def exploration_html(figure: Exploration) -> str:
    """Draw every state of a figure and return its HTML.

    Raises
    ------
    ValueError
        If the figure takes more than 100 kB gzipped, a point's axes move with the controls, or two
        panels return a value of one name; the message gives its name and numbers.
    """
    drawn = [_drawings(figure, panel) for panel in figure.panels]
    name, key = address(figure.title), _digest(figure, drawn)
    parts = [_panel(figure, panel, drawings, f"{key}-{i}-")
             for i, (panel, drawings) in enumerate(zip(figure.panels, drawn, strict=True))]
    _check_values(figure, parts)
    _take_handles(parts)
    data = {
        "controls": [{"name": key, "label": c.label, "texts": c.texts, "start": c.default}
                     for key, c in figure.controls.items()],
        "panels": [part["data"] for part in parts],
    }
    longest = " ".join(part["longest"] for part in parts)
    first = " ".join(part["first"] for part in parts)
    pictures = "".join(_picture(part, figure, i, f"{name}-says") for i, part in enumerate(parts))
    controls = "".join(_control(f"{name}-{key}", control, key == PLAY)
                       for key, control in figure.controls.items())
    html = (
        f'<figure class="explorable" id="{name}" data-key="{key}" '
        f'data-states="{figure.n_states}">'
        f'<figcaption class="explorable-title">{escape(figure.title)}</figcaption>'
        f'<div class="explorable-pictures">{pictures}</div>'
        f'<div class="explorable-controls">{controls}<div class="explorable-buttons">'
        '<button type="button" class="explorable-reset">Reset</button>'
        '<button type="button" class="explorable-link">Copy link</button>'
        '<button type="button" class="explorable-full">Full size</button>'
        "</div></div>"
        f'<div class="explorable-says"><p class="explorable-text" id="{name}-says">'
        f'{escape(first)}</p><div class="explorable-room" aria-hidden="true">{escape(longest)}'
        '</div><p class="explorable-spoken" role="status"></p></div>'
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
    """Tell figures apart wherever pages are joined, also two of one title."""
    said = [figure.title, [[c.label, c.texts] for c in figure.controls.values()], drawn]
    return "f" + hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8]


def _panel(figure: Exploration, panel: Panel, drawings: list[Drawing], prefix: str) -> dict:
    start = figure.states(panel).index(figure.default(panel))
    encoding = encode([prefix_ids(d.svg, prefix) for d in drawings], base=start)
    sentences = [d.sentence for d in drawings]
    names = list(figure.controls)
    data = {
        "controls": [names.index(name) for name in panel.names],
        **encoding.as_json(),
        **_each_once(sentences),
        "values": {name: _each_once([d.values.get(name, "") for d in drawings])
                   for name in drawings[start].values},
        "points": [_point(figure, panel, drawings, name, encoding.slots)
                   for name in drawings[start].places],
    }
    return {"data": data, "svg": encoding.base, "size": size_of(encoding.base),
            "first": sentences[start], "longest": max(sentences, key=len)}


def _each_once(texts: list) -> dict:
    """What every state has, such as its sentence: each stored once, and which one it is."""
    once = list(dict.fromkeys(texts))
    rank = {text: i for i, text in enumerate(once)}
    return {"texts": once, "says": [rank[text] for text in texts]}


def _point(figure: Exploration, panel: Panel, drawings: list[Drawing], name: str,
           slots: tuple[Slot, ...]) -> dict:
    places = {d.places[name] for d in drawings}
    if len(places) > 1:
        raise ValueError(f"explore {figure.title!r}: the axes in which {figure.points[name]!r} is "
                         f"taken must stay where they are, but {panel.function} moves them "
                         "with its controls; set their limits: ax.set(xlim=..., ylim=...)")
    names = list(figure.controls)
    px, py = places.pop()
    return {"label": figure.points[name], "x": names.index(f"{name}-x"),
            "y": names.index(f"{name}-y"), "px": px, "py": py,
            "blend": _each_once(blended_slots(figure, panel, name, drawings, slots))}


def _take_handles(parts: list[dict]) -> None:
    """A point is taken in the first picture that follows it."""
    seen = set()
    for part in parts:
        for point in part["data"]["points"]:
            point["handle"] = point["x"] not in seen
            seen.add(point["x"])


def _check_values(figure: Exploration, parts: list[dict]) -> None:
    names = [name for part in parts for name in part["data"]["values"]] + list(figure.controls)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"explore {figure.title!r}: the values that its panels return must have "
                         f"names of their own, got {twice[0]!r} twice; rename one")


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


def _picture(part: dict, figure: Exploration, i: int, says: str) -> str:
    width, height = part["size"]
    name = figure.panels[i].name
    heading = f'<p class="explorable-name" aria-hidden="true">{escape(name)}</p>' if name else ""
    opening = (f'<svg role="img" translate="no" aria-label="{escape(figure.picture_name(i))}" '
               f'aria-describedby="{says}" '
               f'width="{width:g}" height="{height:g}" ')
    return (f'<div class="explorable-panel" style="--mm-width:{width:g}px">{heading}{opening}'
            f'{part["svg"].removeprefix("<svg ")}</div>')


def _control(key: str, control: Control, plays: bool) -> str:
    if len(control) <= MAX_BUTTONS and not plays:
        return _buttons(key, control)
    value = escape(control.texts[control.default])
    widest = max(map(len, control.texts))
    play = ('<button type="button" class="explorable-play" aria-pressed="false">Play</button>'
            if plays else "")
    return (
        f'<div class="explorable-control"><label for="{key}">{escape(control.label)}</label>'
        f'<output for="{key}" aria-live="off" style="min-width:{widest}ch">{value}</output>{play}'
        f'<input type="range" id="{key}" min="0" max="{len(control) - 1}" step="1" '
        f'value="{control.default}" aria-valuetext="{value}" autocomplete="off"/></div>'
    )


def _buttons(key: str, control: Control) -> str:
    options = "".join(
        f'<label><input type="radio" name="{key}" value="{i}" autocomplete="off"'
        f'{" checked" if i == control.default else ""}/><span>{escape(text)}</span></label>'
        for i, text in enumerate(control.texts))
    return (f'<fieldset class="explorable-control explorable-choice" id="{key}">'
            f"<legend>{escape(control.label)}</legend>"
            f'<div class="explorable-options">{options}</div></fieldset>')


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
