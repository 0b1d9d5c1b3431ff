"""What a cell of a notebook shows: its widgets of this run, and no longer those of its last run."""

from __future__ import annotations

import sys

_of_cells: dict[str, tuple[str, list]] = {}  # by cell: its last run, and the widgets of that


def show(box) -> dict:
    """Return what a notebook needs to show a widget (the same for ipywidgets 7 and 8).

    ipywidgets keeps whatever was made. So, where the notebook says which cell runs (JupyterLab,
    Notebook 7 and VS Code do), what the cell showed when it last ran is closed.
    """
    cell, run = _running()
    if cell:
        last, boxes = _of_cells.get(cell, (run, []))
        if run != last:
            for old in boxes:
                _close(old)
            boxes = []
        _of_cells[cell] = run, [*boxes, box]
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    return {"application/vnd.jupyter.widget-view+json": view}


def _running() -> tuple[str | None, str | None]:
    """The cell that runs, and its run: what the message says that a kernel answers just now."""
    ipython = sys.modules.get("IPython")  # whoever runs in it has imported it
    message = getattr(ipython and ipython.get_ipython(), "parent_header", None) or {}
    return message.get("metadata", {}).get("cellId"), message.get("header", {}).get("msg_id")


def _close(widget) -> None:
    for part in (*getattr(widget, "children", ()), *(getattr(widget, name, None)
                                                     for name in ("layout", "style"))):
        if part is not None:
            _close(part)
    widget.close()
