"""The picture that a link to a page shows where it is shared: its title over a descent in a valley.

Pictures have to be named by whole addresses, so there are none where the site's is not known. A
picture's name holds what is drawn on it, so that only pages with a new title get a new one.
"""

from __future__ import annotations

import hashlib
import textwrap
from pathlib import Path

from .anew import where_changed
from .hover import plain

FOLDER = "_images/cards"
SIZE = (1200, 630)
STYLE = 1  # counts the looks of the picture
CURVATURES, START, RATE = (1.0, 30.0), (-4.0, 1.0), 0.06


def card_name(title: str, subtitle: str) -> str:
    """Return the file name of the picture with these words."""
    digest = hashlib.sha256(f"{STYLE}\n{title}\n{subtitle}".encode()).hexdigest()
    return f"{digest[:12]}.png"


def draw_card(path: Path, title: str, subtitle: str) -> None:
    """Draw a title and a line below it, and a path of gradient descent behind them."""
    import numpy as np  # here, since most builds draw none
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor="#0b2f42")
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 0.5))
    ax.set_axis_off()
    x, y = np.meshgrid(np.linspace(-5, 2, 141), np.linspace(-1.4, 1.4, 71))
    height = 0.5 * (CURVATURES[0] * x**2 + CURVATURES[1] * y**2)
    ax.contour(x, y, height, levels=np.geomspace(0.3, 40, 10), colors="#2f6f8f", linewidths=1.5)
    factors = 1 - RATE * np.array(CURVATURES)
    steps = np.array(START) * factors ** np.arange(60)[:, None]
    ax.plot(*steps.T, color="#ffc75f", linewidth=2.5, marker="o", markersize=6)
    ax.plot(0, 0, marker="*", markersize=22, color="#7fd197")
    lines = textwrap.wrap(title, 32)[:3]
    figure.text(0.06, 0.9, "\n".join(lines).replace("$", r"\$"), color="white", fontsize=44,
                fontweight="bold", va="top", linespacing=1.15, family="DejaVu Sans")
    figure.text(0.06, 0.055, subtitle.replace("$", r"\$"), color="white", fontsize=21,
                family="DejaVu Sans",
                bbox={"facecolor": "#0b2f42", "edgecolor": "none", "alpha": 0.85})
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


def _words(app, docname: str) -> tuple[str, str]:
    if docname == app.config.root_doc:
        return plain(app.env.titles[docname]), "Free, in the browser, with no account"
    return plain(app.env.titles[docname]), plain(app.env.titles[app.config.root_doc])


def _prepare(app, pagename, templatename, context, doctree) -> None:
    base = app.config.html_baseurl
    if doctree is None or not base:
        return
    name = card_name(*_words(app, pagename))
    path = Path(app.outdir, FOLDER, name)
    if not path.exists():
        draw_card(path, *_words(app, pagename))
    context["card"] = {"address": f"{base}{FOLDER}/{name}", "title": _words(app, pagename)[0],
                       "width": SIZE[0], "height": SIZE[1]}


def _write_anew(app, env) -> list[str]:
    facts = {docname: (app.config.html_baseurl, _words(app, docname)) for docname in env.found_docs}
    return where_changed(env, "mathml_cards", facts)


def _tidy(app, exception) -> None:
    """Leave no picture of a title that is gone."""
    if exception is None and app.builder.format == "html":
        pages = app.env.found_docs if app.config.html_baseurl else ()
        kept = {card_name(*_words(app, docname)) for docname in pages}
        for path in Path(app.outdir, FOLDER).glob("*.png"):
            if path.name not in kept:
                path.unlink()


def setup(app) -> None:
    """Draw a page's picture as the page is written."""
    app.connect("html-page-context", _prepare)
    app.connect("env-updated", _write_anew)
    app.connect("build-finished", _tidy)
