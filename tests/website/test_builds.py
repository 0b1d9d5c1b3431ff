"""Builds of a small book: one that must fail, and what a change executes again."""

from __future__ import annotations

import re
import shutil

from book_files import ROOT
from small_book import build, small_book

from website import strict

SETUP = "from mathml import plotting\nplotting.use_style()\nimport matplotlib.pyplot as plt"
STATES = """
from mathml.interactive import explore, slider
import numpy as np
def draw(ax, a):
    ax.plot(np.random.default_rng(int(1000 * a)).normal(size=800))
    return f"a is {a:g}."
explore(draw, a=slider(0, 1, 60, label="a"), title="Too much noise")
"""


def test_a_build_fails_for_each_fault_and_names_its_place(tmp_path):
    small_book(
        tmp_path,
        formula=[("markdown", "# A\n\nText $\\nosuchmacro$.")],
        twice=[("markdown", "# B\n\nx"), ("markdown", "$$\\begin{align}a&=b\\end{align}$$")],
        cell=[("markdown", "# C"), ("code", "1 + 1"), ("code", "undefined_name")],
        picture=[("markdown", "# D"), ("code", SETUP), ("code", "plt.plot([1, 2]);")],
        budget=[("markdown", "# E"), ("code", STATES)],
        link=[("markdown", "# F\n\n[nowhere](nowhere.md) and {ref}`no-label`")],
    )
    code, said = build(tmp_path)
    assert code != 0
    for fault in (
        r"formula\.ipynb, cell 1, line 3: formula not typeset: .*nosuchmacro",
        r"twice\.ipynb, cell 2, line 1: formula not typeset: .*aligned",
        r"cell\.ipynb, cell 3: NameError: name 'undefined_name' is not defined",
        r"picture\.ipynb.* cell 3 has no alternative text",
        r"budget\.ipynb, cell 2: ValueError: .*'Too much noise'.* got [\d,]+ for 60 states",
        r"link\.ipynb, cell 1, line 3.*nowhere\.md",
        r"link\.ipynb, cell 1, line 3.*no-label",
    ):
        assert re.search(fault, said), f"{fault} is not in\n{said}"
    code, again = build(tmp_path)
    assert code != 0, "the second build passed over the faults of the first"
    assert "nosuchmacro" in again


PAGE = """---
file_format: mystnb
kernelspec: {name: python3}
---
# G

```{code-cell}
1/0
```
"""


def test_a_failing_cell_of_a_text_page_is_named_too(tmp_path):
    small_book(tmp_path, one=[("markdown", "# A")])
    (tmp_path / "book" / "page.md").write_text(PAGE)
    with (tmp_path / "_toc.yml").open("a") as toc:
        toc.write("\n  - file: book/page\n")
    code, said = build(tmp_path)
    assert code != 0
    assert re.search(r"page\.md, cell 2: ZeroDivisionError: division by zero", said), said


class Book:
    """A small book on a copy of the package; each chapter's runs are counted."""

    def __init__(self, folder, **chapters):
        self.folder, self.runs = folder, folder / "runs"
        shutil.copytree(ROOT / "mathml", folder / "package" / "mathml",
                        ignore=shutil.ignore_patterns("__pycache__"))
        count = "with open({!r}, 'a') as file:\n    print({!r}, file=file)"
        small_book(folder, **{
            name: [("markdown", f"# {name}"), ("code", code),
                   ("code", count.format(str(self.runs), name))]
            for name, code in chapters.items()})

    def executed(self) -> list[str]:
        """Build; return the chapters that were executed."""
        self.runs.write_text("")
        code, said = build(self.folder, PYTHONPATH=str(self.folder / "package"))
        assert code == 0, said
        return sorted(self.runs.read_text().split())

    def edit(self, path: str, old: str = "", new: str = "\n# A remark.\n") -> None:
        """Replace a text in a file, or add one to its end."""
        path = self.folder / path
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new) if old else text + new)

    def page(self, name: str) -> str:
        return (self.folder / "_build" / "html" / "book" / f"{name}.html").read_text()


NORMS = "from mathml import interactive\nfrom mathml.norms import lp_norm\n" \
        "interactive.check('norms-4', 4)"
BAYES = "from mathml.bayes import update"


def test_only_the_chapters_that_use_what_changed_are_executed(tmp_path):
    book = Book(tmp_path, norms=NORMS, bayes=BAYES)
    assert book.executed() == ["bayes", "norms"]
    assert book.executed() == []
    book.edit("book/norms.ipynb", "# norms", "# All norms")
    assert book.executed() == []
    assert "All norms" in book.page("norms")
    book.edit("package/mathml/interactive/answers/norms.py")
    assert book.executed() == ["norms"]
    book.edit("package/mathml/estimation/models.py")  # the update of a normal belief predicts
    assert book.executed() == ["bayes"]
    book.edit("package/mathml/optim/rules.py")
    assert book.executed() == []
    book.edit("package/mathml/_check.py")
    assert book.executed() == ["bayes", "norms"]
    book.edit("requirements.txt")
    assert book.executed() == ["bayes", "norms"]


def test_what_a_killed_build_left_is_made_again(tmp_path):
    book = Book(tmp_path, norms=NORMS, bayes=BAYES)
    book.executed()
    whole = {name: book.page(name) for name in ("norms", "bayes")}
    search = tmp_path / "_build" / "html" / "search-index.js"
    index = search.read_text()
    # Killed while it wrote: a mark that it began, half a page, half an index.
    (tmp_path / "_build" / ".doctrees" / strict.BEGUN).touch()
    search.write_text(index[:100])
    (tmp_path / "_build" / "html" / "book" / "norms.html").write_text("<html>")
    assert book.executed() == []
    assert {name: book.page(name) for name in whole} == whole
    assert search.read_text() == index


SPOIL = {
    "outputs gone": lambda cache: shutil.rmtree(cache / "executed"),
    "outputs cut off": lambda cache: next(cache.glob("executed/*/base.ipynb")).write_text("{"),
    "record spoilt": lambda cache: (cache / "global.db").write_bytes(b"no database" * 1000),
    "record gone": lambda cache: (cache / "global.db").unlink(),
}


def test_a_cache_with_missing_parts_is_made_again(tmp_path):
    book = Book(tmp_path, norms=NORMS, bayes=BAYES)
    book.executed()
    whole = book.page("norms")
    for what, spoil in SPOIL.items():
        spoil(next((tmp_path / ".cache" / "execution" / "book.norms").iterdir()))
        book.edit("book/norms.ipynb", "# norms", "# norms ")  # so that the page is read
        assert book.executed() == ["norms"], what
        assert book.page("norms") == whole, what
    assert len(list((tmp_path / ".cache" / "execution").glob("*/*"))) == 2
