"""Directives that show the plan of the course: a map, a table of times, and paths.

```{chapter-map}      what needs what, drawn and as a list
```{chapter-status}   every notebook with the minutes to read and the seconds to run
```{reading-paths}    the paths of book/curriculum.yml
```{class-links}      every chapter as a link that opens it on a class's JupyterHub
They read the chapters' metadata each time the book is built, so a new chapter appears by itself.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from .curriculum import Chapter, Curriculum, read_curriculum
from .map_svg import draw_map
from .pages import hub_path

EXAMPLE_HUB = "https://hub.example.org"  # stands for a hub until a reader names one


class roadmap(nodes.General, nodes.Element):
    """Stands for a view of the plan until the chapters' titles are known."""


class _View(SphinxDirective):
    kind = ""

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # a chapter may have been added, or changed its needs
        return [roadmap(kind=self.kind)]


class ChapterMap(_View):
    """Draw which chapter needs which."""

    kind = "map"


class ChapterStatus(_View):
    """List every chapter with its times."""

    kind = "status"


class ReadingPaths(_View):
    """List the paths through the course."""

    kind = "paths"


class ClassLinks(_View):
    """List a link per chapter for a class's hub."""

    kind = "class"


class _Pages:
    """The titles and addresses of chapters, as seen from one page."""

    def __init__(self, app, docname: str):
        self.app, self.docname = app, docname

    def title(self, chapter: Chapter) -> str:
        if chapter.docname:
            return self.app.env.titles[chapter.docname].astext()
        return chapter.title

    def link(self, chapter: Chapter) -> str:
        return self.app.builder.get_relative_uri(self.docname, chapter.docname)

    def number(self, chapter: Chapter) -> str:
        """A chapter's number as the menu gives it; empty where it has none."""
        return ".".join(map(str, self.app.env.toc_secnumbers.get(chapter.docname, {}).get("", ())))

    def name(self, chapter: Chapter) -> nodes.Node:
        """A chapter's title: a link, or the word that it is planned."""
        if not chapter.docname:
            return nodes.inline("", f"{self.title(chapter)} (planned)", classes=["planned"])
        return nodes.reference("", self.title(chapter), refuri=self.link(chapter), internal=True)


def _joined(parts: list[nodes.Node], between: str) -> list[nodes.Node]:
    out: list[nodes.Node] = []
    for part in parts:
        out += [nodes.Text(between), part] if out else [part]
    return out


def _bullets(items: list[list[nodes.Node]], **attributes) -> nodes.bullet_list:
    rows = [nodes.list_item("", nodes.paragraph("", "", *item)) for item in items]
    return nodes.bullet_list("", *rows, **attributes)


def _map(plan: Curriculum, pages: _Pages) -> list[nodes.Node]:
    shown = plan.shown()
    titles = {chapter.name: pages.title(chapter) for chapter in shown}
    links = {chapter.name: pages.link(chapter) for chapter in shown if chapter.docname}
    numbers = {chapter.name: pages.number(chapter) for chapter in shown}
    # The list comes first: it is what a phone shows first, and what is read out.
    listed = nodes.definition_list("", classes=["chapter-list"])
    for part, chapters in groupby((c for c in shown if c.docname), key=lambda c: c.part):
        items = [[nodes.Text(f"{numbers[c.name]}. " if numbers[c.name] else ""), pages.name(c),
                  nodes.Text(f", {c.minutes} min"), *_needs(plan, pages, c), nodes.Text(".")]
                 for c in chapters]
        listed += nodes.definition_list_item("", nodes.term("", part),
                                             nodes.definition("", _bullets(items)))
    picture = nodes.raw("", draw_map(shown, titles, links, numbers), format="html")
    return [nodes.container("", listed, picture, classes=["chapter-plan"])]


def _needs(plan: Curriculum, pages: _Pages, chapter: Chapter) -> list[nodes.Node]:
    needs = _joined([pages.name(plan.chapters[name]) for name in chapter.needs], ", ")
    return [nodes.Text("; needs "), *needs] if needs else []


