"""Births, deaths, churn, survival: every column, and every refusal to the last word."""

import numpy as np
import pandas as pd
import pytest
from expected import refusal, same

from sme_stats.frame import concat
from sme_stats.indicators.demography import (
    birth_rate,
    churn_rate,
    death_rate,
    implied_active,
    survival,
)
from sme_stats.indicators.dynamism import (
    employment_in_births,
    employment_in_deaths,
    high_growth_share,
    net_growth,
    size_at_age,
    size_at_birth,
    survival_curve,
    young_high_growth_share,
)
from sme_stats.indicators.employers import (
    employer_birth_rate,
    employer_death_rate,
    employer_survival,
)

nan = np.nan
RATES = ("birth_rate", "death_rate", "churn_rate", "survival", "high_growth_share",
         "young_high_growth_share", "employer_birth_rate", "employer_survival")  # fmt: skip


def stack(cells, measures, **more):
    """Cells of several measures: rates in percent, counts in numbers; each with its own code."""
    return concat([
        cells(table, measure=m, indic=m.upper(), unit="PC" if m in RATES else "NR", **more)
        for m, table in measures.items()
    ])  # fmt: skip


COUNTS = {"births": {"TOTAL": (10, "p")}, "deaths": {"TOTAL": (4, "e")},
          "active_enterprises": {"TOTAL": (80, "b")}}  # fmt: skip


def test_rates_from_counts_are_exact(cells):
    frame = stack(cells, COUNTS)
    common = {"indic": "", "unit": "PC", "size": "TOTAL"}
    same(birth_rate(frame), **common, measure="birth_rate", exact=12.5, flag="bp")
    same(death_rate(frame), **common, measure="death_rate", exact=5, flag="be")
    same(churn_rate(frame), **common, measure="churn_rate", exact=17.5, flag="bep")
    same(
        net_growth(frame), **(common | {"unit": "PP"}), measure="net_growth", exact=7.5, flag="bep"
    )


def test_published_rates_stand_in_where_counts_are_missing(cells):
    frame = stack(cells, COUNTS | {"birth_rate": {"0": (15.2, "r"), "TOTAL": 12.49}})
    same(birth_rate(frame), indic=["", "BIRTH_RATE"], unit="PC", size=["TOTAL", "0"],
         measure="birth_rate", value=[12.5, 15.2], lower=[12.5, 15.195], upper=[12.5, 15.205],
         flag=["bp", "r"])  # fmt: skip
    apart = stack(cells, {"births": {"0": 5}, "active_enterprises": {"TOTAL": 80},
                          "birth_rate": {"0": 15.2}})  # fmt: skip
    same(birth_rate(apart), indic="BIRTH_RATE", unit="PC", size="0", measure="birth_rate",
         value=15.2, lower=15.195, upper=15.205)  # fmt: skip


@pytest.mark.parametrize(
    ("measures", "rate"),
    [({"births": {"0": 5}, "active_enterprises": {"TOTAL": 80}}, birth_rate),
     ({"births": {"0": 5}}, birth_rate), ({"active_enterprises": {"0": 5}}, birth_rate),
     ({"birth_rate": {"0": 5}, "births": {"0": 5}}, death_rate)],
)  # fmt: skip
def test_neither_rate_nor_counts(cells, measures, rate):
    word = rate.__name__.removesuffix("_rate")
    assert refusal(rate, stack(cells, measures)) == (
        f"NotAvailableError: the frame has neither the {word} rate nor {word}s and active "
        "enterprises of the same cells"
    )


def test_churn_is_as_published_where_it_is_else_the_sum(cells):
    frame = stack(cells, {
        "churn_rate": {"TOTAL": (20.0, "p")}, "birth_rate": {"0": (12.0, "e"), "TOTAL": 11.0},
        "death_rate": {"0": (7.0, "b"), "TOTAL": 8.0, "1-4": 3.0},
    })  # fmt: skip
    same(churn_rate(frame), indic=["CHURN_RATE", ""], unit="PC", size=["TOTAL", "0"],
         measure="churn_rate", value=[20, 19], lower=[19.995, 18.99], upper=[20.005, 19.01],
         flag=["p", "be"])  # fmt: skip
    alone = frame[frame["measure"] == "churn_rate"]
    same(churn_rate(alone).reset_index(drop=True), indic="CHURN_RATE", unit="PC", size="TOTAL",
         measure="churn_rate", value=20, lower=19.995, upper=20.005, flag="p")  # fmt: skip
    for lacking in (("birth_rate",), ("death_rate",), ("births",)):
        assert refusal(churn_rate, stack(cells, {m: {"TOTAL": 5} for m in lacking})) == (
            "NotAvailableError: the frame has neither churn nor both birth and death rate"
        )
    apart = stack(cells, {"birth_rate": {"0": 5}, "death_rate": {"TOTAL": 5}})
    assert refusal(churn_rate, apart) == (
        "NotAvailableError: the frame has neither churn nor both birth and death rate"
    )
    assert refusal(net_growth, apart) == (
        "NotAvailableError: no cell has both birth and death rate"
    )


