"""Compare the lengths that the build reckons with a browser's: `python -m benchmarks.lengths`.

For each page, on a wide screen and on a phone, as it is first opened and with all its questions
answered: the true length of its sections in px, and by how much the reckoned one is off, in per
cent. `--sections` also says so of each section that is more than a tenth off. The constants in
`website/lengths.py` are right when no column leans to one side over the whole book.
"""

from __future__ import annotations

import argparse
import shutil
import statistics

from benchmarks.pages import FLAGS, HTML, NAMES

WIDTHS = {"wide": 1280, "phone": 390, "wide-open": 1280, "phone-open": 390}
# Everything is laid out, once; then what is there and what was reckoned, in px. On a page that is
# "open" all questions have been answered.
SECTIONS = """(screen) => {
  if (screen.endsWith("open")) {
    document.querySelectorAll(".covered").forEach((part) => { part.hidden = false; });
    document.querySelectorAll(".cover").forEach((part) => { part.hidden = true; });
  }
  const rule = document.createElement("style");
  rule.textContent = `.article > section > section {
    content-visibility: visible !important; contain: layout }`;
  document.head.append(rule);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return [...document.querySelectorAll(".article > section > section")].map((section) => [
    section.id, section.offsetHeight,
    rem * parseFloat(section.style.getPropertyValue(`--${screen}`))]);
}"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sections", action="store_true")
    each = parser.parse_args().sections
    from playwright.sync_api import sync_playwright

    names = sorted(str(path.relative_to(HTML)) for path in (HTML / "book").rglob("*.html"))
    off: dict[str, list[float]] = {screen: [] for screen in WIDTHS}
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, NAMES)))
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name in names:
            told = []
            for screen, width in WIDTHS.items():
                page = browser.new_page(viewport={"width": width, "height": 900})
                page.goto((HTML / name).as_uri(), wait_until="load")
                sections = page.evaluate(SECTIONS, screen)
                page.close()
                true, reckoned = (sum(s[k] for s in sections) for k in (1, 2))
                if not true:
                    continue
                off[screen].append(100 * (reckoned / true - 1))
                told.append(f"{true:8.0f} {off[screen][-1]:+6.1f} %")
                if each:
                    told += [f"\n    {screen}: {s[0]}: {s[1]:.0f}, reckoned {s[2]:.0f}"
                             for s in sections if abs(s[2] / s[1] - 1) > .1]
            print(f"{name:58} {'  '.join(told)}", flush=True)
        browser.close()
    for screen, values in off.items():
        print(f"{screen}: median {statistics.median(values):+.1f} %, "
              f"from {min(values):+.1f} to {max(values):+.1f} %")


if __name__ == "__main__":
    main()
