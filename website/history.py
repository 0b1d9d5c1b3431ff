"""When a page's source last changed, as git knows it: the same for everyone with the same history.

Files have dates of their own, but a clone gives all of them that of the clone.
"""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path


def _git(root: Path, *command: str) -> str | None:
    """What git says in a folder; None where it is missing or has nothing to say."""
    try:
        done = subprocess.run(["git", "--no-optional-locks", "-C", str(root), *command], check=True,
                              capture_output=True, encoding="utf-8", errors="replace")
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout


@cache
def changed_on(root: Path) -> dict[str, str]:
    """Return by path, as seen from `root`, the day of the last commit that touched the file.

    Empty outside git and in a shallow clone, whose oldest commit seems to touch everything.
    """
    if (_git(root, "rev-parse", "--is-shallow-repository") or "true").strip() != "false":
        return {}
    log = _git(root, "-c", "core.quotePath=false", "log", "--relative", "--name-only",
               "--no-renames", "--format=%x00%cs", "--", ".")
    days: dict[str, str] = {}
    for commit in (log or "").split("\0")[1:]:
        day, *paths = commit.splitlines()
        for path in filter(None, paths):
            days.setdefault(path, day)
    return days


def page_changed_on(app, docname: str) -> str:
    """Return the day, as in 2026-11-28, on which a page last changed; empty if nobody knows."""
    root = Path(app.srcdir)
    return changed_on(root).get(Path(app.env.doc2path(docname, base=False)).as_posix(), "")
