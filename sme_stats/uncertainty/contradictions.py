"""Published cells that contradict each other: the smallest set of rules that cannot all hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.frame import require
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.propagation import propagate
from sme_stats.uncertainty.system import System, build, say_rule

COLUMNS = ("block", "rule", "difference", "rounding")


def contradictions(frame: pd.DataFrame) -> pd.DataFrame:
    """Smallest sets of rules over published cells that no table could meet.

    A rule whose own cells cannot meet it stands alone, such as classes that exceed their TOTAL.
    Rules that contradict each other only together are reduced to a set of which none can be left
    out: without any one of them the rest can hold.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with ``size``.

    Returns
    -------
    pandas.DataFrame
        One row a rule: ``block`` numbers the contradiction, ``rule`` names rule and cells,
        ``difference`` is how far it is missed (NaN for rules that fail only together),
        ``rounding`` whether rounding of its n parts, (n + 1) / 2 units, explains it. Empty where
        everything can hold. Nothing is repaired.

    Examples
    --------
    >>> from sme_stats import load
    >>> found = contradictions(load("sbs_sc_ovw", geo="SI", year=2023))
    >>> found["difference"].tolist(), found["rule"].iloc[0][:58]
    ([1772.0], 'classes add up to TOTAL (0-9, 10-19, 20-49, 50-249, GE250,')
    """
    require(frame, "size", "measure", "value", "conf")
    system = build(frame)
    lower, upper, broken = propagate(system)
    rows = [_alone(frame, system, int(rule), n) for n, rule in enumerate(np.flatnonzero(broken))]
    for number, rules in enumerate(_together(system, lower, upper, broken), start=len(rows)):
        rows += [
            {"block": number, "rule": say_rule(frame, system, int(rule)), "difference": np.nan,
             "rounding": False}
            for rule in rules
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _alone(frame: pd.DataFrame, system: System, rule: int, number: int) -> dict[str, object]:
    terms = system.rule == rule
    cells, factor = system.cell[terms], system.factor[terms]
    ends = factor * system.lower[cells], factor * system.upper[cells]
    least, most = np.minimum(*ends).sum(), np.maximum(*ends).sum()
    gap = least - system.high[rule] if least > system.high[rule] else most - system.low[rule]
    unit = 1.0 if str(frame["unit"].iloc[int(cells[0])]) == "NR" else 0.1
    return {
        "block": number, "rule": say_rule(frame, system, rule), "difference": round(float(gap), 6),
        "rounding": bool(abs(gap) <= unit * (system.parts[rule] + 1) / 2),
    }  # fmt: skip


def _together(system: System, lower: Array, upper: Array, broken: Array) -> list[Array]:
    """Irreducible sets of rules in blocks that are feasible rule by rule but not together."""
    from sme_stats.uncertainty.programs import infeasible_blocks, open_part

    part = open_part(system, lower, upper, broken)
    sets = []
    for block in infeasible_blocks(part):
        rules = part.only(np.array([block])).rules
        sets.append(_irreducible(system, rules))
    return sets


def _irreducible(system: System, rules: Array) -> Array:
    """Leave out each rule that the contradiction does not need: a deletion filter."""
    from sme_stats.uncertainty.programs import infeasible_blocks, open_part

    def contradict(chosen: Array) -> bool:
        reduced = system.rows(chosen)
        low, high, broken = propagate(reduced)
        if broken.any():
            return True
        return bool(len(infeasible_blocks(open_part(reduced, low, high, broken))))

    needed = rules
    for rule in rules:
        without = needed[needed != rule]
        if len(without) and contradict(without):
            needed = without
    return needed
