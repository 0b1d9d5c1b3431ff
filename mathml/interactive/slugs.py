"""Names for page elements, made from what they say."""

from __future__ import annotations

import hashlib
import re


def slug(text: str) -> str:
    """Return a short identifier for a text: readable, and distinct for distinct texts.

    Examples
    --------
    >>> slug("Is 1 a prime?")
    'is-1-a-prime-10af'
    """
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    return f"{words or 'q'}-{hashlib.sha256(text.encode()).hexdigest()[:4]}"
