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
from sme_stats.uncertainty.sums import Sums, sums_of
from sme_stats.uncertainty.withheld import with_system

if TYPE_CHECKING:
    from sme_stats.indicators.ranges import Values
    from sme_stats.uncertainty.system import System

#: What is said of ends, the worst first.
_WORST = (CONTRADICTED, SURE, SHARP, "")


@dataclass(frozen=True)
class Bounded:
    """Cells of some measures as a cube, and what bounds them.

    Attributes
    ----------
    cells : pandas.DataFrame
        Withheld ones have the ends of `bounds`.
    system : System or None
        The rules over the whole frame; None where nothing is withheld.
    rows : numpy.ndarray
        Row of the whole frame for each cell.
    always : bool or None
        Whether to sharpen ends with linear programs: see `sharpen`.
    """

    cells: pd.DataFrame
    system: System | None
    rows: Array
    always: bool | None = None

    @cached_property
    def cube(self) -> Cube:
        """The cells by groups and size classes."""
        return make(self.cells)

    def sums(self, code: str, groups: Array) -> Sums:
        """Cells that make up a range in some groups."""
        position = np.full(self.cube.present.shape, -1)
        position[self.cube.group, self.cube.column] = self.rows
        return sums_of(self.cube, code, groups, position)


def bound_cells(
    frame: pd.DataFrame, measures: list[str], always: bool | None = None
) -> Bounded:  # fmt: skip
    """Cells of some measures, withheld ones bounded with the help of the whole frame."""
    withheld = bool(not_blank(frame["conf"]).any())
    cells, system = with_system(frame) if withheld else (frame, None)
    if set(codes(cells["measure"])) == set(measures):
        return Bounded(cells, system, np.arange(len(cells)), always)
    keep = cells["measure"].isin(measures).to_numpy()
    return Bounded(cells[keep], system, np.flatnonzero(keep), always)


def sharpen_values(known: Bounded, numbers: Values, code: str, whole: str = "") -> Values:
    """Narrow those ends of a range, or of its share in `whole`, that rest on withheld cells.

    Everything else stays as it is; the ends are said to be sharp, sure or contradicted.
    """
    if known.system is None:
        return numbers
    resting = numbers.keep & numbers.withheld
    rows = np.flatnonzero(resting & (numbers.lower < numbers.upper))
    above = known.sums(code, rows)
    below = known.sums(whole, rows) if whole else None
    factor = 100.0 if whole else 1.0
    ends = numbers.lower[rows], numbers.upper[rows]
    lower, upper, said = narrow(known.system, ends, above, below, factor, known.always, surely=True)
    told = np.where(resting, SHARP, "").astype(object)
    told[rows] = said
    low, high = numbers.lower.copy(), numbers.upper.copy()
    low[rows], high[rows] = lower, upper
    return replace(numbers, lower=low, upper=high, ends=told)


def narrow(
    system: System, ends: tuple[Array, Array], above: Sums, below: Sums | None,
    factor: float | Array = 1.0, always: bool | None = None, surely: bool = False,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Ends no wider than given, by linear-fractional programs, and what is to be said of them."""
    lower, upper = ends
    made = np.bincount(above.row, minlength=above.count) > 0
    if below is not None:
        made &= np.bincount(below.row, minlength=above.count) > 0
    found = sharpen(system, above, below, always, surely)
    low, high = np.fmax(lower, factor * found.lower), np.fmin(upper, factor * found.upper)
    # Floats may cross by a hair; ends that miss each other are of sums that rounding sets apart.
    crossed = low > high
    near = crossed & (low - high <= 1e-9 * np.maximum(1.0, np.abs(low)))
    low = np.where(near, high, low)
    keep = made & ~(crossed & ~near)
    said = np.where(keep, found.said, SURE)
    return np.where(keep, low, lower), np.where(keep, high, upper), said


def worst(one: Array, other: Array) -> Array:
    """Of what is said of the ends of two figures, what holds of a result that rests on both."""
    ranks = np.array([[_WORST.index(str(text)) for text in column] for column in (one, other)])
    said: Array = np.array(_WORST, dtype=object)[ranks.min(axis=0)]
    return said
