"""Answers to the exercises on probability, conditioning and independence."""

from fractions import Fraction
from itertools import combinations, product
from math import isclose, prod

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof


def _cases():
    """Name, events, outcomes, and whether the events are mutually independent."""
    throws = set(product("HT", repeat=2))
    first, second = ({w for w in throws if w[i] == "H"} for i in (0, 1))
    equal = {w for w in throws if w[0] == w[1]}
    yield "two different coins", [first, second], throws, True
    yield ("two coins and 'equal', which are so only in pairs",
           [first, second, equal], throws, False)
    faces, low, other = set(range(1, 9)), {1, 2, 3, 4}, {1, 5, 6, 7}
    yield ("{1,2,3,4} twice and {1,5,6,7} of eight faces, where only the product over all three is "
           "right"), [low, low, other], faces, False
    yield "events of probability 0 and 1", [low, set(), faces], faces, True
    yield ("two coins, 'equal' and the empty event, where a choice of three fails"), [
        first, second, equal, set()], throws, False
    three = set(product("HT", repeat=3))
    heads = [{w for w in three if w[i] == "H"} for i in range(3)]
    yield "three different coins", heads, three, True
    grid = set(product(range(3), range(5)))
    column, rows = {w for w in grid if w[0] == 0}, {w for w in grid if w[1] < 3}
    yield "1 of 3 and 3 of 5 faces of two dice", [column, rows], grid, True
    many = set(range(400))
    yield "a near miss among 400 outcomes", [set(range(200)), set(range(101, 301))], many, False
    lot = set(range(40_001))
    yield "a near miss among 40 001 outcomes", [set(range(200)), set(range(199, 399))], lot, False
    parity = {w for w in three if w.count("H") % 2 == 0}
    yield ("three coins and 'an even number of heads', where only all four fail",
           [*heads, parity], three, False)
    yield ("{1,2,5,6}, {1,2,3,4} and {1,3,7,8}, where the first and the last fail",
           [{1, 2, 5, 6}, {1, 2, 3, 4}, {1, 3, 7, 8}], faces, False)
    lot = set(range(100_001))
    yield "all but one and all but another of 100 001 outcomes", [lot - {0}, lot - {1}], lot, False
    yield "one event", [low], faces, True


def _tells_mutual_independence(independent) -> None:
    for name, events, omega, right in _cases():
        given = [set(event) for event in events], set(omega)
        found = independent(*given)
        assert given == (events, omega), f"for {name} it changes what it is given"
        assert isinstance(found, (bool, np.bool_)), f"for {name} it returns {found!r}, no bool"
        assert found == right, (
            f"for {name} it returns {found}: they are {'' if right else 'not '}independent")


def _holds(chosen, omega, *, share=Fraction, same=lambda a, b: a == b):
    both = set.intersection(*chosen)
    return same(share(len(both), len(omega)), prod(share(len(e), len(omega)) for e in chosen))


def _independent(events, omega, *, sizes=None, **how):
    sizes = range(2, len(events) + 1) if sizes is None else sizes
    return all(_holds(chosen, omega, **how)
               for k in sizes for chosen in combinations(events, k))


def _pairs_and_all(events, omega):
    return _independent(events, omega, sizes={2, len(events)} - {1})


def _in_place(events, omega):
    right = _independent(events, omega)
    for event in events[1:]:
        events[0].intersection_update(event)
    return right


_HOSPITALS = ("A treats more severe cases: go to A", "A treats more severe cases: go to B",
              "the numbers contradict each other", "B is safer in all: go to B")

