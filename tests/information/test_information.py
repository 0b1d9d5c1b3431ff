"""Entropy, divergences and mutual information: their theorems, and SciPy as a reference."""

import decimal
import itertools
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats
from sklearn.metrics import mutual_info_score

from mathml.datasets import load_penguins
from mathml.information import (
    cross_entropy,
    entropy,
    huffman_code,
    information_gain,
    js_divergence,
    kl_divergence,
    mutual_information,
    normal_entropy,
    normal_kl,
)

TINY = 1e-12


def pmfs(size):
    """Probability mass functions, zeros and extreme entries among them."""
    weight = st.one_of(st.just(0.0), st.floats(1e-300, 1.0), st.floats(0.1, 1.0))
    return (st.lists(weight, min_size=size, max_size=size)
            .filter(lambda w: sum(w) > 1e-3).map(lambda w: np.array(w) / np.sum(w)))


def random_pmfs(n, size, seed):
    return np.random.default_rng(seed).dirichlet(np.full(size, 0.5), size=n)


@settings(max_examples=300)
@given(pmfs(5))
def test_entropy_lies_between_zero_and_log_k(p):
    assert 0.0 <= entropy(p) <= math.log(5) + TINY
    assert math.copysign(1, entropy(p)) == 1


def test_entropy_is_largest_exactly_at_the_uniform_distribution():
    assert entropy(np.full(7, 1 / 7)) == pytest.approx(math.log(7), abs=TINY)
    assert all(entropy(p) < math.log(7) for p in random_pmfs(1000, 7, seed=1))


@settings(max_examples=300)
@given(pmfs(4), pmfs(4))
def test_gibbs_inequality_with_equality_iff_equal(p, q):
    kl = kl_divergence(p, q)
    assert kl >= 0
    assert kl_divergence(p, p) == 0.0
    # Pinsker: a distribution visibly different has a visibly positive divergence
    assert kl >= 0.5 * np.abs(p - q).sum() ** 2 - TINY


@settings(max_examples=300)
@given(pmfs(4), pmfs(4))
def test_cross_entropy_is_entropy_plus_divergence(p, q):
    total = entropy(p) + kl_divergence(p, q)
    assert cross_entropy(p, q) == pytest.approx(total, rel=1e-12, abs=TINY)


def test_divergences_agree_with_scipy():
    for p, q in zip(random_pmfs(300, 6, seed=2), random_pmfs(300, 6, seed=3), strict=True):
        assert entropy(p, base=2) == pytest.approx(stats.entropy(p, base=2), rel=1e-12)
        assert kl_divergence(p, q) == pytest.approx(stats.entropy(p, q), rel=1e-9, abs=TINY)


@settings(max_examples=200)
@given(pmfs(4), pmfs(4))
def test_js_divergence_is_symmetric_bounded_and_the_mean_of_two_divergences(p, q):
    js = js_divergence(p, q)
    assert js == pytest.approx(js_divergence(q, p), abs=TINY)
    assert 0 <= js <= math.log(2) + TINY
    m = (p + q) / 2
    assert js == pytest.approx((kl_divergence(p, m) + kl_divergence(q, m)) / 2, abs=TINY)


def test_js_divergence_survives_subnormal_probabilities():
    assert js_divergence([1.0, 5e-324], [1.0, 0.0]) == pytest.approx(0.0, abs=1e-300)


def test_chain_rule_of_entropy_and_mutual_information():
    for joint in random_pmfs(200, 12, seed=4).reshape(-1, 3, 4):
        px, py = joint.sum(axis=1), joint.sum(axis=0)
        h_y_given_x = sum(w * entropy(row / w) for w, row in zip(px, joint, strict=True))
        assert entropy(joint.ravel()) == pytest.approx(entropy(px) + h_y_given_x, abs=1e-10)
        assert mutual_information(joint) == pytest.approx(entropy(py) - h_y_given_x, abs=1e-10)


