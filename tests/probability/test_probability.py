"""Finite probability: the axioms' consequences by exact enumeration, and Monte Carlo."""

import copy
import itertools
import math
import pickle
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


def copies(p, m=2):
    """m equal binary variables, 1 with probability p."""
    table = np.zeros((2,) * m)
    table[(0,) * m], table[(1,) * m] = 1 - p, p
    return table


@pytest.mark.parametrize("p", [1e-8, 1e-15, 1e-30, 1e-200, 1e-300])
def test_equal_variables_are_dependent_however_rare_they_are(p):
    assert not Joint(copies(p), ["X", "Y"]).is_independent()
    assert not Joint(copies(p, 3), ["X", "Y", "W"]).is_independent()
    # ... and however rare the event is that makes them so: X = Y given Z = 1
    table = np.stack([(1 - p) * np.full((2, 2), 0.25), p * copies(0.5)], axis=2)
    joint = Joint(table, ["X", "Y", "Z"])
    assert not joint.is_independent("X", "Y", given="Z")
    assert joint.conditional(Z=0).is_independent()
    assert not joint.conditional(Z=1).is_independent()


def test_eight_equal_features_of_a_rare_class_are_dependent_given_the_class():
    table = np.stack([0.99 / 2**8 * np.ones((2,) * 8), 0.01 * copies(0.3, 8)], axis=8)
    joint = Joint(table, [*"abcdefgh", "rare"])
    assert not joint.is_independent(*"abcdefgh", given="rare")


@pytest.mark.parametrize("m", [2, 3, 4])
@pytest.mark.parametrize("exact", [True, False])
def test_independence_given_a_variable_of_any_number_of_variables(m, exact):
    """P(x₁,…,xₘ,z) = P(z) Π P(xᵢ|z), with chances that change with z; then one cell is moved."""
    rng = np.random.default_rng(m)
    shares = [[F(int(k), 64) for k in rng.integers(1, 64, m)] for _ in range(3)]
    prior = [F(1, 6), F(1, 3), F(1, 2)]
    table = np.full((2,) * m + (3,), F(0))
    for cell in itertools.product((0, 1), repeat=m):
        for z in range(3):
            table[cell][z] = prior[z] * math.prod(s if x else 1 - s
                                                  for x, s in zip(cell, shares[z], strict=True))
    names = [f"X{i}" for i in range(m)]

    def independent(by):
        moved = table.copy()
        moved[(0,) * m][1] += by * moved[(0,) * m][1]
        moved[(1, *(0,) * (m - 1))][1] -= by * table[(0,) * m][1]
        joint = Joint(moved if exact else moved.astype(float), [*names, "Z"])
        return joint.is_independent(*names, given="Z")

    assert independent(0)
    assert not independent(F(1, 10**6))
    assert not independent(F(1, 10**8))
    assert independent(F(1, 10**11)) == (not exact)  # below the tolerance of floats, 1e-9


def test_the_tolerance_of_independence_is_relative_and_can_be_chosen():
    table = np.outer([0.3, 0.7], [1e-7, 1 - 1e-7])
    table[0, 0] *= 1 + 1e-4
    table[1, 0] -= 1e-4 * 0.3e-7
    joint = Joint(table, ["X", "Y"])
    assert not joint.is_independent()
    assert not joint.is_independent(rtol=1e-6)
    assert joint.is_independent(rtol=1e-3)


def test_conditioning_on_a_subnormal_event_keeps_the_digits_that_there_are():
    joint = Joint([[5e-324, 3 * 5e-324], [0.5, 0.5]], ["X", "Y"])
    assert joint.conditional(X=0).table.tolist() == [0.25, 0.75]


def test_fractions_stay_fractions_with_integers_among_them_and_floats_do_not():
    third = F(1, 3)
    for one in (1, np.int64(1), np.int8(1), F(1)):
        assert union(one, third, third) == 1
        assert type(union(one, third, third)) is Fraction
        assert total_probability([third, 1 - third], [one, 0]) == third
        assert type(total_probability([third, 1 - third], [one, 0])) is Fraction
        assert type(total_probability([one, 0], [third, third])) is Fraction
        assert Joint([F(1) - one, one * F(1)], ["X"]).prob(X=1) == 1
        assert type(Joint([one - F(1), one], ["X"]).prob(X=1)) is Fraction
    assert total_probability([F(3, 10), F(7, 10)], [F(9, 10), F(1, 10)]) == F(34, 100)
    for value in (total_probability([F(3, 10), F(7, 10)], [0.9, 0.1]),
                  total_probability([0.3, 0.7], [F(9, 10), F(1, 10)])):
        assert type(value) is float
        assert value == pytest.approx(0.34, rel=1e-15)
    assert type(union(0.5, F(1, 2), F(1, 4))) is float
    assert Joint([F(1, 2), 0.5], ["X"]).table.dtype == float
    with pytest.raises(ValueError, match=r"prior must sum to 1, got \d+/\d+; divide"):
        total_probability([F(1, 2), F(1, 2) - F(1, 10**12)], [F(1), F(1)])


