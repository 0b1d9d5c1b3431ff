"""Central differences: accuracy, layouts, and the gradient check on right and wrong gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathml.numdiff import check_gradient, gradient, hessian, jacobian

RNG = np.random.default_rng(0)


def test_gradient_of_a_quadratic_is_exact_to_ten_digits():
    A = RNG.normal(size=(5, 5))
    A = A + A.T
    x = RNG.normal(size=5)
    assert np.allclose(gradient(lambda x: x @ A @ x / 2, x), A @ x, rtol=0, atol=1e-9)


def test_gradient_has_the_shape_of_its_argument():
    W = RNG.normal(size=(3, 4))
    assert gradient(lambda W: np.sum(W**2), W).shape == (3, 4)
    assert np.allclose(gradient(lambda W: np.sum(W**2), W), 2 * W)
    assert isinstance(gradient(np.exp, 0), float)


def test_integers_and_lists_are_points_and_are_not_changed():
    x = np.array([1, 2])
    assert np.allclose(gradient(lambda x: x @ x, x), [2, 4])
    assert np.array_equal(x, [1, 2])
    point = np.array([1.0, 2.0])

    def rude(x):
        x *= 2
        return x.sum()

    assert np.allclose(gradient(rude, point), [2, 2])
    assert np.array_equal(point, [1.0, 2.0])


def test_the_step_is_the_cube_root_of_eps_in_units_of_the_coordinate():
    """The error of the central difference of t³ is h² everywhere, and here all there is."""
    h = np.finfo(float).eps ** (1 / 3)
    assert gradient(lambda t: t**3, 0.0) == pytest.approx(h**2, rel=1e-12, abs=0)
    assert gradient(lambda t: (t - 1e3) ** 3, 1e3) == pytest.approx((1e3 * h) ** 2, rel=1e-6)


def test_steps_scale_with_the_coordinate():
    for x in (1e6, 1.0, 1e-3):  # the curvature of log shrinks as x grows, and the step follows
        assert gradient(np.log, x) == pytest.approx(1 / x, rel=1e-4 if x < 1 else 1e-8,
                                                     abs=0)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_jacobian_obeys_the_chain_rule(a, b):
    def inner(x):
        return np.array([x[0] * x[1], np.sin(x[0]), x[1] ** 2])

    def outer(u):
        return np.array([u[0] + u[1] * u[2], np.exp(u[1])])

    x = np.array([a, b])
    product = jacobian(outer, inner(x)) @ jacobian(inner, x)
    assert np.allclose(jacobian(lambda x: outer(inner(x)), x), product, atol=1e-7)


def test_jacobian_of_a_scalar_function_is_the_gradient_as_a_row():
    J = jacobian(lambda x: x @ x, [1.0, 2.0])
    assert J.shape == (1, 2)
    assert np.allclose(J[0], gradient(lambda x: x @ x, [1.0, 2.0]))
    assert jacobian(lambda t: np.array([np.cos(t), np.sin(t)]), 0.0).shape == (2, 1)


def test_hessian_is_symmetric_and_right():
    def f(x):
        return np.exp(x[0]) * x[1] + x[0] ** 2 * x[2]

    a, b, c = x = np.array([0.3, -1.2, 2.0])
    exact = [[np.exp(a) * b + 2 * c, np.exp(a), 2 * a], [np.exp(a), 0, 0], [2 * a, 0, 0]]
    H = hessian(f, x)
    assert np.allclose(H, exact, atol=1e-6)
    assert np.array_equal(H, H.T)
    assert np.allclose(hessian(np.cosh, 1.0), np.cosh(1.0), atol=1e-6)
    far = hessian(lambda x: (x[0] / 1e300) ** 2 * x[1], [1e300, 1.0])  # h₀² overflows
    assert far[0, 1] * 1e300 == pytest.approx(2, rel=1e-6)


def test_E01_partials_can_exist_where_the_gradient_does_not_give_the_steepest_rate():
    def f(x):
        return 0.0 if not x.any() else x[0] ** 2 * x[1] / (x @ x)

    assert np.allclose(gradient(f, [0.0, 0.0]), 0, atol=1e-12)
    angles = np.linspace(0, 2 * np.pi, 3601)
    rates = [gradient(lambda t, a=a: f(t * np.array([np.cos(a), np.sin(a)])), 0.0) for a in angles]
    assert max(rates) == pytest.approx(2 / (3 * np.sqrt(3)), abs=1e-6)


def test_E02_the_differential_is_equal_to_the_difference_only_to_first_order():
    def f(x):
        return x[0] ** 2 + 3 * x[1] ** 2

    x, dx = np.array([1.0, 1.0]), np.array([0.6, 0.8])
    gaps = [abs(f(x + t * dx) - f(x) - gradient(f, x) @ (t * dx)) for t in (1e-1, 1e-2)]
    assert gaps[0] / gaps[1] == pytest.approx(100, rel=1e-3)


def test_E09_jacobian_of_a_gradient_shows_mixed_derivatives_that_differ():
    def grad(p):
        (x, y), r = p, p @ p
        if r == 0:
            return np.zeros(2)
        return np.array([y * (x**4 + 4 * x**2 * y**2 - y**4),
                         x * (x**4 - 4 * x**2 * y**2 - y**4)]) / r**2

    J = jacobian(grad, [0.0, 0.0])
    assert np.allclose(J, [[0, -1], [1, 0]], atol=1e-6)


def test_check_gradient_accepts_right_gradients_at_every_scale():
    for scale in (1e-12, 1.0, 1e12):
        found = check_gradient(lambda w, s=scale: s * np.sum(np.sin(w)),
                               lambda w, s=scale: s * np.cos(w), RNG.normal(size=7))
        assert found.ok, found.message
        assert found.max_rel_error < 1e-6


@pytest.mark.parametrize(("f", "grad", "x"), [
    (lambda x: x**3, lambda x: 3 * x**2, 0.0),  # value, slope and curvature are 0
    (lambda p: p[0]**3 - 3 * p[0] * p[1]**2,
     lambda p: np.array([3 * p[0]**2 - 3 * p[1]**2, -6 * p[0] * p[1]]), [0.0, 0.0]),
    (lambda x: 1e6 + x**2, lambda x: 2 * x, 0.0),  # the difference is the rounding of f
    (lambda x: 1e6 + x**2, lambda x: 2 * x, 1e-3),
    (lambda x: np.sin(1000 * x), lambda x: 1000 * np.cos(1000 * x), 0.2),  # curved over the steps
    (lambda x: 0.0, lambda x: 0.0, 2.0),
    (np.log, lambda x: 1 / x, 1e-4),
])
def test_check_gradient_raises_no_alarm_where_the_differences_themselves_are_wrong(f, grad, x):
    found = check_gradient(f, grad, x)
    assert found.ok, found.message


@pytest.mark.parametrize(("f", "grad", "x"), [
    (lambda x: 1e-11 * (x @ x), lambda x: -2e-11 * x, [1.0, 2.0]),
    (lambda x: 1e-200 * (x @ x), lambda x: 2.0001e-200 * x, [1.0, 2.0]),
    (lambda x: np.sin(1000 * x), lambda x: 1000.1 * np.cos(1000 * x), 0.2),
    (lambda x: 1 + x @ x, lambda x: 2 * x + [0, 1e-3], [3.0, 0.0]),
    (lambda x: 1e4 * np.cos(x), lambda x: -1e4 * np.sin(x) + 1e-5, 0.0),  # ten times the floor
])
def test_check_gradient_catches_what_differences_can_see(f, grad, x):
    assert not check_gradient(f, grad, x).ok


def test_check_gradient_raises_no_alarm_where_the_difference_is_the_rounding_of_the_points():
    for best in np.linspace(0.1, 3, 50):
        found = check_gradient(lambda x, b=best: 1e-30 * (x - b)**2, lambda x: 0.0, best)
        assert found.ok, found.message


def test_check_gradient_measures_by_a_ten_thousandth_of_f_where_f_is_flat():
    for size in (1.0, 1e5):
        found = check_gradient(lambda x, s=size: s, lambda x, s=size: 1e-9 * s, 0.0)
        assert found.max_rel_error == pytest.approx(1e-5)


def test_an_error_as_large_as_the_tolerance_is_accepted():
    error = check_gradient(lambda x: 1.0, lambda x: 1e-9, 0.0).max_rel_error
    assert check_gradient(lambda x: 1.0, lambda x: 1e-9, 0.0, tol=error)
    assert not check_gradient(lambda x: 1.0, lambda x: 1e-9, 0.0, tol=error * (1 - 1e-9))


def test_the_span_of_the_probes_is_measured_not_assumed():
    """x ± h are rounded; divided by the distance of these floats, the slope of t is exactly 1."""
    assert [gradient(lambda t: t, 10.0**k + 1 / 3) for k in range(-2, 9)] == [1.0] * 11


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_check_gradient_catches_one_wrong_coordinate_and_names_it(scale):
    def wrong(W):
        g = 2 * scale * W
        g[1, 2] *= 1.01
        return g

    found = check_gradient(lambda W: scale * np.sum(W**2), wrong, np.ones((2, 3)))
    assert not found
    assert "disagrees at coordinate 1, 2" in found.message
    assert found.max_rel_error == pytest.approx(0.01 / 1.01, rel=1e-3)


def test_check_gradient_calls_a_gradient_that_is_not_finite_wrong():
    found = check_gradient(lambda x: x @ x, lambda x: x * np.nan, [1.0])
    assert not found.ok
    assert found.max_rel_error == np.inf


def test_E15_at_a_kink_the_check_is_a_false_alarm():
    found = check_gradient(lambda x: max(x, 0.0), lambda x: 0.0, 0.0)
    assert not found.ok
    assert "central differences give 0.5" in found.message
    assert found.max_rel_error == pytest.approx(0.5)  # of the steeper side, whose slope is 1


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: gradient(np.sum, [np.nan]), ValueError, "x must be finite, got nan"),
    (lambda: gradient(np.sum, []), ValueError, "x must have at least 1 entry"),
    (lambda: gradient(np.sum, [1e305]), ValueError, "rescale"),
    (lambda: gradient(3.0, [1.0]), TypeError, "f must be a function, got 3.0"),
    (lambda: gradient(lambda x: x, [1.0, 2.0]), ValueError, r"one number, got shape \(2,\)"),
    (lambda: gradient(lambda x: None, [1.0]), TypeError, "f must return real numbers, got None"),
    (lambda: gradient(np.log, 0.0), ValueError, "move x into the domain"),
    (lambda: gradient(lambda x: np.nan, 1 / 3), ValueError, r"got nan at 0\.3333; move"),
    (lambda: jacobian(lambda x: x, [[1.0]]), ValueError, "x must be one-dimensional"),
    (lambda: jacobian(lambda x: np.eye(2), [1.0]), ValueError, "f must return a vector"),
    (lambda: jacobian(lambda x: [], [1.0]), ValueError, r"at least one entry, got shape \(0,\)"),
    (lambda: jacobian(lambda x: np.ones(2 + (x[0] > 1)), [1.0]), ValueError,
     "vectors of one length, got lengths 2, 3"),
    (lambda: jacobian(np.log, [0.0]), ValueError, "f must be finite near x"),
    (lambda: hessian(lambda x: 1e308 * np.sign(x[0] - 1), [1.0, 2.0]), ValueError,
     "the Hessian must fit into a float"),
    (lambda: check_gradient(lambda x: 1e308 * np.sign(x), lambda x: 1e308, 0.0), ValueError,
     "the gradient must fit into a float"),
    (lambda: hessian(lambda x: 0.0, [[1.0]]), ValueError, "x must be one-dimensional"),
    (lambda: check_gradient(np.sum, lambda x: 1.0, [1.0, 2.0]), ValueError,
     r"the shape of its argument, \(2,\), got \(\)"),
    (lambda: check_gradient(np.sum, lambda x: x, [1.0], tol=-1.0), ValueError, "tol must lie in"),
])
def test_bad_input_names_the_rule_and_the_value(call, error, text):
    with pytest.raises(error, match=text):
        call()
