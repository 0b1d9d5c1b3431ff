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
from mathml.linear_model.margins import separability

STEPS = 60  # of Newton's method; two or three are the rule after L-BFGS
DENSE = 200_000  # examples times parameters, up to which the Hessian is formed at once


class End(NamedTuple):
    """Where a fit ended, and why; ``separation`` is that of the classes, if λ = 0."""

    theta: np.ndarray  # (d+1, m)
    nll: float
    converged: bool
    message: str
    separation: str


class Coordinates(NamedTuple):
    """F ``(r, n)``, E ``(d, r)`` and B ``(d+1, r)``, and N ``(d+1, q)`` with X̃N = 0.

    T ``(r, r)`` makes the Hessian at φ = 0 the identity: TᵀHT = I.
    """

    F: np.ndarray
    E: np.ndarray
    B: np.ndarray
    T: np.ndarray
    N: np.ndarray


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

    def J(phi):
        value, R = loss(phi.T @ at.F, y)
        root = at.E @ phi
        return value + np.sum(root**2) / 2, (R @ at.F.T).T / len(y) + at.E.T @ root, R

    kind, converged = "none" if penalty else "", False
    for phi, R, step, decrement in newton(J, lbfgs(J, at.T, m, tol), Y, at):
        change = np.abs(step.T @ at.F).max()
        converged = change <= 1 / 4 and (decrement <= tol or decrement <= rounding(phi, R, at.F))
        if not kind and np.abs(R).max() < 1 / 2:
            kind = "complete"  # each example has p > 1/2 for its class
        elif not kind and converged and overlap(R, Y, at.F):
            kind = "none"
        if converged or kind == "complete":
            break
    kind = kind or separability(at.T.T @ at.F, y)
    converged = bool(converged and kind == "none")
    theta, (nll, _) = at.B @ (phi + converged * step), loss((phi + converged * step).T @ at.F, y)
    if kind != "none":
        message = (f"no minimiser: the classes are separable ({kind}), so the likelihood grows "
                   "forever as coef does; set penalty > 0")
    elif converged:
        message = f"converged: Newton decrement {decrement:.2g}"
    else:
        message = (f"not converged: the next Newton step has decrement {decrement:.2g} and changes "
                   f"a logit by {change:.2g}; at most {tol:g} and 0.25 were asked for")
    if penalty == 0 and at.N.size:
        theta -= at.N @ np.linalg.lstsq(at.N[1:], theta[1:], rcond=None)[0]
        message += ("; columns of [1, X] are linearly dependent, so coef is not unique: "
                    "this one has least norm")
    return End(theta, nll, converged, message, kind)


