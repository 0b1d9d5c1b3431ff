"""Energies: sums against enumeration, gradients against differences, walks against formulas."""

import itertools

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp, softmax

from mathml.generative import RBM, fit_rbm, langevin, score_matching
from mathml.numdiff import gradient, jacobian
from mathml.optim import Adam

LETTERS = np.array([[int(bit) for bit in bits]
                    for bits in ("101010101", "111101111", "111010010", "100100111")], dtype=float)


def all_bits(d):
    return np.array(list(itertools.product([0, 1], repeat=d)), dtype=float)


def machine(d, m, seed=0, size=1.0):
    rng = np.random.default_rng(seed)
    return RBM(size * rng.normal(size=(d, m)), size * rng.normal(size=d), size * rng.normal(size=m))


def table(rbm):
    """log p(v, h) of all pairs, by the definition."""
    V, H = all_bits(rbm.b.size), all_bits(rbm.c.size)
    minus_E = np.array([[v @ rbm.b + h @ rbm.c + v @ rbm.W @ h for h in H] for v in V])
    return minus_E - logsumexp(minus_E), logsumexp(minus_E), V, H


SHAPES = [(1, 1), (4, 2), (2, 5), (3, 3)]


@pytest.mark.parametrize(("d", "m"), SHAPES)
def test_sums_against_enumeration(d, m):
    rbm = machine(d, m)
    joint, log_Z, V, H = table(rbm)
    assert np.isclose(rbm.log_Z(), log_Z)
    assert np.allclose(rbm.log_prob(V), logsumexp(joint, axis=1))
    assert np.allclose(rbm.free_energy(V), -logsumexp(joint + log_Z, axis=1))
    assert np.allclose(rbm.hidden_given(V), softmax(joint, axis=1) @ H)
    assert np.allclose(rbm.visible_given(H), softmax(joint, axis=0).T @ V)
    pairs = [(i, j) for i in range(len(V)) for j in range(len(H))]
    found = rbm.energy(V[[i for i, _ in pairs]], H[[j for _, j in pairs]])
    assert np.allclose(found, -(joint + log_Z).ravel())


def test_sums_in_parts_are_the_same(monkeypatch):
    rbm = machine(7, 6)
    whole = rbm.log_Z(), rbm.gradient(all_bits(7)[:9])
    monkeypatch.setattr("mathml.generative.energy.CHUNK", 5)
    assert np.isclose(rbm.log_Z(), whole[0])
    assert np.allclose(rbm.gradient(all_bits(7)[:9]), whole[1])


@pytest.mark.parametrize(("d", "m"), SHAPES)
def test_gradient_against_differences(d, m):
    rbm, V = machine(d, m), all_bits(d)[[0, -1, -1]]
    slope = gradient(lambda t: float(rbm.with_theta(t).log_prob(V).mean()), rbm.theta)
    assert np.allclose(rbm.gradient(V), slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("d", "m"), SHAPES)
def test_chain_keeps_the_model_and_forgets(d, m):
    rbm = machine(d, m)
    T, p = rbm.transition(), np.exp(rbm.log_prob(all_bits(d)))
    assert np.allclose(T.sum(axis=1), 1)
    assert np.allclose(p @ T, p)
    flow = p[:, None] * T
    assert np.allclose(flow, flow.T)           # the chain of the visible side is reversible
    assert np.allclose(np.linalg.matrix_power(T, 500), p)


def test_long_contrastive_divergence_is_the_gradient():
    rbm, V = machine(4, 3), all_bits(4)[[3, 9, 9]]
    off = [np.linalg.norm(rbm.expected_cd_gradient(V, k) - rbm.gradient(V)) for k in (1, 5, 200)]
    assert off[0] > off[1] > off[2]
    assert off[2] < 1e-12


@pytest.mark.parametrize("k", [1, 3])
def test_sampled_contrastive_divergence_has_its_expectation(k):
    rbm, V = machine(3, 2), all_bits(3)[[1, 6, 6]]
    draws = np.array([rbm.cd_gradient(V, k, rng=np.random.default_rng(s)) for s in range(3000)])
    z = (draws.mean(axis=0) - rbm.expected_cd_gradient(V, k)) / (
        draws.std(axis=0, ddof=1) / 3000**0.5)
    assert np.all(np.abs(z) < 4.5)


def test_contrastive_divergence_is_no_gradient():
    tiny = RBM([[np.log(3)]], [0], [0])
    J = jacobian(lambda t: tiny.with_theta(t).expected_cd_gradient([[1]]), tiny.theta)
    assert np.isclose(J[1, 2], -12 / 256)
    assert np.isclose(J[2, 1], -13 / 256)


