"""A field that filters a long list of terms or claims, by `theme/static/filter.js`.

```{entry-filter} Find a term      what the field is called
Without scripts the page is as it would be without the directive. Entries that have no anchor of
their own get one, so that the search can lead to them.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

LONGEST = 60  # characters of an anchor


class entry_filter(nodes.General, nodes.Element):
    """Stands where the field comes."""


class EntryFilter(SphinxDirective):
    """Put a field for a filter here."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        return [entry_filter(label=self.arguments[0])]


class NameEntries(SphinxTransform):
    """Give each entry of a page with a filter an anchor, made of its first words."""

    default_priority = 410

    def apply(self, **kwargs) -> None:
        if next(self.document.findall(entry_filter), None) is None:
            return
        taken = set(self.document.ids)
        for term in self.document.findall(nodes.term):
            if not term["ids"]:
                base = nodes.make_id(term.astext())[:LONGEST].rstrip("-") or "entry"
                anchor, n = base, 2
                while anchor in taken:
                    anchor, n = f"{base}-{n}", n + 1
                taken.add(anchor)
                term["ids"].append(anchor)


def _visit(self, node):
    self.body.append(
        '<div class="entry-filter js-only">'
        f'<label for="entry-filter">{escape(node["label"])}</label>'
        '<input type="search" id="entry-filter" autocomplete="off" spellcheck="false"/>'
        '<p role="status"></p></div>\n')
    raise nodes.SkipNode


def setup(app) -> None:
    """Register the directive, its script and the transform."""
    app.add_node(entry_filter, html=(_visit, None))
    app.add_directive("entry-filter", EntryFilter)
    app.add_transform(NameEntries)
    app.add_js_file("words.js", loading_method="defer")
    app.add_js_file("filter.js", loading_method="defer")
