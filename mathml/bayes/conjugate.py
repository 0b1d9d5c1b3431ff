"""Conjugate models: the posterior has the prior's form, so updating is arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from mathml._check import (
    as_counts,
    as_float_array,
    as_int,
    as_positive,
    as_scalar,
    as_vector,
    exact,
    finite_result,
)
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
            object.__setattr__(self, name, _as_strength(getattr(self, name), name))

    def update(self, heads: int, tails: int) -> BetaBernoulli:
        """The belief after ``heads`` successes and ``tails`` failures."""
        return BetaBernoulli(self.a + _count(heads, "heads"), self.b + _count(tails, "tails"))

    def log_evidence(self, heads: int, tails: int) -> float:
        """``log ∫ θ^heads (1-θ)^tails p(θ) dθ``: of one sequence, no binomial coefficient."""
        heads, tails = _count(heads, "heads"), _count(tails, "tails")
        ratio = (_log_rising(self.a, heads) + _log_rising(self.b, tails)
                 - _log_rising(self.a + self.b, heads + tails))
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
            raise ValueError(f"mode must be unique, got a = {exact(self.a)} and "
                             f"b = {exact(self.b)}; use the mean, or more data")
        if self.a <= 1 or self.b <= 1:
            return 0.0 if self.a < self.b else 1.0
        return (self.a - 1) / (self.a + self.b - 2)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Equal-tailed credible interval of probability ``level``."""
        tail = _tail(level)  # the upper one, too, as 1 - tail would round it
        return (float(special.betaincinv(self.a, self.b, tail)),
                float(special.betainccinv(self.a, self.b, tail)))


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
            object.__setattr__(self, name, as_positive(getattr(self, name), name))

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
        half = float(-special.ndtri(_tail(level))) * math.sqrt(self.var)
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class GammaPoisson:
    """Belief Gamma(a, b) about the mean μ of Poisson counts; ``update`` adds them up.

    ``p(μ) ∝ μ^{a-1} e^{-bμ}``: b is a *rate*, SciPy's ``scale`` is 1/b. After n counts with the
    sum s the belief is Gamma(a + s, b + n).

    Parameters
    ----------
    a, b : float
        Positive shape and rate: a belief worth b observations with the sum a.

    Raises
    ------
    ValueError, TypeError
        If a or b is not positive, x holds no counts, or a result overflows.

    References
    ----------
    Gelman et al. (2013), *Bayesian Data Analysis*, 3rd ed., ch. 2.

    Examples
    --------
    >>> belief = GammaPoisson(2, 1).update([0, 3, 1])
    >>> belief, belief.mean, belief.predictive_pmf([0, 1]).round(4)
    (GammaPoisson(a=6.0, b=4.0), 1.5, array([0.2621, 0.3146]))
    """

    a: float
    b: float

    def __post_init__(self):
        for name in ("a", "b"):
            object.__setattr__(self, name, _as_strength(getattr(self, name), name))

    def update(self, x) -> GammaPoisson:
        """The belief after the counts ``x``, a vector (n,) or one number."""
        x = _counts(x)
        return GammaPoisson(self.a + _sum(x), self.b + x.size)

    def log_evidence(self, x) -> float:
        """``log ∫ Πᵢ μ^{xᵢ} e^{-μ}/xᵢ! p(μ) dμ``: of the counts in this order."""
        x = _counts(x)
        with np.errstate(over="ignore", invalid="ignore"):
            total = (_log_rising(self.a, _sum(x)) - self.a * np.log1p(x.size / self.b)
                     - _sum(x) * np.log(self.b + x.size) - special.gammaln(x + 1).sum())
        return min(0.0, finite_result(float(total), "the log-evidence"))

    @property
    def mean(self) -> float:
        """``a / b``."""
        return finite_result(self.a / self.b, "the mean")

    def predictive_pmf(self, k) -> np.ndarray:
        """Probabilities (m,) that the next count is k: negative binomial, ``nbinom(a, b/(1+b))``.

        Its mean is that of the belief, and its variance the mean plus the belief's variance.
        """
        k = _counts(k)
        with np.errstate(over="ignore", invalid="ignore"):
            log_pmf = (_log_rising(self.a, k) - special.gammaln(k + 1)
                       - self.a * np.log1p(1 / self.b) - k * np.log1p(self.b))
            return np.exp(np.minimum(finite_result(log_pmf, "the log-probability"), 0.0))

    @property
    def var(self) -> float:
        """``a / b²``."""
        return finite_result(self.a / self.b / self.b, "var")

    @property
    def mode(self) -> float:
        """``(a-1) / b``, or 0 if a ≤ 1."""
        return finite_result(max(0.0, self.a - 1) / self.b, "the mode")

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Equal-tailed credible interval of probability ``level`` for μ."""
        tail = _tail(level)
        ends = special.gammaincinv(self.a, tail), special.gammainccinv(self.a, tail)
        return finite_result(tuple(float(end) / self.b for end in ends), "the interval")


@dataclass(frozen=True)
class DirichletCategorical:
    """Belief Dirichlet(α₁, …, α_K) about the probabilities of K labels; ``update`` adds counts.

    ``p(θ) ∝ Πₖ θₖ^{αₖ-1}`` on the vectors with θₖ ≥ 0 and Σθₖ = 1. BetaBernoulli is K = 2.

    Parameters
    ----------
    alpha : array_like, shape (K,)
        Positive; all 1 is uniform. Kept as a tuple.

    Raises
    ------
    ValueError, TypeError
        If an αₖ is not positive, ``counts`` holds no K counts, or (``mode``) none is unique.

    References
    ----------
    Gelman et al. (2013), *Bayesian Data Analysis*, 3rd ed., ch. 3.

    Examples
    --------
    >>> belief = DirichletCategorical([1, 1, 1]).update([5, 2, 0])
    >>> belief, belief.predictive
    (DirichletCategorical(alpha=(6.0, 3.0, 1.0)), array([0.6, 0.3, 0.1]))
    """

    alpha: tuple[float, ...]

    def __post_init__(self):
        alpha = as_vector(self.alpha, "alpha", min_size=2)
        for value in (alpha.min(), alpha.max()):
            _as_strength(value, "alpha")
        object.__setattr__(self, "alpha", tuple(alpha.tolist()))

    def update(self, counts) -> DirichletCategorical:
        """The belief after ``counts[k]`` labels k, a vector (K,)."""
        return DirichletCategorical(np.add(self.alpha, self._counts(counts)))

    def log_evidence(self, counts) -> float:
        """``log ∫ Πₖ θₖ^{counts[k]} p(θ) dθ``: of one sequence, no multinomial coefficient."""
        counts = self._counts(counts)
        with np.errstate(over="ignore", invalid="ignore"):
            each = [_log_rising(a, n) for a, n in zip(self.alpha, counts, strict=True)]
            total = math.fsum(each) - _log_rising(sum(self.alpha), _sum(counts))
        return min(0.0, finite_result(float(total), "the log-evidence"))

    @property
    def mean(self) -> np.ndarray:
        """``αₖ / Σⱼ αⱼ``, (K,)."""
        return np.array(self.alpha) / sum(self.alpha)

    @property
    def predictive(self) -> np.ndarray:
        """Probabilities of the next label: the mean, (K,)."""
        return self.mean

    @property
    def var(self) -> np.ndarray:
        """``mₖ (1 - mₖ) / (1 + Σⱼ αⱼ)`` with the means mₖ, (K,)."""
        return np.array([self.marginal(k).var for k in range(len(self.alpha))])

    @property
    def mode(self) -> np.ndarray:
        """``(αₖ-1) / Σⱼ (αⱼ-1)``, (K,), if no αₖ is below 1 and one is above."""
        excess = np.array(self.alpha) - 1
        if excess.min() < 0 or excess.max() == 0:
            raise ValueError(f"mode must be unique, got alpha = {self.alpha}; "
                             "use the mean, or more data")
        return excess / excess.sum()

    def marginal(self, k: int) -> BetaBernoulli:
        """The belief about θₖ alone, Beta(αₖ, Σⱼ αⱼ - αₖ)."""
        k = as_int(k, "k", high=len(self.alpha) - 1)
        return BetaBernoulli(self.alpha[k], sum(self.alpha[:k] + self.alpha[k + 1:]))

    def _counts(self, counts) -> np.ndarray:
        return as_counts(counts, "counts", size=len(self.alpha))


def _as_strength(value, name: str) -> float:
    """How many observations a belief is worth: positive, and no sum of two overflows."""
    return as_scalar(value, name, "(0, 1e300]")


def _counts(x) -> np.ndarray:
    x = as_float_array(x, "x")
    return as_counts(x[None] if x.ndim == 0 else x, "x")


def _sum(x: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        return finite_result(float(x.sum()), "the sum of the counts")


def _log_rising(a: float, n):
    """``log a(a+1)⋯(a+n-1) = log Γ(a+n)/Γ(a)``, by Stirling's series where both are large."""
    if a < 20:
        return np.where(n > 0, special.gammaln(a + n) - math.lgamma(a), 0.0)
    def rest(u):
        return u * (1 / 12 - u * u * (1 / 360 - u * u * (1 / 1260 - u * u / 1680)))
    return (a - 0.5) * np.log1p(n / a) + n * (np.log(a + n) - 1) + rest(1 / (a + n)) - rest(1 / a)


def _tail(level: float) -> float:
    return (1 - as_scalar(level, "level", "(0, 1)")) / 2


def _count(n, name: str) -> int:
    return as_int(n, name, low=0, high=2**53)  # beyond that, floats skip integers
