"""Answers to the exercises on backpropagation and automatic differentiation."""

from types import SimpleNamespace

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _normalised(X):
    return X / np.sqrt(np.sum(X**2, axis=1, keepdims=True))


def _is_the_backward_pass_of_normalising(normalise_backward) -> None:
    rng = np.random.default_rng(0)
    for name, X in (("one row", np.array([[3.0, 4.0]])), ("rows of length 1", np.eye(3)[:2]),
                    ("5 rows", 3 * rng.normal(size=(5, 4))),
                    ("one column", np.array([[-2.0], [5.0]])),
                    ("3 rows", rng.normal(size=(3, 2)))):
        dY = rng.normal(size=X.shape)
        given = X.copy(), dY.copy()
        dX = np.asarray(normalise_backward(*given), dtype=float)
        assert np.array_equal(given[0], X), f"{name}: it changes X"
        assert np.array_equal(given[1], dY), f"{name}: it changes dY"
        assert dX.shape == X.shape, f"{name}: it returns the shape {dX.shape}, not {X.shape}"
        h = 1e-5
        for i, k in np.ndindex(X.shape):
            step = np.zeros(X.shape)
            step[i, k] = h
            right = np.sum(dY * (_normalised(X + step) - _normalised(X - step))) / (2 * h)
            assert abs(dX[i, k] - right) < 1e-6, (
                f"{name}: at row {i}, column {k} it returns {dX[i, k]:.4g}; "
                f"differences give {right:.4g}")


def _normalising(X, dY, *, over=1, project=True, length=True, power=1, raw=False):
    """The right program, or with another axis, no projection or another power of the length."""
    X, dY = np.asarray(X, dtype=float), np.asarray(dY, dtype=float)
    r = np.sqrt(np.sum(X**2, axis=over, keepdims=True))
    Y = X if raw else X / r
    back = dY - Y * np.sum(Y * dY, axis=over, keepdims=True) if project else dY
    return back / r**power if length else back


def _in_place(X, dY):
    right = _normalising(X, dY)
    X /= np.sqrt(np.sum(np.square(X), axis=1, keepdims=True))
    return right


def _number(value):
    return SimpleNamespace(value=value, sources=(), send=None, level=1, adjoint=0.0)


def _is_the_length(hypotenuse) -> None:
    for a, b in ((3.0, 4.0), (-5.0, 12.0), (0.0, 2.0), (-0.7, -0.1)):
        left, right, length = _number(a), _number(b), np.hypot(a, b)
        _agrees(hypotenuse(left, right), {id(left): a / length, id(right): b / length},
                f"for {a:g} and {b:g}", length)
        assert (left.value, right.value) == (a, b), "it changes the value of a or b"
    both = _number(3.0)
    _agrees(hypotenuse(both, both), {id(both): np.sqrt(2)}, "for 3 twice, one node", np.sqrt(18))


def _agrees(node, slopes: dict[int, float], name: str, value: float) -> None:
    for attribute in ("value", "sources", "send"):
        assert hasattr(node, attribute), f"{name}: what it returns is no Node"
    assert abs(node.value - value) < 1e-12, f"{name}: the value is {node.value:g}, not {value:g}"
    for g in (1.0, -3.0):
        shares = tuple(node.send(g))
        assert len(shares) == len(node.sources) == 2, f"{name}: each source needs a share"
        sent = dict.fromkeys(slopes, 0.0)
        for source, share in zip(node.sources, shares, strict=True):
            assert id(source) in sent, f"{name}: a source is neither a nor b"
            sent[id(source)] += share
        for key, slope in slopes.items():
            assert abs(sent[key] - g * slope) < 1e-9, (
                f"{name}, sent {g:g}: a source gets {sent[key]:.4g}, not {g * slope:.4g}")


def _length(left, right, *, value=np.hypot):
    """A length whose shares, for adjoint g, are g·left(a, b, y) and g·right(a, b, y)."""
    def hypotenuse(a, b):
        x, y = a.value, b.value
        node = _number(value(x, y))
        node.sources = (a, b)
        node.send = lambda g: (g * left(x, y, np.hypot(x, y)), g * right(x, y, np.hypot(x, y)))
        return node

    return hypotenuse


def _deaf(a, b):
    node = _number(np.hypot(a.value, b.value))
    node.sources, node.send = (a, b), lambda g: (a.value / node.value, b.value / node.value)
    return node


def _one_source(a, b):
    node = _number(np.hypot(a.value, b.value))
    node.sources, node.send = (a,), lambda g: (g * a.value / node.value,)
    return node


OPTIONS = ("carry the derivative by the input forwards: one pass",
           "walk back from the mean of all outputs: one pass",
           "walk back from each output: a million passes",
           "difference quotients: a million runs more")
FAULTS = ("A value that is reached twice sends its first share on twice.",
          "A value that is reached twice must keep the last share, and not add.",
          "It is right, but too slow for deep graphs.",
          "The inputs must be reached first.")

