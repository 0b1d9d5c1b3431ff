"""After a notebook has run to its end every figure still moves, and returns to where it began.

Cells share their names: a later cell that reuses one would silently change, or break, a figure
above it. So notebooks are run as a reader runs them, and then all their controls are moved. At the
end each tells which files of the package it has used: the build must know of each. Which notebooks
is the choice of selection.py, as what could break here is in a notebook's own cells.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from book_files import ask_at_the_end, chapters
from selection import chosen

from website import execution

MOVE_EVERYTHING = """
import gc, json, sys
from mathml.interactive.live import LiveFigure
import matplotlib.pyplot as plt

opened, report = len(plt.get_fignums()), []
for figure in [o for o in gc.get_objects() if isinstance(o, LiveFigure)]:
    before = [picture.value for picture in figure.pictures]
    moved = 0
    for control in figure.controls.values():
        for index in (0, len(control.options) - 1):
            control.index = index
            report += [f"{figure.figure.title}: {f.reason}" for f in figure.failures if f]
            moved += [picture.value for picture in figure.pictures] != before
    figure.reset()
    if not moved:
        report.append(f"{figure.figure.title}: nothing moved")
    if [picture.value for picture in figure.pictures] != before:
        report.append(f"{figure.figure.title}: a later cell changed what it shows")
if len(plt.get_fignums()) > opened:
    report.append("figures were left open")
loaded = [module for name, module in sys.modules.items() if name.partition(".")[0] == "mathml"]
print(json.dumps([report, [module.__file__ for module in loaded]]))
"""


@pytest.mark.parametrize("nb", chosen(chapters()), ids=lambda nb: nb.path.stem)
def test_figures_move_after_the_last_cell(nb, monkeypatch):
    monkeypatch.delenv("MATHML_OUTPUT", raising=False)
    faults, loaded = ask_at_the_end(nb, MOVE_EVERYTHING)
    assert faults == []
    code = execution.program(nbformat.read(nb.path, as_version=4))
    known = execution.module_files(execution.imported(code) | execution.keys_used(code))
    assert len(loaded) > 10
    assert set(map(Path, loaded)) <= known, "an edit to one of these would not execute it again"
