"""Answers to the exercises on nonparametric methods."""

import numpy as np
from scipy import stats
from scipy.integrate import trapezoid

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Proof


def _is_best_threshold(best_threshold) -> None:
    cases = (
        ("for two clean groups", [4.0, 1.0, 2.0, 9.0], [1, 0, 0, 1], 1, 3.0, 0.5),
        ("for groups of unequal size", [1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 0, 0, 0, 0, 1, 1],
         1, 6.5, 2 * 15 / 64 - 0.75 * 2 * 5 / 36),
        ("for two equally good questions", [1, 2, 3, 4], [0, 1, 1, 0], 1, 1.5, 0.5 - 0.75 * 4 / 9),
        ("for two questions that are equal but for rounding", [0, 1, 2, 3, 4, 5],
         [1, 1, 0, 0, 1, 1], 1, 1.5, 1 / 9),
        ("for a later question that is better by little", list(range(14)),
         [0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1], 1, 2.5, 128 / 1617),
        ("for repeated values", [2, 2, 2, 2, 1], [0, 0, 1, 1, 0], 1, 1.5, 0.08),
        ("for unequal gaps", [0, 1, 10, 100], [0, 0, 1, 1], 1, 5.5, 0.5),
        ("for labels that agree", [3, 1, 2], [1, 1, 1], 1, 1.5, 0.0),
        ("for values that agree", [5.0, 5.0, 5.0], [0, 1, 1], 1, None, 0.0),
        ("for one example", [5.0], [1], 1, None, 0.0),
        ("for two examples", [-1.0, 1.0], [1, 0], 1, 0.0, 0.5),
        ("for tiny values", [1e-200, 3e-200, 2e-200], [0, 1, 0], 1, 2.5e-200, 4 / 9),
        ("for huge values", [1e200, -3e200, -2e200], [0, 1, 1], 1, -5e199, 4 / 9),
        ("for a split that leaves the majority", [1, 2, 3, 4], [1, 1, 1, 0], 1, 3.5, 3 / 8),
        ("for a majority that stays", list(range(40)), [1] * 20 + [1, 0] * 10, 1, 20.5,
         3 / 8 - 19 / 40 * 2 * 9 * 10 / 19**2),
        ("for groups of at least two", [1, 2, 3, 4], [1, 0, 0, 0], 2, 2.5, 1 / 8),
        ("for groups of at least two with repeated values", [1, 2, 2, 2, 3, 3], [1, 0, 0, 0, 0, 0],
         2, 2.5, 1 / 36),
        ("if every group is too small", [1, 2, 3], [0, 1, 1], 2, None, 0.0),
    )
    for name, x, y, least, t, gain in cases:
        for make in (list, np.array):
            given = make(x), make(y)
            found = best_threshold(*given, least)
            assert [list(part) for part in given] == [x, y], f"{name} it changes what it is given"
            pair = isinstance(found, (tuple, list)) and len(found) == 2
            assert pair, f"{name} it returns {found!r}, not a pair"
            said = f"{name} it returns {found}, not ({t}, {gain:.6g})"
            assert (found[0] is None) == (t is None), said
            assert t is None or np.isclose(found[0], t, rtol=1e-9, atol=0 if t else 1e-12), said
            assert np.isclose(found[1], gain, rtol=0, atol=1e-9), said


def _best(x, y, least, *, impurity=lambda p: 2 * p * (1 - p), weighted=True, middle=True,
          last=False, unique=True, constant=True, near=1e-12, count=len):
    """The right program, or with one thing done otherwise."""
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    values = np.unique(x) if unique else np.sort(x)
    best = (None, 0.0) if constant else (float(x[0]), 0.0)
    for k in range(len(values) - 1):
        low, high = values[k], values[k + 1]
        if unique:
            a, b = y[x <= low], y[x > low]
        else:
            order = np.argsort(x, kind="stable")
            a, b = y[order[:k + 1]], y[order[k + 1:]]
        if min(count(a), count(b)) < least:
            continue
        share = len(a) / len(y) if weighted else 0.5
        gain = (impurity(y.mean()) - share * impurity(a.mean())
                - (1 - share) * impurity(b.mean()))
        better = gain > best[1] - 1e-12 if last else gain > best[1] + near
        if best[0] is None or better:
            best = (low / 2 + high / 2 if middle else low), gain
    return best


def _best_or_nothing(x, y, least):
    t, gain = _best(x, y, least)
    return (t, gain) if gain > 1e-12 else (None, 0.0)


def _best_in_place(x, y, least):
    found = _best(x, y, least)
    x.sort()
    return found