def test_chain_rule_of_the_kl_divergence():
    for p, q in random_pmfs(400, 6, seed=5).reshape(-1, 2, 3, 2):
        px, qx = p.sum(axis=1), q.sum(axis=1)
        rows = [w * kl_divergence(a / w, b / v) for w, v, a, b in zip(px, qx, p, q, strict=True)]
        total = kl_divergence(px, qx) + sum(rows)
        assert kl_divergence(p.ravel(), q.ravel()) == pytest.approx(total, rel=1e-9, abs=1e-10)


def test_mutual_information_is_symmetric_and_zero_iff_independent():
    for joint in random_pmfs(200, 12, seed=6).reshape(-1, 3, 4):
        mi = mutual_information(joint)
        assert mi == pytest.approx(mutual_information(joint.T), abs=TINY)
        independent = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        assert mi > 1e-6
        assert mutual_information(independent) == pytest.approx(0.0, abs=1e-10)


def test_mutual_information_does_not_underflow():
    tiny = 1e-200  # the product of the marginals would be 0 in floating point
    joint = np.diag([1 - 2 * tiny, tiny, tiny])
    assert mutual_information(joint) == pytest.approx(2 * tiny * (1 - math.log(tiny)), rel=1e-12,
                                                      abs=0)


def test_data_processing_inequality():
    """Markov chain X → Y → Z: I(X;Z) ≤ I(X;Y); a channel never increases a KL divergence."""
    rng = np.random.default_rng(7)
    for joint in rng.dirichlet(np.full(12, 0.4), size=200).reshape(-1, 3, 4):
        channel = rng.dirichlet(np.full(5, 0.4), size=4)                  # (4, 5), rows sum to 1
        assert mutual_information(joint @ channel) <= mutual_information(joint) + TINY
        p, q = rng.dirichlet(np.ones(4), size=2)
        assert kl_divergence(p @ channel, q @ channel) <= kl_divergence(p, q) + TINY


def test_minimal_cross_entropy_is_maximal_likelihood():
    counts = np.array([3, 1, 6])
    empirical = counts / counts.sum()
    for q in random_pmfs(1000, 3, seed=8):
        assert cross_entropy(empirical, q) >= cross_entropy(empirical, empirical)
        mean_nll = -(counts @ np.log(q)) / counts.sum()
        assert cross_entropy(empirical, q) == pytest.approx(mean_nll, rel=1e-12)


# ---- near-equal arguments, where divergences are differences that nearly vanish -----------------

def exact_kl(p, q):
    """KL of what the floats stand for, each divided by its exact sum, with 60 digits."""
    with decimal.localcontext(prec=60):
        p, q = ([Decimal(float(v)) for v in part] for part in (p, q))
        p, q = ([v / sum(part) for v in part] for part in (p, q))
        return float(sum(a * (a / b).ln() for a, b in zip(p, q, strict=True) if a))


@pytest.mark.parametrize("eps", [1e-2, 1e-4, 1e-6, 1e-8, 1e-10])
@pytest.mark.parametrize("seed", range(5))
def test_divergences_of_near_equal_arguments_keep_their_digits(eps, seed):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(6))
    q = p * (1 + eps * rng.uniform(-1, 1, 6))
    q /= q.sum()
    accuracy = 1e-12 + 1e-15 / eps  # p/q has the digits of a float, and 1 of it is not of interest
    assert kl_divergence(p, q) == pytest.approx(exact_kl(p, q), rel=accuracy, abs=0)
    with decimal.localcontext(prec=60):
        m = [(Decimal(a) + Decimal(b)) / 2 for a, b in zip(p, q, strict=True)]
        js = sum(a * (a / c).ln() / 2 for part in (p, q)
                 for a, c in zip(map(Decimal, part), m, strict=True))
    assert js_divergence(p, q) == pytest.approx(float(js), rel=accuracy, abs=0)
    # a nearly independent table
    joint = np.outer(p[:3] / p[:3].sum(), [0.3, 0.7]) + eps * np.array([[1, -1], [-2, 2], [1, -1]]
                                                                       ) * p[:3].min() / 9
    exact = [[Decimal(v) for v in row] for row in joint.tolist()]
    with decimal.localcontext(prec=60):
        total = sum(map(sum, exact))
        exact = [[v / total for v in row] for row in exact]
        rows, columns = [sum(row) for row in exact], [sum(c) for c in zip(*exact, strict=True)]
        mi = sum(exact[i][j] * (exact[i][j] / rows[i] / columns[j]).ln()
                 for i in range(3) for j in range(2))
    assert mutual_information(joint) == pytest.approx(float(mi), rel=5 * accuracy, abs=0)


