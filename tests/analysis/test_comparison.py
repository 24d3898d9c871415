"""Ranks, distances, peers, convergence; productivity, structure, dynamism."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_stats import load, size_share, size_structure
from sme_stats.errors import (
    MixingError,
    NotAvailableError,
    UnknownNameError,
    WithheldError,
)  # fmt: skip
from sme_stats.indicators import dynamism, productivity, structure
from sme_stats.indicators.comparison import distance_to, peers, rank
from sme_stats.indicators.registry import COMPARISONS, INDICATORS, compute
from sme_stats.indicators.spread import convergence


def make_rows(*rows):
    """A frame from rows, for property tests, which may not use fixtures."""
    base = {
        "dataset": "synthetic", "vintage": "", "indic": "", "measure": "persons_employed",
        "unit": "NR", "nace": "C", "size": "TOTAL", "geo": "AA", "year": 2023, "flag": "",
        "conf": "",
    }  # fmt: skip
    return pd.DataFrame([base | row for row in rows])


GEOS = ("BE", "BG", "CZ", "DK", "DE", "EE")


def places(table, ends):
    share = {"size": "0-249", "unit": "PC", "measure": "persons_employed_share"}
    rows = [{"geo": g, "value": (a + b) / 2} | share for g, (a, b) in zip(GEOS, ends, strict=False)]
    frame = table(*rows)
    return frame.assign(lower=[a for a, _ in ends], upper=[b for _, b in ends])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=2, max_size=5))
def test_ranks_are_those_that_some_values_give(drawn):
    """Enumeration: every choice of values in the intervals gives a rank between best and worst."""
    ends = [(float(low), float(low + width)) for low, width in drawn]
    found = rank(places(make_rows, ends)).set_index("geo")
    choices = list(itertools.product(*[(a, b) for a, b in ends]))
    for i, geo in enumerate(GEOS[: len(ends)]):
        ranks = [1 + sum(v > values[i] for v in values) for values in choices]
        assert found.loc[geo, "best"] == min(ranks)
        assert found.loc[geo, "worst"] == max(ranks)


def test_aggregates_are_not_ranked(table):
    frame = places(table, [(1.0, 1.0), (2.0, 2.0)])
    frame = pd.concat([frame, frame.iloc[:1].assign(geo="EU27_2020[2/27]")])
    assert set(rank(frame)["geo"]) == {"BE", "BG"}
    with pytest.raises(NotAvailableError):
        rank(frame[frame["geo"] == "EU27_2020[2/27]"])


@pytest.mark.parametrize(("column", "other"), [
    ("measure", "turnover_share"), ("unit", "NR"), ("size", "GE250"), ("nace", "C"), ("year", 2022),
])  # fmt: skip
def test_ranks_are_of_one_thing(table, column, other):
    frame = places(table, [(1.0, 1.0), (2.0, 2.0)])
    frame.loc[1, column] = other
    with pytest.raises(MixingError, match=column):
        rank(frame)


def test_distance_carries_both_intervals(table):
    frame = places(table, [(10.0, 12.0), (20.0, 24.0)])
    found = distance_to(frame, "BE")
    assert found[["geo", "value", "lower", "upper", "unit"]].values.tolist() == [
        ["BG", 11.0, 8.0, 14.0, "PP"]
    ]
    with pytest.raises(NotAvailableError, match="AT"):
        distance_to(frame, "AT")
    with pytest.raises(NotAvailableError, match="shares dataset"):
        distance_to(frame.assign(year=[2022, 2023]), "BE")


def test_peers():
    shares = size_structure(load("sbs_sc_ovw", year=2023), "persons_employed")
    found = peers(shares, "DE", most=3)
    wide = shares.pivot_table(index="geo", columns="size", values="value", observed=True)
    gap = (wide - wide.loc["DE"]).abs().sum(axis=1) / 2
    assert found["geo"].tolist() == gap.drop("DE").nsmallest(3).index.tolist()
    assert found["value"].to_numpy() == pytest.approx(gap.drop("DE").nsmallest(3).to_numpy())
    with pytest.raises(UnknownNameError, match="XX"):
        peers(shares, "XX")
    hidden = size_structure(load("sbs_sc_ovw", year=2021), "persons_employed")
    with pytest.raises(NotAvailableError, match="PT"):
        peers(hidden, "PT")


def test_convergence_against_polyfit():
    shares = size_share(load("sbs_sc_ovw"), "SME", "persons_employed")
    found = convergence(shares, 2022, 2024).set_index(["measure", "year"])["value"]
    wide = shares[shares["geo"] != "EU27_2020"].pivot_table(
        index="geo", columns="year", values="value", observed=True
    ).dropna(subset=[2022, 2024])  # fmt: skip
    slope = np.polyfit(np.log(wide[2022]), np.log(wide[2024] / wide[2022]) / 2, 1)[0]
    assert found["beta", 2024] == pytest.approx(slope)
    assert found["sigma", 2022] == pytest.approx(wide[2022].std() / wide[2022].mean())


def test_convergence_leaves_broken_series_out():
    shares = size_share(load("sbs_sc_ovw"), "SME", "persons_employed")
    members = set(convergence(shares, 2022, 2024)["members"].iloc[0].split("+"))
    assert "EU27_2020" not in members
    with pytest.raises(NotAvailableError, match="without a break"):
        convergence(shares[shares["geo"].isin(["DE", "FR"])], 2022, 2024)


def test_productivity_by_hand(table):
    frame = table(
        {"measure": "value_added", "unit": "MEUR", "size": "TOTAL", "value": 50.0},
        {"measure": "persons_employed", "size": "TOTAL", "value": 1000.0},
        {"measure": "personnel_cost", "unit": "MEUR", "size": "TOTAL", "value": 30.0},
    )
    assert productivity.labour_productivity(frame)["value"].tolist() == [50.0]
    assert productivity.wage_share(frame)["value"].tolist() == [60.0]


def test_productivity_of_withheld_classes(structure):
    persons = structure([10.0, 10.0, 10.0, 10.0, 10.0, 50.0])
    added = structure([1.0, 1.0, None, None, 1.0, 8.0], measure="value_added", unit="MEUR")
    frame = pd.concat([persons, added], ignore_index=True)
    found = productivity.labour_productivity(frame).set_index("size")
    assert np.isnan(found.loc["50-249", "value"])
    assert found.loc["50-249", ["lower", "upper"]].tolist() == [-np.inf, np.inf]
    assert productivity.productivity_gap(frame)["value"].tolist() == pytest.approx([100 / 175])
    added.loc[[4, 5], ["value", "conf"]] = [np.nan, "C"]
    with pytest.raises(WithheldError, match="nothing bounds"):
        productivity.productivity_gap(pd.concat([persons, added], ignore_index=True))


def test_amounts_of_one_unit(structure):
    persons = structure([1.0] * 5 + [5.0])
    added = [
        structure([1.0] * 5 + [5.0], measure="value_added", unit=unit, geo=geo)
        for unit, geo in (("MEUR", "AA"), ("KEUR", "BB"))
    ]
    mixed = pd.concat([persons, *added])
    with pytest.raises(MixingError, match="KEUR, MEUR"):
        productivity.labour_productivity(mixed)
    pounds = pd.concat([persons, structure([1.0] * 5 + [5.0], measure="value_added", unit="BGBP")])
    with pytest.raises(NotAvailableError, match="BGBP"):
        productivity.labour_productivity(pounds)


def test_density_by_hand(table, structure):
    firms = structure([70.0, 10.0, 5.0, 4.0, 1.0, 90.0], measure="enterprises")
    people = table({"measure": "population", "value": 1000.0, "age": "TOTAL", "sex": "T"},
                   {"measure": "population", "value": 400.0, "age": "Y1", "sex": "T"})  # fmt: skip
    found = structure_density(firms, people)
    assert found["value"].tolist() == [89.0]
    assert found["unit"].tolist() == ["PER_1000"]
    with pytest.raises(NotAvailableError):
        structure_density(firms, people.assign(geo="BB"))


def structure_density(firms, people):
    return structure.sme_density(firms, people)


def test_small_mid_caps(table):
    sizes = {"0-249": 60.0, "250-499": 20.0, "500-749": 10.0, "GE750": 10.0, "TOTAL": 100.0}
    frame = table(*[{"size": s, "value": v} for s, v in sizes.items()])
    assert structure.small_mid_caps(frame)["value"].tolist() == [30.0]


def test_sole_proprietors(table):
    frame = table(
        {"measure": "active_enterprises", "leg_form": "ENT_SOLE", "value": 60.0},
        {"measure": "active_enterprises", "leg_form": "TOTAL", "value": 100.0},
    )
    assert structure.one_person(frame, "sole proprietor")["value"].tolist() == [60.0]
    with pytest.raises(NotAvailableError, match="bd_l_form"):
        structure.one_person(load("bd_size", geo="AT"), "sole proprietor")
    with pytest.raises(UnknownNameError, match="meaning"):
        structure.one_person(frame, "freelancer")


def test_dynamism_by_hand(table):
    frame = table(
        {"measure": "births", "value": 10.0}, {"measure": "active_enterprises", "value": 100.0},
        {"measure": "persons_employed_in_births", "value": 15.0},
        {"measure": "persons_employed_in_deaths", "value": 6.0},
        {"measure": "persons_employed", "value": 300.0},
        {"measure": "high_growth_share", "unit": "PC", "value": 9.25},
        {"measure": "young_high_growth_share", "unit": "PC", "value": 1.5},
    )  # fmt: skip
    assert dynamism.size_at_birth(frame)["value"].tolist() == [1.5]
    assert dynamism.employment_in_births(frame)["value"].tolist() == [5.0]
    assert dynamism.employment_in_deaths(frame)["value"].tolist() == [2.0]
    share = dynamism.high_growth_share(frame)
    assert share[["lower", "upper"]].values.tolist() == [[9.245, 9.255]]
    assert dynamism.young_high_growth_share(frame)["value"].tolist() == [1.5]
    with pytest.raises(NotAvailableError, match="rate"):
        dynamism.net_growth(frame)
    mixed = pd.concat([frame, frame.assign(unit="NR", geo="BB")])
    with pytest.raises(MixingError, match="units"):
        dynamism.high_growth_share(mixed)


def test_survival_curve_of_no_cohort():
    with pytest.raises(NotAvailableError, match="1990"):
        dynamism.survival_curve(load("bd_size", geo="DE"), 1990)


@pytest.mark.parametrize("name", [*INDICATORS, *COMPARISONS])
def test_every_indicator_says_what_it_takes(name):
    entry = {**INDICATORS, **COMPARISONS}[name]
    assert entry.summary.endswith(".")
    import inspect

    known = inspect.signature(entry.function).parameters
    assert set(entry.takes) <= set(known)
    for wanted in ("Parameters", "Returns", "Raises"):
        assert wanted in entry.function.__doc__


def test_options_are_checked():
    with pytest.raises(UnknownNameError, match="option of gini"):
        compute("gini", load("sbs_sc_ovw", geo="DE"), size="SME")


def test_size_after_five_years(table):
    new = table(
        {"measure": "survivors", "age": "Y5", "value": 20.0},
        {"measure": "persons_employed_in_survivors", "age": "Y5", "value": 70.0},
    )
    assert dynamism.size_at_age(new)["value"].tolist() == [3.5]
    old = table(
        {"measure": "survivors", "indic": "V11945", "value": 20.0},
        {"measure": "persons_employed_in_survivors", "indic": "V16945", "value": 60.0},
        {"measure": "survivors", "indic": "V11941", "value": 30.0},
        {"measure": "persons_employed_in_survivors", "indic": "V16941", "value": 45.0},
    )
    assert dynamism.size_at_age(old)["value"].tolist() == [3.0]
    assert dynamism.size_at_age(old, "Y1")["value"].tolist() == [1.5]
    with pytest.raises(UnknownNameError, match="Y2"):
        dynamism.size_at_age(old, "Y2")


def test_employers_are_never_the_other_enterprises(table):
    from sme_stats.indicators import employers

    frame = table(
        {"measure": "employer_births", "value": 8.0},
        {"measure": "employer_active_enterprises", "value": 100.0},
        {"measure": "employer_death_rate", "unit": "PC", "value": 7.25},
        {"measure": "employer_survival", "unit": "PC", "age": "Y1", "value": 85.5},
        {"measure": "births", "value": 50.0},
    )
    rate = employers.employer_birth_rate(frame)
    assert rate[["measure", "value"]].values.tolist() == [["employer_birth_rate", 8.0]]
    assert employers.employer_death_rate(frame)["lower"].tolist() == pytest.approx([7.245])
    assert employers.employer_survival(frame)["age"].tolist() == ["Y1"]


def test_density_loads_the_population_itself(monkeypatch, structure, table):
    from sme_stats.indicators import structure as module

    asked = {}

    def load_population(dataset, **filters):
        asked.update(filters, dataset=dataset)
        return table({"measure": "population", "value": 1000.0})

    monkeypatch.setattr(module, "load", load_population)
    firms = structure([70.0, 10.0, 5.0, 4.0, 1.0, 90.0], measure="enterprises")
    assert module.sme_density(firms)["value"].tolist() == [89.0]
    assert asked == {
        "dataset": "demo_pjan", "geo": ["AA"], "year": [2023], "age": "TOTAL", "sex": "T",
    }  # fmt: skip
