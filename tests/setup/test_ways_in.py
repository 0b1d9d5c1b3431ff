"""What every way in relies on: equal locks, one address, the same Pythons, sound workflows."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib

import pytest
import yaml
from book_files import BOOK, ROOT, notebooks, source
from pybtex.database import parse_file

REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CLASSIFIERS = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", c)
               for c in PROJECT["project"]["classifiers"]]
PYTHONS = [match[1] for match in CLASSIFIERS if match]
OLDEST, NEWEST = PYTHONS[0], PYTHONS[-1]
WORKFLOWS = {path.name: yaml.safe_load(path.read_text())
             for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
STEPS = [pytest.param(workflow, step, id=f"{file}-{job}-{number}")
         for file, workflow in WORKFLOWS.items() for job, content in workflow["jobs"].items()
         for number, step in enumerate(content["steps"], start=1) if "run" in step]
GOALS = set(re.findall(r"^([\w-]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_binder_installs_what_everybody_installs():
    here, there = ROOT / "requirements.txt", ROOT / ".binder" / "requirements.txt"
    assert here.read_text() == there.read_text(), "run make lock, which copies one to the other"


@pytest.mark.parametrize("nb", notebooks(), ids=lambda nb: nb.path.stem)
def test_the_first_cell_installs_from_the_one_repository(nb):
    first = source(nb.code[0][1])
    assert f"git+{REPOSITORY}" in first
    assert first.startswith("try:\n    import mathml")


def test_the_bibliography_can_be_read():
    assert len(parse_file(str(BOOK / "references.bib")).entries) > 20


def test_the_supported_pythons_leave_no_gap():
    minors = [int(version.partition(".")[2]) for version in PYTHONS]
    assert len(minors) > 1
    assert minors == list(range(minors[0], minors[-1] + 1))


@pytest.mark.parametrize(("file", "said"), [
    ("pyproject.toml", 'requires-python = ">={oldest}"'),
    ("pyproject.toml", 'target-version = "py{digits}"'),
    ("README.md", "Python {oldest} or newer ({oldest} to {newest} are tested)"),
    ("scripts/bootstrap.sh", "sys.version_info < ({tuple})"),
    ("scripts/bootstrap.sh", "Python {oldest} or newer"),
    ("scripts/lock.sh", "--python-version {oldest} "),
    ("scripts/lock.sh", "Python {oldest} to {newest}."),
])
def test_every_place_names_the_same_pythons(file, said):
    said = said.format(oldest=OLDEST, newest=NEWEST, digits=OLDEST.replace(".", ""),
                       tuple=OLDEST.replace(".", ", "))
    assert said in (ROOT / file).read_text()


def test_no_other_python_is_said_to_be_the_oldest():
    for file in ("README.md", "CONTRIBUTING.md", "scripts/bootstrap.sh"):
        said = re.findall(r"Python (3\.\d+) or newer", (ROOT / file).read_text())
        assert set(said) <= {OLDEST}, file


def test_binder_takes_a_supported_python():
    name, _, version = (ROOT / ".binder" / "runtime.txt").read_text().strip().partition("-")
    assert name == "python"
    assert version in PYTHONS


def test_the_workflows_take_every_supported_python():
    ci, fresh = WORKFLOWS["ci.yml"]["jobs"], WORKFLOWS["fresh.yml"]["jobs"]
    assert ci["test"]["strategy"]["matrix"]["python"] == [OLDEST, NEWEST]
    assert fresh["newest"]["strategy"]["matrix"]["python"] == PYTHONS
    for job in (ci["ways"], fresh["newest"]):  # these make an environment of each
        setup = next(s for s in job["steps"] if "setup-python" in s.get("uses", ""))
        assert set(setup["with"]["python-version"].split()) >= set(PYTHONS)


@pytest.mark.parametrize(("workflow", "step"), STEPS)
def test_what_a_workflow_runs_is_there(workflow, step):
    run = step["run"]
    for word in re.findall(r"(?:^|\s)((?:\.\w+|scripts|benchmarks)/[\w./-]+)", run):
        assert os.access(ROOT / word, os.X_OK), f"{word} is missing or no program"
    matrices = [job.get("strategy", {}).get("matrix", {}) for job in workflow["jobs"].values()]
    goals = [g for m in matrices for g in m.get("goal", [])]
    goals += [entry["goal"] for m in matrices for entry in m.get("include", [])]
    goals += re.findall(r"(?:^make|\.ci/run) ([a-z][\w-]*)", run, re.MULTILINE)
    assert set(goals) <= GOALS


@pytest.mark.parametrize(("workflow", "step"), STEPS)
def test_a_workflows_commands_can_be_read_and_fail_when_they_should(workflow, step):
    script = re.sub(r"\$\{\{.*?\}\}", "value", step["run"])
    read = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert read.returncode == 0, read.stderr
    shell = step.get("shell") or workflow.get("defaults", {}).get("run", {}).get("shell")
    if "|" in script:
        assert shell == "bash", "without `shell: bash` a failure before a pipe is lost"


def test_the_ways_are_tried_as_root_who_makes_the_students():
    (step,) = [s for s in WORKFLOWS["ci.yml"]["jobs"]["ways"]["steps"] if "run" in s]
    entries = WORKFLOWS["fresh.yml"]["jobs"]["newest"]["strategy"]["matrix"]["include"]
    (weekly,) = [entry for entry in entries if entry["goal"] == "sweep-ways"]
    assert step["run"] == f"{weekly['as']} .ci/run ways"
    assert weekly["as"].startswith("sudo ")


def test_a_change_is_tried_with_the_history_that_tells_what_it_touches():
    for name in ("test", "ways"):
        checkout = WORKFLOWS["ci.yml"]["jobs"][name]["steps"][0]
        assert checkout["uses"].startswith("actions/checkout@")
        assert checkout["with"]["fetch-depth"] == 0, name


def test_the_weekly_run_sweeps_everything():
    entries = WORKFLOWS["fresh.yml"]["jobs"]["newest"]["strategy"]["matrix"]["include"]
    rule = re.search(r"^sweep: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(rule[1].split()) <= {entry["goal"] for entry in entries}


@pytest.mark.parametrize(("goal", "variable"), [
    ("sweep-site", "1"), ("sweep-ways", "1"), ("site-tests", ""), ("ways", "")])
def test_only_the_sweep_tells_the_tests_to_sweep(goal, variable):
    environment = {name: value for name, value in os.environ.items()
                   if name != "SWEEP" and not name.startswith("MAKE")}
    say = "RUN=sh -c 'echo sweep: \"$$SWEEP\"'"  # in place of every program that is run
    said = subprocess.run(["make", "-C", ROOT, goal, "SETUP=true", say], env=environment, text=True,
                          capture_output=True, check=True).stdout
    assert set(re.findall(r"^sweep: ?(.*)$", said, re.MULTILINE)) == {variable}


def test_the_weekly_run_measures_coverage_and_mutants_and_tells_of_every_bad_end():
    jobs = WORKFLOWS["fresh.yml"]["jobs"]
    entries = jobs["newest"]["strategy"]["matrix"]["include"]
    assert {"coverage", "mutants"} <= {entry["goal"] for entry in entries}
    assert "always()" in jobs["report"]["if"]
    telling = [step for step in jobs["newest"]["steps"] if "if" in step]
    assert len(telling) == 2
    assert all(step["if"] == "failure() || cancelled()" for step in telling)
    run = next(step for step in jobs["newest"]["steps"] if ".ci/run" in step.get("run", ""))
    assert run["timeout-minutes"] < jobs["newest"]["timeout-minutes"]


def fenced(language: str, before: str) -> list[str]:
    """The lines of README's first code block in a language after some words."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition(before)[2]
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)[1].splitlines()


