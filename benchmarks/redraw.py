"""Time a live figure's redraw after a slider moved: `python -m benchmarks.redraw`.

Each chapter is run as a reader runs it; then every slider of every figure is walked from end to end
and back. The time is that of the kernel: computing the state, drawing it and its picture's text.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import nbformat
from nbclient import NotebookClient

BOOK = Path(__file__).resolve().parents[1] / "book"
WALK = """
import gc, json, time
from mathml.interactive.live import LiveFigure

times = {}
for figure in [o for o in gc.get_objects() if isinstance(o, LiveFigure)]:
    taken = times.setdefault(figure.figure.title, [])
    for slider in figure.sliders.values():
        last = len(slider.options) - 1
        stride = max(1, last // 10)
        for index in [*range(0, last, stride), last, *range(last, -1, -stride)]:
            start, before = time.perf_counter(), slider.index
            slider.index = index
            if index != before:
                taken.append(1e3 * (time.perf_counter() - start))
    figure.reset()
print(json.dumps(times))
"""


def redraw_times(path: Path) -> dict[str, list[float]]:
    """Milliseconds of each redraw, by the titles of a notebook's figures."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(WALK))
    NotebookClient(notebook, timeout=600, kernel_name="python3",
                   resources={"metadata": {"path": str(path.parent)}}).execute()
    return json.loads(notebook.cells[-1].outputs[-1].text)


def main() -> None:
    """Print median and 95th percentile per figure, and over all."""
    print(f"{'redraw after a move, ms':66} {'median':>7} {'p95':>6}")
    every: list[float] = []
    for path in sorted(BOOK.glob("*/*.ipynb")):
        for title, times in sorted(redraw_times(path).items()):
            every += times
            print(f"{path.stem[:22] + ': ' + title[:42]:66} {statistics.median(times):7.0f} "
                  f"{statistics.quantiles(times, n=20)[-1]:6.0f}", flush=True)
    print(f"{'all figures':66} {statistics.median(every):7.0f} "
          f"{statistics.quantiles(every, n=20)[-1]:6.0f}")


if __name__ == "__main__":
    main()
