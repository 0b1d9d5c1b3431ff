"""Logistic and softmax regression: derivatives, references, invariances, and existence (E74)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit, softmax
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression

from mathml.linear_model import (
    fit_logistic,
    fit_softmax,
    is_separable,
    logistic_hessian,
    logistic_value_and_grad,
    separation,
    softmax_value_and_grad,
)
from mathml.linear_model.fitting import hessian, overlap
from mathml.linear_model.margins import separability
from mathml.numdiff import check_gradient, jacobian
from mathml.optim import GD, minimize

RNG = np.random.default_rng(0)
N, D, K = 300, 4, 3
X = RNG.normal(size=(N, D)) * [1, 10, 0.1, 3] + [0, 5, -1, 100]
Y2 = (RNG.random(N) < expit(X @ [1, -0.1, 5, 0.2] - 18)).astype(int)
Y3 = np.array([RNG.choice(K, p=softmax(x @ RNG.normal(size=(D, K)) * 0.02)) for x in X])


def gradient_norm(fit, y, penalty=0.0):
    """In the original features, from the public loss: independent of how the fit works."""
    if fit.coef.ndim == 1:
        theta = np.r_[fit.intercept, fit.coef]
        return np.linalg.norm(logistic_value_and_grad(theta, X, y, penalty=penalty)[1])
    Theta = np.vstack([fit.intercept, fit.coef])
    return np.linalg.norm(softmax_value_and_grad(Theta, X, y, penalty=penalty)[1])


# --- the losses ------------------------------------------------------------------------------

@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_losses_have_the_gradients_they_claim(penalty):
    theta, Theta = RNG.normal(size=D + 1) * 0.1, RNG.normal(size=(D + 1, K)) * 0.1
    for loss, y, at in ((logistic_value_and_grad, Y2, theta), (softmax_value_and_grad, Y3, Theta)):
        found = check_gradient(lambda t, f=loss, y=y: f(t, X, y, penalty=penalty)[0],
                               lambda t, f=loss, y=y: f(t, X, y, penalty=penalty)[1], at)
        assert found.ok, found.message


def test_hessian_is_the_derivative_of_the_gradient():
    theta = RNG.normal(size=D + 1) * 0.1
    J = jacobian(lambda t: logistic_value_and_grad(t, X, Y2, penalty=0.2)[1], theta)
    assert np.allclose(logistic_hessian(theta, X, Y2, penalty=0.2), J, rtol=1e-6, atol=1e-6)


def test_C25_gradient_at_zero_and_smoothness_constant():
    value, g = logistic_value_and_grad(np.zeros(D + 1), X, Y2)
    A = np.column_stack([np.ones(N), X])
    assert value == pytest.approx(math.log(2))
    assert np.allclose(g, A.T @ (0.5 - Y2) / N)
    L = np.linalg.eigvalsh(A.T @ A / N).max() / 4
    assert np.linalg.eigvalsh(logistic_hessian(np.zeros(D + 1), X, Y2)).max() == pytest.approx(L)


def test_C26_loss_at_zero_is_log_K_and_ignores_a_shift_of_all_classes():
    Theta, v = RNG.normal(size=(D + 1, K)), RNG.normal(size=(D + 1, 1))
    assert softmax_value_and_grad(0 * Theta, X, Y3)[0] == pytest.approx(math.log(K))
    a, b = softmax_value_and_grad(Theta, X, Y3), softmax_value_and_grad(Theta + v, X, Y3)
    assert a[0] == pytest.approx(b[0])
    assert np.allclose(a[1], b[1])
    assert np.allclose(a[1].sum(axis=1), 0)


def test_E28_E78_losses_do_not_overflow():
    value, g = logistic_value_and_grad([0.0, 1.0], [[1e4], [-1e4]], [0, 1])
    assert value == 1e4
    assert np.allclose(g, [0, 1e4])
    assert logistic_value_and_grad([0.0, 40.0], [[1.0], [-1.0]], [1, 0])[0] == math.exp(-40)
    value, g = softmax_value_and_grad([[0, 0], [0, -800]], [[1.0], [1.0]], [0, 1])
    assert value == 400


# --- the fits against references -------------------------------------------------------------

@pytest.mark.parametrize("penalty", [1e-4, 0.01, 1.0])
def test_fits_agree_with_scikit_learn(penalty):
    for y, fit in ((Y2, fit_logistic), (Y3, fit_softmax)):
        ours = fit(X, y, penalty=penalty)
        theirs = LogisticRegression(C=1 / (N * penalty), tol=1e-10, max_iter=10_000,
                                    solver="newton-cg").fit(X, y)
        assert ours.converged, ours.message
        expected = theirs.coef_[0] if y is Y2 else theirs.coef_.T
        assert np.allclose(ours.coef, expected, rtol=1e-5, atol=1e-6)
        probabilities = theirs.predict_proba(X)
        expected = probabilities[:, 1] if y is Y2 else probabilities
        assert np.allclose(ours.predict_proba(X), expected, atol=1e-6)


@pytest.mark.parametrize("penalty", [0.0, 1e-6, 0.1])
def test_fits_are_stationary_points_of_the_public_loss(penalty):
    for y, fit in ((Y2, fit_logistic), (Y3, fit_softmax)):
        found = fit(X, y, penalty=penalty)
        assert found.converged, found.message
        assert gradient_norm(found, y, penalty) < 1e-5  # features here are up to 100 in size
        assert gradient_norm(found, 1 - y if y is Y2 else (y + 1) % K, penalty) > 1e-2


def test_fit_agrees_with_gradient_descent_and_newton():
    Xs = (X - X.mean(axis=0)) / X.std(axis=0, ddof=0)
    fit = fit_logistic(Xs, Y2, penalty=0.1)
    path = minimize(lambda t: logistic_value_and_grad(t, Xs, Y2, penalty=0.1)[0],
                    lambda t: logistic_value_and_grad(t, Xs, Y2, penalty=0.1)[1],
                    np.zeros(D + 1), GD(1.0), tol=1e-9)
    assert path.converged
    assert np.allclose(path.x, np.r_[fit.intercept, fit.coef], atol=1e-7)
    theta = np.zeros(D + 1)
    for _ in range(8):
        g = logistic_value_and_grad(theta, Xs, Y2, penalty=0.1)[1]
        theta = theta - np.linalg.solve(logistic_hessian(theta, Xs, Y2, penalty=0.1), g)
    assert np.allclose(theta, np.r_[fit.intercept, fit.coef], atol=1e-7)


def test_E75_the_saturated_two_by_two_table_has_a_closed_form():
    x = np.r_[np.zeros(40), np.ones(40)].reshape(-1, 1)
    y = np.r_[np.ones(12), np.zeros(28), np.ones(30), np.zeros(10)]
    fit = fit_logistic(x, y)
    assert fit.intercept == pytest.approx(math.log(12 / 28), abs=1e-7)
    assert fit.coef[0] == pytest.approx(math.log(30 * 28 / (10 * 12)), abs=1e-7)


def test_score_equations_make_the_mean_prediction_the_mean_label():
    for penalty in (0.0, 0.5):
        fit = fit_logistic(X, Y2, penalty=penalty)
        assert fit.predict_proba(X).mean() == pytest.approx(Y2.mean(), abs=1e-7)
        fit = fit_softmax(X, Y3, penalty=penalty)
        assert np.allclose(fit.predict_proba(X).mean(axis=0), np.bincount(Y3) / N, atol=1e-7)


def test_nll_is_the_loss_without_the_penalty():
    fit = fit_logistic(X, Y2, penalty=0.1)
    theta = np.r_[fit.intercept, fit.coef]
    assert fit.nll == pytest.approx(logistic_value_and_grad(theta, X, Y2)[0], rel=1e-12)
    fit = fit_softmax(X, Y3, penalty=0.1)
    Theta = np.vstack([fit.intercept, fit.coef])
    assert fit.nll == pytest.approx(softmax_value_and_grad(Theta, X, Y3)[0], rel=1e-12)


# --- invariances -----------------------------------------------------------------------------

@pytest.mark.parametrize("penalty", [0.0, 0.05])
def test_E58_shifting_features_changes_only_the_intercept(penalty):
    for y, fit in ((Y2, fit_logistic), (Y3, fit_softmax)):
        a, b = fit(X, y, penalty=penalty), fit(X + 1000.0, y, penalty=penalty)
        assert np.allclose(a.coef, b.coef, rtol=1e-5, atol=1e-6)
        assert np.allclose(a.predict_proba(X), b.predict_proba(X + 1000.0), atol=1e-6)


def test_E58_a_heavy_penalty_leaves_the_base_rate():
    fit = fit_logistic(X, Y2, penalty=1e8)
    assert np.allclose(fit.coef, 0, atol=1e-6)
    assert expit(fit.intercept) == pytest.approx(Y2.mean(), abs=1e-6)


def test_rescaling_features_rescales_the_unpenalised_fit():
    units = np.array([1e6, 1e-6, 1e3, 1.0])
    a, b = fit_logistic(X, Y2), fit_logistic(X * units, Y2)
    assert b.converged
    assert np.allclose(a.coef, b.coef * units, rtol=1e-6)


def test_swapping_the_labels_flips_the_sign():
    a, b = fit_logistic(X, Y2, penalty=0.1), fit_logistic(X, 1 - Y2, penalty=0.1)
    assert np.allclose(a.coef, -b.coef, atol=1e-7)
    assert a.intercept == pytest.approx(-b.intercept, abs=1e-6)


def test_E79_two_class_softmax_is_logistic_with_half_the_penalty():
    for penalty in (0.0, 0.1):
        a = fit_logistic(X, Y2, penalty=penalty / 2)
        b = fit_softmax(X, Y2, penalty=penalty)
        assert np.allclose(b.coef[:, 1] - b.coef[:, 0], a.coef, rtol=1e-5, atol=1e-7)
        assert np.allclose(b.predict_proba(X)[:, 1], a.predict_proba(X), atol=1e-7)


def test_E80_the_representative_sums_to_zero_over_classes():
    for penalty in (0.0, 0.1):
        fit = fit_softmax(X, Y3, penalty=penalty)
        assert fit.coef.shape == (D, K)
        assert fit.intercept.shape == (K,)
        assert np.allclose(fit.coef.sum(axis=1), 0, atol=1e-12)
        assert fit.intercept.sum() == pytest.approx(0, abs=1e-10)
        assert np.allclose(fit.predict_proba(X).sum(axis=1), 1)


# --- data that are hard on a solver ----------------------------------------------------------

@pytest.mark.parametrize("far", [1e5, 1e8, 1e9, 1e12, 1e15])
@pytest.mark.parametrize("penalty", [0.0, 1e-3])
@pytest.mark.parametrize("fit", [fit_logistic, fit_softmax])
def test_an_example_far_out_on_its_own_side_does_not_matter(fit, penalty, far):
    x, y = np.array([[0.0], [1], [2], [3]]), [0, 1, 0, 1]
    alone = fit(x, y, penalty=5 / 4 * penalty)  # its loss is 0: the mean is over five, not four
    beside = fit(np.vstack([x, [[far]]]), [*y, 1], penalty=penalty)
    assert beside.converged
    assert beside.coef == pytest.approx(alone.coef, rel=1e-7)
    assert beside.intercept == pytest.approx(alone.intercept, rel=1e-7)
    assert beside.nll == pytest.approx(4 / 5 * alone.nll, rel=1e-12)


def test_one_absurd_entry_counts_only_if_the_others_contradict_it():
    Z, y = RNG.normal(size=(200, 3)), np.arange(200) % 2
    Z[:, :2] += y[:, None]
    others = np.arange(200) != 17
    for entry in (-1e9, 1e9):  # y = 1: it asks for a weight of its own sign, however small
        Z[17, 1] = entry
        columns = [0, 1, 2] if entry > 0 else [0, 2]  # where the others ask for a positive one
        fit, rest = fit_logistic(Z, y), fit_logistic(Z[others][:, columns], y[others])
        assert fit.converged
        assert fit.coef[columns] == pytest.approx(rest.coef, rel=1e-5)
        assert abs(fit.coef[1]) < 1e-6 or entry > 0


@pytest.mark.parametrize("penalty", [1e-4, 1e-8, 1e-12])
def test_a_small_penalty_on_separable_classes_leads_far_but_not_to_infinity(penalty):
    # By symmetry b = -2.5 w; what is left is an equation for w.
    def slope(w):
        return -(expit(-w / 2) / 2 + 3 / 2 * expit(-3 * w / 2)) / 2 + penalty * w

    w = brentq(slope, 0, 200, xtol=1e-12)
    fit = fit_logistic(*COMPLETE, penalty=penalty)
    assert fit.converged
    assert fit.coef[0] == pytest.approx(w, rel=1e-9)
    assert fit.intercept == pytest.approx(-2.5 * w, rel=1e-9)
    soft = fit_softmax(*COMPLETE, penalty=2 * penalty)
    assert soft.converged
    assert soft.coef[0, 1] - soft.coef[0, 0] == pytest.approx(w, rel=1e-9)


def test_a_penalty_below_what_steps_can_reach_is_not_called_converged():
    fit = fit_logistic(*COMPLETE, penalty=1e-300)
    assert not fit.converged
    assert "not converged" in fit.message


@pytest.mark.parametrize("degree", [9, 11, 14])
def test_one_polynomial_space_is_separable_in_every_basis(degree):
    x, y = np.linspace(0, 1, degree + 1), np.arange(degree + 1) % 2  # a polynomial hits any signs
    for basis in (np.vander, np.polynomial.chebyshev.chebvander):
        Z = basis(x, degree + 1) if basis is np.vander else basis(2 * x - 1, degree)
        Z = Z[:, Z.std(axis=0) > 0]
        assert separation(Z, y) == "complete"
        assert is_separable(Z, y)
        assert "complete" in fit_logistic(Z, y).message
        assert "complete" in fit_softmax(Z, y).message


def test_polynomial_features_are_fitted_wherever_a_fit_exists():
    degree, kinds = 6, set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x = rng.uniform(0, 10, 60)
        y = (rng.random(60) < expit(x - 5)).astype(int)
        monomials = np.vander(x, degree + 1, increasing=True)[:, 1:]
        chebyshev = np.polynomial.chebyshev.chebvander(x / 5 - 1, degree)[:, 1:]
        kind = separation(chebyshev, y)
        assert separation(monomials, y) == kind
        one, other = fit_logistic(monomials, y), fit_logistic(chebyshev, y)
        assert one.converged == other.converged == (kind == "none"), one.message
        if kind == "none":
            assert one.nll == pytest.approx(other.nll, abs=1e-8)
        kinds.add(kind)
    assert kinds == {"none", "complete"}


@pytest.mark.parametrize("far", [1e5, 1e8, 1e11])
@pytest.mark.parametrize("penalty", [0.0, 1e-3])
def test_an_example_far_out_in_two_columns_at_once_does_not_matter(far, penalty):
    Z, y = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]] * 2), [0, 1, 0, 1, 1, 0, 1, 0]
    alone = fit_logistic(Z, y)  # the labels go with neither column: only the base rate is left
    beside = fit_logistic(np.vstack([Z, [[far, far]]]), [*y, 1], penalty=penalty)
    assert beside.converged
    assert np.abs(beside.coef).max() < 1 / np.sqrt(far)
    assert beside.nll == pytest.approx(8 / 9 * alone.nll, abs=1e-8)


def test_outliers_in_a_fit_too_large_for_a_hessian():
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(20_000, 12))
    y = (Z @ rng.normal(size=12) + rng.logistic(size=20_000) > 0).astype(int)
    clean = fit_logistic(Z[2:], y[2:])
    for far in (1e5, 1e9, 1e12):
        for i in range(2):  # one in each of two columns, on the side of its class
            Z[i, i] = far * np.sign(clean.coef[i]) * (2 * y[i] - 1)
        fit = fit_logistic(Z, y)
        assert fit.converged
        assert fit.coef == pytest.approx(clean.coef, rel=1e-9)


def test_units_do_not_move_the_minimiser_of_least_norm():
    rng = np.random.default_rng(0)
    z, x = rng.normal(size=(2, 60))
    y = (rng.random(60) < expit(x - z)).astype(int)
    one = fit_logistic(np.column_stack([x, z]), y)
    for unit in (1e-6, 1.0, 1e9, 1e16):
        both = fit_logistic(np.column_stack([x * unit, x * unit, z]), y)
        assert both.converged
        halved = one.coef[[0, 0, 1]] / [2, 2, 1]
        assert both.coef * [unit, unit, 1] == pytest.approx(halved, rel=1e-8)
        assert both.nll == pytest.approx(one.nll, rel=1e-12)


def test_a_column_and_its_complement_share_a_weight():
    x = np.array([0.0, 0, 0, 1, 1, 1, 1])
    y = np.array([0, 0, 1, 1, 1, 1, 0])
    one, both = fit_logistic(x[:, None], y), fit_logistic(np.column_stack([x, 1 - x]), y)
    # b + wx = b + w/2 + (w/2) x - (w/2)(1 - x)
    assert both.coef == pytest.approx(one.coef[0] / 2 * np.array([1, -1]), rel=1e-9)
    assert both.intercept == pytest.approx(one.intercept + one.coef[0] / 2, rel=1e-9)
    assert both.nll == pytest.approx(one.nll, rel=1e-12)


def test_a_column_in_another_unit_and_from_another_zero_takes_its_share():
    x = np.array([0.0, 1, 2, 3, 4, 5])
    y = np.array([0, 1, 0, 0, 1, 1])
    one, both = fit_logistic(x[:, None], y), fit_logistic(np.column_stack([x, 2 * x + 3]), y)
    # of all (v, u) with v + 2u = w the shortest is w/5 (1, 2); then b + 3u + (v + 2u) x
    assert both.coef == pytest.approx(one.coef[0] / 5 * np.array([1, 2]), rel=1e-9)
    assert both.intercept == pytest.approx(one.intercept - 3 * both.coef[1], rel=1e-9)
    assert both.nll == pytest.approx(one.nll, rel=1e-12)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e5])
def test_a_column_that_varies_by_rounding_is_constant(constant):
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=60), rng.integers(-4, 5, size=60)
    y = (rng.random(60) < expit(x)).astype(int)
    fit = fit_logistic(np.column_stack([x, constant + noise * constant * 2e-16]), y)
    assert fit.coef[1] == 0
    assert "not unique" in fit.message
    if constant:  # the same a hundred times as wide is a feature
        wider = constant + noise * constant * 2e-14
        assert fit_logistic(np.column_stack([x, wider]), y).coef[1] != 0


def test_a_column_whose_typical_entry_is_next_to_nothing():
    Z, y = [[1e-203], [0], [0], [1], [1]], [0, 1, 0, 1, 0]
    rounded = [[0], [0], [0], [1], [1]]
    assert separation(Z, y) == separation(rounded, y) == "none"
    assert fit_logistic(Z, y).coef == pytest.approx(fit_logistic(rounded, y).coef, rel=1e-9)


def test_a_hessian_that_is_singular_up_to_rounding_is_named():
    rng = np.random.default_rng(9)
    Z = rng.normal(size=(21, 5))
    y = (Z @ rng.normal(size=5) > 0).astype(int)
    Z[1], y[1] = Z[0], 1 - y[0]
    assert separation(Z, y) == "quasi"
    fit = fit_logistic(Z, y, penalty=1e-30)
    assert not fit.converged
    assert "singular" in fit.message


def test_columns_that_agree_to_seven_digits_are_two_columns():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        x, noise = rng.normal(size=(2, 60))
        y = (rng.random(60) < expit(x)).astype(int)
        near = fit_logistic(np.column_stack([x, x + 1e-7 * noise]), y)
        apart = fit_logistic(np.column_stack([x, noise]), y)  # the same space
        assert near.converged
        assert near.nll == pytest.approx(apart.nll, rel=1e-9)
        assert near.coef[1] * 1e-7 == pytest.approx(apart.coef[1], rel=1e-6)


@pytest.mark.parametrize(("n", "d", "k"), [(20_000, 12, 2), (4000, 8, 9)])
def test_a_fit_too_large_for_a_hessian_is_as_exact(n, d, k):
    rng = np.random.default_rng(n)
    Z = rng.normal(size=(n, d))
    y = np.argmax(Z @ rng.normal(size=(d, k)) / 2 + rng.gumbel(size=(n, k)), axis=1)
    Z *= np.logspace(-2, 2, d)
    for penalty in (0.0, 1e-3):
        fit = fit_softmax(Z, y, penalty=penalty)
        assert fit.converged
        Theta = np.vstack([fit.intercept, fit.coef])
        g = softmax_value_and_grad(Theta, Z, y, penalty=penalty)[1]
        assert np.abs(g / np.r_[1, Z.std(axis=0)][:, None]).max() < 1e-9


def test_the_hessian_of_the_steps_is_the_derivative_of_the_gradient():
    Theta, Z = RNG.normal(size=(3, 4)) / 2, RNG.normal(size=(30, 2))
    y = np.arange(30) % 4
    J = jacobian(lambda t: softmax_value_and_grad(t.reshape(3, 4), Z, y)[1].T.ravel(),
                 Theta.ravel())
    P = softmax(Theta.T @ np.vstack([np.ones(30), Z.T]), axis=0)
    H = hessian(np.vstack([np.ones(30), Z.T]), P, P * (1 - P))
    assert np.allclose(H.transpose(0, 1, 3, 2).reshape(12, 12), J, rtol=1e-6, atol=1e-8)


# --- existence and uniqueness ----------------------------------------------------------------

COMPLETE = ([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1])
QUASI = ([[1.0], [2.0], [2.0], [3.0]], [0, 0, 1, 1])
OVERLAP = ([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])


@pytest.mark.parametrize(("data", "kind"), [
    (COMPLETE, "complete"), (QUASI, "quasi"), (OVERLAP, "none")])
@pytest.mark.parametrize("fit", [fit_logistic, fit_softmax])
def test_E74_no_minimiser_on_separable_data(data, kind, fit):
    assert separation(*data) == kind
    assert is_separable(*data) == (kind != "none")
    found = fit(*data)
    assert found.converged == (kind == "none")
    assert np.all(np.isfinite(found.coef))
    assert np.isfinite(found.nll)
    if kind != "none":
        assert f"the classes are separable ({kind})" in found.message
    assert fit(*data, penalty=0.01).converged


def test_E74_a_dummy_variable_without_a_failure_is_quasi_separation():
    rng = np.random.default_rng(3)
    x, dummy = rng.normal(size=200), rng.random(200) < 0.3
    y = ((rng.random(200) < expit(x)) | dummy).astype(int)
    Z = np.column_stack([x, dummy])
    assert separation(Z, y) == "quasi"
    for fit in (fit_logistic, fit_softmax):
        found = fit(Z, y)
        assert not found.converged
        assert "quasi" in found.message


def test_E74_collinear_columns_are_not_separable_but_not_unique():
    x = np.random.default_rng(4).normal(size=(60, 1))
    y = (np.random.default_rng(5).random(60) < expit(x[:, 0])).astype(int)
    XX = np.column_stack([x, 2 * x, np.full(60, 0.1)])
    assert separation(XX, y) == "none"
    H = logistic_hessian(np.zeros(4), XX, y)
    assert np.linalg.eigvalsh(H)[0] == pytest.approx(0, abs=1e-12)
    one, both = fit_logistic(x, y), fit_logistic(XX, y)
    assert one.converged
    assert both.converged
    assert "not unique" in both.message
    assert "not unique" not in one.message
    assert np.allclose(both.coef, one.coef[0] * np.array([1, 2, 0]) / 5, atol=1e-7)  # least norm
    assert both.nll == pytest.approx(one.nll, rel=1e-10)
    other = np.r_[both.intercept, both.coef] + 7 * np.array([0, 2, -1, 0])
    assert logistic_value_and_grad(other, XX, y)[0] == pytest.approx(one.nll, rel=1e-10)
    soft = fit_softmax(XX, y)
    assert soft.converged
    assert np.allclose(soft.coef[:, 1] - soft.coef[:, 0], both.coef, atol=1e-6)
    penalised = fit_logistic(XX, y, penalty=0.1)
    assert penalised.converged
    assert penalised.coef[1] == pytest.approx(2 * penalised.coef[0], rel=1e-6)


def test_E74_more_features_than_examples_are_separable():
    Z = np.random.default_rng(6).normal(size=(5, 9))
    assert separation(Z, [0, 1, 0, 1, 1]) == "complete"
    fit = fit_logistic(Z, [0, 1, 0, 1, 1])
    assert not fit.converged
    assert "complete" in fit.message
    assert fit_logistic(Z, [0, 1, 0, 1, 1], penalty=0.1).converged


def test_E74_real_data():
    iris = load_iris(return_X_y=True)
    assert is_separable(iris[0], iris[1] == 0)
    assert separation(iris[0], iris[1] == 0) == "complete"
    assert not is_separable(iris[0][50:], iris[1][50:] - 1)
    assert separation(*iris) == "quasi"  # setosa from the others, but not those two
    cancer = load_breast_cancer(return_X_y=True)
    assert separation(*cancer) == "complete"
    assert "complete" in fit_logistic(*cancer).message
    assert fit_logistic(*cancer, penalty=1e-3).converged


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 4), st.sampled_from([1e-8, 1.0, 1e9]))
def test_E74_exactly_one_minimiser_iff_no_direction_has_only_nonnegative_margins(seed, k, unit):
    rng = np.random.default_rng(seed)
    Z = rng.integers(-2, 3, size=(12, 2)).astype(float)  # small integers: ties and quasi cases
    y = np.r_[np.arange(k), rng.integers(k, size=12 - k)]
    kind = separation(Z * unit + 3 * unit, y)
    assert kind == brute_force(Z, y)
    fit = fit_softmax(Z, y)
    assert fit.converged == (kind == "none")


@settings(max_examples=100)
@given(st.integers(0, 10**6), st.integers(2, 3), st.sampled_from(["constant", "multiple"]))
def test_E74_ties_at_the_border_and_dependent_columns(seed, k, other):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.integers(-3, 4, size=8)).astype(float)
    y = np.r_[np.arange(k), rng.integers(k, size=8 - k)]
    if seed % 2:
        y = np.sort(y)  # most often separable, but for ties
    Z = np.column_stack([x, np.ones(8) if other == "constant" else x / 10])
    kind = separation(Z, y)
    assert kind == brute_force(np.column_stack([x, np.zeros(8)]), y)
    for fit in (fit_softmax, fit_logistic) if k == 2 else (fit_softmax,):
        assert fit(Z, y).converged == (kind == "none")


def brute_force(Z, y):
    """Exact separation of integer points by pairs: try long random and all small directions."""
    from scipy.optimize import linprog
    k, A = y.max() + 1, np.column_stack([np.ones(len(Z)), Z])
    rows = []
    for a, label in zip(A, y, strict=True):
        for other in range(k):
            if other != label:
                row = np.zeros((k, 3))
                row[label], row[other] = a, -a
                rows.append(row.ravel())
    M = np.array(rows)  # one program per margin: can it reach 1 while none is negative?
    can = [linprog(np.zeros(M.shape[1]), A_ub=np.vstack([-M, -m]),
                   b_ub=np.r_[np.zeros(len(M)), -1], bounds=(None, None)).status == 0 for m in M]
    return "complete" if all(can) else "quasi" if any(can) else "none"


def test_separation_looks_at_every_example():
    rng = np.random.default_rng(7)
    Z = rng.normal(size=(3000, 3))
    y = (Z @ [1, 2, 3] > 0).astype(int)
    assert separation(Z, y) == "complete"
    closest = np.argmin(np.abs(Z @ [1, 2, 3]))
    Z[1], y[1] = -3 * Z[0], y[0]  # a point on the wrong side, far out
    assert separation(Z, y) == "none"
    Z[1], y[1] = Z[closest], 1 - y[closest]  # two classes on one point
    assert separation(Z, y) != "complete"


@pytest.mark.parametrize("gap", [1e-6, 1e-3])
def test_a_small_gap_separates_and_a_small_overlap_does_not(gap):
    assert separation([[-1], [0], [gap], [1]], [0, 0, 1, 1]) == "complete"
    assert separation([[-1], [gap], [0], [1]], [0, 0, 1, 1]) == "none"
    assert separation([[-1], [0], [0], [1]], [0, 0, 1, 1]) == "quasi"


@pytest.mark.parametrize("seed", range(6))
def test_one_class_apart_from_others_that_overlap_is_quasi_separation(seed):
    rng = np.random.default_rng(seed)
    n, d, k = 600, int(rng.integers(10, 20)), int(rng.integers(3, 7))
    Z = rng.normal(size=(n, d))
    y = np.where(Z @ rng.normal(size=d) > 0, 0, rng.integers(1, k, size=n))
    assert separation(Z, y) == "quasi"
    assert "quasi" in fit_softmax(Z, y).message
    Z[y == 0] *= -1  # now among the others
    Z[::7] *= -1
    assert separation(Z, y) == "none"
    assert fit_softmax(Z, y).converged


def test_the_programs_see_gaps_and_overlaps_of_a_millionth():
    y = np.array([0, 0, 1, 1])
    for gap, kind in ((1e-6, "complete"), (0.0, "quasi"), (-1e-6, "none")):
        assert separability(np.array([np.ones(4), [-1.0, 0.0, gap, 1.0]]), y) == kind


def test_the_programs_see_what_separates_along_a_thin_direction():
    x, z = np.random.default_rng(0).normal(size=(2, 40))
    F = np.vstack([np.ones(40), x, x + 1e-5 * z])
    assert separability(F, (z > 0).astype(int)) == "complete"


def test_many_examples_are_separated_as_if_one_program_saw_them_all():
    rng = np.random.default_rng(2)
    Z = rng.normal(size=(6000, 2))
    Z[:, 0] = np.abs(Z[:, 0]) * (rng.random(6000) < 0.01)
    y = np.where(Z[:, 0] > 0, 0, rng.integers(0, 2, 6000))
    F = np.vstack([np.ones(6000), Z.T])
    assert separability(F, y) == "quasi"
    y[np.flatnonzero(Z[:, 0])[7]] = 1
    assert separability(F, y) == "none"


@pytest.mark.parametrize(("x", "y"), [
    ([1.0, 1.0, 2.0, 1.5], [0, 1, 1, 1]),  # quasi, by a tie
    ([0.0, 1.0, 2.0, 3.0, 4.0], [0, 0, 0, 1, 1])])
def test_residuals_of_separable_classes_are_no_proof_of_an_overlap(x, y):
    F, y = np.vstack([np.ones(len(x)), x]), np.array(y)
    for size in (0.0, 1.0, 4.0, 16.0):
        R = expit(size * (F[1] - 1)) - y
        assert not overlap(R[None], y[None], F)


def test_separation_when_most_examples_are_flat():
    Z = np.zeros((2000, 1))
    y = np.arange(2000) % 2
    Z[1001] = 1.0  # only this one tells anything: x >= 0 separates it and nothing else
    assert separation(Z, y) == "quasi"


# --- arguments -------------------------------------------------------------------------------

def test_lists_integers_and_booleans_and_no_mutation():
    A = np.array([[0, 1], [1, 3], [2, 0], [3, 1], [1, 1]])
    y = np.array([0, 1, 0, 1, 1])
    first = fit_logistic(A, y, penalty=0.1)
    for XX, yy in ((A.tolist(), y.tolist()), (A.astype(float), y == 1), (A.astype(np.int8), y)):
        assert np.array_equal(fit_logistic(XX, yy, penalty=0.1).coef, first.coef)
    assert A.dtype.kind == "i"
    B, C = A.astype(float), A.astype(float)
    fit_softmax(B, y, penalty=0.1)
    separation(B, y)
    assert np.array_equal(B, C)


def test_one_feature_and_far_away_predictions():
    fit = fit_logistic([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
    assert fit.coef.shape == (1,)
    assert isinstance(fit.intercept, float)
    assert fit.predict_proba([[1e90], [-1e90]]).tolist() == [1.0, 0.0]


def test_a_constant_column_gets_no_weight():
    for penalty in (0.0, 0.1):
        fit = fit_logistic(np.column_stack([X, np.full(N, 0.1)]), Y2, penalty=penalty)
        assert fit.converged
        assert fit.coef[-1] == 0


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: fit_logistic([[1], [2]], [1, 1]), ValueError, "at least two classes, got only 1"),
    (lambda: fit_softmax([[1], [2]], [0, 0]), ValueError, "at least two classes, got only 0"),
    (lambda: is_separable([[1], [2]], [0, 0]), ValueError, "one class leaves nothing"),
    (lambda: fit_logistic([[1], [2], [3]], [0, 1, 2]), ValueError, "labels 0 and 1, got 2"),
    (lambda: fit_logistic([[1], [2]], [-1, 1]), ValueError, "y must hold labels 0, 1, 2, ..., got"),
    (lambda: fit_softmax([[1], [2], [3]], [0, 2, 2]), ValueError, "got none of class 1"),
    (lambda: fit_softmax([[1], [2]], [0, 5]), ValueError, "relabel with np.unique"),
    (lambda: fit_logistic([[1], [2]], [0, 1, 1]), ValueError, "y must have 2 entries, got 3"),
    (lambda: fit_logistic([1, 2], [0, 1]), ValueError, "use .reshape"),
    (lambda: fit_logistic([[np.nan], [2]], [0, 1]), ValueError, "X must be finite"),
    (lambda: fit_logistic([[1e200], [2]], [0, 1]), ValueError, "X must have entries up to 1e"),
    (lambda: fit_logistic([[1e-200], [0]], [0, 1]), ValueError, "vary by at least 1e-100"),
    (lambda: fit_logistic(*OVERLAP, penalty=-1), ValueError, "penalty must lie in"),
    (lambda: fit_logistic(*OVERLAP, tol=0), ValueError, "tol must lie in"),
    (lambda: fit_logistic(*OVERLAP).predict_proba([[1, 2]]), ValueError, "X must have 1 columns"),
    (lambda: fit_logistic("ab", [0, 1]), TypeError, "X must hold real numbers"),
    (lambda: logistic_value_and_grad([0], [[1]], [1]), ValueError, "theta must have 2 entries"),
    (lambda: logistic_hessian([0, 0], [[1]], [2]), ValueError, "labels 0 and 1"),
    (lambda: softmax_value_and_grad([[0, 0]], [[1]], [1]), ValueError, "Theta must have d"),
    (lambda: softmax_value_and_grad([[0], [0]], [[1]], [1]), ValueError, "labels below K = 1"),
])
def test_bad_input_names_the_rule_and_the_value(call, error, text):
    with pytest.raises(error, match=text):
        call()
