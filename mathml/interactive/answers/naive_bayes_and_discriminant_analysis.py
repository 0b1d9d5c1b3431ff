"""Answers to the exercises on naive Bayes and discriminant analysis."""

import copy
from collections import Counter
from itertools import chain
from math import log

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Proof

SPAM = [["win", "cash", "now"], ["cash", "cash", "prize"], ["now"]]
HAM = [["see", "you", "here", "now"], ["the", "cash", "is", "here"]]


def _log_odds(message, spam, ham, alpha, *, prior=True, smooth_total=True, dictionary="both",
              skip=True, once=False, sign=1.0, add=True):
    """The right program, or with one thing done otherwise."""
    in_spam, in_ham = (Counter(chain.from_iterable(texts)) for texts in (spam, ham))
    words = {"both": set(in_spam) | set(in_ham), "spam": set(in_spam)}[dictionary]
    extra = alpha * len(words) if smooth_total else 0
    odds = log(len(spam) / len(ham)) if prior else 0.0
    for word in set(message) if once else message:
        if word in words or not skip:
            c1, c0 = (count[word] + (alpha if add else 1) for count in (in_spam, in_ham))
            odds += log(c1 / (in_spam.total() + extra)) - log(c0 / (in_ham.total() + extra))
    return sign * odds


def _by_products(message, spam, ham, alpha):
    in_spam, in_ham = (Counter(chain.from_iterable(texts)) for texts in (spam, ham))
    words = set(in_spam) | set(in_ham)
    p = [float(len(spam)), float(len(ham))]
    for word in message:
        if word in words:
            p[0] *= (in_spam[word] + alpha) / (in_spam.total() + alpha * len(words))
            p[1] *= (in_ham[word] + alpha) / (in_ham.total() + alpha * len(words))
    with np.errstate(all="ignore"):
        return np.log(p[0]) - np.log(p[1])


def _of_bits(message, spam, ham, alpha):
    words, odds = set(chain(*spam, *ham)), log(len(spam) / len(ham))
    for word in words:
        chance = [(sum(word in text for text in texts) + alpha) / (len(texts) + 2 * alpha)
                  for texts in (spam, ham)]
        p1, p0 = chance if word in message else (1 - c for c in chance)
        odds += log(p1) - log(p0)
    return odds


def _in_place(message, spam, ham, alpha):
    found = _log_odds(message, spam, ham, alpha)
    message.sort()
    return found


def _is_spam_log_odds(spam_log_odds) -> None:
    many = [["a", "b"]] * 9 + [["b", "c", "c"]] * 3
    cases = (
        ("for one known word and as many messages", ["a"], [["a", "b"]], [["b", "a", "a"]], 1.0),
        ("for an empty message", [], SPAM, HAM, 1.0),
        ("for a message that repeats a word", ["cash", "cash", "now", "cash"], SPAM, HAM, 1.0),
        ("for a word that only ham has", ["the", "win"], SPAM, HAM, 0.5),
        ("for words that no message has", ["zebra", "win", "yak", "zebra"], SPAM, HAM, 2.0),
        ("for a small alpha", ["see", "prize", "you"], SPAM, HAM, 1e-9),
        ("for a large alpha", ["see", "prize", "cash"], SPAM, HAM, 1e6),
        ("for classes of very different sizes", ["c", "a"], many, [["c"]], 0.3),
        ("for a dictionary of one word", ["b", "b"], [["b"]], [["b", "b"], ["b"]], 1.0),
        ("for an empty message in a class", ["now"], [*SPAM, []], HAM, 1.0),
        ("for 3000 words", ["win", "the", "now"] * 1000, SPAM, HAM, 1.0),
    )
    for name, *given, alpha in cases:
        expected, before = _log_odds(*given, alpha), copy.deepcopy(given)
        found = np.asarray(spam_log_odds(*given, alpha))
        assert given == before, f"{name} it changes a list"
        is_number = found.shape == () and found.dtype.kind in "iuf"
        assert is_number, f"{name} it returns {found}, not a number"
        assert np.isclose(found, expected, rtol=1e-7, atol=1e-9), (
            f"{name} it returns {float(found):.6g}, not {expected:.6g}")


def _gaps(x, log_prior, means, variances, *, fill=None, prior=True, height=True, root=False):
    """The right program, or with one thing done otherwise."""
    x, m, v = (np.array(a, dtype=float) for a in (x, means, variances))
    gone = np.isnan(x)
    v = v**2 if root else v
    filled = {None: x, "zero": np.where(gone, 0, x), "mean": np.where(gone, m, x),
              "flock": np.where(gone, m.mean(axis=0), x)}[fill]
    logs = -0.5 * ((filled - m) ** 2 / v + height * np.log(v))
    logs = (logs[:, ~gone] if fill is None else logs).sum(axis=1)
    logs = logs + (np.asarray(log_prior) if prior else 0)
    return np.exp(logs - logs.max()) / np.sum(np.exp(logs - logs.max()))


