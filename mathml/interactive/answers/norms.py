"""Answers to the exercises on norms."""

import math

from mathml.interactive.answer_key import Array, Choice, Function, Number


def _is_a_safe_length(safe_length) -> None:
    cases = [([3, 4], 5.0), ([3e200, 4e200], 5e200), ([3e-200, 4e-200], 5e-200), ([0, 0], 0.0),
             ([-7.0], 7.0), ([1e-320, 0.0], 1e-320)]
    for x, right in cases:
        found = safe_length(x)
        assert math.isclose(found, right, rel_tol=1e-6, abs_tol=0.0), (
            f"safe_length({x}) gives {found}, not {right}")


ANSWERS = {
    "norms-1": Array(
        (2, 7, 5, 4, 4.497941), ask="count, 1, 2, ∞, 3 =",
        hints=("The count ignores sizes: how many entries are not 0?",
               "The last one is the cube root of 27 + 64.")),
    "norms-2": Number(
        7.272541, ask="p =",
        hints=("The norm of (1, 1) is 2 to the power 1/p.", "Take logarithms of 2^(1/p) = 1.1.")),
    "norms-3": Choice(
        ("definiteness", "homogeneity", "triangle inequality"), "homogeneity", ask="It fails",
        hints=("Compare the counts of x and of 2x.", "The count of x + y is at most the sum.")),
    "norms-4": Number(
        4, ask="value =",
        hints=("Add the square roots, then raise to the power 1/p.", "p = 1/2, so square.")),
    "norms-5": Number(
        7, ask="largest value =",
        hints=("Put the whole step on one coordinate. Which?", "The dual of ℓ1 is ℓ∞.")),
    "norms-6": Array(
        (4, 5), ask="spectral, Frobenius =",
        hints=("How far can a unit vector be stretched?", "3² + 4² = 25.")),
    "norms-7": Function(
        _is_a_safe_length, ask="safe_length",
        hints=("Divide by the largest absolute value first, multiply at the end.",
               "Treat the case that every entry is 0 before you divide.")),
}
