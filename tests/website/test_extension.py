"""The extension that makes the site, piece by piece."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from book_files import ROOT
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

from website import hover, maths, packages, pages, styles, symbols, teaching
from website.cells import JoinHiddenCells


@pytest.fixture(scope="session", autouse=True)
def katex():
    """KaTeX as the build finds it."""
    modules = packages.ensure_node_modules(ROOT)
    maths.use_katex(ROOT)
    return modules


class TestNodeModules:
    @pytest.fixture
    def installed(self, tmp_path, monkeypatch):
        """The installations that took place, begun and ended, in a project with a lock."""
        (tmp_path / "package-lock.json").write_text("{}")
        seen = []

        def install(root):
            seen.append("begin")
            time.sleep(0.1)
            (root / "node_modules").mkdir(exist_ok=True)
            seen.append("end")

        monkeypatch.setattr(packages, "_npm_ci", install)
        return seen

    def test_four_at_once_install_once(self, tmp_path, installed):
        with ThreadPoolExecutor(4) as pool:
            folders = list(pool.map(packages.ensure_node_modules, [tmp_path] * 4))
        assert folders == [tmp_path / "node_modules"] * 4
        assert installed == ["begin", "end"]

    def test_another_lock_installs_again(self, tmp_path, installed):
        packages.ensure_node_modules(tmp_path)
        (tmp_path / "package-lock.json").write_text('{"lockfileVersion": 3}')
        packages.ensure_node_modules(tmp_path)
        assert installed == ["begin", "end"] * 2

    def test_a_missing_lock_is_named(self, tmp_path):
        with pytest.raises(ExtensionError, match=r"package-lock\.json is missing"):
            packages.ensure_node_modules(tmp_path)


class TestMaths:
    def test_gives_html_and_mathml(self):
        html = maths.render(r"\frac{1}{2}", display=True)
        assert "katex-display" in html
        assert "<mfrac>" in html

    @pytest.mark.parametrize("latex", [r"\nosuchmacro x", r"\frac{1}{", r"\href{http://a}{b}"])
    def test_refuses_what_it_cannot_typeset(self, latex):
        with pytest.raises(ValueError, match=r"."):
            maths.render(latex, display=False)

    @pytest.mark.parametrize("name", ["align", "equation", "gather"])
    def test_refuses_environments_that_number_themselves(self, name):
        with pytest.raises(ValueError, match=rf"\{{{name}\}} numbers itself .*aligned"):
            maths.render(rf"\begin{{{name}}} a \end{{{name}}}", display=True)

    @pytest.mark.parametrize(("latex", "parts"), [("x", 1), ("a = b + c", 3), (r"\text{if } x", 1)])
    def test_the_last_part_of_a_formula_goes_with_what_follows(self, latex, parts):
        html = maths.render(latex, display=False)
        page = BeautifulSoup(maths.with_end(html, "<."), "html.parser")
        box = page.select_one(".with-end")
        assert len(page.select(".katex-base")) == parts
        assert len(box.select(".katex-base")) == 1
        assert box.contents[-1] == "<."
        assert not page.find(attrs={"aria-hidden": True}, string="<.")
        assert page.text == BeautifulSoup(html, "html.parser").text + "<."
        assert maths.with_end(html, "") == html

    @pytest.mark.parametrize(("latex", "boxes"), [
        ("a = b + c", []), ("[0, 1)", []), (r"\left(1 - x\right)^t", []),
        ("f(w + v) = 1", [2]), (r"P(A \mid B) = P(B)", [2]), ("(1 - x)^t + (a + b)^s", [2, 2]),
        (r"\bigl(a + (b + c)\bigr) - d", [3]), ("a + (b = c", [2])])
    @pytest.mark.parametrize("end", ["", "."])
    def test_no_line_breaks_between_brackets(self, latex, boxes, end):
        html = maths.render(latex, display=False)
        page = BeautifulSoup(maths.with_end(html, end), "html.parser")
        assert [len(box.select(".katex-base")) for box in page.select(".unbroken")] == boxes
        assert page.text == BeautifulSoup(html, "html.parser").text + end
        assert len(page.select(".katex-base")) == html.count(maths.PART)

    def test_a_display_is_kept_whole_too(self):
        html = maths.with_end(maths.render("a = (b + c)", display=True))
        page = BeautifulSoup(html, "html.parser")
        assert str(page) == str(BeautifulSoup(str(page), "html.parser"))
        assert len(page.select(".katex-display > .katex > .katex-html > .unbroken")) == 1

    def test_a_formula_takes_the_text_after_it_and_no_other_of_the_same_words(self):
        math = nodes.math("", "x")
        line = nodes.paragraph("", "", nodes.Text(", and "), nodes.emphasis("", "so"), math,
                               nodes.Text(", and "))
        maths._take_ends(SimpleNamespace(builder=SimpleNamespace(format="html")), line, "page")
        assert math["end"] == ","
        assert [*map(str, line.findall(nodes.Text))] == [", and ", "so", "x", " and "]

    @pytest.mark.parametrize(("after", "end"), [
        (". Then", "."), (" and", ""), ("th step", "th"), ("-dimensional", "-"), (")", ")"),
        ("–p", "–"), (", (b)", ",")])
    def test_what_follows_a_formula_ends_at_the_next_place_for_a_break(self, after, end):
        assert maths.END.match(after)[0] == end

    def test_styles_are_of_the_version_that_renders(self, katex, tmp_path):
        version = json.loads((katex / "katex" / "package.json").read_text())["version"]
        styles.write_assets(katex, tmp_path / "site", {}, tmp_path / "kept")
        css = (tmp_path / "site" / "book.css").read_text()
        assert f'"{version}"' in css
        assert ".ttf" not in css

    @pytest.mark.parametrize(
        ("source", "line", "place"),
        [("a.ipynb", 30004, "a.ipynb, cell 3, line 3"), ("a.md", 7, "a.md, line 7")],
    )
    def test_places_name_file_and_cell(self, source, line, place):
        node = nodes.math("", "x")
        node.source, node.line = source, line
        assert maths.origin(node) == place


class TestPages:
    def test_description_is_the_first_paragraph_cut_at_a_word(self):
        document = new_document("x")
        document += nodes.note("", nodes.paragraph("", "in a box"))
        document += nodes.paragraph("", "word " * 60)
        text = pages.describe(document)
        assert text.startswith("word word")
        assert text.endswith("word…")
        assert len(text) <= pages.DESCRIPTION_LENGTH

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('<div class="proof admonition" id="proof">', '<div class="proof admonition">'),
            ("<table class='x'><tr></tr></table>",
             "<div class=\"table-scroll\"><table class='x'><tr></tr></table></div>"),
            ("<p>Proof. By", '<p><span class="proof-label">Proof.</span> By'),
        ],
    )  # fmt: skip
    def test_tidy(self, before, after):
        assert pages.tidy(before) == after

    def test_run_links_come_from_the_one_repository(self):
        options = {
            "repository_url": "https://github.com/o/r",
            "repository_branch": "dev",
            "launch_buttons": {
                "binderhub_url": "https://b.org/",
                "colab_url": "https://c.org",
                "jupyterhub_url": "https://h.org",
            },
        }
        links = dict(pages.run_links(options, "book/p/c"))
        assert links["Binder"] == "https://b.org/v2/gh/o/r/dev?urlpath=lab%2Ftree%2Fbook%2Fp%2Fc.ipynb"
        assert links["Colab"] == "https://c.org/github/o/r/blob/dev/book/p/c.ipynb"
        assert links["JupyterHub"] == (
            "https://h.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fo%2Fr"
            "&branch=dev&urlpath=lab%2Ftree%2Fr%2Fbook%2Fp%2Fc.ipynb")

    @pytest.mark.parametrize("url", ["https://git.example.org/o/r", "https://git.example.org/o/r.git/"])
    def test_a_hub_pulls_from_any_host_into_the_folder_that_opens(self, url):
        path = pages.hub_path({"repository_url": url}, "c")
        assert "repo=https%3A%2F%2Fgit.example.org%2Fo%2Fr&branch=main&" in path
        assert path.endswith("urlpath=lab%2Ftree%2Fr%2Fc.ipynb")

    def test_no_hub_link_without_a_repository(self):
        assert pages.hub_path({}, "c") == ""
        buttons = {"jupyterhub_url": "https://h.org"}
        assert pages.run_links({"launch_buttons": buttons}, "c") == []

    @pytest.mark.parametrize("url", ["", "https://example.org/o/r", "https://github.com/o"])
    def test_no_run_links_without_a_repository_they_can_reach(self, url):
        buttons = {"binderhub_url": "https://b.org"}
        assert pages.run_links({"repository_url": url, "launch_buttons": buttons}, "c") == []


class TestTeaching:
    OPTIONS = {"repository_url": "https://github.com/o/r", "repository_branch": "dev"}  # noqa: RUF012

    def test_the_repository_is_named(self):
        text = teaching.fill_in("clone @url@ && cd @name@ && curl @raw@/x me@home", self.OPTIONS)
        assert text == ("clone https://github.com/o/r && cd r && "
                        "curl https://raw.githubusercontent.com/o/r/dev/x me@home")

    def test_another_host_is_named_too(self):
        options = {"repository_url": "https://git.example.org/o/r.git"}
        assert teaching.fill_in("@url@ @raw@", options) == (
            "https://git.example.org/o/r https://git.example.org/o/r/raw/main")

    def test_an_unknown_name_is_refused(self):
        with pytest.raises(ExtensionError, match="knows url, raw, name, got '@owner@'"):
            teaching.fill_in("@owner@", self.OPTIONS)


class TestSymbols:
    NOTATION = """
