"""The note at the foot: source with vintage, population, flags, what is withheld or partial."""

from __future__ import annotations

import pandas as pd

from sme_stats import codelists, flags
from sme_stats.frame import codes
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.words import partial_of, place, say, words

#: More places than this are counted by their codes.
_MANY_NAMES = 4


def years(frame: pd.DataFrame) -> str:
    """Years of a frame as a range.

    Examples
    --------
    >>> years(pd.DataFrame({"year": [2021, 2023]}))
    '2021–2023'
    """
    first, last = int(frame["year"].min()), int(frame["year"].max())
    return str(first) if first == last else f"{first}–{last}"


def unit_name(unit: str, lang: str, fmt: Format | None = None) -> str:
    """Unit as the subtitle names it, with the step that the numbers are in."""
    if fmt is not None and unit in ("NR", "MEUR", "KEUR"):
        return fmt.suffix or str(words(lang)["unit_name"][unit])
    return str(words(lang)["unit_name"].get(unit) or codelists.label("UNIT", unit, lang))


def subtitle(what: str, unit: str, fmt: Format, frame: pd.DataFrame, lang: str) -> str:
    """Measure, unit and years; a plain number needs no unit."""
    if unit == "NR" and not fmt.suffix:
        return say(lang, "subtitle_plain", what=what, years=years(frame))
    return say(lang, "subtitle", what=what, unit=unit_name(unit, lang, fmt), years=years(frame))


def missing(frame: pd.DataFrame) -> pd.Series[bool]:
    """Rows without a value."""
    return frame["value"].isna()


def note(frame: pd.DataFrame, lang: str, *more: str, hidden: str | None = None) -> str:
    """Write the note of a chart.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows drawn.
    lang : str
        Language of the words.
    *more : str
        Sentences of this chart; blanks are left out.
    hidden : str, optional
        What to say of withheld cells, where the chart shows them in its own way.

    Returns
    -------
    str
        What helps to read the marks first, the source on a line of its own at the end.
    """
    sentences = [*more, *_partial(frame, lang)]
    sentences.append(_withheld(frame, lang) if hidden is None else hidden)
    sentences.append(_flags(frame, lang))
    sentences.append(_population(frame, lang))
    reading = " ".join(s for s in sentences if s)
    return "\n".join(part for part in (reading, source(frame, lang)) if part)


def source(frame: pd.DataFrame, lang: str) -> str:
    """Name the tables with their vintages, and releases that figures were printed in."""
    pairs = frame[["dataset", "vintage"]].drop_duplicates().sort_values(["dataset", "vintage"])
    tables: dict[str, list[str]] = {}
    for dataset, rows in pairs.groupby("dataset", sort=False):
        dates = ", ".join(v for v in rows["vintage"] if v)
        named = say(lang, "vintage", dataset=dataset, vintage=dates) if dates else str(dataset)
        tables.setdefault(_origin(str(dataset)), []).append(named)
    text = " ".join(say(lang, kind, tables=", ".join(named)) for kind, named in tables.items())
    printed = codes(frame["source"].astype(str)) if "source" in frame.columns else []
    printed = [p for p in printed if p != "nan"]
    return text + (" " + say(lang, "releases", sources=", ".join(printed)) if printed else "")


def _origin(dataset: str) -> str:
    """How the source is introduced; tables of `sme_stats.register` are none of Eurostat's."""
    for kind in ("synthetic", "register"):
        if dataset.startswith(f"{kind}_"):
            return f"source_{kind}"
    return "source"


def places(frame: pd.DataFrame, lang: str) -> str:
    """Places of rows, by name where they are few, else by code."""
    found = list(dict.fromkeys(frame["geo"].astype(str)))
    if len(found) <= _MANY_NAMES:
        return ", ".join(place(g, lang) for g in found)
    return ", ".join(place(g, lang) if partial_of(g) else g for g in found)


def _population(frame: pd.DataFrame, lang: str) -> str:
    names = [codelists.label("NACE", c, lang) for c in codes(frame["nace"])]
    return say(lang, "population", names="; ".join(names)) if names else ""


def _flags(frame: pd.DataFrame, lang: str) -> str:
    """Explain each letter that stands in the chart, with its places where they are few."""
    known = words(lang)["flag"]
    found = sorted(frozenset().union(*(flags.letters(f) for f in frame["flag"])))
    parts = [f"{letter} {known.get(letter, letter)}" for letter in found]
    return say(lang, "flags", flags=", ".join(parts)) if parts else ""


def _withheld(frame: pd.DataFrame, lang: str) -> str:
    hidden = frame[missing(frame)]
    bounded = hidden[hidden["lower"].notna()]
    unknown = hidden[hidden["lower"].isna()]
    parts = []
    if not bounded.empty:
        parts.append(say(lang, "withheld_rows", places=_with_years(bounded, frame, lang)))
    if not unknown.empty:
        parts.append(say(lang, "withheld_nothing", places=_with_years(unknown, frame, lang)))
    return " ".join(parts)


def _with_years(rows: pd.DataFrame, frame: pd.DataFrame, lang: str) -> str:
    if frame["year"].nunique() == 1:
        return places(rows, lang)
    return ", ".join(
        f"{place(str(geo), lang)} {', '.join(str(y) for y in sorted(set(part['year'])))}"
        for geo, part in rows.groupby("geo", sort=False)
    )


def _partial(frame: pd.DataFrame, lang: str) -> list[str]:
    """Name the members of a partial aggregate."""
    out = []
    for geo in codes(frame["geo"]):
        part = partial_of(geo)
        if part is None:
            continue
        rows = frame[frame["geo"] == geo]
        named = codes(rows["members"].astype(str)) if "members" in rows.columns else []
        members = named[0].replace("+", ", ") if named and named[0] != "nan" else "?"
        out.append(
            say(lang, "partial_note", geo=place(part[0], lang), some=part[1], all=part[2],
                members=members)
        )  # fmt: skip
    return out
