"""Key the notebooks' execution cache on everything their outputs depend on.

jupyter-cache recognises a notebook by its code cells alone, and Sphinx rereads a page when its
source changes: after a change in `mathml` both would show old figures. So the cache lives in a
folder named after a digest of the package and of the locked versions, and the digest is a Sphinx
setting whose change makes every page be read again. A second one makes every page be written
again when the theme changes.

Notebooks that are not in the cache are executed several at a time before Sphinx reads the pages one
by one: each has a kernel of its own, so threads that wait for them use all processors.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution

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


def _execute_together(app, env, docnames: list[str]) -> None:
    """Fill the cache. What fails here is left alone: MyST-NB executes it again and reports it."""
    paths = [path for name in docnames if (path := Path(env.doc2path(name))).suffix == ".ipynb"]
    if len(paths) < 2 or app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    waiting = []
    for path in paths:
        record = cache.add_nb_to_project(str(path))
        notebook = cache.get_project_notebook(record.pk).nb
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            waiting.append((path, notebook))

    def execute(job):
        path, notebook = job
        return single_nb_execution(notebook, cwd=str(path.parent), allow_errors=False,
                                   timeout=app.config.nb_execution_timeout, meta_override=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(execute, waiting))
    for (path, notebook), result in zip(waiting, results, strict=True):
        if result.err is None:
            bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def setup(app) -> None:
    """Register the setting and the cache's path."""
    app.add_config_value("mathml_sources_digest", "", "env", str)
    # Sphinx copies styles and scripts only when it writes a page.
    app.add_config_value("mathml_site_digest", "", "html", str)
    # Importing accessible-pygments turns on what every library says at level INFO.
    logging.getLogger("traitlets").setLevel(logging.WARNING)
    app.connect("config-inited", _key_cache)
    app.connect("env-before-read-docs", _execute_together)
