"""Every chapter keeps to the conventions of the book.

Each rule is a function that returns its complaints, so that it can be tested itself: the second
half of this file gives every rule a notebook that breaks it.
"""

from __future__ import annotations

import json
import re
from statistics import median

import pytest
import yaml
from book_files import BOOK, HIDDEN, ROOT, Notebook, chapters, notebooks, source, tags

MAX_LINES, AIM_LINES = 20, 8
MAX_SECONDS = 60  # for a chapter to run
HEADINGS = ("Pitfalls", "Exercises", "Summary", "References")
METADATA = {"kernelspec", "language_info", "mathml"}
CELL_METADATA = {"tags", "mystnb"}
STATEMENTS = ("theorem", "proposition", "lemma", "corollary")
BOX = re.compile(r"^([`:]{3,})\{prf:(\w+)\}", re.M)
GLOBAL_RANDOM = re.compile(
    r"np\.random\.(?!default_rng|Generator|SeedSequence)\w+\(|(?<![\w.])random\.(seed|random|choice)\("
)
CHECK = re.compile(r"(?<![\w.])check\(\s*[\"']([\w-]+)[\"']")
CALL = re.compile(r"(?<![\w.])(predict|explore)\(")
DRAWS = re.compile(r"\bplt\.|\bax\.|\baxes\[|subplots\(")


def outputs_are_text(nb: Notebook):
    for k, cell in nb.code:
        for out in cell.get("outputs", []):
            if out["output_type"] == "error":
                yield f"cell {k}: a stored error"
            kinds = set(out.get("data", {})) - {"text/plain"}
            if kinds:
                yield f"cell {k}: stored output that is not text: {sorted(kinds)}"


def metadata_is_clean(nb: Notebook):
    extra = set(nb.data["metadata"]) - METADATA
    if extra:
        yield f"notebook metadata to drop: {sorted(extra)}"
    for k, cell in nb.cells:
        extra = set(cell.get("metadata", {})) - CELL_METADATA
        if extra:
            yield f"cell {k}: metadata to drop: {sorted(extra)}"
    numbers = [cell.get("execution_count") for _, cell in nb.code]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the cells were not run once each, in order; run: make notebooks NOTEBOOKS=…"


def cells_are_short(nb: Notebook):
    for k, cell in nb.code:
        n = len(source(cell).splitlines())
        if n > MAX_LINES:
            yield f"cell {k}: {n} lines; at most {MAX_LINES}, longer code belongs in mathml"
    visible = [len(source(c).splitlines()) for _, c in nb.code if not tags(c) & HIDDEN]
    if visible and median(visible) > AIM_LINES:
        yield f"the median visible code cell has {median(visible):g} lines; aim at {AIM_LINES}"


def drawings_have_alternative_text(nb: Notebook):
    for k, cell in nb.code:
        text = source(cell)
        drawn = DRAWS.search(text) and not re.search(r"\bexplore\(|^def ", text, re.M)
        if drawn and "remove-cell" not in tags(cell):
            alt = cell.get("metadata", {}).get("mystnb", {}).get("image", {}).get("alt", "")
            if len(alt.split()) < 4:
                yield (
                    f"cell {k}: draws without an alternative text that says what is seen; "
                    'add metadata {"mystnb": {"image": {"alt": "…"}}}'
                )


def parts_are_there(nb: Notebook):
    if nb.calls("explore") < 2:
        yield f"{nb.calls('explore')} calls of explore; at least 2"
    if not re.search(r"^:::+\{admonition\} .*\n:class: goals\n", nb.prose, re.M):
        yield "no box of class goals that says what the reader will be able to do"
    elif "**You need** " not in nb.prose or "**Time** about " not in nb.prose:
        yield "the box at the start must say: **You need** … **Time** about … minutes"
    found = re.findall(r"^## (.*)$", nb.prose, re.M)
    if tuple(found[-len(HEADINGS):]) != HEADINGS:
        yield f"the last sections must be {', '.join(HEADINGS)}, in this order"
    if not re.search(r"\{index\}|```\{index\}", nb.prose):
        yield "no index entry"
    if "{cite" not in nb.prose:
        yield "no reference cited"


