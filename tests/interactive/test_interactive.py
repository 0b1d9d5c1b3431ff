"""explore and predict: both faces, and every mistake a chapter author can make."""

from __future__ import annotations

import gc
import gzip
import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from functools import partial
from itertools import product

import numpy as np
import pytest
from docutils import nodes
from interactive.drawings import dots, line

from mathml.interactive import choice, explore, log_slider, point, slider
from mathml.interactive import page as page_face
from mathml.interactive.encoder import Encoding, Slot, apply_state
from mathml.interactive.entry import read_numbers
from mathml.interactive.numerals import numerals
from mathml.interactive.places import cell_of


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("MATHML_OUTPUT", "static")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("MATHML_OUTPUT", raising=False)


SLOPE = slider(-1, 1, 5, label="slope", default=0.5)
DOTS = slider(1, 4, 4, label="dots")


MOVING = """
from mathml.interactive import explore, slider

def draw(ax, slope):
    ax.plot([0, 1], [0, slope], "--", marker="s", label="line")
    ax.scatter([0.2, 0.4], [slope, 0], label="dots")
    ax.fill_between([0, 1], [0, slope], alpha=0.3, hatch="/", label="area")
    ax.set(xlim=(0, 0.9), title=f"slope {slope:g}")
    ax.legend()
    return f"The line has slope {slope:g}."

print(explore(draw, title="T", slope=slider(-1, 1, 5, label="slope")).bundle["text/html"])
"""


def page_data(figure) -> tuple[str, dict]:
    text = figure.bundle["text/html"]
    data = re.search(r'<script type="application/json">(.*?)</script>', text, re.S).group(1)
    return text, json.loads(data)


