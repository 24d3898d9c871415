"""Where a source's cells contradict each other: reported with the difference, never repaired."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.codelists import aggregates, members, table
from sme_stats.frame import require, tidy
from sme_stats.uncertainty.classes import covers
from sme_stats.uncertainty.cube import Array, Cube, make


def class_sums(frame: pd.DataFrame) -> pd.DataFrame:
    """Groups whose published classes do not add up to their TOTAL.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with classes and TOTAL.

    Returns
    -------
    pandas.DataFrame
        One row a group whose classes are all published and differ from TOTAL, ordered by relative
        size of the difference: ``value`` is classes less TOTAL in the measure's unit, ``total``
        and ``classes`` the two, ``rounding`` whether rounding of n parts, (n+1)/2 units, explains
        it. Empty where everything adds up.

    Examples
    --------
    >>> from sme_stats import load
    >>> sums = class_sums(load("sbs_sc_ovw", geo=["EU27_2020", "SI"], year=2023))
    >>> sums[["geo", "measure", "value", "rounding"]].to_dict("records")
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'geo': 'SI', 'measure': 'persons_employed', 'value': 1772.0, 'rounding': False},
     {'geo': 'EU27_2020', 'measure': 'enterprises', 'value': 1.0, 'rounding': True}]
    """
    require(frame, "size", "measure", "value", "conf")
    return sums_off(frame, "size")


def sums_off(frame: pd.DataFrame, axis: str) -> pd.DataFrame:
    """Sums along a dimension that miss their total: classes, sections or member states.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame.
    axis : {"size", "nace", "geo"}
        Dimension whose codes add up.

    Returns
    -------
    pandas.DataFrame
        As `class_sums`; only sums with every part published.
    """
    additive = [m for m, row in table("MEASURE").items() if row["additive"] == "yes"]
    cells = frame[frame["measure"].isin(additive)]
    if cells.empty or axis not in cells.columns:
        return pd.DataFrame(columns=["value", "total", "classes", "rounding"])
    cube = make(cells, axis)
    found = [_off(cube, parts, total) for parts, total in _sums_of(cube, axis)]
    out = pd.concat([f for f in found if len(f)] or [_off(cube, (), "")], ignore_index=True)
    weight = (out["value"].abs() / out["total"].abs()).fillna(np.inf)
    out = out.iloc[np.argsort(-weight.to_numpy(), kind="stable")].reset_index(drop=True)
    return tidy({str(name): out[name] for name in out.columns})


def _sums_of(cube: Cube, axis: str) -> list[tuple[tuple[str, ...], str]]:
    """Parts and total of every sum that the codes allow."""
    present = set(cube.codes)
    if axis == "size":
        return [(way, "TOTAL") for way in covers(tuple(cube.codes), 0, None)]
    if axis == "nace":
        rows = {
            code: tuple(filter(None, r["parts"].split(";"))) for code, r in table("NACE").items()
        }
        return [(p, c) for c, p in rows.items() if c in present and p and set(p) <= present]
    groups = {a: tuple(members(a)) for a in aggregates() if a in present}
    return [(p, a) for a, p in groups.items() if set(p) <= present]


def _off(cube: Cube, parts: tuple[str, ...], total: str) -> pd.DataFrame:
    columns, at = [cube.at(code) for code in parts], cube.at(total)
    if at < 0 or not columns:
        empty = np.zeros(0)
        return cube.keys.iloc[:0].assign(value=empty, total=empty, classes=empty, rounding=empty)
    sums = cube.value[:, columns].sum(axis=1)
    gap = np.round(sums - cube.value[:, at], 6)
    rows = np.flatnonzero(cube.present[:, [*columns, at]].all(axis=1) & (np.abs(gap) > 1e-6))
    unit = _resolution(cube)[rows]
    return cube.keys.iloc[rows].assign(
        value=gap[rows], total=cube.value[rows, at], classes=sums[rows],
        rounding=np.abs(gap[rows]) <= unit * (len(columns) + 1) / 2 + 1e-6,
    )  # fmt: skip


def _resolution(cube: Cube) -> Array:
    """Last digit of each group's cells: 1 for counts; what a dataset's amounts show for others."""
    dataset, unit = (cube.keys[c].astype(str).to_numpy() for c in ("dataset", "unit"))
    out = np.ones(len(cube))
    for name in np.unique(dataset[unit == "MEUR"]):
        rows = (dataset == name) & (unit == "MEUR")
        tenths = np.nan_to_num(cube.value[rows] * 10)
        out[rows] = 0.1 if np.allclose(tenths, np.round(tenths), atol=1e-4) else 0.01
    return out
