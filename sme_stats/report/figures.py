"""Charts of the report, each in a wide and a narrow drawing, with alt text and data."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sme_stats import plotting
from sme_stats.plotting import recipes
from sme_stats.plotting.recipes import Question

#: Widths in inches: a desktop column, and a phone held upright.
WIDE, NARROW = 7.6, 3.7
_COLUMNS = ("dataset", "vintage", "measure", "unit", "size", "age", "geo", "year", "value", "lower",
            "upper", "flag", "conf")  # fmt: skip

Make = Callable[[float], Any]


@dataclass(frozen=True)
class Figure:
    """A drawn chart as the page needs it."""

    name: str
    title: str
    alt: str
    note: str
    wide: str
    narrow: str
    columns: list[str]
    rows: list[list[str]]


def draw(name: str, make: Make) -> Figure:
    """Draw a chart wide and narrow."""
    wide, narrow = make(WIDE), make(NARROW)
    columns, rows = _table(wide.data)
    return Figure(
        name=name, title=wide.title, alt=wide.alt, note=wide.note, wide=_uri(wide.svg()),
        narrow=_uri(narrow.svg()), columns=columns, rows=rows,
    )  # fmt: skip


def claim_figure(record: Mapping[str, Any]) -> Figure:
    """Draw a printed interval beside the data's."""
    return draw(str(record["id"]), lambda width: plotting.claim_against_data(record, width=width))


def _uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _table(data: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Rows behind a chart as text; columns that say nothing are left out."""
    columns = [c for c in _COLUMNS if c in data.columns and data[c].astype(str).str.strip().any()]
    rows = [
        [_cell(row[c], c, str(row.get("unit", ""))) for c in columns]
        for row in data.to_dict("records")
    ]
    return columns, rows


def _cell(value: object, column: str, unit: str) -> str:
    if column not in ("value", "lower", "upper"):
        return "" if str(value) == "nan" else str(value)
    number = float(value)  # type: ignore[arg-type]
    if number != number:
        return "withheld" if column == "value" else ""
    return f"{number:,.3f}" if unit in ("PC", "PP") else f"{number:,.0f}"


def _question(chart: str, **fields: Any) -> Make:
    question = Question(**fields)
    return lambda width: recipes.draw(chart, question, width=width)


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
