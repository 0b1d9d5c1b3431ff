"""Softmax (multinomial logistic) regression: its loss and gradient, and the fit.

Parameters carry the intercepts in the first row: Θ = [b; W].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from mathml._check import as_labels, as_matrix, as_scalar, finite_result
from mathml.linear_model.fitting import as_data, as_more_data, fit


def softmax_value_and_grad(Theta, X, y, *, penalty: float = 0.0) -> tuple[float, np.ndarray]:
    r"""Mean negative log-likelihood (cross-entropy) of softmax regression and its gradient.

    .. math:: J(\Theta) = \frac1n \sum_i \big(\operatorname{LSE}(z_i) - z_{i y_i}\big)
              + \frac\lambda2 \|W\|_F^2, \qquad Z = \tilde X \Theta, \quad \Theta = [b; W]

    .. math:: \nabla J(\Theta) = \frac1n \tilde X^\top (P - Y) + \lambda [0; W],
              \qquad P = \operatorname{softmax}(Z)

    Parameters
    ----------
    Theta : array_like ``(d+1, K)``
        The intercepts in the first row, the weights of class k in column k.
    X : array_like ``(n, d)``
        Features, without the constant column.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1.
    penalty : float
        λ >= 0; intercepts are not penalised.

    Returns
    -------
    value : float
    gradient : ndarray ``(d+1, K)``

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed or the sizes disagree.

    References
    ----------
    Bishop (2006), §4.3.4.

    Examples
    --------
    >>> value, gradient = softmax_value_and_grad(np.zeros((2, 3)), [[1], [4], [2]], [0, 1, 2])
    >>> round(value, 6), gradient.round(6)[1].tolist()
    (1.098612, [0.444444, -0.555556, 0.111111])
    """
    X, Theta = as_matrix(X, "X", copy=False), as_matrix(Theta, "Theta")
    y = as_labels(y, "y", size=len(X), columns=Theta.shape[1])
    penalty = as_scalar(penalty, "penalty", "[0, inf)")
    if Theta.shape[0] != X.shape[1] + 1:
        raise ValueError(f"Theta must have d + 1 = {X.shape[1] + 1} rows, got {Theta.shape[0]}; "
                         "put the intercepts in the first")
    weights = np.vstack([np.zeros(Theta.shape[1]), Theta[1:]])
    with np.errstate(over="ignore", invalid="ignore"):
        value, R = value_and_residual(Theta[:1].T + Theta[1:].T @ X.T, y)
        value += penalty / 2 * float(np.sum(weights**2))
        gradient = np.vstack([R.sum(axis=1), X.T @ R.T]) / len(y) + penalty * weights
    return finite_result(value, "the value"), finite_result(gradient, "the gradient")


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
        return softmax(as_more_data(X, self.coef) @ self.coef + self.intercept, axis=1)


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
        As for `fit_logistic`.

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
    end = fit(X, y, int(y.max()) + 1, value_and_residual, penalty, tol)
    theta = end.theta - end.theta.mean(axis=1, keepdims=True)
    return SoftmaxFit(theta[1:], theta[0], end.nll, end.converged, end.message)


def value_and_residual(Z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean NLL at the logits Z ``(K, n)`` and softmax(Z) − Y: n times its derivative in Z.

    Classes are rows here, so that sums over classes run along contiguous memory.
    """
    own = (y, np.arange(y.size))
    Z = Z - Z.max(axis=0)  # leaves the softmax unchanged and cannot overflow
    chosen = Z[own]
    P = np.exp(Z, out=Z)
    total = P.sum(axis=0)
    P /= total
    P[own] = 0.0
    P[own] = -P.sum(axis=0)  # not p − 1, which is 0 where p is 1 up to rounding
    loss = -np.log1p(np.maximum(P[own], -0.5))
    unlikely = P[own] < -0.5
    loss[unlikely] = np.log(total[unlikely]) - chosen[unlikely]
    return float(np.mean(loss)), P
