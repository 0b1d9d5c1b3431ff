"""The book's search: one script with a line for each section, box, figure and exercise.

Sphinx's own search knows pages, and downloads each page it finds to show a few words of it. Here
the text is gathered while pages are written, so that the search page loads a single script, also
from disk, and leads to the very place. `theme/static/search.js` understands what is typed.

What a page says is known when its references are resolved, which is after Sphinx has stored its own
record; so this one lies in a file beside it, and a page that is missing there is written again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx_proof.nodes import NODE_TYPES, unenumerable_node

from mathml.interactive.book import FIGURE, number

from . import symbols
from .curriculum import PLAN, read_curriculum
from .exercises import LABEL
from .filters import entry_filter
from .glossary import TAUGHT
from .maths import letters

RECORD, INDEX = "search.json", "search-index.js"
BOXES = (*NODE_TYPES.values(), unenumerable_node)
DEEPEST = 3  # of the headings that are found by themselves
UNREAD = (nodes.comment, nodes.literal_block, nodes.image, nodes.target, nodes.Invisible,
          addnodes.toctree)
QUESTION = re.compile(r'<fieldset class="predict".*?<legend[^>]*>(.*?)</legend>', re.S)
VALUE = re.compile(r'^<span class="figure-value"[^>]*>([^<]*)</span>')


@dataclass
class Entry:
    """A place of the book that can be found; `terms` are index entries in it, with anchors."""

    kind: str
    anchor: str
    title: str = ""
    number: str = ""
    text: list[str] = field(default_factory=list)
    terms: list[tuple[str, str]] = field(default_factory=list)

    def record(self) -> list:
        """Return what the script is given."""
        return [self.kind, self.anchor, self.title, self.number, _line(self.text), self.terms]


def _line(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


class Reader:
    """Goes through a resolved page and notes its places.

    Attributes
    ----------
    entries : list of Entry
        In the order of the page; the first is the page itself.
    """

    def __init__(self, env, docname: str):
        self.env, self.docname = env, docname
        self.chapter = env.toc_secnumbers.get(docname, {}).get("", ())[:1]
        self.entries: list[Entry] = []

    def read(self, doctree: nodes.document) -> list[Entry]:
        """Return the places of a page."""
        self._filtered = next(doctree.findall(entry_filter), None) is not None
        self._walk(doctree, self._open("page", "", number=self._dotted(self.chapter)), 0)
        return self.entries

    def words(self, node: nodes.Node) -> str:
        """Return a node's text as it is read."""
        scratch = Entry("", "")
        kept = self.entries
        self.entries = []
        self._walk(node, scratch, DEEPEST)
        self.entries = kept
        return _line(scratch.text)

    def _open(self, *args, **kwargs) -> Entry:
        self.entries.append(Entry(*args, **kwargs))
        return self.entries[-1]

    @staticmethod
    def _dotted(parts) -> str:
        return ".".join(map(str, parts))

    def _number(self, kind: str, anchor: str) -> str:
        return self._dotted(self.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
                            .get(anchor, ()))

    def _walk(self, node: nodes.Node, entry: Entry, level: int, skip: int = 0) -> Entry:
        """Note what a node's children say; return the entry that what follows them belongs to."""
        for child in node.children[skip:]:
            entry = self._visit(child, entry, level)
        return entry

    def _visit(self, node: nodes.Node, entry: Entry, level: int) -> Entry:
        """Note what a node says; return the entry that what follows it belongs to."""
        match node:
            case nodes.Text():
                entry.text.append(node.astext())
            case nodes.math() | nodes.math_block():
                self._formula(node, entry)
            case nodes.raw():
                return self._raw(node, entry)
            case addnodes.index():
                entry.terms += [(value.replace("; ", ", "), anchor)
                                for _, value, anchor, *_ in node["entries"]]
            case nodes.section() if node.children and isinstance(node[0], nodes.title):
                self._section(node, entry, level + 1)
            case nodes.definition_list_item() if self._filtered:
                self._definition(node)
            case nodes.row() if self.docname == symbols.PAGE:
                self._symbol(node, entry)
            case nodes.container() if "cell" in node["classes"]:
                self._cell(node, entry)
            case _ if isinstance(node, BOXES):
                self._box(node, level)
            case nodes.admonition() if "goals" in node["classes"]:
                pass  # it names what other places teach
            case _ if not isinstance(node, UNREAD) and TAUGHT not in node["classes"]:
                entry = self._walk(node, entry, level)
                if not isinstance(node, nodes.Inline):
                    entry.text.append(" ")
        return entry

    def _formula(self, node: nodes.Element, entry: Entry) -> None:
        latex = node.astext()
        for mark, (_, first, _) in node.get("follows", ("", {}))[1].items():
            latex = latex.replace(mark, first)
        read = letters(latex, display=isinstance(node, nodes.math_block))
        entry.text.append(read + node.get("end", ""))
        if isinstance(node, nodes.math_block):
            entry.text.append(" ")
            if node["number"] and node["ids"]:
                called = self._number("displaymath", node["ids"][0]) or str(node["number"])
                self._open("equation", node["ids"][0], f"Equation ({called})", called, [read])

    def _raw(self, node: nodes.raw, entry: Entry) -> Entry:
        html = node.astext()
        if found := VALUE.search(html):
            entry.text.append(unescape(found[1]))
        elif found := LABEL.search(html):
            called = self._dotted((*self.chapter, found[2]))
            return self._open("exercise", found[1], f"Exercise {found[2]}", called)
        elif found := FIGURE.search(html):
            for figure in self.env.mathml_figures.get(self.docname, ()):
                if figure.id == found[1]:
                    called = number(self.env, self.docname, figure)
                    self._open("figure", figure.id, f"{called} {figure.title}",
                               called.partition(" ")[2])
        elif found := QUESTION.search(html):  # and not its answer
            entry.text.append(unescape(re.sub("<[^>]*>", "", found[1])) + " ")
        return entry

    def _section(self, node: nodes.section, entry: Entry, level: int) -> None:
        title = self.words(node[0])
        if level == 1:
            entry.title = title
        elif self._filtered:
            pass  # its entries are found one by one
        elif level <= DEEPEST:
            entry = self._open("section", node["ids"][0], title)
        else:
            entry.text.append(f"{title}. ")
        self._walk(node, entry, level, skip=1)

    def _definition(self, node: nodes.definition_list_item) -> None:
        term = next(node.findall(nodes.term))
        here = self._open("entry", term["ids"][0] if term["ids"] else "", self.words(term))
        for part in node.findall(nodes.definition):
            self._walk(part, here, DEEPEST)

    def _symbol(self, node: nodes.row, entry: Entry) -> None:
        if isinstance(node.parent, nodes.thead):
            return
        meaning, written, *remarks = map(self.words, node.children)
        self._open("symbol", entry.anchor, meaning, "", [". ".join(filter(None, remarks))],
                   [(written, entry.anchor)])

    def _cell(self, node: nodes.container, entry: Entry) -> None:
        """Of code nothing is read but the figures and questions it shows; of solutions nothing."""
        if "tag_hide-cell" not in node["classes"]:
            for raw in node.findall(nodes.raw):
                self._raw(raw, entry)

    def _box(self, node: nodes.Element, level: int) -> None:
        anchor, kind = node["ids"][0], node.get("realtype", "").title()
        called = self._number(node.get("countertype", ""), anchor)
        name = re.sub(r"^\((.*)\)$", r"\1", self.words(node[0]))  # it stands in parentheses
        start = " ".join(filter(None, (kind, called)))
        here = self._open("box", anchor, f"{start}: {name}" if name else start, called)
        self._walk(node, here, level, skip=1)


