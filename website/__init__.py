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
- `glossary`: each term leads to where it is taught, and its first use in a chapter to the term.
- `filters`: a field that filters a long list.
- `roadmap`: the map of the chapters, their times, and paths through them.
- `symbols`: a symbol leads to what it means.
- `lengths`: a section says how long it will be.
- `hover`: a reference to another page says what it leads to.
- `teaching`: code that names the repository.
- `search`: what the search page finds, gathered while the pages are written.
- `strict`: a failing cell is named, and a failed build fails again.
- `addresses`: where the site is published, its map for search engines, the page of the lost.
- `anew`: pages that are written again because of what stands around their text.
- `cards`: the picture that a shared link shows.
- `foot`: report a mistake, cite, print a handout; the version of a page.
- `history`: when a page last changed.
- `leftovers`: no page of a chapter that is gone.
- `lessons`: what a teacher needs of each chapter.
- `paths`: next along the path that a reader chose.
- `pages`: the theme, the scripts and styles of a page, its description, its links.
"""

from __future__ import annotations

from pathlib import Path

from . import (
    addresses,
    boxes,
    cards,
    cells,
    execution,
    exercises,
    filters,
    folder,
    foot,
    glossary,
    hover,
    leftovers,
    lengths,
    lessons,
    letters,
    maths,
    packages,
    pages,
    paths,
    roadmap,
    search,
    strict,
    styles,
    symbols,
    teaching,
)

__all__ = ["setup"]


def setup(app):
    """Register the site's theme, mathematics, assets and cache with Sphinx."""
    app.add_html_theme("mathml_book", str(Path(__file__).parent / "theme"))
    parts = (folder, execution, packages, maths, letters, styles, boxes, cells, exercises, roadmap,
             lessons, paths, teaching, filters, glossary, symbols, hover, search, lengths,
             addresses, foot, cards, leftovers, pages, strict)
    for part in parts:
        part.setup(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True,
            "parallel_write_safe": False}
