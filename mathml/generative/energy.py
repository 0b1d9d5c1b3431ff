r"""Energies: models that are known up to their normalising constant.

``p(x) = exp(-E(x)) / Z``. A restricted Boltzmann machine whose every sum can be had exactly while
one of its sides is small; score matching where it is linear; the Langevin walk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp

from mathml._check import (
    as_bits,
    as_choice,
    as_float_array,
    as_function,
    as_int,
    as_matrix,
    as_positive,
    as_returned_array,
    as_returned_gradient,
    as_rng,
    as_sample_size,
    as_vector,
    finite_result,
)
from mathml.optim import Adam

MAX_UNITS = 20     # a sum over 2^20 states takes seconds, and half a gigabyte
MAX_TABLE = 12     # a table of 2^12 by 2^12 chances has 16 million entries
CHUNK = 2**14      # states that are summed at a time


@dataclass(frozen=True, eq=False)
class RBM:
    r"""A restricted Boltzmann machine: bits v and hidden bits h, and an energy for each pair.

    .. math:: E(v, h) = -b^\top v - c^\top h - v^\top W h, \qquad p(v, h) = e^{-E(v, h)} / Z

    No visible unit is tied to another visible one, nor a hidden one to a hidden one. So given one
    side the units of the other are independent, and Z is a sum over the smaller side alone.

    Parameters
    ----------
    W : array_like ``(d, m)``
        Weights between the `d` visible and the `m` hidden units.
    b : array_like ``(d,)``
        Biases of the visible units.
    c : array_like ``(m,)``
        Biases of the hidden units.

    Raises
    ------
    ValueError
        If the shapes disagree, or energies do not fit into a float.

    Examples
    --------
    >>> rbm = RBM([[2.0], [-1.0]], [0.0, 0.5], [-1.0])
    >>> rbm.free_energy([[1, 0], [0, 1]]).round(4).tolist()  # -log(1 + e¹), -1/2 - log(1 + e⁻²)
    [-1.3133, -0.6269]
    >>> bool(np.isclose(np.exp(rbm.log_prob([[0, 0], [0, 1], [1, 0], [1, 1]])).sum(), 1))
    True

    References
    ----------
    Smolensky (1986); Hinton (2002).
    """

    W: np.ndarray
    b: np.ndarray
    c: np.ndarray

    def __post_init__(self) -> None:
        W = as_matrix(self.W, "W", repair="give each visible bit a row")
        b = as_vector(self.b, "b", size=W.shape[0])
        c = as_vector(self.c, "c", size=W.shape[1])
        with np.errstate(over="ignore"):
            finite_result(np.abs(W).sum() + np.abs(b).sum() + np.abs(c).sum(),
                          "the sum of all weights and biases")
        for name, value in (("W", W), ("b", b), ("c", c)):
            object.__setattr__(self, name, value)

    @property
    def theta(self) -> np.ndarray:
        """All parameters in one vector ``(d m + d + m,)``: W row by row, then b, then c."""
        return np.concatenate([self.W.ravel(), self.b, self.c])

    def with_theta(self, theta) -> RBM:
        """A machine of the same shape with other parameters, in the order of ``theta``.

        Examples
        --------
        >>> rbm = RBM([[2.0], [-1.0]], [0.0, 0.5], [-1.0])
        >>> rbm.with_theta(-rbm.theta).W.tolist()
        [[-2.0], [1.0]]
        """
        d, m = self.W.shape
        t = as_vector(theta, "theta", size=d * m + d + m)
        return RBM(t[:d * m].reshape(d, m), t[d * m:d * m + d], t[d * m + d:])

    def energy(self, V, H) -> np.ndarray:
        r""":math:`E(v, h)` for each row of `V` ``(n, d)`` with the same row of `H` ``(n, m)``.

        Examples
        --------
        >>> RBM([[2.0], [-1.0]], [0.0, 0.5], [-1.0]).energy([[1, 1]], [[1]]).tolist()
        [-0.5]
        """
        V = as_bits(V, "V", columns=self.b.size)
        H = as_bits(H, "H", rows=len(V), columns=self.c.size)
        return -V @ self.b - H @ self.c - np.sum((V @ self.W) * H, axis=1)

    def free_energy(self, V) -> np.ndarray:
        r"""The energy of v alone, :math:`F(v) = -\log\sum_h e^{-E(v, h)}`.

        .. math:: F(v) = -b^\top v - \sum_j \log\bigl(1 + e^{c_j + (W^\top v)_j}\bigr)

        One number for each row of `V` ``(n, d)``; :math:`\log p(v) = -F(v) - \log Z`.

        Examples
        --------
        >>> RBM([[2.0], [-1.0]], [0.0, 0.5], [-1.0]).free_energy([[0, 0]]).round(4).tolist()
        [-0.3133]
        """
        return self._free(as_bits(V, "V", columns=self.b.size))

    def hidden_given(self, V) -> np.ndarray:
        r"""The chances :math:`P(h_j = 1 \mid v) = \sigma(c_j + (W^\top v)_j)`, shape ``(n, m)``.

        Examples
        --------
        >>> RBM([[2.0], [-1.0]], [0.0, 0.5], [-1.0]).hidden_given([[1, 1]]).tolist()
        [[0.5]]
        """
        return expit(self.c + as_bits(V, "V", columns=self.b.size) @ self.W)

    def visible_given(self, H) -> np.ndarray:
        r"""The chances :math:`P(v_i = 1 \mid h) = \sigma(b_i + (W h)_i)`, shape ``(n, d)``.

        Examples
        --------
        >>> RBM([[2.0], [-1.0]], [0.0, 0.5], [-1.0]).visible_given([[1]]).round(3).tolist()
        [[0.881, 0.378]]
        """
        return expit(self.b + as_bits(H, "H", columns=self.c.size) @ self.W.T)

    def log_Z(self) -> float:
        r"""The logarithm of :math:`Z = \sum_{v, h} e^{-E(v, h)}`, exactly, over the smaller side.

        Raises
        ------
        ValueError
            If the smaller side has more than 20 units.

        Examples
        --------
        >>> round(RBM([[0.0, 0.0]], [0.0], [0.0, 0.0]).log_Z(), 4)  # log 8: all states alike
        2.0794
        """
        return float(logsumexp([logsumexp(part) for _, part in self._small_side()]))

    def log_prob(self, V) -> np.ndarray:
        r""":math:`\log p(v)` in nats, for each row of `V` ``(n, d)``, with the exact Z.

        Examples
        --------
        >>> RBM([[0.0], [0.0]], [0.0, 0.0], [0.0]).log_prob([[0, 1]]).round(4).tolist()  # -log 4
        [-1.3863]
        """
        V = as_bits(V, "V", columns=self.b.size)
        return -self._free(V) - self.log_Z()

    def gradient(self, V) -> np.ndarray:
        r"""The exact gradient of the mean log-likelihood by ``theta``.

        .. math:: \frac1n\sum_i E[T \mid v_i] - E_p[T],
           \qquad T = (v h^\top, v, h)

        with the second mean over all states of the model.

        Examples
        --------
        >>> RBM([[0.0]], [0.0], [0.0]).gradient([[1], [1]]).tolist()  # towards v = 1
        [0.25, 0.5, 0.0]
        """
        V = as_bits(V, "V", columns=self.b.size)
        return self._means(V) - self._model_means()

    def cd_gradient(self, V, k: int = 1, *, rng: np.random.Generator) -> np.ndarray:
        r"""Contrastive divergence: the gradient with `k` steps of a chain in place of the model.

        .. math:: \frac1n\sum_i E[T \mid v_i] - \frac1n\sum_i E[T \mid v_i^{(k)}]

        where :math:`v_i^{(k)}` comes from :math:`v_i` by `k` rounds of ``gibbs``. Compare
        ``expected_cd_gradient``.

        Examples
        --------
        >>> rbm = RBM([[0.0]], [0.0], [0.0])
        >>> rbm.cd_gradient([[1]] * 10000, rng=np.random.default_rng(0)).round(2).tolist()
        [0.25, 0.51, 0.0]
        """
        V = as_bits(V, "V", columns=self.b.size)
        return self._means(V) - self._means(self.gibbs(V, as_int(k, "k", low=1), rng=rng))

    def expected_cd_gradient(self, V, k: int = 1) -> np.ndarray:
        r"""The expectation of ``cd_gradient``, by the chain's table of chances: no sampling.

        Raises
        ------
        ValueError
            If a side has more than 12 units.

        Examples
        --------
        >>> RBM([[0.0]], [0.0], [0.0]).expected_cd_gradient([[1], [1]], k=3).tolist()
        [0.25, 0.5, 0.0]
        """
        V, k = as_bits(V, "V", columns=self.b.size), as_int(k, "k", low=1, high=10**6)
        states, up, down = self._tables()
        place = (V @ 2.0 ** np.arange(self.b.size)[::-1]).astype(int)
        p = np.bincount(place, minlength=len(states)) / len(V)
        for _ in range(k):
            p = (p @ up) @ down
        return self._means(V) - self._means(states, p)

    def transition(self) -> np.ndarray:
        r"""The chances :math:`P(v \to v')` of one round of ``gibbs``, shape ``(2^d, 2^d)``.

        Rows and columns are the states in counting order: v = (0, …, 0, 1) is number 1.

        Raises
        ------
        ValueError
            If a side has more than 12 units.

        Examples
        --------
        >>> RBM([[0.0]], [0.0], [0.0]).transition().tolist()
        [[0.5, 0.5], [0.5, 0.5]]
        """
        _, up, down = self._tables()
        return up @ down

    def gibbs(self, V, steps: int = 1, *, rng: np.random.Generator) -> np.ndarray:
        """Draw all hidden units given V, then all visible ones given these, `steps` times.

        Returns
        -------
        ndarray ``(n, d)`` of zeros and ones

        Examples
        --------
        >>> rbm = RBM([[18.0], [18.0]], [-9.0, -9.0], [-18.0])  # both bits, or none
        >>> rbm.gibbs([[1, 1], [0, 0]], 3, rng=np.random.default_rng(0)).tolist()
        [[1.0, 1.0], [0.0, 0.0]]
        """
        V, rng = as_bits(V, "V", columns=self.b.size), as_rng(rng)
        for _ in range(as_int(steps, "steps", high=10**6)):
            H = rng.random((len(V), self.c.size)) < expit(self.c + V @ self.W)
            V = (rng.random(V.shape) < expit(self.b + H @ self.W.T)).astype(float)
        return V

    def sample(self, n: int, *, rng: np.random.Generator) -> np.ndarray:
        """`n` exact draws ``(n, d)``: first the smaller side from its own table, then the other.

        Raises
        ------
        ValueError
            If the smaller side has more than 20 units; use ``gibbs`` then.

        Examples
        --------
        >>> rbm = RBM([[18.0], [18.0]], [-9.0, -9.0], [-18.0])
        >>> rbm.sample(2000, rng=np.random.default_rng(0)).mean(axis=0).round(2).tolist()
        [0.5, 0.5]
        """
        n, rng = as_int(n, "n", low=1, high=10**7), as_rng(rng)
        parts = list(self._small_side())
        log_p = np.concatenate([part for _, part in parts])
        p = np.exp(log_p - logsumexp(log_p))
        states = np.concatenate([part for part, _ in parts])[rng.choice(p.size, n, p=p / p.sum())]
        if self.b.size < self.c.size:
            return states
        return (rng.random((n, self.b.size)) < expit(self.b + states @ self.W.T)).astype(float)

    def _free(self, V: np.ndarray) -> np.ndarray:
        return -V @ self.b - np.logaddexp(0.0, self.c + V @ self.W).sum(axis=1)

    def _small_side(self):
        """The states of the smaller side, in parts, each with the logarithm of Z p(state)."""
        d, m = self.W.shape
        if min(d, m) > MAX_UNITS:
            raise ValueError(f"the smaller side must have at most {MAX_UNITS} units, got "
                             f"{min(d, m)}; Z would be a sum over 2^{min(d, m)} states: "
                             "use fewer units, or what needs no Z")
        for first in range(0, 2 ** min(d, m), CHUNK):
            S = _all_bits(min(d, m), first, CHUNK)
            if d < m:
                yield S, -self._free(S)
            else:
                yield S, S @ self.c + np.logaddexp(0.0, self.b + S @ self.W.T).sum(axis=1)

    def _tables(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All visible states; the chances of each h given each v, and of each v given each h."""
        if max(self.W.shape) > MAX_TABLE:
            raise ValueError(f"each side must have at most {MAX_TABLE} units, got "
                             f"{self.W.shape}; the table of the chain has too many entries: "
                             "sample with cd_gradient or gibbs instead")
        states, hidden = _all_bits(self.b.size), _all_bits(self.c.size)
        return (states, np.exp(_bernoulli(self.c + states @ self.W, hidden)),
                np.exp(_bernoulli(self.b + hidden @ self.W.T, states)))

    def _means(self, V: np.ndarray, p: np.ndarray | None = None) -> np.ndarray:
        """The mean of E[T | v], over the rows of V or with the weights p."""
        p = np.full(len(V), 1 / len(V)) if p is None else p
        H = expit(self.c + V @ self.W)
        return np.concatenate([((p[:, None] * V).T @ H).ravel(), p @ V, p @ H])

    def _model_means(self) -> np.ndarray:
        """E[T] under the model: a sum over the smaller side."""
        d, m = self.W.shape
        log_Z, total = self.log_Z(), np.zeros(d * m + d + m)
        for S, log_p in self._small_side():
            p = np.exp(log_p - log_Z)
            if d < m:
                total += self._means(S, p)
            else:
                V = expit(self.b + S @ self.W.T)
                total += np.concatenate([((p[:, None] * V).T @ S).ravel(), p @ V, p @ S])
        return total


