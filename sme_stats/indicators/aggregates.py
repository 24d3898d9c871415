"""Sums over the member states at hand, called what they are: partial aggregates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.errors import MixingError, NotAvailableError
from sme_stats.frame import codes, dimensions, require, tidy
from sme_stats.uncertainty.cube import Array, from_bits, make
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
    require(frame, "dataset", "measure", "geo", "year", "value", "flag", "conf")
    wanted = codelists.members(of)
    cells = frame[frame["geo"].isin(wanted) & ~frame["measure"].astype(str).str.endswith("_share")]
    additive = codelists.table("MEASURE")
    cells = cells[cells["measure"].map(lambda m: additive.get(m, {}).get("additive") == "yes")]
    if cells.empty:
        raise NotAvailableError(
            f"no member of {of} is in the frame with a measure that adds up; it has "
            f"{', '.join(codes(frame['geo']))}"
        )
    _refuse_vintages(cells)
    if (cells["conf"].astype(str) != "").any():
        cells = bounds(cells)
    return _sum(cells, of, wanted)


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
    number = keys.groupby(block, observed=True, sort=False).ngroup().to_numpy()
    whole = np.ones((int(number.max()) + 1, len(cube.codes)), dtype=bool)
    np.logical_and.at(whole, number, _complete(cube.present, keys, number))
    members = whole[number]
    taken = [[c for c, m in zip(cube.codes, row, strict=True) if m] for row in whole]
    keep = members.any(axis=1) & (~members | cube.present).all(axis=1)
    if not keep.any():
        raise NotAvailableError(f"no member of {of} has every class of every measure at hand")
    name = np.array([f"{of}[{len(t)}/{len(wanted)}]" for t in taken])
    withheld = (cube.withheld & members).any(axis=1)
    return tidy({
        **{c: keys[c].array[keep] for c in dimensions(cells) if c != "geo"},
        "geo": name[number][keep],
        "members": np.array(["+".join(t) for t in taken], dtype=object)[number][keep],
        "value": np.where(members, cube.value, 0.0).sum(axis=1)[keep],
        "lower": np.where(members, cube.lower, 0.0).sum(axis=1)[keep],
        "upper": np.where(members, cube.upper, 0.0).sum(axis=1)[keep],
        "flag": from_bits(np.bitwise_or.reduce(np.where(members, cube.bits, 0), axis=1)[keep]),
        "conf": np.where(withheld, "C", "")[keep],
    })  # fmt: skip


def _complete(present: Array, keys: pd.DataFrame, number: Array) -> Array:
    """Whether a member has a cell, in rows that most members have.

    A measure that only a few members publish (births of four countries beside stocks of eighteen)
    must not empty the sum of the others: such rows are judged by themselves.
    """
    have = present.sum(axis=1)
    most = np.zeros(int(number.max()) + 1, dtype=np.int64)
    np.maximum.at(most, number, have)
    common = have * 2 > most[number]
    judged: Array = np.where(common[:, None], present, True)
    return judged
