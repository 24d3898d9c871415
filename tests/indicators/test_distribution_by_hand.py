"""Distribution, shift-share and structure by hand."""

import numpy as np
import pytest

from sme_stats import load, size_share
from sme_stats.errors import (
    IncoherentError,
    MixingError,
    NotAvailableError,
    UnknownNameError,
    WithheldError,
)
from sme_stats.frame import concat
from sme_stats.indicators.distribution import gini, lorenz
from sme_stats.indicators.shares import size_structure
from sme_stats.indicators.shift_share import decompose_share
from sme_stats.indicators.structure import one_person, small_mid_caps, sme_density
from sme_stats.indicators.tails import pareto_tail

pytestmark = pytest.mark.usefixtures("home")


def row_of(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def amounts(cells, unit="MEUR", **tables):
    """Cells of several measures; persons in heads, amounts in a unit."""
    heads = ("persons_employed", "enterprises")
    return concat([cells(t, measure=m, unit="NR" if m in heads else unit, indic=m)
                   for m, t in tables.items()])  # fmt: skip


def firms_and_persons(cells, **more):
    return amounts(cells, enterprises={"0-9": 90, "10-249": 9, "GE250": 1, "TOTAL": 100},
                   persons_employed={"0-9": 270, "10-249": 360, "GE250": 370,
                   "TOTAL": 1000})  # fmt: skip


def test_lorenz_points(cells):
    out = lorenz(firms_and_persons(cells))
    assert out[["size", "enterprises_share", "value"]].values.tolist() == [
        ["0", 0, 0], ["0-9", 90, 27], ["10-249", 99, 63], ["GE250", 100, 100],
    ]  # fmt: skip


def gini_of(sizes):
    """Mean absolute difference over twice the mean."""
    sizes = np.sort(np.array(sizes, dtype=float))
    n = len(sizes)
    return 2 * (np.arange(1, n + 1) @ sizes) / (n * sizes.sum()) - (n + 1) / n


def test_gini_holds_that_of_any_enterprises_in_the_classes(cells):
    row = row_of(gini(firms_and_persons(cells)))
    assert np.isnan(row["value"]) and 0 < row["lower"] < row["upper"] < 1
    equal = [3.0] * 90 + [40.0] * 9 + [370.0]
    assert gini_of(equal) == pytest.approx(row["lower"])
    # As unequal as the limits allow: 60 of 0 and 30 of 9; 10 and 249 in the middle class.
    spread = [0.0] * 60 + [9.0] * 30 + [10.0] * 7 + [145.0, 145.0] + [370.0]
    assert row["lower"] < gini_of(spread) <= row["upper"] + 1e-9


def test_a_distribution_needs_every_class(cells):
    hidden = {"0-9": 270, "10-249": None, "GE250": None, "TOTAL": 1000}
    for indicator in (lorenz, gini):
        frame = amounts(cells, enterprises={"0-9": 90, "10-249": 9, "GE250": 1, "TOTAL": 100},
                        persons_employed=hidden)  # fmt: skip
        with pytest.raises(WithheldError, match=r"a class of .*geo=DE"):
            indicator(frame)
    with pytest.raises(UnknownNameError, match="'enterprises'"):
        lorenz(cells({"TOTAL": 1}))
    apart = concat([cells({"0-9": 1, "GE10": 2}, measure="enterprises"),
                    cells({"0-9": 1, "GE10": 2}, geo="FR")])  # fmt: skip
    with pytest.raises(NotAvailableError, match="by the same classes"):
        gini(apart)


def test_the_tail_of_a_pareto_is_found_again(cells):
    # Counts of a Pareto tail with index 1.25 from 10 on.
    n, index = 10**7, 1.25
    above = {s: n * (s / 10) ** -index for s in (10, 20, 50, 250)}
    table = {"0-9": 5, "10-19": above[10] - above[20], "20-49": above[20] - above[50],
             "50-249": above[50] - above[250], "GE250": above[250]}  # fmt: skip
    row = row_of(pareto_tail(cells(table, measure="enterprises")))
    assert row["value"] == pytest.approx(index, abs=1e-3) and row["lower"] <= index <= row["upper"]
    with pytest.raises(UnknownNameError, match="start of a class: '15'"):
        pareto_tail(cells(table, measure="enterprises"), start=15)
    hidden = table | {"10-19": None}
    with pytest.raises(WithheldError):
        pareto_tail(cells(hidden, measure="enterprises"))
    with pytest.raises(NotAvailableError, match="needs all of them"):
        two = concat([cells({"10-19": 5}, measure="enterprises"),
                      cells({"GE20": 5}, measure="enterprises", geo="FR")])  # fmt: skip
        pareto_tail(two)


# -- why a share moved


def two_years(cells, rows, **more):
    return concat([
        cells({"0-249": part, "GE250": whole - part, "TOTAL": whole}, nace=nace, year=year, **more)
        for nace, year, part, whole in rows
    ])  # fmt: skip


ROWS = [("C", 2022, 60, 100), ("G", 2022, 90, 100), ("C", 2023, 50, 100), ("G", 2023, 180, 200)]


def test_shift_share_adds_up(cells):
    out = decompose_share(two_years(cells, ROWS)).set_index("measure")["value"]
    assert out["total"] == pytest.approx(100 * (230 / 300 - 150 / 200))
    assert out["within"] == pytest.approx(100 * (0.5 + 1 / 3) / 2 * -0.1)
    assert out["within"] + out["composition"] == pytest.approx(out["total"])


def test_shift_share_refuses_what_would_mislead(cells):
    frame = two_years(cells, ROWS)
    with pytest.raises(MixingError, match="one measure in two years"):
        decompose_share(concat([frame, two_years(cells, [("C", 2021, 1, 2)])]))
    with pytest.raises(IncoherentError, match="B-E contains C"):
        decompose_share(concat([frame, two_years(cells, [("B-E", 2022, 1, 2)])]))
    with pytest.raises(WithheldError, match="in one year only"):
        decompose_share(concat([frame, two_years(cells, [("F", 2022, 1, 2)])]))
    hidden = cells({"0-249": None, "GE250": None, "TOTAL": 50}, nace="F", year=2022)
    with pytest.raises(WithheldError, match=r"SME of .*nace=F"):
        decompose_share(concat([frame, hidden]))


# -- structure


def test_smes_per_thousand_inhabitants(cells):
    firms = cells({"0-249": 80, "TOTAL": 81}, measure="enterprises")
    people = cells({"TOTAL": 1000}, measure="population").drop(columns="size")
    people = people.assign(age="TOTAL", sex="T")
    extra = concat([people, people.assign(sex="F", value=500.0)])
    row = row_of(sme_density(firms, extra))
    assert (row["value"], row["unit"]) == (80, "PER_1000")
    with pytest.raises(NotAvailableError, match="both the enterprises and the population"):
        sme_density(firms, people.assign(year=2020))


def test_three_ideas_of_a_one_person_firm(cells):
    bd = cells({"0": 60, "GE1": 40, "TOTAL": 100}, measure="active_enterprises", dataset="bd_size")
    assert row_of(one_person(bd))["value"] == 60
    sbs = cells({"0_1": 55, "GE2": 45, "TOTAL": 100}, measure="enterprises", dataset="sbs_sc_ovw")
    assert row_of(one_person(sbs, "0-1 persons employed"))["value"] == pytest.approx(55)
    form = cells({"a": 40, "b": 100}, measure="active_enterprises", dataset="bd_l_form")
    form = form.drop(columns="size").assign(leg_form=["ENT_SOLE", "TOTAL"])
    assert row_of(one_person(form, "sole proprietor"))["value"] == 40
    with pytest.raises(NotAvailableError, match="does not have 'no employees'; bd_size"):
        one_person(sbs)
    with pytest.raises(NotAvailableError, match="bd_l_form, bd_9ac_l_form_r2 do"):
        one_person(sbs, "sole proprietor")
    with pytest.raises(UnknownNameError, match="meaning of a one-person firm"):
        one_person(sbs, "freelancer")


def test_small_mid_caps(cells):
    frame = cells({"0-249": 900, "250-499": 60, "GE500": 40, "250-749": 70, "GE750": 30,
                   "TOTAL": 1000}, measure="enterprises", dataset="sbs_ovw_smc")  # fmt: skip
    assert row_of(small_mid_caps(frame))["value"] == pytest.approx(7)
    assert size_structure(frame)["value"].sum() == 100
    assert size_share(load("sbs_sc_ovw", geo="DE", year=2023), "250+").shape[0] > 0
