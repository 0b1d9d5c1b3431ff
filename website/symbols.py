"""A symbol leads to what it means: the first use on a page links to the notation.

The meanings are the rows of book/notation.md. A single letter means something else in every second
proof, so only symbols that say what they are get a link: those with an accent, an argument, a
subscript or an operator, and the step size.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from docutils import nodes

PAGE = "book/notation"
ALWAYS = {r"\eta"}
LETTER = re.compile(r"^(\\[A-Za-z]+|[A-Za-z])(\^\*|-1)?$")
SPACING = re.compile(r"\\[,;!]|\s+")
BOLD = re.compile(r"\\(?:mathbf|boldsymbol)\{(\\?\w+)\}")
BARS = re.compile(r"\\[lr]?Vert|\\mid\\mid")
LEFT = re.compile(r"^(.+?)(?:\\in(?![a-z])|=|\\sim|\\ge)")
ONLY_THERE = {"diffusion"}  # rows whose symbols mean something else in other chapters


def spelling(latex: str) -> str:
    """Return a formula without spaces and bold, so that several ways to type it are one.

    Examples
    --------
    >>> spelling(r"\\lVert \\mathbf{x} \\rVert_p") == spelling(r"\\|x\\|_p")
    True
    """
    return SPACING.sub("", BARS.sub(r"\\|", BOLD.sub(r"\1", latex)))


def read_symbols(text: str) -> dict[str, tuple[str, str]]:
    """Return (meaning, anchor) by the spelling of each symbol in the tables of the notation page.

    Where a row names several things and gives as many formulas, they belong together in order.
    """
    found: dict[str, tuple[str, str]] = {}
    anchor = ""
    for line in text.splitlines():
        if line.startswith("## "):
            anchor = nodes.make_id(line[3:])
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        formulas = re.findall(r"\$([^$]+)\$", cells[1]) if len(cells) == 3 else []
        names = cells[0].split(", ")
        if len(names) != len(formulas):
            names = [cells[0]] * len(formulas)
        for name, formula in zip(names, formulas, strict=True):
            if name in ONLY_THERE or not re.search("[a-zA-Z]", formula):
                continue
            whole = spelling(formula)
            left = LEFT.match(whole)  # of x ∈ ℝⁿ the symbol is x
            for key in {whole, left[1] if left else whole}:
                if key in ALWAYS or not LETTER.match(key):
                    found.setdefault(key, (name, anchor))
    return found


def link(translator, node, html: str) -> str:
    """Return an inline formula's HTML, as a link at the first use of its symbol on the page."""
    builder = translator.builder
    symbols = getattr(builder.env, "mathml_symbols", {})
    key = spelling(node.astext())
    page = builder.current_docname
    seen = translator.__dict__.setdefault("mathml_seen", set())
    if key not in symbols or key in seen or page == PAGE or _inside_link(node):
        return html
    seen.add(key)
    meaning, anchor = symbols[key]
    address = f"{builder.get_relative_uri(page, PAGE)}#{anchor}"
    # A formula alone names no link: its meaning is read out after it, and seen when asked for.
    return (f'<a class="symbol" href="{escape(address)}" title="{escape(meaning)}">{html}'
            f'<span class="visually-hidden"> ({escape(meaning)})</span></a>')


def _inside_link(node: nodes.Node) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.reference | nodes.title | nodes.term | nodes.entry):
            return True
    return False


def _read(app, env, docnames) -> None:
    path = Path(app.srcdir) / f"{PAGE}.md"
    symbols = read_symbols(path.read_text(encoding="utf-8")) if path.is_file() else {}
    app.env.mathml_symbols = symbols


def setup(app) -> None:
    """Read the notation before the pages."""
    app.connect("env-before-read-docs", _read)
