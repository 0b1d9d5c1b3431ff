"""Answers to the exercises on gradients."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Proof


def _curved(x):
    return np.array([x[0] * x[1], np.sin(x[0]), x[1] ** 2])  # (3,) of two


def _curved_jacobian(x):
    return np.array([[x[1], x[0]], [np.cos(x[0]), 0.0], [0.0, 2 * x[1]]])


def _product(x):
    return np.array([np.prod(x)])  # (1,) of any number


def _square(x):
    return np.array([x[0] ** 2, x[0] * x[1]])


def _is_jacobian(jacobian) -> None:
    cases = (
        ("for m = 3 and d = 2", _curved, [0.7, -1.3], _curved_jacobian([0.7, -1.3])),
        ("at a whole place", _curved, [2, 3], _curved_jacobian([2, 3])),
        ("for m = 1 and d = 4", _product, [2.0, -1.0, 0.5, 3.0], [[-1.5, 3.0, -6.0, -1.0]]),
        ("for d = 1", lambda x: np.array([np.exp(x[0]), 2 * x[0]]), [0.5], [[np.exp(0.5)], [2.0]]),
        ("for m = d = 2", _square, [1.5, -2.0], [[3.0, 0.0], [-2.0, 1.5]]),
        ("at 0", _curved, [0.0, 0.0], [[0, 0], [1, 0], [0, 0]]),
        ("at 10⁶", _square, [1e6, -2.0], [[2e6, 0.0], [-2.0, 1e6]]),
        ("at −10⁶", _square, [-1e6, 3.0], [[-2e6, 0.0], [3.0, -1e6]]),
        ("at a large and a small number",
         lambda x: np.array([np.sin(x[1]), 1e-6 * x[0] ** 2]), [1e6, 1e-7],
         [[0.0, 1.0], [2.0, 0.0]]),
        ("in a steep bowl", lambda x: np.array([1e4 * x[0] ** 2, x[0]]), [0.0], [[0.0], [1.0]]),
        ("for eˣ at 3", lambda x: np.exp(np.asarray(x)), [3.0, -1.0],
         np.diag(np.exp([3.0, -1.0]))),
    )
    for name, F, place, right in cases:
        for make in (np.array, list):
            given, right = make(place), np.asarray(right, dtype=float)
            found = np.asarray(jacobian(F, given), dtype=float)
            assert list(given) == place, f"{name} it changes x"
            assert found.shape == right.shape, (
                f"{name} it returns the shape {found.shape}, not {right.shape}")
            worst = np.max(np.abs(found - right) / np.maximum(np.abs(right), 1))
            assert worst < 3e-6, (
                f"{name} it returns {found.round(6).tolist()}, not {right.round(6).tolist()}")


def _jacobian(F, x, *, h=6e-6, central=True, scaled=True, width=2.0, turn=False, copy=True,
              whole=False, flat=False):
    """The right program, or with one thing done otherwise."""
    x = np.array(x) if whole else np.array(x, dtype=float) if copy else np.asarray(x, dtype=float)
    columns = []
    for j in range(len(x)):
        step = h * max(1, abs(x[j])) if scaled else h
        if whole:
            up, down = x.copy(), x.copy()
            up[j] += int(step) if x.dtype.kind == "i" else step
            down[j] -= int(step) if x.dtype.kind == "i" else step
        else:
            move = np.zeros(len(x))
            move[j] = step
            up, down = x + move, x - move
        low = np.asarray(F(down)) if central else np.asarray(F(x))
        columns.append((np.asarray(F(up)) - low) / (width * step if central else step))
    found = np.stack(columns, axis=0 if turn else 1)
    return np.ravel(found) if flat else found


def _moves_and_stays(F, x):
    columns = []
    for j in range(len(x)):
        step = 6e-6 * max(1, abs(x[j]))
        before = np.asarray(F(x)), x[j]
        x[j] = x[j] + step
        columns.append((np.asarray(F(x)) - before[0]) / step)
    return np.stack(columns, axis=1)


def _one_step_for_all(F, x):
    x = np.array(x, dtype=float)
    step = 6e-6 * max(1, np.linalg.norm(x))
    return np.stack([(np.asarray(F(x + e)) - F(x - e)) / (2 * step)
                     for e in step * np.eye(x.size)], axis=1)


def _all_at_once(F, x):
    x = np.array(x, dtype=float)
    step = 6e-6 * np.maximum(1, np.abs(x))
    change = np.asarray(F(x + step)) - F(x - step)
    return change[:, None] / (2 * step)


def _sum_of_outputs(F, x):
    return np.sum(_jacobian(F, x), axis=0)


ROWS = [[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]


def _is_weighted_gradient(weighted_gradient) -> None:
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(5, 3))
    cases = (
        ("for three rows", ROWS, [0.5, -1.0], [1.0, 2.0, 2.0], [1.0, 0.5, 2.0]),
        ("where all r are 1", ROWS, [0.5, -1.0], [1.0, 2.0, 2.0], [1.0, 1.0, 1.0]),
        ("where all r are 10", ROWS, [0.5, -1.0], [1.0, -2.0, 2.0], [10.0, 10.0, 10.0]),
        ("where an r is 0", ROWS, [2.0, 1.0], [1.0, 0.0, -4.0], [0.0, 3.0, 1.0]),
        ("at w = 0", ROWS, [0.0, 0.0], [1.0, -2.0, 2.0], [1.0, 0.5, 2.0]),
        ("for five rows of three", wide.tolist(), [1.0, -2.0, 0.5],
         rng.normal(size=5).tolist(), rng.uniform(0, 2, size=5).tolist()),
        ("for tiny r", ROWS, [0.5, -1.0], [1.0, 2.0, 2.0], [1e-12, 3e-12, 2e-12]),
        ("for huge y", ROWS, [0.5, -1.0], [1e9, -2e9, 2e9], [1.0, 0.5, 2.0]),
        ("for one row", [[2.0, -1.0]], [1.0, 1.0], [3.0], [0.5]),
        ("for a square X", [[2.0, -1.0], [0.5, 3.0]], [1.0, 1.0], [3.0, -1.0], [0.5, 2.0]),
    )
    for name, X, w, y, r in cases:
        A = np.array(X)
        right = sum(r[i] * (A[i] @ w - y[i]) * A[i] for i in range(len(A))) / len(A)
        for shape, given in (
            ("", [np.array(X), np.array(w), np.array(y), np.array(r)]),
            (" and y a column", [np.array(X), np.array(w), np.array(y)[:, None], np.array(r)]),
            (" and r a column", [np.array(X), np.array(w), np.array(y), np.array(r)[:, None]]),
            (" and both columns",
             [np.array(X), np.array(w), np.array(y)[:, None], np.array(r)[:, None]]),
            (" and lists", [np.array(X), np.array(w), list(y), list(r)]),
        ):
            before = [np.array(part) for part in given]
            found = np.asarray(weighted_gradient(*given), dtype=float)
            assert all(map(np.array_equal, given, before)), f"{name} it changes what it is given"
            assert found.shape == right.shape, (
                f"{name}{shape} it returns the shape {found.shape}, not {right.shape}")
            size = np.max(np.abs(right)) or 1.0
            assert np.allclose(found / size, right / size, rtol=0, atol=1e-9), (
                f"{name}{shape} it returns {found}, not {right}")


def _weighted(X, w, y, r, *, flat_y=True, flat_r=True, power=1, by=None, sign=1, error=True):
    X, n = np.asarray(X, dtype=float), len(X)
    y = np.reshape(y, n) if flat_y else np.asarray(y)
    r = np.reshape(r, n) if flat_r else np.asarray(r)
    off = X @ w - y if error else -y
    return sign * X.T @ (r**power * off) / (n if by is None else by(n, r))


def _in_place(X, w, y, r):
    X *= np.sqrt(np.reshape(r, (-1, 1)))
    return X.T @ (X @ w - np.sqrt(np.ravel(r)) * np.ravel(y)) / len(X)


ANSWERS = {
    "gradients-1": Array(
        (1, 7), ask="∇(f ∘ F)(2, 1) =",
        hints=("Row i of the Jacobian is the gradient of component i, at (2, 1).",
               "The Jacobian is (1, 2; 4, 3). Which way does it carry slopes?"),
        wrong=(((3, 17), "That is J times the gradient. Slopes are carried back by the transpose."),
               ((5, -1), "That is the gradient of f at F(2, 1). How do u and v move that point?"),
               ((9, 7), "The gradient's second entry is −1: what pulls the other way?"))),
    "gradients-2": Array(
        (2 / np.sqrt(20), 2 / np.sqrt(20), np.sqrt(20)), ask="u₁, u₂, rate =",
        hints=("The step is along H⁻¹g. Solve Hn = g.",
               "n = (2, 2). How long is it, measured by ‖·‖_H?",
               "The rate is √(gᵀn)."),
        wrong=((np.array([6, 4, 52]) / np.sqrt(52), "That is the Euclidean answer."),
               ((1 / np.sqrt(2), 1 / np.sqrt(2), 10 / np.sqrt(2)),
                "The direction is right, but that step has the Euclidean length 1."),
               ((2, 2, 20), "Not yet of size 1: what is nᵀHn?"),
               (np.array([16, 10, 136]) / np.sqrt(932), "That goes along Hg, not along H⁻¹g."))),
    "gradients-3": Choice(
        ("√(x² + y²)", "√|xy|", "|xy|", "x³/(x² + y²), with the value 0 at 0"), "|xy|",
        ask="Differentiable at 0 is",
        hints=("What would g have to be, from the slopes on the axes? How large is the rest then, "
               "beside the step?",
               "Look at each function in a window ten times smaller, with the heights magnified "
               "ten times."),
        wrong=(("√(x² + y²)", "Along the x axis it is |x|: not even a partial derivative exists."),
               ("√|xy|", "Both partial derivatives are 0. But on the diagonal it is |x|: the rest "
                         "is a fixed part of the step."),
               ("x³/(x² + y²), with the value 0 at 0",
                "Its gradient at 0 is (1, 0), and on the diagonal that would give x. It is x/2 "
                "there."))),
    "gradients-4": Proof(
        ("With s = 0: f(0) = 0.",
         "For every z the directional derivative at 0 exists: (f(tz) − f(0))/t = t·f(z)/t = f(z) "
         "for all t ≠ 0. So D_z f(0) = f(z).",
         "If f is differentiable at 0, the gradient knows every direction: D_z f(0) = gᵀz with "
         "g = ∇f(0), for z of any length. So f(z) = gᵀz for all z.",
         "The lying hill satisfies f(sz) = s·f(z). It is not linear: f(1, 0) + f(0, 1) = 0, and "
         "f(1, 1) = ½. So it is not differentiable at 0."),
        hints=("What is the directional derivative of f at 0 along z?",
               "The theorem holds for every u, not only for unit vectors.")),
    "gradients-5": Function(
        _is_jacobian, ask="my_jacobian",
        hints=("Move one input at a time. What you get is a column.",
               "A list has no +; and an array of whole numbers cannot hold a small step.",
               "How large is a step of 10⁻⁵ beside 10⁶? Scale it."),
        wrong=((lambda F, x: _jacobian(F, x, turn=True), "it returns the shape (2, 3)"),
               (lambda F, x: _jacobian(F, x, width=1.0), "for m = 3 and d = 2 it returns"),
               (lambda F, x: _jacobian(F, x, central=False, h=1e-4), "for m = 3 and d = 2"),
               (lambda F, x: _jacobian(F, x, scaled=False, h=1e-9), "it returns"),
               (lambda F, x: _jacobian(F, x, central=False, h=1e-8), "in a steep bowl"),
               (_one_step_for_all, "at a large and a small number"),
               (lambda F, x: _jacobian(F, x, h=1e-2), "for m = 3 and d = 2"),
               (lambda F, x: _jacobian(F, x, h=1e-13), "it returns"),
               (lambda F, x: _jacobian(F, x, whole=True), "at a whole place"),
               (lambda F, x: _jacobian(F, x, flat=True), "it returns the shape"),
               (_moves_and_stays, "it changes x"),
               (_all_at_once, "for m = 3 and d = 2"),
               (_sum_of_outputs, "it returns the shape"))),
    "gradients-6": Fault(
        ("line 1", "line 2", "line 3", "line 4", "line 5"), "line 4", ask="The fault is in",
        hints=("Say for each function at which place it is applied.",
               "Each derivative belongs to the place at which its function is applied."),
        wrong=(("line 1", "F1 is applied to x. That is right."),
               ("line 2", "F2 is applied to what F1 returned. That is right."),
               ("line 3", "f is applied to b, and so its gradient is taken at b."),
               ("line 5", "F1 is applied to x, so its Jacobian is taken at x; and it comes last, "
                          "as slopes are carried back."))),
    "gradients-7": Choice(
        ("raise the weight of the mass: its slope is 160 times as steep",
         "raise the weight of the mass: the slopes are then −192 000 and −3",
         "raise the weight of the depth: its slope is then 2.5 times as steep",
         "it cannot be told from these numbers"),
        "raise the weight of the depth: its slope is then 2.5 times as steep", ask="It says:",
        hints=("Write the score with x₁/800 and x₂/2. What are the weights then?",
               "If w₁ = w₁′/800, what does the chain rule say of the slope in w₁′?"),
        wrong=(("raise the weight of the mass: its slope is 160 times as steep",
                "That compares a weight per gram with a weight per millimetre."),
               ("raise the weight of the mass: the slopes are then −192 000 and −3",
                "Features are divided, weights are multiplied, and slopes in the weights?"),
               ("it cannot be told from these numbers",
                "You have the slopes and the standard deviations. What more?"))),
    "gradients-8": Function(
        _is_weighted_gradient, ask="weighted_gradient", transfer=True,
        hints=("Write the error as a vector e. What is the change of Σ rᵢeᵢ² when w changes?",
               "Look at the shape of X @ w − y when y is a column. Flatten y and r first.",
               "Divide by the number of rows, whatever the rᵢ are."),
        wrong=((lambda X, w, y, r: _weighted(X, w, y, r, flat_y=False), "and y a column"),
               (lambda X, w, y, r: _weighted(X, w, y, r, flat_r=False), "r a column"),
               (lambda X, w, y, r: _weighted(X, w, y, r, power=0), "for three rows"),
               (lambda X, w, y, r: _weighted(X, w, y, r, power=2), "for three rows"),
               (lambda X, w, y, r: _weighted(X, w, y, r, by=lambda n, r: 1), "for three rows"),
               (lambda X, w, y, r: _weighted(X, w, y, r, by=lambda n, r: n / 2), "for three rows"),
               (lambda X, w, y, r: _weighted(X, w, y, r, by=lambda n, r: 3), "five rows of three"),
               (lambda X, w, y, r: _weighted(X, w, y, r, by=lambda n, r: np.sum(r)),
                "for three rows"),
               (lambda X, w, y, r: _weighted(X, w, y, r, sign=-1), "for three rows"),
               (lambda X, w, y, r: _weighted(X, w, y, r, error=False), "for three rows"),
               (_in_place, "it changes what it is given"))),
}
