"""Answers to the exercises on Newton and quasi-Newton methods."""

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof
from mathml.interactive.answers.hessians_and_convexity import matrix_of


def _saddles():
    """Symmetric matrices, gradients, and a name for each."""
    yield "H = [[2, 0], [0, -2]]", [[2, 0], [0, -2]], [2, 4]
    yield "H = [[2, 0], [0, 4]], where it is Newton's direction", [[2, 0], [0, 4]], [2, 4]
    yield "H = [[0, 3], [3, 0]]", [[0, 3], [3, 0]], [1, 2]
    yield "H = [[1, 2], [2, 1]]", [[1, 2], [2, 1]], [1, 0]
    yield "H = [[-5]]", [[-5]], [10]
    yield "H = [[4]]", [[4]], [-2]
    yield "H = [[-1, 0], [0, -3]]", [[-1, 0], [0, -3]], [1, 3]
    yield "a 3 × 3 matrix with the eigenvalues 5, 1, −2", matrix_of(5, 1, -2), [1.0, -2.0, 0.5]
    yield "a 3 × 3 matrix with the eigenvalues 4, 2, 1", matrix_of(4, 2, 1), [1.0, -2.0, 0.5]
    yield "a 4 × 4 matrix with the eigenvalues 3, 3, −1, −1", matrix_of(3, 3, -1, -1), [1, 2, 3, 4]
    yield "H = [[1, 0], [0, -1e-3]]", [[1, 0], [0, -1e-3]], [1, 1e-3]
    yield "a gradient of 0", [[1, 2], [2, 1]], [0, 0]


def _is_saddle_free(saddle_free) -> None:
    for name, H, g in _saddles():
        lam, Q = np.linalg.eigh(np.array(H, dtype=float))
        right = -Q @ (Q.T @ np.array(g, dtype=float) / np.abs(lam))
        for kind in (list, np.array):
            given, slope = (kind(np.array(part).tolist()) for part in (H, g))
            found = np.asarray(saddle_free(given, slope), dtype=float)
            assert found.shape == right.shape, (
                f"for {name} it returns the shape {found.shape}, not {right.shape}")
            assert np.allclose(found, right, rtol=1e-6, atol=1e-9), (
                f"for {name} it returns {found.round(4)}, not {right.round(4)}")
            assert np.array_equal(given, H), "it changes its arguments"
            assert np.array_equal(slope, g), "it changes its arguments"


def _newton(H, g):
    return -np.linalg.solve(np.array(H, dtype=float), g)


def _turned_round(H, g):
    p = _newton(H, g)
    return -p if p @ np.array(g, dtype=float) > 0 else p


def _no_minus(H, g):
    lam, Q = np.linalg.eigh(np.array(H, dtype=float))
    return Q @ (Q.T @ g / np.abs(lam))


def _no_vectors(H, g):
    return -np.array(g) / np.abs(np.linalg.eigvalsh(np.array(H, dtype=float)))


def _clipped(H, g):
    lam, Q = np.linalg.eigh(np.array(H, dtype=float))
    return -Q @ (Q.T @ g / np.maximum(lam, 1e-2))


def _shifted(H, g):
    H = np.array(H, dtype=float)
    least = np.linalg.eigvalsh(H)[0]
    return -np.linalg.solve(H + max(0, -2 * least) * np.eye(len(H)), g)


def _one_transpose_short(H, g):
    lam, Q = np.linalg.eigh(np.array(H, dtype=float))
    return -Q.T @ (Q @ g / np.abs(lam))


def _not_inverted(H, g):
    lam, Q = np.linalg.eigh(np.array(H, dtype=float))
    return -Q @ (Q.T @ g * np.abs(lam))


def _floored(H, g):
    lam, Q = np.linalg.eigh(np.array(H, dtype=float))
    return -Q @ (Q.T @ g / np.maximum(np.abs(lam), 1e-2))


def _changing_saddle_free(H, g):
    p = -_no_minus(H, g)
    if isinstance(g, list):
        g[:] = p
    return p


