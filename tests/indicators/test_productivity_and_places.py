"""Productivity and the comparison of places by hand."""

import numpy as np
import pytest

from sme_stats.errors import (
    MixingError,
    NotAvailableError,
    UnknownNameError,
    WithheldError,
)
from sme_stats.frame import concat
from sme_stats.indicators.comparison import distance_to, peers, rank
from sme_stats.indicators.productivity import (
    gross_operating_rate,
    investment_per_person,
    labour_productivity,
    productivity_gap,
    wage_share,
)
from sme_stats.indicators.shares import size_structure
from sme_stats.indicators.spread import convergence

pytestmark = pytest.mark.usefixtures("home")


def row_of(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def amounts(cells, unit="MEUR", **tables):
    """Cells of several measures; persons in heads, amounts in a unit."""
    heads = ("persons_employed", "enterprises")
    return concat([cells(t, measure=m, unit="NR" if m in heads else unit, indic=m)
                   for m, t in tables.items()])  # fmt: skip


MONEY = {
    "value_added": {"0-249": 30, "GE250": 70, "TOTAL": 100},
    "persons_employed": {"0-249": 1000, "GE250": 1000, "TOTAL": 2000},
    "personnel_cost": {"0-249": 15, "GE250": 35, "TOTAL": 50},
    "turnover": {"0-249": 100, "GE250": 300, "TOTAL": 400},
    "gross_operating_surplus": {"0-249": 20, "GE250": 60, "TOTAL": 80},
    "gross_investment": {"0-249": 2, "GE250": 10, "TOTAL": 12},
}


@pytest.mark.parametrize(
    ("indicator", "unit", "small", "large", "total"),
    [(labour_productivity, "TEUR", 30, 70, 50), (investment_per_person, "TEUR", 2, 10, 6),
     (wage_share, "PC", 50, 50, 50), (gross_operating_rate, "PC", 20, 20, 20)],
)  # fmt: skip
def test_productivity_by_hand(cells, indicator, unit, small, large, total):
    out = indicator(amounts(cells, **MONEY))
    assert set(out["unit"]) == {unit}
    assert out.set_index("size")["value"].to_dict() == pytest.approx(
        {"0-249": small, "GE250": large, "TOTAL": total}
    )
    assert row_of(indicator(amounts(cells, **MONEY), "SME"))["value"] == pytest.approx(small)


def test_thousands_and_millions_are_units(cells):
    out = labour_productivity(amounts(cells, "KEUR", **MONEY)).set_index("size")["value"]
    assert out["TOTAL"] == pytest.approx(0.05)
    both = concat([amounts(cells, **MONEY), amounts(cells, "KEUR", **{
        "value_added": {"TOTAL": 3}}).assign(geo="FR")])  # fmt: skip
    with pytest.raises(MixingError, match="KEUR, MEUR"):
        labour_productivity(both)
    with pytest.raises(NotAvailableError, match="BGBP are not in euro"):
        labour_productivity(amounts(cells, "BGBP", **MONEY))


def test_the_ratio_of_the_visible_classes_is_never_that_of_the_total(cells):
    hidden = MONEY | {"value_added": {"0-249": 30, "GE250": None, "TOTAL": None}}
    out = labour_productivity(amounts(cells, **hidden)).set_index("size")
    assert np.isnan(out.loc["TOTAL", "value"]) and out.loc["TOTAL", "conf"] == "C"
    # Value added of the withheld class may be below zero: nothing bounds it.
    assert (out.loc["TOTAL", "lower"], out.loc["TOTAL", "upper"]) == (-np.inf, np.inf)
    with pytest.raises(WithheldError, match="rests on a withheld class that nothing bounds"):
        productivity_gap(amounts(cells, **hidden))


def test_the_gap_between_large_and_small(cells):
    row = row_of(productivity_gap(amounts(cells, **MONEY)))
    assert (row["value"], row["unit"]) == (pytest.approx(70 / 30), "RATIO")
    assert "size" not in row.index


# -- places


def shares(cells, numbers, half=None, **more):
    """A share in percent of each country."""
    return concat([
        cells({"0-249": v}, geo=g, measure="persons_employed_share", unit="PC", half=half, **more)
        for g, v in numbers.items()
    ])  # fmt: skip


def test_ranks_with_ties_and_without_aggregates(cells):
    out = rank(
        shares(cells, {"AT": 60, "BE": 70, "DE": 60, "EU27_2020": 99, "EU27_2020[18/27]": 98})
    )
    assert out[["geo", "best", "worst"]].values.tolist() == [
        ["BE", 1, 1], ["AT", 2, 2], ["DE", 2, 2],
    ]  # fmt: skip


def test_overlapping_intervals_share_ranks(cells):
    out = rank(shares(cells, {"AT": 60, "BE": 61, "DE": 50}, half=1)).set_index("geo")
    assert out[["best", "worst"]].T.to_dict("list") == {"BE": [1, 2], "AT": [1, 2], "DE": [3, 3]}


def test_a_comparison_is_of_one(cells):
    frame = shares(cells, {"AT": 60, "BE": 70})
    for more in ({"year": 2022}, {"nace": "F"}):
        with pytest.raises(MixingError, match="places are compared within one"):
            rank(concat([frame, shares(cells, {"AT": 1}, **more)]))
    with pytest.raises(MixingError, match="several measures"):
        rank(concat([frame, cells({"0-249": 1}, unit="PC")]))
    with pytest.raises(NotAvailableError, match="to rank"):
        rank(shares(cells, {"EU28": 60}))


def test_distance_to_a_reference(cells):
    out = distance_to(shares(cells, {"AT": 60, "EU27_2020": 63}, half=0.5))
    row = row_of(out)
    assert (row["lower"], row["value"], row["upper"], row["unit"]) == (-4, -3, -2, "PP")
    assert row["measure"] == "persons_employed_share_distance"
    with pytest.raises(NotAvailableError, match="the frame has no geo EU28"):
        distance_to(shares(cells, {"AT": 60}), "EU28")
    apart = concat([shares(cells, {"AT": 60}), shares(cells, {"EU28": 60}, year=2022)])
    with pytest.raises(NotAvailableError, match="shares dataset, population and year"):
        distance_to(apart, "EU28")
    levels = concat([cells({"TOTAL": 5}), cells({"TOTAL": 7}, geo="FR")])
    assert row_of(distance_to(levels, "FR"))["unit"] == "NR"


def structures(cells, **tables):
    sizes = ("0-9", "10-249", "GE250")
    return size_structure(concat([
        cells(dict(zip((*sizes, "TOTAL"), [*t, 100], strict=True)), geo=g) for g,
        t in tables.items()
    ]))  # fmt: skip


def test_peers_by_the_share_that_would_have_to_move(cells):
    frame = structures(cells, DE=(20, 30, 50), FR=(25, 30, 45), IT=(50, 30, 20), AT=(24, 30, 46))
    out = peers(frame, "DE", most=2)
    assert out[["geo", "value"]].values.tolist() == [["AT", 4], ["FR", 5]]
    with pytest.raises(UnknownNameError, match="'XX'"):
        peers(frame, "XX")
    with pytest.raises(NotAvailableError, match="lacks a class"):
        peers(structures(cells, DE=(20, None, None), FR=(25, 30, 45)), "DE")
    with pytest.raises(NotAvailableError, match="lacks a class"):
        peers(structures(cells, DE=(20, 30, 50)), "DE")


def test_convergence_by_least_squares(cells):
    first, last = {"AT": 40, "BE": 60, "CZ": 80, "DK": 50}, {"AT": 50, "BE": 60, "CZ": 70, "DK": 52}
    frame = concat([shares(cells, first, year=2015), shares(cells, last, year=2020)])
    out = convergence(frame, 2015, 2020)
    one, other = (np.array(list(v.values()), dtype=float) for v in (first, last))
    slope, _ = np.polyfit(np.log(one), np.log(other / one) / 5, 1)
    assert out["value"].tolist() == pytest.approx(
        [one.std(ddof=1) / one.mean(), other.std(ddof=1) / other.mean(), slope]
    )
    assert slope < 0 and out["measure"].tolist() == ["sigma", "sigma", "beta"]
    assert out["lower"].iloc[2] < slope < out["upper"].iloc[2]
    assert set(out["members"]) == {"AT+BE+CZ+DK"}
    with pytest.raises(NotAvailableError, match="fewer than three countries"):
        convergence(frame, 2015, 2019)
    across = concat([shares(cells, first, year=2019, dataset="sbs_sc_ovw"),
                     shares(cells, last, year=2021, dataset="sbs_sc_ovw")])  # fmt: skip
    with pytest.raises(NotAvailableError, match="without a break"):
        convergence(across, 2019, 2021)


def test_a_gap_without_value_added_names_what_is_missing(cells):
    persons = amounts(cells, persons_employed=MONEY["persons_employed"])
    with pytest.raises(UnknownNameError, match="'value_added'"):
        productivity_gap(persons)
