"""Answers to the exercises on vectors and matrices."""

import math

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof

_TABLES = (  # columns independent; up to four: what subtracts only two of them goes wrong there
    [[3.0, 1.0], [4.0, 7.0]],
    [[1, 0], [1, 1], [0, 1]],
    [[5], [12]],
    [[2.0, 1.0, 1.0], [0.0, 3.0, 1.0], [0.0, 0.0, 1e-9]],
    [[1, 1, 1], [1, 2, 4], [1, 3, 9], [1, 4, 16]],
    [[1, 1, 1, 1], [1, 2, 4, 8], [1, 3, 9, 27], [1, 4, 16, 64], [1, 5, 25, 125]],
    [[-2e-8, 0.0], [0.0, 3e8]],
)


def _is_orthonormal(orthonormal) -> None:
    for table in _TABLES:
        given = np.array(table)
        kept = given.copy()
        Q = np.asarray(orthonormal(table if given.shape[1] == 1 else given))
        assert np.array_equal(given, kept), "it changes the matrix that it is given"
        assert Q.shape == given.shape, f"for A = {table} it returns the shape {Q.shape}"
        lengths = np.linalg.norm(Q, axis=0)
        worst = lengths[np.argmax(abs(lengths - 1))]
        assert np.allclose(lengths, 1), (
            f"for A = {table} a column of Q has the length {worst:.3g}")
        assert np.allclose(Q.T @ Q, np.eye(Q.shape[1]), atol=1e-6), (
            f"for A = {table} two columns of Q are not orthogonal")
        R = Q.T @ given
        sizes = np.linalg.norm(given, axis=0)
        assert np.allclose((Q @ R - given) / sizes, 0), (
            f"for A = {table} the columns of Q span another space")
        assert np.allclose(np.tril(R, -1) / sizes, 0), (
            f"for A = {table} the first columns of Q do not span what the first of A span")
        assert np.all(np.diag(R) > 0), f"for A = {table} a column of Q points the other way"


def _made(step, *, dtype=float, copy=True):
    """A program that fills Q column by column: ``step(A, Q, j)`` gives column j."""

    def program(A):
        A = np.array(A, dtype=dtype) if copy else np.asarray(A)
        Q = A if not copy else np.zeros_like(A)
        for j in range(A.shape[1]):
            Q[:, j] = step(A, Q, j)
        return Q

    return program


def _unit(rest):
    return rest / np.linalg.norm(rest)


def _right(A, Q, j):
    return _unit(A[:, j] - Q[:, :j] @ (Q[:, :j].T @ A[:, j]))


def _not_divided(A, Q, j):
    return A[:, j] - Q[:, :j] @ (Q[:, :j].T @ A[:, j])


def _last_only(A, Q, j):
    return _unit(A[:, j] - (Q[:, j - 1] @ A[:, j]) * Q[:, j - 1] if j else A[:, j])


def _last_two_only(A, Q, j):
    near = Q[:, max(j - 2, 0):j]
    return _unit(A[:, j] - near @ (near.T @ A[:, j]))


def _first_and_last_only(A, Q, j):
    near = Q[:, sorted({0, j - 1})] if j else Q[:, :0]
    return _unit(A[:, j] - near @ (near.T @ A[:, j]))


def _from_the_old_columns(A, Q, j):
    shadows = [(A[:, i] @ A[:, j]) / (A[:, i] @ A[:, i]) * A[:, i] for i in range(j)]
    return _unit(A[:, j] - sum(shadows))


