"""Answers to the exercises on logistic regression."""

import numpy as np
from scipy.special import expit, logit

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _is_soft_loss(soft_loss) -> None:
    cases = (
        ("for shares", [1.5, -0.5, 0.0], [0.7, 0.7, 0.25]),
        ("for whole labels", [1.5, -0.5, 2.5, -3.5], [1.0, 1.0, 0.0, 0.0]),
        ("for whole numbers", [2, -3, 0, 1], [1, 0, 1, 0]),
        ("for one number", [-2.25], [0.9]),
        ("for equal numbers", [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
        ("for z = 40 and y = 1", [40.0], [1.0]),
        ("for z = -40 and y = 0", [-40.0], [0.0]),
        ("for z = 40 and y = 0", [40.0], [0.0]),
        ("for z = 300 and y = 1", [300.0], [1.0]),
        ("for z = 800", [800.0, 800.0, 800.0], [0.0, 0.3, 1.0]),
        ("for z = -800", [-800.0, -800.0, -800.0], [0.0, 0.3, 1.0]),
        ("for |z| = 100 000", [1e5, -1e5, 1e5], [0.4, 0.4, 0.0]),
        ("for z near 0", [1e-9, -1e-9], [0.2, 1.0]),
    )
    for name, z, y in cases:
        at, share = np.array(z, dtype=float), np.array(y, dtype=float)
        rest = np.log1p(np.exp(-np.abs(at)))
        right = share * (np.maximum(-at, 0) + rest) + (1 - share) * (np.maximum(at, 0) + rest)
        for make in (list, np.array):
            given = make(z), make(y)
            with np.errstate(all="ignore"):
                found = np.asarray(soft_loss(*given))
            assert [list(part) for part in given] == [z, y], f"{name} it changes what it is given"
            assert found.shape == (len(z),), (
                f"{name} it returns the shape {found.shape}, not ({len(z)},)")
            assert np.allclose(found, right, rtol=1e-9, atol=0), (
                f"{name} it returns {found.tolist()}, not {right.tolist()}")


def _from_probability(z, y, least=0.0):
    p = np.clip(expit(np.asarray(z, dtype=float)), least, 1 - least)
    y = np.asarray(y, dtype=float)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _second_form(z, y):
    return np.logaddexp(0, z) - np.asarray(y) * np.asarray(z)


def _by_sign(z, y):
    return np.logaddexp(0, -(2 * np.asarray(y) - 1) * np.asarray(z))


def _soft(z, y):
    z, y = np.asarray(z, dtype=float), np.asarray(y, dtype=float)
    return y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)


def _whole_loss(z, y):
    loss = np.zeros_like(np.asarray(z))
    loss[:] = _soft(z, y)
    return loss


def _by_exp(z, y):
    z, y = np.asarray(z, dtype=float), np.asarray(y, dtype=float)
    return y * np.log1p(np.exp(-z)) + (1 - y) * np.log1p(np.exp(z))


def _counts(n0, k0, n1, k1):
    """Labels of two groups with k ones in n, mixed up."""
    x = np.repeat([0, 1], [n0, n1])
    y = np.concatenate([np.arange(n0) < k0, np.arange(n1) < k1]).astype(int)
    order = np.random.default_rng(0).permutation(n0 + n1)
    return x[order], y[order]


def _is_two_groups(two_groups) -> None:
    cases = (
        ("for 10 ones in 40 and 28 in 40", 40, 10, 40, 28),
        ("for 3 ones in 4 and 1 in 9", 4, 3, 9, 1),
        ("for equal shares", 6, 2, 9, 3),
        ("for 1 one in 2 and 1 in 2", 2, 1, 2, 1),
        ("for rare ones", 20_000, 1, 5000, 2),
        ("for rare zeros", 4000, 3999, 20_000, 19_998),
        ("for no ones in the first group", 5, 0, 8, 3),
        ("for ones only in the first group", 5, 5, 8, 3),
        ("for no ones in the second group", 5, 2, 3, 0),
        ("for ones only in the second group", 5, 2, 3, 3),
        ("for separated groups", 4, 0, 3, 3),
        ("for groups separated the other way", 4, 4, 3, 0),
        ("for no ones at all", 4, 0, 3, 0),
        ("for ones only", 4, 4, 3, 3),
    )
    for name, n0, k0, n1, k1 in cases:
        x, y = _counts(n0, k0, n1, k1)
        for make in (np.ndarray.tolist, np.array):
            given = make(x), make(y)
            with np.errstate(all="ignore"):
                found = two_groups(*given)
            assert [list(part) for part in given] == [x.tolist(), y.tolist()], (
                f"{name} it changes what it is given")
            if k0 in (0, n0) or k1 in (0, n1):
                assert found is None, f"{name} there is no best fit, and it returns {found}"
                continue
            assert found is not None, f"{name} there is a best fit, and it returns None"
            found = np.ravel(np.asarray(found, dtype=float))
            b = np.log(k0) - np.log(n0 - k0)
            w = np.log(k1) - np.log(n1 - k1) - b
            assert found.shape == (2,), f"{name} it returns {found.size} numbers, not 2"
            assert np.allclose(found, (b, w), rtol=1e-7, atol=1e-9), (
                f"{name} it returns {found.tolist()}, not {[float(b), float(w)]}")


def _shares(x, y, add=0.0):
    x, y = np.asarray(x), np.asarray(y)
    return [(y[x == k].sum() + add) / (np.sum(x == k) + 2 * add) for k in (0, 1)]


def _groups(slope, *, first=0, add=0.0, none=lambda p, q: min(p, q) == 0 or max(p, q) == 1):
    """The right program, or with one thing done otherwise."""
    def two_groups(x, y):
        p, q = _shares(x, y, add)
        if none(p, q):
            return None
        return logit((p, q)[first]), slope(p, q)
    return two_groups


def _difference(p, q):
    return logit(q) - logit(p)


def _overall(x, y):
    p, q = _shares(x, y)
    if min(p, q) == 0 or max(p, q) == 1:
        return None
    return logit(np.mean(y)), logit(q) - logit(p)


ANSWERS = {
    "logistic-regression-1": Number(
        16 / 17, ask="probability =",
        hints=("What are the odds at x = 0 and at x = 3?",
               "Three units multiply the odds by 4. How often does that happen up to x = 9?"),
        wrong=((0.8, "That is the probability at x = 6."),
               (1.1, "It is not the probability that lies on a straight line."),
               (1, "The model never says 1."),
               (16, "Those are the odds. Turn them into a probability."),
               (np.log(16), "Those are the log-odds. Send them through σ."))),
    "logistic-regression-2": Function(
        _is_soft_loss, ask="soft_loss", transfer=True,
        hints=("Write −log σ(z) and −log(1 − σ(z)) with log(1 + e^u), u = −z and u = z.",
               "Does your program subtract two numbers that are nearly equal? Try z = 40, y = 1.",
               "np.logaddexp(0, u) is log(1 + e^u), for every u."),
        wrong=((_from_probability, "for z = 40 and y = 1"),
               (lambda z, y: _from_probability(z, y, 1e-15), "for z = 40 and y = 1"),
               (_second_form, "for z = 40 and y = 1"),
               (_by_sign, "for shares"),
               (lambda z, y: _by_sign(z, np.round(y)), "for shares"),
               (lambda z, y: _soft(-np.asarray(z), y), "for shares"),
               (_whole_loss, "for whole numbers"),
               (_by_exp, "for z = 800"),
               (lambda z, y: _soft(np.clip(z, -500, 500), y), "for z = 800"),
               (lambda z, y: np.asarray(y) * np.logaddexp(0, -np.asarray(z)), "for shares"),
               (lambda z, y: np.mean(_soft(z, y)), "it returns the shape ()"))),
    "logistic-regression-3": Proof(
        ("If the infimum is 0, there is a θ with NLL(θ) < log 2.",
         "All terms log(1 + exp(−mᵢ)) are positive, so each of them is less than the sum, and less "
         "than log 2.",
         "log(1 + exp(−mᵢ)) < log 2 says exp(−mᵢ) < 1, that is, mᵢ > 0. So every margin of this θ "
         "is positive: v = θ separates completely (and it is not 0, since its margins are not).",
         "The last two steps used no infimum: any θ with a sum below log 2 (a mean below "
         "log 2 / n) proves the separation, and is itself the separating direction."),
        hints=("What does it say of one term if the sum of all is small?",
               "For which margins is log(1 + exp(−m)) less than log 2?")),
    "logistic-regression-4": Function(
        _is_two_groups, ask="two_groups",
        hints=("Which probability does the model give for x = 0, and which for x = 1?",
               "b is the log-odds of the first group's share; b + w that of the second's.",
               "What if a share is 0 or 1? One such group is enough."),
        wrong=((_groups(lambda p, q: logit(q)), "for 10 ones in 40"),
               (_groups(lambda p, q: np.log(q / p)), "for 10 ones in 40"),
               (_groups(lambda p, q: q - p), "for 10 ones in 40"),
               (_groups(lambda p, q: logit(p) - logit(q), first=1), "for 10 ones in 40"),
               (_groups(_difference, add=0.5, none=lambda p, q: False), "for 10 ones in 40"),
               (_overall, "for 10 ones in 40"),
               (_groups(_difference, none=lambda p, q: False), "there is no best fit"),
               (_groups(_difference, none=lambda p, q: {p, q} == {0, 1}), "there is no best fit"),
               (_groups(_difference, none=lambda p, q: min(p, q) == 0), "there is no best fit"),
               (_groups(_difference, none=lambda p, q: p in (0, 1) and q in (0, 1)),
                "there is no best fit"),
               (_groups(_difference, none=lambda p, q: p in (0, 1)), "there is no best fit"),
               (_groups(_difference, none=lambda p, q: min(p, q, 1 - p, 1 - q) < 1e-2),
                "for rare ones"),
               (_groups(_difference, none=lambda p, q: p == q or min(p, q) == 0 or max(p, q) == 1),
                "for equal shares"))),
    "logistic-regression-5": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 3", ask="It is in",
        hints=("One of the words “less than” and “at most” is decisive.",
               "What does the loss of an example do along v if its margin is 0?"),
        wrong=(("line 1", "That is given: it is a property of the data set."),
               ("line 2", "If all were positive, v would separate the data completely."),
               ("line 4", "That is true: a closed convex set without a ray in it is bounded, and "
                          "the sets where a convex function is at most c are such."))),
    "logistic-regression-6": Choice(
        ("a", "b", "c"), "b", ask="No answer for",
        hints=("Call is_separable(X, y) on each of the three, with the birds of two species only.",
               "Draw the birds by the two measurements: is there a line between the species?"),
        wrong=(("a", "Gentoos are larger on average. Is there a line with all of them beyond it?"),
               ("c", "A bill or a flipper more or less: here the species overlap."))),
    "logistic-regression-7": Number(
        4 / 103, ask="probability =", transfer=True,
        hints=("Work with odds. What does Bayes' theorem do to them if the prior odds change?",
               "The prior odds fall from 1 to 1/99."),
        wrong=((0.8, "The same look is weaker evidence where damage is rare."),
               (0.008, "Probabilities are not multiplied: multiply the odds."),
               (4 / 99, "Those are the odds."),
               (0.01, "That is the share before anyone looked at this booster."),
               (4 / 104, "Nearly: the prior odds are 1 to 99, not 1 to 100."))),
    "logistic-regression-8": Choice(
        ("between 0.1 and 0.6", "between 0.044 and 0.6", "between 0.044 and 0.1",
         "between 0.4 and 0.6"),
        "between 0.044 and 0.6", ask="For p", transfer=True,
        hints=("What does each of the three actions cost on average?",
               "The expert must be cheaper than both other actions."),
        wrong=(("between 0.1 and 0.6", "At 0.08, calling 0 costs 9 · 0.08 on average."),
               ("between 0.044 and 0.1", "At 0.5, calling 1 costs 0.5 on average."),
               ("between 0.4 and 0.6", "At 0.2, what do calling 0 and calling 1 cost?"))),
}
