"""Answers to the exercises on integration and Monte Carlo."""

from math import sqrt

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _is_a_weighted_mean(weighted_mean) -> None:
    points = np.array([-1.0, 0.0, 0.5, 2.0, 0.5, 100.0])
    targets = (("1", lambda x: 0 * x), ("e^x", lambda x: x), ("e^(−x²)", lambda x: -(x**2)))
    for name, log_p in targets:
        for factor in (0.0, 2000.0, -2000.0):
            for log_q in (lambda x: -(x**2) / 1000, lambda x: 0 * x - 3):
                for f in (np.square, lambda x: 2 * x + 1):
                    w = np.exp(log_p(points) - log_q(points))
                    right = w @ f(points) / w.sum()
                    for x in (points.copy(), points.tolist()):
                        found = weighted_mean(f, lambda x, p=log_p, c=factor: p(x) + c,
                                              log_q, x)
                        assert np.ndim(found) == 0, "it returns an array, not a number"
                        assert abs(found - right) < 1e-9, (
                            f"with p proportional to {name}, times e^{factor:g}, it returns "
                            f"{found:.4g}, not {right:.4g}")
                        assert np.array_equal(x, points), "it changes the draws"


def _is_refined(refined) -> None:
    cases = ((lambda x: x**3 - x, 0, 2, 1, 2.0), (lambda x: x**2, -1, 2, 3, 3.0),
             (lambda x: 0 * x + 2, 1, 4, 2, 6.0))
    for f, a, b, n, right in cases:
        found = refined(f, a, b, n)
        assert abs(found - right) < 1e-9, (
            f"on [{a}, {b}] with n = {n} it returns {found:.6g} for a polynomial whose integral is "
            f"{right:g}")
    for n in (1, 2, 5, 12):
        found = refined(np.exp, 0, 1, n)
        weights = np.tile([4, 2], n)[:-1] / (6 * n)
        right = np.exp(np.arange(1, 2 * n) / (2 * n)) @ weights + (1 + np.e) / (6 * n)
        assert abs(found - right) < 1e-12, (
            f"for e^x on [0, 1] with n = {n} it returns {found:.10f}, not {right:.10f}")


def _sum(f, a, b, n) -> float:
    y = f(np.linspace(a, b, n + 1))
    return (b - a) / n * (y.sum() - (y[0] + y[-1]) / 2)


def _naive(f, log_p, log_q, x):
    with np.errstate(all="ignore"):
        w = np.exp(log_p(np.asarray(x))) / np.exp(log_q(np.asarray(x)))
        return np.sum(w * f(np.asarray(x))) / np.sum(w)


def _weights(log_p, log_q, x):
    log_w = log_p(np.asarray(x)) - log_q(np.asarray(x))
    return np.exp(log_w - log_w.max())


def _least_is_one(log_p, log_q, x):
    log_w = log_p(np.asarray(x)) - log_q(np.asarray(x))
    with np.errstate(all="ignore"):
        return np.exp(log_w - log_w.min())


def _average(w, values) -> float:
    with np.errstate(all="ignore"):
        return w @ values / w.sum()


