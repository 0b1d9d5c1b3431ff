"""Points, named panels and quoted values: what explore makes of them, and what it refuses."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from mathml.interactive import choice, explore, log_slider, point, slider
from mathml.interactive.figure import Exploration

X = slider(-2, 2, 5, label="start x")
Y = slider(0, 1, 3, label="start y", default=0.5)
START = point(x=X, y=Y, label="start")
RATE = slider(1, 3, 3, label="rate")


@pytest.fixture(autouse=True, params=["static", "live"])
def face(request, monkeypatch):
    monkeypatch.setenv("MATHML_OUTPUT", request.param)
    return request.param


def mark(ax, start):
    ax.plot(*start, "o")
    ax.set(xlim=(-3, 3), ylim=(-1, 2))
    return f"It starts at ({start[0]:g}, {start[1]:g})."


def drawings(figure: Exploration) -> list:
    (panel,) = figure.panels
    return [figure.draw(panel, values) for values in figure.states(panel)]


class TestPoint:
    def test_it_reaches_the_ends_of_its_two_controls(self):
        assert (START.x.values[0], START.x.values[-1]) == (-2, 2)
        assert (START.y.values[0], START.y.values[-1]) == (0, 1)
        assert (START.x, START.y, START.label) == (X, Y, "start")

    def test_it_may_multiply(self):
        place = point(x=log_slider(0.01, 1, 3, label="x"), y=Y, label="place")
        assert place.x.values == (0.01, 0.1, 1.0)

    @pytest.mark.parametrize("wrong", [(0, 1), 3, None, "slider", [0, 1], START,
                                       choice(["left", "right"], label="side")])
    @pytest.mark.parametrize("axis", ["x", "y"])
    def test_each_control_is_a_slider_over_numbers(self, wrong, axis):
        with pytest.raises(TypeError, match=rf"point 'start': {axis} must be a slider over "
                                            rf"numbers, got .*; write {axis}=slider\("):
            point(**{"x": X, "y": Y, axis: wrong}, label="start")

    def test_a_name_is_needed(self):
        with pytest.raises(TypeError, match="label"):
            point(x=X, y=Y)


class TestFigureWithAPoint:
    def test_the_drawing_is_given_a_pair(self):
        given = []

        def look(ax, start, rate):
            given.append((start, rate))
            return "It is there."
        figure = explore(look, title="T", start=START, rate=RATE)
        assert list(figure.controls) == ["start-x", "start-y", "rate"]
        assert figure.points == {"start": "start"}
        assert figure.n_states == 5 * 3 * 3
        assert ((-2, 0.5), 1) in given
        assert figure.default(figure.panels[0]) == {"start-x": -2, "start-y": 0.5, "rate": 1}

    def test_a_drawing_of_any_controls_is_given_it_too(self):
        def look(ax, **values):
            return f"{values['start']} and {sorted(values)}"
        figure = explore(look, title="T", start=START, rate=RATE)
        assert drawings(figure)[0].sentence == "(−2, 0.0) and ['rate', 'start']"

    def test_only_the_panels_that_take_it_follow_it(self):
        def other(ax, rate):
            return f"It is {rate}."
        figure = explore({"Here": mark, "There": other}, title="T", start=START, rate=RATE)
        assert [panel.names for panel in figure.panels] == [("start-x", "start-y"), ("rate",)]
        here, there = (figure.draw(panel, figure.default(panel)) for panel in figure.panels)
        assert list(here.places) == ["start"]
        assert there.places == {}

    def test_places_are_where_the_picture_shows_its_data(self):
        """The marker of each state stands where the handle of that state will."""
        figure = explore(mark, title="T", start=START)
        for values, drawing in zip(figure.states(figure.panels[0]), drawings(figure), strict=True):
            (x, y), = re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"/></g>', drawing.svg)[-1:]
            xs, ys = drawing.places["start"]
            assert xs[X.values.index(values["start-x"])] == pytest.approx(float(x), abs=0.11)
            assert ys[Y.values.index(values["start-y"])] == pytest.approx(float(y), abs=0.11)

    def test_of_two_axes_the_first_ones_are_meant(self):
        def look(fig, start):
            first, second = fig.subplots(1, 2)
            mark(first, start)
            second.set(xlim=(-30, 30), ylim=(-10, 20))
            return "It is there."
        xs, ys = drawings(explore(look, title="T", start=START))[0].places["start"]
        assert xs[-1] < 460.8 / 2
        assert ys[0] - ys[-1] > 60  # in the second ones it would be a tenth

    def test_places_follow_a_logarithmic_axis(self):
        def look(ax, start):
            ax.set(xscale="log", xlim=(0.001, 10), ylim=(0, 1))
            return "It is there."
        place = point(x=log_slider(0.01, 1, 3, label="x"), y=Y, label="place")
        xs, ys = drawings(explore(look, title="T", start=place))[0].places["start"]
        assert np.allclose(np.diff(xs), xs[1] - xs[0], atol=0.11)
        assert np.all(np.diff(ys) < 0)  # counted from the top

    def test_limits_that_move_are_refused_on_a_page(self, face):
        def look(ax, start):
            ax.set_xlim(start[0] - 1, start[0] + 1)
            return "It is there."
        if face == "live":  # nothing is taken there
            explore(look, title="T", start=START)
            return
        with pytest.raises(ValueError, match=r"explore 'T': the axes in which 'start' is taken "
                                             r"must stay where they are, but look moves them"):
            explore(look, title="T", start=START)


class TestMistakes:
    def test_a_point_nobody_takes(self):
        def other(ax, rate):
            return "So it is."
        with pytest.raises(ValueError, match="no draw function has a parameter 'start'"):
            explore(other, title="T", start=START, rate=RATE)

    def test_a_point_that_is_missing(self):
        def look(ax, start, rate):
            return "So it is."
        with pytest.raises(ValueError, match="look has a parameter 'start' with no control"):
            explore(look, title="T", rate=RATE)

    @pytest.mark.parametrize("other", [
        {"rate": slider(1, 3, 3, label="start x")},
        {"end": point(x=slider(0, 1, 2, label="end x"), y=slider(0, 1, 2, label="start y"),
                      label="end")}])
    def test_two_controls_of_one_label(self, other):
        def look(ax, **values):
            return "So it is."
        with pytest.raises(ValueError, match=r"labels must be distinct, got 'start [xy]' twice"):
            explore(look, title="T", start=START, **other)

    def test_a_points_two_controls_of_one_label(self):
        place = point(x=slider(0, 1, 2, label="start"), y=slider(0, 1, 2, label="start"),
                      label="start")
        with pytest.raises(ValueError, match="labels must be distinct, got 'start' twice"):
            explore(mark, title="T", start=place)

    @pytest.mark.parametrize("name", ["start-x", "start-y", "my rate", "2nd", ""])
    def test_a_name_that_no_parameter_can_have(self, name):
        def look(ax, **values):
            return "So it is."
        with pytest.raises(ValueError, match=rf"explore 'T': .*parameter.*got '{name}'"):
            explore(look, title="T", start=START, **{name: RATE})

    def test_panels_are_named_by_texts(self):
        with pytest.raises(TypeError, match="dict of names and functions"):
            explore({1: mark}, title="T", start=START)
        with pytest.raises(TypeError, match="dict of names and functions"):
            explore({"Here": "mark"}, title="T", start=START)
        with pytest.raises(TypeError, match="dict of names and functions"):
            explore({}, title="T", start=START)


class TestValues:
    @staticmethod
    def figure(values):
        def tell(ax, rate):
            return "So it is.", values
        return explore(tell, title="T", rate=RATE)

    @pytest.mark.parametrize(("value", "written"), [
        (0.123456, "0.123"), (-2, "−2"), (12, "12"), (np.float64(0.5), "0.5"), (np.int64(3), "3"),
        (1e-8, "10⁻⁸"), ("0.5000 m", "0.5000 m"), ("-1", "−1")])
    def test_numbers_are_written_as_in_sentences(self, value, written):
        assert drawings(self.figure({"q": value}))[0].values == {"q": written}

    def test_none_is_needed(self):
        assert drawings(explore(mark, title="T", start=START))[0].values == {}

    @pytest.mark.parametrize("wrong", [
        3, None, "q", ["q"], {1: 2}, {"": 1}, {"a b": 1}, {"a-b": 1}, {"q": None}, {"q": [1]},
        {"q": 1j}, {"q": np.ones(1)}])
    def test_what_else_is_returned_is_refused(self, wrong):
        with pytest.raises(TypeError, match=r"explore 'T': tell may return, after its sentence, "
                                            r"a dict of names and numbers or texts, got .* at "
                                            r"rate=1"):
            self.figure(wrong)

    @pytest.mark.parametrize("wrong", [("So it is.", {}, 1), ("", {}), (None, {}), ({}, "So."), ()])
    def test_the_sentence_comes_first(self, wrong):
        def tell(ax, rate):
            return wrong
        with pytest.raises(TypeError, match="tell must return a sentence"):
            explore(tell, title="T", rate=RATE)

    def test_two_panels_may_not_quote_one_name_on_a_page(self, face):
        def tell(ax, rate):
            return "So it is.", {"q": rate}

        def again(ax, rate):
            return "Again.", {"q": 2 * rate}
        if face == "live":  # no text follows there
            explore([tell, again], title="T", rate=RATE)
            return
        with pytest.raises(ValueError, match="names of their own, got 'q' twice"):
            explore([tell, again], title="T", rate=RATE)

    def test_the_page_stores_what_each_state_quotes(self, monkeypatch):
        monkeypatch.setenv("MATHML_OUTPUT", "static")

        def tell(ax, rate):
            return f"It is {rate}.", {"double": 2 * rate}
        html = explore(tell, title="T", rate=RATE).bundle["text/html"]
        data = re.search(r'<script type="application/json">(.*?)</script>', html, re.S).group(1)
        quoted = json.loads(data)["panels"][0]["values"]["double"]
        assert [quoted["texts"][k] for k in quoted["says"]] == ["2", "4", "6"]
