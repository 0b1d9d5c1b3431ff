"""Answers to the exercises on random variables and distributions."""

import numpy as np
from scipy import stats

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _is_quantile(quantile) -> None:
    tenths = [0.1] * 10  # they add up to 0.9999999999999999
    cases = (
        ("for u = 0.3, 0.6, 0.9", [2, -1, 5], [0.5, 0.25, 0.25], [0.3, 0.6, 0.9], [2, 2, 5]),
        ("where u = F(x)", [2, -1, 5], [0.5, 0.25, 0.25], [0.25, 0.75, 1.0], [-1, 2, 5]),
        ("just above a jump", [2, -1, 5], [0.5, 0.25, 0.25], [0.2500001, 0.7500001], [2, 5]),
        ("for values in falling order", [3.5, 2.5, 1.0], [0.125, 0.625, 0.25], [0.2, 0.8, 0.9],
         [1.0, 2.5, 3.5]),
        ("for a value of probability 0", [0, 1, 2], [0.5, 0.0, 0.5], [0.5, 0.51], [0, 2]),
        ("for a first value of probability 0", [7, 0, 3], [0.5, 0.0, 0.5], [1e-300], [3]),
        ("for u = 1", list(range(10)), tenths, [0.05, 1.0], [0, 9]),
        ("for u = 1 and a last value of probability 0", [*range(10), 99], [*tenths, 0.0],
         [1.0, 0.95], [9, 9]),
        ("for one value", [4], [1.0], [0.1, 1.0], [4, 4]),
        ("for a small probability", [1, 0], [1 - 2.0**-10, 2.0**-10], [2.0**-10, 2.0**-9], [0, 1]),
        ("for a tiny probability", [1, 0], [1 - 2.0**-44, 2.0**-44], [2.0**-44, 2.0**-43], [0, 1]),
        ("one float above a jump", [2, -1, 5], [0.5, 0.25, 0.25], [float(np.nextafter(0.25, 1))],
         [2]),
        ("for u just below 1", list(range(14)), [1 / 14] * 14, [float(np.nextafter(1, 0))], [13]),
    )
    for name, values, probs, u, right in cases:
        for make in (list, np.array):
            given = make(values), make(probs), make(u)
            found = np.asarray(quantile(*given))
            assert [list(part) for part in given] == [values, probs, u], (
                f"{name} it changes what it is given")
            assert found.shape == (len(u),), (
                f"{name} it returns the shape {found.shape}, not ({len(u)},)")
            assert np.array_equal(found, right), f"{name} it returns {found}, not {right}"
    for u, right in ((0.6, 2), (np.array([[0.3, 0.9], [0.1, 0.8]]), [[2, 5], [-1, 5]])):
        found = np.asarray(quantile([2, -1, 5], [0.5, 0.25, 0.25], u))
        same = found.shape == np.shape(right) and np.array_equal(found, right)
        assert same, (
            f"for u of shape {np.shape(u)} it returns {found.tolist()}, not {right}")


def _quantile(values, probs, u, *, side="left", sort=True, sort_probs=True, drop=True, end=True):
    """The right program, or with one thing done otherwise."""
    values, probs = np.asarray(values), np.asarray(probs, dtype=float)
    if drop:
        values, probs = values[probs > 0], probs[probs > 0]
    order = np.argsort(values) if sort else np.arange(values.size)
    F = np.cumsum(probs[order] if sort_probs else probs)
    if end:
        F[-1] = 1.0
    place = np.searchsorted(F, u, side=side)
    return values[order][np.minimum(place, values.size - 1) if end else place]


def _quantile_in_place(values, probs, u):
    values = np.asarray(values)
    order = np.argsort(values)
    if isinstance(probs, list):
        probs[:] = [probs[k] for k in order]
    else:
        probs[:] = probs[order]
    found = _quantile(np.sort(values), np.array(probs), u)
    return found


def _quantile_of_a_list(values, probs, u):
    return np.array([_quantile(values, probs, one) for one in np.ravel(u)])


def _is_lognormal_with(lognormal_with) -> None:
    for mean, variance in ((30, 400), (1, 0.01), (2.0, 3.0), (0.05, 1.0), (500, 250_000)):
        law = lognormal_with(mean, variance)
        what = f"for the mean {mean:g} and the variance {variance:g}"
        with np.errstate(all="ignore"):
            found, spread = float(law.mean()), float(law.var())
        assert np.isclose(found, mean, rtol=1e-6), f"{what} it has the mean {found:.4g}"
        assert np.isclose(spread, variance, rtol=1e-6), f"{what} it has the variance {spread:.4g}"
        ratio = 1 + variance / mean**2
        sigma, mu = np.sqrt(np.log(ratio)), np.log(mean / np.sqrt(ratio))
        x = np.exp(mu + sigma * np.array([-3, -1, 0, 0.5, 2]))
        assert np.allclose(law.cdf(x), stats.norm.cdf([-3, -1, 0, 0.5, 2]), atol=1e-9), (
            f"{what} it has the right moments, but its logarithm is not normal: is it shifted?")


