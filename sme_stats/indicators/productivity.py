"""Productivity and finance by size: output per person, wage share, margins, investment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError, WithheldError
from sme_stats.frame import check, codes, concat, describe, dimensions, intervals, require, select
from sme_stats.indicators.ratios import bounded_ratio, ratio, with_last_digit
from sme_stats.indicators.shares import size_share

#: Thousand euro in one unit of an amount.
_THOUSANDS = {"EUR": 1e-3, "KEUR": 1.0, "MEUR": 1e3, "BEUR": 1e6}


def labour_productivity(
    frame: pd.DataFrame, size: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:  # fmt: skip
    """Value added per person employed, in thousand euro at current prices.

    Apparent labour productivity: working proprietors are among the persons employed, their income
    is in the value added.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with value added and persons employed.
    size : str, optional
        A class or range as for `size_share`; by default every published class and TOTAL.
    sharp : bool, optional
        As for `size_share`; ``ends`` in the result says whether they are.

    Returns
    -------
    pandas.DataFrame
        Measure ``labour_productivity``, unit ``TEUR``, with ``lower`` and ``upper``. A cell that
        rests on a withheld one has no value; where nothing bounds it, ``upper`` is infinite.

    Raises
    ------
    UnknownNameError
        If a measure is not in the frame.
    MixingError
        If the amounts are in different units or currencies.
    NotAvailableError
        If no cell has both.

    Notes
    -----
    The productivity of a total is never computed from the visible classes alone: over withheld
    classes it would be another number (Italy 2023, section D: 385.67 published, 64.63 from the
    classes that are visible).

    Examples
    --------
    Manufacturing in Italy, national table of ISTAT:

    >>> from sme_stats import load
    >>> cells = load("releases", dataset="istat_sbs", nace="C", year=2021)
    >>> out = labour_productivity(cells)
    >>> out.loc[out["size"].isin(["0-9", "GE250"]), ["size", "value"]].round(1).to_dict("list")
    {'size': ['0-9', 'GE250'], 'value': [33.0, 105.0]}
    """
    return _per_head(frame, "value_added", "labour_productivity", size, sharp)


def investment_per_person(
    frame: pd.DataFrame, size: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:  # fmt: skip
    """Gross investment in tangible goods per person employed, in thousand euro.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with gross investment and persons employed (sbs_ovw_act from 2021,
        sbs_na_sca_r2 before; no table of Eurostat has the two by size), or with the published
        ratio.
    size : str, optional
        A class or range; by default every published class and TOTAL.
    sharp : bool, optional
        As for `size_share`.

    Returns
    -------
    pandas.DataFrame
        Measure ``investment_per_person``, unit ``TEUR``; as `labour_productivity`. Where the frame
        has no amounts, the ratio as published, ± half of its last digit.

    Raises
    ------
    UnknownNameError, MixingError, NotAvailableError
        As `labour_productivity`.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("releases", dataset="istat_sbs", nace="0010 (ISTAT total)", year=2023)
    >>> float(investment_per_person(cells)["value"].round(1).iloc[0])
    8.4
    """
    require(frame, "measure")
    present = codes(frame["measure"])
    if "gross_investment" not in present and "investment_per_person" in present:
        cells = select(frame, measure="investment_per_person", size=size)
        return with_last_digit(check(cells))
    return _per_head(frame, "gross_investment", "investment_per_person", size, sharp)


def wage_share(
    frame: pd.DataFrame, size: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:  # fmt: skip
    """Personnel cost in percent of value added.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with personnel cost and value added.
    size : str, optional
        A class or range; by default every published class and TOTAL.
    sharp : bool, optional
        As for `size_share`.

    Returns
    -------
    pandas.DataFrame
        Measure ``wage_share``, unit PC. It may exceed 100, where value added does not cover
        personnel cost; the income of working proprietors is not a personnel cost, so small
        classes look low.

    Raises
    ------
    UnknownNameError, MixingError, NotAvailableError
        As `labour_productivity`.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("releases", dataset="istat_sbs", nace="0010 (ISTAT total)", year=2023)
    >>> float(wage_share(cells)["value"].round(1).iloc[0])
    49.3
    """
    return _percent(frame, "personnel_cost", "value_added", "wage_share", size, sharp)


def gross_operating_rate(
    frame: pd.DataFrame, size: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:  # fmt: skip
    """Gross operating surplus in percent of turnover.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with gross operating surplus and turnover.
    size : str, optional
        A class or range; by default every published class and TOTAL.
    sharp : bool, optional
        As for `size_share`.

    Returns
    -------
    pandas.DataFrame
        Measure ``gross_operating_rate``, unit PC.

    Raises
    ------
    UnknownNameError, MixingError, NotAvailableError
        As `labour_productivity`.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("releases", dataset="istat_sbs", nace="0010 (ISTAT total)", year=2023)
    >>> float(gross_operating_rate(cells)["value"].round(1).iloc[0])
    13.3
    """
    return _percent(
        frame, "gross_operating_surplus", "turnover", "gross_operating_rate", size, sharp
    )


def productivity_gap(frame: pd.DataFrame) -> pd.DataFrame:
    """Labour productivity of large enterprises over that of SMEs, a ratio.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with value added and persons employed by size.

    Returns
    -------
    pandas.DataFrame
        Measure ``productivity_gap``, unit ``RATIO``: 2 means that a person in a large enterprise
        adds twice the value. One row a group, with ``lower`` and ``upper``.

    Raises
    ------
    WithheldError
        If a needed class is withheld and nothing bounds it; names the cell.
    UnknownNameError, MixingError, NotAvailableError
        As `labour_productivity`.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("releases", dataset="istat_sbs", nace="C", year=2021)
    >>> float(productivity_gap(cells)["value"].round(2).iloc[0])
    1.76
    """
    _refuse_lacking(frame, ("value_added", "persons_employed"))
    _one_unit(frame, ("value_added",))
    both = concat([_odds(frame, measure) for measure in ("value_added", "persons_employed")])
    out = ratio(both, "value_added_share", "persons_employed_share", "productivity_gap", "RATIO")
    out = out.drop(columns="size")
    # Where a side has nobody there is no gap; that is no secret.
    unbounded = ~np.isfinite(out[["lower", "upper"]].to_numpy()).all(axis=1)
    unbounded &= (out["conf"].astype(str) != "").to_numpy()
    if unbounded.any():
        keys = [k for k in dimensions(out) if k not in ("measure", "unit")]
        raise WithheldError(
            f"the productivity gap of {describe(out.loc[unbounded].iloc[0], keys)} rests "
            "on a withheld class that nothing bounds; leave this group out, or load the sections "
            "and measures that would bound it"
        )
    return out


def _odds(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Large enterprises over SMEs: s / (100 - s) of the share s, so that both stay in one total."""
    shares = size_share(frame, "large", measure)
    value = shares["value"].to_numpy()
    lower, upper = intervals(shares)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Beyond 100 % the rest is a loss, at 100 nobody: a ratio to it says nothing.
        known = (upper <= 100) & (lower < 100) & np.isfinite(lower)
        most = np.where(known, upper / (100 - upper), np.inf)
        least = np.where(known, lower / (100 - lower), -np.inf)
        odds = np.where(value < 100, value / (100 - value), np.nan)
        return shares.assign(value=odds, lower=least, upper=most)


