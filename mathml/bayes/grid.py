"""A one-dimensional posterior on a grid: any likelihood, by quadrature."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mathml._check import as_log_weights, as_scalar, as_vector, exact, finite_result, freeze


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
    _masses: np.ndarray = field(init=False, repr=False)  # density times trapezoid weight, sum 1
    _log_integral: float = field(init=False, repr=False)  # of the density that was given

    def __post_init__(self):
        theta = as_vector(self.theta, "theta", min_size=2)
        with np.errstate(over="ignore"):
            steps = finite_result(np.diff(theta), "the spacing of theta")
        if np.any(steps <= 0):
            raise ValueError(f"theta must increase, got a step of {exact(steps.min())}; "
                             "sort it and drop duplicates")
        log_density = (np.zeros(theta.size) if self.log_density is None else
                       as_log_weights(self.log_density, "log_density", size=theta.size))
        evidence = as_scalar(self.log_evidence, "log_evidence")
        top, unit = log_density.max(), steps.max()  # what is taken out makes neither over- nor
        half = steps / unit / 2                     # underflow of a sum of exponentials
        weights = np.concatenate([half, [0.0]]) + np.concatenate([[0.0], half])
        with np.errstate(over="ignore", invalid="ignore"):  # a difference of -inf is a density of 0
            masses = weights * np.exp(log_density - top)
        if top == -np.inf or not masses.any():
            raise ValueError("the evidence must be positive, got 0: no grid point is possible; "
                             "widen the grid or the prior")
        integral = float(top + np.log(unit) + np.log(masses.sum()))
        with np.errstate(over="ignore"):
            log_density = log_density - integral
        for name, value in (("theta", theta), ("log_density", log_density),
                            ("log_evidence", evidence), ("_masses", masses / masses.sum()),
                            ("_log_integral", integral)):
            object.__setattr__(self, name, value)
        freeze(self)

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        freeze(self)  # pickling has forgotten it

    def update(self, log_likelihood) -> GridPosterior:
        """The posterior after data with this log-likelihood, a function of θ or a vector (n,)."""
        values = log_likelihood(self.theta.copy()) if callable(log_likelihood) else log_likelihood
        values = as_log_weights(values, "log_likelihood", size=self.theta.size)
        with np.errstate(over="ignore"):
            posterior = GridPosterior(self.theta, self.log_density + values)
        evidence = finite_result(self.log_evidence + posterior._log_integral, "the log-evidence")
        object.__setattr__(posterior, "log_evidence", evidence)
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
        density = np.exp(self.log_density - self.log_density.max())
        steps = np.diff(self.theta)
        cells = (density[1:] + density[:-1]) * (steps / steps.max())
        cumulative = np.concatenate([[0.0], np.cumsum(cells)])
        return cumulative / cumulative[-1]
