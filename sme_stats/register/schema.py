"""What a register must look like, and the check that says where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw
import pandas as pd

from sme_stats import codelists
from sme_stats.errors import IncoherentError, InputError, MixingError, UnknownNameError
from sme_stats.register.adapter import collect

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
HEADCOUNTS, AMOUNTS = ("persons_employed", "employees"), ("turnover", "value_added")
#: More euro than any enterprise has, and what infinity is caught by.
MOST = 1e13
#: Activities of the population, and those of NACE outside it.
INSIDE = tuple(codelists.table("NACE")["B-S_X_O_S94"]["parts"].split(";"))
INSIDE = tuple(part for part in INSIDE if part != "S")
OUTSIDE = ("A", "O", "S94", "T", "U")
#: Types that hold no number beyond that.
_SMALL = (nw.Int8, nw.Int16, nw.Int32, nw.UInt8, nw.UInt16, nw.UInt32)
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
    for name in ("nace", "geo", "entry_event", "exit_event"):
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


def tests(schema: Mapping[str, Any], rounding: bool) -> list[tuple[str, str, nw.Expr]]:
    """Every check of a single row: column, what is wrong, and the rows where it is."""
    found = [(name, "null", _null(name, schema)) for name in COLUMNS
             if name in schema and not name.endswith("_event")]  # fmt: skip
    year = nw.col("year")
    found.append(("year", "not a year from 1900 to 2100", (year < 1900) | (year > 2100)))
    for name in (*HEADCOUNTS, "turnover"):
        if name in schema:
            found.append((name, "negative", nw.col(name) < 0))
    for name in (*HEADCOUNTS, *AMOUNTS):
        if name in schema and schema[name] not in _SMALL:
            found.append((name, f"beyond {MOST:.0e}", _beyond(name, schema)))
    for name in HEADCOUNTS:
        if name in schema and not schema[name].is_integer() and not rounding:
            heads = nw.col(name).cast(nw.Float64)
            found.append((name, "not a whole number of persons", heads != heads.floor()))
    if "employees" in schema:
        more = nw.col("employees") > nw.col("persons_employed")
        found.append(("employees", "more than persons_employed", more))
    found += [
        (name, f"none of {', '.join(EVENTS)}", ~nw.col(name).is_in(["", *EVENTS]))
        for name in ("entry_event", "exit_event")
        if name in schema
    ]
    return found


def _null(name: str, schema: Mapping[str, Any]) -> nw.Expr:
    column = nw.col(name)
    return column.is_null() | column.is_nan() if schema[name].is_float() else column.is_null()


def _beyond(name: str, schema: Mapping[str, Any]) -> nw.Expr:
    column, most = nw.col(name), int(MOST) if schema[name].is_integer() else MOST
    return (column > most) | (column < -most) if name == "value_added" else column > most


def wrong(schema: Mapping[str, Any], rounding: bool) -> nw.Expr:
    """Whether a row breaks any check, for counting in passing; where null, it does not."""
    return reduce(or_, (test for _, _, test in tests(schema, rounding)))


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
        str(n): nw.when(test).then(nw.lit(1)).otherwise(nw.lit(0)).sum()
        for n, (_, _, test) in enumerate(every)
    })).iloc[0]  # fmt: skip
    return [
        Problem(column, what, int(counts[str(n)]), _first(rows, column, test))
        for n, (column, what, test) in enumerate(every)
        if int(counts[str(n)])
    ]


def _code(name: str) -> nw.Expr:
    from sme_stats.register.records import activity

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
        name: sorted(str(code) for code in set(cells[column].dropna()) - set(valid))
        for name, (column, valid) in known.items()
    }


def broken(
    rows: nw.LazyFrame[Any], rounding: bool, codes: Mapping[str, list[str]]
) -> nw.LazyFrame[Any]:
    """Enterprises with a problem in any of their rows: ``firm_id`` and ``broken``."""
    bad = _false_if_null(wrong(rows.collect_schema(), rounding))
    for name, unknown in codes.items():
        if unknown:
            bad = bad | _false_if_null(_code(name).is_in(unknown))
    marked = rows.with_columns(bad=nw.when(bad).then(nw.lit(1)).otherwise(nw.lit(0)))
    pairs = marked.group_by("firm_id", "year").agg(bad=nw.col("bad").sum(), times=nw.len())
    pairs = pairs.with_columns(
        bad=nw.col("bad") + nw.when(nw.col("times") > 1).then(nw.lit(1)).otherwise(nw.lit(0))
    )
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


def synthetic(rows: nw.LazyFrame[Any]) -> bool:
    """Whether the register is a generated one; a mixture with a real one is refused."""
    if "synthetic" not in rows.collect_schema().names():
        return False
    flag = nw.when(nw.col("synthetic")).then(nw.lit(1)).otherwise(nw.lit(0))
    found = collect(rows.select(low=flag.min(), high=flag.max())).iloc[0]
    if int(found["low"]) != int(found["high"]):
        raise MixingError(
            "the register mixes synthetic and other rows (column synthetic); "
            "numbers of the two must not be added: tabulate them apart"
        )
    return bool(found["high"])
