"""Numbers as readers write them: ``0,25``, ``1/4``, ``25 %``, ``10⁻³``, ``2√10``, ``ln 2``.

`assets/numbers.js` reads the same language on a page with no kernel: each function here has its
twin there, and one table of spellings (``tests/spellings.py``) tries both.

    list   := item separated by , ; & "and"             a label before = is dropped, words after too
    sum    := term (("+" | "-") term)*
    term   := factor (("*" | "/") factor)*              2π, 2√3 and 3(4) are products
    factor := ("+" | "-") factor | power
    power  := percent ("^" exponent)?                   exponents bind to the right
    percent := atom "%"*
    atom   := number | pi | e | function argument | "(" sum ")"
"""

from __future__ import annotations

import math
import re
import unicodedata

MAX_LENGTH, MAX_DEPTH, MAX_WORDS = 200, 20, 3
_SUPER = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_ALIKE = {
    **dict.fromkeys("−–—‐‑‒―⁃", "-"), **dict.fromkeys("×·⋅∙∗✕⨯", "*"),
    **dict.fromkeys("÷∕⁄", "/"), **dict.fromkeys("[{⟨", "("), **dict.fromkeys("]}⟩", ")"),
    **dict.fromkeys("،、", ","), **dict.fromkeys("؛&", ";"), **dict.fromkeys("≈≃~", "="),
    "٫": ".", "。": ".", "٪": "%", "’": "'", "٬": "'",
}
# The zeros of the scripts whose digits NFKC leaves as they are.
_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐"
_FRACTION = "\x01"  # stands before a fraction that was one letter; no reader can type it
_FUNCTIONS = ("sqrt", "√", "cbrt", "∛", "ln", "log", "log2", "log10", "exp", "abs", "sin", "cos",
              "tan")
_CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
_INFINITE = ("inf", "infinity", "∞")
_NUMBER = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)(?:\.\d+)?|"
                     r"(?:\d+\.?\d*|\.\d+)(?: ?[eE][+-]?\d+)?", re.A)
_MIXED = re.compile(rf"(\d*) ?{_FRACTION}(\d+)/(\d+)", re.A)
_WITH_COMMA = re.compile(r"\d[\d.]*,[\d.,]*\d", re.A)


class Unreadable(ValueError):
    """What a reader wrote is not a number; the message says what of it."""


def read_numbers(text: str, count: int) -> tuple[float, ...]:
    """Read the numbers of a text, where `count` are meant.

    A comma between two digits separates numbers where that gives as many as are meant, and is a
    decimal comma otherwise. ``log`` is the natural logarithm.

    Raises
    ------
    Unreadable
        If the text is not that many numbers.

    Examples
    --------
    >>> read_numbers("0,25", 1), read_numbers("0,25", 2), read_numbers("0,2; 0,8", 2)
    ((0.25,), (0.0, 25.0), (0.2, 0.8))
    >>> read_numbers("p = 25 %", 1), read_numbers("2×10⁻³ and √16", 2)
    ((0.25,), (0.002, 4.0))
    """
    folded = _fold(text)
    fault, other = None, 0
    for inside in (False, True):  # whether a comma between digits belongs to the number
        for gaps in (False, True):  # whether a gap separates
            try:
                found = _read_list(folded, inside, gaps, 0)
            except Unreadable as unread:
                fault = fault or unread
                continue
            if len(found) == count:
                return tuple(found)
            other = other or len(found)
    if not other:
        raise fault
    asked = "1 number is asked for" if count == 1 else f"{count} numbers are asked for"
    advice = ("; with decimal commas, put semicolons between them: 0,2; 0,8"
              if count > 1 and re.search(r"[0-9],[0-9]", folded) else "")
    raise Unreadable(f"{asked}, {other} {'was' if other == 1 else 'were'} read{advice}")


