"""What the tests take from npm, at the versions locked in tests/package-lock.json."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from book_files import ROOT

from website.packages import ensure_node_modules


@cache
def node_modules() -> Path:
    """The folder with the tests' packages, installed if it does not match the lock."""
    return ensure_node_modules(ROOT / "tests")


@cache
def axe() -> Path:
    """The script of axe-core, which looks for barriers on a page."""
    return node_modules() / "axe-core" / "axe.min.js"
