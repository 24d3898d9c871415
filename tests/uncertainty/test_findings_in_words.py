"""audit(), row by row: every column of every kind of finding, and where each begins."""

import numpy as np
import pytest

from sme_stats.codelists import members
from sme_stats.errors import UnknownNameError
from sme_stats.frame import concat
from sme_stats.uncertainty.audit import COLUMNS, audit
from sme_stats.uncertainty.coherence import class_sums, sums_off
from sme_stats.uncertainty.jumps import find_jumps

CELL = "dataset=synthetic measure={} nace={} geo={} year={} size={}"


def rows(found):
    assert tuple(found.columns) == COLUMNS and found.index.tolist() == list(range(len(found)))
    return found.values.tolist()


def cell(measure="persons_employed", nace="C", geo="DE", year=2023, size="TOTAL"):
    return f"dataset=synthetic measure={measure} nace={nace} geo={geo} year={year} size={size}"


def test_classes_that_miss_their_total(cells):
    found = rows(audit(cells({"0-9": 1000, "10-249": 2000.5, "GE250": 3000, "TOTAL": 8000.5})))
    named = cell(size="TOTAL").removesuffix(" size=TOTAL")
    assert found == [
        ["size", named, "classes 6,000.5, total 8,000.5", -2000.0, 2000 / 8000.5, False]
    ]  # fmt: skip


def test_sections_that_miss_their_aggregate(cells):
    amounts = {"B": 10, "C": 20, "D": 30, "E": 40, "B-E": 102}
    found = rows(audit(concat([cells({"TOTAL": n}, nace=c) for c, n in amounts.items()])))
    named = "dataset=synthetic measure=persons_employed geo=DE year=2023 size=TOTAL"
    assert found == [["nace", named, "sections 100, total 102", -2.0, 2 / 102, True]]


def test_members_that_miss_the_union(cells):
    parts = [cells({"TOTAL": 2}, geo=code) for code in members("EU27_2020")]
    found = rows(audit(concat([*parts, cells({"TOTAL": 27}, geo="EU27_2020")])))
    named = "dataset=synthetic measure=persons_employed nace=C year=2023 size=TOTAL"
    assert found == [["geo", named, "members 54, total 27", 27.0, 1.0, False]]


def demography(cells, births, active, rate, what=("births", "birth_rate")):
    return concat([
        cells({"TOTAL": births}, measure=what[0]),
        cells({"TOTAL": active}, measure="active_enterprises"),
        cells({"TOTAL": rate}, measure=what[1], unit="PC"),
    ])  # fmt: skip


@pytest.mark.parametrize("what", [("births", "birth_rate"), ("deaths", "death_rate")])
@pytest.mark.parametrize(
    ("rate", "rounding"), [(8.35, None), (8.345, None), (8.36, True), (8.37, False)]
)
def test_rates_are_compared_to_half_of_their_last_digit(cells, what, rate, rounding):
    # 8350 of 100,000 are 8.35 %: 8.345 is as far as half a digit, 8.36 a whole one.
    found = rows(audit(demography(cells, 8350, 100_000, rate, what)))
    if rounding is None:
        assert found == []
        return
    assert [found[0][:3], found[0][5]] == [
        ["rate", cell(what[1]), f"published {rate:.2f}, from counts 8.350"], rounding,
    ]  # fmt: skip
    assert found[0][3:5] == pytest.approx([rate - 8.35, (rate - 8.35) / 8.35])


def test_rates_are_compared_cell_by_cell(cells):
    right, wrong = demography(cells, 10, 100, 10), demography(cells, 10, 100, 20)
    frame = concat(
        [right, wrong.assign(geo="FR"), wrong[wrong["measure"] != "births"].assign(geo="IT")]
    )
    assert [row[1] for row in rows(audit(frame))] == [cell("birth_rate", geo="FR")]


#: Persons per enterprise in a class of 10 to 19, and how far that is outside.
AVERAGES = [(9.5, -0.5), (10, None), (15, None), (19, None), (19.5, 0.5)]


