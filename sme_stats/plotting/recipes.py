"""Charts from a question: which cells a chart needs, which indicator, and the drawing of it.

The command line, the report and declared figures all draw through here, so that the same question
gives the same chart wherever it is asked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from sme_stats import plotting
from sme_stats.errors import NotAvailableError, UnknownNameError, UsageError
from sme_stats.frame import codes, concat, select, tidy
from sme_stats.indicators.aggregates import partial_aggregate
from sme_stats.indicators.demography import birth_rate, death_rate
from sme_stats.indicators.registry import compute, find
from sme_stats.indicators.shares import size_structure, without_employees
from sme_stats.loading import load

if TYPE_CHECKING:
    from sme_stats.plotting.chart import Chart

_STRUCTURAL = ("enterprises", "persons_employed", "turnover", "value_added")


@dataclass(frozen=True)
class Question:
    """What a chart shows.

    Attributes
    ----------
    geo : tuple of str
        Places; empty for all that the table has.
    year : tuple of int
        Years; empty for all, or the newest where a chart is of one.
    measure, size : str
        Harmonised measure and size.
    indicator : str
        What `ranking` and `trend` draw, a name of `sme-stats get`.
    dataset : str
        Table; empty for the indicator's own.
    add_partial : bool
        Add the partial aggregate of the member states at hand to charts by country.
    source, vintage : str
        Where cells come from, as for `load`; a vintage only where the chart is of one table.
    """

    geo: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    measure: str = "persons_employed"
    size: str = "SME"
    indicator: str = "size-share"
    dataset: str = ""
    add_partial: bool = True
    source: str = "auto"
    vintage: str = ""


def draw(chart: str, question: Question, **options: object) -> Chart:
    """Load, compute and draw.

    Parameters
    ----------
    chart : str
        ``size-structure``, ``ranking``, ``trend``, ``one-person`` or ``births-deaths``.
    question : Question
        What it shows.
    **options
        Options of the chart: ``lang``, ``width``, ``title``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    UnknownNameError
        If there is no such chart.

    Examples
    --------
    >>> draw("one-person", Question(year=(2023,), geo=("AT", "SK"))).data["geo"].tolist()
    ['EU27_2020[18/27]', 'SK', 'AT']
    """
    name = chart.replace("_", "-")
    if name not in RECIPES and name not in drawable():
        raise UnknownNameError("chart", chart, drawable())
    recipe = RECIPES.get(name) or partial(_of_plugin, name)
    frame, draw_it = recipe(question)
    drawn: Chart = draw_it(frame, **options)
    return drawn


Recipe = Callable[[Question], tuple[pd.DataFrame, Callable[..., Any]]]


def drawable() -> list[str]:
    """Charts that can be asked for by name: those with a recipe, then those of plugins.

    Examples
    --------
    >>> drawable()[:2]
    ['size-structure', 'ranking']
    """
    added = [name for name in plotting.CHARTS if name not in plotting.__all__]
    return [*RECIPES, *(name.replace("_", "-") for name in added)]


def _of_plugin(name: str, question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """The question's indicator, for a chart that a plugin adds."""
    cells = _cells(question, find(question.indicator).dataset, one_year=False)
    cells = select(cells, geo=list(question.geo)) if question.geo else cells
    return _compute(question, cells), plotting.CHARTS[name.replace("-", "_")]


