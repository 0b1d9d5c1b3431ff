"""Norms as mathematics: the axioms, the inequalities, duality against linear programming."""

import itertools
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from mathml.norms import (
    dual_exponent,
    l0_count,
    lp_norm,
    steepest_direction,
    steepest_direction_quadratic,
    unit_ball,
)

ORDERS = [1, 1.5, 2, 3, 10, np.inf]
vectors = arrays(float, 4, elements=st.floats(-1e6, 1e6))
orders = st.sampled_from(ORDERS)
RNG = np.random.default_rng(0)


# --- axioms and inequalities -----------------------------------------------------------------

@given(vectors, vectors, orders)
def test_triangle_inequality(x, y, p):
    assert lp_norm(x + y, p) <= (lp_norm(x, p) + lp_norm(y, p)) * (1 + 1e-12)


@given(vectors, st.floats(-1e3, 1e3), st.sampled_from([0.3, 0.5, *ORDERS]))
def test_homogeneity_holds_for_every_p(x, c, p):
    assert lp_norm(c * x, p) == pytest.approx(abs(c) * lp_norm(x, p), rel=1e-9, abs=1e-290)


@given(vectors, st.sampled_from([0.3, *ORDERS]))
def test_definiteness(x, p):
    assert (lp_norm(x, p) == 0) == (not x.any())
    assert lp_norm(x, p) >= 0


@given(vectors, vectors, orders)
def test_hoelder_inequality(x, y, p):
    assert abs(x @ y) <= lp_norm(x, p) * lp_norm(y, dual_exponent(p)) * (1 + 1e-12) + 1e-300


@given(vectors, st.floats(0.2, 20), st.floats(0.2, 20))
def test_norm_decreases_in_p_towards_the_maximum(x, p, q):
    p, q = sorted((p, q))
    assert lp_norm(x, q) <= lp_norm(x, p) * (1 + 1e-12)
    assert lp_norm(x, np.inf) <= lp_norm(x, q) * (1 + 1e-12)
    assert lp_norm(x, 1e9) == pytest.approx(lp_norm(x, np.inf), rel=1e-8, abs=0)


@given(vectors)
def test_chain_of_equivalence_constants(x):
    n1, n2, ninf, d = lp_norm(x, 1), lp_norm(x, 2), lp_norm(x, np.inf), x.size
    chain = [ninf, n2, n1, d**0.5 * n2, d * ninf]
    assert all(a <= b * (1 + 1e-12) for a, b in pairwise(chain))


@pytest.mark.parametrize("p", [1, 2, 3.7, np.inf])
def test_agrees_with_numpy(p):
    X = RNG.normal(size=(20, 6))
    assert np.allclose(lp_norm(X, p, axis=1), np.linalg.norm(X, p, axis=1), rtol=1e-14, atol=0)
    assert np.allclose(lp_norm(X, p, axis=0), np.linalg.norm(X, p, axis=0), rtol=1e-14, atol=0)
    assert lp_norm(X[0], p) == pytest.approx(np.linalg.norm(X[0], p), rel=1e-14)


# --- the edges -------------------------------------------------------------------------------

@pytest.mark.parametrize("p", [0.5, 1, 2, 3, 50, np.inf])
@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e-160, 1.0, 1e160, 1e200, 1e300])
def test_E38_no_overflow_or_underflow(p, scale):
    got = lp_norm(np.array([3.0, -4.0, 0.0]) * scale, p)
    accuracy = 1e-3 if scale < 1e-300 else 1e-13  # a subnormal has few digits
    assert got / scale == pytest.approx(lp_norm([3, -4, 0], p), rel=accuracy)


def test_E38_the_textbook_case():
    assert lp_norm([1e200, 1e200], 2) == pytest.approx(np.sqrt(2) * 1e200, rel=1e-15)
    assert lp_norm(np.array([[1e200, 1e200], [3, 4], [0, 0]]), 2, axis=1)[1:].tolist() == [5.0, 0.0]
    with pytest.raises(ValueError, match=r"the l1 norm of x must be at most 1\.8e308"):
        lp_norm([1e308, 1e308], 1)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.99, 1, 2, 5])
def test_E38_a_norm_above_the_largest_float_is_refused_and_one_below_is_right(p):
    for x in ([1.7e308] * 2, np.full((3, 2), 1.7e308)):
        with pytest.raises(ValueError, match=rf"the l{p} norm of x must be at most 1\.8e308"):
            lp_norm(x, p, axis=None if np.ndim(x) == 1 else 1)
    below = 1.7e308 * 0.99 / 2 ** (1 / p)  # n equal entries have the norm n^(1/p) times one
    assert lp_norm([below, -below], p) == pytest.approx(0.99 * 1.7e308, rel=1e-13)


