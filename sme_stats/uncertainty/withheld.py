"""Bounds of withheld cells from what is published around them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.frame import require
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.propagation import Narrowed, propagate
from sme_stats.uncertainty.system import System, build


def bounds(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every withheld cell the sharpest lower and upper that follow from what is published.

    Used are: no count is negative (value added and surpluses may be); classes add up to TOTAL;
    sections add up to their aggregate; member states add up to the EU where all are there; an
    enterprise of class 50-249 has 50 to 249
    persons employed, one of GE250 at least 250, and enterprises are counted even where persons
    are withheld; a rounded cell lies within half of its last digit, and a sum of n amounts that
    show decimals within (n + 1) / 2 of the last. Rules that share unknown cells are solved
    together as a linear program. Where counts contradict each other, their sums hold within
    (n + 1) / 2 instead; where even that fails nothing is forced, a cell keeps what class limits
    alone allow: see `contradictions`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame; the more measures, sections and places of the same table
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
    return with_system(frame)[0]


def with_system(frame: pd.DataFrame) -> tuple[pd.DataFrame, System]:
    """Bounds of `frame`, and the rules that they come from, for what needs both."""
    require(frame, "dataset", "measure", "unit", "geo", "value", "conf")
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
    return out, system


def _open(lower: Array, upper: Array) -> Array:
    with np.errstate(invalid="ignore"):
        gap: Array = upper - lower > 0
    return gap


def _narrow(system: System) -> tuple[Array, Array]:
    """Ends of all cells: from exact sums, where those contradict each other from rounded ones."""
    lower, upper, stuck, broken = _solve(system)
    doubtful = stuck | _in_rules(system, broken)
    if not doubtful.any():
        return lower, upper
    rules = np.flatnonzero(system.touching(doubtful) | broken)
    loose, wide, still, _ = _solve(system.loosened().rows(rules))
    limits = propagate(system.rows(np.flatnonzero(system.kind == "limit")))
    # A cell that only lies in a broken rule keeps what its other rules say of it.
    own = doubtful & ~stuck & ~still
    lower = np.where(stuck, np.where(still, limits.lower, loose), lower)
    upper = np.where(stuck, np.where(still, limits.upper, wide), upper)
    return np.where(own, np.fmax(lower, loose), lower), np.where(own, np.fmin(upper, wide), upper)


def _in_rules(system: System, rules: Array) -> Array:
    """Unknown cells of some rules."""
    out = np.zeros(len(system.lower), dtype=bool)
    out[system.cell[rules[system.rule]]] = True
    return out & (system.lower < system.upper)


def _solve(system: System) -> tuple[Array, Array, Array, Array]:
    """Ends of all cells; which cells are stuck in a contradiction; which rules are broken."""
    found = system.narrowed
    lower, upper, stuck = found.lower.copy(), found.upper.copy(), found.clash.copy()
    if not stuck.any() and not _coupled(system, found):
        return lower, upper, stuck, found.broken  # sharp; scipy would cost more than its use
    from sme_stats.uncertainty.programs import find_infeasible, joined, open_part, sharpen

    if stuck.any():
        stuck = joined(system, found.broken, stuck) >= 0
    part = open_part(system, lower, upper, found.broken | system.touching(stuck))
    wrong, part = find_infeasible(part)
    if len(wrong):
        bad = np.zeros(len(lower), dtype=bool)
        bad[part.cells[np.isin(part.block, wrong)]] = True
        stuck |= joined(system, found.broken, bad) >= 0
        part = part.only(np.setdiff1d(part.block, wrong))
    if len(part.rules):
        lower[part.cells], upper[part.cells] = sharpen(part)
    return lower, upper, stuck, found.broken


def _coupled(system: System, found: Narrowed) -> bool:
    """Whether two rules share an unknown cell, so that one rule at a time is not enough."""
    unknown = _open(found.lower, found.upper)[system.cell] & ~found.broken[system.rule]
    count = np.bincount(system.rule[unknown], minlength=len(system.low))
    tied = unknown & (count[system.rule] > 1)
    return bool(tied.any() and np.bincount(system.cell[tied]).max() > 1)
