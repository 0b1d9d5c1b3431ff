"""Answers to the exercises on norms."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _is_clip_norm(clip_norm) -> None:
    cases = (
        ("for a long vector", [3.0, 4.0], 1.0, [0.6, 0.8]),
        ("for a short vector", [0.3, 0.4], 1.0, [0.3, 0.4]),
        ("for a negative entry", [-7.0, 0.0], 2.0, [-2.0, 0.0]),
        ("for three entries", [2.0, -3.0, 6.0], 3.5, [1.0, -1.5, 3.0]),
        ("for a vector that is just as long as c", [3.0, -4.0], 5.0, [3.0, -4.0]),
        ("for whole numbers", [6, -8], 2, [1.2, -1.6]),
        ("for equal entries", [1.0, 1.0, 1.0, 1.0], 1.0, [0.5, 0.5, 0.5, 0.5]),
        ("for one entry", [-5.0], 3.0, [-3.0]),
        ("for zeros", [0.0, 0.0, 0.0], 1.0, [0.0, 0.0, 0.0]),
        ("for c = 0", [3.0, 4.0], 0.0, [0.0, 0.0]),
        ("for entries near 1e200", [3e200, -4e200], 1.0, [0.6, -0.8]),
        ("for entries near 1e200 that are short enough", [3e200, -4e200], 6e200, [3e200, -4e200]),
        ("for zeros and c = 0", [0.0, 0.0], 0.0, [0.0, 0.0]),
        ("for entries with the sum 0", [3.0, -3.0, 0.0], 2**0.5, [1.0, -1.0, 0.0]),
        ("for 0 and a negative entry near 1e200", [0.0, -8e200], 4.0, [0.0, -4.0]),
        ("for g and c near 1e200", [3e200, -4e200], 2.5e200, [1.5e200, -2e200]),
    )
    for name, g, c, right in cases:
        for make in (list, np.array):
            given = make(g)
            with np.errstate(all="ignore"):
                found = np.asarray(clip_norm(given, c))
            assert list(given) == g, f"{name} it changes what it is given"
            assert found.shape == (len(g),), (
                f"{name} it returns the shape {found.shape}, not ({len(g)},)")
            assert np.allclose(found, right, rtol=1e-9, atol=1e-12), (
                f"{name} it returns {found.tolist()}, not {right}")


def _whole_stays_whole(g, c):
    u = np.array(g)
    largest = np.abs(u).max() or 1
    length = largest * np.linalg.norm(u / largest)
    if length > c:
        u[:] = u / length * c
    return u


def _scaled_by(scale, g, c):
    """The right program, if the scale is near the length of g."""
    g = np.asarray(g, dtype=float)
    if scale == 0:
        return g
    length = scale * np.linalg.norm(g / scale)
    return g if length <= c else g / length * c


def _clip_in_place(g, c):
    right = np.asarray(g) * min(1, c / max(np.linalg.norm(g), 1e-300))
    for k, value in enumerate(right):
        g[k] = value
    return np.asarray(g)


def _is_best_step(best_step) -> None:
    rng = np.random.default_rng(0)
    cases = (
        ("for two groups", [3, -4, 4.5, 0], [[0, 1], [2, 3]], 5.0),
        ("for groups that are mixed up", [1.0, 5, -2, 4], [[3, 0], [2, 1]], 29**0.5),
        ("for negative entries", [-3.0, -4.0, 1.0, 1.0], [[0, 1], [2, 3]], 5.0),
        ("for whole numbers", [3, -4, 1], [[0, 1], [2]], 5.0),
        ("for groups of several sizes", [2.0, 2.0, 2.0, 2.0, 3.0], [[0, 1, 2, 3], [4]], 4.0),
        ("for a group of one", [1.0, 1.0, -6.0], [[0, 1], [2]], 6.0),
        ("for one group", [3.0, 4.0], [[0, 1]], 5.0),
        ("for a tie", [3.0, 4.0, -4.0, 3.0], [[0, 1], [2, 3]], 5.0),
        ("for zeros", [0.0, 0.0, 0.0], [[0], [1, 2]], 0.0),
        ("for small entries", [3e-9, 4e-9, 1e-9], [[0, 1], [2]], 5e-9),
    )
    cases += tuple(
        ("for random entries", g.tolist(), groups,
         max(np.linalg.norm(g[group]) for group in groups))
        for g in rng.normal(size=(20, 6)) for groups in ([[0, 4], [5, 1, 2], [3]],))
    for name, g, groups, right in cases:
        for make in (list, np.array):
            given = make(g)
            with np.errstate(all="ignore"):
                u = np.asarray(best_step(given, [list(group) for group in groups]), dtype=float)
            assert list(given) == g, f"{name} it changes what it is given"
            assert u.shape == (len(g),), f"{name} it returns the shape {u.shape}, not ({len(g)},)"
            assert np.all(np.isfinite(u)), f"{name} it returns {u.tolist()}"
            size = sum(np.linalg.norm(u[group]) for group in groups)
            assert size <= 1 + 1e-9, f"{name} the step has the size {size:.4g}, more than 1"
            assert np.isclose(u @ np.array(g), right, rtol=1e-9, atol=0), (
                f"{name} it gains {u @ np.array(g):.4g}, and {right:.4g} is possible")


def _step_on(choose, scale):
    """A step along g on the group that `choose` likes best, divided by what `scale` says."""
    def best_step(g, groups):
        g = np.asarray(g, dtype=float)
        u = np.zeros_like(g)
        group = max(groups, key=lambda group: choose(g[group]))
        u[group] = g[group] / (scale(g, group) or 1.0)
        return u
    return best_step


def _whole_step(g, groups):
    g = np.asarray(g)
    u = np.zeros_like(g)
    group = max(groups, key=lambda group: np.linalg.norm(g[group]))
    u[group] = g[group] / (np.linalg.norm(g[group]) or 1.0)
    return u


def _of_group(g, group):
    return np.linalg.norm(g[group])


def _largest_entry(g, groups):
    g = np.asarray(g, dtype=float)
    return np.where(np.arange(g.size) == np.argmax(np.abs(g)), np.sign(g), 0.0)


def _each_group(g, groups):
    g = np.asarray(g, dtype=float)
    u = np.zeros_like(g)
    for group in groups:
        u[group] = g[group] / (np.linalg.norm(g[group]) or 1.0)
    return u


ANSWERS = {
    "norms-1": Choice(
        ("only one", "three of them", "four of them", "eight of them"), "four of them",
        ask="At most", transfer=True,
        hints=("Which constant is best in ℓ₁, and which place has it among nine sorted readings?",
               "Let all broken ones be very high. Which reading is the fifth from below?"),
        wrong=(("only one", "Let two be broken and very high. Where is the fifth of the nine?"),
               ("three of them", "Three do no harm. Try one more."),
               ("eight of them",
                "Let five be broken and very high. Is the fifth from below a good one?"))),
    "norms-2": Number(
        1.75, ask="r =",
        hints=("Which of the two edges at (r, 0) goes towards the centre?",
               "Put w = (r − t, −t) into the loss. What is the slope at t = 0?"),
        wrong=((4.25, "The second weight wants to be −1, so it leaves 0 to the negative side."),
               (4, "There the ball reaches the bottom of the loss. It leaves 0 earlier."),
               (2.2, "The steep direction is the one with 5: check which coefficient divides."),
               (3, "The loss also falls sideways, and that pull counts."),
               (2, "That would be so if both coefficients were equal."))),
    "norms-3": Proof(
        ("Apply Hölder to the vectors with entries |xᵢ|^p and 1, with the exponent r/p > 1 for the "
         "first: its dual exponent s has 1/s = 1 − p/r.",
         "That gives Σ|xᵢ|^p ≤ (Σ|xᵢ|^r)^(p/r) · d^(1 − p/r). Take the p-th root of both sides: "
         "‖x‖_p ≤ ‖x‖_r · d^(1/p − 1/r).",
         "For x = (1, …, 1) the left side is d^(1/p), and the right side d^(1/r)·d^(1/p − 1/r), "
         "which is the same."),
        hints=("Hölder needs two vectors. The second may be very dull.",
               "Which exponent turns |xᵢ|^p into |xᵢ|^r?")),
    "norms-4": Function(
        _is_clip_norm, ask="clip_norm",
        hints=("If g is short enough it is its own nearest vector.",
               "What happens to the squares of 1e200? Divide by the largest absolute value first.",
               "Do not divide by the length of the zero vector."),
        wrong=((lambda g, c: np.asarray(g) * c / (np.linalg.norm(g) or 1), "for a short vector"),
               (lambda g, c: np.clip(g, -c, c), "for a long vector"),
               (lambda g, c: np.asarray(g) * min(1, c / (np.linalg.norm(g) or 1)),
                "for entries near 1e200"),
               (lambda g, c: np.asarray(g) * min(1, c / (np.abs(g).max() or 1)),
                "for a long vector"),
               (lambda g, c: np.asarray(g) * min(1, c / (np.abs(g).sum() or 1)),
                "for a long vector"),
               (lambda g, c: np.asarray(g) * min(1, c / (max(g) or 1)), "for a long vector"),
               (lambda g, c: np.asarray(g) * min(1, c / (max(g) * np.linalg.norm(
                   np.asarray(g) / max(g)))) if max(g) else np.asarray(g), "for a negative entry"),
               (lambda g, c: np.asarray(g) / (np.abs(g).max() * np.linalg.norm(
                   np.asarray(g) / np.abs(g).max())) * min(c, np.linalg.norm(g)), "for zeros"),
               (lambda g, c: np.asarray(g) / max(1, np.hypot(g[0], g[-1]) / (c or 1e-300)),
                "for three entries"),
               (_whole_stays_whole, "for whole numbers"),
               (lambda g, c: _scaled_by(abs(g[0]), g, c), "for 0 and a negative entry"),
               (lambda g, c: _scaled_by(abs(sum(g)), g, c), "for entries with the sum 0"),
               (_clip_in_place, "it changes what it is given"))),
    "norms-5": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 4", ask="It is",
        hints=("Try (1, 0) and (0, 1) in each line.", "Write the square of a sum out."),
        wrong=(("line 1", "The squares are |a + b| and |a| + |b| + 2√|ab|."),
               ("line 2", "A sum of inequalities is an inequality."),
               ("line 3", "Both sides of line 2 are at least 0: squaring keeps the order."))),
    "norms-6": Function(
        _is_best_step, ask="best_step", transfer=True,
        hints=("In ℓ₁ the best step puts all on one coordinate. What is a coordinate here?",
               "Within a group, a step of Euclidean length s gains at most s times the length of "
               "that part of g.",
               "Compare the Euclidean lengths of the parts of g, and do not divide by 0."),
        wrong=((_largest_entry, "for two groups it gains"),
               (_whole_step, "for whole numbers it gains"),
               (_each_group, "the step has the size"),
               (lambda g, groups: np.asarray(g) / (np.linalg.norm(g) or 1.0),
                "the step has the size"),
               (_step_on(np.linalg.norm, lambda g, group: 1.0), "the step has the size"),
               (_step_on(np.linalg.norm, lambda g, group: np.linalg.norm(g)), "it gains"),
               (_step_on(np.sum, _of_group), "it gains"),
               (_step_on(lambda part: np.abs(part).max(), _of_group), "it gains"),
               (_step_on(lambda part: np.mean(part**2), _of_group), "for groups of several sizes"),
               (_step_on(len, _of_group), "it gains"),
               (_step_on(np.linalg.norm, lambda g, group: np.abs(g[group]).max()),
                "the step has the size"),
               (_step_on(np.linalg.norm, lambda g, group: np.abs(g[group]).sum()), "it gains"),
               (lambda g, groups: _step_on(np.linalg.norm, lambda g, group: np.inf if not any(g)
                                           else np.linalg.norm(g[group]))(g, groups) / np.float64(
                   1 if np.any(g) else 0), "for zeros it returns"))),
    "norms-7": Proof(
        ("N(x) = 0 means Ax = 0, so x = 0, since A is invertible. N(ax) = ‖aAx‖ = |a|N(x).",
         "N(x + y) = ‖Ax + Ay‖ ≤ N(x) + N(y).",
         "Put v = Ax, so x = A⁻¹v: as x runs through N(x) ≤ 1, v runs through ‖v‖ ≤ 1. And gᵀx = "
         "gᵀA⁻¹v = ((Aᵀ)⁻¹g)ᵀv, whose maximum is ‖(Aᵀ)⁻¹g‖ in the dual norm.",
         "If A is diagonal with entries aᵢ, a step is measured in units of 1/aᵢ, and gᵢ is divided "
         "by aᵢ: a slope is measured per unit."),
        transfer=True,
        hints=("Which axiom needs that A is invertible?",
               "Change the variable in the maximum: v = Ax.")),
    "norms-8": Array(
        (0.35 / 2.3, 0.35 / 1.77**0.5, 0.35 / 1.1), ask="ℓ∞, ℓ₂, ℓ₁ =",
        hints=("How much can a change of size s move the score, at most?",
               "In which norm of the weights is that, if the change is measured in ℓ∞?"),
        wrong=(((0.35 / 1.1, 0.35 / 1.77**0.5, 0.35 / 2.3),
                "The norm of the weights is the dual one: if the change is in ℓ∞, it is ℓ₁."),
               ((0.35 * 2.3, 0.35 * 1.77**0.5, 0.35 * 1.1),
                "A larger norm of the weights makes the needed change smaller."),
               ((2.3 / 0.35, 1.77**0.5 / 0.35, 1.1 / 0.35),
                "It is the other way round: how large must s be for s times the norm to be 0.35?"),
               ((3.5, 0.35 / 1.77**0.5, 0.35 / 1.1),
                "Signs do not cancel: each feature may move the way that hurts."))),
}
