"""Answers to the exercises on derivatives-and-taylor."""

from itertools import pairwise

import numpy as np

from mathml.interactive.answer_key import Choice, Fault, Function, Number, Proof


def _is_quotient(quotient) -> None:
    cases = (
        ("for sine and cosine", [0, 1, 0, -1 / 6, 0, 1 / 120], [1, 0, -1 / 2, 0, 1 / 24, 0],
         [0, 1, 0, 1 / 3, 0, 2 / 15]),
        ("for 1 and 1 − x", [1, 0, 0, 0], [1, -1, 0, 0], [1, 1, 1, 1]),
        ("for 1 and 2 + x", [1, 0, 0, 0], [2, 1, 0, 0], [1 / 2, -1 / 4, 1 / 8, -1 / 16]),
        ("for two constants", [3.0], [-2.0], [-1.5]),
        ("for two of degree 3", [1.0, 2.0, 3.0, 4.0], [-2.0, 0.5, 1.0, -3.0],
         [-0.5, -1.125, -2.03125, -2.3203125]),
    )
    for name, a, b, right in cases:
        for make in (list, np.array):
            given, by = make(a), make(b)
            with np.errstate(all="ignore"):
                found = quotient(given, by)
            assert [*given, *by] == a + b, f"{name} it changes what it is given"
            found = np.asarray(found, dtype=float)
            assert found.shape == (len(a),), (
                f"{name} it returns an array of shape {found.shape}, not ({len(a)},)")
            assert np.allclose(found, right, rtol=1e-9, atol=1e-12), (
                f"{name} it returns {found.round(4)}, not {np.round(right, 4)}")


def _quotient(a, b, *, sign=-1.0, divide=True, start=1, dtype=float):
    """The right program, or with one thing done otherwise."""
    c = np.zeros(len(a), dtype=dtype)
    for k in range(len(a)):
        earlier = sum(b[j] * c[k - j] for j in range(start, k + 1))
        c[k] = (a[k] + sign * earlier) / (b[0] if divide else 1)
    return c


def _quotient_of_derivatives(a, b):
    """As if the entries were derivatives: with binomial coefficients."""
    c, binomial = np.zeros(len(a)), [1]
    for k in range(len(a)):
        c[k] = (a[k] - sum(binomial[j] * b[j] * c[k - j] for j in range(1, k + 1))) / b[0]
        binomial = [1, *(p + q for p, q in pairwise(binomial)), 1]
    return c


def _quotient_in_place(a, b):
    for k in range(len(a)):
        a[k] = (a[k] - sum(b[j] * a[k - j] for j in range(1, k + 1))) / b[0]
    return a


def _is_extrapolated(extrapolated) -> None:
    for h in (0.5, 0.1):
        for x, power in ((1.3, 4), (-0.7, 3), (2.0, 2), (0.4, 1)):
            found = float(extrapolated(lambda t, p=power: t**p, x, h))
            right = power * x ** (power - 1)
            assert abs(found - right) < 1e-9, (
                f"for x to the power {power} at {x} with h = {h} it returns {found:.6g}, not "
                f"{right:.6g}: up to degree 4 it should be exact")
    for h in (0.4, 0.2):
        fine, rough = ((np.exp(1 + s) - np.exp(1 - s)) / (2 * s) for s in (h / 2, h))
        found, right = float(extrapolated(np.exp, 1.0, h)), (4 * fine - rough) / 3
        assert abs(found - right) < 1e-9, (
            f"for the exponential at 1 with h = {h} it returns {found:.7g}, but from its central "
            f"differences with {h} and {h / 2} you can get {right:.7g}")
    x = np.array([0.1, -2.0, 30.0])
    found = np.asarray(extrapolated(np.sin, x, 0.05))
    assert np.array_equal(x, [0.1, -2.0, 30.0]), "it changes x"
    assert found.shape == (3,), f"for three places it returns the shape {found.shape}"
    assert np.allclose(found, np.cos(x), atol=1e-6), "for an array it is wrong"


def _central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def _forward(f, x, h):
    return (f(x + h) - f(x)) / h


def _extrapolated_in_place(f, x, h):
    x += h
    up = f(x)
    x -= 2 * h
    down = f(x)
    x += 1.5 * h
    up_half = f(x)
    x -= h
    return (4 * (up_half - f(x)) / h - (up - down) / (2 * h)) / 3