class Record:
    """What can be found on each page, kept from build to build."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self.pages = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.pages = {}

    def save(self) -> None:
        """Keep it for the next build."""
        self.path.write_text(json.dumps(self.pages), encoding="utf-8")


def reading_order(env) -> list[str]:
    """Return all pages, first those of the menu, in its order."""
    found: dict[str, None] = {}
    waiting = [env.config.root_doc]
    while waiting:
        page = waiting.pop()
        if page not in found:
            found[page] = None
            waiting += reversed(env.toctree_includes.get(page, []))
    return [*found, *sorted(env.found_docs - set(found))]


def index_script(app, pages: dict[str, list]) -> str:
    """Return the script that the search page loads, from the places of each page."""
    root = Path(app.srcdir)
    plan = read_curriculum(root).chapters.values() if (root / PLAN).is_file() else ()
    parts = {chapter.docname: chapter.part for chapter in plan}
    out = [[app.builder.get_target_uri(docname), parts.get(docname, ""), pages[docname]]
           for docname in reading_order(app.env) if docname in pages]
    return f"window.bookIndex={json.dumps(out, ensure_ascii=False, separators=(',', ':'))};\n"


def _begin(app) -> None:
    if app.builder.format == "html":
        app.builder.search = False  # Sphinx's own
        app.builder.book_search = Record(Path(app.doctreedir) / RECORD)


def _forget(app, env, docname: str) -> None:
    record = getattr(app.builder, "book_search", None)
    if record:
        record.pages.pop(docname, None)


def _write_what_is_missing(app, env) -> list[str]:
    record = getattr(app.builder, "book_search", None)
    return sorted(env.found_docs - set(record.pages)) if record else []


def _note(app, doctree, docname: str) -> None:
    if app.builder.format == "html":
        places = Reader(app.env, docname).read(doctree)
        app.builder.book_search.pages[docname] = [entry.record() for entry in places]


def _prepare(app, pagename, templatename, context, doctree) -> None:
    """Write the index when all pages are written: the search page names it by its content."""
    if pagename != "search" or app.builder.format != "html":
        return
    script = index_script(app, app.builder.book_search.pages).encode()
    (Path(app.outdir) / INDEX).write_bytes(script)
    context["index_script"] = f"{INDEX}?v={hashlib.sha256(script).hexdigest()[:8]}"


def _keep(app, exception) -> None:
    record = getattr(app.builder, "book_search", None)
    if record and exception is None:
        record.save()


def setup(app) -> None:
    """Gather what the pages say, and write the script with the search page."""
    app.config.html_additional_pages["search"] = "search.html"
    for script in ("words.js", "search.js"):
        app.add_js_file(script, loading_method="defer")
    app.connect("builder-inited", _begin)
    app.connect("env-purge-doc", _forget)
    app.connect("env-updated", _write_what_is_missing)
    # After what fills pages in, before what annotates their links.
    app.connect("doctree-resolved", _note, priority=800)
    app.connect("html-page-context", _prepare)
    app.connect("build-finished", _keep)
