"""Series over years, cut into the pieces that may be joined.

Nothing is joined across a break: a change of table or population, a cell flagged ``b``, or a break
that the catalogue knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from sme_stats import catalogue, flags
from sme_stats.plotting.words import parted, place, say, words


@dataclass(frozen=True)
class Gap:
    """A break in one series between two of its years, and the first year after it."""

    series: str
    geo: str
    before: int
    after: int
    why: str
    year: int


@dataclass(frozen=True)
class Series:
    """One series: its label, its rows, and the pieces of it that are comparable."""

    name: str
    label: str
    pieces: tuple[pd.DataFrame, ...]
    gaps: tuple[Gap, ...]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """All its rows in the order of years."""
        return pd.concat(self.pieces)


def cut(name: str, label: str, rows: pd.DataFrame, lang: str) -> Series:
    """Cut the rows of a series at every break.

    Parameters
    ----------
    name : str
        Code that tells the series from others.
    label : str
        What it is called in the chart.
    rows : pandas.DataFrame
        One place, one measure; possibly of two tables.
    lang : str
        Of the reasons.
    """
    pieces: list[list[int]] = []
    gaps: list[Gap] = []
    ordered = rows.sort_values(["year", "dataset", "nace"], kind="stable")
    before: pd.Series[Any] | None = None
    for n, (_, row) in enumerate(ordered.iterrows()):
        found = broken(before, row, lang) if before is not None else None
        if before is None or found:
            pieces.append([])
        if before is not None and found:
            years = int(before["year"]), int(row["year"])
            gaps.append(Gap(name, str(row["geo"]), *years, *found))
        pieces[-1].append(n)
        before = row
    return Series(name, label, tuple(ordered.iloc[p] for p in pieces), tuple(gaps))


def broken(before: pd.Series[Any], after: pd.Series[Any], lang: str) -> tuple[str, int] | None:
    """Why two cells may not be joined and since which year; None where they may."""
    known = catalogued(before, after, lang)
    year = int(after["year"])
    if before["dataset"] != after["dataset"]:
        new = say(lang, "new_table", old=before["dataset"], new=after["dataset"])
        return known or (new, year)
    if before["nace"] != after["nace"]:
        return say(lang, "new_population"), year
    if known:
        return known
    return (say(lang, "flag_b"), year) if "b" in flags.letters(str(after["flag"])) else None


def catalogued(before: pd.Series[Any], after: pd.Series[Any], lang: str) -> tuple[str, int] | None:
    """Reason and year of a break that the catalogue knows between two cells."""
    flow = catalogue.entries().get(str(after["dataset"]))
    first, last = int(before["year"]), int(after["year"])
    for one in flow.breaks if flow else ():
        if one.geo in ("*", str(after["geo"])) and first < one.year <= last:
            return str(words(lang)["why"].get(one.why, one.why)), one.year
    return None


def shared_gaps(series: Sequence[Series]) -> list[Gap]:
    """Breaks that every series with years on both sides has: those are drawn across the plot.

    One that few of many places have is a gap in their lines only.
    """
    out = []
    one_place = len({str(s.rows["geo"].iloc[0]) for s in series}) == 1
    for gap in sorted({(g.before, g.after) for s in series for g in s.gaps}):
        spans = [
            s for s in series if s.rows["year"].min() <= gap[0] and s.rows["year"].max() >= gap[1]
        ]
        having = [g for s in spans for g in s.gaps if (g.before, g.after) == gap]
        if len(having) == len(spans) and (one_place or 2 * len(having) >= len(series)):
            out.append(having[0])
    return out


def gap_words(series: Sequence[Series], lang: str) -> str:
    """Breaks in a sentence: years, places unless all have it, and the reason."""
    shared = {(g.before, g.after) for g in shared_gaps(series)}
    said: dict[tuple[str, str], list[str]] = {}
    for one in series:
        for gap in one.gaps:
            years = f"{gap.before}/{gap.after}"
            if (gap.before, gap.after) in shared:
                said.setdefault((years, gap.why), [])
            else:
                said.setdefault((years, gap.why), []).append(place(gap.geo, lang))
    parts = []
    for (years, why), who in sorted(said.items()):
        names = " " + ", ".join(dict.fromkeys(who)) if who else ""
        parts.append(f"{years}{names} ({why})")
    return say(lang, "gap_note", breaks=parted(parts, lang)) if parts else ""
