"""Build the book, serve it on this machine, and build again whenever a source changes.

    python scripts/serve.py [--port 8000]
"""

from __future__ import annotations

import argparse
import functools
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
WATCHED = ("book", "mathml", "website", "_config.yml", "_toc.yml", "package-lock.json")
SUFFIXES = {
    ".ipynb", ".md", ".bib", ".py", ".csv", ".css", ".js", ".html", ".yml", ".toml", ".json",
}  # fmt: skip
PAUSE = 1.0  # seconds between two looks at the files


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line per request and without letting a browser keep old ones."""

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format, *args):
        pass


def snapshot(root: Path = ROOT) -> dict[Path, int]:
    """Return when each watched file was last changed."""
    times = {}
    for name in WATCHED:
        top = root / name
        for path in [top] if top.is_file() else top.rglob("*"):
            if path.suffix in SUFFIXES and ".ipynb_checkpoints" not in path.parts:
                try:
                    times[path] = path.stat().st_mtime_ns
                except FileNotFoundError:  # an editor replaced it between the two calls
                    continue
    return times


def build() -> None:
    """Build once; a failing build says why and leaves the last good pages in place."""
    started = time.monotonic()
    jupyter_book = Path(sys.executable).parent / "jupyter-book"
    command = [str(jupyter_book), "build", ".", "-W", "--keep-going", "-q"]
    code = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
    outcome = "built" if code == 0 else "the build failed, see above;"
    print(f"{outcome} in {time.monotonic() - started:.0f} s", flush=True)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    seen = snapshot()
    build()
    handler = functools.partial(QuietHandler, directory=str(HTML))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as err:
        sys.exit(f"port {port} cannot be used ({err.strerror}); try: --port {port + 1}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"The book is at http://127.0.0.1:{port}/ (Ctrl+C ends)", flush=True)
    try:
        while True:
            time.sleep(PAUSE)
            now = snapshot()
            if now != seen:
                seen = now
                build()
    except KeyboardInterrupt:
        server.shutdown()


if __name__ == "__main__":
    main()
