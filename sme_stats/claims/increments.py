"""Changes in the definition space: a series' year less the year before it in the same table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sme_stats import catalogue
from sme_stats.claims.blocks import KEYS, Block, same
from sme_stats.flags import BIT
from sme_stats.indicators.ranges import Values
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
        least, most = numbers.lower[now], numbers.upper[now]
        old_least, old_most = numbers.lower[before], numbers.upper[before]
        value, old = numbers.value[now], numbers.value[before]
        keep = numbers.keep[now] & numbers.keep[before] & ((numbers.bits[now] & BIT["b"]) == 0)
        bits = numbers.bits[now] | numbers.bits[before]
        withheld = numbers.withheld[now] | numbers.withheld[before]
        with np.errstate(divide="ignore", invalid="ignore"):
            if growth:
                keep &= old_least > 0
                ends = 100 * (least / old_most - 1), 100 * (most / old_least - 1)
                return Values(100 * (value / old - 1), *ends, bits, withheld, keep)
            ends = least - old_most, most - old_least
            return Values(value - old, *ends, bits, withheld, keep)

    how = "growth from {base} to {year}" if growth else "{year} less {base}"
    return Block("change", keys, of.sizes, compute, how, of.of, base)
