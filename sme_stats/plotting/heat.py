"""Heat map of shares by size class: countries or activities down, classes across."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sme_stats import codelists
from sme_stats.codelists import size_range
from sme_stats.errors import MixingError
from sme_stats.plotting import alt, notes, style
from sme_stats.plotting.axes import fold, row_places, widest
from sme_stats.plotting.bins import Bins, bin_values, light_corner, rounded_note
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import (
    Options,
    drawn,
    extremes,
    observations,
    options,
    single,
    unique,
)
from sme_stats.plotting.layout import Key, Sheet, hatch, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.ranks import value_text
from sme_stats.plotting.text import width
from sme_stats.plotting.words import (
    SHARE,
    is_aggregate,
    measure_words,
    parted,
    place,
    quantity,
    say,
    size_counted,
    size_label,
    words,
)

#: Rows stand in the order of this class, the last one where it is missing.
_ORDER = "GE250"


def heat_map(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Heat map by size class, one row a country or an activity, in the unit of the frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one measure and year with several size classes, and either several
        places or several activities; such as the result of the indicator `size_structure`.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``, ``order``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError
        If both places and activities vary, or there are several measures, units or years.
    NotAvailableError
        If the frame is empty.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import size_structure
    >>> chart = heat_map(size_structure(load("sbs_sc_ovw", year=2023), "persons_employed"))
    >>> chart.title.replace("\\xa0", " ")
    'Share of size classes in persons employed varies most in size class 250+: from 17.0 % \
(Greece) to 46.2 % (France)'
    """
    chosen = options("heat_map", opts)
    cells = observations(frame, "heat_map")
    single(cells, "heat_map", "measure", "unit", "year")
    axis = _axis(cells)
    unique(cells, "heat_map", [axis, "size"])
    lang = chosen.lang
    sizes = sorted(cells["size"].unique(), key=lambda s: (_lowest(s), s))
    names = _rows(cells, axis, sizes, chosen)
    cells = pd.concat([cells[cells[axis] == name] for name in names])
    unit = cells["unit"].iloc[0]
    fmt = fit([*cells["value"], *cells["lower"], *cells["upper"]], unit, lang)
    what = _what(cells, lang)
    title = chosen.title or _finding(cells, axis, sizes, what, fmt, lang)
    subtitle = notes.subtitle(what, unit, fmt, cells, lang)
    note = notes.note(cells, lang, *_remarks(cells, axis, fmt, lang),
                      hidden=_hidden(cells, axis, fmt, lang))  # fmt: skip
    drawn_on = _plot(ax, chosen, cells, (axis, names, sizes), fmt, (title, subtitle, note))
    spoken = _alt(title, cells, axis, sizes, what, fmt, lang)
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, cells), lang)


def _axis(cells: pd.DataFrame) -> str:
    places, activities = cells["geo"].nunique() > 1, cells["nace"].nunique() > 1
    if places and activities:
        raise MixingError(
            "heat_map shows places or activities, and the frame has several of both; keep one "
            f'with frame[frame["nace"] == "{cells["nace"].iloc[0]}"]'
        )
    return "nace" if activities else "geo"


def _lowest(size: str) -> int:
    span = size_range(size)
    return span.lower if span else 0


def _rows(cells: pd.DataFrame, axis: str, sizes: list[str], chosen: Options) -> list[str]:
    """Rows from the top: aggregates, then by the share of the largest class, or as listed."""
    listed = {code: n for n, code in enumerate(codelists.table(axis.upper()))}
    key = _ORDER if _ORDER in sizes else sizes[-1]
    by = cells[cells["size"] == key].set_index(axis)["value"].fillna(-1.0).to_dict()

    def place_of(name: str) -> tuple[bool, float, int, str]:
        apart = axis == "geo" and is_aggregate(name)
        value = -float(by.get(name, -1.0)) if chosen.order == "value" else 0.0
        return not apart, value, listed.get(name.split("[")[0], 999), name

    return sorted(cells[axis].unique(), key=place_of)


def _what(cells: pd.DataFrame, lang: str) -> str:
    measure = str(cells["measure"].iloc[0])
    if measure.endswith(SHARE) and cells["size"].nunique() > 1:
        parts = measure_words(measure.removesuffix(SHARE), lang)
        return say(lang, "share_by_class", **parts)
    return quantity(measure, "TOTAL", lang)


def _name(cell: pd.Series[Any], axis: str, lang: str) -> str:
    if axis == "geo":
        return place(str(cell["geo"]), lang)
    return codelists.label("NACE", str(cell["nace"]), lang)


def _remarks(cells: pd.DataFrame, axis: str, fmt: Format, lang: str) -> list[str]:
    """Which cells are provisional, and the intervals of rounded ones."""
    light = (cells["value"].notna() & cells["flag"].str.contains("p")).any()
    named = [
        f"{_name(row, axis, lang)} {size_label(row['size'], lang)}" for _, row in cells.iterrows()
    ]
    rounded = rounded_note(cells, named, fmt, lang)
    return [say(lang, "tile_provisional") if light else "", rounded]


def _hidden(cells: pd.DataFrame, axis: str, fmt: Format, lang: str) -> str:
    """Withheld cells with what is known of each."""
    hidden = cells[cells["value"].isna()]
    named = [
        f"{_name(row, axis, lang)} {size_label(row['size'], lang)}"
        + say(lang, "colon")
        + value_text(row, fmt, lang)
        for _, row in hidden.iterrows()
    ]
    return say(lang, "hatched_tiles", places=parted(named, lang)) if named else ""


