"""Bring notebooks into the form in which they are committed.

Every notebook is executed and stored with text outputs only and clean metadata, so that a change
shows what changed, `pytest --nbval` can compare what cells print, and no picture is kept twice.
Text notebooks (``.md``, in MyST's notation) are converted first, for authors who prefer an editor.

    python scripts/notebooks.py book/optimization/gradient-descent.ipynb ...
    python scripts/notebooks.py draft.md --to book/optimization/gradient-descent.ipynb
"""

from __future__ import annotations

import argparse
import json
import os
import time
from itertools import count
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
TIMES = ROOT / "book" / "about" / "running-times.json"
KEPT_METADATA = {"tags", "mystnb"}
KEPT_NOTEBOOK_METADATA = {"mathml"}  # minutes to read, and what a chapter needs
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run every cell in the notebook's own folder."""
    os.environ.pop("MATHML_OUTPUT", None)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()


def clean(notebook: nbformat.NotebookNode) -> None:
    """Keep the text of outputs and the metadata that the book reads; drop the rest."""
    kept = {k: v for k, v in notebook.metadata.items() if k in KEPT_NOTEBOOK_METADATA}
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL,
                                            "language_info": {"name": "python"}, **kept})
    runs = count(1)  # nbval takes a cell without a number for one that was never run
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:03d}"
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in KEPT_METADATA})
        if cell.cell_type == "code":
            cell.execution_count = next(runs)
            cell.outputs = _joined([kept for out in cell.outputs if (kept := _text_only(out))])


def _joined(outputs: list) -> list:
    """Join what was printed in one go: where the kernel cut it is an accident."""
    joined: list = []
    for out in outputs:
        before = joined[-1] if joined else {}
        if out.output_type == "stream" and before.get("name") == out.name:
            before["text"] += out.text
        else:
            joined.append(out)
    return joined


def keep_time(target: Path, seconds: float) -> None:
    """Note how long a notebook of the book ran, for the status page.

    A time close to the one noted before is the same time on another day, and changes nothing.
    """
    if not target.resolve().is_relative_to(ROOT):
        return
    times = json.loads(TIMES.read_text(encoding="utf-8")) if TIMES.is_file() else {}
    name = target.resolve().relative_to(ROOT).with_suffix("").as_posix()
    old, new = times.get(name), max(1, round(seconds))
    if old is None or abs(new - old) > max(2, old / 3):
        times[name] = new
        TIMES.write_text(json.dumps(times, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _text_only(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    if "data" not in output:
        return output
    text = output.data.get("text/plain")
    if text is None:
        return None
    output.data = nbformat.from_dict({"text/plain": text})
    output.metadata = nbformat.from_dict({})
    if "execution_count" in output:
        output.execution_count = None
    return output


def main() -> None:
    """Read the command line, then execute, clean and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--to", type=Path, help="where to write the one file given")
    arguments = parser.parse_args()
    for path in arguments.files:
        target = arguments.to or path.with_suffix(".ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        notebook = jupytext.read(path)
        started = time.monotonic()
        execute(notebook, target.parent)
        keep_time(target, time.monotonic() - started)
        clean(notebook)
        nbformat.validate(notebook)
        nbformat.write(notebook, target)
        print(f"{target}: {len(notebook.cells)} cells")


if __name__ == "__main__":
    main()
