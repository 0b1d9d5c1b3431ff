"""Logistic and softmax regression by maximum likelihood, and whether the maximum exists.

Both fits minimise a convex objective whose first two derivatives `logistic_value_and_grad`,
`logistic_hessian` and `softmax_value_and_grad` give. They standardise the features, change to
coordinates in which the Hessian at the start is the identity, and run L-BFGS there; so units and
correlations of the features matter to neither speed nor accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.special import expit, softmax

from mathml._check import as_matrix, as_scalar
from mathml._likelihood import (
    check_binary,
    logistic_hessian,
    logistic_value_and_grad,
    logistic_value_and_residual,
    softmax_value_and_grad,
    softmax_value_and_residual,
)
from mathml._separation import as_data, is_separable, separation, standardised

__all__ = ["LogisticFit", "SoftmaxFit", "fit_logistic", "fit_softmax", "is_separable",
           "logistic_hessian", "logistic_value_and_grad", "separation", "softmax_value_and_grad"]


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """A fitted logistic regression, p(y = 1 | x) = σ(intercept + coef·x).

    Attributes
    ----------
    coef : ndarray ``(d,)``
        Change of the log-odds per unit of each feature.
    intercept : float
        Log-odds at x = 0.
    nll : float
        Mean negative log-likelihood on the training data in nats, without the penalty.
    converged : bool
        Whether this is a minimiser, to the tolerance.
    message : str
        Why the fit stopped; names separable classes and collinear columns.
    """

    coef: np.ndarray
    intercept: float
    nll: float
    converged: bool
    message: str

    def predict_proba(self, X) -> np.ndarray:
        """p(y = 1 | x) ``(m,)`` for each row of `X` ``(m, d)``."""
        return expit(_features(X, self.coef) @ self.coef + self.intercept)


@dataclass(frozen=True, eq=False)
class SoftmaxFit:
    """A fitted softmax regression, p(y = k | x) = softmax(intercept + x·coef)_k.

    Attributes
    ----------
    coef : ndarray ``(d, K)``
        Column k belongs to class k; every row sums to 0.
    intercept : ndarray ``(K,)``
        Sums to 0.
    nll, converged, message
        As in `LogisticFit`.
    """

    coef: np.ndarray
    intercept: np.ndarray
    nll: float
    converged: bool
    message: str

    def predict_proba(self, X) -> np.ndarray:
        """p(y = k | x) ``(m, K)`` for each row of `X` ``(m, d)``."""
        return softmax(_features(X, self.coef) @ self.coef + self.intercept, axis=1)


def fit_logistic(X, y, *, penalty: float = 0.0, tol: float = 1e-8) -> LogisticFit:
    r"""Fit a logistic regression by (penalised) maximum likelihood.

    .. math:: \min_{b, w} \; \frac1n \sum_{i=1}^n \log\!\big(1 + e^{-(2 y_i - 1)(b + w \cdot x_i)}
              \big) + \frac\lambda2 \|w\|^2

    With λ > 0 there is exactly one minimiser. With λ = 0 there is one iff the classes are not
    separable (see `separation`), and only one iff the columns of [1, X] are independent besides.
    scikit-learn's C is 1/(nλ).

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features, without a constant column.
    y : array_like ``(n,)``
        Labels 0 and 1, both present.
    penalty : float
        λ >= 0. The intercept is never penalised.
    tol : float
        Stop when no entry of the gradient is larger, in coordinates of the parameters in which the
        Hessian at 0 is the identity: units and correlations of the features do not count.

    Returns
    -------
    LogisticFit
        With ``penalty=0`` on data that `separation` calls separable: ``converged`` False, a
        `message` that says so, and the coefficients reached, which mean nothing. With
        ``penalty=0`` on columns collinear to 8 digits: the minimiser of least norm ‖coef‖.

    Raises
    ------
    ValueError
        If `y` holds one class only or labels other than 0 and 1, the sizes disagree, an entry is
        not finite, or `penalty` is negative.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    Cox (1958); Albert & Anderson (1984).

    Examples
    --------
    >>> fit = fit_logistic([[0]] * 40 + [[1]] * 40, [1] * 12 + [0] * 28 + [1] * 30 + [0] * 10)
    >>> round(fit.intercept, 6), fit.coef.round(6).tolist(), fit.converged
    (-0.847298, [1.94591], True)
    >>> fit_logistic([[1], [2], [3], [4]], [0, 0, 1, 1]).message[:43]
    'no minimiser: the classes are separable (co'
    """
    X, y = as_data(X, y)
    check_binary(y)
    problem = _Problem(X, y, 1, penalty, tol, logistic_value_and_residual)
    coef, intercept, nll, converged, message = problem.solve()
    return LogisticFit(coef[:, 0], float(intercept[0]), nll, converged, message)


def fit_softmax(X, y, *, penalty: float = 0.0, tol: float = 1e-8) -> SoftmaxFit:
    r"""Fit a softmax (multinomial logistic) regression by (penalised) maximum likelihood.

    .. math:: \min_{b, W} \; \frac1n \sum_{i=1}^n \big(\operatorname{LSE}(z_i) - z_{i y_i}\big)
              + \frac\lambda2 \|W\|_F^2, \qquad z_i = b + W^\top x_i

    Adding one vector to every column of W changes no probability, so for λ = 0 the minimiser is
    never unique; the one returned has coefficients that sum to 0 over the classes, as that for
    λ > 0 does of itself. For two classes coef[:, 1] − coef[:, 0] is that of `fit_logistic` (with
    half the penalty).

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features, without a constant column.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.
    penalty : float
        λ >= 0. Intercepts are never penalised.
    tol : float
        As for `fit_logistic`; along a common shift of all classes the Hessian is smaller.

    Returns
    -------
    SoftmaxFit
        On separable classes and collinear columns as for `fit_logistic`.

    Raises
    ------
    ValueError
        If a class is missing or there is only one, the sizes disagree, an entry is not finite, or
        `penalty` is negative.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    Bishop (2006), §4.3.4; Albert & Anderson (1984).

    Examples
    --------
    >>> fit = fit_softmax([[0], [0], [0], [1], [1], [1]], [0, 1, 2, 0, 1, 2])
    >>> fit.predict_proba([[5]]).round(6).tolist(), round(fit.nll, 6)
    ([[0.333333, 0.333333, 0.333333]], 1.098612)
    """
    X, y = as_data(X, y)
    problem = _Problem(X, y, int(y.max()) + 1, penalty, tol, softmax_value_and_residual)
    coef, intercept, nll, converged, message = problem.solve()
    coef -= coef.mean(axis=1, keepdims=True)
    return SoftmaxFit(coef, intercept - intercept.mean(), nll, converged, message)


class _Problem:
    """What both fits share: minimise mean loss(Z) + penalty, with Z ``(m, n)`` rows of logits.

    In φ ``(r+1, m)`` the logits are unit·φ_0 + Sᵀ T φ_1.., where S ``(d, n)`` holds the
    standardised features and T ``(d, r)`` makes the Hessian at φ = 0 the identity (r < d only if
    columns are collinear). So w = T φ_1.. / scale.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, m: int, penalty, tol, loss: Callable):
        self.X, self.y, self.m, self.loss = X, y, m, loss
        self.penalty = as_scalar(penalty, "penalty", low=0.0, high=1e100)
        self.tol = as_scalar(tol, "tol", low=0.0, open_low=True)
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


def _features(X, coef: np.ndarray) -> np.ndarray:
    X = as_matrix(X, "X")
    if X.shape[1] != len(coef) or np.abs(X).max() > 1e100:
        raise ValueError(f"X must have {len(coef)} columns, as in the fit, of entries up to 1e100, "
                         f"got shape {X.shape} with entries up to {np.abs(X).max():g}; select the "
                         "same features in the same units")
    return X
