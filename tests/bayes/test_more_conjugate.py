"""Counts, labels and lines: closed forms against grids, SciPy and each other."""

import itertools
import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import integrate, linalg, stats
from sklearn.linear_model import Ridge

from mathml.bayes import (
    BayesianLinear,
    BetaBernoulli,
    DirichletCategorical,
    GammaPoisson,
    GridPosterior,
)


@pytest.mark.parametrize(("a", "b", "x"), [(1, 1, [0, 3, 1]), (2.5, 0.3, [7]), (0.4, 2, [0, 0])])
def test_gamma_poisson_agrees_with_the_grid_and_with_scipy(a, b, x):
    mu = np.geomspace(1e-20, 200, 60_001)
    grid = GridPosterior(mu, stats.gamma(a, scale=1 / b).logpdf(mu)).update(
        stats.poisson.logpmf(np.array(x)[:, None], mu).sum(axis=0))
    belief = GammaPoisson(a, b).update(x)
    reference = stats.gamma(a + sum(x), scale=1 / (b + len(x)))
    assert (belief.mean, belief.var) == pytest.approx(reference.stats("mv"), rel=1e-12)
    assert belief.interval(0.9) == pytest.approx(reference.interval(0.9), rel=1e-9, abs=0)
    assert belief.mean == pytest.approx(grid.mean, rel=1e-5)
    assert belief.var == pytest.approx(grid.var, rel=1e-4)
    logpdf = stats.gamma(a, scale=1 / b).logpdf(mu) + stats.poisson.logpmf(
        np.array(x)[:, None], mu).sum(axis=0)
    evidence = math.log(integrate.trapezoid(np.exp(logpdf), mu))
    assert GammaPoisson(a, b).log_evidence(x) == pytest.approx(evidence, abs=1e-4)


def test_gamma_poisson_predicts_a_negative_binomial_and_one_count_at_a_time():
    for a, b in [(0.3, 0.2), (4, 2), (1e6, 1e6)]:
        belief, k = GammaPoisson(a, b), np.arange(400)
        np.testing.assert_allclose(belief.predictive_pmf(k), stats.nbinom(a, b / (1 + b)).pmf(k),
                                   rtol=1e-6, atol=1e-200)
    belief, total = GammaPoisson(2, 3), 0.0
    for count in (4, 0, 1, 9):
        total += math.log(belief.predictive_pmf(count)[0])
        belief = belief.update(count)
    assert total == pytest.approx(GammaPoisson(2, 3).log_evidence([4, 0, 1, 9]), abs=1e-12)
    assert belief == GammaPoisson(2, 3).update([9, 1, 4, 0]) == GammaPoisson(16, 7)


def test_gamma_poisson_with_a_very_sure_prior_is_a_poisson():
    sure = GammaPoisson(3e15, 1e15)  # a difference of lgammas has lost all its digits here
    poisson = stats.poisson(3).logpmf([2, 5]).sum()
    assert sure.log_evidence([2, 5]) == pytest.approx(poisson, abs=1e-9)
    assert sure.predictive_pmf([2])[0] == pytest.approx(stats.poisson(3).pmf(2), rel=1e-9)
    assert GammaPoisson(0.5, 2).mode == 0.0
    assert GammaPoisson(3, 2).mode == 1.0
    assert GammaPoisson(3, 2).log_evidence([0]) == pytest.approx(-3 * math.log(1.5))


@pytest.mark.parametrize(("a", "b"), [(1.6e6, 2e6), (8e4, 1e5), (3e11, 1e11), (0.01, 0.02)])
def test_predictions_of_a_sure_belief_keep_their_digits(a, b):
    """Γ(a+k)/(Γ(a) k!) (b/(1+b))^a (1+b)^-k, by exact fractions and 60-digit logarithms."""
    k = np.arange(12)
    with localcontext(prec=60):
        A, B = Decimal(a), Decimal(b)
        logs = [A * (B / (1 + B)).ln() - int(n) * (1 + B).ln()
                + sum(((A + i) / (i + 1)).ln() for i in range(n)) for n in k]
        exact = [float(value.exp()) for value in logs]
    np.testing.assert_allclose(GammaPoisson(a, b).predictive_pmf(k), exact, rtol=1e-12)


def test_dirichlet_with_two_labels_is_beta_and_marginals_add_up():
    two, beta = DirichletCategorical([2, 3.5]), BetaBernoulli(2, 3.5)
    assert two.log_evidence([7, 3]) == pytest.approx(beta.log_evidence(7, 3), abs=1e-12)
    assert two.update([7, 3]).marginal(0) == beta.update(7, 3)
    np.testing.assert_allclose(two.update([7, 3]).mode[0], beta.update(7, 3).mode)
    alpha = np.array([0.5, 2.0, 1.0, 4.0])
    belief, reference = DirichletCategorical(alpha), stats.dirichlet(alpha)
    np.testing.assert_allclose(belief.mean, reference.mean())
    np.testing.assert_allclose(belief.var, reference.var())
    np.testing.assert_allclose(belief.predictive.sum(), 1)


