"""The shared drawings: they use the axes they are given, return what they drew, leave no trace."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from mathml import plotting


@pytest.fixture
def ax():
    return Figure().subplots()


def test_style_leaves_no_trace():
    before = dict(mpl.rcParams)
    with plotting.style():
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before


def test_use_style_is_the_same_style():
    with mpl.rc_context():
        with plotting.style():
            inside = dict(mpl.rcParams)
        plotting.use_style()
        assert dict(mpl.rcParams) == inside


def test_contours_returns_the_level_curves(ax):
    drawn = plotting.contours(ax, lambda x, y: x**2 + y**2, (-1, 1), (-1, 1), levels=[0.25, 0.5])
    radii = [np.linalg.norm(p.vertices, axis=1) for p in drawn.get_paths()]
    assert np.allclose(radii[0], 0.5, atol=1e-3)


def test_trajectory_marks_start_and_end(ax):
    xs = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    line, start, end = plotting.trajectory(ax, xs, label="path")
    assert np.array_equal(line.get_xydata(), xs)
    assert np.array_equal(start.get_xydata()[0], xs[0])
    assert np.array_equal(end.get_xydata()[0], xs[-1])
    assert len(plotting.trajectory(ax, xs, end=False)) == 2


def test_arrow_goes_from_start_along_the_vector(ax):
    drawn = plotting.arrow(ax, (1, 2), (3, -1), label="g")
    assert tuple(drawn.xyann) == (1, 2)
    assert tuple(drawn.xy) == (4, 1)
    assert ax.get_legend_handles_labels()[1] == ["g"]


def _contrast(colour: str, paper: str) -> float:
    def luminance(c):
        rgb = np.array(mpl.colors.to_rgb(c))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]
    high, low = sorted([luminance(colour), luminance(paper)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", plotting.CYCLE)
def test_lines_stand_out_from_paper(colour):
    assert _contrast(colour, plotting.PAPER) >= 2.8


def test_powers_on_a_logarithmic_axis_are_plain_text():
    ax = Figure().subplots()
    ax.set(xscale="symlog", yscale="log", xlim=(-100, 100), ylim=(1e-12, 30))
    plotting.plain_powers(ax.figure)
    assert ax.xaxis.get_major_formatter().format_ticks([-10, 0, 100]) == ["−10¹", "0", "10²"]
    assert ax.yaxis.get_major_formatter().format_ticks([1e-12, 1]) == ["10⁻¹²", "10⁰"]
    ax.set_ylim(0.1, 0.5)
    assert "2×10⁻¹" in ax.yaxis.get_minor_formatter().format_ticks([0.1, 0.2, 0.3, 0.4])


def test_labels_that_an_author_chose_stay():
    ax = Figure().subplots()
    ax.set_yscale("log")
    chosen = FuncFormatter(lambda x, _: f"{x:g}")
    ax.yaxis.set_major_formatter(chosen)
    plotting.plain_powers(ax.figure)
    assert ax.yaxis.get_major_formatter() is chosen