def test_the_textbook_case_of_a_divergence_that_cancels():
    assert kl_divergence([.2, .3, .5], [.2 + 1e-8, .3 - 1e-8, .5]) == pytest.approx(
        (1 / .2 + 1 / .3) / 2 * 1e-16, rel=1e-7, abs=0)


def test_mutual_information_of_independent_and_of_impossible_values():
    assert mutual_information([[0.25, 0.25], [0.25, 0.25]]) == 0.0
    assert mutual_information([[0.5, 0.0, 0.0], [0.0, 0.0, 0.5]]) == pytest.approx(math.log(2))


@pytest.mark.parametrize("eps", [0.4, 1e-3, 1e-7, 1e-9, -1e-7, -0.4])
def test_normal_kl_of_near_equal_variances(eps):
    for var in (3.0, 1e-200, 7e250):
        near = var * (1 + eps)
        with decimal.localcontext(prec=60):
            r = Decimal(near) / Decimal(var)
            exact = float((r - 1 - r.ln()) / 2)
        assert normal_kl(0, near, 0, var) == pytest.approx(exact, rel=1e-12 + 1e-15 / abs(eps),
                                                           abs=0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_probabilities_of_short_floats_are_probabilities(dtype):
    rows = special.softmax(np.random.default_rng(0).normal(size=(300, 10)).astype(dtype), axis=1)
    assert rows.dtype == dtype
    for p in rows:
        exact = p.astype(float) / p.astype(float).sum()
        assert entropy(p) == pytest.approx(stats.entropy(exact), rel=1e-13)
    assert entropy(np.full(7, 1 / 7, dtype=dtype)) == pytest.approx(math.log(7), rel=1e-12)
    with pytest.raises(ValueError, match=r"p must sum to 1, got 0\.\d+; divide by its sum first"):
        entropy(np.array([0.5, 0.4], dtype=dtype))


def test_a_sum_may_stray_by_rounding_and_no_further():
    p = np.array([0.25, 0.75])
    for wrong in (1 + 1e-9, 1 - 1e-9, 1 + 1e-8):  # accepted, and made 1
        assert entropy(p * wrong) == pytest.approx(entropy(p), rel=1e-14)
    for wrong in (1 + 3e-8, 1 - 3e-8, 1 + 1e-6):
        with pytest.raises(ValueError, match=r"p must sum to 1, got (1\.0000|0\.9999)\d+; divide"):
            entropy(p * wrong)


def test_chapter_examples_in_bits():
    fair, biased = [0.5, 0.5], [0.9, 0.1]
    assert entropy(biased, base=2) == pytest.approx(0.468996, abs=5e-7)
    assert entropy(biased) == pytest.approx(0.325083, abs=5e-7)
    assert kl_divergence(fair, biased, base=2) == pytest.approx(0.736966, abs=5e-7)
    assert kl_divergence(biased, fair, base=2) == pytest.approx(0.531004, abs=5e-7)
    assert mutual_information([[0.4, 0.1], [0.1, 0.4]], base=2) == pytest.approx(0.278072, abs=5e-7)


def test_information_gain_of_play_tennis():
    outlook = ["sunny"] * 5 + ["overcast"] * 4 + ["rain"] * 5
    play = [True, True, False, False, False] + [True] * 4 + [True, True, True, False, False]
    assert information_gain(play, outlook, base=2) == pytest.approx(0.246750, abs=5e-7)
    assert information_gain(play, play, base=2) == pytest.approx(entropy([9/14, 5/14], base=2))
    assert information_gain(play, ["same"] * 14) == 0.0


def test_information_gain_is_entropy_minus_mean_group_entropy():
    penguins = load_penguins()
    y, split = penguins.target, penguins["flipper_length_mm"] > 206
    def h(labels):
        return entropy(np.bincount(labels) / labels.size)
    expected = h(y) - np.mean(split) * h(y[split]) - np.mean(~split) * h(y[~split])
    assert information_gain(y, split) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_information_gain_is_scikit_learns_mutual_information_of_labels(seed):
    rng = np.random.default_rng(seed)
    y, g = rng.integers(-2, 3, 200), rng.integers(0, 1 + 3 * seed, 200)
    assert information_gain(y, g) == pytest.approx(mutual_info_score(y, g), rel=1e-10, abs=1e-14)
    names = np.array(["tit", "owl", "gull", "jay", "rook"])[y + 2]
    for labels in (names, names.tolist(), names.astype(object), y.astype(float), y.astype(object),
                   y.astype(np.int8), (y * 2**58).tolist(), np.ma.array(y)):
        assert information_gain(labels, g) == pytest.approx(information_gain(y, g), abs=1e-15)
    assert information_gain(y == 0, g) == pytest.approx(mutual_info_score(y == 0, g), abs=1e-14)


def test_information_gain_of_a_split_that_tells_nothing_is_zero_and_classes_stay_apart():
    assert information_gain([0, 1, 0, 1, 0, 1], ["a", "a", "b", "b", "c", "c"]) == 0.0
    large = [2**60, 2**60 + 1]  # one float
    assert information_gain(large, [0, 1]) == pytest.approx(math.log(2))
    with pytest.raises(TypeError, match="must hold integers, booleans or strings, and one kind"):
        information_gain([1, "1"], [0, 1])
    hidden = np.ma.array([1, 2], mask=[False, True])
    for masked in (hidden, np.ma.array(["a", "b"], mask=[False, True])):
        with pytest.raises(ValueError, match="labels must have no masked entries, got 1"):
            information_gain(masked, [0, 1])


def test_normal_formulas_agree_with_quadrature():
    for m0, v0, m1, v1 in [(0, 1, 1, 1), (0.3, 2.0, -1.2, 0.5), (5, 0.1, 5, 0.1)]:
        p, q = stats.norm(m0, math.sqrt(v0)), stats.norm(m1, math.sqrt(v1))
        x = np.linspace(p.ppf(1e-15), p.isf(1e-15), 2001)
        kl = integrate.simpson(p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), x=x)
        assert normal_kl(m0, v0, m1, v1) == pytest.approx(kl, abs=1e-8)
        assert normal_entropy(v0) == pytest.approx(p.entropy(), rel=1e-12)
        assert normal_entropy(v0, base=2) == pytest.approx(p.entropy() / math.log(2), rel=1e-12)


