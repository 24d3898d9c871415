"""Rows of places in the order that a chart shows them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sme_stats import codelists
from sme_stats.plotting.words import STRUCTURE, is_aggregate


@dataclass(frozen=True)
class Ranks:
    """Rows of a ranking in three groups, each in the order drawn."""

    reference: pd.DataFrame
    known: pd.DataFrame
    hidden: pd.DataFrame

    @property
    def rows(self) -> pd.DataFrame:
        """All rows, from the top."""
        return pd.concat([self.reference, self.known, self.hidden])


def sort(rows: pd.DataFrame, order: str) -> Ranks:
    """Put rows in three groups: aggregates, countries with a value, countries without.

    The highest stands first; of the places nearest to one the nearest.
    """
    protocol = {code: n for n, code in enumerate(codelists.table("GEO"))}
    aggregate = rows["geo"].map(is_aggregate).astype(bool)
    position = rows["geo"].map(lambda g: protocol.get(g.split("[")[0], len(protocol)))
    rows = rows.assign(_place=position)
    if order == "protocol":
        rows = rows.sort_values(["_place", "geo"], kind="stable")
    else:
        rising = near(rows)
        rows = rows.sort_values(["value", "_place", "geo"], ascending=[rising, True, True])
    rows = rows.drop(columns="_place")
    known = rows["value"].notna()
    if (grouped(rows).any() or not known.any()) and order != "protocol":
        rows = rows.sort_values(["lower", "geo"], ascending=[False, True], kind="stable")
        known = rows["value"].notna()
    aggregate = aggregate.loc[rows.index]
    return Ranks(rows[aggregate], rows[known & ~aggregate], rows[~known & ~aggregate])


def near(rows: pd.DataFrame) -> bool:
    """Whether rows are places alike in structure: how near each is to one."""
    return bool(rows["measure"].str.endswith(STRUCTURE).all())


def apart(rows: pd.DataFrame) -> bool:
    """Whether rows are differences from a reference, above it or below."""
    return bool((rows["reference"] != "").all()) and not near(rows)


def grouped(rows: pd.DataFrame) -> pd.Series[bool]:
    """Rows of which size classes allow a range, though nothing is withheld."""
    out: pd.Series[bool] = rows["value"].isna() & rows["lower"].notna() & (rows["conf"] == "")
    return out


def beyond(rows: pd.DataFrame) -> pd.Series[bool]:
    """Aggregates of a level that would squeeze the countries into a corner of the scale."""
    aggregate = rows["geo"].map(is_aggregate).astype(bool)
    levels = rows["measure"].map(lambda m: codelists.table("MEASURE").get(m, {}).get("additive"))
    most = rows.loc[~aggregate, "upper"].max()
    off: pd.Series[bool] = aggregate & (levels == "yes") & (rows["upper"] > 1.5 * most)
    return off
