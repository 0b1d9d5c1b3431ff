"""Answers to the exercises on gradient descent."""

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof

LAST = 100_000  # steps


def _after(w: float, lr: float) -> float:
    """The point on w² after the last step that is allowed."""
    for _ in range(LAST):
        w = w - lr * (2 * w)
    return w


def _stops_on_the_gradient(search) -> None:
    parabola, shifted, well = (lambda w: 2 * w, lambda w: 2 * (w - 3.0), lambda w: w * w * w - w)
    slow = 2 * _after(10.0, 1e-5)  # the slope after exactly 100 000 steps
    cases = (
        ("on w² from 10", parabola, 10.0, 0.3, 1e-6, 0.0),
        ("on w² from −10", parabola, -10.0, 0.3, 1e-6, 0.0),
        ("on w² from −10 with lr = 0.001", parabola, -10.0, 1e-3, 1e-6, 0.0),
        ("on (w − 3)² from −5", shifted, -5.0, 0.9, 1e-9, 3.0),
        ("on (w − 3)² from the whole number 8", shifted, 8, 0.25, 1e-6, 3.0),
        ("on w² from 100 million", parabola, 1e8, 0.1, 1e-6, 0.0),
        ("on (w² − 1)²/4 from −0.5", well, -0.5, 0.1, 1e-8, -1.0),
        ("on (w² − 1)²/4 from −0.01, where it first gets steeper", well, -0.01, 0.1, 1e-8, -1.0),
        ("from the minimum with tol = 0", shifted, 3.0, 0.1, 0.0, 3.0),
        ("if 100 000 steps just suffice", parabola, 10.0, 1e-5, slow * (1 + 1e-6), slow / 2),
    )
    for name, grad, start, lr, tol, right in cases:
        try:
            w = search(grad, start, lr, tol)
        except RuntimeError as error:
            raise AssertionError(f"{name} it raises RuntimeError") from error
        assert abs(grad(w)) <= tol, f"{name} it returns {w}, where |f'| exceeds tol"
        assert abs(w - right) <= 1e-4, f"{name} it returns {w:.6g}; the search goes to {right:.6g}"
    start = search(parabola, 0.25, 0.1, 1.0)
    assert start == 0.25, f"it moves on from a start that is good enough, to {start:.4g}"
    first = search(parabola, 1.0, 0.25, 0.6)
    assert first == 0.25, f"it does not return the first point that is good enough, but {first:.4g}"
    second = search(parabola, 0.5, 0.25, 0.6)
    assert second == 0.25, (
        f"it does not return the first point that is good enough, but {second:.4g}")
    cases = (
        ("with a tiny lr", parabola, 10.0, 1e-8, 1e-6),
        ("with an lr so tiny that w stands still", parabola, 10.0, 1e-18, 1e-6),
        ("where it jumps to and fro", parabola, 10.0, 1.0, 1e-6),
        ("where it flies off", parabola, 10.0, 1.5, 1e-6),
        ("where it flies off at once", lambda w: 4 * w * w * w, -10.0, 1.0, 1e-6),
        ("if 100 000 steps just do not suffice", parabola, 10.0, 1e-5, slow * (1 - 1e-6)),
    )
    for name, grad, start, lr, tol in cases:
        try:
            w = search(grad, start, lr, tol)
        except RuntimeError:
            continue
        raise AssertionError(f"{name} it returns {w}; it should raise RuntimeError")


def _search(grad, w, lr, tol, *, points=LAST + 1, good=lambda g, tol, first: abs(g) <= tol,
            moves_on=False):
    """The right program, or with one thing done otherwise."""
    first = grad(w)
    for _ in range(points):
        g = grad(w)
        if good(g, tol, first):
            return w - lr * g if moves_on else w
        w = w - lr * g
    raise RuntimeError


def _gives_up_where_steeper(grad, w, lr, tol):
    first = abs(grad(w))
    for _ in range(LAST + 1):
        g = grad(w)
        if abs(g) <= tol:
            return w
        if abs(g) > 2 * first:
            raise RuntimeError
        w = w - lr * g
    raise RuntimeError


def _step_rule(grad, w, lr, tol):
    for _ in range(LAST):
        new = w - lr * grad(w)
        if abs(new - w) <= tol:
            return new
        w = new
    raise RuntimeError


def _says_nothing(grad, w, lr, tol):
    for _ in range(LAST):
        if abs(grad(w)) <= tol:
            break
        w = w - lr * grad(w)
    return w


def _nothing_if_slow(grad, w, lr, tol):
    if lr < 1e-4:
        raise RuntimeError
    return 0.0


