"""Estimates held against exact values, over many generators."""

import numpy as np
import pytest
from scipy import integrate, stats

from mathml.integrate import importance, monte_carlo, trapezoid_error


def uniform(rng, n):
    return rng.random(n)


def test_the_mean_is_unbiased_and_its_error_what_it_says():
    results = [monte_carlo(np.square, uniform, 400, rng=np.random.default_rng(seed))
               for seed in range(300)]
    means, errors = np.array([r.mean for r in results]), np.array([r.se for r in results])
    sigma = np.sqrt(4 / 45)  # of U²
    assert abs(means.mean() - 1 / 3) < 4 * sigma / np.sqrt(400 * 300)
    assert np.isclose(means.std(ddof=1), sigma / 20, rtol=0.15)
    assert np.allclose(errors, sigma / 20, rtol=0.15)
    inside = np.abs(means - 1 / 3) < 1.96 * errors
    assert 0.91 < inside.mean() < 0.98
    assert results[0].ess == 400


def test_draws_of_several_coordinates():
    result = monte_carlo(lambda x: np.sum(x**2, axis=1) <= 1,
                         lambda rng, n: rng.uniform(-1, 1, (n, 2)), 20_000,
                         rng=np.random.default_rng(0))
    assert abs(result.mean - np.pi / 4) < 4 * result.se


@pytest.mark.parametrize("normalise", [True, False])
def test_weights_estimate_what_draws_of_the_target_would(normalise):
    results = [importance(np.square, stats.norm.logpdf, stats.norm(scale=1.5), 500,
                          rng=np.random.default_rng(seed), normalise=normalise)
               for seed in range(200)]
    means, errors = np.array([r.mean for r in results]), np.array([r.se for r in results])
    assert abs(means.mean() - 1) < 4 * means.std() / np.sqrt(200)
    assert np.isclose(means.std(ddof=1), errors.mean(), rtol=0.15)


@pytest.mark.parametrize("s", [0.9, 1.5, 3.0])
def test_the_effective_sample_size_of_normals_is_its_formula(s):
    ess = np.mean([importance(np.square, stats.norm.logpdf, stats.norm(scale=s), 4000,
                              rng=np.random.default_rng(seed)).ess for seed in range(40)])
    assert np.isclose(ess / 4000, np.sqrt(2 * s**2 - 1) / s**2, rtol=0.01)


def test_a_factor_of_the_target_is_forgotten_only_with_normalise():
    def run(factor, normalise):
        return importance(np.square, lambda x: stats.norm.logpdf(x) + factor, stats.norm(scale=2),
                          1000, rng=np.random.default_rng(3), normalise=normalise)
    assert np.isclose(run(5.0, True).mean, run(0.0, True).mean)
    assert np.isclose(run(700.0, True).mean, run(0.0, True).mean)
    assert np.isclose(run(5.0, False).mean, np.exp(5) * run(0.0, False).mean)
    assert np.isclose(run(5.0, True).ess, run(0.0, True).ess)


def test_a_proposal_that_is_the_target_loses_nothing():
    result = importance(np.square, stats.norm.logpdf, stats.norm(), 1000,
                        rng=np.random.default_rng(0))
    assert result.ess == 1000


def test_zeros_of_the_target_are_weights_of_zero():
    result = importance(lambda x: x, stats.uniform.logpdf, stats.uniform(-1, 3), 5000,
                        rng=np.random.default_rng(0))
    assert abs(result.mean - 0.5) < 4 * result.se
    with pytest.raises(ValueError, match="above 0 at some"):
        importance(lambda x: x, stats.uniform.logpdf, stats.uniform(2, 1), 50,
                   rng=np.random.default_rng(0))


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e200, 1e300])
def test_units_do_not_matter_and_a_constant_has_no_error(unit):
    def run(scale):
        return monte_carlo(lambda u: scale * u, uniform, 500, rng=np.random.default_rng(4))
    one, other = run(1.0), run(unit)
    assert np.isclose(other.mean / unit, one.mean, rtol=1e-14, atol=0)
    assert np.isclose(other.se / unit, one.se, rtol=1e-13, atol=0)
    constant = monte_carlo(lambda u: 0 * u + unit, uniform, 7, rng=np.random.default_rng(0))
    assert (constant.mean, constant.se, constant.ess) == (unit, 0.0, 7.0)


