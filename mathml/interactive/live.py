"""The live face of ``explore``: ipywidgets, and a redraw when one of them moves.

Positions are redrawn while a slider is dragged (``continuous_update``). That cannot fall behind:
every widget of ipywidgets, from 7 on, sends its kernel one position, waits until the kernel has
answered it with a drawing, and then sends the one that it stands at by then.

A point is two sliders under its label. Nothing in ipywidgets can be dragged over a picture, and the
libraries that can (bqplot, ipympl, ipyevents) would each ask every reader for one more extension.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

import ipywidgets as widgets

from mathml.interactive.controls import Control
from mathml.interactive.figure import PLAY, Exploration

FEW = 4  # a control with so many positions shows them all
STEP = 500  # milliseconds from one position to the next while a figure plays
MISSING = ("If a later cell changed a name that this figure uses, run its cells again, "
           "then press Reset.")
# ipywidgets 7 has no row of radio buttons, and a player's buttons have icons for names.
LOOKS = """<style>
.mathml-choice { display: flex; flex-flow: row wrap; }
.mathml-choice > .widget-label { margin-right: 8px; text-align: right; }
.mathml-choice .widget-radio-box {
  flex-flow: row wrap; flex: none; height: auto; max-width: 100%; gap: 0 1.5em;
}
.mathml-choice .widget-radio-box label { width: auto; }
.mathml-play { width: auto; }
.mathml-play button { flex: none; width: auto; min-width: 5em; }
.mathml-play button i, .mathml-play button i::before { font: inherit; }
.mathml-play .fa-play::before { content: "Play"; }
.mathml-play .fa-pause::before { content: "Pause"; }
.mathml-play .fa-stop::before { content: "Start over"; }
</style>"""


class Failure(NamedTuple):
    """Why a redraw failed, in a sentence and as Python tells it."""

    reason: str
    traceback: str


class LiveFigure:
    """Binds one widget per control to the figure's drawing functions.

    Attributes
    ----------
    controls : dict of str to ipywidgets.SelectionSlider or ipywidgets.RadioButtons
        A control with up to four positions shows them all, but the one that can play.
    player : ipywidgets.Play or None
        Moves the control named ``play``, until its end or until the reader moves any control.
    pictures : list of ipywidgets.HTML
        One per panel.
    sentence : ipywidgets.HTML
    box : ipywidgets.VBox
        All of it, as shown.
    failures : list of (Failure or None)
        Why the last redraw of each panel failed, if it did. (A kernel would keep the error from the
        reader.) Its picture says that it is out of date until a redraw of that panel succeeds.
    """

    def __init__(self, figure: Exploration):
        self.figure = figure
        self._drawings = [figure.draw(panel, figure.default(panel)) for panel in figure.panels]
        self.failures: list[Failure | None] = [None] * len(figure.panels)
        letters = max(len(control.label) for control in figure.controls.values())
        self.controls = {name: _widget(name, control, f"{0.6 * letters:.0f}em")
                         for name, control in figure.controls.items()}
        self.player = _player(figure.controls[PLAY]) if PLAY in figure.controls else None
        self.pictures = [widgets.HTML() for _ in figure.panels]
        self.sentence = widgets.HTML()
        reset = widgets.Button(description="Reset")
        title = widgets.HTML(f"{LOOKS}<strong>{escape(figure.title)}</strong>")
        pictures = widgets.HBox(self.pictures, layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([title, pictures, *self._rows(), reset, self.sentence])
        self.box.add_class("mathml-figure")
        self._show()
        self._by_hand = True  # whether a control that moves was moved by the reader
        self._halted = False  # whether what the player still sends comes too late
        reset.on_click(lambda _: self.reset())
        for name, control in self.controls.items():
            control.observe(lambda _, name=name: self._moved(name), names="index")
        if self.player is not None:
            self.player.observe(self._stepped, names="value")
            self.player.observe(self._switched, names=_running(self.player))

    def reset(self) -> None:
        """Put every control back to where it started, and draw each panel once."""
        self._halt()
        self._put({name: control.default for name, control in self.figure.controls.items()})
        self._redraw(range(len(self.pictures)))

    def _rows(self) -> list[widgets.Widget]:
        """The controls as they stand below each other: a point's label above its two."""
        rows = dict(self.controls)
        for name, label in self.figure.points.items():
            y = rows.pop(f"{name}-y")
            rows[f"{name}-x"] = widgets.VBox([widgets.HTML(escape(label)), rows[f"{name}-x"], y])
        if self.player is not None:
            rows[PLAY] = widgets.HBox([rows[PLAY], self.player], layout={"flex_flow": "row wrap"})
        return list(rows.values())

    def _moved(self, name: str) -> None:
        if self._by_hand:
            self._halt()
            self._redraw(self._panels_of(name))

    def _put(self, positions: dict[str, int]) -> None:
        """Move controls as no reader does: without a redraw for each."""
        self._by_hand = False
        try:
            for name, position in positions.items():
                self.controls[name].index = position
            if self.player is not None:
                self.player.value = self.controls[PLAY].index
        finally:
            self._by_hand = True

    def _panels_of(self, name: str) -> list[int]:
        return [i for i, panel in enumerate(self.figure.panels) if name in panel.names]

    # ---- the player: it counts in the browser, and each count comes as a message. One that was on
    # its way when the reader took over must not move the figure; "Start over" counts to 0. ----

    def _stepped(self, change) -> None:
        if not self._by_hand:
            return
        late = self._halted and not self._playing and change["new"] != self.player.min
        self._put({} if late else {PLAY: change["new"]})
        if not late:
            self._redraw(self._panels_of(PLAY))

    def _switched(self, change) -> None:
        if change["new"]:
            self._halted = False
        self._tell()

    def _halt(self) -> None:
        if self.player is not None:
            self._halted = True
            setattr(self.player, _running(self.player), False)
            self._put({})

    @property
    def _playing(self) -> bool:
        return self.player is not None and getattr(self.player, _running(self.player))

    # ---- what is seen ----

    def _redraw(self, panels: Iterable[int]) -> None:
        """Draw panels anew; what fails leaves its last picture, marked, and says why."""
        for i in panels:
            panel = self.figure.panels[i]
            values = {name: self.figure.controls[name].values[self.controls[name].index]
                      for name in panel.names}
            try:
                self._drawings[i] = self.figure.draw(panel, values)
                self.failures[i] = None
            except (Exception, KeyboardInterrupt) as error:  # a kernel may be interrupted just now
                reason = ": ".join(filter(None, [panel.name, str(error) or repr(error)]))
                self.failures[i] = Failure(reason, traceback.format_exc())
        self._show()

    def _show(self) -> None:
        for i, picture in enumerate(self.pictures):
            picture.value = self._picture(i)
        self._tell()

    def _tell(self) -> None:
        """Write the sentence; to a screen reader it is told, but not at every step of a player."""
        said = " ".join(drawing.sentence for drawing, failure
                        in zip(self._drawings, self.failures, strict=True) if not failure)
        failed = "".join(map(_told, filter(None, self.failures)))
        self.sentence.value = (f'<div id="{self._says}" role="status" '
                               f'aria-live="{"off" if self._playing else "polite"}">'
                               f"<p>{escape(said)}</p>{failed}</div>")

    @property
    def _says(self) -> str:
        return f"explore-{self.box.model_id}-says"

    def _picture(self, i: int) -> str:
        name, failure = self.figure.panels[i].name, self.failures[i]
        label = self.figure.picture_name(i) + (" (out of date)" if failure else "")
        width = round(self.figure.size[0] * 96)
        looks = f"width:{width}px;max-width:100%;background:#fff;color:#1f2328"
        if failure:
            looks += ";opacity:.3"
        opening = (f'<svg xmlns="http://www.w3.org/2000/svg" role="img" translate="no" '
                   f'style="{looks}" aria-label="{escape(label)}" aria-describedby="{self._says}" ')
        mark = ('<strong style="position:absolute;inset:0 0 auto auto;padding:.2em .5em;'
                'background:#fff;color:#a40e26">✗ out of date</strong>' if failure else "")
        heading = f'<div aria-hidden="true">{escape(name)}</div>' if name else ""
        svg = opening + self._drawings[i].svg.removeprefix("<svg ")
        return f'{heading}<div style="position:relative">{svg}{mark}</div>'


def _widget(name: str, control: Control, label_width: str) -> widgets.Widget:
    options = list(zip(control.texts, control.values, strict=True))
    common = {"options": options, "index": control.default, "description": control.label,
              "style": {"description_width": label_width}}
    if len(control) > FEW or name == PLAY:
        return widgets.SelectionSlider(**common, layout={"width": f"calc({label_width} + 20em)"})
    buttons = widgets.RadioButtons(**common, layout={"width": "auto"})
    buttons.add_class("mathml-choice")
    return buttons


def _player(control: Control) -> widgets.Play:
    player = widgets.Play(value=control.default, min=0, max=len(control) - 1, interval=STEP,
                          show_repeat=False)
    player.add_class("mathml-play")
    return player


def _running(player: widgets.Play) -> str:
    """The trait that says whether a player runs, which ipywidgets 8 made public."""
    return "playing" if player.has_trait("playing") else "_playing"


def _told(failure: Failure) -> str:
    return (f"<p>✗ {escape(failure.reason)}. {MISSING}</p><details><summary>Traceback</summary>"
            f"<pre>{escape(failure.traceback)}</pre></details>")
