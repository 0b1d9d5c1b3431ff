"""The figures of a book: their data, their numbers, the list of them, and the text that uses them.

A notebook's output holds everything a figure needs. In the pages that Sphinx writes, its data go
into a script of their own, which the page loads when the figure comes near, and its title gets a
number. In the text,

- the role ``move`` leads to a figure and sets it:
  ``{move}`set η to 0.5 <The learning rate on a parabola?learning rate η=0.5>```;
- the role ``follow`` shows a value that a figure of the page returns, or the position of one of its
  controls, and follows it: ``{follow}`rate```, or ``{follow}`rate <Title>``` where two have it;
- the role ``follow-math`` does so within a formula, and the directive of that name in a display:
  ``{follow-math}`|1 - 4 \\cdot {@lr}| = {@rate}```;
- the directive ``list-of-figures`` lists them all.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.osutil import relative_uri

from mathml.interactive.slugs import address

logger = logging.getLogger(__name__)
FOLDER = "_static/figures"
PAGES = {"html", "dirhtml", "readthedocs", "readthedocsdirhtml"}  # builders with a file for a page
FIGURE = re.compile(r'<figure class="explorable" id="([\w-]+)" data-key="(\w+)"')
MARK = "777700"  # and a digit: stands in a formula for a value
DATA = re.compile(r'<script type="application/json">(.*?)</script>', re.S)
TITLE = re.compile(r'(<figcaption class="explorable-title">)(.*?)</figcaption>', re.S)
ASKED = re.compile(r"\{@([\w-]+)\}")
TARGET = re.compile(r"^(.*?)\s*<([^<>]+)>$", re.S)


@dataclass(frozen=True)
class Figure:
    """What the text of a book may ask of a figure.

    Attributes
    ----------
    id, key, title : str
    controls : tuple of dict
        Name, label, texts and start of each.
    values : dict of str to tuple of str
        What it returns by name: the text of the first state, then those of all others.
    """

    id: str
    key: str
    title: str
    controls: tuple[dict, ...]
    values: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, html: str) -> Figure:
        """Read the HTML of a figure."""
        found, data = FIGURE.search(html), json.loads(DATA.search(html)[1])
        start = [control["start"] for control in data["controls"]]
        values = {c["name"]: (c["texts"][c["start"]], *c["texts"]) for c in data["controls"]}
        for panel in data["panels"]:
            state = 0
            for c in panel["controls"]:
                state = state * len(data["controls"][c]["texts"]) + start[c]
            for name, kept in panel["values"].items():
                values[name] = (kept["texts"][kept["says"][state]], *kept["texts"])
        title = unescape(TITLE.search(html)[2])
        return cls(found[1], found[2], title, tuple(data["controls"]), values)

    def query(self, asked: str) -> str:
        """Return the part of an address that sets the figure.

        Raises
        ------
        ValueError
            If the figure has no such control, or the control no such position.
        """
        setting = {}
        for pair in filter(None, re.split("&(?=[^&=]+=)", asked)):
            name, _, value = (part.strip() for part in pair.partition("="))
            control = next((c for c in self.controls if _plain(name) in
                            (_plain(c["name"]), _plain(c["label"]))), None)
            if control is None:
                known = ", ".join(repr(c["label"]) for c in self.controls)
                raise ValueError(f"{self.title!r} has no control {name!r}; it has {known}")
            text = next((t for t in control["texts"] if _plain(t) == _plain(value)), None)
            if text is None:
                known = ", ".join(control["texts"])
                raise ValueError(f"{control['label']!r} of {self.title!r} has no position "
                                 f"{value!r}; it has {known}")
            setting[control["name"]] = text
        return urlencode(setting)


def _plain(text: str) -> str:
    """A text as the page's script compares it."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("−", "-").split())


def _warn(where: nodes.Node | tuple, fault: str) -> None:
    logger.warning("%s", fault, location=where, type="mathml", subtype="figures")


# ---- reading: what each page has, and what its text asks ----


