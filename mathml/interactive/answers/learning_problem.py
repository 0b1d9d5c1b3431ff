"""Answers to the exercises on the learning problem."""

import numpy as np
from scipy.signal import lfilter

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof

_PAIRS = (
    "draw one of the 342 at random and put it back, 100 times",
    "draw 100 different ones of the 342 at random",
    "catch both adults at each of 50 nests",
    "weigh one bird on 100 days in a row",
)
_LINES = (
    "line 2: pure noise cannot be used to test a program",
    "line 3: it chooses columns with the labels of all 100",
    "line 5: the halves overlap",
    "line 6: a sum of products is no way to train",
)
_SPLITS = (
    "too few pictures in training: use more of them",
    "it recognised patients: split so that each patient is on one side only",
    "bad luck with one split: repeat it with other random numbers",
    "the loss was wrong: train with another one",
)


def _path(phi: float, seed: int, n: int = 200_000) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=n)
    noise[1:] *= np.sqrt(1 - phi**2)
    return lfilter([1], [1, -phi], noise)


def _is_a_least_squares_fit(ar1_fit) -> None:
    for x, right in (([1, 2, 3], (1, 1)), ([0, 1, 0], (1, -1)), ([1, 2, 4, 8], (0, 2)),
                     ([1, 3, 2, 2], (10 / 3, -0.5)), ([5, 4, 7, 7, 1], (83 / 9, -7 / 9)),
                     ([-2, 0, 0], (0, 0)), ([100, 101, 103], (-99, 2)),
                     ([1, 1, 2, 3], (0, 1.5)), ([0, 0.001, 0], (0.001, -1))):
        for given in (list(x), np.array(x, dtype=float)):
            try:
                found = np.asarray(ar1_fit(given), dtype=float)
            except ValueError as error:
                raise AssertionError(f"for x = {x} one pair is best, but it raises ValueError: "
                                     f"{error}") from None
            assert found.shape == (2,), f"for x = {x} it returns {found}, not a pair"
            assert np.allclose(found, right, atol=1e-7), (
                f"for x = {x} it returns ({found[0]:.4g}, {found[1]:.4g}), not "
                f"({right[0]:.4g}, {right[1]:.4g})")
            assert list(given) == x, f"it changed its argument {x}"
    for phi, mean, seed in ((0.8, 5, 1), (-0.5, -1, 2), (0.0, 3, 3)):
        c, found = ar1_fit(mean + _path(phi, seed))
        assert abs(found - phi) < 0.01, f"on a path with φ = {phi:g} it returns φ = {found:.4g}"
        assert abs(c - mean * (1 - phi)) < 0.1, f"on a path with mean {mean} it returns c = {c:.4g}"
    for x in ([4, 4, 7], [4, 4, 4, 7], [5.0, 1.0], [2, 2, 2], [3]):
        try:
            found = ar1_fit(x)
        except ValueError:
            continue
        raise AssertionError(f"for x = {x} several pairs are equally good: it returns {found}, "
                             "where it should raise ValueError")


