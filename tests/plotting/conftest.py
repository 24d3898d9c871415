"""Charts of real data, and what tests ask their artists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sme_stats import load, plotting
from sme_stats.frame import concat
from sme_stats.indicators import productivity, shares
from sme_stats.indicators.aggregates import partial_aggregate
from sme_stats.indicators.demography import birth_rate, death_rate
from sme_stats.indicators.distribution import lorenz
from sme_stats.indicators.dynamism import survival_curve
from sme_stats.plotting.chart import Chart

#: A pixel's fraction that two boxes may share: glyph boxes are rounded to pixels.
SLACK = 0.6


def with_partial(cells: pd.DataFrame) -> pd.DataFrame:
    countries = cells[cells["geo"] != "EU27_2020"]
    return concat([countries, partial_aggregate(countries)])


@cache
def sme(year: int, measure: str = "persons_employed") -> pd.DataFrame:
    return shares.size_share(with_partial(load("sbs_sc_ovw", year=year)), "SME", measure)


@cache
def sme_years(*geos: str) -> pd.DataFrame:
    tables = [load(d) for d in ("sbs_sc_sca_r2", "sbs_sc_ovw")]
    both = concat([shares.size_share(t, "SME", "persons_employed") for t in tables])
    return both[both["geo"].isin(geos)] if geos else both


def two_years(*years: int) -> pd.DataFrame:
    both = sme_years()
    return both[both["year"].isin(years)]


@cache
def rates(geo: str) -> pd.DataFrame:
    old = load("bd_9bd_sz_cl_r2", geo=geo, nace="B-N_X_K642")
    both = concat([old, load("bd_size", geo=geo)])
    return concat([birth_rate(both), death_rate(both)])


def births(geo: str) -> pd.DataFrame:
    old = load("bd_9bd_sz_cl_r2", geo=geo, nace="B-N_X_K642", measure="births")
    return concat([old, load("bd_size", geo=geo, measure="births")])


@cache
def structure(year: int, measure: str | None = None, **where: Any) -> pd.DataFrame:
    return shares.size_structure(load("sbs_sc_ovw", year=year, **where), measure)


@cache
def gap(**where: Any) -> pd.DataFrame:
    """Value added per person in Italian manufacturing, ISTAT; or in the EU, rounded."""
    cells = load("releases", **where)
    levels = [productivity.labour_productivity(cells, size) for size in ("SME", "large")]
    return concat([*levels, productivity.productivity_gap(cells)])


def in_vintages(size: str) -> pd.DataFrame:
    """Enterprises of the EU as releases printed them, and as the table has them now."""
    only = {"geo": "EU27_2020", "measure": "enterprises", "size": size}
    printed = load("releases", dataset="sbs_sc_ovw", nace="B-S_X_O_S94", **only)
    return concat([printed, load("sbs_sc_ovw", **only)])


def sections(frame: pd.DataFrame) -> pd.DataFrame:
    """SYNTHETIC: Germany's figures under three activities, so named in every chart of them."""
    own = frame[frame["geo"] == "DE"].astype({"nace": str, "dataset": str})
    own["dataset"] = "synthetic_sbs"
    return pd.concat([own.assign(nace=n, value=own["value"] * f, lower=own["lower"] * f,
                                 upper=own["upper"] * f)
                      for n, f in (("C", 1.0), ("F", 0.9), ("G", 0.8))])  # fmt: skip


VERDICT: dict[str, Any] = {
    "id": "employment-share", "quote": "SMEs employ 58 %", "printed": "58%",
    "printed_lower": 57.5, "printed_upper": 58.5, "verdict": "refuted",
    "value": 63.6, "lower": 63.55, "upper": 63.65, "unit": "PC", "dataset": "sbs_sc_ovw",
    "vintage": "2025-10", "geo": "EU27_2020", "year": 2023, "flag": "p", "source": "final-2023",
    "reading": "rounded", "note": "the data say 63.6 %",
    "readings": [
        {"reading": "rounded", "lower": 57.5, "upper": 58.5, "verdict": "refuted"},
        {"reading": "truncated", "lower": 58.0, "upper": 59.0, "verdict": "refuted"},
    ],
    "partial": None,
}  # fmt: skip
NOTHING = VERDICT | {
    "printed": "60%", "printed_lower": 59.5, "printed_upper": 60.5, "verdict": "unavailable",
    "value": None, "lower": None, "upper": None, "dataset": None, "vintage": None, "flag": None,
    "source": None, "readings": [],
    "partial": {"geo": "EU27_2020[18/27]", "value": 63.41, "lower": 63.41, "upper": 63.41},
}  # fmt: skip
LEVEL = VERDICT | {
    "printed": "25 million", "printed_lower": 24.5e6, "printed_upper": 25.5e6, "unit": "NR",
    "value": 33065522.0, "lower": 33065522.0, "upper": 33065522.0, "readings": [],
}  # fmt: skip
OPEN = VERDICT | {
    "printed": "more than half", "printed_lower": 50.0, "printed_upper": None, "readings": [],
    "verdict": "holds", "value": None, "lower": 60.1, "upper": 66.0,
}  # fmt: skip

