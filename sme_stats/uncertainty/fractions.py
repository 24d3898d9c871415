"""Sharp ends of a ratio of sums over everything published: linear-fractional programming."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.errors import IncoherentError, WithheldError
from sme_stats.frame import require
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.propagation import propagate
from sme_stats.uncertainty.system import System, build


def bound_ratio(frame: pd.DataFrame, numerator: Array, denominator: Array) -> tuple[float, float]:
    """Least and greatest value of one sum of cells over another, given all that is published.

    Dividing the ends of the two sums would let the same withheld cell be high above and low
    below. Here the ratio is optimised over the tables that the published cells allow, by the
    transformation of Charnes and Cooper (1962), which makes it one linear program for each end.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame; every rule of `bounds` over its cells counts.
    numerator, denominator : numpy.ndarray of bool, shape (rows,)
        Cells of the two sums; a cell may be in both.

    Returns
    -------
    tuple of float
        ``(lower, upper)``; the upper is infinite where the denominator may be zero.

    Raises
    ------
    WithheldError
        If a needed cell is not in the table at all, so that nothing is known of it.
    IncoherentError
        If the published cells contradict each other; see `contradictions`.

    Examples
    --------
    Portugal 2021: the SME share of persons employed, two classes withheld.

    >>> from sme_stats import load
    >>> cells = load("sbs_sc_ovw", geo="PT", year=2021)
    >>> persons = (cells["measure"] == "persons_employed").to_numpy()
    >>> smes = persons & ~cells["size"].isin(["GE250", "TOTAL"]).to_numpy()
    >>> total = persons & (cells["size"] == "TOTAL").to_numpy()
    >>> [round(100 * end, 2) for end in bound_ratio(cells, smes, total)]
    [69.74, 93.47]
    """
    require(frame, "size", "measure", "value", "conf")
    system = build(frame)
    found = propagate(system)
    lower, upper, broken = found.lower, found.upper, found.broken
    used = np.asarray(numerator) | np.asarray(denominator)
    if np.isnan(lower[used]).any():
        raise WithheldError("a cell of the ratio is not in the table, so no bound of it is known")
    touched = _touching(system, used)
    if broken[touched].any() or found.clash[system.cell[np.isin(system.rule, touched)]].any():
        raise IncoherentError(
            "published cells that the ratio rests on contradict each other; contradictions(frame) "
            "names them"
        )
    ends = [_optimum(system, lower, upper, numerator, denominator, touched, s) for s in (1.0, -1.0)]
    return ends[0], -ends[1]


def _touching(system: System, used: Array) -> Array:
    """Rules connected with the used cells, directly or through other rules."""
    reached = used.copy()
    rules = np.zeros(len(system.low), dtype=bool)
    while True:
        now = rules.copy()
        now[system.rule[reached[system.cell]]] = True
        if (now == rules).all():
            return np.flatnonzero(rules)
        rules = now
        reached[system.cell[rules[system.rule]]] = True


def _optimum(
    system: System, lower: Array, upper: Array, numerator: Array, denominator: Array,
    rules: Array, sign: float,
) -> float:  # fmt: skip
    """Least of sign times the ratio: variables y = t x and t, with the denominator scaled to 1."""
    from scipy import sparse
    from scipy.optimize import linprog

    part = system.rows(rules)
    cells = np.union1d(part.cell, np.flatnonzero(numerator | denominator))
    place = np.searchsorted(cells, part.cell)
    matrix = sparse.csr_array((part.factor, (part.rule, place)), shape=(len(rules), len(cells)))
    low, high = lower[cells], upper[cells]
    identity = sparse.eye_array(len(cells), format="csr")
    blocks, ends = [], []
    for side, end, way in ((matrix, part.high, 1.0), (matrix, part.low, -1.0),
                           (identity, high, 1.0), (identity, low, -1.0)):  # fmt: skip
        finite = np.isfinite(end)
        column = sparse.csr_array((-way * end[finite])[:, None])
        blocks.append(sparse.hstack([way * side[finite], column], format="csr"))
        ends.append(np.zeros(int(finite.sum())))
    weight = np.concatenate([denominator[cells].astype(float), [0.0]])
    found = linprog(
        np.concatenate([sign * numerator[cells].astype(float), [0.0]]),
        A_ub=sparse.vstack(blocks, format="csr"), b_ub=np.concatenate(ends),
        A_eq=weight[None, :], b_eq=[1.0], bounds=(0, None), method="highs",
    )  # fmt: skip
    if found.status == 3:
        return -np.inf
    if found.status != 0:
        raise IncoherentError("published cells that the ratio rests on contradict each other")
    return float(np.asarray(found.fun))
