"""Servers on this machine: a free port, the wait for an answer, and a kernel behind a server."""

from __future__ import annotations

import contextlib
import functools
import json
import secrets
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def free_ports(n: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # a browser opens six connections at once; five is http.server's own


@contextlib.contextmanager
def served(folder: Path):
    """The address at which a folder is served on a port of this machine."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


def wait_until_it_answers(url: str, process: subprocess.Popen, seconds: float = 90) -> None:
    """Return once a server answers; fail if its process ends first."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server of {url} ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"{url} did not answer within {seconds:g} s")


def start_on_a_free_port(start: Callable[[int], subprocess.Popen],
                         path: str) -> tuple[subprocess.Popen, int]:
    """Start a server and return it with its port once it answers at a path.

    Between the choice of a port and its use another program may take it: a server that ends is
    started once more, on another port.
    """
    try:
        return _start_once(start, path)
    except RuntimeError:
        return _start_once(start, path)


def _start_once(start, path):
    (port,) = free_ports(1)
    process = start(port)
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/{path}", process)
    except BaseException:
        end(process)
        raise
    return process, port


def end(process: subprocess.Popen, seconds: float = 30) -> None:
    """Ask a server to end; kill it when it does not."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Kernel:
    """A running kernel, by the messages that a notebook's page exchanges with it."""

    def __init__(self, line):
        self.line = line

    def run(self, code: str) -> list[dict]:
        """Execute a cell and return its outputs as a notebook stores them."""
        ours = secrets.token_hex(8)
        header = {"msg_id": ours, "msg_type": "execute_request", "username": "", "version": "5.3",
                  "session": "test", "date": "2026-01-01T00:00:00Z"}
        self.line.send(json.dumps({
            "header": header, "parent_header": {}, "metadata": {}, "channel": "shell",
            "content": {"code": code, "silent": False, "store_history": True,
                        "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}}))
        outputs: list[dict] = []
        while True:
            text = self.line.recv()
            if isinstance(text, bytes):  # a message with buffers: their offsets stand before it
                start = int.from_bytes(text[4:8], "big")
                end = int.from_bytes(text[8:12], "big") or len(text)
                text = text[start:end].decode()
            message = json.loads(text)
            if message["parent_header"].get("msg_id") != ours:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind in ("stream", "error", "display_data", "execute_result"):
                content.pop("transient", None)
                outputs.append({"output_type": kind, **content})
            elif kind == "status" and content["execution_state"] == "idle":
                return outputs

    def value(self, code: str) -> str:
        """Execute a cell that prints; return what it printed."""
        outputs = self.run(code)
        assert all(out["output_type"] == "stream" for out in outputs), outputs
        return "".join(out["text"] for out in outputs).strip()


def run_notebook(kernel: Kernel, notebook: dict) -> int:
    """Execute every code cell, store its outputs, and return how many there were."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, start=1):
        cell["outputs"] = kernel.run(cell["source"])
        cell["execution_count"] = number
        errors = [out for out in cell["outputs"] if out["output_type"] == "error"]
        assert not errors, f"cell {number}: {errors[0]['ename']}: {errors[0]['evalue']}"
    return len(cells)
