"""The drawing of a slope chart: two columns of marks, labels beside them, lines between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sme_stats.plotting import style
from sme_stats.plotting.axes import spread
from sme_stats.plotting.inputs import Options
from sme_stats.plotting.keys import state_keys
from sme_stats.plotting.layout import Key, Sheet, hatch, inches_of, inner_width, lay_out, put
from sme_stats.plotting.layout import label_axis as label_ticks
from sme_stats.plotting.lines import apart
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.ranks import value_text
from sme_stats.plotting.series import Series, shared_gaps
from sme_stats.plotting.text import height, width, wrap
from sme_stats.plotting.words import is_aggregate, say, words

#: Height of the plot at least, in inches; room between a mark and its label, and before the mark.
_LOWEST, _BESIDE, _INSET = 2.2, 0.24, 0.1
#: Labels take no more than this part of the width, on both sides together.
_LABELS = 0.66
#: Parts of the way that a stub beside a break takes.
_STUB = 0.3
#: Colour and width of a line by the way it goes.
LOOKS = {"rose": (style.SERIES[0], 1.7), "fell": (style.SERIES[1], 1.7), "open": (style.REST, 1.3),
         "": (style.REST, 1.3)}  # fmt: skip


@dataclass(frozen=True)
class Slope:
    """One place: its rows, and how it went from the first year to the second.

    ``way`` is ``rose``, ``fell`` or ``open`` where the two may be compared, else empty.
    """

    series: Series
    way: str

    @property
    def compared(self) -> bool:
        """Whether both years have a value and no break lies between."""
        return bool(self.way)


@dataclass(frozen=True)
class Labels:
    """What stands beside each mark: texts left and right, by slope; blank where there is none."""

    left: list[str]
    right: list[str]

    def room(self) -> tuple[float, float]:
        """Inches that each side needs."""
        sides = (
            max((width(line, style.SMALL) for t in side for line in t.split("\n")), default=0.0)
            for side in (self.left, self.right)
        )
        left, right = (wide + _BESIDE for wide in sides)
        return left, right

    @property
    def lines(self) -> int:
        """Lines of the longest label."""
        return max(t.count("\n") + 1 for t in (*self.left, *self.right))


def plot(
    ax: Axes | None, chosen: Options, slopes: Sequence[Slope], years: tuple[int, int],
    fmt: Format, text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    """Draw slopes with their labels, and the break between them where all have one."""
    room, lang = inner_width(ax, chosen.width), chosen.lang
    labels = _labels(slopes, years, fmt, chosen, room)
    left, right = labels.room()
    gaps = shared_gaps([s.series for s in slopes])
    tall = max(_LOWEST, height(labels.lines, style.SMALL) * 1.35 * len(slopes))
    above = height(1, style.NOTE) + 0.06 if gaps else 0.06
    sheet = Sheet(*text, plot=tall, left=left, right=right, above=above, keys=_keys(slopes, lang))
    ax = lay_out(ax, chosen.width, sheet)
    wide, tall = inches_of(ax)[2:]
    places = (_INSET, wide - _INSET)
    rows = pd.concat([s.series.rows for s in slopes])
    low, high = spread([*rows["value"], *rows["lower"], *rows["upper"]], 0.05)
    ax.set_xlim(0, wide)
    ax.set_ylim(low, high)
    label_ticks(ax, "x", places, [str(y) for y in years], style.SMALL, style.MUTED)
    label_ticks(ax, "y", [], [], style.SMALL, style.MUTED)
    for x in places:
        ax.axvline(x, marker="", color=style.GRID, linewidth=1.0, linestyle="-", zorder=0.5)
    for one in slopes:
        _draw(ax, one, dict(zip(years, places, strict=True)))
    if gaps:
        _break(ax, sum(places) / 2, f"{words(lang)['say']['break_label']} {gaps[0].year}")
    for side, year in enumerate(years):
        _beside(ax, slopes, year, (labels.left, labels.right)[side], side, tall / (high - low))
    return ax


def _labels(
    slopes: Sequence[Slope], years: tuple[int, int], fmt: Format, chosen: Options, room: float
) -> Labels:
    """Names and values on both sides; names right only, then codes, where there is less room."""
    coded = Options(lang=chosen.lang, labels="codes")
    values = [[_value(s, year, fmt) for s in slopes] for year in years]
    found = Labels([], [])
    for names, both in ((chosen, True), (chosen, False), (coded, False), (None, False)):
        # Names that even as codes are too long are wrapped.
        marks = [(names or coded).mark(s.series.name) for s in slopes]
        # A place that lacks the second year is named beside the first.
        left = [
            f"{m} {v}" if v and (both or not r) else v
            for m, v, r in zip(marks, *values, strict=True)
        ]
        right = [f"{v} {m}" if v else "" for m, v in zip(marks, values[1], strict=True)]
        if names is None:
            left, right = (
                ["\n".join(wrap(t, room * _LABELS / 2 - _BESIDE, style.SMALL)) for t in side]
                for side in (left, right)
            )
        found = Labels(left, right)
        if sum(found.room()) <= _LABELS * room:
            break
    return found


def _value(one: Slope, year: int, fmt: Format) -> str:
    rows = one.series.rows
    here = rows[rows["year"] == year]
    return value_text(here.iloc[0], fmt, fmt.lang) if len(here) else ""


def _look(one: Slope) -> tuple[str, float, str]:
    """Colour, width and marker; an aggregate is dark and marked by diamonds."""
    if is_aggregate(one.series.name):
        return style.INK, 1.7, "D"
    return *LOOKS[one.way], "o"


def _draw(ax: Axes, one: Slope, places: dict[int, float]) -> None:
    colour, thick, marker = _look(one)
    points = [(places[int(r["year"])], r) for _, r in one.series.rows.iterrows()]
    front = 3.5 if one.compared else 3.0
    values = [float(r["value"]) for _, r in points]
    if len(points) == 2 and all(v == v for v in values):
        (x0, _), (x1, _) = points
        ends = [((x0, x1), values)] if not one.series.gaps else _stubs((x0, x1), values)
        for xs, ys in ends:
            ax.add_line(Line2D(
                xs, ys, color=colour, linewidth=thick, marker="", zorder=front,
                linestyle=":" if one.series.gaps else "-",
                gid="stub" if one.series.gaps else "joined",
            ))  # fmt: skip
    for x, row in points:
        _mark(ax, row, x, (colour, marker), front)


def _stubs(
    xs: tuple[float, float], ys: Sequence[float]
) -> list[tuple[tuple[float, float], list[float]]]:
    """Two short pieces, level: a slant would tell of a change that nobody measured."""
    step = _STUB * (xs[1] - xs[0])
    return [((xs[0], xs[0] + step), [ys[0]] * 2), ((xs[1] - step, xs[1]), [ys[1]] * 2)]


def _mark(ax: Axes, row: pd.Series[Any], x: float, look: tuple[str, str], front: float) -> None:
    colour, marker = look
    value, low, high = float(row["value"]), float(row["lower"]), float(row["upper"])
    if value != value:
        if low == low:
            bar = ax.bar([x], [high - low], bottom=[low], width=0.09, linewidth=0.9)[0]
            bar.set(facecolor=style.HATCH_FILL, edgecolor=style.HATCH_EDGE, zorder=2.5,
                    gid="withheld")  # fmt: skip
            hatch(bar)
        return
    if low < high:
        span = Line2D([x, x], [low, high], color=colour, linewidth=4.0, alpha=0.45, marker="")
        span.set(zorder=2.7, gid="interval", solid_capstyle="butt", linestyle="-")
        ax.add_line(span)
    light = "p" in str(row["flag"])
    ax.add_line(Line2D(
        [x], [value], linestyle="none", marker=marker, markersize=5.0, markeredgewidth=1.1,
        markeredgecolor=colour, markerfacecolor=style.lighter(colour) if light else colour,
        zorder=front + 0.5, gid="value", clip_on=False,
    ))  # fmt: skip


def _break(ax: Axes, x: float, text: str) -> None:
    ax.axvspan(x - 0.06, x + 0.06, facecolor=style.BREAK, edgecolor="none", zorder=0.6,
               gid="break-band")  # fmt: skip
    ax.axvline(x, marker="", color=style.BREAK_EDGE, linewidth=1.0, linestyle=(0, (4, 3)),
               zorder=0.7, gid="break")  # fmt: skip
    put(ax, x, 1.0, text, style.NOTE, ha="center", va="bottom", color=style.MUTED,
        transform=ax.get_xaxis_transform(), gid="break-label")  # fmt: skip


def _beside(
    ax: Axes, slopes: Sequence[Slope], year: int, texts: Sequence[str], side: int, scale: float
) -> None:
    """Write the labels of one side, pushed apart, with a leader from each to its mark."""
    low, high = ax.get_ylim()
    named = [(s, t) for s, t in zip(slopes, texts, strict=True) if t]
    wanted = [(_height(s, year, low) - low) * scale for s, _ in named]
    most = max(text.count("\n") + 1 for _, text in named) if named else 1
    at = apart(wanted, height(most, style.SMALL), (high - low) * scale)
    wide = ax.get_xlim()[1]
    edge, sign = (wide, 1) if side else (0.0, -1)
    for (one, text), want, here in zip(named, wanted, at, strict=True):
        y0, y1 = low + want / scale, low + here / scale
        put(ax, edge + sign * (_BESIDE - 0.04), y1, text, style.SMALL, gid="slope-label",
            ha="left" if side else "right", va="center")  # fmt: skip
        xs = [edge - sign * (_INSET - 0.07), edge + sign * 0.12, edge + sign * 0.16]
        ax.add_line(Line2D(xs, [y0, y1, y1], color=_look(one)[0], linewidth=0.7, marker="",
                           linestyle="-", clip_on=False, zorder=2, gid="leader"))  # fmt: skip


def _height(one: Slope, year: int, otherwise: float) -> float:
    """Value that a label stands beside: its own, or the middle of its interval."""
    rows = one.series.rows
    row = rows[rows["year"] == year].iloc[0]
    value = float(row["value"])
    if value == value:
        return value
    middle = (float(row["lower"]) + float(row["upper"])) / 2
    return middle if middle == middle else otherwise


def _keys(slopes: Sequence[Slope], lang: str) -> list[Key]:
    rows = pd.concat([s.series.rows for s in slopes])
    countries = [s for s in slopes if not is_aggregate(s.series.name)]
    keys = [
        Key(say(lang, f"key_{way}"), line="-", marker="o", colour=LOOKS[way][0])
        for way in ("rose", "fell", "open") if any(s.way == way for s in countries)
    ]  # fmt: skip
    if any(s.series.gaps for s in countries):
        keys.append(Key(say(lang, "key_apart"), line=":", marker="o", colour=style.REST))
    if len(countries) < len(slopes):
        keys.append(Key(say(lang, "key_aggregate"), line="-", marker="D", colour=style.INK))
    return keys + state_keys(rows, lang)
