"""Which cases of a long walk `make test` takes, and which of them are traced for coverage.

A test marked `exhaustive` walks through many cases of lines that other tests run too. `make test`
takes some of its cases, always the same ones, and does not trace them; `make exhaustive`, which CI
runs afterwards, takes them all, and every property with all its examples.

The mark says which cases stay:

``exhaustive``            all of them, only untraced;
``exhaustive(meet=1)``    so many that every value of every parameter occurs;
``exhaustive(meet=2)``    so many that every two values of two parameters occur together;
``exhaustive(cases=8)``   at most eight, spread over the walk.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import Any

import pytest

#: Of a test's other cases the first ones tell which lines it runs.
TRACED = 3
#: Whether an item is traced, set while collecting.
IS_TRACED = pytest.StashKey[bool]()


def select(items: list[pytest.Item], everything: bool) -> list[pytest.Item]:
    """Leave in `items` what is run, and return the rest."""
    tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    run: set[pytest.Item] = set()
    for cases in tests.values():
        mark = cases[0].get_closest_marker("exhaustive")
        kept = cases if mark is None or everything else _kept(cases, **mark.kwargs)
        for n, item in enumerate(kept):
            item.stash[IS_TRACED] = mark is None and n < TRACED
        run.update(kept)
    left_out = [item for item in items if item not in run]
    items[:] = [item for item in items if item in run]
    return left_out


def _kept(
    items: list[pytest.Item], meet: int | None = None, cases: int | None = None
) -> list[pytest.Item]:
    if meet is not None:
        items = [items[n] for n in covering([_values(item) for item in items], meet)]
    return items if cases is None else [items[n] for n in spread(len(items), cases)]


def _values(case: pytest.Item) -> dict[str, Hashable]:
    """Values of a case's parameters; what cannot be hashed is told apart by itself."""
    params: dict[str, Any] = getattr(getattr(case, "callspec", None), "params", {})
    return {k: v if isinstance(v, Hashable) else id(v) for k, v in params.items()}


def covering(cases: Sequence[dict[str, Hashable]], meet: int) -> list[int]:
    """Positions of cases in which every `meet` values that occur together do so; greedily few."""
    wanted = [
        {tuple(pair) for pair in combinations(case.items(), min(meet, len(case)))} for case in cases
    ]
    missing = set().union(*wanted)
    taken: list[int] = []
    while missing:
        best = max(range(len(cases)), key=lambda n: (len(wanted[n] & missing), -n))
        missing -= wanted[best]
        taken.append(best)
    return sorted(taken)


def spread(cases: int, most: int) -> list[int]:
    """Positions of at most `most` of so many cases, the first and the last among them."""
    if cases <= most:
        return list(range(cases))
    return sorted({round(n * (cases - 1) / max(most - 1, 1)) for n in range(most)})
