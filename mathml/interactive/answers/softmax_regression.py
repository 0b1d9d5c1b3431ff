"""Answers to the exercises on softmax regression."""

import numpy as np
from scipy.special import log_softmax, logsumexp, softmax

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _is_the_mean_nll(nll_and_gradient) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 3)), [0, 1, 2, 3, 0, 1, 2, 3]
    cases = [(f"with scores near {scale:g}", scale * rng.normal(size=(3, 4)), X, y)
             for scale in (1.0, 1000.0)]
    cases += [("with a class that has no example", rng.normal(size=(3, 5)), X, y),
              ("with one example", rng.normal(size=(3, 4)), X[:1], [2]),
              ("with labels of one class only", rng.normal(size=(3, 3)), X, [1] * 8),
              ("with whole numbers", np.array([[1, 0], [-2, 3], [0, 1]]),
               np.array([[1, 2, 0], [0, -1, 3]]), [1, 0])]
    level = np.column_stack([np.ones(8), X[:, 1:]])
    cases.append(("with all scores near -1000", np.vstack([np.full(4, -1000.0),
                                                           rng.normal(size=(2, 4))]), level, y))
    for name, Theta, inputs, labels in cases:
        S, n = inputs @ Theta, len(labels)
        right = np.mean(logsumexp(S, axis=1) - S[np.arange(n), labels])
        slope = inputs.T @ (softmax(S, axis=1) - np.eye(Theta.shape[1])[labels]) / n
        for make in (list, np.array):
            given = Theta.copy(), inputs.copy(), make(labels)
            with np.errstate(all="ignore"):
                value, grad = nll_and_gradient(*given)
            kept = (np.array_equal(given[0], Theta) and np.array_equal(given[1], inputs)
                    and list(given[2]) == labels)
            assert kept, f"{name} it changes what it is given"
            assert np.ndim(value) == 0, f"{name} the value has the shape {np.shape(value)}"
            assert np.isfinite(value), f"{name} the value is {value}"
            assert np.isclose(value, right, rtol=1e-8), (
                f"{name} the value is {float(value):.6g}, not {right:.6g}")
            assert np.shape(grad) == Theta.shape, (
                f"{name} the gradient has the shape {np.shape(grad)}, not {Theta.shape}")
            assert np.allclose(grad, slope, rtol=1e-7, atol=1e-10), f"{name} the gradient is wrong"


def _nll(Theta, X, y, *, mean=True, sign=1.0, one_hot=True, divide=None, classes=None, log=None):
    """The right program, or with one thing done otherwise."""
    S, n = X @ Theta, len(y)
    logs = log_softmax(S, axis=1) if log is None else log(S)
    value = -np.mean(logs[np.arange(n), y]) if mean else -np.sum(logs[np.arange(n), y])
    K = Theta.shape[1] if classes is None else classes(y)
    P = softmax(S, axis=1)
    G = P - np.eye(K)[y] if one_hot else P
    return value, sign * X.T @ G / (n if divide is None else divide(n))


def _shifted_down_only(S):
    top = np.maximum(S.max(axis=1, keepdims=True), 0)
    return S - top - np.log(np.sum(np.exp(S - top), axis=1, keepdims=True))


def _careless(S):
    E = np.exp(S)
    return np.log(E / E.sum(axis=1, keepdims=True))


def _columns(Theta, X, y):
    S = X @ Theta
    P = softmax(S, axis=0)
    return -np.mean(np.log(P[np.arange(len(y)), y])), X.T @ (P - np.eye(Theta.shape[1])[y]) / len(y)


def _in_place(Theta, X, y):
    found = _nll(Theta, X, y)
    Theta -= Theta
    return found


_BUSES = ("1/3 for the car; but half of them will still drive",
          "1/2 for the car, and half of them will drive",
          "1/3 for the car, and a third of them will drive",
          "it cannot be told: the model must be fitted again")

