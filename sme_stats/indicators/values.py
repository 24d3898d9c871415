"""An indicator's numbers for many groups at once, with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sme_stats.uncertainty.cube import Array


@dataclass
class Values:
    """An indicator's numbers for every group of a cube, and which groups have the cells for it.

    ``ends`` says of groups that rest on withheld cells whether their ends are sharp.
    """

    value: Array
    lower: Array
    upper: Array
    bits: Array
    withheld: Array
    keep: Array
    ends: Array | None = None

    @property
    def doubtful(self) -> Array:
        """Groups that rest on withheld cells, so that sharp ends may be narrower."""
        open_: Array = self.keep & self.withheld & (self.lower < self.upper)
        return open_

    def take(self, groups: Array) -> Values:
        """Numbers of some groups."""
        columns = {f.name: getattr(self, f.name) for f in fields(self)}
        taken: dict[str, Any] = {n: c if c is None else c[groups] for n, c in columns.items()}
        return Values(**taken)

    def put(self, groups: Array, others: Values) -> Values:
        """The same with the numbers of some groups replaced."""
        blank = np.full(len(self.value), "", dtype=object)
        ends = blank if self.ends is None else self.ends
        columns = replace(self, ends=ends).take(np.arange(len(blank)))
        for f in fields(self):
            if (new := getattr(others, f.name)) is not None:
                getattr(columns, f.name)[groups] = new
        return columns

    def followed_by(self, others: Values) -> Values:
        """Numbers of these groups, then of others."""
        pairs = [(getattr(self, f.name), getattr(others, f.name)) for f in fields(self)]
        return Values(*(np.concatenate(pair) for pair in pairs))
