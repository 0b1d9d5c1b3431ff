"""Entropy, divergence and mutual information of finite distributions (and of normal ones).

Every function but `huffman_code` and `normal_kl` takes ``base``, the unit: ``np.e`` for nats (the
default), ``2`` for bits. ``0 log 0`` is 0 by continuity, and a divergence is ``inf``, without any
warning, wherever the second distribution calls impossible what the first calls possible. Where two
arguments agree to a relative ε a divergence, of size ε², is right to a relative 10⁻¹⁶/ε.
"""

from __future__ import annotations

import heapq
import math

import numpy as np
from scipy.special import entr, rel_entr, xlogy

from mathml._check import (
    as_float_array,
    as_joint,
    as_log_base,
    as_pmf,
    as_positive,
    as_scalar,
    exact,
    unmasked,
)

__all__ = ["cross_entropy", "entropy", "huffman_code", "information_gain", "js_divergence",
           "kl_divergence", "mutual_information", "normal_entropy", "normal_kl"]


def entropy(p, *, base: float = np.e) -> float:
    """Entropy ``H(p) = -Σₖ pₖ log pₖ``, the mean surprise, between 0 and ``log K``.

    Parameters
    ----------
    p : array_like, shape (K,)
        A probability mass function.
    base : float, default e
        The logarithm's base: ``np.e`` for nats, 2 for bits. Greater than 1.

    Returns
    -------
    float
        Never negative and never ``-0.0``.

    Raises
    ------
    ValueError, TypeError
        If ``p`` is not a vector of nonnegative numbers that sum to 1.

    References
    ----------
    Shannon (1948), "A mathematical theory of communication".

    Examples
    --------
    >>> entropy([0.5, 0.5], base=2)
    1.0
    >>> entropy([1.0, 0.0])
    0.0
    """
    p = as_pmf(p, "p")
    return _nonnegative(entr(p).sum(), base)


def cross_entropy(p, q, *, base: float = np.e) -> float:
    """Cross-entropy ``H(p, q) = -Σₖ pₖ log qₖ = H(p) + KL(p‖q)``.

    Parameters
    ----------
    p, q : array_like, shape (K,)
        Probability mass functions: the truth and the model.
    base : float, default e
        The logarithm's base, greater than 1.

    Returns
    -------
    float
        ``inf`` if ``qₖ = 0 < pₖ`` for some k.

    Raises
    ------
    ValueError, TypeError
        If p or q is no probability mass function, or their lengths differ.

    References
    ----------
    Cover & Thomas (2006), *Elements of Information Theory*, 2nd ed.

    Examples
    --------
    >>> cross_entropy([0.9, 0.1], [0.5, 0.5], base=2)
    1.0
    >>> cross_entropy([0.5, 0.5], [1.0, 0.0])
    inf
    """
    p, q = _pair(p, q)
    return _nonnegative(-xlogy(p, q).sum(), base)


def kl_divergence(p, q, *, base: float = np.e) -> float:
    """Kullback–Leibler divergence ``KL(p‖q) = Σₖ pₖ log(pₖ/qₖ)``: 0 iff ``p = q``, not symmetric.

    Parameters
    ----------
    p, q : array_like, shape (K,)
        Probability mass functions: the truth and the model.
    base : float, default e
        The logarithm's base, greater than 1.

    Returns
    -------
    float
        ``inf`` if p is not absolutely continuous w.r.t. q (``qₖ = 0 < pₖ`` for some k).

    Raises
    ------
    ValueError, TypeError
        If p or q is no probability mass function, or their lengths differ.

    References
    ----------
    Kullback & Leibler (1951), "On information and sufficiency".

    Examples
    --------
    >>> round(kl_divergence([0.5, 0.5], [0.9, 0.1], base=2), 6)
    0.736966
    >>> kl_divergence([0.5, 0.5], [1.0, 0.0])
    inf
    """
    p, q = _pair(p, q)
    return _nonnegative(_divergence(p, q), base)


