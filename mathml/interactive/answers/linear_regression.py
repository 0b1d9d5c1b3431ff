"""Answers to the exercises on linear regression."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _fitted_elsewhere(X, y, at):
    """The prediction at one row of a fit to others, centred and scaled."""
    mean = X.mean(axis=0)
    scale = np.abs(X - mean).max(axis=0)
    w = np.linalg.lstsq((X - mean) / scale, y - y.mean(), rcond=None)[0]
    return y.mean() + (at - mean) / scale @ w


def _is_left_out(left_out) -> None:
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(9, 2)) * [1e8, 1e-6] + [1e9, 5e-6]
    cases = (
        ("for four points on a line but one", np.array([[0.0], [1.0], [2.0], [3.0]]),
         np.array([0.0, 1.0, 2.0, 7.0])),
        ("for one point far out", np.array([[1.0], [2.0], [3.0], [4.0], [10.0]]),
         np.array([1.0, 2.5, 2.0, 4.0, 3.0])),
        ("for outputs that are far from 0", rng.normal(size=(8, 2)) + 5, rng.normal(size=8) + 100),
        ("for a row that occurs twice", np.array([[1.0], [1.0], [2.0], [5.0]]),
         np.array([0.0, 2.0, 1.0, 3.0])),
        ("for outputs near 1e-9", rng.normal(size=(7, 3)), 1e-9 * rng.normal(size=7)),
        ("for columns near 1e9 and 1e-6", wide, rng.normal(size=9)),
        ("for a column with the mean 1e6", rng.normal(size=(10, 1)) + 1e6, rng.normal(size=10)),
    )
    for name, X, y in cases:
        right = np.array([y[i] - _fitted_elsewhere(np.delete(X, i, 0), np.delete(y, i), X[i])
                          for i in range(len(y))])
        for make in (np.array, np.ndarray.tolist):
            given = make(X), make(y)
            with np.errstate(all="ignore"):
                found = np.asarray(left_out(*given))
            assert np.array_equal(given[0], X), f"{name} it changes X"
            assert np.array_equal(given[1], y), f"{name} it changes y"
            assert found.shape == y.shape, f"{name} it returns the shape {found.shape}"
            assert np.allclose(found, right, rtol=1e-5, atol=1e-7 * np.abs(y).max()), (
                f"{name} it returns {np.round(found.astype(float), 12)}, not {np.round(right, 12)}")


def _left_out(X, y, *, ones=True, leverage=None, scale=True, power=1, loop=None):
    """The right program, or with one thing done otherwise."""
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    n = len(y)
    C = X - X.mean(axis=0) if ones else X
    Q = np.linalg.qr(C / np.linalg.norm(C, axis=0))[0]
    e = y - y.mean() if ones else y
    e = e - Q @ (Q.T @ e)
    h = (1 / n if ones else 0) + np.sum(Q**2, axis=1)
    if leverage == "no mean":
        h = h - 1 / n
    if leverage == "average":
        h = np.full(n, (X.shape[1] + 1) / n)
    return e / (1 - h) ** power


def _left_out_by_inverse(X, y):
    A = np.column_stack([np.ones(len(y)), np.array(X, dtype=float)])
    H = A @ np.linalg.pinv(A.T @ A) @ A.T
    return (y - H @ y) / (1 - np.diag(H))


def _left_out_in_place(X, y):
    found = _left_out(X, y)
    if isinstance(y, np.ndarray):
        y -= y.mean()
    else:
        y[:] = [value - np.mean(y) for value in y]
    return found


def _left_out_wrong_way(X, y):
    return -_left_out(X, y)


def _is_adjusted_slope(adjusted_slope) -> None:
    rng = np.random.default_rng(1)
    many = rng.integers(0, 4, size=30)
    cases = (
        ("for two groups of two", [0.0, 1, 5, 6], [5.0, 6, 0, 1], ["a", "a", "b", "b"]),
        ("for groups of unequal spread", [0.0, 1, 0, 10], [0.0, 3, 1, 11], [1, 1, 2, 2]),
        ("for groups of unequal size", [0.0, 2, 4, 1, 2], [0.0, 2, 4, 9, 3],
         ["a", "a", "a", "b", "b"]),
        ("for a group with one member", [0.0, 1, 2, 50], [1.0, 0, 4, -90], ["x", "x", "x", "y"]),
        ("for one group", [1.0, 2, 4], [3.0, 1, 8], [7, 7, 7]),
        ("for groups in mixed order", rng.normal(size=30) + 3 * many,
         rng.normal(size=30) - 5 * many, many.tolist()),
        ("for x near 1e-6 and y near 1e6", 1e-6 * (rng.normal(size=30) + many),
         1e6 * rng.normal(size=30), many.tolist()),
        ("for labels 10, 2, 33", [1.0, 2, 3, 4, 9, 5], [2.0, 2, 5, 1, 0, 7],
         [10, 2, 10, 33, 2, 33]),
    )
    for name, x, y, groups in cases:
        x, y = np.array(x), np.array(y)
        D = (np.array(groups)[:, None] == np.array(sorted(set(groups)))).astype(float)
        size = np.abs(x).max()
        right = np.linalg.lstsq(np.column_stack([x / size, D]), y, rcond=None)[0][0] / size
        for make in (np.array, np.ndarray.tolist):
            given = make(x), make(y), list(groups)
            with np.errstate(all="ignore"):
                found = np.asarray(adjusted_slope(*given))
            kept = [np.array(part).tolist() for part in given]
            assert kept == [x.tolist(), y.tolist(), groups], f"{name} it changes what it is given"
            assert found.size == 1, f"{name} it returns {found.size} numbers"
            assert np.isclose(float(found.item()), right, rtol=1e-8), (
                f"{name} it returns {found.item():.6g}, not {right:.6g}")


def _moved(v, groups):
    v, groups = np.array(v, dtype=float), np.array(groups)
    for label in set(groups.tolist()):
        v[groups == label] -= v[groups == label].mean()
    return v


def _line(x, y):
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    return (x - x.mean()) @ (y - y.mean()) / ((x - x.mean()) @ (x - x.mean()))


def _mean_of_slopes(x, y, groups, *, weighted=False):
    x, y, groups = np.array(x, dtype=float), np.array(y, dtype=float), np.array(groups)
    labels = [label for label in set(groups.tolist()) if np.sum(groups == label) > 1]
    slopes = [_line(x[groups == label], y[groups == label]) for label in labels]
    sizes = [np.sum(groups == label) for label in labels]
    return np.average(slopes, weights=sizes if weighted else None)


def _between(x, y, groups):
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    return _line(x - _moved(x, groups), y - _moved(y, groups))


def _in_place(x, y, groups):
    found = _moved(x, groups) @ _moved(y, groups) / (_moved(x, groups) @ _moved(x, groups))
    x[:] = list(_moved(x, groups))
    return found


def _group_as_number(x, y, groups):
    codes = np.unique(groups, return_inverse=True)[1]
    A = np.column_stack([np.ones(len(codes)), x, codes])
    return np.linalg.lstsq(A, np.array(y, dtype=float), rcond=None)[0][1]


ANSWERS = {
    "linear-regression-1": Array(
        (0.92, 5.0), ask="leverage, error =",
        hints=("The mean of x is 4. How far is 10 from it, squared, and how far are all?",
               "Divide the residual by what the leverage leaves to 1."),
        wrong=(((0.72, 0.4 / 0.28), "You left out the 1/n that every point has."),
               ((0.92, 0.4), "That is its distance from the line it has pulled to itself."),
               ((0.92, 0.4 / 0.92), "Divide by 1 − h, not by h."),
               ((0.92, 0.032), "You multiplied by 1 − h. Left out, it misses by more, not less."),
               ((0.4, 2 / 3), "2/5 is the mean of the five leverages. This point is far out."))),
    "linear-regression-2": Number(
        3.5, ask="mg:", transfer=True,
        hints=("Which matrix is X? Compute XᵀX.",
               "XᵀX is 4 times the identity, so its inverse is a quarter of it."),
        wrong=((7, "That is one by one. Here each stone is in all four weighings."),
               (1.75, "The variance is divided by 4. What becomes of the standard deviation?"),
               (12.25, "That is the variance, in mg²."),
               (14, "More weighings of a stone cannot make it worse: look at (XᵀX)⁻¹."))),
    "linear-regression-3": Choice(
        ("they stay at 2", "they fall by 0.8 standard deviations",
         "they fall by 1.2 standard deviations", "they fall to the mean of all crossings"),
        "they fall by 0.8 standard deviations", ask="Without any effect of the cameras",
        transfer=True,
        hints=("The line of this year on last year in standard units has the slope r.",
               "From 2 to 0.6 · 2: how far is that?"),
        wrong=(("they stay at 2", "That would need the correlation 1."),
               ("they fall by 1.2 standard deviations", "1.2 is where they are then."),
               ("they fall to the mean of all crossings", "That would be so with correlation 0: "
                                                          "last year would tell nothing."))),
    "linear-regression-4": Function(
        _is_left_out, ask="left_out",
        hints=("Residuals and leverages of one fit are enough: which formula?",
               "Do not forget the intercept: a leverage is at least 1/n.",
               "Centre the columns and scale them to length 1; a QR factorisation gives the rest."),
        wrong=((lambda X, y: _left_out(X, y, power=0), "for four points on a line but one"),
               (lambda X, y: _left_out(X, y, power=2), "for four points on a line but one"),
               (lambda X, y: _left_out(X, y, power=0.5), "for four points on a line but one"),
               (lambda X, y: _left_out(X, y, leverage="no mean"),
                "for four points on a line but one"),
               (lambda X, y: _left_out(X, y, leverage="average"),
                "for four points on a line but one"),
               (lambda X, y: _left_out(X, y, ones=False), "for four points on a line but one"),
               (_left_out_wrong_way, "for four points on a line but one"),
               (_left_out_by_inverse, "for columns near 1e9 and 1e-6"),
               (_left_out_in_place, "it changes y"))),
    "linear-regression-5": Function(
        _is_adjusted_slope, ask="adjusted_slope",
        hints=("What is new in x beside the columns of the groups?",
               "Subtract from each x the mean of its own group. Then take the slope.",
               "A group with one member has no deviation: it adds nothing."),
        wrong=((lambda x, y, groups: _line(x, y), "for two groups of two"),
               (_mean_of_slopes, "for groups of unequal spread"),
               (lambda x, y, groups: _mean_of_slopes(x, y, groups, weighted=True),
                "for groups of unequal spread"),
               (lambda x, y, groups: _line(x, _moved(y, groups)), "for two groups of two"),
               (_between, "for two groups of two"),
               (_in_place, "it changes what it is given"),
               (_group_as_number, "for groups in mixed order"),
               (lambda x, y, groups: _line(_moved(x, groups), y) * 2, "for two groups of two"))),
    "linear-regression-6": Fault(
        ("line 1", "line 2", "line 3", "line 4", "line 5", "line 6"), "line 5", ask="It is",
        hints=("What does the interval shrink to when n grows?",
               "A new output is the line plus an error. Which of the two is uncertain?"),
        wrong=(("line 1", "Three arguments are enough."),
               ("line 2", "polyfit returns the slope first: the highest power comes first."),
               ("line 3", "Two parameters, so n − 2."),
               ("line 4", "That is h(x0), as for a leverage."),
               ("line 6", "The centre is the fitted value, and the two ends are equally far."))),
    "linear-regression-7": Proof(
        ("Constants in y change neither part of R². So let P be the projection on the vectors "
         "orthogonal to the ones, a space of dimension n − 1: R² = ‖Gy‖²/‖Py‖², where "
         "G = H − 11ᵀ/n is the projection on a subspace of dimension d.",
         "Choose orthonormal coordinates z₁, …, z₍ₙ₋₁₎ of that space, the first d of them in the "
         "subspace. A rotated y has the same distribution, so the zⱼ are independent N(0, σ²). And "
         "R² = (z₁² + … + z_d²)/(z₁² + … + z₍ₙ₋₁₎²).",
         "The n − 1 shares zⱼ²/Σz² have the same expectation by symmetry, and they add up to 1: "
         "each has 1/(n − 1).",
         "R² is the sum of d of them: E[R²] = d/(n − 1)."),
        transfer=True,
        hints=("Write R² as a ratio of two squared lengths of projections of y.",
               "In rotated coordinates y is still independent normal. Which share of the squared "
               "length does one coordinate have on average?")),
    "linear-regression-8": Proof(
        ("The vectors X̃Aθ for all θ are the X̃θ for all θ, as A is invertible: the column space "
         "is the same.",
         "The fitted values are the projection of y on it. So they, and the residuals, are the "
         "same; the hat matrix is the same projection, and so is its diagonal, the leverages.",
         "If θ̂ belongs to X̃, then X̃A(A⁻¹θ̂) = X̃θ̂, and the columns are independent: the new "
         "parameters are A⁻¹θ̂.",
         "Centring subtracts from each feature its mean times the ones, which is such an A: it "
         "leaves the weights w as they are and changes only the intercept."),
        hints=("Which vectors can be written as X̃Aθ?",
               "Projections depend on the column space alone.")),
}
