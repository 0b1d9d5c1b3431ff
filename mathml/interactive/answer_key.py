"""Kinds of answers an exercise can have, and where the keys are found.

The key of the exercises ``norms-1``, ``norms-2``, ... is the dictionary ``ANSWERS`` in
``mathml/interactive/answers/norms.py``; another book says with `use_answers` which folder holds its
own. Every worked solution is executed in a hidden cell of the chapter and passes its own check, so
a wrong key cannot stay; and every attempt in a key's ``wrong`` is tried, so a key cannot be lax.

All kinds share these fields:

``ask``
    What stands before the entry, for example ``"x₁₀₀ ="``.
``hints``
    Shown after wrong attempts: one an attempt, the first at the first.
``wrong``
    Pairs of a typical wrong attempt and the hint that meets it, shown instead of the next of
    ``hints``. The pairs of a `Function` are wrong programs and words that its test says of them.
``transfer``
    Whether the exercise asks for a situation that the text did not treat.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from importlib import import_module
from pathlib import Path
from typing import ClassVar

import numpy as np

from mathml.interactive.entry import Unreadable, read_numbers

KEYS = "mathml.interactive.answers"
NEAR = 0.01  # of its value: how near to a number an attempt must be to be called close


@dataclass(frozen=True)
class Finding:
    """What a key finds of an attempt: ``state`` is ``"right"``, ``"close"`` or ``"wrong"``."""

    state: str
    says: str = ""
    hint: str = ""


RIGHT = Finding("right")


@dataclass(frozen=True)
class _Numbers:
    value: float | tuple
    ask: str = "Answer"
    hints: tuple[str, ...] = ()
    _: KW_ONLY
    wrong: tuple[tuple, ...] = ()
    digits: int = 3
    rtol: float | None = None
    atol: float = 1e-9
    transfer: bool = False
    kind: ClassVar[str] = "number"

    def __post_init__(self):
        for value in (self.value, *(value for value, _ in self.wrong)):
            numbers = self.values(value)
            if numbers.size != self.values().size or np.isnan(numbers).any():
                raise ValueError(f"value and each of wrong must be as many numbers, got {value!r}; "
                                 "correct it")

    def values(self, value=None) -> np.ndarray:
        """The numbers of the key, or of one of its wrong attempts, in a row."""
        return np.ravel(np.asarray(self.value if value is None else value, dtype=float))

    def within(self, values: np.ndarray) -> np.ndarray:
        """How far an attempt may be from each number."""
        if self.rtol is not None:
            return np.where(np.isinf(values), 0.0, self.atol + self.rtol * np.abs(values))
        return np.array([_half_a_unit(v, self.digits) or self.atol for v in values])

    def near(self, values: np.ndarray) -> np.ndarray:
        """How far from each number an attempt is called close; a count is right or wrong."""
        if np.all(values == np.round(values)):
            return self.within(values)
        finite = np.where(np.isinf(values), 0.0, values)
        return np.maximum(NEAR * np.abs(finite), self.within(values))

    def exactly(self) -> str:
        """How many digits are asked for."""
        if self.rtol is None:
            return f"{self.digits} digits"
        return f"{math.ceil(-math.log10(self.rtol)) + 1} digits"

    def wants(self) -> str:
        """What the form asks for, and how exactly."""
        if (n := self.values().size) == 1:
            return f"a number, {self.exactly()}"
        such = ", ".join(["1.5", "−2", "0.25", "7"][k % 4] for k in range(n))
        return f"{_COUNTS.get(n, n)} numbers, {self.exactly()}, such as {such}"

    def judge(self, attempt) -> Finding:
        """Compare an attempt with the key; what is not so many numbers is `Unreadable`."""
        right = self.values()
        numbers = _numbers(attempt, right.size)
        if _agree(numbers, right, self.within(right)):
            return RIGHT
        for wrong, hint in self.wrong:
            if _agree(numbers, self.values(wrong), self.within(self.values(wrong))):
                return Finding("wrong", self.not_this(attempt, numbers), hint)
        if np.any(np.isinf(numbers) & np.isfinite(right)):
            return Finding("wrong", "the answer is finite")
        if _agree(numbers, right, self.near(right)):
            return Finding("close", f"close: within 1 %, but not to {self.exactly()}")
        return Finding("wrong", self.not_this(attempt, numbers))

    @staticmethod
    def not_this(attempt, numbers: np.ndarray) -> str:
        what = "not this value" if numbers.size == 1 else "not these values"
        read = ", ".join(f"{number:.4g}" for number in numbers)
        return f"{what} (read as {read})" if isinstance(attempt, str) else what


_COUNTS = {2: "two", 3: "three", 4: "four", 5: "five"}


class Number(_Numbers):
    """A number, right to so many digits.

    Parameters
    ----------
    value : float
    ask, hints, wrong, transfer
        As in every kind of key.
    digits : int
        How many significant digits are asked for. An attempt may be half a unit of the last of
        them away from the value, so a value that a page prints rounded to them is right.
    rtol, atol : float
        Instead of digits: an attempt ``a`` is right if ``|a - value| <= atol + rtol * |value|``.
        Where the value is 0, which has no digits, it is right if ``|a| <= atol``.

    Examples
    --------
    >>> Number(1 / 6, wrong=((5 / 6, "That is the other case."),)).judge("0,167").state
    'right'
    """


class Array(_Numbers):
    """Several numbers in order, each right to so many digits; the fields are those of `Number`."""


@dataclass(frozen=True)
class Choice:
    """One of several texts. A page compares places, so a translated page finds the right one.

    Parameters
    ----------
    options : tuple of str
    value : str
        The right one.
    ask, hints, wrong, transfer
        As in every kind of key.
    """

    options: tuple[str, ...]
    value: str
    ask: str = "Choose"
    hints: tuple[str, ...] = ()
    _: KW_ONLY
    wrong: tuple[tuple[str, str], ...] = ()
    transfer: bool = False
    kind: ClassVar[str] = "choice"

    def __post_init__(self):
        if len(set(self.options)) < max(2, len(self.options)):
            raise ValueError("options must be two or more distinct texts, got "
                             f"{self.options}; reword them")
        strangers = [text for text in (self.value, *(text for text, _ in self.wrong))
                     if text not in self.options]
        if strangers:
            raise ValueError(f"value and wrong must be of the options {self.options}, "
                             f"got {strangers[0]!r}; copy the option's text")

    def judge(self, attempt) -> Finding:
        """Compare an attempt, a text or its place, with the key.

        Places are counted from 0, but those of lines as their names count them, from 1.
        """
        first = int(self.options[0] == "line 1")
        if isinstance(attempt, str) and attempt.isdigit() and attempt not in self.options:
            attempt = int(attempt)
        if isinstance(attempt, int) and not isinstance(attempt, bool) and (
                0 <= attempt - first < len(self.options)):
            attempt = self.options[attempt - first]
        if attempt not in self.options:
            raise Unreadable("choose one of " + "; ".join(
                f"{k}: {option}" for k, option in enumerate(self.options, first)))
        if attempt == self.value:
            return RIGHT
        return Finding("wrong", "another option is right", dict(self.wrong).get(attempt, ""))


@dataclass(frozen=True)
class Fault(Choice):
    """A plausible argument, program or figure with a fault: where is it?

    A `Choice` whose every wrong option has its pair in ``wrong``: why the fault is not there.
    """

    kind: ClassVar[str] = "fault"

    def __post_init__(self):
        super().__post_init__()
        bare = set(self.options) - {self.value} - {text for text, _ in self.wrong}
        if bare:
            raise ValueError(f"wrong must say why the fault is not at {min(bare)!r}")


@dataclass(frozen=True)
class Function:
    """A function, tested by calling it: ``test(attempt)`` raises ``AssertionError`` if it fails.

    The pairs of ``wrong`` are plausible wrong programs, and words that the test says of each.
    """

    test: Callable[[Callable], None]
    ask: str = "Your function"
    hints: tuple[str, ...] = ()
    _: KW_ONLY
    wrong: tuple[tuple[Callable, str], ...] = ()
    transfer: bool = False
    kind: ClassVar[str] = "code"

    def judge(self, attempt) -> Finding:
        """Test an attempt; what it raises is a sentence, too."""
        if not callable(attempt):
            raise Unreadable("pass the function itself, without calling it")
        try:
            self.test(attempt)
        except AssertionError as failed:
            return Finding("wrong", str(failed) or "one of its tests fails")
        except (Exception, SystemExit) as error:  # what a program raises is told as a sentence
            return Finding("wrong", f"it could not be used ({type(error).__name__}: {error})")
        return RIGHT


@dataclass(frozen=True)
class Proof:
    """A proof or derivation, which the reader compares with the steps of a worked one.

    No machine reads a proof, so it counts what readers say of their own.

    Parameters
    ----------
    steps : tuple of str
        The worked proof, a sentence a step, in plain text as hints are.
    ask, hints, transfer
        As in every kind of key. There is nothing that the key could refuse.
    """

    steps: tuple[str, ...]
    ask: str = "Write it down first. Which of these steps did you have?"
    hints: tuple[str, ...] = ()
    _: KW_ONLY
    transfer: bool = False
    kind: ClassVar[str] = "proof"

    def judge(self, attempt) -> Finding:
        """Count the steps that a reader had: their numbers, counted from 1."""
        chosen = attempt if isinstance(attempt, (list, tuple, set, range)) else [attempt]
        known = range(1, len(self.steps) + 1)
        strangers = [step for step in chosen if step not in known]
        if strangers:
            raise Unreadable(f"give the numbers of the steps that you had, from 1 to "
                             f"{len(self.steps)}, as in [1, 2]")
        missing = [f"\n  {k}. {step}" for k, step in enumerate(self.steps, 1) if k not in chosen]
        told = f"{len(self.steps) - len(missing)} of {len(self.steps)} steps, as you say"
        return Finding("right" if chosen else "wrong",
                       told + ("; look again at" + "".join(missing) if missing else ""))


Key = Number | Array | Choice | Function | Proof


def _half_a_unit(value: float, digits: int) -> float:
    """Half a unit of a value's last digit, and what rounding in binary may add; 0 for 0 and ∞."""
    if value == 0 or math.isinf(value):
        return 0.0
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1) + 1e-12 * abs(value)


