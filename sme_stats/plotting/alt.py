"""Alt text: what a chart shows, written from its data, for who cannot see it.

Every number in it is a number of the data, printed as in the chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sme_stats.plotting import notes
from sme_stats.plotting.inputs import extremes
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.orders import near
from sme_stats.plotting.series import Series
from sme_stats.plotting.words import listed, parted, place, say

#: So many places are named at either end of a ranking.
_ENDS = 3
#: More series than this are told by their extremes.
_MOST = 5


def ranked(
    title: str, what: str, reference: pd.DataFrame, known: pd.DataFrame, hidden: pd.DataFrame,
    fmt: Format, lang: str, phrase: str = "alt_rank",
) -> str:  # fmt: skip
    """Alt text of a ranking or a map: extremes, aggregates, withheld, rounded, provisional."""
    rows = pd.concat([reference, known, hidden])
    unit = notes.unit_name(str(rows["unit"].iloc[0]), lang, fmt)
    parts = [sentence(title), say(lang, phrase, n=len(known) + len(hidden), what=what,
                                  years=notes.years(rows), unit=unit)]  # fmt: skip
    order = known.sort_values("value", ascending=near(rows), kind="stable")
    first, last = ("alt_near", "alt_far") if near(rows) else ("alt_high", "alt_low")
    if len(order) > 2 * _ENDS:
        parts.append(say(lang, first, places=_valued(order.head(_ENDS), fmt, lang)))
        parts.append(say(lang, last, places=_valued(order.tail(_ENDS)[::-1], fmt, lang)))
    elif len(order) and near(rows):
        parts.append(say(lang, first, places=_valued(order, fmt, lang)))
    elif len(order):
        parts.append(say(lang, "alt_row", label=what, parts=_valued(order, fmt, lang)))
    parts += [
        say(lang, "alt_reference", place=place(row["geo"], lang), a=said(row, fmt, lang))
        for _, row in reference.iterrows()
    ]
    return " ".join([*parts, *uncertain(pd.concat([known, hidden]), fmt, lang)])


def uncertain(rows: pd.DataFrame, fmt: Format, lang: str) -> list[str]:
    """Say what is withheld, rounded or provisional among rows of places."""
    parts = []
    hidden = rows[rows["value"].isna()]
    ranged = (hidden["conf"] == "") & hidden["lower"].notna()
    for some, phrase in ((hidden[ranged], "alt_grouped"), (hidden[~ranged], "alt_withheld")):
        if len(some):
            bounded = [_between(row, fmt, lang) for _, row in some.iterrows()]
            parts.append(say(lang, phrase, places=parted(bounded, lang)))
    rounded = rows[rows["value"].notna() & (rows["lower"] < rows["upper"])]
    for _, row in rounded.head(_ENDS).iterrows():
        low, high = fmt.ends(row["lower"], row["upper"])
        parts.append(say(lang, "alt_rounded", place=place(row["geo"], lang),
                         a=fmt.text(row["value"]), low=low, high=high))  # fmt: skip
    light = rows[rows["value"].notna() & rows["flag"].str.contains("p")]
    if len(light):
        names = listed([place(g, lang) for g in light["geo"].drop_duplicates()], lang)
        parts.append(say(lang, "alt_provisional", places=names))
    return parts


def said(row: pd.Series[Any], fmt: Format, lang: str) -> str:
    """A value, or its interval, or that there is none."""
    if row["value"] == row["value"]:
        return fmt.text(row["value"])
    if row["lower"] == row["lower"]:
        low, _ = fmt.ends(row["lower"], row["upper"])
        high, zero = fmt.most(row["lower"], row["upper"]), not low.strip("0.,")
        return say(lang, "at_most" if zero else "between", low=low, high=high)
    return say(lang, "withheld_short" if row["conf"] else "no_data")


def told(row: pd.Series[Any], fmt: Format, lang: str) -> str:
    """A value as `said`; of a withheld one that it is withheld, and between what."""
    text = said(row, fmt, lang)
    bounded = row["value"] != row["value"] and row["lower"] == row["lower"]
    return f"{say(lang, 'withheld_short')} ({text})" if bounded else text


def sentence(text: str) -> str:
    """Text closed by a full stop, unless it is closed already."""
    return text if text.endswith((".", "!", "?")) else text + "."


def _between(row: pd.Series[Any], fmt: Format, lang: str) -> str:
    name = f"{row.get('_label') or place(str(row['geo']), lang)} {row['year']}"
    if row["lower"] != row["lower"]:
        return say(lang, "alt_unknown", place=name)
    low, _ = fmt.ends(row["lower"], row["upper"])
    high = fmt.most(row["lower"], row["upper"])
    return say(lang, "alt_between", place=name, low=low, high=high)


def _valued(rows: pd.DataFrame, fmt: Format, lang: str) -> str:
    return listed(
        [f"{place(r['geo'], lang)} {fmt.text(r['value'])}" for _, r in rows.iterrows()], lang
    )


def lines(series: Sequence[Series], fmt: Format, lang: str) -> list[str]:
    """Say of each series its comparable pieces and extremes, its breaks and what is withheld.

    Of many series only who is highest and lowest in the last year.
    """
    parts = _few(series, fmt, lang) if len(series) <= _MOST else _many(series, fmt, lang)
    return [*parts, *interrupted(series, fmt, lang)]


def interrupted(series: Sequence[Series], fmt: Format, lang: str) -> list[str]:
    """Say where series are interrupted, and what of them is withheld."""
    parts = []
    broken = dict.fromkeys(f"{g.before}/{g.after}" for s in series for g in s.gaps)
    if broken:
        parts.append(say(lang, "alt_breaks", breaks=listed(sorted(broken), lang)))
    hidden = [(one, one.rows[one.rows["value"].isna()]) for one in series]
    hidden = [(one, rows) for one, rows in hidden if len(rows)]
    if sum(len(rows) for _, rows in hidden) > _ENDS:
        named = [
            say(lang, "alt_hidden_years", place=one.label,
                years=listed([str(y) for y in sorted(rows["year"])], lang))
            for one, rows in hidden
        ]  # fmt: skip
        parts.append(say(lang, "alt_withheld", places=parted(named, lang)))
    elif hidden:
        labelled = [rows.assign(_label=one.label) for one, rows in hidden]
        parts += uncertain(pd.concat(labelled), fmt, lang)
    return parts


def _few(series: Sequence[Series], fmt: Format, lang: str) -> list[str]:
    parts = []
    for one in series:
        pieces = [known for p in one.pieces if len(known := p[p["value"].notna()])]
        told = [_piece(p, fmt, lang) for p in pieces]
        if told:
            parts.append(say(lang, "alt_pieces", label=one.label, parts=parted(told, lang)))
        if pieces and len(pieces[-1]) > 2:
            parts.append(_extremes(one.label, pieces[-1], fmt, lang))
    return parts


def _piece(piece: pd.DataFrame, fmt: Format, lang: str) -> str:
    first, last = piece.iloc[0], piece.iloc[-1]
    return say(lang, "alt_at" if len(piece) == 1 else "alt_from_to",
               first=fmt.text(first["value"]), y0=first["year"],
               last=fmt.text(last["value"]), y1=last["year"])  # fmt: skip


def _extremes(label: str, piece: pd.DataFrame, fmt: Format, lang: str) -> str:
    """Highest and lowest of a comparable piece; extremes across a break would compare nothing."""
    high, low = extremes(piece)
    return say(lang, "alt_extremes", label=label, y0=piece.iloc[0]["year"],
               high=fmt.text(high["value"]), yh=high["year"],
               low=fmt.text(low["value"]), yl=low["year"])  # fmt: skip


def _many(series: Sequence[Series], fmt: Format, lang: str) -> list[str]:
    known = pd.concat([s.rows.assign(_label=s.label) for s in series])
    known = known[known["value"].notna()]
    last = known[known["year"] == known["year"].max()].sort_values("value", ascending=False)
    if last.empty:
        return []
    told = [f"{row['_label']} {fmt.text(row['value'])}" for _, row in last.iterrows()]
    return [say(lang, "alt_last", y1=last["year"].iloc[0], high=listed(told[:_ENDS], lang),
                low=listed(told[-_ENDS:][::-1], lang))]  # fmt: skip
