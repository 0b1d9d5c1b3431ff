"""Figures in the reader's hand: points, play, addresses, numbers that follow, full size."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
import pytest
from browser.test_figures import SAME, controls_of
from browser.waiting import COME, READY
from selection import SWEEP
from site_files import HTML, figure_data, page, page_names, resolve, site_name

MOVES = "book/about/how-this-book-moves.html"
POLYNOMIAL = "#fig-a-polynomial-in-your-hand"
WITH_FIGURES = [name for name in page_names() if page(name).select("figure.explorable")]
CENTRE = """(handle) => {
  const { x, y, width, height } = handle.querySelector(".explorable-ring").getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""
RATE = "#fig-the-learning-rate-on-a-parabola"


def sentence(figure) -> str:
    return figure.locator(".explorable-text").text_content()


@pytest.fixture
def polynomial(visit):
    v = visit(MOVES)
    figure = v.page.locator(POLYNOMIAL)
    v.bring_to_screen(figure)
    yield v, figure
    assert v.errors == []


def test_a_point_that_is_dropped_is_where_the_sliders_put_it(polynomial):
    v, figure = polynomial
    pictures = figure.locator(".explorable-pictures")
    handle = figure.locator(".explorable-handle")
    x, y = handle.evaluate(CENTRE)
    states = figure_data(MOVES, page(MOVES).select_one(POLYNOMIAL))["panels"][0]["texts"]
    v.page.mouse.move(x, y)
    v.page.mouse.down()
    for step in range(1, 6):
        v.page.mouse.move(x - 9 * step, y + 11 * step)
        assert sentence(figure) in states  # what is said is computed, not blended
        at = handle.evaluate(CENTRE)
        assert np.allclose(at, (x - 9 * step, y + 11 * step), atol=1)
    held = pictures.evaluate_handle("box => box.cloneNode(true)")
    v.page.mouse.up()
    dropped = pictures.evaluate_handle("box => box.cloneNode(true)")
    assert not pictures.evaluate(SAME, held)
    controls = controls_of(v.page, figure)
    positions = [control.position for control in controls]
    figure.locator(".explorable-reset").click()
    assert [control.position for control in controls] != positions
    for control, position in zip(controls, positions, strict=True):
        control.press(position)
    assert pictures.evaluate(SAME, dropped)


def test_a_finger_takes_a_point_on_a_small_screen(chromium):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, has_touch=True)
    tab = context.new_page()
    tab.goto((HTML / MOVES).as_uri() + POLYNOMIAL)
    tab.wait_for_function(READY)
    figure = tab.locator(POLYNOMIAL)
    figure.evaluate(COME)
    said, top = sentence(figure), tab.evaluate("scrollY")
    x, y = figure.locator(".explorable-handle").evaluate(CENTRE)
    reach = figure.locator(".explorable-reach").bounding_box()
    assert min(reach["width"], reach["height"]) >= 43
    touch = context.new_cdp_session(tab)
    for kind, dy in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60), ("touchEnd", None)):
        touch.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [] if dy is None else [{"x": x, "y": y + dy}]})
    assert sentence(figure) != said
    assert tab.evaluate("scrollY") == top, "the page moved with the finger"
    context.close()


def test_numbers_in_text_and_formula_are_the_figures(polynomial):
    v, figure = polynomial
    x, y = np.array([1, 3, 5, 7, 9.0]), np.array([2, 2.5, 4, 4, 4.0])
    paragraph = v.page.locator("p", has=v.page.locator("[data-template='{@error}']")).first
    width = paragraph.evaluate("p => p.querySelector('a').getBoundingClientRect().x")
    degree = controls_of(v.page, figure)[0]
    for k in range(4):
        degree.press(k)
        fit = np.polynomial.Polynomial.fit(x, y, k)
        right = f"{np.sqrt(np.mean((fit(x) - y) ** 2)):.2f}"
        assert right in sentence(figure)
        assert paragraph.locator(":scope > .figure-value").text_content() == right
        assert paragraph.locator(".katex .figure-value").text_content() == right
        assert paragraph.locator(".katex mn").text_content() == right
        assert paragraph.locator("annotation").text_content() == rf"\varepsilon = {right}"
        now = paragraph.evaluate("p => p.querySelector('a').getBoundingClientRect().x")
        assert abs(now - width) <= 1


