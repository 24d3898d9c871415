"""Small multiples: the trend of each place in a panel of its own, the others grey behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sme_stats import codelists
from sme_stats.plotting import alt, lines, notes, style, trends
from sme_stats.plotting.axes import spread
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.layout import Sheet, inner_width, label_axis, lay_out, plain, put
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.orders import apart
from sme_stats.plotting.ranks import value_text
from sme_stats.plotting.series import Series, cut
from sme_stats.plotting.text import font, height, width, wrap
from sme_stats.plotting.words import is_aggregate, place, say, subject

#: Least width of a panel, height of its plot, and gaps beside and under it, in inches.
_WIDE, _TALL, _BESIDE, _UNDER = 0.84, 0.9, 0.16, 0.3
#: More columns would make lines too short to compare.
_MOST = 5
#: Lines of the other places.
_GHOST = "#D0D0D0"


@dataclass(frozen=True)
class Grid:
    """Where panels stand: columns, width of each, height of its heading, in inches."""

    columns: int
    wide: float
    head: float
    rows: int

    @property
    def tall(self) -> float:
        """Height of all panels."""
        return self.rows * (self.head + _TALL + _UNDER)


def small_multiples(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Panels of one measure over years, one a place or an activity, all with the same axes.

    Lines are drawn as in `trend`: never joined across a break, dotted where years are not at hand.

    Parameters
    ----------
    frame : pandas.DataFrame
        As for `trend`; of one place with several activities, a panel is an activity.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own. The panels are
        axes within it.
    **opts
        ``lang``, ``width``, ``title``, ``order`` (by the last value, or the EU's protocol order).

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError, NotAvailableError
        As `trend`.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import size_share
    >>> chart = small_multiples(size_share(load("sbs_sc_ovw"), "SME", "turnover"))
    >>> len(chart.axes.child_axes)
    19
    """
    chosen = options("small_multiples", opts)
    rows = observations(frame, "small_multiples")
    single(rows, "small_multiples", "measure", "unit", "size", "reference")
    axis = _axis(rows)
    unique(rows, "small_multiples", ["dataset", axis, "year"])
    lang = chosen.lang
    series = [
        cut(name, _label(name, axis, lang), rows[rows[axis] == name], lang)
        for name in _order(rows, axis, chosen)
    ]
    rows = pd.concat([s.rows for s in series])
    first = rows.iloc[0]
    numbers = [*rows["value"], *rows["lower"], *rows["upper"]]
    fmt = fit(numbers, first["unit"], lang, signed=apart(rows))
    what = subject(first, lang)
    title = chosen.title or trends.finding(series, what, fmt, lang)
    where = f"{what}, {place(str(first['geo']), lang)}" if axis == "nace" else what
    subtitle = notes.subtitle(where, first["unit"], fmt, rows, lang)
    grey = say(lang, "panels_note") if len(series) > 1 else ""
    note = notes.note(rows, lang, grey, *trends.remarks(series, lang))
    drawn_on = _plot(ax, chosen, series, fmt, (title, subtitle, note))
    unit = notes.unit_name(first["unit"], lang, fmt)
    spoken = " ".join([
        alt.sentence(title), say(lang, "alt_line", what=what, years=notes.years(rows), unit=unit),
        *alt.lines(series, fmt, lang),
    ])  # fmt: skip
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, rows), lang)


def _axis(rows: pd.DataFrame) -> str:
    """What the panels are: activities where one place has several in the same year, or places."""
    several = rows["geo"].nunique() == 1 and rows["nace"].nunique() > 1
    return "nace" if several and rows.duplicated(["dataset", "geo", "year"]).any() else "geo"


def _label(name: str, axis: str, lang: str) -> str:
    return place(name, lang) if axis == "geo" else codelists.label("NACE", name, lang)


def _order(rows: pd.DataFrame, axis: str, chosen: Options) -> list[str]:
    """Aggregates first, then by the last value, or in the order of the codelist."""
    listed = {code: n for n, code in enumerate(codelists.table(axis.upper()))}
    known = rows[rows["value"].notna()].sort_values("year", kind="stable")
    last = known.drop_duplicates(axis, keep="last").set_index(axis)["value"].to_dict()

    def key(name: str) -> tuple[bool, float, int, str]:
        value = -float(last.get(name, -1e18)) if chosen.order == "value" else 0.0
        apart = axis == "geo" and is_aggregate(name)
        return not apart, value, listed.get(name.split("[")[0], 999), name

    return sorted(rows[axis].unique(), key=key)


