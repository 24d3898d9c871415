"""The system of rules that build() writes down, rule by rule, and what is done to a system."""

import numpy as np
import pytest

from sme_stats.codelists import members
from sme_stats.frame import concat
from sme_stats.uncertainty.contradictions import say_rule
from sme_stats.uncertainty.system import build

INF, NAN = np.inf, np.nan


def written(frame):
    """Rules as (kind, {label of the cell: factor}, low, high)."""
    system = build(frame)
    varies = [c for c in ("measure", "nace", "size", "geo") if len(frame[c].unique()) > 1]
    names = ["/".join(str(row[c]) for c in varies) for _, row in frame.iterrows()]
    rules = []
    for rule, kind in enumerate(system.kind):
        terms = system.rule == rule
        cells = [names[c] for c in system.cell[terms]]
        factors = dict(zip(cells, system.factor[terms].tolist(), strict=True))
        rules.append((kind, factors, float(system.low[rule]), float(system.high[rule])))
    return rules


def test_classes_add_up_to_the_total_and_to_published_ranges(cells):
    frame = cells({"0_1": 1, "2-9": 2, "0-9": 3, "GE10": 4, "TOTAL": 7})
    assert written(frame) == [
        ("size", {"0-9": 1, "GE10": 1, "TOTAL": -1}, 0, 0),
        ("size", {"0_1": 1, "2-9": 1, "GE10": 1, "TOTAL": -1}, 0, 0),
        ("size", {"0_1": 1, "2-9": 1, "0-9": -1}, 0, 0),
    ]
    system = build(frame)
    assert (system.parts.tolist(), system.digit.tolist()) == ([3, 4, 3], [1, 1, 1])
    assert system.cells_of(1).tolist() == [0, 1, 3, 4]


def test_a_rule_needs_all_of_its_cells(cells):
    assert written(cells({"0-9": 1, "GE250": 2, "TOTAL": 3})) == []
    assert written(cells({"0-9": 1, "GE10": 2})) == []
    gone = cells({"0-9": None, "GE10": 2, "TOTAL": 3}).assign(conf="")
    assert written(gone) == [], "a cell that is not available is in no rule"


def test_a_rate_is_in_no_rule(cells):
    assert written(cells({"0-9": 1, "GE10": 2, "TOTAL": 3}, measure="birth_rate", unit="PC")) == []
    system = build(cells({"0-9": 1, "GE10": 2, "TOTAL": 3}, measure="birth_rate", unit="PC"))
    assert system.lower.tolist() == system.upper.tolist() == [1, 2, 3]
    assert len(system.low) == len(system.rule) == len(system.parts) == len(system.digit) == 0
    assert system.rule.dtype == system.cell.dtype == np.int64


def test_sections_add_up_where_all_are_there(cells):
    frame = concat([cells({"TOTAL": n}, nace=c) for n, c in enumerate(["B", "C", "D", "E", "B-E"])])
    assert written(frame) == [("nace", {"B": 1, "C": 1, "D": 1, "E": 1, "B-E": -1}, 0, 0)]
    assert written(frame[frame["nace"] != "D"]) == []
    assert written(frame[frame["nace"] != "B-E"]) == []
    two = concat([frame, cells({"TOTAL": 1}, nace="C", year=2022)])
    assert len(written(two)) == 1, "years are not mixed"


def test_members_add_up_where_all_are_there(cells):
    every = members("EU27_2020")
    frame = concat([cells({"TOTAL": 1}, geo=c) for c in [*every, "EU27_2020"]])
    assert written(frame) == [("geo", {**dict.fromkeys(every, 1.0), "EU27_2020": -1}, 0, 0)]
    assert build(frame).parts.tolist() == [28]
    assert written(frame[frame["geo"] != "MT"]) == []