def _bits(p):
    return -sum(q * np.log2(q) for q in (p, 1 - p) if q > 0)


def _is_reflected(reflected) -> None:
    grid = np.linspace(0, 30, 6001)
    cases = (
        ("for one datum", [1.0], 0.5),
        ("for data near 0", [0.1, 0.2, 0.4, 2.0], 0.7),
        ("for a datum at 0", [0.0, 1.0, 3.0], 0.6),
        ("for repeated data", [1.0, 1.0, 1.0, 4.0], 1.0),
        ("for data far from 0", [9.0, 10.0], 0.3),
        ("for a wide h", [0.5, 1.0], 3.0),
    )
    for name, x, h in cases:
        def right(t, x=x, h=h):
            z = np.r_[x, -np.array(x)]
            return stats.norm.pdf(t[:, None], z, h).sum(axis=1) / len(x)

        for make in (list, np.array):
            t = [0.0, -0.5, 0.3, 2.0, 7.0, -1e-9]
            given = make(x), make(t)
            found = np.asarray(reflected(given[0], h, given[1]), dtype=float)
            assert [list(part) for part in given] == [x, t], f"{name} it changes what it is given"
            assert found.shape == (6,), f"{name} it returns the shape {found.shape}, not (6,)"
            assert np.all(found[[1, 5]] == 0), f"{name} it is not 0 below 0, but {found[[1, 5]]}"
            heights = reflected(make(x), h, make(grid.tolist()))
            whole = trapezoid(np.asarray(heights, dtype=float), grid)
            assert abs(whole - 1) < 1e-3, f"{name} the area is {whole:.4f}, not 1"
            want = right(np.array([0.0, 0.3, 2.0, 7.0]))
            assert np.allclose(found[[0, 2, 3, 4]], want, rtol=1e-9, atol=1e-14), (
                f"{name} it returns {found[[0, 2, 3, 4]]}, not {want}")
    unit = 1e-6
    small = np.asarray(reflected([1.0 * unit], 0.5 * unit, [0.2 * unit])) * unit
    assert np.allclose(small, reflected([1.0], 0.5, [0.2])), "in a small unit it is another density"


def _bells(x, h, t):
    x, t = np.asarray(x, dtype=float), np.asarray(t, dtype=float)
    return stats.norm.pdf(t[:, None], x, h).mean(axis=1)


def _inside(values, t):
    return np.where(np.asarray(t) >= 0, values, 0.0)


def _mirror(x, h, t):
    return _bells(x, h, t) + _bells(-np.asarray(x, dtype=float), h, t)


def _renormalised(x, h, t):
    return _inside(_bells(x, h, t), t) / np.mean(stats.norm.sf(0, np.asarray(x, dtype=float), h))


