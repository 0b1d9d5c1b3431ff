"""Directives that show the plan of the course: a map, a table of times, and paths.

```{chapter-map}      what needs what, drawn and as a list
```{chapter-status}   every notebook with the minutes to read and the seconds to run
```{reading-paths}    the paths of book/curriculum.yml
```{course-start}     how much there is, and a button to begin
```{class-links}      every chapter, and a link that opens it on a class's JupyterHub
```{lesson-plans}     what a teacher needs of each chapter: see `lessons`
They read the chapters' metadata each time the book is built, so a new chapter appears by itself.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from . import lessons
from .curriculum import Chapter, Curriculum, read_curriculum
from .map_svg import draw_map
from .paths import path_key


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


class CourseStart(_View):
    """Say how much there is, and where to begin; what it contains stands beside the button."""

    kind = "start"
    has_content = True

    def run(self) -> list[nodes.Node]:
        (view,) = super().run()
        self.state.nested_parse(self.content, self.content_offset, view)
        return [view]


class LessonPlans(_View):
    """List what a teacher needs of each chapter."""

    kind = "lessons"


class _Pages:
    """The titles and addresses of chapters, as seen from one page."""

    def __init__(self, app, docname: str, inner: list[nodes.Node]):
        self.app, self.docname = app, docname
        self.inner = inner  # what the author wrote inside the directive

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


def _status(plan: Curriculum, pages: _Pages) -> list[nodes.Node]:
    there = [chapter for chapter in plan.chapters.values() if chapter.docname]
    rows = [[pages.name(c), nodes.Text(c.part), nodes.Text(f"{c.minutes} min"),
             nodes.Text(lessons.measured(c.seconds))] for c in there]
    planned = len(plan.chapters) - len(there)
    told = (f"{len(there)} chapters are here, about {_hours(there)} hours of reading; "
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


CHOOSE = ('<p class="choose-path js-only"><button type="button" data-choose="{key}" '
          'aria-pressed="false">Follow this path<span class="visually-hidden"> {title}</span>'
          "</button></p>")


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
        button = nodes.raw("", CHOOSE.format(key=path_key(path["title"]),
                                             title=escape(path["title"])), format="html")
        out.append(nodes.definition("", nodes.paragraph("", "", *words), button))
    items = [nodes.definition_list_item("", *out[i:i + 2]) for i in range(0, len(out), 2)]
    return [nodes.definition_list("", *items)]


def _class(plan: Curriculum, pages: _Pages) -> list[nodes.Node]:
    head = [nodes.Text(word) for word in ("Chapter", "On your hub", "To read", "To run")]
    return [lessons.hub_field(pages), _table(head, lessons.hub_links(plan, pages))]


START = """
<div class="course-start">
<p class="course-facts">{facts}</p>
<div class="course-go">
<p><a class="start-button" href="{link}"><span>Start with {title}</span></a></p>
"""


def _start(plan: Curriculum, pages: _Pages) -> list[nodes.Node]:
    """How much there is, of what kind, by whom; and where to begin: the first path's beginning."""
    env, config = pages.app.env, pages.app.config
    there = [chapter for chapter in plan.chapters.values() if chapter.docname]
    planned = len(plan.chapters) - len(there)
    figures = sum(map(len, getattr(env, "mathml_figures", {}).values()))
    exercises = sum(facts.get("exercises", 0) for facts in env.metadata.values())
    more = f" ({planned} more to come)" if planned else ""
    facts = (f"<strong>{len(there)} chapters, about {_hours(there)} hours</strong>{more}, "
             f"{figures} figures that move, {exercises} exercises that answer. <strong>Free, in "
             f"the browser, with no account.</strong> By {escape(_by(config.author))}, text under "
             "CC BY 4.0, code under MIT.")
    first = next((c for name in plan.paths[0]["chapters"] if (c := plan.chapters[name]).docname),
                 None)
    if first is None:
        return []
    html = START.format(facts=facts, link=escape(pages.link(first)),
                        title=escape(pages.title(first)))
    return [nodes.raw("", html, format="html"), *pages.inner,
            nodes.raw("", "</div></div>", format="html")]


def _by(author: str) -> str:
    """An author in the middle of a sentence."""
    return author.replace("The ", "the ", 1) if author.startswith("The ") else author


def _hours(chapters: list[Chapter]) -> str:
    return f"{sum(chapter.minutes for chapter in chapters) / 60:.0f}"


VIEWS = {"map": _map, "status": _status, "paths": _paths, "class": _class, "start": _start,
         "lessons": lessons.lesson_plans}


def _resolve(app, doctree, docname: str) -> None:
    found = list(doctree.findall(roadmap))
    if found:
        plan = read_curriculum(Path(app.srcdir))
        for node in found:
            pages = _Pages(app, docname, node.children)
            node.replace_self(VIEWS[node["kind"]](plan, pages))


def setup(app) -> None:
    """Register the directives and the event that fills them in."""
    app.add_node(roadmap)
    app.add_directive("chapter-map", ChapterMap)
    app.add_directive("chapter-status", ChapterStatus)
    app.add_directive("reading-paths", ReadingPaths)
    app.add_directive("class-links", ClassLinks)
    app.add_directive("course-start", CourseStart)
    app.add_directive("lesson-plans", LessonPlans)
    app.connect("doctree-resolved", _resolve)
