"""Size ranges made of published classes: which ways there are, and what the cells then say."""

import numpy as np
import pytest

from sme_stats.codelists import SizeRange
from sme_stats.frame import concat
from sme_stats.uncertainty.classes import add_up, covers, outside, whole
from sme_stats.uncertainty.cube import from_bits, make

INF, NAN = np.inf, np.nan
SBS = ("0_1", "2-9", "0-9", "10-19", "20-49", "50-249", "GE250", "TOTAL", "MIC")


def test_the_shortest_way_comes_first():
    assert covers(SBS, 0, 49) == (("0-9", "10-19", "20-49"), ("0_1", "2-9", "10-19", "20-49"))
    assert covers(SBS, 0, None) == (
        ("0-9", "10-19", "20-49", "50-249", "GE250"),
        ("0_1", "2-9", "10-19", "20-49", "50-249", "GE250"),
    )
    assert covers(SBS, 250, None) == (("GE250",),)
    assert covers(SBS, 2, 9) == (("2-9",),)
    assert covers(SBS, 0, 48) == covers(SBS, 5, 9) == covers((), 0, 9) == ()
    assert covers(("0-9", "GE10"), 0, 20) == (), "an open class reaches beyond"
    assert covers(("0-9", "10-30"), 0, 20) == (), "a class reaches beyond"


def test_of_very_many_ways_the_64_shortest_are_kept():
    # Every number by itself or with its neighbour: as many ways as Fibonacci has rabbits.
    codes = tuple(f"{n}-{n + w}" for n in range(40) for w in (0, 1))
    assert len(covers(codes[:16], 0, 7)) == 34
    found = covers(codes, 0, 39)
    assert len(found) == len(set(found)) == 64
    assert found[0] == tuple(f"{n}-{n + 1}" for n in range(0, 40, 2))
    assert [len(way) for way in found] == [20, *[21] * 63]


def test_ways_of_one_length_are_in_the_order_of_their_codes():
    codes = ("2-9", "0-5", "0_1", "6-9", "0-9")
    assert covers(codes, 0, 9) == (("0-9",), ("0-5", "6-9"), ("0_1", "2-9"))


def test_what_lies_outside_of_a_range():
    assert outside(SBS, SizeRange(50, 249)) == (
        ("0-9", "10-19", "20-49", "GE250"), ("0_1", "2-9", "10-19", "20-49", "GE250"),
    )  # fmt: skip
    assert outside(SBS, SizeRange(0, 249)) == (("GE250",),)
    assert outside(SBS, SizeRange(250, None))[0] == ("0-9", "10-19", "20-49", "50-249")
    assert outside(SBS, SizeRange(0, None)) == (), "nothing lies outside of everything"
    assert outside(SBS, SizeRange(2, 9)) == (("0_1", "10-19", "20-49", "50-249", "GE250"),)
    assert outside(SBS, SizeRange(3, 9)) == ()
    assert outside(("0", "1-9", "GE10"), SizeRange(1, 9)) == (("0", "GE10"),)


def said(part):
    return [
        part.value.tolist(), part.lower.tolist(), part.upper.tolist(), part.known.tolist(),
        from_bits(part.bits).tolist(), part.withheld.tolist(), part.cells.tolist(),
    ]  # fmt: skip


WAYS = (("0-9",), ("0_1", "2-9"))


def test_an_exact_range_is_the_sum_of_the_fewest_cells(cells):
    frame = concat([
        cells({"0-9": (9, "e"), "0_1": 1, "2-9": (7, "p"), "TOTAL": 20}),
        cells({"0_1": (1, "b"), "2-9": (7, "p"), "TOTAL": 20}, geo="FR"),
        cells({"0_1": 1, "TOTAL": 20}, geo="IT"),
    ])  # fmt: skip
    cube = make(frame)
    assert cube.exact
    part = add_up(cube, WAYS)
    order = [cube.keys["geo"].tolist().index(g) for g in ("DE", "FR", "IT")]
    np.testing.assert_equal(part.value[order], [9, 8, NAN])
    np.testing.assert_equal(part.lower[order], [9, 8, NAN])
    np.testing.assert_equal(part.upper[order], [9, 8, NAN])
    assert part.known[order].tolist() == [True, True, False]
    assert from_bits(part.bits[order]).tolist() == ["e", "bp", ""]
    assert part.cells[order].tolist() == [1, 2, 99] and not part.withheld.any()
    assert part.bits.dtype == np.uint16


