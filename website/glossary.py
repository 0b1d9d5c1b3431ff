"""The glossary and the chapters lead to each other.

A chapter marks where it teaches a term with an index entry, and the glossary has a line for every
entry: so its links need no upkeep, they are the index entries of the same name. A chapter that only
uses a term links its first use to the glossary, with the meaning as the link's title.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

from docutils import nodes
from sphinx import addnodes

from .hover import plain

TAUGHT = "taught"  # the class of the links to where a term is taught
TERM = "term"  # the class of a link from a word to its line
# Where a term is no running prose: in a link or a title, in a box, a table or an exercise.
OTHER = (nodes.reference, nodes.title, nodes.Admonition, nodes.table, nodes.figure, nodes.caption,
         nodes.term, nodes.literal, nodes.raw, nodes.footnote, nodes.citation, addnodes.glossary)
SENTENCE_END = re.compile(r"[.!?][\"”)]*\s")


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
    return " ".join(term.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def _links(app, docname: str, targets: list[tuple[str, str]]) -> nodes.inline:
    """One link to the first place on each page."""
    first = dict(reversed(targets))
    out = nodes.inline("", classes=[TAUGHT])
    for page in sorted(first):
        address = f"{app.builder.get_relative_uri(docname, page)}#{first[page]}"
        title = app.env.titles[page].astext()
        out += [nodes.Text(" · " if len(out) else " → "),
                nodes.reference("", title, refuri=address, internal=True)]
    return out


def letters(terms: list[nodes.term]) -> str:
    """Return a line of letters, each a link to the first term that begins with it."""
    first: dict[str, str] = {}
    for term in terms:
        letter = unicodedata.normalize("NFKD", term.astext().strip())[0]
        # A Greek capital would look like a Latin one.
        first.setdefault(letter.upper() if letter.isascii() else letter, term["ids"][0])
    links = " ".join(f'<a href="#{escape(anchor)}">{escape(letter)}</a>'
                     for letter, anchor in first.items())
    return f'<p class="index-letters entry-letters">{links}</p>'


def _lead_to_places(app, doctree, docname: str) -> None:
    for glossary in list(doctree.findall(addnodes.glossary)):
        known = places(app, docname)
        for item in glossary.findall(nodes.definition_list_item):
            targets = known.get(_key(item[0].astext()))
            if targets and isinstance(item[-1], nodes.definition):
                item[-1][-1].append(_links(app, docname, targets))
        line = nodes.raw("", letters(list(glossary.findall(nodes.term))), format="html")
        glossary.parent.insert(glossary.parent.index(glossary), line)


# ---- from the chapters ----


def meanings(env) -> dict[str, tuple[str, str, str]]:
    """Return (page, anchor, meaning) of each term of the glossary, by its words."""
    found = {}
    for (kind, _), (docname, _) in env.get_domain("std").objects.items():
        if kind == "term" and docname not in {page for page, *_ in found.values()}:
            for item in env.get_doctree(docname).findall(nodes.definition_list_item):
                if isinstance(item.parent.parent, addnodes.glossary):
                    meaning = plain(item[-1][0]) if len(item[-1]) else ""
                    found |= {term.astext(): (docname, term["ids"][0], meaning)
                              for term in item.findall(nodes.term)}
    return found


def forms(term: str) -> re.Pattern:
    """Return what matches a term in a text: also its plural, and with a capital letter first.

    Examples
    --------
    >>> [bool(forms("posterior").fullmatch(word)) for word in ("Posteriors", "posteriori")]
    [True, False]
    >>> bool(forms("singular matrix").search("two singular\\nmatrices"))
    True
    """
    words = [re.escape(word).replace("'", "['’]") for word in term.split()]
    last = words[-1]
    if last.endswith("trix"):
        words[-1] = f"{last[:-1]}(?:x|ces)"
    elif re.search("[^aeiou]y$", last):
        words[-1] = f"{last[:-1]}(?:y|ies)"
    else:
        words[-1] = f"{last}(?:e?s)?"
    start = words[0][0]
    if start.islower():
        words[0] = f"[{start}{start.upper()}]{words[0][1:]}"
    return re.compile(r"(?<![\w-])" + r"\s+".join(words) + r"(?![\w-])")


class _Terms:
    """The terms of the glossary, as they are looked for in a page."""

    def __init__(self, known: dict[str, tuple[str, str, str]]):
        self.known = known
        self.starting: dict[str, list[tuple[str, re.Pattern]]] = {}
        # The longest first: in "gradient descent", no "gradient" is found.
        for term in sorted(known, key=lambda term: (-len(term), term)):
            self.starting.setdefault(term[:2].lower(), []).append((term, forms(term)))

    def find(self, text: str):
        """Yield each term in a text with its match; none overlap."""
        end = 0
        for word in re.finditer(r"\w\w+", text):
            tried = self.starting.get(word[0][:2].lower(), ()) if word.start() >= end else ()
            found = next(filter(lambda pair: pair[1], (
                (term, pattern.match(text, word.start())) for term, pattern in tried)), None)
            if found:
                end = found[1].end()
                yield found


def link_terms(doctree: nodes.document, terms: _Terms, known: set[str], address) -> None:
    """Link the first use of each term in the running prose of a page, but one a sentence.

    Parameters
    ----------
    known : set of str
        The terms that the page teaches, or links already.
    address : callable
        From a page and an anchor to the address of a link.
    """
    done = set(known)
    for paragraph in list(doctree.findall(nodes.paragraph)):
        _join_lines(paragraph)
        sentence, taken = 0, set()
        for text in list(paragraph.findall(nodes.Text)):
            said, parts, end = text.astext(), [], 0
            for term, found in terms.find(said) if _is_prose(text) else ():
                here = sentence + len(SENTENCE_END.findall(said, 0, found.start()))
                if term in done or here in taken:
                    continue
                done.add(term)
                taken.add(here)
                page, anchor, meaning = terms.known[term]
                link = nodes.reference("", found[0], refuri=address(page, anchor), internal=True,
                                       reftitle=meaning, classes=[TERM])
                parts += [nodes.Text(said[end:found.start()]), link]
                end = found.end()
            sentence += len(SENTENCE_END.findall(said))
            if parts:
                text.parent.replace(text, [*parts, nodes.Text(said[end:])])


def _join_lines(paragraph: nodes.paragraph) -> None:
    """Make one text of those that MyST has a line each: a term may stand on two."""
    for parent in list(paragraph.findall(nodes.Element)):
        joined: list[nodes.Node] = []
        for child in parent.children:
            if joined and isinstance(child, nodes.Text) and isinstance(joined[-1], nodes.Text):
                joined[-1] = nodes.Text(joined[-1] + child)
            else:
                joined.append(child)
        parent.children = []
        parent.extend(joined)


def _is_prose(node: nodes.Node) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, OTHER) or "cell" in node.get("classes", ()):
            return False
        if isinstance(node, nodes.section) and node[0].astext() == "Exercises":
            return False
    return True


def _link_terms(app, doctree, docname: str) -> None:
    found = app.env.book_terms
    entries = app.env.get_domain("index").entries.get(docname, ())
    if not found or not entries:  # what teaches nothing is about the book, or is the glossary
        return
    keys = {_key(value) for _, value, *_ in entries}
    anchors = {link.get("refuri", "").partition("#")[2]
               for link in doctree.findall(nodes.reference)}
    known = {term for term, (page, anchor, _) in found.items()
             if _key(term) in keys or anchor in anchors or page == docname}

    def address(page: str, anchor: str) -> str:
        return f"{app.builder.get_relative_uri(docname, page)}#{anchor}"

    link_terms(doctree, _Terms(found), known, address)


def _read_terms(app, env) -> list[str]:
    """A changed line of the glossary changes the pages that use its term: write all anew."""
    found = meanings(env)
    changed = getattr(env, "book_terms", None) != found
    env.book_terms = found
    return sorted(env.found_docs) if changed else []


def setup(app) -> None:
    """Read the glossary, and link it with the chapters."""
    app.connect("env-updated", _read_terms)
    app.connect("doctree-resolved", _lead_to_places)
    # Before formulas take the full stops that follow them: sentences are counted.
    app.connect("doctree-resolved", _link_terms, priority=400)