ANSWERS = {
    "nonparametric-methods-1": Array(
        (2 * stats.norm.pdf(2), 1.0), ask="f̂(0), h =",
        hints=("Both bells contribute the same at 0. How many standard deviations away is it?",
               "f̂(0) = φ(1/h)/h. Take the derivative of its logarithm by h."),
        wrong=(((stats.norm.pdf(2), 1.0), "A bell of width ½ is twice as high as φ."),
               ((4 * stats.norm.pdf(2), 1.0), "An average over two data, not a sum."),
               ((2 * stats.norm.pdf(1), 1.0), "With h = ½, 0 is two deviations from each datum."),
               ((2 * stats.norm.pdf(2), 0.5), "Try h = 1 as well."),
               ((2 * stats.norm.pdf(2), 2.0), "Wider bells are also lower. Where do the two "
                                              "effects balance?"))),
    "nonparametric-methods-2": Proof(
        ("In bin b the height is N_b/(nh), with a binomial N_b of mean np_b and variance "
         "np_b(1 − p_b). So the variance of the height is p_b(1 − p_b)/(nh²).",
         "Integrate over the bin (width h), and add up: Σ p_b(1 − p_b)/(nh) is "
         "1/(nh) − Σ p_b²/(nh). The expected height is p_b/h, so ∫ f̄² = Σ h(p_b/h)² = Σ p_b²/h.",
         "The leading terms are (h²/12)∫f′² + 1/(nh). The derivative by h is 0 at "
         "h³ = 6/(n ∫f′²), from below negative, then positive: h* ∝ n^(−1/3).",
         "Inserted, both terms are constants times n^(−2/3): the error falls more slowly than "
         "the n^(−4/5) of bells for a smooth f."),
        transfer=True,
        hints=("How is the number of data in one bin distributed?",
               "Set the derivative of the two leading terms to 0.")),
    "nonparametric-methods-3": Function(
        _is_best_threshold, ask="best_threshold",
        hints=("np.unique(x) are the different values, sorted. Which thresholds lie between them?",
               "Each group's impurity counts as much as its share of the examples.",
               "What do you return if all labels agree, and what if no question leaves enough?"),
        wrong=((lambda *a: _best(*a, weighted=False), "for groups of unequal size"),
               (lambda *a: _best(*a, middle=False), "for two clean groups"),
               (lambda *a: _best(*a, last=True), "for two equally good questions"),
               (lambda *a: _best(*a, near=0.0), "equal but for rounding"),
               (lambda *a: _best(*a, near=1e-3), "better by little"),
               (lambda *a: _best(*a, unique=False), "for repeated values"),
               (lambda *a: _best(*a, constant=False), "it returns"),
               (lambda *a: _best(*a, impurity=_bits), "for two clean groups"),
               (lambda *a: _best(*a, impurity=lambda p: 2 * min(p, 1 - p)),
                "for two clean groups"),
               (lambda *a: _best(*a, impurity=lambda p: p * (1 - p)), "for two clean groups"),
               (lambda x, *_: (np.median(np.asarray(x, dtype=float)), 0.5),
                "for groups of unequal size"),
               (lambda x, *a: _best(np.round(x, 6), *a), "for tiny values"),
               (lambda x, y, least: _best(x, y, 1), "for groups of at least two"),
               (lambda x, y, least: _best(x, y, least + 1), "it returns"),
               (lambda *a: _best(*a, count=lambda g: len(np.unique(g))), "it returns"),
               (_best_or_nothing, "for labels that agree"),
               (_best_in_place, "it changes what it is given"))),
    "nonparametric-methods-4": Fault(
        ("line 4", "line 6", "line 7", "line 8", "line 9"), "line 6", ask="It is",
        hints=("Which datum supports x[i] most, when h is tiny?",
               "Take x = [1, 2, 3] and i = 1. What is others?"),
        wrong=(("line 4", "A new sum for each bandwidth: right."),
               ("line 7", "The logarithm of the density at x[i]: right. Of which data is the "
                          "density?"),
               ("line 8", "The mean over the data, as in the text."),
               ("line 9", "The largest score is to be taken."))),
    "nonparametric-methods-5": Choice(
        ("0", "1/2", "1", "2"), "1/2", ask="It is nearly", transfer=True,
        hints=("What is E[f(t − hU)] for t = 0?",
               "f is 0 on one side of 0. On which share of the bell is it nearly 1?"),
        wrong=(("0", "There are data just above 0, and their bells reach it."),
               ("1", "That is f(0). But f is not continuous there."),
               ("2", "Nothing is counted twice. What lies below 0?"))),
    "nonparametric-methods-6": Function(
        _is_reflected, ask="reflected", transfer=True,
        hints=("For t ≥ 0 add the estimate at t and the estimate at −t.",
               "Divide by n, not by 2n: half of the doubled area is thrown away."),
        wrong=((lambda x, h, t: _bells(x, h, t), "it is not 0 below 0"),
               (lambda x, h, t: _inside(_bells(x, h, t), t), "the area is"),
               (_renormalised, "it returns"),
               (lambda x, h, t: _inside(2 * _bells(x, h, t), t), "the area is"),
               (lambda x, h, t: _inside(_mirror(x, h, t) / 2, t), "the area is"),
               (_mirror, "it is not 0 below 0"),
               (lambda x, h, t: _mirror(x, h, np.abs(t)), "it is not 0 below 0"),
               (lambda x, h, t: np.where(np.asarray(t) > 0, _mirror(x, h, t), 0.0), "it returns"),
               (lambda x, h, t: _inside(_bells(np.abs(x), h, np.abs(t)), t), "the area is"))),
    "nonparametric-methods-7": Proof(
        ("(a) The two draws agree in class c with probability p_c², in some class with Σ p_c². "
         "They differ with 1 − Σ p_c².",
         "(b) For two classes Gini is 2p(1 − p) = 2p − 2p². As p = π_A p_A + π_B p_B, the linear "
         "parts cancel: the gain is 2(π_A p_A² + π_B p_B² − p²).",
         "The bracket is the variance of a variable that is p_A with probability π_A and p_B with "
         "π_B, and that is π_A π_B (p_A − p_B)².",
         "(c) The gain is π_A π_B/2, largest at π_A = π_B = ½: of equally clear questions the one "
         "that halves the group gains most, 1/8."),
        hints=("With which probability are both draws of class c?",
               "Which part of 2p − 2p² is linear in p? What happens to it in the gain?",
               "The variance of a variable with two values is π(1 − π) times their squared "
               "distance.")),
}
