"""Values in a few classes of colour, with limits that people can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.ticker import MaxNLocator

from sme_stats.plotting import style
from sme_stats.plotting.layout import Key
from sme_stats.plotting.numbers import Format


@dataclass(frozen=True)
class Bins:
    """Limits of classes, one more than there are classes."""

    limits: tuple[float, ...]

    def colour(self, value: float) -> str:
        """Colour of a value; a limit belongs to the class above it."""
        place = int(np.searchsorted(self.limits[1:-1], value, side="right"))
        return self.colours()[place]

    def colours(self) -> list[str]:
        """Colours from few to much, spread over the whole scale."""
        count = len(self.limits) - 1
        step = (len(style.SCALE) - 1) / max(1, count - 1)
        return [style.SCALE[round(i * step)] for i in range(count)]

    def keys(self, fmt: Format) -> list[Key]:
        """Key of each class: its limits."""
        pairs = zip(self.limits, self.limits[1:], self.colours(), strict=False)
        bare = replace(fmt, unit="")
        return [Key(f"{bare.tick(a)}–{fmt.tick(b)}", fill=fill) for a, b, fill in pairs]


def bin_values(values: Sequence[float], factor: float = 1.0) -> Bins:
    """Choose at most as many classes as the scale has colours, with round limits.

    Examples
    --------
    >>> bin_values([53.8, 61.0, 83.0]).limits
    (50.0, 60.0, 70.0, 80.0, 90.0)
    """
    known = np.array([v for v in values if np.isfinite(v)], dtype=float) / factor
    if not known.size:
        return Bins((0.0, 1.0))
    low, high = float(known.min()), float(known.max())
    locator = MaxNLocator(nbins=len(style.SCALE), steps=[1, 2, 2.5, 5, 10])
    limits = [round(float(v), 9) for v in locator.tick_values(low, high if high > low else low + 1)]
    inside = [
        v for n, v in enumerate(limits)
        if (n + 1 >= len(limits) or limits[n + 1] > low) and (n == 0 or limits[n - 1] <= high)
    ]  # fmt: skip
    return Bins(tuple(v * factor for v in inside[: len(style.SCALE) + 1]))
