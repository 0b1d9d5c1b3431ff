"""Answers to the exercises on Hessians, critical points and convexity."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def matrix_of(*eigenvalues):
    """A symmetric matrix with these eigenvalues whose eigenvectors are not the axes."""
    rng = np.random.default_rng(len(eigenvalues))
    Q = np.linalg.qr(rng.normal(size=(len(eigenvalues),) * 2))[0]
    H = Q @ np.diag(eigenvalues) @ Q.T
    return (H + H.T) / 2


def _hessians():
    """Hessians of every kind, the tolerance (or none), and what follows from each."""
    yield "[[6, 0], [0, 2]]", [[6, 0], [0, 2]], None, "minimum"
    yield "[[-6, 0], [0, 2]]", [[-6, 0], [0, 2]], None, "saddle"
    yield "[[1, 2], [2, 1]]", [[1, 2], [2, 1]], None, "saddle"
    yield "[[-3, 1], [1, -2]]", [[-3, 1], [1, -2]], None, "maximum"
    yield "[[2, 0], [0, 0]]", [[2, 0], [0, 0]], None, "inconclusive"
    yield "[[0, 0], [0, -2]]", [[0, 0], [0, -2]], None, "inconclusive"
    yield "[[0, 3], [3, 0]]", [[0, 3], [3, 0]], None, "saddle"
    yield "the zero matrix", np.zeros((3, 3)), None, "inconclusive"
    yield "the eigenvalues 1, −1, −1", matrix_of(1, -1, -1), None, "saddle"
    yield "the eigenvalues −1, −2, −3, −4", matrix_of(-1, -2, -3, -4), None, "maximum"
    yield "the eigenvalues 1, 2, 3, 4", matrix_of(1, 2, 3, 4), None, "minimum"
    yield "the eigenvalues 2, 0, −1", matrix_of(2, 0, -1), None, "saddle"
    yield "[[5]]", [[5]], None, "minimum"
    yield "[[-5]]", [[-5]], None, "maximum"
    yield "[[0]]", [[0]], None, "inconclusive"
    yield "diag(1, 1e-12)", np.diag([1, 1e-12]), None, "inconclusive"
    yield "diag(−1e-12, 1)", np.diag([-1e-12, 1]), None, "inconclusive"
    for k in range(2, 7):
        v = np.arange(1.0, k + 1) / 7
        yield f"a {k} × {k} matrix of rank 1 and no negative eigenvalue", np.outer(v, v), None, (
            "inconclusive")
        yield f"a {k} × {k} matrix of rank 1 and no positive eigenvalue", -np.outer(v, v), None, (
            "inconclusive")
    B = np.random.default_rng(5).normal(size=(3, 6))
    yield "XᵀX for a 3 × 6 matrix X", B.T @ B, None, "inconclusive"
    yield "a minimum in tiny units, all entries near 1e-13", 1e-13 * matrix_of(1, 2, 3), None, (
        "minimum")
    yield "a saddle in tiny units, all entries near 1e-13", 1e-13 * matrix_of(1, 2, -3), None, (
        "saddle")
    yield "rank 2 of 3 in huge units, entries near 1e12", 1e12 * matrix_of(3, 1, 0), None, (
        "inconclusive")
    yield "diag(1, 1e-5)", np.diag([1, 1e-5]), None, "minimum"
    yield "diag(1, 1e-5) and tol = 1e-3", np.diag([1, 1e-5]), 1e-3, "inconclusive"
    yield "diag(1, −1e-5)", np.diag([1, -1e-5]), None, "saddle"
    yield "diag(1, −1e-5) and tol = 1e-3", np.diag([1, -1e-5]), 1e-3, "inconclusive"
    yield "diag(−1, −1e-5) and tol = 1e-3", np.diag([-1, -1e-5]), 1e-3, "inconclusive"
    many = np.diag([1.0] * 20 + [2e-3])
    yield "twenty eigenvalues 1, one of 2e-3, and tol = 1e-3", many, 1e-3, "minimum"
    yield "the eigenvalues 2 and 0.0015 in a slanting frame, and tol = 1e-3", np.array(
        [[1.00075, 0.99925], [0.99925, 1.00075]]), 1e-3, "inconclusive"
    turned = np.array([[np.sqrt(0.75), -0.5], [0.5, np.sqrt(0.75)]])
    yield "the eigenvalues 1 and 0.0011 in a frame turned by 30°, and tol = 1e-3", (
        turned @ np.diag([1, 0.0011]) @ turned.T), 1e-3, "minimum"
    yield "diag(−4, 1, 1)", np.diag([-4, 1, 1]), None, "saddle"


def _classifies(classify) -> None:
    for name, H, tol, right in _hessians():
        given = H if isinstance(H, list) else np.array(H)
        found = classify(given) if tol is None else classify(given, tol)
        assert found == right, f"for {name} it returns {found!r}, not {right!r}"
        assert isinstance(H, list) or np.array_equal(given, H), f"for {name} it changes H"
    H = [[2, 1], [1, 2]]
    classify(H)
    assert H == [[2, 1], [1, 2]], "it changes its argument"


def _by_signs(up: int, down: int, n: int) -> str:
    if up and down:
        return "saddle"
    return "minimum" if up == n else "maximum" if down == n else "inconclusive"


def _sorted_out(H, tol, *, relative=True, values=np.linalg.eigvalsh) -> str:
    lam = values(np.array(H, dtype=float))
    zero = tol * np.abs(lam).max() if relative else tol
    return _by_signs(np.sum(lam > zero), np.sum(lam < -zero), len(lam))


def _absolute(H, tol=1e-9):
    return _sorted_out(H, tol, relative=False)


def _no_tolerance(H, tol=1e-9):
    return _sorted_out(H, 0)


def _relative_to_the_trace(H, tol=1e-9):
    return _absolute(H, tol * abs(np.trace(H)))


def _relative_to_the_largest_entry(H, tol=1e-9):
    return _absolute(H, tol * np.abs(H).max())


def _relative_to_the_row_sums(H, tol=1e-9):
    return _absolute(H, tol * np.linalg.norm(H, np.inf))


def _relative_to_the_mean(H, tol=1e-9):
    return _absolute(H, tol * abs(np.trace(H)) / len(H))


def _own_tolerance(H, tol=1e-9):
    return _sorted_out(H, 1e-9)


def _diagonal(H, tol=1e-9):
    return _sorted_out(H, tol, values=np.diag)


def _determinant(H, tol=1e-9):
    H = np.array(H, dtype=float)
    det, size = np.linalg.det(H), np.abs(H).max()
    if abs(det) <= tol * size ** len(H):
        return "inconclusive"
    return "saddle" if det < 0 else "minimum" if H[0, 0] > 0 else "maximum"


def _trace_and_determinant(H, tol=1e-9):
    H = np.array(H, dtype=float)
    det = np.linalg.det(H)
    if det < -tol:
        return "saddle"
    return "inconclusive" if det <= tol else "minimum" if np.trace(H) > 0 else "maximum"


def _never_inconclusive(H, tol=1e-9):
    lam = np.linalg.eigvalsh(np.array(H, dtype=float))
    zero = tol * np.abs(lam).max()
    return "minimum" if lam.min() > zero else "maximum" if lam.max() < -zero else "saddle"


def _semidefinite_is_enough(H, tol=1e-9):
    lam = np.linalg.eigvalsh(np.array(H, dtype=float))
    zero = tol * np.abs(lam).max()
    return "minimum" if lam.min() >= -zero else "maximum" if lam.max() <= zero else "saddle"


def _silent_at_any_zero(H, tol=1e-9):
    lam = np.linalg.eigvalsh(np.array(H, dtype=float))
    if np.abs(lam).min() <= tol * np.abs(lam).max():
        return "inconclusive"
    return _by_signs(np.sum(lam > 0), np.sum(lam < 0), len(lam))


def _upside_down(H, tol=1e-9):
    return {"minimum": "maximum", "maximum": "minimum"}.get(
        found := _sorted_out(H, tol), found)


def _ends_only(H, tol=1e-9):  # compares with the largest eigenvalue, not the largest size
    lam = np.linalg.eigvalsh(np.array(H, dtype=float))
    zero = tol * lam.max()
    return _by_signs(np.sum(lam > zero), np.sum(lam < -zero), len(lam))


def _plane_only(H, tol=1e-9):
    (a, b), (_, c) = np.array(H, dtype=float)[:2, :2]
    det = a * c - b * b
    if abs(det) <= tol * max(abs(a), abs(b), abs(c)) ** 2:
        return "inconclusive"
    return "saddle" if det < 0 else "minimum" if a > 0 else "maximum"


def _in_place(H, tol=1e-9):
    H = np.asarray(H, dtype=float)
    H /= np.abs(H).max() or 1
    return _sorted_out(H, tol)


ANSWERS = {
    "hessians-and-convexity-1": Array(
        (1, 0, 2), ask="minima, maxima, saddles =",
        hints=("The gradient is (2x − 2xy, 2y − x²). The first entry is 0 if x = 0 or if y = 1.",
               "At y = 1 there are two values of x. Compute the determinant of the Hessian there."),
        wrong=(((1, 0, 1), "x² = 2 has two solutions."),
               ((1, 0, 0), "The first entry of the gradient, 2x(1 − y), is 0 not only for x = 0."),
               ((3, 0, 0), "Along both axes it curves upwards or not at all; and between them?"),
               ((1, 2, 0), "Compute both eigenvalues at (√2, 1), not only one entry."),
               ((0, 0, 3), "At the origin the Hessian is diag(2, 2)."),
               ((2, 0, 1), "The function has the same values at (x, y) and (−x, y)."))),
    "hessians-and-convexity-2": Choice(
        ("log(1 + eˣ)", "x⁶", "max(−x, 2x)", "max(x, 0)", "x² − 3x"), "max(−x, 2x)", ask="It is",
        hints=("Which of them have a straight piece in their graph?",),
        wrong=(("log(1 + eˣ)", "It is strictly convex, and has no minimiser."),
               ("x⁶", "Its second derivative is 0 at one place, but is a chord ever on the graph?"),
               ("max(x, 0)", "How many places are as low as 0?"),
               ("x² − 3x", "Its second derivative is 2 everywhere: strictly convex."))),
    "hessians-and-convexity-3": Number(
        2 / 99, ask="λ =",
        hints=("The Hessian of least squares is here (1 1; 1 1). What are its eigenvalues?",
               "The penalty adds λ to each eigenvalue, the larger one, too."),
        wrong=((2 / 100, "The penalty raises the larger eigenvalue as well."),
               (1 / 99, "Is the larger eigenvalue of (1 1; 1 1) 1? Is the penalty's Hessian λI?"),
               (1 / 100, "The larger eigenvalue of (1 1; 1 1) is not 1, and it is raised, too."),
               (99 / 2, "That is 1/λ."),
               (1 / 198, "Is λ the smaller eigenvalue, or twice that?"),
               (4 / 99, "The penalty (λ/2)‖w‖² has the Hessian λI, not (λ/2)I."))),
    "hessians-and-convexity-4": Proof(
        ("Let f(x) ≤ s and f(y) ≤ s, and z = tx + (1 − t)y. By convexity f(z) ≤ t f(x) + (1 − t) "
         "f(y).",
         "The right side is at most ts + (1 − t)s = s: z belongs to the set, too.",
         "If f has a minimum, its minimisers are the points with f(x) ≤ s where s is the minimum; "
         "if not, there are none, and the empty set is convex.",
         "A function with convex sets that is not convex: √|x|, or x³, or any that rises on both "
         "sides of one place, or rises everywhere, and bends downwards somewhere.")),
    "hessians-and-convexity-5": Function(
        _classifies, ask="classify",
        hints=("np.linalg.eigvalsh gives the eigenvalues of a symmetric matrix, smallest first.",
               "Ask for a pair of opposite signs first: it decides even beside a zero.",
               "What is left after saddle, minimum and maximum is inconclusive."),
        wrong=((_absolute, "in tiny units"),
               (_no_tolerance, "for diag(1, 1e-12)"),
               (_relative_to_the_trace, "twenty eigenvalues"),
               (_relative_to_the_largest_entry, "slanting frame"),
               (_relative_to_the_mean, "it returns"),
               (_relative_to_the_row_sums, "turned by 30°"),
               (_own_tolerance, "tol = 1e-3"),
               (_diagonal, "for [[1, 2], [2, 1]]"),
               (_determinant, "the eigenvalues 1, −1, −1"),
               (_trace_and_determinant, "the eigenvalues 1, −1, −1"),
               (_never_inconclusive, "for [[2, 0], [0, 0]] it returns 'saddle'"),
               (_semidefinite_is_enough, "for [[2, 0], [0, 0]] it returns 'minimum'"),
               (_silent_at_any_zero, "the eigenvalues 2, 0, −1"),
               (_upside_down, "for [[6, 0], [0, 2]]"),
               (_ends_only, "it returns"),
               (_plane_only, "it could not be used"),
               (_in_place, "it changes H"),
               (lambda H, tol=1e-9: "minimum", "for [[-6, 0], [0, 2]]"))),
    "hessians-and-convexity-6": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 2", ask="The fault is in",
        hints=("Try f(x) = x² and g(u) = e^(−u), line by line, with x = −1, y = 1, t = 1/2.",),
        wrong=(("line 1", "That is the definition of a convex f."),
               ("line 3", "That is the definition of a convex g, for the numbers f(x) and f(y)."),
               ("line 4", "Lines 2 and 3, if both are right, do give it."))),
    "hessians-and-convexity-7": Proof(
        ("Strong convexity at x, for the point x*: f(x*) ≥ f(x) + ∇f(x)ᵀ(x* − x) + (μ/2)‖x − x*‖².",
         "Strong convexity at x*, where the gradient is 0, for the point x: "
         "f(x) ≥ f(x*) + (μ/2)‖x − x*‖².",
         "Add both: ∇f(x)ᵀ(x − x*) ≥ μ‖x − x*‖². By the Cauchy–Schwarz inequality the left side is "
         "at most ‖∇f(x)‖ ‖x − x*‖; divide (if x = x* there is nothing to show).",
         "No further: f(x) = (μ/2)‖x‖² has the gradient μx, and equality everywhere.")),
    "hessians-and-convexity-8": Choice(
        ("convex",
         "convex in a and convex in b, not in both together; a saddle at 0",
         "convex in a and convex in b, not in both together; a local maximum at 0",
         "not even convex in a alone"),
        "convex in a and convex in b, not in both together; a saddle at 0", ask="It is",
        transfer=True,
        hints=("Fix b: what kind of function of a is left?",
               "Compare J at (1, 1), at (−1, −1) and halfway between them."),
        wrong=(("convex", "(1, 1) and (−1, −1) are minimisers. What about the point between?"),
               ("convex in a and convex in b, not in both together; a local maximum at 0",
                "Walk from 0 along a = −b: does J fall?"),
               ("not even convex in a alone", "For fixed b it is ½(ba − 1)², a parabola in a."))),
}
