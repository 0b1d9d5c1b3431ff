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
  const look = (input) => figure.seen.push({
    value: Number(input.value), named: input.getAttribute("aria-valuetext"),
    shown: figure.querySelector(`output[for="${input.id}"]`).textContent,
    sentence: figure.querySelector(".explorable-text").textContent,
    picture: figure.querySelector(".explorable-pictures").innerHTML,
    height: figure.getBoundingClientRect().height,
  });
  figure.seen = [];
  look(control);
  figure.oninput = () => look(control);
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


def drag(page, control, start: int, end: int, last: int) -> None:
    """Take a slider's handle at one position and let it go at another."""
    box = control.bounding_box()

    def place(value):
        return box["x"] + THUMB / 2 + (box["width"] - THUMB) * value / last

    y = box["y"] + box["height"] / 2
    page.mouse.move(place(start), y)
    page.mouse.down()
    page.mouse.move(place(end), y, steps=3)
    page.mouse.up()


def walk(page, figure, control) -> list[dict]:
    """By keyboard: what is seen at every position of a control; each is named and described."""
    key, last = control.get_attribute("id"), int(control.get_attribute("max"))
    control.focus()
    page.keyboard.press("Home")
    figure.evaluate(RECORD, control.element_handle())
    for _ in range(last):
        page.keyboard.press("ArrowRight")
    seen = figure.evaluate(TAKE)
    assert [step["value"] for step in seen] == list(range(last + 1)), key
    assert all(step["named"] == step["shown"] for step in seen), key
    assert all(step["sentence"].strip() for step in seen), key
    return seen


def changes(seen: list[dict]) -> bool:
    return len({(step["picture"], step["sentence"]) for step in seen}) > 1


def to_both_ends_and_back(v, figure, control, first) -> None:
    """By keyboard, then by pointer; at the start again, the picture is the first one exactly."""
    key, last = control.get_attribute("id"), int(control.get_attribute("max"))
    pictures = figure.locator(".explorable-pictures")
    start = int(control.input_value())
    for press, value in (("Home", 0), ("End", last)):
        control.press(press)
        assert int(control.input_value()) == value, key
    for _ in range(last - start):
        control.press("ArrowLeft")
    assert pictures.evaluate(SAME, first), f"{key}: keyboard"
    v.bring_to_screen(control)
    position = start
    for value in (last, 0, start):
        drag(v.page, control, position, value, last)
        position = int(control.input_value())
        if last < 120:
            assert position == value, f"{key}: dragged to {value}"
    if last >= 120:  # a position is narrower than the pointer is exact
        control.evaluate("(input, v) => { input.value = v; "
                         "input.dispatchEvent(new Event('input', {bubbles: true})); }", start)
    assert pictures.evaluate(SAME, first), f"{key}: pointer"


def moves(v, figure) -> None:
    """Each control reaches both ends and comes back, and Reset brings the first frame back."""
    v.bring_to_screen(figure)
    pictures = figure.locator(".explorable-pictures")
    first = pictures.evaluate_handle("box => box.cloneNode(true)")
    height = figure.evaluate("figure => figure.getBoundingClientRect().height")
    for control in figure.locator("input[type=range]").all():
        key, start = control.get_attribute("id"), control.input_value()
        assert figure.locator(f'label[for="{key}"]').text_content().strip()
        to_both_ends_and_back(v, figure, control, first)
        if v.scheme == "light":  # what is drawn does not depend on the colours
            seen = walk(v.page, figure, control)
            assert all(abs(step["height"] - height) <= 1 for step in seen), key
            if not changes(seen):  # of three doors, all but one that may be opened are one
                for other in figure.locator(f"input[type=range]:not(#{key})").all():
                    other.press("End")
                assert changes(walk(v.page, figure, control)), f"{key} changes nothing"
            control.press("Home" if start == control.get_attribute("max") else "End")
            figure.locator(".explorable-reset").click()
            assert pictures.evaluate(SAME, first), f"{key}: Reset"


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
    control = figure.get_by_role("slider", name="learning rate")
    v.bring_to_screen(control)
    seen = walk(v.page, figure, control)
    assert len(seen) > 20
    for before, after in pairwise(seen):
        assert after["picture"] != before["picture"], after["shown"]
        assert after["sentence"] != before["sentence"], after["shown"]
