"""Growth rates, index series, and the contribution of each class to growth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.errors import NotAvailableError, WithheldError
from sme_stats.frame import describe, dimensions, intervals, tidy
from sme_stats.indicators.decompositions import contribution_ends
from sme_stats.indicators.growth import change, series
from sme_stats.indicators.linking import link as chain
from sme_stats.indicators.shares import partition
from sme_stats.uncertainty.cube import BREAK, Array, Cube, from_bits, make, to_bits
from sme_stats.uncertainty.intervals import divide, keep_inside


def growth_rate(
    frame: pd.DataFrame, across_breaks: str = "refuse", link: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Growth of every series from each of its years to the next at hand, in percent.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame; a series is everything but the year. A gap of several years gives the
        growth over all of them: ``base_year`` says from when.
    across_breaks : {"refuse", "flag"}
        As for `change`.
    link : pandas.DataFrame, optional
        The older series, as for `change`.

    Returns
    -------
    pandas.DataFrame
        Measure ending in ``_growth``, unit PC, ``base_year``; ``lower`` and ``upper`` from both
        years' intervals; flag ``b`` where a break was crossed on purpose. NaN where the earlier
        figure is zero or may be below it: a percentage of a loss is no growth.

    Raises
    ------
    BreakError
        If a pair crosses a break; names the series, the year and the reason.
    NotAvailableError
        If no series has two years.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", geo="IT", size="TOTAL", measure="enterprises",
    ...              year=[2022, 2023])
    >>> growth_rate(cells)[["year", "value"]].round(2).values.tolist()
    [[2023.0, 0.83]]
    """
    out = change(frame, across_breaks, link)
    cells, later, _ = series(frame if link is None else chain(link, frame))
    before = cells.iloc[later - 1]
    ends = intervals(before)
    lower, upper = divide(intervals(cells.iloc[later]), ends)
    value = (out["value"] / before["value"].where(before["value"] > 0).to_numpy()).to_numpy()
    # A percentage of nothing, or of a loss, is no growth.
    value, lower, upper = (np.where(ends[0] < 0, np.nan, x) for x in (value, lower, upper))
    names = out["measure"].astype(str).str.removesuffix("_change") + "_growth"
    return tidy({str(c): out[c] for c in out.columns} | {
        "measure": names, "unit": np.full(len(out), "PC"),
        "value": 100 * keep_inside(value, lower - 1, upper - 1),
        "lower": 100 * (lower - 1), "upper": 100 * (upper - 1),
    })  # fmt: skip


def index_series(frame: pd.DataFrame, base: int, across_breaks: str = "refuse") -> pd.DataFrame:
    """Every series as an index: its base year is 100.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame; a series is everything but the year.
    base : int
        Base year; series without it are left out.
    across_breaks : {"refuse", "flag"}
        Whether a series may be compared across a break.

    Returns
    -------
    pandas.DataFrame
        Measure ending in ``_index``, unit ``INDEX``; flag ``b`` beyond a break crossed on purpose.

    Raises
    ------
    BreakError
        As `change`.
    NotAvailableError
        If no series has the base year with a value above zero.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", geo="IT", size="TOTAL", measure="enterprises",
    ...              year=[2022, 2023, 2024])
    >>> index_series(cells, 2022)[["year", "value"]].round(1).values.tolist()
    [[2022.0, 100.0], [2023.0, 100.8], [2024.0, 101.4]]
    """
    change(frame, across_breaks)  # refuses breaks, and says which
    cells, later, broken = series(frame)
    number = np.cumsum(~np.isin(np.arange(len(cells)), later))
    at_base = (cells["year"] == base).to_numpy() & (cells["value"] > 0).to_numpy()
    if not at_base.any():
        raise NotAvailableError(
            f"no series has the base year {base} with a value above zero; it cannot be 100"
        )
    keep = np.isin(number, number[at_base])
    lower, upper = intervals(cells)
    row = np.flatnonzero(at_base)[np.searchsorted(number[at_base], number[keep])]
    ends = divide((lower[keep], upper[keep]), (lower[row], upper[row]))
    value = cells["value"].to_numpy()[keep] / cells["value"].to_numpy()[row]
    itself = row == np.flatnonzero(keep)
    beyond = _beyond_break(len(cells), np.flatnonzero(keep), row, later[broken])
    out = cells[keep].reset_index(drop=True)
    bits = to_bits(out["flag"]) | to_bits(cells["flag"].iloc[row]) & ~BREAK
    return tidy({str(c): out[c] for c in out.columns} | {
        "measure": out["measure"].astype(str) + "_index", "unit": np.full(len(out), "INDEX"),
        "value": keep_inside(100 * value, 100 * ends[0], 100 * ends[1]),
        "lower": np.where(itself, 100.0, 100 * ends[0]),
        "upper": np.where(itself, 100.0, 100 * ends[1]),
        "flag": from_bits(bits | np.where(beyond, BREAK, np.uint16(0))),
    })  # fmt: skip


