r"""Ridge and lasso: least squares with a price on the size of the coefficients.

The intercept is never penalised: the fits work on centred columns and a centred y. Both say how
far from the minimum they may be, by a duality gap: for every θ (with Xᵀθ bounded by λ, for the
lasso) the dual value is a lower bound of the minimum of J.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg.lapack import dposv

from mathml._check import (
    as_features,
    as_int,
    as_matrix,
    as_positive,
    as_vector,
    finite_result,
)

GAP = 1e-10  # of J at w = 0: a fit with at most this gap has converged
ROUNDING = 1e-16  # of J at w = 0: a step that gains no more is no progress
TIGHT = 1e-12  # of λ: how closely the restricted problems are solved
ROUNDS = 500  # of new working sets, before the fit gives up
GROWTH = 20  # columns that a small working set may gain in a round
SAME = 1e-9  # relative: entries that meet 0 so close together do so at once, as twins do
FLAT = 1e-12  # of a column's square, or of the largest eigenvalue: what counts as none
MODERATE = 1e50  # between this and its inverse data are taken as they are
LARGEST = 1e150  # deviations whose squares still fit into a float


@dataclass(frozen=True, eq=False)
class PenalisedFit:
    r"""A fitted line, :math:`\hat y = x^\top w + b`.

    Attributes
    ----------
    coef : ndarray ``(d,)``
        w.
    intercept : float
        b, which no penalty holds.
    objective : float
        J(w, b), the penalty in it.
    gap : float
        The duality gap: J is within it of its minimum.
    converged : bool
        Whether the gap met its bound, 1e-10 of J at w = 0.
    message : str
        The same in one sentence.
    """

    coef: np.ndarray
    intercept: float
    objective: float
    gap: float
    converged: bool
    message: str

    def predict(self, X) -> np.ndarray:
        """Return ``X w + b``, ``(n,)``.

        Raises
        ------
        ValueError
            If `X` has another number of columns than the data of the fit.

        Examples
        --------
        >>> fit_ridge([[0], [1], [2]], [0, 1, 2], 2 / 3).predict([[1], [3]]).round(6).tolist()
        [1.0, 2.0]
        """
        return _linear(X, self.coef, self.intercept)


@dataclass(frozen=True, eq=False)
class LassoPath:
    """Lasso fits for a falling sequence of penalties.

    Attributes
    ----------
    penalties : ndarray ``(m,)``
        λ, from large to small.
    coefs : ndarray ``(m, d)``
        w for each λ.
    intercepts, objectives, gaps : ndarray ``(m,)``
        b, J and the duality gap for each λ.
    converged : bool
        Whether all fits converged.
    """

    penalties: np.ndarray
    coefs: np.ndarray
    intercepts: np.ndarray
    objectives: np.ndarray
    gaps: np.ndarray
    converged: bool

    def predict(self, X) -> np.ndarray:
        """Return the predictions ``(n, m)``, a column for each penalty.

        Raises
        ------
        ValueError
            If `X` has another number of columns than the data of the fits.

        Examples
        --------
        >>> path = lasso_path([[0], [1], [2]], [0, 1, 2], [2 / 3, 1 / 3])
        >>> path.predict([[1], [3]]).round(6).tolist()
        [[1.0, 1.0], [1.0, 2.0]]
        """
        return _linear(X, self.coefs.T, self.intercepts)


def fit_ridge(X, y, penalty: float) -> PenalisedFit:
    r"""Fit ridge regression.

    .. math:: J(w, b) = \frac1{2n} \|y - Xw - b1\|^2 + \frac{\lambda}{2} \|w\|^2

    With the singular values :math:`s_j` of the centred columns, :math:`X_c = U S V^\top`, it is
    :math:`w = V\,\mathrm{diag}\bigl(s_j / (s_j^2 + n\lambda)\bigr)\,U^\top y_c`. The dual value of
    θ is :math:`\theta^\top y_c - \frac n2 \|\theta\|^2 - \frac1{2\lambda} \|X_c^\top \theta\|^2`,
    taken at the residual over n.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features. They are not scaled: the penalty depends on their units.
    y : array_like ``(n,)``
        What is to be predicted.
    penalty : float
        λ > 0. scikit-learn's ``Ridge`` has ``alpha = n * penalty``.

    Returns
    -------
    PenalisedFit
        With `coef`, `intercept`, `objective`, `gap` and `predict`.

    Raises
    ------
    ValueError
        If `X` and `y` do not match, a number is out of its range, or the result overflows.

    References
    ----------
    Hoerl & Kennard (1970), Technometrics 12, 55-67.

    Examples
    --------
    >>> fit = fit_ridge([[1], [2], [3]], [1, 2, 3], 2 / 3)  # least squares would have slope 1
    >>> fit.coef.round(6).tolist(), round(fit.intercept, 6), round(fit.gap, 9)
    ([0.5], 1.0, 0.0)
    """
    data = _Centred(X, y)
    lam = data.scaled(penalty, power=2)
    U, s, Vt = np.linalg.svd(data.X, full_matrices=False)
    w = Vt.T @ (s / (s**2 + len(data.y) * lam) * (U.T @ data.y))
    r = data.y - data.X @ w
    value = r @ r / (2 * len(r)) + lam / 2 * w @ w
    # J minus the dual value at r/n is λ/2 of the squared distance of w from Xᵀr/(nλ)
    away = w - data.X.T @ (r / len(r)) / lam
    return data.fit(w, value, lam / 2 * away @ away)


def fit_lasso(X, y, penalty: float) -> PenalisedFit:
    r"""Fit the lasso.

    .. math:: J(w, b) = \frac1{2n} \|y - Xw - b1\|^2 + \lambda \|w\|_1

    A working set of columns grows by those that violate the optimality conditions most; on it
    Newton steps lead from one set of signs to the next, J falling at each. The dual value of θ is
    :math:`\theta^\top y_c - \frac n2 \|\theta\|^2` where :math:`\|X_c^\top \theta\|_\infty \le
    \lambda`; it is taken at the residual over n, shrunk until it fits.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features. They are not scaled: the penalty depends on their units.
    y : array_like ``(n,)``
        What is to be predicted.
    penalty : float
        λ > 0. From `penalty_max` on, w is 0. scikit-learn's ``Lasso`` has ``alpha = penalty``.

    Returns
    -------
    PenalisedFit
        With `coef`, `intercept`, `objective`, `gap` and `predict`. If columns are dependent, w
        may be one of several minimisers.

    Raises
    ------
    ValueError
        If `X` and `y` do not match, a number is out of its range, or the result overflows.

    References
    ----------
    Tibshirani (1996), JRSS B 58, 267-288; Osborne, Presnell & Turlach (2000) for steps between
    sets of signs.

    Examples
    --------
    >>> fit = fit_lasso([[1, 0], [2, 1], [3, 0]], [1, 2, 3], 1 / 3)
    >>> fit.coef.round(6).tolist(), round(fit.intercept, 6), round(fit.gap, 9)
    ([0.5, 0.0], 1.0, 0.0)
    """
    data = _Centred(X, y)
    lam = data.scaled(penalty, power=1)
    w = np.zeros(data.X.shape[1])
    if len(w) >= len(data.y):  # on the way down the sets of signs change little by little
        largest = _largest(data.X, data.y)
        while largest > 2 * lam:
            largest /= 2
            w = _minimise(data.X, data.y, largest, w, 1e-3)[0]
    return data.fit(*_minimise(data.X, data.y, lam, w, GAP))


def lasso_path(X, y, penalties=None, *, n_penalties: int = 100) -> LassoPath:
    """Fit the lasso for many penalties, each from the fit before.

    Parameters
    ----------
    X, y : array_like ``(n, d)``, ``(n,)``
        As in `fit_lasso`.
    penalties : array_like ``(m,)``, optional
        λ > 0, in any order. If they are not given: so many as `n_penalties` says, equally spaced
        on a logarithmic scale from `penalty_max` to a thousandth of it.
    n_penalties : int
        At least 2; for the default sequence only.

    Returns
    -------
    LassoPath
        With `penalties` (falling), `coefs` ``(m, d)``, `intercepts`, `gaps` and `predict`.

    Raises
    ------
    ValueError
        As `fit_lasso`; without `penalties` also if no column varies together with y.

    References
    ----------
    Friedman, Hastie & Tibshirani (2010), J. Stat. Software 33(1).

    Examples
    --------
    >>> path = lasso_path([[1], [2], [3]], [1, 2, 3], [1 / 3, 2 / 3, 1 / 6])
    >>> path.penalties.round(3).tolist(), path.coefs.round(3).ravel().tolist()
    ([0.667, 0.333, 0.167], [0.0, 0.5, 0.75])
    """
    data = _Centred(X, y)
    n_penalties = as_int(n_penalties, "n_penalties", low=2)
    if penalties is None:
        largest = data.penalty_max()
        if largest == 0:
            raise ValueError("penalties must be given where no column varies together with y, got "
                             "penalty_max = 0; every w is 0 there")
        penalties = largest * np.geomspace(1, 1e-3, n_penalties)
    falling = np.sort(as_vector(penalties, "penalties"))[::-1]
    w, fits = np.zeros(data.X.shape[1]), []
    for penalty in falling:
        found = _minimise(data.X, data.y, data.scaled(penalty, power=1), w, GAP)
        w = found[0]
        fits.append(data.fit(*found))
    return LassoPath(falling, np.array([fit.coef for fit in fits]),
                     *(np.array([getattr(fit, name) for fit in fits])
                       for name in ("intercept", "objective", "gap")),
                     all(fit.converged for fit in fits))


def penalty_max(X, y) -> float:
    r"""Return the smallest penalty at which the lasso's w is 0.

    .. math:: \lambda_{\max} = \frac1n \max_j |x_j^\top (y - \bar y)|

    Parameters
    ----------
    X, y : array_like ``(n, d)``, ``(n,)``
        Features and what is to be predicted.

    Returns
    -------
    float
        λ_max, in units of X times y; 0 if no column varies together with y.

    Raises
    ------
    ValueError
        If `X` and `y` do not match, or the result overflows.

    References
    ----------
    Friedman, Hastie & Tibshirani (2010), J. Stat. Software 33(1).

    Examples
    --------
    >>> round(penalty_max([[1], [2], [3]], [1, 2, 3]), 6)
    0.666667
    """
    return _Centred(X, y).penalty_max()


class _Centred:
    """Checked data, centred and of moderate size, and the way back to their units."""

    def __init__(self, X, y):
        self.X = as_matrix(X, "X")
        self.y = as_vector(y, "y", size=len(self.X))
        self.mean, self.unit = _centre(self.X, "X")
        self.mean_y, self.unit_y = _centre(self.y, "y")

    def scaled(self, penalty, *, power: Literal[1, 2]) -> float:
        """λ for the scaled data, where w^power stands in the penalty."""
        lam = as_positive(penalty, "penalty")
        with np.errstate(over="ignore", under="ignore"):
            scaled = np.divide(lam, self.unit) / (self.unit if power == 2 else self.unit_y)
        if not 1e-150 < scaled < 1e150:
            raise ValueError(f"penalty must be comparable with the data, got {lam:g}, which is "
                             f"{scaled:g} in units that suit them; choose another")
        return float(scaled)

    def penalty_max(self) -> float:
        with np.errstate(over="ignore"):
            return finite_result(float(_largest(self.X, self.y) * self.unit * self.unit_y),
                                 "penalty_max")

    def fit(self, w: np.ndarray, value: float, gap: float) -> PenalisedFit:
        """The fit in the units of the data, from one in those of the scaled data."""
        bound = GAP * (self.y @ self.y) / (2 * len(self.y))
        gap = max(gap, 0.0)  # below it is rounding
        converged = bool(gap <= bound)
        sign = "<=" if converged else ">"
        message = (f"{'converged' if converged else 'not converged'}: duality gap "
                   f"{gap:.2g} {sign} {bound:.2g}"
                   + (", in squares of the largest deviation of y" if self.unit_y != 1 else ""))
        with np.errstate(over="ignore", invalid="ignore"):
            coef = w * (self.unit_y / self.unit)
            intercept = float(self.mean_y - self.mean @ coef)
            value, gap = float(value * self.unit_y**2), float(gap * self.unit_y**2)
        finite_result([intercept, *coef], "the fit")
        return PenalisedFit(coef, intercept, value, gap, converged, message)


def _centre(a: np.ndarray, name: str) -> tuple[np.ndarray, float]:
    """Subtract the mean from `a` in place, and divide by its largest entry if that is extreme."""
    with np.errstate(over="ignore", invalid="ignore"):
        high, low = a.max(axis=0), a.min(axis=0)
        mean = np.where(high == low, high, a.mean(axis=0))  # of equal numbers it may be rounded
        a -= mean
        unit = float(np.max([high - mean, mean - low]))
    if not unit < LARGEST:
        raise ValueError(f"{name} must vary by less than {LARGEST:g}, got {unit:g}; choose a "
                         "larger unit")
    if unit == 0 or 1 / MODERATE < unit < MODERATE:
        return mean, 1.0
    a /= unit
    return mean, unit


def _largest(X: np.ndarray, y: np.ndarray) -> float:
    return float(np.abs(X.T @ y).max()) / len(y)


def _minimise(X: np.ndarray, y: np.ndarray, lam: float, w: np.ndarray,
              tol: float) -> tuple[np.ndarray, float, float]:
    """Return a minimiser w, J(w) and its gap, at most tol J(0) unless progress ends before."""
    n, d = X.shape
    J0, last = (y @ y) / (2 * n), np.inf
    used = np.flatnonzero(w)
    for _ in range(ROUNDS):
        r = y - X[:, used] @ w[used]
        slope = np.abs(X.T @ r) / n
        value = r @ r / (2 * n) + lam * np.abs(w).sum()
        theta = r / n * min(1.0, lam / max(slope.max(), 1e-300))
        gap = value - (theta @ y - n / 2 * theta @ theta)
        if gap <= tol * J0 or last - value <= ROUNDING * J0:
            break
        last = value
        slope[used] = np.inf  # what is in use stays in the working set
        size = min(d, len(used) + max(GROWTH, len(used)))
        work = np.argpartition(-slope, size - 1)[:size]
        Z = X[:, work]
        found = _restricted(Z.T @ Z / n, Z.T @ y / n, lam, w[work], min(n - 1, d), ROUNDING * J0)
        w = np.zeros(d)
        w[work] = found
        used = work[found != 0]
    return w, value, gap


def _restricted(G: np.ndarray, c: np.ndarray, lam: float, w: np.ndarray, rank: int,
                least: float) -> np.ndarray:
    """Minimise ``F(w) = wᵀGw/2 - cᵀw + λ‖w‖₁`` from w, by Newton steps where the signs are kept.

    A step that would change a sign ends where the first entry meets 0, or goes on with the
    entries that crossed set to 0, whichever gives the lower F.
    """

    def at(w):
        slope = c - G @ w
        return slope, lam * np.abs(w).sum() - w @ (c + slope) / 2  # F(w)

    (slope, value), last = at(w), np.inf
    while last - value > least:  # otherwise nothing is left but rounding
        signs = np.sign(w)
        new = (signs == 0) & (np.abs(slope) > lam * (1 + TIGHT))
        room = max(rank - np.count_nonzero(signs), 1)
        if np.count_nonzero(new) > room:  # more would be dependent
            new[np.argsort(-np.abs(slope) * new)[room:]] = False
        signs[new] = np.sign(slope[new])
        on = signs.nonzero()[0]
        force = slope[on] - lam * signs[on]
        if not on.size or np.abs(force).max() <= TIGHT * lam:
            break
        while True:  # those that would start with the wrong sign stay at 0
            step, ends = _newton_step(G[on][:, on], force)
            wrong = (w[on] == 0) & (step * signs[on] <= 0)
            if not wrong.any():
                break
            on, force = on[~wrong], force[~wrong]
            if not on.size:
                return w
        if not ends and (back := step * signs[on] < 0).any():
            step *= 2 * np.abs(w[on][back] / step[back]).min()  # beyond the first that meets 0
        crossed = (w[on] + step) * signs[on] < 0
        after = w.copy()
        after[on] = np.where(crossed, 0.0, w[on] + step)
        last, (after_slope, value) = value, at(after)
        if crossed.any():
            share = np.where(crossed, w[on] / np.where(crossed, -step, 1.0), np.inf)
            first = w.copy()
            first[on] += share.min() * step
            first[on[share <= (1 + SAME) * share.min()]] = 0.0
            first_slope, first_value = at(first)
            if first_value <= value:
                after, after_slope, value = first, first_slope, first_value
        w, slope = after, after_slope
    return w


def _newton_step(G: np.ndarray, force: np.ndarray) -> tuple[np.ndarray, bool]:
    """Solve G step = force; where no step does, return a direction of no curvature, and False."""
    D = G.diagonal()
    factor, step, info = dposv(G, force)
    if info == 0 and (factor.diagonal() ** 2 > FLAT * D).all():
        return step, True
    D = np.sqrt(D)
    curvature, Q = np.linalg.eigh(G / np.outer(D, D))
    parts = Q.T @ (force / D)
    flat = curvature <= FLAT * curvature[-1]
    along = Q[:, flat] @ parts[flat]
    if np.abs(along).max(initial=0) > 1e-9 * np.abs(parts).max():
        return along / D, False
    return Q[:, ~flat] @ (parts[~flat] / curvature[~flat]) / D, True


def _linear(X, coef: np.ndarray, intercept) -> np.ndarray:
    X = as_features(X, len(coef))
    with np.errstate(over="ignore", invalid="ignore"):
        return finite_result(X @ coef + intercept, "the prediction")
