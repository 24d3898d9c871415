"""Secondary suppression: what else to withhold so that withheld cells cannot be recomputed.

The method of Fischetti and Salazar: a mixed-integer program chooses the cells, linear programs
attack the choice with everything that is public (margins, counts, class limits), and each attack
that comes too near becomes a constraint of the program. After some rounds what is still open is
closed by the cheapest changes of the table that nobody could tell from it, one linear program each.
HiGHS solves all of them; work is bounded by counts, not by a clock, so that runs agree.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Array = np.ndarray[Any, np.dtype[Any]]

#: Rounds of program and attack before the rest is closed cell by cell.
ROUNDS = 6
#: Bounds of the work of one program.
_EFFORT = {"mip_rel_gap": 0.05, "node_limit": 100}
_TINY = 1e-7


@dataclass(frozen=True)
class Cells:
    """Cells of linked tables with what the public knows of each beforehand.

    Attributes
    ----------
    value : numpy.ndarray, shape (cells,)
    lower, upper : numpy.ndarray
        Ends that follow from public counts and class limits alone; finite.
    sums : scipy.sparse.csr_array, shape (rules, cells)
        ``sums @ value = 0``.
    primary : numpy.ndarray of bool
        Cells that the rules withhold.
    fixed : numpy.ndarray of bool
        Cells that are public whatever happens: nobody is in them.
    """

    value: Array
    lower: Array
    upper: Array
    sums: sparse.csr_array
    primary: Array
    fixed: Array

    def needs(self, percent: float) -> tuple[Array, Array]:
        """How far below and above its value each cell is to stay open: `percent` of it.

        Of a withheld zero, by that share of one unit. No further than the public knows anyway.
        """
        wanted = np.where(self.value == 0, 1.0, np.abs(self.value)) * percent / 100
        below = np.minimum(wanted, self.value - self.lower)
        return below, np.minimum(wanted, self.upper - self.value)


def suppress(cells: Cells, percent: float) -> Array:
    """Choose the cells to withhold.

    Parameters
    ----------
    cells : Cells
        Linked tables.
    percent : float
        A withheld cell must stay open by this much of its value, on both sides.

    Returns
    -------
    numpy.ndarray of bool
        The primary cells and those that protect them: least sum of values, few cells.
    """
    chosen = cells.primary.copy()
    if not chosen.any():
        return chosen
    master = _Master(cells)
    below, above = cells.needs(percent)
    for _ in range(ROUNDS):
        better = master.solve()
        if better is None:
            break
        chosen = better
        cuts = attacks(cells, chosen, below, above)
        if not cuts:
            return chosen
        for weight, cell, side in cuts:
            master.add(weight, cell, (below, above)[side][cell])
    while cuts := attacks(cells, chosen, below, above):
        before = int(chosen.sum())
        for _, cell, side in cuts:
            chosen |= _cover(cells, chosen, cell, (-below, above)[side][cell])
        if int(chosen.sum()) == before:  # counts and class limits alone give these cells away
            return ~cells.fixed
    return chosen


def attacks(
    cells: Cells, chosen: Array, below: Array, above: Array
) -> list[tuple[Array, int, int]]:
    """Attack every withheld cell; each that is found too near gives a constraint.

    Returns
    -------
    list of tuple
        Weight of each cell, the cell found, and on which side: below (0) or above (1). It is
        safe where the weighted sum of withheld cells reaches what it needs.
    """
    hidden = np.flatnonzero(chosen)
    inside = cells.sums[:, hidden]
    inside = inside[np.diff(inside.indptr) > 0]
    rules = np.flatnonzero(np.diff(cells.sums[:, hidden].indptr) > 0)
    room = np.column_stack([cells.lower - cells.value, cells.upper - cells.value])
    reached = np.zeros((len(hidden), 2))
    found = []
    for at, cell in enumerate(hidden):
        for side, need in ((0, below[cell]), (1, above[cell])):
            slack = _TINY * max(1.0, abs(cells.value[cell]))
            if need <= slack or reached[at, side] >= need - slack:
                continue
            moves, dual = _reach(inside, room[hidden], at, side)
            reached[:, 0] = np.maximum(reached[:, 0], -moves)
            reached[:, 1] = np.maximum(reached[:, 1], moves)
            if reached[at, side] < need - slack:
                cost = np.zeros(len(cells.value))
                cost[cell] = 1.0 if side == 0 else -1.0
                reduced = cost - cells.sums[rules].T @ dual
                weight = np.maximum(-reduced * room[:, 0], -reduced * room[:, 1])
                found.append((np.clip(weight, 0.0, need), int(cell), side))
    return found


def _reach(sums: sparse.csr_array, room: Array, at: int, side: int) -> tuple[Array, Array]:
    """Farthest that one hidden cell can lie below (0) or above (1) its value, with duals."""
    cost = np.zeros(sums.shape[1])
    cost[at] = 1.0 if side == 0 else -1.0
    if not sums.shape[0]:
        move = np.zeros(sums.shape[1])
        move[at] = room[at, side]
        return move, np.zeros(0)
    solved = linprog(
        cost, A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=room, method="highs"
    )  # fmt: skip
    return np.asarray(solved.x), np.asarray(solved.eqlin.marginals)


def _cover(cells: Cells, chosen: Array, cell: int, change: float) -> Array:
    """Cells of the cheapest other table that has this much more in one cell."""
    open_cells = np.flatnonzero(~cells.fixed)
    matrix = cells.sums[:, open_cells]
    size = float(np.abs(cells.value).max()) or 1.0
    cost = np.where(chosen, 0.0, 0.01 + np.abs(cells.value) / size)[open_cells]
    cost = cost / np.maximum(np.abs(cells.value[open_cells]), 1e-9 * size)
    room = np.concatenate([
        (cells.upper - cells.value)[open_cells], (cells.value - cells.lower)[open_cells]
    ])  # fmt: skip
    at = int(np.flatnonzero(open_cells == cell)[0])
    ends = np.column_stack([np.zeros(len(room)), room])
    more, less = (at, at + len(open_cells)) if change > 0 else (at + len(open_cells), at)
    ends[more], ends[less] = abs(change), 0.0
    solved = linprog(
        np.concatenate([cost, cost]), A_eq=sparse.hstack([matrix, -matrix], format="csr"),
        b_eq=np.zeros(matrix.shape[0]), bounds=ends, method="highs",
    )  # fmt: skip
    out = np.zeros(len(cells.value), dtype=bool)
    if solved.x is not None:
        moved = np.abs(solved.x[: len(open_cells)] - solved.x[len(open_cells) :])
        out[open_cells[moved > _TINY * size]] = True
    return out


@contextmanager
def _silent() -> Iterator[None]:
    """HiGHS prints a line of its own now and then, whatever it is told; JSON must not have it."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class _Master:
    """The mixed-integer program over which cells to withhold."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        size = float(np.abs(cells.value).max()) or 1.0
        self.cost = 0.01 + np.abs(cells.value) / size
        self.rows: list[Array] = []
        self.least: list[float] = []
        self._bridges()

    def _bridges(self) -> None:
        """A cell withheld alone in a sum is the difference of the others."""
        matrix = self.cells.sums
        for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
            members = matrix.indices[start:end]
            members = members[~self.cells.fixed[members]]
            for member in members:
                row = np.zeros(len(self.cost))
                row[members] = 1.0
                row[member] = -1.0
                self.rows.append(row)
                self.least.append(0.0)

    def add(self, weight: Array, cell: int, need: float) -> None:
        """Where `cell` is withheld, the weighted sum of withheld cells must reach `need`."""
        row = weight / need
        row[cell] -= 1.0
        self.rows.append(row)
        self.least.append(0.0)

    def solve(self) -> Array | None:
        """Cheapest choice that meets every constraint so far; None if there is none."""
        constraints = (
            [LinearConstraint(sparse.csr_array(np.array(self.rows)), np.array(self.least), np.inf)]
            if self.rows
            else []
        )
        with _silent():
            solved = milp(
                self.cost, integrality=np.ones(len(self.cost)), constraints=constraints,
                bounds=Bounds(self.cells.primary.astype(float), (~self.cells.fixed).astype(float)),
                options=_EFFORT,
            )  # fmt: skip
        return None if solved.x is None else np.asarray(solved.x) > 0.5
