"""Countries ranked: dots with their intervals, aggregates apart, withheld cells as bars."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sme_stats import codelists
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
from sme_stats.plotting.inputs import (
    Options,
    drawn,
    extremes,
    observations,
    options,
    single,
    unique,
)
from sme_stats.plotting.keys import state_keys
from sme_stats.plotting.layout import Key, Sheet, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.text import width
from sme_stats.plotting.words import is_aggregate, partial_of, place, quantity, say, words


@dataclass(frozen=True)
class Ranks:
    """Rows of a ranking in three groups, each in the order drawn."""

    reference: pd.DataFrame
    known: pd.DataFrame
    hidden: pd.DataFrame

    @property
    def rows(self) -> pd.DataFrame:
        """All rows, from the top."""
        return pd.concat([self.reference, self.known, self.hidden])


def ranking(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Dot plot of places by any share, rate or level, in the unit of the frame.

    Countries stand from the highest value down. Aggregates, partial ones named so, stand apart
    with a line through the plot. A place without a value but with bounds is a hatched bar at the
    foot: it has no rank.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one measure, size and year, with several places.
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
    single(rows, "ranking", "measure", "unit", "size", "year")
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
    fmt = fit([*rows["value"], *rows["lower"], *rows["upper"]], rows["unit"].iloc[0], lang)
    first = rows.iloc[0]
    what = quantity(first["measure"], first["size"], lang)
    subtitle = notes.subtitle(what, first["unit"], fmt, rows, lang)
    title = chosen.title or title or finding(ranks, what, fmt, lang)
    note = notes.note(rows, lang, *_remarks(rows, lang), remark)
    ax = _plot(ax, chosen, ranks, fmt, (title, subtitle, note))
    spoken = alt.ranked(title, what, ranks.reference, ranks.known, ranks.hidden, fmt, lang)
    return Chart(ax, title, subtitle, note, spoken, drawn(frame, rows), lang)


def sort(rows: pd.DataFrame, order: str) -> Ranks:
    """Put rows in three groups: aggregates, countries with a value, countries without."""
    protocol = {code: n for n, code in enumerate(codelists.table("GEO"))}
    aggregate = rows["geo"].map(is_aggregate).astype(bool)
    position = rows["geo"].map(lambda g: protocol.get(g.split("[")[0], len(protocol)))
    rows = rows.assign(_place=position)
    if order == "protocol":
        rows = rows.sort_values(["_place", "geo"], kind="stable")
    else:
        rows = rows.sort_values(["value", "_place", "geo"], ascending=[False, True, True])
    rows = rows.drop(columns="_place")
    known = rows["value"].notna()
    if grouped(rows).any() and order != "protocol":
        rows = rows.sort_values(["lower", "geo"], ascending=[False, True], kind="stable")
        known = rows["value"].notna()
    aggregate = aggregate.loc[rows.index]
    return Ranks(rows[aggregate], rows[known & ~aggregate], rows[~known & ~aggregate])


def grouped(rows: pd.DataFrame) -> pd.Series[bool]:
    """Rows of which size classes allow a range, though nothing is withheld."""
    out: pd.Series[bool] = rows["value"].isna() & rows["lower"].notna() & (rows["conf"] == "")
    return out


def finding(ranks: Ranks, what: str, fmt: Format, lang: str) -> str:
    """Say who is highest and lowest, hedged where a withheld or rounded value could be beyond."""
    known = ranks.known if len(ranks.known) else ranks.reference[ranks.reference["value"].notna()]
    if known.empty:
        return _ranges(ranks.rows, what, fmt, lang)
    high, low = extremes(known)
    parts = {
        "high": place(high["geo"], lang, inside=True), "a": fmt.text(high["value"]),
        "low": place(low["geo"], lang, inside=True), "b": fmt.text(low["value"]),
    }  # fmt: skip
    if len(known) == 1:
        return say(lang, "rank_one", what=what, **parts)
    if parts["a"] == parts["b"]:
        return say(lang, "rank_same", what=what, **parts)
    others = pd.concat([known, ranks.hidden])
    sure = _beyond(others, high, low)
    return say(lang, "rank_title" if sure else "rank_hedged", what=what, **parts)


def _ranges(rows: pd.DataFrame, what: str, fmt: Format, lang: str) -> str:
    """Say between what ranges the places lie where classes allow no more than ranges."""
    some = rows[grouped(rows)]
    if some.empty:
        return say(lang, "withheld_all", what=what)
    high = some.iloc[int(some["upper"].to_numpy().argmax())]
    low = some.iloc[int(some["lower"].to_numpy().argmin())]
    return say(lang, "grouped_title", what=what, high=place(high["geo"], lang, inside=True),
               a=fmt.span(high["lower"], high["upper"]), b=fmt.span(low["lower"], low["upper"]),
               low=place(low["geo"], lang, inside=True))  # fmt: skip


def _beyond(rows: pd.DataFrame, high: pd.Series[Any], low: pd.Series[Any]) -> bool:
    """Whether no other place can lie above the highest or below the lowest value."""
    if rows["lower"].isna().any():
        return False
    above = rows.drop(index=high.name)["upper"].max() <= high["lower"]
    below = rows.drop(index=low.name)["lower"].min() >= low["upper"]
    return bool(above and below)


def _remarks(rows: pd.DataFrame, lang: str) -> list[str]:
    known = rows["value"].notna()
    remarks = []
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
    if limits[0] < 0 < limits[1]:
        ax.axvline(0, marker="", color=style.MUTED, linewidth=1.0, linestyle="-", zorder=0.8)
    label_axis(ax, "y", places, ["\n".join(label) for label in labels], style.LABEL, style.INK)
    beside = 1.0 + 0.12 / (room - left - right)
    for y, text_of, (_, row) in zip(places, values, rows.iterrows(), strict=True):
        _mark(ax, row, y, limits)
        put(ax, beside, y, text_of, style.LABEL, transform=ax.get_yaxis_transform(),
            color=style.INK if row["value"] == row["value"] else style.MUTED,
            gid="value-label")  # fmt: skip
    return ax


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    scaled = rows[~beyond(rows)]
    low, high = spread([*scaled["value"], *scaled["lower"], *scaled["upper"]])
    if (rows["unit"] == "PC").all() and rows["measure"].str.endswith("_share").all():
        high = min(high, 100.0)
    return low, high


def beyond(rows: pd.DataFrame) -> pd.Series[bool]:
    """Aggregates of a level that would squeeze the countries into a corner of the scale."""
    aggregate = rows["geo"].map(is_aggregate).astype(bool)
    levels = rows["measure"].map(lambda m: codelists.table("MEASURE").get(m, {}).get("additive"))
    most = rows.loc[~aggregate, "upper"].max()
    off: pd.Series[bool] = aggregate & (levels == "yes") & (rows["upper"] > 1.5 * most)
    return off


def _mark(ax: Axes, row: pd.Series[Any], y: float, limits: tuple[float, float]) -> None:
    value, low, high = float(row["value"]), float(row["lower"]), float(row["upper"])
    geo = str(row["geo"])
    colour = style.REFERENCE if is_aggregate(geo) else style.MAIN
    marker = "D" if is_aggregate(geo) else "o"
    if (value if value == value else low) > limits[1]:
        dot(ax, limits[1], y, colour, ">", light="p" in str(row["flag"]))
    elif value == value:
        ax.plot([limits[0], value], [y, y], color=style.GUIDE, linewidth=0.8, linestyle=":",
                marker="", zorder=1, gid="guide")  # fmt: skip
        if low < high:
            bar_of(ax, low, high, y, colour)
        if is_aggregate(geo):
            ax.axvline(value, marker="", color=colour, linewidth=1.0, linestyle=(0, (4, 3)),
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
        return [*keys, Key(text["key_grouped"], fill=style.lighter(style.MAIN))]
    if keys or len(ranks.reference):
        keys.insert(0, Key(text["key_published"], marker="o"))
    for name, some in (("key_partial", True), ("key_aggregate", False)):
        there = ranks.reference["value"].notna() & ~beyond(rows).loc[ranks.reference.index]
        shown = ranks.reference.loc[there, "geo"]
        if any((partial_of(g) is not None) == some for g in shown):
            keys.append(Key(text[name], marker="D", line="--", colour=style.REFERENCE))
    return keys
