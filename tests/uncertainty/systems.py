"""Small systems of rules, written by hand."""

import numpy as np

from sme_stats.uncertainty.system import System


def system(rules, ends):
    """Rules as ({cell: factor}, low, high) over cells as (lower, upper)."""
    terms = [(r, c, f) for r, (cells, _, _) in enumerate(rules) for c, f in cells.items()]
    rule, cell, factor = (np.array([t[i] for t in terms]) for i in range(3))
    count = len(rules)
    lower, upper = (np.array([end[i] for end in ends], dtype=float) for i in range(2))
    return System(
        rule.astype(np.int64), cell.astype(np.int64), factor.astype(float),
        np.array([r[1] for r in rules], dtype=float), np.array([r[2] for r in rules], dtype=float),
        np.array(["size"] * count, dtype=object), np.full(count, 2), np.ones(count), lower, upper,
    )  # fmt: skip
