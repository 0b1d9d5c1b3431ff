"""The foot of a page: report a mistake, cite, print a handout, and what version this is.

What is cited stands in CITATION.cff; where mistakes go follows from `repository` in _config.yml.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import yaml
from docutils import nodes

import mathml

from .anew import where_changed
from .history import page_changed_on
from .hover import plain
from .pages import github_name

FORM = "mistake.yml"  # of .github/ISSUE_TEMPLATE; its fields are named below
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # strftime's depend on the machine's language
SPECIAL = re.compile(r"[&%$#_{}]")


def report_link(options: dict, title: str, address: str, version: str) -> str:
    """Return the address of the repository's form for a mistake, with what is known filled in.

    Empty where the repository is not one of GitHub's, whose forms these are.

    Examples
    --------
    >>> options = {"repository_url": "https://github.com/o/r"}
    >>> report_link(options, "Norms", "book/norms", "1.0")
    'https://github.com/o/r/issues/new?template=mistake.yml&title=Norms%3A+&page=book%2Fnorms&version=1.0'
    """
    if not github_name(options):
        return ""
    fields = {"template": FORM, "title": f"{title}: ", "page": address, "version": version}
    return f"https://github.com/{github_name(options)}/issues/new?{urlencode(fields)}"


def spelled(day: str) -> str:
    """Return a day in words.

    Examples
    --------
    >>> spelled("2026-11-08")
    '8 November 2026'
    """
    when = date.fromisoformat(day)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def citation(book: dict, *, key: str, page: str, year: str, address: str) -> dict[str, str]:
    """Return how to cite a page of a book, or the book if `page` is empty: `text` and `bibtex`.

    `book` is what CITATION.cff says.
    """
    text = f"{_in_words(book['authors'])} ({year}). "
    text += f"“{page}”, in {book['title']}." if page else f"{book['title']}."
    version = f"Version {book['version']}" if book.get("version") else ""
    fields = {"author": " and ".join(map(_in_bibtex, book["authors"])),
              "title": f"{{{_escaped(page or book['title'])}}}"}  # keeps its capitals
    if page:
        fields["booktitle"] = f"{{{_escaped(book['title'])}}}"
    fields |= {"year": year, "note": version, "url": address}
    rows = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    kind = "incollection" if page else "misc"
    return {"text": " ".join(filter(None, [text, version and f"{version}.", address])),
            "bibtex": f"@{kind}{{{key},\n" + ",\n".join(rows) + "\n}"}


def _names(author: dict) -> tuple[str, str]:
    """Family and given names; an entity has one name."""
    return author.get("name") or author["family-names"], author.get("given-names", "")


def _in_words(authors: list[dict]) -> str:
    names = [" ".join(filter(None, reversed(_names(author)))) for author in authors]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _in_bibtex(author: dict) -> str:
    family, given = map(_escaped, _names(author))
    return f"{{{family}}}" if "name" in author else f"{family}, {given}".rstrip(", ")


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)


def _title(app, pagename: str) -> str:
    return plain(app.env.titles[pagename])


def _prepare(app, pagename, templatename, context, doctree) -> None:
    if doctree is None:
        return
    options = app.config.html_theme_options
    day = page_changed_on(app, pagename)
    version = f"{mathml.__version__}, {spelled(day)}" if day else mathml.__version__
    context["version_told"] = version
    address = context.get("pageurl") or ""
    context["report_link"] = report_link(options, _title(app, pagename), address or pagename,
                                         version)
    cff = Path(app.srcdir) / "CITATION.cff"
    if cff.is_file():
        is_book = pagename == app.config.root_doc
        short = nodes.make_id(app.config.html_short_title)
        year = day[:4] or (re.search(r"\d{4}", app.config.copyright) or ("n.d.",))[0]
        context["citation"] = citation(
            yaml.safe_load(cff.read_text(encoding="utf-8")),
            key=short if is_book else f"{short}-{pagename.rpartition('/')[2]}",
            page="" if is_book else _title(app, pagename), year=year,
            address=address or options.get("repository_url", ""))
    context["has_handout"] = "exercises" in app.env.metadata.get(pagename, {})


def _write_anew(app, env) -> list[str]:
    """A commit changes a page's date, and nothing else that Sphinx watches."""
    days = {docname: page_changed_on(app, docname) for docname in env.found_docs}
    return where_changed(env, "mathml_days", days)


def setup(app) -> None:
    """Register the scripts and what the template shows."""
    app.add_js_file("handout.js", loading_method="defer")
    app.add_js_file("orient.js", loading_method="defer")
    app.connect("html-page-context", _prepare)
    app.connect("env-updated", _write_anew)
