"""The live face of explore: what is shown, what a move draws anew, and what a failure leaves.

A reader's moves come as the browser sends them: through ``set_state``.
"""

from __future__ import annotations

import json
import os
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import IPython
import ipywidgets as widgets
import matplotlib.pyplot as plt
import pytest
from interactive.drawings import dots, line
from jupyter_client.manager import start_new_kernel

from mathml.interactive import choice, explore, point, slider
from mathml.interactive.live import LiveFigure
from mathml.interactive.shown import show

SLOPE = slider(-1, 1, 5, label="slope", default=0.5)
DOTS = slider(1, 5, 5, label="dots")
TIME = slider(0, 5, 6, label="time")


@pytest.fixture(autouse=True)
def live(monkeypatch):
    monkeypatch.delenv("MATHML_OUTPUT", raising=False)


def moment(ax, play, slope):
    ax.set_title(f"{play} {slope}")
    return f"It is {play} o'clock."


def live_figure(draw, title="T", **controls) -> LiveFigure:
    return LiveFigure(explore(draw, title=title, **controls))


def element(html: str, tag: str) -> ElementTree.Element:
    """The one element of this tag in what a widget shows."""
    (found,) = ElementTree.fromstring(f"<all>{html}</all>").iter(tag)
    return found


def picture(figure: LiveFigure, i: int = 0) -> dict[str, str]:
    """The attributes of a picture."""
    svg = re.search(r"<svg [^>]*>", figure.pictures[i].value)[0].replace(' xmlns="http://', ' x="')
    return element(svg.removesuffix(">") + "/>", "svg").attrib


class TestMoves:
    def test_a_control_redraws_its_panel_only(self):
        figure = live_figure([line, dots], slope=SLOPE, n=DOTS)
        before = [picture.value for picture in figure.pictures]
        figure.controls["slope"].set_state({"index": 0})
        after = [picture.value for picture in figure.pictures]
        assert before[0] != after[0]
        assert before[1] == after[1]
        assert "slope −1." in figure.sentence.value
        assert "1 dots" in figure.sentence.value

    def test_a_control_of_two_panels_changes_the_sentence_once(self):
        def falls(ax, slope):
            return f"And falls by {-slope:g}."
        figure = live_figure([line, falls], slope=SLOPE)
        said = []
        figure.sentence.observe(lambda change: said.append(change["new"]), names="value")
        figure.controls["slope"].index = 4
        assert len(said) == 1
        assert "<p>The line has slope 1. And falls by −1.</p>" in said[0]

    def test_reset_returns_to_the_same_picture(self):
        figure = live_figure(line, slope=SLOPE)
        before = figure.pictures[0].value
        figure.controls["slope"].index = 0
        assert figure.pictures[0].value != before
        figure.reset()
        assert figure.pictures[0].value == before

    def test_reset_draws_each_panel_once(self):
        calls = []

        def both(ax, slope, n):
            calls.append((slope, n))
            return "So it is."

        def one(ax, n):
            calls.append(n)
            return dots(ax, n)
        figure = live_figure([both, one], slope=SLOPE, n=DOTS)
        figure.controls["slope"].index = 0
        figure.controls["n"].index = 2
        calls.clear()
        figure.box.children[-2].click()
        assert calls == [(0.5, 1), 1]

    def test_no_figure_stays_open(self):
        figure = live_figure(line, slope=SLOPE)
        for i in (0, 1, 2, 3) * 5:
            figure.controls["slope"].index = i
        assert plt.get_fignums() == []

    def test_the_notebook_shows_a_widget_and_short_text(self):
        bundle = explore(line, title="T", slope=SLOPE)._repr_mimebundle_()
        assert bundle["text/plain"] == "Exploration 'T': move slope"
        assert "model_id" in bundle["application/vnd.jupyter.widget-view+json"]


