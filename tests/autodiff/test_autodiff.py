"""Every row of the table of derivatives, random expressions against differences, and the tape."""

import copy
import math

import numpy as np
import pytest
from scipy import special

from mathml import numdiff
from mathml.autodiff import COMPARISONS, VJP, Tensor, logsumexp, value_and_grad

RNG = np.random.default_rng(7)
UNIT = RNG.uniform(0.2, 0.8, (3, 4))
SIGNED = RNG.normal(size=(3, 4)) + np.where(RNG.random((3, 4)) < 0.5, -0.5, 0.5)

# Arguments for each operation, away from kinks and the edges of its domain.
ARGUMENTS = {
    np.add: (SIGNED, UNIT), np.subtract: (SIGNED, UNIT), np.multiply: (SIGNED, UNIT),
    np.divide: (SIGNED, UNIT), np.power: (UNIT, SIGNED), np.matmul: (SIGNED, UNIT.T),
    np.maximum: (SIGNED, 0.3 * UNIT), np.minimum: (SIGNED, 0.3 * UNIT),
    np.logaddexp: (SIGNED, UNIT), np.negative: (SIGNED,), np.absolute: (SIGNED,),
    np.square: (SIGNED,), np.sqrt: (UNIT,), np.exp: (SIGNED,), np.expm1: (SIGNED,),
    np.log: (UNIT,), np.log1p: (-UNIT,), np.sin: (SIGNED,), np.cos: (SIGNED,), np.tanh: (SIGNED,),
    special.expit: (SIGNED,), special.log_expit: (SIGNED,),
}


def weighted(y):
    """A sum with different weights, so that no two entries can change places unseen."""
    shape = np.shape(y) if not isinstance(y, Tensor) else y.shape
    return np.sum(y * np.cos(np.arange(float(np.prod(shape)))).reshape(shape))


def assert_gradients(f, *arguments, tol=1e-6):
    """Each argument's gradient, and all of them at once, against central differences."""
    value, together = value_and_grad(f)(*arguments)
    assert value == pytest.approx(float(f(*arguments)), rel=1e-12)
    together = together if len(arguments) > 1 else (together,)
    for i, x in enumerate(arguments):
        def partial(x, i=i):
            return f(*arguments[:i], x, *arguments[i + 1:])

        alone = value_and_grad(partial)(x)[1]
        np.testing.assert_allclose(alone, together[i], rtol=1e-12)
        check = numdiff.check_gradient(partial, lambda _, g=alone: g, x, tol=tol)
        assert check, check.message


def test_every_operation_has_arguments_here():
    assert set(ARGUMENTS) == set(VJP)


@pytest.mark.parametrize("operation", VJP, ids=lambda u: u.__name__)
def test_every_row_of_the_table_agrees_with_differences(operation):
    assert_gradients(lambda *a: weighted(operation(*a)), *ARGUMENTS[operation])


@pytest.mark.parametrize("operation", [u for u in VJP if u.nin == 2 and u is not np.matmul],
                         ids=lambda u: u.__name__)
@pytest.mark.parametrize("shapes", [((3, 4), (4,)), ((4,), (3, 4)), ((3, 1), (1, 4)), ((), (3, 4)),
                                    ((3, 4), ()), ((1,), (2, 3, 4)), ((2, 1, 4), (3, 1)), ((), ())])
def test_what_is_broadcast_forward_is_summed_backward(operation, shapes):
    rng = np.random.default_rng(3)
    a, b = (np.array(rng.uniform(0.2, 0.8, shape)) for shape in shapes)
    assert_gradients(lambda a, b: weighted(operation(a, b)), a, b + 1)


@pytest.mark.parametrize("shapes", [((3, 4), (4, 2)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,)),
                                    ((1, 4), (4, 1)), ((1, 1), (1,))])
def test_products_of_vectors_and_matrices(shapes):
    rng = np.random.default_rng(4)
    A, B = (rng.normal(size=shape) for shape in shapes)
    assert_gradients(lambda A, B: weighted(A @ B), A, B)


