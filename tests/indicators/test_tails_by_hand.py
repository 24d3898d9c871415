"""Lorenz points, Gini bounds and Pareto tails against slow computations of their definitions."""

import numpy as np
import pytest
from expected import refusal, same
from scipy.optimize import brentq, minimize_scalar

from sme_stats.frame import concat
from sme_stats.indicators.distribution import gini, lorenz
from sme_stats.indicators.tails import pareto_tail

nan, inf = np.nan, np.inf


def counts(cells, firms, persons, names=("enterprises", "persons_employed"), **more):
    return concat([
        cells(firms, measure=names[0], indic="ENT_NR", **more),
        cells(persons, measure=names[1], **more),
    ])  # fmt: skip


SIZES = ("0-9", "10-249", "GE250")


def three(cells, firms, persons, **more):
    return counts(cells, *(dict(zip(SIZES, t, strict=True)) for t in (firms, persons)), **more)


# -- Lorenz


def test_lorenz_keeps_every_column(cells):
    frame = concat([
        three(cells, [(90, "p"), 9, 1], [(270, "e"), 360, 370]),
        three(cells, [10, 0, 0], [20, 0, 0], geo="AT"),
        three(cells, [0, 0, 0], [0, 0, 0], geo="BE"),
        counts(cells, {"0-9": 1}, {"0-9": 2}, geo="FR"),
        three(cells, [1, 1, 1], [1, 11, 300], geo="CZ").iloc[:4],
        three(cells, [0, 0, 0], [5, 0, 0], geo="LU"),
    ])  # fmt: skip
    firms, persons = [0, 90, 99, 100, 0, 100, 100, 100], [0, 27, 63, 100, 0, 100, 100, 100]
    out = lorenz(frame)
    for column in ("enterprises_share", "enterprises_lower", "enterprises_upper"):
        assert out.pop(column).tolist() == pytest.approx(firms), column
    same(out, measure="lorenz", unit="PC", indic=None, geo=["DE"] * 4 + ["AT"] * 4,
         size=["0", *SIZES] * 2, exact=persons, flag=["ep"] * 4 + [""] * 4)  # fmt: skip


ROUNDED = ({"0-9": 90, "GE10": 10}, {"0-9": 200, "GE10": 200})


def test_lorenz_points_of_rounded_figures(cells):
    out = lorenz(counts(cells, *ROUNDED, half=1))
    # A share is least where the part is least and the rest is greatest.
    assert out["enterprises_share"].tolist() == pytest.approx([0, 90, 100])
    assert out["enterprises_lower"].tolist() == pytest.approx([0, 89, 100])
    assert out["enterprises_upper"].tolist() == pytest.approx([0, 91, 100])
    assert out["value"].tolist() == pytest.approx([0, 50, 100])
    assert out["lower"].tolist() == pytest.approx([0, 49.75, 100])
    assert out["upper"].tolist() == pytest.approx([0, 50.25, 100])
    one = three(cells, [1, 0, 0], [1, 0, 0]).assign(source=["a"] * 3 + ["b"] * 3)
    assert lorenz(one)[["source", "value"]].values.tolist() == [
        ["a", 0], ["a", 100], ["a", 100], ["a", 100],
    ]  # fmt: skip
    exact = lorenz(three(cells, [7, 11, 13], [1.1, 2.2, 3.3]))
    assert (exact["lower"] == exact["value"]).all() and (exact["upper"] == exact["value"]).all()


# -- Gini


def gini_of(groups):
    """Gini of (number, size) pairs: one less twice the area under the Lorenz curve."""
    groups = sorted(groups, key=lambda pair: pair[1])
    firms, persons = sum(n for n, _ in groups), sum(n * s for n, s in groups)
    area = below = 0.0
    for n, s in groups:
        area += n / firms * (2 * below + n * s / persons)
        below += n * s / persons
    return 1 - area


def split(n, persons, low, high):
    """Enterprises of a class at its two limits, as many as keep their sum."""
    if high == low:
        return [(n, low)]
    above = (persons - n * low) / (high - low)
    return [(n - above, low), (above, high)]


