"""Drivers: they carry a rule from a start to its end and record the whole path."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mathml import _check
from mathml._check import as_bool, as_choice, as_function, as_int, as_rng, read_only
from mathml.optim.path import Objective, Path, Record, argument, as_start, as_tolerance, is_inside
from mathml.optim.rules import Rule, as_rule


def minimize(f: Callable, grad: Callable, x0, rule: Rule, *, steps: int = 1000,
             tol: float = 1e-8) -> Path:
    r"""Minimise `f` from `x0` by a gradient rule, recording every iterate.

    Stops at the first t with

    .. math:: \|\nabla f(x_t)\|_2 \le \text{tol} \cdot \max(1, \|\nabla f(x_0)\|_2),

    a test on the gradient, never on the step (Dennis & Schnabel 1996, §7.2): a step is η times a
    gradient, so a test on steps would call a tiny learning rate a minimum.

    Parameters
    ----------
    f, grad : callable
        Take an array ``(d,)`` and return one number and an array ``(d,)``. If `x0` is a number,
        they take and return numbers.
    x0 : array_like ``(d,)``, or a number (d = 1)
        The start; integers are fine; never changed.
    rule : Rule
        GD, Momentum, Nesterov, RMSprop, Adam, Scheduled, or any object with init and step.
    steps : int
        The largest number of steps; 0 only evaluates the start.
    tol : float
        Relative tolerance on the gradient norm, >= 0.

    Returns
    -------
    Path
        Divergence is no error: as soon as a point, a value or a gradient is not finite, or its
        size (the norm of a vector) exceeds 1e100 (for values and gradients: times their size at
        `x0`, if that is above 1), the path ends at the last point before it and says so.

    Raises
    ------
    ValueError
        If `f` or `grad` is not finite at `x0`, or returns the wrong shape anywhere.
    TypeError
        If `f` or `grad` is not a function of real numbers, or `rule` is not a rule.

    Examples
    --------
    >>> from mathml.optim import GD
    >>> path = minimize(lambda x: x**2, lambda x: 2 * x, 10, GD(lr=0.25))
    >>> path.xs[:4, 0].tolist(), path.converged
    ([10.0, 5.0, 2.5, 1.25], True)
    >>> minimize(lambda x: x**2, lambda x: 2 * x, 10, GD(lr=1.5)).message[:8]
    'diverged'
    """
    objective = Objective(f, grad)
    steps, tol = as_int(steps, "steps"), as_tolerance(tol)
    x, rule = as_start(x0), as_rule(rule)
    with np.errstate(all="ignore"):  # overflow is found by the record and told in its message
        value, g = objective.value(x), objective.gradient(x)
        record, state = Record(x, value, g, tol), rule.init(x)
        for _ in range(steps):
            if record.converged:
                break
            x, state = _step(rule, x, g, state)
            if not is_inside(x):
                return record.diverged()
            value, g = objective.value(x), objective.gradient(x)
            if not record.add(x, value, g):
                return record.diverged()
    return record.finished("steps")


def minimize_stochastic(value_and_grad: Callable, x0, rule: Rule, n: int, *, batch_size: int,
                        epochs: int, rng: np.random.Generator, replace: bool = False,
                        record: str = "epoch", tol: float = 1e-8) -> Path:
    r"""Minimise a mean over n examples by steps along mini-batch gradients.

    .. math:: J(x) = \frac1n \sum_{i=1}^n \ell_i(x), \qquad
              g_t = \frac{1}{|B_t|} \sum_{i \in B_t} \nabla \ell_i(x_t)

    Parameters
    ----------
    value_and_grad : callable
        ``value_and_grad(x, idx)`` returns the mean loss and the mean gradient over the examples
        with the (read-only integer array of) indices `idx`.
    x0 : array_like ``(d,)``, or a number (d = 1)
        The start; never changed.
    rule : Rule
        GD, Momentum, Nesterov, RMSprop, Adam, Scheduled, or any object with init and step.
    n : int
        Number of examples.
    batch_size : int
        b, examples per step. With ``b = n`` and no replacement this is `minimize`.
    epochs : int
        Passes of ``ceil(n/b)`` steps each.
    rng : numpy.random.Generator
        Source of the batches.
    replace : bool
        False: each epoch goes through a fresh shuffle of the examples (the last batch may be
        smaller). True: each batch is b independent draws, so that g_t has covariance Σ/b exactly.
    record : {"epoch", "step"}
        When the path takes a point: after each epoch, or after each step. Its value and gradient
        are those of J, over all n examples: one extra pass per point. (A mini-batch gradient near
        zero proves nothing.)
    tol : float
        Stop at a recorded point with ``‖∇J(x)‖ <= tol·max(1, ‖∇J(x0)‖)``.

    Returns
    -------
    Path
        Divergence ends it as in `minimize`.

    Raises
    ------
    ValueError, TypeError
        As for `minimize`; also if ``batch_size > n`` without replacement.

    References
    ----------
    Bottou, Curtis & Nocedal (2018).

    Examples
    --------
    >>> from mathml.optim import GD
    >>> a = np.array([1.0, 2.0, 3.0, 6.0])  # the mean minimises the mean of (x - a_i)²/2
    >>> def loss(x, idx):
    ...     return np.mean((x - a[idx]) ** 2) / 2, np.mean(x - a[idx], keepdims=True)
    >>> path = minimize_stochastic(loss, [0.0], GD(lr=0.5), 4, batch_size=4, epochs=60,
    ...                            rng=np.random.default_rng(0))
    >>> path.x.round(6).tolist()
    [3.0]
    """
    as_function(value_and_grad, "value_and_grad")
    n, epochs = as_int(n, "n", low=1, high=10**8), as_int(epochs, "epochs")
    largest = None if as_bool(replace, "replace") else n
    b = as_int(batch_size, "batch_size", low=1, high=largest)
    x, rule, rng, tol = as_start(x0), as_rule(rule), as_rng(rng), as_tolerance(tol)
    record = as_choice(record, "record", ("epoch", "step"))

    def evaluate(x: np.ndarray, idx: np.ndarray) -> tuple[float, np.ndarray]:
        result = value_and_grad(argument(x), idx)
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError("value_and_grad must return a pair (value, gradient), got "
                            f"{type(result).__name__}; return both")
        return (_check.as_returned_number(result[0], "value_and_grad"),
                _check.as_returned_gradient(result[1], "value_and_grad", x.shape))

    everything, unit = read_only(np.arange(n)), "epochs" if record == "epoch" else "steps"
    with np.errstate(all="ignore"):
        path, state = Record(x, *evaluate(x, everything), tol), rule.init(x)
        for _ in range(epochs):
            batches = _batches(n, b, rng, replace)
            for k, idx in enumerate(batches, start=1):
                if path.converged:
                    return path.finished(unit)
                x, state = _step(rule, x, evaluate(x, idx)[1], state)
                if not is_inside(x):
                    return path.diverged()
                due = record == "step" or k == len(batches)
                if due and not path.add(x, *evaluate(x, everything)):
                    return path.diverged()
    return path.finished(unit)


def _step(rule: Rule, x: np.ndarray, g: np.ndarray, state) -> tuple[np.ndarray, object]:
    result = rule.step(x, g, state)
    if not isinstance(result, tuple) or len(result) != 2:
        raise TypeError(f"rule.step must return a pair (x, state), got {type(result).__name__}; "
                        "return None for a state that is not needed")
    new = np.asarray(result[0])
    if new.shape != x.shape or new.dtype.kind not in "buif":
        raise ValueError(f"rule.step must return a real point of shape {x.shape}, got {new.dtype} "
                         f"of shape {new.shape}; check its broadcasting")
    return read_only(np.array(new, dtype=float)), result[1]  # a copy: rules may reuse arrays


def _batches(n: int, b: int, rng: np.random.Generator, replace: bool) -> list[np.ndarray]:
    count = -(-n // b)
    if replace:
        return list(read_only(rng.integers(n, size=(count, b))))
    order = read_only(rng.permutation(n))
    return [order[k * b:(k + 1) * b] for k in range(count)]
