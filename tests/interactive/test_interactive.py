"""explore, predict and check: both faces, and every mistake a chapter author can make."""

from __future__ import annotations

import gc
import gzip
import html
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from docutils import nodes

from mathml.interactive import (
    answers,
    check,
    choice,
    explore,
    log_slider,
    predict,
    slider,
    use_answers,
)
from mathml.interactive import page as page_face
from mathml.interactive.answer_key import Array, Choice, Function, Number, lookup
from mathml.interactive.encoder import Encoding, Slot, apply_state
from mathml.interactive.extension import cell_of
from mathml.interactive.numerals import numerals


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("MATHML_OUTPUT", "static")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("MATHML_OUTPUT", raising=False)


def line(ax, slope):
    ax.plot([0, 1], [0, slope])
    ax.set(xlim=(0, 1), ylim=(-2, 2), title=f"slope {slope:g}")
    return f"The line has slope {slope:g}."


def dots(ax, n):
    ax.plot(range(n), range(n), "o")
    return f"There are {n} dots."


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
        assert '<svg role="img" aria-label="A &lt;line&gt;" aria-describedby="fig-a-line-says"' in text
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


class TestPredict:
    def test_replies(self):
        p = predict("Q?", ["a", "b"], "b", "Because.")
        assert p.reply(1) == "Yes. Because."
        assert p.reply(0) == "Not quite: the answer is “b”. Because."

    def test_static_markup(self, static):
        text = predict("Is 1 < 2?", ["yes", "no"], 0, "It is.").bundle["text/html"]
        assert text.startswith('<fieldset class="predict"')
        assert "Is 1 &lt; 2?" in text
        assert text.count('type="radio"') == 2
        assert 'aria-live="polite"' in text
        assert 'data-answer="0"' in text

    def test_live_reply(self, live):
        import ipywidgets

        from mathml.interactive.prediction import prediction_box
        box = prediction_box(predict("Q?", ["a", "b"], "b", "Because."))
        buttons, reply = box.children[1:]
        assert isinstance(buttons, ipywidgets.RadioButtons)
        buttons.index = 0
        assert "✗ Not quite" in reply.value
        buttons.index = 1
        assert "✓ Yes" in reply.value

    @pytest.mark.parametrize(("options", "answer"), [(["a"], "a"), (["a", "a"], "a"),
                                                     (["a", "b"], "c"), (["a", "b"], 2),
                                                     (["a", "b"], True)])
    def test_errors(self, options, answer):
        with pytest.raises(ValueError, match=r"predict 'Q\?'"):
            predict("Q?", options, answer, "Because.")


KEYS = {
    "number": Number(0.25, ask="p =", hints=("one", "two", "three")),
    "array": Array((1.0, -2.0)),
    "choice": Choice(("ridge", "lasso"), "lasso"),
    "infinite": Number(np.inf),
}


class TestCheck:
    @pytest.fixture(autouse=True)
    def keys(self, monkeypatch):
        def doubles(f):
            assert f(3) == 6, "f(3) should be 6"
        known = {**KEYS, "function": Function(doubles)}
        monkeypatch.setattr("mathml.interactive.verdict.lookup", known.__getitem__)

    @pytest.mark.parametrize(("exercise", "attempt"), [
        ("number", 0.25), ("number", 0.2501), ("number", np.array([0.25])), ("array", [1, -2]),
        ("array", np.array([1.0, -2.0])), ("choice", "lasso"), ("function", lambda x: 2 * x),
        ("infinite", np.inf)])
    def test_right(self, exercise, attempt):
        verdict = check(exercise, attempt)
        assert verdict.passed is True
        assert repr(verdict) == f"✓ {exercise}: right."

    @pytest.mark.parametrize(("exercise", "attempt", "says"), [
        ("number", 0.26, "not this value"), ("number", "abc", "could not be used"),
        ("number", [1, 2], "one number is asked for, not 2"), ("number", np.nan, "finite"),
        ("number", {}, "could not be used"), ("array", 1.0, "2 numbers are asked for, not 1"),
        ("array", [1, 2], "not these values"), ("choice", "ridge", "another option"),
        ("choice", 3, "choose one of ridge, lasso"), ("function", 6, "without calling it"),
        ("function", lambda x: x, "f(3) should be 6"),
        ("function", lambda: 1, "could not be used (TypeError"), ("infinite", 3.0, "not this")])
    def test_wrong_is_never_a_traceback(self, exercise, attempt, says):
        verdict = check(exercise, attempt)
        assert verdict.passed is False
        assert says in repr(verdict)

    def test_at_most_two_hints(self):
        text = repr(check("number", 1))
        assert "Hint: one" in text
        assert "Hint: two" in text
        assert "three" not in text

    @pytest.mark.parametrize("nothing", [None, ...])
    def test_not_attempted(self, nothing):
        assert check("number", nothing).passed is None
        assert "○" in repr(check("number", nothing))

    def test_static_forms(self, static):
        form = check("number", ...)._repr_mimebundle_()["text/html"]
        key = json.loads(html.unescape(re.search(r'data-key="(.*?)"', form).group(1)))
        assert key == {"numbers": ["0.25"], "rtol": 1e-3, "atol": 1e-9, "hints": ["one", "two"]}
        assert "<select" in check("choice")._repr_mimebundle_()["text/html"]
        assert "run the notebook" in check("function")._repr_mimebundle_()["text/html"]

    def test_a_solution_shows_its_verdict_not_a_form(self, static):
        assert check("number", 0.25)._repr_mimebundle_() == {"text/plain": "✓ number: right."}


def test_an_exercise_without_a_key_is_the_chapters_mistake():
    with pytest.raises(ValueError, match="exercise must have an answer key, got 'no-such-topic-1'"):
        lookup("no-such-topic-1")


class TestKeysOfAnotherBook:
    @pytest.fixture
    def keys(self, tmp_path, monkeypatch):
        """A folder of keys beside the notebook that runs; afterwards nothing knows it."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(answers, "__path__", list(answers.__path__))
        before = set(sys.modules)
        (tmp_path / "keys").mkdir()
        yield tmp_path / "keys"
        for name in set(sys.modules) - before:
            if name.startswith(answers.__name__):
                del sys.modules[name]
                delattr(answers, name.rpartition(".")[2])

    WAVES = ("from mathml.interactive.answer_key import Number\n"
             "ANSWERS = {'other-waves-1': Number(0.25, hints=('Count them.',))}\n")

    def test_are_found_where_the_notebook_says(self, keys):
        (keys / "other_waves.py").write_text(self.WAVES)
        use_answers("keys")
        use_answers(keys)
        assert answers.__path__.count(str(keys)) == 1
        assert check("other-waves-1", 1 / 4).passed
        assert repr(check("other-waves-1", 4)).endswith("Hint: Count them.")
        assert check("gradient-descent-2", 1 / 3).passed

    def test_a_missing_folder_is_named(self, keys):
        with pytest.raises(ValueError, match=rf"got 'kees', which is not in {keys.parent}"):
            use_answers("kees")

    def test_a_missing_key_says_how_to_name_the_folder(self, keys):
        (keys / "other_waves.py").write_text(self.WAVES)
        use_answers("keys")
        for name in ("other-waves-2", "other-lakes-1"):
            with pytest.raises(ValueError, match=rf"got '{name}'; .*use_answers"):
                check(name)

    def test_a_key_that_lacks_a_package_says_which(self, keys):
        (keys / "other_lakes.py").write_text("import no_such_package\n")
        use_answers("keys")
        with pytest.raises(ModuleNotFoundError, match="no_such_package"):
            check("other-lakes-1")


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
