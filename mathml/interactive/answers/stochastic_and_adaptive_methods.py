"""Answers to the exercises on stochastic and adaptive methods."""

import numpy as np

from mathml.interactive.answer_key import Array, Function, Number


def _is_the_heavy_ball(momentum) -> None:
    start = np.array([1.0, -2.0])
    one = momentum(lambda w: np.array([1.0, 2.0]) * w, start, 0.1, 0.5, 1)
    assert np.allclose(one, [0.9, -1.6]), f"after one step it is at {one}, not [0.9, -1.6]"
    two = momentum(lambda w: np.array([1.0, 2.0]) * w, start, 0.1, 0.5, 2)
    # v = (1, -4), then (0.5 + 0.9, -2 - 3.2) = (1.4, -5.2)
    assert np.allclose(two, [0.76, -1.08]), f"after two steps it is at {two}, not [0.76, -1.08]"
    assert np.array_equal(start, [1.0, -2.0]), "it changes the array it is given"


_TOPIC = "stochastic-and-adaptive-methods"
ANSWERS = {
    f"{_TOPIC}-1": Number(
        0.1 / 1.9, ask="variance =",
        hints=("Put the numbers into ηs²/(λ(2 − ηλ)).", "0.1 divided by 1.9.")),
    f"{_TOPIC}-2": Number(
        0.1, ask="step =",
        hints=("v tends to 1 + β + β² + …", "That sum is 1/(1 − β) = 10.")),
    f"{_TOPIC}-3": Number(
        0.01, ask="length =",
        hints=("At t = 1 the bias corrections undo the factors 1 − β.",
               "The step is η·g/(|g| + ε), and ε is tiny against g.")),
    f"{_TOPIC}-4": Number(
        81 / 121, ask="β =",
        hints=("The root of β is (√κ − 1)/(√κ + 1).", "√κ = 10; do not forget to square.")),
    f"{_TOPIC}-5": Array(
        (0.06324555320336758, 0.02), ask="first, long run =",
        hints=("At the first step s = (1 − β)g², which is not corrected.",
               "In the long run s tends to g².")),
    f"{_TOPIC}-6": Number(
        0.25, ask="variance =",
        hints=("The variance of a mean of b independent draws is 1/b of one.", "8/32.")),
    f"{_TOPIC}-7": Function(
        _is_the_heavy_ball, ask="momentum",
        hints=("Two lines per step: v = beta * v + grad(w), then w = w - lr * v.",
               "Start v at zero; do not use -= on the caller's array.")),
}