class TestSlider:
    def test_it_reaches_both_ends(self):
        assert slider(0, 1, 3, label="w").values == (0, 0.5, 1)
        assert slider(0.1, 0.3, 3, label="w").values == (0.1, 0.2, 0.3)
        third = slider(1 / 3, 2 / 3, 4, label="w").values
        assert (third[0], third[-1]) == (1 / 3, 2 / 3)
        assert slider(1, -1, 3, label="w").values == (1, 0, -1)

    def test_values_are_the_numbers_that_are_meant(self):
        """The nearest floats to the exact fractions: 0 is 0, and 0.3 is not 0.30000000000000004."""
        assert str(slider(-0.2, 0.5, 8, label="x").values[2]) == "0.0"
        for low, high, n in product((-30, -7, -2, -1, 0), (1, 5, 97, 10000), (3, 6, 9, 21)):
            low, high = Fraction(low, 10), Fraction(high, 10)
            exact = [float(low + (high - low) * k / (n - 1)) for k in range(n)]
            assert slider(float(low), float(high), n, label="x").values == tuple(exact)

    def test_whole_numbers_stay_integers(self):
        values = slider(0, 10, 6, label="degree").values
        assert values == (0, 2, 4, 6, 8, 10)
        assert all(isinstance(v, int) for v in values)
        assert slider(np.int64(2), np.int64(0), 3, label="k").values == (2, 1, 0)
        assert slider(2**60, 2**60 + 2, 3, label="k").values == (2**60, 2**60 + 1, 2**60 + 2)
        assert slider(0, 2 * (2**53 + 1), 3, label="k").values[1] == 2**53 + 1  # no float is that
        for start, stop, n in ((0, 10, 5), (0.0, 4, 5), (0, 4.0, 5)):
            assert all(isinstance(v, float) for v in slider(start, stop, n, label="x").values)

    @pytest.mark.parametrize("end", [1e308, 1e-300, 5e-324])
    def test_floats_of_any_size_can_be_reached(self, end):
        assert slider(-end, end, 3, label="x").values == (-end, 0, end)

    @pytest.mark.parametrize(("control", "texts"), [
        (slider(-0.2, 0.5, 8, label="x"), "−0.2 −0.1 0 0.1 0.2 0.3 0.4 0.5"),
        (slider(-0.0, 0.5, 2, label="x"), "0 0.5"),
        (slider(1990, 2020, 4, label="year"), "1990 2000 2010 2020"),
        (slider(1000.0, 1010.0, 5, label="x"), "1000 1002.5 1005 1007.5 1010"),
        (slider(0.0, 6.28, 5, label="x"), "0 1.57 3.14 4.71 6.28"),
        (slider(0, 2, 4, label="x"), "0 0.667 1.33 2"),
        (slider(0.001, 0.00104, 5, label="x"), "0.001 0.00101 0.00102 0.00103 0.00104"),
        (slider(0.0, 0.0001, 3, label="x"), "0 5×10⁻⁵ 0.0001"),
        (slider(0.0, 200000.0, 3, label="x"), "0 10⁵ 2×10⁵"),
        (slider(0.0, 99999.0, 2, label="x"), "0 10⁵"),
        (slider(99990.0, 99999.0, 2, label="x"), "99990 99999"),
        (slider(0, 100000, 3, label="n"), "0 50000 100000"),
        (slider(0.5, -0.5, 3, label="x"), "0.5 0 −0.5"),
    ])
    def test_texts_are_as_short_as_tells_them_apart(self, control, texts):
        assert control.texts == tuple(texts.split())

    def test_no_text_strays_from_its_value_by_over_a_tenth_of_a_step(self):
        rng = np.random.default_rng(0)
        for _ in range(300):
            low, span, n = 10 ** rng.uniform(-2, 6), 10 ** rng.uniform(-2, 4), rng.integers(2, 50)
            control = slider(low, low + span, int(n), label="x")
            written = [read_numbers(text, 1)[0] for text in control.texts]
            assert np.abs(np.subtract(written, control.values)).max() <= 0.1001 * span / (n - 1)

    def test_values_are_written_with_unit_and_minus_sign(self):
        assert slider(-1, 1, 3, label="t", unit="°C").texts == ("−1 °C", "0 °C", "1 °C")
        assert slider(0, 1, 2, label="p", fmt=lambda v: f"{v:.0%}").texts == ("0%", "100%")
        assert slider(0, 1, 2, label="p", fmt="{:.1e}").texts == ("0.0×10⁰", "1.0×10⁰")
        assert slider(0, 1, 2, label="p", fmt=lambda v: f"{v} infected").texts[1] == "1 infected"
        assert slider(0, 4, 5, label="k", fmt=range(5, 10).__getitem__).texts[0] == "5"

    @pytest.mark.parametrize(("ends", "n", "default", "place"), [
        ((0, 1), 11, 0.1 + 0.2, 3), ((0, 1e-12), 5, 5e-13, 2), ((-1, 1), 3, -3e-17, 1),
        ((1, -1), 3, -3e-17, 1), ((0, 1), 5, 0.25 + 1e-7, 1), ((0, 3), 4, np.int64(2), 2)])
    def test_a_default_may_be_off_by_what_rounding_leaves(self, ends, n, default, place):
        assert slider(*ends, n, label="x", default=default).default == place

    @pytest.mark.parametrize(("default", "nearest"), [(0.3, 0.25), (0.250002, 0.25), (9, 1.0),
                                                      (np.nan, 0.0), ("0.25", 0.0)])
    def test_default_must_be_on_the_grid(self, default, nearest):
        with pytest.raises(ValueError, match=rf"'w': default must be one of its values, got "
                                             rf"{default!r}; use {nearest}"):
            slider(0, 1, 5, label="w", default=default)

    def test_what_moves_nothing_is_refused(self):
        with pytest.raises(ValueError, match="n must be at least 2"):
            slider(0, 1, 1, label="w")
        for ends in ((1, 1), (0.0, 0.0), (1.0, 1 + 2**-51)):  # floats have no three there
            with pytest.raises(ValueError, match=r"'w' must have distinct values, got [10], "):
                slider(*ends, 3, label="w")
        with pytest.raises(ValueError, match=r"'w' must have distinct values, got 0.0, 0.1, 0.1"):
            slider(0, 0.12, 3, label="w", fmt="{:.1f}")