def test_dirichlet_evidence_is_the_product_of_predictions_in_any_order():
    for order in itertools.permutations([0, 2, 2, 1]):
        belief, total = DirichletCategorical([1, 0.5, 2]), 0.0
        for label in order:
            total += math.log(belief.predictive[label])
            belief = belief.update(np.eye(3)[label])
        assert total == pytest.approx(DirichletCategorical([1, 0.5, 2]).log_evidence([1, 1, 2]))
    sure = DirichletCategorical([2e14, 8e14])
    assert sure.log_evidence([3, 1]) == pytest.approx(3 * math.log(0.2) + math.log(0.8), abs=1e-9)


def test_dirichlet_mode():
    np.testing.assert_allclose(DirichletCategorical([3, 1, 2]).mode, [2 / 3, 0, 1 / 3])
    for alpha in ([1, 1, 1], [0.5, 3, 2]):
        with pytest.raises(ValueError, match="mode must be unique, got alpha = "):
            _ = DirichletCategorical(alpha).mode


@pytest.fixture
def line():
    rng = np.random.default_rng(5)
    X = rng.normal([5, 0, -40], 1, size=(12, 3))
    return X, X @ [1.0, -2.0, 0.5] + 7 + rng.normal(size=12), 0.6, 1.7


def contrasts(n):
    """An orthonormal basis (n-1, n) of what is orthogonal to the vector of ones."""
    return linalg.null_space(np.ones((1, n))).T


def test_bayesian_linear_is_normal_conditioning(line):
    X, y, tau2, sigma2 = line
    fit, K = BayesianLinear(X, y, tau2=tau2, sigma2=sigma2), contrasts(len(y))
    S = sigma2 * np.eye(len(y) - 1) + tau2 * (K @ X) @ (K @ X).T
    gain = tau2 * (K @ X).T @ np.linalg.inv(S)
    np.testing.assert_allclose(fit.mean, gain @ K @ y, rtol=1e-9)
    cov = tau2 * np.eye(3) - gain @ (K @ X) * tau2
    np.testing.assert_allclose(fit.cov, cov, rtol=1e-8, atol=1e-12)
    assert fit.log_evidence == pytest.approx(
        stats.multivariate_normal(cov=S).logpdf(K @ y), abs=1e-9)
    turned = stats.ortho_group(11, seed=1).rvs() @ K              # the basis does not matter
    S = sigma2 * np.eye(11) + tau2 * (turned @ X) @ (turned @ X).T
    assert fit.log_evidence == pytest.approx(
        stats.multivariate_normal(cov=S).logpdf(turned @ y), abs=1e-9)


def test_a_flat_intercept_is_the_limit_of_a_vague_one(line):
    X, y, tau2, sigma2 = line
    fit, vague, n = BayesianLinear(X, y, tau2=tau2, sigma2=sigma2), 1e8, len(y)
    A = np.column_stack([np.ones(n), X])
    prior = np.diag([vague, tau2, tau2, tau2])
    S = A @ prior @ A.T + sigma2 * np.eye(n)
    post_mean = prior @ A.T @ np.linalg.solve(S, y)
    post_cov = prior - prior @ A.T @ np.linalg.solve(S, A @ prior)
    assert [fit.intercept, *fit.mean] == pytest.approx(post_mean, rel=1e-3)
    at = np.array([[4.0, 1.0, -41.0], [6.0, 0.0, -38.0]])
    A_at = np.column_stack([np.ones(2), at])
    mean, var = fit.line(at)
    np.testing.assert_allclose(mean, A_at @ post_mean, rtol=1e-4)
    np.testing.assert_allclose(var, np.diag(A_at @ post_cov @ A_at.T), rtol=1e-2)
    np.testing.assert_allclose(fit.predict(at)[1], var + sigma2)
    # p(y) = N(ȳ; 0, vague + …)·(contrasts): the difference is the same for every τ² and σ²
    full = stats.multivariate_normal(cov=S).logpdf(y)
    constant = -0.5 * math.log(2 * math.pi * vague) - 0.5 * math.log(n)
    assert full - fit.log_evidence == pytest.approx(constant, abs=1e-3)


def test_bayesian_line_agrees_with_a_brute_force_grid():
    x, y = np.array([0.0, 1.0, 2.0, 4.0]), np.array([0.3, 0.9, 2.4, 3.1])
    fit = BayesianLinear(x[:, None], y, tau2=0.5, sigma2=0.4)
    w, b = np.linspace(-3, 4, 701), np.linspace(-8, 8, 801)[:, None]
    log = stats.norm.logpdf(w, 0, 0.5**0.5) + sum(
        stats.norm.logpdf(yi, b + w * xi, 0.4**0.5) for xi, yi in zip(x, y, strict=True))
    density = np.exp(log)
    by_w = integrate.trapezoid(density, b[:, 0], axis=0)
    total = integrate.trapezoid(by_w, w)
    mean = integrate.trapezoid(w * by_w, w) / total
    assert fit.mean[0] == pytest.approx(mean, abs=1e-6)
    var = integrate.trapezoid((w - mean) ** 2 * by_w, w) / total
    assert fit.cov[0, 0] == pytest.approx(var, abs=1e-6)
    assert fit.log_evidence == pytest.approx(math.log(total * math.sqrt(4)), abs=1e-6)


