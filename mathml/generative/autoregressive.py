"""An autoregressive model of bits: each given those before it, by a logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from mathml._check import (
    as_bits,
    as_float_array,
    as_int,
    as_positive,
    as_rng,
    as_vector,
    zeros_and_ones,
)
from mathml.linear_model import fit_logistic

MOST = 10**8  # bits that are drawn in one call


@dataclass(frozen=True, eq=False)
class FVSBN:
    r"""A fully visible sigmoid belief network: a chain of logistic regressions on bits.

    .. math:: P(x) = \prod_{j=1}^d P(x_j \mid x_{<j}), \qquad
              P(x_j = 1 \mid x_{<j}) = \sigma\Bigl(b_j + \sum_{k < j} w_{jk} x_k\Bigr)

    where :math:`k < j` says that bit k comes before bit j in the `order`.

    Attributes
    ----------
    weights : ndarray ``(d, d)``
        Row j holds the weights of bit j; in the order of the bits it is strictly lower triangular:
        ``np.triu(weights[np.ix_(order, order)])`` is 0.
    bias : ndarray ``(d,)``
    order : ndarray of int ``(d,)``
        The bits, by their columns, in the order in which they are drawn.
    converged : bool
        Whether each of the d fits is a minimiser, to the tolerance of `fit_logistic`.
    message : str
        How many fits are, and which is the first that is not.
    """

    weights: np.ndarray
    bias: np.ndarray
    order: np.ndarray
    converged: bool
    message: str

    def log_terms(self, X) -> np.ndarray:
        r"""The terms :math:`\log P(x_j \mid x_{<j})` ``(n, d)`` of each row of `X`.

        Column j belongs to bit j, whatever the order.

        Raises
        ------
        ValueError, TypeError
            If `X` is malformed, has another number of columns, or entries other than 0 and 1.

        Examples
        --------
        >>> model = fit_fvsbn([[0, 0], [1, 1], [0, 1], [1, 1]], penalty=1e6)
        >>> np.exp(model.log_terms([[0, 0], [1, 1]])).round(3).tolist()
        [[0.5, 0.333], [0.5, 0.667]]
        """
        X = as_bits(X, "X", columns=len(self.bias))
        return log_expit((2 * X - 1) * (X @ self.weights.T + self.bias))

    def log_prob(self, X) -> np.ndarray:
        r"""log P(x) ``(n,)`` in nats of each row of `X` ``(n, d)``: the sum of `log_terms`.

        Raises
        ------
        ValueError, TypeError
            As for `log_terms`.

        Examples
        --------
        >>> model = fit_fvsbn([[0, 0], [1, 1], [0, 1], [1, 1]], penalty=0.1)
        >>> float(np.exp(model.log_prob([[0, 0], [0, 1], [1, 0], [1, 1]])).sum().round(12))
        1.0
        """
        return self.log_terms(X).sum(axis=1)

    def conditional(self, prefix) -> float:
        r"""P(the next bit is 1) when the first bits, in the model's order, are `prefix`.

        Parameters
        ----------
        prefix : array_like ``(k,)``
            Fewer than d values 0 and 1; with ``[]`` the answer is that of the first bit.

        Raises
        ------
        ValueError, TypeError
            If `prefix` is malformed or leaves no bit to ask about.

        Examples
        --------
        >>> model = fit_fvsbn([[0, 0], [1, 1], [0, 1], [1, 1]], penalty=1e6)
        >>> round(model.conditional([]), 3), round(model.conditional([1]), 3)
        (0.5, 0.667)
        """
        before = _prefix(prefix, len(self.bias) - 1)
        j = self.order[len(before)]
        return float(expit(self.bias[j] + self.weights[j, self.order[:len(before)]] @ before))

    def sample(self, n: int, *, rng, prefix=None, temperature: float = 1.0) -> np.ndarray:
        r"""Draw `n` rows, bit after bit.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator
        prefix : array_like ``(k,)``, optional
            Values of the first k bits, in the model's order, k <= d. The others are drawn from
            their distribution given these.
        temperature : float
            T > 0: bit j is 1 with the probability :math:`\sigma(z_j / T)` where :math:`z_j` are its
            log-odds. With T = 1 the model is drawn from; a small T nearly always takes the likelier
            value of each bit, a large T tosses coins.

        Returns
        -------
        ndarray of float ``(n, d)``
            Zeros and ones, in the columns of the data.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed, or more than 10⁸ bits are asked for.

        Examples
        --------
        >>> model = fit_fvsbn([[0, 0], [1, 1], [0, 1], [1, 1]], penalty=0.1)
        >>> model.sample(3, rng=np.random.default_rng(0), prefix=[1])[:, 0].tolist()
        [1.0, 1.0, 1.0]
        """
        d = len(self.bias)
        n = as_int(n, "n", low=1, high=MOST // d)
        T = as_positive(temperature, "temperature")
        before = np.empty(0) if prefix is None else _prefix(prefix, d)
        X, U = np.zeros((n, d)), as_rng(rng).random((n, d))
        X[:, self.order[:len(before)]] = before
        for j in self.order[len(before):]:
            with np.errstate(over="ignore"):  # infinite log-odds are certain
                z = (X @ self.weights[j] + self.bias[j]) / T
            X[:, j] = U[:, j] < expit(z)
        return X


def fit_fvsbn(X, *, penalty: float, smoothing: int = 1, order=None) -> FVSBN:
    r"""Fit a fully visible sigmoid belief network: d logistic regressions.

    For each bit j, with the bits before it as features,

    .. math:: \min_{b, w} \; \frac{1}{n + 2a} \Bigl(\sum_{i=1}^n \ell(x_{ij}, z_i)
              + a\,\ell(0, \bar z) + a\,\ell(1, \bar z)\Bigr) + \frac\lambda2 \|w\|^2

    with :math:`z_i = b + \sum_{k<j} w_k x_{ik}`, their mean :math:`\bar z`, and
    :math:`\ell(x, z) = \log(1 + e^z) - xz`. The two terms after the sum are `smoothing` a: 2a
    invented examples with the mean of all features, half of them ones. A column that is always 0
    gets the probability a/(n + 2a), as by additive smoothing; and so does, as λ grows, every column
    with its own count: the independent model. There is exactly one minimiser.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Zeros and ones.
    penalty : float
        λ > 0; the intercepts are not penalised.
    smoothing : int
        a >= 1.
    order : array_like of int ``(d,)``, optional
        The columns 0, ..., d-1 in the order in which they are to be drawn; as they are, if None.

    Returns
    -------
    FVSBN

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, `X` has entries other than 0 and 1, or `order` is no
        permutation.

    References
    ----------
    Neal (1992); Frey (1998).

    Examples
    --------
    >>> model = fit_fvsbn([[0, 0], [1, 1], [0, 0], [1, 1], [0, 0], [1, 0]], penalty=0.01)
    >>> round(model.conditional([0]), 2), round(model.conditional([1]), 2)
    (0.12, 0.65)
    """
    X = as_bits(X, "X")
    n, d = X.shape
    penalty = as_positive(penalty, "penalty")
    a = as_int(smoothing, "smoothing", low=1, high=10**6)
    order = _permutation(order, d)
    weights, bias, failed = np.zeros((d, d)), np.zeros(d), []
    invented = np.repeat(X.mean(axis=0)[None], 2 * a, axis=0)
    features, halves = np.vstack([X, invented]), np.r_[np.zeros(a), np.ones(a)]
    share = X.sum(axis=0) + a
    for place, j in enumerate(order):
        before = order[:place]
        if place == 0 or share[j] in (a, n + a):  # no features; or no use for them
            bias[j] = np.log(share[j]) - np.log(n + 2 * a - share[j])
            continue
        fit = fit_logistic(features[:, before], np.r_[X[:, j], halves], penalty=penalty)
        weights[j, before], bias[j] = fit.coef, fit.intercept
        if not fit.converged:
            failed.append(int(j))
    message = "all fits converged" if not failed else (
        f"{len(failed)} of {d} fits did not converge, first that of column {failed[0]}")
    return FVSBN(weights, bias, order, not failed, message)


def _prefix(prefix, most: int) -> np.ndarray:
    """Values of the first bits, at most so many; possibly none."""
    a = as_float_array(prefix, "prefix")
    if a.ndim != 1 or a.size > most:
        raise ValueError(f"prefix must be a flat list of at most {most} bits, got shape {a.shape}; "
                         "give the values of the first bits, in the model's order")
    return zeros_and_ones(a, "prefix")


def _permutation(order, d: int) -> np.ndarray:
    if order is None:
        return np.arange(d)
    a = as_vector(order, "order", size=d)
    if not np.array_equal(np.sort(a), np.arange(d)):
        raise ValueError(f"order must hold each of 0, ..., {d - 1} once, got {a.tolist()!r:.40}; "
                         "for example rng.permutation(d)")
    return a.astype(int)
