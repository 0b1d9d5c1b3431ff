"""Naive Bayes: within a class the features are independent.

The fits are shares, means and variances. Products of probabilities are sums of logarithms inside.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mathml._check import (
    as_binary,
    as_classified,
    as_counts,
    as_features,
    as_scalar,
    exact,
    finite_result,
)
from mathml._class_models import ClassModel, by_class, log_shares


@dataclass(frozen=True, eq=False)
class BernoulliNB(ClassModel):
    r"""Bits, independent given the class: :math:`P(x_j = 1 \mid y = k) = \theta_{kj}`.

    Attributes
    ----------
    log_prior : ndarray ``(K,)``
        Logarithms of the shares of the classes.
    theta : ndarray ``(K, d)``
        The chance of a one, by class and feature.
    """

    log_prior: np.ndarray
    theta: np.ndarray
    _not_theta: np.ndarray = field(repr=False)  # 1 - θ, without its rounding

    def log_joint(self, X) -> np.ndarray:
        r""":math:`\log \pi_k + \sum_j x_j \log \theta_{kj} + (1 - x_j) \log(1 - \theta_{kj})`.

        One row for each row of `X` ``(n, d)``, one column a class; -inf where a bit contradicts
        a θ of 0 or 1. A bit that agrees with it counts 0.

        Examples
        --------
        >>> fit = fit_bernoulli_nb([[1, 0], [1, 1], [0, 0]], [1, 1, 0])
        >>> np.exp(fit.log_joint([[1, 0]])).round(4).tolist()  # 1/3 · 1/3 · 2/3, 2/3 · 3/4 · 1/2
        [[0.0741, 0.25]]
        """
        X = _each(as_binary, as_features(X, self.theta.shape[1]))
        return self.log_prior + _weighted(X, self.theta) + _weighted(1 - X, self._not_theta)


@dataclass(frozen=True, eq=False)
class MultinomialNB(ClassModel):
    r"""Words, drawn independently from the class's own frequencies :math:`\theta_k`.

    Attributes
    ----------
    log_prior : ndarray ``(K,)``
        Logarithms of the shares of the classes.
    theta : ndarray ``(K, d)``
        The chance that a word of class k is word j; each row sums to 1.
    """

    log_prior: np.ndarray
    theta: np.ndarray

    def log_joint(self, X) -> np.ndarray:
        r""":math:`\log \pi_k + \sum_j x_j \log \theta_{kj}`, for counts x ``(n, d)`` of words.

        That is the probability of the words in their order. Of the bare counts it is larger by a
        factor that no class changes. -inf where a word occurs that the class never uses.

        Raises
        ------
        ValueError
            If a sum does not fit into a float.

        Examples
        --------
        >>> fit = fit_multinomial_nb([[2, 0], [1, 1]], [0, 1], alpha=0)
        >>> fit.log_joint([[3, 0], [0, 1]]).round(4).tolist()
        [[-0.6931, -2.7726], [-inf, -1.3863]]
        """
        X = _each(as_counts, as_features(X, self.theta.shape[1]))
        with np.errstate(over="ignore"):
            return self.log_prior + _weighted(X, self.theta)


@dataclass(frozen=True, eq=False)
class GaussianNB(ClassModel):
    r"""Numbers, normal and independent given the class: :math:`x_j \mid k \sim N(\mu_{kj},
    \sigma_{kj}^2)`.

    Attributes
    ----------
    log_prior : ndarray ``(K,)``
        Logarithms of the shares of the classes.
    means, variances : ndarray ``(K, d)``
        Of each feature in each class.
    """

    log_prior: np.ndarray
    means: np.ndarray
    variances: np.ndarray

    def log_joint(self, X) -> np.ndarray:
        r""":math:`\log \pi_k + \sum_j \log N(x_j; \mu_{kj}, \sigma_{kj}^2)`, one row per row of X.

        Raises
        ------
        ValueError
            If a row lies so far out that its square does not fit into a float.

        Examples
        --------
        >>> fit = fit_gaussian_nb([[0], [2], [5], [7]], [0, 0, 1, 1])
        >>> fit.log_joint([[1]]).round(4).tolist()
        [[-1.6121, -14.1121]]
        """
        X = as_features(X, self.means.shape[1])
        with np.errstate(over="ignore"):
            z2 = ((X[:, None, :] - self.means) / np.sqrt(self.variances)) ** 2  # (n, K, d)
            logs = -0.5 * np.sum(z2 + np.log(2 * np.pi) + np.log(self.variances), axis=2)
        return finite_result(self.log_prior + logs, "the log joint")


def fit_bernoulli_nb(X, y, *, alpha: float = 1.0) -> BernoulliNB:
    r"""Fit naive Bayes to bits: :math:`\theta_{kj} = (c_{kj} + \alpha)/(n_k + 2\alpha)`.

    :math:`c_{kj}` of the :math:`n_k` examples of class k have feature j. α = 0 is maximum
    likelihood, α = 1 is Laplace's rule: the mean of θ when its prior is uniform.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Zeros and ones.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.
    alpha : float
        What is added to both counts, at least 0.

    Returns
    -------
    BernoulliNB

    Raises
    ------
    ValueError
        If X holds anything but 0 and 1, a class is missing, or alpha is negative, huge, or so small
        that a share underflows.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    McCallum & Nigam (1998), "A comparison of event models for naive Bayes text classification".

    Examples
    --------
    >>> fit = fit_bernoulli_nb([[1, 0], [1, 1], [0, 0]], [1, 1, 0])
    >>> fit.theta.round(3).tolist()
    [[0.333, 0.333], [0.75, 0.5]]
    """
    X, y = as_classified(X, y)
    sizes = np.bincount(y)
    alpha = as_scalar(alpha, "alpha", "[0, inf)")
    ones = by_class(_each(as_binary, X), y, lambda rows: rows.sum(axis=0))
    theta, not_theta = (_smoothed(c, sizes, alpha, 2) for c in (ones, sizes[:, None] - ones))
    return BernoulliNB(log_shares(sizes), theta, not_theta)


def fit_multinomial_nb(X, y, *, alpha: float = 1.0) -> MultinomialNB:
    r"""Fit naive Bayes to counts: :math:`\theta_{kj} = (c_{kj} + \alpha)/(N_k + d\alpha)`.

    Word j occurs :math:`c_{kj}` times in class k, which has :math:`N_k` words in all. α = 0 is
    maximum likelihood; α > 0 is the mean of θ when its prior is Dirichlet(α, ..., α).

    Parameters
    ----------
    X : array_like ``(n, d)``
        Counts 0, 1, 2, ... of d words in n texts.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.
    alpha : float
        What is added to every count, at least 0. With 0 a word that a class never used makes a
        text impossible in it.

    Returns
    -------
    MultinomialNB

    Raises
    ------
    ValueError
        If X holds anything but counts, a class is missing, alpha is negative, huge, or so small
        that a share underflows, or it is 0 and a class has no word at all.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    McCallum & Nigam (1998), "A comparison of event models for naive Bayes text classification".

    Examples
    --------
    >>> fit = fit_multinomial_nb([[2, 0], [1, 1]], [0, 1])
    >>> fit.theta.tolist()
    [[0.75, 0.25], [0.5, 0.5]]
    """
    X, y = as_classified(X, y)
    sizes = np.bincount(y)
    alpha = as_scalar(alpha, "alpha", "[0, inf)")
    with np.errstate(over="ignore"):
        counts = by_class(_each(as_counts, X), y, lambda rows: rows.sum(axis=0))
        total = finite_result(counts.sum(axis=1), "the number of words")
    if alpha == 0 and np.any(total == 0):
        raise ValueError(f"every class must have a word where alpha is 0, got none in class "
                         f"{np.argmin(total)}; choose alpha > 0")
    return MultinomialNB(log_shares(sizes), _smoothed(counts, total, alpha, X.shape[1]))


def fit_gaussian_nb(X, y, *, floor: float = 0.0) -> GaussianNB:
    r"""Fit naive Bayes to numbers: the mean and the variance of each feature in each class.

    Variances divide by :math:`n_k` (maximum likelihood). One below `floor` is raised to it, which
    is maximum likelihood among all variances of at least `floor`. scikit-learn's `var_smoothing`
    is another remedy: it adds a number to every variance.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.
    floor : float
        The least variance, at least 0. With 0 a feature that is constant in a class is refused:
        its bell would be infinitely high.

    Returns
    -------
    GaussianNB

    Raises
    ------
    ValueError
        If a variance is 0 and `floor`, too; a class is missing, or a number does not fit.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), §6.6.3.

    Examples
    --------
    >>> fit = fit_gaussian_nb([[0, 3], [2, 3], [5, 4], [7, 6]], [0, 0, 1, 1], floor=0.1)
    >>> fit.means.tolist(), fit.variances.tolist()
    ([[1.0, 3.0], [6.0, 5.0]], [[1.0, 0.1], [1.0, 1.0]])
    """
    X, y = as_classified(X, y)
    sizes = np.bincount(y)
    floor = as_scalar(floor, "floor", "[0, inf)")
    with np.errstate(over="ignore", invalid="ignore"):
        means = finite_result(by_class(X, y, lambda rows: rows.mean(axis=0)), "the means")
        variances = by_class(X, y, lambda rows: rows.var(axis=0, ddof=0))
        constant = by_class(X, y, lambda rows: np.all(rows == rows[0], axis=0))
    variances = np.where(constant, 0.0, variances)  # which rounding may have missed
    variances = np.maximum(finite_result(variances, "the variances"), floor)
    if np.any((variances == 0) & ~constant):
        k, j = np.argwhere((variances == 0) & ~constant)[0]
        raise ValueError(f"variances must be above the smallest float, got 0 for column {j} in "
                         f"class {k}; rescale the input or set floor > 0")
    if np.any(variances == 0):
        k, j = np.argwhere(variances == 0)[0]
        raise ValueError(f"each feature must vary in each class, got variance 0 for column {j} in "
                         f"class {k}; leave the column out or set floor > 0")
    return GaussianNB(log_shares(sizes), means, variances)


def _each(check, X: np.ndarray) -> np.ndarray:
    """The matrix, its entries checked as those of a vector are."""
    return check(X.ravel(), "X").reshape(X.shape) if X.size else X


def _smoothed(counts: np.ndarray, total: np.ndarray, alpha: float, outcomes: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        total = finite_result(total + outcomes * alpha, "alpha times the number of outcomes")
        shares = (counts + alpha) / total[:, None]
    if alpha > 0 and np.any(shares == 0):
        raise ValueError(f"alpha must be 0 or large enough for shares above 0, got {exact(alpha)}; "
                         "choose a larger one")
    return shares


def _weighted(X: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Σⱼ xⱼ log θₖⱼ ``(n, K)`` with 0 · log 0 = 0."""
    logs = np.log(theta, out=np.zeros_like(theta), where=theta > 0)
    sums = finite_result(X @ logs.T, "the log joint")
    return np.where(X @ (theta == 0).T > 0, -np.inf, sums)
