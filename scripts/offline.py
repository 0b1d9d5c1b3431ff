"""Pack the built site into one file that opens from disk, the same bytes from the same site.

    python scripts/offline.py                    writes _build/mathml-offline.zip
    python scripts/offline.py --to FOLDER        writes it there
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
NAME = "mathml-offline.zip"
FOLDER = "mathml"  # what the reader unpacks
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of the dates that a zip can have
# What only a web server needs, by first part of the path.
SERVED = {"404.html", "sitemap.xml", "robots.txt", ".buildinfo", ".nojekyll", "objects.inv", NAME}
CARDS = "_images/cards/"


def files(site: Path) -> list[str]:
    """Return what a reader without a network needs of a site, in order."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return sorted(name for name in names if name not in SERVED and not name.startswith(CARDS))


def pack(site: Path, target: Path) -> int:
    """Write the file and return its size in bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in files(site):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # files of Unix that all may read, wherever this runs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (site / name).read_bytes(), compresslevel=9)
    return target.stat().st_size


def main() -> None:
    """Pack the site that `make book` built."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=HTML.parent, metavar="FOLDER")
    folder = parser.parse_args().to
    if not (HTML / "index.html").is_file():
        sys.exit(f"error: there is no site at {HTML}; build it with make book")
    size = pack(HTML, folder / NAME)
    print(f"The book as one file: {folder / NAME}, {size / 1e6:.1f} MB; "
          f"unpack it and open {FOLDER}/index.html")


if __name__ == "__main__":
    main()
