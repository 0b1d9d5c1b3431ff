"""Answers to the exercises on Bayesian estimation."""

import copy

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _is_shrink(shrink) -> None:
    cases = (
        ("for one group", [[1.5, 2.5, 1.0, 3.0]], 0.0, 1.0, 1.0, [1.6]),
        ("for groups of several lengths", [[9.0], [9.0] * 20, [1.0, 3.0, 8.0]], 5.0, 1.0, 4.0,
         [5.8, 25 / 3, 5 - 3 / 7]),
        ("where m is not the mean of the data", [[4.0, 6.0], [8.0]], -10.0, 2.0, 1.0, [2.0, 2.0]),
        ("for an empty group", [[], [2.0]], 7.0, 1.0, 1.0, [7.0, 4.5]),
        ("if all groups are empty", [[], []], 7.0, 1.0, 1.0, [7.0, 7.0]),
        ("for τ² = 0", [[3.0, 4.0], [5.0]], 1.0, 0.0, 2.0, [1.0, 1.0]),
        ("for zeros and negative numbers", [[0.0, 0.0], [-4.0, -8.0]], 1.0, 1.0, 2.0, [0.5, -2.5]),
        ("for a very vague prior", [[3.0, 4.0], [5.0]], 1.0, 1e9, 1.0, [3.5, 5.0]),
        ("for a very small τ²", [[3.0, 4.0], [5.0]], 1.0, 1e-300, 1.0, [1.0, 1.0]),
        ("for very small variances", [[3.0, 4.0], [5.0]], 1.0, 3e-200, 1e-200, [22 / 7, 4.0]),
        ("for equal numbers out of order", [[5.0, 1.0, 5.0, 5.0]], 0.0, 1.0, 4.0, [2.0]),
        ("for masses in grams", [[3500.0, 3900.0, 4300.0]], 3733.0, 90000.0, 210000.0,
         [3733 + 9 / 16 * 167]),
    )
    for name, groups, m, tau2, sigma2, right in cases:
        for given in (copy.deepcopy(groups), [np.array(g) for g in groups]):
            found = np.asarray(shrink(given, m, tau2, sigma2))
            assert [list(g) for g in given] == groups, f"{name} it changes what it is given"
            assert found.shape == (len(groups),), (
                f"{name} it returns the shape {found.shape}, not ({len(groups)},)")
            assert np.allclose(found, right, rtol=1e-9, atol=1e-9), (
                f"{name} it returns {found.tolist()}, not {right}")


def _shrink(groups, m, tau2, sigma2, *, count=len, mean=np.mean, swap=False, drop=False):
    """The right program, or with one thing done otherwise."""
    means = []
    for group in groups:
        n = count(group)
        w = n * tau2 / (n * tau2 + sigma2) if n * tau2 + sigma2 else 0.0
        if swap:
            w = 1 - w
        if len(group) or not drop:
            means.append(w * mean(group) + (1 - w) * m if len(group) else m)
    return np.array(means)


def _towards_all(groups, m, tau2, sigma2):
    everything = [x for group in groups for x in group]
    return _shrink(groups, np.mean(everything) if everything else m, tau2, sigma2)


def _by_precisions(groups, m, tau2, sigma2):
    return np.array([(sum(g) / sigma2 + m / tau2) / (len(g) / sigma2 + 1 / tau2) for g in groups])


def _without_a_guard(groups, m, tau2, sigma2):
    w = [len(g) * tau2 / (len(g) * tau2 + sigma2) for g in groups]
    return np.array([a * sum(g) / len(g) + (1 - a) * m for a, g in zip(w, groups, strict=True)])


def _with_the_prior_put_in(groups, m, tau2, sigma2):
    found = _shrink(groups, m, tau2, sigma2)
    for k, group in enumerate(groups):
        groups[k] = [*group, m]
    return found


def _with_a_floor(groups, m, tau2, sigma2):
    return _shrink(groups, m, tau2 + 1e-12, sigma2 + 1e-12)