@pytest.mark.parametrize("f", [
    lambda x: weighted(np.sum(x, axis=0)), lambda x: weighted(np.sum(x, axis=-1, keepdims=True)),
    lambda x: weighted(np.sum(x**2, axis=(0, 1))), lambda x: np.mean(x) ** 2,
    lambda x: weighted(np.mean(x, axis=1) ** 2), lambda x: weighted(np.reshape(x, (2, 6)) ** 2),
    lambda x: weighted(x.reshape(-1)[::2] ** 2), lambda x: weighted(x.T @ x),
    lambda x: weighted(np.transpose(x) ** 2), lambda x: weighted(x[[0, 0, 2], [1, 1, 3]] ** 3),
    lambda x: weighted(x[x > 0] ** 2), lambda x: weighted(sum(row * row for row in x)),
    lambda x: (x + 1 - 2 / x)[1, 2] + (2 - x)[0, 0] * 3 ** (x * x)[2, 1] + (-abs(x))[0, 1],
], ids=range(13))
def test_sums_shapes_and_indices(f):
    assert_gradients(f, SIGNED)


@pytest.mark.parametrize(("axis", "keepdims"),
                         [(None, False), (0, False), (1, True), ((0, 1), True)])
def test_logsumexp(axis, keepdims):
    def reference(x):
        module = logsumexp if isinstance(x, Tensor) else special.logsumexp
        return weighted(module(x, axis=axis, keepdims=keepdims) ** 2)

    assert_gradients(reference, 3 * SIGNED)
    shifted = value_and_grad(lambda x: logsumexp(x))(np.array([1000.0, 999.0]))
    assert shifted[0] == pytest.approx(1000 + np.log1p(np.exp(-1)))
    np.testing.assert_allclose(shifted[1], special.softmax([1.0, 0.0]))


def random_expression(rng, x, size):
    """An expression of about ``size`` operations over the entries of x, values kept moderate.

    Every intermediate result may be used again, so the graphs are no trees.
    """
    unary = (np.exp, np.sin, np.cos, np.tanh, special.expit, np.square, np.negative,
             special.log_expit, lambda a: np.log(a * a + 0.5), lambda a: np.sqrt(a * a + 0.5),
             lambda a: np.log1p(a * a), np.expm1, lambda a: np.abs(a * a + 0.1),
             lambda a: (a * a + 0.5) ** 0.3)
    binary = (np.add, np.subtract, np.multiply, np.logaddexp, lambda a, b: a / (b * b + 0.5),
              lambda a, b: (a * a + 0.5) ** np.tanh(b), lambda a, b: np.maximum(a, b + 10),
              lambda a, b: np.minimum(a, b + 10))
    nodes = [x[i] for i in range(len(x))] + [x[:2] @ x[1:3], np.sum(x)]
    for _ in range(size):
        a, b = (nodes[int(rng.integers(len(nodes)))] for _ in range(2))
        new = (binary[int(rng.integers(len(binary)))](a, b) if rng.random() < 0.5
               else unary[int(rng.integers(len(unary)))](a))
        nodes.append(2 * np.tanh(new / 2))  # moderate: a tower of exponentials proves nothing
    return nodes[-1] + nodes[-2] * nodes[-3]


@pytest.mark.parametrize("seed", range(500))
def test_random_expressions_agree_with_differences(seed):
    x = np.random.default_rng(seed).normal(size=4)
    size = 3 + seed % 12

    def f(x):
        return random_expression(np.random.default_rng([seed, 1]), x, size)

    check = numdiff.check_gradient(f, lambda x: value_and_grad(f)(x)[1], x)
    assert check, check.message


def test_the_random_expressions_depend_on_their_variables():
    rates = []
    for seed in range(100):
        x = np.random.default_rng(seed).normal(size=4)
        g = value_and_grad(lambda x, s=seed: random_expression(
            np.random.default_rng([s, 1]), x, 3 + s % 12))(x)[1]
        rates.append(np.count_nonzero(np.abs(g) > 1e-3))
    assert np.mean(rates) > 2


def test_a_node_used_twice_gets_both_shares_once():
    x = Tensor(3.0)
    y = x * x
    z = y * y + y  # x⁴ + x²
    z.backward()
    assert float(x.grad) == 4 * 27 + 2 * 3
    assert float(y.grad) == 2 * 9 + 1