def _structure(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = _cells(question, "sbs_sc_ovw", one_year=True)
    cells = select(cells, geo=list(question.geo)) if question.geo else partial_aggregate(cells)
    measures = [m for m in _STRUCTURAL if m in codes(cells["measure"])]
    if len(codes(cells["geo"])) > 1:
        measures = [question.measure]
    return size_structure(cells[cells["measure"].isin(measures)]), plotting.size_structure


def _ranking(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = _cells(question, find(question.indicator).dataset, one_year=True)
    return _by_country(cells, question, partial(_compute, question)), plotting.ranking


def _compute(question: Question, cells: pd.DataFrame) -> pd.DataFrame:
    """The question's indicator, of one size where it has several."""
    takes = find(question.indicator).takes
    options = {"size": question.size, "measure": question.measure}
    out = compute(question.indicator, cells, **{k: v for k, v in options.items() if k in takes})
    if "size" not in out.columns:
        out = tidy({str(c): out[c] for c in out.columns} | {"size": ["TOTAL"] * len(out)})
    if "size" not in takes and "TOTAL" in codes(out["size"]):
        out = select(out, size="TOTAL")
    if "measure" not in takes and len(codes(out["measure"])) > 1:
        out = select(out, measure=[m for m in codes(out["measure"]) if question.measure in m])
    return out


def _one_person(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = _cells(question, "bd_size", one_year=True)
    cells = cells[cells["measure"] == "active_enterprises"]
    return _by_country(cells, question, without_employees), plotting.one_person


def _by_country(
    cells: pd.DataFrame, question: Question, indicator: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """An indicator for every country, and for the member states together."""
    wanted = select(cells, geo=list(question.geo)) if question.geo else cells
    parts = [indicator(wanted)]
    if question.add_partial:
        # Without member states at hand there is nothing to add up.
        with contextlib.suppress(NotAvailableError):
            parts.append(indicator(partial_aggregate(cells)))
    return concat(parts)


def _trend(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    _one_table(question)
    newest = find(question.indicator).dataset
    old = {"sbs_sc_ovw": "sbs_sc_sca_r2", "bd_size": "bd_9bd_sz_cl_r2"}
    datasets = [question.dataset] if question.dataset else [old.get(newest, newest), newest]
    parts = []
    for dataset in dict.fromkeys(datasets):
        cells = _load(question, dataset)
        here = [g for g in question.geo or ("DE", "ES", "FR", "IT") if g in codes(cells["geo"])]
        if here:
            chosen = _in_years(select(cells, geo=here), question)
            parts.append(_compute(question, chosen))
    if not parts:
        raise NotAvailableError(f"no table at hand has {', '.join(question.geo)}")
    both = concat(parts)
    # The wide population of the older tables has other members than the narrow one.
    return both[both["nace"] != "B-S_X_K642"], plotting.trend


def _births_deaths(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    _one_table(question)
    datasets = [question.dataset] if question.dataset else ["bd_9bd_sz_cl_r2", "bd_size"]
    geo = question.geo[0] if question.geo else "EU27_2020"
    parts = []
    for dataset in datasets:
        cells = _load(question, dataset)
        if geo not in codes(cells["geo"]):
            continue
        cells = _in_years(select(cells, geo=geo, size="TOTAL"), question)
        for rate in (birth_rate, death_rate):
            try:
                parts.append(rate(cells))
            except NotAvailableError:
                continue  # one of the two rates may not be published; the chart says so
    if not parts:
        raise NotAvailableError(f"no table at hand has birth or death rates of {geo}")
    both = concat(parts)
    return both[both["nace"] != "B-S_X_K642"], plotting.births_deaths


def _cells(question: Question, dataset: str, *, one_year: bool) -> pd.DataFrame:
    cells = _load(question, question.dataset or dataset)
    chosen = _in_years(cells, question)
    if one_year and len(question.year) != 1:
        chosen = chosen[chosen["year"] == chosen["year"].max()]
    return chosen


def _load(question: Question, dataset: str) -> pd.DataFrame:
    return load(dataset, question.source, question.vintage or None)


def _one_table(question: Question) -> None:
    """Refuse a vintage where a chart is of two tables: each has its own."""
    if question.vintage and not question.dataset:
        raise UsageError(
            f"vintage {question.vintage} is of one table and this chart of two; name the table as "
            "dataset"
        )


def _in_years(cells: pd.DataFrame, question: Question) -> pd.DataFrame:
    if not question.year:
        return cells
    present = [y for y in question.year if (cells["year"] == y).any()]
    return select(cells, year=present or list(question.year))


RECIPES: Mapping[str, Recipe] = {
    "size-structure": _structure,
    "ranking": _ranking,
    "trend": _trend,
    "one-person": _one_person,
    "births-deaths": _births_deaths,
}