@pytest.mark.parametrize(("mean", "gap"), AVERAGES)
def test_persons_per_enterprise_lie_inside_their_class(cells, mean, gap):
    frame = concat([cells({"10-19": 4}, measure="enterprises"), cells({"10-19": 4 * mean})])
    found = rows(audit(frame))
    expected = [["average", cell(size="10-19"), f"{mean:.2f} per enterprise", gap,
                 abs(gap) / mean, False]] if gap else []  # fmt: skip
    assert found == expected
    assert rows(audit(frame.assign(unit="THS"))) == [], "no limits for heads in thousands"


def test_employees_are_compared_with_active_enterprises(cells):
    frame = concat([
        cells({"5-9": 2}, measure="active_enterprises"), cells({"5-9": 20}, measure="employees"),
        cells({"GE10": 0}, measure="active_enterprises"), cells({"GE10": 5}, measure="employees"),
        cells({"TOTAL": 9}, measure="active_enterprises"),
        cells({"TOTAL": 0.5}, measure="employees"),
        cells({"MIC": 9}, measure="active_enterprises"), cells({"MIC": 0.0}, measure="employees"),
        cells({"GE250": 1}, measure="active_enterprises"),
        cells({"GE250": 1e6}, measure="employees"),
    ])  # fmt: skip
    assert rows(audit(frame)) == [
        ["average", cell("employees", size="5-9"), "10.00 per enterprise", 1.0, 0.1, False]
    ]


def test_nobody_at_work_is_far_outside(cells):
    frame = concat([cells({"10-19": 4}, measure="enterprises"), cells({"10-19": 0})])
    (found,) = rows(audit(frame))
    assert found[3:] == [-10.0, 10 / 1e-9, False]


def test_the_weightiest_come_first_and_what_rounding_explains_last(cells):
    frame = concat([
        cells({"0-9": 5, "GE10": 5, "TOTAL": 11}),
        cells({"0-9": 50, "GE10": 50, "TOTAL": 200}, geo="FR"),
        cells({"0-9": 50, "GE10": 50, "TOTAL": 400}, geo="IT"),
        cells({"0-9": 500, "GE10": 500, "TOTAL": 1001}, geo="ES"),
    ])  # fmt: skip
    found = audit(frame)
    assert found["difference"].tolist() == [-300, -100, -1, -1]
    assert found["weight"].tolist() == pytest.approx([0.75, 0.5, 1 / 11, 1 / 1001])
    assert found["rounding"].tolist() == [False, False, True, True]


def test_audit_asks_for_its_columns(cells):
    frame = cells({"TOTAL": 1})
    for column in ("dataset", "measure", "size", "geo", "year", "value", "flag", "conf"):
        with pytest.raises(UnknownNameError, match=f"unknown column: '{column}'"):
            audit(frame.drop(columns=column))
    for column in ("size", "measure", "value", "conf"):
        with pytest.raises(UnknownNameError, match=f"unknown column: '{column}'"):
            class_sums(frame.drop(columns=column))


def test_sums_of_amounts_are_off_by_tenths_or_hundredths(cells):
    amounts = {"measure": "turnover", "unit": "MEUR"}
    tenths = cells({"0-9": 1.5, "GE10": 2, "TOTAL": 3.65}, **amounts)
    assert sums_off(tenths, "size")[["value", "rounding"]].values.tolist() == [[-0.15, False]]
    tenths = cells({"0-9": 1.5, "GE10": 2, "TOTAL": 3.6}, **amounts)
    assert sums_off(tenths, "size")[["value", "rounding"]].values.tolist() == [[-0.1, True]]
    hundredths = cells({"0-9": 1.25, "GE10": 2, "TOTAL": 3.26}, **amounts)
    assert sums_off(hundredths, "size")[["value", "rounding"]].values.tolist() == [[-0.01, True]]
    hundredths = cells({"0-9": 1.25, "GE10": 2, "TOTAL": 3.27}, **amounts)
    assert sums_off(hundredths, "size")[["value", "rounding"]].values.tolist() == [[-0.02, False]]


