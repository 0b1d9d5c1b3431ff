"""What leads a reader through the book and out of it: paths, foot, addresses, cards, lost pages."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from book_files import ROOT
from bs4 import BeautifulSoup
from pybtex.database import parse_string
from small_book import build, small_book

from mathml.interactive import answer_key
from mathml.interactive.form import form_html
from website import addresses, anew, cards, foot, history, leftovers, lessons
from website.curriculum import Chapter, Curriculum
from website.paths import places

sys.path.append(str(ROOT / "scripts"))
import offline


@pytest.mark.parametrize("module", [addresses, foot, lessons], ids=lambda m: m.__name__)
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


# ---- paths ----


def test_a_page_knows_its_place_in_each_path_that_is_there():
    chapters = {n: Chapter(n, n.upper(), "", None if n == "c" else f"book/{n}") for n in "abcd"}
    plan = Curriculum(chapters, [{"title": "The core", "chapters": ["b", "c", "a", "d"]},
                                 {"title": "None yet", "chapters": ["c"]},
                                 {"title": "Another", "chapters": ["d"]}])
    core, another = places(plan, "book/a")
    assert core == {"key": "the-core", "title": "The core", "there": 3, "first": "book/b",
                    "place": 2, "prev": "book/b", "next": "book/d"}
    assert (another["place"], another["next"]) == (0, None)
    assert places(plan, "book/d")[0]["next"] is None
    assert places(plan, "book/b")[0]["prev"] is None


def test_pages_are_written_again_where_a_fact_changed():
    env = SimpleNamespace(found_docs={"a", "b"})
    assert anew.where_changed(env, "facts", {"a": 1, "b": 1}) == ["a", "b"]
    assert anew.where_changed(env, "facts", {"a": 1, "b": 2}) == ["b"]
    assert anew.where_changed(env, "facts", {"a": 1, "b": 2}) == []


# ---- the foot ----

CFF = {"title": "The book", "version": "0.1.0", "authors": [{"name": "The authors"}]}


def test_a_page_is_cited_with_its_book():
    cited = foot.citation(CFF, key="book-bayes", page="Bayes' theorem & {odds}", year="2026",
                          address="https://example.org/bayes.html")
    assert cited["text"] == ("The authors (2026). “Bayes' theorem & {odds}”, in The book. "
                             "Version 0.1.0. https://example.org/bayes.html")
    (entry,) = parse_string(cited["bibtex"], "bibtex").entries.values()
    assert entry.key == "book-bayes"
    assert entry.fields["title"] == r"{Bayes' theorem \& \{odds\}}"
    assert entry.fields["booktitle"] == "{The book}"
    assert [str(person) for person in entry.persons["author"]] == ["{The authors}"]


def test_a_book_is_cited_with_its_people():
    people = [{"family-names": "Lovelace", "given-names": "Ada"}, {"family-names": "Bourbaki"}]
    cited = foot.citation(CFF | {"authors": people}, key="b", page="", year="2026", address="")
    assert cited["text"] == "Ada Lovelace and Bourbaki (2026). The book. Version 0.1.0."
    entry = parse_string(cited["bibtex"], "bibtex").entries["b"]
    assert [person.last_names for person in entry.persons["author"]] == [["Lovelace"], ["Bourbaki"]]


@pytest.mark.parametrize("url", ["", "https://git.example.org/o/r"])
def test_mistakes_are_reported_where_there_is_a_form_for_them(url):
    assert foot.report_link({"repository_url": url}, "T", "p", "1") == ""


def test_the_form_has_the_fields_that_the_link_fills_in():
    link = foot.report_link({"repository_url": "https://github.com/o/r"}, "T", "p", "1")
    query = parse_qs(urlsplit(link).query)
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE" / foot.FORM).read_text("utf-8"))
    fields = {part["id"] for part in form["body"]}
    assert query.keys() - {"template", "title"} <= fields
    assert "section" in fields  # orient.js adds it


def git(folder, *command, day="2026-03-01"):
    dates = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
             (("NAME", "A"), ("EMAIL", "a@example.org"), ("DATE", f"{day}T12:00:00Z"))}
    subprocess.run(["git", "-C", folder, *command], check=True, env=os.environ | dates,
                   capture_output=True)


def test_a_page_has_the_day_of_its_last_commit(tmp_path):
    root = tmp_path / "r" / "sub"
    root.mkdir(parents=True)
    git(tmp_path / "r", "init", "-q")
    for day, name in (("2026-03-01", "é.md"), ("2026-03-02", "b.md"), ("2026-03-03", "é.md")):
        (root / name).write_text(day)
        git(root, "add", "-A", day=day)
        git(root, "commit", "-qm", day, day=day)
    (root / "b.md").write_text("not committed")
    assert history.changed_on(root) == {"é.md": "2026-03-03", "b.md": "2026-03-02"}
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{tmp_path / 'r'}", shallow)
    assert history.changed_on(shallow) == {}
    (tmp_path / "bare").mkdir()
    assert history.changed_on(tmp_path / "bare") == {}


# ---- teachers ----


@pytest.mark.parametrize(("key", "kind"), [
    (answer_key.Number(1.0), "number"), (answer_key.Array((1.0, 2.0)), "numbers"),
    (answer_key.Choice(("a", "b"), "a"), "choice"), (answer_key.Proof(("One.",)), "steps"),
    (answer_key.Function(print), "done")])
def test_a_form_tells_its_kind(key, kind):
    found = lessons.kind_of(form_html("waves-1", key))
    assert found == kind
    assert lessons.spelled([found]) == lessons.KINDS[kind][0]


# ---- files ----


def test_what_is_packed_is_the_same_each_time_and_needs_no_server(tmp_path):
    for site in ("one", "two"):
        for name in ("index.html", "book/a.html", "404.html", "_images/cards/x.png", "z.js"):
            path = tmp_path / site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
    sizes = [offline.pack(tmp_path / site, tmp_path / f"{site}.zip") for site in ("one", "two")]
    one, two = ((tmp_path / f"{site}.zip").read_bytes() for site in ("one", "two"))
    assert one == two
    assert sizes == [len(one)] * 2
    names = zipfile.ZipFile(tmp_path / "one.zip").namelist()
    assert names == ["mathml/book/a.html", "mathml/index.html", "mathml/z.js"]
    assert offline.NAME == addresses.OFFLINE


def test_what_is_left_over_is_found(tmp_path):
    for name in ("book/a.html", "book/b.html", "search.html", "_static/x.html",
                 "_sources/book/a.ipynb", "_sources/book/b.md.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = leftovers.leftovers(tmp_path, {"book/a", "search"})
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "_sources/book/b.md.txt", "book/b.html"]


def test_a_card_has_its_size_and_the_same_bytes_each_time(tmp_path):
    for name in ("a.png", "b.png"):
        cards.draw_card(tmp_path / name, "Costs $5 and $6, " * 9, "A_book")
    data = (tmp_path / "a.png").read_bytes()
    assert struct.unpack(">II", data[16:24]) == cards.SIZE
    assert data == (tmp_path / "b.png").read_bytes()
    assert len(data) < 120_000
    assert cards.card_name("a", "b") != cards.card_name("a", "c")


# ---- a book ----

PLAN = {"parts": {"waves": {"title": "Waves", "chapters": {
            "one": "One", "two": "Two", "three": "Three", "four": "Four"}}},
        "paths": [{"title": "Short", "text": "Few", "chapters": ["three", "one", "four"]}]}
INDEX = """# Start

