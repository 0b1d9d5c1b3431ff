"""Discriminant analysis: within a class the features are jointly normal.

One covariance for all classes makes the boundaries straight (LDA), one for each makes them conics
(QDA). A covariance is kept as the triangular factor of the centred data, which a QR decomposition
finds without squaring them; nothing is inverted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_solve, qr, solve_triangular

from mathml._check import EPS, as_classified, as_features, finite_result
from mathml._class_models import ClassModel, by_class, log_shares
from mathml._normal import log_joint


@dataclass(frozen=True, eq=False)
class LDA(ClassModel):
    r"""Normal classes with one covariance: :math:`x \mid k \sim N(\mu_k, \Sigma)`.

    Attributes
    ----------
    log_prior : ndarray ``(K,)``
        Logarithms of the shares of the classes.
    means : ndarray ``(K, d)``
        Of each class.
    cov : ndarray ``(d, d)``
        Σ, pooled over the classes.
    """

    log_prior: np.ndarray
    means: np.ndarray
    cov: np.ndarray
    _factor: np.ndarray = field(repr=False)  # lower triangular, Σ = LLᵀ

    @property
    def coef(self) -> np.ndarray:
        r"""The weights :math:`w_k = \Sigma^{-1} \mu_k`, ``(K, d)``."""
        with np.errstate(over="ignore", invalid="ignore"):
            weights = cho_solve((self._factor, True), self.means.T, check_finite=False).T
            return finite_result(weights, "the weights")

    @property
    def intercept(self) -> np.ndarray:
        r"""The constants :math:`b_k = \log \pi_k - \frac12 \mu_k^\top \Sigma^{-1} \mu_k`, ``(K,)``.

        The posterior is the softmax of :math:`w_k^\top x + b_k`. For data far from 0
        `predict_proba`, which works with :math:`x - \mu_k`, is more accurate.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            white = solve_triangular(self._factor, self.means.T, lower=True, check_finite=False)
            return finite_result(self.log_prior - np.sum(white**2, axis=0) / 2, "the intercept")

    def log_joint(self, X) -> np.ndarray:
        r""":math:`\log \pi_k + \log N(x; \mu_k, \Sigma)` ``(n, K)``, one row per row of X.

        Raises
        ------
        ValueError
            If a row lies so far out that its square does not fit into a float.

        Examples
        --------
        >>> fit = fit_lda([[0], [2], [5], [7]], [0, 0, 1, 1])
        >>> fit.log_joint([[1], [3.5]]).round(4).tolist()
        [[-1.6121, -14.1121], [-4.7371, -4.7371]]
        """
        X = as_features(X, self.means.shape[1])
        joint = log_joint(X, self.log_prior, self.means, [self._factor] * len(self.means))
        return finite_result(joint, "the log joint")


@dataclass(frozen=True, eq=False)
class QDA(ClassModel):
    r"""Normal classes with a covariance each: :math:`x \mid k \sim N(\mu_k, \Sigma_k)`.

    Attributes
    ----------
    log_prior : ndarray ``(K,)``
        Logarithms of the shares of the classes.
    means : ndarray ``(K, d)``
        Of each class.
    covs : ndarray ``(K, d, d)``
        Of each class.
    """

    log_prior: np.ndarray
    means: np.ndarray
    covs: np.ndarray
    _factors: list[np.ndarray] = field(repr=False)

    def log_joint(self, X) -> np.ndarray:
        r""":math:`\log \pi_k + \log N(x; \mu_k, \Sigma_k)` ``(n, K)``, one row per row of X.

        Raises
        ------
        ValueError
            If a row lies so far out that its square does not fit into a float.

        Examples
        --------
        >>> fit = fit_qda([[0], [2], [5], [9]], [0, 0, 1, 1])
        >>> fit.log_joint([[1]]).round(4).tolist()
        [[-1.6121, -6.8052]]
        """
        X = as_features(X, self.means.shape[1])
        joint = log_joint(X, self.log_prior, self.means, self._factors)
        return finite_result(joint, "the log joint")


