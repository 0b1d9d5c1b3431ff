"""Typeset every formula at build time with KaTeX, strictly.

sphinxcontrib-katex talks to the KaTeX process; its own renderer prints an unknown macro in red
and goes on. This one asks KaTeX to refuse, and reports the file, the cell and the formula as a
Sphinx warning, which the strict build turns into a failure.
"""

from __future__ import annotations

import re
import socket
import subprocess
from functools import cache
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

from mathml.interactive.book import following, value_html

from . import symbols
from .mathml_text import as_text
from .packages import node_program
from .strict import place

logger = logging.getLogger(__name__)
PORT_SCRIPT = Path(__file__).parent / "katex_port.js"

# Environments that number themselves: Sphinx numbers the equation too, and both would show.
SELF_NUMBERING = re.compile(r"\\begin\{(align|alignat|equation|gather|multline|CD)\}")
PART = '<span class="katex-base">'  # between two parts a line may break
WHOLE = '<span class="unbroken">'
OPENING, CLOSING = (re.compile(rf'<span class="m{side}">(?:<span class="delimsizing[^>]*>)?[^<]')
                    for side in ("open", "close"))
END = re.compile(r"[^\s–—-]*[–—-]?")  # what stands after a formula, to the next place for a break
INLINE = '<span class="math" translate="no">'
ERROR_COLOUR = "#cc0000"


def origin(node: nodes.Node) -> str:
    """Return where a node comes from: the file, and the cell when the file is a notebook."""
    owner = node
    while owner is not None and not (owner.source and owner.line):
        owner = owner.parent
    if owner is None:
        return "unknown place"
    return place(str(owner.source), int(owner.line))


@cache
def render(latex: str, *, display: bool) -> str:
    """Return a formula as HTML with MathML.

    Raises
    ------
    ValueError
        If KaTeX refuses it, or it contains an environment that numbers itself.
    """
    found = SELF_NUMBERING.search(latex)
    if found:
        name = found[1]
        raise ValueError(
            f"{{{name}}} numbers itself beside Sphinx's number; "
            "write $$ \\begin{aligned} … \\end{aligned} $$ (label)"
        )
    # Not "error": Greek typed as Unicode in \text is legal in MathJax and reads well.
    options = {"displayMode": display, "throwOnError": True, "strict": "ignore", "trust": False}
    try:
        html = katex.render_latex(latex, options)
    except katex.KaTeXError as err:
        raise ValueError(str(err)) from err
    if ERROR_COLOUR in html:  # a command that KaTeX knows and may not run, such as \\href
        raise ValueError("KaTeX prints a part of it in red; write it with other commands")
    return html


def letters(latex: str, *, display: bool = False) -> str:
    """Return a formula as the letters that are read, in one line."""
    try:
        html = render(latex, display=display)
    except ValueError:  # reported where the formula stands
        return latex
    return as_text(html[html.index("<math"):html.index("</math>")] + "</math>")


def follow(html: str, figure: str, marks: dict[str, tuple[str, str, str]]) -> str:
    """Return a formula whose marks have become values that follow a figure, wherever they stand.

    They stand in what is seen, in the MathML, and in the formula's source beside it.
    """
    def source(found: re.Match) -> str:
        template = first = found[2]
        for mark, (name, text, _) in marks.items():
            template = template.replace(f"{{{mark}}}", f"{{@{name}}}")
            first = first.replace(f"{{{mark}}}", text)
        return f"<annotation {following(figure, unescape(template))}{found[1]}>{first}</annotation>"

    html = re.sub(r"<annotation([^>]*)>(.*?)</annotation>", source, html, flags=re.S)
    for mark, (name, first, longest) in marks.items():
        html = html.replace(f"<mn>{mark}</mn>",
                            f"<mn {following(figure, f'{{@{name}}}')}>{escape(first)}</mn>")
        html = html.replace(f">{mark}<",
                            f'>{value_html(figure, name, first, longest, unit="em")}<')
    return html


def _typeset(node, *, display: bool) -> str:
    try:
        html = render(node.astext(), display=display)
        return follow(html, *node["follows"]) if "follows" in node else html
    except ValueError as err:
        formula = " ".join(node.astext().split())
        logger.warning("%s: formula not typeset: %s\n    %s", origin(node), err, formula)
        return f'<code class="math-error">{escape(node.astext())}</code>'


