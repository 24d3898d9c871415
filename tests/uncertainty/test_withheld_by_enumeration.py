"""Bounds against every table that the published cells allow, and against plain linear programs."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from sme_stats.frame import concat
from sme_stats.indicators.shares import size_level, size_share
from sme_stats.uncertainty.contradictions import contradictions
from sme_stats.uncertainty.fractions import bound_ratio
from sme_stats.uncertainty.withheld import bounds

pytestmark = pytest.mark.exhaustive

CODES = ("0-1", "2-3", "4-5", "GE6")
LOWER, UPPER = (0, 2, 4, 6), (1, 3, 5, None)
#: Ranges and the classes in them.
RANGES = {"0-1": (0,), "0-3": (0, 1), "2-5": (1, 2), "0-5": (0, 1, 2), "GE4": (2, 3)}


def visible(numbers, hidden):
    return [None if h else int(n) for n, h in zip(numbers, hidden, strict=True)]


def tables(published, total, low, high):
    """Every list of whole numbers that agrees with what is published, limits and total."""
    choices = [
        [cell] if cell is not None else range(lo, min(hi, total) + 1)
        for cell, lo, hi in zip(published, low, high, strict=True)
    ]
    return [t for t in product(*choices) if sum(t) == total]


def ends_of(found, chosen, total):
    parts = [100 * sum(t[i] for i in chosen) / total for t in found]
    return min(parts), max(parts)


def by_group(frame):
    """Rows of a result by their activity: each random table is an activity of its own."""
    return {row["nace"]: row for _, row in frame.iterrows()}


def test_without_limits_the_interval_is_that_of_all_tables(cells):
    """Turnover has no class limits: only the sum binds."""
    random = np.random.default_rng(7)
    frames, found, totals = [], {}, {}
    for name in (f"table {n}" for n in range(150)):
        numbers = random.integers(0, 4, 4)
        numbers[0] += not numbers.any()
        published, total = visible(numbers, random.random(4) < 0.6), int(numbers.sum())
        content = dict(zip(CODES, published, strict=True)) | {"TOTAL": total}
        frames.append(cells(content, measure="turnover", nace=name))
        found[name], totals[name] = tables(published, total, [0] * 4, [total] * 4), total
    frame = concat(frames)
    for size, chosen in RANGES.items():
        shares, levels = by_group(size_share(frame, size)), by_group(size_level(frame, size))
        assert set(shares) == set(levels) == set(found)
        for name, total in totals.items():
            least, most = ends_of(found[name], chosen, total)
            row, level = shares[name], levels[name]
            assert (row["lower"], row["upper"]) == pytest.approx((least, most))
            # A value stands only where every table agrees on it.
            assert np.isnan(row["value"]) == (least < most)
            assert (row["conf"] == "C") == (least < most)
            ends = (least * total / 100, most * total / 100)
            assert (level["lower"], level["upper"]) == pytest.approx(ends)


def firms_and_persons(random):
    firms = random.integers(0, 3, 4)
    firms[0] += not firms.any()
    persons = [
        int(f * lo + (random.integers(0, f * (hi - lo) + 1) if hi is not None else
                      (f > 0) * random.integers(0, 4)))
        for f, lo, hi in zip(firms, LOWER, UPPER, strict=True)
    ]  # fmt: skip
    persons[0] += sum(persons) == 0
    return firms, persons


def both_measures(cells, name, firms, all_firms, persons, total):
    sizes = (*CODES, "TOTAL")
    return [
        cells(dict(zip(sizes, [*firms, int(all_firms)], strict=True)), nace=name,
              measure="enterprises", indic="ENT_NR"),
        cells(dict(zip(sizes, [*persons, total], strict=True)), nace=name),
    ]  # fmt: skip


def limits_of(firms, total):
    """The open class has no limit above, but nobody works where there is no enterprise."""
    low = [int(f * lo) for f, lo in zip(firms, LOWER, strict=True)]
    high = [int(f * (hi if hi is not None else total)) for f, hi in zip(firms, UPPER, strict=True)]
    return low, high


def test_with_published_enterprises_the_interval_is_that_of_all_tables(cells):
    """An enterprise of class 2-3 has 2 or 3 persons: whole numbers reach both ends."""
    random = np.random.default_rng(8)
    frames, found, totals = [], {}, {}
    for name in (f"table {n}" for n in range(150)):
        firms, persons = firms_and_persons(random)
        total, published = sum(persons), visible(persons, random.random(4) < 0.7)
        frames += both_measures(cells, name, map(int, firms), firms.sum(), published, total)
        found[name] = tables(published, total, *limits_of(firms, total))
        totals[name] = total
        assert tuple(persons) in found[name]
    frame = concat(frames)
    for size, chosen in RANGES.items():
        shares = by_group(size_share(frame, size, "persons_employed"))
        for name, total in totals.items():
            ends = ends_of(found[name], chosen, total)
            assert (shares[name]["lower"], shares[name]["upper"]) == pytest.approx(ends), name


def tables_of_both(seen_firms, all_firms, seen, total):
    """Every table of persons: enterprises first, then persons within their limits."""
    found = []
    for counts in tables(seen_firms, int(all_firms), [0] * 4, [int(all_firms)] * 4):
        low, high = limits_of(counts, total)
        inside = [n is None or lo <= n <= hi for n, lo, hi in zip(seen, low, high, strict=True)]
        found += tables(seen, total, low, high) if all(inside) else []
    return found


def test_with_withheld_enterprises_the_interval_holds_every_table(cells):
    """Both measures withheld: never narrower than the tables; the fraction program is sharp."""
    random = np.random.default_rng(9)
    cases = {}
    for name in (f"table {n}" for n in range(40)):
        firms, persons = firms_and_persons(random)
        cases[name] = (
            visible(firms, random.random(4) < 0.5), firms.sum(),
            visible(persons, random.random(4) < 0.7), sum(persons), persons,
        )  # fmt: skip
    frame = concat(
        [f for name, case in cases.items() for f in both_measures(cells, name, *case[:4])]
    )
    shares = {size: by_group(size_share(frame, size, "persons_employed")) for size in RANGES}
    for number, (name, case) in enumerate(cases.items()):
        *published, persons = case
        found, total = tables_of_both(*published), published[-1]
        assert tuple(persons) in found
        size, chosen = list(RANGES.items())[number % len(RANGES)]
        for each, classes in RANGES.items():
            least, most = ends_of(found, classes, total)
            assert shares[each][name]["lower"] <= least + 1e-9
            assert most <= shares[each][name]["upper"] + 1e-9
        own = frame[frame["nace"] == name]
        persons_rows = (own["measure"] == "persons_employed").to_numpy()
        part = persons_rows & own["size"].isin([CODES[i] for i in chosen]).to_numpy()
        whole = persons_rows & (own["size"] == "TOTAL").to_numpy()
        sharp = [100 * end for end in bound_ratio(own, part, whole)]
        assert sharp == pytest.approx(real_ends(*published, chosen))
        assert shares[size][name]["lower"] <= sharp[0] + 1e-9
        assert sharp[1] <= shares[size][name]["upper"] + 1e-9


def real_ends(seen_firms, all_firms, seen, total, chosen):
    """Least and most share over real numbers, written down as one dense linear program."""
    bounds_ = [(v, v) if v is not None else (0, None) for v in [*seen_firms, *seen]]
    rows, ends = [], []
    for i, (lo, hi) in enumerate(zip(LOWER, UPPER, strict=True)):
        at_least = np.zeros(8)
        at_least[i], at_least[4 + i] = lo, -1
        rows.append(at_least)
        if hi is not None:
            at_most = np.zeros(8)
            at_most[i], at_most[4 + i] = -hi, 1
            rows.append(at_most)
        elif seen_firms[i] == 0:
            bounds_[4 + i] = (0, 0)
    ends = np.zeros(len(rows))
    equal = np.array([[1] * 4 + [0] * 4, [0] * 4 + [1] * 4])
    cost = np.array([0.0] * 4 + [100 / total if i in chosen else 0.0 for i in range(4)])
    found = [
        linprog(sign * cost, A_ub=rows, b_ub=ends, A_eq=equal, b_eq=[all_firms, total],
                bounds=bounds_).fun for sign in (1, -1)
    ]  # fmt: skip
    return [found[0], -found[1]]


SECTIONS = ("B", "C", "D", "E")
CLASSES = ("0-9", "10-249", "GE250")
LIMITS = {"0-9": (0, 9), "10-249": (10, 249), "GE250": (250, None)}


def two_way_table(cells, random):
    """Sections by classes, both measures, sums along both ways, some cells withheld."""
    firms = random.integers(0, 6, (4, 3))
    persons = np.zeros((4, 3), dtype=int)
    for column, (low, high) in enumerate(LIMITS.values()):
        most = high if high is not None else 400
        persons[:, column] = [random.integers(f * low, f * most + 1) for f in firms[:, column]]
    hidden = random.random((5, 4)) < 0.45
    parts = []
    for measure, indic, matrix, hide in (
        ("enterprises", "ENT_NR", firms, np.zeros((5, 4), bool)),
        ("persons_employed", "EMP_NR", persons, hidden),
    ):
        full = np.vstack([matrix, matrix.sum(axis=0)])
        full = np.hstack([full, full.sum(axis=1, keepdims=True)])
        for n, nace in enumerate((*SECTIONS, "B-E")):
            row = dict(zip((*CLASSES, "TOTAL"), visible(full[n], hide[n]), strict=True))
            parts.append(cells(row, measure=measure, indic=indic, nace=nace))
    return concat(parts), firms, persons


def dense_ends(frame, firms):
    """Bounds of every withheld cell of persons by one plain linear program for each end."""
    names = [(n, c) for n in (*SECTIONS, "B-E") for c in (*CLASSES, "TOTAL")]
    place = {name: i for i, name in enumerate(names)}
    persons = frame[frame["measure"] == "persons_employed"]
    value = {(r["nace"], r["size"]): r["value"] for _, r in persons.iterrows()}
    equal = []
    for nace in (*SECTIONS, "B-E"):
        row = np.zeros(len(names))
        row[[place[nace, c] for c in CLASSES]], row[place[nace, "TOTAL"]] = 1, -1
        equal.append(row)
    for size in (*CLASSES, "TOTAL"):
        row = np.zeros(len(names))
        row[[place[n, size] for n in SECTIONS]], row[place["B-E", size]] = 1, -1
        equal.append(row)
    counts = np.vstack([firms, firms.sum(axis=0)])
    box = [(0.0, None)] * len(names)
    for n, nace in enumerate((*SECTIONS, "B-E")):
        for c, (low, high) in enumerate(LIMITS.values()):
            open_end = 0.0 if counts[n, c] == 0 else None
            most = open_end if high is None else float(counts[n, c] * high)
            box[place[nace, CLASSES[c]]] = (float(counts[n, c] * low), most)
    for name, number in value.items():
        if not np.isnan(number):
            box[place[name]] = (number, number)
    ends = {}
    for name, number in value.items():
        if np.isnan(number):
            cost = np.zeros(len(names))
            cost[place[name]] = 1
            found = [linprog(s * cost, A_eq=equal, b_eq=np.zeros(len(equal)), bounds=box)
                     for s in (1, -1)]  # fmt: skip
            ends[name] = (found[0].fun, np.inf if found[1].status == 3 else -found[1].fun)
    return ends


@pytest.mark.parametrize("seed", range(12))
def test_bounds_are_sharp_over_sections_and_classes_together(cells, seed):
    frame, firms, persons = two_way_table(cells, np.random.default_rng(seed))
    out = bounds(frame)
    assert out["value"].equals(frame["value"]), "nothing is filled in"
    expected = dense_ends(frame, firms)
    assert expected
    rows = out[out["measure"] == "persons_employed"].set_index(["nace", "size"])
    for name, (least, most) in expected.items():
        assert rows.loc[name, "lower"] == pytest.approx(least, abs=1e-4)
        assert rows.loc[name, "upper"] == pytest.approx(most, abs=1e-4)
    for n, nace in enumerate(SECTIONS):
        for c, size in enumerate(CLASSES):
            low, high = rows.loc[(nace, size), "lower"], rows.loc[(nace, size), "upper"]
            assert low - 1e-4 <= persons[n, c] <= high + 1e-4
    assert contradictions(frame).empty
