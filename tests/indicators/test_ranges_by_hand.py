"""Shares and levels of size ranges: value, ends, flag and confidentiality, worked out by hand."""

import numpy as np
import pytest
from expected import refusal, same

from sme_stats.frame import concat
from sme_stats.indicators.ranges import _left, share_measures, share_within
from sme_stats.indicators.shares import (
    bounded_cube,
    partition,
    size_level,
    size_share,
    size_structure,
    without_employees,
)
from sme_stats.uncertainty.cube import from_bits

nan, inf = np.nan, np.inf
HEADS = {"indic": "EMP_NR", "unit": "NR", "measure": "persons_employed"}
SHARE = {"indic": "EMP_NR", "unit": "PC", "measure": "persons_employed_share"}
TABLE = {"0-9": 50, "10-19": 20, "20-49": 10, "50-249": 15, "GE250": 5, "TOTAL": 100}
MONEY = {"measure": "value_added", "unit": "MEUR"}


def row(frame):
    """Value, lower, upper, flag and confidentiality of one row."""
    (found,) = frame[["value", "lower", "upper", "flag", "conf"]].values.tolist()
    return found


def is_row(frame, value, lower, upper, flag="", conf=""):
    found = row(frame)
    assert found[:3] == pytest.approx([value, lower, upper], nan_ok=True)
    assert found[3:] == [flag, conf]


# -- every column


def test_shares_and_levels_keep_every_column(cells):
    rates = cells({"TOTAL": 3}, measure="birth_rate", unit="PC", half=1)
    frame = concat([cells(TABLE, half=1), rates, cells({"0-9": 1, "GE10": 3, "TOTAL": 4}, geo="AT",
                    half=1, measure="enterprises", indic="ENT_NR", source="x")])  # fmt: skip
    same(size_level(frame, "micro"), indic=["EMP_NR", "ENT_NR"], unit="NR", size="0-9",
         measure=["persons_employed", "enterprises"], geo=["DE", "AT"], value=[50, 1],
         lower=[49, 0], upper=[51, 2], source=["", "x"])  # fmt: skip
    # The part is 49 to 51 of 99 to 101; 0 to 2 of 3 to 5, with a rest of 2 to 4.
    same(size_share(frame, "micro"), indic=["EMP_NR", "ENT_NR"], unit="PC", size="0-9",
         measure=["persons_employed_share", "enterprises_share"], geo=["DE", "AT"],
         value=[50, 25], lower=[4900 / 101, 0], upper=[5100 / 99, 50],
         source=["", "x"])  # fmt: skip
    assert size_share(frame)["size"].tolist() == ["0-249"]


def test_the_structure_keeps_every_column(cells):
    frame = cells(TABLE | {"0_1": 40, "2-9": 10, "0-9": (50, "p")})
    same(size_structure(frame), **SHARE, size=["0-9", "10-19", "20-49", "50-249", "GE250"],
         exact=[50, 20, 10, 15, 5], flag=["p", "", "", "", ""])  # fmt: skip
    both = concat([frame, cells({"TOTAL": 5}, **MONEY)])
    assert size_structure(both, "persons_employed")["value"].sum() == 100
    assert refusal(size_structure, both, "value_added") == (
        "NotAvailableError: no group has classes and TOTAL; the frame has TOTAL"
    )
    holes = cells({"0-9": 5, "50-249": 6})
    assert refusal(size_structure, holes) == (
        "NotAvailableError: no group has classes and TOTAL; the frame has 0-9, 50-249"
    )


# -- rounded, withheld, signed


def test_a_range_is_known_by_the_sharper_of_two_ways(cells):
    frame = cells(TABLE, half=1)
    # TOTAL less GE250 is known to 2, the sum of four classes to 4.
    is_row(size_level(frame, "SME"), 95, 93, 97)
    # SMEs are 94 to 96.. of TOTAL: the large are 4 to 6 of it.
    is_row(size_share(frame, "SME"), 95, 100 * 93 / 99, 100 * 97 / 101)
    is_row(size_level(frame, "10-49"), 30, 28, 32)
    flagged = cells({k: (v, f) for (k, v), f in zip(TABLE.items(), "bdenpu", strict=True)}, half=1)
    is_row(size_level(flagged, "SME"), 95, 93, 97, "pu")
    is_row(size_share(flagged, "SME"), 95, 100 * 93 / 99, 100 * 97 / 101, "pu")
    is_row(size_level(flagged, "10-49"), 30, 28, 32, "de")
    is_row(size_level(flagged, "total"), 100, 99, 101, "u")


