"""Answers to the exercises on gradients."""

import numpy as np

from mathml.interactive.answer_key import Array, Function, Number


def _is_the_least_squares_gradient(least_squares_gradient) -> None:
    X, w = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]), np.array([0.5, -1.0])
    y = np.array([1.0, 2.0, 2.0])
    right = np.array([-19 / 6, -44 / 6])
    for name, labels in (("(n,)", y), ("(n, 1)", y[:, None])):
        found = np.asarray(least_squares_gradient(X, w, labels), dtype=float)
        assert found.shape == w.shape, (
            f"with y of shape {name} it returns shape {found.shape}, not {w.shape}")
        assert np.allclose(found, right), f"with y of shape {name} it returns {found}, not {right}"


ANSWERS = {
    "gradients-1": Array(
        (0, 2), ask="∇f(1, 0) =",
        hints=("The partial derivatives are 2xy + y·e^(xy) and x² + x·e^(xy).",
               "At (1, 0) the exponential is 1.")),
    "gradients-2": Number(
        6, ask="slope =",
        hints=("A slope is per unit of length: make (3, 4) a unit vector first.",
               "The gradient is (2, 6); take its dot product with (0.6, 0.8).")),
    "gradients-3": Number(
        6.324555320336759, ask="largest slope =",
        hints=("It is the length of the gradient.", "The gradient is (2, 6).")),
    "gradients-4": Array(
        (-5, -11), ask="∇ =",
        hints=("The gradient is Xᵀ(Xw − y).", "At w = 0 that is −Xᵀy.")),
    "gradients-5": Array(
        (1, -1, 4), ask="u₁, u₂, rate =",
        hints=("Every coordinate may move by 1. Which way should it?",
               "The rate is the ℓ1 norm of the gradient.")),
    "gradients-6": Number(
        0.3849001794597505, ask="largest =",
        hints=("With v = sin t the slope cos²t·sin t is v − v³.",
               "1 − 3v² = 0 at v = 1/√3.")),
    "gradients-7": Function(
        _is_the_least_squares_gradient, ask="least_squares_gradient",
        hints=("Look at the shape of X @ w − y when y is a column.",
               "Flatten y first, and divide by the number of rows.")),
}
