"""Blocks of the definition space: one table's numbers under one statistic, groups by sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.errors import NotAvailableError
from sme_stats.frame import codes
from sme_stats.indicators.demography import (
    birth_rate,
    churn_rate,
    death_rate,
    implied_active,
    survival,
)  # fmt: skip
from sme_stats.indicators.ranges import PRINTED, Values, level_values, share_values
from sme_stats.indicators.shares import ADDITIVE, bounded_cube
from sme_stats.uncertainty.cube import Array, Cube, from_bits, make
from sme_stats.uncertainty.intervals import divide

#: Sizes that a claim or a search can mean, beside the classes that a table publishes itself.
SIZES = (
    "TOTAL", "0-249", "GE250", "0-9", "10-49", "0-49", "50-249", "10-249", "10-19", "20-49",
    "1-249", "1-9", "0_1", "2-9", "0", "1-4", "5-9", "GE10", "0-4",
)  # fmt: skip
_KEYS = ("dataset", "vintage", "measure", "unit", "nace", "geo", "year", "source", "age", "members")
_FIRMS = ("enterprises", "active_enterprises")
#: Groups of a table whose columns are kept once computed; a larger one's are computed again.
_MOST_KEPT = 500_000
#: Statistics that have blocks of their own; a change is the difference of two levels.
BLOCKS = ("share", "level", "average", "rate")


@dataclass(frozen=True)
class Evidence:
    """One number of the definition space with everything that defines it."""

    statistic: str
    measure: str
    size: str
    geo: str
    year: int
    nace: str
    dataset: str
    vintage: str
    source: str
    age: str
    members: str
    unit: str
    value: float
    lower: float
    upper: float
    flag: str
    conf: str
    how: str


@dataclass
class Block:
    """Groups of one table under one statistic; ``compute(size)`` gives a column.

    ``keys`` identify the groups: categories, and ``year`` as integers.
    """

    statistic: str
    keys: dict[str, Any]
    sizes: tuple[str, ...]
    compute: Callable[[str], Values]
    how: str
    _columns: dict[str, Values] = field(default_factory=dict)

    def column(self, size: str) -> Values:
        """Numbers of one size for every group, computed once where that takes little memory."""
        if size in self._columns:
            return self._columns[size]
        numbers = self.compute(size)
        if len(numbers.value) <= _MOST_KEPT:
            self._columns[size] = numbers
        return numbers

    @cached_property
    def index(self) -> dict[tuple[str, str, int], Array]:
        """Rows by measure, place and year."""
        names = ["measure", "geo", "year"]
        frame = pd.DataFrame({n: self.keys[n] for n in names})
        groups: Any = frame.groupby(names, observed=True).indices
        return dict(groups)

    @cached_property
    def years(self) -> dict[tuple[str, str], list[int]]:
        """Years by measure and place, the latest first."""
        out: dict[tuple[str, str], list[int]] = {}
        for measure, geo, year in sorted(self.index, key=lambda k: -int(k[2])):
            out.setdefault((measure, geo), []).append(int(year))
        return out

    def evidence(self, row: int, size: str) -> Evidence:
        """One number, spelt out."""
        numbers, keys = self.column(size), self.keys
        return Evidence(
            statistic=self.statistic, measure=str(keys["measure"][row]), size=size,
            geo=str(keys["geo"][row]), year=int(keys["year"][row]), nace=str(keys["nace"][row]),
            dataset=str(keys["dataset"][row]), vintage=str(keys["vintage"][row]),
            source=str(keys["source"][row]), age=str(keys["age"][row]),
            members=str(keys["members"][row]), unit=str(keys["unit"][row]),
            value=float(numbers.value[row]), lower=float(numbers.lower[row]),
            upper=float(numbers.upper[row]), flag=str(from_bits(numbers.bits[[row]])[0]),
            conf="C" if numbers.withheld[row] else "", how=self.how,
        )  # fmt: skip


class Table:
    """One table's blocks, each made when a statistic is first asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.measures = frozenset(m.removesuffix(PRINTED) for m in codes(frame["measure"]))
        self.places = frozenset(codes(frame["geo"]))
        self.years = frozenset(int(year) for year in frame["year"].unique())

    @cached_property
    def cube(self) -> Cube:
        """Groups by sizes, withheld cells bounded."""
        return bounded_cube(self.frame)

    @cached_property
    def keys(self) -> dict[str, Any]:
        """What identifies each group."""
        return _keys(self.cube.keys)

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """Sizes that can be asked for."""
        return tuple(dict.fromkeys([*SIZES, *self.cube.codes]))

    @cached_property
    def share(self) -> list[Block]:
        """Shares of every size in TOTAL."""
        if not self.measures & set(ADDITIVE):
            return []
        keys = self.keys | {
            "measure": _plain(self.keys["measure"]),
            "unit": _same("PC", len(self.cube)),
        }
        compute = partial(_share, self.cube)
        return [Block("share", keys, self.sizes, compute, "part ÷ TOTAL")]

    @cached_property
    def level(self) -> list[Block]:
        """Levels of every size."""
        if not self.measures & set(ADDITIVE):
            return []
        compute = partial(level_values, self.cube)
        return [Block("level", self.keys, self.sizes, compute, "sum of cells")]

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
        return _average(self.cube, self.keys, self.sizes)

    @cached_property
    def rate(self) -> list[Block]:
        """Published or computed rates."""
        blocks = []
        for indicator in (birth_rate, death_rate, churn_rate, survival):
            try:
                frame = indicator(self.frame)
            except NotAvailableError:
                continue
            blocks.append(_from_frame("rate", frame, "as published, ± half its last digit"))
        return blocks

    def blocks(self, statistic: str, measure: str = "") -> list[Block]:
        """Blocks of one statistic; none for a statistic that is derived from levels."""
        if statistic not in BLOCKS:
            return []
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
    if size == "TOTAL":
        nothing = np.full(len(cube), np.nan)
        none = np.zeros(len(cube), bool)
        return Values(nothing, nothing, nothing, none.astype(np.uint16), none, none)
    return share_values(cube, size)


