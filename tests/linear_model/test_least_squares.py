"""Least squares: certified values, references, invariances, and what dependent columns leave."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from mathml.datasets import load_penguins
from mathml.linear_model import fit_least_squares

# Longley's employment data, 1947 to 1962, with the values that the US National Institute of
# Standards and Technology certifies in its Statistical Reference Datasets (public domain).
LONGLEY = np.array([
    [60323, 83.0, 234289, 2356, 1590, 107608, 1947],
    [61122, 88.5, 259426, 2325, 1456, 108632, 1948],
    [60171, 88.2, 258054, 3682, 1616, 109773, 1949],
    [61187, 89.5, 284599, 3351, 1650, 110929, 1950],
    [63221, 96.2, 328975, 2099, 3099, 112075, 1951],
    [63639, 98.1, 346999, 1932, 3594, 113270, 1952],
    [64989, 99.0, 365385, 1870, 3547, 115094, 1953],
    [63761, 100.0, 363112, 3578, 3350, 116219, 1954],
    [66019, 101.2, 397469, 2904, 3048, 117388, 1955],
    [67857, 104.6, 419180, 2822, 2857, 118734, 1956],
    [68169, 108.4, 442769, 2936, 2798, 120445, 1957],
    [66513, 110.8, 444546, 4681, 2637, 121950, 1958],
    [68655, 112.6, 482704, 3813, 2552, 123366, 1959],
    [69564, 114.2, 502601, 3931, 2514, 125368, 1960],
    [69331, 115.7, 518173, 4806, 2572, 127852, 1961],
    [70551, 116.9, 554894, 4007, 2827, 130081, 1962],
])
CERTIFIED = np.array([-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683,
                      -1.03322686717359, -0.0511041056535807, 1829.15146461355])
CERTIFIED_SD = np.array([890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699,
                         0.214274163161675, 0.226073200069370, 455.478499142212])


def data(seed, n=14, d=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 10 * rng.normal(size=d)
    return X, X @ rng.normal(size=d) + 3 + rng.normal(size=n)


def with_ones(X):
    return np.column_stack([np.ones(len(X)), X])


def test_certified_values_of_longley():
    fit = fit_least_squares(LONGLEY[:, 1:], LONGLEY[:, 0])
    assert np.allclose(np.r_[fit.intercept, fit.coef], CERTIFIED, rtol=1e-9)
    assert np.allclose(np.sqrt(np.diag(fit.cov)), CERTIFIED_SD, rtol=1e-9)
    assert np.isclose(fit.rss, 836424.055505915, rtol=1e-11)
    assert np.isclose(np.sqrt(fit.sigma2), 304.854073561965, rtol=1e-11, atol=0)
    assert np.isclose(fit.r2, 0.995479004577296, rtol=1e-13, atol=0)


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 8))
def test_as_scikit_learn_and_numpy(seed, n, d):
    X, y = data(seed, n, d)
    fit, reference = fit_least_squares(X, y), LinearRegression().fit(X, y)
    assert np.allclose(fit.predict(X), reference.predict(X), atol=1e-7)
    assert np.allclose(fit.residuals, y - fit.predict(X), atol=1e-7)
    assert np.isclose(fit.rss, np.sum(fit.residuals**2), atol=0)
    assert np.isclose(fit.leverage.sum(), fit.rank + 1)
    assert fit.rank == min(n - 1, d)
    H = with_ones(X) @ np.linalg.pinv(with_ones(X))
    assert np.allclose(fit.leverage, np.diag(H), atol=1e-6)
    assert np.all(fit.leverage <= 1)
    assert np.all(fit.leverage >= 1 / n - 1e-12)
    if fit.rank == d:
        assert np.allclose(fit.coef, reference.coef_, rtol=1e-5, atol=1e-6)
        assert np.isclose(fit.intercept, reference.intercept_, rtol=1e-5, atol=1e-5)


@given(st.integers(0, 10**6))
def test_residuals_are_orthogonal_and_any_other_weights_are_worse(seed):
    X, y = data(seed)
    fit, rng = fit_least_squares(X, y), np.random.default_rng(seed)
    assert np.allclose(with_ones(X).T @ fit.residuals, 0, atol=1e-8)
    for _ in range(10):
        w, b = fit.coef + 0.1 * rng.normal(size=3), fit.intercept + 0.1 * rng.normal()
        assert np.sum((y - b - X @ w) ** 2) > fit.rss
    A = with_ones(X)
    assert np.allclose(fit.cov, fit.sigma2 * np.linalg.inv(A.T @ A), rtol=1e-6, atol=1e-12)
    assert np.isclose(fit.r2, np.corrcoef(fit.predict(X), y)[0, 1] ** 2)


@given(st.integers(0, 10**6))
def test_units_and_shifts_change_what_they_must(seed):
    X, y = data(seed)
    units, shift = np.array([1e150, -1e-150, 3.0]), np.array([0.0, 0.0, -7.0])
    one, other = fit_least_squares(X, y), fit_least_squares(X * units + shift, -5 * y + 2)
    assert np.allclose(other.coef * units, -5 * one.coef, rtol=1e-8)
    assert np.isclose(other.intercept + shift @ other.coef, -5 * one.intercept + 2, rtol=1e-7,
                      atol=1e-7)
    assert np.isclose(other.r2, one.r2)
    assert np.allclose(other.leverage, one.leverage)
    assert np.isclose(other.sigma2, 25 * one.sigma2)


@given(st.integers(0, 10**6))
def test_leave_one_out_by_the_leverage(seed):
    X, y = data(seed)
    fit = fit_least_squares(X, y)
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        refit = fit_least_squares(X[rest], y[rest])
        left_out = y[i] - refit.predict(X[[i]])[0]
        assert np.isclose(left_out, fit.residuals[i] / (1 - fit.leverage[i]), atol=0)


@pytest.mark.parametrize("units", [[1, 1, 1, 1], [1, 5, 0.2, 3], [1e100, 1e-100, 1, 1e100]])
def test_of_dependent_columns_the_shortest_weights(units):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 9))
    X = np.column_stack([a, 2 * a, a - b, b]) * units
    y = rng.normal(size=9)
    fit, free = fit_least_squares(X, y), fit_least_squares(np.column_stack([a, b]), y)
    assert fit.rank == 2
    assert np.allclose(fit.residuals, free.residuals)
    assert np.allclose(X @ fit.coef + fit.intercept, y - free.residuals)
    assert np.isclose(fit.sigma2, free.sigma2)
    if max(units) < 1e50:
        shortest = np.linalg.pinv(X - X.mean(axis=0)) @ (y - y.mean())
        assert np.allclose(fit.coef, shortest)
    with pytest.raises(ValueError, match="must be independent for a covariance"):
        _ = fit.cov


def test_more_features_than_examples():
    X, y = data(3, 5, 12)
    fit = fit_least_squares(X, y)
    assert fit.rank == 4
    assert np.allclose(fit.leverage, 1)
    assert fit.rss < 1e-20
    assert np.isclose(fit.r2, 1)
    assert np.allclose(fit.coef, np.linalg.pinv(X - X.mean(axis=0)) @ (y - y.mean()))
    with pytest.raises(ValueError, match="more than the parameters for σ²"):
        _ = fit.sigma2
    with pytest.raises(ValueError, match="must be independent"):
        _ = fit.cov


def test_constants():
    x = np.arange(5.0)
    fit = fit_least_squares(np.column_stack([x, np.full(5, 0.1)]), 3 * x + 1)
    assert np.allclose(fit.coef, [3, 0])
    assert fit.coef[1] == 0
    assert fit.rank == 1
    flat = fit_least_squares(x[:, None], np.full(5, 0.1))
    assert flat.coef[0] == 0
    assert flat.intercept == 0.1
    assert flat.rss == 0
    with pytest.raises(ValueError, match="y must vary for an R²"):
        _ = flat.r2
    alone = fit_least_squares([[3.0, 4.0]], [7.0])
    assert alone.coef.tolist() == [0, 0]
    assert alone.intercept == 7
    assert alone.leverage.tolist() == [1]


def test_a_large_mean_costs_no_digits_of_the_fit():
    t = np.arange(20.0)
    y = 2 * t + np.sin(t)
    here, far = fit_least_squares(t[:, None], y), fit_least_squares(t[:, None] + 2.0**40, y)
    assert np.isclose(here.coef[0], far.coef[0], rtol=1e-13, atol=0)
    assert np.allclose(here.residuals, far.residuals, atol=1e-12)
    assert np.allclose(far.predict(t[:, None] + 2.0**40), here.predict(t[:, None]), atol=1e-11)


def test_kinds_of_input_give_one_answer():
    X = np.round(load_penguins().data[:, [0, 2]])
    y = load_penguins().data[:, 3]
    right = fit_least_squares(X, y)
    frozen = X.copy()
    frozen.flags.writeable = False
    kinds = [X.tolist(), X.astype(int), X.astype(np.float32), np.asfortranarray(X), frozen,
             np.repeat(X, 2, axis=0)[::2]]
    for kind in kinds:
        fit = fit_least_squares(kind, y.tolist())
        assert np.allclose(fit.coef, right.coef)
        assert np.isclose(fit.intercept, right.intercept)
    assert np.array_equal(frozen, X)


@pytest.mark.parametrize(("X", "y", "message"), [
    ([1.0, 2.0], [1.0, 2.0], "X must be two-dimensional"),
    ([[1.0], [2.0]], [1.0], "y must have 2 entries"),
    ([[1.0], [np.nan]], [1.0, 2.0], "X must be finite"),
    ([[-1.5e308], [1.5e308]], [1.0, 2.0], "must fit into a float"),
    ([[1.0], [2.0]], [1e200, 2e200], "the sum of squares must fit into a float"),
])
def test_what_cannot_be_fitted_says_why(X, y, message):
    with pytest.raises(ValueError, match=message):
        fit_least_squares(X, y)


def test_predict_asks_for_the_fitted_features():
    with pytest.raises(ValueError, match="X must have 3 columns"):
        fit_least_squares(*data(0)).predict([[1.0, 2.0]])
