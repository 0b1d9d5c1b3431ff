"""A downloaded notebook runs on its own: in an empty folder, where only `mathml` is installed.

The package is the one that a reader installs, built and copied, so data files that it forgot
would be missed here.
"""

from __future__ import annotations

import os
import shutil

import nbformat
import pytest
from book_files import ROOT, chapters, execute
from selection import chosen
from site_files import HTML, page, resolve
from ways.environments import BINDER_PYTHON, NOT_THERE, Environment, make, output, snapshot, tool

LOCK = ROOT / "requirements.txt"


def install_dependencies(environment: Environment) -> None:
    """Install what the package depends on, as locked, and what runs a notebook."""
    output(tool("uv"), "pip", "install", "-q", "--python", environment.python, "-c", LOCK,
           "-r", ROOT / "pyproject.toml", "ipykernel")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """An environment, and its kernel, where nothing of the book is but the installed package."""
    asked = LOCK.read_text() + (ROOT / "pyproject.toml").read_text()
    environment = make("alone", BINDER_PYTHON, asked, install_dependencies)
    package = snapshot(tmp_path_factory.mktemp("package") / "mathml")
    output(environment.python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall",
           package, env=environment.variables(PIP_DISABLE_PIP_VERSION_CHECK="1"))
    data = tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(data))
        patch.setenv("PIP_NO_INDEX", "1")  # the first cell must find the package, not fetch it
        for name in NOT_THERE:
            patch.delenv(name, raising=False)
        yield environment, environment.kernel(data)


@pytest.mark.parametrize("nb", chosen(chapters()), ids=lambda nb: nb.path.stem)
def test_a_downloaded_chapter_runs_on_its_own(alone, tmp_path, nb):
    environment, kernel = alone
    name = str(nb.path.relative_to(ROOT).with_suffix(".html"))
    assert (HTML / name).is_file(), "the site is not built; run: make book"
    (button,) = page(name).select(".page-actions a[download]")
    downloaded = shutil.copy(resolve(name, button["href"])[0], tmp_path)
    assert os.listdir(tmp_path) == [nb.path.name]
    notebook = nbformat.read(downloaded, as_version=4)
    found = nbformat.v4.new_code_cell("import mathml; print(mathml.__file__)")
    notebook.cells.insert(0, found)
    execute(notebook, tmp_path, kernel)
    assert found.outputs[0]["text"].startswith(str(environment.folder))