def test_one_way_for_all_is_enough(cells):
    cube = make(cells({"0-9": 9, "0_1": 1, "2-9": 7, "TOTAL": 20}))
    assert said(add_up(cube, WAYS)) == [[9], [9], [9], [True], [""], [False], [1]]
    assert cube.value[0, cube.at("0-9")] == 9, "the cube is not changed"
    assert said(add_up(cube, WAYS[::-1]))[0] == [8] and said(add_up(cube, WAYS[::-1]))[-1] == [2]
    assert cube.value[0].tolist() == make(
        cells({"0-9": 9, "0_1": 1, "2-9": 7, "TOTAL": 20})
    ).value[0].tolist()  # fmt: skip


def test_a_way_over_a_code_that_no_cell_has_is_passed_over(cells):
    for half in (None, 0.5):
        cube = make(cells({"0_1": 1, "2-9": 7, "TOTAL": 20}, half=half))
        assert add_up(cube, WAYS).value.tolist() == [8]
        assert add_up(cube, (("0-9",),)).cells.tolist() == [99]
        assert np.isnan(add_up(cube, (("0-9",),)).value).all()
        assert add_up(cube, (("0-9",),)).known.tolist() == [False]
    assert add_up(make(cells({"TOTAL": 20})), ((),)).value.tolist() == [0], "no class, nothing"


def test_all_ways_narrow_the_ends_and_the_shortest_gives_the_value(cells):
    cube = make(cells({"0-9": 10, "0_1": 3, "2-9": 8, "TOTAL": 20}, half=2))
    part = add_up(cube, WAYS)
    # 0-9 is 8 to 12, its parts 1 to 5 and 6 to 10: 7 to 15.
    assert said(part) == [[10], [8], [12], [True], [""], [False], [1]]
    wide = cells({"0-9": 10, "0_1": 3, "2-9": 8, "TOTAL": 20}, half=2)
    wide["upper"] = wide["upper"].where(wide["size"] != "0-9", 99)
    wide["lower"] = wide["lower"].where(wide["size"] != "0-9", 0)
    assert said(add_up(make(wide), WAYS))[:3] == [[10], [7], [15]]


def test_a_withheld_cell_gives_way_to_a_longer_sum(cells):
    frame = concat([
        cells({"0-9": None, "0_1": (1, "e"), "2-9": 7, "TOTAL": (20, "p")}),
        cells({"0-9": None, "0_1": 1, "2-9": (None, "e"), "TOTAL": 20}, geo="FR"),
        cells({"TOTAL": 20}, geo="IT"),
    ])  # fmt: skip
    cube = make(frame)
    assert not cube.exact
    part = add_up(cube, WAYS)
    de, fr, it = (cube.keys["geo"].tolist().index(g) for g in ("DE", "FR", "IT"))
    assert (part.value[de], part.lower[de], part.upper[de], part.cells[de]) == (8, 8, 8, 2)
    assert (part.withheld[de], part.known[de]) == (False, True)
    assert (part.lower[fr], part.upper[fr], part.withheld[fr]) == (1, INF, True)
    assert np.isnan(part.value[fr]) and part.cells[fr] == 99 and part.known[fr]
    assert (part.lower[it], part.upper[it], part.known[it]) == (0, INF, False)
    assert not part.withheld[it]
    # Flags are of the way used; of the first way where there is no value.
    flags = from_bits(part.bits).tolist()
    assert (flags[de], flags[fr], flags[it]) == ("e", "", "") and part.bits.dtype == np.uint16


def test_nothing_is_known_of_a_loss(cells):
    frame = cells({"0-9": None, "TOTAL": 20}, measure="value_added", unit="MEUR")
    part = add_up(make(frame), (("10-19",),))
    assert (part.lower.tolist(), part.upper.tolist()) == ([-INF], [INF])


@pytest.mark.parametrize("half", [None, 0.0])
def test_everything_is_total_or_the_classes(cells, half):
    own = make(cells({"0-9": 1, "GE10": 2, "TOTAL": 4}, half=half))
    assert whole(own).value.tolist() == [4] and whole(own).cells.tolist() == [1]
    made = make(cells({"0-9": 1, "GE10": 2}, half=half))
    assert whole(made).value.tolist() == [3] and whole(made).cells.tolist() == [2]
