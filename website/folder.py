"""The book's folder as a build needs it: writable, and for one build at a time.

Two at once would take each other's files away. The second waits, and then finds everything done.
"""

from __future__ import annotations

import sys
from pathlib import Path

import filelock


def claim(root: Path) -> filelock.BaseFileLock:
    """Return a lock on the book in `root`; it ends with this process at the latest.

    Raises
    ------
    SystemExit
        If the folder cannot be written: Jupyter Book wraps all else in a traceback.
    """
    lock = filelock.FileLock(root / ".cache" / "build.lock", is_singleton=True)
    try:
        (root / ".cache").mkdir(exist_ok=True)
        lock.acquire(timeout=0)
    except filelock.Timeout:
        print("Waiting for another build of this book", file=sys.stderr, flush=True)
        lock.acquire()
    except OSError as err:
        sys.exit(f"error: {root} cannot be written, where the book is built ({err.strerror}); "
                 "copy it to a folder of yours and build it there")
    return lock


def setup(app) -> None:
    """Claim the folder before anything is read or written in it."""
    lock = claim(Path(app.srcdir))
    app.connect("build-finished", lambda *_: lock.release(), priority=999)
