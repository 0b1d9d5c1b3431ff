"""Setting up on a fresh clone, and after what may happen to one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from book_files import ROOT

BASH = shutil.which("bash")
TOOLS = ("dirname", "mkdir", "rm", "cat", "cksum", "tr", "grep", "head", "ln", "sleep")
# A Python that notes what it is asked to do, and needs no time for it. Told `hurt` in a file beside
# it, it is struck by what stands there when it gets that far: see `struck`.
FAKE = """
here=$(cd "$(dirname "$(readlink "$0" || echo "$0")")" && pwd)
strike() { case $(cat "$here/hurt" 2>/dev/null) in
  "kill in $1") kill -KILL $PPID; exit 1 ;;
  "fail in $1") exit 1 ;;
esac; }
case "$1 $2" in
"--version "*) echo "Python $(cat "$here/version")" ;;
"- "*) exec "$REAL_PYTHON" - ;;
"-m venv") echo venv >>"$here/log"; mkdir -p "$4/bin"; ln -sf "$here/python3" "$4/bin/python"
  strike venv ;;
"-m pip") echo pip >>"$here/log"; strike pip; sleep "$(cat "$here/pause" 2>/dev/null || echo 0)" ;;
"-c "*base_prefix*) cat "$here/version" ;;
esac
"""


def project(folder):
    """Put the bootstrap script, and what it reads, into a folder."""
    (folder / "scripts").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "scripts" / "bootstrap.sh", folder / "scripts")
    for name in ("pyproject.toml", "requirements.txt"):
        (folder / name).touch()
    return folder


def command(folder, python=""):
    return [BASH, str(folder / "scripts" / "bootstrap.sh"), python, "requirements.txt"]


def bootstrap(folder, python="", path=None, **options):
    """Run the bootstrap script in a folder of its own."""
    env = {"PATH": path or os.environ["PATH"], "REAL_PYTHON": sys.executable}
    return subprocess.run(command(project(folder), python), capture_output=True, text=True,
                          check=False, env=env | options.pop("env", {}), **options)


def fake_python(folder, body):
    """A program called python3 that does as told; return the PATH that finds it first."""
    tools = folder / "bin"
    tools.mkdir()
    for name in (*TOOLS, "readlink"):
        (tools / name).symlink_to(shutil.which(name))
    program = tools / "python3"
    program.write_text(f"#!{BASH}\n{body}\n")
    program.chmod(0o755)
    return str(tools)


class Machine:
    """A clone, beside a Python that only pretends."""

    def __init__(self, folder: Path):
        self.clone = folder / "clone"
        self.path = fake_python(folder, FAKE)
        self.tools = Path(self.path)
        self.is_now("version", "3.12.1")

    def is_now(self, what: str, text: str) -> None:
        (self.tools / what).write_text(text)

    def run(self, **options) -> list[str]:
        """Set up, which must succeed; return what was asked of Python: venv, pip."""
        (self.tools / "log").unlink(missing_ok=True)
        done = bootstrap(self.clone, path=self.path, **options)
        assert done.returncode == 0, done.stderr
        return self.log()

    def log(self) -> list[str]:
        log = self.tools / "log"
        return log.read_text().split() if log.exists() else []


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


ALL = ["venv", "pip", "pip"]  # an environment, the locks, the package itself


def said(done) -> str:
    """The one sentence in which a run ended that could not go on."""
    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_bootstrap_says_that_python_is_too_old(tmp_path):
    path = fake_python(tmp_path, '[ "$1" = --version ] && echo "Python 3.9.2" && exit 0; exit 1')
    line = said(bootstrap(tmp_path, path=path))
    assert "no Python 3.11 or newer found; python3 is Python 3.9.2" in line
    assert "PYTHON=" in line


def test_bootstrap_says_that_venv_is_missing(tmp_path):
    path = fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    line = said(bootstrap(tmp_path, path=path))
    assert "has no venv module" in line
    assert "python3-venv" in line


def test_bootstrap_says_that_the_named_python_is_no_program(tmp_path):
    line = said(bootstrap(tmp_path, "no-such-python"))
    assert "PYTHON=no-such-python is not a program" in line


def test_a_second_run_has_nothing_to_do(machine):
    assert machine.run() == ALL
    assert machine.run() == []


def test_other_locks_are_installed_into_the_same_environment(machine):
    machine.run()
    (machine.clone / "requirements.txt").write_text("# renewed\n")
    assert machine.run() == ["pip", "pip"]


@pytest.mark.parametrize("where", ["venv", "pip"])
def test_a_killed_first_run_is_begun_anew(machine, where):
    machine.is_now("hurt", f"kill in {where}")
    done = bootstrap(machine.clone, path=machine.path)
    assert done.returncode == -signal.SIGKILL
    machine.is_now("hurt", "")
    assert machine.run() == ALL
    assert machine.run() == []


def test_a_killed_renewal_is_begun_anew(machine):
    machine.run()
    (machine.clone / "requirements.txt").write_text("# renewed\n")
    machine.is_now("hurt", "kill in pip")
    bootstrap(machine.clone, path=machine.path)
    machine.is_now("hurt", "")
    assert machine.run() == ALL


@pytest.mark.parametrize(("where", "told"), [
    ("venv", "could not make an environment"), ("pip", "run make again with a network")])
def test_what_fails_says_what_to_do_and_is_tried_again(machine, where, told):
    machine.is_now("hurt", f"fail in {where}")
    assert told in said(bootstrap(machine.clone, path=machine.path))
    machine.is_now("hurt", "")
    assert machine.run() == ALL


def test_of_two_runs_at_once_one_waits_and_has_nothing_to_do(machine):
    machine.is_now("pause", "1")
    project(machine.clone)
    env = {"PATH": machine.path, "REAL_PYTHON": sys.executable}
    both = [subprocess.Popen(command(machine.clone), env=env, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for _ in range(2)]
    told = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert machine.log() == ALL
    assert sorted("Waiting for another run" in out for out, _ in told) == [False, True]


def test_a_moved_clone_gets_a_new_environment(machine):
    machine.run()
    machine.clone.rename(machine.clone.with_name("renamed"))
    machine.clone = machine.clone.with_name("renamed")
    assert machine.run() == ALL


def test_a_clone_is_where_it_lies_whatever_link_leads_there(machine, tmp_path):
    machine.run()
    (tmp_path / "link").symlink_to(machine.clone)
    machine.clone = tmp_path / "link"
    assert machine.run() == []


def test_another_python_below_the_environment_makes_a_new_one(machine):
    machine.run()
    machine.is_now("version", "3.13.0")
    assert machine.run() == ALL


def test_an_environment_without_its_python_is_made_anew(machine):
    machine.run()
    (machine.clone / ".venv" / "bin" / "python").unlink()
    assert machine.run() == ALL


def test_a_python_that_is_named_is_taken_instead_of_the_one_in_use(machine, tmp_path):
    machine.run()
    (tmp_path / "other").mkdir()
    fake_python(tmp_path / "other", FAKE)
    other = tmp_path / "other" / "bin"
    (other / "version").write_text("3.11.9")
    for expected in (ALL, []):
        (other / "log").unlink(missing_ok=True)
        done = bootstrap(machine.clone, str(other / "python3"), machine.path)
        assert done.returncode == 0, done.stderr
        log = other / "log"
        assert (log.read_text().split() if log.exists() else []) == expected
    assert machine.run() == []


@pytest.mark.parametrize("name", ["a:b", "a$b", "a`b", 'a"b', "a\\b"])
def test_a_path_that_programs_would_misread_is_refused(machine, name):
    machine.clone = machine.clone.with_name(name)
    assert "rename the folder" in said(bootstrap(machine.clone, path=machine.path))


@pytest.mark.parametrize("name", ["a b", "é", "a'b", "a(1)", "50 %", "#1", "a[1]", "a&b;c", "*?"])
def test_any_other_name_will_do(machine, name):
    machine.clone = machine.clone.with_name(name)
    assert machine.run() == ALL
    assert machine.run() == []


@pytest.fixture
def others_folder():
    """A folder that anybody may read and only its owner may write."""
    folder = Path(tempfile.mkdtemp())  # those of pytest are closed to other users
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_says_where_to_go(others_folder):
    path = fake_python(others_folder, FAKE)
    project(others_folder)
    who = {}
    if os.getuid() == 0:  # root may write everywhere
        who = {"user": 65534, "group": 65534, "extra_groups": []}
    others_folder.chmod(0o555)
    done = subprocess.run(command(others_folder), capture_output=True, text=True, check=False,
                          env={"PATH": path}, cwd="/", **who)
    assert re.search(f"{others_folder} cannot be written.*copy it", said(done))


# A package, built by itself: pip asks for nothing from the network.
BACKEND = """
import zipfile
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    info = "stand_in-1.dist-info/"
    with zipfile.ZipFile(wheel_directory + "/stand_in-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("stand_in.py", "def hello(): print('It runs.')")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: stand-in\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL",
                       "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\nhello = stand_in:hello\\n")
        wheel.writestr(info + "RECORD", "")
    return "stand_in-1-py3-none-any.whl"