def fit_rbm(V, n_hidden: int, *, rng: np.random.Generator, method: str = "cd", k: int = 1,
            steps: int = 1000, lr: float = 0.05, batch_size: int | None = None,
            start: RBM | None = None) -> RBM:
    r"""Climb the mean log-likelihood of bits, by its gradient or by what stands in for it.

    Parameters
    ----------
    V : array_like ``(n, d)`` of zeros and ones
    n_hidden : int
        How many hidden units.
    rng : numpy.random.Generator
        Draws the start, the batches and the chains.
    method : {"cd", "pcd", "exact"}
        "cd" starts `k` rounds of the chain at the batch, each time anew; "pcd" (persistent) goes
        on where the chains stood; "exact" sums over all states of the smaller side.
    k : int
        Rounds of the chain; nothing to "exact".
    steps : int
        Steps of Adam. Nothing here can tell convergence from a rest: look at ``log_prob``.
    lr : float
        Learning rate of Adam; it falls linearly to 0.
    batch_size : int, optional
        Rows a step, drawn without replacement; all by default.
    start : RBM, optional
        Where to begin: by default weights from N(0, 0.01), and visible biases that give each
        pixel its own share, (1 + ones)/(2 + n).

    Returns
    -------
    RBM

    Examples
    --------
    >>> V = [[1, 1, 0], [0, 0, 1]] * 10
    >>> rbm = fit_rbm(V, 2, rng=np.random.default_rng(0), method="exact", steps=300)
    >>> print(rbm.log_prob(V).mean().round(2))  # at most -log 2
    -0.73

    References
    ----------
    Hinton (2002); Tieleman (2008) for persistent chains.
    """
    V, rng = as_bits(V, "V"), as_rng(rng)
    n, d = V.shape
    m = as_int(n_hidden, "n_hidden", low=1, high=10**4)
    method = as_choice(method, "method", ("cd", "pcd", "exact"))
    k, steps = as_int(k, "k", low=1, high=10**6), as_int(steps, "steps", low=0, high=10**7)
    lr = as_positive(lr, "lr")
    size = n if batch_size is None else as_int(batch_size, "batch_size", low=1, high=n)
    if start is None:
        share = (1 + V.sum(axis=0)) / (2 + n)
        rbm = RBM(rng.normal(0, 0.1, (d, m)), np.log(share / (1 - share)), np.zeros(m))
    else:
        rbm = _as_rbm(start, d, m)
    rule, theta, chains = Adam(1.0), rbm.theta, V[rng.integers(n, size=size)]
    state = rule.init(theta)
    for t in range(steps):
        batch = V if size == n else V[rng.choice(n, size, replace=False)]
        if method == "exact":
            g = rbm.gradient(batch)
        elif method == "cd":
            g = rbm.cd_gradient(batch, k, rng=rng)
        else:
            chains = rbm.gibbs(chains, k, rng=rng)
            g = rbm._means(batch) - rbm._means(chains)
        moved, state = rule.step(theta, -g, state)
        theta = theta + lr * (1 - t / steps) * (moved - theta)
        rbm = rbm.with_theta(theta)
    return rbm


