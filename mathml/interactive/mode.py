"""Which face an interactive part shows: live widgets, or a page with no kernel."""

from __future__ import annotations

import os


def is_static() -> bool:
    """Whether the book is being built (its Sphinx extension sets ``MATHML_OUTPUT=static``)."""
    return os.environ.get("MATHML_OUTPUT") == "static"
