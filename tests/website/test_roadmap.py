"""The plan of the course, and the map drawn from it."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from book_files import ROOT
from hypothesis import given
from hypothesis import strategies as st
from sphinx.errors import ExtensionError

from website.curriculum import Chapter, direct_needs, read_curriculum
from website.map_layout import PER_ROW, lay_out
from website.map_svg import ROOM, draw_map

PLAN = """
parts:
  algebra: {title: Algebra, chapters: {norms: Norms, vectors: Vectors}}
paths: [{title: All, text: Everything, chapters: [vectors, norms]}]
"""


def book(tmp_path, metadata=None, plan=PLAN, name="norms"):
    (tmp_path / "book" / "algebra").mkdir(parents=True)
    (tmp_path / "book" / "curriculum.yml").write_text(plan)
    if metadata is not None:
        path = tmp_path / "book" / "algebra" / f"{name}.ipynb"
        path.write_text(json.dumps({"cells": [], "metadata": metadata}))
    return tmp_path


def test_the_book_has_a_plan():
    plan = read_curriculum(ROOT)
    assert len(plan.chapters) >= 35
    assert plan.chapters["norms"].docname == "book/linear-algebra/norms"
    assert plan.chapters["diffusion"].part == "Generative models"


def test_a_chapter_is_planned_until_it_exists(tmp_path):
    facts = {"mathml": {"minutes": 30, "needs": ["vectors"]}}
    plan = read_curriculum(book(tmp_path, facts))
    assert plan.chapters["norms"].minutes == 30
    assert plan.chapters["vectors"].docname is None
    assert [chapter.name for chapter in plan.shown()] == ["norms", "vectors"]


@pytest.mark.parametrize(
    ("facts", "plan", "name", "complaint"),
    [
        ({}, PLAN, "norms", "metadata must say how long"),
        ({"mathml": {"minutes": 1, "needs": ["sets"]}}, PLAN, "norms", "'sets'"),
        ({"mathml": {"minutes": 1, "needs": ["norms"]}}, PLAN, "norms", "needs itself"),
        ({"mathml": {"minutes": 1, "needs": []}}, PLAN, "sets", "not in book/curriculum.yml"),
        (None, PLAN.replace("[vectors, norms]", "[sets]"), "", "the path 'All' names 'sets'"),
    ],
)
def test_a_wrong_plan_is_refused(tmp_path, facts, plan, name, complaint):
    with pytest.raises(ExtensionError, match=complaint):
        read_curriculum(book(tmp_path, facts, plan, name))


def test_a_need_that_another_implies_is_not_drawn():
    chapters = [Chapter("a", "A", ""), Chapter("b", "B", "", needs=("a",)),
                Chapter("c", "C", "", needs=("a", "b"))]
    assert direct_needs(chapters) == {"a": [], "b": ["a"], "c": ["b"]}


@st.composite
def some_needs(draw):
    n = draw(st.integers(1, 12))
    return {f"c{i}": [f"c{j}" for j in range(i) if draw(st.integers(0, 3)) == 0] for i in range(n)}


@given(some_needs())
def test_the_map_can_be_read(needs):
    places, lines, width = lay_out(needs, ROOM)
    assert set(places) == set(needs)
    rows = {}
    for name, (x, row) in places.items():
        rows.setdefault(row, []).append(x)
        assert ROOM[0] / 2 - 1e-9 <= x <= width - ROOM[0] / 2 + 1e-9
        assert all(places[need][1] < row for need in needs[name])
    for xs in rows.values():
        assert len(xs) <= PER_ROW
        assert all(b - a >= ROOM[0] - 1e-6 for a, b in pairwise(sorted(xs)))
    assert len(lines) == sum(map(len, needs.values()))
    for line in lines:
        assert [row for _, row in line] == list(range(line[0][1], line[-1][1] + 1))
        for x, row in line[1:-1]:  # it passes beside the boxes of the rows between
            assert all(abs(x - box) >= (ROOM[0] + ROOM[1]) / 2 - 1e-6 for box in rows.get(row, []))


def test_the_map_links_what_is_there_and_escapes_titles():
    chapters = [Chapter("a", "", ""), Chapter("b", "", "", "b", 1, ("a",))]
    svg = draw_map(chapters, {"a": "Sets <&>", "b": "Maps"}, {"b": "b.html"}, {"b": "2"})
    assert re.findall(r'<a href="([^"]*)">.*?>(\w+)</text>', svg) == [("b.html", "Maps")]
    assert "Sets &lt;&amp;&gt;" in svg
    assert svg.count("<path") == 1


def test_the_map_says_number_and_minutes_and_cuts_no_title():
    title = "Eigenvalues and the singular value decomposition of a large matrix"
    chapters = [Chapter("a", "", ""), Chapter("b", "", "", "b", 45, ("a",))]
    svg = draw_map(chapters, {"a": "Sets", "b": title}, {"b": "b.html"}, {"b": "7"})
    a, b = re.search(r'<g class="planned".*?</g>', svg)[0], re.search("<a .*?</a>", svg)[0]
    assert re.findall(">([^<>]+)</text>", a) == ["Sets", "planned"]
    *words, facts = re.findall(">([^<>]+)</text>", b)
    assert (" ".join(words), facts) == (title, "7 · 45 min")
    y, height = map(float, re.search(r'y="([\d.]+)" width="\d+" height="([\d.]+)"', b).groups())
    lines = [float(line) for line in re.findall(r'<text x="[\d.]+" y="([\d.]+)"', b)]
    assert y + 10 < lines[0]
    assert lines[-1] < y + height - 2
