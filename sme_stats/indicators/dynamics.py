"""Growth rates, index series, and the contribution of each class to growth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.errors import NotAvailableError, WithheldError
from sme_stats.frame import describe, dimensions, intervals, tidy
from sme_stats.indicators.growth import change, series
from sme_stats.indicators.linking import link as chain
from sme_stats.indicators.shares import partition
from sme_stats.uncertainty.cube import Array, from_bits, make, to_bits
from sme_stats.uncertainty.intervals import divide


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
        years' intervals; flag ``b`` where a break was crossed on purpose.

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
    now_ends, ends = intervals(cells.iloc[later]), intervals(before)
    lower, upper = divide(now_ends, ends)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = out["value"].to_numpy() / before["value"].to_numpy()
    value = np.where(np.isfinite(value), value, np.nan)
    names = out["measure"].astype(str).str.removesuffix("_change") + "_growth"
    return tidy({str(c): out[c] for c in out.columns} | {
        "measure": names, "unit": np.full(len(out), "PC"), "value": 100 * value,
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
        If no series has the base year with a value.

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
    keys = _series_keys(cells)
    number = cells.groupby(keys, observed=True, sort=False, dropna=False).ngroup().to_numpy()
    at_base = (cells["year"] == base).to_numpy() & cells["value"].notna().to_numpy()
    if not at_base.any():
        raise NotAvailableError(f"no series has the base year {base} with a value")
    base_row = np.full(int(number.max()) + 1, -1)
    base_row[number[at_base]] = np.flatnonzero(at_base)
    keep = base_row[number] >= 0
    lower, upper = intervals(cells)
    row = base_row[number[keep]]
    ends = divide((lower[keep], upper[keep]), (lower[row], upper[row]))
    itself = row == np.flatnonzero(keep)
    beyond = _beyond_break(number, cells["year"].to_numpy(), base, later, broken)[keep]
    out = cells[keep]
    bits = to_bits(out["flag"]) | np.where(beyond, to_bits(pd.Series(["b"]))[0], np.uint16(0))
    return tidy({str(c): out[c] for c in out.columns} | {
        "measure": out["measure"].astype(str) + "_index", "unit": np.full(len(out), "INDEX"),
        "value": 100 * out["value"].to_numpy() / cells["value"].to_numpy()[row],
        "lower": np.where(itself, 100.0, 100 * ends[0]),
        "upper": np.where(itself, 100.0, 100 * ends[1]), "flag": from_bits(bits),
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
        Measure ending in ``_contribution``, unit PP, one row a class and ``TOTAL`` for the growth
        itself; ``UNALLOCATED`` holds what the source's classes leave out, so that the rows of a
        group always add up to its TOTAL.

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
    moved = moved.assign(_base=cells["value"].to_numpy()[later - 1])
    cube = make(moved.drop(columns=["_base", "base_year"]).assign(**_blank_bounds(moved)))
    total = cube.at("TOTAL")
    if total < 0:
        raise NotAvailableError("contributions need TOTAL beside the classes")
    classes = [c for c in partition(cube.codes) if c != "TOTAL"]
    columns = [cube.at(c) for c in classes]
    used = cube.present[:, total]
    missing = used & np.isnan(cube.value[:, columns]).any(axis=1)
    if missing.any() or not used.any():
        row = cube.keys[missing if missing.any() else ~used].iloc[0]
        where = describe(row, [k for k in dimensions(cube.keys) if k not in ("indic", "unit")])
        raise WithheldError(f"a class of {where} is withheld or missing: no contribution is known")
    start = moved.drop(columns=["value", "base_year"]).rename(columns={"_base": "value"})
    base = make(start.assign(**_blank_bounds(moved))).value[used, total]
    parts = 100 * cube.value[used][:, [*columns, total]] / base[:, None]
    rest = parts[:, -1] - parts[:, :-1].sum(axis=1)
    names = [*classes, "UNALLOCATED", "TOTAL"]
    values = np.column_stack([parts[:, :-1], rest, parts[:, -1]])
    keys = cube.keys[used].reset_index(drop=True)
    rows = np.repeat(np.arange(len(keys)), len(names))
    out: dict[str, object] = {c: keys[c].array[rows] for c in keys.columns}
    plain = keys["measure"].astype(str).str.removesuffix("_change") + "_contribution"
    return tidy(out | {
        "measure": plain.to_numpy()[rows], "unit": np.full(len(rows), "PP"),
        "size": np.tile(names, len(keys)), "value": values.reshape(-1),
        "lower": values.reshape(-1), "upper": values.reshape(-1),
        "flag": from_bits(np.repeat(np.bitwise_or.reduce(cube.bits[used], axis=1), len(names))),
        "conf": np.full(len(rows), ""),
    })  # fmt: skip


def _series_keys(cells: pd.DataFrame) -> list[str]:
    return [d for d in dimensions(cells) if d not in ("year", "vintage", "base_year")]


def _blank_bounds(frame: pd.DataFrame) -> dict[str, Array]:
    # Contributions are computed where every class is published; ends would only repeat the value.
    nothing = np.full(len(frame), np.nan)
    return {"lower": nothing, "upper": nothing}


def _beyond_break(
    number: Array, year: Array, base: int, later: Array, broken: Array
) -> Array:  # fmt: skip
    """Rows that a break separates from their series' base year."""
    out = np.zeros(len(number), dtype=bool)
    for row in later[broken]:
        same = number == number[row]
        across = (year >= year[row]) if base < year[row] else (year < year[row])
        out |= same & across
    return out
