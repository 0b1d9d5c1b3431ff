"""Discrete models with their log-likelihood, score and Fisher information."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from mathml._check import (
    as_binary,
    as_counts,
    as_labels,
    as_pmf,
    as_positive,
    as_sample_size,
    as_scalar,
    finite_result,
)


@dataclass(frozen=True)
class Bernoulli:
    """Bern(p): 1 with probability p, else 0.

    Parameters
    ----------
    p : float
        In [0, 1]. Score and information exist inside only.

    Raises
    ------
    ValueError, TypeError
        If p is no probability; in methods, if x holds anything but 0 and 1.

    Examples
    --------
    >>> Bernoulli(0.3).var
    0.21
    """

    p: float

    def __post_init__(self):
        object.__setattr__(self, "p", as_scalar(self.p, "p", low=0.0, high=1.0))

    @property
    def mean(self) -> float:
        """``p``."""
        return self.p

    @property
    def var(self) -> float:
        """``p (1-p)``."""
        return self.p * (1 - self.p)

    def log_likelihood(self, x) -> float:
        """``k log p + (n-k) log(1-p)`` with k ones among n observations."""
        x = as_binary(x, "x")
        ones = x.sum()
        value = special.xlogy(ones, self.p) + special.xlog1py(x.size - ones, -self.p)
        return float(value)

    def score(self, x) -> float:
        """``k/p - (n-k)/(1-p)``."""
        x, p = as_binary(x, "x"), _interior(self.p)
        ones = float(x.sum())
        return finite_result(ones / p - (x.size - ones) / (1 - p), "the score")

    def fisher_information(self, n: int = 1) -> float:
        """``n / (p (1-p))``."""
        p = _interior(self.p)
        return finite_result(as_sample_size(n) / p / (1 - p), "the information")


@dataclass(frozen=True)
class Categorical:
    """Label k = 0, ..., K-1 with probability pₖ.

    Parameters
    ----------
    p : array_like, shape (K,)
        A probability mass function; kept as a tuple. Score and information, in the free
        parameters p₀, …, p_{K-2}, exist only if all are positive.

    Raises
    ------
    ValueError, TypeError
        If p is no probability mass function; in methods, if x holds no labels below K.

    Examples
    --------
    >>> Categorical([0.5, 0.25, 0.25]).fisher_information()
    array([[6., 4.],
           [4., 8.]])
    """

    p: tuple[float, ...]

    def __post_init__(self):
        object.__setattr__(self, "p", tuple(as_pmf(self.p, "p").tolist()))

    def log_likelihood(self, x) -> float:
        """``Σₖ nₖ log pₖ`` with nₖ labels k."""
        return float(special.xlogy(self._counts(x), self.p).sum())

    def score(self, x) -> np.ndarray:
        """``nₖ/pₖ - n_{K-1}/p_{K-1}`` for k < K-1."""
        with np.errstate(over="ignore", invalid="ignore"):
            ratio = self._counts(x) / self._positive()
            return finite_result(ratio[:-1] - ratio[-1], "the score")

    def fisher_information(self, n: int = 1) -> np.ndarray:
        """``n (diag(1/pₖ) + 1/p_{K-1})``, shape (K-1, K-1)."""
        with np.errstate(over="ignore"):
            inverse = as_sample_size(n) / self._positive()
            return finite_result(np.diag(inverse[:-1]) + inverse[-1], "the information")

    def _counts(self, x) -> np.ndarray:
        x = as_labels(x, "x")
        if x.max() >= len(self.p):
            raise ValueError(f"x must hold labels below {len(self.p)}, got {x.max()}; "
                             "labels start at 0")
        return np.bincount(x, minlength=len(self.p))

    def _positive(self) -> np.ndarray:
        return np.array([as_positive(p, "p") for p in self.p])


@dataclass(frozen=True)
class Poisson:
    """Poisson(μ): counts with mean and variance μ.

    Parameters
    ----------
    mean : float
        μ ≥ 0; if it is 0 all counts are 0. Score and information need μ > 0.

    Raises
    ------
    ValueError, TypeError
        If the mean is negative; in methods, if x holds no counts.

    Examples
    --------
    >>> round(float(np.exp(Poisson(5).log_likelihood([0]))), 6)
    0.006738
    """

    mean: float

    def __post_init__(self):
        object.__setattr__(self, "mean", as_scalar(self.mean, "mean", low=0.0))

    @property
    def var(self) -> float:
        """``μ``."""
        return self.mean

    def log_likelihood(self, x) -> float:
        """``Σᵢ xᵢ log μ - μ - log xᵢ!``."""
        x = as_counts(x, "x")
        with np.errstate(over="ignore", invalid="ignore"):
            terms = special.xlogy(x, self.mean) - self.mean - special.gammaln(x + 1)
            return _total(terms) if self.mean > 0 or not x.any() else -np.inf

    def score(self, x) -> float:
        """``Σᵢ xᵢ/μ - 1``."""
        x, mean = as_counts(x, "x"), as_positive(self.mean, "mean")
        with np.errstate(over="ignore"):
            return finite_result(float(np.sum(x / mean - 1)), "the score")

    def fisher_information(self, n: int = 1) -> float:
        """``n / μ``."""
        mean = as_positive(self.mean, "mean")
        return finite_result(as_sample_size(n) / mean, "the information")


def _interior(p: float) -> float:
    return as_scalar(p, "p", low=0.0, high=1.0, open_low=True, open_high=True)


def _total(terms: np.ndarray) -> float:
    return finite_result(float(np.sum(terms)), "the log-likelihood")
