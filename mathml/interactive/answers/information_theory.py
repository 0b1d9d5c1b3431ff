"""Answers to the exercises on information theory."""

import math

from mathml.interactive.answer_key import Array, Choice, Function, Number


def _is_kl_in_bits(kl_bits) -> None:
    cases = [([0.5, 0.5], [0.9, 0.1], 0.736966), ([0.9, 0.1], [0.5, 0.5], 0.531004),
             ([1.0, 0.0], [0.5, 0.5], 1.0), ([0.0, 1.0], [0.0, 1.0], 0.0),
             ([0.5, 0.5], [1.0, 0.0], math.inf)]
    for p, q, right in cases:
        found = kl_bits(p, q)
        assert found == right or math.isclose(found, right, rel_tol=1e-4, abs_tol=1e-9), (
            f"kl_bits({p}, {q}) gives {found}, not {right}")


ANSWERS = {
    "information-theory-1": Array(
        (0.468996, 0.325083), ask="bits, nats =",
        hints=("−0.9·log 0.9 − 0.1·log 0.1, with log₂ and with ln.", "1 bit is 0.693 nats.")),
    "information-theory-2": Array(
        (0.736966, 0.531004), ask="KL(fair‖biased), KL(biased‖fair) =",
        hints=("Weights come from the first argument.",
               "The second is 1 minus the entropy of the biased coin.")),
    "information-theory-3": Number(
        1.0, ask="bits =", hints=("log₂ of ½ is −1 for both sides.", "0.9·1 + 0.1·1.")),
    "information-theory-4": Number(
        0.278072, ask="bits =",
        hints=("Both variables are fair coins: 1 bit each.",
               "2 minus the entropy of (0.4, 0.1, 0.1, 0.4).")),
    "information-theory-5": Number(
        0.246750, ask="bits =",
        hints=("Start from the entropy of (9/14, 5/14).",
               "Sunny and rainy days each have entropy 0.971, overcast days 0.")),
    "information-theory-6": Number(
        -0.883647, ask="nats =",
        hints=("½·ln(2πe·σ²) with σ² = 0.01.", "It is negative.")),
    "information-theory-6b": Choice(
        ("0", "ln 2", "infinite"), "infinite", ask="It is",
        hints=("The second outcome happens with probability ½, and q calls it impossible.",
               "½·log(½/0).")),
    "information-theory-7": Function(
        _is_kl_in_bits, ask="kl_bits",
        hints=("Skip only the terms with p = 0.", "Where q = 0 < p the answer is infinity.")),
}
