"""Bayesian updating: its theorems, closed forms against quadrature, and the posts' mistakes."""

import copy
import itertools
import math
import pickle
import time
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from mathml.bayes import (
    BetaBernoulli,
    GammaPoisson,
    GridPosterior,
    NormalMean,
    posterior_odds,
    update,
    update_log,
)
from mathml.estimation import Normal

TOL = {"rtol": 1e-12, "atol": 1e-15}
lists = {"min_size": 4, "max_size": 4}
priors = (st.lists(st.floats(0.001, 1), **lists).map(lambda w: np.array(w) / np.sum(w)))
likelihoods = st.lists(st.floats(1e-6, 1e6), **lists).map(np.array)


@settings(max_examples=200)
@given(priors, likelihoods, likelihoods)
def test_sequential_updating_is_batch_updating_in_any_order(prior, first, second):
    batch = update(prior, first * second)
    np.testing.assert_allclose(update(update(prior, first), second), batch, **TOL)
    np.testing.assert_allclose(update(update(prior, second), first), batch, **TOL)
    assert batch.sum() == pytest.approx(1.0, abs=1e-14)


@settings(max_examples=200)
@given(priors, st.integers(0, 2**32 - 1))
def test_the_expected_posterior_is_the_prior(prior, seed):
    """Σ_D P(D) P(H | D) = P(H): updating is a martingale."""
    channel = np.random.default_rng(seed).dirichlet(np.ones(3), size=prior.size)  # (K, 3): P(D|H)
    expected = sum((prior @ column) * update(prior, column) for column in channel.T)
    np.testing.assert_allclose(expected, prior, rtol=1e-10)


@settings(max_examples=200)
@given(priors, likelihoods, st.floats(1e-30, 1e30))
def test_a_common_factor_cancels_and_flat_evidence_changes_nothing(prior, likelihood, factor):
    np.testing.assert_allclose(update(prior, factor * likelihood), update(prior, likelihood), **TOL)
    np.testing.assert_allclose(update(prior, np.full(prior.size, factor)), prior, rtol=1e-12)


