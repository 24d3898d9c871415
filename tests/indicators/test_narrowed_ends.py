"""Ends that linear programs narrow: which are taken, which are kept, and what is said of them."""

import numpy as np
import pytest

from sme_stats.frame import concat
from sme_stats.indicators import bounded
from sme_stats.indicators.bounded import bound_cells, narrow, worst
from sme_stats.indicators.shares import size_level, size_share
from sme_stats.uncertainty.fractions import Narrower
from sme_stats.uncertainty.sums import Sums


def sums(rows, count=4):
    rows = np.array(rows)
    return Sums(rows, rows, np.ones(len(rows)), count)


@pytest.fixture
def solved(monkeypatch):
    """Programs that answer with twice these ends; what they were asked."""
    asked = []
    said = np.array(["sharp", "sharp", "contradicted", "sharp"], dtype=object)
    found = np.array([0.5, 2.5, 1.0, 0.1]), np.array([1.0, 3.0, 1.5, 0.25]), said

    def sharpen(*arguments):
        asked.append(arguments)
        return Narrower(*found)

    monkeypatch.setattr(bounded, "sharpen", sharpen)
    return asked


#: The third misses 3 by a hair, the second by far.
ENDS = np.array([0.0, 0.0, 3 + 1e-10, 0.0]), np.array([10.0, 4.0, 4.0, 1.0])


def test_ends_are_narrowed_unless_they_miss_each_other(solved):
    lower, upper, said = narrow("system", ENDS, sums([0, 1, 2]), None, 2.0, True, True)
    assert lower.tolist() == [1, 0, 3, 0] and upper.tolist() == [2, 4, 3, 1]
    assert said.tolist() == ["sharp", "sure", "contradicted", "sure"]
    assert solved[0][0] == "system" and solved[0][2:] == (None, True, True)


def test_a_denominator_must_be_made_of_cells_too(solved):
    lower, upper, said = narrow("system", ENDS, sums([0, 1, 2, 3]), sums([1, 2]), 2.0)
    assert lower.tolist() == [0, 0, 3, 0] and upper.tolist() == [10, 4, 3, 1]
    assert said.tolist() == ["sure", "sure", "contradicted", "sure"]
    assert solved[0][3:] == (None, False)
    plain, _, _ = narrow("system", ENDS, sums([0, 3]), None)
    assert plain.tolist() == [0.5, 0, 3 + 1e-10, 0.1]


def test_what_is_said_of_a_result_is_the_worst_of_its_parts():
    one = np.array(["sharp", "", "sure", "contradicted", "sharp"])
    other = np.array(["sure", "", "sharp", "", ""])
    assert worst(one, other).tolist() == ["sure", "", "sure", "contradicted", "sharp"]


def hidden(cells, **more):
    return cells({"0-9": 50, "10-249": None, "GE250": None, "TOTAL": 100}, **more)


def test_only_what_rests_on_withheld_cells_has_its_ends_judged(cells):
    frame = concat([hidden(cells), cells({"0-9": 40, "10-249": 5, "GE250": 5, "TOTAL": 50},
                                         geo="FR")])  # fmt: skip
    out = size_share(frame, "SME")
    assert out[["geo", "ends", "lower", "upper"]].values.tolist() == [
        ["DE", "sharp", 50, 100], ["FR", "", 90, 90],
    ]  # fmt: skip
    level = size_level(frame, "large")
    assert level[["geo", "ends", "lower", "upper"]].values.tolist() == [
        ["DE", "sharp", 0, 50], ["FR", "", 5, 5],
    ]  # fmt: skip


def test_rules_are_built_only_where_something_is_withheld(cells):
    frame = concat([hidden(cells), hidden(cells, measure="turnover", unit="MEUR")])
    known = bound_cells(frame, ["turnover"])
    assert known.rows.tolist() == [4, 5, 6, 7] and known.always is None
    assert known.cells["upper"].tolist() == [50, 50, 50, 100] and known.room is not None
    exact = frame[frame["conf"].astype(str) == ""]
    plain = bound_cells(exact, ["persons_employed", "turnover"], False)
    assert plain.room is None and plain.cells is exact and plain.always is False
    assert plain.rows.tolist() == [0, 1, 2, 3]
