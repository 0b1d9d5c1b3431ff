"""Two small drawings that the tests of both faces move."""

from __future__ import annotations


def line(ax, slope):
    ax.plot([0, 1], [0, slope])
    ax.set(xlim=(0, 1), ylim=(-2, 2), title=f"slope {slope:g}")
    return f"The line has slope {slope:g}."


def dots(ax, n):
    ax.plot(range(n), range(n), "o")
    return f"There are {n} dots."