def test_limits_of_classes_times_their_enterprises(cells):
    firms = {"measure": "enterprises", "indic": "ENT_NR"}
    frame = concat([
        cells({"10-19": 4, "GE250": 2}, **firms), cells({"10-19": None, "GE250": None}),
    ])  # fmt: skip
    assert written(frame) == [
        ("limit", {"persons_employed/10-19": 1, "enterprises/10-19": -10}, 0, INF),
        ("limit", {"persons_employed/10-19": 1, "enterprises/10-19": -19}, -INF, 0),
        ("limit", {"persons_employed/GE250": 1, "enterprises/GE250": -250}, 0, INF),
    ]
    system = build(frame)
    assert (system.parts.tolist(), system.digit.tolist()) == ([2, 2, 2], [0, 0, 0])
    none = concat([cells({"GE250": 0}, **firms), cells({"GE250": None})])
    assert written(none) == [
        ("limit", {"persons_employed": 1, "enterprises": -250}, 0, INF),
        ("limit", {"persons_employed": 1, "enterprises": 0}, -INF, 0),
    ]
    frame["unit"] = ["NR", "NR", "THS", "THS"]
    assert written(frame) == [], "heads in thousands have limits of their own"


def test_limits_only_between_what_is_alike_in_everything_else(cells):
    firms = {"measure": "enterprises", "indic": "ENT_NR"}
    frame = concat([
        cells({"10-19": 4}, **firms), cells({"10-19": 9}, geo="FR", **firms),
        cells({"10-19": None}, geo="FR"), cells({"10-19": None}, geo="IT"),
    ])  # fmt: skip
    system = build(frame)
    assert [system.cells_of(r).tolist() for r in range(2)] == [[2, 1], [2, 1]]
    assert len(system.low) == 2
    # A total has no limits, nor has a code that is no range.
    other = concat([cells({"TOTAL": 4, "MIC": 4}, **firms), cells({"TOTAL": 9, "MIC": 9})])
    assert len(build(other).low) == 0


def test_business_demography_bounds_employees_by_active_enterprises(cells):
    frame = concat([
        cells({"5-9": 3}, measure="active_enterprises"), cells({"5-9": None}, measure="employees"),
    ])  # fmt: skip
    assert written(frame) == [
        ("limit", {"employees": 1, "active_enterprises": -5}, 0, INF),
        ("limit", {"employees": 1, "active_enterprises": -9}, -INF, 0),
    ]


def test_ends_of_withheld_absent_and_rounded_cells(cells):
    system = build(cells({"0-9": None, "GE10": 4, "TOTAL": 7}))
    assert (system.lower.tolist(), system.upper.tolist()) == ([0, 4, 7], [INF, 4, 7])
    loss = build(cells({"0-9": None, "GE10": 4, "TOTAL": 7}, measure="value_added", unit="MEUR"))
    assert (loss.lower[0], loss.upper[0]) == (-INF, INF)
    absent = build(cells({"0-9": None, "GE10": 4, "TOTAL": 7}).assign(conf=""))
    assert np.isnan([absent.lower[0], absent.upper[0]]).all()
    known = build(
        cells({"0-9": None, "GE10": 4, "TOTAL": 7}).assign(lower=[2, 4, 7], upper=[3, 4, 7])
    )
    assert (known.lower.tolist(), known.upper.tolist()) == ([2, 4, 7], [3, 4, 7])
    half = build(cells({"0-9": 10, "GE10": 40, "TOTAL": 60}, half=5))
    assert (half.lower.tolist(), half.upper.tolist()) == ([5, 35, 55], [15, 45, 65])
    assert half.digit.tolist() == [0], "its rounding is in its own interval"
    assert (half.low.tolist(), half.high.tolist()) == ([0], [0])


#: Amounts, and by how much n parts and their total may miss each other: (n + 1) / 2 last digits.
AMOUNTS = [
    ([1, 2, 3], 1, 0), ([1.5, 2, 3.5], 0.1, 0.15), ([1.25, 2, 3.25], 0.01, 0.015),
    ([1.125, 2, 3.125], 0.01, 0.015), ([None, 2.5, 3], 0.1, 0.15), ([None, 2, 3], 1, 0),
    ([None, 2.04, 3], 0.01, 0.015),
]  # fmt: skip


@pytest.mark.parametrize(("amounts", "digit", "reach"), AMOUNTS)
def test_sums_of_rounded_amounts_hold_within_their_rounding(cells, amounts, digit, reach):
    content = dict(zip(("0-9", "GE10", "TOTAL"), amounts, strict=True))
    system = build(cells(content, measure="turnover", unit="MEUR"))
    assert system.digit.tolist() == pytest.approx([digit])
    assert system.high.tolist() == pytest.approx([reach])
    assert system.low.tolist() == pytest.approx([-reach])


