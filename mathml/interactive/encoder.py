"""One picture plus only what differs: how a book page stores every state of a moving figure.

A figure with 40 slider positions is 40 SVG drawings that agree almost everywhere. ``encode`` keeps
the first whole and, for every place where some drawing differs, the list of what stands there:

* ``attr``: an attribute of one element (a curve's ``d``, a point's ``x``, a colour);
* ``text``: the text of one element (a tick label, an annotation);
* ``run``: a run of neighbouring children, as markup (a changing number of ticks or curves).

Each value is stored once, and places that change in step share one list of indices. ``apply_state``
restores any drawing exactly; the script on the page does the same in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass

from mathml.interactive._tree import Node, parse, serialise


@dataclass(frozen=True)
class Slot:
    """A place in the base drawing that is not the same in every state.

    Attributes
    ----------
    element : int
        Position of the element among all elements of the base, in document order.
    kind : str
        ``"attr"``, ``"text"`` or ``"run"``.
    where : str or tuple of int
        The attribute's name; ``""`` for text; for a run, how many children stand before it and
        how many after it.
    values : tuple of (str or None)
        The different contents, each once. ``None`` means that the attribute is absent.
    pattern : int
        Which of the encoding's patterns says what value each state shows.
    """

    element: int
    kind: str
    where: str | tuple[int, int]
    values: tuple[str | None, ...]
    pattern: int


@dataclass(frozen=True)
class Encoding:
    """A base drawing, the slots that vary, and the patterns (one index per state) they follow."""

    base: str
    slots: tuple[Slot, ...]
    patterns: tuple[tuple[int, ...], ...]
    n_states: int

    def as_json(self) -> dict:
        """Return what the page's script needs, as lists and strings."""
        slots = [[s.element, s.kind, s.where, s.values, s.pattern] for s in self.slots]
        return {"slots": slots, "patterns": self.patterns}


def encode(frames: list[str], *, base: int = 0) -> Encoding:
    """Store a list of drawings as one base and its differences.

    Parameters
    ----------
    frames : list of str
        XML texts with the same root tag, one per state.
    base : int, default 0
        Which of them stands in the page before anything moves.

    Returns
    -------
    Encoding
        With ``apply_state(encoding, k) == canonical(frames[k])`` for every ``k``.

    Raises
    ------
    ValueError
        If there is no frame, or the roots differ.

    Examples
    --------
    >>> e = encode(["<svg><path d='M0 0'/></svg>", "<svg><path d='M0 9'/></svg>"])
    >>> e.base
    '<svg><path d="M0 0"/></svg>'
    >>> e.slots[0].values
    ('M0 0', 'M0 9')
    >>> apply_state(e, 1)
    '<svg><path d="M0 9"/></svg>'
    """
    if not frames:
        raise ValueError("frames must hold at least one drawing, got none; pass SVG texts")
    trees = [parse(text) for text in frames]
    tags = {tree.tag for tree in trees}
    if len(tags) > 1:
        raise ValueError(f"frames must share one root tag, got {sorted(tags)}; "
                         "draw every state with the same function")
    encoder = _Encoder(trees[base])
    encoder.compare(trees, trees[base])
    return Encoding(serialise(trees[base]), tuple(encoder.slots), tuple(encoder.patterns),
                    len(frames))


def canonical(text: str) -> str:
    """Return XML text in the one spelling that ``encode`` works with."""
    return serialise(parse(text))


def apply_state(encoding: Encoding, state: int) -> str:
    """Return the drawing of one state, exactly as ``encode`` was given it."""
    tree = parse(encoding.base)
    elements = list(tree.elements())
    for slot in encoding.slots:
        value = slot.values[encoding.patterns[slot.pattern][state]]
        _set(elements[slot.element], slot, value)
    return serialise(tree)


def _set(node: Node, slot: Slot, value: str | None) -> None:
    if slot.kind == "attr":
        node.attrs.pop(slot.where, None)
        if value is not None:
            node.attrs[slot.where] = value
    elif slot.kind == "text":
        node.children = [value] if value else []
    else:
        before, after = slot.where
        stop = len(node.children) - after
        node.children[before:stop] = parse(f"<run>{value}</run>").children


class _Encoder:
    """Collects slots and shared patterns while it walks the trees in step."""

    def __init__(self, base: Node):
        self.position = {id(node): i for i, node in enumerate(base.elements())}
        self.slots: list[Slot] = []
        self.patterns: list[tuple[int, ...]] = []
        self._known: dict[tuple[int, ...], int] = {}

    def compare(self, nodes: list[Node], base: Node) -> None:
        for name in sorted({name for node in nodes for name in node.attrs}):
            self.add(base, "attr", name, [node.attrs.get(name) for node in nodes])
        if all(_is_text_only(node) for node in nodes):
            self.add(base, "text", "", ["".join(node.children) for node in nodes])
            return
        before, after = _common_ends([node.children for node in nodes])
        runs = [node.children[before:len(node.children) - after] for node in nodes]
        self.add(base, "run", (before, after), ["".join(map(serialise, run)) for run in runs])
        kept = [*range(before), *range(-after, 0)]
        for i in kept:
            if isinstance(base.children[i], Node):
                self.compare([node.children[i] for node in nodes], base.children[i])

    def add(self, base: Node, kind: str, where, contents: list[str | None]) -> None:
        values = tuple(dict.fromkeys(contents))  # each once, in order of appearance
        if len(values) == 1:
            return
        rank = {value: i for i, value in enumerate(values)}
        pattern = tuple(rank[content] for content in contents)
        number = self._known.setdefault(pattern, len(self.patterns))
        if number == len(self.patterns):
            self.patterns.append(pattern)
        self.slots.append(Slot(self.position[id(base)], kind, where, values, number))


def _is_text_only(node: Node) -> bool:
    return all(isinstance(child, str) for child in node.children) and len(node.children) <= 1


def _common_ends(rows: list[list[Node | str]]) -> tuple[int, int]:
    """Count the children at the start and at the end that correspond in every row."""
    shortest = min(map(len, rows))
    keys = [[_key(child) for child in row] for row in rows]
    before = 0
    while before < shortest and len({row[before] for row in keys}) == 1:
        before += 1
    after = 0
    while after < shortest - before and len({row[-1 - after] for row in keys}) == 1:
        after += 1
    return before, after


def _key(child: Node | str):
    """What two children must share to be treated as the same thing in two states."""
    if isinstance(child, str):
        return child
    first = [c.tag for c in child.children[:2] if isinstance(c, Node)]
    return (child.tag, child.attrs.get("class"), *first)
