"""Bayesian linear regression with a known noise variance."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, field

import numpy as np
from scipy.linalg import solve_triangular

from mathml._check import (
    Frozen,
    as_features,
    as_matrix,
    as_positive,
    as_vector,
    finite_result,
    freeze,
)


@dataclass(frozen=True, eq=False)
class BayesianLinear(Frozen):
    r"""Belief about the line ``b + w·x`` after the data.

    .. math:: y_i \sim N(b + w^\top x_i, \sigma^2), \qquad w \sim N(0, \tau^2 I), \qquad
              p(b) \propto 1

    The intercept b has a flat prior: this course never pulls it anywhere, and adding a constant to
    y moves nothing but b. Then b + w·x̄ is N(ȳ, σ²/n), independent of w, and w follows from the
    centred data. Its mean is the ridge estimate with λ = σ²/(nτ²).

    Parameters
    ----------
    X : array_like, shape (n, d)
        One row per example, without a column of ones.
    y : array_like, shape (n,)
    tau2, sigma2 : float
        Variance of each slope before the data, and of the noise. Both known, positive.

    Attributes
    ----------
    mean, cov : ndarray, shape (d,) and (d, d)
        Of the slopes w, given the data.
    intercept : float
        Mean of b: ȳ - mean·x̄.
    log_evidence : float
        A flat prior is no distribution, so y has no density. How the yᵢ differ has one: this is the
        log-density of n - 1 orthonormal contrasts of y, whichever (the coordinates of ``y - ȳ`` in
        a basis). It compares models of the same y that all leave b free.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, the sizes disagree, a variance is not positive, or a result
        overflows.

    Notes
    -----
    By a QR factorisation of ``[(τ/σ) (X - x̄); I]``, whose R satisfies
    ``R'R = I + (τ²/σ²) (X - x̄)'(X - x̄)``: no product is formed and no matrix inverted.

    References
    ----------
    Bishop (2006), *Pattern Recognition and Machine Learning*, §3.3-3.5.

    Examples
    --------
    >>> fit = BayesianLinear([[0], [1], [2]], [1, 3, 5], tau2=1, sigma2=1)
    >>> fit.mean.round(4), fit.cov.round(4), round(fit.intercept, 4)
    (array([1.3333]), array([[0.3333]]), 1.6667)
    """

    X: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    _: KW_ONLY
    tau2: float
    sigma2: float
    mean: np.ndarray = field(init=False)
    cov: np.ndarray = field(init=False, repr=False)
    intercept: float = field(init=False)
    log_evidence: float = field(init=False)
    _centre: np.ndarray = field(init=False, repr=False)
    _root: np.ndarray = field(init=False, repr=False)

    def __post_init__(self):
        X = as_matrix(self.X, "X")
        y = as_vector(self.y, "y", size=len(X))
        tau2, sigma2 = as_positive(self.tau2, "tau2"), as_positive(self.sigma2, "sigma2")
        tau, sigma, (n, d) = math.sqrt(tau2), math.sqrt(sigma2), X.shape
        with np.errstate(over="ignore", invalid="ignore"):
            centre, y_mean = X.mean(axis=0), float(y.mean())
            A = np.vstack([tau / sigma * (X - centre), np.eye(d)])    # (n + d, d)
            r = (y - y_mean) / sigma
            Q, R = np.linalg.qr(finite_result(A, "X in units of the noise"))
            for factor in (Q, R):
                finite_result(factor, "the length of a column of X in units of the noise")
            u = solve_triangular(R, Q[:n].T @ finite_result(r, "y in units of the noise"))
            root = tau * solve_triangular(R, np.eye(d))               # cov = root root'
            cov = root @ root.T
            misfit = float(np.sum((r - A[:n] @ u) ** 2) + u @ u)      # u = w/τ
            log_det = 2 * float(np.sum(np.log(np.abs(np.diag(R)))))
            twice = misfit + log_det + (n - 1) * math.log(2 * math.pi * sigma2)
            mean, intercept = tau * u, y_mean - float(tau * u @ centre)
        set_field = object.__setattr__
        for name, value in (("X", X), ("y", y), ("tau2", tau2), ("sigma2", sigma2),
                            ("mean", mean), ("cov", cov), ("intercept", intercept),
                            ("log_evidence", 0.0 - twice / 2),
                            ("_centre", centre), ("_root", root)):
            set_field(self, name, finite_result(value, name.strip("_")))
        freeze(vars(self).values())

    def line(self, X) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance (m,) of ``b + w·x`` at each row x of ``X`` (m, d).

        The variance is ``σ²/n + (x - x̄)' cov (x - x̄)``: least at the centre of the data.
        """
        X = as_features(X, self.mean.size)
        with np.errstate(over="ignore", invalid="ignore"):
            away = X - self._centre
            mean = float(np.mean(self.y)) + away @ self.mean
            var = self.sigma2 / len(self.y) + np.sum((away @ self._root) ** 2, axis=1)
        return finite_result(mean, "the mean"), finite_result(var, "the variance")

    def predict(self, X) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance (m,) of a new y at each row of ``X`` (m, d): of the line plus σ²."""
        mean, var = self.line(X)
        return mean, finite_result(var + self.sigma2, "the variance")
