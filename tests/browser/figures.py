"""The figures of the built site by their properties, and those that stand for all of a kind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from math import prod

from book_files import ROOT, Notebook
from selection import SWEEP, in_full
from site_files import figure_data, page, page_names


def number(text: str) -> float | None:
    """What a position's text says, as a number: of "2.5×10⁻³", "1/8" or "40 mm"; None of a word."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    found = re.fullmatch(r"(?:(-?[\d.]+)×)?10(-?\d+)", plain)
    if found and re.search("[⁰¹²³⁴⁵⁶⁷⁸⁹]$", text):
        return float(found[1] or 1) * 10.0 ** int(found[2])
    found = re.fullmatch(r"(-?[\d.]+)(?:/(\d+))?(?: ?\S{1,3})?", plain)
    return float(found[1]) / float(found[2] or 1) if found else None


@dataclass(frozen=True)
class Figure:
    """A figure that moves, as its page holds it."""

    page: str
    key: str
    title: str
    data: dict

    @property
    def name(self) -> str:
        return f"{self.page}: {self.title}"

    @cached_property
    def controls(self) -> list[list[str]]:
        """The texts of each control's positions."""
        return [control["texts"] for control in self.data["controls"]]

    @cached_property
    def panels(self) -> list[list[int]]:
        """The controls that each panel follows."""
        return [panel["controls"] for panel in self.data["panels"]]

    @property
    def states(self) -> int:
        return prod(map(len, self.controls))

    @property
    def redraws(self) -> set[str]:
        """How its pictures change: attributes, texts, runs of elements that come and go."""
        return {slot[1] for panel in self.data["panels"] for slot in panel["slots"]}

    def shown(self, positions: list[int]) -> list:
        """What tells one state from another: the drawing and the sentence of each panel."""
        found = []
        for panel in self.data["panels"]:
            state = 0
            for c in panel["controls"]:
                state = state * len(self.controls[c]) + positions[c]
            found.append([pattern[state] for pattern in panel["patterns"]])
            found.append(panel["texts"][panel["says"][state]])
        return found

    def waits(self, control: int) -> bool:
        """Whether a control changes nothing until another has moved."""
        start = [c["start"] for c in self.data["controls"]]
        rows = [self.shown([*start[:control], k, *start[control + 1:]])
                for k in range(len(self.controls[control]))]
        return all(row == rows[0] for row in rows)


def in_powers(texts: list[str]) -> bool:
    """Whether positions are the same multiple apart, and not the same distance."""
    values = [number(text) for text in texts]
    if len(values) < 3 or None in values or min(values) <= 0:
        return False
    return values[-1] - values[-2] > 3 * (values[1] - values[0])


def in_words(texts: list[str]) -> bool:
    return all(number(text) is None for text in texts)


@cache
def figures() -> list[Figure]:
    """Every figure of the site."""
    return [Figure(name, box["id"], box.select_one(".explorable-title").contents[-1].strip(),
                   figure_data(name, box))
            for name in page_names() for box in page(name).select("figure.explorable")]


# What the engine treats differently.
KINDS = {
    "one control": lambda f: len(f.controls) == 1,
    "two controls": lambda f: len(f.controls) == 2,
    "three controls": lambda f: len(f.controls) == 3,
    "four or more controls": lambda f: len(f.controls) > 3,
    "one panel": lambda f: len(f.panels) == 1,
    "panels that move together": lambda f: len(f.panels) > 1 and f.panels[0] == f.panels[-1],
    "panels that follow different controls": lambda f: any(p != f.panels[0] for p in f.panels),
    "three or more panels": lambda f: len(f.panels) > 2,
    "a slider over powers": lambda f: any(map(in_powers, f.controls)),
    "a choice of words": lambda f: any(map(in_words, f.controls)),
    "a row of buttons": lambda f: any(len(texts) <= 4 for texts in f.controls),
    "a point that is dragged": lambda f: any(panel["points"] for panel in f.data["panels"]),
    "a slider that plays": lambda f: any(c["name"] == "play" for c in f.data["controls"]),
    "panels with names": lambda f: bool(page(f.page).select(f"#{f.key} .explorable-name")),
    "a long slider": lambda f: any(60 < len(texts) <= 120 for texts in f.controls),
    "a slider finer than a pointer": lambda f: any(len(texts) > 120 for texts in f.controls),
    "a control that waits for another": lambda f: any(map(f.waits, range(len(f.controls)))),
    "attributes that change": lambda f: "attr" in f.redraws,
    "texts that change": lambda f: "text" in f.redraws,
    "elements that come and go": lambda f: "run" in f.redraws,
    "near the limit of 240 states": lambda f: f.states >= 180,
}

# These stand for the figures of their kinds; test_figures.py checks that no kind is without one.
SAMPLE = {
    "book/linear-algebra/norms.html: The unit ball of ℓp": "one control",
    "book/about/how-this-book-moves.html: A wave": "two controls",
    "book/optimization/gradient-descent.html: A valley and its condition number":
        "a slider over powers",
    "book/calculus/gradients.html: A gradient of zero on a slope": "a long slider",
    "book/about/how-this-book-moves.html: A polynomial in your hand": "a point that is dragged",
    "book/optimization/gradient-descent.html: The same rule, different endings":
        "panels with names",
    "book/probability/probability.html: Monty Hall with k doors":
        "a control that waits for another",
    "book/probability/distributions.html: Seven families, seen in three ways":
        "three or more panels",
    "book/optimization/stochastic-and-adaptive-methods.html: Five optimisers in one valley":
        "four or more controls",
    "book/optimization/numerical-stability.html: An offset that breaks the formula":
        "near the limit of 240 states",
}


def kinds(figure: Figure) -> set[str]:
    return {kind for kind, holds in KINDS.items() if holds(figure)}


def touched(name: str) -> bool:
    """Whether a run goes through all of a page's figures."""
    return SWEEP or in_full(Notebook((ROOT / name).with_suffix(".ipynb")))


def tried() -> dict[str, list[Figure]]:
    """The figures that this run takes to every position, by page."""
    found: dict[str, list[Figure]] = {}
    for figure in figures():
        if figure.name in SAMPLE or touched(figure.page):
            found.setdefault(figure.page, []).append(figure)
    return found
