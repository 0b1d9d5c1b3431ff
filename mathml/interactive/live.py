"""The live face of ``explore``: ipywidgets sliders and a redraw."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from mathml.interactive.figure import Exploration


class LiveFigure:
    """Binds one slider per control to the figure's drawing functions.

    Attributes
    ----------
    sliders : dict of str to ipywidgets.SelectionSlider
    pictures : list of ipywidgets.HTML
        One per panel.
    sentence : ipywidgets.HTML
    box : ipywidgets.VBox
        All of it, as shown.
    failure : str
        Why the last redraw failed, or "". (A kernel would keep the error from the reader.)
    """

    def __init__(self, figure: Exploration):
        self.figure = figure
        letters = max(len(control.label) for control in figure.controls.values())
        self.sliders = {name: _slider(control, f"{0.6 * letters:.0f}em")
                        for name, control in figure.controls.items()}
        self.pictures = [widgets.HTML() for _ in figure.panels]
        self.sentence = widgets.HTML()
        self.failure = ""
        self._sentences = [""] * len(figure.panels)
        reset = widgets.Button(description="Reset")
        reset.on_click(lambda _: self.reset())
        for i, panel in enumerate(figure.panels):
            self._redraw(i)
            for name in panel.names:
                self.sliders[name].observe(lambda _, i=i: self._moved(i), names="value")
        title = widgets.HTML(f"<strong>{escape(figure.title)}</strong>")
        self.box = widgets.VBox([title, widgets.HBox(self.pictures), *self.sliders.values(), reset,
                                 self.sentence])

    def reset(self) -> None:
        """Put every slider back to where it started."""
        for name, control in self.figure.controls.items():
            self.sliders[name].index = control.default

    def mimebundle(self) -> dict:
        """What a notebook needs to show the widget (the same for ipywidgets 7 and 8)."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return {"application/vnd.jupyter.widget-view+json": view}

    def _moved(self, i: int) -> None:
        try:
            self._redraw(i)
            self.failure = ""
        except Exception as error:
            self.failure = str(error)
            self.sentence.value = (f'<p role="status">✗ {escape(self.failure)}. If a later cell '
                                   "changed a name that this figure uses, run its cells again.</p>")

    def _redraw(self, i: int) -> None:
        panel = self.figure.panels[i]
        values = {name: self.sliders[name].value for name in panel.names}
        svg, self._sentences[i], *_ = self.figure.draw(panel, values)
        width = round(self.figure.size[0] * 96)
        opening = ('<svg xmlns="http://www.w3.org/2000/svg" role="img" '
                   f'style="width:{width}px;max-width:100%;background:#fff;color:#1f2328" ')
        self.pictures[i].value = opening + svg.removeprefix("<svg ")
        text = escape(" ".join(self._sentences))
        self.sentence.value = f'<p role="status">{text}</p>'


def _slider(control, label_width: str) -> widgets.SelectionSlider:
    options = list(zip(control.texts, control.values, strict=True))
    return widgets.SelectionSlider(
        options=options, index=control.default, description=control.label,
        style={"description_width": label_width}, layout={"width": f"calc({label_width} + 20em)"})
