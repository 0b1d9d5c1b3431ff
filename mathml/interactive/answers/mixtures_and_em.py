"""Answers to the exercises on mixtures and EM."""

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _em_step(x, times, weights, means, variances, *, log=True, old_mean=False, ddof=0, hard=False,
             weighed=True, constant=True, share=True, rows=False):
    """The right program, or with one thing done otherwise."""
    x, times, weights, means, variances = (np.asarray(a, dtype=float)
                                           for a in (x, times, weights, means, variances))
    z = -((x[:, None] - means) ** 2) / (2 * variances)
    z = z + (np.log(weights) if weighed else 0) - (np.log(variances) / 2 if constant else 0)
    if log:
        r = np.exp(z - logsumexp(z, axis=1, keepdims=True))
    else:
        r = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    if hard:
        r = (np.argmax(r, axis=1)[:, None] == np.arange(len(means))).astype(float)
    r = times[:, None] * r
    size = r.sum(axis=0)
    new = r.T @ x / size
    about = means if old_mean else new
    spread = np.sum(r * (x[:, None] - about) ** 2, axis=0) / (size - ddof)
    return (size / (len(x) if rows else times.sum()) if share else weights), new, spread


def _em_step_in_place(x, times, weights, means, variances):
    for given, new in zip((weights, means, variances),
                          _em_step(x, times, weights, means, variances), strict=True):
        given[:] = new
    return np.array(weights), np.array(means), np.array(variances)


def _em_step_of_sds(*given):
    w, m, v = _em_step(*given)
    return w, m, np.sqrt(v)


def _em_step_sorted(*given):
    new = _em_step(*given)
    order = np.argsort(new[1])
    return tuple(a[order] for a in new)


def _is_em_step(em_step) -> None:
    rng = np.random.default_rng(0)
    cases = (
        ("for two equal bells", [0.0, 1, 4, 5], [1] * 4, [0.5, 0.5], [0, 5], [1, 1]),
        ("for values that occur several times", [0.0, 1, 4, 5], [3, 1, 2, 5], [0.5, 0.5], [0, 5],
         [2, 2]),
        ("for a value that never occurs", [0.0, 1, 4, 5, 2], [3, 1, 2, 5, 0], [0.5, 0.5], [0, 5],
         [2, 2]),
        ("for unequal weights", [0.0, 1, 2, 4, 5], [1] * 5, [0.9, 0.1], [0, 5], [2, 2]),
        ("for unequal variances", [0.0, 1, 2, 4, 5], [1] * 5, [0.5, 0.5], [1, 3], [1, 9]),
        ("for three bells in falling order", rng.normal(size=30) * 3, rng.integers(1, 5, 30),
         [0.2, 0.5, 0.3], [4, 0, -3], [1, 2, 1]),
        ("for one bell", [1.0, 2, 7], [1, 2, 1], [1.0], [0.0], [5.0]),
        ("for values in no order", [6.0, 2, 3, 2], [1, 2, 2, 1], [0.4, 0.6], [2, 5], [1, 1]),
        ("for a datum far out", [0.0, 1, 4, 5, 400], [1] * 5, [0.5, 0.5], [0, 5], [1, 1]),
        ("for data in other units", np.array([0.0, 1, 4, 5]) * 1e9, [2] * 4, [0.5, 0.5], [0, 5e9],
         [1e18, 1e18]),
        ("for tiny numbers", np.array([0.0, 1, 4, 5]) * 1e-9, [2] * 4, [0.5, 0.5], [0, 5e-9],
         [1e-18, 1e-18]),
    )
    for name, *given in cases:
        right = _em_step(*given)
        for make in (lambda a: np.array(a, dtype=float), lambda a: [float(v) for v in a]):
            passed = [make(a) for a in given]
            with np.errstate(all="ignore"):
                found = em_step(*passed)
            same = all(np.array_equal(a, make(b)) for a, b in zip(passed, given, strict=True))
            assert same, f"{name} it changes what it is given"
            assert len(found) == 3, f"{name} it returns {len(found)} things, not three"
            for what, a, b in zip(("weights", "means", "variances"), found, right, strict=True):
                a = np.asarray(a, dtype=float)
                assert a.shape == b.shape, f"{name} its {what} have the shape {a.shape}"
                scale = np.abs(b).max()
                assert np.allclose(a, b, rtol=1e-6, atol=1e-9 * scale), (
                    f"{name} its {what} are {a}, not {b}")


def _tables_pmf(n, alpha, *, first=0, joins=True):
    p = np.zeros(n + 1)
    p[0] = 1.0
    for i in range(n):
        new = min(alpha / (alpha + i + first), 1.0)
        p[1:] = p[1:] * ((1 - new) if joins else 1) + p[:-1] * new
        p[0] *= 1 - new
    return p


