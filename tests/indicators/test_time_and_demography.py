"""Change, growth, indices, rates and survival by hand; breaks are refused and named."""

import numpy as np
import pytest

from sme_stats import load
from sme_stats.errors import (
    BreakError,
    MixingError,
    NotAvailableError,
    UnknownNameError,
    WithheldError,
)
from sme_stats.frame import concat
from sme_stats.indicators.demography import (
    birth_rate,
    churn_rate,
    death_rate,
    implied_active,
    survival,
)
from sme_stats.indicators.dynamics import contributions, growth_rate, index_series
from sme_stats.indicators.dynamism import (
    employment_in_births,
    employment_in_deaths,
    high_growth_share,
    net_growth,
    size_at_birth,
    survival_curve,
    young_high_growth_share,
)
from sme_stats.indicators.growth import change
from sme_stats.indicators.linking import link

pytestmark = pytest.mark.usefixtures("home")


def series(cells, values, start=2020, **more):
    """TOTAL of consecutive years; each a number or (number, flag)."""
    return concat([cells({"TOTAL": v}, year=start + n, **more) for n, v in enumerate(values)])


def row_of(frame):
    assert len(frame) == 1
    return frame.iloc[0]


# -- change


def test_change_is_from_each_year_to_the_next(cells):
    out = change(series(cells, [(100, "e"), 110, (99, "p")]))
    assert out[["base_year", "year", "value", "flag"]].values.tolist() == [
        [2020, 2021, 10, "e"], [2021, 2022, -11, "p"],
    ]  # fmt: skip
    assert set(out["measure"]) == {"persons_employed_change"} and set(out["unit"]) == {"NR"}
    rates = change(series(cells, [3.0, 4.0], measure="birth_rate", unit="PC"))
    assert row_of(rates)["unit"] == "PP"


def test_change_of_rounded_and_withheld_cells(cells):
    row = row_of(change(series(cells, [100, 110], half=5)))
    assert (row["lower"], row["value"], row["upper"]) == (0, 10, 20)
    withheld = row_of(change(series(cells, [100, None])))
    assert np.isnan(withheld["value"]) and withheld["conf"] == "C"
    missing = series(cells, [100, None]).assign(conf="")
    missing["conf"] = missing["conf"].astype("category")
    row = row_of(change(missing))
    assert np.isnan(row["value"]) and row["conf"] == "", "not available is not confidential"


def test_change_across_a_flagged_break_is_refused_and_named(cells):
    broken = series(cells, [100, (150, "b"), 160])
    with pytest.raises(BreakError) as error:
        change(broken)
    message = str(error.value)
    assert "geo=DE" in message and "between 2020 and 2021" in message
    assert "the cell of 2021 carries the flag b" in message and 'across_breaks="flag"' in message
    out = change(broken, "flag")
    assert out[["value", "flag"]].values.tolist() == [[50, "b"], [10, ""]]


def test_a_break_in_the_first_year_does_not_matter(cells):
    assert change(series(cells, [(100, "b"), 110]))["flag"].tolist() == [""]


@pytest.mark.parametrize(
    ("dataset", "geo", "years", "why"),
    [
        ("sbs_sc_sca_r2", "FR", (2016, 2018), "enterprise instead of legal unit"),
        ("sbs_sc_sca_r2", "DE", (2017, 2018), "enterprise instead of legal unit"),
        ("bd_9bd_sz_cl_r2", "FR", (2008, 2009), "micro-entrepreneur regime began"),
        ("bd_9bd_sz_cl_r2", "FR", (2012, 2013), "change of source"),
        ("sbs_sc_ovw", "IT", (2020, 2021), "Regulation \\(EU\\) 2019/2152"),
        ("bd_size", "IT", (2020, 2021), "Regulation \\(EU\\) 2019/2152"),
    ],
)
def test_change_across_a_break_of_the_catalogue_is_refused_and_named(
    cells, dataset, geo, years, why
):
    frame = concat([cells({"TOTAL": 5 + n}, geo=geo, dataset=dataset, year=year)
                    for n, year in enumerate(years)])  # fmt: skip
    with pytest.raises(BreakError, match=why):
        change(frame)
    row = row_of(change(frame, "flag"))
    assert (row["value"], row["flag"]) == (1, "b")


