"""Answers to the exercises on maximum likelihood."""

import math

import numpy as np
from scipy import stats
from scipy.special import factorial, gammaln, xlogy

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _is_the_poisson_nll(nll_poisson) -> None:
    cases = ((1.5, [0, 1, 4]), (0.25, [3]), (0.1234, [1, 0]), (2.0, [2, 2, 2]), (0.0, [0, 0]),
             (300.0, [290, 310, 305]), (1e6, [999_000, 1_002_500]), (3.0, [1, 2, 3, 6] * 100))
    for mean, counts in cases:
        right = -stats.poisson.logpmf(counts, mean).sum()
        for make in (list, np.array):
            given = make(counts)
            with np.errstate(all="ignore"):
                found = nll_poisson(mean, given)
            what = f"for mean {mean:g} and {len(counts)} counts, {counts[0]} and so on,"
            assert list(given) == counts, f"{what} it changes what it is given"
            assert np.ndim(found) == 0, f"{what} it returns {np.size(found)} values, not one"
            assert np.isfinite(found), f"{what} it gives {found}"
            assert math.isclose(found, right, rel_tol=1e-7, abs_tol=1e-9), (
                f"{what} it gives {found:.6g}, not {right:.6g}")
    for counts in ([0, 2], [3, 0]):
        with np.errstate(all="ignore"):
            found = nll_poisson(0.0, np.array(counts))
        assert found == np.inf, (
            f"counts {counts} are impossible at mean 0: expected inf, got {found}")


def _nll(mean, counts, *, times=xlogy, rest=gammaln, shift=1.0, total=np.sum, sign=1.0):
    """The right program, or with one thing done otherwise."""
    counts = np.asarray(counts, dtype=float)
    return sign * total(mean - times(counts, mean) + rest(counts + shift))


def _mean_once(mean, counts):
    counts = np.asarray(counts, dtype=float)
    return mean + np.sum(gammaln(counts + 1) - xlogy(counts, mean))


def _multiplied(mean, counts):
    return -np.log(np.prod(stats.poisson.pmf(counts, mean)))


def _in_place(mean, counts):
    found = _nll(mean, counts)
    for k in range(len(counts)):
        counts[k] += 1
    return found


_INTERVALS = ("Wald: 0 and nothing else; likelihood: 0 to 0.092",
              "both: 0 and nothing else",
              "Wald: 0 to 0.092; likelihood: 0 and nothing else",
              "neither exists, since the derivative at 0 is not zero")

