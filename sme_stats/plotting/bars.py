"""Stacked bars cut into segments, and the words under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sme_stats.plotting import style
from sme_stats.plotting.layout import Key, hatch, put
from sme_stats.plotting.numbers import HARD, Format
from sme_stats.plotting.text import width, wrap
from sme_stats.plotting.words import parted, say, size_label, words

#: Height of a bar in inches.
BAR = 0.3
#: Room that a label needs beside it within its segment.
_PAD = 0.06


@dataclass(frozen=True)
class Bar:
    """One bar: its label and its cells by class."""

    label: str
    cells: pd.DataFrame

    @property
    def total(self) -> float:
        """Length of the bar: the published shares, and 100 where some are withheld."""
        known = float(self.cells["value"].sum())
        return max(100.0, known) if self.cells["value"].isna().any() else known

    @property
    def flag(self) -> str:
        """Flag that every cell of the bar carries."""
        found = set(self.cells["flag"])
        return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True)
class Segment:
    """A piece of a bar; ``code`` is empty for what is undetermined between withheld classes."""

    code: str
    start: float
    wide: float
    withheld: bool


def segments(bar: Bar, sizes: Sequence[str]) -> list[Segment]:
    """Cut a bar into pieces that add up to its length.

    A withheld class is as wide as it is at least; what is undetermined stands after the first one.
    """
    by_size = bar.cells.set_index("size")
    low = by_size["lower"].fillna(0.0).clip(lower=0.0)
    value = by_size["value"]
    hidden = [s for s in sizes if s in by_size.index and pd.isna(value[s])]
    rest = max(0.0, bar.total - float(value.sum()) - float(low[hidden].sum()))
    pieces: list[Segment] = []
    at = 0.0
    for code in (s for s in sizes if s in by_size.index):
        wide = float(low[code] if code in hidden else value[code])
        pieces.append(Segment(code, at, wide, code in hidden))
        at += wide
        if hidden and code == hidden[0]:
            pieces.append(Segment("", at, rest, True))
            at += rest
    return pieces


def draw(
    ax: Axes, bar: Bar, pieces: Sequence[Segment], top: float, sizes: Sequence[str], scale: float,
    fmt: Format,
) -> None:  # fmt: skip
    """Draw a bar's segments, with their values where these fit.

    The upper edge ``top`` is in inches from the top of the plot, ``scale`` in inches a percent.
    """
    colours = style.class_colours(list(sizes))
    values = _by_size(bar, "value")
    flags = _by_size(bar, "flag")
    for piece in pieces:
        fill = colours.get(piece.code, style.HATCH_FILL)
        light = piece.code and (piece.withheld or "p" in str(flags[piece.code]))
        fill = style.lighter(fill) if light else fill
        segment = Rectangle(
            (piece.start, top), piece.wide, BAR, facecolor=fill, linewidth=0.6,
            edgecolor=style.HATCH_EDGE if piece.withheld else style.PAPER,
            zorder=3, clip_on=False, gid=f"segment-{piece.code}",
        )  # fmt: skip
        if piece.withheld:
            hatch(segment)
        ax.add_patch(segment)
        if not piece.withheld and fits(values[piece.code], scale, fmt):
            put(ax, piece.start + piece.wide / 2, top + BAR / 2, fmt.text(values[piece.code]),
                style.SMALL, ha="center", color=style.ink_on(fill), gid="inside")  # fmt: skip


def fits(value: float, scale: float, fmt: Format) -> bool:
    """Whether a value's label fits into its segment."""
    return width(fmt.text(value), style.SMALL) + _PAD <= value * scale


def caption(
    bar: Bar, pieces: Sequence[Segment], scale: float, fmt: Format, lang: str, room: float, *,
    small: bool,
) -> list[str]:  # fmt: skip
    """Lines under a bar: withheld classes, and with `small` those whose values do not fit into it.

    Each class stays on one line with its number.
    """
    by_size = bar.cells.set_index("size")
    parts = []
    for piece in (p for p in pieces if p.code):
        cell = by_size.loc[[piece.code]].iloc[0]
        if piece.withheld:
            shown = say(lang, "withheld_short")
            if cell["lower"] == cell["lower"]:
                shown = fmt.span(cell["lower"], cell["upper"])
        elif small and not fits(float(cell["value"]), scale, fmt):
            shown = fmt.text(cell["value"])
        else:
            continue
        own = f" {cell['flag']}" if cell["flag"] and not bar.flag else ""
        label = size_label(piece.code, lang) + say(lang, "colon")
        parts.append(f"{label}{shown}{own}".replace(" ", HARD))
    return wrap(parted(parts, lang), room, style.SMALL) if parts else []


def keys(pieces: Sequence[Sequence[Segment]], sizes: Sequence[str], lang: str) -> list[Key]:
    """Keys of the classes, and of what is withheld."""
    colours = style.class_colours(list(sizes))
    found = [Key(size_label(code, lang), fill=colours[code]) for code in sizes]
    if any(p.withheld for piece in pieces for p in piece):
        name = str(words(lang)["say"]["key_withheld"])
        found.append(Key(name, fill=style.HATCH_FILL, hatch=style.HATCH))
    return found


def _by_size(bar: Bar, column: str) -> dict[str, float]:
    return dict(zip(bar.cells["size"], bar.cells[column], strict=True))
