"""Servers and browsers for the tests of the ways in: JupyterLab, Notebook, JupyterHub."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from book_files import ROOT
from headless import headless_chromium
from servers import end, start_on_a_free_port

SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false",
                                                    "checkForUpdates": False},
}
EVERY_KIND = """
import time
from mathml.interactive import choice, explore, point, slider

scale, drawn = 1.0, []

def path(ax, start, kind):
    ax.plot([start[0], 0], [start[1], 0], {"solid": "-", "dashed": "--", "dotted": ":"}[kind])
    ax.set(xlim=(-3, 3), ylim=(-3, 3))
    return f"A {kind} line leaves ({start[0]:g}, {start[1]:g})."

def height(ax, play):
    drawn.append(play)
    time.sleep(0.1)  # as long as a heavy figure takes
    ax.bar(["height"], [play * scale])
    ax.set_ylim(0, 60)
    return f"The bar is {play * scale:g} high."

explore({"From above": path, "From the side": height}, title="Every kind", size=(4, 2.5),
        start=point(x=slider(-2, 2, 5, label="start x"), y=slider(-2, 2, 5, label="start y"),
                    label="start"),
        kind=choice(["solid", "dashed", "dotted"], label="kind of line"),
        play=slider(0, 60, 61, label="time"))
"""


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the whole run."""
    with headless_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """Return a function that starts `jupyter lab` or `jupyter notebook` on a copy of the book.

    Beside its chapters lies a notebook with one figure that has every kind of control.
    """
    home = tmp_path_factory.mktemp("jupyter")
    shutil.copytree(ROOT / "book", home / "book",
                    ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(EVERY_KIND)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.write(notebook, home / "book" / "every-kind.ipynb")
    for name, content in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    environment = {**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
                   "JUPYTER_CONFIG_DIR": str(home / "config"), "HOME": str(home),
                   "IPYTHONDIR": str(home / "ipython")}
    environment.pop("MATHML_OUTPUT", None)
    running = []

    def start(program: str) -> str:
        def on(port: int) -> subprocess.Popen:
            command = [sys.executable, "-m", "jupyter", program, "--no-browser", f"--port={port}",
                       "--ServerApp.port_retries=0", f"--ServerApp.root_dir={home / 'book'}",
                       "--IdentityProvider.token=", "--allow-root", "--expose-app-in-browser"]
            with (home / f"{program}.log").open("w") as log:
                return subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log)

        process, port = start_on_a_free_port(on, "api")
        running.append(process)
        return f"http://127.0.0.1:{port}"

    yield start
    for process in running:
        end(process)


def pytest_terminal_summary(terminalreporter):
    """Print what tests told, then what Binder's memory holds for each chapter, heaviest first."""
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == "told" and report.when == "call":
                terminalreporter.line(told)
    measured = [(sum(value.values()), report.nodeid.rpartition("[")[2].rstrip("]"), value)
                for report in terminalreporter.getreports("passed")
                for name, value in report.user_properties
                if name == "memory" and report.when == "call"]
    if not measured:
        return
    terminalreporter.section("peak of memory on Binder (MB): kernel + server = all")
    for total, chapter, parts in sorted(measured, reverse=True):
        numbers = " + ".join(f"{parts[name] / 1e6:4.0f}" for name in ("kernel", "server"))
        terminalreporter.line(f"{numbers} = {total / 1e6:4.0f}  {chapter}")
