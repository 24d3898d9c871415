"""What a register must look like: its columns, their types, and what they may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from sme_stats import codelists
from sme_stats.errors import InputError, UnknownNameError

#: Column to what it holds; the first five must be there.
COLUMNS = {
    "firm_id": "identifier of the enterprise, one over the whole register",
    "year": "reference year",
    "nace": "NACE Rev. 2 code with its section letter: C, C25, C2511; within S with its division",
    "geo": "country, Eurostat's code",
    "persons_employed": "persons employed, annual average",
    "employees": "employees, annual average",
    "turnover": "net turnover, euro",
    "value_added": "value added, euro",
    "entry_event": "merger, break_up or reactivation that the enterprise came out of",
    "exit_event": "merger, break_up or reactivation that the enterprise went into",
    "synthetic": "true in every row of a generated register",
}
REQUIRED = ("firm_id", "year", "nace", "geo", "persons_employed")
EVENTS = ("merger", "break_up", "reactivation")
MOVES = ("entry_event", "exit_event")
HEADCOUNTS, AMOUNTS = ("persons_employed", "employees"), ("turnover", "value_added")
#: More euro than any enterprise has, and what infinity is caught by.
MOST = 1e13
#: Activities of the population, and those of NACE outside it.
INSIDE = tuple(codelists.table("NACE")["B-S_X_O_S94"]["parts"].split(";"))
INSIDE = tuple(part for part in INSIDE if part != "S")
OUTSIDE = ("A", "O", "S94", "T", "U")


def renamed(raw: nw.LazyFrame[Any], columns: Mapping[str, str] | None) -> nw.LazyFrame[Any]:
    """Give the columns their names here, and keep only those that mean something here.

    Raises
    ------
    UnknownNameError
        If a column named in `columns` is not in the register, or is none of `COLUMNS`.
    InputError
        If a required column is missing, or a column is of the wrong type.
    """
    names = raw.collect_schema().names()
    chosen = {name: name for name in COLUMNS if name in names}
    for ours, theirs in (columns or {}).items():
        if ours not in COLUMNS:
            raise UnknownNameError("column of a register", ours, COLUMNS)
        if theirs not in names:
            raise UnknownNameError("column in the register", theirs, names)
        chosen[ours] = theirs
    for needed in REQUIRED:
        if needed not in chosen:
            raise InputError(
                f"the register has no column {needed!r} ({COLUMNS[needed]}); it has "
                f"{', '.join(names)}; say which it is: columns={{{needed!r}: …}}"
            )
    rows = raw.select(**{ours: nw.col(theirs) for ours, theirs in chosen.items()})
    kinds = rows.collect_schema()
    _types(kinds)
    coded = [n for n in kinds.names() if kinds[n] in (nw.Categorical, nw.Enum)]
    return rows.with_columns(*(nw.col(n).cast(nw.String) for n in coded)) if coded else rows


def _types(schema: Mapping[str, Any]) -> None:
    for name in ("nace", "geo", *MOVES):
        if name in schema and schema[name] not in (
            nw.String, nw.Categorical, nw.Enum, nw.Object, nw.Unknown
        ):  # fmt: skip
            raise InputError(
                f"column {name} holds {schema[name]}, not text; it is to hold {COLUMNS[name]}"
                if name in REQUIRED
                else f"column {name} holds {schema[name]}, not text: one of {', '.join(EVENTS)}"
            )
    if not schema["year"].is_integer():
        raise InputError(f"column year holds {schema['year']}, not whole numbers")
    for name in (*HEADCOUNTS, *AMOUNTS):
        if name in schema and not schema[name].is_numeric():
            raise InputError(f"column {name} holds {schema[name]}, not numbers")
