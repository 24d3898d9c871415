"""audit() on real cells and on cells broken on purpose."""

import numpy as np
import pandas as pd
import pytest

from sme_stats import audit, load
from sme_stats.loading import tables
from sme_stats.uncertainty.jumps import LEAST, find_jumps


@pytest.fixture(scope="module")
def findings():
    names = ("sbs_sc_ovw", "sbs_sc_sca_r2", "bd_size", "bd_9bd_sz_cl_r2")
    return pd.concat([audit(t) for t in tables(*names)], ignore_index=True)


@pytest.mark.parametrize(
    ("check", "words", "rounding"),
    [
        ("size", "measure=persons_employed nace=B-S_X_O_S94 geo=SI year=2023$", False),
        ("size", "measure=turnover nace=B-S_X_O_S94 geo=EE year=2022", False),
        ("size", "measure=persons_employed nace=B-N_S95_X_K geo=FI year=2020", False),
        ("size", "measure=births nace=B-N_X_K642 geo=EU27_2020 year=2014", False),
        ("size", "measure=turnover nace=B-N_S95_X_K geo=AT year=2010", False),
        ("size", "measure=turnover nace=B-N_S95_X_K geo=FR year=2010", False),
        ("size", "measure=enterprises nace=B-S_X_O_S94 geo=EU27_2020 year=2023", True),
        ("jump", "measure=persons_employed nace=B-S_X_O_S94 geo=SE year=2022 size=0-9", False),
        ("jump", "measure=enterprises nace=B-S_X_O_S94 geo=HU year=2023 size=0-9", False),
    ],
)
def test_finds_what_is_known(findings, check, words, rounding):
    found = findings[(findings["check"] == check) & findings["cell"].str.contains(words)]
    found = found[found["cell"].str.startswith(("dataset=sbs", "dataset=bd_9bd"))]
    assert len(found) == 1
    assert bool(found["rounding"].iloc[0]) is rounding


def test_differences_to_the_unit(findings):
    sums = findings[findings["check"] == "size"].set_index("cell")["difference"]
    where = "dataset=sbs_sc_ovw measure={} nace=B-S_X_O_S94 geo={}"
    assert sums[where.format("persons_employed", "SI") + " year=2023"] == 1772
    assert sums[where.format("turnover", "EE") + " year=2022"] == pytest.approx(-425.86)


def test_weightiest_first_and_rounding_last():
    found = audit(load("sbs_sc_ovw"))
    assert found["rounding"].is_monotonic_increasing
    real = found[~found["rounding"].astype(bool)]
    assert real["weight"].is_monotonic_decreasing


def test_nothing_wrong_finds_nothing(structure):
    frame = structure([1.0, 2.0, 3.0, 4.0, 5.0, 15.0], measure="turnover")
    assert audit(frame).empty
    assert list(audit(frame).columns) == [
        "check", "cell", "found", "difference", "weight", "rounding",
    ]  # fmt: skip


def test_sections_that_miss_their_aggregate(table):
    rows = [{"nace": n, "value": 10.0, "measure": "turnover", "unit": "MEUR"} for n in "BCDE"]
    frame = table(*rows, {"nace": "B-E", "value": 45.0, "measure": "turnover", "unit": "MEUR"})
    found = audit(frame)
    assert found[["check", "difference"]].values.tolist() == [["nace", -5.0]]


def test_a_rate_against_its_counts(table):
    frame = table(
        {"measure": "births", "value": 10.0}, {"measure": "active_enterprises", "value": 100.0},
        {"measure": "birth_rate", "unit": "PC", "value": 10.5},
    )  # fmt: skip
    found = audit(frame)
    assert found["check"].tolist() == ["rate"]
    assert found["difference"].iloc[0] == pytest.approx(0.5)


def test_an_average_outside_its_class(structure):
    persons = structure([10.0, 300.0, 60.0, 200.0, 900.0, 1470.0])
    firms = structure([5.0, 10.0, 2.0, 2.0, 2.0, 21.0], measure="enterprises")
    found = audit(pd.concat([persons, firms], ignore_index=True))
    assert found["check"].tolist() == ["average"]
    assert "size=10-19" in found["cell"].iloc[0]
    assert found["difference"].iloc[0] == pytest.approx(11.0)


def panel(table, jump, flag=""):
    rng = np.random.default_rng(0)
    rows = []
    for number in range(12):
        level = 1000.0
        for year in (2021, 2022, 2023):
            level *= 1.02 + 0.004 * rng.standard_normal()
            if number == 0 and year == 2023:
                level *= jump
            mark = flag if number == 0 and year == 2023 else ""
            rows.append({"geo": f"G{number}", "year": year, "value": level, "flag": mark})
    return table(*rows)


def test_a_jump_is_named_and_a_flagged_one_is_not(table):
    found = find_jumps(panel(table, 1.5))
    assert found[["geo", "year"]].values.tolist() == [["G0", 2023]]
    assert found["growth"].iloc[0] > 45
    assert find_jumps(panel(table, 1.5, flag="b")).empty


def test_small_growth_is_no_jump_however_calm_the_others(table):
    assert find_jumps(panel(table, float(np.exp(LEAST)) / 1.02 * 0.98)).empty


def test_one_year_has_no_growth(table):
    assert find_jumps(table({"value": 1.0})).empty