def test_the_same_years_elsewhere_have_no_break(cells):
    for geo, year in (("FR", 2017), ("IT", 2016), ("DE", 2018)):
        frame = series(cells, [5, 6], start=year, geo=geo, dataset="sbs_sc_sca_r2")
        assert row_of(change(frame))["flag"] == ""


def test_vintages_and_sizes_are_series_of_their_own(cells):
    frame = concat([cells({"TOTAL": 5}, vintage="2025"), cells({"TOTAL": 6}, year=2024)])
    with pytest.raises(NotAvailableError, match="no series has two years"):
        change(frame)
    with pytest.raises(
        UnknownNameError, match="way to treat breaks: 'ignore'; valid: flag, refuse"
    ):
        change(series(cells, [1, 2]), "ignore")


def test_growth(cells):
    out = growth_rate(series(cells, [100, 110, 99]))
    assert out["value"].tolist() == pytest.approx([10, -10])
    assert set(out["measure"]) == {"persons_employed_growth"} and set(out["unit"]) == {"PC"}
    row = row_of(growth_rate(series(cells, [100, 110], half=5)))
    assert (row["lower"], row["upper"]) == pytest.approx(
        (100 * (105 / 105 - 1), 100 * (115 / 95 - 1))
    )
    zero = row_of(growth_rate(series(cells, [0, 5])))
    assert np.isnan(zero["value"])
    with pytest.raises(BreakError):
        growth_rate(series(cells, [100, (150, "b")]))


def test_an_index_has_a_hundred_in_its_base_year(cells):
    out = index_series(series(cells, [100, 110, 121], half=1), 2021)
    assert out["value"].round(9).tolist() == [pytest.approx(100 / 1.1), 100, pytest.approx(110)]
    assert out["lower"].tolist()[1] == out["upper"].tolist()[1] == 100
    assert set(out["unit"]) == {"INDEX"} and out["measure"].iloc[0] == "persons_employed_index"
    broken = series(cells, [100, (150, "b"), 160])
    with pytest.raises(BreakError):
        index_series(broken, 2020)
    assert index_series(broken, 2020, "flag")["flag"].tolist() == ["", "b", "b"]
    assert index_series(broken, 2022, "flag")["flag"].tolist() == ["b", "b", ""]
    with pytest.raises(NotAvailableError, match="base year 2019"):
        index_series(series(cells, [1, 2]), 2019)


def test_contributions_add_up_to_the_growth_of_the_total(cells):
    frame = concat([
        cells({"0-9": 50, "10-249": 30, "GE250": 20, "TOTAL": 100}, year=2022),
        cells({"0-9": 55, "10-249": 29, "GE250": 24, "TOTAL": 110}, year=2023),
    ])  # fmt: skip
    out = contributions(frame).set_index("size")["value"].to_dict()
    assert out == pytest.approx({"0-9": 5, "10-249": -1, "GE250": 4, "UNALLOCATED": 2, "TOTAL": 10})
    assert set(contributions(frame)["unit"]) == {"PP"}
    hidden = frame.assign(value=frame["value"].where(frame["size"] != "10-249"))
    with pytest.raises(WithheldError, match="no contribution is known"):
        contributions(hidden)
    with pytest.raises(NotAvailableError, match="need TOTAL"):
        contributions(frame[frame["size"] != "TOTAL"])