def test_withheld_classes_leave_ends(cells):
    hidden = cells(TABLE | {"50-249": (None, "p"), "GE250": (None, "e")})
    # Where there is no value the ends rest on both sides: the flags of both.
    is_row(size_level(hidden, "SME"), nan, 80, 100, "ep", "C")
    is_row(size_share(hidden, "SME"), nan, 80, 100, "ep", "C")
    is_row(size_level(hidden, "large"), nan, 0, 20, "ep", "C")
    large = size_share(hidden, "large")
    assert large[["lower", "upper", "conf"]].values.tolist() == [[0, 20, "C"]]
    is_row(size_share(hidden, "50+"), 20, 20, 20)
    is_row(size_level(hidden, "50+"), 20, 20, 20)
    total = cells({"0-9": 50, "GE10": None, "TOTAL": (None, "u")})
    is_row(size_level(total, "total"), nan, 50, inf, "u", "C")
    is_row(size_share(total, "0-9"), nan, 0, 100, "u", "C")
    missing = cells({"0-9": 50, "GE10": nan, "TOTAL": 80})
    is_row(size_level(missing, "10+"), 30, 30, 30)


def test_bounds_that_close_are_a_value(cells):
    frame = concat([
        cells({"0-9": 0, "10-249": 5, "GE250": 1, "TOTAL": 6}, measure="enterprises"),
        cells({"0-9": None, "10-249": None, "GE250": 300, "TOTAL": 400}),
    ])  # fmt: skip
    for size, value in (("0-9", 0), ("10-249", 100)):
        is_row(size_level(frame, size, "persons_employed"), value, value, value)
        is_row(size_share(frame, size, "persons_employed"), value / 4, value / 4, value / 4)


def test_shares_of_amounts_that_may_be_losses(cells):
    frame = concat([
        cells({"0-249": 30, "GE250": -10, "TOTAL": 20}, half=1, **MONEY),
        cells({"0-249": 30, "GE250": 10, "TOTAL": 40}, half=1, geo="FR", **MONEY),
    ])  # fmt: skip
    smes = size_share(frame, "SME")
    assert smes["value"].tolist() == [150, 75]
    # Of 19 to 21 in all: at least one and the loss of 9 over 21, at most 1 and 11 over 19.
    assert smes["lower"].tolist() == pytest.approx([100 * (1 + 9 / 21), 100 * 29 / 40])
    assert smes["upper"].tolist() == pytest.approx([100 * (1 + 11 / 19), 100 * 31 / 40])
    large = size_share(frame, "large")
    assert large["value"].tolist() == [-50, 25]
    assert large["lower"].tolist() == pytest.approx([-1100 / 19, 100 * 9 / 40])
    assert large["upper"].tolist() == pytest.approx([-900 / 21, 100 * 11 / 40])
    hidden = cells({"0-249": 30, "GE250": None, "TOTAL": None}, **MONEY)
    is_row(size_share(hidden, "SME"), nan, -inf, inf, "", "C")
    is_row(size_level(hidden, "large"), nan, -inf, inf, "", "C")


def test_printed_shares_are_of_a_hundred(cells):
    printed = {"measure": "enterprises_share", "unit": "PC", "indic": "ENT_NR:SHARE_PC"}
    table = {"0-9": (93, "e"), "10-49": 5, "50-249": 1.5, "GE250": (0.5, "p")}
    frame = concat([cells(table, half=0.5, **printed), cells({"0-9": 4, "TOTAL": 5}, half=0.5)])
    out = size_share(frame, "SME", "enterprises")
    assert (out["measure"].iloc[0], out["unit"].iloc[0]) == ("enterprises_share", "PC")
    is_row(out, 99.5, 99, 100, "p")
    is_row(size_share(frame, "micro", "enterprises"), 93, 92.5, 93.5, "e")
    assert size_share(frame, "micro")["measure"].tolist() == [
        "enterprises_share", "persons_employed_share",
    ]  # fmt: skip
    is_row(size_share(cells(table, **printed), "SME"), 99.5, 99.5, 99.5, "p")
    hidden = cells(table | {"10-49": None}, **printed)
    is_row(size_share(hidden, "micro"), 93, 93, 93, "e")
    assert size_level(frame, "micro")["measure"].tolist() == ["persons_employed"]
    assert share_measures(bounded_cube(frame)).tolist() == [
        "enterprises_share", "persons_employed_share",
    ]  # fmt: skip


