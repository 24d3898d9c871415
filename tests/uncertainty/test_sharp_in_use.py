"""When ends are sharpened, what is said of them, and what the embedded figures gain by it."""

import numpy as np
import pandas as pd
import pytest

from sme_stats import load
from sme_stats.errors import NotAvailableError
from sme_stats.frame import concat, dimensions
from sme_stats.indicators.productivity import labour_productivity, productivity_gap
from sme_stats.indicators.ratios import average_size, ratio
from sme_stats.indicators.shares import size_level, size_share, size_structure
from sme_stats.uncertainty import fractions
from sme_stats.uncertainty.fractions import bound_ratio, sharpen
from sme_stats.uncertainty.room import Room
from sme_stats.uncertainty.sums import Sums, ways_of
from sme_stats.uncertainty.system import build

pytestmark = pytest.mark.usefixtures("home")
CLASSES = ("0-9", "10-49", "50-249", "GE250", "TOTAL")


def ends(row):
    return row["lower"], row["upper"]


def of(frame, **where):
    for name, code in where.items():
        frame = frame[frame[name] == code]
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.fixture
def four_sections(cells):
    """The two middle classes of C are known together, though neither is, nor C's total."""
    rows = {
        "B": (0, 0, 0, 0, 0), "C": (5, None, None, None, None), "D": (5, None, None, 9, 29),
        "E": (5, 6, 7, None, None), "B-E": (15, None, None, 47, 120),
    }  # fmt: skip
    return concat([cells(dict(zip(CLASSES, r, strict=True)), nace=n) for n, r in rows.items()])


def test_a_sum_that_other_sections_determine_has_a_value(four_sections):
    level = of(size_level(four_sections, "10-249"), nace="C")
    assert level["value"] == pytest.approx(30), "120 - 15 - 47 in all, less 15 in D and 13 in E"
    assert level["conf"] == "" and "ends" not in level, "nothing is hidden any more"
    loose = of(size_level(four_sections, "10-249", sharp=False), nace="C")
    assert np.isnan(loose["value"]) and loose["upper"] > 40
    assert (loose["conf"], loose["ends"]) == ("C", "sure")


def test_a_share_of_an_unknown_total_is_of_the_tables_that_can_be(four_sections):
    """C has 35 below GE250 and there 0 to 38, so the middle is 30 of 35 to 30 of 73."""
    share = of(size_share(four_sections, "10-249"), nace="C")
    assert ends(share) == pytest.approx((100 * 30 / 73, 100 * 30 / 35))
    assert share["ends"] == "sharp" and np.isnan(share["value"])
    rows = (four_sections["nace"] == "C").to_numpy()
    part = rows & four_sections["size"].isin(["10-49", "50-249"]).to_numpy()
    whole = rows & (four_sections["size"] == "TOTAL").to_numpy()
    assert ends(share) == pytest.approx([100 * e for e in bound_ratio(four_sections, part, whole)])


def test_beyond_the_limit_ends_stay_as_one_group_gives_them_and_say_so(four_sections, monkeypatch):
    sharp, loose = (size_share(four_sections, "10-249", sharp=s) for s in (True, False))
    monkeypatch.setattr(fractions, "MOST_CELLS", 6)
    pd.testing.assert_frame_equal(size_share(four_sections, "10-249"), loose)
    pd.testing.assert_frame_equal(size_share(four_sections, "10-249", sharp=True), sharp)
    monkeypatch.setattr(fractions, "MOST_CELLS", 100)
    pd.testing.assert_frame_equal(size_share(four_sections, "10-249"), sharp)
    assert set(loose["ends"]) == {"", "sure", "sharp"}, "one unknown cell needs no program"


def test_what_contradicts_itself_keeps_the_ends_of_its_group_and_says_so(four_sections):
    wrong = four_sections.copy()
    at = ((wrong["nace"] == "B-E") & (wrong["size"] == "TOTAL")).to_numpy()
    wrong.loc[at, "value"] = 60.0  # less than the classes that are published
    share = of(size_share(wrong, "10-249"), nace="C")
    assert share["ends"] == "contradicted"
    assert ends(share) == ends(of(size_share(wrong, "10-249", sharp=False), nace="C"))


def test_an_exact_table_says_nothing_of_ends(cells):
    frame = cells({"0-9": 5, "10-49": 4, "50-249": 3, "GE250": 2, "TOTAL": 14})
    for out in (size_share(frame), size_structure(frame), size_level(frame, "SME")):
        assert "ends" not in out.columns


def test_ends_are_no_dimension(four_sections):
    out = size_structure(four_sections)
    assert "ends" not in dimensions(out)
    assert out["ends"].dtype == "category"
    assert set(out.loc[out["conf"] == "C", "ends"]) == {"sharp"}
    assert set(out.loc[(out["conf"] == "") & (out["nace"] == "B-E"), "ends"]) == {""}


def test_a_ratio_is_as_sure_as_the_worse_of_its_sides(four_sections):
    amounts = four_sections.assign(measure="turnover", unit="MEUR", indic="NETTUR_MEUR")
    level = size_level(concat([four_sections, amounts]), "10-249", sharp=False)
    out = ratio(level, "turnover", "persons_employed", "turnover_per_person", "MEUR")
    assert dict(zip(out["nace"], out["ends"], strict=True))["C"] == "sure"


