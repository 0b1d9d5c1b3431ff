"""Whether a picture between four computed states may be blended from them.

While a reader drags a point, the page blends the numbers of the four states around it: bilinear
weights on every coordinate. That is right where the drawing is nearly linear between the states,
and wrong near a bifurcation, or where a curve has more vertices in one state than in the next. So
it is measured, on places between the positions: the blended drawing against the true one.
"""

from __future__ import annotations

import re

import numpy as np

from mathml.interactive.encoder import Slot, encode
from mathml.interactive.figure import Drawing, Exploration, Panel

SAMPLES, EACH = 10, 4  # places in all, and for each setting of the other controls, at least
QUANTILE, MAX_ERROR = 0.9, 1.0  # of the errors, and how many units it may be
BLENDED = ("cx", "cy", "d", "height", "points", "r", "transform", "width", "x", "y")
NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")


def can_blend(figure: Exploration, panel: Panel, point: str, drawings: list[Drawing]) -> list[bool]:
    """Whether, in each state, nine in ten blended drawings around it are within one unit.

    That depends on the other controls: a search whose start is dragged is nearly linear in it with
    one learning rate, and flies away with another.
    """
    rng = np.random.default_rng(0)
    settings = [_setting(values, point) for values in figure.states(panel)]
    n = max(EACH, -(-SAMPLES // len(set(settings))))
    fine = {}
    for setting in dict.fromkeys(settings):
        errors = blending_errors(figure, panel, point, drawings, dict(setting), n, rng=rng)
        # One of the errors itself: between a number and an infinite one there is nothing.
        fine[setting] = np.quantile(errors, QUANTILE, method="inverted_cdf") <= MAX_ERROR
    return [bool(fine[setting]) for setting in settings]


def _setting(values: dict, point: str) -> tuple[tuple, ...]:
    """The values of the controls beside a point's own."""
    return tuple((name, v) for name, v in values.items()
                 if name not in (f"{point}-x", f"{point}-y"))


def blending_errors(figure: Exploration, panel: Panel, point: str, drawings: list[Drawing],
                    setting: dict, n: int, *, rng: np.random.Generator) -> np.ndarray:
    """How far blended drawings are from true ones, at places between the positions.

    Parameters
    ----------
    figure, panel : Exploration, Panel
    point : str
        The name of the point that is dragged.
    drawings : list of Drawing
        Every state of the panel, in the order of ``figure.states(panel)``.
    setting : dict
        The values of the panel's other controls.
    n : int
        How many places are tried.
    rng : numpy.random.Generator
        Chooses them.

    Returns
    -------
    ndarray, shape (n,)
        The largest distance of a coordinate, in the picture's units; infinite where the drawing
        cannot be made, or has other parts than the states around it.
    """
    x, y = f"{point}-x", f"{point}-y"
    drawn = {(values[x], values[y]): drawing
             for values, drawing in zip(figure.states(panel), drawings, strict=True)
             if dict(_setting(values, point)) == setting}
    grids = [figure.controls[name].values for name in (x, y)]
    places = drawings[0].places[point]
    errors = []
    for _ in range(n):
        (i, u), (j, v) = [(rng.integers(len(grid) - 1), rng.uniform()) for grid in grids]
        corners = [drawn[grids[0][i + a], grids[1][j + b]].svg for a in (0, 1) for b in (0, 1)]
        weights = [(u if a else 1 - u) * (v if b else 1 - v) for a in (0, 1) for b in (0, 1)]
        at = {x: _between(grids[0], places[0], i, u), y: _between(grids[1], places[1], j, v)}
        errors.append(_error(figure, panel, {**setting, **at}, corners, weights))
    return np.array(errors)


def _between(grid: tuple, places: tuple, i: int, share: float) -> float:
    """The value at a share of the way, in the picture, from one position to the next."""
    low, high = grid[i:i + 2]
    if min(grid) > 0 and len(grid) > 2:
        steps = np.diff(places) / np.diff(np.log(grid))
        if np.ptp(steps) < 0.01 * np.abs(steps).max():  # equal on a logarithmic axis
            return float(low * (high / low) ** share)
    return float(low + share * (high - low))


def _error(figure: Exploration, panel: Panel, values: dict, corners: list[str],
           weights: list[float]) -> float:
    try:
        true = figure.draw(panel, values).svg
    except RuntimeError:  # it knows its positions only
        return np.inf
    encoding = encode([true, *corners])
    return max((_slot_error(slot, encoding.patterns[slot.pattern], weights)
                for slot in encoding.slots), default=0.0)


def _slot_error(slot: Slot, pattern: tuple[int, ...], weights: list[float]) -> float:
    """Of one place of the drawing; texts and colours are the nearest state's, and no distance."""
    if slot.kind == "text" or (slot.kind == "attr" and slot.where not in BLENDED):
        return 0.0
    true, *corners = [slot.values[k] for k in pattern]
    if slot.kind == "run" or None in (true, *corners):
        return np.inf
    words = {tuple(NUMBER.split(text)) for text in (true, *corners)}
    if len(words) > 1:
        return np.inf
    numbers = [[float(number) for number in NUMBER.findall(text)] for text in (true, *corners)]
    blended = np.asarray(weights) @ np.array(numbers[1:])
    return float(np.abs(blended - numbers[0]).max(initial=0.0))
