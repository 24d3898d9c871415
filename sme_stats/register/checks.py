"""Rows that break the schema: which they are, and how a message names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw
import pandas as pd

from sme_stats import codelists
from sme_stats.errors import IncoherentError
from sme_stats.register.adapter import collect
from sme_stats.register.records import activity
from sme_stats.register.schema import (
    AMOUNTS,
    COLUMNS,
    EVENTS,
    HEADCOUNTS,
    INSIDE,
    MOST,
    MOVES,
    OUTSIDE,
)  # fmt: skip

#: Types that hold no number beyond `MOST`.
SMALL = (nw.Int8, nw.Int16, nw.Int32, nw.UInt8, nw.UInt16, nw.UInt32)
#: Years that a register may be of.
YEARS = (1900, 2100)
#: How many rows a message shows.
SHOWN = 3


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a register.

    Attributes
    ----------
    column : str
        Where.
    what : str
        What is wrong there.
    rows : int
        In how many rows.
    first : tuple of dict
        The first of them, by enterprise and year.

    Examples
    --------
    >>> print(Problem("employees", "negative", 1, ({"firm_id": 7, "year": 2020, "employees": -1},)))
    column employees: negative in 1 row, first firm_id=7, year=2020, employees=-1
    """

    column: str
    what: str
    rows: int
    first: tuple[Mapping[str, object], ...]

    def __str__(self) -> str:
        shown = "; ".join(
            ", ".join(f"{k}={_plain(v)}" for k, v in row.items()) for row in self.first
        )
        count = f"{self.rows:,} row" + ("" if self.rows == 1 else "s")
        return f"column {self.column}: {self.what} in {count}, first {shown}"


def _plain(value: object) -> object:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "null"
    return int(value) if isinstance(value, float) and value.is_integer() else value


def tests(schema: Mapping[str, Any], rounding: bool) -> list[tuple[str, str, nw.Expr]]:
    """Every check of a single row: column, what is wrong, and the rows where it is."""
    found = [(name, "null", null(name, schema)) for name in COLUMNS
             if name in schema and name not in MOVES]  # fmt: skip
    year, (first, last) = nw.col("year"), YEARS
    found.append(("year", f"not a year from {first} to {last}", (year < first) | (year > last)))
    for name in (*HEADCOUNTS, "turnover"):
        if name in schema:
            found.append((name, "negative", nw.col(name) < 0))
    for name in (*HEADCOUNTS, *AMOUNTS):
        if name in schema and schema[name] not in SMALL:
            found.append((name, f"beyond {MOST:.0e}", _beyond(name, schema)))
    for name in HEADCOUNTS:
        if name in schema and not schema[name].is_integer() and not rounding:
            heads = nw.col(name).cast(nw.Float64)
            found.append((name, "not a whole number of persons", heads != heads.floor()))
    if "employees" in schema:
        more = nw.col("employees") > nw.col("persons_employed")
        found.append(("employees", "more than persons_employed", more))
    found += [
        (name, f"none of {', '.join(EVENTS)}", unknown_event(name))
        for name in MOVES
        if name in schema
    ]
    return found


def null(name: str, schema: Mapping[str, Any]) -> nw.Expr:
    """Where a column holds nothing, or something that is not a number."""
    column = nw.col(name)
    return column.is_null() | column.is_nan() if schema[name].is_float() else column.is_null()


def _beyond(name: str, schema: Mapping[str, Any]) -> nw.Expr:
    column, most = nw.col(name), int(MOST) if schema[name].is_integer() else MOST
    return (column > most) | (column < -most) if name == "value_added" else column > most


def unknown_event(name: str) -> nw.Expr:
    """Where an event is none of those that there are; blank is none at all."""
    return ~nw.col(name).is_in(["", *EVENTS]) & ~nw.col(name).is_null()


def one_where(test: nw.Expr) -> nw.Expr:
    """1 where a test holds, 0 where it does not or cannot be said."""
    return nw.when(test).then(nw.lit(1)).otherwise(nw.lit(0))


