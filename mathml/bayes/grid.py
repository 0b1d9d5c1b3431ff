"""A one-dimensional posterior on a grid: any likelihood, by quadrature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from mathml._check import as_log_weights, as_scalar, as_vector, finite_result


@dataclass(frozen=True, eq=False)
class GridPosterior:
    """Density of a parameter θ on a grid, normalised by the trapezoidal rule.

    ``p(θ | D) = p(D | θ) p(θ) / ∫ p(D | θ') p(θ') dθ'``, all in logarithms.

    Parameters
    ----------
    theta : array_like, shape (n,)
        Increasing grid, at least 2 points. It must cover where the density is not negligible
        and resolve its width: the error is O(h²) in the spacing h.
    log_density : array_like, shape (n,), optional
        Logarithm of the prior density at the grid points, up to a constant; ``-inf`` where it
        is 0. Flat by default.
    log_evidence : float, default 0
        ``log p(D)`` of the data seen so far; ``update`` keeps it.

    Raises
    ------
    ValueError, TypeError
        If the grid does not increase, the lengths differ, the density is 0 everywhere, or a
        log-density is NaN or ``+inf``.

    References
    ----------
    Gelman et al. (2013), *Bayesian Data Analysis*, 3rd ed., ch. 2 and 3.

    Examples
    --------
    >>> theta = np.linspace(0, 1, 1001)[1:-1]
    >>> coin = GridPosterior(theta).update(lambda t: 7 * np.log(t) + 3 * np.log(1 - t))
    >>> round(coin.mean, 4), round(coin.mode, 3)
    (0.6667, 0.7)
    """

    theta: np.ndarray
    log_density: np.ndarray | None = None
    log_evidence: float = 0.0

    def __post_init__(self):
        theta = as_vector(self.theta, "theta", min_size=2)
        with np.errstate(over="ignore"):
            steps = finite_result(np.diff(theta), "the spacing of theta")
        if np.any(steps <= 0):
            raise ValueError(f"theta must increase, got a step of {steps.min():g}; "
                             "sort it and drop duplicates")
        log_density = (np.zeros(theta.size) if self.log_density is None else
                       as_log_weights(self.log_density, "log_density", size=theta.size))
        set_field = object.__setattr__
        set_field(self, "log_evidence", as_scalar(self.log_evidence, "log_evidence"))
        set_field(self, "theta", theta)
        with np.errstate(over="ignore"):  # a difference of -inf is a density of 0
            set_field(self, "log_density", log_density - _log_integral(theta, log_density))
        for array in self.theta, self.log_density:
            array.flags.writeable = False

    def update(self, log_likelihood) -> GridPosterior:
        """The posterior after data with this log-likelihood, a function of θ or a vector (n,)."""
        values = log_likelihood(self.theta.copy()) if callable(log_likelihood) else log_likelihood
        values = as_log_weights(values, "log_likelihood", size=self.theta.size)
        with np.errstate(over="ignore"):
            log_density = self.log_density + values
        evidence = self.log_evidence + _log_integral(self.theta, log_density)
        return GridPosterior(self.theta, log_density, evidence)

    @property
    def density(self) -> np.ndarray:
        """The density at the grid points, (n,)."""
        with np.errstate(over="ignore"):
            return finite_result(np.exp(self.log_density), "the density")

    @property
    def mean(self) -> float:
        """``∫ θ p(θ) dθ``."""
        return float(self._masses() @ self.theta)

    @property
    def var(self) -> float:
        """``∫ (θ - mean)² p(θ) dθ``."""
        with np.errstate(over="ignore"):
            return finite_result(float(self._masses() @ (self.theta - self.mean) ** 2), "var")

    @property
    def mode(self) -> float:
        """The grid point of largest density, the first if several tie."""
        return float(self.theta[np.argmax(self.log_density)])

    def probability(self, low: float, high: float) -> float:
        """``P(low ≤ θ ≤ high)``; either end may be infinite."""
        low = as_scalar(low, "low", finite=False)
        high = as_scalar(high, "high", finite=False)
        if low > high:
            raise ValueError(f"low must be at most high, got {low:g} > {high:g}; swap them")
        below = np.interp([low, high], self.theta, self._cumulative())
        return float(below[1] - below[0])

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Equal-tailed credible interval of probability ``level``."""
        tail = (1 - as_scalar(level, "level", low=0.0, high=1.0, open_low=True, open_high=True)) / 2
        low, high = np.interp([tail, 1 - tail], self._cumulative(), self.theta)
        return float(low), float(high)

    def _masses(self) -> np.ndarray:
        """Probability at each grid point: density times trapezoid weight, summing to 1."""
        return np.exp(self.log_density + _log_weights(self.theta))

    def _cumulative(self) -> np.ndarray:
        density = np.exp(self.log_density - self.log_density.max())
        steps = np.diff(self.theta)
        cells = (density[1:] + density[:-1]) * (steps / steps.max())
        cumulative = np.concatenate([[0.0], np.cumsum(cells)])
        return cumulative / cumulative[-1]


def _log_weights(theta: np.ndarray) -> np.ndarray:
    """Logarithms of the trapezoidal rule's weights, half the spacing to either side."""
    log_half = np.log(np.diff(theta)) - np.log(2)
    inner = np.logaddexp(log_half[1:], log_half[:-1])
    return np.concatenate([log_half[:1], inner, log_half[-1:]])   # (n,)


def _log_integral(theta: np.ndarray, log_density: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        value = float(special.logsumexp(log_density + _log_weights(theta)))
    if value == -np.inf:
        raise ValueError("the evidence must be positive, got 0: no grid point is possible; "
                         "widen the grid or the prior")
    return finite_result(value, "the log-evidence")
