"""Projections, the dominant eigenvector and the best approximation of low rank.

What NumPy has (`numpy.linalg.solve`, `eigh`, `svd`, `lstsq`) is used as it stands. Arguments that
are not made of real numbers raise TypeError everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mathml._check import (
    as_float_array,
    as_int,
    as_matrix,
    as_positive,
    as_vector,
    finite_result,
)

__all__ = ["PowerIteration", "fix_signs", "low_rank", "power_iteration", "project"]


def project(A, b) -> np.ndarray:
    r"""The point of the column space of a matrix that is closest to b.

    .. math:: p = \arg\min_{p = Ax} \|b - p\| = A A^+ b, \qquad A^\top (b - p) = 0

    For one column a ≠ 0 this is :math:`\frac{a^\top b}{a^\top a}\, a`. The point is unique even if
    the columns are linearly dependent, when many x give it.

    Parameters
    ----------
    A : array_like ``(m, d)`` or ``(m,)``
        Columns that span the space; a vector spans a line. The column 0 adds nothing.
    b : array_like ``(m,)``
        The point to project.

    Returns
    -------
    ndarray ``(m,)``

    Raises
    ------
    ValueError
        If an argument is empty, not finite or of another shape, or the sizes disagree.

    Notes
    -----
    A column counts as a combination of the others if, all columns scaled to length 1, a singular
    value is below max(m, d)·2.2e-16 times the largest.

    References
    ----------
    Trefethen & Bau (1997), lectures 6 and 11.

    Examples
    --------
    >>> project([1, 2, 2], [3, 0, 3]).round(12).tolist()
    [1.0, 2.0, 2.0]
    >>> project([[1, 0], [0, 1], [0, 0]], [3, 4, 5]).round(12).tolist()
    [3.0, 4.0, 0.0]
    """
    A = as_float_array(A, "A")
    A = as_matrix(A[:, None] if A.ndim == 1 else A, "A")
    b = as_vector(b, "b", size=A.shape[0])
    A = A[:, A.any(axis=0)]  # (m, r): zero columns span nothing
    size = np.abs(b).max()
    if size == 0 or A.shape[1] == 0:
        return np.zeros_like(b)
    A /= np.abs(A).max(axis=0)  # units of a column, however large, leave its line
    U, s, _ = np.linalg.svd(A / np.linalg.norm(A, axis=0), full_matrices=False)
    U = U[:, s > max(A.shape) * np.finfo(float).eps * s[0]]
    with np.errstate(over="ignore"):
        return finite_result(size * (U @ (U.T @ (b / size))), "the projection")


@dataclass(frozen=True, eq=False)
class PowerIteration:
    """What `power_iteration` found.

    Parameters
    ----------
    value : float
        The Rayleigh quotient of `vector`.
    vector : ndarray ``(d,)``
        Length 1; of its largest entries in size the first is positive.
    values : ndarray ``(t + 1,)``
        The Rayleigh quotients of the start and of each of the t iterates.
    converged : bool
    message : str
    """

    value: float
    vector: np.ndarray
    values: np.ndarray
    converged: bool
    message: str


def power_iteration(A, x0, *, steps: int = 1000, tol: float = 1e-10) -> PowerIteration:
    r"""The eigenvalue of largest size and its eigenvector, by multiplying again and again.

    .. math:: x_{t+1} = \frac{A x_t}{\|A x_t\|}, \qquad \theta_t = x_t^\top A x_t

    If A is diagonalisable, one eigenvalue is larger in size than all others, |λ₁| > |λ₂| ≥ …, and
    x₀ has a component along its eigenvector, the angle to that falls like :math:`|λ₂/λ₁|^t`; for a
    symmetric A the error of θ falls like the square of it.

    Parameters
    ----------
    A : array_like ``(d, d)``
    x0 : array_like ``(d,)``
        The start, not 0.
    steps : int, default 1000
        At most this many multiplications.
    tol : float, default 1e-10
        Stop when :math:`\|A x - \theta x\| \le \text{tol} \cdot \|A x\|`, whatever the units of A.

    Returns
    -------
    PowerIteration
        `converged` says that `vector` is an eigenvector of a matrix which differs from A by at most
        tol·‖Ax‖. It cannot say that no other eigenvalue is larger: a start without a component
        along v₁ finds another.

    Raises
    ------
    ValueError
        If `A` is not square, `x0` is 0, the sizes disagree or an argument is not finite.

    References
    ----------
    Golub & Van Loan (2013), §7.3.1 and §8.2.1.

    Examples
    --------
    >>> found = power_iteration([[2, 1], [1, 2]], [1, 0])
    >>> round(found.value, 6), found.vector.round(4).tolist()
    (3.0, [0.7071, 0.7071])
    >>> power_iteration([[0, -1], [1, 0]], [1, 0], steps=50).converged  # a rotation
    False
    """
    A = as_matrix(A, "A", repair="pass a square matrix")
    if A.shape[0] != A.shape[1]:
        raise ValueError(f"A must be square, got shape {A.shape}; for other shapes use AᵀA")
    x = as_vector(x0, "x0", size=A.shape[0])
    steps, tol = as_int(steps, "steps", low=1), as_positive(tol, "tol")
    if not x.any():
        raise ValueError("x0 must not be 0, got the zero vector; start with random numbers")
    unit = np.abs(A).max() or 1.0  # no power of A may overflow
    A, x = A / unit, _length_one(x)
    values = []
    while True:
        y = A @ x
        size = _length(y)
        values.append(x @ y)
        off = _length(y - values[-1] * x) / (size or 1.0)  # at most 1; if Ax = 0 it is 0
        if off <= tol or len(values) > steps:
            break
        x = _length_one(y)
    converged = bool(off <= tol)
    left = f"‖Ax − θx‖ is {off:.2g} of ‖Ax‖ after {len(values) - 1} steps"
    message = (f"converged: {left}" if converged else
               f"not converged: {left}; take more steps, unless two eigenvalues share the largest "
               "size, as complex ones do")
    with np.errstate(over="ignore"):
        values = finite_result(unit * np.array(values), "the Rayleigh quotients")
    return PowerIteration(float(values[-1]), fix_signs(x), values, converged, message)


def low_rank(A, k: int) -> np.ndarray:
    r"""The matrix of rank at most k that is closest to A (Eckart & Young 1936).

    .. math:: A_k = \sum_{i=1}^k s_i u_i v_i^\top, \qquad
              \|A - A_k\|_F^2 = \sum_{i>k} s_i^2, \quad \|A - A_k\|_2 = s_{k+1}

    Closest in the Frobenius and in the spectral norm; in the first the only one if s_k > s_{k+1}.

    Parameters
    ----------
    A : array_like ``(m, d)``
    k : int
        0 ≤ k ≤ min(m, d).

    Returns
    -------
    ndarray ``(m, d)``

    Raises
    ------
    ValueError
        If `A` is empty, not finite or not a matrix, or `k` is outside its range.

    Examples
    --------
    >>> low_rank([[3, 0], [0, 1]], 1).tolist()
    [[3.0, 0.0], [0.0, 0.0]]
    """
    A = as_matrix(A, "A", repair="pass a list of rows")
    k = as_int(k, "k", high=min(A.shape))
    unit = np.abs(A).max() or 1.0
    U, s, Vt = np.linalg.svd(A / unit, full_matrices=False)
    with np.errstate(over="ignore"):
        return finite_result(unit * ((U[:, :k] * s[:k]) @ Vt[:k]), "the approximation")


def fix_signs(V) -> np.ndarray:
    r"""Turn vectors round so that the first of their largest entries is positive.

    An eigenvector or a singular vector is defined up to its sign, and which of ±v a library returns
    hangs on the machine.

    Parameters
    ----------
    V : array_like ``(d,)`` or ``(k, d)``
        One vector, or one in each row (for columns pass ``V.T``). Entries whose sizes differ by
        less than a millionth count as equally large: no rounding decides.

    Returns
    -------
    ndarray of the shape of `V`

    Raises
    ------
    ValueError
        If `V` is empty, not finite or of more than two dimensions.

    Examples
    --------
    >>> fix_signs([[-0.6, 0.8], [0.6, -0.8]]).tolist()
    [[-0.6, 0.8], [-0.6, 0.8]]
    """
    V = as_float_array(V, "V")
    rows = as_matrix(V[None] if V.ndim == 1 else V, "V")
    size = np.abs(rows)
    first = np.argmax(size >= (1 - 1e-6) * size.max(axis=1, keepdims=True), axis=1)
    sign = np.where(rows[np.arange(len(rows)), first] < 0, -1.0, 1.0)
    return (sign[:, None] * rows + 0.0).reshape(V.shape)  # no −0.0


def _length(x: np.ndarray) -> float:
    size = np.abs(x).max()  # divided out before squares are taken, which may underflow
    return size * np.linalg.norm(x / (size or 1.0))


def _length_one(x: np.ndarray) -> np.ndarray:
    x = x / np.abs(x).max()
    return x / np.linalg.norm(x)