def _sigma2(mean, variance):
    return np.log(1 + variance / mean**2)


def _shifted(mean, variance):
    """A log-normal with s = 1, stretched and shifted to the moments."""
    scale = np.sqrt(variance / stats.lognorm(1).var())
    return stats.lognorm(1, loc=mean - scale * np.exp(0.5), scale=scale)


ANSWERS = {
    "distributions-1": Number(
        stats.norm.pdf(2) / 2, ask="density =",
        hints=("Which values of Z have the square 4?",
               "The theorem wants a g that only rises or only falls: treat each half by itself, "
               "and add."),
        wrong=((stats.norm.pdf(2), "That is the height at 2. What does the square do to lengths "
                                   "there?"),
               (stats.norm.pdf(2) / 4, "That is what comes from Z = 2. Is it the only one?"),
               (stats.norm.pdf(2) * 2, "Both branches, yes. But a stretched interval needs a lower "
                                       "density."),
               (stats.norm.pdf(4), "You put 4 into the normal density. Z² = 4 is not Z = 4."),
               (stats.norm.cdf(2) - stats.norm.cdf(-2), "That is P(Z² ≤ 4). Take its slope."))),
    "distributions-2": Array(
        (np.exp(-2.1), 0.0049), ask="probability, bound =", transfer=True,
        hints=("How many failures are expected in all?",
               "Add up 500 times one square, 300 times another, and 200 times the third."),
        wrong=(((1 - np.exp(-2.1), 0.0049), "The first is the chance of at least one failure."),
               ((np.exp(-2.1), 0.00441), "μ²/n is the bound if all the chances are equal."),
               ((np.exp(-2.1), 2.1), "The second is the expected number. The bound adds squares."),
               ((np.exp(-2.1), 4.41), "Square each chance first, and add then."),
               ((np.exp(-2.1), 1.4e-5), "There are 500, 300 and 200 of them."))),
    "distributions-3": Proof(
        ("P(X ≥ k) = Σ p(j) over all j ≥ k. So the right side is the sum of p(j) over all pairs "
         "(k, j) with 1 ≤ k ≤ j.",
         "No term is negative, so the terms may be added in any order, and the sum, finite or not, "
         "is the same.",
         "For a fixed j there are j pairs, k = 1, …, j. So the sum is Σ j·p(j) = E[X].",
         "The first head needs at least k throws if the first k − 1 are tails: P(X ≥ k) = "
         "(1 − p)^(k−1). The geometric series adds up to 1/p."),
        hints=("Write P(X ≥ k) as a sum over j ≥ k, and change the order of the two sums.",
               "What must the first k − 1 throws be, if X ≥ k?")),
    "distributions-4": Function(
        _is_quantile, ask="quantile",
        hints=("Sort the values, and carry their probabilities along.",
               "np.cumsum gives F at the sorted values. Which place is the first with F ≥ u?",
               "What does your program do if u is larger than the last sum by a rounding error?"),
        wrong=((lambda values, probs, u: _quantile(values, probs, u, side="right"),
                "where u = F(x)"),
               (lambda values, probs, u: _quantile(values, probs, u, sort=False), "for u = 0.3"),
               (lambda values, probs, u: _quantile(values, probs, u, sort_probs=False),
                "for u = 0.3"),
               (lambda values, probs, u: _quantile(values, probs, u, drop=False),
                "for u = 1 and a last value of probability 0"),
               (lambda values, probs, u: _quantile(values, probs, u, end=False), "IndexError"),
               (_quantile_in_place, "it changes what it is given"),
               (_quantile_of_a_list, "for u of shape ()"),
               (lambda values, probs, u: _quantile(values, np.round(probs, 2), u),
                "for a small probability"),
               (lambda values, probs, u: _quantile(values, probs * (np.array(probs) > 1e-8), u),
                "for a tiny probability"),
               (lambda values, probs, u: _quantile(values, probs, np.asarray(u) - 2.0**-53),
                "one float above a jump"),
               (lambda values, probs, u: np.searchsorted(np.cumsum(probs), u), "for u = 0.3"),
               (lambda values, probs, u: np.quantile(values, u), "for u = 0.3"),
               (lambda values, probs, u: np.interp(u, np.cumsum(probs), np.sort(values)),
                "for u = 0.3"),
               (lambda values, probs, u: np.where(np.asarray(u) < 0.7, 2, 5), "where u = F(x)"))),
    "distributions-5": Function(
        _is_lognormal_with, ask="lognormal_with", transfer=True,
        hints=("Solve the two formulas for μ and σ²: what is variance / mean²?",
               "1 + variance/mean² = exp(σ²), and mean = exp(μ + σ²/2).",
               "SciPy's s is σ, and its scale is exp(μ)."),
        wrong=((lambda mean, variance: stats.lognorm(np.sqrt(variance), scale=mean),
                "it has the mean"),
               (lambda mean, variance: stats.lognorm(
                   np.sqrt(_sigma2(mean, variance)), scale=mean), "it has the mean"),
               (lambda mean, variance: stats.lognorm(
                   _sigma2(mean, variance), scale=mean / np.sqrt(1 + variance / mean**2)),
                "it has the mean"),
               (lambda mean, variance: stats.lognorm(
                   np.sqrt(_sigma2(mean, variance)),
                   np.log(mean) - _sigma2(mean, variance) / 2), "it has the mean"),
               (lambda mean, variance: stats.lognorm(
                   np.sqrt(_sigma2(mean, variance)),
                   scale=abs(np.log(mean) - _sigma2(mean, variance) / 2)), "it has the mean"),
               (lambda mean, variance: stats.norm(mean, np.sqrt(variance)),
                "its logarithm is not normal"),
               (lambda mean, variance: stats.gamma(mean**2 / variance, scale=variance / mean),
                "its logarithm is not normal"),
               (_shifted, "is it shifted?"),
               (lambda mean, variance: stats.lognorm(
                   np.sqrt(_sigma2(30, 400)), scale=30 / np.sqrt(1 + 4 / 9)), "for the mean 1"))),
    "distributions-6": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 3", ask="It is",
        hints=("What is |Y|, if you know X?",
               "Every sum of the entries of a normal vector is normal. What is X + Y?"),
        wrong=(("line 1", "Given S = 1 it is X, given S = −1 it is −X, and both are N(0, 1)."),
               ("line 2", "S and X² are independent, so the expectation of the product splits."),
               ("line 4", "That is a theorem of this chapter, and its proof is right. Are its "
                          "hypotheses met?"))),
    "distributions-7": Choice(
        ("X takes only the values −2, 0 and 2", "X takes only the values −2 and 2",
         "|X| is at most 2, and any values in between are possible",
         "nothing, since Chebyshev's inequality is only a bound"),
        "X takes only the values −2, 0 and 2", ask="It follows that",
        hints=("In the proof of Chebyshev's inequality there is one inequality. When is it an "
               "equality on average?",
               "If a variable that is never negative has expectation 0, what is it?"),
        wrong=(("X takes only the values −2 and 2", "Then its variance would be 4."),
               ("|X| is at most 2, and any values in between are possible",
                "The variance 1 is used up by the quarter at ±2. What is left for the rest?"),
               ("nothing, since Chebyshev's inequality is only a bound",
                "Here the bound 1/4 is attained, and that is rare."))),
    "distributions-8": Proof(
        ("The first time is later than t if every Tᵢ is: by independence the probability is the "
         "product of the exp(−λᵢt), that is exp(−Λt). So the minimum is Exp(Λ).",
         "Runner i is first if all others are later than Tᵢ (ties have probability 0). That all "
         "of them are later than a fixed t has the probability exp(−(Λ − λᵢ)t).",
         "Integrate the joint density, first over the others, then over t: "
         "∫ λᵢ exp(−λᵢt) exp(−(Λ − λᵢ)t) dt = λᵢ ∫ exp(−Λt) dt = λᵢ/Λ.",
         "Let Eᵢ ~ Exp(1) be independent. Then Tᵢ = Eᵢ·exp(−zᵢ) is Exp(exp(zᵢ)), and i is first "
         "with probability exp(zᵢ)/Σ exp(zⱼ).",
         "The smallest Tᵢ has the smallest logarithm ln Eᵢ − zᵢ: draw the argmax of "
         "zᵢ − ln Eᵢ."),
        transfer=True,
        hints=("When is the smallest of several numbers larger than t?",
               "Fix the time t of runner i, and ask that all others are later. Then integrate.",
               "Which rates do you need? How does c·E change the rate of an exponential E?")),
}
