"""Births, deaths, churn and survival of enterprises."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd

from sme_stats.errors import NotAvailableError, UnknownNameError
from sme_stats.frame import check, codes, concat, dimensions, intervals, require, select, tidy
from sme_stats.indicators.alike import hidden, unite
from sme_stats.indicators.ratios import ratio

#: Rates are published with two decimals.
HALF_DIGIT = 0.005
#: Old indicator codes carry the age that the new tables keep as a dimension.
_AGE_OF = {f"V9704{n}": f"Y{n}" for n in range(1, 6)}


def birth_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """Births in percent of active enterprises.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_size or bd_9bd_sz_cl_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``birth_rate``, unit PC. Computed from the two counts where the frame has them,
        then exact; else as published, known to half of its last digit (0.005).

    Raises
    ------
    NotAvailableError
        If the frame has neither the counts nor the rate.

    Examples
    --------
    >>> from sme_stats import load
    >>> rate = birth_rate(load("bd_size", geo="EU27_2020", year=2023))
    >>> rate[["value", "lower", "upper"]].round(3).to_dict("list")
    {'value': [10.46], 'lower': [10.455], 'upper': [10.465]}
    """
    return _rate(frame, "birth_rate", "births")


def death_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """Deaths in percent of active enterprises.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_size or bd_9bd_sz_cl_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``death_rate``, unit PC, as `birth_rate`. Deaths of the last two years are
        provisional (flag ``p``) and overshoot: do not read them as a trend.

    Raises
    ------
    NotAvailableError
        If the frame has neither the counts nor the rate.

    Examples
    --------
    >>> from sme_stats import load
    >>> rate = death_rate(load("bd_size", geo="BG", year=2024))
    >>> rate[["value", "flag"]].to_dict("list")
    {'value': [14.99], 'flag': ['p']}
    """
    return _rate(frame, "death_rate", "deaths")


def churn_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """Birth rate plus death rate, in percent of active enterprises.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_size or bd_9bd_sz_cl_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``churn_rate``, unit PC: the published churn where there is one (±0.005), else the
        sum of the two rates, whose half digits add.

    Raises
    ------
    NotAvailableError
        If neither is there.

    Examples
    --------
    >>> from sme_stats import load
    >>> churn = churn_rate(load("bd_size", geo=["DE", "EU27_2020"], year=2022))
    >>> dict(zip(churn["geo"], churn["value"].round(2)))
    {'EU27_2020': 18.9, 'DE': 15.31}
    """
    require(frame, "measure")
    parts = [_published(frame, "churn_rate")] if _has(frame, "churn_rate") else []
    with suppress(NotAvailableError):
        summed = combine(birth_rate(frame), death_rate(frame), "churn_rate", "PC", 1)
        parts.append(_without(summed, parts[0]) if parts else summed)
    if not any(map(len, parts)):
        raise NotAvailableError("the frame has neither churn nor both birth and death rate")
    return concat(parts)


def survival(frame: pd.DataFrame) -> pd.DataFrame:
    """Enterprises born n years ago and still alive, in percent of those born then.

    Survival at age n in year t is the share of the enterprises born in t-n that are alive in t.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_size (dimension ``age``) or bd_9bd_sz_cl_r2 (codes V97041 to V97045).

    Returns
    -------
    pandas.DataFrame
        Measure ``survival``, unit PC, ``age`` Y1 to Y5; known to half of the last digit.

    Raises
    ------
    NotAvailableError
        If the frame has no survival rates.

    Examples
    --------
    >>> from sme_stats import load
    >>> rates = survival(load("bd_size", geo="EU27_2020", year=2023))
    >>> dict(zip(rates["age"], rates["value"]))
    {'Y1': 81.04, 'Y2': 66.97}
    """
    require(frame, "measure")
    if not _has(frame, "survival"):
        raise NotAvailableError("the frame has no survival rates")
    out = _published(frame, "survival")
    old = out["indic"].astype(str).map(_AGE_OF)
    age = out["age"].astype(str) if "age" in out.columns else pd.Series("", index=out.index)
    out = out.assign(age=old.where(old.notna(), age))
    return tidy({str(name): out[name] for name in out.columns})


def implied_active(frame: pd.DataFrame) -> pd.DataFrame:
    """Active enterprises implied by births and the published birth rate, a number.

    For aggregates whose stock is not published: births are exact, the rate is known to ±0.005, so
    the quotient is an interval of about one in two thousand.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_size or bd_9bd_sz_cl_r2 with births and birth rate of TOTAL.

    Returns
    -------
    pandas.DataFrame
        Measure ``active_enterprises``, unit NR, with ``lower`` and ``upper``.

    Raises
    ------
    UnknownNameError
        If the frame lacks births or the birth rate.
    NotAvailableError
        If no cell has both.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("bd_9bd_sz_cl_r2", geo="EU27_2020", year=2017, size="TOTAL")
    >>> stock = implied_active(cells)
    >>> (stock[["lower", "value", "upper"]] / 1e6).round(2).to_dict("list")
    {'lower': [24.96], 'value': [24.98], 'upper': [24.99]}
    """
    require(frame, "measure")
    if not _has(frame, "birth_rate"):
        raise UnknownNameError("measure in the frame", "birth_rate", codes(frame["measure"]))
    rates = _published(frame, "birth_rate")
    births = frame[frame["measure"] == "births"]
    return ratio(concat([births, rates]), "births", "birth_rate", "active_enterprises", "NR", 100.0)


def _rate(frame: pd.DataFrame, measure: str, counted: str) -> pd.DataFrame:
    require(frame, "measure")
    parts = []
    if _has(frame, counted) and _has(frame, "active_enterprises"):
        # The counts may be of different cells; the published rate may still do.
        with suppress(NotAvailableError):
            parts.append(ratio(frame, counted, "active_enterprises", measure, "PC", 100.0))
    if _has(frame, measure):
        published = _published(frame, measure)
        parts.append(_without(published, parts[0]) if parts else published)
    if not parts:
        raise NotAvailableError(
            f"the frame has neither the {measure.replace('_', ' ')} nor {counted} and active "
            "enterprises of the same cells"
        )
    return concat(parts)


def _published(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Rates as published, with the interval of their last digit."""
    return rounded(check(select(frame, measure=measure)))


