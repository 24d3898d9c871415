"""Marks that several charts share: rows with labels, value axes, dots, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sme_stats.plotting import style
from sme_stats.plotting.layout import hatch, label_axis
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.text import height, width, wrap

#: A label may be so much wider than planned where a word would be broken otherwise.
_WHOLE = 1.45


def spread(values: Sequence[float], pad: float = 0.06) -> tuple[float, float]:
    """Limits of an axis around values, with a little room; never below zero for positive ones.

    Examples
    --------
    >>> spread([10.0, 20.0], 0.1)
    (9.0, 21.0)
    """
    known = [v for v in values if math.isfinite(v)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = (high - low) * pad or abs(high) * 0.05 or 1.0
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def ticks(low: float, high: float, room: float, fmt: Format, size: float) -> list[float]:
    """Round places along an axis, as many as their labels leave room for.

    Examples
    --------
    >>> from sme_stats.plotting.numbers import fit
    >>> ticks(0.0, 100.0, 3.0, fit([50.0], "PC"), 8.0)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    spare = [low]
    for most in range(7, 0, -1):
        steps = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(
            low / fmt.factor, high / fmt.factor
        )
        kept = [float(s) * fmt.factor for s in steps if low <= s * fmt.factor <= high * (1 + 1e-9)]
        wide = max((width(fmt.tick(s), size) for s in kept), default=0.0)
        apart = room * (kept[1] - kept[0]) / (high - low) if len(kept) > 1 else room
        if len(kept) > 1 and wide * 1.35 < apart:
            return kept
        if len(kept) > 1:
            ends = [kept[0], kept[-1]]
            if wide * 1.2 < room * (ends[1] - ends[0]) / (high - low):
                spare = ends
    return spare


def value_axis(
    ax: Axes, limits: tuple[float, float], room: float, fmt: Format, *, lines: bool = True
) -> None:
    """Horizontal axis of values: plain numbers, light lines or short ticks."""
    ax.set_xlim(*limits)
    places = ticks(*limits, room, fmt, style.SMALL)
    label_axis(ax, "x", places, [fmt.tick(p) for p in places], style.SMALL, style.MUTED)
    if not lines:
        ax.tick_params(axis="x", length=3, color=style.GUIDE, width=0.8)
    for x in places if lines else ():
        ax.axvline(x, marker="", color=style.GRID, linewidth=0.8, linestyle="-", zorder=0.5)


def fold(labels: Sequence[str], room: float, size: float = style.LABEL) -> list[list[str]]:
    """Wrap row labels to a width, up to 1.45 times of it where that keeps a word whole."""
    longest = max((width(w, size) for label in labels for w in label.split(" ")), default=0.0)
    return [wrap(label, max(room, min(longest, _WHOLE * room)), size) for label in labels]


def row_places(
    folded: Sequence[Sequence[str]], groups: Sequence[int] = ()
) -> tuple[list[float], float]:
    """Middle of each row from the top and height of all, in inches; a gap after each group.

    Parameters
    ----------
    folded : sequence of sequences
        Lines of each row's label.
    groups : sequence of int
        Number of rows in each group; without, all rows are one.

    Examples
    --------
    >>> places, total = row_places([["a"], ["b"]])
    >>> [round(p / total, 2) for p in places]
    [0.25, 0.75]
    """
    ends, n = set(), 0
    for group in groups:
        n += group
        ends.add(n)
    places, at = [], 0.0
    for row, lines in enumerate(folded):
        tall = max(style.ROW, height(len(lines), style.LABEL) + 0.06)
        places.append(at + tall / 2)
        at += tall + (style.APART if row + 1 in ends and row + 1 < len(folded) else 0.0)
    return places, at


def widest(folded: Sequence[Sequence[str]], size: float = style.LABEL) -> float:
    """Width of the widest line."""
    return max((width(line, size) for lines in folded for line in lines), default=0.0)


def dot(ax: Axes, x: float, y: float, colour: str, marker: str, *, light: bool) -> Line2D:
    """One value; a provisional one is lighter inside."""
    mark = Line2D(
        [x], [y], marker=marker, markersize=7.0, linestyle="none", markeredgewidth=1.2,
        markeredgecolor=colour, markerfacecolor=style.lighter(colour) if light else colour,
        zorder=4, clip_on=False, gid="value",
    )  # fmt: skip
    ax.add_line(mark)
    return mark


def bar_of(
    ax: Axes, low: float, high: float, y: float, colour: str, tall: float = 0.075
) -> Rectangle:
    """An interval around a known value."""
    bar = Rectangle(
        (low, y - tall / 2), high - low, tall, facecolor=style.lighter(colour), edgecolor=colour,
        linewidth=0.6, zorder=3, gid="interval", clip_on=False,
    )  # fmt: skip
    ax.add_patch(bar)
    return bar


def hatched(ax: Axes, low: float, high: float, y: float, tall: float = 0.11) -> Rectangle:
    """An interval without a value: withheld, only bounded."""
    bar = Rectangle(
        (low, y - tall / 2), high - low, tall, facecolor=style.HATCH_FILL,
        edgecolor=style.HATCH_EDGE, linewidth=0.8, zorder=3, gid="withheld", clip_on=False,
    )  # fmt: skip
    hatch(bar)
    ax.add_patch(bar)
    return bar
