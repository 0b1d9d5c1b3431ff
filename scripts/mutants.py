"""Change the package in one place at a time and see whether a test notices.

A mutant is the package with one sign, comparison, constant or guard changed. It is killed if the
tests of its field fail, and survives if they pass. Which of all mutants are made is decided by a
hash of each change, so an edit in one function leaves the choice in the others alone. The file
``tests/mutants.toml`` names more, picked by hand, and with a reason those that compute the same as
the original. Ends with 1 if another survives, or if one called equivalent is killed or gone.

Each mutant runs in a fork of a process that has imported the libraries already; its source is
handed to the import system and is written nowhere.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# A mutant whose tests take longer does not end: it counts as killed. The processor's time tells, so
# that other work on the machine kills none; a mutant that waits is left waiting for ten times that.
SECONDS = 300
LIBRARIES = ("numpy", "scipy.stats", "scipy.optimize", "scipy.signal", "sklearn.linear_model",
             "sklearn.metrics", "sklearn.mixture", "sklearn.datasets", "matplotlib.pyplot",
             "ipywidgets", "IPython", "hypothesis.extra.numpy", "pytest", "nbformat")
# Pictures are looked at; what a chapter's keys accept is tried by the tests of the book; a build
# is another process, where there is no mutant.
LEFT_OUT = ("mathml/plotting.py", "mathml/datasets.py", "mathml/interactive/answers/",
            "mathml/interactive/book.py", "mathml/interactive/cover.py",
            "mathml/interactive/extension.py")
# What several fields use is tried by their tests, and by its own if it has any.
USED_BY = {"_check": ("probability", "information", "estimation", "bayes", "discriminant", "optim"),
           "_class_models": ("naive_bayes", "discriminant"),
           "_normal": ("integrate", "probability", "inference", "discriminant", "mixture")}

COMPARISONS = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=",
               ast.NotEq: "==", ast.In: "not in", ast.NotIn: "in", ast.Is: "is not",
               ast.IsNot: "is"}
OPERATIONS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.Pow: "*",
              ast.FloorDiv: "/", ast.BitAnd: "|", ast.BitOr: "&"}
NAMES = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "any": "all",
         "all": "any", "argmax": "argmin", "argmin": "argmax", "floor": "ceil", "ceil": "floor",
         "log1p": "log", "expm1": "exp"}
OPEN = (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.Lambda)  # need brackets


@dataclass(frozen=True)
class Mutant:
    """One change: a line of a file before and after, and the whole source that holds it."""

    file: str
    line: int
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.file, self.before, self.after

    def __str__(self) -> str:
        return f"{self.file}:{self.line}\n  - {self.before}\n  + {self.after}"


def changes(node: ast.AST, text) -> list[str]:
    """The expressions that one node is replaced by; ``text`` gives the source of a node."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            return [f"{text(left)} {COMPARISONS[type(op)]} {text(right)}"]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return [f"{text(left)} {OPERATIONS[type(op)]} {text(right)}"]
        case ast.BoolOp(op=op, values=values):
            return [(" or " if isinstance(op, ast.And) else " and ").join(map(text, values))]
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            return [text(operand)]
        case ast.Constant(value=bool() as value):
            return [str(not value)]
        case ast.Constant(value=int() as value):
            return [str(value + 1)]
        case ast.Constant(value=float() as value):
            return [repr(10 * value if value else 1.0)]
        case ast.Attribute(value=value, attr=name) if name in NAMES:
            return [f"{text(value)}.{NAMES[name]}"]
        case ast.Name(id=name) if name in NAMES:
            return [NAMES[name]]
    return []


def is_left_alone(node: ast.AST) -> bool:
    """Whether a part of the code is no mathematics, such as what an error says."""
    match node:
        case ast.keyword(arg="strict" | "repr"):
            return True
        case ast.BinOp(left=ast.Constant(), op=ast.Pow(), right=ast.Constant()):
            return True  # 10**8 and the like keep memory from running out
    return isinstance(node, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Assert))


def mutants(file: str) -> list[Mutant]:
    """All mutants of a file."""
    source = (ROOT / file).read_text(encoding="utf-8")
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    raw, found = source.encode(), []

    def place(node: ast.AST) -> tuple[int, int]:
        return (starts[node.lineno - 1] + node.col_offset,
                starts[node.end_lineno - 1] + node.end_col_offset)

    def text(node: ast.AST) -> str:
        low, high = place(node)
        return f"({raw[low:high].decode()})" if isinstance(node, OPEN) else raw[low:high].decode()

    def add(node: ast.AST, new: str) -> None:
        low, high = place(node)
        mutated = (raw[:low] + new.encode() + raw[high:]).decode()
        old, now = (s.splitlines()[node.lineno - 1].strip() for s in (source, mutated))
        if old == now:  # the change lies on a later line of the expression
            return
        try:
            compile(mutated, file, "exec")
        except (SyntaxError, ValueError):
            return
        found.append(Mutant(file, node.lineno, old, now, mutated))

    def visit(node: ast.AST) -> None:
        if is_left_alone(node):
            return
        for new in changes(node, text):
            add(node, new if not isinstance(node, OPEN) else f"({new})")
        if isinstance(node, ast.If) and node.test.lineno == node.lineno:
            add(node.test, "False")
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "bases"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    visit(child)

    visit(ast.parse(source))
    return list({m.key: m for m in found}.values())


