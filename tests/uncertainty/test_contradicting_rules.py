"""contradictions() and bounds() where cells contradict each other: whole results by hand."""

import numpy as np
import pytest

from sme_stats.errors import UnknownNameError
from sme_stats.frame import concat
from sme_stats.uncertainty import withheld
from sme_stats.uncertainty.contradictions import COLUMNS, contradict, contradictions, reduce
from sme_stats.uncertainty.withheld import bounds

from .systems import system

INF = np.inf
WHERE = "in dataset=synthetic measure=persons_employed nace=C geo={} year=2023"


def rows(frame):
    found = contradictions(frame)
    assert tuple(found.columns) == COLUMNS
    return found.values.tolist()


@pytest.mark.parametrize(("total", "gap", "rounding"), [
    (12, -2, False), (11, -1, True), (11.5, -1.5, True), (11.51, -1.51, False), (9, 1, True),
    (10, None, None),
    (8, 2, False),
])  # fmt: skip
def test_a_sum_that_misses_its_total(cells, total, gap, rounding):
    frame = cells({"0-9": 3, "GE10": 7, "TOTAL": total})
    named = f"classes add up to TOTAL (0-9, GE10, TOTAL) {WHERE.format('DE')}"
    assert rows(frame) == ([] if gap is None else [[0, named, gap, rounding, "fewest"]])


def test_withheld_classes_that_can_only_be_too_much(cells):
    frame = cells({"0-9": 30, "10-19": None, "GE20": 7, "TOTAL": 12})
    assert [r[2:4] for r in rows(frame)] == [[25.0, False]]
    held = cells({"0-9": 3, "10-19": None, "GE20": 7, "TOTAL": 30}).assign(
        lower=[3, 0, 7, 30], upper=[3, 5, 7, 30]
    )
    assert [r[2:4] for r in rows(held)] == [[-15.0, False]]


def test_each_broken_rule_is_a_contradiction_of_its_own(cells):
    frame = concat([cells({"0-9": 3, "GE10": 7, "TOTAL": 20}, geo=geo) for geo in ("DE", "FR")])
    assert [[r[0], r[1][-len(WHERE.format("DE")):], r[2]] for r in rows(frame)] == [
        [0, WHERE.format("DE"), -10.0], [1, WHERE.format("FR"), -10.0],
    ]  # fmt: skip


def test_limits_of_a_class_that_its_persons_miss(cells):
    frame = concat([cells({"10-19": 4}, measure="enterprises"), cells({"10-19": 100})])
    ((block, rule, gap, rounding, _),) = rows(frame)
    assert (block, gap, rounding) == (0, 24.0, False)
    assert rule.startswith("class limits times enterprises (persons_employed, enterprises) in ")


def test_contradictions_ask_for_their_columns(cells):
    for column in ("size", "measure", "value", "conf"):
        with pytest.raises(UnknownNameError, match=f"unknown column: '{column}'"):
            contradictions(cells({"TOTAL": 1}).drop(columns=column))
    for column in ("dataset", "measure", "unit", "geo", "value", "conf"):
        with pytest.raises(UnknownNameError, match=f"unknown column: '{column}'"):
            bounds(cells({"TOTAL": 1}).drop(columns=column))


def test_a_contradiction_is_reduced_to_what_it_needs():
    # x + y = 10 and x + y = 12 cannot both be; the other two have nothing to do with it.
    rules = [
        ({0: 1, 2: 1}, 5, 5),
        ({0: 1, 1: 1}, 10, 10),
        ({1: 1, 3: 1}, 9, 9),
        ({0: 1, 1: 1}, 12, 12),
    ]
    given = system(rules, [(0, INF)] * 4)
    every = np.arange(4)
    assert contradict(given, every) and contradict(given, np.array([1, 3]))
    assert not contradict(given, np.array([0, 1, 2])) and not contradict(given, np.array([3]))
    assert reduce(given, every).tolist() == [1, 3]
    assert reduce(given, np.array([3, 1])).tolist() == [3, 1]
    alone = system([({0: 1}, 5, 5), ({0: 1}, 1, 9)], [(0, 3)])
    assert contradict(alone, np.array([0])) and reduce(alone, np.array([0, 1])).tolist() == [0]