@pytest.mark.parametrize(("pa", "pb", "end", "out"), [(F(3, 10), F(6, 10), F(3, 10), 1),
                                                      (F(7, 10), F(6, 10), F(3, 10), -1)])
def test_the_bounds_of_an_overlap_hold_to_rounding_and_for_fractions_exactly(pa, pb, end, out):
    assert union(pa, pb, end) == pa + pb - end
    with pytest.raises(ValueError, match="pab must lie in"):
        union(pa, pb, end + out * F(1, 10**12))
    union(float(pa), float(pb), float(end) + out * 1e-9)
    with pytest.raises(ValueError, match="pab must lie in"):
        union(float(pa), float(pb), float(end) + out * 1e-6)


def test_a_rounded_one_is_a_probability_and_more_is_not():
    above = np.nextafter(1, 2)
    assert union(above, 0.5, 0.5) == 1
    assert total_probability([0.5, 0.5], [above, -1e-17]) == 0.5
    with pytest.raises(ValueError, match=r"pa must lie in \[0, 1\], got 1\.0000001; "):
        union(1 + 1e-7, 0.5, 0.5)
    with pytest.raises(ValueError, match=r"conditional must lie in \[0, 1\], got -1e-07; for dens"):
        total_probability([0.5, 0.5], [-1e-7, 0.1])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_table_of_short_floats_is_a_distribution(dtype):
    table = np.random.default_rng(0).dirichlet(np.ones(12)).reshape(3, 4).astype(dtype)
    joint = Joint(table, ["X", "Y"])
    assert joint.table.sum() == pytest.approx(1, abs=1e-15)
    np.testing.assert_allclose(joint.table, table, rtol=0.01)


def test_a_float_table_that_sums_to_one_up_to_rounding_keeps_its_bits():
    for seed in range(50):
        table = np.random.default_rng(seed).dirichlet(np.ones(9)).reshape(3, 3)
        assert np.array_equal(Joint(table, ["X", "Y"]).table, table)


def test_no_probability_is_above_one_by_rounding():
    tables = [np.random.default_rng(seed).dirichlet(np.ones(9))[None] for seed in range(100)]
    assert any(table.sum() > 1 for table in tables)
    assert all(Joint(table, ["X", "Y"]).prob(X=0) <= 1 for table in tables)


def test_a_copy_or_a_pickle_is_as_read_only_as_the_original():
    joint = Joint([0.5, 0.5], ["X"])
    for again in (pickle.loads(pickle.dumps(joint)), copy.deepcopy(joint)):
        assert again.table.tolist() == [0.5, 0.5]
        with pytest.raises(ValueError, match="read-only"):
            again.table[0] = 1


def test_expectations_of_huge_integers_are_exact_or_refused():
    f = {0: 10**400, 1: 10**400 + 2}.get
    assert Joint([F(1, 2), F(1, 2)], ["X"]).expectation(f) == 10**400 + 1
    with pytest.raises(ValueError, match="f's value must fit into floats, got 1000"):
        Joint([0.5, 0.5], ["X"]).expectation(f)
    numbers = Joint([F(1, 3), F(2, 3)], ["X"], [(np.int64(1), np.int64(2))])
    assert numbers.expectation(lambda x: x) == F(5, 3)
    assert type(numbers.expectation(lambda x: x)) is Fraction


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


def test_the_standard_error_is_that_of_the_mean_with_n_minus_one():
    x = [1.0, 2.0, 4.0, 9.0]  # mean 4, squared deviations 9 + 4 + 0 + 25
    estimate = simulate(lambda rng, n: np.array(x), 4, rng=np.random.default_rng(0))
    assert (estimate.mean, estimate.n) == (4.0, 4)
    assert estimate.standard_error == pytest.approx(math.sqrt(38 / 3 / 4), rel=1e-15)


@pytest.mark.parametrize("value", [0.1, 1 / 3, -7e300, 5e-324])
def test_equal_draws_have_their_value_and_no_error(value):
    for n in (2, 7, 1000):
        estimate = simulate(lambda rng, n: np.full(n, value), n, rng=np.random.default_rng(0))
        assert (estimate.mean, estimate.standard_error) == (value, 0.0)


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e200, 1e300])
def test_the_units_of_the_draws_do_not_matter(unit):
    def draws(scale):
        return simulate(lambda rng, n: scale * rng.random(n), 1000, rng=np.random.default_rng(1))
    one, other = draws(1.0), draws(unit)
    assert other.mean / unit == pytest.approx(one.mean, rel=1e-14)
    assert other.standard_error / unit == pytest.approx(one.standard_error, rel=1e-13)


def test_an_estimate_holds_plain_numbers():
    estimate = Estimate(np.float32(0.5), np.float64(0.25), np.int64(10))
    assert repr(estimate) == "Estimate(mean=0.5, standard_error=0.25, n=10)"


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