ANSWERS = {
    "probability-1": Number(
        0.734, ask="P =", digits=3,
        hints=("Count the multiples of 2, of 3 and of 5; then those of 6, 10 and 15; then of 30.",
               "500 + 333 + 200, minus the pairs, plus the multiples of 30."),
        wrong=((1.033, "Numbers that are divisible by two of them were counted twice."),
               (0.701, "Numbers divisible by all three were counted three times and taken away "
                       "three times: count them once more."),
               (0.733, "That is the product formula. It is nearly right, but 1000 is no multiple "
                       "of 30: count."))),
    "probability-2": Array(
        (5 / 14, 4 / 13), ask="P(second red), P(first red given second red) =",
        hints=("Split by the colour of the first ball, and use the law of total probability.",
               "Both red has the probability 5/14 times 4/13. Divide by P(second red)."),
        wrong=(((4 / 13, 4 / 13), "The first is what you get if the first ball was red. It may "
                                  "have been blue."),
               ((5 / 14, 5 / 14), "If the second is red, one red ball less can have been first."),
               ((5 / 14, 20 / 182), "The second is P(both red): divide by the condition."),
               ((5 / 13, 4 / 13), "The first is what you get if the first ball was blue."))),
    "probability-3": Proof(
        ("(A ∪ B) ∩ C = (A ∩ C) ∪ (B ∩ C), and the overlap of these two is A ∩ B ∩ C.",
         "By inclusion and exclusion its probability is P(A∩C) + P(B∩C) − P(A∩B∩C).",
         "By mutual independence this is (P(A) + P(B) − P(A)P(B))·P(C), and the bracket is "
         "P(A) + P(B) − P(A∩B) = P(A∪B).",
         "In pairs is not enough: for two coins and “equal”, (A∪B)∩C has 1/4, but P(A∪B)P(C) = "
         "3/4·1/2 = 3/8."),
        hints=("Distribute: which two events make up (A ∪ B) ∩ C, and what is their overlap?",
               "Where does the product of all three enter? Which example of the text lacks it?")),
    "probability-4": Function(
        _tells_mutual_independence, ask="independent",
        hints=("Every choice of two or more events must satisfy the product rule.",
               "itertools.combinations(events, k) for k from 2 to len(events).",
               "Fractions keep it exact; or multiply both sides by a power of len(omega)."),
        wrong=((lambda events, omega: _independent(events, omega, sizes=[2]), "only in pairs"),
               (lambda events, omega: _holds(events, omega), "only the product over all three"),
               (_pairs_and_all, "where a choice of three fails"),
               (lambda events, omega: _independent(events, omega, share=lambda a, b: a / b),
                "1 of 3 and 3 of 5"),
               (lambda events, omega: _independent(
                   events, omega, share=lambda a, b: a / b,
                   same=lambda a, b: isclose(a, b, abs_tol=0.05)), "among 400 outcomes"),
               (lambda events, omega: _independent(
                   events, omega, share=lambda a, b: a / b, same=np.isclose),
                "among 40 001 outcomes"),
               (lambda events, omega: _independent(
                   events, omega, share=lambda a, b: a / b, same=isclose), "of 100 001 outcomes"),
               (lambda events, omega: _independent(events, omega, sizes=(2, 3)),
                "where only all four fail"),
               (lambda events, omega: all(_holds(events[:k], omega)
                                          for k in range(2, len(events) + 1)),
                "where the first and the last fail"),
               (_in_place, "it changes what it is given"),
               (lambda events, omega: len(set.intersection(*events)) == 0, "two different coins"))),
    "probability-5": Fault(
        ("line 1", "line 2", "line 3", "line 4", "line 5"), "line 4", ask="It is",
        hints=("List the throws in which at least one die shows a six. How many are there?",
               "Which of them does the program look at?"),
        wrong=(("line 1", "Each face of the first die is equally likely."),
               ("line 2", "So is each face of the second."),
               ("line 3", "The sums that count are 11 and 12."),
               ("line 5", "It takes the share among the throws that line 4 chose. Did it choose "
                          "the right ones?"))),
    "probability-6": Choice(
        _HOSPITALS, _HOSPITALS[0], ask="The explanation:", transfer=True,
        hints=("With which weights do the two kinds of patients enter the number for all?",
               "How ill you are was there before the hospital was chosen. Which comparison is "
               "about you?"),
        wrong=((_HOSPITALS[1], "The first half is right. In which hospital does a smaller share "
                               "of your kind die?"),
               (_HOSPITALS[2], "The penguins did the same. Which weights does each hospital use?"),
               (_HOSPITALS[3], "The share of all compares the patients, too."))),
    "probability-7": Proof(
        ("Two people share day i with probability pᵢ², and the days exclude each other: they share "
         "one with Σ pᵢ².",
         "0 ≤ Σ (pᵢ − 1/N)² = Σ pᵢ² − (2/N)Σ pᵢ + N/N² = Σ pᵢ² − 1/N.",
         "It is 1/N exactly if every square is 0: if all days have the probability 1/N."),
        transfer=True,
        hints=("Use the third axiom for “both on day 1”, “both on day 2”, …",
               "Which sum of squares is 0 if all the pᵢ are 1/N?")),
}
