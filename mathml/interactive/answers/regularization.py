"""Answers to the exercises on ridge, lasso and regularisation."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof
from mathml.linear_model import fit_lasso, penalty_max


def _data(seed: int, n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) + rng.normal(size=d)
    return X, X @ (rng.normal(size=d) * (np.arange(d) % 2 == 0)) + 2 + 0.5 * rng.normal(size=n)


def _is_lasso(lasso) -> None:
    X, y = _data(0, 30, 4)
    twins = X[:, [0, 1, 2, 3, 0]]
    constant = np.c_[X, np.zeros(30), np.full(30, 7.0)]
    wide, wide_y = _data(1, 8, 12)
    close = np.c_[X[:, 0], X[:, 0] + 0.1 * X[:, 1], X[:, 2]]
    cases = (
        ("for 30 examples and 4 columns", X, y, 0.1),
        ("for y far from 0", X, y + 1000, 0.1),
        ("for columns far from 0", X + 50, y, 0.1),
        ("for a tiny price", X, y, 1e-4),
        ("at λ_max", X, y, penalty_max(X, y)),
        ("for a large price", X, y, 100.0),
        ("for columns that nearly agree", close, close @ [3.0, -2, 0] + 2, 0.001),
        ("for twins", twins, y, 0.1),
        ("for constant columns", constant, y, 0.1),
        ("for columns in other units", X * [1, 100, 0.01, 1], y, 0.02),
        ("for y in other units", X, 1e-6 * y, 1e-7),
        ("for more columns than examples", wide, wide_y, 0.2),
        ("for one column", X[:, :1], y, 0.1),
        ("for a constant y", X, np.full(30, 3.0), 0.1),
    )
    for name, X, y, lam in cases:
        for make in (np.array, np.ndarray.tolist):
            given = make(X), make(y)
            w, b = lasso(*given, lam)
            assert np.array_equal(given[0], X), f"{name} it changes X"
            assert np.array_equal(given[1], y), f"{name} it changes y"
            w = np.asarray(w, dtype=float)
            assert w.shape == (X.shape[1],), (
                f"{name} w has the shape {w.shape}, not ({X.shape[1]},)")
            assert np.all(np.isfinite([*w, b])), f"{name} it returns {w}, {b}"
            r = y - X @ w - b
            value = r @ r / (2 * len(y)) + lam * np.abs(w).sum()
            allowed = 1e-8 * np.mean((y - y.mean()) ** 2) / 2 + 1e-12 * np.mean(y**2)
            best = fit_lasso(X, y, lam)
            assert value <= best.objective + allowed, (
                f"{name} its objective is {value:.6g}; the minimum is {best.objective:.6g}")


def _lasso(X, y, lam, *, free=True, mean=True, threshold=1.0, rounds=20_000, tol=1e-13,
           guard=True, divide=True, fresh=True, price=1.0):
    """The right program, or with one thing done otherwise."""
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    centre = X.mean(axis=0) if free else np.zeros(X.shape[1])
    level = y.mean() if free else 0.0
    X, y = X - centre, y - level
    n = len(y) if mean else 1
    w, r = np.zeros(X.shape[1]), y.copy()
    for _ in range(rounds):
        before, stale = w.copy(), r.copy()
        for j, x in enumerate(X.T):
            a = x @ x / n
            if guard and a < 1e-20:
                continue
            rho = x @ (r if fresh else stale) / n + a * w[j]
            old, w[j] = w[j], np.sign(rho) * max(abs(rho) - threshold * lam, 0)
            w[j] /= (a if divide else 1.0) * price
            r = r + (old - w[j]) * x
        if not np.all(np.isfinite(w)) or np.all(np.abs(w - before) <= tol * (1 + np.abs(w))):
            break
    return w, level - centre @ w


def _charged(X, y, lam):
    """The intercept among the coefficients, and as dear."""
    X = np.c_[np.ones(len(X)), X]
    w, _ = _lasso(X, y, lam, free=False)
    return w[1:], w[0]


def _without_guard(X, y, lam):
    with np.errstate(all="ignore"):
        return _lasso(X, y, lam, guard=False)


def _in_place(X, y, lam):
    w, b = _lasso(X, y, lam)
    if isinstance(y, np.ndarray):
        y -= y.mean()
    return w, b


def _intercept_forgotten(X, y, lam):
    return _lasso(X, y, lam)[0], np.mean(y)


def _ridge(X, y, lam):
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    Z = X - X.mean(axis=0)
    w = np.linalg.solve(Z.T @ Z + len(y) * lam * np.eye(Z.shape[1]), Z.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


def _thresholded_least_squares(X, y, lam):
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    Z = X - X.mean(axis=0)
    w = np.linalg.lstsq(Z, y - y.mean(), rcond=None)[0]
    w = np.sign(w) * np.maximum(np.abs(w) - lam, 0)
    return w, y.mean() - X.mean(axis=0) @ w


ANSWERS = {
    "regularization-1": Number(
        16 / 18 + 4 / 6 + 1 / 3, ask="degrees of freedom =",
        hints=("The trace of the hat matrix adds up a share for each direction.",
               "Each share is s²/(s² + nλ)."),
        wrong=((4 / 6 + 2 / 4 + 1 / 3, "The shares are made of squares of singular values."),
               (1 + 16 / 18 + 4 / 6 + 1 / 3, "The intercept is not counted here."),
               (3, "That is least squares, at λ = 0."),
               (4 / 18 + 2 / 6 + 1 / 3, "Those factors turn uᵀy into coefficients. Which factor "
                                        "turns least squares into ridge?"))),
    "regularization-2": Array(
        (20.0, 0.3), ask="α of the lasso, α of ridge =",
        hints=("Multiply our objective by the number that makes its first term the program's.",
               "For the lasso this number is 2n. For ridge it is 2."),
        wrong=(((10.0, 0.3), "The program has no ½: the factor of the lasso is 2n, not n."),
               ((0.04, 0.3), "The program adds up where we take half a mean."),
               ((0.08, 0.3), "The first program takes a sum and no mean: where is n?"),
               ((20.0, 0.6), "Our ridge has λ/2. What becomes of it times 2?"),
               ((20.0, 0.15), "Our ridge has λ/2. What becomes of it times 2?"),
               ((20.0, 75.0), "The second program takes a mean, as we do."))),
    "regularization-3": Function(
        _is_lasso, ask="lasso",
        hints=("Centre X and y, go round with the rule for one column, and put b back at the end.",
               "Keep r = y − Xw up to date after every coordinate.",
               "What does your program do with a column that is constant? When does it stop?"),
        wrong=((_charged, "for 30 examples"),
               (lambda X, y, lam: _lasso(X, y, lam, free=False), "for 30 examples"),
               (lambda X, y, lam: _lasso(X, y, lam, mean=False), "for 30 examples"),
               (lambda X, y, lam: _lasso(X, y, lam, threshold=0.5), "for 30 examples"),
               (lambda X, y, lam: _lasso(X, y, lam, rounds=1), "for 30 examples"),
               (lambda X, y, lam: _lasso(X, y, lam, tol=1e-2), "its objective"),
               (lambda X, y, lam: _lasso(X, y, lam, rounds=100), "for columns that nearly agree"),
               (lambda X, y, lam: _lasso(X, y, lam, fresh=False, rounds=30), "its objective"),
               (lambda X, y, lam: _lasso(X, y, lam, divide=False, rounds=50), "it"),
               (_without_guard, "for constant columns it returns"),
               (_in_place, "it changes y"),
               (_intercept_forgotten, "for 30 examples"),
               (_ridge, "for 30 examples"),
               (_thresholded_least_squares, "for 30 examples"))),
    "regularization-4": Fault(
        ("line 2", "line 3", "line 4", "line 5"), "line 4", ask="It is",
        hints=("Which names does the function use that it was not given?",
               "On the first data set it was right. What do the two data sets share?"),
        wrong=(("line 2", "The mean of each column is taken away, as it should."),
               ("line 3", "λ is multiplied by n, since the equations of ridge have no mean."),
               ("line 5", "That is the intercept of the theorem, for the w that it is given."))),
    "regularization-5": Proof(
        ("w is best at the price λ: Q(w) + λP(w) ≤ Q(w′) + λP(w′).",
         "w′ is best at the price λ′: Q(w′) + λ′P(w′) ≤ Q(w) + λ′P(w).",
         "Add the two and cancel: (λ′ − λ)P(w′) ≤ (λ′ − λ)P(w). Divide by λ′ − λ > 0.",
         "Put P(w′) ≤ P(w) into the first inequality: Q(w) ≤ Q(w′) + λ(P(w′) − P(w)) ≤ Q(w′)."),
        hints=("Each of the two is the best at its own price. Write down both inequalities.",
               "What is left if you add them?")),
    "regularization-6": Choice(
        ("the sum of w_i²", "the sum of |w_i|", "the sum of (w_{i+1} − w_i)²",
         "the sum of |w_{i+1} − w_i|"),
        "the sum of |w_{i+1} − w_i|", ask="It is", transfer=True,
        hints=("What should be exactly 0, for most i?",
               "Which price makes exact zeros?"),
        wrong=(("the sum of w_i²", "That pulls the levels to 0. Is 0 special for a well?"),
               ("the sum of |w_i|", "That makes levels exactly 0, not differences."),
               ("the sum of (w_{i+1} − w_i)²",
                "The right thing is made small. But squares make nothing exactly 0, and a jump "
                "becomes a ramp."))),
    "regularization-7": Proof(
        ("Let c_t = v_jᵀw_t. As v_jᵀXᵀ = s_j u_jᵀ, the step is "
         "c_{t+1} = c_t + (η/n)(s_j u_jᵀy − s_j² c_t).",
         "With c⁺ = v_jᵀw⁺ = u_jᵀy/s_j it reads c⁺ − c_{t+1} = (1 − ηs_j²/n)(c⁺ − c_t).",
         "From c₀ = 0: c⁺ − c_t = (1 − ηs_j²/n)^t c⁺, which is the formula.",
         "If tηs_j²/n is small, the factor is about tηs_j²/n; ridge's s_j²/(s_j² + nλ) is about "
         "s_j²/(nλ). They agree for λ = 1/(ηt)."),
        transfer=True,
        hints=("Multiply the step by v_jᵀ. Only one direction is left.",
               "How does the distance to the end change in one step?",
               "For small x, (1 − x)^t is about 1 − tx.")),
}
