"""The rule that mathematics never draws covers every module of mathematics."""

import tomllib

from book_files import ROOT

DRAWING = {"__init__", "plotting"}


def test_every_module_of_mathematics_is_under_the_rule():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    ruled = {name.removeprefix("mathml.") for name in contract["source_modules"]}
    present = {path.stem for path in (ROOT / "mathml").glob("*.py")} - DRAWING
    assert ruled == present, "list each module of mathml/ in pyproject.toml, [tool.importlinter]"