class TestNames:
    def test_a_picture_is_named_by_the_title_and_told_by_the_sentence(self):
        figure = live_figure(line, title='A <line> & "more"', slope=SLOPE)
        assert picture(figure)["role"] == "img"
        assert picture(figure)["aria-label"] == 'A <line> & "more"'
        said = element(figure.sentence.value, "div")
        assert picture(figure)["aria-describedby"] == said.get("id")
        assert said.get("role") == "status"
        assert "".join(said.itertext()) == "The line has slope 0.5."

    def test_words_are_shown_as_they_are(self):
        def tell(ax, slope):
            return f"<i> & {slope:g}"
        figure = live_figure(tell, title="<i> & more", slope=SLOPE)
        assert text(figure) == "<i> & 0.5"
        assert figure.box.children[0].value.endswith("<strong>&lt;i&gt; &amp; more</strong>")

    def test_controls_line_up_at_the_longest_label(self):
        figure = live_figure([line, dots], slope=slider(0, 9, 10, label="ten letters"), n=DOTS)
        widths = {control.style.description_width for control in figure.controls.values()}
        assert widths == {"7em"}

    def test_two_figures_are_told_by_two_sentences(self):
        told = {picture(live_figure(line, slope=SLOPE))["aria-describedby"] for _ in range(2)}
        assert len(told) == 2

    def test_panels_show_their_names(self):
        figure = live_figure({"Line <1>": line, "Dots": dots}, slope=SLOPE, n=DOTS)
        assert picture(figure, 0)["aria-label"] == "T: Line <1>"
        assert picture(figure, 1)["aria-label"] == "T: Dots"
        assert figure.pictures[0].value.startswith('<div aria-hidden="true">Line &lt;1&gt;</div>')

    def test_panels_without_names_are_counted(self):
        figure = live_figure([line, dots], slope=SLOPE, n=DOTS)
        assert picture(figure, 1)["aria-label"] == "T, picture 2 of 2"

    def test_a_panel_without_a_name_shows_none(self):
        assert live_figure(line, slope=SLOPE).pictures[0].value.count("<div") == 1


def test_a_picture_is_as_wide_as_its_inches_on_a_screen():
    figure = LiveFigure(explore(line, title="T", size=(5, 2), slope=SLOPE))
    assert "width:480px;max-width:100%" in picture(figure)["style"]
    assert picture(figure)["viewBox"] == "0 0 360 144"


class TestControls:
    @pytest.mark.parametrize(("n", "kind"), [(2, widgets.RadioButtons), (4, widgets.RadioButtons),
                                             (5, widgets.SelectionSlider)])
    def test_up_to_four_positions_are_all_seen(self, n, kind):
        def named(ax, which):
            return f"It is {which}."
        names = [f"case {i}" for i in range(n)]
        figure = live_figure(named, which=choice(names, label="case", default="case 1"))
        control = figure.controls["which"]
        assert isinstance(control, kind)
        assert control.label == "case 1"
        assert control.description == "case"
        control.set_state({"index": 0})
        assert "It is case 0." in figure.sentence.value

    def test_texts_are_what_is_shown(self):
        figure = live_figure(line, slope=slider(-1, 1, 3, label="slope", unit="m"))
        assert list(figure.controls["slope"]._options_labels) == ["−1 m", "0 m", "1 m"]

    def test_a_point_is_two_sliders_under_its_label(self):
        def mark(ax, start):
            ax.plot(*start, "o")
            return f"It starts at ({start[0]:g}, {start[1]:g})."
        place = point(x=slider(0, 4, 5, label="start x"), y=slider(0, 8, 5, label="start y"),
                      label="the <start>")
        figure = live_figure(mark, start=place)
        (group,) = [child for child in figure.box.children if isinstance(child, widgets.VBox)]
        label, x, y = group.children
        assert label.value == "the &lt;start&gt;"
        assert (x, y) == (figure.controls["start-x"], figure.controls["start-y"])
        y.set_state({"index": 4})
        x.set_state({"index": 1})
        assert "It starts at (1, 8)." in figure.sentence.value


