"""The record of a figure that moves: its controls, its panels, and how one state is drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from numbers import Real
from typing import NamedTuple

from matplotlib.figure import Figure

from mathml.interactive.controls import Control
from mathml.interactive.numerals import numerals
from mathml.interactive.svg import figure_svg
from mathml.plotting import make_room, plain_powers, style

PLAY = "play"  # the name of the control that a reader may let run by itself


@dataclass(frozen=True)
class Panel:
    """One drawing of a figure: its function, the controls that move it, and what it is called."""

    draw: Callable
    names: tuple[str, ...]
    name: str = ""

    @property
    def function(self) -> str:
        """What messages call its function; a `functools.partial` goes by what it completes."""
        return function_name(self.draw)


class Drawing(NamedTuple):
    """One state of a panel.

    Attributes
    ----------
    svg : str
    sentence : str
        What is to be seen.
    values : dict of str to str
        What the text of a page may quote of this state, as written.
    places : dict of str to pair of tuples
        For each point that moves the panel, where in the picture each position of its two controls
        lies: the distances from the left and from the top edge, in the picture's units.
    """

    svg: str
    sentence: str
    values: dict[str, str]
    places: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]


@dataclass(frozen=True, eq=False)
class Exploration:
    """A titled figure, its controls and its panels; notebooks show it, pages store it.

    Attributes
    ----------
    title : str
    controls : dict of str to Control
        A point named ``start`` has two: ``start-x`` and ``start-y``.
    panels : tuple of Panel
    size : tuple of float
        Width and height of one panel, in inches.
    points : dict of str to str
        The label of each point, by its name.
    bundle : dict
        What a notebook shows, by MIME type.
    """

    title: str
    controls: dict[str, Control]
    panels: tuple[Panel, ...]
    size: tuple[float, float]
    points: dict[str, str] = field(default_factory=dict)
    bundle: dict = field(default_factory=dict, repr=False)

    @property
    def n_states(self) -> int:
        """Number of drawings: each panel's controls multiply, the panels add."""
        return sum(len(self.states(panel)) for panel in self.panels)

    def picture_name(self, i: int) -> str:
        """What a screen reader calls the picture of a panel, given by its place."""
        if self.panels[i].name:
            return f"{self.title}: {self.panels[i].name}"
        if len(self.panels) > 1:
            return f"{self.title}, picture {i + 1} of {len(self.panels)}"
        return self.title

    def states(self, panel: Panel) -> list[dict]:
        """Every combination of a panel's controls, the last control running fastest."""
        grids = [self.controls[name].values for name in panel.names]
        return [dict(zip(panel.names, values, strict=True)) for values in product(*grids)]

    def default(self, panel: Panel) -> dict:
        """The combination that a panel shows first."""
        return {name: self.controls[name].values[self.controls[name].default]
                for name in panel.names}

    def arguments(self, values: dict) -> dict:
        """What ``draw`` is given for a combination of controls: a point's two become one pair."""
        given = dict(values)
        for name in self.points:
            if f"{name}-x" in given:
                given[name] = (given.pop(f"{name}-x"), given.pop(f"{name}-y"))
        return given

    @cached_property
    def _margins(self) -> dict[Panel, dict[str, float]]:
        """How far the axes of each panel stay from the edges: what its first state needs."""
        return {panel: make_room(self._drawn(panel, self.default(panel))[0])
                for panel in self.panels}

    def draw(self, panel: Panel, values: dict) -> Drawing:
        """Draw one panel once."""
        fig, sentence, quoted = self._drawn(panel, values)
        fig.subplots_adjust(**self._margins[panel])
        svg = figure_svg(fig)  # before the places: it is now that the axes take theirs
        return Drawing(svg, numerals(sentence), self._written(panel, quoted, values),
                       {name: self._places(fig, name) for name in self.points
                        if f"{name}-x" in panel.names})

    def _drawn(self, panel: Panel, values: dict) -> tuple[Figure, str, object]:
        """Return the figure of one state, its sentence, and what else its function returned."""
        with style():
            fig = Figure(figsize=self.size)
            target = fig if _wants_figure(panel.draw) else fig.subplots()
            try:
                said = panel.draw(target, **self.arguments(values))
            except Exception as error:
                raise RuntimeError(f"explore {self.title!r}: {panel.function} failed at "
                                   f"{_spell(values)} with {type(error).__name__}: {error}; "
                                   "make it draw every state of its controls") from error
            plain_powers(fig)
        sentence, quoted = said if isinstance(said, tuple) and len(said) == 2 else (said, {})
        if not isinstance(sentence, str) or not sentence.strip():
            raise TypeError(f"explore {self.title!r}: {panel.function} must return a sentence "
                            f"that says what is to be seen, got {sentence!r} at {_spell(values)}; "
                            "end it with return f'...'")
        return fig, sentence, quoted

    def _written(self, panel: Panel, quoted, values: dict) -> dict[str, str]:
        known = isinstance(quoted, dict) and all(
            isinstance(name, str) and name.isidentifier() and isinstance(value, (str, Real))
            for name, value in quoted.items())
        if not known:
            raise TypeError(f"explore {self.title!r}: {panel.function} may return, after its "
                            "sentence, a dict of names and numbers or texts, got "
                            f"{quoted!r} at {_spell(values)}; end it with return f'...', "
                            "{'q': q}")
        return {name: numerals(value if isinstance(value, str) else f"{value:.3g}")
                for name, value in quoted.items()}

    def _places(self, fig: Figure, name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
        axes = fig.axes[0]
        left, bottom = axes.get_xlim()[0], axes.get_ylim()[0]
        to_picture = axes.transData.transform  # in dots, of which the style has 72 an inch
        xs = [to_picture((x, bottom))[0] for x in self.controls[f"{name}-x"].values]
        ys = [fig.bbox.height - to_picture((left, y))[1]
              for y in self.controls[f"{name}-y"].values]
        return (tuple(round(float(x), 1) for x in xs), tuple(round(float(y), 1) for y in ys))

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/plain": repr(self), **self.bundle}

    def __repr__(self) -> str:
        labels = ", ".join(control.label for control in self.controls.values())
        return f"Exploration {self.title!r}: move {labels}"


def function_name(draw: Callable) -> str:
    """Return the name of a function, or of what else can be called."""
    return getattr(getattr(draw, "func", draw), "__name__", type(draw).__name__)


def _wants_figure(draw: Callable) -> bool:
    return next(iter(inspect.signature(draw).parameters)) in {"fig", "figure"}


def _spell(values: dict) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())
