"""A page is as long as it says before it is read."""

from __future__ import annotations

import pytest
from book_files import ROOT
from browser.waiting import FRAMES
from site_files import HTML, page_names

from benchmarks.lengths import SECTIONS, WIDTHS

CHAPTERS = [name for name in page_names() if (ROOT / name).with_suffix(".ipynb").exists()]
READ = f"""async () => {{ {FRAMES}""" + """
  const long = () => document.documentElement.scrollHeight;
  const first = long();
  let [least, most] = [first, first];
  for (let y = 0; y < long(); y += 700) {
    scrollTo({top: y, behavior: "instant"});
    await frames();
    least = Math.min(least, long());
    most = Math.max(most, long());
  }
  return [first, least, most];
}"""


@pytest.fixture(scope="module", params=WIDTHS)
def screen(request, chromium):
    """The name of a screen and of what is covered, and a page of that width."""
    context = chromium.new_context(viewport={"width": WIDTHS[request.param], "height": 900})
    yield request.param, context.new_page()
    context.close()


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_says_how_long_it_is(screen, name):
    how, page = screen
    page.goto((HTML / name).as_uri(), wait_until="load")
    sections = page.evaluate(SECTIONS, how)
    true, said = (sum(section[k] for section in sections) for k in (1, 2))
    assert len(sections) > 2
    assert said == pytest.approx(true, rel=.08)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["book/supervised/logistic-regression.html",
                                  "book/probability/distributions.html"])
def test_a_page_does_not_grow_while_it_is_read(visit, name, width):
    first, least, most = visit(name, width=width).page.evaluate(READ)
    assert first > 10_000
    assert .9 * first < least
    assert most < 1.1 * first
