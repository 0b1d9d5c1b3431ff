"""What the tests of the book share: its notebooks, and how to read one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
HIDDEN = {"remove-cell", "hide-input", "hide-cell", "remove-input"}


def source(cell: dict) -> str:
    """A cell's text, whichever of the two forms the file uses."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


@dataclass(frozen=True)
class Notebook:
    """One chapter as it is stored."""

    path: Path

    @cached_property
    def data(self) -> dict:
        return json.loads(self.path.read_text(encoding="utf-8"))

    @cached_property
    def cells(self) -> list[tuple[int, dict]]:
        """Each cell with its number, counted from 1 as the build's messages do."""
        return list(enumerate(self.data["cells"], start=1))

    @cached_property
    def code(self) -> list[tuple[int, dict]]:
        return [(k, cell) for k, cell in self.cells if cell["cell_type"] == "code"]

    @cached_property
    def prose(self) -> str:
        return "\n\n".join(source(c) for _, c in self.cells if c["cell_type"] == "markdown")

    @cached_property
    def program(self) -> str:
        return "\n".join(source(c) for _, c in self.code)

    def calls(self, name: str) -> int:
        """How often a function of that name is called."""
        return len(re.findall(rf"(?<![\w.]){name}\(", self.program))


def execute(notebook: nbformat.NotebookNode, folder: Path, kernel: str = "python3") -> None:
    """Execute a notebook from top to bottom in a folder; a failing cell raises."""
    NotebookClient(notebook, timeout=300, kernel_name=kernel,
                   resources={"metadata": {"path": str(folder)}}).execute()


def ask_at_the_end(nb: Notebook, code: str):
    """Run a chapter as a reader does, then a cell that prints JSON; return what that says."""
    notebook = nbformat.read(nb.path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    execute(notebook, nb.path.parent)
    return json.loads(notebook.cells[-1].outputs[-1].text)


def tags(cell: dict) -> set[str]:
    """A cell's tags."""
    return set(cell.get("metadata", {}).get("tags", []))


def notebooks() -> list[Notebook]:
    """Every notebook of the book."""
    return [
        Notebook(path)
        for path in sorted(BOOK.rglob("*.ipynb"))
        if ".ipynb_checkpoints" not in path.parts
    ]


def chapters() -> list[Notebook]:
    """Every chapter of the book: the notebooks in the folders of its parts."""
    plan = yaml.safe_load((BOOK / "curriculum.yml").read_text(encoding="utf-8"))
    return [nb for nb in notebooks() if nb.path.parent.name in plan["parts"]]