"""


def test_programs_run_in_any_folder_under_any_locale(tmp_path):
    """With a true Python and pip: what they install carries the folder's path in it."""
    clone = project(tmp_path / "é [1]")
    (clone / "backend.py").write_text(BACKEND)
    (clone / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "stand-in"\nversion = "1"\n')
    env = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0",  # ASCII
           "PIP_NO_INDEX": "1", "HOME": str(tmp_path)}
    done = bootstrap(clone, sys.executable, env=env)
    assert done.returncode == 0, done.stderr
    hello = subprocess.run([clone / ".venv" / "bin" / "hello"], capture_output=True, text=True,
                           check=True, env={"PYTHONUTF8": "1"})
    assert hello.stdout == "It runs.\n"


# bash 4 and newer, and a program of Linux; macOS has neither.
NOT_THERE = r"mapfile|readarray|declare -A|\[-\d+\]\}|\$\{\w+(,,|\^\^|@\w)|\|&|&>>|(?<!\.)\bflock\b"


@pytest.mark.parametrize("script", ["bootstrap.sh", "run_nbval.sh", "lock.sh"])
def test_a_script_that_everybody_runs_is_for_old_bashes_too(script):
    lines = (ROOT / "scripts" / script).read_text(encoding="utf-8").splitlines()
    code = [line.partition("# ")[0] for line in lines]
    assert [line for line in code if re.search(NOT_THERE, line)] == []