def test_norms_below_one_keep_their_digits_at_every_size():
    for p, size in itertools.product((0.1, 0.3, 0.6, 0.79), (1e-300, 1e-100, 1e100, 1e300)):
        total = sum(Decimal(k) ** Decimal(p) for k in (1, 2, 5))
        exact = float(Decimal(size) * total ** (1 / Decimal(p)))
        norm = lp_norm(size * np.array([1.0, -2.0, 5.0]), p)
        assert norm == pytest.approx(exact, rel=3e-15, abs=0)


@pytest.mark.parametrize("scale", [1e-320, 1e-170, 3e-162, 1.5e-155, 1e-150, 1e-125, 1e-124, 1.0,
                                   1e124, 1e125, 1e153, 2e154, 1e200, 1e307])
def test_the_euclidean_norm_of_one_entry_is_exact_where_its_square_is_not(scale):
    for x in scale * np.linspace(1, 2, 50):
        assert lp_norm(np.array([x]), 2) == lp_norm(np.array([0.0, -x]), 2) == x


@pytest.mark.parametrize("x", [1.1e-157, 4.1e-157, 3.3e-156, 2.7e-150, 3.1e153])
def test_the_euclidean_norm_of_a_million_entries_whose_squares_are_rounded_to_nothing(x):
    assert lp_norm(np.full(10**6, x), 2) == pytest.approx(1000 * x, rel=1e-14, abs=0)


def test_E38_a_matrix_is_refused():
    with pytest.raises(ValueError, match=r"got shape \(2, 2\); pass axis"):
        lp_norm(np.eye(2), 2)


@pytest.mark.parametrize("p", [1e-300, 1e-3, 0.2, 1, 2, 1e300, np.inf])
def test_one_entry_has_its_absolute_value(p):
    assert lp_norm([-7.25], p) == 7.25


def test_integers_lists_and_booleans():
    assert lp_norm([3, 4], 2) == lp_norm(np.array([3, 4], dtype=np.int8), 2) == 5.0
    assert lp_norm([True, True, False], 1) == 2.0
    assert type(lp_norm([3, 4], 2)) is float
    x = np.array([-3.0, 4.0])
    lp_norm(x, 3)
    assert x.tolist() == [-3.0, 4.0]


def test_exercise_values():
    assert l0_count([3, -4, 0]) == 2
    assert lp_norm([3, -4, 0], 3) == pytest.approx(4.497941, abs=1e-6)
    assert lp_norm([1, 1], np.log(2) / np.log(1.1)) == pytest.approx(1.1)


# --- L0 and p < 1 ----------------------------------------------------------------------------

@given(vectors, vectors)
def test_E36_l0_is_subadditive_but_not_homogeneous(x, y):
    assert l0_count(x + y) <= l0_count(x) + l0_count(y)
    assert l0_count(2 * x) == l0_count(x)


def test_E36_l0_is_the_limit_of_the_power_not_of_the_norm():
    assert [lp_norm([1, 1], p) for p in (0.5, 0.1, 0.05)] == pytest.approx([4, 1024, 2**20])
    x = [3.0, -0.2, 0.0]
    assert lp_norm(x, 1e-3) ** 1e-3 == pytest.approx(l0_count(x), rel=1e-3)
    with pytest.raises(ValueError, match=r"p must lie in \(0, inf\], got 0; to count non-zeros"):
        lp_norm(x, 0)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9, 0.99])
def test_E37_triangle_inequality_fails_below_one(p):
    assert lp_norm([1, 1], p) == pytest.approx(2 ** (1 / p))
    assert lp_norm([1, 1], p) > lp_norm([1, 0], p) + lp_norm([0, 1], p)


# --- duals and directions --------------------------------------------------------------------

@pytest.mark.parametrize("p", ORDERS)
def test_dual_exponent_is_an_involution(p):
    q = dual_exponent(p)
    assert 1 / p + 1 / q == pytest.approx(1)
    assert dual_exponent(q) == pytest.approx(p)


def largest_rate(g, p):
    """max g·u over the ℓ1 or ℓ∞ ball, by linear programming."""
    d = len(g)
    if p == np.inf:
        return -linprog(-g, bounds=[(-1, 1)] * d).fun
    return -linprog(-np.r_[g, -g], A_ub=np.ones((1, 2 * d)), b_ub=[1]).fun  # u = u₊ − u₋


