"""Charts of the pages, each in a wide and a narrow drawing, with marks, alt text and data."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sme_stats import plotting
from sme_stats.plotting import recipes
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.recipes import Question
from sme_stats.report.marks import Mark, marks_of, size_of
from sme_stats.report.rows import tabulate

#: Widths in inches: a desktop column, and a phone held upright.
WIDE, NARROW = 7.6, 3.7

#: Draws a chart, given its width and options such as the language.
Make = Callable[..., Chart]


@dataclass(frozen=True)
class Drawing:
    """One picture of a chart as a data address, its size in points, and its marks."""

    uri: str
    width: float
    height: float
    marks: list[Mark]


@dataclass(frozen=True)
class Figure:
    """A drawn chart as the page needs it."""

    name: str
    title: str
    alt: str
    note: str
    wide: Drawing
    narrow: Drawing
    headings: list[str]
    rows: list[list[tuple[str, str]]]


def draw(name: str, make: Make, lang: str = "en") -> Figure:
    """Draw a chart wide and narrow."""
    wide, narrow = make(WIDE, lang=lang), make(NARROW, lang=lang)
    headings, rows = tabulate(wide.data, lang)
    return Figure(
        name=name, title=wide.title, alt=wide.alt, note=wide.note, wide=_drawing(wide),
        narrow=_drawing(narrow), headings=headings, rows=rows,
    )  # fmt: skip


def claim_figure(record: Mapping[str, Any], lang: str = "en") -> Figure:
    """Draw a printed interval beside the data's."""

    def make(width: float, **options: Any) -> Chart:
        return plotting.claim_against_data(record, width=width, **options)

    return draw(str(record["id"]), make, lang)


def _drawing(chart: Chart) -> Drawing:
    uri = "data:image/svg+xml;base64," + base64.b64encode(chart.svg().encode()).decode()
    return Drawing(uri, *size_of(chart), marks_of(chart))


def _question(chart: str, **fields: Any) -> Make:
    question = Question(**fields)
    return lambda width, **options: recipes.draw(chart, question, width=width, **options)


#: Charts of the report in their order; each takes a width in inches.
CHARTS: dict[str, Make] = {
    "size-structure-eu": _question("size-structure", geo=("EU27_2020",), year=(2023,)),
    "size-structure": _question("size-structure", year=(2023,)),
    "sme-share-2023": _question("ranking", year=(2023,)),
    "sme-share-2021": _question("ranking", year=(2021,)),
    "sme-share-trend": _question("trend", geo=("DE", "ES", "FR", "IT")),
    "one-person": _question("one-person", year=(2023,)),
    "births-deaths": _question("births-deaths", geo=("EU27_2020",)),
}
