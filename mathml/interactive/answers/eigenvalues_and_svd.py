"""Answers to the exercises on eigenvalues and the singular value decomposition."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Proof


def _tables():
    """Matrices and right sides of every kind: square, tall, flat, of low rank, zero, tiny, huge."""
    rng = np.random.default_rng(7)
    thin = rng.normal(size=(6, 2)) @ rng.normal(size=(2, 4))
    b = rng.normal(size=6)
    yield "a 2 × 2 matrix that can be inverted", [[2, 1], [0, 3]], [3, 5]
    yield "a matrix with more rows than columns", [[1, 0], [1, 1], [1, 2]], [1, 2, 2]
    yield "a matrix with more columns than rows", [[1, 2, 2]], [9]
    yield "a 6 × 4 matrix of rank 2", thin, b
    yield "a square matrix of rank 1", [[1, 2], [2, 4]], [1, 1]
    yield "a matrix of rank 2 with entries near 1e-12", 1e-12 * thin, b
    yield "a matrix of rank 2 with entries near 1e9", 1e9 * thin, b
    yield "the singular values 1 and 1e-8, which are no rounding", [[1, 0], [0, 1e-8]], [1, 1]
    large = rng.normal(size=(300, 10)) @ rng.normal(size=(10, 200))
    yield "a 300 × 200 matrix of rank 10", large, rng.normal(size=300)
    yield "the zero matrix", [[0, 0], [0, 0], [0, 0]], [1, 2, 3]


def _is_shortest(shortest) -> None:
    for name, A, b in _tables():
        passed = np.array(A, dtype=float), np.array(b, dtype=float)
        asked = (A, b) if isinstance(A, list) else passed
        with np.errstate(all="ignore"):
            found = np.asarray(shortest(*asked), dtype=float)
        right = np.linalg.pinv(np.array(A, dtype=float), rcond=1e-12) @ np.array(b, dtype=float)
        assert found.shape == right.shape, (
            f"for {name} it returns the shape {found.shape}, not {right.shape}")
        assert np.all(np.isfinite(found)), f"for {name} it returns {found}, which is not finite"
        assert np.linalg.norm(found - right) <= 1e-6 * np.linalg.norm(right), (
            f"for {name} it returns a vector of length {np.linalg.norm(found):.4g}; the shortest "
            f"solution has length {np.linalg.norm(right):.4g}, and these are not the same vector")
        kept = np.array_equal(passed[0], A), np.array_equal(passed[1], b)
        assert all(kept), f"for {name} it changes its arguments"


def _with_svd(keep, *, full=False, apply=None):
    """A plausible program: which singular values it keeps, and how it puts the factors together."""
    def program(A, b):
        A = np.asarray(A, dtype=float)
        U, s, Vt = np.linalg.svd(A, full_matrices=full)
        if apply is not None:
            return apply(U, s, Vt, np.asarray(b, dtype=float))
        k = keep(s, A)
        return Vt[: len(s)][k].T @ (U[:, : len(s)][:, k].T @ np.asarray(b, dtype=float) / s[k])
    return program


def _in_place(A, b):
    A = np.asarray(A, dtype=float)
    unit = np.abs(A).max() or 1.0
    A /= unit  # if A was an array, it is the caller's
    return np.linalg.pinv(A, rcond=1e-12) @ b / unit


def _normal_equations(A, b):
    A = np.asarray(A, dtype=float)
    return np.linalg.solve(A.T @ A, A.T @ np.asarray(b))


def _regularised(A, b):
    A = np.asarray(A, dtype=float)
    return A.T @ np.linalg.solve(A @ A.T + 1e-12 * np.eye(len(A)), np.asarray(b))


def _chains():
    yield "two pages", [[0.9, 0.5], [0.1, 0.5]], [5 / 6, 1 / 6]
    yield "one page", [[1.0]], [1.0]
    yield "three pages in a circle", [[0, 0, 1], [1, 0, 0], [0, 1, 0]], [1 / 3] * 3
    yield "two pages that take turns", [[0, 1], [1, 0]], [0.5, 0.5]
    yield ("four pages, and back at each every third step",
           [[0, 0, 0, 1], [0.5, 0, 0, 0], [0.5, 0, 0, 0], [0, 1, 1, 0]],
           [1 / 3, 1 / 6, 1 / 6, 1 / 3])
    yield "a page that nobody leaves", [[0.5, 0.0], [0.5, 1.0]], [0.0, 1.0]
    yield ("four pages", [[0.1, 0.6, 0.0, 0.3], [0.2, 0.1, 0.5, 0.3], [0.3, 0.3, 0.0, 0.1],
                          [0.4, 0.0, 0.5, 0.3]], None)
    yield "a slow pair", [[1 - 1e-4, 3e-4], [1e-4, 1 - 3e-4]], [0.75, 0.25]


def _is_stationary(stationary) -> None:
    for name, P, right in _chains():
        passed = np.array(P, dtype=float)
        given = P if name in ("two pages", "one page") else passed
        raw = np.asarray(stationary(given))
        assert not np.iscomplexobj(raw), f"for {name} it returns complex numbers"
        found = raw.astype(float)
        n = len(P)
        assert found.shape == (n,), f"for {name} it returns the shape {found.shape}, not ({n},)"
        assert np.all(np.isfinite(found)), f"for {name} it returns {found}"
        assert abs(found.sum() - 1) < 1e-8, f"for {name} its entries add up to {found.sum():.4g}"
        assert found.min() > -1e-8, f"for {name} it returns the negative number {found.min():.4g}"
        moved = np.abs(np.array(P) @ found - found).max()
        assert moved < 1e-8, f"for {name} a step changes what it returns, by {moved:.2g}"
        assert right is None or np.allclose(found, right, atol=1e-6), (
            f"for {name} it returns {found.round(3)}, not {np.round(right, 3)}")
        assert np.array_equal(passed, P), f"for {name} it changes its argument"


def _by_power(P, steps=1000):
    x = np.zeros(len(P))
    x[0] = 1
    for _ in range(steps):
        x = np.asarray(P) @ x
    return x


def _from_everywhere(P, *, last=1):
    x = np.full(len(P), 1 / len(P))
    for _ in range(10_000):
        x = np.asarray(P) @ x
    return x if last == 1 else (x + np.asarray(P) @ x) / 2


def _first_column(P):
    v = np.linalg.eig(np.asarray(P, dtype=float))[1][:, 0].real
    return v / v.sum()


def _of_length_one(P):
    lam, V = np.linalg.eig(np.asarray(P, dtype=float))
    return V[:, np.argmin(abs(lam - 1))].real


def _of_the_transpose(P):
    lam, V = np.linalg.eig(np.asarray(P, dtype=float).T)
    v = V[:, np.argmin(abs(lam - 1))].real
    return v / v.sum()


def _largest_size(P):
    lam, V = np.linalg.eig(np.asarray(P, dtype=float))
    v = V[:, np.argmax(abs(lam))]
    return v / v.sum()


def _left_complex(P):
    lam, V = np.linalg.eig(np.asarray(P, dtype=float))
    v = V[:, np.argmin(abs(lam - 1))] + 0j
    return v / v.sum()


def _by_singular_vector(P):
    v = np.abs(np.linalg.svd(np.asarray(P, dtype=float))[0][:, 0])
    return v / v.sum()


ANSWERS = {
    "eigenvalues-and-svd-1": Array(
        (45**0.5, 5**0.5), ask="s₁, s₂ =",
        hints=("Which symmetric matrix has the squares of the singular values as its eigenvalues?",
               "Its trace is 50. What is its determinant?"),
        wrong=(((5, 3), "These are the eigenvalues; the matrix is not symmetric."),
               ((45, 5), "These are the eigenvalues of MᵀM: one step is missing."),
               ((5**0.5, 45**0.5), "The larger first."))),
    "eigenvalues-and-svd-2": Array(
        (1, 0.5), ask="c, ratio =",
        hints=("S + cI has the eigenvectors of S. What are its eigenvalues?",
               "The ratio is the larger of |3 + c| and |−5 + c|, over |7 + c|. Where do the two "
               "meet?"),
        wrong=(((0, 5 / 7), "That is S itself. Which eigenvalue holds it up? Move it towards 0."),
               ((5, 2 / 3), "That takes −5 to 0, and 3 to 8, beside 12."),
               ((-3, 2), "That takes 3 to 0, and −5 to −8: now this one wins."),
               ((1, 2 / 3), "At c = 1, what are the eigenvalues in size?"))),
    "eigenvalues-and-svd-3": Choice(
        ("‖Ax‖ ≤ 0.9 ‖x‖", "‖Aᵏx‖ becomes smaller with every k", "‖Aᵏx‖ → 0 as k → ∞",
         "‖A‖₂ ≤ 0.9"), "‖Aᵏx‖ → 0 as k → ∞", ask="It must be true that",
        hints=("Which of the four speak of one step, and which of many?",),
        wrong=(("‖Ax‖ ≤ 0.9 ‖x‖", "The rows (0.9, 10) and (0, 0.8): what does (0, 1) become?"),
               ("‖Aᵏx‖ becomes smaller with every k",
                "Two nearly parallel eigenvectors can cancel at first, and later no longer."),
               ("‖A‖₂ ≤ 0.9", "That is the largest singular value. A is not said to be "
                "symmetric."))),
    "eigenvalues-and-svd-4": Proof(
        ("Let ABv = λv with v ≠ 0 and λ ≠ 0, and put w = Bv.",
         "w is not 0: otherwise λv = ABv = Aw would be 0. Here λ ≠ 0 is used.",
         "BAw = B(ABv) = B(λv) = λw, so λ is an eigenvalue of BA with the eigenvector w.",
         "Exchange the roles of A and B for the other direction.")),
    "eigenvalues-and-svd-5": Function(
        _is_shortest, ask="shortest",
        hints=("Which coordinates of x, along the vᵢ, are free, and what makes x short?",
               "Compare each singular value with the largest one, not with a fixed number.",
               "If s[0] is 0, no singular value may be kept: use >, not ≥."),
        wrong=((_with_svd(lambda s, A: s > -1), "rank"),
               (_with_svd(lambda s, A: s > 1e-10), "1e-12"),
               (_with_svd(lambda s, A: s > 1e-3 * s[0]), "1e-8"),
               (_with_svd(lambda s, A: s >= 1e-13 * s[0]), "zero matrix"),
               (_with_svd(lambda s, A: s > 0), "rank"),
               (_with_svd(lambda s, A: s > np.finfo(float).eps * s[0]), "300 × 200"),
               (_with_svd(None, full=True, apply=lambda U, s, Vt, b: Vt.T @ ((U.T @ b) / s)),
                "could not be used"),
               (_with_svd(None, apply=lambda U, s, Vt, b: Vt @ ((U.T @ b) / s)), "2 × 2"),
               (_with_svd(None, apply=lambda U, s, Vt, b: Vt.T @ (s * (U.T @ b))), "2 × 2"),
               (_normal_equations, "could not be used"),
               (_regularised, "more rows"),
               (_in_place, "changes its arguments"))),
    "eigenvalues-and-svd-6": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 3", ask="The first wrong line is",
        hints=("Compute g(t) for the quarter turn, with x = (1, 0) and v = (0, 1).",),
        wrong=(("line 1", "A continuous function on a closed and bounded set has a maximum."),
               ("line 2", "At a maximum of a differentiable function the derivative is 0."),
               ("line 4", "If line 3 held, this would follow: the part of Ax across x is "
                "perpendicular to itself."))),
    "eigenvalues-and-svd-7": Fault(
        ("full_matrices=False", "best = np.argmax(s)", "v = V[:, best]",
         "return v / np.linalg.norm(v)"), "v = V[:, best]", ask="The fault is in",
        hints=("What are the rows of the third thing that svd returns?",),
        wrong=(("full_matrices=False", "It leaves out columns of U only, which nobody uses here."),
               ("best = np.argmax(s)", "It is always 0, since s is sorted: needless, and right."),
               ("return v / np.linalg.norm(v)", "A vector of length 1 is asked for."))),
    "eigenvalues-and-svd-8": Function(
        _is_stationary, ask="stationary", transfer=True,
        hints=("For which eigenvalue is π an eigenvector? Is it the first that eig returns?",
               "An eigenvector has any sign and any length. Which sum do you want?",
               "A reader who is back every third step: does power iteration come to rest?"),
        wrong=((_by_power, "for three pages in a circle"),
               (_from_everywhere, "back at each every third step"),
               (lambda P: _from_everywhere(P, last=2), "back at each every third step"),
               (lambda P: _by_power(P, 3), "for two pages a step changes"),
               (_first_column, "for "),
               (_of_length_one, "add up to"),
               (_of_the_transpose, "for two pages a step changes"),
               (_largest_size, "complex"),
               (_left_complex, "complex"),
               (_by_singular_vector, "for two pages a step changes"),
               (lambda P: np.full(len(P), 1 / len(P)), "for two pages a step changes"))),
}
