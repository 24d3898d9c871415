"""Where the marks of a drawn chart stand and what each says: for hover and keyboard focus.

A mark is laid over the picture of a chart, so its place comes from the artists themselves, and its
text from the row of the chart's data that has the same number: a mark that fits no row has no text
and is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sme_stats.plotting.chart import Chart
from sme_stats.report.rows import PRINTED, Row, describe, rows_of

#: Half of the width of a mark that can be hit, in points.
_HIT = 7.0
_NEAR = 1e-9


@dataclass(frozen=True)
class Mark:
    """A rectangle over the picture, in points from its upper left corner, and its text."""

    x: float
    y: float
    wide: float
    tall: float
    text: str


def size_of(chart: Chart) -> tuple[float, float]:
    """Width and height of a chart in points, as its SVG has them."""
    wide, tall = chart.figure.get_size_inches()
    return 72.0 * float(wide), 72.0 * float(tall)


def marks_of(chart: Chart) -> list[Mark]:
    """Find the mark of every row drawn, in the order of the rows.

    Examples
    --------
    >>> from sme_stats.plotting.recipes import Question, draw
    >>> chart = draw("ranking", Question(geo=("DE", "PT"), year=(2021,), add_partial=False))
    >>> [mark.text.replace("\\xa0", " ") for mark in marks_of(chart)]
    ['Germany: 56.5 %', 'Portugal: withheld, 69.7–93.5 %. b: break in time series']
    """
    free = [
        artist for ax in chart.figure.axes for artist in [*ax.lines, *ax.patches]
        if artist.get_gid()
    ]  # fmt: skip
    found = []
    for row in rows_of(chart.data, chart.lang):
        artist = _artist(row, free)
        if artist is not None:
            free.remove(artist)
            found.append(_mark(artist, describe(row), size_of(chart)[1], chart.figure.dpi))
    return found


def _artist(row: Row, free: Sequence[Artist]) -> Artist | None:
    """First artist that draws a row's number, and its year or age where an axis is of years."""
    fitting = [a for a in free if a.get_gid() in _names(row, free) and _draws(a, row)]
    when = {float(row.year)} | ({float(row.age[1:])} if row.age.startswith("Y") else set())
    dated = [a for a in fitting if round(_middle(a)) in when]
    return next(iter(dated or fitting), None)


def _names(row: Row, free: Sequence[Artist]) -> tuple[str, ...]:
    segment = f"segment-{row.size}"
    if any(a.get_gid() == segment for a in free):
        return (segment,)
    if row.kind in PRINTED:
        return (row.kind,)
    return ("value",) if row.known else ("withheld",)


def _draws(artist: Artist, row: Row) -> bool:
    if isinstance(artist, Line2D):
        x, y = artist.get_xdata(), artist.get_ydata()
        return len(x) == 1 and (_same(x[0], row.value) or _same(y[0], row.value))  # type: ignore[arg-type,index]
    if not isinstance(artist, Rectangle):
        return False
    if str(artist.get_gid()).startswith("segment-"):
        return _same(artist.get_width(), row.value if row.known else max(row.lower, 0.0))
    if row.kind in PRINTED:
        return any(
            _same(end, wanted) for end, wanted in
            ((artist.get_x(), row.lower), (artist.get_x() + artist.get_width(), row.upper))
        )  # fmt: skip
    return any(
        _same(start, row.lower) and _same(length, row.upper - row.lower)
        for start, length in (
            (artist.get_x(), artist.get_width()), (artist.get_y(), artist.get_height())
        )
    )  # fmt: skip


def _same(one: object, other: float) -> bool:
    return math.isclose(float(one), other, rel_tol=_NEAR, abs_tol=_NEAR)  # type: ignore[arg-type]


def _middle(artist: Any) -> float:
    """Where an artist stands on the horizontal axis."""
    if isinstance(artist, Line2D):
        return float(artist.get_xydata()[0][0])  # type: ignore[index,arg-type]
    return float(artist.get_x() + artist.get_width() / 2)


def _mark(artist: Any, text: str, tall: float, dpi: float) -> Mark:
    """Place of an artist in points, made large enough to be hit."""
    if isinstance(artist, Line2D):
        x, y = artist.get_transform().transform(artist.get_xydata())[0]
        box = (x, y, x, y)
    else:
        extent = artist.get_window_extent()
        box = (extent.x0, extent.y0, extent.x1, extent.y1)
    left, low, right, high = (float(end) * 72.0 / dpi for end in box)
    more_x, more_y = (max(0.0, _HIT - (b - a) / 2) for a, b in ((left, right), (low, high)))
    wide, high_up = right - left + 2 * more_x, high - low + 2 * more_y
    return Mark(round(left - more_x, 2), round(tall - high - more_y, 2), round(wide, 2),
                round(high_up, 2), text)  # fmt: skip
