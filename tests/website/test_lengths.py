"""How long a section will be, reckoned when its page is written."""

from __future__ import annotations

import pytest
from book_files import ROOT
from docutils import nodes
from docutils.utils import new_document

from website import lengths, maths, packages
from website.lengths import PHONE, WIDE, Box, Ruler, stack

WIDE_RULER, PHONE_RULER = Ruler(WIDE, True), Ruler(PHONE, True)
FIGURE = ('<figure class="explorable" id="a"><figcaption class="explorable-title">A</figcaption>'
          '<div class="explorable-panel"><svg role="img" width="{}" height="{}"></svg></div>'
          '<div class="explorable-says"><div class="explorable-room" aria-hidden="true">So.</div>'
          '</div></figure>')


@pytest.fixture(scope="module", autouse=True)
def katex():
    """KaTeX as the build finds it."""
    packages.ensure_node_modules(ROOT)
    maths.use_katex(ROOT)


def section(*children) -> nodes.section:
    """A section of a page."""
    return nodes.section("", nodes.title("", "Title"), *children, ids=["a"])


def test_margins_collapse_and_what_is_empty_has_none():
    boxes = [Box(10, above=5, below=4), Box(0, above=90, below=90), Box(20, above=7, below=1)]
    assert stack(boxes) == Box(10 + 7 + 20, above=5, below=1)
    assert stack([]) == Box(0)


def test_a_text_has_more_lines_on_a_phone():
    paragraph = nodes.paragraph("", "word " * 100)
    wide, phone = (ruler.box(paragraph, ruler.screen.column, 2).height
                   for ruler in (WIDE_RULER, PHONE_RULER))
    assert wide == pytest.approx(6 * 1.6 * 19)
    assert phone > 1.7 * wide


def test_a_formula_is_as_wide_as_what_is_seen_of_it():
    code = nodes.paragraph("", "", nodes.math("", r"\mathbb{R}"))
    long = nodes.paragraph("", "", nodes.math("", r"\mathbb{R}^{n \times n} \ni A"))
    assert 0 < WIDE_RULER.text(code, 19, .4) < 15 < WIDE_RULER.text(long, 19, .4) < 90


@pytest.mark.parametrize(("small", "large"), [
    (nodes.math_block("", "x"), nodes.math_block("", r"\frac{x}{\frac{y}{z}}")),
    (nodes.literal_block("", "x"), nodes.literal_block("", "x\ny\nz")),
    (nodes.paragraph("", "x"), nodes.admonition("", nodes.paragraph("", "x"))),
    (nodes.raw("", FIGURE.format(300, 100)), nodes.raw("", FIGURE.format(300, 200))),
])
def test_what_is_higher_is_reckoned_higher(small, large):
    def height(node):
        return WIDE_RULER.section(section(node))

    assert height(small) + 20 < height(large)


def test_code_is_reckoned_by_the_line():
    heights = [WIDE_RULER.section(section(nodes.literal_block("", "\n".join("x" * k))))
               for k in (1, 11)]
    assert heights[1] - heights[0] == pytest.approx(10 * 21.6)


def test_what_waits_for_an_answer_has_a_length_of_its_own():
    about = nodes.container("", nodes.paragraph("", "word " * 500), classes=["covered"])
    document = new_document("x")
    document += nodes.section("", nodes.title("", "Page"), section(about))
    found = lengths.lengths(document)["a"]
    assert found["wide"] < 10 < found["wide-open"] < found["phone-open"]


def test_sections_say_their_lengths_in_the_page():
    body = '<section id="page"><section class="x" id="a"><section id="b"></section></section>'
    found = {"a": {"wide": 20, "phone": 30}}
    assert lengths.say(body, found) == body.replace(
        ' id="a">', ' id="a" style="--wide:20rem;--phone:30rem">')
