"""How much of a claim must change for another definition: the weights of the axes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sme_stats import catalogue
from sme_stats.claims.blocks import Block, Evidence
from sme_stats.claims.evidence import factor_of, family, suits_population
from sme_stats.claims.model import DEMOGRAPHIC, WHOLES, Claim
from sme_stats.codelists import members, size_range
from sme_stats.errors import UnknownNameError, UsageError
from sme_stats.uncertainty.cube import Array

#: Compositions of the European Union that a claim about "Europe" may mean.
UNIONS = ("EU27_2020", "EU28", "EU27_2007")
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
        Share, level, rate, average, change.
    measure, near_measure : float
        Another measure (births for the stock); one that is easily taken for it.
    size, near_size : float
        Another size; one whose boundary differs only at 0 or 1.
    size_basis : float
        Classes counted in employees where the claim's are in persons employed, or the reverse.
    of : float
        A share of all SMEs instead of the total, or the reverse.
    geo, near_geo, partial : float
        Another place; another composition of the EU; the member states at hand for the EU, to
        which the missing members' part of ``geo`` is added.
    year, most_years : float
        One year; the most that years cost together.
    population, section : float
        Another population; an activity that is a part of the economy.
    age : float
        Survival at another age.
    reading : float
        Truncated, or its trailing zero not meant.
    off_centre : float
        A value at the edge of the printed interval, where others lie nearer to the number.
    plausible : float
        No cost: definitions up to this distance are counted as plausible, to say how much of them
        lie in the printed interval by chance.
    """

    statistic: float = 5.0
    measure: float = 3.0
    near_measure: float = 1.0
    size: float = 2.0
    near_size: float = 0.5
    size_basis: float = 0.5
    of: float = 1.0
    geo: float = 4.0
    near_geo: float = 0.5
    partial: float = 1.0
    year: float = 0.05
    most_years: float = 1.0
    population: float = 0.5
    section: float = 2.0
    age: float = 0.5
    reading: float = 0.5
    off_centre: float = 0.2
    plausible: float = 5.0

    @classmethod
    def of_pairs(cls, pairs: Mapping[str, object]) -> Weights:
        """Weights with some of them given by name.

        Raises
        ------
        UnknownNameError
            If there is no such axis.
        UsageError
            If a weight is no number of zero or more.

        Examples
        --------
        >>> Weights.of_pairs({"geo": "0.5"}).geo
        0.5
        """
        names = [f.name for f in dataclasses.fields(cls)]
        given = {}
        for name, value in pairs.items():
            if name not in names:
                raise UnknownNameError("axis of a weight", name, names)
            try:
                given[name] = float(str(value))
            except ValueError:
                given[name] = -1.0
            if not 0 <= given[name] < math.inf:
                raise UsageError(f"the weight {name}={value} is no number of zero or more")
        return cls(**given)


def changed_axes(claim: Claim, found: Evidence, reading: str) -> tuple[str, ...]:
    """Axes on which a definition differs from the claim."""
    other = _activity(claim, found.dataset, found.nace)
    pairs = {
        "statistic": claim.statistic != found.statistic, "measure": claim.measure != found.measure,
        "size": claim.size != found.size, "size basis": _other_basis(claim, found.dataset),
        "share of": claim.of != found.of, "geo": claim.geo != found.geo,
        "year": claim.year is not None and claim.year != found.year,
        "population": other == "population", "section": other == "section",
        "age": _other_age(claim, found.statistic, found.age),
        "reading": reading != claim.printed.readings[0].name,
    }  # fmt: skip
    return tuple(axis for axis, differs in pairs.items() if differs)


def distance(claim: Claim, found: Evidence, reading: str, weights: Weights) -> float:
    """Sum of the costs of all axes that differ, and a little for lying off the printed number."""
    costs = Costs(claim, weights)
    cost = costs.column(found.statistic, found.size, found.of)
    cost += costs.measure(found.measure) + costs.geo(found.geo)
    cost += costs.activity(found.dataset, found.nace) + costs.age(found.statistic, found.age)
    cost += float(costs.years(np.array([found.year]))[0])
    cost += 0.0 if reading == claim.printed.readings[0].name else weights.reading
    return cost + weights.off_centre * _off_centre(claim, found)


