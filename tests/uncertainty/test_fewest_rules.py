"""The fewest rules that contradict each other, proven against every subset on small systems."""

from functools import partial
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from sme_stats.frame import concat
from sme_stats.uncertainty import hitting_sets
from sme_stats.uncertainty.contradictions import (
    FEWEST,
    IRREDUCIBLE,
    contradict,
    contradictions,
    reduce,
)
from sme_stats.uncertainty.hitting_sets import find_fewest

from .systems import system

INF = np.inf


def dense(given):
    matrix = np.zeros((len(given.low), len(given.lower)))
    np.add.at(matrix, (given.rule, given.cell), given.factor)
    return matrix


def can_hold(given, rules):
    matrix, rules = dense(given)[list(rules)], list(rules)
    sides = np.vstack([matrix, -matrix])
    ends = np.concatenate([given.high[rules], -given.low[rules]])
    kept = np.isfinite(ends)
    box = [(a, None if b == INF else b) for a, b in zip(given.lower, given.upper, strict=True)]
    found = linprog(np.zeros(matrix.shape[1]), A_ub=sides[kept], b_ub=ends[kept], bounds=box)
    return found.status == 0


def some_fail(given, size):
    """Whether any set of so many rules cannot hold, by trying each."""
    return any(not can_hold(given, r) for r in combinations(range(len(given.low)), size))


def searched(given):
    every = np.arange(len(given.low))
    few = reduce(given, every)
    return few, *find_fewest(given, few, partial(contradict, given))


def at_random(random):
    """Seven sums over five cells; whole numbers, so that no tolerance decides."""
    rules = []
    for _ in range(7):
        cells = random.choice(5, random.integers(2, 4), replace=False)
        level = int(random.integers(0, 12))
        high = (level, level, INF)[random.integers(3)]
        rules.append(({int(c): int(random.choice([1, 1, -1])) for c in cells}, level, high))
    return system(rules, [(0, INF)] * 5)


def test_on_random_systems_no_smaller_set_fails():
    random, sizes, smaller = np.random.default_rng(1), [], 0
    while len(sizes) < 6:
        given = at_random(random)
        if can_hold(given, range(7)) or some_fail(given, 1):
            continue
        few, fewest, proven = searched(given)
        if len(few) == 2:
            continue
        assert proven and not can_hold(given, fewest)
        assert not any(some_fail(given, size) for size in range(2, len(fewest)))
        sizes.append(len(fewest))
        smaller += len(fewest) < len(few)
    assert smaller >= 2 and max(sizes) >= 4


@pytest.fixture
def chain_and_shortcut():
    """Three rules fail around the corner, two at once.

    x = y, y = z and z >= x + 1 come first; x + u >= 9 and x + u <= 8 after them.
    """
    return system([
        ({0: 1, 1: -1}, 0, 0), ({1: 1, 2: -1}, 0, 0), ({2: 1, 0: -1}, 1, INF),
        ({0: 1, 3: 1}, 9, INF), ({0: 1, 3: 1}, -INF, 8),
    ], [(0, INF)] * 4)  # fmt: skip


def test_an_irreducible_set_need_not_be_the_smallest(chain_and_shortcut):
    given, test = chain_and_shortcut, partial(contradict, chain_and_shortcut)
    three = np.array([0, 1, 2])
    assert test(three) and not any(test(np.delete(three, n)) for n in range(3))
    fewest, proven = find_fewest(given, three, test)
    assert (fewest.tolist(), proven) == ([3, 4], True)
    assert find_fewest(given, np.array([3, 4]), test)[0].tolist() == [3, 4]


def test_beyond_the_limits_the_irreducible_set_is_given_and_called_that(
    chain_and_shortcut, monkeypatch
):
    given, test, three = chain_and_shortcut, partial(contradict, chain_and_shortcut), np.arange(3)
    monkeypatch.setattr(hitting_sets, "MOST_RULES", 4)
    assert find_fewest(given, three, test)[1] is False
    monkeypatch.setattr(hitting_sets, "MOST_RULES", 5)
    assert find_fewest(given, three, test)[1] is True
    monkeypatch.setattr(hitting_sets, "MOST_PROGRAMS", 1)
    rules, proven = find_fewest(given, three, test)
    assert (rules.tolist(), proven) == ([0, 1, 2], False)


def test_when_every_smaller_set_can_hold_the_given_one_is_the_fewest():
    given = system([
        ({0: 1, 1: -1}, 0, 0), ({1: 1, 2: -1}, 0, 0), ({2: 1, 0: -1}, 1, INF), ({0: 1, 2: 1}, 3, 9),
    ], [(0, INF)] * 3)  # fmt: skip
    rules, proven = find_fewest(given, np.array([0, 1, 2]), partial(contradict, given))
    assert (rules.tolist(), proven) == ([0, 1, 2], True)


def ring(cells, sections):
    """Four sections and their aggregate by two classes, every cell inside withheld."""
    parts = [cells({"0-9": None, "GE10": None, "TOTAL": 10}, nace=n) for n in "BCDE"]
    whole = dict(zip(("0-9", "GE10", "TOTAL"), (*sections, None), strict=True))
    return concat([*parts, cells(whole, nace="B-E")])


def test_tables_say_whether_theirs_is_the_fewest(cells, monkeypatch):
    """Four sections and two classes: all six sums are needed; the totals need two."""
    found = contradictions(ring(cells, (30, 30)))
    assert found["block"].tolist() == [0] * 6 + [1] * 2
    assert found["proof"].unique().tolist() == [FEWEST]
    monkeypatch.setattr(hitting_sets, "MOST_PROGRAMS", 0)
    found = contradictions(ring(cells, (30, 30)))
    assert found["block"].tolist() == [0] * 6 + [1] * 2
    assert found["proof"].tolist() == [IRREDUCIBLE] * 6 + [FEWEST] * 2
    alone = contradictions(cells({"0-9": 3, "GE10": 7, "TOTAL": 20}))
    assert alone["proof"].tolist() == [FEWEST], "one rule: nothing is smaller"


def test_rules_over_cells_that_are_not_there_never_break():
    given = system([
        ({0: 1, 1: -1}, 0, 0), ({1: 1, 2: -1}, 0, 0), ({2: 1, 0: -1}, 1, INF), ({0: 1, 3: 1}, 3, 3),
    ], [(0, INF)] * 3 + [(np.nan, np.nan)])  # fmt: skip
    rules, proven = find_fewest(given, np.array([0, 1, 2]), partial(contradict, given))
    assert (rules.tolist(), proven) == ([0, 1, 2], True)
    assert given.cut(np.array([3])).cell.tolist() == [0, 1]