class MoveRole(SphinxRole):
    """A link that leads to a figure and sets it."""

    def run(self):
        found = TARGET.match(self.text)
        text, target = found.groups() if found else ("", self.text)
        title, _, query = target.partition("?")
        node = move(self.rawtext, words=text, title=title.strip(), query=query)
        self.set_source_info(node)
        return [node], []


class FollowRole(SphinxRole):
    """A value that follows a figure of the page."""

    def run(self):
        found = TARGET.match(self.text)
        name, title = found.groups() if found else (self.text, "")
        node = follow(self.rawtext, name=name.strip(), follows=title.strip())
        self.set_source_info(node)
        return [node], []


class FollowMathRole(SphinxRole):
    """A formula with numbers that follow a figure of the page."""

    def run(self):
        found = TARGET.match(self.text)
        latex, title = found.groups() if found else (self.text, "")
        node = nodes.math(self.rawtext, latex, follows=title)
        self.set_source_info(node)
        return [node], []


class FollowMathDirective(SphinxDirective):
    """The same as a display; the argument, if any, is the figure's title."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self):
        latex = "\n".join(self.content)
        node = nodes.math_block(latex, latex, follows=" ".join(self.arguments), nowrap=False,
                                number=None, label=None, docname=self.env.docname)
        self.set_source_info(node)
        return [node]


class ListOfFigures(SphinxDirective):
    """All figures of the book, in reading order."""

    def run(self):
        self.env.mathml_lists.add(self.env.docname)
        return [list_of_figures()]


class move(nodes.Inline, nodes.TextElement):
    """Stands for a link to a figure until all pages are read."""


class follow(nodes.Inline, nodes.TextElement):
    """Stands for a value until the page is read."""


class list_of_figures(nodes.General, nodes.Element):
    """Stands for the list until all pages are read."""


def _figures_of(document: nodes.document) -> list[nodes.raw]:
    return [node for node in document.findall(nodes.raw)
            if node.get("format") == "html" and FIGURE.search(node.astext())]


def _begin(app: Sphinx) -> None:
    env = app.env
    for name, empty in (("mathml_figures", {}), ("mathml_moves", {}), ("mathml_lists", set())):
        if not hasattr(env, name):
            setattr(env, name, empty)


def _forget(app: Sphinx, env, docname: str) -> None:
    env.mathml_figures.pop(docname, None)
    env.mathml_moves.pop(docname, None)
    env.mathml_lists.discard(docname)


def _merge(app: Sphinx, env, docnames, other) -> None:
    for docname in docnames:
        for name in ("mathml_figures", "mathml_moves"):
            if docname in getattr(other, name):
                getattr(env, name)[docname] = getattr(other, name)[docname]
    env.mathml_lists |= other.mathml_lists & set(docnames)


def _read(app: Sphinx, document: nodes.document) -> None:
    """Note the figures of a page and what its text asks of figures; show the values it follows."""
    env = app.env
    figures = [Figure.of(node.astext()) for node in _figures_of(document)]
    titles = [figure.id for figure in figures]
    for figure in figures:
        if titles.count(figure.id) > 1:
            _warn((env.docname, None), f"two figures have the address {figure.id!r}; "
                  f"give {figure.title!r} another title")
            break
    if figures:
        env.mathml_figures[env.docname] = figures
    asked = [(node["title"], node["query"], node.line) for node in document.findall(move)]
    if asked:
        env.mathml_moves[env.docname] = asked
    for node in list(document.findall(follow)):
        name = node["name"]
        figure = _followed(figures, node, [name])
        texts = figure.values[name] if figure else ("?",)
        html = value_html(figure.id if figure else "", name, texts[0], max(texts, key=len))
        node.replace_self(nodes.raw("", html, format="html"))
    for node in [*document.findall(nodes.math), *document.findall(nodes.math_block)]:
        if "follows" in node:
            _read_formula(app, figures, node)


def _read_formula(app: Sphinx, figures: list[Figure], node: nodes.Element) -> None:
    """Put numbers into a formula: the first state's, or marks that its renderer makes follow.

    A renderer that can says so by the option ``mathml_marks``, and replaces the marks by
    `following` what ``node["follows"]`` names: the figure, and each mark's name and texts.
    """
    latex = node.astext()
    names = list(dict.fromkeys(ASKED.findall(latex)))
    figure = _followed(figures, node, names)
    marks = {}
    for place, name in enumerate(names, start=1):
        texts = figure.values[name] if figure else ("?",)
        mark = f"{MARK}{place}" if figure and app.config.mathml_marks else texts[0]
        # The braces keep the mark apart: KaTeX joins a number with the letters beside it.
        latex = latex.replace(f"{{@{name}}}", f"{{{mark}}}")
        marks[mark] = (name, texts[0], max(texts, key=len))
    node.children = [nodes.Text(latex)]
    node.rawsource = latex
    del node["follows"]
    if figure and app.config.mathml_marks:
        node["follows"] = (figure.id, marks)


def _followed(figures: list[Figure], node: nodes.Node, names: list[str]) -> Figure | None:
    """Find the figure of the page that has the values that a text asks for."""
    title = node["follows"]
    fit = [figure for figure in figures
           if set(names) <= set(figure.values) and (not title or figure.title == title)]
    if len(fit) == 1 and names:
        return fit[0]
    known = "; ".join(f"{figure.title!r}: {', '.join(figure.values)}" for figure in figures)
    _warn(node, f"{len(fit)} figures of this page have {names} "
          f"{f'and are titled {title!r} ' if title else ''}and one is asked for; the page has "
          f"{known or 'none'}")
    return None


def following(figure: str, template: str) -> str:
    """Return the attributes by which an element follows a figure: ``{@name}`` is a value."""
    return f'data-figure="{figure}" data-template="{escape(template)}"'


def value_html(figure: str, name: str, first: str, longest: str, unit: str = "ch") -> str:
    """Return a value that follows a figure; it has the room of the longest, so no line moves."""
    width = len(longest) if unit == "ch" else len(longest) / 2  # a digit of KaTeX is half an em
    return (f'<span class="figure-value" {following(figure, f"{{@{name}}}")} '
            f'style="min-width:{width:g}{unit}">{escape(first)}</span>')


# ---- all pages are read ----


def _check_moves(app: Sphinx, env) -> None:
    for docname, asked in sorted(env.mathml_moves.items()):
        for title, query, line in asked:
            try:
                _find(env, docname, title)[1].query(query)
            except ValueError as fault:
                _warn((docname, line), f"the role move: {fault}")


def _find(env, docname: str, title: str) -> tuple[str, Figure]:
    """Find a figure by its title or address: on this page, else the only one of the book."""
    key = title if title.startswith("fig-") else address(title)
    everywhere = [(name, figure) for name, figures in env.mathml_figures.items()
                  for figure in figures if figure.id == key]
    here = [pair for pair in everywhere if pair[0] == docname]
    fit = here or everywhere
    if len(fit) != 1:
        raise ValueError(f"{len(fit)} figures are titled {title!r}; name one by its title")
    return fit[0]


def _lists_again(app: Sphinx, env, added, changed, removed) -> list[str]:
    """The list is read again whenever another page is."""
    return sorted(env.mathml_lists - removed) if added or changed or removed else []


def number(env, docname: str, figure: Figure) -> str:
    """Return what a figure is called: "Figure 3.2", or "Figure 2" on a page without a number."""
    chapter = env.toc_secnumbers.get(docname, {}).get("", ())
    place = env.mathml_figures[docname].index(figure) + 1
    return "Figure " + ".".join(map(str, (*chapter[:1], place)))


def _resolve(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Number the figures of a page, take out their data, and let its links lead to figures."""
    env = app.env
    for node in _figures_of(document):
        html = node.astext()
        figure = Figure.of(html)
        called = number(env, _home(env, docname, figure), figure)
        html = TITLE.sub(lambda m, called=called: (
            f'{m[1]}<span class="explorable-number">{called}</span> {m[2]}</figcaption>'), html)
        if app.builder.name in PAGES:
            html = _put_out(app, docname, figure, html)
        node.replace_self(nodes.raw("", html, format="html"))
    for node in list(document.findall(move)):
        node.replace_self(_link(app, docname, node))
    for node in list(document.findall(list_of_figures)):
        node.replace_self(_list(app, docname))


