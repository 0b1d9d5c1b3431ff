"""Layers with their backward passes written by hand, and networks of them.

The derivative of a layer is that of its formula. The 1/n of a mean stands in the loss, where the
mean is taken, and in no layer.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.special import log_softmax

from mathml._check import (
    as_int,
    as_labels,
    as_matrix,
    as_positive,
    as_rng,
    as_vector,
    finite_result,
)

# The standard deviation of a start, from the numbers of inputs and outputs.
STARTS = {"he": lambda d_in, d_out: np.sqrt(2 / d_in),
          "glorot": lambda d_in, d_out: np.sqrt(2 / (d_in + d_out))}


MAX_WEIGHTS = 10**8  # 0.8 GB; more is a slip of the finger here


class Linear:
    r"""The affine map of a batch of rows.

    .. math:: Y = XW + \mathbf 1 b^\top, \qquad
              \partial_W J = X^\top \partial_Y J, \quad
              \partial_b J = (\partial_Y J)^\top \mathbf 1, \quad
              \partial_X J = \partial_Y J \, W^\top

    Parameters
    ----------
    d_in, d_out : int
        Numbers of inputs and outputs, at least 1.
    start : {"he", "glorot"} or float
        Standard deviation of the weights at the start, which are normal with mean 0: √(2/d_in),
        √(2/(d_in + d_out)), or the number given. The bias starts at 0.
    rng : numpy.random.Generator

    Attributes
    ----------
    W : ndarray ``(d_in, d_out)``
    b : ndarray ``(d_out,)``
    dW, db : ndarrays of the shapes of `W` and `b`, or None before the first backward pass

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed.

    References
    ----------
    He et al. (2015), §2.2; Glorot & Bengio (2010), §4.2.

    Examples
    --------
    >>> layer = Linear(2, 1, rng=np.random.default_rng(0))
    >>> layer.W[:] = [[2.0], [3.0]]
    >>> layer.forward([[1, 1], [0, 2]]).tolist()
    [[5.0], [6.0]]
    >>> layer.backward([[1.0], [1.0]]).tolist(), layer.dW.tolist(), layer.db.tolist()
    ([[2.0, 3.0], [2.0, 3.0]], [[1.0], [3.0]], [2.0])
    """

    def __init__(self, d_in: int, d_out: int, *, start: str | float = "he",
                 rng: np.random.Generator) -> None:
        d_in, d_out = as_int(d_in, "d_in", low=1), as_int(d_out, "d_out", low=1)
        as_int(d_in * d_out, "the number of weights", high=MAX_WEIGHTS)
        weights = as_rng(rng).normal(0.0, _std(start, d_in, d_out), (d_in, d_out))
        self.W = finite_result(weights, "each weight at the start")
        self.b = np.zeros(d_out)
        self.dW = self.db = self._X = None

    def forward(self, X) -> np.ndarray:
        """Y ``(n, d_out)`` for X ``(n, d_in)``."""
        self._X = _batch(X, "X", self.W.shape[0])
        with np.errstate(over="ignore", invalid="ignore"):
            return finite_result(self._X @ self.W + self.b, "Y")

    def backward(self, dY) -> np.ndarray:
        """∂J/∂X ``(n, d_in)`` from ∂J/∂Y ``(n, d_out)``; sets ``dW`` and ``db`` anew."""
        X = _seen(self._X)
        dY = _batch(dY, "dY", self.W.shape[1], rows=len(X))
        with np.errstate(over="ignore", invalid="ignore"):
            dW, db, dX = (finite_result(d, "each derivative")
                          for d in (X.T @ dY, dY.sum(axis=0), dY @ self.W.T))
        self.dW, self.db = dW, db
        return dX


class ReLU:
    r"""max(x, 0), elementwise.

    .. math:: Y = \max(X, 0), \qquad \partial_X J = \partial_Y J \odot \mathbf 1\{X > 0\}

    At 0, where there is no derivative, backward takes 0.

    Examples
    --------
    >>> relu = ReLU()
    >>> relu.forward([[-1.0, 0.0, 2.0]]).tolist(), relu.backward([[5.0, 5.0, 5.0]]).tolist()
    ([[0.0, 0.0, 2.0]], [[0.0, 0.0, 5.0]])
    """

    def __init__(self) -> None:
        self._X = None

    def forward(self, X) -> np.ndarray:
        """Y of the shape of X ``(n, d)``."""
        self._X = as_matrix(X, "X")
        return np.maximum(self._X, 0.0)

    def backward(self, dY) -> np.ndarray:
        """∂J/∂X from ∂J/∂Y, both ``(n, d)``."""
        X = _seen(self._X)
        return _batch(dY, "dY", X.shape[1], rows=len(X)) * (X > 0)


class Tanh:
    r"""tanh, elementwise.

    .. math:: Y = \tanh X, \qquad \partial_X J = \partial_Y J \odot (1 - Y \odot Y)

    Examples
    --------
    >>> tanh = Tanh()
    >>> tanh.forward([[0.0, 1.0]]).round(4).tolist(), tanh.backward([[1.0, 1.0]]).round(4).tolist()
    ([[0.0, 0.7616]], [[1.0, 0.42]])
    """

    def __init__(self) -> None:
        self._Y = None

    def forward(self, X) -> np.ndarray:
        """Y of the shape of X ``(n, d)``."""
        self._Y = np.tanh(as_matrix(X, "X"))
        return self._Y.copy()

    def backward(self, dY) -> np.ndarray:
        """∂J/∂X from ∂J/∂Y, both ``(n, d)``."""
        Y = _seen(self._Y)
        return _batch(dY, "dY", Y.shape[1], rows=len(Y)) * (1 - Y**2)


# The activation of the hidden layers, and the start of the weights that suits it.
ACTIVATIONS = {"relu": (ReLU, "he"), "tanh": (Tanh, "glorot")}


class MLP:
    r"""A multilayer perceptron: affine maps with an activation between them.

    .. math:: H_0 = X, \qquad H_l = \varphi(H_{l-1} W_l + \mathbf 1 b_l^\top), \qquad
              Z = H_{m-1} W_m + \mathbf 1 b_m^\top

    The last layer has no activation: Z are the scores of a regression or of a softmax.

    Parameters
    ----------
    sizes : sequence of int
        Number of inputs, of units in each hidden layer, of outputs: at least two numbers.
    activation : {"relu", "tanh"}
        φ. With ReLU the weights start as He et al., with tanh as Glorot & Bengio propose.
    start : {"he", "glorot"} or float, optional
        Another start, as for `Linear`.
    rng : numpy.random.Generator

    Attributes
    ----------
    layers : list
        Linear, activation, Linear, ..., Linear.
    theta : ndarray ``(p,)``
        All parameters in one vector: W₁ row by row, b₁, W₂, ... A copy; assign a vector to set
        them.
    gradient : ndarray ``(p,)``
        ∂J/∂theta of the last `backward`.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed.

    References
    ----------
    Rumelhart, Hinton & Williams (1986); Goodfellow, Bengio & Courville (2016), §6.5.

    Examples
    --------
    >>> net = MLP([2, 8, 3], rng=np.random.default_rng(0))
    >>> Z = net.forward([[0.5, -1.0], [2.0, 0.0]])
    >>> J, dZ = cross_entropy(Z, [2, 0])
    >>> net.backward(dZ).shape, net.gradient.shape
    ((2, 2), (51,))
    """

    def __init__(self, sizes, *, activation: str = "relu", start: str | float | None = None,
                 rng: np.random.Generator) -> None:
        if not (isinstance(sizes, (list, tuple, range)) or np.ndim(sizes) == 1) \
                or len(sizes) < 2:
            raise ValueError("sizes must be a sequence of two or more numbers of units, got "
                             f"{sizes!r:.40}; begin with the inputs, end with the outputs")
        sizes = [as_int(d, "each of sizes", low=1) for d in sizes]
        if not isinstance(activation, str) or activation not in ACTIVATIONS:
            raise ValueError(f"activation must be 'relu' or 'tanh', got {activation!r:.40}; "
                             "choose one")
        phi, usual = ACTIVATIONS[activation]
        self.layers: list = []
        for d_in, d_out in itertools.pairwise(sizes):
            self.layers += [Linear(d_in, d_out, start=usual if start is None else start, rng=rng),
                            phi()]
        self.layers.pop()  # no activation behind the last map

    def forward(self, X) -> np.ndarray:
        """Scores Z ``(n, outputs)`` for X ``(n, inputs)``."""
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, dZ) -> np.ndarray:
        """∂J/∂X ``(n, inputs)`` from ∂J/∂Z ``(n, outputs)``; sets `gradient`."""
        for layer in reversed(self.layers):
            dZ = layer.backward(dZ)
        return dZ

    @property
    def theta(self) -> np.ndarray:
        return np.concatenate([a.ravel() for layer in self._maps for a in (layer.W, layer.b)])

    @theta.setter
    def theta(self, theta) -> None:
        start, theta = 0, as_vector(theta, "theta", size=self.theta.size)
        for layer in self._maps:
            for name, old in (("W", layer.W), ("b", layer.b)):
                setattr(layer, name, theta[start:start + old.size].reshape(old.shape).copy())
                start += old.size

    @property
    def gradient(self) -> np.ndarray:
        parts = [a for layer in self._maps for a in (layer.dW, layer.db)]
        return np.concatenate([_seen(a, "a backward pass", "backward(dZ)").ravel() for a in parts])

    @property
    def _maps(self) -> list[Linear]:
        return self.layers[::2]


def cross_entropy(Z, y) -> tuple[float, np.ndarray]:
    r"""Mean cross-entropy of scores against labels, and its derivative in the scores.

    .. math:: J = \frac1n \sum_{i=1}^n \bigl(\operatorname{LSE}(z_i) - z_{i y_i}\bigr), \qquad
              \frac{\partial J}{\partial Z} = \frac1n (P - Y), \quad P = \operatorname{softmax}(Z)

    Parameters
    ----------
    Z : array_like ``(n, K)``
        A row of scores for each example.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1.

    Returns
    -------
    J : float
    dZ : ndarray ``(n, K)``

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed or the sizes disagree.

    References
    ----------
    Bishop (2006), §4.3.4.

    Examples
    --------
    >>> J, dZ = cross_entropy([[0.0, 0.0], [0.0, np.log(3)]], [0, 1])
    >>> round(J, 6), dZ.round(6).tolist()
    (0.490415, [[-0.25, 0.25], [0.125, -0.125]])
    """
    Z = as_matrix(Z, "Z")
    y, own = as_labels(y, "y", size=len(Z), columns=Z.shape[1]), np.arange(len(Z))
    with np.errstate(over="ignore"):
        log_p = finite_result(log_softmax(Z, axis=1), "each log-probability")
    dZ = np.exp(log_p)
    dZ[own, y] -= 1.0
    return float(-np.mean(log_p[own, y])), dZ / len(Z)


def _std(start, d_in: int, d_out: int) -> float:
    if not isinstance(start, str):
        return as_positive(start, "start")
    if start not in STARTS:
        raise ValueError(f"start must be 'he', 'glorot' or a number, got {start!r:.40}; choose one")
    return STARTS[start](d_in, d_out)


def _batch(A, name: str, columns: int, rows: int | None = None) -> np.ndarray:
    A = as_matrix(A, name, rows=rows)
    if A.shape[1] != columns:
        raise ValueError(f"{name} must have {columns} columns, got {A.shape[1]}; "
                         "make the sizes agree")
    return A


def _seen(array: np.ndarray | None, what: str = "a forward pass", call: str = "forward(X)"):
    if array is None:
        raise ValueError(f"{what} must come first, got none; call {call}")
    return array