@pytest.mark.parametrize(("d", "m"), [(2, 4), (4, 2)])
def test_draws_have_the_models_shares(d, m):
    rbm = machine(d, m)
    V = rbm.sample(40_000, rng=np.random.default_rng(1))
    place = (V @ 2.0 ** np.arange(d)[::-1]).astype(int)
    expected = 40_000 * np.exp(rbm.log_prob(all_bits(d)))
    assert stats.chisquare(np.bincount(place, minlength=2**d), expected).pvalue > 1e-3


def test_gibbs_draws_by_the_table():
    rbm = machine(3, 2)
    V = rbm.gibbs(np.tile([1.0, 0, 1], (40_000, 1)), 2, rng=np.random.default_rng(2))
    place = (V @ [4.0, 2, 1]).astype(int)
    expected = 40_000 * np.linalg.matrix_power(rbm.transition(), 2)[5]
    assert stats.chisquare(np.bincount(place, minlength=8), expected).pvalue > 1e-3
    assert np.array_equal(rbm.gibbs([[1, 0, 1]], 0, rng=np.random.default_rng(0)), [[1, 0, 1]])


def test_machines_of_all_sizes_have_finite_sums():
    for size in (1e-300, 1e3, 1e150):
        rbm = machine(3, 2, size=size)
        assert np.all(np.isfinite(rbm.log_prob(all_bits(3))))
        assert np.all(np.isfinite(rbm.gradient(all_bits(3))))
        assert np.isclose(np.exp(rbm.log_prob(all_bits(3))).sum(), 1)
    with pytest.raises(ValueError, match="must fit into a float"):
        RBM([[1e308, 1e308]], [1e308], [0.0, 0.0])


def test_sums_that_are_too_long_are_refused():
    wide = RBM(np.zeros((21, 21)), np.zeros(21), np.zeros(21))
    for call in (wide.log_Z, lambda: wide.sample(1, rng=np.random.default_rng(0))):
        with pytest.raises(ValueError, match="at most 20 units, got 21; Z would be a sum"):
            call()
    for call in (lambda: machine(13, 2).transition(),
                 lambda: machine(2, 13).expected_cd_gradient([[0, 1]])):
        with pytest.raises(ValueError, match="at most 12 units"):
            call()
    assert np.isclose(RBM(np.zeros((64, 3)), np.zeros(64), np.zeros(3)).log_Z(), 67 * np.log(2))


def test_bits_are_asked_for():
    with pytest.raises(ValueError, match=r"V must hold only 0 and 1, got 0\.5"):
        machine(2, 2).log_prob([[0.5, 1]])
    with pytest.raises(ValueError, match="H must have 2 rows"):
        machine(2, 2).energy([[0, 1], [1, 1]], [[0, 1]])
    with pytest.raises(ValueError, match=r"start must have weights of the shape \(9, 3\)"):
        fit_rbm(LETTERS, 3, rng=np.random.default_rng(0), start=machine(9, 2))
    with pytest.raises(TypeError, match="start must be an RBM"):
        fit_rbm(LETTERS, 3, rng=np.random.default_rng(0), start="W")


def test_any_container_is_read_and_none_is_changed():
    rbm, V = machine(3, 2), np.array([[1, 0, 1], [0, 1, 1]])
    right = rbm.log_prob(V)
    V.flags.writeable = False
    for given in (V, V.tolist(), V.astype(bool), V.astype(np.float32), np.asfortranarray(V),
                  np.repeat(V, 2, axis=1)[:, ::2]):
        assert np.allclose(rbm.log_prob(given), right)
        assert np.allclose(rbm.gradient(given), rbm.gradient(V))


def test_exact_climb_reaches_the_ceiling_and_never_passes_it():
    fit = fit_rbm(LETTERS, 8, rng=np.random.default_rng(0), method="exact", steps=600)
    assert -np.log(4) - 0.05 < fit.log_prob(LETTERS).mean() < -np.log(4)


@pytest.mark.parametrize("method", ["cd", "pcd"])
def test_chains_start_at_the_data_each_time_or_go_on_where_they_were(method):
    V, n, d = LETTERS, len(LETTERS), LETTERS.shape[1]
    start = machine(d, 2)
    fit = fit_rbm(V, 2, rng=np.random.default_rng(4), method=method, k=1, steps=3, lr=0.1,
                  start=start)
    rng, rule, theta = np.random.default_rng(4), Adam(1.0), start.theta
    state, chains = rule.init(theta), V[rng.integers(n, size=n)]
    for t in range(3):
        rbm = start.with_theta(theta)
        chains = rbm.gibbs(chains if method == "pcd" else V, 1, rng=rng)
        on_data, on_chains = rbm.hidden_given(V), rbm.hidden_given(chains)
        g = np.r_[(V.T @ on_data - chains.T @ on_chains).ravel() / n,
                  (V - chains).mean(axis=0), (on_data - on_chains).mean(axis=0)]
        moved, state = rule.step(theta, -g, state)
        theta = theta + 0.1 * (1 - t / 3) * (moved - theta)
    assert fit.theta == pytest.approx(theta, rel=1e-12)


