"""The group-bys that run on the engine; what comes back is small."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import sub
from typing import Any

import narwhals as nw
import pandas as pd

from sme_stats.errors import UsageError
from sme_stats.register.adapter import collect
from sme_stats.register.records import EXACT, classed, happened
from sme_stats.register.schema import MOVES

#: Longest register: a year is a bit of a number that float64 holds exactly.
MOST_YEARS = 48
#: Ages at which survival is counted.
AGES = (1, 2, 3, 4, 5)
#: Growth over three years that makes a high-growth enterprise, as a fraction: 1.1 ** 3.
GROWTH, FROM_EMPLOYEES, OVER_YEARS = (1331, 1000), 10, 3


def stocks(rows: nw.LazyFrame[Any], measures: Sequence[str]) -> pd.DataFrame:
    """Enterprises and sums of measures by year, country, activity and both size classes.

    ``n`` is how many rows there are, ``sound`` how many of them `screening.within` passes.
    """
    rows = classed(rows)
    keys = ["year", "geo", "act", "sbs", "bd", "active"]
    keys = [k for k in keys if k in rows.collect_schema().names()]
    sums = {m: nw.col(m).sum() for m in measures}
    return collect(rows.group_by(keys).agg(n=nw.len(), sound=nw.col("sound").count(), **sums))


def changes(
    rows: nw.LazyFrame[Any], heads: Sequence[str], first: int, last: int
) -> nw.LazyFrame[Any]:
    """Rows in which an enterprise begins or ends, with what happens there.

    One number an enterprise tells everything: bit y is set where it is active in year
    ``first + y``. It is joined back to the rows, so that births and deaths are counted where the
    enterprise is in that year; survivors are counted with the rows of their birth.

    Returns
    -------
    narwhals.LazyFrame
        ``births``, ``deaths``, ``births_p`` … with measures of those rows, ``alive_1`` to
        ``alive_5``; ``doubled``: 1 for an enterprise that stands twice in some year.
    """
    if last - first >= MOST_YEARS:
        raise UsageError(
            f"the register spans {last - first + 1} years ({first} to {last}), more than "
            f"{MOST_YEARS}; is a year mistyped? else give fewer years at a time"
        )
    used = ("firm_id", "geo", "nace", "year", "active", *MOVES, *heads)
    rows = rows.select(*(n for n in rows.collect_schema().names() if n in used))
    rows = rows.with_columns(power=2.0 ** (nw.col("year") - first))
    firms = _firms(rows, last - first + 1)
    # No filter before the join: DuckDB takes any to leave a fifth, and would hash the larger side.
    return _counted(rows.join(firms, on="firm_id", how="inner"), heads)


def events(changed: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Births, deaths and survivors by year, country, activity and class of employees."""
    names = changed.collect_schema().names()
    keys = [k for k in ("year", "geo", "act", "bd") if k in names]
    sums = [n for n in names if n not in keys]
    return exact(collect(changed.group_by(keys).agg(**{n: nw.col(n).sum() for n in sums})), sums)


def _firms(rows: nw.LazyFrame[Any], years: int) -> nw.LazyFrame[Any]:
    """One row an enterprise: its years as bits of ``mask``, and whether a year stands twice.

    n different powers of two have a sum with n bits set; with one of them twice it has fewer. Of
    a whole number x, x - x//2 - x//4 - … bits are set (Legendre). Bits are read with products and
    floors of floats, exact for powers of two: whole-number division is dear on SQL engines.
    """
    firms = rows.with_columns(working=nw.col("power") * nw.col("active")).group_by("firm_id")
    sums = firms.agg(every=nw.col("power").sum(), mask=nw.col("working").sum(), rows=nw.len())
    # narwhals' sum_horizontal loses what Dask knows of the rows' order; a chain of - keeps it.
    halves = (_halved("every", k) for k in range(1, years))
    fewer = reduce(sub, halves, nw.col("every")) != nw.col("rows")
    twice = fewer | (nw.col("every") >= 2.0**years)  # so that these halves are all there are
    doubled = nw.when(twice).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    return sums.select("firm_id", "mask", doubled=doubled)


def _halved(column: str, times: int) -> nw.Expr:
    """Whole number halved so many times, rounded down."""
    return (nw.col(column) * 0.5**times).floor()


def _counted(joined: nw.LazyFrame[Any], heads: Sequence[str]) -> nw.LazyFrame[Any]:
    # The years of the enterprise seen from the row: 1 is this year, 2 the next, 1/2 the one before.
    seen = joined.with_columns(seen=nw.col("mask") / nw.col("power"))
    seen = seen.with_columns(since=_halved("seen", 0))
    # Active, and in neither of the two years before; and in neither of the two after.
    begins = nw.col("seen") - nw.col("since") < 0.25 * nw.col("active")
    ends = _halved("since", 1) - 4 * _halved("since", 3) < nw.col("active")
    rows = seen.with_columns(begins=begins, ends=ends)
    rows = classed(rows.filter(nw.col("begins") | nw.col("ends") | (nw.col("doubled") > 0)))
    names = rows.collect_schema().names()
    entered, left = (happened(column, names) for column in MOVES)
    born, died = nw.col("begins") & (entered == 0), nw.col("ends") & (left == 0)
    one, zero = nw.lit(1.0), nw.lit(0.0)
    rows = rows.with_columns(
        births=nw.when(born).then(one).otherwise(zero),
        deaths=nw.when(died).then(one).otherwise(zero),
    )
    columns: dict[str, nw.Expr] = {}
    for event in ("births", "deaths"):
        columns |= {f"{event}_{head}": nw.col(event) * nw.col(head) for head in heads}
    for age in AGES:
        there = _halved("since", age) - 2 * _halved("since", age + 1)
        columns[f"alive_{age}"] = there * nw.col("births")
    keys = [k for k in ("year", "geo", "act", "bd") if k in names]
    return rows.select(*keys, "births", "deaths", "doubled", **columns)


def growing(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Rows in which an enterprise is one of high growth."""
    over, under = GROWTH
    large = rows.select("firm_id", "geo", "nace", "year", "e").filter(nw.col("e") >= FROM_EMPLOYEES)
    start = large.select("firm_id", year=nw.col("year") + OVER_YEARS, start=nw.col("e"))
    # Only an enterprise of at least this many employees can have grown enough.
    end = large.filter(nw.col("e") >= FROM_EMPLOYEES * over / under)
    both = end.join(start, on=["firm_id", "year"], how="inner")
    return classed(both.filter(nw.col("e") * under >= nw.col("start") * over))


def high_growth(grown: nw.LazyFrame[Any]) -> pd.DataFrame:
    """High-growth enterprises and their employees by year, country and activity."""
    counted = grown.group_by(["year", "geo", "act"]).agg(n=nw.len(), e=nw.col("e").sum())
    return exact(collect(counted), ["e"])


def exact(sums: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Refuse a sum too large to be exact; counts as floats, as the other engines give them."""
    large = [n for n in names if len(sums) and float(sums[n].abs().max()) >= EXACT]
    if large:
        raise UsageError(
            f"a sum of {large[0]} is beyond {EXACT:.0f} cents or heads, where float64 is no longer "
            "exact; are amounts given in euro?"
        )
    floats = {n: sums[n].astype("float64") for n in [*names, "n"] if n in sums.columns}
    return sums.assign(**floats)