ANSWERS = {
    "vectors-and-matrices-1": Choice(
        ("v + w and v − w", "v + w and v − 2w", "v − w and v − 2w"), "v + w and v − 2w",
        ask="Equally long are",
        hints=("Multiply out the square of each length. What is the dot product of v and w?",),
        wrong=(("v + w and v − w", "They would be for an angle of 90°. Here the dot product is ½."),
               ("v − w and v − 2w", "v, w and v − w are the sides of a triangle with equal "
                                    "sides, so v − w has length 1."))),
    "vectors-and-matrices-2": Array(
        (1, 5, 4), ask="closest point =",
        hints=("Write the two vectors as columns of A and set up the normal equations.",
               "The matrix of the normal equations has the rows (2, 1) and (1, 2)."),
        wrong=(((3, 7.5, 4.5), "You added the projections on the two lines. That is right only "
                               "for orthogonal columns."),
               ((2, -2, 2), "That is the residual: what is left."),
               ((3, 3, 6), "That point is not in the plane: it would need 3 = 3 + 6."))),
    "vectors-and-matrices-3": Fault(
        ("line 2", "line 3", "line 4", "line 5"), "line 3", ask="The fault is in",
        hints=("Say of each array how many numbers it holds.",),
        wrong=(("line 2", "Row by row, X @ query holds the dot products that are wanted."),
               ("line 4", "To divide is right; look at what it divides by."),
               ("line 5", "argmax gives the place of the largest, counted from 0, as asked."))),
    "vectors-and-matrices-4": Choice(
        ("the zero matrix", "a matrix of rank 1", "a matrix of rank 5",
         "a matrix with positive entries only"),
        "a matrix of rank 5", ask="It cannot be",
        hints=("In which space do all its columns lie?",),
        wrong=(("the zero matrix", "What if all weights of one layer are 0?"),
               ("a matrix of rank 1", "What if the second column of the first matrix is 0?"),
               ("a matrix with positive entries only",
                "What if all entries of both factors are positive?"))),
    "vectors-and-matrices-5": Proof(
        ("(vvᵀ)ᵀ = vvᵀ, and I is symmetric; so H is.",
         "HᵀH = H² = I − 4vvᵀ/vᵀv + 4v(vᵀv)vᵀ/(vᵀv)² = I.",
         "The lengths are equal, so vᵀv = aᵀa − 2aᵀb + bᵀb = 2(aᵀa − aᵀb) = 2vᵀa.",
         "Hence Ha = a − (2vᵀa / vᵀv) v = a − v = b; division is allowed because v ≠ 0."),
        hints=("vvᵀ is a matrix, vᵀv a number. What is (vvᵀ)(vvᵀ)?",
               "Where do you need that a and b are equally long?")),
    "vectors-and-matrices-6": Function(
        _is_orthonormal, ask="orthonormal",
        hints=("The projection of a on a column q of length 1 is (q·a) q.",
               "Make a float array of the input first, so that nothing is rounded or changed."),
        wrong=((_made(_not_divided), "has the length"),
               (_made(_last_only), "not orthogonal"),
               (_made(_last_two_only), "not orthogonal"),
               (_made(_first_and_last_only), "not orthogonal"),
               (_made(_from_the_old_columns), "not orthogonal"),
               (_made(lambda A, Q, j: _unit(A[:, j])), "not orthogonal"),
               (_made(_right, copy=False), "changes the matrix"),
               (_made(_right, dtype=None), "has the length"),
               (lambda A: -np.linalg.qr(np.array(A, dtype=float))[0] * np.sign(
                   np.diag(np.linalg.qr(np.array(A, dtype=float))[1])), "points the other way"),
               (lambda A: np.eye(*np.shape(A)), "the first of A span"),
               (lambda A: np.array([[0.6, -0.8], [0.8, 0.6]]), "returns the shape"))),
    "vectors-and-matrices-7": Choice(
        ("to every query", "to every key", "to every value", "none of the three"),
        "to every key", ask="The output stays if it is added",
        hints=("Write out one score after the change. What is the same for a whole row?",),
        wrong=(("to every query", "Then score (i, j) grows by c·k_j, which differs along a row."),
               ("to every value", "The weights stay, and add up to 1. What is the average of "
                                  "values that have all moved by c?"),
               ("none of the three", "Add one number to all scores of a row. What does softmax "
                                     "do?"))),
    "vectors-and-matrices-8": Number(
        10 / (math.sqrt(2) * math.sin(math.pi / 12)), ask="metres =", transfer=True,
        hints=("Let the rows of A be unit vectors across the two lines. What is A δx?",
               "You need the smallest stretch of A: which way is the needle long?"),
        wrong=((10 / math.tan(math.pi / 12), "That is κ times 10. But κ compares relative "
                                             "errors; here metres go to metres."),
               (10 / (math.sqrt(2) * math.cos(math.pi / 12)),
                "That is the shortest way, when both lines are displaced alike."),
               (10, "That would be so for lines at a right angle."),
               (10 / math.sin(math.pi / 6), "So it is if only one line is displaced. What if "
                                            "both are, in opposite ways?"))),
}
