"""Answers to the exercises on tests-and-intervals."""

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _is_the_weighted_mean(weighted_mean) -> None:
    for y, w, right in (([1, 3], [1, 3], 2.5), ([5], [2], 5), ([1, 2, 9], [1, 1, 0], 1.5)):
        found = weighted_mean(y, w)
        assert abs(found - right) < 1e-9, (
            f"for y = {y} and w = {w} it returns {found:g}, not {right:g}")


ANSWERS = {
    "tests-and-intervals-1": Number(
        14 / 3, ask="J =",
        hints=("The best constant is the mean, 3.", "Average the squares of −2, −1 and 3."),
        wrong=((3, "That is the best constant. How large are its errors?"),
               (14, "That is the sum of the squares: divide by n."),
               (7, "Divide by n, not by n − 1."))),
    "tests-and-intervals-2": Choice(
        ("the mean", "the median", "the middle between the smallest and the largest"),
        "the middle between the smallest and the largest", ask="It is",
        hints=("Which two errors can be the largest?",),
        wrong=(("the mean", "It is best for squares; compare it with 5 on 0, 0, 10."),
               ("the median", "On 0, 0, 10 its largest error is 10."))),
    "tests-and-intervals-3": Proof(
        ("Write yᵢ − c as (yᵢ − ȳ) + (ȳ − c).",
         "Expand the square and average over i: three terms.",
         "The middle one has the factor Σ(yᵢ − ȳ), which is 0.")),
    "tests-and-intervals-4": Function(
        _is_the_weighted_mean, ask="weighted_mean",
        hints=("Which number of observations does a weight of 3 stand for?",
               "Divide the sum of w·y by the sum of the weights."),
        wrong=((lambda y, w: np.mean(y), "it returns 2, not 2.5"),
               (lambda y, w: np.dot(w, y), "it returns 10, not 2.5"),
               (lambda y, w: np.dot(w, y) / len(y), "it returns 5, not 2.5"),
               (lambda y, w: np.dot(w, y) / np.sum(y), "for y = [5]"),
               (lambda y, w: 2.5, "for y = [5]"))),
    "tests-and-intervals-5": Fault(
        ("line 2", "line 4", "line 5"), "line 4", ask="The fault is in",
        wrong=(("line 2", "A sum does start at 0."),
               ("line 5", "The sum is divided by the number of values, as it should be."))),
    "tests-and-intervals-6": Number(
        0.99, ask="share =", transfer=True,
        hints=("Give the poor an income of 1 each. What is the mean?",),
        wrong=((0.5, "That is so for the median."), (0.01, "That is the share above."))),
}
