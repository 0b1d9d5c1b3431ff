"""The rules on imports cover every module, and a module that breaks one is named."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from book_files import ROOT

DRAWING = {"__init__", "plotting"}


def test_every_module_of_mathematics_is_under_the_rule():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [contract for contract in settings["tool"]["importlinter"]["contracts"]
                   if contract["type"] == "forbidden"]
    ruled = {name.removeprefix("mathml.") for name in contract["source_modules"]}
    present = {path.stem for path in (ROOT / "mathml").glob("*.py")} - DRAWING
    assert ruled == present, "list each module of mathml/ in pyproject.toml, [tool.importlinter]"


@pytest.mark.parametrize(("module", "imported", "allowed"), [
    ("linear_model", "optim", True),
    ("norms", "optim", False),
    ("optim", "linear_model", False),
    ("plotting", "norms", False),
    ("_rules", "norms", False),
    ("_check", "_normal", False),
    ("a_new_one", "_check", False),  # until it has its place in the list
])
def test_a_module_imports_what_stands_below_it(tmp_path, module, imported, allowed):
    shutil.copytree(ROOT / "mathml", tmp_path / "mathml")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "mathml" / f"{module}.py").open("a") as file:
        file.write(f"\nfrom mathml import {imported}\n")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=tmp_path, text=True,
        capture_output=True, check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTHONPATH"))})
    assert (done.returncode == 0) == allowed, done.stdout + done.stderr
    assert allowed or module in done.stdout, done.stdout + done.stderr
