"""Answers to the exercises on autoregressive models and flows."""

import numpy as np
from scipy import stats

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _solution(A, B, Z):
    A, B, Z = (np.array(M, dtype=float) for M in (A, B, Z))
    X = np.zeros_like(Z)
    for j in range(Z.shape[1]):
        X[:, j] = (Z[:, j] - X @ A[j]) * np.exp(-(X @ B[j]))
    return X


def _cases():
    rng = np.random.default_rng(0)
    yield "for two coordinates and one row", [[0, 0], [2, 0]], [[0, 0], [1, 0]], [[1.0, 3.0]]
    yield "for one coordinate", [[0.0]], [[0.0]], [[2.0], [-1.0]]
    yield "for A = 0", np.zeros((3, 3)), np.tril(np.ones((3, 3)), -1) / 2, [[0.5, 1.0, -1.0]]
    yield "for B = 0", np.tril(np.ones((3, 3)), -1), np.zeros((3, 3)), [[0.5, 1.0, -1.0]]
    for n, d in ((4, 3), (1, 5), (6, 6), (3, 2)):
        A, B = (np.tril(rng.normal(size=(d, d)), -1) * c for c in (1.0, 0.3))
        yield f"for {n} row{'s' * (n > 1)} of {d} coordinates", A, B, rng.normal(size=(n, d))
    A, B = np.tril(rng.normal(size=(4, 4)), -1), np.zeros((4, 4))
    B[1, 0] = 1e-3
    yield "for large numbers", A, B, 1e3 * rng.normal(size=(2, 4))
    yield "for tiny numbers", A, B, 1e-9 * rng.normal(size=(2, 4))
    yield "for equal rows", A, B, np.ones((3, 4))
    yield "for whole numbers", [[0, 0], [1, 0]], [[0, 0], [1, 0]], [[1, 2], [0, 3]]


def _undoes(undo) -> None:
    for name, A, B, Z in _cases():
        right = _solution(A, B, Z)
        for make in (np.array, lambda M: np.array(M).tolist()):
            given = make(A), make(B), make(Z)
            before = [np.array(M).tolist() for M in given]
            found = undo(*given)
            assert [np.array(M).tolist() for M in given] == before, (
                f"{name} it changes what it is given")
            found = np.asarray(found, dtype=float)
            assert found.shape == right.shape, (
                f"{name} it returns the shape {found.shape}, not {right.shape}")
            scale = np.abs(right).max()
            close = np.allclose(found, right, rtol=1e-7, atol=1e-9 * scale)
            assert close, f"{name} it returns {found[0].round(4)} as the first row, not " \
                          f"{right[0].round(4)}"


def _undo(A, B, Z, *, sign=-1.0, shift_first=True, sweeps=None, start_at_z=False, copy=True):
    """The right program, or with one thing done otherwise."""
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    Z = np.array(Z, dtype=float) if copy else np.asarray(Z)
    X = Z.copy() if start_at_z else np.zeros_like(Z)
    for _ in range(Z.shape[1] if sweeps is None else sweeps):
        s, t = X @ B.T, X @ A.T
        X = (Z - t) * np.exp(sign * s) if shift_first else Z * np.exp(sign * s) - t
    return X


def _in_place(A, B, Z):
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    X = Z if isinstance(Z, np.ndarray) and Z.dtype == float else np.array(Z, dtype=float)
    for j in range(X.shape[1]):
        X[:, j] = (X[:, j] - X[:, :j] @ A[j, :j]) * np.exp(-(X[:, :j] @ B[j, :j]))
    return X


def _forward(A, B, Z):
    A, B, Z = (np.asarray(M, dtype=float) for M in (A, B, Z))
    return Z * np.exp(Z @ B.T) + Z @ A.T


def _columns(A, B, Z):
    return _undo(np.transpose(A), np.transpose(B), Z, sweeps=np.shape(Z)[1])


