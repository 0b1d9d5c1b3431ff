"""Which coordinates of a picture between four computed states may be blended from them.

While a reader drags a point, the page blends coordinates of the four states around it, with
bilinear weights. That is right for what is nearly linear between the states, and wrong near a
bifurcation, or where a curve has more vertices in one state than in the next. So it is measured for
each place of the drawing, between the positions: the blended coordinate against the true one.
"""

from __future__ import annotations

import numpy as np

from mathml.interactive.encoder import Slot, encode
from mathml.interactive.figure import Drawing, Exploration, Panel
from mathml.interactive.svg import GEOMETRY, NUMBER

SAMPLES, EACH = 10, 4  # places in all, and for each setting of the other controls, at least
QUANTILE, MAX_ERROR = 0.9, 1.0  # of the errors, and how many units it may be
BLENDED = GEOMETRY | {"transform"}


def blended_slots(figure: Exploration, panel: Panel, point: str, drawings: list[Drawing],
                  slots: tuple[Slot, ...]) -> list[tuple[int, ...]]:
    """For each state, which slots may be blended: at nine places in ten within one unit.

    That depends on the other controls: a search whose start is dragged is nearly linear in it with
    one learning rate, and flies away with another.

    Parameters
    ----------
    figure, panel : Exploration, Panel
    point : str
        The name of the point that is dragged.
    drawings : list of Drawing
        Every state of the panel, in the order of ``figure.states(panel)``.
    slots : tuple of Slot
        The places of the drawing that differ.

    Returns
    -------
    list of tuple of int
        For each state, the numbers of the slots.
    """
    rng = np.random.default_rng(0)
    settings = [_setting(values, point) for values in figure.states(panel)]
    n = max(EACH, -(-SAMPLES // len(set(settings))))
    fine = {}
    for setting in dict.fromkeys(settings):
        errors = blending_errors(figure, panel, point, drawings, dict(setting), n, rng=rng)
        # One of the errors itself: between a number and an infinite one there is nothing.
        worst = {key: np.quantile(found, QUANTILE, method="inverted_cdf")
                 for key, found in errors.items()}
        fine[setting] = tuple(k for k, slot in enumerate(slots)
                              if slot.kind == "attr" and slot.where in BLENDED
                              and worst.get(_key(slot), np.inf) <= MAX_ERROR)
    return [fine[setting] for setting in settings]


def _setting(values: dict, point: str) -> tuple[tuple, ...]:
    """The values of the controls beside a point's own."""
    return tuple((name, v) for name, v in values.items()
                 if name not in (f"{point}-x", f"{point}-y"))


def _key(slot: Slot) -> tuple:
    return slot.element, slot.where


def blending_errors(figure: Exploration, panel: Panel, point: str, drawings: list[Drawing],
                    setting: dict, n: int, *, rng: np.random.Generator) -> dict[tuple, np.ndarray]:
    """How far blended coordinates are from true ones, at places between the positions.

    Parameters
    ----------
    figure, panel, point, drawings
        As in `blended_slots`.
    setting : dict
        The values of the panel's other controls.
    n : int
        How many places are tried.
    rng : numpy.random.Generator
        Chooses them.

    Returns
    -------
    dict of tuple to ndarray, shape (n,)
        By element and attribute of the drawing, the largest distance of a coordinate, in the
        picture's units; infinite where the drawing cannot be made, or has other parts there than
        the states around it.
    """
    x, y = f"{point}-x", f"{point}-y"
    drawn = {(values[x], values[y]): drawing.svg
             for values, drawing in zip(figure.states(panel), drawings, strict=True)
             if dict(_setting(values, point)) == setting}
    grids = [figure.controls[name].values for name in (x, y)]
    places = drawings[0].places[point]
    rounds = []
    for _ in range(n):
        (i, u), (j, v) = [(rng.integers(len(grid) - 1), rng.uniform()) for grid in grids]
        corners = [drawn[grids[0][i + a], grids[1][j + b]] for a in (0, 1) for b in (0, 1)]
        weights = [(u if a else 1 - u) * (v if b else 1 - v) for a in (0, 1) for b in (0, 1)]
        at = {x: _between(grids[0], places[0], i, u), y: _between(grids[1], places[1], j, v)}
        rounds.append((_true(figure, panel, {**setting, **at}), corners, weights))
    # One walk over all of them, so that each place has the name that it has on the page. What
    # comes and goes has none.
    start = figure.states(panel).index(figure.default(panel))
    frames = [drawings[start].svg, *drawn.values()]
    first = len(frames)
    frames += [frame for true, corners, _ in rounds for frame in (true or corners[0], *corners)]
    encoding = encode(frames)
    errors = {}
    for slot in encoding.slots:
        if slot.kind == "attr" and slot.where in BLENDED:
            pattern = encoding.patterns[slot.pattern]
            errors[_key(slot)] = np.array([
                _slot_error([slot.values[k] for k in pattern[first + 5 * r:first + 5 * r + 5]],
                            weights) if true else np.inf
                for r, (true, _, weights) in enumerate(rounds)])
    return errors


def _between(grid: tuple, places: tuple, i: int, share: float) -> float:
    """The value at a share of the way, in the picture, from one position to the next."""
    low, high = grid[i:i + 2]
    if min(grid) > 0 and len(grid) > 2:
        steps = np.diff(places) / np.diff(np.log(grid))
        if np.ptp(steps) < 0.01 * np.abs(steps).max():  # equal on a logarithmic axis
            return float(low * (high / low) ** share)
    return float(low + share * (high - low))


def _true(figure: Exploration, panel: Panel, values: dict) -> str | None:
    """The drawing between the positions; none where it knows its positions only."""
    try:
        return figure.draw(panel, values).svg
    except RuntimeError:
        return None


def _slot_error(texts: list[str | None], weights: list[float]) -> float:
    """Of the true text of one place, and those of the four states around it."""
    if None in texts:
        return np.inf
    words = {tuple(NUMBER.split(text)) for text in texts}
    if len(words) > 1:
        return np.inf
    true, *corners = [[float(number) for number in NUMBER.findall(text)] for text in texts]
    return float(np.abs(np.asarray(weights) @ np.array(corners) - true).max(initial=0.0))