CASES: dict[str, Callable[..., Chart]] = {
    "ranking": lambda **o: plotting.ranking(sme(2023), **o),
    "ranking withheld": lambda **o: plotting.ranking(sme(2021), **o),
    "ranking protocol": lambda **o: plotting.ranking(sme(2023), **({"order": "protocol"} | o)),
    "ranking of counts": lambda **o: plotting.ranking(
        load("sbs_sc_ovw", year=2023, measure="enterprises", size="TOTAL"), **o),
    "ranking of money": lambda **o: plotting.ranking(
        load("sbs_sc_ovw", year=2023, measure="turnover", size="GE250"), **o),
    "one person": lambda **o: plotting.one_person(
        shares.without_employees(with_partial(load("bd_size", year=2023))), **o),
    "structure": lambda **o: plotting.size_structure(structure(2023, geo="EE"), **o),
    "structure withheld": lambda **o: plotting.size_structure(structure(2021, geo="PT"), **o),
    "structure of places": lambda **o: plotting.size_structure(
        structure(2021, "persons_employed"), **o),
    "structure by employees": lambda **o: plotting.size_structure(
        shares.size_structure(load("bd_size", geo="SK", year=2023)), **o),
    "trend": lambda **o: plotting.trend(sme_years("DE"), **o),
    "trend withheld": lambda **o: plotting.trend(sme_years("PT"), **o),
    "trend of four": lambda **o: plotting.trend(sme_years("DE", "EL", "FR", "IT"), **o),
    "trend of all": lambda **o: plotting.trend(sme_years(), **o),
    "rates": lambda **o: plotting.births_deaths(rates("EU27_2020"), **o),
    "rates provisional": lambda **o: plotting.births_deaths(rates("BG"), **o),
    "births": lambda **o: plotting.births_deaths(births("FR"), **o),
    "claim": lambda **o: plotting.claim_against_data(VERDICT, **o),
    "claim without data": lambda **o: plotting.claim_against_data(NOTHING, **o),
    "claim on a level": lambda **o: plotting.claim_against_data(LEVEL, **o),
    "small multiples": lambda **o: plotting.small_multiples(sme_years(), **o),
    "heat map": lambda **o: plotting.heat_map(structure(2023, "turnover"), **o),
    "heat map withheld": lambda **o: plotting.heat_map(structure(2021, "persons_employed"), **o),
    "tile map": lambda **o: plotting.tile_map(sme(2023), **o),
    "tile map withheld": lambda **o: plotting.tile_map(sme(2021), **o),
    "waffle": lambda **o: plotting.waffle(structure(2023, "enterprises", geo="EU27_2020"), **o),
    "lorenz": lambda **o: plotting.lorenz_curve(
        lorenz(load("sbs_sc_ovw", geo=["DE", "EL"], year=2023)), **o),
    "survival": lambda **o: plotting.survival_curves(
        survival_curve(load("bd_9bd_sz_cl_r2", geo=["DE", "FR", "EU27_2020"]), 2015), **o),
    "slope": lambda **o: plotting.slope(two_years(2022, 2023), **o),
    "slope withheld": lambda **o: plotting.slope(two_years(2021, 2024), **o),
    "slope broken": lambda **o: plotting.slope(two_years(2020, 2021), **o),
    "productivity gap": lambda **o: plotting.productivity_gap(
        gap(dataset="istat_sbs", nace="C"), **o),
    "productivity gap rounded": lambda **o: plotting.productivity_gap(
        gap(dataset="sbs_sc_ovw", geo="EU27_2020", year=2021, nace="B-S_X_O_S94"), **o),
    "revisions": lambda **o: plotting.revisions(
        in_vintages("GE250").query("year == 2023"), **o),
    "revisions of years": lambda **o: plotting.revisions(in_vintages("TOTAL"), **o),
    "small multiples of activities": lambda **o: plotting.small_multiples(
        sections(sme_years("DE")), **o),
    "heat map of activities": lambda **o: plotting.heat_map(
        sections(structure(2023, "turnover")), **o),
    "tile map of counts": lambda **o: plotting.tile_map(
        load("sbs_sc_ovw", year=2023, measure="enterprises", size="TOTAL"), **o),
    "tile map provisional": lambda **o: plotting.tile_map(
        load("bd_9bd_sz_cl_r2", year=2020, measure="death_rate", nace="B-N_X_K642"), **o),
    "claim open": lambda **o: plotting.claim_against_data(OPEN, **o),
}  # fmt: skip


