"""Answers to the exercises on principal components and low-rank models."""

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _surveys():
    """Data, weights and k: tall, wide, one feature, a list, equal variances, fewer k than rank."""
    rng = np.random.default_rng(0)
    tall = 50 + rng.normal(size=(20, 4)) @ rng.normal(size=(4, 4))
    alike = np.linalg.svd(rng.normal(size=(12, 3)) - 0.3, full_matrices=False)[0]
    weights = rng.integers(1, 6, 12)
    alike = alike - weights @ alike / weights.sum()
    alike = np.linalg.svd(np.sqrt(weights)[:, None] * alike, full_matrices=False)[0]
    yield "20 examples, 4 features", tall, rng.integers(1, 9, 20), 2
    yield "weights that are not whole", tall[:9], rng.uniform(0.1, 3.0, 9), 1
    yield "5 examples, 50 features", rng.normal(size=(5, 50)), [2, 1, 1, 3, 1], 3
    yield "one feature", np.array([[1.0], [2.0], [6.0]]), [1, 1, 2], 1
    yield "a list of rows", [[1, 2], [3, 5], [2, 2], [7, 7]], [1, 4, 1, 2], 2
    yield "equal variances", alike / np.sqrt(weights)[:, None], weights, 3


def _is_pca(pca) -> None:
    for name, X, weights, k in _surveys():
        before, w = np.array(X, dtype=float), np.array(weights, dtype=float)
        components, variances = map(np.asarray, pca(X, weights, k))
        name = f"{name}, k = {k}"
        assert np.array_equal(before, np.asarray(X)), f"{name}: it changes X"
        assert np.array_equal(w, np.asarray(weights)), f"{name}: it changes the weights"
        assert components.shape == (k, before.shape[1]), (
            f"{name}: the components have shape {components.shape}, not {(k, before.shape[1])}")
        assert variances.shape == (k,), (
            f"{name}: the variances have shape {variances.shape}, not {(k,)}")
        assert np.isrealobj(components), f"{name}: the components are complex numbers"
        assert np.allclose(components @ components.T, np.eye(k), atol=1e-6), (
            f"{name}: the components are not orthonormal")
        X_c = before - w @ before / w.sum()
        S = (X_c * w[:, None]).T @ X_c / w.sum()
        right = np.linalg.eigvalsh(S)[::-1][:k]
        assert np.allclose(variances, right, atol=1e-9), (
            f"{name}: the variances are {variances.round(3)}, not {right.round(3)}")
        assert np.allclose(np.diag(components @ S @ components.T), right, atol=1e-9), (
            f"{name}: along the components the variances are others than it says")
        signs = components[np.arange(k), np.argmax(np.abs(components), axis=1)]
        assert np.all(signs > 0), f"{name}: an entry of largest size is negative"


def _signed(components):
    largest = np.argmax(np.abs(components), axis=1)
    return components * np.sign(components[np.arange(len(components)), largest])[:, None]


def _survey(X, weights, k, *, mean="weighted", power=0.5, ddof=0, sign=True):
    X, w = np.array(X, dtype=float), np.array(weights, dtype=float)
    X_c = X - (w @ X / w.sum() if mean == "weighted" else X.mean(axis=0) if mean else 0)
    s, Vt = np.linalg.svd((w**power)[:, None] * X_c, full_matrices=False)[1:]
    components = _signed(Vt[:k]) if sign else -_signed(Vt[:k])
    return components, s[:k] ** 2 / (w.sum() - ddof)


def _survey_by(solver, X, weights, k, *, order=-1, real=False):
    X, w = np.array(X, dtype=float), np.array(weights, dtype=float)
    X_c = X - w @ X / w.sum()
    values, vectors = solver((X_c * w[:, None]).T @ X_c / w.sum())
    chosen = np.argsort(values)[::order][:k]
    components, values = vectors[:, chosen].T, values[chosen]
    if real:
        components, values = components.real, values.real
    return _signed(components), values


def _survey_repeated(X, weights, k):
    X = np.repeat(np.array(X, dtype=float), np.array(weights).astype(int), axis=0)
    s, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[1:]
    return _signed(Vt[:k]), s[:k] ** 2 / len(X)