def _finding(
    cells: pd.DataFrame, axis: str, sizes: list[str], what: str, fmt: Format, lang: str
) -> str:
    """Say which class differs most between rows."""
    known = [
        (size, *extremes(part)) for size in sizes
        if len(part := cells[(cells["size"] == size) & cells["value"].notna()])
    ]  # fmt: skip
    if not known:
        return say(lang, "withheld_all", what=what)
    size, high, low = max(known, key=lambda k: float(k[1]["value"] - k[2]["value"]))
    if fmt.text(high["value"]) == fmt.text(low["value"]):
        return say(lang, "heat_same", what=what, label=size_label(size, lang),
                   a=fmt.text(high["value"]))  # fmt: skip
    return say(lang, "heat_title", what=what, label=size_label(size, lang),
               high=_name(high, axis, lang), a=fmt.text(high["value"]),
               low=_name(low, axis, lang), b=fmt.text(low["value"]))  # fmt: skip


def _plot(
    ax: Axes | None, chosen: Options, cells: pd.DataFrame,
    shape: tuple[str, list[str], list[str]], fmt: Format, text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    axis, names, sizes = shape
    lang, room = chosen.lang, inner_width(ax, chosen.width)
    first = cells.drop_duplicates(axis).set_index(axis, drop=False)
    marks = [
        chosen.mark(n) if axis == "geo" else _name(first.loc[[n]].iloc[0], axis, lang)
        for n in names
    ]
    labels = fold(marks, room * 0.4)
    left = widest(labels) + 0.1
    places, tall = row_places(labels)
    bins = bin_values(cells["value"].tolist(), fmt.factor)
    keys = bins.keys(fmt) if cells["value"].notna().any() else []
    if cells["value"].isna().any():
        name = str(words(lang)["say"]["key_withheld"])
        keys.append(Key(name, fill=style.HATCH_FILL, hatch=style.HATCH))
    ax = lay_out(ax, chosen.width, Sheet(*text, plot=tall, left=left, keys=keys))
    ax.set_xlim(0, len(sizes))
    ax.set_ylim(tall, 0)
    label_axis(ax, "y", places, ["\n".join(lab) for lab in labels], style.LABEL, style.INK)
    middles = [n + 0.5 for n in range(len(sizes))]
    heads = [size_label(s, lang) for s in sizes]
    narrow = max(width(h, style.SMALL) for h in heads) + 0.06 > (room - left) / len(sizes)
    label_axis(ax, "x", middles, heads, style.NOTE - 0.5 if narrow else style.SMALL, style.MUTED)
    heights = [2 * (places[0])] + [b - a for a, b in pairwise(places)]
    column = (room - left) / len(sizes)
    for name, y, high in zip(names, places, heights, strict=True):
        for _, cell in cells[cells[axis] == name].iterrows():
            at = (sizes.index(str(cell["size"])), y, min(high, 2 * places[0]))
            _draw(ax, cell, at, bins, fmt, column)
    return ax


def _draw(
    ax: Axes, cell: pd.Series[Any], at: tuple[int, float, float], bins: Bins, fmt: Format,
    column: float,
) -> None:  # fmt: skip
    x, y, tall = at
    value = float(cell["value"])
    known = value == value
    fill = bins.colour(value) if known else style.HATCH_FILL
    box = Rectangle((x, y - tall / 2), 1, tall, facecolor=fill, edgecolor=style.PAPER,
                    linewidth=0.8, zorder=3, gid=f"cell-{cell['size']}")  # fmt: skip
    if not known:
        box.set_edgecolor(style.HATCH_EDGE)
        hatch(box)
    ax.add_patch(box)
    if known and "p" in str(cell["flag"]):
        light_corner(ax, x + 1 - 0.02 / column, y - tall / 2 + 0.01, (0.09 / column, 0.09), fill)
    shown = replace(fmt, suffix="").text(value) if known else ""
    if shown and width(shown, style.SMALL) + 0.04 <= column:
        put(ax, x + 0.5, y, shown, style.SMALL, ha="center", color=style.ink_on(fill), gid="inside")


def _alt(
    title: str, cells: pd.DataFrame, axis: str, sizes: list[str], what: str, fmt: Format, lang: str
) -> str:
    unit = notes.unit_name(str(cells["unit"].iloc[0]), lang, fmt)
    names = ", ".join(size_label(s, lang) for s in sizes)
    parts = [alt.sentence(title), say(lang, "alt_heat", n=cells[axis].nunique(), classes=names,
             what=what, years=notes.years(cells), unit=unit)]  # fmt: skip
    for size in sizes:
        part = cells[(cells["size"] == size) & cells["value"].notna()]
        if part.empty:
            continue
        high, low = extremes(part)
        label = size_counted(size, str(part["dataset"].iloc[0]), lang)
        parts.append(say(lang, "alt_range", label=label, high=_name(high, axis, lang),
                         a=fmt.text(high["value"]), low=_name(low, axis, lang),
                         b=fmt.text(low["value"])))  # fmt: skip
    hidden = cells[cells["value"].isna()]
    if len(hidden):
        places = ", ".join(dict.fromkeys(_name(row, axis, lang) for _, row in hidden.iterrows()))
        parts.append(say(lang, "alt_withheld", places=places))
    return " ".join(parts)
