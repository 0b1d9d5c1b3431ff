"""Key the notebooks' execution cache on everything their outputs depend on.

jupyter-cache recognises a notebook by its code cells alone, and Sphinx rereads a page when its
source changes: after a change in `mathml` both would show old figures. So the cache lives in a
folder named after a digest of the package and of the locked versions, and the digest is a Sphinx
setting whose change makes every page be read again. A second one makes every page be written
again when the theme changes.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


def sources_digest(package: Path = PACKAGE, extra: tuple[Path, ...] = ()) -> str:
    """Return a digest of the package's code and data and of the files in `extra`.

    The site's own folder is left out: it shapes the pages around the outputs, not the outputs.
    """
    site = package / "interactive" / "site"
    return _digest(package, [p for p in _files(package) if site not in p.parents], extra)


def site_digest(package: Path = PACKAGE, extra: tuple[Path, ...] = ()) -> str:
    """Return a digest of what shapes the pages: the site's folder, the engine's assets, `extra`."""
    parts = (package / "interactive" / "site", package / "interactive" / "assets")
    return _digest(package, [path for part in parts for path in _files(part)], extra)


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return sorted(path for path in found if path.is_file())


def _digest(package: Path, files: list[Path], extra: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in [*files, *(path for path in extra if path.is_file())]:
        name = path.relative_to(package) if path.is_relative_to(package) else path.name
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _key_cache(app, config) -> None:
    digest = sources_digest(extra=(Path(app.srcdir) / "requirements.txt",))
    caches = Path(app.srcdir) / ".cache" / "execution"
    config.mathml_sources_digest = digest
    config.mathml_site_digest = site_digest(extra=(Path(app.srcdir) / "package-lock.json",))
    config.nb_execution_cache_path = str(caches / digest)
    if caches.is_dir():
        for stale in caches.iterdir():
            if stale.name != digest:
                shutil.rmtree(stale)


def setup(app) -> None:
    """Register the setting and the cache's path."""
    app.add_config_value("mathml_sources_digest", "", "env", str)
    # Sphinx copies styles and scripts only when it writes a page.
    app.add_config_value("mathml_site_digest", "", "html", str)
    app.connect("config-inited", _key_cache)