def _keys(frame: pd.DataFrame) -> dict[str, Any]:
    """Key columns as categories of texts, blank where a table does not have one."""
    keys: dict[str, Any] = {
        name: _text(frame[name]) if name in frame.columns else _same("", len(frame))
        for name in _KEYS
    }
    keys["year"] = frame["year"].to_numpy().astype(np.int32)
    return keys


def _text(column: pd.Series[Any]) -> Any:
    """Texts; what is missing becomes the text that pandas prints for it."""
    return _rename(pd.Categorical(column.array), str)


def _plain(measures: Any) -> Any:
    return _rename(measures, lambda measure: measure.removesuffix(PRINTED))


def _rename(column: Any, rename: Callable[[Any], str]) -> Any:
    """The same rows under other names, of which several may be the same."""
    names = [*(rename(code) for code in column.categories), "nan"]
    distinct = {name: n for n, name in enumerate(dict.fromkeys(names))}
    place = np.array([distinct[name] for name in names], dtype=np.int32)
    return pd.Categorical.from_codes(place[column.codes], pd.Index(list(distinct)))


def _same(text: str, rows: int) -> Any:
    return pd.Categorical.from_codes(np.zeros(rows, np.int8), pd.Index([text]))


def _average(cube: Cube, keys: dict[str, Any], sizes: tuple[str, ...]) -> list[Block]:
    """Persons employed per enterprise, for groups that have both."""
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
        "measure": _same("average_size", len(pairs)),
        "unit": _same("PERS_PER_ENT", len(pairs)),
    }

    def compute(size: str) -> Values:
        numbers = level_values(cube, size)
        ends = divide(
            (numbers.lower[above], numbers.upper[above]),
            (numbers.lower[below], numbers.upper[below]),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            value = numbers.value[above] / numbers.value[below]
        keep = numbers.keep[above] & numbers.keep[below] & (numbers.upper[below] > 0)
        bits = numbers.bits[above] | numbers.bits[below]
        withheld = numbers.withheld[above] | numbers.withheld[below]
        return Values(value, *ends, bits, withheld, keep)

    return [Block("average", pair_keys, sizes, compute, "persons employed ÷ enterprises")]


def _from_frame(statistic: str, frame: pd.DataFrame, how: str) -> Block:
    """Wrap an indicator's result that is already computed."""
    cube = make(frame)

    def compute(size: str) -> Values:
        column = cube.at(size)
        if column < 0:
            nothing, none = np.full(len(cube), np.nan), np.zeros(len(cube), bool)
            return Values(nothing, nothing, nothing, none.astype(np.uint16), none, none)
        return Values(
            cube.value[:, column], cube.lower[:, column], cube.upper[:, column],
            cube.bits[:, column], cube.withheld[:, column], cube.present[:, column],
        )  # fmt: skip

    return Block(statistic, _keys(cube.keys), tuple(cube.codes), compute, how)
