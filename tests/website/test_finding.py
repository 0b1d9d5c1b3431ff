"""What helps to find: the search's index, words that lead to the glossary, lists that filter."""

from __future__ import annotations

import json
import re

import pytest
from book_files import ROOT
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from small_book import build, small_book

from website import filters, glossary
from website.mathml_text import as_text

GRADIENTS = [
    ("markdown", """# Gradients

The {index}`gradient` $\\nabla f(x)$ of a function.

## How *steep*

Only here: otter.

```{prf:theorem} A bound on $\\ell_0$
:label: thm-bound
We have $D_\\text{KL} \\ge 0$.
```

$$ x = \\frac{a + b}{2} $$ (eq-mean)

### Deep

As {prf:ref}`thm-bound` and {eq}`eq-mean` say."""),
    ("markdown", "## Exercises\n\n**1.** Show it.\n\nHow?\n\n**2.** Another."),
]
DESCENT = [("markdown", """# Gradient descent and posteriors

The {index}`gradient descent` uses `gradient`, a [gradient](gradients.ipynb) and $x$.
Gradients are used; a posterior and a gradient too. The **posteriors** follow. What a gradient.

```{note}
A singular matrix is in a box.
```

Two singular
matrices, not posteriori.""")]
GLOSSARY = """# Glossary

```{entry-filter} Find a term
```

:::{glossary}
gradient
  The way in which $f$ rises fastest.

gradient descent
  Down.

posterior
  What is believed after.

singular matrix
  One without an inverse.
:::
"""
ERRATA = """# Errata

```{entry-filter} Find a claim
```

## Learning

"It is convex."
: It is not. See {prf:ref}`thm-bound`.

"It is convex."
: Again.
"""
NOTATION = """# Notation

## Calculus

| Object | We write | Remarks |
|:--|:--|:--|
| gradient | $\\nabla f(x)$ | a column |
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finding")
    small_book(folder, gradients=GRADIENTS, descent=DESCENT)
    pages = {"glossary": GLOSSARY, "errata": ERRATA, "notation": NOTATION}
    for name, text in pages.items():
        (folder / "book" / f"{name}.md").write_text(text)
    with (folder / "_toc.yml").open("a") as toc:
        toc.write("".join(f"\n  - file: book/{name}" for name in pages))
    code, said = build(folder)
    assert code == 0, said
    return folder


def html(book, name: str) -> BeautifulSoup:
    return BeautifulSoup((book / "_build" / "html" / f"{name}.html").read_text(), "html.parser")


def index(book) -> dict[str, list]:
    """The places of each page in the script that the search loads."""
    text = (book / "_build" / "html" / "search-index.js").read_text()
    pages = json.loads(text.removeprefix("window.bookIndex=").removesuffix(";\n"))
    return {address: places for address, _, places in pages}


def test_each_section_box_equation_and_exercise_can_be_found(book):
    assert index(book)["book/gradients.html"] == [
        ["page", "", "Gradients", "", "The gradient ∇f(x) of a function.",
         [["gradient", "index-0"]]],
        ["section", "how-steep", "How steep", "",
         "Only here: otter. x=(a+b)/2", []],
        ["box", "thm-bound", "Theorem 1: A bound on ℓ0", "1", "We have D_KL≥0.", []],
        ["equation", "equation-eq-mean", "Equation (1)", "1", "x=(a+b)/2", []],
        ["section", "deep", "Deep", "", "As Theorem 1 and (1) say.", []],
        ["section", "exercises", "Exercises", "", "", []],
        ["exercise", "exercise-1", "Exercise 1", "1", "Show it. How?", []],
        ["exercise", "exercise-2", "Exercise 2", "2", "Another.", []],
    ]


def test_terms_claims_and_symbols_can_be_found(book):
    assert index(book)["book/glossary.html"][1] == [
        "entry", "term-gradient", "gradient", "", "The way in which f rises fastest.", []]
    assert index(book)["book/errata.html"][1:] == [
        ["entry", "it-is-convex", "“It is convex.”", "", "It is not. See Theorem 1.", []],
        ["entry", "it-is-convex-2", "“It is convex.”", "", "Again.", []]]
    assert index(book)["book/notation.html"][2] == [
        "symbol", "calculus", "gradient", "", "a column", [["∇f(x)", "calculus"]]]


def test_what_is_found_is_there(book):
    for address, places in index(book).items():
        ids = {tag["id"] for tag in html(book, address.removesuffix(".html")).find_all(id=True)}
        anchors = {anchor for _, anchor, *_, terms in places
                   for anchor in (anchor, *(at for _, at in terms)) if anchor}
        assert anchors <= ids, address


def test_the_search_page_alone_loads_the_index(book):
    def loaded(name):
        scripts = [tag["src"].partition("?")[0] for tag in html(book, name).select("script[src]")]
        return [src.rpartition("/")[2] for src in scripts]

    form = html(book, "search").select_one("form[data-index]")
    assert form["data-index"].startswith("search-index.js?v=")
    assert {"words.js", "search.js"} <= set(loaded("search"))
    assert "search-index.js" not in loaded("search")  # it comes after the page
    assert not {"words.js", "search.js", "search-index.js"} & set(loaded("book/gradients"))
    assert {"words.js", "filter.js"} <= set(loaded("book/glossary"))
    files = {path.name for path in (book / "_build" / "html").rglob("*.js")}
    assert not files & {"searchindex.js", "searchtools.js", "language_data.js", "doctools.js",
                        "sphinx_highlight.js", "documentation_options.js"}


def test_the_index_stays_whole_when_one_page_or_the_record_changes(book):
    before = index(book)
    chapter = book / "book" / "gradients.ipynb"
    chapter.write_text(chapter.read_text().replace("otter", "beaver"))
    code, said = build(book)
    assert code == 0, said
    assert "beaver" in str(index(book)["book/gradients.html"])
    assert {**index(book), "book/gradients.html": 0} == {**before, "book/gradients.html": 0}
    whole = index(book)
    (book / "_build" / ".doctrees" / "search.json").unlink()
    code, said = build(book)
    assert code == 0, said
    assert index(book) == whole


def test_the_first_use_of_a_term_that_another_page_teaches_leads_to_the_glossary(book):
    links = html(book, "book/descent").select("a.term")
    assert [(" ".join(link.text.split()), link["href"], link["title"]) for link in links] == [
        ("Gradients", "glossary.html#term-gradient", "The way in which f rises fastest."),
        ("posteriors", "glossary.html#term-posterior", "What is believed after."),
        ("singular matrices", "glossary.html#term-singular-matrix", "One without an inverse.")]
    assert not html(book, "book/gradients").select("a.term"), "it teaches the only term it uses"


def test_the_glossary_has_letters_without_a_script(book):
    links = html(book, "book/glossary").select(".entry-letters a")
    assert [(link.text, link["href"]) for link in links] == [
        ("G", "#term-gradient"), ("P", "#term-posterior"), ("S", "#term-singular-matrix")]


def test_a_greek_letter_of_the_glossary_is_no_latin_one():
    terms = [nodes.term("", "bias", ids=["bias"]), nodes.term("", "β-VAE", ids=["beta-vae"])]
    assert '<a href="#bias">B</a> <a href="#beta-vae">β</a>' in glossary.letters(terms)


@pytest.mark.parametrize(("term", "text", "found"), [
    ("posterior", "Posteriors", True), ("posterior", "a posteriori", False),
    ("bias", "biases", True), ("singular matrix", "singular\nmatrices", True),
    ("entropy", "entropies", True), ("Adam", "adam", False), ("step", "two-step", False),
    ("Bayes' theorem", "Bayes’ theorem", True),
])  # fmt: skip
def test_forms_of_a_term(term, text, found):
    assert bool(glossary.forms(term).search(text)) == found


def test_the_longest_term_is_linked_and_one_a_sentence():
    document = new_document("x")
    document += nodes.paragraph("", "A step size and a norm. A norm of a step.")
    known = {name: ("g", f"term-{name}", "") for name in ("step", "step size", "norm")}
    glossary.link_terms(document, glossary._Terms(known), set(), lambda page, anchor: anchor)
    links = list(document.findall(nodes.reference))
    assert [link.astext() for link in links] == ["step size", "norm"]
    assert document.astext() == "A step size and a norm. A norm of a step."


def test_entries_without_an_anchor_get_one_where_they_are_filtered():
    def term_ids(*parts):
        document = new_document("x")
        document += [*parts, nodes.definition_list("", nodes.definition_list_item(
            "", nodes.term("", "A \"claim\""), nodes.definition()))]
        filters.NameEntries(document).apply()
        return [term["ids"] for term in document.findall(nodes.term)]

    assert term_ids(filters.entry_filter(label="Find")) == [["a-claim"]]
    assert term_ids() == [[]]


@pytest.mark.parametrize(("mathml", "text"), [
    ("<mfrac><mn>1</mn><msqrt><mi>x</mi></msqrt></mfrac>", "1/(√x)"),
    ("<msup><mi>x</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup>", "x⁻¹"),
    ("<msup><mi>e</mi><mrow><mo>−</mo><mi>x</mi></mrow></msup>", "e^(−x)"),
    ("<msub><mi>D</mi><mtext>KL</mtext></msub>", "D_KL"),
    ("<mover accent='true'><mi>θ</mi><mo>^</mo></mover>", "θ̂"),
    ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>",
     "∑_(i=1)ⁿ"),
    ("<mi>f</mi><mo>\u2061</mo><annotation>f</annotation>", "f"),
])  # fmt: skip
def test_formulas_are_read(mathml, text):
    assert as_text(f"<math>{mathml}</math>") == text


def test_both_long_lists_have_a_filter():
    for name in ("glossary", "errata"):
        text = (ROOT / "book" / "about" / f"{name}.md").read_text(encoding="utf-8")
        assert re.search(r"^```\{entry-filter\} \w", text, re.M), name
