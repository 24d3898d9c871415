"""Employer demography: births, deaths and survival of enterprises with at least one employee."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from sme_stats.errors import NotAvailableError
from sme_stats.frame import codes, require, tidy
from sme_stats.indicators import demography

#: Harmonised measures of employer tables begin with this: hiring the first employee is a birth
#: there, so they are never the measures of the other tables.
PREFIX = "employer_"


def employer_birth_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """Enterprises that became employers in percent of active employers.

    An employer birth is an enterprise born with an employee, or an older one that hires its first:
    not the same event as a birth of business demography.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_salge1_size or bd_9fh_sz_cl_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``employer_birth_rate``, unit PC; from the counts where the frame has them, else as
        published, ± half its last digit.

    Raises
    ------
    NotAvailableError
        If the frame is of another table, or lacks rate and counts.

    Examples
    --------
    >>> from sme_stats import load
    >>> employer_birth_rate(load("bd_size", geo="DE"))
    Traceback (most recent call last):
    sme_stats.errors.NotAvailableError: bd_size has no employer demography; bd_salge1_size has
    """
    return _of_employers(demography.birth_rate, frame)


def employer_death_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """Enterprises that ceased to be employers in percent of active employers.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_salge1_size or bd_9fh_sz_cl_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``employer_death_rate``, unit PC; the last two years are provisional.

    Raises
    ------
    NotAvailableError
        As `employer_birth_rate`.
    """
    return _of_employers(demography.death_rate, frame)


def employer_survival(frame: pd.DataFrame) -> pd.DataFrame:
    """Employers born n years ago and still employers, in percent of those born then.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_salge1_size (dimension ``age``) or bd_9fh_sz_cl_r2.

    Returns
    -------
    pandas.DataFrame
        Measure ``employer_survival``, unit PC, ``age`` Y1 to Y5.

    Raises
    ------
    NotAvailableError
        As `employer_birth_rate`.
    """
    return _of_employers(demography.survival, frame)


def _of_employers(
    indicator: Callable[[pd.DataFrame], pd.DataFrame], frame: pd.DataFrame
) -> pd.DataFrame:
    """Compute on employers alone, and name the result for what it is."""
    require(frame, "dataset", "measure")
    measure = frame["measure"].astype(str)
    own = measure.str.startswith(PREFIX)
    if not own.any():
        tables = ", ".join(codes(frame["dataset"]))
        raise NotAvailableError(f"{tables} has no employer demography; bd_salge1_size has")
    plain = frame[own].assign(measure=measure[own].str.removeprefix(PREFIX).astype("category"))
    out = indicator(plain)
    named = PREFIX + out["measure"].astype(str)
    return tidy({str(c): out[c] for c in out.columns} | {"measure": named})
