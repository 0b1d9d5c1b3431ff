"""``check``: an exercise's answer, met with a tick, a hint or patience, never with a traceback."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from mathml.interactive.answer_key import Proof, lookup
from mathml.interactive.entry import Unreadable
from mathml.interactive.form import form_html
from mathml.interactive.mode import is_static
from mathml.interactive.slugs import as_name

_tries: dict[str, int] = {}  # wrong attempts at each exercise, so that each meets the next hint


@dataclass(frozen=True)
class Verdict:
    """What ``check`` found: ``passed`` is True, False, or None where nothing could be judged.

    ``is_open`` says that nothing was attempted: there a page shows its form.
    """

    exercise: str
    passed: bool | None
    message: str
    is_open: bool = False

    def __repr__(self) -> str:
        return self.message

    def __str__(self) -> str:
        r"""Return the message; for a console that has no such letter, ``\N{CHECK MARK}`` is ✓."""
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        return self.message.encode(encoding, "namereplace").decode(encoding)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = {"text/plain": self.message}
        if is_static() and self.is_open:
            bundle["text/html"] = form_html(self.exercise, lookup(self.exercise))
        return bundle


def check(exercise: str, attempt=None, *more) -> Verdict:
    """Check the answer to an exercise.

    Parameters
    ----------
    exercise : str
        Its name, for example ``"norms-3"``.
    attempt : number, array, str, function or list of steps
        ``None`` or ``...`` means that nothing was attempted yet. A string is read as a page reads
        what is typed there: ``"1/3"``, ``"0,25"``, ``"2√10"``. Of a choice, the text or the place
        of the option, counted from 0; of a proof, the numbers of the steps that you had:
        ``check("norms-3")`` shows them.
    *more
        Nothing: what stands there is told that ``0,25`` are two numbers in Python.

    Returns
    -------
    Verdict
        Shows ✓, ✗ with one hint, ≈ for what is close, or ○ for what is no attempt or cannot be
        read. A page with no kernel shows a form instead of ○.

    Raises
    ------
    ValueError, TypeError
        If there is no such exercise: a chapter's mistake, not a reader's.

    Examples
    --------
    >>> check("gradient-descent-2", 1 / 3)
    ✓ gradient-descent-2: right.
    >>> check("gradient-descent-2", "0,333")
    ✓ gradient-descent-2: right.
    >>> check("gradient-descent-2")
    ○ gradient-descent-2: not attempted yet.
    """
    key = lookup(as_name(exercise, "exercise"))
    if more:
        return Verdict(exercise, None, f"○ {exercise}: {1 + len(more)} values were passed; write "
                       "0.25 with a point, not 0,25, and several numbers in brackets: (0.2, 0.8).")
    if attempt is None or attempt is ...:
        steps = ""
        if attempt is None and isinstance(key, Proof):
            steps = "".join(f"\n  {k}. {step}" for k, step in enumerate(key.steps, 1))
            steps += f'\n  Say which you had: check("{exercise}", [1, 2])'
        return Verdict(exercise, None, f"○ {exercise}: not attempted yet.{steps}", is_open=True)
    try:
        found = key.judge(attempt)
    except Unreadable as unread:
        return Verdict(exercise, None, f"○ {exercise}: this could not be read: {unread}.")
    except Exception as error:  # whatever a reader passes, they get a sentence
        return Verdict(exercise, None, f"○ {exercise}: the attempt could not be used "
                                       f"({type(error).__name__}: {error}).")
    if found.state == "right":
        return Verdict(exercise, True, f"✓ {exercise}: {found.says or 'right'}.")
    if found.state == "close":
        return Verdict(exercise, False, f"≈ {exercise}: {found.says}.")
    hint = found.hint
    if not hint and key.hints:
        hint = key.hints[min(_tries.get(exercise, 0), len(key.hints) - 1)]
        _tries[exercise] = _tries.get(exercise, 0) + 1
    return Verdict(exercise, False, f"✗ {exercise}: {found.says}." + (
        f"\n  Hint: {hint}" if hint else ""))
