"""A headless Chromium for the tests of the built pages; without one they say so and skip."""

from __future__ import annotations

import contextlib

import pytest
from browser.waiting import COME, DRAWN, FONTS, READY
from headless import headless_chromium
from servers import served
from site_files import HTML

# Sums the shifts of the layout that no input of the reader caused.
WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run."""
    with headless_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def serve():
    """Return a function that serves a folder on a port of this machine and returns its address."""
    with contextlib.ExitStack() as running:
        yield lambda folder: running.enter_context(served(folder))


@pytest.fixture(scope="session")
def server(serve):
    """The site on a port of this machine, for what needs HTTP.

    What a page keeps needs it: on a starved machine Chromium sometimes loses what a page opened
    from disk stored a moment before it went, and never what a served one stored.
    """
    return serve(HTML)


class Visit:
    """An open page with a record of what it asked for and complained about."""

    def __init__(self, page, name: str, scheme: str, base: str | None):
        self.page, self.name, self.scheme, self.base = page, name, scheme, base
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text)
            if message.type in ("error", "warning")
            else None,
        )

    def goto(self, address: str):
        """Open an address and wait until its fonts stand and its figures move."""
        self.page.goto(address, wait_until="load")
        assert self.page.evaluate(FONTS) == "ready", f"{address}: the fonts do not come"
        self.page.wait_for_function(READY)
        return self

    def uncover(self) -> None:
        """Open what waits for answers, as finding a word in it does; nothing is kept of that."""
        self.page.evaluate("""() => document.querySelectorAll(".covered[hidden]")
            .forEach((part) => part.dispatchEvent(new Event("beforematch")))""")

    def bring_to_screen(self, part) -> None:
        """Scroll to a part of the page and wait until it stands still."""
        part.evaluate(COME)


@pytest.fixture
def visit(chromium):
    """Return a function that opens a page of the site from disk, with no network."""
    contexts = []

    def open_page(name, *, width=1280, scheme="light", base=None, javascript=True, tries=3):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=javascript,
            offline=base is None,
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(60_000)
        visit = Visit(page, name, scheme, base)
        file, _, anchor = name.partition("#")
        address = f"{base}/{file}" if base else (HTML / file).as_uri()
        address += f"#{anchor}" if anchor else ""
        if not javascript:
            page.goto(address, wait_until="load")
            return visit
        visit.goto(address)
        if page.evaluate(DRAWN):
            return visit
        assert tries > 1, f"{address}: the browser draws no page"
        return open_page(name, width=width, scheme=scheme, base=base, tries=tries - 1)

    yield open_page
    for context in contexts:
        context.close()