def _numbers(attempt, count: int) -> np.ndarray:
    """An attempt's numbers, from what a reader may pass: texts, numbers, lists and arrays."""
    if isinstance(attempt, str):
        return np.array(read_numbers(attempt, count))
    if isinstance(attempt, (list, tuple)) and any(isinstance(part, str) for part in attempt):
        attempt = [_numbers(part, 1)[0] for part in attempt]
    try:
        numbers = np.real_if_close(np.ravel(np.asarray(attempt)))  # eigenvalues may be complex
        if numbers.dtype.kind in "bc":
            raise TypeError
        numbers = numbers.astype(float)
    except (TypeError, ValueError):
        raise Unreadable(f"{type(attempt).__name__} is no number; pass one such as 0.25, or a list "
                         "such as (0.2, 0.8)") from None
    if numbers.size != count:
        raise Unreadable(f"one number is asked for, not {numbers.size}" if count == 1 else
                         f"{count} numbers are asked for, not {numbers.size}")
    if np.any(np.isnan(numbers)):
        raise Unreadable("nan is not a number")
    return numbers


def _agree(numbers: np.ndarray, right: np.ndarray, within: np.ndarray) -> bool:
    same = numbers == right  # infinities
    with np.errstate(invalid="ignore"):
        return bool(np.all(same | (np.abs(numbers - right) <= within)))


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


def lookup(exercise: str) -> Key:
    """Return the key of an exercise such as ``"norms-3"``."""
    module = f"{KEYS}.{exercise.rpartition('-')[0].replace('-', '_')}"
    try:
        keys = import_module(module).ANSWERS
    except ModuleNotFoundError as missing:
        if missing.name != module:  # a key that imports what is not installed says so itself
            raise
        keys = {}
    if exercise in keys:
        return keys[exercise]
    raise ValueError(f"exercise must have an answer key, got {exercise!r}; add it to "
                     f"{module}.ANSWERS, or name the folder of your own keys with use_answers")
