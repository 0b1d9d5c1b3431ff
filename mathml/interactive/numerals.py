"""Numbers as a book prints them, where Python writes them as a program reads them."""

from __future__ import annotations

import re

from mathml.plotting import RAISED

_SCIENTIFIC = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]?)0*(\d+)\b")
_MINUS = re.compile(r"(?<!\w)-(?=[\d.])")


def numerals(text: str) -> str:
    """Return a text with its numbers typeset.

    Examples
    --------
    >>> numerals("from -2 to 1e-06, then 2.5e+10")
    'from −2 to 10⁻⁶, then 2.5×10¹⁰'
    """
    return _MINUS.sub("−", _SCIENTIFIC.sub(_power, text))


def _power(found: re.Match) -> str:
    digits, sign, exponent = found.groups()
    power = "10" + (sign.strip("+") + exponent).replace("-", "−").translate(RAISED)
    return power if digits == "1" else f"{digits}×{power}"