def _fold(text: str) -> str:
    """Return the text with one letter for all that look or mean the same."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"it is longer than {MAX_LENGTH} characters")
    out, raised = [], False
    for letter in text:
        kind = unicodedata.category(letter)
        if kind == "Cf" or "\ufe00" <= letter <= "\ufe0f":
            continue
        if (letter in _SUPER) != raised:
            raised = not raised
            out.append("^(" if raised else ")")
        plain = unicodedata.normalize("NFKC", letter)
        if raised:
            out.append(_SUPER[letter])
        elif kind == "Cc":
            out.append(" ")
        elif re.fullmatch(r"[0-9]+⁄[0-9]+", plain):
            out.append(_FRACTION + plain.replace("⁄", "/"))
        else:
            out.extend(map(_alike, plain))
    folded = "".join(out) + (")" if raised else "")
    folded = re.sub(r"([0-9])'(?=[0-9]{3}(?![0-9]))", r"\1", folded.replace("**", "^"))
    return re.sub(r"[\s.,;]+$", "", folded).strip()


def _alike(letter: str) -> str:
    for zero in _ZEROS:
        if 0 <= ord(letter) - ord(zero) <= 9:
            return str(ord(letter) - ord(zero))
    return " " if letter.isspace() else _ALIKE.get(letter, letter)


def _read_list(text: str, inside: bool, gaps: bool, depth: int) -> list[float]:
    if depth > MAX_DEPTH:
        raise Unreadable(f"its brackets are nested deeper than {MAX_DEPTH}")
    if text.count("=") == 1:
        text = text.rpartition("=")[2]
    text = text.strip()
    if _is_enclosed(text):
        return _read_list(text[1:-1], inside, gaps, depth + 1)
    parts = _split(text, inside, gaps)
    if len(parts) > 1:
        return [number for part in parts for number in _read_list(part, inside, gaps, depth + 1)]
    if "=" in text:
        return _read_list(text.rpartition("=")[2], inside, gaps, depth)
    return [_Reader(re.sub(_WITH_COMMA, _point, text)).value()]


def _is_enclosed(text: str) -> bool:
    """Whether the first bracket is closed by the last letter."""
    depth = 0
    for k, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return k > 0 and k == len(text) - 1
    return False


def _split(text: str, inside: bool, gaps: bool) -> list[str]:
    """Split a list at what separates its items, outside brackets."""
    parts, depth, start, k = [], 0, 0, 0
    while k < len(text):
        depth += (text[k] == "(") - (text[k] == ")")
        before, after = text[:k], text[k + 1:]
        width = 0
        if depth == 0 and text[k] == ";":
            width = 1
        elif depth == 0 and text[k] == ",":
            digits = re.search(r"[0-9]$", before) and re.match(r"[0-9]", after)
            width = 0 if inside and digits else 1
        elif depth == 0 and text[k] == " ":
            if word := re.match(r" and(?= |$)", text[k:], re.I):
                width = word.end()
            elif (gaps and re.search(r"[0-9.)%π∞]$", before)
                  and re.match(r"[0-9.(√π∞\x01]|[+-][0-9.(√π∞]", after)):
                width = 1
        if width:
            parts.append(text[start:k])
            start = k + width
        k += width or 1
    return [*parts, text[start:]]


def _point(found: re.Match) -> str:
    """Write a number that has commas with a point."""
    number = found[0]
    if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}", number, re.A):
        return number.replace(",", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d+,\d+", number, re.A):
        return number.replace(".", "").replace(",", ".")
    raise Unreadable(f"the commas of “{number}” can be read in several ways")


class _Reader:
    """Reads one number: tokens first, then one method a line of the grammar."""

    def __init__(self, text: str):
        self.tokens = list(_tokens(text))
        self.at = self.depth = 0
        self.bare = False  # the factor just read is a function of what stood there with no bracket

    def value(self) -> float:
        """The number; words of units after it are passed over."""
        kinds = [kind for kind, _ in self.tokens]
        signed = self.tokens[1:] if kinds and kinds[0] == "sign" else self.tokens
        if signed and signed[0][0] == "infinite" and self.only_words(signed[1:]):
            return -math.inf if self.tokens[0][1] == "-" else math.inf
        number = self.sum()
        rest = self.tokens[self.at:]
        if not self.only_words(rest):
            kind, token = rest[0]
            word = next((token for kind, token in rest if kind == "word"), token)
            raise Unreadable("two numbers stand with no sign between them" if kind == "number" else
                             "a bracket is closed that was not opened" if token == ")" else
                             f"“{word}” is not understood")
        return number + 0.0  # no −0

    @staticmethod
    def only_words(tokens) -> bool:
        return len(tokens) <= MAX_WORDS and all(kind == "word" for kind, _ in tokens)

    def peek(self) -> tuple[str, object]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, *wanted) -> object:
        """Return the next token's text if it is one of those wanted, and step over it."""
        kind, token = self.peek()
        if token in wanted and kind in ("sign", "mark", "function"):
            self.at += 1
            return token
        return None

    def deeper(self, read) -> float:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"its brackets are nested deeper than {MAX_DEPTH}")
        number = read()
        self.depth -= 1
        return number

    def sum(self) -> float:
        total = self.term()
        while sign := self.take("+", "-"):
            total = _finite(total + self.term() if sign == "+" else total - self.term())
        return total

    def term(self) -> float:
        product, divided = self.factor(), False
        while True:
            if self.take("*"):
                product = _finite(product * self.factor())
            elif self.take("/"):
                below, divided = self.factor(), True
                if below == 0:
                    raise Unreadable("it divides by zero")
                product = _finite(product / below)
            elif self.peek()[0] in ("constant", "function") or self.peek()[1] == "(":
                if divided or self.bare:
                    raise Unreadable("a product with no sign can be read in two ways here; "
                                     "write brackets")
                product = _finite(product * self.power())
            else:
                return product

    def factor(self) -> float:
        if sign := self.take("+", "-"):
            number = self.deeper(self.factor)
            return -number if sign == "-" else number
        return self.power()

    def power(self) -> float:
        base = self.percent()
        return _power(base, self.deeper(self.factor)) if self.take("^") else base

    def percent(self) -> float:
        number = self.atom()
        while self.take("%"):
            number /= 100
        return number

    def atom(self) -> float:
        kind, token = self.peek()
        self.bare = False
        if kind in ("number", "constant"):
            self.at += 1
            return token if kind == "number" else _CONSTANTS[token]
        if self.take("("):
            number = self.deeper(self.sum)
            if not self.take(")"):
                self.missing("a bracket is not closed")
            self.bare = False
            return number
        if kind == "function":
            self.at += 1
            bare = self.peek()[1] != "("
            number = _call(token, self.deeper(self.power if bare else self.atom))
            self.bare = bare
            return number
        return self.missing("a number is missing")

    def missing(self, otherwise: str):
        kind, token = self.peek()
        if kind == "infinite":
            raise Unreadable("infinity can only stand alone")
        raise Unreadable(f"“{token}” is not a number" if kind == "word" else otherwise)


