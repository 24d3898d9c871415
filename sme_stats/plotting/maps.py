"""Tile-grid map of Europe: every country the same size, near its place."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sme_stats import codelists
from sme_stats.plotting import alt, notes, style
from sme_stats.plotting.bins import Bins, bin_values, light_corner, rounded_note
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.findings import finding
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.layout import Key, Sheet, hatch, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.orders import Ranks, apart, beyond, sort
from sme_stats.plotting.ranks import value_text
from sme_stats.plotting.text import width, wrap
from sme_stats.plotting.words import is_aggregate, partial_of, place, say, subject, words

#: Place of the aggregate, over the empty sea.
_CORNER = (0, 1)
#: Columns of the grid, the largest tile in inches, and the gap in parts of a tile.
_COLUMNS, _LARGEST, _GAP = 10, 0.62, 0.06
#: Tiles smaller than this, in inches, have no room for a value.
_SMALLEST = 0.3


def tile_map(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Tile-grid map of any share, rate or level by country, in the unit of the frame.

    Every country has the same area, so small ones are read as well as large ones. Member states
    without a value are outlined, withheld ones hatched; an aggregate has a tile of its own, apart.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one measure, size and year, with several places.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError, NotAvailableError
        As `ranking`.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import without_employees
    >>> chart = tile_map(without_employees(load("bd_size", year=2023)))
    >>> chart.title.replace("\\xa0", " ")
    'The share of active enterprises without employees is highest in Czechia (82.1 %) and lowest \
in Germany (37.6 %)'
    """
    chosen = options("tile_map", opts)
    rows = observations(frame, "tile_map")
    single(rows, "tile_map", "measure", "unit", "size", "year", "reference")
    unique(rows, "tile_map", ["geo"])
    lang, ranks = chosen.lang, sort(rows, "value")
    rows = ranks.rows
    first = rows.iloc[0]
    numbers = [*rows["value"], *rows["lower"], *rows["upper"]]
    fmt = fit(numbers, first["unit"], lang, signed=apart(rows))
    what = subject(first, lang)
    title = chosen.title or finding(ranks, what, fmt, lang)
    subtitle = notes.subtitle(what, first["unit"], fmt, rows, lang)
    tile = _tile(inner_width(ax, chosen.width))
    note = notes.note(
        rows, lang, *_remarks(rows, tile, fmt, lang), hidden=hidden_note(rows, fmt, lang)
    )
    bins = bin_values(rows.loc[~beyond(rows), "value"].tolist(), fmt.factor, apart(rows))
    drawn_on = _plot(ax, chosen, ranks, bins, fmt, (title, subtitle, note))
    spoken = alt.ranked(
        title, what, ranks.reference, ranks.known, ranks.hidden, fmt, lang, "alt_tiles"
    )
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, rows), lang)


@cache
def grid() -> dict[str, tuple[int, int]]:
    """Row and column of each country's tile.

    Examples
    --------
    >>> grid()["IS"], len(set(grid().values())) == len(grid())
    ((0, 0), True)
    """
    with Path(__file__).with_name("tiles.csv").open(encoding="utf-8", newline="") as file:
        return {r["geo"]: (int(r["row"]), int(r["column"])) for r in csv.DictReader(file)}


def hidden_note(rows: pd.DataFrame, fmt: Format, lang: str) -> str:
    """Withheld cells with the interval that is known of each, for charts that show only colour."""
    hidden = rows[rows["value"].isna()]
    if hidden.empty:
        return ""
    named = [
        f"{place(str(row['geo']), lang)} {value_text(row, fmt, lang)}"
        for _, row in hidden.iterrows()
    ]
    return say(lang, "hatched_tiles", places=", ".join(named))


def _tile(room: float) -> float:
    return min(room / _COLUMNS, _LARGEST)


def _remarks(rows: pd.DataFrame, tile: float, fmt: Format, lang: str) -> list[str]:
    remarks = []
    if (rows["size"] == "0-249").any():
        remarks.append(say(lang, "sme_note"))
    if not all(_fits(v, tile, fmt) for v in rows["value"].dropna()):
        remarks.append(say(lang, "unlabelled_tiles"))
    if set(codelists.members("EU27_2020")) - set(rows["geo"]):
        remarks.append(say(lang, "absent_tiles"))
    off = [g for g in rows["geo"] if g not in grid() and not _cornered(g, rows)]
    if off:
        remarks.append(say(lang, "no_tile", places=", ".join(place(g, lang) for g in off)))
    if (rows["value"].notna() & rows["flag"].str.contains("p")).any():
        remarks.append(say(lang, "tile_provisional"))
    remarks.append(rounded_note(rows, [place(g, lang) for g in rows["geo"]], fmt, lang))
    return remarks


