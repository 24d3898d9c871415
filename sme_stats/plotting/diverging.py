"""Rows of parts that add up to a change: what adds to the right of zero, what takes to the left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sme_stats.plotting import alt, style
from sme_stats.plotting.axes import bar_of, dot, fold, row_places, spread, value_axis, widest
from sme_stats.plotting.inputs import Options
from sme_stats.plotting.keys import state_keys
from sme_stats.plotting.layout import Key, Sheet, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import MINUS, Format
from sme_stats.plotting.text import width
from sme_stats.plotting.words import say

#: Height of a bar in inches.
_BAR = 0.15


@dataclass(frozen=True)
class Row:
    """One change: its label, its parts by code in the order drawn, and their sum."""

    label: str
    parts: Mapping[str, pd.Series[Any]]
    total: pd.Series[Any]


def signed(value: float, fmt: Format) -> str:
    """A change with its sign.

    Examples
    --------
    >>> from sme_stats.plotting.numbers import fit
    >>> signed(1.25, fit([1.25, -3.0], "PP")).split(), signed(0.0, fit([1.25, -3.0], "PP")).split()
    (['+1.2', 'points'], ['0.0', 'points'])
    """
    text = fmt.text(value)
    return text if text.startswith(MINUS) or fmt.text(0.0) == text else f"+{text}"


def plot(
    ax: Axes | None, chosen: Options, rows: Sequence[Row], looks: Mapping[str, tuple[str, str]],
    formats: tuple[Format, Format], text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    """Draw rows from the top: bars of parts, a diamond at their sum, the sum written beside.

    Colour and name of each part are in ``looks``; ``formats`` are of the axis and of the sums.
    """
    fmt, short = formats
    room, lang = inner_width(ax, chosen.width), chosen.lang
    labels = fold([row.label for row in rows], room * 0.37)
    sums = [signed(float(row.total["value"]), short) for row in rows]
    left = widest(labels) + 0.1
    right = max(width(t, style.LABEL) for t in sums) + 0.2
    places, tall = row_places(labels)
    cells = pd.DataFrame([row.total for row in rows])
    keys = [Key(name, fill=colour) for colour, name in looks.values()]
    keys.append(Key(say(lang, "key_sum"), marker="D", colour=style.INK))
    sheet = Sheet(*text, plot=tall, left=left, right=right, keys=keys + state_keys(cells, lang))
    ax = lay_out(ax, chosen.width, sheet)
    ax.set_ylim(tall, 0.0)
    value_axis(ax, _limits(rows), room - left - right, fmt)
    ax.axvline(0, marker="", color=style.MUTED, linewidth=1.0, linestyle="-", zorder=4)
    label_axis(ax, "y", places, ["\n".join(label) for label in labels], style.LABEL, style.INK)
    beside = 1.0 + 0.12 / (room - left - right)
    for y, row, shown in zip(places, rows, sums, strict=True):
        _mark(ax, row, y, looks)
        put(ax, beside, y, shown, style.LABEL, transform=ax.get_yaxis_transform(),
            gid="value-label")  # fmt: skip
    return ax


def _limits(rows: Sequence[Row]) -> tuple[float, float]:
    reach = [0.0]
    for row in rows:
        values = [float(part["value"]) for part in row.parts.values()]
        reach += [sum(v for v in values if v > 0), sum(v for v in values if v < 0)]
        reach += [float(row.total["lower"]), float(row.total["upper"])]
    low, high = spread(reach)
    return (low if min(reach) < 0 else 0.0), (high if max(reach) > 0 else 0.0)


def _mark(ax: Axes, row: Row, y: float, looks: Mapping[str, tuple[str, str]]) -> None:
    right = left = 0.0
    light = "p" in str(row.total["flag"])
    for code, part in row.parts.items():
        value, colour = float(part["value"]), looks[code][0]
        start = right if value >= 0 else left
        ax.add_patch(Rectangle(
            (min(start, start + value), y - _BAR / 2), abs(value), _BAR, zorder=3, linewidth=0.6,
            facecolor=style.lighter(colour) if light else colour, edgecolor=style.PAPER,
            clip_on=False, gid=f"part-{code}",
        ))  # fmt: skip
        right, left = (right + value, left) if value >= 0 else (right, left + value)
    low, value, high = (float(row.total[c]) for c in ("lower", "value", "upper"))
    if low < high:
        bar_of(ax, low, high, y, style.INK)
    dot(ax, value, y, style.INK, "D", light=light).set_markersize(5.5)


def spoken(
    title: str, what: str, years: str, rows: Sequence[Row], looks: Mapping[str, tuple[str, str]],
    fmt: Format, lang: str,
) -> str:  # fmt: skip
    """The alt text: what is found, what the bars are, and of each row its parts and their sum."""
    said = [title, say(lang, "alt_diverging", what=what, years=years)]
    for row in rows:
        parts = [f"{looks[code][1]} {signed(float(part['value']), fmt)}"
                 for code, part in row.parts.items()]  # fmt: skip
        parts.append(f"{say(lang, 'key_sum')} {signed(float(row.total['value']), fmt)}")
        said.append(say(lang, "alt_row", label=row.label, parts=", ".join(parts)))
    return " ".join(alt.sentence(text) for text in said)
