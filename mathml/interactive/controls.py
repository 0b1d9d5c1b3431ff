"""What a reader can move: a slider over numbers or powers, a choice, a place in a picture."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from mathml._check import as_int, as_positive, as_scalar
from mathml.interactive.numerals import numerals
from mathml.interactive.slugs import as_name


@dataclass(frozen=True)
class Control:
    """A control: its label, the values it can take, how each is written, and where it starts."""

    label: str
    values: tuple
    texts: tuple[str, ...]
    default: int

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Point:
    """A place in a picture: its label, and the two controls that say where it is."""

    label: str
    x: Control
    y: Control


def slider(start, stop, n: int, *, label: str, default=None, unit: str = "",
           fmt: str | Callable[[float], str] | None = None) -> Control:
    """Return a slider over ``n`` equally spaced values from ``start`` to ``stop``.

    Parameters
    ----------
    start, stop : float
        The two ends, both reached. If both are ints and so is the step, the values are ints.
    n : int
        Number of positions, at least 2.
    label : str
        What the reader sees beside the slider.
    default : float, optional
        Where it starts; must be one of the values. The first value if not given.
    unit : str, optional
        Written after the value.
    fmt : str or function, optional
        How a value is written. If not given, to three significant digits, or to so many more that
        no text strays from its value by more than a tenth of a step.

    Returns
    -------
    Control

    Raises
    ------
    ValueError, TypeError
        If the ends are no numbers or equal, there are fewer than two positions or so many that
        floats or ``fmt`` do not tell them apart, the default is none of the values, or there is no
        label.

    Examples
    --------
    >>> slider(0, 1, 5, label="weight", default=0.5).values
    (0.0, 0.25, 0.5, 0.75, 1.0)
    >>> slider(1990, 2020, 4, label="year").texts
    ('1990', '2000', '2010', '2020')
    """
    n = as_int(n, "n", low=2)
    low, high = as_scalar(start, "start"), as_scalar(stop, "stop")
    if isinstance(start, Integral) and isinstance(stop, Integral) and (stop - start) % (n - 1) == 0:
        grid = [int(start) + k * int((stop - start) // (n - 1)) for k in range(n)]
    else:
        share = np.linspace(0, 1, n)
        size = max(abs(low), abs(high)) or 1.0  # rounding leaves errors of 10⁻¹⁶ of that size
        places = 13 - math.ceil(math.log10(size))
        inner = [round(v, places) + 0.0 for v in (low * (1 - share) + high * share)[1:-1].tolist()]
        grid = [low, *inner, high]
    return _control(grid, label, default, unit, fmt)


def log_slider(start: float, stop: float, n: int, *, label: str, default=None, unit: str = "",
               fmt: str | Callable[[float], str] | None = None) -> Control:
    """Return a slider over ``n`` values from ``start`` to ``stop``, each the same multiple further.

    The parameters are those of `slider`; ``start`` and ``stop`` must be positive. Between these two
    ends values are rounded as they are written, so that what is drawn is what is written.

    Examples
    --------
    >>> log_slider(0.01, 100, 5, label="rate", default=1).values
    (0.01, 0.1, 1.0, 10.0, 100.0)
    >>> log_slider(1, 10, 4, label="rate").texts
    ('1', '2.15', '4.64', '10')
    """
    n = as_int(n, "n", low=2)
    low, high = as_positive(start, "start"), as_positive(stop, "stop")
    inner = np.geomspace(low, high, n)[1:-1].tolist()
    digits = _digits([low, *inner, high])
    grid = [low, *(float(f"{v:.{digits}g}") for v in inner), high]
    return _control(grid, label, default, unit, fmt)


def choice(options: Sequence, *, label: str, default=None) -> Control:
    """Return a control over a few named options.

    Parameters
    ----------
    options : sequence
        At least two, distinct and hashable; each is written as ``str`` writes it.
    label : str
        What the reader sees beside them.
    default : optional
        The one it starts at. The first if not given.

    Returns
    -------
    Control

    Raises
    ------
    ValueError, TypeError
        If the options have no order, are fewer than two or not distinct, the default is none of
        them, or there is no label.

    Examples
    --------
    >>> choice(["ridge", "lasso"], label="penalty").texts
    ('ridge', 'lasso')
    """
    if not isinstance(options, (Sequence, np.ndarray)) or isinstance(options, str):
        raise TypeError(f"{label!r}: options must be a list or tuple, got {options!r}; "
                        "put them in order")
    return _control(list(options), label, default, "", str)


def point(*, x: Control, y: Control, label: str) -> Point:
    """Return a place in the picture that a reader takes with finger, pen or mouse.

    It is two ordinary controls, which the keyboard and a screen reader use, and a handle where they
    meet. ``draw`` is given it as one argument, the pair ``(x, y)``, in the data coordinates of its
    axes (of a figure's first axes). Their limits must not move with the controls.

    Parameters
    ----------
    x, y : Control
        `slider` or `log_slider` over numbers.
    label : str
        What the reader takes, for example ``"start"``.

    Returns
    -------
    Point

    Raises
    ------
    TypeError, ValueError
        If x or y is no slider over numbers, or there is no label.

    Examples
    --------
    >>> start = point(x=slider(-3, 3, 7, label="start x"), y=slider(0, 1, 3, label="start y"),
    ...               label="start")
    >>> start.x.values
    (-3, -2, -1, 0, 1, 2, 3)
    """
    as_name(label, "label")
    for name, control in (("x", x), ("y", y)):
        if not (isinstance(control, Control)
                and all(isinstance(v, (int, float)) for v in control.values)):
            raise TypeError(f"point {label!r}: {name} must be a slider over numbers, got "
                            f"{control!r}; write {name}=slider(start, stop, n, label=...)")
    return Point(label, x, y)


def _control(values: list, label: str, default, unit: str, fmt) -> Control:
    as_name(label, "label")
    if len(values) < 2:
        raise ValueError(f"{label!r} must have at least 2 values, got {len(values)}; "
                         "a control with one value moves nothing")
    texts = tuple(_write(value, fmt or _format(values), unit) for value in values)
    if len(set(texts)) < len(texts):
        raise ValueError(f"{label!r} must have distinct values, got {', '.join(texts)}; use fewer "
                         "positions, or write more digits: fmt=...")
    return Control(label, tuple(values), texts,
                   0 if default is None else _position(values, default, label))


def _position(values: list, default, label: str) -> int:
    """Where the default stands among the values; a number may be off by what rounding leaves."""
    if default in values:
        return values.index(default)
    nearest = values[0]
    if all(isinstance(v, Real) for v in (default, *values)):
        nearest = min(values, key=lambda v: abs(v - default))
        if abs(nearest - default) < 1e-6 * np.diff(sorted(values)).min():
            return values.index(nearest)
    raise ValueError(f"{label!r}: default must be one of its values, got {default!r}; "
                     f"use {nearest!r}")


def _digits(values: list[float]) -> int:
    """So many significant digits, from three, that none strays by over a tenth of a step."""
    gaps = np.abs(np.diff(values))
    room = 0.1 * np.minimum([np.inf, *gaps], [*gaps, np.inf])
    return next(digits for digits in range(3, 18)
                if all(abs(float(f"{v:.{digits}g}") - v) <= r
                       for v, r in zip(values, room, strict=True)))


def _format(values: list) -> Callable[[float], str]:
    """How a slider writes its values: with a power of ten from 10⁵ on and below 10⁻⁴."""
    if all(isinstance(v, int) for v in values):
        return str
    digits = _digits(values)
    return lambda v: f"{float(f'{v:.{digits}g}'):z.{max(digits, 5)}g}"


def _write(value, fmt: str | Callable, unit: str) -> str:
    text = str(fmt(value)) if callable(fmt) else fmt.format(value)
    if not isinstance(value, str):
        text = numerals(re.sub(r"\binf\b", "∞", text))
    return f"{text} {unit}".strip()
