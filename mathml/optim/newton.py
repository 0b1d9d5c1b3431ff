"""Newton's method, damped so that each step falls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from mathml import _check
from mathml._check import as_bool, as_function, as_int
from mathml.optim.line_search import armijo
from mathml.optim.path import Objective, Path, Record, argument, as_start, as_tolerance, is_inside


def newton(f: Callable, grad: Callable, hess: Callable, x0, *, steps: int = 100,
           tol: float = 1e-8, damped: bool = True) -> Path:
    r"""Minimise `f` by Newton's method.

    .. math:: \nabla^2 f(x_t)\, p_t = -\nabla f(x_t), \qquad x_{t+1} = x_t + p_t

    Near a minimiser with a positive definite, Lipschitz Hessian the error is squared by each step.
    Far away the plain method may climb, cycle, diverge, or go to a saddle. The damped one takes
    :math:`(\nabla^2 f + \tau I)p = -\nabla f` with a τ >= 0 that makes the matrix positive
    definite, and shortens the step until f falls far enough (Armijo's condition).

    Parameters
    ----------
    f, grad, hess : callable
        Take an array ``(d,)`` and return a number, an array ``(d,)`` and a symmetric array
        ``(d, d)``. If `x0` is a number, all take and return numbers.
    x0 : array_like ``(d,)``, or a number
        The start; never changed.
    steps : int
        The largest number of steps.
    tol : float
        Stops at ``‖∇f(x)‖ <= tol·max(1, ‖∇f(x0)‖)``.
    damped : bool
        False: the plain method, with all its failures.

    Returns
    -------
    Path
        Divergence is no error: the path ends at the last point within 1e100 and says so. It also
        ends, saying so, where the plain method meets a singular Hessian.

    Raises
    ------
    ValueError
        If something is not finite at `x0`, or a function returns the wrong shape.

    References
    ----------
    Nocedal & Wright (2006), §3.3 and algorithm 3.3.

    Examples
    --------
    >>> fun = lambda x: np.sqrt(1 + x**2)
    >>> grad, hess = lambda x: x / fun(x), lambda x: fun(x) ** -3.0
    >>> newton(fun, grad, hess, 0.5, damped=False).xs[:3, 0].round(6).tolist()  # x becomes -x³
    [0.5, -0.125, 0.001953]
    >>> newton(fun, grad, hess, 2.0, damped=False).message[:8]
    'diverged'
    >>> newton(fun, grad, hess, 2.0).converged
    True
    """
    objective, hess = Objective(f, grad), as_function(hess, "hess")
    steps, tol = as_int(steps, "steps"), as_tolerance(tol)
    x, damped = as_start(x0), as_bool(damped, "damped")
    with np.errstate(all="ignore"):
        value, g = objective.value(x), objective.gradient(x)
        record = Record(x, value, g, tol)
        for _ in range(steps):
            if record.converged:
                break
            H = _symmetric(hess(argument(x)), x.size)
            if H is None:
                return record.stopped("the Hessian is not finite")
            p = _descent(H, g.ravel()) if damped else _solution(H, g.ravel())
            if p is None:
                return record.stopped("the Hessian is singular; damp the method")
            p = p.reshape(x.shape)
            if damped:
                found = armijo(objective, x, value, float(np.sum(g * p)), p)
                if found is None:
                    return record.stopped("no step along the direction lowers f; "
                                          "check grad and hess, or raise tol")
                x, value = found
            else:
                x = x + p
                if not is_inside(x):
                    return record.diverged("damp the method or start nearer")
                value = objective.value(x)
            g = objective.gradient(x)
            if not record.add(x, value, g):
                return record.diverged("damp the method or start nearer")
    return record.finished("steps", "start nearer")


def _symmetric(H, d: int) -> np.ndarray | None:
    H = _check.as_returned_array(H, "hess").astype(float)
    if H.size != d * d or (H.ndim != 2 and d > 1):
        raise ValueError(f"hess must return a matrix of shape {(d, d)}, got {H.shape}; "
                         "one row per coordinate of the gradient")
    H = H.reshape(d, d)
    if not np.all(np.isfinite(H)):
        return None
    largest = np.abs(H).max()
    if np.abs(H - H.T).max() > 1e-6 * largest:
        raise ValueError("hess must return a symmetric matrix, got entries that differ from "
                         f"their mirror image by {np.abs(H - H.T).max():g}; check its formula")
    return H


def _solution(H: np.ndarray, g: np.ndarray) -> np.ndarray | None:
    try:
        return np.linalg.solve(H, -g)
    except np.linalg.LinAlgError:
        return None


def _descent(H: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Solve (H + τI)p = -g with the first τ of 0, 0.001, 0.002, 0.004, ... (in units of H's largest
    entry) that makes the matrix positive definite; τ = d would do (Gershgorin).
    """
    scale, tau = np.abs(H).max() or 1.0, 0.0
    while True:
        try:
            factor = cho_factor(H / scale + tau * np.eye(len(g)))
        except np.linalg.LinAlgError:
            tau = max(2 * tau, 1e-3)
            continue
        return -cho_solve(factor, g) / scale
