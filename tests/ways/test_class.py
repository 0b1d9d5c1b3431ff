"""A class on a real JupyterHub: several students pull the book, run it, and keep what is theirs.

The hub is the one that class/install.sh installs, with the configuration that a teacher gets. Each
student is a user of this machine, so the machine's own walls stand between them. Git is told to
find the repository's address in a copy, which the tests change as an author would.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
import yaml
from book_files import ROOT
from classroom import HUB, Hub, Student, add_student, command_of, git, memory_of, processes_of
from servers import run_notebook
from ways.environments import snapshot, tool

from website import pages

REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]
CHAPTERS = {"ada": "linear-algebra/norms", "emmy": "probability/probability",
            "sofia": "calculus/gradients"}
NOTE = "book/a-note.md"
AFTERWORD = "An afterword of the author's."


def link(chapter: str) -> str:
    """The path of a chapter's nbgitpuller link, as on the page for teachers."""
    options = {"repository_url": REPOSITORY["url"], "repository_branch": REPOSITORY["branch"]}
    return pages.hub_path(options, f"book/{chapter}")


def place(chapter: str) -> str:
    """Where a student finds a chapter."""
    return f"{REPOSITORY['url'].rsplit('/', 1)[1]}/book/{chapter}.ipynb"


@pytest.fixture(scope="module")
def room():
    """A hub, three students and someone who is none, and the repository they all pull from."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("useradd") is None:
        pytest.skip("not root on a Linux machine: no hub was started, no student logged in, and "
                    "nothing was shown of pulling, updating or of who sees whose files")
    assert (HUB / "bin" / "jupyterhub").is_file(), f"no hub in {HUB}; run: make ways"
    mark = secrets.token_hex(3)
    group, names = f"class-{mark}", {name: f"{name}-{mark}" for name in CHAPTERS}
    folder = Path(tempfile.mkdtemp(prefix="mathml-class-"))
    folder.chmod(0o755)
    (folder / "homes").mkdir()
    remote, made, hub, left = folder / "remote.git", [], None, []
    git("clone", "--quiet", "--bare", str(snapshot(folder / "checkout")), str(remote),
        folder=folder)
    git("update-ref", f"refs/heads/{REPOSITORY['branch']}", "HEAD", folder=remote)
    subprocess.run(["groupadd", group], check=True)
    try:
        hub = Hub(folder, group)
        students = {}
        for name, login in [*names.items(), ("outsider", f"outsider-{mark}")]:
            made.append(login)
            password = add_student(login, [group] if name in names else [], folder / "homes",
                                   {REPOSITORY["url"]: f"file://{remote}"})
            students[name] = Student(login, password, hub.url)
        hub.wait()
        yield SimpleNamespace(url=hub.url, homes=folder / "homes", remote=remote, log=hub.log,
                              outsider=students.pop("outsider"), students=students)
    finally:
        if hub:
            left = hub.stop()
        for login in made:
            for process in processes_of(login):
                with contextlib.suppress(psutil.Error):  # it ended just now
                    process.kill()
            subprocess.run(["userdel", "--force", login], capture_output=True, check=False)
        subprocess.run(["groupdel", group], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    assert not left, f"still running after the hub was stopped: {left}"


@pytest.fixture(scope="module")
def students(room):
    """The three, logged in, each with a server of their own and the book in it."""
    with ThreadPoolExecutor(len(CHAPTERS)) as pool:
        assert all(pool.map(Student.log_in, room.students.values())), room.log.read_text()
        arrived = pool.map(lambda n: room.students[n].pull(link(CHAPTERS[n]))[0], CHAPTERS)
        assert list(arrived) == [f"lab/tree/{place(chapter)}" for chapter in CHAPTERS.values()]
    yield room.students
    for student in room.students.values():
        student.end_sessions()
        student.browser.close()


def study(student: Student, chapter: str) -> float:
    """Run a chapter, save it with its outputs, and return what the student's processes held."""
    notebook = student.read(place(chapter))
    with student.kernel(place(chapter)) as kernel:
        assert run_notebook(kernel, notebook) > 10
        held = memory_of(student.name)
    student.save(place(chapter), notebook)
    return held


def test_only_members_of_the_class_get_in(room):
    assert not room.outsider.log_in()
    ada = room.students["ada"]
    assert not Student(ada.name, "a wrong password", room.url).log_in()


def test_each_student_runs_a_chapter(students, record_property):
    with ThreadPoolExecutor(len(CHAPTERS)) as pool:
        held = dict(zip(CHAPTERS, pool.map(lambda n: study(students[n], CHAPTERS[n]), CHAPTERS),
                        strict=True))
    for name, megabytes in held.items():
        told = f"A student's server with {CHAPTERS[name]} open holds {megabytes:.0f} MB."
        record_property("told", told)
    promised = yaml.safe_load((ROOT / "class" / "z2jh.yaml").read_text())["singleuser"]["memory"]
    assert max(held.values()) < float(promised["guarantee"].removesuffix("M"))


def attempt(notebook: dict) -> dict:
    """The first exercise's cell, which is the reader's to fill in."""
    return next(cell for cell in notebook["cells"] if cell["cell_type"] == "code"
                and cell["source"].startswith("check(") and "..." in cell["source"])


