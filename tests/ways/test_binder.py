"""Binder: repo2docker chooses the intended Python and installs before it copies the repository."""

from __future__ import annotations

import re
import subprocess

import pytest
from book_files import ROOT

REPO2DOCKER = ROOT / ".cache" / "ways" / "repo2docker" / "bin" / "jupyter-repo2docker"


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory) -> str:
    """The recipe that Binder would build, from a clean checkout, without Docker."""
    clone = tmp_path_factory.mktemp("clone") / "book"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    done = subprocess.run([REPO2DOCKER, "--no-build", "--debug", str(clone)], check=True,
                          capture_output=True, text=True)
    return done.stdout + done.stderr


def test_it_chooses_the_intended_python(dockerfile):
    wanted = (ROOT / ".binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert f"python={wanted}" in dockerfile


def test_dependencies_are_installed_before_the_repository_is_copied(dockerfile):
    lines = dockerfile.splitlines()
    install = next(i for i, line in enumerate(lines) if re.search(r"pip install .*-r ", line))
    copy = next(i for i, line in enumerate(lines) if re.match(r"COPY .* src/ ", line))
    assert install < copy, "a text edit would rebuild the whole image"
    assert "pip install --no-cache-dir .\n" not in dockerfile


def test_the_books_package_is_installed_last(dockerfile):
    assert "RUN ./.binder/postBuild" in dockerfile
    assert "--no-deps" in (ROOT / ".binder" / "postBuild").read_text()
