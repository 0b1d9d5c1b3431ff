"""Maximum likelihood, score and Fisher information: theorems, SciPy as a reference, errata."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from mathml.bayes import BetaBernoulli
from mathml.estimation import (
    Bernoulli,
    Categorical,
    Exponential,
    Normal,
    NormalFit,
    Poisson,
    fisher_information,
    fit_bernoulli,
    fit_categorical,
    fit_exponential,
    fit_normal,
    fit_poisson,
    log_likelihood,
    normal_logpdf,
    score,
)

MODELS = [Bernoulli(0.3), Categorical([0.2, 0.5, 0.3]), Poisson(2.5), Exponential(1.7),
          Normal(-0.4, 2.3)]
by_name = pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)


def parameters(model):
    """The free parameters, in the order of the score."""
    if isinstance(model, Categorical):
        return np.array(model.p[:-1])
    return np.array([getattr(model, name) for name in model.__dataclass_fields__])


def with_parameters(model, theta):
    if isinstance(model, Categorical):
        return Categorical([*theta, 1 - np.sum(theta)])
    return type(model)(*theta)


def expectation(model, f):
    """E f(X) under the model: a sum over the sample space, or quadrature."""
    if isinstance(model, (Bernoulli, Categorical, Poisson)):
        top = {Bernoulli: 2, Categorical: 3, Poisson: 80}[type(model)]
        return sum(math.exp(model.log_likelihood([x])) * f(x) for x in range(top))
    low, high = (0.0, 25.0) if isinstance(model, Exponential) else (-15.0, 15.0)
    x = np.linspace(low, high, 2001)
    values = np.array([math.exp(model.log_likelihood([t])) * f(t) for t in x])
    return integrate.simpson(values, x=x, axis=0)


@by_name
def test_probabilities_sum_to_one_and_moments_are_the_parameters(model):
    assert expectation(model, lambda x: 1.0) == pytest.approx(1.0, abs=1e-8)
    if not isinstance(model, Categorical):
        mean = expectation(model, lambda x: x)
        assert mean == pytest.approx(model.mean, abs=1e-8)
        assert expectation(model, lambda x: (x - mean) ** 2) == pytest.approx(model.var, abs=1e-7)


@by_name
def test_the_score_is_the_gradient_of_the_log_likelihood(model):
    x, theta = [1, 0, 1, 1], parameters(model)
    for j, step in enumerate(1e-6 * np.eye(theta.size)):
        up, down = with_parameters(model, theta + step), with_parameters(model, theta - step)
        slope = (log_likelihood(up, x) - log_likelihood(down, x)) / 2e-6
        assert np.atleast_1d(score(model, x))[j] == pytest.approx(slope, rel=1e-6, abs=1e-6)


@by_name
def test_the_expected_score_is_zero(model):
    np.testing.assert_allclose(expectation(model, lambda x: model.score([x])), 0, atol=1e-7)


@by_name
def test_fisher_information_two_ways(model):
    """Var[score] = -E[∇² log p] = the closed form."""
    def square(x):
        s = np.atleast_1d(model.score([x]))
        return np.outer(s, s)
    variance = expectation(model, square)
    theta, columns = parameters(model), []
    for step in 1e-5 * np.eye(theta.size):
        def slope(x, step=step):
            up, down = with_parameters(model, theta + step), with_parameters(model, theta - step)
            return (np.atleast_1d(up.score([x])) - np.atleast_1d(down.score([x]))) / 2e-5
        columns.append(-expectation(model, slope))
    closed = np.atleast_2d(fisher_information(model))
    np.testing.assert_allclose(variance, closed, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(np.array(columns), closed, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fisher_information(model, 7), 7 * fisher_information(model))


def test_log_likelihoods_agree_with_scipy():
    rng = np.random.default_rng(1)
    counts, waits, reals = rng.poisson(3, 50), rng.exponential(2, 50), rng.normal(1, 2, 50)
    assert Bernoulli(0.3).log_likelihood(counts > 2) == \
        pytest.approx(stats.bernoulli(0.3).logpmf(counts > 2).sum())
    assert Poisson(2.5).log_likelihood(counts) == \
        pytest.approx(stats.poisson(2.5).logpmf(counts).sum())
    assert Exponential(0.7).log_likelihood(waits) == \
        pytest.approx(stats.expon(scale=1 / 0.7).logpdf(waits).sum())
    assert Normal(0.5, 3.0).log_likelihood(reals) == \
        pytest.approx(stats.norm(0.5, math.sqrt(3)).logpdf(reals).sum())
    np.testing.assert_allclose(normal_logpdf(reals, mean=0.5, var=3.0),
                               stats.norm(0.5, math.sqrt(3)).logpdf(reals))
    assert isinstance(normal_logpdf(0, mean=0, var=1), float)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=30), st.integers(0, 2**32 - 1))
def test_no_other_parameter_has_a_larger_likelihood(x, seed):
    rng = np.random.default_rng(seed)
    best = log_likelihood(fit_categorical(x, 4), x)
    others = rng.dirichlet(np.ones(4), 9)
    assert all(log_likelihood(Categorical(p), x) <= best + 1e-9 for p in others)
    best = log_likelihood(fit_poisson(x), x)
    assert all(log_likelihood(Poisson(m), x) <= best + 1e-9 for m in rng.uniform(0, 4, 9))
    binary = np.array(x) % 2
    best = log_likelihood(fit_bernoulli(binary), binary)
    assert all(log_likelihood(Bernoulli(p), binary) <= best + 1e-9 for p in rng.random(9))
    if np.ptp(x) > 0:
        fit = fit_normal(x)
        best = log_likelihood(fit, x)
        for mean, var in zip(rng.uniform(0, 3, 9), rng.uniform(0.01, 4, 9), strict=True):
            assert log_likelihood(Normal(mean, var), x) <= best + 1e-9
        fit = fit_exponential(x)
        best = log_likelihood(fit, x)
        assert all(log_likelihood(Exponential(r), x) <= best + 1e-9 for r in rng.uniform(0.1, 3, 9))


def test_the_score_vanishes_at_the_maximum():
    rng = np.random.default_rng(2)
    x = rng.gamma(2.0, size=200)
    assert fit_exponential(x).score(x) == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(fit_normal(x).score(x), 0, atol=1e-9)
    labels = rng.integers(0, 3, 200)
    np.testing.assert_allclose(fit_categorical(labels).score(labels), 0, atol=1e-9)
    assert fit_poisson(labels).score(labels) == pytest.approx(0, abs=1e-9)
    assert fit_bernoulli(labels > 0).score(labels > 0) == pytest.approx(0, abs=1e-9)


def test_the_estimators_reach_the_cramer_rao_bound():
    rng = np.random.default_rng(3)
    n, runs = 100, 4000
    p_hat = rng.binomial(n, 0.3, size=runs) / n
    bound = 1 / fisher_information(Bernoulli(0.3), n)
    assert bound == pytest.approx(0.0021)
    assert p_hat.var(ddof=1) == pytest.approx(bound, rel=4 * math.sqrt(2 / runs))
    rate_hat = np.array([fit_exponential(x).rate for x in rng.exponential(1 / 1.7, (runs, n))])
    bound = 1 / fisher_information(Exponential(1.7), n)
    assert rate_hat.var(ddof=1) == pytest.approx(bound, rel=0.15)     # asymptotic in n


def test_worked_examples_of_the_chapter():
    fit = fit_normal([2.1, 2.5, 1.8, 2.3, 2.0])
    assert (fit.mean, math.sqrt(fit.var)) == pytest.approx((2.14, 0.241661), abs=5e-7)
    assert math.sqrt(fit.unbiased_var) == pytest.approx(0.270185, abs=5e-7)
    assert fit_exponential([1, 2, 3]).rate == pytest.approx(0.5)
    assert fisher_information(Bernoulli(0.3)) == pytest.approx(4.761905, abs=5e-7)
    assert fit_categorical([0] * 3 + [1] + [2] * 6).p == pytest.approx((0.3, 0.1, 0.6))
    assert fit_poisson(np.repeat(range(5), [109, 65, 22, 3, 1])).mean == pytest.approx(0.61)


def test_fits_on_the_edge_of_the_parameter_space():
    assert fit_poisson([0, 0, 0]) == Poisson(0.0)
    assert log_likelihood(fit_poisson([0, 0, 0]), [0, 0, 0]) == 0.0
    assert log_likelihood(Poisson(0.0), [0, 1]) == -math.inf
    assert fit_bernoulli([1]) == Bernoulli(1.0)
    assert log_likelihood(Bernoulli(1.0), [1, 1]) == 0.0
    assert log_likelihood(Bernoulli(1.0), [1, 0]) == -math.inf
    assert fit_categorical([0, 0], 2).p == (1.0, 0.0)
    assert log_likelihood(Categorical([1, 0]), [0, 1]) == -math.inf
    assert fit_exponential([2]).rate == 0.5
    with pytest.raises(ValueError, match=r"x must have a positive mean, got 0: .*; record finer"):
        fit_exponential([0.0, 0.0])
    for model in (Bernoulli(1.0), Categorical([1, 0]), Poisson(0.0), Normal(0.0, 0.0)):
        with pytest.raises(ValueError, match=r"must lie in \(0, .*\), got"):
            fisher_information(model)
        with pytest.raises(ValueError, match=r"must lie in \(0, .*\), got"):
            score(model, [0, 0])


def test_E46_a_likelihood_is_no_distribution_of_its_parameter():
    theta = np.linspace(0, 1, 20001)
    x = [1] * 7 + [0] * 3
    likelihood = np.exp([log_likelihood(Bernoulli(t), x) for t in theta])
    area = integrate.simpson(likelihood, x=theta)
    assert area == pytest.approx(1 / 1320, rel=1e-8)
    assert math.exp(BetaBernoulli(1, 1).log_evidence(7, 3)) == pytest.approx(area, rel=1e-8)
    # as a function of x it does sum to 1, and a density may exceed 1
    assert math.exp(log_likelihood(Normal(0, 0.01**2), [0.0])) == pytest.approx(39.894, abs=1e-3)


def test_E47_one_observation_has_no_normal_maximum():
    one = fit_normal([5])
    assert (one.mean, one.var) == (5.0, 0.0)
    with pytest.raises(ValueError, match=r"var must lie in \(0, inf.*, got 0; choose a value"):
        one.log_likelihood([5])
    with pytest.raises(ValueError, match=r"n must be at least 2 for an unbiased variance, got 1; "):
        _ = one.unbiased_var
    values = [log_likelihood(Normal(5, y**2), [5]) for y in (1, 0.1, 0.01, 1e-100)]
    assert np.all(np.diff(values) > 2)                            # no bound as y → 0
    assert np.exp(values[:3]) == pytest.approx([0.39894, 3.9894, 39.894], rel=1e-4)
    assert fit_normal([0.1, 0.1, 0.1]).var == 0.0                 # not 1.9e-34 by rounding


def test_E48_the_maximum_may_sit_where_no_derivative_vanishes():
    fit = fit_bernoulli([1, 1, 1])
    assert fit.p == 1.0
    grid = [log_likelihood(Bernoulli(p), [1, 1, 1]) for p in np.linspace(0.01, 1, 100)]
    assert np.argmax(grid) == 99
    assert score(Bernoulli(1 - 1e-9), [1, 1, 1]) == pytest.approx(3)


def test_E50_log_likelihoods_do_not_underflow():
    x = np.random.default_rng(4).normal(size=1000)
    model = Normal(0.0, 1.0)
    assert np.prod(np.exp(normal_logpdf(x, mean=0, var=1))) == 0.0
    assert model.log_likelihood(x) == pytest.approx(stats.norm.logpdf(x).sum())
    assert Bernoulli(0.5).log_likelihood(np.ones(1075)) == pytest.approx(1075 * math.log(0.5))
    assert Bernoulli(0.1).log_likelihood(np.ones(324)) == pytest.approx(324 * math.log(0.1))
    assert Normal(0.0, 1e-300).log_likelihood([1e-160]) == pytest.approx(
        150 * math.log(10) - 0.5 * math.log(2 * math.pi), rel=1e-12)


def test_E51_the_maximum_likelihood_variance_is_biased_and_says_how_to_mend_it():
    rng = np.random.default_rng(5)
    fits = [fit_normal(x) for x in rng.normal(size=(20_000, 5))]
    error = 4 * math.sqrt(2 / 4 / 20_000)                         # 4 standard errors of mean s²
    assert np.mean([fit.var for fit in fits]) == pytest.approx(0.8, abs=0.8 * error)
    assert np.mean([fit.unbiased_var for fit in fits]) == pytest.approx(1.0, abs=error)
    assert np.mean([math.sqrt(fit.unbiased_var) for fit in fits]) == pytest.approx(0.940, abs=0.01)
    x = rng.normal(size=9)
    assert fit_normal(x).unbiased_var == pytest.approx(np.var(x, ddof=1))


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: fit_bernoulli([0, 2]), ValueError, "x must hold only 0 and 1, got 2; encode"),
    (lambda: fit_poisson([1.5]), ValueError, "x must hold counts 0, 1, 2, ..., got 1.5; round"),
    (lambda: fit_poisson([-1]), ValueError, "x must hold counts"),
    (lambda: fit_categorical([0, 3], 3), ValueError, "x must hold labels below n_classes = 3"),
    (lambda: fit_categorical([0, 10**9]), ValueError, "x must hold labels 0, 1, 2"),
    (lambda: Categorical([0.5, 0.5]).score([2]), ValueError, "x must hold labels below 2, got 2"),
    (lambda: fit_exponential([-1, 3]), ValueError, "x must be nonnegative, got -1; remove"),
    (lambda: fit_exponential([5e-324]), ValueError, "the rate must fit into a float"),
    (lambda: fit_normal([]), ValueError, "x must have at least 1 entry, got 0"),
    (lambda: fit_normal([1e200, -1e200]), ValueError, "the variance of x must fit into a float"),
    (lambda: fit_normal([1e-200, 3e-200]), ValueError,
     "the variance of x must be above the smallest float, got 0 for values from 1e-200 to 3e-200"),
    (lambda: fit_normal([1, np.nan]), ValueError, "x must be finite, got nan; remove or impute"),
    (lambda: Normal(0, -1), ValueError, r"var must lie in \[0, inf\), got -1"),
    (lambda: Exponential(0), ValueError, r"rate must lie in \(0, inf\), got 0"),
    (lambda: NormalFit(0, 1, 0), ValueError, "n must be at least 1, got 0"),
    (lambda: fisher_information(Poisson(1), 0), ValueError, "n must be at least 1 and at most"),
    (lambda: log_likelihood("normal", [1]), TypeError, "model must be one of this module's models"),
    (lambda: normal_logpdf(1e200, mean=0, var=1), ValueError, "the log-density must fit"),
])
def test_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
