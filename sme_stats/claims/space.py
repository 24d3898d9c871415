"""The definition space: every share, level, average, rate and change that the tables define.

Blocks and their columns are computed when first asked for, so a handful of claims costs a handful
of columns and a search costs one pass over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from sme_stats.claims.blocks import Block, Evidence
from sme_stats.claims.table import Table
from sme_stats.errors import NotAvailableError
from sme_stats.indicators.aggregates import partial_aggregate
from sme_stats.loading import tables

#: Answers that are kept: documents say the same thing more than once.
_MOST_KEPT = 20_000


class Space:
    """The definition space over some tables.

    Parameters
    ----------
    tables : sequence of pandas.DataFrame
        Observation frames, one a table.
    earlier : Space, optional
        The same at an earlier time; it judges nothing, but tells revised data from wrong numbers.

    Examples
    --------
    >>> from sme_stats.loading import tables
    >>> found = Space(tables()).find("share", "enterprises", "GE250", "EU27_2020", 2023)
    >>> round(max(e.value for e in found if not e.source), 3)
    0.164
    """

    def __init__(self, tables: Sequence[pd.DataFrame], earlier: Space | None = None) -> None:
        self.tables = [Table(frame) for frame in tables]
        self.earlier = earlier
        self._found: dict[tuple[str | int, ...], tuple[Evidence, ...]] = {}
        self._sums: dict[tuple[int, str], Table | None] = {}

    def blocks(
        self, statistic: str, measure: str = "", geo: str = "", year: int = 0
    ) -> list[Block]:
        """Blocks of one statistic over all tables that may have a measure, a place and a year."""
        tables = [t for t in self.tables if t.may_have(measure, geo, year)]
        return [block for table in tables for block in table.blocks(statistic, measure)]

    def partial(
        self, statistic: str, measure: str = "", of: str = "EU27_2020", year: int = 0
    ) -> list[Block]:
        """Blocks of partial aggregates over the member states at hand."""
        wanted = [n for n, t in enumerate(self.tables) if t.may_have(measure, "", year)]
        sums = [self._sum(number, of) for number in wanted]
        return [block for table in sums if table for block in table.blocks(statistic, measure)]

    def _sum(self, number: int, of: str) -> Table | None:
        if (number, of) not in self._sums:
            frame = self.tables[number].frame
            try:
                # Figures of releases are of a different vintage each: no sum.
                summed = None if "source" in frame.columns else Table(partial_aggregate(frame, of))
            except NotAvailableError:
                summed = None
            self._sums[number, of] = summed
        return self._sums[number, of]

    def find(
        self, statistic: str, measure: str, size: str, geo: str, year: int, age: str = "",
        of: str = "TOTAL",
    ) -> list[Evidence]:  # fmt: skip
        """All numbers under a definition, whatever table, vintage and population."""
        asked = statistic, measure, size, geo, year, age, of
        if asked not in self._found:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            blocks = [b for b in self.blocks(statistic, measure, geo, year) if b.of == of]
            self._found[asked] = tuple(_find(blocks, measure, size, geo, year, age))
        return list(self._found[asked])

    def find_partial(
        self, statistic: str, measure: str, size: str, geo: str, year: int, of: str = "TOTAL"
    ) -> list[Evidence]:
        """The same over the member states of an aggregate that are at hand."""
        blocks = [b for b in self.partial(statistic, measure, geo, year) if b.of == of]
        geos = sorted({g for block in blocks for _, g, _ in block.index})
        return [e for geo in geos for e in _find(blocks, measure, size, geo, year)]

    def years(
        self, statistic: str, measure: str, size: str, geo: str, of: str = "TOTAL"
    ) -> list[int]:
        """Years in which a definition has a number, the latest first."""
        found = set()
        for block in (b for b in self.blocks(statistic, measure, geo) if b.of == of):
            for year in block.years.get((measure, geo), []):
                rows = block.index[(measure, geo, year)]
                if block.column(size).keep[rows].any():
                    found.add(year)
        return sorted(found, reverse=True)


def _find(
    blocks: Iterable[Block], measure: str, size: str, geo: str, year: int, age: str = ""
) -> Iterable[Evidence]:
    for block in blocks:
        rows = block.index.get((measure, geo, year))
        if rows is None:
            continue
        if age:
            rows = rows[np.asarray(block.keys["age"][rows] == age)]
        yield from (block.evidence(int(row), size) for row in rows[block.at(size, rows).keep])


@cache
def embedded() -> Space:
    """The space over the embedded figures, one a process: what was computed once stays."""
    return Space(tables())