def _grid(series: Sequence[Series], room: float, fmt: Format, chosen: Options) -> Grid:
    fitting = int((room + _BESIDE) / (_WIDE + _BESIDE))
    columns = max(1, min(len(series), fitting, _MOST))
    wide = (room + _BESIDE) / columns - _BESIDE
    most = max(sum(map(len, _heading(s, wide, fmt, chosen))) for s in series)
    return Grid(columns, wide, height(most + 0.3, style.SMALL), -(-len(series) // columns))


def _heading(one: Series, room: float, fmt: Format, chosen: Options) -> tuple[list[str], list[str]]:
    """Lines of the place's name, and of its last value with the year."""
    named = chosen.mark(one.name) if one.name == str(one.rows["geo"].iloc[0]) else one.label
    last = one.rows.iloc[-1]
    value = f"{value_text(last, fmt, fmt.lang)} ({last['year']})"
    return wrap(named, room, style.SMALL, "bold"), wrap(value, room, style.NOTE)


def _plot(
    ax: Axes | None, chosen: Options, series: Sequence[Series], fmt: Format,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    room = inner_width(ax, chosen.width)
    rows = pd.concat([s.rows for s in series])
    limits = spread([*rows["value"], *rows["lower"], *rows["upper"]], 0.1)
    marks = [m for m in lines.value_marks(*limits, _TALL, fmt) if limits[0] <= m <= limits[1]]
    left = max(width(fmt.tick(m), style.NOTE) for m in marks) + 0.1
    grid = _grid(series, room - left, fmt, chosen)
    ax = lay_out(ax, chosen.width, Sheet(*text, plot=grid.tall, left=left, below=0.02))
    for which in ("x", "y"):
        label_axis(ax, which, [], [], style.SMALL, style.MUTED)
    ax.set_xlim(0, room - left)
    ax.set_ylim(0, grid.tall)
    years = int(rows["year"].min()), int(rows["year"].max())
    for n, one in enumerate(series):
        panel = _panel(ax, n, grid, years, limits)
        labels = [fmt.tick(m) for m in marks] if n % grid.columns == 0 else [""] * len(marks)
        label_axis(panel, "y", marks, labels, style.NOTE, style.MUTED)
        _years(panel, years)
        for mark in marks:
            panel.axhline(
                mark, marker="", color=style.GRID, linewidth=0.6, linestyle="-", zorder=0.5
            )
        _fill(panel, one, series)
        _head(ax, one, n, grid, fmt, chosen)
    return ax


def _panel(
    ax: Axes, number: int, grid: Grid, years: tuple[int, int], limits: tuple[float, float]
) -> Axes:
    down, across = divmod(number, grid.columns)
    x = across * (grid.wide + _BESIDE)
    y = grid.tall - down * (grid.head + _TALL + _UNDER) - grid.head - _TALL
    panel = ax.inset_axes((x, y, grid.wide, _TALL), transform=ax.transData)
    plain(panel)
    panel.set_xlim(years[0] - 0.5, years[1] + 0.5)
    panel.set_ylim(*limits)
    return panel


def _years(panel: Axes, years: tuple[int, int]) -> None:
    """Label first and last year, both within the panel."""
    found = sorted(set(years))
    label_axis(panel, "x", found, [str(y) for y in found], style.NOTE, style.MUTED)
    if len(found) > 1:
        first, last = panel.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")


def _fill(panel: Axes, one: Series, series: Sequence[Series]) -> None:
    # One artist for all the others, broken where they are: hundreds would take seconds.
    years, values = [np.array([])], [np.array([])]
    for piece in (p for other in series if other is not one for p in other.pieces):
        known = piece[piece["value"].notna()]
        years += [known["year"].to_numpy(dtype=float), np.array([np.nan])]
        values += [known["value"].to_numpy(), np.array([np.nan])]
    panel.add_line(Line2D(
        np.concatenate(years), np.concatenate(values), color=_GHOST, linewidth=0.8, marker="",
        linestyle="-", zorder=1, gid="other",
    ))  # fmt: skip
    lines.mark_breaks(panel, [one])
    lines.draw(panel, [one], [(style.MAIN, "o")], 0.5, mark=3.2)


def _head(ax: Axes, one: Series, number: int, grid: Grid, fmt: Format, chosen: Options) -> None:
    """Write the place, and under it its last value with the year, close to the panel."""
    down, across = divmod(number, grid.columns)
    x = across * (grid.wide + _BESIDE)
    y = grid.tall - down * (grid.head + _TALL + _UNDER)
    named, value = _heading(one, grid.wide, fmt, chosen)
    y -= max(0.0, grid.head - height(len(named) + len(value) + 0.3, style.SMALL))
    for n, line in enumerate(named):
        put(ax, x, y - height(n + 0.75, style.SMALL), line, style.SMALL, va="baseline",
            fontproperties=font(style.SMALL, "bold"), gid="panel-title")  # fmt: skip
    for n, line in enumerate(value, start=len(named)):
        put(ax, x, y - height(n + 0.7, style.SMALL), line, style.NOTE, va="baseline",
            color=style.MUTED, gid="panel-value")  # fmt: skip
