"""What stands on a page around its text: styles, scripts, description, links to run it.

Extensions add their scripts and styles to every page; a page of this book carries the site's own
two files, the engine's where a figure needs them, and the search's on its page.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from docutils import nodes

DESCRIPTION_LENGTH = 160
# The page for teachers, where the reader of a book that has no hub of its own names one.
TEACHING, HUB_FIELD = "book/about/teach", "hub-links"
SEARCH_SCRIPTS = {"words.js", "search.js"}
OWN_FILES = {"book.css", "theme.js", "progress.js", "orient.js"}
# file name -> what a page's body must contain (any of it) for the page to carry the file
ENGINE = ('class="explorable', 'class="predict"', 'class="check"', 'class="figure-svg"')
WHERE_USED = {
    "sphinx-design.min.css": ('class="sd-',),
    "design-tabs.js": ("sd-tab-set",),
    "explore.css": ENGINE,
    "page.js": ENGINE,
    "explore.js": ENGINE,
    "predict.js": ('class="predict"',),
    "numbers.js": ('class="check"',),
    "exercises.js": ('class="check"',),
    "handout.js": ('class="check"',),
    "words.js": ('id="entry-filter"',),
    "filter.js": ('id="entry-filter"',),
}


def describe(doctree: nodes.document) -> str:
    """Return the first paragraph of prose as one line for search engines, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            text = " ".join(paragraph.astext().split())
            if len(text) > DESCRIPTION_LENGTH:
                text = text[: DESCRIPTION_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
            return text
    return ""


def github_name(options: dict) -> str:
    """Return the `owner/name` of the book's repository; empty when it is not one of GitHub's."""
    repository = urlsplit(options.get("repository_url", ""))
    owner_name = repository.path.strip("/").removesuffix(".git")
    known = repository.hostname == "github.com" and owner_name.count("/") == 1
    return owner_name if known else ""


def _in_repository(options: dict, docname: str) -> PurePosixPath:
    return PurePosixPath(options.get("path_to_docs") or "") / f"{docname}.ipynb"


def hub_path(options: dict, docname: str) -> str:
    """Return what follows a JupyterHub's address in an nbgitpuller link to a notebook.

    The link copies the repository into the reader's home, or updates it there, and opens the
    notebook in JupyterLab. Empty without a repository.
    """
    repository = options.get("repository_url", "").rstrip("/").removesuffix(".git")
    if not urlsplit(repository).hostname:
        return ""
    folder = repository.rsplit("/", 1)[1]  # nbgitpuller's own choice
    query = {"repo": repository, "branch": options.get("repository_branch") or "main",
             "urlpath": f"lab/tree/{folder}/{_in_repository(options, docname)}"}
    return "/hub/user-redirect/git-pull?" + "&".join(
        f"{key}={quote(value, safe='')}" for key, value in query.items())


def run_links(options: dict, docname: str) -> list[tuple[str, str]]:
    """Return (name, address) of each service that can run the page, from the one repository.

    `options` are Jupyter Book's theme options: `repository_url`, `repository_branch`,
    `path_to_docs` and `launch_buttons`.
    """
    branch = quote(options.get("repository_branch") or "main")
    buttons = options.get("launch_buttons") or {}
    path = _in_repository(options, docname)
    links = []
    if owner_name := github_name(options):
        if hub := buttons.get("binderhub_url", "").rstrip("/"):
            target = quote(f"lab/tree/{path}", safe="")
            links.append(("Binder", f"{hub}/v2/gh/{owner_name}/{branch}?urlpath={target}"))
        if colab := buttons.get("colab_url", "").rstrip("/"):
            links.append(("Colab", f"{colab}/github/{owner_name}/blob/{branch}/{path}"))
    hub, after = buttons.get("jupyterhub_url", "").rstrip("/"), hub_path(options, docname)
    if hub and after:
        links.append(("JupyterHub", hub + after))
    return links


def _name(asset) -> str:
    return PurePosixPath(str(getattr(asset, "filename", asset) or "").split("?")[0]).name


def _wanted(asset, pagename: str, body: str) -> bool:
    name = _name(asset)
    if pagename == "search" and name in SEARCH_SCRIPTS:
        return True
    return name in OWN_FILES or any(mark in body for mark in WHERE_USED.get(name, ()))


# What extensions' markup lacks: (pattern, replacement), applied in order.
MENDED = [
    # sphinx-proof gives every proof, and the content of every box, the same id ...
    (r'(<div class="proof admonition") id="proof"', r"\1"),
    (r'(<section class="[\w-]+-content") id="proof-content"', r"\1"),
    # ... and no mark-up to the word.
    (r"<p>Proof\. ", r'<p><span class="proof-label">Proof.</span> '),
    # A list, for assistive technology, of things that are not list items.
    (r'<div role="list" class="citation-list">', r'<div class="citation-list">'),
    # A name other than the words that are seen.
    (r'<summary aria-label="Toggle hidden content">', r"<summary>"),
    # What styles hide is still named where a section is not laid out yet: one text for a fold ...
    (r'(<p class="collapsed admonition-title">)Show (.*?</p>)\s*<p class="expanded.*?</p>',
     r'\1<span class="show">Show </span>\2'),
    # ... and no "#" at the end of a heading's name. (Pointers only: it is seen under them.)
    (r'<a class="headerlink"', '<a class="headerlink" aria-hidden="true" tabindex="-1"'),
    # A wide table scrolls in a box of its own.
    (r"<table\b.*?</table>", r'<div class="table-scroll">\g<0></div>'),
]


def tidy(body: str) -> str:
    """Return a page's HTML with what the extensions' markup lacks, see `MENDED`."""
    for pattern, replacement in MENDED:
        body = re.sub(pattern, replacement, body, flags=re.S)
    return body


def _prepare(app, pagename, templatename, context, doctree) -> None:
    body = tidy(context.get("body") or "")
    context["body"] = body
    for kind in ("css_files", "script_files"):
        context[kind] = [a for a in context.get(kind, []) if _wanted(a, pagename, body)]
    context["description"] = describe(doctree) if doctree is not None else ""
    source = app.env.doc2path(pagename, base=False) if doctree is not None else ""
    context["notebook"] = str(source).endswith(".ipynb")
    options = app.config.html_theme_options
    context["run_links"] = run_links(options, pagename) if context["notebook"] else []
    hub_is_known = "JupyterHub" in dict(context["run_links"])
    context["hub_path"] = ""
    if context["notebook"] and not hub_is_known and TEACHING in app.env.found_docs:
        context["hub_path"] = hub_path(options, pagename)
        context["hub_page"] = f"{app.builder.get_relative_uri(pagename, TEACHING)}#{HUB_FIELD}"
    context["repository_url"] = options.get("repository_url", "")


START_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title}</title>
  <meta name="description" content="{title}: the book starts on its first page.">
  <meta http-equiv="refresh" content="0; url={target}">
  <link rel="canonical" href="{canonical}">
</head>
<body><h1><a href="{target}">{title}</a></h1></body>
</html>
"""


def _write_start_page(app, exception) -> None:
    """Make `index.html`, which a reader opens, lead to the first page and be a page itself."""
    if exception is None and app.builder.format == "html" and app.config.root_doc != "index":
        target = app.builder.get_target_uri(app.config.root_doc)
        html = START_PAGE.format(title=escape(app.config.html_title), target=escape(target),
                                 canonical=escape((app.config.html_baseurl or "") + target))
        (Path(app.outdir) / "index.html").write_text(html, encoding="utf-8")


def setup(app) -> None:
    """Register the page's styles and what is prepared for its template."""
    # Jupyter Book sets it for an extension that the book does without.
    app.add_config_value("comments_config", {}, "")
    app.add_css_file("book.css")
    app.add_js_file("theme.js", loading_method="defer")
    app.connect("html-page-context", _prepare, priority=900)
    # After sphinx-external-toc, which writes a bare redirect.
    app.connect("build-finished", _write_start_page, priority=900)
