"""Answers to the exercises on principal components and low-rank models."""

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _is_pca(pca) -> None:
    rng = np.random.default_rng(0)
    cases = {
        "20 examples, 4 features": 50 + rng.normal(size=(20, 4)) @ rng.normal(size=(4, 4)),
        "5 examples, 50 features": rng.normal(size=(5, 50)),
        "one feature": np.array([[1.0], [2.0], [6.0]]),
        "a list of rows of integers": [[1, 2], [3, 5], [2, 2], [7, 7]],
    }
    for name, X in cases.items():
        before = np.array(X, dtype=float)
        k = min(3, len(X) - 1, before.shape[1])
        scores, components = pca(X, k)
        assert np.array_equal(before, np.asarray(X)), f"{name}: it changes X"
        assert np.shape(scores) == (len(before), k), (
            f"{name}, k = {k}: the scores have shape {np.shape(scores)}, not {(len(before), k)}")
        assert np.shape(components) == (k, before.shape[1]), (
            f"{name}, k = {k}: the components have shape {np.shape(components)}, not "
            f"{(k, before.shape[1])}")
        assert np.isrealobj(scores), f"{name}: the scores are complex numbers"
        assert np.isrealobj(components), f"{name}: the components are complex numbers"
        assert np.allclose(components @ components.T, np.eye(k)), (
            f"{name}: the components are not orthonormal")
        X_c = before - before.mean(axis=0)
        assert np.allclose(np.mean(scores, axis=0), 0), f"{name}: the scores have not mean 0"
        assert np.allclose(scores, X_c @ components.T), (
            f"{name}: the scores are not those of the components")
        largest = np.linalg.svd(X_c, compute_uv=False)[:k] ** 2
        assert np.allclose(np.sum(scores**2, axis=0), largest), (
            f"{name}: the variances are not the largest, in falling order")
        signs = components[np.arange(k), np.argmax(np.abs(components), axis=1)]
        assert np.all(signs > 0), f"{name}: an entry of largest size is negative"


