"""Which published classes add up to a size range, and what is known of that range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sme_stats.codelists import SizeRange, size_range
from sme_stats.uncertainty.cube import Array, Cube
from sme_stats.uncertainty.intervals import Interval

#: So many of the shortest ways to add up a range are enough.
_MOST_COVERS = 64


@cache
def covers(codes: tuple[str, ...], lower: int, upper: int | None) -> tuple[tuple[str, ...], ...]:
    """Find the sets of disjoint classes that make up a range exactly, the shortest first.

    Parameters
    ----------
    codes : tuple of str
        Published classes; TOTAL is left out, a range is made of its parts.
    lower, upper : int, int or None
        Ends of the range; None is open.

    Examples
    --------
    >>> covers(("0-9", "10-49", "50-249", "GE250", "0-49"), 0, 249)
    (('0-49', '50-249'), ('0-9', '10-49', '50-249'))
    """
    ranges = {c: r for c in codes if c != "TOTAL" and (r := size_range(c)) is not None}
    found: list[tuple[str, ...]] = []
    # Ways of one more class a turn, by where they have come to: the shortest arrive first.
    ways: dict[int, list[tuple[str, ...]]] = {lower: [()]}
    while ways and len(found) < _MOST_COVERS:
        longer: dict[int, list[tuple[str, ...]]] = {}
        for code, span in ranges.items():
            more = [(*way, code) for way in ways.get(span.lower, ())]
            if span.upper == upper:
                found += more
            elif more and span.upper is not None and (upper is None or span.upper < upper):
                same = longer.setdefault(span.upper + 1, [])
                same += more[: _MOST_COVERS - len(same)]
        ways = longer
    place = {code: n for n, code in enumerate(ranges)}
    found.sort(key=lambda way: (len(way), *(place[code] for code in way)))
    return tuple(found[:_MOST_COVERS])


def outside(
    codes: tuple[str, ...], span: SizeRange, whole: SizeRange | None = None
) -> tuple[tuple[str, ...], ...]:
    """Sets of classes that make up everything but a range, or all of a wider one but it.

    Empty where there are none.

    Examples
    --------
    >>> outside(("0-9", "10-49", "50-249", "GE250"), SizeRange(10, 49), SizeRange(0, 249))
    (('0-9', '50-249'),)
    """
    first, last = (whole.lower, whole.upper) if whole else (0, None)
    below = covers(codes, first, span.lower - 1) if span.lower > first else ((),)
    above = covers(codes, span.upper + 1, last) if span.upper not in (None, last) else ((),)
    both = [b + a for b in below for a in above]
    return tuple(sorted((c for c in both if c), key=len))


@dataclass
class Part:
    """What the cells say of a size range, group by group.

    ``value`` from the fewest published cells (NaN where none suffice), ``lower`` and ``upper`` from
    all ways to add it up, ``known`` where some way has every cell in the table, ``bits`` and
    ``withheld`` of the cells used.
    """

    value: Array
    lower: Array
    upper: Array
    known: Array
    bits: Array
    withheld: Array
    cells: Array


def add_up(cube: Cube, ways: tuple[tuple[str, ...], ...]) -> Part:
    """Evaluate every way to add up a range (the shortest first) and keep, by group, the best."""
    if cube.exact:
        return _add_up_exact(cube, ways)
    rows = len(cube)
    part = Part(
        value=np.full(rows, np.nan), lower=np.where(cube.signed, -np.inf, 0.0),
        upper=np.full(rows, np.inf), known=np.zeros(rows, bool), bits=np.zeros(rows, np.uint16),
        withheld=np.zeros(rows, bool), cells=np.full(rows, 99),
    )  # fmt: skip
    own = part.lower, part.upper
    for way in ways:
        columns = [cube.at(code) for code in way]
        if -1 in columns:
            continue
        here: Array = np.asarray(cube.present[:, columns].all(axis=1))
        value = cube.value[:, columns].sum(axis=1)
        used = _take(part, cube, columns, here, value)
        lower, upper = cube.lower[:, columns].sum(axis=1), cube.upper[:, columns].sum(axis=1)
        own = np.where(used, lower, own[0]), np.where(used, upper, own[1])
        part.lower = np.where(here, np.fmax(part.lower, lower), part.lower)
        part.upper = np.where(here, np.fmin(part.upper, upper), part.upper)
        part.known |= here
    part.lower, part.upper = uncrossed((part.lower, part.upper), own)
    return part


def uncrossed(ends: Interval, own: Interval) -> Interval:
    """Ends from several ways; where these contradict each other, those of the way that is used."""
    crossed = ends[0] > ends[1] + 1e-9 * np.maximum(1.0, np.abs(ends[1]))
    return np.where(crossed, own[0], ends[0]), np.where(crossed, own[1], ends[1])


def _add_up_exact(cube: Cube, ways: tuple[tuple[str, ...], ...]) -> Part:
    """The same where every cell is exact: no ends to carry, and no way to try once all have one."""
    rows = len(cube)
    value = np.full(rows, np.nan)
    cells, bits = np.full(rows, 99, dtype=np.int8), np.zeros(rows, np.uint16)
    for way in ways:
        columns = [cube.at(code) for code in way]
        if -1 in columns:
            continue
        total = cube.value[:, columns[0]].copy() if columns else np.zeros(rows)
        for column in columns[1:]:
            total += cube.value[:, column]
        new = np.isnan(value) & ~np.isnan(total)
        whole_new = bool(new.all())
        value = total if whole_new else np.where(new, total, value)
        cells[new] = len(columns)
        if cube.flagged:
            bits = np.where(new, np.bitwise_or.reduce(cube.bits[:, columns], axis=1), bits)
        if whole_new or not np.isnan(value).any():
            break
    known = ~np.isnan(value)
    none = np.zeros(rows, dtype=bool)
    return Part(value, value, value, known, bits, none, cells)


def _take(part: Part, cube: Cube, columns: list[int], here: Array, value: Array) -> Array:
    """Use this way's value where no shorter way gave one; its flags where none was used yet.

    Returns the groups that use it.
    """
    determined = here & ~np.isnan(value)
    new = determined & np.isnan(part.value)
    flags_from = new | (here & ~part.known)
    bits = np.bitwise_or.reduce(cube.bits[:, columns], axis=1)
    withheld = cube.withheld[:, columns].any(axis=1)
    part.value = np.where(new, value, part.value)
    part.cells = np.where(new, len(columns), part.cells)
    part.bits = np.where(flags_from, bits, part.bits)
    part.withheld = np.where(flags_from, withheld, part.withheld)
    return flags_from


def whole(cube: Cube) -> Part:
    """What the cells say of TOTAL: its own cell, or the classes where it is not in the table."""
    return add_up(cube, (("TOTAL",), *covers(tuple(cube.codes), 0, None)))
