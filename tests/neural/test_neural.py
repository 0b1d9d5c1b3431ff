"""Layers against the tape and against differences; starts, training and what is refused."""

import numpy as np
import pytest
from scipy import special

from mathml import autodiff
from mathml.autodiff import value_and_grad
from mathml.datasets import load_digits
from mathml.neural import MLP, Linear, ReLU, Tanh, cross_entropy
from mathml.numdiff import check_gradient
from mathml.optim import Adam, minimize_stochastic


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("n", "d_in", "d_out"), [(1, 1, 1), (1, 3, 2), (5, 2, 3), (4, 3, 1)])
def test_the_linear_layer_is_the_derivative_of_its_formula(n, d_in, d_out):
    layer = Linear(d_in, d_out, rng=rng())
    layer.b = rng(1).normal(size=d_out)
    X, C = rng(2).normal(size=(n, d_in)), rng(3).normal(size=(n, d_out))

    def loss(X, W, b):
        Y = X @ W + b
        return np.sum(C * Y) + np.sum(Y * Y)

    _, (dX, dW, db) = value_and_grad(loss)(X, layer.W, layer.b)
    Y = layer.forward(X)
    np.testing.assert_allclose(layer.backward(C + 2 * Y), dX, rtol=1e-12)
    np.testing.assert_allclose(layer.dW, dW, rtol=1e-12)
    np.testing.assert_allclose(layer.db, db, rtol=1e-12)


def test_no_layer_divides_by_the_number_of_rows():
    layer, X = Linear(2, 2, rng=rng()), rng(1).normal(size=(4, 2))
    layer.forward(X)
    layer.backward(np.ones((4, 2)))
    once = layer.dW
    layer.forward(np.vstack([X, X]))
    layer.backward(np.ones((8, 2)))
    np.testing.assert_allclose(layer.dW, 2 * once)


@pytest.mark.parametrize(("layer", "f"), [(ReLU(), lambda X: np.maximum(X, 0)), (Tanh(), np.tanh)])
def test_activations_are_the_derivatives_of_their_formulas(layer, f):
    X, C = rng(1).normal(size=(4, 3)), rng(2).normal(size=(4, 3))
    X[0, 0] = 0.0  # at the kink both take 0
    np.testing.assert_array_equal(layer.forward(X), f(X))
    _, dX = value_and_grad(lambda X: np.sum(C * f(X)))(X)
    np.testing.assert_allclose(layer.backward(C), dX, rtol=1e-12)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("sizes", [[3, 2], [3, 4, 2], (3, 5, 4, 2), [3, 1, 1, 1, 2]])
def test_the_whole_network_agrees_with_differences_and_with_the_tape(activation, sizes):
    net = MLP(sizes, activation=activation, rng=rng(1))
    net.theta = net.theta + 0.1 * rng(2).normal(size=net.theta.size)
    X, y = rng(3).normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])

    def loss(theta):
        net.theta = theta
        return cross_entropy(net.forward(X), y)[0]

    def gradient(theta):
        net.theta = theta
        net.backward(cross_entropy(net.forward(X), y)[1])
        return net.gradient

    check = check_gradient(loss, gradient, net.theta)
    assert check, check.message

    def on_tape(X, *parameters):
        phi = {"relu": lambda H: np.maximum(H, 0), "tanh": np.tanh}[activation]
        for i in range(0, len(parameters), 2):
            X = X @ parameters[i] + parameters[i + 1]
            X = phi(X) if i + 2 < len(parameters) else X
        return np.mean(autodiff.logsumexp(X, axis=1) - X[np.arange(6), y])

    parameters = [a for layer in net.layers[::2] for a in (layer.W, layer.b)]
    value, (dX, *rest) = value_and_grad(on_tape)(X, *parameters)
    J, dZ = cross_entropy(net.forward(X), y)
    assert pytest.approx(J, rel=1e-12) == value
    np.testing.assert_allclose(net.backward(dZ), dX, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(net.gradient, np.concatenate([g.ravel() for g in rest]),
                               rtol=1e-10, atol=1e-15)


def test_a_second_backward_doubles_nothing():
    net = MLP([2, 3, 2], rng=rng())
    _J, dZ = cross_entropy(net.forward([[1.0, 2.0], [0.5, -1.0]]), [0, 1])
    net.backward(dZ)
    once = net.gradient
    net.backward(dZ)
    np.testing.assert_array_equal(net.gradient, once)


def test_cross_entropy_is_that_of_the_log_softmax_and_never_infinite():
    Z, y = 5 * rng().normal(size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])
    J, _dZ = cross_entropy(Z, y)
    assert pytest.approx(-np.log(special.softmax(Z, axis=1))[np.arange(6), y].mean()) == J
    check = check_gradient(lambda Z: cross_entropy(Z, y)[0], lambda Z: cross_entropy(Z, y)[1], Z)
    assert check, check.message
    assert cross_entropy([[0.0, -800.0]], [1])[0] == 800.0  # where log(softmax) gives infinity
    assert cross_entropy([[1e4, 0.0]], [0]) == (0.0, pytest.approx(np.zeros((1, 2))))


