"""Answers to the exercises on softmax regression."""

import numpy as np

from mathml.interactive.answer_key import Array, Function, Number
from mathml.linear_model import softmax_value_and_grad


def _is_the_mean_nll(nll_and_gradient) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 3)), np.array([0, 1, 2, 3, 0, 1, 2, 3])
    for scale in (1.0, 1000.0):
        Theta = scale * rng.normal(size=(3, 4))
        value, grad = nll_and_gradient(Theta, X, y)
        right_value, right_grad = _without_intercept(Theta, X, y)
        assert np.all(np.isfinite(value)), f"with scores near {scale:g} the value is {value}"
        assert np.isclose(value, right_value), f"the value should be {right_value:.6g}"
        assert np.shape(grad) == Theta.shape, f"the gradient has shape (d, K) = {Theta.shape}"
        assert not np.allclose(grad, -right_grad), "the gradient has the wrong sign"
        assert not np.allclose(grad, 8 * right_grad), "this is the gradient of the sum"
        assert np.allclose(grad, right_grad), "the gradient is wrong at a test point"


def _without_intercept(Theta, X, y):
    with_zero_intercept = np.vstack([np.zeros(Theta.shape[1]), Theta])
    value, grad = softmax_value_and_grad(with_zero_intercept, X, y)
    return value, grad[1:]


ANSWERS = {
    "softmax-regression-1": Array(
        (0.09003057, 0.24472847, 0.66524096), ask="softmax(1, 2, 3) =",
        hints=("Divide e¹, e², e³ by their sum.", "The three numbers add up to 1.")),
    "softmax-regression-2": Array(
        (0.09003057, 0.24472847, -0.33475904), ask="gradient =",
        hints=("Prediction minus label.", "The label is the one-hot vector (0, 0, 1).")),
    "softmax-regression-3": Number(
        585, ask="parameters =",
        hints=("How many weight vectors are free once one is fixed at 0?", "9 times 65.")),
    "softmax-regression-4": Number(
        float(np.log(10)), ask="mean NLL =",
        hints=("At Θ = 0 all ten probabilities are equal.", "−log(1/10).")),
    "softmax-regression-5": Number(
        5, ask="zero eigenvalues =",
        hints=("Which directions change no probability?",
               "The same vector added to every class: how many dimensions?")),
    "softmax-regression-6": Number(
        float(np.log(0.4)), ask="θ₁ᵀx =",
        hints=("It is the log of a ratio to the reference class.", "log(0.2/0.5).")),
    "softmax-regression-7": Function(
        _is_the_mean_nll, ask="nll_and_gradient",
        hints=("Use logsumexp along each row of X @ Theta.", "The gradient is Xᵀ(P − Y)/n.")),
}