def _is_tables_pmf(tables_pmf) -> None:
    for n, alpha in ((1, 0.5), (2, 1.0), (2, 3.0), (5, 0.7), (30, 2), (200, 1.0), (200, 50.0),
                     (40, 1e-6), (40, 1e6)):
        name = f"for n = {n} and α = {alpha:g}"
        with np.errstate(all="ignore"):
            p = np.asarray(tables_pmf(n, alpha), dtype=float)
        right = _tables_pmf(n, alpha)
        assert p.shape == (n + 1,), f"{name} it returns the shape {p.shape}, not ({n + 1},)"
        assert np.all(np.isfinite(p)), f"{name} a probability is {p[~np.isfinite(p)][0]}"
        assert np.isclose(p.sum(), 1, rtol=1e-6), f"{name} they add up to {p.sum():.4g}"
        assert np.allclose(p, right, rtol=1e-5, atol=1e-12), (
            f"{name} the first are {np.round(p[:4], 4)}, not {np.round(right[:4], 4)}")


def _poisson_tables(n, alpha):
    mean = np.sum(alpha / (alpha + np.arange(n)))
    p = stats.poisson(mean).pmf(np.arange(n + 1))
    return p / p.sum()


def _binomial_tables(n, alpha):
    return stats.binom(n, np.mean(alpha / (alpha + np.arange(n)))).pmf(np.arange(n + 1))


def _stirling_in_floats(n, alpha):
    """The formula with numbers of permutations, which overflow."""
    row = np.zeros(n + 1)
    row[0] = 1.0
    for i in range(n):
        row = np.r_[0.0, row[:-1]] + i * row
    return row * float(alpha) ** np.arange(n + 1) / np.prod(float(alpha) + np.arange(n))


def _two_means(variance):
    x = np.array([0.0, 1, 4, 5])
    r = 1 / (1 + np.exp((x**2 - (x - 5) ** 2) / (2 * variance)))
    return r @ x / r.sum(), (1 - r) @ x / (1 - r).sum()


def _one_divisor():
    x = np.array([0.0, 1, 4, 5])
    r = 1 / (1 + np.exp((x**2 - (x - 5) ** 2) / 8))
    return r @ x / 4, (1 - r) @ x / 4