def test_a_diamond_of_fifty_levels_is_walked_once_a_node():
    x = y = Tensor(1.0)
    for _ in range(50):
        y = (y + y) * 0.5  # 2⁵⁰ paths, 100 nodes
    y.backward()
    assert float(x.grad) == 1.0


def test_a_second_backward_doubles_nothing():
    x = Tensor([1.0, 2.0])
    y = np.sum(x**3)
    y.backward()
    first = x.grad.copy()
    y.backward()
    np.testing.assert_array_equal(x.grad, first)
    np.sum(x).backward()  # of another result: its gradient alone
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])
    y.backward()
    np.testing.assert_array_equal(x.grad, first)


@pytest.mark.parametrize("depth", [10_000, 100_000])
def test_deep_graphs_need_no_recursion(depth):
    x = Tensor(2.0)
    y = x
    for _ in range(depth):
        y = y + 1.0
    y.backward()
    assert float(x.grad) == 1.0
    del y  # nor does taking the graph down


def test_ties_and_kinks_are_what_the_docstring_says():
    assert value_and_grad(np.abs)(0.0)[1] == 0.0
    assert value_and_grad(lambda x: np.maximum(x, 0))(0.0)[1] == 0.0
    assert value_and_grad(lambda x: np.maximum(0, x))(0.0)[1] == 1.0
    assert value_and_grad(lambda x: np.minimum(x, 0))(0.0)[1] == 0.0
    assert value_and_grad(lambda x: np.maximum(x, x))(2.0)[1] == 1.0
    assert value_and_grad(lambda x: np.minimum(x, x))(2.0)[1] == 1.0


def test_powers_at_zero_and_of_negative_numbers():
    for power, slope in [(0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)]:
        assert value_and_grad(lambda x, p=power: x**p)(0.0)[1] == slope
        assert value_and_grad(lambda x, p=power: x**p)(-2.0)[1] == power * (-2.0) ** (power - 1)
    assert value_and_grad(lambda b: 0.0**b)(2.0) == (0.0, 0.0)
    with pytest.raises(ValueError, match="derivative of power must be finite, got inf"):
        value_and_grad(lambda x: x**0.5)(0.0)
    with pytest.raises(ValueError, match="power must be finite, got nan"):
        value_and_grad(lambda x: x**0.5)(-1.0)


def test_the_truth_of_a_tensor_is_that_of_its_value():
    assert bool(Tensor([0.5]))
    assert not bool(Tensor([0.0]))
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Tensor([1.0, 2.0]))


def test_shares_that_add_up_to_infinity_are_an_error():
    with pytest.raises(ValueError, match="must be finite, got inf"):
        value_and_grad(lambda x: x * 1.7e308 + x * 1.7e308)(0.0)


