"""The joint distribution of finitely many finite random variables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from numbers import Rational

import numpy as np

from mathml._check import (
    Frozen,
    as_choice,
    as_float_array,
    as_fractions,
    as_function,
    as_scalar,
    finite_result,
    normalised,
    read_only,
    rounding,
)


@dataclass(frozen=True, eq=False)
class Joint(Frozen):
    """Joint distribution of finitely many variables with finitely many outcomes each.

    Parameters
    ----------
    table : array_like, one axis per variable
        ``table[i, j, ...] = P(X = xᵢ, Y = yⱼ, ...)``: nonnegative, sums to 1. Floats, or
        Fractions, perhaps with integers (then everything below is exact).
    names : sequence of str
        The variables' names, Python identifiers.
    outcomes : sequence of sequences, optional
        The values each variable takes, in the order of its axis; 0, 1, 2, ... by default.

    Raises
    ------
    ValueError, TypeError
        If the table is no distribution or names and outcomes do not fit it; in the methods, if
        a name or an outcome is unknown or the event conditioned on has probability 0.

    References
    ----------
    Blitzstein & Hwang (2019), *Introduction to Probability*, 2nd ed.

    Examples
    --------
    >>> rolls = range(1, 7)  # A: even, B: more than 3
    >>> die = Joint.from_outcomes([(w % 2 == 0, w > 3) for w in rolls], ["A", "B"])
    >>> die.prob_any(A=True, B=True)
    Fraction(2, 3)
    >>> die.conditional(B=True).prob(A=True)
    Fraction(2, 3)
    >>> die.is_independent("A", "B")
    False
    """

    table: np.ndarray
    names: tuple[str, ...]
    outcomes: tuple[tuple, ...] | None = None

    def __post_init__(self):
        table = read_only(_as_table(self.table))
        names = _as_tuple(self.names, "names", table.ndim)
        bad = [n for n in names if not (isinstance(n, str) and n.isidentifier())]
        if bad or len(set(names)) < len(names):
            raise ValueError(f"names must be different Python identifiers, got {names!r:.60}; "
                             "rename the variables")
        ranges = tuple(range(k) for k in table.shape)
        outcomes = _as_tuple(ranges if self.outcomes is None else self.outcomes, "outcomes",
                             table.ndim)
        outcomes = tuple(_as_tuple(values, f"outcomes of {name}", size) for values, name, size
                         in zip(outcomes, names, table.shape, strict=True))
        for name, values in zip(names, outcomes, strict=True):
            if len(_positions(values, f"outcomes of {name}")) < len(values):
                raise ValueError(f"outcomes of {name} must be different, got {values!r:.60}; "
                                 "merge equal ones")
        for attribute, value in ("table", table), ("names", names), ("outcomes", outcomes):
            object.__setattr__(self, attribute, value)

    @classmethod
    def from_outcomes(cls, rows: Sequence[tuple], names: Sequence[str], weights=None) -> Joint:
        """The joint distribution of listed outcomes: ``rows`` holds one value per name each.

        The rows are equally likely, and the probabilities Fractions, unless ``weights``, one
        probability per row, are given. Outcomes keep their order of appearance.
        """
        names = _as_tuple(names, "names")
        rows = [_as_tuple(row, "each row", len(names)) for row in _as_tuple(rows, "rows")]
        if not rows:
            raise ValueError("rows must have at least 1 entry, got 0; list the outcomes")
        weights = _as_table([Fraction(1, len(rows))] * len(rows) if weights is None else weights)
        if weights.shape != (len(rows),):
            raise ValueError(f"weights must have shape ({len(rows)},), got {weights.shape}; "
                             "give one per row")
        columns = zip(*rows, strict=True)
        outcomes = [tuple(_positions(column, "rows")) for column in columns]
        index = [_positions(values, "rows") for values in outcomes]
        table = np.full([len(values) for values in outcomes], 0 * weights[0])
        for row, weight in zip(rows, weights, strict=True):
            table[tuple(at[x] for at, x in zip(index, row, strict=True))] += weight
        return cls(table, names, outcomes)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        """The table as floats: NumPy functions and ``mathml.information`` accept a Joint."""
        return np.array(self.table, dtype=dtype or float)

    def marginal(self, *names: str) -> Joint:
        """The distribution of the named variables alone, in the order given."""
        keep = [self._axis(name) for name in names]
        if not keep or len(set(keep)) < len(keep):
            raise ValueError(f"names must be different and at least one, got {names}; "
                             f"choose among {self.names}")
        others = tuple(set(range(self.table.ndim)) - set(keep))
        table = self.table.sum(axis=others)                       # axes ordered as sorted(keep)
        table = table.transpose([sorted(keep).index(k) for k in keep])
        return Joint(table, names, [self.outcomes[k] for k in keep])

    def prob(self, **event) -> float | Fraction:
        """``P(X = x and Y = y and ...)``, written ``prob(X=x, Y=y)``."""
        return self._number(self._cells(event).sum())

    def prob_any(self, **event) -> float | Fraction:
        """``P(X = x or Y = y or ...)``, the union, by counting each cell once."""
        self._select(event)  # rejects an empty event
        mask = np.zeros(self.table.shape, dtype=bool)
        for name, value in event.items():
            mask[self._select({name: value})] = True
        return self._number(self.table[mask].sum())

    def conditional(self, **event) -> Joint:
        """The distribution of the other variables given the event, ``conditional(Y=y)``."""
        rest = [name for name in self.names if name not in event]
        part = self._cells(event)
        if not rest:
            raise ValueError(f"event must leave a variable free, got all of {self.names}; "
                             "use prob for a probability")
        total = part.sum()
        if total == 0:
            raise ValueError(f"event must have positive probability, got P({event}) = 0; "
                             "a conditional distribution given a null event is not defined")
        return Joint(part / total, rest, [self.outcomes[self._axis(n)] for n in rest])

    def is_independent(self, *names: str, given: Sequence[str] | str = (),
                       rtol: float = 1e-9) -> bool:
        """Whether the named variables (all by default) are mutually independent.

        Tests ``P(x₁,…,xₘ | z) = Πᵢ P(xᵢ | z)`` in every cell whose z has positive probability;
        z are the variables ``given``, perhaps none. Fractions must agree exactly, floats to the
        relative tolerance ``rtol``. Name two variables to test pairwise independence.
        """
        given = (given,) if isinstance(given, str) else _as_tuple(given, "given")
        rtol = as_scalar(rtol, "rtol", "[0, 1]")
        names = names or tuple(name for name in self.names if name not in given)
        if len(names) < 2:
            raise ValueError(f"names must be at least two variables, got {names}; "
                             f"choose among {self.names}")
        p, axes = self.marginal(*names, *given).table, range(len(names))
        pz = p.sum(axis=tuple(axes), keepdims=True)
        p = p / np.where(pz > 0, pz, 1)
        factored = math.prod(p.sum(axis=tuple(set(axes) - {i}), keepdims=True) for i in axes)
        # No number is negative, so that the rounding of sums and products is relative.
        slack = 0 if p.dtype == object else rtol * np.maximum(p, factored)
        return bool(np.all(np.abs(p - factored) <= slack))

    def expectation(self, f: Callable) -> float | Fraction:
        """``E f(X, Y, ...) = Σ f(x, y, ...) P(x, y, ...)``; f takes one value per variable."""
        as_function(f, "f")
        cells = zip(product(*self.outcomes), self.table.ravel(), strict=True)
        cells = [(f(*x), p) for x, p in cells if p > 0]
        if self.table.dtype == object and all(isinstance(v, Rational) for v, _ in cells):
            return sum(v * p for v, p in map(as_fractions, cells))
        return finite_result(sum(as_scalar(v, "f's value") * float(p) for v, p in cells), "E f")

    def _axis(self, name: str) -> int:
        return self.names.index(as_choice(name, "name", self.names))

    def _select(self, event: dict) -> tuple:
        """The index of the cells where the event happens."""
        if not event:
            raise ValueError("event must fix at least one variable, got none; "
                             "write it as name=value")
        index: list = [slice(None)] * self.table.ndim
        for name, value in event.items():
            axis = self._axis(name)
            try:
                index[axis] = _positions(self.outcomes[axis], name)[value]
            except (KeyError, TypeError):
                raise ValueError(f"{name} must be one of {self.outcomes[axis]!r:.60}, got "
                                 f"{value!r:.40}; choose one of these outcomes") from None
        return tuple(index)

    def _cells(self, event: dict) -> np.ndarray:
        return np.asarray(self.table[self._select(event)])        # a bare Fraction has no .sum()

    def _number(self, value) -> float | Fraction:
        return Fraction(value) if self.table.dtype == object else min(1.0, float(value))


def _as_table(table) -> np.ndarray:
    """A new array of Fractions if there are only these and integers, else of floats; of sum 1."""
    exact = as_fractions(table)
    a = as_float_array(table, "table") if exact is None else exact
    if a.ndim == 0 or a.size == 0:
        raise ValueError(f"table must have an axis and at least 1 entry, got shape {a.shape}; "
                         "give one axis per variable")
    return normalised(a, "table", rounding(table) if exact is None else 0)


def _as_tuple(x, name: str, size: int | None = None) -> tuple:
    listed = isinstance(x, Sequence) or (isinstance(x, np.ndarray) and x.ndim > 0)
    if isinstance(x, (str, bytes)) or not listed:
        raise TypeError(f"{name} must be a list or tuple, got {x!r:.40}; wrap it in a list")
    if size is not None and len(x) != size:
        raise ValueError(f"{name} must have {size} {'entry' if size == 1 else 'entries'}, "
                         f"got {len(x)}; make the lengths agree")
    return tuple(x.tolist() if isinstance(x, np.ndarray) else x)


def _positions(values: Sequence, name: str) -> dict:
    """Where each value stands; values which cannot be told apart have no place in an event."""
    try:
        positions = {value: i for i, value in enumerate(values)}
    except TypeError:
        raise TypeError(f"{name} must be hashable, got {values!r:.40}; "
                        "use numbers, strings or tuples") from None
    if any(value != value for value in positions):
        raise ValueError(f"{name} must be comparable, got nan; remove such entries first")
    return positions
