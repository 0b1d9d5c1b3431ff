"""Builds of a small book: one that must fail, and what a change executes again."""

from __future__ import annotations

import re

from small_book import build, small_book

SETUP = "from mathml import plotting\nplotting.use_style()\nimport matplotlib.pyplot as plt"
STATES = """
from mathml.interactive import explore, slider
import numpy as np
def draw(ax, a):
    ax.plot(np.random.default_rng(int(1000 * a)).normal(size=800))
    return f"a is {a:g}."
explore(draw, a=slider(0, 1, 60, label="a"), title="Too much noise")
"""


def test_a_build_fails_for_each_fault_and_names_its_place(tmp_path):
    small_book(
        tmp_path,
        formula=[("markdown", "# A\n\nText $\\nosuchmacro$.")],
        twice=[("markdown", "# B\n\nx"), ("markdown", "$$\\begin{align}a&=b\\end{align}$$")],
        cell=[("markdown", "# C"), ("code", "1 + 1"), ("code", "undefined_name")],
        picture=[("markdown", "# D"), ("code", SETUP), ("code", "plt.plot([1, 2]);")],
        budget=[("markdown", "# E"), ("code", STATES)],
        link=[("markdown", "# F\n\n[nowhere](nowhere.md) and {ref}`no-label`")],
    )
    code, said = build(tmp_path)
    assert code != 0
    for fault in (
        r"formula\.ipynb, cell 1, line 3: formula not typeset: .*nosuchmacro",
        r"twice\.ipynb, cell 2, line 1: formula not typeset: .*aligned",
        r"cell\.ipynb, cell 3: NameError: name 'undefined_name' is not defined",
        r"picture\.ipynb.* cell 3 has no alternative text",
        r"budget\.ipynb, cell 2: ValueError: .*'Too much noise'.* got [\d,]+ for 60 states",
        r"link\.ipynb, cell 1, line 3.*nowhere\.md",
        r"link\.ipynb, cell 1, line 3.*no-label",
    ):
        assert re.search(fault, said), f"{fault} is not in\n{said}"
    code, again = build(tmp_path)
    assert code != 0, "the second build passed over the faults of the first"
    assert "nosuchmacro" in again


def test_a_change_in_the_package_executes_again_and_a_change_of_words_does_not(tmp_path):
    runs = tmp_path / "runs"  # a cell that is executed leaves a line there
    cell = f"with open({str(runs)!r}, 'a') as file:\n    print('run', file=file)"
    small_book(tmp_path, one=[("markdown", "# A"), ("code", cell)])
    code, said = build(tmp_path)
    assert code == 0, said
    assert runs.read_text() == "run\n"
    chapter = tmp_path / "book" / "one.ipynb"
    chapter.write_text(chapter.read_text().replace("# A", "# Another"))
    code, said = build(tmp_path)
    assert (code, runs.read_text()) == (0, "run\n"), said
    assert "Another" in (tmp_path / "_build/html/book/one.html").read_text()
    # The locked versions stand for the package here: both are in the cache's key.
    with (tmp_path / "requirements.txt").open("a") as lock:
        lock.write("# changed\n")
    code, said = build(tmp_path)
    assert (code, runs.read_text()) == (0, "run\nrun\n"), said
