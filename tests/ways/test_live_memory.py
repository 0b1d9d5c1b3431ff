"""Moving the figures of a chapter for a long time leaves nothing behind in the kernel."""

from __future__ import annotations

import sys

import pytest
from book_files import ask_at_the_end, chapters

WARM, MOVES = 20, 200
MAX_GROWTH = 20_000_000  # bytes: a kept figure weighs some 0.3 MB, 200 of them 60 MB
# The engine keeps or frees what a figure needs, whatever the chapter: these two draw the most.
HEAVIEST = {"gradient-descent", "stochastic-and-adaptive-methods"}
MOVE = f"""
import gc, itertools, json
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from mathml.interactive.live import LiveFigure

controls = [c for o in gc.get_objects() if isinstance(o, LiveFigure) for c in o.controls.values()]

def move(times):
    for _, control in zip(range(times), itertools.cycle(controls)):
        control.index = (control.index + 1) % len(control.options)
    gc.collect()
    with open("/proc/self/statm") as file:
        resident = 4096 * int(file.read().split()[1])
    figures = sum(isinstance(o, Figure) for o in gc.get_objects())
    return {{"open": len(plt.get_fignums()), "figures": figures, "bytes": resident}}

print(json.dumps([move({WARM}), move({MOVES})]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's memory from /proc")
@pytest.mark.parametrize("nb", [nb for nb in chapters() if nb.path.stem in HEAVIEST],
                         ids=lambda nb: nb.path.stem)
def test_two_hundred_moves_leave_nothing_behind(nb, monkeypatch):
    monkeypatch.delenv("MATHML_OUTPUT", raising=False)
    before, after = ask_at_the_end(nb, MOVE)
    assert after["open"] == before["open"]
    assert after["figures"] == before["figures"]
    assert after["bytes"] - before["bytes"] < MAX_GROWTH
