"""Propagation over small systems written by hand: what narrows, what is broken, what clashes."""

import numpy as np
import pytest

from sme_stats.uncertainty.propagation import MOST_SWEEPS, propagate

from .systems import system

INF = np.inf


def narrowed(rules, ends):
    found = propagate(system(rules, ends))
    return list(zip(found.lower.tolist(), found.upper.tolist(), strict=True)), found


#: Rules, cells before and after.
NARROWED = [
    ([({0: 1, 1: 1, 2: -1}, 0, 0)], [(0, INF), (3, 3), (10, 10)], [(7, 7), (3, 3), (10, 10)]),
    ([({0: 1, 1: 1, 2: -1}, 0, 0)], [(0, INF), (0, 4), (10, 10)], [(6, 10), (0, 4), (10, 10)]),
    ([({0: 1, 1: 1, 2: -1}, 0, 0)], [(1, 2), (3, 4), (0, INF)], [(1, 2), (3, 4), (4, 6)]),
    ([({0: 1, 1: 1, 2: -1}, 0, 0)], [(0, INF), (0, INF), (10, 12)], [(0, 12), (0, 12), (10, 12)]),
    ([({0: 1, 1: 1, 2: -1}, 0, 0)], [(0, INF), (0, INF), (0, INF)], [(0, INF)] * 3),
    # A loss: nothing is least, so nothing bounds the other above.
    ([({0: 1, 1: 1, 2: -1}, 0, 0)], [(-INF, INF), (2, INF), (5, 5)], [(-INF, 3), (2, INF), (5, 5)]),
    ([({0: 1, 1: 1, 2: -1}, 0, 0)], [(-INF, 1), (-INF, INF), (5, 5)],
     [(-INF, 1), (4, INF), (5, 5)]),
    # Ends of the rule itself.
    ([({0: 1, 1: -1}, -2, 3)], [(0, INF), (10, 10)], [(8, 13), (10, 10)]),
    ([({0: 1, 1: -10}, 0, INF)], [(0, INF), (4, 5)], [(40, INF), (4, 5)]),
    ([({0: 1, 1: -20}, -INF, 0)], [(0, INF), (4, 5)], [(0, 100), (4, 5)]),
    ([({0: 1, 1: -20}, -INF, 0)], [(50, 60), (0, INF)], [(50, 60), (2.5, INF)]),
    ([({0: 1, 1: -10}, 0, INF)], [(50, 60), (0, INF)], [(50, 60), (0, 6)]),
    ([({0: 2, 1: 4}, 8, 8)], [(0, INF), (0, INF)], [(0, 4), (0, 2)]),
    ([({0: -2, 1: -4}, -8, -8)], [(0, INF), (0, INF)], [(0, 4), (0, 2)]),
    # Without an enterprise nobody works: the other cell does not count.
    ([({0: 1, 1: 0}, -INF, 0)], [(0, INF), (0, INF)], [(0, 0), (0, INF)]),
    ([({0: 1, 1: 0}, -INF, 0)], [(0, INF), (0, 0)], [(0, 0), (0, 0)]),
    # One rule helps the next, in either order.
    ([({0: 1, 1: 1}, 10, 10), ({1: 1, 2: 1}, 7, 7)], [(4, 4), (0, INF), (0, INF)],
     [(4, 4), (6, 6), (1, 1)]),
    ([({1: 1, 2: 1}, 7, 7), ({0: 1, 1: 1}, 10, 10)], [(4, 4), (0, INF), (0, INF)],
     [(4, 4), (6, 6), (1, 1)]),
    ([({0: 1, 1: 1}, 10, 10), ({1: 1, 2: 1}, 10, 10)], [(4, 4.2), (5.5, 6), (4, 4.5)],
     [(4, 4.2), (5.8, 6), (4, 4.2)]),
    ([], [(0, INF), (3, 3)], [(0, INF), (3, 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "before", "after"), NARROWED)
def test_cells_are_narrowed_by_the_others_of_their_rules(rules, before, after):
    ends, found = narrowed(rules, before)
    np.testing.assert_allclose(ends, after, rtol=1e-9, atol=1e-9)
    assert not found.broken.any() and not found.clash.any()
    assert found.broken.shape == (len(rules),) and found.clash.shape == (len(before),)


def test_the_cells_given_are_not_changed():
    given = system([({0: 1, 1: 1}, 10, 10)], [(0, INF), (3, 3)])
    propagate(given)
    assert (given.lower.tolist(), given.upper.tolist()) == ([0, 3], [INF, 3])


@pytest.mark.parametrize("total", [9, 21])
def test_a_rule_that_its_cells_cannot_meet_narrows_nothing(total):
    rules = [({0: 1, 1: 1}, total, total), ({1: 1, 2: 1}, 11, 11)]
    ends, found = narrowed(rules, [(5, 10), (5, 10), (0, INF)])
    assert found.broken.tolist() == [True, False] and not found.clash.any()
    assert ends == [(5, 10), (5, 10), (1, 6)]


@pytest.mark.parametrize(
    ("total", "met"), [(10, True), (20, True), (9.999, False), (20.001, False)]
)
def test_a_rule_is_met_at_its_ends(total, met):
    _, found = narrowed([({0: 1, 1: 1}, total, total)], [(5, 10), (5, 10)])
    assert found.broken.tolist() == [not met]


@pytest.mark.parametrize(("gap", "met"), [(0.5, True), (1.5, False), (-0.5, True), (-1.5, False)])
def test_floats_may_miss_a_rule_by_a_billionth(gap, met):
    big = 5e8 + gap / 2
    _, found = narrowed([({0: 1, 1: 1}, 1e9, 1e9)], [(big, big), (big, big)])
    assert found.broken.tolist() == [not met]


def test_cells_that_two_rules_leave_no_value_clash():
    # Each rule can hold: the first leaves 8 to 10 for cell 1, the second 0 to 3.
    rules = [({0: 1, 1: 1}, 10, 10), ({1: 1, 2: 1}, 3, 3)]
    ends, found = narrowed(rules, [(0, 2), (0, 20), (0, 20)])
    assert not found.broken.any() and found.clash.tolist()[1]
    assert ends == [(0, 2), (0, 20), (0, 3)], "what clashes is not spread"


def test_a_known_cell_does_not_clash():
    rules = [({0: 1, 1: 1}, 10, 10), ({1: 1, 2: 1}, 3, 3)]
    _, found = narrowed(rules, [(2, 2), (0, 20), (0, 20)])
    assert not found.clash[0] and found.clash[1] and not found.broken.any()


def test_ends_that_cross_by_rounding_of_floats_meet():
    rules = [({0: 1, 1: -1}, 0, 0), ({0: 1, 2: -1}, 0, 0)]
    ends, found = narrowed(rules, [(0, INF), (5, 5), (5 + 5e-9, 5 + 5e-9)])
    assert not found.clash.any() and not found.broken.any() and ends[0][0] == ends[0][1]
    _, found = narrowed(rules, [(0, INF), (5, 5), (5 + 5e-6, 5 + 5e-6)])
    assert found.clash.tolist() == [True, False, False]


def test_a_chain_is_followed_to_its_end():
    count = MOST_SWEEPS - 5
    rules = [({n: 1, n + 1: 1}, 10, 10) for n in range(count)]
    ends, _ = narrowed(rules, [(4, 4), *[(0, INF)] * count])
    assert ends == [(4, 4) if n % 2 == 0 else (6, 6) for n in range(count + 1)]
