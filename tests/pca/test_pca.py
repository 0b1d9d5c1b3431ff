"""PCA by its two definitions, scikit-learn as a reference, and tables completed by factors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA as Reference

from mathml.datasets import load_digits, load_penguins
from mathml.pca import fit_pca, fit_ratings


def data(seed, n=12, d=5):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 100 * rng.normal(size=d)


# --- PCA ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("X", [load_penguins().data, load_digits().data, data(0), data(1, 3, 8)])
def test_as_scikit_learn_up_to_signs(X):
    k = min(len(X) - 1, X.shape[1], 10)
    ours, theirs = fit_pca(X, k), Reference(k, svd_solver="full").fit(X)
    assert np.allclose(ours.variances, theirs.explained_variance_)
    assert np.allclose(ours.ratios, theirs.explained_variance_ratio_)
    turned = np.sum(ours.components * theirs.components_, axis=1)
    assert np.allclose(np.abs(turned), 1)
    assert np.allclose(ours.scores, theirs.transform(X) * np.sign(turned), atol=1e-8)
    assert np.allclose(ours.mean, theirs.mean_)
    assert ours.scale.tolist() == [1] * X.shape[1]


@given(st.integers(0, 10**6), st.booleans())
def test_components_are_orthonormal_and_scores_uncorrelated(seed, standardise):
    X = data(seed)
    pca = fit_pca(X, standardise=standardise)
    assert np.allclose(pca.components @ pca.components.T, np.eye(5))
    assert np.allclose(np.cov(pca.scores.T, ddof=1), np.diag(pca.variances), atol=1e-8)
    assert np.all(np.diff(pca.variances) <= 0)
    assert np.isclose(pca.ratios.sum(), 1)
    assert np.allclose(pca.reconstruct(), X)
    assert np.allclose(pca.transform(X), pca.scores)


@given(st.integers(0, 10**6))
def test_the_two_definitions_agree(seed):
    """The first component has the largest variance, and the smallest squared distance."""
    X, rng = data(seed), np.random.default_rng(seed)
    pca = fit_pca(X, 1)
    C = X - X.mean(axis=0)
    for w in rng.normal(size=(30, 5)):
        w = w / np.linalg.norm(w)
        assert np.var(C @ w, ddof=1) <= pca.variances[0] * (1 + 1e-12)
        left = np.sum((C - np.outer(C @ w, w)) ** 2)
        assert left >= np.sum((X - pca.reconstruct()) ** 2) * (1 - 1e-12)


@given(st.integers(0, 10**6))
def test_standardised_it_hangs_on_no_units(seed):
    X = data(seed)
    one = fit_pca(X, 3, standardise=True)
    other = fit_pca(X * [1e-3, 1e3, 1e-160, 1e60, -1.0], 3, standardise=True)
    assert np.allclose(one.ratios, other.ratios)
    flips = np.array([1, 1, 1, 1, -1])
    assert np.allclose(np.abs(np.sum(one.components * flips * other.components, axis=1)), 1)


def test_E33_more_features_than_examples_stay_real_and_orthonormal():
    for seed in range(20):
        pca = fit_pca(np.random.default_rng(seed).normal(size=(5, 50)))
        assert pca.components.shape == (4, 50)
        assert pca.scores.dtype == float
        assert np.allclose(pca.components @ pca.components.T, np.eye(4))


def test_E33_a_tiny_variance_is_not_lost_in_a_squared_condition_number():
    rng = np.random.default_rng(0)
    U = np.linalg.qr(rng.normal(size=(40, 3)))[0]
    U -= U.mean(axis=0)
    U = np.linalg.qr(U)[0]
    W = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    X = (U * [1.0, 1e-3, 1e-9]) @ W.T
    found = fit_pca(X).variances[-1]
    assert np.isclose(found, 1e-18 / 39, rtol=1e-5, atol=0)
    assert not np.isclose(np.linalg.eigvalsh(np.cov(X.T))[0], 1e-18 / 39, rtol=0.5, atol=0)


def test_E34_one_feature_lists_and_signs():
    pca = fit_pca([[1], [2], [6]])
    assert pca.components.tolist() == [[1]]
    assert np.isclose(pca.variances[0], 7)
    X = load_penguins().data
    for one, other in ((fit_pca(X), fit_pca(X[::-1])), (fit_pca(X), fit_pca(X.tolist()))):
        assert np.allclose(one.components, other.components)


def test_a_constant_feature_has_no_part():
    X = np.column_stack([data(0), np.full(12, 0.1)])
    for standardise in (False, True):
        pca = fit_pca(X, standardise=standardise)
        assert np.allclose(pca.components[:5, 5], 0)
        assert np.allclose(pca.reconstruct(), X)
    assert pca.scale[5] == 1
    assert pca.mean[5] == 0.1


def test_fewer_scores_give_the_closest_points_of_a_smaller_plane():
    X = data(3)
    pca = fit_pca(X)
    for k in (1, 2, 4):
        error = np.sum((X - pca.reconstruct(pca.scores[:, :k])) ** 2)
        assert np.isclose(error, 11 * pca.variances[k:].sum())
        assert np.allclose(fit_pca(X, k).reconstruct(), pca.reconstruct(pca.scores[:, :k]))


def test_tiny_and_large_numbers():
    X = data(4)
    for unit in (1e-200, 1e150):
        pca = fit_pca(unit * X)
        assert np.allclose(pca.ratios, fit_pca(X).ratios)
        assert np.allclose(pca.components, fit_pca(X).components)
    assert np.isfinite(fit_pca([[0.0]] * 10 + [[5e-324]], standardise=True).scores).all()
    with pytest.raises(ValueError, match="the sum of squares of the centred X must fit into"):
        fit_pca(1e200 * X)


def test_what_is_no_data():
    with pytest.raises(ValueError, match="X must have rows that differ, got 3 equal ones"):
        fit_pca([[1, 2]] * 3)
    with pytest.raises(ValueError, match="n_components must be at least 1 and at most 2, got 3"):
        fit_pca(data(0, 3, 5), 3)
    with pytest.raises(ValueError, match=r"X must have 5 columns, got shape \(1, 4\)"):
        fit_pca(data(0)).transform(np.ones((1, 4)))
    with pytest.raises(ValueError, match=r"scores must have at most 2 columns, got shape \(1, 3\)"):
        fit_pca(data(0), 2).reconstruct(np.ones((1, 3)))


# --- ratings --------------------------------------------------------------------------------------

def table(seed, n=30, d=20, rank=2, missing=0.4):
    """A table of the given rank, and a copy with holes."""
    rng = np.random.default_rng(seed)
    full = 3 + rng.normal(size=(n, rank)) @ rng.normal(size=(rank, d))
    return full, np.where(rng.random(full.shape) < missing, np.nan, full)


def objective(fit, R, penalty):
    seen = ~np.isnan(R)
    errors = (R - fit.offset - fit.rows @ fit.columns.T)[seen]
    return np.sum(errors**2) / (2 * seen.sum()) + penalty / 2 * (np.sum(fit.rows**2)
                                                                 + np.sum(fit.columns**2))


def test_the_objective_is_the_documented_one_and_never_grows():
    for seed in range(20):
        _, R = table(seed)
        fit = fit_ratings(R, 3, penalty=0.01, rng=np.random.default_rng(seed))
        assert np.isclose(fit.objectives[-1], objective(fit, R, 0.01))
        assert np.all(np.diff(fit.objectives) <= 1e-12)
        assert np.isclose(fit.offset, np.nanmean(R))


def test_it_stops_where_no_small_step_helps():
    _, R = table(1)
    fit = fit_ratings(R, 2, penalty=0.02, rng=np.random.default_rng(0), tol=1e-9)
    assert fit.converged, fit.message
    rng = np.random.default_rng(1)
    for _ in range(50):
        moved = type(fit)(fit.rows + 1e-3 * rng.normal(size=fit.rows.shape),
                          fit.columns + 1e-3 * rng.normal(size=fit.columns.shape),
                          fit.offset, fit.objectives, True, "")
        assert objective(moved, R, 0.02) > fit.objectives[-1]


def test_a_table_of_low_rank_is_completed():
    worked = 0
    for seed in range(20):
        full, R = table(seed)
        fit = fit_ratings(R, 3, penalty=1e-4, rng=np.random.default_rng(seed))
        worked += np.sqrt(np.mean((fit.predict() - full)[np.isnan(R)] ** 2)) < 0.1
    assert worked == 20


def test_without_holes_it_is_the_shrunk_svd():
    """Of a full table: singular values s become max(s − Nλ, 0), the global minimum."""
    full, _ = table(5, n=8, d=6)
    C = full - full.mean()
    U, s, Vt = np.linalg.svd(C, full_matrices=False)
    penalty = s[1] / 2 / C.size
    fit = fit_ratings(full, 4, penalty=penalty, rng=np.random.default_rng(0), steps=5000, tol=1e-12)
    shrunk = (U * np.maximum(s - C.size * penalty, 0)) @ Vt
    assert np.allclose(fit.predict() - fit.offset, shrunk, atol=1e-4 * s[0])


def test_the_units_of_the_ratings_do_not_count():
    _, R = table(2)
    one = fit_ratings(R, 2, penalty=0.01, rng=np.random.default_rng(0))
    for c in (1e-6, 1e6):
        other = fit_ratings(c * R, 2, penalty=c * 0.01, rng=np.random.default_rng(0))
        assert len(other.objectives) == len(one.objectives)
        assert np.allclose(other.predict() / c, one.predict())


def test_rows_and_columns_without_a_rating_are_predicted_by_the_mean():
    _, R = table(3)
    R[0], R[:, 4] = np.nan, np.nan
    fit = fit_ratings(R, 2, penalty=0.01, rng=np.random.default_rng(0))
    assert np.allclose(fit.predict()[0], fit.offset)
    assert np.allclose(fit.predict()[:, 4], fit.offset)
    alike = fit_ratings([[2.0, np.nan], [2.0, 2.0]], 1, penalty=0.1, rng=np.random.default_rng(0))
    assert alike.converged
    assert np.allclose(alike.predict(), 2)


def test_too_few_sweeps_are_said():
    _, R = table(4)
    fit = fit_ratings(R, 2, penalty=0.001, rng=np.random.default_rng(0), steps=1)
    assert not fit.converged
    assert fit.message.startswith("not converged: after 1 sweep ")


def test_what_is_no_table():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="R must have an entry that is not NaN, got 4 that are"):
        fit_ratings(np.full((2, 2), np.nan), 1, penalty=0.1, rng=rng)
    with pytest.raises(ValueError, match="R must be finite, got inf"):
        fit_ratings([[1, np.inf]], 1, penalty=0.1, rng=rng)
    with pytest.raises(ValueError, match="penalty must lie in"):
        fit_ratings([[1, 2]], 1, penalty=0, rng=rng)
    with pytest.raises(ValueError, match=r"penalty must be at least 2\.5e-09"):
        fit_ratings([[1, 2]], 1, penalty=1e-12, rng=rng)
    with pytest.raises(TypeError, match="rng must be a numpy"):
        fit_ratings([[1, 2]], 1, penalty=1, rng=0)
