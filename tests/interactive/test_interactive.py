"""explore and predict: both faces, and every mistake a chapter author can make."""

from __future__ import annotations

import gc
import gzip
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from docutils import nodes
from interactive.drawings import dots, line

from mathml.interactive import choice, explore, log_slider, slider
from mathml.interactive import page as page_face
from mathml.interactive.encoder import Encoding, Slot, apply_state
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


class TestControls:
    def test_a_slider_reaches_both_ends(self):
        assert slider(0, 1, 3, label="w").values == (0, 0.5, 1)
        assert slider(0.1, 0.3, 3, label="w").values == (0.1, 0.2, 0.3)

    def test_whole_numbers_stay_integers(self):
        values = slider(0, 10, 6, label="degree").values
        assert values == (0, 2, 4, 6, 8, 10)
        assert all(isinstance(v, int) for v in values)

    def test_a_log_slider_multiplies(self):
        values = log_slider(1e-3, 1e3, 7, label="λ").values
        assert np.allclose(np.diff(np.log10(values)), 1)

    def test_values_are_written_with_unit_and_minus_sign(self):
        assert slider(-1, 1, 3, label="t", unit="°C").texts == ("−1 °C", "0 °C", "1 °C")
        assert slider(0, 1, 2, label="p", fmt=lambda v: f"{v:.0%}").texts == ("0%", "100%")

    def test_default_must_be_on_the_grid(self):
        with pytest.raises(ValueError, match=r"'w': default must be one of its values, got 0.3; "
                                             r"use 0.25"):
            slider(0, 1, 5, label="w", default=0.3)
        with pytest.raises(ValueError, match="'k': default must be one of its values, got 'c'"):
            choice(["a", "b"], label="k", default="c")

    def test_a_control_with_one_value_is_refused(self):
        with pytest.raises(ValueError, match="at least 2 values"):
            choice(["a"], label="k")
        with pytest.raises(ValueError, match="n must be at least 2"):
            slider(0, 1, 1, label="w")
        with pytest.raises(ValueError, match="distinct values"):
            slider(1, 1, 3, label="w")


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
        many = slider(0, 1, 300, label="many")
        with pytest.raises(ValueError, match=r"explore 'T': at most 240 states fit a page"):
            explore(line, title="T", slope=many)


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
        assert f'<svg role="img" aria-label="A &lt;line&gt;" {described}' in text
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
        fig = figure._drawn(panel, figure.default(panel))[0]
        narrow = fig.axes[0].get_tightbbox().x0
        fig.subplots_adjust(**figure._margins[panel])
        assert narrow < 0 < fig.axes[0].get_tightbbox().x0

    def test_a_panel_may_take_the_whole_figure(self):
        def two(fig, slope):
            left, right = fig.subplots(1, 2)
            line(left, slope)
            return line(right, -slope)
        text, _ = page_data(explore(two, title="T", slope=SLOPE))
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
    (30000, "cell 3"), (12, "the cell at line 12"), (None, "a cell")])
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
