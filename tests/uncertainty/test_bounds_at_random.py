"""bounds() and contradictions() on random tables, against one plain linear program for each end."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from sme_stats.frame import concat
from sme_stats.uncertainty.contradictions import contradict, contradictions, say_rule
from sme_stats.uncertainty.intervals import divide
from sme_stats.uncertainty.system import build
from sme_stats.uncertainty.withheld import bounds

pytestmark = pytest.mark.exhaustive

SECTIONS = ("B", "C", "D", "E")
SIZES = ("0-9", "10-49", "50-249", "GE250")
LOW, HIGH = np.array([0, 10, 50, 250]), np.array([9, 49, 249, 400])


def with_margins(matrix):
    wide = np.hstack([matrix, matrix.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0)])


def random_table(cells, seed):
    """Sections by classes of two measures: some withheld, some wrong, every third in MEUR."""
    random = np.random.default_rng(seed)
    firms = random.integers(0, 6, (4, 4))
    persons = random.integers(firms * LOW, firms * HIGH + 1).astype(float)
    measure, unit = "persons_employed", "NR"
    if seed % 3 == 0:
        measure, unit, persons = "turnover", "MEUR", np.round(persons * random.random(), 2)
    amounts = with_margins(persons)
    if unit == "MEUR":  # every cell is rounded on its own, so the sums miss by a last digit
        amounts = np.round(amounts + random.uniform(-0.004, 0.004, amounts.shape), 2)
    wrong = random.random(amounts.shape) < random.choice([0, 0, 0.02, 0.2])
    amounts = np.maximum(amounts + wrong * random.integers(-2, 3, amounts.shape), 0)
    hide = random.choice([0.2, 0.5, 0.9])
    parts = []
    for name, of, matrix, share in (
        ("enterprises", "NR", with_margins(firms), hide / 3), (measure, unit, amounts, hide),
    ):  # fmt: skip
        hidden = random.random(matrix.shape) < share
        for i, nace in enumerate((*SECTIONS, "B-E")):
            row = [None if h else float(v) for v, h in zip(matrix[i], hidden[i], strict=True)]
            content = dict(zip((*SIZES, "TOTAL"), row, strict=True))
            parts.append(cells(content, measure=name, unit=of, nace=nace, indic=""))
    return concat(parts)


def optimum(system, cost):
    matrix = sparse.csr_array(
        (system.factor, (system.rule, system.cell)), shape=(len(system.low), len(cost))
    )
    above, below = np.isfinite(system.high), np.isfinite(system.low)
    return linprog(
        cost, A_ub=sparse.vstack([matrix[above], -matrix[below]]),
        b_ub=np.concatenate([system.high[above], -system.low[below]]),
        bounds=list(zip(system.lower, system.upper, strict=True)),
    )  # fmt: skip


@pytest.mark.exhaustive(cases=6)
@pytest.mark.parametrize("seed", range(18))
def test_sharp_or_contradicting_and_never_both(cells, seed):
    frame = random_table(cells, seed)
    found, said, system = bounds(frame), contradictions(frame), build(frame)
    nothing = np.zeros(len(frame))
    possible = optimum(system, nothing).status == 0
    assert said.empty == possible
    assert (found["lower"] <= found["upper"] + 1e-6).all()
    for row in np.flatnonzero(frame["value"].isna()) if possible else ():
        cost = nothing.copy()
        cost[row] = 1
        least, most = optimum(system, cost), optimum(system, -cost)
        upper = -most.fun if most.status == 0 else np.inf
        assert found["lower"].iloc[row] == pytest.approx(least.fun, abs=1e-4)
        assert found["upper"].iloc[row] == pytest.approx(upper, abs=1e-4)


def two_sums(cells, total):
    """One withheld cell between two sums: 5 by its classes, 7 by its sections."""
    rows = [cells({"0-9": None, "GE10": 5, "TOTAL": 10}, nace="B")]
    rows += [cells({"0-9": 1, "GE10": 5, "TOTAL": 6}, nace=n) for n in "CDE"]
    return concat([*rows, cells({"0-9": total, "GE10": 20}, nace="B-E")])


def ends(frame):
    row = bounds(frame).loc[lambda f: f["value"].isna()]
    return row[["lower", "upper"]].to_numpy().tolist()


def test_two_sums_that_each_determine_a_cell_differently(cells):
    """Neither sum wins: beyond rounding the cell keeps what its limits alone allow."""
    assert ends(two_sums(cells, 8)) == [[5, 5]]
    frame = two_sums(cells, 80)
    assert ends(frame) == [[0, np.inf]]
    said = contradictions(frame)
    assert len(said) == 2 and said["block"].nunique() == 1 and not said["rounding"].any()
    assert said["rule"].str.contains("nace=B geo").any()
    assert said["rule"].str.contains("size=0-9").any()


def test_sums_that_rounding_may_miss_hold_within_rounding(cells):
    """5 by classes (two and a total: 1.5), 7 by sections (four and a total: 2.5)."""
    frame = two_sums(cells, 10)
    assert ends(frame) == [[4.5, 6.5]]
    assert contradictions(frame)["rounding"].all()


def test_a_sum_that_rounding_breaks_still_bounds(cells):
    """Published classes exceed TOTAL by one: the withheld one is at most one, not anything."""
    assert ends(cells({"0-9": 7, "10-249": None, "GE250": 4, "TOTAL": 10})) == [[0, 1]]


def test_amounts_are_rounded_to_the_decimals_they_show(cells):
    money = {"measure": "turnover", "unit": "MEUR"}
    frame = cells({"0-9": 1.25, "10-249": None, "GE250": 4.5, "TOTAL": 10.0}, **money)
    assert ends(frame) == [[pytest.approx(4.23), pytest.approx(4.27)]]
    tenths = cells({"0-9": 1.5, "10-249": None, "GE250": 4.5, "TOTAL": 10.0}, **money)
    assert ends(tenths) == [[pytest.approx(3.8), pytest.approx(4.2)]]
    whole = cells({"0-9": 1, "10-249": None, "GE250": 4, "TOTAL": 10}, **money)
    assert ends(whole) == [[5, 5]]


def test_a_withheld_surplus_may_be_a_loss(cells):
    money = {"measure": "gross_operating_surplus", "unit": "MEUR"}
    both = cells({"0-9": None, "10-249": None, "GE250": 4, "TOTAL": 10}, **money)
    assert ends(both) == [[-np.inf, np.inf]] * 2
    assert ends(cells({"0-9": -3, "10-249": None, "GE250": 4, "TOTAL": 10}, **money)) == [[9, 9]]


@pytest.mark.exhaustive(cases=10)
@pytest.mark.parametrize("seed", range(40))
def test_what_contradicts_needs_each_of_its_rules(cells, seed):
    frame = random_table(cells, seed)
    said = contradictions(frame)
    system = build(frame)
    for _, rules in said[said["difference"].isna()].groupby("block"):
        number = {say_rule(frame, system, r): r for r in range(len(system.low))}
        chosen = np.array([number[text] for text in rules["rule"]])
        assert contradict(system, chosen)
        for rule in chosen:
            assert not contradict(system, chosen[chosen != rule])


values = st.integers(-5, 5)
ranges = st.tuples(values, values).map(sorted)


@given(above=ranges, below=ranges, at=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_quotient_holds_every_quotient_of_its_ends(above, below, at):
    low, high = divide(*[(np.array([float(a)]), np.array([float(b)])) for a, b in (above, below)])
    if below == [0, 0]:
        assert np.isnan(low[0]) and np.isnan(high[0])
        return
    assert low[0] <= high[0]
    inside = [a + (b - a) * t for (a, b), t in zip((above, below), at, strict=True)]
    if abs(inside[1]) > 1e-9:
        assert low[0] - 1e-9 <= inside[0] / inside[1] <= high[0] + 1e-9
    corners = [a / b for a in above for b in below if b]
    if below[0] * below[1] > 0:
        assert (low[0], high[0]) == pytest.approx((min(corners), max(corners)))
