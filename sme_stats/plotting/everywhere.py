"""Recipes of the charts that draw any indicator, and a comparison of its places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from sme_stats import plotting
from sme_stats.errors import NotAvailableError, SmeStatsError, UnknownNameError, UsageError
from sme_stats.frame import codes
from sme_stats.indicators.registry import find
from sme_stats.plotting.comparisons import alike, beside, compared
from sme_stats.plotting.moves import OVER_TIME, two_years
from sme_stats.plotting.questions import (
    BEFORE,
    FEW,
    Question,
    by_country,
    cells_of,
    computed,
    over_years,
)


def ranking(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """One year of every country; how far each is from a reference, or which are alike."""
    if question.then == "peers":
        return alike(question), plotting.ranking
    return compared(question, _of_countries(question)), plotting.ranking


def _of_countries(question: Question) -> pd.DataFrame:
    table = find(question.indicator).dataset
    if question.indicator in OVER_TIME:
        cells = two_years(cells_of(replace(question, year=()), table), question)
        # Members that lack one of the years would make another sum of each.
        asked = replace(question, add_partial=False, base=int(cells["year"].min()))
        frame = by_country(cells, _beside(asked, cells), partial(computed, asked))
        newest: pd.DataFrame = frame[frame["year"] == frame["year"].max()]
        return newest
    named = [question.dataset] if question.dataset else [table, BEFORE.get(table, table)]
    refused: SmeStatsError | None = None
    for name in dict.fromkeys(named):
        try:
            cells = cells_of(replace(question, dataset=name), name, one_year=True)
            return by_country(cells, _beside(question, cells), partial(computed, question))
        except (NotAvailableError, UnknownNameError) as error:
            refused = refused or error  # the table before may have what the newest lacks
    raise refused or NotAvailableError(f"no table at hand has {question.indicator}")


def _beside(question: Question, cells: pd.DataFrame) -> Question:
    """The question with its reference among the places, where cells have it."""
    present = codes(cells["geo"])
    geo = [g for g in beside(question, question.geo) if g in question.geo or g in present]
    return replace(question, geo=tuple(geo))


def _followed(question: Question, geo: Sequence[str]) -> pd.DataFrame:
    return compared(question, over_years(question, beside(question, geo)))


def tile_map(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """The same on a map."""
    return ranking(question)[0], plotting.tile_map


def trend(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """Years of a few places."""
    return _followed(question, question.geo or FEW), plotting.trend


def small_multiples(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """Years, a panel a place or an activity."""
    if len(question.nace) > 1 and len(question.geo) != 1:
        raise UsageError("small multiples of several activities are of one place: give --geo too")
    return _followed(question, question.geo), plotting.small_multiples


def slope(question: Question) -> tuple[pd.DataFrame, Callable[..., Any]]:
    """The first and the last year of places."""
    frame = _followed(question, question.geo)
    table = codes(frame.loc[frame["year"] == frame["year"].max(), "dataset"])[0]
    years = sorted(set((frame if question.year else frame[frame["dataset"] == table])["year"]))
    return frame[frame["year"].isin([years[0], years[-1]])], plotting.slope
