"""Conjugate models: the posterior has the prior's form, so updating is arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from mathml._check import as_float_array, as_int, as_scalar, as_vector, finite_result
from mathml.estimation.models import Normal


@dataclass(frozen=True)
class BetaBernoulli:
    """Belief Beta(a, b) about the probability θ of heads; ``update`` adds the counts.

    ``p(θ) ∝ θ^{a-1} (1-θ)^{b-1}``, and after the data Beta(a + heads, b + tails).

    Parameters
    ----------
    a, b : float
        Positive; Beta(1, 1) is uniform.

    Raises
    ------
    ValueError, TypeError
        If a or b is not positive, a count is no integer ≥ 0, or (``mode``) none is unique.

    References
    ----------
    Gelman et al. (2013), *Bayesian Data Analysis*, 3rd ed., ch. 2.

    Examples
    --------
    >>> belief = BetaBernoulli(2, 2).update(heads=7, tails=3)
    >>> belief, round(belief.mean, 6), round(belief.mode, 6)
    (BetaBernoulli(a=9.0, b=5.0), 0.642857, 0.666667)
    """

    a: float
    b: float

    def __post_init__(self):
        for name in ("a", "b"):
            value = as_scalar(getattr(self, name), name, low=0.0, high=1e300, open_low=True)
            object.__setattr__(self, name, value)

    def update(self, heads: int, tails: int) -> BetaBernoulli:
        """The belief after ``heads`` successes and ``tails`` failures."""
        return BetaBernoulli(self.a + _count(heads, "heads"), self.b + _count(tails, "tails"))

    def log_evidence(self, heads: int, tails: int) -> float:
        """``log ∫ θ^heads (1-θ)^tails p(θ) dθ``: of one sequence, no binomial coefficient."""
        heads, tails = _count(heads, "heads"), _count(tails, "tails")
        ratio = special.betaln(self.a + heads, self.b + tails) - special.betaln(self.a, self.b)
        return min(0.0, float(ratio))

    @property
    def mean(self) -> float:
        """``a / (a+b)``."""
        return self.a / (self.a + self.b)

    @property
    def predictive(self) -> float:
        """Probability that the next throw is heads: the mean (Laplace's rule if a = b = 1)."""
        return self.mean

    @property
    def var(self) -> float:
        """``ab / ((a+b)² (a+b+1))``."""
        total = self.a + self.b
        return self.a / total * (self.b / total) / (total + 1)

    @property
    def mode(self) -> float:
        """``(a-1) / (a+b-2)`` if a, b > 1; else the end where the density is largest."""
        if max(self.a, self.b) < 1 or self.a == self.b == 1:
            raise ValueError(f"mode must be unique, got a = {self.a:g} and b = {self.b:g}; "
                             "use the mean, or more data")
        if self.a <= 1 or self.b <= 1:
            return 0.0 if self.a < self.b else 1.0
        return (self.a - 1) / (self.a + self.b - 2)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Equal-tailed credible interval of probability ``level``."""
        tail = (1 - as_scalar(level, "level", low=0.0, high=1.0, open_low=True, open_high=True)) / 2
        low, high = special.betaincinv(self.a, self.b, [tail, 1 - tail])
        return finite_result((float(low), float(high)), "the interval")


@dataclass(frozen=True)
class NormalMean:
    """Belief N(mean, var) about the mean μ of normal data whose variance is known.

    ``xᵢ ~ N(μ, noise_var)``. Precisions add: ``1/var ← 1/var + n/noise_var``, and the new mean
    weighs the old one and the data's by their precisions.

    Parameters
    ----------
    mean, var : float
        The belief's mean and variance, ``var > 0``.
    noise_var : float
        The known variance of one observation, positive.

    Raises
    ------
    ValueError, TypeError
        If a variance is not positive, an entry not finite, or a result overflows.

    References
    ----------
    Gelman et al. (2013), *Bayesian Data Analysis*, 3rd ed., ch. 2.

    Examples
    --------
    >>> NormalMean(0, 1, noise_var=1).update([1.5, 2.5, 1.0, 3.0])
    NormalMean(mean=1.6, var=0.2, noise_var=1.0)
    """

    mean: float
    var: float
    noise_var: float

    def __post_init__(self):
        object.__setattr__(self, "mean", as_scalar(self.mean, "mean"))
        for name in ("var", "noise_var"):
            value = as_scalar(getattr(self, name), name, low=0.0, open_low=True)
            object.__setattr__(self, name, value)

    def update(self, x) -> NormalMean:
        """The belief after the observations ``x``, a vector (n,) or one number."""
        x = as_float_array(x, "x")
        x = as_vector(x[None] if x.ndim == 0 else x, "x")
        with np.errstate(over="ignore"):
            x_mean = finite_result(float(x.mean()), "the mean of x")
        # 1/(1/τ² + n/σ²) = min(τ², σ²)/(a + b): no quotient here overflows
        scale = max(self.var, self.noise_var)
        a, b = self.noise_var / scale, x.size * (self.var / scale)
        mean = a / (a + b) * self.mean + b / (a + b) * x_mean
        return NormalMean(mean, min(self.var, self.noise_var) / (a + b), self.noise_var)

    @property
    def mode(self) -> float:
        """The mean."""
        return self.mean

    @property
    def predictive(self) -> Normal:
        """The next observation's distribution N(mean, var + noise_var)."""
        return Normal(self.mean, finite_result(self.var + self.noise_var, "its variance"))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Equal-tailed credible interval of probability ``level`` for μ."""
        tail = (1 - as_scalar(level, "level", low=0.0, high=1.0, open_low=True, open_high=True)) / 2
        half = float(-special.ndtri(tail)) * math.sqrt(self.var)
        return self.mean - half, self.mean + half


def _count(n, name: str) -> int:
    return as_int(n, name, low=0, high=2**53)  # beyond that, floats skip integers
