"""Groups that nobody has labelled: k-means, mixtures of normals by EM, and a Chinese restaurant."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import logsumexp

from mathml._check import (
    as_features,
    as_float_array,
    as_int,
    as_matrix,
    as_pmf,
    as_positive,
    as_rng,
    as_scalar,
    exact,
    finite_result,
)
from mathml._normal import log_joint

FLAT = 1e-12  # of the variances of the data: a variance below this share counts as none
MOST = 10**8  # rows that are drawn in one call


@dataclass(frozen=True, eq=False)
class KMeansFit:
    """Centres, and who belongs to which.

    Attributes
    ----------
    centres : ndarray ``(K, d)``
        The means of their clusters, if it converged; of an empty cluster, where it stood.
    labels : ndarray of int ``(n,)``
        The nearest centre of each row of the data; of equally near ones the first.
    inertias : ndarray ``(t,)``
        The sum of squared distances to the nearest centre, at the start and after each step. It
        never rises.
    converged : bool
        Whether the last step changed no label, or lowered the cost no more.
    message : str
        Why it stopped, and which clusters are empty.
    """

    centres: np.ndarray
    labels: np.ndarray
    inertias: np.ndarray
    converged: bool
    message: str

    def predict(self, X) -> np.ndarray:
        """Return the nearest centre of each row of `X`, ``(n,)``.

        Raises
        ------
        ValueError, TypeError
            If `X` is malformed or has another number of columns than the data.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> kmeans([[0], [1], [9]], 2, rng=rng, start=[[0], [9]]).predict([[4], [6]]).tolist()
        [0, 1]
        """
        X = as_features(X, self.centres.shape[1])
        return np.argmin(_distances(X, self.centres), axis=1)


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    r"""A mixture of K normal distributions, :math:`p(x) = \sum_k \pi_k\,N(x; \mu_k, \Sigma_k)`.

    Attributes
    ----------
    weights : ndarray ``(K,)``
        The shares :math:`\pi_k`, with sum 1.
    means : ndarray ``(K, d)``
        The :math:`\mu_k`, in the order of the start: another order is the same density.
    covs : ndarray ``(K, d, d)``
        The :math:`\Sigma_k`.
    log_likelihoods : ndarray ``(t,)``
        :math:`\sum_i \log p(x_i)` at the start and after each step. It never falls, but for
        rounding.
    converged : bool
        Whether the last step gained no more than the tolerance. A slow climb can end so, too.
    message : str
        Why it stopped.
    """

    weights: np.ndarray
    means: np.ndarray
    covs: np.ndarray
    log_likelihoods: np.ndarray
    converged: bool
    message: str
    _factors: np.ndarray = field(repr=False)

    def responsibilities(self, X) -> np.ndarray:
        r"""Return the probability of each component given each row of `X`, ``(n, K)``.

        .. math:: r_{ik} = \frac{\pi_k\,N(x_i; \mu_k, \Sigma_k)}{\sum_j \pi_j\,N(x_i; \mu_j,
                  \Sigma_j)}

        Raises
        ------
        ValueError, TypeError
            If `X` is malformed, has another number of columns than the data, or lies so far out
            that no density can be computed.

        Examples
        --------
        >>> start = [0.5, 0.5], [[-1], [2]], [[[1]], [[1]]]
        >>> mixture = fit_gmm([[-1], [0], [2], [3]], 2, rng=np.random.default_rng(0), floor=0,
        ...                   start=start, max_iter=0)
        >>> mixture.responsibilities([[0.0]]).round(6).tolist()
        [[0.817574, 0.182426]]
        """
        joint = self._log_joint(X)
        return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))

    def log_density(self, X) -> np.ndarray:
        r"""Return :math:`\log p(x)` of each row of `X`, ``(n,)``.

        Raises
        ------
        ValueError, TypeError
            As for `responsibilities`.

        Examples
        --------
        >>> start = [1.0], [[0]], [[[1]]]
        >>> normal = fit_gmm([[-1], [1]], 1, rng=np.random.default_rng(0), floor=0, start=start,
        ...                  max_iter=0)
        >>> normal.log_density([[0.0]]).round(4).tolist()
        [-0.9189]
        """
        return logsumexp(self._log_joint(X), axis=1)

    def sample(self, n: int, *, rng) -> np.ndarray:
        """Draw `n` rows: first a component, then a row of it, ``(n, d)``.

        Raises
        ------
        ValueError, TypeError
            If `n` is no whole number of at least 1, or `rng` no generator.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> fit_gmm([[-1], [1]], 1, rng=rng, floor=0).sample(3, rng=rng).shape
        (3, 1)
        """
        n, rng = as_int(n, "n", low=1, high=MOST), as_rng(rng)
        z = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.normal(size=(n, self.means.shape[1]))
        return self.means[z] + np.einsum("nij,nj->ni", self._factors[z], noise)

    def _log_joint(self, X) -> np.ndarray:
        X = as_features(X, self.means.shape[1])
        joint = log_joint(X, _log(self.weights), self.means, self._factors)
        finite_result(joint.max(axis=1), "the log-density")
        return joint


def kmeans(X, n_clusters: int, *, rng, start=None, max_iter: int = 300) -> KMeansFit:
    r"""Move K centres until each is the mean of the rows that are nearest to it (Lloyd).

    .. math:: J = \sum_i \min_k \lVert x_i - c_k \rVert^2

    A step gives each row to its nearest centre (of equally near ones the first) and moves each
    centre to the mean of its rows. Neither can raise J. A centre without rows stays where it is. As
    there are finitely many ways to give n rows to K centres, it ends; where, hangs on the start.

    Parameters
    ----------
    X : array_like ``(n, d)``
        The data.
    n_clusters : int
        K, at most the number of different rows.
    rng : numpy.random.Generator
        Draws the start: the first centre is a random row, each further one a row with probability
        proportional to its squared distance to the nearest centre so far (k-means++).
    start : array_like ``(K, d)``, optional
        The centres to start from; then nothing is drawn.
    max_iter : int
        The largest number of steps.

    Returns
    -------
    KMeansFit
        With `centres`, `labels`, `inertias` and `predict`.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, there are fewer different rows than clusters, or squared
        distances overflow.

    References
    ----------
    Lloyd (1982); Arthur & Vassilvitskii (2007) for the start.

    Examples
    --------
    >>> fit = kmeans([[0], [2], [9], [11]], 2, rng=np.random.default_rng(0), start=[[0], [2]])
    >>> fit.centres.ravel().tolist(), fit.labels.tolist(), fit.inertias.round(2).tolist()
    ([1.0, 10.0], [0, 0, 1, 1], [130.0, 20.22, 4.0])
    """
    X, K, rng = as_matrix(X, "X"), as_int(n_clusters, "n_clusters", low=1), as_rng(rng)
    max_iter = as_int(max_iter, "max_iter")
    X, shift = _centred(X)
    _check_enough(X, K, "n_clusters")
    C = _seeds(X, K, rng) if start is None else _centres(start, X, K, "start") - shift
    D = _distances(X, C)
    labels, inertias, converged = np.argmin(D, axis=1), [D.min(axis=1).sum()], False
    for _ in range(max_iter):
        moved = np.array([X[labels == k].mean(axis=0) if np.any(labels == k) else C[k]
                          for k in range(K)])
        D = _distances(X, moved)
        if D.min(axis=1).sum() > inertias[-1]:  # by rounding only: the step before was the last
            converged = True
            break
        C, before, labels = moved, labels, np.argmin(D, axis=1)
        inertias.append(D.min(axis=1).sum())
        if np.array_equal(labels, before):
            converged = True
            break
    empty = [str(k) for k in range(K) if not np.any(labels == k)]
    said = ("no label changed" if converged else f"the limit of {max_iter} steps was reached")
    said += f"; without rows: {', '.join(empty)}" if empty else ""
    return KMeansFit(C + shift, labels, np.array(inertias), converged, said)


def fit_gmm(X, n_components: int, *, rng, floor: float, start=None, tol: float = 1e-8,
            max_iter: int = 1000) -> GaussianMixture:
    r"""Fit a mixture of normals by expectation and maximisation (EM).

    .. math:: \pi_k = \frac{n_k}{n}, \quad \mu_k = \frac{1}{n_k} \sum_i r_{ik} x_i, \quad
              \Sigma_k = \frac{1}{n_k} \sum_i r_{ik} (x_i - \mu_k)(x_i - \mu_k)^\top, \qquad
              n_k = \sum_i r_{ik},

    with the responsibilities :math:`r_{ik}` of the step before. If an eigenvalue of
    :math:`\Sigma_k` is below `floor`, it is raised to it, along its eigenvector. That is the exact
    maximum under the condition that no component has a variance below `floor` in any direction, so
    the log-likelihood never falls. (To add `floor` to the diagonal is another thing, and may lower
    it.) A component of weight 0 keeps its mean and covariance.

    Without a floor the likelihood has no maximum: a component may shrink onto one row, or onto
    equal ones, or in the plane onto a line. Then the fit stops with an error.

    Parameters
    ----------
    X : array_like ``(n, d)``
        The data.
    n_components : int
        K, at most the number of different rows.
    rng : numpy.random.Generator
        Draws the start: K rows as means, as `kmeans` does.
    floor : float
        The smallest variance that a component may have in any direction, in the units of `X`
        squared; 0, or at least 1e-12 of the largest variance of a feature.
    start : array_like ``(K, d)`` or tuple, optional
        The means to start from, with equal weights and, for each component, the covariance (ddof 0)
        of all data; or the tuple ``(weights, means, covs)`` of shapes ``(K,)``, ``(K, d)``,
        ``(K, d, d)``. Eigenvalues of a start below `floor` are raised.
    tol : float
        Stop when a step gains at most `tol` in log-likelihood per row.
    max_iter : int
        The largest number of steps.

    Returns
    -------
    GaussianMixture
        With `weights`, `means`, `covs`, `log_likelihoods`, `responsibilities`, `log_density` and
        `sample`. It is one stationary point of many: try several starts.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, a covariance is not symmetric and positive definite, a
        component collapses without a floor, or squares of `X` overflow.

    References
    ----------
    Dempster, Laird & Rubin (1977); Day (1969) for the collapse.

    Examples
    --------
    >>> fit = fit_gmm([[-3], [-2], [2], [3]], 2, rng=np.random.default_rng(0), floor=0.01,
    ...               start=[[-1], [1]])
    >>> fit.means.ravel().round(3).tolist(), fit.covs.ravel().round(3).tolist()
    ([-2.5, 2.5], [0.25, 0.25])
    """
    X, K, rng = as_matrix(X, "X"), as_int(n_components, "n_components", low=1), as_rng(rng)
    tol, max_iter = as_scalar(tol, "tol", "[0, inf)"), as_int(max_iter, "max_iter")
    X, shift = _centred(X)
    _check_enough(X, K, "n_components")
    floor, spread = _as_floor(floor, X), X.var(axis=0)
    weights, means, covs = _start(start, X, K, shift, rng)
    covs, factors = _floored(covs, floor, spread)
    R, ell = _e_step(log_joint(X, _log(weights), means, factors))
    ells, converged = [ell], False
    for _ in range(max_iter):
        weights, means, covs, factors = _m_step(X, R, means, covs, floor, spread)
        R, ell = _e_step(log_joint(X, _log(weights), means, factors))
        ells.append(ell)
        if ells[-1] - ells[-2] <= tol * len(X):
            converged = True
            break
    said = (f"the last step gained no more than {tol:g} per row" if converged
            else f"the limit of {max_iter} steps was reached")
    return GaussianMixture(weights, means + shift, covs, np.array(ells), converged, said, factors)


def crp(n: int, alpha: float, *, rng) -> np.ndarray:
    r"""Seat customers in a Chinese restaurant; return the table of each, ``(n,)``.

    .. math:: P(\text{customer } i \text{ opens a table}) = \frac{\alpha}{\alpha + i - 1}, \qquad
              P(\text{sits at table } k) = \frac{n_k}{\alpha + i - 1}

    where table k has :math:`n_k` customers. Tables are numbered 0, 1, ... in the order of their
    opening. (To sit at a table with such a probability is to sit down beside a customer who is
    drawn at random.)

    Parameters
    ----------
    n : int
        How many customers, at least 1.
    alpha : float
        The concentration, above 0.
    rng : numpy.random.Generator
        Where the chance comes from.

    Returns
    -------
    ndarray of int
        With ``tables[0] == 0``, and no number that is not preceded by all smaller ones.

    Raises
    ------
    ValueError, TypeError
        If `n` or `alpha` is malformed.

    References
    ----------
    Aldous (1985); Antoniak (1974) for the number of tables.

    Examples
    --------
    >>> crp(8, 1.0, rng=np.random.default_rng(1)).tolist()
    [0, 0, 1, 0, 0, 0, 0, 0]
    """
    n, alpha, rng = as_int(n, "n", low=1, high=MOST), as_positive(alpha, "alpha"), as_rng(rng)
    tables, opened = np.zeros(n, dtype=int), 1
    seated = np.arange(n)                                # before each customer
    new = rng.random(n) * (alpha + seated) < alpha
    beside = rng.integers(0, np.maximum(seated, 1))
    for i in range(1, n):
        if new[i]:
            tables[i], opened = opened, opened + 1
        else:
            tables[i] = tables[beside[i]]
    return tables


def _centred(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The data about their mean, which keeps digits of those that lie far from 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        shift = X.mean(axis=0)
        finite_result(np.sum((X - shift) ** 2), "the sum of the squares of X")
    return X - shift, shift


def _check_enough(X: np.ndarray, K: int, name: str) -> None:
    different = len(np.unique(X, axis=0)) if K > 1 else 1
    if different < K:
        raise ValueError(f"{name} must be at most the number of different rows of X, {different}, "
                         f"got {K}; ask for fewer")


def _centres(start, X: np.ndarray, K: int, name: str) -> np.ndarray:
    return as_matrix(start, name, rows=K, columns=X.shape[1])


def _distances(X: np.ndarray, C: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        D = np.stack([np.sum((X - c) ** 2, axis=1) for c in C], axis=1)    # (n, K)
    return finite_result(D, "the squared distances")


def _seeds(X: np.ndarray, K: int, rng) -> np.ndarray:
    """K different rows, far from each other more often than not (k-means++)."""
    chosen = [int(rng.integers(len(X)))]
    nearest = _distances(X, X[chosen])[:, 0]
    for _ in range(K - 1):
        if not nearest.any():  # differences whose squares are 0
            raise ValueError("X must have squared distances above 0, got rows that differ by "
                             f"{np.ptp(X):.3g}; rescale the input")
        chosen.append(int(rng.choice(len(X), p=nearest / nearest.sum())))
        nearest = np.minimum(nearest, _distances(X, X[chosen[-1:]])[:, 0])
    return X[chosen]


def _as_floor(floor, X: np.ndarray) -> float:
    floor, largest = as_scalar(floor, "floor", "[0, inf)"), float(X.var(axis=0).max())
    if 0 < floor < FLAT * largest:
        raise ValueError(f"floor must be 0 or at least {FLAT:g} of the largest variance, "
                         f"{exact(largest)}, got {exact(floor)}; raise it")
    return floor


def _start(start, X: np.ndarray, K: int, shift: np.ndarray, rng) -> tuple[np.ndarray, ...]:
    """Weights, means and covariances of the start, checked; the means about `shift`."""
    d = X.shape[1]
    if isinstance(start, tuple):
        if len(start) != 3:
            raise ValueError("start must be means or a tuple (weights, means, covs), got "
                             f"{len(start)} parts; pass a list of means or all three")
        weights = as_pmf(start[0], "the weights of start", size=K)
        means = _centres(start[1], X, K, "the means of start") - shift
        covs = as_float_array(start[2], "the covariances of start")
        if covs.shape != (K, d, d):
            raise ValueError(f"the covariances of start must have the shape {(K, d, d)}, got "
                             f"{covs.shape}; pass one matrix per component")
        uneven = np.abs(covs - covs.transpose(0, 2, 1)).max()
        if uneven > 1e-8 * np.abs(covs).max():
            raise ValueError("the covariances of start must be symmetric, got entries that differ "
                             f"by {uneven:.3g}; average each with its transpose")
        least = float(np.linalg.eigvalsh(covs).min())
        if least < -1e-8 * np.abs(covs).max():
            raise ValueError("the covariances of start must have no variance below 0, got "
                             f"{least:.3g}; pass positive definite matrices")
        return weights, means, covs
    means = _seeds(X, K, rng) if start is None else _centres(start, X, K, "start") - shift
    covs = np.broadcast_to(X.T @ X / len(X), (K, d, d)).copy()
    return np.full(K, 1 / K), means, covs


def _floored(covs: np.ndarray, floor: float, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Covariances with no eigenvalue below the floor, and their triangular factors."""
    if floor > 0:
        values, vectors = np.linalg.eigh(covs)
        roots = vectors * np.sqrt(np.maximum(values, floor))[:, None, :]
        # Their product would round the floor away beside a large variance; R of QR does not.
        factors = np.linalg.qr(roots.transpose(0, 2, 1), mode="r").transpose(0, 2, 1)
        factors = factors * np.sign(np.einsum("kii->ki", factors))[:, None, :]
        low = values[:, :1, None] < floor
        return np.where(low, factors @ factors.transpose(0, 2, 1), covs), factors
    scale = np.sqrt(np.where(spread > 0, spread, 1.0))
    with np.errstate(over="ignore"):
        units = finite_result(covs / np.outer(scale, scale), "the covariances of start")
    least = np.linalg.eigvalsh(units)[:, 0]
    if np.any(least < FLAT):
        k = int(np.argmin(least))
        raise ValueError(f"the variance of component {k} must stay above 0 in all directions, "
                         f"got {max(least[k], 0):.3g} of the data's; set a floor, ask for "
                         "fewer components, or look for repeated rows and columns")
    return covs, np.linalg.cholesky(covs)


def _log(weights: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):  # a component of weight 0 explains nothing
        return np.log(weights)


def _e_step(joint: np.ndarray) -> tuple[np.ndarray, float]:
    """The responsibilities ``(n, K)`` and the log-likelihood."""
    with np.errstate(invalid="ignore"):
        log_p = logsumexp(joint, axis=1, keepdims=True)
        ell = float(finite_result(log_p.sum(), "the log-likelihood"))
    return np.exp(joint - log_p), ell


def _m_step(X: np.ndarray, R: np.ndarray, means, covs, floor, spread) -> tuple[np.ndarray, ...]:
    """Weights, means, covariances and their factors from the responsibilities."""
    sizes = R.sum(axis=0)
    means, covs = means.copy(), covs.copy()
    for k in np.flatnonzero(sizes > 1e-290):  # of a component that has nothing, nothing is learned
        share = R[:, k] / sizes[k]
        means[k] = share @ X
        covs[k] = (share[:, None] * (X - means[k])).T @ (X - means[k])
    covs, factors = _floored((covs + covs.transpose(0, 2, 1)) / 2, floor, spread)
    return sizes / sizes.sum(), means, covs, factors
