"""Cases in which a plausible number would be a wrong one: losses, zeros, mixtures, rounding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from sme_stats.errors import (
    BreakError,
    IncoherentError,
    MixingError,
    NotAvailableError,
    UsageError,
)
from sme_stats.frame import concat
from sme_stats.indicators.aggregates import coverage
from sme_stats.indicators.comparison import distance_to, peers, rank
from sme_stats.indicators.distribution import gini, lorenz
from sme_stats.indicators.dynamics import contributions, growth_rate, index_series
from sme_stats.indicators.productivity import (
    gross_operating_rate,
    investment_per_person,
    productivity_gap,
)
from sme_stats.indicators.shares import size_level, size_share
from sme_stats.indicators.shift_share import decompose_share
from sme_stats.indicators.spread import convergence
from sme_stats.indicators.structure import sme_density
from sme_stats.indicators.tails import pareto_tail

MONEY = {"unit": "MEUR", "indic": ""}
FIRMS = {"measure": "enterprises", "indic": "ENT_NR"}


def ends(frame):
    return frame[["lower", "upper"]].to_numpy().tolist()


def test_a_loss_over_a_turnover_is_worst_where_the_turnover_is_least(cells):
    frame = concat([
        cells({"TOTAL": -10}, measure="gross_operating_surplus", half=1, **MONEY),
        cells({"TOTAL": 50}, measure="turnover", half=10, **MONEY),
    ])  # fmt: skip
    assert ends(gross_operating_rate(frame)) == [[pytest.approx(-27.5), pytest.approx(-15)]]


def test_a_share_of_a_surplus_may_be_below_zero_and_above_a_hundred(cells):
    frame = cells(
        {"0-249": -5, "GE250": 15, "TOTAL": 10}, measure="gross_operating_surplus", **MONEY
    )
    assert size_share(frame, "SME")["value"].tolist() == [-50]
    assert size_share(frame, "large")["value"].tolist() == [150]
    hidden = cells({"0-249": None, "GE250": None, "TOTAL": 10}, measure="value_added", **MONEY)
    assert ends(size_share(hidden, "SME")) == [[-np.inf, np.inf]]


def test_what_nothing_bounds_has_no_value(cells):
    out = size_level(cells({"0-9": None, "GE10": 5}), "0-9")
    assert np.isnan(out["value"].iloc[0]) and ends(out) == [[0, np.inf]]


def test_the_gap_keeps_both_parts_in_one_total(cells):
    """Of 100 value added the large have 60 to 80: the SMEs then 40 to 20, never 40 and 80."""
    persons = cells({"0-249": 50, "GE250": 50, "TOTAL": 100})
    added = cells({"0-249": 30, "GE250": 70, "TOTAL": 100}, measure="value_added", **MONEY)
    added = added.assign(lower=[20.0, 60.0, 100.0], upper=[40.0, 80.0, 100.0])
    assert ends(productivity_gap(concat([persons, added]))) == [
        [pytest.approx(1.5), pytest.approx(4)]
    ]


def test_investment_by_activity_and_as_published(cells):
    both = concat([
        cells({"TOTAL": 30}, measure="gross_investment", **MONEY), cells({"TOTAL": 1000}),
    ])  # fmt: skip
    assert investment_per_person(both.drop(columns="size"))["value"].tolist() == [30]
    printed = cells({"TOTAL": 8.4}, measure="investment_per_person", unit="TEUR")
    assert ends(investment_per_person(printed)) == [[pytest.approx(8.35), pytest.approx(8.45)]]


def test_growth_from_nothing_or_from_a_loss_is_none(cells):
    for before in (0, -5):
        frame = concat([
            cells({"TOTAL": v}, measure="gross_operating_surplus", year=y, **MONEY)
            for y, v in ((2022, before), (2023, 5))
        ])  # fmt: skip
        assert growth_rate(frame)[["value", "lower", "upper"]].isna().all(axis=None)
        with pytest.raises(NotAvailableError, match="above zero"):
            index_series(frame, 2022)


def test_an_index_is_of_one_vintage(cells):
    frame = concat([
        cells({"TOTAL": v}, year=y, vintage=w)
        for w, values in (("2025", (100, 110)), ("2026", (200, 230)))
        for y, v in zip((2022, 2023), values, strict=True)
    ])  # fmt: skip
    out = index_series(frame, 2022)
    assert out.loc[out["year"] == 2023, "value"].tolist() == pytest.approx([110, 115])


def two_years(cells, half=None, flag=""):
    return concat([
        cells({"0-249": (small, flag if y == 2023 else ""), "GE250": large, "TOTAL": small + large},
              year=y, nace=n, half=half) if half else
        cells({"0-249": (small, flag if y == 2023 else ""), "GE250": large, "TOTAL": small + large},
              year=y, nace=n)
        for y, n, small, large in ((2022, "C", 60, 40), (2022, "G", 90, 10), (2023, "C", 50, 50),
                                   (2023, "G", 180, 20))
    ])  # fmt: skip


def test_contributions_of_rounded_figures_are_intervals(cells):
    exact = contributions(two_years(cells))
    assert (exact["lower"] == exact["upper"]).all()
    for _, rows in exact.groupby("nace", observed=True):
        parts = rows.set_index("size")["value"]
        assert parts.drop("TOTAL").sum() == pytest.approx(parts["TOTAL"])
    rounded = contributions(two_years(cells, half=0.5))
    assert (rounded["lower"] < rounded["value"]).all() and (
        rounded["value"] < rounded["upper"]
    ).all()


def test_a_shift_share_stops_at_a_break_and_carries_rounding(cells):
    exact, rounded = decompose_share(two_years(cells)), decompose_share(two_years(cells, half=0.5))
    assert (exact["lower"] == exact["upper"]).all()
    assert (rounded["lower"] < exact["value"]).all() and (exact["value"] < rounded["upper"]).all()
    broken = two_years(cells, flag="b")
    with pytest.raises(BreakError, match="carries the flag b"):
        decompose_share(broken)
    assert set(decompose_share(broken, across_breaks="flag")["flag"]) == {"b"}


def test_distributions_of_rounded_counts_are_wider(cells):
    exact = [cells({"0-9": 80, "10-249": 15, "GE250": 5, "TOTAL": 100}, **FIRMS),
             cells({"0-9": 300, "10-249": 700, "GE250": 3000, "TOTAL": 4000})]  # fmt: skip
    rounded = [f.assign(lower=f["value"] - 2, upper=f["value"] + 2) for f in exact]
    one, other = gini(concat(exact)), gini(concat(rounded))
    assert other["lower"].iloc[0] < one["lower"].iloc[0] < one["upper"].iloc[0]
    assert one["upper"].iloc[0] < other["upper"].iloc[0]
    points = lorenz(concat(rounded)).iloc[1:3]
    assert (points["lower"] < points["value"]).all() and (points["value"] < points["upper"]).all()
    assert (points["enterprises_lower"] < points["enterprises_upper"]).all()


def test_business_demography_counts_employees_not_persons(cells):
    """Class 0 has owners at work: persons employed would lie outside of their class."""
    sizes = ("0", "1-4", "GE5", "TOTAL")
    frame = concat([
        cells(dict(zip(sizes, values, strict=True)), measure=m, indic="")
        for m, values in (("active_enterprises", (6, 3, 1, 10)), ("employees", (0, 6, 10, 16)),
                          ("persons_employed", (8, 9, 11, 28)))
    ])  # fmt: skip
    assert lorenz(frame)["value"].tolist() == [0, 0, 37.5, 100]
    out = gini(frame)
    assert 0 < out["lower"].iloc[0] <= out["upper"].iloc[0] <= 1


counts = st.lists(st.integers(1, 10**4), min_size=3, max_size=3)


@given(firms=counts)
def test_the_tail_is_the_maximum_of_its_likelihood(cells, firms):
    frame = cells(dict(zip(("10-49", "50-249", "GE250"), firms, strict=True)), **FIRMS)
    row = pareto_tail(frame).iloc[0]
    ratios, n = np.array([1.0, 5.0, 25.0]), np.array(firms)

    def loss(log_index):
        tail = ratios ** -np.exp(log_index)
        return -float(n @ np.log(tail - np.append(tail[1:], 0.0)))

    best = minimize_scalar(loss, bounds=(-20, 4), method="bounded", options={"xatol": 1e-10})
    assert row["value"] == pytest.approx(np.exp(best.x), rel=1e-3)
    for end in (row["lower"], row["upper"]):
        assert loss(np.log(end)) - best.fun == pytest.approx(1.9207, abs=0.01)


def test_a_tail_that_nothing_determines(cells):
    empty = pareto_tail(cells({"10-49": 0, "50-249": 0, "GE250": 0}, **FIRMS))
    assert empty[["value", "lower", "upper"]].isna().all(axis=None)
    steep = pareto_tail(cells({"10-49": 9, "50-249": 0, "GE250": 0}, **FIRMS)).iloc[0]
    assert np.isnan(steep["value"]) and np.isinf(steep["upper"]) and steep["lower"] > 0
    with pytest.raises(NotAvailableError, match="one class has no shape"):
        pareto_tail(cells({"0-9": 5, "GE10": 3}, **FIRMS))
    with pytest.raises(UsageError, match="above zero"):
        pareto_tail(cells({"0-9": 5, "GE10": 3}, **FIRMS), start=0)


def shares(cells, values, flag="", **common):
    return concat([
        cells({"0-249": (v, flag)}, geo=g, measure="enterprises_share", unit="PC", **common)
        for g, v in values.items()
    ])  # fmt: skip


def test_convergence_is_of_one_activity_and_vintage(cells):
    years = [{"AT": 50, "BE": 60, "DE": 80}, {"AT": 55, "BE": 63, "DE": 80}]
    frame = concat([shares(cells, v, year=y) for y, v in zip((2022, 2023), years, strict=True)])
    out = convergence(frame, 2022, 2023).set_index("measure")
    assert out.loc["beta", "value"] < 0
    for other in ({"nace": "F"}, {"vintage": "2020-01-01"}):
        more = concat([frame, shares(cells, years[0], year=2022, **other)])
        with pytest.raises(MixingError, match=next(iter(other))):
            convergence(more, 2022, 2023)
    flagged = concat([frame[frame["year"] == 2022], shares(cells, years[1], "p", year=2023)])
    assert convergence(flagged, 2022, 2023)["flag"].tolist() == ["", "p", "p"]
    rounded = frame.assign(lower=frame["value"] - 1, upper=frame["value"] + 1)
    wide = convergence(rounded, 2022, 2023).set_index("measure")
    assert (wide.loc["sigma", "lower"] < wide.loc["sigma", "value"]).all()
    assert wide.loc["beta", "lower"] < out.loc["beta", "lower"]
    with pytest.raises(UsageError, match="before the end"):
        convergence(frame, 2023, 2022)


def test_distance_and_peers_keep_flags_and_never_mix_vintages(cells):
    frame = concat([shares(cells, {"AT": 60}, "p"), shares(cells, {"DE": 50}, "e")])
    assert distance_to(frame, "DE")["flag"].tolist() == ["ep"]
    mixed = concat([shares(cells, {"AT": 60}), shares(cells, {"DE": 50}, vintage="2020-01-01")])
    with pytest.raises(MixingError, match="2026-01-01 and DE of 2020-01-01"):
        distance_to(mixed, "DE")
    named = distance_to(mixed, "DE", across_vintages="name")
    assert named["vintage"].tolist() == ["2026-01-01|2020-01-01"]
    for compare in (rank, lambda f: peers(f, "DE")):
        with pytest.raises(MixingError, match="vintage"):
            compare(mixed)
    rest = frame.assign(value=100 - frame["value"], size="GE250").astype({"size": "category"})
    assert peers(concat([frame, rest]), "DE")["flag"].tolist() == ["ep"]
    with pytest.raises(IncoherentError, match="geo=AT stands twice"):
        rank(concat([frame, frame.iloc[[0]]]))


def test_coverage_in_firms_and_persons(cells):
    sizes = {"enterprises": 20, "persons_employed": 300}
    some = [
        cells({"TOTAL": v}, geo=g, measure=m, indic="")
        for m, v in sizes.items()
        for g in ("AT", "BE")
    ]
    union = [cells({"TOTAL": 100}, geo="EU27_2020", measure="enterprises", indic=""),
             cells({"TOTAL": 1000}, geo="EU27_2020", indic="", vintage="2020")]  # fmt: skip
    out = coverage(concat([*some, *union])).set_index("measure")
    assert out["value"].to_dict() == {
        "enterprises_coverage": 40.0, "persons_employed_coverage": 60.0,
    }  # fmt: skip
    assert set(out["geo"]) == {"EU27_2020[2/27]"}
    assert out.loc["persons_employed_coverage", "vintage"] == "2026-01-01|2020"
    with pytest.raises(NotAvailableError, match="give it as whole="):
        coverage(concat(some))


def test_density_needs_inhabitants_once(cells):
    firms = cells({"0-249": 70, "GE250": 1, "TOTAL": 71}, **FIRMS)
    people = cells({"TOTAL": 1000}, measure="population", indic="").drop(columns="size")
    assert sme_density(firms, people)["value"].tolist() == [70]
    with pytest.raises(MixingError, match="demo_pjan"):
        sme_density(firms, cells({"TOTAL": 1000}))
    with pytest.raises(IncoherentError, match="several counts"):
        sme_density(firms, concat([people, people]))
    nobody = sme_density(firms, people.assign(value=0.0))
    assert nobody["value"].isna().all()
