"""Code that names the repository: one setting, so that a fork's instructions are its own.

```{repository-code} bash
git clone @url@
```
Between two @ stand: `url`, the repository's address; `raw`, where its files are found as they are;
`name`, its folder in a clone. They come from `repository` in `_config.yml`.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from .pages import github_name


def fill_in(text: str, options: dict) -> str:
    """Return a text with the repository's names in place of `@url@`, `@raw@`, `@name@`.

    Raises
    ------
    ExtensionError
        If the text asks for a name that there is not.

    Examples
    --------
    >>> fill_in("git clone @url@ && cd @name@", {"repository_url": "https://github.com/o/r"})
    'git clone https://github.com/o/r && cd r'
    """
    url = options.get("repository_url", "").rstrip("/").removesuffix(".git")
    branch = options.get("repository_branch") or "main"
    on_github = github_name(options)
    raw = f"https://raw.githubusercontent.com/{on_github}" if on_github else f"{url}/raw"
    names = {"url": url, "raw": f"{raw}/{branch}", "name": url.rpartition("/")[2]}

    def name(found: re.Match) -> str:
        if found[1] not in names:
            raise ExtensionError(f"repository-code knows {', '.join(names)}, got {found[0]!r}; "
                                 "use one of these between two @")
        return names[found[1]]

    return re.sub(r"@(\w+)@", name, text)


class RepositoryCode(SphinxDirective):
    """A block of code in which the repository's names are filled in when the page is written."""

    has_content = True
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, language=(self.arguments or ["text"])[0],
                                    names_repository=True)]


def _fill_in(app, doctree, docname: str) -> None:
    for block in doctree.findall(nodes.literal_block):
        if block.get("names_repository"):
            text = fill_in(block.astext(), app.config.html_theme_options)
            block.rawsource = text
            block.children = [nodes.Text(text)]


def setup(app) -> None:
    """Register the directive and the event that fills it in."""
    app.add_directive("repository-code", RepositoryCode)
    app.connect("doctree-resolved", _fill_in)
