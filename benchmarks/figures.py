"""Measure every explorable's two faces: `python -m benchmarks.figures`.

The stored one: its states, what it adds to the page (gzipped) and how long the build draws it. The
live one: how long the kernel takes to redraw after a control moved, as each control is walked from
end to end and back; that is computing the state, drawing it and writing its picture's text.
"""

from __future__ import annotations

import json
import os
import statistics
from pathlib import Path

import nbformat
from nbclient import NotebookClient

BOOK = Path(__file__).resolve().parents[1] / "book"
# A chapter may use any plain name for itself: what is measured is kept with the module.
STORE = """
def _measure():
    import gzip, time
    from mathml.interactive import exploration
    show, exploration.measured = exploration._face, {}

    def timed(figure):
        start = time.perf_counter()
        bundle = show(figure)
        size = len(gzip.compress(bundle["text/html"].encode()))
        exploration.measured[figure.title] = [figure.n_states, size, time.perf_counter() - start]
        return bundle

    exploration._face = timed

_measure()
"""
TELL = """
import json
from mathml.interactive import exploration
print(json.dumps(exploration.measured))
"""
WALK = """
import gc, json, time
from mathml.interactive.live import LiveFigure

times = {}
for figure in [o for o in gc.get_objects() if isinstance(o, LiveFigure)]:
    taken = times.setdefault(figure.figure.title, [])
    for control in figure.controls.values():
        last = len(control.options) - 1
        stride = max(1, last // 10)
        for index in [*range(0, last, stride), last, *range(last, -1, -stride)]:
            start, before = time.perf_counter(), control.index
            control.index = index
            if index != before:
                taken.append(1e3 * (time.perf_counter() - start))
    figure.reset()
print(json.dumps(times))
"""


def run(path: Path, before: str, after: str, output: str) -> dict:
    """Run a notebook between two cells of measurement; return what the last one prints."""
    notebook = nbformat.read(path, as_version=4)
    cells = [nbformat.v4.new_code_cell(text) for text in (before, after)]
    notebook.cells = [cells[0], *notebook.cells, cells[1]]
    os.environ["MATHML_OUTPUT"] = output
    NotebookClient(notebook, timeout=600, kernel_name="python3",
                   resources={"metadata": {"path": str(path.parent)}}).execute()
    return json.loads(notebook.cells[-1].outputs[-1].text)


def p95(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Print a line per figure."""
    print(f"{'':62} {'states':>6} {'kB':>5} {'build s':>7} {'redraw ms: median':>17} {'p95':>5}")
    every: list[float] = []
    for path in sorted(BOOK.glob("*/*.ipynb")):
        stored, redraws = run(path, STORE, TELL, "static"), run(path, "", WALK, "live")
        for title, (states, size, seconds) in stored.items():
            every += redraws[title]
            print(f"{path.stem[:20] + ': ' + title[:40]:62} {states:6} {size / 1e3:5.1f} "
                  f"{seconds:7.1f} {statistics.median(redraws[title]):17.0f} "
                  f"{p95(redraws[title]):5.0f}", flush=True)
    print(f"{'all figures':62} {'':20} {statistics.median(every):17.0f} {p95(every):5.0f}")


if __name__ == "__main__":
    main()
