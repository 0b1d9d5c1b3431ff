"""Quasi-Newton methods: curvature learnt from differences of gradients."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from mathml._check import as_int
from mathml.optim.line_search import wolfe
from mathml.optim.path import Objective, Path, Record, as_start, as_tolerance


def bfgs(f: Callable, grad: Callable, x0, *, steps: int = 1000, tol: float = 1e-8) -> Path:
    r"""Minimise `f` by the method of Broyden, Fletcher, Goldfarb and Shanno.

    H stands for the inverse of the Hessian. With the last step s, the change y of the gradient
    over it and :math:`\rho = 1/(y^\top s)`, the new H explains them, :math:`H_{t+1} y = s`:

    .. math:: p_t = -H_t \nabla f(x_t), \qquad
              H_{t+1} = (I - \rho s y^\top)\, H_t\, (I - \rho y s^\top) + \rho s s^\top

    The step along p ends where f has fallen far enough and the slope has risen (the weak Wolfe
    conditions), so that yᵀs > 0 and H stays positive definite. H starts as I, rescaled by
    yᵀs/yᵀy before the first update.

    Parameters
    ----------
    f, grad : callable
        Take an array ``(d,)`` and return one number and an array ``(d,)``. If `x0` is a number,
        they take and return numbers.
    x0 : array_like ``(d,)``, or a number
        The start; never changed.
    steps : int
        The largest number of steps. Each costs O(d²), and a step about one value and one gradient.
    tol : float
        Stops at ``‖∇f(x)‖ <= tol·max(1, ‖∇f(x0)‖)``.

    Returns
    -------
    Path
        A function unbounded below, and one whose rounding hides what is left of the fall, are no
        errors: the message tells.

    Raises
    ------
    ValueError
        If f or its gradient is not finite at `x0`, or one returns the wrong shape.

    References
    ----------
    Nocedal & Wright (2006), §6.1; Lewis & Overton (2013) for the line search.

    Examples
    --------
    >>> from scipy.optimize import rosen, rosen_der
    >>> bfgs(rosen, rosen_der, [-1.2, 1]).x.round(6).tolist()
    [1.0, 1.0]
    """
    return _quasi_newton(f, grad, x0, _Dense, steps, tol)


def lbfgs(f: Callable, grad: Callable, x0, *, memory: int = 10, steps: int = 1000,
          tol: float = 1e-8) -> Path:
    """Minimise `f` by BFGS with limited memory: the last pairs (s, y) instead of a matrix.

    The direction -Hg is computed from `memory` pairs in two loops, where H is what BFGS would make
    of them from the start (yᵀs/yᵀy)I of the newest: 4·memory·d products instead of d².

    Parameters
    ----------
    f, grad, x0, steps, tol
        As for `bfgs`.
    memory : int
        The number m >= 1 of pairs that are kept: 2md numbers.

    Returns
    -------
    Path
        As of `bfgs`.

    Raises
    ------
    ValueError
        As `bfgs`.

    References
    ----------
    Nocedal (1980); Liu & Nocedal (1989).

    Examples
    --------
    >>> from scipy.optimize import rosen, rosen_der
    >>> lbfgs(rosen, rosen_der, [-1.2, 1], memory=3).x.round(6).tolist()
    [1.0, 1.0]
    """
    memory = as_int(memory, "memory", low=1, high=10**6)
    return _quasi_newton(f, grad, x0, lambda d: _Pairs(memory), steps, tol)


class _Dense:
    """The matrix H of BFGS."""

    def __init__(self, d: int) -> None:
        self.H = None
        self.d = d

    def times(self, v: np.ndarray) -> np.ndarray:
        return v if self.H is None else self.H @ v

    def update(self, s: np.ndarray, y: np.ndarray) -> None:
        rho = 1 / (y @ s)
        H = _scale(s, y) * np.eye(self.d) if self.H is None else self.H
        V = np.eye(self.d) - rho * np.outer(y, s)
        self.H = V.T @ H @ V + rho * np.outer(s, s)


class _Pairs:
    """The same H as a product of what the last pairs do to a vector."""

    def __init__(self, memory: int) -> None:
        self.pairs = deque(maxlen=memory)

    def times(self, v: np.ndarray) -> np.ndarray:
        if not self.pairs:
            return v
        v, shares = v.copy(), []
        for s, y in reversed(self.pairs):
            shares.append(s @ v / (y @ s))
            v -= shares[-1] * y
        v *= _scale(*self.pairs[-1])
        for (s, y), share in zip(self.pairs, reversed(shares), strict=True):
            v += (share - y @ v / (y @ s)) * s
        return v

    def update(self, s: np.ndarray, y: np.ndarray) -> None:
        self.pairs.append((s, y))


def _scale(s: np.ndarray, y: np.ndarray) -> float:
    """The curvature along a step, inverted: what H = cI should be, as far as s and y tell."""
    return (y @ s) / (y @ y)


def _quasi_newton(f: Callable, grad: Callable, x0, model: Callable, steps: int,
                  tol: float) -> Path:
    objective = Objective(f, grad)
    steps, x, tol = as_int(steps, "steps"), as_start(x0), as_tolerance(tol)
    with np.errstate(all="ignore"):
        value, g = objective.value(x), objective.gradient(x)
        record, inverse = Record(x, value, g, tol), model(x.size)
        t = min(1.0, 1 / record.grad_norms[0]) if record.grad_norms[0] else 1.0  # no scale yet
        for _ in range(steps):
            if record.converged:
                break
            p = -inverse.times(g.ravel()).reshape(x.shape)
            found = wolfe(objective, x, value, float(np.sum(g * p)), p, t)
            if found is None:
                return record.stopped("no step along the direction falls as Wolfe's conditions "
                                      "ask; check grad, or raise tol")
            if not record.add(*found):
                return record.diverged("f seems to be unbounded below")
            s, y = (found[0] - x).ravel(), (found[2] - g).ravel()
            if y @ s > 0:  # Wolfe's conditions say so, rounding may not
                inverse.update(s, y)
            (x, value, g), t = found, 1.0
    return record.finished("steps", "rescale the coordinates")
