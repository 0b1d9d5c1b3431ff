"""Answers to the exercises on latent variables and VAEs."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _elbo(X, M, V, W, mu, var, *, trace=True, own=lambda V: V, sign=-1, d=True, product=False,
          pooled=False, offset=True):
    """The right program, or with one thing done otherwise."""
    X, M, V, W, var = (np.array(a, dtype=float) for a in (X, M, V, W, var))
    mu = np.array(mu, dtype=float) * offset
    if pooled:
        var = np.full(len(var), var.mean())
    squares = (X - mu - M @ W.T) ** 2
    if trace:
        squares = squares + own(V) @ (W**2).T
    scale = np.log(2 * np.pi * var)
    fit = -0.5 * ((scale.sum() if d else scale.mean()) + np.sum(squares / var, axis=1))
    with np.errstate(divide="ignore"):
        logs = np.log(np.prod(V, axis=1)) if product else np.sum(np.log(V), axis=1)
    return fit + sign * 0.5 * (np.sum(M**2 + V - 1, axis=1) - logs)


def _elbo_in_place(X, M, V, W, mu, var):
    found = _elbo(X, M, V, W, mu, var)
    if isinstance(X, np.ndarray):
        X -= mu
    return found


def _is_elbo(elbo) -> None:
    rng = np.random.default_rng(0)
    zero = ([[0.0, 0.0]], [[0.0]], [[1.0]], [[0.0], [0.0]], [0.0, 0.0], [1.0, 1.0])
    cases = [("for W = 0 and q the prior", zero),
             ("for one datum and W = (2, 1)",
              ([[3.0, 1.0]], [[1.0]], [[0.5]], [[2.0], [1.0]], [0.0, 0.0], [1.0, 0.5])),
             ("with mu = (1, 2)",
              ([[3.0, 1.0]], [[1.0]], [[0.5]], [[2.0], [1.0]], [1.0, 2.0], [0.3, 0.6]))]
    for n, d, k in ((5, 4, 2), (3, 2, 3), (1, 6, 1)):
        cases.append((f"for n = {n}, d = {d}, k = {k}",
                      (rng.normal(size=(n, d)), rng.normal(size=(n, k)),
                       rng.uniform(0.1, 3, (n, k)), rng.normal(size=(d, k)), rng.normal(size=d),
                       rng.uniform(0.2, 2, d))))
    tiny = list(cases[-3][1])
    tiny[2] = np.full((5, 2), 1e-200)
    large = list(cases[-3][1])
    large[0], large[5] = 1e6 * large[0], np.array([1e12, 2e12, 1e11, 3e12])
    cases += [("for variances of 1e-200", tuple(tiny)), ("for data of size 1e6", tuple(large)),
              ("for a repeated datum", ([[1.0, 2.0]] * 3, [[0.5]] * 3, [[0.2]] * 3,
                                        [[1.0], [0.5]], [0.0, 0.0], [2.0, 1.0]))]
    for name, case in cases:
        right = _elbo(*case)
        for make in (lambda a: np.array(a, dtype=float), lambda a: np.array(a).tolist()):
            given = list(map(make, case))
            kept = [np.array(a, dtype=float) for a in given]
            found = np.asarray(elbo(*given))
            assert all(np.array_equal(a, b) for a, b in zip(given, kept, strict=True)), (
                f"{name} it changes what it is given")
            assert found.shape == right.shape, (
                f"{name} it returns the shape {found.shape}, not {right.shape}")
            assert np.allclose(found, right, rtol=1e-8, atol=1e-10), (
                f"{name} it returns {found[0]:.6g} for the first datum, not {right[0]:.6g}")


ANSWERS = {
    "latent-variables-and-vaes-1": Number(
        0.5 * (2.5 - 1 - np.log(2.5) + 0.2), ask="nats",
        hints=("What is the posterior of z? M = 2·2 + 1.",
               "The gap is KL(q ‖ posterior), with q first."),
        wrong=((0.5 * (0.4 - 1 - np.log(0.4) + 0.08), "That is KL(posterior ‖ q). Which one do "
                                                      "you draw from?"),
               (0.5 * (1 + 0.5 - 1 - np.log(0.5)), "That is the divergence from the prior, one "
                                                   "term of the ELBO."),
               (0.5 * (2.5 - 1 - np.log(2.5)), "The variances are right; the means differ, too."),
               (0.5 * (6.25 - 1 - np.log(6.25) + 1), "You squared the variances: 0.5 and 0.2 are "
                                                     "variances already."))),
    "latent-variables-and-vaes-2": Array(
        (0.5, 0.5 * np.log(10) + 0.5 * np.log(4)), ask="variance, nats =",
        hints=("The noise is the mean of the eigenvalues left out.",
               "Each direction kept has half the logarithm of its eigenvalue over the noise."),
        wrong=(((1.0, 0.5 * np.log(10)), "The first is the sum of what is left out: take the "
                                         "mean."),
               ((0.5, np.log(40)), "Half the logarithm for each direction."),
               ((0.5, 0.5 * np.log(9) + 0.5 * np.log(3)), "The squared length of w is λ − σ², but "
                                                          "the ratio of variances is λ/σ²."),
               ((0.5, (0.5 * np.log(40)) / np.log(2)), "That is in bits."))),
    "latent-variables-and-vaes-3": Proof(
        ("E[h] = ∫ ∂q/∂μ = ∂/∂μ ∫ q = 0 (or: h = z − μ has mean 0). So the mean of (f − c)h is "
         "E[f h], for every c.",
         "Hence the variance is E[(f − c)²h²] minus a number without c, and this is a parabola in "
         "c, E[f²h²] − 2c E[f h²] + c² E[h²], with its lowest point at c = E[f h²]/E[h²].",
         "For f = z² and z = μ + ε: E[h²] = 1 and E[f h²] = μ² + 3. The second moment falls by "
         "(μ² + 3)², from μ⁴ + 18μ² + 15 to 12μ² + 6; minus 4μ² leaves 8μ² + 6.",
         "That is at least 6, so the moved draw with its 4 is calmer at every μ."),
        hints=("What is the mean of h?", "A variance is a second moment minus a squared mean; "
                                         "only one of them hangs on c.")),
    "latent-variables-and-vaes-4": Function(
        _is_elbo, ask="elbo",
        hints=("x − μ − Wz is normal under q. What are the mean squares of its coordinates?",
               "The mean square of coordinate i is (x − μ − Wm)ᵢ² + Σⱼ Wᵢⱼ² vⱼ.",
               "Add logarithms instead of taking the logarithm of a product."),
        wrong=((lambda *a: _elbo(*a, trace=False), "for one datum and W = (2, 1)"),
               (lambda *a: _elbo(*a, pooled=True), "for one datum and W = (2, 1)"),
               (lambda *a: _elbo(*a, own=np.sqrt), "for one datum and W = (2, 1)"),
               (lambda *a: _elbo(*a, sign=1), "for one datum and W = (2, 1)"),
               (lambda *a: _elbo(*a, d=False), "for W = 0 and q the prior"),
               (lambda *a: _elbo(*a, offset=False), "with mu = (1, 2)"),
               (lambda *a: _elbo(*a, product=True), "for variances of 1e-200"),
               (lambda *a: np.mean(_elbo(*a)), "it returns the shape ()"),
               (_elbo_in_place, "it changes what it is given"))),
    "latent-variables-and-vaes-5": Fault(
        ("line 1", "line 2", "line 3", "line 4", "line 5"), "line 2",
        hints=("An estimate of a lower bound is above the log-likelihood: from which q does the "
               "program draw, and for which q does it pay?",
               "s is the logarithm of a variance."),
        wrong=(("line 1", "hsplit takes the first half of the columns for m, the second for s. "
                          "That is what enc returns."),
               ("line 3", "One z, one squared length for each datum: right."),
               ("line 4", "The logarithm of a normal density with d coordinates has d/2 of "
                          "log 2πv: right."),
               ("line 5", "exp(s) is the variance here, and that is right in the divergence."))),
    "latent-variables-and-vaes-6": Choice(
        ("A is better than the flow, and the flow is better than B",
         "A is better than the flow; B may be anywhere",
         "none, as bounds say nothing",
         "A is better than B, but neither can be compared with the flow"),
        "A is better than the flow; B may be anywhere", ask="Certain is:", transfer=True,
        hints=("On which side of a bound does the NLL lie?",),
        wrong=(("A is better than the flow, and the flow is better than B",
                "B's NLL is at most 51.9. Could it be 51.0?"),
               ("none, as bounds say nothing", "A's NLL is at most 50.6. Compare that with 51.2."),
               ("A is better than B, but neither can be compared with the flow",
                "B's NLL could be 50.0: its bounds only say that it is at most 51.9."))),
    "latent-variables-and-vaes-7": Proof(
        ("With E the mean of ‖x − f(z)‖² the loss is (d/2) log 2πv + E/(2v) + the mean divergence, "
         "and only the first two terms hang on v.",
         "Their slope d/(2v) − E/(2v²) is 0 at v = E/d alone, negative before and positive after: "
         "the minimum. There E/(2v) = d/2.",
         "So the loss is (d/2) log(2πe·v) + the mean divergence, with v = E/d. Half the squared "
         "miss saves (d/2) log 2 nats; at one divergence that net is better by as much."),
        hints=("Where does v occur in the loss?", "Set the slope in v to 0.")),
    "latent-variables-and-vaes-8": Proof(
        ("Write log q(z|x)/p(z) as log q(z|x)/q̄(z) + log q̄(z)/p(z).",
         "The mean of the first over x and z is KL(p(x)q(z|x) ‖ p(x)q̄(z)), the mutual information: "
         "q̄ is the density of z.",
         "The second hangs on z only, so its mean over x and z is its mean under q̄: "
         "KL(q̄ ‖ p(z)).",
         "Both are at least 0. The sum is 0 if and only if both are: the first, if x and z are "
         "independent, the second, if q̄ is the prior."), transfer=True,
        hints=("Put q̄ into the logarithm, once above and once below.",
               "Which density has z, when x is drawn first?")),
}
