"""Answers to the exercises on constraints and support vector machines."""

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Proof


def _nearest_shares(z) -> np.ndarray:
    """The nearest shares by bisection for the s of max(z − s, 0)."""
    z = np.asarray(z, dtype=float)
    low, high = z.max() - 1, z.max()
    for _ in range(200):
        s = (low + high) / 2
        low, high = (s, high) if np.maximum(z - s, 0).sum() > 1 else (low, s)
    return np.maximum(z - (low + high) / 2, 0)


def _is_nearest(to_shares) -> None:
    rng = np.random.default_rng(7)
    cases = [[0.9, 0.6, -0.4, 0.1], [0.5, 0.5], [3.0], [-2.0], [0.2, 0.3, 0.5], [1.0, 0.0, 0.0],
             [5.0, 1.0], [0.0, 0.0, 0.0, 0.0], [-1.0, -1.2, -5.0], [0.1, 0.1, 0.1], [2, 2, 1],
             [0.6, 0.7, 0.9, -0.5, -0.6], [1.0, 1.0, 0.5, 0.5], [10, 9.9, 9.8, 0], [0, 1, 0, 0],
             [1.5, -0.5], [-0.2, 0.7, 0.5],
             [1000, 999.5, 3], [-50, -50.5]]
    cases += [rng.normal(scale=scale, size=n).round(3).tolist()
              for scale in (0.2, 1, 3) for n in (2, 3, 7, 30)]
    for z in cases:
        name = str(z) if len(z) <= 5 else f"{len(z)} random numbers"
        right = _nearest_shares(z)
        for given in (list(z), np.array(z)):
            found = np.asarray(to_shares(given), dtype=float)
            assert found.shape == right.shape, f"for {name} it returns the shape {found.shape}"
            assert np.all(found >= -1e-6), f"for {name} it returns a negative share"
            assert np.isclose(found.sum(), 1, atol=1e-6), (
                f"for {name} the sum is {found.sum():.4g}, not 1")
            assert np.allclose(found, right, atol=1e-5), (
                f"for {name} it returns shares that are not the nearest")
            assert list(given) == list(z), f"for {name} it changes z"


def _clip_and_divide(z):
    x = np.maximum(np.asarray(z, dtype=float), 0)
    return x / x.sum() if x.sum() > 0 else np.full(len(x), 1 / len(x))


def _softmax(z):
    e = np.exp(np.asarray(z, dtype=float) - np.max(z))
    return e / e.sum()


def _shift_only(z):
    z = np.asarray(z, dtype=float)
    return z - (z.sum() - 1) / len(z)


def _shift_and_clip(z):
    return np.maximum(_shift_only(z), 0)


def _shift_clip_divide(z):
    x = _shift_and_clip(z)
    return x / x.sum()


def _shift_clip_shift(z):
    return np.maximum(_shift_only(_shift_and_clip(z)), 0)


def _first_k(z):  # stops at the first k that passes, not at the last
    z = np.asarray(z, dtype=float)
    down = np.sort(z)[::-1]
    s = (np.cumsum(down) - 1) / np.arange(1, len(z) + 1)
    return np.maximum(z - s[np.flatnonzero(down > s)[0]], 0)


def _sorted_out(z):  # right shares, in the order of size
    return np.sort(_nearest_shares(z))[::-1]


def _in_place(z):
    right = _nearest_shares(z)
    for k in range(len(z)):
        z[k] = right[k]
    return right


def _largest_takes_all(z):
    x = np.zeros(len(z))
    x[int(np.argmax(z))] = 1
    return x


def _positive_only(z):  # the rule, but only among scores that are positive
    z = np.asarray(z, dtype=float)
    x = np.zeros(len(z))
    if np.any(z > 0):
        x[z > 0] = _nearest_shares(z[z > 0])
    return x


def _sums_to_one(z):  # takes what sums to 1 for shares
    return np.asarray(z, dtype=float) if abs(np.sum(z) - 1) < 1e-9 else _nearest_shares(z)


def _minmax(z):
    z = np.asarray(z, dtype=float) - np.min(z)
    return z / z.sum() if z.sum() > 0 else np.full(len(z), 1 / len(z))


