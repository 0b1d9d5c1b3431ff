"""Colab, and every supported Python: the first cell installs `mathml`, and the notebooks run.

Two machines for each Python, both without `mathml`: one with the oldest releases that
`pyproject.toml` allows (Colab's are older than the locks), one with the newest. The first cell
installs from the repository's address. Git is told to find that address in a copy of this
checkout, so the very command that a reader's machine runs is the one that is tested.
A notebook that is chosen runs on the oldest machine of the oldest Python and on the newest of the
newest; the other machines share one more round among them. In the sweep every notebook runs on all.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import yaml
from book_files import ROOT, execute, notebooks, source
from selection import SWEEP, chosen
from ways.environments import NOT_THERE, Environment, make, output, snapshot, tool

PROJECT = ROOT / "pyproject.toml"
DECLARED = tomllib.loads(PROJECT.read_text())["project"]
PYTHONS = [c.rpartition(" ")[2] for c in DECLARED["classifiers"] if "Python :: 3." in c]
RESOLUTION = {"oldest": "lowest-direct", "newest": "highest"}
MACHINES = [f"{age}-{version}" for version in PYTHONS for age in RESOLUTION]
ENDS = (MACHINES[0], MACHINES[-1])
BETWEEN = MACHINES[1:-1]
BOOK = notebooks()
FIRST = source(BOOK[0].code[0][1])
PAIRS = [pytest.param(machine, nb, id=f"{machine}-{nb.path.stem}")
         for machine in MACHINES for i, nb in enumerate(chosen(BOOK))
         if SWEEP or machine in ENDS or machine == BETWEEN[i % len(BETWEEN)]]
# Raises as soon as Python starts a program, and keeps its name for the cell that looks.
GUARD = """\
import sys
started = []
def guard(event, args):
    if event in {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty",
                 "os.posix_spawn", "os.spawn"}:
        started.append(event)
        raise RuntimeError(f"a program was started: {event}")
sys.addaudithook(guard)
"""


def install_dependencies(age: str) -> Callable[[Environment], None]:
    """Return what installs the package's dependencies, as old or as new as they may be."""

    def install(environment: Environment) -> None:
        uv = [tool("uv"), "pip", "install", "-q", "--python", environment.python]
        output(*uv, "--only-binary", ":all:", "--resolution", RESOLUTION[age], "-r", PROJECT)
        output(*uv, "ipykernel")

    return install


@dataclass(frozen=True)
class Machine:
    """An environment like a fresh Colab machine's, after a first cell has run there."""

    kernel: str
    before: dict[str, str]  # the versions that were installed, and those that are
    after: dict[str, str]


def run_first_cell(kernel: str, folder: Path, before: str = "", after: str = "") -> None:
    """Run what every notebook begins with, between two other cells."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in (before, FIRST, after)]
    execute(nbformat.v4.new_notebook(cells=cells), folder, kernel)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Return a function from a machine's name to the machine, made on its first use."""
    repository = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    here = snapshot(tmp_path_factory.mktemp("repository"))
    data = tmp_path_factory.mktemp("jupyter")
    ready: dict[str, Machine] = {}

    def prepare(name: str) -> Machine:
        age, version = name.split("-")
        asked = f"{age} of {DECLARED['dependencies']}"
        if age == "newest":  # what is newest is asked again every week
            asked += str(datetime.date.today().isocalendar()[:2])
        environment = make(name, version, asked, install_dependencies(age))
        kernel = environment.kernel(
            data, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0=f"url.file://{here}.insteadOf",
            GIT_CONFIG_VALUE_0=repository)
        output(tool("uv"), "pip", "uninstall", "-q", "--python", environment.python, "mathml")
        before = environment.versions()
        run_first_cell(kernel, tmp_path_factory.mktemp(name), after="import mathml.interactive")
        after = environment.versions()
        if after.keys() - {"mathml"} != before.keys() or before.items() - after.items():
            environment.forget()  # or the next run would start from what this one changed
        return Machine(kernel, before, after)

    def get(name: str) -> Machine:
        if name not in ready:
            ready[name] = prepare(name)
        return ready[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(data))
        for name in NOT_THERE:
            patch.delenv(name, raising=False)
        yield get


def test_every_notebook_begins_with_the_same_cell():
    assert {source(nb.code[0][1]) for nb in BOOK} == {FIRST}


@pytest.mark.parametrize("name", MACHINES)
def test_the_first_cell_installs_the_package_and_nothing_else(machine, name):
    there = machine(name)
    assert "mathml" not in there.before
    assert there.after == {**there.before, "mathml": there.after.get("mathml")}


@pytest.mark.parametrize("name", MACHINES)
def test_the_first_cell_starts_no_program_where_the_package_is(machine, name, tmp_path):
    run_first_cell(machine(name).kernel, tmp_path, before=GUARD, after="assert not started")


def test_the_guard_sees_an_installation(machine, tmp_path):
    hidden = f"{GUARD}sys.modules['mathml'] = None  # importing it fails as if it were missing"
    with pytest.raises(Exception, match="a program was started"):
        run_first_cell(machine(MACHINES[0]).kernel, tmp_path, before=hidden)


@pytest.mark.parametrize(("name", "nb"), PAIRS)
def test_a_notebook_runs(machine, name, nb, tmp_path):
    execute(nbformat.read(nb.path, as_version=4), tmp_path, machine(name).kernel)