def _is_taste(taste) -> None:
    rng = np.random.default_rng(0)
    films = rng.normal(size=(6, 2))
    nan = np.nan
    for ratings, m, rho in (([5, nan, 1, 2, nan, 4], 3.0, 0.5), ([5, 4, 1, 2, 3, 4], 3.0, 0.1),
                            ([nan, nan, 5, nan, nan, nan], 2.5, 2.0), ([nan] * 6, 3.0, 1.0)):
        given, shown = np.array(ratings, dtype=float), films.copy()
        b, u = taste(given, shown, m, rho)
        b, u = float(b), np.asarray(u, dtype=float)
        assert np.array_equal(given, ratings, equal_nan=True), "it changes the ratings"
        assert np.array_equal(shown, films), "it changes the films"
        rated = ~np.isnan(given)
        name = f"for {rated.sum()} of 6 films rated"
        assert u.shape == (2,), f"{name} u has the shape {u.shape}, not (2,)"
        assert np.all(np.isfinite([b, *u])), f"{name} it returns {b}, {u}"
        if not rated.any():
            assert not np.any([b, *u]), f"{name} it returns {b}, {u}, not zeros"
            continue
        errors = given[rated] - m - b - films[rated] @ u
        assert np.isclose(errors.sum(), 0, atol=1e-8), f"{name} another b does better"
        assert np.allclose(rho * u - films[rated].T @ errors, 0, atol=1e-8), (
            f"{name} another u does better")
    b, u = taste([5, nan, 3], [[1.0], [2.0], [0.0]], 3.0, 0.5)
    assert np.allclose([b, *u], [0.5, 1.0]), f"for lists it returns {b}, {u}, not 0.5 and [1.0]"


def _rated(ratings, films, m, fill=None):
    """The films that were rated, and how far each is above m; or all, with what is filled in."""
    r, A = np.asarray(ratings, dtype=float), np.asarray(films, dtype=float)
    if fill is not None:
        return A, np.where(np.isnan(r), fill, r) - m
    rated = ~np.isnan(r)
    return A[rated], r[rated] - m


def _taste(ratings, films, m, rho, *, fill=None, on_b=0.0, free=True):
    """The right program, or with other values filled in, b penalised or no b."""
    A, y = _rated(ratings, films, m, fill)
    if not len(y):
        return 0.0, np.zeros(A.shape[1])
    B = np.column_stack([np.ones(len(y)), A]) if free else A
    penalty = rho * np.eye(B.shape[1])
    if free:
        penalty[0, 0] = on_b
    found = np.linalg.solve(B.T @ B + penalty, B.T @ y)
    return (found[0], found[1:]) if free else (0.0, found)


def _one_after_the_other(ratings, films, m, rho, *, b_first):
    """b as the mean and then u for what is left, or u as if b were 0 and then b."""
    A, y = _rated(ratings, films, m)
    with np.errstate(all="ignore"):
        b = np.sum(y) / len(y) if b_first else 0.0
        u = np.linalg.solve(A.T @ A + rho * np.eye(A.shape[1]), A.T @ (y - b))
        return (b if b_first else np.sum(y - A @ u) / len(y)), u


