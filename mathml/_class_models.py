"""What classifiers that describe p(x, y) share: a statistic of each class, and Bayes' theorem."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax


class ClassModel:
    r"""A model of p(x, y) with classes 0, ..., K-1; it has a `log_joint`, and Bayes does the rest.

    .. math:: p(y = k \mid x) = \frac{p(x, y = k)}{\sum_j p(x, y = j)}
    """

    def log_joint(self, X) -> np.ndarray:
        """log p(x, y = k) ``(n, K)`` for each row x of `X` ``(n, d)``."""
        raise NotImplementedError

    def predict_proba(self, X) -> np.ndarray:
        """p(y = k | x) ``(n, K)`` for each row of `X` ``(n, d)``.

        Raises
        ------
        ValueError
            If a row has probability 0 in every class: then there is nothing to divide by.
        """
        return softmax(self._possible(X), axis=1)

    def predict(self, X) -> np.ndarray:
        """The most probable class of each row of `X`, as ints ``(n,)``; of equals the first.

        Raises
        ------
        ValueError
            If a row has probability 0 in every class.
        """
        return np.argmax(self._possible(X), axis=1)

    def _possible(self, X) -> np.ndarray:
        """`log_joint` of rows that have some probability in some class."""
        log_joint = self.log_joint(X)
        nowhere = np.flatnonzero(np.max(log_joint, axis=1) == -np.inf)
        if nowhere.size:
            raise ValueError(f"each row of X must be possible in some class, got row {nowhere[0]} "
                             "with probability 0 in all of them; fit with alpha > 0")
        return log_joint


def by_class(X: np.ndarray, y: np.ndarray, statistic) -> np.ndarray:
    """One row, or matrix, of a statistic for each class."""
    return np.array([statistic(X[y == k]) for k in range(y.max() + 1)])


def log_shares(sizes: np.ndarray) -> np.ndarray:
    """Logarithms of the shares of the classes."""
    return np.log(sizes / sizes.sum())
