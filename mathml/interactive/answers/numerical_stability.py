"""Answers to the exercises on numerical stability."""

import math
from decimal import Decimal, localcontext

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof

INF = np.inf


def _log_one_minus_exp(d: float) -> float:
    """log(1 − e^d) to all digits."""
    with localcontext() as context:
        context.prec = 60
        return float((1 - Decimal(d).exp()).ln())


_DIFFERENCES = (  # a, b, log(e^a − e^b), and what the case is about
    (np.log(5), np.log(3), np.log(2), "log 5 and log 3"),
    (1000.0, 999.0, 1000 + np.log1p(-np.exp(-1.0)), "huge a and b"),
    (-1000.0, -1001.0, -1000 + np.log1p(-np.exp(-1.0)), "huge negative a and b"),
    (0.0, -1e-10, np.log(1e-10) - 5e-11, "a and b almost equal"),
    (0.0, -1e-6, np.log(-np.expm1(-1e-6)), "a and b almost equal"),
    (0.0, -1e-20, np.log(1e-20), "a and b almost equal"),
    (0.0, -20.0, np.log1p(-np.exp(-20.0)), "a and b far apart"),
    (0.0, -40.0, -np.exp(-40.0), "a and b far apart"),
    (1000.0, 0.0, 1000.0, "a and b far apart"),
    (0.0, -0.69, np.log(-np.expm1(-0.69)), "a − b near log 2"),
    (0.0, -0.7, np.log1p(-np.exp(-0.7)), "a − b near log 2"),
    *((0.0, -d, _log_one_minus_exp(-d), "a − b of any size")
      for d in np.geomspace(1e-9, 30, 60)),
    (3.5, 3.5, -INF, "equal a and b"),
    (2.5, -INF, 2.5, "b = −∞"),
    (-INF, -INF, -INF, "a = b = −∞"),
)


def _is_log_sub_exp(log_sub_exp) -> None:
    with np.errstate(all="ignore"):
        for a, b, right, case in _DIFFERENCES:
            found = log_sub_exp(a, b)
            near = found == right or (
                np.isfinite(right) and abs(found - right) <= 1e-14 * abs(right))
            assert near, (
                f"with {case}, a = {a:.4g} and b = {b:.4g}, it returns {found}, not {right}")


def _always_log1p(a, b):
    return a if b == -INF else -INF if a == b else a + np.log1p(-np.exp(b - a))


def _always_expm1(a, b):
    return a if b == -INF else -INF if a == b else a + np.log(-np.expm1(b - a))


def _branches_swapped(a, b):
    if b == -INF or a == b:
        return a if a != b else -INF
    d = b - a
    return a + (np.log1p(-np.exp(d)) if d > -np.log(2) else np.log(-np.expm1(d)))


def _far_threshold(a, b):
    if b == -INF or a == b:
        return a if a != b else -INF
    return _always_expm1(a, b) if b - a > -15 else _always_log1p(a, b)


def _divided(a, b):
    """The threshold is right, and where a − b is large the exponential overflows."""
    if b == -INF or a == b:
        return a if a != b else -INF
    d = float(a - b)
    return _always_expm1(a, b) if d < np.log(2) else a + np.log1p(-1 / math.exp(d))


def _no_guard(a, b):
    d = b - a
    return a + (np.log(-np.expm1(d)) if d > -np.log(2) else np.log1p(-np.exp(d)))


def _record(x) -> tuple:
    x = np.asarray(x, dtype=float)
    if len(x) == 0:
        return 0, 0.0, 0.0
    return len(x), float(x.mean()), float(np.sum((x - x.mean()) ** 2))


_PARTS = (
    ([1, 3], [5, 7], "two and two numbers"),
    ([1, 2, 3, 4], [10], "four numbers and one"),
    ([2], [5, 5, 5, 8, 1], "one number and five"),
    ([5, 7, 9], [1, 3], "a second mean that is smaller"),
    ([], [4, 6], "an empty first record"),
    ([4, 6, 9], [], "an empty second record"),
    ([], [], "two empty records"),
    ([1e8 + 1, 1e8 + 2.5], [1e8 + 3, 1e8 + 7, 1e8 + 8.25], "means near 10⁸"),
    ([-5, -1], [3, 9, 0], "means of different signs"),
)


