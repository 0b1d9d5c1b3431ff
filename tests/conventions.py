"""The conventions of the book: each rule is a function that returns its complaints."""

from __future__ import annotations

import ast
import re
from functools import cache
from math import isclose, isfinite
from statistics import median

from book_files import BOOK, HIDDEN, Notebook, chapters, source, tags

from mathml.interactive import check
from mathml.interactive.answer_key import lookup

MAX_LINES, AIM_LINES = 20, 8
MIN_EXERCISES, MAX_NUMBERS, MIN_WRONG_PROGRAMS = 6, 2, 4
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
    if len(attempts) < MIN_EXERCISES:
        yield f"{len(attempts)} exercises with a check; at least {MIN_EXERCISES}"
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


def keys_of(nb: Notebook) -> dict:
    """The answer key of each exercise, with the number of the cell that asks for it."""
    return {name: (k, lookup(name)) for k, cell in nb.code if "hide-cell" not in tags(cell)
            for name in CHECK.findall(source(cell))}


def exercises_are_of_every_kind(nb: Notebook):
    keys = [key for _, key in keys_of(nb).values()]
    kinds = [key.kind for key in keys]
    if kinds.count("number") > MAX_NUMBERS:
        yield f"{kinds.count('number')} exercises ask for a number; at most {MAX_NUMBERS}"
    for kind, name in (("proof", "Proof"), ("code", "Function"), ("fault", "Fault")):
        if kind not in kinds:
            yield f"no exercise of the kind {kind}: a key {name}(…)"
    if not any(key.transfer for key in keys):
        yield "no exercise transfers to a situation that the text did not treat: transfer=True"


def keys_name_wrong_attempts(nb: Notebook):
    for name, (_, key) in keys_of(nb).items():
        if key.kind == "proof":  # there is nothing that it could refuse
            continue
        least = MIN_WRONG_PROGRAMS if key.kind == "code" else 1
        if len(key.wrong) < least:
            yield (f"{name}: its key names {len(key.wrong)} typical wrong attempts; "
                   f"wrong=((attempt, hint), …) has at least {least}")


def keys_refuse_wrong_attempts(nb: Notebook):
    for name, (_, key) in keys_of(nb).items():
        for attempt, hint in getattr(key, "wrong", ()):
            verdict = check(name, attempt)
            if verdict.passed is not False:
                yield f"{name}: the key does not refuse {attempt!r}, but says {verdict}"
            elif hint not in verdict.message:
                yield f"{name}: {attempt!r} does not meet {hint!r}, but {verdict}"


PRINTED = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?:[eE]([+-]?\d+))?(?!\.?\d|\w)( ?\\?%)?")


def printed_numbers(text: str) -> set[tuple[float, int]]:
    """The numbers in a text, without their signs, each with how many digits it has."""
    found = set()
    for digits, exponent, percent in PRINTED.findall(text):
        value = float(f"{digits}e{exponent or 0}") / (100 if percent else 1)
        length = len(digits.replace(".", "").lstrip("0"))
        found.add((value, length))
    return found


def is_printed_as(value: float, printed: float, digits: int) -> bool:
    """Whether a reader could copy a value from a printed number.

    A number of three digits or more is compared with the value rounded to as many, and one of two
    with a value that is exactly that.
    """
    rounded = float(f"{value:.{digits - 1}e}") if digits >= 3 else value
    return digits >= 2 and isclose(rounded, printed, rel_tol=1e-9)


def can_be_copied(value: float) -> bool:
    """Whether to meet a value in print says something.

    Whole numbers below 100 and numbers of one digit, such as 0.2, stand everywhere as data.
    """
    if not isfinite(value) or (value < 100 and value == int(value)):
        return False
    return float(f"{value:.0e}") != value


def is_copied(key, text: str) -> bool:
    """Whether the answer to an exercise for numbers can be copied from a text."""
    numbers = printed_numbers(text)
    values = [value for value in map(abs, map(float, key.values())) if can_be_copied(value)]
    return bool(values) and all(
        any(is_printed_as(value, *number) for number in numbers) for value in values)


def keys_are_not_printed(nb: Notebook):
    """No answer is copied from what stands above it; of several numbers, not all of them."""
    for name, (k, key) in keys_of(nb).items():
        if key.kind == "number":
            above = [cell for n, cell in nb.cells if n < k and "hide-cell" not in tags(cell)]
            texts = [source(cell) for cell in above]
            texts += [text_of(out) for cell in above for out in cell.get("outputs", [])]
            if is_copied(key, "\n".join(texts)):
                yield f"{name}: its answer {key.value} stands above it; ask for another"


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
    exercises_are_of_every_kind,
    keys_name_wrong_attempts,
    keys_refuse_wrong_attempts,
    keys_are_not_printed,
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


def index_entries(prose: str) -> set[str]:
    """The index entries of a text, as the index shows them."""
    marked = re.findall(r"\{index\}`([^`]+)`", prose)
    shown = [re.sub(r".*<(.*)>$", r"\1", " ".join(text.split())) for text in marked]
    return {text.strip().lower() for text in shown}


def glossary_terms() -> list[str]:
    text = (BOOK / "about" / "glossary.md").read_text(encoding="utf-8")
    inside = text.split(":::{glossary}\n")[1].split("\n:::")[0]
    return [block.splitlines()[0].lower() for block in inside.split("\n\n")]


# --- words before they are used ------------------------------------------------------------------

