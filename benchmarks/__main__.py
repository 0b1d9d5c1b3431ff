"""Print mathml beside the library a reader would otherwise call: same data, accuracy and run.

The ratio is of medians of alternating calls; 1 or less means that mathml is no slower. Set
OMP_NUM_THREADS=1 for quieter numbers; the ratio is what to read, the times belong to the machine.
"""

from __future__ import annotations

import timeit

import numpy as np
from scipy import linalg, stats
from scipy.integrate import cumulative_trapezoid, trapezoid
from scipy.optimize import linprog
from scipy.optimize._numdiff import approx_derivative
from scipy.special import expit, log_softmax
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.metrics import mutual_info_score

from benchmarks.timing import HEADER, Row, importing, repeat, side_by_side
from mathml.autodiff import logsumexp, value_and_grad
from mathml.bayes import GridPosterior
from mathml.information import information_gain, kl_divergence
from mathml.linear_model import (
    fit_lasso,
    fit_logistic,
    fit_softmax,
    is_separable,
    logistic_value_and_grad,
    penalty_max,
    softmax_value_and_grad,
)
from mathml.neural import MLP, cross_entropy
from mathml.norms import lp_norm
from mathml.numdiff import gradient
from mathml.optim import GD, Adam, minimize

SOLVERS = ("lbfgs", "newton-cholesky", "newton-cg")
GRADIENT = 1e-6  # largest mean gradient norm of either fit: a sum over the data of 1e-6·n