def test_windows_is_tried_with_the_very_lines_of_readme():
    build, package = [s for s in WORKFLOWS["ci.yml"]["jobs"]["windows"]["steps"] if "run" in s]
    _, *lines = build["run"].splitlines()
    *expected, lab = fenced("bat", "On Windows")
    assert lines == expected
    assert lab.endswith("jupyter lab book")  # waits for a reader
    for step in (build, package):  # PowerShell itself would go on after a program that failed
        assert step["run"].startswith("$PSNativeCommandUseErrorActionPreference = $true")
    tried = re.findall(r"\btests/\S+", package["run"])
    assert len(tried) > 10
    assert [path for path in tried if not (ROOT / path).exists()] == []


def test_windows_and_the_others_are_told_to_do_the_same():
    def plain(lines):
        words = " ; ".join(line.partition("  #")[0] for line in lines).replace(" && ", " ; ")
        words = words.replace(".venv\\Scripts\\", "").replace("python3 ", "python ")
        return [part.strip() for part in words.split(";") if "activate" not in part]
    assert plain(fenced("bash", "Without make")) == plain(fenced("bat", "On Windows"))


def test_every_job_ends_some_day():
    for file, workflow in WORKFLOWS.items():
        for name, job in workflow["jobs"].items():
            assert name == "publish" or 0 < job["timeout-minutes"] <= 90, f"{file}: {name}"


@pytest.mark.parametrize("reason", ["numpy broke it\n", ""])
@pytest.mark.parametrize(("open_issue", "expected"), [
    ("", ["issue list", "issue create"]), ("7", ["issue list", "issue comment 7"])])
def test_the_weekly_report_opens_one_issue_and_then_writes_below_it(
        tmp_path, open_issue, expected, reason):
    step = WORKFLOWS["fresh.yml"]["jobs"]["report"]["steps"][-1]
    if reason:  # a job that was cut off leaves none
        (tmp_path / "report-3.12-test.md").write_text(reason)
    program = tmp_path / "gh"
    program.write_text("#!/usr/bin/env bash\necho \"$@\" >>said\n"
                       f'if [ "$2" = list ]; then echo "{open_issue}"; fi\n')
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TITLE": "It broke",
                   "RUN": "https://example.org/run/1"}
    subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], cwd=tmp_path, check=True,
                   env=environment)
    said = (tmp_path / "said").read_text().splitlines()
    assert len(said) == len(expected)
    assert all(line.startswith(start) for line, start in zip(said, expected, strict=True))
    body = (tmp_path / "body.md").read_text()
    assert "https://example.org/run/1" in body
    assert reason in body


def test_the_weekly_report_names_what_changed_and_how_the_log_ends(tmp_path):
    step = next(s for s in WORKFLOWS["fresh.yml"]["jobs"]["newest"]["steps"]
                if s.get("name") == "Say what broke")
    script = step["run"].replace("${{ matrix.python }}", "3.12")
    script = script.replace("${{ matrix.goal }}", "ways")
    lock = tmp_path / "requirements.txt"
    lock.write_text("numpy==2.4.6\nscipy==1.17.1\n")
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Lock"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    lock.write_text("numpy==2.5.0\nscipy==1.17.1\n")
    (tmp_path / "log.txt").write_text("started\n" * 100 + "1 failed\n")
    subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=tmp_path, check=True,
                   env={**os.environ, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")})
    report = (tmp_path / "report-3.12-ways.md").read_text()
    assert report == (tmp_path / "summary").read_text()
    assert "`make ways` on Python 3.12" in report
    assert "-numpy==2.4.6\n+numpy==2.5.0\n```" in report
    assert "scipy" not in report
    assert report.count("started") == 59
    assert "1 failed\n```" in report
