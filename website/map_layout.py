"""Where the boxes of the map stand: rows by need, few crossings, lines that go round boxes.

The usual layered drawing of a directed graph (Sugiyama, Tagawa and Toda 1981): rows by longest
path, a dummy wherever a line passes a row, neighbours' means to order the rows and to place them.
"""

from __future__ import annotations

from itertools import pairwise

PER_ROW = 4
LEAST_WIDTH = 688.0  # that of the text
SWEEPS = 8


def assign_rows(needs: dict[str, list[str]]) -> dict[str, int]:
    """Return each name's row: below all its needs, and not far above what first needs it."""
    depth: dict[str, int] = {}

    def place(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max(map(place, needs[name]), default=-1)
        return depth[name]

    for name in needs:
        place(name)
    users = {name: [n for n in needs if name in needs[n]] for name in needs}
    for name in needs:
        if not needs[name] and users[name]:
            depth[name] = min(depth[user] for user in users[name]) - 1
    row_of, row = {}, 0
    for level in range(1 + max(depth.values())):
        here = [name for name in needs if depth[name] == level]
        n_lines = -(-len(here) // PER_ROW)
        size = -(-len(here) // n_lines)
        row_of |= {name: row + i // size for i, name in enumerate(here)}
        row += n_lines
    return row_of


def lay_out(needs: dict[str, list[str]], widths: tuple[float, float]):
    """Return positions, lines and the drawing's width.

    Parameters
    ----------
    needs : dict of str to list of str
        No name may need itself, directly or not.
    widths : (float, float)
        The room of a box and of a passing line.

    Returns
    -------
    place : dict of str to (float, int)
        The middle and the row of each box.
    lines : list of list of (float, int)
        For each need the places its line goes through, from the need to what needs it.
    width : float
    """
    row_of = assign_rows(needs)
    rows: list[list] = [[] for _ in range(1 + max(row_of.values()))]
    for name, row in row_of.items():
        rows[row].append(name)
    chains = []
    for name in needs:
        for need in needs[name]:
            passing = [(need, name, row) for row in range(row_of[need] + 1, row_of[name])]
            for dummy in passing:
                rows[dummy[2]].append(dummy)
            chains.append([need, *passing, name])
    width = max(LEAST_WIDTH, *(sum(_room(n, widths) for n in row) for row in rows))
    x = _place(rows, chains, widths, width)
    row_of |= {n: r for r, row in enumerate(rows) for n in row}
    at = {n: (x[n], row_of[n]) for n in x}
    lines = [[at[n] for n in chain] for chain in chains]
    return {name: at[name] for name in needs}, lines, width


def _room(name, widths: tuple[float, float]) -> float:
    return widths[1] if isinstance(name, tuple) else widths[0]


def _place(rows: list[list], chains: list[list], widths, width: float) -> dict:
    """Move each row towards its neighbours, downwards and upwards in turn."""
    near: dict = {name: [] for row in rows for name in row}
    for chain in chains:
        for a, b in pairwise(chain):
            near[a].append(b)
            near[b].append(a)
    x: dict = {}
    for row in rows:
        _pack(row, {n: width * (i + 0.5) / len(row) for i, n in enumerate(row)}, widths, width, x)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = {n: sum(x[m] for m in near[n]) / len(near[n]) if near[n] else x[n]
                      for n in row}
            row.sort(key=lambda n: wanted[n])
            _pack(row, wanted, widths, width, x)
    return x


def _pack(row: list, wanted: dict, widths, width: float, x: dict) -> None:
    """Put a row as near to the wanted places as its boxes allow, in order, from 0 to `width`."""
    edge = 0.0
    for name in row:
        half = _room(name, widths) / 2
        x[name] = max(wanted[name], edge + half)
        edge = x[name] + half
    edge = width
    for name in reversed(row):
        half = _room(name, widths) / 2
        x[name] = min(x[name], edge - half)
        edge = x[name] - half
