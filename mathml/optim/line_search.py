"""How far to go along a direction: Armijo's condition alone, and with a condition on the slope."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mathml import _check
from mathml._check import as_function, as_scalar
from mathml.optim.path import Objective, argument, as_start, is_inside

ARMIJO, CURVATURE = 1e-4, 0.9  # c1 and c2, the usual choice (Nocedal & Wright 2006, §3.1)
TRIALS = 400  # halvings, or doublings: 2**400 is far beyond where a path ends
SLACK = 4 * np.finfo(float).eps  # of |f|: a rise that small is rounding


def backtracking(f: Callable, x, fx: float, g, direction, *, shrink: float = 0.5,
                 c1: float = ARMIJO) -> float:
    r"""The first of the steps 1, β, β², ... that falls far enough (Armijo's condition).

    .. math:: f(x + tp) \le f(x) + c_1 t\, g^\top p

    Where `f` is differentiable and p a direction of descent, :math:`g^\top p < 0`, some step
    does: for small t the left side is f(x) + t gᵀp plus what vanishes faster than t.

    Parameters
    ----------
    f : callable
        Takes an array ``(d,)``, or a number if `x` is one, and returns a number. Infinity and NaN
        mean "not here": the step is shortened.
    x : array_like ``(d,)``, or a number
        Where the search starts.
    fx : float
        f(x), known already.
    g, direction : array_like of the shape of `x`
        The gradient at `x` and the direction p.
    shrink : float
        β in (0, 1).
    c1 : float
        The share of the fall promised by the slope, in (0, 1).

    Returns
    -------
    float
        t, or 0.0 if none of 400 steps falls far enough: then the gradient is wrong, or what is left
        of the fall is below rounding.

    Raises
    ------
    ValueError
        If p is no direction of descent.

    References
    ----------
    Armijo (1966); Nocedal & Wright (2006), algorithm 3.1.

    Examples
    --------
    >>> backtracking(lambda x: x**2, 1.0, 1.0, 2.0, -8.0)
    0.125
    """
    as_function(f, "f")
    x = as_start(x)
    g = _check.as_returned_gradient(_check.as_float_array(g, "g"), "g", x.shape)
    p = _check.as_returned_gradient(_check.as_float_array(direction, "direction"), "direction",
                                    x.shape)
    fx = as_scalar(fx, "fx")
    shrink = as_scalar(shrink, "shrink", "(0, 1)")
    c1 = as_scalar(c1, "c1", "(0, 1)")
    with np.errstate(all="ignore"):
        slope = float(np.sum(g * p))
        if not slope < 0:
            raise ValueError(f"direction must be one of descent, g @ direction < 0, got {slope}; "
                             "for example -g")
        t = 1.0
        for _ in range(TRIALS):
            new = x + t * p
            value = _check.as_returned_number(f(argument(new)), "f")
            if value <= fx + c1 * t * slope:
                return t
            t *= shrink
    return 0.0


def armijo(objective: Objective, x: np.ndarray, fx: float, slope: float, p: np.ndarray,
           t: float = 1.0):
    """Return the point and value of a step that falls far enough, or None if there is none.

    Where a step fails, the parabola through f(x), the slope there and the new value proposes the
    next one, kept between a tenth and a half of the last.
    """
    for _ in range(TRIALS):
        new = x + t * p
        value = objective.value(new) if is_inside(new) else np.inf
        if value <= fx + ARMIJO * t * slope + SLACK * abs(fx):
            return new, value
        t = _parabola(t, value - fx, slope)
    return None


def wolfe(objective: Objective, x: np.ndarray, fx: float, slope: float, p: np.ndarray,
          t: float = 1.0):
    """Return point, value and gradient of a step that falls far enough to where it falls less.

    Armijo's condition bounds the step from above, g(x + tp)ᵀp >= c2 gᵀp from below; an interval
    with ends that miss one each is halved until a step meets both (Lewis & Overton 2013). None if
    there is none within reach; a point out of bounds is returned for the record to refuse.
    """
    low, high = 0.0, np.inf
    for _ in range(TRIALS):
        new = x + t * p
        if not is_inside(new):
            return new, np.inf, p
        value = objective.value(new)
        if not value <= fx + ARMIJO * t * slope + SLACK * abs(fx):
            high = t
            t = _parabola(t, value - fx, slope) if low == 0 else (low + high) / 2
            continue
        g = objective.gradient(new)
        if not np.sum(g * p) < CURVATURE * slope:
            return new, value, g
        low = t
        t = 2 * t if high == np.inf else (low + high) / 2
    return None


def _parabola(t: float, rise: float, slope: float) -> float:
    """Where the parabola with this slope at 0 and this rise at t is lowest, kept in bounds."""
    best = -slope * t**2 / (2 * (rise - slope * t))
    return float(np.clip(best, 0.1 * t, 0.5 * t)) if np.isfinite(best) else 0.1 * t
