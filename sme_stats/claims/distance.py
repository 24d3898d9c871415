"""How much of a claim must change for another definition: the weights of the axes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sme_stats.claims.blocks import Evidence
from sme_stats.claims.evidence import suits
from sme_stats.claims.model import Claim
from sme_stats.codelists import members, size_range

_UNIONS = ("EU27_2020", "EU28", "EU27_2007")
#: Measures that a writer easily takes for each other: near, not equal.
_NEAR_MEASURES = (
    {"enterprises", "active_enterprises"}, {"persons_employed", "employees"},
    {"value_added", "turnover"},
)  # fmt: skip


@dataclass(frozen=True)
class Weights:
    """Cost of changing each axis of a claim.

    The order of magnitude is a judgement, open to change: another year is a slip, another EU
    composition or population is usual in print, another measure is an error, another place or
    statistic is another statement.

    Attributes
    ----------
    statistic : float
        Share, level, rate, average.
    measure, near_measure : float
        Another measure; one that is easily taken for it.
    size, near_size : float
        Another size; one whose boundary differs only at 0 or 1.
    geo, near_geo, partial : float
        Another place; another composition of the EU; the member states at hand for the EU, to
        which the missing members' part of ``geo`` is added.
    year, most_years : float
        Each year of difference; at most.
    population : float
        Another population.
    reading : float
        Truncated, or its trailing zero not meant.
    off_centre : float
        A value at the edge of the printed interval, where others lie nearer to the number.
    """

    statistic: float = 5.0
    measure: float = 3.0
    near_measure: float = 1.0
    size: float = 2.0
    near_size: float = 0.5
    geo: float = 4.0
    near_geo: float = 0.5
    partial: float = 1.0
    year: float = 0.05
    most_years: float = 1.0
    population: float = 0.5
    reading: float = 0.5
    off_centre: float = 0.2


def changed_axes(claim: Claim, found: Evidence, reading: str) -> tuple[str, ...]:
    """Axes on which a definition differs from the claim."""
    pairs = {
        "statistic": claim.statistic != found.statistic, "measure": claim.measure != found.measure,
        "size": claim.size != found.size, "geo": claim.geo != found.geo,
        "year": claim.year is not None and claim.year != found.year,
        "population": not suits(claim, found),
        "reading": reading != claim.printed.readings[0].name,
    }  # fmt: skip
    return tuple(axis for axis, differs in pairs.items() if differs)


def distance(claim: Claim, found: Evidence, reading: str, weights: Weights) -> float:
    """Sum of the costs of all axes that differ, and a little for lying off the printed number."""
    cost = weights.statistic if claim.statistic != found.statistic else 0.0
    cost += _measure(claim.measure, found.measure, weights)
    cost += _size(claim.size, found.size, weights)
    cost += _geo(claim.geo, found.geo, weights)
    if claim.year is not None:
        cost += min(weights.year * abs(claim.year - found.year), weights.most_years)
    cost += 0.0 if suits(claim, found) else weights.population
    cost += 0.0 if reading == claim.printed.readings[0].name else weights.reading
    return cost + weights.off_centre * _off_centre(claim, found)


def _measure(asked: str, found: str, weights: Weights) -> float:
    if asked == found:
        return 0.0
    near = any({asked, found} <= group for group in _NEAR_MEASURES)
    return weights.near_measure if near else weights.measure


def _size(asked: str, found: str, weights: Weights) -> float:
    if asked == found:
        return 0.0
    one, other = size_range(asked), size_range(found)
    near = one and other and one.upper == other.upper and max(one.lower, other.lower) <= 1
    return weights.near_size if near else weights.size


def _geo(asked: str, found: str, weights: Weights) -> float:
    if asked == found:
        return 0.0
    if asked in _UNIONS and found in _UNIONS:
        return weights.near_geo
    if found.startswith(f"{asked}["):
        at_hand, _, whole = found.removeprefix(f"{asked}[").rstrip("]").partition("/")
        return weights.partial + weights.geo * (1 - int(at_hand) / int(whole))
    if asked in _UNIONS and found in members(asked):
        return weights.geo
    return weights.geo + 0.5


def _off_centre(claim: Claim, found: Evidence) -> float:
    """How far from the printed number a value lies, 0 to 1 of half the printed interval."""
    from sme_stats.claims.evidence import factor_of

    reading = claim.printed.readings[0]
    half = (reading.upper - reading.lower) / 2
    if not 0 < half < float("inf"):
        return 0.0
    known = (found.lower + found.upper) / 2 if math.isnan(found.value) else found.value
    value = factor_of(claim.printed, found.unit) * known
    return min(1.0, abs(value - claim.printed.value) / half)
