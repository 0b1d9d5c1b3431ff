"""Answers to the exercises on gradient descent."""

from mathml.interactive.answer_key import Number

ANSWERS = {
    "gradient-descent-2": Number(1 / 3, ask="largest stable η is below"),
}
