"""Do countries become alike: sigma and beta convergence of any indicator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.errors import NotAvailableError, UsageError
from sme_stats.frame import intervals, tidy
from sme_stats.indicators.alike import countries, flags_of, refuse_mixing
from sme_stats.indicators.growth import broken_pairs
from sme_stats.uncertainty.cube import Array

#: Countries below which a spread or a slope says nothing.
FEWEST = 3


def convergence(frame: pd.DataFrame, start: int, end: int) -> pd.DataFrame:
    """Sigma and beta convergence of an indicator between countries.

    Sigma: the coefficient of variation over countries in each year. Beta: the slope of annual log
    growth on the log of the starting value, by least squares; below zero, the low grow faster.
    Only countries with a value above zero in both years count.

    Parameters
    ----------
    frame : pandas.DataFrame
        An indicator's result over years: one measure, population, size and vintage.
    start, end : int
        The two years; no break may lie between them for a country, or it is left out.

    Returns
    -------
    pandas.DataFrame
        Rows ``sigma`` for both years and ``beta`` for the pair, unit RATIO, ``members`` the
        countries, ``flag`` the union of theirs. ``lower`` and ``upper`` of sigma are what rounded
        or bounded inputs leave open (sure, not sharp); those of beta the 95 % interval of the
        slope over these countries (Student's t), widened by the same to first order.

    Raises
    ------
    NotAvailableError
        If fewer than three countries have both years without a break.
    MixingError
        If the frame has several measures, populations, sizes or vintages.
    UsageError
        If the years are not in order.

    Notes
    -----
    Countries without a value, such as those whose classes are withheld, are left out: a spread
    over other countries is another number, so read ``members``.

    Examples
    --------
    >>> from sme_stats import load, size_share
    >>> shares = size_share(load("sbs_sc_ovw", year=[2022, 2024]), "SME", "persons_employed")
    >>> out = convergence(shares, 2022, 2024)
    >>> out[["measure", "year", "value"]].round(4).values.tolist()
    [['sigma', 2022, 0.1178], ['sigma', 2024, 0.123], ['beta', 2024, 0.0199]]
    """
    if start >= end:
        raise UsageError(f"convergence from {start} to {end}: the start must come before the end")
    before, after = pairs(frame, start, end)
    if len(before) < FEWEST:
        raise NotAvailableError(
            f"fewer than three countries have {start} and {end} without a break between them"
        )
    ends = [_sigma(rows) for rows in (before, after)] + [_beta(before, after, end - start)]
    value, lower, upper = np.array(ends).T
    flags = [flags_of(before), flags_of(after), flags_of(pd.concat([before, after]))]
    kept = ("dataset", "vintage", "nace", "size", "age", "leg_form")
    rows = {c: np.full(3, str(next(iter(after[c])))) for c in kept if c in after.columns}
    return tidy(rows | {
        "measure": np.array(["sigma", "sigma", "beta"]), "unit": np.full(3, "RATIO"),
        "geo": np.full(3, f"{len(before)} countries"), "year": np.array([start, end, end]),
        "members": np.full(3, "+".join(before["geo"].astype(str))), "value": value,
        "lower": lower, "upper": upper, "flag": flags, "conf": np.full(3, ""),
    })  # fmt: skip


def pairs(frame: pd.DataFrame, start: int, end: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Countries with both years and no break between: their rows of each year, in one order.

    Raises
    ------
    MixingError
        If the frame has several measures, populations, sizes or vintages.
    """
    cells = countries(frame)
    cells = refuse_mixing(cells[cells["year"].isin([start, end])], free=("year",))
    cells = cells[cells["value"] > 0].sort_values(["geo", "year"])
    wide = cells[cells.duplicated("geo", keep=False)]
    crossing = broken_pairs(wide, np.arange(1, len(wide), 2))
    return wide.iloc[0::2][~crossing], wide.iloc[1::2][~crossing]


def _reach(rows: pd.DataFrame) -> Array:
    """How far each value may be off."""
    lower, upper = intervals(rows)
    value = rows["value"].to_numpy()
    off: Array = np.fmax(np.fmax(upper - value, value - lower), 0.0)
    return off


def _sigma(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Coefficient of variation; a standard deviation moves by no more than the norm of errors."""
    value, off = rows["value"].to_numpy(), _reach(rows)
    mean, spread = float(value.mean()), float(value.std(ddof=1))
    moved, shifted = float(np.sqrt(off @ off / (len(off) - 1))), float(off.mean())
    lower = max(spread - moved, 0.0) / (mean + shifted)
    upper = (spread + moved) / (mean - shifted) if mean > shifted else np.inf
    return spread / mean, lower, upper


def _beta(before: pd.DataFrame, after: pd.DataFrame, years: int) -> tuple[float, float, float]:
    from scipy.stats import t

    first, last = (rows["value"].to_numpy() for rows in (before, after))
    x, y = np.log(first), np.log(last / first) / years
    centred = x - x.mean()
    total = float(centred @ centred)
    if total <= 1e-18:  # all start alike: no slope
        return np.nan, np.nan, np.nan
    slope = float(centred @ y / total)
    residual = y - y.mean() - slope * centred
    error = float(np.sqrt(residual @ residual / (len(x) - 2) / total))
    reach = float(t.ppf(0.975, len(x) - 2)) * error
    # First order: how the slope moves with each end of each country, times how far it may be off.
    by_last = centred / total / years
    by_first = (y - y.mean() - 2 * slope * centred) / total - by_last
    reach += float(np.abs(by_last) @ (_reach(after) / last))
    reach += float(np.abs(by_first) @ (_reach(before) / first))
    return slope, slope - reach, slope + reach
