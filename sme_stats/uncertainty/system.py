"""What is published around a cell, as a sparse system of linear constraints.

Columns are cells (rows of the frame), rows are rules: classes add up to TOTAL, sections to their
aggregate, member states to the EU, class limits times enterprises bound persons employed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.codelists import size_range
from sme_stats.frame import intervals
from sme_stats.uncertainty.classes import covers
from sme_stats.uncertainty.cube import Array, Cube, make

if TYPE_CHECKING:
    from sme_stats.uncertainty.propagation import Narrowed

#: Measure that a class's limits bound, and the measure that counts the firms of the class: SBS
#: classes count persons employed, business demography's count employees.
COUNTED_BY = {"persons_employed": "enterprises", "employees": "active_enterprises"}

#: Units of amounts, which a source rounds.
AMOUNTS = ("EUR", "KEUR", "MEUR", "BEUR", "BGBP")


@dataclass
class System:
    """``low <= sum of factor times cell <= high`` for each rule, ``lower <= cells <= upper``.

    Attributes
    ----------
    rule, cell, factor : numpy.ndarray, shape (terms,)
        Terms of all rules: plain arrays, so that what needs no linear program needs no scipy.
    low, high : numpy.ndarray, shape (rules,)
        Ends of each rule.
    kind : numpy.ndarray of str, shape (rules,)
        ``size``, ``nace``, ``geo`` or ``limit``.
    parts : numpy.ndarray, shape (rules,)
        How many cells a sum has, its total among them: n parts and their total are rounded, so
        the sum may be off by (n + 1) / 2, that is parts / 2, last digits.
    digit : numpy.ndarray, shape (rules,)
        Last digit that a sum's cells are published to; 1 for counts, 0 for class limits.
    lower, upper : numpy.ndarray, shape (cells,)
        Ends of each cell; NaN where it is not available.
    """

    rule: Array
    cell: Array
    factor: Array
    low: Array
    high: Array
    kind: Array
    parts: Array
    digit: Array
    lower: Array
    upper: Array

    def rows(self, chosen: Array) -> System:
        """Keep some rules."""
        number = np.full(len(self.low), -1)
        number[chosen] = np.arange(len(chosen))
        kept = number[self.rule] >= 0
        return System(
            number[self.rule[kept]], self.cell[kept], self.factor[kept], self.low[chosen],
            self.high[chosen], self.kind[chosen], self.parts[chosen], self.digit[chosen],
            self.lower, self.upper,
        )  # fmt: skip

    def cut(self, chosen: Array) -> System:
        """Keep some rules and only their cells, in order."""
        part = self.rows(chosen)
        cells, place = np.unique(part.cell, return_inverse=True)
        lower, upper = self.lower[cells], self.upper[cells]
        return replace(part, cell=place.reshape(-1), lower=lower, upper=upper)

    @cached_property
    def narrowed(self) -> Narrowed:
        """The cells, tightened rule by rule; several things start from there."""
        from sme_stats.uncertainty.propagation import propagate

        return propagate(self)

    def loosened(self) -> System:
        """The same with sums that hold only within the rounding of their parts."""
        reach = self.digit * self.parts / 2
        return (
            replace(self, low=np.minimum(self.low, -reach), high=np.maximum(self.high, reach))
            if len(reach)
            else self
        )

    def touching(self, cells: Array) -> Array:
        """Rules that have one of some cells (a mask), as a mask."""
        out = np.zeros(len(self.low), dtype=bool)
        out[self.rule[cells[self.cell]]] = True
        return out

    def cells_of(self, rule: int) -> Array:
        """Cells of one rule."""
        cells: Array = self.cell[self.rule == rule]
        return cells


class _Rules:
    """Collects rules as triplets."""

    def __init__(self, digit: Array, rounded: Array) -> None:
        self.last, self.rounded = digit, rounded
        self.digit: list[Array] = []
        self.rule: list[Array] = []
        self.cell: list[Array] = []
        self.factor: list[Array] = []
        self.low: list[Array] = []
        self.high: list[Array] = []
        self.kind: list[str] = []
        self.parts: list[Array] = []
        self.count = 0

    def add(self, cells: Array, factors: Array, low: float, high: float, kind: str) -> None:
        """Add one rule a row of `cells`, all with the same shape."""
        rules, width = cells.shape
        if not rules:
            return
        self.rule.append(np.repeat(np.arange(self.count, self.count + rules), width))
        self.cell.append(cells.reshape(-1))
        self.factor.append(np.broadcast_to(factors, cells.shape).reshape(-1).astype(float))
        # Amounts are published rounded, so their sums never hold exactly; counts are tried exactly.
        digit = self.last[cells].max(axis=1) if kind != "limit" else np.zeros(rules)
        reach = np.where(self.rounded[cells].any(axis=1), digit * width / 2, 0.0)
        self.low.append(low - reach)
        self.high.append(high + reach)
        self.parts.append(np.full(rules, width))
        self.digit.append(digit)
        self.kind += [kind] * rules
        self.count += rules

    def system(self, lower: Array, upper: Array) -> System:
        """Put the rules together."""
        empty = [np.zeros(0)]
        return System(
            np.concatenate(self.rule or empty).astype(np.int64),
            np.concatenate(self.cell or empty).astype(np.int64),
            np.concatenate(self.factor or empty), np.concatenate(self.low or empty),
            np.concatenate(self.high or empty), np.array(self.kind, dtype=object),
            np.concatenate(self.parts or empty), np.concatenate(self.digit or empty),
            lower, upper,
        )  # fmt: skip


def build(frame: pd.DataFrame) -> System:
    """Write down every rule that the frame's own cells allow.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame; rules need all their cells in it.
    """
    lower, upper = intervals(frame)
    withheld = np.isnan(frame["value"].to_numpy(dtype=float))
    withheld &= (frame["conf"].astype(str) != "").to_numpy()
    least = np.where(frame["measure"].isin(codelists.signed()).to_numpy(), -np.inf, 0.0)
    lower = np.where(withheld & np.isnan(lower), least, lower)
    upper = np.where(withheld & np.isnan(upper), np.inf, upper)
    digit, rounded = _last_digits(frame, lower == upper)
    rules = _Rules(digit, rounded)
    additive = [m for m, r in codelists.table("MEASURE").items() if r["additive"] == "yes"]
    here = np.flatnonzero(frame["measure"].isin(additive).to_numpy())
    if len(here):
        cells = frame.iloc[here]
        _size_sums(rules, cells, here, upper)
        _nace_sums(rules, cells, here)
        _geo_sums(rules, cells, here)
    return rules.system(lower, upper)


def _last_digits(frame: pd.DataFrame, exact: Array) -> tuple[Array, Array]:
    """Last digit of each cell, and whether it is sure to be rounded: an amount with decimals.

    A table shows all its amounts to the same decimals; a table of whole amounts may be exact.
    """
    digit, rounded = np.ones(len(frame)), np.zeros(len(frame), dtype=bool)
    unit, dataset = frame["unit"].astype("category"), frame["dataset"].astype("category")
    value = frame["value"].to_numpy(dtype=float)
    group = dataset.cat.codes.to_numpy() * (len(unit.cat.categories) + 1) + unit.cat.codes
    amount = unit.isin(AMOUNTS).to_numpy()
    for number in np.unique(group[amount]):
        rows = np.flatnonzero(group == number)
        shown = value[rows[exact[rows]]]
        if not len(shown) or np.allclose(shown, np.round(shown), rtol=0, atol=1e-6):
            continue
        tenths = np.allclose(10 * shown, np.round(10 * shown), rtol=0, atol=1e-4)
        digit[rows], rounded[rows] = (0.1 if tenths else 0.01), exact[rows] | np.isnan(value[rows])
    # A figure with an interval of its own carries its rounding there.
    digit[~exact & ~np.isnan(value)] = 0.0
    return digit, rounded


def place(cube: Cube, here: Array) -> Array:
    """Row of the whole frame for each position of a cube, -1 where there is no cell."""
    position = np.full(cube.present.shape, -1)
    position[cube.group, cube.column] = here
    return np.where(cube.present, position, -1)


def _size_sums(rules: _Rules, cells: pd.DataFrame, here: Array, upper: Array) -> None:
    if "size" not in cells.columns:
        return
    cube = make(cells, "size")
    position, total = place(cube, here), cube.at("TOTAL")
    for way in covers(tuple(cube.codes), 0, None) if total >= 0 else ():
        _sum(rules, position, [cube.at(c) for c in way], total, "size")
    for code in cube.codes:  # a published range is the sum of its published parts: 0-9 = 0_1 + 2-9
        span = size_range(code)
        if span is None or code == "TOTAL":
            continue
        for way in covers(tuple(cube.codes), span.lower, span.upper):
            if way != (code,):
                _sum(rules, position, [cube.at(c) for c in way], cube.at(code), "size")
    _limits(rules, cube, position, upper)


def _nace_sums(rules: _Rules, cells: pd.DataFrame, here: Array) -> None:
    if "nace" not in cells.columns:
        return
    cube = make(cells, "nace")
    position = place(cube, here)
    for code, row in codelists.table("NACE").items():
        parts = [part for part in row["parts"].split(";") if part]
        if code in cube.codes and parts and all(part in cube.codes for part in parts):
            _sum(rules, position, [cube.at(p) for p in parts], cube.at(code), "nace")


def _geo_sums(rules: _Rules, cells: pd.DataFrame, here: Array) -> None:
    present = set(cells["geo"].astype(str))
    whole = [a for a in codelists.aggregates() if a in present]
    for aggregate in whole:
        members = codelists.members(aggregate)
        if not set(members) <= present:
            continue  # a sum over some members says nothing of the aggregate
        cube = make(cells, "geo")
        _sum(rules, place(cube, here), [cube.at(m) for m in members], cube.at(aggregate), "geo")


def _sum(rules: _Rules, position: Array, columns: list[int], total: int, kind: str) -> None:
    chosen = position[:, [*columns, total]]
    chosen = chosen[(chosen >= 0).all(axis=1)]
    factors = np.array([1.0] * len(columns) + [-1.0])
    rules.add(chosen, factors, 0.0, 0.0, kind)


def _limits(rules: _Rules, cube: Cube, position: Array, upper: Array) -> None:
    """Persons employed of a class lie between its limits times its enterprises."""
    measure = cube.keys["measure"].astype(str).to_numpy()
    for bounded, counted in COUNTED_BY.items():
        here, there = partners(cube.keys, measure, bounded, counted)
        for column, code in enumerate(cube.codes):
            span = size_range(code)
            if span is None or code == "TOTAL":
                continue
            pairs = np.column_stack([position[here, column], position[there, column]])
            pairs = pairs[(pairs >= 0).all(axis=1)]
            rules.add(pairs, np.array([1.0, -float(span.lower)]), 0.0, np.inf, "limit")
            if span.upper is not None:
                rules.add(pairs, np.array([1.0, -float(span.upper)]), -np.inf, 0.0, "limit")
            else:  # an open class has no limit, but without an enterprise it has nobody
                nobody = pairs[upper[pairs[:, 1]] == 0]
                rules.add(nobody, np.array([1.0, 0.0]), -np.inf, 0.0, "limit")


def partners(keys: pd.DataFrame, measure: Array, bounded: str, counted: str) -> tuple[Array, Array]:
    """Groups of one measure and the groups of another that are alike in everything else."""
    names = [c for c in keys.columns if c not in ("measure", "indic", "unit", "source")]
    text = keys[names].astype(str)
    # National tables that count heads in thousands have classes of their own: no limits from them.
    heads = measure == bounded
    if "unit" in keys.columns:
        heads &= ~keys["unit"].isin(codelists.multiples()).to_numpy()
    left = text[heads].assign(_here=np.flatnonzero(heads))
    right = text[measure == counted].assign(_there=np.flatnonzero(measure == counted))
    joined = left.merge(right.drop_duplicates(names), on=names)
    return joined["_here"].to_numpy(), joined["_there"].to_numpy()
