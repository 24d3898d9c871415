"""The definition map of a claim: every definition near it, and those that give the number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sme_stats import codelists
from sme_stats.claims.words import is_section
from sme_stats.errors import NotAvailableError, UnknownNameError, UsageError
from sme_stats.plotting import alt, notes, style
from sme_stats.plotting.axes import spread, value_axis
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import options
from sme_stats.plotting.layout import Key, Sheet, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.text import width
from sme_stats.plotting.words import place, quantity, say, words

_NEEDED = ("printed", "printed_lower", "printed_upper", "kind", "points")
_UNITS = {"percent": "PC", "points": "PP", "money": "EUR", "number": "NR"}
#: Definitions that are numbered and named in the note.
_NAMED = 3
#: Height of the plot, and room at its right for half a label of the axis, in inches.
_TALL, _RIGHT = 3.1, 0.4
#: Numbers that span more than this are drawn on a logarithmic axis.
_WIDE = 50.0


def definition_map(claim: Mapping[str, Any], ax: Axes | None = None, **opts: object) -> Chart:
    """Draw the definitions around a claim: their number across, the change of the claim down.

    The claim itself would lie at the top; the further down a definition, the more of the claim
    must change for it. The band is the printed interval.

    Parameters
    ----------
    claim : mapping
        Result of `sme_stats.claims.points.map_of`: ``printed``, ``printed_lower``,
        ``printed_upper``, ``kind``, ``points``.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``.

    Returns
    -------
    Chart
        With the points drawn in ``data``.

    Raises
    ------
    UsageError, UnknownNameError
        If it is no such mapping, or a field is missing.
    NotAvailableError
        If there is no definition near the claim.

    Examples
    --------
    >>> from sme_stats import read_claims
    >>> from sme_stats.claims.points import map_of
    >>> from sme_stats.claims.space import embedded
    >>> from sme_stats.places import data_dir
    >>> claim = read_claims(data_dir() / "claims" / "press-2023.toml")[0]
    >>> chart = definition_map(map_of(claim, embedded()))
    >>> chart.title.replace("\\xa0", " ")
    '“58%” fits the SME share of value added, EU27 (2007), 2005 (57.6 %)'
    """
    chosen = options("definition_map", opts)
    points = _points(claim)
    lang, unit = chosen.lang, _UNITS[str(claim["kind"])]
    first = points[points["rank"] > 0]
    fmt = fit(points["value"], unit, lang)
    title = chosen.title or _finding(claim, first, fmt, lang)
    hit = points["reading"] != ""
    subtitle = say(lang, "map_subtitle", fits=int(hit.sum()), all=len(points),
                   part=fit([50.0], "PC", lang).text(100 * hit.mean()))  # fmt: skip
    note = _note(points, first, fmt, lang)
    drawn_on = _plot(ax, chosen, claim, points, (title, subtitle, note))
    return Chart(drawn_on, title, subtitle, note, _alt(claim, points, title, fmt, lang),
                 points.drop(columns="fits"), lang)  # fmt: skip


def _points(claim: Mapping[str, Any]) -> pd.DataFrame:
    """Points with a value, which of them fit, and the rank of the nearest definitions that do."""
    if not isinstance(claim, Mapping):
        raise UsageError(f"definition_map draws the result of map_of, not {type(claim).__name__}")
    for name in _NEEDED:
        if name not in claim:
            raise UnknownNameError("field of a definition map", name, claim)
    points: pd.DataFrame = claim["points"].copy()
    middle = (points["lower"] + points["upper"]) / 2 if len(points) else points["value"]
    points["value"] = points["value"].fillna(middle)
    points = points[np.isfinite(points["value"])].reset_index(drop=True)
    if points.empty:
        raise NotAvailableError(
            f"no definition of the tables at hand is near {claim['printed']!r}; "
            "`sme-stats reconcile` searches farther"
        )
    points["fits"] = points["reading"] == "rounded"
    points["rank"] = 0
    what = ["statistic", "measure", "size", "of", "geo", "nace", "age"]
    nearest = points[points["reading"] != ""].drop_duplicates(what).head(_NAMED)
    points.loc[nearest.index, "rank"] = range(1, len(nearest) + 1)
    return points


def _finding(claim: Mapping[str, Any], first: pd.DataFrame, fmt: Format, lang: str) -> str:
    if first.empty:
        return say(lang, "map_none", printed=claim["printed"])
    row = first.iloc[0]
    key = "map_title" if row["reading"] == "rounded" else "map_read_as"
    reading = words(lang)["reading"].get(row["reading"], row["reading"])
    return say(lang, key, printed=claim["printed"], what=_named(row, lang), reading=reading,
               a=fmt.text(row["value"]))  # fmt: skip


def _named(row: Any, lang: str) -> str:
    """A definition in words: what, where, when."""
    ending = {"share": "_share", "change": "_change"}.get(str(row["statistic"]), "")
    if row["statistic"] == "change" and row["unit"] == "PP":
        ending = "_share_change"
    what = quantity(f"{row['measure']}{ending}", str(row["size"]), lang)
    if row["of"] != "TOTAL":
        what += f" ({say(lang, 'map_of_sme')})"
    nace = str(row["nace"])
    activity = [codelists.label("NACE", nace, lang)] if is_section(nace) else []
    return ", ".join([what, *activity, place(str(row["geo"]), lang), str(row["year"])])


def _note(points: pd.DataFrame, first: pd.DataFrame, fmt: Format, lang: str) -> str:
    listed = [
        f"{row['rank']}  {_named(row, lang)}: {fmt.text(row['value'])}"
        for _, row in first.iterrows()
    ]  # fmt: skip
    rows = first if len(first) else points.head(1)
    return "\n".join([*listed, say(lang, "map_note"), notes.source(_cells(rows), lang)])


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    cells = rows[["dataset", "vintage", "source"]].astype(str)
    return cells if (cells["source"] != "").any() else cells.drop(columns="source")


def _plot(
    ax: Axes | None, chosen: Any, claim: Mapping[str, Any], points: pd.DataFrame,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    lang, unit = chosen.lang, _UNITS[str(claim["kind"])]
    depth = list(range(math.floor(points["distance"].max() + 0.1) + 1))
    labels = [say(lang, "map_same"), *map(str, depth[1:])]
    left = max(width(label, style.SMALL) for label in labels) + 0.1
    keys = [
        Key(say(lang, "map_band"), fill=style.lighter(style.VERDICTS["holds"])),
        Key(say(lang, "map_fits"), marker="o", colour=style.VERDICTS["holds"]),
        Key(say(lang, "map_other"), marker="o", colour=style.GUIDE, face=style.PAPER),
    ]
    if ((points["reading"] != "") & ~points["fits"]).any():
        keys.insert(2, Key(say(lang, "map_reading"), marker="D", colour=style.VERDICTS["holds"],
                           face=style.PAPER))  # fmt: skip
    room = inner_width(ax, chosen.width) - left - _RIGHT
    ax = lay_out(
        ax, chosen.width, Sheet(*text, plot=_TALL, left=left, right=_RIGHT, above=0.2, keys=keys)
    )
    ax.set_ylim(max(points["distance"].max(), 1.0) + 0.25, -0.35)
    label_axis(ax, "y", depth, labels, style.SMALL, style.MUTED)
    put(ax, 0.0, 1.0, say(lang, "map_axis"), style.SMALL, transform=ax.transAxes,
        color=style.MUTED, va="bottom", gid="axis-label")  # fmt: skip
    place_x = _value_axis(ax, claim, points, (unit, lang, room))
    _dots(ax, points, place_x)
    return ax


def _value_axis(
    ax: Axes, claim: Mapping[str, Any], points: pd.DataFrame, how: tuple[str, str, float]
) -> Any:
    """The axis of values, and what places a value on it: logarithmic where numbers span much."""
    unit, lang, room = how
    low, high = float(claim["printed_lower"]), float(claim["printed_upper"])
    values = points["value"].to_numpy(float)
    positive = values[values > 0]
    log = unit in ("NR", "EUR") and len(positive) and positive.max() > _WIDE * positive.min()
    ends = [end for end in (low, high) if math.isfinite(end)]
    if not log:
        limits = spread([*values, *ends])
        value_axis(ax, limits, room, fit([*values, *ends], unit, lang))
        ax.axvspan(max(low, limits[0]), min(high, limits[1]), **_band())
        return lambda value: value
    decades = range(math.floor(math.log10(positive.min())), math.ceil(math.log10(max(values))) + 1)
    ax.set_xlim(decades[0], decades[-1])
    step = max(1, round(len(decades) / max(2.0, room / 0.9)))
    shown = list(decades)[::step]
    names = [_power(10.0**ten, unit, lang) for ten in shown]
    label_axis(ax, "x", [float(ten) for ten in shown], names, style.SMALL, style.MUTED)
    for ten in shown:
        ax.axvline(ten, marker="", color=style.GRID, linewidth=0.8, linestyle="-", zorder=0.5)
    edges = [math.log10(max(end, 10.0 ** decades[0])) for end in (low, min(high, 1e300))]
    ax.axvspan(edges[0], min(edges[1], decades[-1]), **_band())
    return lambda value: math.log10(value) if value > 0 else math.nan


def _power(value: float, unit: str, lang: str) -> str:
    """A power of ten as an axis shows it."""
    fmt = fit([value], "NR", lang)
    tail = words(lang)["unit"]["EUR"] if unit == "EUR" else ""
    return " ".join(part for part in (fmt.tick(value), fmt.suffix, tail) if part)


def _band() -> dict[str, Any]:
    colour = style.lighter(style.VERDICTS["holds"])
    return {"facecolor": colour, "alpha": 0.45, "edgecolor": "none", "zorder": 0.6,
            "gid": "printed-band"}  # fmt: skip


def _dots(ax: Axes, points: pd.DataFrame, place_x: Any) -> None:
    """Points that fit over those that do not; the nearest carry their number."""
    green = style.VERDICTS["holds"]
    kinds: Sequence[tuple[str, Any, dict[str, Any]]] = (
        ("other", points["reading"] == "", {
            "marker": "o", "s": 14, "facecolors": "none", "edgecolors": style.GUIDE}),
        ("reading", (points["reading"] != "") & ~points["fits"], {
            "marker": "D", "s": 22, "facecolors": style.PAPER, "edgecolors": green}),
        ("fits", points["fits"], {
            "marker": "o", "s": 34, "facecolors": green, "edgecolors": style.PAPER}),
    )  # fmt: skip
    for order, (gid, chosen, how) in enumerate(kinds):
        rows = points[chosen]
        across = [place_x(value) for value in rows["value"]]
        ax.scatter(across, rows["distance"], linewidths=0.9, zorder=2 + order, gid=gid,
                   clip_on=False, **how)  # fmt: skip
    low, high = ax.get_xlim()
    for _, row in points[points["rank"] > 0].iterrows():
        put(ax, place_x(row["value"]) + 0.018 * (high - low), row["distance"], str(row["rank"]),
            style.LABEL, gid="rank", zorder=8, bbox={
                "boxstyle": "round,pad=0.12", "facecolor": style.PAPER, "edgecolor": "none",
                "alpha": 0.85})  # fmt: skip


def _alt(claim: Mapping[str, Any], points: pd.DataFrame, title: str, fmt: Format, lang: str) -> str:
    parts = [alt.sentence(title), say(lang, "alt_map", all=len(points))]
    named = points[points["rank"] > 0]
    parts.append(say(lang, "alt_map_fits", fits=int((points["reading"] != "").sum())))
    parts += [
        say(lang, "alt_row", label=_named(row, lang), parts=fmt.text(row["value"]))
        for _, row in named.iterrows()
    ]
    return " ".join(parts)
