"""The Sphinx extension of the book's site.

Jupyter Book has no setting for what this site promises: mathematics typeset at build time,
nothing loaded from another host, a page that carries only what it uses, and a build that fails
when something is wrong. This extension adds those, each in its own module:

- `folder`: the book's folder can be written, and is built once at a time.
- `maths`: formulas become HTML and MathML through KaTeX; an error in a formula is a warning.
- `packages`: KaTeX and the typefaces come from npm at locked versions.
- `letters`: the typefaces are cut to the characters that the book uses.
- `styles`: the style sheet, with the typefaces in it.
- `execution`: the notebooks' cache is keyed on the sources they import.
- `boxes`: boxes that fold do so without a script.
- `cells`: the code of a figure folds into one line.
- `exercises`: each is a heading; the menu says how many are answered.
- `glossary`: each term leads to where it is taught.
- `roadmap`: the map of the chapters, their times, and paths through them.
- `symbols`: a symbol leads to what it means.
- `lengths`: a section says how long it will be.
- `hover`: a reference to another page says what it leads to.
- `teaching`: code that names the repository.
- `strict`: a failing cell is named, and a failed build fails again.
- `pages`: the theme, the scripts and styles of a page, its description, its links.
"""

from __future__ import annotations

from pathlib import Path

from . import (
    boxes,
    cells,
    execution,
    exercises,
    folder,
    glossary,
    hover,
    lengths,
    letters,
    maths,
    packages,
    pages,
    roadmap,
    strict,
    styles,
    symbols,
    teaching,
)

__all__ = ["setup"]


def setup(app):
    """Register the site's theme, mathematics, assets and cache with Sphinx."""
    app.add_html_theme("mathml_book", str(Path(__file__).parent / "theme"))
    parts = (folder, execution, packages, maths, letters, styles, boxes, cells, exercises,
             roadmap, teaching, glossary, symbols, hover, lengths, pages, strict)
    for part in parts:
        part.setup(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True,
            "parallel_write_safe": False}
