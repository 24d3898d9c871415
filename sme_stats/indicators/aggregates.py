"""Sums over the member states at hand, called what they are: partial aggregates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.errors import MixingError, NotAvailableError
from sme_stats.frame import codes, describe, dimensions, intervals, require, tidy
from sme_stats.indicators.alike import hidden, unite
from sme_stats.indicators.shares import ADDITIVE
from sme_stats.uncertainty.cube import Array, from_bits, make, not_blank
from sme_stats.uncertainty.intervals import divide, keep_inside
from sme_stats.uncertainty.withheld import bounds


def partial_aggregate(frame: pd.DataFrame, of: str = "EU27_2020") -> pd.DataFrame:
    """Sum over those members of an aggregate that the frame has; never the aggregate itself.

    Within one dataset, vintage, activity and year, only members that have every class of every
    measure at hand are summed, so that shares and ratios of the sums are of the same countries.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of countries, one vintage a table.
    of : str
        The aggregate whose members are summed.

    Returns
    -------
    pandas.DataFrame
        ``geo`` names aggregate and coverage (``EU27_2020[18/27]``), ``members`` the countries.
        A withheld member cell leaves an interval and no value.

    Raises
    ------
    UnknownNameError
        If `of` is not an aggregate.
    NotAvailableError
        If no member is in the frame.
    MixingError
        If a member stands in the frame in two vintages of a table.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import without_employees
    >>> partial = partial_aggregate(load("bd_size", year=2023, measure="active_enterprises"))
    >>> without_employees(partial)[["geo", "value"]].round(2).to_dict("list")
    {'geo': ['EU27_2020[18/27]'], 'value': [63.41]}
    """
    return _sum(_members(frame, of), of, codelists.members(of))


def coverage(
    frame: pd.DataFrame, of: str = "EU27_2020", whole: pd.DataFrame | None = None
) -> pd.DataFrame:
    """How much of an aggregate the members at hand are, in percent of its firms and persons.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of countries, as for `partial_aggregate`.
    of : str
        The aggregate.
    whole : pandas.DataFrame, optional
        Cells of the aggregate itself, published or printed in a release; by default those of
        `frame`.

    Returns
    -------
    pandas.DataFrame
        Measure ending in ``_coverage``, unit PC, one row a measure, activity and year of which
        both are known: enterprises (or active enterprises) and persons employed of all sizes.
        ``vintage`` names both vintages where members and aggregate are of different ones
        (``2026-11|2026-03-10``); ``lower`` and ``upper`` carry rounded and withheld cells.

    Raises
    ------
    UnknownNameError
        If `of` is not an aggregate.
    NotAvailableError
        If no figure of the aggregate has the same table, activity and year.
    MixingError
        As `partial_aggregate`, or where the aggregate stands there several times.

    Examples
    --------
    The Union's enterprises are in the table, its persons employed only in a release:

    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", year=2023)
    >>> printed = load("releases", dataset="sbs_sc_ovw", geo="EU27_2020", year=2023, size="TOTAL",
    ...                nace="B-S_X_O_S94", measure="persons_employed")
    >>> newest = printed[printed["vintage"] == "2025-10-13"]
    >>> for rows in (coverage(cells), coverage(cells, whole=newest)):
    ...     print(rows[["measure", "geo", "value"]].round(1).values.tolist())
    [['enterprises_coverage', 'EU27_2020[18/27]', 87.0]]
    [['persons_employed_coverage', 'EU27_2020[18/27]', 88.2]]
    """
    known = frame if whole is None else whole
    for cells in (frame, known):
        require(cells, "dataset", "vintage", "measure", "unit", "geo", "year", "value", "conf")
    theirs = _totals(known[(known["geo"] == of).to_numpy()])
    sums = partial_aggregate(_totals(frame), of)
    keys = ["dataset", "measure", "unit", "year"]
    keys += ["nace"] if "nace" in sums.columns and "nace" in theirs.columns else []
    _refuse_several(theirs, keys, of)
    low, high = intervals(theirs)
    right = theirs[[*keys, "vintage", "value", "flag", "conf"]].assign(_low=low, _high=high)
    pairs = sums.merge(right, on=keys, suffixes=("", "_whole"))
    if pairs.empty:
        raise NotAvailableError(
            f"no figure of {of} has the table, activity and year of its members, so what they "
            "cover is not known; give it as whole=, from a release"
        )
    lower, upper = divide(
        (pairs["lower"].to_numpy(), pairs["upper"].to_numpy()),
        (pairs["_low"].to_numpy(), pairs["_high"].to_numpy()),
    )
    below = pairs["value_whole"].where(pairs["value_whole"] > 0)
    value = (100 * pairs["value"] / below).to_numpy()
    own, other = pairs["vintage"].astype(str), pairs["vintage_whole"].astype(str)
    return tidy({str(c): pairs[c] for c in sums.columns if c != "size"} | {
        "vintage": own.where(own == other, own + "|" + other), "indic": np.full(len(pairs), ""),
        "measure": pairs["measure"].astype(str) + "_coverage", "unit": np.full(len(pairs), "PC"),
        "value": value, "lower": 100 * lower, "upper": 100 * upper,
        "flag": unite(pairs["flag"], pairs["flag_whole"]),
        "conf": hidden(value, pairs["conf"], pairs["conf_whole"]),
    })  # fmt: skip


#: What a sum is judged by: how many firms it holds, and how many people work in them.
_COVERED = ("enterprises", "active_enterprises", "persons_employed")


def _totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Firms and persons employed of all sizes; with the classes that bound a withheld total."""
    if "size" not in frame.columns:
        return frame[frame["measure"].isin(_COVERED)]
    if not_blank(frame["conf"]).any():
        frame = bounds(frame)
    return frame[frame["measure"].isin(_COVERED) & (frame["size"] == "TOTAL")]


