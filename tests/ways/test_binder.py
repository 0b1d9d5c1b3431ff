"""Binder: repo2docker's recipe is the intended one, and its steps give a JupyterLab that works.

There is no Docker here. The recipe is read, and the steps of it that are the book's own (pip,
then postBuild) are carried out by hand with the same Python, in a clean checkout. Then
JupyterLab runs there, and a reader's "Run all" with it, over its websocket.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import websocket
from book_files import ROOT, notebooks
from selection import chosen
from servers import Kernel, end, run_notebook, start_on_a_free_port
from ways.environments import BINDER_PYTHON, Environment, make, output, snapshot, tool

LIMIT = 2 * 10**9  # bytes that mybinder.org gives to one reader
TOKEN = secrets.token_hex(8)


def recipe(checkout: Path) -> str:
    """The Dockerfile that Binder would build of a checkout, without its comments."""
    done = subprocess.run([tool("jupyter-repo2docker"), "--no-build", "--debug", checkout],
                          check=True, capture_output=True, text=True, timeout=120)
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if line.strip() and not line.startswith("#"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return snapshot(tmp_path_factory.mktemp("binder") / "book")


@pytest.fixture(scope="module")
def dockerfile(checkout) -> str:
    return recipe(checkout)


def pip_lines(dockerfile: str) -> list[str]:
    """Each command of the recipe that installs Python packages."""
    return re.findall(r"^RUN (.*pip install.*)$", dockerfile, re.MULTILINE)


def before_the_copy(dockerfile: str) -> str:
    """The steps that a change of the text does not repeat."""
    head, copy, _ = re.split(r"(?m)^(COPY .*\bsrc/ .*)$", dockerfile, maxsplit=1)
    assert copy
    return head


def test_it_chooses_the_intended_python(dockerfile):
    chosen = re.findall(r"^Building conda environment for python=(\S+)$", dockerfile, re.MULTILINE)
    assert chosen == [BINDER_PYTHON]


def test_dependencies_are_installed_before_the_repository_is_copied(dockerfile):
    assert len(pip_lines(dockerfile)) == 1
    assert pip_lines(dockerfile)[0] in before_the_copy(dockerfile)
    copied = re.findall(r"^COPY .*\bsrc/(\S+)", before_the_copy(dockerfile), re.MULTILINE)
    assert copied == [".binder/requirements.txt"], "a change of these rebuilds the environment"


def test_a_text_edit_repeats_no_installation(dockerfile, tmp_path):
    edited = snapshot(tmp_path / "book")
    for path in [*edited.glob("book/*/*.ipynb"), *edited.glob("mathml/*.py")]:
        path.write_text(path.read_text().replace("the", "teh"))
    kept = before_the_copy(dockerfile)
    assert before_the_copy(recipe(edited)) == kept
    assert all(line in kept for line in pip_lines(dockerfile))


def test_the_books_package_is_installed_last(dockerfile):
    assert dockerfile.index("RUN ./.binder/postBuild") > len(before_the_copy(dockerfile))
    assert "--no-deps" in (ROOT / ".binder" / "postBuild").read_text()


@pytest.fixture(scope="module")
def image(checkout, dockerfile) -> Environment:
    """What Binder would have built. Its first layer is kept, as Docker keeps it."""
    steps = pip_lines(dockerfile)

    def install(environment: Environment) -> None:
        prefix = environment.variables(KERNEL_PYTHON_PREFIX=str(environment.folder))
        for step in steps:
            output("bash", "-ec", step, cwd=checkout, env=prefix)

    locks = (checkout / ".binder" / "requirements.txt").read_text()
    asked = "\n".join([*steps, locks])
    environment = make(f"binder-{BINDER_PYTHON}", BINDER_PYTHON, asked, install)
    output("./.binder/postBuild", cwd=checkout, env=environment.variables())
    return environment


def test_the_environment_is_consistent(image):
    output(image.python, "-m", "pip", "check", env=image.variables())


def resident(status: str) -> int:
    """The peak of a process's memory in bytes, from the text of /proc/<id>/status."""
    return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


@dataclass
class Lab:
    """A running JupyterLab, and what a reader's browser does with it."""

    process: subprocess.Popen
    port: int

    def ask(self, method: str, path: str, body: dict | None = None) -> bytes:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()

    def run_all(self, path: Path, notebook: dict) -> int:
        """Execute a notebook as its page does; return the kernel's peak of memory."""
        session = json.loads(self.ask("POST", "api/sessions", {
            "path": str(path), "name": path.name, "type": "notebook",
            "kernel": {"name": "python3"}}))
        address = f"ws://127.0.0.1:{self.port}/api/kernels/{session['kernel']['id']}/channels"
        channels = websocket.create_connection(f"{address}?token={TOKEN}", timeout=180)
        try:
            kernel = Kernel(channels)
            run_notebook(kernel, notebook)
            return resident(kernel.value("print(open('/proc/self/status').read())"))
        finally:
            channels.close()
            self.ask("DELETE", f"api/sessions/{session['id']}")

    @property
    def memory(self) -> int:
        """The server's own peak."""
        return resident(Path(f"/proc/{self.process.pid}/status").read_text())


@pytest.fixture(scope="module")
def lab(image, checkout, tmp_path_factory):
    """JupyterLab as Binder serves it: started in the repository."""
    home = tmp_path_factory.mktemp("home")
    variables = image.variables(HOME=str(home), PYTHONUNBUFFERED="1")
    for name in [name for name in variables if name.startswith(("JUPYTER", "IPYTHON"))]:
        del variables[name]

    def on(port: int) -> subprocess.Popen:
        command = [image.bin / "jupyter", "lab", "--no-browser", f"--port={port}", "--allow-root",
                   "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
        with (home / "lab.log").open("w") as log:
            return subprocess.Popen(command, cwd=checkout, env=variables, stdout=log, stderr=log)

    process, port = start_on_a_free_port(on, "api")
    yield Lab(process, port)
    end(process)


def test_jupyterlab_answers_with_what_the_chapters_need(lab):
    page = lab.ask("GET", "lab").decode()
    config = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    extensions = {e["name"] for e in json.loads(config)["federated_extensions"]}
    assert {"@jupyter-widgets/jupyterlab-manager", "jupyterlab-myst"} <= extensions


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc: memory unknown")
@pytest.mark.parametrize("nb", chosen(notebooks()), ids=lambda nb: nb.path.stem)
def test_a_notebook_runs_in_binders_memory(lab, record_property, nb):
    kernel = lab.run_all(nb.path.relative_to(ROOT), nbformat.read(nb.path, as_version=4))
    record_property("memory", {"kernel": kernel, "server": lab.memory})
    assert kernel + lab.memory < LIMIT
