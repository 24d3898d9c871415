"""From a register's rows to records: typed, classed, counted in whole units.

Sums are the same on every engine because they are sums of whole numbers held in float64: heads,
and cents. Up to 2**53 such a sum is exact, so the order in which an engine adds does not matter.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import narwhals as nw

from sme_stats.register.schema import MOVES

#: Largest number up to which float64 holds every whole number.
EXACT = 2.0**53
#: Cents in a million euro.
CENTS = 1e8

#: Class numbers: first value of each class after the first, and its codes.
SBS_LIMITS, SBS_CLASSES = (2, 10, 20, 50, 250), ("0_1", "2-9", "10-19", "20-49", "50-249", "GE250")
BD_LIMITS, BD_CLASSES = (1, 5, 10), ("0", "1-4", "5-9", "GE10")

#: Short names of the measures inside a query, in the order of the tables.
AMOUNTS = {"turnover": "t", "value_added": "v"}
HEADS = {"persons_employed": "p", "employees": "e"}


def whole(column: str, rounding: bool) -> nw.Expr:
    """Headcount as a whole number; halves go up, on every engine alike."""
    heads = nw.col(column).cast(nw.Float64)
    return (heads + 0.5).floor() if rounding else heads


def cents(column: str) -> nw.Expr:
    """Amount in euro as whole cents; halves go up."""
    return (nw.col(column).cast(nw.Float64) * 100 + 0.5).floor()


def activity(column: str = "nace") -> nw.Expr:
    """Section of a NACE code; the division within S, of which S94 is outside the population."""
    code = nw.col(column)
    letter = code.str.slice(0, 1)
    return nw.when(letter == "S").then(code.str.slice(0, 3)).otherwise(letter)


def size_class(heads: str, limits: tuple[int, ...]) -> nw.Expr:
    """Number of the size class of a headcount."""
    chain: Any = nw.when(nw.col(heads) < limits[0]).then(nw.lit(0))
    for number, limit in enumerate(limits[1:], start=1):
        chain = chain.when(nw.col(heads) < limit).then(nw.lit(number))
    expr: nw.Expr = chain.otherwise(nw.lit(len(limits))).cast(nw.Int64)
    return expr


def happened(column: str, present: Collection[str]) -> nw.Expr:
    """1 where an event is recorded, 0 where none is or the column is not there."""
    if column not in present:
        return nw.lit(0)
    event = nw.col(column)
    return nw.when(event.is_null() | (event == "")).then(nw.lit(0)).otherwise(nw.lit(1))


def records(
    raw: nw.LazyFrame[Any], present: Collection[str], rounding: bool, within: nw.Expr
) -> nw.LazyFrame[Any]:
    """Rows as every table needs them.

    Parameters
    ----------
    raw : narwhals.LazyFrame
        The register, columns under their names here.
    present : collection of str
        Its columns.
    rounding : bool
        Round headcounts to whole persons.
    within : narwhals.Expr
        1 where the row's numbers are within their limits, else null.

    Returns
    -------
    narwhals.LazyFrame
        ``firm_id``, ``year``, ``geo``, ``nace``; events and ``p``, ``e``, ``t``, ``v`` (those that
        are there); ``active``: 1 where the enterprise has persons employed or turnover in the
        year; ``sound``: `within`.
    """
    measures = {short: whole(name, rounding) for name, short in HEADS.items() if name in present}
    measures |= {short: cents(name) for name, short in AMOUNTS.items() if name in present}
    if (
        "t" in measures
    ):  # its expression, not its column: only where nobody is employed is it needed
        working = (measures["p"] > 0) | (measures["t"] > 0)
        active = nw.when(working).then(nw.lit(1)).otherwise(nw.lit(0))
    else:  # without turnover, being in the register is all there is to go by
        active = nw.lit(1)
    events = [name for name in MOVES if name in present]
    return raw.select(
        "firm_id", "geo", "nace", *events, year=nw.col("year").cast(nw.Int64),
        active=active, sound=within, **measures,
    )  # fmt: skip


def classed(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add ``act``, and ``sbs`` and ``bd``, numbers of the size classes, where there are heads.

    Left until a query has as few rows as it will have: text and classes are what costs most.
    """
    names = rows.collect_schema().names()
    kinds = {"sbs": ("p", SBS_LIMITS), "bd": ("e", BD_LIMITS)}
    classes = {kind: size_class(*of) for kind, of in kinds.items() if of[0] in names}
    return rows.with_columns(act=activity(), **classes)
