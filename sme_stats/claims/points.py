"""The definitions around a claim as points: their number, and how much of the claim must change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sme_stats.claims.blocks import KEYS, Block
from sme_stats.claims.distance import Costs, Weights
from sme_stats.claims.evidence import units_of
from sme_stats.claims.model import Claim
from sme_stats.claims.scan import columns, first_holding
from sme_stats.claims.space import Space
from sme_stats.uncertainty.cube import Array, from_bits


def definition_points(
    claim: Claim, space: Space, weights: Weights | None = None, most: int = 5000
) -> pd.DataFrame:
    """Every plausible definition of a claim's printed number, the nearest first.

    Parameters
    ----------
    claim : Claim
        The claim.
    space : Space
        Definition space.
    weights : Weights, optional
        What a change of each axis costs; ``plausible`` is how far definitions are taken.
    most : int
        The nearest so many.

    Returns
    -------
    pandas.DataFrame
        One row a definition and year: what identifies it, ``statistic``, ``size``, ``of``,
        ``value``, ``lower`` and ``upper`` in the unit of the printed number (a percentage, a
        number, euro), ``flag``, ``conf``, ``distance`` and ``reading``, empty where the printed
        number does not hold.

    Examples
    --------
    >>> from sme_stats import read_claims
    >>> from sme_stats.claims.space import embedded
    >>> from sme_stats.places import data_dir
    >>> claim = read_claims(data_dir() / "claims" / "press-2023.toml")[2]
    >>> points = definition_points(claim, embedded())
    >>> points[points["reading"] != ""][["size", "geo", "reading"]].iloc[0].tolist()
    ['GE250', 'EU27_2020', 'truncated']
    """
    weights = weights or Weights()
    costs, parts = Costs(claim, weights), []
    rows_cost: dict[int, Array] = {}
    for block, size in columns(space):
        if id(block) not in rows_cost:
            rows_cost = {id(block): costs.rows(block)}  # columns of a block come together
        cost = rows_cost[id(block)] + costs.column(block.statistic, size, block.of)
        near = np.flatnonzero(cost <= weights.plausible)
        part = _column(claim, block, size, (near, cost), weights)
        if part is not None:
            parts.append(part)
    if not parts:
        return pd.DataFrame({name: [] for name in [*KEYS, "value", "distance", "reading"]})
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values("distance", kind="stable").head(most).reset_index(drop=True)


def _of_fit(claim: Claim, middle: Array, holding: Array, weights: Weights) -> Array:
    """What a hit costs beside its axes, as in the search: its reading, and lying off the number."""
    reading = claim.printed.readings[0]
    half = (reading.upper - reading.lower) / 2
    off = np.zeros(len(middle))
    if 0 < half < np.inf:
        off = weights.off_centre * np.minimum(1.0, np.abs(middle - claim.printed.value) / half)
    found: Array = np.where(holding < 0, 0.0, off + np.where(holding > 0, weights.reading, 0.0))
    return found


def _column(
    claim: Claim, block: Block, size: str, near: tuple[Array, Array], weights: Weights
) -> pd.DataFrame | None:
    near_rows, cost = near
    factor, fits = units_of(claim.printed, block.keys["unit"])
    if not len(near_rows) or not fits.any():
        return None
    numbers = block.column(size)
    if block.narrow is not None:
        numbers = block.narrowed(size, near_rows[(numbers.doubtful & fits)[near_rows]])
    known = numbers.keep & fits & np.isfinite(numbers.lower) & np.isfinite(numbers.upper)
    rows = near_rows[known[near_rows]]
    if not len(rows):
        return None
    lower, upper = factor[rows] * numbers.lower[rows], factor[rows] * numbers.upper[rows]
    value, readings = factor[rows] * numbers.value[rows], claim.printed.readings
    known_as = np.where(np.isnan(value), (lower + upper) / 2, value)
    holding = first_holding(lower, upper, numbers.withheld[rows], readings)
    names = np.array([*(reading.name for reading in readings), ""], dtype=object)
    base = 0 if block.base is None else block.base[rows]
    content: dict[str, Any] = {name: np.asarray(block.keys[name][rows]) for name in KEYS}
    return pd.DataFrame(content | {
        "statistic": block.statistic, "size": size, "of": block.of, "base_year": base,
        "value": value, "lower": lower, "upper": upper,
        "flag": np.asarray(from_bits(numbers.bits[rows])),
        "conf": np.where(numbers.withheld[rows], "C", ""), "reading": names[holding],
        "distance": cost[rows] + _of_fit(claim, known_as, holding, weights),
    })  # fmt: skip


def map_of(claim: Claim, space: Space, weights: Weights | None = None) -> dict[str, Any]:
    """What the chart of a claim's definitions draws: the printed number and the points.

    Examples
    --------
    >>> from sme_stats import read_claims
    >>> from sme_stats.claims.space import embedded
    >>> from sme_stats.places import data_dir
    >>> claim = read_claims(data_dir() / "claims" / "press-2023.toml")[0]
    >>> found = map_of(claim, embedded())
    >>> found["printed"], found["printed_lower"], found["kind"]
    ('58%', 57.5, 'percent')
    """
    printed, points = claim.printed, definition_points(claim, space, weights)
    own = points[~points["source"].isin(claim.own_sources)] if len(points) else points
    return {
        "id": claim.id, "quote": claim.quote, "printed": printed.text, "kind": printed.kind,
        "printed_lower": printed.lower, "printed_upper": printed.upper, "points": own,
    }  # fmt: skip
