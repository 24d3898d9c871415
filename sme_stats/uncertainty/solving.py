"""One linear program, solved by HiGHS (scipy)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from sme_stats.errors import IncoherentError
from sme_stats.uncertainty.cube import Array


class UnboundedError(IncoherentError):
    """The objective has no end."""


def solve(
    cost: Array, matrix: sparse.csr_array, low: Array, high: Array,
    bounds: list[tuple[float, float]], presolve: bool = True,
) -> Array:  # fmt: skip
    """Least cost subject to ``low <= matrix @ x <= high``."""
    above, below = (low < high) & np.isfinite(high), (low < high) & np.isfinite(low)
    equal = low == high
    upper = sparse.vstack([matrix[above], -matrix[below]], format="csr")
    found = linprog(
        cost, A_ub=upper if upper.shape[0] else None,
        b_ub=np.concatenate([high[above], -low[below]]) if upper.shape[0] else None,
        A_eq=matrix[equal] if equal.any() else None, b_eq=low[equal] if equal.any() else None,
        bounds=bounds, method="highs", options={"presolve": presolve},
    )  # fmt: skip
    if found.status == 3:
        raise UnboundedError("the linear program over withheld cells has no end")
    if found.status != 0 and presolve:
        # HiGHS's presolve calls some programs infeasible that have no end.
        return solve(cost, matrix, low, high, bounds, presolve=False)
    if found.status != 0:
        raise IncoherentError(f"the linear program over withheld cells failed: {found.message}")
    return np.asarray(found.x)
