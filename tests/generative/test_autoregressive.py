"""Chains of logistic regressions: normalised, minimal, drawn from their own law."""

import itertools
import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from mathml.datasets import load_digits
from mathml.generative import fit_fvsbn
from mathml.naive_bayes import fit_bernoulli_nb
from mathml.numdiff import gradient


def bits(seed, n=60, d=5):
    rng = np.random.default_rng(seed)
    z = rng.random((n, 1))
    return (rng.random((n, d)) < 0.15 + 0.7 * z).astype(float)


def states(d):
    return np.array(list(itertools.product((0.0, 1.0), repeat=d)))


@pytest.mark.parametrize("seed", range(10))
def test_the_probabilities_of_all_states_add_up_to_1_whatever_the_order(seed):
    X, rng = bits(seed, d=7), np.random.default_rng(seed)
    model = fit_fvsbn(X, penalty=10.0 ** rng.uniform(-4, 1), order=rng.permutation(7))
    assert np.isclose(np.exp(model.log_prob(states(7))).sum(), 1, atol=1e-12)
    W = model.weights[np.ix_(model.order, model.order)]
    assert not np.triu(W).any()
    assert np.tril(W, -1).any()
    assert model.converged


@pytest.mark.parametrize("penalty", [1e-3, 0.05, 3.0])
@pytest.mark.parametrize("a", [1, 4])
def test_each_conditional_minimises_the_stated_objective(penalty, a):
    X = bits(1)
    n, d = X.shape
    model = fit_fvsbn(X, penalty=penalty, smoothing=a)
    for j in range(d):
        F = X[:, :j]

        def loss(theta, x, j=j):
            z = theta[0] + x @ theta[1:]
            return np.logaddexp(0, z)

        def objective(theta, j=j, F=F):
            total = np.sum(loss(theta, F) - X[:, j] * (theta[0] + F @ theta[1:]))
            mean = F.mean(axis=0)
            total += 2 * a * loss(theta, mean) - a * (theta[0] + mean @ theta[1:])
            return total / (n + 2 * a) + penalty / 2 * np.sum(theta[1:] ** 2)

        theta = np.r_[model.bias[j], model.weights[j, :j]]
        assert np.allclose(gradient(objective, theta), 0, atol=1e-6)


def test_the_fit_is_scikit_learns_with_the_invented_examples():
    X, lam = bits(2, n=200), 0.02
    model = fit_fvsbn(X, penalty=lam)
    n, d = X.shape
    for j in range(1, d):
        F = np.vstack([X[:, :j], np.repeat(X[:, :j].mean(axis=0)[None], 2, axis=0)])
        other = LogisticRegression(C=1 / ((n + 2) * lam), tol=1e-10, max_iter=5000)
        other.fit(F, np.r_[X[:, j], 0, 1])
        assert np.allclose(model.weights[j, :j], other.coef_[0], atol=1e-5)
        assert np.isclose(model.bias[j], other.intercept_[0], atol=1e-5)


