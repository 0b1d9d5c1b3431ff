"""Execute a notebook again when something that its outputs depend on has changed, and only then.

jupyter-cache recognises a notebook by its code cells alone, and Sphinx rereads a page when its
source changes: after a change in `mathml` both would show old figures. So each notebook has a cache
of its own, in a folder named after a digest of the modules that it imports (directly or through
others), of the keys of its exercises, of their data, and of the locked versions. Where the digest
changed, Sphinx is told to read the page again. What shapes the pages around the outputs is in two
more digests, Sphinx settings whose change makes every page be read, or be written, again.

Notebooks that are not in the cache are executed several at a time before Sphinx reads the pages one
by one: each has a kernel of its own, so threads that wait for them use all processors.
"""

from __future__ import annotations

import ast
import hashlib
import logging
import os
import shutil
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode

import mathml
from mathml.interactive.answer_key import KEYS

PACKAGE = Path(mathml.__file__).resolve().parent
WEBSITE = Path(__file__).resolve().parent


@cache
def imported(program: str) -> frozenset[str]:
    """Return the dotted names that a program may import: modules, and names that may be modules.

    Examples
    --------
    >>> sorted(imported("import a.b; from c import d"))
    ['a.b', 'c', 'c.d']
    """
    found = set()
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def module_files(names: Iterable[str], package: Path = PACKAGE) -> set[Path]:
    """Return the files of the modules of `package` among `names`, and of all that they import.

    To import a module is to import the packages that it lies in. `datasets` stands on every file
    of data.
    """
    files, waiting = set(), [*names]
    while waiting:
        path = package.parent
        for part in waiting.pop().split("."):
            path /= part
            for file in (path / "__init__.py", path.with_name(f"{part}.py")):
                if package in (file.parent, *file.parents) and file.is_file() and file not in files:
                    files.add(file)
                    waiting += imported(file.read_text(encoding="utf-8"))
    if package / "datasets.py" in files:
        files |= {path for path in (package / "data").rglob("*") if path.is_file()}
    return files


def program(notebook: NotebookNode) -> str:
    """Return a notebook's code; a cell that is no Python is left out (it will fail, and say so)."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            text = TransformerManager().transform_cell(cell.source)
            try:
                ast.parse(text)
            except SyntaxError:
                continue
            cells.append(text)
    return "\n".join(cells)


def keys_used(program: str, package: Path = PACKAGE) -> set[str]:
    """Return the modules of answer keys to which a text in the program belongs, as "norms-3" does.

    `check` finds a key by the exercise's name, so no import tells of it.
    """
    texts = {node.value for node in ast.walk(ast.parse(program))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    topics = {text.rpartition("-")[0].replace("-", "_") for text in texts}
    known = {path.stem for path in (package / "interactive" / "answers").glob("*.py")}
    return {f"{KEYS}.{topic}" for topic in topics & known}


def notebook_digest(notebook: NotebookNode, locked: Path, package: Path = PACKAGE) -> str:
    """Return a digest of all that a notebook's outputs depend on, but its own cells."""
    code = program(notebook)
    files = module_files(imported(code) | keys_used(code, package), package)
    return digest(files | {locked}, package.parent, *sys.version_info[:2])


def digest(files: Iterable[Path], root: Path, *facts) -> str:
    """Return a digest of the files' names (below `root`) and contents, and of some facts."""
    total = hashlib.sha256(repr(facts).encode())
    for path in sorted(path for path in files if path.is_file()):
        name = path.relative_to(root) if path.is_relative_to(root) else path.name
        content = path.read_bytes()
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:16]


def _key_pages(app, config) -> None:
    """Key the pages on what shapes them: code that reads them, and files that go with them."""
    ours = {path for path in WEBSITE.rglob("*") if path.suffix != ".pyc"}
    code = {path for path in ours if path.suffix == ".py"}
    reading = code | module_files({"mathml.interactive.extension"})
    writing = {*ours - code, *(PACKAGE / "interactive" / "assets").iterdir(),
               Path(app.srcdir, "package-lock.json")}
    config.mathml_reading_digest = digest(reading, WEBSITE.parent)
    config.mathml_writing_digest = digest(writing, WEBSITE.parent)
    config.nb_execution_cache_path = str(_caches(app))


