"""The figures that the embedded data must show, to the digit they are printed with."""

import numpy as np
import pytest

from sme_stats import (
    change,
    class_sums,
    load,
    partial_aggregate,
    size_level,
    size_share,
    size_structure,
    without_employees,
)

pytestmark = pytest.mark.usefixtures("home")


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def test_large_enterprises_of_the_union():
    cells = load("sbs_sc_ovw", geo="EU27_2020", year=2023)
    row = only(size_share(cells, "250+", "enterprises"))
    assert f"{row['value']:.5f}" == "0.16409"
    assert (row["unit"], row["geo"], row["year"]) == ("PC", "EU27_2020", 2023)
    assert row["lower"] == row["value"] == row["upper"]
    assert only(size_level(cells, "250+", "enterprises"))["value"] == 54256
    assert only(size_level(cells, "total", "enterprises"))["value"] == 33065522


def test_micro_and_small_and_medium_enterprises_of_the_union():
    cells = load("sbs_sc_ovw", geo="EU27_2020", year=2023)
    assert f"{only(size_share(cells, 'micro', 'enterprises'))['value']:.3f}" == "94.330"
    assert f"{only(size_share(cells, 'SME', 'enterprises'))['value']:.3f}" == "99.836"


def test_classes_of_the_union_exceed_their_total_by_one():
    row = only(class_sums(load("sbs_sc_ovw", geo="EU27_2020", year=2023)))
    assert (row["value"], row["measure"], row["total"]) == (1, "enterprises", 33065522)
    assert row["rounding"]


@pytest.mark.parametrize(
    ("geo", "printed"),
    [("DE", "55.24"), ("FR", "53.84"), ("IT", "74.61"), ("EL", "82.96"), ("SE", "57.16")],
)
def test_persons_employed_by_smes(geo, printed):
    cells = load("sbs_sc_ovw", geo=geo, year=2023)
    assert f"{only(size_share(cells, 'SME', 'persons_employed'))['value']:.2f}" == printed


def test_withheld_classes_leave_an_interval_and_no_value():
    row = only(size_share(load("sbs_sc_ovw", geo="PT", year=2021), "SME", "persons_employed"))
    assert np.isnan(row["value"]) and row["conf"] == "C"
    assert 0 < row["lower"] < row["upper"] < 100


def test_the_union_of_2024_is_known_to_half_a_tenth():
    shares = size_share(load("releases", geo="EU27_2020", year=2024), "SME", "persons_employed")
    # Two figures of the release: the printed share, and the one that its levels give.
    printed = only(shares[shares["value"] == 63.7])
    assert [round(float(printed[end]), 9) for end in ("lower", "upper")] == [63.65, 63.75]
    levels = only(shares[shares["value"] != 63.7])
    assert max(levels["lower"], 63.65) <= min(levels["upper"], 63.75)
    assert printed["unit"] == levels["unit"] == "PC" and printed["flag"] == "p"


@pytest.mark.parametrize(("geo", "printed"), [("AT", "58.6"), ("SK", "78.8"), ("DE", "37.6")])
def test_enterprises_without_employees(geo, printed):
    row = only(without_employees(load("bd_size", geo=geo, year=2023)))
    assert f"{row['value']:.1f}" == printed


def test_eighteen_member_states_are_a_partial_aggregate():
    cells = load("bd_size", year=2023, measure="active_enterprises")
    row = only(without_employees(partial_aggregate(cells)))
    assert f"{row['value']:.2f}" == "63.41"
    assert row["geo"] == "EU27_2020[18/27]"
    members = row["members"].split("+")
    assert len(members) == 18 and "NO" not in members and {"DE", "FR", "IT"} <= set(members)


def test_births_of_the_union_fell_by_a_tenth():
    births = load("bd_9bd_sz_cl_r2", geo="EU27_2020", size="TOTAL", measure="births",
                  year=[2019, 2020])  # fmt: skip
    row = only(change(births))
    assert (row["value"], row["base_year"], row["unit"]) == (-265802, 2019, "NR")


@pytest.mark.parametrize(
    ("geo", "year", "measure", "difference"),
    [
        ("SI", 2023, "persons_employed", 1772.0),
        ("EE", 2022, "turnover", -425.86),
        ("EU27_2020", 2023, "enterprises", 1.0),
    ],
)
def test_known_inconsistencies_are_found(geo, year, measure, difference):
    found = class_sums(load("sbs_sc_ovw", geo=geo, year=year))
    row = only(found[found["measure"] == measure])
    assert row["value"] == difference
    assert row["classes"] - row["total"] == pytest.approx(difference)


def test_spain_and_slovenia_differ_by_a_few_persons():
    found = class_sums(load("sbs_sc_ovw", geo=["ES", "SI"]))
    persons = found[(found["measure"] == "persons_employed") & (found["value"].abs() < 1000)]
    gaps = {(row["geo"], row["year"]): row["value"] for _, row in persons.iterrows()}
    assert gaps == {
        ("ES", 2021): -2, ("ES", 2022): 5, ("ES", 2023): -3, ("ES", 2024): 5,
        ("SI", 2021): 4, ("SI", 2022): 3, ("SI", 2024): 4,
    }  # fmt: skip


def test_the_weightiest_inconsistencies_come_first_and_rounding_does_not_explain_them():
    found = class_sums(load("sbs_sc_ovw"))
    assert found[["geo", "year"]].head(2).values.tolist() == [["EE", 2022], ["SI", 2023]]
    assert not found["rounding"].head(2).any()
    weight = (found["value"] / found["total"]).abs()
    assert weight.is_monotonic_decreasing


def test_nothing_is_repaired():
    cells = load("sbs_sc_ovw", geo="EU27_2020", year=2023)
    shares = size_structure(cells, "enterprises")["value"].sum()
    assert shares == pytest.approx(100 * 33065523 / 33065522, abs=1e-9)
    assert shares > 100


def test_seventy_four_cells_are_withheld():
    cells = load("sbs_sc_sca_r2")
    withheld = cells[cells["conf"] == "C"]
    assert len(withheld) == 74
    assert withheld["value"].isna().all()
    assert set(withheld["geo"]) == {"AT", "EE", "IT", "HU", "PT", "SE", "NO", "FR", "EL"}
