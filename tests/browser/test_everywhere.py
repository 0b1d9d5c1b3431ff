"""The site where it is not at home: strict servers, frames, other languages, colours and widths."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from site_files import page, page_names

CHAPTER = "book/optimization/gradient-descent.html"
WITH_ALL = [CHAPTER, "book/index.html", "search.html", "book/about/map.html",
            "book/about/glossary.html", "book/about/teach.html",
            "book/supervised/softmax-regression.html"]
# KaTeX places its parts by style attributes; nothing else is allowed that could be left out.
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; "
          "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
          "base-uri 'none'; form-action 'self'")
QUIET = "book/about/status.html"  # asks for nothing any more when it is loaded
MOVED = """(figure) => {
  const pictures = figure.querySelector(".explorable-pictures"), before = pictures.innerHTML;
  const input = figure.querySelector("input[type=range]");
  input.value = input.value === input.max ? 0 : input.max;
  input.dispatchEvent(new Event("input", {bubbles: true}));
  return pictures.innerHTML !== before;
}"""

MOVABLE = """async () => {
  const waits = () => document.querySelector("figure.explorable input:disabled");
  while (waits()) await new Promise((done) => setTimeout(done, 20));
}"""


@pytest.mark.parametrize("name", WITH_ALL)
def test_a_strict_policy_forbids_nothing_that_is_needed(visit, server, name):
    v = visit(QUIET, base=server)

    def strict(route):
        answer = route.fetch()
        route.fulfill(response=answer,
                      headers={**answer.headers, "content-security-policy": POLICY})

    v.page.route("**/*.html", strict)
    policies = []
    v.page.on("response", lambda r: policies.append(r.headers.get("content-security-policy")))
    v.page.goto(f"{server}/{name}")
    v.page.evaluate(MOVABLE)  # what waits in the page itself is forbidden, too
    assert POLICY in policies
    for figure in v.page.locator("figure.explorable:has(input[type=range])").all()[:1]:
        v.bring_to_screen(figure)
        assert figure.evaluate(MOVED)
    assert v.errors == []


@pytest.mark.parametrize("name", page_names())
def test_no_page_holds_a_program(name):
    """Only the data of figures, which no policy forbids."""
    for script in page(name).select("script:not([src])"):
        assert script.get("type") in ("application/json", "application/ld+json"), script
    for part in page(name).find_all(True):
        assert not [key for key in part.attrs if key.startswith("on")], part


FRAME = """<!doctype html><title>A class's page</title>
<iframe sandbox="allow-scripts" src="{}" width="800" height="700"></iframe>"""


def test_figures_move_in_a_sandboxed_frame(visit, server):
    """Without storage, as a learning platform shows what it does not trust."""
    v = visit(QUIET, base=server)
    v.page.route("**/framed", lambda route: route.fulfill(
        content_type="text/html", body=FRAME.format(f"{server}/{CHAPTER}")))
    # Such a frame is of no origin: hosts of pages say of fonts that they are anybody's.
    v.page.route("**/*.woff2", lambda route: route.fulfill(
        response=route.fetch(), headers={"access-control-allow-origin": "*"}))
    v.page.goto(f"{server}/framed")
    frame = v.page.frames[1]
    figure = frame.locator("figure.explorable:has(input[type=range])").first
    figure.scroll_into_view_if_needed()
    frame.evaluate(MOVABLE)
    assert frame.evaluate("""() => { try { return !localStorage; } catch { return true; } }""")
    assert figure.evaluate(MOVED)
    frame.locator(".theme-button").click()
    assert frame.evaluate("document.documentElement.dataset.theme") == "dark"
    assert v.errors == []


def test_a_page_that_is_translated_to_a_right_to_left_language(visit):
    v = visit(CHAPTER, width=390)
    v.page.evaluate("document.documentElement.dir = 'rtl'")
    v.uncover()
    assert v.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for part in (".katex", "pre", "figure.explorable svg"):
        assert v.page.locator(part).first.evaluate("(p) => getComputedStyle(p).direction") == "ltr"
    side = """(part) => part.getBoundingClientRect().left > innerWidth / 2"""
    assert v.page.locator(".menu-button").evaluate(side)


@pytest.mark.parametrize("name", page_names())
def test_translators_leave_formulas_code_and_pictures_alone(name):
    for part in page(name).select(".katex, pre, code, .explorable-panel svg, .figure-svg svg"):
        around = [part, *part.parents]
        assert any(p.get("translate") == "no" or "notranslate" in p.get("class", ())
                   for p in around), part


def test_forced_colours_leave_every_control_to_be_seen(chromium, visit):
    v = visit(CHAPTER)
    v.uncover()
    v.page.emulate_media(forced_colors="active")
    figure = v.page.locator("figure.explorable:has(input[type=range])").first
    v.bring_to_screen(figure)
    picture = figure.locator("svg").first
    colours = Image.open(io.BytesIO(picture.screenshot())).convert("RGB").getcolors(10**6)
    assert len(colours) > 20  # a picture keeps its own colours, which mean something
    for button in (".explorable-reset", ".copy-button"):
        looks = v.page.locator(button).first.evaluate(
            "(b) => [getComputedStyle(b).borderStyle, getComputedStyle(b).borderWidth]")
        assert looks[0] == "solid", (button, looks)
        assert looks[1] != "0px", (button, looks)
    assert figure.evaluate(MOVED)


def copied(v, start: str, end: str) -> str:
    """What is on the clipboard when from one part to another is copied."""
    v.page.evaluate("""([start, end]) => {
      const range = document.createRange();
      range.setStart(document.querySelector(start), 0);
      const last = document.querySelector(end);
      range.setEnd(last, last.childNodes.length);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }""", [start, end])
    return v.page.evaluate("""() => {
      const data = new DataTransfer(), how = {bubbles: true, cancelable: true};
      const event = new ClipboardEvent("copy", {clipboardData: data, ...how});
      document.body.dispatchEvent(event);
      return event.defaultPrevented ? data.getData("text/plain") : getSelection().toString();
    }""")


def test_a_formula_is_copied_as_its_source(visit):
    v = visit(CHAPTER)
    display = page(CHAPTER).select_one("article .math-scroll")
    source = f"$${display.find('annotation').text.strip()}$$"
    display = "article .math-scroll"
    assert copied(v, display, display).strip() == source
    # What is marked of a formula stands for the whole.
    assert copied(v, display, f"{display} .katex-html .mord").strip() == source
    v.page.evaluate("""() => {
      document.querySelector("article p:has(.katex)").id = "try-copy";
    }""")
    text = copied(v, "#try-copy", "#try-copy")
    for formula in v.page.locator("#try-copy annotation").all():
        assert f"${formula.text_content()}$" in text
    assert "\n(" not in text
    heading = "article h1"
    assert copied(v, heading, heading).startswith(v.page.locator(heading).inner_text()[:5])


@pytest.mark.parametrize("width", [320, 390, 768, 1100, 1280])
def test_the_contents_of_the_page_are_there_at_every_width(visit, width):
    v = visit(CHAPTER, width=width)
    toc, button = v.page.locator("#page-toc"), v.page.locator(".toc-button")
    link = toc.locator("a").nth(2)
    if width < 1216:
        assert not link.is_visible()
        button.click()
        assert button.get_attribute("aria-expanded") == "true"
        assert toc.locator("a:focus").count() == 1
        v.page.keyboard.press("Escape")
        assert not link.is_visible()
        assert button.evaluate("(b) => b === document.activeElement")
        button.click()
    assert not button.is_visible() or width < 1216
    link.click()
    v.page.wait_for_function("scrollY > 300")
    assert v.page.url.endswith(link.get_attribute("href"))
    assert link.is_visible() == (width >= 1216)


def test_the_exercises_are_three_keys_away(visit):
    v = visit(CHAPTER)
    for _ in range(3):
        v.page.keyboard.press("Tab")
    assert v.page.evaluate("document.activeElement.textContent") == "Skip to the exercises"
    assert v.page.locator(":focus").bounding_box()["width"] > 100
    v.page.keyboard.press("Enter")
    v.page.wait_for_function(
        "Math.abs(document.querySelector('#exercises').getBoundingClientRect().top) < 130")
    v.page.keyboard.press("Tab")
    assert v.page.evaluate("Boolean(document.activeElement.closest('#exercises'))")


def test_contents_come_before_the_text_and_copying_is_no_stop(visit):
    v = visit(CHAPTER)
    order = v.page.evaluate("""() => [...document.querySelectorAll("a[href], button, input")]
      .filter((part) => part.tabIndex >= 0 && part.checkVisibility())
      .map((part) => part.closest("#page-toc") ? "toc" : part.closest("article") ? "text" : "")""")
    assert order.index("toc") < order.index("text")
    assert "toc" not in order[order.index("text"):]
    buttons = v.page.locator(".copy-button")
    assert buttons.count() > 10
    assert {b.get_attribute("tabindex") for b in buttons.all()} == {"-1"}


def test_no_single_key_does_anything(visit):
    """Who speaks to a computer says letters (WCAG 2.1.4)."""
    v = visit(CHAPTER)
    before = v.page.evaluate("document.documentElement.outerHTML")
    for key in "/abcdefghijklmnopqrstuvwxyz?1":
        v.page.keyboard.press(key)
    assert v.page.evaluate("document.activeElement === document.body")
    assert v.page.evaluate("document.documentElement.outerHTML") == before
    assert v.page.evaluate("scrollY") == 0


def test_boxes_that_scroll_are_reachable_before_they_were_on_screen_and_others_no_stops(visit):
    v = visit(CHAPTER, width=390)
    assert v.page.evaluate("scrollY") == 0
    v.page.evaluate("""() => {
      window.boxes = [...document.querySelectorAll(".math-scroll, .table-scroll, pre")];
      window.before = boxes.map((box) => box.tabIndex);
      for (const s of document.querySelectorAll("section")) s.style.contentVisibility = "visible";
      window.held = () => boxes.map((box, i) =>
        [box.scrollWidth > box.clientWidth + 1, before[i], box.tabIndex])
        .filter((_, i) => boxes[i].checkVisibility());
    }""")
    # Sizes are told when the browser has laid them out.
    v.page.wait_for_function("held().every(([wide, , after]) => wide || after === -1)")
    held = v.page.evaluate("held()")
    wide, narrow = [part for part in held if part[0]], [part for part in held if not part[0]]
    assert len(wide) > 5
    assert {before for _, before, _ in wide} == {0}
    assert {after for _, _, after in wide} == {0}
    assert len(narrow) > 20
    assert {after for _, _, after in narrow} == {-1}


# Counts sizes that are asked of what is not laid out, which lays out all of its section.
ASKED_TOO_EARLY = """
window.asked = 0;
for (const name of ["scrollWidth", "clientWidth"]) {
  const {get} = Object.getOwnPropertyDescriptor(Element.prototype, name);
  Object.defineProperty(Element.prototype, name, {get() {
    if (!this.checkVisibility({contentVisibilityAuto: true})) window.asked += 1;
    return get.call(this);
  }});
}
"""


def test_no_script_lays_out_what_is_far_from_the_screen(visit, server):
    """All of a chapter would take a phone two seconds, in which it answers nobody."""
    v = visit(QUIET, width=390, base=server)
    v.page.add_init_script(ASKED_TOO_EARLY)
    v.goto(f"{server}/{CHAPTER}")
    v.page.wait_for_timeout(1500)
    far = v.page.evaluate("""() => [...document.querySelectorAll("section")]
      .filter((part) => !part.checkVisibility({contentVisibilityAuto: true})).length""")
    assert far > 5
    assert v.page.evaluate("asked") == 0


def edges(v, box) -> list[int]:
    """How dark the left and the right edge of a box are, on paper that is white."""
    shot = Image.open(io.BytesIO(box.screenshot())).convert("L")
    height = shot.height
    return [min(shot.getpixel((x, y)) for y in (2, height - 3)) for x in (1, shot.width - 2)]


def test_what_is_cut_at_an_edge_shows_a_shade_there(visit):
    v = visit(CHAPTER, width=390)
    v.uncover()
    box = next(box for box in v.page.locator(".cell_input pre:visible").all()
               if box.evaluate("(b) => b.scrollWidth - b.clientWidth") > 40)
    v.bring_to_screen(box)
    left, right = edges(v, box)
    assert left - right > 30
    box.evaluate("(b) => b.scrollTo({left: b.scrollWidth, behavior: 'instant'})")
    left, right = edges(v, box)
    assert right - left > 30


def test_a_thin_mark_tells_how_far_down_one_is(visit):
    v = visit(CHAPTER)
    read = "Number(document.querySelector('.read-mark').style.getPropertyValue('--read') || 0)"
    assert v.page.evaluate(read) == 0
    v.page.evaluate("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})")
    v.page.wait_for_function(f"{read} > .9")
    shown = v.page.locator(".read-mark").bounding_box()
    assert shown["width"] > 1100
    assert shown["height"] <= 4
