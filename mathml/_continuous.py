"""Continuous models with their log-likelihood, score and Fisher information."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mathml._check import (
    as_int,
    as_nonnegative,
    as_positive,
    as_sample_size,
    as_scalar,
    as_vector,
    finite_result,
)
from mathml._normal import normal_logpdf


@dataclass(frozen=True)
class Exponential:
    """Exp(λ): waiting times with density ``λ e^{-λx}``.

    Parameters
    ----------
    rate : float
        λ > 0, one over the mean (SciPy's ``scale`` is ``1 / rate``).

    Raises
    ------
    ValueError, TypeError
        If the rate is not positive; in methods, if x is negative.

    Examples
    --------
    >>> Exponential(0.5).mean
    2.0
    """

    rate: float

    def __post_init__(self):
        value = as_scalar(self.rate, "rate", low=0.0, open_low=True)
        object.__setattr__(self, "rate", value)

    @property
    def mean(self) -> float:
        """``1 / λ``."""
        return finite_result(1 / self.rate, "the mean")

    @property
    def var(self) -> float:
        """``1 / λ²``."""
        return finite_result(1 / self.rate / self.rate, "the variance")

    def log_likelihood(self, x) -> float:
        """``n log λ - λ Σᵢ xᵢ``."""
        x = as_nonnegative(x, "x")
        with np.errstate(over="ignore"):
            value = float(np.sum(math.log(self.rate) - self.rate * x))
        return finite_result(value, "the log-likelihood")

    def score(self, x) -> float:
        """``n/λ - Σᵢ xᵢ``."""
        x = as_nonnegative(x, "x")
        with np.errstate(over="ignore"):
            return finite_result(x.size / self.rate - float(x.sum()), "the score")

    def fisher_information(self, n: int = 1) -> float:
        """``n / λ²``."""
        return finite_result(as_sample_size(n) / self.rate / self.rate, "the information")


@dataclass(frozen=True)
class Normal:
    """N(μ, σ²), by mean and variance.

    Parameters
    ----------
    mean : float
    var : float
        σ² ≥ 0, not the standard deviation. Likelihood, score and information need σ² > 0.

    Raises
    ------
    ValueError, TypeError
        If the variance is negative; in methods, if it is 0 or a result overflows.

    Examples
    --------
    >>> round(Normal(0.0, 1.0).log_likelihood([0.0]), 6)
    -0.918939
    """

    mean: float
    var: float

    def __post_init__(self):
        object.__setattr__(self, "mean", as_scalar(self.mean, "mean"))
        object.__setattr__(self, "var", as_scalar(self.var, "var", low=0.0))

    def log_likelihood(self, x) -> float:
        """``-n/2 log(2πσ²) - Σᵢ (xᵢ-μ)²/(2σ²)``; no value if σ² = 0, there is no density."""
        x, var = as_vector(x, "x"), as_positive(self.var, "var")
        with np.errstate(over="ignore"):
            value = float(np.sum(normal_logpdf(x, mean=self.mean, var=var)))
        return finite_result(value, "the log-likelihood")

    def score(self, x) -> np.ndarray:
        """``(Σᵢ (xᵢ-μ)/σ², Σᵢ ((xᵢ-μ)²/σ² - 1)/(2σ²))``, w.r.t. mean and variance."""
        x, var = as_vector(x, "x"), as_positive(self.var, "var")
        with np.errstate(over="ignore"):
            z = (x - self.mean) / math.sqrt(var)
            value = np.array([z.sum() / math.sqrt(var), (z * z - 1).sum() / 2 / var])
        return finite_result(value, "the score")

    def fisher_information(self, n: int = 1) -> np.ndarray:
        """``n diag(1/σ², 1/(2σ⁴))``, w.r.t. mean and variance."""
        var = as_positive(self.var, "var")
        information = as_sample_size(n) * np.diag([1 / var, 0.5 / var / var])
        return finite_result(information, "the information")


@dataclass(frozen=True)
class NormalFit(Normal):
    """A normal model fitted to ``n`` observations, which fixes ``unbiased_var``.

    Parameters
    ----------
    mean, var : float
        The maximum likelihood estimates; ``var`` divides by n (ddof 0).
    n : int
        How many observations were used, at least 1.

    Raises
    ------
    ValueError, TypeError
        If ``var`` is negative or n below 1; from ``unbiased_var`` if n is 1.

    Examples
    --------
    >>> NormalFit(mean=2.0, var=1.0, n=2).unbiased_var
    2.0
    """

    n: int

    def __post_init__(self):
        super().__post_init__()
        as_int(self.n, "n", low=1)

    @property
    def unbiased_var(self) -> float:
        """``s² = n/(n-1) σ̂²`` (ddof 1), its expectation is σ². Its root s is biased still."""
        if self.n == 1:
            raise ValueError("n must be at least 2 for an unbiased variance, got 1; "
                             "one observation shows no spread, collect more data")
        return finite_result(self.var * (self.n / (self.n - 1)), "the unbiased variance")
