"""Exercises as a reader finds them: named, solved in one fold, and counted in the menu.

An exercise of a chapter begins with its number in bold, **1.**, in the section "Exercises": that
is made a heading, and its solution says whose it is. How many a page has is known when it is read;
which of them are answered knows the browser (`theme/static/progress.js`).
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from .anew import where_changed

NUMBER = re.compile(r"(\d+)\.")
FORM = '<form class="check"'
HEADING = ('<span class="exercise-number" role="heading" aria-level="3" id="exercise-{0}"><strong>'
           '<span class="visually-hidden">Exercise </span>{0}.</strong></span>')
LABEL = re.compile(r'class="exercise-number"[^>]* id="(exercise-(\d+))"')
MARK = ('<span class="progress js-only" data-exercises="{0}" title="exercises answered right">'
        '<span class="progress-count">0/{0}</span>'
        '<span class="visually-hidden"> exercises right</span></span>')
LINK = re.compile(r'(<a class="[^"]*reference internal"[^>]*href=")([^"]*)("[^>]*>.*?</a>)', re.S)


def _is_hidden_cell(node: nodes.Node) -> bool:
    return (isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"
            and node.get("hide_mode") == "all")


def _call(cell: nodes.Node, before: str, after: str) -> None:
    for prompt in ("prompt_show", "prompt_hide"):
        cell[prompt] = cell[prompt].replace(before, after)


class NameExercises(SphinxTransform):
    """Make the bold number of an exercise its heading, and let its solution say the number."""

    default_priority = 410  # after the engine's own

    def apply(self, **kwargs) -> None:
        for cell in filter(_is_hidden_cell, self.document.findall(nodes.container)):
            _call(cell, "the code", "the solution")
        for section in self.document.findall(nodes.section):
            if section[0].astext() == "Exercises":
                self.name(section)
        forms = sum(raw.astext().startswith(FORM) for raw in self.document.findall(nodes.raw))
        if forms:
            self.env.metadata[self.env.docname]["exercises"] = forms

    @staticmethod
    def name(section: nodes.section) -> None:
        number = None
        for node in section.children:
            if isinstance(node, nodes.paragraph):
                first = next((part for part in node if part.astext()), None)  # MyST has empty ones
                if isinstance(first, nodes.strong) and (
                        found := NUMBER.fullmatch(first.astext())):
                    number = found[1]
                    heading = nodes.raw("", HEADING.format(number), format="html")
                    first.replace_self(heading)
            elif number and _is_hidden_cell(node):
                _call(node, "the solution", f"the solution of exercise {number}")


class JoinSolutions(SphinxPostTransform):
    """Put solutions that follow each other into one fold; two lines to open say no more."""

    default_priority = 191  # before MyST-NB folds hidden cells, at 199
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for cell in list(self.document.findall(_is_hidden_cell)):
            siblings = cell.parent.children
            place = siblings.index(cell)
            if place and _is_hidden_cell(before := siblings[place - 1]):
                cell.parent.remove(cell)
                before += cell.children


def _mark(app, pagename: str, html: str) -> str:
    """Return the menu with the number of exercises beside each chapter that has some."""
    counts = {app.builder.get_relative_uri(pagename, docname): facts["exercises"]
              for docname, facts in app.env.metadata.items() if "exercises" in facts}
    counts["#"] = app.env.metadata.get(pagename, {}).get("exercises")

    def with_mark(found: re.Match) -> str:
        count = counts.get(found[2])
        return found[0] + (MARK.format(count) if count else "")

    return LINK.sub(with_mark, html)


def _prepare(app, pagename, templatename, context, doctree) -> None:
    toctree = context.get("toctree")
    if toctree:
        context["toctree"] = lambda **options: _mark(app, pagename, toctree(**options))


def _write_menus_anew(app, env) -> list[str]:
    """Every page's menu says how many exercises each chapter has: write all where one changed."""
    counts = {docname: facts["exercises"] for docname, facts in env.metadata.items()
              if "exercises" in facts}
    return where_changed(env, "exercise_counts", dict.fromkeys(env.found_docs, counts))


def setup(app) -> None:
    """Register the transforms, the marks in the menu and their script."""
    app.add_transform(NameExercises)
    app.add_post_transform(JoinSolutions)
    app.add_js_file("progress.js", loading_method="defer")
    app.connect("html-page-context", _prepare)
    app.connect("env-updated", _write_menus_anew)