class TestPlay:
    @pytest.fixture
    def figure(self):
        return live_figure(moment, play=TIME, slope=SLOPE)

    @staticmethod
    def runs(figure) -> bool:
        state = figure.player.get_state()
        return state.get("playing", state.get("_playing"))

    def start(self, figure) -> None:
        key = "playing" if "playing" in figure.player.keys else "_playing"  # from ipywidgets 8
        figure.player.set_state({key: True, "value": figure.player.value + 1})

    def test_only_the_control_of_that_name_plays(self, figure):
        assert live_figure(line, slope=SLOPE).player is None
        assert (figure.player.min, figure.player.max, figure.player.value) == (0, 5, 0)
        assert not self.runs(figure)

    def test_it_takes_two_steps_a_second(self, figure):
        assert figure.player.interval == 500

    def test_few_positions_that_play_are_a_slider(self):
        figure = live_figure(moment, play=slider(0, 2, 3, label="time"), slope=SLOPE)
        assert isinstance(figure.controls["play"], widgets.SelectionSlider)

    def test_it_starts_where_the_control_starts(self):
        later = live_figure(moment, play=slider(0, 5, 6, label="time", default=3), slope=SLOPE)
        assert later.player.value == 3

    def test_each_count_moves_the_control_and_draws_once(self):
        calls = []

        def clock(ax, play):
            calls.append(play)
            return f"It is {play} o'clock."
        figure = live_figure([clock, line], play=TIME, slope=SLOPE)
        calls.clear()
        self.start(figure)
        figure.player.set_state({"value": 2})
        assert figure.controls["play"].index == 2
        assert calls == [1, 2]
        assert "It is 2 o'clock." in text(figure)
        assert self.runs(figure)

    @pytest.mark.parametrize("name", ["play", "slope"])
    def test_a_reader_who_moves_a_control_stops_it(self, figure, name):
        self.start(figure)
        figure.controls[name].set_state({"index": 4})
        assert not self.runs(figure)
        assert figure.controls[name].index == 4
        assert figure.player.value == figure.controls["play"].index

    def test_reset_stops_it(self, figure):
        self.start(figure)
        figure.reset()
        assert not self.runs(figure)
        assert figure.player.value == figure.controls["play"].index == 0

    def test_a_count_that_comes_after_the_reader_moved_is_forgotten(self, figure):
        self.start(figure)
        figure.controls["play"].set_state({"index": 4})
        figure.player.set_state({"value": 2})
        assert figure.controls["play"].index == figure.player.value == 4
        self.start(figure)
        assert figure.controls["play"].index == 5

    def test_the_first_count_may_come_with_the_start(self, figure):
        key = "playing" if "playing" in figure.player.keys else "_playing"
        figure.controls["play"].set_state({"index": 3})
        figure.player.set_state({"value": 4, key: True})
        assert figure.controls["play"].index == 4
        assert self.runs(figure)

    def test_the_last_count_may_come_with_the_end(self, figure):
        """The browser joins what it has to say while the kernel draws."""
        self.start(figure)
        key = "playing" if "playing" in figure.player.keys else "_playing"
        figure.player.set_state({"value": 5, key: False})
        assert figure.controls["play"].index == 5

    def test_its_other_button_starts_over_at_any_time(self, figure):
        figure.controls["play"].set_state({"index": 4})
        figure.player.set_state({"value": 0})
        assert figure.controls["play"].index == 0

    def test_a_screen_reader_is_told_at_the_end_only(self, figure):
        assert element(figure.sentence.value, "div").get("aria-live") == "polite"
        self.start(figure)
        assert element(figure.sentence.value, "div").get("aria-live") == "off"
        figure.controls["slope"].set_state({"index": 0})
        assert element(figure.sentence.value, "div").get("aria-live") == "polite"


def text(figure: LiveFigure) -> str:
    """The sentence as it is read."""
    return "".join(ElementTree.fromstring(figure.sentence.value).itertext())


class TestFailures:
    """A later cell may overwrite a name that a figure uses."""

    @pytest.fixture
    def scale(self):
        return {"of the line": 1.0}

    @pytest.fixture
    def figure(self, scale):
        def fragile(ax, slope):
            return line(ax, slope / scale["of the line"])
        return live_figure({"Line": fragile, "Dots": dots}, slope=SLOPE, n=DOTS)

    def test_it_is_told_and_marked(self, figure, scale):
        before = figure.pictures[0].value
        scale.clear()
        figure.controls["slope"].index = 0
        assert figure.failures[1] is None
        assert "KeyError" in figure.failures[0].reason
        assert "✗ Line: explore 'T': fragile failed at slope=-1.0" in text(figure)
        assert "run its cells again" in text(figure)
        assert 'return line(ax, slope / scale["of the line"])' in text(figure)  # the traceback
        assert "slope 0.5" not in text(figure)  # of what is seen no longer
        assert "There are 1 dots." in text(figure)
        assert picture(figure)["aria-label"] == "T: Line (out of date)"
        assert "✗ out of date" in figure.pictures[0].value
        assert "opacity" in picture(figure)["style"]
        assert "opacity" not in picture(figure, 1)["style"]
        drawing = re.compile("<g.*</g>", re.S)
        assert drawing.search(figure.pictures[0].value)[0] == drawing.search(before)[0]
        assert "out of date" not in figure.pictures[1].value

    def test_another_panels_success_leaves_it(self, figure, scale):
        scale.clear()
        figure.controls["slope"].index = 0
        figure.controls["n"].index = 3
        assert "There are 4 dots." in text(figure)
        assert "✗ Line: explore 'T'" in text(figure)
        assert "out of date" in figure.pictures[0].value

    @pytest.mark.parametrize("repair", [lambda f: f.reset(),
                                        lambda f: f.controls["slope"].set_state({"index": 1})])
    def test_a_later_success_clears_it(self, figure, scale, repair):
        scale.clear()
        figure.controls["slope"].index = 0
        scale["of the line"] = 1.0
        repair(figure)
        assert figure.failures == [None, None]
        assert "✗" not in text(figure) + "".join(p.value for p in figure.pictures)
        assert "The line has slope" in text(figure)

    def test_reset_clears_it_where_no_control_has_to_move(self, figure, scale):
        scale.clear()
        figure.reset()
        assert figure.failures[0] is not None
        scale["of the line"] = 1.0
        figure.reset()
        assert figure.failures == [None, None]

    def test_two_panels_may_fail_at_once(self):
        known = {"scale": 1.0}

        def up(ax, slope):
            return line(ax, slope / known["scale"])

        def down(ax, slope):
            return line(ax, -slope / known["scale"])
        figure = live_figure([up, down], slope=SLOPE)
        known.clear()
        figure.controls["slope"].index = 0
        assert all(figure.failures)
        assert text(figure).count("✗") == 2

    def test_an_interrupted_redraw_is_marked_too(self):
        waits = []

        def slow(ax, slope):
            if waits:
                raise KeyboardInterrupt
            return line(ax, slope)
        figure = live_figure(slow, slope=SLOPE)
        waits.append("for ever")
        figure.controls["slope"].index = 0
        assert figure.failures[0].reason == "KeyboardInterrupt()"
        assert "out of date" in figure.pictures[0].value

    def test_a_message_is_text(self):
        bad = []

        def nasty(ax, slope):
            if bad:
                raise ValueError("<b> & more\nlines")
            return line(ax, slope)
        figure = live_figure(nasty, slope=SLOPE)
        bad.append(1)
        figure.controls["slope"].index = 0
        assert "ValueError: <b> & more\nlines" in text(figure)

    def test_a_figure_that_cannot_start_says_so_in_its_cell(self):
        def never(ax, slope):
            raise ValueError("no")
        with pytest.raises(RuntimeError, match=r"never failed at slope=0\.5 with ValueError: no"):
            explore(never, title="T", slope=SLOPE)


