"""reconcile(): the definitions under which a printed number does hold, the nearest first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from sme_stats.claims.blocks import BLOCKS, Block, Evidence
from sme_stats.claims.distance import Weights, changed_axes, distance
from sme_stats.claims.evidence import suits, units_fit, units_of
from sme_stats.claims.model import Claim
from sme_stats.claims.printed import Reading
from sme_stats.claims.space import Space
from sme_stats.loading import tables
from sme_stats.uncertainty.cube import Array


@dataclass(frozen=True)
class Definition:
    """A definition under which a printed number holds.

    Attributes
    ----------
    evidence : Evidence
        Definition and number.
    reading : str
        Reading of the printed number that holds.
    changed : tuple of str
        Axes on which it differs from the claim.
    distance : float
        How much of the claim must change: sum of the weights of the changed axes.
    years : tuple of int
        All years in which the same definition holds.
    """

    evidence: Evidence
    reading: str
    changed: tuple[str, ...]
    distance: float
    years: tuple[int, ...] = ()

    def record(self) -> dict[str, Any]:
        """Fields of ``reconcile --format json``."""
        found = self.evidence
        return {
            "measure": found.measure, "statistic": found.statistic, "size": found.size,
            "geo": found.geo, "year": found.year, "population": found.nace,
            "dataset": found.dataset, "vintage": found.vintage, "source": found.source,
            "value": _finite(found.value), "lower": _finite(found.lower),
            "upper": _finite(found.upper), "unit": found.unit, "flag": found.flag,
            "how": found.how, "reading": self.reading, "changed": list(self.changed),
            "distance": round(self.distance, 3), "years": list(self.years),
        }  # fmt: skip


@dataclass(frozen=True)
class Reconciliation:
    """Where a printed number holds, and how much that says.

    Attributes
    ----------
    definitions : tuple of Definition
        Ordered by distance, each definition once, in its nearest year.
    searched, hits : int
        Numbers of the same kind in the space, and those of them that lie in the printed interval.
    own : tuple of (Evidence, str)
        The claim's own definition in every year and EU composition at hand, with its verdict.
    nearest : Evidence or None
        The number of the claim's own statistic, measure and size, anywhere and any year, that
        comes nearest, where none holds.
    """

    definitions: tuple[Definition, ...]
    searched: int
    hits: int
    own: tuple[tuple[Evidence, str], ...]
    nearest: Evidence | None = field(default=None)

    @property
    def by_chance(self) -> float:
        """Share of the numbers of the same kind that lie in the printed interval."""
        return self.hits / self.searched if self.searched else 0.0


def reconcile(
    claim: Claim, space: Space | None = None, weights: Weights | None = None, most: int = 10
) -> Reconciliation:
    """Find the definitions under which a printed number holds.

    The definition space (statistic, measure, size, place, year, population, reading) of all tables
    at hand is scanned in one vectorised pass; what holds is ordered by how little of the claim
    must change.

    Parameters
    ----------
    claim : Claim
        The claim; its verdict does not matter.
    space : Space, optional
        Definition space; by default that of the embedded snapshot.
    weights : Weights, optional
        What a change of each axis costs.
    most : int
        How many definitions to return.

    Returns
    -------
    Reconciliation
        The definitions found, nearest first, and how many were looked at.

    Examples
    --------
    >>> from sme_stats.claims.files import read_claims
    >>> from sme_stats.places import data_dir
    >>> claims = read_claims(data_dir() / "claims" / "press-2023.toml")
    >>> first = reconcile(claims[0]).definitions[0].evidence
    >>> first.measure, first.geo, first.year, round(first.value, 2)
    ('value_added', 'EU27_2007', 2005, 57.65)
    """
    space = space or Space(tables())
    weights = weights or Weights()
    searched, hits = 0, []
    for block, size in _columns(space):
        counted, found = _scan(block, size, claim)
        searched += counted
        hits += found
    holding = [(e, r) for e, r in hits if e.source not in claim.own_sources]
    own = _own(claim, space)
    return Reconciliation(
        definitions=_order(claim, holding, weights)[:most],
        searched=searched, hits=len(hits), own=own,
        nearest=_nearest(claim, space),
    )  # fmt: skip


def _columns(space: Space) -> Iterator[tuple[Block, str]]:
    for statistic in BLOCKS:
        for block in [*space.blocks(statistic), *space.partial(statistic)]:
            for size in block.sizes:
                yield block, size


def _scan(block: Block, size: str, claim: Claim) -> tuple[int, list[tuple[Evidence, str]]]:
    """Count a column's numbers of the printed kind, and collect those that hold."""
    numbers = block.column(size)
    factor, fits = units_of(claim.printed, block.keys["unit"])
    bounded = np.isfinite(numbers.lower) & np.isfinite(numbers.upper)
    rows = np.flatnonzero(numbers.keep & fits & bounded)
    if not len(rows):
        return 0, []
    lower, upper = factor[rows] * numbers.lower[rows], factor[rows] * numbers.upper[rows]
    attained = numbers.withheld[rows]
    reading = _first_holding(lower, upper, attained, claim.printed.readings)
    found = [
        (block.evidence(int(rows[i]), size), claim.printed.readings[reading[i]].name)
        for i in np.flatnonzero(reading >= 0)
    ]
    return len(rows), found


