"""predict: its two faces, what waits on a page until it is answered, and what answers it."""

from __future__ import annotations

import io
import json

import pypdf
import pytest
from bs4 import BeautifulSoup
from headless import headless_chromium
from npm import axe
from servers import served
from site_files import squeezed
from small_book import build, small_book

from mathml.interactive import predict
from mathml.interactive.prediction import prediction_box
from mathml.interactive.slugs import slug

OPTIONS = ["one", "two", "three"]


class TestFaces:
    def test_replies(self):
        p = predict("Q?", ["a", "b"], "b", "Because.")
        assert p.reply(1) == "Yes. Because."
        assert p.reply(0) == "Not quite: the answer is “b”. Because."

    def test_static_markup(self, monkeypatch):
        monkeypatch.setenv("MATHML_OUTPUT", "static")
        text = predict("Is 1 < 2?", ["yes", "no"], 0, "It is.").bundle["text/html"]
        assert text.startswith('<fieldset class="predict"')
        assert "Is 1 &lt; 2?" in text
        assert text.count('type="radio"') == 2
        assert 'aria-live="polite"' in text
        assert 'data-answer="0"' in text

    @pytest.mark.parametrize("face", ["static", "live"])
    def test_words_are_shown_as_they_are(self, monkeypatch, face):
        monkeypatch.setenv("MATHML_OUTPUT", face)
        asked = predict("<i> 1?", ["<i> 2", "<i> 3"], 1, "<i> 4 & 5")
        if face == "static":
            shown = asked.bundle["text/html"]
            assert [shown.count(f"&lt;i&gt; {k}") for k in range(1, 5)] == [1, 1, 4, 4]
        else:
            box = prediction_box(asked)
            box.children[1].index = 0
            box.children[2].click()
            shown = box.children[0].value + box.children[3].value
            assert "“&lt;i&gt; 3”. &lt;i&gt; 4 &amp; 5" in shown
        assert "<i>" not in shown

    @pytest.mark.parametrize(("question", "error"), [("", ValueError), (None, TypeError)])
    def test_a_question_says_something(self, question, error):
        with pytest.raises(error, match="question must say something"):
            predict(question, ["a", "b"], "a", "Because.")

    def test_only_check_answers_in_a_notebook(self, monkeypatch):
        import ipywidgets

        monkeypatch.delenv("MATHML_OUTPUT", raising=False)
        box = prediction_box(predict("Q?", ["a", "b"], "b", "Because."))
        buttons, check, reply = box.children[1:]
        assert isinstance(buttons, ipywidgets.RadioButtons)
        assert check.tooltip == "Check: Q?"
        check.click()
        assert "Choose an option first." in reply.value
        for index, says in ((0, "✗ Not quite"), (1, "✓ Yes")):
            before = reply.value
            buttons.index = index  # as an arrow key does
            assert reply.value == before
            check.click()
            assert says in reply.value

    @pytest.mark.parametrize(("options", "answer"), [(["a"], "a"), (["a", "a"], "a"),
                                                     (["a", "b"], "c"), (["a", "b"], 2),
                                                     (["a", "b"], True)])
    def test_errors(self, options, answer):
        with pytest.raises(ValueError, match=r"predict 'Q\?'"):
            predict("Q?", options, answer, "Because.")


# --- on a page ---------------------------------------------------------------------------------

SETUP = """\
from mathml.interactive import explore, predict, slider

def line(ax, n):
    ax.plot(range(n + 1))
    return f"A line of length {n}."
"""
LONG, WIDE, DEEP = "How long is it?", "How wide is it?", "How deep is it?"


def ask(question):
    return "code", f'predict("{question}", {OPTIONS}, "two", "It is so.")'