def test_sums_alone_do_not_tie_two_measures_so_their_ratio_takes_the_ends_of_each(four_sections):
    amounts = four_sections.assign(measure="value_added", unit="MEUR", indic="AV_MEUR")
    out = of(labour_productivity(concat([four_sections, amounts]), "10-249"), nace="C")
    assert (out["value"], *ends(out)) == pytest.approx((1000, 1000, 1000))


def test_heads_in_thousands_count_as_heads_in_the_programs_too(cells):
    firms = cells({"0-9": 5, "10-49": None, "50-249": None, "GE250": 1, "TOTAL": 12},
                  measure="enterprises", indic="ENT_NR")  # fmt: skip
    heads = cells({"0-9": 0.02, "10-49": None, "50-249": None, "GE250": 0.3, "TOTAL": 0.9},
                  unit="THS")  # fmt: skip
    out = of(average_size(concat([firms, heads]), "10-249"), geo="DE")
    assert out["value"] == pytest.approx(580 / 6)


def test_portugal_by_class_limits_alone_and_with_sections_that_say_more():
    """Two classes withheld: the limits give 69.74 to 93.47 %; published sections narrow that.

    The sections are synthetic, and the whole frame is called that.
    """
    cells = load("sbs_sc_ovw", geo="PT", year=2021)
    alone = of(size_share(cells, "SME", "persons_employed"), geo="PT")
    assert [round(e, 2) for e in ends(alone)] == [69.74, 93.47]
    assert alone["ends"] == "sharp"
    cells = cells[cells["measure"].isin(["enterprises", "persons_employed"])]
    cells = cells.assign(dataset="synthetic_sections")
    split = cells[cells["size"] != "TOTAL"]
    quarter = split["value"] // 4
    parts = [cells, split.assign(nace="C", value=quarter),
             split.assign(nace="G", value=split["value"] - quarter)]  # fmt: skip
    parts += [split.assign(nace=n, value=0.0, conf="") for n in (*"BDEFHIJKLMNPQR", "S95", "S96")]
    frame = concat(parts)
    # C publishes its largest class: what is left for the rest is less.
    shown = ((frame["nace"] == "C") & (frame["size"] == "GE250")
             & (frame["measure"] == "persons_employed")).to_numpy()  # fmt: skip
    frame.loc[shown, ["value", "conf"]] = [400_000.0, ""]
    out = of(size_share(frame, "SME", "persons_employed"), nace="B-S_X_O_S94")
    assert out["ends"] == "sharp"
    assert alone["lower"] <= out["lower"] < out["upper"] < alone["upper"] - 1
    assert out["upper"] <= 100 * (1 - 400_000 / 4_116_533) + 1e-6


def test_average_sizes_of_hungary_2012_stay_within_the_limits_of_their_class():
    """Enterprises and persons of 50-249 are withheld: apart they would give 5.8 to 1,964."""
    cells = load("sbs_sc_sca_r2", geo="HU", year=2012)
    loose, sharp = (
        of(average_size(cells, sharp=s), size="50-249") for s in (False, None)
    )  # fmt: skip
    assert [round(e, 1) for e in ends(loose)] == [5.8, 1964.4]
    assert [round(e, 1) for e in ends(sharp)] == [50.0, 226.9]
    assert (loose["ends"], sharp["ends"]) == ("sure", "sharp")


def test_a_gap_of_bounded_shares_says_how_sure_it_is(cells):
    """One of two unknown classes in one sum: the share of each is sharp, and so is their gap."""
    heads = cells({"0-9": 5, "10-249": None, "GE250": None, "TOTAL": 1000})
    firms = cells({"0-9": 2, "10-249": 1, "GE250": 1, "TOTAL": 4}, measure="enterprises")
    money = cells({"0-9": 5, "10-249": 25, "GE250": 10, "TOTAL": 40}, measure="value_added",
                  unit="MEUR")  # fmt: skip
    gap = of(productivity_gap(concat([heads, firms, money])), geo="DE")
    # 10-249 has 10 to 249 persons, so GE250 has 746 to 985 of 1,000.
    assert gap["ends"] == "sharp"
    assert ends(gap) == pytest.approx(((10 / 30) / (985 / 15), (10 / 30) / (746 / 254)))
    with pytest.raises(NotAvailableError, match="no group has the cells for 20-49"):
        labour_productivity(concat([heads, money]), "20-49")


def test_ways_and_plain_sums():
    assert ways_of(("0-9", "GE10", "TOTAL"), "TOTAL") == (
        (("TOTAL",), (1.0,)), (("0-9", "GE10"), (1.0, 1.0)),
    )  # fmt: skip
    assert ways_of(("0-9",), "GE10") == ()
    two = Sums.of([np.array([True, False, True]), np.array([False, False, False])])
    assert (two.row.tolist(), two.cell.tolist(), two.count) == ([0, 0], [0, 2], 2)


def test_a_denominator_that_may_be_a_loss_is_left_to_the_closed_form(cells):
    money = cells({"0-9": 5, "10-249": None, "GE250": None, "TOTAL": None}, measure="value_added",
                  unit="MEUR")  # fmt: skip
    at = [np.array([i]) for i in (1, 3)]
    found = sharpen(Room(build(money)), Sums.cells(at[0]), Sums.cells(at[1]))
    assert np.isnan(found.lower[0]) and found.said.tolist() == ["sure"]