@pytest.mark.parametrize("p", [1, np.inf])
def test_dual_norm_is_the_value_of_a_linear_program(p):
    for _ in range(20):
        g = RNG.normal(size=5)
        best = largest_rate(g, p)
        assert lp_norm(g, dual_exponent(p)) == pytest.approx(best)
        assert g @ steepest_direction(g, p) == pytest.approx(best)
    assert largest_rate(np.array([3.0, -7.0, 2.0]), 1) == pytest.approx(7)


nonzero = vectors.filter(lambda g: np.abs(g).max() > 1e-3)


@given(nonzero, st.sampled_from([0.5, *ORDERS]))
def test_E04_steepest_direction_is_a_unit_vector_that_attains_the_dual_norm(g, p):
    u = steepest_direction(g, p)
    q = np.inf if p < 1 else dual_exponent(p)
    assert lp_norm(u, p) == pytest.approx(1, rel=1e-12)
    assert g @ u == pytest.approx(lp_norm(g, q), rel=1e-12)


@given(nonzero, nonzero, st.sampled_from([0.5, *ORDERS]))
def test_E04_no_other_unit_vector_is_steeper(g, v, p):
    v = v / lp_norm(v, p)
    assert g @ v <= g @ steepest_direction(g, p) * (1 + 1e-12) + 1e-9


def test_E03_the_euclidean_direction_is_the_normalised_gradient():
    assert np.allclose(steepest_direction([3, 1], 2), np.array([3, 1]) / np.sqrt(10), rtol=1e-15,
                       atol=0)


def test_E04_the_textbook_example():
    assert steepest_direction([3, 1], 1).tolist() == [1, 0]
    assert steepest_direction([3, 1], np.inf).tolist() == [1, 1]
    assert steepest_direction([2, -2, 1], 1).tolist() == [1, 0, 0]  # a tie: the first
    assert steepest_direction([0, -2], np.inf).tolist() == [0, -1]
    assert np.allclose(steepest_direction([3e-320, 4e-320], 2), [0.6, 0.8], atol=1e-3)


def test_a_component_that_vanishes_is_a_plain_zero():
    u = steepest_direction([3, -1], 1.0000001)
    assert u.tolist() == [1, 0]
    assert not np.signbit(u[1])


@pytest.mark.parametrize("p", [0.5, 1, 2, np.inf])
def test_E05_E06_a_zero_gradient_has_no_direction(p):
    with pytest.raises(ValueError, match="no direction is steepest"):
        steepest_direction([0.0, 0.0], p)


def test_E04_steepest_in_a_quadratic_norm_is_newtons_direction():
    B = RNG.normal(size=(4, 4))
    H, g = B @ B.T + np.eye(4), RNG.normal(size=4)
    u = steepest_direction_quadratic(g, H)
    assert u @ H @ u == pytest.approx(1)
    newton = np.linalg.solve(H, g)
    assert np.allclose(u / np.linalg.norm(u), newton / np.linalg.norm(newton))
    for _ in range(200):
        v = RNG.normal(size=4)
        assert g @ v / np.sqrt(v @ H @ v) <= g @ u + 1e-12
    assert np.allclose(steepest_direction_quadratic(g, np.eye(4)), steepest_direction(g, 2))


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_symmetry_is_asked_to_ten_digits(scale):
    def skewed(by):
        return scale * np.array([[2.0, 1.0 + by], [1.0, 3.0]])
    steepest_direction_quadratic([1, 2], skewed(1e-11))
    with pytest.raises(ValueError, match=r"H must be symmetric of shape \(2, 2\)"):
        steepest_direction_quadratic([1, 2], skewed(1e-9))


# --- unit balls ------------------------------------------------------------------------------

@pytest.mark.parametrize("n", [5, 6, 7, 8, 9, 10, 101, 400])
@pytest.mark.parametrize("p", [0.2, 0.5, 1, 1.5, 2, 2.5, 10, 1e6, np.inf])
def test_unit_ball_is_a_closed_curve_of_unit_vectors(p, n):
    ball = unit_ball(p, n)
    assert ball.shape == (n, 2)
    assert np.array_equal(ball[0], [1, 0])
    assert np.array_equal(ball[-1], ball[0])
    assert np.allclose(lp_norm(ball, p, axis=1), 1, rtol=1e-12, atol=0)
    x, y = ball.T
    assert np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) > 0  # counterclockwise
    for axis in ([0, 1], [-1, 0], [0, -1]):
        assert np.any(np.all(ball == axis, axis=1))
    if n > 8:  # the corner in each quadrant, at the same distance along both axes
        corners = ball[np.isclose(np.abs(x), np.abs(y), rtol=1e-12)]
        quadrants = {(a > 0, b > 0) for a, b in corners}
        assert quadrants == set(itertools.product([True, False], repeat=2))