ANSWERS = {
    "maximum-likelihood-1": Number(
        4 / 8.1, ask="rate per 1000 hours =", transfer=True,
        hints=("A failure at time t has the density λe^(−λt). Multiply all ten factors.",
               "ℓ(λ) = 4 log λ − λ·(all hours that the ten lamps burned)."),
        wrong=((4 / 2.1, "The six lamps that still burn have burned, too."),
               (10 / 8.1, "Only four have failed: how often does the factor λ occur?"),
               (8.1 / 4, "That is the mean time, 1/λ."),
               (4 / 8100, "That is per hour."),
               (0.4, "That is the share that failed. How long did they burn?"))),
    "maximum-likelihood-2": Number(
        5 / 17, ask="chance of heads =",
        hints=("How likely is it that the first head comes at throw 7?",
               "In how many throws were there how many heads?"),
        wrong=((17 / 5, "That is the mean number of throws."),
               ((1 / 3 + 1 + 1 / 7 + 1 / 2 + 1 / 4) / 5, "The mean of the five estimates is not "
                                                        "the estimate from all the throws."),
               (5 / 12, "You divided heads by tails. Divide by all throws."),
               (12 / 17, "That is the chance of tails."))),
    "maximum-likelihood-3": Proof(
        ("M = max xᵢ has P(M ≤ t) = (t/θ)ⁿ, so the density n tⁿ⁻¹/θⁿ on [0, θ].",
         "E[M] = nθ/(n + 1), so E[T] = θ. E[M²] = nθ²/(n + 2).",
         "Var[T] = ((n + 1)/n)²·nθ²/(n + 2) − θ² = θ²·((n + 1)² − n(n + 2))/(n(n + 2)) = "
         "θ²/(n(n + 2)).",
         "The set of possible x is [0, θ]: it depends on θ, and the bound asks that it does not. "
         "(The derivative may not be taken inside the integral, whose end moves.)"),
        transfer=True,
        hints=("When is the largest of n numbers at most t?",
               "Var[T] = E[T²] − θ², with the density of the maximum.",
               "Read the hypotheses of the theorem on score and information.")),
    "maximum-likelihood-4": Function(
        _is_the_poisson_nll, ask="nll_poisson",
        hints=("log x! is gammaln(x + 1).", "xlogy(0, 0) is 0 and xlogy(2, 0) is −inf.",
               "Each of the n observations brings the mean with it once."),
        wrong=((lambda mean, counts: _nll(mean, counts, rest=lambda x: np.log(factorial(x - 1))),
                "for mean 300"),
               (lambda mean, counts: _nll(mean, counts, rest=lambda x: 0 * x),
                "for mean 1.5"),
               (lambda mean, counts: _nll(mean, counts, shift=0.0), "for mean 1.5"),
               (lambda mean, counts: _nll(mean, counts, times=lambda x, m: x * np.log(m)),
                "for mean 0 and 2 counts"),
               (lambda mean, counts: _nll(
                   mean, counts, times=lambda x, m: x * np.log(np.maximum(m, 1e-12))),
                "expected inf"),
               (lambda mean, counts: _nll(mean, counts, total=np.mean), "for mean 1.5"),
               (lambda mean, counts: _nll(mean, counts, total=lambda x: x), "not one"),
               (lambda mean, counts: _nll(mean, counts, sign=-1.0), "for mean 1.5"),
               (_mean_once, "for mean 1.5"),
               (_multiplied, "for mean 3 and 400 counts"),
               (_in_place, "it changes what it is given"),
               (lambda mean, counts: -stats.poisson.logpmf([0, 1, 4], 1.5).sum(),
                "for mean 0.25"))),
    "maximum-likelihood-5": Fault(
        ("(a)", "(b)", "(c)", "(d)"), "(d)", ask="It is",
        hints=("A density has a unit. What happens to it when hours become minutes?",
               "In minutes all densities are 60 times smaller."),
        wrong=(("(a)", "One may fit in any unit, and the number is right."),
               ("(b)", "One may fit in any unit, and the number is right. Is it a probability?"),
               ("(c)", "That is what a log-likelihood is. In which units are the densities?"))),
    "maximum-likelihood-6": Choice(
        _INTERVALS, _INTERVALS[0], ask="They say",
        hints=("Put 0 into p̂ ± 1.96·√(p̂(1 − p̂)/n).",
               "ℓ(θ) = 20 log(1 − θ). Where is it 1.92 below its maximum?"),
        wrong=((_INTERVALS[1], "Where is 20 log(1 − θ) equal to −1.92?"),
               (_INTERVALS[2], "Put the estimate 0 into the formula of the Wald interval."),
               (_INTERVALS[3], "Both can be computed. That they differ is the point."))),
    "maximum-likelihood-7": Proof(
        ("KL(p*‖q) = ∫ p* log p* − E[log q(X)] with X from p*, and the first term does not depend "
         "on q.",
         "For the exponential distribution −E[log q(X)] = −log λ + λ E[X] = −log λ + λm. Its "
         "derivative −1/λ + m is negative below 1/m and positive above: the best rate is 1/m.",
         "The fit learns the mean, and nothing else: its shape it takes from the family, right or "
         "wrong."),
        transfer=True,
        hints=("Split the logarithm of the quotient, as in the proposition on the closest normal.",
               "What is E[log(λe^(−λX))]?")),
}
