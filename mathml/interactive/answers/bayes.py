"""Answers to the exercises on Bayes' theorem."""

import numpy as np
from scipy.special import softmax

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _is_posterior(posterior) -> None:
    tiny = 1e-200
    cases = (
        ("for two observations", [0.3, 0.7], [[0.9, 0.1], [0.2, 0.4]], [27 / 41, 14 / 41]),
        ("for three hypotheses", [0.5, 0.25, 0.25], [[0.2, 0.4, 0.8]], [0.25, 0.25, 0.5]),
        ("for likelihoods that do not sum to 1", [0.5, 0.5], [[3.0, 1.0], [2.0, 5.0]],
         [6 / 11, 5 / 11]),
        ("for 6000 observations", [0.5, 0.5], [[1e-3, 1e-4], [1e-4, 1e-3]] * 3000, [0.5, 0.5]),
        ("where one row excludes a hypothesis that all others favour", [0.5, 0.5],
         [[0.0, 0.5]] + [[0.9, 0.1]] * 400, [0, 1]),
        ("for a prior of 0", [0.0, 0.4, 0.6], [[1.0, 0.3, 0.2]], [0, 0.5, 0.5]),
        ("where the first falls behind and comes back", [0.25, 0.75],
         [[tiny, 1.0]] * 6 + [[1.0, tiny]] * 6, [0.25, 0.75]),
        ("for no observation", [0.2, 0.8], [], [0.2, 0.8]),
    )
    for name, prior, table, right in cases:
        for make in (list, np.array):
            rows = make(table) if table or make is list else np.zeros((0, 2))
            given = make(prior), rows
            with np.errstate(all="ignore"):
                found = np.asarray(posterior(*given), dtype=float)
            assert [np.asarray(part).tolist() for part in given] == [prior, table], (
                f"{name} it changes what it is given")
            assert found.shape == (len(prior),), (
                f"{name} it returns the shape {found.shape}, not ({len(prior)},)")
            assert np.allclose(found, right, atol=1e-9), (
                f"{name} it returns {found.round(4).tolist()}, not {np.round(right, 4).tolist()}")
    for name, prior, table in (("what no hypothesis allows", [0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]]),
                               ("what only a hypothesis of prior 0 allows", [0, 1], [[1.0, 0.0]])):
        try:
            with np.errstate(all="ignore"):
                found = posterior(np.array(prior), np.array(table))
        except ValueError:
            continue
        raise AssertionError(f"for {name} it returns {found} and raises no ValueError")


def _posterior(prior, table, *, use_prior=True, floor=0.0, total=np.sum, refuse=True):
    """The right program, or with one thing done otherwise."""
    prior = np.asarray(prior, dtype=float)
    table = np.reshape(np.asarray(table, dtype=float), (-1, prior.size))
    score = total(np.log(np.maximum(table, floor)), axis=0) if len(table) else 0 * prior
    if use_prior:
        score = score + np.log(prior)
    if refuse and np.all(score == -np.inf):
        raise ValueError("no hypothesis allows what was seen")
    return softmax(score)


def _multiplied(prior, table):
    joint = np.asarray(prior) * np.prod(np.reshape(table, (-1, len(prior))), axis=0)
    return joint / joint.sum()


def _step_by_step(prior, table):
    belief = np.asarray(prior, dtype=float)
    for row in table:
        belief = belief * row
        if belief.sum() == 0:
            raise ValueError("no hypothesis allows what was seen")
        belief = belief / belief.sum()
    return belief


def _in_place(prior, table):
    found = _posterior(prior, table)
    prior[:] = found
    return found


def _first_two(prior, table):
    return _posterior(prior[:2], np.reshape(table, (-1, len(prior)))[:, :2])