def _false_if_null(test: nw.Expr) -> nw.Expr:
    return nw.when(test).then(nw.lit(True)).otherwise(nw.lit(False))


def problems(
    rows: nw.LazyFrame[Any], rounding: bool, codes: Mapping[str, list[str]]
) -> list[Problem]:
    """Find what is wrong, with counts and first rows.

    Parameters
    ----------
    rows : narwhals.LazyFrame
        As `renamed` gives them.
    rounding : bool
        Whether headcounts may be fractions.
    codes : mapping
        ``nace`` and ``geo`` to the codes present that do not exist.
    """
    schema = rows.collect_schema()
    every = tests(schema, rounding)
    every += [
        (name, f"no such code ({', '.join(unknown[:SHOWN])})", _code(name).is_in(unknown))
        for name, unknown in codes.items()
        if unknown
    ]
    counts = collect(rows.select(**{
        str(n): one_where(test).sum() for n, (_, _, test) in enumerate(every)
    })).iloc[0]  # fmt: skip
    return [
        Problem(column, what, int(counts[str(n)]), _first(rows, column, test))
        for n, (column, what, test) in enumerate(every)
        if int(counts[str(n)])
    ]


def _code(name: str) -> nw.Expr:
    return activity() if name == "nace" else nw.col(name)


def _first(
    rows: nw.LazyFrame[Any], column: str, test: nw.Expr
) -> tuple[Mapping[str, object], ...]:  # fmt: skip
    names = list(dict.fromkeys(["firm_id", "year", column]))
    found = collect(rows.filter(test).select(*names).sort("firm_id", "year").head(SHOWN))
    return tuple(
        {str(k): v for k, v in row.items()} for row in found.astype(object).to_dict("records")
    )


def unknown_codes(cells: pd.DataFrame) -> dict[str, list[str]]:
    """Activities and countries of a register that do not exist, from its columns act and geo."""
    countries = [c for c, row in codelists.table("GEO").items() if row["kind"] == "country"]
    known = {"nace": ("act", (*INSIDE, *OUTSIDE)), "geo": ("geo", countries)}
    return {
        name: sorted(str(code) for code in set(cells[column].dropna().unique()) - set(valid))
        for name, (column, valid) in known.items()
    }


def broken(
    rows: nw.LazyFrame[Any], rounding: bool, codes: Mapping[str, list[str]]
) -> nw.LazyFrame[Any]:
    """Enterprises with a problem in any of their rows: ``firm_id`` and ``broken``."""
    bad = reduce(
        or_, (_false_if_null(test) for _, _, test in tests(rows.collect_schema(), rounding))
    )
    for name, unknown in codes.items():
        if unknown:
            bad = bad | _false_if_null(_code(name).is_in(unknown))
    marked = rows.with_columns(bad=one_where(bad))
    pairs = marked.group_by("firm_id", "year").agg(bad=nw.col("bad").sum(), times=nw.len())
    pairs = pairs.with_columns(bad=nw.col("bad") + one_where(nw.col("times") > 1))
    firms = pairs.group_by("firm_id").agg(broken=nw.col("bad").sum())
    return firms.filter(nw.col("broken") > 0)


def doubled(rows: nw.LazyFrame[Any]) -> Problem:
    """Enterprises that stand twice in one year."""
    pairs = rows.group_by("firm_id", "year").agg(times=nw.len()).filter(nw.col("times") > 1)
    count = int(collect(pairs.select(n=nw.len()))["n"].iloc[0])
    first = collect(pairs.sort("firm_id", "year").head(SHOWN))
    shown = tuple({str(k): v for k, v in row.items()} for row in first.to_dict("records"))
    return Problem("firm_id", "the same enterprise and year more than once", count, shown)


def refuse(found: list[Problem]) -> None:
    """Raise one error that names every problem."""
    if found:
        raise IncoherentError(
            "the register cannot be tabulated: "
            + " | ".join(map(str, found))
            + "; a table made of them would be wrong: correct them, or leave out these enterprises "
            "(problems='leave-out')"
        )