def classes(n: int, d: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Examples of a softmax model with standard normal features."""
    rng = np.random.default_rng(k)
    X = rng.normal(size=(n, d))
    logits = X @ rng.normal(size=(d, k)) * 2.4 / np.sqrt(d)
    return X, np.argmax(logits + rng.gumbel(size=(n, k)), axis=1)


def fits(n: int, d: int, k: int, penalty: float) -> Row:
    """A fit with k classes beside the fastest solver; both must reach the gradient norm."""
    X, y = classes(n, d, k)
    fit, loss = ((fit_logistic, logistic_value_and_grad) if k == 2 else
                 (fit_softmax, softmax_value_and_grad))

    def ours(tol):
        found = fit(X, y, penalty=penalty, tol=tol)
        return found.intercept, found.coef

    def theirs(solver):
        def solve(tol):
            found = LogisticRegression(C=1 / (n * penalty) if penalty else np.inf, tol=tol,
                                       max_iter=1000, solver=solver).fit(X, y)
            intercept, coef = found.intercept_, found.coef_.T
            return (intercept[0], coef[:, 0]) if k == 2 else (intercept, coef)
        return solve

    def error(solve, tol):
        intercept, coef = solve(tol)
        theta = np.r_[intercept, coef] if k == 2 else np.vstack([intercept, coef])
        return np.linalg.norm(loss(theta, X, y, penalty=penalty)[1])

    def sharp_enough(solve):  # none stops on the norm of the mean gradient: ask until it is reached
        tol = 100 * GRADIENT
        while error(solve, tol) > GRADIENT:
            tol /= 1.25
        return tol

    def seconds(solve, tol):
        return min(timeit.repeat(lambda: solve(tol), number=1, repeat=3))

    tols = {solver: sharp_enough(theirs(solver)) for solver in SOLVERS}
    best = min(SOLVERS, key=lambda solver: seconds(theirs(solver), tols[solver]))
    tol, solve = sharp_enough(ours), theirs(best)
    times = side_by_side(lambda: ours(tol), lambda: solve(tols[best]), 15 if n < 10**4 else 7)
    return Row(f"fit_{'logistic' if k == 2 else 'softmax'} n={n} d={d} K={k} λ={penalty:g}",
               times[0], f"sklearn LogisticRegression ({best})", times[1],
               f"mean gradient norms {error(ours, tol):.1e}, {error(solve, tols[best]):.1e}")


def lasso(n: int, d: int, share: float, correlation: float) -> Row:
    """λ is a share of λ_max; both must reach a duality gap of 1e-8, for which y has unit noise."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    for j in range(1, d):
        X[:, j] = correlation * X[:, j - 1] + np.sqrt(1 - correlation**2) * X[:, j]
    w = np.zeros(d)
    relevant = max(3, d // 20)
    w[rng.choice(d, relevant, replace=False)] = 2 * rng.normal(size=relevant)
    y = X @ w + rng.normal(size=n) + 3
    lam = share * penalty_max(X, y)

    def theirs(tol):
        return Lasso(alpha=lam, tol=tol, max_iter=10**6).fit(X, y)

    tol = 1e-4
    while (gap := theirs(tol).dual_gap_) > 1e-8:
        tol /= 2
    fit = fit_lasso(X, y, lam)
    assert fit.gap <= 1e-8
    times = side_by_side(lambda: fit_lasso(X, y, lam), lambda: theirs(tol), 9)
    return Row(f"fit_lasso n={n} d={d} λ={share:g} λ_max, correlation {correlation:g}", times[0],
               "sklearn Lasso (coordinate descent)", times[1],
               f"gaps {fit.gap:.0e}, {gap:.0e}; "
               f"{np.count_nonzero(fit.coef)} columns in use")


def separability(separable: bool) -> Row:
    """Against the one linear program that a reader would write down."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 20))
    y = (X @ rng.normal(size=20) + (not separable) * rng.normal(size=5000) > 0).astype(int)

    def theirs():
        A = (2 * y - 1)[:, None] * np.column_stack([np.ones(len(X)), X])
        return linprog(-A.sum(axis=0), A_ub=-A, b_ub=np.zeros(len(X)), bounds=(-1, 1)).fun < -1e-6

    assert is_separable(X, y) == theirs() == separable
    times = side_by_side(lambda: is_separable(X, y), theirs, 7)
    return Row(f"is_separable n=5000 d=20 ({'yes' if separable else 'no'})", times[0],
               "scipy linprog, all rows at once", times[1], "a fit proves it")


def norm(p: float) -> Row:
    x = np.random.default_rng(0).normal(size=10**6)
    assert np.isclose(lp_norm(x, p), linalg.norm(x, p), rtol=1e-12)
    times = side_by_side(lambda: lp_norm(x, p), lambda: linalg.norm(x, p), 25)
    return Row(f"lp_norm p={p:g} on 1e6 entries", times[0], "scipy.linalg.norm", times[1],
               "ours alone is safe for every p")


def short_norm() -> Row:
    x = np.array([3.0, -4.0, 12.0])
    assert lp_norm(x, 2) == np.linalg.norm(x) == 13
    times = side_by_side(repeat(lambda: lp_norm(x, 2), 1000),
                         repeat(lambda: np.linalg.norm(x), 1000), 15)
    return Row("lp_norm p=2 on 3 entries", times[0] / 1000, "numpy.linalg.norm", times[1] / 1000,
               "ours checks, and is safe where theirs overflows")


def gain() -> Row:
    rng = np.random.default_rng(0)
    y, groups = rng.integers(0, 3, 10**5), rng.integers(0, 10, 10**5)
    assert np.isclose(information_gain(y, groups), mutual_info_score(y, groups), rtol=1e-8)
    times = side_by_side(lambda: information_gain(y, groups), lambda: mutual_info_score(y, groups),
                         15)
    return Row("information_gain of 1e5 labels", times[0], "sklearn mutual_info_score", times[1],
               "only the pairs that occur are counted in either")


def grid() -> Row:
    """A posterior on 1,001 points, its mean, variance, interval and evidence."""
    theta = np.linspace(0.001, 0.999, 1001)
    prior, log_likelihood = GridPosterior(theta), 7 * np.log(theta) + 3 * np.log(1 - theta)

    def ours():
        posterior = prior.update(log_likelihood)
        return (posterior.mean, posterior.var, *posterior.interval(), posterior.log_evidence)

    def theirs():
        log_density = prior.log_density + log_likelihood
        top = log_density.max()
        density = np.exp(log_density - top)
        evidence = trapezoid(density, theta)
        density /= evidence
        mean = trapezoid(theta * density, theta)
        var = trapezoid((theta - mean) ** 2 * density, theta)
        below = cumulative_trapezoid(density, theta, initial=0)
        return mean, var, *np.interp([0.025, 0.975], below, theta), top + np.log(evidence)

    assert np.allclose(ours(), theirs(), rtol=1e-12)
    times = side_by_side(repeat(ours, 100), repeat(theirs, 100), 15)
    return Row("GridPosterior, 1001 points: update, read", times[0] / 100,
               "scipy.integrate.trapezoid", times[1] / 100, "ours checks what it is given")


def divergence() -> Row:
    p, q = np.random.default_rng(0).dirichlet(np.ones(10**6), size=2)
    assert np.isclose(kl_divergence(p, q), stats.entropy(p, q), rtol=1e-10)
    times = side_by_side(lambda: kl_divergence(p, q), lambda: stats.entropy(p, q), 15)
    return Row("kl_divergence on 1e6 entries", times[0], "scipy.stats.entropy", times[1],
               "ours checks both arguments")


def derivative() -> Row:
    x = np.random.default_rng(0).normal(size=1000)

    def f(x):
        return np.sum(np.sin(x))

    assert np.allclose(gradient(f, x), np.cos(x), atol=1e-8)
    times = side_by_side(lambda: gradient(f, x),
                         lambda: approx_derivative(f, x, method="3-point"), 15)
    return Row("numdiff.gradient d=1000", times[0], "scipy approx_derivative 3-point", times[1],
               "2,000 evaluations of f in either")


def steps() -> Row:
    """Gradient descent on a quadratic, beside a loop that records the same points and values."""
    a = np.arange(1.0, 6.0)

    def f(x):
        return 0.5 * (a * x) @ x

    def grad(x):
        return a * x

    x0, n = np.ones(5), 1000

    def theirs():
        x, xs, fs, norms = x0.copy(), [], [], []
        for _ in range(n):
            g = grad(x)
            xs.append(x)
            fs.append(f(x))
            norms.append(np.linalg.norm(g))
            x = x - 0.01 * g
        return np.array([*xs, x]), np.array([*fs, f(x)]), np.array(norms)

    def ours():
        return minimize(f, grad, x0, GD(0.01), steps=n, tol=1e-300)

    assert np.allclose(ours().xs, theirs()[0], rtol=1e-12)
    times = side_by_side(ours, theirs, 15)
    return Row("minimize: one step, 5 parameters", times[0] / n, "a loop that records as much",
               times[1] / n, "ours checks what f and its gradient return")


def logistic_loss(n: int, d: int) -> Row:
    X, y = classes(n, d, 2)
    theta = np.linspace(-1, 1, d + 1)

    def theirs():
        z = theta[0] + X @ theta[1:]
        r = expit(z) - y
        return np.mean(np.logaddexp(0, z) - y * z), np.r_[r.sum(), X.T @ r] / n

    value, gradient = logistic_value_and_grad(theta, X, y)
    assert np.isclose(value, theirs()[0], rtol=1e-12)
    assert np.allclose(gradient, theirs()[1], rtol=1e-9, atol=1e-12)
    calls = 1 + 10**5 // (n * d)
    times = side_by_side(repeat(lambda: logistic_value_and_grad(theta, X, y), calls),
                         repeat(theirs, calls), 15)
    return Row(f"logistic_value_and_grad n={n} d={d}", times[0] / calls, "plain NumPy",
               times[1] / calls, "ours checks its arguments and cannot overflow")


def adam() -> Row:
    X, y = classes(20_000, 50, 2)
    theta, rule = np.zeros(51), Adam(lr=0.01)
    state, g = rule.init(theta), logistic_value_and_grad(theta, X, y)[1]
    times = side_by_side(repeat(lambda: rule.step(theta, g, state), 100),
                         repeat(lambda: logistic_value_and_grad(theta, X, y), 100), 5)
    return Row("Adam: one step, 51 parameters", times[0] / 100, "one gradient of the logistic loss",
               times[1] / 100, "the rule costs a fraction of the gradient")


def networks(n: int) -> list[Row]:
    """Loss and gradient of a 64-32-10 network on n rows: layers, and tape, beside plain NumPy."""
    rng = np.random.default_rng(0)
    X, y, own = rng.random((n, 64)), rng.integers(10, size=n), np.arange(n)
    net = MLP([64, 32, 10], rng=rng)
    parameters = [a for layer in net.layers[::2] for a in (layer.W, layer.b)]

    def plain():
        W1, b1, W2, b2 = parameters
        H = np.maximum(X @ W1 + b1, 0)
        log_p = log_softmax(H @ W2 + b2, axis=1)
        dZ = np.exp(log_p)
        dZ[own, y] -= 1
        dZ /= n
        dH = (dZ @ W2.T) * (H > 0)
        return -np.mean(log_p[own, y]), (X.T @ dH, dH.sum(axis=0), H.T @ dZ, dZ.sum(axis=0))

    def layers():
        J, dZ = cross_entropy(net.forward(X), y)
        net.backward(dZ)
        return J, tuple(d for layer in net.layers[::2] for d in (layer.dW, layer.db))

    def loss(W1, b1, W2, b2):
        Z = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        return np.mean(logsumexp(Z, axis=1) - Z[own, y])

    def tape():
        return value_and_grad(loss)(*parameters)

    rows = []
    for name, ours in (("neural", layers), ("autodiff", tape)):
        for a, b in zip(ours()[1], plain()[1], strict=True):
            assert np.allclose(a, b, rtol=1e-9, atol=1e-15)
        times = side_by_side(repeat(ours, 20), repeat(plain, 20), 25)
        rows.append(Row(f"{name}: loss and gradient, {n} digits", times[0] / 20, "plain NumPy",
                        times[1] / 20, "the layers also send back the derivative by X"
                        if name == "neural" else "every value is checked to be finite"))
    return rows


def imports() -> list[Row]:
    whole = "mathml.linear_model, mathml.optim, mathml.norms, mathml.information"
    jobs = [("import mathml.norms", "mathml.norms", "numpy", "numpy is most of it"),
            ("import the mathematics modules", whole, "scipy.optimize, scipy.special",
             "scipy is most of it")]
    rows = []
    for job, ours, theirs, remark in jobs:
        times = side_by_side(importing(ours), importing(theirs), 9)
        rows.append(Row(job, times[0], f"import {theirs}", times[1],
                        f"{remark}: {1e3 * (times[0] - times[1]):+.0f} ms"))
    return rows


def main() -> None:
    print(HEADER)
    for n, d in ((200, 5), (2000, 20), (20_000, 50), (100_000, 20)):
        for k in (2, 3, 10):
            for penalty in (0.0, 1e-3):
                print(fits(n, d, k, penalty), flush=True)
    for make in (lambda: separability(False), lambda: separability(True), lambda: norm(1),
                 lambda: norm(2), lambda: norm(3), lambda: norm(np.inf), short_norm, divergence,
                 gain, grid, derivative, adam, steps, lambda: logistic_loss(50, 2),
                 lambda: logistic_loss(20_000, 50)):
        print(make(), flush=True)
    for n, d in ((100, 20), (1000, 200), (200, 2000)):
        for share in (0.5, 0.1, 0.02):
            for correlation in (0.0, 0.7):
                print(lasso(n, d, share, correlation), flush=True)
    for row in (*networks(64), *networks(1797), *imports()):
        print(row, flush=True)


if __name__ == "__main__":
    main()