def test_play_runs_until_the_reader_touches_a_control_or_it_ends(polynomial):
    v, figure = polynomial
    play, spoken = figure.locator(".explorable-play"), figure.locator(".explorable-spoken")
    degree, along, _ = controls_of(v.page, figure)
    degree.press(0)
    play.click()
    assert play.get_attribute("aria-pressed") == "true"
    v.page.wait_for_function("([box]) => box.value === '1'", arg=[degree.input.element_handle()])
    along.press(0)
    assert play.get_attribute("aria-pressed") == "false"
    position = degree.position
    assert 1 <= position < 3
    spoken.evaluate("box => { box.textContent = ''; }")
    play.click()
    v.page.wait_for_function("([box]) => box.value === '3'", arg=[degree.input.element_handle()])
    assert play.get_attribute("aria-pressed") == "false"
    v.page.wait_for_function("([box]) => box.textContent !== ''", arg=[spoken.element_handle()])
    assert spoken.text_content() == sentence(figure)
    play.click()  # from the end it begins again
    assert degree.position < 3
    play.click()
    assert play.get_attribute("aria-pressed") == "false"


def test_play_is_slow_for_who_wants_little_motion(visit):
    v = visit(MOVES)
    v.page.emulate_media(reduced_motion="reduce")
    figure = v.page.locator(POLYNOMIAL)
    v.bring_to_screen(figure)
    degree = controls_of(v.page, figure)[0]
    degree.press(0)
    degree.input.evaluate("""(input) => {
      window.steps = [];
      const told = new MutationObserver(() => window.steps.push(performance.now()));
      told.observe(input, {attributes: true, attributeFilter: ["aria-valuetext"]});
    }""")
    figure.locator(".explorable-play").click()
    v.page.wait_for_function("window.steps.length >= 3")
    steps = v.page.evaluate("window.steps")
    assert min(np.diff(steps[-2:])) > 900


def test_a_step_is_told_once_and_when_the_reader_pauses(polynomial):
    v, figure = polynomial
    spoken = figure.locator(".explorable-spoken")
    spoken.evaluate("""(box) => {
      window.told = [];
      new MutationObserver(() => window.told.push(box.textContent)).observe(box, {childList: true});
    }""")
    assert figure.locator("output").first.get_attribute("aria-live") == "off"
    up = controls_of(v.page, figure)[2]
    up.press(0)
    for _ in range(5):
        v.page.keyboard.press("ArrowRight")
    v.page.wait_for_function("window.told.length > 0")
    v.page.wait_for_timeout(600)
    assert v.page.evaluate("window.told.at(-1)") == sentence(figure)
    # A starved machine may pause between two presses longer than a reader would.
    assert len(v.page.evaluate("window.told")) <= 3


def test_an_address_sets_a_figure_and_follows_it(visit):
    v = visit(f"{MOVES}{POLYNOMIAL}?degree=2&pulled-y=6")
    figure = v.page.locator(POLYNOMIAL)
    degree, along, up = controls_of(v.page, figure)
    v.page.wait_for_function("([a, b]) => a.value === '2' && b.value === '6'",
                             arg=[degree.input.element_handle(), up.input.element_handle()])
    assert along.position == 2
    box = figure.bounding_box()
    assert -1 <= box["y"] < 900, "the figure is not on the screen"
    degree.press(3)
    v.page.wait_for_function("location.hash.includes('play=3')")
    here = v.page.evaluate("location.hash")
    assert parse_qs(here.partition("?")[2]) == {"play": ["3"], "pulled-y": ["6"]}
    figure.locator(".explorable-reset").click()
    v.page.wait_for_function(f"location.hash === '{POLYNOMIAL}'")
    v.page.evaluate(f"location.hash = '{POLYNOMIAL}?degree=17&x=1'")  # what is no state is no fault
    v.page.wait_for_timeout(300)
    assert [c.position for c in (degree, along, up)] == [1, 2, 4]
    assert v.errors == []