def _gradients():
    """Gradients, Hessians, places and directions, with a name for each."""
    A = np.array([[2.0, 1.0], [1.0, 5.0]])
    yield ("a quadratic with H = [[2, 1], [1, 5]]", lambda x: A @ x, lambda x: A, [1, 2], [1, 0])
    yield ("the same quadratic and v = [1, −2]", lambda x: A @ x, lambda x: A, [0, 0], [1, -2])

    def bowl(x):
        return np.exp(x) + (x[0] - x[1]) * np.array([1, -1])

    def bend(x):
        return np.diag(np.exp(x)) + np.array([[1, -1], [-1, 1]])

    for v in ([1.0, 2.0], [3e-7, -1e-6], [4e5, 1e6], [0.0, 0.0], [0, 1], [1e3, 0.0]):
        yield f"f = eˣ + eʸ + (x − y)²/2 and v = {v}", bowl, bend, [0.3, -0.5], v
    for place in ([0.1, 0.7], [-1.1, 0.4], [1.3, 0.9], [-0.2, -0.6], [0.8, -1.4], [0.6, 0.2]):
        for v in ([6e-7, 8e-7], [-8e-7, 6e-7]):
            yield (f"f = eˣ + eʸ + (x − y)²/2 at {place} and v = {v}", bowl, bend, place, v)
    yield ("one variable, f = x⁴, at 2", lambda x: 4 * x**3, lambda x: np.diag(12 * x**2), [2],
           [3.0])
    yield ("f = (x₁x₂x₃)²/2 at (1, 2, 1)", lambda x: np.prod(x) ** 2 / x,
           lambda x: np.prod(x) ** 2 * (2 / np.outer(x, x) - np.diag(1 / x**2)), [1, 2, 1],
           [1, -1, 2])


def _multiplies(hessian_times) -> None:
    for name, grad, bend, x, v in _gradients():
        calls = []

        def counted(at, grad=grad, calls=calls):
            calls.append(1)
            return grad(np.array(at, dtype=float))

        right = bend(np.array(x, dtype=float)) @ np.array(v, dtype=float)
        for kind in (list, np.array):
            place, way = kind(x), kind(v)
            calls.clear()
            found = np.asarray(hessian_times(counted, place, way), dtype=float)
            assert found.shape == right.shape, (
                f"for {name} it returns the shape {found.shape}, not {right.shape}")
            error = np.linalg.norm(found - right)
            assert error <= 5e-5 * np.linalg.norm(right), (
                f"for {name} it returns {found}, not {right}")
            assert len(calls) <= 2, f"it calls grad {len(calls)} times, not twice"
            assert np.array_equal(place, x), "it changes its arguments"
            assert np.array_equal(way, v), "it changes its arguments"


def _as_arrays(x, v):
    return np.array(x, dtype=float), np.array(v, dtype=float)


def _capped(grad, x, v):
    return _fixed(1e-6 / max(1, np.linalg.norm(v)))(grad, x, v)


def _fixed(h):
    def times(grad, x, v):
        x, v = _as_arrays(x, v)
        return (grad(x + h * v) - grad(x - h * v)) / (2 * h)
    return times


def _undivided(grad, x, v):
    x, v = _as_arrays(x, v)
    return grad(x + 1e-5 * v) - grad(x)


def _by_two_short(grad, x, v):
    x, v = _as_arrays(x, v)
    h = 1e-5 / max(np.linalg.norm(v), 1e-300)
    return (grad(x + h * v) - grad(x - h * v)) / h


def _of_unit_length(grad, x, v):
    x, v = _as_arrays(x, v)
    u = v / max(np.linalg.norm(v), 1e-300)
    return (grad(x + 1e-5 * u) - grad(x - 1e-5 * u)) / 2e-5


def _no_zero(grad, x, v):
    x, v = _as_arrays(x, v)
    h = 1e-5 / np.sqrt(v @ v) if v.any() else np.nan
    return (grad(x + h * v) - grad(x - h * v)) / (2 * h)