def _caches(app) -> Path:
    return Path(app.srcdir, ".cache", "execution")


def read_notebook(env, docname: str) -> NotebookNode | None:
    """Return the notebook behind a page; None where the page is plain text."""
    path = env.doc2path(docname)
    text = Path(path).read_text(encoding="utf-8")
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
    return reader and reader.read(text)


def _outdated(app, env, added, changed, removed) -> list[str]:
    """Find each notebook's cache; name the pages for which it is another than at the last build."""
    before = getattr(env, "mathml_caches", {})
    locked = Path(app.srcdir, "requirements.txt")
    env.mathml_caches = {
        docname: str(_caches(app) / docname.replace("/", ".") / notebook_digest(notebook, locked))
        for docname in sorted(env.found_docs) if (notebook := read_notebook(env, docname))}
    return [name for name, path in env.mathml_caches.items() if before.get(name) != path]


def _forget_old_caches(app, env) -> None:
    current = {Path(path) for path in env.mathml_caches.values()}
    for folder in _caches(app).glob("*"):
        if folder not in {path.parent for path in current}:
            shutil.rmtree(folder)
        for old in folder.glob("*"):
            if old not in current:
                shutil.rmtree(old)


def _is_cached(path: str, notebook: NotebookNode) -> bool:
    """Whether a cache holds a notebook's outputs; one that lacks them, or a part, is removed."""
    try:
        cached = get_cache(path)
        cached.get_cache_bundle(cached.match_cache_notebook(notebook).pk)
    except Exception:  # not there, half written, no database: each library has errors of its own
        shutil.rmtree(path, ignore_errors=True)
        return False
    return True


def _execute_together(app, env, docnames: list[str]) -> None:
    """Fill the caches. What fails here is left alone: MyST-NB executes it again and reports it."""
    _forget_old_caches(app, env)
    if app.config.nb_execution_mode != "cache":
        return
    read = {name: read_notebook(env, name) for name in docnames if name in env.mathml_caches}
    waiting = [name for name, notebook in read.items()
               if not _is_cached(env.mathml_caches[name], notebook)]

    def execute(name):
        folder = Path(env.doc2path(name)).parent
        try:
            return single_nb_execution(read[name], cwd=str(folder), allow_errors=False,
                                       timeout=app.config.nb_execution_timeout, meta_override=True)
        except RuntimeError:  # no kernel, as when another program has taken its port meanwhile
            return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, result in zip(waiting, pool.map(execute, waiting), strict=True):
            if result is not None and result.err is None:
                bundle = CacheBundleIn(read[name], env.doc2path(name),
                                       data={"execution_seconds": result.time})
                get_cache(env.mathml_caches[name]).cache_notebook_bundle(
                    bundle, check_validity=False, overwrite=True)


def _use_own_cache(app, docname: str, source: list[str]) -> None:
    """Let MyST-NB, which is about to read a page, look into the cache of its notebook."""
    if docname in app.env.mathml_caches:
        app.env.mystnb_config = app.env.mystnb_config.copy(
            execution_cache_path=app.env.mathml_caches[docname])


def setup(app) -> None:
    """Register the settings, and what happens before pages are read."""
    app.add_config_value("mathml_reading_digest", "", "env", str)
    # Sphinx copies styles and scripts only when it writes a page.
    app.add_config_value("mathml_writing_digest", "", "html", str)
    # Importing accessible-pygments turns on what every library says at level INFO.
    logging.getLogger("traitlets").setLevel(logging.WARNING)
    app.connect("config-inited", _key_pages)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-before-read-docs", _execute_together)
    app.connect("source-read", _use_own_cache)