def publish(room, change) -> None:
    """Change the repository as an author does, who commits and pushes."""
    with tempfile.TemporaryDirectory() as folder:
        author = Path(folder) / "author"
        git("clone", "--quiet", "--branch", REPOSITORY["branch"], str(room.remote), str(author),
            folder=Path(folder))
        change(author)
        git("add", "--all", folder=author)
        git("commit", "--quiet", "--message", "Improve the book", folder=author)
        git("push", "--quiet", folder=author)


def test_edits_stay_when_the_book_is_updated(room, students):
    mine = {name: f"check('mine', 42)  # {name} tried this" for name in CHAPTERS}
    for name, chapter in CHAPTERS.items():
        notebook = students[name].read(place(chapter))
        attempt(notebook)["source"] = mine[name]
        students[name].save(place(chapter), notebook)
    root = Path(place(CHAPTERS["ada"])).parts[0]
    own = {"type": "file", "format": "text", "content": "Ada's own note."}
    students["ada"].api("PUT", f"contents/{root}/{NOTE}", own).raise_for_status()
    spoilt = place(CHAPTERS["sofia"])
    students["ada"].api("DELETE", f"contents/{spoilt}").raise_for_status()

    def change(author: Path) -> None:
        for name, chapter in CHAPTERS.items():
            path = author / "book" / f"{chapter}.ipynb"
            notebook = nbformat.read(path, as_version=4)
            notebook.cells.append(nbformat.v4.new_markdown_cell(AFTERWORD))
            if name == "sofia":  # the author changes the very line that she changed
                attempt(notebook)["source"] = "check('theirs', ...)"
            nbformat.write(notebook, path)
        (author / NOTE).write_text("The author's note.\n")

    publish(room, change)
    for name, chapter in CHAPTERS.items():
        students[name].pull(link(chapter))
        notebook = students[name].read(place(chapter))
        sources = [cell["source"] for cell in notebook["cells"]]
        assert mine[name] in sources, f"{name}'s edit is gone"
        assert AFTERWORD in sources, f"{name} did not get the update"
        assert "check('theirs', ...)" not in sources
        assert students[name].read(f"{root}/{NOTE}") == "The author's note.\n"
    assert students["ada"].read(spoilt)["cells"], "the way to a fresh copy is closed"
    files = [entry["name"] for entry in students["ada"].read(f"{root}/book")]
    kept = [file for file in files if file.startswith("a-note__")]
    assert [students["ada"].read(f"{root}/book/{file}") for file in kept] == [own["content"]]


def test_no_student_sees_anothers_files(room, students):
    ada, emmy = students["ada"], students["emmy"]
    hers = room.homes / emmy.name / place(CHAPTERS["emmy"])
    server = next(p.pid for p in processes_of(emmy.name) if "singleuser" in command_of(p))

    def tried(path) -> str:
        return kernel.value(f"try:\n    print(len(open({str(path)!r}, 'rb').read()) > 0)\n"
                            "except OSError as error:\n    print(type(error).__name__)")

    with ada.kernel(place(CHAPTERS["ada"])) as kernel:
        assert tried(room.homes / ada.name / place(CHAPTERS["ada"])) == "True"
        assert hers.is_file()
        assert tried(hers) == "PermissionError"
        assert tried(f"/proc/{server}/environ") == "PermissionError"  # it holds her token
        kernel.value(f"import os; os.symlink({str(room.homes / emmy.name)!r}, '../hers')")
    way_round = f"{Path(place(CHAPTERS['ada'])).parts[0]}/book/hers"
    assert not ada.api("GET", f"contents/{way_round}/{place(CHAPTERS['emmy'])}").ok

    assert ada.api("GET", "contents").ok
    for method, path in (("GET", "contents"), ("GET", f"contents/{place(CHAPTERS['emmy'])}"),
                         ("GET", "kernels"), ("POST", "kernels"), ("GET", "sessions")):
        assert ada.api(method, path, of=emmy.name).status_code in (403, 404), path
    about = f"{room.url}/hub/api/users/"
    page = {"Referer": f"{room.url}/hub/home", "Accept": "application/json"}
    assert ada.browser.get(about + ada.name, headers=page, timeout=30).ok
    assert ada.browser.get(about + emmy.name, headers=page, timeout=30).status_code in (403, 404)


def test_the_image_for_kubernetes_holds_the_book_outside_the_students_home():
    tools = tool("jupyter-repo2docker").parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([ROOT / "class" / "build-image.sh", "class:1", "--no-build", "--debug"],
                          env=environment, check=True, capture_output=True, text=True)
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines()]
    # The recipe takes the folder as an argument of the build, which repo2docker fills in.
    assert "ARG REPO_DIR=${HOME}" in lines
    assert "--target-repo-dir /srv/mathml " in (ROOT / "class" / "build-image.sh").read_text()
    pinned = next(line for line in (ROOT / "class" / "requirements.txt").read_text().splitlines()
                  if line.startswith("nbgitpuller=="))
    assert lines.index(f"RUN pip install --no-cache-dir {pinned}") > lines.index(
        "RUN ./.binder/postBuild")


def test_a_link_opens_the_chapter_in_a_browser(room, students, browser):
    sofia = students["sofia"]
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(room.url + link(CHAPTERS["sofia"]))
    page.fill("input[name=username]", sofia.name)
    page.fill("input[name=password]", sofia.password)
    page.click("#login_submit")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    arrived = page.url.split("?")[0]
    assert arrived == f"{room.url}/user/{sofia.name}/lab/tree/{place(CHAPTERS['sofia'])}"
    page.close()
