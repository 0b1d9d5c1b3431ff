"""Answers to the exercises on the map of models."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Proof


def _is_split_error(split_error) -> None:
    rng = np.random.default_rng(0)
    cases = (
        ("for two training sets and one place", [[1.0], [3.0]], [0.0]),
        ("for two places", [[1.0, 0.0], [2.0, 4.0], [3.0, 2.0]], [2.0, 5.0]),
        ("without any bias", [[-1.0, 2.0], [1.0, 4.0]], [0.0, 3.0]),
        ("for equal predictions", [[2.0, 2.0]] * 3, [1.0, 2.0]),
        ("for more places than training sets", rng.normal(size=(3, 8)), rng.normal(size=8)),
        ("for predictions far from 0", 1e6 + rng.normal(size=(5, 4)), 1e6 + rng.normal(size=4)),
        ("for as many places as training sets", rng.normal(size=(4, 4)), rng.normal(size=4)),
        ("in a tiny unit", 1e-9 * rng.normal(size=(6, 3)), 1e-9 * rng.normal(size=3)),
    )
    for name, predictions, truth in cases:
        table, curve = np.array(predictions), np.array(truth)
        mean = table.mean(axis=0)
        right = np.array([np.mean((mean - curve) ** 2), np.mean((table - mean) ** 2)])
        for make in (np.array, lambda a: np.array(a).tolist()):
            given = make(predictions), make(truth)
            found = np.array(split_error(*given), dtype=float)
            assert np.array_equal(given[0], table), f"{name} it changes the predictions"
            assert np.array_equal(given[1], curve), f"{name} it changes the truth"
            assert found.shape == (2,), f"{name} it returns the shape {found.shape}, not a pair"
            assert np.allclose(found, right, rtol=1e-7, atol=1e-12 * right.sum()), (
                f"{name} it returns {found}, not {right}")


def _split(predictions, truth, *, axis=0, ddof=0, square=True, power=2):
    """The right program, or with one thing done otherwise."""
    predictions, truth = np.array(predictions, dtype=float), np.array(truth, dtype=float)
    mean = predictions.mean(axis=axis)
    off = mean - truth if np.shape(mean) == np.shape(truth) else np.mean(mean) - truth
    bias = np.mean(np.abs(off) ** power) if square else np.mean(off) ** 2
    return bias, np.mean(predictions.var(axis=axis, ddof=ddof))


def _cancelling(predictions, truth):
    predictions, truth = np.array(predictions), np.array(truth)
    squares = np.mean(np.float32(predictions) ** 2, axis=0) - np.mean(np.float32(predictions),
                                                                      axis=0) ** 2
    return np.mean((predictions.mean(axis=0) - truth) ** 2), np.mean(squares)


def _in_place(predictions, truth):
    found = _split(predictions, truth)
    if isinstance(predictions, np.ndarray):
        predictions -= truth
    return found


ANSWERS = {
    "map-of-models-1": Array(
        (1.0, 4.0, -6.0), ask="w₁, w₂, b =",
        hints=("w = Σ⁻¹(μ₁ − μ₀): divide each difference by its variance.",
               "b = −½(μ₁ + μ₀)ᵀw, since the classes are equally frequent."),
        wrong=(((2.0, 2.0, -6.0), "That is μ₁ − μ₀. What does Σ⁻¹ do to it?"),
               ((4.0, 1.0, -9.0), "You multiplied by Σ. Its inverse divides."),
               ((1.0, 4.0, -12.0), "There is a factor ½ in b."),
               ((1.0, 4.0, 6.0), "Look at the sign of b: at the midpoint of the means z is 0."),
               ((1.0, 4.0, -11.0), "At the midpoint of the means z is 0, not at μ₁."),
               ((-1.0, -4.0, 6.0), "That is p(y = 0 | x)."))),
    "map-of-models-2": Array(
        (17, 95), ask="naive Bayes, all joint distributions =",
        hints=("How many numbers describe the groups? How many each question in each group?",
               "A table with m entries that add up to 1 has m − 1 free numbers."),
        wrong=(((15, 95), "The shares of the groups are parameters, too."),
               ((18, 95), "Three shares add up to 1: how many of them are free?"),
               ((32, 95), "Of the two probabilities of a yes/no question one is free."),
               ((17, 96), "All entries add up to 1."),
               ((17, 31), "That is the table of the answers alone. Where are the groups?"),
               ((17, 93), "The entries of the whole table add up to 1, not those of each "
                          "group."))),
    "map-of-models-3": Proof(
        ("By Bayes' theorem p(y = k | x) = π_k N(x; μ_k, Σ) / Σ_j π_j N(x; μ_j, Σ).",
         "log(π_k N(x; μ_k, Σ)) = log π_k − ½(x − μ_k)ᵀΣ⁻¹(x − μ_k) + c, with the same c for "
         "all k.",
         "Expand the square: −½xᵀΣ⁻¹x does not depend on k and cancels, too. What is left is "
         "z_k = μ_kᵀΣ⁻¹x − ½μ_kᵀΣ⁻¹μ_k + log π_k.",
         "Only differences z_k − z_j = log(p(y = k | x)/p(y = j | x)) are determined: the same "
         "function of x may be added to all z_k."),
        hints=("Take the logarithm of the numerator. Which terms do not depend on k?",
               "What happens to e^{z_k}/Σ e^{z_j} if the same number is added to all z?")),
    "map-of-models-4": Function(
        _is_split_error, ask="split_error",
        hints=("The mean over the training sets is one number for each place.",
               "For the sum to be exact, the variance divides by R, not by R − 1."),
        wrong=((lambda p, t: _split(p, t, axis=1), "it returns"),
               (lambda p, t: _split(p, t, ddof=1), "it returns"),
               (lambda p, t: _split(p, t, square=False), "it returns"),
               (lambda p, t: _split(p, t, power=1), "it returns"),
               (lambda p, t: (_split(p, t)[1], _split(p, t)[0]), "it returns"),
               (lambda p, t: (_split(p, t)[0], np.var(p)), "it returns"),
               (lambda p, t: (np.mean((np.array(p) - np.array(t)) ** 2), _split(p, t)[1]),
                "it returns"),
               (_cancelling, "for predictions far from 0"),
               (_in_place, "it changes the predictions"))),
    "map-of-models-5": Fault(
        ("line 2", "line 3", "line 4", "line 5"), "line 3", ask="It is",
        hints=("Which of the computed numbers is never used?",
               "Write down Bayes' theorem for p(y = k | x)."),
        wrong=(("line 2", "These are the shares of the classes, rightly computed."),
               ("line 4", "To divide all by one number changes no argmax."),
               ("line 5", "The most probable class is the argmax of the posterior. Is p the "
                          "posterior?"))),
    "map-of-models-6": Choice(
        ("discriminative and parametric", "discriminative and nonparametric",
         "generative and parametric", "generative and nonparametric"),
        "generative and parametric", ask="It is", transfer=True,
        hints=("Can you compute the probability of a whole text from it? Can you draw one?",
               "How large can the table become, if you type for a hundred years?"),
        wrong=(("discriminative and parametric",
                "Each row is conditional, yes. What is the product of them along a text?"),
               ("discriminative and nonparametric",
                "Each row is conditional, yes. What is the product of them along a text?"),
               ("generative and nonparametric",
                "There are at most 30³ rows, whatever you type."))),
    "map-of-models-7": Proof(
        ("The bells' posterior is σ(wᵀx + b) for some (w, b), by the theorem on two bells. So this "
         "(w, b) is one of those over which logistic regression maximises.",
         "The conditional likelihood of the maximiser (or the supremum, if there is none) is at "
         "least that of any of them.",
         "In (3) the parameters of p(y | x) and of p(x) are free of each other. Here both are made "
         "of the same means and covariance: p(x) is a mixture of the two bells, so the inputs "
         "pull at w and b, too."),
        hints=("Over which set does logistic regression maximise, and what lies in it?",
               "What is p(x) if the classes are bells? Does it contain w and b?")),
}
