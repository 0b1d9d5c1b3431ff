"""Validation at the door: every public function checks its arguments here, once.

Each function returns a fresh float array (the caller's object is never mutated) or raises an
error that names the rule, the value and the repair.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from numbers import Rational, Real

import numpy as np

EPS = float(np.finfo(float).eps)
MAX_LABEL = 10**6  # larger "labels" are identifiers; one array slot each would exhaust memory
MASKED = {np.ma.MaskedArray, type(np.ma.masked)}
COLUMN = "one feature is a column: use .reshape(-1, 1)"
ENCODE = "np.unique(y, return_inverse=True)[1]"


def as_float_array(x, name: str, *, neg_inf: bool = False, missing: bool = False,
                   copy: bool = True, rule: str = "hold real numbers",
                   repair: str = "convert it to floats first") -> np.ndarray:
    """Return ``x`` as a new float array, of any shape, of finite numbers.

    If they are allowed it may hold -inf, too, or NaN for what is ``missing``. Where there are no
    numbers at all the error says the ``rule`` and the ``repair``. Who only reads the array can do
    without a ``copy``.
    """
    plain = type(x) is np.ndarray and x.dtype == float
    a = (np.array(x) if copy else x) if plain else _as_reals(x, name, rule, repair)
    if (fine := np.isfinite(a)).all():
        return a
    fine |= (neg_inf & (a == -np.inf)) | (missing & np.isnan(a))
    if not fine.all():
        raise ValueError(f"{name} must be finite, got {a[~fine][0]}; "
                         "remove or impute such entries first")
    return a


def as_vector(x, name: str, *, min_size: int = 1, size: int | None = None,
              **allowed_and_said) -> np.ndarray:
    """Return ``x`` as a float vector ``(n,)``; for the rest see `as_float_array`."""
    a = as_float_array(x, name, **allowed_and_said)
    if a.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {a.shape}; "
                         "pass a flat list or use .ravel()")
    _check_size(a.size, name, min_size, size, "entry", "entries")
    return a


def as_matrix(x, name: str, *, min_rows: int = 1, rows: int | None = None,
              columns: int | None = None, missing: bool = False, copy: bool = True,
              repair: str = COLUMN) -> np.ndarray:
    """Return ``x`` as a float matrix ``(n, d)``, finite or ``missing``, of at least one column.

    ``repair`` says what to do with a vector.
    """
    a = as_float_array(x, name, missing=missing, copy=copy)
    if a.ndim != 2:
        raise ValueError(f"{name} must be two-dimensional, got shape {a.shape}; {repair}")
    if a.shape[1] == 0:
        raise ValueError(f"{name} must have at least one column, got shape {a.shape}; "
                         "add a feature")
    if columns is not None and a.shape[1] != columns:
        raise ValueError(f"{name} must have {columns} columns, got shape {a.shape}; "
                         "pass the features of the fit")
    _check_size(a.shape[0], name, min_rows, rows, "row", "rows")
    return a


def as_features(X, columns: int, name: str = "X") -> np.ndarray:
    """Return what a fit is asked about: rows, or none, with as many columns as its data."""
    return as_matrix(X, name, min_rows=0, columns=columns)


def as_scalar(x, name: str, interval: str = "(-inf, inf)",
              repair: str = "choose a value inside") -> float:
    """Return ``x`` as a float in the ``interval``, which is written as in a textbook.

    A round bracket leaves its end out: only a square one lets infinity pass.
    """
    if isinstance(x, (int, float)) and abs(x) <= 1e308:  # the usual case: no array is made
        value = float(x)
    else:
        a = _as_reals(x, name, "be a single real number", "pass a float")
        if a.ndim:
            raise TypeError(f"{name} must be a single real number, got {_show(x)}; pass a float")
        value = float(a)
    low, high = _ends(interval)
    if not low <= value <= high:
        rule = "be finite" if interval == "(-inf, inf)" else f"lie in {interval}"
        raise ValueError(f"{name} must {rule}, got {exact(value)}; {repair}")
    return value


def as_int(x, name: str, *, low: int = 0, high: int | None = None) -> int:
    """Return ``x``, a whole number, as an int of at least ``low`` (and at most ``high``)."""
    value = x.item() if type(x) is np.ndarray and x.ndim == 0 else x
    whole = (value.denominator == 1 if isinstance(value, Rational) else
             isinstance(value, Real) and float(value).is_integer())
    if isinstance(value, (bool, np.bool_)) or not whole:
        raise TypeError(f"{name} must be an integer, got {_show(x)}; use int(...) if that is meant")
    if value < low or (high is not None and value > high):
        upper = "" if high is None else f" and at most {high}"
        raise ValueError(f"{name} must be at least {low}{upper}, got {_show(int(value))}; "
                         "choose another value")
    return int(value)


def as_bool(x, name: str) -> bool:
    """Return ``x`` as a bool; the truth of anything else would be a guess."""
    if not isinstance(x, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {_show(x)}; pass a bool")
    return bool(x)


def as_positive(x, name: str) -> float:
    """Return ``x`` as a float above 0."""
    return as_scalar(x, name, "(0, inf)")


def as_sample_size(n, name: str = "n") -> int:
    """Return ``n`` as an int of at least 1, and small enough that floats count without gaps."""
    return as_int(n, name, low=1, high=2**53)


def as_probability(x, name: str, repair: str = "choose a value inside") -> float:
    """Return ``x`` as a probability: in [0, 1], or moved there if rounding has led it out."""
    p = as_scalar(x, name)
    number, slack = (x, 0) if isinstance(x, Rational) else (p, rounding(x))
    if not -slack <= number <= 1 + slack:
        raise ValueError(f"{name} must lie in [0, 1], got {exact(number)}; {repair}")
    return min(1.0, max(0.0, p))


def as_log_base(base) -> float:
    """Return the natural logarithm of ``base``, the unit of an entropy."""
    return float(np.log(as_scalar(base, "base", "(1, inf)")))


def as_pmf(p, name: str, *, size: int | None = None) -> np.ndarray:
    """Return ``p`` as a probability mass function: a vector, nonnegative, summing to 1."""
    return normalised(as_vector(p, name, size=size), name, rounding(p))


def as_joint(p, name: str) -> np.ndarray:
    """Return ``p`` as a joint probability table: a matrix, nonnegative, summing to 1."""
    a = as_matrix(p, name, repair="give a row for each value of X and a column for each of Y")
    return normalised(a, name, rounding(p))


def normalised(p: np.ndarray, name: str, slack: float) -> np.ndarray:
    """Return the floats ``p``, nonnegative, whose sum strays from 1 by no more than ``slack``.

    The sum is made 1 unless the rounding of p and of the sum explain the rest. (Fractions: if the
    slack is 0.)
    """
    if np.any(p < 0):
        raise ValueError(f"{name} must be nonnegative, got {exact(p.min())}; "
                         "probabilities are never below 0")
    with np.errstate(over="ignore"):
        total = p.sum()
    if not abs(total - 1) <= slack:
        raise ValueError(f"{name} must sum to 1, got {exact(total)}; divide by its sum first")
    return p if abs(total - 1) <= p.size * EPS else p / total


def rounding(x) -> float:
    """How far a sum of numbers like ``x`` may stray by rounding: √ε of the floats it came in."""
    dtype = np.asarray(x).dtype
    return float(np.finfo(dtype).eps if dtype.kind == "f" and dtype.itemsize < 8 else EPS) ** 0.5


def as_fractions(x) -> np.ndarray | None:
    """Return ``x`` as an array of Fractions if it holds them, perhaps with integers; else None."""
    if isinstance(x, np.ndarray) and x.dtype != object:
        return None
    a = np.array(x, dtype=object)
    if not (any(isinstance(v, Fraction) for v in a.flat)
            and all(isinstance(v, Rational) for v in a.flat)):
        return None
    return np.vectorize(lambda v: v if isinstance(v, Fraction) else Fraction(int(v)),
                        otypes=[object])(a)


def as_labels(y, name: str, *, size: int | None = None, columns: int | None = None) -> np.ndarray:
    """Return ``y`` as an integer vector of class labels 0, 1, ..., K-1.

    If each class has one of so many ``columns`` elsewhere, no label may be without.
    """
    rule, repair = "hold labels 0, 1, 2, ...", f"encode the classes with {ENCODE}"
    a = as_vector(y, name, size=size, rule=rule, repair=repair)
    labels = a.clip(0, MAX_LABEL).astype(int)
    if (wrong := labels != a).any():
        raise ValueError(f"{name} must {rule}, got {exact(a[wrong][0])}; {repair}")
    if columns is not None and a.max() >= columns:
        raise ValueError(f"{name} must hold labels below K = {columns}, got {exact(a.max())}; "
                         "there must be a column per class")
    return labels


def as_classified(X, y) -> tuple[np.ndarray, np.ndarray]:
    """Return features ``(n, d)`` and labels ``(n,)`` 0, ..., K-1, K >= 2, each at least once."""
    X = as_matrix(X, "X")
    y = as_labels(y, "y", size=len(X))
    if np.all(y == y[0]):
        raise ValueError(f"y must hold at least two classes, got only {y[0]}; "
                         "one class leaves nothing to tell apart")
    counts = np.bincount(y)
    if not counts.all():
        raise ValueError(f"y must hold every label 0, ..., {y.max()}, got none of class "
                         f"{np.argmin(counts)}; relabel with {ENCODE}")
    return X, y


def as_one_hot(y, n: int, n_classes: int) -> np.ndarray:
    """Return the labels ``y`` as rows of zeros and one 1, ``(n, n_classes)``.

    A model without classes wants no labels, and its rows are empty.
    """
    if n_classes == 0 and y is not None:
        raise ValueError("y must be None, as the model has no classes, got labels; "
                         "n_classes is 0, so y must be left out")
    if n_classes and y is None:
        raise ValueError(f"y must be labels, got None; n_classes is {n_classes}: "
                         "give a class for each row")
    if y is None:
        return np.empty((n, 0))
    return np.eye(n_classes)[as_labels(y, "y", size=n, columns=n_classes)]


def as_choice(value, name: str, options: tuple[str, ...]) -> str:
    """Return ``value``, one of the ``options``."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {options}, got {value!r:.40}; choose one")
    return value


