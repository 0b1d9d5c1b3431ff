"""A class at work: a JupyterHub on this machine, and students who use it as browsers would."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
import requests
import websocket
from bs4 import BeautifulSoup
from servers import Kernel, free_ports, wait_until_it_answers

HUB = Path(os.environ.get("CLASS_FOLDER", "/opt/mathml-class"))
LONG = 180  # s, for what starts or runs something


def git(*words, folder: Path) -> str:
    """Run git in a folder and return what it says."""
    author = ["-c", "user.name=The author", "-c", "user.email=author@example.org"]
    done = subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True,
                          text=True)
    return done.stdout


def add_student(name: str, groups: list[str], homes: Path, elsewhere: dict[str, str]) -> str:
    """Make a user of this machine whose git finds addresses elsewhere; return the password.

    The home is open to all, as some systems make it: to close it is the hub's business.
    """
    password = secrets.token_urlsafe(12)
    subprocess.run(["useradd", "--create-home", "--base-dir", str(homes), "--shell", "/bin/bash",
                    "--groups", ",".join(groups), "-K", "HOME_MODE=0755", name], check=True)
    subprocess.run(["chpasswd"], input=f"{name}:{password}", text=True, check=True)
    lines = ["[safe]\n\tdirectory = *"]  # the stand-in for the remote belongs to another user
    lines += [f'[url "{there}"]\n\tinsteadOf = {here}' for here, there in elsewhere.items()]
    (homes / name / ".gitconfig").write_text("\n".join(lines) + "\n")
    return password


def processes_of(name: str) -> list[psutil.Process]:
    """Every process that runs as a user."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # it ended just now
            if process.username() == name:
                found.append(process)
    return found


def command_of(process: psutil.Process) -> str:
    """The command line of a process; empty if it has ended."""
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def memory_of(name: str) -> float:
    """What a user's processes hold, in MB; memory that processes share counts in parts."""
    held = 0
    for process in processes_of(name):
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended, and holds nothing
            held += process.memory_full_info().pss
    return held / 1e6


class Hub:
    """The hub of class/jupyterhub_config.py, started as a teacher starts it, on free ports."""

    def __init__(self, folder: Path, group: str):
        port, api, proxy = free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "hub.log"
        environment = {"PATH": f"{HUB / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
                       "CLASS_URL": self.url, "CLASS_HUB_PORT": str(api),
                       "CLASS_PROXY_PORT": str(proxy), "CLASS_GROUP": group}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [HUB / "bin" / "jupyterhub", "-f", HUB / "jupyterhub_config.py"], cwd=folder,
                env=environment, stdout=log, stderr=log, start_new_session=True)

    def wait(self) -> None:
        """Return when the hub answers."""
        try:
            wait_until_it_answers(f"{self.url}/hub/health", self.process, LONG)
        except (RuntimeError, TimeoutError) as failed:
            raise type(failed)(f"{failed}:\n{self.log.read_text()[-3000:]}") from None

    def stop(self) -> list[str]:
        """End the hub, which ends the proxy and the servers; name what it left running."""
        started, left = [], []
        with contextlib.suppress(psutil.Error):  # the hub has ended by itself
            started = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(timeout=LONG)
        except subprocess.TimeoutExpired:
            left.append("the hub")
            self.process.kill()
            self.process.wait()
        for process in psutil.wait_procs(started, timeout=5)[1]:
            with contextlib.suppress(psutil.Error):  # it ended just now
                left.append(" ".join(process.cmdline()[:4]))
                process.kill()
        return left


