"""Setting up on a fresh clone, and after what may happen to one."""

from __future__ import annotations

import os
import shutil
import subprocess

from book_files import ROOT


def bootstrap(folder, python, path=None):
    """Run the bootstrap script in a folder of its own."""
    (folder / "scripts").mkdir(exist_ok=True)
    shutil.copy(ROOT / "scripts" / "bootstrap.sh", folder / "scripts")
    return subprocess.run(
        [shutil.which("bash"), folder / "scripts" / "bootstrap.sh", python, "requirements.txt"],
        capture_output=True, text=True, check=False, env={"PATH": path or os.environ["PATH"]},
    )  # fmt: skip


def fake_python(folder, body):
    """A program called python3 that does as told; return the PATH that finds it first."""
    tools = folder / "bin"
    tools.mkdir()
    for name in ("dirname", "mkdir", "rm", "cat", "cksum", "tr", "grep"):
        (tools / name).symlink_to(shutil.which(name))
    program = tools / "python3"
    program.write_text(f"#!{shutil.which('bash')}\n{body}\n")
    program.chmod(0o755)
    return str(tools)


def test_bootstrap_says_that_python_is_too_old(tmp_path):
    path = fake_python(tmp_path, '[ "$1" = --version ] && echo "Python 3.9.2" && exit 0; exit 1')
    done = bootstrap(tmp_path, "", path)
    assert done.returncode != 0
    assert "no Python 3.11 or newer found; python3 is Python 3.9.2" in done.stderr
    assert "PYTHON=" in done.stderr


def test_bootstrap_says_that_venv_is_missing(tmp_path):
    path = fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    done = bootstrap(tmp_path, "", path)
    assert done.returncode != 0
    assert "has no venv module" in done.stderr
    assert "python3-venv" in done.stderr


def test_bootstrap_says_that_the_named_python_is_no_program(tmp_path):
    done = bootstrap(tmp_path, "no-such-python")
    assert done.returncode != 0
    assert "PYTHON=no-such-python is not a program" in done.stderr