ANSWERS = {
    "constraints-and-svm-1": Array(
        (2, 1, 6), ask="height, ν, points =",
        hints=("(2xy, x²) = ν (2x, 2y). The first entry is 2x(y − ν) = 0: two cases.",
               "If x is not 0, then ν = y and x² = 2y². And if x is 0?"),
        wrong=(((2, 1, 4), "What if x = 0? There ν = 0 does it."),
               ((2, 1, 5), "x = 0 leaves two values of y."),
               ((2, 1, 2), "Count all points with a multiplier, not only the highest ones."),
               ((2, 1, 3), "Count all points with a multiplier; x has two signs, and so has y."),
               ((2, 0.5, 6), "The gradient of h has a factor 2, and so has 2xy."),
               ((2, 2, 6), "That is the height. In (2xy, x²) = ν (2x, 2y), ν is y."),
               ((2, -1, 6), "There y = −1, and the height is negative."),
               ((1, 1, 6), "At y = 1, x² is 2."),
               ((4, 1, 6), "x²y with x² = 2 and y = 1."))),
    "constraints-and-svm-2": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 2", ask="The fault is in",
        hints=("What is F(−10)? Can a squared distance be that?",),
        wrong=(("line 1", "On the curve y² may be replaced by (x − 1)³."),
               ("line 3", "The discriminant of 3x² − 4x + 3 is negative: no real zero."),
               ("line 4", "At a minimum on the whole line the derivative is 0: it is right."))),
    "constraints-and-svm-3": Proof(
        ("The sphere is closed and bounded and xᵀSx continuous: it has a largest value, at an x*.",
         "h(x) = xᵀx has the gradient 2x, which is not 0 on the sphere, so the theorem applies: "
         "∇(xᵀSx) = ν∇h at x*.",
         "As S is symmetric, ∇(xᵀSx) = 2Sx. So Sx* = νx* with x* ≠ 0: ν is a real eigenvalue.",
         "At any x of the sphere with Sx = νx: xᵀSx = ν xᵀx = ν. So the multiplier is the value, "
         "and at x* it is the largest.")),
    "constraints-and-svm-4": Function(
        _is_nearest, ask="to_shares",
        hints=("Sort the scores. If the k largest stay positive, their sum less k·s is 1: that "
               "gives s.",
               "Which k? The largest for which the k-th score is above its s.",
               "Or find s by bisection: the sum of max(z − s, 0) falls as s grows."),
        wrong=((_clip_and_divide, "not the nearest"),
               (_softmax, "not the nearest"),
               (_shift_only, "a negative share"),
               (_shift_and_clip, "the sum is"),
               (_shift_clip_divide, "not the nearest"),
               (_shift_clip_shift, "for "),
               (_first_k, "for "),
               (_sorted_out, "not the nearest"),
               (_in_place, "it changes z"),
               (_largest_takes_all, "not the nearest"),
               (_positive_only, "for "),
               (_minmax, "not the nearest"),
               (_sums_to_one, "a negative share"),
               (lambda z: np.array([0.65, 0.35, 0, 0]), "it returns the shape"),
               (lambda z: np.full(len(z), 1 / len(z)), "not the nearest"))),
    "constraints-and-svm-5": Choice(
        ("none", "at most 9", "exactly 9", "at least 9", "it cannot be bounded"), "at most 9",
        ask="Wrong are",
        hints=("Leave out a point with α = 0. Do the conditions of the others still hold?",
               "Leave out a support vector. Must the new machine get it wrong?"),
        wrong=(("none", "A support vector that is left out may land on the wrong side."),
               ("exactly 9", "A support vector that is left out may still land on its side."),
               ("at least 9", "Can a point with α = 0 be got wrong?"),
               ("it cannot be bounded", "Leave out a point with α = 0: what changes?"))),
    "constraints-and-svm-6": Array(
        (20, 30, 0.01), ask="n₁, n₂, fall =", transfer=True,
        hints=("Constraint 4n₁ + n₂ = 110. Set the two gradients in proportion.",
               "−16/n₁² = 4ν and −9/n₂² = ν. What is n₁/n₂?",
               "One euro more changes the best value by ν."),
        wrong=(((27.5, 0, 0), "Without answers from the town the variance is infinite."),
               ((22, 22, 0.01), "That is what equal numbers cost, and not the best."),
               ((20, 30, 0.1), "ν = −16/(4·20²)."),
               ((20, 30, 0.04), "ν = −16/(4·20²): do not forget the 4 of the cost."),
               ((20, 30, 1.1), "That is the variance itself."),
               ((20, 30, -0.01), "The multiplier is −0.01; the variance falls by 0.01."),
               ((62.9, 47.1, 0.01), "An answer in the country costs 4 euros."))),
    "constraints-and-svm-7": Proof(
        ("No two are nearer: for weighted means a of the positive and c of the negative class, "
         "wᵀa + b ≥ 1 and wᵀc + b ≤ −1, because these hold for every point. So wᵀ(a − c) ≥ 2.",
         "By the Cauchy–Schwarz inequality ‖w‖ ‖a − c‖ ≥ 2, which is ‖a − c‖ ≥ 2/‖w‖.",
         "The multipliers of each class have the same sum A, as Σαᵢỹᵢ = 0, and 2A = Σαᵢ = ‖w‖² > "
         "0. So αᵢ/A are weights in each class.",
         "The two means with these weights differ by Σαᵢỹᵢxᵢ/A = w/A = 2w/‖w‖², which has the "
         "length 2/‖w‖: the bound is attained.")),
    "constraints-and-svm-8": Choice(
        ("it is 0", "it is strictly between 0 and C", "it is C", "nothing more than 0 ≤ αᵢ ≤ C"),
        "nothing more than 0 ≤ αᵢ ≤ C", ask="You know that",
        hints=("The text says what follows from αᵢ. Does the converse hold?",
               "Put two equal points on an edge. How can they share the push?"),
        wrong=(("it is 0", "Most points on an edge do push."),
               ("it is strictly between 0 and C", "That implies ỹf = 1, but is the converse true? "
                "Put two equal points on an edge."),
               ("it is C", "It can be, but need not: the support vectors of a hard margin are "
                "below a large C."))),
}