def as_counts(x, name: str, *, size: int | None = None) -> np.ndarray:
    """Return ``x`` as a float vector of counts 0, 1, 2, ..."""
    a = as_vector(x, name, size=size)
    wrong = (a != np.round(a)) | (a < 0)
    if np.any(wrong):
        raise ValueError(f"{name} must hold counts 0, 1, 2, ..., got {exact(a[wrong][0])}; "
                         "round or correct such entries first")
    return a


def as_binary(x, name: str) -> np.ndarray:
    """Return ``x`` as a float vector of zeros and ones."""
    repair = "encode the two outcomes as 0 and 1"
    return zeros_and_ones(as_vector(x, name, rule="hold only 0 and 1", repair=repair), name, repair)


def as_bits(X, name: str, *, rows: int | None = None, columns: int | None = None) -> np.ndarray:
    """Return ``X`` as a float matrix of zeros and ones."""
    return zeros_and_ones(as_matrix(X, name, rows=rows, columns=columns), name,
                          "put a threshold to other values first, as in X > 8")


def zeros_and_ones(a: np.ndarray, name: str,
                   repair: str = "encode the two outcomes as 0 and 1") -> np.ndarray:
    """Return the floats ``a`` if each is 0 or 1."""
    wrong = (a != 0) & (a != 1)
    if np.any(wrong):
        raise ValueError(f"{name} must hold only 0 and 1, got {exact(a[wrong][0])}; {repair}")
    return a