@pytest.fixture(params=list(CASES))
def case(request: pytest.FixtureRequest) -> Callable[..., Chart]:
    return CASES[request.param]


@cache
def _seen(name: str, lang: str) -> Chart:
    return CASES[name](lang=lang)


@cache
def _svg(name: str) -> str:
    return _seen(name, "en").svg()


@pytest.fixture(params=list(CASES))
def seen(request: pytest.FixtureRequest) -> Callable[..., Chart]:
    """A chart drawn once for all tests that only look at it."""
    return lambda lang="en": _seen(request.param, lang)


@pytest.fixture(params=list(CASES))
def written(request: pytest.FixtureRequest) -> tuple[Callable[..., Chart], Chart, str]:
    """How to draw a chart, the chart drawn, and its SVG; the last two made once."""
    return CASES[request.param], _seen(request.param, "en"), _svg(request.param)


@pytest.fixture
def cases() -> dict[str, Callable[..., Chart]]:
    return CASES


@pytest.fixture
def verdicts() -> dict[str, dict[str, Any]]:
    return {"value": VERDICT, "nothing": NOTHING, "level": LEVEL, "open": OPEN}


@pytest.fixture
def frames() -> dict[str, Callable[..., pd.DataFrame]]:
    return {"sme": sme, "sme_years": sme_years, "rates": rates, "births": births,
            "structure": structure}  # fmt: skip


def visible(chart: Chart) -> Iterator[Text]:
    """Texts that are drawn, tick labels within the limits included."""
    for axes in (chart.axes, *chart.axes.child_axes):
        yield from (text for text in axes.texts if text.get_text())
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            low, high = sorted(limits)
            for place, label in zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True):
                if low <= place <= high and label.get_text():
                    yield label


def boxes(chart: Chart) -> list[tuple[str, Bbox]]:
    """Text and box in pixels of every visible text."""
    _settle(chart.figure)
    return [(t.get_text(), t.get_window_extent()) for t in visible(chart)]


@lru_cache(maxsize=1)  # what is cut and what overlaps is asked of the same chart
def _settle(figure: Figure) -> None:
    """Give every text its place: the same boxes as drawing, at a tenth of the time."""
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()


@pytest.fixture
def texts() -> Callable[[Chart], list[Text]]:
    return lambda chart: list(visible(chart))


@pytest.fixture
def overlapping() -> Callable[[Chart], list[tuple[str, str]]]:
    def find(chart: Chart) -> list[tuple[str, str]]:
        return [
            (one, other)
            for (one, a), (other, b) in combinations(boxes(chart), 2)
            if min(a.x1, b.x1) - max(a.x0, b.x0) > SLACK
            and min(a.y1, b.y1) - max(a.y0, b.y0) > SLACK
        ]

    return find


@pytest.fixture
def covered() -> Callable[[Chart], list[str]]:
    """Labels that stand on the mark of a value; those within bars and tiles are meant to."""

    def find(chart: Chart) -> list[str]:
        texts = boxes(chart)
        inside = {"inside", "code", "tile-value"}
        labels = [
            (text.get_text(), box)
            for text, (_, box) in zip(visible(chart), texts, strict=True)
            if text.get_gid() not in inside
        ]
        marks = []
        for axes in (chart.axes, *chart.axes.child_axes):
            for line in (x for x in axes.lines if x.get_gid() == "value"):
                half = line.get_markersize() / 144 * chart.figure.dpi
                points = axes.transData.transform(np.column_stack(line.get_data()))
                marks += [Bbox([p - half, p + half]) for p in points if np.isfinite(p).all()]
        return [
            text for text, box in labels for mark in marks
            if min(box.x1, mark.x1) - max(box.x0, mark.x0) > 1.5
            and min(box.y1, mark.y1) - max(box.y0, mark.y0) > 1.5
        ]  # fmt: skip

    return find


@pytest.fixture
def cut() -> Callable[[Chart], list[str]]:
    def find(chart: Chart) -> list[str]:
        page = chart.figure.bbox
        return [
            text for text, box in boxes(chart)
            if box.x0 < -SLACK or box.y0 < -SLACK
            or box.x1 > page.width + SLACK or box.y1 > page.height + SLACK
        ]  # fmt: skip

    return find


@pytest.fixture
def marked() -> Callable[[Chart, str], list[Any]]:
    """Artists by their group id."""

    def find(chart: Chart, gid: str) -> list[Any]:
        axes = chart.axes
        return [a for a in [*axes.lines, *axes.patches, *axes.texts] if a.get_gid() == gid]

    return find
