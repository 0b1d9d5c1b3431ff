"""Mixtures: steps and fits against scikit-learn, floors against optimisers, seats exactly."""

import itertools
import math
import warnings

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as Sklearn

from mathml.datasets import load_penguins
from mathml.mixture import crp, fit_gmm, kmeans


def blobs(seed, n=90, d=2, k=3):
    rng = np.random.default_rng(seed)
    centres, z = rng.normal(scale=2, size=(k, d)), rng.integers(0, k, n)
    return centres[z] + rng.normal(size=(n, d)) @ rng.normal(size=(d, d))


def start_of(X, k, seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(k, X.shape[1], X.shape[1]))
    return (rng.dirichlet(np.full(k, 5.0)), X[rng.choice(len(X), k, replace=False)],
            A @ A.transpose(0, 2, 1) + np.eye(X.shape[1]))


def gmm(X, k, **options):
    return fit_gmm(X, k, **{"rng": np.random.default_rng(0), "floor": 0.0} | options)


# ---- k-means ------------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", range(20))
def test_kmeans_is_scikit_learns_from_equal_starts(seed):
    X = blobs(seed, d=1 + seed % 3)
    start = X[np.random.default_rng(seed).choice(len(X), 4, replace=False)]
    fit = kmeans(X, 4, rng=np.random.default_rng(0), start=start)
    if "without rows" in fit.message:  # scikit-learn moves such a centre; we do not
        return
    theirs = KMeans(4, init=start, n_init=1, tol=0, algorithm="lloyd").fit(X)
    assert np.array_equal(fit.labels, theirs.labels_)
    assert np.isclose(fit.inertias[-1], theirs.inertia_, rtol=1e-10, atol=0)
    assert np.allclose(fit.centres, theirs.cluster_centers_)


@pytest.mark.parametrize("seed", range(30))
def test_kmeans_never_rises_and_ends_where_each_centre_is_the_mean_of_its_rows(seed):
    X = np.round(blobs(seed, n=40), seed % 3)  # with ties
    fit = kmeans(X, 5, rng=np.random.default_rng(seed))
    assert fit.converged
    assert np.all(np.diff(fit.inertias) <= 0)
    D = np.sum((X[:, None] - fit.centres) ** 2, axis=2)
    assert np.allclose(D[np.arange(40), fit.labels], D.min(axis=1))
    assert np.isclose(D.min(axis=1).sum(), fit.inertias[-1])
    assert np.array_equal(fit.predict(X), fit.labels)
    for k in range(5):
        if np.any(fit.labels == k):
            assert np.allclose(fit.centres[k], X[fit.labels == k].mean(axis=0))


def test_a_centre_without_rows_stays_and_the_message_says_so():
    fit = kmeans([[0.0], [1.0]], 2, rng=np.random.default_rng(0), start=[[0.5], [9.0]])
    assert fit.centres.ravel().tolist() == [0.5, 9.0]
    assert fit.labels.tolist() == [0, 0]
    assert "without rows: 1" in fit.message


def test_a_tie_goes_to_the_first_centre():
    fit = kmeans([[0.0], [1.0], [2.0]], 2, rng=np.random.default_rng(0), start=[[2.0], [0.0]],
                 max_iter=0)
    assert fit.labels.tolist() == [1, 0, 0]
    assert not fit.converged


def test_the_drawn_start_follows_its_probabilities():
    X = np.array([[0.0], [1.0], [3.0]])
    starts = [kmeans(X, 2, rng=np.random.default_rng(s), max_iter=0) for s in range(3000)]
    pairs = [tuple(sorted(f.centres.ravel().round(9).tolist())) for f in starts]
    # first 0, 1, 3 with 1/3 each; then by squared distance: (1, 9), (1, 4), (9, 4)
    right = {(0.0, 1.0): (0.1 + 0.2) / 3, (0.0, 3.0): (0.9 + 9 / 13) / 3,
             (1.0, 3.0): (0.8 + 4 / 13) / 3}
    for pair, p in right.items():
        assert abs(pairs.count(pair) / 3000 - p) < 4 * math.sqrt(p * (1 - p) / 3000)


def test_more_clusters_than_different_rows_are_refused():
    with pytest.raises(ValueError, match="different rows of X, 2, got 3; ask for fewer"):
        kmeans([[0], [0], [1]], 3, rng=np.random.default_rng(0))
    fit = kmeans([[0], [0], [1]], 2, rng=np.random.default_rng(0))
    assert fit.inertias[-1] == 0


# ---- mixtures of normals ------------------------------------------------------------------------