def rounded(cells: pd.DataFrame) -> pd.DataFrame:
    """Rates with the interval of their last digit; ends that stand there already are kept."""
    lower, upper = intervals(cells)
    value = cells["value"].to_numpy()
    given = lower < upper
    return cells.assign(
        lower=np.where(given, lower, value - HALF_DIGIT),
        upper=np.where(given, upper, value + HALF_DIGIT),
    )


def _has(frame: pd.DataFrame, measure: str) -> bool:
    return bool((frame["measure"] == measure).any())


def _keys(frame: pd.DataFrame) -> list[str]:
    return [d for d in dimensions(frame) if d not in ("indic", "measure")]


def _without(frame: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Rows of cells that `known` does not have."""
    keys = [k for k in _keys(frame) if k in known.columns]
    seen = pd.MultiIndex.from_frame(known[keys].astype(str))
    return frame[~pd.MultiIndex.from_frame(frame[keys].astype(str)).isin(seen)]


def combine(
    left: pd.DataFrame, right: pd.DataFrame, measure: str, unit: str, sign: int
) -> pd.DataFrame:
    """Sum (sign 1) or difference (sign -1) of two rates of the same cells; intervals add."""
    keys = [k for k in _keys(left) if k in right.columns]
    columns = [*keys, "value", "lower", "upper", "flag", "conf"]
    pairs = left[columns].merge(right[columns], on=keys)
    value = (pairs["value_x"] + sign * pairs["value_y"]).to_numpy()
    ends = ("lower", "upper")[::sign]
    out: dict[str, object] = {k: pairs[k].to_numpy() for k in keys}
    return tidy(out | {
        "indic": np.full(len(pairs), ""), "measure": np.full(len(pairs), measure),
        "unit": np.full(len(pairs), unit), "value": value,
        "lower": (pairs["lower_x"] + sign * pairs[f"{ends[0]}_y"]).to_numpy(),
        "upper": (pairs["upper_x"] + sign * pairs[f"{ends[1]}_y"]).to_numpy(),
        "flag": unite(pairs["flag_x"], pairs["flag_y"]),
        "conf": hidden(value, pairs["conf_x"], pairs["conf_y"]),
    })  # fmt: skip