ANSWERS = {
    "softmax-regression-1": Number(
        float(np.log(10)), ask="mean NLL =",
        hints=("At Θ = 0 all ten probabilities are equal.", "−log(1/10)."),
        wrong=((0.1, "That is the probability of each class."),
               (np.log2(10), "Those are bits."),
               (1.0, "That is the decimal logarithm of 10."),
               (0.0, "Equal probabilities are not certain ones."))),
    "softmax-regression-2": Number(
        11, ask="zero eigenvalues =",
        hints=("The form is 0 exactly where X(vₖ − vₗ) = 0 for all k and l.",
               "Choose v₁ freely. From which space may each of the other six differ from it?"),
        wrong=((5, "That would be right for independent columns."),
               (7, "Each class has a direction that changes nothing, yes; and what may they "
                   "have in common?"),
               (1, "That is the null space of X. Here there are seven columns of it."),
               (4, "That is the rank of X."),
               (35, "That is the number of all eigenvalues."))),
    "softmax-regression-3": Choice(
        _BUSES, _BUSES[0], ask="They are", transfer=True,
        hints=("Three equal scores: what does softmax make of them?",
               "The ratio of car to red bus is e to the difference of their scores, whatever else "
               "there is. Do people see it so?"),
        wrong=((_BUSES[1], "People, yes. What does softmax make of three equal scores?"),
               (_BUSES[2], "Does paint make drivers take the bus?"),
               (_BUSES[3], "The scores are given. Put them in."))),
    "softmax-regression-4": Function(
        _is_the_mean_nll, ask="nll_and_gradient",
        hints=("Use logsumexp along each row of X @ Theta.", "The gradient is Xᵀ(P − Y)/n.",
               "How many classes are there, if one of them has no example?"),
        wrong=((lambda *a: _nll(*a, log=_careless), "with scores near 1000"),
               (lambda *a: _nll(*a, log=lambda S: np.log(softmax(S, axis=1))),
                "with scores near 1000"),
               (lambda *a: _nll(*a, log=_shifted_down_only),
                "with all scores near -1000 the value is"),
               (lambda *a: _nll(*a, mean=False), "with scores near 1 the value"),
               (lambda *a: _nll(*a, sign=-1.0), "the gradient is wrong"),
               (lambda *a: _nll(*a, one_hot=False), "the gradient is wrong"),
               (lambda *a: _nll(*a, divide=lambda n: 1), "the gradient is wrong"),
               (lambda *a: _nll(*a, classes=lambda y: int(np.max(y)) + 1),
                "it could not be used"),
               (lambda Theta, X, y: (_nll(Theta, X, y)[0], _nll(Theta, X, y)[1].T),
                "the gradient has the shape"),
               (_columns, "with scores near 1 the value"),
               (_in_place, "it changes what it is given"))),
    "softmax-regression-5": Fault(
        ("line 1", "line 2", "line 3", "line 4", "line 5"), "line 3", ask="It is",
        hints=("Line 5 says “new images”. New to what?", "Which part is each line to use?"),
        wrong=(("line 1", "Two parts without a common image, and what each is for."),
               ("line 2", "Scores divided by T, then the mean NLL of the labels."),
               ("line 4", "It prints what line 3 found."),
               ("line 5", "It reports on part b, as it should. Are these images new?"))),
    "softmax-regression-6": Proof(
        ("H(qᵢ, pᵢ) = −Σₖ Qᵢₖ log Pᵢₖ = LSE(Θᵀxᵢ) − Σₖ Qᵢₖ θₖᵀxᵢ, since the row qᵢ sums to 1.",
         "The gradient of LSE is the softmax, and the rest is linear: ∇J = Xᵀ(P − Q)/n. The "
         "Hessian is that of the NLL, divided by n, so J is convex.",
         "By Gibbs' inequality H(qᵢ, pᵢ) ≥ H(qᵢ): J is at least the mean entropy of the labels, "
         "and 0 only for labels without doubt."),
        hints=("Write log Pᵢₖ as score minus LSE. What do the weights of a row add up to?",
               "Which part is linear in Θ? And when is a cross-entropy smallest?")),
    "softmax-regression-7": Proof(
        ("By Bayes' theorem p(k | x) is proportional to πₖ p(x | k), and p′(k | x) to "
         "πₖ′ p(x | k).",
         "So p′(k | x) is proportional to (πₖ′/πₖ)·p(k | x), and p(k | x) is proportional to "
         "exp(zₖ).",
         "Together it is proportional to exp(zₖ + log(πₖ′/πₖ)), and probabilities that are "
         "proportional to exponentials are their softmax."),
        transfer=True,
        hints=("Write both posteriors with Bayes' theorem. Which factor do they share?",
               "Only ratios matter: drop what does not depend on k.")),
}
