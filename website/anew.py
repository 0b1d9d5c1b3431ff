"""Which pages are written again although their own text has not changed.

Sphinx writes a page when its source changed. Around the text stand facts of other origin: what the
other chapters hold, and when git last saw a change.
"""

from __future__ import annotations


def where_changed(env, name: str, facts: dict) -> list[str]:
    """Return the pages whose fact differs from what it was in the last build, and keep the new.

    Parameters
    ----------
    env : BuildEnvironment
    name : str
        Under which the facts are kept in it.
    facts : dict
        By page; what can be compared.
    """
    before = getattr(env, name, {})
    setattr(env, name, facts)
    return sorted(page for page in env.found_docs if facts.get(page) != before.get(page))
