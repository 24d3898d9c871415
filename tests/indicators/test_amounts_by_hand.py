"""Amounts per head and in percent, the gap, convergence: every column, every refusal in full."""

import numpy as np
import pytest
from expected import refusal, same

from sme_stats.frame import concat
from sme_stats.indicators.productivity import (
    gross_operating_rate,
    investment_per_person,
    labour_productivity,
    productivity_gap,
    wage_share,
)
from sme_stats.indicators.spread import convergence

nan, inf = np.nan, np.inf
HEADS = ("persons_employed", "enterprises")


def amounts(cells, unit="MEUR", **tables):
    """Cells of several measures; persons in heads, amounts in a unit."""
    return concat([cells(t, measure=m, unit="NR" if m in HEADS else unit, indic=m)
                   for m, t in tables.items()])  # fmt: skip


MONEY = {
    "value_added": {"0-249": (30, "p"), "GE250": 70, "TOTAL": 100},
    "persons_employed": {"0-249": (1000, "e"), "GE250": 1000, "TOTAL": 2000},
    "personnel_cost": {"0-249": (15, "b"), "GE250": 35, "TOTAL": 50},
    "turnover": {"0-249": (100, "d"), "GE250": 300, "TOTAL": 400},
    "gross_operating_surplus": {"0-249": (10, "u"), "GE250": 60, "TOTAL": 80},
    "gross_investment": {"0-249": (2, "r"), "GE250": 10, "TOTAL": 12},
}
CASES = [
    (labour_productivity, "TEUR", [30, 70, 50], "ep"),
    (investment_per_person, "TEUR", [2, 10, 6], "er"),
    (wage_share, "PC", [50, 50, 50], "bp"),
    (gross_operating_rate, "PC", [10, 20, 20], "du"),
]


@pytest.mark.parametrize(("indicator", "unit", "values", "flag"), CASES)
def test_every_column_of_a_ratio_of_amounts(cells, indicator, unit, values, flag):
    common = {"indic": "", "measure": indicator.__name__, "unit": unit}
    frame = amounts(cells, **MONEY)
    same(indicator(frame), **common, size=["0-249", "GE250", "TOTAL"], exact=values,
         flag=[flag, "", ""])  # fmt: skip
    same(indicator(frame, "large"), **common, size="GE250", exact=values[1])
    assert indicator(frame, size="0-249")["value"].tolist() == [values[0]]


@pytest.mark.parametrize(
    ("unit", "per_head"), [("EUR", 5e-5), ("KEUR", 0.05), ("MEUR", 50), ("BEUR", 5e4)]
)
def test_units_of_amounts(cells, unit, per_head):
    out = labour_productivity(amounts(cells, unit, **MONEY))
    assert out["value"].iloc[2] == pytest.approx(per_head)


def test_amounts_that_give_no_ratio(cells):
    frame = amounts(cells, **MONEY)
    both = concat([frame, amounts(cells, "KEUR", value_added={"TOTAL": 3}).assign(geo="FR")])
    said = (
        "MixingError: {} are in KEUR, MEUR; amounts of different units give no ratio, so select "
        "one table"
    )
    for indicator in (labour_productivity, productivity_gap):
        assert refusal(indicator, both) == said.format("value_added")
    assert refusal(wage_share, both) == said.format("personnel_cost and value_added")
    turnover = frame.assign(unit=frame["unit"].astype(str).where(
        frame["measure"] != "turnover", "KEUR"))  # fmt: skip
    assert refusal(gross_operating_rate, turnover) == said.format(
        "gross_operating_surplus and turnover"
    )
    assert refusal(labour_productivity, amounts(cells, "BGBP", **MONEY)) == (
        "NotAvailableError: amounts in BGBP are not in euro; nothing is converted"
    )


