"""Linear programs that decide how far classes can be separated."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

# In the coordinates of the programs every direction of length 1 has a margin of 1 at least. Below
# ZERO of the largest margin they count as 0: the programs are solved to 1e-9.
ZERO = 1e-7
ROWS = 2000  # with which a program starts


def separability(F: np.ndarray, y: np.ndarray) -> str:
    """As `separation`, for examples that are the columns of ``F`` ``(r, n)``, a constant included.

    The rows of F are independent. If δ > 0, then the first Θ plus a little of the second makes all
    margins positive.
    """
    F = F / np.abs(F).max(axis=0)  # the sign of a margin is that of any multiple of the example
    U, s, _ = np.linalg.svd(F, full_matrices=False)
    M = _margins(np.sqrt(len(y)) * (U / s).T @ F, y)
    most = M @ _maximise(M.mean(axis=0), M)
    if most.max() < ZERO:
        return "none"
    tight = M[most < ZERO * most.max()]
    if tight.shape[0] == 0:
        return "complete"
    delta = np.zeros(M.shape[1] + 1)
    delta[-1] = 1.0
    minus_delta = sparse.hstack([tight, -np.ones((tight.shape[0], 1))], format="csr")
    return "complete" if _maximise(delta, minus_delta)[-1] > ZERO else "quasi"


def _maximise(goal: np.ndarray, M: sparse.csr_array) -> np.ndarray:
    """The θ with the largest goal·θ among those with Mθ ≥ 0 and |θ| ≤ 1.

    Few margins are tight, so the program starts from some and takes in those it gets wrong.
    """
    active = np.zeros(M.shape[0], dtype=bool)
    active[:: 1 + M.shape[0] // ROWS] = True
    while True:
        theta = _program(goal, M[active])
        missed = ~active & (M @ theta < -1e-8)
        if not missed.any():
            return theta
        active |= missed


def _program(goal: np.ndarray, M: sparse.csr_array) -> np.ndarray:
    for tol in (1e-9, 1e-7):  # the first is too much for some programs
        found = linprog(-goal, A_ub=-M, b_ub=np.zeros(M.shape[0]), bounds=(-1, 1), method="highs",
                        options={"primal_feasibility_tolerance": tol,
                                 "dual_feasibility_tolerance": tol})
        if found.status == 0:
            return found.x
    raise RuntimeError(f"the linear program failed: {found.message}")


def _margins(F: np.ndarray, y: np.ndarray) -> sparse.csr_array:
    """M with rows for the margins (θ_{y_i} − θ_k)·f_i, k ≠ y_i, of θ_1, θ_2, ...; θ_0 is 0."""
    r, K = len(F), y.max() + 1
    i, k = np.nonzero(np.arange(K) != y[:, None])
    row, x = np.repeat(np.arange(len(i)), r), F.T[i].ravel()

    def columns(labels):
        return (labels[:, None] * r + np.arange(r)).ravel()

    shape = (len(i), K * r)
    own, other = (sparse.coo_array((x, (row, columns(labels))), shape) for labels in (y[i], k))
    return (own - other).tocsr()[:, r:]
