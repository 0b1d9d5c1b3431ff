"""The one figure style of the course, and the few drawings that many chapters share.

Every function draws on the axes it is given and returns what it drew. Colours are chosen to stay
apart for colour-blind readers and on dark paper; a second sign (dash, marker, label) goes with
each, so that colour is never the only one.
"""

from __future__ import annotations

import re
import sys
import threading
from contextlib import contextmanager

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.ticker import LogFormatterSciNotation
from matplotlib.transforms import Bbox

BLUE, ORANGE, GREEN, PINK, SKY, GOLD = (
    "#0072b2", "#d55e00", "#009e73", "#b8528f", "#4a9fd8", "#b8860b")
INK, GREY, FAINT, PAPER = "#1f2328", "#57606a", "#d0d7de", "#ffffff"
CYCLE = (BLUE, ORANGE, GREEN, PINK, SKY, GOLD)
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))

# What the page may recolour, by the name of its CSS variable (--mm-blue, ...).
THEME = {"#000000": "ink", BLUE: "blue", ORANGE: "orange", GREEN: "green", PINK: "pink", SKY: "sky",
         GOLD: "gold", INK: "ink", GREY: "grey", FAINT: "faint", PAPER: "paper"}
RAISED = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")  # for str.translate

# What differs from matplotlib's own defaults.
_RC = {
    "figure.figsize": (6.4, 3.8), "figure.dpi": 72, "savefig.dpi": 72,
    "figure.subplot.left": 0.11, "figure.subplot.right": 0.98,
    "figure.subplot.bottom": 0.15, "figure.subplot.top": 0.92,
    "font.size": 12, "axes.titlesize": 12, "axes.labelsize": 12,
    "xtick.labelsize": 11, "ytick.labelsize": 11, "legend.fontsize": 11,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": GREY, "axes.titlecolor": INK,
    "xtick.color": GREY, "ytick.color": GREY, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8,
    "grid.color": FAINT, "grid.linewidth": 0.6, "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "lines.linewidth": 2, "lines.solid_capstyle": "round",
    "legend.frameon": False, "hatch.linewidth": 0.6,
    "axes.formatter.useoffset": False, "axes.formatter.limits": (-4, 5),
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
    "svg.fonttype": "none", "svg.hashsalt": "mathml", "path.simplify_threshold": 0.1,
}

# matplotlib has one set of settings for all threads, and a kernel may draw in two: a cell's figure
# in one, a redraw of another figure, whose slider the reader moves meanwhile, in the other.
_ALONE = threading.RLock()


@contextmanager
def style():
    """Draw in the course's style inside a ``with`` block, and leave no trace after it.

    What a reader has set, in a ``matplotlibrc`` or a cell, changes nothing.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> with style():
    ...     ax = Figure().subplots()
    """
    with _ALONE, mpl.rc_context():
        _apply()
        yield


def use_style() -> None:
    """Draw in the course's style, as SVG, from here on: for the first cell of a notebook only.

    What was set before, in a ``matplotlibrc`` or a cell, is gone; the backend stays.
    """
    with _ALONE:
        _apply()
        mpl.rcParams["figure.constrained_layout.use"] = True  # as `make_room` for what moves
    ipython = sys.modules.get("IPython")  # whoever runs in it has imported it
    if ipython is not None and ipython.get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", bbox_inches=None)


def _apply() -> None:
    mpl.style.use(["default", {**_RC, "axes.prop_cycle": mpl.cycler(color=CYCLE)}])
    mpl.rcParams["timezone"] = "UTC"  # no part of a style for matplotlib, and yet it writes dates


def make_room(fig) -> dict[str, float]:
    """Move the axes of a figure inwards until their labels and legends lie within the picture.

    Axes that were given a place of their own stay there.

    Parameters
    ----------
    fig : matplotlib.figure.Figure

    Returns
    -------
    dict of str to float
        The margins, for ``subplots_adjust`` of other figures that shall have the same.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> fig = Figure(figsize=(2, 2))
    >>> ax = fig.subplots()
    >>> _ = ax.set_ylabel("height")
    >>> narrow = fig.subplotpars.left
    >>> bool(make_room(fig)["left"] > narrow)
    True
    """
    margins = {side: getattr(fig.subplotpars, side) for side in ("left", "bottom", "right", "top")}
    for _ in range(3):  # axes of a fixed shape follow a margin by a part of the way only
        taken = [ax.get_tightbbox(bbox_extra_artists=[ax.legend_] if ax.legend_ else [])
                 for ax in fig.axes if ax.get_subplotspec() is not None]
        if not taken:
            break
        taken = Bbox.union(taken).padded(5).transformed(fig.transFigure.inverted())
        wider = {"left": margins["left"] + max(0, -taken.x0),
                 "bottom": margins["bottom"] + max(0, -taken.y0),
                 "right": margins["right"] - max(0, taken.x1 - 1),
                 "top": margins["top"] - max(0, taken.y1 - 1)}
        if wider["right"] - wider["left"] < 0.1 or wider["top"] - wider["bottom"] < 0.1:
            break  # a label as large as the picture: better cut than no axes
        margins = wider
        fig.subplots_adjust(**margins)
    return margins


