"""What `make test` takes of a long walk meets every value, or every two of them."""

from itertools import combinations, product

import pytest

from .selection import IS_TRACED, TRACED, covering, select, spread

CASES = [
    {"chart": chart, "lang": lang, "width": width}
    for chart, lang, width in product("abcdef", ("en", "fr", "de"), (3.0, 6.5))
]


def met(cases, together):
    return {pair for case in cases for pair in combinations(case.items(), together)}


@pytest.mark.parametrize(("together", "most"), [(1, 6), (2, 20)])
def test_every_value_or_every_two_are_met_by_few_cases(together, most):
    taken = [CASES[n] for n in covering(CASES, together)]
    assert met(taken, together) == met(CASES, together)
    assert len(taken) <= most < len(CASES)


def test_the_same_cases_are_taken_every_time():
    assert covering(CASES, 2) == covering(list(CASES), 2)
    assert covering([{"n": n} for n in range(5)], 1) == [0, 1, 2, 3, 4]
    assert covering([{}], 2) == [0]


@pytest.mark.parametrize(("cases", "most", "taken"), [
    (3, 8, [0, 1, 2]), (9, 3, [0, 4, 8]), (40, 1, [0]), (5, 4, [0, 1, 3, 4]),
])  # fmt: skip
def test_a_spread_has_both_ends(cases, most, taken):
    assert spread(cases, most) == taken


class Case:
    """What `select` asks of an item of pytest."""

    def __init__(self, name, mark=None):
        self.nodeid, self.mark, self.stash = name, mark, {}

    def get_closest_marker(self, name):
        return self.mark if name == "exhaustive" else None


def test_cases_left_out_are_told_and_all_are_taken_on_demand():
    some, untraced = pytest.mark.exhaustive(cases=2).mark, pytest.mark.exhaustive.mark
    walk = [Case(f"test_walk[{n}]", some) for n in range(9)]
    every = [Case(f"test_all[{n}]", untraced) for n in range(3)]
    other = [Case(f"test_other[{n}]") for n in range(5)]
    items = [*walk, *every, *other]
    left_out = select(items, everything=False)
    assert left_out == walk[1:-1] and items == [walk[0], walk[-1], *every, *other]
    assert [c.nodeid for c in items if c.stash[IS_TRACED]] == [c.nodeid for c in other[:TRACED]]
    items = [*walk, *every, *other]
    assert select(items, everything=True) == [] and len(items) == 17
