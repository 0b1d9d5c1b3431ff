"""`make new-chapter` writes a chapter that passes every check."""

from __future__ import annotations

import importlib.util
import shutil

import nbformat
import pytest
import yaml
from book_files import ROOT, Notebook
from conventions import RULES, glossary_terms, index_entries
from small_book import build, small_book

from mathml.interactive import answers as keys
from website.curriculum import read_curriculum


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
    """The files of the book that a new chapter touches, with a plan that has room for it."""
    for name in ("_toc.yml", "book/curriculum.yml", "book/references.bib"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    plan = tmp_path / "book" / "curriculum.yml"
    plan.write_text(plan.read_text()
                    .replace("  probability:\n", "  trial-part:\n    title: A part on trial\n"
                             "    chapters:\n      trial-first: On trial\n  probability:\n", 1)
                    .replace("      gradient-descent: ", "      trial-planned: On trial\n"
                             "      gradient-descent: ", 1))
    (tmp_path / "mathml/interactive/answers").mkdir(parents=True)
    return tmp_path


def run(script, path, answers) -> None:
    """Execute a new chapter in place, with its key beside the book's."""
    made = nbformat.read(path, as_version=4)
    made.cells.insert(0, nbformat.v4.new_code_cell(
        f"from mathml.interactive import use_answers\nuse_answers({str(answers.parent)!r})"))
    script.execute(made, path.parent)
    del made.cells[0]
    script.clean(made)
    nbformat.write(made, path)


def test_a_new_chapter_passes_every_check(script, copy, monkeypatch):
    notebook, answers, *_ = script.create("trial-planned", "optimization", root=copy)
    run(script, notebook, answers)
    monkeypatch.setattr(keys, "__path__", [str(answers.parent), *keys.__path__])
    chapter = Notebook(notebook)
    for rule in RULES:
        assert list(rule(chapter)) == [], rule.__name__
    assert index_entries(chapter.prose) <= set(glossary_terms())
    assert read_curriculum(copy).chapters["trial-planned"].minutes == 60


def listed(copy) -> dict[str, list[str]]:
    """The captions of the table of contents, each with its files."""
    toc = yaml.safe_load((copy / "_toc.yml").read_text())
    return {part["caption"]: [entry["file"] for entry in part["chapters"]] for part in toc["parts"]}


def test_a_planned_chapter_stands_where_the_plan_has_it(script, copy):
    before = listed(copy)["Optimisation"]
    script.create("trial-planned", "optimization", root=copy)
    at = before.index("book/optimization/gradient-descent")
    assert listed(copy)["Optimisation"] == [
        *before[:at], "book/optimization/trial-planned", *before[at:]]


def test_a_chapter_outside_the_plan_is_the_last_of_its_part(script, copy):
    before = listed(copy)["Optimisation"]
    script.create("trial-surprise", "optimization", root=copy)
    assert listed(copy)["Optimisation"] == [*before, "book/optimization/trial-surprise"]
    plan = yaml.safe_load((copy / "book" / "curriculum.yml").read_text())["parts"]
    assert list(plan["optimization"]["chapters"])[-1] == "trial-surprise"
    assert plan["optimization"]["title"] == "Optimisation"


def test_a_new_part_stands_where_the_plan_has_it(script, copy):
    before = list(listed(copy))
    script.create("trial-first", "trial-part", root=copy)
    after = listed(copy)
    assert after["A part on trial"] == ["book/trial-part/trial-first"]
    at = before.index("Probability")
    assert list(after) == [*before[:at], "A part on trial", *before[at:]]


def test_a_new_chapter_can_be_built(script, tmp_path):
    """Strictly, so without a warning, in a copy of the book, where its key is the book's."""
    small_book(tmp_path)
    for name in ("book/curriculum.yml", "book/references.bib", "book/references.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "mathml", tmp_path / "mathml")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\nparts:\n"
                                       "  - caption: Find your way\n    chapters:\n"
                                       "      - file: book/references\n")
    script.create("trial-chapter", "capstone", root=tmp_path)
    code, said = build(tmp_path, PYTHONPATH=str(tmp_path))
    assert code == 0, said
    page = (tmp_path / "_build/html/book/capstone/trial-chapter.html").read_text()
    assert page.count('<figure class="explorable"') == 2
    assert page.count('<form class="check"') == 6


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
