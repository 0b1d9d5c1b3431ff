"""After a notebook has run to its end every figure still moves, and returns to where it began.

Cells share their names: a later cell that reuses one would silently change, or break, a figure
above it. So each notebook is run as a reader runs it, and then all its sliders are moved.
"""

from __future__ import annotations

import pytest
from book_files import ask_at_the_end, chapters

MOVE_EVERYTHING = """
import gc, json
from mathml.interactive.live import LiveFigure
import matplotlib.pyplot as plt

opened, report = len(plt.get_fignums()), []
for figure in [o for o in gc.get_objects() if isinstance(o, LiveFigure)]:
    before = [picture.value for picture in figure.pictures]
    moved = 0
    for slider in figure.sliders.values():
        for index in (0, len(slider.options) - 1):
            slider.index = index
            if figure.failure:
                report.append(f"{figure.figure.title}: {figure.failure}")
            moved += [picture.value for picture in figure.pictures] != before
    figure.reset()
    if not moved:
        report.append(f"{figure.figure.title}: nothing moved")
    if [picture.value for picture in figure.pictures] != before:
        report.append(f"{figure.figure.title}: a later cell changed what it shows")
if len(plt.get_fignums()) > opened:
    report.append("figures were left open")
print(json.dumps(report))
"""


@pytest.mark.parametrize("nb", chapters(), ids=lambda nb: nb.path.stem)
def test_figures_move_after_the_last_cell(nb, monkeypatch):
    monkeypatch.delenv("MATHML_OUTPUT", raising=False)
    assert ask_at_the_end(nb, MOVE_EVERYTHING) == []
