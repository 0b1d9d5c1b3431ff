"""The shared drawings: they use the axes they are given, return what they drew, leave no trace."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from mathml import plotting
from mathml.interactive.svg import figure_svg


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
        inside["figure.constrained_layout.use"] = True  # what stands still makes room by itself
        assert dict(mpl.rcParams) == inside


def drawing() -> str:
    with plotting.style():
        fig = Figure()
        ax = fig.subplots()
        ax.plot([1, 20, 300], [0.001, 123456.5, -4], "o-", label="line", alpha=0.9)
        ax.bar([10, 200], [1e5, 2e4], hatch="/")
        ax.imshow(np.arange(4).reshape(2, 2), extent=(0, 90, 0, 9e4), aspect="auto")
        ax.set(xlabel=f"{num2date(0):%H:%M}", title=r"$x^2$")
        ax.legend()
    return figure_svg(fig)


HOSTILE = {
    "font.size": 30, "font.family": "serif", "font.serif": ["DejaVu Serif"], "text.usetex": True,
    "mathtext.fontset": "stix", "text.color": "red", "axes.grid": True, "axes.facecolor": "yellow",
    "axes.titlesize": 40, "axes.titleweight": "bold", "axes.unicode_minus": False,
    "axes.formatter.use_locale": True, "axes.formatter.use_mathtext": True, "axes.xmargin": 0.3,
    "axes.formatter.limits": [0, 0], "axes.autolimit_mode": "round_numbers",
    "lines.linestyle": "--", "lines.marker": "x", "lines.markersize": 20, "patch.linewidth": 9,
    "patch.force_edgecolor": True, "image.cmap": "hot", "image.interpolation": "bilinear",
    "legend.frameon": True, "legend.loc": "lower left", "xtick.direction": "in",
    "xtick.minor.visible": True, "figure.dpi": 200, "figure.autolayout": True,
    "savefig.dpi": 300, "savefig.bbox": "tight", "savefig.pad_inches": 3,
    "savefig.facecolor": "red", "savefig.transparent": False, "svg.fonttype": "path",
    "svg.hashsalt": "another", "svg.image_inline": False, "path.simplify": False,
    "path.sketch": [1, 100, 2], "timezone": "Asia/Tokyo",
}


def test_a_readers_settings_change_no_picture():
    before = drawing()
    with mpl.rc_context(HOSTILE):
        assert drawing() == before
        assert {name: mpl.rcParams[name] for name in ("font.size", "savefig.bbox")} == {
            "font.size": 30, "savefig.bbox": "tight"}
        plotting.use_style()
        assert drawing() == before


# What a notebook shows of a cell's own figure is what its settings save.
SHOW = """
import io, locale
import matplotlib as mpl
mpl.use("pdf")
{before}
from mathml.plotting import use_style
use_style()
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 20, 300], [0.001, 1234.5, -4], "o-", label="line")
ax.set(xlabel="x − 1", title="$x^2$")
ax.legend()
text = io.StringIO()
fig.savefig(text, format="svg", metadata={{"Date": None}})
assert mpl.get_backend().lower() == "pdf", mpl.get_backend()
print(text.getvalue())
"""


COMMA = """
for name in ("de_DE.UTF-8", "de_DE.iso88591", "fr_FR.UTF-8"):  # what of these a machine has
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        continue
    break
"""


def shown(folder, before: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SHOW.format(before=before)], cwd=folder, check=True,
        capture_output=True, encoding="utf-8", timeout=120,
        env={**os.environ, "PYTHONUTF8": "1", "MPLBACKEND": ""})
    assert done.stderr == ""
    return done.stdout


def test_a_readers_file_of_settings_changes_no_picture(tmp_path):
    """Nor do settings and a locale that cells before have chosen; the backend stays."""
    (tmp_path / "plain").mkdir()
    plain = shown(tmp_path / "plain")
    assert "<svg" in plain
    lines = [f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
             for name, value in HOSTILE.items()]
    (tmp_path / "matplotlibrc").write_text("\n".join(lines), encoding="utf-8")
    assert shown(tmp_path) == plain
    assert shown(tmp_path, f"mpl.rcParams.update({HOSTILE!r})") == plain
    assert shown(tmp_path, COMMA) == plain


def test_use_style_needs_no_ipython(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    with mpl.rc_context({"font.size": 30}):
        plotting.use_style()
        assert mpl.rcParams["font.size"] == 12


def test_two_threads_leave_the_settings_as_they_were():
    """A kernel may draw a cell's figure while it redraws, in another thread, one that is moved."""
    before, entered, left = dict(mpl.rcParams), threading.Event(), threading.Event()

    def redraw():
        entered.wait(10)
        with plotting.style():
            left.wait(10)

    thread = threading.Thread(target=redraw)
    thread.start()
    with plotting.style():
        entered.set()
        thread.join(0.5)  # waits, or it would keep what is set here as what was set before
    left.set()
    thread.join(10)
    assert dict(mpl.rcParams) == before