def _gaps_by_products(x, log_prior, means, variances):
    x, m, v = (np.array(a, dtype=float) for a in (x, means, variances))
    there = ~np.isnan(x)
    with np.errstate(all="ignore"):
        p = np.exp(log_prior) * np.prod(
            (np.exp(-0.5 * (x - m) ** 2 / v) / np.sqrt(2 * np.pi * v))[:, there], axis=1)
        return p / p.sum()


def _gaps_in_place(x, log_prior, means, variances):
    found = _gaps(x, log_prior, means, variances)
    if isinstance(x, np.ndarray):
        x[np.isnan(x)] = 0
    return found


def _is_with_gaps(with_gaps) -> None:
    rng, nan = np.random.default_rng(0), np.nan
    shares = np.log([0.2, 0.3, 0.5])
    means, variances = rng.normal(size=(3, 4)), rng.gamma(2, size=(3, 4))
    two = np.log([0.9, 0.1])
    cases = (
        ("if all was measured", [0.3, -1.0, 2.0, 0.5], shares, means, variances),
        ("if one entry is missing", [0.3, nan, 2.0, 0.5], shares, means, variances),
        ("if one entry is left", [nan, nan, nan, 0.1], shares, means, variances),
        ("if nothing was measured", [nan] * 4, shares, means, variances),
        ("for equal entries", [1.0, 1.0, nan, 1.0], shares, means, variances),
        ("for a single feature", [0.5], two, [[0.0], [1.0]], [[1.0], [4.0]]),
        ("for a single feature, missing", [nan], two, [[0.0], [1.0]], [[1.0], [4.0]]),
        ("far away", [60.0, nan, -70.0, 80.0], shares, means, variances),
        ("in a tiny unit", [3e-9, nan], two, [[0.0, 5e-9], [1e-9, 0.0]],
         [[1e-18, 1e-18], [4e-18, 9e-18]]),
    )
    for name, x, *rest in cases:
        expected = _gaps(x, *rest)
        for make in (np.array, lambda a: np.array(a).tolist()):
            given = make(x)
            found = np.asarray(with_gaps(given, *map(make, rest)), dtype=float)
            assert np.array_equal(given, x, equal_nan=True), f"{name} it changes x"
            assert found.shape == expected.shape, f"{name} it returns the shape {found.shape}"
            assert np.allclose(found, expected, rtol=1e-6, atol=1e-9), (
                f"{name} it returns {found}, not {expected}")


