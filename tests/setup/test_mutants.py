"""The tester of the tests: which changes it makes, and that its list is about today's code."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts import mutants

ROOT = Path(__file__).parents[2]
TRY = """
from scripts import mutants
mutants.tests_of = lambda file: [["tests/norms", "-k", "dual_exponent_is_an_involution"]]
source = open("mathml/norms.py", encoding="utf-8").read()
wrong = source.replace("p / (p - 1)", "p / (p + 1)")
assert wrong != source
tried = [mutants.Mutant("mathml/norms.py", 1, "", "", text) for text in (wrong, source)]
print(*(f"{alive},{ended}" for _, alive, ended in mutants.survivals(tried, 2)))
"""
ENDLESS = """
from scripts import mutants
mutants.SECONDS = 2
endless = mutants.Mutant("mathml/norms.py", 1, "", "", "while True: pass")
print(*((alive, ended) for _, alive, ended in mutants.survivals([endless], 1)))
"""
LISTED = tomllib.loads((ROOT / "tests/mutants.toml").read_text(encoding="utf-8")).get("mutant", [])


@pytest.mark.parametrize(("before", "after"), [
    ("y = a < b", "y = (a <= b)"),
    ("y = a + b * c", "y = (a - (b * c))"),
    ("y = x and z", "y = (x or z)"),
    ("y = -x", "y = (x)"),
    ("y = f(x, axis=0)", "y = f(x, axis=1)"),
    ("y = tol * 1e-8", "y = tol * 1e-07"),
    ("y = np.maximum(a, b)", "y = np.minimum(a, b)"),
    ("y = 'é' if x > 2 else x ** 3", "y = 'é' if (x >= 2) else x ** 3"),  # columns count bytes
    ("if x > 0: y = 1", "if False: y = 1"),
])
def test_one_place_is_changed(before, after, tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "a.py").write_text(f'"""Text with 1 + 1."""\n{before}\n', encoding="utf-8")
    found = mutants.mutants("a.py")
    assert after in [m.after for m in found]
    for mutant in found:
        ast.parse(mutant.source)
        assert mutant.source.count("\n") == 2
        assert mutant.source.startswith('"""Text with 1 + 1."""')


@pytest.mark.parametrize("line", [
    "raise ValueError(f'{x + 1}')", "n = as_int(n, high=10**8)", "zip(a, b, strict=True)",
    "def f(x: list[1]) -> dict[2]: ..."])
def test_what_is_no_mathematics_is_left_alone(line, tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "a.py").write_text(line, encoding="utf-8")
    assert mutants.mutants("a.py") == []


def test_what_is_chosen_in_one_place_hangs_on_no_other():
    one = [m.key for m in mutants.mutants("mathml/norms.py") if mutants.is_chosen(m, 0.5, "")]
    other = [m.key for m in mutants.mutants("mathml/norms.py") if mutants.is_chosen(m, 0.5, "a")]
    assert one != other
    made = len(mutants.mutants("mathml/norms.py"))
    assert 0.3 * made < len(one) < 0.7 * made


def test_every_field_has_tests():
    for path in sorted((ROOT / "mathml").rglob("*.py")):
        file = str(path.relative_to(ROOT))
        if mutants.mutants(file) and not file.startswith(mutants.LEFT_OUT):
            for test in {t for run in mutants.tests_of(file) for t in run if t.startswith("tests")}:
                assert (ROOT / test.split("::")[0]).exists(), (file, test)


@pytest.mark.parametrize("entry", LISTED, ids=lambda e: f"{e['file']}: {e['after'][:40]}")
def test_every_listed_mutant_can_be_made(entry):
    key = entry["file"], entry["before"], entry["after"]
    made = {m.key for m in mutants.mutants(entry["file"])}
    assert key in made or mutants.by_hand(*key)
    assert entry.get("equivalent", "a reason").strip()


def printed(program):
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, text=True,
                          capture_output=True, check=True).stdout.strip()


def test_a_mutant_that_is_noticed_is_killed_and_one_that_is_not_survives():
    assert sorted(printed(TRY).split()) == ["False,True", "True,True"]


def test_a_mutant_that_does_not_end_is_ended():
    assert printed(ENDLESS) == "(False, False)"
