"""SVG for pages: small, deterministic, theme-aware, and the same drawing as matplotlib's own."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from mathml.interactive.svg import figure_svg, prefix_ids, size_of, tidy
from mathml.plotting import BLUE, style


def drawing(n=5, **kwargs) -> str:
    with style():
        fig = Figure(**kwargs)
        ax = fig.subplots()
        ax.plot(np.arange(n), np.arange(n) ** 2, "o-", label="squares")
        ax.set(xlabel="n − 1", title="a & b")
        ax.legend()
    return figure_svg(fig)


def test_same_figure_same_bytes():
    assert drawing() == drawing()


def test_nothing_but_the_drawing_is_kept():
    svg = drawing()
    assert "metadata" not in svg
    assert "DOCTYPE" not in svg
    assert "xmlns" not in svg
    assert "DejaVu" not in svg
    assert re.match(r'<svg viewBox="0 0 460\.8 273\.6">', svg)


def test_size_is_that_of_the_figure():
    assert size_of(drawing(figsize=(5, 2))) == (360, 144)


def test_numbers_are_rounded_to_a_tenth_of_a_unit():
    for path in re.findall(r'<path class="[^"]*" d="([^"]+)"', drawing()):
        assert not re.search(r"\.\d\d", path)


def test_colours_can_follow_the_page():
    assert f"stroke:var(--mm-blue,{BLUE})" in drawing()
    assert "#000000;" not in re.sub(r"var\([^)]*\)", "", drawing())


def test_text_stays_text():
    svg = drawing()
    assert ">n − 1</text>" in svg
    assert ">a &amp; b</text>" in svg


def test_every_reference_has_its_target():
    svg = drawing()
    targets = set(re.findall(r' id="([^"]+)"', svg))
    used = set(re.findall(r'url\(#([^)]+)\)', svg)) | set(re.findall(r'href="#([^"]+)"', svg))
    assert used
    assert used == targets


def test_prefixed_identifiers_clash_with_nothing():
    svg = drawing()
    one, two = prefix_ids(svg, "a-"), prefix_ids(svg, "b-")
    assert not set(re.findall(r' id="([^"]+)"', one)) & set(re.findall(r' id="([^"]+)"', two))
    used = set(re.findall(r'url\(#([^)]+)\)', one)) | set(re.findall(r'href="#([^"]+)"', one))
    assert used == set(re.findall(r' id="([^"]+)"', one))


def test_a_hex_colour_is_not_mistaken_for_a_reference():
    svg = tidy('<svg viewBox="0 0 1 1"><path d="M 0 0" fill="#abcdef" id="p"/>'
               '<use href="#p"/></svg>')
    assert 'fill="#abcdef"' in svg
    assert 'href="#i1"' in svg
    assert 'id="i1"' in svg


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_rotated_labels_keep_their_rotation(angle):
    with style():
        fig = Figure()
        fig.text(0.5, 0.5, "label", rotation=angle)
    rotated = "rotate(" in figure_svg(fig)
    assert rotated == (angle != 0)


def test_letters_drawn_as_paths_keep_their_size():
    """matplotlib's own style draws them so, and a book that has not chosen ours shows them."""
    fig = Figure()
    fig.text(0.5, 0.5, "A")
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg")
    kept, given = (set(re.findall(r"scale\(([^)]+)\)", text))
                   for text in (tidy(buffer.getvalue()), buffer.getvalue()))
    assert kept == given
    assert "0.015625" in kept
