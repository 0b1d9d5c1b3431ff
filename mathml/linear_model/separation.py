"""Whether classes can be separated linearly, decided by linear programming.

The maximum likelihood estimate of a logistic or softmax regression exists exactly when they
cannot.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.linalg import qr
from scipy.optimize import linprog

from mathml._check import as_classified

# Margins are of features scaled to [-1, 1] with coefficients in [-1, 1]. Below TOUCH (relative to
# the largest margin) they count as 0: the solver is accurate to 1e-9. If all are below FLAT, the
# direction is a collinearity of the columns, seen through its rounding.
TOUCH, FLAT = 1e-7, 1e-6


def separation(X, y) -> str:
    r"""How far the classes of `y` can be separated by linear functions of `X` with intercepts.

    With :math:`\tilde x = (1, x)`, look at the margins of a coefficient matrix Θ,

    .. math:: m_{ik} = (\theta_{y_i} - \theta_k) \cdot \tilde x_i, \qquad k \ne y_i

    (for two classes: :math:`m_i = (2 y_i - 1)\, \tilde x_i \cdot w`). The classes are

    - ``"complete"``ly separable if some Θ makes every margin positive;
    - ``"quasi"``-separable if some Θ makes every margin nonnegative and at least one positive, but
      none makes all positive;
    - ``"none"``: not separable, if margins that are all nonnegative are all 0.

    In the first two cases the likelihood has no maximiser. In the last it has one; it is unique
    exactly if, besides, the columns of :math:`\tilde X` are linearly independent (a collinear
    column makes coefficients ambiguous, but separates nothing).

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features, without a constant column.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.

    Returns
    -------
    {"complete", "quasi", "none"}

    Raises
    ------
    ValueError, TypeError
        If `X` or `y` is malformed, a class is missing, or there is only one.

    Notes
    -----
    Two programs: maximise :math:`\sum m_{ik}` subject to :math:`m_{ik} \ge 0` (positive iff
    separable), then δ subject to :math:`m_{ik} \ge \delta` over the margins that the first left
    at 0 (positive iff completely), both with :math:`|\Theta| \le 1`. Gaps or overlaps
    below 1e-7 of the largest margin are taken for 0.

    References
    ----------
    Albert & Anderson (1984); Konis (2007).

    Examples
    --------
    >>> separation([[1], [2], [3], [4]], [0, 0, 1, 1])
    'complete'
    >>> separation([[1], [2], [2], [3]], [0, 0, 1, 1])
    'quasi'
    >>> separation([[1], [2], [3], [4]], [0, 1, 0, 1])
    'none'
    """
    X, y = as_data(X, y)
    A, K = _design(X), y.max() + 1
    y = _merged(A, y)
    Theta = _separator(A, y) if y.any() else None
    if Theta is None:
        return "none"
    if y.max() + 1 < K:
        return "quasi"  # merged classes have margin 0
    lowest, highest = _margins(Theta, A, y)
    tight = lowest <= TOUCH * highest.max()
    if not tight.any():
        return "complete"
    # If Θ' makes the tight margins positive, then Θ + εΘ' makes all positive for small ε > 0.
    A, y = A[tight], y[tight]
    return "complete" if _margins(_solve(A, y, K, strict=True), A, y)[0].min() > TOUCH else "quasi"


def is_separable(X, y) -> bool:
    """Whether the classes are separable, completely or quasi, so that no finite MLE exists.

    Decided by linear programming, with an intercept; `separation` tells the two cases apart.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features, without a constant column.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.

    Returns
    -------
    bool

    Raises
    ------
    ValueError, TypeError
        As for `separation`.

    References
    ----------
    Albert & Anderson (1984).

    Examples
    --------
    >>> is_separable([[1], [2], [3], [4]], [0, 0, 1, 1])
    True
    >>> is_separable([[1], [2], [3], [4]], [0, 1, 0, 1])
    False
    """
    X, y = as_data(X, y)
    A = _design(X)
    y = _merged(A, y)
    return bool(y.any()) and _separator(A, y) is not None


def as_data(X, y) -> tuple[np.ndarray, np.ndarray]:
    """Check features and labels, with entries that the solvers can square."""
    X, y = as_classified(X, y)
    if max(X.max(), -X.min()) > 1e100:
        raise ValueError(f"X must have entries up to 1e100, got {np.abs(X).max():g}; "
                         "change the units of its columns")
    return X, y


def standardised(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features as contiguous rows ``(d, n)``, centred and divided by their largest entry.

    Returns them with the centres and scales ``(d,)``. Constant columns become 0, with scale 1.
    """
    S = np.array(X.T, order="C")
    centre = S.mean(axis=1)
    S -= centre[:, None]
    scale = np.maximum(S.max(axis=1), -S.min(axis=1))
    flat = scale <= 1e-14 * np.abs(centre)  # constant up to rounding
    if np.any(~flat & (scale < 1e-100)):
        raise ValueError("columns of X must be constant or vary by at least 1e-100, got one that "
                         f"varies by {scale[~flat].min():g}; change its units")
    scale[flat], S[flat] = 1.0, 0.0
    S /= scale[:, None]
    return S, centre, scale