def test_exact_cells_give_a_point_though_they_contradict_their_total(cells):
    # Classes exceed TOTAL by 10, in a table that withholds a cell elsewhere.
    apart = cells({"0-9": None, "TOTAL": 9}, geo="FR")
    out = size_share(concat([cells(TABLE | {"0-9": 60}), apart]), "0-9")
    assert out[["value", "lower", "upper"]].iloc[0].tolist() == [60, 60, 60]
    one = cells({"0-9": 0.5, "GE10": 0.5, "TOTAL": 1}, half=0.1)
    is_row(size_share(one, "0-9"), 50, 100 * 0.4 / 1, 100 * 0.6 / 1)


def test_rounded_classes_that_contradict_their_total_keep_ends_of_their_own(cells):
    """Six and four of 20: TOTAL less the one is 14 to 18, but the other is printed as six."""
    frame = cells({"0-249": 6, "GE250": 4, "TOTAL": 20}, half=1)
    is_row(size_level(frame, "0-249"), 6, 5, 7)
    is_row(size_level(frame, "total"), 20, 19, 21)
    is_row(size_share(frame, "0-249"), 30, 100 * 5 / 21, 100 * 7 / 19)
    is_row(size_level(frame[frame["size"] != "0-249"], "0-249"), 16, 14, 18)


def test_a_class_of_its_own_comes_before_sums(cells):
    # 10-249 as published, not 10-49 and 50-249.
    table = {"0-9": 50, "10-49": 21, "50-249": 9, "10-249": 31, "GE250": 19, "TOTAL": 100}
    is_row(size_level(cells(table), "10-249"), 31, 31, 31)
    is_row(size_share(cells(table), "10-249"), 31, 31, 31)
    is_row(size_level(cells(table), "0-49"), 71, 71, 71)


# -- shares in a range


def within(frame, code="0-9", whole="0-249"):
    found = share_within(bounded_cube(frame), code, whole)
    return [[float(x) for x in end] for end in (found.value, found.lower, found.upper)], found


def test_micro_enterprises_in_all_smes(cells):
    numbers, found = within(cells({k: (v, f) for (k, v), f in zip(
        TABLE.items(), "bdenpu", strict=True)}))  # fmt: skip
    assert [n[0] for n in numbers] == pytest.approx([100 * 50 / 95] * 3)
    assert numbers[0] == numbers[1] == numbers[2]
    assert found.keep.tolist() == [True] and found.withheld.tolist() == [False]
    assert from_bits(found.bits).tolist() == ["bpu"], "SMEs are TOTAL less GE250"
    numbers, found = within(cells({"0-9": 0.25, "10-249": 0.25, "GE250": 0.5, "TOTAL": 1}))
    assert [n[0] for n in numbers] == [50, 50, 50] and found.keep.tolist() == [True]
    numbers, _ = within(cells(TABLE, half=1))
    # 49 to 51 beside 42 to 48, and 93 to 97 together.
    assert [n[0] for n in numbers] == pytest.approx([5000 / 95, 4900 / 97, 5100 / 93])
    numbers, _ = within(cells(TABLE, half=1), "10-49")
    # 28 to 32 beside 63 to 67, on both sides.
    assert [n[0] for n in numbers] == pytest.approx([3000 / 95, 2800 / 95, 3200 / 95])


