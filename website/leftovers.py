"""No page stays in the site whose chapter was renamed or deleted; Sphinx would leave it there."""

from __future__ import annotations

from pathlib import Path


def _note(app, pagename, *_) -> None:
    app.mathml_pages.add(pagename)


def leftovers(outdir: Path, pages: set[str]) -> list[Path]:
    """Return the pages in a site's folder, and the sources beside them, that are not of `pages`."""
    found = [path for path in outdir.rglob("*.html")
             if not path.relative_to(outdir).parts[0].startswith("_")
             and path.relative_to(outdir).with_suffix("").as_posix() not in pages]
    sources = outdir / "_sources"
    for path in sources.rglob("*"):  # name.ipynb, name.md.txt
        name = path.relative_to(sources)
        if path.is_file() and name.with_name(name.name.partition(".")[0]).as_posix() not in pages:
            found.append(path)
    return sorted(found)


def _remove(app, exception) -> None:
    if exception is not None or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    for path in leftovers(outdir, app.env.found_docs | app.mathml_pages | {"index"}):
        path.unlink()
        for folder in path.relative_to(outdir).parents:
            if folder.parts and not any((outdir / folder).iterdir()):
                (outdir / folder).rmdir()


def setup(app) -> None:
    """Note which pages this build writes beside the chapters, and remove all others at its end."""
    app.mathml_pages = set()
    app.connect("html-page-context", _note)
    app.connect("build-finished", _remove, priority=910)
