"""The search page: what a reader types, and what comes first."""

from __future__ import annotations

import gzip

import pytest
from site_files import HTML, INDEX, anchors, page, page_names

CHAPTERS = {"gradient": "book/calculus/gradients.html", "gradients": "book/calculus/gradients.html",
            "gradient descent": "book/optimization/gradient-descent.html",
            "maximum likelihood": "book/inference/maximum-likelihood.html",
            "bayes theorem": "book/probability/bayes.html", "bayes": "book/probability/bayes.html",
            "softmax": "book/supervised/softmax-regression.html",
            "pca": "book/linear-algebra/pca.html", "diffusion": "book/generative/diffusion.html",
            "numerical stability": "book/optimization/numerical-stability.html"}
MISTYPED = {"gradeint": "gradient", "gradiant descent": "gradient descent", "softmaxx": "softmax",
            "likelyhood": "likelihood", "bayse theorem": "bayes theorem", "eigenvale": "eigenvalue"}
# What a query finds: addresses with anchors, and how many of them as the query is written.
FIND = """(query) => {
  const {found, exact} = window.bookSearch(query);
  return [found.map((place) => [place.address, place.anchor, place.kind, place.heading]), exact];
}"""


@pytest.fixture(scope="module")
def search(chromium):
    """A function from a query to the places that it finds, on a page opened from disk."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto((HTML / "search.html").as_uri())
    page.wait_for_function("'bookSearch' in window")
    yield lambda query: page.evaluate(FIND, query)
    context.close()


@pytest.mark.parametrize(("query", "address"), CHAPTERS.items())
def test_a_chapters_name_finds_the_chapter_first(search, query, address):
    found, _ = search(query)
    assert found[0][0] == address


@pytest.mark.parametrize(("typed", "meant"), MISTYPED.items())
def test_one_typing_error_is_forgiven(search, typed, meant):
    (found, exact), (wanted, _) = search(typed), search(meant)
    assert found[0] == wanted[0]
    assert exact < 3


def test_two_typing_errors_in_a_word_are_not(search):
    assert search("grodeint") == [[], 0]


@pytest.mark.parametrize("query", ["optimization", "optimisation"])
def test_british_and_american_spellings_find_the_same(search, query):
    found, exact = search(query)
    assert found == search("optimisation")[0]
    assert exact > 5
    assert not found[0][0].startswith("book/notation")


def boxes() -> list[tuple[str, str, str]]:
    """Page, anchor and name of some theorems, as they are printed."""
    out = []
    for name in page_names()[::5]:
        box = page(name).select_one("div.proof.theorem[id] .caption-number")
        if box:
            owner = box.find_parent("div", class_="proof")
            out.append((name, owner["id"], " ".join(box.text.split())))
    return out


@pytest.mark.parametrize(("address", "anchor", "name"), boxes())
def test_a_theorem_is_found_by_its_number(search, address, anchor, name):
    found, _ = search(name)
    assert found[0][:2] == [address, anchor]


@pytest.mark.parametrize("query", ["∇", "nabla", "Kullback-Leibler", "D_KL", "entropy", "momentum",
                                   "why do neural networks", "naïve bayes", "log-likelihood"])
def test_symbols_names_and_questions_find_something(search, query):
    found, exact = search(query)
    assert exact > 0
    assert all((HTML / address).is_file() for address, *_ in found)


def test_links_lead_to_places_that_exist(search):
    for query in ("kernel", "variance", "(3.2)", "exercise 3.1", "chain rule"):
        for address, anchor, *_ in search(query)[0][:30]:
            assert not anchor or anchor in anchors(address), (query, address, anchor)


def test_what_a_reader_sees(visit, server):
    v = visit("search.html?q=gradeint", base=server)
    first = v.page.locator("#search-results li").first
    first.wait_for()
    assert "Gradient" in first.inner_text()
    assert first.locator("mark").count() > 0
    v.page.wait_for_function("document.getElementById('search-said').textContent")
    assert "as it is written" in v.page.locator("#search-said").inner_text()
    field = v.page.locator("#search-words")
    field.fill("function")
    v.page.wait_for_function(
        "/the first 30/.test(document.getElementById('search-said').textContent)")
    assert v.page.locator("#search-results li").count() == 30
    v.page.get_by_role("button", name="More results").click()
    assert v.page.locator("#search-results li").count() > 30
    assert v.page.evaluate("document.activeElement.closest('li') !== null")
    field.fill("<b>zzyzzy</b>")
    v.page.wait_for_function(
        "/^No results/.test(document.getElementById('search-said').textContent)")
    assert v.errors == []


def test_no_page_is_fetched_and_the_index_is_small(visit, server):
    v = visit("search.html?q=gradient", base=server)
    v.page.locator("#search-results li").first.wait_for()
    v.page.locator("#search-words").fill("softmax regression")
    assert not [u for u in v.requests if u.endswith(".html")]
    assert len(gzip.compress(INDEX.read_bytes(), mtime=0)) <= 450_000


def test_what_is_typed_before_the_index_is_there_is_answered_when_it_is(chromium, server):
    view, held = chromium.new_page(), []
    view.route(f"**/{INDEX.name}*", lambda route: held.append(route))
    said = view.locator("#search-said")
    view.goto(f"{server}/search.html")
    view.locator("#search-words").fill("gradient")
    assert said.inner_text() == "Fetching the index…"
    held.pop().continue_()
    view.locator("#search-results li").first.wait_for()
    view.goto(f"{server}/search.html?q=entropy", wait_until="commit")
    view.wait_for_function("document.getElementById('search-said')?.textContent")
    held.pop().abort()
    view.wait_for_function(
        "/did not arrive/.test(document.getElementById('search-said').textContent)")
    view.locator("#search-words").fill("entropies")
    assert "did not arrive" in said.inner_text()  # and not that it is being fetched
    view.close()


@pytest.mark.parametrize(("name", "word", "kept"), [
    ("book/about/glossary.html", "posterior", "posterior"),
    ("book/about/errata.html", "gradient", "gradient")])
def test_a_list_shows_what_is_typed_and_all_of_it_again(visit, server, name, word, kept):
    v = visit(name, width=390, base=server)
    terms = v.page.locator(".article dl > dt")

    def left() -> list[str]:
        """Terms that are shown, with their texts: what the browser has not laid out yet, too."""
        return terms.evaluate_all("""(all) => all.filter((term) => term.checkVisibility())
            .map((term) => term.textContent + term.nextElementSibling.textContent)""")

    everything = left()
    v.page.locator("#entry-filter").fill(word)
    v.page.wait_for_function("document.querySelector('.entry-filter [role=status]').textContent")
    assert 0 < len(left()) < len(everything) / 2
    assert all(kept in text.lower() for text in left())
    said = v.page.locator(".entry-filter [role=status]").text_content()
    assert said == f"{len(left())} of {len(everything)} are shown."
    v.page.keyboard.press("Escape")
    assert left() == everything
    v.page.locator("#entry-filter").fill("no such term at all")
    assert not left()
    assert v.errors == []


def test_a_term_in_a_chapter_leads_to_its_meaning(visit, server):
    v = visit("book/calculus/gradients.html", base=server)
    v.uncover()
    links = v.page.locator('article a[href*="about/glossary.html#term-"]')
    assert links.count() > 3
    term = links.first.text_content().lower()
    links.first.focus()
    v.page.keyboard.press("Shift+Tab")
    v.page.keyboard.press("Tab")
    meaning = v.page.locator("#peek").inner_text()
    assert len(meaning) > 20
    links.first.click()
    v.page.wait_for_url("**/glossary.html#term-*")
    target = v.page.locator(":target")
    assert target.is_visible()
    assert term[:5] in target.text_content().lower()
