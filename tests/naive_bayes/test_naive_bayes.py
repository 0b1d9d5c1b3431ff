"""The fits against scikit-learn, their formulas, and what they refuse."""

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import logsumexp
from sklearn import naive_bayes as sk

from mathml.naive_bayes import fit_bernoulli_nb, fit_gaussian_nb, fit_multinomial_nb

SEEDS = range(8)


def labelled(seed, K=3, n=40):
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(K), rng.integers(K, size=n - K)]
    return rng, y


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("alpha", [1e-9, 0.3, 1.0, 50.0])
def test_bits_agree_with_scikit_learn(seed, alpha):
    rng, y = labelled(seed)
    X = (rng.random((40, 6)) < rng.random((3, 6))[y]).astype(int)
    X[:, 0] = 1  # 1 - θ is tiny for a small α
    mine, theirs = fit_bernoulli_nb(X, y, alpha=alpha), sk.BernoulliNB(alpha=alpha).fit(X, y)
    np.testing.assert_allclose(np.log(mine.theta), theirs.feature_log_prob_, atol=1e-12)
    np.testing.assert_allclose(mine.log_prior, theirs.class_log_prior_)
    new = rng.integers(2, size=(30, 6))
    new[:, 0] = 1
    np.testing.assert_allclose(mine.predict_proba(new), theirs.predict_proba(new), atol=1e-10)
    np.testing.assert_array_equal(mine.predict(new), theirs.predict(new))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("alpha", [1e-9, 0.3, 1.0, 50.0])
def test_counts_agree_with_scikit_learn(seed, alpha):
    rng, y = labelled(seed)
    X = rng.poisson(rng.gamma(1, 1, size=(3, 7))[y])
    mine, theirs = fit_multinomial_nb(X, y, alpha=alpha), sk.MultinomialNB(alpha=alpha).fit(X, y)
    np.testing.assert_allclose(np.log(mine.theta), theirs.feature_log_prob_, atol=1e-12)
    new = rng.poisson(3, size=(30, 7))
    np.testing.assert_allclose(mine.log_joint(new), theirs.predict_joint_log_proba(new))
    np.testing.assert_allclose(mine.predict_proba(new), theirs.predict_proba(new), atol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("shift", "unit"), [(0, 1), (1e6, 1), (0, 1e-80), (-5, 1e80)])
def test_numbers_agree_with_scikit_learn(seed, shift, unit):
    rng, y = labelled(seed)
    X = (rng.normal(size=(40, 4)) * rng.gamma(2, 1, size=(3, 4))[y] + y[:, None] + shift) * unit
    mine, theirs = fit_gaussian_nb(X, y), sk.GaussianNB(var_smoothing=0).fit(X, y)
    np.testing.assert_allclose(mine.means, theirs.theta_, rtol=1e-12)
    np.testing.assert_allclose(mine.variances, theirs.var_, rtol=1e-8)
    np.testing.assert_allclose(mine.predict_proba(X), theirs.predict_proba(X), atol=1e-7)
    if shift == 0:
        np.testing.assert_allclose(mine.predict_proba(X), theirs.predict_proba(X), atol=1e-10)


def test_the_joint_is_a_distribution():
    rng, y = labelled(0)
    fit = fit_bernoulli_nb(rng.integers(2, size=(40, 4)), y)
    everything = np.array(np.meshgrid(*[[0, 1]] * 4)).reshape(4, -1).T
    assert np.isclose(logsumexp(fit.log_joint(everything)), 0)
    words = fit_multinomial_nb(everything[1:], np.arange(15) % 2)
    np.testing.assert_allclose(words.theta.sum(axis=1), 1)
    numbers = fit_gaussian_nb(rng.normal(size=(40, 1)), y)
    x = np.linspace(-40, 40, 20001)
    assert np.isclose(np.exp(numbers.log_joint(x[:, None])).sum() * (x[1] - x[0]), 1)


def test_without_smoothing_it_is_the_maximum_of_the_likelihood():
    rng, y = labelled(1, K=2)
    X = rng.integers(2, size=(40, 3))
    fit = fit_bernoulli_nb(X, y, alpha=0)
    best = fit.log_joint(X)[np.arange(40), y].sum()

    def negative(z):  # logits of θ and of the share
        theta, pi = 1 / (1 + np.exp(-z[:6].reshape(2, 3))), 1 / (1 + np.exp(-z[6]))
        bits = X * np.log(theta[y]) + (1 - X) * np.log(1 - theta[y])
        return -np.sum(bits) - np.sum(np.log(np.where(y, pi, 1 - pi)))

    assert np.isclose(-optimize.minimize(negative, np.zeros(7)).fun, best, atol=1e-6)
    assert best >= fit_bernoulli_nb(X, y, alpha=1).log_joint(X)[np.arange(40), y].sum()


def test_smoothing_is_the_mean_of_a_posterior():
    X, y = [[1, 0], [1, 1], [0, 0], [1, 0]], [0, 0, 1, 1]
    theta = np.linspace(0, 1, 100_001)
    weight = stats.beta(2.5, 2.5).pdf(theta) * theta**2  # two ones of two, prior Beta(α, α)
    mean = np.sum(theta * weight) / np.sum(weight)
    assert np.isclose(fit_bernoulli_nb(X, y, alpha=2.5).theta[0, 0], mean, atol=1e-6)