class TestLogSlider:
    def test_one_position_moves_nothing(self):
        with pytest.raises(ValueError, match="n must be at least 2"):
            log_slider(1, 10, 1, label="w")

    def test_it_multiplies(self):
        values = log_slider(1e-3, 1e3, 7, label="λ").values
        assert values == (1e-3, 1e-2, 0.1, 1, 10, 100, 1000)
        assert log_slider(4, 1, 3, label="λ").values == (4, 2, 1)

    def test_it_reaches_both_ends(self):
        values = log_slider(1.2345, 1234.5, 4, label="λ").values
        assert values == (1.2345, 12.3, 123, 1234.5)

    @pytest.mark.parametrize(("ends", "n"), [((0.001, 1), 10), ((1, 1.2), 8), ((1, 1.001), 5),
                                             ((1e-8, 10), 19), ((30, 0.003), 17)])
    def test_what_is_drawn_is_what_is_written(self, ends, n):
        control = log_slider(*ends, n, label="x")
        written = [read_numbers(text, 1)[0] for text in control.texts]
        assert np.allclose(written, control.values, rtol=1e-14, atol=0)
        steps = np.diff(np.log(control.values))
        assert np.allclose(steps, steps.mean(), rtol=0.2)  # a tenth of a step at each end of one

    @pytest.mark.parametrize(("control", "texts"), [
        (log_slider(1, 100, 5, label="κ"), "1 3.16 10 31.6 100"),
        (log_slider(1e-5, 1e-3, 3, label="λ"), "10⁻⁵ 0.0001 0.001"),
        (log_slider(1000, 100000, 3, label="n"), "1000 10000 10⁵"),
        (log_slider(1, 1.2, 4, label="x"), "1 1.06 1.13 1.2"),
        (log_slider(1, 1.02, 3, label="x"), "1 1.01 1.02"),
        (log_slider(1, 1.01, 3, label="x"), "1 1.005 1.01"),
    ])
    def test_it_is_written_in_three_digits_or_what_tells_apart(self, control, texts):
        assert control.texts == tuple(texts.split())

    @pytest.mark.parametrize("ends", [(0, 1), (1, -1), (np.inf, 1)])
    def test_both_ends_are_positive(self, ends):
        with pytest.raises(ValueError, match=r"(start|stop) must"):
            log_slider(*ends, 3, label="x")


class TestChoice:
    def test_numbers_are_written_as_in_a_book(self):
        assert choice([-1, 2.5, np.inf, 1e-7], label="p").texts == ("−1", "2.5", "∞", "10⁻⁷")
        assert choice(["inf", "-1"], label="p").texts == ("inf", "-1")

    @pytest.mark.parametrize(("options", "default", "place"), [
        ([(1, 2), (3, 4)], (3, 4), 1), ([None, 1], 1, 1), ([max, min], min, 1), ((1, 2), 2.0, 1),
        ([1, "no limit"], "no limit", 1), (np.array([0.5, 1]), 1, 1), (range(3), None, 0),
        ([0.1, np.inf], np.inf, 1)])
    def test_anything_may_be_an_option_and_the_default(self, options, default, place):
        assert choice(options, label="k", default=default).default == place

    @pytest.mark.parametrize(("options", "default"), [(["a", "b"], "c"), ([1, "a"], 2),
                                                      ([1, np.inf], -np.inf), ([(1, 2), 3], (1,))])
    def test_default_must_be_an_option(self, options, default):
        with pytest.raises(ValueError, match="'k': default must be one of its values, got "):
            choice(options, label="k", default=default)

    @pytest.mark.parametrize("options", [{"a", "b"}, "ab", iter("ab"), 3])
    def test_options_have_an_order(self, options):
        with pytest.raises(TypeError, match="'k': options must be a list or tuple, got "):
            choice(options, label="k")

    def test_options_differ(self):
        with pytest.raises(ValueError, match="at least 2 values"):
            choice(["a"], label="k")
        with pytest.raises(ValueError, match="'k' must have distinct values, got 1, 1;"):
            choice([1, "1"], label="k")


@pytest.mark.parametrize(("label", "error"), [("", ValueError), (" ", ValueError),
                                              (None, TypeError), (3, TypeError)])
def test_a_label_says_something(label, error):
    x = slider(0, 1, 2, label="x")
    for make in (lambda: slider(0, 1, 2, label=label), lambda: log_slider(1, 2, 2, label=label),
                 lambda: choice([1, 2], label=label), lambda: point(x=x, y=x, label=label)):
        with pytest.raises(error, match=f"label must say something, got {label!r}; write a few"):
            make()


