"""What several fields ask of a sample, whatever its units, and of normal distributions."""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import solve_triangular

from mathml._check import finite_result


def scaled(x: np.ndarray) -> tuple[np.ndarray, int]:
    """Return x / 2^k, below 1 in size, and k: no sum or square of it overflows."""
    exponent = int(np.frexp(np.abs(x).max())[1])
    return np.ldexp(x, -exponent), exponent


def unscaled(value: float, exponent: int, name: str) -> float:
    """Return value · 2^k."""
    with np.errstate(over="ignore"):
        return float(finite_result(np.ldexp(value, exponent), name))


def mean_and_sd(x: np.ndarray) -> tuple[float, float]:
    """Mean, and standard deviation with n − 1; of a constant exactly it and 0."""
    y, exponent = scaled(x)
    mean = y.mean()
    mean += (y - mean).mean()  # what rounding left: of a constant all of it
    residual, shift = scaled(y - mean)
    sd = math.sqrt(residual @ residual / (x.size - 1))
    return (unscaled(mean, exponent, "the mean"),
            unscaled(sd, exponent + shift, "the standard deviation"))


def log_joint(X: np.ndarray, log_weights, means, factors) -> np.ndarray:
    """log π_k + log N(x; μ_k, L_k L_kᵀ) ``(n, K)`` for each row x, with triangular L_k."""
    columns = []
    with np.errstate(over="ignore", invalid="ignore"):
        for log_weight, mean, L in zip(log_weights, means, factors, strict=True):
            u = solve_triangular(L, (X - mean).T, lower=True, check_finite=False)    # (d, n)
            log_norm = len(L) * math.log(2 * math.pi) / 2 + np.log(np.abs(np.diag(L))).sum()
            columns.append(log_weight - log_norm - np.sum(u**2, axis=0) / 2)
    return np.stack(columns, axis=1)
