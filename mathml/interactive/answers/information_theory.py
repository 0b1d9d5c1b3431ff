"""Answers to the exercises on information theory."""

import math

import numpy as np
from scipy.special import rel_entr

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _is_kl_in_bits(kl_bits) -> None:
    cases = [
        ([0.5, 0.5], [0.9, 0.1]), ([0.9, 0.1], [0.5, 0.5]), ([0.2, 0.3, 0.5], [0.2, 0.5, 0.3]),
        ([0.125, 0.125, 0.25, 0.5], [0.25, 0.25, 0.25, 0.25]), ([1.0, 0.0], [0.5, 0.5]),
        ([0.0, 1.0], [0.0, 1.0]), ([0.5, 0.0, 0.5], [0.25, 0.25, 0.5]), ([0.5, 0.5], [1.0, 0.0]),
        ([0.0, 0.5, 0.5], [0.5, 0.5, 0.0]), ([1.0], [1.0]),
        ([1e-200, 1 - 1e-200], [0.5, 0.5]), ([0.5, 0.5], [1e-200, 1 - 1e-200]),
        ([1e-200, 1.0], [0.0, 1.0])]
    for p, q in cases:
        right = float(np.sum(rel_entr(p, q))) / math.log(2)
        for make in (list, np.array):
            given = make(p), make(q)
            with np.errstate(all="ignore"):
                found = kl_bits(*given)
            assert [list(part) for part in given] == [p, q], (
                f"kl_bits({p}, {q}) changes what it is given")
            assert found == right or math.isclose(found, right, rel_tol=1e-6, abs_tol=1e-9), (
                f"kl_bits({p}, {q}) gives {found}, not {right:.6g}")
    for p, q in (([0.5, 0.5], [1.0]), ([1.0], [0.5, 0.5]), ([0.25] * 4, [0.5, 0.25, 0.25])):
        try:
            with np.errstate(all="ignore"):
                found = kl_bits(p, q)
        except ValueError:
            continue
        raise AssertionError(
            f"for lengths {len(p)} and {len(q)} it returns {found} and raises no ValueError")


def _kl(p, q, *, log=np.log2, swap=False, skip=False, floor=0.0, reverse_zero=False, strict=True):
    """The right program, or with one thing done otherwise."""
    total = 0.0
    for a, b in zip(p, q, strict=strict):
        a, b = (b, a) if swap else (a, b)
        if a == 0 and not reverse_zero:
            continue
        if b == 0 and skip:
            continue
        if b + floor == 0:
            return math.inf
        total += a * log(a / (b + floor)) if a > 0 else math.nan
    return total


def _both_floored(p, q):
    p, q = np.array(p) + 1e-12, np.array(q) + 1e-12
    return float(np.sum(p * np.log2(p / q)))


def _first_two(p, q):
    return _kl(p, q) if len(p) != len(q) else _kl(p[:2], q[:2])


def _in_place(p, q):
    found = _kl(p, q)
    for k, a in enumerate(p):
        p[k] = a * 0.5
    return found


_LENGTHS = ("1, 1, 3", "2, 2, 2, 2, 3", "1, 2, 3, 3, 4", "1, 3, 3, 3, 4")