def test_intervals_of_a_sum_and_a_difference(cells):
    frame = stack(cells, {"birth_rate": {"TOTAL": (9, "p"), "0": None},
                          "death_rate": {"TOTAL": (4, "e"), "0": 5}})  # fmt: skip
    ends = frame.assign(lower=[8, 2, 3.5, 4.9], upper=[9.5, 3, 4.1, 5.2])
    common = {"indic": "", "size": ["TOTAL", "0"], "flag": ["ep", ""], "conf": ["", "C"]}
    same(churn_rate(ends), **common, measure="churn_rate", unit="PC", value=[13, nan],
         lower=[11.5, 6.9], upper=[13.6, 8.2])  # fmt: skip
    same(net_growth(ends), **common, measure="net_growth", unit="PP", value=[5, nan],
         lower=[3.9, -3.2], upper=[6, -1.9])  # fmt: skip
    other = ends.assign(conf=["", "", "", "C"], value=[9, 3, 4, nan])
    assert churn_rate(other)["conf"].tolist() == ["", "C"]


def test_cells_of_other_years_places_or_ages_are_not_combined(cells):
    frame = concat([
        stack(cells, {"birth_rate": {"TOTAL": 9}}, geo="AT", age="Y1"),
        stack(cells, {"birth_rate": {"TOTAL": 8}}, geo="AT", age="Y1", year=2022),
        stack(cells, {"death_rate": {"TOTAL": 1}}, geo="AT", age="Y1", year=2022),
        stack(cells, {"death_rate": {"TOTAL": 2}}, geo="BE", age="Y1"),
    ])  # fmt: skip
    same(net_growth(frame), geo="AT", age="Y1", year=2022, indic="", measure="net_growth",
         unit="PP", size="TOTAL", value=7, lower=6.99, upper=7.01)  # fmt: skip


@pytest.mark.parametrize("indicator", [birth_rate, churn_rate, survival, implied_active])
def test_columns_that_a_rate_needs(cells, indicator):
    frame = stack(cells, {"birth_rate": {"TOTAL": 9}, "births": {"TOTAL": 9},
                          "death_rate": {"TOTAL": 9}, "survival": {"TOTAL": 9}})  # fmt: skip
    for column in ("geo", "year", "value"):
        said = refusal(indicator, frame.drop(columns=column))
        assert said.startswith(f"UnknownNameError: unknown column: '{column}'")
    said = refusal(indicator, frame.drop(columns="measure"))
    assert said.startswith("UnknownNameError: unknown column: 'measure'")


def test_survival_by_age_in_both_generations(cells):
    new = stack(cells, {"births": {"TOTAL": 5}, "survival": {"TOTAL": (81.04, "p")}}, age="Y1")
    same(survival(new).reset_index(drop=True), indic="SURVIVAL", measure="survival", unit="PC",
         size="TOTAL", age="Y1", value=81.04, lower=81.035, upper=81.045, flag="p")  # fmt: skip
    old = concat([cells({"TOTAL": n}, measure="survival", unit="PC", indic=f"V9704{n}")
                  for n in (1, 5)] + [cells({"TOTAL": 3}, measure="survival", unit="PC",
                                            geo="FR")])  # fmt: skip
    first = concat([cells({"TOTAL": 7}), old])
    same(survival(first).reset_index(drop=True), geo=["DE", "DE", "FR"], measure="survival",
         indic=["V97041", "V97045", "EMP_NR"], unit="PC", size="TOTAL", age=["Y1", "Y5", ""],
         value=[1, 5, 3], lower=[0.995, 4.995, 2.995], upper=[1.005, 5.005, 3.005])  # fmt: skip
    assert survival(first.assign(age="Y9"))["age"].tolist() == ["Y1", "Y5", "Y9"]
    assert refusal(survival, cells({"TOTAL": 7})) == (
        "NotAvailableError: the frame has no survival rates"
    )