LABEL = re.compile(r"^\(([\w-]+)\)=|^:label: ([\w-]+)|^\$\$ \(([\w-]+)\)", re.M)
LINK = re.compile(r"\{(?:ref|prf:ref|eq|numref)\}`(?:[^`<]*<)?([\w-]+)>?`|\]\(#([\w-]+)\)")
RECAP = re.compile(r"^(:::+)\{admonition\} Recap.*?^\1", re.M | re.S)


@cache
def taught() -> dict[str, set[str]]:
    """What each chapter teaches: the index entries of its prose."""
    return {nb.path.stem: index_entries(nb.prose) for nb in chapters()}


@cache
def labels() -> dict[str, str]:
    """The chapter that each label stands in."""
    return {next(filter(None, found.groups())): nb.path.stem
            for nb in chapters() for found in LABEL.finditer(nb.prose)}


@cache
def needs(name: str) -> frozenset[str]:
    """The chapters that a chapter needs, and those that they need."""
    direct = {nb.path.stem: nb.data["metadata"]["mathml"]["needs"] for nb in chapters()}
    return frozenset(direct.get(name, ())).union(*map(needs, direct.get(name, ())))


def uses(word: str, text: str) -> bool:
    """Whether a text has a word or its plural, outside formulas, code and addresses of links."""

    def shown(found: re.Match) -> str:
        role, inside = found.groups()
        return "" if role is None or role.startswith("{cite") else re.sub(r"<[^>]*>$", "", inside)

    plain = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", " ", text, flags=re.S)
    plain = re.sub(r"(\{[\w:]+\})?`([^`]*)`", shown, plain)
    pattern = r"\s+".join(map(re.escape, word.split()))
    return bool(re.search(rf"(?<![\w-]){pattern}(?:e?s)?(?![\w-])", plain, re.I))


def leads_to(paragraph: str, word: str) -> bool:
    """Whether a paragraph links to where a word is taught, or to its line in the glossary."""
    if re.search(rf"\{{term\}}`(?:[^`]*<)?{re.escape(word)}>?`", paragraph, re.I):
        return True
    linked = {labels().get(a or b) for a, b in LINK.findall(paragraph)}
    return any(word in taught().get(chapter, ()) for chapter in linked)


def unexplained(nb: Notebook) -> dict[str, str]:
    """Words of the glossary that a chapter uses before anyone explained them, and where."""
    facts = nb.data["metadata"].get("mathml", {})
    needed = frozenset(facts.get("needs", ())).union(*map(needs, facts.get("needs", ())))
    known = index_entries(nb.prose).union(*(taught().get(name, ()) for name in needed))
    recaps = "".join(box[0] for box in RECAP.finditer(nb.prose))
    found = {}
    for word in sorted(set(glossary_terms()) - known):
        first = next((p for p in nb.prose.split("\n\n") if uses(word, p)), None)
        if first and not leads_to(first, word) and not uses(word, recaps):
            found[word] = " ".join(first.split())[:60]
    return found


def words_are_explained(nb: Notebook):
    for word, place in unexplained(nb).items():
        where = [name for name, words in taught().items() if word in words]
        yield (f"{word!r} is used in “{place}…” and taught in {', '.join(where)}: link to it "
               "there, recap it, or name the chapter in needs")


# --- panels have names: on a phone they stand one above the other ---------------------------------

SIDE = re.compile(r"\bon\s+the\s+(?:left|right)\b(?!-)|\((?:left|right)\)|"
                  r"(?:^|[.;:] )(?:left|right):|"
                  r"\b(?:left|right)(?:-hand)? (?:panel|picture|plot|half|map|diagram)\b",
                  re.I | re.M)
SAID = re.compile(SIDE.pattern + r"|(?<!\bto )\bthe (?:left|right)\b", re.I | re.M)


def strings(code: str) -> list[str]:
    """The texts in a cell: labels, titles, sentences, names of panels."""
    program = re.sub(r"^(\s*)[%!].*", r"\1pass", code, flags=re.M)  # a line for IPython
    return [node.value for node in ast.walk(ast.parse(program))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def beside_figures(nb: Notebook) -> list[tuple[int, str]]:
    """The texts before and after a cell that draws, code between them left out."""
    texts: list[tuple[int, str]] = []
    drawn = [False]  # before the first text, between it and the next, …, after the last
    for k, cell in nb.cells:
        if cell["cell_type"] == "code":
            draws = re.search(r"\bexplore\(", source(cell)) or DRAWS.search(source(cell))
            drawn[-1] = drawn[-1] or bool(draws)
        else:
            texts.append((k, source(cell)))
            drawn.append(False)
    return [text for i, text in enumerate(texts) if drawn[i] or drawn[i + 1]]


def called_by_side(nb: Notebook) -> list[tuple[int, str]]:
    """The places where a panel is called left or right, with their cells."""
    said = [(k, text) for k, cell in nb.code for text in strings(source(cell))]
    found = [(k, text, m) for k, text in said for m in SAID.finditer(text)]
    found += [(k, text, m) for k, text in beside_figures(nb)
              for m in SIDE.finditer(re.sub(r"\$[^$]*\$", "", text))]
    return [(k, m[0]) for k, text, m in found]


def panels_are_called_by_name(nb: Notebook):
    if found := called_by_side(nb):
        yield ("panels stand one above the other on a phone; call them by name, as in "
               "explore({'parabola': f, 'error': g}, …): "
               + ", ".join(f"cell {k}: “{text}”" for k, text in found))


RULES += [words_are_explained, panels_are_called_by_name]
