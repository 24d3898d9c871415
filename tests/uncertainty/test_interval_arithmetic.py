"""Quotients and shares of intervals: every case of sign, zero and infinity by hand."""

import numpy as np
import pytest

from sme_stats.uncertainty.intervals import divide, keep_inside, share

INF, NAN = np.inf, np.nan

#: Numerator, denominator, quotient.
QUOTIENTS = [
    ((1, 2), (4, 5), (0.2, 0.5)), ((-2, -1), (4, 5), (-0.5, -0.2)), ((-1, 2), (4, 5), (-0.25, 0.5)),
    ((1, 2), (-5, -4), (-0.5, -0.2)), ((-2, -1), (-5, -4), (0.2, 0.5)),
    ((-1, 2), (-5, -4), (-0.5, 0.25)), ((1, 2), (0.25, 0.5), (2, 8)),
    # A denominator that may be zero: infinite on that side only.
    ((1, 2), (0, 4), (0.25, INF)), ((-2, -1), (0, 4), (-INF, -0.25)),
    ((-2, 1), (0, 4), (-INF, INF)),
    ((1, 2), (-4, 0), (-INF, -0.25)), ((-2, -1), (-4, 0), (0.25, INF)),
    ((0, 2), (0, 4), (0, INF)), ((-2, 0), (0, 4), (-INF, 0)), ((0, 0), (0, 4), (0, 0)),
    ((0, 0), (4, 5), (0, 0)), ((-2, 0), (4, 5), (-0.5, 0)), ((0, 2), (4, 5), (0, 0.5)),
    ((0.5, 0.5), (0.5, 1), (0.5, 1)),
    # A denominator of either sign says nothing.
    ((1, 2), (-1, 1), (-INF, INF)), ((1, 2), (-1, 0.5), (-INF, INF)),
    ((0, 0), (-1, 1), (-INF, INF)),
    # Zero itself: there is no quotient.
    ((1, 2), (0, 0), (NAN, NAN)), ((0, 0), (0, 0), (NAN, NAN)),
    # Infinite ends stand for values as large as one likes.
    ((1, INF), (2, 4), (0.25, INF)), ((1, 2), (4, INF), (0, 0.5)), ((-2, -1), (4, INF), (-0.5, 0)),
    ((1, INF), (2, INF), (0, INF)), ((-INF, 1), (2, INF), (-INF, 0.5)),
    ((INF, INF), (1, INF), (0, INF)),
    ((-INF, 1), (INF, INF), (-INF, 0)), ((1, INF), (INF, INF), (0, INF)),
    ((-INF, -INF), (1, INF), (-INF, 0)), ((1, 2), (-INF, -4), (-0.5, 0)),
    # What is not known leaves nothing known.
    ((NAN, 2), (4, 5), (NAN, NAN)), ((1, NAN), (4, 5), (NAN, NAN)), ((1, 2), (NAN, 5), (NAN, NAN)),
    ((1, 2), (4, NAN), (NAN, NAN)),
]  # fmt: skip


def column(*numbers):
    return np.array(numbers, dtype=float)


@pytest.mark.parametrize(("above", "below", "quotient"), QUOTIENTS)
def test_quotient(above, below, quotient):
    lower, upper = divide(
        (column(above[0]), column(above[1])), (column(below[0]), column(below[1]))
    )
    assert (lower[0], upper[0]) == pytest.approx(quotient, rel=1e-12, abs=0, nan_ok=True)


def test_quotients_of_a_column_are_those_of_its_rows():
    above, below, found = (np.array([q[i] for q in QUOTIENTS], dtype=float).T for i in range(3))
    lower, upper = divide(tuple(above), tuple(below))
    np.testing.assert_allclose(lower, found[0], rtol=1e-12)
    np.testing.assert_allclose(upper, found[1], rtol=1e-12)


def test_whole_numbers_are_divided_as_numbers():
    lower, upper = divide((np.array([1]), np.array([2])), (np.array([4]), np.array([4])))
    assert (lower.tolist(), upper.tolist()) == ([0.25], [0.5])
    assert lower.dtype == upper.dtype == float