## Steps and norms

| Object | We write | Remarks |
|:--|:--|:--|
| step size, momentum | $\\eta$, $\\beta$ | |
| gradient | $\\nabla f(\\mathbf{x}) \\in \\mathbb{R}^n$, a column | |
| norms | $\\lVert \\mathbf{x} \\rVert_p$ | |
"""

    def test_rows_give_meanings_in_order(self):
        found = symbols.read_symbols(self.NOTATION)
        assert found[r"\eta"] == ("step size", "steps-and-norms")
        assert found[symbols.spelling(r"\nabla f(x)")] == ("gradient", "steps-and-norms")
        assert found[symbols.spelling(r"\|x\|_p")][0] == "norms"

    def test_a_letter_that_may_mean_anything_is_left_alone(self):
        assert r"\beta" not in symbols.read_symbols(self.NOTATION)


class TestHover:
    @pytest.fixture
    def chapter(self):
        """A page with an introduction, and a section that holds a box and a mark in its text."""
        tree = new_document("chapter.ipynb")
        title = nodes.title("", "", nodes.Text("("), nodes.math("", r"\ell_0"),
                            nodes.Text(" is no norm)"))  # fmt: skip
        box = nodes.admonition("", title, nodes.paragraph("", "x", ids=["inside"]), ids=["thm-l0"])
        marked = nodes.paragraph("", "", nodes.target("", "", ids=["index-3"]))
        part = nodes.section("", nodes.title("", "Two (or more)"), box, marked, ids=["two"])
        begin = nodes.paragraph("", "How big?")
        page = nodes.section("", nodes.title("", "Norms"), begin, part, ids=["norms"])
        tree += page
        return tree

    @pytest.mark.parametrize(("anchor", "said"), [
        ("norms", "How big?"), ("two", "Two (or more) · Norms"),
        ("index-3", "Two (or more) · Norms"), ("thm-l0", "ℓ0 is no norm · Norms"),
        ("inside", "ℓ0 is no norm · Norms"), ("gone", ""),
    ])  # fmt: skip
    def test_says_what_stands_there(self, chapter, anchor, said):
        assert hover.destination(chapter, anchor) == said


class TestCells:
    @staticmethod
    def cell(source, *, output=False, mode="input"):
        cell = nodes.container(nb_element="cell_code", hide_mode=mode)
        code = nodes.container(nb_element="cell_code_source")
        code += nodes.literal_block("", source)
        cell += code
        if output:
            cell += nodes.container(nb_element="cell_code_output")
        return cell

    def joined(self, *parts):
        document = new_document("x")
        document.extend(parts)
        JoinHiddenCells(document).run()
        return [[block.astext() for block in cell.findall(nodes.literal_block)]
                for cell in document.children if isinstance(cell, nodes.container)]

    def test_hidden_code_without_output_joins_what_it_is_for(self):
        found = self.joined(self.cell("a"), self.cell("b"), self.cell("c", output=True))
        assert found == [["a", "b", "c"]]

    def test_other_cells_stay(self):
        parts = [self.cell("a", output=True), self.cell("b", output=True), self.cell("c"),
                 nodes.paragraph("", "words"), self.cell("d", output=True), self.cell("e"),
                 self.cell("f", mode="")]
        assert self.joined(*parts) == [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]
