"""Which chapters a run of the tests goes through in full.

Some tests take from seconds to minutes for each chapter: every position of every control in a
browser, a chapter in JupyterLab, on Binder's recipe, on Colab's machines. A run takes them through

- every chapter in the sweep, for which `make sweep` sets SWEEP=1 and which runs once a week;
- else a fixed sample, which the test names, and the chapters that the change under test touches:
  those whose notebook, or its answer key in mathml/interactive/answers/, has changed. A notebook
  whose code cells are what they were has not: its text alone moves no figure and runs nowhere.

The change is what is not committed yet and what was committed since

1. the revision in the variable CHANGED_SINCE, where git knows it;
2. else the commit where this branch left origin/main, if there was one since;
3. else, as on main itself, the last commit that is more than four hours older than HEAD: what
   landed together. Where the history ends before that, the change is as much of the history as
   there is: nothing of a shallow clone's oldest commit, of which git does not know what it changed.

Without git, or outside a repository of its own, nothing is touched: a choice of tests never fails.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Collection
from functools import cache
from pathlib import Path

from book_files import ROOT, Notebook, notebooks

SWEEP = os.environ.get("SWEEP", "") not in ("", "0")
TOGETHER = 4 * 3600  # seconds: what is not older than HEAD by more landed with it
# What every run takes through JupyterLab, Binder and Colab, and what each stands for.
SAMPLE = {
    "gradient-descent": "sliders over powers, and a figure of many shapes",
    "probability": "a data set of the package, and a choice that waits for another control",
    "logistic-regression": "three data sets of the package, and the longest computations",
}


def git(root: Path, *command: str) -> str | None:
    """What git says in a folder; None where it has nothing to say, or is missing."""
    try:
        done = subprocess.run(["git", "--no-optional-locks", "-C", str(root), *command], check=True,
                              capture_output=True, encoding="utf-8", errors="replace")
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def before_landing(root: Path) -> str | None:
    """The last commit that did not land together with HEAD, or where the history begins."""
    log = git(root, "log", "--first-parent", "--format=%H %ct")
    if not log:
        return None
    commits = [(commit, int(date)) for commit, date in map(str.split, log.splitlines())]
    for commit, date in commits:
        if date < commits[0][1] - TOGETHER:
            return commit
    if git(root, "rev-parse", "--is-shallow-repository") == "true":
        return commits[-1][0]
    return git(root, "hash-object", "-t", "tree", os.devnull)  # no file at all


def beginning(root: Path) -> str | None:
    """The commit that the change under test starts from."""
    if since := os.environ.get("CHANGED_SINCE"):
        commit = git(root, "rev-parse", "--verify", "--quiet", f"{since}^{{commit}}")
        if commit:
            return commit
    left = git(root, "merge-base", "origin/main", "HEAD")
    if left and left != git(root, "rev-parse", "HEAD"):
        return left
    return before_landing(root)


def changed(root: Path) -> frozenset[str]:
    """The files that the change under test added, edited or removed, relative to the root."""
    top = git(root, "rev-parse", "--show-toplevel")
    start = beginning(root)
    if top is None or start is None or Path(top).resolve() != root.resolve():
        return frozenset()
    edited = git(root, "diff", "--name-only", "--no-renames", "-z", start) or ""
    new = git(root, "ls-files", "--others", "--exclude-standard", "-z") or ""
    return frozenset(filter(None, f"{edited}\0{new}".split("\0")))


def program(notebook: str | None) -> list | None:
    """The code cells of a stored notebook; None of what is none."""
    try:
        cells = json.loads(notebook or "")["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return None


def changes_a_program(root: Path, start: str | None, file: str) -> bool:
    """Whether a file that changed since a commit runs otherwise; of notebooks the cells tell."""
    path = root / file
    if path.suffix != ".ipynb" or not path.is_file():
        return True
    now = program(path.read_text(encoding="utf-8", errors="replace"))
    return now is None or now != program(git(root, "show", f"{start}:{file}"))


@cache
def changed_here() -> frozenset[str]:
    """What runs otherwise in this checkout, asked once a run."""
    start = beginning(ROOT)
    return frozenset(file for file in changed(ROOT) if changes_a_program(ROOT, start, file))


def sources(nb: Notebook) -> set[str]:
    """The files that make a chapter: the notebook and its answer key."""
    key = f"mathml/interactive/answers/{nb.path.stem.replace('-', '_')}.py"
    return {nb.path.relative_to(ROOT).as_posix(), key}


def in_full(nb: Notebook) -> bool:
    """Whether this run goes through all of a chapter: in the sweep, or where it was touched."""
    return SWEEP or not changed_here().isdisjoint(sources(nb))


def chosen(among: Collection[Notebook], sample: Collection[str] = tuple(SAMPLE)) -> list[Notebook]:
    """Those that this run goes through: the sample by its names, and what is to be gone through."""
    return [nb for nb in among if nb.path.stem in sample or in_full(nb)]


def main() -> None:
    """Say what a run would choose."""
    names = ", ".join(nb.path.stem for nb in notebooks() if in_full(nb)) or "none"
    print("Gone through in full:", "every chapter (the sweep)" if SWEEP else f"{names} (touched)")


if __name__ == "__main__":
    main()