def test_contours_returns_the_level_curves(ax):
    drawn = plotting.contours(ax, lambda x, y: x**2 + y**2, (-1, 1), (-1, 1), levels=[0.25, 0.5])
    radii = [np.linalg.norm(p.vertices, axis=1) for p in drawn.get_paths()]
    assert np.allclose(radii[0], 0.5, atol=1e-3)


def test_contours_are_grey_or_as_they_are_styled(ax):
    def bowl(x, y):
        return x**2 + y**2
    grey = plotting.contours(ax, bowl, (-1, 1), (-1, 1))
    assert {mpl.colors.to_hex(colour) for colour in grey.get_edgecolor()} == {plotting.GREY}
    assert set(grey.get_linewidths()) == {0.8}
    styled = plotting.contours(ax, bowl, (-1, 1), (-1, 1), cmap="viridis", linewidths=2)
    assert styled.get_cmap().name == "viridis"
    assert set(styled.get_linewidths()) == {2}


@pytest.mark.parametrize("xs", [[], [[]], [1, 2], np.ones((4, 3)), np.ones((0, 2)), 3.0])
def test_a_trajectory_is_of_points_of_a_plane(ax, xs):
    with pytest.raises(ValueError, match="xs must hold points of a plane, got shape"):
        plotting.trajectory(ax, xs)


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


def outside(fig) -> float:
    """By how many points the labels or the legends of a figure leave the picture."""
    boxes = [ax.get_tightbbox(bbox_extra_artists=[ax.legend_] if ax.legend_ else [])
             for ax in fig.axes]
    return max(max(-b.x0, -b.y0, b.x1 - fig.bbox.width, b.y1 - fig.bbox.height) for b in boxes)


@pytest.mark.parametrize("crowd", ["label", "equal", "legend", "two"])
def test_room_is_made_for_what_stands_outside_the_axes(crowd):
    with plotting.style():
        fig = Figure(figsize=(3.2, 2.4))
        axes = np.ravel(fig.subplots(2 if crowd == "two" else 1))
        for ax in axes:
            ax.plot([0, -12345.6], [0, 54321.0], label="a long name")
            ax.set(xlabel="a label", ylabel="another label")
        if crowd == "equal":
            axes[0].set_aspect("equal")
        if crowd == "legend":
            axes[0].legend(loc="upper left", bbox_to_anchor=(1.02, 1))
        assert outside(fig) > 5
        margins = plotting.make_room(fig)
        assert outside(fig) < 0
        other = Figure(figsize=(3.2, 2.4))
        other.subplots_adjust(**margins)
        assert other.subplotpars.left == fig.subplotpars.left == margins["left"]


def test_room_that_is_there_stays_as_it_is():
    with plotting.style():
        fig = Figure()
        fig.subplots().set(xlabel="x", ylabel="y", xticks=[0.5])
        before = {side: getattr(fig.subplotpars, side)
                  for side in ("left", "right", "bottom", "top")}
        assert plotting.make_room(fig) == before
        assert plotting.make_room(Figure()) == before


def test_axes_stay_even_beside_a_label_as_large_as_the_picture():
    fig = Figure(figsize=(1, 1))
    ax = fig.subplots()
    ax.set_ylabel("many lines\n" * 12)
    margins = plotting.make_room(fig)
    assert margins["right"] - margins["left"] >= 0.1


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
