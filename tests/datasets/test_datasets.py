"""The data sets: what the chapters and DATA.md say of them."""

import importlib.util
import io
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, special
from sklearn.datasets import load_breast_cancer as sklearn_breast_cancer
from sklearn.datasets import load_digits as sklearn_digits

from mathml import datasets
from mathml.datasets import (
    Dataset,
    load_breast_cancer,
    load_challenger,
    load_digits,
    load_horse_kicks,
    load_penguins,
    load_toy_spam,
)

ROOT = Path(__file__).resolve().parents[2]
LOADERS = [getattr(datasets, name) for name in datasets.__all__ if name.startswith("load_")]


@pytest.mark.parametrize("load", LOADERS, ids=lambda f: f.__name__)
def test_every_data_set_is_described_and_consistent(load):
    d = load()
    assert d.data.ndim == 2
    assert len(d.feature_names) == len(d.units) == d.data.shape[1]
    assert all(text.strip() for text in (d.source, d.licence, *d.feature_names, *d.units))
    if d.target is not None:
        assert d.target.shape == (len(d.data),)
        np.testing.assert_array_equal(np.unique(d.target), np.arange(len(d.target_names)))
    assert all(column.shape == (len(d.data),) for column in d.other.values())
    page = (ROOT / "DATA.md").read_text(encoding="utf-8")
    assert f"`{load.__name__}`" in page
    assert d.licence in page
    assert f"| {len(d.data)} × {d.data.shape[1]} " in page


@pytest.mark.parametrize("load", LOADERS, ids=lambda f: f.__name__)
def test_a_loader_returns_fresh_arrays(load):
    first = load()
    column = first[first.feature_names[0]]
    first.data[:] = first.data[-1, -1]
    np.testing.assert_array_equal(load()[first.feature_names[0]], column)


def test_penguins_missing_value_policy():
    complete, everything = load_penguins(), load_penguins(drop_missing=False)
    assert complete.data.shape == (342, 4)
    assert everything.data.shape == (344, 4)
    assert np.isnan(everything.data).all(axis=1).sum() == 2  # no row lacks only some measurements
    keep = ~np.isnan(everything.data).any(axis=1)
    np.testing.assert_array_equal(complete.data, everything.data[keep])
    np.testing.assert_array_equal(np.bincount(everything.target), [152, 68, 124])
    assert set(complete["island"]) == {"Biscoe", "Dream", "Torgersen"}
    assert set(complete["sex"]) == {"female", "male", "NA"}
    assert set(complete["year"]) == {2007, 2008, 2009}
    with pytest.raises(TypeError, match="drop_missing must be True or False, got 'no'; pass a b"):
        load_penguins(drop_missing="no")


def test_penguins_show_simpsons_paradox():
    d = load_penguins()
    x, y = d["bill_length_mm"], d["bill_depth_mm"]
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(-0.235, abs=5e-4)
    within = [np.corrcoef(x[d.target == k], y[d.target == k])[0, 1] for k in range(3)]
    assert within == pytest.approx([0.391, 0.654, 0.643], abs=5e-4)


def test_penguins_principal_component_shares():
    x = load_penguins().data
    raw = np.linalg.eigvalsh(np.cov(x.T))[::-1]
    standardised = np.linalg.eigvalsh(np.corrcoef(x.T))[::-1]
    assert raw[0] / raw.sum() == pytest.approx(0.99989, abs=5e-6)
    assert standardised / 4 == pytest.approx([0.688, 0.193, 0.091, 0.027], abs=6e-4)


def test_challenger_reproduces_the_published_fit():
    d = load_challenger()
    assert d.data.shape == (23, 1)
    assert d.target.sum() == 7
    x = np.column_stack([np.ones(23), d["temperature"]])
    score = optimize.root(lambda w: x.T @ (special.expit(x @ w) - d.target), [15.0, -0.2])
    assert score.success
    assert score.x == pytest.approx([15.0429, -0.232163], rel=1e-5)
    assert special.expit(score.x @ [1, 53]) == pytest.approx(0.939, abs=5e-4)


def test_horse_kicks_look_like_a_poisson_sample():
    d = load_horse_kicks()
    x = np.repeat(d["deaths"], d["corps_years"])
    assert x.size == 200
    assert x.mean() == pytest.approx(0.61)
    assert x.var(ddof=1) == pytest.approx(0.611, abs=5e-4)


def test_toy_spam_has_forty_different_plain_messages():
    d = load_toy_spam()
    messages = d["message"].tolist()
    assert len(set(messages)) == 40
    assert all(message.replace(" ", "").isalpha() for message in messages)
    np.testing.assert_array_equal(np.bincount(d.target), [22, 18])


def test_digits_are_scikit_learns_and_pixels_are_counts():
    d, reference = load_digits(), sklearn_digits()
    np.testing.assert_array_equal(d.data, reference.data)
    np.testing.assert_array_equal(d.target, reference.target)
    np.testing.assert_array_equal(d["pixel_3_4"], reference.images[:, 3, 4])
    assert d.data.dtype == float
    singular = np.linalg.svd(d.data - d.data.mean(axis=0), compute_uv=False)
    share = np.cumsum(singular**2) / np.sum(singular**2)
    assert (np.searchsorted(share, [0.5, 0.9, 0.95]) + 1).tolist() == [5, 21, 29]


@pytest.mark.parametrize("name", ["digits", "breast_cancer"])
def test_the_script_makes_the_shipped_arrays_and_the_same_bytes_twice(name):
    spec = importlib.util.spec_from_file_location("make_data", ROOT / "scripts" / "make_data.py")
    make_data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_data)
    make = getattr(make_data, f"{name}_npz")
    made = make()
    assert made == make()
    assert len(made) < 80_000
    # bytes may differ between versions of zlib, so the arrays are what must agree
    with np.load(io.BytesIO(made)) as new, np.load(ROOT / f"mathml/data/{name}.npz") as shipped:
        assert set(new) == set(shipped)
        assert all(np.array_equal(new[key], shipped[key]) for key in new)


def test_a_column_is_found_by_name_and_its_absence_is_explained():
    d = load_challenger()
    assert d["flight"][13] == "STS-51-C"
    with pytest.raises(ValueError, match=r"column must be one of \('temperature', 'flight'\), got"):
        d["pressure"]
    with pytest.raises(TypeError, match="column must be a name, got 0; pass a string"):
        d[0]
    with pytest.raises(ValueError, match="data must have a name and a unit per column"):
        Dataset("x", np.ones((3, 2)), ("a",), ("m",), None, (), "here", "none")
    for target, other in (([0, 1], {}), (None, {"year": np.arange(4)}), ([[0], [1], [1]], {})):
        with pytest.raises(ValueError, match=r"(target|year) must have an entry per row, got shape "
                                             r".* for data of shape \(3, 1\)"):
            Dataset("x", np.ones((3, 1)), ("a",), ("m",), target, ("c", "d"), "here", "none", other)
    assert "pixel_0_0 [count], ..., pixel_7_7" in repr(load_digits())


def test_breast_cancer_is_scikit_learns_with_malignant_as_one():
    d, reference = load_breast_cancer(), sklearn_breast_cancer()
    assert np.array_equal(d.data, reference.data)
    assert np.array_equal(d.target, 1 - reference.target)
    assert d["mean_radius"].tolist() == reference.data[:, 0].tolist()
    assert d["worst_fractal_dimension"].tolist() == reference.data[:, 29].tolist()