def _take_ends(app, doctree, docname) -> None:
    """Hand each inline formula what follows it without a space: a full stop, the end of a word."""
    if app.builder.format != "html":
        return
    for node in list(doctree.findall(nodes.math)):
        after = node.parent.index(node) + 1  # by place: another text may have the same words
        if after < len(node.parent) and isinstance(text := node.parent[after], nodes.Text):
            node["end"] = END.match(text)[0]
            node.parent[after] = nodes.Text(text[len(node["end"]):])


def unbroken(parts: list[str]) -> list[str]:
    """Return the parts of a formula, those from an opening bracket to the closing one in one box.

    KaTeX lets a line break after each relation and operation, also after that of (1 - 2x). A box
    goes to the next line as a whole, and breaks within only where it is wider than a line.
    """
    boxes, depth = [], 0
    for part in parts:
        if depth:
            boxes[-1].append(part)
        else:
            boxes.append([part])
        depth = max(0, depth + len(OPENING.findall(part)) - len(CLOSING.findall(part)))
    return [box[0] if len(box) == 1 else f"{WHOLE}{''.join(box)}</span>" for box in boxes]


def with_end(html: str, end: str = "") -> str:
    """Return a formula with the text that follows it, so that lines break at no bad place.

    None breaks between brackets, see `unbroken`, and none begins with that text: browsers break
    also before a full stop after the last part, so that part moves into a box with the text.
    """
    head, *parts = html.split(PART)
    if not parts:
        return html + escape(end)
    closed = 3 if html.startswith('<span class="katex-display">') else 2  # by the last part
    cut = len(parts[-1]) - closed * len("</span>")
    parts[-1], tail = parts[-1][:cut], parts[-1][cut:]
    *first, last = unbroken([PART + part for part in parts])
    if not end:
        return "".join((head, *first, last, tail))
    return (f'{head}{"".join(first)}</span></span><span class="with-end"><span class="katex">'
            f'<span class="katex-html" aria-hidden="true">{last}{tail}{escape(end)}</span>')


def _visit_inline(self, node):
    html, end = _typeset(node, display=False), node.get("end", "")
    linked = symbols.link(self, node, plain := f'{INLINE}{with_end(html)}</span>')
    if linked == plain:
        self.body.append(f"{INLINE}{with_end(html, end)}</span>")
    else:  # the link is the formula alone; symbols are short enough to stay on one line
        self.body.append(f'<span class="with-end">{linked}{escape(end)}</span>' if end else linked)
    raise nodes.SkipNode


def _visit_block(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math-block"))
    html = with_end(_typeset(node, display=True))
    self.body.append(f'<div class="math-scroll" translate="no">{html}</div>')
    if node["number"]:
        number = katex.get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _start_server(rundir: Path, timeout: float) -> tuple[subprocess.Popen, socket.socket]:
    """Start the KaTeX process and connect to the port that it names.

    The package's own ways (sphinxcontrib-katex 0.9.11) do not do: a socket file does not exist on
    Windows, its path must be short, and the package connects now and then too early; on a port,
    every formula waits 40 ms for TCP's delayed acknowledgements: minutes for a book.
    """
    command = katex.KaTeXServer.build_command(port=0)  # any that is free
    command[1:1] = ["--require", str(PORT_SCRIPT)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    port = process.stdout.readline()
    if not port:
        process.communicate()
        raise ExtensionError(f"Node did not start KaTeX, see above; install {command[0]} again: "
                             "pip install --force-reinstall -r requirements.txt")
    connection = socket.create_connection(("127.0.0.1", int(port)), timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return process, connection


def use_katex(root: Path) -> None:
    """Let formulas be typeset by the KaTeX in `root`/node_modules, run by the Node we install."""
    katex.NODEJS_BINARY = node_program()
    script = root / "node_modules" / "katex" / "dist" / "katex.min.js"
    katex.KaTeXServer.katex_path = str(script)
    for way in ("start_server_process", "start_network_socket"):  # the latter on Windows
        setattr(katex.KaTeXServer, way, _start_server)
    katex.STARTUP_TIMEOUT = 60.0


def _choose_renderer(app, config) -> None:
    config.html_math_renderer = "katex_strict"
    config.mathml_marks = True
    use_katex(Path(app.srcdir))


def setup(app) -> None:
    """Register the renderer and make it the one in use."""
    app.add_html_math_renderer("katex_strict", (_visit_inline, None), (_visit_block, None))
    app.connect("config-inited", _choose_renderer)
    app.connect("doctree-resolved", _take_ends)
