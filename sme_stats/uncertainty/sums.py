"""Sums of cells by name: which rows of a frame a range of a group is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sme_stats.codelists import size_range
from sme_stats.uncertainty.classes import covers, outside
from sme_stats.uncertainty.cube import Array, Cube

#: Classes with their factors.
Way = tuple[tuple[str, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Sums:
    """Sums of cells, several at once.

    Attributes
    ----------
    row, cell, factor : numpy.ndarray, shape (terms,)
        Number of the sum, row of the frame, and how often the cell counts.
    count : int
        How many sums there are.
    """

    row: Array
    cell: Array
    factor: Array
    count: int

    @classmethod
    def of(cls, masks: Sequence[Array]) -> Sums:
        """Plain sums of the rows that each mask marks."""
        cells = [np.flatnonzero(mask) for mask in masks]
        row = np.repeat(np.arange(len(cells)), [len(c) for c in cells])
        cell = np.concatenate(cells) if cells else np.zeros(0, dtype=int)
        return cls(row, cell, np.ones(len(cell)), len(cells))

    @classmethod
    def cells(cls, rows: Array) -> Sums:
        """Each of some cells by itself."""
        return cls(np.arange(len(rows)), rows, np.ones(len(rows)), len(rows))

    def take(self, rows: Array) -> Sums:
        """Some of the sums, in order."""
        number = np.full(self.count, -1)
        number[rows] = np.arange(len(rows))
        kept = number[self.row] >= 0
        return Sums(number[self.row[kept]], self.cell[kept], self.factor[kept], len(rows))


def ways_of(codes: tuple[str, ...], code: str) -> tuple[Way, ...]:
    """Ways to add up a range: its own class, its parts, or TOTAL less what lies outside.

    Examples
    --------
    >>> ways_of(("0-9", "GE10", "TOTAL"), "0-9")
    ((('0-9',), (1.0,)), (('TOTAL', 'GE10'), (1.0, -1.0)))
    """
    span = size_range(code)
    own = ((code,),) if code in codes else ()
    if code == "TOTAL" or span is None:
        parts = (*own, *(covers(codes, 0, None) if code == "TOTAL" else ()))
        return tuple((way, (1.0,) * len(way)) for way in parts)
    parts = (*own, *(w for w in covers(codes, span.lower, span.upper) if w not in own))
    ways = [(way, (1.0,) * len(way)) for way in parts]
    if "TOTAL" in codes:
        ways += [(("TOTAL", *w), (1.0, *(-1.0,) * len(w))) for w in outside(codes, span)]
    return tuple(ways)


def sums_of(cube: Cube, code: str, groups: Array, position: Array) -> Sums:
    """Sum of a range for some groups, by the way with the fewest cells that are not known.

    Parameters
    ----------
    cube : Cube
        Groups by classes.
    code : str
        Class, range or TOTAL.
    groups : numpy.ndarray
        Groups wanted; a group without the cells for any way gets an empty sum.
    position : numpy.ndarray, shape (groups, codes)
        Row of the frame for each position of the cube.
    """
    best = np.full(len(groups), np.inf)
    chosen = np.full(len(groups), -1)
    ways = ways_of(tuple(cube.codes), code)
    columns = [np.array([cube.at(c) for c in classes], dtype=int) for classes, _ in ways]
    for number, way in enumerate(columns):
        here = cube.present[np.ix_(groups, way)].all(axis=1)
        unknown = (cube.lower < cube.upper)[np.ix_(groups, way)].sum(axis=1)
        cost = np.where(here, unknown + len(way) / 1000, np.inf)
        chosen, best = np.where(cost < best, number, chosen), np.fmin(cost, best)
    row, cell, factor = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0)]
    for number, way in enumerate(columns):
        takers = np.flatnonzero(chosen == number)
        row.append(np.repeat(takers, len(way)))
        cell.append(position[np.ix_(groups[takers], way)].reshape(-1))
        factor.append(np.tile(ways[number][1], len(takers)))
    return Sums(np.concatenate(row), np.concatenate(cell), np.concatenate(factor), len(groups))
