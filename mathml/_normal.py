"""Formulas of the one-dimensional normal distribution N(μ, σ²), named by mean and variance."""

from __future__ import annotations

import math

import numpy as np

from mathml._check import as_float_array, as_log_base, as_scalar, finite_result


def normal_logpdf(x, *, mean: float, var: float):
    """Log-density ``-½ log(2πσ²) - (x-μ)²/(2σ²)`` of N(μ, σ²) at x, entry by entry.

    Parameters
    ----------
    x : array_like, any shape
        Where to evaluate.
    mean, var : float
        The mean μ and the variance σ² (not the standard deviation), ``var > 0``.

    Returns
    -------
    ndarray of the shape of ``x``, or float for a number

    Raises
    ------
    ValueError, TypeError
        If ``x`` or ``mean`` is not finite, ``var`` not positive, or the result overflows.

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, 2nd ed.

    Examples
    --------
    >>> round(float(np.exp(normal_logpdf(0.0, mean=0, var=0.01**2))), 1)  # a density, not <= 1
    39.9
    """
    x, mean = as_float_array(x, "x"), as_scalar(mean, "mean")
    var = as_scalar(var, "var", low=0.0, open_low=True)
    with np.errstate(over="ignore"):
        z = (x - mean) / math.sqrt(var)
        value = -0.5 * (math.log(2 * math.pi) + math.log(var) + z * z)
    value = finite_result(value, "the log-density")
    return float(value) if value.ndim == 0 else value


def normal_entropy(var, *, base: float = np.e) -> float:
    """Differential entropy ``½ log(2πe σ²)`` of N(μ, σ²). It can be negative.

    Parameters
    ----------
    var : float
        The variance σ², positive.
    base : float, default e
        The logarithm's base, greater than 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If the variance is not a positive number.

    References
    ----------
    Cover & Thomas (2006), *Elements of Information Theory*, 2nd ed., ch. 8.

    Examples
    --------
    >>> round(normal_entropy(0.1**2), 6)
    -0.883647
    """
    var = as_scalar(var, "var", low=0.0, open_low=True)
    return 0.5 * (math.log(2 * math.pi) + 1 + math.log(var)) / as_log_base(base)


def normal_kl(mean0, var0, mean1, var1) -> float:
    """KL divergence ``½ (r - 1 - log r + (μ₀-μ₁)²/σ₁²)`` of normals, ``r = σ₀²/σ₁²``, in nats.

    Parameters
    ----------
    mean0, var0 : float
        The first distribution N(μ₀, σ₀²): the truth.
    mean1, var1 : float
        The second distribution N(μ₁, σ₁²): the model.

    Returns
    -------
    float
        ``inf`` only where the value exceeds the largest float.

    Raises
    ------
    ValueError, TypeError
        If a mean is not finite or a variance not positive.

    References
    ----------
    Cover & Thomas (2006), *Elements of Information Theory*, 2nd ed.

    Examples
    --------
    >>> normal_kl(0, 1, 1, 1)
    0.5
    """
    mean0, mean1 = as_scalar(mean0, "mean0"), as_scalar(mean1, "mean1")
    var0 = as_scalar(var0, "var0", low=0.0, open_low=True)
    var1 = as_scalar(var1, "var1", low=0.0, open_low=True)
    sd1, gap = math.sqrt(var1), mean0 - mean1
    z = gap / sd1 if math.isfinite(gap) else mean0 / sd1 - mean1 / sd1
    ratio = var0 / var1
    log_ratio = math.log(var0) - math.log(var1)
    if abs(ratio - 1) < 0.5:
        log_ratio = math.log1p((var0 - var1) / var1)  # exact where r - 1 - log r nearly cancels
    return max(0.0, 0.5 * (ratio - 1 - log_ratio + z * z))