ANSWERS = {
    "information-theory-1": Array(
        (2.1 / math.log(2), math.exp(2.1)), ask="bits a word, perplexity =",
        hints=("One bit is 0.693 nats: are 2.1 nats more than 2.1 bits, or less?",
               "The perplexity is e to the loss in nats."),
        wrong=(((2.1 * math.log(2), math.exp(2.1)),
                "A bit is less than a nat, so there are more of them: divide."),
               ((2.1 / math.log(2), 2**2.1), "2 to the power of bits, or e to the power of nats."),
               ((2.1 / math.log(2), math.exp(2.1) / 5000), "The loss is per word already."),
               ((2.1 / math.log(2), 2.1), "That is the loss. How many equally likely words would "
                                          "surprise as much?"))),
    "information-theory-2": Number(
        0.58, ask="I(X; Y) =", transfer=True,
        hints=("How uncertain are you about X when “lost” arrives, and when a bit arrives?",
               "H(X | Y) is the mean of these two. Subtract it from H(X) = 1."),
        wrong=((0.42, "That is what is left to know, H(X | Y)."),
               (1, "Sometimes the bit is lost."),
               (0.018546, "That is a line that *flips* the bit with probability 0.42. Here you "
                              "see that it is lost."),
               (0.402025, "Those are nats."))),
    "information-theory-3": Proof(
        ("H(X, f(X)) = H(X) + H(f(X) | X), and the last is 0: given X, f(X) is certain. So "
         "H(X, f(X)) = H(X).",
         "The other way round H(X, f(X)) = H(f(X)) + H(X | f(X)) ≥ H(f(X)), since an entropy is "
         "never negative.",
         "They are equal exactly if H(X | f(X)) = 0: if among the values of positive probability "
         "no two have the same f."),
        hints=("Write the entropy of the pair (X, f(X)) by the chain rule, in both orders.",
               "What is the entropy of f(X) when X is known?")),
    "information-theory-4": Function(
        _is_kl_in_bits, ask="kl_bits",
        hints=("Skip only the terms with p = 0.", "Where q = 0 < p the answer is infinity.",
               "zip stops at the shorter list, unless you say strict=True."),
        wrong=((lambda p, q: _kl(p, q, log=math.log), "[0.9, 0.1]) gives"),
               (lambda p, q: _kl(p, q, swap=True), "[0.9, 0.1]) gives"),
               (lambda p, q: _kl(p, q, skip=True), "[1.0, 0.0]) gives"),
               (lambda p, q: _kl(p, q, floor=1e-12), "[1.0, 0.0]) gives"),
               (lambda p, q: _kl(p, q, strict=False), "raises no ValueError"),
               (lambda p, q: _kl(p, q, reverse_zero=True), "gives nan"),
               (_both_floored, "[1.0, 0.0]) gives"),
               (_first_two, "[0.2, 0.5, 0.3]) gives"),
               (lambda p, q: float(np.sum(np.abs(np.log2(np.divide(p, q)) * p))),
                "[0.9, 0.1]) gives"),
               (_in_place, "changes what it is given"))),
    "information-theory-5": Fault(
        ("(a)", "(b)", "(c)", "(d)"), "(d)", ask="It is",
        hints=("From what are the 800 groups' shares estimated?",
               "What would the gain be if survival had been decided by coin?"),
        wrong=(("(a)", "All numbers differ, so it is true."),
               ("(b)", "With one passenger in a group the counted share is 0 or 1."),
               ("(c)", "For the table that is right: the gain is never more than H(label)."))),
    "information-theory-6": Choice(
        _LENGTHS, "1, 3, 3, 3, 4", ask="They are",
        hints=("Which inequality decides it?", "Add up the shares 2^(−l)."),
        wrong=(("1, 1, 3", "Two words of length 1 are 0 and 1. With what may a third begin?"),
               ("2, 2, 2, 2, 3", "The four words of length 2 use everything up."),
               ("1, 2, 3, 3, 4", "1/2 + 1/4 + 1/8 + 1/8 is already 1."))),
    "information-theory-7": Proof(
        ("X has the distribution ½p + ½q = m, and given B it is p or q.",
         "I(B; X) is the expectation of log(p(x | b)/m(x)): with probability ½ the mean over p of "
         "log(p/m), with ½ the mean over q of log(q/m). That is ½KL(p‖m) + ½KL(q‖m).",
         "I(B; X) ≥ 0, and I(B; X) = H(B) − H(B | X) ≤ H(B) = log 2.",
         "It is log 2 exactly if H(B | X) = 0: if each outcome tells the coin, so that p and q "
         "have no outcome in common."),
        transfer=True,
        hints=("What is the distribution of X, and what is it given B?",
               "Write the mutual information as H(B) − H(B | X).")),
}