def figures_are_predicted(nb: Notebook):
    asked = False
    for k, cell in nb.code:
        for call in CALL.findall(source(cell)):
            if call == "explore" and not asked:
                yield f"cell {k}: a figure that moves, and no predict since the one before"
            asked = call == "predict"


def exercises_have_solutions(nb: Notebook):
    attempts, solutions = {}, {}
    for k, cell in nb.code:
        for name in CHECK.findall(source(cell)):
            (solutions if "hide-cell" in tags(cell) else attempts)[name] = k
    if len(attempts) < 4:
        yield f"{len(attempts)} exercises with a check; at least 4"
    for name, k in attempts.items():
        if name not in solutions:
            yield f"cell {k}: {name} has no solution in a cell tagged hide-cell"
    for name, k in solutions.items():
        if name not in attempts:
            yield f"cell {k}: {name} is solved and never asked"


def solutions_pass(nb: Notebook):
    for k, cell in nb.code:
        if "hide-cell" in tags(cell) and (names := CHECK.findall(source(cell))):
            said = [line for out in cell.get("outputs", []) for line in text_of(out).splitlines()]
            for name in names:
                if not any(line.startswith(f"✓ {name}: ") for line in said):
                    yield f"cell {k}: the solution of {name} does not pass its own check: {said}"


def text_of(output: dict) -> str:
    """The text of an output, printed or returned."""
    text = output.get("text", output.get("data", {}).get("text/plain", ""))
    return text if isinstance(text, str) else "".join(text)


def statements_are_checked(nb: Notebook):
    statements = len(re.findall(rf"\{{prf:(?:{'|'.join(STATEMENTS)})\}}", nb.prose))
    asserts = len(re.findall(r"^\s*assert\b", nb.program, re.M))
    if asserts < statements:
        yield f"{asserts} asserts for {statements} theorems; each statement needs a check cell"


def theorems_are_proved(nb: Notebook):
    boxes = list(BOX.finditer(nb.prose))
    for i, box in enumerate(boxes):
        if box[2] not in STATEMENTS:
            continue
        following = boxes[i + 1] if i + 1 < len(boxes) else None
        end = following.start() if following else len(nb.prose)
        cited = "{cite" in nb.prose[box.start() : end]
        if not (following and following[2] == "proof") and not cited:
            title = nb.prose[box.end() :].split("\n", 1)[0].strip()
            yield f"{box[2]} {title!r}: followed by no proof and citing none"


def formulas_read_everywhere(nb: Notebook):
    for macro in re.findall(r"\\(?:newcommand|renewcommand|def|DeclareMathOperator)\b", nb.prose):
        yield f"custom TeX macro {macro}: write it out"
    for name in re.findall(r"\\begin\{(align|equation|gather|alignat)\*?\}", nb.prose):
        yield f"{{{name}}}: use aligned inside $$ … $$ (label)"


def randomness_is_explicit(nb: Notebook):
    for k, cell in nb.code:
        found = GLOBAL_RANDOM.search(source(cell))
        if found:
            yield f"cell {k}: {found[0]} uses global state; use rng = np.random.default_rng(n)"


def setup_comes_first(nb: Notebook):
    if not nb.code or "remove-cell" not in tags(nb.code[0][1]):
        yield "the first code cell must be the set-up cell, tagged remove-cell"
    elif "import mathml" not in (text := source(nb.code[0][1])) and "from mathml" not in text:
        yield "the set-up cell must import mathml (and install it on Colab)"
    first = source(nb.data["cells"][0]) if nb.cells else ""
    if not re.match(r"(\([\w-]+\)=\s*\n)?# ", first):
        yield "the first cell must be the title: # …"
    elif len(re.findall(r"^# ", nb.prose, re.M)) > 1:
        yield "more than one title (# …)"


def links_go_by_label(nb: Notebook):
    found = re.search(r"\b[Cc]hapter \d+|\b[Ss]ection \d+(\.\d+)*", nb.prose)
    if found:
        yield f"{found[0]!r}: link by label, numbers come from _toc.yml"


def minutes_and_needs_are_given(nb: Notebook):
    facts = nb.data["metadata"].get("mathml", {})
    if not (isinstance(facts.get("minutes"), int) and isinstance(facts.get("needs"), list)):
        yield 'the notebook\'s metadata must hold "mathml": {"minutes": 60, "needs": [chapters]}'
    told = re.search(r"\*\*Time\*\* about (\d+) minutes", nb.prose)
    if told and int(told[1]) != facts.get("minutes"):
        yield f"the text says {told[1]} minutes, the metadata {facts.get('minutes')}"