@pytest.mark.parametrize(
    ("indicator", "needs"),
    [(labour_productivity, ("value_added", "persons_employed")),
     (investment_per_person, ("gross_investment", "persons_employed")),
     (wage_share, ("personnel_cost", "value_added")),
     (gross_operating_rate, ("gross_operating_surplus", "turnover")),
     (productivity_gap, ("value_added", "persons_employed"))],
)  # fmt: skip
def test_a_missing_measure_is_named_with_its_table(cells, indicator, needs):
    frame = amounts(cells, **MONEY)
    frame = concat([frame, amounts(cells, enterprises={"TOTAL": 1}).assign(dataset="other")])
    for measure in needs:
        said = refusal(indicator, frame[frame["measure"] != measure])
        assert said.startswith(f"UnknownNameError: unknown measure in the frame: '{measure}'; ")
        assert said.endswith("the cells at hand of other, synthetic lack it: load a table or a "
                             "source that has it")  # fmt: skip
    for column in ("dataset", "measure", "unit", "geo", "year", "value", "flag", "conf"):
        said = refusal(indicator, frame.drop(columns=column), *[] if indicator is
                       productivity_gap else ["large"])  # fmt: skip
        assert said.startswith(f"UnknownNameError: unknown column: '{column}'")


def test_investment_per_person_as_published(cells):
    table = {"0-9": (8.4, "p"), "TOTAL": 9.0}
    frame = amounts(cells, "TEUR", investment_per_person=table)
    same(investment_per_person(frame), indic="investment_per_person", unit="TEUR",
         measure="investment_per_person", size=["0-9", "TOTAL"], value=[8.4, 9],
         lower=[8.35, 8.95], upper=[8.45, 9.05], flag=["p", ""])  # fmt: skip
    one = investment_per_person(frame, "TOTAL")
    assert one[["size", "value", "upper"]].values.tolist() == [["TOTAL", 9, 9.5]]
    heads = amounts(cells, persons_employed={"TOTAL": 1})
    assert investment_per_person(concat([heads, frame]))["value"].tolist() == [8.4, 9]
    both = concat([frame, amounts(cells, **MONEY)])
    assert investment_per_person(both)["value"].tolist() == [2, 10, 6]
    assert refusal(investment_per_person, concat([frame, frame])).startswith(
        "IncoherentError: duplicate cell"
    )


# -- the gap


def test_every_column_of_the_gap(cells):
    flagged = MONEY | {"persons_employed": {"0-249": 1000, "GE250": (500, "e"), "TOTAL": 1500}}
    same(productivity_gap(amounts(cells, **flagged)), indic="", measure="productivity_gap",
         unit="RATIO", exact=(70 / 30) / (500 / 1000), flag="e")  # fmt: skip


def test_the_gap_of_rounded_figures(cells):
    persons = {"0-249": 1000, "GE250": 1000, "TOTAL": 2000}
    frame = concat([
        amounts(cells, value_added=MONEY["value_added"]),
        cells(persons, indic="", half=100),
    ])  # fmt: skip
    row = productivity_gap(frame).iloc[0]
    # Large enterprises have between 45 and 55 % of the persons.
    assert row["lower"] == pytest.approx((70 / 30) * (45 / 55))
    assert row["upper"] == pytest.approx((70 / 30) * (55 / 45))
    assert row["value"] == pytest.approx(70 / 30)


@pytest.mark.parametrize(
    ("added", "persons", "gap"),
    [({"0-249": 30, "GE250": 0, "TOTAL": 30}, None, 0),
     ({"0-249": 0, "GE250": 70, "TOTAL": 70}, None, nan),
     ({"0-249": -10, "GE250": 70, "TOTAL": 60}, None, nan),
     ({"0-249": 70, "GE250": -10, "TOTAL": 60}, None, -1 / 7),
     (None, {"0-249": 1000, "GE250": 0, "TOTAL": 1000}, nan),
     (None, {"0-249": 0, "GE250": 1000, "TOTAL": 1000}, nan)],
)  # fmt: skip
def test_where_a_side_has_nobody_there_is_no_gap_and_no_secret(cells, added, persons, gap):
    frame = amounts(cells, value_added=added or MONEY["value_added"],
                    persons_employed=persons or {"0-249": 1000, "GE250": 1000, "TOTAL": 2000},
                    )  # fmt: skip
    out = productivity_gap(frame)
    assert out["value"].tolist() == pytest.approx([gap], nan_ok=True)
    assert out["conf"].tolist() == [""]
    ends = out[["lower", "upper"]].iloc[0].tolist()
    nobody = [nan, nan] if persons and not persons["GE250"] else [-inf, inf]
    assert ends == pytest.approx(nobody if np.isnan(gap) else [gap, gap], nan_ok=True)


