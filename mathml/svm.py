"""Support vector machines: the widest margin, by its dual problem."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.distance import cdist

from mathml._check import as_features, as_matrix, as_positive, as_vector, finite_result

VIOLATION = 1e-10  # of the optimality conditions, in units of f, at which the fit stops
GAP = 1e-8  # of the dual value: what is called converged
SWEEPS = 1000  # of n pairs each, before the fit gives up
RENEW = 200  # steps after which the scores are computed anew
FLAT = 1e-12  # of the largest curvature: what counts as none
TINY = 1e-14  # a curvature below this share of its terms is rounding


@dataclass(frozen=True, eq=False)
class SVM:
    r"""A fitted machine, :math:`f(x) = \sum_i \alpha_i \tilde y_i k(x_i, x) + b`.

    Attributes
    ----------
    coef : ndarray ``(d,)`` or None
        w, for the linear kernel.
    intercept : float
        b.
    alpha : ndarray ``(n,)``
        The multipliers, 0 <= α_i <= C.
    support : ndarray of int
        The i with α_i > 0, in order.
    margin : float
        2/‖w‖, the width of the strip |f| < 1 (in the space of features of the kernel).
    gap : float
        Primal minus dual value: the primal value is within it of the minimum.
    converged : bool
        Whether the gap met its bound.
    message : str
        The same in one sentence.
    """

    coef: np.ndarray | None
    intercept: float
    alpha: np.ndarray
    support: np.ndarray
    margin: float
    gap: float
    converged: bool
    message: str
    _points: np.ndarray = field(repr=False)
    _weights: np.ndarray = field(repr=False)
    _gamma: float | None = field(repr=False)

    def decision(self, X) -> np.ndarray:
        """Return f at the rows of `X`, ``(n,)``; its sign is the class.

        Parameters
        ----------
        X : array_like ``(n, d)``
            Points, one a row.

        Returns
        -------
        ndarray ``(n,)``
            f(x), above 0 for the class +1.

        Raises
        ------
        ValueError
            If `X` has another number of columns than the data of the fit.

        Examples
        --------
        >>> machine = fit_svm([[1, 1], [-1, -1]], [1, -1], C=10)
        >>> machine.decision([[1, 1], [0, 0], [3, 0]]).round(6).tolist()
        [1.0, 0.0, 1.5]
        """
        X = as_features(X, self._points.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):
            values = _kernel(X, self._points, self._gamma) @ self._weights + self.intercept
        return finite_result(values, "the decision")


def fit_svm(X, y, *, C: float, kernel: str = "linear", gamma: float | None = None) -> SVM:
    r"""Fit a support vector machine with soft margin.

    .. math:: \min_{w, b}\ \tfrac12 \|w\|^2 + C \sum_{i=1}^n \max(0, 1 - \tilde y_i f(x_i)),
              \qquad f(x) = w^\top \phi(x) + b

    by its dual,

    .. math:: \max_\alpha\ \sum_i \alpha_i - \tfrac12 \sum_{i,j}
              \alpha_i \alpha_j \tilde y_i \tilde y_j k(x_i, x_j), \qquad
              0 \le \alpha_i \le C, \quad \sum_i \alpha_i \tilde y_i = 0,

    of which two multipliers at a time are set to their best values: the one that violates the
    optimality conditions most and the one with which the dual gains most.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Points, one a row. Features are not scaled.
    y : array_like ``(n,)``
        Labels -1 and +1, both there.
    C : float
        Price of an error, > 0. No mean is taken: with twice the data, halve C.
    kernel : {"linear", "rbf"}
        k(x, z) = xᵀz, or exp(-γ‖x - z‖²).
    gamma : float
        γ > 0, for "rbf" only; None means 1/(d·Var(X)), the variance taken over all entries.

    Returns
    -------
    SVM
        With `coef`, `intercept`, `alpha`, `support`, `margin`, `gap` and `decision`.

    Raises
    ------
    ValueError
        If `X` and `y` do not match, a class is missing, or a number is out of its range.

    References
    ----------
    Cortes & Vapnik (1995); Fan, Chen & Lin (2005) for the choice of the pair.

    Examples
    --------
    >>> machine = fit_svm([[1, 1], [-1, -1], [3, 2]], [1, -1, 1], C=10)
    >>> machine.coef.round(6).tolist(), machine.support.tolist(), round(machine.margin, 6)
    ([0.5, 0.5], [0, 1], 2.828427)
    """
    X = as_matrix(X, "X")
    y = _signs(y, len(X))
    C = as_positive(C, "C")
    gamma = _gamma(X, kernel, gamma)
    with np.errstate(all="ignore"):  # what is not finite is told
        K = finite_result(_kernel(X, X, gamma), "the kernel of X")
        alpha, score = _solve(K, y, C)
        b = _intercept(score, alpha, y, C)
        weights = alpha * y
        square, slack = float(weights @ (y - score)), np.maximum(0, y * (score - b))
        gap, value = square - alpha.sum() + C * slack.sum(), alpha.sum() - square / 2
        finite_result(np.array([gap, value, b]), "the fit")
    bound = GAP * max(1.0, value)
    done = bool(gap <= bound)
    message = (f"{'converged' if done else 'not converged'}: duality gap {gap:.3g} "
               f"{'<=' if done else '>'} {bound:.3g}{'' if done else '; scale the features'}")
    support = np.flatnonzero(alpha)
    with np.errstate(divide="ignore"):
        margin = float(2 / np.sqrt(max(square, 0.0)))
    return SVM(X.T @ weights if kernel == "linear" else None, b, alpha, support, margin,
               max(float(gap), 0.0), done, message, X[support], weights[support], gamma)


def _solve(K: np.ndarray, y: np.ndarray, C: float) -> tuple[np.ndarray, np.ndarray]:
    """Return α and the scores yᵢ − Σⱼ αⱼyⱼk(xⱼ, xᵢ), which at the optimum are b where 0 < α < C.

    Moving α_i y_i up and α_j y_j down by the same δ keeps Σ αᵢyᵢ = 0. The dual gains at the rate
    score_i − score_j, which falls by K_ii + K_jj − 2K_ij per unit of δ.
    """
    alpha, score, diagonal = np.zeros(len(y)), y.copy(), np.diag(K)
    for step in range(SWEEPS * len(y)):
        if step % RENEW == 0:
            alpha = _solve_free(K, y, C, alpha)
            score = y - K @ (alpha * y)  # without the rounding of the steps before
        up = np.where(y > 0, C - alpha, alpha)  # room for α_i y_i to rise
        down = C - up  # and to fall
        i = int(np.argmax(np.where(up > 0, score, -np.inf)))
        excess = np.where(down > 0, score[i] - score, 0)
        if not excess.max() > VIOLATION:
            break
        bend = np.maximum(diagonal[i] + diagonal - 2 * K[i], TINY * (diagonal[i] + diagonal))
        j = int(np.argmax(np.where(excess > 0, excess, 0) ** 2 / np.maximum(bend, TINY)))
        step_length = min(excess[j] / bend[j] if bend[j] > 0 else np.inf, up[i], down[j])
        for k, sign, room in ((i, 1, up[i]), (j, -1, down[j])):
            full = C if sign * y[k] > 0 else 0.0
            alpha[k] = full if step_length == room else alpha[k] + sign * y[k] * step_length
        score -= step_length * (K[i] - K[j])
    alpha = _solve_free(K, y, C, alpha)
    return alpha, y - K @ (alpha * y)


def _solve_free(K: np.ndarray, y: np.ndarray, C: float, alpha: np.ndarray) -> np.ndarray:
    """Move the multipliers between the bounds together: Newton's step for the dual along them.

    The changes of α_i y_i sum to 0, so the kernel is centred. Whoever meets a bound stays there,
    and the others go on.
    """
    while True:
        free = np.flatnonzero((alpha > 0) & (alpha < C))
        if len(free) < 2:
            return alpha
        centre = np.eye(len(free)) - 1 / len(free)
        bend, axes = np.linalg.eigh(centre @ K[np.ix_(free, free)] @ centre)
        score = centre @ (y[free] - K[free] @ (alpha * y))
        move = centre @ (axes @ (axes.T @ score / np.maximum(bend, FLAT * bend[-1])))
        rise, curve = score @ move, move @ K[np.ix_(free, free)] @ move
        if not rise > 0:
            return alpha
        change = y[free] * move
        bounds = np.where(change > 0, C, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(change == 0, np.inf, (bounds - alpha[free]) / change)
        best = rise / curve if curve > 0 else np.inf
        share = min(best, room.min())
        alpha = alpha.copy()
        alpha[free] = np.where(room <= share, bounds, alpha[free] + share * change)
        if share == best:
            return alpha


def _intercept(score: np.ndarray, alpha: np.ndarray, y: np.ndarray, C: float) -> float:
    """Return b: the mean score of the free multipliers, or the middle of what the others allow."""
    free = (alpha > 0) & (alpha < C)
    if free.any():
        return float(score[free].mean())
    at_zero = alpha == 0
    lower = score[(y > 0) == at_zero]  # f >= 1 there for +1 at 0, and for -1 at C
    upper = score[(y > 0) != at_zero]
    return float((lower.max() + upper.min()) / 2)


def _kernel(A: np.ndarray, B: np.ndarray, gamma: float | None) -> np.ndarray:
    return A @ B.T if gamma is None else np.exp(-gamma * cdist(A, B, "sqeuclidean"))


def _signs(y, n: int) -> np.ndarray:
    y = as_vector(y, "y", size=n)
    wrong = np.abs(y) != 1
    if np.any(wrong):
        raise ValueError(f"y must hold -1 and +1, got {y[wrong][0]:g}; for classes 0 and 1 pass "
                         "2*y - 1")
    if np.all(y == y[0]):
        raise ValueError(f"y must hold both classes, got {y[0]:g} only; there is nothing to part")
    return y


def _gamma(X: np.ndarray, kernel: str, gamma: float | None) -> float | None:
    if not isinstance(kernel, str) or kernel not in ("linear", "rbf"):
        raise ValueError(f"kernel must be 'linear' or 'rbf', got {kernel!r}; choose one")
    if kernel == "linear":
        if gamma is not None:
            raise ValueError(f"gamma must be None for the linear kernel, got {gamma!r}; "
                             "pass kernel='rbf'")
        return None
    if gamma is not None:
        return as_positive(gamma, "gamma")
    with np.errstate(over="ignore", divide="ignore"):
        scale = 1 / (X.shape[1] * X.var(ddof=0))
    if not 0 < scale < np.inf:
        raise ValueError(f"X must vary (and not too much) for a default gamma, got a variance of "
                         f"{X.var(ddof=0):g}; pass gamma")
    return float(scale)