ANSWERS = {
    "integration-and-monte-carlo-1": Number(
        sqrt(1 / 5 - 1 / 9) / 100, ask="σ/√n =",
        hints=("What is the variance of U²? You need E[U⁴] and E[U²].",
               "E[Uᵏ] = 1/(k + 1)."),
        wrong=((sqrt(1 / 5 - 1 / 9), "That is σ of one draw. How many are averaged?"),
               ((1 / 5 - 1 / 9) / 10_000, "That is the variance of the mean: take the root."),
               (sqrt(1 / 12) / 100, "That is for E[U]: average squares."),
               (sqrt(1 / 5) / 100, "Subtract the square of the mean, E[U²]²."))),
    "integration-and-monte-carlo-2": Choice(
        ("(a)", "(b)", "(c)", "(d)"), "(b)", ask="It is",
        hints=("Compute the four integrals for large n.",
               "Which of them stays under a roof with a finite area?"),
        wrong=(("(a)", "Its integral is 1 for every n, and its limit is 0 below 1."),
               ("(c)", "Its limit is 0 everywhere; put t = nx into the integral."),
               ("(d)", "It is the box of the text, moved: area 1 for every n.")),
    ),
    "integration-and-monte-carlo-3": Proof(
        ("Let V be independent of U and uniform, too. As f is increasing, "
         "(f(U) − f(V))·(f(1 − U) − f(1 − V)) ≤ 0: the factors never have the same sign.",
         "Take the expectation and multiply out: "
         "2E[f(U)f(1 − U)] − 2E[f(U)]E[f(1 − V)] ≤ 0, since U and V are independent.",
         "As f(1 − V) has the expectation E[f(U)], this says that the covariance of f(U) and "
         "f(1 − U) is at most 0.",
         "The variance of the pair's mean is (σ² + Cov(f(U), f(1 − U)))/2 ≤ σ²/2, "
         "and σ²/2 is that of two independent draws."),
        hints=("It is enough that the covariance of f(U) and f(1 − U) is at most 0.",
               "Bring in a second uniform V, independent of U, and compare f at U and at V.")),
    "integration-and-monte-carlo-4": Function(
        _is_a_weighted_mean, ask="weighted_mean",
        hints=("Work with the logarithms of the weights as long as you can.",
               "You may multiply all weights by one number. Which makes the largest of them 1?"),
        wrong=((_naive, "it returns nan"),
               (lambda f, log_p, log_q, x: _average(_least_is_one(log_p, log_q, x),
                                                    f(np.array(x))), "it returns nan"),
               (lambda f, log_p, log_q, x: _average(
                   _weights(log_p, log_q, np.unique(x)), f(np.unique(x))), "with p proportional"),
               (lambda f, log_p, log_q, x: np.mean(_weights(log_p, log_q, x) * f(np.array(x))),
                "with p proportional to"),
               (lambda f, log_p, log_q, x: np.mean(f(np.array(x))), "with p proportional to"),
               (lambda f, log_p, log_q, x: _average(_weights(log_q, log_p, x), f(np.array(x))),
                "with p proportional to"),
               (lambda f, log_p, log_q, x: _average(_weights(log_p, np.zeros_like, x),
                                                    f(np.array(x))), "with p proportional to"),
               (lambda f, log_p, log_q, x: f(_average(_weights(log_p, log_q, x), np.array(x))),
                "with p proportional to"),
               (lambda f, log_p, log_q, x: (w := _weights(log_p, log_q, x)) * f(np.array(x))
                / w.sum(), "an array"))),
    "integration-and-monte-carlo-5": Fault(
        ("line 4", "line 5", "line 7"), "line 7", ask="The fault is in",
        hints=("What are p and se after 100 darts that all missed?",),
        wrong=(("line 4", "100 more draws at a time are all independent; that is in order."),
               ("line 5", "That is the share of hits among all darts so far."))),
    "integration-and-monte-carlo-6": Number(
        -1, ask="slope →", transfer=True,
        hints=("The slope is E[T]. Which values does T take in the eight cases?",
               "Can all three pairs differ?"),
        wrong=((-3, "That needs three pairs that all differ; write down such a case."),
               (0, "That is the slope at θ = 0, where all eight cases are equally likely."),
               (3, "For θ → −∞ the cases with the smallest T win."),
               (1, "T takes the values 3 and −1 only. Which of them wins for θ → −∞?"))),
    "integration-and-monte-carlo-7": Function(
        _is_refined, ask="refined",
        hints=("Write T_n ≈ I + c/n² and T_2n ≈ I + c/(4n²): two equations, two unknowns.",
               "Four times one of them minus the other has no c."),
        wrong=((lambda f, a, b, n: 2 * _sum(f, a, b, 2 * n) - _sum(f, a, b, n), "it returns"),
               (lambda f, a, b, n: (_sum(f, a, b, 2 * n) + _sum(f, a, b, n)) / 2, "it returns"),
               (lambda f, a, b, n: _sum(f, a, b, 2 * n), "it returns"),
               (lambda f, a, b, n: (4 * _sum(f, a, b, n) - _sum(f, a, b, 2 * n)) / 3, "it returns"),
               (lambda f, a, b, n: 4 * _sum(f, a, b, 2 * n) - _sum(f, a, b, n), "it returns"),
               (lambda f, a, b, n: (4 * _sum(f, 0, b, 2 * n) - _sum(f, 0, b, n)) / 3, "it returns"),
               (lambda f, a, b, n: (4 * _sum(f, a, b, 2) - _sum(f, a, b, 1)) / 3, "for e^x"),
               (lambda f, a, b, n: (4 * _sum(f, a, b, 4) - _sum(f, a, b, 2)) / 3, "for e^x"),
               (lambda f, a, b, n: (16 * _sum(f, a, b, 2 * n) - _sum(f, a, b, n)) / 15,
                "it returns"))),
}
