"""The plan of the course and what exists of it: one list of chapters for every page that shows one.

`book/curriculum.yml` names all chapters in reading order; a chapter's notebook says in its metadata
how long it takes to read and which chapters it needs: `mathml: {minutes: 60, needs: [gradients]}`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import yaml
from sphinx.errors import ExtensionError

PLAN = Path("book", "curriculum.yml")
TIMES = Path("book", "about", "running-times.json")


@dataclass(frozen=True)
class Chapter:
    """A chapter of the plan; `docname` is None while it is only planned."""

    name: str
    title: str
    part: str
    docname: str | None = None
    minutes: int | None = None
    needs: tuple[str, ...] = ()
    seconds: int | None = None


@dataclass(frozen=True)
class Curriculum:
    """All chapters in reading order, and the paths through them.

    Attributes
    ----------
    chapters : dict of str to Chapter
    paths : list of dict
        Each with `title`, `text` and `chapters`, a list of names.
    """

    chapters: dict[str, Chapter]
    paths: list[dict]

    def shown(self) -> list[Chapter]:
        """Return the chapters that exist and those they need, in reading order."""
        there = [chapter for chapter in self.chapters.values() if chapter.docname]
        wanted = {c.name for c in there} | {name for c in there for name in c.needs}
        return [chapter for name, chapter in self.chapters.items() if name in wanted]


def read_curriculum(root: Path) -> Curriculum:
    """Read the plan and the chapters' metadata of the book in `root`.

    Raises
    ------
    ExtensionError
        If a chapter stands in no plan, needs an unknown one, or two need each other.
    """
    plan = yaml.safe_load((root / PLAN).read_text(encoding="utf-8"))
    times = root / TIMES
    seconds = json.loads(times.read_text(encoding="utf-8")) if times.is_file() else {}
    chapters = {
        name: _chapter(root, folder, part["title"], name, title, seconds)
        for folder, part in plan["parts"].items()
        for name, title in part["chapters"].items()
    }
    _check(root, plan, chapters)
    return Curriculum(chapters, plan["paths"])


def _chapter(root, folder, part, name, title, seconds) -> Chapter:
    docname = f"book/{folder}/{name}"
    path = root / f"{docname}.ipynb"
    if not path.is_file():
        return Chapter(name, title, part)
    facts = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("mathml", {})
    if "minutes" not in facts or "needs" not in facts:
        raise ExtensionError(f"{path}: the notebook's metadata must say how long it takes and what "
                             'it needs; add "mathml": {"minutes": 60, "needs": []}')
    return Chapter(name, title, part, docname, int(facts["minutes"]), tuple(facts["needs"]),
                   seconds.get(docname))


def _check(root: Path, plan: dict, chapters: dict[str, Chapter]) -> None:
    for folder in plan["parts"]:
        for path in sorted((root / "book" / folder).glob("*.ipynb")):
            if path.stem not in plan["parts"][folder]["chapters"]:
                raise ExtensionError(f"{path} is not in book/curriculum.yml; add it to its part")
    for path in plan["paths"]:
        _known(f"the path {path['title']!r}", path["chapters"], chapters)
    for chapter in chapters.values():
        _known(f"{chapter.name}: needs", chapter.needs, chapters)
    for name in chapters:
        if name in _before(name, chapters):
            raise ExtensionError(f"chapter {name!r} needs itself, through its needs' needs")


def _known(who: str, names, chapters: dict[str, Chapter]) -> None:
    unknown = [name for name in names if name not in chapters]
    if unknown:
        raise ExtensionError(f"{who} names {unknown[0]!r}, which is in no part of "
                             "book/curriculum.yml; correct the name")


def _before(name: str, chapters: dict[str, Chapter]) -> set[str]:
    """Everything a chapter needs, directly or not."""
    found, waiting = set(), list(chapters[name].needs)
    while waiting:
        new = waiting.pop()
        if new not in found:
            found.add(new)
            waiting += chapters[new].needs
    return found


def direct_needs(chapters: list[Chapter]) -> dict[str, list[str]]:
    """Return for each chapter the needs that no other of its needs already implies."""
    known = {chapter.name: chapter for chapter in chapters}
    behind = {name: _before(name, known) for name in known}
    return {
        chapter.name: [need for need in chapter.needs
                       if not any(need in behind[other] for other in chapter.needs)]
        for chapter in chapters
    }
