"""The letters of the book: what its pages are set in is cut down to the characters they use.

A typeface has hundreds of characters in nine weights; the book needs about a hundred and fifty in
three. They are collected as pages are read, each kind for its own faces, and the cut faces travel
inside the style sheet: every page's letters are there before its text is laid out, at a first visit
too. Those of code come as a file and take the place of letters of the same width. Beside each cut
face its whole one stays, for characters that come another way (what a reader types); a browser asks
for it only then.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from mathml.interactive import extension as engine

from .maths import render

HERE = Path(__file__).parent
# What every face that is embedded has at least: numbers, and what the build composes of letters.
PLAIN = frozenset(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True)
class Face:
    """One face of the book.

    Attributes
    ----------
    family, style, weight : str
        As in its `@font-face` rule.
    file : str
        The whole face, in `node_modules`.
    kind : str
        The kind of characters that it shows, see `collect`.
    embedded : bool
        Whether it travels in the style sheet. Else the cut is a file.
    features : tuple of str
        Of its layout.
    """

    family: str
    file: str
    kind: str
    style: str = "normal"
    weight: str = "400"
    embedded: bool = True
    features: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return Path(self.file).stem

    @property
    def axis(self) -> tuple[float, float] | float:
        """The weights that it keeps."""
        low, _, high = self.weight.partition(" ")
        return (float(low), float(high)) if high else float(low)


def _book(family: str, package: str, subset: str, kind: str, **more) -> Face:
    slope = more.get("style", "normal")
    file = f"@fontsource-variable/{package}/files/{package}-{subset}-wght-{slope}.woff2"
    return Face(family, file, kind, **more)


def _katex(family: str, cut: str, **more) -> Face:
    name = f"{family}-{cut}"
    return Face(f"KaTeX_{family}", f"katex/dist/fonts/KaTeX_{name}.woff2", name, **more)


TEXT = ("kern", "mark", "mkmk", "ccmp", "tnum")
FACES = [
    _book("Book Serif", "source-serif-4", "latin", "prose", weight="400 700", features=TEXT),
    _book("Book Serif", "source-serif-4", "greek", "prose", weight="400 700"),
    _book("Book Serif", "source-serif-4", "latin", "italic", style="italic", features=("kern",)),
    _book("Book Sans", "source-sans-3", "latin", "text", weight="400 700", features=TEXT),
    _book("Book Sans", "source-sans-3", "greek", "text", weight="400 700"),
    _book("Book Mono", "source-code-pro", "latin", "code", embedded=False),
    _book("Book Mono", "source-code-pro", "greek", "code", embedded=False),
    _katex("Main", "Regular"),
    _katex("Math", "Italic", style="italic"),
    _katex("Size1", "Regular"),
    _katex("Size2", "Regular"),
    _katex("Size3", "Regular"),
    _katex("Size4", "Regular"),
    _katex("AMS", "Regular", embedded=False),
    _katex("Main", "Bold", weight="700", embedded=False),
    _katex("Main", "Italic", style="italic", embedded=False),
    _katex("Math", "BoldItalic", style="italic", weight="700", embedded=False),
    _katex("Caligraphic", "Regular", embedded=False),
    _katex("Script", "Regular", embedded=False),
    _katex("Fraktur", "Regular", embedded=False),
    _katex("SansSerif", "Regular", embedded=False),
    _katex("Typewriter", "Regular", embedded=False),
]
# What KaTeX sets in another face than its main one: in the class of a part, any of these.
SET_IN = [
    (re.compile(rf"\b(?:{classes})\b"), kind) for classes, kind in (
        ("delimsizing size1|delim-size1|small-op", "Size1-Regular"),
        ("delimsizing size2|large-op", "Size2-Regular"), ("delimsizing size3", "Size3-Regular"),
        ("delimsizing size4|delim-size4", "Size4-Regular"),
        ("boldsymbol", "Math-BoldItalic"), ("mathnormal", "Math-Italic"),
        ("mathbf|textbf", "Main-Bold"), ("mathit|textit", "Main-Italic"),
        ("amsrm|mathbb|textbb", "AMS-Regular"), ("mathcal", "Caligraphic-Regular"),
        ("mathscr|textscr", "Script-Regular"), ("mathfrak|textfrak", "Fraktur-Regular"),
        ("mathsf|textsf", "SansSerif-Regular"), ("mathtt|texttt", "Typewriter-Regular"))
]
PART = re.compile(r'class="([^"]*)"[^>]*>(?:<span>)?([^<]+)')


def letters_of(latex: str, *, display: bool) -> dict[str, set[str]]:
    """Return the characters of a formula by KaTeX's face; none of one that is not typeset.

    Examples
    --------
    >>> letters_of(r"\\mathbb{R}^n", display=False)
    {'AMS-Regular': {'R'}, 'Math-Italic': {'n'}}
    """
    try:
        shown = render(latex, display=display).partition('class="katex-html"')[2]
    except ValueError:  # which is told where the formula is written
        return {}
    found: dict[str, set[str]] = {}
    for classes, text in PART.findall(shown):
        kind = next((kind for mark, kind in SET_IN if mark.search(classes)), "Main-Regular")
        found.setdefault(kind, set()).update(unescape(text))
    return found


def signs(text) -> set[str]:
    """Return the characters that, of all faces, KaTeX's main one may have to show."""
    return {letter for letter in text if letter > "\u2000"}


