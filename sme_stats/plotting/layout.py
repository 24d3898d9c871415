"""The sheet of a chart: title, subtitle and keys above, the plot, the note at the foot.

All of it lies within one rectangle: the whole of a figure of our own, or the place that a given
axes had. What is measured is measured in inches, so nothing is cut and nothing overlaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Transform

from sme_stats.errors import UsageError
from sme_stats.plotting import style
from sme_stats.plotting.text import font, height, width, wrap

#: Inches between the parts of a sheet.
_GAP = 0.08
_KEY, _KEY_GAP = 0.2, 0.14
#: What rounding of floats may take from a height.
_EPSILON = 1e-6


@dataclass(frozen=True)
class Key:
    """One entry of a legend: a filled box, or a mark on a line."""

    label: str
    fill: str = ""
    hatch: str = ""
    marker: str = ""
    line: str = ""
    colour: str = style.MAIN
    face: str = ""


@dataclass(frozen=True)
class Sheet:
    """What stands around a plot, and how much room it needs; lengths in inches.

    Attributes
    ----------
    title, subtitle, note : str
        Wrapped to the width.
    plot : float
        Height of the plot itself.
    left, right, above, below : float
        Room beside the plot for labels.
    keys : sequence of Key
    """

    title: str
    subtitle: str
    note: str
    plot: float
    left: float = 0.0
    right: float = 0.0
    above: float = 0.0
    below: float = 0.24
    keys: Sequence[Key] = ()


def inner_width(ax: Axes | None, chosen: float) -> float:
    """Width between the margins, in inches."""
    room = inches_of(ax)[2] if ax is not None else chosen
    return room - 2 * style.MARGIN


def lay_out(ax: Axes | None, chosen: float, sheet: Sheet) -> Axes:
    """Place a sheet: text and keys drawn, axes positioned and made plain.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Its place is filled; None makes a figure as high as needed.
    chosen : float
        Width of a figure of our own.
    sheet : Sheet
        What to place.

    Raises
    ------
    UsageError
        If a given axes is too small; says how high and wide it needs to be.
    """
    room = inner_width(ax, chosen)
    head = _lines(sheet, room)
    keys = _rows_of_keys(sheet.keys, room)
    note = [line for part in sheet.note.split("\n") for line in wrap(part, room, style.NOTE)]
    around = _heights(head, len(keys), len(note)) + sheet.above + sheet.below
    ax, left, bottom, tall = _place(ax, chosen, around, sheet)
    _write(ax, sheet, head, keys, (left, bottom + tall, room))
    foot = bottom + style.MARGIN + height(len(note), style.NOTE)
    _stack(ax, note, left + style.MARGIN, foot, style.NOTE, style.MUTED, "note")
    _position(ax, (
        left + style.MARGIN + sheet.left,
        foot + (_GAP if note else 0.0) + sheet.below,
        room - sheet.left - sheet.right,
        tall - around,
    ))  # fmt: skip
    return ax


def plain(ax: Axes) -> None:
    """Take away every spine, tick and grid that a user's settings may have put there."""
    ax.set_facecolor(style.PAPER)
    ax.set_axisbelow(True)
    ax.grid(False, which="both")
    ax.minorticks_off()
    ax.set_title("")
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(which="both", length=0, bottom=True, left=True, top=False, right=False,
                   labelbottom=True, labelleft=True, labeltop=False, labelright=False,
                   direction="out", pad=4)  # fmt: skip
    ax.set_autoscale_on(False)


def put(ax: Axes, x: float, y: float, text: str, size: float, **how: object) -> Text:
    """Write a text in data coordinates (or those of ``transform``), never cut, never as formula."""
    defaults: dict[str, Any] = {
        "color": style.INK, "ha": "left", "va": "center_baseline", "clip_on": False,
        "parse_math": False, "fontproperties": font(size), "rotation": 0, "zorder": 5,
    }  # fmt: skip
    return ax.text(x, y, text, **(defaults | how))


def hatch(patch: Patch) -> None:
    """Hatch a patch as what is withheld, in strokes that no global setting changes."""
    patch.set_hatch(style.HATCH)
    if hasattr(patch, "set_hatch_linewidth"):  # since matplotlib 3.10; before, set while saving
        patch.set_hatch_linewidth(style.HATCH_WIDTH)


def label_axis(
    ax: Axes, which: str, places: Sequence[float], labels: Sequence[str], size: float, colour: str
) -> None:
    """Set ticks and their labels, in the house's font."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_ticks(list(places), labels=list(labels))
    for label in axis.get_ticklabels():
        label.set_fontproperties(font(size))
        label.set_color(colour)
        label.set_parse_math(False)
        label.set_linespacing(1.1)


def root(ax: Axes) -> Figure:
    """Figure that an axes is in, also through subfigures.

    Raises
    ------
    UsageError
        If it is in none.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        raise UsageError(
            "the axes is in no figure; make one with Figure().subplots(), or pass none"
        )
    return figure


def inches_of(ax: Axes) -> tuple[float, float, float, float]:
    """Place of an axes in its figure, in inches: left, bottom, width, height."""
    dpi = root(ax).dpi
    box = ax.get_window_extent()
    return box.x0 / dpi, box.y0 / dpi, box.width / dpi, box.height / dpi


def _lines(sheet: Sheet, room: float) -> tuple[list[str], list[str]]:
    return (
        wrap(sheet.title, room, style.TITLE, "bold"),
        wrap(sheet.subtitle, room, style.SUBTITLE),
    )