RULES = [
    outputs_are_text,
    metadata_is_clean,
    cells_are_short,
    drawings_have_alternative_text,
    parts_are_there,
    figures_are_predicted,
    exercises_have_solutions,
    solutions_pass,
    statements_are_checked,
    theorems_are_proved,
    formulas_read_everywhere,
    randomness_is_explicit,
    setup_comes_first,
    links_go_by_label,
    minutes_and_needs_are_given,
]
# What holds for a page that is a notebook and no chapter, such as the first one.
FOR_PAGES = [
    outputs_are_text,
    metadata_is_clean,
    cells_are_short,
    drawings_have_alternative_text,
    formulas_read_everywhere,
    randomness_is_explicit,
    setup_comes_first,
    links_go_by_label,
]
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


def index_entries(prose: str) -> set[str]:
    """The index entries of a text, as the index shows them."""
    marked = re.findall(r"\{index\}`([^`]+)`", prose)
    shown = [re.sub(r".*<(.*)>$", r"\1", " ".join(text.split())) for text in marked]
    return {text.strip().lower() for text in shown}


def glossary_terms() -> list[str]:
    text = (BOOK / "about" / "glossary.md").read_text(encoding="utf-8")
    inside = text.split(":::{glossary}\n")[1].split("\n:::")[0]
    return [block.splitlines()[0].lower() for block in inside.split("\n\n")]


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


EXERCISES = [cell for k in range(1, 5)
             for cell in (code(f'check("x-{k}", ...)'), solution(f"x-{k}"))]
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
    (exercises_have_solutions, [*EXERCISES, solution("x-5")]),
    (exercises_have_solutions, [*EXERCISES[:-1], code('check("x-4", 4)')]),
    (solutions_pass, [solution("x-1", "✗ x-1: not this value.")]),
    (solutions_pass, [solution("x-1", "✓ x-2: right.")]),
    (solutions_pass, [code('check("x-1", 4)', tags=["hide-cell"])]),
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
]
KEPT = [
    (drawings_have_alternative_text, [code("ax.plot(x);", mystnb=ALT)]),
    (drawings_have_alternative_text, [code("explore(lambda ax, a: ax.plot(a), a=s)")]),
    (parts_are_there, [md(SKELETON), FIGURES]),
    (figures_are_predicted, [code("predict(q)"), code("explore(f)"),
                             code("predict(q)\nexplore(g)")]),
    (exercises_have_solutions, EXERCISES),
    (solutions_pass, EXERCISES),
    (theorems_are_proved, [md(THEOREM + "By {cite:t}`a`.")]),
    (theorems_are_proved, [md(THEOREM + PROOF)]),
    (statements_are_checked, [md(THEOREM), code("assert True")]),
    (randomness_is_explicit, [code("rng = np.random.default_rng(0)")]),
    (formulas_read_everywhere, [md("$$\\begin{aligned}a&=b\\end{aligned}$$")]),
    (setup_comes_first, [md("# T"), SETUP]),
    (setup_comes_first, [md("(t)=\n# T"), SETUP]),
]


@pytest.mark.parametrize(("rule", "cells"), BROKEN)
def test_rule_complains(tmp_path, rule, cells):
    assert list(rule(notebook(tmp_path, *cells)))


@pytest.mark.parametrize(("rule", "cells"), KEPT)
def test_rule_accepts(tmp_path, rule, cells):
    assert not list(rule(notebook(tmp_path, *cells)))


def test_minutes_in_the_text_are_those_of_the_metadata(tmp_path):
    facts = {"mathml": {"minutes": 60, "needs": []}}
    text = "# T\n**Time** about {} minutes."
    assert not list(minutes_and_needs_are_given(
        notebook(tmp_path, md(text.format(60)), metadata=facts)))
    assert list(minutes_and_needs_are_given(
        notebook(tmp_path, md(text.format(70)), metadata=facts)))


def test_every_rule_has_a_notebook_that_breaks_it():
    assert {rule for rule, _ in BROKEN} == set(RULES)
