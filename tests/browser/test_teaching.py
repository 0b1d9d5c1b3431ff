"""The address of a class's hub: typed once, and every page's links lead there."""

from __future__ import annotations

import pytest

TEACH = "book/about/teach.html"
CHAPTER = "book/linear-algebra/norms.html"
LINK = "td a[data-hub]"


def leads(page, selector: str) -> str:
    """Where a link leads."""
    return page.locator(selector).first.get_attribute("href")


def is_left_out(page, selector: str) -> bool:
    """Whether a link is hidden; one in a section that is not laid out yet is not seen either."""
    link = page.locator(selector).first
    return link.get_attribute("hidden") is not None and not link.is_visible()


@pytest.mark.parametrize("typed", ["https://hub.example.edu", "https://hub.example.edu/hub/home",
                                   " https://hub.example.edu/ "])
def test_an_address_is_typed_once_and_kept(visit, server, typed):
    v = visit(TEACH, base=server)
    assert is_left_out(v.page, LINK)
    v.page.get_by_label("Address of your hub").focus()
    v.page.keyboard.type(typed)
    here = "https://hub.example.edu/hub/user-redirect/git-pull?"
    links = v.page.locator(LINK).all()
    assert all(a.is_visible() and a.get_attribute("href").startswith(here) for a in links)
    assert v.page.locator("#hub-said").inner_text() == (
        "The links lead to https://hub.example.edu.")
    v.goto(f"{server}/{CHAPTER}")
    assert leads(v.page, ".page-actions a[data-hub]").startswith(here)
    assert v.page.locator(".page-actions a[data-hub]").is_visible()
    v.goto(f"{server}/{TEACH}")
    field = v.page.get_by_label("Address of your hub")
    assert field.input_value() == "https://hub.example.edu"
    field.fill("")
    assert is_left_out(v.page, LINK)
    v.goto(f"{server}/{CHAPTER}")
    assert is_left_out(v.page, ".page-actions a[data-hub]")


@pytest.mark.parametrize("typed", ["hub", "javascript:alert(1)", "https://", "ftp://hub.example"])
def test_what_is_no_address_changes_nothing(visit, typed):
    v = visit(TEACH)
    v.page.get_by_label("Address of your hub").fill(typed)
    assert is_left_out(v.page, LINK)
    assert v.page.locator("#hub-said").inner_text().startswith("An address starts with https://")


def test_an_old_browser_takes_an_address_too(visit):
    v = visit(TEACH)
    v.page.evaluate("delete URL.canParse")
    v.page.get_by_label("Address of your hub").fill("https://hub.example.edu")
    assert v.page.locator(LINK).first.is_visible()
    assert v.errors == []


def test_without_scripts_the_table_leads_to_the_chapters(visit):
    v = visit(TEACH, javascript=False)
    assert not v.page.locator("#hub-address").is_visible()
    assert is_left_out(v.page, LINK)
    chapter = v.page.locator("td a.reference").first
    chapter.scroll_into_view_if_needed()
    assert chapter.is_visible()
    assert chapter.get_attribute("href").endswith("learning-problem.html")
