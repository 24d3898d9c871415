"""Sharp ends of ratios of sums over everything published: linear-fractional programming.

Dividing the ends of two sums would let the same withheld cell be high above and low below. Here a
ratio is optimised over the tables that the published cells allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sme_stats.errors import IncoherentError, WithheldError
from sme_stats.frame import require
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.room import Room
from sme_stats.uncertainty.sums import Sums
from sme_stats.uncertainty.system import System, build

if TYPE_CHECKING:
    from scipy import sparse

    from sme_stats.uncertainty.charnes_cooper import Program
    from sme_stats.uncertainty.programs import Open

#: Unknown cells of the blocks of one ratio up to which it is sharpened without being asked: some
#: hundredths of a second. A limit of its own for each, so that its ends are the same whatever else
#: is asked.
MOST_CELLS = 1_000
#: Digits that a program's ends are good for; the others depend on what was solved beside them.
_DIGITS = 12
#: What is said of the ends of a result that rests on a withheld cell.
SHARP, SURE, CONTRADICTED = "sharp", "sure", "contradicted"


def bound_ratio(frame: pd.DataFrame, numerator: Array, denominator: Array) -> tuple[float, float]:
    """Least and greatest value of one sum of cells over another, given all that is published.

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
    room = Room(system)
    found = room.found
    used = np.asarray(numerator) | np.asarray(denominator)
    if np.isnan(found.lower[used]).any():
        raise WithheldError("a cell of the ratio is not in the table, so no bound of it is known")
    touched = _touching(system, used)
    inside = system.cell[np.isin(system.rule, touched)]
    if found.broken[touched].any() or found.clash[inside].any():
        raise _contradiction()
    ratios = Ratios(room, Sums.of([numerator]), Sums.of([denominator]))
    lower, upper, bad = ratios.extremes(np.array([0]))
    if bad[0]:
        raise _contradiction()
    return float(lower[0]), float(upper[0])


def _contradiction() -> IncoherentError:
    return IncoherentError(
        "published cells that the ratio rests on contradict each other; contradictions(frame) "
        "names them"
    )


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


@dataclass(frozen=True)
class Narrower:
    """Ends of several ratios, and what is to be said of them: `SHARP`, `SURE`, `CONTRADICTED`.

    NaN where an end was not computed.
    """

    lower: Array
    upper: Array
    said: Array


def sharpen(
    room: Room, above: Sums, below: Sums | None = None, always: bool | None = None,
    surely: bool = False,
) -> Narrower:  # fmt: skip
    """Sharp ends of those ratios whose cells are tied to each other by more than one rule.

    Elsewhere the ends of the cells, put together by the closed form of a share or a quotient, are
    sharp already: there is one unknown cell, or one rule, or there are rules that share no cell.

    Parameters
    ----------
    room : Room
        What rules over a frame leave open.
    above, below : Sums
        Numerators and denominators, cells of that frame; without denominators plain sums.
    always : bool, optional
        Sharpen all, or none; by default each that takes up to `MOST_CELLS` cells.
    surely : bool
        Only ratios whose denominator is above zero in every table.
    """
    count = above.count
    said = np.full(count, SHARP, dtype=object)
    lower, upper = np.full(count, np.nan), np.full(count, np.nan)
    if not any(room.concerned[sums.cell].any() for sums in (above, below) if sums is not None):
        return Narrower(lower, upper, said)
    ratios = Ratios(room, above, below)
    said[ratios.bad] = CONTRADICTED
    wanted = np.flatnonzero(ratios.tied & ~ratios.bad)
    said[wanted] = SURE
    # Where a denominator may be zero there may be no ratio: ends of those that there are.
    wanted = wanted[ratios.least_below[wanted] >= (1e-9 if surely else 0)]
    if not always:
        most = MOST_CELLS if always is None else -1
        wanted = wanted[ratios.cells_of(wanted) <= most]
    if len(wanted):
        lower[wanted], upper[wanted], bad = ratios.extremes(wanted)
        failed = np.isnan(lower[wanted]) | np.isnan(upper[wanted])
        said[wanted] = np.where(failed, SURE, SHARP)
        said[wanted[bad]] = CONTRADICTED
    return Narrower(lower, upper, said)


