"""Shares of rounded figures: they hold the truth, and part and rest make up the total."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sme_stats.frame import concat
from sme_stats.indicators.shares import size_level, size_share
from sme_stats.uncertainty.intervals import divide, share

pytestmark = pytest.mark.exhaustive

CODES = ("0-9", "10-49", "50-249", "GE250")
RANGES = {"0-9": (0,), "0-49": (0, 1), "0-249": (0, 1, 2), "10-249": (1, 2), "GE250": (3,)}

tables = st.lists(st.integers(1, 10**6), min_size=4, max_size=4)
digits = st.lists(st.integers(0, 4), min_size=5, max_size=5)


def rounded(numbers, places):
    """Numbers as printed to some place, and half of one unit of that place."""
    units = [10**place for place in places]
    return [round(n / u) * u for n, u in zip(numbers, units, strict=True)], [u / 2 for u in units]


def release(cells, numbers, places):
    printed, half = rounded([*numbers, sum(numbers)], places)
    frame = cells(dict(zip((*CODES, "TOTAL"), printed, strict=True)))
    halves = np.where(np.array(half) == 0.5, 0.0, half)  # to the last unit: exact
    value = frame["value"].to_numpy()
    return frame.assign(lower=value - halves, upper=value + halves)


@settings(max_examples=2 * settings.default.max_examples // 5)
@given(numbers=tables, places=digits)
def test_the_interval_holds_the_true_share(cells, numbers, places):
    assume(rounded([sum(numbers)], places[-1:])[0][0] > 0)
    frame = release(cells, numbers, places)
    for size, chosen in RANGES.items():
        true = 100 * sum(numbers[i] for i in chosen) / sum(numbers)
        row = size_share(frame, size).iloc[0]
        assert row["lower"] - 1e-9 <= true <= row["upper"] + 1e-9
        assert row["lower"] <= row["value"] <= row["upper"]
        level = size_level(frame, size).iloc[0]
        true = sum(numbers[i] for i in chosen)
        assert level["lower"] - 1e-6 <= true <= level["upper"] + 1e-6


@settings(max_examples=2 * settings.default.max_examples // 5)
@given(numbers=tables, places=digits)
def test_the_interval_is_never_wider_than_dividing_the_ends(cells, numbers, places):
    assume(rounded([sum(numbers)], places[-1:])[0][0] > 0)
    frame = release(cells, numbers, places).set_index("size")
    for size, chosen in RANGES.items():
        row = size_share(frame.reset_index(), size).iloc[0]
        part = frame.loc[[CODES[i] for i in chosen]]
        total = frame.loc["TOTAL"]
        naive = (100 * part["lower"].sum() / total["upper"],
                 100 * part["upper"].sum() / total["lower"])  # fmt: skip
        assert row["lower"] >= naive[0] - 1e-9 or row["lower"] >= 0 > naive[0]
        assert row["upper"] <= naive[1] + 1e-9 or row["upper"] <= 100 < naive[1]


def optimum(frame, chosen):
    """Least and greatest share over all tables in the printed ends (Charnes and Cooper)."""
    scale = frame["value"].iloc[-1]
    lower, upper = frame["lower"].to_numpy() / scale, frame["upper"].to_numpy() / scale
    rows = []
    for i in range(5):
        below, above = np.zeros(6), np.zeros(6)
        below[i], below[5] = -1, max(lower[i], 0)
        above[i], above[5] = 1, -upper[i]
        rows += [below, above]
    sums, whole = np.array([1.0] * 4 + [-1.0, 0.0]), np.eye(6)[4]
    cost = np.array([100.0 if i in chosen else 0.0 for i in range(6)])
    found = [
        linprog(s * cost, A_ub=rows, b_ub=np.zeros(10), A_eq=[sums, whole], b_eq=[0, 1],
                bounds=(0, None)) for s in (1, -1)
    ]  # fmt: skip
    return found[0].fun, -found[1].fun


def test_the_interval_is_the_optimum_over_all_tables(cells):
    random = np.random.default_rng(11)
    frames, expected = [], {}
    for n in range(40):
        numbers = [int(x) for x in 10 ** random.uniform(3, 6, 4)]
        # Printed so that no figure is zero: an end below zero would be no count.
        places = random.integers(0, 4, 5)
        frame = release(cells, numbers, places).assign(nace=f"table {n}")
        frame["nace"] = frame["nace"].astype("category")
        frames.append(frame)
        expected |= {(f"table {n}", s): optimum(frame, c) for s, c in RANGES.items()}
    every = concat(frames)
    for size in RANGES:
        for _, row in size_share(every, size).iterrows():
            ends = expected[row["nace"], size]
            assert (row["lower"], row["upper"]) == pytest.approx(ends, abs=1e-7), (
                size,
                row["nace"],
            )


def test_a_share_printed_in_percent_keeps_its_half_digit(cells):
    printed = cells({"0-9": 94.3, "10-249": 5.5, "GE250": 0.2}, measure="enterprises_share",
                    unit="PC", half=0.05)  # fmt: skip
    row = size_share(printed, "250+", "enterprises").iloc[0]
    assert row["measure"] == "enterprises_share"
    # 100 less the two others says nothing sharper than its own half digit.
    assert [row["lower"], row["value"], row["upper"]] == pytest.approx([0.15, 0.2, 0.25])


def one(low, high):
    return np.array([float(low)]), np.array([float(high)])


@pytest.mark.parametrize(
    ("part", "rest", "total", "ends"),
    [
        ((3, 3), (1, 1), (4, 4), (0.75, 0.75)),
        ((0, np.inf), (1, 1), (4, 4), (0.75, 0.75)),
        ((2, 4), (0, np.inf), (8, 8), (0.25, 0.5)),
        ((2, 4), (4, 4), (0, np.inf), (2 / 6, 4 / 8)),
        ((0, np.inf), (0, np.inf), (4, 4), (0, 1)),
        ((0, np.inf), (0, np.inf), (0, np.inf), (0, 1)),
        ((9, 11), (89, 91), (99, 101), (9 / 100, 11 / 100)),
        # Published classes that exceed their total: the plain quotient, never spread.
        ((6, 6), (6, 6), (10, 10), (0.6, 0.6)),
    ],
)
def test_share_of_intervals(part, rest, total, ends):
    lower, upper = share(one(*part), one(*rest), one(*total))
    assert (float(lower[0]), float(upper[0])) == pytest.approx(ends)


def test_a_quotient_whose_denominator_may_be_zero_has_no_end():
    lower, upper = divide(one(1, 2), one(0, 4))
    assert (lower[0], upper[0]) == (0.25, np.inf)
