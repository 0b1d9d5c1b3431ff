"""A book of a few cells with this book's settings, and its strict build."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from book_files import ROOT

from website import packages


def small_book(folder, **chapters):
    """A book of the given chapters with this book's settings.

    A chapter is a list of cells: a kind, a text, and perhaps tags.
    """
    packages.ensure_node_modules(ROOT)  # a fresh clone's unit tests run before its first build
    (folder / "book").mkdir()
    for name in ("_config.yml", "package-lock.json", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    for name in ("node_modules", "website"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "book" / "references.bib").write_text("")
    (folder / "book" / "index.md").write_text("# Start\n\nWords.\n")
    toc = ["format: jb-book", "root: book/index", "chapters:"]
    for name, cells in chapters.items():
        toc.append(f"  - file: book/{name}")
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
        notebook["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        for k, (kind, text, *tags) in enumerate(cells):
            cell = {"id": f"c{k}", "cell_type": kind, "metadata": {}, "source": text}
            if tags:
                cell["metadata"]["tags"] = tags
            if kind == "code":
                cell |= {"outputs": [], "execution_count": None}
            notebook["cells"].append(cell)
        (folder / "book" / f"{name}.ipynb").write_text(json.dumps(notebook))
    (folder / "_toc.yml").write_text("\n".join(toc))


def build(folder, **variables):
    """Build strictly; return the exit code and what was said."""
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", str(folder)]
    env = os.environ | {"NO_COLOR": "1"} | variables
    env["IPYTHONDIR"] = str(ROOT / ".cache" / "ipython")
    env.pop("MATHML_OUTPUT", None)
    done = subprocess.run(
        [*command, "-W", "--keep-going", "-q"],
        cwd=folder, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
