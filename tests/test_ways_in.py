"""What every way in relies on: equal locks, one repository address, a readable bibliography."""

from __future__ import annotations

import pytest
import yaml
from book_files import BOOK, ROOT, chapters, source
from pybtex.database import parse_file

REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]


def test_binder_installs_what_everybody_installs():
    here, there = ROOT / "requirements.txt", ROOT / ".binder" / "requirements.txt"
    assert here.read_text() == there.read_text(), "run make lock, which copies one to the other"


@pytest.mark.parametrize("nb", chapters(), ids=lambda nb: nb.path.stem)
def test_the_first_cell_installs_from_the_one_repository(nb):
    first = source(nb.code[0][1])
    assert f"git+{REPOSITORY}" in first
    assert first.startswith("try:\n    import mathml")


def test_the_bibliography_can_be_read():
    assert len(parse_file(str(BOOK / "references.bib")).entries) > 20
