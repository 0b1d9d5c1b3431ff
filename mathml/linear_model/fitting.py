"""The solver of both regressions: L-BFGS in coordinates that make the Hessian the identity.

The features are standardised and the coordinates changed so that the Hessian at the start is the
identity; units and correlations of the features matter to neither speed nor accuracy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from mathml._check import as_features, as_scalar
from mathml.linear_model.separation import separation, standardised


class Problem:
    """What both fits share: minimise mean loss(Z) + penalty, with Z ``(m, n)`` rows of logits.

    In φ ``(r+1, m)`` the logits are unit·φ_0 + Sᵀ T φ_1.., where S ``(d, n)`` holds the
    standardised features and T ``(d, r)`` makes the Hessian at φ = 0 the identity (r < d only if
    columns are collinear). So w = T φ_1.. / scale.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, m: int, penalty, tol, loss: Callable):
        self.X, self.y, self.m, self.loss = X, y, m, loss
        self.penalty = as_scalar(penalty, "penalty", "[0, 1e100]")
        self.tol = as_scalar(tol, "tol", "(0, inf)")
        self.S, self.centre, self.scale = standardised(X)
        curvature = 1 / 4 if m == 1 else 1 / m  # of the loss in one logit, at 0
        self.unit = 1 / np.sqrt(curvature)
        self.T, self.null = _whitening(self.S, curvature / len(y),
                                       np.sqrt(self.penalty) / self.scale)

    def logits(self, phi: np.ndarray) -> np.ndarray:
        return (self.T @ phi[1:]).T @ self.S + self.unit * phi[0][:, None]  # (m, n)

    def value_and_grad(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        phi = flat.reshape(-1, self.m)
        value, R = self.loss(self.logits(phi), self.y)
        w = self.T @ phi[1:] / self.scale[:, None]
        G = (R @ self.S.T).T / len(self.y) + self.penalty * w / self.scale[:, None]
        grad = np.vstack([self.unit * R.sum(axis=1) / len(self.y), self.T.T @ G])
        return value + self.penalty / 2 * np.sum(w**2), grad.ravel()

    def descend(self, phi: np.ndarray, tol: float) -> tuple[np.ndarray, float]:
        """L-BFGS from φ; return the end and its largest gradient entry."""
        for _ in range(3):  # a restart forgets curvature that rounding has spoilt
            end = minimize(self.value_and_grad, phi.ravel(), jac=True, method="L-BFGS-B",
                           options={"gtol": tol, "ftol": 0.0, "maxiter": 1000, "maxcor": 20})
            phi, largest = end.x.reshape(phi.shape), np.abs(end.jac).max()
            if largest <= tol:
                break
        return phi, float(largest)

    def solve(self) -> tuple[np.ndarray, np.ndarray, float, bool, str]:
        """Return coef ``(d, m)``, intercept ``(m,)``, nll, converged and message."""
        phi, largest = self.descend(np.zeros((self.T.shape[1] + 1, self.m)), self.tol)
        nll, R = self.loss(self.logits(phi), self.y)
        # A small gradient does not tell a minimiser from the road to infinity; this does.
        kind = self.separability(R) if self.penalty == 0 else "none"
        coef = self.T @ phi[1:] / self.scale[:, None]
        converged = kind == "none" and largest <= self.tol
        if kind != "none":
            message = (f"no minimiser: the classes are separable ({kind}), so the likelihood grows "
                       "forever as coef does; set penalty > 0")
        elif converged:
            message = f"converged: largest gradient entry {largest:.2g} <= {self.tol:g}"
        else:
            message = f"not converged: largest gradient entry {largest:.2g} > {self.tol:g}"
        if self.penalty == 0 and self.null.size:
            null = np.linalg.qr(self.null / self.scale[:, None])[0]
            coef -= null @ (null.T @ coef)
            message += ("; columns of [1, X] are linearly dependent, so coef is not unique: "
                        "this one has least norm")
        return coef, self.unit * phi[0] - self.centre @ coef, nll, converged, message

    def separability(self, R: np.ndarray) -> str:
        """As `separation`; it is shown by the residuals R if each example has p > 1/2 for its y."""
        return "complete" if np.abs(R).max() < 0.5 else separation(self.X, self.y)


def _whitening(S: np.ndarray, c: float, ridge: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """T ``(d, r)`` with TᵀHT = I for H = c SSᵀ + diag(ridge²), and the null space of H.

    Directions in which H, its diagonal scaled to 1, is below 1e-16 count as null: along them the
    columns are collinear to 8 digits.
    """
    H = c * (S @ S.T) + np.diag(ridge**2)
    D = np.sqrt(np.where(H.diagonal() > 0, H.diagonal(), 1.0))
    H /= np.outer(D, D)
    if np.linalg.eigvalsh(H)[0] > 1e-8:
        L = np.linalg.cholesky(H)
        T, null = solve_triangular(L, np.eye(len(D)), lower=True).T, np.empty((len(D), 0))
    else:  # squaring has cost too many digits: take the singular values themselves
        root = np.hstack([np.sqrt(c) * S, np.diag(ridge)])
        U, s, _ = np.linalg.svd(root / D[:, None], full_matrices=False)
        keep = s > 1e-8 * s[0]
        T, null = U[:, keep] / s[keep], U[:, ~keep]
    return T / D[:, None], null / D[:, None]


def features(X, coef: np.ndarray) -> np.ndarray:
    """Check new features against the coefficients of a fit."""
    X = as_features(X, len(coef))
    if np.abs(X).max(initial=0) > 1e100:
        raise ValueError(f"X must have entries up to 1e100, got {np.abs(X).max():g}; pass the "
                         "features in the units of the fit")
    return X
