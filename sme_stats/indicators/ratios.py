"""Ratios of two measures of the same cells: average size, rates from counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sme_stats.codelists import ones, size_code
from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError
from sme_stats.frame import check, codes, describe, dimensions, intervals, require, tidy
from sme_stats.indicators.bounded import bound_cells, narrow, worst
from sme_stats.indicators.ranges import level_of
from sme_stats.uncertainty.cube import from_bits, not_blank, to_bits
from sme_stats.uncertainty.fractions import SHARP
from sme_stats.uncertainty.intervals import divide, keep_inside
from sme_stats.uncertainty.sums import Sums
from sme_stats.uncertainty.withheld import bounds

#: What two cells of a ratio must share; the measure, its code and its unit may differ.
_FREE = ("indic", "measure", "unit")


def average_size(
    frame: pd.DataFrame, size: str | None = None, sharp: bool | None = None
) -> pd.DataFrame:  # fmt: skip
    """Average size of enterprises, in persons employed per enterprise.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with enterprises (or active enterprises) and persons employed.
    size : str, optional
        A class or range as for `size_share`; by default every published class and TOTAL.
    sharp : bool, optional
        As for `size_share`.

    Returns
    -------
    pandas.DataFrame
        One row a group and class, measure ``average_size``, unit ``PERS_PER_ENT``, with ``lower``
        and ``upper``; no value where persons employed are withheld, only bounds, and ``ends`` as
        `size_share`.

    Raises
    ------
    UnknownNameError
        If the frame lacks one of the two measures.
    NotAvailableError
        If no group has both.

    Examples
    --------
    >>> from sme_stats import load
    >>> size = average_size(load("sbs_sc_ovw", geo=["DE", "IT"], year=2023), "SME")
    >>> dict(zip(size["geo"], size["value"].round(2)))
    {'DE': 6.68, 'IT': 3.01}
    """
    present = codes(frame["measure"])
    firms = [m for m in ("enterprises", "active_enterprises") if m in present]
    if not firms:
        raise UnknownNameError("measure in the frame", "enterprises", present)
    measures = ("persons_employed", *firms)
    return bounded_ratio(frame, measures, "average_size", "PERS_PER_ENT", size=size, sharp=sharp)


def bounded_ratio(
    frame: pd.DataFrame, measures: Sequence[str], measure: str, unit: str, factor: float = 1.0,
    size: str | None = None, sharp: bool | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Divide the first of some measures by the others, withheld cells bounded by the whole frame.

    Of a size range or of every class and TOTAL; where withheld cells of both are tied together,
    the ends are those of a linear-fractional program.
    """
    from sme_stats.indicators.shares import lacking_cells

    require(frame, "measure", "unit", "geo", "year", "value", "flag", "conf")
    known = bound_cells(frame, [m for m in measures if m in codes(frame["measure"])], sharp)
    if size is None:  # a figure with an interval of its own is narrowed too
        cells, groups = known.cells if known.room else bounds(known.cells), known.rows
    else:
        code = size_code(size)
        cells, groups = level_of(known, code)
        there = set(codes(cells["measure"])) if len(cells) else set()
        if measures[0] not in there or not there & set(measures[1:]):
            raise lacking_cells(known.cube, size, code)
    out, pairs = _divide(cells, measures[0], measures[1:], measure, unit, factor)
    hidden = (out["conf"].astype(str) != "").to_numpy()
    if known.room is None or not hidden.any():
        return out
    lower, upper = intervals(out)
    rows = np.flatnonzero(hidden & (lower < upper))
    sides = [groups[pairs[name].to_numpy()[rows]] for name in ("_row", "_row_below")]
    sums = [Sums.cells(side) if size is None else known.sums(code, side) for side in sides]
    scale = factor * (pairs["scale"] / pairs["scale_below"]).to_numpy()[rows]
    ends = np.where(hidden, SHARP, "").astype(object)
    lower[rows], upper[rows], ends[rows] = narrow(
        known.room, (lower[rows], upper[rows]), sums[0], sums[1], scale, sharp
    )
    columns = {str(c): out[c].array for c in out.columns}
    return tidy(columns | {"lower": lower, "upper": upper, "ends": ends})


def ratio(
    frame: pd.DataFrame,
    numerator: str,
    denominator: str | Sequence[str],
    measure: str,
    unit: str,
    factor: float = 1.0,
) -> pd.DataFrame:
    """Divide one measure by another, cell by cell.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with both measures.
    numerator, denominator : str or sequence of str
        Harmonised measures; the two cells must agree in dataset, vintage, activity, place, year
        and size.
    measure, unit : str
        Name and unit of the result.
    factor : float
        100 for a percentage.

    Returns
    -------
    pandas.DataFrame
        One row a pair of cells, with ``lower`` and ``upper`` from both intervals, flags united.

    Raises
    ------
    UnknownNameError
        If a measure is not in the frame.
    MixingError
        If the two measures are there, but only in different vintages, or one in several units.
    IncoherentError
        If a cell stands twice or a count is negative; names the cell.
    NotAvailableError
        If no pair of cells agrees.

    Notes
    -----
    Both intervals are taken as independent, which is sharp where nothing published ties the two
    cells together. A denominator that may be of either sign leaves nothing known.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("bd_size", geo="DE", year=2023, size="TOTAL")
    >>> rate = ratio(cells, "births", "active_enterprises", "birth_rate", "PC", 100.0)
    >>> rate[["value", "unit"]].round(2).to_dict("list")
    {'value': [8.43], 'unit': ['PC']}
    """
    require(frame, "measure", "unit")
    denominators = [denominator] if isinstance(denominator, str) else list(denominator)
    present = codes(frame["measure"])
    for wanted in (numerator, denominators[0]):
        if wanted not in present:
            raise UnknownNameError("measure in the frame", wanted, present)
    return _divide(frame, numerator, denominators, measure, unit, factor)[0]