def _tokens(text: str):
    """The parts of an expression, each with its kind."""
    k = 0
    while k < len(text):
        if text[k] == " ":
            k += 1
        elif found := _MIXED.match(text, k):
            yield "number", float(found[1] or 0) + float(found[2]) / float(found[3])
            k = found.end()
        elif found := _NUMBER.match(text, k):
            yield "number", _finite(float(found[0].replace(" ", "")))
            k = found.end()
        elif text[k] in "+-":
            yield "sign", text[k]
            k += 1
        elif text[k] in "*/^%()":
            yield "mark", text[k]
            k += 1
        elif text[k] in "√∛":
            yield "function", text[k]
            k += 1
        elif text[k] in "π∞":
            yield ("constant" if text[k] == "π" else "infinite"), text[k]
            k += 1
        elif text[k].isalpha():
            word, k = _word(text, k)
            yield _kind(word)
        else:
            raise Unreadable(f"“{text[k]}” is not understood")


def _word(text: str, k: int) -> tuple[str, int]:
    """The word that starts there, and where it ends; ``log2`` and ``np.sqrt`` are one word each."""
    end = k
    while end < len(text) and text[end].isalpha() and text[end] not in "π∞":
        end += 1
    word = text[k:end].lower()
    if word in ("np", "math") and re.match(r"\.[^\W\d_π]", text[end:]):
        return _word(text, end + 1)
    base = re.match(r"_?(2|10)(?![0-9.])", text[end:])
    if word == "log" and base:
        return word + base[1], end + base.end()
    return word, end


def _kind(word: str) -> tuple[str, str]:
    if word == "x":
        return "mark", "*"
    if word == "percent":
        return "mark", "%"
    return ("function" if word in _FUNCTIONS else "constant" if word in _CONSTANTS else
            "infinite" if word in _INFINITE else "word"), word


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise Unreadable("it is too large")
    return number


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        raise Unreadable("it divides by zero")
    if base < 0 and exponent != math.floor(exponent):
        raise Unreadable("it has no real value")
    try:
        return base**exponent
    except OverflowError:
        raise Unreadable("it is too large") from None


def _call(name: str, x: float) -> float:
    if (name in ("sqrt", "√") and x < 0) or (name in ("ln", "log", "log2", "log10") and x <= 0):
        raise Unreadable("it has no real value")
    function = {"√": math.sqrt, "∛": math.cbrt, "ln": math.log, "abs": abs}.get(name)
    try:
        return (function or getattr(math, name))(x)
    except OverflowError:
        raise Unreadable("it is too large") from None