def test_normal_kl_at_extreme_arguments():
    assert normal_kl(0, 1, 0, 1 + 1e-8) == pytest.approx(0.25e-16, rel=1e-7, abs=0)
    assert normal_kl(1e200, 1, -1e200, 1) == math.inf
    assert normal_kl(1.5e308, 1, -1.5e308, 1e308) == math.inf
    assert normal_kl(0, 1e-300, 0, 1) == pytest.approx(0.5 * (300 * math.log(10) - 1))


@settings(max_examples=100)
@given(pmfs(6))
def test_huffman_code_is_prefix_free_and_within_one_bit_of_the_entropy(p):
    code = huffman_code(p)
    for a, b in itertools.permutations(code, 2):
        assert not b.startswith(a)
    assert sum(2.0 ** -len(word) for word in code) == 1.0                 # Kraft, complete tree
    length = sum(w * len(word) for w, word in zip(p, code, strict=True))
    assert entropy(p, base=2) - TINY <= length <= entropy(p, base=2) + 1


def test_huffman_code_of_positive_probabilities_loses_less_than_one_bit():
    for p in random_pmfs(300, 8, seed=9):
        length = sum(w * len(word) for w, word in zip(p, huffman_code(p), strict=True))
        assert entropy(p, base=2) <= length < entropy(p, base=2) + 1


