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
from book_files import BOOK, HIDDEN, ROOT, Notebook, chapters, source, tags

MAX_LINES, AIM_LINES = 20, 8
METADATA = {"kernelspec", "language_info", "mathml"}
CELL_METADATA = {"tags", "mystnb"}
STATEMENTS = ("theorem", "proposition", "lemma", "corollary")
BOX = re.compile(r"^([`:]{3,})\{prf:(\w+)\}", re.M)
GLOBAL_RANDOM = re.compile(
    r"np\.random\.(?!default_rng|Generator|SeedSequence)\w+\(|(?<![\w.])random\.(seed|random|choice)\("
)
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
    for name, least in (("explore", 2), ("predict", 1), ("check", 4)):
        if nb.calls(name) < least:
            yield f"{nb.calls(name)} calls of {name}; at least {least}"
    if not re.search(r"\{index\}|```\{index\}", nb.prose):
        yield "no index entry"
    if "{cite" not in nb.prose:
        yield "no reference cited"


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


RULES = [
    outputs_are_text,
    metadata_is_clean,
    cells_are_short,
    drawings_have_alternative_text,
    parts_are_there,
    statements_are_checked,
    theorems_are_proved,
    formulas_read_everywhere,
    randomness_is_explicit,
    setup_comes_first,
    links_go_by_label,
]


@pytest.mark.parametrize("nb", chapters(), ids=lambda nb: nb.path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_chapter(nb, rule):
    complaints = list(rule(nb))
    assert not complaints, f"{nb.path.relative_to(ROOT)}: " + "; ".join(complaints)


def cited_keys() -> dict[str, str]:
    """Each key that a page cites, with the page."""
    keys = {}
    for path in [*BOOK.rglob("*.md"), *(nb.path for nb in chapters())]:
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


def test_every_chapter_is_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {entry["file"] for part in toc["parts"] for entry in part["chapters"]}
    files = {str(nb.path.relative_to(ROOT).with_suffix("")) for nb in chapters()}
    assert files <= listed, f"not in _toc.yml: {sorted(files - listed)}"


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
BROKEN = [
    (outputs_are_text, [code("1", outputs=[PICTURE])]),
    (metadata_is_clean, [code("1", collapsed=True)]),
    (metadata_is_clean, [code("1"), code("2")]),
    (cells_are_short, [code("x = 1\n" * 21)]),
    (cells_are_short, [code("x = 1\n" * 9)]),
    (drawings_have_alternative_text, [code("ax.plot(x);")]),
    (drawings_have_alternative_text, [code("ax.plot(x);", mystnb={"image": {"alt": "plot"}})]),
    (parts_are_there, [md("words"), SETUP]),
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
]
KEPT = [
    (drawings_have_alternative_text, [code("ax.plot(x);", mystnb=ALT)]),
    (drawings_have_alternative_text, [code("explore(lambda ax, a: ax.plot(a), a=s)")]),
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


def test_every_rule_has_a_notebook_that_breaks_it():
    assert {rule for rule, _ in BROKEN} == set(RULES)