class TestAuthorErrors:
    @pytest.fixture(autouse=True, params=["static", "live"])
    def face(self, request, monkeypatch):
        monkeypatch.setenv("MATHML_OUTPUT", request.param)

    def test_no_controls(self):
        with pytest.raises(ValueError, match=r"explore 'A line': needs at least one control"):
            explore(line, title="A line")

    def test_duplicate_labels(self):
        def both(ax, a, b):
            return "x"
        with pytest.raises(ValueError, match=r"explore 'T': labels must be distinct, got 'slope'"):
            explore(both, title="T", a=SLOPE, b=SLOPE)

    def test_not_a_control(self):
        with pytest.raises(TypeError, match=r"explore 'T': slope must be a slider"):
            explore(line, title="T", slope=(0, 1))

    def test_not_a_function(self):
        with pytest.raises(TypeError, match=r"explore 'T': draw must be a function"):
            explore("line", title="T", slope=SLOPE)

    def test_returns_nothing(self):
        def silent(ax, slope):
            ax.plot([0, slope])
        with pytest.raises(TypeError, match=r"explore 'T': silent must return a sentence .* got "
                                            r"None at slope="):
            explore(silent, title="T", slope=SLOPE)

    def test_missing_control(self):
        with pytest.raises(ValueError, match=r"explore 'T': line has a parameter 'slope' with no"):
            explore(line, title="T", n=DOTS)

    def test_idle_control(self):
        with pytest.raises(ValueError, match=r"no draw function has a parameter 'n'"):
            explore(line, title="T", slope=SLOPE, n=DOTS)

    def test_too_many_states(self):
        many = slider(0, 1, 241, label="many")
        with pytest.raises(ValueError, match=r"at most 240 states fit a page, got 241"):
            explore(line, title="T", slope=many)

    @pytest.mark.parametrize(("title", "error"), [("", ValueError), ("  ", ValueError),
                                                  (None, TypeError)])
    def test_no_title(self, title, error):
        with pytest.raises(error, match=f"title must say something, got {title!r}"):
            explore(line, title=title, slope=SLOPE)

    @pytest.mark.parametrize("name", ["title", "size"])
    def test_a_control_that_is_called_as_an_argument(self, name):
        with pytest.raises(ValueError, match=f"a control must not be called '{name}', as an arg"):
            explore(line, **{"title": "T", name: SLOPE})

    @pytest.mark.parametrize(("size", "error"), [((1, 0), ValueError), ((1, 2, 3), ValueError),
                                                 (3, ValueError), (("a", 1), TypeError)])
    def test_a_size_is_two_positive_numbers(self, size, error):
        with pytest.raises(error, match="size must"):
            explore(line, title="T", size=size, slope=SLOPE)

    def test_a_drawing_without_axes(self):
        with pytest.raises(TypeError, match=r"explore 'T': <lambda> must take the axes"):
            explore([line, lambda: "So it is."], title="T", slope=SLOPE)

    def test_what_is_no_function_is_named_too(self):
        def pair(ax, slope, other):
            return "So it is."

        class Silent:
            def __call__(self, ax, slope):
                pass
        with pytest.raises(ValueError, match=r"pair has a parameter 'other' with no control"):
            explore(partial(pair), title="T", slope=SLOPE)
        with pytest.raises(TypeError, match=r"explore 'T': Silent must return a sentence"):
            explore(Silent(), title="T", slope=SLOPE)


class TestWhatIsDrawn:
    @pytest.fixture(autouse=True)
    def _live(self, live):
        pass

    def test_as_many_states_as_fit(self):
        assert explore(line, title="T", slope=slider(0, 1, 240, label="slope")).n_states == 240

    def test_a_partial_function_draws_what_is_left_of_it(self):
        figure = explore(partial(dots, n=3), title="T", n=slider(1, 2, 2, label="n"))
        assert figure.draw(figure.panels[0], {"n": 2}).sentence == "There are 2 dots."

    def test_a_control_may_be_called_draw(self):
        def tell(ax, draw):
            return f"It is {draw}."
        figure = explore(tell, title="T", draw=slider(1, 2, 2, label="draw"))
        assert figure.draw(figure.panels[0], {"draw": 2}).sentence == "It is 2."

    def test_figures_can_be_kept_in_sets(self):
        figures = [explore(line, title="T", slope=SLOPE) for _ in range(2)]
        assert len({*figures, *figures}) == 2
        assert len({*figures[0].controls.values(), SLOPE, DOTS}) == 2