@pytest.mark.parametrize("p", [0.3, 1, 1.5, 2, 2.5, 7, np.inf])
def test_unit_ball_is_dense_at_the_tips_up_to_two_and_at_the_corners_beyond(p):
    t, ball = np.linspace(0, 2 * np.pi, 41), unit_ball(p, 41)
    if p <= 2:
        assert np.allclose(np.abs(ball) ** p, np.column_stack([np.cos(t), np.sin(t)]) ** 2)
    else:
        assert np.allclose(np.unwrap(np.arctan2(ball[:, 1], ball[:, 0])), t)


def test_unit_ball_has_no_gaps_and_meets_the_corners():
    for p in (0.2, 0.5, 1, 2, 10, np.inf):
        steps = np.linalg.norm(np.diff(unit_ball(p, 201), axis=0), axis=1)
        assert steps.max() < 0.08
    assert np.any(np.all(np.isclose(unit_ball(np.inf, 150), [1, 1]), axis=1))


def test_unit_ball_is_convex_exactly_from_one_on():
    def convex(p):
        edges = np.diff(unit_ball(p, 81), axis=0)
        nxt = np.roll(edges, -1, axis=0)
        return bool(np.all(edges[:, 0] * nxt[:, 1] - edges[:, 1] * nxt[:, 0] >= -1e-12))

    assert [convex(p) for p in (0.5, 0.95, 1, 1.05, 3, np.inf)] == [False, False, *[True] * 4]


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: lp_norm([], 2), ValueError, "x must have at least 1 entry"),
    (lambda: lp_norm(np.empty((0, 3)), 2, axis=0), ValueError, "at least 1 entry"),
    (lambda: lp_norm([1, np.nan], 2), ValueError, "x must be finite, got nan"),
    (lambda: lp_norm(np.array([1, np.inf]), np.inf), ValueError, "x must be finite, got inf"),
    (lambda: lp_norm([1, 2], -1), ValueError, r"p must lie in \(0, inf\], got -1"),
    (lambda: lp_norm([1, 2], np.nan), ValueError, r"p must lie in \(0, inf\], got nan"),
    (lambda: lp_norm([1, 2], "two"), TypeError, "p must be a single real number"),
    (lambda: lp_norm("ab", 2), TypeError, "x must hold real numbers"),
    (lambda: lp_norm([1j], 2), TypeError, "x must hold real numbers"),
    (lambda: lp_norm(3.0, 2), ValueError, "x must be one-dimensional"),
    (lambda: lp_norm(3.0, 2, axis=0), ValueError, "at least 1 entry along an axis"),
    (lambda: lp_norm(np.array([2.0, np.nan]), 2), ValueError, "x must be finite, got nan"),
    (lambda: lp_norm(np.array([2.0, -np.inf]), 1), ValueError, "x must be finite, got -inf"),
    (lambda: lp_norm([1e308, 1e308], 0.999999999), ValueError, "the l0.999999999 norm of x"),
    (lambda: lp_norm([[1.0]], 2, axis=2), ValueError, "axis must be at least -2 and at most 1"),
    (lambda: l0_count([[1]]), ValueError, "x must be one-dimensional"),
    (lambda: dual_exponent(0.5), ValueError, r"p must lie in \[1, inf\], got 0.5; below 1 the lp"),
    (lambda: unit_ball(0.001, 9), ValueError, r"p must lie in \[0.01, inf\], got 0.001; the ball"),
    (lambda: unit_ball(2, 4), ValueError, "n must be at least 5 and at most 1000000, got 4"),
    (lambda: steepest_direction_quadratic([1, 2], [[1, 2], [3, 4]]), ValueError, "symmetric"),
    (lambda: steepest_direction_quadratic([1, 2], np.diag([1, -1])), ValueError,
     r"numerically positive definite \(condition number below about 1e16\), got eigenvalues from "
     "-1 to 1; add a multiple of the identity"),
    (lambda: steepest_direction_quadratic([1, 2], np.diag([1e-200, 1e200])), ValueError,
     r"numerically positive definite .* from 1e-200 to 1e\+200; .*rescale the coordinates"),
    (lambda: steepest_direction_quadratic([1, 2], np.zeros((2, 2))), ValueError, "definite"),
    (lambda: steepest_direction_quadratic([1, 2], np.ones((2, 3))), ValueError, r"shape \(2, 2\)"),
])
def test_bad_input_names_the_rule_and_the_value(call, error, text):
    with pytest.raises(error, match=text):
        call()
