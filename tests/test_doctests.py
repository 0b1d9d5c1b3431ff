"""Every example in a docstring runs, and a warning in one is an error."""

import ast
import doctest
import importlib
import pkgutil
import warnings
from pathlib import Path

import pytest

import mathml

MODULES = sorted(info.name for info in pkgutil.walk_packages(mathml.__path__, "mathml."))


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run_without_a_warning(name):
    module = importlib.import_module(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0
    # doctest must have found what is written there: a silent skip would prove nothing
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    documented = [node for node in ast.walk(tree)
                  if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    written = sum((ast.get_docstring(node) or "").count(">>> ") for node in documented)
    assert result.attempted == written