@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("steps", [0, 1, 7, 40])
def test_each_step_is_scikit_learns_from_equal_starts(seed, steps):
    X = blobs(seed, d=1 + seed % 3)
    weights, means, covs = start_of(X, 3, seed)
    fit = gmm(X, 3, start=(weights, means, covs), tol=0, max_iter=steps)
    theirs = Sklearn(3, weights_init=weights, means_init=means, reg_covar=0, tol=0,
                     precisions_init=np.linalg.inv(covs), max_iter=max(steps, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs.fit(X)
    if steps == 0:
        assert np.isclose(fit.log_likelihoods[0] / len(X), theirs.lower_bounds_[0], rtol=1e-9,
                          atol=0)
        return
    reached = len(theirs.lower_bounds_)
    assert np.allclose(fit.log_likelihoods[:reached] / len(X),
                       theirs.lower_bounds_[:len(fit.log_likelihoods)], rtol=1e-9, atol=0)
    if len(fit.log_likelihoods) == steps + 1 == reached + 1:
        assert np.isclose(fit.log_density(X).mean(), theirs.score(X), rtol=1e-9, atol=0)
        assert np.allclose(fit.responsibilities(X), theirs.predict_proba(X), atol=1e-7)
        assert np.allclose(fit.weights, theirs.weights_)
        assert np.allclose(fit.covs,
                                                                         theirs.covariances_)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("floor", [0.0, 0.05, 1.0])
def test_the_log_likelihood_never_falls(seed, floor):
    X = blobs(seed, n=120, d=1 + seed % 3, k=2 + seed % 3)
    try:
        fit = fit_gmm(X, 2 + seed % 2, rng=np.random.default_rng(seed), floor=floor, max_iter=150)
    except ValueError:
        if floor > 0:
            raise
        pytest.skip("a component collapsed, as it may without a floor")
    ells = fit.log_likelihoods
    assert np.all(np.diff(ells) >= -1e-9 * np.abs(ells[1:]))
    assert np.isclose(ells[-1], fit.log_density(X).sum(), rtol=1e-9, atol=0)
    assert np.all(np.linalg.eigvalsh(fit.covs) >= floor * (1 - 1e-9))
    assert np.isclose(fit.weights.sum(), 1)


def test_a_floor_added_to_the_diagonal_can_lower_the_likelihood_and_clipping_cannot():
    X = np.r_[np.full(5, -2.0), np.full(5, 2.0), 0.3, -0.4][:, None]
    fit = gmm(X, 2, floor=0.5, start=[[-2.0], [2.0]], max_iter=300)
    assert np.all(np.diff(fit.log_likelihoods) > -1e-10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = Sklearn(2, means_init=[[-2.0], [2.0]], weights_init=[0.5, 0.5], tol=0,
                         precisions_init=1 / fit.covs, reg_covar=0.5, max_iter=50).fit(X)
    assert np.any(np.diff(theirs.lower_bounds_) < -1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_clipped_eigenvalues_are_the_constrained_maximum(seed):
    """Against an optimiser over all covariances floor·I + LLᵀ."""
    rng = np.random.default_rng(seed)
    X, floor = rng.normal(size=(30, 2)) @ np.diag([1.0, 0.2]) @ stats.ortho_group.rvs(
        2, random_state=seed), 0.3
    cov = gmm(X, 1, floor=floor).covs[0]
    S = np.cov(X.T, ddof=0)

    def cost(v):
        L = np.array([[v[0], 0], [v[1], v[2]]])
        C = floor * np.eye(2) + L @ L.T
        return np.linalg.slogdet(C)[1] + np.trace(np.linalg.solve(C, S))

    best = min(minimize(cost, rng.normal(size=3)).fun for _ in range(5))
    ours = np.linalg.slogdet(cov)[1] + np.trace(np.linalg.solve(cov, S))
    assert ours <= best + 1e-9


def test_one_component_is_the_normal_fit():
    X = blobs(3)
    fit = gmm(X, 1)
    assert np.allclose(fit.means[0], X.mean(axis=0))
    assert np.allclose(fit.covs[0], np.cov(X.T, ddof=0))
    assert fit.converged
    assert np.isclose(fit.log_likelihoods[-1],
                      stats.multivariate_normal(X.mean(0), np.cov(X.T, ddof=0)).logpdf(X).sum())


def test_density_and_responsibilities_are_bayes_theorem():
    X = blobs(5)
    fit = gmm(X, 3, floor=1e-3)
    joint = np.stack([w * stats.multivariate_normal(m, C).pdf(X)
                      for w, m, C in zip(fit.weights, fit.means, fit.covs, strict=True)], axis=1)
    assert np.allclose(fit.log_density(X), np.log(joint.sum(axis=1)))
    assert np.allclose(fit.responsibilities(X), joint / joint.sum(axis=1, keepdims=True))


def test_a_mixture_is_the_same_in_other_units_and_in_another_order():
    X = blobs(7)
    means = X[[0, 5, 9]]
    one = gmm(X, 3, start=means, tol=0, max_iter=50)
    units = gmm(1e6 + 1000 * X, 3, start=1e6 + 1000 * means, tol=0, max_iter=50)
    assert np.allclose(units.means, 1e6 + 1000 * one.means, rtol=1e-9)
    assert np.allclose(units.log_likelihoods, one.log_likelihoods - X.size * np.log(1000))
    order = gmm(X, 3, start=means[[2, 0, 1]], tol=0, max_iter=50)
    assert np.allclose(order.means, one.means[[2, 0, 1]], atol=1e-7)


def test_samples_come_from_the_mixture():
    fit = gmm([[0.0], [1.0], [2.0]], 2, max_iter=0,
              start=([0.3, 0.7], [[-2.0], [3.0]], [[[1.0]], [[0.25]]]))
    x = fit.sample(20_000, rng=np.random.default_rng(0)).ravel()
    p = stats.kstest(x, lambda t: 0.3 * stats.norm(-2, 1).cdf(t) + 0.7 * stats.norm(3, 0.5).cdf(t))
    assert p.pvalue > 1e-3


def test_a_sample_has_the_covariance_of_its_component():
    C = np.array([[2.0, 0.9], [0.9, 0.5]])
    fit = gmm(blobs(1), 1, start=([1.0], [[0.0, 0.0]], [C]), max_iter=0)
    x = fit.sample(100_000, rng=np.random.default_rng(0))
    assert np.allclose(np.cov(x.T), C, atol=0.03)


@pytest.mark.parametrize(("X", "what"), [
    ([[0.0], [0.0], [5.0], [6.0], [7.0]], "component 0"),
    ([[0.0], [5.0], [6.0], [7.0], [8.0]], "component 0"),
])
def test_a_collapse_is_refused_without_a_floor_and_stopped_by_one(X, what):
    with pytest.raises(ValueError, match=f"variance of {what} must stay above 0.*set a floor"):
        gmm(X, 2, start=([0.5, 0.5], [[0.0], [6.0]], [[[1e-3]], [[2.0]]]))
    fit = gmm(X, 2, floor=0.01, start=([0.5, 0.5], [[0.0], [6.0]], [[[1e-3]], [[2.0]]]))
    assert np.isclose(fit.covs[0], 0.01)
    assert np.all(np.isfinite(fit.log_likelihoods))


def test_flat_data_are_refused_without_a_floor():
    line = np.arange(5.0)[:, None] * [1.0, 2.0]
    with pytest.raises(ValueError, match="set a floor"):
        gmm(line, 1)
    assert np.linalg.eigvalsh(gmm(line, 1, floor=0.5).covs[0])[0] == pytest.approx(0.5)
    with pytest.raises(ValueError, match="floor must be 0 or at least"):
        gmm(line, 1, floor=1e-14)
    with pytest.raises(ValueError, match="floor must be 0 or at least"):
        gmm([[0.0], [1.0]], 1, floor=1e-14)


def test_a_start_without_any_spread_has_that_of_the_floor():
    X, means = blobs(0), [[0.0, 0.0], [3.0, 3.0]]
    nothing, least = (fit_gmm(X, 2, start=([0.5, 0.5], means, [spread * np.eye(2)] * 2), floor=0.3,
                              rng=np.random.default_rng(0), max_iter=3) for spread in (0.0, 0.3))
    np.testing.assert_allclose(nothing.log_likelihoods, least.log_likelihoods)


def test_a_component_that_gets_nothing_keeps_its_place():
    X = blobs(2, d=1)
    fit = gmm(X, 2, max_iter=30, start=([0.5, 0.5], [[0.0], [1e9]], [[[1.0]], [[1.0]]]))
    assert fit.weights.tolist() == [1.0, 0.0]
    assert fit.means[1] == 1e9
    assert np.isclose(fit.log_likelihoods[-1], gmm(X, 1).log_likelihoods[-1])


@pytest.mark.parametrize(("start", "message"), [
    (([1.0], [[0.0]]), "a tuple"),
    (([0.5, 0.5], [[0.0], [1.0]], [1.0, 1.0]), r"shape \(2, 1, 1\)"),
    (([0.5, 0.6], [[0.0], [1.0]], [[[1.0]], [[1.0]]]), "sum to 1"),
    (([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[-1.0]]]), "no variance below 0, got -1"),
    (([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[0.0]]]), "component 1 must stay above 0"),
    ([[0.0]], "2 rows"),
])
def test_starts_that_make_no_sense_are_refused(start, message):
    with pytest.raises(ValueError, match=message):
        gmm([[0.0], [1.0], [2.0]], 2, start=start)


def test_a_matrix_that_is_not_symmetric_is_refused():
    with pytest.raises(ValueError, match="must be symmetric"):
        gmm(blobs(0), 1, start=([1.0], [[0, 0]], [[[2.0, 1.0], [0.0, 2.0]]]))


def test_whatever_holds_the_numbers_the_fit_is_one():
    p = load_penguins()
    X = np.c_[p["bill_length_mm"], p["bill_depth_mm"]]
    one = gmm(X, 3, floor=0.1, max_iter=20)
    frozen = X.copy()
    frozen.flags.writeable = False
    for other in (X.tolist(), np.asfortranarray(X), frozen, np.repeat(X, 2, axis=1)[:, ::2]):
        again = gmm(other, 3, floor=0.1, max_iter=20)
        assert np.allclose(again.means, one.means, rtol=1e-9)


# ---- the restaurant -----------------------------------------------------------------------------

def stirling(n):
    """How many permutations of n have 0, 1, ..., n cycles."""
    row = [1]
    for i in range(n):
        row = [(row[k - 1] if k else 0) + i * (row[k] if k < len(row) else 0)
               for k in range(i + 2)]
    return np.array(row, dtype=float)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.0])