def test_old_and_new_series_are_linked_only_where_they_overlap(cells):
    old = series(cells, [100, 110, 120], start=2018, dataset="old")
    new = series(cells, [240, 250], start=2020, dataset="new", half=2)
    out = link(old, new)
    assert set(out["dataset"]) == {"old>new"}, "a construction, called that"
    assert out[["year", "value", "flag"]].values.tolist() == [
        [2018, 200, "b"], [2019, 220, "b"], [2020, 240, ""], [2021, 250, ""],
    ]  # fmt: skip
    assert out["lower"].tolist() == pytest.approx([100 * 238 / 120, 110 * 238 / 120, 238, 248])
    with pytest.raises(BreakError, match="no common year"):
        link(old, series(cells, [1, 2], start=2021, dataset="new"))
    with pytest.raises(MixingError, match="one series at a time: new, old"):
        link(concat([old, new]), new)


# -- demography

BD = {"dataset": "bd_size"}


def rates(cells, size="TOTAL", **numbers):
    """Cells of one place and year, by measure; a rate in percent."""
    return concat([
        cells({size: v}, measure=m, unit="PC" if m.endswith("rate") else "NR", **BD)
        for m, v in numbers.items()
    ])  # fmt: skip


def test_a_rate_from_its_counts_is_exact_and_comes_before_the_published_one(cells):
    row = row_of(birth_rate(rates(cells, births=84, active_enterprises=1000, birth_rate=8.45)))
    assert (row["value"], row["lower"], row["upper"]) == (8.4, 8.4, 8.4)
    assert (row["measure"], row["unit"]) == ("birth_rate", "PC")
    row = row_of(death_rate(rates(cells, deaths=(50, "p"), active_enterprises=1000)))
    assert (row["value"], row["flag"]) == (5, "p")


def test_a_published_rate_is_known_to_half_its_last_digit(cells):
    row = row_of(birth_rate(rates(cells, birth_rate=(8.45, "p"))))
    assert (row["lower"], row["value"], row["upper"]) == pytest.approx((8.445, 8.45, 8.455))
    assert row["flag"] == "p"
    rounded = row_of(birth_rate(rates(cells, birth_rate=8.0).assign(lower=7.5, upper=8.5)))
    assert (rounded["lower"], rounded["upper"]) == (7.5, 8.5)


def test_published_rates_fill_in_where_counts_are_missing(cells):
    frame = concat([rates(cells, births=84, active_enterprises=1000),
                    rates(cells, birth_rate=9.0).assign(geo="FR")])  # fmt: skip
    frame["geo"] = frame["geo"].astype("category")
    assert dict(zip(*birth_rate(frame)[["geo", "value"]].T.values, strict=True)) == {
        "DE": 8.4, "FR": 9.0,
    }  # fmt: skip
    apart = concat([rates(cells, births=84, birth_rate=9.0),
                    rates(cells, active_enterprises=10).assign(geo="FR")])  # fmt: skip
    assert row_of(birth_rate(apart))["value"] == 9.0


@pytest.mark.parametrize(
    ("indicator", "says"),
    [(birth_rate, "neither the birth rate nor births"), (death_rate, "neither the death rate"),
     (churn_rate, "neither churn nor both"), (survival, "no survival"),
     (net_growth, "neither the birth rate")],
)  # fmt: skip
def test_rates_that_are_not_there(cells, indicator, says):
    with pytest.raises(NotAvailableError, match=says):
        indicator(rates(cells, active_enterprises=10))


def test_churn_is_published_or_the_sum_of_two_roundings(cells):
    row = row_of(churn_rate(rates(cells, birth_rate=8.0, death_rate=(5.0, "p"))))
    assert (row["lower"], row["value"], row["upper"]) == pytest.approx((12.99, 13, 13.01))
    assert row["flag"] == "p"
    own = row_of(churn_rate(rates(cells, birth_rate=8.0, death_rate=5.0, churn_rate=13.01)))
    assert own["value"] == 13.01
    only = row_of(churn_rate(rates(cells, churn_rate=13.01)))
    assert (only["lower"], only["upper"]) == pytest.approx((13.005, 13.015))