def test_the_last_digit_is_that_of_the_dataset(cells):
    amounts = {"measure": "turnover", "unit": "MEUR"}
    frame = concat([
        cells({"0-9": 1.5, "GE10": 2, "TOTAL": 3.6}, **amounts),
        cells({"0-9": 1.25, "GE10": 2, "TOTAL": 3.35}, dataset="other", **amounts),
        cells({"0-9": 1, "GE10": 2, "TOTAL": 4}),
    ])  # fmt: skip
    found = sums_off(frame, "size")
    assert found[["dataset", "measure", "value", "rounding"]].values.tolist() == [
        ["synthetic", "persons_employed", -1.0, True],
        ["other", "turnover", -0.1, False], ["synthetic", "turnover", -0.1, True],
    ]  # fmt: skip


def test_every_way_to_add_up_a_total_is_tried(cells):
    frame = cells({"0_1": 1, "2-9": 2, "0-9": 4, "GE10": 5, "TOTAL": 10})
    found = sums_off(frame, "size")
    assert found[["value", "total", "classes"]].values.tolist() == [[-2, 10, 8], [-1, 10, 9]]
    assert "size" not in found.columns and found.index.tolist() == [0, 1]


def test_a_total_of_zero_weighs_most(cells):
    frame = concat([
        cells({"0-9": 1, "GE10": 2, "TOTAL": 9}),
        cells({"0-9": 1, "GE10": 2, "TOTAL": 0}, geo="FR"),
    ])  # fmt: skip
    assert sums_off(frame, "size")["geo"].tolist() == ["FR", "DE"]


def test_sums_of_what_does_not_add_up_or_is_not_there(cells):
    rate = cells({"0-9": 1, "GE10": 2, "TOTAL": 9}, measure="birth_rate", unit="PC")
    for frame, axis in ((rate, "size"), (cells({"TOTAL": 1}), "age")):
        found = sums_off(frame, axis)
        assert found.empty
        assert list(found.columns) == ["value", "total", "classes", "rounding"]
    whole = sums_off(cells({"TOTAL": 1}), "size")
    assert whole.empty and {"value", "total", "classes", "rounding", "geo"} <= set(whole.columns)


def test_a_difference_below_a_millionth_is_of_floats(cells):
    assert sums_off(cells({"0-9": 0.1, "GE10": 0.2, "TOTAL": 0.3}), "size").empty
    found = sums_off(cells({"0-9": 0.1, "GE10": 0.2, "TOTAL": 0.300002}), "size")
    assert found["value"].tolist() == [-2e-06]


PLACES = ["AT", "BE", "BG", "CZ", "DE", "DK", "EE"]


def growing(cells, growths, **common):
    frames = []
    for place, growth in zip(PLACES, growths, strict=False):
        frames.append(cells({"TOTAL": 1000}, geo=place, year=2022, **common))
        frames.append(cells({"TOTAL": 1000 * np.exp(growth)}, geo=place, year=2023, **common))
    return concat(frames)


def test_growth_and_score_of_a_jump(cells):
    # Median 0.02, absolute deviations 0.01 0.01 0 0.3 0.01: their median is 0.01.
    found = find_jumps(growing(cells, [0.01, 0.03, 0.02, 0.32, 0.01]))
    assert found["geo"].tolist() == ["CZ"] and found["year"].tolist() == [2023]
    assert found["growth"].tolist() == pytest.approx([100 * (np.exp(0.32) - 1)])
    assert found["score"].tolist() == pytest.approx([0.3 / 0.014826])
    (row,) = rows(audit(growing(cells, [0.01, 0.03, 0.02, 0.32, 0.01])))
    growth = 100 * (np.exp(0.32) - 1)
    assert row[:3] == ["jump", cell(geo="CZ"), "+37.7 % in a year without a flag (score 20)"]
    assert row[3:5] == pytest.approx([growth, growth / 100]) and row[5] is False


def test_a_fall_is_a_jump_and_the_greatest_score_comes_first(cells):
    found = find_jumps(growing(cells, [0.01, 0.03, 0.02, 0.32, 0.01, 0.02, -0.5]))
    assert found["geo"].tolist() == ["EE", "CZ"] and found.index.tolist() == [0, 1]
    assert found["growth"].iloc[0] == pytest.approx(100 * (np.exp(-0.5) - 1))
    assert found["score"].is_monotonic_decreasing