def is_chosen(mutant: Mutant, share: float, seed: str) -> bool:
    digest = hashlib.sha256("\n".join((seed, *mutant.key)).encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def by_hand(file: str, before: str, after: str) -> Mutant:
    """A mutant of the list that no rule above makes; its text must occur once in the file."""
    source = (ROOT / file).read_text(encoding="utf-8")
    if source.count(before) != 1:
        sys.exit(f"{file} must hold a line of tests/mutants.toml once, got it "
                 f"{source.count(before)} times: {before}")
    line = source[:source.index(before)].count("\n") + 1
    return Mutant(file, line, before, after, source.replace(before, after))


def module_of(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def tests_of(file: str) -> list[list[str]]:
    """What must notice a change in a file, as arguments of runs of pytest, the quickest first."""
    module = module_of(file)
    field = module.split(".")[1]
    doctests = f"tests/test_doctests.py::test_docstring_examples_run_without_a_warning[{module}]"
    bad_input = "tests/test_bad_input.py"
    if field in USED_BY:
        own = [f"tests/test{field}.py"] if (ROOT / f"tests/test{field}.py").exists() else []
        return [own + [f"tests/{user}" for user in USED_BY[field]],
                [bad_input, "-k", " or ".join(f"[{user}." for user in USED_BY[field])]]
    if field == "interactive":
        return [[doctests], ["tests/interactive"]]
    return [[doctests, f"tests/{field}"], [bad_input, "-k", f"[{field}."]]


def survivals(mutants: list[Mutant], n: int) -> Iterator[tuple[Mutant, bool, bool]]:
    """Each mutant, whether all tests pass with it in place of the file, and whether they ended."""
    waiting, running = list(reversed(mutants)), {}
    while waiting or running:
        while waiting and len(running) < n:
            mutant = waiting.pop()
            child = os.fork()
            if child == 0:
                run_tests(mutant)
            running[child] = mutant, time.monotonic() + 10 * SECONDS
        time.sleep(0.02)
        for child, (mutant, end) in list(running.items()):
            if time.monotonic() > end:
                os.killpg(child, signal.SIGKILL)
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                del running[child]
                yield mutant, status == 0, not os.WIFSIGNALED(status)


def run_tests(mutant: Mutant) -> None:
    os.setpgid(0, 0)
    used = int(time.process_time())  # by the process that this one is a fork of
    resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS, used + SECONDS + 5))
    with open(os.devnull, "wb") as null:
        os.dup2(null.fileno(), 1)
        os.dup2(null.fileno(), 2)
    status = 1
    try:
        sys.meta_path.insert(0, Instead(module_of(mutant.file), mutant))
        import pytest

        status = int(any(pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider",
                                      *tests])
                         for tests in tests_of(mutant.file)))
    finally:
        os._exit(status)


class Instead(importlib.machinery.SourceFileLoader):
    """Finds one module, whose code is that of a mutant."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(ROOT / mutant.file))
        self.mutant = mutant

    def find_spec(self, name, path=None, target=None):
        return (importlib.util.spec_from_file_location(name, self.path, loader=self)
                if name == self.name else None)

    def get_code(self, name):
        return compile(self.mutant.source, self.path, "exec")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="only these files (default: all)")
    parser.add_argument("--share", type=float, default=0.08, help="of all mutants (1: each)")
    parser.add_argument("--seed", default="", help="another choice of as many")
    parser.add_argument("-n", type=int, default=2, help="how many run at a time")
    options = parser.parse_args()
    os.chdir(ROOT)
    files = options.files or [str(path) for path in sorted(Path("mathml").rglob("*.py"))]
    files = [f for f in files if not f.startswith(LEFT_OUT)]
    listed = tomllib.loads((ROOT / "tests/mutants.toml").read_text(encoding="utf-8"))
    made = {m.key: m for f in files for m in mutants(f)}
    picked = {k: m for k, m in made.items() if is_chosen(m, options.share, options.seed)}
    reasons = {}
    for entry in listed.get("mutant", []):
        if entry["file"] in files:
            key = entry["file"], entry["before"], entry["after"]
            picked[key] = made.get(key) or by_hand(*key)
            reasons[key] = entry.get("equivalent")
    print(f"{len(picked)} mutants of {len(made)}; {len(reasons)} of them listed", flush=True)
    for library in LIBRARIES:
        importlib.import_module(library)
    originals = {str(tests_of(f)[-1]): Mutant(f, 0, "", "", (ROOT / f).read_text(encoding="utf-8"))
                 for f in sorted({m.file for m in picked.values()})}
    for original, passes, _ in survivals(list(originals.values()), options.n):
        if not passes:
            sys.exit(f"{original.file}: its tests fail, or take over {SECONDS} s, unchanged")
    survivors = wrong = endless = 0
    for mutant, alive, ended in survivals(list(picked.values()), options.n):
        reason = reasons.get(mutant.key)
        survivors += alive
        endless += not ended
        wrong += alive != bool(reason)
        if alive != bool(reason):
            print(f"{'SURVIVES' if alive else 'KILLED, though called equivalent'} {mutant}",
                  flush=True)
    print(f"{len(picked)} mutants: {len(picked) - survivors} killed "
          f"({endless} did not end), "
          f"{sum(map(bool, reasons.values()))} equivalent, {wrong} to be mended")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
