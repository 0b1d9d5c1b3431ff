"""The path that a reader chose: on each chapter of it, its place there and what comes next.

The paths are those of `book/curriculum.yml`. A page carries its place in each of them, unseen;
which one the reader follows knows the browser (`theme/static/orient.js`). Without a choice, and
without scripts, next leads on in reading order.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes

from .anew import where_changed
from .curriculum import PLAN, Curriculum, read_curriculum
from .hover import plain

SIDES = ("first", "prev", "next")  # the chapters that a page names


def path_key(title: str) -> str:
    """Return the name under which a browser keeps the choice of a path."""
    return nodes.make_id(title)


def places(plan: Curriculum, docname: str) -> list[dict]:
    """Return for each path its `key` and `title`, how many chapters of it are `there`, and more.

    `first` is its first chapter. On a page that is a chapter of the path, `place` is its number,
    and `prev` and `next` are the chapters around it, or None. Chapters are given by page.
    """
    found = []
    for path in plan.paths:
        there = [plan.chapters[name].docname for name in path["chapters"]]
        there = [page for page in there if page]
        if not there:
            continue
        facts = {"key": path_key(path["title"]), "title": path["title"], "there": len(there),
                 "first": there[0], "place": 0, "prev": None, "next": None}
        if docname in there:
            at = there.index(docname)
            facts["place"] = at + 1
            facts["prev"] = there[at - 1] if at else None
            facts["next"] = there[at + 1] if at + 1 < len(there) else None
        found.append(facts)
    return found


def _read_plan(app) -> Curriculum | None:
    root = Path(app.srcdir)
    return read_curriculum(root) if (root / PLAN).is_file() else None


def _prepare(app, pagename, templatename, context, doctree) -> None:
    plan = app.mathml_plan

    def link(page):
        return page and {"title": plain(app.env.titles[page]),
                         "link": app.builder.get_relative_uri(pagename, page)}

    context["reading_paths"] = [
        path | {side: link(path[side]) for side in SIDES}
        for path in (places(plan, pagename) if plan else [])]


def _write_anew(app, env) -> list[str]:
    plan = app.mathml_plan = _read_plan(app)
    titles = {page: plain(title) for page, title in env.titles.items()}
    facts = {}
    for docname in env.found_docs if plan else ():
        facts[docname] = [path | {side: titles.get(path[side]) for side in SIDES}
                          for path in places(plan, docname)]
    return where_changed(env, "mathml_paths", facts)


def setup(app) -> None:
    """Give each page its places, and write it again when they change."""
    app.connect("html-page-context", _prepare)
    app.connect("env-updated", _write_anew)
