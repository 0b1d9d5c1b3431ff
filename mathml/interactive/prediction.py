"""``predict``: a question asked before a figure moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from mathml.interactive.mode import is_static
from mathml.interactive.shown import show
from mathml.interactive.slugs import as_name, slug


@dataclass(frozen=True)
class Prediction:
    """A question, its options, which of them is right, and the reason."""

    question: str
    options: tuple[str, ...]
    answer: int
    because: str
    bundle: dict = field(default_factory=dict, repr=False, compare=False)

    def reply(self, chosen: int) -> str:
        """What the reader is told after choosing an option."""
        if chosen == self.answer:
            return f"Yes. {self.because}"
        return f"Not quite: the answer is “{self.options[self.answer]}”. {self.because}"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/plain": repr(self), **self.bundle}

    def __repr__(self) -> str:
        options = " / ".join(self.options)
        return f"Prediction: {self.question} ({options})"


def predict(question: str, options: Sequence[str], answer: str | int, because: str) -> Prediction:
    """Ask the reader what will happen; the answer reveals whether, and why.

    On a page, what follows the cell stays covered until the reader has answered, or skips: up to
    the next heading, the next question, or ``<!-- cover-end -->`` in the text. Without scripts, and
    on paper, all is seen. In a notebook nothing is covered.

    Parameters
    ----------
    question : str
        Distinct within a page.
    options : sequence of str
        Two or more distinct answers to choose from.
    answer : str or int
        The right option, or its position counted from 0.
    because : str
        The reason, shown after an answer.

    Returns
    -------
    Prediction
        Shown when it is the last expression of a cell.

    Raises
    ------
    ValueError
        If the options are fewer than two or not distinct, or the answer is none of them.

    Examples
    --------
    >>> predict("Is 1 a prime?", ["yes", "no"], "no", "A prime has exactly two divisors.")
    Prediction: Is 1 a prime? (yes / no)
    """
    as_name(question, "question")
    options = tuple(options)
    if len(options) < 2 or len(set(options)) < len(options):
        raise ValueError(f"predict {question!r}: options must be two or more distinct texts, "
                         f"got {options}; reword them")
    if answer in options:
        answer = options.index(answer)
    if isinstance(answer, bool) or not isinstance(answer, int) or not 0 <= answer < len(options):
        raise ValueError(f"predict {question!r}: answer must be one of the options {options}, "
                         f"got {answer!r}; copy the option's text")
    prediction = Prediction(question, options, answer, because)
    prediction.bundle.update(
        _static(prediction) if is_static() else show(prediction_box(prediction)))
    return prediction


def _static(p: Prediction) -> dict:
    key = slug(p.question)
    labels = "".join(
        f'<label><input type="radio" name="{key}" value="{i}" autocomplete="off"/> '
        f"{escape(option)}</label>" for i, option in enumerate(p.options))
    replies = "".join(f'<template data-reply="{i}">{escape(p.reply(i))}</template>'
                      for i in range(len(p.options)))
    answer = f"“{escape(p.options[p.answer])}”. {escape(p.because)}"
    html = (f'<fieldset class="predict" id="{key}" data-answer="{p.answer}">'
            f"<legend>{escape(p.question)}</legend>{labels}"
            '<button type="button" hidden>Check</button>'
            '<p aria-live="polite">Choose an option and press Check: the reason appears here.</p>'
            f'{replies}<p class="predict-printed">Answer: {answer}</p>'
            f"<noscript><details><summary>Answer</summary>{answer}</details></noscript></fieldset>")
    return {"text/html": html}


def prediction_box(p: Prediction):
    """Return the question as an ipywidgets box: its text, radio buttons, Check, and the reply.

    Only Check answers: arrow keys choose as they pass an option, and a widget does not say by what
    it was chosen.
    """
    import ipywidgets as widgets

    question = widgets.HTML(f"<strong>{escape(p.question)}</strong>")
    buttons = widgets.RadioButtons(options=list(p.options), index=None, layout={"width": "auto"})
    check = widgets.Button(description="Check", tooltip=f"Check: {p.question}")
    reply = widgets.HTML()

    def answer(_):
        if buttons.index is None:
            said = "Choose an option first."
        else:
            mark = "✓" if buttons.index == p.answer else "✗"
            said = f"{mark} {escape(p.reply(buttons.index))}"
        reply.value = f'<p role="status">{said}</p>'

    check.on_click(answer)
    return widgets.VBox([question, buttons, check, reply])