def _refuse_several(theirs: pd.DataFrame, keys: list[str], of: str) -> None:
    doubled = theirs.duplicated(keys).to_numpy()
    if doubled.any():
        row = theirs[doubled].iloc[0]
        raise MixingError(
            f"{of} stands several times in {describe(row, keys)}, in other vintages or releases: "
            "choose one"
        )


def _members(frame: pd.DataFrame, of: str) -> pd.DataFrame:
    """Cells of members that add up, withheld ones bounded."""
    require(frame, "dataset", "measure", "unit", "geo", "year", "value", "flag", "conf")
    wanted = codelists.members(of)
    cells = frame[frame["geo"].isin(wanted) & frame["measure"].isin(ADDITIVE)]
    if cells.empty:
        raise NotAvailableError(
            f"no member of {of} is in the frame with a measure that adds up; it has "
            f"{', '.join(codes(frame['geo']))}"
        )
    _refuse_vintages(cells)
    return bounds(cells) if not_blank(cells["conf"]).any() else cells


def _refuse_vintages(cells: pd.DataFrame) -> None:
    if "vintage" not in cells.columns:
        return
    pairs = cells[["dataset", "geo", "vintage"]].astype(str).drop_duplicates()
    doubled = pairs.duplicated(["dataset", "geo"], keep=False)
    if doubled.any():
        row = pairs[doubled].iloc[0]
        found = pairs.loc[doubled & (pairs["geo"] == row["geo"]), "vintage"]
        raise MixingError(
            f"{row['geo']} stands in {row['dataset']} in the vintages {', '.join(found)}; a sum "
            "would mix them, so select one"
        )


def _sum(cells: pd.DataFrame, of: str, wanted: list[str]) -> pd.DataFrame:
    cube = make(cells, axis="geo")
    keys = cube.keys
    block = [c for c in ("dataset", "vintage", "nace", "year") if c in keys.columns]
    number = keys.groupby(block, observed=True).ngroup().to_numpy()
    whole = np.ones((number.max() + 1, len(cube.codes)), dtype=bool)
    np.logical_and.at(whole, number, _complete(cube.present, number))
    members = whole[number]
    taken = [sorted(np.array(cube.codes)[row]) for row in whole]
    keep = members.any(axis=1) & (~members | cube.present).all(axis=1)
    if not keep.any():
        raise NotAvailableError(f"no member of {of} has every class of every measure at hand")
    name = np.array([f"{of}[{len(t)}/{len(wanted)}]" for t in taken])
    withheld = (cube.withheld & members).any(axis=1)
    value, lower, upper = (
        np.where(members, x, 0.0).sum(axis=1) for x in (cube.value, cube.lower, cube.upper)
    )
    return tidy({
        **{c: keys[c].array[keep] for c in dimensions(cells) if c != "geo"},
        "geo": name[number][keep],
        "members": np.array(["+".join(t) for t in taken])[number][keep],
        "value": keep_inside(value, lower, upper)[keep],
        "lower": lower[keep], "upper": upper[keep],
        "flag": from_bits(np.bitwise_or.reduce(np.where(members, cube.bits, 0), axis=1)[keep]),
        "conf": np.where(withheld, "C", "")[keep],
    })  # fmt: skip


def _complete(present: Array, number: Array) -> Array:
    """Whether a member has a cell, in rows that most members have.

    A measure that only a few members publish (births of four countries beside stocks of eighteen)
    must not empty the sum of the others: such rows are judged by themselves.
    """
    have = present.sum(axis=1)
    most = pd.Series(have).groupby(number).transform("max").to_numpy()
    judged: Array = present | (have * 2 <= most)[:, None]
    return judged