def coordinates(X: np.ndarray, curvature: float, penalty: float) -> Coordinates:
    """Features centred and scaled to [-1, 1], for a loss with such a curvature in each logit.

    Where they are nearly collinear the rows of F are made orthogonal, without those that are 0 up
    to rounding.
    """
    n, d = X.shape
    centre = np.r_[0.0, np.median(X[:: 1 + n // 1000], axis=0)]  # an outlier would spoil the mean
    F = np.ones((d + 1, n))
    np.subtract(X.T, centre[1:, None], out=F[1:])
    scale = np.maximum(F.max(axis=1), -F.min(axis=1))
    flat = scale <= 1e-14 * np.abs(centre)  # constant up to rounding
    if np.any(~flat & (scale < 1e-100)):
        raise ValueError("columns of X must be constant or vary by at least 1e-100, got one that "
                         f"varies by {scale[~flat].min():g}; change its units")
    scale[flat], F[flat] = 1.0, 0.0
    F /= scale[:, None]
    B = np.diag(1 / scale)
    B[0] -= centre / scale
    E = np.sqrt(penalty) * B[1:]
    H = curvature / n * (F @ F.T) + E.T @ E
    size = np.sqrt(np.where(H.diagonal() > 0, H.diagonal(), 1.0))
    H /= np.outer(size, size)
    if np.linalg.eigvalsh(H)[0] > 0.01:
        T = solve_triangular(cholesky(H, lower=True), np.eye(d + 1), lower=True).T
        return Coordinates(F, E, B, T / size[:, None], np.empty((d + 1, 0)))
    # Squaring has cost too many digits: take the singular values themselves.
    root = np.hstack([np.sqrt(curvature / n) * F, E.T]) / size[:, None]
    U, s, Vt = np.linalg.svd(root, full_matrices=False)
    keep = s > EPS * max(n, d) * s[0]
    U /= size[:, None]
    return Coordinates(Vt[keep, :n] / np.sqrt(curvature / n), Vt[keep, n:].T,
                       B @ U[:, keep] / s[keep], np.eye(np.sum(keep)), B @ U[:, ~keep])


def lbfgs(J: Callable, T: np.ndarray, m: int, tol: float) -> np.ndarray:
    """L-BFGS from φ = 0 until no entry of Tᵀ∇J is larger than tol, or about."""
    def whitened(flat):
        value, grad, _ = J(T @ flat.reshape(-1, m))
        return value, (T.T @ grad).ravel()

    flat = minimize(whitened, np.zeros(T.shape[1] * m), jac=True, method="L-BFGS-B",
                    options={"gtol": tol, "ftol": 0.0, "maxiter": 1000, "maxcor": 20}).x
    return T @ flat.reshape(-1, m)


def newton(J: Callable, phi: np.ndarray, Y: np.ndarray, at: Coordinates) -> Iterator:
    """Damped Newton steps from φ: yields φ, P − Y, the next step, and its decrement √(gᵀH⁻¹g)."""
    value, grad, R = J(phi)
    for _ in range(STEPS):
        try:
            step = -solve(R, Y, at, grad)
        except LinAlgError:  # H is singular up to rounding
            yield phi, R, np.zeros_like(phi), np.inf
            return
        slope = np.sum(grad * step)
        yield phi, R, step, np.sqrt(max(-slope, 0.0))
        t = 1.0
        while (new := J(phi + t * step))[0] > value + 1e-4 * t * slope + 4 * EPS * value:
            t /= 2
            if t < EPS:
                return
        phi, (value, grad, R) = phi + t * step, new


def rounding(phi: np.ndarray, R: np.ndarray, F: np.ndarray) -> float:
    """The decrement whose half square, what a step gains, is less than rounding Z does to J."""
    return np.sqrt(2 * EPS * np.sum(np.abs(R) * (np.abs(phi).T @ np.abs(F))) / R.shape[1])


def solve(R: np.ndarray, Y: np.ndarray, at: Coordinates, grad: np.ndarray) -> np.ndarray:
    """H⁻¹∇J; raise LinAlgError if H is singular up to rounding."""
    if grad.size * R.shape[1] <= DENSE:
        return solve_dense(R, Y, at.F, at.E, grad)
    P = R + Y

    def product(v):
        V = v.reshape(grad.shape)
        Z = V.T @ at.F
        Z = P * (Z - np.sum(P * Z, axis=0))
        return ((Z @ at.F.T).T / R.shape[1] + at.E.T @ (at.E @ V)).ravel()

    def inverse_at_0(g):
        return (at.T @ (at.T.T @ g.reshape(grad.shape))).ravel()

    H, M = (LinearOperator((grad.size, grad.size), f, dtype=float) for f in (product, inverse_at_0))
    step, failed = cg(H, grad.ravel(), rtol=1e-3, maxiter=50, M=M)
    return solve_dense(R, Y, at.F, at.E, grad) if failed else step.reshape(grad.shape)


def solve_dense(R: np.ndarray, Y: np.ndarray, F: np.ndarray, E: np.ndarray,
                grad: np.ndarray) -> np.ndarray:
    """As `solve`, by Cholesky's factors."""
    r, m = grad.shape
    H = hessian(F, R + Y, np.abs(R) * (1 - np.abs(R)))  # p(1 − p), also where p is nearly 1
    if m > 1:  # to shift all columns changes nothing, so such steps are made to cost
        H += sum(H[k, :, k] for k in range(m))[:, None] / m**2
    for k in range(m):
        H[k, :, k] += E.T @ E
    H = H.reshape(grad.size, grad.size)
    size = np.sqrt(H.diagonal())
    if not size.all():
        raise LinAlgError
    L = cholesky(H / np.outer(size, size), lower=True)
    if L.diagonal().min() ** 2 < 100 * grad.size * EPS:
        raise LinAlgError
    return (cho_solve((L, True), grad.T.ravel() / size) / size).reshape(m, r).T


def overlap(R: np.ndarray, Y: np.ndarray, F: np.ndarray) -> bool:
    """Whether R, nearly with FRᵀ = 0, is a proof that the classes are not separable.

    It is if there are weights with ΣF_i r_i = 0 whose signs are those of R (Stiemke's lemma). Here
    R is changed by a Newton step of some examples, which makes the sum 0; signs stay as they are
    if no logit changes by more than 1/4.
    """
    some = slice(None, None, 1 + R.shape[1] // (20 * len(F)))
    R_, Y_, F_ = R[:, some], Y[:, some], F[:, some]
    try:
        step = solve_dense(R_, Y_, F_, np.zeros((0, len(F))), F @ R.T / R_.shape[1])
    except LinAlgError:
        return False
    return bool(np.abs(step.T @ F_).max() <= 1 / 4)


def hessian(F: np.ndarray, P: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """F diag(p_j ([j = k] − p_k)) Fᵀ/n for all pairs of columns, ``(m, r, m, r)``.

    The ``spread`` p(1 − p) is asked for as 1 − P would lose its digits.
    """
    m, (r, n) = len(P), F.shape
    H = np.empty((m, r, m, r))
    for j in range(m):
        for k in range(j + 1):
            H[j, :, k] = F @ ((spread[j] if j == k else -P[j] * P[k]) * F).T / n
            H[k, :, j] = H[j, :, k]
    return H


def _squarable(X: np.ndarray, repair: str) -> np.ndarray:
    """Return X if the solvers can square its entries."""
    if max(X.max(initial=0), -X.min(initial=0)) > 1e100:
        raise ValueError(f"X must have entries up to 1e100, got {np.abs(X).max():g}; {repair}")
    return X
