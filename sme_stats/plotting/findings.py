"""What a row of places says in one sentence: the title of rankings and maps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from sme_stats.plotting.inputs import extremes
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.orders import Ranks, apart, grouped, near
from sme_stats.plotting.words import (
    DISTANCE,
    STRUCTURE,
    listed,
    measure_words,
    place,
    quantity,
    say,
)


def finding(ranks: Ranks, what: str, fmt: Format, lang: str) -> str:
    """Say who is highest and lowest, hedged where a withheld or rounded value could be beyond.

    Of differences from a reference, how many places lie above it; of places alike in structure,
    which are nearest.
    """
    if near(ranks.rows):
        return _nearest(ranks, fmt, lang)
    if apart(ranks.rows):
        return _above(ranks, what, fmt, lang)
    known = ranks.known if len(ranks.known) else ranks.reference[ranks.reference["value"].notna()]
    if known.empty:
        return _ranges(ranks.rows, what, fmt, lang)
    high, low = extremes(known)
    parts = {
        "high": place(high["geo"], lang, inside=True), "a": fmt.text(high["value"]),
        "low": place(low["geo"], lang, inside=True), "b": fmt.text(low["value"]),
    }  # fmt: skip
    if len(known) == 1:
        return say(lang, "rank_one", what=what, **parts)
    if parts["a"] == parts["b"]:
        # What is withheld is no value, whatever all the others are.
        whole = len(ranks.hidden) == 0
        return say(lang, "rank_same" if whole else "rank_same_known", what=what, **parts)
    others = pd.concat([known, ranks.hidden])
    sure = _beyond(others, high, low)
    return say(lang, "rank_title" if sure else "rank_hedged", what=what, **parts)


def _ranges(rows: pd.DataFrame, what: str, fmt: Format, lang: str) -> str:
    """Say between what ranges the places lie where classes allow no more than ranges."""
    some = rows[grouped(rows)]
    if some.empty:
        return say(lang, "withheld_all", what=what)
    high = some.iloc[int(some["upper"].to_numpy().argmax())]
    low = some.iloc[int(some["lower"].to_numpy().argmin())]
    return say(lang, "grouped_title", what=what, high=place(high["geo"], lang, inside=True),
               a=fmt.span(high["lower"], high["upper"]), b=fmt.span(low["lower"], low["upper"]),
               low=place(low["geo"], lang, inside=True))  # fmt: skip


def _beyond(rows: pd.DataFrame, high: pd.Series[Any], low: pd.Series[Any]) -> bool:
    """Whether no other place can lie above the highest or below the lowest value."""
    if rows["lower"].isna().any():
        return False
    above = rows.drop(index=high.name)["upper"].max() <= high["lower"]
    below = rows.drop(index=low.name)["lower"].min() >= low["upper"]
    return bool(above and below)


def _above(ranks: Ranks, what: str, fmt: Format, lang: str) -> str:
    """Say how many places lie above the reference, and between which differences they lie."""
    known = ranks.known if len(ranks.known) else ranks.reference[ranks.reference["value"].notna()]
    places = pd.concat([known, ranks.hidden])
    more, less = int((places["lower"] > 0).sum()), int((places["upper"] < 0).sum())
    first = ranks.rows.iloc[0]
    parts: dict[str, object] = {
        "what": quantity(str(first["measure"]).removesuffix(DISTANCE), str(first["size"]), lang),
        "ref": place(str(first["reference"]), lang, inside=True),
        "n": more, "k": less, "m": len(places),
    }  # fmt: skip
    if known.empty and len(places) < 2:
        return say(lang, "withheld_all", what=what)
    if known.empty:
        return say(lang, "above_ranges", **parts)
    high, low = extremes(known)
    parts |= {
        "high": place(high["geo"], lang, inside=True), "a": fmt.text(high["value"]),
        "low": place(low["geo"], lang, inside=True), "b": fmt.text(low["value"]),
    }  # fmt: skip
    if len(places) == 1:
        by = replace(fmt, signed=False).text(abs(high["value"]))
        key = "above_one" if more else "below_one" if less else "open_one"
        return say(lang, key, **parts | {"a": by if more or less else parts["a"]})
    # A place whose sign is open may be one more; one that is withheld may lie beyond both ends.
    either = ((places["lower"] <= 0) & (places["upper"] > 0)).any() or places["lower"].isna().any()
    if not either and _beyond(places, high, low):
        return say(lang, "above_title", **parts)
    parts["count"] = say(lang, "at_least", n=more) if either else more
    return say(lang, "above_published" if len(known) > 1 else "above_only", **parts)


def _nearest(ranks: Ranks, fmt: Format, lang: str) -> str:
    """Say which places are most like the one asked for, hedged where another could be nearer."""
    known = ranks.known.sort_values("value", kind="stable")
    named = known.head(2)
    others = pd.concat([known.iloc[len(named) :], ranks.hidden])
    sure = len(others) == 0 or bool(named["upper"].max() <= others["lower"].min())
    first = named.iloc[0]
    text = [f"{place(r['geo'], lang, inside=True)} ({fmt.text(r['value'])})"
            for _, r in named.iterrows()]  # fmt: skip
    counted = measure_words(str(first["measure"]).removesuffix(STRUCTURE), lang)
    return say(lang, "near_title" if sure else "near_hedged", places=listed(text, lang),
               place=place(str(first["reference"]), lang, inside=True), **counted)  # fmt: skip
