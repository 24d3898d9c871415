"""What births, deaths and growing enterprises mean for enterprises and employment."""

from __future__ import annotations

import pandas as pd

from sme_stats.errors import MixingError, NotAvailableError
from sme_stats.frame import check, codes, concat, describe, dimensions, require, select
from sme_stats.indicators.demography import birth_rate, combine, death_rate, rounded, survival
from sme_stats.indicators.ratios import ratio

_AGES = {f"Y{n}": n for n in range(1, 6)}
#: Old indicator codes carry the age that the new tables keep as a dimension.
_AGE_OF = {f"V1{kind}94{n}": age for kind in (1, 6) for age, n in _AGES.items()}


def net_growth(frame: pd.DataFrame) -> pd.DataFrame:
    """Birth rate less death rate, in percentage points of active enterprises.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_size or bd_9bd_sz_cl_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``net_growth``, unit PP. Deaths of the last two years are provisional and
        overshoot: so does a negative net growth there.

    Raises
    ------
    NotAvailableError
        If no cell has both rates.

    Examples
    --------
    >>> from sme_stats import load
    >>> out = net_growth(load("bd_size", geo="EU27_2020", year=2022))
    >>> out[["value", "lower", "upper"]].round(2).values.tolist()
    [[2.14, 2.13, 2.15]]
    """
    out = combine(birth_rate(frame), death_rate(frame), "net_growth", "PP", -1)
    if out.empty:
        raise NotAvailableError("no cell has both birth and death rate")
    return out


def survival_curve(frame: pd.DataFrame, cohort: int) -> pd.DataFrame:
    """Survival of the enterprises born in one year, at the ages at hand, in percent.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells with survival rates of the years after the birth year.
    cohort : int
        Year of birth; age n is read in year cohort + n.

    Returns
    -------
    pandas.DataFrame
        Measure ``survival``, one row an age, ``age`` ``Y0`` (100 by definition) to ``Y5``; ages
        that are not published are left out, never interpolated.

    Raises
    ------
    NotAvailableError
        If no age of the cohort is at hand.

    Examples
    --------
    >>> from sme_stats import load
    >>> curve = survival_curve(load("bd_9bd_sz_cl_r2", geo="EU27_2020"), 2015)
    >>> curve[["age", "value"]].values.tolist()
    [['Y0', 100.0], ['Y3', 58.51], ['Y5', 46.13]]
    """
    rates = survival(frame)
    years = rates["age"].astype(str).map(_AGES)  # NaN where it is no age
    own = rates[(rates["year"] - years == cohort).to_numpy()]
    if own.empty:
        raise NotAvailableError(f"no survival rate of the enterprises born in {cohort} is at hand")
    keys = [d for d in dimensions(own) if d not in ("indic", "age", "year")]
    born = own.drop_duplicates(keys)
    start = born.assign(age="Y0", year=cohort, value=100.0, lower=100.0, upper=100.0, flag="")
    return concat([start, own]).sort_values([*keys, "age"], ignore_index=True)


def size_at_birth(frame: pd.DataFrame) -> pd.DataFrame:
    """Average size of newborn enterprises, in persons employed per enterprise.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells with births and persons employed in births (EMP_BRTH_NR, V16920).

    Returns
    -------
    pandas.DataFrame
        Measure ``size_at_birth``, unit ``PERS_PER_ENT``.

    Raises
    ------
    UnknownNameError
        If a measure is not in the frame.
    NotAvailableError
        If no cell has both.

    Examples
    --------
    >>> from sme_stats import load
    >>> size_at_birth(load("bd_size", geo="DE"))
    Traceback (most recent call last):
    sme_stats.errors.UnknownNameError: unknown measure in the frame: 'persons_employed_in_births'; \
did you mean persons_employed?
    """
    return ratio(frame, "persons_employed_in_births", "births", "size_at_birth", "PERS_PER_ENT")


