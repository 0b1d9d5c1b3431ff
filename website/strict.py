"""Say which cell failed, and never let a second build pass over what the first one refused.

A failing cell does not end the build, so that one run names every fault; as a warning it still
fails it. Sphinx reads and writes only pages that changed, so the pages a warning was about would
pass the next time in silence, and a page, or the search, that a killed build left half written
would stay so: after a build that did not end well, all pages are read and written again.
"""

from __future__ import annotations

import logging as std_logging
import re
from pathlib import Path

from myst_nb.sphinx_ import NbMetadataCollector
from nbformat import NotebookNode
from sphinx.util import logging

from .execution import read_notebook

logger = logging.getLogger(__name__)
BEGUN = "begun"  # a file beside Sphinx's own record, there until a build has ended well
ANSI = re.compile(r"\x1b\[[0-9;]*m")  # the colours of a terminal


def place(path: str, line: int) -> str:
    """Return a place in words; MyST-NB gives line *l* of a notebook's cell *k* as 10000·k + l + 1.

    Examples
    --------
    >>> place("chapter.ipynb", 30004)
    'chapter.ipynb, cell 3, line 3'
    >>> place("page.md", 7)
    'page.md, line 7'
    """
    if path.endswith(".ipynb") and line >= 10000:
        return f"{path}, cell {line // 10000}, line {max(line % 10000 - 1, 1)}"
    return f"{path}, line {line}"


def failed_cell(notebook: NotebookNode, traceback: str) -> str:
    """Return which cell a traceback is about and its last line: `cell 3: NameError: ...`.

    The traceback of nbclient quotes the cell's source between two rules.
    """
    traceback = ANSI.sub("", traceback)
    last = traceback.strip().splitlines()[-1]
    for number, cell in enumerate(notebook.cells, start=1):
        source = cell["source"].strip()
        quoted = re.compile(rf"^-{{4,}}\s*{re.escape(source)}\s*^-{{4,}}", re.M)
        if cell["cell_type"] == "code" and source and quoted.search(traceback):
            return f"cell {number}: {last}"
    return last


def _report_failed_cells(app, env) -> None:
    for docname in sorted(env.found_docs):
        data = NbMetadataCollector.get_exec_data(env, docname)
        if data and data["traceback"]:
            told = failed_cell(read_notebook(env, docname), data["traceback"])
            logger.warning("%s, %s", env.doc2path(docname), told)


def _begin(app, config) -> None:
    """Forget the last build unless it ended well; mark this one as begun."""
    begun = Path(app.doctreedir) / BEGUN
    if begun.exists():
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)
    begun.parent.mkdir(parents=True, exist_ok=True)
    begun.touch()


def _end(app, exception) -> None:
    if exception is None and not app._warncount:
        (Path(app.doctreedir) / BEGUN).unlink()


class _NameCells(std_logging.Filter):
    """Write `chapter.ipynb:30004` as what it means: cell 3, line 3."""

    def filter(self, record) -> bool:
        found = re.fullmatch(r"(.*\.ipynb):(\d{5,})", str(getattr(record, "location", "")))
        if found:
            record.location = place(found[1], int(found[2]))
        return True


def setup(app) -> None:
    """Watch the build from its end, and its messages."""
    for handler in std_logging.getLogger("sphinx").handlers:
        handler.addFilter(_NameCells())
    app.connect("config-inited", _begin)
    app.connect("env-check-consistency", _report_failed_cells)
    app.connect("build-finished", _end, priority=950)
