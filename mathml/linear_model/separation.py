"""Whether classes can be separated linearly.

The maximum likelihood estimate of a logistic or softmax regression exists exactly when they
cannot.
"""

from __future__ import annotations

from mathml.linear_model.fitting import as_data, fit
from mathml.linear_model.softmax import value_and_residual

TOL = 1e-6  # of the Newton decrement: where the fit may stop and ask a linear program


def separation(X, y) -> str:
    r"""How far the classes of `y` can be separated by linear functions of `X` with intercepts.

    With :math:`\tilde x = (1, x)`, look at the margins of a coefficient matrix Θ,

    .. math:: m_{ik} = (\theta_{y_i} - \theta_k) \cdot \tilde x_i, \qquad k \ne y_i

    (for two classes: :math:`m_i = (2 y_i - 1)\, \tilde x_i \cdot w`). The classes are

    - ``"complete"``ly separable if some Θ makes every margin positive;
    - ``"quasi"``-separable if some Θ makes every margin nonnegative and at least one positive, but
      none makes all positive;
    - ``"none"``: not separable, if margins that are all nonnegative are all 0.

    In the first two cases the likelihood has no maximiser. In the last it has one; it is unique
    exactly if, besides, the columns of :math:`\tilde X` are linearly independent (a collinear
    column makes coefficients ambiguous, but separates nothing).

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features, without a constant column.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.

    Returns
    -------
    {"complete", "quasi", "none"}

    Raises
    ------
    ValueError, TypeError
        If `X` or `y` is malformed, a class is missing, or there is only one.

    Notes
    -----
    A fit decides where it can. If it gives each example p > 0.6 for its class, all margins are
    positive. Near a minimiser, :math:`\sum_i \sum_{k \ne y_i} p_{ik} m_{ik}` is 0 for every Θ up to
    the gradient; if a Newton step of examples with a regular Hessian makes it 0, to first order,
    and leaves these p positive, then margins that are all nonnegative are 0. Otherwise two linear
    programs decide: maximise :math:`\sum m_{ik}` subject to :math:`m_{ik} \ge 0` (positive iff
    separable), then δ subject to :math:`m_{ik} \ge \delta` over the margins that it left at 0
    (positive iff completely), both with bounded Θ. In them each example is scaled, which changes
    no sign, and gaps or overlaps below 1e-7 of the largest margin are taken for 0.

    References
    ----------
    Albert & Anderson (1984); Konis (2007).

    Examples
    --------
    >>> separation([[1], [2], [3], [4]], [0, 0, 1, 1])
    'complete'
    >>> separation([[1], [2], [2], [3]], [0, 0, 1, 1])
    'quasi'
    >>> separation([[1], [2], [3], [4]], [0, 1, 0, 1])
    'none'
    """
    X, y = as_data(X, y)
    return fit(X, y, int(y.max()) + 1, value_and_residual, 0.0, TOL).separation


def is_separable(X, y) -> bool:
    """Whether the classes are separable, completely or quasi, so that no finite MLE exists.

    With an intercept; `separation` tells the two cases apart.

    Parameters
    ----------
    X : array_like ``(n, d)``
        Features, without a constant column.
    y : array_like ``(n,)``
        Labels 0, 1, ..., K-1, each of them present, K >= 2.

    Returns
    -------
    bool

    Raises
    ------
    ValueError, TypeError
        As for `separation`.

    References
    ----------
    Albert & Anderson (1984).

    Examples
    --------
    >>> is_separable([[1], [2], [3], [4]], [0, 0, 1, 1])
    True
    >>> is_separable([[1], [2], [3], [4]], [0, 1, 0, 1])
    False
    """
    return separation(X, y) != "none"
