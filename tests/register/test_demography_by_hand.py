"""Every rule of demography on registers small enough to count by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sme_stats import register
from sme_stats.register.aggregation import MOST_YEARS

from .conftest import ALWAYS, firm, series, table


def births(rows):
    return {y: v for y, v in series(register.tabulate(rows).bd, "ENT_BRTH_NR").items() if v}


def deaths(rows):
    return {y: v for y, v in series(register.tabulate(rows).bd, "ENT_DTH_NR").items() if v > 0}


def test_the_first_two_years_have_no_births():
    found = series(register.tabulate(ALWAYS).bd, "ENT_BRTH_NR")
    assert found == dict.fromkeys(range(2012, 2021), 0.0)


@pytest.mark.parametrize(
    ("years", "born"),
    [
        (range(2010, 2021), {}),  # there from the start: nothing is known
        (range(2011, 2021), {}),  # its first year has one year before it, two are needed
        (range(2012, 2021), {2012: 1}),
        ([2012, 2014, 2015], {2012: 1}),  # back after one year: no birth
        ([2012, 2015, 2016], {2012: 1, 2015: 1}),  # back after two years: a birth again
        ([2020], {2020: 1}),
    ],
)
def test_a_birth_needs_two_years_of_absence(years, born):
    assert births(table(ALWAYS, firm(2, years))) == born


@pytest.mark.parametrize("event", ["merger", "break_up", "reactivation"])
def test_what_came_out_of_others_is_no_birth(event):
    rows = firm(2, range(2014, 2021), entry_event=[event] + [""] * 6)
    assert births(table(ALWAYS, rows)) == {}
    later = firm(2, range(2014, 2021), entry_event=["", event] + [""] * 5)
    assert births(table(ALWAYS, later)) == {2014: 1}


@pytest.mark.parametrize(
    ("years", "died"),
    [
        (range(2010, 2021), {}),
        ([2010, 2011], {2011: 1}),
        ([2010, 2012, 2013], {2013: 1}),  # gone for one year: no death
        ([2010, 2013, 2014], {2010: 1, 2014: 1}),  # gone for two: a death each time
        (range(2010, 2020), {2019: 1}),
    ],
)
def test_a_death_is_absence_in_the_two_years_after(years, died):
    assert deaths(table(ALWAYS, firm(2, years))) == died


@pytest.mark.parametrize("event", ["merger", "break_up", "reactivation"])
def test_what_went_into_others_is_no_death(event):
    assert deaths(table(ALWAYS, firm(2, [2010, 2011], exit_event=["", event]))) == {}


def test_deaths_of_the_last_two_years_are_provisional_and_the_last_has_no_value():
    bd = register.tabulate(table(ALWAYS, firm(2, range(2010, 2020)))).bd
    cells = bd[(bd["indic"] == "ENT_DTH_NR") & (bd["size"] == "TOTAL") & (bd["nace"] == "C")]
    flag = dict(zip(cells["year"].tolist(), cells["flag"].tolist(), strict=True))
    assert [y for y, f in flag.items() if f == "p"] == [2019, 2020]
    assert math.isnan(series(bd, "ENT_DTH_NR")[2020])
    assert series(bd, "ENT_DTH_NR")[2019] == 1.0
    others = bd[~bd["indic"].isin(["ENT_DTH_NR", "EMP_DTH_NR", "SAL_DTH_NR"])]
    assert set(others["flag"]) == {""}


def test_survival_is_alive_n_years_after_birth():
    rows = [firm(10 + n, range(2013, 2014 + n)) for n in range(7)]  # born 2013, live 1 to 7 years
    rows.append(firm(20, [2013, 2015]))  # not there in 2014, alive in 2015
    bd = register.tabulate(table(ALWAYS, *rows)).bd
    assert series(bd, "ENT_BRTH_NR")[2013] == 8
    counts = [series(bd, "ENT_SRVL_NR", age=f"Y{n}")[2013 + n] for n in range(1, 6)]
    assert counts == [6, 6, 4, 3, 2]
    rates = [series(bd, "ENT_SRVLR_BRTH_PC", age=f"Y{n}")[2013 + n] for n in range(1, 6)]
    assert rates == [75.0, 75.0, 50.0, 37.5, 25.0]
    assert 2014 not in series(bd, "ENT_SRVLR_BRTH_PC", age="Y2"), "no cohort that old"
    assert 2018 not in series(bd, "ENT_SRVLR_BRTH_PC", age="Y1"), "of no births there is no rate"


def test_survivors_are_counted_with_the_size_and_activity_of_their_birth():
    rows = firm(2, [2014, 2015], persons=[0, 12], nace=["C10", "G47"])
    bd = register.tabulate(table(ALWAYS, rows.assign(turnover=1.0), firm(3, [2010], nace="G"))
                           .fillna({"turnover": 5.0})).bd  # fmt: skip
    assert series(bd, "ENT_SRVL_NR", size="0", age="Y1")[2015] == 1
    assert series(bd, "ENT_SRVL_NR", size="GE10", age="Y1")[2015] == 0
    assert series(bd, "ENT_SRVL_NR", nace="G", age="Y1")[2015] == 0
    assert series(bd, "ENT_NR", nace="G", size="GE10")[2015] == 1


def test_persons_and_employees_of_births_and_deaths_are_those_of_that_year():
    rows = firm(2, range(2014, 2018), persons=[4, 5, 6, 7])
    rows["persons_employed"] += 1
    bd = register.tabulate(table(ALWAYS, rows)).bd
    assert (series(bd, "EMP_BRTH_NR")[2014], series(bd, "SAL_BRTH_NR")[2014]) == (5, 4)
    assert (series(bd, "EMP_DTH_NR")[2017], series(bd, "SAL_DTH_NR")[2017]) == (8, 7)
    assert (series(bd, "EMP_NR")[2016], series(bd, "SAL_NR")[2016]) == (10, 9)


@pytest.mark.parametrize(
    ("start", "end", "high"),
    [
        (10, 14, 1),  # 13.31 is the least that counts
        (10, 13, 0),
        (9, 90, 0),  # fewer than ten at the start
        (1000, 1331, 1),  # exactly 10 % a year, compared in whole numbers
        (1000, 1330, 0),
    ],
)
def test_high_growth_is_ten_percent_a_year_over_three_years_from_ten_employees(start, end, high):
    rows = firm(2, [2014, 2015, 2016, 2017], persons=[start, 1, 1, end])
    hg = register.tabulate(table(ALWAYS, rows)).hg
    assert series(hg, "ENT_HGRW_NR")[2017] == high
    assert series(hg, "SAL_HGRW_NR")[2017] == high * end
    assert series(hg, "ENT_HGRWR_PC")[2017] == 100.0 * high
    assert min(series(hg, "ENT_HGRW_NR")) == 2013, "three years back from the first"


def test_an_enterprise_without_persons_and_turnover_is_not_active():
    rows = firm(2, range(2012, 2017), persons=[3, 0, 0, 0, 3])
    rows["turnover"] = [1.0, 5.0, 0.0, 0.0, 1.0]
    tables = register.tabulate(table(ALWAYS.assign(turnover=1.0), rows))
    assert series(tables.bd, "ENT_NR")[2013] == 2
    assert series(tables.bd, "ENT_NR")[2014] == 1
    assert tables.inactive == 2
    born = {y: v for y, v in series(tables.bd, "ENT_BRTH_NR").items() if v}
    assert born == {2012: 1, 2016: 1}
    assert series(tables.bd, "ENT_DTH_NR")[2013] == 1


def test_a_move_between_activities_is_neither_birth_nor_death():
    rows = firm(2, range(2010, 2021), nace=["C10"] * 5 + ["A01"] * 2 + ["G47"] * 4)
    tables = register.tabulate(table(ALWAYS, rows))
    assert not any(series(tables.bd, "ENT_BRTH_NR", nace="G").values())
    assert sum(v for v in series(tables.bd, "ENT_DTH_NR").values() if v > 0) == 0
    assert tables.outside == 2


def test_a_year_that_a_country_lacks_leaves_its_neighbours_out():
    rows = pd.concat([ALWAYS[ALWAYS["year"] != 2015], firm(2, range(2010, 2021), geo="FR")])
    bd = register.tabulate(rows).bd
    here = bd[bd["geo"] == "AT"]
    assert set(series(here, "ENT_BRTH_NR")) == {2012, 2013, 2014, 2018, 2019, 2020}
    assert set(series(here, "ENT_DTH_NR")) == {2010, 2011, 2012, 2013, 2016, 2017, 2018, 2019, 2020}
    assert series(here, "ENT_DTH_NR")[2016] == 0.0


def test_countries_begin_and_end_on_their_own():
    rows = pd.concat([ALWAYS, firm(2, range(2014, 2018), geo="FR"), firm(3, [2016], geo="FR")])
    bd = register.tabulate(rows).bd
    france = bd[bd["geo"] == "FR"]
    assert series(france, "ENT_BRTH_NR") == {2016: 1.0, 2017: 0.0}
    deaths_there = series(france, "ENT_DTH_NR")
    assert deaths_there[2016] == 1.0
    assert math.isnan(deaths_there[2017])


@pytest.mark.parametrize("engine", ["pandas", "duckdb", "polars"], indirect=True)
def test_the_longest_register_is_counted_as_sets_of_years_are(engine, tmp_path):
    """Bits of 48 years against sets, with gaps in nearly every enterprise."""
    rng = np.random.default_rng(3)
    span = range(1970, 1970 + MOST_YEARS)
    firms = {n: {y for y in span if rng.random() < 0.6} for n in range(2, 40)}
    rows = [firm(1, span), *(firm(n, sorted(years)) for n, years in firms.items())]
    table(*rows).to_parquet(tmp_path / "register.parquet")
    bd = register.tabulate(tmp_path, engine).bd
    born = {y: [f for f in firms.values() if y in f and not f & {y - 1, y - 2}] for y in span[2:]}
    died = {y: [f for f in firms.values() if y in f and not f & {y + 1, y + 2}] for y in span[:-2]}
    births, deaths = series(bd, "ENT_BRTH_NR"), series(bd, "ENT_DTH_NR")
    assert births == {y: len(fs) for y, fs in born.items()}
    assert {y: deaths[y] for y in died} == {y: len(fs) for y, fs in died.items()}
    alive = series(bd, "ENT_SRVL_NR", age="Y5")
    assert alive == {y: sum(y in f for f in born[y - 5]) for y in span[7:]}
