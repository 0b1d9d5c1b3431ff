"""Models with a hidden vector z: linear, where all is exact, or with nets, where it is a bound.

The loss of a `VAE` is a mean over the examples, in nats an example; no constant is dropped.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp

from mathml._check import (
    as_choice,
    as_int,
    as_matrix,
    as_one_hot,
    as_positive,
    as_rng,
    as_sample_size,
    as_scalar,
    finite_result,
)
from mathml.linalg import fix_signs
from mathml.neural import MLP
from mathml.optim import Adam, Scheduled

__all__ = ["PPCA", "VAE", "ppca"]

LOG_2PI = math.log(2 * math.pi)
BLOCK = 2**21  # numbers held at once by a sum over many z


@dataclass(frozen=True, eq=False)
class PPCA:
    r"""A probabilistic PCA, made by `ppca`: a normal z, a linear map, and round noise.

    .. math:: z \sim N(0, I_k), \qquad x \mid z \sim N(\mu + Wz, \sigma^2 I_d)

    Parameters
    ----------
    mean : ndarray ``(d,)``
        μ.
    W : ndarray ``(d, k)``
        Its columns are orthogonal, the longest first. Any W R with an orthogonal R describes the
        same density of x.
    sigma2 : float
        σ².

    Examples
    --------
    >>> model = ppca([[0, 0], [2, 1], [4, 0], [6, 1]], 1)
    >>> mean, cov = model.posterior([[6, 1]])
    >>> mean.round(3).tolist(), cov.round(3).tolist()
    ([[1.324]], [[0.039]])
    """

    mean: np.ndarray
    W: np.ndarray
    sigma2: float

    @property
    def cov(self) -> np.ndarray:
        """The covariance matrix of x, ``W Wᵀ + σ² I`` ``(d, d)``."""
        return self.W @ self.W.T + self.sigma2 * np.eye(len(self.mean))

    def log_prob(self, X) -> np.ndarray:
        r"""Logarithm of the density of x, in nats.

        .. math:: \log p(x) = -\tfrac12 \bigl(d \log 2\pi + \log\det C
                  + (x - \mu)^\top C^{-1} (x - \mu)\bigr), \qquad C = WW^\top + \sigma^2 I

        Only the k × k matrix ``M = WᵀW + σ²I`` is solved, by Woodbury's identity.

        Parameters
        ----------
        X : array_like ``(n, d)``

        Returns
        -------
        ndarray ``(n,)``

        Raises
        ------
        ValueError
            If `X` is not a finite matrix with d columns.

        Examples
        --------
        >>> model = PPCA(np.zeros(2), np.array([[1.0], [0.0]]), 1.0)
        >>> model.log_prob([[0, 0]]).round(4).tolist()  # N(0, diag(2, 1))
        [-2.1845]
        """
        centred = as_matrix(X, "X", columns=len(self.mean)) - self.mean
        d, k = self.W.shape
        with np.errstate(over="ignore", invalid="ignore"):
            M, z = self._codes(centred)
            # no difference of large numbers: C⁻¹ split at the posterior mean
            far = (np.sum((centred - z @ self.W.T) ** 2, axis=1) / self.sigma2
                   + np.sum(z**2, axis=1))
            log_det = np.linalg.slogdet(M)[1] + (d - k) * math.log(self.sigma2)
            return finite_result(-0.5 * (d * LOG_2PI + log_det + far), "each log-density")

    def posterior(self, X) -> tuple[np.ndarray, np.ndarray]:
        r"""Mean and covariance of z given x, which is normal.

        .. math:: z \mid x \sim N\bigl(M^{-1}W^\top(x - \mu),\ \sigma^2 M^{-1}\bigr), \qquad
                  M = W^\top W + \sigma^2 I

        Parameters
        ----------
        X : array_like ``(n, d)``

        Returns
        -------
        mean : ndarray ``(n, k)``
        cov : ndarray ``(k, k)``
            The same for each x.

        Raises
        ------
        ValueError
            If `X` is not a finite matrix with d columns.

        Examples
        --------
        >>> model = PPCA(np.zeros(2), np.array([[1.0], [0.0]]), 1.0)
        >>> mean, cov = model.posterior([[3, 8]])
        >>> mean.tolist(), cov.tolist()
        ([[1.5]], [[0.5]])
        """
        centred = as_matrix(X, "X", columns=len(self.mean)) - self.mean
        with np.errstate(over="ignore", invalid="ignore"):
            M, mean = self._codes(centred)
        return finite_result(mean, "each mean"), self.sigma2 * np.linalg.inv(M)

    def sample(self, n: int, *, rng: np.random.Generator) -> np.ndarray:
        """Draw n examples ``(n, d)``: z first, then x.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Raises
        ------
        ValueError, TypeError
            If `n` is not a number of examples or `rng` no generator.

        Examples
        --------
        >>> model = PPCA(np.zeros(2), np.array([[1.0], [0.0]]), 1.0)
        >>> model.sample(3, rng=np.random.default_rng(0)).shape
        (3, 2)
        """
        n, rng = _as_n(n), as_rng(rng)
        d, k = self.W.shape
        noise = math.sqrt(self.sigma2) * rng.normal(size=(n, d))
        return self.mean + rng.normal(size=(n, k)) @ self.W.T + noise

    def _codes(self, centred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """M ``(k, k)``, and the posterior means ``(n, k)``."""
        M = self.W.T @ self.W + self.sigma2 * np.eye(self.W.shape[1])
        return M, np.linalg.solve(M, (centred @ self.W).T).T


def ppca(X, n_components: int) -> PPCA:
    r"""Probabilistic PCA by maximum likelihood, in closed form.

    .. math:: \hat\sigma^2 = \frac1{d - k} \sum_{j > k} \lambda_j, \qquad
              \hat W = U_k (\Lambda_k - \hat\sigma^2 I)^{1/2}

    :math:`\lambda_1 \ge \dots \ge \lambda_d` are the eigenvalues of the covariance matrix of the
    data with divisor n (scikit-learn's `PCA` uses n − 1), the columns of :math:`U_k` the first k
    eigenvectors, with signs fixed.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Examples in rows, d ≥ 2.
    n_components : int
        k, from 1 to d − 1.

    Returns
    -------
    PPCA

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, or the examples lie in k dimensions up to rounding: then the
        likelihood has no maximum, as σ² can go to 0.

    References
    ----------
    Tipping & Bishop (1999).

    Examples
    --------
    >>> X = [[0, 0], [2, 1], [4, 0], [6, 1]]
    >>> model = ppca(X, 1)
    >>> round(model.sigma2, 4), model.mean.tolist()
    (0.1979, [3.0, 0.5])
    """
    X = as_matrix(X, "X", min_rows=2)
    n, d = X.shape
    if d < 2:
        raise ValueError(f"X must have at least 2 columns, got {d}; "
                         "one feature leaves no room for k < d")
    k = as_int(n_components, "n_components", low=1, high=d - 1)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = finite_result(X.mean(axis=0), "the mean of X")
        centred = finite_result(X - mean, "each distance to the mean")
        _, s, Vt = np.linalg.svd(centred, full_matrices=False)
        variances = np.zeros(d)
        variances[:len(s)] = finite_result(s**2 / n, "each variance")
    sigma2 = float(variances[k:].sum() / (d - k))
    if not sigma2 > (1e-14 * max(n, d)) ** 2 * variances[0] or sigma2 < 1e-300:
        raise ValueError(f"X must leave a variance outside {k} dimensions, got {sigma2:.3g} "
                         f"beside {variances[0]:.3g}; take fewer components")
    U = fix_signs(Vt[:k]).T
    return PPCA(mean, U * np.sqrt(np.maximum(variances[:k] - sigma2, 0.0)), sigma2)


class VAE:
    r"""A variational autoencoder with two tanh nets of one hidden layer each.

    .. math:: z \sim N(0, I_k), \quad x \mid z \sim p(x \mid f(z)), \quad
              q(z \mid x) = N(m(x), \operatorname{diag} e^{s(x)})

    The encoder net gives m and s, the logarithm of the variances; the decoder net gives f: the
    mean of a normal x with variance v in each direction, or the logits of independent Bernoulli
    pixels. With classes, the one-hot label is appended to what each net is given, and all
    densities are conditional on it.

    Parameters
    ----------
    d, k : int
        Numbers of features and of hidden coordinates.
    hidden : int, default 16
        Units of the hidden layer of either net.
    likelihood : {"normal", "bernoulli"}
    var : float, optional
        The noise v > 0 of a normal decoder. Without it, v starts at 1 and is learnt.
    n_classes : int, default 0
        With at least 1, each method wants labels `y`.
    rng : numpy.random.Generator
        Draws the start of the weights.

    Attributes
    ----------
    encoder, decoder : MLP
    theta : ndarray ``(p,)``
        The parameters of the encoder, of the decoder, and log v if it is learnt. A copy; assign a
        vector to set them.
    var : float or None
        v.
    losses : ndarray
        Of a fitted model: the mean of the loss over the steps of each epoch, at their noise.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed.

    Notes
    -----
    The start of the weights suits features of size about 1: standardise others first.

    References
    ----------
    Kingma & Welling (2014); Rezende, Mohamed & Wierstra (2014); Sohn, Lee & Yan (2015) for labels.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> t = rng.normal(size=(200, 1))
    >>> X = np.hstack([t, t**2 / 2]) + rng.normal(0, 0.1, (200, 2))
    >>> model = VAE(2, 1, rng=rng).fit(X, epochs=50, rng=rng)
    >>> bool(model.losses[-1] < model.losses[0]), model.encode(X)[0].shape
    (True, (200, 1))
    """

    def __init__(self, d: int, k: int, *, hidden: int = 16, likelihood: str = "normal",
                 var: float | None = None, n_classes: int = 0, rng: np.random.Generator) -> None:
        d, k = as_int(d, "d", low=1, high=10**5), as_int(k, "k", low=1, high=10**5)
        hidden = as_int(hidden, "hidden", low=1, high=10**5)
        self.n_classes = as_int(n_classes, "n_classes", low=0, high=10**5)
        self.likelihood = as_choice(likelihood, "likelihood", ("normal", "bernoulli"))
        if var is not None and self.likelihood == "bernoulli":
            raise ValueError(f"var must be None for a Bernoulli decoder, got {var!r:.20}; "
                             "leave it out")
        self.learns_var = var is None and self.likelihood == "normal"
        self._log_var = 0.0 if var is None else math.log(as_positive(var, "var"))
        self.d, self.k, self.losses = d, k, np.zeros(0)
        self.encoder = MLP([d + self.n_classes, hidden, 2 * k], activation="tanh", rng=rng)
        self.decoder = MLP([k + self.n_classes, hidden, d], activation="tanh", rng=rng)

    @property
    def var(self) -> float | None:
        return None if self.likelihood == "bernoulli" else math.exp(self._log_var)

    @property
    def theta(self) -> np.ndarray:
        own = [self._log_var] if self.learns_var else []
        return np.concatenate([self.encoder.theta, self.decoder.theta, own])

    @theta.setter
    def theta(self, theta) -> None:
        theta, first = np.asarray(theta), self.encoder.theta.size
        second = first + self.decoder.theta.size
        if theta.shape != (second + self.learns_var,):
            raise ValueError(f"theta must have shape ({second + self.learns_var},), got "
                             f"{theta.shape}; take one like .theta")
        if self.learns_var:  # e^±700 is the end of the floats
            self._log_var = as_scalar(theta[-1], "log v", "[-690, 690]")
        self.encoder.theta, self.decoder.theta = theta[:first], theta[first:second]

    def encode(self, X, y=None) -> tuple[np.ndarray, np.ndarray]:
        """Means and variances of q(z | x), each ``(n, k)``.

        Parameters
        ----------
        X : array_like ``(n, d)``
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed.

        Examples
        --------
        >>> model = VAE(3, 2, rng=np.random.default_rng(0))
        >>> mean, var = model.encode([[0.0, 1.0, 2.0]])
        >>> mean.shape, bool((var > 0).all())
        ((1, 2), True)
        """
        X = self._as_X(X)
        m, s = self._q(X, as_one_hot(y, len(X), self.n_classes))
        with np.errstate(over="ignore"):
            return m, finite_result(np.exp(s), "each variance")

    def decode(self, Z, y=None) -> np.ndarray:
        """The mean of x given z ``(n, d)``.

        Parameters
        ----------
        Z : array_like ``(n, k)``
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed.

        Examples
        --------
        >>> VAE(3, 2, rng=np.random.default_rng(0)).decode([[0.0, 0.0]]).shape
        (1, 3)
        """
        Z = as_matrix(Z, "Z", columns=self.k)
        F = self.decoder.forward(np.hstack([Z, as_one_hot(y, len(Z), self.n_classes)]))
        return expit(F) if self.likelihood == "bernoulli" else F

    def sample(self, n: int, *, rng: np.random.Generator, y=None) -> np.ndarray:
        """Draw z from N(0, I), then x given z ``(n, d)``, the noise of the decoder included.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed.

        Examples
        --------
        >>> VAE(3, 2, rng=np.random.default_rng(0)).sample(5, rng=np.random.default_rng(1)).shape
        (5, 3)
        """
        n, rng = _as_n(n), as_rng(rng)
        mean = self.decode(rng.normal(size=(n, self.k)), y)
        if self.likelihood == "bernoulli":
            return (rng.random((n, self.d)) < mean).astype(float)
        return mean + math.sqrt(self.var) * rng.normal(size=(n, self.d))

    def elbo(self, X, eps, y=None) -> np.ndarray:
        r"""The evidence lower bound of each example with one z, in nats.

        .. math:: \log p(x \mid z) - \tfrac12 \sum_j \bigl(m_j^2 + e^{s_j} - 1 - s_j\bigr), \qquad
                  z = m(x) + e^{s(x)/2} \odot \varepsilon

        Its mean over :math:`\varepsilon \sim N(0, I)` is at most log p(x).

        Parameters
        ----------
        X : array_like ``(n, d)``
        eps : array_like ``(n, k)``
            Standard normal draws.
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.

        Returns
        -------
        ndarray ``(n,)``

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed.

        Examples
        --------
        >>> model = VAE(1, 1, var=1.0, rng=np.random.default_rng(0))
        >>> model.theta = np.zeros(model.theta.size)  # x and z know nothing of each other
        >>> model.elbo([[0.0]], [[0.3]]).round(6).tolist()
        [-0.918939]
        """
        X = self._as_X(X)
        hot = as_one_hot(y, len(X), self.n_classes)
        m, s = self._q(X, hot)
        eps = as_matrix(eps, "eps", rows=len(X), columns=self.k)
        with np.errstate(over="ignore", invalid="ignore"):
            Z = finite_result(m + np.exp(s / 2) * eps, "each z")
            F = self.decoder.forward(np.hstack([Z, hot]))
            return finite_result(self._log_x(X, F) - _kl(m, s), "each bound")

    def value_and_grad(self, X, eps, y=None, *, beta: float = 1.0) -> tuple[float, np.ndarray]:
        r"""The loss, a mean over the examples, and its gradient by `theta` for fixed noise.

        .. math:: J(\theta) = \frac1n \sum_{i=1}^n \Bigl(-\log p(x_i \mid z_i)
                  + \beta\,\mathrm{KL}\bigl(q(z \mid x_i) \,\|\, N(0, I)\bigr)\Bigr)

        Parameters
        ----------
        X : array_like ``(n, d)``
        eps : array_like ``(n, k)``
            Standard normal draws; z is a smooth function of `theta` for given `eps`.
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.
        beta : float, default 1
            β ≥ 0. For β ≥ 1 the mean of −J over `eps` is a lower bound of the mean
            log-likelihood, the tightest for β = 1; for β < 1 it may be none.

        Returns
        -------
        J : float
        gradient : ndarray ``(p,)``

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed.

        References
        ----------
        Kingma & Welling (2014); Higgins et al. (2017) for β.

        Examples
        --------
        >>> model = VAE(2, 1, rng=np.random.default_rng(0))
        >>> J, g = model.value_and_grad([[0.0, 1.0]], [[0.5]])
        >>> g.shape == model.theta.shape
        True
        """
        X = self._as_X(X)
        n, hot = len(X), as_one_hot(y, len(X), self.n_classes)
        beta = as_scalar(beta, "beta", "[0, inf)")
        eps = as_matrix(eps, "eps", rows=n, columns=self.k)
        m, s = self._q(X, hot)
        with np.errstate(over="ignore", invalid="ignore"):
            std = np.exp(s / 2)
            Z = finite_result(m + std * eps, "each z")
            F = self.decoder.forward(np.hstack([Z, hot]))
            J = finite_result(float(np.mean(beta * _kl(m, s) - self._log_x(X, F))), "the loss")
            if self.likelihood == "bernoulli":
                dF = (expit(F) - X) / n
            else:
                dF = finite_result((F - X) / (self.var * n), "each derivative")
            dZ = self.decoder.backward(dF)[:, :self.k]
            dm = dZ + beta * m / n
            ds = dZ * eps * std / 2 + beta * (std**2 - 1) / (2 * n)
            self.encoder.backward(finite_result(np.hstack([dm, ds]), "each derivative"))
            own = []
            if self.learns_var:
                own = [self.d / 2 - np.mean(np.sum((X - F) ** 2, axis=1)) / (2 * self.var)]
            gradient = np.concatenate([self.encoder.gradient, self.decoder.gradient, own])
            return J, finite_result(gradient, "the gradient")

    def fit(self, X, *, rng: np.random.Generator, y=None, epochs: int = 200,
            batch_size: int | None = None, lr: float = 0.01, beta: float = 1.0) -> VAE:
        """Minimise the loss by Adam, with fresh noise at each step; this model stays as it is.

        Parameters
        ----------
        X : array_like ``(n, d)``
        rng : numpy.random.Generator
            Draws the noise and the batches.
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.
        epochs : int, default 200
            Passes over the examples.
        batch_size : int, optional
            Examples a step, at most n. All, if left out.
        lr : float, default 0.01
            Adam's step. It falls to 0 over the last half of the steps, linearly, so that the noise
            of the gradient is averaged out.
        beta : float, default 1
            As for `value_and_grad`.

        Returns
        -------
        VAE
            A trained copy, with `losses`.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed, or the loss overflows.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> model = VAE(2, 1, hidden=4, rng=rng)
        >>> model.fit(rng.normal(size=(20, 2)), epochs=3, rng=rng).losses.shape
        (3,)
        """
        X, rng = self._as_X(X), as_rng(rng)
        n = len(X)
        as_one_hot(y, n, self.n_classes)
        y = None if y is None else np.asarray(y)
        epochs = as_int(epochs, "epochs", low=1, high=10**7)
        b = n if batch_size is None else as_int(batch_size, "batch_size", low=1, high=n)
        lr, beta = as_positive(lr, "lr"), as_scalar(beta, "beta", "[0, inf)")
        starts, model = range(0, n, b), copy.deepcopy(self)
        total, theta, losses = epochs * len(starts), self.theta, np.zeros(epochs)
        rule = Scheduled(Adam(lr=lr), lambda t: min(1.0, 2 * (1 - (t - 1) / total)))
        state = rule.init(theta)
        for epoch in range(epochs):
            order = rng.permutation(n)
            for start in starts:
                idx = order[start:start + b]
                J, g = model.value_and_grad(X[idx], rng.normal(size=(len(idx), self.k)),
                                            None if y is None else y[idx], beta=beta)
                with np.errstate(over="ignore", invalid="ignore"):
                    theta, state = rule.step(theta, g, state)
                model.theta = finite_result(theta, "theta")
                losses[epoch] += J * len(idx) / n
        model.losses = losses
        return model

    def importance_bound(self, X, K: int, *, rng: np.random.Generator, y=None) -> np.ndarray:
        r"""The importance-weighted bound of each example, from K draws of q(z | x), in nats.

        .. math:: \log \frac1K \sum_{j=1}^K \frac{p(x \mid z_j)\,p(z_j)}{q(z_j \mid x)}

        Its mean is at most log p(x) and does not fall with K; for K = 1 it is the ELBO's.

        Parameters
        ----------
        X : array_like ``(n, d)``
        K : int
        rng : numpy.random.Generator
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.

        Returns
        -------
        ndarray ``(n,)``

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed.

        References
        ----------
        Burda, Grosse & Salakhutdinov (2016).

        Examples
        --------
        >>> model = VAE(2, 1, rng=np.random.default_rng(0))
        >>> model.importance_bound([[0.0, 1.0]], 20, rng=np.random.default_rng(1)).shape
        (1,)
        """
        X, K, rng = self._as_X(X), as_int(K, "K", low=1, high=10**7), as_rng(rng)
        n, hot = len(X), as_one_hot(y, len(X), self.n_classes)
        m, s = self._q(X, hot)
        std, total = _std(s), np.full(n, -np.inf)
        step = max(1, BLOCK // (n * max(self.d, self.k)))
        for start in range(0, K, step):
            count = min(step, K - start)
            eps = rng.normal(size=(count, n, self.k))
            with np.errstate(over="ignore", invalid="ignore"):
                Z = finite_result(m + std * eps, "each z")
                F = self.decoder.forward(np.hstack([Z.reshape(-1, self.k),
                                                    np.tile(hot, (count, 1))]))
                log_w = (self._log_x(np.tile(X, (count, 1)), F).reshape(count, n)
                         + np.sum(eps**2 - Z**2 + s, axis=2) / 2)  # the 2π of p and q cancel
            total = np.logaddexp(total, logsumexp(log_w, axis=0))
        return finite_result(total - math.log(K), "each bound")

    def log_prob(self, X, y=None, *, points: int | None = None, reach: float = 6.0) -> np.ndarray:
        r"""log p(x) by a ruler: the trapezoid rule over z in :math:`[-r, r]^k`, for k ≤ 2.

        .. math:: \log p(x) = \log \int p(x \mid z)\, \varphi(z)\, \mathrm dz

        Trustworthy when the spacing ``2r/(points − 1)`` is below the spread of p(z | x): take
        twice as many points and compare.

        Parameters
        ----------
        X : array_like ``(n, d)``
        y : array_like ``(n,)``, optional
            Labels, if the model has classes.
        points : int, optional
            Along each axis; 2001 for k = 1, and 121 for k = 2, if left out.
        reach : float, default 6
            r.

        Returns
        -------
        ndarray ``(n,)``

        Raises
        ------
        ValueError, TypeError
            If k > 2 or an argument is malformed.

        Examples
        --------
        >>> model = VAE(1, 1, var=1.0, rng=np.random.default_rng(0))
        >>> model.theta = np.zeros(model.theta.size)  # x ~ N(0, 1), whatever z
        >>> model.log_prob([[0.0], [2.0]]).round(6).tolist()
        [-0.918939, -2.918939]
        """
        X = self._as_X(X)
        hot = as_one_hot(y, len(X), self.n_classes)
        if self.k > 2:
            raise ValueError(f"k must be at most 2 for a ruler, got {self.k}; "
                             "use importance_bound, from below")
        usual = 2001 if self.k == 1 else 121
        points = usual if points is None else as_int(points, "points", low=2, high=10**4)
        reach = as_scalar(reach, "reach", "[1, 30]")
        axis = np.linspace(-reach, reach, points)
        log_w = -axis**2 / 2 - LOG_2PI / 2 + math.log(axis[1] - axis[0])
        log_w[[0, -1]] -= math.log(2)
        if self.k == 2:
            Z = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
            log_w = (log_w[:, None] + log_w).ravel()
        else:
            Z = axis[:, None]
        found = np.empty(len(X))
        for row in np.unique(hot, axis=0):  # one decoding for each class
            mine = np.flatnonzero((hot == row).all(axis=1))
            F = self.decoder.forward(np.hstack([Z, np.tile(row, (len(Z), 1))]))
            for part in np.array_split(mine, -(-len(mine) * len(Z) // BLOCK)):
                found[part] = logsumexp(self._log_x_pairs(X[part], F) + log_w, axis=1)
        return finite_result(found, "each log-probability")

    def _q(self, X: np.ndarray, hot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        out = self.encoder.forward(np.hstack([X, hot]))
        return out[:, :self.k], out[:, self.k:]

    def _log_x(self, X: np.ndarray, F: np.ndarray) -> np.ndarray:
        """log p(x | z), row by row ``(n,)``, from the output F of the decoder."""
        if self.likelihood == "bernoulli":
            return np.sum(X * F - np.logaddexp(0, F), axis=1)
        return -0.5 * (self.d * (LOG_2PI + self._log_var)
                       + np.sum((X - F) ** 2, axis=1) / self.var)

    def _log_x_pairs(self, X: np.ndarray, F: np.ndarray) -> np.ndarray:
        """log p(x_i | z_j) ``(n, number of z)``."""
        with np.errstate(over="ignore", invalid="ignore"):
            if self.likelihood == "bernoulli":
                return X @ F.T - np.sum(np.logaddexp(0, F), axis=1)
            far = sum((X[:, [j]] - F[:, j]) ** 2 for j in range(self.d))
            return finite_result(-0.5 * (self.d * (LOG_2PI + self._log_var) + far / self.var),
                                 "each log-density")

    def _as_X(self, X) -> np.ndarray:
        X = as_matrix(X, "X", columns=self.d)
        if self.likelihood == "bernoulli" and not np.isin(X, (0.0, 1.0)).all():
            other = X[~np.isin(X, (0.0, 1.0))][0]
            raise ValueError("X must hold zeros and ones for a Bernoulli decoder, got "
                             f"{other:.6g}; round it, or use likelihood='normal'")
        return X


def _kl(m: np.ndarray, s: np.ndarray) -> np.ndarray:
    """KL(N(m, e^s) ‖ N(0, 1)), summed over the coordinates ``(n,)``."""
    return 0.5 * np.sum(m**2 + np.expm1(s) - s, axis=1)


def _std(s: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return finite_result(np.exp(s / 2), "each standard deviation")


def _as_n(n) -> int:
    return as_int(as_sample_size(n), "n", low=1, high=10**8)
