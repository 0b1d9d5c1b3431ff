"""`make new-chapter` writes a chapter that passes every check."""

from __future__ import annotations

import importlib.util
import shutil
import sys

import nbformat
import pytest
import yaml
from book_files import ROOT, Notebook
from test_book_conventions import RULES, glossary_terms, index_entries

from mathml.interactive.site.curriculum import read_curriculum


@pytest.fixture
def script(monkeypatch):
    """The script as a module; it finds its neighbour as it does when it is run."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    spec = importlib.util.spec_from_file_location("new_chapter", ROOT / "scripts/new_chapter.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path):
    """The files of the book that a new chapter touches."""
    for name in ("_toc.yml", "book/curriculum.yml", "book/references.bib"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "mathml/interactive/answers").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(("name", "part"), [("pca", "linear-algebra"), ("trial", "capstone")])
def test_a_new_chapter_passes_every_check(script, copy, monkeypatch, name, part):
    notebook, answers, *_ = script.create(name, part, root=copy)
    spec = importlib.util.spec_from_file_location("key", answers)
    key = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(key)
    assert set(key.ANSWERS) == {f"{name}-1", f"{name}-2"}
    made = nbformat.read(notebook, as_version=4)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    namespace = {}
    monkeypatch.setitem(sys.modules, f"mathml.interactive.answers.{name}", key)
    for cell in code:
        if "%pip" not in cell.source and "plt" not in cell.source:
            exec(cell.source, namespace)
        elif "plt" in cell.source:
            exec(cell.source.replace("plotting.use_style()", ""), namespace)
    for number, answer in ((1, 22), (2, 3)):
        assert namespace["check"](f"{name}-{number}", answer).passed
    script.clean(made)
    nbformat.write(made, notebook)
    chapter = Notebook(notebook)
    for rule in RULES:
        assert list(rule(chapter)) == [], rule.__name__
    assert index_entries(chapter.prose) <= set(glossary_terms())
    plan = read_curriculum(copy)
    assert plan.chapters[name].minutes == 60
    toc = yaml.safe_load((copy / "_toc.yml").read_text())
    listed = [entry["file"] for group in toc["parts"] for entry in group["chapters"]]
    assert listed.count(f"book/{part}/{name}") == 1


@pytest.mark.parametrize(
    ("name", "part", "complaint"),
    [
        ("My Chapter", "calculus", "NAME must be lower-case"),
        ("trial", "algebra", "PART must be one of orientation, "),
        ("norms", "calculus", "there already, in the part linear-algebra"),
    ],
)
def test_a_wrong_name_is_refused(script, copy, name, part, complaint):
    with pytest.raises(ValueError, match=complaint):
        script.create(name, part, root=copy)
