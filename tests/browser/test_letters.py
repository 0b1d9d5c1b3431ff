"""The letters of a first visit are the right ones: none comes from the reader's system, or late."""

from __future__ import annotations

import json

import pytest
from site_files import HTML, page_names

# What no face of the site has: marks, and small letters and digits above and below the line.
NOWHERE = set("○✓✗▶❚⛶↗‖ᵀᵈᵏᵖᵗᵘᵢⱼ⁰⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₆ₖₙₚ̂ʲˣȳᾱ")
PAGES = ["book/index.html", "book/notation.html", "book/about/glossary.html",
         "book/optimization/gradient-descent.html", "book/probability/bayes.html",
         "book/supervised/softmax-regression.html", "genindex.html"]
# All of a page, as one who reads it to its end sees it.
WHOLE = """
  const styles = document.createElement("style");
  styles.textContent = ".article > section > section { content-visibility: visible !important }";
  document.head.append(styles);
  document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
"""
# The letters that are seen, by the face that they are set in; and a line of them to look at.
SEEN = f"() => {{ {WHOLE}" + """
  const seen = new Map(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility() || parent.closest("math, script")) continue;
    const { fontFamily, fontStyle, fontWeight } = getComputedStyle(parent);
    const key = JSON.stringify([fontFamily, fontStyle, fontWeight]);
    if (!seen.has(key)) seen.set(key, new Set());
    [...text.data].filter((letter) => letter.trim()).forEach((letter) => seen.get(key).add(letter));
  }
  return [...seen].map(([key, letters]) => {
    const line = document.createElement("div"), [family, style, weight] = JSON.parse(key);
    Object.assign(line.style, { fontFamily: family, fontStyle: style, fontWeight: weight });
    line.className = "probe";
    line.textContent = [...letters].join(" ");
    document.body.append(line);
    return [key, [...letters].join("")];
  });
}"""


@pytest.mark.parametrize("name", PAGES)
def test_no_letter_comes_from_the_system(visit, name):
    assert name in page_names()
    v = visit(name)
    v.uncover()
    seen = v.page.evaluate(SEEN)
    v.page.evaluate("document.body.offsetHeight")  # asks for what the lines need
    v.page.wait_for_function("document.fonts.status === 'loaded'")
    asked = v.page.context.new_cdp_session(v.page)
    asked.send("DOM.enable")
    asked.send("CSS.enable")
    root = asked.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]

    def from_system(selector: str) -> bool:
        node = asked.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        fonts = asked.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        return any(not font["isCustomFont"] for font in fonts)

    show = "([k, text]) => { document.querySelectorAll('.probe')[k].id = `probe-${k}`;" \
           " document.querySelectorAll('.probe')[k].textContent = text; }"
    wrong = {}
    for k, (key, letters) in enumerate(seen):
        known = [letter for letter in letters if letter not in NOWHERE]
        v.page.evaluate(show, [k, "".join(known)])
        if not from_system(f"#probe-{k}"):
            continue
        for letter in known:
            v.page.evaluate(show, [k, letter])
            if from_system(f"#probe-{k}"):
                wrong.setdefault(letter, []).append(json.loads(key))
    assert len(seen) > 2
    assert not wrong


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_loads_only_what_is_cut(visit, name):
    v = visit(name)
    v.uncover()
    v.page.evaluate(f"() => {{ {WHOLE} document.body.offsetHeight; }}")
    v.page.wait_for_function("document.fonts.status === 'loaded'")
    whole = [u for u in v.requests if u.endswith(".woff2") and not u.endswith(".cut.woff2")]
    assert not whole
    sent = [u.rpartition("/")[2] for u in v.requests if u.endswith(".cut.woff2")]
    assert sum((HTML / "_static" / "fonts" / file).stat().st_size for file in sent) < 15_000


@pytest.mark.parametrize(("face", "text"), [
    ("1em 'Book Serif'", "aβ"), ("italic 1em 'Book Serif'", "a"), ("1em 'Book Sans'", "aηκθ"),
    ("1em KaTeX_Main", "a≤"), ("italic 1em KaTeX_Math", "aη")])
def test_what_every_page_is_set_in_is_in_its_style_sheet(visit, face, text):
    v = visit("genindex.html")
    fonts = len([u for u in v.requests if u.endswith(".woff2")])
    v.page.evaluate("(asked) => document.fonts.load(...asked).then(() => true)", [face, text])
    assert v.page.evaluate("(asked) => document.fonts.check(...asked)", [face, text])
    assert len([u for u in v.requests if u.endswith(".woff2")]) == fonts
