"""Projections, power iteration, low rank: what defines them, and NumPy as a reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathml.linalg import fix_signs, low_rank, power_iteration, project


def random_matrix(seed, m=7, d=4, rank=None):
    rng = np.random.default_rng(seed)
    rank = min(m, d) if rank is None else rank
    return rng.normal(size=(m, rank)) @ rng.normal(size=(rank, d))


# --- project --------------------------------------------------------------------------------------

@given(st.integers(0, 10**6), st.integers(1, 4))
def test_the_residual_is_orthogonal_and_the_point_lies_in_the_space(seed, rank):
    A = random_matrix(seed, rank=rank)
    b = np.random.default_rng(seed + 1).normal(size=7)
    p = project(A, b)
    assert np.allclose(A.T @ (b - p), 0, atol=1e-9 * np.abs(A).max())
    assert np.linalg.matrix_rank(np.column_stack([A, p]), tol=1e-8) == rank


@given(st.integers(0, 10**6))
def test_no_other_point_of_the_space_is_as_close(seed):
    rng = np.random.default_rng(seed)
    A, b = random_matrix(seed), rng.normal(size=7)
    p = project(A, b)
    others = p + rng.normal(size=(20, 4)) @ A.T
    assert np.all(np.linalg.norm(b - others, axis=1) > np.linalg.norm(b - p))


def test_projection_agrees_with_lstsq_also_without_independent_columns():
    for rank in (1, 2, 4):
        A, b = random_matrix(3, rank=rank), np.arange(7.0)
        assert np.allclose(project(A, b), A @ np.linalg.lstsq(A, b, rcond=None)[0])


def test_projecting_twice_changes_nothing_and_what_lies_in_the_space_stays():
    A, b = random_matrix(5), np.arange(7.0)
    p = project(A, b)
    assert np.allclose(project(A, p), p)
    assert np.allclose(project(A, A @ [1.0, -2.0, 0.5, 3.0]), A @ [1.0, -2.0, 0.5, 3.0])


def test_a_vector_spans_a_line():
    v, w = np.array([1.0, 2, 3]), np.array([4.0, 5, 6])
    assert np.allclose(project(v, w), 32 / 14 * v)
    assert np.allclose(project(v, w), project(v[:, None], w))


def test_units_of_the_columns_leave_the_projection():
    A, b = random_matrix(6), np.arange(7.0)
    assert np.allclose(project(A * [1e-200, 1.0, 1e150, -3.0], b), project(A, b))
    assert np.allclose(project(A, 1e250 * b) / 1e250, project(A, b))


def test_the_zero_matrix_spans_the_point_zero_and_a_zero_column_nothing():
    assert project(np.zeros((3, 2)), [1, 2, 3]).tolist() == [0, 0, 0]
    assert np.allclose(project([[0, 1], [0, 1]], [1, 3]), [2, 2])
    assert project([1, 1], [0, 0]).tolist() == [0, 0]


def test_a_wide_matrix_of_full_rank_gives_b_itself():
    assert np.allclose(project(random_matrix(7, m=3, d=5), [1, 2, 3]), [1, 2, 3])


def test_sizes_must_agree():
    with pytest.raises(ValueError, match="b must have 2 entries, got 3; make the lengths agree"):
        project([1, 2], [1, 2, 3])


# --- power iteration ------------------------------------------------------------------------------

@given(st.integers(0, 10**6))
def test_the_dominant_pair_of_a_symmetric_matrix(seed):
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    A = Q @ np.diag([-5.0, 3.0, 1.0, -0.5]) @ Q.T
    found = power_iteration(A, rng.normal(size=4))
    assert found.converged, found.message
    assert np.isclose(found.value, -5)
    assert np.allclose(A @ found.vector, -5 * found.vector, atol=1e-8)
    assert np.isclose(np.linalg.norm(found.vector), 1)


def test_a_matrix_that_is_not_symmetric():
    found = power_iteration([[4, 2], [1, 3]], [1, 0])
    assert np.isclose(found.value, 5)
    assert np.allclose(found.vector, np.array([2, 1]) / np.sqrt(5))


@pytest.mark.parametrize("ratio", [0.2, 0.5, 0.9, -0.7])
def test_the_error_falls_by_the_ratio_and_by_its_square_if_symmetric(ratio):
    A = np.diag([2.0, 2 * ratio])
    found = power_iteration(A, [1.0, 1.0], steps=12, tol=1e-300)
    assert not found.converged
    assert len(found.values) == 13
    tangent = np.abs(ratio) ** 12
    assert np.isclose(abs(found.vector[1] / found.vector[0]), tangent, atol=0)
    error = 2 - found.values[:7]
    exact = 2 * (1 - ratio) * ratio ** (2 * np.arange(7)) / (1 + ratio ** (2 * np.arange(7)))
    assert np.allclose(error, exact)


def test_values_are_the_rayleigh_quotients_of_the_iterates():
    A, x = np.array([[4.0, 2.0], [1.0, 3.0]]), np.array([1.0, -0.5])
    found = power_iteration(A, x, steps=5, tol=1e-300)
    for value in found.values:
        assert np.isclose(value, x @ A @ x / (x @ x))
        x = A @ x


def test_converged_hangs_on_no_units():
    A = np.array([[2.0, 1.0], [1.0, 3.0]])
    runs = [power_iteration(c * A, [1, 0]) for c in (1e-300, 1.0, 1e300)]
    assert len({len(run.values) for run in runs}) == 1
    for c, run in zip((1e-300, 1.0, 1e300), runs, strict=True):
        assert run.converged
        assert np.isclose(run.value / c, runs[1].value)


def test_two_eigenvalues_of_one_size_do_not_converge():
    for A in ([[0, -1], [1, 0]], [[1, 0], [0, -1]]):
        found = power_iteration(A, [1.0, 0.5], steps=100)
        assert not found.converged
        assert found.message.startswith("not converged: ‖Ax − θx‖ is ")
        assert "after 100 steps" in found.message


def test_a_start_without_a_component_finds_another_eigenvector():
    found = power_iteration(np.diag([3.0, 1.0]), [0, 1])
    assert found.converged
    assert found.value == 1


def test_what_is_sent_to_zero_belongs_to_the_eigenvalue_zero():
    found = power_iteration([[0, 1], [0, 0]], [0, 1])
    assert found.converged
    assert found.value == 0
    assert found.vector.tolist() == [1, 0]
    assert power_iteration(np.zeros((2, 2)), [1, 1]).value == 0


def test_a_tolerance_as_large_as_floats_go_is_met_at_once():
    found = power_iteration([[1, 1 / 3], [1 / 3, 2 / 3]], [1, 0.5], tol=1.7e308)
    assert found.converged
    assert len(found.values) == 1


def test_what_underflows_is_not_taken_for_zero():
    found = power_iteration([[0, 1e-200], [1, 0]], [0, 1], steps=3)
    assert not found.converged


def test_the_start_is_left_as_it_was():
    x = np.array([3.0, 4.0])
    power_iteration([[2, 0], [0, 1]], x)
    assert x.tolist() == [3, 4]


def test_what_cannot_be_iterated():
    with pytest.raises(ValueError, match=r"A must be square, got shape \(2, 1\)"):
        power_iteration([[1], [2]], [1])
    with pytest.raises(ValueError, match="x0 must not be 0, got the zero vector"):
        power_iteration([[1]], [0])


# --- low rank and signs ---------------------------------------------------------------------------

@given(st.integers(0, 10**6), st.integers(0, 4))
def test_the_errors_are_the_singular_values_left_out(seed, k):
    A = random_matrix(seed)
    s = np.linalg.svd(A, compute_uv=False)
    E = A - low_rank(A, k)
    assert np.isclose(np.linalg.norm(E), np.sqrt(np.sum(s[k:] ** 2)), atol=1e-10)
    assert np.isclose(np.linalg.norm(E, 2), np.append(s, 0)[k], atol=1e-10)
    assert np.linalg.matrix_rank(low_rank(A, k), tol=1e-9) == k


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_no_other_matrix_of_the_rank_is_closer(seed, k):
    A, rng = random_matrix(seed), np.random.default_rng(seed)
    best = low_rank(A, k)
    U, s, Vt = np.linalg.svd(best)
    for size in (1e-3, 0.1, 3.0):
        left = (U[:, :k] * s[:k]) + size * rng.normal(size=(7, k))
        other = left @ (Vt[:k] + size * rng.normal(size=(k, 4)))
        for order in ("fro", 2):
            assert np.linalg.norm(A - other, order) >= np.linalg.norm(A - best, order) - 1e-12


def test_all_terms_give_the_matrix_and_none_gives_zero():
    A = random_matrix(2, m=3, d=5)
    assert np.allclose(low_rank(A, 3), A)
    assert not low_rank(A, 0).any()
    assert np.allclose(low_rank(1e200 * A, 1) / 1e200, low_rank(A, 1))
    with pytest.raises(ValueError, match="k must be at least 0 and at most 3, got 4"):
        low_rank(A, 4)


@given(st.integers(0, 10**6))
def test_signs_are_the_same_for_a_vector_and_its_negative(seed):
    V = np.random.default_rng(seed).normal(size=(3, 5))
    V[0] = [0.5, -0.5, 0.5, -0.5, 0]
    jitter = 1e-12 * np.random.default_rng(seed + 1).normal(size=V.shape)
    assert np.allclose(fix_signs(V), fix_signs(-V + jitter))
    assert np.array_equal(np.abs(fix_signs(V)), np.abs(V))
    assert np.all(fix_signs(V)[np.arange(3), np.argmax(np.abs(V), axis=1)] > 0)
    assert np.array_equal(fix_signs(V[1]), fix_signs(V)[1])
    assert fix_signs([0, 0]).tolist() == [0, 0]
    assert str(fix_signs([-1, 0])) == "[1. 0.]"
