"""The door of every public function: what it lets in, and what it says where it does not."""

import math
from fractions import Fraction

import numpy as np
import pytest

from mathml import _check
from mathml.bayes import BetaBernoulli, GridPosterior
from mathml.estimation import Bernoulli, Normal, fit_bernoulli, fit_categorical, fit_poisson
from mathml.information import mutual_information
from mathml.integrate import trapezoid_error
from mathml.linear_model import fit_logistic, fit_softmax
from mathml.norms import lp_norm
from mathml.probability import Joint

ABOVE, BELOW = np.nextafter(1, 2), np.nextafter(1, 0)


@pytest.mark.parametrize(("interval", "inside", "outside"), [
    ("[0, 1]", [0, -0.0, 1, 0.5, 5e-324], [-5e-324, ABOVE, math.inf, math.nan]),
    ("(0, 1)", [5e-324, BELOW], [0, -0.0, 1, -1]),
    ("[0, 1)", [0, BELOW], [1, -5e-324]),
    ("(0, inf)", [5e-324, 1.7e308], [0, math.inf, -1]),
    ("(0, inf]", [math.inf, 3], [0, math.nan, -math.inf]),
    ("[-690, 690]", [-690, 690], [np.nextafter(690, 700), -691]),
    ("(-inf, inf)", [-1.7e308, 1.7e308, 0], [math.inf, -math.inf, math.nan]),
    ("[-inf, inf]", [math.inf, -math.inf, 0], [math.nan])])
def test_an_interval_holds_its_ends_or_not_as_its_brackets_say(interval, inside, outside):
    for x in inside:
        for same in (x, np.float64(x), np.array(x, dtype=float)):
            assert _check.as_scalar(same, "x", interval) == x
            assert type(_check.as_scalar(same, "x", interval)) is float
    for x in outside:
        with pytest.raises(ValueError, match=r"^x must .*, got .*; choose a value") as caught:
            _check.as_scalar(x, "x", interval)
        finite = interval == "(-inf, inf)"
        assert ("be finite" if finite else f"lie in {interval}") in str(caught.value)


@pytest.mark.parametrize("x", [3, True, np.int8(3), np.float32(0.5), Fraction(1, 2), np.bool_(True),
                               np.array(3), np.array(Fraction(1, 2)), np.longdouble(2), 1.7e308])
def test_a_single_number_of_any_kind_is_a_float(x):
    assert _check.as_scalar(x, "x") == float(x)


def test_numbers_that_no_float_holds_are_refused():
    for huge in (10**400, Fraction(10**400), [1, 10**400], np.array([10**400])):
        with pytest.raises(ValueError, match=r"x must fit into floats, got .*; rescale the input"):
            _check.as_float_array(huge, "x")
    with pytest.raises(ValueError, match="x must fit into floats"):
        _check.as_scalar(10**400, "x")
    if np.finfo(np.longdouble).max > 1e308:
        with pytest.raises(ValueError, match="x must be finite, got inf"):
            _check.as_float_array(np.array([np.longdouble(2) ** 2000]), "x")


@pytest.mark.parametrize(("x", "whole"), [(7, 7), (7.0, 7), (np.float32(7), 7), (np.int16(7), 7),
                                          (np.array(7), 7), (Fraction(14, 2), 7), (-0.0, 0),
                                          (10**400, None), (7.5, None), (math.inf, None),
                                          (np.float64(np.nan), None), (True, None), ("7", None),
                                          (np.array([7]), None), (Fraction(1, 2), None),
                                          (np.ma.masked, None), (7 + 0j, None)])
def test_a_whole_number_of_any_kind_is_an_int(x, whole):
    if whole is None:
        with pytest.raises((TypeError, ValueError), match=r"n must be .*, got .*; "):
            _check.as_int(x, "n", high=100)
    else:
        assert _check.as_int(x, "n", high=100) == whole
        assert type(_check.as_int(x, "n", high=100)) is int


@pytest.mark.parametrize("ends", [(1, 3), (3, 5)])
def test_the_ends_of_an_integer_range_belong_to_it(ends):
    low, high = ends
    assert [_check.as_int(n, "n", low=low, high=high) for n in ends] == list(ends)
    for n in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"at least {low} and at most {high}, got {n}; "):
            _check.as_int(n, "n", low=low, high=high)


def test_a_probability_may_stray_by_rounding_alone():
    assert Bernoulli(ABOVE).p == 1.0
    assert Bernoulli(-1e-17).p == 0.0
    assert Bernoulli(1 + 1e-8).p == 1.0
    assert Bernoulli(np.float32(1 + 1e-6)).p == 1.0
    for p in (1 + 2e-8, -2e-8, 1 + 1e-6, Fraction(10**20 + 1, 10**20), math.inf):
        with pytest.raises(ValueError, match=r"p must .*, got .*; choose"):
            Bernoulli(p)


