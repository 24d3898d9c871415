"""One table's blocks of the definition space, each made when a statistic is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.claims.blocks import BLOCKS, Block, keys_of, nothing, rename, same
from sme_stats.claims.increments import changes
from sme_stats.codelists import ones
from sme_stats.errors import NotAvailableError
from sme_stats.frame import codes
from sme_stats.indicators.bounded import Bounded, sharpen_ratio, sharpen_values
from sme_stats.indicators.demography import (
    birth_rate,
    churn_rate,
    death_rate,
    implied_active,
    survival,
)  # fmt: skip
from sme_stats.indicators.ranges import (
    PRINTED,
    average_values,
    level_values,
    settle,
    share_values,
    share_within,
)
from sme_stats.indicators.shares import ADDITIVE, bounded_cells
from sme_stats.indicators.values import Values
from sme_stats.uncertainty.cube import Array, Cube, make

#: Sizes that a claim or a search can mean, beside the classes that a table publishes itself.
SIZES = (
    "TOTAL", "0-249", "GE250", "0-9", "10-49", "0-49", "50-249", "10-249", "10-19", "20-49",
    "1-249", "1-9", "0_1", "2-9", "0", "1-4", "5-9", "GE10", "0-4",
)  # fmt: skip
#: What a share can be in percent of, beside TOTAL: the sizes inside, their sum, in this order.
SME = "0-249"
WITHIN = ("0-9", "10-49", "0-49", "50-249", "10-249", "10-19", "20-49", "0_1", "2-9")
_FIRMS = ("enterprises", "active_enterprises")
#: Rates, and the indicator that gives each from a table.
RATES = {
    "birth_rate": birth_rate, "death_rate": death_rate, "churn_rate": churn_rate,
    "survival": survival,
}  # fmt: skip


class Table:
    """One table's blocks, each made when a statistic is first asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.measures = frozenset(m.removesuffix(PRINTED) for m in codes(frame["measure"]))
        self.places = frozenset(codes(frame["geo"]))
        self.years = frozenset(int(year) for year in frame["year"].unique())
        self._rates: dict[str, list[Block]] = {}

    @cached_property
    def known(self) -> Bounded:
        """Cells that add up, withheld ones bounded, and the rules behind."""
        return bounded_cells(self.frame)

    @cached_property
    def cube(self) -> Cube:
        """Groups by sizes, withheld cells bounded."""
        return self.known.cube

    @cached_property
    def keys(self) -> dict[str, Any]:
        """What identifies each group."""
        return keys_of(self.cube.keys)

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """Sizes that can be asked for."""
        return tuple(dict.fromkeys([*SIZES, *self.cube.codes]))

    @cached_property
    def share(self) -> list[Block]:
        """Shares of every size in TOTAL, and of the smaller ones in all SMEs."""
        if not self.measures & set(ADDITIVE):
            return []
        keys = self.keys | {
            "measure": rename(self.keys["measure"], lambda m: m.removesuffix(PRINTED)),
            "unit": same("PC", len(self.cube)),
        }
        inside = tuple(code for code in WITHIN if code in self.sizes)
        within = partial(share_within, self.cube, whole=SME)
        return [
            self._block("share", keys, self.sizes, partial(_share, self.cube), "part ÷ TOTAL"),
            self._block("share", keys, inside, within, "part ÷ SMEs (0-249)", of=SME),
        ]

    def _block(
        self, statistic: str, keys: dict[str, Any], sizes: tuple[str, ...],
        compute: Callable[[str], Values], how: str, of: str = "TOTAL",
    ) -> Block:  # fmt: skip
        """Shares or levels, and how to narrow those that rest on withheld cells."""
        block = Block(statistic, keys, sizes, compute, how, of)
        if self.known.room is not None:
            whole = of if statistic == "share" else ""
            block.narrow = partial(_narrow, self.known, block.column, whole)
        return block

    @cached_property
    def level(self) -> list[Block]:
        """Levels of every size."""
        if not self.measures & set(ADDITIVE):
            return []
        compute = partial(level_values, self.cube)
        return [self._block("level", self.keys, self.sizes, compute, "sum of cells")]

    @cached_property
    def change(self) -> list[Block]:
        """Changes of levels and shares between years that follow each other in the table."""
        return changes([*self.level, *(b for b in self.share if b.of == "TOTAL")])

    @cached_property
    def implied(self) -> list[Block]:
        """Stocks of active enterprises implied by births and their rate."""
        if not {"births", "birth_rate"} <= self.measures:
            return []
        try:
            return [_from_frame("level", implied_active(self.frame), "births ÷ birth rate")]
        except NotAvailableError:
            return []

    @cached_property
    def average(self) -> list[Block]:
        """Persons employed per enterprise of every size."""
        if "persons_employed" not in self.measures or not self.measures & set(_FIRMS):
            return []
        return _average(self.known, self.level[0])

    def rate(self, measure: str) -> list[Block]:
        """Published or computed rates of one measure; all four cost more than a claim needs."""
        if measure not in self._rates:
            how = "as published, ± half its last digit"
            try:
                self._rates[measure] = [_from_frame("rate", RATES[measure](self.frame), how)]
            except NotAvailableError:
                self._rates[measure] = []
        return self._rates[measure]

    def blocks(self, statistic: str, measure: str = "") -> list[Block]:
        """Blocks of one statistic."""
        if statistic not in BLOCKS:
            return []
        if statistic == "rate":
            wanted = [name for name in RATES if measure in ("", name)]
            return [block for name in wanted for block in self.rate(name)]
        implied = statistic == "level" and measure in ("", "active_enterprises")
        return [*getattr(self, statistic), *(self.implied if implied else [])]

    def may_have(self, measure: str, geo: str = "", year: int = 0) -> bool:
        """Whether the table can say something of a measure, a place and a year; blank is any."""
        if (geo and geo not in self.places) or (year and year not in self.years):
            return False
        if not measure:
            return True
        if measure == "average_size":
            return "persons_employed" in self.measures
        return measure in self.measures or {"births", "birth_rate"} <= self.measures


