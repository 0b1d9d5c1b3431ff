"""The rules on imports cover every file, and a file or a rule that breaks them is named."""

import os
import pkgutil
import pydoc
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from book_files import ROOT

import mathml

SETTINGS = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads(SETTINGS)["tool"]["importlinter"]["contracts"]
NO_MATHEMATICS = {"interactive", "plotting"}
TOP = {info.name: info.ispkg for info in pkgutil.iter_modules(mathml.__path__)}
FIELDS = sorted(name for name in TOP if not name.startswith("_") and name != "interactive")


def test_every_field_of_mathematics_is_forbidden_to_draw():
    (contract,) = [contract for contract in CONTRACTS if contract["type"] == "forbidden"]
    ruled = {name.removeprefix("mathml.") for name in contract["source_modules"]}
    assert ruled == set(TOP) - NO_MATHEMATICS, (
        "list each field of mathml/ in pyproject.toml, [tool.importlinter]")


def test_every_field_in_several_files_has_its_layers():
    layered = {name for contract in CONTRACTS if contract.get("exhaustive")
               for name in contract["containers"]}
    assert layered == {"mathml"} | {f"mathml.{name}" for name, folder in TOP.items() if folder}


def test_no_rule_has_an_exception():
    assert not [contract for contract in CONTRACTS if "ignore_imports" in contract]


@pytest.fixture
def lint(tmp_path):
    """Return a function that asks the rules about a copy of the sources."""
    for name in ("mathml", "website"):
        shutil.copytree(ROOT / name, tmp_path / name,
                        ignore=shutil.ignore_patterns("__pycache__", "data", "theme"))
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")

    def ask() -> tuple[bool, str]:
        done = subprocess.run(
            [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=tmp_path, text=True,
            capture_output=True, check=False,
            env={k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTHONPATH"))})
        return done.returncode == 0, done.stdout + done.stderr

    return tmp_path, ask


@pytest.mark.parametrize(("file", "imported", "allowed"), [
    ("mathml/linear_model/logistic.py", "mathml.optim", True),
    ("mathml/bayes/theorem.py", "mathml.estimation", True),
    ("website/pages.py", "mathml.interactive", True),
    ("mathml/norms.py", "mathml.optim", False),
    ("mathml/optim/rules.py", "mathml.linear_model", False),
    ("mathml/optim/rules.py", "mathml.optim.drivers", False),
    ("mathml/estimation/models.py", "mathml.estimation.fits", False),
    ("mathml/linear_model/logistic.py", "mathml.linear_model.softmax", False),
    ("mathml/probability/joint.py", "mathml.probability.events", False),
    ("mathml/bayes/grid.py", "mathml.bayes.conjugate", False),
    ("mathml/norms.py", "matplotlib", False),
    ("mathml/norms.py", "mathml.plotting", False),
    ("mathml/plotting.py", "mathml.norms", True),
    ("mathml/plotting.py", "mathml.interactive", False),
    ("mathml/_check.py", "mathml.norms", False),
    ("mathml/interactive/figure.py", "mathml.interactive.live", False),
    ("mathml/interactive/live.py", "mathml.interactive.exploration", False),
    ("mathml/interactive/page.py", "mathml.interactive.exploration", False),
    ("mathml/interactive/page.py", "mathml.interactive.live", False),
    ("mathml/interactive/extension.py", "website", False),
    ("mathml/a_new_one.py", "mathml._check", False),  # until it has its place in the list
    ("mathml/optim/a_new_one.py", "mathml._check", False),
])
def test_a_file_imports_what_stands_below_it(lint, file, imported, allowed):
    folder, ask = lint
    with (folder / file).open("a") as text:
        text.write(f"\nimport {imported}\n")
    kept, said = ask()
    assert kept == allowed, said
    assert allowed or Path(file).stem in said, said


def test_a_rule_that_matches_nothing_fails(lint):
    folder, ask = lint
    settings = SETTINGS.replace('"path"]', '"path", "gone"]')
    assert settings != SETTINGS
    (folder / "pyproject.toml").write_text(settings)
    kept, said = ask()
    assert not kept
    assert "gone" in said


@pytest.mark.parametrize("field", FIELDS)
def test_help_on_what_a_field_offers_names_the_field_and_nothing_private(field):
    module = import_module(f"mathml.{field}")
    offered = [getattr(module, name) for name in getattr(module, "__all__", [])]
    assert offered or not TOP[field], "a folder says in __all__ what it offers"
    for thing in offered:
        title = pydoc.render_doc(thing, renderer=pydoc.plaintext).splitlines()[0]
        place = title.rpartition(" in module ")[2]
        assert f"{place}.".startswith(f"mathml.{field}."), title
        assert "._" not in place, title
