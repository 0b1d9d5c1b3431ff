"""The record of a figure that moves: its controls, its panels, and how one state is drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

from matplotlib.figure import Figure

from mathml.interactive.controls import Control
from mathml.interactive.numerals import numerals
from mathml.interactive.svg import figure_svg
from mathml.plotting import plain_powers, style


@dataclass(frozen=True)
class Panel:
    """One drawing of a figure: its function and the names of the controls that move it."""

    draw: Callable
    names: tuple[str, ...]


@dataclass(frozen=True)
class Exploration:
    """A titled figure, its controls and its panels; notebooks show it, pages store it.

    Attributes
    ----------
    title : str
    controls : dict of str to Control
    panels : tuple of Panel
    size : tuple of float
        Width and height of one panel, in inches.
    bundle : dict
        What a notebook shows, by MIME type.
    """

    title: str
    controls: dict[str, Control]
    panels: tuple[Panel, ...]
    size: tuple[float, float]
    bundle: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def n_states(self) -> int:
        """Number of drawings: each panel's controls multiply, the panels add."""
        return sum(len(self.states(panel)) for panel in self.panels)

    def states(self, panel: Panel) -> list[dict]:
        """Every combination of a panel's controls, the last control running fastest."""
        grids = [self.controls[name].values for name in panel.names]
        return [dict(zip(panel.names, values, strict=True)) for values in product(*grids)]

    def default(self, panel: Panel) -> dict:
        """The combination that a panel shows first."""
        return {name: self.controls[name].values[self.controls[name].default]
                for name in panel.names}

    def draw(self, panel: Panel, values: dict) -> tuple[str, str]:
        """Draw one panel once: its SVG text and the sentence that describes it."""
        with style():
            fig = Figure(figsize=self.size)
            target = fig if _wants_figure(panel.draw) else fig.subplots()
            try:
                sentence = panel.draw(target, **values)
            except Exception as error:
                raise RuntimeError(f"explore {self.title!r}: {panel.draw.__name__} failed at "
                                   f"{_spell(values)} with {type(error).__name__}: {error}; "
                                   "make it draw every state of its controls") from error
            plain_powers(fig)
        if not isinstance(sentence, str) or not sentence.strip():
            raise TypeError(f"explore {self.title!r}: {panel.draw.__name__} must return a sentence "
                            f"that says what is to be seen, got {sentence!r} at {_spell(values)}; "
                            "end it with return f'...'")
        return figure_svg(fig), numerals(sentence)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/plain": repr(self), **self.bundle}

    def __repr__(self) -> str:
        labels = ", ".join(control.label for control in self.controls.values())
        return f"Exploration {self.title!r}: move {labels}"


def _wants_figure(draw: Callable) -> bool:
    return next(iter(inspect.signature(draw).parameters)) in {"fig", "figure"}


def _spell(values: dict) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())
