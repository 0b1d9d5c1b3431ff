"""Trees that ask one question about one feature at a time, for numbers and for classes.

One rule serves both. A split is judged by how much it lowers the sum of squared errors of the means
on its two sides; with one-hot labels that sum is n times the Gini impurity, 1 minus the sum of the
squares of the class shares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mathml._check import (
    as_choice,
    as_features,
    as_int,
    as_labels,
    as_matrix,
    as_vector,
    finite_result,
)

TASKS = ("classification", "regression")
LEAF = -1  # in place of a feature


@dataclass(frozen=True, eq=False)
class Tree:
    """A fitted tree; node 0 is its root, and each node stands before its two branches.

    Attributes
    ----------
    feature : ndarray of int ``(m,)``
        Which feature the node asks about; -1 for a leaf.
    threshold : ndarray ``(m,)``
        The question is "is the feature at most this?"; 0 for a leaf.
    yes, no : ndarray of int ``(m,)``
        The nodes of the two answers; -1 for a leaf.
    value : ndarray ``(m, K)`` or ``(m,)``
        Shares of the K classes, or the mean, of the examples that came to the node.
    size : ndarray of int ``(m,)``
        How many examples came to the node.
    depth : int
        The largest number of questions that an example is asked.
    n_leaves : int
        The number of leaves.
    """

    feature: np.ndarray
    threshold: np.ndarray
    yes: np.ndarray
    no: np.ndarray
    value: np.ndarray
    size: np.ndarray
    depth: int
    n_leaves: int
    _columns: int = field(repr=False)

    def apply(self, X) -> np.ndarray:
        """Return the leaf, as the number of its node, in which each row of `X` ends, ``(n,)``.

        Raises
        ------
        ValueError
            If `X` has another number of columns than the data of the fit.

        Examples
        --------
        >>> fit_tree([[0], [1], [5]], [0, 0, 1]).apply([[0.4], [9]]).tolist()
        [1, 2]
        """
        X = as_features(X, self._columns)
        node, rows = np.zeros(len(X), dtype=int), np.arange(len(X))
        for _ in range(self.depth):
            asked = self.feature[node] != LEAF
            at = node[asked]
            yes = X[rows[asked], self.feature[at]] <= self.threshold[at]
            node[asked] = np.where(yes, self.yes[at], self.no[at])
        return node

    def predict_proba(self, X) -> np.ndarray:
        """Return the class shares of the leaf of each row of `X`, ``(n, K)``.

        Raises
        ------
        ValueError
            If the tree predicts numbers, or `X` has another number of columns than the data.

        Examples
        --------
        >>> fit_tree([[0], [1], [5]], [0, 1, 1], max_depth=0).predict_proba([[3]]).round(3).tolist()
        [[0.333, 0.667]]
        """
        if self.value.ndim == 1:
            raise ValueError("the tree must predict classes, got one that predicts numbers; fit it "
                             'with task="classification"')
        return self.value[self.apply(X)]

    def predict(self, X) -> np.ndarray:
        """Return the most frequent class, or the mean, of the leaf of each row of `X`, ``(n,)``.

        Of classes that are equally frequent it is the first.

        Raises
        ------
        ValueError
            If `X` has another number of columns than the data of the fit.

        Examples
        --------
        >>> fit_tree([[0], [1], [5]], [1.0, 3.0, 9.0], task="regression",
        ...          max_depth=1).predict([[0], [4]]).tolist()
        [2.0, 9.0]
        """
        value = self.value[self.apply(X)]
        return value if value.ndim == 1 else np.argmax(value, axis=1)


def fit_tree(X, y, *, max_depth: int | None = None, min_leaf: int = 1,
             task: Literal["classification", "regression"] = "classification") -> Tree:
    r"""Grow a tree, each split the best for itself (CART).

    In a node with the examples S the question :math:`x_j \le t` splits S into A and B; the one with
    the smallest

    .. math:: \sum_{i \in A} \|y_i - \bar y_A\|^2 + \sum_{i \in B} \|y_i - \bar y_B\|^2

    is asked, where t lies midway between two values of the feature that occur in S. (For classes
    the :math:`y_i` are one-hot.) Of questions that are equally good, up to rounding, it is the one
    with the smallest j, then with the smallest t. A node is split until its outputs agree, or its
    examples do, or a limit is reached; a split is made even if it lowers nothing, as the next one
    may.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features. Only the order of the values in a column matters for who goes where.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, or for regression numbers.
    max_depth : int, optional
        The largest number of questions, at least 0. None means no limit.
    min_leaf : int
        The least number of examples in a leaf, at least 1.
    task : {"classification", "regression"}
        What `y` is.

    Returns
    -------
    Tree
        With `predict`, `predict_proba` (classes only), `apply`, `n_leaves` and `depth`.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, the sizes disagree, or squares of `y` overflow.

    References
    ----------
    Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees.

    Examples
    --------
    >>> tree = fit_tree([[0, 3], [1, 1], [5, 2], [6, 4]], [0, 0, 1, 1])
    >>> tree.feature[0].item(), tree.threshold[0].item(), tree.n_leaves
    (0, 3.0, 2)
    """
    X = as_matrix(X, "X")
    as_choice(task, "task", TASKS)
    limit = len(X) if max_depth is None else as_int(max_depth, "max_depth")
    min_leaf = as_int(min_leaf, "min_leaf", low=1)
    if task == "classification":
        labels = as_labels(y, "y", size=len(X))
        Y = (labels[:, None] == np.arange(labels.max() + 1)).astype(float)
    else:
        Y = as_vector(y, "y", size=len(X))[:, None]
        with np.errstate(over="ignore"):
            finite_result(float(np.sum(Y**2)), "the sum of the squares of y")
    nodes: list[list] = []  # feature, threshold, yes, no, value, size, depth
    waiting = [(np.arange(len(X)), 0, None, 0)]
    while waiting:
        rows, depth, parent, branch = waiting.pop()
        if parent is not None:
            nodes[parent][branch] = len(nodes)
        node = [LEAF, 0.0, LEAF, LEAF, Y[rows].mean(axis=0), len(rows), depth]
        nodes.append(node)
        found = _best_question(X[rows], Y[rows], min_leaf) if depth < limit else None
        if found is not None:
            node[0], node[1] = found
            yes = X[rows, found[0]] <= found[1]
            waiting.append((rows[~yes], depth + 1, len(nodes) - 1, 3))
            waiting.append((rows[yes], depth + 1, len(nodes) - 1, 2))
    feature, threshold, yes, no, value, size, depths = (np.array(part)
                                                        for part in zip(*nodes, strict=True))
    return Tree(feature, threshold, yes, no, value if task == "classification" else value[:, 0],
                size, int(depths.max()), int(np.sum(feature == LEAF)), X.shape[1])


def _best_question(X: np.ndarray, Y: np.ndarray, min_leaf: int) -> tuple[int, float] | None:
    """The feature and threshold of the best split, or None where there is none to make."""
    n = len(X)
    if n < 2 * min_leaf or np.all(Y[0] == Y):
        return None
    order = np.argsort(X, axis=0, kind="stable")              # (n, d): each column sorted
    values = np.take_along_axis(X, order, axis=0)
    if Y.shape[1] == 1:  # numbers: of moderate size; one-hot labels stay exact
        Y = Y - Y.mean(axis=0)
        Y = Y / np.abs(Y).max()
    sums = np.cumsum(Y[order], axis=0)                        # (n, d, K)
    left = np.arange(1, n)[:, None]
    # The squares that the means explain: the split with the most has the smallest error.
    explained = (np.sum(sums[:-1] ** 2, axis=2) / left
                 + np.sum((sums[-1] - sums[:-1]) ** 2, axis=2) / (n - left))
    allowed = (values[1:] > values[:-1]) & (left >= min_leaf) & (left <= n - min_leaf)
    if not allowed.any():
        return None
    explained = np.where(allowed, explained, -np.inf).T       # (d, n - 1): features first
    j, k = np.unravel_index(np.argmax(explained), explained.shape)
    low, high = values[k, j], values[k + 1, j]
    middle = low / 2 + high / 2
    return int(j), float(middle if low <= middle < high else low)
