"""What the tests of the built site share: its pages and their addresses."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from book_files import ROOT
from bs4 import BeautifulSoup

HTML = ROOT / "_build" / "html"
INDEX = HTML / "search-index.js"  # of the search


def page_names() -> list[str]:
    """Every page of the built site, relative to its folder; 404.html is a server's."""
    files = [path.relative_to(HTML) for path in HTML.rglob("*.html")]
    return sorted(str(path) for path in files
                  if path.parts[0] != "_static" and str(path) != "404.html")


@cache
def page(name: str) -> BeautifulSoup:
    """A page, parsed."""
    return BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(name: str) -> frozenset[str]:
    """The ids of a page."""
    return frozenset(tag["id"] for tag in page(name).find_all(id=True))


def resolve(name: str, address: str) -> tuple[Path, str]:
    """The file and the anchor that an address on a page leads to."""
    path, _, anchor = address.partition("#")
    path, anchor = path.partition("?")[0], anchor.partition("?")[0]  # what sets a figure, too
    target = (HTML / name).parent / path if path else HTML / name
    return Path(target).resolve(), anchor


def site_name(path: Path) -> str:
    """A file's name relative to the site's folder."""
    return str(path.relative_to(HTML.resolve()))


def figure_data(name: str, figure) -> dict:
    """What a figure of a page loads to move."""
    script = ((HTML / name).parent / figure["data-src"]).read_text(encoding="utf-8")
    return json.loads(script.partition(",")[2].rpartition(")")[0])


def squeezed(text: str) -> str:
    """A text's letters and digits, which no line break and no typesetting changes."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