def test_a_link_in_the_text_sets_the_figure(polynomial):
    v, figure = polynomial
    degree = controls_of(v.page, figure)[0]
    link = v.page.locator(f"article a.figure-link[href^='{POLYNOMIAL}?']").first
    for _ in range(2):  # again, from where the reader went meanwhile
        link.click()
        v.page.wait_for_function("([box]) => box.value === '3'",
                                 arg=[degree.input.element_handle()])
        degree.press(0)


def figure_links():
    """Every link of the book that leads to a figure."""
    for name in page_names():
        for link in page(name).select("article a.figure-link"):
            yield name, link["href"]


def test_every_link_to_a_figure_names_a_state():
    links = list(figure_links())
    assert len(links) > 50  # the list of figures and the links of the text
    assert sum("?" in href for _, href in links) >= 6
    for name, href in links:
        path, key = resolve(name, href)
        query = href.partition("?")[2]
        figure = page(site_name(path)).select_one(f"figure.explorable#{key}")
        assert figure, (name, href)
        controls = {c["name"]: c["texts"] for c in figure_data(site_name(path), figure)["controls"]}
        for control, values in parse_qs(query, strict_parsing=bool(query)).items():
            assert values[0] in controls[control], (name, href)


def test_the_list_has_every_figure_with_its_number():
    listed = [link for name, link in figure_links() if name == "book/about/figures.html"]
    there = {(name, figure["id"]) for name in WITH_FIGURES
             for figure in page(name).select("figure.explorable")}
    assert {(site_name(resolve("book/about/figures.html", link)[0]), urlsplit(link).fragment)
            for link in listed} == there
    for name in WITH_FIGURES:
        numbers = [part.text for part in page(name).select(".explorable-number")]
        chapter = page(name).select_one("h1 .section-number")
        before = f"Figure {chapter.text.strip().strip('.')}." if chapter else "Figure "
        assert numbers == [f"{before}{k + 1}" for k in range(len(numbers))]


def test_a_link_is_copied(polynomial):
    v, figure = polynomial
    controls_of(v.page, figure)[0].press(2)
    v.page.evaluate("""() => {
      Object.defineProperty(navigator, "clipboard",
        {value: {writeText: async (text) => { window.copied = text; }}});
    }""")
    figure.locator(".explorable-link").click()
    v.page.wait_for_function("window.copied")
    assert unquote(v.page.evaluate("window.copied")).endswith(f"{MOVES}{POLYNOMIAL}?play=2")
    assert figure.locator(".explorable-link").text_content() == "Copied"


def test_a_figure_opens_in_full_size(polynomial):
    v, figure = polynomial
    full, svg = figure.locator(".explorable-full"), figure.locator("svg").first
    small, height = svg.bounding_box()["width"], v.page.evaluate("document.body.scrollHeight")
    full.click()
    assert v.page.locator("dialog[open]").count() == 1
    assert svg.bounding_box()["width"] > 1.4 * small
    assert v.page.evaluate("document.body.scrollHeight") == height
    controls_of(v.page, figure)[0].press(3)
    v.page.keyboard.press("Escape")
    v.page.wait_for_function("!document.querySelector('dialog')")
    assert abs(svg.bounding_box()["width"] - small) < 1
    assert full.evaluate("button => button === document.activeElement")
    assert controls_of(v.page, figure)[0].position == 3


LAZY = "window.requestIdleCallback = () => 0;"


