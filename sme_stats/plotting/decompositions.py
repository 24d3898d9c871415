"""Recipes of what a figure is made of: classes, sections, vintages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from sme_stats import codelists, plotting
from sme_stats.codelists import size_code
from sme_stats.errors import NotAvailableError, UsageError
from sme_stats.frame import codes, concat, select
from sme_stats.indicators import dynamics, spread
from sme_stats.indicators.registry import find
from sme_stats.indicators.shift_share import decompose_share
from sme_stats.loading import load
from sme_stats.plotting.moves import OVER_TIME, two_years
from sme_stats.plotting.questions import FEW, Question, cells_of, computed, in_years
from sme_stats.sources import keeping


def contributions(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """Contributions of classes to growth: years of one place, or several places."""
    cells = cells_of(replace(question, year=()), "sbs_sc_ovw")
    cells = select(cells, measure=question.measure or "persons_employed")
    if len(question.geo) > 1:
        cells = two_years(select(cells, geo=list(question.geo)), question)
    else:
        cells = select(cells, geo=question.geo[0] if question.geo else FEW[0])
        cells = in_years(cells, question)
    parts = dynamics.contributions(cells, across_breaks="flag")
    across = parts["flag"].astype(str).str.contains("b").to_numpy()
    if question.across_breaks != "flag" and across.all():
        dynamics.contributions(cells)  # says which break
    return parts if question.across_breaks == "flag" else parts[~across], plotting.contributions


def shift_share(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """Parts of a share's change over the sections at hand."""
    table = question.dataset or "sbs_sc_ovw"
    measure = question.measure or "persons_employed"
    cells = load(table, question.source, question.vintage or None)
    sections = [c for c, row in codelists.table("NACE").items() if row["kind"] == "section"]
    there = list(question.nace) or [c for c in sections if c in codes(cells["nace"])]
    if len(there) < 2:
        raise NotAvailableError(
            f"{table} as it is at hand has no sections by size, which a shift-share needs; fetch "
            "the table from Eurostat, or name one that has them with dataset"
        )
    cells = select(cells, nace=there, measure=measure, geo=list(question.geo) or None)
    parts = decompose_share(
        two_years(cells, question), question.size or "SME", question.across_breaks or "refuse"
    )
    return parts, partial(plotting.shift_share, measure=measure)


def convergence(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """Any indicator of a year, in two years."""
    indicator = find(question.indicator)
    if question.indicator.replace("_", "-") in OVER_TIME or not indicator.dataset:
        raise UsageError(
            f"convergence is of an indicator of one year, and {question.indicator} is none; name "
            "another, such as size-share or birth-rate"
        )
    if question.across_breaks:
        raise UsageError("convergence leaves out countries with a break; ask without across_breaks")
    cells = cells_of(replace(question, year=()), indicator.dataset)
    cells = select(cells, geo=list(question.geo)) if question.geo else cells
    if len(question.year) > 1:
        question = replace(question, since=min(question.year), year=(max(question.year),))
    if question.since and question.year:
        cells = two_years(cells, question)
        start, end = int(cells["year"].min()), int(cells["year"].max())
        return computed(question, cells), partial(plotting.convergence, start=start, end=end)
    frame = computed(question, cells)
    start, end = _span(frame, question)
    kept = frame[frame["year"].isin([start, end])]
    return kept, partial(plotting.convergence, start=start, end=end)


def _span(frame: pd.DataFrame, question: Question) -> tuple[int, int]:
    """The newest year that enough countries have, and the one before it that they have as well.

    A year that the question names is one of the two.
    """
    years = sorted({int(y) for y in frame["year"]}, reverse=True)
    for end in (y for y in years if question.year in ((), (y,))):
        for start in (y for y in years if y < end and question.since in (0, y)):
            if len(spread.pairs(frame, start, end)[0]) >= spread.FEWEST:
                return start, end
    named = [*([f"since {question.since}"] if question.since else []),
             *(f"until {year}" for year in question.year)]  # fmt: skip
    raise NotAvailableError(
        f"convergence needs {spread.FEWEST} countries with two years and no break between; "
        f"{question.indicator} is at hand for {', '.join(map(str, years[::-1]))}, and no two of "
        f"them{' ' if named else ''}{' '.join(named)} have so many: name others with year and since"
    )


def revisions(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """The same cells in every vintage at hand, and as releases printed them."""
    table = question.dataset or "sbs_sc_ovw"
    if question.vintage:
        raise UsageError("revisions are between vintages: leave the vintage out")
    asked = replace(question, dataset=table)
    where: dict[str, Any] = {
        "geo": list(question.geo or ("EU27_2020",)), "measure": question.measure or "enterprises",
        "size": size_code(question.size or "TOTAL"),
    }  # fmt: skip
    parts = [select(in_years(cells_of(asked, table), question), **where)]
    population = codes(parts[0]["nace"])
    known = keeping.vintages(table)["vintage"] if question.source != "live" else ()
    own = set(codes(parts[0]["vintage"]))
    for vintage in known:
        if vintage not in own:
            cells = load(table, vintage=vintage, nace=population, **where)
            fresh = cells[~cells["vintage"].isin(own)]
            own |= set(codes(cells["vintage"]))
            parts += [in_years(fresh, question)] if len(fresh) else []
    printed = load("releases")
    if table in codes(printed["dataset"]):
        printed = select(printed, dataset=table)
        keep = printed["nace"].isin(population) & printed["geo"].isin(where["geo"])
        keep &= (printed["measure"] == where["measure"]) & (printed["size"] == where["size"])
        keep &= printed["year"].isin(set(parts[0]["year"])) & ~printed["vintage"].isin(own)
        parts.append(printed[keep])
    return concat([p for p in parts if len(p)]), plotting.revisions