def test_a_value_is_moved_to_the_nearer_end():
    value = column(10, 20, 13, 12, 15, NAN, 5)
    lower, upper = column(12, 12, 12, 12, 12, 12, NAN), column(15, 15, 15, 15, 15, 15, NAN)
    assert keep_inside(value, lower, upper).tolist()[:5] == [12, 15, 13, 12, 15]
    assert (
        np.isnan(keep_inside(value, lower, upper)[5]) and keep_inside(value, lower, upper)[6] == 5
    )


#: Part, rest, total, share: by the corners of the box that the total cuts.
SHARES = [
    ((30, 30), (70, 70), (100, 100), (0.3, 0.3)), ((30, 40), (60, 70), (100, 100), (0.3, 0.4)),
    # The total is less sure than its parts: the extremes pair the part with the rest against it.
    ((30, 40), (60, 70), (0, INF), (0.3, 0.4)), ((30, 40), (60, 60), (80, 120), (1 / 3, 0.4)),
    # The rest is open, the total is not; and the other way round.
    ((30, 40), (0, INF), (100, 100), (0.3, 0.4)), ((0, INF), (60, 70), (100, 100), (0.3, 0.4)),
    ((0, INF), (0, INF), (100, 100), (0, 1)), ((30, 40), (0, INF), (0, INF), (0, 1)),
    ((0, INF), (60, 70), (0, INF), (0, 1)), ((0, 0), (60, 70), (0, INF), (0, 0)),
    ((5, 5), (0, 0), (0, INF), (1, 1)), ((0, 0), (0, 0), (0, 0), (0, 1)),
    # A total that is narrower than the sum of its parts cuts the box.
    ((10, 60), (10, 60), (90, 90), (1 / 3, 2 / 3)), ((10, 60), (10, 60), (90, 100), (1 / 3, 2 / 3)),
    ((10, 20), (10, 20), (0, 25), (0.4, 0.6)), ((0, 50), (40, 50), (60, 70), (10 / 60, 30 / 70)),
    # Contradictions: the quotient of part and total as published, never outside 0 to 1.
    ((30, 30), (90, 90), (100, 100), (0.3, 0.3)), ((30, 40), (10, 20), (100, 200), (0.15, 0.4)),
    ((150, 160), (0, 0), (100, 100), (1, 1)), ((30, 40), (90, 95), (100, 110), (30 / 110, 0.4)),
]  # fmt: skip


@pytest.mark.parametrize(("part", "rest", "total", "ends"), SHARES)
def test_share_by_hand(part, rest, total, ends):
    lower, upper = share(*((column(low), column(high)) for low, high in (part, rest, total)))
    assert (lower[0], upper[0]) == pytest.approx(ends, rel=1e-9, abs=1e-12)


def test_a_share_of_what_is_not_known_is_anything():
    unknown = column(NAN)
    lower, upper = share((unknown, unknown), (column(1), column(2)), (unknown, unknown))
    assert (lower.tolist(), upper.tolist()) == ([0.0], [1.0])


def test_a_part_that_is_not_there_is_what_the_rest_leaves():
    unknown, whole = (column(NAN), column(NAN)), (column(100), column(100))
    assert [end[0] for end in share(unknown, (column(60), column(70)), whole)] == [0.3, 0.4]
    assert [end[0] for end in share((column(30), column(40)), unknown, whole)] == [0.3, 0.4]
    # A rest above the total leaves less than nothing; a share is not below zero.
    assert [end[0] for end in share(unknown, (column(130), column(130)), whole)] == [0, 0]


@pytest.mark.parametrize(("gap", "upper"), [(0.5e-7, 0.4), (2e-7, 0.625)])
def test_floats_may_miss_a_total_and_cells_may_not(gap, upper):
    ends = share(
        (column(40), column(50)), (column(60 + gap), column(70)), (column(80), column(100))
    )
    assert [end[0] for end in ends] == pytest.approx([0.4, upper], abs=1e-8)


@pytest.mark.parametrize(("gap", "lower"), [(0.5e-9, 0.4), (1.5e-9, 0.0)])
def test_floats_may_miss_an_open_total_and_cells_may_not(gap, lower):
    ends = share(
        (column(30), column(40)), (column(50), column(60 - gap)), (column(100), column(INF))
    )
    assert [end[0] for end in ends] == pytest.approx([lower, 0.4], abs=1e-8)
