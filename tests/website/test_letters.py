"""The typefaces cut to the book's characters."""

from __future__ import annotations

import io
import re

import pytest
from book_files import ROOT
from docutils import nodes
from docutils.utils import new_document
from fontTools.ttLib import TTFont

from website import letters, maths, packages

SERIF, ITALIC = letters.FACES[0], letters.FACES[2]


@pytest.fixture(scope="module", autouse=True)
def modules():
    """The packages of npm, and KaTeX as the build finds it."""
    maths.use_katex(ROOT)
    return packages.ensure_node_modules(ROOT)


@pytest.mark.parametrize(("latex", "found"), [
    (r"\mathbb{R}^n", {"AMS-Regular": {"R"}, "Math-Italic": {"n"}}),
    (r"\mathbf{x}", {"Main-Bold": {"x"}}),
    (r"\mathcal{N}", {"Caligraphic-Regular": {"N"}}),
    (r"\boldsymbol{\mu}", {"Math-BoldItalic": {"μ"}}),
    (r"\bigl(\Bigl(", {"Size1-Regular": {"("}, "Size2-Regular": {"("}}),
    (r"1<2", {"Main-Regular": {"1", "<", "2"}}),
    (r"\nosuchmacro", {}),
])
def test_a_formula_is_in_katex_faces(latex, found):
    assert letters.letters_of(latex, display=False) == found


def test_sums_of_displays_are_large():
    assert letters.letters_of(r"\sum", display=True) == {"Size2-Regular": {"∑"}}
    assert letters.letters_of(r"\sum", display=False) == {"Size1-Regular": {"∑"}}


def test_letters_are_collected_by_what_they_are_set_in():
    document = new_document("x")
    document += nodes.paragraph("", "", nodes.Text("ä"), nodes.emphasis("", "é"),
                                nodes.literal("", "→"), nodes.math("", r"\eta"))
    document += nodes.raw("", "<text>κ &le;</text>", format="html")
    found = letters.collect(document)
    assert found["prose"] == set("äé")
    assert found["italic"] == set("é")
    assert found["code"] == set("→")
    assert found["Math-Italic"] == set("η")
    assert found["text"] >= set("äéκ≤")
    needed = letters.needed({"page": {kind: "".join(text) for kind, text in found.items()}})
    assert needed["italic"] == letters.PLAIN | {"é"}
    assert "≤" in needed["Main-Regular"], "a sign that the text's faces do not have"


def test_a_cut_has_the_letters_asked_for_and_no_more(modules):
    data, points = letters.cut(modules / SERIF.file, frozenset("aAV1é✓"), SERIF)
    font = TTFont(io.BytesIO(data))
    assert points == sorted(map(ord, "aAV1é")), "✓ is in no face of the text"
    assert set(font.getBestCmap()) == set(points)
    weights, = font["fvar"].axes
    assert (weights.minValue, weights.maxValue) == (400, 700)
    assert "kern" in {f.FeatureTag for f in font["GPOS"].table.FeatureList.FeatureRecord}
    assert len(data) < 3_000
    assert data == letters.cut(modules / SERIF.file, frozenset("aAV1é✓"), SERIF)[0]


def test_a_face_of_one_weight_varies_no_more(modules):
    font = TTFont(io.BytesIO(letters.cut(modules / ITALIC.file, frozenset("ab"), ITALIC)[0]))
    assert "fvar" not in font


def test_the_same_letters_are_cut_once(modules, tmp_path, monkeypatch):
    asked = (modules / SERIF.file, frozenset("ab"), SERIF, tmp_path)
    first = letters._kept(*asked)
    with monkeypatch.context() as patched:
        patched.delattr(letters, "cut")
        assert letters._kept(*asked) == first
    letters._kept(modules / SERIF.file, frozenset("abc"), SERIF, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1, "what is not asked for any more stays"


def code_points(ranges: str) -> set[int]:
    """The code points of a `unicode-range`."""
    parts = [part.removeprefix("U+").split("-") for part in ranges.split(",")]
    return {point for part in parts for point in range(int(part[0], 16), int(part[-1], 16) + 1)}


def test_no_letter_is_in_two_faces_of_one_style(modules, tmp_path):
    (tmp_path / "fonts").mkdir()
    text = {face.kind: "ABNRabc012(∂∇ηθ∫∑α" for face in letters.FACES}
    css = letters.face_rules(modules, tmp_path / "fonts", letters.needed({"a": text}),
                             tmp_path / "kept")
    seen: dict[tuple, set[int]] = {}
    rules = re.findall(r"font-family:'([^']*)';font-style:(\w+);font-weight:([\d ]+).*?src:url\("
                       r"([^)]{0,60}).*?unicode-range:([^}]*)}", css)
    assert len(rules) > len(letters.FACES)
    for *style, source, ranges in rules:
        points, others = code_points(ranges), seen.setdefault(tuple(style), set())
        assert not points & others, (style, source)
        others |= points
        assert source.startswith("data:") or (tmp_path / source).is_file(), source
