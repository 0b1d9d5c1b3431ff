"""The ℓp norms of vectors, their unit balls, and the steepest direction each of them sees.

Arguments that are not made of real numbers raise TypeError everywhere.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg.blas import ddot

from mathml._check import as_float_array, as_int, as_matrix, as_scalar, as_vector, exact

SAFE = 1e250  # a sum of squares in [1/SAFE, SAFE] has lost nothing that a float could show


def lp_norm(x, p: float, *, axis: int | None = None):
    r"""Norm of a vector, safe against overflow and underflow.

    .. math:: \|x\|_p = \Big(\sum_i |x_i|^p\Big)^{1/p}, \qquad \|x\|_\infty = \max_i |x_i|

    A norm for p ≥ 1. For 0 < p < 1 the triangle inequality fails (a quasi-norm): the unit ball is
    not convex.

    Parameters
    ----------
    x : array_like ``(d,)``
        At least one entry. A matrix has several norms (spectral, Frobenius, …) and is refused,
        unless `axis` says that it is a stack of vectors.
    p : float
        0 < p <= inf.
    axis : int, optional
        Take the norm of each vector along this axis of an array of any dimension.

    Returns
    -------
    float, or ndarray of the shape of `x` without `axis`

    Raises
    ------
    ValueError
        If `x` is empty, not finite or (without `axis`) not one-dimensional; if ``p <= 0`` (the
        number of non-zeros is `l0_count`); if the norm, or its quotient by the largest entry, is
        above the largest float, 1.8e308.

    References
    ----------
    Horn & Johnson (2013), §5.2; Blue (1978) on the scaling.

    Examples
    --------
    >>> lp_norm([3, -4, 0], 2), lp_norm([3, -4, 0], 1), lp_norm([3, -4, 0], np.inf)
    (5.0, 7.0, 4.0)
    >>> lp_norm([1e200, 1e200], 2)
    1.414213562373095e+200
    >>> lp_norm([[3, 4], [6, 8]], 2, axis=1).tolist()
    [5.0, 10.0]
    """
    p = as_scalar(p, "p", "(0, inf]", "to count non-zeros use l0_count")
    if p == 2 and axis is None and type(x) is np.ndarray and x.ndim == 1 and x.dtype == float:
        square = ddot(x, x) if x.size else 0.0  # of np.dot an overflow would be a warning
        if 1 / SAFE <= square <= SAFE:          # which proves, too, that all entries are finite
            return math.sqrt(square)
    size, axis = np.abs(_as_vectors(x, axis)), axis or 0
    m = size.max(axis)
    if not np.all(np.isfinite(m)):
        as_float_array(x, "x")  # names the culprit
    with np.errstate(over="ignore", under="ignore"):
        if p == np.inf:
            norm = m
        elif p == 1:
            norm = size.sum(axis)
        else:  # ‖x‖ = m ‖x/m‖: of numbers up to 1 no power overflows
            size /= np.expand_dims(np.where(m == 0, 1.0, m), axis)
            size **= p
            norm = m * size.sum(axis) ** (1 / p)
    if not np.all(np.isfinite(norm)):
        raise ValueError(f"the l{exact(p)} norm of x must be at most 1.8e308, got a larger one; "
                         "divide x by its largest entry first")
    return norm if np.ndim(norm) else float(norm)


def l0_count(x) -> int:
    r"""Number of entries that are not exactly 0, written ‖x‖₀.

    Not a norm: :math:`\|2x\|_0 = \|x\|_0`, so homogeneity fails (the triangle inequality holds). It
    is the limit of :math:`\|x\|_p^p` as p → 0, not that of :math:`\|x\|_p` (Foucart & Rauhut 2013).

    Parameters
    ----------
    x : array_like ``(d,)``
        The vector, of at least one entry.

    Raises
    ------
    ValueError
        If `x` is empty, not finite or not one-dimensional.

    Examples
    --------
    >>> l0_count([3, -4, 0])
    2
    """
    return int(np.count_nonzero(as_vector(x, "x")))


def dual_exponent(p: float) -> float:
    r"""The exponent q of the dual norm, 1/p + 1/q = 1 (Boyd & Vandenberghe 2004, §A.1.6).

    .. math:: \|g\|_q = \max_{\|u\|_p \le 1} g \cdot u

    Parameters
    ----------
    p : float
        1 <= p <= inf.

    Raises
    ------
    ValueError
        If ``p < 1``: ℓp is no norm there.

    Examples
    --------
    >>> dual_exponent(2), dual_exponent(1), dual_exponent(np.inf), dual_exponent(4)
    (2.0, inf, 1.0, 1.3333333333333333)
    """
    p = as_scalar(p, "p", "[1, inf]", "below 1 the lp 'norm' has no dual norm")
    return np.inf if p == 1 else 1.0 if p == np.inf else p / (p - 1)


def unit_ball(p: float, n: int) -> np.ndarray:
    r"""Boundary of the unit ball of ℓp in the plane, as a closed curve ``(n, 2)``.

    Up to p = 2 the points are :math:`(\pm|\cos t|^{2/p}, \pm|\sin t|^{2/p})`, beyond it the unit
    circle divided by its ℓp norm: the first is dense at the tips, the second at the corners. The
    points on the axes and (for n > 8) the diagonals are always among them. See Barr (1981).

    Parameters
    ----------
    p : float
        0.01 <= p <= inf.
    n : int
        Number of points, at least 5; the last repeats the first, (1, 0). Counterclockwise.

    Raises
    ------
    ValueError
        If `p` or `n` is outside its range; `n` at most 1 000 000.

    Examples
    --------
    >>> unit_ball(1, 5).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]]
    """
    p = as_scalar(p, "p", "[0.01, inf]", "the ball of a smaller p is all but its axes")
    n = as_int(n, "n", low=5, high=10**6)
    t = np.linspace(0, 2 * np.pi, n)
    for parts in (4, 8) if n > 8 else (4,):
        k = np.arange(parts + 1)
        t[np.round(k * (n - 1) / parts).astype(int)] = k * 2 * np.pi / parts
    circle = np.column_stack([np.cos(t), np.sin(t)])
    circle[np.abs(circle) < 1e-15] = 0.0  # cos(π/2) is 6e-17 in floats
    if p <= 2:
        points = np.sign(circle) * np.abs(circle) ** (2 / p)
    else:
        points = circle / lp_norm(circle, p, axis=1)[:, None]
    points[-1] = points[0]
    return points


def steepest_direction(g, p: float) -> np.ndarray:
    r"""The direction of steepest ascent when steps are measured in ℓp.

    .. math:: u^* \in \arg\max_{\|u\|_p \le 1} g \cdot u, \qquad
              u^*_i = \operatorname{sign}(g_i) \, |g_i|^{q-1} / \|g\|_q^{q-1}
              \quad (1 < p < \infty)

    The rate g·u* is the dual norm ‖g‖_q, 1/p + 1/q = 1. For p = 2 it is g/‖g‖; for p = 1 the vertex
    ±e_j of the largest |g_j| (coordinate ascent), for p = ∞ the signs (sign ascent). A ball with
    p < 1 has its maximum at the same vertex as p = 1, and rate ‖g‖_∞.

    Parameters
    ----------
    g : array_like ``(d,)``
        A gradient, not 0.
    p : float
        0 < p <= inf.

    Returns
    -------
    ndarray ``(d,)``
        With ‖u‖_p = 1. Unique for 1 < p < ∞. For p <= 1 a tie goes to the first of the largest
        coordinates; for p = ∞ coordinates with g_i = 0, which may take any value, get 0.

    Raises
    ------
    ValueError
        If `g` is 0 (no direction is steepest there), empty, not finite or not a vector, or p <= 0.

    References
    ----------
    Boyd & Vandenberghe (2004), §9.4.

    Examples
    --------
    >>> steepest_direction([3, -1], 1).tolist(), steepest_direction([3, -1], np.inf).tolist()
    ([1.0, 0.0], [1.0, -1.0])
    >>> steepest_direction([3, 4], 2).tolist()
    [0.6, 0.8]
    """
    g, p = _as_gradient(g), as_scalar(p, "p", "(0, inf]")
    if p <= 1:
        return np.where(np.arange(g.size) == np.argmax(np.abs(g)), np.sign(g), 0.0)
    power = 0.0 if p == np.inf else 1 / (p - 1)  # q - 1
    u = np.where(g == 0, 0.0, np.sign(g) * np.abs(g) ** power) + 0.0  # an underflown -0.0 is 0.0
    return u / lp_norm(u, p)


def steepest_direction_quadratic(g, H) -> np.ndarray:
    r"""The direction of steepest ascent when steps are measured by a positive definite matrix.

    .. math:: u^* = \arg\max_{u^\top H u \le 1} g \cdot u
              = \frac{H^{-1} g}{\sqrt{g^\top H^{-1} g}}

    With H = I this is g/‖g‖; with H the Hessian, −u* points along Newton's step
    (Boyd & Vandenberghe 2004, §9.4.1).

    Parameters
    ----------
    g : array_like ``(d,)``
        A gradient, not 0.
    H : array_like ``(d, d)``
        Symmetric, positive definite; rounding hides that if its condition number is above 1e16.

    Raises
    ------
    ValueError
        If `g` is 0, `H` is not symmetric or not positive definite in floats, or the sizes disagree.

    Examples
    --------
    >>> steepest_direction_quadratic([4, 0], [[4, 0], [0, 1]]).tolist()
    [0.5, 0.0]
    """
    g = _as_gradient(g)
    H = as_matrix(H, "H", rows=g.size, repair="pass a square matrix")
    scale = np.abs(H).max()
    if H.shape != (g.size, g.size) or not np.allclose(H, H.T, rtol=0, atol=1e-10 * scale):
        raise ValueError(f"H must be symmetric of shape {(g.size, g.size)}, got shape {H.shape}; "
                         "use (H + H.T)/2")
    try:
        L = np.linalg.cholesky(H / (scale or 1.0))  # H = scale·LLᵀ
    except np.linalg.LinAlgError:
        low, high = np.linalg.eigvalsh(H)[[0, -1]]
        raise ValueError("H must be numerically positive definite (condition number below about "
                         f"1e16), got eigenvalues from {low:.3g} to {high:.3g}; add a multiple of "
                         "the identity, or rescale the coordinates") from None
    z = np.linalg.solve(L, g)
    return np.linalg.solve(L.T, z / lp_norm(z, 2)) / np.sqrt(scale)


def _as_vectors(x, axis: int | None) -> np.ndarray:
    a = x if type(x) is np.ndarray and x.dtype == float else as_float_array(x, "x")
    if a.size == 0 or (axis is not None and a.ndim == 0):
        raise ValueError(f"x must have at least 1 entry along an axis, got shape {a.shape}; "
                         "pass a vector")
    if axis is not None:
        as_int(axis, "axis", low=-a.ndim, high=a.ndim - 1)
    elif a.ndim != 1:
        raise ValueError(f"x must be one-dimensional, got shape {a.shape}; pass axis for a stack")
    return a


def _as_gradient(g) -> np.ndarray:
    """A gradient that is not 0, divided by its largest entry: the direction is the same."""
    g = as_vector(g, "g")
    if not g.any():
        raise ValueError("g must not be 0, got the zero vector; where the gradient vanishes no "
                         "direction is steepest")
    return g / np.abs(g).max()
