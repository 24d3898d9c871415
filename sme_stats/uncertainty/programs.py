"""Linear programs over what rules leave open: the sharpest ends of every unknown cell.

Rules that share unknown cells form a block. A block of one rule is sharp after propagation; the
others are solved by HiGHS (scipy), many blocks in one sparse model, so that the cost of a call is
paid once for thousands of blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.solving import solve
from sme_stats.uncertainty.system import System

#: Columns of one linear program: large enough to spread the cost of a call, small enough that
#: the simplex stays quick.
MOST_COLUMNS = 20_000
#: Rounds in which one solution is tried as the extreme of many cells at once.
ROUNDS = 4
_CLOSE = 1e-7
#: Relative width below which a cell is known; wider ones are kept as unknown, so that no slack of
#: a large cell hides or makes a contradiction.
_TIGHT = 1e-10


@dataclass
class Open:
    """The part of a system that is still open: unknown cells and the rules over them.

    Attributes
    ----------
    cells, rules : numpy.ndarray
        Columns and rows of the whole system.
    matrix : scipy.sparse.csr_array, shape (rules, cells)
    low, high : numpy.ndarray, shape (rules,)
        Ends of the rules less what the known cells contribute.
    lower, upper : numpy.ndarray, shape (cells,)
    block : numpy.ndarray, shape (cells,)
        Number of the block that each cell belongs to.
    """

    cells: Array
    rules: Array
    matrix: sparse.csr_array
    low: Array
    high: Array
    lower: Array
    upper: Array
    block: Array

    def only(self, blocks: Array) -> Open:
        """Keep some blocks."""
        columns = np.flatnonzero(np.isin(self.block, blocks))
        matrix = self.matrix[:, columns]
        rows = np.flatnonzero(np.diff(matrix.indptr) > 0)
        return Open(
            self.cells[columns], self.rules[rows], matrix[rows], self.low[rows], self.high[rows],
            self.lower[columns], self.upper[columns], self.block[columns],
        )  # fmt: skip


def open_part(
    system: System, lower: Array, upper: Array, broken: Array, least: int = 2
) -> Open:  # fmt: skip
    """Cut out unknown cells, block by block: of blocks with at least so many rules."""
    # Where an end is infinite the comparison with an infinite width would fail.
    narrow = _TIGHT * np.maximum(1.0, np.abs(np.where(np.isfinite(lower), lower, 0.0)))
    unknown = upper - lower > narrow
    columns = np.flatnonzero(unknown)
    known = np.where(unknown, 0.0, np.nan_to_num(lower))
    whole = sparse.csr_array(
        (system.factor, (system.rule, system.cell)), shape=(len(system.low), len(lower))
    )
    offset = whole @ known
    matrix = whole[:, columns]
    absent = np.isnan(lower).astype(float)
    usable = ~broken & (np.diff(matrix.indptr) > 1) & (whole @ absent == 0)
    rows = np.flatnonzero(usable)
    part = Open(
        columns, rows, matrix[rows], system.low[rows] - offset[rows],
        system.high[rows] - offset[rows], lower[columns], upper[columns], np.zeros(len(columns)),
    )  # fmt: skip
    part.block = _blocks(part.matrix)
    return part.only(np.flatnonzero(rules_in(part) >= least))


def rules_in(part: Open) -> Array:
    """How many rules each block has, by its number."""
    own = part.block[part.matrix.indices[part.matrix.indptr[:-1]]].astype(int)
    counts: Array = np.bincount(own, minlength=int(part.block.max(initial=-1)) + 1)
    return counts


def _blocks(matrix: sparse.csr_array) -> Array:
    """Number of each column's connected component."""
    rules, cells = matrix.shape
    pattern = sparse.csr_array(
        (np.ones(len(matrix.indices)), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    graph = sparse.block_array([[None, pattern], [pattern.T, None]], format="csr")
    if not rules:
        return np.arange(cells)
    labels: Array = connected_components(graph.astype(float), directed=False)[1]
    return labels[rules:]


def joined(system: System, broken: Array, cells: Array) -> Array:
    """Unknown cells that some cells are connected with, through rules that are not broken.

    Returns
    -------
    numpy.ndarray of int, shape (cells,)
        Number of the block, -1 outside of the blocks of `cells` (a mask).
    """
    unknown = system.lower < system.upper
    term = unknown[system.cell] & ~broken[system.rule]
    columns = np.flatnonzero(unknown)
    place = np.searchsorted(columns, system.cell[term])
    pattern = sparse.csr_array(
        (np.ones(int(term.sum())), (system.rule[term], place)),
        shape=(len(system.low), len(columns)),
    )
    label = _blocks(pattern)
    out = np.full(len(unknown), -1)
    out[columns] = np.where(np.isin(label, label[cells[columns]]), label, -1)
    return out


def find_infeasible(part: Open) -> tuple[Array, Open]:
    """Blocks whose rules contradict each other: the least sum of violations is not zero.

    Returns
    -------
    tuple
        Numbers of those blocks, and the part with its rules widened by what floats alone miss, so
        that programs over the other blocks are feasible.
    """
    if not len(part.rules):
        return np.zeros(0, dtype=int), part
    rows, cells = part.matrix.shape
    slack = sparse.eye_array(rows, format="csr")
    matrix = sparse.hstack([part.matrix, slack, -slack], format="csr")
    cost = np.concatenate([np.zeros(cells), np.ones(2 * rows)])
    bounds = [*zip(part.lower, part.upper, strict=True), *[(0.0, np.inf)] * (2 * rows)]
    solved = solve(cost, matrix, part.low, part.high, bounds)
    under, over = solved[cells : cells + rows], solved[cells + rows :]
    size = np.maximum(1.0, np.abs(np.where(np.isfinite(part.low), part.low, part.high)))
    wrong = under + over > 1e-6 + 1e-9 * size
    blocks = np.unique(part.block[part.matrix.indices[part.matrix.indptr[:-1][wrong]]])
    return blocks, replace(part, low=part.low - under, high=part.high + over)


def sharpen(part: Open) -> tuple[Array, Array]:
    """Sharpest lower and upper of every cell of an open part whose blocks are feasible."""
    lower, upper = part.lower.copy(), part.upper.copy()
    todo = {"least": np.isfinite(lower) | ~_endless(part, -1.0),
            "most": np.isfinite(upper) | ~_endless(part, 1.0)}  # fmt: skip
    for turn in range(ROUNDS):
        for side, sign in (("least", 1.0), ("most", -1.0)):
            if todo[side].any():
                cost = sign * todo[side] * (1.0 if turn % 2 == 0 else _weights(len(lower), turn))
                _strike(part, cost, lower, upper, todo)
    for side, sign, ends in (("least", 1.0, lower), ("most", -1.0, upper)):
        for chosen in _chunks(part, np.flatnonzero(todo[side])):
            ends[chosen] = _extremes(part, chosen, sign)
    return lower, upper


def _endless(part: Open, sign: float) -> Array:
    """Cells that can grow (fall) without end: those that some ray of the feasible set moves."""
    cells = len(part.cells)
    out = np.zeros(cells, dtype=bool)
    if np.isfinite(part.upper if sign > 0 else part.lower).all():
        return out
    down, up = np.isinf(part.lower), np.isinf(part.upper)
    cone = replace(
        part, low=np.where(np.isfinite(part.low), 0.0, -np.inf),
        high=np.where(np.isfinite(part.high), 0.0, np.inf),
        lower=np.where(down, -1.0, 0.0), upper=np.where(up, 1.0, 0.0),
    )  # fmt: skip
    if sign > 0 and not down.any():
        return _all_rays(cone)
    for chosen in _chunks(cone, np.flatnonzero(up if sign > 0 else down)):
        out[chosen] = sign * _extremes(cone, chosen, -sign) > _CLOSE
    return out


def _all_rays(cone: Open) -> Array:
    """Cells that rays move where nothing falls: rays add up, so one program finds them all.

    Move every cell by as much as one, if it can be; how far the others go then does not matter.
    """
    cells = len(cone.cells)
    identity = sparse.eye_array(cells, format="csr")
    matrix = sparse.block_array([[cone.matrix, None], [-identity, identity]], format="csr")
    ends = [(0.0, np.inf if up else 0.0) for up in cone.upper] + [(0.0, 1.0)] * cells
    solved = solve(
        np.concatenate([np.zeros(cells), -np.ones(cells)]), matrix,
        np.concatenate([cone.low, np.full(cells, -np.inf)]),
        np.concatenate([cone.high, np.zeros(cells)]), ends,
    )  # fmt: skip
    moved: Array = solved[cells:] > _CLOSE
    return moved


def _sides(part: Open) -> tuple[sparse.csr_array, Array, Array, list[tuple[float, float]]]:
    return part.matrix, part.low, part.high, list(zip(part.lower, part.upper, strict=True))


def _weights(size: int, seed: int) -> Array:
    # Another mix of the cells reaches other corners; seeded, so that runs agree.
    return np.random.default_rng(seed).uniform(0.5, 1.5, size)


def _strike(part: Open, cost: Array, lower: Array, upper: Array, todo: dict[str, Array]) -> None:
    """Solve once for all; a cell that reaches its propagated end there has that end for sure.

    Each cell of the sum has an end, or `_endless` had left it out, so the sum has one.
    """
    solved = solve(cost, *_sides(part))
    near = _CLOSE * np.maximum(1.0, np.abs(solved))
    todo["least"] &= ~(solved <= lower + near)
    todo["most"] &= ~(solved >= upper - near)


def _chunks(part: Open, wanted: Array) -> Iterator[Array]:
    """Cells to solve for, in portions whose copies of blocks fill one program."""
    sizes = np.bincount(part.block.astype(int))
    columns = np.cumsum(sizes[part.block[wanted].astype(int)])
    for portion in range(int(columns[-1] // MOST_COLUMNS) + 1 if len(columns) else 0):
        chosen = wanted[columns // MOST_COLUMNS == portion]
        if len(chosen):
            yield chosen


def _extremes(part: Open, chosen: Array, sign: float) -> Array:
    """One copy of its block for each cell, all in one program, each cell its own objective."""
    by_block = {int(b): part.only(np.array([b])) for b in np.unique(part.block[chosen])}
    copies = [by_block[int(part.block[c])] for c in chosen]
    offsets = np.cumsum([0, *(len(c.cells) for c in copies)])
    own = np.array([
        offset + int(np.flatnonzero(copy.cells == part.cells[cell])[0])
        for offset, copy, cell in zip(offsets, copies, chosen, strict=False)
    ])  # fmt: skip
    cost = np.zeros(offsets[-1])
    cost[own] = sign
    bounds = [pair for c in copies for pair in zip(c.lower, c.upper, strict=True)]
    solved = solve(
        cost, sparse.block_diag([c.matrix for c in copies], format="csr"),
        np.concatenate([c.low for c in copies]), np.concatenate([c.high for c in copies]), bounds,
    )  # fmt: skip
    ends: Array = solved[own]
    return ends