def js_divergence(p, q, *, base: float = np.e) -> float:
    """Jensen–Shannon divergence ``½ KL(p‖m) + ½ KL(q‖m)`` with ``m = (p+q)/2``.

    Symmetric, always finite, at most ``log 2``; its square root is a metric.

    Parameters
    ----------
    p, q : array_like, shape (K,)
        Probability mass functions.
    base : float, default e
        The logarithm's base, greater than 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If p or q is no probability mass function, or their lengths differ.

    References
    ----------
    Lin (1991), "Divergence measures based on the Shannon entropy".

    Examples
    --------
    >>> js_divergence([1.0, 0.0], [0.0, 1.0], base=2)
    1.0
    """
    p, q = _pair(p, q)
    twice_m = p + q  # m itself may underflow; a factor in both arguments comes out
    value = (_divergence(2 * p, twice_m) + _divergence(2 * q, twice_m)) / 4
    return _nonnegative(value, base)


def mutual_information(joint, *, base: float = np.e) -> float:
    """Mutual information ``I(X;Y) = KL(p(x,y) ‖ p(x)p(y))``: 0 iff X and Y are independent.

    Computed as ``Σ_y p(y) KL(p(x|y) ‖ p(x))``, the same without products that underflow.

    Parameters
    ----------
    joint : array_like, shape (K, M)
        Joint probabilities, one row per value of X, one column per value of Y.
    base : float, default e
        The logarithm's base, greater than 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If ``joint`` is not a nonnegative matrix that sums to 1.

    References
    ----------
    Cover & Thomas (2006), *Elements of Information Theory*, 2nd ed.

    Examples
    --------
    >>> round(mutual_information([[0.4, 0.1], [0.1, 0.4]], base=2), 6)
    0.278072
    """
    p = as_joint(joint, "joint")
    p = p[:, p.any(axis=0)]
    px, py = p.sum(axis=1, keepdims=True), p.sum(axis=0)          # (K, 1), (M,)
    return _nonnegative(_divergence(p / py, px) @ py, base)


def information_gain(labels, groups, *, base: float = np.e) -> float:
    """Information gain of a split: ``H(labels) - Σ_g (n_g/n) H(labels in group g)``.

    It is the mutual information of the empirical joint distribution of label and group.

    Parameters
    ----------
    labels, groups : array_like, shape (n,)
        The class of each example and the group the split puts it into: integers and booleans
        only, or strings only.
    base : float, default e
        The logarithm's base, greater than 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If the lengths differ, are 0, or the entries are not categories.

    References
    ----------
    Quinlan (1986), "Induction of decision trees".

    Examples
    --------
    >>> windy = [0] * 8 + [1] * 6
    >>> play = [1, 1, 1, 1, 1, 1, 0, 0] + [1, 1, 1, 0, 0, 0]
    >>> round(information_gain(play, windy, base=2), 4)
    0.0481
    """
    y, g = _as_categories(labels, "labels"), _as_categories(groups, "groups")
    if y.size != g.size:
        raise ValueError(f"groups must have {y.size} entries, got {g.size}; "
                         "make the lengths agree")
    # only the cells that occur: the full table would be huge if both have many values
    cells, counts = np.unique(y * (g.max() + 1) + g, return_counts=True)
    y_of_cell, g_of_cell = np.divmod(cells, g.max() + 1)
    n, ny, ng = float(y.size), np.bincount(y)[y_of_cell], np.bincount(g)[g_of_cell]
    return _nonnegative(rel_entr(n * counts, 1.0 * ny * ng).sum() / n**2, base)


def normal_entropy(var, *, base: float = np.e) -> float:
    """Differential entropy ``½ log(2πe σ²)`` of N(μ, σ²). It can be negative.

    Parameters
    ----------
    var : float
        The variance σ², positive.
    base : float, default e
        The logarithm's base, greater than 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If the variance is not a positive number.

    References
    ----------
    Cover & Thomas (2006), *Elements of Information Theory*, 2nd ed., ch. 8.

    Examples
    --------
    >>> round(normal_entropy(0.1**2), 6)
    -0.883647
    """
    var = as_positive(var, "var")
    return 0.5 * (math.log(2 * math.pi) + 1 + math.log(var)) / as_log_base(base)


