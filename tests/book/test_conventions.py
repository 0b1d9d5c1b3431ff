"""Every chapter keeps to the conventions of the book, and every rule notices what breaks it."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from book_files import BOOK, ROOT, Notebook, chapters, notebooks
from conventions import (
    FOR_PAGES,
    RULES,
    cells_are_short,
    drawings_have_alternative_text,
    exercises_are_of_every_kind,
    exercises_have_solutions,
    figures_are_predicted,
    formulas_read_everywhere,
    glossary_terms,
    index_entries,
    keys_are_not_printed,
    keys_name_wrong_attempts,
    keys_refuse_wrong_attempts,
    links_go_by_label,
    metadata_is_clean,
    minutes_and_needs_are_given,
    outputs_are_text,
    panels_are_called_by_name,
    parts_are_there,
    randomness_is_explicit,
    setup_comes_first,
    solutions_pass,
    statements_are_checked,
    theorems_are_proved,
    words_are_explained,
)

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof

MAX_SECONDS = 60  # for a chapter to run
PAGES = [nb for nb in notebooks() if nb not in chapters()]


@pytest.mark.parametrize("nb", PAGES, ids=lambda nb: nb.path.stem)
@pytest.mark.parametrize("rule", FOR_PAGES, ids=lambda rule: rule.__name__)
def test_page(nb, rule):
    complaints = list(rule(nb))
    assert not complaints, f"{nb.path.relative_to(ROOT)}: " + "; ".join(complaints)


@pytest.mark.parametrize("nb", chapters(), ids=lambda nb: nb.path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_chapter(nb, rule):
    complaints = list(rule(nb))
    assert not complaints, f"{nb.path.relative_to(ROOT)}: " + "; ".join(complaints)


def cited_keys() -> dict[str, str]:
    """Each key that a page cites, with the page."""
    keys = {}
    for path in [*BOOK.rglob("*.md"), *(nb.path for nb in notebooks())]:
        for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", path.read_text(encoding="utf-8")):
            for key in group.split(","):
                keys[key.strip()] = path.name
    return keys


def test_references_are_those_cited():
    bib = (BOOK / "references.bib").read_text(encoding="utf-8")
    listed = set(re.findall(r"^@\w+\{([^,\s]+)", bib, re.M))
    cited = cited_keys()
    missing = {key: page for key, page in cited.items() if key not in listed}
    assert not missing, f"cited but not in references.bib: {missing}"
    unused = listed - set(cited)
    assert not unused, f"in references.bib but cited nowhere: {sorted(unused)}"


def test_every_page_is_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {entry["file"] for part in toc["parts"] for entry in part["chapters"]} | {toc["root"]}
    paths = [*BOOK.rglob("*.md"), *(nb.path for nb in notebooks())]
    files = {str(path.relative_to(ROOT).with_suffix("")) for path in paths}
    assert files == listed, f"_toc.yml and book/ differ by {sorted(files ^ listed)}"


@pytest.mark.parametrize("nb", chapters(), ids=lambda nb: nb.path.stem)
def test_every_index_entry_has_a_line_in_the_glossary(nb):
    missing = index_entries(nb.prose) - set(glossary_terms())
    assert not missing, f"add a line to book/about/glossary.md for: {sorted(missing)}"


def test_glossary_terms_stand_once():
    terms = glossary_terms()
    assert len(terms) > 50
    assert len(set(terms)) == len(terms)


def test_index_entries_are_read_as_the_index_shows_them():
    text = "{index}`Norm`, {index}`loss\n<loss function>`"
    assert index_entries(text) == {"norm", "loss function"}


def test_running_times_are_those_of_notebooks():
    times = json.loads((BOOK / "about" / "running-times.json").read_text(encoding="utf-8"))
    files = {str(nb.path.relative_to(ROOT).with_suffix("")) for nb in notebooks()}
    assert set(times) <= files, f"gone: {sorted(set(times) - files)}"
    assert all(isinstance(seconds, int) and seconds > 0 for seconds in times.values())
    slow = {name: seconds for name, seconds in times.items() if seconds >= MAX_SECONDS}
    assert not slow, f"a chapter runs in under {MAX_SECONDS} s: {slow}"


# --- the rules themselves --------------------------------------------------------------------


def notebook(tmp_path, *cells, metadata=None) -> Notebook:
    path = tmp_path / "made.ipynb"
    path.write_text(json.dumps({"cells": list(cells), "metadata": metadata or {}, "nbformat": 4}))
    return Notebook(path)


def md(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text, *, outputs=(), **metadata):
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": text,
        "outputs": list(outputs),
        "execution_count": 1,
    }


PICTURE = {"output_type": "display_data", "data": {"image/png": "AAAA"}, "metadata": {}}
THEOREM = "```{prf:theorem} Name\n:label: x\nIt holds.\n```\n"
PROOF = "```{prf:proof}\nYes.\n```\n"
SETUP = code("import mathml", tags=["remove-cell"])
ALT = {"image": {"alt": "a parabola that opens upwards"}}
SKELETON = """# Title
:::{admonition} After this chapter you can
:class: goals
- try. **You need** nothing. **Time** about 60 minutes.
:::
An {index}`entry`, by {cite:t}`a`.