@pytest.mark.parametrize("method", ["cd", "pcd"])
def test_sampled_climbs_learn(method):
    rng = np.random.default_rng(0)
    truth = machine(6, 2, seed=3, size=1.5)
    V = truth.sample(2000, rng=rng)
    fit = fit_rbm(V, 2, rng=rng, method=method, k=2, steps=800, batch_size=100, lr=0.03)
    alone = -np.sum([stats.bernoulli(q).entropy() for q in V.mean(axis=0)])
    best = truth.log_prob(V).mean()
    assert fit.log_prob(V).mean() > alone + 0.6 * (best - alone)


def test_climb_goes_on_from_a_start_and_repeats_itself():
    start = fit_rbm(LETTERS, 4, rng=np.random.default_rng(0), method="exact", steps=50)
    assert np.array_equal(fit_rbm(LETTERS, 4, rng=np.random.default_rng(5), steps=0,
                                  start=start).theta, start.theta)
    once, again = (fit_rbm(LETTERS, 4, rng=np.random.default_rng(1), steps=20) for _ in range(2))
    assert np.array_equal(once.theta, again.theta)


def test_score_matching_of_bells_is_maximum_likelihood():
    rng = np.random.default_rng(0)
    for scale in (1e-8, 1.0, 1e8):
        x = scale * (rng.normal(size=50) + 2)
        theta = score_matching(x, lambda x: np.stack([np.ones_like(x), 2 * x], axis=1),
                               lambda x: np.tile([0.0, 2.0], (len(x), 1)))
        assert np.isclose(-1 / (2 * theta[1]), x.var(ddof=0), atol=0)
        assert np.isclose(-theta[0] / (2 * theta[1]), x.mean(), atol=0)


def test_score_matching_in_the_plane_finds_the_precision():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(200, 2)) @ np.array([[1.0, 0.5], [0.0, 0.8]])

    def slopes(X):                             # features x²/2, xy, y²/2
        x, y = X.T
        zero = np.zeros_like(x)
        return np.stack([np.stack([x, zero], 1), np.stack([y, x], 1), np.stack([zero, y], 1)], 2)

    theta = score_matching(X, slopes, lambda X: np.tile([1.0, 0.0, 1.0], (len(X), 1)))
    precision = np.linalg.inv(X.T @ X / len(X))
    assert np.allclose(-theta, precision[[0, 0, 1], [0, 1, 1]])


def test_score_matching_refuses_what_the_data_cannot_tell():
    x = np.array([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="linearly independent"):
        score_matching(x, lambda x: np.stack([x, 2 * x], 1), lambda x: np.ones((3, 2)))
    with pytest.raises(ValueError, match="a slope somewhere, got none for feature 0"):
        score_matching(x, lambda x: np.stack([0 * x, 2 * x], 1), lambda x: np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"laplacians must return the shape \(3, 1\)"):
        score_matching(x, lambda x: x[:, None], lambda x: x)


@pytest.mark.parametrize("eps", [0.25, 1.0, 3.0])
def test_walk_on_a_bell_has_the_variance_of_its_step(eps):
    walk = langevin(lambda x: -x, np.full(4000, 5.0), step=eps, n_steps=200,
                    rng=np.random.default_rng(0))
    assert walk.shape == (201, 4000)
    assert np.all(walk[0] == 5)
    spread = walk[100::20].var(ddof=0) * (1 - eps / 4)
    assert abs(spread - 1) < 0.05


def test_walk_of_any_shape_is_its_equation():
    for x0 in (0.5, [1.0, 2.0], [[1, 2, 3], [4, 5, 6]]):
        walk = langevin(lambda x: -2 * x, x0, step=0.1, n_steps=3, rng=np.random.default_rng(0))
        rng, x = np.random.default_rng(0), np.array(x0, dtype=float)
        for t in range(3):
            x = x - 0.1 * x + np.sqrt(0.1) * rng.normal(size=x.shape)
            assert np.allclose(walk[t + 1], x)


def test_walk_that_runs_away_is_refused():
    with pytest.raises(ValueError, match=r"must stay finite, got .* take a shorter step"):
        langevin(lambda x: -(x**3), [100.0], step=1.0, n_steps=50, rng=np.random.default_rng(0))
