"""One pass over the definition space: which numbers lie in a printed interval, and how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from sme_stats.claims.blocks import BLOCKS, Block, Evidence
from sme_stats.claims.distance import Costs, Weights
from sme_stats.claims.evidence import units_of
from sme_stats.claims.model import Claim
from sme_stats.claims.printed import Reading
from sme_stats.claims.space import Space
from sme_stats.indicators.values import Values
from sme_stats.uncertainty.cube import Array

#: Hits that are looked at closely: the nearest, by the sum of their axes.
_MOST = 5_000
#: How near to the printed interval, relatively, ends are worked out to the last digit.
_NEAR = 1e-9


@dataclass
class Hits:
    """Rows of one column that lie in the printed interval, with reading and cost."""

    block: Block
    size: str
    rows: Array
    reading: Array
    cost: Array


@dataclass
class Scan:
    """What a pass found.

    Attributes
    ----------
    searched, hits : int
        Numbers of the printed kind, and those of them that hold under some reading.
    plausible, by_chance : int
        The same of definitions near enough to the claim (`Weights.plausible`).
    found : list of Hits
        By column.
    """

    searched: int = 0
    hits: int = 0
    plausible: int = 0
    by_chance: int = 0
    found: list[Hits] = field(default_factory=list)

    def nearest(self, readings: Sequence[Reading]) -> Iterator[tuple[Evidence, str]]:
        """The nearest hits, each with the name of its reading; in no order."""
        if not self.found:
            return
        cost = np.concatenate([hits.cost for hits in self.found])
        limit = np.inf if len(cost) <= _MOST else np.partition(cost, _MOST)[_MOST]
        for hits in self.found:
            for at in np.flatnonzero(hits.cost <= limit):
                found = hits.block.evidence(int(hits.rows[at]), hits.size)
                yield found, readings[hits.reading[at]].name


def columns(space: Space, statistics: Iterable[str] = BLOCKS) -> Iterator[tuple[Block, str]]:
    """Every column of the space, those of partial aggregates included."""
    for statistic in statistics:
        for block in [*space.blocks(statistic), *space.partial(statistic)]:
            for size in block.sizes:
                yield block, size


def scan(claim: Claim, wanted: Iterable[tuple[Block, str]], weights: Weights) -> Scan:
    """Look for a printed number in columns of the definition space.

    Parameters
    ----------
    claim : Claim
        Whose printed number is looked for.
    wanted : iterable of (Block, str)
        Blocks and their sizes, those of one block together.
    weights : Weights
        What a change of each axis costs.
    """
    out, costs = Scan(), Costs(claim, weights)
    last: Block | None = None
    for block, size in wanted:
        if block is not last:
            factor, fits = units_of(claim.printed, block.keys["unit"])
            cost = costs.rows(block) if fits.any() else np.zeros(0)
            last = block
        if fits.any():
            own = costs.column(block.statistic, size, block.of)
            _column(out, block, size, claim, (factor, fits, cost + own), weights)
    return out


def _column(
    out: Scan, block: Block, size: str, claim: Claim, rows_of: tuple[Array, Array, Array],
    weights: Weights,
) -> None:  # fmt: skip
    """Count a column's numbers of the printed kind, and keep those that hold."""
    factor, fits, cost = rows_of
    numbers = sharp_where_needed(block, size, (factor, fits), claim.printed.readings)
    known = numbers.keep & fits & np.isfinite(numbers.lower) & np.isfinite(numbers.upper)
    rows = np.flatnonzero(known)
    if not len(rows):
        return
    lower, upper = factor[rows] * numbers.lower[rows], factor[rows] * numbers.upper[rows]
    reading = first_holding(lower, upper, numbers.withheld[rows], claim.printed.readings)
    hit, near = reading >= 0, cost[rows] <= weights.plausible
    out.searched += len(rows)
    out.hits += int(hit.sum())
    out.plausible += int(near.sum())
    out.by_chance += int((hit & near).sum())
    at = np.flatnonzero(hit)
    if len(at):
        paid = cost[rows[at]] + np.where(reading[at] > 0, weights.reading, 0.0)
        out.found.append(Hits(block, size, rows[at], reading[at], paid))


def sharp_where_needed(
    block: Block, size: str, units: tuple[Array, Array], readings: Sequence[Reading]
) -> Values:  # fmt: skip
    """A column with sharp ends wherever these could change what is said of it.

    The ends at hand hold, so where they miss the printed interval the sharp ones miss it too, and
    where they lie in the first reading the sharp ones do. What has no end may get one.
    """
    numbers = block.column(size)
    if block.narrow is None:
        return numbers
    factor, fits = units
    rows = np.flatnonzero(numbers.doubtful & fits)
    lower, upper = factor[rows] * numbers.lower[rows], factor[rows] * numbers.upper[rows]
    attained = np.ones(len(rows), bool)
    meets = np.isinf(lower) | np.isinf(upper)
    for reading in readings:
        meets |= (lower <= reading.upper + _NEAR * max(1.0, abs(reading.upper))) & (
            upper >= reading.lower - _NEAR * max(1.0, abs(reading.lower))
        )
    decided = first_holding(lower, upper, attained, readings[:1]) == 0
    return block.narrowed(size, rows[meets & ~decided])


def first_holding(
    lower: Array, upper: Array, attained: Array, readings: Sequence[Reading]
) -> Array:
    """Number of the first reading that holds for each interval, -1 where none does.

    The same comparison as `sme_stats.claims.evidence.compare`, for many numbers at once.
    """
    first = np.full(len(lower), -1, np.int8)
    slack = 1e-12 * np.maximum(1.0, np.maximum(np.abs(lower), np.abs(upper)))
    rounded = (upper - lower > slack) & ~attained
    for number, reading in enumerate(readings):
        fits = np.where(rounded, upper <= reading.upper + slack, upper < reading.upper)
        inside = (lower >= reading.lower - slack) & fits
        first[(first < 0) & inside] = number
    return first
