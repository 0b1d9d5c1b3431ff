"""Answers to the exercises on probability, conditioning and independence."""

from itertools import product

from mathml.interactive.answer_key import Array, Choice, Function, Number


def _tells_mutual_independence(independent) -> None:
    throws = set(product("HT", repeat=2))
    first, second = ({w for w in throws if w[i] == "H"} for i in (0, 1))
    equal = {w for w in throws if w[0] == w[1]}
    assert independent([first, second], throws), "two different coins are independent"
    assert not independent([first, second, equal], throws), (
        "it calls the two coins and 'equal' independent; they are so only in pairs")
    faces, low, other = set(range(1, 9)), {1, 2, 3, 4}, {1, 5, 6, 7}
    assert not independent([low, low, other], faces), (
        "it calls {1,2,3,4} twice and {1,5,6,7} of eight faces independent: the product over all "
        "three is right, that over two is not")
    assert independent([low, set(), faces], faces), "events of probability 0 and 1 are independent"
    three = set(product("HT", repeat=3))
    heads = [{w for w in three if w[i] == "H"} for i in range(3)]
    assert independent(heads, three), "three different coins are independent"


ANSWERS = {
    "probability-1": Array(
        (2 / 3, 3 / 4), ask="P(A∪B), the formula's value =",
        hints=("List the faces that are even or more than 3.",
               "Four of six faces; the formula gives 1/2 + 1/2 − 1/4.")),
    "probability-2": Number(
        0.65, ask="P(A∪B) =",
        hints=("For independent events P(A∩B) = P(A)P(B).", "0.3 + 0.5 − 0.15.")),
    "probability-3": Number(
        0.34, ask="share =",
        hints=("Spam and not spam form a partition.", "0.9·0.3 + 0.1·0.7.")),
    "probability-4": Choice(
        ("yes", "no", "it cannot be known"), "yes", ask="Independent?",
        hints=("Find P(A∩B) from the union first.", "P(A∩B) = 0.5 + 0.4 − 0.7 = 0.2.")),
    "probability-5": Number(
        0.5072972343239854, ask="probability =",
        hints=("Find the chance that all are different.",
               "One minus the product of (365 − i)/365 for i = 0, …, 22.")),
    "probability-6": Array(
        (1 / 4, 1 / 8), ask="P(A∩B∩C), P(A)P(B)P(C) =",
        hints=("All three happen only for two heads.", "Each of the three has probability 1/2.")),
    "probability-7": Function(
        _tells_mutual_independence, ask="independent",
        hints=("Every choice of two or more events must satisfy the product rule.",
               "itertools.combinations(events, k) for k from 2 to len(events).")),
}