def _diagonal_only(grad, x, v):
    x, v = _as_arrays(x, v)
    return (grad(x + 1e-5) - grad(x - 1e-5)) / 2e-5 * v


def _too_near(grad, x, v):
    x, v = _as_arrays(x, v)
    h = 1e-14 / max(np.linalg.norm(v), 1e-300)
    return (grad(x + h * v) - grad(x - h * v)) / (2 * h)


def _column_by_column(grad, x, v):
    x, v = _as_arrays(x, v)
    H = [(grad(x + 1e-5 * e) - grad(x - 1e-5 * e)) / 2e-5 for e in np.eye(len(x))]
    return np.array(H) @ v


def _in_place(grad, x, v):
    h = 1e-5 / max(np.linalg.norm(v), 1e-300)
    before = grad(x)
    for i in range(len(x)):
        x[i] += h * v[i]
    return (grad(x) - before) / h


ANSWERS = {
    "newton-and-quasi-newton-1": Number(
        3**0.5, ask="|x₀| <",
        hints=("The full step goes from x to −x³, so its half goes to the middle between the two.",
               "The step multiplies x by (1 − x²)/2. When is that between −1 and 1?"),
        wrong=((1, "That is the border for full steps."),
               (2, "Half the step does not double the border: what does the step multiply x by?"),
               (3, "That is the border for x². What is it for |x|?"),
               (0.5**0.5, "Shorter steps converge from farther away, not from nearer."),
               (2**0.5, "The factor is (1 − x²)/2, and it must be above −1."))),
    "newton-and-quasi-newton-2": Choice(
        ("minimise 3f + 7 instead of f", "maximise f instead of minimising it, that is, take −f",
         "minimise exp(f) instead of f", "measure the coordinates in other units"),
        "minimise exp(f) instead of f", ask="It changes with",
        hints=("What happens to the gradient and to the Hessian? The step is their quotient.",),
        wrong=(("minimise 3f + 7 instead of f", "Gradient and Hessian both become three times as "
                "large, and the step is −H⁻¹g."),
               ("maximise f instead of minimising it, that is, take −f",
                "Gradient and Hessian both change their sign. The method cannot tell a minimum "
                "from a maximum."),
               ("measure the coordinates in other units", "That is affine invariance."))),
    "newton-and-quasi-newton-3": Proof(
        ("f'(x) = a − 1/x and f''(x) = 1/x², so the step goes to x − (a − 1/x)x² = 2x − ax² = "
         "x(2 − ax).",
         "1 − ax(2 − ax) = 1 − 2ax + (ax)² = (1 − ax)², so e becomes e².",
         "If 0 < x₀ < 2/a, then −1 < e₀ < 1, so e_t = e₀ to the power 2^t tends to 0, and x_t = "
         "(1 − e_t)/a to 1/a.",
         "If x₀ ≥ 2/a, then e₀ ≤ −1, so e_t ≥ 1 for every t ≥ 1: e_t does not tend to 0, and x_t "
         "not to 1/a."),
        hints=("Insert f' and f'' and multiply out before you divide.",
               "x_t tends to 1/a exactly if e_t tends to 0.")),
    "newton-and-quasi-newton-4": Function(
        _is_saddle_free, ask="saddle_free",
        hints=("np.linalg.eigh gives the eigenvalues and, in its columns, the eigenvectors.",
               "Go into the basis of eigenvectors, divide by the absolute eigenvalues, go back."),
        wrong=((_newton, "[[2, 0], [0, -2]] it returns [-1.  2.]"),
               (lambda H, g: -np.linalg.solve(np.abs(H), g), "[[0, 3], [3, 0]]"),
               (lambda H, g: -np.array(g) / np.maximum(np.abs(np.diag(H)), 1e-9), "[[0, 3]"),
               (_turned_round, "[[2, 0], [0, -2]]"),
               (_no_minus, "[[2, 0], [0, -2]] it returns [1. 2.]"),
               (_no_vectors, "it returns"),
               (_clipped, "[[2, 0], [0, -2]]"),
               (_shifted, "[[2, 0], [0, -2]]"),
               (_one_transpose_short, "a 3 × 3 matrix"),
               (_not_inverted, "[[2, 0], [0, -2]]"),
               (_floored, "1e-3"),
               (_changing_saddle_free, "it changes its arguments"),
               (lambda H, g: np.array([-1.0, -2.0]), "it returns"))),
    "newton-and-quasi-newton-5": Fault(
        ("step 1", "step 2", "step 3", "step 4", "step 5"), "step 4", ask="The fault is in",
        hints=("One step takes a statement about short steps for one about a certain length.",),
        wrong=(("step 1", "Along the step the slope of a strictly convex function rises strictly, "
                "and that is sᵀy > 0."),
               ("step 2", "The update keeps K positive definite if sᵀy > 0; the length does not "
                "matter."),
               ("step 3", "gᵀp = −gᵀKg is negative."),
               ("step 5", "Numbers that fall and are bounded below do converge. Are they falling?"))
        ),
    "newton-and-quasi-newton-6": Proof(
        ("A symmetric matrix of rank 1 is c·aaᵀ with a number c ≠ 0 and a vector a ≠ 0, by the "
         "spectral theorem. So N = K + c·aaᵀ.",
         "Ny = s says c(aᵀy)·a = s − Ky = u. As u ≠ 0, aᵀy ≠ 0, and a is a multiple of u. So "
         "c·aaᵀ = γ·uuᵀ with some number γ ≠ 0.",
         "Then γ(uᵀy)·u = u, so uᵀy ≠ 0 and γ = 1/(uᵀy). There is no other choice, and none at all "
         "if uᵀy = 0.",
         "Conversely, if uᵀy ≠ 0, then N = K + uuᵀ/(uᵀy) is symmetric, N − K has rank 1, and Ny = "
         "Ky + u = s."),
        hints=("What does a symmetric matrix of rank 1 look like?",
               "Apply N − K to y: along which vector does the result lie?")),
    "newton-and-quasi-newton-7": Choice(
        ("It converges, and its errors are squared by each step.",
         "Its steps tend to the length 1, and in the end each shrinks the gradient e times.",
         "Its steps grow beyond all bounds, as on √(1 + x²) from 2.",
         "Its steps shrink with the gradient, and it stops at a finite weight."),
        "Its steps tend to the length 1, and in the end each shrinks the gradient e times.",
        ask="What happens?", transfer=True,
        hints=("For large w, log(1 + e⁻ʷ) is nearly e⁻ʷ. What is Newton's step on that?",
               "With σ the sigmoid, f' = −σ(−w) and f'' = σ(w)σ(−w)."),
        wrong=(("It converges, and its errors are squared by each step.",
                "To what? f has no minimum, and its slope is 0 nowhere."),
               ("Its steps grow beyond all bounds, as on √(1 + x²) from 2.",
                "Compute −f'/f'' for e⁻ʷ."),
               ("Its steps shrink with the gradient, and it stops at a finite weight.",
                "The curvature shrinks as fast as the gradient does. Look at their quotient."))),
    "newton-and-quasi-newton-8": Function(
        _multiplies, ask="hessian_times",
        hints=("Take a difference quotient of the gradient along v.",
               "The two places should be neither far apart nor so near that rounding eats the "
               "difference, however long v is: let h depend on the length of v.",
               "And if v = 0?"),
        wrong=((_fixed(1e-5), "v = ["), (_fixed(1e-9), "v = [3e-07"), (_capped, "e-07"),
               (_fixed(1), "f = eˣ"),
               (_undivided, "it returns"), (_by_two_short, "it returns"),
               (_of_unit_length, "v = [1, −2]"), (_no_zero, "v = [0.0, 0.0]"),
               (_diagonal_only, "H = [[2, 1], [1, 5]]"), (_too_near, "it returns"),
               (_column_by_column, "times, not twice"), (_in_place, "it changes its arguments"))),
}
