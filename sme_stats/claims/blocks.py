"""Blocks of the definition space: one table's numbers under one statistic, groups by sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.flags import letters_of
from sme_stats.indicators.values import Values
from sme_stats.uncertainty.cube import Array

KEYS = ("dataset", "vintage", "measure", "unit", "nace", "geo", "year", "source", "age", "members")
#: Groups of a table whose columns are kept once computed; a larger one's are computed again.
_MOST_KEPT = 500_000
#: Statistics of the definition space.
BLOCKS = ("share", "level", "average", "rate", "change")


@dataclass(frozen=True)
class Evidence:
    """One number of the definition space with everything that defines it.

    ``of`` is the size that a share is in percent of, ``base_year`` the year that a change starts
    from (0 for what is no change), ``ends`` whether those of a number that rests on withheld cells
    are sharp.
    """

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
    of: str = "TOTAL"
    base_year: int = 0
    ends: str = ""


@dataclass
class Block:
    """Groups of one table under one statistic; ``compute(size)`` gives a column.

    ``keys`` identify the groups: categories, and ``year`` as integers; ``base`` are the years that
    changes start from. The ends of a column hold, but where they rest on withheld cells they may
    be wider than need be; ``narrow(size, rows)`` gives numbers of some rows with sharp ends. That
    costs a linear program each, so it is asked only for numbers that are shown or may be decided.
    """

    statistic: str
    keys: dict[str, Any]
    sizes: tuple[str, ...]
    compute: Callable[[str], Values]
    how: str
    of: str = "TOTAL"
    base: Array | None = None
    narrow: Callable[[str, Array], Values] | None = None
    _columns: dict[str, Values] = field(default_factory=dict)
    _sharp: dict[str, _Sharp] = field(default_factory=dict)

    def column(self, size: str) -> Values:
        """Numbers of one size for every group, computed once where that takes little memory.

        Their ends hold; see `narrowed` for sharp ones.
        """
        if size in self._columns:
            return self._columns[size]
        numbers = self.compute(size)
        if len(numbers.value) <= _MOST_KEPT:
            self._columns[size] = numbers
        return numbers

    def at(self, size: str, rows: Array) -> Values:
        """Numbers of some rows, with sharp ends where they rest on withheld cells."""
        numbers = self.column(size).take(rows)
        if self.narrow is None:
            return numbers
        own = np.flatnonzero(numbers.doubtful)
        return numbers.put(own, self._known(size, rows[own]))

    def narrowed(self, size: str, rows: Array) -> Values:
        """Numbers of every row, with sharp ends in some of those that are doubtful."""
        numbers = self.column(size)
        return numbers.put(rows, self._known(size, rows)) if len(rows) else numbers

    def _known(self, size: str, rows: Array) -> Values:
        if self.narrow is None:
            return self.column(size).take(rows)
        return self._sharp.setdefault(size, _Sharp()).of(rows, partial(self.narrow, size))

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

    def rows_of(self, found: Evidence) -> Array:
        """Rows of every year, vintage and source of the same definition."""
        same = np.ones(len(self.keys["year"]), bool)
        for name in ("measure", "geo", "nace", "age"):
            column = self.keys[name]
            at = column.categories.get_indexer([getattr(found, name)])[0]
            if at < 0:
                return np.zeros(0, np.int64)
            same &= column.codes == at
        return np.flatnonzero(same)

    @cached_property
    def _texts(self) -> dict[str, tuple[list[str], Array]]:
        """Codes of every key as plain texts, and which row has which."""
        columns = {name: column for name, column in self.keys.items() if name != "year"}
        return {n: ([str(c) for c in k.categories], k.codes) for n, k in columns.items()}

    def evidence(self, row: int, size: str) -> Evidence:
        """One number, spelt out."""
        numbers, texts = self.at(size, np.array([row])), self._texts
        named = {name: codes[places[row]] for name, (codes, places) in texts.items()}
        year = int(self.keys["year"][row])
        base = 0 if self.base is None else int(self.base[row])
        return Evidence(
            statistic=self.statistic, size=size, year=year, value=float(numbers.value[0]),
            lower=float(numbers.lower[0]), upper=float(numbers.upper[0]),
            flag=letters_of(int(numbers.bits[0])), conf="C" if numbers.withheld[0] else "",
            how=self.how.format(year=year, base=base), of=self.of, base_year=base,
            ends="" if numbers.ends is None else str(numbers.ends[0]), **named,
        )  # fmt: skip


class _Sharp:
    """Numbers of one column whose sharp ends were asked for, by row."""

    def __init__(self) -> None:
        self.rows = np.zeros(0, np.int64)
        self.numbers: Values | None = None

    def of(self, rows: Array, narrow: Callable[[Array], Values]) -> Values:
        new = np.setdiff1d(rows, self.rows)
        if len(new) or self.numbers is None:
            found = narrow(new)
            both = [self.rows, new]
            order = np.argsort(np.concatenate(both))
            known = found if self.numbers is None else self.numbers.followed_by(found)
            self.rows, self.numbers = np.concatenate(both)[order], known.take(order)
        return self.numbers.take(np.searchsorted(self.rows, rows))


def nothing(rows: int) -> Values:
    """A column that no group has the cells for."""
    unknown, none = np.full(rows, np.nan), np.zeros(rows, bool)
    return Values(unknown, unknown, unknown, none.astype(np.uint16), none, none)


def keys_of(frame: pd.DataFrame) -> dict[str, Any]:
    """Key columns as categories of texts, blank where a table does not have one."""
    keys: dict[str, Any] = {
        name: _text(frame[name]) if name in frame.columns else same("", len(frame)) for name in KEYS
    }
    keys["year"] = frame["year"].to_numpy().astype(np.int32)
    return keys


def _text(column: pd.Series[Any]) -> Any:
    """Texts; what is missing becomes the text that pandas prints for it."""
    return rename(pd.Categorical(column.array), str)


def rename(column: Any, name: Callable[[Any], str]) -> Any:
    """The same rows under other names, of which several may be the same."""
    names = [*(name(code) for code in column.categories), "nan"]
    distinct = {name: n for n, name in enumerate(dict.fromkeys(names))}
    place = np.array([distinct[name] for name in names], dtype=np.int32)
    return pd.Categorical.from_codes(place[column.codes], pd.Index(list(distinct)))


def same(text: str, rows: int) -> Any:
    """A category that says the same of every row."""
    return pd.Categorical.from_codes(np.zeros(rows, np.int8), pd.Index([text]))