def ring(cells, totals, sections):
    """Two sections and their aggregate by two classes, every cell inside withheld."""
    parts = [cells({"0-9": None, "GE10": None, "TOTAL": t}, nace=n)
             for n, t in zip(("B", "C", "D", "E"), totals, strict=True)]  # fmt: skip
    return concat(
        [*parts, cells({"0-9": sections[0], "GE10": sections[1], "TOTAL": None}, nace="B-E")]
    )


def test_rules_that_fail_only_together_say_whether_rounding_explains_it(cells):
    found = contradictions(ring(cells, (10, 10, 10, 10), (30, 30)))
    assert found["difference"].isna().all() and not found["rounding"].any()
    assert contradictions(ring(cells, (10, 10, 10, 10), (20, 20))).empty
    near = contradictions(ring(cells, (10, 10, 10, 10), (20, 21)))
    assert len(near) and near["difference"].isna().all() and near["rounding"].all()
    assert near["block"].min() == 0


def test_bounds_beside_and_inside_a_contradiction(cells):
    good = cells({"0-9": 3, "10-19": None, "GE20": 7, "TOTAL": 12}, geo="FR")
    bad = cells({"0-9": 30, "10-19": None, "GE20": 7, "TOTAL": 12})
    out = bounds(concat([bad, good]))
    ends = out.loc[out["size"] == "10-19", ["geo", "lower", "upper"]].values.tolist()
    assert ends == [["DE", 0, INF], ["FR", 2, 2]]
    assert out.loc[out["value"].notna(), "lower"].tolist() == [30, 7, 12, 3, 7, 12]


def test_sums_of_counts_hold_within_their_rounding_where_they_contradict_each_other(cells):
    # x of 2-9 is 5 by 0-9 and 6 by TOTAL; within (n + 1) / 2 it is 3.5 to 6.5 and 4 to 8.
    frame = cells({"0_1": 5, "2-9": None, "0-9": 10, "GE10": 3, "TOTAL": 14})
    out = bounds(frame).set_index("size")
    assert out.loc["2-9", ["lower", "upper"]].tolist() == pytest.approx([4, 6.5])


def test_several_rules_at_once_are_solved_together(cells):
    # Sections 10 and 5 by classes 12 and 3: the table of two by two.
    parts = [("B", 10), ("C", 5), ("D", 0), ("E", 0)]
    frame = concat([
        *(cells({"0-9": None, "GE10": None, "TOTAL": t}, nace=n) for n, t in parts),
        cells({"0-9": 12, "GE10": 3, "TOTAL": 15}, nace="B-E"),
    ])  # fmt: skip
    out = bounds(frame).set_index(["nace", "size"])
    ends = {
        (n, s): out.loc[(n, s), ["lower", "upper"]].tolist() for n in "BC" for s in ("0-9", "GE10")
    }
    assert ends == {("B", "0-9"): [7, 10], ("B", "GE10"): [0, 3], ("C", "0-9"): [2, 5],
                    ("C", "GE10"): [0, 3]}  # fmt: skip
    assert out.loc[("D", "0-9"), ["lower", "upper"]].tolist() == [0, 0]
    assert out.index.tolist() == list(zip(frame["nace"], frame["size"], strict=True))
    assert "lower" not in frame.columns


def triangle(first):
    """Each two of three cells are 10 together: rule by rule 0 to 10 each, together 5."""
    pairs = ((0, 1), (1, 2), (0, 2))
    return [({first + one: 1, first + other: 1}, 10, 10) for one, other in pairs]


def test_a_block_beside_one_that_fails_only_together_is_sharp_all_the_same():
    # The three of the second are 15 and would have to be 16.
    rules = [*triangle(0), *triangle(3), ({3: 1, 4: 1, 5: 1}, 16, INF)]
    lower, upper, stuck, broken = withheld._solve(system(rules, [(0, INF)] * 6))
    assert lower[:3].tolist() == pytest.approx([5] * 3)
    assert upper[:3].tolist() == pytest.approx([5] * 3)
    assert stuck.tolist() == [False] * 3 + [True] * 3 and not broken.any()
    assert (lower[3:].tolist(), upper[3:].tolist()) == ([0] * 3, [10] * 3), "rule by rule"