def _signed(components):
    components = np.asarray(components)
    largest = np.argmax(np.abs(components), axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return components * signs[:, None]


def _by_svd(X, k, *, centre=True, sign=True, scale=False):
    X = np.array(X, dtype=float)
    X_c = X - X.mean(axis=0) if centre else X
    if scale:
        X_c = X_c / X_c.std(axis=0)
    components = np.linalg.svd(X_c, full_matrices=False)[2][:k]
    components = _signed(components) if sign else -_signed(components)
    return X_c @ components.T, components


def _by_eig(X, k, *, solver=np.linalg.eig, order=-1):
    X_c = np.array(X, dtype=float) - np.mean(X, axis=0)
    C = np.atleast_2d(np.cov(X_c, rowvar=False))
    values, vectors = solver(C)
    components = _signed(vectors[:, np.argsort(values)[::order][:k]].T)
    return X_c @ components.T, components


def _crashes_for_one_feature(X, k):
    X_c = np.array(X, dtype=float) - np.mean(X, axis=0)
    vectors = np.linalg.eigh(np.cov(X_c, rowvar=False))[1]
    components = _signed(vectors[:, ::-1][:, :k].T)
    return X_c @ components.T, components


def _is_taste(taste) -> None:
    rng = np.random.default_rng(0)
    films = rng.normal(size=(6, 2))
    nan = np.nan
    for ratings, m, ridge in (([5, nan, 1, 2, nan, 4], 3.0, 0.5), ([5, 4, 1, 2, 3, 4], 3.0, 0.1),
                              ([nan, nan, 5, nan, nan, nan], 2.5, 2.0), ([nan] * 6, 3.0, 1.0)):
        given, shown = np.array(ratings, dtype=float), films.copy()
        found = np.asarray(taste(given, shown, m, ridge), dtype=float)
        assert np.array_equal(given, ratings, equal_nan=True), "it changes the ratings"
        assert np.array_equal(shown, films), "it changes the films"
        rated = ~np.isnan(given)
        name = f"for {rated.sum()} of 6 films rated"
        assert found.shape == (2,), f"{name} it returns the shape {found.shape}, not (2,)"
        assert np.all(np.isfinite(found)), f"{name} it returns {found}"
        slope = films[rated].T @ (films[rated] @ found - (given[rated] - m)) + ridge * found
        assert np.allclose(slope, 0), f"{name} it is not the minimum: the gradient there is not 0"
    listed = taste([5, nan], [[1.0], [2.0]], 3.0, 1.0)
    assert np.allclose(listed, [1.0]), f"for lists it returns {listed}, not [1.0]"


def _taste(ratings, films, m, ridge, *, fill=None, penalised=True, offset=True, scaled=False):
    r, A = np.asarray(ratings, dtype=float), np.asarray(films, dtype=float)
    if fill is None:
        rated = ~np.isnan(r)
        r, A = r[rated], A[rated]
    else:
        r = np.where(np.isnan(r), fill, r)
    M = A.T @ A + (ridge if penalised else 0) * (len(r) if scaled else 1) * np.eye(A.shape[1])
    return np.linalg.solve(M, A.T @ (r - (m if offset else 0)))


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
        hints=("Which theorem of the text never forms the covariance matrix?",
               "The rows of Vᵀ are components; multiply each by the sign of its largest entry."),
        wrong=((_by_eig, "5 examples, 50 features"),
               (lambda X, k: _by_svd(X, k, centre=False), "the scores have not mean 0"),
               (lambda X, k: _by_eig(X, k, solver=np.linalg.eigh, order=1), "not the largest"),
               (lambda X, k: _by_svd(X, k, sign=False), "an entry of largest size is negative"),
               (lambda X, k: _by_svd(X, k, scale=True), "the scores are not those"),
               (lambda X, k: (_by_svd(X, k)[0], _by_svd(X, k)[1].T), "the components have shape"),
               (_crashes_for_one_feature, "it could not be used"),
               (lambda X, k: (_by_svd(X, k)[0] / np.linalg.norm(_by_svd(X, k)[0], axis=0),
                              _by_svd(X, k)[1]), "the scores are not those"))),
    "pca-5": Fault(
        ("line 1", "line 2", "line 4", "line 5"), "line 1", ask="The fault is in",
        hints=("At which line have the test digits already had a say?",),
        wrong=(("line 2", "A random order with a seed is as it should be: the digits were stored "
                          "writer by writer."),
               ("line 4", "These are the squared distances of each test digit from each training "
                          "digit."),
               ("line 5", "The label of the nearest training digit is taken; no test label is "
                          "seen."))),
    "pca-6": Choice(
        ("(12, 11)", "(−15, −16)", "(3, −3)", "(1, 0)"), "(3, −3)", ask="The reading is",
        transfer=True,
        hints=("What are the two components, and their standard deviations?",
               "Count for each reading how many standard deviations it lies along each component."),
        wrong=(("(12, 11)", "It is far out, but in the direction in which readings do vary: both "
                            "are hot."),
               ("(−15, −16)", "The standard deviation along the diagonal is about 10: this is about "
                              "two of them."),
               ("(1, 0)", "Across the diagonal it lies 0.7 standard deviations out."))),
    "pca-7": Function(
        _is_taste, ask="taste",
        hints=("It is the equation of a half-step, for one row.",
               "Keep the rated films only, and solve (AᵀA + ρI) u = Aᵀ(r − m)."),
        wrong=((lambda r, f, m, p: _taste(r, f, m, p, fill=0.0), "of 6 films rated"),
               (lambda r, f, m, p: _taste(r, f, m, p, fill=m), "for 4 of 6 films rated"),
               (lambda r, f, m, p: _taste(r, f, m, p, penalised=False), "for 4 of 6 films rated"),
               (lambda r, f, m, p: _taste(r, f, m, p, offset=False), "for 4 of 6 films rated"),
               (lambda r, f, m, p: _taste(r, f, m, p, scaled=True), "for 4 of 6 films rated"),
               (lambda r, f, m, p: np.linalg.solve(
                   np.asarray(f).T @ np.asarray(f) + p * np.eye(2),
                   np.asarray(f).T @ (np.asarray(r) - m)), "it returns [nan nan]"),
               (lambda r, f, m, p: np.linalg.lstsq(
                   f[~np.isnan(r)], r[~np.isnan(r)] - m, rcond=None)[0], "it is not the minimum"))),
}