def _merges(merge) -> None:
    for one, two, case in _PARTS:
        first, second = _record(one), _record(two)
        with np.errstate(all="ignore"):
            found = merge(first, second)
        assert len(found) == 3, "it should return a tuple of three: n, the mean, and M"
        right = _record([*one, *two])
        for k, name in enumerate(("n", "the mean", "M")):
            near = abs(found[k] - right[k]) <= 1e-7 * abs(right[k])
            assert near, f"for {case}, {name} is {found[k]}, not {right[k]:.10g}"


def _merge_without_means(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n = n1 + n2
    return (n, (n1 * m1 + n2 * m2) / n, M1 + M2) if n else (0, 0.0, 0.0)


def _merge_unweighted(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n = n1 + n2
    return (n, (m1 + m2) / 2, M1 + M2 + (m2 - m1) ** 2 * n1 * n2 / n) if n else (0, 0.0, 0.0)


def _merge_by_squares(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n = n1 + n2
    if n == 0:
        return 0, 0.0, 0.0
    m = (n1 * m1 + n2 * m2) / n
    return n, m, (M1 + n1 * m1**2) + (M2 + n2 * m2**2) - n * m**2


def _merge_never_empty(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n, d = n1 + n2, m2 - m1
    return n, m1 + d * np.float64(n2) / n, M1 + M2 + d**2 * n1 * np.float64(n2) / n


def _merge_undivided(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n, d = n1 + n2, m2 - m1
    return (n, m1 + d * n2 / n, M1 + M2 + d**2 * n1 * n2) if n else (0, 0.0, 0.0)


def _merge_equal_halves(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n, d = n1 + n2, m2 - m1
    return (n, m1 + d * n2 / n, M1 + M2 + d**2 * n / 4) if n else (0, 0.0, 0.0)


def _merge_wrong_way(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n, d = n1 + n2, m2 - m1
    return (n, m1 + d * n1 / n, M1 + M2 + d**2 * n1 * n2 / n) if n else (0, 0.0, 0.0)


def _merge_by_the_size_of_d(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    n, d = n1 + n2, abs(m2 - m1)
    return (n, m1 + d * n2 / n, M1 + M2 + d**2 * n1 * n2 / n) if n else (0, 0.0, 0.0)


def _merge_only_if_both(first, second):
    (n1, m1, M1), (n2, m2, M2) = first, second
    if not (n1 and n2):
        return first
    n, d = n1 + n2, m2 - m1
    return n, m1 + d * n2 / n, M1 + M2 + d**2 * n1 * n2 / n


ANSWERS = {
    "numerical-stability-1": Number(
        2**11, ask="It stops at", digits=4,
        hints=("Where do the floats of this format begin to be 2 apart?",
               "Between which two powers of 2 does every whole number have its float?"),
        wrong=((2**11 - 1, "One more addition still works: the next whole number is a float."),
               (2**10, "Above it the floats are 1 apart, which is just enough."),
               (2**12, "From where on are floats 2 apart? It comes to a halt there."),
               (65504, "That is the largest float of the format. The counter stops long before."))),
    "numerical-stability-2": Number(
        1e-8, ask="x =", transfer=True,
        hints=("Compute the larger solution: nothing cancels there.",
               "The product of the two solutions is the constant term of the equation."),
        wrong=((7.450580596923828e-9,
                "That is what the formula from school returns: it subtracts two numbers that are "
                "almost equal."),
               (1e8, "That is the larger one."),
               (0, "0 does not solve the equation."))),
    "numerical-stability-3": Function(
        _is_log_sub_exp, ask="log_sub_exp",
        hints=("Take a out: log(eᵃ − eᵇ) = a + log(1 − e^(b − a)).",
               "If b − a is near 0, 1 − e^(b − a) cancels: which of the two functions helps? And "
               "if e^(b − a) is tiny beside 1?",
               "b = −∞ and a = b need a line each."),
        wrong=((lambda a, b: np.log(np.exp(a) - np.exp(b)), "huge a and b"),
               (lambda a, b: a + np.log(1 - np.exp(b - a)), "almost equal"),
               (_always_log1p, "almost equal"),
               (_always_expm1, "far apart"),
               (_branches_swapped, "almost equal"),
               (_far_threshold, "a − b of any size"),
               (_divided, "OverflowError"),
               (_no_guard, "a = b = −∞"),
               (lambda a, b: 0.0 if a == b else _always_log1p(a, b), "almost equal"),
               (lambda a, b: np.logaddexp(a, b), "log 5 and log 3"),
               (lambda a, b: np.log(2), "huge a and b"))),
    "numerical-stability-4": Proof(
        ("Let b lie in [2ᵉ, 2ᵉ⁺¹). By the theorem on where the floats lie, b is a whole multiple "
         "of s = 2u·2ᵉ.",
         "As b ≤ a ≤ 2b, the spacing of the floats at a is s or 2s, so a is a whole multiple of s "
         "as well. Hence a − b = k·s with a whole k ≥ 0.",
         "a ≤ 2b gives a − b ≤ b < 2ᵉ⁺¹ = 2ᵖ·s, so k < 2ᵖ.",
         "A multiple k·s with k < 2ᵖ needs no more than p binary digits, and s is at least the "
         "spacing of the smallest floats: so k·s is a float (0, subnormal or normal)."),
        hints=("Of which spacing are both a and b whole multiples?",
               "Which multiples of it, counted from 0, are floats?")),
    "numerical-stability-5": Fault(
        ("examples that the model gets most wrong have the gradient 0",
         "the loss of examples that are right and sure is far too large",
         "the clipped probabilities do not add up to 1, so every gradient is wrong",
         "softmax may still overflow"),
        "examples that the model gets most wrong have the gradient 0", ask="The fault is that",
        hints=("For which scores does the third line change anything?",
               "What is the derivative of clip(p, 1e-15, 1) where p is below 1e-15?"),
        wrong=(("the loss of examples that are right and sure is far too large",
                "There p is near 1, and the clip leaves it alone."),
               ("the clipped probabilities do not add up to 1, so every gradient is wrong",
                "Where nothing is clipped, nothing changes: there the gradient is the right one."),
               ("softmax may still overflow",
                "A library's softmax takes the maximum out. What does the next line do?"))),
    "numerical-stability-6": Choice(
        ("replace negative values by 0",
         "subtract one and the same tree from all of them first",
         "divide all coordinates by 3 680 000 first",
         "add the three products of a dot product pairwise"),
        "subtract one and the same tree from all of them first", ask="You", transfer=True,
        hints=("How large are the three numbers that are added and subtracted, and how far apart "
               "are floats there?",
               "Which change of the points changes no distance, but the sizes of the numbers?"),
        wrong=(("replace negative values by 0",
                "That hides the worst and leaves the others off by millions."),
               ("divide all coordinates by 3 680 000 first",
                "Then everything is divided by the same number, and relative errors stay."),
               ("add the three products of a dot product pairwise",
                "Three terms have no long sum. What is lost, is lost in the subtraction."))),
    "numerical-stability-7": Choice(
        ("the problem: as a function of n it has a condition number near 10¹⁵",
         "the program: 1 + 1/n is rounded, and the power has the condition number n",
         "the power function of Python, which is inexact for such exponents",
         "nobody: 3.035 is the right value for this n"),
        "the program: 1 + 1/n is rounded, and the power has the condition number n",
        ask="To blame is",
        hints=("Which float is 1 + 10⁻¹⁵, and what does the table of condition numbers say about "
               "its power?",
               "How does the value (1 + 1/n)ⁿ change on paper, if n changes by a thousandth?"),
        wrong=(("the problem: as a function of n it has a condition number near 10¹⁵",
                "On paper it hardly moves with n: it is e, up to 1 part in 10¹⁵."),
               ("the power function of Python, which is inexact for such exponents",
                "Of the float it is given it computes the power well. Which float is that?"),
               ("nobody: 3.035 is the right value for this n",
                "On paper it is below e for every n."))),
    "numerical-stability-8": Function(
        _merges, ask="merge", transfer=True,
        hints=("Use the identity of the three variances for each part, with c the common mean.",
               "The two distances of the parts' means from the common mean are proportional to the "
               "sizes of the other part.",
               "Two empty records have no mean: answer them first."),
        wrong=((_merge_without_means, "M is 4.0, not 20"),
               (_merge_unweighted, "for four numbers and one, the mean"),
               (_merge_by_squares, "means near 10⁸"),
               (_merge_never_empty, "two empty records"),
               (_merge_undivided, "two and two"),
               (_merge_equal_halves, "for four numbers and one, M"),
               (_merge_wrong_way, "for four numbers and one, the mean"),
               (_merge_by_the_size_of_d, "a second mean that is smaller"),
               (_merge_only_if_both, "an empty first record"),
               (lambda first, second: (4, 4.0, 20.0), "for four numbers and one"))),
}