ANSWERS = {
    "mixtures-and-em-1": Number(
        np.sqrt(8 * np.log(2) / 3), ask="|x| =", transfer=True,
        hints=("The weights are equal: where do the two densities cross?",
               "The bad instrument's density has the factor 1/2 in front, and x²/8 in the "
               "exponent."),
        wrong=((np.sqrt(4 * np.log(2) / 3), "The exponents are x²/2 and x²/8: mind both halves."),
               (np.sqrt(8 * np.log(4) / 3), "The factor in front of the wide bell is one over its "
                                            "standard deviation, not over its variance."),
               (np.sqrt(32 * np.log(4) / 15), "4 is the variance; the standard deviation is 2."),
               (1.0, "At 1 the good one is still ahead: compare the heights."))),
    "mixtures-and-em-2": Array(
        _two_means(4.0), ask="means =",
        hints=("The log-odds of the first bell at x are (25 − 10x)/8.",
               "Each mean is Σ r x / Σ r, with its own responsibilities."),
        wrong=((_two_means(1.0), "That is for the standard deviation 1."),
               (_two_means(2.0), "2 is the standard deviation: the variance is 4."),
               ((0.5, 4.5), "That is the step of k-means. Here each datum belongs to both."),
               (_one_divisor(), "Divide by the sum of the responsibilities, not by n."))),
    "mixtures-and-em-3": Proof(
        ("E-step: r_ik is proportional to π_k exp(−μ_k) μ_k^(x_i), divided by the sum over k (the "
         "factorial cancels).",
         "M-step: Q = Σ r_ik (log π_k + x_i log μ_k − μ_k) + const. The weights are as before; in "
         "μ_k it is concave with its maximum at μ_k = Σ r_ik x_i / Σ r_ik (if that is above 0).",
         "The decomposition log p = F + KL uses nothing about the components. The E-step makes KL "
         "0, the M-step raises F, so the log-likelihood does not fall.",
         "Σ_k π_k μ_k = Σ_k (n_k/n) Σ_i r_ik x_i / n_k = (1/n) Σ_i x_i Σ_k r_ik, and the r_ik of "
         "one count add up to 1."),
        transfer=True,
        hints=("Write Q with the Poisson mass function. Which terms hold μ_k?",
               "For the last part put the M-step into Σ π_k μ_k and sum over k first.")),
    "mixtures-and-em-4": Function(
        _is_em_step, ask="em_step",
        hints=("Work with the logarithms of π_k N(x; μ_k, v_k), and subtract logsumexp.",
               "The variance is taken about the new mean, and divided by the sum of the "
               "responsibilities.",
               "np.log(variances)/2 belongs to the logarithm of the density.",
               "A value that occurs three times counts as three rows with one responsibility."),
        wrong=((lambda x, times, *a: _em_step(x, np.ones(len(x)), *a), "occur several times"),
               (lambda *a: _em_step(*a, rows=True), "occur several times its weights"),
               (lambda *a: _em_step(*a, log=False), "for a datum far out"),
               (lambda *a: _em_step(*a, old_mean=True), "for two equal bells its variances"),
               (lambda *a: _em_step(*a, ddof=1), "for two equal bells its variances"),
               (lambda *a: _em_step(*a, hard=True), "for two equal bells its"),
               (lambda *a: _em_step(*a, weighed=False), "for unequal weights"),
               (lambda *a: _em_step(*a, constant=False), "for unequal variances"),
               (lambda *a: _em_step(*a, share=False), "its weights"),
               (_em_step_of_sds, "for two equal bells its variances"),
               (_em_step_sorted, "for three bells in falling order"),
               (_em_step_in_place, "it changes what it is given"))),
    "mixtures-and-em-5": Function(
        _is_tables_pmf, ask="tables_pmf", transfer=True,
        hints=("Customer i opens a table with probability α/(α + i − 1), whatever happened before.",
               "Start with no customer and no table. How does each newcomer change the "
               "probabilities?",
               "Either there were k tables and the newcomer joins one, or k − 1 and a new one is "
               "opened."),
        wrong=((_poisson_tables, "for n = 1"),
               (_binomial_tables, "for n = 2"),
               (lambda n, alpha: _tables_pmf(n, alpha, first=1), "for n = 1"),
               (lambda n, alpha: _tables_pmf(n, alpha, joins=False), "they add up to"),
               (lambda n, alpha: _tables_pmf(n, alpha)[1:], "it returns the shape"),
               (lambda n, alpha: _tables_pmf(n, 1.0), "for n = 2 and α = 3"),
               (_stirling_in_floats, "a probability is nan"))),
    "mixtures-and-em-6": Fault(
        ("(a)", "(b)", "(c)", "(d)", "(e)"), "(c)", ask="It is",
        hints=("What is the log-likelihood in terms of z?",
               "The sum of r·z is Q. What is missing between Q and F?"),
        wrong=(("(a)", "It is the logarithm of π_k p_k(x_i): right."),
               ("(b)", "Each row is divided by its own sum: right."),
               ("(d)", "One sum per component: right."),
               ("(e)", "Each component's weighted mean: right."))),
    "mixtures-and-em-7": Choice(
        ("none", "(i) only", "(i) and (iii)", "(i), (ii) and (iii)"), "(i) and (iii)",
        ask="It can change for",
        hints=("What does a density do under a linear change of the units?",
               "Does a circle stay a circle, if one axis is stretched? Does an ellipse stay an "
               "ellipse?"),
        wrong=(("none", "k-means compares distances, and a gram counts like a millimetre now."),
               ("(i) only", "A round bell in kilograms is no round bell in grams."),
               ("(i), (ii) and (iii)", "With free covariances each bell is stretched along, and "
                                       "all densities change by one factor."))),
    "mixtures-and-em-8": Proof(
        ("The responsibilities of m and −m at x are 1/(1 + exp(∓2mx)), with the difference "
         "tanh(mx). Q is, up to constants, Σ [m x_i (r_i⁺ − r_i⁻) − m²/2] in the new m, with its "
         "maximum at (1/n) Σ x_i tanh(m x_i).",
         "T(0) = 0, and for m > 0 each x tanh(mx) is ≥ 0, increasing and concave in m, strictly if "
         "x ≠ 0, and T′(0) = s. So T is increasing and strictly concave on m ≥ 0, and bounded by "
         "the mean of |x_i|.",
         "If s ≤ 1, strict concavity gives T(m) < s·m ≤ m for m > 0. So the iterates fall, stay "
         "positive, and have a limit; by continuity it is a fixed point, and only 0 is one.",
         "If s > 1, T(m) > m for small m > 0 and T(m) < m for large m, so there is a fixed point "
         "m* > 0. T(m) − m is strictly concave and 0 at 0, so there is only one, with T(m) > m "
         "below and T(m) < m above.",
         "From 0 < m_0 < m* the iterates rise and, as T is increasing, stay below T(m*) = m*; from "
         "above they fall and stay above. Both have a limit that is a positive fixed point: m*."),
        transfer=True,
        hints=("Write the responsibilities of the two bells. What is their difference?",
               "T is increasing and concave for m ≥ 0. Draw it together with the line T = m.",
               "A sequence that only rises and is bounded has a limit; what is T of it?")),
}