def test_a_gap_that_rests_on_a_withheld_class(cells):
    hidden = {"0-249": 30, "GE250": None, "TOTAL": None}
    apart = amounts(cells, value_added=hidden, persons_employed=MONEY["persons_employed"])
    both = concat([amounts(cells, **MONEY).assign(geo="AT"), apart])
    assert refusal(productivity_gap, both) == (
        "WithheldError: the productivity gap of dataset=synthetic vintage=2026-01-01 nace=C geo=DE "
        "year=2023 rests on a withheld class that nothing bounds; leave this group out, or load "
        "the sections and measures that would bound it"
    )
    # Persons are counts: between none and all of the rest.
    persons = {"0-9": 400, "10-249": None, "GE250": None, "TOTAL": 1000}
    added = {"0-9": 20, "10-249": 10, "GE250": 70, "TOTAL": 100}
    frame = amounts(cells, value_added=added, persons_employed=persons,
                    enterprises={"0-9": 100, "10-249": 10, "GE250": 1, "TOTAL": 111})  # fmt: skip
    row = productivity_gap(frame).iloc[0]
    # 250 to 500 persons in the large one, since ten have 100 at least.
    assert np.isnan(row["value"]) and row["conf"] == "C"
    assert row["lower"] == pytest.approx((70 / 30) / (500 / 500))
    assert row["upper"] == pytest.approx((70 / 30) / (250 / 750))
    # Without the largest class of SMEs they may have nobody, so no end above.
    few = amounts(cells, value_added=MONEY["value_added"], enterprises={"0-249": 10, "GE250": 1,
                  "TOTAL": 11}, persons_employed={"0-249": None, "GE250": None,
                  "TOTAL": 1000})  # fmt: skip
    row = productivity_gap(few).iloc[0]
    assert (row["lower"], row["upper"]) == (0, pytest.approx((70 / 30) / (250 / 750)))
    nobody = amounts(cells, value_added=MONEY["value_added"],
                     persons_employed={"0-249": 0, "GE250": 9, "TOTAL": 9})  # fmt: skip
    assert len(productivity_gap(concat([few, nobody.assign(geo="AT")]))) == 2


# -- convergence


def shares(cells, numbers, half=None, **more):
    """A share in percent of each country."""
    return concat([
        cells({"SME": v}, geo=g, measure="persons_employed_share", unit="PC", half=half, **more)
        for g, v in numbers.items()
    ])  # fmt: skip


FIRST = {"AT": (40, "p"), "BE": 60, "CZ": 80, "DK": 50}
LAST = {"AT": 50, "BE": (60, "e"), "CZ": 70, "DK": 52}


def numbers(table):
    return np.array([v[0] if isinstance(v, tuple) else v for v in table.values()], dtype=float)


def slope_of(one, other, years=5):
    return np.polyfit(np.log(one), np.log(other / one) / years, 1)[0]


def test_every_column_of_convergence(cells):
    more = {"EU27_2020": 1, "EL": None, "IT": 0}
    frame = concat([
        shares(cells, LAST | {"HU": 9} | more, year=2020), shares(cells, FIRST | more, year=2015),
        shares(cells, FIRST, year=2017),
    ])  # fmt: skip
    one, other = numbers(FIRST), numbers(LAST)
    slope = slope_of(one, other)
    x, y = np.log(one), np.log(other / one) / 5
    residual = y - np.polyval(np.polyfit(x, y, 1), x)
    error = np.sqrt((residual**2).sum() / 2 / ((x - x.mean()) ** 2).sum())
    reach = 4.302652729911275 * error  # 97.5 % point of Student's t with two degrees of freedom
    sigma = [v.std(ddof=1) / v.mean() for v in (one, other)]
    same(convergence(frame, 2015, 2020), indic=None, measure=["sigma", "sigma", "beta"],
         unit="RATIO", size="SME", geo="4 countries", members="AT+BE+CZ+DK",
         year=[2015, 2020, 2020], value=[*sigma, slope], lower=[*sigma, slope - reach],
         upper=[*sigma, slope + reach], flag=["p", "e", "ep"])  # fmt: skip