def collect(doctree: nodes.document) -> dict[str, set[str]]:
    """Return the characters of a page by kind.

    `prose` is what stands in the text; `text` that and what figures, questions and answers say;
    `italic` what is emphasised; `code`; and for each of KaTeX's faces the characters set in it.
    """
    found: dict[str, set[str]] = {}

    def add(kind: str, text) -> None:
        found.setdefault(kind, set()).update(text)

    for node in doctree.findall(nodes.math):
        for kind, text in letters_of(node.astext(), display=False).items():
            add(kind, text)
    for node in doctree.findall(nodes.math_block):
        for kind, text in letters_of(node.astext(), display=True).items():
            add(kind, text)
    for node in doctree.findall(nodes.raw):
        add("text", unescape(node.astext()))
        add("Main-Bold", signs(unescape(node.astext())))  # of questions, for instance
    for node in doctree.findall(nodes.Text):
        parent = node.parent
        if isinstance(parent, nodes.literal | nodes.literal_block):
            add("code", node)
        elif not isinstance(parent, nodes.raw | nodes.math | nodes.math_block):
            add("prose", node)
            add("text", node)
            if isinstance(parent, nodes.emphasis):
                add("italic", node)
            if isinstance(parent, nodes.strong | nodes.title | nodes.term):
                add("Main-Bold", signs(node))
            if isinstance(parent, nodes.title):  # which a citation repeats
                add("code", node)
    return found


@cache
def own_words() -> frozenset[str]:
    """The characters of what the theme and the engine say beside the authors."""
    files = [*(HERE / "theme").rglob("*.html"), *(HERE / "theme").rglob("*.js"),
             *(HERE / "theme").rglob("*.css"), *engine.ASSETS.glob("*.js"), *HERE.glob("*.py"),
             *engine.ASSETS.parent.glob("*.py")]
    return frozenset().union(*(file.read_text(encoding="utf-8") for file in files))


def needed(pages: dict[str, dict[str, str]]) -> dict[str, frozenset[str]]:
    """Return the characters of the whole book by kind."""
    kinds = {kind: set(PLAIN) for kind in (
        "prose", "text", "italic", "code", "Main-Regular", "Math-Italic")}
    kinds["text"] |= own_words()
    for page in pages.values():
        for kind, letters in page.items():
            kinds.setdefault(kind, set()).update(letters)
    kinds["text"] |= {letter.upper() for letter in kinds["text"]}  # over the index's entries
    for kind in ("prose", "text", "code"):  # signs that only KaTeX has
        kinds["Main-Regular"] |= signs(kinds[kind])
    return {kind: frozenset(letters) for kind, letters in kinds.items()}


