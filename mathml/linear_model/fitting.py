"""The solver of both regressions: L-BFGS in good coordinates, then damped Newton steps.

With the parameters Θ = [b; W] = Bφ, one column for two classes or else one for each, and the
examples as the columns of F, both objectives are

    J(φ) = loss(φᵀF) + ‖Eφ‖²/2,   ∇J = F(P − Y)ᵀ/n + EᵀEφ,   Eφ = √λ W.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator, cg

from mathml._check import EPS, as_classified, as_features, as_scalar
from mathml.linear_model.least_squares import shortest
from mathml.linear_model.margins import separability

STEPS = 60  # of Newton's method; two or three are the rule after L-BFGS
DENSE = 200_000  # examples times parameters, up to which the Hessian is formed at once
SLACK = 4 * EPS  # by how much J may grow at a minimum, where all changes are rounding
SAMPLE = 1000  # examples that tell what is typical of a feature


class End(NamedTuple):
    """Where a fit ended, and why; ``separation`` is that of the classes, or "" if λ > 0."""

    theta: np.ndarray  # (d+1, m)
    nll: float
    converged: bool
    message: str
    separation: str


class Coordinates(NamedTuple):
    """F ``(r, n)``, E ``(d, r)`` and B ``(d+1, r)`` of the module.

    T ``(r, r)`` makes the Hessian at φ = 0 about the identity, for columns that sum to 0 and
    without outliers. N ``(d, q)`` spans the weights that change no logit, in units of ``scale``
    ``(d,)``.
    """

    F: np.ndarray
    E: np.ndarray
    B: np.ndarray
    T: np.ndarray
    N: np.ndarray
    scale: np.ndarray


def as_data(X, y) -> tuple[np.ndarray, np.ndarray]:
    """Check features and labels."""
    X, y = as_classified(X, y)
    return _squarable(X, "change the units of its columns"), y


def as_more_data(X, coef: np.ndarray) -> np.ndarray:
    """Check new features against the coefficients of a fit."""
    return _squarable(as_features(X, len(coef)), "pass the features in the units of the fit")


def fit(X: np.ndarray, y: np.ndarray, m: int, loss: Callable, penalty, tol) -> End:
    """Minimise J from φ = 0, where ``loss(Z, y)`` is the mean loss at the logits Z, and P − Y."""
    penalty = as_scalar(penalty, "penalty", "[0, 1e100]")
    tol = as_scalar(tol, "tol", "(0, inf)")
    at = coordinates(X, 1 / 4 if m == 1 else 1 / m, penalty)
    Y = y[None] if m == 1 else y == np.arange(m)[:, None]

    def value_and_residual(phi):
        value, R = loss(phi.T @ at.F, y)
        return value + np.sum((at.E @ phi) ** 2) / 2, R

    def J(phi):
        value, R = value_and_residual(phi)
        return value, (R @ at.F.T).T / len(y) + at.E.T @ (at.E @ phi), R

    kind, converged, last = "", False, np.inf
    for phi, value, R, step, decrement in newton(J, lbfgs(J, at.T, m, tol), Y, at):
        change = largest_change(step, at.F, R)
        converged = change <= 1 / 4 and (decrement <= tol or decrement <= rounding(phi, R, at.F))
        if not penalty and np.abs(R).max() < 0.4:
            kind = "complete"  # each example is more likely in its class than out of it
        elif not penalty and converged and overlap(R, Y, at.F):
            kind = "none"
        if converged and value_and_residual(phi + step)[0] <= value + SLACK * value:
            phi = phi + step
        # Newton's decrement shrinks quadratically on the way to a minimiser, not to infinity.
        if converged or kind or (not penalty and last / 10 < decrement <= tol):
            break
        last = decrement
    if not penalty and not kind:
        kind = separability(at.F, y)
    converged = bool(converged and kind in ("", "none"))
    theta, unique = at.B @ phi, penalty > 0 or at.N.size == 0
    if converged and not unique:
        w = shortest(theta[1:], at.N, at.scale)
        theta = np.vstack([theta[:1] + X[:1] @ (theta[1:] - w), w])
    nll, _ = loss(theta[:1].T + theta[1:].T @ X.T, y)
    message = _message(kind, converged, unique, decrement, change, tol)
    return End(theta, nll, converged, message, kind)


def coordinates(X: np.ndarray, curvature: float, penalty: float) -> Coordinates:
    """Features centred and scaled to what is typical, for a loss of such a curvature in a logit.

    Where they are nearly collinear the rows of F are made orthogonal, without those that are 0 up
    to rounding. An outlier is decided early in a fit and then counts no more: it counts for
    neither.
    """
    n, d = X.shape
    some = slice(None, None, 1 + n // SAMPLE)
    centre = np.r_[0.0, np.median(X[some], axis=0)]
    F = np.ones((d + 1, n))
    np.subtract(X.T, centre[1:, None], out=F[1:])
    widest = np.maximum(F.max(axis=1), -F.min(axis=1))
    flat = widest <= 1e-14 * np.abs(centre)  # constant up to rounding
    if np.any(~flat & (widest < 1e-100)):
        raise ValueError("columns of X must be constant or vary by at least 1e-100, got one that "
                         f"varies by {widest[~flat].min():g}; change its units")
    F[flat], widest[flat] = 0.0, 1.0
    typical = np.median(np.abs(F[:, some]), axis=1)  # or next to nothing, as of rare ones
    scale = np.where(typical > 1e-50 * widest, typical, widest)
    F *= 1 / scale[:, None]
    B = np.diag(1 / scale)
    B[0] -= centre / scale
    E = np.sqrt(penalty) * B[1:]
    G = F
    if np.any(widest > 1000 * scale):  # there are outliers
        G = F / np.maximum(np.abs(F).max(axis=0) / 100, 1)
    H = curvature / n * (G @ G.T) + E.T @ E
    size = np.sqrt(np.where(H.diagonal() > 0, H.diagonal(), 1.0))
    H /= np.outer(size, size)
    if np.linalg.eigvalsh(H)[0] > 0.01:
        T = solve_triangular(cholesky(H, lower=True), np.eye(d + 1), lower=True).T
        return Coordinates(F, E, B, T / size[:, None], np.empty((d, 0)), scale[1:])
    # Squaring costs digits: take the singular values themselves.
    root = np.hstack([np.sqrt(curvature / n) * G, E.T]) / size[:, None]
    U, s, _ = np.linalg.svd(root, full_matrices=False)
    keep = s > EPS * max(n, d) * s[0]
    T = U[:, keep] / s[keep] / size[:, None]
    N = np.linalg.qr(U[1:, ~keep] / size[1:, None])[0]
    N[np.abs(N) < 1e-12] = 0.0  # rounding, which units that differ would blow up
    return Coordinates(T.T @ F, E @ T, B @ T, np.eye(len(T.T)), N, scale[1:])


def lbfgs(J: Callable, T: np.ndarray, m: int, tol: float) -> np.ndarray:
    """L-BFGS from φ = 0 until Tᵀ∇J is small enough to leave few Newton steps."""
    def whitened(flat):
        value, grad, _ = J(T @ flat.reshape(-1, m))
        return value, (T.T @ grad).ravel()

    flat = minimize(whitened, np.zeros(T.shape[1] * m), jac=True, method="L-BFGS-B",
                    options={"gtol": max(tol / 10, 1e-8), "ftol": 0.0, "maxiter": 1000,
                             "maxcor": 20}).x
    return T @ flat.reshape(-1, m)


def newton(J: Callable, phi: np.ndarray, Y: np.ndarray, at: Coordinates) -> Iterator:
    """Damped Newton steps from φ: yields φ, J, P − Y, the next step and its decrement √(gᵀH⁻¹g)."""
    value, grad, R = J(phi)
    for _ in range(STEPS):
        try:
            step = -solve(R, Y, at, grad)
        except LinAlgError:  # H is singular up to rounding
            yield phi, value, R, np.zeros_like(phi), np.inf
            return
        slope = np.sum(grad * step)
        yield phi, value, R, step, np.sqrt(max(-slope, 0.0))
        t = 1.0
        while (new := J(phi + t * step))[0] > value + 1e-4 * t * slope + SLACK * value:
            t /= 2
            if t < EPS:
                return
        phi, (value, grad, R) = phi + t * step, new


def largest_change(step: np.ndarray, F: np.ndarray, R: np.ndarray) -> float:
    """By how much a step changes a logit of the examples that still count."""
    return np.max(np.abs(step.T @ F) * R.any(axis=0))


def rounding(phi: np.ndarray, R: np.ndarray, F: np.ndarray) -> float:
    """The decrement whose half square, what a step gains, is less than rounding Z does to J."""
    return np.sqrt(2 * EPS * np.sum(np.abs(R) * (np.abs(phi).T @ np.abs(F))) / R.shape[1])


def solve(R: np.ndarray, Y: np.ndarray, at: Coordinates, grad: np.ndarray) -> np.ndarray:
    """H⁻¹∇J; raise LinAlgError if H is singular up to rounding."""
    if grad.size * R.shape[1] <= DENSE:
        return solve_dense(R, Y, at.F, at.E.T @ at.E, grad)
    P = R + Y
    size = np.sqrt(at.F**2 @ spreads(R).T / R.shape[1] + np.sum(at.E**2, axis=0)[:, None])
    size[size == 0] = 1.0

    def product(v):
        V = v.reshape(grad.shape) / size
        Z = V.T @ at.F
        Z = P * (Z - np.sum(P * Z, axis=0))
        return (((Z @ at.F.T).T / R.shape[1] + at.E.T @ (at.E @ V)) / size).ravel()

    H = LinearOperator((grad.size, grad.size), product, dtype=float)
    step, failed = cg(H, (grad / size).ravel(), rtol=0.01, maxiter=50)
    return (solve_dense(R, Y, at.F, at.E.T @ at.E, grad) if failed else
            step.reshape(grad.shape) / size)


def solve_dense(R: np.ndarray, Y: np.ndarray, F: np.ndarray, ridge: np.ndarray | float,
                grad: np.ndarray) -> np.ndarray:
    """As `solve`, by Cholesky's factors."""
    r, m = grad.shape
    H = hessian(F, R + Y, spreads(R))
    if m > 1:  # to shift all columns changes nothing, so such steps are made to cost
        H += sum(H[k, :, k] for k in range(m))[:, None] / m**2
    for k in range(m):
        H[k, :, k] += ridge
    H = H.reshape(grad.size, grad.size)
    size = np.sqrt(H.diagonal())
    if not size.all():
        raise LinAlgError
    L = cholesky(H / np.outer(size, size), lower=True)
    if L.diagonal().min() ** 2 < 100 * grad.size * EPS:  # two digits are left
        raise LinAlgError
    return (cho_solve((L, True), grad.T.ravel() / size) / size).reshape(m, r).T