def test_comparisons_are_plain_booleans():
    x = Tensor([1.0, -1.0])
    assert (x > 0).tolist() == [True, False]
    assert (x == x).all()
    assert {f.__name__ for f in COMPARISONS} == {
        "less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


@pytest.mark.parametrize("cut", [
    np.array, np.asarray, lambda x: np.array([x, x]), float, math.exp, np.floor, np.cumsum,
    np.add.reduce, lambda x: np.exp(x, where=False), lambda x: np.stack([x, x]),
    lambda x: special.logsumexp(x), lambda x: x.__iadd__(1.0), lambda x: np.add(np.ones(()), x, x),
    lambda x: x // 2, lambda x: x + "a", lambda x: x * None, lambda x: x * 1j,
])
def test_what_would_cut_the_record_is_refused(cut):
    with pytest.raises(TypeError, match=r"Tensor|table of derivatives|real numbers"):
        cut(Tensor(1.5))


@pytest.mark.parametrize(("spoil", "message"), [
    (lambda: Tensor([1.0, np.nan]), "value must be finite, got nan"),
    (lambda: Tensor([]), r"value must have at least 1 entry, got shape \(0,\)"),
    (lambda: Tensor([1.0])[:0], r"indexing must have at least 1 entry"),
    (lambda: Tensor(1.0) + np.nan, "operand must be finite, got nan"),
    (lambda: np.log(Tensor(-1.0)), "log must be finite, got nan"),
    (lambda: np.exp(Tensor(1e3)), "exp must be finite, got inf"),
    (lambda: Tensor(1.0) / 0, "divide must be finite, got inf"),
    (lambda: Tensor([1.0, 2.0]) + Tensor([1, 2, 3]), r"shapes of add must fit, got \(2,\) and"),
    (lambda: Tensor([1.0, 2.0]) @ Tensor([1, 2, 3]), "shapes of matmul must fit"),
    (lambda: Tensor(1.0) @ Tensor([1.0]), "shapes of matmul must fit"),
    (lambda: Tensor(np.ones((2, 2, 2))) @ Tensor([1.0, 1]), "must have vectors and matrices"),
    (lambda: Tensor([1.0, 2.0]).backward(), r"backward must start from one number, got shape \(2,"),
    (lambda: Tensor([1.0, 2.0]).reshape(3), "shape must have 2 entries, got"),
    (lambda: Tensor([1.0, 2.0]).sum(axis=1), r"axis must lie in \[-1, 0\], got 1"),
    (lambda: logsumexp([1.0, 2.0], axis=1), "axis must lie in"),
    (lambda: np.sqrt(Tensor(0.0)).backward(), "derivative of sqrt must be finite, got inf"),
])
def test_bad_values_are_named(spoil, message):
    with pytest.raises(ValueError, match=message + ".*; "):
        spoil()


def test_value_and_grad_of_several_arguments_and_of_constants():
    value, (da, db, dc) = value_and_grad(lambda a, b, c: np.sum(a @ b))(
        [[1.0, 2.0]], [[3.0], [4.0]], 5)
    assert value == 11.0
    assert da.tolist() == [[3.0, 4.0]]
    assert db.tolist() == [[1.0], [2.0]]
    assert dc == 0.0
    assert isinstance(dc, float)
    assert value_and_grad(lambda x: 3)([1.0, 2.0])[1].tolist() == [0.0, 0.0]
    assert value_and_grad(lambda x: x)([2.0])[1].tolist() == [1.0]


@pytest.mark.parametrize(("f", "argument", "error"), [
    (3, (1.0,), TypeError), (lambda x: x, ([1.0, 2.0],), ValueError), (lambda: 1.0, (), TypeError),
    (lambda x: "a", (1.0,), TypeError), (lambda x: [1.0, 2.0], (1.0,), ValueError),
    (lambda x: np.nan, (1.0,), ValueError), (lambda x: x, ("a",), TypeError),
])
def test_value_and_grad_refuses(f, argument, error):
    with pytest.raises(error, match=r"must .*, got .*; "):
        value_and_grad(f)(*argument)


def test_nothing_of_the_callers_is_changed_or_shared():
    a, c = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    before = copy.deepcopy((a, c))
    x = Tensor(a)
    y = np.sum(x * c + x)
    a[0], c[0] = 100.0, 100.0  # between forward and backward
    y.backward()
    assert x.grad.tolist() == [4.0, 5.0]
    index = np.array([0, 0])
    z = np.sum(x[index])
    index[:] = 1
    z.backward()
    assert x.grad.tolist() == [2.0, 0.0]
    with pytest.raises(ValueError, match="read-only"):
        x.value[0] = 7.0
    _value, gradient = value_and_grad(lambda x: np.sum(x))(before[0])
    gradient[0] = 9.0  # its receiver may do with it what they like
    assert before[0].tolist() == [1.0, 2.0]


def test_integers_lists_and_views_are_points_too():
    def f(x):
        return np.sum(x * x)

    wide = np.arange(12.0).reshape(3, 4)
    for x in ([1, 2, 3], (1.0, 2.0), np.float32([1, 2]), wide[::2, ::3], np.asfortranarray(wide)):
        np.testing.assert_array_equal(value_and_grad(f)(x)[1], 2 * np.array(x, dtype=float))


def test_a_tensor_shows_itself_as_arrays_do():
    assert repr(Tensor([1, 2])) == "Tensor([1., 2.])"
    assert len(Tensor([1, 2])) == 2
    with pytest.raises(TypeError):
        list(Tensor(1.0))
