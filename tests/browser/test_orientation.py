"""The reader's way: the path, the place, reports, citations, handouts, the open menu, a copy."""

from __future__ import annotations

import io
import sys
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
from book_files import ROOT
from pypdf import PdfReader
from site_files import HTML, page, page_names

sys.path.append(str(ROOT / "scripts"))
import offline

START = "book/index.html"
BAYES = "book/probability/bayes.html"
CORE = "#main .path-place[data-path=the-core]"
TWO_FRAMES = """() => new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(done)))"""
FOCUS = "document.activeElement.closest('#site-nav, .menu-button') !== null"


def test_next_leads_along_the_chosen_path(visit, server):
    v = visit(START, base=server)
    choice = v.page.get_by_role("button", name="Follow this path The core")
    choice.click()
    assert choice.get_attribute("aria-pressed") == "true"
    v.goto(f"{server}/{BAYES}")
    place = v.page.locator(CORE)
    v.bring_to_screen(place)
    place.wait_for(state="visible")
    assert "The core, 7 of 12 · next in it: " in " ".join(place.inner_text().split())
    assert not v.page.locator(".reading-order").is_visible()
    menu = v.page.locator("#site-nav .your-path[data-path=the-core]")
    assert menu.is_visible()
    assert "7 of 12" in menu.inner_text()
    place.locator("a.next").click()
    v.page.wait_for_url(f"{server}/**/distributions.html")
    v.page.get_by_role("button", name="Leave this path").click()
    v.page.locator(".reading-order").wait_for(state="attached")
    assert not v.page.locator(CORE).is_visible()
    assert v.page.locator(".reading-order").get_attribute("hidden") is None
    assert v.errors == []


def test_without_a_choice_or_scripts_next_follows_the_reading_order(visit):
    v = visit(BAYES, javascript=False)
    assert v.page.locator(".reading-order").is_visible()
    assert not v.page.locator(CORE).is_visible()
    assert not v.page.locator(".your-path").first.is_visible()


def test_the_first_page_goes_on_where_the_reader_stopped(visit, server):
    v = visit(START, base=server)
    start = v.page.locator(".start-button")
    assert start.inner_text().startswith("Start with ")
    height = start.bounding_box()["height"]
    v.goto(f"{server}/{BAYES}")
    section = v.page.locator(".article > section > section[id]").nth(2)
    v.bring_to_screen(section)
    name = section.get_attribute("id")
    v.page.wait_for_function(
        "id => Object.keys(localStorage).some(key => (localStorage[key].includes(`\"${id}\"`)))",
        arg=name)
    v.goto(f"{server}/{START}")
    assert start.inner_text().startswith("Go on here: Bayes’ theorem: updating beliefs › ")
    assert start.bounding_box()["height"] == height
    start.click()
    v.page.wait_for_url(f"{server}/{BAYES}#{name}")
    v.goto(f"{server}/{START}")
    v.page.get_by_role("button", name="Forget my answers").click()
    with v.page.expect_navigation():
        v.page.get_by_role("button", name="Yes, forget them").click()
    assert start.inner_text().startswith("Start with ")


@pytest.mark.parametrize("kept", ['{"page": "javascript:alert(1)//.html", "title": "x"}', "{", "5"])
def test_what_was_not_kept_by_the_book_is_not_followed(visit, server, kept):
    v = visit(START, base=server)
    v.page.evaluate("kept => localStorage.setItem('mathml:/#last', kept)", kept)
    v.page.reload()
    assert v.page.locator(".start-button").inner_text().startswith("Start with ")
    assert v.errors == []


def test_a_report_names_the_section_that_is_read(visit):
    v = visit(BAYES)
    section = v.page.locator(".article > section > section[id]").nth(1)
    v.bring_to_screen(section)
    link = v.page.locator("#site-nav a.report")
    link.focus()
    query = parse_qs(urlsplit(link.get_attribute("href")).query)
    assert query["section"][0].endswith(f"(#{section.get_attribute('id')})")
    assert "#" not in query["section"][0].partition(" (#")[0]
    assert query["template"] == ["mistake.yml"]


def test_how_to_cite_can_be_copied(visit, server):
    v = visit(BAYES, base=server)
    v.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    v.page.get_by_text("Cite this page").click()
    v.page.get_by_role("button", name="Copy the BibTeX").click()
    v.page.get_by_role("button", name="Copied").wait_for()
    text = v.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("@incollection{mathml-bayes,")
    assert text.rstrip().endswith("}")


def test_the_contents_mark_nothing_in_the_introduction(visit):
    v = visit(BAYES)
    assert v.page.locator(".page-toc a.reading").count() == 0
    v.bring_to_screen(v.page.locator(".article > section > section[id]").nth(1))
    v.page.locator(".page-toc a.reading").wait_for()


def test_the_open_menu_keeps_focus_and_the_page_stands_still(visit):
    v = visit(BAYES, width=390)
    v.page.get_by_role("button", name="Chapters").click()
    for _ in range(60):
        v.page.keyboard.press("Tab")
        on_page = v.page.evaluate("document.activeElement !== document.body")
        assert not on_page or v.page.evaluate(FOCUS)
    v.page.mouse.move(370, 500)
    v.page.mouse.wheel(0, 600)
    v.page.evaluate(TWO_FRAMES)
    assert v.page.evaluate("scrollY") == 0
    v.page.keyboard.press("Escape")
    assert v.page.locator("#main").evaluate("main => !main.inert")
    v.page.mouse.wheel(0, 600)
    v.page.wait_for_function("scrollY > 0")


def test_what_runs_a_chapter_can_be_hit_by_a_finger(visit):
    v = visit(BAYES, width=390)
    links = v.page.locator(".page-actions a:visible").all()
    assert links[0].inner_text().strip() == "Download the notebook"
    assert all(link.bounding_box()["height"] >= 24 for link in links)


HANDOUTS = [name for name in page_names() if page(name).select(".exercise-number")]
LONGEST = sorted(HANDOUTS, key=lambda name: -len(page(name).select("div.proof.admonition")))


@pytest.mark.parametrize("name", [BAYES, *LONGEST[:2]])
def test_a_handout_has_every_exercise_no_answer_and_few_sheets(visit, name):
    v = visit(name)
    v.goto((HTML / name).as_uri() + "?handout")
    seen = v.page.locator(".article").inner_text()
    assert v.page.locator(".handout .exercise-number").count() == len(
        page(name).select(".exercise-number"))
    for form in page(name).select("form.check"):
        assert form["data-key"] not in v.page.content()
    assert "Show the solution" not in seen
    assert "Proof." not in seen
    for unwanted in ("form", "fieldset", "details", "[data-key]"):
        assert v.page.locator(f".article {unwanted}").count() == 0, unwanted
    sheets = PdfReader(io.BytesIO(v.page.pdf(format="A4"))).pages
    statements = page(name).select("div.proof.admonition > .admonition-title")
    assert len(sheets) <= (3 if len(statements) <= 21 else 4)
    assert v.errors == []


def test_the_book_as_one_file_opens_from_disk(visit, tmp_path):
    size = offline.pack(HTML, tmp_path / offline.NAME)
    assert size < 40e6
    with zipfile.ZipFile(tmp_path / offline.NAME) as archive:
        archive.extractall(tmp_path)
    v = visit(START)
    v.requests.clear()
    base = (tmp_path / offline.FOLDER).as_uri()
    for name in (START, BAYES, "search.html", "genindex.html"):
        v.goto(f"{base}/{name}")
        assert v.errors == []
    assert all(u.startswith((base, "data:")) for u in v.requests)
