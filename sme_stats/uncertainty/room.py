"""What rules leave open around withheld cells, worked out once for all the ratios over them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.system import System

if TYPE_CHECKING:
    from sme_stats.uncertainty.programs import Open
    from sme_stats.uncertainty.propagation import Narrowed


class Room:
    """What a system leaves open, worked out once for all the ratios over it.

    Attributes
    ----------
    system : System
    """

    def __init__(self, system: System) -> None:
        self.system = system

    @property
    def found(self) -> Narrowed:
        """Its cells, tightened rule by rule."""
        return self.system.narrowed

    @cached_property
    def part(self) -> Open:
        """Unknown cells and the rules over them."""
        from sme_stats.uncertainty.programs import open_part

        found = self.found
        return open_part(self.system, found.lower, found.upper, found.broken, least=0)

    @cached_property
    def known(self) -> Array:
        """Value of each known cell; 0 where it is unknown."""
        known = np.nan_to_num(self.found.lower, neginf=0.0)
        known[self.part.cells] = 0.0
        return known

    @cached_property
    def wrong(self) -> Array:
        """Blocks, by number, with a cell that some rules leave no value."""
        doubtful = self.found.clash.copy()
        doubtful[self.system.cell[self.found.broken[self.system.rule]]] = True
        wrong = np.zeros(self.blocks, dtype=bool)
        wrong[self.part.block[doubtful[self.part.cells]]] = True
        return wrong

    @cached_property
    def tying(self) -> Array:
        """Blocks, by number, of several rules or with a cell that may be a loss without end."""
        from sme_stats.uncertainty.programs import rules_in

        loose = np.zeros(self.blocks, dtype=bool)
        loose[self.part.block[np.isinf(self.part.lower)]] = True
        counts = rules_in(self.part)
        loose[: len(counts)] |= counts > 1
        return loose

    @cached_property
    def concerned(self) -> Array:
        """Cells of blocks that tie their cells or allow them no value: others need no program."""
        out = np.zeros(len(self.system.lower), dtype=bool)
        out[self.part.cells] = (self.tying | self.wrong)[self.part.block.astype(int)]
        return out

    @cached_property
    def blocks(self) -> int:
        """How many blocks there are."""
        return int(self.part.block.max(initial=0)) + 1
