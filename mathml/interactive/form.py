"""The form in which a page with no kernel takes an answer; `assets/exercises.js` brings it to life.

Without scripts its button stays disabled, and a line says why. Which answer is right stands in
``data-key`` as numbers and places, never as words, so a page that a browser translated answers too.
"""

from __future__ import annotations

import json
from html import escape

import numpy as np

from mathml.interactive.answer_key import Array, Choice, Function, Key, Number, Proof

NO_SCRIPT = ('<noscript><p class="check-wants">Without JavaScript this form cannot answer: compare '
             "with the solution below.</p></noscript>")
BUTTON = ' <button type="submit" disabled>Check</button>'
DONE = "I wrote it, and check says ✓ in my notebook."


def form_html(exercise: str, key: Key) -> str:
    """Return the form of an exercise."""
    name = f"check-{exercise}"
    if isinstance(key, Proof):
        data, entry = {"kind": "steps", "steps": len(key.steps)}, _steps(name, key)
    elif isinstance(key, Function):
        data, entry = {"kind": "done"}, _done(name, key)
    elif isinstance(key, Choice):
        data, entry = _choice_data(key), _choice(name, key)
    else:
        data, entry = _numbers_data(key), _numbers(name, key)
    return (f'<form class="check" id="{name}" data-key="{escape(json.dumps(data))}">{entry}'
            f'<output aria-live="polite">○ not attempted yet</output>{NO_SCRIPT}</form>')


def _numbers(name: str, key: Number | Array) -> str:
    return (f'<label for="{name}-entry">{escape(key.ask)}</label> <input type="text" '
            f'id="{name}-entry" aria-describedby="{name}-wants" inputmode="text" '
            f'autocomplete="off" autocapitalize="off" spellcheck="false"/>{BUTTON}'
            f'<p class="check-wants" id="{name}-wants">{escape(key.wants())}</p>')


def _numbers_data(key: Number | Array) -> dict:
    right = key.values()
    wrong = [(key.values(value), hint) for value, hint in key.wrong]
    return {"kind": "numbers", "right": _ranges(right, key.within(right)),
            "near": _ranges(right, key.near(right)), "exactly": key.exactly(), "hints": key.hints,
            "wrong": [[_ranges(values, key.within(values)), hint] for values, hint in wrong]}


def _ranges(values: np.ndarray, within: np.ndarray) -> list:
    """Each value with how far from it an attempt may be, as text: JSON has no infinity."""
    return [[str(float(x)).replace("inf", "Infinity") for x in pair]
            for pair in zip(values, within, strict=True)]


def _choice(name: str, key: Choice) -> str:
    options = "".join(f'<option value="{k}">{escape(option)}</option>'
                      for k, option in enumerate(key.options))
    return (f'<label for="{name}-entry">{escape(key.ask)}</label> <select id="{name}-entry" '
            f'autocomplete="off"><option value="">choose …</option>{options}</select>{BUTTON}')


def _choice_data(key: Choice) -> dict:
    place = key.options.index
    return {"kind": "choice", "right": str(place(key.value)),
            "wrong": {place(text): hint for text, hint in key.wrong}, "hints": key.hints}


def _steps(name: str, key: Proof) -> str:
    steps = "".join(f"<li>{_box(f'{name}-{k}', str(k), step)}</li>"
                    for k, step in enumerate(key.steps, 1))
    return (f'<p class="check-ask">{escape(key.ask)}</p><details><summary>Show the '
            f'{len(key.steps)} steps</summary><ol>{steps}</ol></details>')


def _done(name: str, key: Function) -> str:
    return (f'<p class="check-ask"><code translate="no">{escape(key.ask)}</code> is a program: '
            f'write and check it in the notebook.</p>'
            f'<div class="check-done">{_box(f"{name}-1", "1", DONE)}</div>')


def _box(name: str, value: str, text: str) -> str:
    return (f'<input type="checkbox" id="{name}" value="{value}" autocomplete="off" disabled/> '
            f'<label for="{name}">{escape(text)}</label>')
