"""What a verdict says, as rows: printed, other readings, data; and how their numbers print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sme_stats import codelists
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.words import place, say, words

#: No more decimals than this.
_DECIMALS = 3


@dataclass(frozen=True)
class Line:
    """One row: what is printed, another reading of it, or the data."""

    kind: str
    label: str
    lower: float
    upper: float
    value: float
    verdict: str = ""
    flag: str = ""

    @property
    def known(self) -> bool:
        """Whether there is anything to draw."""
        return not (math.isnan(self.lower) and math.isnan(self.upper) and math.isnan(self.value))


def _number(value: object, otherwise: float = math.nan) -> float:
    return otherwise if value is None else float(value)  # type: ignore[arg-type]


def lines_of(verdict: Mapping[str, Any], lang: str) -> list[Line]:
    """Rows from the top: what is printed, its other readings, the data, a partial aggregate."""
    text = words(lang)["say"]
    rows = [Line("printed", text["claim_printed"], _number(verdict["printed_lower"], -math.inf),
                 _number(verdict["printed_upper"], math.inf), math.nan)]  # fmt: skip
    for reading in verdict.get("readings") or []:
        ends = _number(reading["lower"], -math.inf), _number(reading["upper"], math.inf)
        if ends != (rows[0].lower, rows[0].upper):
            name = words(lang)["reading"].get(reading["reading"], reading["reading"])
            rows.append(Line("reading", name, *ends, math.nan, str(reading.get("verdict", ""))))
    rows.append(_data("data", text["claim_data"], verdict))
    partial = verdict.get("partial")
    if isinstance(partial, Mapping) and partial.get("geo"):
        name = say(lang, "claim_partial", geo=place(str(partial["geo"]), lang))
        rows.append(_data("partial", name, partial))
    return rows


def _data(kind: str, label: str, cell: Mapping[str, Any]) -> Line:
    value = _number(cell.get("value"))
    ends = _number(cell.get("lower"), value), _number(cell.get("upper"), value)
    return Line(kind, label, *ends, value, flag=str(cell.get("flag") or ""))


def unit_of(verdict: Mapping[str, Any]) -> str:
    """Unit of the data, or where they say nothing, what the claim's statistic is counted in."""
    if verdict.get("unit"):
        return str(verdict["unit"])
    statistic = str(verdict.get("statistic") or "share")
    if statistic in ("share", "rate"):
        return "PC"
    measure = codelists.table("MEASURE").get(str(verdict.get("measure")), {})
    return "NR" if statistic == "level" and measure.get("unit") == "NR" else ""


def format_of(rows: Sequence[Line], unit: str, lang: str) -> Format:
    """Decimals that the printed ends have, and that keep the data apart from them."""
    known = [e for r in rows for e in (r.lower, r.upper, r.value) if math.isfinite(e)]
    fmt = fit(known, unit, lang)
    ends = [e for r in rows if r.kind == "printed" for e in (r.lower, r.upper) if math.isfinite(e)]
    digits = max([_decimals(e / fmt.factor) for e in ends], default=fmt.digits)
    if digits > _DECIMALS and unit == "NR":
        return replace(fmt, factor=1.0, digits=0, suffix="")
    fmt = replace(fmt, digits=min(max(digits, fmt.digits), _DECIMALS))
    while fmt.digits < _DECIMALS and _touching(rows, ends, fmt):
        fmt = replace(fmt, digits=fmt.digits + 1)
    return fmt


def _decimals(value: float) -> int:
    return next((d for d in range(6) if abs(round(value, d) - value) < 1e-9), 6)


def _touching(rows: Sequence[Line], ends: Sequence[float], fmt: Format) -> bool:
    """Whether a value would be printed as an end of the printed interval that it is not."""
    values = [r.value for r in rows if math.isfinite(r.value)]
    return any(v != e and fmt.text(v) == fmt.text(e) for v in values for e in ends)


def said(row: Line, fmt: Format) -> str:
    """Value of a line in words and digits, or what bounds it."""
    if not math.isnan(row.value):
        return fmt.text(row.value)
    if math.isinf(row.upper):
        return f"≥ {fmt.text(row.lower)}"
    if math.isinf(row.lower):
        return f"< {fmt.text(row.upper)}"
    return fmt.span(row.lower, row.upper)
