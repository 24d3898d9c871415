"""Bounds: sharp against enumeration and against one linear program a cell."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.optimize import linprog

from sme_stats import bounds, contradictions, load, size_share
from sme_stats.errors import IncoherentError, WithheldError
from sme_stats.uncertainty.fractions import bound_ratio
from sme_stats.uncertainty.system import build

SECTIONS = ("B", "C", "D", "E")
SIZES = ("0-9", "10-49", "GE50")


def grid(rng, hide):
    """Synthetic industry B-E by three classes, some cells withheld."""
    inner = rng.integers(0, 4, (4, 3))
    wide = np.column_stack([inner, inner.sum(1)])
    full = np.vstack([wide, wide.sum(0)])
    hidden = rng.random(full.shape) < hide
    hidden[-1, -1] = False
    rows = [
        {"dataset": "synthetic", "vintage": "", "indic": "", "measure": "turnover", "unit": "MEUR",
         "nace": n, "size": s, "geo": "AA", "year": 2023, "flag": "",
         "conf": "C" if hidden[i, j] else "",
         "value": np.nan if hidden[i, j] else float(full[i, j])}
        for i, n in enumerate((*SECTIONS, "B-E")) for j, s in enumerate((*SIZES, "TOTAL"))
    ]  # fmt: skip
    return pd.DataFrame(rows), full


def by_linear_program(frame):
    """One program a cell, written apart from the library's own solver."""
    system = build(frame)
    matrix = sparse.csr_array(
        (system.factor, (system.rule, system.cell)), shape=(len(system.low), len(frame))
    )
    limits = list(zip(system.lower, system.upper, strict=True))
    ends = []
    for row in range(len(frame)):
        cost = np.zeros(len(frame))
        cost[row] = 1.0
        options = {"A_eq": matrix, "b_eq": system.low, "bounds": limits}
        ends.append((linprog(cost, **options).fun, -linprog(-cost, **options).fun))
    return np.array(ends)


@pytest.mark.parametrize("seed", range(12))
def test_sharp_over_sections_and_classes(seed):
    frame, full = grid(np.random.default_rng(seed), 0.5)
    found = bounds(frame)
    ends = by_linear_program(frame)
    assert np.allclose(found["lower"], ends[:, 0], atol=1e-6)
    assert np.allclose(found["upper"], ends[:, 1], atol=1e-6)
    truth = full.reshape(-1)
    assert (found["lower"] <= truth + 1e-9).all()
    assert (truth <= found["upper"] + 1e-9).all()


@pytest.mark.parametrize("seed", range(6))
def test_enumeration_of_integer_tables_agrees(structure, seed):
    """Transport polytopes have integer corners: the real bounds are those of whole numbers."""
    rng = np.random.default_rng(100 + seed)
    values = rng.integers(0, 5, 5)
    hidden = sorted(rng.choice(5, size=3, replace=False))
    shown = [None if i in hidden else float(v) for i, v in enumerate(values)]
    found = bounds(structure([*shown, float(values.sum())]))
    left = int(values.sum() - sum(v for v in shown if v is not None))
    tables = [t for t in itertools.product(range(left + 1), repeat=3) if sum(t) == left]
    for place, index in enumerate(hidden):
        assert found["lower"].iloc[index] == min(t[place] for t in tables)
        assert found["upper"].iloc[index] == max(t[place] for t in tables)


def test_class_limits_and_enterprises(structure):
    persons = structure([10.0, 20.0, 30.0, None, None, 2000.0])
    firms = structure([5.0, 2.0, 1.0, 4.0, 2.0, 14.0], measure="enterprises")
    found = bounds(pd.concat([persons, firms], ignore_index=True))
    medium = found[(found["measure"] == "persons_employed") & (found["size"] == "50-249")]
    assert medium[["lower", "upper"]].values.tolist() == [[200.0, 996.0]]
    large = found[(found["measure"] == "persons_employed") & (found["size"] == "GE250")]
    assert large[["lower", "upper"]].values.tolist() == [[944.0, 1740.0]]


def test_member_states_add_up_only_where_all_are_there(table):
    from sme_stats.codelists import members

    every = members("EU27_2020")
    rows = [{"geo": g, "value": 10.0} for g in every[1:]] + [{"geo": every[0], "value": None}]
    whole = table(*rows, {"geo": "EU27_2020", "value": 300.0})
    found = bounds(whole).set_index("geo")
    assert found.loc[every[0], ["lower", "upper"]].tolist() == [40.0, 40.0]
    some = table(*rows[5:], {"geo": "EU27_2020", "value": 300.0})
    assert np.isinf(bounds(some).set_index("geo").loc[every[0], "upper"])


def test_published_and_unavailable_cells_stay(structure):
    frame = structure([1.0, 2.0, 3.0, 4.0, 5.0, 15.0])
    frame.loc[0, "value"] = np.nan  # not available, and not withheld
    found = bounds(frame)
    assert np.isnan(found["lower"].iloc[0])
    assert found["lower"].iloc[1:].tolist() == found["value"].iloc[1:].tolist()
    assert found["value"].isna().tolist() == frame["value"].isna().tolist()