@pytest.mark.parametrize(("threshold", "named"), [(20.2, 1), (20.3, 0)])
def test_a_threshold_of_ones_own(cells, threshold, named):
    assert len(find_jumps(growing(cells, [0.01, 0.03, 0.02, 0.32, 0.01]), threshold)) == named


@pytest.mark.parametrize(
    ("growth", "named"), [(0.0769, 0), (0.0771, 1), (-0.0769, 0), (-0.0771, 1)]
)
def test_a_growth_of_eight_percent_and_less_is_none(cells, growth, named):
    # log(1.08) is 0.07696; the others hardly move.
    assert len(find_jumps(growing(cells, [0.001, 0.002, 0.0, 0.001, growth]))) == named


def test_five_series_are_enough_and_four_are_not(cells):
    assert len(find_jumps(growing(cells, [0.01, 0.03, 0.02, 0.01, 0.4]))) == 1
    assert find_jumps(growing(cells, [0.01, 0.03, 0.02, 0.4])).empty


def test_series_that_all_grow_alike_have_no_spread_to_compare_with(cells):
    assert find_jumps(growing(cells, [0.0, 0.0, 0.0, 0.0, 0.4])).empty


def test_growth_is_compared_within_measure_and_class(cells):
    calm = growing(cells, [0.01, 0.03, 0.02, 0.015, 0.012])
    wild = growing(cells, [0.31, 0.33, 0.32, 0.315, 0.312], measure="employees")
    assert find_jumps(concat([calm, wild])).empty
    assert find_jumps(concat([calm, wild.assign(measure="persons_employed", nace="F")])).empty


def test_known_and_flagged_breaks_are_no_jumps(cells):
    frame = growing(cells, [0.01, 0.03, 0.02, 0.32, 0.01])
    frame["flag"] = frame["flag"].cat.add_categories(["b", "ep", "bp"])
    jump = (frame["geo"] == "CZ") & (frame["year"] == 2023)
    assert len(find_jumps(frame.assign(flag=frame["flag"].mask(jump, "ep")))) == 1
    assert find_jumps(frame.assign(flag=frame["flag"].mask(jump, "bp"))).empty
    earlier = (frame["geo"] == "CZ") & (frame["year"] == 2022)
    assert len(find_jumps(frame.assign(flag=frame["flag"].mask(earlier, "b")))) == 1


def test_breaks_that_the_catalogue_knows_are_no_jumps(cells):
    # FR broke in 2017 and DE in 2018, in sbs_sc_sca_r2; every place in 2021, in sbs_sc_ovw.
    places = {"CZ": "FR", "DE": "DE"}
    for flow, year, left in (
        ("sbs_sc_sca_r2", 2017, ["DE"]), ("sbs_sc_sca_r2", 2018, ["FR"]),
        ("sbs_sc_sca_r2", 2016, ["DE", "FR"]), ("sbs_sc_ovw", 2021, []),
        ("sbs_sc_ovw", 2022, ["DE", "FR"]), ("another", 2017, ["DE", "FR"]),
    ):  # fmt: skip
        frame = growing(cells, [0.01, 0.03, 0.02, 0.32, 0.33, 0.01, 0.02], dataset=flow)
        frame["geo"] = frame["geo"].astype(str).replace(places)
        frame["year"] += year - 2023
        assert sorted(find_jumps(frame)["geo"]) == left, (flow, year)


def test_zero_and_withheld_cells_have_no_growth(cells):
    frame = growing(cells, [0.01, 0.03, 0.02, 0.32, 0.01])
    jump = ((frame["geo"] == "CZ") & (frame["year"] == 2022)).to_numpy()
    assert find_jumps(frame.assign(value=frame["value"].mask(jump, 0.0))).empty
    assert find_jumps(frame.assign(value=frame["value"].mask(jump))).empty


def test_a_vintage_does_not_part_a_series(cells):
    frame = growing(cells, [0.01, 0.03, 0.02, 0.32, 0.01])
    frame["vintage"] = ["2026-01", "2026-02"] * 5
    assert find_jumps(frame)["geo"].tolist() == ["CZ"]