def _divide(
    frame: pd.DataFrame, numerator: str, denominators: Sequence[str], measure: str, unit: str,
    factor: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Quotients, and for each the pair of cells with their rows of the frame."""
    keys = [d for d in dimensions(frame) if d not in _FREE]
    frame = frame.assign(_row=np.arange(len(frame)))
    left = _side(frame[frame["measure"] == numerator], keys)
    right = _side(frame[frame["measure"].isin(denominators)], keys)
    pairs = left.merge(right, on=keys, suffixes=("", "_below"))
    if pairs.empty:
        _refuse_mixing(left, right, keys, numerator, denominators[0])
    lower, upper = divide(
        (pairs["low"].to_numpy(), pairs["high"].to_numpy()),
        (pairs["low_below"].to_numpy(), pairs["high_below"].to_numpy()),
    )
    value = (pairs["value"] / pairs["value_below"].where(pairs["value_below"] != 0)).to_numpy()
    value = keep_inside(value, lower, upper)
    withheld = np.isnan(value) & (pairs["value_below"] != 0) & (pairs["held"] | pairs["held_below"])
    columns: dict[str, object] = {k: pairs[k].to_numpy() for k in keys}
    if "ends" in pairs.columns:
        columns["ends"] = np.where(
            withheld, worst(*(pairs[c].to_numpy() for c in ("ends", "ends_below"))), ""
        )
    out = tidy(columns | {
        "indic": np.full(len(pairs), ""), "measure": np.full(len(pairs), measure),
        "unit": np.full(len(pairs), unit), "value": factor * value,
        "lower": factor * lower, "upper": factor * upper,
        "flag": from_bits(pairs["bits"].to_numpy() | pairs["bits_below"].to_numpy()),
        "conf": np.where(withheld, "C", ""),
    })  # fmt: skip
    return out, pairs


def _side(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    check(frame.drop(columns="_row"))
    units = codes(frame["unit"])
    if len(units) > 1:
        raise MixingError(
            f"{', '.join(codes(frame['measure']))} stands in {', '.join(units)}; figures of "
            "several units give no ratio, so select one table"
        )
    lower, upper = intervals(frame)
    known = ~np.isnan(lower)
    # Heads in thousands over enterprises one by one would be a thousandth of a person each.
    scale = ones(units[0]) if units else 1.0
    side = frame[keys].assign(
        value=scale * frame["value"].to_numpy(), low=scale * lower, high=scale * upper, scale=scale
    )
    side["bits"], side["held"] = to_bits(frame["flag"]), not_blank(frame["conf"])
    side["_row"] = frame["_row"]
    if "ends" in frame.columns:
        side["ends"] = frame["ends"].astype(str)
    known_side: pd.DataFrame = side[known]
    return known_side


def _refuse_mixing(
    left: pd.DataFrame, right: pd.DataFrame, keys: list[str], above: str, below: str
) -> None:
    for column in ("vintage", "dataset", "nace"):
        rest = [k for k in keys if k != column]
        if column in keys and not left.merge(right, on=rest).empty:
            row = left.merge(right, on=rest).iloc[0]
            raise MixingError(
                f"{above} and {below} of {describe(row, rest)} are of different {column}s "
                f"({row[f'{column}_x']} and {row[f'{column}_y']}); a ratio of the two would be "
                "neither's, so load both from one"
            )
    raise NotAvailableError(f"no cell has both {above} and {below}")


def with_last_digit(cells: pd.DataFrame) -> pd.DataFrame:
    """Ratios as published, with the interval of the last decimal that their column shows.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of one published ratio; ends that stand there already are kept.

    Returns
    -------
    pandas.DataFrame
        The cells with ``lower`` and ``upper``: ± 0.5, 0.05 or 0.005, whichever the values show.

    Examples
    --------
    >>> cells = pd.DataFrame({"value": [8.4, 9.0]})
    >>> with_last_digit(cells)["upper"].round(3).tolist()
    [8.45, 9.05]
    """
    value = cells["value"].to_numpy(dtype=float)
    shown = value[~np.isnan(value)]
    places = next(
        (p for p in (0, 1) if np.allclose(shown, np.round(shown, p), rtol=0, atol=1e-9)), 2
    )
    half = 0.5 * 10.0**-places
    lower, upper = intervals(cells)
    given = lower < upper
    return cells.assign(
        lower=np.where(given, lower, value - half), upper=np.where(given, upper, value + half)
    )