def _share(cube: Cube, size: str) -> Values:
    return nothing(len(cube)) if size == "TOTAL" else share_values(cube, size)


def _narrow(
    known: Bounded, column: Callable[[str], Values], whole: str, size: str, rows: Array
) -> Values:  # fmt: skip
    """Shares in `whole`, or levels, of some rows with sharp ends, as `size_share` gives them."""
    return settle(sharpen_values(known, column(size).take(rows), size, whole, rows))


def _average(known: Bounded, level: Block) -> list[Block]:
    """Persons employed per enterprise, for groups that have both."""
    keys = level.keys
    persons = np.flatnonzero(keys["measure"] == "persons_employed")
    firms = np.flatnonzero(np.isin(keys["measure"], _FIRMS))
    names = ["dataset", "vintage", "nace", "geo", "year", "source", "age"]
    left = pd.DataFrame({n: keys[n][persons] for n in names} | {"persons": persons})
    right = pd.DataFrame({n: keys[n][firms] for n in names} | {"firms": firms})
    pairs = left.merge(right, on=names)
    if pairs.empty:
        return []
    above, below = pairs["persons"].to_numpy(), pairs["firms"].to_numpy()
    pair_keys = {n: k[above] for n, k in keys.items()}
    pair_keys |= {
        "measure": same("average_size", len(pairs)), "unit": same("PERS_PER_ENT", len(pairs)),
    }  # fmt: skip

    units = keys["unit"]
    # National tables count heads in thousands.
    factor = np.array([ones(str(unit)) for unit in units.categories])[units.codes]
    scale = factor[above] / factor[below]

    def compute(size: str) -> Values:
        numbers = level.column(size)
        return average_values(numbers.take(above), numbers.take(below), scale)

    def narrow(size: str, rows: Array) -> Values:
        sides = above[rows], below[rows]
        sums = known.sums(size, sides[0]), known.sums(size, sides[1])
        heads, firms = level.at(size, sides[0]), level.at(size, sides[1])
        numbers = average_values(heads, firms, scale[rows])
        return sharpen_ratio(known, numbers, *sums, scale[rows])

    how = "persons employed ÷ enterprises"
    sharp = None if level.narrow is None else narrow
    return [Block("average", pair_keys, level.sizes, compute, how, narrow=sharp)]


def _from_frame(statistic: str, frame: pd.DataFrame, how: str) -> Block:
    """Wrap an indicator's result that is already computed."""
    cube = make(frame)

    def compute(size: str) -> Values:
        column = cube.at(size)
        if column < 0:
            return nothing(len(cube))
        return Values(
            cube.value[:, column], cube.lower[:, column], cube.upper[:, column],
            cube.bits[:, column], cube.withheld[:, column], cube.present[:, column],
        )  # fmt: skip

    return Block(statistic, keys_of(cube.keys), tuple(cube.codes), compute, how)
