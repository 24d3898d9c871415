"""audit(): each kind of finding on cells made for it, and the known ones of the snapshot."""

import numpy as np
import pytest

from sme_stats import load
from sme_stats.codelists import members
from sme_stats.errors import IncoherentError
from sme_stats.frame import concat
from sme_stats.uncertainty.audit import COLUMNS, audit
from sme_stats.uncertainty.coherence import class_sums, sums_off
from sme_stats.uncertainty.contradictions import contradictions
from sme_stats.uncertainty.cube import from_bits, make, to_bits
from sme_stats.uncertainty.jumps import find_jumps

pytestmark = pytest.mark.usefixtures("home")


def test_coherent_cells_give_no_finding(cells):
    found = audit(cells({"0-9": 3, "10-249": 40, "GE250": 500, "TOTAL": 543}))
    assert found.empty and tuple(found.columns) == COLUMNS
    nothing = audit(cells({"TOTAL": 5.0}, measure="birth_rate", unit="PC"))
    assert nothing.empty and tuple(nothing.columns) == COLUMNS


def test_classes_that_miss_their_total(cells):
    frame = cells({"0-9": 30, "10-249": 40, "GE250": 500, "TOTAL": 600})
    found = audit(frame)
    assert found[["check", "difference", "rounding"]].values.tolist() == [["size", -30.0, False]]
    assert found["found"].iloc[0] == "classes 570, total 600"
    assert found["weight"].iloc[0] == pytest.approx(0.05)
    sums = class_sums(frame)
    assert sums[["value", "total", "classes"]].values.tolist() == [[-30, 600, 570]]


def test_a_withheld_class_says_nothing_of_the_sum(cells):
    assert class_sums(cells({"0-9": 30, "10-249": None, "GE250": 500, "TOTAL": 600})).empty
    assert class_sums(cells({"0-9": 30, "GE250": 500, "TOTAL": 600})).empty


@pytest.mark.parametrize(("gap", "rounding"), [(1, True), (2, True), (3, False), (-2, True)])
def test_rounding_of_n_parts_explains_half_of_n_and_one(cells, gap, rounding):
    found = class_sums(cells({"0-9": 30 + gap, "10-249": 40, "GE250": 500, "TOTAL": 570}))
    assert found[["value", "rounding"]].values.tolist() == [[gap, rounding]]


def test_sections_that_miss_their_aggregate(cells):
    sections = {"B": 10, "C": 20, "D": 30, "E": 40, "B-E": 150}
    frame = concat([cells({"TOTAL": value}, nace=code) for code, value in sections.items()])
    found = sums_off(frame, "nace")
    assert found[["value", "total", "classes"]].values.tolist() == [[-50, 150, 100]]
    assert set(audit(frame)["check"]) == {"nace"}


def test_members_that_miss_the_union(cells):
    parts = [cells({"TOTAL": 2}, geo=code) for code in members("EU27_2020")]
    frame = concat([*parts, cells({"TOTAL": 99}, geo="EU27_2020")])
    assert sums_off(frame, "geo")["value"].tolist() == [-45]
    assert sums_off(frame[frame["geo"] != "MT"], "geo").empty
    assert sums_off(frame, "age").empty


def test_rates_that_their_counts_do_not_give(cells):
    counts = [
        cells({"TOTAL": 84}, measure="births"),
        cells({"TOTAL": 1000}, measure="active_enterprises"),
    ]
    right = audit(concat([*counts, cells({"TOTAL": 8.4}, measure="birth_rate", unit="PC")]))
    assert right.empty
    wrong = audit(concat([*counts, cells({"TOTAL": 8.5}, measure="birth_rate", unit="PC")]))
    assert wrong["check"].tolist() == ["rate"]
    assert wrong["difference"].iloc[0] == pytest.approx(0.1)
    assert wrong["found"].iloc[0] == "published 8.50, from counts 8.400"


def test_an_average_outside_its_class(cells):
    frame = concat([
        cells({"10-249": 10, "GE250": 2}, measure="enterprises", indic="ENT_NR"),
        cells({"10-249": 90, "GE250": 400}),
    ])  # fmt: skip
    found = audit(frame)
    assert set(found["check"]) == {"average"}
    sizes = found["cell"].str.extract(r"size=(\S+)")[0]
    gaps = dict(zip(sizes, found["difference"], strict=True))
    assert gaps == {"10-249": -1.0, "GE250": -50.0}