ANSWERS = {
    "backpropagation-1": Array(
        (48, 28), ask="adjoints of x and y:",
        hints=("First the adjoints of v and u. How many shares does u get?",
               "u is used by J and by v: it gets v from the one, the adjoint of v from the other.",
               "x is used by u and by v, too."),
        wrong=(((30, 16), "u is used twice: by J and by v. You have its direct share only."),
               ((24, 12), "That is u's share through v. It also has one from J directly."),
               ((42, 28), "x is used twice: by u, and by v directly."),
               ((6, 28), "That is x's share from v alone."),
               ((28, 48), "Which of them is x?"))),
    "backpropagation-2": Function(
        _is_the_backward_pass_of_normalising, ask="normalise_backward",
        hints=("For one row, differentiate y_j = x_j / r with r = ‖x‖ by x_k. What is ∂r/∂x_k?",
               "∂y_j/∂x_k = 1{j = k}/r − x_j x_k/r³. Multiply by the row of dY and sum over j.",
               "Nothing may change along x itself: a longer row is normalised to the same."),
        wrong=((lambda X, dY: _normalising(X, dY, project=False), "one row: at row 0"),
               (lambda X, dY: _normalising(X, dY, length=False), "one row: at row 0"),
               (lambda X, dY: _normalising(X, dY, power=2), "one row: at row 0"),
               (lambda X, dY: _normalising(X, dY, raw=True), "one row: at row 0"),
               (lambda X, dY: _normalising(X, dY, over=None), "rows of length 1: at row"),
               (lambda X, dY: _normalising(X, dY, over=0), "one row: at row 0"),
               (lambda X, dY: _normalising(X[:1], dY[:1]), "it returns the shape"),
               (lambda X, dY: _normalising(np.full(np.shape(X), 3.0), dY), "one row: at row 0"),
               (lambda X, dY: -_normalising(X, dY), "one row: at row 0"),
               (_in_place, "it changes X"))),
    "backpropagation-3": Proof(
        ("By reverse accumulation W collects one share from each of its two uses.",
         "From y = Wh: yᵢ = Σₖ Wᵢₖ hₖ, so Wᵢₖ gets ȳᵢ hₖ, which is entry (i, k) of ȳhᵀ.",
         "From the same line hₖ gets Σᵢ Wᵢₖ ȳᵢ: the adjoint of h is Wᵀȳ. No other line uses h.",
         "From h = Wx, as in the second step: W gets (Wᵀȳ)xᵀ. The shares add up.")),
    "backpropagation-4": Fault(
        FAULTS, FAULTS[0], ask="The fault:",
        hints=("Follow c of the opening example: what does it send at its first visit, what at its "
               "second?",),
        wrong=((FAULTS[1], "Adding is right: small changes add. Look at what is sent on."),
               (FAULTS[2], "For the opening example, with six values, it returns another number."),
               (FAULTS[3], "The walk has to begin at the result."))),
    "backpropagation-5": Number(
        np.sqrt(2 / (1.25 * 50)), ask="standard deviation",
        hints=("Which share of the mean of z² is left, in expectation, after the leaky ReLU?",
               "Half of it comes from z > 0 and stays. What becomes of the other half, when z is "
               "halved?"),
        wrong=((0.2, "That is for the ReLU, which loses the negative half entirely."),
               (np.sqrt(1 / 50), "That is for no activation at all."),
               (np.sqrt(2 / 75), "It is the square that counts: z/2 has a quarter of it."),
               (0.032, "That is the variance."))),
    "backpropagation-6": Choice(
        OPTIONS, OPTIONS[0], ask="Best is to", transfer=True,
        hints=("What does one walk back give, and what one pass forwards?",),
        wrong=((OPTIONS[1], "That is the derivative of the mean, one number."),
               (OPTIONS[2], "It would give them, after a hundred years."),
               (OPTIONS[3], "With one input it is one more run; and it has an error."))),
    "backpropagation-7": Function(
        _is_the_length, ask="hypotenuse",
        hints=("With y² = a² + b², what is the derivative of y by a?",
               "The share of a is g times a over the length, and that of b likewise."),
        wrong=((_length(lambda a, b, y: a, lambda a, b, y: b), "for 3 and 4, sent 1"),
               (_length(lambda a, b, y: 2 * a / y, lambda a, b, y: 2 * b / y), "for 3 and 4"),
               (_length(lambda a, b, y: 1 / (2 * y), lambda a, b, y: 1 / (2 * y)), "for 3 and 4"),
               (_length(lambda a, b, y: b / y, lambda a, b, y: a / y), "for 3 and 4, sent 1"),
               (_length(lambda a, b, y: 0.6, lambda a, b, y: 0.8), "for -5 and 12, sent 1"),
               (_length(lambda a, b, y: abs(a) / y, lambda a, b, y: abs(b) / y), "for -5 and 12"),
               (_length(lambda a, b, y: a / y, lambda a, b, y: 0.0), "for 3 and 4, sent 1"),
               (_length(lambda a, b, y: a / y, lambda a, b, y: b / y,
                        value=lambda a, b: a * a + b * b), "the value is"),
               (_deaf, "sent -3"),
               (_one_source, "each source needs a share"))),
}
