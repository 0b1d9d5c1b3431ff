"""Answers to the exercises on diffusion models."""

import itertools

import numpy as np
from scipy.special import softmax

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _encode(noise, x, alpha_bar, times, *, noise_at=0, clean_at=0, root=True, jump_at=1,
            skip=0):
    """The right program, or with one thing done otherwise."""
    x, alpha_bar, times = np.array(x, dtype=float), np.asarray(alpha_bar), list(times)
    for pair in list(itertools.pairwise(times))[skip:]:
        e = noise(x, pair[noise_at])
        a, b = alpha_bar[pair[clean_at]], alpha_bar[pair[jump_at]]
        if root:
            clean = (x - np.sqrt(1 - a) * e) / np.sqrt(a)
            x = np.sqrt(b) * clean + np.sqrt(1 - b) * e
        else:
            clean = (x - (1 - a) * e) / a
            x = b * clean + (1 - b) * e
    return x


def _encode_in_place(noise, x, alpha_bar, times):
    x[:] = _encode(noise, x, alpha_bar, times)
    return np.array(x)


def _encode_one_jump(noise, x, alpha_bar, times):
    return _encode(noise, x, alpha_bar, [*times][:1] + [*times][-1:])


def _encode_backwards(noise, x, alpha_bar, times):
    return _encode(noise, x, alpha_bar, list(times)[::-1])


def _encode_first_noise(noise, x, alpha_bar, times):
    times = list(times)
    e = noise(np.asarray(x, dtype=float), times[0])
    return _encode(lambda x, t: e, x, alpha_bar, times)


def _is_encode(encode) -> None:
    long = np.cumprod(np.concatenate([[1.0], 1 - np.linspace(1e-4, 0.05, 200)]))
    short = np.array([1.0, 0.9, 0.5, 0.1])

    def bell(x, t, alpha_bar, s2=4.0):
        a = alpha_bar[t]
        return np.sqrt(1 - a) * np.asarray(x) / (a * s2 + 1 - a)

    rng = np.random.default_rng(0)
    cases = (
        ("over one step", [[1.0]], short, [1, 2]),
        ("over two steps", [[1.0], [-2.0]], short, [1, 2, 3]),
        ("for a single time", [[1.0]], short, [2]),
        ("for rows of three numbers", rng.normal(size=(5, 3)), short, [1, 3]),
        ("over 199 steps", rng.normal(size=(4, 1)), long, list(range(1, 201))),
        ("over times with gaps", rng.normal(size=(4, 2)), long, [3, 10, 50, 51, 200]),
        ("for numbers far out", [[1e6], [-1e6]], long, [1, 100, 200]),
    )
    for name, x, alpha_bar, times in cases:
        given, kept = np.array(x, dtype=float), np.array(alpha_bar)
        right = _encode(lambda x, t, a=kept: bell(x, t, a), x, alpha_bar, times)
        with np.errstate(all="ignore"):
            found = np.asarray(encode(lambda x, t, a=kept: bell(x, t, a), given, alpha_bar,
                                      times), dtype=float)
        assert np.array_equal(given, np.array(x, dtype=float)), f"{name} it changes x"
        assert found.shape == right.shape, f"{name} it returns the shape {found.shape}"
        scale = np.abs(right).max()
        assert np.allclose(found, right, rtol=1e-7, atol=1e-9 * scale), (
            f"{name} the first number is {found.flat[0]:.5g}, not {right.flat[0]:.5g}")


def _expected_datum(x, data, a, *, root=True, halves=True, wide=True, stable=True, hard=False,
                    squared=True):
    x, data = np.asarray(x, dtype=float), np.asarray(data, dtype=float)
    squares = np.sum((x - (np.sqrt(a) if root else 1) * data) ** 2, axis=1)
    if not squared:
        squares = np.sqrt(squares)
    logs = -squares / ((2 if halves else 1) * ((1 - a) if wide else 1))
    if hard:
        return data[np.argmax(logs)]
    if stable:
        return softmax(logs) @ data
    weights = np.exp(logs)
    return weights @ data / weights.sum()


def _expected_of_distinct(x, data, a):
    return _expected_datum(x, np.unique(np.asarray(data, dtype=float), axis=0), a)


def _is_expected_datum(expected_datum) -> None:
    rng = np.random.default_rng(0)
    cases = (
        ("for two points and a number between them", [0.3], [[-1.0], [1.0]], 0.5),
        ("for three points of a plane", [0.5, 0.2], [[0, 0], [1, 0], [0, 2]], 0.8),
        ("for a row that occurs three times", [0.1], [[0.0], [0.0], [0.0], [1.0]], 0.3),
        ("for one point", [5.0, 5.0], [[1.0, 2.0]], 0.5),
        ("for a vector far away", [500.0, -500.0], [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]], 0.9),
        ("for nearly no noise", [1.1], [[1.0], [1.2], [3.0]], 1 - 1e-12),
        ("for nearly nothing but noise", [0.4], [[1.0], [-3.0]], 1e-6),
        ("for 200 vectors of 64 numbers", rng.normal(size=64), rng.normal(size=(200, 64)), 0.4),
    )
    for name, x, data, a in cases:
        right = _expected_datum(x, data, a)
        for make in (list, np.array):
            x_in, data_in = make(x), make([make(row) for row in data])
            with np.errstate(all="ignore"):
                found = np.asarray(expected_datum(x_in, data_in, a), dtype=float)
            assert found.shape == right.shape, f"{name} it returns the shape {found.shape}"
            assert np.all(np.isfinite(found)), f"{name} it returns {found[~np.isfinite(found)][0]}"
            assert np.allclose(found, right, rtol=1e-4, atol=1e-8), (
                f"{name} it returns {found.round(4)[:4]}, not {right.round(4)[:4]}")


