"""Environments for the tests of the ways in: which Python, made how, reused until when."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from book_files import ROOT

WAYS = ROOT / ".cache" / "ways"  # scripts/run_ways.sh puts uv and repo2docker into tools/
TOOLS = WAYS / "tools" / "bin"
BINDER_PYTHON = (ROOT / ".binder" / "runtime.txt").read_text().strip().removeprefix("python-")
# What a reader's machine does not have, and what would change what the notebooks do.
NOT_THERE = ("MATHML_OUTPUT", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def tool(name: str) -> Path:
    """A program that scripts/run_ways.sh installs; without it the tests cannot say anything."""
    path = TOOLS / name
    if not path.exists():
        pytest.fail(f"{path.relative_to(ROOT)} is missing; run the tests with: make ways")
    return path


def output(*command, **options) -> str:
    """What a command prints; its complaints are in the error when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=600, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def snapshot(folder: Path) -> Path:
    """A repository of one commit that holds what a clone of this checkout would: no ignored file.

    It has what is not committed yet, and it can be cloned where this checkout is shallow.
    """
    listed = output("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    output("git", "init", "-q", folder)
    git = ("git", "-C", folder, "-c", "user.name=test", "-c", "user.email=test@example.org")
    output(*git, "add", "--all")
    output(*git, "commit", "-q", "--message", "What is here")
    return folder


def candidates(version: str):
    """Every program that may be this Python: on the PATH, then what pyenv keeps."""
    if found := shutil.which(f"python{version}"):
        yield found
    if shutil.which("pyenv"):
        for name in output("pyenv", "versions", "--bare", "--skip-aliases").split():
            if name.startswith(f"{version}.") and "/" not in name:
                yield f"{output('pyenv', 'prefix', name).strip()}/bin/python"


@cache
def find_python(version: str) -> str:
    """The path of a Python of this version, or a skip that names what is missing."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    for program in candidates(version):
        done = subprocess.run([program, "-c", ask], capture_output=True, text=True, timeout=60)
        if done.returncode == 0 and done.stdout.startswith(f"{version} "):
            return done.stdout.strip().removeprefix(f"{version} ")
    pytest.skip(f"no Python {version} on this machine: neither on the PATH nor in pyenv")


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `.cache/ways`."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        return self.bin / "python"

    def variables(self, **more: str) -> dict[str, str]:
        """The variables of a process in this environment, and nothing of the tests' own."""
        kept = {k: v for k, v in os.environ.items() if k not in NOT_THERE}
        return {**kept, "PATH": f"{self.bin}{os.pathsep}{kept['PATH']}", **more}

    def versions(self) -> dict[str, str]:
        """Every installed distribution and its version."""
        listed = output(self.python, "-m", "pip", "list", "--format=json",
                        env=self.variables(PIP_DISABLE_PIP_VERSION_CHECK="1"))
        return {package["name"].lower(): package["version"] for package in json.loads(listed)}

    def forget(self) -> None:
        """Have it made again when it is wanted next."""
        (self.folder / "ready").unlink()

    def kernel(self, data: Path, **variables: str) -> str:
        """Make this environment a kernel, to be found where JUPYTER_PATH says `data`."""
        folder = data / "kernels" / self.folder.name
        folder.mkdir(parents=True)
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        (folder / "kernel.json").write_text(json.dumps({
            "argv": [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": self.folder.name, "language": "python",
            "env": {**variables, "PATH": path}}))
        return self.folder.name


def make(name: str, version: str, asked: str,
         install: Callable[[Environment], None]) -> Environment:
    """Make an environment with pip, or take the one that was made for the same question.

    Parameters
    ----------
    name : str
        Its folder in `.cache/ways`.
    version : str
        Of Python, as in "3.12".
    asked : str
        All that decides what is installed: when it changes, the environment is made again.
    install : callable
        Puts into the new environment what was asked for.
    """
    python = find_python(version)
    environment = Environment(WAYS / name)
    question = "\n".join([str(environment.folder), output(python, "-VV"), asked])
    key = hashlib.sha256(question.encode()).hexdigest()
    stamp = environment.folder / "ready"
    if not (stamp.exists() and stamp.read_text() == key):
        output(tool("uv"), "venv", "--clear", "--seed", "--python", python, environment.folder)
        install(environment)
        stamp.write_text(key)
    return environment
