"""Shares and levels by size: the SME share, the size structure, firms without employees."""

from __future__ import annotations

import pandas as pd

from sme_stats import codelists
from sme_stats.codelists import size_range
from sme_stats.errors import NotAvailableError, UnknownNameError
from sme_stats.frame import codes, concat, require
from sme_stats.indicators.bounded import Bounded, bound_cells
from sme_stats.indicators.ranges import PRINTED, level_of, share_of
from sme_stats.uncertainty.classes import covers
from sme_stats.uncertainty.cube import Cube

#: Measures whose classes add up, and so have shares.
ADDITIVE = tuple(m for m, row in codelists.table("MEASURE").items() if row["additive"] == "yes")


def size_share(
    frame: pd.DataFrame, size: str = "SME", measure: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:
    """Share of a size class or range in TOTAL, in percent.

    The range is made of the fewest published cells: its own class, a sum of classes, or TOTAL less
    what lies outside (an SME share is TOTAL less GE250). A share printed in a release, in percent
    of TOTAL, is used as such.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with classes and TOTAL. With withheld cells, pass the enterprises of the
        same table too: their number bounds what is withheld.
    size : str
        A class (``"50-249"``), a range made of classes (``"10-249"``) or a name (``"SME"`` is
        0-249, ``"micro"``, ``"large"``, ``"zero-employees"``).
    measure : str, optional
        Harmonised measure; by default every additive measure of the frame.
    sharp : bool, optional
        What to do where rules beyond one group tie withheld cells together (sections add to their
        aggregate, enterprises are withheld too): True solves a linear-fractional program for each
        such row, False leaves the ends that part, rest and TOTAL give by themselves, which hold
        but may be wider. By default the program of a row is solved where it has up to 1,000
        unknown cells, whatever the other rows are.

    Returns
    -------
    pandas.DataFrame
        One row a group, ``measure`` ending in ``_share``, ``unit`` PC: ``value`` in 0 to 100, NaN
        where it rests on a withheld cell and is not determined; ``lower`` and ``upper``;
        ``flag`` the union of what went in: the fewest cells where there is a value, else part,
        rest and TOTAL, which all bound the share; ``conf`` C where a withheld cell went in. Where
        something is withheld, ``ends`` says of such rows: ``sharp``, some table that the published
        cells allow attains both ends; ``sure``, they hold but may be wider; ``contradicted``, the
        published cells contradict each other and only part, rest and TOTAL were used.

    Raises
    ------
    UnknownNameError
        If the size or measure does not exist in the frame; names the nearest.
    NotAvailableError
        If no group has the cells for it.

    See Also
    --------
    size_structure : All classes at once.

    Notes
    -----
    SMEs are enterprises of fewer than 250 persons employed: headcount only. It is not the legal
    definition (Recommendation 2003/361/EC), which also bounds turnover or balance sheet.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", geo=["DE", "IT"], year=2023)
    >>> share = size_share(cells, "SME", "persons_employed")
    >>> dict(zip(share["geo"], share["value"].round(2)))
    {'DE': 55.24, 'IT': 74.61}

    Withheld classes leave an interval and no value:

    >>> share = size_share(load("sbs_sc_ovw", geo="PT", year=2021), "SME", "persons_employed")
    >>> share[["value", "lower", "upper", "ends"]].round(2).to_dict("list")
    {'value': [nan], 'lower': [69.74], 'upper': [93.47], 'ends': ['sharp']}
    """
    code = codelists.size_code(size)
    if code == "TOTAL":
        raise UnknownNameError("size for a share", size, _sizes(frame), "TOTAL is the whole")
    out = share_of(bounded_cells(frame, measure, sharp), code)
    if out.empty:
        raise NotAvailableError(
            f"no group has the cells for the share of {size} ({code}): it needs TOTAL and the "
            f"classes of the range or those outside it; the frame has {', '.join(_sizes(frame))}"
        )
    return out


def size_structure(
    frame: pd.DataFrame, measure: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:
    """Share of every published class in TOTAL, in percent.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with classes and TOTAL.
    measure : str, optional
        Harmonised measure; by default every additive measure of the frame.
    sharp : bool, optional
        As for `size_share`.

    Returns
    -------
    pandas.DataFrame
        As `size_share`, one row a group and class. Classes that lie inside others (``0_1`` and
        ``2-9`` in ``0-9``) are left out: with them the smallest would count twice. Shares need
        not add up to 100 where the source's classes do not add up to TOTAL.

    Raises
    ------
    NotAvailableError
        If no group has classes and TOTAL.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", geo="EU27_2020", year=2023)
    >>> structure = size_structure(cells, "enterprises")
    >>> dict(zip(structure["size"], structure["value"].round(3)))
    {'0-9': 94.33, '10-19': 3.096, '20-49': 1.657, '50-249': 0.752, 'GE250': 0.164}
    """
    known = bounded_cells(frame, measure, sharp)
    names = known.cube.codes
    parts = [out for code in partition(names) if not (out := share_of(known, code)).empty]
    if not parts:
        raise NotAvailableError(f"no group has classes and TOTAL; the frame has {', '.join(names)}")
    return concat(parts)


def size_level(
    frame: pd.DataFrame, size: str, measure: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:
    """Level of a size class or range: its own cell, a sum of classes, or TOTAL less the rest.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame.
    size : str
        As for `size_share`, or ``"total"``.
    measure : str, optional
        Measure; by default all.
    sharp : bool, optional
        As for `size_share`.

    Returns
    -------
    pandas.DataFrame
        One row a group, the measure and unit of the frame, with ``lower`` and ``upper`` and, where
        something is withheld, ``ends`` as `size_share`.

    Raises
    ------
    NotAvailableError
        If no group has the cells for it.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", geo="EU27_2020", year=2023)
    >>> int(size_level(cells, "SME", "enterprises")["value"].iloc[0])
    33011266
    """
    code = codelists.size_code(size)
    known = bounded_cells(frame, measure, sharp)
    out, _ = level_of(known, code)
    if out.empty:
        raise lacking_cells(known.cube, size, code)
    return out


def lacking_cells(cube: Cube, size: str, code: str) -> NotAvailableError:
    """Error for a range that no group has the cells for."""
    return NotAvailableError(
        f"no group has the cells for {size} ({code}); the frame has {', '.join(cube.codes)}"
    )


def without_employees(frame: pd.DataFrame) -> pd.DataFrame:
    """Share of active enterprises that have no employees, in percent.

    One of three ideas of a one-person firm: *no employees* here (business demography), *0 or 1
    person employed* (class 0_1 of structural business statistics), *sole proprietor* (legal form).
    An enterprise without employees can have several working owners.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of bd_size or bd_9bd_sz_cl_r2 with size classes 0 and TOTAL.

    Returns
    -------
    pandas.DataFrame
        As `size_share`, measure ``active_enterprises_share``, size ``0``.

    Raises
    ------
    UnknownNameError
        If the frame has no active enterprises.
    NotAvailableError
        If no group has class 0 and TOTAL.

    Examples
    --------
    >>> from sme_stats import load
    >>> share = without_employees(load("bd_size", geo=["AT", "SK"], year=2023))
    >>> dict(zip(share["geo"], share["value"].round(1)))
    {'AT': 58.6, 'SK': 78.8}
    """
    return size_share(frame, "zero-employees", "active_enterprises")


def bounded_cube(frame: pd.DataFrame, measure: str | None = None) -> Cube:
    """Cube of the asked measures, withheld cells bounded with the help of all the others."""
    return bounded_cells(frame, measure).cube


def bounded_cells(
    frame: pd.DataFrame, measure: str | None = None, sharp: bool | None = None
) -> Bounded:  # fmt: skip
    """Cells of the asked measures with what bounds them; by default of all that add up."""
    require(frame, "measure", "size", "geo", "year", "value", "flag", "conf")
    measures = codes(frame["measure"])
    additive = [m for m in measures if m.removesuffix(PRINTED) in ADDITIVE]
    if measure is not None:
        wanted = [m for m in additive if m.removesuffix(PRINTED) == measure]
        if not wanted:
            raise UnknownNameError("measure in the frame", measure, measures)
        additive = wanted
    return bound_cells(frame, additive, sharp)


def partition(names: list[str]) -> list[str]:
    """Classes that are not inside another published class, smallest first."""
    spans = {c: s for c in names if c != "TOTAL" and (s := size_range(c)) is not None}
    full = covers(tuple(names), 0, None) or covers(tuple(names), 1, None)
    # The finest partition without the refinements of a class that is itself published.
    nested = {c for c in spans if any(spans[c].inside(spans[o]) for o in spans if o != c)}
    for way in sorted(full, key=len, reverse=True):
        if not nested & set(way) or not any(not nested & set(w) for w in full):
            return list(way)
    return sorted(spans, key=lambda c: spans[c])


def _sizes(frame: pd.DataFrame) -> list[str]:
    return codes(frame["size"])
