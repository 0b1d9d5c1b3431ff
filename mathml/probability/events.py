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
    as_fractions,
    as_function,
    as_int,
    as_pmf,
    as_probability,
    as_rng,
    as_scalar,
    as_vector,
    exact,
    normalised,
    rounding,
)
from mathml._normal import mean_and_sd


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
        for name, value in (("mean", as_scalar(self.mean, "mean")),
                            ("standard_error", as_scalar(self.standard_error, "standard_error",
                                                         "[0, inf)")),
                            ("n", as_int(self.n, "n", low=2))):
            object.__setattr__(self, name, value)


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
    float, or Fraction if all three are fractions or integers, and one a fraction

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
    given = pa, pb, pab
    pa, pb, pab = as_probability(pa, "pa"), as_probability(pb, "pb"), as_probability(pab, "pab")
    slack = max(map(rounding, given))
    if (fractions := as_fractions(given)) is not None:
        (pa, pb, pab), slack = fractions, 0
    low, high = max(0, pa + pb - 1), min(pa, pb)
    if not low - slack <= pab <= high + slack:
        raise ValueError(f"pab must lie in [{float(low):g}, {float(high):g}] for pa = {exact(pa)} "
                         f"and pb = {exact(pb)}, got {exact(pab)}; no two events overlap like that,"
                         " check all three")
    return min(1 + 0 * pa, max(pa, pb, pa + pb - pab))  # a 1 of the same kind


def total_probability(prior, conditional) -> float | Fraction:
    """Law of total probability, ``P(B) = Σᵢ P(B | Aᵢ) P(Aᵢ)`` over a partition A₁, …, A_K.

    Parameters
    ----------
    prior : array_like, shape (K,)
        ``P(Aᵢ)``. The Aᵢ exclude each other and exhaust all cases, so they sum to 1.
    conditional : array_like, shape (K,)
        ``P(B | Aᵢ)``, each in [0, 1].

    Returns
    -------
    float, or Fraction if all are fractions or integers

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
    p = as_pmf(prior, "prior")
    q = as_vector(conditional, "conditional", size=p.size)
    q = np.array([as_probability(share, "conditional", "for densities use mathml.bayes.update")
                  for share in q])
    both = np.concatenate([np.array(given, dtype=object) for given in (prior, conditional)])
    if (fractions := as_fractions(both)) is not None:
        return normalised(fractions[:p.size], "prior", 0) @ fractions[p.size:]
    return min(1.0, float(p @ q))


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
    mean, sd = mean_and_sd(as_vector(draw(rng, n), "draw's result", size=n))
    return Estimate(mean, sd / math.sqrt(n), n)
