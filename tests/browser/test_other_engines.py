"""The pages in Firefox and in WebKit, the nearest to Safari that runs on Linux: do they work there?

Whole readings are Chromium's, see test_pages.py; check_page.js tries each kind of thing
once a page.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from npm import node_modules
from site_files import HTML

from website.packages import node_program

PAGES = ["book/index.html", "book/optimization/gradient-descent.html",
         "book/probability/bayes.html", "book/supervised/softmax-regression.html",
         "book/about/glossary.html"]
HERE = Path(__file__).parent
SCRIPT, CHECK = HERE / "other_engines.js", HERE / "check_page.js"
FIREFOX = "firefox-esr", "firefox"
MINIBROWSER = "webkit2gtk-4.*/MiniBrowser"


@pytest.mark.parametrize("engine", ["firefox", "webkit"])
def test_the_pages_work_in_another_engine(engine, tmp_path):
    if engine == "firefox":
        program, start = next(filter(None, map(shutil.which, FIREFOX)), None), []
        needs = "firefox-esr"
    else:
        found = sorted(Path("/usr/lib").glob(f"*/{MINIBROWSER}"))
        has_all = found and shutil.which("WebKitWebDriver") and shutil.which("xvfb-run")
        program, start = (str(found[-1]) if has_all else None), ["xvfb-run", "-a"]
        needs = "webkit2gtk-driver xvfb xauth"
    if program is None:
        pytest.skip(f"no {engine} on this machine: nothing was tried in it (apt install {needs})")
    node_modules()
    wants = {"pages": [(HTML / page).as_uri() for page in PAGES], "check": CHECK.read_text("utf-8")}
    done = subprocess.run([*start, node_program(), str(SCRIPT), engine, program],
                          input=json.dumps(wants), capture_output=True, text=True, check=False,
                          encoding="utf-8", timeout=400,
                          env={**os.environ, "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == len(PAGES)
    assert not any(found.values()), found