def test_shares_in_a_range_of_withheld_and_signed_cells(cells):
    table = {"0-9": None, "10-249": 30, "GE250": None, "TOTAL": 100}
    numbers, found = within(cells(table))
    assert [n[0] for n in numbers] == pytest.approx([nan, 0, 7000 / 100], nan_ok=True)
    assert found.withheld.tolist() == [True] and found.keep.tolist() == [True]
    _, nothing = within(cells({"0-9": 0, "10-249": 0, "GE250": 5, "TOTAL": 5}))
    assert nothing.keep.tolist() == [False]
    _, lacks = within(cells({"GE250": 5, "TOTAL": 5}))
    assert lacks.keep.tolist() == [False]
    money = concat([
        cells({"0-9": -10, "10-249": 30, "GE250": 5, "TOTAL": 25}, half=1, **MONEY),
        cells({"0-9": 10, "10-249": 30, "GE250": 5, "TOTAL": 45}, half=1, geo="FR", **MONEY),
        cells({"0-9": 40, "10-249": -10, "GE250": 5, "TOTAL": 35}, half=1, geo="IT", **MONEY),
    ])  # fmt: skip
    numbers, _ = within(money)
    # A loss is at its worst over the least; the SMEs are known to 2.
    assert numbers[0] == pytest.approx([-50, 25, 400 / 3])
    assert numbers[1] == pytest.approx([-1100 / 18, 100 * 9 / 40, 3900 / 32])
    assert numbers[2] == pytest.approx([-900 / 22, 100 * 11 / 40, 4100 / 28])
    open_ = cells({"0-9": None, "10-249": None, "GE250": 5, "TOTAL": None}, **MONEY)
    numbers, found = within(open_)
    assert [n[0] for n in numbers] == pytest.approx([nan, -inf, inf], nan_ok=True)


@pytest.mark.parametrize(
    ("code", "whole", "left"),
    [("0-9", "0-249", "10-249"), ("50-249", "0-249", "0-49"), ("10-49", "0-249", ""),
     ("0-249", "0-249", ""), ("GE250", "0-249", ""), ("0-9", "GE10", ""), ("0-9", "TOTAL", ""),
     ("TOTAL", "0-249", ""), ("0-49", "10-49", ""), ("0-249", "0-49", "")],
)  # fmt: skip
def test_what_a_range_leaves_of_a_wider_one(code, whole, left):
    assert _left(code, whole) == left


# -- refusals


def test_shares_that_are_refused(cells):
    frame = cells({"0-9": 4, "GE10": 6, "TOTAL": 10})
    assert refusal(size_share, frame, "SME") == (
        "NotAvailableError: no group has the cells for the share of SME (0-249): it needs TOTAL "
        "and the classes of the range or those outside it; the frame has 0-9, GE10, TOTAL"
    )
    assert refusal(size_level, frame, "SME") == (
        "NotAvailableError: no group has the cells for SME (0-249); the frame has 0-9, GE10, TOTAL"
    )
    for size in ("total", "TOTAL"):
        said = refusal(size_share, frame, size)
        assert said.startswith(f"UnknownNameError: unknown size for a share: '{size}'; ")
        assert said.endswith("TOTAL is the whole")
        assert "0-9" in said or "GE10" in said or "TOTAL?" in said
    for indicator in (size_share, size_level):
        assert refusal(indicator, frame, "micro", "turnover") == (
            "UnknownNameError: unknown measure in the frame: 'turnover'; valid: persons_employed"
        )
    assert refusal(without_employees, frame).startswith(
        "UnknownNameError: unknown measure in the frame: 'active_enterprises'"
    )
    for column in ("measure", "size", "geo", "year", "value", "flag", "conf"):
        assert refusal(size_structure, frame.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


@pytest.mark.parametrize(
    ("names", "classes"),
    [("TOTAL 0-9 10-19 20-49 50-249 GE250 0_1 2-9", "0-9 10-19 20-49 50-249 GE250"),
     ("0 1-4 5-9 GE10 TOTAL", "0 1-4 5-9 GE10"), ("1-4 5-9 GE10 TOTAL", "1-4 5-9 GE10"),
     ("0-249 GE250 TOTAL", "0-249 GE250"), ("GE250 0-9 TOTAL", "0-9 GE250"),
     ("0-49 0-9 10-49 50-249 GE250", "0-49 50-249 GE250"), ("TOTAL", ""),
     ("0-9 5-19 10-49 GE50", "0-9 10-49 GE50"), ("GE250 5-9 10-49", "5-9 10-49 GE250"),
     ("0-19 20-49 0-1 2-9 10-49 GE50", "0-1 2-9 10-49 GE50"),
     ("1-4 5-9 1-9 GE10 TOTAL", "1-9 GE10")],
)  # fmt: skip
def test_a_partition_has_no_class_inside_another(names, classes):
    assert partition(names.split()) == classes.split()
