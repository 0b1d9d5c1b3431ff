"""The roles by which a book's text sets and follows its figures, and what a wrong one says."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from small_book import build, small_book

from mathml.interactive import book

FIGURE = '''
from mathml.interactive import choice, explore, slider

def ramp(ax, slope, rule):
    ax.plot([0, slope])
    return f"{rule}: slope {slope:g}.", {"double": 2 * slope}

explore(ramp, title="A ramp", slope=slider(-1, 1, 5, label="slope of it", default=0.5),
        rule=choice(["up", "more & up"], label="rule"))
'''
TEXT = """# One

Twice the slope is {follow}`double`, as in {follow-math}`2 \\cdot {@slope} = {@double}`.
{move}`Set it <A ramp?slope of it=-1&rule=more & up>`. See {move}`A ramp`.

```{follow-math}
q = {@double}
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    small_book(folder, one=[("markdown", TEXT), ("code", FIGURE)],
               two=[("markdown", "# Two\n\n{move}`there <A ramp?slope=0>`\n\n"
                                 "```{list-of-figures}\n```\n")])
    code, said = build(folder)
    assert code == 0, said
    html = folder / "_build" / "html"
    return html, {name: BeautifulSoup((html / "book" / f"{name}.html").read_text(), "html.parser")
                  for name in ("one", "two")}


def test_data_lie_in_a_script_of_their_own(built):
    html, pages = built
    figure = pages["one"].select_one("figure.explorable")
    (script,) = (html / "_static" / "figures").glob("*.js")
    assert figure["data-src"] == f"../_static/figures/{script.name}"
    assert not figure.select("script")
    text = script.read_text()
    assert text.startswith(f'mathml.bring("{figure["data-key"]}",')
    data = json.loads(text.partition(",")[2].rpartition(")")[0])
    assert [c["label"] for c in data["controls"]] == ["slope of it", "rule"]


def test_values_follow_in_text_and_formulas(built):
    article = built[1]["one"].find("article")
    text = article.find("span", {"data-template": "{@double}"})
    assert text.text == "1"
    assert text["data-figure"] == "fig-a-ramp"
    inline, display = article.select_one("span.math"), article.select_one(".math-block")
    assert [part.text for part in inline.select(".figure-value")] == ["0.5", "1"]
    assert [part.text for part in inline.select("mn[data-figure]")] == ["0.5", "1"]
    assert inline.annotation["data-template"] == r"2 \cdot {@slope} = {@double}"
    assert inline.annotation.text == r"2 \cdot 0.5 = 1"
    assert display.annotation.text == "q = 1"
    assert "7777" not in str(article)


def test_links_set_figures_on_this_page_and_others(built):
    one, two = (built[1][name].select("article a.figure-link") for name in ("one", "two"))
    assert [link["href"] for link in one] == [
        "#fig-a-ramp?slope=%E2%88%921&rule=more+%26+up", "#fig-a-ramp"]
    assert one[1].text == "Figure 1.1" or re.fullmatch(r"Figure [\d.]+", one[1].text)
    assert [link["href"] for link in two] == ["one.html#fig-a-ramp?slope=0",
                                              "one.html#fig-a-ramp"]
    assert two[1].text == f"{one[1].text} A ramp"


def test_what_names_no_figure_value_or_position_fails_the_build(tmp_path):
    wrong = TEXT + """
{follow}`triple` {move}`a <A ramp?slope of it=0.3>` {move}`b <A ramp?hue=1>` {move}`c <A lamp>`

```{follow-math} A lamp
q = {@double}
```
"""
    small_book(tmp_path, one=[("markdown", wrong), ("code", FIGURE)],
               two=[("markdown", "# Two\n\nWords.\n"), ("code", FIGURE.replace("A ramp", "T")),
                    ("code", FIGURE.replace("A ramp", "T"))])
    code, said = build(tmp_path)
    said = " ".join(said.split())
    assert code != 0
    for fault in ("two figures have the address 'fig-t'; give 'T' another title",
                  "0 figures of this page have ['triple']",
                  "'slope of it' of 'A ramp' has no position '0.3'; it has −1, −0.5, 0, 0.5, 1",
                  "'A ramp' has no control 'hue'; it has 'slope of it', 'rule'",
                  "0 figures are titled 'A lamp'"):
        assert fault in said, said


RAMP = book.Figure("fig-a-ramp", "1", "A ramp", (
    {"name": "slope", "label": "slope of it", "texts": ["−1", "0.5"]},), {})


def test_a_query_takes_names_and_positions_as_a_reader_may_write_them():
    for asked in ("slope=-1", "slope of it=−1", " slope  of it = -1 "):
        assert RAMP.query(asked) == "slope=%E2%88%921"
    with pytest.raises(ValueError, match="'A ramp' has no control 'hue'; it has 'slope of it'"):
        RAMP.query("hue=1")
    with pytest.raises(ValueError, match=r"has no position '1'; it has −1, 0\.5"):
        RAMP.query("slope=1")


def test_of_two_figures_of_one_title_that_of_the_page_is_meant():
    env = SimpleNamespace(mathml_figures={"one": [RAMP], "two": [RAMP]})
    assert [book._find(env, page, "A ramp")[0] for page in ("one", "two")] == ["one", "two"]
    with pytest.raises(ValueError, match="2 figures are titled 'A ramp'"):
        book._find(env, "three", "A ramp")


def test_what_another_process_has_read_is_added():
    env = SimpleNamespace(mathml_figures={"one": [RAMP]}, mathml_moves={}, mathml_lists={"one"})
    other = SimpleNamespace(mathml_figures={"two": [RAMP]}, mathml_moves={"three": [("A", "", 1)]},
                            mathml_lists={"three", "old"})
    book._merge(None, env, ["two", "three"], other)
    assert env.mathml_figures == {"one": [RAMP], "two": [RAMP]}
    assert env.mathml_moves == {"three": [("A", "", 1)]}
    assert env.mathml_lists == {"one", "three"}
