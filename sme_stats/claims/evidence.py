"""Which evidence suits a claim, which comes first, and in which unit it is compared."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from sme_stats.claims.blocks import Evidence
from sme_stats.claims.model import DEMOGRAPHIC, NATIONAL, POPULATIONS, Claim
from sme_stats.claims.printed import PrintedNumber, Reading
from sme_stats.codelists import ones
from sme_stats.uncertainty.cube import Array

#: Floats that differ by less than this part of them are the same number.
_SLACK = 1e-12

#: What one unit of the data is in the unit of a printed amount.
_EURO = {"EUR": 1.0, "KEUR": 1e3, "MEUR": 1e6, "BEUR": 1e9}
_COUNTS = ("NR", "THS", "PERS_PER_ENT")
_SBS = ("B-S_X_O_S94", "B-N_S95_X_K", "C-I_K")
_BD = ("B-S_X_O_S94", "B-N_X_K642")
#: Tables of structural business statistics that are not dataflows of today.
_OLD_SBS = ("sif_31_2008",)


def family(dataset: str) -> str:
    """Whether a dataset is structural (sbs), demographic (bd) or a national table."""
    if dataset.startswith("bd_"):
        return "bd"
    return "sbs" if dataset.startswith("sbs_") or dataset in _OLD_SBS else "national"


def compare(lower: float, upper: float, reading: Reading, attained: bool = False) -> str:
    """Compare what the data allow with a printed interval [lower, upper).

    A point may lie on the lower end; a range of rounded data is open at its upper end like the
    printed one, since both are roundings: 48 % of a release and a printed 49 % do not meet at
    48.5. The upper end of a withheld cell is `attained`: some table has it.

    Examples
    --------
    >>> compare(0.164, 0.164, Reading("truncated", 0.1, 0.2))
    'holds'
    >>> compare(57.0, 58.0, Reading("rounded", 57.5, 58.5))
    'undecided'
    """
    slack = _SLACK * max(abs(lower), abs(upper) if math.isfinite(upper) else 0.0, 1.0)
    wide = upper - lower > slack and not attained
    below = upper <= reading.lower + slack if wide else upper < reading.lower - slack
    if below or lower >= reading.upper - slack:
        return "refuted"
    open_end = reading.upper == math.inf
    fits = upper <= reading.upper + slack if wide or open_end else upper < reading.upper
    return "holds" if lower >= reading.lower - slack and fits else "undecided"


def suits(claim: Claim, found: Evidence) -> bool:
    """Whether evidence is of the claim's population.

    Without a population in the claim it is what the year's table has: structural business
    statistics, or business demography for measures that only it has. National tables suit only
    where the claim names their population.
    """
    return suits_population(claim, found.dataset, found.nace)


def suits_population(claim: Claim, dataset: str, nace: str) -> bool:
    """Whether an activity of a table is the claim's population."""
    kind = family(dataset)
    table, _, activity = claim.population.partition(":")
    if table in NATIONAL:
        return dataset == table and (not activity or nace == activity)
    if claim.population == "business-demography":
        return kind == "bd" and nace in _BD
    if claim.population in POPULATIONS:
        return kind == "sbs" and nace in POPULATIONS[claim.population]
    wanted = "bd" if claim.measure in DEMOGRAPHIC else "sbs"
    if claim.population:
        return kind == wanted and nace == claim.population
    return kind == wanted and nace in (_BD if wanted == "bd" else _SBS)


def independent(claim: Claim, found: Sequence[Evidence]) -> list[Evidence]:
    """Evidence that may judge a claim: not its own source, nor figures which that superseded.

    A release does not prove the claim that quotes it; neither does the preliminary release before
    it refute the claim.
    """
    own = [e.vintage for e in found if e.source and e.source in claim.own_sources]
    latest = max(own, default="")
    return [
        e for e in found
        if not e.source or (e.source not in claim.own_sources and e.vintage > latest)
    ]  # fmt: skip


def best(candidates: Sequence[Evidence]) -> Evidence | None:
    """Choose: cells of a table before figures of releases, later before earlier.

    Figures of one release describe the same state, so their intervals are cut with each other.
    """
    if not candidates:
        return None
    first = min(candidates, key=_order)
    rivals = [e for e in candidates if _state(e) == _state(first)]
    lower, upper = max(e.lower for e in rivals), min(e.upper for e in rivals)
    if len(rivals) == 1 or lower > upper:
        return first
    value = min(max(first.value, lower), upper)
    return dataclasses.replace(first, value=value, lower=lower, upper=upper)


def _state(found: Evidence) -> tuple[str, str, str, str]:
    return found.dataset, found.vintage, found.source, found.nace


def _order(found: Evidence) -> tuple[bool, bool, tuple[int, ...], float]:
    later = tuple(-ord(c) for c in found.vintage)
    implied = found.how.startswith("births")
    return bool(found.source), implied, later, found.upper - found.lower


def units_fit(printed: PrintedNumber, unit: str) -> bool:
    """Whether a printed number and the data are of the same kind of unit."""
    if printed.kind == "percent":
        return unit == "PC"
    if printed.kind == "points":
        return unit == "PP"
    if printed.kind == "money":
        return printed.currency == "EUR" and unit in _EURO
    return unit in _COUNTS


def factor_of(printed: PrintedNumber, unit: str) -> float:
    """What one unit of the data is in the unit of the printed number."""
    return _EURO.get(unit, 1.0) if printed.kind == "money" else ones(unit)


def printed_units(printed: PrintedNumber, found: Evidence) -> tuple[float, float]:
    """Ends of the evidence in the unit of the printed number."""
    factor = factor_of(printed, found.unit)
    return factor * found.lower, factor * found.upper


def units_of(printed: PrintedNumber, units: Any) -> tuple[Array, Array]:
    """Factor of each row's unit (a category), and whether it is of the printed kind."""
    factor = np.array([factor_of(printed, unit) for unit in units.categories])
    fits = np.array([units_fit(printed, unit) for unit in units.categories])
    return factor[units.codes], fits[units.codes]