ANSWERS = {
    "bayes-1": Number(
        1 / 476, ask="P(ill | positive, negative) =", rtol=1e-3,
        hints=("By which factor does each of the two outcomes multiply the odds?",
               "A negative test has the likelihoods 0.01 and 0.95."),
        wrong=((0.01, "The two tests do not cancel: compare 19.8 with 1/95."),
               (1 / 6, "That is after the first test alone."),
               (1 / 475, "Those are the odds. The probability is odds/(1 + odds)."),
               (1 / 9406, "That is after the negative test alone."))),
    "bayes-2": Array(
        (9 / 13, 35 / 52), ask="P(8 faces), P(at most 6) =", transfer=True,
        hints=("What does the 7 say about the die with 6 faces?",
               "Both throws count: the likelihoods are 0, 1/64 and 1/144.",
               "For the next throw average over the dice that are left."),
        wrong=(((9 / 13, 0.75), "The first is right. The second takes the most probable die for "
                                "certain."),
               ((0.6, 0.65), "You used one of the two throws only."),
               ((0.5, 0.625), "The two dice that are left are not equally probable: a small die "
                              "makes each of its faces more probable."),
               ((4 / 13, 15 / 26), "You have exchanged the two dice."))),
    "bayes-3": Proof(
        ("Write p(d) = P(H | D = d). By Bayes' theorem P(D = d | H) = P(D = d)·p(d)/P(H).",
         "So the left side is Σ P(D = d)·p(d)²/P(H).",
         "By the theorem the mean of the p(d), weighted by P(D = d), is P(H). So 0 ≤ "
         "Σ P(D = d)·(p(d) − P(H))² = Σ P(D = d)·p(d)² − P(H)².",
         "Hence the left side is at least P(H)²/P(H) = P(H).",
         "It is equal exactly if every p(d) is P(H): if no outcome says anything about H."),
        hints=("Turn P(D = d | H) round by Bayes' theorem.",
               "Which sum of squares is never negative, if the P(H | D = d) have the mean P(H)?")),
    "bayes-4": Function(
        _is_posterior, ask="posterior",
        hints=("Add logarithms over the rows. The logarithm of 0 is −∞, and that is what you want.",
               "Subtract the largest sum before you take exponentials: one weight is then 1.",
               "Do not divide by anything before all rows are in: what is rounded to 0 stays 0."),
        wrong=((_multiplied, "for 6000 observations"),
               (_step_by_step, "falls behind and comes back"),
               (lambda prior, table: _posterior(prior, table, floor=1e-12),
                "excludes a hypothesis that all others favour"),
               (lambda prior, table: _posterior(prior, table, floor=1e-300),
                "excludes a hypothesis that all others favour"),
               (lambda prior, table: _multiplied(prior, np.asarray(table, dtype=np.longdouble)),
                "for 6000 observations"),
               (lambda prior, table: _posterior(prior, table, use_prior=False),
                "for two observations"),
               (lambda prior, table: _posterior(prior, table, total=np.mean),
                "for two observations"),
               (lambda prior, table: _posterior(prior, table, refuse=False),
                "raises no ValueError"),
               (lambda prior, table: _posterior(prior, table[-1:]), "for two observations"),
               (_first_two, "for three hypotheses"),
               (_in_place, "it changes what it is given"),
               (lambda prior, table: np.array([27 / 41, 14 / 41]), "for three hypotheses"))),
    "bayes-5": Fault(
        ("(a)", "(b)", "(c)", "(d)"), "(c)", ask="It is",
        hints=("The likelihood is the probability of what you *observed*. What did you observe?",
               "Suppose that the coins show heads and tails. What may he say?"),
        wrong=(("(a)", "Two fair coins have four outcomes of the same probability."),
               ("(b)", "With two tails he takes a coin that shows tails."),
               ("(d)", "That is Bayes' theorem. Are the likelihoods equal?"))),
    "bayes-6": Choice(
        ("20, since the rule is the same", "30", "72", "100: 200 would be ten times as many"),
        "72", ask="About", transfer=True,
        hints=("What has changed: the prior, or the likelihood ratio?",
               "By which factor do the odds grow, before the rule and so after it?"),
        wrong=(("20, since the rule is the same",
                "The rule's two rates are the same. What it meets is not."),
               ("30", "Is anything added here? Work with odds."),
               ("100: 200 would be ten times as many",
                "Ten times as large are the odds, not the probability."))),
    "bayes-7": Proof(
        ("If the person is healthy, all n are positive with probability ε + (1 − ε)qⁿ.",
         "This is at least ε, and for an ill person the probability is at most 1.",
         "So the likelihood ratio of all n results together is at most 1/ε, and by Bayes in odds "
         "the posterior odds are at most the prior odds times 1/ε.",
         "Without confusion the ratio is (s/q)ⁿ, if an ill person is positive with probability s. "
         "For s > q > 0 it grows without a limit: certainty that the laboratory cannot deliver."),
        transfer=True,
        hints=("How can n positive results come about for a healthy person?",
               "A ratio is at most something if its upper part is small enough and its lower part "
               "large enough.")),
}
