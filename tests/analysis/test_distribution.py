"""Lorenz, Gini bounds, Pareto tail: against enterprises drawn one by one."""

import numpy as np
import pandas as pd
import pytest

from sme_stats import load
from sme_stats.errors import NotAvailableError, UnknownNameError, WithheldError
from sme_stats.indicators.distribution import gini, lorenz
from sme_stats.indicators.tails import pareto_tail

EDGES = [1, 10, 20, 50, 250]


def grouped(sizes, structure):
    """Class table of single (synthetic) enterprises."""
    sizes = np.asarray(sizes)
    place = np.searchsorted(EDGES, sizes, side="right") - 1
    firms = np.bincount(place, minlength=5).astype(float)
    persons = np.bincount(place, sizes, minlength=5).astype(float)
    return pd.concat(
        [structure([*persons, persons.sum()]),
         structure([*firms, firms.sum()], measure="enterprises")],
        ignore_index=True,
    )  # fmt: skip


def exact_gini(sizes):
    x = np.sort(np.asarray(sizes, dtype=float))
    n = len(x)
    return float((2 * np.arange(1, n + 1) - n - 1) @ x / (n * x.sum()))


@pytest.mark.parametrize("seed", range(10))
def test_gini_bounds_contain_the_gini_of_the_enterprises(structure, seed):
    rng = np.random.default_rng(seed)
    sizes = np.floor(rng.pareto(1.1, 400) + 1).clip(1, 5000)
    found = gini(grouped(sizes, structure))
    assert found["lower"].iloc[0] - 1e-9 <= exact_gini(sizes) <= found["upper"].iloc[0] + 1e-9
    assert np.isnan(found["value"].iloc[0])


def test_gini_lower_is_reached_by_equal_enterprises(structure):
    sizes = [5] * 40 + [15] * 10 + [30] * 5 + [100] * 3 + [400] * 2
    assert gini(grouped(sizes, structure))["lower"].iloc[0] == pytest.approx(exact_gini(sizes))


def test_gini_upper_is_reached_by_enterprises_at_the_limits(structure):
    """One closed class split between its limits; the others hold nobody."""
    sizes = [10] * 50 + [19] * 50
    found = gini(grouped(sizes, structure))
    assert found["lower"].iloc[0] == pytest.approx(0.0, abs=1e-12)
    assert found["upper"].iloc[0] == pytest.approx(exact_gini(sizes), rel=1e-6)


def test_lorenz_points_by_hand(structure):
    points = lorenz(grouped([5, 5, 30, 60], structure))
    assert points["enterprises_share"].tolist() == [0, 50, 50, 75, 100, 100]
    assert points["value"].tolist() == [0, 10, 10, 40, 100, 100]


def test_withheld_class_is_refused(structure):
    frame = grouped([5, 15, 30, 60, 300], structure)
    frame.loc[1, ["value", "conf"]] = [np.nan, "C"]
    for indicator in (lorenz, gini):
        with pytest.raises(WithheldError, match="geo=AA"):
            indicator(frame)
    frame.loc[7, ["value", "conf"]] = [np.nan, "C"]
    with pytest.raises(WithheldError):
        pareto_tail(frame)


@pytest.mark.parametrize("index", [0.8, 1.1, 1.6])
def test_pareto_tail_recovers_the_index_of_a_drawn_tail(structure, index):
    rng = np.random.default_rng(int(10 * index))
    sizes = 10 * (1 - rng.random(40_000)) ** (-1 / index)
    place = np.searchsorted([10, 20, 50, 250], sizes, side="right") - 1
    firms = np.bincount(place, minlength=4).astype(float)
    frame = structure([0.0, *firms, firms.sum()], measure="enterprises")
    found = pareto_tail(frame)
    assert found["lower"].iloc[0] <= index <= found["upper"].iloc[0]
    assert found["value"].iloc[0] == pytest.approx(index, rel=0.05)


def test_what_cannot_be_asked():
    cells = load("sbs_sc_ovw", geo="DE", year=2023)
    with pytest.raises(UnknownNameError, match="start of a class"):
        pareto_tail(cells, start=15)
    with pytest.raises(UnknownNameError, match="enterprises"):
        gini(cells[cells["measure"] == "turnover"])
    with pytest.raises(NotAvailableError, match="a class is missing"):
        gini(cells[cells["size"] != "GE250"])
    no_persons = (cells["size"] == "GE250") & (cells["measure"] == "persons_employed")
    with pytest.raises(NotAvailableError, match="by the same classes"):
        gini(cells[~no_persons])
