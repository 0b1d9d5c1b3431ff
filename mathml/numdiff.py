"""Derivatives by central differences, and the check every hand-written gradient should pass.

A numerical derivative is a unit test, not a production step: it costs two evaluations of ``f`` per
coordinate and keeps about ten correct digits. At a kink (ReLU at 0) it returns the mean of the two
one-sided slopes, which is no derivative at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mathml._check import (
    as_float_array,
    as_function,
    as_returned_array,
    as_returned_gradient,
    as_returned_number,
    as_scalar,
    finite_result,
)

EPS, TINY = np.finfo(float).eps, np.finfo(float).tiny
FLOOR = 1e-4  # an entry below FLOOR·|f| is compared with that: see check_gradient


def gradient(f: Callable, x) -> np.ndarray:
    r"""Gradient of a scalar function by central differences.

    .. math:: \partial_i f(x) \approx \frac{f(x + h_i e_i) - f(x - h_i e_i)}{2 h_i},
              \qquad h_i = \varepsilon^{1/3} \max(1, |x_i|)

    The truncation error is of order h², the rounding error of order ε|f|/h; this h balances them
    at about ε^(2/3) ≈ 4e-11.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` (a float, if `x` is a number), returns one number.
    x : array_like, any shape
        The point, inside the domain of `f` by more than h.

    Returns
    -------
    ndarray of the shape of `x`, or float if `x` is a number

    Raises
    ------
    ValueError
        If `x` is empty or not finite, or `f` does not return one finite number near it.

    References
    ----------
    Nocedal & Wright (2006), Numerical Optimization, §8.1.

    Examples
    --------
    >>> gradient(lambda x: x[0]**2 + 3 * x[1]**2, [1, 1]).round(8)
    array([2., 6.])
    >>> round(gradient(np.exp, 0.0), 8)
    1.0
    """
    f, x = as_function(f, "f"), _point(x)
    up, down, span = _around(f, x)
    with np.errstate(over="ignore"):
        values = finite_result((up - down) / span, "the gradient")
    return values.reshape(x.shape) if x.ndim else float(values[0])


def jacobian(f: Callable, x) -> np.ndarray:
    r"""Jacobian of a vector function by central differences, numerator layout.

    .. math:: J_{ij} = \partial f_i / \partial x_j

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` (a float, if `x` is a number), returns ``(m,)``.
    x : array_like ``(d,)``, or a number (d = 1)
        The point.

    Returns
    -------
    ndarray ``(m, d)``
        For a scalar `f` this is the row ∇f(x)ᵀ; the gradient is a column, see `gradient`.

    Raises
    ------
    ValueError
        If `x` is empty, not finite or a matrix, or `f` does not return a finite vector near it.

    References
    ----------
    Nocedal & Wright (2006), §8.1.

    Examples
    --------
    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0] + 2 * x[1]]), [3, 5]).round(8)
    array([[5., 3.],
           [1., 2.]])
    """
    f, x = as_function(f, "f"), _point(x)
    if x.ndim > 1:
        raise ValueError(f"x must be one-dimensional, got shape {x.shape}; use .ravel()")
    found = [(_vector(f, up), _vector(f, down), span) for up, down, span in _probes(x)]
    if len(sizes := {value.size for *pair, _ in found for value in pair}) > 1:
        raise ValueError("f must return vectors of one length, got lengths "
                         f"{', '.join(map(str, sorted(sizes)))}; pad or split them")
    with np.errstate(over="ignore"):
        columns = [(up - down) / span for up, down, span in found]
    return finite_result(np.stack(columns, axis=1), "the Jacobian")


def hessian(f: Callable, x) -> np.ndarray:
    r"""Hessian of a twice continuously differentiable function by second central differences.

    .. math:: H_{ij} \approx \frac{f(x + h_i e_i + h_j e_j) - f(x + h_i e_i - h_j e_j)
              - f(x - h_i e_i + h_j e_j) + f(x - h_i e_i - h_j e_j)}{4 h_i h_j}

    with :math:`h_i = \varepsilon^{1/4} \max(1, |x_i|)`; about seven digits are right. The formula
    is symmetric in i and j, so it hides functions whose mixed derivatives differ. Where a gradient
    is at hand, ``jacobian(grad, x)`` is more exact and shows such an asymmetry.

    Parameters
    ----------
    f : callable
        Takes an array ``(d,)`` (a float, if `x` is a number), returns one number.
    x : array_like ``(d,)``, or a number (d = 1)
        The point.

    Returns
    -------
    ndarray ``(d, d)``

    Raises
    ------
    ValueError
        As for `jacobian`.

    References
    ----------
    Nocedal & Wright (2006), §8.1.

    Examples
    --------
    >>> hessian(lambda x: x[0]**2 * x[1] + x[1]**2, [1, 2]).round(5)
    array([[4., 2.],
           [2., 2.]])
    """
    f, x = as_function(f, "f"), _point(x)
    if x.ndim > 1:
        raise ValueError(f"x must be one-dimensional, got shape {x.shape}; use .ravel()")
    d, h = x.size, _step(x.ravel(), EPS ** 0.25)

    def value(*moves: tuple[int, int]) -> float:
        moved = x.copy().reshape(-1)
        for i, sign in moves:
            moved[i] += sign * h[i]
        return _number(f, moved.reshape(x.shape))

    middle, H = value(), np.empty((d, d))
    with np.errstate(over="ignore", invalid="ignore"):
        for i in range(d):
            H[i, i] = (value((i, 1)) - 2 * middle + value((i, -1))) / h[i] / h[i]
            for j in range(i):
                corners = (value((i, 1), (j, 1)) - value((i, 1), (j, -1))
                           - value((i, -1), (j, 1)) + value((i, -1), (j, -1)))
                H[i, j] = H[j, i] = corners / (4 * h[i]) / h[j]
    return finite_result(H, "the Hessian")


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """What `check_gradient` found.

    Attributes
    ----------
    max_rel_error : float
        The largest relative error over the coordinates.
    ok : bool
        Whether it is at most the tolerance.
    message : str
        One sentence that names the coordinate of the largest error.
    """

    max_rel_error: float
    ok: bool
    message: str

    def __bool__(self) -> bool:
        return self.ok


def check_gradient(f: Callable, grad: Callable, x, *, tol: float = 1e-6) -> GradientCheck:
    r"""Compare a hand-written gradient with central differences at `x`.

    .. math:: \text{error}_i =
              \frac{\max(|g_i - \hat g_i| - |\hat g_i - \hat g_i'|, 0)}
                   {\max(|g_i|, s_i, 10^{-4} |f|)}

    where :math:`\hat g` is `gradient`, :math:`\hat g'` the same with steps twice as long, whose
    distance from it is its own error or more, and s_i the steeper of the two one-sided slopes over
    the steps: where the derivative is 0, it tells how fast f moves nearby. The last entry keeps the
    rounding of f, about 4e-11·|f|, from counting as an error. The unit of f does not matter.

    Parameters
    ----------
    f, grad : callable
        Take an array of the shape of `x`; return one number and an array of the shape of `x`.
    x : array_like, any shape
        A point away from kinks. Try several: an error can hide at a symmetric point such as 0.
    tol : float
        Largest relative error to accept.

    Returns
    -------
    GradientCheck
        With ``.max_rel_error``, ``.ok`` and ``.message``; true in a boolean context if ok. A
        gradient that is not finite is not ok, with error inf.

    Raises
    ------
    ValueError
        If `grad` returns another shape than that of `x`, or as for `gradient`.

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, §11.5.

    Examples
    --------
    >>> check_gradient(lambda w: w @ w, lambda w: 2 * w, [1, 2, 3]).ok
    True
    >>> print(check_gradient(lambda w: w @ w, lambda w: w, [0, 2]).message)
    disagrees at coordinate 1: grad gives 2, central differences give 4 (relative error 0.5)
    """
    f, grad = as_function(f, "f"), as_function(grad, "grad")
    x, tol = _point(x), as_scalar(tol, "tol", "[0, inf)")
    with np.errstate(all="ignore"):
        a = as_returned_gradient(grad(x.copy() if x.ndim else float(x)), "grad", x.shape).ravel()
        middle = _number(f, x.copy())
        (up, down, span), (further_up, further_down, twice) = _around(f, x), _around(f, x, times=2)
        n = (up - down) / span
        slope = 2 * np.maximum(np.abs(up - middle), np.abs(middle - down)) / span
        doubt = np.abs(n - (further_up - further_down) / twice)
        excess = np.maximum(np.abs(a - n) - doubt, 0.0)
        scale = np.maximum(np.maximum(np.abs(a), slope), max(FLOOR * abs(middle), TINY))
        error = np.where(np.isfinite(a), excess / scale, np.inf)
    finite_result(n, "the gradient")
    worst = int(np.argmax(error))
    ok = bool(error[worst] <= tol)
    at = np.unravel_index(worst, x.shape or (1,))
    where = ", ".join(str(int(i)) for i in at)
    if ok:
        message = f"agrees: largest relative error {error[worst]:.2g} at coordinate {where}"
    else:
        message = (f"disagrees at coordinate {where}: grad gives {a[worst]:.6g}, central "
                   f"differences give {n[worst]:.6g} (relative error {error[worst]:.2g})")
    return GradientCheck(float(error[worst]), ok, message)


def _point(x) -> np.ndarray:
    a = as_float_array(x, "x")
    if a.size == 0:
        raise ValueError(f"x must have at least 1 entry, got shape {a.shape}; pass a point")
    if np.abs(a).max() > 1e300:
        raise ValueError(f"x must be at most 1e300 in size, got {np.abs(a).max():g}; rescale it")
    return a


def _step(x: np.ndarray, unit: float) -> np.ndarray:
    return unit * np.maximum(1.0, np.abs(x))


def _around(f: Callable, x: np.ndarray, times: int = 1) -> np.ndarray:
    """f at the points of `_probes` above and below x, and their distances, ``(3, d)``."""
    return np.transpose([(_number(f, up), _number(f, down), span)
                         for up, down, span in _probes(x, times)])


def _probes(x: np.ndarray, times: int = 1):
    """Yield, per coordinate, the points x ± h and their exact distance as floats."""
    h = times * _step(x.reshape(-1), EPS ** (1 / 3))
    for i in range(x.size):
        up, down = x.copy(), x.copy()  # fresh each time: f may keep or change what it is given
        up.flat[i] += h[i]
        down.flat[i] -= h[i]
        yield up, down, float(up.flat[i] - down.flat[i])  # not 2h: x ± h are rounded


def _number(f: Callable, x: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        value = as_returned_number(f(x if x.ndim else float(x)), "f")
    return _finite(value, x)


def _vector(f: Callable, x: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        value = np.atleast_1d(as_returned_array(f(x if x.ndim else float(x)), "f"))
    if value.ndim > 1 or value.size == 0:
        raise ValueError("f must return a vector of at least one entry, got shape "
                         f"{value.shape}; use .ravel()")
    return _finite(value.astype(float), x)


def _finite(value, x: np.ndarray):
    if not np.isfinite(value).all():
        point = np.array2string(x, threshold=6, precision=4)
        raise ValueError(f"f must be finite near x, got {value} at {point}; "
                         "move x into the domain of f")
    return value
