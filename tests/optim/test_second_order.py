"""Newton's method and its relatives, held against SciPy and their theorems."""

import numpy as np
import pytest
import scipy.optimize as so

from mathml.autodiff import value_and_grad
from mathml.numdiff import check_gradient, jacobian
from mathml.optim import backtracking, bfgs, lbfgs, newton
from mathml.optim.line_search import armijo, wolfe
from mathml.optim.path import Objective

TOL = 1e-8


def rosenbrock(x):
    return np.sum(100 * (x[1::2] - x[::2] ** 2) ** 2 + (1 - x[::2]) ** 2)


def beale(x):
    return sum((c - x[0] * (1 - x[1] ** k)) ** 2 for c, k in ((1.5, 1), (2.25, 2), (2.625, 3)))


def wood(x):
    return (100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2 + 90 * (x[3] - x[2] ** 2) ** 2
            + (1 - x[2]) ** 2 + 10 * (x[1] + x[3] - 2) ** 2 + (x[1] - x[3]) ** 2 / 10)


def powell_singular(x):
    return ((x[0] + 10 * x[1]) ** 2 + 5 * (x[2] - x[3]) ** 2 + (x[1] - 2 * x[2]) ** 4
            + 10 * (x[0] - x[3]) ** 4)


def box(x):
    t = np.arange(1, 11) / 10
    fit = np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))
    return np.sum(fit**2)


def brown_dennis(x):
    t = np.arange(1, 21) / 5
    return np.sum(((x[0] + t * x[1] - np.exp(t)) ** 2
                   + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2) ** 2)


def variably_dimensioned(x):
    s = np.sum(np.arange(1, 9) * (x - 1))
    return np.sum((x - 1) ** 2) + s**2 + s**4


def broyden_tridiagonal(x):
    middle = (3 - 2 * x) * x + 1
    return (np.sum((middle[1:-1] - x[:-2] - 2 * x[2:]) ** 2)
            + (middle[0] - 2 * x[1]) ** 2 + (middle[-1] - x[-2]) ** 2)


