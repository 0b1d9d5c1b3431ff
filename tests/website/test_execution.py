"""What a notebook's outputs depend on: the files behind its imports, its keys, the locks."""

from __future__ import annotations

from types import SimpleNamespace

import nbformat
import pytest
from book_files import ROOT, notebooks

from mathml.interactive.answer_key import KEYS
from website import execution

FILES = {
    "__init__.py": "",
    "_check.py": "",
    "norms.py": "from mathml._check import a",
    "alone.py": "",
    "datasets.py": "",
    "data/d.csv": "1",
    "field/__init__.py": "from mathml.field.inner import b",
    "field/inner.py": "def b():\n    from mathml import lazy",
    "lazy.py": "",
    "interactive/__init__.py": "import mathml.interactive.verdict",
    "interactive/verdict.py": "",
    "interactive/answers/__init__.py": "",
    "interactive/answers/norms.py": "from mathml import keyed",
    "interactive/answers/other.py": "",
    "keyed.py": "",
}


@pytest.fixture
def package(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "mathml" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "mathml"


def names(package, *modules) -> set[str]:
    """The files behind some modules, as the test names them."""
    return {str(path.relative_to(package)) for path in execution.module_files(modules, package)}


def test_a_module_stands_on_its_folders_and_on_what_it_imports(package):
    assert names(package, "mathml.norms") == {"__init__.py", "norms.py", "_check.py"}
    assert names(package, "numpy", "mathml.gone") == {"__init__.py"}
    assert names(package, "numpy") == set()


def test_an_import_inside_a_function_counts(package):
    assert names(package, "mathml.field") == {
        "__init__.py", "field/__init__.py", "field/inner.py", "lazy.py"}


def test_the_module_of_data_stands_on_all_data(package):
    assert "data/d.csv" in names(package, "mathml.datasets")
    assert "data/d.csv" not in names(package, "mathml.norms")


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])


def test_a_program_is_what_python_can_read_of_a_notebook():
    made = notebook("%matplotlib inline\nimport a", "x = (", "import b")
    assert {"a", "b"} <= execution.imported(execution.program(made))


@pytest.mark.parametrize(("cell", "used"), [
    ("check('norms-3', 4)", {"norms"}),
    ("name = 'norms-3b'\ncheck(name)", {"norms"}),
    ("check('norms')", set()),
    ("check('gone-3')", set()),
    ("# check('norms-3')", set()),
])
def test_an_exercise_names_its_key(package, cell, used):
    assert execution.keys_used(cell, package) == {f"{KEYS}.{name}" for name in used}


@pytest.fixture
def locked(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("numpy==1")
    return path


CELL = "from mathml.interactive import check\nfrom mathml import field\ncheck('norms-1')"


@pytest.mark.parametrize(("name", "counts"), [
    ("field/inner.py", True), ("lazy.py", True), ("interactive/verdict.py", True),
    ("interactive/answers/norms.py", True), ("keyed.py", True), ("__init__.py", True),
    ("../requirements.txt", True), ("interactive/answers/other.py", False), ("alone.py", False),
    ("norms.py", False), ("data/d.csv", False),
])
def test_the_digest_changes_with_what_the_notebook_uses_and_only_with_that(
        package, locked, name, counts):
    before = execution.notebook_digest(notebook(CELL), locked, package)
    with (package / name).open("a") as file:
        file.write(" # 2")
    after = execution.notebook_digest(notebook(CELL), locked, package)
    assert (after != before) == counts


def test_moving_bytes_between_files_counts(package):
    files = {package / "_check.py", package / "norms.py"}
    before = execution.digest(files, package)
    (package / "_check.py").write_text((package / "norms.py").read_text())
    (package / "norms.py").write_text("")
    assert execution.digest(files, package) != before


@pytest.mark.parametrize("nb", notebooks(), ids=lambda nb: nb.path.stem)
def test_a_notebook_of_the_book_depends_on_less_than_the_package(nb):
    made = nbformat.read(nb.path, as_version=4)
    code = execution.program(made)
    files = execution.module_files(execution.imported(code) | execution.keys_used(code))
    everything = set((ROOT / "mathml").rglob("*.py"))
    assert ROOT / "mathml" / "__init__.py" in files
    assert files & everything < everything


def test_a_kernel_that_does_not_come_up_leaves_its_page_to_the_build(tmp_path, monkeypatch):
    """Which executes what no cache holds, and says what is wrong if that fails, too."""
    def died(*arguments, **keywords):
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(execution, "single_nb_execution", died)
    monkeypatch.setattr(execution, "read_notebook", lambda env, name: notebook("1 + 1"))
    cache = tmp_path / "cache" / "a" / "digest"
    env = SimpleNamespace(mathml_caches={"a": str(cache)}, doc2path=lambda name: tmp_path / name)
    config = SimpleNamespace(nb_execution_mode="cache", nb_execution_timeout=1)
    app = SimpleNamespace(config=config, srcdir=tmp_path)
    execution._execute_together(app, env, ["a"])
    assert not cache.exists()
