"""The machine held against scikit-learn's and against its optimality conditions."""

import warnings

import numpy as np
import pytest
from sklearn.svm import SVC

from mathml.datasets import load_breast_cancer, load_penguins
from mathml.svm import fit_svm


def standardised(data):
    X = np.asarray(data, dtype=float)
    return (X - X.mean(axis=0)) / X.std(axis=0)


PENGUINS, CANCER = load_penguins(), load_breast_cancer()
X4 = standardised(PENGUINS.data)
# Two penguins of one size are two multipliers of which only the sum is determined.
X2, FIRST = np.unique(X4[:, :2], axis=0, return_index=True)
ADELIE = np.where(np.asarray(PENGUINS.target) == 0, 1, -1)
DATA = {"two lengths": (X2, ADELIE[FIRST]), "four lengths": (X4, ADELIE),
        "breast cancer": (standardised(CANCER.data), 2 * np.asarray(CANCER.target) - 1)}
KERNELS = [("linear", None), ("rbf", None), ("rbf", 5.0)]


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize(("kernel", "gamma"), KERNELS)
@pytest.mark.parametrize("name", DATA)
def test_scikit_learn_finds_the_same_machine(name, kernel, gamma, C):
    X, y = DATA[name]
    machine = fit_svm(X, y, C=C, kernel=kernel, gamma=gamma)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its bound on steps, which is ours, too
        other = SVC(C=C, kernel=kernel, gamma=gamma or "scale", tol=1e-10).fit(X, y)
    assert machine.converged, machine.message
    assert machine.gap <= 1e-6
    assert machine.support.tolist() == sorted(other.support_)
    assert np.allclose(machine.decision(X), other.decision_function(X), atol=5e-3)
    if kernel == "linear":
        assert np.allclose(machine.coef, other.coef_[0], atol=5e-3)


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0, 1e4])
@pytest.mark.parametrize(("kernel", "gamma"), KERNELS)
@pytest.mark.parametrize("name", DATA)
def test_the_optimality_conditions_hold(name, kernel, gamma, C):
    X, y = DATA[name]
    machine = fit_svm(X, y, C=C, kernel=kernel, gamma=gamma)
    assert machine.converged
    alpha, margins = machine.alpha, y * machine.decision(X)
    assert np.all((alpha >= 0) & (alpha <= C))
    assert abs(alpha @ y) <= 1e-9 * C
    tol = 1e-6
    assert np.all(margins[alpha == 0] >= 1 - tol)
    assert np.all(margins[alpha == C] <= 1 + tol)
    assert np.allclose(margins[(alpha > 0) & (alpha < C)], 1, atol=tol)
    assert machine.support.tolist() == np.flatnonzero(alpha).tolist()


def test_the_gap_is_that_of_the_two_values():
    X, y = DATA["two lengths"]
    machine = fit_svm(X, y, C=2.0)
    primal = machine.coef @ machine.coef / 2 + 2 * np.maximum(0, 1 - y * machine.decision(X)).sum()
    dual = machine.alpha.sum() - machine.coef @ machine.coef / 2
    assert np.isclose(primal, dual, atol=1e-8)
    assert np.isclose(machine.margin, 2 / np.linalg.norm(machine.coef))
    for change in (1e-3, -1e-3):  # the primal value is a minimum in b, too
        worse = np.maximum(0, 1 - y * (machine.decision(X) + change)).sum()
        assert worse > np.maximum(0, 1 - y * machine.decision(X)).sum()


def test_two_points_by_hand():
    machine = fit_svm([[1, 1], [-1, -1]], [1, -1], C=10)
    assert np.allclose(machine.coef, [0.5, 0.5])
    assert np.isclose(machine.intercept, 0)
    assert np.isclose(machine.margin, 2 * np.sqrt(2))
    assert np.allclose(machine.alpha, 0.25)


def test_two_points_and_a_price_below_what_the_margin_costs():
    machine = fit_svm([[1, 1], [-1, -1]], [1, -1], C=0.1)
    assert np.allclose(machine.alpha, 0.1)
    assert np.allclose(machine.coef, [0.2, 0.2])


def test_points_in_one_place_cannot_be_parted():
    machine = fit_svm([[1.0], [1.0], [1.0]], [1, -1, 1], C=1)
    assert machine.converged
    assert machine.margin == np.inf
    assert np.allclose(machine.decision([[1.0], [5.0]]), 1)


def test_another_order_of_the_points_gives_the_same_machine():
    X, y = DATA["two lengths"]
    order = np.random.default_rng(0).permutation(len(y))
    one, other = fit_svm(X, y, C=1.0), fit_svm(X[order], y[order], C=1.0)
    assert np.allclose(one.coef, other.coef)
    assert sorted(order[other.support]) == one.support.tolist()


@pytest.mark.parametrize(("change", "message"), [
    ({"y": [0, 1, 1]}, "2\\*y - 1"), ({"y": [1, 1, 1]}, "both classes"), ({"C": 0.0}, "C must"),
    ({"kernel": "poly"}, "kernel must"), ({"gamma": 1.0}, "gamma must be None"),
    ({"kernel": "rbf", "gamma": -1.0}, "gamma must"),
    ({"kernel": "rbf", "X": [[1.0], [1.0], [1.0]]}, "X must vary"),
    ({"X": [[1e200], [0], [1]]}, "kernel of X")])
def test_what_is_wrong_is_told(change, message):
    arguments = {"X": [[0.0], [1.0], [2.0]], "y": [-1, 1, 1], "C": 1.0} | change
    with pytest.raises(ValueError, match=message):
        fit_svm(**arguments)


def test_other_columns_than_those_of_the_fit_are_told():
    machine = fit_svm([[0.0], [1.0]], [-1, 1], C=1.0)
    with pytest.raises(ValueError, match=r"1 columns, got shape \(1, 2\)"):
        machine.decision([[1.0, 2.0]])