ANSWERS = {
    "pca-1": Number(
        0.8, ask="share =",
        hints=("The total variance is the sum of the diagonal, 2.",
               "The eigenvectors are (1, 1) and (1, −1). Multiply S by both."),
        wrong=((0.6, "That is the size of the correlation. What are the eigenvalues of S?"),
               (0.2, "That is the share along (1, 1). Which direction has more?"),
               (1.6, "That is the largest eigenvalue. What is it a share of?"),
               (0.36, "The square of the correlation is a share of another kind: what a "
                      "regression explains."))),
    "pca-2": Number(
        9, ask="components:",
        hints=("How many different points are there?",
               "Points span most directions if they are independent once the mean is subtracted."),
        wrong=((30, "Copies of a point add no direction."),
               (29, "Copies of a point add no direction."),
               (10, "Subtracting the mean makes one of the ten a combination of the others."),
               (10_000, "There are fewer points than pixels."))),
    "pca-3": Proof(
        ("The mean turns, too: it is Q x̄, so the centred examples are Q(xᵢ − x̄).",
         "The new covariance matrix is Q S Qᵀ.",
         "If S v = λ v, then (Q S Qᵀ)(Q v) = Q S v = λ Q v, because QᵀQ = I.",
         "The Q vᵢ are orthonormal, as (Q vᵢ)ᵀ(Q vⱼ) = vᵢᵀ vⱼ, and so all eigenvectors: the "
         "variances stay. The scores do, too: (Q v)ᵀ Q (x − x̄) = vᵀ(x − x̄).",
         "For a change of units D the new matrix is D S D, but D² is not I: D v is in general no "
         "eigenvector of it, and lengths and angles change."),
        hints=("What is the covariance matrix of the turned examples?",)),
    "pca-4": Function(
        _is_pca, ask="pca",
        hints=("What is the mean of all the people? What is their covariance matrix?",
               "Which table has that matrix as its AᵀA? Its rows are examples times a factor.",
               "Take its SVD, and multiply each row of Vᵀ by the sign of its largest entry."),
        wrong=((lambda X, w, k: _survey(X, np.ones(len(X)), k), "20 examples, 4 features"),
               (lambda X, w, k: _survey(X, w, k, mean="plain"), "20 examples, 4 features"),
               (lambda X, w, k: _survey(X, w, k, mean=None), "20 examples, 4 features"),
               (lambda X, w, k: _survey(X, w, k, power=1.0), "20 examples, 4 features"),
               (lambda X, w, k: _survey(X, w, k, ddof=1), "the variances are"),
               (lambda X, w, k: _survey(X, w, k, sign=False), "of largest size is negative"),
               (lambda X, w, k: _survey(X, w, 3), "have shape"),
               (lambda X, w, k: _survey_by(np.linalg.eig, X, w, k), "5 examples, 50 features"),
               (lambda X, w, k: _survey_by(np.linalg.eig, X, w, k, real=True), "equal variances"),
               (lambda X, w, k: _survey_by(np.linalg.eigh, X, w, k, order=1), "the variances are"),
               (_survey_repeated, "weights that are not whole"))),
    "pca-5": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 2", ask="The first wrong line is",
        hints=("Try S = diag(3, 1): all of the plane has the variance 4. What does line 2 say?",),
        wrong=(("line 1", "That is how the variance along a direction was found."),
               ("line 3", "That is the first part of the theorem, and wᵀSw is continuous in w."),
               ("line 4", "It follows from the lines before it; one of these is wrong."))),
    "pca-6": Choice(
        ("(12, 11)", "(−15, −16)", "(3, −3)", "(1, 0)"), "(3, −3)", ask="The reading is",
        transfer=True,
        hints=("What are the two components, and their standard deviations?",
               "Count for each reading how many standard deviations it lies along each component."),
        wrong=(("(12, 11)", "It is far out, but in the direction in which readings do vary: both "
                            "are hot."),
               ("(−15, −16)", "The standard deviation along the diagonal is about 10: this is "
                              "about two of them."),
               ("(1, 0)", "Across the diagonal it lies 0.7 standard deviations out."))),
    "pca-7": Function(
        _is_taste, ask="taste",
        hints=("For a given u, which b is best?",
               "Put that b in: what is left is a problem for u alone, with centred films.",
               "Or set up both equations at once, with a column of ones that is not penalised."),
        wrong=((lambda r, f, m, p: _taste(r, f, m, p, fill=0.0), "for 4 of 6 films rated"),
               (lambda r, f, m, p: _taste(r, f, m, p, fill=m), "for 4 of 6 films rated"),
               (lambda r, f, m, p: _taste(r, f, m, p, free=False), "another b does better"),
               (lambda r, f, m, p: _one_after_the_other(r, f, m, p, b_first=True),
                "for 4 of 6 films rated"),
               (lambda r, f, m, p: _one_after_the_other(r, f, m, p, b_first=False),
                "another u does better"),
               (lambda r, f, m, p: _taste(r, f, m, p, on_b=p), "another b does better"),
               (lambda r, f, m, p: _taste(r, f, m, 2 * p), "another u does better"),
               (lambda r, f, m, p: _taste(r, f, 0.0, p), "another b does better"))),
}