@pytest.mark.parametrize(
    ("firms", "persons"),
    [([90, 9, 1], [270, 360, 370]), ([50, 30, 5], [400, 4000, 2000]), ([1, 1, 1], [0, 249, 250])],
)
def test_gini_is_between_equal_and_most_unequal_enterprises(cells, firms, persons):
    out = gini(three(cells, firms, persons))
    equal = [(n, p / n) for n, p in zip(firms, persons, strict=True)]
    many = 1e12
    spread = [*split(firms[0], persons[0], 0, 9), *split(firms[1], persons[1], 10, 249),
              *split(firms[2], persons[2], 250, many)]  # fmt: skip
    same(out, measure="gini", unit="RATIO", size=None, indic=None, value=nan,
         lower=gini_of(equal), upper=out["upper"].tolist())  # fmt: skip
    assert out["upper"].iloc[0] == pytest.approx(gini_of(spread), abs=1e-6)


def test_gini_of_employees_with_a_class_of_none(cells):
    names = ("active_enterprises", "employees")
    tables = ({"0": (60, "p"), "1-4": 30, "5-9": 6, "GE10": 4},
              {"0": 0, "1-4": (60, "e"), "5-9": 42, "GE10": 80})  # fmt: skip
    frame = concat([counts(cells, *tables, names), counts(cells, *ROUNDED)])
    frame = frame[frame["measure"].isin(names)]
    equal = [(60, 0), (30, 2), (6, 7), (4, 20)]
    spread = [(60, 0), *split(30, 60, 1, 4), *split(6, 42, 5, 9), *split(4, 80, 10, 1e12)]
    out = gini(frame)
    assert out["lower"].tolist() == pytest.approx([gini_of(equal)])
    assert out["upper"].tolist() == pytest.approx([gini_of(spread)], abs=1e-6)
    assert out["flag"].tolist() == ["ep"]


def test_gini_of_rounded_figures(cells):
    row = gini(counts(cells, *ROUNDED, half=1)).iloc[0]
    least = 1 - (0.89 * 0.5025 + 0.11 * (1 + 0.5025))
    between = 1 - (0.91 * 0.4975 + 0.09 * (1 + 0.4975))
    mean = 398 / 102
    small = 0.91**2 * (201 / 89) * (9 - 201 / 89) / 9 / mean
    large = 0.11**2 * (201 / 9 - 10) / mean
    assert (row["lower"], row["upper"]) == pytest.approx((least, between + small + large))
    # Eight each of nine at most: the least mean allows most.
    full = gini(counts(cells, {"0-9": 90, "GE10": 10}, {"0-9": 720, "GE10": 200}, half=1)).iloc[0]
    first = 719 / (719 + 201)
    between = 1 - (0.91 * first + 0.09 * (1 + first))
    mean, least = 918 / 102, 719 / 91
    small = 0.91**2 * least * (9 - least) / 9 / mean
    assert full["upper"] == pytest.approx(between + small + 0.11**2 * (201 / 9 - 10) / mean)
    wide = gini(counts(cells, *ROUNDED, half=9.5)).iloc[0]
    assert 0 < wide["lower"] < least and wide["upper"] == 1
    alike = counts(cells, {"0-9": 50, "GE10": 50}, {"0-9": 450, "GE10": 500}, half=5)
    assert gini(alike)["lower"].tolist() == [0]
    # A mean of 4.5 allows most, and 40 / 11 to 50 / 9 holds it.
    middle = counts(cells, {"0-9": 10, "GE10": 90}, {"0-9": 45, "GE10": 4000}).assign(
        lower=[9, 90, 40, 4000], upper=[11, 90, 50, 4000]
    )
    within = (11 / 101) ** 2 * 4.5 / 2 + (90 / 99) ** 2 * (4000 / 90 - 10)
    alone = gini(middle)
    between = 1 - (11 / 101 * 40 / 4040 + 90 / 101 * (1 + 40 / 4040))
    assert alone["upper"].tolist() == pytest.approx([between + within / (4040 / 101)])
    both = gini(concat([middle, counts(cells, *ROUNDED, half=1, geo="AT")]))
    assert both["upper"].tolist() == [alone["upper"].iloc[0], row["upper"]]
    assert both["lower"].tolist() == [alone["lower"].iloc[0], row["lower"]]
    perhaps = middle.assign(lower=[0, 0, 40, 4000])
    assert refusal(gini, perhaps).startswith("NotAvailableError: no group has an enterprise")
    none = counts(cells, {"0-9": 9, "GE10": 1}, {"0-9": 9, "GE10": 10}, half=1)
    assert gini(none)["upper"].tolist() == [1]