ANSWERS = {
    "derivatives-and-taylor-1": Number(
        13.985, ask="degrees:", digits=2, transfer=True,
        hints=("The sine's polynomial of degree 3 is enough: which θ makes its last term 1 % of "
               "its first?",
               "The formulas hold for θ in radians. Turn it into degrees at the end."),
        wrong=((0.24, "In radians, yes. How many degrees are that?"),
               (22, "That is where they differ by 0.01. What is 1 % of sin θ?"),
               (44, "One per cent is 0.01, not 0.1."),
               (8.1, "The term of degree 2 of the cosine is θ²/2. What is the sine's next term?"))),
    "derivatives-and-taylor-2": Proof(
        ("By Taylor's theorem about 0 with n = 1, for x ≠ 0: eˣ = 1 + x + e^ξ x²/2. The last term "
         "is positive, so eˣ > 1 + x; at 0 both are 1.",
         "With xᵢ = aᵢ/A − 1: e^(aᵢ/A − 1) ≥ aᵢ/A, and both sides are positive.",
         "Multiply the n inequalities: e^(Σ(aᵢ/A − 1)) ≥ (a₁⋯aₙ)/Aⁿ = (G/A)ⁿ.",
         "The exponent is (Σaᵢ)/A − n = 0. So 1 ≥ (G/A)ⁿ, that is G ≤ A.",
         "Equality needs equality in every factor, since all are positive: aᵢ/A − 1 = 0 for every "
         "i, so all aᵢ are equal; and then it holds."),
        hints=("Which Taylor polynomial is 1 + x, and what is the sign of its remainder?",
               "What is the sum of the xᵢ?")),
    "derivatives-and-taylor-3": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 4", ask="It is",
        hints=("Who chooses ξ? Could a t lie between two of them?",
               "Try x²·sin(1/x), with value 0 at 0."),
        wrong=(("line 1", "f is differentiable everywhere, so continuous: the theorem applies."),
               ("line 2", "That is the definition of f′(x), and f is differentiable at x."),
               ("line 3", "It lies between x and x + h, and both tend to x."))),
    "derivatives-and-taylor-4": Function(
        _is_quotient, ask="quotient",
        hints=("Call the quotient c. What is c·g?",
               "Multiply two polynomials out: which products make the term of degree k?",
               "The equation for degree k holds one number that you do not know yet."),
        wrong=((lambda a, b: np.asarray(a) / np.asarray(b), "for sine and cosine"),
               (lambda a, b: np.convolve(a, b)[:len(a)], "for sine and cosine"),
               (lambda a, b: np.array([0, 1, 0, 1 / 3, 0, 2 / 15])[:len(a)], "for 1 and 1 − x"),
               (lambda a, b: _quotient(a, b, divide=False), "for 1 and 2 + x"),
               (lambda a, b: _quotient(a, b, sign=1.0), "for sine and cosine"),
               (lambda a, b: _quotient(a, b, start=2), "for 1 and 1 − x"),
               (lambda a, b: _quotient(a, b, dtype=np.asarray(a).dtype), "for 1 and 2 + x"),
               (_quotient_of_derivatives, "for sine and cosine"),
               (_quotient_in_place, "it changes what it is given"),
               (lambda a, b: np.polydiv(a[::-1], b[::-1])[0], "for sine and cosine"))),
    "derivatives-and-taylor-5": Choice(
        ("1", "e", "π", "∞"), "π", ask="It is",
        hints=("For which complex z is the denominator 0?",
               "e^(iy) = cos y + i sin y. For which y is it −1?"),
        wrong=(("1", "That would need a place at the distance 1 where the denominator is 0."),
               ("e", "Look for the complex z nearest to 0 with e^(−z) = −1."),
               ("∞", "On the line nothing is wrong. Look beside it, as for 1/(1 + 25x²)."))),
    "derivatives-and-taylor-6": Number(
        (48 * np.finfo(float).eps) ** 0.25, ask="h =", digits=2, transfer=True,
        hints=("Expand f(x + h) and f(x − h) to degree 3. What is left of them in the sum?",
               "How often does a value that is off by ε enter the numerator? f(x) enters twice."),
        wrong=((8.7e-6, "That is the best step for the first derivative."),
               (3.0e-8, "That is the best step for the forward difference."),
               (1.2e-4, "That is the fourth root of ε: the right power, without the constants."),
               (2.3e-4, "Three values are off, and one of them enters twice."),
               (3.0e-4, "Three values are off, and one of them enters twice."))),
    "derivatives-and-taylor-7": Function(
        _is_extrapolated, ask="extrapolated", transfer=True,
        hints=("Write both differences as f′ + ch² and f′ + ch²/4.",
               "By which number must you multiply the second for its error to match the first?"),
        wrong=((_central, "up to degree 4"),
               (lambda f, x, h: _central(f, x, h / 2), "up to degree 4"),
               (lambda f, x, h: 2 * _central(f, x, h / 2) - _central(f, x, h), "up to degree 4"),
               (lambda f, x, h: (4 * _central(f, x, h) - _central(f, x, h / 2)) / 3,
                "up to degree 4"),
               (lambda f, x, h: (4 * _central(f, x, h / 2) + _central(f, x, h)) / 5,
                "up to degree 4"),
               (lambda f, x, h: 4 * _central(f, x, h / 2) - _central(f, x, h), "up to degree 4"),
               (lambda f, x, h: (4 * _forward(f, x, h / 2) - _forward(f, x, h)) / 3,
                "up to degree 4"),
               (lambda f, x, h: 2 * _forward(f, x, h / 2) - _forward(f, x, h), "up to degree 4"),
               (lambda f, x, h: _central(f, x, 1e-5), "for the exponential"),
               (lambda f, x, h: (4 * _central(f, x, h) - _central(f, x, 2 * h)) / 3,
                "for the exponential"),
               (_extrapolated_in_place, "it changes x"),
               (lambda f, x, h: float(np.mean((4 * _central(f, x, h / 2)
                                               - _central(f, x, h)) / 3)), "the shape ()"))),
    "derivatives-and-taylor-8": Proof(
        ("f has n + 1 continuous derivatives, so near a the (n + 1)-th is bounded, and by "
         "Lagrange's remainder (f(a + h) − Tₙ(a + h))/hⁿ → 0, too.",
         "Subtract: q(h) = p(h) − Tₙ(a + h) is a polynomial of degree at most n with "
         "q(h)/hⁿ → 0.",
         "If q were not 0, let qⱼ be its first coefficient that is not 0. Then q(h)/hʲ → qⱼ. But "
         "q(h)/hʲ = (q(h)/hⁿ)·hⁿ⁻ʲ → 0, as j ≤ n. So q = 0.",
         "1/(1 + u) = 1 − u + u² − u³ + u⁴/(1 + u). With u = x² the rest is x⁸/(1 + x²), and "
         "divided by x⁶ it tends to 0. So T₆ is 1 − x² + x⁴ − x⁶."),
        hints=("What do you know of the difference of two such polynomials?",
               "Divide it by its lowest power.")),
}