def _first_holding(
    lower: Array, upper: Array, attained: Array, readings: Sequence[Reading]
) -> Array:
    """Number of the first reading that holds for each interval, -1 where none does.

    The same comparison as `sme_stats.claims.verdicts.compare`, for many numbers at once.
    """
    first = np.full(len(lower), -1)
    slack = 1e-12 * np.maximum(1.0, np.maximum(np.abs(lower), np.abs(upper)))
    rounded = (upper - lower > slack) & ~attained
    for number, reading in enumerate(readings):
        fits = np.where(rounded, upper <= reading.upper + slack, upper < reading.upper)
        inside = (lower >= reading.lower - slack) & fits
        first = np.where((first < 0) & inside, number, first)
    return first


def _order(
    claim: Claim, hits: Iterable[tuple[Evidence, str]], weights: Weights
) -> tuple[Definition, ...]:
    """Each definition once, in its nearest year and best source, by distance."""
    scored = []
    for found, reading in hits:
        changed = changed_axes(claim, found, reading)
        scored.append(Definition(found, reading, changed, distance(claim, found, reading, weights)))
    # Within a year a cell of a table speaks before a rounded figure of a release.
    scored.sort(key=lambda d: (bool(d.evidence.source), d.distance))
    in_year: dict[tuple[str, ...], Definition] = {}
    for definition in scored:
        key = (*_same_definition(definition), str(definition.evidence.year))
        in_year.setdefault(key, definition)
    years: dict[tuple[str, ...], set[int]] = {}
    firsts: dict[tuple[str, ...], Definition] = {}
    for definition in sorted(in_year.values(), key=lambda d: (d.distance, d.evidence.dataset)):
        years.setdefault(_same_definition(definition), set()).add(definition.evidence.year)
        firsts.setdefault(_same_definition(definition), definition)
    return tuple(
        Definition(d.evidence, d.reading, d.changed, d.distance, tuple(sorted(years[k])))
        for k, d in firsts.items()
    )


def _same_definition(definition: Definition) -> tuple[str, ...]:
    found = definition.evidence
    return (
        found.statistic, found.measure, found.size, found.geo, found.nace, found.age,
        definition.reading,
    )  # fmt: skip


#: Compositions of the European Union that a claim about "Europe" may mean.
_UNIONS = ("EU27_2020", "EU28", "EU27_2007")


def _own(claim: Claim, space: Space) -> tuple[tuple[Evidence, str], ...]:
    """The claim's own definition in every year at hand, with its verdict."""
    from sme_stats.claims.evidence import best, printed_units
    from sme_stats.claims.verdicts import compare

    geos = _UNIONS if claim.geo in _UNIONS else (claim.geo,)
    out = []
    for geo in geos:
        for year in space.years(claim.statistic, claim.measure, claim.size, geo):
            found = space.find(claim.statistic, claim.measure, claim.size, geo, year, claim.age)
            chosen = best([e for e in found if suits(claim, e)])
            if chosen and units_fit(claim.printed, chosen.unit):
                lower, upper = printed_units(claim.printed, chosen)
                attained = chosen.conf != ""
                verdict = compare(lower, upper, claim.printed.readings[0], attained)
                out.append((chosen, verdict))
    return tuple(sorted(out, key=lambda pair: pair[0].year))


def _nearest(claim: Claim, space: Space) -> Evidence | None:
    """Number of the claim's own statistic, measure and size that comes nearest to the print."""
    chosen: tuple[float, Evidence] | None = None
    reading = claim.printed.readings[0]
    for block in space.blocks(claim.statistic, claim.measure):
        numbers = block.column(claim.size)
        factor, fits = units_of(claim.printed, block.keys["unit"])
        mask = numbers.keep & fits & np.isfinite(numbers.value)
        rows = np.flatnonzero(mask & (block.keys["measure"] == claim.measure))
        if not len(rows):
            continue
        value = factor[rows] * numbers.value[rows]
        gap = np.maximum(reading.lower - value, value - reading.upper)
        best = int(np.argmin(gap))
        if chosen is None or gap[best] < chosen[0]:
            chosen = float(gap[best]), block.evidence(int(rows[best]), claim.size)
    return chosen[1] if chosen else None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def weights_table(weights: Weights | None = None) -> dict[str, float]:
    """Weights by axis, for reports and documentation."""
    weights = weights or Weights()
    return {f.name: asdict(weights)[f.name] for f in fields(weights)}
