"""Kernel and neighbours' estimates: their mathematics, and SciPy's and scikit-learn's numbers."""

import itertools

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from sklearn.neighbors import KernelDensity, KNeighborsClassifier, KNeighborsRegressor

from mathml.density import (
    KNN,
    kde,
    knn_density,
    loo_log_likelihood,
    loo_squared_error,
    silverman,
)

KERNELS = {"gaussian": "gaussian", "epanechnikov": "epanechnikov", "box": "tophat"}


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("seed", range(5))
def test_a_kernel_estimate_is_a_density_with_the_moments_of_datum_plus_noise(kernel, seed):
    rng = np.random.default_rng(seed)
    x, h = rng.normal(size=7), rng.uniform(0.2, 2)
    f = kde(x, h, kernel=kernel).pdf
    places = np.unique(np.r_[x - h, x + h])
    pieces = np.r_[x.min() - 12 * h, places, x.max() + 12 * h]

    def integral(g):
        return sum(quad(lambda t: g(t) * f(t), a, b)[0]
                   for a, b in itertools.pairwise(pieces))

    width = {"gaussian": 1, "epanechnikov": 1 / 5, "box": 1 / 3}[kernel]
    mean = x.mean()
    assert np.isclose(integral(lambda t: 1), 1)
    assert np.isclose(integral(lambda t: t), mean)
    assert np.isclose(integral(lambda t: (t - mean) ** 2), x.var(ddof=0) + h**2 * width)


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernel_estimates_are_scikit_learn_s(kernel):
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(40, 1)), rng.normal(size=(60, 1))
    theirs = KernelDensity(bandwidth=0.6, kernel=KERNELS[kernel]).fit(x).score_samples(t)
    ours = kde(x[:, 0], 0.6, kernel=kernel)
    assert np.allclose(ours.log_pdf(t)[:, 0], theirs)
    assert np.allclose(ours.pdf(t)[:, 0], np.exp(theirs))
    X, T = rng.normal(size=(40, 3)), rng.normal(size=(60, 3))
    theirs = KernelDensity(bandwidth=0.6).fit(X).score_samples(T)  # the normal one is a product
    assert np.allclose(kde(X, 0.6).log_pdf(T), theirs)


@pytest.mark.parametrize("n", [2, 30, 500])
def test_silverman_s_rule_is_scipy_s(n):
    x = np.random.default_rng(n).normal(2, 3, n)
    theirs = stats.gaussian_kde(x, bw_method="silverman")
    assert np.isclose(silverman(x), theirs.factor * x.std(ddof=1))
    t = np.linspace(-9, 12, 50)
    assert np.allclose(kde(x, silverman(x)).pdf(t), theirs(t))
    for unit in (1e-200, 1e200):  # whose squares are no floats
        assert np.isclose(silverman(unit * x) / unit, silverman(x))


def test_the_density_far_out_is_not_lost_in_logarithms():
    assert np.isclose(kde([0.0, 1.0], 1.0).log_pdf(1e6), stats.norm.logpdf(1e6 - 1) - np.log(2))
    assert kde([0.0], 1.0, kernel="box").log_pdf(3.0) == -np.inf
    assert kde([0.0], 1.0).pdf([]).shape == (0,)
    assert kde([0.0], 1.0).pdf(np.zeros((0, 3))).shape == (0, 3)
    assert kde([-1e308, 1e308], 1.0).log_pdf(-1e308) == stats.norm.logpdf(0) - np.log(2)


@pytest.mark.parametrize("kernel", KERNELS)
def test_samples_follow_the_estimate(kernel):
    f = kde([-1.0, 0.0, 3.0], 0.8, kernel=kernel)
    drawn = f.sample(4000, rng=np.random.default_rng(1))
    grid = np.linspace(-8, 10, 20_001)
    cdf = np.cumsum(f.pdf(grid)) * (grid[1] - grid[0])
    assert stats.kstest(drawn, lambda t: np.interp(t, grid, cdf)).pvalue > 0.01
    assert kde(np.zeros((2, 3)), 1.0, kernel=kernel).sample(
        5, rng=np.random.default_rng(0)).shape == (5, 3)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_left_out_is_left_out(seed):
    rng = np.random.default_rng(seed)
    x, h = rng.normal(size=12), rng.uniform(0.2, 1)
    without = [kde(np.delete(x, i), h).pdf(x[i]) for i in range(12)]
    assert np.isclose(loo_log_likelihood(x, h), np.mean(np.log(without)))
    f = kde(x, h).pdf
    square = quad(lambda t: f(t) ** 2, -12, 12, limit=300, points=np.sort(x))[0]
    assert np.isclose(loo_squared_error(x, h), square - 2 * np.mean(without))


def test_the_squared_error_is_estimated_without_bias():
    n, h, m = 20, 0.5, 4000
    x = np.random.default_rng(2).normal(size=(m, n))
    found = np.array([loo_squared_error(row, h) for row in x])

    def phi(variance):
        return stats.norm.pdf(0, scale=np.sqrt(variance))

    exact = (1 / (2 * np.sqrt(np.pi) * n * h) + (1 - 1 / n) * phi(2 + 2 * h**2)
             - 2 * phi(2 + h**2))
    assert abs(found.mean() - exact) < 4 * found.std(ddof=1) / np.sqrt(m)


