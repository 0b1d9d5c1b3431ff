"""Answers to the exercises on energy-based models."""

import numpy as np
from scipy.special import logsumexp

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _by_enumeration(V, W, b, c):
    """-log Σ_h exp(-E(v, h)), term by term."""
    V, W, b, c = (np.asarray(a, dtype=float) for a in (V, W, b, c))
    H = np.array([[i >> j & 1 for j in range(c.size)] for i in range(2**c.size)], dtype=float)
    return -logsumexp(V @ b[:, None] + H @ c + V @ W @ H.T, axis=1)


def _is_free_energy(free_energy) -> None:
    rng = np.random.default_rng(0)
    square = rng.normal(size=(3, 3))
    bits = [[0, 0, 0], [1, 0, 1], [1, 1, 1], [0, 1, 0]]
    cases = (
        ("for three pixels and two hidden bits", bits, rng.normal(size=(3, 2)), [0.5, -1.0, 2.0],
         [0.3, -0.7]),
        ("for three pixels and three hidden bits", bits, square, [0.5, -1.0, 2.0],
         [0.3, -0.7, 1.1]),
        ("for one pixel and four hidden bits", [[0], [1]], rng.normal(size=(1, 4)), [0.4],
         [0.1, 0.2, -0.3, 2.0]),
        ("for four pixels and one hidden bit", [[0, 1, 1, 0], [1, 1, 1, 1]],
         rng.normal(size=(4, 1)), [0.4, 0.0, -1.0, 1.0], [0.7]),
        ("for one picture", [[1, 1, 0]], rng.normal(size=(3, 2)), [0.5, -1.0, 2.0], [0.3, -0.7]),
        ("for the same picture twice", [[1, 0], [1, 0]], [[1.0, 2.0], [0.5, 3.0]], [1.0, 2.0],
         [-1.0, 0.5]),
        ("for W = 0", [[1, 0], [0, 0]], [[0, 0], [0, 0]], [1, 2], [0, 3]),
        ("for weights of 1000", [[1, 1], [0, 1], [0, 0]], [[1000.0, -1000.0], [800.0, 300.0]],
         [5.0, -900.0], [-1000.0, 700.0]),
        ("for weights of -1000", [[1, 1], [0, 1], [0, 0]], [[-1000.0, -900.0], [-800.0, -700.0]],
         [0.0, 0.25], [0.0, -30.0]),
    )
    for name, *given in cases:
        right = _by_enumeration(*given)
        for make in (list, np.array):
            arrays = [np.array(a).tolist() if make is list else np.array(a) for a in given]
            before = [np.array(a).copy() for a in arrays]
            with np.errstate(all="ignore"):
                found = np.asarray(free_energy(*arrays))
            assert all(np.array_equal(a, old) for a, old in zip(arrays, before, strict=True)), (
                f"{name} it changes what it is given")
            assert found.shape == right.shape, (
                f"{name} it returns the shape {found.shape}, not {right.shape}")
            assert np.allclose(found, right, rtol=1e-9, atol=1e-12), (
                f"{name} it returns {found[:3]}, not {right[:3]}")


def _free(V, W, b, c, *, softplus=lambda a: np.logaddexp(0, a), sign=1.0, bias=1.0, hidden=1.0):
    """The right program, or with one thing done otherwise."""
    V, W, b, c = (np.asarray(a, dtype=float) for a in (V, W, b, c))
    return -bias * (V @ b) - sign * softplus(hidden * c + V @ W).sum(axis=1)


def _most_likely_h(V, W, b, c):
    V, W, b, c = (np.asarray(a, dtype=float) for a in (V, W, b, c))
    a = c + V @ W
    h = 1 / (1 + np.exp(-np.clip(a, -700, 700)))
    return -V @ b - np.sum(a * h, axis=1)


def _in_place(V, W, b, c):
    found = _free(V, W, b, c)
    if isinstance(V, np.ndarray):
        V[...] = 0
    else:
        V.clear()
    return found