def _per_head(
    frame: pd.DataFrame, amount: str, measure: str, size: str | None, sharp: bool | None
) -> pd.DataFrame:  # fmt: skip
    measures = (amount, "persons_employed")
    _refuse_lacking(frame, measures)
    factor = _THOUSANDS[_one_unit(frame, (amount,))]
    return bounded_ratio(frame, measures, measure, "TEUR", factor, size, sharp)


def _percent(
    frame: pd.DataFrame, above: str, below: str, measure: str, size: str | None,
    sharp: bool | None,
) -> pd.DataFrame:  # fmt: skip
    measures = (above, below)
    _refuse_lacking(frame, measures)
    _one_unit(frame, measures)
    return bounded_ratio(frame, measures, measure, "PC", 100.0, size, sharp)


def _refuse_lacking(frame: pd.DataFrame, measures: tuple[str, ...]) -> None:
    """Refuse a frame that lacks one of some measures; names where to find it."""
    require(frame, "dataset", "measure", "unit")
    present = codes(frame["measure"])
    for measure in measures:
        if measure not in present:
            tables = ", ".join(codes(frame["dataset"]))
            raise UnknownNameError(
                "measure in the frame", measure, present,
                f"the cells at hand of {tables} lack it: load a table or a source that has it",
            )  # fmt: skip


def _one_unit(cells: pd.DataFrame, measures: tuple[str, ...]) -> str:
    """The unit of the amounts, which must be one."""
    units = codes(cells.loc[cells["measure"].isin(measures), "unit"])
    if len(units) != 1:
        raise MixingError(
            f"{' and '.join(measures)} are in {', '.join(units)}; amounts of different units give "
            "no ratio, so select one table"
        )
    if units[0] not in _THOUSANDS:
        raise NotAvailableError(f"amounts in {units[0]} are not in euro; nothing is converted")
    return units[0]
