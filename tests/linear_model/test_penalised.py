"""Ridge and lasso, held against their optimality conditions, SciPy and scikit-learn."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import Lasso, Ridge

from mathml.linear_model import fit_lasso, fit_ridge, lasso_path, penalty_max

SEEDS = range(20)


def made(seed, n=30, d=8, *, noise=1.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) @ (np.eye(d) + 0.4) * rng.uniform(0.5, 4, d) + rng.normal(size=d)
    w = rng.normal(size=d) * (rng.random(d) < 0.5)
    return X, X @ w + 3 + noise * rng.normal(size=n)


def lasso_objective(w, b, X, y, lam):
    r = y - X @ w - b
    return r @ r / (2 * len(y)) + lam * np.abs(w).sum()


def violation(fit, X, y, lam):
    """By how much w misses the optimality conditions of the lasso, in units of λ."""
    r = y - fit.predict(X)
    slope = (X - X.mean(axis=0)).T @ r / len(y)
    on = fit.coef != 0
    outside = np.abs(slope[~on]).max(initial=0) - lam
    inside = np.abs(slope[on] - lam * np.sign(fit.coef[on])).max(initial=0)
    return max(outside, inside, abs(r.mean())) / lam


# --- ridge ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("shape", [(30, 8), (8, 30), (5, 1), (2, 3)])
@pytest.mark.parametrize("lam", [1e-6, 0.1, 50.0])
def test_ridge_is_scikit_learn_s_with_alpha_n_lambda(shape, lam):
    X, y = made(1, *shape)
    fit = fit_ridge(X, y, lam)
    theirs = Ridge(alpha=len(y) * lam, solver="svd").fit(X, y)
    np.testing.assert_allclose(fit.coef, theirs.coef_, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(fit.predict(X), theirs.predict(X), rtol=1e-7, atol=1e-9)
    assert fit.converged
    assert 0 <= fit.gap <= 1e-10 * y.var()


def test_ridge_solves_its_normal_equations_with_a_free_intercept():
    X, y = made(2)
    fit = fit_ridge(X, y, 0.3)
    r = y - fit.predict(X)
    assert abs(r.sum()) < 1e-10  # the intercept is not penalised
    np.testing.assert_allclose(X.T @ r / len(y), 0.3 * fit.coef, atol=1e-12)
    assert np.isclose(fit.objective, r @ r / (2 * len(y)) + 0.15 * fit.coef @ fit.coef)


def test_ridge_shrinks_singular_directions_by_s2_over_s2_plus_n_lambda():
    X, y = made(3)
    _, s, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    free = Vt @ np.linalg.lstsq(X - X.mean(axis=0), y - y.mean(), rcond=None)[0]
    for lam in (0.01, 1.0, 30.0):
        np.testing.assert_allclose(Vt @ fit_ridge(X, y, lam).coef, free * s**2 / (s**2 + 30 * lam))


def test_the_gap_of_ridge_bounds_the_distance_to_the_minimum():
    """The dual's formula, by a fit that is spoilt: the gap is not below what it misses."""
    X, y = made(4)
    Xc, yc, lam = X - X.mean(axis=0), y - y.mean(), 0.2
    best = fit_ridge(X, y, lam)
    rng = np.random.default_rng(0)
    for size in (1e-3, 0.1, 2.0):
        w = best.coef + size * rng.normal(size=8)
        r = yc - Xc @ w
        value = r @ r / 60 + lam / 2 * w @ w
        theta = r / 30
        dual = theta @ yc - 15 * theta @ theta - (Xc.T @ theta) @ (Xc.T @ theta) / (2 * lam)
        assert value - dual >= value - best.objective > 0


def test_the_gap_of_ridge_is_its_value_minus_that_of_the_dual(monkeypatch):
    """Of a fit with wrong singular values, as that of a right one is nothing but rounding."""
    X, y = made(4)
    Xc, yc, lam, svd = X - X.mean(axis=0), y - y.mean(), 0.2, np.linalg.svd
    monkeypatch.setattr(np.linalg, "svd", lambda A, **options: svd(1.1 * A, **options))
    fit = fit_ridge(X, y, lam)
    theta = (y - fit.predict(X)) / 30
    dual = theta @ yc - 15 * theta @ theta - (Xc.T @ theta) @ (Xc.T @ theta) / (2 * lam)
    assert np.isclose(fit.gap, fit.objective - dual)
    assert not fit.converged