def score_matching(x, gradients: Callable, laplacians: Callable) -> np.ndarray:
    r"""Fit :math:`p_\theta(x) \propto \exp(\theta^\top \varphi(x))` by its slopes, without Z.

    The mean of :math:`\frac12\lVert\nabla_x\theta^\top\varphi\rVert^2 + \Delta\,\theta^\top\varphi`
    is a parabola in :math:`\theta`, least where

    .. math:: \overline{\sum_i \partial_i\varphi\,\partial_i\varphi^\top}\;\theta
       = -\overline{\Delta\varphi}

    It estimates the truth if the density is smooth and positive on the whole space and
    :math:`p\,\nabla\log p_\theta` vanishes far out; not for densities that end with a jump.

    Parameters
    ----------
    x : array_like ``(n,)`` or ``(n, d)``
    gradients : callable
        Slopes of the `k` features: shape ``(n, k)`` for x of shape ``(n,)``, else ``(n, d, k)``.
    laplacians : callable
        Sums of the second derivatives of each feature, shape ``(n, k)``.

    Returns
    -------
    ndarray ``(k,)``
        :math:`\theta`; the feature 1 has no slope and can have no weight.

    Raises
    ------
    ValueError
        If the slopes of the features are linearly dependent on the data.

    Examples
    --------
    >>> x = [1.0, -2.0, 0.5, 1.5]  # a bell exp(θ x²): θ = -1/(2 mean x²)
    >>> score_matching(x, lambda x: 2 * x[:, None], lambda x: np.full((len(x), 1), 2.0)).round(4)
    array([-0.2667])

    References
    ----------
    Hyvärinen (2005).
    """
    x = as_float_array(x, "x")
    if x.ndim not in (1, 2) or x.size == 0:
        raise ValueError(f"x must have the shape (n,) or (n, d), got {x.shape}; "
                         "one example is a row")
    as_function(gradients, "gradients")
    as_function(laplacians, "laplacians")
    with np.errstate(over="ignore", invalid="ignore"):  # what does not fit is refused below
        G = as_returned_array(gradients(x.copy()), "gradients")
        L = as_returned_array(laplacians(x.copy()), "laplacians")
    if G.ndim != x.ndim + 1 or G.shape[:-1] != x.shape or G.shape[-1] == 0:
        raise ValueError(f"gradients must return the shape {(*x.shape, 'k')}, got {G.shape}; "
                         "one column per feature")
    if L.shape != (len(x), G.shape[-1]):
        raise ValueError(f"laplacians must return the shape {(len(x), G.shape[-1])}, got "
                         f"{L.shape}; one column per feature")
    G = as_float_array(G, "gradients").reshape(-1, G.shape[-1])
    L = as_float_array(L, "laplacians")
    scale = np.abs(G).max(axis=0)
    if np.any(scale == 0):
        raise ValueError(f"each feature must have a slope somewhere, got none for feature "
                         f"{int(np.argmin(scale))}; drop it")
    U = G / scale                                  # slopes of at most 1: what follows overflows not
    A = U.T @ U / len(x)
    if np.linalg.cond(A) > 1e13:
        raise ValueError("the slopes of the features must be linearly independent, got a matrix "
                         f"with the condition number {np.linalg.cond(A):.2g}; drop a feature, or "
                         "pass more data")
    with np.errstate(over="ignore", invalid="ignore"):
        right = finite_result((L / scale).mean(axis=0), "the mean of the laplacians")
        return finite_result(np.linalg.solve(A, -right) / scale, "theta")


