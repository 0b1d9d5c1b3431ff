"""What a reader can move: a slider over numbers or powers, a choice, a place in a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mathml._check import as_int, as_scalar
from mathml.interactive.numerals import numerals


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
           fmt: str | Callable[[float], str] = "{:.3g}") -> Control:
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
    fmt : str or function, default ``"{:.3g}"``
        How a value is written.

    Returns
    -------
    Control

    Examples
    --------
    >>> slider(0, 1, 5, label="weight", default=0.5).values
    (0.0, 0.25, 0.5, 0.75, 1.0)
    >>> slider(0, 4, 5, label="degree").values
    (0, 1, 2, 3, 4)
    """
    n = as_int(n, "n", low=2)
    as_scalar(start, "start")
    as_scalar(stop, "stop")
    grid = [float(f"{v:.12g}") for v in np.linspace(start, stop, n)]
    if isinstance(start, int) and isinstance(stop, int) and (stop - start) % (n - 1) == 0:
        grid = [round(v) for v in grid]
    return _control(grid, label, default, unit, fmt)


def log_slider(start: float, stop: float, n: int, *, label: str, default=None, unit: str = "",
               fmt: str | Callable[[float], str] = "{:.2g}") -> Control:
    """Return a slider over ``n`` values from ``start`` to ``stop``, each the same multiple further.

    The parameters are those of `slider`; ``start`` and ``stop`` must be positive. Values are
    rounded to three significant digits, so that what is drawn is what is written.

    Examples
    --------
    >>> log_slider(0.01, 100, 5, label="rate", default=1).values
    (0.01, 0.1, 1.0, 10.0, 100.0)
    """
    n = as_int(n, "n", low=2)
    as_scalar(start, "start", "(0, inf)")
    as_scalar(stop, "stop", "(0, inf)")
    grid = [float(f"{v:.3g}") for v in np.geomspace(start, stop, n)]
    return _control(grid, label, default, unit, fmt)


def choice(options: Sequence, *, label: str, default=None) -> Control:
    """Return a control over a few named options.

    Examples
    --------
    >>> choice(["ridge", "lasso"], label="penalty").texts
    ('ridge', 'lasso')
    """
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
    TypeError
        If x or y is no slider over numbers.

    Examples
    --------
    >>> start = point(x=slider(-3, 3, 7, label="start x"), y=slider(0, 1, 3, label="start y"),
    ...               label="start")
    >>> start.x.values
    (-3, -2, -1, 0, 1, 2, 3)
    """
    for name, control in (("x", x), ("y", y)):
        if not (isinstance(control, Control)
                and all(isinstance(v, (int, float)) for v in control.values)):
            raise TypeError(f"point {label!r}: {name} must be a slider over numbers, got "
                            f"{control!r}; write {name}=slider(start, stop, n, label=...)")
    return Point(label, x, y)


def _control(values: list, label: str, default, unit: str, fmt) -> Control:
    if len(values) < 2:
        raise ValueError(f"{label!r} must have at least 2 values, got {len(values)}; "
                         "a control with one value moves nothing")
    if len(set(values)) < len(values):
        raise ValueError(f"{label!r} must have distinct values, got {values}; use fewer positions")
    if default is None:
        index = 0
    elif any(isinstance(v, str) for v in values):
        index = values.index(default) if default in values else None
    else:
        hits = np.flatnonzero(np.isclose(values, default, rtol=1e-9, atol=1e-12))
        index = int(hits[0]) if hits.size else None
    if index is None:
        raise ValueError(f"{label!r}: default must be one of its values, got {default!r}; "
                         f"use {_nearest(values, default)!r}")
    texts = tuple(_write(value, fmt, unit) for value in values)
    return Control(label, tuple(values), texts, index)


def _nearest(values: list, default):
    if isinstance(values[0], str):
        return values[0]
    return min(values, key=lambda v: abs(v - default))


def _write(value, fmt, unit: str) -> str:
    text = fmt(value) if callable(fmt) else fmt.format(value)
    if not isinstance(value, str):
        text = numerals(text).replace("inf", "∞")
    return f"{text} {unit}".strip()
