"""The course's data sets: small, in the package, each with units, source and licence.

``DATA.md`` tells where every file comes from. A loader reads its file afresh, so you may change
what it returns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np

from mathml._check import as_bool

__all__ = ["Dataset", "load_breast_cancer", "load_challenger", "load_digits",
           "load_horse_kicks", "load_penguins", "load_toy_spam"]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A table with its meaning: ``dataset["column"]`` is one column.

    Parameters
    ----------
    name : str
    data : ndarray, shape (n, d)
        One row per example, one column per feature.
    feature_names, units : tuple of str, length d
    target : ndarray of int, shape (n,), or None
        Class labels 0, 1, ..., K-1, an index into ``target_names``.
    target_names : tuple of str, length K
    source, licence : str
    other : mapping from name to ndarray, shape (n,)
        Columns which are no features: places, years.

    Raises
    ------
    ValueError
        If ``data`` is no table with one name and one unit per column, or the target or another
        column has not one entry per row.

    Examples
    --------
    >>> challenger = load_challenger()
    >>> challenger
    Dataset('challenger', 23 x 1: temperature [°F]; classes: no distress, distress)
    >>> float(challenger["temperature"].min())
    53.0
    """

    name: str
    data: np.ndarray
    feature_names: tuple[str, ...]
    units: tuple[str, ...]
    target: np.ndarray | None
    target_names: tuple[str, ...]
    source: str
    licence: str
    other: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        shape, d = np.shape(self.data), len(self.feature_names)
        if shape[1:] != (d,) or len(self.units) != d:
            raise ValueError(f"data must have a name and a unit per column, got shape {shape}, "
                             f"{d} names and {len(self.units)} units; make them agree")
        for name, column in {"target": self.target, **self.other}.items():
            if column is not None and np.shape(column) != shape[:1]:
                raise ValueError(f"{name} must have an entry per row, got shape "
                                 f"{np.shape(column)} for data of shape {shape}; make them agree")

    def __getitem__(self, column: str) -> np.ndarray:
        if not isinstance(column, str):
            raise TypeError(f"column must be a name, got {column!r:.40}; pass a string")
        if column in self.feature_names:
            return self.data[:, self.feature_names.index(column)].copy()
        if column in self.other:
            return self.other[column].copy()
        raise ValueError(f"column must be one of {(*self.feature_names, *self.other)}, "
                         f"got {column!r}; choose one of these")

    def __repr__(self) -> str:
        n, d = self.data.shape
        pairs = [f"{name} [{unit}]" for name, unit in
                 zip(self.feature_names, self.units, strict=True)]
        shown = ", ".join(pairs) if d <= 6 else f"{pairs[0]}, ..., {pairs[-1]}"
        classes = f"; classes: {', '.join(self.target_names)}" if self.target_names else ""
        return f"Dataset({self.name!r}, {n} x {d}: {shown}{classes})"


def load_penguins(*, drop_missing: bool = True) -> Dataset:
    """Body measurements of three species of penguins near Palmer Station, Antarctica.

    Bill length and depth and flipper length in mm, body mass in g; the target is the species
    (0 Adelie, 1 Chinstrap, 2 Gentoo). ``other`` holds ``island``, ``sex`` ("NA" if unknown)
    and ``year``.

    Parameters
    ----------
    drop_missing : bool, default True
        The file has 344 rows, two of which lack all four measurements. True drops these two
        and leaves 342; False keeps them, as NaN. Nothing is ever imputed.

    Returns
    -------
    Dataset
        342 (or 344) rows, 4 features. Licence CC0.

    Raises
    ------
    TypeError
        If ``drop_missing`` is neither True nor False.

    References
    ----------
    Gorman, Williams & Fraser (2014), *PLoS ONE* 9(3): e90081.
    Horst, Hill & Gorman (2020), the R package palmerpenguins.

    Examples
    --------
    >>> penguins = load_penguins()
    >>> penguins.data.shape, penguins.target_names
    ((342, 4), ('Adelie', 'Chinstrap', 'Gentoo'))
    >>> bool(np.isnan(load_penguins(drop_missing=False).data).any())
    True
    """
    drop_missing = as_bool(drop_missing, "drop_missing")
    table = _read_csv("penguins.csv")
    features = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    columns = [np.where(table[f] == "NA", "nan", table[f]).astype(float) for f in features]
    data = np.stack(columns, axis=1)                              # (344, 4)
    keep = ~np.isnan(data).any(axis=1) if drop_missing else np.full(len(data), True)
    names, species = np.unique(table["species"], return_inverse=True)
    other = {"island": table["island"][keep], "sex": table["sex"][keep],
             "year": table["year"][keep].astype(int)}
    return Dataset("penguins", data[keep], features, ("mm", "mm", "mm", "g"), species[keep],
                   tuple(names.tolist()), "Gorman, Williams & Fraser (2014); Horst, Hill & "
                   "Gorman (2020), palmerpenguins 0.1.4", "CC0 1.0", other)


