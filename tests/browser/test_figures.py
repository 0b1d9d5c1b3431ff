"""What the engine does, tried on a figure of each kind; in the sweep, on every figure there is.

Each control of such a figure goes to every position by keyboard and to its ends by pointer. For
the other figures of a page test_pages.py asks at the ends.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from browser.figures import SAMPLE, figures, kinds, tried

# Writes down what a reader sees and hears at a position of a control of the figure, now and after
# each movement; TAKE gives what was seen with its pictures numbered.
RECORD = """
(figure, control) => {
  const inputs = [...control.querySelectorAll("input")], [input] = inputs;
  const told = () => input.type === "radio"
    ? { value: inputs.findIndex((radio) => radio.checked),
        named: control.querySelector(":checked").labels[0].textContent,
        shown: control.querySelector(":checked + span").textContent }
    : { value: Number(input.value), named: input.getAttribute("aria-valuetext"),
        shown: control.querySelector("output").textContent };
  const look = () => figure.seen.push({
    ...told(), sentence: figure.querySelector(".explorable-text").textContent,
    picture: figure.querySelector(".explorable-pictures").innerHTML,
    height: figure.getBoundingClientRect().height,
  });
  figure.seen = [];
  look();
  figure.oninput = look;
}
"""
TAKE = """
(figure) => {
  const seen = figure.seen;
  const pictures = seen.map((s) => s.picture);
  return seen.map((s, i) => ({...s, picture: pictures.indexOf(s.picture)}));
}
"""
SAME = "(box, first) => box.isEqualNode(first)"
THUMB = 16  # px, of a range's handle


class Slider:
    """A slider, as a reader handles it."""

    def __init__(self, page, box):
        self.page, self.box = page, box
        self.input = box.locator("input")
        self.last = int(self.input.get_attribute("max"))
        self.name = box.locator("label").text_content().strip()

    @property
    def position(self) -> int:
        return int(self.input.input_value())

    def press(self, position: int) -> None:
        """By keyboard, from wherever it is."""
        if position in (0, self.last):
            self.input.press("Home" if position == 0 else "End")
        for _ in range(abs(self.position - position)):
            self.input.press("ArrowRight" if self.position < position else "ArrowLeft")

    def walk(self) -> None:
        """By keyboard, from the first position to the last."""
        for _ in range(self.last):
            self.page.keyboard.press("ArrowRight")

    def take(self, position: int) -> None:
        """By pointer: take the handle and let it go at a position."""
        box = self.input.bounding_box()

        def place(value):
            return box["x"] + THUMB / 2 + (box["width"] - THUMB) * value / self.last

        y = box["y"] + box["height"] / 2
        self.page.mouse.move(place(self.position), y)
        self.page.mouse.down()
        self.page.mouse.move(place(position), y, steps=3)
        self.page.mouse.up()
        if self.last >= 120:  # a position is narrower than the pointer is exact
            self.input.evaluate("(input, v) => { input.value = v; "
                                "input.dispatchEvent(new Event('input', {bubbles: true})); }",
                                position)


class Buttons:
    """A row of buttons, as a reader handles it."""

    def __init__(self, page, box):
        self.page, self.box = page, box
        self.inputs = box.locator("input")
        self.last = self.inputs.count() - 1
        self.name = box.locator("legend").text_content().strip()

    @property
    def position(self) -> int:
        return self.inputs.evaluate_all("all => all.findIndex(one => one.checked)")

    def press(self, position: int) -> None:
        now = self.position
        self.inputs.nth(now).focus()
        for _ in range(abs(now - position)):
            self.page.keyboard.press("ArrowRight" if now < position else "ArrowLeft")

    walk = Slider.walk

    def take(self, position: int) -> None:
        self.box.locator("label").nth(position).click()


def controls_of(page, figure) -> list[Slider | Buttons]:
    return [(Buttons if box.evaluate("box => box.matches('fieldset')") else Slider)(page, box)
            for box in figure.locator(".explorable-control").all()]


def walk(figure, control) -> list[dict]:
    """By keyboard: what is seen at every position of a control; each is named and described."""
    control.press(0)
    figure.evaluate(RECORD, control.box.element_handle())
    control.walk()
    seen = figure.evaluate(TAKE)
    assert [step["value"] for step in seen] == list(range(control.last + 1)), control.name
    assert all(step["named"] == step["shown"] for step in seen), control.name
    assert all(step["sentence"].strip() for step in seen), control.name
    return seen


def changes(seen: list[dict]) -> bool:
    return len({(step["picture"], step["sentence"]) for step in seen}) > 1


def to_both_ends_and_back(v, control, pictures, first) -> None:
    """By keyboard, then by pointer; at the start again, the picture is the first one exactly."""
    start = control.position
    for position in (0, control.last, start):
        control.press(position)
        assert control.position == position, control.name
    assert pictures.evaluate(SAME, first), f"{control.name}: keyboard"
    v.bring_to_screen(control.box)
    for position in (control.last, 0, start):
        control.take(position)
        assert control.position == position, f"{control.name}: taken to {position}"
    assert pictures.evaluate(SAME, first), f"{control.name}: pointer"


def moves(v, figure) -> None:
    """Each control reaches both ends and comes back, and Reset brings the first frame back."""
    v.bring_to_screen(figure)
    pictures = figure.locator(".explorable-pictures")
    first = pictures.evaluate_handle("box => box.cloneNode(true)")
    height = figure.evaluate("figure => figure.getBoundingClientRect().height")
    controls = controls_of(v.page, figure)
    for control in controls:
        assert control.name
        to_both_ends_and_back(v, control, pictures, first)
        if v.scheme == "light":  # what is drawn does not depend on the colours
            start = control.position
            seen = walk(figure, control)
            assert all(abs(step["height"] - height) <= 1 for step in seen), control.name
            if not changes(seen):  # of three doors, all but one that may be opened are one
                for other in controls:
                    if other is not control:
                        other.press(other.last)
                assert changes(walk(figure, control)), f"{control.name} changes nothing"
            control.press(0 if start == control.last else control.last)
            figure.locator(".explorable-reset").click()
            assert pictures.evaluate(SAME, first), f"{control.name}: Reset"


@pytest.mark.parametrize(("name", "those"), tried().items(), ids=tried())
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_move(visit, subtests, name, those, width, scheme):
    v = visit(name, width=width, scheme=scheme)
    v.uncover()
    for figure in those:
        with subtests.test(figure.title):
            moves(v, v.page.locator(f"#{figure.key}"))
    assert v.errors == []


def test_no_kind_of_figure_is_without_one_in_the_sample():
    there = {figure.name: kinds(figure) for figure in figures()}
    assert set(SAMPLE) <= set(there), "a figure of the sample has gone"
    for name, kind in SAMPLE.items():
        assert kind in there[name], f"{name} no longer stands for {kind}"
    without = set().union(*there.values()) - set().union(*(there[name] for name in SAMPLE))
    assert not without, {kind: next(n for n in there if kind in there[n]) for kind in without}


def test_every_learning_rate_draws_and_says_something_else(visit):
    v = visit("book/optimization/gradient-descent.html")
    v.uncover()
    figure = v.page.locator("figure.explorable").first
    control = controls_of(v.page, figure)[0]
    assert control.name == "learning rate η"
    v.bring_to_screen(control.box)
    seen = walk(figure, control)
    assert len(seen) > 20
    for before, after in pairwise(seen):
        assert after["picture"] != before["picture"], after["shown"]
        assert after["sentence"] != before["sentence"], after["shown"]
