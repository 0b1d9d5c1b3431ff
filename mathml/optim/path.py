"""The record of a minimisation, and the checks at the door that every driver shares."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mathml import _check
from mathml._check import as_float_array, as_function, as_scalar, exact, read_only

BOUND = 1e100  # a point or gradient longer, or a value larger, is called divergence


@dataclass(frozen=True, eq=False)
class Path:
    """The record of a minimisation: T steps are T + 1 points, every number in it finite.

    Attributes
    ----------
    xs : ndarray ``(T+1, d)``
        The points, ``xs[0]`` the start.
    fs, grad_norms : ndarray ``(T+1,)``
        Value and Euclidean norm of the gradient at each iterate.
    converged : bool
        Whether the gradient met the tolerance. That is a stationary point: a minimum, a saddle, or
        far out on a plateau.
    message : str
        Why it stopped, in one sentence.
    """

    xs: np.ndarray
    fs: np.ndarray
    grad_norms: np.ndarray
    converged: bool
    message: str

    @property
    def x(self) -> np.ndarray:
        """The last iterate, ``(d,)``."""
        return self.xs[-1]

    @property
    def f(self) -> float:
        """The value at the last iterate."""
        return float(self.fs[-1])

    def __len__(self) -> int:
        return len(self.fs)  # T + 1


class Record:
    """Collects the points of a path and knows the finite bound at which it ends.

    What it does runs once a step, so it computes with plain numbers where NumPy's calls cost more.
    """

    def __init__(self, x: np.ndarray, value: float, g: np.ndarray, tol: float) -> None:
        norm = _norm(g)
        if not (np.isfinite(value) and np.isfinite(norm)):
            raise ValueError(f"f and its gradient must be finite at x0, got f = {value} and "
                             f"gradient norm {norm}; start inside the domain of f")
        self.xs, self.fs, self.grad_norms = [x], [value], [norm]
        self.f_bound, self.g_bound = BOUND * max(1.0, abs(value)), BOUND * max(1.0, norm)
        self.target = tol * max(1.0, norm)

    @property
    def converged(self) -> bool:
        return self.grad_norms[-1] <= self.target

    def add(self, x: np.ndarray, value: float, g: np.ndarray) -> bool:
        """Take a point; False (and not taken) if it is out of bounds or not finite."""
        norm = _norm(g)
        inside = abs(value) <= self.f_bound and norm <= self.g_bound  # False for nan too
        if inside:
            self.xs.append(x)
            self.fs.append(value)
            self.grad_norms.append(norm)
        return inside

    def finished(self, unit: str, repair: str = "change the step size") -> Path:
        done, norm = f"after {len(self.fs) - 1} {unit}", self.grad_norms[-1]
        if self.converged:
            return self.path(f"converged {done}: gradient norm {norm:.3g} <= {self.target:.3g}")
        return self.path(f"not converged {done}: gradient norm {norm:.3g} > {self.target:.3g}; "
                         f"allow more {unit} or {repair}")

    def diverged(self, repair: str = "lower the step size") -> Path:
        return self.path(f"diverged after {len(self.fs) - 1} recorded steps: the next point is "
                         f"beyond {BOUND:g} or not finite; {repair}", converged=False)

    def stopped(self, why: str) -> Path:
        return self.path(f"stopped after {len(self.fs) - 1} steps: {why}")

    def path(self, message: str, converged: bool | None = None) -> Path:
        xs = np.array(self.xs).reshape(len(self.xs), -1)  # (T+1, d)
        converged = self.converged if converged is None else converged
        return Path(xs, np.array(self.fs), np.array(self.grad_norms), converged, message)


class Objective:
    """A function and its gradient, each answer checked; numbers in and out if the start is one."""

    def __init__(self, f: Callable, grad: Callable) -> None:
        self.f, self.grad = as_function(f, "f"), as_function(grad, "grad")

    def value(self, x: np.ndarray) -> float:
        return _check.as_returned_number(self.f(argument(x)), "f")

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return _check.as_returned_gradient(self.grad(argument(x)), "grad", x.shape)


def as_start(x0) -> np.ndarray:
    """Return `x0` as a read-only number or vector that no driver calls diverged."""
    x = as_float_array(x0, "x0")
    if x.ndim > 1 or x.size == 0:
        raise ValueError(f"x0 must be a number or a vector, got shape {x.shape}; use .ravel()")
    with np.errstate(over="ignore"):
        if not is_inside(x):
            raise ValueError(f"x0 must be at most {BOUND:g} long, got entries up to "
                             f"{exact(np.abs(x).max())}; rescale")
    return read_only(x)  # a function that changes its argument fails instead of lying


def argument(x: np.ndarray):
    """What a function is called with: the array, or a float in place of a 0-d array."""
    return x if x.ndim else float(x)


def is_inside(x: np.ndarray) -> bool:
    """Whether a point is no divergence."""
    return _norm(x) <= BOUND  # False for nan too


def as_tolerance(tol) -> float:
    """Return `tol` as a number not below 0."""
    return as_scalar(tol, "tol", "[0, inf)")


def _norm(x: np.ndarray) -> float:
    return math.sqrt(np.vdot(x, x))  # of a number, too