def normal_kl(mean0, var0, mean1, var1) -> float:
    """KL divergence ``½ (r - 1 - log r + (μ₀-μ₁)²/σ₁²)`` of normals, ``r = σ₀²/σ₁²``, in nats.

    Parameters
    ----------
    mean0, var0 : float
        The first distribution N(μ₀, σ₀²): the truth.
    mean1, var1 : float
        The second distribution N(μ₁, σ₁²): the model.

    Returns
    -------
    float
        ``inf`` where the value, or the distance of the means, exceeds the largest float.

    Raises
    ------
    ValueError, TypeError
        If a mean is not finite or a variance not positive.

    References
    ----------
    Cover & Thomas (2006), *Elements of Information Theory*, 2nd ed.

    Examples
    --------
    >>> normal_kl(0, 1, 1, 1)
    0.5
    """
    mean0, mean1 = as_scalar(mean0, "mean0"), as_scalar(mean1, "mean1")
    var0 = as_positive(var0, "var0")
    var1 = as_positive(var1, "var1")
    z = (mean0 - mean1) / math.sqrt(var1)
    t = (var0 - var1) / var1  # r - 1 without its rounding, as r - 1 - log r nearly cancels
    log_ratio = math.log1p(t) if abs(t) < 0.5 else math.log(var0) - math.log(var1)
    return max(0.0, 0.5 * (t - log_ratio + z * z))


def huffman_code(p) -> tuple[str, ...]:
    """Huffman's optimal prefix code: one word of 0s and 1s per symbol.

    Its mean length L obeys ``H(p) ≤ L < H(p) + 1`` in bits (``≤`` if some probability is 0: such a
    symbol gets a word as well).

    Parameters
    ----------
    p : array_like, shape (K,)
        The symbols' probabilities.

    Returns
    -------
    tuple of str, length K
        The code words; a single symbol needs no bits and gets the empty word.

    Raises
    ------
    ValueError, TypeError
        If ``p`` is not a probability mass function.

    References
    ----------
    Huffman (1952), "A method for the construction of minimum-redundancy codes".

    Examples
    --------
    >>> huffman_code([0.5, 0.25, 0.125, 0.125])
    ('0', '10', '110', '111')
    """
    p = as_pmf(p, "p")
    words = [""] * p.size
    # weight, tie-breaker, symbols; the first K tie-breakers are the symbols themselves
    heap = [(weight, k, [k]) for k, weight in enumerate(p.tolist())]
    heapq.heapify(heap)
    for merge in range(p.size, 2 * p.size - 1):
        (w0, _, low), (w1, _, high) = heapq.heappop(heap), heapq.heappop(heap)
        if low[0] > high[0]:  # the branch with the earlier symbol gets the 0
            low, high = high, low
        for bit, branch in ("0", low), ("1", high):
            for k in branch:
                words[k] = bit + words[k]
        heapq.heappush(heap, (w0 + w1, merge, low + high))
    return tuple(words)


def _divergence(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """``Σ p log(p/q)`` along the first axis, for p and q with one sum.

    As that sum of theirs has rounding in it, ``Σ (p - q)`` is not quite 0; taking it away makes
    every term a small positive number if p is near q, and nothing cancels.
    """
    return np.sum(rel_entr(p, q) - (p - q), axis=0)


def _pair(p, q) -> tuple[np.ndarray, np.ndarray]:
    p = as_pmf(p, "p")
    return p, as_pmf(q, "q", size=p.size)


def _nonnegative(nats: float, base) -> float:
    """``nats`` in the unit of ``base``; rounding may have put it just below 0."""
    return max(0.0, float(nats)) / as_log_base(base)


def _as_categories(x, name: str) -> np.ndarray:
    """Return ``x`` as codes 0, 1, 2, ... of its distinct values."""
    listed = isinstance(x, (list, tuple))  # which NumPy would make strings if one entry is a string
    a = np.array(x, dtype=object) if listed else np.asarray(unmasked(x, name))
    if a.dtype == object and all(isinstance(v, str) for v in a.flat):
        a = a.astype(str)
    if a.dtype.kind not in "buiU":
        rule, repair = "hold integers, booleans or strings, and one kind", "encode the categories"
        numbers = as_float_array(a, name, rule=rule, repair=repair)
        if np.any(numbers != np.round(numbers)):
            bad = numbers[numbers != np.round(numbers)][0]
            raise ValueError(f"{name} must hold categories, got {exact(bad)}; "
                             "split a continuous feature first, for example with x > threshold")
        whole = np.array(a.tolist())  # integers beyond 2^53 are no floats
        a = whole if whole.dtype.kind in "bui" else numbers
    if a.ndim != 1 or a.size == 0:
        raise ValueError(f"{name} must be a vector with at least 1 entry, got shape {a.shape}; "
                         "pass a flat list")
    return np.unique(a, return_inverse=True)[1]
