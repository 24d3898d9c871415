"""Charts from a question: which cells a chart needs, which indicator, and the drawing of it.

The command line, the report and declared figures all draw through here, so that the same question
gives the same chart wherever it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from sme_stats import plotting
from sme_stats.errors import NotAvailableError, UnknownNameError, UsageError
from sme_stats.frame import codes, concat, select
from sme_stats.indicators.aggregates import partial_aggregate
from sme_stats.indicators.demography import birth_rate, death_rate, survival
from sme_stats.indicators.distribution import lorenz
from sme_stats.indicators.dynamism import survival_curve
from sme_stats.indicators.productivity import labour_productivity, productivity_gap
from sme_stats.indicators.registry import find
from sme_stats.indicators.shares import size_structure, without_employees
from sme_stats.plotting.comparisons import settle
from sme_stats.plotting.decompositions import contributions, convergence, revisions, shift_share
from sme_stats.plotting.everywhere import ranking, slope, small_multiples, tile_map, trend
from sme_stats.plotting.questions import (
    FEW,
    Question,
    by_country,
    cells_of,
    computed,
    in_years,
    one_table,
)

if TYPE_CHECKING:
    from sme_stats.plotting.chart import Chart

__all__ = ["RECIPES", "Question", "draw", "drawable"]

_STRUCTURAL = ("enterprises", "persons_employed", "turnover", "value_added")
#: Age at which a cohort's survival is known to its end.
_LAST_AGE = 5

#: What a recipe gives: what is drawn, and the function that draws it.
Recipe = Callable[[Question], tuple[Any, Callable[..., Any]]]


def draw(chart: str, question: Question, **options: object) -> Chart:
    """Load, compute and draw.

    Parameters
    ----------
    chart : str
        One of `drawable`: ``ranking``, ``trend``, ``tile-map`` and so on; underscores do for
        hyphens.
    question : Question
        What it shows.
    **options
        Options of the chart: ``lang``, ``width``, ``title``, ``order``, ``labels``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    UnknownNameError
        If there is no such chart.
    UsageError
        If the chart does not draw the indicator or the comparison; names those that do.

    Examples
    --------
    >>> draw("one-person", Question(year=(2023,), geo=("AT", "SK"))).data["geo"].tolist()
    ['EU27_2020[18/27]', 'SK', 'AT']
    """
    name = chart.replace("_", "-")
    name = "claim" if name == "claim-against-data" else name
    if name not in RECIPES and name not in drawable():
        raise UnknownNameError("chart", chart, drawable())
    recipe = RECIPES.get(name) or partial(_of_plugin, name)
    frame, draw_it = recipe(settle(name, question, own=name in RECIPES))
    drawn: Chart = draw_it(frame, **options)
    return drawn


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
    cells = cells_of(question, find(question.indicator).dataset)
    cells = select(cells, geo=list(question.geo)) if question.geo else cells
    return computed(question, cells), plotting.CHARTS[name.replace("-", "_")]


def _structure(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = cells_of(question, "sbs_sc_ovw", one_year=True)
    cells = select(cells, geo=list(question.geo)) if question.geo else partial_aggregate(cells)
    measures = [m for m in _STRUCTURAL if m in codes(cells["measure"])]
    if len(codes(cells["geo"])) > 1:
        measures = [question.measure or "persons_employed"]
    return size_structure(cells[cells["measure"].isin(measures)]), plotting.size_structure


def _one_person(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = cells_of(question, "bd_size", one_year=True)
    cells = cells[cells["measure"] == "active_enterprises"]
    return by_country(cells, question, without_employees), plotting.one_person


def _heat_map(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = cells_of(question, "sbs_sc_ovw", one_year=True)
    measure = question.measure or "persons_employed"
    cells = select(cells, measure=measure)
    if len(question.nace) > 1 and len(question.geo) == 1:
        return size_structure(select(cells, geo=question.geo[0])), plotting.heat_map
    return by_country(cells, question, size_structure), plotting.heat_map


def _waffle(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = cells_of(question, "sbs_sc_ovw")
    cells = select(cells, geo=question.geo[0] if question.geo else "EU27_2020",
                   measure=question.measure or "enterprises")  # fmt: skip
    structure = size_structure(cells)
    known = [year for year, part in structure.groupby("year") if _complete(part["value"])]
    return structure[structure["year"] == (known or [structure["year"].max()])[-1]], plotting.waffle


def _complete(shares: pd.Series[float]) -> bool:
    """Whether every class is known, or all but what rounding takes."""
    return bool(shares.notna().all() and shares.sum() > 98)


def _lorenz(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = cells_of(question, "sbs_sc_ovw", one_year=True)
    return lorenz(select(cells, geo=list(question.geo or FEW))), plotting.lorenz_curve


def _survival(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    # The year asked for is the year of birth, not that of a cell.
    cells = select(cells_of(replace(question, year=()), "bd_9bd_sz_cl_r2"), measure="survival")
    geo = [g for g in question.geo or ("EU27_2020", *FEW) if question.geo or g in set(cells["geo"])]
    cells = select(cells, geo=geo)
    rates = survival(cells)
    oldest = rates[rates["age"] == f"Y{_LAST_AGE}"]
    newest = int((oldest if len(oldest) else rates)["year"].max()) - _LAST_AGE
    cohort = question.year[0] if question.year else newest
    return survival_curve(cells, cohort), plotting.survival_curves


def _births_deaths(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    one_table(question)
    datasets = [question.dataset] if question.dataset else ["bd_9bd_sz_cl_r2", "bd_size"]
    geo = question.geo[0] if question.geo else "EU27_2020"
    parts = []
    for dataset in datasets:
        cells = cells_of(replace(question, dataset=dataset, year=()), dataset)
        if geo not in codes(cells["geo"]):
            continue
        cells = in_years(select(cells, geo=geo, size="TOTAL"), question)
        for rate in (birth_rate, death_rate):
            try:
                parts.append(rate(cells))
            except NotAvailableError:
                continue  # one of the two rates may not be published; the chart says so
    if not parts:
        raise NotAvailableError(f"no table at hand has birth or death rates of {geo}")
    return concat(parts), plotting.births_deaths


def _productivity_gap(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    cells = cells_of(question, "sbs_sc_ovw")
    cells = select(cells, geo=list(question.geo)) if question.geo else cells
    # Of one place in a table that was named the rows are years; of several places one year.
    if len(question.year) != 1 and not (question.dataset and cells["geo"].nunique() == 1):
        cells = cells[cells["year"] == cells["year"].max()]
    if "value_added" not in codes(cells["measure"]):
        raise NotAvailableError(
            f"{question.dataset or 'sbs_sc_ovw'} as it is at hand has no value added by size; "
            "fetch the table from Eurostat, or name one that has it: --dataset istat_sbs --nace C"
        )
    levels = [labour_productivity(cells, size) for size in ("SME", "large")]
    return concat([*levels, productivity_gap(cells)]), plotting.productivity_gap


def _asked(question: Question, chart: str) -> tuple[Any, Any]:
    """The claim asked for, and the definition space of the tables at hand."""
    from sme_stats.claims.files import read_claims
    from sme_stats.claims.space import embedded

    if not question.claim:
        raise UsageError(f"chart {chart} needs --claim FILE")
    claims = read_claims(question.claim)
    wanted = [c for c in claims if question.claim_id in ("", c.id)]
    if not wanted:
        raise UnknownNameError(
            f"claim in {question.claim}", question.claim_id, [c.id for c in claims]
        )
    return wanted[0], embedded()


def _claim(question: Question) -> tuple[Mapping[str, Any], Callable[..., Any]]:
    from sme_stats.claims.verdicts import check

    claim, space = _asked(question, "claim")
    return check(claim, space)[0].record(), plotting.claim_against_data


def _definition_map(question: Question) -> tuple[Any, Callable[..., Any]]:
    from sme_stats.claims.points import map_of

    return map_of(*_asked(question, "definition-map")), plotting.definition_map


RECIPES: Mapping[str, Recipe] = {
    "size-structure": _structure, "ranking": ranking, "trend": trend,
    "one-person": _one_person, "births-deaths": _births_deaths, "slope": slope,
    "small-multiples": small_multiples, "heat-map": _heat_map, "tile-map": tile_map,
    "waffle": _waffle, "lorenz-curve": _lorenz, "survival-curves": _survival,
    "productivity-gap": _productivity_gap, "revisions": revisions, "claim": _claim,
    "definition-map": _definition_map, "contributions": contributions,
    "shift-share": shift_share, "convergence": convergence,
}  # fmt: skip
