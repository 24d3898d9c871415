"""What it costs to change each axis of a claim, one axis at a time."""

import dataclasses
import math

import numpy as np
import pytest

from sme_stats.claims.distance import Costs, Weights, changed_axes, distance
from sme_stats.errors import UnknownNameError, UsageError

from .numbers import claim, number

#: Every weight another power of two, so that a sum says which were paid.
FIELDS = [f.name for f in dataclasses.fields(Weights)]
W = Weights(**{name: float(2**n) for n, name in enumerate(FIELDS)})


def test_weights_as_documented():
    assert dataclasses.asdict(Weights()) == {
        "statistic": 5.0, "measure": 3.0, "near_measure": 1.0, "size": 2.0, "near_size": 0.5,
        "size_basis": 0.5, "of": 1.0, "geo": 4.0, "near_geo": 0.5, "partial": 1.0, "year": 0.05,
        "most_years": 1.0, "population": 0.5, "section": 2.0, "age": 0.5, "reading": 0.5,
        "off_centre": 0.2, "plausible": 5.0,
    }  # fmt: skip


#: What is asked, what is found, cost, axes.
CHANGES = [
    ({}, {}, 0, ()),
    ({}, {"statistic": "level"}, W.statistic, ("statistic",)),
    ({}, {"measure": "births"}, W.measure, ("measure",)),
    ({}, {"measure": "active_enterprises"}, W.near_measure, ("measure",)),
    ({"measure": "persons_employed"}, {"measure": "employees"}, W.near_measure, ("measure",)),
    ({"measure": "value_added"}, {"measure": "turnover"}, W.near_measure, ("measure",)),
    ({"measure": "value_added"}, {"measure": "employees"}, W.measure, ("measure",)),
    ({}, {"size": "0-9"}, W.size, ("size",)),
    ({"size": "0-9"}, {"size": "1-9"}, W.near_size, ("size",)),
    ({"size": "0-9"}, {"size": "2-9"}, W.size, ("size",)),
    ({"size": "0-9"}, {"size": "0-49"}, W.size, ("size",)),
    ({"size": "0-9"}, {"size": "MIC"}, W.size, ("size",)),
    ({"size": "0-9", "of": "SME"}, {"size": "0-9"}, W.of, ("share of",)),
    ({}, {"of": "0-249"}, W.of, ("share of",)),
    ({}, {"geo": "FR"}, W.geo + 0.5, ("geo",)),
    ({"geo": "EU27_2020"}, {"geo": "FR"}, W.geo, ("geo",)),
    ({"geo": "EU27_2020"}, {"geo": "UK"}, W.geo + 0.5, ("geo",)),
    ({"geo": "EU28"}, {"geo": "UK"}, W.geo, ("geo",)),
    ({"geo": "EU27_2020"}, {"geo": "EU28"}, W.near_geo, ("geo",)),
    ({"geo": "EU27_2020"}, {"geo": "EU27_2007"}, W.near_geo, ("geo",)),
    ({"geo": "EU27_2020"}, {"geo": "EA20"}, W.geo + 0.5, ("geo",)),
    ({"geo": "EU27_2020"}, {"geo": "EU27_2020[18/27]"}, W.partial + W.geo / 3, ("geo",)),
    ({"geo": "EU28"}, {"geo": "EU27_2020[18/27]"}, W.geo + 0.5, ("geo",)),
    ({}, {"year": 2022}, W.year, ("year",)), ({}, {"year": 2024}, W.year, ("year",)),
    ({}, {"year": 2021}, min(2 * W.year, W.most_years), ("year",)),
    ({}, {"year": 2001}, W.most_years, ("year",)), ({"year": "latest"}, {"year": 2001}, 0, ()),
    ({}, {"nace": "B-N_S95_X_K"}, 0, ()),
    ({"population": "business-economy"}, {"nace": "B-N_S95_X_K"}, W.population, ("population",)),
    ({}, {"nace": "C"}, W.section, ("section",)),
    ({"population": "C"}, {"nace": "F"}, W.section, ("section",)),
    ({"population": "C"}, {"nace": "C"}, 0, ()),
    ({"population": "C"}, {"nace": "C", "dataset": "bd_size"}, W.size_basis + W.population,
     ("size basis", "population")),
    ({}, {"nace": "C", "dataset": "insee"}, W.population, ("population",)),
    ({}, {"dataset": "bd_size"}, W.size_basis + W.population, ("size basis", "population")),
    ({"size": "TOTAL", "statistic": "level"}, {"size": "TOTAL", "statistic": "level",
    "dataset": "bd_size"},
     W.population, ("population",)),
    ({"population": "business-demography"}, {"dataset": "bd_size"}, 0, ()),
    ({"measure": "births"}, {"measure": "births", "dataset": "bd_size"}, 0, ()),
    ({"measure": "births"}, {"measure": "births"}, W.size_basis + W.population, ("size basis",
    "population")),
    ({"statistic": "rate", "measure": "survival", "age": "Y1", "size": None},
     {"statistic": "rate", "measure": "survival", "age": "Y3", "size": "TOTAL",
     "dataset": "bd_size"}, W.age,
     ("age",)),
    ({"statistic": "rate", "measure": "survival", "age": "Y1", "size": None},
     {"statistic": "rate", "measure": "survival", "age": "Y1", "size": "TOTAL",
     "dataset": "bd_size"}, 0, ()),
    ({"statistic": "rate", "measure": "survival", "age": "Y1", "size": None},
     {"statistic": "rate", "measure": "survival", "age": "", "size": "TOTAL", "dataset": "bd_size"},
     0, ()),
    ({"age": "Y1"}, {"statistic": "level", "age": "Y2"}, W.statistic, ("statistic",)),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "given", "cost", "axes"), CHANGES)
