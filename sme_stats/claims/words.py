"""Evidence and definitions in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sme_stats import codelists
from sme_stats.claims.blocks import Evidence
from sme_stats.claims.model import WHOLES

if TYPE_CHECKING:
    from sme_stats.claims.search import Definition, Reconciliation

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
    least, most = say_number(lower, unit), say_number(upper, unit)
    if least == most:  # closer than anyone prints
        return least
    ends = f"between {least} and {most}"
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
    whole = "" if found.of == "TOTAL" else f" of all {say_size(found.of)}"
    level = noun if found.size == "TOTAL" else f"{noun} of {who}"
    share = f"share of {who} in {noun}{whole}"
    what = {
        "share": share, "average": f"average size of {who}, persons employed",
        "rate": noun + _after(found.age),
        "change": f"change of {'the ' + share if found.unit == 'PP' else level}",
    }.get(found.statistic, level)  # fmt: skip
    activity = f", {codelists.label('NACE', found.nace)}" if is_section(found.nace) else ""
    years = f"{found.base_year} to {found.year}" if found.base_year else str(found.year)
    return f"{what}{activity}, {say_place(found.geo)} {years}"


def is_section(nace: str) -> bool:
    """Whether an activity is a part of the economy and no population as a whole.

    Examples
    --------
    >>> is_section("C"), is_section("B-S_X_O_S94"), is_section("")
    (True, False, False)
    """
    return nace in codelists.table("NACE") and nace not in WHOLES


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


def _after(age: str) -> str:
    if not age.startswith("Y"):
        return ""
    return " after 1 year" if age == "Y1" else f" after {age[1:]} years"


def say_years(definition: Definition) -> str:
    """In which years a definition gives the printed number, and since when it does not."""
    years = ", ".join(map(str, definition.years))
    since = definition.not_since
    return f"true in {years}" + (f"; not since {since}" if since else "")


def say_own(result: Reconciliation) -> list[str]:
    """What a search says of the claim's own definition, and how unspecific the number is."""
    lines = []
    if result.held:
        held = ", ".join(
            f"{e.geo} {e.year} ({say_range(e.lower, e.value, e.upper, e.unit)})"
            for e in result.held
        )
        later = ", ".join(map(str, result.refuted_since))
        since = f"; not since {result.refuted_since[0]} (refuted in {later})" if later else ""
        lines.append(f"under its own definition it held in {held}{since}")
    elif result.own:
        years = ", ".join(dict.fromkeys(str(e.year) for e, _ in result.own))
        lines.append(f"under its own definition it holds in no year at hand ({years})")
    if result.nearest and not result.held:
        same = "nearest number of the same statistic, measure and size"
        lines.append(f"{same}: {say_evidence(result.nearest)}")
    lines.append(
        f"unspecific: {result.plausible_hits:,} of {result.plausible:,} plausible definitions "
        f"({result.unspecific:.1%}) give a number in the printed interval, of all numbers of this "
        f"kind {result.hits:,} of {result.searched:,}"
    )
    return lines
