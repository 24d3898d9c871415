"""Which published classes make up a range."""

import pytest

from sme_stats.codelists import SizeRange, size_range
from sme_stats.indicators.shares import partition
from sme_stats.uncertainty.classes import covers, outside

SBS = ("0-9", "10-19", "20-49", "50-249", "GE250", "TOTAL")
FULL = (*SBS, "0_1", "2-9")


@pytest.mark.parametrize(
    ("codes", "lower", "upper", "found"),
    [
        (SBS, 0, 49, (("0-9", "10-19", "20-49"),)),
        (SBS, 10, 249, (("10-19", "20-49", "50-249"),)),
        (SBS, 0, 249, (("0-9", "10-19", "20-49", "50-249"),)),
        (SBS, 0, None, (("0-9", "10-19", "20-49", "50-249", "GE250"),)),
        (SBS, 250, None, (("GE250",),)),
        (FULL, 0, 9, (("0-9",), ("0_1", "2-9"))),
        (FULL, 0, 49, (("0-9", "10-19", "20-49"), ("0_1", "2-9", "10-19", "20-49"))),
        (SBS, 1, 249, ()),
        (SBS, 0, 250, ()),
        (SBS, 5, 9, ()),
        (("0-9", "20-49"), 0, 49, ()),
        (("0", "1-4", "5-9", "GE10"), 1, 9, (("1-4", "5-9"),)),
        (("TOTAL",), 0, None, ()),
        ((), 0, 9, ()),
        (("MIC", "0-9"), 0, 9, (("0-9",),)),
    ],
)
def test_covers(codes, lower, upper, found):
    assert covers(codes, lower, upper) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("0-249", (("GE250",),)),
        ("GE250", (("0-9", "10-19", "20-49", "50-249"),)),
        ("10-249", (("0-9", "GE250"),)),
        ("0-49", (("50-249", "GE250"),)),
        ("50-249", (("0-9", "10-19", "20-49", "GE250"),)),
        ("1-249", ()),
        ("TOTAL", ()),
    ],
)
def test_what_lies_outside(code, found):
    assert outside(SBS, size_range(code)) == found


def test_a_cover_has_no_gap_and_counts_nobody_twice():
    for way in covers((*FULL, "0-49", "10-49", "0-249", "10-249"), 0, None):
        spans = [size_range(code) for code in way]
        people = [n for s in spans for n in range(s.lower, (s.upper or 400) + 1)]
        assert sorted(people) == list(range(401))


def test_ways_are_the_shortest_first_and_never_endless():
    codes = tuple(f"{n}-{m}" for n in range(12) for m in range(n, 12))
    ways = covers(codes, 0, 11)
    assert ways[0] == ("0-11",)
    assert [len(w) for w in ways] == sorted(len(w) for w in ways)
    assert 1 < len(ways) < 2**11, "not every way is listed"


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (SBS, ["0-9", "10-19", "20-49", "50-249", "GE250"]),
        (FULL, ["0-9", "10-19", "20-49", "50-249", "GE250"]),
        (("0_1", "2-9", "10-19", "20-49", "50-249", "GE250"),
         ["0_1", "2-9", "10-19", "20-49", "50-249", "GE250"]),
        (("0", "1-4", "5-9", "GE10", "TOTAL"), ["0", "1-4", "5-9", "GE10"]),
        (("1-4", "5-9", "GE10", "TOTAL"), ["1-4", "5-9", "GE10"]),
        (("0-9", "GE250", "TOTAL"), ["0-9", "GE250"]),
        (("0-9", "10-19", "20-49", "50-249", "250-499", "GE500", "250-749", "GE750", "TOTAL"),
         ["0-9", "10-19", "20-49", "50-249", "250-499", "GE500"]),
    ],
)  # fmt: skip
def test_the_classes_of_a_structure_never_lie_inside_each_other(codes, found):
    assert partition(list(codes)) == found


def test_a_range_says_its_ends():
    assert str(SizeRange(0, 249)) == "0-249" and str(SizeRange(250, None)) == "250+"


def test_what_lies_outside_a_range_in_a_wider_one():
    codes, smes = ("0-9", "10-49", "50-249", "GE250"), SizeRange(0, 249)
    assert outside(codes, SizeRange(50, 249), smes) == (("0-9", "10-49"),)
    assert outside(codes, SizeRange(0, 9), smes) == (("10-49", "50-249"),)
    assert outside(codes, SizeRange(0, 49), SizeRange(0, 49)) == ()
    assert outside(codes, SizeRange(50, 249)) == (("0-9", "10-49", "GE250"),)
    assert SizeRange(10, 49).inside(smes) and not SizeRange(250, None).inside(smes)
    assert smes.inside(SizeRange(0, None)) and not smes.inside(SizeRange(1, None))
