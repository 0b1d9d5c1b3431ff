r"""Noise put in step by step, and taken out again.

Times run from 0 (the data) to T (noise). Step t, from :math:`x_{t-1}` to :math:`x_t`, has the
variance :math:`\beta_t`, which is ``betas[t - 1]``; :math:`\bar\alpha_t` is ``alpha_bar[t]``.
A noise model is a function ``noise(x, t)`` of rows ``(n, d)`` and one time, 1 to T, that returns
the expected noise of each row, ``(n, d)``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import softmax

from mathml._check import (
    as_float_array,
    as_function,
    as_int,
    as_matrix,
    as_pmf,
    as_positive,
    as_returned_gradient,
    as_rng,
    as_vector,
    finite_result,
)

MOST = 10**6  # copies of a datum: more is a slip of the finger here


@dataclass(frozen=True, eq=False)
class Diffusion:
    r"""A schedule of noise, the way into it, and two ways back.

    .. math:: x_t = \sqrt{1 - \beta_t}\,x_{t-1} + \sqrt{\beta_t}\,\varepsilon_t, \qquad
              x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\varepsilon, \qquad
              \bar\alpha_t = \prod_{s \le t} (1 - \beta_s)

    Parameters
    ----------
    betas : array_like ``(T,)``
        The variances :math:`\beta_1, \dots, \beta_T` of the steps, each inside (0, 1).

    Attributes
    ----------
    betas : ndarray ``(T,)``
    alpha_bar : ndarray ``(T + 1,)``
        :math:`\bar\alpha_0 = 1, \bar\alpha_1, \dots, \bar\alpha_T`: the share of the data's
        variance at each time, for data of variance 1.

    Raises
    ------
    ValueError, TypeError
        If a beta is not inside (0, 1), or so many are so large that the last
        :math:`\bar\alpha_T` is 0 in float64, or a :math:`1 - \bar\alpha_t` is.

    References
    ----------
    Ho, Jain & Abbeel (2020), eq. 2 and 4.

    Examples
    --------
    >>> Diffusion([0.5, 0.75]).alpha_bar.tolist()
    [1.0, 0.5, 0.125]
    """

    betas: np.ndarray
    alpha_bar: np.ndarray = field(init=False)

    def __post_init__(self):
        betas = as_vector(self.betas, "betas")
        if not np.all((betas > 0) & (betas < 1)):
            raise ValueError("each of betas must lie inside (0, 1), got "
                             f"{betas.min():g} to {betas.max():g}; "
                             "a step of variance 1 forgets everything")
        alpha_bar = np.concatenate([[1.0], np.cumprod(1 - betas)])
        if alpha_bar[-1] < np.finfo(float).tiny or alpha_bar[1] == 1:
            raise ValueError("betas must leave 0 < alpha_bar < 1 in float64, got alpha_bar from "
                             f"{alpha_bar[1]:g} to {alpha_bar[-1]:g}; use fewer or other steps")
        object.__setattr__(self, "betas", betas)
        object.__setattr__(self, "alpha_bar", alpha_bar)

    @property
    def n_steps(self) -> int:
        """T, the number of steps."""
        return len(self.betas)

    def noised(self, x0, t: int, noise) -> np.ndarray:
        r"""Return :math:`x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\varepsilon`.

        Parameters
        ----------
        x0, noise : array_like ``(n, d)``
        t : int
            0 to T.

        Raises
        ------
        ValueError, TypeError
            If the shapes differ or `t` is no time.

        Examples
        --------
        >>> Diffusion([0.36]).noised([[1.0]], 1, [[2.0]]).tolist()
        [[2.0]]
        """
        x0 = as_matrix(x0, "x0")
        noise = as_matrix(noise, "noise", rows=len(x0), columns=x0.shape[1])
        signal, spread = self._scales(as_int(t, "t", high=self.n_steps))
        return _finite(lambda: signal * x0 + spread * noise, "x_t")

    def denoised(self, x, t: int, noise) -> np.ndarray:
        r"""Return the datum that a noise leads to, :math:`\hat x_0 = \frac{x - \sqrt{1 -
        \bar\alpha_t}\,\hat\varepsilon}{\sqrt{\bar\alpha_t}}`, ``(n, d)``: `noised` solved for x0.

        Raises
        ------
        ValueError, TypeError
            As for `noised`, or if the division overflows.

        Examples
        --------
        >>> Diffusion([0.36]).denoised([[2.0]], 1, [[2.0]]).tolist()
        [[1.0]]
        """
        x = as_matrix(x, "x")
        noise = as_matrix(noise, "noise", rows=len(x), columns=x.shape[1])
        signal, spread = self._scales(as_int(t, "t", high=self.n_steps))
        return _finite(lambda: (x - spread * noise) / signal, "the denoised x")

    def step_back(self, x0, x, t: int) -> tuple[np.ndarray, float]:
        r"""Return mean ``(n, d)`` and variance of :math:`x_{t-1}` when both ends are known.

        .. math:: x_{t-1} \mid x_t, x_0 \sim N\Big( \frac{\sqrt{\bar\alpha_{t-1}}\,\beta_t}
                  {1 - \bar\alpha_t} x_0 + \frac{\sqrt{1 - \beta_t}\,(1 - \bar\alpha_{t-1})}
                  {1 - \bar\alpha_t} x_t, \; \beta_t \frac{1 - \bar\alpha_{t-1}}
                  {1 - \bar\alpha_t} I \Big)

        Parameters
        ----------
        x0, x : array_like ``(n, d)``
            The data and their values at time t.
        t : int
            1 to T. For t = 1 the variance is 0 and the mean is `x0`.

        Raises
        ------
        ValueError, TypeError
            If the shapes differ or `t` is no time of a step.

        References
        ----------
        Ho, Jain & Abbeel (2020), eq. 6 and 7.

        Examples
        --------
        >>> mean, variance = Diffusion([0.36, 0.36]).step_back([[1.0]], [[0.0]], 2)
        >>> round(float(mean[0, 0]), 4), round(variance, 4)
        (0.4878, 0.2195)
        """
        x0 = as_matrix(x0, "x0")
        x = as_matrix(x, "x", rows=len(x0), columns=x0.shape[1])
        t = as_int(t, "t", low=1, high=self.n_steps)
        beta, before, now = self.betas[t - 1], self.alpha_bar[t - 1], self.alpha_bar[t]
        a = np.sqrt(before) * beta / (1 - now)
        b = np.sqrt(1 - beta) * (1 - before) / (1 - now)
        return _finite(lambda: a * x0 + b * x, "the mean"), float(beta * (1 - before) / (1 - now))

    def ddpm(self, noise: Callable, x, *, rng: np.random.Generator) -> np.ndarray:
        r"""Walk back with dice: each step draws :math:`x_{t-1}` as if the guessed
        :math:`\hat x_0` were the datum.

        Parameters
        ----------
        noise : callable
            The noise model, ``noise(x, t)``.
        x : array_like ``(n, d)``
            Values at time T, usually standard normal.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray ``(T + 1, n, d)``
            The walk: first `x`, last the values at time 0.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed, or the model returns another shape or no finite number.

        References
        ----------
        Ho, Jain & Abbeel (2020), algorithm 2, with the variance :math:`\tilde\beta_t`.

        Examples
        --------
        >>> diffusion = Diffusion(np.full(50, 0.1))
        >>> here = diffusion.exact_noise([1.0], [[3.0]], [[[1e-6]]])  # all data are 3
        >>> rng = np.random.default_rng(0)
        >>> diffusion.ddpm(here, rng.normal(size=(2, 1)), rng=rng)[-1].round(2).tolist()
        [[3.0], [3.0]]
        """
        model, x, rng = as_function(noise, "noise"), as_matrix(x, "x"), as_rng(rng)
        path = [x]
        for t in range(self.n_steps, 0, -1):
            x0 = self.denoised(path[-1], t, _predicted(model, path[-1], t))
            mean, variance = self.step_back(x0, path[-1], t)
            path.append(mean + np.sqrt(variance) * rng.normal(size=x.shape))
        return np.array(path)

    def ddim(self, noise: Callable, x, *, times=None) -> np.ndarray:
        r"""Walk back without dice, over the given times only.

        .. math:: x_s = \sqrt{\bar\alpha_s}\,\hat x_0 + \sqrt{1 - \bar\alpha_s}\,\hat\varepsilon,
                  \qquad \hat\varepsilon = \hat\varepsilon(x_t, t), \quad
                  \hat x_0 = \frac{x_t - \sqrt{1 - \bar\alpha_t}\,\hat\varepsilon}
                  {\sqrt{\bar\alpha_t}}

        Parameters
        ----------
        noise : callable
            The noise model, ``noise(x, t)``.
        x : array_like ``(n, d)``
            Values at the first of the times.
        times : sequence of int, optional
            Falling, from at most T, to 0. Without it T, T − 1, ..., 0.

        Returns
        -------
        ndarray ``(len(times), n, d)``
            The walk: ``path[i]`` holds the values at ``times[i]``.

        Raises
        ------
        ValueError, TypeError
            As for `ddpm`, or if the times do not fall to 0.

        References
        ----------
        Song, Meng & Ermon (2021), eq. 12 with σ = 0.

        Examples
        --------
        >>> diffusion = Diffusion(np.full(50, 0.1))
        >>> standard = diffusion.exact_noise([1.0], [[0.0]], [[[1.0]]])
        >>> diffusion.ddim(standard, [[1.0], [-2.0]], times=[50, 0])[-1].round(2).tolist()
        [[0.07], [-0.14]]
        """
        model, x = as_function(noise, "noise"), as_matrix(x, "x")
        times = self._times(np.arange(self.n_steps, -1, -1) if times is None else times)
        path = [x]
        for t, s in itertools.pairwise(times):
            predicted = _predicted(model, path[-1], t)
            path.append(self.noised(self.denoised(path[-1], t, predicted), s, predicted))
        return np.array(path)

    def exact_noise(self, weights, means, covs) -> Callable:
        r"""Return the noise model of data from a normal mixture, which has a closed form.

        .. math:: E[\varepsilon \mid x_t = x] = -\sqrt{1 - \bar\alpha_t}\,\nabla \log p_t(x),
                  \qquad p_t = \sum_k \pi_k\,N\big( \sqrt{\bar\alpha_t}\,\mu_k, \;
                  \bar\alpha_t \Sigma_k + (1 - \bar\alpha_t) I \big)

        Parameters
        ----------
        weights : array_like ``(K,)``
            The shares, with sum 1.
        means : array_like ``(K, d)``
        covs : array_like ``(K, d, d)``
            Symmetric positive semidefinite; 0 for a component that is one point.

        Returns
        -------
        callable
            ``noise(x, t)`` for rows ``(n, d)`` and a time t, 1 to T.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed or a covariance not symmetric or not positive
            semidefinite.

        References
        ----------
        Efron (2011), §1; Ho, Jain & Abbeel (2020), §3.2.

        Examples
        --------
        >>> two_points = Diffusion([0.5]).exact_noise([0.5, 0.5], [[-1], [1]], [[[0]], [[0]]])
        >>> two_points([[0.0], [3.0]], 1).round(3).tolist()
        [[0.0], [3.243]]
        """
        weights = as_pmf(weights, "weights")
        means = as_matrix(means, "means", rows=len(weights))
        variances, axes = _axes(covs, means.shape)

        def noise(x, t):
            x = as_matrix(x, "x", columns=means.shape[1])
            signal, spread = self._scales(as_int(t, "t", low=1, high=self.n_steps))

            def expected():
                v = signal**2 * variances + spread**2
                z = np.einsum("nkd,kde->nke", x[:, None] - signal * means, axes)
                with np.errstate(divide="ignore"):  # a component of weight 0
                    logs = np.log(weights) - (np.log(v) + z**2 / v).sum(axis=2) / 2
                return spread * np.einsum("nk,nke,kde->nd", softmax(logs, axis=1), z / v, axes)

            return _finite(expected, "the expected noise")

        return noise

    def fit_noise(self, x0, features: Callable, *, penalty: float, rng: np.random.Generator,
                  copies: int = 1) -> Callable:
        r"""Learn a noise model: one ridge regression of the noise on features for each time.

        .. math:: \hat\varepsilon(x, t) = C_t^\top \varphi(x), \qquad C_t = \arg\min_C
                  \frac1m \sum_{i=1}^{m} \big\| \varepsilon_i - C^\top
                  \varphi(x_t^{(i)}) \big\|^2 + \lambda \|C\|_F^2

        Parameters
        ----------
        x0 : array_like ``(n, d)``
            The data.
        features : callable
            :math:`\varphi`, from rows ``(m, d)`` to rows ``(m, p)``; put a column of ones among
            them for a constant.
        penalty : float
            :math:`\lambda > 0`.
        rng : numpy.random.Generator
        copies : int, default 1
            How often each datum is noised at each time: m = n · copies.

        Returns
        -------
        callable
            ``noise(x, t)``.

        Raises
        ------
        ValueError, TypeError
            If an argument is malformed, or the features are no finite matrix of m rows.

        References
        ----------
        Ho, Jain & Abbeel (2020), eq. 14.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> diffusion = Diffusion([0.5])
        >>> model = diffusion.fit_noise(rng.normal(size=(10_000, 1)), lambda x: x, penalty=1e-9,
        ...                             rng=rng)
        >>> bool(abs(model([[1.0]], 1)[0, 0] - np.sqrt(0.5)) < 0.02)  # E[noise | x] = √½ x
        True
        """
        x0, features = as_matrix(x0, "x0"), as_function(features, "features")
        penalty, rng = as_positive(penalty, "penalty"), as_rng(rng)
        rows = np.repeat(x0, as_int(copies, "copies", low=1, high=MOST), axis=0)
        coef = []
        for t in range(1, self.n_steps + 1):
            noise = rng.normal(size=rows.shape)
            Phi = _rows(features(self.noised(rows, t, noise)), len(rows))
            normal = _finite(lambda: Phi.T @ Phi / len(rows), "the features' products")  # noqa: B023
            try:
                factor = cho_factor(normal + penalty * np.eye(Phi.shape[1]))
            except np.linalg.LinAlgError:
                raise ValueError(f"penalty must be large enough for features that depend on each "
                                 f"other, got {penalty:g}; raise it, or leave one out") from None
            coef.append(cho_solve(factor, Phi.T @ noise / len(rows)))

        def model(x, t):
            x = as_matrix(x, "x", columns=x0.shape[1])
            C = coef[as_int(t, "t", low=1, high=self.n_steps) - 1]
            return _finite(lambda: _rows(features(x), len(x)) @ C, "the predicted noise")

        return model

    def _scales(self, t: int) -> tuple[float, float]:
        return np.sqrt(self.alpha_bar[t]), np.sqrt(1 - self.alpha_bar[t])

    def _times(self, times) -> list[int]:
        times = as_vector(times, "times")
        falls = np.all(times == np.round(times)) and np.all(np.diff(times) < 0)
        if not (falls and times[0] <= self.n_steps and times[-1] == 0):
            raise ValueError(f"times must be whole and fall from at most {self.n_steps} to 0, got "
                             f"{times[:4].tolist()} and so on; say [{self.n_steps}, ..., 0]")
        return times.astype(int).tolist()


def _predicted(model: Callable, x: np.ndarray, t: int) -> np.ndarray:
    predicted = as_returned_gradient(model(x.copy(), t), "noise", x.shape)
    return finite_result(predicted, "the predicted noise")


def _rows(features, n: int) -> np.ndarray:
    return as_matrix(features, "the features", rows=n)


def _axes(covs, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Variances ``(K, d)`` along the axes ``(K, d, d)`` of each covariance."""
    K, d = shape
    covs = as_float_array(covs, "covs")
    if covs.shape != (K, d, d):
        raise ValueError(f"covs must have the shape {(K, d, d)}, got {covs.shape}; "
                         "give one d × d matrix for each mean")
    scale = np.abs(covs).max(axis=(1, 2), keepdims=True)
    if np.any(np.abs(covs - covs.swapaxes(1, 2)) > 1e-9 * scale):
        raise ValueError("covs must be symmetric, got one that is not; use (C + C.T) / 2")
    variances, axes = np.linalg.eigh(covs)
    if np.any(variances < -1e-9 * scale[:, :, 0]):
        raise ValueError("covs must be positive semidefinite, got an eigenvalue of "
                         f"{variances.min():g}; a covariance has none below 0")
    return np.maximum(variances, 0.0), axes


def _finite(compute: Callable, name: str) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return finite_result(compute(), name)
