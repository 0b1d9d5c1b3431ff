"""Principal components, and tables with holes completed by factors of low rank.

Arguments that are not made of real numbers raise TypeError everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mathml._check import (
    as_bool,
    as_features,
    as_int,
    as_matrix,
    as_positive,
    as_rng,
    finite_result,
)
from mathml.linalg import fix_signs

__all__ = ["PCA", "RatingsFit", "fit_pca", "fit_ratings"]


@dataclass(frozen=True, eq=False)
class PCA:
    """The principal components of n examples with d features, made by `fit_pca`.

    Parameters
    ----------
    components : ndarray ``(k, d)``
        Orthonormal rows, the direction of largest variance first.
    scores : ndarray ``(n, k)``
        The coordinates of the examples along the components.
    variances : ndarray ``(k,)``
        Of the scores, divided by n − 1.
    ratios : ndarray ``(k,)``
        The variances as shares of the total variance, that of the components left out included.
    mean, scale : ndarray ``(d,)``
        What was subtracted from each feature, and what it was divided by then (1 unless
        standardised).

    Examples
    --------
    >>> pca = fit_pca([[0, 0], [1, 1], [2, 2.5]], 1)
    >>> pca.transform([[1, 1]]).round(3).tolist()
    [[-0.131]]
    """

    components: np.ndarray
    scores: np.ndarray
    variances: np.ndarray
    ratios: np.ndarray
    mean: np.ndarray
    scale: np.ndarray

    def transform(self, X) -> np.ndarray:
        r"""Scores of other examples, :math:`Z = (X - \mathbf 1 \bar x^\top) D^{-1} W^\top`.

        W holds the components, D the scales on its diagonal. Mean and scale are those of the
        examples the components were fitted to.

        Parameters
        ----------
        X : array_like ``(n', d)``

        Returns
        -------
        ndarray ``(n', k)``

        Raises
        ------
        ValueError
            If `X` is not a finite matrix with d columns.

        Examples
        --------
        >>> fit_pca([[0, 0], [2, 0]]).transform([[5, 7]]).tolist()
        [[4.0]]
        """
        X = as_features(X, len(self.mean))
        with np.errstate(over="ignore", invalid="ignore"):
            return finite_result((X - self.mean) / self.scale @ self.components.T, "the scores")

    def reconstruct(self, scores=None) -> np.ndarray:
        r"""The points with these scores, :math:`\hat X = Z W D + \mathbf 1 \bar x^\top`.

        Parameters
        ----------
        scores : array_like ``(n', j)``, optional
            j ≤ k columns use the first j components. Without it, those of the fit.

        Returns
        -------
        ndarray ``(n', d)``

        Raises
        ------
        ValueError
            If `scores` is not a finite matrix with at most k columns.

        Examples
        --------
        >>> fit_pca([[0, 0], [2, 0]]).reconstruct([[4]]).tolist()
        [[5.0, 0.0]]
        """
        Z = self.scores if scores is None else as_matrix(scores, "scores")
        j, k = Z.shape[1], len(self.components)
        if j > k:
            raise ValueError(f"scores must have at most {k} columns, got shape {Z.shape}; "
                             "pass one score for each component, or fewer")
        with np.errstate(over="ignore", invalid="ignore"):
            points = Z @ self.components[:j] * self.scale + self.mean
        return finite_result(points, "the reconstruction")


def fit_pca(X, n_components: int | None = None, *, standardise: bool = False) -> PCA:
    r"""Principal component analysis by the singular value decomposition of the centred data.

    .. math:: (X - \mathbf 1 \bar x^\top) D^{-1} = U \operatorname{diag}(s) W, \qquad
              Z = U \operatorname{diag}(s), \quad
              \operatorname{Var} z_i = \frac{s_i^2}{n - 1}

    D is the identity, or holds the standard deviations. The rows of W are eigenvectors of the
    covariance matrix of :math:`X D^{-1}`; the matrix itself, whose condition number is the square
    of that of the data, is never formed.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Examples in rows, n ≥ 2, not all alike.
    n_components : int, optional
        k, from 1 to min(n − 1, d), which is also the default: n centred points span no more.
    standardise : bool, default False
        Divide each centred feature by its standard deviation (divisor n − 1) first, so that no
        choice of units counts. A feature that is constant stays 0.

    Returns
    -------
    PCA
        Signs by `mathml.linalg.fix_signs`. Components of equal variance are any orthonormal basis
        of their plane.

    Raises
    ------
    ValueError
        If `X` is not a finite matrix of at least 2 rows, all its rows are equal, its numbers are
        too large for their squares, or `n_components` is outside its range.

    References
    ----------
    Pearson (1901); Hotelling (1933); Jolliffe (2002), §3.5.

    Examples
    --------
    >>> pca = fit_pca([[0, 0], [1, 1], [2, 2], [3, 3]], 1)
    >>> pca.components.round(4).tolist(), pca.ratios.round(4).tolist()
    ([[0.7071, 0.7071]], [1.0])
    """
    X = as_matrix(X, "X", min_rows=2)
    n, d = X.shape
    most = min(n - 1, d)
    k = most if n_components is None else as_int(n_components, "n_components", low=1, high=most)
    standardise = as_bool(standardise, "standardise")
    varies = X.min(axis=0) < X.max(axis=0)
    if not varies.any():
        raise ValueError(f"X must have rows that differ, got {n} equal ones; there is no variance "
                         "to explain")
    with np.errstate(over="ignore", invalid="ignore"):
        mean = finite_result(np.where(varies, X.mean(axis=0), X[0]), "the mean of X")
        C = X - mean
        finite_result(np.sum(C**2), "the sum of squares of the centred X")
    scale = np.ones(d)
    if standardise:
        size = np.abs(C[:, varies]).max(axis=0)  # divided out first: squares may underflow
        scale[varies] = size * (C[:, varies] / size).std(axis=0, ddof=1)
        scale[scale == 0] = np.nextafter(0, 1)  # no float is between it and 0
    U, s, W = np.linalg.svd(C / scale, full_matrices=False)
    components = fix_signs(W[:k])
    turned = np.sum(components * W[:k], axis=1)  # ±1
    shares = (s / s[0]) ** 2
    return PCA(components, U[:, :k] * (s[:k] * turned), s[:k] ** 2 / (n - 1),
               shares[:k] / shares.sum(), mean, scale)


@dataclass(frozen=True, eq=False)
class RatingsFit:
    """Factors of a table with holes, made by `fit_ratings`.

    Parameters
    ----------
    rows : ndarray ``(n, r)``
    columns : ndarray ``(d, r)``
    offset : float
        The mean of what was observed.
    objectives : ndarray ``(t + 1,)``
        J at the start and after each of t sweeps; it never grows.
    converged : bool
    message : str

    Examples
    --------
    >>> R = [[1, 2], [2, np.nan]]
    >>> fit = fit_ratings(R, 1, penalty=0.01, rng=np.random.default_rng(0))
    >>> fit.predict().shape
    (2, 2)
    """

    rows: np.ndarray
    columns: np.ndarray
    offset: float
    objectives: np.ndarray
    converged: bool
    message: str

    def predict(self) -> np.ndarray:
        """Return offset + U Vᵀ, for the entries that are missing, too ``(n, d)``.

        Examples
        --------
        >>> R = [[1, np.nan], [3, np.nan]]  # nothing is known of the second column
        >>> fit = fit_ratings(R, 1, penalty=0.1, rng=np.random.default_rng(0))
        >>> fit.predict()[:, 1].round(6).tolist()
        [2.0, 2.0]
        """
        return self.offset + self.rows @ self.columns.T


def fit_ratings(R, rank: int, *, penalty: float, rng: np.random.Generator, steps: int = 1000,
                tol: float = 1e-6) -> RatingsFit:
    r"""Complete a table from its entries that are not NaN, by alternating least squares.

    .. math:: J(U, V) = \frac{1}{2N} \sum_{(i,j) \text{ observed}} (R_{ij} - m - u_i^\top v_j)^2
              + \frac{\lambda}{2} \big(\|U\|_F^2 + \|V\|_F^2\big)

    N is the number of observed entries and m their mean, which is not penalised. With V held fixed
    each row is a ridge regression of its own, and the other way round; so J falls at each half of a
    sweep. J is not convex: what is found is a stationary point, which may depend on `rng`.

    Parameters
    ----------
    R : array_like ``(n, d)``
        Ratings, NaN where there is none. A row or column without any is predicted by m.
    rank : int
        r, from 1 to min(n, d).
    penalty : float
        λ > 0, in the units of R, and Nλ at least 1e-8 of their standard deviation: below that the
        equations of a step cannot be told from singular ones. (Another common objective, a sum of
        squares plus λ'(‖U‖² + ‖V‖²), has λ' = Nλ.)
    rng : numpy.random.Generator
        Draws the start.
    steps : int, default 1000
        At most this many sweeps.
    tol : float, default 1e-6
        Stop when :math:`\|\nabla_U J\|_F \|U\|_F` is at most `tol` times the J of the constant m;
        after a sweep the gradient by V is 0. No choice of units counts.

    Returns
    -------
    RatingsFit

    Raises
    ------
    ValueError
        If nothing is observed, an entry is infinite, or another argument is outside its range.

    References
    ----------
    Koren, Bell & Volinsky (2009).

    Examples
    --------
    >>> R = [[5, 4, 1], [4, np.nan, 1], [1, 1, 5]]
    >>> fit = fit_ratings(R, 1, penalty=0.01, rng=np.random.default_rng(0))
    >>> bool(fit.predict()[1, 1] > 3), fit.converged
    (True, True)
    """
    R = as_matrix(R, "R", missing=True, repair="give each rater a row")
    rank = as_int(rank, "rank", low=1, high=min(R.shape))
    penalty, tol = as_positive(penalty, "penalty"), as_positive(tol, "tol")
    steps, rng = as_int(steps, "steps", low=1), as_rng(rng)
    seen = ~np.isnan(R)
    N = int(seen.sum())
    if N == 0:
        raise ValueError(f"R must have an entry that is not NaN, got {R.size} that are; "
                         "pass what was observed")
    with np.errstate(over="ignore", invalid="ignore"):
        offset = finite_result(float(R[seen].mean()), "the mean of R")
        largest = finite_result(np.abs(R[seen] - offset).max(), "the spread of R") or 1.0
        spread = largest * np.sqrt(np.mean(((R[seen] - offset) / largest) ** 2))
        # From here on in units of the spread; beyond 1e100 the penalty leaves nothing but 0.
        unit = spread or 1.0
        ridge = min(penalty / unit, 1e100)
    if N * ridge < 1e-8:
        raise ValueError(f"penalty must be at least {1e-8 * unit / N:.3g}, which is 1e-8 of the "
                         f"standard deviation of R over {N} entries, got {penalty:.3g}; enlarge it")
    C = np.where(seen, R - offset, 0.0) / unit
    U, V = (rng.normal(size=(size, rank)) for size in R.shape)

    def objective():
        return (np.sum((C - U @ V.T)[seen] ** 2) / (2 * N)
                + ridge / 2 * (np.sum(U**2) + np.sum(V**2)))

    objectives, stationary = [objective()], False
    while not stationary and len(objectives) <= steps:
        U = _ridge_rows(C, seen, V, N * ridge)
        V = _ridge_rows(C.T, seen.T, U, N * ridge)
        objectives.append(objective())
        slope = np.linalg.norm(((U @ V.T - C) * seen) @ V / N + ridge * U)
        stationary = bool(slope * np.linalg.norm(U) <= tol / 2)
    state, sweeps = "converged" if stationary else "not converged", len(objectives) - 1
    message = (f"{state}: after {sweeps} sweep{'s' * (sweeps > 1)} ‖∇J‖·‖U‖ is "
               f"{2 * slope * np.linalg.norm(U):.2g} of the J of a constant")
    with np.errstate(over="ignore"):
        values = finite_result(unit**2 * np.array(objectives), "the objective")
    factor = np.sqrt(unit)
    return RatingsFit(factor * U, factor * V, offset, values, stationary, message)


def _ridge_rows(C: np.ndarray, seen: np.ndarray, V: np.ndarray, ridge: float) -> np.ndarray:
    """For each row i the u that minimises Σ_j (C_ij − uᵀv_j)² + ridge ‖u‖², j observed."""
    gram = np.einsum("ij,jr,js->irs", seen, V, V) + ridge * np.eye(V.shape[1])  # (n, r, r)
    return np.linalg.solve(gram, (C @ V)[..., None])[..., 0]