def _whole(A, B, Z):
    A, B, Z = (np.asarray(M) for M in (A, B, Z))
    X = np.zeros_like(Z)
    for j in range(Z.shape[1]):
        X[:, j] = (Z[:, j] - X @ A[j]) * np.exp(-(X @ B[j]))
    return X


def _one_row(A, B, Z):
    return _undo(A, B, np.asarray(Z)[:1])


_NAME = "autoregressive-models-and-flows"
_LINES = tuple(f"line {k}" for k in range(2, 9))

ANSWERS = {
    f"{_NAME}-1": Number(
        43.7 / 32 / np.log(2), ask="bits a note =",
        hints=("A bit is the logarithm with base 2. How many nats is that?",
               "Divide by the number of notes, and by the nats in a bit."),
        wrong=((43.7 / 32, "Those are nats. A bit is fewer nats than one."),
               (43.7 / np.log(2), "Those are the bits of a whole melody."),
               (43.7 / 32 * np.log(2), "One bit is ln 2 nats: divide by it."),
               (43.7 / 32 / np.log(12), "That measures in notes of twelve. The unit asked for is "
                                        "the bit."))),
    f"{_NAME}-2": Number(
        stats.norm.pdf(1) * stats.norm.pdf(0) / np.exp(3), ask="density =",
        hints=("Which z₁ and z₂ go to (e, 1)?",
               "The map from z to x is triangular. What stands on its diagonal there?"),
        wrong=((stats.norm.pdf(1) * stats.norm.pdf(0), "That is the density of the noise. How much "
                                                       "does the map stretch areas there?"),
               (stats.norm.pdf(1) * stats.norm.pdf(0) * np.exp(3),
                "Where areas are stretched, the density falls."),
               (stats.norm.pdf(1) * stats.norm.pdf(0) / np.exp(2),
                "X₁ stretches, too: two entries stand on the diagonal."),
               (stats.norm.pdf(1) * stats.norm.pdf(0) / np.exp(1),
                "That is the stretch of X₁ alone."),
               (stats.norm.pdf(0) ** 2 / np.exp(3), "What is z₁, if its exponential is e?"))),
    f"{_NAME}-3": Choice(
        ("any continuous positive density, since the nets are large",
         "no more than one coupling: x₁ standard normal, x₂ given x₁ normal",
         "x₁ standard normal, and any density of x₂ given x₁",
         "nothing: couplings that keep the same coordinate cannot be undone"),
        "no more than one coupling: x₁ standard normal, x₂ given x₁ normal", ask="It can learn",
        hints=("Fix x₁. What kind of function of x₂ is one coupling? And three?",
               "An affine function of an affine function is affine."),
        wrong=(("any continuous positive density, since the nets are large",
                "What is the distribution of x₁, which nobody moves?"),
               ("x₁ standard normal, and any density of x₂ given x₁",
                "Each coupling stretches and shifts x₂. What does that make of a bell?"),
               ("nothing: couplings that keep the same coordinate cannot be undone",
                "Each of them can, by the theorem. So can three."))),
    f"{_NAME}-4": Proof(
        ("The cost is Σ E[−log P(x_j | the k bits before)]: the losses add up, and each table can "
         "be chosen by itself.",
         "For each value of the k bits, Gibbs' inequality says that the best entry is p*'s own "
         "conditional probability. Averaged, term j is then the conditional entropy "
         "H(x_j | x_(j−k), …, x_(j−1)).",
         "A chain with memory k is also one with memory k + 1, whose tables ignore one bit. The "
         "best of more chains costs no more. (Or: to condition on more never raises an entropy.)",
         "For k = 0 the terms are H(x_j); minus the entropy that is the divergence of part 3. For "
         "k = d − 1 each table sees all bits before, the chain is p* itself, and by the chain rule "
         "the sum is H(x)."),
        hints=("Which part of the cost does one table enter?",
               "Is every chain with a short memory also one with a longer memory?")),
    f"{_NAME}-5": Function(
        _undoes, ask="undo",
        hints=("x₁ = z₁, for the first rows of A and B are 0. Then which one can you compute?",
               "First take t away, then divide by e^s; and s and t are made of x, not of z.",
               "One loop over the coordinates, all rows of Z at once."),
        wrong=((lambda A, B, Z: _undo(A, B, Z, start_at_z=True, sweeps=1),
                "for A = 0"),
               (_forward, "for two coordinates and one row"),
               (lambda A, B, Z: _undo(A, B, Z, sign=1.0), "for two coordinates and one row"),
               (lambda A, B, Z: _undo(A, B, Z, shift_first=False),
                "for two coordinates and one row"),
               (lambda A, B, Z: _undo(A, B, Z, sweeps=2), "for A = 0"),
               (lambda A, B, Z: _undo(A, B, Z, sweeps=np.shape(Z)[1] - 1),
                "for two coordinates and one row"),
               (_columns, "for two coordinates and one row"),
               (_one_row, "for one coordinate"),
               (_in_place, "it changes what it is given"),
               (lambda A, B, Z: _undo(A, B, Z)[0], "it returns the shape"),
               (lambda A, B, Z: np.round(_undo(A, B, Z), 10), "for tiny numbers"),
               (lambda A, B, Z: _undo(A, B, Z).astype(int),
                "for two coordinates and one row"),
               (_whole, "for whole numbers"))),
    f"{_NAME}-6": Fault(
        _LINES, "line 8", ask="It is in",
        hints=("What would training by this number do with s?",
               "Write down log p(x) for a flow, and turn its sign."),
        wrong=(("line 2", "A copy keeps the data as they are, and no coupling has moved anything "
                          "yet: 0 is right."),
               ("line 3", "The couplings come in the order from data to noise, each with its two "
                          "sets of coordinates."),
               ("line 4", "The net sees the coordinates that are kept, as it should."),
               ("line 5", "That is the coupling, from data to noise."),
               ("line 6", "The logarithms of the diagonal add up to log |det Df|, for each row."),
               ("line 7", "The coordinates of the noise are independent, so their logarithms are "
                          "added."))),
    f"{_NAME}-7": Choice(
        ("the first, since −2.1 is smaller than 4.7", "the first, by about two bits",
         "the second, by about a quarter of a bit", "the second, by more than one bit",
         "one cannot say: densities in different units cannot be compared"),
        "the second, by about a quarter of a bit", ask="Better is", transfer=True,
        hints=("Bring both to one unit of the values, and to bits.",
               "A value is 256 times as large in levels. What does that add, in nats?"),
        wrong=(("the first, since −2.1 is smaller than 4.7",
                "One is in nats for values up to 1, the other in bits for values up to 256."),
               ("the first, by about two bits",
                "The logarithm of 256 is added in nats, before the nats are made bits."),
               ("the second, by more than one bit",
                "Did you add 8 bits to −2.1 nats? Turn the nats into bits first."),
               ("one cannot say: densities in different units cannot be compared",
                "Not as they are. But a change of the unit can be undone."))),
    f"{_NAME}-8": Proof(
        ("A product of normal conditionals whose means are affine and whose variances are "
         "constant is a normal density: x is an affine function of independent normal noise, by a "
         "triangular matrix with the positive diagonal σ_j.",
         "Conversely every N(m, S) with positive definite S is such a product, in every order, "
         "since x_j given x_<j is normal with an affine mean and a constant variance.",
         "So in every order the chains are the same family, all N(m, S). To maximise the "
         "likelihood over the regressions is to maximise it over m and S.",
         "That maximum is unique: the mean of the data and their covariance matrix with ddof 0. So "
         "it is the density N(x̄, S) in every order."),
        transfer=True,
        hints=("Which densities can such a chain be, in one order? And in another?",
               "If two families are the same set, what of their maximum?")),
}