def test_twins_make_the_left_out_likelihood_grow_without_bound():
    values = [loo_log_likelihood([0, 0, 5, 5], 10.0**-e) for e in range(1, 8)]
    assert np.allclose(np.diff(values)[1:], np.log(10))
    assert loo_log_likelihood([0, 0, 5], 1e-3) < -1e6


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 4])
def test_the_neighbours_density_adds_the_same_mass_with_every_decade(d, k):
    x = np.random.default_rng(d).normal(size=(10, d))
    R = np.geomspace(100, 1e6, 5)
    # shells far out: the estimate depends on the radius only, up to |x|/R
    direction = np.eye(d)[0]
    f = knn_density(x, k).pdf(R[:, None] * direction)
    ball = {1: 2, 2: np.pi, 3: 4 * np.pi / 3}[d]
    assert np.allclose(f * d * ball * R**d, k * d / 10, rtol=0.2)
    assert np.allclose((f * d * ball * R**d)[-1], k * d / 10, rtol=1e-3)


def test_the_neighbours_density_against_its_definition():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=30), rng.normal(size=(4, 5))
    r = np.sort(abs(t[..., None] - x), axis=-1)[..., 6]
    assert np.allclose(knn_density(x, 7).pdf(t), 7 / (30 * 2 * r))
    X, T = rng.normal(size=(30, 2)), rng.normal(size=(9, 2))
    r = np.sort(np.linalg.norm(T[:, None] - X, axis=2), axis=1)[:, 6]
    assert np.allclose(knn_density(X, 7).pdf(T), 7 / (30 * np.pi * r**2))
    assert knn_density([1.0, 1.0, 2.0], 2).pdf(1.0) == np.inf


@pytest.mark.parametrize("k", [1, 3, 8])
def test_neighbours_predict_as_scikit_learn_s(k):
    rng = np.random.default_rng(k)
    X, T, y = rng.normal(size=(80, 3)), rng.normal(size=(50, 3)), rng.integers(0, 3, 80)
    ours, theirs = KNN(X, y, k=k), KNeighborsClassifier(k).fit(X, y)
    assert np.array_equal(ours.neighbours(T), theirs.kneighbors(T)[1])
    assert np.allclose(ours.predict_proba(T), theirs.predict_proba(T))
    assert np.array_equal(ours.predict(T), theirs.predict(T))
    numbers = rng.normal(size=80)
    assert np.allclose(KNN(X, numbers, k=k, task="regression").predict(T),
                       KNeighborsRegressor(k).fit(X, numbers).predict(T))


def test_ties_go_to_the_earlier_row_and_the_first_class():
    X = [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]
    assert KNN(X, [1, 0, 1, 0], k=4).neighbours([[1.0, 1.0]]).tolist() == [[0, 1, 2, 3]]
    assert KNN(X, [1, 0, 1, 0], k=1).predict([[0.0, 0.0]]).tolist() == [1]
    assert KNN(X, [1, 0, 1, 0], k=2).predict([[0.0, 0.0]]).tolist() == [0]


@pytest.mark.parametrize("unit", [1e-200, 1e-5, 1e150])
def test_units_change_no_neighbour(unit):
    rng = np.random.default_rng(3)
    X, T = rng.normal(size=(30, 2)), rng.normal(size=(20, 2))
    near = KNN(X, np.zeros(30), k=5).neighbours(T)
    assert np.array_equal(near, KNN(X * unit, np.zeros(30), k=5).neighbours(T * unit))


def test_many_queries_are_answered_in_blocks(monkeypatch):
    rng = np.random.default_rng(4)
    x, t = rng.normal(size=50), rng.normal(size=200)
    whole = kde(x, 0.3).pdf(t), knn_density(x, 3).pdf(t), KNN(x[:, None], x > 0, k=3).predict(
        t[:, None])
    monkeypatch.setattr("mathml.density.AT_ONCE", 120)
    parts = kde(x, 0.3).pdf(t), knn_density(x, 3).pdf(t), KNN(x[:, None], x > 0, k=3).predict(
        t[:, None])
    assert all(np.array_equal(a, b) for a, b in zip(whole, parts, strict=True))


def test_errors_name_the_repair():
    for call, words in (
        (lambda: kde([1.0], 0.0), "h must lie in"),
        (lambda: kde([1.0], 1.0, kernel="cosine"), "kernel must be one of"),
        (lambda: silverman([2.0, 2.0]), "x must have values that differ"),
        (lambda: silverman([0.1] * 3), "x must have values that differ"),
        (lambda: knn_density([1.0, 2.0], 3), "k must be at least 1 and at most 2"),
        (lambda: KNN([[1.0]], [0.5], k=1), "y must hold labels"),
        (lambda: KNN([[1.0]], [0.5], k=1, task="regression").predict_proba([[1.0]]),
         "task must be 'classification'"),
        (lambda: kde([[1.0, 2.0]], 1.0).pdf([[1.0]]), "t must have 2 columns"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
