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

SAMPLES, QUANTILE, MAX_ERROR = 10, 0.9, 1.0  # places, and how many units their drawing may be off
BLENDED = ("cx", "cy", "d", "height", "points", "r", "transform", "width", "x", "y")
NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")


def can_blend(figure: Exploration, panel: Panel, point: str, drawings: list[Drawing]) -> bool:
    """Whether nine in ten blended drawings are within one unit of the true ones."""
    return bool(np.quantile(blending_errors(figure, panel, point, drawings), QUANTILE) <= MAX_ERROR)


def blending_errors(figure: Exploration, panel: Panel, point: str,
                    drawings: list[Drawing]) -> np.ndarray:
    """How far blended drawings are from true ones, at ten places between the positions.

    Parameters
    ----------
    figure, panel : Exploration, Panel
    point : str
        The name of the point that is dragged.
    drawings : list of Drawing
        Every state of the panel, in the order of ``figure.states(panel)``.

    Returns
    -------
    ndarray, shape (10,)
        The largest distance of a coordinate, in the picture's units; infinite where the drawing
        cannot be made, or has other parts than the states around it.
    """
    rng = np.random.default_rng(0)
    states = figure.states(panel)
    grids = [figure.controls[f"{point}-{axis}"].values for axis in "xy"]
    errors = []
    for _ in range(SAMPLES):
        at = dict(states[rng.integers(len(states))])
        (i, u), (j, v) = [(rng.integers(len(grid) - 1), rng.uniform()) for grid in grids]
        corners, weights = [], []
        for di, wi in ((0, 1 - u), (1, u)):
            for dj, wj in ((0, 1 - v), (1, v)):
                corner = {**at, f"{point}-x": grids[0][i + di], f"{point}-y": grids[1][j + dj]}
                corners.append(drawings[states.index(corner)].svg)
                weights.append(wi * wj)
        between = {f"{point}-x": _between(grids[0], drawings[0].places[point][0], i, u),
                   f"{point}-y": _between(grids[1], drawings[0].places[point][1], j, v)}
        errors.append(_error(figure, panel, {**at, **between}, corners, weights))
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