```{course-start}
Five minutes? [](waves/three)
```

```{reading-paths}
```

```{lesson-plans}
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A book of three chapters with a plan; built, then built again with one chapter renamed."""
    root = tmp_path_factory.mktemp("site")
    chapter = [("markdown", "# A & B\n\nWords.\n\n## Exercises\n\n**1.** Why?"),
               ("code", "from mathml.interactive import check\ncheck('bayes-1', ...)"),
               ("code", "check('bayes-2', ...)")]
    small_book(root, one=chapter, three=[("markdown", "# C")], old=[("markdown", "# Old")])
    shutil.copy(ROOT / "CITATION.cff", root)
    folder = root / "book" / "waves"
    folder.mkdir()
    for name in ("one", "three", "old"):
        notebook = json.loads((root / "book" / f"{name}.ipynb").read_text())
        notebook["metadata"]["mathml"] = {"minutes": 30, "needs": ["three"] * (name == "one")}
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
        (root / "book" / f"{name}.ipynb").unlink()
    toc = (root / "_toc.yml").read_text().replace("book/o", "book/waves/o").replace(
        "book/t", "book/waves/t")
    plan = json.loads(json.dumps(PLAN).replace('"two"', '"old"'))
    (root / "book" / "index.md").write_text(INDEX)
    (root / "book" / "curriculum.yml").write_text(yaml.safe_dump(plan, sort_keys=False))
    (root / "_toc.yml").write_text(toc)
    code, said = build(root)
    assert code == 0, said
    html = root / "_build" / "html"
    assert (html / "book" / "waves" / "old.html").is_file()
    (folder / "old.ipynb").rename(folder / "two.ipynb")
    (root / "book" / "curriculum.yml").write_text(yaml.safe_dump(PLAN, sort_keys=False))
    (root / "_toc.yml").write_text(toc.replace("waves/old", "waves/two"))
    code, said = build(root)
    assert code == 0, said
    return html


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


BASE = "https://mathml-book.github.io/mathml/"


def test_a_renamed_chapter_leaves_no_page(site):
    names = sorted(path.name for path in (site / "book" / "waves").iterdir())
    assert names == ["one.html", "three.html", "two.html"]
    assert sorted(path.name for path in (site / "_sources" / "book" / "waves").iterdir()) == [
        "one.ipynb", "three.ipynb", "two.ipynb"]
    assert (site / "search.html").is_file()
    assert (site / "genindex.html").is_file()


def test_the_first_page_counts_what_is_there(site):
    page = soup(site / "book" / "index.html")
    facts = " ".join(page.select_one(".course-facts").text.split())
    assert facts.startswith("3 chapters, about 2 hours (1 more to come), 0 figures that move, "
                            "2 exercises that answer. Free, in the browser, with no account.")
    assert page.select_one(".course-go > p:last-child").text == "Five minutes? C"
    assert page.select_one(".start-button")["href"] == "waves/three.html"
    assert page.select_one("[data-choose]")["data-choose"] == "short"
    assert page.select_one('a[href$="mathml-offline.zip"]')["href"] == BASE + "mathml-offline.zip"
    first = page.select("#main a:not(.headerlink)")[0]
    assert first.get("class") == ["start-button"]


def test_a_chapter_carries_its_place_on_its_path(site):
    page = soup(site / "book" / "waves" / "one.html")
    (place,) = page.select(".path-place[data-path=short]")
    assert place.has_attr("hidden")
    assert " ".join(place.p.text.split()) == "Short, 2 of 2 · the last of it"
    assert [a["href"] for a in place.select("nav a")] == ["three.html"]
    before = soup(site / "book" / "waves" / "three.html")
    assert before.select_one(".path-place nav a")["href"] == "one.html"
    assert not soup(site / "book" / "waves" / "two.html").select(".path-place")


def test_a_lesson_says_what_a_teacher_needs(site):
    page = soup(site / "book" / "index.html")
    (lesson,) = page.select("#lesson-one")
    assert lesson.summary.span.text == "30 min · 0 figures · 2 exercises"
    told = dict(zip([dt.text for dt in lesson.select("dt")],
                    [dd.text for dd in lesson.select("dd")], strict=True))
    assert told == {"Exercises that ask for": "a number, several numbers (handout to print)",
                    "Needs": "C", "Needed for": "no other chapter: a class may leave it out"}
    assert lesson.select_one("dd a")["href"] == "waves/one.html?handout"


def test_the_foot_cites_and_reports(site):
    page = soup(site / "book" / "waves" / "one.html")
    (entry,) = parse_string(page.select_one(".cite-bibtex").text, "bibtex").entries.values()
    assert (entry.key, entry.fields["title"]) == ("mathml-one", r"{A \& B}")
    assert entry.fields["url"] == f"{BASE}book/waves/one.html"
    assert "“A & B”" in page.select_one(".cite-text").text
    links = page.select("a.report")
    assert len(links) == 2  # the menu's and the foot's
    query = parse_qs(urlsplit(links[0]["href"]).query)
    assert query["page"] == [f"{BASE}book/waves/one.html"]
    assert re.search(r"Version \d+\.\d+\.\d+\.", page.select_one(".site-footer").text)


def test_a_published_page_has_one_address_and_a_card(site):
    address = f"{BASE}book/waves/one.html"
    page = soup(site / "book" / "waves" / "one.html")
    assert page.select_one("link[rel=canonical]")["href"] == address
    about = {tag["property"]: tag["content"] for tag in page.select("meta[property^=og]")}
    assert about["og:url"] == address
    assert about["og:title"] == "A & B"
    assert about["og:description"] == "Words."
    assert (site / about["og:image"].removeprefix(BASE)).is_file()
    assert page.select_one("meta[name='twitter:card']")["content"] == "summary_large_image"
    titles = len({"Start", "A & B", "C", "Old"})
    assert len(list((site / "_images" / "cards").iterdir())) == titles
    start = soup(site / "index.html")
    assert start.select_one("link[rel=canonical]")["href"] == f"{BASE}book/index.html"


def test_search_engines_find_every_page(site):
    tree = ElementTree.parse(site / "sitemap.xml")
    found = [loc.text for loc in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert found == [f"{BASE}book/index.html"] + [
        f"{BASE}book/waves/{name}.html" for name in ("one", "three", "two")]
    assert f"Sitemap: {BASE}sitemap.xml" in (site / "robots.txt").read_text()


def test_the_page_of_the_lost_works_at_any_depth(site):
    page = soup(site / "404.html")
    loaded = [tag["src"] for tag in page.select("script[src]")]
    loaded += [tag["href"] for tag in page.select("link[rel=stylesheet], a[href]")]
    loaded.append(page.select_one("form[role=search]")["action"])
    for address in loaded:
        assert address.startswith(("/mathml/", "#", "https://")), address
        if address.startswith("/mathml/"):
            assert (site / address.removeprefix("/mathml/").partition("?")[0]).exists(), address
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert not page.select("link[rel=canonical]")


def test_a_book_without_an_address_names_none(site):
    root = site.parents[1]
    config = yaml.safe_load((root / "_config.yml").read_text())
    config["repository"]["url"] = "https://git.example.org/o/r"
    (root / "_config.yml").write_text(yaml.safe_dump(config))
    code, said = build(root)
    assert code == 0, said
    page = soup(site / "book" / "waves" / "one.html")
    assert not page.select("link[rel=canonical], meta[property^=og], a.report")
    assert not (site / "sitemap.xml").exists()
    assert not (site / "robots.txt").exists()
    assert not list((site / "_images" / "cards").glob("*"))
    assert soup(site / "404.html").select_one("link[rel=stylesheet]")["href"].startswith("/_static")
