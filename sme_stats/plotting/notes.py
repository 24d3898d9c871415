"""The note at the foot: source with vintage, population, flags, what is withheld or partial."""

from __future__ import annotations

import pandas as pd

from sme_stats import catalogue, codelists, flags
from sme_stats.frame import codes
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.words import parted, partial_of, place, say, words

#: More places than this are counted by their codes.
_MANY_NAMES = 4

#: First word of a national table's name to the office that publishes it.
_OFFICES = {"istat": "ISTAT", "insee": "INSEE", "ine": "INE", "cbs": "CBS", "uk": "UK DBT"}


def years(frame: pd.DataFrame) -> str:
    """Years of a frame as a range, from the year that changes are counted from.

    Examples
    --------
    >>> years(pd.DataFrame({"year": [2021, 2023]}))
    '2021–2023'
    """
    first, last = int(frame["year"].min()), int(frame["year"].max())
    if "base_year" in frame.columns:
        first = min(first, int(pd.to_numeric(frame["base_year"]).min()))
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
    by_publisher: dict[tuple[str, str], list[str]] = {}
    for dataset, rows in pairs.groupby("dataset", sort=False, observed=True):
        # A difference may be of two vintages: 2026-11|2026-03-10.
        dates = ", ".join(codes(rows["vintage"].astype(str).str.split("|").explode()))
        table = say(lang, "vintage", dataset=dataset, vintage=dates) if dates else str(dataset)
        by_publisher.setdefault(publisher(str(dataset)), []).append(table)
    text = " ".join(
        say(lang, phrase, publisher=name, tables=", ".join(tables))
        for (phrase, name), tables in by_publisher.items()
    )
    printed = codes(frame["source"].astype(str)) if "source" in frame.columns else []
    printed = [p for p in printed if p != "nan"]
    return text + (" " + say(lang, "releases", sources=", ".join(printed)) if printed else "")


def publisher(dataset: str) -> tuple[str, str]:
    """Phrase for a table's source, and the office that publishes it where it is not Eurostat.

    Examples
    --------
    >>> publisher("sbs_sc_ovw"), publisher("istat_sbs"), publisher("synthetic_sbs")
    (('source', 'Eurostat'), ('source_office', 'ISTAT'), ('source_synthetic', ''))
    """
    first = dataset.partition("_")[0]
    if first in ("register", "synthetic"):
        return f"source_{first}", ""
    if first in _OFFICES:
        return "source_office", _OFFICES[first]
    flow = catalogue.entries().get(dataset)
    brought = flow is not None and flow.cells is not None
    return ("source_other", "") if brought else ("source", "Eurostat")


def places(frame: pd.DataFrame, lang: str) -> str:
    """Places of rows, by name where they are few, else by code."""
    found = list(dict.fromkeys(frame["geo"].astype(str)))
    if len(found) <= _MANY_NAMES:
        return ", ".join(place(g, lang) for g in found)
    return ", ".join(place(g, lang) if partial_of(g) else g for g in found)


def _population(frame: pd.DataFrame, lang: str) -> str:
    names = [codelists.label("NACE", c, lang) for c in codes(frame["nace"])]
    return say(lang, "population", names=parted(names, lang)) if names else ""


def _flags(frame: pd.DataFrame, lang: str) -> str:
    """Explain each letter that stands in the chart, with its places where they are few."""
    known = words(lang)["flag"]
    found = sorted(frozenset().union(*(flags.letters(f) for f in frame["flag"])))
    parts = [f"{letter} {known.get(letter, letter)}" for letter in found]
    return say(lang, "flags", flags=", ".join(parts)) if parts else ""


def _withheld(frame: pd.DataFrame, lang: str) -> str:
    # A range that size classes allow, with nothing withheld, is no secret.
    hidden = frame[missing(frame) & ((frame["conf"] != "") | frame["lower"].isna())]
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
        for geo, part in rows.groupby("geo", sort=False, observed=True)
    )


def _partial(frame: pd.DataFrame, lang: str) -> list[str]:
    """Name the members of a partial aggregate."""
    out = []
    for geo in dict.fromkeys([*codes(frame["geo"]), *codes(frame["reference"])]):
        part = partial_of(geo)
        if part is None:
            continue
        rows = frame[(frame["geo"] == geo) | (frame["reference"] == geo)]
        named = codes(rows["members"].astype(str)) if "members" in rows.columns else []
        members = named[0].replace("+", ", ") if named and named[0] != "nan" else "?"
        out.append(
            say(lang, "partial_note", geo=place(part[0], lang), some=part[1], all=part[2],
                members=members)
        )  # fmt: skip
    return out
