"""Countries beside each other: ranks with ties, distance to a reference, peers, convergence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError
from sme_stats.frame import codes, dimensions, intervals, require, tidy
from sme_stats.uncertainty.cube import Array, make


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
        If the frame has several measures, units, sizes, populations or years.
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
    cells = _one_indicator(frame)
    cells = cells[cells["geo"].astype(str).map(_is_country)]
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


def distance_to(frame: pd.DataFrame, reference: str = "EU27_2020") -> pd.DataFrame:
    """Difference of each place from a reference, in the indicator's unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        An indicator's result with the reference among its places.
    reference : str
        Place that the others are compared with: an aggregate, a partial aggregate or a country.

    Returns
    -------
    pandas.DataFrame
        Measure ending in ``_distance``; unit PP for percentages, else the indicator's own;
        ``lower`` and ``upper`` from both intervals; the reference itself is left out.

    Raises
    ------
    UnknownNameError
        If the reference is not in the frame.
    MixingError
        If the frame has several measures, units or sizes.
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
    cells = _same_kind(frame)
    present = codes(cells["geo"])
    if reference not in present:
        raise UnknownNameError("geo in the frame", reference, present)
    keys = [k for k in dimensions(cells) if k not in ("geo", "vintage", "members")]
    cells = cells.assign(_low=intervals(cells)[0], _high=intervals(cells)[1])
    theirs = cells[cells["geo"] == reference][[*keys, "value", "_low", "_high"]]
    text = {k: str for k in keys if k != "year"}
    pairs = cells[cells["geo"] != reference].astype(text).merge(
        theirs.astype(text), on=keys, suffixes=("", "_ref")
    )  # fmt: skip
    if pairs.empty:
        raise NotAvailableError(
            f"no other place shares dataset, population and year with {reference}"
        )
    unit = pairs["unit"].astype(str)
    pairs = pairs.assign(
        measure=pairs["measure"].astype(str) + "_distance", unit=unit.where(unit != "PC", "PP"),
        value=pairs["value"] - pairs["value_ref"], lower=pairs["_low"] - pairs["_high_ref"],
        upper=pairs["_high"] - pairs["_low_ref"],
    )  # fmt: skip
    drop = [c for c in pairs.columns if str(c).startswith("_") or str(c).endswith("_ref")]
    pairs = pairs.drop(columns=drop)
    return tidy({str(c): pairs[c] for c in pairs.columns})


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
        ``geo``, ``value`` (distance in percentage points), nearest first; measure
        ``structure_distance``.

    Raises
    ------
    UnknownNameError
        If the country is not in the frame.
    NotAvailableError
        If the country's structure, or every other's, has a withheld class.

    Examples
    --------
    >>> from sme_stats import load, size_structure
    >>> structure = size_structure(load("sbs_sc_ovw", year=2023), "persons_employed")
    >>> peers(structure, "DE", most=2)[["geo", "value"]].round(1).values.tolist()
    [['SE', 6.2], ['FI', 8.9]]
    """
    cells = _same_kind(frame, free=("size",))
    if geo not in codes(cells["geo"]):
        raise UnknownNameError("geo in the frame", geo, codes(cells["geo"]))
    cells = cells[cells["geo"].astype(str).map(_is_country)]
    cube = make(cells)
    whole = ~np.isnan(cube.value).any(axis=1)
    names = cube.keys["geo"].astype(str).to_numpy()
    own = np.flatnonzero((names == geo) & whole)
    others = np.flatnonzero((names != geo) & whole)
    if len(own) != 1 or not len(others):
        raise NotAvailableError(f"{geo} or all others lack a class, or stand there twice")
    gap = np.abs(cube.value[others] - cube.value[own]).sum(axis=1) / 2
    nearest = np.argsort(gap, kind="stable")[:most]
    keys = cube.keys.iloc[others[nearest]].reset_index(drop=True)
    columns: dict[str, object] = {c: keys[c].array for c in keys.columns}
    return tidy(columns | {
        "measure": np.full(len(keys), "structure_distance"), "unit": np.full(len(keys), "PP"),
        "value": gap[nearest], "lower": gap[nearest], "upper": gap[nearest],
        "flag": np.full(len(keys), ""), "conf": np.full(len(keys), ""),
    })  # fmt: skip


def convergence(frame: pd.DataFrame, start: int, end: int) -> pd.DataFrame:
    """Sigma and beta convergence of an indicator between countries.

    Sigma: the coefficient of variation over countries in each year. Beta: the slope of annual log
    growth on the log of the starting value, by least squares; below zero, the low grow faster.
    Only countries with a value in both years count.

    Parameters
    ----------
    frame : pandas.DataFrame
        An indicator's result over years, positive values.
    start, end : int
        The two years; no break may lie between them for a country, or it is left out.

    Returns
    -------
    pandas.DataFrame
        Rows ``sigma`` for both years and ``beta`` for the pair (with ``lower`` and ``upper`` at two
        standard errors), ``members`` the countries.

    Raises
    ------
    NotAvailableError
        If fewer than three countries have both years without a break.

    Examples
    --------
    >>> from sme_stats import load, size_share
    >>> shares = size_share(load("sbs_sc_ovw", year=[2022, 2024]), "SME", "persons_employed")
    >>> out = convergence(shares, 2022, 2024)
    >>> out[["measure", "year", "value"]].round(4).values.tolist()
    [['sigma', 2022, 0.1178], ['sigma', 2024, 0.123], ['beta', 2024, 0.0199]]
    """
    from sme_stats.indicators.growth import broken_pairs

    cells = _same_kind(frame, free=("year",))
    cells = cells[cells["geo"].astype(str).map(_is_country) & (cells["value"] > 0)]
    wide = cells[cells["year"].isin([start, end])].sort_values(["geo", "year"], kind="stable")
    both = wide.groupby("geo", observed=True)["year"].transform("nunique") == 2
    wide = wide[both.to_numpy()].reset_index(drop=True)
    crossing = broken_pairs(wide, np.arange(1, len(wide), 2)) if len(wide) else np.zeros(0, bool)
    before, after = wide.iloc[0::2][~crossing], wide.iloc[1::2][~crossing]
    if len(before) < 3:
        raise NotAvailableError(
            f"fewer than three countries have {start} and {end} without a break between them"
        )
    first, last = before["value"].to_numpy(), after["value"].to_numpy()
    slope, error = _slope(np.log(first), np.log(last / first) / (end - start))
    sigma = [values.std(ddof=1) / values.mean() for values in (first, last)]
    value, reach = np.array([*sigma, slope]), np.array([0.0, 0.0, 2 * error])
    rows = {c: np.repeat(after[c].iloc[0], 3) for c in ("dataset", "vintage", "nace", "size")}
    return tidy(rows | {
        "measure": np.array(["sigma", "sigma", "beta"]), "unit": np.full(3, "RATIO"),
        "geo": np.full(3, f"{len(before)} countries"), "year": np.array([start, end, end]),
        "members": np.full(3, "+".join(before["geo"].astype(str)), dtype=object), "value": value,
        "lower": value - reach, "upper": value + reach,
        "flag": np.full(3, ""), "conf": np.full(3, ""),
    })  # fmt: skip


def _slope(x: Array, y: Array) -> tuple[float, float]:
    """Least-squares slope and its standard error."""
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    residual = y - y.mean() - slope * centred
    free = max(len(x) - 2, 1)
    return slope, float(np.sqrt(residual @ residual / free / (centred @ centred)))


def _is_country(geo: Any) -> bool:
    return codelists.table("GEO").get(str(geo), {}).get("kind") == "country"


def _same_kind(frame: pd.DataFrame, free: tuple[str, ...] = ()) -> pd.DataFrame:
    """Refuse several measures, units or sizes where one is meant."""
    require(frame, "measure", "unit", "geo", "year", "value")
    for column in ("measure", "unit", "size"):
        if column in frame.columns and column not in free and len(codes(frame[column])) > 1:
            raise MixingError(
                f"the frame has several {column}s ({', '.join(codes(frame[column])[:5])}); a "
                "comparison is of one, so select it"
            )
    return frame


def _one_indicator(frame: pd.DataFrame) -> pd.DataFrame:
    """The same, of one population and year."""
    _same_kind(frame)
    for column in ("nace", "year"):
        found = sorted(map(str, frame[column].unique())) if column in frame.columns else []
        if len(found) > 1:
            raise MixingError(
                f"the frame has several {column}s ({', '.join(found[:5])}); countries are ranked "
                "within one, so select it"
            )
    return frame