def test_each_axis_costs_its_weight(asked, given, cost, axes):
    wanted = claim("0.5%", **asked)
    same = {"size": wanted.size, "measure": wanted.measure, "geo": wanted.geo}
    found = number(**(same | given))
    assert distance(wanted, found, "rounded", W) == pytest.approx(cost)
    assert changed_axes(wanted, found, "rounded") == axes


def test_another_reading_costs_its_weight():
    assert distance(claim("0.5%"), number(), "truncated", W) == W.reading
    assert changed_axes(claim("0.5%"), number(), "truncated") == ("reading",)


#: Print, number found, how far off the middle it is.
OFF = [
    ("58%", {"value": 58.0}, 0), ("58%", {"value": 58.25}, 0.5), ("58%", {"value": 57.75}, 0.5),
    ("58%", {"value": 58.5}, 1), ("58%", {"value": 70.0}, 1),
    ("58%", {"value": math.nan, "lower": 58.0, "upper": 58.2}, 0.2),
    ("more than 58%", {"value": 70.0}, 0),
    ("EUR 58 million", {"value": 58.25, "unit": "MEUR"}, 0.5),
    ("58000", {"value": 58.25, "unit": "THS"}, 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "found", "off"), OFF)
def test_lying_off_the_printed_number(printed, found, off):
    cost = distance(claim(printed), number(**found), "rounded", W)
    assert cost == pytest.approx(off * W.off_centre)


def test_years_of_many_rows_at_once():
    costs = Costs(claim(), Weights())
    found = costs.years(np.array([2023, 2022, 2026, 1990]))
    assert found.tolist() == pytest.approx([0, 0.05, 0.15, 1])
    assert Costs(claim(year="latest"), Weights()).years(np.array([2023, 1990])).tolist() == [0, 0]


def test_weights_by_name():
    assert Weights.of_pairs({"geo": "0.5", "year": 0}) == Weights(geo=0.5, year=0.0)
    assert Weights.of_pairs({}) == Weights()
    for value in ("many", "-1", "inf", "nan", None):
        with pytest.raises(UsageError) as refused:
            Weights.of_pairs({"geo": value})
        assert str(refused.value) == f"the weight geo={value} is no number of zero or more"
    with pytest.raises(UnknownNameError, match="unknown axis of a weight: 'goe'; did you mean geo"):
        Weights.of_pairs({"goe": 1})
