"""A one-dimensional posterior on a grid: any likelihood, by quadrature."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import numpy as np

from mathml._check import Frozen, as_log_weights, as_scalar, as_vector, exact, finite_result


@dataclass(frozen=True, eq=False)
class GridPosterior(Frozen):
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
    _weights: np.ndarray = field(init=False, repr=False)   # of the trapezoidal rule, over the ...
    _unit: float = field(init=False, repr=False)           # ... largest spacing
    _relative: np.ndarray = field(init=False, repr=False)  # density over its largest value
    _masses: np.ndarray = field(init=False, repr=False)    # probabilities at the grid points

    def __post_init__(self):
        theta = as_vector(self.theta, "theta", min_size=2)
        with np.errstate(over="ignore"):
            steps = finite_result(np.diff(theta), "the spacing of theta")
        if np.any(steps <= 0):
            raise ValueError(f"theta must increase, got a step of {exact(steps.min())}; "
                             "sort it and drop duplicates")
        log_density = (np.zeros(theta.size) if self.log_density is None else
                       as_log_weights(self.log_density, "log_density", size=theta.size))
        half = steps / steps.max() / 2
        self._set(theta=theta, log_evidence=as_scalar(self.log_evidence, "log_evidence"),
                  _unit=float(steps.max()), _weights=np.append(half, 0) + np.append(0, half))
        self._normalise(log_density)

    def _set(self, **values) -> None:
        self.__setstate__(values)

    def _normalise(self, log_density: np.ndarray) -> float:
        """Keep this density divided by its integral; return the integral's logarithm."""
        top = log_density.max()
        with np.errstate(over="ignore", invalid="ignore"):  # a difference of -inf is a density of 0
            relative = np.exp(log_density - top)
            masses = self._weights * relative
            total = masses.sum()
            if top == -np.inf or total == 0:
                raise ValueError("the evidence must be positive, got 0: no grid point is possible; "
                                 "widen the grid or the prior")
            log_integral = float(top + np.log(total * self._unit))
            finite_result(log_integral, "the log-evidence")
            self._set(log_density=log_density - log_integral, _relative=relative,
                      _masses=masses / total)
        return log_integral

    def update(self, log_likelihood) -> GridPosterior:
        """The posterior after data with this log-likelihood, a function of θ or a vector (n,)."""
        values = log_likelihood(self.theta.copy()) if callable(log_likelihood) else log_likelihood
        values = as_log_weights(values, "log_likelihood", size=self.theta.size)
        posterior = copy.copy(self)
        with np.errstate(over="ignore"):
            evidence = self.log_evidence + posterior._normalise(self.log_density + values)
        posterior._set(log_evidence=finite_result(evidence, "the log-evidence"))
        return posterior

    @property
    def density(self) -> np.ndarray:
        """The density at the grid points, (n,)."""
        with np.errstate(over="ignore"):
            return finite_result(np.exp(self.log_density), "the density")

    @property
    def mean(self) -> float:
        """``∫ θ p(θ) dθ``."""
        return float(self._masses @ self.theta)

    @property
    def var(self) -> float:
        """``∫ (θ - mean)² p(θ) dθ``."""
        with np.errstate(over="ignore"):
            return finite_result(float(self._masses @ (self.theta - self.mean) ** 2), "var")

    @property
    def mode(self) -> float:
        """The grid point of largest density, the first if several tie."""
        return float(self.theta[np.argmax(self.log_density)])

    def probability(self, low: float, high: float) -> float:
        """``P(low ≤ θ ≤ high)``; either end may be infinite."""
        low = as_scalar(low, "low", "[-inf, inf]")
        high = as_scalar(high, "high", "[-inf, inf]")
        if low > high:
            raise ValueError(f"low must be at most high, got {exact(low)} > {exact(high)}; "
                             "swap them")
        below = np.interp([low, high], self.theta, self._cumulative())
        return float(below[1] - below[0])

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Equal-tailed credible interval of probability ``level``."""
        tail = (1 - as_scalar(level, "level", "(0, 1)")) / 2
        low, high = np.interp([tail, 1 - tail], self._cumulative(), self.theta)
        return float(low), float(high)

    def _cumulative(self) -> np.ndarray:
        """``P(θ ≤ θᵢ)`` at the grid points, (n,)."""
        steps = (self.theta[1:] - self.theta[:-1]) / self._unit
        cells = (self._relative[1:] + self._relative[:-1]) * steps
        cumulative = np.concatenate([[0.0], cells.cumsum()])
        return cumulative / cumulative[-1]
