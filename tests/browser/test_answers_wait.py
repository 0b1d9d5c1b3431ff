"""No answer stands uncovered: what tells it waits, with the figure, until the reader has answered.

Compared are texts: the words of the right option, its numbers, and the long numbers of the reason,
with what is seen around the question, from the heading before it to the next one: prose, sentences
of figures, outputs. Code is left out: it says what is asked, and its numbers are mostly inputs. Of
an option that is a word or a digit no text can be said to tell it; but whatever follows the
question, up to its figure, waits in any case.
"""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from site_files import page, page_names, squeezed

ASKING = [name for name in page_names() if page(name).select("fieldset.predict")]
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:/\d+)?(?!\w)")
HEADINGS = ["h1", "h2", "h3", "h4"]
UNSEEN = {"script", "style", "template", "noscript", "fieldset", "details"}
UNSEEN_CLASSES = {"cover", "cell_input", "katex-mathml"}
# (page, question): why what tells its answer may be seen before it.
TOLD: dict[tuple[str, str], str] = {}


def about(question: Tag) -> Tag | None:
    """What waits for the answer to a question."""
    return question.find_parent("article").find(id=f"{question['id']}-about")


def order(part: Tag) -> tuple[int, int]:
    return part.sourceline, part.sourcepos


def seen(part: Tag, question: Tag) -> str:
    """The text of a part of the page when all questions before this one are answered."""
    if isinstance(part, NavigableString):
        return str(part) if type(part) is NavigableString else ""
    classes = set(part.get("class", ()))
    waits = "covered" in classes and order(part) > order(question)
    another = part.name == "section" and part.find(HEADINGS, recursive=False)
    if waits or another or part.name in UNSEEN or classes & UNSEEN_CLASSES:
        return ""
    return seen_inside(part, question)


def seen_inside(part: Tag, question: Tag) -> str:
    texts = [seen(child, question) for child in part.children]
    return (" " if part.name in ("p", "div", "figure", "pre", "li", "td") else "").join(texts)


def value(number: str) -> float:
    over, _, under = number.partition("/")
    return float(over) / float(under or 1) if float(under or 1) else float("inf")


def digits(number: str) -> int:
    """How many digits of a number say something: 1 of 0.1 and of 10, 2 of 17 and 1/4, 3 of 10.0."""
    written = number.lstrip("0") if "." in number else number.strip("0")
    return len(re.sub(r"\D", "", written).lstrip("0"))


def states(text: str, number: str) -> bool:
    """Whether a text has a number, written as finely as that or finer: 16.7 states 17."""
    places = len(number.partition(".")[2])
    if "/" in number:
        return number in NUMBER.findall(text)
    return any(round(value(found), places) == value(number) for found in NUMBER.findall(text)
               if "/" not in found)


def tells(text: str, asked: str, option: str, because: str) -> list[str]:
    """The words and numbers of an answer that a text tells; what the question says is no secret."""
    words = squeezed(NUMBER.sub("", option))
    found = [option] if len(words) >= 12 and squeezed(option) in squeezed(text) else []
    numbers = [n for n in NUMBER.findall(option) if digits(n) >= 2]
    numbers += [n for n in NUMBER.findall(because) if digits(n) >= 3]
    return found + [n for n in numbers if not states(asked, n) and states(text, n)]


def told(question: Tag) -> list[str]:
    """What is seen of a question's answer before it is given."""
    option = question.select("label")[int(question["data-answer"])].text.strip()
    text = seen_inside(question.find_parent("section"), question)
    return tells(text, question.legend.text, option,
                 question.select_one(".predict-printed").text.partition("”. ")[2])


def questions(name: str) -> list[Tag]:
    return page(name).select("fieldset.predict")


@pytest.mark.parametrize("name", ASKING)
def test_what_follows_waits(name):
    """Outputs and figures that come before another question or a heading, and the first at once."""
    for question in questions(name):
        waiting = about(question)
        assert waiting, f"{question.legend.text}: nothing follows that could wait"
        assert waiting.find_previous("fieldset", class_="predict") is question
        output = next(part for part in question.find_all_next("div", class_="cell_output"))
        assert waiting in output.parents, question.legend.text
        figure = question.find_next([*HEADINGS, "fieldset", "figure"])
        assert figure.name != "figure" or waiting in figure.parents, question.legend.text


@pytest.mark.parametrize("name", ASKING)
def test_no_answer_stands_uncovered(name):
    found = {(name, q.legend.text): told(q) for q in questions(name)}
    found = {place: texts for place, texts in found.items() if texts}
    allowed = {place for place in TOLD if place[0] == name}
    assert not {place: found[place] for place in found.keys() - allowed}
    assert not allowed - found.keys(), "told no longer: take it from TOLD"


def test_without_covers_answers_would_be_told():
    """What is found depends on the covers: many answers stand right below their questions."""
    uncovered = 0
    for name in ASKING:
        bare = BeautifulSoup(str(page(name)).replace("covered docutils", "docutils"), "html.parser")
        uncovered += sum(bool(told(q)) for q in bare.select("fieldset.predict"))
    assert uncovered >= 10


@pytest.mark.parametrize(("text", "option", "because"), [
    ("A positive test moves 1% to 16.7%.", "about 17%", ""),
    ("115.1", "about 115", ""),
    ("lr = 1e-08 returns 10", "10.0", ""),
    ("1/4 against 1/8", "no: 1/4 against 1/8", ""),
    ("One half is passed at 23 people.", "23", ""),
    ("The ground rises: its slope is 0.385.", "yes", "The rate is up to 0.385."),
    ("It runs round a cycle, for ever.", "it runs round a cycle for ever", ""),
])
def test_telling_is_noticed(text, option, because):
    assert tells(text, "What happens?", option, because)
    assert not tells("Nothing of the kind, 7 times.", "What happens?", option, because)


def test_what_the_question_says_is_no_secret():
    assert not tells("It has 23 people.", "A room with 23 people?", "23", "")