def test_distributions_that_are_refused(cells):
    frame = three(cells, [90, 9, 1], [270, 360, 370])
    hidden = three(cells, [90, 9, 1], [270, None, None], geo="AT")
    for indicator in (lorenz, gini):
        assert refusal(indicator, concat([frame, hidden])) == (
            "WithheldError: a class of dataset=synthetic vintage=2026-01-01 "
            "measure=persons_employed nace=C geo=AT year=2023 is withheld; a distribution over the "
            "visible classes would be another one, so leave this group out"
        )
        assert refusal(indicator, frame.iloc[:3]) == (
            "UnknownNameError: unknown measure in the frame: 'persons_employed'; valid: enterprises"
        )
        assert refusal(indicator, frame.iloc[3:]) == (
            "UnknownNameError: unknown measure in the frame: 'enterprises'; valid: persons_employed"
        )
        other = {"0-9": 270, "GE10": 730}
        classes = counts(cells, dict(zip(SIZES, [90, 9, 1], strict=True)), other)
        apart = concat([frame.iloc[:3], frame.iloc[3:].assign(geo="FR")])
        for part in (classes, apart):
            assert refusal(indicator, part) == (
                "NotAvailableError: no group has enterprises and persons_employed by the same "
                "classes"
            )
        assert refusal(indicator, frame.drop(index=[5])).startswith("NotAvailableError: no group")
        for firms, persons in (([0, 0, 0], [0, 0, 0]), ([1, 0, 0], [0, 0, 0])):
            assert refusal(indicator, three(cells, firms, persons)) == (
                "NotAvailableError: no group has an enterprise with persons_employed: there is no "
                "spread"
            )
        assert refusal(indicator, concat([frame.iloc[[0, 1]], frame.iloc[3:5]])) == (
            "NotAvailableError: a class is missing: nothing adds up from 0 persons employed on; "
            "the frame has 0-9, 10-249"
        )
        for column in ("measure", "size", "geo", "year", "value", "conf"):
            assert refusal(indicator, frame.drop(columns=column)).startswith(
                f"UnknownNameError: unknown column: '{column}'"
            )


# -- tails

CLASSES = {"0-9": 5, "10-19": 600, "20-49": (300, "p"), "50-249": 80, "GE250": (20, "e"),
           "TOTAL": 1005}  # fmt: skip
FIRMS = {"measure": "enterprises", "indic": "ENT_NR"}


def likelihood(index, numbers, starts):
    """Log likelihood of grouped counts of a Pareto tail."""
    above = np.append((np.array(starts) / starts[0]) ** -index, 0)
    return float(np.array(numbers) @ np.log(above[:-1] - above[1:]))


def fitted(numbers, starts):
    def lacks(index):
        return -likelihood(index, numbers, starts)

    best = minimize_scalar(lacks, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-12})
    wanted = best.fun + 3.841458820694124 / 2  # chi-squared with one degree of freedom
    ends = [brentq(lambda a: lacks(a) - wanted, *sorted((best.x, end))) for end in (0.01, 30)]
    return best.x, *ends


def test_a_tail_keeps_every_column(cells):
    index, low, high = fitted([600, 300, 80, 20], [10, 20, 50, 250])
    frame = concat([cells(CLASSES, **FIRMS), cells(CLASSES, indic="EMP_NR"),
                    cells({"10-19": 1}, geo="FR", **FIRMS)])  # fmt: skip
    out = pareto_tail(frame)
    assert out["value"].iloc[0] == pytest.approx(index, rel=1e-6)
    assert out["lower"].iloc[0] == pytest.approx(low, rel=1e-6)
    assert out["upper"].iloc[0] == pytest.approx(high, rel=1e-6)
    ends = {c: out[c].tolist() for c in ("value", "lower", "upper")}
    same(out, measure="pareto_tail", unit="RATIO", indic="ENT_NR", size=None, flag="ep", **ends)
    later = pareto_tail(frame, start=20).iloc[0]
    assert (later["value"], later["lower"], later["upper"]) == pytest.approx(
        fitted([300, 80, 20], [20, 50, 250]), rel=1e-6
    )


