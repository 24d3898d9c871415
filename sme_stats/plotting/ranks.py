"""Countries ranked: dots with their intervals, aggregates apart, withheld cells as bars."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sme_stats.plotting import alt, notes, style
from sme_stats.plotting.axes import (
    bar_of,
    dot,
    fold,
    hatched,
    row_places,
    spread,
    value_axis,
    widest,
)
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.findings import finding
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.keys import state_keys
from sme_stats.plotting.layout import Key, Sheet, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.orders import Ranks, apart, beyond, grouped, near, sort
from sme_stats.plotting.text import width
from sme_stats.plotting.words import is_aggregate, partial_of, place, say, subject, words

_DASHED = (0, (4, 3))


def ranking(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Dot plot of places by any share, rate or level, in the unit of the frame.

    Countries stand from the highest value down. Aggregates, partial ones named so, stand apart
    with a line through the plot. A place without a value but with bounds is a hatched bar at the
    foot: it has no rank. Differences from a reference stand to either side of it, with their
    signs; of places alike in structure the nearest stands first.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one measure, size and year, with several places; also the result of
        `distance_to` or `peers`.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``, and ``order="protocol"`` for the EU's order of countries.

    Returns
    -------
    Chart
        With the rows drawn in ``data``.

    Raises
    ------
    MixingError
        If there are several measures, units, sizes or years, or two rows for one place.
    NotAvailableError
        If the frame is empty.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import size_share
    >>> chart = ranking(size_share(load("sbs_sc_ovw", year=2021), "SME", "persons_employed"))
    >>> chart.data["geo"].iloc[-1], "Portugal" in chart.alt
    ('PT', True)
    """
    chosen = options("ranking", opts)
    rows = observations(frame, "ranking")
    single(rows, "ranking", "measure", "unit", "size", "year", "reference")
    unique(rows, "ranking", ["geo"])
    return draw(frame, rows, ax, chosen)


def draw(
    frame: pd.DataFrame, rows: pd.DataFrame, ax: Axes | None, chosen: Options,
    title: str = "", remark: str = "",
) -> Chart:  # fmt: skip
    """Draw checked rows as a ranking."""
    lang = chosen.lang
    ranks = sort(rows, chosen.order)
    rows = ranks.rows
    first = rows.iloc[0]
    numbers = [*rows["value"], *rows["lower"], *rows["upper"]]
    fmt = fit(numbers, first["unit"], lang, signed=apart(rows))
    what = subject(first, lang)
    subtitle = notes.subtitle(what, first["unit"], fmt, rows, lang)
    title = chosen.title or title or finding(ranks, what, fmt, lang)
    note = notes.note(rows, lang, *_remarks(rows, lang), remark, hidden=_withheld(rows, lang))
    ax = _plot(ax, chosen, ranks, fmt, (title, subtitle, note))
    spoken = alt.ranked(title, what, ranks.reference, ranks.known, ranks.hidden, fmt, lang)
    return Chart(ax, title, subtitle, note, spoken, drawn(frame, rows), lang)


def _withheld(rows: pd.DataFrame, lang: str) -> str | None:
    """Where no difference is known, it may be the reference that is withheld."""
    hidden = rows["value"].isna() & (rows["conf"] != "") & rows["lower"].notna()
    if not (apart(rows) and hidden.all()):
        return None
    return say(lang, "withheld_reference", place=place(str(rows["reference"].iloc[0]), lang))


def _remarks(rows: pd.DataFrame, lang: str) -> list[str]:
    known = rows["value"].notna()
    remarks = []
    if apart(rows):
        at = place(str(rows["reference"].iloc[0]), lang, inside=True)
        remarks.append(say(lang, "apart_note", place=at))
    if near(rows):
        remarks.append(say(lang, "near_note"))
    if (rows["size"] == "0-249").any():
        remarks.append(say(lang, "sme_note"))
    if (known & (rows["lower"] < rows["upper"])).any():
        remarks.append(say(lang, "rounded_note"))
    if (known & rows["flag"].str.contains("p")).any():
        remarks.append(say(lang, "provisional_note"))
    if grouped(rows).any():
        remarks.append(say(lang, "grouped_note"))
    if (rows["value"] > _limits(rows)[1]).any():
        remarks.append(say(lang, "off_note"))
    return remarks