def langevin(score: Callable, x0, *, step: float, n_steps: int,
             rng: np.random.Generator) -> np.ndarray:
    r"""The unadjusted Langevin walk: half a step along the score, and noise.

    .. math:: x_{t+1} = x_t + \frac{\varepsilon}{2}\,\psi(x_t) + \sqrt{\varepsilon}\,z_t,
       \qquad z_t \sim N(0, I)

    Some books write :math:`x + \varepsilon\psi + \sqrt{2\varepsilon}\,z`: their
    :math:`\varepsilon` is half of this one.

    Parameters
    ----------
    score : callable
        :math:`\psi(x) = \nabla_x \log p(x)`: takes an array of the shape of `x0`, returns one.
    x0 : array_like, any shape
        Where to start: a number, one walker per entry, or one per row.
    step : float
        :math:`\varepsilon > 0`.
    n_steps : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray ``(n_steps + 1, *shape of x0)``
        All places, the start first.

    Raises
    ------
    ValueError
        If a place does not fit into a float: the step is too long for the slopes out there.

    Examples
    --------
    >>> walk = langevin(lambda x: -x, np.zeros(1000), step=1.0, n_steps=50,
    ...                 rng=np.random.default_rng(0))
    >>> print(walk[-1].var(ddof=0).round(1))  # 4/3, not 1
    1.3

    References
    ----------
    Roberts and Tweedie (1996).
    """
    score, x = as_function(score, "score"), as_float_array(x0, "x0")
    if x.size == 0:
        raise ValueError(f"x0 must have at least 1 entry, got shape {x.shape}; pass a start")
    step, n_steps, rng = as_positive(step, "step"), as_sample_size(n_steps, "n_steps"), as_rng(rng)
    if n_steps * x.size > 10**9:
        raise ValueError(f"n_steps times the entries of x0 must be at most 10**9, got "
                         f"{n_steps * x.size:.3g}; keep fewer, or walk in parts")
    places = np.empty((n_steps + 1, *x.shape))
    places[0] = x
    for t in range(n_steps):
        with np.errstate(over="ignore", invalid="ignore"):
            slope = as_returned_gradient(score(places[t].copy()), "score", x.shape)
            moved = places[t] + step / 2 * slope + np.sqrt(step) * rng.normal(size=x.shape)
        if not np.all(np.isfinite(moved)):
            raise ValueError(f"the walk must stay finite, got {np.ravel(moved).max()} in step "
                             f"{t + 1}; take a shorter step")
        places[t + 1] = moved
    return places


def _all_bits(d: int, first: int = 0, at_most: int | None = None) -> np.ndarray:
    """The states of d bits in counting order, or some of them, shape ``(2^d, d)``."""
    last = 2**d if at_most is None else min(2**d, first + at_most)
    return (np.arange(first, last)[:, None] >> np.arange(d)[::-1] & 1).astype(float)


def _bernoulli(a: np.ndarray, states: np.ndarray) -> np.ndarray:
    """log P(state) of independent bits with the log-odds a ``(n, m)``, shape ``(n, states)``."""
    return a @ states.T - np.logaddexp(0.0, a).sum(axis=1, keepdims=True)


def _as_rbm(start, d: int, m: int) -> RBM:
    if not isinstance(start, RBM):
        raise TypeError(f"start must be an RBM, got {start!r:.40}; make one with RBM(W, b, c)")
    if start.W.shape != (d, m):
        raise ValueError(f"start must have weights of the shape {(d, m)}, got {start.W.shape}; "
                         "its units are the columns of V and n_hidden")
    return start