def test_a_floor_is_maximum_likelihood_under_the_constraint():
    x, floor = np.array([0.0, 0.1, 0.2, 3.0, 5.0, 7.0]), 0.5
    fit = fit_gaussian_nb(x[:, None], [0, 0, 0, 1, 1, 1], floor=floor)
    for k, rows in enumerate((x[:3], x[3:])):
        v = np.geomspace(floor, 50, 4001)
        values = [stats.norm(rows.mean(), np.sqrt(s)).logpdf(rows).sum() for s in v]
        assert np.isclose(fit.variances[k, 0], v[np.argmax(values)], rtol=2e-3)
    assert fit.variances[0, 0] == floor


def test_zeros_without_smoothing():
    fit = fit_multinomial_nb([[2, 0, 1], [0, 1, 1]], [0, 1], alpha=0)
    np.testing.assert_array_equal(fit.predict_proba([[5, 0, 0], [0, 1, 3]]), [[1, 0], [0, 1]])
    assert np.all(np.isfinite(fit.log_joint([[0, 0, 4]])))  # 0 · log 0 = 0
    for ask in (fit.predict_proba, fit.predict):
        with pytest.raises(ValueError, match=r"must be possible in some class, got row 1 .*alpha"):
            ask([[1, 0, 0], [1, 1, 0]])
    bits = fit_bernoulli_nb([[1], [1], [0]], [0, 0, 1], alpha=0)
    np.testing.assert_array_equal(bits.log_joint([[1]]), [[np.log(2 / 3), -np.inf]])
    with pytest.raises(ValueError, match="got none in class 1"):
        fit_multinomial_nb([[1, 2], [0, 0]], [0, 1], alpha=0)


def test_a_tiny_alpha_is_no_zero():
    fit = fit_bernoulli_nb([[1], [1], [0], [0]], [0, 0, 1, 1], alpha=1e-30)
    assert np.all(np.isfinite(fit.log_joint([[0], [1]])))


def test_a_feature_that_is_constant_in_a_class():
    X, y = [[0.1, 1], [0.1, 2], [0.1, 3], [2, 1], [3, 2]], [0, 0, 0, 1, 1]
    with pytest.raises(ValueError, match=r"got variance 0 for column 0 in class 0; .*floor > 0"):
        fit_gaussian_nb(X, y)
    assert fit_gaussian_nb(X, y, floor=1e-3).variances[0, 0] == 1e-3


def test_long_texts_do_not_underflow():
    fit = fit_multinomial_nb([[3, 1], [1, 3]], [0, 1])
    p = fit.predict_proba([[10**6, 10**6], [10**6 + 1, 10**6]])
    np.testing.assert_allclose(p, [[0.5, 0.5], [2 / 3, 1 / 3]], rtol=1e-6)


@pytest.mark.parametrize("fit", [fit_bernoulli_nb, fit_multinomial_nb, fit_gaussian_nb])
def test_every_kind_of_table_gives_the_same(fit):
    X = np.array([[0, 1], [1, 1], [1, 0], [0, 0], [1, 1], [0, 0]])
    y = [0, 0, 0, 1, 1, 1]
    expected = fit(X, y).predict_proba(X)
    frozen = X.copy()
    frozen.flags.writeable = False
    for table in (X.tolist(), np.float32(X), np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2],
                  frozen):
        np.testing.assert_allclose(fit(table, y).predict_proba(table), expected)


@pytest.mark.parametrize("fit", [fit_bernoulli_nb, fit_multinomial_nb, fit_gaussian_nb])
def test_what_is_refused(fit):
    for y, rule in (([0, 0], "at least two classes"), ([0, 2], "got none of class 1"),
                    ([0, 1, 1], "must have 2 entries")):
        with pytest.raises(ValueError, match=rule):
            fit([[0], [1]], y)


def test_the_kinds_of_numbers():
    with pytest.raises(ValueError, match="only 0 and 1, got 2"):
        fit_bernoulli_nb([[0], [2]], [0, 1])
    with pytest.raises(ValueError, match=r"counts 0, 1, 2, \.\.\., got 0.5"):
        fit_multinomial_nb([[0], [0.5]], [0, 1])
    with pytest.raises(ValueError, match="must have 1 columns"):
        fit_bernoulli_nb([[0], [1]], [0, 1]).predict([[0, 1]])


def test_what_is_too_small_or_too_large_for_floats():
    with pytest.raises(ValueError, match="alpha must be 0 or large enough"):
        fit_bernoulli_nb([[0], [0], [0], [1]], [0, 0, 0, 1], alpha=5e-324)
    with pytest.raises(ValueError, match=r"above the smallest float.*rescale"):
        fit_gaussian_nb([[0], [1e-170], [0], [1]], [0, 0, 1, 1])
    with pytest.raises(ValueError, match="log joint must fit into a float"):
        fit_multinomial_nb([[1, 0], [0, 1]], [0, 1]).log_joint([[1.7e308, 1.7e308]])
