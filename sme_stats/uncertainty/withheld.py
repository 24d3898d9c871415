"""Bounds of withheld cells from what is published around them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.frame import require
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.propagation import propagate
from sme_stats.uncertainty.system import System, build


def bounds(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every withheld cell the sharpest lower and upper that follow from what is published.

    Used are: no count is negative; classes add up to TOTAL; sections add up to their aggregate;
    member states add up to the EU where all are there; an enterprise of class 50-249 has 50 to 249
    persons employed, one of GE250 at least 250, and enterprises are counted even where persons
    are withheld; a rounded cell lies within half of its last digit. Rules that share unknown cells
    are solved together as a linear program; nothing is forced where published cells contradict
    each other: see `contradictions`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with ``size``; the more measures, sections and places of the same table
        it holds, the sharper the bounds.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``lower`` and ``upper``: equal to the value where a cell is published
        exactly, at most as wide as given where it is rounded, bounds where it is withheld
        (``inf`` where nothing bounds it), NaN where it is not available. ``value`` is never filled.

    See Also
    --------
    contradictions : The published cells that no table could have.

    Notes
    -----
    Class limits bound the annual average of persons employed, for which they are defined; they do
    not bound turnover or value added. Bounds are of real numbers: that counts are integers could
    narrow an end by less than one.

    Examples
    --------
    Portugal 2021 withholds persons employed of the two largest classes:

    >>> from sme_stats import load
    >>> cells = bounds(load("sbs_sc_ovw", geo="PT", year=2021))
    >>> cell = cells[(cells["measure"] == "persons_employed") & (cells["size"] == "50-249")]
    >>> cell[["value", "lower", "upper"]].to_dict("list")
    {'value': [nan], 'lower': [330150.0], 'upper': [1307126.0]}
    """
    require(frame, "size", "measure", "value", "conf")
    system = build(frame)
    lower, upper = system.lower, system.upper
    if _open(lower, upper).any():
        lower, upper = _narrow(system)
        # What is published exactly stays so to the last bit; sums of floats would move it.
        known = system.lower == system.upper
        lower = np.where(known, system.lower, lower) + 0.0
        upper = np.where(known, system.upper, upper)
    out = frame.copy()
    out["lower"], out["upper"] = lower, upper
    return out


def _open(lower: Array, upper: Array) -> Array:
    with np.errstate(invalid="ignore"):
        gap: Array = upper - lower > 0
    return gap


def _narrow(system: System) -> tuple[Array, Array]:
    lower, upper, broken = propagate(system)
    if not _coupled(system, lower, upper, broken):
        return lower, upper  # sharp already; scipy would cost more to import than to use
    from sme_stats.uncertainty.programs import infeasible_blocks, open_part, sharpen

    part = open_part(system, lower, upper, broken)
    if len(part.rules):
        wrong = infeasible_blocks(part)
        if len(wrong):
            stuck = part.cells[np.isin(part.block, wrong)]
            lower, upper = _only_limits(system, lower, upper, stuck)
            part = part.only(np.setdiff1d(part.block, wrong))
    if len(part.rules):
        lower[part.cells], upper[part.cells] = sharpen(part)
    return lower, upper


def _coupled(system: System, lower: Array, upper: Array, broken: Array) -> bool:
    """Whether two rules share an unknown cell, so that one rule at a time is not enough."""
    unknown = _open(lower, upper)[system.cell] & ~broken[system.rule]
    count = np.bincount(system.rule[unknown], minlength=len(system.low))
    tied = unknown & (count[system.rule] > 1)
    return bool(tied.any() and np.bincount(system.cell[tied]).max() > 1)


def _only_limits(
    system: System, lower: Array, upper: Array, cells: Array
) -> tuple[Array, Array]:  # fmt: skip
    """Where sums contradict each other, keep what class limits alone say."""
    limits, most, _ = propagate(system.rows(np.flatnonzero(system.kind == "limit")))
    lower, upper = lower.copy(), upper.copy()
    lower[cells], upper[cells] = limits[cells], most[cells]
    return lower, upper
