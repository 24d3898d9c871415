"""Revisions: the same cell in every vintage of its table, one stepped line a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sme_stats import codelists
from sme_stats.errors import MixingError
from sme_stats.frame import codes
from sme_stats.plotting import alt, lines, notes, style, trends
from sme_stats.plotting.axes import spread
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.keys import state_keys
from sme_stats.plotting.layout import Key, Sheet, inches_of, inner_width, label_axis, lay_out
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.series import Series
from sme_stats.plotting.text import height, width, wrap
from sme_stats.plotting.words import parted, place, quantity, say

#: Height of the plot and share of the width that labels may take.
_TALL, _LABELS = 2.4, 0.4
#: Vintages with less room than this, in inches, stand upright.
_SLOT = 0.62


def revisions(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Steps of the same cell over the vintages of its table, one line a place or reference year.

    Nothing is combined: each mark is the figure as that vintage had it. An interval left by
    rounding is a bar, a provisional figure lighter, a withheld one hatched.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one dataset, measure, size and activity with several vintages; several
        places or several years, not both, at most five.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``, ``labels``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError
        If several datasets, measures, units, sizes or activities are mixed, places and years both
        vary, there are more than five lines, or two rows stand for one vintage of a cell.
    NotAvailableError
        If the frame is empty.

    Examples
    --------
    Large enterprises of the EU in 2023 as they were printed, and as the table has them now:

    >>> from sme_stats import load
    >>> from sme_stats.frame import concat
    >>> only = dict(geo="EU27_2020", year=2023, measure="enterprises", size="GE250")
    >>> printed = load("releases", dataset="sbs_sc_ovw", nace="B-S_X_O_S94", **only)
    >>> revisions(concat([printed, load("sbs_sc_ovw", **only)])).title
    'The number of large enterprises (250+) in the EU in 2023 was revised from 53,000 (2024-12) \
to 54,256 (2026-03-10)'
    """
    chosen = options("revisions", opts)
    rows = observations(frame, "revisions")
    single(rows, "revisions", "dataset", "measure", "unit", "size", "nace")
    unique(rows, "revisions", ["geo", "year", "vintage"])
    lang = chosen.lang
    found = sorted(set(rows["vintage"]))
    series = _series(rows, found, chosen)
    rows = pd.concat([s.rows for s in series])
    first = rows.iloc[0]
    fmt = _format(rows, lang)
    what = quantity(first["measure"], first["size"], lang)
    title = chosen.title or _finding(series, what, fmt, lang)
    subtitle = _subtitle(series, what, fmt, lang)
    note = notes.note(rows, lang, *_remarks(rows, lang))
    drawn_on = _plot(ax, chosen, series, found, fmt, (title, subtitle, note))
    unit = notes.unit_name(str(first["unit"]), lang, fmt)
    spoken = " ".join([alt.sentence(title), say(lang, "alt_revision", what=what, unit=unit),
                       *(_told(one, fmt, lang) for one in series)])  # fmt: skip
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, rows), lang)


def _series(rows: pd.DataFrame, found: Sequence[str], chosen: Options) -> list[Series]:
    """One a place, or a year; ``slot`` is the place of a row's vintage among all."""
    several = {c: rows[c].nunique() for c in ("geo", "year")}
    if min(several.values()) > 1:
        raise MixingError(
            "revisions shows several places or several years, and the frame has both; keep one "
            f'with frame[frame["year"] == {rows["year"].max()}]'
        )
    axis = "year" if several["year"] > 1 else "geo"
    if several[axis] > len(style.SERIES):
        raise MixingError(
            f"revisions tells {len(style.SERIES)} lines apart, and the frame has {several[axis]}; "
            f'keep some with frame[frame["{axis}"].isin({codes(rows[axis].astype(str))[:2]})]'
        )
    rows = rows.assign(slot=rows["vintage"].map(list(found).index))
    listed = {code: n for n, code in enumerate(codelists.table("GEO"))}
    order = sorted(set(rows[axis]), key=lambda v: (listed.get(str(v).split("[")[0], 999), str(v)))
    out = []
    for value in order:
        part = rows[rows[axis] == value].sort_values("slot", kind="stable")
        label = place(str(value), chosen.lang) if axis == "geo" else str(value)
        out.append(Series(str(value), label, (part,), ()))
    return out


def _text(row: pd.Series[Any], fmt: Format) -> str:
    """Value as printed: a rounded figure with no more decimals than it was printed with."""
    value = float(row["value"])
    if value == value and row["lower"] < row["upper"]:
        scaled = value / fmt.factor
        digits = next((d for d in range(4) if abs(round(scaled, d) - scaled) < 1e-9), fmt.digits)
        return replace(fmt, digits=digits).text(value)
    return alt.told(row, fmt, fmt.lang)


def _format(rows: pd.DataFrame, lang: str) -> Format:
    """Whole numbers where a step of the unit would hide a revision."""
    fmt = fit([*rows["value"], *rows["lower"], *rows["upper"]], rows["unit"].iloc[0], lang)
    known = rows[rows["value"].notna()]
    printed = known["value"].map(fmt.text)
    hides = known.assign(_text=printed).groupby(["geo", "year", "_text"])["value"].nunique() > 1
    exact = known["lower"] == known["upper"]
    if fmt.factor > 1 and hides.any() and exact.any():
        return Format(lang, fmt.factor, 2, fmt.suffix, fmt.unit)
    return fmt


