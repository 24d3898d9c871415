"""Ratios as linear programs, by the transformation of Charnes and Cooper (1962).

With y = t x and the denominator scaled to 1, each end of a ratio over linear rules is one linear
program; the programs of many ratios are solved as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sme_stats.errors import IncoherentError
from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.programs import Open
from sme_stats.uncertainty.solving import UnboundedError, solve


@dataclass(frozen=True)
class Program:
    """One ratio's own variables y and t, and its rules, all scaled to the size of its cells.

    Attributes
    ----------
    cost : numpy.ndarray
        The numerator.
    matrix, low, high : scipy.sparse.csr_array, numpy.ndarray
        Rules and ends of the cells over y and t, and last the denominator, which is 1.
    ends : list of tuple
        Least and greatest of each variable.
    """

    cost: Array
    matrix: sparse.csr_array
    low: Array
    high: Array
    ends: list[tuple[float, float]]

    @classmethod
    def of(cls, part: Open, above: Array, below: Array, top: float, bottom: float) -> Program:
        # Cells in units of the largest, so that y and t are of one size.
        figures = np.array([*part.lower, *part.upper, top, bottom])
        scale = max(1.0, np.abs(figures[np.isfinite(figures)]).max(initial=0.0))
        identity = sparse.eye_array(len(part.cells), format="csr")
        equal = part.low == part.high
        rows, low, high = [], [], []
        for side, end, sign, which in (
            (part.matrix, part.low, 0.0, equal), (part.matrix, part.high, -1.0, ~equal),
            (part.matrix, part.low, 1.0, ~equal), (identity, part.upper, -1.0, True),
            (identity, part.lower, 1.0, part.lower != 0),
        ):  # fmt: skip
            chosen = np.isfinite(end) & which
            column = sparse.csr_array(-(end[chosen] / scale)[:, None])
            rows.append(sparse.hstack([side[chosen], column], format="csr"))
            low.append(np.full(int(chosen.sum()), 0.0 if sign >= 0 else -np.inf))
            high.append(np.full(int(chosen.sum()), 0.0 if sign <= 0 else np.inf))
        rows.append(sparse.csr_array(np.append(below, bottom / scale)[None, :]))
        ends = [(0.0 if least >= 0 else -np.inf, np.inf) for least in part.lower]
        return cls(
            np.append(above, top / scale), sparse.vstack(rows, format="csr"),
            np.concatenate([*low, [1.0]]), np.concatenate([*high, [1.0]]), [*ends, (0.0, np.inf)],
        )  # fmt: skip


def optima(copies: list[Program], sign: float) -> Array:
    """Least of sign times each ratio, all in one program; by halves where one has no end."""
    try:
        found = solve(
            sign * np.concatenate([c.cost for c in copies]),
            sparse.block_diag([c.matrix for c in copies], format="csr"),
            np.concatenate([c.low for c in copies]), np.concatenate([c.high for c in copies]),
            [end for c in copies for end in c.ends],
        )  # fmt: skip
    except IncoherentError as error:
        if len(copies) == 1:
            return np.array([-np.inf if isinstance(error, UnboundedError) else np.nan])
        half = len(copies) // 2
        return np.concatenate([optima(copies[:half], sign), optima(copies[half:], sign)])
    starts = np.cumsum([0, *(len(c.cost) for c in copies)])[:-1]
    terms = sign * np.concatenate([c.cost for c in copies]) * found
    least: Array = np.add.reduceat(terms, starts)
    return least
