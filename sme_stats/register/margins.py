"""From the finest cells to a table with its margins: TOTAL, 0-9, sections' aggregates."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sme_stats import codelists
from sme_stats.register.schema import INSIDE

#: Class that others lie inside of.
_INSIDE_SBS = {"0-9": ("0_1", "2-9")}
#: Aggregates of activities that a table has where all their parts are there.
AGGREGATES = ("B-S_X_O_S94", "B-E")
KEYS = ["year", "geo", "act", "size"]


def grid(
    cells: pd.DataFrame, covered: pd.DataFrame, places: pd.DataFrame, sizes: Sequence[str]
) -> pd.DataFrame:
    """Every cell of a table: 0 where a country's section has nobody in a class that year.

    Parameters
    ----------
    cells : pandas.DataFrame
        ``year``, ``geo``, ``act``, ``size`` and sums.
    covered : pandas.DataFrame
        Country and year pairs of the table.
    places : pandas.DataFrame
        Country and activity pairs of the register.
    sizes : sequence of str
        Classes.
    """
    every = covered.merge(places, on="geo").merge(pd.DataFrame({"size": list(sizes)}), how="cross")
    filled = every.merge(cells, on=KEYS, how="left")
    return filled.fillna({c: 0.0 for c in filled.columns if c not in KEYS})


def with_margins(cells: pd.DataFrame, total_of: Sequence[str], whole: bool) -> pd.DataFrame:
    """Add class totals, and the aggregates of activities that are complete.

    Parameters
    ----------
    cells : pandas.DataFrame
        From `grid`.
    total_of : sequence of str
        Classes that add up to TOTAL.
    whole : bool
        The register holds the whole population: a section without a record is empty, not missing.
    """
    parts = [cells]
    sums = [c for c in cells.columns if c not in KEYS]
    for code, inside in _INSIDE_SBS.items():
        if set(inside) <= set(cells["size"]):
            parts.append(_sum(cells[cells["size"].isin(inside)], sums, size=code))
    if len(total_of) > 1:
        parts.append(_sum(cells[cells["size"].isin(total_of)], sums, size="TOTAL"))
    sized = pd.concat(parts, ignore_index=True)
    present = cells.groupby("geo")["act"].agg(set)
    out = [sized]
    for aggregate in AGGREGATES:
        members = set(members_of(aggregate))
        geos = [g for g, acts in present.items() if whole or members <= acts]
        inside_it = sized[sized["geo"].isin(geos) & sized["act"].isin(members)]
        if len(inside_it):
            out.append(_sum(inside_it, sums, act=aggregate))
    return pd.concat(out, ignore_index=True)


def members_of(aggregate: str) -> list[str]:
    """Activities of a register that make up an aggregate.

    Examples
    --------
    >>> members_of("B-E")
    ['B', 'C', 'D', 'E']
    """
    parts = codelists.table("NACE")[aggregate]["parts"].split(";")
    return [part for part in parts if part in INSIDE]


def _sum(cells: pd.DataFrame, sums: list[str], **codes: str) -> pd.DataFrame:
    kept = [k for k in KEYS if k not in codes]
    return cells.groupby(kept, as_index=False)[sums].sum().assign(**codes)
