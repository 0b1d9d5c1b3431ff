"""Densities and predictions without a fixed number of parameters: bumps, and nearest neighbours.

A kernel estimate puts a bump on every datum and averages; the neighbours' estimate asks how far one
must go to meet k data. Both keep all the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import gammaln, logsumexp

from mathml._check import (
    as_choice,
    as_features,
    as_float_array,
    as_int,
    as_labels,
    as_matrix,
    as_positive,
    as_rng,
    as_vector,
    exact,
    finite_result,
)

KERNELS = ("gaussian", "epanechnikov", "box")
TASKS = ("classification", "regression")
AT_ONCE = 2**22  # distances in memory


@dataclass(frozen=True, eq=False)
class KDE:
    """A kernel density estimate, made by `kde`.

    Attributes
    ----------
    x : ndarray ``(n,)`` or ``(n, d)``
        The data.
    h : float
        The bandwidth.
    kernel : str
        The form of the bumps.
    """

    x: np.ndarray
    h: float
    kernel: str

    def log_pdf(self, t) -> np.ndarray:
        """Return the logarithm of the density at `t`; -inf where it is 0.

        Parameters
        ----------
        t : array_like
            Numbers, of any shape, or for data in d dimensions the rows of a matrix ``(m, d)``.

        Returns
        -------
        ndarray
            Of the shape of `t`, or ``(m,)``.

        Raises
        ------
        ValueError, TypeError
            If `t` is malformed, or the logarithm overflows.

        Examples
        --------
        >>> kde([-1.0, 1.0], 1.0).log_pdf([0.0, 100.0]).round(3).tolist()
        [-1.419, -4902.112]
        """
        T, shape = _points(t, self.x, "t")
        data = self.x.reshape(len(self.x), -1)
        logs = [logsumexp(_log_kernel(rows[:, None], data, self.h, self.kernel), axis=1)
                for rows in _blocks(T, len(data) * data.shape[1])]
        return (np.concatenate([*logs, np.empty(0)]) - np.log(len(data))).reshape(shape)

    def pdf(self, t) -> np.ndarray:
        r"""Return the density at `t`, :math:`\frac1{nh^d}\sum_i K((t - x_i)/h)`.

        Arguments, result and errors are those of `log_pdf`.

        Examples
        --------
        >>> round(float(kde([-1.0, 1.0], 1.0).pdf(0.0)), 6)
        0.241971
        """
        with np.errstate(over="ignore", under="ignore"):
            return finite_result(np.exp(self.log_pdf(t)), "the density")

    def sample(self, n: int, *, rng: np.random.Generator) -> np.ndarray:
        """Draw `n` independent values: a datum drawn at random, plus h times noise of density K.

        Parameters
        ----------
        n : int
            At least 1.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray ``(n,)`` or ``(n, d)``

        Raises
        ------
        ValueError, TypeError
            If `n` is no such number, `rng` no generator, or a value overflows.

        Examples
        --------
        >>> drawn = kde([0.0, 10.0], 0.5, kernel="box").sample(4, rng=np.random.default_rng(0))
        >>> bool(np.all(np.minimum(abs(drawn), abs(drawn - 10)) <= 0.5))
        True
        """
        n, rng = as_int(n, "n", low=1, high=10**7), as_rng(rng)
        centres = self.x[rng.integers(len(self.x), size=n)]
        if self.kernel == "gaussian":
            noise = rng.normal(size=centres.shape)
        elif self.kernel == "box":
            noise = rng.uniform(-1, 1, size=centres.shape)
        else:
            noise = 2 * rng.beta(2, 2, size=centres.shape) - 1
        with np.errstate(over="ignore"):
            return finite_result(centres + self.h * noise, "the sample")


def kde(x, h: float, *, kernel: Literal["gaussian", "epanechnikov", "box"] = "gaussian") -> KDE:
    r"""Put a bump of width h on every datum, and average.

    .. math:: \hat f_h(t) = \frac{1}{n h^d} \sum_{i=1}^n K\Bigl(\frac{t - x_i}{h}\Bigr)

    In one dimension K is the standard normal density, or on [-1, 1] Epanechnikov's
    :math:`\frac34(1 - u^2)` or the box 1/2; in d dimensions K is the product over the coordinates.
    For the normal kernel h is the standard deviation of a bump; for the others it is half its
    width.

    Parameters
    ----------
    x : array_like ``(n,)`` or ``(n, d)``
        The data.
    h : float
        The bandwidth, positive, in the units of `x`; one for all coordinates.
    kernel : {"gaussian", "epanechnikov", "box"}

    Returns
    -------
    KDE
        With `pdf`, `log_pdf` and `sample`.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed.

    References
    ----------
    Rosenblatt (1956), Ann. Math. Statist. 27; Parzen (1962), Ann. Math. Statist. 33.

    Examples
    --------
    >>> kde([0.0, 2.0], 1.0, kernel="box").pdf([-2.0, 0.5, 1.0]).round(3).tolist()
    [0.0, 0.25, 0.5]
    """
    kernel = as_choice(kernel, "kernel", KERNELS)
    return KDE(_data(x), as_positive(h, "h"), kernel)


def silverman(x) -> float:
    r"""Return the bandwidth that is best, for large n, if the data are normal.

    .. math:: h = \Bigl(\frac{4}{3n}\Bigr)^{1/5} s \approx 1.06\, s\, n^{-1/5}

    for the normal kernel in one dimension, with the sample's standard deviation s (divisor n - 1).
    SciPy's ``gaussian_kde(x, bw_method="silverman")`` is this rule. The "rule of thumb" of some
    other programs is smaller: 0.9 times the smaller of s and the interquartile range / 1.34, in
    place of 1.06 s.

    Parameters
    ----------
    x : array_like ``(n,)``
        At least two numbers, not all equal.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If `x` is malformed, its values do not differ, or the result overflows.

    References
    ----------
    Silverman (1986), Density Estimation for Statistics and Data Analysis, section 3.4.

    Examples
    --------
    >>> round(silverman([1.0, 2.0, 3.0]), 4)
    0.8503
    """
    x = as_vector(x, "x", min_size=2)
    if x.min() == x.max():
        raise ValueError(f"x must have values that differ, got only {exact(x[0])}; "
                         "choose h yourself")
    scale = float(np.abs(x).max())
    with np.errstate(over="ignore"):
        s = finite_result(scale * float(np.std(x / scale, ddof=1)), "the standard deviation of x")
    return (4 / (3 * x.size)) ** 0.2 * s


def loo_log_likelihood(x, h: float) -> float:
    r"""Return how well each datum is foretold by the bumps on the others.

    .. math:: \frac1n \sum_i \log \hat f_{h, -i}(x_i), \quad
              \hat f_{h,-i}(t) = \frac{1}{(n-1)h}\sum_{j \ne i} \varphi\Bigl(\frac{t - x_j}{h}\Bigr)

    with the normal density :math:`\varphi`. It grows beyond all bounds as h tends to 0 if each
    value occurs twice or more.

    Parameters
    ----------
    x : array_like ``(n,)``
        At least two numbers.
    h : float
        The bandwidth, positive.

    Returns
    -------
    float
        In nats a datum; -inf if it is below the range of floats.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed.

    References
    ----------
    Habbema, Hermans & van den Broek (1974), in COMPSTAT 1974.

    Examples
    --------
    >>> round(loo_log_likelihood([0.0, 1.0], 1.0), 4)
    -1.4189
    """
    x, h = as_vector(x, "x", min_size=2), as_positive(h, "h")
    logs = _log_kernel(x[:, None, None], x[:, None], h, "gaussian")
    np.fill_diagonal(logs, -np.inf)
    with np.errstate(over="ignore"):
        return float(np.mean(logsumexp(logs, axis=1) - np.log(x.size - 1)))


def loo_squared_error(x, h: float) -> float:
    r"""Return an unbiased estimate of the mean integrated squared error, up to a constant.

    .. math:: \int \hat f_h(t)^2\,dt - \frac2n \sum_i \hat f_{h,-i}(x_i)

    with normal kernels, in closed form. For independent data of density f its expectation is
    :math:`E\int(\hat f_h - f)^2 - \int f^2`, and the last term does not depend on h.

    Parameters
    ----------
    x : array_like ``(n,)``
        At least two numbers.
    h : float
        The bandwidth, positive.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, or h is so small that the result overflows.

    References
    ----------
    Rudemo (1982), Scand. J. Statist. 9; Bowman (1984), Biometrika 71.

    Examples
    --------
    >>> round(loo_squared_error([0.0, 1.0], 1.0), 4)
    -0.233
    """
    x, h = as_vector(x, "x", min_size=2), as_positive(h, "h")
    n = x.size
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z2 = ((x[:, None] - x) / h) ** 2
        pairs = np.exp(-z2 / 2)
        square = np.sum(np.exp(-z2 / 4)) / np.sqrt(2) / n**2
        others = 2 * (np.sum(pairs) - n) / (n * (n - 1))
        value = float((square - others) / h / np.sqrt(2 * np.pi))
    return finite_result(value, "the estimate")


@dataclass(frozen=True, eq=False)
class KNNDensity:
    """The neighbours' density estimate, made by `knn_density`.

    Attributes
    ----------
    x : ndarray ``(n,)`` or ``(n, d)``
        The data.
    k : int
        Which neighbour the distance is measured to.
    """

    x: np.ndarray
    k: int

    def pdf(self, t) -> np.ndarray:
        """Return the estimate at `t`; inf at a place where k or more data coincide.

        Parameters
        ----------
        t : array_like
            Numbers, of any shape, or for data in d dimensions the rows of a matrix ``(m, d)``.

        Returns
        -------
        ndarray
            Of the shape of `t`, or ``(m,)``.

        Raises
        ------
        ValueError, TypeError
            If `t` is malformed, or a distance overflows.

        Examples
        --------
        >>> knn_density([0.0], 1).pdf([2.0, -4.0]).round(6).tolist()
        [0.25, 0.125]
        """
        T, shape = _points(t, self.x, "t")
        data = self.x.reshape(len(self.x), -1)
        n, d = data.shape
        r = [np.partition(rows, self.k - 1, axis=1)[:, self.k - 1] for rows in _distances(T, data)]
        log_ball = d / 2 * np.log(np.pi) - gammaln(d / 2 + 1)
        with np.errstate(divide="ignore", over="ignore"):
            log_pdf = np.log(self.k / n) - log_ball - d * np.log(np.concatenate([*r, np.empty(0)]))
            return np.exp(log_pdf).reshape(shape)


def knn_density(x, k: int) -> KNNDensity:
    r"""Divide k/n by the volume of the ball that reaches to the k-th nearest datum.

    .. math:: \hat f(t) = \frac{k}{n\, v_d\, r_k(t)^d}

    with the volume :math:`v_d` of the unit ball (2 in one dimension). It is no density: its
    integral is infinite.

    Parameters
    ----------
    x : array_like ``(n,)`` or ``(n, d)``
        The data.
    k : int
        From 1 to n.

    Returns
    -------
    KNNDensity
        With `pdf`.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed.

    References
    ----------
    Loftsgaarden & Quesenberry (1965), Ann. Math. Statist. 36.

    Examples
    --------
    >>> knn_density([0.0, 1.0, 5.0], 2).pdf([0.0]).round(3).tolist()
    [0.333]
    """
    x = _data(x)
    return KNNDensity(x, as_int(k, "k", low=1, high=len(x)))


@dataclass(frozen=True, eq=False)
class KNN:
    r"""Predict by the k nearest examples: the share of each class among them, or their mean.

    Distances are Euclidean, so units count. Of equally distant examples the earlier row is the
    nearer one; of equally frequent classes the first is predicted.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, or for regression numbers.
    k : int
        How many examples are asked, from 1 to n.
    task : {"classification", "regression"}
        What `y` is.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, or the sizes disagree.

    References
    ----------
    Cover & Hart (1967), IEEE Trans. Inform. Theory 13.

    Examples
    --------
    >>> KNN([[0.0], [1.0], [5.0]], [0, 0, 1], k=1).predict([[0.4], [9.0]]).tolist()
    [0, 1]
    """

    X: np.ndarray
    y: np.ndarray
    k: int = field(kw_only=True)
    task: str = field(default="classification", kw_only=True)

    def __post_init__(self):
        X = as_matrix(self.X, "X")
        labels = as_choice(self.task, "task", TASKS) == "classification"
        y = as_labels(self.y, "y", size=len(X)) if labels else as_vector(self.y, "y", size=len(X))
        if not labels:
            with np.errstate(over="ignore"):
                finite_result(float(np.sum(np.abs(y))), "the sum of the sizes of y")
        k = as_int(self.k, "k", low=1, high=len(X))
        for name, value in (("X", X), ("y", y), ("k", k)):
            object.__setattr__(self, name, value)

    def neighbours(self, T) -> np.ndarray:
        """Return the rows of the k nearest examples of each row of `T`, nearest first, ``(m, k)``.

        Raises
        ------
        ValueError, TypeError
            If `T` has another number of columns than the examples, or a distance overflows.

        Examples
        --------
        >>> KNN([[0.0], [1.0], [5.0]], [0, 0, 1], k=2).neighbours([[4.0]]).tolist()
        [[2, 1]]
        """
        T = as_features(T, self.X.shape[1], "T")
        near = [np.argsort(rows, axis=1, kind="stable")[:, :self.k]
                for rows in _distances(T, self.X)]
        return np.concatenate([*near, np.empty((0, self.k), dtype=int)])

    def predict_proba(self, T) -> np.ndarray:
        """Return the class shares among the k nearest of each row of `T`, ``(m, K)``.

        Raises
        ------
        ValueError, TypeError
            If the task is regression, or `T` does not fit.

        Examples
        --------
        >>> KNN([[0.0], [1.0], [5.0]], [0, 0, 1], k=2).predict_proba([[4.0]]).tolist()
        [[0.5, 0.5]]
        """
        if self.task != "classification":
            raise ValueError("task must be 'classification' for shares of classes, got "
                             f"{self.task!r}; use predict")
        near = self.y[self.neighbours(T)]                          # (m, k)
        return np.stack([np.mean(near == c, axis=1) for c in range(self.y.max() + 1)], axis=1)

    def predict(self, T) -> np.ndarray:
        """Return the most frequent class, or the mean, of the k nearest of each row, ``(m,)``.

        Raises
        ------
        ValueError, TypeError
            If `T` has another number of columns than the examples, or a distance overflows.

        Examples
        --------
        >>> KNN([[0.0], [1.0]], [1.0, 3.0], k=2, task="regression").predict([[7.0]]).tolist()
        [2.0]
        """
        if self.task == "regression":
            return self.y[self.neighbours(T)].mean(axis=1)
        return np.argmax(self.predict_proba(T), axis=1)


def _data(x) -> np.ndarray:
    a = as_float_array(x, "x")
    return as_matrix(a, "x") if a.ndim == 2 else as_vector(a, "x")


def _points(t, x: np.ndarray, name: str) -> tuple[np.ndarray, tuple[int, ...]]:
    """The places as rows, and the shape of what is computed of each."""
    if x.ndim == 2:
        T = as_features(t, x.shape[1], name)
        return T, (len(T),)
    T = as_float_array(t, name)
    return T.reshape(-1, 1), T.shape


def _blocks(T: np.ndarray, each: int) -> Iterator[np.ndarray]:
    """The rows of `T` in parts, so that not too many numbers are in memory."""
    step = max(1, AT_ONCE // each)
    for start in range(0, len(T), step):
        yield T[start:start + step]


def _distances(T: np.ndarray, X: np.ndarray) -> Iterator[np.ndarray]:
    """Euclidean distances of blocks of rows of `T` to all rows of `X`."""
    metric = "cityblock" if X.shape[1] == 1 else "euclidean"  # the same, without squares
    scale = 1.0 if X.shape[1] == 1 else 2.0 ** (np.frexp(np.abs(X).max())[1] - 1.0)
    if not 0 < scale < np.inf:
        scale = 1.0
    for rows in _blocks(T, X.size):
        with np.errstate(over="ignore"):
            distances = cdist(rows / scale, X / scale, metric) * scale
        yield finite_result(distances, "the distances")


def _log_kernel(t: np.ndarray, x: np.ndarray, h: float, kernel: str) -> np.ndarray:
    """log of the product over the last axis of K((t - x) / h) / h."""
    with np.errstate(over="ignore", divide="ignore"):
        u = (t - x) / h
        if kernel == "gaussian":
            logs = -u**2 / 2 - np.log(2 * np.pi) / 2
        elif kernel == "box":
            logs = np.where(np.abs(u) <= 1, np.log(0.5), -np.inf)
        else:
            logs = np.log(0.75 * (1 - np.minimum(u**2, 1)))
        return np.sum(logs, axis=-1) - x.shape[-1] * np.log(h)
