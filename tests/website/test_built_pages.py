"""Every page of the built site, read as a file: complete, linked, and sufficient unto itself."""

from __future__ import annotations

import os
import re
from collections import Counter
from itertools import pairwise
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from book_files import ROOT
from conventions import is_copied
from site_files import HTML, anchors, page, page_names, resolve, site_name

from mathml.interactive.answer_key import lookup
from website.curriculum import read_curriculum
from website.lessons import EXAMPLE_HUB

OUTSIDE = re.compile(r"^(https?:)?//", re.I)
RESOURCES = {
    "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src",
    "audio": "src", "embed": "src", "object": "data", "use": "href", "image": "href",
}  # fmt: skip
LOADING = {"stylesheet", "preload", "icon", "modulepreload", "prefetch", "preconnect", "manifest"}
PAGES = page_names()
CHAPTERS = [name for name in PAGES if (ROOT / name).with_suffix(".ipynb").exists()]
REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]
TEACH = "book/about/teach.html"
RUNNERS = ("mybinder.org", "colab.research.google.com")
every_page = pytest.mark.parametrize("name", PAGES)


def test_the_site_is_built():
    assert (HTML / "index.html").is_file(), "no _build/html/index.html; run: make book"
    assert len(PAGES) > 3


@every_page
def test_nothing_comes_from_another_host(name):
    soup = page(name)
    pairs = [(tag, attr) for kind, attr in RESOURCES.items() for tag in soup.find_all(kind)]
    loaded = [tag[attr] for tag, attr in pairs if tag.get(attr)]
    loaded += [
        tag["href"] for tag in soup.find_all("link") if LOADING & set(tag.get("rel") or [])
    ]
    loaded += re.findall(r"url\(['\"]?([^)'\"]+)", " ".join(t.text for t in soup.find_all("style")))
    assert loaded or name == "index.html"
    assert not [address for address in loaded if OUTSIDE.match(address)]


@pytest.mark.parametrize("css", sorted(HTML.glob("_static/*.css")), ids=lambda p: p.name)
def test_styles_load_only_what_is_there(css):
    text = re.sub(r"/\*.*?\*/", "", css.read_text(encoding="utf-8"), flags=re.S)
    assert "@import" not in text
    for address in re.findall(r"url\(['\"]?([^)'\"]+)", text):
        if not address.startswith(("data:", "#")):
            assert not OUTSIDE.match(address), address
            assert (css.parent / address.partition("?")[0]).is_file(), address


@every_page
def test_what_a_page_loads_is_there(name):
    soup = page(name)
    addresses = [tag["src"] for tag in soup.find_all(["script", "img"], src=True)]
    addresses += [
        tag["href"] for tag in soup.find_all("link") if LOADING & set(tag.get("rel") or [])
    ]
    missing = [
        a for a in addresses if not a.startswith("data:") and not resolve(name, a)[0].is_file()
    ]
    assert not missing


@every_page
def test_head(name):
    soup = page(name)
    assert soup.html.get("lang") == "en"
    assert len(soup.title.text) > 3
    descriptions = soup.find_all("meta", attrs={"name": "description"})
    assert len(descriptions) == 1
    assert 15 <= len(descriptions[0]["content"]) <= 200


def test_titles_differ():
    titles = Counter(page(name).title.text for name in PAGES if name != "index.html")
    assert [title for title, n in titles.items() if n > 1] == []


@every_page
def test_one_main_heading(name):
    headings = page(name).find_all("h1")
    assert len(headings) == 1, [h.text for h in headings]


