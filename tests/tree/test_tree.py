"""Trees: every split against brute force, and whole trees against scikit-learn's."""

import itertools

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from mathml.tree import fit_tree


def classes(seed, n=60, d=3, k=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, (X[:, 0] + rng.normal(size=n) > 0).astype(int) + (k > 2) * (X[:, 1] > 0.5)


def squared(Y):
    return np.sum((Y - Y.mean(axis=0)) ** 2)


def gini_times_n(labels):
    p = np.bincount(labels) / len(labels)
    return len(labels) * (1 - np.sum(p**2))


def best_by_trying(X, cost, min_leaf):
    """The least cost over all questions."""
    least = np.inf
    for j in range(X.shape[1]):
        values = np.unique(X[:, j])
        for t in (values[1:] + values[:-1]) / 2:
            yes = X[:, j] <= t
            if min(yes.sum(), (~yes).sum()) >= min_leaf:
                least = min(least, cost(yes) + cost(~yes))
    return least


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("min_leaf", [1, 5])
def test_the_first_question_is_the_best_of_all(seed, min_leaf):
    X, y = classes(seed, n=25)
    X = np.round(X, 1)  # with ties
    tree = fit_tree(X, y, max_depth=1, min_leaf=min_leaf)
    yes = X[:, tree.feature[0]] <= tree.threshold[0]
    assert np.isclose(gini_times_n(y[yes]) + gini_times_n(y[~yes]),
                      best_by_trying(X, lambda rows: gini_times_n(y[rows]), min_leaf))
    numbers = X[:, 0] ** 2 + y
    tree = fit_tree(X, numbers, max_depth=1, min_leaf=min_leaf, task="regression")
    yes = X[:, tree.feature[0]] <= tree.threshold[0]
    assert np.isclose(squared(numbers[yes]) + squared(numbers[~yes]),
                      best_by_trying(X, lambda rows: squared(numbers[rows]), min_leaf))


def test_gini_is_the_squared_error_of_one_hot_labels():
    labels = np.random.default_rng(0).integers(0, 4, 50)
    assert np.isclose(gini_times_n(labels), squared(np.eye(4)[labels]))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("depth", "min_leaf"), [(None, 1), (3, 1), (None, 7), (2, 4)])
def test_trees_are_scikit_learn_s(seed, depth, min_leaf):
    X, y = classes(seed, n=150)
    new = np.random.default_rng(seed + 100).normal(size=(200, 3))
    ours = fit_tree(X, y, max_depth=depth, min_leaf=min_leaf)
    theirs = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=min_leaf,
                                    random_state=0).fit(X, y)
    # Where two questions are equally good scikit-learn draws one: compare what does not hang on it.
    assert np.isclose(np.sum(ours.size[ours.feature < 0] * np.sum(
        ours.value[ours.feature < 0] * (1 - ours.value[ours.feature < 0]), axis=1)),
        gini_of_leaves(theirs), rtol=0.1, atol=1e-9)
    numbers = X[:, 0] ** 3 + X[:, 1] + 0.1 * np.random.default_rng(seed).normal(size=150)
    ours = fit_tree(X, numbers, max_depth=depth, min_leaf=min_leaf, task="regression")
    theirs = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=min_leaf,
                                   random_state=0).fit(X, numbers)
    assert ours.n_leaves == theirs.get_n_leaves()
    assert ours.depth == theirs.get_depth()
    if (depth, min_leaf) != (None, 1):  # in a node of two examples all questions are equally good
        assert np.mean(np.isclose(ours.predict(new), theirs.predict(new))) > 0.9


def gini_of_leaves(tree):
    t = tree.tree_
    leaf = t.children_left < 0
    return np.sum(t.n_node_samples[leaf] * t.impurity[leaf])


def test_an_unlimited_tree_remembers_everything():
    X, y = classes(0, n=200)
    tree = fit_tree(X, y)
    assert np.array_equal(tree.predict(X), y)
    assert np.array_equal(tree.predict_proba(X), np.eye(3)[y])
    numbers = X.sum(axis=1)
    assert np.allclose(fit_tree(X, numbers, task="regression").predict(X), numbers)