def growing(cells, rates, flagged=""):
    """Series of two years; the later cell of one place may carry a break."""
    frames = []
    for n, rate in enumerate(rates):
        place = ["AT", "BE", "BG", "CZ", "DE", "DK", "EE"][n]
        for year, value in ((2022, 1000), (2023, 1000 * rate)):
            flag = "b" if (place, year) == (flagged, 2023) else ""
            frames.append(cells({"TOTAL": (value, flag)}, geo=place, year=year))
    return concat(frames)


def test_a_jump_without_a_flag_is_named_and_a_flagged_one_is_not(cells):
    rates = [1.01, 1.02, 1.015, 1.012, 1.5, 1.018, 1.011]
    found = find_jumps(growing(cells, rates))
    assert found[["geo", "year"]].values.tolist() == [["DE", 2023]]
    assert found["growth"].iloc[0] == pytest.approx(50)
    assert audit(growing(cells, rates))["check"].tolist() == ["jump"]
    assert find_jumps(growing(cells, rates, flagged="DE")).empty


def test_calm_few_or_gapped_series_have_no_jump(cells):
    assert find_jumps(growing(cells, [1.01, 1.02, 1.015, 1.012, 1.05, 1.018])).empty, "below 8 %"
    assert find_jumps(growing(cells, [1.01, 1.02, 1.5, 1.01])).empty, "too few to compare with"
    gapped = growing(cells, [1.01, 1.02, 1.015, 1.012, 1.5, 1.018])
    gapped["year"] = gapped["year"].where(gapped["year"] != 2022, 2021).astype("int16")
    found = find_jumps(gapped)
    assert found.empty and {"growth", "score"} <= set(found.columns)


def test_the_known_jumps_of_the_snapshot_are_found():
    found = audit(load("sbs_sc_ovw", nace="B-S_X_O_S94"))
    jumps = set(found.loc[found["check"] == "jump", "cell"])
    assert any(
        "geo=SE year=2022" in c and "persons_employed" in c and "size=0-9" in c for c in jumps
    )
    assert any("geo=HU year=2023" in c and "enterprises" in c and "size=0-9" in c for c in jumps)


def test_what_rounding_explains_comes_last():
    found = audit(load("sbs_sc_ovw"))
    assert found["rounding"].astype(bool).is_monotonic_increasing
    real = found[~found["rounding"].astype(bool)]
    assert real["weight"].is_monotonic_decreasing


def test_a_cube_refuses_doubles(cells):
    with pytest.raises(IncoherentError, match=r"duplicate cell .*size=TOTAL"):
        make(concat([cells({"TOTAL": 1}), cells({"TOTAL": 2})]))


def test_a_cube_holds_every_cell_where_it_belongs(cells):
    frame = concat(
        [cells({"0-9": (1, "e"), "TOTAL": None}), cells({"GE250": 3, "TOTAL": 9}, geo="FR")]
    )
    cube = make(frame)
    assert len(cube) == 2 and cube.at("0-1") == -1
    de, fr = (cube.keys["geo"].tolist().index(g) for g in ("DE", "FR"))
    assert cube.value[de, cube.at("0-9")] == 1 and cube.withheld[de, cube.at("TOTAL")]
    assert cube.value[fr, cube.at("TOTAL")] == 9
    assert not cube.present[fr, cube.at("0-9")] and np.isnan(cube.value[fr, cube.at("0-9")])
    assert from_bits(cube.bits[:, cube.at("0-9")]).tolist()[de] == "e"
    assert (cube.lower[de, cube.at("TOTAL")], cube.upper[de, cube.at("TOTAL")]) == (0, np.inf)


def test_bits_and_back(cells):
    flags = cells({"0-9": (1, "bep"), "10-249": (2, "s"), "GE250": 3})["flag"]
    assert from_bits(to_bits(flags)).tolist() == ["bep", "i", ""]


def test_a_numeric_or_text_dimension_groups_like_a_category(cells):
    frame = concat([cells({"TOTAL": 1}), cells({"TOTAL": 2}, geo="FR")])
    plain = frame.assign(geo=frame["geo"].astype(object))
    assert make(plain).value.tolist() == make(frame).value.tolist()


def test_contradictions_of_the_snapshot_are_its_known_ones():
    found = contradictions(load("sbs_sc_ovw", geo="SI", year=2023))
    assert found["difference"].tolist() == [1772.0]
    assert contradictions(load("sbs_sc_ovw", geo="IT", year=2023)).empty
