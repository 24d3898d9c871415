"""Rows of a frame in words of a language: labels instead of codes, numbers with unit and interval.

The page's tables, the values on its charts and the view in notebooks all say a number through here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sme_stats import codelists, flags
from sme_stats.plotting.numbers import Format, fit, number
from sme_stats.plotting.words import (
    SHARE,
    capital,
    measure_words,
    place,
    say,
    size_counted,
    subject,
    words,
)
from sme_stats.report.texts import text

#: An interval narrower than this needs two decimals to be seen.
_NARROW = 0.1
#: Rows of a claim's chart that are intervals because they are printed, not because withheld.
PRINTED = ("printed", "reading")
#: Sums of floats miss a whole number by less than this.
_EXACT = 1e-6


@dataclass(frozen=True)
class Row:
    """One number with what it is, in a language.

    Attributes
    ----------
    label : str
        What tells the row from the others of its frame.
    """

    label: str
    lang: str
    fmt: Format
    value: float
    lower: float
    upper: float
    flag: str = ""
    conf: str = ""
    size: str = ""
    age: str = ""
    year: str = "0"
    kind: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self.value)


def rows_of(frame: pd.DataFrame, lang: str) -> list[Row]:
    """Every row of a frame, in its order, numbers in one format a unit."""
    units = frame["unit"].astype(str) if "unit" in frame.columns else pd.Series("", frame.index)
    formats = {unit: format_of(frame[units == unit], unit, lang) for unit in units.unique()}
    varying = [c for c in ("geo", "measure", "size", "age", "year") if _varies(frame, c)]
    return [
        _row(record, lang, formats[unit], varying)
        for record, unit in zip(frame.to_dict("records"), units, strict=True)
    ]


def format_of(frame: pd.DataFrame, unit: str, lang: str) -> Format:
    """How the numbers of one unit are printed: as the charts do, with decimals where they count.

    An interval that one decimal would swallow gets two; amounts above a thousand get none.
    """
    columns = [c for c in ("value", "lower", "upper") if c in frame.columns]
    known = [abs(float(v)) for c in columns for v in frame[c] if v == v and abs(v) < math.inf]
    fmt = fit(known, unit, lang)
    wide = (frame["upper"] - frame["lower"]).abs() / fmt.factor if len(columns) == 3 else None
    if wide is not None and fmt.digits == 1 and bool(((wide > 0) & (wide < _NARROW)).any()):
        return replace(fmt, digits=2)
    if max(known, default=0.0) / fmt.factor >= 1000 and (wide is None or wide.max() > 1):
        return replace(fmt, digits=0)
    return fmt


def _varies(frame: pd.DataFrame, column: str) -> bool:
    if column not in frame.columns:
        return False
    found = {str(code) for code in frame[column].unique()}
    # Tables without ages have blanks or TOTAL there, which tell nothing apart.
    return len({code for code in found if code.startswith("Y")} if column == "age" else found) > 1


def _row(record: Mapping[Any, Any], lang: str, fmt: Format, varying: list[str]) -> Row:
    value, lower, upper = (float(record.get(c, math.nan)) for c in ("value", "lower", "upper"))
    label = str(record["label"]) if "label" in record else _label(record, lang, varying)
    text_of = {c: str(record.get(c, "")) for c in ("flag", "conf", "size", "age")}
    blank = {c: "" if v == "nan" else v for c, v in text_of.items()}
    return Row(label, lang, fmt, value, lower if lower == lower else value,
               upper if upper == upper else value, **blank, year=str(record.get("year", 0)),
               kind=str(record.get("row", "")))  # fmt: skip


def _label(record: Mapping[Any, Any], lang: str, varying: list[str]) -> str:
    """What varies, in words; the year where nothing does."""
    measure = str(record.get("measure", ""))
    said = {
        "geo": lambda: place(str(record["geo"]), lang),
        "measure": lambda: measure_words(measure.removesuffix(SHARE), lang)["label"],
        "size": lambda: size_counted(str(record["size"]), str(record.get("dataset", "")), lang),
        "age": lambda: say_age(str(record["age"]), lang),
        "year": lambda: str(record["year"]),
    }
    parts = [said[c]() for c in varying if c != "age" or str(record["age"]).startswith("Y")]
    return ", ".join(parts or [str(record.get("year", ""))])


def say_age(age: str, lang: str) -> str:
    """Age in words.

    Examples
    --------
    >>> say_age("Y1", "en"), say_age("Y5", "en")
    ('one year after birth', '5 years after birth')
    """
    return text(lang, "age_one") if age == "Y1" else text(lang, "age", n=age[1:])


def say_number(row: Row) -> str:
    """Value with unit and interval; an interval alone where the cell is withheld."""
    if row.known:
        exact = row.fmt.text(row.value)
        if row.fmt.unit == "NR" and row.lower == row.upper and row.value == round(row.value):
            exact = number(row.value, row.lang)
        return exact if row.lower == row.upper else f"{exact} ({say_span(row)})"
    if math.isnan(row.lower):
        return say(row.lang, "withheld_short" if row.conf else "no_data")
    if row.kind in PRINTED:
        return say_span(row)
    return f"{say(row.lang, 'withheld_short')}, {say_span(row)}"


def say_span(row: Row) -> str:
    """Interval with its unit, ends rounded outwards."""
    if not math.isfinite(row.upper):
        return f"≥{row.fmt.text(row.lower)}"
    if row.fmt.unit == "NR" and not row.known:
        # Bounds of a count, to the last enterprise or person that they leave out.
        ends = math.ceil(row.lower - _EXACT), math.floor(row.upper + _EXACT)
        return "–".join(number(end, row.lang) for end in ends)
    return row.fmt.span(row.lower, row.upper)


def say_flags(flag: str, lang: str) -> str:
    """Letters with what they mean.

    Examples
    --------
    >>> say_flags("bp", "de")
    'b: Zeitreihenbruch, p: vorläufig'
    """
    known = words(lang)["flag"]
    return ", ".join(
        f"{x}{say(lang, 'colon')}{known.get(x, x)}" for x in sorted(flags.letters(flag))
    )


def describe(row: Row) -> str:
    """A row in one sentence, for who points at its mark."""
    colon = say(row.lang, "colon")
    said = f"{row.label}{colon}{say_number(row)}" if row.label else say_number(row)
    return f"{said}. {say_flags(row.flag, row.lang)}" if row.flag else said


def tabulate(frame: pd.DataFrame, lang: str) -> tuple[list[str], list[list[tuple[str, str]]]]:
    """Headings, and rows of (text, number to sort by) in words; columns that say nothing go.

    Returns
    -------
    tuple
        Headings; and one list a row of pairs, the second empty where text sorts as text.
    """
    rows = rows_of(frame, lang)
    records = frame.to_dict("records")
    columns: dict[str, list[tuple[str, str]]] = {}
    for name, way in _COLUMNS.items():
        cells = [way(record, row) for record, row in zip(records, rows, strict=True)]
        # The place is in the title where there is only one.
        if any(cell[0] for cell in cells) and (name != "place" or len(set(cells)) > 1):
            columns[text(lang, f"column_{name}")] = cells
    return list(columns), [list(cells) for cells in zip(*columns.values(), strict=True)]


def _plain(name: str) -> Any:
    def cell(record: Mapping[Any, Any], _: Row) -> tuple[str, str]:
        found = str(record.get(name, ""))
        return ("" if found == "nan" else found, "")

    return cell


def _what(record: Mapping[Any, Any], row: Row) -> tuple[str, str]:
    if "measure" not in record:
        return row.label, ""
    about = {k: str(record.get(k, "")) for k in ("measure", "size", "reference")}
    return capital(subject(about, row.lang)), ""


def _where(record: Mapping[Any, Any], row: Row) -> tuple[str, str]:
    return (place(str(record["geo"]), row.lang), "") if "geo" in record else ("", "")


def _when(record: Mapping[Any, Any], _: Row) -> tuple[str, str]:
    year = str(record.get("year", ""))
    return year, year


def _age(record: Mapping[Any, Any], row: Row) -> tuple[str, str]:
    return (say_age(row.age, row.lang), row.age[1:]) if row.age[:1] == "Y" else ("", "")


def _value(_: Mapping[Any, Any], row: Row) -> tuple[str, str]:
    if row.known:
        plain = Row(row.label, row.lang, row.fmt, row.value, row.value, row.value)
        return say_number(plain), f"{row.value:.10g}"
    if row.kind in PRINTED:
        return "", ""
    bounded = row.conf or not math.isnan(row.lower)
    return say(row.lang, "withheld_short" if bounded else "no_data"), ""


def _span(_: Mapping[Any, Any], row: Row) -> tuple[str, str]:
    if row.lower == row.upper or math.isnan(row.lower):
        return "", ""
    return say_span(row), f"{row.lower:.10g}"


def _source(record: Mapping[Any, Any], row: Row) -> tuple[str, str]:
    if "dataset" not in record:
        return "", ""
    release = str(record.get("source", ""))
    said = say(row.lang, "vintage", dataset=record["dataset"], vintage=record.get("vintage", "?"))
    return (said if release in ("", "nan") else f"{said}, {release}"), ""


_COLUMNS = {
    "place": _where, "year": _when, "age": _age, "what": _what, "value": _value, "span": _span,
    "flag": _plain("flag"), "conf": _plain("conf"), "source": _source,
}  # fmt: skip


def flag_key(frame: pd.DataFrame, lang: str) -> str:
    """Every letter in a frame, explained; empty where there is none."""
    found: set[str] = set()
    for one in frame["flag"].astype(str) if "flag" in frame.columns else ():
        found |= flags.letters(one) if one != "nan" else set()
    conf = {str(c) for c in frame["conf"]} - {"", "nan"} if "conf" in frame.columns else set()
    return say_flags("".join(sorted(found)) + "".join(sorted(conf)), lang) if found | conf else ""


def population_key(frame: pd.DataFrame, lang: str) -> str:
    """Populations of a frame by their labels."""
    if "nace" not in frame.columns:
        return ""
    return "; ".join(codelists.label("NACE", str(c), lang) for c in dict.fromkeys(frame["nace"]))