@dataclass
class Student:
    """Someone with a browser: cookies, pages, and what the pages' scripts would ask for."""

    name: str
    password: str
    hub: str
    browser: requests.Session = field(default_factory=requests.Session)

    def log_in(self) -> bool:
        """Fill in the form of the login page; return whether the hub let one in."""
        page = self.browser.get(f"{self.hub}/hub/login", timeout=30)
        token = BeautifulSoup(page.text, "html.parser").find("input", {"name": "_xsrf"})["value"]
        answer = self.browser.post(
            f"{self.hub}/hub/login", timeout=30, allow_redirects=False,
            data={"username": self.name, "password": self.password, "_xsrf": token})
        return answer.status_code == 302

    def follow(self, path: str) -> requests.Response:
        """Open a page of one's own server by a link to the hub, and wait while it starts."""
        end = time.monotonic() + LONG
        while time.monotonic() < end:
            page = self.browser.get(self.hub + path, timeout=LONG)
            assert page.status_code < 500, f"{page.status_code} at {page.url}"
            if page.ok and urlsplit(page.url).path.startswith(f"/user/{self.name}/"):
                return page
            time.sleep(0.5)
        raise TimeoutError(f"{path}: still at {page.url}")

    def pull(self, link: str) -> tuple[str, list[str]]:
        """Open an nbgitpuller link; return the place it leads to and what was said on the way."""
        facts = dict(re.findall(r'data-([a-z]+)="([^"]*)"', self.follow(link).text))
        query = "&".join(f"{key}={facts[key]}" for key in ("repo", "branch", "targetpath"))
        said = []
        with self.browser.get(f"{self.hub}/user/{self.name}/git-pull/api?{query}", stream=True,
                              timeout=LONG, headers=self._token()) as stream:
            assert stream.ok, stream.status_code
            for line in stream.iter_lines(decode_unicode=True):
                if line.startswith("data: "):
                    step = json.loads(line.removeprefix("data: "))
                    said.append(step.get("output", ""))
                    assert step["phase"] != "error", step
                    if step["phase"] == "finished":
                        break
        return requests.utils.unquote(facts["path"]), said

    def _token(self) -> dict[str, str]:
        """The header by which Jupyter knows that a page of its own asks."""
        tokens = [c.value for c in self.browser.cookies
                  if c.name == "_xsrf" and c.path == f"/user/{self.name}/"]
        return {"X-XSRFToken": tokens[0]} if tokens else {}

    def api(self, method: str, path: str, data: dict | None = None, *,
            of: str | None = None) -> requests.Response:
        """Ask a server's interface, one's own unless another's name is given."""
        address = f"{self.hub}/user/{of or self.name}/api/{quote(path)}"
        return self.browser.request(method, address, json=data, headers=self._token(),
                                    timeout=60)

    def end_sessions(self) -> None:
        """End every running notebook of one's own."""
        for session in self.api("GET", "sessions").json():
            self.api("DELETE", f"sessions/{session['id']}").raise_for_status()

    def read(self, path: str) -> dict:
        """Return a notebook, or another file's or folder's description."""
        answer = self.api("GET", f"contents/{path}")
        answer.raise_for_status()
        return answer.json()["content"]

    def save(self, path: str, notebook: dict) -> None:
        """Store a notebook as an editor does."""
        answer = self.api("PUT", f"contents/{path}", {"type": "notebook", "format": "json",
                                                     "content": notebook})
        answer.raise_for_status()

    @contextlib.contextmanager
    def kernel(self, path: str):
        """A kernel beside a notebook, ended at the end."""
        answer = self.api("POST", "sessions", {
            "path": path, "name": Path(path).name, "type": "notebook",
            "kernel": {"name": "python3"}})
        answer.raise_for_status()
        session = answer.json()
        cookies = self.browser.get(f"{self.hub}/user/{self.name}/api/status").request.headers
        line = websocket.create_connection(
            f"{self.hub.replace('http', 'ws', 1)}/user/{self.name}/api/kernels/"
            f"{session['kernel']['id']}/channels", timeout=LONG, cookie=cookies["Cookie"],
            origin=self.hub)
        try:
            yield Kernel(line)
        finally:
            line.close()
            self.api("DELETE", f"sessions/{session['id']}")