def test_amounts_of_every_unit_are_rounded(cells):
    content = {"0-9": 1.5, "GE10": 2, "TOTAL": 3.5}
    units = ("EUR", "KEUR", "MEUR", "BEUR", "BGBP", "NR", "THS")
    digits = [build(cells(content, measure="turnover", unit=u)).digit.tolist() for u in units]
    assert digits == [[0.1]] * 5 + [[1.0]] * 2


def test_decimals_are_those_of_a_table_and_a_unit(cells):
    sums = {"0-9": 1, "GE10": 2, "TOTAL": 3}
    amounts = {"measure": "turnover", "unit": "MEUR"}
    frame = concat([
        cells(sums | {"0-9": 1.5}, **amounts), cells(sums, nace="F", **amounts),
        cells(sums, dataset="another", **amounts), cells(sums, unit="NR"),
    ])  # fmt: skip
    system = build(frame)
    digits = {int(system.cells_of(r)[0]): d for r, d in enumerate(system.digit.tolist())}
    assert digits == {0: 0.1, 3: 0.1, 6: 1, 9: 1}
    heads = build(cells({"0-9": 1.5, "GE10": 2, "TOTAL": 3.5}))
    assert (heads.digit.tolist(), heads.high.tolist()) == ([1], [0]), "counts are tried exactly"


def test_a_system_of_fewer_rules_has_the_same_cells(cells):
    system = build(cells({"0_1": 1, "2-9": 2, "0-9": 3, "GE10": 4, "TOTAL": 7}))
    some = system.rows(np.array([2, 0]))
    assert some.kind.tolist() == ["size", "size"] and some.parts.tolist() == [3, 3]
    assert some.cells_of(0).tolist() == [0, 1, 2] and some.cells_of(1).tolist() == [2, 3, 4]
    assert some.factor[some.rule == 0].tolist() == [1, 1, -1]
    assert some.lower is system.lower and some.upper is system.upper
    assert len(some.low) == len(some.high) == len(some.digit) == 2


def test_a_loosened_system_holds_within_the_rounding_of_its_parts(cells):
    system = build(cells({"0_1": 1, "2-9": 2, "0-9": 3, "GE10": 4, "TOTAL": 7}))
    loose = system.loosened()
    assert loose.low.tolist() == [-1.5, -2, -1.5] and loose.high.tolist() == [1.5, 2, 1.5]
    amounts = build(cells({"0-9": 1.5, "GE10": 2, "TOTAL": 3.5}, measure="turnover", unit="MEUR"))
    assert amounts.loosened().high.tolist() == pytest.approx(amounts.high.tolist())
    nothing = build(cells({"TOTAL": 1}))
    assert nothing.loosened() is nothing


def test_rules_that_touch_some_cells(cells):
    system = build(cells({"0_1": 1, "2-9": 2, "0-9": 3, "GE10": 4, "TOTAL": 7}))
    assert system.touching(np.array([0, 0, 1, 0, 0], bool)).tolist() == [True, False, True]
    assert system.touching(np.array([0, 0, 0, 0, 0], bool)).tolist() == [False] * 3


def test_rules_are_named_with_their_cells(cells):
    frame = cells({"0-9": 1, "GE10": 2, "TOTAL": 4})
    where = "dataset=synthetic measure=persons_employed nace=C geo=DE year=2023"
    assert say_rule(frame, build(frame), 0) == (
        f"classes add up to TOTAL (0-9, GE10, TOTAL) in {where}"
    )
    sections = concat([cells({"TOTAL": 1}, nace=c) for c in ("B", "C", "D", "E", "B-E")])
    assert say_rule(sections, build(sections), 0) == (
        "sections add up to their aggregate (B, C, D, E, B-E) in dataset=synthetic "
        "measure=persons_employed size=TOTAL geo=DE year=2023"
    )
    every = [*members("EU27_2020"), "EU27_2020"]
    states = concat([cells({"TOTAL": 1}, geo=c) for c in every])
    assert say_rule(states, build(states), 0) == (
        f"members add up to the aggregate ({', '.join(every)}) in dataset=synthetic "
        "measure=persons_employed nace=C size=TOTAL year=2023"
    )
    limits = concat([cells({"10-19": 4}, measure="enterprises"), cells({"10-19": 9})])
    assert say_rule(limits, build(limits), 1) == (
        "class limits times enterprises (persons_employed, enterprises) in dataset=synthetic "
        "nace=C size=10-19 geo=DE year=2023"
    )
