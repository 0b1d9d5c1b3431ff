"""What a teacher needs of each chapter for tomorrow's lesson, and the links of a class's hub.

```{class-links}     every chapter, and its link on a class's JupyterHub once there is an address
```{lesson-plans}    a chapter's minutes, figures, exercises by kind, and what a class may leave out
Both are views of the plan, see `roadmap`.
"""

from __future__ import annotations

import json
from collections import Counter
from html import escape, unescape

from docutils import nodes

from mathml.interactive.book import number

from .curriculum import Chapter, Curriculum
from .exercises import FORM
from .pages import hub_path

EXAMPLE_HUB = "https://hub.example.org"  # stands for a hub until a reader names one
# What a form calls its kind, and how a teacher would: one, several.
KINDS = {
    "number": ("a number", "{} numbers"),
    "numbers": ("several numbers", "{} times several numbers"),
    "choice": ("a choice", "{} choices"),
    "steps": ("a proof", "{} proofs"),
    "done": ("a program", "{} programs"),
}
HUB_FIELD = """
<div class="hub-field js-only">
<label for="hub-address">Address of your hub</label>
<input id="hub-address" type="url" placeholder="{hub}" autocomplete="off" spellcheck="false">
<p id="hub-said" role="status"></p>
</div>
"""


def kind_of(form: str) -> str:
    """Return which of `KINDS` the form of an exercise is."""
    key = json.loads(unescape(form.partition('data-key="')[2].partition('"')[0]))
    if key["kind"] == "numbers" and len(key["right"]) == 1:
        return "number"
    return key["kind"]


def spelled(kinds: list[str]) -> str:
    """Return how many exercises of each kind there are, in words.

    Examples
    --------
    >>> spelled(["number", "choice", "number"])
    '2 numbers, a choice'
    """
    counts = Counter(kinds)
    return ", ".join(one if counts[kind] == 1 else many.format(counts[kind])
                     for kind, (one, many) in KINDS.items() if counts[kind])


def _note_kinds(app, doctree) -> None:
    forms = [raw.astext() for raw in doctree.findall(nodes.raw) if raw.astext().startswith(FORM)]
    if forms:
        app.env.metadata[app.env.docname]["exercise_kinds"] = list(map(kind_of, forms))


def hub_links(plan: Curriculum, pages) -> list[list[nodes.Node]]:
    """Return the rows of the table of links: a chapter, its link on a hub, minutes, seconds."""
    options = pages.app.config.html_theme_options
    own = ((options.get("launch_buttons") or {}).get("jupyterhub_url") or "").rstrip("/")

    def link(chapter: Chapter) -> nodes.Node:
        path = hub_path(options, chapter.docname)
        title = escape(pages.title(chapter))
        html = (f'<a href="{escape((own or EXAMPLE_HUB) + path)}" data-hub="{escape(path)}"'
                f'{"" if own else " hidden"}>Open<span class="visually-hidden"> {title} on your hub'
                "</span></a>")
        return nodes.raw("", html, format="html")

    return [[pages.name(chapter), link(chapter), nodes.Text(f"{chapter.minutes} min"),
             nodes.Text(measured(chapter.seconds))]
            for chapter in plan.chapters.values() if chapter.docname]


def measured(seconds: int | None) -> str:
    """Return how long a chapter runs."""
    return "not measured" if seconds is None else f"{seconds} s"


def hub_field(pages) -> nodes.Node:
    """Return the field for the address of a class's hub."""
    buttons = pages.app.config.html_theme_options.get("launch_buttons") or {}
    hub = (buttons.get("jupyterhub_url") or EXAMPLE_HUB).rstrip("/")
    return nodes.raw("", HUB_FIELD.format(hub=escape(hub)), format="html")


def lesson_plans(plan: Curriculum, pages) -> list[nodes.Node]:
    """Return a fold for each chapter, in reading order."""
    folds = "".join(_lesson(chapter, plan, pages)
                    for chapter in plan.chapters.values() if chapter.docname)
    return [nodes.raw("", f'<div class="lessons">{folds}</div>', format="html")]


def _lesson(chapter: Chapter, plan: Curriculum, pages) -> str:
    env, page = pages.app.env, pages.link(chapter)
    figures = getattr(env, "mathml_figures", {}).get(chapter.docname, [])
    kinds = env.metadata[chapter.docname].get("exercise_kinds", [])
    told = [f"{chapter.minutes} min", _count(len(figures), "figure"),
            _count(len(kinds), "exercise")]
    rows = []
    if figures:
        links = "; ".join(
            f'<a href="{escape(page)}#{figure.id}">'
            f'{number(env, chapter.docname, figure).removeprefix("Figure ")} '
            f"{escape(figure.title)}</a>" for figure in figures)
        rows.append(("Figures to show", links))
    if kinds:
        rows.append(("Exercises that ask for", f'{spelled(kinds)} '
                     f'(<a href="{escape(page)}?handout">handout to print</a>)'))
    rows.append(("Needs", _listed(chapter.needs, plan, pages) or "no other chapter"))
    later = [other.name for other in plan.chapters.values()
             if other.docname and chapter.name in other.needs]
    rows.append(("Needed for", _listed(later, plan, pages)
                 or "no other chapter: a class may leave it out"))
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    return (f'<details id="lesson-{chapter.name}"><summary><strong>{escape(pages.title(chapter))}'
            f'</strong> <span>{" · ".join(told)}</span></summary><p><a href="{escape(page)}">Read '
            f"the chapter</a></p><dl>{body}</dl></details>")


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _listed(names, plan: Curriculum, pages) -> str:
    chapters = [plan.chapters[name] for name in names]
    return ", ".join(f'<a href="{escape(pages.link(c))}">{escape(pages.title(c))}</a>'
                     if c.docname else escape(pages.title(c)) for c in chapters)


def setup(app) -> None:
    """Note the kinds of a page's exercises when it is read."""
    app.connect("doctree-read", _note_kinds)
