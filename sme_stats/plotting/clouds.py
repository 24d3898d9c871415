"""Dots over a logarithmic axis, each with its label beside it, and a line through them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sme_stats.plotting import style
from sme_stats.plotting.axes import spread, ticks, widest
from sme_stats.plotting.inputs import Options
from sme_stats.plotting.layout import (
    Key,
    Sheet,
    inches_of,
    inner_width,
    label_axis,
    lay_out,
    put,
    root,
)
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.text import height, width, wrap
from sme_stats.plotting.words import say

#: Height of the plot over its width, and the most of it in inches.
_SHAPE, _TALLEST = 0.72, 3.6
#: Radius of a dot and the least distance between what must not touch, in inches.
_DOT, _CLEAR = 0.045, 0.015
#: A label further from its dot than this is tied to it by a leader.
_NEAR = 0.12


@dataclass(frozen=True)
class Point:
    """A place: where it starts, how it grew in percent a year, and what rounding leaves open."""

    code: str
    x: float
    x_low: float
    x_high: float
    y: float
    y_low: float
    y_high: float
    flags: str = ""
    light: bool = False

    @property
    def label(self) -> str:
        """Code of the place, with its flags."""
        return f"{self.code} {self.flags}".rstrip()


@dataclass(frozen=True)
class Line:
    """A line through the dots; broken where its slope may be zero."""

    x: tuple[float, float]
    y: tuple[float, float]
    sure: bool


#: Left, bottom, right and top of what is on the sheet, in inches.
Box = tuple[float, float, float, float]


def plot(
    ax: Axes | None, chosen: Options, points: Sequence[Point], line: Line | None,
    states: Sequence[Key], formats: tuple[Format, Format], text: tuple[str, str, str],
    names: tuple[str, str],
) -> Axes:  # fmt: skip
    """Draw the dots, what rounding leaves of each, the line, and labels that touch nothing.

    In the key the line comes before the ``states`` of the cells.
    """
    room = inner_width(ax, chosen.width)
    low, high = spread([v for p in points for v in (p.y, p.y_low, p.y_high)] + [0.0], 0.08)
    low = min(low, -0.08 * high)  # zero is a line of the chart, not its edge
    tall = min(_SHAPE * room, _TALLEST)
    marks = ticks(low, high, tall * 1.6, formats[1], style.SMALL)
    named = [formats[1].tick(m) for m in marks]
    left, right = widest([named], style.SMALL) + 0.1, 0.2
    across = wrap(names[0], room - left - right, style.SMALL)
    up = wrap(names[1], room, style.SMALL)
    keys = [*_line_key(line, chosen.lang), *states]
    sheet = Sheet(*text, plot=tall, left=left, right=right, keys=keys,
                  above=height(len(up), style.SMALL) + 0.08,
                  below=0.26 + height(len(across), style.SMALL))  # fmt: skip
    ax = lay_out(ax, chosen.width, sheet)
    ax.set_ylim(low, high)
    label_axis(ax, "y", marks, named, style.SMALL, style.MUTED)
    for y in marks:
        ax.axhline(y, marker="", color=style.GRID, linewidth=0.8, linestyle="-", zorder=0.5)
    ax.axhline(0, marker="", color=style.MUTED, linewidth=1.0, linestyle="-", zorder=0.8)
    _logarithmic(ax, points, room - left - right, formats[0])
    _name_axes(ax, up, across, left)
    if line is not None:
        ax.add_line(Line2D(line.x, line.y, color=style.REFERENCE, linewidth=1.6, marker="",
                           linestyle="-" if line.sure else (0, (4, 3)), zorder=2,
                           gid="slope"))  # fmt: skip
    for point in points:
        _mark(ax, point)
    _label(ax, points, line)
    return ax


def _logarithmic(ax: Axes, points: Sequence[Point], room: float, fmt: Format) -> None:
    """Horizontal axis: the logarithm in length, round values as its ticks."""
    ends = [v for p in points for v in (p.x, p.x_low, p.x_high) if v > 0]
    least, most = math.log(min(ends)), math.log(max(ends))
    pad = 0.06 * (most - least) or 0.05
    limits = math.exp(least - pad), math.exp(most + pad)
    ax.set_xscale("log")
    ax.minorticks_off()
    ax.set_xlim(*limits)
    wide = math.log(limits[1] / limits[0])
    places: list[float] = []
    for at in _round(limits, room, fmt):
        need = 1.3 * (width(fmt.tick(at), style.SMALL) + 0.04) * wide / room
        if not places or math.log(at / places[-1]) > need:
            places.append(at)
    label_axis(ax, "x", places, [fmt.tick(p) for p in places], style.SMALL, style.MUTED)
    for x in places:
        ax.axvline(x, marker="", color=style.GRID, linewidth=0.8, linestyle="-", zorder=0.5)


def _round(limits: tuple[float, float], room: float, fmt: Format) -> list[float]:
    """Round values within limits: 1, 2 and 5 of each power of ten where these are apart."""
    if limits[1] / limits[0] < 8:
        return [t for t in ticks(*limits, room, fmt, style.SMALL) if t > 0]
    powers = range(math.floor(math.log10(limits[0])), math.ceil(math.log10(limits[1])) + 1)
    values = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    return [v for v in values if limits[0] <= v <= limits[1]]


def _name_axes(ax: Axes, up: Sequence[str], across: Sequence[str], left: float) -> None:
    """What the axes are of: above the upright one, and below the other."""
    _, _, wide, tall = inches_of(ax)
    line = height(1, style.SMALL)
    for n, text in enumerate(up):
        put(ax, -left / wide, 1.0 + (0.06 + line * (len(up) - 1 - n)) / tall, text, style.SMALL,
            color=style.MUTED, va="bottom", transform=ax.transAxes, gid="axis-name")  # fmt: skip
    for n, text in enumerate(across):
        put(ax, 1.0, -(0.24 + line * n) / tall, text, style.SMALL, color=style.MUTED, ha="right",
            va="top", transform=ax.transAxes, gid="axis-name")  # fmt: skip


def _mark(ax: Axes, point: Point) -> None:
    spans = [([point.x_low, point.x_high], [point.y] * 2), ([point.x] * 2,
             [point.y_low, point.y_high])]  # fmt: skip
    for xs, ys in spans:
        if max(xs) > min(xs) or max(ys) > min(ys):
            ax.add_line(Line2D(xs, ys, color=style.MAIN, linewidth=3.0, alpha=0.45, marker="",
                               linestyle="-", solid_capstyle="butt", zorder=2.5,
                               gid="interval"))  # fmt: skip
    face = style.lighter(style.MAIN) if point.light else style.MAIN
    ax.add_line(Line2D([point.x], [point.y], linestyle="none", marker="o", markersize=5.5,
                       markeredgewidth=1.0, markeredgecolor=style.MAIN, markerfacecolor=face,
                       zorder=4, clip_on=False, gid="value"))  # fmt: skip


def _label(ax: Axes, points: Sequence[Point], line: Line | None) -> None:
    """Write each label at the nearest free place around its dot, with a leader where far."""
    left, bottom, wide, tall = inches_of(ax)
    middles = _inches(ax, [(p.x, p.y) for p in points])
    taken: list[Box] = [_box(x, y, _DOT * 2, _DOT * 2) for x, y in middles]
    taken += _struck(ax, line, (left, left + wide))
    inside = (left - 0.1, bottom, left + wide + 0.18, bottom + tall)
    inches = root(ax).dpi_scale_trans
    for point, (x, y) in zip(points, middles, strict=True):
        size = width(point.label, style.NOTE), 0.8 * height(1, style.NOTE)
        free = (at for at in _around(x, y, *size) if _fits(_box(*at, *size), taken, inside))
        at = next(free, None) or next(_around(x, y, *size))
        taken.append(_box(*at, *size))
        put(ax, *at, point.label, style.NOTE, ha="center", va="center_baseline",
            transform=inches, gid="point-label")  # fmt: skip
        away = math.hypot(
            max(abs(at[0] - x) - size[0] / 2, 0), max(abs(at[1] - y) - size[1] / 2, 0)
        )
        if away > _NEAR:
            end = (at[0] + (x - at[0]) * 0.3, at[1] + (y - at[1]) * 0.3)
            ax.add_line(Line2D([x, end[0]], [y, end[1]], color=style.GUIDE, linewidth=0.7,
                               marker="", linestyle="-", transform=inches, zorder=1.5,
                               clip_on=False, gid="leader"))  # fmt: skip


def _inches(ax: Axes, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places of data on the sheet."""
    dots = ax.transData.transform(places) / root(ax).dpi
    return [(float(x), float(y)) for x, y in dots]