def load_challenger() -> Dataset:
    """Launch temperature and O-ring distress of the 23 shuttle flights before Challenger.

    The temperature at the field joints in °F; the target is 1 if any of the six primary O-rings
    showed erosion or blow-by. ``other["flight"]`` names the flight. STS-4 is absent: its
    boosters were lost at sea. No value is missing.

    Returns
    -------
    Dataset
        23 rows, 1 feature. Work of the US government, public domain.

    References
    ----------
    Presidential Commission on the Space Shuttle Challenger Accident (1986), vol. I.
    Dalal, Fowlkes & Hoadley (1989), *JASA* 84(408): 945-957.

    Examples
    --------
    >>> challenger = load_challenger()
    >>> challenger["temperature"][challenger.target == 1].tolist()
    [70.0, 57.0, 63.0, 70.0, 53.0, 75.0, 58.0]
    """
    table = _read_csv("challenger.csv")
    return Dataset("challenger", table["temperature_f"].astype(float)[:, None], ("temperature",),
                   ("°F",), table["distress"].astype(int), ("no distress", "distress"),
                   "Rogers Commission (1986); Dalal, Fowlkes & Hoadley (1989)", "public domain",
                   {"flight": table["flight"]})


def load_horse_kicks() -> Dataset:
    """Deaths by horse kick in the Prussian army: 200 corps-years, 10 corps, 1875 to 1894.

    A table of counts: in ``corps_years`` of the 200 corps-years there were ``deaths`` deaths. Of
    fourteen corps these are the ten that were organised alike. No value is missing; there is no
    target.

    Returns
    -------
    Dataset
        5 rows, 2 integer columns. Public domain by age.

    References
    ----------
    Bortkiewicz (1898), *Das Gesetz der kleinen Zahlen*.

    Examples
    --------
    >>> kicks = load_horse_kicks()
    >>> x = np.repeat(kicks["deaths"], kicks["corps_years"])  # one entry per corps-year
    >>> x.size, float(x.mean())
    (200, 0.61)
    """
    table = _read_csv("horse_kicks.csv")
    data = np.stack([table["deaths"], table["corps_years"]], axis=1).astype(int)  # (5, 2)
    return Dataset("horse_kicks", data, ("deaths", "corps_years"), ("deaths", "corps-years"),
                   None, (), "Bortkiewicz (1898)", "public domain")


def load_toy_spam() -> Dataset:
    """Forty short messages invented for this course, 18 of them spam.

    The only column is the message, lower and upper case, without punctuation; the target is
    1 for spam. No value is missing.

    Returns
    -------
    Dataset
        40 rows, 1 column of strings. Written for the course, under the licence of its text.

    Examples
    --------
    >>> spam = load_toy_spam()
    >>> print(spam["message"][0], "/", spam.target_names[spam.target[0]])
    Win a free prize now / spam
    """
    table = _read_csv("toy_spam.csv")
    return Dataset("toy_spam", table["message"][:, None], ("message",), ("text",),
                   (table["label"] == "spam").astype(int), ("ham", "spam"),
                   "written for this course", "CC BY 4.0")


def load_digits() -> Dataset:
    """Handwritten digits, 8 x 8 pixels: the test part of UCI's optical recognition data.

    Feature ``pixel_r_c`` counts the inked points, 0 to 16, in one 4 x 4 block of the scan:
    ``data[i].reshape(8, 8)`` is image i. The target is the digit. No value is missing.

    Returns
    -------
    Dataset
        1797 rows, 64 features (float). Licence CC BY 4.0.

    References
    ----------
    Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository.

    Examples
    --------
    >>> digits = load_digits()
    >>> digits.data.shape, int(digits.data.max())
    ((1797, 64), 16)
    """
    arrays = _read_npz("digits.npz")
    # float, not the stored uint8, which would overflow silently in arithmetic
    pixels, labels = arrays["pixels"].astype(float), arrays["labels"].astype(int)
    names = tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8))
    return Dataset("digits", pixels, names, ("count",) * 64, labels, tuple("0123456789"),
                   "Alpaydin & Kaynak (1998), UCI Machine Learning Repository, by way of "
                   "scikit-learn", "CC BY 4.0")


def load_breast_cancer() -> Dataset:
    """Cell nuclei in samples of breast masses: ten measurements, each by mean, error and worst.

    The target is 1 for malignant (212 samples) and 0 for benign (357); scikit-learn's copy of the
    same data codes them the other way round. Lengths are in pixels of the image. No value is
    missing.

    Returns
    -------
    Dataset
        569 rows, 30 features (float). Licence CC BY 4.0.

    References
    ----------
    Street, Wolberg & Mangasarian (1993), Nuclear feature extraction for breast tumor diagnosis,
    SPIE 1905: 861-870.

    Examples
    --------
    >>> cancer = load_breast_cancer()
    >>> cancer.data.shape, int(cancer.target.sum())
    ((569, 30), 212)
    """
    arrays = _read_npz("breast_cancer.npz")
    measures = {"radius": "px", "texture": "grey level", "perimeter": "px", "area": "px²",
                "smoothness": "1", "compactness": "1", "concavity": "1", "concave_points": "1",
                "symmetry": "1", "fractal_dimension": "1"}
    names = tuple(f"{kind}_{m}" for kind in ("mean", "error", "worst") for m in measures)
    return Dataset("breast_cancer", arrays["measurements"], names, tuple(measures.values()) * 3,
                   arrays["malignant"].astype(int), ("benign", "malignant"),
                   "Street, Wolberg & Mangasarian (1993), UCI Machine Learning Repository, by way "
                   "of scikit-learn", "CC BY 4.0")


def _read_npz(name: str) -> dict[str, np.ndarray]:
    content = files("mathml").joinpath("data", name).read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def _read_csv(name: str) -> dict[str, np.ndarray]:
    """The columns of a csv file in ``mathml/data``, as arrays of strings."""
    lines = files("mathml").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    header, *rows = csv.reader(lines)
    return {column: np.array(values) for column, values in
            zip(header, zip(*rows, strict=True), strict=True)}