def _home(env, docname: str, figure: Figure) -> str:
    """The page that a figure was read on: another one where a builder joins pages."""
    pages = (docname, *env.mathml_figures)
    return next(page for page in pages if figure in env.mathml_figures.get(page, ()))


def _put_out(app: Sphinx, docname: str, figure: Figure, html: str) -> str:
    """Write a figure's data into a script; a page that is saved alone keeps its first frame."""
    file = f"{FOLDER}/{figure.key}.js"
    path = Path(app.outdir, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f'mathml.bring("{figure.key}",{DATA.search(html)[1]});\n'
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    src = relative_uri(app.builder.get_target_uri(docname), file)
    return DATA.sub("", html).replace(f'data-key="{figure.key}"',
                                      f'data-key="{figure.key}" data-src="{src}"', 1)


def _tidy_folder(app: Sphinx, exception) -> None:
    """Leave no data of figures that are gone."""
    folder = Path(app.outdir, FOLDER)
    if exception is None and folder.is_dir():
        kept = {figure.key for figures in app.env.mathml_figures.values() for figure in figures}
        for path in folder.glob("*.js"):
            if path.stem not in kept:
                path.unlink()


def _link(app: Sphinx, docname: str, node: nodes.Element) -> nodes.Node:
    try:
        target, figure = _find(app.env, docname, node["title"])
        query = figure.query(node["query"])
    except ValueError:  # told already
        return nodes.inline("", node["words"] or node["title"])
    text = node["words"] or number(app.env, target, figure)
    return _reference(app, docname, target, figure, text, f"?{query}" if query else "")


def _reference(app: Sphinx, docname: str, target: str, figure: Figure, text: str,
               query: str = "") -> nodes.reference:
    page = "" if target == docname else app.builder.get_relative_uri(docname, target)
    link = nodes.reference("", text, internal=True, refuri=f"{page}#{figure.id}{query}",
                           classes=["figure-link"])
    if page:
        link["reftitle"] = f"{number(app.env, target, figure)} {figure.title}"
    return link


def _list(app: Sphinx, docname: str) -> nodes.Node:
    """Pages in reading order, and under each its figures."""
    env = app.env
    order = [name for name in env.collect_relations() if name in env.mathml_figures]
    pages = nodes.bullet_list(classes=["list-of-figures"])
    for target in order:
        figures = nodes.bullet_list()
        for figure in env.mathml_figures[target]:
            link = _reference(app, docname, target, figure,
                              f"{number(env, target, figure)} {figure.title}")
            figures += nodes.list_item("", nodes.paragraph("", "", link))
        words = [child.deepcopy() for child in env.titles[target].children]
        title = nodes.reference("", "", *words, internal=True,
                                refuri=app.builder.get_relative_uri(docname, target))
        pages += nodes.list_item("", nodes.paragraph("", "", title), figures)
    return pages


def setup(app: Sphinx) -> None:
    """Register the roles, the directives and what happens to figures on their way to a page."""
    app.add_config_value("mathml_marks", False, "env", bool)
    app.add_role("move", MoveRole())
    app.add_role("follow", FollowRole())
    app.add_role("follow-math", FollowMathRole())
    app.add_directive("follow-math", FollowMathDirective)
    app.add_directive("list-of-figures", ListOfFigures)
    for node in (move, follow, list_of_figures):
        app.add_node(node)
    app.connect("builder-inited", _begin)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-read", _read)
    app.connect("env-get-outdated", _lists_again)
    app.connect("env-check-consistency", _check_moves)
    app.connect("doctree-resolved", _resolve)
    app.connect("build-finished", _tidy_folder)
