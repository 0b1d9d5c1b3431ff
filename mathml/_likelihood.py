"""The negative log-likelihoods of logistic and softmax regression, with their derivatives.

Public through `mathml.linear_model`. Parameters carry the intercept first: θ = (b, w).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from mathml._check import as_labels, as_matrix, as_scalar, as_vector, finite_result


def logistic_value_and_grad(theta, X, y, *, penalty: float = 0.0) -> tuple[float, np.ndarray]:
    r"""Mean negative log-likelihood of logistic regression and its gradient.

    .. math:: J(\theta) = \frac1n \sum_i \log\!\big(1 + e^{-(2 y_i - 1) z_i}\big)
              + \frac\lambda2 \|w\|^2, \qquad z = b + Xw, \quad \theta = (b, w)

    .. math:: \nabla J(\theta) = \frac1n \tilde X^\top (\sigma(z) - y) + \lambda (0, w),
              \qquad \tilde X = [1, X]

    Parameters
    ----------
    theta : array_like ``(d+1,)``
        The intercept b, then the weights w.
    X : array_like ``(n, d)``
        Features, without the constant column.
    y : array_like ``(n,)``
        Labels 0 and 1.
    penalty : float
        λ >= 0; the intercept is not penalised.

    Returns
    -------
    value : float
    gradient : ndarray ``(d+1,)``

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed or the sizes disagree.

    References
    ----------
    Cox (1958); McCullagh & Nelder (1989), §4.

    Examples
    --------
    >>> value, gradient = logistic_value_and_grad([0, 0], [[1], [3]], [0, 1])
    >>> round(value, 6), gradient.tolist()
    (0.693147, [0.0, -0.5])
    """
    theta, X, y, penalty = _logistic_arguments(theta, X, y, penalty)
    weights = np.r_[0.0, theta[1:]]
    with np.errstate(over="ignore", invalid="ignore"):
        value, r = logistic_value_and_residual(theta[0] + X @ theta[1:], y)
        value += penalty / 2 * float(weights @ weights)
        gradient = np.r_[r.sum(), X.T @ r] / len(y) + penalty * weights
    return finite_result(value, "the value"), finite_result(gradient, "the gradient")


def logistic_hessian(theta, X, y, *, penalty: float = 0.0) -> np.ndarray:
    r"""Hessian of `logistic_value_and_grad`.

    .. math:: \nabla^2 J(\theta) = \frac1n \tilde X^\top D \tilde X + \lambda \operatorname{diag}(0,
              1, \dots, 1), \qquad D = \operatorname{diag}(\sigma(z) (1 - \sigma(z)))

    Newton's method with it is iteratively reweighted least squares.

    Parameters
    ----------
    theta, X, y, penalty
        As for `logistic_value_and_grad`. The labels do not enter.

    Returns
    -------
    ndarray ``(d+1, d+1)``
        Positive semidefinite; definite iff the columns of [1, X] are independent (or λ > 0).

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed or the sizes disagree.

    References
    ----------
    Bishop (2006), §4.3.3.

    Examples
    --------
    >>> logistic_hessian([0, 0], [[1], [3]], [0, 1]).tolist()
    [[0.25, 0.5], [0.5, 1.25]]
    """
    theta, X, y, penalty = _logistic_arguments(theta, X, y, penalty)
    A = np.column_stack([np.ones(len(X)), X])
    with np.errstate(over="ignore", invalid="ignore"):
        z = finite_result(A @ theta, "the logits")
        H = A.T @ ((expit(z) * expit(-z))[:, None] * A) / len(y)
        H += penalty * np.diag(np.r_[0.0, np.ones(X.shape[1])])
    return finite_result(H, "the Hessian")


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
    X, Theta = as_matrix(X, "X"), as_matrix(Theta, "Theta")
    y, penalty = as_labels(y, "y", size=len(X)), as_scalar(penalty, "penalty", low=0.0)
    if Theta.shape[0] != X.shape[1] + 1:
        raise ValueError(f"Theta must have d + 1 = {X.shape[1] + 1} rows, got {Theta.shape[0]}; "
                         "put the intercepts in the first")
    if y.max() >= Theta.shape[1]:
        raise ValueError(f"y must hold labels below K = {Theta.shape[1]}, got {y.max()}; "
                         "give Theta a column per class")
    weights = np.vstack([np.zeros(Theta.shape[1]), Theta[1:]])
    with np.errstate(over="ignore", invalid="ignore"):
        value, R = softmax_value_and_residual(Theta[:1].T + Theta[1:].T @ X.T, y)
        value += penalty / 2 * float(np.sum(weights**2))
        gradient = np.vstack([R.sum(axis=1), X.T @ R.T]) / len(y) + penalty * weights
    return finite_result(value, "the value"), finite_result(gradient, "the gradient")


def logistic_value_and_residual(z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean NLL at the logits z ``(n,)`` and σ(z) − y: n times its derivative in z."""
    wrong = np.where(y == 1, -z, z)  # log(1 + e^wrong) without overflow; faster than logaddexp
    return float(np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(wrong, 0.0))), expit(z) - y


def softmax_value_and_residual(Z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean NLL at the logits Z ``(K, n)`` and softmax(Z) − Y: n times its derivative in Z.

    Classes are rows here, so that sums over classes run along contiguous memory.
    """
    own = (y, np.arange(y.size))
    Z = Z - Z.max(axis=0)  # leaves the softmax unchanged and cannot overflow
    chosen = Z[own]
    P = np.exp(Z, out=Z)
    total = P.sum(axis=0)
    P /= total
    P[own] -= 1.0
    return float(np.mean(np.log(total) - chosen)), P


def _logistic_arguments(theta, X, y, penalty):
    X = as_matrix(X, "X")
    y = as_labels(y, "y", size=len(X))
    check_binary(y)
    theta = as_vector(theta, "theta", size=X.shape[1] + 1)
    return theta, X, y, as_scalar(penalty, "penalty", low=0.0)


def check_binary(y: np.ndarray) -> None:
    """Refuse labels other than 0 and 1."""
    if y.max() > 1:
        raise ValueError(f"y must hold labels 0 and 1, got {y.max()}; "
                         "for more classes use the softmax functions")