## Pitfalls

## Exercises

## Summary

## References
"""
FIGURES = code("explore(f)\nexplore(g)")


def solution(name, said=None):
    out = {"output_type": "execute_result", "metadata": {}, "execution_count": 1,
           "data": {"text/plain": [said or f"✓ {name}: right."]}}
    return code(f'check("{name}", 4)', outputs=[out], tags=["hide-cell"])


EXERCISES = [cell for k in range(1, 7)
             for cell in (code(f'check("x-{k}", ...)'), solution(f"x-{k}"))]


def _is_three(f):
    assert f() == 3, f"it returns {f()}, not 3"


WRONG_PROGRAMS = tuple((lambda x=x: x, f"it returns {x}, not 3") for x in (1, 2, 4, 5))
KEYS = {
    "x-1": Number(0.4567, wrong=((4.567, "a hint"),)),
    "x-2": Choice(("a", "b"), "a", wrong=(("b", "a hint"),)),
    "x-3": Proof(("one step",)),
    "x-4": Function(_is_three, wrong=WRONG_PROGRAMS),
    "x-5": Fault(("a", "b"), "a", wrong=(("b", "a hint"),)),
    "x-6": Array((0.71, 3), wrong=(((1, 3), "a hint"),), transfer=True),
    "y-1": Number(4), "y-2": Function(_is_three, wrong=WRONG_PROGRAMS[:3]),
    "y-3": Number(4, wrong=((4.001, "too near"),)),
    "y-4": Function(_is_three, wrong=((lambda: 3, "right, after all"),)),
    "y-5": Function(_is_three, wrong=((lambda: 4, "it returns 5"),)),
}  # fmt: skip


@pytest.fixture
def keys(monkeypatch):
    """The keys of the made-up exercises, for the rules and for check."""
    monkeypatch.setattr("conventions.lookup", KEYS.__getitem__)
    monkeypatch.setattr("mathml.interactive.verdict.lookup", KEYS.__getitem__)


def asked(*names):
    """Cells that ask for exercises."""
    return [code(f'check("{name}", ...)') for name in names]


PRINTS = {"output_type": "stream", "name": "stdout", "text": ["so p = -0.457, ", "of 12.3"]}
BROKEN = [
    (outputs_are_text, [code("1", outputs=[PICTURE])]),
    (metadata_is_clean, [code("1", collapsed=True)]),
    (metadata_is_clean, [code("1"), code("2")]),
    (cells_are_short, [code("x = 1\n" * 21)]),
    (cells_are_short, [code("x = 1\n" * 9)]),
    (drawings_have_alternative_text, [code("ax.plot(x);")]),
    (drawings_have_alternative_text, [code("ax.plot(x);", mystnb={"image": {"alt": "plot"}})]),
    (parts_are_there, [md("words"), SETUP]),
    *[(parts_are_there, [md(SKELETON.replace(part, "")), FIGURES]) for part in (
        ":class: goals\n", "**You need** ", "**Time** ", "{index}", "{cite", "## Pitfalls",
        "## Exercises", "## Summary", "## References")],
    (parts_are_there, [md(SKELETON + "\n## Pitfalls\n"), FIGURES]),
    (parts_are_there, [md(SKELETON), code("explore(f)")]),
    (figures_are_predicted, [code("predict(q)"), code("explore(f)"), code("explore(g)")]),
    (figures_are_predicted, [code("explore(f)"), code("predict(q)")]),
    (exercises_have_solutions, EXERCISES[:-2]),
    (exercises_have_solutions, EXERCISES[:-1]),
    (exercises_have_solutions, [*EXERCISES[:-2], EXERCISES[0], EXERCISES[1]]),
    (exercises_have_solutions, [*EXERCISES, solution("x-7")]),
    (exercises_have_solutions, [*EXERCISES[:-1], code('check("x-6", 4)')]),
    (solutions_pass, [solution("x-1", "✗ x-1: not this value.")]),
    (solutions_pass, [solution("x-1", "✓ x-2: right.")]),
    (solutions_pass, [code('check("x-1", 4)', tags=["hide-cell"])]),
    *((exercises_are_of_every_kind, asked(*(name for name in KEYS if name[0] == "x" and
                                            name != missing)))
      for missing in ("x-3", "x-4", "x-5", "x-6")),
    (exercises_are_of_every_kind, asked(*(f"x-{k}" for k in range(1, 7)), "y-1")),
    (keys_name_wrong_attempts, asked("y-1")),
    (keys_name_wrong_attempts, asked("y-2")),
    *((keys_refuse_wrong_attempts, asked(name)) for name in ("y-3", "y-4", "y-5")),
    (keys_are_not_printed, [md("It is 0.457."), *asked("x-1")]),
    (keys_are_not_printed, [md("It is $45.7\\%$."), *asked("x-1")]),
    (keys_are_not_printed, [code("p", outputs=[PRINTS]), *asked("x-1")]),
    (keys_are_not_printed, [code('predict("?", ["0.71", "2"])'), *asked("x-6")]),
    (statements_are_checked, [md(THEOREM + PROOF)]),
    (theorems_are_proved, [md(THEOREM)]),
    (theorems_are_proved, [md(THEOREM + THEOREM + PROOF)]),
    (formulas_read_everywhere, [md(r"$\newcommand{\R}{x}$")]),
    (formulas_read_everywhere, [md("\\begin{align}a&=b\\end{align}")]),
    (randomness_is_explicit, [code("np.random.seed(1)")]),
    (randomness_is_explicit, [code("x = np.random.normal(size=3)")]),
    (setup_comes_first, [md("# T"), code("x = 1")]),
    (setup_comes_first, [md("no title"), SETUP]),
    (setup_comes_first, [md("# T"), SETUP, md("# U")]),
    (links_go_by_label, [md("see Chapter 3")]),
    (minutes_and_needs_are_given, [md("# T")]),
    (words_are_explained, [md("Follow the gradient.")]),
    (words_are_explained, [md("Two Gradients of a $f$.")]),
    (words_are_explained, [md("Follow the gradient.\n\nThe gradient ({ref}`gradients`).")]),
    (words_are_explained, [md("The gradient ({ref}`norms`).")]),
    *[(panels_are_called_by_name, [code(text)]) for text in (
        'explore(f, a=slider(0, 1, 2, label="start (left)"))',
        'def f(ax, a):\n    return f"{a}: the left search ends."',
        'predict("Q?", ["a", "b"], "a", "The search on the right.")')],
    *[(panels_are_called_by_name, [code("explore(f)"), md(text)]) for text in (
        "On the left is the map.", "The map (left) has a ball.", "The left panel moves.",
        "Look.\nLeft: the map. Right: the ball.")],
    (panels_are_called_by_name, [md("On the\nright is the map."), code("x = 1"),
                                 code("explore(f)")]),
]
KEPT = [
    (drawings_have_alternative_text, [code("ax.plot(x);", mystnb=ALT)]),
    (drawings_have_alternative_text, [code("explore(lambda ax, a: ax.plot(a), a=s)")]),
    (parts_are_there, [md(SKELETON), FIGURES]),
    (figures_are_predicted, [code("predict(q)"), code("explore(f)"),
                             code("predict(q)\nexplore(g)")]),
    (exercises_have_solutions, EXERCISES),
    (solutions_pass, EXERCISES),
    (exercises_are_of_every_kind, EXERCISES),
    (keys_name_wrong_attempts, EXERCISES),
    (keys_refuse_wrong_attempts, EXERCISES),
    (keys_are_not_printed, [md("It is 0.46, or 4.567, 0.458, 0.710, 3.00."), *asked("x-1")]),
    (keys_are_not_printed, [*asked("x-1"), md("It is 0.457.")]),
    (keys_are_not_printed, [code("0.457", tags=["hide-cell"]), *asked("x-1")]),
    (keys_are_not_printed, [md("4, 4.00"), *asked("y-1")]),
    (theorems_are_proved, [md(THEOREM + "By {cite:t}`a`.")]),
    (theorems_are_proved, [md(THEOREM + PROOF)]),
    (statements_are_checked, [md(THEOREM), code("assert True")]),
    (randomness_is_explicit, [code("rng = np.random.default_rng(0)")]),
    (formulas_read_everywhere, [md("$$\\begin{aligned}a&=b\\end{aligned}$$")]),
    (setup_comes_first, [md("# T"), SETUP]),
    (setup_comes_first, [md("(t)=\n# T"), SETUP]),
    (words_are_explained, [md("Follow the {index}`gradient`.")]),
    (words_are_explained, [md("Follow the gradient ({ref}`gradients`).\n\nThe gradient again.")]),
    (words_are_explained, [md("Follow the {term}`gradient`.")]),
    (words_are_explained, [md("Follow the gradient.\n\n:::{admonition} Recap: slopes\n"
                              "The gradient holds them.\n:::")]),
    (words_are_explained, [md("Sub-gradients, `gradient`s? {ref}`slopes <gradient>` $gradient$")]),
    *[(panels_are_called_by_name, [code(text)]) for text in (
        "ax.legend(loc='upper left')\nax.text(0, 0, 'a', ha='right')",
        'def f(ax):\n    return "At a right angle; 3 steps are left."')],
    (panels_are_called_by_name, [code('predict("All ones lie to the right.", ["a", "b"], 0, "")')]),
    (panels_are_called_by_name, [md("What is on the left is smaller."), md("Words."),
                                 code("explore(f)"), md("The right answer is left of 0.")]),
]


@pytest.mark.parametrize(("rule", "cells"), BROKEN)
@pytest.mark.usefixtures("keys")
def test_rule_complains(tmp_path, rule, cells):
    assert list(rule(notebook(tmp_path, *cells)))


@pytest.mark.parametrize(("rule", "cells"), KEPT)
@pytest.mark.usefixtures("keys")
def test_rule_accepts(tmp_path, rule, cells):
    assert not list(rule(notebook(tmp_path, *cells)))


def test_minutes_in_the_text_are_those_of_the_metadata(tmp_path):
    facts = {"mathml": {"minutes": 60, "needs": []}}
    text = "# T\n**Time** about {} minutes."
    assert not list(minutes_and_needs_are_given(
        notebook(tmp_path, md(text.format(60)), metadata=facts)))
    assert list(minutes_and_needs_are_given(
        notebook(tmp_path, md(text.format(70)), metadata=facts)))


def test_a_needed_chapter_explains_its_words_and_those_that_it_needs(tmp_path):
    text = md("Follow the gradient of a norm.")
    for needed, known in (("gradient-descent", True), ("gradients", True), ("probability", False)):
        made = notebook(tmp_path, text, metadata={"mathml": {"minutes": 1, "needs": [needed]}})
        assert (not list(words_are_explained(made))) == known, needed


def test_every_rule_has_a_notebook_that_breaks_it():
    assert {rule for rule, _ in BROKEN} == set(RULES)