def test_what_a_figure_needs_comes_when_it_is_near_or_touched(chromium):
    name = "book/optimization/gradient-descent.html"
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(LAZY)
    tab = context.new_page()
    tab.goto((HTML / name).as_uri())
    tab.locator(".cover button").first.click()
    tab.wait_for_function("'ready' in document.querySelector('figure.explorable').dataset")
    last = tab.locator("figure.explorable").last
    last.evaluate("figure => figure.closest('.covered').dispatchEvent(new Event('beforematch'))")
    assert last.get_attribute("data-ready") is None
    last.evaluate("""(figure) => {
      const input = figure.querySelector("input[type=range]");
      input.value = input.max;
      input.dispatchEvent(new Event("input", {bubbles: true}));
    }""")
    tab.wait_for_function("([f]) => 'ready' in f.dataset", arg=[last.element_handle()])
    assert last.locator("output").first.text_content() == "4.2"  # the movement is not lost
    between = tab.locator("figure.explorable").nth(2)
    assert between.get_attribute("data-ready") is None
    between.evaluate("figure => figure.closest('.covered').dispatchEvent(new Event('beforematch'))")
    between.evaluate(COME)
    tab.wait_for_function("([f]) => 'ready' in f.dataset", arg=[between.element_handle()])
    context.close()


def test_a_figure_that_cannot_be_loaded_says_so_and_tries_again(visit):
    v = visit("genindex.html")
    v.page.add_init_script(LAZY)
    key = page(MOVES).select_one(POLYNOMIAL)["data-key"]
    v.page.route(f"**/{key}.js", lambda route: route.abort())
    v.page.goto((HTML / MOVES).as_uri() + POLYNOMIAL)
    figure = v.page.locator(POLYNOMIAL)
    v.page.wait_for_function(
        "([f]) => f.querySelector('.explorable-text').textContent.includes('could not be loaded')",
        arg=[figure.element_handle()])
    v.page.unroute(f"**/{key}.js")
    figure.locator("input").first.press("End")
    v.page.wait_for_function("([f]) => 'ready' in f.dataset", arg=[figure.element_handle()])
    assert "degree 3" in sentence(figure)


# Is there a place on the page where a whole picture is seen and the last control, which the reader
# has just touched, is in reach?
IN_VIEW = """async (figure) => {
  const last = [...figure.querySelectorAll(".explorable-control")].at(-1);
  const header = document.querySelector(".site-header").getBoundingClientRect().bottom;
  const inReach = () => {
    const {top, bottom} = last.getBoundingClientRect();
    return top >= header && bottom <= innerHeight + 1;
  };
  const isSeen = (svg) => {
    const {top, bottom, left, width, height} = svg.getBoundingClientRect();
    return top >= header - 1 && bottom <= innerHeight + 1 && [0.05, 0.5, 0.95].every((share) => {
      const part = document.elementFromPoint(left + width / 2, top + share * height);
      return part && svg.parentElement.contains(part);
    });
  };
  const pictures = [...figure.querySelectorAll(".explorable-panel > svg")];
  last.querySelector("input").focus({preventScroll: true});
  const places = [
    () => last.scrollIntoView({block: "nearest", behavior: "instant"}),
    ...pictures.map((svg) => () =>
      scrollBy({top: svg.getBoundingClientRect().top - header - 2, behavior: "instant"}))];
  for (const go of places) {
    for (let turn = 0; turn < 6; turn++) {
      go();
      await new Promise((done) => setTimeout(done, 50));
    }
    if (inReach() && pictures.some(isSeen)) return true;
  }
  return false;
}"""
SOME = WITH_FIGURES if SWEEP else [
    MOVES, "book/index.html", "book/optimization/stochastic-and-adaptive-methods.html"]


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize(("width", "height"), [(390, 660), (844, 340)])
def test_a_picture_stays_in_view_while_its_controls_are_touched(visit, subtests, name, width,
                                                                height):
    v = visit(name, width=width)
    v.uncover()
    v.page.set_viewport_size({"width": width, "height": height})
    for figure in v.page.locator("figure.explorable").all():
        with subtests.test(figure.get_attribute("id")):
            v.bring_to_screen(figure)
            assert figure.evaluate(IN_VIEW)


def test_the_data_are_json_of_their_own():
    """One script for each figure, none left over, and none inside a page."""
    keys = set()
    for name in WITH_FIGURES:
        for figure in page(name).select("figure.explorable"):
            assert not figure.select("script")
            keys.add(figure["data-key"])
            json.dumps(figure_data(name, figure), allow_nan=False)
    assert {path.stem for path in (HTML / "_static" / "figures").glob("*.js")} == keys
