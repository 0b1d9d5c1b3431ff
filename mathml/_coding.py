"""Prefix codes: what an entropy in bits means."""

from __future__ import annotations

import heapq

from mathml._check import as_pmf


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