def test_E68_the_leaves_grow_with_the_data():
    """No fixed number of parameters: with noisy labels about a third as many leaves as examples."""
    leaves = []
    for n in (100, 1000, 4000):
        rng = np.random.default_rng(n)
        X = rng.normal(size=(n, 2))
        leaves.append(fit_tree(X, (X[:, 0] + rng.normal(size=n) > 0).astype(int)).n_leaves)
        assert 0.2 * n < leaves[-1] < 0.5 * n


def test_xor_needs_a_split_that_lowers_nothing():
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    assert fit_tree(X, y).predict(X).tolist() == y
    assert fit_tree(X, y, max_depth=1).value[1:].tolist() == [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize("seed", range(5))
def test_only_the_order_of_a_feature_matters(seed):
    X, y = classes(seed)
    changed = np.column_stack([np.exp(X[:, 0]), X[:, 1] ** 3, 1e80 * X[:, 2]])
    assert np.array_equal(fit_tree(X, y, max_depth=4).predict(X),
                          fit_tree(changed, y, max_depth=4).predict(changed))


def test_nodes_stand_before_their_branches_and_share_out_their_examples():
    X, y = classes(3)
    tree = fit_tree(X, y, max_depth=5)
    inner = np.flatnonzero(tree.feature >= 0)
    assert np.all(tree.yes[inner] > inner)
    assert np.array_equal(tree.size[inner], tree.size[tree.yes[inner]] + tree.size[tree.no[inner]])
    assert np.array_equal(np.bincount(tree.apply(X), minlength=len(tree.size))[tree.feature < 0],
                          tree.size[tree.feature < 0])
    assert tree.n_leaves == len(inner) + 1


def test_neighbouring_floats_can_be_told_apart():
    for low, high in itertools.pairwise([1.0, np.nextafter(1, 2), np.nextafter(1, 3) + 2e-16]):
        assert fit_tree([[low], [high]], [0, 1]).predict([[low], [high]]).tolist() == [0, 1]
    assert fit_tree([[-1.7e308], [1.7e308]], [0, 1]).predict([[1.6e308]]).tolist() == [1]


@pytest.mark.parametrize("unit", [1e-170, 1.0, 3e150])
def test_the_unit_of_y_changes_no_split(unit):
    X, y = np.arange(1000.0)[:, None], unit * np.where(np.arange(1000) < 600, 1.0, -1.0)
    assert fit_tree(X, y, max_depth=1, task="regression").threshold[0] == 599.5


def test_what_cannot_be_split_is_a_leaf():
    assert fit_tree([[1], [1]], [0, 1]).value.tolist() == [[0.5, 0.5]]
    assert fit_tree([[1], [2]], [3.0, 3.0], task="regression").n_leaves == 1
    assert fit_tree([[1], [2], [3]], [0, 1, 0], min_leaf=2).n_leaves == 1
    assert fit_tree([[1.0]], [0]).predict([[7.0]]).tolist() == [0]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: fit_tree([[1], [2]], [0, 1], task="ranking"), "task must be one of"),
    (lambda: fit_tree([[1], [2]], [0, 1], max_depth=-1), "max_depth must be at least 0, got -1"),
    (lambda: fit_tree([[1], [2]], [0, 1], min_leaf=0), "min_leaf must be at least 1, got 0"),
    (lambda: fit_tree([[1], [2]], [0.5, 1]), "y must hold labels"),
    (lambda: fit_tree([[1], [2]], [1e200, 1], task="regression"), "squares of y must fit"),
    (lambda: fit_tree([[1], [2]], [0.0, 1], task="regression").predict_proba([[1]]),
     "must predict classes"),
    (lambda: fit_tree([[1], [2]], [0, 1]).predict([[1, 2]]), "X must have 1 columns")])
def test_what_is_wrong_is_told(call, message):
    with pytest.raises(ValueError, match=message):
        call()
