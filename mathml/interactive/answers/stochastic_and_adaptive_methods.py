"""Answers to the exercises on stochastic and adaptive methods."""

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _right(grad, w, lr, beta, steps):
    """The points w_0, …, w_T."""
    points = [np.array(w, dtype=float)]
    v = np.zeros_like(points[0])
    for _ in range(steps):
        v = beta * v + grad(points[-1] - lr * beta * v)
        points.append(points[-1] - lr * v)
    return points


def _is_nesterov(nesterov) -> None:
    bowl, shifted, steep = (lambda w: np.array([1.0, 2.0]) * w,
                            lambda w: np.array([1.0, 4.0, 9.0]) * (w - 3.0),
                            lambda w: np.sinh(w))
    cases = (
        ("after no step", bowl, [1.0, -2.0], 0.1, 0.5, 0),
        ("after one step", bowl, [1.0, -2.0], 0.1, 0.5, 1),
        ("after two steps", bowl, [1.0, -2.0], 0.1, 0.5, 2),
        ("after three steps", bowl, [-1.5, 0.25], 0.2, 0.9, 3),
        ("after 40 steps", bowl, [1.0, -2.0], 0.3, 0.8, 40),
        ("for beta = 0", bowl, [1.0, -2.0], 0.1, 0.0, 4),
        ("for whole numbers", bowl, [3, -2], 0.1, 0.5, 3),
        ("for three numbers", shifted, [0.0, 0.0, 10.0], 0.05, 0.7, 6),
        ("for one number", steep, [-2.0], 0.2, 0.6, 5),
        ("for equal numbers", shifted, [5.0, 5.0, 5.0], 0.1, 0.3, 4),
        ("for tiny numbers", bowl, [1e-9, -2e-9], 0.1, 0.5, 3),
        ("for huge numbers", bowl, [1e12, -2e12], 0.1, 0.5, 3),
        ("from the minimum", shifted, [3.0, 3.0, 3.0], 0.1, 0.9, 7),
    )
    for name, grad, start, lr, beta, steps in cases:
        points = _right(grad, start, lr, beta, steps)
        size = max(np.abs(p).max() for p in points)
        for make in (list, np.array):
            given = make(start)
            found = np.asarray(nesterov(grad, given, lr, beta, steps))
            assert list(given) == start, f"{name} it changes what it is given"
            assert found.shape == points[-1].shape, (
                f"{name} it returns the shape {found.shape}, not {points[-1].shape}")
            assert np.all(abs(found - points[-1]) <= 1e-9 * size), (
                f"{name} it is at {found.tolist()}, not {points[-1].round(12).tolist()}")


def _search(grad, w, lr, beta, steps, *, look=1.0, start=0.0, share=None, returns="w", more=0):
    """The right program, or with one thing done otherwise."""
    w = np.array(w, dtype=float)
    v = start * grad(w)
    for _ in range(steps + more):
        g = grad(w - look * lr * beta * v)
        v = beta * v + (1.0 if share is None else 1 - beta) * g
        w = w - lr * v
    return w - lr * beta * v if returns == "u" else w


def _whole(grad, w, lr, beta, steps):
    w = np.array(w)
    v = np.zeros(w.shape)
    for _ in range(steps):
        v = beta * v + grad(w - lr * beta * v)
        w[:] = w - lr * v
    return w


def _in_place(grad, w, lr, beta, steps):
    v = np.zeros(len(w))
    for _ in range(steps):
        v = beta * v + grad(np.array(w) - lr * beta * v)
        for k in range(len(w)):
            w[k] -= lr * v[k]
    return np.array(w, dtype=float)


def _old_velocity(grad, w, lr, beta, steps):
    w = np.array(w, dtype=float)
    v = np.zeros_like(w)
    for _ in range(steps):
        new = beta * v + grad(w - lr * beta * v)
        w, v = w - lr * v, new
    return w


def _ahead_by_v(grad, w, lr, beta, steps):
    w = np.array(w, dtype=float)
    v = np.zeros_like(w)
    for _ in range(steps):
        v = beta * v + grad(w - lr * v)
        w = w - lr * v
    return w


