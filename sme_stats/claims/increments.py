"""Changes in the definition space: a series' year less the year before it in the same table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sme_stats import catalogue
from sme_stats.claims.blocks import KEYS, Block, same
from sme_stats.flags import BIT
from sme_stats.indicators.bounded import worst
from sme_stats.indicators.values import Values
from sme_stats.uncertainty.cube import Array

_SERIES = tuple(name for name in KEYS if name != "year")


def changes(blocks: Sequence[Block]) -> list[Block]:
    """Changes of levels (in their unit and in percent) and of shares (in percentage points).

    Two years are compared where they follow each other at hand, are of one table, vintage and
    source, and no break lies between: neither a flag ``b`` of the later year nor one that the
    catalogue lists.
    """
    out = []
    for block in blocks:
        now, before = _pairs(block)
        if not len(now):
            continue
        keys = {name: column[now] for name, column in block.keys.items()}
        base = block.keys["year"][before]
        points = {"unit": same("PP", len(now))} if block.statistic == "share" else {}
        out.append(_block(block, keys | points, (now, before, base), growth=False))
        if block.statistic == "level":
            percent = {"unit": same("PC", len(now))}
            out.append(_block(block, keys | percent, (now, before, base), growth=True))
    return out


def _pairs(block: Block) -> tuple[Array, Array]:
    """Rows of a year and of the year before it in the same series, breaks left out."""
    frame = pd.DataFrame({name: block.keys[name] for name in KEYS})
    series = frame.groupby(list(_SERIES), observed=True, sort=False).ngroup().to_numpy()
    order = np.lexsort((block.keys["year"], series))
    follows = series[order][1:] == series[order][:-1]
    now, before = order[1:][follows], order[:-1][follows]
    broken = _broken(block.keys, now, before)
    return now[~broken], before[~broken]


def _broken(keys: dict[str, Any], now: Array, before: Array) -> Array:
    """Where the catalogue lists a break between the two years."""
    broken = np.zeros(len(now), bool)
    year, base = keys["year"][now], keys["year"][before]
    for code in keys["dataset"].categories:
        flow = catalogue.entries().get(str(code))
        for at in flow.breaks if flow else ():
            here = np.asarray(keys["dataset"][now] == code) & (base < at.year) & (at.year <= year)
            broken |= here & ((at.geo == "*") | _in(keys, now, at.geo))
    return broken


def _in(keys: dict[str, Any], rows: Array, geo: str) -> Array:
    """Rows of a place, and of partial aggregates that it is a member of."""
    members = keys["members"]
    inside = np.array([geo in str(text).split("+") for text in members.categories])
    found: Array = np.asarray(keys["geo"][rows] == geo) | inside[members.codes[rows]]
    return found


def _block(
    of: Block, keys: dict[str, Any], rows: tuple[Array, Array, Array], *, growth: bool
) -> Block:
    now, before, base = rows

    def compute(size: str) -> Values:
        numbers = of.column(size)
        return _difference(numbers.take(now), numbers.take(before), growth=growth)

    def narrow(size: str, chosen: Array) -> Values:
        pair = of.at(size, now[chosen]), of.at(size, before[chosen])
        numbers = _difference(*pair, growth=growth)
        return replace(numbers, keep=numbers.keep & ~np.isinf(numbers.upper))

    how = "growth from {base} to {year}" if growth else "{year} less {base}"
    sharp = None if of.narrow is None else narrow
    return Block("change", keys, of.sizes, compute, how, of.of, base, sharp)


def _difference(now: Values, before: Values, *, growth: bool) -> Values:
    """Difference of two years or growth between them; no published cell ties two years together.

    Nothing grows from nothing; where a withheld cell may be nothing the end is infinite, and that
    goes only once its sharp ends are known.
    """
    keep = now.keep & before.keep & ((now.bits & BIT["b"]) == 0)
    bits, withheld = now.bits | before.bits, now.withheld | before.withheld
    ends = None
    if now.ends is not None and before.ends is not None:
        ends = np.where(withheld, worst(now.ends, before.ends), "").astype(object)
    if not growth:
        lower, upper = now.lower - before.upper, now.upper - before.lower
        return Values(now.value - before.value, lower, upper, bits, withheld, keep, ends)
    keep &= (before.lower > 0) | (before.doubtful & (before.lower == 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = 100 * (now.lower / before.upper - 1)
        upper = np.where(before.lower > 0, 100 * (now.upper / before.lower - 1), np.inf)
        value = 100 * (now.value / before.value - 1)
    return Values(value, lower, upper, bits, withheld, keep, ends)