PAGE = [
    ("markdown", "# Asked\n\nFor the rule see {prf:ref}`thm-rule`.\n\n## Long"),
    ("code", SETUP),
    ask(LONG),
    ("code", 'explore(line, title="A line", n=slider(1, 5, 5, label="length", default=2))'),
    ("code", 'print("printed: two")'),
    ("markdown", ":::{prf:theorem} Rule\n:label: thm-rule\n\nIt has length two.\n:::\n\n"
                 "<!-- cover-end -->\n\nBehind the mark.\n\n(target)=\n## Wide\n\nBefore."),
    ask(WIDE),
    ("markdown", "Up to the question."),
    ask(DEEP),
    ("markdown", "Up to the heading: otter.\n\n### Within\n\nA text, and {ref}`target`.\n\n"
     + "More.\n\n" * 40),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The built page, and what the build said of another, which is faulty."""
    folder = tmp_path_factory.mktemp("book")
    small_book(folder, asked=PAGE,
               faulty=[("markdown", "# Faulty"), ("code", SETUP), ask(LONG), ask(LONG),
                       ("markdown", "- a list\n\n  <!-- cover-end -->")])
    code, said = build(folder)
    return folder / "_build" / "html", code, said


@pytest.fixture(scope="module")
def html(book):
    return BeautifulSoup((book[0] / "book" / "asked.html").read_text("utf-8"), "html.parser")


def test_what_cannot_wait_is_named_with_its_repair(book):
    _, code, said = book
    warnings = [line for line in said.splitlines() if "WARNING" in line]
    assert code != 0
    assert len(warnings) == 2
    assert f"cell 3 and cell 4 ask the same question, “{LONG}”; reword one" in warnings[0]
    assert "cover-end --> in cell 5 ends nothing; write it after the cell of" in warnings[1]


@pytest.mark.parametrize(("question", "texts"), [
    (LONG, ["A line of length 2.", "printed: two", "It has length two."]),
    (WIDE, ["Up to the question."]),
    (DEEP, ["Up to the heading: otter."]),
])
def test_a_cover_ends_at_the_mark_the_next_question_or_a_heading(html, question, texts):
    about = html.find(id=f"{slug(question)}-about")
    assert [text for text in texts if text not in about.text] == []
    for text in ("Behind the mark.", "Before.", "A text, and"):
        assert text not in about.text
    assert not about.select("h1, h2, h3, fieldset.predict")
    assert about.find_previous("fieldset")["id"] == slug(question)


def test_what_is_covered_keeps_its_place_in_the_book(book, html):
    assert [a.text for a in html.select(".page-toc a")] == ["Asked", "Long", "Wide", "Within"]
    assert html.find(id="thm-rule").find_parent(class_="covered")
    assert [a["href"] for a in html.select("article p a.reference.internal")] == [
        "#thm-rule", "#target"]
    assert "otter" in (book[0] / "search-index.js").read_text("utf-8")


@pytest.fixture(scope="module")
def chromium():
    with headless_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(book):
    with served(book[0]) as base:
        yield f"{base}/book/asked.html"


WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture
def visit(chromium, address):
    """Return a function that opens the page, or a place on it."""
    contexts = []

    def open_page(place="", *, failing=None, **settings):
        contexts.append(chromium.new_context(**settings))
        contexts[-1].add_init_script(WATCH)
        page = contexts[-1].new_page()
        if failing:
            page.route(f"**/{failing}*", lambda route: route.abort())
        page.goto(address + place)
        return page

    yield open_page
    for context in contexts:
        context.close()


class Asked:
    """A question on the page, and what it is about."""

    def __init__(self, page, question):
        self.page, self.key = page, slug(question)
        self.field = page.locator(f"#{self.key}")
        self.cover = page.locator(f"#{self.key}-cover")
        self.about = page.locator(f"#{self.key}-about")
        self.options = self.field.locator("input")
        self.check = self.field.get_by_role("button", name="Check")
        self.skip = self.cover.get_by_role("button", name="Skip the question")

    def is_covered(self) -> bool:
        """Whether it waits; then what stands for it is seen, and nothing of it."""
        covered = self.cover.is_visible()
        assert self.about.inner_text() == "" if covered else self.about.inner_text()
        return covered

    @property
    def state(self):
        return self.field.get_attribute("data-state")

    @property
    def says(self):
        return self.field.locator("[aria-live]").text_content()


def wait_for_tab_to(page, part):
    """Go on with Tab until a part has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if part.evaluate("part => part === document.activeElement"):
            return
    pytest.fail("60 presses of Tab do not reach it")


def test_what_follows_waits_and_says_so(visit):
    page = visit()
    for question in (LONG, WIDE, DEEP):
        asked = Asked(page, question)
        assert asked.is_covered()
        assert asked.state is None
        described = asked.field.get_attribute("aria-describedby")
        assert "waits for your answer" in page.locator(f"#{described}").inner_text()
        assert asked.about.get_attribute("hidden") == "until-found"
    for text in ("Behind the mark.", "Before.", "A text, and"):
        assert page.get_by_text(text).is_visible()
    assert page.evaluate("window.shifts") <= 0.02


def test_covers_and_kept_answers_are_there_when_the_page_is_painted(visit, address):
    """While a script that waits for the whole page is on its way, the page is painted already."""
    page, held = visit(), []
    Asked(page, LONG).options.nth(1).click()
    page.route("**/explore.js*", lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    waiting, answered = Asked(page, DEEP), Asked(page, LONG)
    waiting.cover.wait_for()
    assert held
    for _ in range(2):
        assert waiting.is_covered()
        assert waiting.check.is_visible()
        assert not answered.is_covered()
        assert answered.says == "✓ Yes. It is so."
        if held:
            assert page.evaluate("document.readyState") != "complete"
            held.pop().continue_()
            page.wait_for_load_state()
    assert page.evaluate("document.readyState") == "complete"


def test_an_arrow_key_goes_among_the_options_and_answers_nothing(visit):
    page = visit()
    asked = Asked(page, LONG)
    wait_for_tab_to(page, asked.options.nth(0))
    for key, chosen in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowRight", 0), ("ArrowUp", 2),
                        ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert asked.options.nth(chosen).is_checked()
        assert asked.state is None
        assert asked.says.startswith("Choose an option")
        assert asked.is_covered()
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    assert asked.is_covered()


def by_label(page, asked):
    asked.field.get_by_text("two", exact=True).click()


def by_click(page, asked):
    asked.options.nth(1).click()


def by_click_after_an_arrow(page, asked):
    asked.options.nth(0).focus()
    page.keyboard.press("ArrowDown")
    asked.options.nth(1).click()


def by_assistive_technology(page, asked):
    asked.options.nth(1).evaluate("option => option.click()")


def by_enter_on_an_option(page, asked):
    asked.options.nth(1).focus()
    page.keyboard.press("Enter")


def by_space_on_an_option(page, asked):
    asked.options.nth(1).focus()
    page.keyboard.press("Space")


def by_arrow_and_enter(page, asked):
    wait_for_tab_to(page, asked.options.nth(0))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def by_arrow_and_space(page, asked):
    wait_for_tab_to(page, asked.options.nth(0))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")


def by_arrow_and_check(page, asked):
    wait_for_tab_to(page, asked.options.nth(0))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert asked.check.evaluate("button => button === document.activeElement")
    page.keyboard.press("Enter")


def by_arrow_and_pressing_check(page, asked):
    asked.options.nth(0).focus()
    page.keyboard.press("ArrowDown")
    asked.check.click()


@pytest.mark.parametrize("way", [
    by_label, by_click, by_click_after_an_arrow, by_assistive_technology, by_enter_on_an_option,
    by_space_on_an_option, by_arrow_and_enter, by_arrow_and_space, by_arrow_and_check,
    by_arrow_and_pressing_check], ids=lambda way: way.__name__)
def test_what_answers(visit, way):
    page = visit()
    asked = Asked(page, LONG)
    assert asked.is_covered()
    way(page, asked)
    assert asked.state == "right"
    assert asked.says == "✓ Yes. It is so."
    assert not asked.is_covered()
    assert asked.field.get_attribute("aria-describedby") is None
    assert page.evaluate("window.shifts") <= 0.02
    assert Asked(page, WIDE).is_covered()
    page.reload()
    assert asked.state == "right"
    assert asked.options.nth(1).is_checked()
    assert not asked.is_covered()
    assert page.evaluate("window.shifts") <= 0.02


def test_an_answer_may_be_tried_again(visit):
    page = visit()
    asked = Asked(page, LONG)
    asked.check.click()
    assert asked.says.startswith("Choose an option")
    assert asked.is_covered()
    asked.options.nth(0).click()
    assert asked.says == "✗ Not quite: the answer is “two”. It is so."
    assert asked.state == "wrong"
    assert not asked.is_covered()
    page.keyboard.press("ArrowDown")  # the reply was to another option
    assert asked.state is None
    assert asked.says.startswith("Choose an option")
    page.keyboard.press("Enter")
    assert asked.state == "right"
    assert not asked.is_covered()


@pytest.mark.parametrize("key", [None, "Enter", "Space"])
def test_skipping_shows_what_follows_and_tells_no_answer(visit, key):
    page = visit()
    asked = Asked(page, LONG)
    if key:
        asked.skip.focus()
        page.keyboard.press(key)
    else:
        asked.skip.click()
    assert not asked.is_covered()
    assert asked.about.evaluate("about => about === document.activeElement")
    wait_for_tab_to(page, asked.about.get_by_role("slider"))
    assert page.evaluate("window.shifts") <= 0.02
    for _ in range(2):
        assert asked.state is None
        assert asked.says.startswith("Choose an option")
        assert not any(option.is_checked() for option in asked.options.all())
        assert not asked.is_covered()
        page.reload()
    asked.options.nth(1).click()
    assert asked.state == "right"


def test_a_covered_figure_moves_as_any_other(visit):
    page = visit()
    asked = Asked(page, LONG)
    asked.options.nth(1).click()
    figure = asked.about.locator("figure.explorable")
    assert figure.locator("svg").bounding_box()["width"] > 300
    figure.get_by_role("slider").press("End")
    assert figure.locator(".explorable-text").inner_text() == "A line of length 5."


@pytest.mark.parametrize("settings", [{"java_script_enabled": False}, {"failing": "predict.js"},
                                      {"failing": "page.js"}], ids=str)
def test_where_its_script_does_not_run_all_is_seen(visit, settings):
    page = visit(**settings)
    for question in (LONG, WIDE, DEEP):
        asked = Asked(page, question)
        assert not asked.is_covered()
        assert not asked.check.is_visible()
    if "failing" not in settings:
        page.locator("summary", has_text="Answer").first.click()
        assert "“two”. It is so." in page.locator("fieldset details").first.inner_text()


def test_on_paper_all_is_seen_with_the_answers(visit):
    page = visit()
    page.emulate_media(media="print")
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    text = " ".join("".join(sheet.extract_text() for sheet in sheets).split())
    for part in ("A line of length 2.", "printed: two", "It has length two.",
                 "Up to the question.", "Up to the heading: otter."):
        assert squeezed(part) in squeezed(text), part
    assert squeezed(text).count(squeezed("Answer: “two”. It is so.")) == 3
    for part in ("waits for your answer", "Skip", "Check", "Choose an option"):
        assert squeezed(part) not in squeezed(text), part


@pytest.mark.parametrize("place", ["#thm-rule", "#{figure}", "#{figure}?length=3"])
def test_an_address_opens_what_it_leads_into(visit, html, place):
    place = place.format(figure=html.select_one("figure.explorable")["id"])
    page = visit(place)
    asked = Asked(page, LONG)
    assert not asked.is_covered()
    assert Asked(page, WIDE).is_covered()
    target = page.locator(place.partition("?")[0])
    assert 0 <= target.bounding_box()["y"] < 720
    assert page.evaluate("localStorage.length") == 0  # to come by is no answer


def test_a_link_opens_what_it_leads_into(visit):
    page = visit()
    assert Asked(page, LONG).is_covered()
    page.get_by_role("link", name="Theorem 1").click()
    page.wait_for_function("location.hash === '#thm-rule'")
    assert not Asked(page, LONG).is_covered()
    assert page.get_by_text("It has length two.").is_visible()


def test_an_address_that_leads_nowhere_opens_nothing(visit):
    for place in ("#nothing", "#%", "#target"):
        page = visit(place)
        assert all(Asked(page, question).is_covered() for question in (LONG, WIDE, DEEP))


def test_a_word_that_is_found_opens_what_it_stands_in(visit):
    """The browser says beforematch where it has found a word in what is hidden until then."""
    page = visit()
    asked = Asked(page, DEEP)
    asked.about.evaluate("about => about.dispatchEvent(new Event('beforematch'))")
    assert not asked.is_covered()
    assert not asked.cover.is_visible()


RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"], preload: false}))
  .violations.map((v) => [v.id, ...v.nodes.map((n) => n.html.slice(0, 150))].join(" | "))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_and_no_wider_than_a_small_phone(visit, scheme):
    page = visit(color_scheme=scheme, viewport={"width": 320, "height": 700})
    page.add_script_tag(path=axe())
    for way in ("covered", "open"):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, way
        assert json.dumps(page.evaluate(RUN_AXE)) == "[]", way
        for question in (LONG, WIDE, DEEP):
            Asked(page, question).options.nth(0).click()
