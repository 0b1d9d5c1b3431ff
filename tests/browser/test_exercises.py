"""Exercises in a browser, on a small page with one of each kind."""

from __future__ import annotations

import pytest
from small_book import build, small_book

KEYS = '''
from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof

def doubles(f):
    assert f(3) == 6, "f(3) should be 6"

ANSWERS = {
    "trial-1": Number(1 / 6, ask="p =", hints=("First hint.", "Second hint."),
                      wrong=((5 / 6, "That is the other case."),)),
    "trial-2": Array((0.2, 0.8), ask="a, b =", hints=("First hint.",)),
    "trial-2b": Choice(("it stays", "it leaves"), "it leaves", hints=("Look again.",),
                       wrong=(("it stays", "Only without noise."),)),
    "trial-3": Proof(("Write the mean.", "Expand the square.", "The middle term is 0.")),
    "trial-4": Function(doubles, ask="f"),
    "trial-5": Fault(("line 1", "line 2", "line 3"), "line 2", ask="The fault is in",
                     wrong=(("line 1", "It only imports."), ("line 3", "It only prints."))),
}
'''
SETUP = ("from mathml.interactive import check, predict, use_answers\n"
         "use_answers({!r})")


def exercises(keys):
    """The cells of a chapter with exercises whose keys are in a folder."""
    cells = [("markdown", "# Trial"), ("code", SETUP.format(str(keys))),
             ("code", 'predict("Which?", ["one", "two"], "two", "It is.")'),
             ("markdown", "## Exercises\n\nWords.\n\n**1.** (Number) Give $1/6$."),
             ("code", 'check("trial-1", ...)'), ("code", 'check("trial-1", 1 / 6)', "hide-cell"),
             ("markdown", "**2.** Two questions."),
             ("code", 'check("trial-2", ...)'), ("code", 'check("trial-2b", ...)'),
             ("code", 'check("trial-2", (0.2, 0.8))', "hide-cell"),
             ("code", 'check("trial-2b", "it leaves")', "hide-cell")]
    for name in ("3", "4", "5"):
        cells += [("markdown", f"**{name}.** Say it."), ("code", f'check("trial-{name}", ...)')]
    return cells


@pytest.fixture(scope="module")
def book(tmp_path_factory, serve):
    """The address of a built book of two chapters, one with exercises."""
    folder = tmp_path_factory.mktemp("exercises")
    (folder / "keys").mkdir()
    (folder / "keys" / "trial.py").write_text(KEYS)
    small_book(folder, other=[("markdown", "# Another chapter\n\nWords.")],
               trial=exercises(folder / "keys"))
    code, said = build(folder)
    assert code == 0, said
    return serve(folder / "_build" / "html")


class Form:
    """The form of an exercise on an open page."""

    def __init__(self, page, name):
        self.part = page.locator(f"#check-{name}")
        self.entry = self.part.locator("input, select").first

    def answer(self, text):
        """Type or choose an answer, press the button, return what is said."""
        select = self.part.locator("select").count()
        self.entry.select_option(text) if select else self.entry.fill(text)
        self.part.locator("button").click()
        return self.says

    @property
    def says(self):
        return self.part.locator("output").text_content()

    @property
    def state(self):
        return self.part.get_attribute("data-state") or ""


@pytest.fixture
def trial(visit, book):
    """The open page, and its forms by name."""
    v = visit("book/trial.html", base=book)
    return v.page, lambda name: Form(v.page, name)


def test_a_right_number_is_right_as_it_is_printed(trial):
    _, form = trial
    for text in ("1/6", "0.167", "0,1667", "16.7 %", "= 1/6."):
        assert form("trial-1").answer(text) == "✓ right"
        assert form("trial-1").state == "right"


def test_what_cannot_be_read_is_no_attempt(trial):
    _, form = trial
    for text, said in (("half of it", "“half” is not a number"),
                       ("0.1, 0.2", "1 number is asked for, 2 were read")):
        assert form("trial-1").answer(text) == f"○ not read: {said}"
        assert form("trial-1").state == ""
    assert "put semicolons between them" in form("trial-2").answer("0,2,0,8")
    assert form("trial-1").answer("0.3").endswith("Hint: First hint.")


def test_one_hint_a_try(trial):
    _, form = trial
    f = form("trial-1")
    assert f.answer("0.3") == "✗ not this value. Hint: First hint."
    assert f.answer("0.3") == "✗ not this value. Hint: First hint."
    assert f.answer("5/6") == "✗ not this value (read as 0.8333). Hint: That is the other case."
    assert f.answer("0.4") == "✗ not this value. Hint: Second hint."
    assert f.answer("0.5") == "✗ not this value. Hint: Second hint."
    assert f.state == "wrong"


def test_close_is_neither_right_nor_wrong(trial):
    _, form = trial
    said = form("trial-1").answer("0.168")
    assert said.startswith("≈ close: within 1 %")
    assert "3 digits" in said
    assert form("trial-1").state == "close"
    assert form("trial-2").answer("0.2 0.801").startswith("≈ close")


def test_several_numbers(trial):
    _, form = trial
    assert form("trial-2").answer("0,2; 0,8") == "✓ right"
    assert form("trial-2").answer("0.8 and 0.2").startswith("✗ not these values (read as 0.8; 0.2)")