def test_net_growth_is_the_difference(cells):
    row = row_of(net_growth(rates(cells, birth_rate=(8.0, "e"), death_rate=5.0)))
    assert (row["lower"], row["value"], row["upper"]) == pytest.approx((2.99, 3, 3.01))
    assert (row["unit"], row["flag"]) == ("PP", "e")
    apart = concat([rates(cells, birth_rate=8.0), rates(cells, death_rate=5.0).assign(geo="FR")])
    with pytest.raises(NotAvailableError, match="no cell has both"):
        net_growth(apart)


def test_the_stock_that_births_and_their_rate_imply(cells):
    row = row_of(implied_active(rates(cells, births=1000, birth_rate=10.0)))
    assert (row["value"], row["measure"], row["unit"]) == (10_000, "active_enterprises", "NR")
    assert (row["lower"], row["upper"]) == pytest.approx((1e5 / 10.005, 1e5 / 9.995))
    with pytest.raises(UnknownNameError, match="'birth_rate'"):
        implied_active(rates(cells, births=1000))


def test_old_codes_carry_the_age(cells):
    frame = concat([cells({"TOTAL": 80.0}, measure="survival", unit="PC", indic="V97041"),
                    cells({"TOTAL": 46.0}, measure="survival", unit="PC",
                    indic="V97045")])  # fmt: skip
    assert survival(frame)["age"].tolist() == ["Y1", "Y5"]


def test_a_survival_curve_follows_one_cohort():
    curve = survival_curve(load("bd_9bd_sz_cl_r2", geo="EU27_2020"), 2015)
    assert curve[["age", "year"]].values.tolist() == [["Y0", 2015], ["Y3", 2018], ["Y5", 2020]]
    assert curve["value"].is_monotonic_decreasing and curve["value"].iloc[0] == 100
    with pytest.raises(NotAvailableError, match="born in 1990"):
        survival_curve(load("bd_9bd_sz_cl_r2", geo="EU27_2020"), 1990)


def test_employment_of_the_newborn_and_the_dead(cells):
    frame = rates(cells, persons_employed_in_births=120, births=100, persons_employed=6000,
                  persons_employed_in_deaths=60)  # fmt: skip
    assert row_of(size_at_birth(frame))["value"] == 1.2
    assert row_of(employment_in_births(frame))["value"] == 2
    assert row_of(employment_in_deaths(frame))["value"] == 1


def test_high_growth_is_taken_as_published(cells):
    frame = concat([cells({"TOTAL": 9.5}, measure=m, unit="PC", dataset="bd_hg")
                    for m in ("high_growth_share", "young_high_growth_share")])  # fmt: skip
    for indicator in (high_growth_share, young_high_growth_share):
        row = row_of(indicator(frame))
        assert (row["lower"], row["upper"]) == pytest.approx((9.495, 9.505))
    with pytest.raises(NotAvailableError, match="it is in bd_hg, not in bd_size"):
        young_high_growth_share(rates(cells, births=1))
    mixed = concat([frame, cells({"GE10": 9.5}, measure="high_growth_share", unit="RATIO")])
    with pytest.raises(MixingError, match="several units"):
        high_growth_share(mixed)


def test_sections_are_never_linked_crosswise(cells):
    old = concat([cells({"TOTAL": v}, nace=n, year=y, dataset="old")
                  for n, v in (("B", 10), ("C", 400)) for y in (2019, 2020)])  # fmt: skip
    new = concat([cells({"TOTAL": v}, nace=n, year=2020, dataset="new")
                  for n, v in (("B", 20), ("C", 200))])  # fmt: skip
    out = link(old, new)
    assert out.loc[out["year"] == 2019, ["nace", "value"]].values.tolist() == [
        ["B", 20.0], ["C", 200.0],
    ]  # fmt: skip