@pytest.mark.parametrize(("call", "culprit"), [
    (lambda: Bernoulli(1 + 1e-7), "1.0000001"),
    (lambda: fit_bernoulli([1 + 1e-9, 0]), "1.000000001"),
    (lambda: fit_categorical([0, 10**6 + 1]), "1000001"),
    (lambda: fit_categorical([0, 1 + 1e-12]), "1.000000000001"),
    (lambda: fit_poisson([3, 2 + 1e-9]), "2.000000001"),
    (lambda: Normal(0, -1e-300), "-1e-300"),
    (lambda: BetaBernoulli(1, 1).interval(ABOVE), "1.0000000000000002"),
    (lambda: BetaBernoulli(1e300, 1.0000000001e300), "1.0000000001e+300"),
    (lambda: Joint([0.5, 0.5 + 2**-20], ["X"]), "1.0000009536743164"),
    (lambda: Joint([Fraction(1, 2), Fraction(1, 3)], ["X"]), "5/6"),
    (lambda: GridPosterior([0, 1]).probability(1 + 1e-12, 1), "1.000000000001 > 1"),
    (lambda: trapezoid_error(1, 1 + 1e-12, 1, 3), "1"),
    (lambda: lp_norm([1.0], 1j), "1j")])
def test_a_message_shows_every_digit_of_what_is_wrong(call, culprit):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert f", got {culprit};" in str(caught.value)


@pytest.mark.parametrize("y", [["a", "b", "a", "b"], np.array(["a", "b", "a", "b"]),
                               np.array(["a", "b", "a", "b"], dtype=object)])
def test_classes_with_names_are_told_how_to_get_numbers(y):
    X = [[0.0], [1.0], [2.0], [3.0]]
    for call in (lambda: fit_logistic(X, y), lambda: fit_softmax(X, y), lambda: fit_categorical(y)):
        with pytest.raises(TypeError, match=r"; encode the classes with np\.unique\(y, return_inv"):
            call()
    with pytest.raises(TypeError, match=r"x must hold only 0 and 1, got .*; encode the two"):
        fit_bernoulli(y)


@pytest.mark.parametrize(("x", "culprit"), [
    ([0.5, None], "None"), ([1.0, "2"], "'1.0'"), (np.array([1, "2"], dtype=object), "'2'"),
    ("ab", "'ab'"), ([1, 2j], r"\(1\+0j\)"), ({"a": 1}, "{'a': 1}"), ([[1.0], [{}]], "{}")])
def test_what_is_no_number_is_shown(x, culprit):
    with pytest.raises(TypeError, match=f"^x must hold real numbers, got {culprit}; convert it to"):
        _check.as_float_array(x, "x")


@pytest.mark.parametrize(("allowed", "value"), [({}, None), ({"neg_inf": True}, -math.inf),
                                                ({"missing": True}, math.nan)])
def test_what_is_not_finite_comes_in_where_it_is_allowed_alone(allowed, value):
    for x in (math.inf, -math.inf, math.nan):
        if str(x) == str(value):
            assert str(_check.as_float_array([1.0, x], "x", **allowed)[1]) == str(x)
        else:
            with pytest.raises(ValueError, match=f"x must be finite, got {x}; remove or impute"):
                _check.as_float_array([1.0, x], "x", **allowed)


def test_a_column_for_a_table_is_told_what_a_table_is():
    with pytest.raises(ValueError, match="; give a row for each value of X and a column for"):
        mutual_information([0.5, 0.5])
    with pytest.raises(ValueError, match=r"one feature is a column: use \.reshape\(-1, 1\)"):
        fit_softmax([1.0, 2.0], [0, 1])


@pytest.mark.parametrize(("low", "wording"), [(1, "at least 1 entry, got 0"),
                                              (2, "at least 2 entries, got 0")])
def test_one_entry_is_no_entries(low, wording):
    with pytest.raises(ValueError, match=f"x must have {wording}; pass more data"):
        _check.as_vector([], "x", min_size=low)
    assert _check.as_vector(range(low), "x", min_size=low).size == low


def test_a_mask_is_seen_in_a_list_as_well():
    row = np.ma.array([1.0, 2.0], mask=[False, True])
    for x in ([row, row], [1.0, np.ma.masked], np.ma.masked, (row,)):
        with pytest.raises(ValueError, match="x must have no masked entries, got 1; fill or"):
            _check.as_float_array(x, "x")
    assert _check.as_float_array([row[:1], [3.0]], "x").tolist() == [[1.0], [3.0]]


def test_what_comes_in_is_neither_changed_nor_handed_on():
    x = np.array([1.0, 2.0])
    for a in (_check.as_float_array(x, "x"), _check.as_vector(x, "x"), _check.as_pmf(x / 3, "x"),
              _check.as_returned_gradient(x, "grad", (2,))):
        assert not np.shares_memory(a, x)


def test_one_number_that_overflowed_spoils_a_result():
    assert _check.finite_result([1.0, 2.0], "the sum") == [1.0, 2.0]
    for overflowed in (math.inf, [1.0, -math.inf], np.array([[1.0], [math.nan]])):
        with pytest.raises(ValueError, match=r"(?s)the sum must fit into a float, got .*; resc"):
            _check.finite_result(overflowed, "the sum")


def test_labels_stay_below_a_million_and_the_column_count():
    assert fit_categorical([0, 1]).p == (0.5, 0.5)
    assert _check.as_labels([10**6, 0], "y").max() == 10**6
    assert _check.as_labels([2, 0], "y", columns=3).tolist() == [2, 0]
    with pytest.raises(ValueError, match="y must hold labels below K = 2, got 2; there must"):
        _check.as_labels([2, 0], "y", columns=2)