def overlap(R: np.ndarray, Y: np.ndarray, F: np.ndarray) -> bool:
    """Whether R, nearly with FRᵀ = 0, is a proof that the classes are not separable.

    If FR'ᵀ = 0 with weights R' of the signs of R, then margins that are all nonnegative are 0
    wherever R' is not (Stiemke's lemma), hence everywhere if F has full rank there. Here R' is R
    after a Newton step of some examples, which makes the sum 0; signs stay as they are if it
    changes no logit by more than 1/4. Weights that rounding could make count for nothing.
    """
    counts = np.abs(R).max(axis=0) > 1e-6
    for stride in dict.fromkeys((1 + R.shape[1] // (10 * len(F)), 1)):
        some = np.flatnonzero(counts)[::stride]
        R_, Y_, F_ = R[:, some], Y[:, some], F[:, some]
        try:
            step = solve_dense(R_, Y_, F_, 0.0, F @ R.T / max(some.size, 1))
        except LinAlgError:
            continue
        if np.abs(step.T @ F_).max() <= 1 / 4:
            return True
    return False


def spreads(R: np.ndarray) -> np.ndarray:
    """p(1 − p), to the last digit also where p is nearly 1."""
    return np.abs(R) * (1 - np.abs(R))


def hessian(F: np.ndarray, P: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """F diag(p_j ([j = k] − p_k)) Fᵀ/n for all pairs of columns, ``(m, r, m, r)``.

    The ``spread`` p(1 − p) is asked for as 1 − P would lose its digits.
    """
    m, (r, n) = len(P), F.shape
    A = (P[:, None] * F).reshape(m * r, n)
    H = (A @ A.T / -n).reshape(m, r, m, r)
    for k in range(m):
        H[k, :, k] = (spread[k] * F) @ F.T / n
    return H


def _message(kind: str, converged: bool, unique: bool, decrement: float, change: float,
             tol: float) -> str:
    if kind in ("complete", "quasi"):
        return (f"no minimiser: the classes are separable ({kind}), so the likelihood grows "
                "forever as coef does; set penalty > 0")
    if converged:
        return f"converged: Newton decrement {decrement:.2g}" + ("" if unique else (
            "; columns of [1, X] are linearly dependent, so coef is not unique: this one has least "
            "norm"))
    if decrement == np.inf:
        return "not converged: the Hessian is singular up to rounding"
    return (f"not converged: the next Newton step has decrement {decrement:.2g} and changes a "
            f"logit by {change:.2g}; at most {tol:g} and 0.25 were asked for")


def _squarable(X: np.ndarray, repair: str) -> np.ndarray:
    """Return X if the solvers can square its entries."""
    if max(X.max(initial=0), -X.min(initial=0)) > 1e100:
        raise ValueError(f"X must have entries up to 1e100, got {np.abs(X).max():g}; {repair}")
    return X
