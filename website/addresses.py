"""Where the site is published, for what needs whole addresses: canonical links, the sitemap, 404.

Sphinx's `html_baseurl` says it. Where `_config.yml` sets none (`html: baseurl`), it is the address
of the repository's GitHub Pages, so that a fork that names its repository has named its site.
Everything else on the pages is relative, and works from any folder.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from .history import page_changed_on
from .pages import github_name

# A relative address in a page at the site's root; anchors stay on the page.
RELATIVE = re.compile(r'(\s(?:href|src|action|data-content_root)=")(?!#|/|[a-z][a-z0-9+.-]*:)'
                      r'([^"]*)"')
OFFLINE = "mathml-offline.zip"  # put beside the published pages, see scripts/offline.py


def github_pages(options: dict) -> str:
    """Return the address of a repository's GitHub Pages; empty when it is not one of GitHub's.

    Examples
    --------
    >>> github_pages({"repository_url": "https://github.com/Someone/book"})
    'https://someone.github.io/book/'
    >>> github_pages({"repository_url": "https://github.com/someone/someone.github.io"})
    'https://someone.github.io/'
    """
    owner, _, name = github_name(options).partition("/")
    if not name:
        return ""
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def _find_base(app, config) -> None:
    base = config.html_baseurl or github_pages(config.html_theme_options)
    config.html_baseurl = base and base.rstrip("/") + "/"


def absolute(html: str, folder: str) -> str:
    """Return a page of the site's root with addresses that lead from anywhere on its host.

    Examples
    --------
    >>> absolute('<a href="book/a.html"><a href="#main"><img src="data:,">', "/mathml/")
    '<a href="/mathml/book/a.html"><a href="#main"><img src="data:,">'
    """
    return RELATIVE.sub(lambda found: f'{found[1]}{folder}{found[2].removeprefix("./")}"', html)


def sitemap(pages: dict[str, str]) -> str:
    """Return the sitemap of addresses, each with the day of its last change or an empty text."""
    rows = "".join(
        f"<url><loc>{escape(address)}</loc>{day and f'<lastmod>{day}</lastmod>'}</url>\n"
        for address, day in sorted(pages.items()))
    return ('<?xml version="1.0" encoding="utf-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n')


def _lost_page(app) -> list[tuple]:
    return [("404", {"title": "This page is not here"}, "404.html")]


def _prepare(app, pagename, templatename, context, doctree) -> None:
    base = app.config.html_baseurl
    context["offline_link"] = base and base + OFFLINE
    if pagename == "404":
        context["pageurl"] = None  # it stands for any address


def _finish(app, exception) -> None:
    if exception is not None or app.builder.format != "html":
        return
    outdir, base = Path(app.outdir), app.config.html_baseurl
    lost = outdir / "404.html"
    html = lost.read_text(encoding="utf-8")
    lost.write_text(absolute(html, urlsplit(base).path or "/"), encoding="utf-8")
    for name in ("sitemap.xml", "robots.txt"):
        (outdir / name).unlink(missing_ok=True)
    if base:
        pages = {base + app.builder.get_target_uri(page): page_changed_on(app, page)
                 for page in app.env.found_docs}
        (outdir / "sitemap.xml").write_text(sitemap(pages), encoding="utf-8")
        robots = f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n"
        (outdir / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app) -> None:
    """Find the address before anything uses it; write what needs it at the end."""
    app.connect("config-inited", _find_base)
    app.connect("html-collect-pages", _lost_page)
    app.connect("html-page-context", _prepare)
    app.connect("build-finished", _finish, priority=905)
