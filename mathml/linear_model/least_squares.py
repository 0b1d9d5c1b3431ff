"""Linear regression by least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr, solve_triangular

from mathml._check import as_features, as_matrix, as_vector, finite_result

EPS = np.finfo(float).eps
WHOLE = 0.1  # some direction of columns of length 1 has a singular value of at least 1: it stays


@dataclass(frozen=True, eq=False)
class LeastSquaresFit:
    r"""A line, plane or hyperplane fitted to n examples, made by `fit_least_squares`.

    The properties that need noise to be estimated, `sigma2` and `cov`, are right for a model
    :math:`y = b + Xw + \varepsilon` whose errors have mean 0, one variance σ² and no correlation.

    Parameters
    ----------
    coef : ndarray ``(d,)``
        The weights w. If they are not determined, the shortest of all that fit best.
    intercept : float
        The constant b, which belongs to `coef`.
    rss : float
        Sum of the squared residuals.
    residuals : ndarray ``(n,)``
        y minus the fitted values; their sum is 0.
    leverage : ndarray ``(n,)``
        The diagonal of the hat matrix, from 1/n to 1: how far the fitted value i moves if yᵢ
        moves by 1. The sum is p = `rank` + 1.
    rank : int
        Of the centred features. The weights are determined iff it is d.
    x_mean, y_mean : ndarray ``(d,)`` and float
        The fit passes through this point.
    variation : float
        :math:`\sum_i (y_i - \bar y)^2`.
    factor : ndarray ``(d, rank)``
        F with :math:`F F^\top = (X_c^\top X_c)^{-1}` for the centred features, if `rank` is d.

    Examples
    --------
    >>> fit = fit_least_squares([[0], [1], [2]], [1, 3, 5.6])
    >>> fit.coef.round(3).tolist(), round(fit.intercept, 3), round(fit.r2, 4)
    ([2.3], 0.9, 0.9944)
    """

    coef: np.ndarray
    intercept: float
    rss: float
    residuals: np.ndarray
    leverage: np.ndarray
    rank: int
    x_mean: np.ndarray
    y_mean: float
    variation: float
    factor: np.ndarray

    @property
    def r2(self) -> float:
        r""":math:`R^2 = 1 - \mathrm{RSS} / \sum_i (y_i - \bar y)^2`, from 0 to 1.

        Raises
        ------
        ValueError
            If y is constant, or varies so little that its squares are 0 in floats: there is no
            variation of which a share could be explained.
        """
        if self.variation == 0:
            raise ValueError(f"y must vary for an R², got only {self.y_mean:.6g}; "
                             "look at rss instead")
        return float(min(max(1 - self.rss / self.variation, 0.0), 1.0))

    @property
    def sigma2(self) -> float:
        r""":math:`\hat\sigma^2 = \mathrm{RSS} / (n - p)` with p = rank + 1, unbiased for σ².

        Raises
        ------
        ValueError
            If n = p: then every y is fitted exactly, and nothing is left to measure noise by.
        """
        n, p = len(self.residuals), self.rank + 1
        if n == p:
            raise ValueError(f"the examples must be more than the parameters for σ², got {n} and "
                             f"{p}; add examples or leave out features")
        return self.rss / (n - p)

    @property
    def cov(self) -> np.ndarray:
        r""":math:`\hat\sigma^2 (\tilde X^\top \tilde X)^{-1}` with X̃ = [1, X] ``(d + 1, d + 1)``.

        The estimated covariance matrix of (b, w), the intercept first. The roots of its diagonal
        are the standard errors.

        Raises
        ------
        ValueError
            If the weights are not determined, n = p, or an entry does not fit into a float.
        """
        d = len(self.coef)
        if self.rank < d:
            raise ValueError(f"the centred columns of X must be independent for a covariance, got "
                             f"rank {self.rank} of {d}; leave out features that others determine")
        sigma = np.sqrt(self.sigma2)
        with np.errstate(over="ignore", invalid="ignore"):
            F = sigma * self.factor
            shift = self.x_mean @ F
            first = -F @ shift
            cov = np.block([[np.array(sigma**2 / len(self.residuals) + shift @ shift), first],
                            [first[:, None], F @ F.T]])
        return finite_result(cov, "the covariance")

    def predict(self, X) -> np.ndarray:
        r"""Values b + Xw on the fitted plane.

        Parameters
        ----------
        X : array_like ``(n', d)``

        Returns
        -------
        ndarray ``(n',)``

        Raises
        ------
        ValueError
            If `X` is not a finite matrix with d columns.

        Examples
        --------
        >>> fit_least_squares([[0], [1], [2]], [1, 3, 5]).predict([[10]]).round(9).tolist()
        [21.0]
        """
        X = as_features(X, len(self.coef))
        with np.errstate(over="ignore", invalid="ignore"):
            return finite_result(self.y_mean + (X - self.x_mean) @ self.coef, "the predictions")


def fit_least_squares(X, y) -> LeastSquaresFit:
    r"""Linear regression: the weights and the intercept with the smallest mean squared error.

    .. math:: J(b, w) = \frac{1}{2n} \|y - Xw - b \mathbf 1\|^2

    The columns are centred and scaled to length 1 and decomposed, :math:`X_c D^{-1} = U S V^\top`;
    the matrix :math:`X^\top X`, whose condition number is the square of that of X, is never formed.
    The fitted values are :math:`\bar y + U U^\top y`, and the leverages :math:`1/n` plus the
    squared lengths of the rows of U.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features, without a constant column: the intercept is always fitted. A feature that is
        constant all the same gets the weight 0.
    y : array_like ``(n,)``
        Outputs.

    Returns
    -------
    LeastSquaresFit
        If the centred columns are dependent, many weights fit best; those with the smallest ‖w‖
        are returned. The fitted values are the same for all.

    Raises
    ------
    ValueError, TypeError
        If an argument is malformed, the sizes disagree, or a result does not fit into a float.

    Notes
    -----
    Columns count as dependent if, centred and scaled to length 1, a singular value is below
    max(n, d)·2.2e-16 times the largest, or below what rounding the entries of X may do to it.

    References
    ----------
    Golub & Van Loan (2013), §5.3 and §5.5; Seber & Lee (2003), §3 and §10.

    Examples
    --------
    >>> fit = fit_least_squares([[1], [2], [3], [4], [5]], [2.1, 4.2, 6.1, 7.9, 10.2])
    >>> fit.coef.round(3).tolist(), round(fit.intercept, 3), round(fit.rss, 3)
    ([1.99], 0.13, 0.059)
    >>> fit.leverage.round(3).tolist()
    [0.6, 0.3, 0.2, 0.3, 0.6]
    >>> fit_least_squares([[1, 2], [2, 4], [3, 6]], [5, 10, 15]).coef.round(9).tolist()  # x and 2x
    [1.0, 2.0]
    """
    X = as_matrix(X, "X")
    n, d = X.shape
    y = as_vector(y, "y", size=n)
    with np.errstate(over="ignore", invalid="ignore"):
        C, x_mean, scale = _centred(X, "X")
        r, y_mean, size = (part[..., 0] for part in _centred(y[:, None], "y"))
        varies = C.any(axis=0)  # a constant column keeps the weight 0
        U, s, V = _decomposed(C[:, varies], np.abs(X[:, varies]).max(axis=0) / scale[varies])
        z = U.T @ r
        e = r - U @ z
        e -= U @ (U.T @ e)  # once more: what rounding left along the columns
        e -= e.mean()
        forgotten = np.linalg.qr(V, mode="complete")[0][:, len(s):]
        coef, factor = np.zeros(d), np.zeros((d, len(s)))
        factor[varies] = finite_result((V / s) / scale[varies, None], "the weights")
        coef[varies] = finite_result(
            shortest(V @ (z / s) / scale[varies] * size, forgotten, scale[varies]), "the weights")
        intercept = finite_result(float(y_mean - x_mean @ coef), "the intercept")
        rss, variation = (finite_result(float(size**2 * (v @ v)), "the sum of squares")
                          for v in (e, r))
    leverage = np.minimum(1 / n + np.sum(U**2, axis=1), 1.0)
    return LeastSquaresFit(coef, intercept, rss, size * e, leverage, len(s), x_mean, float(y_mean),
                           variation, factor)


def _centred(X: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The columns minus their means and scaled to length 1; the means; the lengths (1 for 0)."""
    constant = X.min(axis=0) == X.max(axis=0)
    mean = finite_result(np.where(constant, X[0], X.mean(axis=0)), f"the mean of {name}")
    C = finite_result(X - mean, f"the centred {name}")
    C = C - C.mean(axis=0)  # what the rounding of the first mean left
    top = np.where(constant, 1.0, np.abs(C).max(axis=0))  # divided out first: squares may overflow
    top[top == 0] = 1.0
    C = C / top
    length = np.linalg.norm(C, axis=0)
    length[length == 0] = 1.0
    return C / length, mean, finite_result(top * length, f"the spread of {name}")


def _decomposed(C: np.ndarray, blur: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """U, s, V of columns of length 1, without the singular values that are 0 up to rounding.

    An entry of X is rounded to EPS of itself, which is EPS·blur of the column's length.
    """
    n, d = C.shape
    if d == 0:
        return np.zeros((n, 0)), np.zeros(0), np.zeros((0, 0))
    U, s, Vt = np.linalg.svd(C, full_matrices=False)
    zero = max(EPS * max(n, d) * s[0], min(EPS * np.sqrt(n) * blur.max(), WHOLE))
    rank = int(np.sum(s > zero))
    return U[:, :rank], s[:rank], Vt[:rank].T


def shortest(w: np.ndarray, N: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The shortest vector that differs from w by one that columns of length scale forget.

    These are spanned by N ``(d, q)``, orthonormal for columns of length 1.
    """
    if N.size == 0:
        return w
    forgotten = N * (scale.min() / scale)[:, None]
    order = np.argsort(-np.abs(forgotten).max(axis=1))  # sorted and pivoted, QR is exact by rows
    Q, R, pivots = qr(forgotten[order], mode="economic", pivoting=True)
    keep = np.abs(np.diag(R)) > 0
    c = np.zeros((N.shape[1], *w.shape[1:]))
    c[pivots[keep]] = solve_triangular(R[keep][:, keep], Q[:, keep].T @ w[order])
    return w - forgotten @ c
