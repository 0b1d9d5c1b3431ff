"""``check``: an exercise's answer, met with a tick, a hint or patience, never with a traceback."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from html import escape

from mathml.interactive.answer_key import Array, Choice, Number, lookup
from mathml.interactive.mode import is_static


@dataclass(frozen=True)
class Verdict:
    """What ``check`` found: ``passed`` is True, False, or None where nothing was attempted."""

    exercise: str
    passed: bool | None
    message: str

    def __repr__(self) -> str:
        return self.message

    def __str__(self) -> str:
        r"""Return the message; for a console that has no such letter, ``\N{CHECK MARK}`` is ✓."""
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        return self.message.encode(encoding, "namereplace").decode(encoding)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = {"text/plain": self.message}
        if is_static() and self.passed is None:
            bundle["text/html"] = _form(self.exercise)
        return bundle


def check(exercise: str, attempt=None) -> Verdict:
    """Check the answer to an exercise.

    Parameters
    ----------
    exercise : str
        Its name, for example ``"norms-3"``.
    attempt : number, array, str or function
        ``None`` or ``...`` means that nothing was attempted yet.

    Returns
    -------
    Verdict
        Shows ✓, ✗ with up to two hints, or ○. A page with no kernel shows a form instead of ○.

    Raises
    ------
    ValueError
        If there is no such exercise: a chapter's mistake, not a reader's.

    Examples
    --------
    >>> check("gradient-descent-2", 1 / 3)
    ✓ gradient-descent-2: right.
    >>> check("gradient-descent-2")
    ○ gradient-descent-2: not attempted yet.
    """
    key = lookup(exercise)
    if attempt is None or attempt is ...:
        return Verdict(exercise, None, f"○ {exercise}: not attempted yet.")
    try:
        complaint = key.complaint(attempt)
    except Exception as error:  # whatever a reader passes, they get a sentence
        complaint = f"the attempt could not be used ({type(error).__name__}: {error})"
    if complaint is None:
        return Verdict(exercise, True, f"✓ {exercise}: right.")
    hints = "".join(f"\n  Hint: {hint}" for hint in key.hints[:2])
    return Verdict(exercise, False, f"✗ {exercise}: {complaint}.{hints}")


def _form(exercise: str) -> str:
    """The form in which a page with no kernel takes the answer."""
    key = lookup(exercise)
    name = f"check-{exercise}"
    if isinstance(key, (Number, Array)):
        entry = (f'<label for="{name}-entry">{escape(key.ask)}</label> <input type="text" '
                 f'id="{name}-entry" inputmode="text" autocomplete="off" spellcheck="false"/>')
        data = {"numbers": list(map(str, _flat(key.value))), "rtol": key.rtol, "atol": key.atol}
    elif isinstance(key, Choice):
        options = "".join(f"<option>{escape(option)}</option>" for option in key.options)
        entry = (f'<label for="{name}-entry">{escape(key.ask)}</label> <select id="{name}-entry" '
                 f'autocomplete="off"><option value="">choose …</option>{options}</select>')
        data = {"text": key.value}
    else:
        return (f'<p class="check" id="{name}">○ This exercise asks for a function: run the '
                "notebook to check yours, or open the solution below.</p>")
    data["hints"] = key.hints[:2]
    return (f'<form class="check" id="{name}" data-key="{escape(json.dumps(data))}">{entry} '
            f'<button type="submit">Check</button> <output for="{name}-entry" '
            'aria-live="polite">○ not attempted yet</output></form>')


def _flat(value) -> list[float]:
    return [value] if not isinstance(value, (tuple, list)) else [v for x in value for v in _flat(x)]