def _design(X: np.ndarray) -> np.ndarray:
    """Independent columns of (1, x) with features in [-1, 1]: what decides separability."""
    A = np.column_stack([np.ones(len(X)), standardised(X)[0].T])
    R, order = qr(A.T @ A, mode="r", pivoting=True)
    size = np.abs(R.diagonal())
    return A[:, np.sort(order[: np.sum(size > FLAT**2 * size[0])])]


def _merged(A: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Labels with classes merged whose θ must be equal: a cheap proof of most overlaps.

    If two classes are not separable and their examples span all features, then margins that are
    all nonnegative force θ_j = θ_k. So they act as one class towards the others.
    """
    again = y.max() > 1
    while again:
        again = False
        for j, k in combinations(range(y.max() + 1), 2):
            pair = (y == j) | (y == k)
            if (np.linalg.matrix_rank(A[pair]) == A.shape[1]
                    and _separator(A[pair], (y[pair] == k).astype(int)) is None):
                y = np.where(y == k, j, y)
                y = np.unique(y, return_inverse=True)[1]
                again = y.max() > 0
                break
    return y


def _separator(A: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """Θ ``(d+1, K)`` with all margins >= 0 and one > 0, or None if there is none.

    Most examples never matter, so the program starts from a few and takes in those it gets wrong.
    """
    n, d1 = A.shape
    active = np.zeros(n, dtype=bool)
    active[:: max(1, n * y.max() // (200 + 15 * d1))] = True  # an example has K - 1 margins
    while True:
        Theta = _solve(A[active], y[active], y.max() + 1, strict=False)
        lowest, highest = _margins(Theta, A, y)
        touch = -TOUCH * highest[active].max()
        if lowest[active].min() < touch or highest[active].max() < FLAT:
            # These examples cannot be separated. Then all cannot, unless a direction that is flat
            # on these (so that it counted for nothing) separates the others.
            if active.all() or np.linalg.matrix_rank(A[active]) == d1:
                return None
            active[:] = True
            continue
        missed = ~active & (lowest < touch)
        if not missed.any():
            return Theta
        active |= missed


def _solve(A: np.ndarray, y: np.ndarray, K: int, strict: bool) -> np.ndarray:
    """Maximise Σm with m >= 0 (strict: δ with m >= δ) over |Θ| <= 1, θ_0 = 0."""
    d1, free = A.shape[1], A.shape[1] * (K - 1)
    i, k = np.nonzero(np.arange(K) != y[:, None])  # the margins (i, k), k ≠ y_i
    row, feature = np.repeat(np.arange(len(i)), d1), np.tile(np.arange(d1), len(i))
    x, shape = A[i].ravel(), (len(i), K * d1)
    plus = sparse.coo_array((x, (row, np.repeat(y[i], d1) * d1 + feature)), shape)
    minus = sparse.coo_array((x, (row, np.repeat(k, d1) * d1 + feature)), shape)
    M = (plus - minus).tocsc()[:, d1:]
    goal, bounds, rows = -M.sum(axis=0) / len(i), [(-1, 1)] * free, -M
    if strict:
        goal, bounds = np.r_[np.zeros(free), -1.0], [*bounds, (0, 1)]
        rows = sparse.hstack([rows, np.ones((len(i), 1))], format="csc")
    result = linprog(goal, A_ub=rows, b_ub=np.zeros(len(i)), bounds=bounds, method="highs",
                     options={"primal_feasibility_tolerance": 1e-9,
                              "dual_feasibility_tolerance": 1e-9})
    if result.status != 0:
        raise RuntimeError(f"the linear program failed: {result.message}")
    return np.column_stack([np.zeros(d1), result.x[:free].reshape(K - 1, d1).T])


def _margins(Theta: np.ndarray, A: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest margin of each example."""
    Z = A @ Theta  # (n, K)
    margins = Z[np.arange(len(y)), y][:, None] - Z
    other = np.arange(Z.shape[1]) != y[:, None]
    return (margins.min(axis=1, where=other, initial=np.inf),
            margins.max(axis=1, where=other, initial=-np.inf))
