"""What a reader does on a page beside its figures and questions: references, menus, search."""

from __future__ import annotations

import pytest
from site_files import HTML, page, page_names, squeezed

REFERRING = [name for name in page_names()
             if page(name).select('article a.reference.internal[href^="#thm-"]')]


@pytest.mark.parametrize("name", REFERRING[:2])
def test_a_reference_shows_what_it_refers_to(visit, name):
    v = visit(name)
    v.uncover()
    link = v.page.locator('article p a.reference.internal[href^="#thm-"]').first
    target = v.page.locator(f"[id='{link.get_attribute('href')[1:]}']")
    peek = v.page.locator("#peek")
    assert not peek.is_visible()
    v.bring_to_screen(link)
    link.hover()
    peek.wait_for(state="visible")
    shown = peek.locator("p").first.inner_text()
    assert shown
    assert squeezed(target.locator("p").first.text_content()).startswith(squeezed(shown))
    v.page.keyboard.press("Escape")
    assert not peek.is_visible()
    v.page.mouse.move(0, 0)
    link.evaluate("link => link.parentElement.tabIndex = -1")
    link.evaluate("link => link.parentElement.focus()")
    for _ in range(400):
        v.page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    else:
        pytest.fail("400 presses of Tab do not reach the link")
    assert peek.is_visible()
    assert link.get_attribute("aria-describedby") == "peek"
    assert v.page.evaluate("document.querySelectorAll('#peek [id]').length") == 0
    assert v.errors == []


def test_a_symbol_says_what_it_means(visit):
    name = next(n for n in page_names() if page(n).select("article a.symbol"))
    meaning = page(name).select_one("article a.symbol")["title"]
    v = visit(name)
    link = v.page.locator("article a.symbol .katex-html").first  # the letter, not what is hidden
    v.bring_to_screen(link)
    link.hover()
    v.page.locator("#peek").wait_for(state="visible")
    assert v.page.locator("#peek").inner_text() == meaning


def test_a_reference_to_another_page_says_where_it_leads(visit):
    links = [a for a in page("book/about/errata.html").select("article a.reference.internal")
             if "#" in a["href"] and not a["href"].startswith("#")]
    assert len(links) > 40
    assert all(a.get("title") for a in links), [a for a in links if not a.get("title")]
    v = visit("book/about/errata.html")
    link = v.page.locator(f"article a[href='{links[0]['href']}']").first
    v.bring_to_screen(link)
    link.hover()
    v.page.locator("#peek").wait_for(state="visible")
    assert v.page.locator("#peek").inner_text() == links[0]["title"]
    assert v.errors == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_first_page_opens_on_a_moving_figure(visit, width):
    v = visit("book/index.html", width=width)
    box = v.page.locator("figure.explorable input[type=range]").first.bounding_box()
    assert box["y"] + box["height"] < 900


def test_theme_is_chosen_and_kept(visit, server):
    v = visit("genindex.html", base=server)
    theme = "document.documentElement.dataset.theme"
    v.page.get_by_role("button", name="Dark theme").click()
    assert v.page.evaluate(theme) == "dark"
    v.page.reload()
    assert v.page.evaluate(theme) == "dark"
    v.page.get_by_role("button", name="Dark theme").click()
    assert v.page.evaluate(theme) == "light"


def test_chapter_menu_opens_on_a_phone(visit):
    v = visit("genindex.html", width=390)
    menu = v.page.get_by_role("button", name="Chapters")
    nav = v.page.locator("#site-nav")
    assert not nav.is_visible()
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    assert nav.is_visible()
    v.page.keyboard.press("Escape")
    assert not nav.is_visible()
    assert menu.evaluate("button => button === document.activeElement")


def test_start_page_leads_into_the_book(visit):
    v = visit("index.html", javascript=False)
    v.page.wait_for_url((HTML / "book" / "index.html").as_uri())
    assert v.errors == []
