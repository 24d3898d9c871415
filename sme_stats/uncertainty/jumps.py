"""Jumps without a flag: log growth of a class far from that of the same class elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import catalogue
from sme_stats.frame import dimensions
from sme_stats.uncertainty.cube import BREAK, Array, to_bits

#: Robust z-score from which a growth counts as a jump: under a normal distribution one cell in two
#: thousand million lies beyond; real growth has heavier tails, so a few true booms are named too.
THRESHOLD = 6.0
#: Growth below this is no jump however calm the others are: 8 %.
LEAST = np.log(1.08)
#: A year in which fewer series than this grow has no ordinary growth to compare with.
FEWEST = 5


def find_jumps(cells: pd.DataFrame, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Cells whose growth from the year before is out of line and carries no break flag.

    Growth is compared with that of the same measure and class in the same year in all places: the
    median is the ordinary growth, 1.4826 times the median absolute deviation its spread.

    Parameters
    ----------
    cells : pandas.DataFrame
        Observation frame of measures that add up.
    threshold : float
        Robust z-score from which a growth is named.

    Returns
    -------
    pandas.DataFrame
        The later cell of each jump with ``growth`` in percent and ``score``.
    """
    keys = [d for d in dimensions(cells) if d not in ("year", "vintage")]
    ordered = cells[cells["value"] > 0].sort_values([*keys, "year"], kind="stable")
    ordered = ordered.reset_index(drop=True)
    series = ordered.groupby(keys, observed=True, sort=False, dropna=False).ngroup().to_numpy()
    year = ordered["year"].to_numpy().astype(int)
    later = np.flatnonzero((series[1:] == series[:-1]) & (year[1:] - year[:-1] == 1)) + 1
    if not len(later):
        return ordered.iloc[:0].assign(growth=[], score=[])
    value = ordered["value"].to_numpy()
    growth = np.log(value[later] / value[later - 1])
    pairs = ordered.iloc[later].assign(growth=growth)
    score = _scores(pairs)
    silent = ~_explained(ordered, later)
    jumps = silent & (score > threshold) & (np.abs(growth) > LEAST)
    out = pairs[jumps].assign(growth=100 * np.expm1(growth[jumps]), score=score[jumps])
    named: pd.DataFrame = out.sort_values("score", ascending=False).reset_index(drop=True)
    return named


def _scores(pairs: pd.DataFrame) -> Array:
    group = ["dataset", "measure", "nace", "size", "year"]
    by = [c for c in group if c in pairs.columns]
    grouped = pairs.groupby(by, observed=True, dropna=False)["growth"]
    centre = grouped.transform("median")
    off = (pairs["growth"] - centre).abs()
    spread = 1.4826 * off.groupby([pairs[c] for c in by], observed=True).transform("median")
    many = grouped.transform("size") >= FEWEST
    scores: Array = np.where(many & (spread > 0), off / spread.where(spread > 0, 1.0), 0.0)
    return scores


def _explained(cells: pd.DataFrame, later: Array) -> Array:
    """Pairs whose later cell is flagged as a break, or that the catalogue knows."""
    flagged = (to_bits(cells["flag"])[later] & BREAK) > 0
    rows = cells.iloc[later]
    known = np.zeros(len(rows), dtype=bool)
    for flow in catalogue.entries().values():
        for broke in flow.breaks:
            here = (rows["dataset"] == flow.code) & (rows["year"] == broke.year)
            known |= (here & ((rows["geo"] == broke.geo) | (broke.geo == "*"))).to_numpy()
    explained: Array = flagged | known
    return explained