@pytest.mark.parametrize(("start", "std"), [("he", np.sqrt(2 / 300)), ("glorot", np.sqrt(2 / 700)),
                                        (0.01, 0.01)])
def test_starts_have_the_spread_they_promise(start, std):
    W = Linear(300, 400, start=start, rng=rng()).W
    n = W.size  # a sample standard deviation lies within 4 of its own standard errors
    assert abs(W.std(ddof=1) / std - 1) < 4 / np.sqrt(2 * n)
    assert abs(W.mean()) < 4 * std / np.sqrt(n)
    assert not Linear(3, 4, start=start, rng=rng()).b.any()


def test_networks_take_the_start_that_suits_their_activation():
    for activation, std in [("relu", np.sqrt(2 / 200)), ("tanh", np.sqrt(2 / 500))]:
        W = MLP([200, 300, 2], activation=activation, rng=rng()).layers[0].W
        assert abs(W.std(ddof=1) / std - 1) < 4 / np.sqrt(2 * W.size)
    assert MLP([9, 9], start=0.5, rng=rng()).layers[0].W.std() == pytest.approx(0.5, rel=0.3)


def test_theta_is_a_copy_and_comes_back_as_it_was():
    net = MLP([2, 3, 1], rng=rng())
    theta = net.theta
    theta[:] = 0.0
    assert net.theta.any()
    net.theta = np.arange(13.0)
    assert net.layers[0].W.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert net.layers[0].b.tolist() == [6, 7, 8]
    assert net.layers[2].b.tolist() == [12]
    np.testing.assert_array_equal(net.theta, np.arange(13.0))


@pytest.mark.parametrize("seed", range(3))
def test_a_small_network_learns_the_digits(seed):
    digits = load_digits()
    X, y = digits.data / 16, digits.target
    generator = rng(seed)
    order = generator.permutation(len(y))
    train, test = order[:1400], order[1400:]
    net = MLP([64, 32, 10], rng=generator)

    def batch(theta, idx):
        net.theta = theta
        J, dZ = cross_entropy(net.forward(X[train[idx]]), y[train[idx]])
        net.backward(dZ)
        return J, net.gradient

    path = minimize_stochastic(batch, net.theta, Adam(lr=0.01), 1400, batch_size=64, epochs=20,
                               rng=generator)
    net.theta = path.x
    assert path.f < 0.05
    assert np.mean(net.forward(X[test]).argmax(axis=1) == y[test]) > 0.95


@pytest.mark.parametrize(("spoil", "message"), [
    (lambda: Linear(2, 3, rng=rng()).backward([[1.0, 2.0, 3.0]]), "forward pass must come first"),
    (lambda: ReLU().backward([[1.0]]), "forward pass must come first"),
    (lambda: MLP([2, 3], rng=rng()).gradient, "backward pass must come first"),
    (lambda: Linear(2, 3, rng=rng()).forward([[1.0, 2.0, 3.0]]), "X must have 2 columns, got 3"),
    (lambda: Linear(2, 3, start="xavier", rng=rng()), "start must be 'he', 'glorot' or a number"),
    (lambda: Linear(2, 3, start=0.0, rng=rng()), "start must lie in"),
    (lambda: Linear(20, 30, start=1.7e308, rng=rng()), "each weight at the start must fit"),
    (lambda: MLP([2], rng=rng()), "sizes must be a sequence of two or more"),
    (lambda: MLP([2, 0], rng=rng()), "each of sizes must be at least 1, got 0"),
    (lambda: MLP([2, 3], activation="gelu", rng=rng()), "activation must be 'relu' or 'tanh'"),
    (lambda: cross_entropy([[0.0, 1.0]], [2]), "y must hold labels below K = 2, got 2"),
])
def test_mistakes_are_named(spoil, message):
    with pytest.raises(ValueError, match=message + ".*; "):
        spoil()


def test_a_vector_of_the_wrong_length_changes_no_parameter():
    net = MLP([2, 3], rng=rng())
    before = net.theta
    with pytest.raises(ValueError, match="theta must have 9 entries, got 8"):
        net.theta = np.zeros(8)
    np.testing.assert_array_equal(net.theta, before)