def contributions(frame: pd.DataFrame, across_breaks: str = "refuse") -> pd.DataFrame:
    """Contribution of each class to the growth of TOTAL, in percentage points that add up.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with classes and TOTAL in two or more years.
    across_breaks : {"refuse", "flag"}
        As for `change`.

    Returns
    -------
    pandas.DataFrame
        Measure ending in ``_contribution``, unit PP, from ``base_year`` to ``year``, one row a
        class and ``TOTAL`` for the growth itself; ``UNALLOCATED`` holds what the source's classes
        leave out, so that the rows of a group always add up to its TOTAL. ``lower`` and ``upper``
        carry rounded figures and are sharp, each row by itself: figures that round to those
        printed attain them. Where rounding explains in both years what the classes leave, they
        are taken to add up to TOTAL, but for ``UNALLOCATED``, which asks whether they do. Groups
        without classes are left out.

    Raises
    ------
    WithheldError
        If a class is withheld in one of the years; names it.
    BreakError, NotAvailableError
        As `change`.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", geo="IT", measure="enterprises", year=[2022, 2023])
    >>> parts = contributions(cells).set_index("size")["value"].round(3)
    >>> parts[["0-9", "GE250", "TOTAL"]].tolist()
    [0.645, 0.005, 0.834]
    """
    moved = change(frame, across_breaks)
    cells, later, _ = series(frame)
    before = cells.iloc[later - 1]
    cube = make(moved)  # a group is a pair of years: no class may span another
    if "TOTAL" not in cube.codes:
        raise NotAvailableError("contributions need TOTAL beside the classes")
    total, classes = cube.at("TOTAL"), partition(cube.codes)
    columns = [cube.at(c) for c in classes]
    used = cube.present[:, total] & cube.present[:, columns].any(axis=1)
    _refuse_missing(cube, [*columns, total], used)
    now, base = (make(_with_ends(moved, side)) for side in (cells.iloc[later], before))
    parts = _contributions(cube, now, base, used, [*columns, total])
    names = [*classes, "UNALLOCATED", "TOTAL"]
    keys = cube.keys[used].reset_index(drop=True)
    rows = np.repeat(np.arange(len(keys)), len(names))
    out: dict[str, object] = {c: keys[c].array[rows] for c in keys.columns}
    plain = keys["measure"].astype(str).str.removesuffix("_change") + "_contribution"
    value, lower, upper = (part.ravel() for part in parts)
    return tidy(out | {
        "measure": plain.to_numpy()[rows], "unit": np.full(len(rows), "PP"),
        "size": np.tile(names, len(keys)), "value": value, "lower": lower, "upper": upper,
        "flag": from_bits(np.repeat(np.bitwise_or.reduce(cube.bits[used], axis=1), len(names))),
        "conf": np.full(len(rows), ""),
    })  # fmt: skip


def _refuse_missing(cube: Cube, columns: list[int], used: Array) -> None:
    if not used.any():
        raise NotAvailableError("no group has TOTAL and classes in two years")
    missing = used & np.isnan(cube.value[:, columns]).any(axis=1)
    if missing.any():
        row = cube.keys[missing].iloc[0]
        where = describe(row, [k for k in dimensions(cube.keys) if k not in ("indic", "unit")])
        raise WithheldError(
            f"a class of {where} is withheld or missing: no contribution is known, so leave this "
            "group out, or use bounds() and change() for what is known of it"
        )


def _with_ends(moved: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Changes with the figures of one of their years, row by row."""
    lower, upper = intervals(cells)
    return moved.assign(value=cells["value"].to_numpy(), lower=lower, upper=upper)


def _contributions(
    cube: Cube, now: Cube, base: Cube, used: Array, columns: list[int]
) -> tuple[Array, Array, Array]:
    """Value and ends of each class, of what the classes leave out, and of TOTAL, in points."""
    level = base.value[used, columns[-1]][:, None]
    value = 100 * cube.value[used][:, columns] / np.where(level > 0, level, np.nan)
    sides = [(c.lower[used][:, columns], c.upper[used][:, columns]) for c in (now, base)]
    lower, upper = (100 * end for end in contribution_ends(*sides))
    # What is exact is a point; the sums of floats would make it an interval.
    after, before = (low == high for low, high in sides)
    exact = after & before & before[:, -1:]
    every = exact.all(axis=1, keepdims=True)
    exact = np.insert(exact, -1, every[:, 0], axis=1)
    # Printed figures that add up only just may give a number that none of their tables gives.
    ends = np.where(exact, -np.inf, lower), np.where(exact, np.inf, upper)
    value = keep_inside(value, *(np.delete(end, -2, axis=1) for end in ends))
    value = np.insert(value, -1, value[:, -1] - value[:, :-1].sum(axis=1), axis=1)
    point = exact | np.isnan(value)
    return value, np.where(point, value, lower), np.where(point, value, upper)


def _beyond_break(rows: int, kept: Array, base: Array, broken: Array) -> Array:
    """Kept rows that a break separates from their series' base row; series lie in order."""
    passed = np.cumsum(np.isin(np.arange(rows), broken))
    beyond: Array = passed[kept] != passed[base]
    return beyond
