"""A downloaded notebook runs on its own: in an empty folder, where only `mathml` is installed.

The package is the one that a reader installs, built and copied, so data files that it forgot
would be missed here.
"""

from __future__ import annotations

import os
import shutil
import subprocess

import nbformat
import pytest
from book_files import ROOT, chapters
from nbclient import NotebookClient
from site_files import HTML, page, resolve

ALONE = ROOT / ".cache" / "ways" / "alone" / "bin"
KERNEL = "alone"


@pytest.fixture(scope="module")
def kernel_with_only_mathml(tmp_path_factory):
    """A kernel where nothing of the book is found but the installed package."""
    data = tmp_path_factory.mktemp("jupyter")
    subprocess.run([ALONE / "python", "-m", "ipykernel", "install", "--prefix", str(data),
                    "--name", KERNEL], check=True, capture_output=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(data / "share" / "jupyter"))
        patch.setenv("PATH", f"{ALONE}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("PIP_NO_INDEX", "1")  # the first cell must find the package, not fetch it
        patch.delenv("MATHML_OUTPUT", raising=False)
        patch.delenv("PYTHONPATH", raising=False)
        yield KERNEL


@pytest.mark.parametrize("nb", chapters(), ids=lambda nb: nb.path.stem)
def test_a_downloaded_chapter_runs_on_its_own(kernel_with_only_mathml, tmp_path, nb):
    name = str(nb.path.relative_to(ROOT).with_suffix(".html"))
    assert (HTML / name).is_file(), "the site is not built; run: make book"
    (button,) = page(name).select(".page-actions a[download]")
    downloaded = shutil.copy(resolve(name, button["href"])[0], tmp_path)
    assert os.listdir(tmp_path) == [nb.path.name]
    notebook = nbformat.read(downloaded, as_version=4)
    place = nbformat.v4.new_code_cell("import mathml; print(mathml.__file__)")
    notebook.cells.insert(0, place)
    NotebookClient(notebook, timeout=300, kernel_name=kernel_with_only_mathml,
                   resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert notebook.cells[0].outputs[0]["text"].startswith(str(ALONE.parent))
