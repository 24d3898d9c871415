"""`tabulate`: from a register to the tables that Eurostat publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import pandas as pd

from sme_stats import flags
from sme_stats.errors import UnknownNameError
from sme_stats.frame import concat
from sme_stats.register import checks
from sme_stats.register.adapter import MEMORY, collect, opened
from sme_stats.register.aggregation import changes, events, exact, growing, high_growth, stocks
from sme_stats.register.assembly import assemble
from sme_stats.register.disclosure import Protection, protect
from sme_stats.register.records import activity, records
from sme_stats.register.schema import INSIDE, renamed
from sme_stats.register.screening import Extent, doubtful, extent, unknown_events, within

#: What to do with enterprises whose records break the schema.
PROBLEMS = ("refuse", "leave-out")
#: Flag of every cell of a register from which enterprises were left out: low reliability.
LEFT_OUT = "u"


@dataclass(frozen=True)
class Tables:
    """What `tabulate` gives.

    Attributes
    ----------
    sbs, bd, hg : pandas.DataFrame
        Observation frames: structural business statistics, business demography, high growth.
        `hg` is empty without employees.
    rows, outside, inactive, left_out : int
        Rows of the register; of them active outside the population (A, O, S94, T, U); without
        persons employed and turnover; of enterprises that were left out.
    synthetic : bool
        The register was generated: no row is of a real enterprise.
    problems : tuple of Problem
        What was wrong with the enterprises that were left out.
    primary, secondary : int
        Cells withheld by the rules of disclosure control, and to protect those.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm_id": [1, 2], "year": 2020, "nace": ["C10", "A01"],
    ...                       "geo": "AT", "persons_employed": [3, 4]})
    >>> tables = tabulate(firms)
    >>> tables.summary()
    '2 firm-years; 1 outside the business economy.'
    """

    sbs: pd.DataFrame
    bd: pd.DataFrame
    hg: pd.DataFrame
    rows: int
    outside: int
    inactive: int
    left_out: int
    synthetic: bool
    problems: tuple[checks.Problem, ...] = ()
    primary: int = 0
    secondary: int = 0

    def frame(self) -> pd.DataFrame:
        """All three tables as one observation frame."""
        return concat([part for part in (self.sbs, self.bd, self.hg) if len(part)])

    def summary(self) -> str:
        """What the tables come from, in a sentence or two; a synthetic register first of all."""
        said = ["Synthetic register: no row is of a real enterprise."] if self.synthetic else []
        parts = [f"{self.rows:,} firm-years"]
        parts += [f"{n:,} {what}" for n, what in (
            (self.outside, "outside the business economy"), (self.inactive, "not active"),
            (self.left_out, "left out"), (self.primary, "cells withheld by the rules"),
            (self.secondary, "to protect those"),
        ) if n]  # fmt: skip
        return " ".join([*said, "; ".join(parts) + "."])


def tabulate(
    source: object,
    engine: str = "duckdb",
    scheduler: str = "",
    columns: Mapping[str, str] | None = None,
    problems: str = "refuse",
    round_headcounts: bool = False,
    whole: bool = False,
    vintage: str = "",
    memory: str = MEMORY,
    protection: Protection | None = None,
) -> Tables:
    """Tables of structural business statistics and business demography from a register.

    Parameters
    ----------
    source : str, pathlib.Path or frame
        A Parquet or CSV file, a folder of either, or a frame of any engine that narwhals takes
        (pandas, Polars, DuckDB, Dask, PySpark, …); one row an enterprise and year. Columns:
        ``firm_id``, ``year``, ``nace``, ``geo``, ``persons_employed``; optional ``employees``,
        ``turnover``, ``value_added`` (euro), ``entry_event``, ``exit_event`` (``merger``,
        ``break_up``, ``reactivation``, or blank).
    engine : {"duckdb", "polars", "pandas", "dask", "spark"}
        What computes, for a path. A frame brings its own.
    scheduler : str
        Address of a Dask scheduler, or Spark master.
    columns : mapping, optional
        Name here to name in the register, where they differ.
    problems : {"refuse", "leave-out"}
        What to do where records break the schema: nulls, negative counts, employees beyond
        persons employed, unknown codes, an enterprise twice in a year. ``leave-out`` drops these
        enterprises in all their years (a missing year would read as a death) and flags every
        cell ``u``.
    round_headcounts : bool
        Round headcounts to whole persons, halves up, before anything else; else fractions are
        a problem: classes are of whole persons.
    whole : bool
        The register holds the whole population B-S_X_O_S94 of its countries. Else the aggregate
        is given only for countries with records in each of its sections.
    vintage : str
        Vintage of the cells; ``synthetic`` for a generated register.
    memory : str
        What DuckDB may use before it spills to disk.
    protection : Protection, optional
        Rules of disclosure control; by default nothing is withheld, and the tables are not for
        publication.

    Returns
    -------
    Tables
        ``sbs``: ENT_NR, EMP_NR, SAL_NR, NETTUR_MEUR, AV_MEUR by persons employed. ``bd``: ENT_NR,
        EMP_NR, SAL_NR of active enterprises, ENT_BRTH_NR, ENT_DTH_NR with their persons and
        employees, ENT_SRVL_NR and ENT_SRVLR_BRTH_PC by age Y1 to Y5, by employees. ``hg``:
        ENT_HGRW_NR, SAL_HGRW_NR, ENT_HGRWR_PC. Sections, S95, S96, B-E and the business economy;
        each country; every year that the register allows.

    Raises
    ------
    InputError
        If the path, a column or its type is not as described.
    IncoherentError
        If records break the schema: names columns, counts and first rows.
    MixingError
        If synthetic and other rows are mixed.
    UsageError
        If the engine is not installed or its scheduler does not answer.

    See Also
    --------
    generate : A synthetic register to try it on.
    Protection : Rules by which cells are withheld.

    Notes
    -----
    *Active*: persons employed or turnover above zero in the year; without a turnover column, being
    in the register. *Birth*: active in t, not in t-1 and t-2, and no entry event in t; so a
    reactivation within two years is no birth. The first two years of a country have none: its
    oldest records would all count. *Death*: active in t, not in t+1 and t+2, and no exit event in
    t; flagged ``p`` while t+2 is not there; the last year has no value. *Survival* at age n in t:
    births of t-n that are active in t, in percent of these births, by activity and size at birth.
    *High growth* in t: at least 10 employees in t-3 and at least 1.1³ = 1.331 times as many in t,
    compared in whole numbers; the share is of active enterprises with 10 employees or more in t.
    Births of t-3 are not taken out.

    Amounts are rounded to cents a record, so that sums are exact and alike on every engine.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({
    ...     "firm_id": [1, 1, 1, 2, 3], "year": [2021, 2022, 2023, 2023, 2022],
    ...     "nace": "C10", "geo": "AT", "persons_employed": [12, 14, 15, 1, 300],
    ... })
    >>> tables = tabulate(firms)
    >>> births = tables.bd[tables.bd["measure"] == "births"]
    >>> births[["nace", "size", "year", "value"]].to_dict("list")
    {'nace': ['C'], 'size': ['TOTAL'], 'year': [2023], 'value': [1.0]}
    >>> deaths = tables.bd[tables.bd["measure"] == "deaths"]
    >>> deaths[["year", "value", "flag"]].to_dict("list")
    {'year': [2021, 2022, 2023], 'value': [0.0, 1.0, nan], 'flag': ['', 'p', 'p']}
    """
    if problems not in PROBLEMS:
        raise UnknownNameError("way to treat problems", problems, PROBLEMS)
    with opened(source, engine, scheduler, memory) as raw:
        rows = renamed(raw, columns)
        seen = extent(rows)
        vintage = vintage or "synthetic" * seen.synthetic
        chosen = _Choice(round_headcounts, whole, vintage, protection)
        if problems == "refuse":
            return _tabulate(rows, seen, chosen)
        rows, found, count = _left_out(rows, round_headcounts)
        tables = _tabulate(rows, extent(rows), chosen)
        return _marked(tables, found, count) if found else tables


@dataclass(frozen=True)
class _Choice:
    """What the caller chose."""

    rounding: bool
    whole: bool
    vintage: str
    protection: Protection | None


def _tabulate(rows: nw.LazyFrame[Any], seen: Extent, chosen: _Choice) -> Tables:
    kept = rows.collect_schema()
    lines = records(rows, kept.names(), chosen.rounding, within(kept, chosen.rounding))
    measures = [m for m in ("p", "e", "t", "v") if m in lines.collect_schema().names()]
    sums = stocks(lines, measures)
    codes = checks.unknown_codes(sums)
    if doubtful(sums, seen) or any(codes.values()) or unknown_events(rows):
        checks.refuse(checks.problems(rows, chosen.rounding, codes))
    base = exact(sums, measures)
    changed = changes(lines, [m for m in ("p", "e") if m in measures], seen.first, seen.last)
    moved = events(changed)
    if moved["doubled"].sum():
        checks.refuse([checks.doubled(rows)])
    grown = growing(lines) if "e" in measures else None
    grew = high_growth(grown) if grown is not None else None
    frames = assemble(base, moved, grew, seen.synthetic, chosen.whole, chosen.vintage)
    inside, active = base["act"].isin(INSIDE), base["active"] == 1
    tables = Tables(
        *frames, rows=seen.rows, outside=int(base.loc[active & ~inside, "n"].sum()),
        inactive=int(base.loc[~active, "n"].sum()), left_out=0, synthetic=seen.synthetic,
    )  # fmt: skip
    if chosen.protection is None:
        return tables
    from sme_stats.register.contributions import contributions

    tops = contributions(lines.filter(nw.col("active") == 1), changed, grown, measures)
    named = {name: getattr(tables, name) for name in ("sbs", "bd", "hg")}
    hidden, primary, secondary = protect(named, tops, chosen.protection)
    sbs, bd, hg = hidden["sbs"], hidden["bd"], hidden["hg"]
    return replace(tables, sbs=sbs, bd=bd, hg=hg, primary=primary, secondary=secondary)


def _left_out(
    rows: nw.LazyFrame[Any], rounding: bool
) -> tuple[nw.LazyFrame[Any], tuple[checks.Problem, ...], int]:
    """The register without the enterprises that break the schema in any of their rows."""
    kept = rows.collect_schema()
    codes = checks.unknown_codes(collect(
        rows.select(act=activity(), geo=nw.col("geo")).group_by("act", "geo").agg(n=nw.len())
    ))  # fmt: skip
    found = checks.problems(rows, rounding, codes)
    twice = checks.doubled(rows)
    found += [twice] if twice.rows else []
    if not found:
        return rows, (), 0
    remaining = rows.join(checks.broken(rows, rounding, codes), on="firm_id", how="left")
    remaining = remaining.filter(nw.col("broken").is_null() & ~nw.col("firm_id").is_null())
    remaining = remaining.select(*kept.names())
    before, after = (int(collect(r.select(n=nw.len()))["n"].iloc[0]) for r in (rows, remaining))
    return remaining, tuple(found), before - after


def _marked(tables: Tables, found: tuple[checks.Problem, ...], count: int) -> Tables:
    """Every cell flagged: none is of the whole register."""
    sbs, bd, hg = (_flagged(part) for part in (tables.sbs, tables.bd, tables.hg))
    return replace(
        tables, sbs=sbs, bd=bd, hg=hg, rows=tables.rows + count, left_out=count, problems=found
    )


def _flagged(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        return frame
    known = frame["flag"].cat.categories
    marked = frame["flag"].cat.rename_categories({f: flags.union([f, LEFT_OUT]) for f in known})
    return frame.assign(flag=marked)