ANSWERS = {
    "bayesian-estimation-1": Number(
        14 * 15 / (32 * 33), ask="probability =",
        hints=("Given θ the two successes are independent, with probability θ². Now average θ².",
               "Predict the first, update the belief by that success, predict the second, "
               "multiply."),
        wrong=(((14 / 32) ** 2, "That is the square of the mean. Are the two patients independent "
                                "if θ is not known?"),
               ((11 / 20) ** 2, "That plugs in 11/20: no prior, and no doubt about θ."),
               ((13 / 30) ** 2, "That squares the mode. Average θ² over the whole belief."),
               (14 / 32, "That is the chance for one patient."),
               (11 / 20 * 10 / 19, "That would draw two of the twenty patients again."),
               (12 * 13 / (22 * 23), "You started from the flat prior. There were earlier "
                                     "trials."))),
    "bayesian-estimation-2": Array(
        (0.32, 4 / 50 / (0.5 / np.sqrt(2))), ask="λ for squares, for absolute values =",
        transfer=True,
        hints=("λ is σ²/(nτ²) for the squares and σ²/(ns) for the absolute values. Which is the s "
               "of a Laplace density with the standard deviation 0.5?",
               "∫ w² e^(−|w|/s)/(2s) dw = 2s²."),
        wrong=(((0.32, 0.16), "s is not the standard deviation of a Laplace density: compute its "
                              "variance."),
               ((0.32, 4 / 50 / 0.25), "0.25 is a variance. The Laplace density has the variance "
                                       "2s²."),
               ((0.16, 4 / 50 / (0.5 / np.sqrt(2))), "0.5 is the standard deviation τ; you need "
                                                     "τ². Or did you give λ/2?"),
               ((16.0, 8 * np.sqrt(2)), "The sum of squares is divided by 2n in J: multiply minus "
                                        "the log-posterior by σ²/n."),
               ((0.16, 0.16), "0.5 is the standard deviation of both. What are τ² and s?"))),
    "bayesian-estimation-3": Proof(
        ("Let m(D) = E[θ | D]. The posterior variance is E[θ² | D] − m(D)².",
         "Averaged over D with the probabilities P(D): E[θ²] − E[m(D)²], since averaging E[θ² | D] "
         "gives E[θ²].",
         "Averaging m(D) gives E[θ]. So the average is (E[θ²] − E[θ]²) − (E[m(D)²] − E[θ]²) = "
         "Var[θ] − Var[m(D)], and Var[m(D)] ≥ 0.",
         "Example: Beta(1, 9) has the variance 9/1100 ≈ 0.0082; after one head Beta(2, 9) has "
         "18/1452 ≈ 0.0124. A surprise widens the belief; the nine times likelier tail narrows "
         "it."),
        hints=("Write the variance given D as a mean of squares minus a square, and average both "
               "terms.",
               "What is the average over D of E[θ | D]?",
               "For the example, let the throw be a surprise.")),
    "bayesian-estimation-4": Function(
        _is_shrink, ask="shrink",
        hints=("The weight w = nτ²/(nτ² + σ²) has another n in each group.",
               "Without data the posterior is the prior. Which of your lines fails for n = 0?",
               "If your program divides by τ²: what happens at τ² = 0?"),
        wrong=((lambda groups, m, tau2, sigma2: _shrink(
                    groups, m, tau2, sigma2, count=lambda g: min(len(g), 1)), "for one group"),
               (lambda groups, m, tau2, sigma2: _shrink(
                    groups, m, tau2, sigma2, swap=True), "for one group"),
               (lambda groups, m, tau2, sigma2: _shrink(
                    groups, m, tau2, sigma2, count=lambda g: len(groups[0])),
                "for groups of several lengths"),
               (_towards_all, "for one group"),
               (_by_precisions, "ZeroDivisionError"),
               (_without_a_guard, "ZeroDivisionError"),
               (lambda groups, m, tau2, sigma2: _shrink(groups, m, tau2**2, sigma2**2),
                "for groups of several lengths"),
               (lambda groups, m, tau2, sigma2: _shrink(groups, m, tau2**0.5, sigma2**0.5),
                "for groups of several lengths"),
               (lambda groups, m, tau2, sigma2: _shrink(groups, m, tau2, sigma2, mean=np.median),
                "for groups of several lengths"),
               (lambda groups, m, tau2, sigma2: _shrink(groups, m, tau2, sigma2,
                                                        mean=lambda g: np.mean(np.unique(g))),
                "for equal numbers"),
               (lambda groups, m, tau2, sigma2: _shrink(groups, m, tau2, sigma2, drop=True),
                "for an empty group it returns the shape"),
               (lambda groups, m, tau2, sigma2: _shrink(groups, 0.0, tau2, sigma2),
                "for groups of several lengths"),
               (lambda groups, m, tau2, sigma2: _shrink(
                    groups, m, tau2, sigma2, count=lambda g: max(len(g) - 1, 0)), "for one group"),
               (_with_the_prior_put_in, "it changes what it is given"),
               (_with_a_floor, "for very small variances"))),
    "bayesian-estimation-5": Fault(
        ("line 1", "line 2", "line 3", "line 4"), "line 2", ask="It is",
        hints=("How often does x enter the belief at the end?",
               "Write down the variance at the end in terms of 1/n."),
        wrong=(("line 1", "That is what was known of μ, and it hardly matters beside the data."),
               ("line 3", "To update a belief by data is right. How often is it done?"),
               ("line 4", "That is the 95 % interval of the belief that it is given."))),
    "bayesian-estimation-6": Choice(
        ("its median is 9", "its mean is 16", "its mode is 4", "its median is 9 and its mean is 16",
         "none of these without knowing the density"),
        "its median is 9", ask="It follows that",
        hints=("Which of the three is defined by probabilities of events alone?",
               "E[θ²] = E[θ]² + Var[θ]. And the density of φ has a factor."),
        wrong=(("its mean is 16", "E[θ²] is 16 plus the variance, which is positive."),
               ("its mode is 4", "The density of φ has the further factor 1/(2θ), which can move "
                                 "the top."),
               ("its median is 9 and its mean is 16", "One half is right. E[θ²] is more than "
                                                      "E[θ]²."),
               ("none of these without knowing the density",
                "P(φ ≤ c²) = P(θ ≤ c) for c > 0, whatever the density."))),
    "bayesian-estimation-7": Proof(
        ("The likelihood is θ^(−n) if θ is at least the largest number x_max, and 0 below. So the "
         "posterior is proportional to θ^(−(n+k+1)) for θ ≥ M = max(c, x_max).",
         "It is the prior's family with M for c and K = n + k for k: the density is "
         "K·M^K/θ^(K+1), which falls. The mode is M, at the border, where no derivative is 0.",
         "Given θ ≥ M, the next number exceeds M with probability 1 − M/θ.",
         "Average: ∫ (M/θ)·K·M^K/θ^(K+1) dθ from M on is K/(K + 1). So the chance is 1/(K + 1) = "
         "1/(n + k + 1)."),
        transfer=True,
        hints=("For which θ are the data possible at all?",
               "The posterior is of the same family as the prior. Which are its two parameters?",
               "Average the probability 1 − M/θ over the posterior.")),
    "bayesian-estimation-8": Choice(
        ("it grows without bound, like √n", "it grows without bound, like 2^n",
         "it tends to a finite limit", "it tends to 1, since the posterior of θ gathers at 1/2"),
        "it grows without bound, like √n", ask="It",
        hints=("The factor is (n + 1) times the probability of exactly n/2 heads with a fair coin.",
               "The number of heads has the standard deviation √n/2. How high is the top of its "
               "bell, roughly?"),
        wrong=(("it grows without bound, like 2^n", "The fair coin gives the sequence 2^(−n), yes. "
                                                   "And the other model gives it about as little."),
               ("it tends to a finite limit", "Compute it for 10 and for 1000 throws."),
               ("it tends to 1, since the posterior of θ gathers at 1/2",
                "The evidence averages over the prior, not over the posterior."))),
}
