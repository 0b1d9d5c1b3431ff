"""The servers of the tests are started, waited for and ended, whatever comes in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest
from classroom import command_of, memory_of
from servers import end, start_on_a_free_port

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


def python(*words, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL, **options)


def test_a_server_that_ends_is_started_once_more_on_another_port():
    ports = []

    def start(port: int) -> subprocess.Popen:
        ports.append(port)
        if len(ports) == 1:
            return python("-c", "raise SystemExit(1)")
        return python("-m", "http.server", str(port), "--bind", "127.0.0.1")

    process, port = start_on_a_free_port(start, "")
    end(process)
    assert ports[1:] == [port]
    assert process.poll() is not None


def test_a_server_that_ends_twice_is_broken():
    ports = []

    def start(port: int) -> subprocess.Popen:
        ports.append(port)
        return python("-c", "raise SystemExit(3)")

    with pytest.raises(RuntimeError, match="ended with code 3"):
        start_on_a_free_port(start, "")
    assert len(ports) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no signal to ignore")
def test_a_server_that_does_not_want_to_end_is_killed():
    with python("-c", STUBBORN, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        end(process, seconds=0.2)
        assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc: memory unknown")
def test_a_process_that_has_just_ended_holds_nothing(monkeypatch):
    with python("-c", "input()", stdin=subprocess.PIPE) as process:
        gone, here = psutil.Process(process.pid), psutil.Process()
        end(process)
    monkeypatch.setattr("classroom.processes_of", lambda name: [gone, here])
    assert memory_of("ada") > 1
    assert command_of(gone) == ""
    assert command_of(here)