def _line(x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.size == 0 or np.ptp(x) == 0:
        raise ValueError("undefined")
    phi = (x - x.mean()) @ (y - y.mean()) / np.sum((x - x.mean()) ** 2)
    return y.mean() - phi * x.mean(), phi


def _about_one_mean(x):
    a = np.asarray(x, dtype=float) - np.mean(x)
    phi = a[:-1] @ a[1:] / (a[:-1] @ a[:-1])
    return np.mean(x) * (1 - phi), phi


def _without_c(x):
    x = np.asarray(x, dtype=float)
    return 0.0, x[:-1] @ x[1:] / (x[:-1] @ x[:-1])


def _other_order(x):
    return _line(x[:-1], x[1:])[::-1]


def _correlation(x):
    phi = np.corrcoef(x[:-1], x[1:])[0, 1]
    return np.mean(x[1:]) - phi * np.mean(x[:-1]), phi


def _on_time(x):
    return _line(np.arange(len(x)), x)


def _backwards(x):
    return _line(x[1:], x[:-1])


def _no_error(x):
    try:
        return _line(x[:-1], x[1:])
    except ValueError:
        return np.mean(x), 0.0


def _raises_if(hopeless):
    """A right fit that raises ValueError in cases of its own."""
    def fit(x):
        x = np.asarray(x, dtype=float)
        if hopeless(x):
            raise ValueError("undefined")
        with np.errstate(all="ignore"):
            phi = np.cov(x[:-1], x[1:], ddof=0)[0, 1] / np.var(x[:-1])
            return np.mean(x[1:]) - phi * np.mean(x[:-1]), phi
    return fit


_if_it_starts_level = _raises_if(lambda x: len(x) < 3 or x[0] == x[1])
_if_all_are_equal = _raises_if(
    lambda x: len(x) < 3 or np.ptp(x) == 0 or (len(x) == 3 and x[0] == x[1]))
_if_it_hardly_varies = _raises_if(lambda x: len(x) < 3 or np.var(x[:-1]) < 0.2)
_if_few_values = _raises_if(lambda x: len(set(x)) < 3)


def _is_a_nearest_mean(nearest_mean) -> None:
    cases = (
        ([190, 190, 200], [3000, 4000, 5000], [190], [3500]),          # equal inputs
        ([10, 20], [1, 3], [15], [2]),                                 # on both sides
        ([10, 20], [1, 3], [16, 11], [3, 1]),
        ([5], [7], [0, 5, 99], [7, 7, 7]),                             # one example
        ([1, 1, 3, 9], [0, 3, 6, 100], [2, 8, 1], [3, 100, 1.5]),      # both kinds of tie
        ([30, 10, 20], [3, 1, 2], [21], [2]),                          # not sorted
        ([-2, 2, 2, 2], [0, 4, 4, 4], [0], [3]),                       # each example counts
        ([190, 200, 190], [3000, 9000, 4000], [190], [3500]),          # equal, not side by side
        ([10, 10.5], [1, 3], [10.1, 10.4], [1, 3]),                    # no whole numbers
        ([0, 2.001], [1, 3], [1], [1]),                                # nearly a tie is none
    )
    for x, y, new, right in cases:
        told = f"for x_train = {x}, y_train = {y}, x_new = {new}"
        for kind in (list, np.array):
            given = [kind(x), kind(y), kind(new)]
            found = np.asarray(nearest_mean(*given), dtype=float)
            assert found.shape == (len(new),), (
                f"{told} it returns the shape {found.shape}, not ({len(new)},)")
            assert np.allclose(found, right), f"{told} it returns {found.tolist()}, not {right}"
            assert [list(a) for a in given] == [x, y, new], f"{told} it changed an argument"


def _gaps(x, new, dtype=float):
    """How far each new input is from each example, ``(new, n)``."""
    return np.abs(np.subtract.outer(np.asarray(new, dtype), np.asarray(x, dtype)))


def _weighted(weights, y):
    """For each row of weights the mean of y with them."""
    return weights @ np.asarray(y, float) / weights.sum(axis=1)


def _first_of_the_nearest(x, y, new):
    gaps = _gaps(x, new)
    return np.asarray(y, float)[gaps.argmin(axis=1)]


def _same_input_as_the_first(x, y, new):
    x, y = np.asarray(x, float), np.asarray(y, float)
    firsts = x[_gaps(x, new).argmin(axis=1)]
    return np.array([y[x == first].mean() for first in firsts])


def _equal_only(x, y, new):
    x, y = np.asarray(x, float), np.asarray(y, float)
    return np.array([y[x == v].mean() if np.any(x == v) else y.mean() for v in new])


def _two_nearest(x, y, new):
    gaps = _gaps(x, new)
    return np.asarray(y, float)[np.argsort(gaps, axis=1)[:, :2]].mean(axis=1)


def _as_a_set(x, y, new):
    pairs = np.array(sorted(set(zip(map(float, x), map(float, y), strict=True))))
    gaps = _gaps(pairs[:, 0], new)
    return _weighted(gaps == gaps.min(axis=1, keepdims=True), pairs[:, 1])


def _median(x, y, new):
    gaps = _gaps(x, new)
    return np.array([np.median(np.asarray(y, float)[row == row.min()]) for row in gaps])


def _run_of_ties(x, y, new):
    """Average the rows that follow the first of the nearest without a break."""
    y, answers = np.asarray(y, float), []
    for gaps in _gaps(x, new):
        start = stop = gaps.argmin()
        while stop < len(gaps) and gaps[stop] == gaps[start]:
            stop += 1
        answers.append(y[start:stop].mean())
    return np.array(answers)


def _nearly_as_near(x, y, new):
    gaps = _gaps(x, new)
    return _weighted(gaps < gaps.min(axis=1, keepdims=True) + 0.9, y)


def _whole_numbers(x, y, new):
    gaps = _gaps(x, new, int)
    return _weighted(gaps == gaps.min(axis=1, keepdims=True), y)


def _soft_weights(x, y, new):
    gaps = _gaps(x, new)
    return _weighted(np.exp(-100 * (gaps - gaps.min(axis=1, keepdims=True))), y)


ANSWERS = {
    "learning-problem-1": Array(
        (1 / 4, 1 / 12, 1 / 3, 1 / 3), ask="A, B, C, D =",
        hints=("C and D share one number. What is the record's probability, as a formula?",
               "How often did “C or D” come? Use the theorem on three values."),
        wrong=(((3 / 12, 1 / 12, 6 / 12, 2 / 12),
                "That is the empirical distribution: it gives C and D different probabilities."),
               ((1 / 4, 1 / 4, 1 / 4, 1 / 4), "Nobody said that A, B and C are equally probable."),
               ((1 / 4, 1 / 12, 2 / 3, 2 / 3), "These add up to more than 1: C and D share 2/3."),
               ((4 / 16, 2 / 16, 5 / 16, 5 / 16),
                "Adding one to each count is another method; it makes this record less "
                "probable."))),
    "learning-problem-2": Number(
        (2 - np.sqrt(2)) / 3, ask="risk =",
        hints=("Which class does the Bayes classifier name at x? Where does it change?",
               "At x it is wrong with the smaller of the probabilities x² and 1 − x².",
               "Integrate x² up to 1/√2, and 1 − x² from there on."),
        wrong=((1 / 4, "The most probable class does not change at x = 1/2: there x² is 1/4."),
               (1 / 3, "That is the risk of always saying 0."),
               (2 / 3, "That is the risk of always saying 1."),
               ((1 + np.sqrt(2)) / 3, "That is the probability of being right: take 1 minus it."),
               (4 / 15, "That is the risk of saying 1 with probability x²: name the most "
                        "probable class instead."))),
    "learning-problem-3": Choice(
        _PAIRS, _PAIRS[0], ask="They are i.i.d. if you",
        hints=("Ask of each: does it help, for guessing the second pair, to know the first?",),
        wrong=((_PAIRS[1], "Each has the same distribution. But what was drawn cannot come again."),
               (_PAIRS[2], "The two birds of a couple are of one species."),
               (_PAIRS[3], "Today's mass is close to yesterday's."))),
    "learning-problem-4": Proof(
        ("Take c above the point c* of the claim. Where Y ≤ c*, the loss of c is larger by "
         "b(c − c*).",
         "Where Y > c*, it is smaller by at most a(c − c*), and by strictly less for "
         "c* < Y < c, which has positive probability.",
         "So the expected loss of c is larger by more than (c − c*)·(b P(Y ≤ c*) − a P(Y > c*)), "
         "and the second factor is (a + b) P(Y ≤ c*) − a = 0.",
         "For c below c* the same comparison, with the roles of a and b exchanged, gives the same "
         "factor again."),
        hints=("Do what the proof for the median does: compare c with the claimed best c*.",)),
    "learning-problem-5": Function(
        _is_a_least_squares_fit, ask="ar1_fit",
        hints=("Plot x₂, x₃, … against x₁, x₂, …: you look for a line through these points.",
               "Which values stand on the horizontal axis? Is the last one among them?",
               "A line is not fixed by points that all stand above one place."),
        wrong=((_about_one_mean, "for x = [1, 2, 3] it returns (2, 0), not (1, 1)"),
               (_without_c, "for x = [1, 2, 3] it returns (0, 1.6), not (1, 1)"),
               (_other_order, "for x = [0, 1, 0] it returns (-1, 1), not (1, -1)"),
               (_correlation, "for x = [1, 2, 4, 8]"),
               (_on_time, "for x = [0, 1, 0]"),
               (_backwards, "for x = [1, 2, 3] it returns (-1, 1), not (1, 1)"),
               (_no_error, "should raise ValueError"),
               (_if_it_starts_level, "for x = [1, 1, 2, 3] one pair is best"),
               (_if_all_are_equal, "for x = [4, 4, 4, 7]"),
               (_if_it_hardly_varies, "for x = [0, 0.001, 0] one pair is best"),
               (_if_few_values, "for x = [0, 1, 0] one pair is best"),
               (lambda x: (1, 1), "for x = [0, 1, 0] it returns (1, 1), not (1, -1)"))),
    "learning-problem-6": Fault(
        _LINES, _LINES[1], ask="The fault is in",
        hints=("At which line does something of the test half reach the training?",),
        wrong=((_LINES[0], "It is the best test there is: we know the truth, 50 %."),
               (_LINES[2], "A permutation has every number once, and its two halves share none."),
               (_LINES[3], "It is a crude way, but crude training would give 50 %, not 90 %."))),
    "learning-problem-7": Choice(
        _SPLITS, _SPLITS[1], ask="The best explanation and cure:", transfer=True,
        hints=("What do two pictures of one patient have in common beside the disease?",),
        wrong=((_SPLITS[0], "With a random split there were pictures of nearly everyone. Did that "
                            "help new patients?"),
               (_SPLITS[2], "With thousands of test pictures luck does not make 99 of 60."),
               (_SPLITS[3], "The same loss gave 99 % and 60 %: what differs is who is tested."))),
    "learning-problem-8": Function(
        _is_a_nearest_mean, ask="nearest_mean",
        hints=("A table of distances: one row for each new input, one column for each example.",
               "In each row, which entries equal the row's smallest? Average their outputs."),
        wrong=((_first_of_the_nearest, "it returns [3000.0], not [3500]"),
               (_same_input_as_the_first, "it returns [1.0], not [2]"),
               (_equal_only, "it returns [2.0, 2.0], not [3, 1]"),
               (_two_nearest, "not [3, 1]"),
               (_as_a_set, "it returns [2.0], not [3]"),
               (_median, "it returns [4.0], not [3]"),
               (_run_of_ties, "it returns [3000.0], not [3500]"),
               (_nearly_as_near, "it returns [2.0, 2.0], not [1, 3]"),
               (_whole_numbers, "it returns [2.0, 2.0], not [1, 3]"),
               (_soft_weights, "for x_train = [0, 2.001]"),
               (lambda x, y, new: np.full(len(new), np.mean(y)), "it returns [4000.0], not [3500]"),
               (lambda x, y, new: [3500], "for x_train = [10, 20]"))),
}