@settings(max_examples=200)
@given(st.floats(0.01, 0.99), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_odds_form_agrees_with_the_two_hypothesis_update(p, like1, like0):
    posterior = update([p, 1 - p], [like1, like0])
    odds = posterior_odds(p / (1 - p), like1 / like0)
    assert posterior[0] / posterior[1] == pytest.approx(odds, rel=1e-9, abs=0)


def test_a_simulated_inbox_agrees_with_bayes():
    rng = np.random.default_rng(1)
    spam = rng.random(10**6) < 0.3
    words = rng.random(10**6) < np.where(spam, 0.9, 0.1)
    share, n = spam[words].mean(), words.sum()
    exact = update([0.3, 0.7], [0.9, 0.1])[0]
    assert abs(share - exact) < 4 * math.sqrt(exact * (1 - exact) / n)


def test_extreme_likelihoods_neither_underflow_nor_overflow():
    np.testing.assert_allclose(update([0.5, 0.5], [1e-308, 3e-308]), [0.25, 0.75])
    np.testing.assert_allclose(update([0.5, 0.5], [1e308, 3e307]), [10 / 13, 3 / 13])
    np.testing.assert_allclose(update([1e-200, 1 - 1e-200], [1e300, 1e-300]), [1, 0], atol=1e-300)
    np.testing.assert_allclose(update_log([0.5, 0.5], [-1e4, -1e4 - math.log(3)]), [0.75, 0.25])
    np.testing.assert_array_equal(update_log([0.5, 0.5], [1e308, -1e308]), [1, 0])
    np.testing.assert_array_equal(update([0.0, 1.0], [0.3, 0.1]), [0, 1])
    assert posterior_odds(1e-200, 1e-200, 1e300) == pytest.approx(1e-100, rel=1e-12, abs=0)


def test_the_odds_of_thousands_of_clues_are_their_product_in_any_order():
    ratios = np.exp(np.random.default_rng(0).normal(0, 30, 10_000))
    ratios = np.concatenate([ratios, 1 / ratios])  # on the way, the product is up to 1e2000
    odds = posterior_odds(2.0, *ratios)
    assert odds == posterior_odds(2.0, *ratios[::-1])
    assert odds == pytest.approx(2 * math.exp(math.fsum(np.log(ratios))), rel=1e-9)
    for seed in range(20):
        some = np.exp(np.random.default_rng(seed).normal(0, 20, 12)).tolist()
        assert posterior_odds(*some) == float(math.prod(map(Fraction, some)))
    assert posterior_odds(5.0, 5e-324, 5e-324, 0.0) == 0.0
    assert posterior_odds(5e-324) == 5e-324


def test_twenty_thousand_clues_take_time_in_proportion():
    def seconds(n):
        start = time.process_time()
        posterior_odds(1.0, *[1.5, 0.7] * (n // 2))
        return time.process_time() - start
    # A product of Fractions took 90 times as long each time; other work only now and then.
    assert any(seconds(20_000) < 30 * seconds(2_000) for _ in range(20))


@pytest.mark.parametrize("kind", [np.float32, object, Fraction])
def test_priors_and_likelihoods_of_any_kind_of_number(kind):
    prior, likelihood = [0.25, 0.25, 0.5], [0.5, 2.0, 0.125]
    exact = update(prior, likelihood)
    if kind is Fraction:
        given = [list(map(Fraction, v)) for v in (prior, likelihood)]
    else:
        given = [np.array(v).astype(kind) for v in (prior, likelihood)]
    assert np.array_equal(update(*given), exact)
    np.testing.assert_allclose(update_log(given[0], np.log(likelihood)), exact, rtol=1e-15)


def test_update_log_is_update_of_exponentials():
    rng = np.random.default_rng(2)
    for prior, logs in zip(rng.dirichlet(np.ones(5), 50), rng.normal(size=(50, 5)), strict=True):
        np.testing.assert_allclose(update_log(prior, logs), update(prior, np.exp(logs)), **TOL)


def test_screening_example_of_the_chapter():
    assert update([0.01, 0.99], [0.99, 0.05])[0] == pytest.approx(1 / 6)
    logit = math.log(posterior_odds(0.3 / 0.7, 9))
    assert logit == pytest.approx(1.349927, abs=5e-7)


def test_beta_bernoulli_agrees_with_the_grid_and_with_scipy():
    theta = np.linspace(0, 1, 4001)
    for a, b, heads, tails in [(1, 1, 7, 3), (2, 2, 7, 3), (20, 20, 7, 3), (3, 5, 0, 4)]:
        exact = BetaBernoulli(a, b).update(heads, tails)
        reference = stats.beta(a + heads, b + tails)
        with np.errstate(divide="ignore"):
            log_prior = stats.beta(a, b).logpdf(theta)
        grid = GridPosterior(theta, log_prior).update(
            _coin_log_likelihood(theta, heads, tails))
        assert exact.mean == pytest.approx(reference.mean(), rel=1e-12)
        assert exact.var == pytest.approx(reference.var(), rel=1e-12)
        assert exact.interval(0.9) == pytest.approx(reference.interval(0.9), rel=1e-9)
        assert grid.mean == pytest.approx(exact.mean, abs=1e-6)
        assert grid.var == pytest.approx(exact.var, abs=1e-6)
        assert grid.mode == pytest.approx(exact.mode, abs=3e-4)
        assert grid.interval(0.9) == pytest.approx(exact.interval(0.9), abs=1e-4)
        assert grid.log_evidence == pytest.approx(exact_log_evidence(a, b, heads, tails), abs=1e-5)


def _coin_log_likelihood(theta, heads, tails):
    return special.xlogy(heads, theta) + special.xlog1py(tails, -theta)


def exact_log_evidence(a, b, heads, tails):
    """Product of the predictive probabilities, one throw after another."""
    belief, total = BetaBernoulli(a, b), 0.0
    for _ in range(heads):
        total += math.log(belief.predictive)
        belief = belief.update(1, 0)
    for _ in range(tails):
        total += math.log(1 - belief.predictive)
        belief = belief.update(0, 1)
    assert BetaBernoulli(a, b).log_evidence(heads, tails) == pytest.approx(total, abs=1e-10)
    return total


def test_beta_bernoulli_examples_of_the_chapters():
    assert BetaBernoulli(2, 2).update(7, 3).mean == pytest.approx(0.642857, abs=5e-7)
    assert BetaBernoulli(2, 2).update(7, 3).mode == pytest.approx(2 / 3)
    assert BetaBernoulli(1, 1).update(7, 3).predictive == pytest.approx(8 / 12)
    assert BetaBernoulli(20, 20).update(7, 3).mean == pytest.approx(0.54)
    assert math.comb(10, 7) * math.exp(BetaBernoulli(1, 1).log_evidence(7, 3)) == \
        pytest.approx(1 / 11)
    assert BetaBernoulli(1, 1).log_evidence(0, 0) == 0.0


def log_rising(a, n):
    """log a(a+1)⋯(a+n-1) with 50 digits."""
    with localcontext(prec=50):
        return sum((Decimal(a) + k).ln() for k in range(n))


@pytest.mark.parametrize("a", [1e-320, 1e-12, 0.3, 1.0, 8.5, 19.9, 20.0, 20.1, 150.0, 79432.8,
                               1.58e6, 3.2e7, 1e12, 1e15, 1e200])
@pytest.mark.parametrize(("heads", "tails"), [(1, 0), (0, 1), (1, 1), (3, 2), (10, 50), (200, 0)])
def test_the_evidence_is_a_product_of_predictions_for_every_strength_of_belief(a, heads, tails):
    for b in (a, 3 * a, 1.0):
        with localcontext(prec=50):
            exact = (log_rising(a, heads) + log_rising(b, tails)
                     - log_rising(Decimal(a) + Decimal(b), heads + tails))
        n = heads + tails  # a sum of logarithms has the rounding of its largest terms
        rounding = 1e-15 * (3 + n * max(abs(math.log(x)) for x in (a, b, a + b + n)))
        assert BetaBernoulli(a, b).log_evidence(heads, tails) == pytest.approx(
            float(exact), rel=1e-15, abs=rounding)


def test_no_evidence_is_above_one_by_rounding():
    beliefs = [BetaBernoulli(a, 1e-16 * a) for a in np.geomspace(0.1, 1e15, 60)]
    assert all(belief.log_evidence(n, 0) <= 0 for belief in beliefs for n in (1, 2, 7, 50))


def test_the_evidence_of_a_balanced_and_sure_belief_is_that_of_a_fair_coin():
    for a in (1e8, 1e12, 1e15, 1e300):
        assert BetaBernoulli(a, a).log_evidence(1, 0) == pytest.approx(-math.log(2), rel=1e-13)
    assert BetaBernoulli(1e15, 1e15).log_evidence(7, 3) == pytest.approx(-10 * math.log(2))


@pytest.mark.parametrize(("level", "upper"), [  # by 60-digit arithmetic
    (1 - 1e-12, 1.0604968179354127e-05), (1 - 1.2e-16, 1.3723802560612894e-05)])
def test_the_upper_end_of_an_extreme_interval_is_as_exact_as_the_lower(level, upper):
    assert BetaBernoulli(2, 3e6).interval(level)[1] == pytest.approx(upper, rel=1e-12, abs=0)
    low = BetaBernoulli(3e6, 2).interval(level)[0]
    assert 1 - low == pytest.approx(upper, rel=1e-10, abs=0)
    gamma, tail = stats.gamma(2), (1 - level) / 2
    assert GammaPoisson(2, 1).interval(level)[1] == pytest.approx(gamma.isf(tail), rel=1e-12)
    assert GammaPoisson(2, 4).interval(level)[0] == pytest.approx(gamma.ppf(tail) / 4, abs=0)


def test_counts_may_be_whole_floats():
    assert BetaBernoulli(1, 1).update(7.0, np.float64(3)) == BetaBernoulli(8, 4)
    assert BetaBernoulli(1, 1).log_evidence(np.array(7), 3.0) == BetaBernoulli(
        1, 1).log_evidence(7, 3)
    for wrong in (7.5, math.inf, math.nan, True, "7"):
        with pytest.raises(TypeError, match="heads must be an integer, got"):
            BetaBernoulli(1, 1).update(wrong, 0)


@pytest.mark.parametrize(("a", "b"), [(3, 2), (2, 3), (1.5, 1.25), (1.01, 8)])
def test_beta_mode_is_where_the_density_is_largest(a, b):
    mode = BetaBernoulli(a, b).mode
    beside = stats.beta(a, b).logpdf([mode - 1e-4, mode, mode + 1e-4])
    assert beside.argmax() == 1


def test_beta_mode_at_the_ends():
    assert BetaBernoulli(1, 3).mode == 0.0
    assert BetaBernoulli(3, 1).mode == 1.0
    assert BetaBernoulli(0.5, 1).mode == 0.0
    assert BetaBernoulli(1, 0.5).mode == 1.0
    assert BetaBernoulli(0.5, 3).mode == 0.0
    assert BetaBernoulli(3, 0.5).mode == 1.0
    assert BetaBernoulli(1e20, 1).var == pytest.approx(1e-40, abs=0)
    for a, b in [(1, 1), (0.5, 0.5), (0.3, 0.9)]:
        with pytest.raises(ValueError, match="mode must be unique, got a = "):
            _ = BetaBernoulli(a, b).mode


def test_beta_bernoulli_order_does_not_matter_and_intervals_cover():
    belief = BetaBernoulli(2, 3)
    for order in itertools.permutations([(1, 0), (0, 1), (1, 0)]):
        now = belief
        for heads, tails in order:
            now = now.update(heads, tails)
        assert now == belief.update(2, 1)
    rng, hits = np.random.default_rng(3), 0
    for _ in range(2000):
        theta = rng.beta(2, 3)
        heads = int(rng.binomial(12, theta))
        low, high = belief.update(heads, 12 - heads).interval(0.8)
        hits += low <= theta <= high
    assert hits / 2000 == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / 2000))


def test_normal_mean_agrees_with_the_grid_and_shrinks():
    rng = np.random.default_rng(4)
    mu = np.linspace(-12, 12, 4001)
    for mean, var, noise_var in [(0.0, 1.0, 1.0), (-2.0, 4.0, 0.5), (1.0, 0.2, 3.0)]:
        x = rng.normal(1.5, math.sqrt(noise_var), size=5)
        exact = NormalMean(mean, var, noise_var).update(x)
        grid = GridPosterior(mu, stats.norm(mean, math.sqrt(var)).logpdf(mu)).update(
            stats.norm.logpdf(x[:, None], mu, math.sqrt(noise_var)).sum(axis=0))
        assert grid.mean == pytest.approx(exact.mean, abs=1e-8)
        assert grid.var == pytest.approx(exact.var, rel=1e-6)
        assert grid.interval() == pytest.approx(exact.interval(), abs=1e-3)
        assert 1 / exact.var == pytest.approx(1 / var + 5 / noise_var)
        one_by_one = NormalMean(mean, var, noise_var)
        for value in x[::-1]:
            one_by_one = one_by_one.update(value)
        assert one_by_one.mean == pytest.approx(exact.mean)
        assert one_by_one.var == pytest.approx(exact.var)


def test_normal_mean_example_and_predictive():
    belief = NormalMean(0, 1, noise_var=1).update([2, 2, 2, 2])
    assert (belief.mean, belief.mode, belief.var) == pytest.approx((1.6, 1.6, 0.2))
    assert belief.predictive == Normal(belief.mean, belief.var + 1)
    assert belief.interval(0.95) == pytest.approx(stats.norm(1.6, math.sqrt(0.2)).interval(0.95))


def test_normal_mean_at_extreme_variances():
    sure = NormalMean(0, 1e-300, 1e300).update([5.0])
    assert (sure.mean, sure.var) == pytest.approx((0.0, 1e-300), abs=1e-310)
    vague = NormalMean(0, 1e300, 1e-300).update([5.0, 7.0])
    assert vague.mean == pytest.approx(6.0)
    assert vague.var == pytest.approx(0.5e-300, rel=1e-12, abs=0)


def test_grid_posterior_probability_density_and_evidence():
    theta = np.linspace(0, 1, 2001)
    flat = GridPosterior(theta)
    np.testing.assert_allclose(flat.density, 1.0)
    assert flat.probability(0.2, 0.5) == pytest.approx(0.3)
    assert flat.probability(-math.inf, math.inf) == 1.0
    posterior = flat.update(lambda t: _coin_log_likelihood(t, 7, 3))
    assert integrate.trapezoid(posterior.density, theta) == pytest.approx(1.0, abs=1e-12)
    assert posterior.probability(0, 0.5) == pytest.approx(stats.beta(8, 4).cdf(0.5), abs=1e-6)
    twice = flat.update(lambda t: _coin_log_likelihood(t, 3, 1)).update(
        lambda t: _coin_log_likelihood(t, 4, 2))
    assert twice.log_evidence == pytest.approx(posterior.log_evidence, abs=1e-10)
    np.testing.assert_allclose(twice.density, posterior.density, rtol=1e-10)
    huge = flat.update(lambda t: -1e6 * (t - 0.25) ** 2 - 1e5)  # exp(-1e5) is 0 in floats
    assert huge.mean == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize("top", [-1e6, 0.0, 1e5])
@pytest.mark.parametrize("unit", [1e-300, 1.0, 1e300])
def test_a_grid_posterior_is_the_same_in_any_unit_and_for_any_factor(unit, top):
    theta = np.sort(np.random.default_rng(0).uniform(-3, 5, 300))
    def log_like(t):
        return -((t - 1) ** 2) + np.cos(t)
    plain = GridPosterior(theta).update(log_like)
    other = GridPosterior(unit * theta).update(lambda t: log_like(t / unit) + top)
    slack = 1e-12 + 1e-16 * abs(top)  # the rounding of the likelihood itself
    assert other.mean / unit == pytest.approx(plain.mean, rel=slack)
    assert other.mode == unit * plain.mode
    assert np.array(other.interval()) / unit == pytest.approx(plain.interval(), rel=slack)
    assert other.log_evidence - top == pytest.approx(plain.log_evidence, rel=1e-9)
    steps = np.diff(theta)
    weights = (np.append(steps, 0) + np.insert(steps, 0, 0)) / 2  # of the trapezoidal rule
    p = weights * np.exp(log_like(theta))
    assert plain.mean == pytest.approx(p @ theta / p.sum(), rel=1e-13)
    assert plain.var == pytest.approx(p @ (theta - plain.mean) ** 2 / p.sum(), rel=1e-12)
    assert plain.log_evidence == pytest.approx(np.log(p.sum() / np.ptp(theta)), rel=1e-12)


def test_a_pickled_grid_posterior_is_read_only():
    posterior = GridPosterior([0.0, 1.0, 3.0]).update([-1.0, 0.0, -2.0])
    for again in (pickle.loads(pickle.dumps(posterior)), copy.deepcopy(posterior)):
        assert again.mean == posterior.mean
        with pytest.raises(ValueError, match="read-only"):
            again.theta[0] = 1


def test_grid_posterior_on_an_uneven_grid():
    theta = np.sort(np.concatenate([np.linspace(-8, 8, 800), np.linspace(-1, 1, 700)[1:-1]]))
    theta = np.unique(theta)
    posterior = GridPosterior(theta).update(lambda t: -0.5 * t**2)
    assert posterior.log_evidence + math.log(16) == pytest.approx(0.5 * math.log(2 * math.pi),
                                                                  abs=1e-4)
    assert posterior.var == pytest.approx(1.0, abs=1e-3)


def test_E43_updating_is_of_a_distribution_and_predictions_average_over_it():
    posterior = BetaBernoulli(1, 1).update(7, 3)
    theta = np.linspace(0, 1, 20001)
    averaged = integrate.trapezoid(theta * stats.beta(8, 4).pdf(theta), theta)
    assert posterior.predictive == pytest.approx(averaged, abs=1e-8)
    assert posterior.predictive != pytest.approx(posterior.mode)      # not the plug-in 7/10


def test_E44_update_computes_its_own_evidence():
    assert update([0.3, 0.7], [0.9, 0.1])[0] == pytest.approx(0.27 / 0.34, rel=1e-14)
    # the post's update(.5, .9, .1) gave the "probability" 4.5: no evidence can be passed here
    with pytest.raises(TypeError, match="positional argument"):
        update([0.5, 0.5], [0.9, 0.1], 0.1)
    assert np.all(update([0.5, 0.5], [0.9, 0.1]) <= 1)
    with pytest.raises(ValueError, match=r"the evidence must be positive, got 0: .*; add a hypoth"):
        update([0.5, 0.5], [0, 0])
    with pytest.raises(ValueError, match="the evidence must be positive"):
        update([1, 0], [0, 1])
    np.testing.assert_allclose(update([0.5, 0.5], [39.9, 0.4]).sum(), 1)  # densities exceed 1


def test_E45_the_same_evidence_twice_counts_twice_and_base_rates_matter():
    once = update([0.3, 0.7], [0.9, 0.1])
    assert update(once, [0.9, 0.1])[0] == pytest.approx(0.972, abs=5e-4)
    odds = posterior_odds(0.3 / 0.7, 9, 9)
    assert odds / (1 + odds) == pytest.approx(0.972, abs=5e-4)
    assert update([0.01, 0.99], [0.9, 0.1])[0] == pytest.approx(0.083, abs=5e-4)
    assert update([0.1, 0.9], [0.9, 0.1])[0] == pytest.approx(0.5)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: update([0.5, 0.7], [1, 1]), "prior must sum to 1, got 1.2; divide by its sum first"),
    (lambda: update([0.5, 0.5], [1, -1]), "likelihood must be nonnegative, got -1; for logarithms"),
    (lambda: update([0.5, 0.5], [1, 1, 1]), "likelihood must have 2 entries, got 3"),
    (lambda: update_log([0.5, 0.5], [0, math.inf]), "log_likelihood must be finite, got inf"),
    (lambda: update_log([0.5, 0.5], [-math.inf] * 2), "the evidence must be positive"),
    (lambda: update_log([0.5, 0.5], [[0, 0]]), "log_likelihood must be one-dimensional"),
    (lambda: posterior_odds(-1.0), r"prior_odds must lie in \[0, inf\), got -1"),
    (lambda: posterior_odds(1e300, 1e300), "posterior odds must fit into a float"),
    (lambda: BetaBernoulli(0, 1), r"a must lie in \(0, 1e300\], got 0"),
    (lambda: BetaBernoulli(1, 1).update(-1, 0), "heads must be at least 0"),
    (lambda: BetaBernoulli(1, 1).interval(1.0), r"level must lie in \(0, 1\), got 1"),
    (lambda: NormalMean(0, 0, 1), r"var must lie in \(0, inf\), got 0"),
    (lambda: NormalMean(0, 1, 1).update([]), "x must have at least 1 entry, got 0"),
    (lambda: GridPosterior([0, 1, 1]), "theta must increase, got a step of 0; sort it"),
    (lambda: GridPosterior([0, 1], [-math.inf] * 2), "no grid point is possible"),
    (lambda: GridPosterior([0, 1]).probability(1, 0), "low must be at most high, got 1 > 0; swap"),
    (lambda: GridPosterior([0, 1]).update([0, 0, 0]), "log_likelihood must have 2 entries, got 3"),
])
def test_bad_input_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()