def test_the_mean_is_ridge_and_a_shift_of_y_moves_only_the_intercept(line):
    X, y, tau2, sigma2 = line
    fit = BayesianLinear(X, y, tau2=tau2, sigma2=sigma2)
    ridge = Ridge(alpha=sigma2 / tau2).fit(X, y)                  # sklearn's α is nλ
    np.testing.assert_allclose(fit.mean, ridge.coef_, rtol=1e-8)
    assert fit.intercept == pytest.approx(ridge.intercept_)
    moved = BayesianLinear(X + 3, y + 1000, tau2=tau2, sigma2=sigma2)
    np.testing.assert_allclose(moved.mean, fit.mean, rtol=1e-8)
    assert moved.log_evidence == pytest.approx(fit.log_evidence, abs=1e-8)


def test_bayesian_linear_with_more_columns_than_rows_and_with_dependent_ones():
    rng = np.random.default_rng(6)
    X, y = rng.normal(size=(4, 9)), rng.normal(size=4)
    fit = BayesianLinear(X, y, tau2=2, sigma2=0.1)
    Z = X - X.mean(axis=0)
    precision = np.eye(9) / 2 + Z.T @ Z / 0.1
    np.testing.assert_allclose(fit.cov @ precision, np.eye(9), atol=1e-10)
    one = BayesianLinear(X[:, :1], y, tau2=2, sigma2=0.1)
    twins = BayesianLinear(X[:, [0, 0]], y, tau2=1, sigma2=0.1)  # w₁ + w₂ has the prior N(0, 2)
    assert twins.mean[0] == pytest.approx(twins.mean[1])
    assert twins.mean.sum() == pytest.approx(one.mean[0])
    assert twins.log_evidence == pytest.approx(one.log_evidence)
    nothing = BayesianLinear(np.zeros((4, 1)), y, tau2=2, sigma2=0.1)
    assert nothing.log_evidence == pytest.approx(
        stats.norm(0, 0.1**0.5).logpdf(contrasts(4) @ y).sum())
    alone = BayesianLinear([[3.0]], [5.0], tau2=2, sigma2=0.1)
    assert alone.cov[0, 0] == pytest.approx(2)
    assert (alone.mean[0], alone.intercept, alone.log_evidence) == (0, 5, 0)


def test_bayesian_linear_at_extreme_scales():
    x, y = np.array([1.0, 2.0, 4.0, 5.0]), np.array([2.0, 2.5, 6.0, 6.5])
    plain = BayesianLinear(x[:, None], y, tau2=1, sigma2=0.5)
    for unit in (1e-140, 1e140):
        fit = BayesianLinear(unit * x[:, None], y, tau2=unit**-2, sigma2=0.5)
        assert fit.mean[0] * unit == pytest.approx(plain.mean[0], rel=1e-10)
        assert fit.log_evidence == pytest.approx(plain.log_evidence, abs=1e-9)
    columns = np.column_stack([1e150 * x, 1e-150 * x[::-1] ** 2])
    mixed = BayesianLinear(columns, y, tau2=1, sigma2=0.5)
    slope = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    np.testing.assert_allclose(mixed.mean * [1e150, 1], [slope, 0], rtol=1e-9, atol=1e-120)
    np.testing.assert_allclose(np.diag(mixed.cov)[1], 1)           # the tiny column says nothing


def test_the_posterior_is_calibrated_under_the_prior():
    rng, z = np.random.default_rng(7), []
    X = rng.normal(size=(6, 2)) * [1, 10]
    for _ in range(1500):
        w = rng.normal(size=2) * 0.5
        y = 3 + X @ w + rng.normal(size=6)
        fit = BayesianLinear(X, y, tau2=0.25, sigma2=1)
        new_mean, new_var = fit.predict([[2.0, -15.0]])
        new = 3 + w @ [2.0, -15.0] + rng.normal()
        off = (new - new_mean[0]) / math.sqrt(new_var[0])
        z.append([*(w - fit.mean) / np.sqrt(np.diag(fit.cov)), off])
    z = np.array(z)
    assert np.all(np.abs(z.mean(axis=0)) < 4 / math.sqrt(1500))
    assert np.all(np.abs(z.var(axis=0) - 1) < 4 * math.sqrt(2 / 1500))


@pytest.mark.parametrize("size", [1e3, 1e10, 1e15, 1e100])
def test_beta_is_dirichlet_of_two_however_strong_the_prior(size):
    """A difference of log-beta functions once called 20 throws certain."""
    evidence = BetaBernoulli(size, size).log_evidence(10, 10)
    assert np.isclose(evidence, DirichletCategorical([size, size]).log_evidence([10, 10]))
    assert np.isclose(evidence, 20 * np.log(0.5), rtol=50 / size + 1e-12)
