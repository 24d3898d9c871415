"""Linear programs over small systems: ends by hand, ends without end, and what cannot be."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from sme_stats.errors import IncoherentError
from sme_stats.uncertainty import programs, solving
from sme_stats.uncertainty.programs import find_infeasible, joined, open_part, sharpen

from .systems import system

INF = np.inf


def opened(rules, ends, broken=()):
    """What is open of a system, without any narrowing before."""
    given = system(rules, ends)
    mask = np.isin(np.arange(len(rules)), broken)
    return open_part(given, given.lower, given.upper, mask)


def sharp(rules, ends):
    part = opened(rules, ends)
    lower, upper = sharpen(part)
    return dict(
        zip(part.cells.tolist(), zip(lower.tolist(), upper.tolist(), strict=True), strict=True)
    )


def approx(found, expected):
    assert set(found) == set(expected)
    for cell, ends in expected.items():
        assert found[cell] == pytest.approx(ends, abs=1e-6), cell


#: Rows and columns of a table of two by two: 0 1 / 2 3, each row and column with its sum.
def two_by_two(rows, columns, limits=INF):
    sums = ({0: 1, 1: 1}, {2: 1, 3: 1}, {0: 1, 2: 1}, {1: 1, 3: 1})
    rules = [(s, end, end) for s, end in zip(sums, (*rows, *columns), strict=True)]
    return rules, [(0, limits)] * 4


def test_a_table_of_two_by_two():
    approx(sharp(*two_by_two((10, 5), (12, 3))), {0: (7, 10), 1: (0, 3), 2: (2, 5), 3: (0, 3)})
    rules, ends = two_by_two((10, 5), (12, 3))
    ends[0] = (0, 8)
    approx(sharp(rules, ends), {0: (7, 8), 1: (2, 3), 2: (4, 5), 3: (0, 1)})


def test_what_is_known_is_taken_out_of_its_rules():
    rules, ends = two_by_two((10, 5), (12, 3))
    rules = [({**cells, 4: 1}, low + 100, high + 100) for cells, low, high in rules]
    part = opened(rules, [*ends, (100, 100)])
    assert part.cells.tolist() == [0, 1, 2, 3] and part.rules.tolist() == [0, 1, 2, 3]
    assert part.low.tolist() == part.high.tolist() == [10, 5, 12, 3]
    assert (part.lower.tolist(), part.upper.tolist()) == ([0] * 4, [INF] * 4)
    assert len(set(part.block.tolist())) == 1 and part.matrix.shape == (4, 4)


def test_only_blocks_of_two_rules_and_more_are_open():
    rules, ends = two_by_two((10, 5), (12, 3))
    alone = [({4: 1, 5: 1}, 7, 7), ({0: 1, 6: 1}, 1, 1)]
    part = opened([*rules, *alone], [*ends, (0, INF), (0, INF), (1, 1)])
    assert part.cells.tolist() == [0, 1, 2, 3] and part.rules.tolist() == [0, 1, 2, 3]
    assert opened([], [(0, INF), (1, 1)]).cells.tolist() == []
    assert opened([({0: 1, 1: 1}, 7, 7)], [(0, INF), (0, INF)]).rules.tolist() == []


def test_broken_rules_and_cells_that_are_not_there_are_left_out():
    rules, ends = two_by_two((10, 5), (12, 3))
    part = opened(rules, ends, broken=[1])
    assert part.rules.tolist() == [0, 2, 3] and part.cells.tolist() == [0, 1, 2, 3]
    approx(dict(enumerate(map(list, zip(*sharpen(part), strict=True)))),
           {0: (7, 10), 1: (0, 3), 2: (2, 5), 3: (0, 3)})  # fmt: skip
    rules = [*rules, ({0: 1, 3: 1, 4: 1}, 2, 2)]
    assert opened(rules, [*ends, (np.nan, np.nan)]).rules.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("least", "width", "known"), [
    (0, 0.5e-10, True), (0, 1.5e-10, False), (1e4, 0.5e-6, True), (1e4, 1.5e-6, False),
    (-1e4, 0.5e-6, True),
])  # fmt: skip
def test_a_cell_that_is_nearly_known_is_known(least, width, known):
    rules, ends = two_by_two((10, 5), (12, 3))
    rules = [({**cells, 4: 1}, low + least, high + least) for cells, low, high in rules]
    part = opened(rules, [*ends, (least, least + width)])
    assert (4 in part.cells.tolist()) is not known
    taken = 0 if known else least
    assert part.low.tolist() == pytest.approx([end + taken for end in (10, 5, 12, 3)])


def test_two_blocks_are_two_numbers():
    rules, ends = two_by_two((10, 5), (12, 3))
    shifted = [({c + 4: f for c, f in cells.items()}, low, high) for cells, low, high in rules]
    part = opened([*rules, *shifted], [*ends, *ends])
    first, second = set(part.block[:4].tolist()), set(part.block[4:].tolist())
    assert len(first) == len(second) == 1 and first != second
    one = part.only(np.array(list(second)))
    assert one.cells.tolist() == [4, 5, 6, 7] and one.rules.tolist() == [4, 5, 6, 7]
    assert one.matrix.toarray().tolist() == [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    assert one.low.tolist() == one.high.tolist() == [10, 5, 12, 3]
    assert one.block.tolist() == list(second) * 4 and one.upper.tolist() == [INF] * 4


def test_programs_of_one_block_each_give_the_same(monkeypatch):
    rules, ends = two_by_two((10, 5), (12, 3))
    shifted = [
        ({c + 4: f for c, f in cells.items()}, 2 * low, 2 * high) for cells, low, high in rules
    ]
    together = sharp([*rules, *shifted], [*ends, *ends])
    monkeypatch.setattr(programs, "MOST_COLUMNS", 4)
    monkeypatch.setattr(programs, "ROUNDS", 0)
    approx(sharp([*rules, *shifted], [*ends, *ends]), together)
    approx(together, {0: (7, 10), 1: (0, 3), 2: (2, 5), 3: (0, 3), 4: (14, 20), 5: (0, 6),
                      6: (4, 10), 7: (0, 6)})  # fmt: skip


def test_what_has_no_end_is_found():
    # Differences are known, levels are not.
    rules = [({0: 1, 1: -1}, 2, 2), ({1: 1, 2: -1}, 3, 3)]
    approx(sharp(rules, [(0, INF)] * 3), {0: (5, INF), 1: (3, INF), 2: (0, INF)})
    approx(sharp(rules, [(-INF, INF)] * 3), dict.fromkeys(range(3), (-INF, INF)))
    approx(sharp(rules, [(-INF, 9)] * 3), {0: (-INF, 9), 1: (-INF, 7), 2: (-INF, 4)})
    # One is bounded by its rules, the others are not.
    rules = [({0: 1, 1: 1, 2: -1}, 0, 0), ({0: 1, 3: 1}, 5, 5), ({1: 1, 4: -1}, 0, 0)]
    approx(
        sharp(rules, [(0, INF)] * 5), {0: (0, 5), 1: (0, INF), 2: (0, INF), 3: (0, 5), 4: (0, INF)}
    )


def test_losses_beside_counts():
    rules = [({0: 1, 1: 1}, 10, 10), ({1: 1, 2: 1}, 4, 4), ({0: 1, 3: 1}, 9, INF)]
    ends = [(-INF, INF), (0, 6), (-INF, INF), (0, 4)]
    approx(sharp(rules, ends), {0: (5, 10), 1: (0, 5), 2: (-1, 4), 3: (0, 4)})
    rules = [({0: 1, 1: 1, 2: 1}, 10, 10), ({1: 1, 2: 1, 3: 1}, 4, 4)]
    ends = [(-INF, INF), (-INF, INF), (0, 3), (0, 1)]
    approx(sharp(rules, ends), {0: (6, 7), 1: (0, 4), 2: (0, 3), 3: (0, 1)})


@pytest.mark.parametrize("seed", range(25))
def test_ends_are_those_of_one_program_for_each(seed):
    random = np.random.default_rng(seed)
    count, inner = 6, random.integers(0, 9, 6)
    lower = np.where(random.random(count) < 0.2, -INF, 0.0)
    upper = np.where(random.random(count) < 0.3, inner + 2.0, INF)
    rules = []
    for _ in range(4):
        factors = random.choice([-1, 0, 1], count, p=[0.2, 0.3, 0.5])
        value = int(factors @ inner)
        slack = random.choice([0, 0, 1])
        rules.append(
            ({c: int(f) for c, f in enumerate(factors) if f}, value - slack, value + slack)
        )
    part = opened([r for r in rules if r[0]], list(zip(lower, upper, strict=True)))
    if not len(part.rules):
        return
    wrong, part = find_infeasible(part)
    assert not len(wrong)
    found = sharpen(part)
    matrix = part.matrix.toarray()
    for cell in range(len(part.cells)):
        for sign, end in ((1, found[0][cell]), (-1, found[1][cell])):
            cost = np.zeros(len(part.cells))
            cost[cell] = sign
            solved = linprog(cost, A_ub=np.vstack([matrix, -matrix]),
                             b_ub=np.concatenate([part.high, -part.low]),
                             bounds=list(zip(part.lower, part.upper, strict=True)))  # fmt: skip
            # Feasible it is, so what has no solution has no end (HiGHS may not say which).
            expected = -sign * INF if solved.x is None else solved.x[cell]
            assert end == pytest.approx(expected, abs=1e-5)


def test_a_block_that_cannot_be_is_named_and_the_others_are_not():
    good, ends = two_by_two((10, 5), (12, 3))
    bad = [({c + 4: f for c, f in cells.items()}, low + 10 * n, high + 10 * n)
           for n, (cells, low, high) in enumerate(good)]  # fmt: skip
    part = opened([*good, *bad], [*ends, *ends])
    wrong, wider = find_infeasible(part)
    assert wrong.tolist() == [part.block[4]]
    assert wider.low[:4].tolist() == pytest.approx([10, 5, 12, 3])
    assert wider.high[:4].tolist() == pytest.approx([10, 5, 12, 3])
    # Rows 10 and 15, columns 32 and 33: the sums miss each other by 40.
    missed = (part.low[4:] - wider.low[4:]).sum() + (wider.high[4:] - part.high[4:]).sum()
    assert missed == pytest.approx(40)
    assert find_infeasible(opened([], ends))[0].tolist() == []


@pytest.mark.parametrize(("gap", "wrong"), [(1e-7, 0), (1e-4, 1)])
def test_what_floats_miss_widens_rules_and_what_cells_miss_is_wrong(gap, wrong):
    rules, ends = two_by_two((10, 5 + gap), (12, 3))
    found, wider = find_infeasible(opened(rules, ends))
    assert len(found) == wrong
    if not wrong:
        lower, upper = sharpen(wider)
        assert lower.tolist() == pytest.approx([7, 0, 2, 0], abs=1e-6)
        assert upper.tolist() == pytest.approx([10, 3, 5, 3], abs=1e-6)


def test_a_program_that_cannot_be_solved_says_so():
    rules, ends = two_by_two((10, 5), (12, 30))
    with pytest.raises(IncoherentError, match=r"^the linear program over withheld cells failed: "):
        sharpen(opened(rules, ends))


def test_a_program_without_end_is_not_called_impossible():
    # Feasible, as y = 8 5 5 7 3 5 over 15 and t = 1/15 show; the first column can rise for ever.
    # The presolve of HiGHS (scipy 1.17) says "infeasible".
    matrix = sparse.csr_array(np.array([
        [0, 1, 0, 0, 1, 0, -8], [1, 0, -1, 1, 0, 0, -10], [-1, 1, 1, 1, -1, 1, -11],
        [0, 1, 0, 0, 0, 0, -7], [0, 0, 0, 0, 1, 0, -5], [0, 0, 0, 0, 0, 1, -7],
        [0, 1, 0, 1, 1, 0, 0],
    ], dtype=float))  # fmt: skip
    low = np.array([-INF, 0, 0, -INF, -INF, -INF, 1])
    high = np.array([0, INF, INF, 0, 0, 0, 1])
    inside = matrix @ np.array([8, 5, 5, 7, 3, 5, 1]) / 15
    assert (low - 1e-9 <= inside).all() and (inside <= high + 1e-9).all()
    cost = -np.array([1.0, 1, 1, 1, 0, 1, 0])
    with pytest.raises(solving.UnboundedError):
        solving.solve(cost, matrix, low, high, [(0, INF)] * 7)


def test_cells_joined_by_rules_that_hold():
    rules, ends = two_by_two((10, 5), (12, 3))
    given = system(
        [*rules, ({3: 1, 4: 1}, 1, 1), ({5: 1, 6: 1}, 2, 2)], [*ends, (0, 1), (0, 2), (0, 2)]
    )
    cell = np.arange(7) == 0
    block = joined(given, np.zeros(6, bool), cell)
    assert len(set(block[:5].tolist())) == 1 and block[0] >= 0 and block[5:].tolist() == [-1, -1]
    broken = np.array([0, 0, 0, 0, 1, 0], bool)
    assert joined(given, broken, cell)[4:].tolist() == [-1, -1, -1]
    both = joined(given, np.zeros(6, bool), cell | (np.arange(7) == 6))
    assert both.min() >= 0 and both[5] == both[6] != both[0]
    known = system(rules, [(0, 9), (4, 4), (0, 9), (0, 9)])
    assert joined(known, np.zeros(4, bool), np.arange(4) == 0)[1] == -1


def test_what_is_solved_is_solved_once(monkeypatch):
    solved = []

    def counted(*args, **options):
        solved.append(options["options"])
        return linprog(*args, **options)

    monkeypatch.setattr(solving, "linprog", counted)
    rules, ends = two_by_two((10, 5), (12, 3))
    find_infeasible(opened(rules, ends))
    assert solved == [{"presolve": True}]
