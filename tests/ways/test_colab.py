"""Colab: a machine without `mathml` and with older libraries; the first cell must do the rest.

The first cell installs from the repository's address. Git is told to find that address in this
checkout, so the very command that a reader's machine runs is the one that is tested.
"""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pytest
import yaml
from book_files import ROOT, chapters
from nbclient import NotebookClient

OLDEST = ROOT / ".cache" / "ways" / "oldest" / "bin"
KERNEL = "oldest"


@pytest.fixture(scope="module")
def oldest_kernel(tmp_path_factory):
    """A kernel of the oldest supported releases, in which `mathml` is not installed."""
    data = tmp_path_factory.mktemp("jupyter")
    subprocess.run([OLDEST / "pip", "uninstall", "-q", "-y", "mathml"], check=True)
    subprocess.run([OLDEST / "python", "-m", "ipykernel", "install", "--prefix", str(data),
                    "--name", KERNEL], check=True, capture_output=True)
    repository = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    environment = {"JUPYTER_PATH": str(data / "share" / "jupyter"), "GIT_CONFIG_COUNT": "1",
                   "GIT_CONFIG_KEY_0": f"url.file://{ROOT}.insteadOf",
                   "GIT_CONFIG_VALUE_0": repository,
                   "PATH": f"{OLDEST}{os.pathsep}{os.environ['PATH']}"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.delenv("MATHML_OUTPUT", raising=False)
        patch.delenv("PYTHONPATH", raising=False)
        yield KERNEL


@pytest.mark.skipif(sys.version_info[:2] > (3, 12), reason="no NumPy 1.26 for this Python")
@pytest.mark.parametrize("nb", chapters(), ids=lambda nb: nb.path.stem)
def test_a_chapter_runs_where_only_old_libraries_are(oldest_kernel, tmp_path, nb):
    notebook = nbformat.read(nb.path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name=oldest_kernel,
                   resources={"metadata": {"path": str(tmp_path)}}).execute()
