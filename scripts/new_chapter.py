"""Start a chapter: a notebook that runs and passes every check, to be replaced piece by piece.

    python scripts/new_chapter.py pca linear-algebra --title "PCA and low-rank models"

It writes the notebook, its answer key, its line in `_toc.yml` and, where the plan does not name the
chapter yet, its line in `book/curriculum.yml`.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import jupytext
import nbformat
import yaml
from notebooks import clean, execute

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).parent / "templates"  # the word NAME stands for the chapter's


def create(name: str, part: str, title: str | None = None, root: Path = ROOT) -> list[Path]:
    """Write the files of a new chapter and return them.

    Raises
    ------
    ValueError
        If the name is not lower case with hyphens, the part is unknown, or the chapter exists.
    """
    curriculum = root / "book" / "curriculum.yml"
    parts = yaml.safe_load(curriculum.read_text(encoding="utf-8"))["parts"]
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ValueError(f"NAME must be lower-case words joined by hyphens, got {name!r}; "
                         "write NAME=matrix-norms")
    if part not in parts:
        raise ValueError(f"PART must be one of {', '.join(parts)}, got {part!r}")
    notebook = root / "book" / part / f"{name}.ipynb"
    elsewhere = [p for p in parts if p != part and name in parts[p]["chapters"]]
    if notebook.exists() or elsewhere:
        place = f"in the part {elsewhere[0]}" if elsewhere else str(notebook)
        raise ValueError(f"the chapter {name!r} is there already, {place}; choose another NAME")
    planned = parts[part]["chapters"].get(name)
    title = title or planned or name.replace("-", " ").capitalize()
    answers = root / "mathml" / "interactive" / "answers" / f"{name.replace('-', '_')}.py"
    key = (TEMPLATES / "answers.py").read_text(encoding="utf-8")
    answers.write_text(key.replace("NAME", name), encoding="utf-8")
    notebook.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(_chapter(name, title, root), notebook)
    if planned is None:
        parts[part]["chapters"][name] = title
        text = curriculum.read_text(encoding="utf-8")
        found = re.search(rf"^  {part}:\n(?:    .*\n)*?    chapters:\n(?:      .*\n)*", text, re.M)
        line = f'      {name}: "{title}"\n'
        curriculum.write_text(text[:found.end()] + line + text[found.end():], encoding="utf-8")
    _list(root / "_toc.yml", parts, part, name)
    return [notebook, answers, root / "_toc.yml", curriculum]


def _chapter(name: str, title: str, root: Path) -> nbformat.NotebookNode:
    bib = (root / "book" / "references.bib").read_text(encoding="utf-8")
    key = re.search(r"^@\w+\{([^,\s]+)", bib, re.M)[1]
    text = (TEMPLATES / "chapter.md").read_text(encoding="utf-8")
    text = text.replace("NAME", name).replace("TITLE", title).replace("CITED", key)
    return jupytext.reads(text, fmt="md:myst")


def _list(toc: Path, parts: dict, part: str, name: str) -> None:
    """Add the chapter where the plan has it, with a caption if it is the first of its part."""
    text = toc.read_text(encoding="utf-8")
    line = f"      - file: book/{part}/{name}\n"
    order, folders = list(parts[part]["chapters"]), list(parts)
    earlier = order[:order.index(name)]
    others = list(re.finditer(rf"^      - file: book/{part}/(.*)\n", text, re.M))
    if others:
        before = [other for other in others if other[1] in earlier]
        place = before[-1].end() if before else others[0].start()
    else:
        later = [parts[p]["title"] for p in folders[folders.index(part) + 1:]]
        captions = "|".join(map(re.escape, [*later, "Find your way"]))
        found = re.search(rf"^  - caption: (?:{captions})\n", text, re.M)
        place = found.start() if found else len(text)
        line = f"  - caption: {parts[part]['title']}\n    numbered: 1\n    chapters:\n{line}"
    toc.write_text(text[:place] + line + text[place:], encoding="utf-8")


def main() -> None:
    """Read the command line, write the files, and run the notebook once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("part")
    parser.add_argument("--title", default=None)
    arguments = parser.parse_args()
    try:
        files = create(arguments.name, arguments.part, arguments.title or None)
    except ValueError as err:
        sys.exit(f"error: {err}")
    notebook = nbformat.read(files[0], as_version=4)
    execute(notebook, files[0].parent)
    clean(notebook)
    nbformat.write(notebook, files[0])
    print("wrote", *(file.relative_to(ROOT) for file in files), sep="\n  ")
    print("now: make serve, and edit the notebook with make lab")


if __name__ == "__main__":
    main()
