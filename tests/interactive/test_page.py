"""The page's face of a figure: points, buttons, play, names, values, and what may be blended."""

from __future__ import annotations

import gzip
import json
import re

import numpy as np
import pytest

from mathml.interactive import choice, explore, log_slider, page, point, slider
from mathml.interactive.blending import blended_slots, blending_errors
from mathml.interactive.encoder import encode
from mathml.interactive.slugs import address


@pytest.fixture(autouse=True)
def _static(monkeypatch):
    monkeypatch.setenv("MATHML_OUTPUT", "static")


def page_of(figure) -> tuple[str, dict]:
    text = figure.bundle["text/html"]
    return text, json.loads(re.search(r"<script[^>]*>(.*)</script>", text)[1])


PLACE = point(x=slider(0, 4, 5, label="x"), y=slider(0, 2, 3, label="y", default=1), label="dot")


def dot(ax, place):
    ax.plot(*place, "o")
    ax.plot([0, place[0]], [0, place[1]])
    ax.set(xlim=(0, 5), ylim=(0, 3))
    return f"The dot is at {place}.", {"sum": place[0] + place[1], "kind": "a dot"}


class TestPoints:
    def test_it_is_two_sliders_and_the_places_of_their_positions(self):
        figure = explore(dot, title="A dot", place=PLACE)
        text, data = page_of(figure)
        assert figure.n_states == 15
        assert [c["name"] for c in data["controls"]] == ["place-x", "place-y"]
        (found,) = data["panels"][0]["points"]
        assert (found["x"], found["y"], found["label"], found["handle"]) == (0, 1, "dot", True)
        # The marker is drawn where the handle will be.
        marks = np.array(re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', text), dtype=float)
        at = [found["px"][0], found["py"][1]]
        assert np.abs(marks - at).max(axis=1).min() < 0.11
        assert np.all(np.diff(found["px"]) > 0)
        assert np.all(np.diff(found["py"]) < 0)  # downwards in a picture

    def test_on_logarithmic_axes_places_follow_the_axes(self):
        def logarithmic(ax, place):
            ax.loglog(*place, "o")
            ax.set(xlim=(0.1, 1000), ylim=(0.1, 1000))
            return f"At {place}."
        place = point(x=log_slider(1, 100, 5, label="x"), y=log_slider(1, 100, 5, label="y"),
                      label="p")
        _, data = page_of(explore(logarithmic, title="Log", place=place))
        (found,) = data["panels"][0]["points"]
        assert np.ptp(np.diff(found["px"])) < 0.5
        slots = found["blend"]["texts"]  # between two positions it is the mean of their logs
        assert slots == [list(range(len(data["panels"][0]["slots"])))]

    def test_the_handle_is_in_the_first_picture_that_follows_it(self):
        def alone(ax):
            return "Nothing moves here."

        def beside(ax, place):
            return dot(ax, place)[0]
        _, data = page_of(explore([alone, dot, beside], title="Three", place=PLACE))
        assert [[p["handle"] for p in panel["points"]] for panel in data["panels"]] == [
            [], [True], [False]]

    def test_its_axes_must_stay(self):
        def zooming(ax, place):
            ax.set(xlim=(0, 5 + (place[1] > 0)), ylim=(0, 3))  # two places: one too many
            return "Closer."
        with pytest.raises(ValueError, match=r"explore 'Zoom': the axes in which 'dot' is taken "
                                             r"must stay where they are, but zooming moves them"):
            explore(zooming, title="Zoom", place=PLACE)


class TestBlending:
    def measured(self, draw, n=10, **setting):
        """The errors of all slots, and which of them are blended in each state."""
        figure = explore(draw, title="T", place=PLACE, **{
            name: choice([value, "another"], label=name) for name, value in setting.items()})
        (panel,) = figure.panels
        drawings = [figure.draw(panel, values) for values in figure.states(panel)]
        start = figure.states(panel).index(figure.default(panel))
        slots = encode([d.svg for d in drawings], base=start).slots
        errors = blending_errors(figure, panel, "place", drawings, setting, n,
                                 rng=np.random.default_rng(1))
        return errors, blended_slots(figure, panel, "place", drawings, slots), slots

    def test_what_is_linear_between_the_states_is_blended(self):
        errors, fine, slots = self.measured(dot)
        assert all(found.shape == (10,) for found in errors.values())
        assert max(found.max() for found in errors.values()) <= 0.2  # of rounding to tenths
        assert fine == [tuple(range(len(slots)))] * 15

    def test_what_jumps_is_not_and_what_is_beside_it_is(self):
        def jump(ax, place):
            ax.plot([0, 4 * (place[0] > 1.7)], [0, 1])
            ax.plot(*place, "o")
            ax.set(xlim=(0, 5), ylim=(0, 3))
            return "It jumps."
        errors, fine, slots = self.measured(jump)
        assert max(found.max() for found in errors.values()) > 50
        assert {slots[k].where for k in fine[0]} == {"x", "y"}  # the dot's
        assert {slot.where for slot in slots} == {"x", "y", "d"}

    def test_a_curve_that_gains_vertices_is_not(self):
        def longer(ax, place):
            ax.plot(range(3 + int(place[0])), range(3 + int(place[0])))
            ax.set(xlim=(0, 9), ylim=(0, 9))
            return "Longer."
        errors, fine, _ = self.measured(longer)
        assert any(np.isinf(found).any() for found in errors.values())
        assert not any(fine)

    def test_nor_what_only_knows_its_positions(self):
        def table(ax, place):
            ax.plot([0, {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}[place[0]]], [0, 1])
            ax.set(xlim=(0, 9), ylim=(0, 9))
            return "A table."
        errors, fine, _ = self.measured(table)
        assert all(np.isinf(found).all() for found in errors.values())
        assert not any(fine)

    def test_what_is_turned_is_blended_too_and_positive_places_are_not_taken_for_logarithms(self):
        def turned(ax, place):
            ax.text(*place, "here", rotation=30)
            ax.set(xlim=(0, 5), ylim=(0, 3))
            return "There."
        place = point(x=slider(1, 4, 3, label="x"), y=slider(1, 2, 2, label="y"), label="dot")
        (panel,) = page_of(explore(turned, title="T", place=place))[1]["panels"]
        assert "transform" in {slot[2] for slot in panel["slots"]}
        assert panel["points"][0]["blend"]["texts"] == [list(range(len(panel["slots"])))]

    @staticmethod
    def of_a_dot_that_is_off(units: float, times: int) -> bool:
        """Whether it is blended, if so often between two positions the dot is so far off."""
        where = {}

        def shifted(ax, place):
            between = where.setdefault(place, len(where)) - 3  # after the four positions
            off = units / scale * (0 < between <= times)
            ax.plot(place[0] + off, place[1], "o")
            ax.set(xlim=(0, 5), ylim=(0, 3))
            return "A dot."
        few = point(x=slider(0, 4, 2, label="x"), y=slider(0, 2, 2, label="y"), label="dot")
        _, data = page_of(explore(dot, title="T", place=few))
        scale = np.diff(data["panels"][0]["points"][0]["px"])[0] / 4
        _, data = page_of(explore(shifted, title="T", place=few))
        (panel,) = data["panels"]
        ((x, *_),) = [[k for k, slot in enumerate(panel["slots"]) if slot[2] == "x"]]
        return all(x in blended for blended in panel["points"][0]["blend"]["texts"])

    def test_an_error_of_a_unit_is_not_seen(self):
        assert self.of_a_dot_that_is_off(0.8, 10)
        assert not self.of_a_dot_that_is_off(1.2, 10)

    def test_one_place_in_ten_may_be_wrong(self):
        assert self.of_a_dot_that_is_off(30, 1)
        assert not self.of_a_dot_that_is_off(30, 2)

    def test_it_is_decided_for_each_setting_of_the_other_controls(self):
        def either(ax, place, rule):
            ax.plot([0, place[0] if rule == "smooth" else 4 * (place[0] > 1.7)], [0, 1])
            ax.set(xlim=(0, 5), ylim=(0, 3))
            return f"{rule}."
        _, fine, _ = self.measured(either, rule="smooth")
        assert [bool(f) for f in fine] == [True, False] * 15  # the last control runs fastest


def test_few_positions_are_buttons_and_many_a_slider():
    def draw(ax, few, many, play):
        ax.plot([0, many], [play, few == "two"])
        return f"{few} {many} {play}"
    text, _ = page_of(explore(draw, title="T", few=choice(["one", "two", "three", "4 & more"],
                                                          label="few", default="two"),
                              many=slider(0, 4, 5, label="many"),
                              play=slider(0, 2, 3, label="step")))
    assert re.findall(r'<input type="(\w+)"', text) == ["radio"] * 4 + ["range"] * 2
    assert re.search(r'<fieldset [^>]*id="fig-t-few"><legend>few</legend>', text)
    assert 'value="1" autocomplete="off" checked/><span>two</span>' in text
    assert "<span>4 &amp; more</span>" in text
    assert text.count('class="explorable-play"') == 1


def test_room_is_kept_for_the_longest_of_each():
    """So that nothing below a figure moves when the reader moves it."""
    def one(ax, x):
        return "It is so." + " And so it stays." * (x == 2)

    def other(ax, x):
        return "Other." if x != 3 else "Quite & entirely another."
    text, _ = page_of(explore([one, other], title="T", x=slider(0, 4, 5, label="x", unit="m")))
    assert '<p class="explorable-text" id="fig-t-says">It is so. Other.</p>' in text
    assert ('<div class="explorable-room" aria-hidden="true">It is so. And so it stays. '
            "Quite &amp; entirely another.</div>") in text
    wide = slider(8, 16, 5, label="x", unit="km")
    text, _ = page_of(explore(one, title="T", x=wide))
    assert '<output for="fig-t-x" aria-live="off" style="min-width:5ch">8 km</output>' in text


def test_two_figures_that_differ_in_a_word_have_data_of_their_own():
    def draw(ax, x):
        return "So it is."

    def key(title="T", label="x", unit="m"):
        figure = explore(draw, title=title, x=slider(0, 1, 2, label=label, unit=unit))
        return re.search(r'data-key="(\w+)"', figure.bundle["text/html"])[1]
    assert key() == key()
    assert len({key(), key(unit="km"), key(label="y"), key(title="U")}) == 4


def test_words_are_shown_as_they_are():
    def draw(ax, few, many):
        return f"<i> {few} & {many}"
    text, data = page_of(explore(
        {"<i> A": draw}, title="<i> T", few=slider(0, 1, 2, label="<i> few", unit="<i>"),
        many=slider(0, 4, 5, label="<i> many", unit="<i>")))
    assert "<i>" not in text
    for shown in ("&lt;i&gt; T</figcaption>", 'aria-label="&lt;i&gt; T: &lt;i&gt; A"',
                  "&lt;i&gt; A</p>", "&lt;i&gt; 0 &amp; 0</p>", "&lt;i&gt; 0 &amp; 0</div>",
                  "<legend>&lt;i&gt; few</legend>", "<span>1 &lt;i&gt;</span>",
                  "&lt;i&gt; many</label>", ">0 &lt;i&gt;</output>",
                  'aria-valuetext="0 &lt;i&gt;"'):
        assert shown in text
    assert data["controls"][0]["texts"] == ["0 <i>", "1 <i>"]


def test_a_figure_is_as_large_as_it_is_said_to_be():
    def draw(fig, x):
        fig.subplots(1, 2)
        return f"{x}."
    text, _ = page_of(explore(draw, title="T", size=(5, 2.5), x=slider(0, 4, 5, label="x")))
    assert 'style="--mm-width:360px"' in text
    assert 'width="360" height="180" viewBox="0 0 360 180">' in text


def test_a_figure_may_take_all_of_its_budget(monkeypatch):
    def build():
        return explore(dot, title="A dot", place=PLACE)
    size = len(gzip.compress(build().bundle["text/html"].encode(), mtime=0))
    monkeypatch.setattr(page, "MAX_BYTES", size)
    build()
    monkeypatch.setattr(page, "MAX_BYTES", size - 1)
    with pytest.raises(ValueError, match=f"bytes gzipped, got {size:,} for 15"):
        build()


def test_pictures_are_named():
    def one(ax, x):
        ax.plot([0, x])
        return f"One {x}."

    def other(ax, x):
        ax.plot([x, 0])
        return f"Other {x}."
    x = slider(0, 5, 6, label="x")
    names = re.compile(r'role="img" translate="no" aria-label="([^"]*)"')
    assert names.findall(page_of(explore(one, title="T", x=x))[0]) == ["T"]
    assert names.findall(page_of(explore([one, other], title="T", x=x))[0]) == [
        "T, picture 1 of 2", "T, picture 2 of 2"]
    text = page_of(explore({"the one": one, "the <other>": other}, title="T", x=x))[0]
    assert names.findall(text) == ["T: the one", "T: the &lt;other&gt;"]
    assert text.count('class="explorable-name"') == 2


def test_values_are_written_as_the_book_writes_numbers():
    def draw(ax, x):
        ax.plot([0, x])
        return "It moves.", {"small": x * 1e-6, "text": f"{x} of -5"}
    _, data = page_of(explore(draw, title="T", x=slider(1, 5, 5, label="x")))
    values = data["panels"][0]["values"]
    assert values["small"]["texts"][0] == "10⁻⁶"
    assert values["text"] == {"texts": [f"{x} of −5" for x in range(1, 6)], "says": [0, 1, 2, 3, 4]}


def test_two_values_of_one_name():
    def draw(ax, x):
        ax.plot([0, x])
        return "It moves.", {"x": x}
    with pytest.raises(ValueError, match=r"values that its panels return must have names of their "
                                         r"own, got 'x' twice; rename one"):
        explore(draw, title="T", x=slider(1, 5, 5, label="x"))


@pytest.mark.parametrize("title", ["A wave", "Steepest in which norm?", "x² from 10", "η → 0", "…"])
def test_an_address_is_plain_and_the_same_for_ever(title):
    found = address(title)
    assert re.fullmatch(r"fig-[a-z0-9-]+", found)
    assert found == address(title)