@pytest.mark.parametrize("normalise", [True, False])
def test_the_estimates_are_their_formulas(normalise):
    x, scale = stats.norm(scale=2).rvs(size=50, random_state=np.random.default_rng(7)), 3.0
    w, f = scale * stats.norm.pdf(x) / stats.norm(scale=2).pdf(x), x**2
    result = importance(np.square, lambda t: stats.norm.logpdf(t) + np.log(scale),
                        stats.norm(scale=2), 50, rng=np.random.default_rng(7), normalise=normalise)
    mean = w @ f / (w.sum() if normalise else 50)
    se = (np.sqrt(np.sum((w * (f - mean)) ** 2)) / w.sum() if normalise else
          np.sqrt(np.sum((w * f - mean) ** 2) / 49 / 50))
    assert (result.mean, result.se, result.ess) == pytest.approx(
        (mean, se, w.sum() ** 2 / (w @ w)), rel=1e-12)


def test_the_standard_error_divides_by_n_minus_one_and_by_n():
    result = monte_carlo(np.square, lambda rng, n: np.array([1.0, 2.0, 0.0, 3.0]), 4,
                         rng=np.random.default_rng(0))  # 1, 4, 0, 9: squared deviations 49
    assert (result.mean, result.ess) == (3.5, 4)
    assert result.se == pytest.approx(np.sqrt(49 / 3 / 4), rel=1e-15)


def test_draws_keep_their_kind():
    kinds = []
    monte_carlo(lambda i: kinds.append(i.dtype.kind) or np.arange(6.0)[i],
                lambda rng, n: rng.integers(0, 6, n), 5, rng=np.random.default_rng(0))
    assert kinds == ["i"]


def test_the_same_generator_gives_the_same_numbers():
    first, second = (monte_carlo(np.square, uniform, 10, rng=np.random.default_rng(0))
                     for _ in range(2))
    assert first == second


@pytest.mark.parametrize("n", [1, 4, 32])
@pytest.mark.parametrize(("f", "bend", "attained"), [
    (np.square, 2.0, True), (np.sin, 1.0, False), (lambda x: np.exp(-x), 1.0, False)])
def test_the_trapezoid_rule_keeps_its_bound(f, bend, attained, n):
    x = np.linspace(0, 2, n + 1)
    error = abs(integrate.trapezoid(f(x), x) - integrate.quad(f, 0, 2)[0])
    bound = trapezoid_error(bend, 0, 2, n)
    assert error <= bound * (1 + 1e-12)
    assert np.isclose(error, bound, atol=0) == attained


@pytest.mark.parametrize(("call", "message"), [
    (lambda rng: monte_carlo(lambda x: x[:2], uniform, 5, rng=rng), "one number per draw"),
    (lambda rng: monte_carlo(np.mean, uniform, 5, rng=rng), "one number per draw"),
    (lambda rng: monte_carlo(np.square, lambda rng, n: rng.random(3), 5, rng=rng), "n = 5 draws"),
    (lambda rng: monte_carlo(lambda x: x / 0.0, lambda rng, n: np.ones(n), 5, rng=rng), "finite"),
    (lambda rng: monte_carlo(np.square, uniform, 1, rng=rng), "at least 2"),
    (lambda rng: trapezoid_error(1.0, 1.0, 1.0, 3), "b must be above")])
def test_what_is_wrong_is_told(call, message):
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))


def test_a_proposal_without_a_density_is_told():
    with pytest.raises(TypeError, match="rvs and logpdf"):
        importance(np.square, stats.norm.logpdf, uniform, 5, rng=np.random.default_rng(0))
