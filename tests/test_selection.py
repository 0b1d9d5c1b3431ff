"""The choice of what a run goes through in full, tried on small histories."""

from __future__ import annotations

import json
import subprocess

import pytest
import selection
from book_files import ROOT, Notebook, notebooks

NOON = 1_750_000_000  # seconds since 1970, of the newest commit
HOUR = 3600


class History:
    """A repository of this test's own, whose commits say when they were made."""

    def __init__(self, folder):
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *command, date=NOON):
        when = {"GIT_COMMITTER_DATE": f"{date} +0000", "GIT_AUTHOR_DATE": f"{date} +0000"}
        settings = ["-c", "user.name=test", "-c", "user.email=test@example.org",
                    "-c", "protocol.file.allow=always"]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in when.items():
                patch.setenv(name, value)
            subprocess.run(["git", *settings, "-C", self.folder, *command], check=True,
                           capture_output=True)

    def commit(self, name, date=NOON):
        """Write a file and commit it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(date))
        self.git("add", "--all")
        self.git("commit", "-qm", name, date=date)


@pytest.fixture(autouse=True)
def no_revision_is_named(monkeypatch):
    monkeypatch.delenv("CHANGED_SINCE", raising=False)


@pytest.fixture
def history(tmp_path):
    (tmp_path / "here").mkdir()
    here = History(tmp_path / "here")
    here.commit("old", NOON - 50 * HOUR)
    here.commit("before", NOON - 5 * HOUR)
    here.commit("with it", NOON - 3 * HOUR)
    here.commit("now")
    return here


def test_on_main_what_landed_together_counts(history):
    assert selection.changed(history.folder) == {"with it", "now"}
    history.git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert selection.changed(history.folder) == {"with it", "now"}


def test_a_merge_counts_when_it_was_made_and_not_when_its_commits_were(history):
    history.git("checkout", "-q", "-b", "side", "HEAD~2")
    history.commit("long prepared", NOON - 24.5 * HOUR)
    history.git("checkout", "-q", "main")
    history.git("merge", "-q", "--no-ff", "side", date=NOON + HOUR)
    assert selection.changed(history.folder) == {"with it", "now", "long prepared"}


def test_on_a_branch_all_that_it_did_since_it_left_main_counts(history):
    history.git("update-ref", "refs/remotes/origin/main", "HEAD~3")
    assert selection.changed(history.folder) == {"before", "with it", "now"}


def test_a_revision_that_is_named_goes_before_everything(history, monkeypatch):
    history.git("update-ref", "refs/remotes/origin/main", "HEAD~3")
    monkeypatch.setenv("CHANGED_SINCE", "HEAD~1")
    assert selection.changed(history.folder) == {"now"}
    monkeypatch.setenv("CHANGED_SINCE", "0" * 40)  # as of a push to a new branch: git has it not
    assert selection.changed(history.folder) == {"before", "with it", "now"}


def test_what_is_not_committed_counts(history):
    (history.folder / "old").write_text("edited")
    (history.folder / "before").unlink()
    (history.folder / "a new one ∇").write_text("")
    (history.folder / "staged").write_text("")
    history.git("add", "staged")
    (history.folder / ".gitignore").write_text("built")
    (history.folder / "built").write_text("")
    assert selection.changed(history.folder) == {
        "old", "before", "with it", "now", "a new one ∇", "staged", ".gitignore"}


def test_a_renamed_file_counts_under_both_names(history):
    history.git("mv", "old", "renamed")
    assert selection.changed(history.folder) == {"old", "renamed", "with it", "now"}


def test_the_whole_of_a_short_history_counts(tmp_path):
    here = History(tmp_path)
    here.commit("first", NOON - HOUR)
    here.commit("second")
    assert selection.changed(tmp_path) == {"first", "second"}


@pytest.mark.parametrize(("depth", "expected"), [
    (1, set()), (2, {"now"}), (3, {"with it", "now"})])
def test_a_shallow_clone_counts_as_far_as_it_goes(history, tmp_path, depth, expected):
    there = tmp_path / "there"
    history.git("clone", "-q", f"--depth={depth}", history.folder.as_uri(), str(there))
    assert selection.changed(there) == expected
    (there / "old").write_text("edited")
    assert selection.changed(there) == expected | {"old"}


def test_without_a_history_nothing_is_touched(history, tmp_path, monkeypatch):
    assert selection.changed(tmp_path) == frozenset()  # no repository
    inside = history.folder / "unpacked"
    inside.mkdir()
    assert selection.changed(inside) == frozenset()  # another's repository
    (tmp_path / "empty").mkdir()
    empty = History(tmp_path / "empty")
    assert selection.changed(empty.folder) == frozenset()  # no commit
    monkeypatch.setenv("PATH", str(tmp_path))
    assert selection.changed(history.folder) == frozenset()  # no git


def stored(*cells: tuple[str, str]) -> str:
    return json.dumps({"cells": [{"cell_type": kind, "source": [text]} for kind, text in cells]})


@pytest.mark.parametrize(("now", "counts"), [
    (stored(("markdown", "Other words."), ("code", "x = 1")), False),
    (stored(("code", "x = 1")), False),
    (stored(("markdown", "Words."), ("code", "x = 2")), True),
    (stored(("markdown", "Words."), ("code", "x = 1"), ("code", "y = 1")), True),
    (stored(("markdown", "x = 1")), True),
    ("no notebook", True),
])
def test_of_a_notebook_the_code_cells_count(history, now, counts):
    path = history.folder / "a chapter.ipynb"
    path.write_text(stored(("markdown", "Words."), ("code", "x = 1")))
    history.git("add", "--all")
    history.git("commit", "-qm", "a chapter", date=NOON - 4.5 * HOUR)
    history.commit("new", NOON + HOUR)
    path.write_text(now)
    assert selection.changed(history.folder) >= {"a chapter.ipynb", "new"}
    start = selection.beginning(history.folder)
    assert selection.changes_a_program(history.folder, start, "a chapter.ipynb") == counts
    assert selection.changes_a_program(history.folder, start, "new")


def test_a_new_and_a_lost_notebook_count(history):
    (history.folder / "new.ipynb").write_text(stored(("code", "x = 1")))
    start = selection.beginning(history.folder)
    assert selection.changes_a_program(history.folder, start, "new.ipynb")
    assert selection.changes_a_program(history.folder, start, "lost.ipynb")


NOTEBOOK = Notebook(ROOT / "book" / "optimization" / "gradient-descent.ipynb")


@pytest.mark.parametrize(("file", "touches"), [
    ("book/optimization/gradient-descent.ipynb", True),
    ("mathml/interactive/answers/gradient_descent.py", True),
    ("mathml/interactive/answers/gradients.py", False),
    ("mathml/optim/drivers.py", False),
    ("book/references.bib", False),
])
def test_a_chapter_is_touched_by_its_notebook_and_its_answer_key(monkeypatch, file, touches):
    monkeypatch.setattr(selection, "SWEEP", False)
    monkeypatch.setattr(selection, "changed_here", lambda: frozenset({file}))
    assert (ROOT / file).exists()
    assert selection.in_full(NOTEBOOK) == touches
    assert (NOTEBOOK in selection.chosen(notebooks(), sample=())) == touches
    assert NOTEBOOK in selection.chosen(notebooks(), sample=("gradient-descent",))


def test_the_sweep_goes_through_everything(monkeypatch):
    monkeypatch.setattr(selection, "SWEEP", True)
    assert selection.chosen(notebooks(), sample=()) == notebooks()


def test_the_sample_is_in_the_book():
    assert set(selection.SAMPLE) <= {nb.path.stem for nb in notebooks()}
