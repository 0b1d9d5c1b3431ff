"""Time two functions side by side, and modules by importing them in fresh interpreters."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table: medians in seconds and what to know about them."""

    job: str
    ours: float
    library: str
    theirs: float
    remark: str

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    def __str__(self) -> str:
        return (f"{self.job:<42}{1e3 * self.ours:>10.3f}  {self.library:<34}"
                f"{1e3 * self.theirs:>10.3f}{self.ratio:>8.2f}  {self.remark}")


HEADER = f"{'job':<42}{'mathml ms':>10}  {'library':<34}{'its ms':>10}{'ratio':>8}  remark"


def side_by_side(ours: Callable, theirs: Callable, repeats: int) -> tuple[float, float]:
    """Median seconds of each. Calls alternate, so that a slow spell of the machine hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 1):
        for function, record in zip((ours, theirs), times, strict=True):
            start = time.perf_counter()
            function()
            if turn:  # the first warms caches
                record.append(time.perf_counter() - start)
    return median(times[0]), median(times[1])


def repeat(function: Callable, times: int) -> Callable:
    """A function that calls ``function`` several times: for jobs of microseconds."""
    def many():
        for _ in range(times):
            function()
    return many


def importing(modules: str) -> Callable:
    """A function that starts Python and imports ``modules``."""
    return lambda: subprocess.run([sys.executable, "-c", f"import {modules}"], check=True)
