"""Evidence and definitions in words."""

from __future__ import annotations

import math

from sme_stats import codelists
from sme_stats.claims.blocks import Evidence

_DECIMALS = {"PC": 2, "PP": 2, "PERS_PER_ENT": 2}


def say_number(number: float, unit: str) -> str:
    """Write a number with its unit.

    Examples
    --------
    >>> say_number(0.16409, "PC"), say_number(33065522, "NR"), say_number(5360000, "MEUR")
    ('0.164 %', '33,065,522', '5,360,000 million euro')
    """
    if not math.isfinite(number):
        return "unknown"
    decimals = _DECIMALS.get(unit, 0)
    if unit in ("PC", "PP") and 0 < abs(number) < 1:
        decimals = 3
    symbol = codelists.table("UNIT").get(unit, {}).get("symbol", "")
    return f"{number:,.{decimals}f}" + (f" {symbol}" if symbol else "")


def say_range(lower: float, value: float, upper: float, unit: str) -> str:
    """Write a value with its interval, or the interval alone."""
    if not math.isnan(value) and lower == upper:
        return say_number(value, unit)
    ends = f"between {say_number(lower, unit)} and {say_number(upper, unit)}"
    if math.isnan(value):
        return ends
    return f"{say_number(value, unit)} ({ends})"


def say_definition(found: Evidence) -> str:
    """Name what a number is: statistic, measure, size, place, year.

    The harmonised names are the glossary's; codes stand where there is no label.
    """
    noun = (
        codelists.table("MEASURE")
        .get(found.measure, {})
        .get("noun", found.measure.replace("_", " "))
    )
    who = say_size(found.size)
    place = say_place(found.geo)
    what = {
        "share": f"share of {who} in {noun}", "average": f"average size of {who}, persons employed",
        "rate": noun + (f" after {found.age[1:]} years" if found.age.startswith("Y") else ""),
    }.get(found.statistic, noun if found.size == "TOTAL" else f"{noun} of {who}")  # fmt: skip
    return f"{what}, {place} {found.year}"


def say_size(code: str) -> str:
    """Name a size as people do.

    Examples
    --------
    >>> say_size("0-249"), say_size("GE250"), say_size("0")
    ('SMEs (0-249)', 'large enterprises (250+)', 'enterprises without employees')
    """
    return {
        "0-249": "SMEs (0-249)", "GE250": "large enterprises (250+)", "TOTAL": "all enterprises",
        "0": "enterprises without employees", "0-9": "micro enterprises (0-9)",
        "10-49": "small enterprises (10-49)", "50-249": "medium enterprises (50-249)",
        "0-49": "micro and small enterprises (0-49)", "1-249": "SMEs (1-249)",
        "10-249": "small and medium enterprises without micro (10-249)",
    }.get(code, f"class {code}")  # fmt: skip


def say_place(geo: str) -> str:
    """Name a place; a partial aggregate is called that."""
    code, _, coverage = geo.partition("[")
    label = codelists.label("GEO", code)
    return f"{coverage.rstrip(']').replace('/', ' of ')} members of {code}" if coverage else label


def say_source(found: Evidence) -> str:
    """Name table, vintage and release."""
    text = f"{found.dataset}, vintage {found.vintage}"
    return text + (f", release {found.source}" if found.source else "")


def say_evidence(found: Evidence) -> str:
    """One sentence: definition, number, source."""
    number = say_range(found.lower, found.value, found.upper, found.unit)
    return f"{say_definition(found)}: {number} ({say_source(found)})"