def test_a_large_penalty_is_the_independent_model_with_additive_smoothing():
    X = bits(3)
    model = fit_fvsbn(X, penalty=1e9, smoothing=2)
    p = fit_bernoulli_nb(np.vstack([X, X]), np.repeat([0, 1], len(X)), alpha=2.0).theta[0]
    assert np.allclose(1 / (1 + np.exp(-model.bias)), p, atol=1e-6)
    assert np.allclose(model.weights, 0, atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_constant_column_gets_its_smoothed_share_and_no_weights(value, place):
    X = bits(4)
    X[:, place] = value
    model = fit_fvsbn(X, penalty=0.01, smoothing=3)
    p = math.exp(model.log_terms(X)[0, place])
    assert np.isclose(p, (60 + 3) / (60 + 6))
    assert not model.weights[place].any()


def test_a_permuted_table_with_the_permuted_order_is_the_same_model():
    X, order = bits(5), np.array([3, 0, 4, 1, 2])
    one, other = fit_fvsbn(X, penalty=0.1, order=order), fit_fvsbn(X[:, order], penalty=0.1)
    assert np.allclose(one.log_prob(X), other.log_prob(X[:, order]), atol=1e-9)


def test_conditionals_make_the_probability():
    X, rng = bits(6), np.random.default_rng(0)
    model = fit_fvsbn(X, penalty=0.01, order=rng.permutation(5))
    for x in states(5)[::3]:
        chain = 1.0
        for k in range(5):
            p = model.conditional(x[model.order[:k]])
            chain *= p if x[model.order[k]] else 1 - p
        assert np.isclose(chain, math.exp(model.log_prob([x])[0]))


@pytest.mark.parametrize("prefix", [None, [1], [0, 1, 1]])
def test_draws_have_the_probabilities_of_the_model_given_the_prefix(prefix):
    model = fit_fvsbn(bits(7), penalty=0.01, order=[2, 0, 4, 1, 3])
    k = 0 if prefix is None else len(prefix)
    S = states(5)
    S = S if prefix is None else S[np.all(S[:, model.order[:k]] == prefix, axis=1)]
    p = np.exp(model.log_prob(S))
    p /= p.sum()
    n = 40_000
    drawn = model.sample(n, rng=np.random.default_rng(0), prefix=prefix)
    counts = np.array([np.sum(np.all(drawn == s, axis=1)) for s in S])
    assert counts.sum() == n
    assert np.all(np.abs(counts - n * p) < 5 * np.sqrt(n * p * (1 - p)) + 1)


def test_temperature_runs_from_the_likelier_bit_to_a_fair_coin():
    model = fit_fvsbn(bits(8), penalty=0.01)
    cold = model.sample(50, rng=np.random.default_rng(0), temperature=1e-9)
    assert np.all(cold == cold[0])
    assert all(cold[0, k] == (model.conditional(cold[0, :k]) > 0.5) for k in range(5))
    hot = model.sample(20_000, rng=np.random.default_rng(0), temperature=1e9)
    assert np.allclose(hot.mean(axis=0), 0.5, atol=0.02)
    fixed = model.sample(2, rng=np.random.default_rng(0), prefix=[1, 0, 0, 1, 1])
    assert fixed.tolist() == [[1, 0, 0, 1, 1]] * 2


def test_digits_are_far_better_described_than_by_independent_pixels():
    X = (load_digits().data > 8).astype(float)
    train, test = X[:1400], X[1400:]
    chain = -fit_fvsbn(train, penalty=0.003).log_prob(test).mean()
    alone = -fit_fvsbn(train, penalty=1e9).log_prob(test).mean()
    assert chain < 0.8 * alone


def test_frames_lists_and_other_layouts_give_the_same():
    X = bits(9)
    right = fit_fvsbn(X, penalty=0.1).log_prob(X)
    for given in (X.tolist(), X.astype(np.float32), X.astype(bool), np.asfortranarray(X),
                  np.repeat(X, 2, axis=0)[::2]):
        assert np.allclose(fit_fvsbn(given, penalty=0.1).log_prob(given), right, atol=1e-12)


@pytest.mark.parametrize(("call", "said"), [
    (lambda: fit_fvsbn([[0, 2]], penalty=1), "only 0 and 1"),
    (lambda: fit_fvsbn([[0, 1]], penalty=0), "penalty must lie"),
    (lambda: fit_fvsbn([[0, 1]], penalty=1, order=[0, 0]), "order must hold"),
    (lambda: fit_fvsbn([[0, 1]], penalty=1, smoothing=0), "smoothing must be"),
    (lambda: fit_fvsbn([[0, 1]], penalty=1).conditional([0, 1]), "at most 1 bits"),
    (lambda: fit_fvsbn([[0, 1]], penalty=1).sample(
        2, rng=np.random.default_rng(0), prefix=[0.5]), "only 0 and 1"),
])
def test_errors_name_the_rule(call, said):
    with pytest.raises(ValueError, match=said):
        call()
