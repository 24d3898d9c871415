"""Old and new series: kept apart, and chained only where the two overlap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.errors import BreakError, IncoherentError, MixingError
from sme_stats.frame import codes, concat, describe, dimensions, intervals, require, tidy
from sme_stats.uncertainty.cube import BREAK, from_bits, to_bits
from sme_stats.uncertainty.intervals import Interval, divide

#: What may differ between the old and the new series; everything else must be alike.
_FREE = ("dataset", "vintage", "indic", "nace", "year")


def link(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Chain an old series to a new one at a year that both have.

    Old values are multiplied by new ÷ old of the overlap year: the growth of the old series under
    the level of the new. It is a construction, not a published series: every chained cell is
    flagged ``b``.

    Parameters
    ----------
    old, new : pandas.DataFrame
        Observation frames of one dataset each; measures, sizes, places and activities are matched.
        Where each frame has one activity alone, the two may have different codes: populations.

    Returns
    -------
    pandas.DataFrame
        The new cells, and before them the chained old ones with flag ``b``, as one series:
        ``dataset`` and ``vintage`` name both (``old>new``), activity and indicator are the new
        one's, ``lower`` and ``upper`` carry the intervals of the overlap.

    Raises
    ------
    MixingError
        If a frame has several datasets.
    IncoherentError
        If a cell stands twice in a frame, as in two vintages.
    BreakError
        If no series of the two has a common year with values: there is nothing to link at, as
        between the tables up to 2020 and those from 2021.

    Examples
    --------
    >>> from sme_stats import load
    >>> link(load("sbs_sc_sca_r2", geo="DE"), load("sbs_sc_ovw", geo="DE"))
    Traceback (most recent call last):
    sme_stats.errors.BreakError: sbs_sc_sca_r2 and sbs_sc_ovw have no common year (2015, 2020 and \
2021 to 2024), so there is nothing to link at; draw them apart
    """
    for frame in (old, new):
        require(frame, "dataset", "measure", "unit", "geo", "year", "value", "flag")
        if len(codes(frame["dataset"])) != 1:
            raise MixingError(f"one series at a time: {', '.join(codes(frame['dataset']))}")
    names = codes(old["dataset"])[0], codes(new["dataset"])[0]
    keys = _keys(old, new)
    left = old.assign(_row=np.arange(len(old)))[[*keys, "year", "_row"]]
    right = new.assign(_new=np.arange(len(new)))[[*keys, "year", "_new"]]
    common = left.merge(right)
    common = common[old["value"].to_numpy()[common["_row"]] > 0]
    if common.empty:
        raise BreakError(
            f"{names[0]} and {names[1]} have no common year ({_years(old)} and {_years(new)}), so "
            "there is nothing to link at; draw them apart"
        )
    _refuse_doubles(common, keys, names)
    first = common.sort_values("year").drop_duplicates(keys)
    chained = left.merge(first, on=keys, suffixes=("", "_at"))
    chained = chained[chained["year"] < chained["year_at"]]
    both = concat([_scale(old, new, chained), new])
    for column in ("dataset", "vintage"):
        if column in both.columns:
            both[column] = pd.Categorical([_both(old, new, column)] * len(both))
    return both


def _keys(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """What matches a series of one frame with one of the other.

    A population may have another name in the new table; sections are never matched crosswise.
    """
    free: tuple[str, ...] = _FREE
    if "nace" in old.columns and "nace" in new.columns:
        alone = len(codes(old["nace"])) == 1 and len(codes(new["nace"])) == 1
        free = _FREE if alone else tuple(c for c in _FREE if c != "nace")
    return [d for d in dimensions(old) if d not in free and d in new.columns]


def _refuse_doubles(common: pd.DataFrame, keys: list[str], names: tuple[str, str]) -> None:
    twice = common.duplicated([*keys, "year"]).to_numpy()
    if twice.any():
        row = common[twice].iloc[0]
        raise IncoherentError(
            f"{describe(row, [*keys, 'year'])} stands several times in {' or '.join(names)}: two "
            "vintages, or two codes of one measure; a chain needs one, so select it"
        )


def _both(old: pd.DataFrame, new: pd.DataFrame, column: str) -> str:
    return ">".join(",".join(codes(frame[column])) for frame in (old, new))


def _scale(old: pd.DataFrame, new: pd.DataFrame, chained: pd.DataFrame) -> pd.DataFrame:
    cells = old.iloc[chained["_row"].to_numpy()]
    at, over = old.iloc[chained["_row_at"].to_numpy()], new.iloc[chained["_new"].to_numpy()]
    lower, upper = _product(divide(intervals(over), intervals(at)), intervals(cells))
    factor = over["value"].to_numpy() / at["value"].to_numpy()
    bits = to_bits(cells["flag"]) | to_bits(at["flag"]) | to_bits(over["flag"]) | BREAK
    named = {c: over[c].array for c in ("indic", "nace") if c in new.columns}
    return tidy({str(c): cells[c].array for c in cells.columns} | named | {
        "value": factor * cells["value"].to_numpy(),
        "lower": lower, "upper": upper, "flag": from_bits(bits),
    })  # fmt: skip


def _product(factor: Interval, own: Interval) -> Interval:
    """Ends of a product: a loss is at its worst where the factor is greatest."""
    with np.errstate(invalid="ignore"):  # zero times infinity is no end
        corners = np.stack([one * other for one in factor for other in own])
    return np.fmin.reduce(corners), np.fmax.reduce(corners)


def _years(frame: pd.DataFrame) -> str:
    years = sorted(int(y) for y in frame["year"].unique())
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]} to {years[-1]}"
    return ", ".join(map(str, years))