def test_fails_at_one_state(static):
    def touchy(ax, slope):
        ax.set_title(f"{1 / slope:.2f}")
        return "ok"
    with pytest.raises(RuntimeError, match=r"explore 'T': touchy failed at slope=0.0 with "
                                           r"ZeroDivisionError"):
        explore(touchy, title="T", slope=SLOPE)


def test_over_budget(static, monkeypatch):
    monkeypatch.setattr(page_face, "MAX_BYTES", 500)
    with pytest.raises(ValueError, match=r"explore 'A line': a figure must stay within 500 bytes "
                                         r"gzipped, got [\d,]+ for 5 states"):
        explore(line, title="A line", slope=SLOPE)


class TestStaticExplore:
    @pytest.fixture(autouse=True)
    def _static(self, static):
        pass

    def test_markup(self):
        text, _ = page_data(explore(line, title="A <line>", slope=SLOPE))
        assert text.startswith('<figure class="explorable"')
        described = 'aria-describedby="fig-a-line-says"'
        assert f'<svg role="img" translate="no" aria-label="A &lt;line&gt;" {described}' in text
        key = re.search(r'<label for="(.+?)">slope</label>', text).group(1)
        assert f'<input type="range" id="{key}" min="0" max="4" step="1" value="3"' in text
        assert 'aria-valuetext="0.5"' in text
        assert f'<output for="{key}"' in text
        assert '<p class="explorable-text" id="fig-a-line-says">The line has slope 0.5.</p>' in text
        assert '<p class="explorable-spoken" role="status"></p>' in text
        assert "<noscript>" in text

    def test_the_stored_states_are_the_drawings(self):
        figure = explore([line, dots], title="Both", slope=SLOPE, n=DOTS)
        text, data = page_data(figure)
        bases = re.findall(r"<svg role=.*?</svg>", text)
        for panel, stored, base in zip(figure.panels, data["panels"], bases, strict=True):
            opening = base.index("viewBox")
            encoding = Encoding("<svg " + base[opening:], _slots(stored),
                                tuple(map(tuple, stored["patterns"])), len(stored["says"]))
            prefix = re.search(r'id="(f[0-9a-f]{8}-\d-)', base)
            for k, values in enumerate(figure.states(panel)):
                svg, sentence, *_ = figure.draw(panel, values)
                if prefix:
                    svg = page_face.prefix_ids(svg, prefix.group(1))
                assert apply_state(encoding, k) == svg
                assert stored["texts"][stored["says"][k]] == sentence

    def test_panels_add_and_controls_multiply(self):
        assert explore([line, dots], title="T", slope=SLOPE, n=DOTS).n_states == 5 + 4

        def both(ax, slope, n):
            return line(ax, slope)
        assert explore(both, title="T", slope=SLOPE, n=DOTS).n_states == 20

    def test_the_first_state_makes_room_for_the_labels_of_all(self):
        def labelled(ax, slope):
            ax.set(ylabel="a label", xlabel="below", title=f"{slope}",
                   yticks=[0, 1], yticklabels=["", "12345"])
            return f"{slope}"
        figure = explore(labelled, title="T", size=(2.4, 1.8), slope=SLOPE)
        panel = figure.panels[0]
        words = [re.findall(r"<text [^>]*>(?:a label|below)", figure.draw(panel, values).svg)
                 for values in figure.states(panel)]
        assert len(words[0]) == 2
        assert words[0] == words[-1]  # the axes stand still
        (turned,) = re.findall(r'x="(-?[\d.]+)" y="[\d.]+">a label', words[0][1])
        assert float(turned) > 10  # where its letters have room
        fig = figure._drawn(panel, figure.default(panel))[0]
        narrow = fig.axes[0].get_tightbbox().x0
        fig.subplots_adjust(**figure._margins[panel])
        assert narrow < 0 < fig.axes[0].get_tightbbox().x0

    def test_a_panel_may_take_the_whole_figure(self):
        def two(fig, slope):
            left, right = fig.subplots(1, 2)
            line(left, slope)
            return line(right, -slope)

        def again(figure, slope):
            return two(figure, slope)
        for draw in (two, again):
            text, _ = page_data(explore(draw, title="T", slope=SLOPE))
            assert "slope −0.5" in text or "slope -0.5" in text

    def test_identifiers_of_two_figures_differ(self):
        def ids(draw, title):
            text = explore(draw, title=title, slope=SLOPE).bundle["text/html"]
            return set(re.findall(r' id="([^"]+)"', text))

        def other(ax, slope):
            return line(ax, -slope)
        assert ids(line, "T")
        assert not ids(line, "T") & ids(line, "Another")
        # A page may join two notebooks whose figures have one title: the drawings do not mix.
        drawings = [{key for key in ids(draw, "T") if not key.startswith("fig-")}
                    for draw in (line, other)]
        assert drawings[0]
        assert not drawings[0] & drawings[1]

    def test_same_bytes_twice(self):
        def build():
            return explore([line, dots], title="T", slope=SLOPE, n=DOTS).bundle["text/html"]
        assert build() == build()

    @pytest.mark.parametrize("on", [True, False])
    def test_drawing_leaves_the_garbage_collector_as_it_was(self, on):
        collecting = []

        def spy(ax, slope):
            collecting.append(gc.isenabled())
            if slope == 1:
                raise ValueError("too steep")
            return line(ax, slope)

        (gc.enable if on else gc.disable)()
        try:
            with pytest.raises(RuntimeError, match="too steep"):
                explore(spy, title="T", slope=SLOPE)
            assert gc.isenabled() == on
            assert gc.get_freeze_count() == 0
            assert not any(collecting)
        finally:
            gc.enable()

    def test_same_bytes_in_every_process(self):
        """Whatever the seed of Python's hashes, by which sets are ordered."""
        def build(seed):
            return subprocess.run(
                [sys.executable, "-c", MOVING], check=True, capture_output=True, timeout=120,
                env={**os.environ, "PYTHONHASHSEED": seed, "MATHML_OUTPUT": "static"}).stdout
        first = build("1")
        assert first.startswith(b'<figure class="explorable"')
        assert build("2") == first

    def test_differences_cost_little(self):
        many = slider(-1, 1, 41, label="slope")
        text = explore(line, title="T", slope=many).bundle["text/html"]
        assert len(gzip.compress(text.encode(), mtime=0)) < 6000

    def test_a_script_cannot_be_closed_by_a_sentence(self):
        def nasty(ax, slope):
            return f"</script><b>{slope}"
        text, data = page_data(explore(nasty, title="T", slope=SLOPE))
        assert text.count("</script>") == 1
        assert data["panels"][0]["texts"][0].startswith("</script>")


def _slots(stored) -> tuple[Slot, ...]:
    return tuple(Slot(e, kind, tuple(w) if kind == "run" else w, tuple(v), p)
                 for e, kind, w, v, p in stored["slots"])




@pytest.mark.parametrize(("line", "said"), [
    (30000, "cell 3"), (10000, "cell 1"), (12, "the cell at line 12"), (None, "a cell")])
def test_a_warning_says_which_cell_it_is_about(line, said):
    picture = nodes.image()
    around = nodes.container("", picture)
    around.line = line
    assert cell_of(picture) == said


@pytest.mark.parametrize(("python", "book"), [
    ("1.0e-08", "1.0×10⁻⁸"), ("1e+10", "10¹⁰"), ("x = -3.5e-05.", "x = −3.5×10⁻⁵."), ("-1", "−1"),
    ("3-fold, one-half, e2, 1.5e", "3-fold, one-half, e2, 1.5e"), ("v2.1e5", "v2.1e5"),
])
def test_numbers_are_typeset(python, book):
    assert numerals(python) == book
