"""Kinds of answers an exercise can have, and where the keys are found.

The key of the exercises ``norms-1``, ``norms-2``, ... is the dictionary ``ANSWERS`` in
``mathml/interactive/answers/norms.py``; another book says with `use_answers` which folder holds its
own. Every worked solution is executed in a hidden cell of the chapter and passes its own check, so
a wrong key cannot stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

KEYS = "mathml.interactive.answers"


@dataclass(frozen=True)
class Number:
    """A number, right to a relative (and absolute) tolerance.

    Attributes
    ----------
    value : float
    ask : str
        What stands before the entry, for example ``"x₁₀₀ ="``.
    hints : tuple of str
        Up to two, shown after a wrong attempt.
    rtol, atol : float
        An attempt ``a`` is right if ``|a - value| <= atol + rtol * |value|``.
    """

    value: float
    ask: str = "Answer"
    hints: tuple[str, ...] = ()
    rtol: float = 1e-3
    atol: float = 1e-9

    def complaint(self, attempt) -> str | None:
        """Say what is wrong with an attempt, or ``None`` if it is right."""
        number = np.asarray(attempt, dtype=float)
        if number.size != 1:
            return f"one number is asked for, not {number.size}"
        return _compare(number.reshape(()), self)


@dataclass(frozen=True)
class Array:
    """Several numbers in order, each right to a tolerance; the attributes are those of `Number`."""

    value: tuple
    ask: str = "Answer"
    hints: tuple[str, ...] = ()
    rtol: float = 1e-3
    atol: float = 1e-9

    def complaint(self, attempt) -> str | None:
        """Say what is wrong with an attempt, or ``None`` if it is right."""
        numbers, right = np.asarray(attempt, dtype=float), np.asarray(self.value, dtype=float)
        if numbers.size != right.size:
            return f"{right.size} numbers are asked for, not {numbers.size}"
        return _compare(numbers.reshape(right.shape), self)


@dataclass(frozen=True)
class Choice:
    """One of several texts."""

    options: tuple[str, ...]
    value: str
    ask: str = "Choose"
    hints: tuple[str, ...] = ()

    def __post_init__(self):
        if self.value not in self.options:
            raise ValueError(f"value must be one of the options {self.options}, "
                             f"got {self.value!r}; copy the option's text")

    def complaint(self, attempt) -> str | None:
        """Say what is wrong with an attempt, or ``None`` if it is right."""
        if attempt not in self.options:
            return f"choose one of {', '.join(self.options)}"
        return None if attempt == self.value else "another option is right"


@dataclass(frozen=True)
class Function:
    """A function, tested by calling it: ``test(attempt)`` raises ``AssertionError`` if it fails."""

    test: Callable[[Callable], None]
    ask: str = "Your function"
    hints: tuple[str, ...] = ()

    def complaint(self, attempt) -> str | None:
        """Say what is wrong with an attempt, or ``None`` if it is right."""
        if not callable(attempt):
            return "pass the function itself, without calling it"
        try:
            self.test(attempt)
        except AssertionError as failed:
            return str(failed) or "one of its tests fails"
        return None


def _compare(attempt: np.ndarray, key: Number | Array) -> str | None:
    if not np.all(np.isfinite(attempt) | np.isinf(np.asarray(key.value, dtype=float))):
        return "the answer is finite"
    if np.allclose(attempt, key.value, rtol=key.rtol, atol=key.atol):
        return None
    return "not this value" if attempt.ndim == 0 else "not these values"


def use_answers(folder: str | Path) -> None:
    """Let `check` find a book's own answer keys, from here on: for a notebook's first cell.

    Parameters
    ----------
    folder : str or path
        Where the keys are, seen from the notebook's folder. The exercise ``"waves-1"`` is looked up
        in its ``waves.py``, in the dictionary ``ANSWERS``, before it is in this package.

    Raises
    ------
    ValueError
        If there is no such folder.

    Examples
    --------
    >>> use_answers("anwsers")
    Traceback (most recent call last):
    ValueError: folder must be a folder of answer keys, got 'anwsers', which is not in ...
    """
    path = Path(folder).resolve()
    if not path.is_dir():
        raise ValueError(f"folder must be a folder of answer keys, got {str(folder)!r}, which is "
                         f"not in {Path.cwd()}; make it, or write where it is")
    places = import_module(KEYS).__path__
    if str(path) not in places:
        places.insert(0, str(path))


def lookup(exercise: str) -> Number | Array | Choice | Function:
    """Return the key of an exercise such as ``"norms-3"``."""
    module = f"{KEYS}.{exercise.rpartition('-')[0].replace('-', '_')}"
    try:
        return import_module(module).ANSWERS[exercise]
    except ModuleNotFoundError as missing:
        if missing.name != module:  # a key that imports what is not installed says so itself
            raise
    except KeyError:
        pass
    raise ValueError(f"exercise must have an answer key, got {exercise!r}; add it to "
                     f"{module}.ANSWERS, or name the folder of your own keys with use_answers")
