"""What a chart is asked to show, and the cells that answer it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from sme_stats import catalogue
from sme_stats.codelists import size_code
from sme_stats.errors import (
    BreakError,
    NotAvailableError,
    UnknownNameError,
    UsageError,
    WithheldError,
)
from sme_stats.frame import codes, concat, select, tidy
from sme_stats.indicators.aggregates import partial_aggregate
from sme_stats.indicators.registry import compute, find
from sme_stats.loading import load
from sme_stats.plotting.moves import OVER_TIME, over_time
from sme_stats.plotting.wholes import ONLY_WHOLE, where_known

#: Table to the one that came before it, for charts over years.
BEFORE = {"sbs_sc_ovw": "sbs_sc_sca_r2", "bd_size": "bd_9bd_sz_cl_r2"}
#: Places of charts that show a few and are not told which.
FEW = ("DE", "ES", "FR", "IT")


@dataclass(frozen=True)
class Question:
    """What a chart shows.

    Attributes
    ----------
    geo : tuple of str
        Places; empty for all that the table has, or a few where a chart has room for no more.
    year : tuple of int
        Years; empty for all, or the newest where a chart is of one. Of survival curves the year
        of birth.
    nace : tuple of str
        Activities; empty for the table's whole population. Several are the rows of a heat map, or
        the panels of small multiples.
    measure, size : str
        Harmonised measure and size; empty for the chart's own, most often ``persons_employed``
        and ``SME``.
    indicator : str
        What charts by country or over years draw, a name of `sme-stats get`.
    dataset : str
        Table; empty for the indicator's own. A table of releases by its name, ``istat_sbs``.
    base, since : int
        Base year of an index; the earlier year of a growth rate, a change, a shift-share. 0 for
        the first year of the newest table, and for the year before.
    age : str
        Age of survival, ``Y1`` to ``Y5``; empty for the oldest at hand.
    across_breaks : str
        ``flag`` to draw changes across breaks too; by default they are left out.
    then : str
        Comparison of places that follows, as `sme-stats get` has it: ``distance``, ``peers``.
    option : mapping
        Other options of the indicator or the comparison by name: ``{"reference": "DE"}``.
    claim, claim_id : str
        Claims file and which claim of it, for the chart of a claim.
    add_partial : bool
        Add the partial aggregate of the member states at hand to charts by country.
    source, vintage : str
        Where cells come from, as for `load`; a vintage only where the chart is of one table.
    """

    geo: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    measure: str = ""
    size: str = ""
    indicator: str = "size-share"
    dataset: str = ""
    add_partial: bool = True
    source: str = "auto"
    vintage: str = ""
    nace: tuple[str, ...] = ()
    claim: str = ""
    claim_id: str = ""
    base: int = 0
    since: int = 0
    age: str = ""
    across_breaks: str = ""
    then: str = ""
    option: Mapping[str, Any] = field(default_factory=dict)


def cells_of(question: Question, dataset: str, *, one_year: bool = False) -> pd.DataFrame:
    """Cells of one table in the question's years and activities.

    Parameters
    ----------
    question : Question
        Whose table, if it names one, comes before `dataset`.
    dataset : str
        The chart's own table.
    one_year : bool
        Keep the newest year unless the question names one.
    """
    table = question.dataset or dataset
    cells = in_years(_activities(table, question), question)
    if one_year and len(question.year) != 1:
        cells = cells[cells["year"] == cells["year"].max()]
    return cells


def _loaded(table: str, question: Question, **where: Any) -> pd.DataFrame:
    """A table; one that only releases have is read from them."""
    source = question.source
    if table not in catalogue.entries() and source in ("auto", "snapshot"):
        printed = load("releases")
        if table in codes(printed["dataset"]):
            return select(printed, f"the printed {table}", dataset=table, **where)
    return load(table, source, question.vintage or None, **where)


def _activities(table: str, question: Question) -> pd.DataFrame:
    """Cells of the activities asked for, else of the table's whole population where it has that."""
    if question.nace:
        return _loaded(table, question, nace=list(question.nace))
    cells = _loaded(table, question)
    flow = catalogue.entries().get(table)
    if "nace" in cells.columns and flow and flow.population in codes(cells["nace"]):
        return select(cells, nace=flow.population)
    return cells


