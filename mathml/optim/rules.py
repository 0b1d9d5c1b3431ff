"""Update rules: each a frozen dataclass that is its equation.

``init(x)`` returns the state before the first step, ``step(x, g, state)`` the next point and state.
A rule holds no hidden state and changes no array in place (``w -= lr * g`` would overwrite the
caller's array), so it can be shared, compared and stepped by hand.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mathml._check import as_function, as_scalar


class Rule(Protocol):
    """What the drivers ask of an optimiser.

    ``init`` and ``step`` of the course's rules do not check their arguments: `minimize` and
    `minimize_stochastic` have checked the start and each gradient before, and a rule stays its
    equation. Stepped by hand they compute with what they are given, as NumPy does.
    """

    def init(self, x: np.ndarray) -> Any: ...

    def step(self, x: np.ndarray, g: np.ndarray, state: Any) -> tuple[np.ndarray, Any]: ...


def as_rule(rule, name: str = "rule") -> Rule:
    """Return ``rule`` if it has the two methods of a rule."""
    if isinstance(rule, type) or not (hasattr(rule, "init") and hasattr(rule, "step")):
        raise TypeError(f"{name} must be an optimiser with init and step, got {rule!r}; "
                        "pass for example GD(lr=0.1)")
    return rule


def _check(rule) -> None:
    """Check the numbers of a rule: lr > 0, every beta in [0, 1), eps > 0."""
    for name, value in vars(rule).items():
        interval = "[0, 1)" if name.startswith("beta") else "(0, inf)"
        object.__setattr__(rule, name, as_scalar(value, name, interval))  # whatever it was


@dataclass(frozen=True)
class GD:
    r"""Gradient descent: x ← x − ηg.

    `init` and `step` do not check their arguments, see `Rule`.

    Parameters
    ----------
    lr : float
        η > 0. Where ∇f is L-Lipschitz, f never rises for η < 2/L and falls by at least
        ‖g‖²/(2L) a step at η = 1/L.

    References
    ----------
    Cauchy (1847).

    Examples
    --------
    >>> rule = GD(lr=0.1)
    >>> rule.step(np.array([1.0, 2.0]), np.array([10.0, 0.0]), rule.init(None))[0].tolist()
    [0.0, 2.0]
    """

    lr: float
    __post_init__ = _check

    def init(self, x):
        return None

    def step(self, x, g, state):
        return x - self.lr * g, state


@dataclass(frozen=True)
class Momentum:
    r"""Heavy ball: v ← βv + g, then x ← x − ηv.

    Under a constant gradient v tends to g/(1−β), so the effective step is η/(1−β). (Conventions
    that average, v ← βv + (1−β)g, differ by exactly that factor.)

    `init` and `step` do not check their arguments, see `Rule`.

    Parameters
    ----------
    lr : float
        η > 0.
    beta : float
        β in [0, 1); 0 is gradient descent.

    References
    ----------
    Polyak (1964).

    Examples
    --------
    >>> rule, x, g = Momentum(lr=0.1), np.zeros(1), np.ones(1)
    >>> x, v = rule.step(x, g, rule.init(x))
    >>> x, v = rule.step(x, g, v)
    >>> v.tolist(), x.round(6).tolist()
    ([1.9], [-0.29])
    """

    lr: float
    beta: float = 0.9
    __post_init__ = _check

    def init(self, x):
        return np.zeros_like(x, dtype=float)

    def step(self, x, g, v):
        v = self.beta * v + g
        return x - self.lr * v, v


@dataclass(frozen=True)
class Nesterov:
    r"""Nesterov's momentum: v ← βv + g, then x ← x − η(g + βv).

    The iterates are the look-ahead points of the method, where its gradients are taken.

    `init` and `step` do not check their arguments, see `Rule`.

    Parameters
    ----------
    lr : float
        η > 0; at most 1/L for the theorem.
    beta : float
        β in [0, 1); (√κ−1)/(√κ+1) for condition number κ.

    References
    ----------
    Nesterov (1983); in this form Sutskever et al. (2013).

    Examples
    --------
    >>> rule, x = Nesterov(lr=0.1), np.zeros(1)
    >>> rule.step(x, np.ones(1), rule.init(x))[0].round(6).tolist()
    [-0.19]
    """

    lr: float
    beta: float = 0.9
    __post_init__ = _check

    def init(self, x):
        return np.zeros_like(x, dtype=float)

    def step(self, x, g, v):
        v = self.beta * v + g
        return x - self.lr * (g + self.beta * v), v


@dataclass(frozen=True)
class RMSprop:
    r"""RMSprop: s ← βs + (1−β)g², then x ← x − ηg/(√s + ε), coordinate by coordinate.

    s starts at 0 without correction, so the first step is η/√(1−β) in every coordinate.

    `init` and `step` do not check their arguments, see `Rule`.

    Parameters
    ----------
    lr : float
        η > 0, the step per coordinate (in units of x) under a constant gradient.
    beta : float
        β in [0, 1), the decay of the squared gradients.
    eps : float
        ε > 0.

    References
    ----------
    Tieleman & Hinton (2012).

    Examples
    --------
    >>> rule, x = RMSprop(lr=0.01), np.zeros(2)
    >>> rule.step(x, np.array([1.0, -1e3]), rule.init(x))[0].round(6).tolist()
    [-0.031623, 0.031623]
    """

    lr: float
    beta: float = 0.9
    eps: float = 1e-8
    __post_init__ = _check

    def init(self, x):
        return np.zeros_like(x, dtype=float)

    def step(self, x, g, s):
        s = self.beta * s + (1 - self.beta) * g**2
        return x - self.lr * g / (np.sqrt(s) + self.eps), s


@dataclass(frozen=True)
class Adam:
    r"""Adam: momentum and RMSprop, each corrected for its start at 0.

    m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g², then x ← x − η m̂/(√ŝ + ε) with m̂ = m/(1−β₁ᵗ) and
    ŝ = s/(1−β₂ᵗ) at step t = 1, 2, … The first step is about ±η in every coordinate, whatever the
    scale of the gradient. Not guaranteed to converge, even on convex problems (Reddi et al. 2018).

    `init` and `step` do not check their arguments, see `Rule`.

    Parameters
    ----------
    lr : float
        η > 0.
    beta1, beta2 : float
        β₁, β₂ in [0, 1).
    eps : float
        ε > 0.

    References
    ----------
    Kingma & Ba (2015).

    Examples
    --------
    >>> rule, x = Adam(lr=0.01), np.zeros(2)
    >>> rule.step(x, np.array([1e-3, -1e3]), rule.init(x))[0].round(6).tolist()
    [-0.01, 0.01]
    """

    lr: float
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    __post_init__ = _check

    def init(self, x):
        return np.zeros_like(x, dtype=float), np.zeros_like(x, dtype=float), 0

    def step(self, x, g, state):
        m, s, t = state
        t = t + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * g**2
        m_hat, s_hat = m / (1 - self.beta1**t), s / (1 - self.beta2**t)
        return x - self.lr * m_hat / (np.sqrt(s_hat) + self.eps), (m, s, t)


@dataclass(frozen=True)
class Scheduled:
    r"""Any rule with a step size that changes: η_t = η · factor(t) at step t = 1, 2, …

    `init` and `step` do not check their arguments, see `Rule`.

    Parameters
    ----------
    rule : GD, Momentum, Nesterov, RMSprop or Adam
        Or another rule with a step size ``lr``, which is η.
    factor : callable
        Takes the integer t, returns a number >= 0; at 0 the point stays where it is.

    References
    ----------
    Robbins & Monro (1951): stochastic gradients converge if Σ η_t = ∞ and Σ η_t² < ∞, as for c/t.

    Examples
    --------
    >>> rule, x, g = Scheduled(GD(lr=1.0), lambda t: 1 / t), np.zeros(1), np.ones(1)
    >>> x, state = rule.step(x, g, rule.init(x))
    >>> x, state = rule.step(x, g, state)
    >>> x.tolist()
    [-1.5]
    """

    rule: Any
    factor: Callable[[int], float]

    def __post_init__(self):
        as_function(self.factor, "factor")
        if not hasattr(as_rule(self.rule), "lr"):
            raise TypeError(f"rule must have a step size lr, got {self.rule!r}; use GD or Adam")

    def init(self, x):
        return 1, self.rule.init(x)

    def step(self, x, g, state):
        t, inner = state
        rule = copy.copy(self.rule)
        object.__setattr__(rule, "lr", rule.lr * as_scalar(self.factor(t), "factor", "[0, inf)"))
        x, inner = rule.step(x, g, inner)
        return x, (t + 1, inner)
