"""A normalising flow of affine couplings: a bell, bent by maps that are easy to undo."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from mathml._check import (
    as_int,
    as_labels,
    as_matrix,
    as_one_hot,
    as_positive,
    as_rng,
    as_vector,
    finite_result,
)
from mathml.neural import MLP
from mathml.optim import Adam, Scheduled

MOST = 10**8  # numbers that are drawn in one call
LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class CouplingFlow:
    r"""A density on vectors: a standard normal vector z, carried to x by affine couplings.

    .. math:: \log p(x) = \log N(z; 0, I) + \log\lvert\det \partial z/\partial x\rvert, \qquad
              z = f_m(\cdots f_1((x - \mu)/\sigma))

    Coupling k leaves the coordinates of one parity, A, as they are (k odd: 1st, 3rd, ...; k even:
    2nd, 4th, ...) and maps the others, B, by

    .. math:: z_B = x_B \odot e^{s(x_A)} + t(x_A), \qquad s = c \tanh(\text{net}_s), \quad
              t = \text{net}_t, \qquad \log\det = \sum s

    With a class y the nets see it, too, as one-hot entries behind :math:`x_A`; p is then p(x | y).

    Attributes
    ----------
    shift, scale : ndarrays ``(d,)``
        μ and σ: means and standard deviations (ddof 0) of the training data.
    nets : tuple of MLP
        One for each coupling, with one hidden layer of tanh units; its outputs are net_s, net_t.
    n_classes : int
        Number of classes y, 0 if the density has no condition.
    bound : float
        c: a coupling stretches by at most :math:`e^c`, and at least :math:`e^{-c}`.
    losses : ndarray
        The mean negative log-likelihood of the training data before each step, and at the end.
    """

    shift: np.ndarray
    scale: np.ndarray
    nets: tuple
    n_classes: int
    bound: float
    losses: np.ndarray

    @property
    def theta(self) -> np.ndarray:
        """All weights of the nets in one vector, a copy."""
        return np.concatenate([net.theta for net in self.nets])

    def forward(self, X, y=None) -> tuple[np.ndarray, np.ndarray]:
        """From data to noise.

        Parameters
        ----------
        X : array_like ``(n, d)``
        y : array_like ``(n,)``, optional
            Labels 0, ..., n_classes - 1; needed if and only if the flow has classes.

        Returns
        -------
        Z : ndarray ``(n, d)``
        log_det : ndarray ``(n,)``
            log |det ∂z/∂x| at each row, that of the division by `scale` included.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed, or a result does not fit into a float.

        Examples
        --------
        >>> flow = fit_flow([[0.0, 1.0], [2.0, 5.0]], steps=0, rng=np.random.default_rng(0))
        >>> Z, log_det = flow.forward([[2.0, 5.0]])
        >>> Z.tolist(), log_det.round(4).tolist()
        ([[1.0, 1.0]], [-0.6931])
        """
        X, Y = self._arguments(X, "X", y)
        with np.errstate(over="ignore", invalid="ignore"):
            Z, log_det = self._forward(self.nets, X, Y)
            return finite_result(Z, "Z"), finite_result(log_det, "the log-determinant")

    def inverse(self, Z, y=None) -> np.ndarray:
        """From noise to data: X ``(n, d)`` with ``forward(X, y)[0] = Z``.

        Raises
        ------
        ValueError, TypeError
            As for `forward`.

        Examples
        --------
        >>> flow = fit_flow([[0.0, 1.0], [2.0, 5.0]], steps=0, rng=np.random.default_rng(0))
        >>> flow.inverse([[0.0, 0.0], [1.0, -1.0]]).tolist()
        [[1.0, 3.0], [2.0, 1.0]]
        """
        Z, Y = self._arguments(Z, "Z", y)
        with np.errstate(over="ignore", invalid="ignore"):
            for k, net in reversed(list(enumerate(self.nets))):
                A, B = _parts(Z.shape[1], k)
                s, t = self._coupling(net, Z[:, A], Y)[1:]
                Z[:, B] = (Z[:, B] - t) * np.exp(-s)
            return finite_result(self.shift + self.scale * Z, "X")

    def log_prob(self, X, y=None) -> np.ndarray:
        """log p(x), or log p(x | y), in nats: ``(n,)`` for the rows of `X` ``(n, d)``.

        Raises
        ------
        ValueError, TypeError
            As for `forward`.

        Examples
        --------
        >>> flow = fit_flow([[0.0, 1.0], [2.0, 5.0]], steps=0, rng=np.random.default_rng(0))
        >>> flow.log_prob([[1.0, 3.0]]).round(4).tolist()  # −ln 2π − ln 1 − ln 2
        [-2.531]
        """
        Z, log_det = self.forward(X, y)
        with np.errstate(over="ignore"):
            return finite_result(log_det - 0.5 * np.sum(Z**2, axis=1)
                                 - 0.5 * Z.shape[1] * LOG_2PI, "the log-density")

    def sample(self, n: int, *, rng, y=None, temperature: float = 1.0) -> np.ndarray:
        """Draw `n` rows: normal noise of standard deviation `temperature`, through `inverse`.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator
        y : int or array_like ``(n,)``, optional
            The class of all rows, or of each; needed if and only if the flow has classes.
        temperature : float
            Positive; with 1 the draws are from the density of `log_prob`.

        Returns
        -------
        ndarray ``(n, d)``

        Raises
        ------
        ValueError, TypeError
            As for `forward`, and if more than 10⁸ numbers are asked for.

        Examples
        --------
        >>> flow = fit_flow([[0.0, 1.0], [2.0, 5.0]], steps=0, rng=np.random.default_rng(0))
        >>> flow.sample(4, rng=np.random.default_rng(1)).shape
        (4, 2)
        """
        d = self.shift.size
        n = as_int(n, "n", low=1, high=MOST // d)
        T = as_positive(temperature, "temperature")
        if isinstance(y, (int, np.integer)):
            y = np.full(n, as_int(y, "y"))
        noise = as_rng(rng).standard_normal((n, d))
        with np.errstate(over="ignore"):
            return self.inverse(finite_result(T * noise, "each Z"), y)

    def value_and_grad(self, theta, X, y=None) -> tuple[float, np.ndarray]:
        r"""Mean negative log-likelihood at other weights, and its gradient in them.

        With :math:`g = \partial J/\partial z` behind a coupling, and J the mean over n rows,

        .. math:: \partial_t J = g_B, \quad
                  \partial_s J = g_B \odot x_B \odot e^s - \tfrac1n, \quad
                  \partial_{x_B} J = g_B \odot e^s

        and what the nets send back is added to :math:`g_A`.

        Parameters
        ----------
        theta : array_like ``(p,)``
            Weights, as in `theta`; the flow keeps its own.
        X, y
            As for `forward`.

        Returns
        -------
        value : float
        gradient : ndarray ``(p,)``

        Raises
        ------
        ValueError, TypeError
            As for `forward`.

        Examples
        --------
        >>> flow = fit_flow([[0.0, 1.0], [2.0, 5.0]], steps=0, rng=np.random.default_rng(0))
        >>> value, gradient = flow.value_and_grad(flow.theta, [[1.0, 3.0]])
        >>> round(value, 4), gradient.shape == flow.theta.shape
        (2.531, True)
        """
        X, Y = self._arguments(X, "X", y)
        nets = copy.deepcopy(self.nets)
        _set(nets, as_vector(theta, "theta", size=self.theta.size))
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = self._value_and_grad(nets, X, Y)
            return float(finite_result(value, "the value")), finite_result(gradient, "the gradient")

    def _arguments(self, X, name: str, y) -> tuple[np.ndarray, np.ndarray]:
        """Rows, and the one-hot entries of their classes ``(n, n_classes)``."""
        X = as_matrix(X, name, columns=self.shift.size)
        return X, as_one_hot(y, len(X), self.n_classes)

    def _coupling(self, net: MLP, XA: np.ndarray, Y: np.ndarray):
        out = net.forward(np.hstack([XA, Y]))
        squashed, t = np.hsplit(out, 2)
        squashed = np.tanh(squashed)
        return squashed, self.bound * squashed, t

    def _forward(self, nets, X: np.ndarray, Y: np.ndarray, trace: list | None = None):
        H = (X - self.shift) / self.scale
        log_det = np.full(len(X), -np.sum(np.log(self.scale)))
        for k, net in enumerate(nets):
            A, B = _parts(H.shape[1], k)
            squashed, s, t = self._coupling(net, H[:, A], Y)
            before, stretch = H[:, B].copy(), np.exp(s)
            H[:, B] = before * stretch + t
            log_det += s.sum(axis=1)
            if trace is not None:
                trace.append((squashed, before, stretch))
        return H, log_det

    def _value_and_grad(self, nets, X: np.ndarray, Y: np.ndarray):
        trace: list = []
        Z, log_det = self._forward(nets, X, Y, trace)
        n, d = X.shape
        value = np.mean(0.5 * np.sum(Z**2, axis=1) - log_det) + 0.5 * d * LOG_2PI
        G = Z / n
        for k, (squashed, before, stretch) in reversed(list(enumerate(trace))):
            A, B = _parts(d, k)
            d_s = G[:, B] * before * stretch - 1 / n
            d_out = np.hstack([d_s * self.bound * (1 - squashed**2), G[:, B]])
            d_in = nets[k].backward(d_out)
            G[:, B] *= stretch
            G[:, A] += d_in[:, :len(A)]
        return value, np.concatenate([net.gradient for net in nets])


def fit_flow(X, y=None, *, n_layers: int = 4, hidden: int = 16, bound: float = 2.0,
             steps: int = 1000, lr: float = 0.01, rng) -> CouplingFlow:
    r"""Fit a flow of affine couplings by maximum likelihood.

    Adam on the mean negative log-likelihood of all rows, from the identity: the nets' last weights
    start at 0, so the first density is the normal one with the means and variances of the data and
    without correlation. The learning rate falls to 0, step t having lr (1 - t/steps). There is no
    penalty and no promise of a minimum; watch the likelihood of other data.

    Parameters
    ----------
    X : array_like ``(n, d)``
        n >= 2 rows, d >= 2 columns, none of them constant.
    y : array_like ``(n,)``, optional
        Labels 0, ..., K-1, each present: fit p(x | y).
    n_layers : int
        Number of couplings, at least 1. With one, coordinates 1, 3, ... stay normal.
    hidden : int
        Hidden units of each net.
    bound : float
        Largest |log| of a coupling's stretch, above 0, at most 10.
    steps : int
        Number of steps, 0 for the start.
    lr : float
        The first learning rate.
    rng : numpy.random.Generator
        For the first weights.

    Returns
    -------
    CouplingFlow

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, a column is constant, or the steps diverge.

    References
    ----------
    Dinh, Sohl-Dickstein & Bengio (2017); Papamakarios et al. (2021).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a = rng.normal(size=300)
    >>> X = np.c_[a, a**2 + 0.3 * rng.normal(size=300)]
    >>> flow = fit_flow(X, n_layers=2, hidden=8, steps=200, rng=rng)
    >>> bool(flow.losses[-1] < flow.losses[0] - 0.5)
    True
    """
    X = as_matrix(X, "X", min_rows=2)
    n, d = X.shape
    if d < 2:
        raise ValueError(f"X must have at least two columns, got {d}; "
                         "a coupling needs one to keep and one to change")
    n_layers = as_int(n_layers, "n_layers", low=1, high=100)
    hidden = as_int(hidden, "hidden", low=1, high=10**4)
    bound, lr = as_positive(bound, "bound"), as_positive(lr, "lr")
    if bound > 10.0:
        raise ValueError(f"bound must be at most 10, got {bound:g}; choose a smaller one")
    steps, rng = as_int(steps, "steps", high=10**6), as_rng(rng)
    K = 0
    if y is not None:
        y = as_labels(y, "y", size=n)
        K = int(y.max()) + 1
        if not np.bincount(y, minlength=1).all():
            raise ValueError(f"y must hold every label 0, ..., {K - 1}, got {np.unique(y)}; "
                             "relabel with np.unique(y, return_inverse=True)[1]")
    with np.errstate(over="ignore", invalid="ignore"):
        shift = finite_result(X.mean(axis=0), "each mean")
        scale = finite_result(X.std(axis=0), "each standard deviation")
    if np.any(scale <= 1e-12 * np.abs(X).max(axis=0)):
        raise ValueError("X must have columns that vary, got one whose standard deviation is 0 "
                         "or lost in rounding; leave it out, or rescale it")
    nets = []
    for k in range(n_layers):
        A, B = _parts(d, k)
        net = MLP([len(A) + K, hidden, 2 * len(B)], activation="tanh", rng=rng)
        net.layers[-1].W[:] = 0.0
        nets.append(net)
    flow = CouplingFlow(shift, scale, tuple(nets), K, bound, np.empty(0))
    Y, theta, losses = as_one_hot(y, n, K), flow.theta, []
    rule = Scheduled(Adam(lr=lr), lambda t: 1 - (t - 1) / steps)
    state = rule.init(theta)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps + 1):
            value, gradient = flow._value_and_grad(nets, X, Y)
            finite_result(np.r_[value, gradient], "the likelihood and its slope; with a smaller lr")
            losses.append(value)
            if t < steps:
                theta, state = rule.step(theta, gradient, state)
                _set(nets, theta)
    return CouplingFlow(shift, scale, tuple(nets), K, bound, np.array(losses))


def _parts(d: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The coordinates that coupling k keeps, and those that it changes."""
    return np.arange(k % 2, d, 2), np.arange((k + 1) % 2, d, 2)


def _set(nets, theta: np.ndarray) -> None:
    """Give the nets the weights in one vector."""
    start = 0
    for net in nets:
        net.theta = theta[start:start + net.theta.size]
        start += net.theta.size