def _spell(seconds: int | None) -> str:
    return "not measured" if seconds is None else f"{seconds} s"


def _status(plan: Curriculum, pages: _Pages) -> list[nodes.Node]:
    there = [chapter for chapter in plan.chapters.values() if chapter.docname]
    rows = [[pages.name(c), nodes.Text(c.part), nodes.Text(f"{c.minutes} min"),
             nodes.Text(_spell(c.seconds))] for c in there]
    planned = len(plan.chapters) - len(there)
    hours = sum(c.minutes for c in there) / 60
    told = (f"{len(there)} chapters are here, about {hours:.0f} hours of reading; "
            f"{planned} more are planned.")
    head = [nodes.Text(word) for word in ("Chapter", "Part", "To read", "To run")]
    return [nodes.paragraph("", told), _table(head, rows)]


def _table(head: list[nodes.Node], rows: list[list[nodes.Node]]) -> nodes.table:
    def row(cells):
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))

    columns = [nodes.colspec(colwidth=1) for _ in head]
    group = nodes.tgroup("", *columns, nodes.thead("", row(head)),
                         nodes.tbody("", *map(row, rows)), cols=len(head))
    return nodes.table("", group)


def _paths(plan: Curriculum, pages: _Pages) -> list[nodes.Node]:
    out: list[nodes.Node] = []
    for path in plan.paths:
        chapters = [plan.chapters[name] for name in path["chapters"]]
        there = [pages.name(chapter) for chapter in chapters if chapter.docname]
        planned = len(chapters) - len(there)
        out.append(nodes.term("", path["title"]))
        words = [nodes.Text(f"{path['text']}: "), *_joined(there, " → ")]
        if planned:
            words.append(nodes.Text(f" (and {planned} more to come)"))
        words.append(nodes.Text("."))
        out.append(nodes.definition("", nodes.paragraph("", "", *words)))
    items = [nodes.definition_list_item("", *out[i:i + 2]) for i in range(0, len(out), 2)]
    return [nodes.definition_list("", *items)]


HUB_FIELD = """
<div class="hub-field js-only">
<label for="hub-address">Address of your hub</label>
<input id="hub-address" type="url" placeholder="{hub}" autocomplete="off" spellcheck="false">
<p id="hub-said" role="status"></p>
</div>
"""


def _class(plan: Curriculum, pages: _Pages) -> list[nodes.Node]:
    options = pages.app.config.html_theme_options
    hub = ((options.get("launch_buttons") or {}).get("jupyterhub_url") or EXAMPLE_HUB).rstrip("/")

    def link(chapter: Chapter) -> nodes.Node:
        path = hub_path(options, chapter.docname)
        html = (f'<a href="{escape(hub + path)}" data-hub="{escape(path)}">'
                f"{escape(pages.title(chapter))}</a>")
        return nodes.raw("", html, format="html")

    rows = [[link(c), nodes.Text(c.part), nodes.Text(f"{c.minutes} min"),
             nodes.Text(_spell(c.seconds))] for c in plan.chapters.values() if c.docname]
    head = [nodes.Text(word) for word in ("Chapter, on your hub", "Part", "To read", "To run")]
    return [nodes.raw("", HUB_FIELD.format(hub=escape(hub)), format="html"), _table(head, rows)]


VIEWS = {"map": _map, "status": _status, "paths": _paths, "class": _class}


def _resolve(app, doctree, docname: str) -> None:
    found = list(doctree.findall(roadmap))
    if found:
        plan, pages = read_curriculum(Path(app.srcdir)), _Pages(app, docname)
        for node in found:
            node.replace_self(VIEWS[node["kind"]](plan, pages))


def setup(app) -> None:
    """Register the directives and the event that fills them in."""
    app.add_node(roadmap)
    app.add_directive("chapter-map", ChapterMap)
    app.add_directive("chapter-status", ChapterStatus)
    app.add_directive("reading-paths", ReadingPaths)
    app.add_directive("class-links", ClassLinks)
    app.connect("doctree-resolved", _resolve)
