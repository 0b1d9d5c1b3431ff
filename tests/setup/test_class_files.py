"""What a class's hub is set up with: files that can be read, pinned, and agree with each other."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml
from book_files import BOOK, ROOT, source, tags

CLASS = ROOT / "class"
PAGE = (BOOK / "about" / "teach.md").read_text(encoding="utf-8")


def values(name: str) -> dict:
    return yaml.safe_load((CLASS / name).read_text(encoding="utf-8"))


def megabytes(text: str) -> float:
    """Kubernetes' and JupyterHub's way to write memory: 512M, 1G."""
    number, unit = re.fullmatch(r"(\d+)([MG])", text).groups()
    return int(number) * {"M": 1, "G": 1000}[unit]


def test_the_littlest_jupyterhub_is_limited():
    settings = values("tljh.yaml")
    assert set(settings) <= {"limits", "user_environment", "services", "users", "http", "https"}
    assert megabytes(settings["limits"]["memory"]) >= 1000
    assert settings["user_environment"]["default_app"] == "jupyterlab"
    assert settings["services"]["cull"] == {"enabled": True, "timeout": 3600}


def test_kubernetes_gives_each_student_what_a_chapter_needs():
    settings = values("z2jh.yaml")
    user = settings["singleuser"]
    assert megabytes(user["memory"]["guarantee"]) <= megabytes(user["memory"]["limit"])
    assert megabytes(user["memory"]["limit"]) == megabytes(values("tljh.yaml")["limits"]["memory"])
    assert user["image"]["tag"] not in ("", "latest")
    assert f"{user['image']['name']}:{user['image']['tag']}" in PAGE
    assert settings["hub"]["config"]["JupyterHub"]["authenticator_class"] != "dummy"
    assert all(isinstance(value, str) for value in user["extraEnv"].values())


def test_the_chart_has_one_version():
    text = (CLASS / "z2jh.yaml").read_text(encoding="utf-8")
    versions = re.findall(r"chart (\d+\.\d+\.\d+)|--version (\d+\.\d+\.\d+)", text)
    assert len({a or b for a, b in versions}) == 1
    assert len(versions) == 2


def test_the_hub_is_pinned_and_fits_the_book():
    pinned = {}
    for name in ("requirements.txt", "class/requirements.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                package, version = re.match(r"([\w.-]+)==([\w.]+)", line).groups()
                assert package not in pinned, f"{package} stands in both locks"
                pinned[package] = version
    assert {"jupyterhub", "nbgitpuller", "jupyterlab"} <= set(pinned)
    proxy = json.loads((CLASS / "package.json").read_text())["dependencies"]
    lock = json.loads((CLASS / "package-lock.json").read_text())["packages"]
    assert lock[""]["dependencies"] == proxy
    for package, version in proxy.items():
        assert lock[f"node_modules/{package}"]["version"] == version
    assert not [name for name, facts in lock.items() if "resolved" in facts]


@pytest.mark.parametrize("script", sorted(CLASS.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_read_by_bash(script):
    subprocess.run(["bash", "-n", script], check=True)


def test_copies_without_solutions_keep_the_exercises(tmp_path):
    (command,) = re.findall(r"^(jupyter nbconvert .*?book/\*/\*\.ipynb)$", PAGE, re.M | re.S)
    chapter = BOOK / "linear-algebra" / "norms.ipynb"
    command = command.replace("book/*/*.ipynb", str(chapter)).replace("\\\n", " ")
    command = command.replace("without-solutions", str(tmp_path))
    subprocess.run(command.split(), check=True, capture_output=True)
    before = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    after = json.loads((tmp_path / chapter.name).read_text(encoding="utf-8"))["cells"]
    solutions = [cell for cell in before if "hide-cell" in tags(cell)]
    assert [source(c) for c in after] == [source(c) for c in before if c not in solutions]
    asked = [cell for cell in after if source(cell).startswith("check(")]
    assert len(asked) == len(solutions) >= 4