ANSWERS = {
    "naive-bayes-and-discriminant-analysis-1": Array(
        (1 / 7, 1.5 / 70), ask="θ in ham, θ in spam =",
        hints=("Of how many outcomes does each model speak: of a message, of a word?",
               "With it and without it: two outcomes. Which word: sixty outcomes."),
        wrong=(((0, 0.025), "That is without smoothing."),
               ((1 / 6, 1.5 / 70), "α is added to both counts: with the word and without it."),
               ((1 / 7, 1.5 / 40.5), "α is added to the count of each of the 60 words."),
               ((1 / 7, 1.5 / 41), "A word is one of 60, not one of two."),
               ((1 / 65, 1.5 / 70), "In the first model a message has the word or has it not."),
               ((1 / 7, 0.02), "In the second model α is 0.5."))),
    "naive-bayes-and-discriminant-analysis-2": Function(
        _is_spam_log_odds, ask="spam_log_odds",
        hints=("Count the words of each class, and take the logarithm of each smoothed share.",
               "The denominator is the number of words of the class, plus α for each word of the "
               "whole dictionary.",
               "Add logarithms, one for each time a word occurs; start with those of the shares of "
               "the classes."),
        wrong=((lambda m, s, h, a: _log_odds(m, s, h, a, prior=False), "for an empty message"),
               (lambda m, s, h, a: _log_odds(m, s, h, a, once=True), "that repeats a word"),
               (lambda m, s, h, a: _log_odds(m, s, h, a, skip=False), "that no message has"),
               (lambda m, s, h, a: _log_odds(m, s, h, a, dictionary="spam"), "it returns"),
               (lambda m, s, h, a: _log_odds(m, s, h, a, smooth_total=False), "it returns"),
               (lambda m, s, h, a: _log_odds(m, s, h, a, add=False), "it returns"),
               (lambda m, s, h, a: _log_odds(m, s, h, a, sign=-1.0), "it returns"),
               (_of_bits, "it returns"),
               (_by_products, "for 3000 words"),
               (_in_place, "it changes a list"))),
    "naive-bayes-and-discriminant-analysis-3": Proof(
        ("The log-odds of Gaussian naive Bayes are f₁(x₁) + f₂(x₂) with a constant in either: "
         "given the class the features are independent, so no term has both.",
         "So the log-odds at (1, 1) and (−1, −1) add up to the same number as those at (1, −1) and "
         "(−1, 1): f₁(1) + f₁(−1) + f₂(1) + f₂(−1). The first sum would have to be positive, the "
         "second negative.",
         "Two bells with mean 0, variances 1 and covariance r for class 1, −r for class 0, with "
         "0 < r < 1. The determinants are equal and cancel, and the log-odds are "
         "2r x₁x₂/(1 − r²): positive where x₁x₂ > 0, negative where it is negative."),
        hints=("Which terms can the log-odds of naive Bayes not have?",
               "Compare the four points (±1, ±1).",
               "Let one cloud lean to one side and the other to the other."),
        transfer=True),
    "naive-bayes-and-discriminant-analysis-4": Array(
        (24, 44, 26), ask="LDA, QDA, naive =",
        hints=("Shares of three species: how many are free?",
               "A symmetric 4 × 4 matrix has 4 variances and 6 covariances."),
        wrong=(((25, 45, 27), "Three shares add up to 1."),
               ((22, 42, 24), "The shares are parameters, too."),
               ((30, 62, 26), "A covariance matrix is symmetric."),
               ((12, 32, 14), "Where are the means?"),
               ((24, 44, 18), "In naive Bayes each species has variances of its own."),
               ((24, 24, 26), "In QDA each species has a covariance of its own."))),
    "naive-bayes-and-discriminant-analysis-5": Fault(
        ("line 1", "line 2", "line 3", "line 4", "line 5", "line 6"), "line 5", ask="It is",
        hints=("Write down the logarithm of a normal density. What stands before the square?",
               "A wide bell is low. Where does the program know that?"),
        wrong=(("line 1", "These are the examples of class k."),
               ("line 2", "That is the share of the class, rightly computed."),
               ("line 3", "The mean of each feature, over the examples of the class."),
               ("line 4", "Maximum likelihood divides by their number; with one less hardly a "
                          "label would change."),
               ("line 6", "Its sum is right if its terms are. Which line makes them?"))),
    "naive-bayes-and-discriminant-analysis-6": Proof(
        ("P(y = 1) = 2⁻ᵈ; given y = 1 every bit is 1. Given y = 0 a bit is 1 with the chance "
         "q = (2^(d−1) − 1)/(2ᵈ − 1), by counting the sequences that are not all ones.",
         "An x with a 0 in it has the product 0 in class 1, and a positive one in class 0, since "
         "0 < q < 1 for d ≥ 2. Label 0: right.",
         "At all ones compare 2⁻ᵈ with (1 − 2⁻ᵈ)qᵈ. As 2(2^(d−1) − 1) = 2ᵈ − 2 < 2ᵈ − 1, q < ½, so "
         "(1 − 2⁻ᵈ)qᵈ < 2⁻ᵈ. Label 1: right.",
         "The second product is positive, so naive Bayes gives class 1 less than 1 there. The "
         "true probability is 1: its label is right, its probability is not."),
        hints=("How many of the 2ᵈ − 1 sequences with y = 0 have a 1 in the first place?",
               "Is the chance of a 1, given y = 0, above or below ½?")),
    "naive-bayes-and-discriminant-analysis-7": Choice(
        ("nothing changes: the mean is nothing new",
         "LDA and QDA stay as they were; naive Bayes counts the mean as one more witness",
         "LDA and QDA have no fit; naive Bayes counts the mean as one more witness",
         "none of the three has a fit"),
        "LDA and QDA have no fit; naive Bayes counts the mean as one more witness",
        ask="It is", transfer=True,
        hints=("Which rank has the covariance of the six columns?",
               "Which of the three looks at one column at a time?"),
        wrong=(("nothing changes: the mean is nothing new",
                "It is nothing new. Which of the three fits can know that?"),
               ("LDA and QDA stay as they were; naive Bayes counts the mean as one more witness",
                "An invertible change of the features leaves them as they were. Is this one?"),
               ("none of the three has a fit",
                "Naive Bayes needs a variance above 0 in each column, no more."))),
    "naive-bayes-and-discriminant-analysis-8": Function(
        _is_with_gaps, ask="with_gaps", transfer=True,
        hints=("Integrate a product of densities over one of its variables. What is left?",
               "A missing entry's factor is 1 in every class: leave it out.",
               "Subtract the largest logarithm before the exponential."),
        wrong=((lambda *a: _gaps(*a, fill="zero"), "missing"),
               (lambda *a: _gaps(*a, fill="mean"), "missing"),
               (lambda *a: _gaps(*a, fill="flock"), "missing"),
               (lambda *a: _gaps(*a, prior=False), "it returns"),
               (lambda *a: _gaps(*a, height=False), "it returns"),
               (lambda *a: _gaps(*a, root=True), "it returns"),
               (_gaps_by_products, "far away"),
               (_gaps_in_place, "it changes x"))),
}