@every_page
def test_headings_skip_no_level(name):
    levels = [int(h.name[1]) for h in page(name).find_all(re.compile(r"^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_page
def test_pictures_say_what_they_show(name):
    soup = page(name)
    for img in soup.find_all("img"):
        assert img.get("alt", "").strip(), f"no alternative text: {img}"
        assert img.get("width"), f"no width: {img}"
        assert img.get("height"), f"no height: {img}"
    for svg in soup.find_all("svg", role="img"):
        assert svg.get("aria-label") or svg.find("title"), f"no name: {str(svg)[:200]}"


@every_page
def test_ids_are_unique_and_used_rightly(name):
    soup = page(name)
    twice = [i for i, n in Counter(tag["id"] for tag in soup.find_all(id=True)).items() if n > 1]
    assert not twice
    known = anchors(name)
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for tag in soup.find_all(attrs={attribute: True}):
            value = tag[attribute]
            wanted = value if isinstance(value, list) else value.split()
            assert set(wanted) <= known, f"{attribute}={value!r} leads nowhere"


@every_page
def test_links_arrive(name):
    broken = []
    for link in page(name).find_all("a", href=True):
        address = unquote(link["href"])
        if re.match(r"^[a-z][a-z0-9+.-]*:", address, re.I) or OUTSIDE.match(address):
            continue
        target, anchor = resolve(name, address)
        if not target.is_file() or (anchor and anchor not in anchors(site_name(target))):
            broken.append(address)
    assert not broken


@every_page
def test_every_formula_is_typeset(name):
    text = (HTML / name).read_text(encoding="utf-8")
    for mark in ("#cc0000", "katex-error", "math-error"):
        assert mark not in text
    article = page(name).find("article")
    if article:
        prose = " ".join(
            s for s in article.find_all(string=True)
            if not s.find_parents(["code", "pre", "annotation", "script", "template"])
        )  # fmt: skip
        left = re.search(r"\\\(|\\\[|\$\$|\{(?:prf:ref|eq|cite|index|ref)[:\w]*\}`", prose)
        assert not left, f"unrendered mark-up near {prose[left.start() - 40 : left.end() + 40]!r}"
        loose = [math.text for math in article.select(".math, :not(.with-end) > a.symbol")
                 if re.match(r"[.,;:!?)]", str(math.next_sibling))]
        assert not loose, "what ends a formula may begin a line"


def test_no_script_of_widgets_or_mathjax():
    for name in PAGES:
        scripts = " ".join(str(s) for s in page(name).find_all("script")).lower()
        for word in ("require.js", "require.min.js", "html-manager", "mathjax", "thebe", "unpkg"):
            assert word not in scripts, f"{name}: {word}"


@pytest.mark.parametrize("name", CHAPTERS)
def test_launch_buttons_lead_to_a_file_of_the_repository(name):
    links = [a["href"] for a in page(name).select("a[href]")]
    found = [urlsplit(link) for link in links if urlsplit(link).hostname in RUNNERS]
    assert {link.hostname for link in found} == set(RUNNERS)
    for link in found:
        target = parse_qs(link.query)["urlpath"][0] if link.query else link.path
        path = re.split(r"^lab/tree/|/blob/[^/]+/", target)[-1]
        assert (ROOT / path).is_file()
        assert path == name.removesuffix(".html") + ".ipynb"


def test_every_glossary_line_leads_to_where_its_term_is_taught():
    lines = page("book/about/glossary.html").select("article dl.glossary > dd")
    assert len(lines) > 50
    assert [line.text for line in lines if not line.select_one("a.reference")] == []


def pulled(path: str) -> str:
    """The file of the repository that an nbgitpuller link opens."""
    link = urlsplit(path)
    assert link.path == "/hub/user-redirect/git-pull"
    query = {key: values[0] for key, values in parse_qs(link.query).items()}
    assert (query["repo"], query["branch"]) == (REPOSITORY["url"], REPOSITORY["branch"])
    folder = REPOSITORY["url"].rsplit("/", 1)[1]
    opened = query["urlpath"].removeprefix(f"lab/tree/{folder}/")
    assert (ROOT / opened).is_file()
    return opened


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_hub_button_waits_for_an_address_and_knows_the_chapter(name):
    (button,) = page(name).select(".page-actions a[data-hub]")
    assert button.text.strip() == "JupyterHub"
    assert button.has_attr("hidden")
    assert pulled(button["data-hub"]) == name.removesuffix(".html") + ".ipynb"
    target, anchor = resolve(name, button["href"])
    assert site_name(target) == TEACH
    assert anchor in anchors(TEACH)


def test_a_class_has_a_link_for_every_chapter():
    links = page(TEACH).select("td a[data-hub]")
    assert [pulled(a["data-hub"]) for a in links] == [
        f"{chapter.docname}.ipynb" for chapter in read_curriculum(ROOT).chapters.values()
        if chapter.docname]
    for a in links:
        assert a["href"] == EXAMPLE_HUB + a["data-hub"]
        assert a.has_attr("hidden")  # the chapter's own link stands beside it
        assert a.find_parent("tr").select_one("a.reference")


def test_what_a_class_installs_is_in_the_repository():
    code = [block.text for block in page(TEACH).select("article .highlight pre")]
    assert not [text for text in code if re.search(r"@(url|raw|name)@", text)]
    raw = r"https://raw\.githubusercontent\.com(/[^/]+/[^/]+)/([^/]+)/(\S+)"
    (wanted,) = [found for text in code for found in re.findall(raw, text)]
    assert f"https://github.com{wanted[0]}" == REPOSITORY["url"]
    assert wanted[1] == REPOSITORY["branch"]
    assert (ROOT / wanted[2]).is_file()
    scripts = {found for text in code for found in re.findall(r"\bclass/[\w.-]+\.sh", text)}
    assert scripts == {"class/install.sh", "class/build-image.sh"}
    assert all(os.access(ROOT / script, os.X_OK) for script in scripts)


def text_above(form) -> str:
    """What a reader may see above a form: solutions are folded, and scripts are none."""
    unseen = "script, style, template, .tag_hide-cell, .katex-mathml"
    hidden = {id(text) for part in form.find_parent("article").select(unseen)
              for text in part.find_all(string=True)}
    texts = [text for text in form.find_all_previous(string=True) if id(text) not in hidden]
    return " ".join(reversed(texts))


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_answer_stands_in_print_above_its_form(name):
    """Also not in a figure's sentence as it is first seen, which no notebook stores."""
    for form in page(name).select("form.check"):
        key = lookup(form["id"].removeprefix("check-"))
        if key.kind == "number":
            assert not is_copied(key, text_above(form)), f"{form['id']}: ask for another"


@pytest.mark.parametrize("name", CHAPTERS)
def test_exercises_are_headings_and_counted(name):
    forms = page(name).select("form.check")
    headings = page(name).select('.exercise-number[role="heading"][aria-level="3"]')
    assert len(headings) <= len(forms)
    assert bool(headings) == bool(forms)
    assert len({heading["id"] for heading in headings}) == len(headings)
    counts = page(name).select("[aria-current=page] + .progress")
    assert [count["data-exercises"] for count in counts] == [str(len(forms))] * bool(forms)
    folds = page(name).select(".tag_hide-cell summary .collapsed")
    assert all("the solution" in fold.text for fold in folds)
    assert not page(name).select(".tag_hide-cell + .tag_hide-cell"), "two folds in a row"
