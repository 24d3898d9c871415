"""Values in a few classes of colour, with limits that people can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from sme_stats.plotting import style
from sme_stats.plotting.layout import Key
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.words import parted, say, words

#: Fills of more contrast than this on paper have a lighter corner; a darker one on paler fills.
_DARK = 1.6
#: So many rounded tiles are named.
_MOST = 8


@dataclass(frozen=True)
class Bins:
    """Limits of classes, one more than there are classes; differences have two scales."""

    limits: tuple[float, ...]
    apart: bool = False

    def colour(self, value: float) -> str:
        """Colour of a value; a limit belongs to the class above it."""
        place = int(np.searchsorted(self.limits[1:-1], value, side="right"))
        return self.colours()[place]

    def colours(self) -> list[str]:
        """Colours from few to much, spread over the whole scale; of differences from zero out."""
        if self.apart:
            below = sum(limit < 0 for limit in self.limits[:-1])
            above = len(self.limits) - 1 - below
            return [*style.BELOW[:below][::-1], *style.SCALE[:above]]
        count = len(self.limits) - 1
        step = (len(style.SCALE) - 1) / max(1, count - 1)
        return [style.SCALE[round(i * step)] for i in range(count)]

    def keys(self, fmt: Format) -> list[Key]:
        """Key of each class: its limits."""
        pairs = zip(self.limits, self.limits[1:], self.colours(), strict=False)
        bare = replace(fmt, unit="")
        between = words(fmt.lang)["say"]["between"] if self.apart else "{low}–{high}"
        return [
            Key(between.format(low=bare.tick(a), high=fmt.tick(b)), fill=fill)
            for a, b, fill in pairs
        ]


def light_corner(ax: Axes, right: float, top: float, size: tuple[float, float], fill: str) -> None:
    """Mark a provisional tile: its colour tells the value, so only a corner of it is lighter.

    ``right`` and ``top`` are the corner, ``size`` its width and height, in data coordinates of an
    axes whose y grows downwards.
    """
    wide, tall = size
    corner = [(right - wide, top), (right, top), (right, top + tall)]
    light = style.lighter(fill) if style.contrast(fill, style.PAPER) > _DARK else style.MUTED
    ax.add_patch(Polygon(corner, closed=True, facecolor=light, edgecolor=style.PAPER,
                         linewidth=0.5, zorder=3.5, gid="provisional"))  # fmt: skip


def rounded_note(rows: pd.DataFrame, names: Sequence[str], fmt: Format, lang: str) -> str:
    """Name tiles whose interval of rounding shows in print; a colour has no room for a bar."""
    told = [
        f"{name} {fmt.text(row['value'])} ({fmt.span(row['lower'], row['upper'])})"
        for name, (_, row) in zip(names, rows.iterrows(), strict=True)
        if row["value"] == row["value"] and fmt.text(row["lower"]) != fmt.text(row["upper"])
    ]
    if not told:
        return ""
    if len(told) > _MOST:
        told = [*told[:_MOST], "…"]
    return say(lang, "tile_rounded", places=parted(told, lang))


def bin_values(values: Sequence[float], factor: float = 1.0, apart: bool = False) -> Bins:
    """Choose at most as many classes as the scale has colours, with round limits.

    Differences (`apart`) have zero among their limits.

    Examples
    --------
    >>> bin_values([53.8, 61.0, 83.0]).limits
    (50.0, 60.0, 70.0, 80.0, 90.0)
    """
    zero = [0.0] if apart else []
    known = np.array([*zero, *(v for v in values if np.isfinite(v))], dtype=float) / factor
    if not known.size:
        return Bins((0.0, 1.0))
    low, high = float(known.min()), float(known.max())
    locator = MaxNLocator(nbins=len(style.SCALE), steps=[1, 2, 2.5, 5, 10])
    limits = [round(float(v), 9) for v in locator.tick_values(low, high if high > low else low + 1)]
    inside = [
        v for n, v in enumerate(limits)
        if (n + 1 >= len(limits) or limits[n + 1] > low) and (n == 0 or limits[n - 1] <= high)
    ]  # fmt: skip
    return Bins(tuple(v * factor for v in inside[: len(style.SCALE) + 1]), apart)
