"""From the engine's sums to the three tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sme_stats.register import observations
from sme_stats.register.margins import Axes, Table
from sme_stats.register.records import BD_CLASSES, SBS_CLASSES
from sme_stats.register.schema import INSIDE


def assemble(
    base: pd.DataFrame, moved: pd.DataFrame, grown: pd.DataFrame | None, made: bool,
    whole: bool, vintage: str,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Tables of structural business statistics, business demography and high growth.

    Parameters
    ----------
    base, moved, grown : pandas.DataFrame
        From `stocks`, `events` and `high_growth`; the last is None without employees.
    made : bool
        The register is synthetic.
    whole : bool
        It holds the whole population of its countries.
    vintage : str
        Of every cell.
    """
    active = base[base["active"] == 1]
    axes = Axes.of(active, whole)
    sums = [m for m in ("n", "p", "e", "t", "v") if m in base.columns]
    heads = [m for m in sums if m in ("n", "p", "e")]
    changed = [c for c in moved.columns if c not in ("year", "geo", "act", "bd", "doubled")]
    sbs = _table(axes, active, sums, "sbs", SBS_CLASSES)
    bd = _table(axes, active, heads, "bd", BD_CLASSES)
    events = _table(axes, moved, changed, "bd", BD_CLASSES)
    names = [observations.name_of(t, made) for t in ("sbs", "bd", "hg")]
    growth = pd.DataFrame()
    if grown is not None:
        growing = _table(axes, grown, ["n", "e"], "", ())
        growth = observations.high_growth(axes, growing, bd, names[2], vintage)
    return (
        observations.structure(axes, sbs, names[0], vintage),
        observations.demography(axes, bd, events, names[1], vintage),
        growth,
    )


def _table(
    axes: Axes, cells: pd.DataFrame, sums: Sequence[str], classes: str, codes: Sequence[str]
) -> Table:
    """Sums of the population by one kind of size class; of all sizes where that is not known."""
    inside = cells[cells["act"].isin(INSIDE)]
    if classes in inside.columns:
        return axes.filled(inside.rename(columns={classes: "size"}), sums, codes)
    return axes.filled(inside.assign(size=0), sums, ())
