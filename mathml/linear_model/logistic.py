"""Logistic regression: its loss with two derivatives, and the fit by maximum likelihood.

Parameters carry the intercept first: θ = (b, w).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from mathml._check import as_labels, as_matrix, as_scalar, as_vector, finite_result
from mathml.linear_model.fitting import as_data, as_more_data, fit, hessian


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
    b, w = theta[0], theta[1:]
    gradient = np.empty(theta.size)
    with np.errstate(over="ignore", invalid="ignore"):
        value, r = _value_and_residual(b + X @ w, y)
        value += penalty / 2 * float(w @ w)
        gradient[0] = r.mean()
        gradient[1:] = X.T @ r / len(y) + penalty * w
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
    F = np.vstack([np.ones(len(X)), X.T])
    with np.errstate(over="ignore", invalid="ignore"):
        z = finite_result(theta @ F, "the logits")
        H = hessian(F, expit(z)[None], (expit(z) * expit(-z))[None])[0, :, 0]
        H += penalty * np.diag(np.r_[0.0, np.ones(X.shape[1])])
    return finite_result(H, "the Hessian")


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
        return expit(as_more_data(X, self.coef) @ self.coef + self.intercept)


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
        Stop when the Newton decrement :math:`\sqrt{g^\top H^{-1} g}` of gradient and Hessian is at
        most this, or as small as rounding allows, and the next step changes no logit by more than
        1/4. But for rounding, the objective is then within about tol²/2 of its minimum. Units,
        shifts, correlations and outliers of the features do not count.

    Returns
    -------
    LogisticFit
        With ``penalty=0`` on data that `separation` calls separable: ``converged`` False, a
        `message` that says so, and the coefficients reached, which mean nothing. With
        ``penalty=0`` on columns that are collinear up to rounding: the minimiser of least norm
        ‖coef‖.

    Raises
    ------
    ValueError
        If `y` holds one class only or labels other than 0 and 1, the sizes disagree, an entry is
        not finite, or `penalty` is negative.
    TypeError
        If an argument is not made of real numbers.

    References
    ----------
    Cox (1958); Albert & Anderson (1984); Boyd & Vandenberghe (2004), §9.5.

    Examples
    --------
    >>> fit = fit_logistic([[0]] * 40 + [[1]] * 40, [1] * 12 + [0] * 28 + [1] * 30 + [0] * 10)
    >>> round(fit.intercept, 6), fit.coef.round(6).tolist(), fit.converged
    (-0.847298, [1.94591], True)
    >>> fit_logistic([[1], [2], [3], [4]], [0, 0, 1, 1]).message[:43]
    'no minimiser: the classes are separable (co'
    """
    X, y = as_data(X, y)
    _check_binary(y)
    end = fit(X, y, 1, _value_and_residual, penalty, tol)
    return LogisticFit(end.theta[1:, 0], float(end.theta[0, 0]), end.nll, end.converged,
                       end.message)


def _value_and_residual(z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean NLL at the logits z ``(..., n)`` and σ(z) − y: n times its derivative in z."""
    sign = 1 - 2 * y  # the logit of a mistake is sign·z
    wrong = sign * z
    loss = np.log1p(np.exp(-np.abs(z))) + np.maximum(wrong, 0.0)  # log(1 + e^wrong)
    return float(np.mean(loss)), sign * expit(wrong)


def _logistic_arguments(theta, X, y, penalty):
    X = as_matrix(X, "X", copy=False)
    y = as_labels(y, "y", size=len(X))
    _check_binary(y)
    theta = as_vector(theta, "theta", size=X.shape[1] + 1)
    return theta, X, y, as_scalar(penalty, "penalty", "[0, inf)")


def _check_binary(y: np.ndarray) -> None:
    """Refuse labels other than 0 and 1."""
    if y.max() > 1:
        raise ValueError(f"y must hold labels 0 and 1, got {y.max()}; "
                         "for more classes use the softmax functions")
