"""A look over the whole register, in passing: whether any row may break the schema.

Looking for each fault in each row costs as much as half of a table. Here one test a row and a
count of those that pass tell that there is none; else `checks` looks for the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import narwhals as nw
import pandas as pd

from sme_stats.errors import MixingError, UsageError
from sme_stats.register.adapter import collect
from sme_stats.register.checks import SMALL, YEARS, null, one_where, unknown_event
from sme_stats.register.schema import AMOUNTS, HEADCOUNTS, MOST, MOVES


@dataclass(frozen=True)
class Extent:
    """A register seen from afar: its rows, its first and last year, whether it was generated.

    `sound` where every row has its enterprise, its year and its label, and no year is mistyped.
    """

    rows: int
    first: int
    last: int
    synthetic: bool
    sound: bool


def extent(rows: nw.LazyFrame[Any]) -> Extent:
    """Rows, years and label of a register.

    Raises
    ------
    UsageError
        If it is empty.
    MixingError
        If it holds generated rows and others.
    """
    schema = rows.collect_schema()
    keys = [name for name in ("firm_id", "year", "synthetic") if name in schema]
    asked = {
        "rows": nw.len(), "first": nw.col("year").min(), "last": nw.col("year").max(),
        "lost": one_where(reduce(or_, (null(name, schema) for name in keys))).sum(),
    }  # fmt: skip
    if "synthetic" in keys:
        asked["made"] = one_where(nw.col("synthetic")).sum()
    found = collect(rows.select(**asked)).iloc[0]
    count, made = int(found["rows"]), int(found.get("made", 0))
    if not count:
        raise UsageError("the register is empty: it has columns but no row")
    if made not in (0, count):
        raise MixingError(
            "the register mixes synthetic and other rows (column synthetic); "
            "numbers of the two must not be added: tabulate them apart"
        )
    first, last = (0 if pd.isna(found[n]) else int(found[n]) for n in ("first", "last"))
    sound = not found["lost"] and YEARS[0] <= first and last <= YEARS[1]
    return Extent(count, first, last, made > 0, bool(sound))


def within(schema: Mapping[str, Any], rounding: bool) -> nw.Expr:
    """1 where every number of a row is within its limits; null where one is not, or is missing.

    One test that all rows pass, where `checks.tests` are many that none does; a number that is
    none passes neither limit.
    """
    persons, employees = (nw.col(name) for name in HEADCOUNTS)
    # What is no less than another that is no less than 0 need not be asked itself.
    tests = [employees >= 0, employees <= persons] if "employees" in schema else [persons >= 0]
    for name in (*HEADCOUNTS, *AMOUNTS):
        number = nw.col(name).cast(nw.Float64)
        if name in AMOUNTS and name in schema:
            tests.append(number >= (-MOST if name == "value_added" else 0.0))
        if name in schema and schema[name] not in SMALL:
            tests.append(number <= MOST)
        if name in HEADCOUNTS and name in schema and not schema[name].is_integer() and not rounding:
            tests.append(number == number.floor())
    return nw.when(reduce(and_, tests)).then(nw.lit(1))


def doubtful(sums: pd.DataFrame, seen: Extent) -> bool:
    """Whether any row may break a check, from what `stocks` sums up; a missing code is a group.

    Nothing that breaks one escapes; `checks.problems` has the last word on what is doubtful.
    """
    rows = seen.rows == sums["n"].sum() == sums["sound"].sum()
    return not (seen.sound and rows and sums.notna().all(axis=None))


def unknown_events(rows: nw.LazyFrame[Any]) -> bool:
    """Whether an event is none of those that there are.

    Of a single column DuckDB tests words, not rows, so that each is asked on its own.
    """
    names = [n for n in MOVES if n in rows.collect_schema().names()]
    return any(
        int(collect(rows.filter(unknown_event(n)).select(n=nw.len()))["n"].iloc[0]) for n in names
    )
