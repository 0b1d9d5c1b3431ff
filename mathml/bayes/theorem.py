"""Bayes' theorem over finitely many hypotheses, and in odds.

Products of probabilities are sums of logarithms inside, so that nothing underflows.
"""

from __future__ import annotations

import decimal
import math
from decimal import Decimal

import numpy as np
from scipy.special import softmax

from mathml._check import as_log_weights, as_nonnegative, as_pmf, as_scalar

# Twice the digits of floats, and room for the exponents of any number of them.
WIDE = decimal.Context(prec=40, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)


def update(prior, likelihood) -> np.ndarray:
    """Posterior ``P(Hₖ | D) = P(D | Hₖ) P(Hₖ) / Σⱼ P(D | Hⱼ) P(Hⱼ)``.

    The evidence, the denominator, is computed here: it cannot contradict the rest.

    Parameters
    ----------
    prior : array_like, shape (K,)
        Probabilities of hypotheses which exclude each other and exhaust all cases.
    likelihood : array_like, shape (K,)
        ``P(D | Hₖ)``, not negative. A density may exceed 1, and a common factor cancels.

    Returns
    -------
    ndarray, shape (K,)

    Raises
    ------
    ValueError, TypeError
        If the prior is no probability mass function, a likelihood is negative or not finite,
        or the evidence is 0.

    References
    ----------
    Bayes (1763), "An essay towards solving a problem in the doctrine of chances".

    Examples
    --------
    >>> update([0.3, 0.7], [0.9, 0.1]).round(6)  # spam or not, given the words
    array([0.794118, 0.205882])
    """
    prior = as_pmf(prior, "prior")
    likelihood = as_nonnegative(likelihood, "likelihood", size=prior.size,
                                repair="for logarithms use update_log")
    with np.errstate(divide="ignore"):  # log 0 = -inf
        return _posterior(np.log(prior) + np.log(likelihood))


def update_log(prior, log_likelihood) -> np.ndarray:
    """Posterior from log-likelihoods: ``softmax(log prior + log_likelihood)``.

    Parameters
    ----------
    prior : array_like, shape (K,)
        Probabilities of the hypotheses.
    log_likelihood : array_like, shape (K,)
        ``log P(D | Hₖ)``, natural logarithms; ``-inf`` means impossible.

    Returns
    -------
    ndarray, shape (K,)

    Raises
    ------
    ValueError, TypeError
        If the prior is no probability mass function, a log-likelihood is NaN or ``+inf``, or
        the evidence is 0.

    References
    ----------
    MacKay (2003), *Information Theory, Inference, and Learning Algorithms*.

    Examples
    --------
    >>> update_log([0.5, 0.5], [-5000.0, -5000.0 + np.log(3)]).round(6)
    array([0.25, 0.75])
    """
    prior = as_pmf(prior, "prior")
    log_likelihood = as_log_weights(log_likelihood, "log_likelihood", size=prior.size)
    with np.errstate(divide="ignore"):
        return _posterior(np.log(prior) + log_likelihood)


def posterior_odds(prior_odds, *likelihood_ratios) -> float:
    """Posterior odds = prior odds × likelihood ratio × likelihood ratio × ...

    Parameters
    ----------
    prior_odds : float
        ``P(H) / P(not H)``, not negative.
    *likelihood_ratios : float
        ``P(Dᵢ | H) / P(Dᵢ | not H)``, one per piece of evidence; the pieces must be independent
        given H and given not H. The same evidence twice counts twice, wrongly.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If a number is negative or not finite, or the product exceeds the largest float.

    References
    ----------
    Jaynes (2003), *Probability Theory: The Logic of Science*.

    Examples
    --------
    >>> odds = posterior_odds(3/7, 9)
    >>> round(odds / (1 + odds), 6)
    0.794118
    """
    factors = [as_scalar(prior_odds, "prior_odds", "[0, inf)")]
    factors += [as_scalar(r, "likelihood_ratios", "[0, inf)") for r in likelihood_ratios]
    with decimal.localcontext(WIDE):  # neither the order nor an intermediate overflow matters
        odds = float(math.prod(map(Decimal, factors)))
    if odds == math.inf:
        raise ValueError("posterior odds must fit into a float, got more than 1.8e308; "
                         "add log-odds instead")
    return odds


def _posterior(log_weights: np.ndarray) -> np.ndarray:
    """Weights given by their logarithms, normalised to sum to 1."""
    if log_weights.max() == -np.inf:
        raise ValueError("the evidence must be positive, got 0: every hypothesis is ruled out by "
                         "its prior or by the data; add a hypothesis which allows the data")
    with np.errstate(over="ignore"):  # a difference of -inf is a weight of 0, as it should be
        return softmax(log_weights)
