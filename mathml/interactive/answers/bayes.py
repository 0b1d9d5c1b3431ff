"""Answers to the exercises on Bayes' theorem."""

from mathml.interactive.answer_key import Function, Number


def _rejects_inconsistent_evidence(guarded) -> None:
    for prior, likelihood, evidence in ((0.3, 0.9, 0.34), (0.5, 0.5, 0.25), (0.5, 0.25, 0.625)):
        right = prior * likelihood / evidence
        found = guarded(prior, likelihood, evidence)
        assert abs(found - right) < 1e-9, (
            f"for {prior}, {likelihood}, {evidence} it returns {found}, not {right:.6f}")
    for wrong, why in (((0.5, 0.9, 0.1), "below P(D|H)P(H)"),
                       ((0.5, 0.9, 0.96), "above P(D|H)P(H) + 1 − P(H)"),
                       ((0.5, 0.0, 0.0), "0")):
        try:
            found = guarded(*wrong)
        except ValueError:
            continue
        raise AssertionError(f"for {wrong} it returns {found:.3g}; the evidence is {why}, "
                             "so it should raise ValueError")


ANSWERS = {
    "bayes-1": Number(
        0.27 / 0.34, ask="P(spam | word) =",
        hints=("Find the share of all messages with the word first: 0.34.", "0.9·0.3 / 0.34.")),
    "bayes-2": Number(
        0.1, ask="prior =",
        hints=("Which prior odds become 1 when multiplied by 9?",
               "Odds 1 to 9 are a probability of 1/10.")),
    "bayes-3": Number(
        0.972, ask="posterior =",
        hints=("Prior odds 3/7, times 9, times 9.", "Odds o are the probability o/(1 + o).")),
    "bayes-4": Number(
        1 / 6, ask="P(ill | positive) =",
        hints=("Count among 10 000 people: 100 are ill.",
               "99 true and 495 false positive tests.")),
    "bayes-5": Function(
        _rejects_inconsistent_evidence, ask="guarded",
        hints=("P(D) cannot be smaller than P(D ∩ H) = P(D|H)P(H).",
               "It cannot exceed P(D|H)P(H) + 1 − P(H), and must not be 0.")),
    "bayes-6": Number(
        1.3499267169490159, ask="log-odds =",
        hints=("logit 0.3 = log(0.3/0.7).", "Add log(0.9/0.1) = log 9.")),
}