def contours(ax, f, x_range, y_range, *, levels=12, n=81, **kwargs):
    """Draw level curves of ``f(x, y)`` over a box, in quiet grey lines.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    f : callable
        Takes two arrays of shape ``(n, n)`` and returns one.
    x_range, y_range : tuple of float
        The ends of the box.
    levels : int or array, default 12
        How many levels, or which.
    n : int, default 81
        Grid points per side.
    **kwargs
        Styling, passed to ``Axes.contour``.

    Returns
    -------
    matplotlib.contour.QuadContourSet

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> _ = contours(Figure().subplots(), lambda x, y: x**2 + y**2, (-1, 1), (-1, 1))
    """
    x, y = np.meshgrid(np.linspace(*x_range, n), np.linspace(*y_range, n))
    colour = {} if "cmap" in kwargs else {"colors": GREY}  # matplotlib takes one of the two
    return ax.contour(x, y, f(x, y), levels, **{**colour, "linewidths": 0.8, **kwargs})


def trajectory(ax, xs, *, color=BLUE, label=None, end=True):
    """Draw the iterates of a two-dimensional search as a dotted line from its open start.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    xs : array, shape (T + 1, 2)
        The points visited, in order.
    color : str
    label : str, optional
    end : bool, default True
        Mark the last point with a filled square.

    Returns
    -------
    list of matplotlib.lines.Line2D

    Raises
    ------
    ValueError
        If there is no point, or they are not points of a plane.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> len(trajectory(Figure().subplots(), [[0, 0], [1, 1]]))
    3
    """
    xs = np.asarray(xs, dtype=float)
    if xs.shape[1:] != (2,) or len(xs) == 0:
        raise ValueError(f"xs must hold points of a plane, got shape {xs.shape}; "
                         "pick two coordinates: xs[:, :2]")
    lines = ax.plot(*xs.T, "-", color=color, marker="o", markersize=3.5, linewidth=1.2, label=label)
    lines += ax.plot(*xs[0], "o", color=color, markerfacecolor=PAPER, markersize=8)
    if end:
        lines += ax.plot(*xs[-1], "s", color=color, markersize=7)
    return lines


def arrow(ax, start, vector, *, color=ORANGE, width=1.8, label=None):
    """Draw a vector as an arrow from ``start`` to ``start + vector``.

    Returns
    -------
    matplotlib.text.Annotation

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> _ = arrow(Figure().subplots(), (0, 0), (1, 2))
    """
    start, vector = np.asarray(start, dtype=float), np.asarray(vector, dtype=float)
    if label is not None:
        ax.plot([], [], color=color, linewidth=width, label=label)
    return ax.annotate("", xy=start + vector, xytext=start,
                       arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": width,
                                   "shrinkA": 0, "shrinkB": 0, "mutation_scale": 12})


class PlainPowers(LogFormatterSciNotation):
    """Labels of a logarithmic axis as text, 10⁻³, where matplotlib sets them as formulas.

    A reader can copy and search them, and a drawing of a logarithmic axis takes half the time.
    """

    def __call__(self, x, pos=None):
        """Return the label of the tick at x."""
        label = re.sub(r"\$\\mathdefault\{(.*)\}\$", r"\1", super().__call__(x, pos))
        label = label.replace(r"\times", "×").replace("-", "−")
        return re.sub(r"\^\{([^}]*)\}", lambda power: power[1].translate(RAISED), label)


def plain_powers(fig) -> None:
    """Give the logarithmic axes of a figure `PlainPowers` where they have matplotlib's own labels.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> ax.set_yscale("log")
    >>> plain_powers(ax.figure)
    >>> ax.yaxis.get_major_formatter()(0.001)
    '10⁻³'
    """
    for axis in (axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)):
        base = getattr(axis.get_transform(), "base", None)
        for formatter, put in ((axis.get_major_formatter(), axis.set_major_formatter),
                               (axis.get_minor_formatter(), axis.set_minor_formatter)):
            if type(formatter) is LogFormatterSciNotation:
                put(PlainPowers(base, labelOnlyBase=formatter.labelOnlyBase))