def test_contradicting_block_is_reported_and_never_forced(structure):
    """Two measures of sums that cannot both hold: TOTAL is below what is published."""
    frame = structure([10.0, 20.0, None, 5.0, None, 12.0])
    found = bounds(frame)
    assert found["lower"].iloc[2] == 0.0
    assert np.isinf(found["upper"].iloc[2])
    said = contradictions(frame)
    assert said["difference"].tolist() == [23.0]
    assert "classes add up to TOTAL" in said["rule"].iloc[0]


def test_rules_that_fail_only_together():
    """Each sum can be met alone; the two margins of a 2 by 2 of withheld cells cannot."""
    frame, _ = grid(np.random.default_rng(1), 0.0)
    inner = frame["nace"].isin(["B", "C"]) & frame["size"].isin(["0-9", "10-49"])
    frame.loc[inner, ["value", "conf"]] = [np.nan, "C"]
    row = (frame["nace"] == "B") & (frame["size"] == "TOTAL")
    frame.loc[row, "value"] += 5
    frame.loc[(frame["nace"] == "B-E") & (frame["size"] == "TOTAL"), "value"] += 5
    column = (frame["nace"] == "B-E") & (frame["size"] == "GE50")
    frame.loc[column, "value"] += 5
    said = contradictions(frame)
    assert len(said)
    assert set(said["block"]) <= {0, 1, 2}


def test_slovenia_2023_alone():
    said = contradictions(load("sbs_sc_ovw", geo="SI", year=2023))
    assert said["difference"].tolist() == [1772.0]
    assert not said["rounding"].any()


def test_portugal_2021():
    found = bounds(
        load("sbs_sc_ovw", geo="PT", year=2021, measure=["persons_employed", "enterprises"])
    )
    medium = found[(found["measure"] == "persons_employed") & (found["size"] == "50-249")]
    assert medium[["lower", "upper"]].values.tolist() == [[330150.0, 1307126.0]]
    share = size_share(load("sbs_sc_ovw", geo="PT", year=2021), "SME", "persons_employed")
    assert share[["lower", "upper"]].round(2).values.tolist() == [[69.74, 93.47]]
    assert share["value"].isna().all()


def test_more_published_cells_narrow(structure):
    """A published section total narrows what TOTAL alone leaves open."""
    frame, _ = grid(np.random.default_rng(3), 0.0)
    frame.loc[frame["nace"].isin(["B", "C"]) & (frame["size"] != "TOTAL"), ["value", "conf"]] = [
        np.nan, "C",
    ]  # fmt: skip
    alone = bounds(frame[frame["nace"] == "B"])
    both = bounds(frame)
    own = both[both["nace"] == "B"]
    assert (own["lower"].to_numpy() >= alone["lower"].to_numpy() - 1e-9).all()
    assert (own["upper"].to_numpy() <= alone["upper"].to_numpy() + 1e-9).all()
    assert (own["upper"].to_numpy() < alone["upper"].to_numpy() - 1e-9).any()


@pytest.mark.parametrize("seed", range(8))
def test_ratio_by_programming_equals_the_share_in_one_group(structure, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 30, 5).astype(float)
    hidden = rng.choice(5, size=2, replace=False)
    shown = [None if i in hidden else v for i, v in enumerate(values)]
    frame = structure([*shown, values.sum()])
    smes = (~frame["size"].isin(["GE250", "TOTAL"])).to_numpy()
    whole = (frame["size"] == "TOTAL").to_numpy()
    low, high = bound_ratio(frame, smes, whole)
    share = size_share(frame, "SME", "persons_employed")
    assert 100 * low == pytest.approx(share["lower"].iloc[0])
    assert 100 * high == pytest.approx(share["upper"].iloc[0])


def test_ratio_is_sharper_than_dividing_ends(table):
    """The withheld cell is above and below: high above cannot meet low below."""
    frame = table({"size": "0-9", "value": 10.0}, {"size": "GE10", "value": None},
                  {"size": "TOTAL", "value": None, "lower": 20.0, "upper": 40.0})  # fmt: skip
    frame["lower"], frame["upper"] = [10.0, 0.0, 20.0], [10.0, np.inf, 40.0]
    low, high = bound_ratio(frame, np.array([False, True, False]), np.array([False, False, True]))
    assert (low, high) == pytest.approx((0.5, 0.75))  # dividing ends: 10/40 to 30/20


def test_ratio_refuses_what_nothing_bounds_or_contradicts(structure):
    frame = structure([1.0, 2.0, 3.0, 4.0, 5.0, 15.0])
    frame.loc[0, "value"] = np.nan
    some, whole = (frame["size"] == "0-9").to_numpy(), (frame["size"] == "TOTAL").to_numpy()
    with pytest.raises(WithheldError, match="not in the table"):
        bound_ratio(frame, some, whole)
    wrong = structure([10.0, 20.0, None, 5.0, None, 12.0])
    with pytest.raises(IncoherentError, match="contradict"):
        bound_ratio(wrong, some, whole)


def test_ratio_without_an_upper_end(structure):
    frame = structure([None, 2.0, 3.0, 4.0, 5.0, None])
    up, down = (frame["size"] == "TOTAL").to_numpy(), (frame["size"] == "0-9").to_numpy()
    assert bound_ratio(frame, up, down)[1] == np.inf
