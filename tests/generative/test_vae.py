"""Models with a hidden vector: against other programs, integrals, differences and theorems."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import trapezoid
from sklearn.decomposition import PCA as SklearnPCA

from mathml.generative import PPCA, VAE, ppca
from mathml.numdiff import check_gradient


def cloud(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)


KINDS = {"normal": {}, "given noise": {"var": 0.3}, "bernoulli": {"likelihood": "bernoulli"},
         "classes": {"n_classes": 3}, "both": {"likelihood": "bernoulli", "n_classes": 3}}


def model_and_data(kind, k=2, n=7):
    rng = np.random.default_rng(1)
    model = VAE(4, k, hidden=5, rng=rng, **KINDS[kind])
    model.theta = model.theta + 0.1 * rng.normal(size=model.theta.size)
    X = rng.normal(size=(n, 4))
    X = (X > 0).astype(float) if model.likelihood == "bernoulli" else X
    y = rng.integers(0, 3, n) if model.n_classes else None
    return model, X, y, rng


# ---- probabilistic PCA --------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "d", "k"), [(50, 4, 2), (200, 6, 1), (30, 3, 2), (8, 12, 3)])
def test_ppca_agrees_with_sklearn(n, d, k):
    X = cloud(n, d)
    reference = SklearnPCA(k, svd_solver="full").fit(X)  # whose divisor is n − 1
    model = ppca(X, k)
    ratio = (n - 1) / n
    # sklearn takes the mean of what is left out over the min(n, d) − k values that it computed.
    scale = (min(n, d) - k) / (d - k)
    assert np.isclose(model.sigma2, ratio * scale * reference.noise_variance_)
    if n > d:
        C = ratio * reference.get_covariance()
        assert np.allclose(model.cov, C)
        law = stats.multivariate_normal(reference.mean_, C)
        assert np.allclose(model.log_prob(X), law.logpdf(X))


def test_ppca_scores_are_those_of_the_covariance_it_says():
    model = ppca(cloud(40, 5), 2)
    X = cloud(9, 5, seed=3)
    law = stats.multivariate_normal(model.mean, model.cov)
    assert np.allclose(model.log_prob(X), law.logpdf(X))


def test_no_other_linear_model_is_likelier():
    X, rng = cloud(60, 4), np.random.default_rng(2)
    best = ppca(X, 2)
    for size in np.geomspace(1e-3, 3, 60):
        other = PPCA(best.mean, best.W + size * rng.normal(size=(4, 2)),
                     best.sigma2 * np.exp(size * rng.normal()))
        assert other.log_prob(X).mean() <= best.log_prob(X).mean()


def test_the_posterior_is_that_of_the_joint_normal_vector():
    model = ppca(cloud(60, 4), 2)
    X = cloud(5, 4, seed=4)
    gain = model.W.T @ np.linalg.inv(model.cov)
    mean, cov = model.posterior(X)
    assert np.allclose(mean, (X - model.mean) @ gain.T)
    assert np.allclose(cov, np.eye(2) - gain @ model.W)


def test_samples_of_a_linear_model_have_its_covariance():
    model = ppca(cloud(60, 3), 1)
    drawn = model.sample(200_000, rng=np.random.default_rng(0))
    assert np.allclose(np.cov(drawn.T), model.cov, atol=0.03 * model.cov.max())
    assert np.allclose(drawn.mean(axis=0), model.mean, atol=0.02 * np.sqrt(model.cov.max()))


def test_data_in_few_dimensions_have_no_best_linear_model():
    line = np.outer(np.arange(5.0), [1, 2, 3])
    with pytest.raises(ValueError, match="must leave a variance outside 1 dimensions"):
        ppca(line, 1)
    with pytest.raises(ValueError, match="n_components must be at least 1 and at most 2"):
        ppca(cloud(9, 3), 3)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_ppca_follows_the_unit(unit):
    X = cloud(40, 4)
    one, other = ppca(X, 2), ppca(unit * X, 2)
    assert np.allclose(other.W, unit * one.W, rtol=1e-9, atol=0)
    assert np.allclose(other.log_prob(unit * X), one.log_prob(X) - 4 * np.log(unit))


def test_ppca_takes_float32_and_fortran_order():
    X = np.round(cloud(20, 3), 2)
    right = ppca(X, 1)
    for given in (X.astype(np.float32), np.asfortranarray(X), X.tolist(),
                  np.repeat(X, 2, axis=1)[:, ::2]):
        assert np.allclose(ppca(given, 1).cov, right.cov, rtol=1e-5)


# ---- variational autoencoders -------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_that_of_the_loss(kind):
    model, X, y, rng = model_and_data(kind)
    eps = rng.normal(size=(7, 2))

    def at(theta):
        model.theta = theta
        return model.value_and_grad(X, eps, y, beta=1.7)

    assert check_gradient(lambda t: at(t)[0], lambda t: at(t)[1], model.theta, tol=1e-5).ok


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_minus_the_mean_bound(kind):
    model, X, y, rng = model_and_data(kind)
    eps = rng.normal(size=(7, 2))
    assert np.isclose(model.value_and_grad(X, eps, y)[0], -model.elbo(X, eps, y).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_bounds_lie_below_the_integral_and_rise_with_draws(kind):
    model, X, y, rng = model_and_data(kind, k=1)
    exact = model.log_prob(X, y)
    assert np.allclose(exact, model.log_prob(X, y, points=4001), atol=1e-10)
    elbo = np.mean([model.elbo(X, rng.normal(size=(7, 1)), y) for _ in range(4000)], axis=0)
    bounds = [np.mean([model.importance_bound(X, K, rng=rng, y=y) for _ in range(800)], axis=0)
              for K in (1, 4, 32)]
    assert np.all(elbo < exact + 1e-2)
    assert bounds[0].mean() < bounds[1].mean() < bounds[2].mean() < exact.mean() + 5e-3
    assert np.isclose(elbo.mean(), bounds[0].mean(), atol=0.1 * (1 + exact.mean() - elbo.mean()))
    assert np.allclose(model.importance_bound(X, 200_000, rng=rng, y=y), exact, atol=0.05)


@pytest.mark.parametrize("kind", ["normal", "both"])
def test_a_plane_of_z_is_integrated(kind):
    model, X, y, rng = model_and_data(kind, k=2)
    drawn = rng.normal(size=(400_000, 2))
    one = None if y is None else y[:1]
    F = model.decode(drawn, None if y is None else np.full(400_000, y[0]))
    if model.likelihood == "bernoulli":
        p = np.prod(np.where(X[0] == 1, F, 1 - F), axis=1)
    else:
        p = np.exp(stats.norm.logpdf(X[0], F, np.sqrt(model.var)).sum(axis=1))
    exact = np.exp(model.log_prob(X[:1], one)[0])
    assert abs(p.mean() - exact) < 5 * p.std() / np.sqrt(p.size)


def test_all_images_together_have_the_probability_one():
    model = model_and_data("both", k=2)[0]
    images = (np.arange(16)[:, None] >> np.arange(4)) & 1
    for c in range(3):
        assert np.isclose(np.exp(model.log_prob(images, np.full(16, c))).sum(), 1)


def test_a_normal_model_is_a_density():
    model = VAE(1, 1, hidden=3, rng=np.random.default_rng(3))
    x = np.linspace(-15, 15, 3001)
    assert np.isclose(trapezoid(np.exp(model.log_prob(x[:, None])), x), 1)


def test_beta_is_a_noise():
    _, X, _, rng = model_and_data("normal")
    eps = rng.normal(size=(7, 2))
    for beta in (0.2, 5.0):
        a, b = (VAE(4, 2, var=v, rng=np.random.default_rng(4)) for v in (0.1, 0.1 * beta))
        assert np.allclose(a.value_and_grad(X, eps, beta=beta)[1],
                           beta * b.value_and_grad(X, eps)[1])


def test_a_fit_improves_leaves_the_model_alone_and_hangs_on_rng_alone():
    rng = np.random.default_rng(0)
    angle = rng.uniform(-2, 2, 200)
    X = np.column_stack([np.sin(angle), np.cos(angle)]) + 0.1 * rng.normal(size=(200, 2))
    start = VAE(2, 1, rng=rng)
    before = start.theta
    fits = [start.fit(X, epochs=300, lr=0.02, batch_size=64, rng=np.random.default_rng(1))
            for _ in range(2)]
    assert np.array_equal(start.theta, before)
    assert start.losses.size == 0
    assert np.array_equal(fits[0].theta, fits[1].theta)
    assert fits[0].losses.shape == (300,)
    assert fits[0].log_prob(X).mean() > start.log_prob(X).mean() + 0.5
    normal = stats.multivariate_normal(X.mean(axis=0), np.cov(X.T, ddof=0))
    assert fits[0].log_prob(X).mean() > normal.logpdf(X).mean() + 0.2


def test_a_large_price_empties_the_hidden_vector():
    X = cloud(100, 3)
    X = (X - X.mean(axis=0)) / X.std(axis=0, ddof=0)
    fit = VAE(3, 1, var=1.0, rng=np.random.default_rng(0)).fit(
        X, epochs=1500, lr=0.02, beta=20.0, rng=np.random.default_rng(1))
    mean, var = fit.encode(X)
    assert np.abs(mean).max() < 0.05
    assert np.abs(var - 1).max() < 0.05


def test_samples_come_from_the_density():
    model = VAE(1, 1, hidden=3, rng=np.random.default_rng(3))
    drawn = model.sample(20_000, rng=np.random.default_rng(0))
    x = np.linspace(-15, 15, 3001)
    F = np.cumsum(np.exp(model.log_prob(x[:, None]))) * (x[1] - x[0])
    assert stats.kstest(drawn[:, 0], lambda t: np.interp(t, x, F)).pvalue > 1e-3
    images = model_and_data("both")[0].sample(50, rng=np.random.default_rng(0), y=[1] * 50)
    assert set(np.unique(images)) <= {0.0, 1.0}
    assert images.shape == (50, 4)


def test_what_is_wrong_is_said():
    rng = np.random.default_rng(0)
    plain, pixels = VAE(2, 1, rng=rng), VAE(2, 1, likelihood="bernoulli", rng=rng)
    classes = VAE(2, 3, n_classes=2, rng=rng)
    X = np.zeros((4, 2))
    with pytest.raises(ValueError, match=r"X must hold zeros and ones .*, got 0\.5; round it"):
        pixels.encode(X + 0.5)
    with pytest.raises(ValueError, match="y must be None, as the model has no classes, got labels"):
        plain.encode(X, [0, 0, 1, 1])
    with pytest.raises(ValueError, match="y must be labels, got None; n_classes is 2"):
        classes.encode(X)
    with pytest.raises(ValueError, match="k must be at most 2 for a ruler, got 3; use importance"):
        classes.log_prob(X, [0, 0, 1, 1])
    with pytest.raises(ValueError, match="var must be None for a Bernoulli decoder"):
        VAE(2, 1, likelihood="bernoulli", var=1.0, rng=rng)
    with pytest.raises(ValueError, match=r"theta must have shape \(\d+,\), got \(3,\); take one"):
        plain.theta = np.zeros(3)
    with pytest.raises(ValueError, match="the loss must fit into a float"):
        VAE(2, 1, var=1e-300, rng=rng).value_and_grad(X + 1e9, np.zeros((4, 1)))


@pytest.mark.parametrize("k", [1, 2])
def test_two_points_a_side_are_the_trapezoids_of_their_ends(k):
    model = VAE(1, k, var=1.0, rng=np.random.default_rng(0))
    model.theta = np.zeros(model.theta.size)  # x ~ N(0, 1), whatever z
    expected = stats.norm.logpdf(0.7) + k * np.log(2 * stats.norm.pdf(1))
    assert np.isclose(model.log_prob([[0.7]], points=2, reach=1.0)[0], expected)


@pytest.mark.parametrize("noise", [1e-4, 1e-6, 1e-8])
def test_the_density_is_right_for_nearly_no_noise(noise):
    """Points near a line: turned so that the line is an axis, the density is a product."""
    rng = np.random.default_rng(11)
    z = rng.normal(size=100)
    X = np.column_stack([z, 2 * z]) + noise * rng.normal(size=(100, 2))
    along = (X - X.mean(axis=0)) @ np.array([[1.0, -2.0], [2.0, 1.0]]) / np.sqrt(5)
    maximum = np.mean(stats.norm.logpdf(along, scale=along.std(axis=0)).sum(axis=1))
    assert np.isclose(ppca(X, 1).log_prob(X).mean(), maximum, atol=0.02)