def _plot(
    ax: Axes | None, chosen: Options, ranks: Ranks, fmt: Format, text: tuple[str, str, str]
) -> Axes:
    rows, lang = ranks.rows, chosen.lang
    room = inner_width(ax, chosen.width)
    labels = fold([chosen.mark(g) for g in rows["geo"]], room * 0.37)
    # Words of a unit stand in the subtitle; only the sign of percent goes with every number.
    short = fmt if fmt.unit == "PC" else replace(fmt, suffix="")
    values = [value_text(row, short, lang) for _, row in rows.iterrows()]
    left = widest(labels) + 0.1
    right = max(width(v, style.LABEL) for v in values) + 0.16
    groups = [len(ranks.reference), len(ranks.known), len(ranks.hidden)]
    places, tall = row_places(labels, groups)
    sheet = Sheet(*text, plot=tall, left=left, right=right, keys=_keys(ranks, lang))
    ax = lay_out(ax, chosen.width, sheet)
    ax.set_ylim(tall, 0.0)
    limits = _limits(rows)
    value_axis(ax, limits, room - left - right, fmt)
    if apart(rows):
        ax.axvline(0, marker="", color=style.REFERENCE, linewidth=1.0, linestyle=_DASHED,
                   zorder=1.5, gid="reference")  # fmt: skip
    elif limits[0] < 0 < limits[1]:
        ax.axvline(0, marker="", color=style.MUTED, linewidth=1.0, linestyle="-", zorder=0.8)
    label_axis(ax, "y", places, ["\n".join(label) for label in labels], style.LABEL, style.INK)
    beside = 1.0 + 0.12 / (room - left - right)
    for y, text_of, (_, row) in zip(places, values, rows.iterrows(), strict=True):
        _mark(ax, row, y, limits, 0.0 if apart(rows) else limits[0])
        put(ax, beside, y, text_of, style.LABEL, transform=ax.get_yaxis_transform(),
            color=style.INK if row["value"] == row["value"] else style.MUTED,
            gid="value-label")  # fmt: skip
    return ax


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    scaled = rows[~beyond(rows)]
    zero = [0.0] if apart(rows) or near(rows) else []
    low, high = spread([*zero, *scaled["value"], *scaled["lower"], *scaled["upper"]])
    if (rows["unit"] == "PC").all() and rows["measure"].str.endswith("_share").all():
        high = min(high, 100.0)
    return low, high


def _mark(
    ax: Axes, row: pd.Series[Any], y: float, limits: tuple[float, float], start: float
) -> None:
    value, low, high = float(row["value"]), float(row["lower"]), float(row["upper"])
    geo = str(row["geo"])
    colour = style.REFERENCE if is_aggregate(geo) else style.MAIN
    marker = "D" if is_aggregate(geo) else "o"
    if (value if value == value else low) > limits[1]:
        dot(ax, limits[1], y, colour, ">", light="p" in str(row["flag"]))
    elif value == value:
        ax.plot([start, value], [y, y], color=style.GUIDE, linewidth=0.8, linestyle=":",
                marker="", zorder=1, gid="guide")  # fmt: skip
        if low < high:
            bar_of(ax, low, high, y, colour)
        if is_aggregate(geo) and not row["reference"]:
            ax.axvline(value, marker="", color=colour, linewidth=1.0, linestyle=_DASHED,
                       zorder=1.5, gid="reference")  # fmt: skip
        dot(ax, value, y, colour, marker, light="p" in str(row["flag"]))
    elif low == low and not str(row["conf"]):
        bar_of(ax, low, high, y, colour, 0.11)
    elif low == low:
        bar = hatched(ax, low, high, y)
        if is_aggregate(geo):
            bar.set_edgecolor(colour)
            ax.axvspan(low, high, facecolor=style.lighter(colour), alpha=0.35, edgecolor="none",
                       zorder=0.4, gid="reference")  # fmt: skip


def value_text(row: pd.Series[Any], fmt: Format, lang: str) -> str:
    """Value as printed beside its mark, with its flag; an interval where there is no value."""
    value, low, high = float(row["value"]), float(row["lower"]), float(row["upper"])
    flag = str(row["flag"])
    if value == value:
        text = fmt.text(value)
    elif low == low:
        text = fmt.span(low, high)
    else:
        text = say(lang, "withheld_short" if row["conf"] else "no_data")
    return f"{text} {flag}" if flag else text


def _keys(ranks: Ranks, lang: str) -> list[Key]:
    """Keys only for what is in the chart and not plain."""
    rows = ranks.rows
    ranges = grouped(rows)
    keys, text = state_keys(rows[~ranges], lang), words(lang)["say"]
    if ranges.any():
        keys.append(Key(text["key_grouped"], fill=style.lighter(style.MAIN)))
    if apart(rows):
        at = place(str(rows["reference"].iloc[0]), lang)
        return [Key(say(lang, "key_zero", place=at), line="--", colour=style.REFERENCE), *keys]
    if ranges.any():
        return keys
    if keys or len(ranks.reference):
        keys.insert(0, Key(text["key_published"], marker="o"))
    for name, some in (("key_partial", True), ("key_aggregate", False)):
        there = ranks.reference["value"].notna() & ~beyond(rows).loc[ranks.reference.index]
        shown = ranks.reference.loc[there, "geo"]
        if any((partial_of(g) is not None) == some for g in shown):
            keys.append(Key(text[name], marker="D", line="--", colour=style.REFERENCE))
    return keys
