"""Names for page elements, made from what they say."""

from __future__ import annotations

import hashlib
import re
import unicodedata


def slug(text: str) -> str:
    """Return a short identifier for a text: readable, and distinct for distinct texts.

    It begins with a letter, as what a selector may name does.

    Examples
    --------
    >>> slug("Is 1 a prime?")
    'is-1-a-prime-10af'
    >>> slug("1% are ill.")
    'q-1-are-ill-deda'
    """
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    if not words[:1].isalpha():
        words = f"q-{words}".strip("-")
    return f"{words}-{hashlib.sha256(text.encode()).hexdigest()[:4]}"


def as_name(text, what: str) -> str:
    """Return ``text`` if it says something: it is the name by which a part of a page is known."""
    if not isinstance(text, str) or not text.strip():
        raise (ValueError if isinstance(text, str) else TypeError)(
            f"{what} must say something, got {text!r}; write a few words")
    return text


def address(title: str) -> str:
    """Return the part of an address that leads to a figure: plain, and the same for ever.

    Examples
    --------
    >>> address("Steepest in which norm?"), address("The unit ball of ℓp")
    ('fig-steepest-in-which-norm', 'fig-the-unit-ball-of-lp')
    """
    words = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKC", title).lower()).strip("-")
    return f"fig-{words}" if words else f"fig-{slug(title)}"