def test_a_tail_of_two_classes_in_closed_form(cells):
    out = pareto_tail(cells({"1-9": 75, "GE10": 25}, **FIRMS), start=1).iloc[0]
    # A quarter lies above ten times the start.
    assert out["value"] == pytest.approx(np.log(4) / np.log(10))
    rounded = pareto_tail(cells({"1-9": 75, "GE10": 25}, half=5, **FIRMS), start=1).iloc[0]
    assert rounded["value"] == pytest.approx(np.log(4) / np.log(10))
    assert rounded["lower"] == pytest.approx(fitted([70, 30], [1, 10])[1], rel=1e-6)
    assert rounded["upper"] == pytest.approx(fitted([80, 20], [1, 10])[2], rel=1e-6)


def test_tails_without_shape(cells):
    frame = concat([
        cells({"10-49": 0, "GE50": 0}, geo="AT", **FIRMS),
        cells({"10-49": 8, "GE50": 0}, geo="BE", **FIRMS),
        cells({"10-49": 0, "GE50": 8}, geo="CZ", **FIRMS),
        cells({"10-49": 0.5, "GE50": 0.5}, geo="DE", **FIRMS),
    ])  # fmt: skip
    out = pareto_tail(frame)
    assert out["value"].iloc[:2].isna().all() and np.isnan(out["lower"].iloc[0])
    assert np.isnan(out["upper"].iloc[0]) and out["upper"].iloc[1] == inf
    # All in the first class: the likelihood n log(1 - 5 ** -a) falls by 1.92 at this index.
    fallen = -np.log(1 - np.exp(-3.841458820694124 / 16)) / np.log(5)
    assert out["lower"].iloc[1] == pytest.approx(fallen, rel=1e-6)
    # All in the open class: the flatter the likelier, down to nothing.
    assert out["value"].iloc[2] == pytest.approx(0, abs=1e-6)
    assert out["upper"].iloc[2] == pytest.approx(3.841458820694124 / 16 / np.log(5), rel=1e-6)
    assert out["value"].iloc[3] == pytest.approx(np.log(2) / np.log(5))


def test_tails_that_are_refused(cells):
    frame = cells(CLASSES, **FIRMS)
    for start in (0, -1):
        assert refusal(pareto_tail, frame, start) == (
            f"UsageError: start = {start}: a Pareto tail begins above zero"
        )
    assert refusal(pareto_tail, frame, 15) == (
        "UnknownNameError: unknown start of a class: '15'; nearest: 0, 10, 20, 250, 50"
    )
    assert refusal(pareto_tail, frame, 250) == (
        "NotAvailableError: only the class GE250 lies from 250 persons on: one class has no shape, "
        "so begin lower, or take a table with more classes"
    )
    assert refusal(pareto_tail, frame[frame["size"] != "50-249"]) == (
        "NotAvailableError: a class is missing: nothing adds up from 10 persons employed on; the "
        "frame has 0-9, 10-19, 20-49, GE250, TOTAL"
    )
    two = concat([cells({"10-49": 5}, **FIRMS), cells({"GE50": 5}, geo="FR", **FIRMS)])
    assert refusal(pareto_tail, two) == (
        "NotAvailableError: no group has every class; a distribution needs all of them"
    )
    hidden = concat([frame, cells(CLASSES | {"10-19": None}, geo="AT", **FIRMS)])
    assert refusal(pareto_tail, hidden) == (
        "WithheldError: a class of dataset=synthetic vintage=2026-01-01 measure=enterprises nace=C "
        "geo=AT year=2023 is withheld; a distribution over the visible classes would be another "
        "one, so leave this group out"
    )
    assert pareto_tail(hidden, 20)["geo"].tolist() == ["DE", "AT"]
    finest = cells(CLASSES | {"GE10": 1000, "10-49": 900}, **FIRMS)
    assert pareto_tail(finest)["value"].tolist() == pareto_tail(frame)["value"].tolist()
    assert pareto_tail(frame.assign(measure="active_enterprises"))["flag"].tolist() == ["ep"]