ANSWERS = {
    "diffusion-1": Number(
        228, digits=3, ask="steps:",
        hints=("After t steps 0.98 to the power t of the variance is left.",
               "Solve 0.98ᵗ < 0.01 with logarithms, and round up to a whole number."),
        wrong=((456, "That is when the signal's deviation is below 1 %: its variance is the "
                     "square."),
               (227, "After 227 steps a little more than 1 % is left."),
               (50, "Each step takes 2 % of what is left, not of the beginning."))),
    "diffusion-2": Choice(
        ("√(1 − ᾱ)", "1 / √(1 − ᾱ)", "√(1 − ᾱ) / (ᾱ s² + 1 − ᾱ)", "√ᾱ s² / (ᾱ s² + 1 − ᾱ)",
         "(1 − ᾱ) / (ᾱ s² + 1 − ᾱ)"),
        "√(1 − ᾱ) / (ᾱ s² + 1 − ᾱ)", ask="c =",
        wrong=(("√(1 − ᾱ)", "That is right for s = 1 only."),
               ("1 / √(1 − ᾱ)", "That takes everything seen for noise: right for s = 0 only."),
               ("√ᾱ s² / (ᾱ s² + 1 − ᾱ)", "That is the factor of the expected datum."),
               ("(1 − ᾱ) / (ᾱ s² + 1 − ᾱ)", "That is the noise's share of the variance; the "
                                            "noise itself has the variance 1.")),
        hints=("What is the variance of x_t, and so the slope of log p_t?",
               "Tweedie: the expected noise is −√(1 − ᾱ) times the score.")),
    "diffusion-3": Proof(
        ("The best guess is the conditional mean, and m(x) is the mean of e^{−λ}λˣ/x! over "
               "the rates.",
               "By Bayes' theorem E[λ | x] is the mean of λ·e^{−λ}λˣ/x!, divided by m(x).",
               "λ·λˣ/x! is (x + 1)·λ^{x+1}/(x + 1)!, so the numerator is (x + 1) m(x + 1)."),
        hints=("Write m(x) as an expectation over λ.",
               "In the mean of λ given x, the factor λ raises the power by one."),
        transfer=True),
    "diffusion-4": Function(
        _is_encode, ask="encode",
        hints=("Two neighbouring times t < s in turn: guess noise and datum at t, put them "
               "together at s.", "The guess at t uses ᾱ_t; only the new mixture uses ᾱ_s."),
        wrong=((lambda *g: _encode(*g, noise_at=1), "over one step"),
               (lambda *g: _encode(*g, clean_at=1, jump_at=1), "over one step"),
               (lambda *g: _encode(*g, root=False), "over one step"),
               (lambda *g: _encode(*g, skip=1), "over one step"),
               (_encode_backwards, "over one step"),
               (_encode_in_place, "changes x"),
               (_encode_first_noise, "over two steps"),
               (_encode_one_jump, "over two steps"))),
    "diffusion-5": Fault(
        tuple(f"line {k}" for k in range(1, 9)), "line 8", ask="The fault is in",
        wrong=(("line 1", "The start is as its comment says."),
               ("line 2", "cumprod gives ᾱ₁, ..., ᾱ_T, and a 1 stands before them."),
               ("line 3", "range stops before 0: the last t is 1."),
               ("line 4", "betas[0] is β₁."),
               ("line 5", "The model is asked at the present time."),
               ("line 6", "Put the guessed datum into the mean of the step and collect: this is "
                          "it."),
               ("line 7", "It is β̃, as in the theorem on a step back.")),
        hints=("Too narrow: where does the width come from?",
               "What has a normal number times v for its variance?")),
    "diffusion-6": Function(
        _is_expected_datum, ask="expected_datum",
        hints=("The weights are a softmax of minus the squared distances over 2(1 − a).",
               "Subtract the largest exponent before you take exp, or use "
               "scipy.special.softmax."),
        wrong=((lambda *g: _expected_datum(*g, root=False), "for two points"),
               (lambda *g: _expected_datum(*g, halves=False), "for two points"),
               (lambda *g: _expected_datum(*g, wide=False), "for two points"),
               (lambda *g: _expected_datum(*g, squared=False), "for two points"),
               (lambda *g: _expected_datum(*g, hard=True), "for two points"),
               (_expected_of_distinct, "occurs three times"),
               (lambda *g: _expected_datum(*g, stable=False), "far away"))),
    "diffusion-7": Choice(
        ("the loss must be weighted by the ELBO's weights", "the learning rate is too small",
         "the data must be scaled first: even the last time is far from N(0, I)",
         "the walk back needs more steps",
         "pixels end at 0 and 255, and normal noise does not"),
        "the data must be scaled first: even the last time is far from N(0, I)",
        ask="What is wrong:",
        wrong=(("the loss must be weighted by the ELBO's weights",
                "Weights do not make noise visible: the error is near 1 at every time."),
               ("the learning rate is too small", "It was trained for as long as you like."),
               ("the walk back needs more steps", "More steps make the walk finer, but it would "
                                                  "still start in the wrong place."),
               ("pixels end at 0 and 255, and normal noise does not",
                "The noise may leave the range; that does not hide it.")),
        hints=("What would an error of 1 be the error of? Of the guess 0.",
               "How large is √ᾱ_T times a pixel, against a noise of variance 1?"),
        transfer=True),
}
