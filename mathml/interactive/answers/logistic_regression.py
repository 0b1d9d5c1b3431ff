"""Answers to the exercises on logistic regression."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Function, Number


def _is_half_minus_labels(gradient_at_zero) -> None:
    X = np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 0.5]])
    y = np.array([1.0, 0.0, 0.0])
    found = np.asarray(gradient_at_zero(X, y), dtype=float)
    assert found.shape == (2,), f"the gradient has shape (2,), yours {found.shape}"
    assert not np.allclose(found, -X.T @ (0.5 - y)), "the sign is that of the log-likelihood"
    assert not np.allclose(found, X.T @ (0.5 - y) / 3), "this is the gradient of the mean"
    assert np.allclose(found, X.T @ (0.5 - y)), f"at a test point it gives {found}"


ANSWERS = {
    "logistic-regression-1": Array(
        (0.5, 0.25), ask="σ(0), σ′(0) =",
        hints=("e⁰ = 1.", "σ′ = σ(1 − σ).")),
    "logistic-regression-2": Function(
        _is_half_minus_labels, ask="gradient_at_zero",
        hints=("At θ = 0 every z is 0. What is every prediction?",
               "Put p = ½ into Xᵀ(p − y).")),
    "logistic-regression-3": Array(
        (float(np.log(10 / 30)), float(np.log(28 / 12) - np.log(10 / 30))), ask="b, w =",
        hints=("With two parameters for two groups, the fitted probabilities are the proportions.",
               "b is the log-odds of 10 in 40; b + w that of 28 in 40.")),
    "logistic-regression-4": Number(
        10.19225, ask="factor =",
        hints=("One degree colder multiplies the odds by e to the power 0.232163.",
               "Ten degrees: e to the power 2.32163.")),
    "logistic-regression-5": Number(
        0.0, ask="infimum =", atol=1e-6,
        hints=("Follow a separating direction to infinity.",
               "What does log(1 + e^(−m)) tend to as m grows?")),
    "logistic-regression-5b": Choice(
        ("attained", "not attained"), "not attained", ask="It is",
        hints=("Can a term log(1 + e^(−m)) be exactly 0?", "Each term is positive.")),
    "logistic-regression-6": Choice(
        ("a", "b", "c"), "a", ask="No answer for",
        hints=("Call is_separable(X, y) on each of the three.",
               "One feature separates nothing in (b) and (c); thirty features can do a lot.")),
}