def test_the_number_of_tables_has_its_exact_distribution(alpha):
    n, runs = 6, 6000
    p = stirling(n) * alpha ** np.arange(n + 1) / np.prod(alpha + np.arange(n))
    assert np.isclose(p.sum(), 1)
    rng = np.random.default_rng(1)
    counts = np.bincount([crp(n, alpha, rng=rng).max() + 1 for _ in range(runs)], minlength=n + 1)
    assert stats.chisquare(counts[1:], runs * p[1:]).pvalue > 1e-3
    expected = sum(alpha / (alpha + i) for i in range(n))
    assert np.isclose(p @ np.arange(n + 1), expected)


def test_each_partition_has_the_probability_of_its_block_sizes():
    n, alpha, runs = 4, 1.5, 12_000
    rng = np.random.default_rng(2)
    seen = [tuple(crp(n, alpha, rng=rng).tolist()) for _ in range(runs)]
    total = 0.0
    for labels in itertools.product(range(n), repeat=n):
        if any(labels[i] > max(labels[:i], default=-1) + 1 for i in range(n)):
            continue
        sizes = np.bincount(labels)
        p = alpha ** len(sizes) * np.prod([math.factorial(s - 1) for s in sizes])
        p /= np.prod(alpha + np.arange(n))
        total += p
        assert abs(seen.count(labels) / runs - p) < 4.5 * math.sqrt(p * (1 - p) / runs)
    assert np.isclose(total, 1)


