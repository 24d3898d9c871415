"""reconcile(): the definitions under which a printed number does hold, the nearest first."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from sme_stats.claims.blocks import Block, Evidence
from sme_stats.claims.distance import UNIONS, Weights, changed_axes, distance
from sme_stats.claims.evidence import best, compare, printed_units, suits, units_fit, units_of
from sme_stats.claims.model import Claim
from sme_stats.claims.printed import Reading
from sme_stats.claims.scan import columns, scan
from sme_stats.claims.space import Space, embedded
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
    years, not_in : tuple of int
        Years at hand in which the same definition holds, and in which it is refuted.
    """

    evidence: Evidence
    reading: str
    changed: tuple[str, ...]
    distance: float
    years: tuple[int, ...] = ()
    not_in: tuple[int, ...] = ()

    @property
    def not_since(self) -> int | None:
        """First year at hand after the last in which it held; None where it still does."""
        later = [year for year in self.not_in if year > max(self.years, default=0)]
        return min(later, default=None)

    def record(self) -> dict[str, Any]:
        """Fields of ``reconcile --format json``."""
        found = self.evidence
        return {
            "measure": found.measure, "statistic": found.statistic, "size": found.size,
            "of": found.of, "geo": found.geo, "year": found.year,
            "base_year": found.base_year or None, "population": found.nace,
            "dataset": found.dataset, "vintage": found.vintage, "source": found.source,
            "value": _finite(found.value), "lower": _finite(found.lower),
            "upper": _finite(found.upper), "ends": found.ends or None, "unit": found.unit,
            "flag": found.flag, "age": found.age, "how": found.how, "reading": self.reading,
            "changed": list(self.changed), "distance": round(self.distance, 3),
            "years": list(self.years), "not_since": self.not_since,
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
    plausible, plausible_hits : int
        The same of definitions that are near enough to the claim (`Weights.plausible`).
    own : tuple of (Evidence, str)
        The claim's own definition in every year and EU composition at hand, with its verdict.
    nearest : Evidence or None
        The number of the claim's own statistic, measure and size, anywhere and any year, that
        comes nearest.
    """

    definitions: tuple[Definition, ...]
    searched: int
    hits: int
    plausible: int
    plausible_hits: int
    own: tuple[tuple[Evidence, str], ...]
    nearest: Evidence | None = field(default=None)

    @property
    def by_chance(self) -> float:
        """Share of the numbers of the same kind that lie in the printed interval."""
        return self.hits / self.searched if self.searched else 0.0

    @property
    def unspecific(self) -> float:
        """Share of the plausible definitions whose number lies in the printed interval."""
        return self.plausible_hits / self.plausible if self.plausible else 0.0

    @property
    def held(self) -> tuple[Evidence, ...]:
        """Years in which the claim's own definition held."""
        return tuple(found for found, verdict in self.own if verdict == "holds")

    @property
    def refuted_since(self) -> tuple[int, ...]:
        """Years at hand in which it is refuted, after all in which it held."""
        last = max((found.year for found in self.held), default=None)
        refuted = {e.year for e, v in self.own if v == "refuted" and last and e.year > last}
        return tuple(sorted(refuted))


def reconcile(
    claim: Claim, space: Space | None = None, weights: Weights | None = None, most: int = 10
) -> Reconciliation:
    """Find the definitions under which a printed number holds.

    The definition space of all tables at hand (statistic, measure, size and its basis, what a
    share is of, place, year, population and section, age, reading) is scanned in one vectorised
    pass; what holds is ordered by how little of the claim must change.

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
    space = space or embedded()
    weights = weights or Weights()
    found = scan(claim, columns(space), weights)
    holding = [
        (e, r) for e, r in found.nearest(claim.printed.readings)
        if e.source not in claim.own_sources
    ]  # fmt: skip
    ordered = _order(claim, holding, weights)[:most]
    return Reconciliation(
        definitions=tuple(_with_years(claim, d, space) for d in ordered),
        searched=found.searched, hits=found.hits, plausible=found.plausible,
        plausible_hits=found.by_chance, own=_own(claim, space), nearest=_nearest(claim, space),
    )  # fmt: skip


def _order(
    claim: Claim, hits: Iterable[tuple[Evidence, str]], weights: Weights
) -> list[Definition]:
    """Each definition once, in its nearest year and best source, by distance."""
    scored = [
        Definition(e, r, changed_axes(claim, e, r), distance(claim, e, r, weights))
        for e, r in hits
    ]  # fmt: skip
    # Within a year a cell of a table speaks before a rounded figure of a release.
    scored.sort(key=lambda d: (bool(d.evidence.source), d.distance))
    in_year: dict[tuple[object, ...], Definition] = {}
    for definition in scored:
        key = (*_same_definition(definition), definition.evidence.year)
        in_year.setdefault(key, definition)
    firsts: dict[tuple[object, ...], Definition] = {}
    for definition in sorted(in_year.values(), key=lambda d: (d.distance, d.evidence.dataset)):
        firsts.setdefault(_same_definition(definition), definition)
    return list(firsts.values())


def _same_definition(definition: Definition) -> tuple[object, ...]:
    found = definition.evidence
    return (
        found.statistic, found.measure, found.size, found.of, found.geo, found.nace, found.age,
        found.unit, definition.reading,
    )  # fmt: skip


def _with_years(claim: Claim, definition: Definition, space: Space) -> Definition:
    """The same with the years at hand in which it holds, and in which it is refuted."""
    found = definition.evidence
    reading = next(r for r in claim.printed.readings if r.name == definition.reading)
    blocks = space.blocks(found.statistic, found.measure)
    if "[" in found.geo:
        blocks = space.partial(found.statistic, found.measure)
    by_year: dict[int, list[Evidence]] = {}
    for block in (b for b in blocks if b.of == found.of and found.size in b.sizes):
        rows = block.rows_of(found)
        for row in rows[block.at(found.size, rows).keep]:
            other = block.evidence(int(row), found.size)
            if other.source not in claim.own_sources and other.unit == found.unit:
                by_year.setdefault(other.year, []).append(other)
    said = {
        year: _verdict(claim, chosen, reading) for year, cells in by_year.items()
        if (chosen := best(cells)) is not None
    } | {found.year: "holds"}  # fmt: skip
    years = tuple(sorted(year for year, verdict in said.items() if verdict == "holds"))
    not_in = tuple(sorted(year for year, verdict in said.items() if verdict == "refuted"))
    return dataclasses.replace(definition, years=years, not_in=not_in)


def _verdict(claim: Claim, found: Evidence, reading: Reading) -> str:
    lower, upper = printed_units(claim.printed, found)
    return compare(lower, upper, reading, found.conf != "")


def _own(claim: Claim, space: Space) -> tuple[tuple[Evidence, str], ...]:
    """The claim's own definition in every year at hand, with its verdict."""
    geos = UNIONS if claim.geo in UNIONS else (claim.geo,)
    definition = (claim.statistic, claim.measure, claim.size)
    out = []
    for geo in geos:
        for year in space.years(*definition, geo, claim.of):
            found = space.find(*definition, geo, year, claim.age, claim.of)
            fitting = [e for e in found if suits(claim, e) and units_fit(claim.printed, e.unit)]
            if chosen := best(fitting):
                out.append((chosen, _verdict(claim, chosen, claim.printed.readings[0])))
    return tuple(sorted(out, key=lambda pair: pair[0].year))


def _nearest(claim: Claim, space: Space) -> Evidence | None:
    """Number of the claim's own statistic, measure and size that comes nearest to the print."""
    chosen: tuple[float, Evidence] | None = None
    for block in space.blocks(claim.statistic, claim.measure):
        if block.of != claim.of:
            continue
        found = _nearest_in(block, claim, chosen[0] if chosen else math.inf)
        if found:
            chosen = found[0], block.evidence(found[1], claim.size)
    return chosen[1] if chosen else None


def _nearest_in(block: Block, claim: Claim, limit: float) -> tuple[float, int] | None:
    """How far off the block's nearest number is, if nearer than a limit, and its row."""
    reading, numbers = claim.printed.readings[0], block.column(claim.size)
    factor, fits = units_of(claim.printed, block.keys["unit"])
    own = np.flatnonzero(fits & (block.keys["measure"] == claim.measure) & numbers.keep)

    def nearest(rows: Array, values: Array) -> tuple[Array, Array]:
        gap = np.maximum(reading.lower - values, values - reading.upper)
        kept = rows[gap < limit]
        return kept, gap[gap < limit]

    open_ = own[numbers.doubtful[own]]
    if len(open_):  # sharp ends may close on a number; only where it could be the nearest
        middle = reading.lower if math.isinf(reading.upper) else reading.upper
        ends = factor[open_] * numbers.lower[open_], factor[open_] * numbers.upper[open_]
        numbers = block.narrowed(claim.size, nearest(open_, np.clip(middle, *ends))[0])
    own = own[np.isfinite(numbers.value[own])]
    rows, gap = nearest(own, factor[own] * numbers.value[own])
    at = int(np.argmin(gap)) if len(gap) else -1
    return (float(gap[at]), int(rows[at])) if len(gap) else None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def weights_table(weights: Weights | None = None) -> dict[str, float]:
    """Weights by axis, for reports and documentation."""
    weights = weights or Weights()
    return {f.name: asdict(weights)[f.name] for f in fields(weights)}