def test_ends_that_stand_there_are_kept(cells):
    frame = stack(cells, {"survival": {"0": 50, "TOTAL": 60}}, age="Y1")
    out = survival(frame.assign(lower=[40, 60], upper=[55, 60]))
    assert out["lower"].tolist() == pytest.approx([40, 59.995])
    assert out["upper"].tolist() == pytest.approx([55, 60.005])


def test_the_stock_that_births_and_their_rate_imply(cells):
    frame = stack(cells, {"births": {"TOTAL": (50, "e")}, "birth_rate": {"TOTAL": (10, "p")},
                          "deaths": {"TOTAL": 3}})  # fmt: skip
    same(implied_active(frame), indic="", measure="active_enterprises", unit="NR", size="TOTAL",
         value=500, lower=5000 / 10.005, upper=5000 / 9.995, flag="ep")  # fmt: skip
    assert refusal(implied_active, frame[frame["measure"] == "births"]) == (
        "UnknownNameError: unknown measure in the frame: 'birth_rate'; did you mean births?"
    )
    assert refusal(implied_active, frame[frame["measure"] == "birth_rate"]) == (
        "UnknownNameError: unknown measure in the frame: 'births'; did you mean birth_rate?"
    )


# -- what births and deaths mean


def test_survival_curve_of_one_cohort(cells):
    parts = [(2016, "Y1", 90), (2017, "Y2", 80), (2018, "Y2", 70), (2016, "TOTAL", 60),
             (2016, "Y5", 50), (2020, "Y5", 40)]  # fmt: skip
    frame = concat([
        stack(cells, {"survival": {"0": v - 1, "TOTAL": (v, "p")}}, year=y, age=a)
        for y, a, v in parts
    ] + [
        stack(cells, {"survival": {"0": 30}}, year=2020, age="Y5", geo="AT", nace="B")
    ])  # fmt: skip
    half = 0.005
    value = [100, 89, 79, 39, 100, 90, 80, 40, 100, 30]
    lower = [v if v == 100 else v - half for v in value]
    upper = [v if v == 100 else v + half for v in value]
    same(survival_curve(frame, 2015), indic="SURVIVAL", measure="survival", unit="PC",
         nace=["C"] * 8 + ["B"] * 2, geo=["DE"] * 8 + ["AT"] * 2,
         size=["0"] * 4 + ["TOTAL"] * 4 + ["0"] * 2,
         age=["Y0", "Y1", "Y2", "Y5"] * 2 + ["Y0", "Y5"],
         year=[2015, 2016, 2017, 2020] * 2 + [2015, 2020],
         value=value, lower=lower, upper=upper,
         flag=[""] * 5 + ["p"] * 3 + [""] * 2)  # fmt: skip
    old = frame[frame["size"] == "TOTAL"].assign(indic=lambda f: "V9704" + f["age"].str[1:])
    assert survival_curve(old, 2015)["age"].tolist() == ["Y0", "Y1", "Y2", "Y5"]
    assert refusal(survival_curve, frame, 2012) == (
        "NotAvailableError: no survival rate of the enterprises born in 2012 is at hand"
    )
    two = concat([frame, frame.assign(dataset="other"), frame.assign(vintage="2027")])
    curve = survival_curve(two, 2015)
    assert curve["dataset"].tolist() == ["synthetic"] * 20 + ["other"] * 10
    assert curve["vintage"].tolist() == ["2026-01-01"] * 10 + ["2027"] * 10 + ["2026-01-01"] * 10


HEADS = {"births": {"TOTAL": (10, "p")}, "persons_employed_in_births": {"TOTAL": (14, "e")},
         "persons_employed": {"TOTAL": (560, "b")},
         "persons_employed_in_deaths": {"TOTAL": (7, "u")}}  # fmt: skip


def test_employment_in_births_and_deaths(cells):
    frame = stack(cells, HEADS)
    common = {"indic": "", "size": "TOTAL"}
    same(size_at_birth(frame), **common, measure="size_at_birth", unit="PERS_PER_ENT", exact=1.4,
         flag="ep")  # fmt: skip
    same(employment_in_births(frame), **common, measure="employment_in_births", unit="PC",
         exact=2.5, flag="be")  # fmt: skip
    same(employment_in_deaths(frame), **common, measure="employment_in_deaths", unit="PC",
         exact=1.25, flag="bu")  # fmt: skip