def test_tables_are_numbered_as_they_open_and_ends_are_right():
    tables = crp(500, 3.0, rng=np.random.default_rng(0))
    assert np.all(np.diff(np.maximum.accumulate(tables)) <= 1)
    assert tables[0] == 0
    assert crp(50, 1e-300, rng=np.random.default_rng(0)).max() == 0
    assert crp(50, 1e300, rng=np.random.default_rng(0)).max() == 49
    assert crp(1, 1.0, rng=np.random.default_rng(0)).tolist() == [0]


@pytest.mark.parametrize("floor", [2e-12, 1e-9, 1e-3])
@pytest.mark.parametrize("angle", [0.0, 0.3, 0.7, 1.2])
def test_a_floor_far_below_the_other_variance_is_kept_and_the_likelihood_never_falls(floor, angle):
    """Rows on a line: across it every component has the variance `floor`, along it about 1."""
    t = np.random.default_rng(0).normal(size=60)
    fit = gmm(np.outer(t, [math.cos(angle), math.sin(angle)]), 2, floor=floor,
              rng=np.random.default_rng(1))
    assert np.all(np.diff(fit.log_likelihoods) >= -1e-9)
    across = np.array([-math.sin(angle), math.cos(angle)])
    for cov in fit.covs:
        assert across @ cov @ across == pytest.approx(floor, abs=1e-15)
    # p(x) = floor's peak across the line times a mixture of normals along it
    along = np.array([math.cos(angle), math.sin(angle)])
    parts = [w * stats.norm(m @ along, math.sqrt(along @ c @ along)).pdf(t)
             for w, m, c in zip(fit.weights, fit.means, fit.covs, strict=True)]
    expected = np.log(np.sum(parts, axis=0)) - np.log(2 * np.pi * floor) / 2
    assert fit.log_likelihoods[-1] == pytest.approx(expected.sum(), rel=1e-6)