def himmelblau(x):
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def booth(x):
    return (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2


# Moré, Garbow & Hillstrom (1981) with their starts, and two of two variables.
PROBLEMS = {
    "Rosenbrock": (rosenbrock, [-1.2, 1]),
    "Rosenbrock, ten variables": (rosenbrock, [-1.2, 1] * 5),
    "Beale": (beale, [1, 1]),
    "Wood": (wood, [-3, -1, -3, -1]),
    "Powell's singular": (powell_singular, [3, -1, 0, 1]),
    "Box": (box, [0, 10, 20]),
    "Brown and Dennis": (brown_dennis, [25, 5, -5, -1]),
    "variably dimensioned": (variably_dimensioned, 1 - np.arange(1, 9) / 8),
    "Broyden tridiagonal": (broyden_tridiagonal, -np.ones(10)),
    "Himmelblau": (himmelblau, [0, 0]),
    "Booth": (booth, [0, 0]),
}
# Powell's Hessian is singular at the minimiser; Box's function is 0 at (1, 10, 1), at (10, 1, -1)
# and wherever x1 = x2 and x3 = 0. There the value is compared alone.
FLAT = {"Powell's singular", "Box"}


class Counted:
    """A function of its own that knows how often it was asked."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, x):
        self.calls += 1
        return self.f(x)


def gradient(f):
    both = value_and_grad(f)
    return lambda x: both(np.asarray(x, dtype=float))[1]


def hessian(f):
    def at(x):
        H = jacobian(gradient(f), x)
        return (H + H.T) / 2
    return at


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_has_the_gradient_it_claims(name):
    f, x0 = PROBLEMS[name]
    assert check_gradient(f, gradient(f), np.asarray(x0, dtype=float) + 0.1)


METHODS = {
    "BFGS": (lambda f, g, h, x0, tol: bfgs(f, g, x0, tol=tol),
             lambda tol, d: {"gtol": tol, "norm": 2, "maxiter": 5000}),
    "L-BFGS-B": (lambda f, g, h, x0, tol: lbfgs(f, g, x0, tol=tol),
                 lambda tol, d: {"gtol": tol / np.sqrt(d), "ftol": 0, "maxiter": 5000}),
    "trust-exact": (lambda f, g, h, x0, tol: newton(f, g, h, x0, tol=tol),
                    lambda tol, d: {"gtol": tol}),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_the_minimiser_is_scipys_at_no_more_than_twice_its_evaluations(name, method):
    f, x0 = PROBLEMS[name]
    x0, (ours, options) = np.asarray(x0, dtype=float), METHODS[method]
    g, h = gradient(f), hessian(f)
    tol = TOL * max(1, np.linalg.norm(g(x0)))
    f1, g1, f2, g2 = Counted(f), Counted(g), Counted(f), Counted(g)
    path = ours(f1, g1, h, x0, TOL)
    theirs = so.minimize(f2, x0, jac=g2, hess=h if method == "trust-exact" else None,
                         method=method, options=options(tol, len(x0)))
    assert path.converged, path.message
    assert np.linalg.norm(g(path.x)) <= tol
    if name not in FLAT:
        assert np.linalg.norm(path.x - theirs.x) <= 1e-5 * (1 + np.linalg.norm(theirs.x))
    assert abs(path.f - theirs.fun) <= 1e-6 * (1 + abs(theirs.fun))
    assert f1.calls <= 2 * f2.calls
    assert g1.calls <= 2 * g2.calls


def root_square(x):
    return np.sqrt(1 + x**2)


@pytest.mark.parametrize(("x0", "ends"), [(0.9, "converged"), (1.0, "not converged"),
                                          (1.1, "diverged")])
def test_the_plain_method_maps_x_to_minus_its_cube(x0, ends):
    path = newton(root_square, lambda x: x / root_square(x), lambda x: root_square(x) ** -3.0, x0,
                  damped=False, steps=30)
    assert path.message.startswith(ends)
    x = path.xs[:, 0]
    assert np.allclose(x[1:], -(x[:-1] ** 3), rtol=1e-9, atol=1e-15)
    damped = newton(root_square, lambda x: x / root_square(x), lambda x: root_square(x) ** -3.0, x0)
    assert damped.converged
    assert abs(damped.x[0]) < 1e-7


A = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]])
B = np.array([1.0, -2.0, 0.5])
QUADRATIC = (lambda x: x @ A @ x / 2 - B @ x, lambda x: A @ x - B, lambda x: A)


@pytest.mark.parametrize("damped", [True, False])
def test_one_step_solves_a_quadratic(damped):
    path = newton(*QUADRATIC, [5.0, -7.0, 3.0], damped=damped)
    assert len(path) == 2
    assert np.allclose(path.x, np.linalg.solve(A, B))


def test_the_plain_method_does_not_see_linear_coordinates():
    T = np.array([[2.0, 1.0], [-1.0, 3.0]])
    f, x0 = beale, np.array([2.5, 0.3])
    plain = newton(f, gradient(f), hessian(f), x0, damped=False, steps=5)
    g, h = gradient(f), hessian(f)
    moved = newton(lambda z: f(T @ z), lambda z: T.T @ g(T @ z), lambda z: T.T @ h(T @ z) @ T,
                   np.linalg.solve(T, x0), damped=False, steps=5)
    assert np.allclose(moved.xs @ T.T, plain.xs, rtol=1e-6)


def test_a_saddle_draws_the_plain_method_and_not_the_damped_one():
    f, g = lambda x: x[0] ** 2 - x[1] ** 2 + x[1] ** 4, lambda x: np.array(
        [2 * x[0], -2 * x[1] + 4 * x[1] ** 3])
    h = lambda x: np.diag([2.0, -2 + 12 * x[1] ** 2])  # noqa: E731
    plain = newton(f, g, h, [3.0, 0.2], damped=False)
    assert plain.converged
    assert np.allclose(plain.x, 0, atol=1e-6)
    damped = newton(f, g, h, [3.0, 0.2])
    assert damped.converged
    assert np.allclose(damped.x, [0, np.sqrt(0.5)], atol=1e-6)
    assert np.all(np.diff(damped.fs) < 0)


def test_a_singular_hessian_ends_the_plain_method_and_not_the_damped_one():
    f, g, h = lambda x: x[0] ** 2, lambda x: np.array([2 * x[0], 0]), lambda x: np.diag([2.0, 0])
    assert "singular" in newton(f, g, h, [1.0, 1.0], damped=False).message
    assert np.allclose(newton(f, g, h, [1.0, 1.0]).x, [0, 1])


def test_what_makes_the_hessian_positive_definite_is_the_first_of_a_doubling_sequence():
    """In units of the largest entry: 0, 0.001, 0.002, 0.004; a Hessian of 0 has the unit 1."""
    flat = newton(lambda x: x, lambda x: 1.0, lambda x: 0.0, 0.0, steps=1)
    assert flat.xs[1, 0] == pytest.approx(-1000)
    for lowest, tau in ((-0.0005, 0.001), (-0.0015, 0.002), (-0.0025, 0.004)):
        H = 8 * np.diag([1.0, lowest])
        path = newton(lambda x, H=H: x @ H @ x / 2, lambda x, H=H: H @ x, lambda x, H=H: H,
                      [0.0, 1.0], steps=1)
        assert path.xs[1, 1] == pytest.approx(1 - lowest / (lowest + tau))


def test_newton_ends_after_a_hundred_steps():
    path = newton(lambda x: x, lambda x: 1.0, lambda x: 1.0, 0.0, damped=False)
    assert len(path) == 101


@pytest.mark.parametrize("method", [bfgs, lbfgs])
def test_the_tolerance_is_1e_8_of_the_first_gradient(method):
    path = method(so.rosen, so.rosen_der, [-1.2, 1.0])
    assert path.grad_norms[-1] <= 1e-8 * path.grad_norms[0] < path.grad_norms[-2]
    loose = method(lambda x: x**2, lambda x: 2 * x * (1 if abs(x) > 1 else 5e-8 / abs(2 * x)), 2.0)
    assert not loose.converged  # 5e-8 is above 1e-8·4


def test_a_hessian_is_symmetric_to_six_digits_of_its_largest_entry():
    for gap, told in ((1e-6, False), (1.01e-6, True)):
        def run(gap=gap):
            return newton(lambda x: x @ x, lambda x: 2 * x,
                          lambda x: np.array([[1.0, gap], [0.0, 1.0]]), [1.0, 1.0], steps=1)
        if told:
            with pytest.raises(ValueError, match="symmetric"):
                run()
        else:
            run()


def test_a_rise_of_four_roundings_is_none():
    """Near the minimum no fall can be seen: a rise by 4ε|f| is let pass, by 5ε|f| it is not."""
    eps = np.finfo(float).eps
    for rise, passes in ((4, True), (5, False)):
        objective = Objective(lambda x, r=rise: 8 * (1 + r * eps) if x == 1 else 9.0, lambda x: 0.0)
        for search in (armijo, wolfe):
            found = search(objective, np.array(0.0), 8.0, -1e-30, np.array(1.0))
            assert (found is not None and found[0] == 1) == passes


@pytest.mark.parametrize("t", [1.5, 3.0, 4.5])
@pytest.mark.parametrize("search", [armijo, wolfe])
def test_on_a_parabola_a_step_too_long_is_followed_by_the_one_to_its_minimum(search, t):
    objective = Objective(lambda x: (x - 1) ** 2, lambda x: 2 * (x - 1))
    new = search(objective, np.array(0.0), 1.0, -4.0, np.array(2.0), t)[0]
    assert new == pytest.approx(1.0)


def test_a_hessian_that_is_not_symmetric_or_not_a_matrix_is_told():
    f, g, _ = QUADRATIC
    with pytest.raises(ValueError, match="symmetric"):
        newton(f, g, lambda x: np.triu(A), [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"shape \(3, 3\)"):
        newton(f, g, lambda x: np.diag(A), [1.0, 2.0, 3.0])
    nan = newton(f, g, lambda x: A * np.nan, [1.0, 2.0, 3.0])
    assert nan.message == "stopped after 0 steps: the Hessian is not finite"


@pytest.mark.parametrize("method", [bfgs, lambda *a, **k: lbfgs(*a, memory=2, **k)],
                         ids=["bfgs", "lbfgs"])
class TestQuasiNewton:
    def test_a_number_for_a_start(self, method):
        path = method(lambda x: (x - 3) ** 4 + x**2, lambda x: 4 * (x - 3) ** 3 + 2 * x, 10)
        assert path.converged
        assert path.xs.shape == (len(path), 1)
        assert abs(4 * (path.x[0] - 3) ** 3 + 2 * path.x[0]) < 1e-4

    def test_every_step_falls_and_keeps_the_curvature_positive(self, method):
        f, x0 = PROBLEMS["Wood"]
        g = gradient(f)
        path = method(f, g, x0)
        assert path.converged
        assert np.all(np.diff(path.fs) <= 0)
        s, y = np.diff(path.xs, axis=0), np.diff([g(x) for x in path.xs], axis=0)
        assert np.all(np.sum(s * y, axis=1) > 0)

    def test_a_domain_is_not_left(self, method):
        def f(x):
            return x - np.log(x) if x > 0 else np.nan
        path = method(f, lambda x: 1 - 1 / x, 8.0)
        assert path.converged
        assert np.isclose(path.x[0], 1)

    def test_unbounded_below_is_told(self, method):
        assert "unbounded" in method(lambda x: -x, lambda x: -1.0, 0.0).message

    def test_a_wrong_gradient_is_told(self, method):
        path = method(lambda x: x @ x, lambda x: -2 * x, [1.0, 2.0])
        assert not path.converged
        assert "check grad" in path.message

    def test_the_start_stays(self, method):
        x0 = np.array([-1.2, 1.0])
        method(so.rosen, so.rosen_der, x0)
        assert x0.tolist() == [-1.2, 1.0]


def test_bfgs_solves_a_quadratic_in_few_steps_and_learns_its_hessian():
    from mathml.optim.quasi_newton import _Dense
    rng, model = np.random.default_rng(0), _Dense(3)
    pairs = [(s, A @ s) for s in rng.normal(size=(40, 3))]
    for s, y in pairs:
        model.update(s, y)
        assert np.allclose(model.H @ y, s)
        assert np.allclose(model.H, model.H.T)
        assert np.linalg.eigvalsh(model.H).min() > 0
    assert np.allclose(model.H, np.linalg.inv(A), atol=1e-3)


def test_two_loops_are_the_product_of_the_matrices():
    from mathml.optim.quasi_newton import _Pairs
    rng, memory = np.random.default_rng(1), 4
    model, pairs = _Pairs(memory), [(s, A @ s) for s in rng.normal(size=(7, 3))]
    v = np.array([1.0, -2.0, 3.0])
    assert np.array_equal(model.times(v), v)
    for s, y in pairs:
        model.update(s, y)
    s, y = pairs[-1]
    H = (s @ y) / (y @ y) * np.eye(3)
    for s, y in pairs[-memory:]:
        V = np.eye(3) - np.outer(y, s) / (y @ s)
        H = V.T @ H @ V + np.outer(s, s) / (y @ s)
    assert np.allclose(model.times(v), H @ v)
    assert v.tolist() == [1.0, -2.0, 3.0]


def test_backtracking_accepts_equality_and_a_share_in_the_open_interval_only():
    assert backtracking(lambda x: x / 2, 0.0, 0.0, 1.0, -1.0, c1=0.5) == 1.0
    for name in ("shrink", "c1"):
        for end in (0.0, 1.0):
            with pytest.raises(ValueError, match=name + " must lie in"):
                backtracking(lambda x: x**2, 1.0, 1.0, 2.0, -2.0, **{name: end})


def test_backtracking_takes_the_first_step_that_falls_far_enough():
    f, x, p = lambda x: x @ x, np.array([1.0, 0.0]), np.array([-8.0, 0.0])
    t = backtracking(f, x, 1.0, 2 * x, p, shrink=0.5, c1=0.1)
    steps = 0.5 ** np.arange(6)
    first = next(s for s in steps if f(x + s * p) <= 1 + 0.1 * s * (2 * x @ p))
    assert t == first < 1
    assert backtracking(f, x, 1.0, 2 * x, -2 * x / 2) == 1.0
    assert backtracking(lambda x: x @ x + 1e9, x, 1e9 - 1, 2 * x, p) == 0.0  # f(x) is another
    with pytest.raises(ValueError, match="descent"):
        backtracking(f, x, 1.0, 2 * x, [0.0, 1.0])
    with pytest.raises(ValueError, match="shape"):
        backtracking(f, x, 1.0, [2.0], p)
