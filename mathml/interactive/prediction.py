"""``predict``: a question asked before a figure moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from mathml.interactive.mode import is_static
from mathml.interactive.slugs import slug


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
    """Ask the reader what will happen; choosing reveals whether, and why.

    Parameters
    ----------
    question : str
    options : sequence of str
        Two or more distinct answers to choose from.
    answer : str or int
        The right option, or its position counted from 0.
    because : str
        The reason, shown after a choice.

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
    prediction.bundle.update(_static(prediction) if is_static() else _live(prediction))
    return prediction


def _static(p: Prediction) -> dict:
    key = slug(p.question)
    labels = "".join(
        f'<label><input type="radio" name="{key}" value="{i}" autocomplete="off"/> '
        f"{escape(option)}</label>" for i, option in enumerate(p.options))
    replies = "".join(f'<template data-reply="{i}">{escape(p.reply(i))}</template>'
                      for i in range(len(p.options)))
    html = (f'<fieldset class="predict" id="{key}" data-answer="{p.answer}">'
            f"<legend>{escape(p.question)}</legend>{labels}"
            '<div class="predict-says"><p aria-live="polite">Choose: the reason appears here.</p>'
            f'<div class="explorable-room" aria-hidden="true">'
            f'{escape(max((p.reply(i) for i in range(len(p.options))), key=len))}</div></div>'
            f"{replies}<noscript><details><summary>Answer</summary>{escape(p.reply(p.answer))}"
            "</details></noscript></fieldset>")
    return {"text/html": html}


def _live(p: Prediction) -> dict:
    view = {"version_major": 2, "version_minor": 0, "model_id": prediction_box(p).model_id}
    return {"application/vnd.jupyter.widget-view+json": view}


def prediction_box(p: Prediction):
    """Return the question as an ipywidgets box: its text, radio buttons, and the reply."""
    import ipywidgets as widgets

    question = widgets.HTML(f"<strong>{escape(p.question)}</strong>")
    buttons = widgets.RadioButtons(options=list(p.options), index=None, layout={"width": "auto"})
    reply = widgets.HTML()

    def answered(change):
        if change["new"] is not None:
            mark = "✓" if change["new"] == p.answer else "✗"
            reply.value = f'<p role="status">{mark} {escape(p.reply(change["new"]))}</p>'

    buttons.observe(answered, names="index")
    return widgets.VBox([question, buttons, reply])
