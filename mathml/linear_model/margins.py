"""Linear programs that decide how far classes can be separated."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

# Margins are those of whitened features with coefficients in [-1, 1], so that any direction moves
# some logit by 1 at least. Below ZERO of the largest margin they count as 0: the programs are
# solved to 1e-9.
ZERO = 1e-7


def separability(F: np.ndarray, y: np.ndarray) -> str:
    """As `separation`, for examples that are the columns of ``F`` ``(r, n)``, a constant included.

    The rows of F are independent. If δ > 0, then the first Θ plus a little of the second makes all
    margins positive.
    """
    M = _margins(F, y)
    most = M @ _maximise(M.sum(axis=0) / M.shape[0], M)
    if most.max() < ZERO:
        return "none"
    tight = M[most < ZERO * most.max()]
    if tight.shape[0] == 0:
        return "complete"
    delta = np.zeros(M.shape[1] + 1)
    delta[-1] = 1.0
    minus_delta = sparse.hstack([tight, -np.ones((tight.shape[0], 1))], format="csc")
    return "complete" if _maximise(delta, minus_delta)[-1] > ZERO else "quasi"


def _maximise(goal: np.ndarray, M: sparse.csc_array) -> np.ndarray:
    """The θ with the largest goal·θ among those with Mθ ≥ 0 and |θ| ≤ 1."""
    for tol in (1e-9, 1e-7):  # the first is too much for some programs
        found = linprog(-goal, A_ub=-M, b_ub=np.zeros(M.shape[0]), bounds=(-1, 1), method="highs",
                        options={"primal_feasibility_tolerance": tol,
                                 "dual_feasibility_tolerance": tol})
        if found.status == 0:
            return found.x
    raise RuntimeError(f"the linear program failed: {found.message}")


def _margins(F: np.ndarray, y: np.ndarray) -> sparse.csc_array:
    """M with rows for the margins (θ_{y_i} − θ_k)·f_i, k ≠ y_i, of θ_1, θ_2, ...; θ_0 is 0."""
    r, K = len(F), y.max() + 1
    i, k = np.nonzero(np.arange(K) != y[:, None])
    row, x = np.repeat(np.arange(len(i)), r), F.T[i].ravel()

    def columns(labels):
        return (labels[:, None] * r + np.arange(r)).ravel()

    shape = (len(i), K * r)
    own, other = (sparse.coo_array((x, (row, columns(labels))), shape) for labels in (y[i], k))
    return (own - other).tocsc()[:, r:]