def one_table(question: Question) -> None:
    """Refuse a vintage where a chart is of two tables: each has its own.

    Raises
    ------
    UsageError
        If the question has a vintage and names no table.
    """
    if question.vintage and not question.dataset:
        raise UsageError(
            f"vintage {question.vintage} is of one table and this chart of two; name the table as "
            "dataset"
        )


def in_years(cells: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Cells in those years of the question that there are; none is the same as all."""
    if not question.year:
        return cells
    present = [y for y in question.year if (cells["year"] == y).any()]
    return select(cells, year=present or list(question.year))


def computed(question: Question, cells: pd.DataFrame) -> pd.DataFrame:
    """The question's indicator, of one size where it has several."""
    if question.indicator in OVER_TIME:
        return over_time(question, cells)
    takes = find(question.indicator).takes
    measure = question.measure or "persons_employed"
    options: dict[str, object] = {"size": question.size or "SME", "measure": measure}
    options["age"] = question.age or None
    if not question.size and ("size" not in cells.columns or codes(cells["size"]) == ["TOTAL"]):
        options["size"] = None  # a table without classes
    given: Any = {k: v for k, v in (options | dict(question.option)).items() if k in takes}
    if question.indicator in ONLY_WHOLE:
        out = where_known(partial(compute, question.indicator, **given), cells)
    else:
        out = compute(question.indicator, cells, **given)
    if "size" not in out.columns:
        out = tidy({str(c): out[c] for c in out.columns} | {"size": ["TOTAL"] * len(out)})
    if "size" not in takes:
        out = _one_size(out, question)
    if "age" in out.columns and "age" not in takes and codes(out["age"]):
        out = select(out, age=question.age or codes(out["age"])[-1])
    if "measure" not in takes and len(codes(out["measure"])) > 1:
        out = select(out, measure=[m for m in codes(out["measure"]) if measure in m])
    return out


def _one_size(out: pd.DataFrame, question: Question) -> pd.DataFrame:
    """One class of an indicator that gives several: the one asked for, TOTAL, or the largest."""
    present = codes(out["size"])
    if question.size:
        return select(out, size=size_code(question.size))
    if "TOTAL" in present:
        return select(out, size="TOTAL")
    return select(out, size="GE250") if "GE250" in present and len(present) > 1 else out


def by_country(
    cells: pd.DataFrame, question: Question, indicator: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """An indicator for every country, and for the member states together."""
    wanted = select(cells, geo=list(question.geo)) if question.geo else cells
    parts = [indicator(wanted)]
    if question.add_partial:
        # Without member states at hand, or without a class of one, there is nothing to add up.
        with contextlib.suppress(NotAvailableError, WithheldError):
            parts.append(indicator(partial_aggregate(cells)))
    return concat(parts)


def over_years(question: Question, geo: Sequence[str]) -> pd.DataFrame:
    """The question's indicator in a table and the one before it; all places where none is named."""
    one_table(question)
    newest = find(question.indicator).dataset
    named = [question.dataset] if question.dataset else [BEFORE.get(newest, newest), newest]
    parts: list[pd.DataFrame] = []
    refused: Exception | None = None
    for dataset in dict.fromkeys(named):
        try:
            parts += _one_table(question, dataset, geo)
        except (NotAvailableError, UnknownNameError, BreakError) as error:
            refused = error  # one of the two may not be at hand, or lack a measure or years
    if not parts and refused is not None:
        raise refused
    if not parts:
        years = f" in {', '.join(map(str, question.year))}" if question.year else ""
        raise NotAvailableError(f"no table at hand has {', '.join(geo) or 'cells'}{years}")
    return concat(parts)


def _one_table(question: Question, dataset: str, geo: Sequence[str]) -> list[pd.DataFrame]:
    """The question's indicator in one table, where that has the places and years."""
    cells = _activities(dataset, question)
    here = [g for g in geo or codes(cells["geo"]) if g in codes(cells["geo"])]
    if not here or (question.year and not cells["year"].isin(question.year).any()):
        return []
    return [computed(question, in_years(select(cells, geo=here), question))]
