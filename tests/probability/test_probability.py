"""Finite probability: the axioms' consequences by exact enumeration, and Monte Carlo."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathml.information import mutual_information
from mathml.probability import Estimate, Joint, simulate, total_probability, union

F = Fraction
DIE = Joint.from_outcomes([(w % 2 == 0, w >= 4) for w in range(1, 7)], ["A", "B"])
TWO_COINS = Joint.from_outcomes([(a, b, a == b) for a in (0, 1) for b in (0, 1)],
                                ["first", "second", "equal"])


def event_sets(n_events):
    """Subsets of a sample space of 8 equally likely points, as a Joint of indicators."""
    row = st.tuples(*[st.booleans()] * n_events)
    return st.lists(row, min_size=8, max_size=8)


def joint_of(rows):
    names = [f"E{i}" for i in range(len(rows[0]))]
    shape = (2,) * len(names)
    table = np.full(shape, F(0))
    for row in rows:
        table[tuple(map(int, row))] += F(1, len(rows))
    return Joint(table, names, [(False, True)] * len(names))


@settings(max_examples=100)
@given(event_sets(2))
def test_union_by_formula_equals_union_by_enumeration(rows):
    joint = joint_of(rows)
    pa, pb = joint.prob(E0=True), joint.prob(E1=True)
    counted = F(sum(a or b for a, b in rows), 8)
    assert union(pa, pb, joint.prob(E0=True, E1=True)) == counted == \
        joint.prob_any(E0=True, E1=True)


@settings(max_examples=60)
@given(event_sets(4))
def test_inclusion_exclusion_for_four_events(rows):
    joint = joint_of(rows)
    total = 0
    for k in range(1, 5):
        for names in itertools.combinations(joint.names, k):
            total += (-1) ** (k + 1) * joint.prob(**dict.fromkeys(names, True))
    assert joint.prob_any(E0=True, E1=True, E2=True, E3=True) == total


@settings(max_examples=60)
@given(event_sets(2))
def test_product_rule_total_probability_and_complement(rows):
    joint = joint_of(rows)
    pb = joint.prob(E1=True)
    if 0 < pb < 1:
        given_b = joint.conditional(E1=True).prob(E0=True)
        given_not_b = joint.conditional(E1=False).prob(E0=True)
        assert given_b * pb == joint.prob(E0=True, E1=True)
        assert given_b * pb + given_not_b * (1 - pb) == joint.prob(E0=True)
    # the indicator variables are independent exactly if the events are, and so are complements
    events = joint.prob(E0=True, E1=True) == joint.prob(E0=True) * pb
    assert joint.is_independent() == events
    assert events == (joint.prob(E0=False, E1=True) == joint.prob(E0=False) * pb)


@settings(max_examples=200)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_union_respects_bonferroni_and_rejects_impossible_overlaps(pa, pb, pab):
    if max(0, pa + pb - 1) <= pab <= min(pa, pb):
        assert max(pa, pb) <= union(pa, pb, pab) <= min(1, pa + pb)
    elif pab > min(pa, pb) + 1e-7 or pab < pa + pb - 1 - 1e-7:
        with pytest.raises(ValueError, match=r"pab must lie in \[.*\] for pa = .*, got .*; "):
            union(pa, pb, pab)


def test_marginals_keep_the_order_asked_for():
    rng = np.random.default_rng(1)
    table = rng.dirichlet(np.ones(24)).reshape(2, 3, 4)
    joint = Joint(table, ["X", "Y", "Z"])
    np.testing.assert_allclose(joint.marginal("Z", "X").table, table.sum(axis=1).T)
    np.testing.assert_allclose(joint.marginal("Y", "Z", "X").table, table.transpose(1, 2, 0))
    assert joint.marginal("Z", "X").outcomes == ((0, 1, 2, 3), (0, 1))
    assert joint.marginal("Y").prob(Y=2) == pytest.approx(table[:, 2].sum())
    np.testing.assert_allclose(joint.conditional(Y=1).table, table[:, 1] / table[:, 1].sum())


def test_conditioning_on_a_very_improbable_event_is_accurate():
    tiny = 1e-310
    joint = Joint([[tiny, 3 * tiny], [0.5, 0.5]], ["X", "Y"])
    np.testing.assert_allclose(joint.conditional(X=0).table, [0.25, 0.75], rtol=1e-6)


def test_expectation_is_linear_and_exact_for_fractions():
    dice = Joint.from_outcomes(list(itertools.product(range(1, 7), repeat=2)), ["X", "Y"])
    assert dice.expectation(lambda x, y: x) == F(7, 2)
    assert dice.expectation(lambda x, y: 2 * x + 3 * y) == 5 * F(7, 2)
    assert dice.expectation(lambda x, y: x * y) == F(7, 2) ** 2
    assert dice.expectation(lambda x, y: 0.5 * x) == pytest.approx(1.75)
    with pytest.raises(TypeError, match="f's value must be a single real number, got 'x'"):
        dice.expectation(lambda x, y: "x")
    with pytest.raises(ValueError, match="f's value must be finite, got nan"):
        dice.expectation(lambda x, y: float("nan"))


def test_monty_hall_by_exact_enumeration():
    """Prize behind one of three doors, you pick 0, the host opens another one without it."""
    rows, weights = [], []
    for prize in range(3):
        allowed = [door for door in (1, 2) if door != prize]
        rows += [(prize, door) for door in allowed]
        weights += [F(1, 3) / len(allowed)] * len(allowed)
    game = Joint.from_outcomes(rows, ["prize", "opened"], weights)
    assert game.conditional(opened=1).prob(prize=0) == F(1, 3)
    assert game.conditional(opened=1).prob(prize=2) == F(2, 3)


def test_float_weights_and_numpy_view():
    joint = Joint.from_outcomes([("a", 0), ("b", 1), ("a", 1)], ["X", "Y"], [0.2, 0.5, 0.3])
    assert joint.prob(X="a") == pytest.approx(0.5)
    np.testing.assert_array_equal(np.asarray(joint), [[0.2, 0.3], [0.0, 0.5]])
    assert mutual_information(DIE) == pytest.approx(mutual_information(np.array(DIE)))


def test_conditional_and_marginal_independence_differ_in_both_directions():
    coins = TWO_COINS
    assert coins.is_independent("first", "second")
    assert not coins.is_independent("first", "second", given="equal")
    # a coin of unknown bias thrown twice: independent given the bias, dependent without it
    rows = [(k, x, y) for k in (0, 1) for x in (0, 1) for y in (0, 1)]
    heads = [F(1, 10), F(9, 10)]
    weights = [F(1, 2) * math.prod(heads[k] if r else 1 - heads[k] for r in (x, y))
               for k, x, y in rows]
    thrown = Joint.from_outcomes(rows, ["bias", "x", "y"], weights)
    assert thrown.is_independent("x", "y", given=["bias"])
    assert not thrown.is_independent("x", "y")
    floats = Joint(np.asarray(thrown), thrown.names)
    assert floats.is_independent("x", "y", given="bias")
    assert not floats.is_independent("x", "y")


def test_rare_events_are_not_called_independent_because_they_are_small():
    p = 1e-6
    assert not Joint([[1 - p, 0.0], [0.0, p]], ["X", "Y"]).is_independent()
    assert Joint(np.outer([1 - p, p], [1 - p, p]), ["X", "Y"]).is_independent()


def test_simulation_is_within_four_standard_errors_of_the_birthday_probability():
    def shared(rng, n):
        birthdays = np.sort(rng.integers(0, 365, (n, 23)), axis=1)
        return (np.diff(birthdays, axis=1) == 0).any(axis=1)
    exact = 1 - math.prod((365 - k) / 365 for k in range(23))
    assert exact == pytest.approx(0.507297, abs=5e-7)
    estimate = simulate(shared, 20_000, rng=np.random.default_rng(2))
    assert abs(estimate.mean - exact) < 4 * estimate.standard_error
    assert estimate == simulate(shared, 20_000, rng=np.random.default_rng(2))


def test_standard_error_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    runs = [simulate(lambda rng, n: rng.random(n), 400, rng=rng) for _ in range(400)]
    covered = np.mean([abs(run.mean - 0.5) < 1.96 * run.standard_error for run in runs])
    assert covered == pytest.approx(0.95, abs=0.04)  # 4 standard errors of this mean
    assert runs[0].standard_error == pytest.approx(math.sqrt(1 / 12 / 400), rel=0.15)


def test_simulate_rejects_what_is_no_sample():
    rng = np.random.default_rng(4)
    for draw, message in [(lambda rng, n: rng.random(n - 1), "draw's result must have 10 entries"),
                          (lambda rng, n: np.full(n, np.nan), "draw's result must be finite"),
                          (lambda rng, n: np.full(n, 1.79e308) * (-1) ** np.arange(n), "must fit")]:
        with pytest.raises(ValueError, match=message):
            simulate(draw, 10, rng=rng)
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator, got 0; pass"):
        simulate(lambda rng, n: np.ones(n), 10, rng=0)
    with pytest.raises(ValueError, match="standard_error must lie in"):
        Estimate(0.5, -1.0, 10)


def test_E39_the_product_union_formula_needs_independence():
    pa, pb = DIE.prob(A=True), DIE.prob(B=True)
    assert pa + pb - pa * pb == F(3, 4)
    assert union(pa, pb, DIE.prob(A=True, B=True)) == F(2, 3) == DIE.prob_any(A=True, B=True)
    assert union(0.3, 0.5, 0.3 * 0.5) == pytest.approx(0.65)
    assert union(F(1, 2), 0.25, 0.125) == 0.625


def test_E40_independence_covers_null_events_and_pairwise_is_not_mutual():
    for pair in itertools.combinations(TWO_COINS.names, 2):
        assert TWO_COINS.is_independent(*pair)
    assert not TWO_COINS.is_independent()
    assert TWO_COINS.prob(first=1, second=1, equal=True) == F(1, 4)
    never = Joint([[F(1, 3), F(2, 3)], [F(0), F(0)]], ["X", "Y"])
    assert never.is_independent()                                 # P(X = 1) = 0
    disjoint = Joint([[F(1, 2), F(1, 4)], [F(1, 4), F(0)]], ["A", "B"])
    assert not disjoint.is_independent()
    with pytest.raises(ValueError, match=r"event must have positive probability, got .* = 0; "):
        never.conditional(X=1)


def test_E41_total_probability_needs_a_partition():
    assert total_probability([0.3, 0.7], [0.9, 0.1]) == pytest.approx(0.34)
    overlapping = [4 / 6, 4 / 6]  # {1,…,4} and {3,…,6} of a die, B = {3, 4}
    with pytest.raises(ValueError, match=r"prior must sum to 1, got 1\.3333333333333333"):
        total_probability(overlapping, [0.5, 0.5])
    with pytest.raises(ValueError, match=r"conditional must lie in \[0, 1\], got 2; for"):
        total_probability([0.5, 0.5], [2, 0.5])


@pytest.mark.parametrize(("arguments", "error", "message"), [
    (([[0.5, 0.6]], ["X", "Y"]), ValueError, "table must sum to 1, got 1.1; divide by its sum"),
    (([[F(1, 2), F(1, 3)]], ["X", "Y"]), ValueError, "table must sum to 1, got 5/6"),
    (([[1.5, -0.5]], ["X", "Y"]), ValueError, "table must be nonnegative, got -0.5"),
    (([[F(1, 2), "0.5"]], ["X", "Y"]), TypeError, "table must hold real numbers"),
    (([[0.5], [0.25, 0.25]], ["X", "Y"]), ValueError, "table must be a rectangular array"),
    ((1.0, []), ValueError, r"table must have an axis and at least 1 entry, got shape \(\)"),
    (([0.5, 0.5], ["X", "Y"]), ValueError, "names must have 1 entry, got 2"),
    (([0.5, 0.5], "X"), TypeError, "names must be a list or tuple, got 'X'; wrap it"),
    (([[1.0]], ["X", "X"]), ValueError, "names must be different Python identifiers"),
    (([[1.0]], ["X", "a b"]), ValueError, "names must be different Python identifiers"),
    (([0.5, 0.5], ["X"], [("a", "a")]), ValueError, "outcomes of X must be different"),
    (([0.5, 0.5], ["X"], [([], [1])]), TypeError, "outcomes of X must be hashable"),
    (([0.5, 0.5], ["X"], [(0, float("nan"))]), ValueError, "outcomes of X must be comparable"),
    (([0.5, 0.5], ["X"], [(0, 1, 2)]), ValueError, "outcomes of X must have 2 entries, got 3"),
])
def test_a_joint_distribution_is_checked(arguments, error, message):
    with pytest.raises(error, match=message):
        Joint(*arguments)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: DIE.prob(C=True), r"name must be one of \('A', 'B'\), got 'C'; choose one"),
    (lambda: DIE.prob(A=7), r"A must be one of \(.*\), got 7; choose one of these outcomes"),
    (lambda: DIE.prob(A=[]), r"A must be one of"),
    (lambda: DIE.prob(), "event must fix at least one variable, got none"),
    (lambda: DIE.prob_any(), "event must fix at least one variable, got none"),
    (lambda: DIE.conditional(A=True, B=True), "event must leave a variable free"),
    (lambda: DIE.marginal(), "names must be different and at least one"),
    (lambda: DIE.marginal("A", "A"), "names must be different and at least one"),
    (lambda: DIE.is_independent("A"), "names must be at least two variables"),
    (lambda: Joint.from_outcomes([], ["A"]), "rows must have at least 1 entry"),
    (lambda: Joint.from_outcomes([(1, 2)], ["A"]), "each row must have 1 entry, got 2"),
    (lambda: Joint.from_outcomes([(1,)], ["A"], [0.5, 0.5]), r"weights must have shape \(1,\)"),
    (lambda: union(F(3, 2), F(1, 2), F(1, 2)), r"pa must lie in \[0, 1\], got 3/2"),
])
def test_events_and_names_are_checked(call, message):
    with pytest.raises(ValueError, match=message):
        call()