# --- lasso ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", [(30, 8), (12, 40), (3, 2), (2, 1)])
def test_the_lasso_meets_its_optimality_conditions(seed, shape):
    X, y = made(seed, *shape)
    for share in (0.9, 0.3, 0.03, 1e-3):
        lam = share * penalty_max(X, y)
        fit = fit_lasso(X, y, lam)
        assert fit.converged
        assert 0 <= fit.gap <= 1e-10 * y.var() / 2
        assert violation(fit, X, y, lam) < 1e-6
        value = lasso_objective(fit.coef, fit.intercept, X, y, lam)
        assert np.isclose(fit.objective, value, atol=0)


@pytest.mark.parametrize("shape", [(40, 8), (25, 60)])
def test_the_lasso_is_scikit_learn_s_with_the_same_alpha(shape):
    X, y = made(5, *shape)
    for share in (0.5, 0.1, 0.02):
        lam = share * penalty_max(X, y)
        theirs = Lasso(alpha=lam, tol=1e-12, max_iter=10**6).fit(X, y)
        fit = fit_lasso(X, y, lam)
        np.testing.assert_allclose(fit.coef, theirs.coef_, atol=2e-5)
        assert fit.objective <= lasso_objective(theirs.coef_, theirs.intercept_, X, y, lam) + 1e-12


