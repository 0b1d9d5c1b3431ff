"""Answers to the exercises on maximum likelihood."""

import math

import numpy as np
from scipy import stats

from mathml.interactive.answer_key import Array, Function, Number


def _is_the_poisson_nll(nll_poisson) -> None:
    for mean, counts in ((1.5, [0, 1, 4]), (3000.0, [2900, 3100, 3050]), (0.0, [0, 0])):
        right = -stats.poisson.logpmf(counts, mean).sum()
        found = nll_poisson(mean, np.array(counts))
        assert np.isfinite(found), f"for mean {mean:g} and counts {counts} it gives {found}"
        assert math.isclose(found, right, rel_tol=1e-9, abs_tol=1e-12), (
            f"for mean {mean:g} and counts {counts} it gives {found:.6g}, not {right:.6g}")
    found = nll_poisson(0.0, np.array([0, 2]))
    assert found == np.inf, f"a count of 2 is impossible at mean 0: expected inf, got {found}"


ANSWERS = {
    "maximum-likelihood-1": Array(
        (2.14, 0.241661, 0.270185), ask="mean, with n, with n − 1 =",
        hints=("The maximum-likelihood variance divides by n = 5.",
               "The squared distances from 2.14 add up to 0.292.")),
    "maximum-likelihood-2": Number(
        0.5, ask="rate =", hints=("The rate is one over the mean.", "The mean is 2.")),
    "maximum-likelihood-3": Number(
        1.1, ask="factor =",
        hints=("The expectation of the maximum is nθ/(n + 1).", "Multiply by (n + 1)/n.")),
    "maximum-likelihood-4": Number(
        1 / 1320, ask="integral =",
        hints=("It is a Beta function: 7!·3!/11!.", "7!·3! = 30240 and 11! = 39916800.")),
    "maximum-likelihood-5": Array(
        (1 / 0.21, 0.0021), ask="information, variance =",
        hints=("I(p) = 1/(p(1 − p)).", "The bound is 1/(100·I).")),
    "maximum-likelihood-6": Array(
        (-0.1, 0.2), ask="smallest, largest =",
        hints=("Both observations must lie in [θ, θ + 1].", "θ ≤ 0.2 and θ + 1 ≥ 0.9.")),
    "maximum-likelihood-7": Function(
        _is_the_poisson_nll, ask="nll_poisson",
        hints=("log x! is gammaln(x + 1).", "xlogy(0, 0) is 0 and xlogy(2, 0) is −inf.")),
}
