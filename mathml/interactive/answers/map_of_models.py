"""Answers to the exercises on the map of models."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Proof


def _is_split_error(split_error) -> None:
    rng = np.random.default_rng(0)
    cases = (
        ("for two training sets and one place", [[1.0], [3.0]], [0.0], 0.5),
        ("for two places", [[1.0, 0.0], [2.0, 4.0], [3.0, 2.0]], [2.0, 5.0], 1.0),
        ("without noise", [[-1.0, 2.0], [1.0, 4.0]], [0.5, 3.0], 0.0),
        ("for equal predictions", [[2.0, 2.0]] * 3, [1.0, 2.0], 0.25),
        ("where the squared bias comes out negative", [[0.0, 1.0], [0.1, 1.1]], [0.05, 1.05], 2.0),
        ("for more places than training sets", rng.normal(size=(3, 8)), rng.normal(size=8), 0.3),
        ("for predictions far from 0", 1e6 + rng.normal(size=(5, 4)), 1e6 + rng.normal(size=4), 1),
        ("for as many places as training sets", rng.normal(size=(4, 4)), rng.normal(size=4), 0.7),
        ("in a tiny unit", 1e-9 * rng.normal(size=(6, 3)), 1e-9 * rng.normal(size=3), 2e-19),
    )
    for name, predictions, y, sigma2 in cases:
        table, outputs = np.array(predictions), np.array(y)
        variance = np.mean(table.var(axis=0, ddof=1))
        bias2 = np.mean((table.mean(axis=0) - outputs) ** 2) - sigma2 - variance / len(table)
        scale = abs(bias2) + variance + sigma2
        for make in (np.array, lambda a: np.array(a).tolist()):
            given = make(predictions), make(y)
            found = np.array(split_error(*given, sigma2), dtype=float)
            assert np.array_equal(given[0], table), f"{name} it changes the predictions"
            assert np.array_equal(given[1], outputs), f"{name} it changes y"
            assert found.shape == (2,), f"{name} it returns the shape {found.shape}, not a pair"
            assert np.allclose(found, [bias2, variance], rtol=1e-7, atol=1e-8 * scale), (
                f"{name} it returns {found}, not {np.array([bias2, variance])}")


def _split(predictions, y, sigma2, *, ddof=1, noise=1.0, share=1.0, clip=False, axis=0):
    """The right program, or with one thing done otherwise."""
    predictions, y = np.array(predictions, dtype=float), np.array(y, dtype=float)
    variance = np.mean(predictions.var(axis=axis, ddof=ddof))
    mean = predictions.mean(axis=0)
    bias2 = np.mean((mean - y) ** 2) - noise * sigma2 - share * variance / len(predictions)
    return max(bias2, 0.0) if clip else bias2, variance


def _one_mean(predictions, y, sigma2):
    predictions, y = np.array(predictions, dtype=float), np.array(y, dtype=float)
    variance = predictions.var(ddof=1)
    return (predictions.mean() - y.mean()) ** 2 - sigma2 - variance / len(predictions), variance


def _in_single_precision(predictions, y, sigma2):
    return _split(np.float32(predictions), np.float32(y), sigma2)


def _in_place(predictions, y, sigma2):
    found = _split(predictions, y, sigma2)
    if isinstance(predictions, np.ndarray):
        predictions -= y
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
               ((1.0, 4.0, -1.0), "At the midpoint of the means z is 0, not at μ₀."),
               ((-1.0, -4.0, 6.0), "That is p(y = 0 | x)."))),
    "map-of-models-2": Array(
        (20, 143), ask="naive Bayes, all joint distributions =",
        hints=("How many numbers describe the groups? How many each question in each group?",
               "A table with m entries that add up to 1 has m − 1 free numbers."),
        wrong=(((18, 143), "The shares of the groups are parameters, too."),
               ((21, 143), "Three shares add up to 1: how many of them are free?"),
               ((17, 143), "A question with three answers has two free chances in each group."),
               ((35, 143), "Of the chances of one question's answers one is not free."),
               ((20, 144), "All entries add up to 1."),
               ((20, 47), "That is the table of the answers alone. Where are the groups?"),
               ((20, 141), "The entries of the whole table add up to 1, not those of each "
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
        hints=("What is the mean of (mean prediction − y)², over the noise and over training sets?",
               "The mean of R predictions has the variance of one, divided by R.",
               "Take sigma2 and variance/R away from the mean of (mean prediction − y)²."),
        wrong=((lambda p, y, s: _split(p, y, s, ddof=0), "it returns"),
               (lambda p, y, s: _split(p, y, s, noise=0), "it returns"),
               (lambda p, y, s: _split(p, y, s, share=0), "it returns"),
               (lambda p, y, s: _split(p, y, s, share=len(p)), "it returns"),
               (lambda p, y, s: _split(p, y, np.sqrt(s)), "it returns"),
               (lambda p, y, s: _split(p, y, s, clip=True), "it returns"),
               (lambda p, y, s: _split(p, y, s, axis=1) if len(y) > 1 else (0.0, 0.0),
                "it returns"),
               (lambda p, y, s: _split(p, y, s)[::-1], "it returns"),
               (_one_mean, "for two places"),
               (_in_single_precision, "for predictions far from 0"),
               (_in_place, "it changes the predictions"))),
    "map-of-models-5": Fault(
        ("line 2", "line 3", "line 4", "line 5"), "line 3", ask="It is",
        hints=("Which line does not compute what the name on its left says?",
               "Write down Bayes' theorem for p(y = k | x)."),
        wrong=(("line 2", "These are the shares of the classes, rightly computed."),
               ("line 4", "A joint, divided by its sum over the classes, is the posterior."),
               ("line 5", "The most probable class is the argmax of the posterior."))),
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