def _heights(head: tuple[list[str], list[str]], keys: int, note: int) -> float:
    parts = 2 * style.MARGIN + height(len(head[0]), style.TITLE)
    parts += height(len(head[1]), style.SUBTITLE) + _GAP
    parts += keys * height(1, style.SMALL) * 1.15 + (_GAP if keys else 0.0)
    return parts + height(note, style.NOTE) + (_GAP if note else 0.0)


def _place(
    ax: Axes | None, chosen: float, around: float, sheet: Sheet
) -> tuple[Axes, float, float, float]:
    if ax is None:
        tall = around + sheet.plot
        figure = Figure(figsize=(chosen, tall), dpi=100, facecolor=style.PAPER,
                        edgecolor=style.PAPER, layout=None)  # fmt: skip
        made = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        plain(made)
        return made, 0.0, 0.0, tall
    left, bottom, wide, tall = inches_of(ax)
    need_wide = sheet.left + sheet.right + 1.0 + 2 * style.MARGIN
    if wide < need_wide - _EPSILON or tall - around < 0.6 * sheet.plot:
        raise UsageError(
            f"the axes is {wide:.1f} by {tall:.1f} inches, and this chart needs at least "
            f"{max(need_wide, style.NARROWEST):.1f} by {around + 0.6 * sheet.plot:.1f}; make the "
            "figure larger, or pass no axes and it gets one of its own"
        )
    plain(ax)
    return ax, left, bottom, tall


def _write(
    ax: Axes,
    sheet: Sheet,
    head: tuple[list[str], list[str]],
    keys: list[list[Key]],
    corner: tuple[float, float, float],
) -> None:
    left, top, _ = corner
    x, y = left + style.MARGIN, top - style.MARGIN
    _stack(ax, head[0], x, y, style.TITLE, style.INK, "title", "bold")
    y -= height(len(head[0]), style.TITLE)
    _stack(ax, head[1], x, y, style.SUBTITLE, style.MUTED, "subtitle")
    y -= height(len(head[1]), style.SUBTITLE) + _GAP
    for row in keys:
        _row(ax, row, x, y)
        y -= height(1, style.SMALL) * 1.15


def _stack(
    ax: Axes, lines: list[str], x: float, top: float, size: float, colour: str, gid: str,
    weight: str = "normal",
) -> None:  # fmt: skip
    """Write lines under each other, each its own artist: their places do not hang on a renderer."""
    inches = root(ax).dpi_scale_trans
    for n, line in enumerate(lines):
        base = top - (n + 0.78 * 1 / style.LEADING + 0.12) * height(1, size)
        put(ax, x, base, line, size, color=colour, va="baseline", transform=inches,
            gid=f"{gid}-{n}", fontproperties=font(size, weight))  # fmt: skip


def _position(ax: Axes, inches: tuple[float, float, float, float]) -> None:
    """Move the axes; a place in the whole figure, whatever subfigure it is in."""
    x, y, wide, tall = inches
    corners = [(x, y), (x + wide, y + tall)]
    owner = ax.get_figure(root=False) or root(ax)
    within = root(ax).dpi_scale_trans + owner.transSubfigure.inverted()
    (x0, y0), (x1, y1) = within.transform(corners)
    ax.set_position((x0, y0, x1 - x0, y1 - y0))


def _rows_of_keys(keys: Sequence[Key], room: float) -> list[list[Key]]:
    rows: list[list[Key]] = []
    used = 0.0
    for key in keys:
        first, *more = wrap(key.label, room - _KEY, style.SMALL)
        need = _KEY + width(first, style.SMALL) + _KEY_GAP
        if not rows or used + need - _KEY_GAP > room:
            rows.append([])
            used = 0.0
        rows[-1].append(replace(key, label=first))
        # What does not fit goes on under it, without a mark.
        rows += [[Key(line)] for line in more]
        used = room if more else used + need
    return rows


def _row(ax: Axes, keys: list[Key], x: float, top: float) -> None:
    inches = root(ax).dpi_scale_trans
    base = top - 0.75 * height(1, style.SMALL)
    middle = base + 0.36 * style.SMALL / 72
    for key in keys:
        for artist in _marks(key, x, middle, inches):
            ax.add_artist(artist)
        put(ax, x + _KEY, base, key.label, style.SMALL, transform=inches, va="baseline",
            gid="key-label")  # fmt: skip
        x += _KEY + width(key.label, style.SMALL) + _KEY_GAP


def _marks(key: Key, x: float, y: float, inches: Transform) -> list[Rectangle | Line2D]:
    marks: list[Any] = []
    if key.fill:
        marks.append(Rectangle((x, y - 0.05), 0.14, 0.1, facecolor=key.fill,
                               edgecolor=style.HATCH_EDGE, linewidth=0.6))  # fmt: skip
        if key.hatch:
            hatch(marks[-1])
    if key.line:
        line: Any = key.line
        marks.append(Line2D([x - 0.02, x + 0.16], [y, y], color=key.colour, linestyle=line,
                            linewidth=1.6, marker=""))  # fmt: skip
    if key.marker:
        marks.append(Line2D([x + 0.07], [y], marker=key.marker, markersize=5.5, linestyle="none",
                            markerfacecolor=key.face or key.colour, markeredgecolor=key.colour,
                            markeredgewidth=1.0))  # fmt: skip
    for mark in marks:
        mark.set(transform=inches, clip_on=False, zorder=5, gid="key")
    return marks