def fit_lda(X, y) -> LDA:
    r"""Fit linear discriminant analysis by maximum likelihood.

    .. math:: \mu_k = \frac1{n_k} \sum_{y_i = k} x_i, \qquad
              \Sigma = \frac1n \sum_i (x_i - \mu_{y_i})(x_i - \mu_{y_i})^\top

    The shares are :math:`n_k/n`. Divided by n - K instead, Σ would be unbiased; scikit-learn's
    solver "svd" does that, and its solver "lsqr" divides by n.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.

    Returns
    -------
    LDA

    Raises
    ------
    ValueError
        If Σ is singular (n < d + K, a feature that is constant in every class, features that
        determine another), a class is missing, or a number does not fit into a float.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    Fisher (1936); Hastie, Tibshirani & Friedman (2009), §4.3.

    Examples
    --------
    >>> fit = fit_lda([[0, 0], [2, 0], [1, 3], [5, 1], [7, 1], [6, 4]], [0, 0, 0, 1, 1, 1])
    >>> fit.cov.round(3).tolist(), fit.coef.round(3).tolist()
    ([[0.667, 0.0], [0.0, 2.0]], [[1.5, 0.5], [9.0, 1.0]])
    """
    X, y = as_classified(X, y)
    sizes = np.bincount(y)
    means, centred = _centre(X, y)
    n, d = X.shape
    if n < d + sizes.size:
        raise ValueError(f"the examples must be at least d + K = {d + sizes.size} for a shared "
                         f"covariance, got {n}; add examples or leave out features")
    return LDA(log_shares(sizes), means, *_factor(centred, X, "the shared covariance"))


def fit_qda(X, y) -> QDA:
    r"""Fit quadratic discriminant analysis by maximum likelihood.

    .. math:: \mu_k = \frac1{n_k} \sum_{y_i = k} x_i, \qquad
              \Sigma_k = \frac1{n_k} \sum_{y_i = k} (x_i - \mu_k)(x_i - \mu_k)^\top

    The shares are :math:`n_k/n`. Some releases of scikit-learn divide by :math:`n_k - 1`.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.

    Returns
    -------
    QDA

    Raises
    ------
    ValueError
        If a class has no more than d examples or a singular covariance for another reason, is
        missing, or a number does not fit into a float.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), §4.3.

    Examples
    --------
    >>> fit = fit_qda([[0, 0], [2, 0], [1, 3], [5, 1], [9, 1], [7, 4]], [0, 0, 0, 1, 1, 1])
    >>> fit.covs.round(3).tolist()
    [[[0.667, 0.0], [0.0, 2.0]], [[2.667, 0.0], [0.0, 2.0]]]
    """
    X, y = as_classified(X, y)
    sizes = np.bincount(y)
    means, centred = _centre(X, y)
    d = X.shape[1]
    if sizes.min() <= d:
        raise ValueError(f"each class must have more than d = {d} examples for a covariance of its "
                         f"own, got {sizes.min()} in class {np.argmin(sizes)}; add examples, leave "
                         "out features or use fit_lda")
    covs, factors = zip(*(_factor(centred[y == k], X[y == k], f"the covariance of class {k}")
                          for k in range(sizes.size)), strict=True)
    return QDA(log_shares(sizes), means, np.array(covs), list(factors))


def _factor(centred: np.ndarray, X: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The covariance, 1/n, of centred rows, and its triangular factor L, Σ = LLᵀ.

    L is the transposed R of the rows' QR decomposition, up to the signs of its columns; `X` says
    how coarse the rounding of the rows is.
    """
    n, d = centred.shape
    scale = np.abs(centred).max(axis=0)
    finite_result(scale, "the spread of X")
    if np.any(scale == 0):
        raise ValueError(f"{name} must be invertible, got a constant column {np.argmin(scale)}; "
                         "leave it out")
    R = qr(centred / scale / np.sqrt(n), mode="economic")[1]
    length = np.sqrt(np.sum(R**2, axis=0))
    s = np.linalg.svd(R / length, compute_uv=False)
    with np.errstate(over="ignore"):
        coarse = np.max(np.abs(X).max(axis=0) / scale / length)
    rank = int(np.sum(s > EPS * max(n, d) * np.maximum(coarse, 1)))
    if rank < d:
        raise ValueError(f"{name} must be invertible, got rank {rank} of {d}; "
                         "leave out features that others determine")
    L = (R * scale).T
    with np.errstate(over="ignore"):
        cov = finite_result(L @ L.T, name)
    if np.any(np.diag(cov) == 0):
        raise ValueError(f"{name} must be above the smallest float, got 0 for column "
                         f"{np.argmin(np.diag(cov))}; rescale the input")
    return cov, L


def _centre(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The means ``(K, d)``, and X minus the mean of its class; a constant column becomes 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        means = finite_result(by_class(X, y, lambda rows: rows.mean(axis=0)), "the means")
        constant = by_class(X, y, lambda rows: np.all(rows == rows[0], axis=0))
        return means, np.where(constant[y], 0.0, X - means[y])