_TOPIC = "stochastic-and-adaptive-methods"
ANSWERS = {
    f"{_TOPIC}-1": Number(
        18, ask="batch size =", transfer=True,
        hints=("By which formula does the variance of the points depend on η and the batch size, "
               "for short steps?",
               "A quadratic loss is proportional to the square of the distance. So the gap is "
               "proportional to η divided by the batch size."),
        wrong=((36, "A shorter step helps, too: how much of the gap does half the step leave?"),
               (6, "Is a noisier gradient better? The gap is proportional to η/b."),
               (54, "The loss is a square: it does not go like the distance."),
               (108, "The gap is proportional to η, not to its root or its inverse square."),
               (72, "Half the step makes the ball smaller, so that a smaller batch will do."))),
    f"{_TOPIC}-2": Number(
        9 / 26, ask="η up to",
        hints=("What does the first limit say about the largest curvature L?",
               "Divide Nesterov's limit for ηL by that L."),
        wrong=((0.9, "The look-ahead changes the limit."),
               (0.35, "Nearly: give three digits."),
               (18 / 13, "That is the limit of ηL. What is L here?"),
               (1 / 2, "That is gradient descent's limit, 2/L."),
               (2.34, "Nesterov's limit is smaller, not larger."))),
    f"{_TOPIC}-3": Choice(
        ("A, by far", "B, by far", "there is hardly a difference",
         "B in the beginning, A in the end"),
        "there is hardly a difference", ask="Closer is", transfer=True,
        hints=("On what do the two balls depend, for short steps?",
               "A makes ten steps where B makes one. What is left of the start after those?"),
        wrong=(("A, by far", "The variance goes like η/b. Is that smaller for A than for B?"),
               ("B, by far", "B makes one step where A makes ten that are a tenth as long."),
               ("B in the beginning, A in the end",
                "Compare (1 − ηλ/10)¹⁰ with 1 − ηλ for a small ηλ."))),
    f"{_TOPIC}-4": Choice(
        ("they make the loss fall, as unclipped ones would", "they make the loss fall, but slowly",
         "they make the loss rise", "they leave the loss as it is"),
        "they make the loss rise", ask="On average", transfer=True,
        hints=("What is the gradient of the whole loss at this point?",
               "What is the mean of the four clipped gradients? Compare the signs."),
        wrong=(("they make the loss fall, as unclipped ones would",
                "What is the mean of 1, 1, 1 and −2?"),
               ("they make the loss fall, but slowly", "What is the mean of 1, 1, 1 and −2?"),
               ("they leave the loss as it is", "What is the mean of 1, 1, 1 and −2?"))),
    f"{_TOPIC}-5": Proof(
        ("Add the first line of the method over t = 0, …, T − 1. With S = v₁ + … + v_T: "
         "S = β(v₀ + … + v_{T−1}) + λ Σ w_t + Σ ξ_t.",
         "As v₀ = 0, the sum in the parentheses is S − v_T. So "
         "(1 − β)S + βv_T = λT w̄ + Σ ξ_t.",
         "Add the second line: w_T − w₀ = −ηS, that is, S = (w₀ − w_T)/η. Put it in and divide "
         "by λT.",
         "The noise term is the same as without momentum, −Σξ_t/(λT), of standard deviation "
         "s/(λ√T). What β changes is of order 1/T, if w_T and v_T stay bounded (as they do in RMS "
         "for ηλ < 2(1 + β)): in the long run nothing."),
        hints=("Add up both lines of the method over t = 0, …, T − 1.",
               "The sum of v₀, …, v_{T−1} and that of v₁, …, v_T differ by one term.")),
    f"{_TOPIC}-6": Function(
        _is_nesterov, ask="nesterov",
        hints=("Where is the gradient taken? At u_t, which you compute from w_t and v_t first.",
               "Keep w and v; the look-ahead point is used for the gradient only.",
               "Start with np.array(w, dtype=float): a copy, and not of whole numbers."),
        wrong=((lambda *a: _search(*a, look=0.0), "after two steps"),
               (lambda *a: _search(*a, returns="u"), "after one step"),
               (lambda *a: _search(*a, look=-1.0), "after two steps"),
               (lambda *a: _search(*a, share=True), "after one step"),
               (lambda *a: _search(*a, start=1.0), "after one step"),
               (lambda *a: _search(*a, more=1), "after no step"),
               (_ahead_by_v, "after two steps"),
               (_old_velocity, "after one step"),
               (_whole, "for whole numbers"),
               (_in_place, "it changes what it is given"))),
    f"{_TOPIC}-7": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 3", ask="It is",
        hints=("Which numbers go into the next round of lines 1 and 2?",
               "The corrected values are for the step only. What do lines 1 and 2 need?"),
        wrong=(("line 1", "That is Adam's running mean. Which m does it find in the next round?"),
               ("line 2", "That is Adam's running mean. Which s does it find in the next round?"),
               ("line 4", "With the corrected m and s that is Adam's step."))),
}
