"""Published cells that contradict each other: the smallest set of rules that cannot all hold."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from sme_stats.frame import describe, dimensions, require
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.propagation import Narrowed, propagate
from sme_stats.uncertainty.system import System, build

COLUMNS = ("block", "rule", "difference", "rounding", "proof")
#: What is known of a set's size.
FEWEST, IRREDUCIBLE = "fewest", "irreducible, not proven the fewest"


def contradictions(frame: pd.DataFrame) -> pd.DataFrame:
    """Smallest sets of rules over published cells that no table could meet.

    A rule whose own cells cannot meet it stands alone, such as classes that exceed their TOTAL.
    Where rules contradict each other only together, the set has the fewest rules of their block
    that do, by proof; of several such sets one is given. In a block of more than 500 rules, or
    where 400 linear programs do not prove it, the set is only irreducible: without any one of its
    rules the rest can hold, but a smaller one may exist.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with ``size``.

    Returns
    -------
    pandas.DataFrame
        One row a rule: ``block`` numbers the contradiction, ``rule`` names rule and cells,
        ``difference`` is how far it is missed (NaN for rules that fail only together),
        ``rounding`` whether rounding of its n parts, (n + 1) / 2 units, explains it, ``proof``
        either ``fewest`` or ``irreducible, not proven the fewest``. Empty where everything can
        hold. Nothing is repaired; one set is given for each block, which may hold another
        contradiction that shows once the first is gone.

    Examples
    --------
    >>> from sme_stats import load
    >>> found = contradictions(load("sbs_sc_ovw", geo="SI", year=2023))
    >>> found["difference"].tolist(), found["rule"].iloc[0][:58]
    ([1772.0], 'classes add up to TOTAL (0-9, 10-19, 20-49, 50-249, GE250,')
    """
    require(frame, "size", "measure", "value", "conf")
    system = build(frame)
    found = system.narrowed
    alone = np.flatnonzero(found.broken)
    rows = [_alone(frame, system, int(rule), n) for n, rule in enumerate(alone)]
    for number, (rules, proven) in enumerate(_together(system, found), start=len(rows)):
        said = {
            "block": number, "difference": np.nan, "proof": FEWEST if proven else IRREDUCIBLE,
            "rounding": not contradict(system.loosened(), rules),
        }  # fmt: skip
        rows += [said | {"rule": say_rule(frame, system, int(rule))} for rule in rules]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def say_rule(frame: pd.DataFrame, system: System, rule: int) -> str:
    """Name one rule with its cells, for reports."""
    cells = system.cells_of(rule)
    keys = dimensions(frame)
    first = frame.iloc[int(cells[0])]
    varies = {"size": "size", "nace": "nace", "geo": "geo", "limit": "measure"}[system.kind[rule]]
    codes = [str(frame.iloc[int(c)][varies]) for c in cells]
    where = describe(first, [k for k in keys if k not in (varies, "indic", "unit", "vintage")])
    words = {
        "size": "classes add up to TOTAL", "nace": "sections add up to their aggregate",
        "geo": "members add up to the aggregate", "limit": "class limits times enterprises",
    }[system.kind[rule]]  # fmt: skip
    return f"{words} ({', '.join(codes)}) in {where}"


def _alone(frame: pd.DataFrame, system: System, rule: int, number: int) -> dict[str, object]:
    terms = system.rule == rule
    cells, factor = system.cell[terms], system.factor[terms]
    ends = factor * system.lower[cells], factor * system.upper[cells]
    least, most = np.minimum(*ends).sum(), np.maximum(*ends).sum()
    gap = least - system.high[rule] if least > system.high[rule] else most - system.low[rule]
    reach = system.digit[rule] * system.parts[rule] / 2
    return {
        "block": number, "rule": say_rule(frame, system, rule), "difference": round(float(gap), 6),
        "rounding": bool(abs(gap) <= reach + 1e-6), "proof": FEWEST,
    }  # fmt: skip


def _together(system: System, found: Narrowed) -> list[tuple[Array, bool]]:
    """Fewest rules of each block that is feasible rule by rule but not together, if proven."""
    from sme_stats.uncertainty.hitting_sets import find_fewest
    from sme_stats.uncertainty.programs import find_infeasible, joined, open_part

    bad = found.clash.copy()
    part = open_part(system, found.lower, found.upper, found.broken | system.touching(bad))
    wrong, part = find_infeasible(part)
    bad[part.cells[np.isin(part.block, wrong)]] = True
    if not bad.any():
        return []
    block = joined(system, found.broken, bad)
    sets = []
    for number in np.unique(block[block >= 0]):
        rules = np.flatnonzero(system.touching(block == number) & ~found.broken)
        own = system.cut(rules)
        few = reduce(own, np.arange(len(rules)))
        fewest, proven = find_fewest(own, few, partial(contradict, own))
        sets.append((rules[fewest], proven))
    return sets


def contradict(system: System, rules: Array) -> bool:
    """Whether some rules cannot all hold."""
    from sme_stats.uncertainty.programs import find_infeasible, open_part

    chosen = system.rows(rules)
    found = propagate(chosen)
    if found.broken.any() or found.clash.any():
        return True
    part = open_part(chosen, found.lower, found.upper, found.broken)
    return bool(len(find_infeasible(part)[0]))


def reduce(system: System, rules: Array) -> Array:
    """Leave out what a contradiction does not need: a deletion filter, in halves while it can."""
    needed, width = rules, max(1, len(rules) // 2)
    while True:
        start = 0
        while start < len(needed):
            without = np.delete(needed, np.s_[start : start + width])
            if len(without) and contradict(system, without):
                needed = without
            else:
                start += width
        if width == 1:
            return needed
        width //= 2