def size_at_age(frame: pd.DataFrame, age: str = "Y5") -> pd.DataFrame:
    """Average size of enterprises some years after birth, in persons employed per enterprise.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells with surviving enterprises and persons employed in them (ENT_SRVL_NR and EMP_SRVL_NR
        with ``age``; V11941 to V11945 and V16941 to V16945).
    age : str
        ``Y1`` to ``Y5``.

    Returns
    -------
    pandas.DataFrame
        Measure ``size_at_age``, unit ``PERS_PER_ENT``, ``age`` as asked. Of the survivors only:
        against their size at birth it mixes growth with the death of the small.

    Raises
    ------
    UnknownNameError
        If a measure is not in the frame, or the age is none of its ages.
    NotAvailableError
        If no cell has both.
    """
    require(frame, "indic", "measure")
    cells = frame[frame["measure"].isin(["survivors", "persons_employed_in_survivors"])]
    if "age" not in cells.columns or not (cells["age"].astype(str) != "").any():
        cells = cells.assign(age=cells["indic"].astype(str).map(_AGE_OF)).dropna(subset="age")
    chosen = select(cells, age=age) if len(cells) else cells
    return ratio(chosen, "persons_employed_in_survivors", "survivors", "size_at_age",
                 "PERS_PER_ENT")  # fmt: skip


def employment_in_births(frame: pd.DataFrame) -> pd.DataFrame:
    """Persons employed in newborn enterprises, in percent of those in active enterprises.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells with persons employed in births and in active enterprises.

    Returns
    -------
    pandas.DataFrame
        Measure ``employment_in_births``, unit PC.

    Raises
    ------
    UnknownNameError, NotAvailableError
        As `size_at_birth`.
    """
    return ratio(frame, "persons_employed_in_births", "persons_employed",
                 "employment_in_births", "PC", 100.0)  # fmt: skip


def employment_in_deaths(frame: pd.DataFrame) -> pd.DataFrame:
    """Persons employed in enterprises that died, in percent of those in active enterprises.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells with persons employed in deaths and in active enterprises.

    Returns
    -------
    pandas.DataFrame
        Measure ``employment_in_deaths``, unit PC.

    Raises
    ------
    UnknownNameError, NotAvailableError
        As `size_at_birth`.
    """
    return ratio(frame, "persons_employed_in_deaths", "persons_employed",
                 "employment_in_deaths", "PC", 100.0)  # fmt: skip


def high_growth_share(frame: pd.DataFrame) -> pd.DataFrame:
    """High-growth enterprises in percent of enterprises with 10 employees or more.

    High growth is an average of at least 10 % a year over three years, with at least 10 employees
    at the start (Eurostat; measured in employees). The share is taken as published.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_hg (ENT_HGRWR_PC) or bd_9pm_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``high_growth_share``, unit PC, known to half of its last digit.

    Raises
    ------
    NotAvailableError
        If the frame has no such share.

    Examples
    --------
    >>> from sme_stats import load
    >>> high_growth_share(load("bd_size", geo="DE"))
    Traceback (most recent call last):
    sme_stats.errors.NotAvailableError: the frame has no high growth share; it is in bd_hg, not in \
bd_size
    """
    return _published(frame, "high_growth_share")


def young_high_growth_share(frame: pd.DataFrame) -> pd.DataFrame:
    """Young high-growth enterprises (gazelles, up to five years old), in percent.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_hg or bd_9pm_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``young_high_growth_share``, unit PC, as published, ± half its last digit.

    Raises
    ------
    NotAvailableError
        If the frame has no such share.
    """
    return _published(frame, "young_high_growth_share")


def _published(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    require(frame, "dataset", "measure")
    if measure not in codes(frame["measure"]):
        raise NotAvailableError(
            f"the frame has no {measure.replace('_', ' ')}; it is in bd_hg, not in "
            f"{', '.join(codes(frame['dataset']))}"
        )
    cells = select(frame, measure=measure)
    if len(codes(cells["unit"])) != 1:
        row = cells.iloc[0]
        raise MixingError(f"{measure} stands in several units, first {describe(row, ['unit'])}")
    return rounded(check(cells))
