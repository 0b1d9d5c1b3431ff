"""Noise put in and taken out again, held against integrals, brute force and limits."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import logsumexp

from mathml.generative import Diffusion
from mathml.numdiff import gradient

LINEAR = Diffusion(np.linspace(1e-4, 0.05, 200))
SHARES, CENTRES, WIDTHS = np.array([0.3, 0.7]), np.array([-2.0, 1.0]), np.array([0.3, 0.5])
EXACT = LINEAR.exact_noise(SHARES, CENTRES[:, None], WIDTHS[:, None, None] ** 2)


def random_mixture(rng, K, d):
    factors = rng.normal(size=(K, d, d))
    return rng.dirichlet(np.ones(K)), rng.normal(size=(K, d)), factors @ factors.swapaxes(1, 2)


def test_the_jump_is_the_chain_of_steps():
    rng = np.random.default_rng(0)
    x = x0 = rng.normal(size=(3, 2))
    signal, variance = 1.0, 0.0
    for t, beta in enumerate(LINEAR.betas, start=1):
        signal, variance = np.sqrt(1 - beta) * signal, (1 - beta) * variance + beta
        assert np.isclose(LINEAR.alpha_bar[t], signal**2)
        assert np.isclose(1 - LINEAR.alpha_bar[t], variance, atol=0)
    noise = rng.normal(size=x0.shape)
    assert np.allclose(LINEAR.noised(x0, 200, noise), signal * x + np.sqrt(variance) * noise)
    assert np.array_equal(LINEAR.noised(x0, 0, noise), x0)


@pytest.mark.parametrize("t", [1, 50, 200])
def test_denoised_inverts_noised(t):
    rng = np.random.default_rng(1)
    x0, noise = rng.normal(size=(2, 7, 3))
    assert np.allclose(LINEAR.denoised(LINEAR.noised(x0, t, noise), t, noise), x0, atol=1e-12)


@pytest.mark.parametrize("t", [2, 60, 200])
def test_a_step_back_is_bayes_theorem(t):
    """The prior N(√ᾱ x0, 1 − ᾱ) at t − 1 times the likelihood of the step, on a fine ruler."""
    x0, x = 0.7, -0.4
    a, beta = LINEAR.alpha_bar[t - 1], LINEAR.betas[t - 1]
    mean, variance = LINEAR.step_back([[x0]], [[x]], t)
    grid = mean[0, 0] + np.sqrt(variance) * np.linspace(-9, 9, 4001)
    logs = (stats.norm.logpdf(grid, np.sqrt(a) * x0, np.sqrt(1 - a))
            + stats.norm.logpdf(x, np.sqrt(1 - beta) * grid, np.sqrt(beta)))
    weights = np.exp(logs - logsumexp(logs))
    assert np.isclose(weights @ grid, mean[0, 0])
    assert np.isclose(weights @ (grid - mean[0, 0]) ** 2, variance, atol=0)


def test_the_last_step_lands_on_the_datum():
    mean, variance = LINEAR.step_back([[0.7]], [[5.0]], 1)
    assert np.isclose(mean[0, 0], 0.7)
    assert variance == 0


@pytest.mark.parametrize("t", [1, 30, 200])
@pytest.mark.parametrize(("K", "d"), [(1, 1), (3, 2), (4, 5)])
def test_exact_noise_is_tweedies_slope(t, K, d):
    rng = np.random.default_rng(K + d)
    weights, means, covs = random_mixture(rng, K, d)
    a = LINEAR.alpha_bar[t]

    def log_density(x):
        return logsumexp([np.log(w) + stats.multivariate_normal(
            np.sqrt(a) * m, a * C + (1 - a) * np.eye(d)).logpdf(x)
            for w, m, C in zip(weights, means, covs, strict=True)])

    X = rng.normal(size=(4, d))
    expected = -np.sqrt(1 - a) * np.array([gradient(log_density, x) for x in X])
    found = LINEAR.exact_noise(weights, means, covs)(X, t)
    assert np.allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("t", [5, 60, 150])
def test_exact_noise_is_the_mean_of_the_noise(t):
    """E[ε | x_t] by integrating over the datum."""
    a, x = LINEAR.alpha_bar[t], -0.3

    def joint(x0):
        return (SHARES @ stats.norm.pdf(x0, CENTRES, WIDTHS)
                * stats.norm.pdf(x, np.sqrt(a) * x0, np.sqrt(1 - a)))

    def integral(f):
        return integrate.quad(f, -6, 6, points=[-2, x, 1], limit=500)[0]

    noise = integral(lambda x0: joint(x0) * (x - np.sqrt(a) * x0) / np.sqrt(1 - a))
    assert np.isclose(EXACT([[x]], t)[0, 0], noise / integral(joint), rtol=1e-6)


def test_points_are_the_limit_of_narrow_bells():
    rng = np.random.default_rng(2)
    points, x = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    shares = np.full(5, 0.2)
    exact = LINEAR.exact_noise(shares, points, np.zeros((5, 3, 3)))
    narrow = LINEAR.exact_noise(shares, points, np.tile(1e-12 * np.eye(3), (5, 1, 1)))
    assert np.allclose(exact(x, 80), narrow(x, 80), rtol=1e-8)


def test_a_component_of_weight_zero_does_not_count():
    with_it = LINEAR.exact_noise([1.0, 0.0], [[0.0], [50.0]], [[[1.0]], [[1.0]]])
    without = LINEAR.exact_noise([1.0], [[0.0]], [[[1.0]]])
    assert np.allclose(with_it([[49.0]], 10), without([[49.0]], 10))


def test_ddpm_draws_points_exactly_and_bells_with_the_known_variance():
    """All data one point: every walker ends there. Standard normal data: the variance follows
    a recursion with slope √(1 − β) and variance β̃ of each step."""
    rng = np.random.default_rng(3)
    point = LINEAR.exact_noise([1.0], [[2.0, -1.0]], np.zeros((1, 2, 2)))
    assert np.allclose(LINEAR.ddpm(point, rng.normal(size=(5, 2)), rng=rng)[-1], [2, -1])
    variance = 1.0
    for t in range(200, 0, -1):
        beta, a, b = LINEAR.betas[t - 1], LINEAR.alpha_bar[t - 1], LINEAR.alpha_bar[t]
        variance = (1 - beta) * variance + beta * (1 - a) / (1 - b)
    bell = LINEAR.exact_noise([1.0], [[0.0]], [[[1.0]]])
    n = 100_000
    drawn = LINEAR.ddpm(bell, rng.normal(size=(n, 1)), rng=rng)[-1]
    assert abs(drawn.var() - variance) < 4 * variance * np.sqrt(2 / n)
    assert 1 - variance > 4 * np.sqrt(2 / n)  # so the test would notice β in the place of β̃


def test_both_walks_draw_the_mixture():
    """Their distance to the data is within twice that of two samples of data, on average."""
    distances = []
    for seed in range(10):
        rng = np.random.default_rng(seed)

        def draw(n, rng=rng):
            k = rng.choice(2, size=n, p=SHARES)
            return rng.normal(CENTRES[k], WIDTHS[k])

        held, x = draw(1000), rng.normal(size=(1000, 1))
        distances.append([stats.wasserstein_distance(sample, held) for sample in (
            draw(1000), LINEAR.ddpm(EXACT, x, rng=rng)[-1, :, 0], LINEAR.ddim(EXACT, x)[-1, :, 0])])
    floor, dice, none = np.mean(distances, axis=0)
    assert dice < 2 * floor
    assert none < 2 * floor


def test_ddim_keeps_ranks_and_meets_the_quantiles():
    ranks = (np.arange(200) + 0.5) / 200
    arrived = LINEAR.ddim(EXACT, stats.norm.ppf(ranks)[:, None])[-1, :, 0]
    cdf = SHARES @ stats.norm.cdf(arrived[None], CENTRES[:, None], WIDTHS[:, None])
    assert np.all(np.diff(arrived) > 0)
    assert np.abs(cdf - ranks).max() < 0.02


def test_ddim_over_given_times_is_the_formula():
    x, times = np.array([[0.3], [-1.0]]), [150, 40, 0]
    path = LINEAR.ddim(EXACT, x, times=times)
    for t, s, now, then in ((150, 40, path[0], path[1]), (40, 0, path[1], path[2])):
        e, a, b = EXACT(now, t), LINEAR.alpha_bar[t], LINEAR.alpha_bar[s]
        clean = (now - np.sqrt(1 - a) * e) / np.sqrt(a)
        assert np.allclose(then, np.sqrt(b) * clean + np.sqrt(1 - b) * e)
    assert path.shape == (3, 2, 1)


def test_fit_noise_is_ridge_regression():
    """From the same noise, in the order in which it is drawn; and right for data of a bell."""
    diffusion = Diffusion([0.3, 0.4])
    x0 = np.random.default_rng(4).normal(size=(50, 2))

    def features(x):
        return np.c_[x, x**2, np.ones(len(x))]

    model = diffusion.fit_noise(x0, features, penalty=0.1, copies=3, rng=np.random.default_rng(5))
    rng, rows = np.random.default_rng(5), np.repeat(x0, 3, axis=0)
    for t in (1, 2):
        noise = rng.normal(size=rows.shape)
        Phi = features(diffusion.noised(rows, t, noise))
        stacked = np.r_[Phi / np.sqrt(150), np.sqrt(0.1) * np.eye(5)]
        C = np.linalg.lstsq(stacked, np.r_[noise / np.sqrt(150), np.zeros((5, 2))], rcond=None)[0]
        assert np.allclose(model(x0, t), features(x0) @ C)


@pytest.mark.parametrize(("betas", "message"), [
    ([0.0, 0.5], "inside"), ([0.5, 1.0], "inside"), ([-0.1], "inside"),
    ([1e-17], "alpha_bar"), (np.full(2000, 0.9), "alpha_bar")])
def test_schedules_that_are_refused(betas, message):
    with pytest.raises(ValueError, match=message):
        Diffusion(betas)


@pytest.mark.parametrize("times", [[200, 100], [], [0, 100], [100, 100, 0], [201, 0], [1.5, 0]])
def test_times_must_fall_to_zero(times):
    with pytest.raises(ValueError, match="times must"):
        LINEAR.ddim(EXACT, [[0.0]], times=times)


@pytest.mark.parametrize(("covs", "message"), [
    ([[[1.0, 0.5], [0.0, 1.0]]], "symmetric"), ([[[1.0, 2.0], [2.0, 1.0]]], "semidefinite"),
    ([[1.0, 2.0]], "shape")])
def test_covariances_that_are_refused(covs, message):
    with pytest.raises(ValueError, match=message):
        LINEAR.exact_noise([1.0], [[0.0, 0.0]], covs)


@pytest.mark.parametrize("returned", [lambda x, t: x[:1], lambda x, t: x * np.nan])
def test_a_model_that_returns_nonsense_is_refused(returned):
    with pytest.raises(ValueError, match="noise"):
        LINEAR.ddim(returned, [[0.0], [1.0]])


def test_a_model_cannot_change_the_walk_in_place():
    def greedy(x, t):
        x[:] = 0
        return x

    path = Diffusion([0.5]).ddim(greedy, [[2.0]])
    assert path[0, 0, 0] == 2


def test_features_that_depend_on_each_other_need_a_penalty():
    rng = np.random.default_rng(6)
    mixer = rng.normal(size=(1, 40))  # rank 1: one of 39 rounded pivots is sure to be negative
    with pytest.raises(ValueError, match="penalty must be large enough"):
        Diffusion([0.5]).fit_noise([[1.0], [2.0]], lambda x: x @ mixer, penalty=1e-300, rng=rng)