def test_convergence_of_rounded_figures(cells):
    def reach(start, end):
        first = shares(cells, FIRST, half=start, year=2015)
        out = convergence(concat([first, shares(cells, LAST, half=end, year=2020)]), 2015, 2020)
        return out["lower"].to_numpy(), out["upper"].to_numpy()

    one, other = numbers(FIRST), numbers(LAST)
    none, both = reach(0, 0), reach(2, 1)
    # Four figures known to 2 move a standard deviation by 2 times the root of 4 / 3 at most.
    moved = 2 * np.sqrt(4 / 3)
    assert both[0][0] == pytest.approx((one.std(ddof=1) - moved) / (one.mean() + 2))
    assert both[1][0] == pytest.approx((one.std(ddof=1) + moved) / (one.mean() - 2))
    wider = none[0][2] - both[0][2], both[1][2] - none[1][2]
    step, by_first, by_last = 1e-5, 0.0, 0.0
    for i in range(4):
        nudge = step * (np.arange(4) == i)
        by_first += abs(slope_of(one + nudge, other) - slope_of(one - nudge, other)) / (2 * step)
        by_last += abs(slope_of(one, other + nudge) - slope_of(one, other - nudge)) / (2 * step)
    assert wider == pytest.approx((2 * by_first + by_last,) * 2, rel=1e-6)


def test_figures_that_say_nothing_of_a_spread(cells):
    fives = {"AT": 5, "BE": 5, "CZ": 5}
    loose = concat([shares(cells, fives, half=5, year=2015),
                    shares(cells, fives, half=6, year=2020)])  # fmt: skip
    out = convergence(loose, 2015, 2020)
    assert out["value"].tolist() == pytest.approx([0, 0, nan], nan_ok=True)
    assert out["lower"].tolist() == pytest.approx([0, 0, nan], nan_ok=True)
    assert out["upper"].tolist() == pytest.approx([inf, inf, nan], nan_ok=True)
    below = loose.assign(upper=loose["value"] - 1, lower=loose["value"] - 2)
    assert convergence(below, 2015, 2020)["upper"].iloc[0] == pytest.approx(
        2 * np.sqrt(3 / 2) / (5 - 2)
    )


def test_convergence_needs_years_in_order_and_three_countries(cells):
    frame = concat([shares(cells, FIRST, year=2015), shares(cells, LAST, year=2020)])
    for start, end in ((2020, 2015), (2020, 2020)):
        assert refusal(convergence, frame, start, end) == (
            f"UsageError: convergence from {start} to {end}: the start must come before the end"
        )
    three = frame[frame["geo"] != "AT"]
    assert convergence(three, 2015, 2020)["members"].iloc[0] == "BE+CZ+DK"
    for few in (three[three["geo"] != "BE"], three[three["year"] == 2015], three.iloc[:0]):
        assert refusal(convergence, few, 2015, 2020) == (
            "NotAvailableError: fewer than three countries have 2015 and 2020 without a break "
            "between them"
        )
    broken = concat([three[three["geo"] != "BE"], shares(cells, {"BE": 60}, year=2015),
                     shares(cells, {"BE": (60, "b")}, year=2020)])  # fmt: skip
    assert refusal(convergence, broken, 2015, 2020).startswith("NotAvailableError: fewer")
    more = concat([frame.assign(age="Y1", leg_form="LL")])
    assert convergence(more, 2015, 2020)[["age", "leg_form"]].values.tolist() == [["Y1", "LL"]] * 3
    bare = frame.drop(columns=["dataset", "vintage", "nace", "size"]).assign(dataset="x")
    assert "nace" not in convergence(bare, 2015, 2020).columns
    mixed = concat([frame, shares(cells, {"FR": 1}, year=2015, nace="F")])
    assert refusal(convergence, mixed, 2015, 2020) == (
        "MixingError: the frame has several naces (C, F); places are compared within one, so "
        "select it"
    )