def as_nonnegative(x, name: str, repair: str = "remove or correct such entries first",
                   size: int | None = None) -> np.ndarray:
    """Return ``x`` as a float vector of numbers not below 0."""
    a = as_vector(x, name, size=size)
    if np.any(a < 0):
        raise ValueError(f"{name} must be nonnegative, got {exact(a.min())}; {repair}")
    return a


def as_log_weights(x, name: str, *, size: int | None = None) -> np.ndarray:
    """Return ``x`` as a vector of logarithms: finite, or -inf for the logarithm of 0."""
    return as_vector(x, name, size=size, neg_inf=True)


def finite_result(value, name: str):
    """Return a computed ``value`` unless it overflowed (under ``np.errstate(over=...)``)."""
    if not np.isfinite(value).all():
        raise ValueError(f"{name} must fit into a float, got {_show(value)}; rescale the input")
    return value


def read_only(a: np.ndarray) -> np.ndarray:
    """Return ``a`` itself, which from now on fails whoever changes it."""
    a.flags.writeable = False
    return a


def freeze(values) -> None:
    """Make the arrays among the values of a record read-only."""
    for value in values:
        if isinstance(value, np.ndarray):
            read_only(value)


class Frozen:
    """A record whose arrays are read-only; pickling and copying alone would forget it."""

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        freeze(state.values())