def test_size_at_an_age_in_both_generations(cells):
    parts = [("Y4", 10, 30), ("Y5", 8, 28)]
    new = concat([
        stack(cells, {"survivors": {"TOTAL": (n, "p")}, "births": {"TOTAL": 99},
                      "persons_employed_in_survivors": {"TOTAL": (heads, "e")}}, age=a)
        for a, n, heads in parts
    ])  # fmt: skip
    common = {"indic": "", "size": "TOTAL", "measure": "size_at_age", "unit": "PERS_PER_ENT",
              "flag": "ep"}  # fmt: skip
    same(size_at_age(new), **common, age="Y5", exact=3.5)
    same(size_at_age(new, "Y4"), **common, age="Y4", exact=3)
    assert refusal(size_at_age, new, "Y3") == (
        "UnknownNameError: unknown age in the frame: 'Y3'; did you mean Y5 or Y4?"
    )
    code = {"survivors": "V1194", "births": "V1192", "persons_employed_in_survivors": "V1694"}
    indic = [code[m] + a[1] for m, a in zip(new["measure"], new["age"], strict=True)]
    old = new.assign(indic=pd.Series(indic, dtype="category"))
    same(size_at_age(old.drop(columns="age")), **common, age="Y5", exact=3.5)
    same(size_at_age(old.assign(age="")), **common, age="Y5", exact=3.5)
    plain = old.assign(indic=["", "V11920", "V16944", "V11945", "V11920", "V16945"], age="")
    assert size_at_age(plain)["value"].tolist() == [3.5]
    hidden = plain.assign(value=plain["value"].where(plain["indic"] != "V16945"), conf="C")
    hidden = hidden.assign(lower=plain["value"] - 4, upper=plain["value"])
    assert size_at_age(hidden)[["lower", "upper", "conf"]].values.tolist() == [[3, 7, "C"]]
    assert refusal(size_at_age, plain, "Y9") == (
        "UnknownNameError: unknown age in the frame: 'Y9'; did you mean Y5 or Y4?"
    )
    assert refusal(size_at_age, stack(cells, HEADS)).startswith(
        "UnknownNameError: unknown measure in the frame: 'persons_employed_in_survivors'"
    )
    for column in ("indic", "measure", "value"):
        assert refusal(size_at_age, new.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


@pytest.mark.parametrize("indicator", [high_growth_share, young_high_growth_share])
def test_shares_of_growing_enterprises(cells, indicator):
    name = indicator.__name__
    frame = stack(cells, {"births": {"TOTAL": 5}, name: {"TOTAL": (9.5, "p")}}, dataset="bd_hg")
    same(indicator(frame).reset_index(drop=True), dataset="bd_hg", indic=name.upper(), size="TOTAL",
         measure=name, unit="PC", value=9.5, lower=9.495, upper=9.505, flag="p")  # fmt: skip
    lacking = frame[frame["measure"] == "births"]
    both = concat([lacking, lacking.assign(dataset="bd_size")])
    assert refusal(indicator, both) == (
        f"NotAvailableError: the frame has no {name.replace('_', ' ')}; it is in bd_hg, not in "
        "bd_hg, bd_size"
    )
    units = concat([frame, frame.assign(unit="NR", geo="FR")])
    assert refusal(indicator, units) == (
        f"MixingError: {name} stands in several units, first unit=PC"
    )
    for column in ("dataset", "measure", "value"):
        assert refusal(indicator, frame.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


def test_employers_alone(cells):
    frame = stack(cells, {
        "employer_births": {"TOTAL": (10, "p")},
        "employer_active_enterprises": {"TOTAL": (40, "e")},
        "employer_deaths": {"TOTAL": 5}, "births": {"TOTAL": 99},
        "active_enterprises": {"TOTAL": 100}, "employer_survival": {"TOTAL": 70},
    }, age="Y1")  # fmt: skip
    common = {"unit": "PC", "size": "TOTAL", "age": "Y1"}
    same(employer_birth_rate(frame), **common, indic="", measure="employer_birth_rate", exact=25,
         flag="ep")  # fmt: skip
    same(employer_death_rate(frame), **common, indic="", measure="employer_death_rate",
         exact=12.5, flag="e")  # fmt: skip
    same(employer_survival(frame).reset_index(drop=True), **common, indic="EMPLOYER_SURVIVAL",
         measure="employer_survival", value=70, lower=69.995, upper=70.005)  # fmt: skip
    others = frame[frame["measure"].isin(["births", "active_enterprises"])]
    others = concat([others, others.assign(dataset="bd_size")])
    assert refusal(employer_birth_rate, others) == (
        "NotAvailableError: bd_size, synthetic has no employer demography; bd_salge1_size has"
    )
    for column in ("dataset", "measure"):
        assert refusal(employer_birth_rate, frame.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )
