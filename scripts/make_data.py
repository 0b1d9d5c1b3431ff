"""Make the data files which come from packages on the Python package index.

Run ``python scripts/make_data.py`` from the repository's root, with pip and scikit-learn
installed; it writes ``penguins.csv``, ``digits.npz`` and ``breast_cancer.npz`` into
``mathml/data/``, and the same bytes every time. The other files there (Challenger, horse kicks,
toy spam) are short, written by hand, and are their own source. ``DATA.md`` describes them all.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.resources
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parents[1] / "mathml" / "data"
PENGUINS = "palmerpenguins==0.1.4"
PENGUINS_SHA256 = "f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93"


def penguins_csv() -> bytes:
    """The csv inside the package's wheel, byte for byte."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                        "--only-binary", ":all:", "--dest", folder, PENGUINS], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        content = zipfile.ZipFile(wheel).read("palmerpenguins/data/penguins.csv")
    found = hashlib.sha256(content).hexdigest()
    if found != PENGUINS_SHA256:
        raise SystemExit(f"penguins.csv must have sha256 {PENGUINS_SHA256}, got {found}; "
                         "review what changed upstream before accepting it")
    return content


def digits_npz() -> bytes:
    """Pixels (1797, 64) and labels (1797,) as bytes, from scikit-learn's gzipped csv."""
    packed = _sklearn_file("digits.csv.gz")
    table = np.loadtxt(io.BytesIO(gzip.decompress(packed)), delimiter=",")
    return _npz(pixels=table[:, :64].astype(np.uint8), labels=table[:, 64].astype(np.uint8))


def breast_cancer_npz() -> bytes:
    """Measurements (569, 30), float, and whether malignant (569,), from scikit-learn's csv."""
    table = np.loadtxt(io.BytesIO(_sklearn_file("breast_cancer.csv")), delimiter=",", skiprows=1)
    malignant = table[:, 30] == 0  # scikit-learn codes malignant as 0
    return _npz(measurements=table[:, :30], malignant=malignant.astype(np.uint8))


def _sklearn_file(name: str) -> bytes:
    return importlib.resources.files("sklearn.datasets.data").joinpath(name).read_bytes()


def _npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array)
            # np.savez_compressed has no compression level; a fixed date keeps the bytes fixed
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(member, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


def main() -> None:
    files = {"penguins.csv": penguins_csv, "digits.npz": digits_npz,
             "breast_cancer.npz": breast_cancer_npz}
    for name, make in files.items():
        content = make()
        (OUT / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
