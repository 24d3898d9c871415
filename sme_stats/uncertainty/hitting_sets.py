"""The fewest rules that contradict each other, by implicit hitting sets.

What contradicts itself must break a rule of every *correction*, a set of rules without which the
others can hold. So the fewest rules that hit every correction found so far are a lower bound: if
they can hold, they lead to another correction; if they cannot, no smaller set can fail (Reiter
1987; Ignatiev and others 2015). No constant has to be guessed, as it would with one program over
all subsets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sme_stats.errors import IncoherentError
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.solving import solve
from sme_stats.uncertainty.system import System

#: Rules of a block, and programs over it, up to which the fewest are looked for: some seconds.
MOST_RULES, MOST_PROGRAMS = 500, 400

#: Whether some rules, by number, cannot all hold.
Test = Callable[[Array], bool]


class _SpentError(Exception):
    """The programs are used up, or one fails."""


def find_fewest(system: System, irreducible: Array, contradict: Test) -> tuple[Array, bool]:
    """Fewest rules of a system that cannot all hold, and whether that is proven.

    Parameters
    ----------
    system : System
        Rules that cannot all hold, each of which can by itself.
    irreducible : numpy.ndarray of int
        Rules that cannot all hold either; without any one of them the rest can.
    contradict : callable
        Whether some rules, by number, cannot all hold.

    Returns
    -------
    tuple
        The rules, those given where no smaller set exists; and False where the limits `MOST_RULES`
        and `MOST_PROGRAMS` end the search before that is known.
    """
    count = len(system.low)
    if len(irreducible) <= 2:
        return irreducible, True
    if count > MOST_RULES:
        return irreducible, False
    left = iter(range(MOST_PROGRAMS))

    def fails(rules: Array) -> bool:
        if next(left, None) is None:
            raise _SpentError
        return contradict(rules)

    corrections: list[Array] = []
    try:
        while True:
            hit = _hit(corrections, count)
            if len(hit) >= len(irreducible):
                return irreducible, True
            if len(hit) and fails(hit):
                return hit, True
            corrections += _correct(system, hit, fails)
    except _SpentError:
        return irreducible, False


def _hit(corrections: list[Array], count: int) -> Array:
    """Fewest rules with one of every correction."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not corrections:
        return np.zeros(0, dtype=int)
    row = np.repeat(np.arange(len(corrections)), [len(c) for c in corrections])
    chosen = np.zeros((len(corrections), count))
    chosen[row, np.concatenate(corrections)] = 1.0
    found = milp(
        np.ones(count), integrality=np.ones(count), bounds=Bounds(0, 1),
        constraints=LinearConstraint(chosen, lb=1.0),
    )  # fmt: skip
    if found.status != 0:
        raise _SpentError
    return np.flatnonzero(found.x > 0.5)


def _correct(system: System, hit: Array, fails: Test) -> list[Array]:
    """Corrections that have none of some rules and share none with each other."""
    out: list[Array] = []
    held = hit
    while not out or not fails(held):
        broken = _broken(system, held)
        for rule in broken if len(broken) > 1 else ():
            kept = np.setdiff1d(np.arange(len(system.low)), broken[broken != rule])
            if not fails(kept):
                broken = broken[broken != rule]
        out.append(broken)
        held = np.union1d(held, broken)
    return out


def _broken(system: System, held: Array) -> Array:
    """Rules that break where the sum of the violations of all but some that hold is least."""
    from scipy import sparse

    rows, cells = len(system.low), len(system.lower)
    # A cell that is not in the table says nothing, so its rules never break.
    lower = np.where(np.isnan(system.lower), -np.inf, system.lower)
    upper = np.where(np.isnan(system.upper), np.inf, system.upper)
    matrix = sparse.csr_array((system.factor, (system.rule, system.cell)), shape=(rows, cells))
    slack = sparse.eye_array(rows, format="csr")
    known = np.where(lower == upper, lower, 0.0)
    reach = np.maximum(1.0, np.abs(np.where(np.isfinite(system.low), system.low, system.high)))
    reach = 1e-6 + 1e-9 * np.maximum(reach, np.abs(matrix @ known))
    most = np.full(rows, np.inf)
    most[held] = reach[held]
    cost = np.concatenate([np.zeros(cells), np.ones(2 * rows)])
    ends = [*zip(lower, upper, strict=True), *zip(np.zeros(rows), most, strict=True)]
    try:
        found = solve(
            cost, sparse.hstack([matrix, slack, -slack], format="csr"), system.low, system.high,
            [*ends, *zip(np.zeros(rows), most, strict=True)],
        )  # fmt: skip
    except IncoherentError:
        raise _SpentError from None
    gap = found[cells : cells + rows] + found[cells + rows :]
    gap[held] = 0.0
    broken = np.flatnonzero(gap > reach)
    if not len(broken):
        raise _SpentError
    return broken