def test_huffman_code_is_optimal_among_all_complete_codes():
    p = np.array([0.4, 0.3, 0.1, 0.1, 0.06, 0.04])
    best = min(p @ lengths for lengths in map(np.array, itertools.product(range(1, 6), repeat=6))
               if (2.0 ** -lengths).sum() <= 1)
    assert sum(w * len(word) for w, word in zip(p, huffman_code(p), strict=True)) == \
        pytest.approx(best)
    assert huffman_code([1.0]) == ("",)
    assert huffman_code([0.25] * 4) == ("00", "01", "10", "11")


def test_E62_zero_model_probability_gives_infinity_without_a_warning():
    for container in (list, np.array):
        p, q = container([0.5, 0.5]), container([1.0, 0.0])
        assert kl_divergence(p, q) == math.inf
        assert cross_entropy(p, q) == math.inf
        assert kl_divergence(q, p) == pytest.approx(math.log(2))
        assert kl_divergence(q, q) == cross_entropy(q, q) == 0.0


def test_E63_entropy_validates_and_is_never_minus_zero():
    assert str(entropy([1.0])) == "0.0"
    assert str(entropy([0, 1])) == "0.0"
    for bad, message in [([1, 1, 1, 1], "must sum to 1, got 4"), ([3, 1], "must sum to 1"),
                         ([[0.5, 0.5]], "one-dimensional"), ([1.5, -0.5], "nonnegative"),
                         ([], "at least 1")]:
        with pytest.raises(ValueError, match=message):
            entropy(bad)
    with pytest.raises(ValueError, match=r"q must have 2 entries, got 3; make the lengths agree"):
        kl_divergence([0.5, 0.5], [0.5, 0.25, 0.25])


def test_E64_units_asymmetry_and_no_triangle_inequality():
    assert entropy([0.9, 0.1], base=2) == pytest.approx(entropy([0.9, 0.1]) / math.log(2))
    fair, biased = [0.5, 0.5], [0.9, 0.1]
    assert kl_divergence(fair, biased) != pytest.approx(kl_divergence(biased, fair))
    a, b, c = [0.5, 0.5], [0.9, 0.1], [0.99, 0.01]
    assert kl_divergence(a, c) > kl_divergence(a, b) + kl_divergence(b, c)
    assert normal_entropy(0.01) == pytest.approx(-0.883647, abs=5e-7)
    with pytest.raises(ValueError, match="base must lie in"):
        entropy(fair, base=1)


@pytest.mark.parametrize(("labels", "message"), [
    ([0.5, 1.0], r"must hold categories, got 0.5; .*threshold"),
    ([1.0, float("nan")], "got nan"),
    ([1.0, float("inf")], "must be finite, got inf"),
    ([], "at least 1 entry"),
    ([[0, 1]], "must be a vector"),
    ([0, 1, 1], "groups must have 3 entries, got 2"),
])
def test_information_gain_rejects_what_is_no_category(labels, message):
    with pytest.raises(ValueError, match=message):
        information_gain(labels, [0, 1])


@pytest.mark.parametrize("labels", [None, [None, 1], [[0], [1, 2]], [1 + 2j, 1]])
def test_information_gain_rejects_wrong_types(labels):
    with pytest.raises(TypeError, match=r"labels must hold integers, booleans or strings"):
        information_gain(labels, [0, 1])
