"""Countries beside each other: ranks with ties, distance to a reference, peers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError, UsageError
from sme_stats.frame import codes, dimensions, intervals, require, tidy
from sme_stats.indicators.alike import countries, hidden, in_percent, refuse_mixing, unite
from sme_stats.indicators.bounded import worst
from sme_stats.sources.codes import check_codes
from sme_stats.uncertainty.cube import Array, Cube, from_bits, make
from sme_stats.uncertainty.fractions import SHARP, SURE


def rank(frame: pd.DataFrame) -> pd.DataFrame:
    """Rank countries by one indicator; overlapping intervals share ranks.

    Parameters
    ----------
    frame : pandas.DataFrame
        An indicator's result: one measure, unit and size, many countries. Aggregates, whole or
        partial, are left out: they are not a country among others.

    Returns
    -------
    pandas.DataFrame
        The rows ordered from the highest, with ``best`` and ``worst``: the ranks that the
        intervals allow. A country with two ranks overlaps with others; a withheld one may have
        many.

    Raises
    ------
    MixingError
        If the frame has several measures, units, sizes, populations, vintages or years.
    IncoherentError
        If a country stands twice.
    NotAvailableError
        If no country has a value or an interval.

    Examples
    --------
    >>> from sme_stats import load, size_share
    >>> shares = size_share(load("sbs_sc_ovw", year=2021), "SME", "persons_employed")
    >>> ranks = rank(shares).set_index("geo")
    >>> ranks.loc[["EE", "PT"], ["best", "worst"]].values.tolist()
    [[2, 3], [1, 8]]
    """
    cells = refuse_mixing(countries(frame))
    lower, upper = intervals(cells)
    known = ~(np.isnan(lower) | np.isnan(upper))
    if not known.any():
        raise NotAvailableError("no country of the frame has a value or an interval to rank")
    cells, lower, upper = cells[known], lower[known], upper[known]
    surely_above = (lower[None, :] > upper[:, None]).sum(axis=1)
    # Equal points tie: neither is above the other, and both have the better rank.
    maybe_above = (upper[None, :] > lower[:, None]).sum(axis=1) - (upper > lower)
    out = cells.assign(best=surely_above + 1, worst=maybe_above + 1)
    order = np.lexsort((out["geo"].astype(str), -(lower + upper)))
    ranked: pd.DataFrame = out.iloc[order].reset_index(drop=True)
    return ranked


def distance_to(
    frame: pd.DataFrame, reference: str = "EU27_2020", across_vintages: str = "refuse"
) -> pd.DataFrame:
    """Difference of each place from a reference, in the indicator's unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        An indicator's result with the reference among its places.
    reference : str
        Place that the others are compared with: an aggregate, a partial aggregate or a country.
    across_vintages : {"refuse", "name"}
        What to do where place and reference are of different vintages of a table. ``"name"`` gives
        the difference with both in ``vintage``: ``2026-11|2026-03-10``.

    Returns
    -------
    pandas.DataFrame
        Measure ending in ``_distance``; unit PP for percentages, else the indicator's own;
        ``reference`` the place compared with, ``members`` its countries where it is a partial
        aggregate; ``lower`` and ``upper`` from both intervals; ``flag`` of both; the reference
        itself is left out.

    Raises
    ------
    UnknownNameError
        If there is no such reference.
    NotAvailableError
        If the frame has no row of it; names those that it has.
    MixingError
        If the frame has several measures, units or sizes, or place and reference are of different
        vintages; names both.
    NotAvailableError
        If no other place shares population and year with the reference.

    Examples
    --------
    >>> from sme_stats import load, size_share
    >>> shares = size_share(load("sbs_sc_ovw", geo=["DE", "FR"], year=2023), "SME",
    ...                     "persons_employed")
    >>> distance_to(shares, "FR")[["geo", "value", "unit"]].round(2).values.tolist()
    [['DE', 1.39, 'PP']]
    """
    if across_vintages not in WAYS:
        raise UnknownNameError("way to treat vintages", across_vintages, WAYS)
    cells = refuse_mixing(frame, free=("dataset", "vintage", "nace", "year", "age", "leg_form"))
    check_codes(cells, "the frame", {"geo": reference})
    # The measure is one: a rate that is published of one place may be computed of another.
    free = ("geo", "indic", "vintage", "members", "base_year")
    keys = [k for k in dimensions(cells) if k not in free]
    cells = cells.assign(_low=intervals(cells)[0], _high=intervals(cells)[1])
    own, theirs = cells[cells["geo"] != reference], cells[cells["geo"] == reference]
    pairs = own.merge(
        theirs[[*keys, *(c for c in _TAKEN if c in theirs.columns)]], on=keys, suffixes=("", "_ref")
    )
    if pairs.empty:
        raise NotAvailableError(
            f"no other place shares dataset, population and year with {reference}"
        )
    value = (pairs["value"] - pairs["value_ref"]).to_numpy()
    kept = {str(c): pairs[c] for c in frame.columns if c in pairs.columns}
    if "members" in kept:
        members = pairs["members"].astype(str)
        kept["members"] = members.where(members != "", pairs["members_ref"].astype(str))
    return tidy(kept | _said(pairs) | _vintages(pairs, reference, across_vintages) | {
        "measure": pairs["measure"].astype(str) + "_distance", "unit": in_percent(pairs),
        "reference": [reference] * len(pairs),
        "value": value, "lower": (pairs["_low"] - pairs["_high_ref"]).to_numpy(),
        "upper": (pairs["_high"] - pairs["_low_ref"]).to_numpy(),
        "flag": unite(pairs["flag"], pairs["flag_ref"]),
        "conf": hidden(value, pairs["conf"], pairs["conf_ref"]),
    })  # fmt: skip


#: What the reference gives to a difference, beside the keys that both share.
_TAKEN = ("vintage", "members", "value", "_low", "_high", "flag", "conf", "ends")
WAYS = ("refuse", "name")


def _said(pairs: pd.DataFrame) -> dict[str, Array]:
    """What is to be said of the ends; of two intervals that may hang together no more than sure."""
    if "ends" not in pairs.columns:
        return {}
    said = worst(pairs["ends"].to_numpy(), pairs["ends_ref"].to_numpy())
    both = (pairs["_low"] < pairs["_high"]) & (pairs["_low_ref"] < pairs["_high_ref"])
    return {"ends": np.where(both & (said == SHARP), SURE, said)}


def _vintages(pairs: pd.DataFrame, reference: str, across: str) -> dict[str, pd.Series[Any]]:
    """The vintage of each difference; both where they differ and that was asked for."""
    if "vintage" not in pairs.columns:
        return {}
    own, theirs = pairs["vintage"].astype(str), pairs["vintage_ref"].astype(str)
    differ = (own != theirs).to_numpy()
    if differ.any() and across == "refuse":
        row = pairs[differ].iloc[0]
        raise MixingError(
            f"{row['geo']} is of the vintage {row['vintage']} and {reference} of "
            f"{row['vintage_ref']}: a revision between the two would look like a difference. Load "
            'both from one, or take it by name: across_vintages="name"'
        )
    return {"vintage": own.where(~differ, own + "|" + theirs)}


def peers(frame: pd.DataFrame, geo: str, most: int = 5) -> pd.DataFrame:
    """Countries whose size structure is most like that of one, by total variation distance.

    The distance is half the sum of absolute differences of the class shares: the percentage of
    enterprises (persons, turnover) that would have to change class.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of `size_structure` for one measure and year.
    geo : str
        The country.
    most : int
        How many peers.

    Returns
    -------
    pandas.DataFrame
        ``geo``, ``value`` (distance in percentage points) with ``lower`` and ``upper``, nearest
        first; ``reference`` the country; measure ending in ``_structure_distance``, unit PP. After
        them, without a value and with ``conf`` C, countries with a withheld class that may be as
        near as the last of them; their ends hold, but may be wider than need be. Those that lack a
        class, or have one that nothing bounds, are left out.

    Raises
    ------
    UnknownNameError
        If there is no such country.
    MixingError
        If the frame has several measures, populations, vintages or years.
    NotAvailableError
        If the country is not in the frame; if its structure, or every other's, has a withheld
        class.
    UsageError
        If fewer than one peer is asked for, or the frame has no shares of several classes.

    Examples
    --------
    >>> from sme_stats import load, size_structure
    >>> structure = size_structure(load("sbs_sc_ovw", year=2023), "persons_employed")
    >>> peers(structure, "DE", most=2)[["geo", "value"]].round(1).values.tolist()
    [['SE', 6.2], ['FI', 8.9]]
    """
    if most < 1:
        raise UsageError(f"most = {most}: at least one peer must be asked for")
    require(frame, "size")
    check_codes(frame, "the frame", {"geo": geo})
    cells = refuse_mixing(countries(frame), free=("size",))
    _refuse_parts(cells)
    cube = make(cells)
    whole = ~np.isnan(cube.value).any(axis=1)
    names = cube.keys["geo"].astype(str).to_numpy()
    own = np.flatnonzero((names == geo) & whole)
    others = np.flatnonzero((names != geo) & whole)
    if not len(own) or not len(others):
        who = geo if not len(own) else "every other country"
        raise NotAvailableError(
            f"{who} lacks a class or has a withheld one; over the visible classes another country "
            "would look like it, so nothing is compared"
        )
    bounded = cube.withheld.any(axis=1) & np.isfinite(cube.upper).all(axis=1)
    value, lower, upper = _apart(cube, int(own[0]))
    near = others[np.lexsort((names[others], value[others]))][:most]
    maybe = np.flatnonzero(bounded & (names != geo))
    if len(near) == most:
        maybe = maybe[lower[maybe] <= value[near[-1]]]
    order = np.concatenate([near, maybe[np.lexsort((names[maybe], lower[maybe]))]])
    keys = cube.keys.iloc[order].reset_index(drop=True)
    bits = np.bitwise_or.reduce(cube.bits, axis=1)
    columns: dict[str, object] = {c: keys[c].array for c in keys.columns}
    stem = str(keys["measure"].iloc[0]).removesuffix("_share")
    return tidy(columns | {
        "measure": np.full(len(keys), f"{stem}_structure_distance"),
        "unit": np.full(len(keys), "PP"), "size": np.full(len(keys), "TOTAL"),
        "reference": np.full(len(keys), geo), "value": value[order], "lower": lower[order],
        "upper": upper[order], "flag": from_bits(bits[order] | bits[own[0]]),
        "conf": np.where(np.isnan(value[order]), "C", ""),
    })  # fmt: skip


def _refuse_parts(cells: pd.DataFrame) -> None:
    """Refuse what is no structure: of one class the distance is half of a difference."""
    classes, units = codes(cells["size"]), codes(cells["unit"])
    if len(classes) < 2 or units != ["PC"]:
        raise UsageError(
            f"peers compares the shares of every size class, and the frame has "
            f"{', '.join(classes) or 'no class'} in {', '.join(units)}; give it the result of "
            "size_structure"
        )


def _apart(cube: Cube, own: int) -> tuple[Array, Array, Array]:
    """Half of the sum of absolute differences, and its ends where shares are not known exactly."""
    value = np.abs(cube.value - cube.value[own]).sum(axis=1) / 2
    least = np.fmax(cube.lower - cube.upper[own], cube.lower[own] - cube.upper)
    most = np.fmax(cube.upper - cube.lower[own], cube.upper[own] - cube.lower)
    return value, np.fmax(least, 0.0).sum(axis=1) / 2, np.fmin(most.sum(axis=1) / 2, 100.0)