class Costs:
    """Costs of a claim's axes, for one definition and for all rows of a block at once."""

    def __init__(self, claim: Claim, weights: Weights) -> None:
        self.claim, self.weights = claim, weights

    def column(self, statistic: str, size: str, of: str) -> float:
        """Cost of statistic, size and what a share is of."""
        cost = 0.0 if statistic == self.claim.statistic else self.weights.statistic
        cost += 0.0 if of == self.claim.of else self.weights.of
        return cost + self._size(size)

    def rows(self, block: Block) -> Array:
        """Cost of measure, place, activity, age and year of every row of a block."""
        keys = block.keys
        cost = self.years(keys["year"])
        cost += _each(keys["measure"], self.measure) + _each(keys["geo"], self.geo)
        cost += _each(keys["age"], lambda age: self.age(block.statistic, age))
        nace, dataset = keys["nace"], keys["dataset"]
        table = np.array([
            [self.activity(str(d), str(n)) for n in nace.categories] for d in dataset.categories
        ])  # fmt: skip
        found: Array = cost + table[dataset.codes, nace.codes]
        return found

    def years(self, years: Array) -> Array:
        """Cost of the years between."""
        if self.claim.year is None:
            return np.zeros(len(years))
        apart = self.weights.year * np.abs(years - self.claim.year)
        found: Array = np.minimum(apart, self.weights.most_years)
        return found

    def measure(self, found: str) -> float:
        """Cost of another measure."""
        if found == self.claim.measure:
            return 0.0
        near = any({self.claim.measure, found} <= group for group in _NEAR_MEASURES)
        return self.weights.near_measure if near else self.weights.measure

    def geo(self, found: str) -> float:
        """Cost of another place."""
        asked, weights = self.claim.geo, self.weights
        if found == asked:
            return 0.0
        if asked in UNIONS and found in UNIONS:
            return weights.near_geo
        if found.startswith(f"{asked}["):
            at_hand, _, whole = found.removeprefix(f"{asked}[").rstrip("]").partition("/")
            return weights.partial + weights.geo * (1 - int(at_hand) / int(whole))
        if asked in UNIONS and found in members(asked):
            return weights.geo
        return weights.geo + 0.5

    def activity(self, dataset: str, nace: str) -> float:
        """Cost of another population or section, and of a table that counts sizes otherwise."""
        cost = self.weights.size_basis if _other_basis(self.claim, dataset) else 0.0
        other = _activity(self.claim, dataset, nace)
        return cost + (getattr(self.weights, other) if other else 0.0)

    def age(self, statistic: str, age: str) -> float:
        """Cost of another age, between survival rates."""
        return self.weights.age if _other_age(self.claim, statistic, age) else 0.0

    def _size(self, found: str) -> float:
        asked = self.claim.size
        if asked == found:
            return 0.0
        one, other = size_range(asked), size_range(found)
        near = one and other and one.upper == other.upper and max(one.lower, other.lower) <= 1
        return self.weights.near_size if near else self.weights.size


def _each(column: object, cost: object) -> Array:
    """A cost of each category, spread over the rows."""
    costs = np.array([cost(str(name)) for name in column.categories])  # type: ignore[attr-defined, operator]
    spread: Array = costs[column.codes]  # type: ignore[attr-defined]
    return spread


def _activity(claim: Claim, dataset: str, nace: str) -> str:
    """Which axis an activity differs on: ``population``, ``section`` or none."""
    if suits_population(claim, dataset, nace):
        return ""
    if nace in WHOLES or nace == claim.population or family(dataset) == "national":
        return "population"
    return "section"


def _other_age(claim: Claim, statistic: str, age: str) -> bool:
    return statistic == claim.statistic and "" not in (age, claim.age) and age != claim.age


def _other_basis(claim: Claim, dataset: str) -> bool:
    """Whether a table's classes count employees where the claim's count persons, or the reverse."""
    if claim.size == "TOTAL":
        return False
    flow = catalogue.entries().get(dataset)
    demographic = claim.population == "business-demography" or claim.measure in DEMOGRAPHIC
    wanted = "employees" if demographic else "persons_employed"
    return flow is not None and bool(flow.size_basis) and flow.size_basis != wanted


def _off_centre(claim: Claim, found: Evidence) -> float:
    """How far from the printed number a value lies, 0 to 1 of half the printed interval."""
    reading = claim.printed.readings[0]
    half = (reading.upper - reading.lower) / 2
    if not 0 < half < float("inf"):
        return 0.0
    known = (found.lower + found.upper) / 2 if math.isnan(found.value) else found.value
    value = factor_of(claim.printed, found.unit) * known
    return min(1.0, abs(value - claim.printed.value) / half)