def _struck(ax: Axes, line: Line | None, across: tuple[float, float]) -> list[Box]:
    """Boxes along zero and along the line, which would strike a label through."""
    _, zero = _inches(ax, [(ax.get_xlim()[0], 0.0)])[0]
    boxes = [(across[0], zero - 0.01, across[1], zero + 0.01)]
    if line is None:
        return boxes
    (x0, y0), (x1, y1) = _inches(ax, list(zip(line.x, line.y, strict=True)))
    steps = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / 0.03))
    parts = [n / steps for n in range(steps + 1)]
    return boxes + [_box(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, 0.03, 0.03) for t in parts]


def _around(x: float, y: float, wide: float, tall: float) -> Iterator[tuple[float, float]]:
    """Middles of a label around a dot, nearest first, beside it before above it."""
    for ring in range(14):
        gap = _DOT + _CLEAR + 0.05 * ring
        for turn in (0, 180, 90, 270, 45, 315, 135, 225, 22, 158, 202, 338, 67, 113, 247, 293):
            cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            yield x + cos * (gap + wide / 2), y + sin * (gap + tall / 2)


def _box(x: float, y: float, wide: float, tall: float) -> Box:
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _fits(box: Box, taken: Sequence[Box], inside: Box) -> bool:
    within = box[0] >= inside[0] and box[1] >= inside[1]
    within &= box[2] <= inside[2] and box[3] <= inside[3]
    return within and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
    )


def _line_key(line: Line | None, lang: str) -> list[Key]:
    if line is None:
        return []
    name = "key_slope" if line.sure else "key_slope_unsure"
    return [Key(say(lang, name), line="-" if line.sure else "--", colour=style.REFERENCE)]
