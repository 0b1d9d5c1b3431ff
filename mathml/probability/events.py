"""Events: their union, the law of total probability, and simulation with an error bar.

Probabilities given as ``fractions.Fraction`` stay fractions, so that an enumeration is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mathml._check import (
    ATOL,
    as_function,
    as_int,
    as_pmf,
    as_probability,
    as_rng,
    as_scalar,
    as_vector,
    finite_result,
)


@dataclass(frozen=True)
class Estimate:
    """A Monte Carlo estimate: ``mean`` of ``n`` draws and its ``standard_error`` s/√n.

    For a large n, about 95 % of estimates lie within two standard errors of the truth. If all
    draws are equal the standard error is 0, which says that n is too small, not that the
    estimate is exact.

    Parameters
    ----------
    mean, standard_error : float
    n : int

    Raises
    ------
    ValueError, TypeError
        If an entry is not finite, the standard error negative or n below 2.

    Examples
    --------
    >>> Estimate(0.5, 0.01, 2500)
    Estimate(mean=0.5, standard_error=0.01, n=2500)
    """

    mean: float
    standard_error: float
    n: int

    def __post_init__(self):
        as_scalar(self.mean, "mean")
        as_scalar(self.standard_error, "standard_error", low=0.0)
        as_int(self.n, "n", low=2)


def union(pa, pb, pab) -> float | Fraction:
    """``P(A ∪ B) = P(A) + P(B) - P(A ∩ B)``, for any two events.

    Parameters
    ----------
    pa, pb : float or Fraction
        The events' probabilities.
    pab : float or Fraction
        ``P(A ∩ B)``. Only for independent events is it ``pa * pb``.

    Returns
    -------
    float, or Fraction if all three are Fractions

    Raises
    ------
    ValueError, TypeError
        If one is no probability, or ``pab`` leaves the Fréchet bounds
        ``max(0, pa + pb - 1) ≤ pab ≤ min(pa, pb)``: then no such events exist.

    References
    ----------
    Grimmett & Stirzaker (2020), *Probability and Random Processes*, 4th ed.

    Examples
    --------
    >>> union(Fraction(1, 2), Fraction(1, 2), Fraction(1, 3))  # a die: even, more than 3
    Fraction(2, 3)
    """
    pa, pb, pab = (_probability(p, name) for p, name in
                   [(pa, "pa"), (pb, "pb"), (pab, "pab")])
    low, high = max(0, pa + pb - 1), min(pa, pb)
    slack = 0 if all(isinstance(p, Fraction) for p in (pa, pb, pab)) else ATOL
    if not low - slack <= pab <= high + slack:
        raise ValueError(f"pab must lie in [{float(low):g}, {float(high):g}] for pa = {pa} and "
                         f"pb = {pb}, got {pab}; no two events overlap like that, check all three")
    return min(pa + pb - pab, 1) if slack == 0 else float(min(1.0, max(pa, pb, pa + pb - pab)))


def total_probability(prior, conditional) -> float:
    """Law of total probability, ``P(B) = Σᵢ P(B | Aᵢ) P(Aᵢ)`` over a partition A₁, …, A_K.

    Parameters
    ----------
    prior : array_like, shape (K,)
        ``P(Aᵢ)``. The Aᵢ exclude each other and exhaust all cases, so they sum to 1.
    conditional : array_like, shape (K,)
        ``P(B | Aᵢ)``, each in [0, 1].

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If ``prior`` does not sum to 1 or a conditional probability leaves [0, 1].

    References
    ----------
    Grimmett & Stirzaker (2020), *Probability and Random Processes*, 4th ed.

    Examples
    --------
    >>> round(total_probability([0.3, 0.7], [0.9, 0.1]), 12)
    0.34
    """
    prior = as_pmf(prior, "prior")
    conditional = as_vector(conditional, "conditional", size=prior.size)
    outside = conditional[(conditional < 0) | (conditional > 1)]
    if outside.size:
        raise ValueError(f"conditional must hold probabilities in [0, 1], got {outside[0]:g}; "
                         "for densities use mathml.bayes.update")
    return min(1.0, float(prior @ conditional))


def simulate(draw: Callable, n: int, *, rng: np.random.Generator) -> Estimate:
    """Estimate an expectation, or a probability, by n independent draws.

    Parameters
    ----------
    draw : callable
        ``draw(rng, n)`` returns n numbers; booleans if a probability is wanted.
    n : int
        At least 2, at most 10⁸ (they are held in memory).
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    Estimate
        With ``mean``, ``standard_error`` (the draws' ddof-1 deviation over √n) and ``n``.

    Raises
    ------
    ValueError, TypeError
        If ``draw`` does not return n finite numbers, or an argument has the wrong type.

    References
    ----------
    Owen (2013), *Monte Carlo Theory, Methods and Examples*.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> even = simulate(lambda rng, n: rng.integers(1, 7, n) % 2 == 0, 10_000, rng=rng)
    >>> abs(even.mean - 1/2) < 4 * even.standard_error
    True
    """
    as_function(draw, "draw")
    n, rng = as_int(n, "n", low=2, high=10**8), as_rng(rng)
    x = as_vector(draw(rng, n), "draw's result", size=n)
    with np.errstate(over="ignore"):
        mean, deviation = x.mean(), x.std(ddof=1)
    finite_result(deviation, "the standard error")
    return Estimate(float(mean), float(deviation) / math.sqrt(n), n)


def _probability(p, name: str) -> float | Fraction:
    if not isinstance(p, Fraction):
        return as_probability(p, name)
    if not 0 <= p <= 1:
        raise ValueError(f"{name} must lie in [0, 1], got {p}; choose a value inside")
    return p