ANSWERS = {
    "energy-based-models-1": Number(
        7 / 16, ask="p(1, 1) =",
        hints=("Sum over the hidden bit: e^(−F(v)) = 1 + e^(Wᵀv).",
               "e^(−F) for the four pictures: 1 + 1, 1 + 2, 1 + 3 and one more. Z is their sum."),
        wrong=((6 / 12, "That leaves out the hidden state h = 0: it gives 1 to each picture."),
               (7 / 15, "The picture (0, 0) counts in Z, too, with both hidden states."),
               (1 / 4, "The four pictures are not alike: the weights are not 0."),
               (6 / 16, "The numerator is a sum over both hidden states."),
               (7, "Divide by Z."),
               (np.log(7 / 16), "That is the logarithm of the probability."))),
    "energy-based-models-2": Function(
        _is_free_energy, ask="free_energy",
        hints=("The sum over all h is a product over the hidden bits.",
               "log(1 + e^a) is np.logaddexp(0, a), for every a.",
               "Make arrays of what may be lists."),
        wrong=((lambda V, W, b, c: _free(V, W, b, c, softplus=lambda a: np.log(1 + np.exp(a))),
                "for weights of 1000"),
               (lambda V, W, b, c: _free(V, W, b, c, softplus=lambda a: np.log1p(np.exp(
                   np.minimum(a, 500)))), "for weights of 1000"),
               (lambda V, W, b, c: _free(V, W, b, c, softplus=lambda a: np.maximum(a, 0)),
                "for three pixels and two"),
               (lambda V, W, b, c: _free(V, W, b, c, sign=-1.0), "for three pixels and two"),
               (lambda V, W, b, c: _free(V, W, b, c, bias=0.0), "for three pixels and two"),
               (lambda V, W, b, c: _free(V, W, b, c, hidden=0.0), "for three pixels and two"),
               (lambda V, W, b, c: -_free(V, W, b, c), "for three pixels and two"),
               (lambda V, W, b, c: _free(V, np.asarray(W).T, b, c), "ValueError"),
               (lambda V, W, b, c: _free(V, np.asarray(W).T if np.shape(W)[0] == np.shape(W)[1]
                                         else W, b, c), "for three pixels and three"),
               (lambda V, W, b, c: _free(V, W, b, c).mean(), "it returns the shape ()"),
               (lambda V, W, b, c: _free(np.asarray(V)[:, :], W, b, c)[:, None],
                "it returns the shape (4, 1)"),
               (_most_likely_h, "for three pixels and two"),
               (_in_place, "it changes what it is given"))),
    "energy-based-models-3": Fault(
        tuple(f"line {k}" for k in range(1, 8)), "line 6", ask="It is",
        hints=("What is the variance of what line 6 adds? What should it be?",
               "The force counts ε/2. Compare both lines with the step of Langevin's walk."),
        wrong=(("line 1", "The arguments are all that is needed."),
               ("line 2", "Any start does: its weight falls like (1 − ε/2)^t."),
               ("line 3", "With more steps the variance is still wrong."),
               ("line 4", "The score of N(0, 1) is −x."),
               ("line 5", "With the step ε = eps, half a step along the force is right."),
               ("line 7", "The last places are the points."))),
    "energy-based-models-4": Proof(
        ("ψ(x) = −(x − μ)/s and ψ′(x) = −1/s, so the objective is Q(μ)/(2s²) − 1/s, where Q(μ) is "
         "the mean of (xᵢ − μ)².",
         "For every s, it is least in μ where Q is: at the mean x̄, and there only.",
         "With q = Q(x̄) > 0 and the precision t = 1/s > 0 it is qt²/2 − t, a parabola that opens "
         "upwards, least at t = 1/q alone. So s = q, the mean of (xᵢ − x̄)².",
         "Maximum likelihood of a normal distribution has the same: the mean, and the variance "
         "with divisor n."),
        transfer=True,
        hints=("Write down ψ and ψ′ for the bell, and average.",
               "First μ for a fixed s. Then put t = 1/s.")),
    "energy-based-models-5": Choice(
        ("both stay", "KL stays, Fisher is divided by 100", "KL stays, Fisher is multiplied by 100",
         "KL falls by log 10, Fisher stays"),
        "KL stays, Fisher is divided by 100", ask="Then", transfer=True,
        hints=("In millimetres x is 10 times as large. What happens to d/dx?",
               "A score is 1 over a length. And KL contains the ratio of two densities."),
        wrong=(("both stay", "A score has a unit: 1 over a length."),
               ("KL stays, Fisher is multiplied by 100",
                "The curve is stretched. Are its slopes steeper?"),
               ("KL falls by log 10, Fisher stays",
                "Each log-density falls by log 10. And their difference?"))),
    "energy-based-models-6": Array(
        (0.36, 0.09 / (1 - 0.1 / 0.36)), ask="ε, variance =", transfer=True,
        hints=("The score is −x/0.09. Which factor does x get in a step?",
               "Divide x by 0.3: which walk on N(0, 1), with which step, is it?"),
        wrong=(((4, 0.09 / (1 - 0.1 / 4)), "That is for the standard bell. The force is −x/0.09."),
               ((0.36, 1 / (1 - 0.1 / 0.36)), "That is the variance of x/0.3."),
               ((0.36, 0.09), "A step of fixed length has a bias."),
               ((1.2, 0.09 / (1 - 0.1 / 1.2)), "0.09 is the variance, not the standard deviation."),
               ((0.18, 0.09 / (1 - 0.1 / 0.36)), "At ε = 0.18 the factor of x is 0, the fastest "
                                                 "forgetting there is."))),
    "energy-based-models-7": Proof(
        ("Let the energies differ by α on A and by β on B: E′ = E + α on A. Given A, p′(x)/p′(A) = "
         "e^(−E(x) − α)/Σ_A e^(−E − α) = p(x)/p(A): the constant cancels. The same on B with β.",
         "So p(x)/p′(x) = w/w′ on A and (1 − w)/(1 − w′) on B.",
         "KL = Σ p(x) log(p(x)/p′(x)) = w·log(w/w′) + (1 − w)·log((1 − w)/(1 − w′)).",
         "Densities: on each of the intervals the log-densities differ by a constant, so the "
         "scores are equal wherever p > 0, and the Fisher divergence is 0, for any w ≠ w′."),
        transfer=True,
        hints=("Divide by the probability of A. Which constants cancel?",
               "What is the ratio of the two models on A?",
               "What does a score do with a constant factor?")),
    "energy-based-models-8": Choice(
        ("W = 40 I, all biases −20", "W = 0, all biases 0", "W = 0, all biases 20",
         "none: only a good model has a low error"),
        "W = 40 I, all biases −20", ask="It is",
        hints=("Which machine copies each pixel into its own hidden bit, and back?",
               "Compute P(h = 1 | v) and P(v = 1 | h) for both values, then F(v)."),
        wrong=(("W = 0, all biases 0", "Then v′ is tossed anew, and half of its pixels are wrong."),
               ("W = 0, all biases 20", "Then v′ is all black, whatever v was."),
               ("none: only a good model has a low error",
                "Tie each pixel to its own hidden bit, strongly. What does a round do?"))),
}