def test_no_other_solver_goes_lower_and_the_gap_says_so():
    """As w = u - v with u, v >= 0 the lasso is smooth: SLSQP from many starts."""
    X, y = made(6, 20, 5)
    Xc, yc, lam = X - X.mean(axis=0), y - y.mean(), 0.4
    fit = fit_lasso(X, y, lam)

    def split(z):
        r = yc - Xc @ (z[:5] - z[5:])
        g = Xc.T @ r / 20
        return r @ r / 40 + lam * z.sum(), np.r_[lam - g, lam + g]

    for seed in SEEDS:
        start = np.random.default_rng(seed).uniform(0, 3, 10)
        end = minimize(split, start, jac=True, method="SLSQP", bounds=[(0, None)] * 10,
                       options={"ftol": 1e-14, "maxiter": 1000})
        assert fit.objective - fit.gap <= end.fun + 1e-12
        assert np.isclose(end.fun, fit.objective, rtol=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_penalty_max_is_the_least_that_empties_the_model(seed):
    X, y = made(seed)
    largest = penalty_max(X, y)
    assert not fit_lasso(X, y, largest).coef.any()
    assert not fit_lasso(X, y, 7 * largest).coef.any()
    assert np.count_nonzero(fit_lasso(X, y, 0.999 * largest).coef) == 1


def test_orthonormal_columns_are_soft_thresholded():
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(np.c_[np.ones(50), rng.normal(size=(50, 6))])[0][:, 1:] * np.sqrt(50)
    y = rng.normal(size=50) + Q[:, 0]
    z = Q.T @ (y - y.mean()) / 50
    for lam in (0.01, 0.1, 0.3):
        expected = np.sign(z) * np.maximum(np.abs(z) - lam, 0)
        np.testing.assert_allclose(fit_lasso(Q, y, lam).coef, expected, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["twins", "dependent", "whole numbers", "zero column", "units"])
def test_awkward_columns(seed, kind):
    """E61 among them: a column of zeros once made every weight NaN."""
    rng = np.random.default_rng(seed)
    n, d = rng.integers(3, 30), rng.integers(2, 40)
    X = rng.normal(size=(n, d))
    if kind == "twins":
        X = X[:, rng.integers(0, d, d)]
    elif kind == "dependent":
        X = rng.normal(size=(n, 1 + d // 3)) @ rng.integers(-2, 3, size=(1 + d // 3, d))
    elif kind == "whole numbers":
        X = rng.integers(-1, 2, size=(n, d)).astype(float)
    elif kind == "zero column":
        X[:, 0], X[:, -1] = 0, 5
    else:
        X *= 10.0 ** rng.integers(-3, 4, size=d)
    y = rng.normal(size=n)
    largest = penalty_max(X, y)
    for share in (0.5, 1e-2, 1e-3):
        if largest > 0:
            fit = fit_lasso(X, y, share * largest)
            assert fit.converged
            assert violation(fit, X, y, share * largest) < 1e-2
            if kind == "zero column":
                assert fit.coef[0] == fit.coef[-1] == 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("n", "few", "d", "share"), [(30, 4, 300, 1e-6), (150, 1, 150, 1e-3),
                                                     (150, 4, 150, 2e-6)])
def test_copies_of_a_column_share_its_weight(n, few, d, share, seed):
    rng = np.random.default_rng(seed)
    X, of, y = rng.normal(size=(n, few)), rng.integers(0, few, d), rng.normal(size=n)
    lam = share * penalty_max(X, y)
    one, many = fit_lasso(X, y, lam), fit_lasso(X[:, of], y, lam)
    assert many.converged
    np.testing.assert_allclose(np.bincount(of, many.coef), one.coef, atol=1e-6)


def test_lasso_without_any_relation_is_the_mean():
    for X, y in (([[1.0], [1.0], [1.0]], [1, 2, 6]), (np.full((30, 1), 0.1), np.arange(30)),
                 ([[1.0], [2.0]], [4, 4]), ([[3.0]], [5.0])):
        for fit in (fit_lasso(X, y, 0.1), fit_ridge(X, y, 0.1)):
            assert fit.coef.tolist() == [0.0]
            assert fit.intercept == np.mean(y)
            assert fit.converged
        assert penalty_max(X, y) == 0.0


# --- both ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("fit", [fit_ridge, fit_lasso])
def test_E58_the_intercept_is_not_penalised(fit):
    """A shift of y, or of a feature, moves the intercept and no slope."""
    X, y = made(7)
    plain, up, aside = fit(X, y, 0.3), fit(X, y + 1000, 0.3), fit(X + 50, y, 0.3)
    np.testing.assert_allclose(up.coef, plain.coef, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(aside.coef, plain.coef, rtol=1e-9, atol=1e-11)
    assert np.isclose(up.intercept, plain.intercept + 1000)
    np.testing.assert_allclose(aside.predict(X + 50), plain.predict(X))


@pytest.mark.parametrize(("fit", "power"), [(fit_ridge, 2), (fit_lasso, 1)])
@pytest.mark.parametrize(("unit", "unit_y"),
                         [(1e-80, 1.0), (1e80, 1e-70), (1000.0, 1e-3), (1e-3, 1e90)])
def test_units_change_nothing_but_units(fit, power, unit, unit_y):
    X, y = made(8)
    plain = fit(X, y, 0.3)
    other = fit(X * unit, y * unit_y, 0.3 * unit * (unit if power == 2 else unit_y))
    np.testing.assert_allclose(other.coef * (unit / unit_y), plain.coef, rtol=1e-8, atol=1e-10)
    assert other.converged


@pytest.mark.parametrize("fit", [fit_ridge, fit_lasso])
def test_order_of_rows_and_columns_does_not_matter(fit):
    X, y = made(9)
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(30), rng.permutation(8)
    other = fit(X[rows][:, columns], y[rows], 0.1)
    np.testing.assert_allclose(other.coef, fit(X, y, 0.1).coef[columns], atol=1e-10)


@pytest.mark.parametrize("fit", [fit_ridge, fit_lasso])
def test_a_penalty_out_of_all_proportion_is_refused(fit):
    with pytest.raises(ValueError, match="penalty must be comparable with the data, got 1e-200"):
        fit([[1.0], [2.0]], [1, 2], 1e-200)
    with pytest.raises(ValueError, match=r"penalty must lie in .0, inf., got 0"):
        fit([[1.0], [2.0]], [1, 2], 0)


def test_the_path_is_the_fits_from_large_to_small():
    X, y = made(10, 25, 40)
    path = lasso_path(X, y, n_penalties=20)
    assert path.converged
    assert np.all(np.diff(path.penalties) < 0)
    assert np.isclose(path.penalties[0], penalty_max(X, y))
    assert np.isclose(path.penalties[-1], penalty_max(X, y) / 1000)
    assert not path.coefs[0].any()
    for lam, w, b, p in zip(path.penalties, path.coefs, path.intercepts, path.predict(X).T,
                            strict=True):
        fit = fit_lasso(X, y, lam)
        np.testing.assert_allclose(w, fit.coef, atol=1e-4)
        np.testing.assert_allclose(p, X @ w + b, atol=1e-9)
    assert np.all(path.gaps <= 1e-10 * y.var())
    assert np.all(np.diff(np.abs(path.coefs).sum(axis=1)) >= -1e-9)  # the ball grows


def test_given_penalties_are_sorted_and_none_can_be_guessed_for_constant_features():
    X, y = made(11)
    assert lasso_path(X, y, [0.1, 3.0, 0.5]).penalties.tolist() == [3.0, 0.5, 0.1]
    assert lasso_path([[1.0], [1.0]], [0, 1], [0.5]).coefs.tolist() == [[0.0]]
    with pytest.raises(ValueError, match="penalties must be given where no column varies"):
        lasso_path([[1.0], [1.0]], [0, 1])