def _is_raw(raw_weights) -> None:
    rng = np.random.default_rng(5)
    cases = [("for one feature", [[1.0], [3.0], [8.0]], [2.0, 3.0]),
             ("for two features", [[1, 50], [2, 20], [6, 80], [3, 10]], [-1, 2, 0.5]),
             ("for a weight of 0", [[1, 50], [2, 20], [6, 80]], [0, 0, -4.0]),
             ("for whole numbers", [[1, 50], [2, 20], [6, 80], [3, 10]], [3, 1, -2]),
             ("for negative measurements", [[-5.0, 0.0], [-7.0, 1.0], [-6.5, 0.0]], [1.0, -2, 3])]
    for d, scale in ((1, 1e6), (3, 1e-6), (4, 1.0)):
        X = scale * (rng.normal(size=(9, d)) * np.arange(1, d + 1) + rng.normal(size=d) * 3)
        cases.append((f"for {d} features of size {scale:g}", X.tolist(),
                      rng.normal(size=d + 1).tolist()))
    for name, X, v in cases:
        columns = np.array(X, dtype=float)
        mean, spread = columns.mean(axis=0), columns.std(axis=0)
        shares = np.array(v[1:], dtype=float) / spread
        right = np.concatenate([[v[0] - shares @ mean], shares])
        size = abs(v[0]) + abs(shares * mean).sum()
        given = np.array(v), np.array(X)
        found = np.asarray(raw_weights(*given), dtype=float)
        kept = np.array_equal(given[0], v) and np.array_equal(given[1], X)
        assert kept, f"{name} it changes what it is given"
        assert found.shape == right.shape, (
            f"{name} it returns the shape {found.shape}, not {right.shape}")
        close = 1e-8 * abs(np.array(v[1:], dtype=float)).max() / spread
        assert np.all(abs(found[1:] - right[1:]) <= close), (
            f"{name} the weights are {found[1:]}, not {right[1:]}")
        assert abs(found[0] - right[0]) <= 1e-8 * size, (
            f"{name} the intercept is {found[0]:.6g}, not {right[0]:.6g}")


def _raw(v, X, *, weight=lambda v, s: v / s, shift=lambda b, w, v, m, s: b - w @ m, ddof=0):
    v, X = np.asarray(v, dtype=float), np.asarray(X, dtype=float)
    m, s = X.mean(axis=0), X.std(axis=0, ddof=ddof)
    w = weight(v[1:], s)
    return np.concatenate([[shift(v[0], w, v[1:], m, s)], w])


def _raw_whole(v, X):
    out = np.array(v)
    out[1:] = out[1:] / np.std(X, axis=0)
    out[0] = out[0] - out[1:] @ np.mean(X, axis=0)
    return out


def _raw_in_place(v, X):
    X = np.asarray(X, dtype=float)
    for k in range(1, len(v)):
        v[0] -= v[k] * X[:, k - 1].mean() / X[:, k - 1].std()
        v[k] /= X[:, k - 1].std()
    return np.array(v)


