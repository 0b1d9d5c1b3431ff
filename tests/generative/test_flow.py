"""Coupling flows: exact inverses, exact determinants, gradients, densities of area 1."""

import numpy as np
import pytest
from scipy import stats

from mathml.generative import fit_flow
from mathml.numdiff import gradient, jacobian


def banana(n, seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    return np.c_[a, a**2 + 0.5 * rng.normal(size=n)]


def flow_of(d, seed, steps=25, classes=0, **options):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(80, d)) @ rng.normal(size=(d, d)) + 5
    X[:, -1] += X[:, 0] ** 2
    y = None if classes == 0 else np.arange(80) % classes
    return fit_flow(X, y, steps=steps, hidden=6, lr=0.03, rng=rng, **options), X, y


@pytest.mark.parametrize(("d", "n_layers", "classes"), [(2, 1, 0), (2, 4, 3), (3, 3, 0), (5, 2, 2)])
def test_inverse_determinant_and_gradient(d, n_layers, classes):
    flow, X, y = flow_of(d, d + n_layers, n_layers=n_layers, classes=classes)
    Z, log_det = flow.forward(X, y)
    assert np.allclose(flow.inverse(Z, y), X, rtol=0, atol=1e-11 * np.abs(X).max())
    for i in (0, 7, 41):
        label = None if y is None else y[i:i + 1]
        J = jacobian(lambda x, label=label: flow.forward([x], label)[0][0], X[i])
        assert np.isclose(np.linalg.slogdet(J)[1], log_det[i], atol=1e-6)
    value, slope = flow.value_and_grad(flow.theta, X, y)
    assert np.isclose(value, -flow.log_prob(X, y).mean())
    numeric = gradient(lambda t: flow.value_and_grad(t, X, y)[0], flow.theta)
    assert np.linalg.norm(slope - numeric) < 1e-6 * max(1, np.linalg.norm(numeric))


def test_one_coupling_has_a_triangular_jacobian_whose_diagonal_makes_the_determinant():
    flow, X, _ = flow_of(2, 0, n_layers=1)
    J = jacobian(lambda x: flow.forward([x])[0][0], X[0])
    assert abs(J[0, 1]) < 1e-8
    assert abs(J[1, 0]) > 1e-3
    assert np.isclose(np.log(np.abs(J[0, 0] * J[1, 1])), flow.forward(X[:1])[1][0], atol=1e-6)


@pytest.mark.parametrize("classes", [0, 2])
def test_the_density_has_area_1(classes):
    flow, X, _ = flow_of(2, 3, n_layers=3, classes=classes, steps=60)
    low, high = X.mean(axis=0) - 12 * X.std(axis=0), X.mean(axis=0) + 12 * X.std(axis=0)
    axes = [np.linspace(a, b, 700) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    cell = np.prod([axis[1] - axis[0] for axis in axes])
    for k in range(max(classes, 1)):
        p = np.exp(flow.log_prob(grid, None if classes == 0 else np.full(len(grid), k)))
        assert np.isclose(p.sum() * cell, 1, atol=2e-3)


def test_without_steps_the_flow_is_the_normal_density_of_means_and_variances():
    X = banana(200, 0)
    flow = fit_flow(X, steps=0, rng=np.random.default_rng(0))
    normal = stats.multivariate_normal(X.mean(axis=0), np.diag(X.var(axis=0)))
    assert np.allclose(flow.log_prob(X), normal.logpdf(X))
    assert flow.losses.size == 1


def test_a_banana_is_learned_nearly_to_its_entropy():
    X, T = banana(1000, 0), banana(20_000, 1)
    truth = -(stats.norm.logpdf(T[:, 0]) + stats.norm(T[:, 0] ** 2, 0.5).logpdf(T[:, 1])).mean()
    flow = fit_flow(X, n_layers=2, steps=400, lr=0.02, rng=np.random.default_rng(1))
    normal = stats.multivariate_normal(X.mean(axis=0), np.cov(X.T))
    found = -flow.log_prob(T).mean()
    assert truth < found < truth + 0.06 < -normal.logpdf(T).mean()
    assert flow.losses[-1] < flow.losses[0]


def test_draws_follow_the_density_and_the_temperature():
    flow, _, _ = flow_of(2, 5, n_layers=2)
    X = flow.sample(20_000, rng=np.random.default_rng(0))
    Z = flow.forward(X)[0]
    assert np.allclose(Z.mean(axis=0), 0, atol=0.03)
    assert np.allclose(np.cov(Z.T), np.eye(2),
                                                                     atol=0.04)
    cool = flow.forward(flow.sample(9, rng=np.random.default_rng(0), temperature=0.5))[0]
    assert np.allclose(cool, 0.5 * flow.forward(
        flow.sample(9, rng=np.random.default_rng(0)))[0], atol=1e-9)


def test_classes_get_their_own_densities():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 200)
    X = rng.normal(size=(600, 2)) + 4 * np.array([[0, 0], [1, 0], [0, 1]])[y]
    flow = fit_flow(X, y, n_layers=2, steps=300, rng=rng)
    scores = np.stack([flow.log_prob(X, np.full(600, k)) for k in range(3)], axis=1)
    assert np.mean(scores.argmax(axis=1) == y) > 0.93
    drawn = flow.sample(2000, rng=rng, y=2).mean(axis=0)
    assert np.allclose(drawn, X[y == 2].mean(axis=0), atol=0.25)


def test_units_change_the_density_by_their_logarithms():
    X = banana(100, 2)
    one = fit_flow(X, steps=20, rng=np.random.default_rng(0))
    other = fit_flow(X * [10, 100], steps=20, rng=np.random.default_rng(0))
    assert np.allclose(one.log_prob(X), other.log_prob(X * [10, 100]) + np.log(1000), atol=1e-9)


def test_lists_frames_and_layouts_give_the_same():
    X = banana(50, 3)
    right = fit_flow(X, steps=5, rng=np.random.default_rng(0)).losses
    for given in (X.tolist(), np.asfortranarray(X), X[::-1][::-1]):
        assert np.array_equal(fit_flow(given, steps=5, rng=np.random.default_rng(0)).losses, right)


@pytest.mark.parametrize(("call", "said"), [
    (lambda rng: fit_flow([[1.0], [2.0]], rng=rng), "at least two columns"),
    (lambda rng: fit_flow([[1.0, 2.0], [1.0, 3.0]], rng=rng), "columns that vary"),
    (lambda rng: fit_flow(banana(9, 0), [0] * 8 + [2], rng=rng), "every label"),
    (lambda rng: fit_flow(banana(9, 0), bound=11, rng=rng), "bound must be"),
    (lambda rng: fit_flow(banana(9, 0), n_layers=101, rng=rng), "at most 100, got 101"),
    (lambda rng: flow_of(2, 0)[0].log_prob([[1.0, 2.0]], [0]), "left out"),
    (lambda rng: flow_of(2, 0, classes=2)[0].log_prob([[1.0, 2.0]]), "a class for each row"),
    (lambda rng: flow_of(2, 0)[0].log_prob([[1e300, 2.0]]), "must fit into a float"),
])
def test_errors_name_the_rule(call, said):
    with pytest.raises(ValueError, match=said):
        call(np.random.default_rng(0))
