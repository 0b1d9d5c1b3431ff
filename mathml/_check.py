"""Validation at the door: every public function checks its arguments here, once.

Each function returns a fresh float array (the caller's object is never mutated) or raises an
error that names the rule, the value and the repair.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

ATOL = 1e-8  # how far a sum of probabilities may stray from 1 by rounding
MAX_LABEL = 10**6  # larger "labels" are identifiers; one array slot each would exhaust memory


def as_float_array(x, name: str, *, neg_inf: bool = False, missing: bool = False) -> np.ndarray:
    """Return ``x`` as a new float array, of any shape, of finite numbers.

    If they are allowed it may hold -inf, too, or NaN for what is ``missing``.
    """
    try:
        a = np.array(x, dtype=object) if isinstance(x, (str, bytes)) else np.array(x)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array, got rows of unequal length; "
                         "pad or split it") from None
    if a.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got {_show(x)}; "
                        "convert it to floats first")
    a = a.astype(float, copy=False)  # np.array has copied already
    fine = np.isfinite(a)
    if neg_inf:
        fine |= a == -np.inf
    if missing:
        fine |= np.isnan(a)
    if not np.all(fine):
        bad = a[~fine].flat[0]
        raise ValueError(f"{name} must be finite, got {bad}; remove or impute such entries first")
    return a


def as_vector(x, name: str, *, min_size: int = 1, size: int | None = None) -> np.ndarray:
    """Return ``x`` as a finite float vector ``(n,)``."""
    a = as_float_array(x, name)
    if a.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {a.shape}; "
                         "pass a flat list or use .ravel()")
    _check_size(a.size, name, min_size, size)
    return a


def as_matrix(x, name: str, *, min_rows: int = 1, rows: int | None = None,
              columns: int | None = None, missing: bool = False) -> np.ndarray:
    """Return ``x`` as a float matrix ``(n, d)``, finite or ``missing``, of at least one column.

    If it goes into a fit, it has as many ``columns`` as the data of the fit.
    """
    a = as_float_array(x, name, missing=missing)
    if a.ndim != 2:
        raise ValueError(f"{name} must be two-dimensional, got shape {a.shape}; "
                         "one feature is a column: use .reshape(-1, 1)")
    if a.shape[1] == 0:
        raise ValueError(f"{name} must have at least one column, got shape {a.shape}; "
                         "add a feature")
    if columns is not None and a.shape[1] != columns:
        raise ValueError(f"{name} must have {columns} columns, got shape {a.shape}; "
                         "pass the features of the fit")
    _check_size(a.shape[0], name, min_rows, rows, unit="rows")
    return a


def as_scalar(x, name: str, *, low: float = -np.inf, high: float = np.inf,
              open_low: bool = False, open_high: bool = False, finite: bool = True) -> float:
    """Return ``x`` as a float between ``low`` and ``high`` (closed ends unless ``open_*``)."""
    try:
        a = np.asarray(x) if not isinstance(x, (str, bytes)) else np.array(None)
    except ValueError:  # rows of unequal length
        a = np.array(None)
    if a.ndim != 0 or a.dtype.kind not in "buif":
        raise TypeError(f"{name} must be a single real number, got {_show(x)}; pass a float")
    value = float(a)
    if np.isnan(value) or (finite and np.isinf(value)):
        raise ValueError(f"{name} must be finite, got {value}; pass an ordinary number")
    too_low = value <= low if open_low else value < low
    too_high = value >= high if open_high else value > high
    if too_low or too_high:
        left = "(" if open_low or (finite and low == -np.inf) else "["
        right = ")" if open_high or (finite and high == np.inf) else "]"
        raise ValueError(f"{name} must lie in {left}{low:g}, {high:g}{right}, got {value:g}; "
                         "choose a value inside")
    return value


def as_int(x, name: str, *, low: int = 0, high: int | None = None) -> int:
    """Return ``x`` as an int of at least ``low`` (and at most ``high``)."""
    if isinstance(x, (bool, np.bool_)) or not isinstance(x, (int, np.integer)):
        raise TypeError(f"{name} must be an integer, got {_show(x)}; use int(...) if that is meant")
    if x < low or (high is not None and x > high):
        upper = "" if high is None else f" and at most {high}"
        raise ValueError(f"{name} must be at least {low}{upper}, got {x}; choose another value")
    return int(x)


def as_bool(x, name: str) -> bool:
    """Return ``x`` as a bool; the truth of anything else would be a guess."""
    if not isinstance(x, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {_show(x)}; pass a bool")
    return bool(x)


def as_positive(x, name: str) -> float:
    """Return ``x`` as a float above 0."""
    return as_scalar(x, name, low=0.0, open_low=True)


def as_sample_size(n, name: str = "n") -> int:
    """Return ``n`` as an int of at least 1, and small enough that floats count without gaps."""
    return as_int(n, name, low=1, high=2**53)


def as_probability(x, name: str) -> float:
    """Return ``x`` as a probability, a float in [0, 1]."""
    return as_scalar(x, name, low=0.0, high=1.0)


def as_log_base(base) -> float:
    """Return the natural logarithm of ``base``, the unit of an entropy."""
    return float(np.log(as_scalar(base, "base", low=1.0, open_low=True)))


def as_pmf(p, name: str, *, size: int | None = None) -> np.ndarray:
    """Return ``p`` as a probability mass function: a vector, nonnegative, summing to 1."""
    return _normalised(as_vector(p, name, size=size), name)


def as_joint(p, name: str) -> np.ndarray:
    """Return ``p`` as a joint probability table: a matrix, nonnegative, summing to 1."""
    return _normalised(as_matrix(p, name), name)


def as_labels(y, name: str, *, size: int | None = None, columns: int | None = None) -> np.ndarray:
    """Return ``y`` as an integer vector of class labels 0, 1, ..., K-1.

    If each class has one of so many ``columns`` elsewhere, no label may be without.
    """
    a = as_vector(y, name, size=size)
    wrong = (a != np.round(a)) | (a < 0) | (a > MAX_LABEL)
    if np.any(wrong):
        bad = a[wrong][0]
        raise ValueError(f"{name} must hold labels 0, 1, 2, ..., got {bad:g}; "
                         "encode the classes with np.unique(y, return_inverse=True)[1]")
    if columns is not None and a.max() >= columns:
        raise ValueError(f"{name} must hold labels below K = {columns}, got {a.max():g}; "
                         "there must be a column per class")
    return a.astype(int)


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
                         f"{np.argmin(counts)}; relabel with np.unique(y, return_inverse=True)[1]")
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
        raise ValueError(f"{name} must hold counts 0, 1, 2, ..., got {a[wrong][0]:g}; "
                         "round or correct such entries first")
    return a


def as_binary(x, name: str) -> np.ndarray:
    """Return ``x`` as a float vector of zeros and ones."""
    return zeros_and_ones(as_vector(x, name), name)


def as_bits(X, name: str, *, rows: int | None = None, columns: int | None = None) -> np.ndarray:
    """Return ``X`` as a float matrix of zeros and ones."""
    return zeros_and_ones(as_matrix(X, name, rows=rows, columns=columns), name,
                          "put a threshold to other values first, as in X > 8")


def zeros_and_ones(a: np.ndarray, name: str,
                   repair: str = "encode the two outcomes as 0 and 1") -> np.ndarray:
    """Return the floats ``a`` if each is 0 or 1."""
    wrong = (a != 0) & (a != 1)
    if np.any(wrong):
        raise ValueError(f"{name} must hold only 0 and 1, got {a[wrong][0]:g}; {repair}")
    return a


def as_nonnegative(x, name: str) -> np.ndarray:
    """Return ``x`` as a float vector of numbers not below 0."""
    a = as_vector(x, name)
    if np.any(a < 0):
        raise ValueError(f"{name} must be nonnegative, got {a.min():g}; "
                         "remove or correct such entries first")
    return a


def as_log_weights(x, name: str, *, size: int | None = None) -> np.ndarray:
    """Return ``x`` as a vector of logarithms: finite, or -inf for the logarithm of 0."""
    a = as_float_array(x, name, neg_inf=True)
    if a.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {a.shape}; "
                         "pass a flat list or use .ravel()")
    _check_size(a.size, name, 1, size)
    return a


def finite_result(value, name: str):
    """Return a computed ``value`` unless it overflowed (under ``np.errstate(over=...)``)."""
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{name} must fit into a float, got {_show(value)}; rescale the input")
    return value


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
    if isinstance(value, float):  # NumPy's too: what is called in every step costs nothing
        return float(value)
    a = as_returned_array(value, name)
    if a.size != 1:
        raise ValueError(f"{name} must return one number, got shape {a.shape}; sum or average it")
    return float(a.item())


def as_returned_gradient(value, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return what the function ``name`` gave back as floats of the ``shape`` of its argument."""
    if isinstance(value, np.ndarray) and value.shape == shape and value.dtype == float:
        return value.copy()
    a = as_returned_array(value, name)
    if a.shape != shape and not a.size == np.prod(shape) == 1:
        raise ValueError(f"{name} must return the shape of its argument, {shape}, got {a.shape}; "
                         "reshape it, for example with .ravel()")
    return a.astype(float).reshape(shape)


def as_returned_array(value, name: str) -> np.ndarray:
    """Return what the function ``name`` gave back as an array of real numbers, finite or not."""
    try:
        a = np.asarray(value)
    except ValueError:  # rows of unequal length
        a = np.array(None)
    if a.dtype.kind not in "buif":
        raise TypeError(f"{name} must return real numbers, got {_show(value)}; return floats")
    return a


def _normalised(p: np.ndarray, name: str) -> np.ndarray:
    if np.any(p < 0):
        raise ValueError(f"{name} must be nonnegative, got {p.min():g}; "
                         "probabilities are never below 0")
    with np.errstate(over="ignore"):
        total = p.sum()
    if abs(total - 1.0) > ATOL:
        raise ValueError(f"{name} must sum to 1, got {total:.6g}; divide by its sum first")
    return p


def _check_size(n: int, name: str, low: int, exact: int | None, unit: str = "entries") -> None:
    if n < low:
        raise ValueError(f"{name} must have at least {low} {unit}, got {n}; pass more data")
    if exact is not None and n != exact:
        raise ValueError(f"{name} must have {exact} {unit}, got {n}; make the lengths agree")


def _show(x) -> str:
    text = repr(x)
    return text if len(text) <= 40 else text[:37] + "..."