def cut(file: Path, letters: frozenset[str], face: Face) -> tuple[bytes, list[int]]:
    """Return a face cut to the given characters, as WOFF2, and the code points that it has."""
    font = TTFont(file, recalcTimestamp=False)
    points = sorted(set(font.getBestCmap()) & set(map(ord, letters)))
    if not points:
        return b"", []
    options = subset.Options(
        layout_features=list(face.features), hinting=False, notdef_outline=True,
        name_IDs=[0, 13, 14])  # whose it is and under which licence
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    if "fvar" in font:
        instancer.instantiateVariableFont(font, {"wght": face.axis}, inplace=True)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue(), points


def _kept(file: Path, letters: frozenset[str], face: Face, kept: Path) -> tuple[bytes, list[int]]:
    """Do the same as `cut`, but each cut only once: later builds find it in the folder `kept`."""
    asked = [hashlib.sha256(file.read_bytes()).hexdigest(), "".join(sorted(letters)), repr(face),
             version("fonttools"), version("brotli")]
    path = kept / f"{face.name}-{hashlib.sha256('|'.join(asked).encode()).hexdigest()[:16]}.woff2"
    if not path.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob(f"{face.name}-*"):
            old.unlink()
        data, _ = cut(file, letters, face)
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)
    data = path.read_bytes()
    return data, sorted(TTFont(io.BytesIO(data)).getBestCmap()) if data else []


def ranges(points: list[int]) -> str:
    """Return code points as CSS writes them.

    Examples
    --------
    >>> ranges([32, 33, 34, 951])
    'U+20-22,U+3B7'
    """
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)


def _rule(face: Face, source: str, display: str, points: str) -> str:
    return (f"@font-face{{font-family:'{face.family}';font-style:{face.style};"
            f"font-weight:{face.weight};font-display:{display};"
            f"src:url({source}) format('woff2')" + f";unicode-range:{points}" * bool(points) + "}")


def face_rules(modules: Path, fonts: Path, letters: dict[str, frozenset[str]], kept: Path) -> str:
    """Return the `@font-face` rules of the book; the files that they name are written to `fonts`.

    No two faces of one style share a character: a script that waits for a face's letters would
    load both.
    """
    rules = []
    taken: dict[tuple[str, str, str], set[int]] = {}
    for face in FACES:
        file = modules / face.file
        earlier = taken.setdefault((face.family, face.style, face.weight), set())
        own = set(TTFont(file).getBestCmap()) - earlier  # a Greek face has a space, too
        earlier |= own
        asked = letters.get(face.kind, frozenset()) & set(map(chr, own))
        data, points = _kept(file, asked, face, kept)
        shutil.copyfile(file, fonts / file.name)
        others = ranges(sorted(own - set(points)))
        # One that comes late is left for the next page: a swap would move the text.
        rules.append(_rule(face, f"fonts/{file.name}", "optional", others if points else ""))
        if not points:
            continue
        display = "swap" if face.kind == "code" else "block"
        if face.embedded:
            source = f"data:font/woff2;base64,{base64.b64encode(data).decode()}"
        else:
            source = f"fonts/{face.name}.cut.woff2"
            (fonts / f"{face.name}.cut.woff2").write_bytes(data)
        rules.append(_rule(face, source, display, ranges(points)))
    return "\n".join(rules)


def _read(app, doctree) -> None:
    if not hasattr(app.env, "letters"):
        app.env.letters = {}
    app.env.letters[app.env.docname] = {
        kind: "".join(sorted(letters)) for kind, letters in collect(doctree).items()}


def _purge(app, env, docname) -> None:
    getattr(env, "letters", {}).pop(docname, None)


def _merge(app, env, docnames, other) -> None:
    env.letters = {**getattr(env, "letters", {}),
                   **{name: found for name, found in getattr(other, "letters", {}).items()
                      if name in docnames}}


def setup(app) -> None:
    """Collect the letters of each page that is read."""
    app.connect("doctree-read", _read, priority=900)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