# What a notebook keeps alive: the figures of this run of each cell, and no widget of another.
SHOW = """
from mathml.interactive import explore, predict, slider

def line(ax, slope):
    return f"It rises by {slope}."

for title in ("One", "Two"):
    explore(line, title=title, slope=slider(1, 9, 9, label="slope"))
predict("Which?", ["this", "that"], "this", "It is.")
"""
COUNT = """
import gc, json
from comm import get_comm_manager
from mathml.interactive.live import LiveFigure
gc.collect()
print(json.dumps([len(get_comm_manager().comms),
                  sum(isinstance(thing, LiveFigure) for thing in gc.get_objects())]))
"""


@pytest.fixture(scope="module")
def run_cell():
    """Return a function that runs code as a cell of a notebook, and returns what it prints."""
    manager, client = start_new_kernel(env={**os.environ, "MATHML_OUTPUT": ""})

    def run(code, cell):
        message = client.session.msg("execute_request", {"code": code, "silent": False})
        if cell:
            message["metadata"]["cellId"] = cell
        client.shell_channel.send(message)
        printed = ""
        while True:
            told = client.get_iopub_msg(timeout=60)
            if told["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            assert told["msg_type"] != "error", told["content"]
            printed += told["content"].get("text", "")
            if told["content"].get("execution_state") == "idle":
                return printed

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_cell_that_runs_again_closes_what_it_showed(run_cell):
    def kept():
        return json.loads(run_cell(COUNT, "count"))
    run_cell(SHOW, "first")
    widgets, figures = kept()
    assert figures == 2
    for _ in range(2):
        run_cell(SHOW, "first")
        assert kept() == [widgets, 2]
    run_cell(SHOW, "second")  # another cell's figures stay
    assert kept() == [2 * widgets, 4]
    run_cell("'nothing more'", "second")
    run_cell(SHOW, None)  # a notebook that does not say which cell runs
    run_cell(SHOW, None)
    assert kept() == [4 * widgets, 8]


def test_a_cell_that_runs_again_closes_what_it_showed_before(monkeypatch):
    kernel = SimpleNamespace(parent_header={})
    monkeypatch.setattr(IPython, "get_ipython", lambda: kernel)

    def run(cell, message, n=1):
        kernel.parent_header = {"metadata": {"cellId": cell}, "header": {"msg_id": message}}
        boxes = [widgets.VBox([widgets.HTML("a")]) for _ in range(n)]
        for box in boxes:
            (view,) = show(box).values()
            assert view["model_id"] == box.model_id
        return [part for box in boxes for part in (box, *box.children, box.layout)]

    def is_open(parts):
        return {part.comm is not None for part in parts}

    first, other = run("one", "1", n=2), run("two", "2")
    assert is_open([*first, *other]) == {True}
    again = run("one", "3")
    assert is_open(first) == {False}
    assert is_open([*again, *other]) == {True}
    kernel.parent_header = {}  # a notebook that does not say which cell runs
    show(widgets.VBox())
    assert is_open([*again, *other]) == {True}
