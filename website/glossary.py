"""Each term of the glossary leads to where it is taught.

A chapter marks the place with an index entry; the glossary has a line for every entry. So the
links need no upkeep: they are the index entries of the same name.
"""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes


def places(app, glossary_page: str) -> dict[str, list[tuple[str, str]]]:
    """Return for each index entry, in lower case, the (page, anchor) where it stands."""
    found: dict[str, list[tuple[str, str]]] = {}
    for docname, entries in app.env.get_domain("index").entries.items():
        if docname != glossary_page:
            for _, value, anchor, *_ in entries:
                found.setdefault(_key(value), []).append((docname, anchor))
    return found


def _key(term: str) -> str:
    """A term without the differences that typesetting makes."""
    return term.strip().lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def _links(app, docname: str, targets: list[tuple[str, str]]) -> list[nodes.Node]:
    """One link to the first place on each page."""
    first = dict(reversed(targets))
    out: list[nodes.Node] = []
    for page in sorted(first):
        address = f"{app.builder.get_relative_uri(docname, page)}#{first[page]}"
        title = app.env.titles[page].astext()
        out += [nodes.Text(" · " if out else " → "),
                nodes.reference("", title, refuri=address, internal=True)]
    return out


def _lead_to_places(app, doctree, docname: str) -> None:
    if not any(True for _ in doctree.findall(addnodes.glossary)):
        return
    known = places(app, docname)
    for item in doctree.findall(nodes.definition_list_item):
        targets = known.get(_key(item[0].astext()))
        if targets and isinstance(item[-1], nodes.definition):
            item[-1][-1].extend(_links(app, docname, targets))


def setup(app) -> None:
    """Watch for the page with the glossary."""
    app.connect("doctree-resolved", _lead_to_places)