def _finding(series: Sequence[Series], what: str, fmt: Format, lang: str) -> str:
    """Say from what to what the cell was revised; of several the one revised most, in relation."""
    known = [(one, one.rows[one.rows["value"].notna()]) for one in series]
    known = [(one, rows) for one, rows in known if len(rows)]
    if not known:
        return say(lang, "withheld_all", what=what)
    revised = [(one, rows) for one, rows in known if len(rows) > 1]
    if not revised:
        return say(lang, "revised_one", **_ends(known[0][1], what, fmt, lang))
    apart = [(one, rows) for one, rows in revised if _way(rows, fmt) != "open"]
    if not apart:
        return say(lang, "revised_open", **_ends(revised[0][1], what, fmt, lang))
    _, most = max(apart, key=lambda k: trends.moved(k[1]) / max(abs(k[1]["value"].iloc[-1]), 1e-9))
    return say(lang, "revised" if len(series) == 1 else "revised_most",
               **_ends(most, what, fmt, lang))  # fmt: skip


def _way(rows: pd.DataFrame, fmt: Format) -> str:
    return trends.direction(rows.iloc[0], rows.iloc[-1], fmt)


def _ends(rows: pd.DataFrame, what: str, fmt: Format, lang: str) -> dict[str, Any]:
    first, last = rows.iloc[0], rows.iloc[-1]
    return {
        "what": what, "place": place(str(last["geo"]), lang, inside=True), "year": last["year"],
        "a": _text(first, fmt), "v0": first["vintage"],
        "b": _text(last, fmt), "v1": last["vintage"],
    }  # fmt: skip


def _subtitle(series: Sequence[Series], what: str, fmt: Format, lang: str) -> str:
    rows = pd.concat([s.rows for s in series])
    where = [place(g, lang) for g in codes(rows["geo"])] if rows["geo"].nunique() == 1 else []
    unit = str(rows["unit"].iloc[0])
    named = [] if unit == "NR" and not fmt.suffix else [notes.unit_name(unit, lang, fmt)]
    parts = ", ".join([*where, *named, notes.years(rows)])
    return say(lang, "revision_subtitle", what=what, where=parts)


def _remarks(rows: pd.DataFrame, lang: str) -> list[str]:
    known = rows["value"].notna()
    told = {
        "revision_note": True,
        "rounded_note": (known & (rows["lower"] < rows["upper"])).any(),
        "provisional_note": (known & rows["flag"].str.contains("p")).any(),
    }
    return [say(lang, key) for key, there in told.items() if there]


def _plot(
    ax: Axes | None, chosen: Options, series: Sequence[Series], found: Sequence[str], fmt: Format,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    rows, lang = pd.concat([s.rows for s in series]), chosen.lang
    room = inner_width(ax, chosen.width)
    low, high = spread([*rows["value"], *rows["lower"], *rows["upper"]], 0.12)
    marks = lines.value_marks(low, high, _TALL, fmt)
    left = max(width(fmt.tick(m), style.SMALL) for m in marks) + 0.1
    places = set(rows["geo"])
    names = [chosen.mark(s.name) if s.name in places else s.label for s in series]
    names = names if len(series) > 1 else []
    beside = bool(names) and max(width(n, style.SMALL) for n in names) + 0.2 < _LABELS * room
    right = max(width(n, style.SMALL) for n in names) + 0.2 if beside else 0.12
    slot = (room - left - right) / len(found)
    upright = slot < _SLOT and len(found) > 1
    folded = [[v] if upright else wrap(v, slot - 0.06, style.SMALL) for v in found]
    tall = max(width(v, style.SMALL) for v in found)
    below = (tall if upright else height(max(map(len, folded)), style.SMALL)) + 0.12
    looks = list(zip(style.SERIES, style.MARKERS, strict=True))[: len(series)]
    keys = state_keys(rows, lang)
    if names and not beside:
        keys = [Key(n, marker=m, line="-", colour=c)
                for n, (c, m) in zip(names, looks, strict=True)] + keys  # fmt: skip
    ax = lay_out(ax, chosen.width, Sheet(*text, plot=_TALL, left=left, right=right, above=0.05,
                                         below=below, keys=keys))  # fmt: skip
    ax.set_xlim(-0.5, len(found) - 0.5)
    ax.set_ylim(low, high)
    label_axis(ax, "x", range(len(found)), ["\n".join(f) for f in folded], style.SMALL, style.MUTED)
    for label in ax.get_xticklabels() if upright else ():
        label.set_rotation(90)
    label_axis(ax, "y", marks, [fmt.tick(m) for m in marks], style.SMALL, style.MUTED)
    for mark in marks:
        ax.axhline(mark, marker="", color=style.GRID, linewidth=0.8, linestyle="-", zorder=0.5)
    stepped = [Series(s.name, s.label, (s.rows.assign(year=s.rows["slot"]),), ()) for s in series]
    for one, (colour, marker) in zip(stepped, looks, strict=True):
        _steps(ax, one.rows, colour)
        lines.marks(ax, one.rows, (colour, marker, 5.5), 0.16)
    if beside:
        lines.end_labels(ax, stepped, names, looks, inches_of(ax)[2:])
    return ax


def _steps(ax: Axes, rows: pd.DataFrame, colour: str) -> None:
    """A figure stands until the next vintage replaces it."""
    known = rows[rows["value"].notna()]
    ax.add_line(Line2D(
        known["slot"].to_numpy(), known["value"].to_numpy(), color=colour, linewidth=1.6,
        marker="", linestyle="-", drawstyle="steps-post", zorder=3, gid="steps",
    ))  # fmt: skip


def _told(one: Series, fmt: Format, lang: str) -> str:
    told = [
        say(lang, "alt_vintage", a=_text(row, fmt), v=row["vintage"])
        for _, row in one.rows.iterrows()
    ]
    return say(lang, "alt_row", label=one.label, parts=parted(told, lang))
