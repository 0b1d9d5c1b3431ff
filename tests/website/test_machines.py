"""What the code asks of a machine: any system, encoding, folder and temporary path will do."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from book_files import ROOT
from small_book import build, small_book
from sphinx.errors import ExtensionError
from sphinx.util.matching import Matcher
from yaml import safe_load

from mathml.interactive import check
from website import folder, maths, packages

SOURCES = [path for folder in ("mathml", "website", "scripts")
           for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize(("layout", "expected"), [
    (("bin/node", "lib/node_modules/npm/bin/npm-cli.js"), "bin/node"),
    (("node.exe", "lib/node_modules/npm/bin/npm-cli.js"), "node.exe"),  # 24.19.0's for win_amd64
])
def test_node_is_found_where_the_systems_wheel_has_it(tmp_path, layout, expected):
    for name in layout:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert packages.node_program(tmp_path) == str(tmp_path / expected)


def test_the_installed_wheel_has_node_and_npm():
    assert os.access(packages.node_program(), os.X_OK)
    assert (packages.WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js").is_file()


@pytest.fixture
def own_katex(monkeypatch):
    """A KaTeX process of this test's own."""
    packages.ensure_node_modules(ROOT)
    maths.use_katex(ROOT)
    monkeypatch.setattr(maths.katex.KaTeXServer, "katex_server", None)
    maths.render.cache_clear()
    yield maths.katex.KaTeXServer
    if maths.katex.KaTeXServer.katex_server:
        maths.katex.KaTeXServer.katex_server.process.kill()


@pytest.mark.parametrize("system", ["posix", "nt"])
def test_formulas_are_typeset_from_any_temporary_folder(own_katex, monkeypatch, tmp_path, system):
    """A socket file's path may have 107 bytes, and Windows has no socket files."""
    temporary = tmp_path / ("x" * 100)
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(maths.katex, "os", type("System", (), {"name": system, "path": os.path}))
    assert "katex" in maths.render("x^2", display=False)


def test_the_katex_process_ends_with_whoever_started_it(own_katex):
    maths.render("x", display=False)
    process = own_katex.katex_server.process
    process.stdin.close()  # as the system does for one that was killed
    assert process.wait(timeout=30) == 0


def test_a_node_that_does_not_start_says_what_to_install(own_katex, monkeypatch):
    monkeypatch.setattr(maths.katex, "NODEJS_BINARY", sys.executable)  # it knows no --require
    with pytest.raises(ExtensionError, match=r"install .* again: pip install"):
        maths.render("x", display=False)


def test_a_folder_that_cannot_be_written_says_where_to_go(tmp_path):
    (tmp_path / ".cache").touch()  # in its place: root, too, cannot make the folder
    with pytest.raises(SystemExit, match=r"^error: .* cannot be written.*; copy it"):
        folder.claim(tmp_path)


def test_of_two_builds_at_once_one_waits(tmp_path):
    small_book(tmp_path, one=[("markdown", "# A"), ("code", "import time; time.sleep(3)")])
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(build, [tmp_path, tmp_path]))
    assert [code for code, _ in both] == [0, 0], both
    assert sorted("Waiting for another build" in said for _, said in both) == [False, True]


def test_npm_without_a_network_says_so(tmp_path, monkeypatch):
    (tmp_path / "package-lock.json").write_text("{")
    with pytest.raises(ExtensionError, match="build again with a network"):
        packages.ensure_node_modules(tmp_path)


NAMES_AN_ENCODING = {"open", "read_text", "write_text"}


def nameless(tree: ast.AST) -> list[int]:
    """The lines that read or write text in whatever encoding the system has."""
    found = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        binary = "b" in "".join(a.value for a in call.args if isinstance(a, ast.Constant)
                                and isinstance(a.value, str) and len(a.value) <= 3)
        text = (name in NAMES_AN_ENCODING and not binary) or given.get("text") == "True"
        if text and "encoding" not in given:
            found.append(call.lineno)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_read_and_written_in_a_named_encoding(path):
    assert nameless(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_a_missing_encoding_is_found():
    tree = ast.parse("a.read_text()\nopen(p, 'w')\nopen(p, 'rb')\nrun([], text=True)\n"
                     "a.write_text(t, encoding='utf-8')")
    assert nameless(tree) == [1, 2, 4]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_verdict_can_be_printed_on_any_console(monkeypatch, encoding):
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", console)
    print(check("gradient-descent-2", 1 / 3))
    console.flush()
    tick = "✓" if encoding == "utf-8" else r"\N{CHECK MARK}"
    printed = console.buffer.getvalue().decode(encoding)
    assert printed.strip() == f"{tick} gradient-descent-2: right."


def test_what_is_not_the_book_is_excluded_by_name():
    excluded = Matcher(safe_load((ROOT / "_config.yml").read_text("utf-8"))["exclude_patterns"])
    listed = subprocess.run(["git", "ls-files", "*.md", "*.ipynb", "*.rst"], cwd=ROOT, check=True,
                            capture_output=True, encoding="utf-8").stdout.split()
    assert "README.md" in listed
    for name in listed:
        parts = name.split("/")
        paths = ["/".join(parts[:k]) for k in range(1, len(parts) + 1)]
        assert any(map(excluded, paths)) == (parts[0] != "book"), name


@pytest.mark.parametrize("name", ["a[1]", "é #'50 %(1)"])
def test_a_book_is_built_in_a_folder_of_any_name_under_any_locale(tmp_path, name):
    root = tmp_path / name
    root.mkdir()
    small_book(root, one=[("markdown", "# Één $x$"), ("code", "print('✓ é')")])
    (root / "README.md").write_text("# No page\n")
    (root / "scripts").mkdir()
    (root / "scripts" / "chapter.md").write_text("# No page either\n\n[x](nowhere.md)\n")
    locale = {"PYTHONUTF8": "1"}  # as make sets it: any other needs it for a path beyond ASCII
    if name.isascii():
        locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",  # ASCII for files,
                  "PYTHONIOENCODING": "cp1252"}  # and the console of a Windows of the West
    code, said = build(root, **locale)
    assert code == 0, said
    page = (root / "_build" / "html" / "book" / "one.html").read_text(encoding="utf-8")
    assert re.search("✓ é", page)
    assert not (root / "_build" / "html" / "README.html").exists()
    assert (root / "_build" / "html" / "_static" / "book.css").is_file()