def as_rng(rng) -> np.random.Generator:
    """Return ``rng`` if it is a NumPy generator; the course never uses hidden random state."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {_show(rng)}; "
                        "pass np.random.default_rng(seed)")
    return rng


def as_function(f, name: str) -> Callable:
    """Return ``f`` if it can be called."""
    if not callable(f):
        raise TypeError(f"{name} must be a function, got {_show(f)}; pass it uncalled")
    return f


def as_returned_number(value, name: str) -> float:
    """Return what the function ``name`` gave back as a float, finite or not."""
    if isinstance(value, float):  # the usual case: no array is made
        return float(value)
    a = _returned_floats(value, name)
    if a.size != 1:
        raise ValueError(f"{name} must return one number, got shape {a.shape}; sum or average it")
    return float(a.item())


def as_returned_gradient(value, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return what the function ``name`` gave back as floats of the ``shape`` of its argument."""
    a = _returned_floats(value, name)
    if a.shape == shape:
        return a
    if not a.size == np.prod(shape) == 1:
        raise ValueError(f"{name} must return the shape of its argument, {shape}, got {a.shape}; "
                         "reshape it, for example with .ravel()")
    return a.reshape(shape)


def as_returned_array(value, name: str) -> np.ndarray:
    """Return what the function ``name`` gave back as an array of numbers of their own kind."""
    floats = _returned_floats(value, name)
    return floats if np.asarray(value).dtype == object else np.asarray(value)


def exact(number) -> str:
    """A number as a message shows it: with all its digits, which may be what is wrong with it."""
    return str(number if isinstance(number, Rational) else float(number)).removesuffix(".0")


def _returned_floats(value, name: str) -> np.ndarray:
    if type(value) is np.ndarray and value.dtype == float:
        return np.array(value)
    return _as_reals(value, name, "return real numbers", "return floats")


def _as_reals(x, name: str, rule: str, repair: str) -> np.ndarray:
    """Return ``x`` as a new float array, finite or not; objects pass if they are real numbers."""
    listed = isinstance(x, (list, tuple)) and MASKED & set(map(type, x))
    for part in x if listed else [x]:
        unmasked(part, name)
    try:
        a = np.array(x, dtype=object) if isinstance(x, (str, bytes)) else np.array(x)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array, got rows of unequal length; "
                         "pad or split it") from None
    if a.dtype.kind not in "buif":
        wrong = [v for v in a.ravel().tolist() if not isinstance(v, (Real, np.bool_))]
        if wrong or a.dtype != object:
            raise TypeError(f"{name} must {rule}, got {_show([*wrong, x][0])}; {repair}")
    try:
        with np.errstate(over="ignore"):  # a longer float becomes infinite
            return a.astype(float, copy=False)
    except OverflowError:
        raise ValueError(f"{name} must fit into floats, got {_show(x)}; "
                         "rescale the input") from None


def unmasked(x, name: str):
    """Return ``x`` unless some of it is masked: NumPy would use what is under the mask."""
    if np.ma.is_masked(x):
        raise ValueError(f"{name} must have no masked entries, got {np.ma.count_masked(x)}; "
                         "fill or remove them first")
    return x


@lru_cache
def _ends(interval: str) -> tuple[float, float]:
    """The least and the largest float in an interval such as "(0, 1]"."""
    low, high = map(float, interval[1:-1].split(","))
    return (low if interval[0] == "[" else math.nextafter(low, math.inf),
            high if interval[-1] == "]" else math.nextafter(high, -math.inf))


def _check_size(n: int, name: str, low: int, required: int | None, one: str, many: str) -> None:
    if n < low:
        raise ValueError(f"{name} must have at least {low} {one if low == 1 else many}, got {n}; "
                         "pass more data")
    if required is not None and n != required:
        raise ValueError(f"{name} must have {required} {one if required == 1 else many}, got {n}; "
                         "make the lengths agree")


def _show(x) -> str:
    text = repr(x)
    return text if len(text) <= 40 else text[:37] + "..."
