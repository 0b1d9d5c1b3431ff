"""SVG for pages: small, deterministic, theme-aware, and the same drawing as matplotlib's own."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from mathml.interactive._tree import Node, parse
from mathml.interactive.encoder import canonical
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


def tidied(inside: str) -> str:
    """What is left of a piece of a drawing."""
    svg = tidy(f'<svg viewBox="0 0 9 9" width="9pt" xmlns:xlink="x">{inside}</svg>')
    return svg.removeprefix('<svg viewBox="0 0 9 9">').removesuffix("</svg>")


@pytest.mark.parametrize(("written", "kept"), [
    ('<path d="M 12.345678 -0.04 L 1.25001 1e-05 Q 0.96 3 4 5.0 z"/>',
     '<path d="M12.3 0L1.3 0Q1 3 4 5z"/>'),
    ('<path d="M 100 20 C -.16 .04 1 2 3 10 Z"/>', '<path d="M100 20C-0.2 0 1 2 3 10Z"/>'),
    ('<rect x="1.26" y="-3.333" width="10.0" height="7.77" r="0.05001"/>',
     '<rect height="7.8" r="0.1" width="10" x="1.3" y="-3.3"/>'),
    ('<polygon points="1.26,2.34 -0.01,5"/>', '<polygon points="1.3,2.3 0,5"/>'),
    ('<a href="#b"/><defs><path id="b" d="M 0.126 2.678"/></defs>',
     '<a href="#i1"/><defs><path d="M0.13 2.68" id="i1"/></defs>'),
    ('<path transform="translate(1.26 2.345)"/>', '<path transform="translate(1.3 2.3)"/>'),
    ('<path transform="translate(1.26 2) scale(0.015625 -0.015625)"/>',
     '<path transform="translate(1.26 2) scale(0.015625 -0.015625)"/>'),
    ('<path transform="scale(0.12345678)"/>', '<path transform="scale(0.123457)"/>'),
    ('<g transform="matrix(0.12345 1 0 2 3 4)"/><path transform="matrix(0.12345 1 0 2 3 4)"/>',
     '<path transform="matrix(0.123 1 0 2 3 4)"/>'),
    ('<text transform="translate(1 2) rotate(-0 1 2)"/>', '<text transform="translate(1 2)"/>'),
    ('<text transform="rotate(-0)"/>', "<text/>"),
    ('<text transform="rotate(-90 1.26 2)"/>', '<text transform="rotate(-90 1.3 2)"/>'),
    ('<text font-size="1.26">1.267</text>', '<text font-size="1.26">1.267</text>'),
])
def test_coordinates_are_rounded_to_a_tenth_of_a_unit_and_markers_to_a_hundredth(written, kept):
    assert tidied(written) == kept


@pytest.mark.parametrize(("written", "kept"), [
    ('<g id="matplotlib.axis_1"><path/></g>', '<g class="axis"><path/></g>'),
    ('<g id="line2d_12"><path id="path_3"/></g>', '<g class="line2d"><path/></g>'),
    ('<g id="used"><use href="#used"/></g>', '<g id="i1"><use href="#i1"/></g>'),
    ("<g> <g/>\n<defs/> </g><path/> ", "<path/>"),
    ("<metadata>x</metadata><style>y</style><title>z</title><desc>q</desc><path/>", "<path/>"),
    ("<text> a <tspan> b </tspan></text>",
     '<text style="transform:scale(var(--mm-letters,1))"> a <tspan> b </tspan></text>'),
    ('<path style="fill: none; stroke-linejoin: round;  stroke-opacity: 1; fill-opacity: 0.5"/>',
     '<path style="fill:none;fill-opacity:0.5"/>'),
    ('<path style="stroke-linejoin: round"/>', "<path/>"),
    ('<path style=" fill: none; "/>', '<path style="fill:none"/>'),
    ('<path class="M 1 L:  2; rotate(-0)"/>', '<path class="M 1 L:  2; rotate(-0)"/>'),
    ('<path style="fill: #0072b2; stroke: #000000"/>',
     '<path style="fill:var(--mm-blue,#0072b2);stroke:var(--mm-ink,#000000)"/>'),
    ('<text style="font-family: Arial; fill: red">a</text>', '<text style="fill:red">a</text>'),
])
def test_what_is_not_seen_goes(written, kept):
    assert tidied(written) == kept


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


# Labels and addresses that look like what a drawing says of its own identifiers.
TRAPS = ['see id="i1"', "url(#i1)", 'href="#i1" <a id="i1">', "&lt;g id='i1'&gt;", "#i1"]


@pytest.mark.parametrize("label", TRAPS)
def test_identifiers_are_renamed_and_labels_are_not(label):
    with style():
        fig = Figure()
        ax = fig.subplots()
        ax.plot([0, 1], "o", label="dots")
        ax.text(0.5, 0.5, label)
    svg = figure_svg(fig)
    named = prefix_ids(svg, "a-")
    for text in (svg, named):
        root = parse(text)
        assert label in [c for node in root.elements() for c in node.children]
    assert "a-i1" in named
    assert prefix_ids(svg, "") == svg == canonical(svg)


def test_a_reference_is_renamed_as_a_whole():
    """Whatever letters its name shares with what stands around it, or with other names."""
    svg = tidy('<svg viewBox="0 0 1 1"><path id="u"/><path id="i1"/><path id="url"/>'
               '<path id="href"/>'
               '<path style="mask:url(#url);fill: url(#u)" clip-path="url(#i1)" d="M0 0"/>'
               '<use href="#u"/><use href="#href"/><use href="#i1"/></svg>')
    assert 'style="mask:url(#i3);fill:url(#i1)"' in svg
    assert 'clip-path="url(#i2)"' in svg
    assert re.findall('href="(#[^"]+)"', svg) == ["#i1", "#i4", "#i2"]
    named = prefix_ids(svg, "i")
    assert 'style="mask:url(#ii3);fill:url(#ii1)"' in named


def test_a_link_out_of_the_drawing_stays():
    with style():
        fig = Figure()
        fig.text(0.5, 0.5, "more", url="#section").set_gid("i1")
        fig.subplots().plot([0, 1], "o")
    assert 'href="#section"' in prefix_ids(figure_svg(fig), "a-")


def test_letters_can_grow_with_the_pages_wish():
    with style():
        fig = Figure()
        fig.text(0.2, 0.2, "plain", size=11)
        fig.text(0.5, 0.5, "strong", weight="bold", size=12.5)
    assert re.findall(r'style="([^"]*font-size:calc\(.*?\)\))', figure_svg(fig)) == [
        "font-size:calc(11px*var(--mm-letters,1))",
        "font-weight:700;font-size:calc(12.5px*var(--mm-letters,1))"]


def test_a_formula_grows_as_a_whole_with_its_fraction_bars():
    """matplotlib has placed each of its letters, as far from the next as at their own size."""
    with style():
        fig = Figure()
        fig.text(0.5, 0.5, r"$\frac{x^2}{y}$")
    (formula,) = (node for node in parse(figure_svg(fig)).elements()
                  if [child.tag for child in node.children if isinstance(child, Node)][:1]
                  == ["text"])
    tags = [child.tag for child in formula.children]
    assert tags == ["text", "rect"]
    assert {child.attrs["style"] for child in formula.children} == {
        "transform:scale(var(--mm-letters,1))"}
    assert all("calc" not in node.attrs.get("style", "") for node in formula.elements())


@pytest.mark.parametrize(("written", "kept"), [
    ("font: 12px 'DejaVu Sans', serif", "font-size:calc(12px*var(--mm-letters,1))"),
    ("font: italic 700 9.5px 'DejaVu Sans'",
     "font-style:italic;font-weight:700;font-size:calc(9.5px*var(--mm-letters,1))"),
    ("font: small-caps 8px Arial",
     "font-variant:small-caps;font-size:calc(8px*var(--mm-letters,1))"),
])
def test_what_older_matplotlib_says_of_a_font_is_split(written, kept):
    svg = tidy(f'<svg viewBox="0 0 1 1"><text style="{written}">a</text></svg>')
    assert f'<text style="{kept}">' in svg


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
