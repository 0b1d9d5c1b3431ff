"""The book's style sheet: the theme's rules, code's colours, KaTeX's rules, and the typefaces."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from pygments.formatters import HtmlFormatter

from . import letters

THEME_STATIC = Path(__file__).parent / "theme" / "static"
LIGHT_CODE, DARK_CODE = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def _katex_css(modules: Path, fonts: Path) -> str:
    """Copy KaTeX's WOFF2 fonts and return its CSS, without rules for the faces that are cut."""
    dist = modules / "katex" / "dist"
    for font in sorted((dist / "fonts").glob("*.woff2")):
        shutil.copyfile(font, fonts / font.name)
    css = (dist / "katex.min.css").read_text(encoding="utf-8")
    for face in letters.FACES:
        css = re.sub(rf"@font-face{{[^}}]*/{face.name}\.woff2\)[^}}]*}}", "", css)
    return re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)', "", css)


def _code_css() -> str:
    """Return the highlighting of code for both themes."""

    def style(name: str, scope: str) -> str:
        return HtmlFormatter(style=name).get_style_defs(f"{scope} .highlight")

    dark = style(DARK_CODE, ':root[data-theme="dark"]')
    light = style(LIGHT_CODE, ':root:not([data-theme="dark"])')
    return f"{light}\n@media screen {{\n{dark}\n}}"  # paper is light


def squeeze(css: str) -> str:
    """Return rules without what is only for who reads them."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s*\n\s*", "\n", css)
    return re.sub(r" *([{};]) *", r"\1", css)


def write_assets(modules: Path, target: Path, pages: dict, kept: Path) -> str:
    """Write `book.css` and the fonts it names into `target`, and return its rules for fonts.

    Parameters
    ----------
    modules, target : Path
        Where npm's packages are, and the folder that is written anew.
    pages : dict
        The characters of each page, from `letters.collect`.
    kept : Path
        Where cut fonts are kept for the next build.
    """
    shutil.rmtree(target, ignore_errors=True)
    fonts = target / "fonts"
    fonts.mkdir(parents=True)
    faces = letters.face_rules(modules, fonts, letters.needed(pages), kept)
    rules = [(THEME_STATIC / "base.css").read_text(encoding="utf-8"), _code_css(),
             _katex_css(modules, fonts)]
    (target / "book.css").write_text(squeeze("\n".join(rules)) + faces, encoding="utf-8")
    return faces


def _target(app) -> Path:
    return Path(app.doctreedir).parent / "site-assets"


def _announce(app) -> None:
    if app.builder.format == "html":
        app.config.html_static_path.append(str(_target(app)))


def _write(app, env) -> list[str]:
    """Write the style sheet for the letters that were read; where others came, all pages anew.

    A page names the style sheet with a digest, so that a browser does not show an older one.
    """
    if app.builder.format != "html":
        return []
    root = Path(app.srcdir)
    faces = write_assets(root / "node_modules", _target(app), env.letters,
                         root / ".cache" / "letters")
    digest = hashlib.sha256(faces.encode()).hexdigest()
    changed, env.letters_digest = getattr(env, "letters_digest", None) != digest, digest
    return sorted(env.found_docs) if changed else []


def setup(app) -> None:
    """Write the style sheet when the pages are read and before they are written."""
    app.connect("builder-inited", _announce)
    app.connect("env-updated", _write)