def _cornered(geo: str, rows: pd.DataFrame) -> bool:
    """Whether a place is the aggregate that has the tile apart."""
    aggregates = [g for g in rows["geo"] if is_aggregate(g)]
    return bool(aggregates) and geo == aggregates[0]


def _plot(
    ax: Axes | None, chosen: Options, ranks: Ranks, bins: Bins, fmt: Format,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    room, rows = inner_width(ax, chosen.width), ranks.rows
    tile = _tile(room)
    keys = bins.keys(fmt) if rows["value"].notna().any() else []
    if rows["value"].isna().any():
        name = str(words(chosen.lang)["say"]["key_withheld"])
        keys.append(Key(name, fill=style.HATCH_FILL, hatch=style.HATCH))
    places = _places(rows)
    tall = max(row for row, _ in places.values()) + 1
    ax = lay_out(ax, chosen.width, Sheet(*text, plot=tall * tile, below=0.06, keys=keys))
    ax.set_xlim(0, room / tile)
    ax.set_ylim(tall, 0)
    label_axis(ax, "x", [], [], style.SMALL, style.MUTED)
    label_axis(ax, "y", [], [], style.SMALL, style.MUTED)
    cells = {str(row["geo"]): row for _, row in rows.iterrows()}
    for geo, where in places.items():
        if geo in cells:
            _draw(ax, cells[geo], where, bins, fmt, tile)
        else:
            _empty(ax, geo, where, tile)
    return ax


def _places(rows: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Row and column of every tile drawn: member states always; rows without a tile close up."""
    wanted = {*codelists.members("EU27_2020"), *rows["geo"]}
    found = {geo: where for geo, where in grid().items() if geo in wanted}
    found |= {geo: _CORNER for geo in rows["geo"] if _cornered(geo, rows)}
    used = sorted({row for row, _ in found.values()})
    return {geo: (used.index(row), column) for geo, (row, column) in found.items()}


def _square(where: tuple[int, int], fill: str, edge: str) -> Rectangle:
    row, column = where
    return Rectangle(
        (column + _GAP / 2, row + _GAP / 2), 1 - _GAP, 1 - _GAP, facecolor=fill, edgecolor=edge,
        linewidth=0.8, zorder=3, clip_on=False,
    )  # fmt: skip


def _empty(ax: Axes, geo: str, where: tuple[int, int], tile: float) -> None:
    square = _square(where, style.PAPER, style.GUIDE)
    square.set_gid(f"empty-{geo}")
    ax.add_patch(square)
    row, column = where
    put(ax, column + 0.5, row + 0.5, geo, _size(tile), ha="center", color=style.MUTED,
        gid="code")  # fmt: skip


def _draw(
    ax: Axes, cell: pd.Series[Any], where: tuple[int, int], bins: Bins, fmt: Format, tile: float
) -> None:
    value, geo = float(cell["value"]), str(cell["geo"])
    known = value == value
    outside = known and not bins.limits[0] <= value <= bins.limits[-1]
    fill = style.HATCH_FILL if not known else style.PAPER if outside else bins.colour(value)
    square = _square(where, fill, fill if known and not outside else style.HATCH_EDGE)
    square.set_gid(f"tile-{geo}")
    if not known:
        hatch(square)
    ax.add_patch(square)
    row, column = where
    if known and "p" in str(cell["flag"]):
        light_corner(ax, column + 1 - _GAP / 2, row + _GAP / 2, (0.24, 0.24), fill)
    ink = style.ink_on(fill)
    part = partial_of(geo)
    name = place(part[0] if part else geo, fmt.lang) if geo not in grid() else geo
    room = tile * (1 - _GAP) - 0.04
    # A name of one word is not broken: "EU2" over "7" would be read as two.
    lines = wrap(name, room, _size(tile)) if " " in name else [name]
    lines += [f"{part[1]}/{part[2]}"] if part else []
    if known and _fits(value, tile, fmt):
        lines.append(_short(value, fmt))
    for n, line in enumerate(lines):
        y = row + 0.5 + (n - (len(lines) - 1) / 2) * min(0.38, 0.9 / len(lines))
        text = put(ax, column + 0.5, y, line, _size(tile), ha="center", color=ink,
                   gid="code" if n == 0 else "tile-value")  # fmt: skip
        if not known:
            text.set_bbox({"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.5})


def _size(tile: float) -> float:
    return style.SMALL if tile >= 0.42 else 6.5


def _short(value: float, fmt: Format) -> str:
    """Value without its unit, which the subtitle names."""
    return replace(fmt, suffix="").text(value)


def _fits(value: float, tile: float, fmt: Format) -> bool:
    """Whether code and value fit into a tile, above each other."""
    return tile >= _SMALLEST and width(_short(value, fmt), style.NOTE) + 0.05 <= tile * (1 - _GAP)
