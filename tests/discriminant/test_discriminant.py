"""The fits against scikit-learn and SciPy, their geometry, and what they refuse."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import softmax
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)

from mathml.discriminant import fit_lda, fit_qda
from mathml.linear_model import fit_logistic

SEEDS = range(8)
FITS = pytest.mark.parametrize("fit", [fit_lda, fit_qda])


def sample(seed, K=3, d=3, n=60):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % K
    mix = 0.5 * rng.normal(size=(K, d, d)) + 2 * np.eye(d)
    X = np.einsum("kij,nj->nki", mix, rng.normal(size=(n, d)))[np.arange(n), y]
    return X + 2 * rng.normal(size=(K, d))[y], y


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("K", [2, 3])
def test_lda_agrees_with_scikit_learn(seed, K):
    X, y = sample(seed, K)
    mine, theirs = fit_lda(X, y), LinearDiscriminantAnalysis(solver="lsqr").fit(X, y)
    np.testing.assert_allclose(mine.means, theirs.means_)
    np.testing.assert_allclose(mine.cov, theirs.covariance_)
    np.testing.assert_allclose(mine.predict_proba(X), theirs.predict_proba(X), atol=1e-10)
    coef, intercept = mine.coef, mine.intercept
    if K == 2:  # scikit-learn gives the differences
        coef, intercept = np.diff(coef, axis=0), np.diff(intercept)
    np.testing.assert_allclose(coef, theirs.coef_, atol=1e-10)
    np.testing.assert_allclose(intercept, theirs.intercept_, atol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_lda_is_the_softmax_of_its_linear_functions(seed):
    X, y = sample(seed)
    fit = fit_lda(X, y)
    np.testing.assert_allclose(softmax(X @ fit.coef.T + fit.intercept, axis=1),
                               fit.predict_proba(X), atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_qda_agrees_with_scikit_learn_and_scipy(seed):
    X, y = sample(seed)
    fit = fit_qda(X, y)
    theirs = QuadraticDiscriminantAnalysis(store_covariance=True).fit(X, y)
    n_k = 20  # of each class; some releases of scikit-learn divide by n_k - 1
    ratio = theirs.covariance_[0][0, 0] / fit.covs[0, 0, 0]
    assert np.isclose(ratio, 1) or np.isclose(ratio, n_k / (n_k - 1))
    np.testing.assert_allclose(ratio * fit.covs, theirs.covariance_)
    joint = [np.log(1 / 3) + stats.multivariate_normal(m, C).logpdf(X)
             for m, C in zip(fit.means, fit.covs, strict=True)]
    np.testing.assert_allclose(fit.log_joint(X), np.transpose(joint), rtol=1e-10, atol=1e-10)
    again = [np.log(1 / 3) + stats.multivariate_normal(m, C).logpdf(X)
             for m, C in zip(theirs.means_, theirs.covariance_, strict=True)]
    np.testing.assert_allclose(softmax(np.transpose(again), axis=1), theirs.predict_proba(X),
                               atol=1e-10)
    if np.isclose(ratio, 1):
        np.testing.assert_allclose(fit.predict_proba(X), theirs.predict_proba(X), atol=1e-10)


@FITS
@pytest.mark.parametrize("seed", SEEDS)
def test_an_affine_change_of_the_features_changes_no_posterior(fit, seed):
    X, y = sample(seed)
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(3, 3)) @ np.diag([1e-6, 1, 1e6])
    moved = X @ A + np.array([1, 2, 3])
    before, after = fit(X, y).predict_proba(X), fit(moved, y).predict_proba(moved)
    np.testing.assert_allclose(before, after, atol=1e-5)


@FITS
@pytest.mark.parametrize("unit", [1e-140, 1e-9, 1e9, 1e140])
def test_units_do_not_matter(fit, unit):
    X, y = sample(0)
    np.testing.assert_allclose(fit(X * unit, y).predict_proba(X * unit), fit(X, y).predict_proba(X),
                               atol=1e-10)


def test_pooled_is_the_best_shared_covariance():
    X, y = sample(3)
    fit = fit_lda(X, y)
    own = np.arange(len(y)), y

    def log_likelihood(cov):
        return sum(stats.multivariate_normal(fit.means[k], cov).logpdf(X[y == k]).sum()
                   for k in range(3)) + len(y) * np.log(1 / 3)

    best = fit.log_joint(X)[own].sum()
    assert np.isclose(best, log_likelihood(fit.cov))
    for seed in range(30):
        E = 0.1 * np.random.default_rng(seed).normal(size=(3, 3))
        assert log_likelihood((np.eye(3) + E) @ fit.cov @ (np.eye(3) + E).T) < best
    assert fit_qda(X, y).log_joint(X)[own].sum() > best


def test_equal_class_covariances_make_both_the_same():
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(25, 2))
    X, y = np.vstack([Z, Z + np.array([2, 1])]), np.repeat([0, 1], 25)
    np.testing.assert_allclose(fit_lda(X, y).predict_proba(X), fit_qda(X, y).predict_proba(X),
                               atol=1e-12)


def test_logistic_regression_has_the_larger_conditional_likelihood():
    X, y = sample(5, K=2)
    p = [fit_lda(X, y).predict_proba(X)[:, 1], fit_logistic(X, y).predict_proba(X)]
    lda, logistic = (np.sum(np.log(np.where(y, q, 1 - q))) for q in p)
    assert logistic >= lda


@FITS
def test_far_from_zero(fit):
    X, y = sample(1)
    np.testing.assert_allclose(fit(X + 1e7, y).predict_proba(X + 1e7), fit(X, y).predict_proba(X),
                               atol=1e-5)


@FITS
def test_singular_covariances_are_named(fit):
    X, y = sample(0, K=2, n=20)
    constant = np.c_[X[:, 0], np.full(20, 0.1)]
    with pytest.raises(ValueError, match="got a constant column 1; leave it out"):
        fit(constant, y)
    for copied in (np.c_[X, X[:, 0]], np.c_[X, X[:, 0] - 3 * X[:, 1] + 5],
                   np.c_[X, 1e6 + X[:, 0]], np.c_[X[:, :1], 1e-20 * X[:, :1]]):
        with pytest.raises(ValueError, match=r"must be invertible, got rank \d of \d; leave out"):
            fit(copied, y)


def test_too_few_examples():
    X = np.random.default_rng(0).normal(size=(7, 3))
    with pytest.raises(ValueError, match=r"more than d = 3 .* got 3 in class 1; .*fit_lda"):
        fit_qda(X, [0, 0, 0, 0, 1, 1, 1])
    assert fit_lda(X, [0, 0, 0, 0, 1, 1, 1]).cov.shape == (3, 3)
    with pytest.raises(ValueError, match=r"at least d \+ K = 5 .* got 4"):
        fit_lda(X[:4], [0, 0, 1, 1])
    assert fit_lda(X[:5], [0, 0, 1, 1, 1]).cov.shape == (3, 3)


@FITS
def test_every_kind_of_table_gives_the_same(fit):
    X, y = sample(2)
    expected = fit(X, y).predict_proba(X)
    frozen = X.copy()
    frozen.flags.writeable = False
    for table in (X.tolist(), np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2],
                  frozen):
        np.testing.assert_allclose(fit(table, list(y)).predict_proba(table), expected)
    np.testing.assert_allclose(fit(np.float32(X), y).predict_proba(np.float32(X)), expected,
                               atol=1e-4)


@FITS
def test_sizes_are_checked(fit):
    X, y = sample(2)
    with pytest.raises(ValueError, match="got none of class 1"):
        fit(X, np.where(y == 1, 0, y))
    with pytest.raises(ValueError, match="must have 3 columns"):
        fit(X, y).predict(X[:, :2])
    with pytest.raises(ValueError, match="the log joint must fit into a float"):
        fit(X, y).log_joint([[1e300, 0, 0]])