class Ratios:
    """Ratios of sums as programs over what a system leaves open.

    Attributes
    ----------
    tied : numpy.ndarray of bool
        Ratios with two unknown cells of one block that has several rules, or cells without ends.
    bad : numpy.ndarray of bool
        Ratios with a cell in a block where a rule cannot hold.
    least_below : numpy.ndarray
        What the denominator is at least, by its cells.
    """

    def __init__(self, room: Room, above: Sums, below: Sums | None = None) -> None:
        from scipy import sparse

        shape = above.count, len(room.known)
        self._part = room.part
        whole = [
            sparse.csr_array((s.factor, (s.row, s.cell)), shape=shape)
            for s in (above, below or Sums.of([np.zeros(0, dtype=bool)] * above.count))
        ]
        self._fixed = [matrix @ room.known for matrix in whole]
        self._fixed[1] += below is None
        self._open = [matrix[:, self._part.cells] for matrix in whole]
        self.least_below = self._fixed[1] + _least(self._open[1], self._part)
        pattern = (abs(self._open[0]) + abs(self._open[1])).tocoo()
        row, column = pattern.coords
        number = row * room.blocks + self._part.block[column].astype(int)
        pair, times = np.unique(number, return_counts=True)
        self._row, self._block = pair // room.blocks, pair % room.blocks
        self.tied = self._where(room.tying[self._block] & (times > 1))
        self.bad = self._where(room.wrong[self._block])

    def _where(self, pairs: Array) -> Array:
        """Ratios of some pairs of a ratio and a block."""
        out = np.zeros(self._fixed[0].shape[0], dtype=bool)
        out[self._row[pairs]] = True
        return out

    def cells_of(self, ratios: Array) -> Array:
        """How many unknown cells each of some ratios is a program over."""
        sizes = np.bincount(self._part.block.astype(int), minlength=1)
        cells = np.bincount(self._row, sizes[self._block], self._fixed[0].shape[0])
        out: Array = cells[ratios]
        return out

    def extremes(self, ratios: Array) -> tuple[Array, Array, Array]:
        """Least and greatest value of some ratios, and which rest on a block without a table.

        NaN where a program fails.
        """
        from sme_stats.uncertainty.charnes_cooper import optima
        from sme_stats.uncertainty.programs import MOST_COLUMNS, find_infeasible

        used = np.unique(self._block[np.isin(self._row, ratios)])
        wrong, part = find_infeasible(self._part.only(used))
        bad = self._where(np.isin(self._block, wrong))[ratios]
        lower, upper = np.full(len(ratios), np.nan), np.full(len(ratios), np.nan)
        portion = np.cumsum(self.cells_of(ratios) + 1) // MOST_COLUMNS
        for number in np.unique(portion[~bad]):
            chosen = np.flatnonzero((portion == number) & ~bad)
            copies = [self._copy(part, int(r)) for r in ratios[chosen]]
            lower[chosen] = _firm(optima(copies, 1.0))
            upper[chosen] = _firm(-optima(copies, -1.0))
        return lower, upper, bad

    def _copy(self, part: Open, ratio: int) -> Program:
        from sme_stats.uncertainty.charnes_cooper import Program

        part = part.only(self._block[self._row == ratio])
        place = np.searchsorted(self._part.cells, part.cells)
        above, below = (m[[ratio]][:, place].toarray()[0] for m in self._open)
        return Program.of(part, above, below, self._fixed[0][ratio], self._fixed[1][ratio])


def _firm(ends: Array) -> Array:
    """Ends to the digits that a program is good for."""
    out: Array = np.array([float(f"{end:.{_DIGITS}g}") for end in ends])
    return out


def _least(sums: sparse.csr_array, part: Open) -> Array:
    """What sums of open cells are at least, by the ends of the cells."""
    terms = sums.tocoo()
    row, cell = terms.coords
    end = np.where(terms.data > 0, part.lower[cell], part.upper[cell])
    out: Array = np.bincount(row, terms.data * end, sums.shape[0])
    return out