ANSWERS = {
    "gradient-descent-1": Number(
        0.025, ask="η =",
        hints=("A step multiplies the error by 1 − ηL. Which number is that factor, with its sign?",
               "1 − 0.04·L = −0.6. And at which η is the factor 0?"),
        wrong=((0.1, "The error changes its sign, so the factor is −0.6, not 0.6."),
               (0.05, "That is 2/L, the threshold: there it jumps to and fro for ever."),
               (40, "That is the curvature L. Which step lands at once?"),
               (0.064, "Why 1.6 times the old one? The old step is too long already."))),
    "gradient-descent-2": Number(
        1 / 3, ask="the number is",
        hints=("Write down the Hessian. What are its eigenvalues?",
               "Try the directions (1, 1) and (1, −1). The threshold is 2/L."),
        wrong=((1 / 2, "Along the axes the curvature is 4. Is that the largest?"),
               (1 / 6, "That is 1/L, the end of the safe steps. How far may you go?"),
               (1, "That is 2 divided by the smallest curvature."),
               (1 / 4, "That is 2/(L + μ), the best step."),
               (2 / 3, "The Hessian of 2w² is 4, not 2."))),
    "gradient-descent-3": Choice(
        ("L > 4, and no upper bound", "4 < L ≤ 8", "L ≤ 8, and no lower bound",
         "L > 8, and no upper bound"),
        "L > 4, and no upper bound", ask="You know that",
        hints=("Which rates failed? What does a failure say about 1/L?",
               "Every rate up to 1/L passes. Does every rate that passes have to be up to 1/L?"),
        wrong=(("4 < L ≤ 8", "The lower bound is right. But a rate above 1/L may pass, too."),
               ("L ≤ 8, and no lower bound", "A rate that passes says nothing; a failure does."),
               ("L > 8, and no upper bound", "Did 1/8 fail?"))),
    "gradient-descent-4": Function(
        _stops_on_the_gradient, ask="search",
        hints=("Test abs(grad(w)), not the length of the step.",
               "How many points are there after 0, 1, …, 100 000 steps? Is the last one tested?",
               "What does your program do with nan, which is not <= anything?"),
        wrong=((lambda *a: _search(*a, good=lambda g, tol, first: g <= tol), "on w² from −10"),
               (lambda *a: _search(*a, good=lambda g, tol, first: not abs(g) > tol),
                "where it flies off it returns nan"),
               (lambda *a: _search(*a, good=lambda g, tol, first: abs(g) < tol), "with tol = 0"),
               (lambda *a: _search(*a, good=lambda g, tol, first:
                                   abs(g) <= tol * max(1.0, abs(first))), "where |f'| exceeds tol"),
               (lambda *a: _search(*a, points=LAST), "if 100 000 steps just suffice"),
               (lambda *a: _search(*a, points=LAST + 2), "just do not suffice"),
               (lambda *a: _search(*a, points=1000), "it raises RuntimeError"),
               (lambda *a: _search(*a, moves_on=True), "it moves on"),
               (_step_rule, "where |f'| exceeds tol"),
               (lambda grad, w, lr, tol: w if w - lr * grad(w) == w else _search(grad, w, lr, tol),
                "so tiny that w stands still"),
               (_gives_up_where_steeper, "where it first gets steeper"),
               (_says_nothing, "it should raise RuntimeError"),
               (_nothing_if_slow, "on (w − 3)² from −5"))),
    "gradient-descent-5": Function(
        _is_raw, ask="raw_weights", transfer=True,
        hints=("Write the prediction v₀ + Σ vⱼ (xⱼ − mⱼ)/sⱼ, and sort it by xⱼ.",
               "What of it does not depend on x? That is the new intercept."),
        wrong=((lambda v, X: _raw(v, X, weight=lambda v, s: v * s), "the weights are"),
               (lambda v, X: _raw(v, X, weight=lambda v, s: v), "the weights are"),
               (lambda v, X: _raw(v, X, ddof=1), "the weights are"),
               (lambda v, X: _raw(v, X, shift=lambda b, w, v, m, s: b), "the intercept is"),
               (lambda v, X: _raw(v, X, shift=lambda b, w, v, m, s: b + w @ m), "the intercept is"),
               (lambda v, X: _raw(v, X, shift=lambda b, w, v, m, s: b - v @ m), "the intercept is"),
               (lambda v, X: _raw(v, np.ravel(np.asarray(X, dtype=float))[:, None]),
                "it could not be used"),
               (lambda v, X: _raw(v, X)[1:], "it returns the shape"),
               (_raw_whole, "for whole numbers"),
               (_raw_in_place, "it changes what it is given"))),
    "gradient-descent-6": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 3", ask="It is",
        hints=("Lines 1 and 2 quote theorems. Are the hypotheses met?",
               "Read each ≤ again: which quantity is bounded by which?"),
        wrong=(("line 1", "That is the rate for convex functions, with η = 1/L."),
               ("line 2", "The descent lemma holds between any two points, and the gradient at w* "
                          "is 0."),
               ("line 4", "If line 3 were true, this would follow."))),
    "gradient-descent-7": Proof(
        ("Each step lowers the value by at least η/2 times the squared gradient (η ≤ 1/L): "
         "f(w_{t+1}) − f* ≤ f(w_t) − f* − (η/2)‖∇f(w_t)‖².",
         "By the hypothesis that is at most (1 − ημ)(f(w_t) − f*). Repeat it t times. (If a gap is "
         "left, 1 − ημ is not negative, since the next gap is not.)",
         "Least squares: let w* be a minimiser and e = w − w*. As XᵀXw* = Xᵀy, the gradient is "
         "XᵀXe and the gap f(w) − f* is ½ eᵀXᵀXe.",
         "Write e in an orthonormal basis of eigenvectors of XᵀX, with coordinates cᵢ. The gap "
         "is ½ Σ λᵢcᵢ², and ½‖∇f‖² = ½ Σ λᵢ²cᵢ².",
         "Terms with λᵢ = 0 vanish in both; for the others λᵢ² ≥ μλᵢ, with the smallest positive "
         "eigenvalue μ of XᵀX. So ½‖∇f‖² ≥ μ(f(w) − f*)."),
        transfer=True,
        hints=("What does one step do to f(w) − f*, by the descent lemma?",
               "What are the gradient and the gap in the eigenvectors of XᵀX?")),
}
