"""Cells with their withheld ones bounded, and the rules behind, for ends sharper than a group's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sme_stats.frame import codes
from sme_stats.uncertainty.cube import Array, Cube, make, not_blank
from sme_stats.uncertainty.fractions import CONTRADICTED, SHARP, SURE, sharpen
from sme_stats.uncertainty.room import Room
from sme_stats.uncertainty.sums import Sums, sums_of
from sme_stats.uncertainty.withheld import with_system

if TYPE_CHECKING:
    from sme_stats.indicators.values import Values

#: What is said of ends, the worst first.
_WORST = (CONTRADICTED, SURE, SHARP, "")


@dataclass(frozen=True)
class Bounded:
    """Cells of some measures as a cube, and what bounds them.

    Attributes
    ----------
    cells : pandas.DataFrame
        Withheld ones have the ends of `bounds`.
    room : Room or None
        What the rules over the whole frame leave open; None where nothing is withheld.
    rows : numpy.ndarray
        Row of the whole frame for each cell.
    always : bool or None
        Whether to sharpen ends with linear programs: see `sharpen`.
    """

    cells: pd.DataFrame
    room: Room | None
    rows: Array
    always: bool | None = None

    @cached_property
    def cube(self) -> Cube:
        """The cells by groups and size classes."""
        return make(self.cells)

    @cached_property
    def _position(self) -> Array:
        """Row of the whole frame for each position of the cube."""
        position = np.full(self.cube.present.shape, -1)
        position[self.cube.group, self.cube.column] = self.rows
        return position

    def sums(self, code: str, groups: Array) -> Sums:
        """Cells that make up a range in some groups."""
        return sums_of(self.cube, code, groups, self._position)


def bound_cells(
    frame: pd.DataFrame, measures: list[str], always: bool | None = None
) -> Bounded:  # fmt: skip
    """Cells of some measures, withheld ones bounded with the help of the whole frame."""
    withheld = bool(not_blank(frame["conf"]).any())
    cells, room = _with_room(frame) if withheld else (frame, None)
    if set(codes(cells["measure"])) == set(measures):
        return Bounded(cells, room, np.arange(len(cells)), always)
    keep = cells["measure"].isin(measures).to_numpy()
    return Bounded(cells[keep], room, np.flatnonzero(keep), always)


def _with_room(frame: pd.DataFrame) -> tuple[pd.DataFrame, Room]:
    cells, system = with_system(frame)
    return cells, Room(system)


def sharpen_values(
    known: Bounded, numbers: Values, code: str, whole: str = "", groups: Array | None = None
) -> Values:  # fmt: skip
    """Narrow those ends of a range, or of its share in `whole`, that rest on withheld cells.

    Everything else stays as it is; the ends are said to be sharp, sure or contradicted. `numbers`
    are of some groups of the cube, by default of all.
    """
    if known.room is None:
        return numbers
    resting = numbers.keep & numbers.withheld
    rows = np.flatnonzero(resting & (numbers.lower < numbers.upper))
    if not len(rows):
        return replace(numbers, ends=np.where(resting, SHARP, "").astype(object))
    at = rows if groups is None else groups[rows]
    above = known.sums(code, at)
    below = known.sums(whole, at) if whole else None
    factor = 100.0 if whole else 1.0
    ends = numbers.lower[rows], numbers.upper[rows]
    lower, upper, said = narrow(known.room, ends, above, below, factor, known.always, surely=True)
    told = np.where(resting, SHARP, "").astype(object)
    told[rows] = said
    low, high = numbers.lower.copy(), numbers.upper.copy()
    low[rows], high[rows] = lower, upper
    return replace(numbers, lower=low, upper=high, ends=told)


def sharpen_ratio(
    known: Bounded, numbers: Values, above: Sums, below: Sums, factor: Array
) -> Values:  # fmt: skip
    """Narrow ends of ratios of two measures that rest on withheld cells, one sum a number."""
    hidden = numbers.withheld & np.isnan(numbers.value)
    rows = np.flatnonzero(hidden & (numbers.lower < numbers.upper))
    low, high = numbers.lower.copy(), numbers.upper.copy()
    told = np.where(hidden, SHARP, "").astype(object)
    if len(rows) and known.room is not None:
        sums = above.take(rows), below.take(rows)
        low[rows], high[rows], told[rows] = narrow(
            known.room, (low[rows], high[rows]), *sums, factor[rows], known.always
        )
    return replace(numbers, lower=low, upper=high, ends=told, withheld=hidden)


def narrow(
    room: Room, ends: tuple[Array, Array], above: Sums, below: Sums | None,
    factor: float | Array = 1.0, always: bool | None = None, surely: bool = False,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Ends no wider than given, by linear-fractional programs, and what is to be said of them."""
    lower, upper = ends
    made = np.bincount(above.row, minlength=above.count) > 0
    if below is not None:
        made &= np.bincount(below.row, minlength=above.count) > 0
    found = sharpen(room, above, below, always, surely)
    low, high = factor * found.lower, factor * found.upper
    # A program's last digits are no gain.
    low = np.where(low > lower + _gain(lower), low, lower)
    high = np.where(high < upper - _gain(upper), high, upper)
    # Floats may cross by a hair; ends that miss each other are of sums that rounding sets apart.
    crossed = low > high
    near = crossed & (low - high <= 1e-9 * np.maximum(1.0, np.abs(low)))
    low = np.where(near, high, low)
    keep = made & ~(crossed & ~near)
    said = np.where(keep, found.said, SURE)
    return np.where(keep, low, lower), np.where(keep, high, upper), said


def _gain(ends: Array) -> Array:
    """How much narrower ends must be to count as that."""
    return 1e-9 * np.maximum(1.0, np.abs(np.where(np.isfinite(ends), ends, 1.0)))


def worst(one: Array, other: Array) -> Array:
    """Of what is said of the ends of two figures, what holds of a result that rests on both."""
    columns = [[_WORST.index(str(text)) for text in column] for column in (one, other)]
    ranks = np.array(columns, dtype=int)
    said: Array = np.array(_WORST, dtype=object)[ranks.min(axis=0)]
    return said
