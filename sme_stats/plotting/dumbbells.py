"""Rows of two dots, SMEs and large enterprises, with the ratio beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sme_stats.plotting import style
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
from sme_stats.plotting.inputs import Options
from sme_stats.plotting.keys import state_keys
from sme_stats.plotting.layout import Key, Sheet, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.ranks import value_text
from sme_stats.plotting.text import width
from sme_stats.plotting.words import is_aggregate, say

SMALL, LARGE = "0-249", "GE250"
#: Colour and marker of each dot; the colours of size classes, dark enough for a mark.
LOOKS = {SMALL: (style.CLASSES[3], "o"), LARGE: (style.LARGE, "s")}


@dataclass(frozen=True)
class Row:
    """One row: its code and label, its two levels by size, and the ratio where there is one."""

    code: str
    label: str
    levels: dict[str, pd.Series[Any]]
    ratio: pd.Series[Any] | None


def shows(cells: pd.DataFrame, fmt: Format) -> bool:
    """Say whether an interval around a known value is wide enough to be seen in print."""
    known = cells[cells["value"].notna()]
    return any(
        fmt.text(a) != fmt.text(b) for a, b in zip(known["lower"], known["upper"], strict=True)
    )


def plot(
    ax: Axes | None, chosen: Options, rows: Sequence[Row], formats: tuple[Format, Format],
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    """Draw rows from the top: labels, dots, intervals, ratios."""
    fmt, ratio = formats
    lang, room = chosen.lang, inner_width(ax, chosen.width)
    labels = fold([row.label for row in rows], room * 0.37)
    ratios = [_beside(row.ratio, ratio, lang) for row in rows]
    left = widest(labels) + 0.1
    right = max(max(width(t, style.LABEL) for t in ratios) + 0.2, 0.16)
    apart = sum(is_aggregate(row.code) for row in rows)
    places, tall = row_places(labels, [apart] if apart else ())
    cells = pd.DataFrame([level for row in rows for level in row.levels.values()])
    sheet = Sheet(*text, plot=tall, left=left, right=right, keys=_keys(cells, fmt, lang))
    ax = lay_out(ax, chosen.width, sheet)
    ax.set_ylim(tall, 0.0)
    low, high = spread([*cells["value"], *cells["lower"], *cells["upper"]])
    limits = (0.0 if 0 <= low < 0.4 * high else low), high
    value_axis(ax, limits, room - left - right, fmt)
    label_axis(ax, "y", places, ["\n".join(label) for label in labels], style.LABEL, style.INK)
    beside = 1.0 + 0.12 / (room - left - right)
    for y, row, shown in zip(places, rows, ratios, strict=True):
        _mark(ax, row, y)
        put(ax, beside, y, shown, style.LABEL, transform=ax.get_yaxis_transform(),
            gid="value-label")  # fmt: skip
    return ax


def _mark(ax: Axes, row: Row, y: float) -> None:
    values = [float(level["value"]) for level in row.levels.values()]
    if len(values) == 2 and all(v == v for v in values):
        ax.plot(values, [y, y], color=style.GUIDE, linewidth=2.2, linestyle="-", marker="",
                zorder=1, gid="gap")  # fmt: skip
    for size, level in row.levels.items():
        colour, marker = LOOKS[size]
        value, low, high = (float(level[c]) for c in ("value", "lower", "upper"))
        if value != value:
            if low == low:
                hatched(ax, low, high, y).set_edgecolor(colour)
            continue
        if low < high:
            bar_of(ax, low, high, y, colour)
        dot(ax, value, y, colour, marker, light="p" in str(level["flag"]))


def _keys(cells: pd.DataFrame, fmt: Format, lang: str) -> list[Key]:
    keys = [
        Key(say(lang, key), marker=LOOKS[size][1], colour=LOOKS[size][0])
        for key, size in (("key_small", SMALL), ("key_large", LARGE))
    ]
    return keys + state_keys(cells, lang, interval=shows(cells, fmt))


def times(cell: pd.Series[Any], ratio: Format) -> str:
    """Print a ratio; its interval where rounding leaves one that shows."""
    low, high = float(cell["lower"]), float(cell["upper"])
    if ratio.text(low) == ratio.text(high):
        return ratio.text(float(cell["value"]))
    return ratio.span(low, high)


def _beside(cell: pd.Series[Any] | None, ratio: Format, lang: str) -> str:
    if cell is None:
        return ""
    return times(cell, ratio) if cell["value"] > 0 else value_text(cell, ratio, lang)
