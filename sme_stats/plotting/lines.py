"""Lines over years: joined within a piece only, dotted where years are not at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sme_stats import flags
from sme_stats.plotting import style
from sme_stats.plotting.axes import spread, ticks
from sme_stats.plotting.layout import hatch, label_axis, put
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.series import Series, shared_gaps
from sme_stats.plotting.text import height, width
from sme_stats.plotting.words import words

#: Room between the plot and a series' name, in inches.
_BESIDE = 0.09
#: Room between the plot and its years, in points: they clear the lowest value beside them.
_PAD = 7


def draw(
    ax: Axes, series: Sequence[Series], looks: Sequence[tuple[str, str]], slot: float,
    mark: float = 5.5,
) -> None:  # fmt: skip
    """Draw series: marks, lines within a piece, intervals, hatched bars `slot` years wide.

    ``looks`` is the colour and marker of each series, ``mark`` the marker's size in points.
    """
    # Grey series first, so that they never cover one that stands out.
    order = sorted(zip(series, looks, strict=True), key=lambda s: s[1][0] != style.REST)
    for one, (colour, marker) in order:
        for piece in one.pieces:
            _joined(ax, piece[piece["value"].notna()], colour)
            marks(ax, piece, (colour, marker, 3.0 if colour == style.REST else mark), slot)


def _joined(ax: Axes, piece: pd.DataFrame, colour: str) -> None:
    years, values = piece["year"].to_numpy(), piece["value"].to_numpy()
    wide = 1.0 if colour == style.REST else 1.8
    for n in range(len(years) - 1):
        near = years[n + 1] - years[n] <= 1
        ax.add_line(Line2D(
            years[n : n + 2], values[n : n + 2], color=colour, marker="", zorder=3,
            linewidth=wide if near else 0.65 * wide, linestyle="-" if near else ":",
            gid="joined" if near else "dotted", solid_capstyle="round",
        ))  # fmt: skip


def marks(ax: Axes, rows: pd.DataFrame, look: tuple[str, str, float], slot: float) -> None:
    """Draw each row at its year: a mark with its interval, or a hatched bar `slot` years wide.

    ``look`` is colour, marker and the marker's size in points.
    """
    for _, row in rows.iterrows():
        _mark(ax, row, look, slot)


def _mark(ax: Axes, row: pd.Series[Any], look: tuple[str, str, float], slot: float) -> None:
    colour, marker, mark = look
    year, value = float(row["year"]), float(row["value"])
    low, high = float(row["lower"]), float(row["upper"])
    if value != value:
        if low == low:
            hidden = ax.bar([year], [high - low], bottom=[low], width=slot, linewidth=0.9)
            hidden[0].set(facecolor=style.HATCH_FILL, edgecolor=colour, zorder=2, gid="withheld")
            hatch(hidden[0])
        return
    if low < high:
        span = Line2D([year, year], [low, high], color=colour, linewidth=3.2, alpha=0.45)
        span.set(marker="", zorder=2.5, gid="interval", solid_capstyle="butt", linestyle="-")
        ax.add_line(span)
    light = "p" in flags.letters(str(row["flag"]))
    ax.add_line(Line2D(
        [year], [value], linestyle="none", marker=marker, markeredgewidth=1.2,
        markersize=mark,
        markeredgecolor=colour, markerfacecolor=style.lighter(colour) if light else colour,
        zorder=4, gid="value", clip_on=False,
    ))  # fmt: skip


def scales(ax: Axes, rows: pd.DataFrame, fmt: Format, size: tuple[float, float]) -> None:
    """Axes of years and values; values from zero only where that costs little."""
    wide, tall = size
    low, high = spread([*rows["value"], *rows["lower"], *rows["upper"]], 0.1)
    low = 0.0 if 0 <= low < 0.4 * high else low
    ax.set_ylim(low, high)
    first, last = int(rows["year"].min()), int(rows["year"].max())
    ax.set_xlim(first - 0.5, last + 0.5)
    years = year_ticks(first, last, sorted(set(rows["year"])), wide)
    label_axis(ax, "x", years, [str(y) for y in years], style.SMALL, style.MUTED)
    ax.tick_params(axis="x", pad=_PAD)
    marks = value_marks(low, high, tall, fmt)
    label_axis(ax, "y", marks, [fmt.tick(m) for m in marks], style.SMALL, style.MUTED)
    for y in marks:
        ax.axhline(y, marker="", color=style.GRID, linewidth=0.8, linestyle="-", zorder=0.5)


def value_marks(low: float, high: float, tall: float, fmt: Format) -> list[float]:
    """As for a horizontal axis, but it is the height of labels that needs room."""
    most = max(2, int(tall / height(2, style.SMALL)))
    found = ticks(low, high, 40.0, fmt, style.SMALL)
    return found if len(found) <= most else found[:: -(-len(found) // most)]


def value_label_width(rows: pd.DataFrame, fmt: Format) -> float:
    """Room for the labels of the value axis, known before it is drawn."""
    low, high = spread([*rows["value"], *rows["lower"], *rows["upper"]], 0.1)
    low = 0.0 if 0 <= low < 0.4 * high else low
    return max(width(fmt.tick(m), style.SMALL) for m in ticks(low, high, 40.0, fmt, style.SMALL))


def year_ticks(first: int, last: int, present: Sequence[int], wide: float) -> list[int]:
    """Years to label: those that are there where few, else in even steps that fit.

    Examples
    --------
    >>> year_ticks(2010, 2024, [2010, 2015, 2020, 2021], 8.0)
    [2010, 2015, 2020, 2021]
    """
    need = 0.42
    scale = wide / (last - first + 1)
    kept = [present[-1]]
    for year in reversed(present[:-1]):
        if (kept[0] - year) * scale >= need:
            kept.insert(0, year)
    if len(kept) == len(present) or len(present) <= 4:
        return list(kept)
    step = next(s for s in (1, 2, 5, 10, 20, 50) if s * scale >= need or s == 50)
    return [y for y in range(first, last + 1) if y % step == 0]


def mark_breaks(ax: Axes, series: Sequence[Series]) -> None:
    """Draw each shared break as a band with a dashed line, and name it above the plot."""
    for gap in shared_gaps(series):
        middle = gap.year - 0.5
        ax.axvspan(middle - 0.14, middle + 0.14, facecolor=style.BREAK, edgecolor="none",
                   zorder=0.6, gid="break-band")  # fmt: skip
        ax.axvline(middle, marker="", color=style.BREAK_EDGE, linewidth=1.0, linestyle=(0, (4, 3)),
                   zorder=0.7, gid="break")  # fmt: skip


def name_breaks(ax: Axes, series: Sequence[Series], lang: str, inches: float) -> None:
    """Write a short label above each drawn break, left out where two would meet."""
    low, high = ax.get_xlim()
    scale = inches / (high - low)
    end = -1.0
    for gap in shared_gaps(series):
        text = f"{words(lang)['say']['break_label']} {gap.year}"
        middle = gap.year - 0.5
        half = width(text, style.NOTE) / 2
        at = (middle - low) * scale
        at = min(max(at, half), inches - half)
        if at - half < end:
            continue
        end = at + half + 0.05
        put(ax, low + at / scale, 1.0, text, style.NOTE, ha="center", va="bottom",
            transform=ax.get_xaxis_transform(), color=style.MUTED, gid="break-label")  # fmt: skip


def end_labels(
    ax: Axes, series: Sequence[Series], names: Sequence[str], looks: Sequence[tuple[str, str]],
    size: tuple[float, float],
) -> None:  # fmt: skip
    """Write each series' name right of the plot; labels pushed apart, leaders where moved.

    A series that ends earlier has its mark beside its name: a leader would cross later years.
    """
    low, high = ax.get_ylim()
    inches, tall = size
    scale = tall / (high - low)
    wanted = [(_last(s.rows) - low) * scale for s in series]
    places = apart(wanted, height(1, style.SMALL), tall)
    first, right = ax.get_xlim()
    step = _BESIDE * (right - first) / inches
    end = max(int(s.rows["year"].max()) for s in series)
    for one, name, look, want, at in zip(series, names, looks, wanted, places, strict=True):
        y0, y1 = low + want / scale, low + at / scale
        put(ax, right + step, y1, name, style.SMALL, gid="series-label")
        year = int(one.rows["year"].max())
        if year == end:
            line = Line2D([year + 0.15, right - step / 2, right + 0.55 * step], [y0, y1, y1],
                          color=look[0], linewidth=0.8, marker="", linestyle="-")  # fmt: skip
        else:
            line = Line2D([right], [y1], color=look[0], marker=look[1], markersize=4.5,
                          linestyle="none")  # fmt: skip
        line.set(clip_on=False, zorder=2, gid="leader" if year == end else "ended")
        ax.add_line(line)


def _last(rows: pd.DataFrame) -> float:
    """Value that a label stands beside: the last one, or the middle of its interval."""
    row = rows.iloc[-1]
    return (
        float(row["value"])
        if row["value"] == row["value"]
        else (float(row["lower"] + row["upper"]) / 2 if row["lower"] == row["lower"] else 0.0)
    )


def apart(wanted: Sequence[float], least: float, room: float) -> list[float]:
    """Move places as little as needed so that neighbours are `least` apart, within the room.

    Examples
    --------
    >>> apart([1.0, 1.05, 3.0], 0.5, 4.0)
    [0.775, 1.275, 3.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[tuple[list[int], float]] = []
    for i in order:
        members, centre = [i], min(max(wanted[i], 0.0), room)
        while groups and groups[-1][1] + least * (len(groups[-1][0]) + len(members)) / 2 > centre:
            last, at = groups.pop()
            centre = (at * len(last) + centre * len(members)) / (len(last) + len(members))
            members = last + members
            half = least * (len(members) - 1) / 2
            centre = min(max(centre, half), max(half, room - half))
        groups.append((members, centre))
    out = [0.0] * len(wanted)
    for members, centre in groups:
        start = centre - least * (len(members) - 1) / 2
        for n, i in enumerate(members):
            out[i] = round(start + n * least, 9)
    return out