def test_an_option_meets_its_hint(trial):
    _, form = trial
    assert form("trial-2b").answer("0") == "✗ another option is right. Hint: Only without noise."
    assert form("trial-2b").answer("1") == "✓ right"
    assert form("trial-5").answer("2").endswith("Hint: It only prints.")


TRANSLATE = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const inCode = texts.currentNode.parentElement.closest("script, style, template");
    if (texts.currentNode.data.trim() && !inCode) texts.currentNode.data = "übersetzt";
  }
}"""


def test_a_translated_page_accepts_the_right_option(trial):
    page, form = trial
    page.evaluate(TRANSLATE)
    form("trial-2b").part.locator("option").nth(2).wait_for(state="attached")
    assert form("trial-2b").part.locator("option").nth(2).text_content() == "übersetzt"
    form("trial-2b").entry.select_option(index=2)
    form("trial-2b").part.locator("button").click()
    assert form("trial-2b").state == "right"
    form("trial-2b").entry.select_option(index=1)
    form("trial-2b").part.locator("button").click()
    assert form("trial-2b").state == "wrong"


def test_a_proof_counts_the_steps_that_were_had(trial):
    _, form = trial
    f = form("trial-3")
    f.part.locator("summary").click()
    f.part.get_by_label("Write the mean.").check()
    f.part.get_by_label("The middle term is 0.").check()
    assert f.says == "✓ 2 of 3 steps, as you say"
    assert f.state == "right"
    f.part.get_by_label("Write the mean.").uncheck()
    f.part.get_by_label("The middle term is 0.").uncheck()
    assert f.says == "○ not attempted yet"
    assert f.state == ""


def test_by_keyboard(trial):
    page, form = trial
    form("trial-1").entry.focus()
    page.keyboard.type("0,5")
    page.keyboard.press("Enter")
    assert form("trial-1").state == "wrong"
    form("trial-4").entry.focus()
    page.keyboard.press("Space")
    assert form("trial-4").says == "✓ done, as you say"


def test_exercises_are_headings_and_solutions_say_whose_they_are(trial):
    page, _ = trial
    for k in range(1, 6):
        assert page.get_by_role("heading", name=f"Exercise {k}.", level=3, exact=True).count() == 1
    folds = page.locator(".tag_hide-cell summary .collapsed").all_text_contents()
    assert folds == ["Show the solution of exercise 1", "Show the solution of exercise 2"]
    assert page.locator(".tag_hide-cell pre").all_text_contents()[-1].startswith("✓ trial-2b")


def test_the_cell_above_a_form_is_for_the_notebook(trial):
    page, _ = trial
    assert 'check("trial-1", ...)' not in page.locator("article").text_content()
    assert 'check("trial-1", 1 / 6)' in page.locator("article").text_content()


def counted(page):
    """What the menu says of the chapter with exercises."""
    page.wait_for_selector(".progress", state="attached")
    return page.locator(".progress-count").all_text_contents()


def test_progress_is_kept_and_forgotten(trial, book):
    page, form = trial
    assert counted(page) == ["0/6"]
    form("trial-1").answer("1/6")
    form("trial-2").answer("0.3, 0.4")
    form("trial-5").answer("1")
    page.locator("fieldset.predict").get_by_label("two").check()
    assert counted(page) == ["2/6"]
    page.reload()
    assert counted(page) == ["2/6"]
    assert form("trial-1").entry.input_value() == "1/6"
    assert form("trial-2").state == "wrong"
    form("trial-5").answer("0")
    assert counted(page) == ["1/6"]
    page.goto(f"{book}/book/other.html")
    assert counted(page) == ["1/6"]
    page.evaluate("localStorage.setItem('theme', 'dark')")

    button = page.locator(".forget button")
    button.click()
    assert button.text_content() == "Yes, forget them"
    assert "lost" in page.locator(".forget [role=status]").text_content()
    page.keyboard.press("Escape")
    assert button.text_content() == "Forget my answers"
    assert counted(page) == ["1/6"]
    button.click()
    with page.expect_navigation():
        button.click()
    assert counted(page) == ["0/6"]
    assert page.evaluate("Object.keys(localStorage)") == ["theme"]
    page.goto(f"{book}/book/trial.html")
    assert form("trial-1").entry.input_value() == ""
    assert page.locator(":checked:not(option)").count() == 0


def test_all_right_is_ticked_without_moving_anything(trial):
    page, form = trial
    place = "part => JSON.stringify(part.getBoundingClientRect())"
    before = page.locator(".progress").evaluate(place)
    for name, answer in (("1", "1/6"), ("2", "0.2, 0.8"), ("2b", "1"), ("5", "1")):
        form(f"trial-{name}").answer(answer)
    form("trial-3").part.locator("summary").click()
    form("trial-3").part.get_by_label("Write the mean.").check()
    form("trial-4").entry.check()
    assert counted(page) == ["6/6"]
    tick = "part => getComputedStyle(part, '::before').content"
    assert "✓" in page.locator(".progress-count").evaluate(tick)
    assert page.locator(".progress").evaluate(place) == before


def test_without_scripts_the_form_says_so(visit, book):
    v = visit("book/trial.html", base=book, javascript=False)
    for form in v.page.locator("form.check").all():
        assert "Without JavaScript" in form.locator("noscript, .check-wants").last.text_content()
        for part in form.locator("button, input[type=checkbox]").all():
            assert part.is_disabled()
