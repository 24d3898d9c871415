"""Shares, levels and average sizes in tables whose withheld cells several rules tie together."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from sme_stats.frame import concat
from sme_stats.indicators.ratios import average_size
from sme_stats.indicators.shares import size_level, size_share

CLASSES = ("0-1", "GE2")
#: Two sections and their aggregate; its other two sections are published as empty.
NACE = ("B", "C", "B-E")


def margins(inner):
    """Two sections by two classes, with TOTAL to the right and the aggregate below."""
    wide = np.concatenate([inner, inner.sum(axis=-1, keepdims=True)], axis=-1)
    return np.concatenate([wide, wide.sum(axis=-2, keepdims=True)], axis=-2)


def published(cells, table, hidden, **fields):
    """Frames of a table of margins, hidden cells withheld."""
    rows = [[None if out else int(n) for n, out in zip(*pair, strict=True)]
            for pair in zip(table, hidden, strict=True)]  # fmt: skip
    rows += [[0] * 3, [0] * 3]
    return [
        cells(dict(zip((*CLASSES, "TOTAL"), row, strict=True)), nace=nace, **fields)
        for nace, row in zip((*NACE, "D", "E"), rows, strict=True)
    ]


def tables(table, hidden):
    """All tables of whole numbers that agree with the published cells, by brute force."""
    most = int(table[-1, -1])
    inner = [np.arange(most + 1) if hide else [int(n)]
             for n, hide in zip(table[:2, :2].flat, hidden[:2, :2].flat, strict=True)]  # fmt: skip
    every = margins(np.stack(np.meshgrid(*inner), axis=-1).reshape(-1, 2, 2))
    return every[(hidden | (every == table)).all(axis=(1, 2))]


def by_place(frame):
    return {(row["geo"], row["nace"]): row for _, row in frame.iterrows()}


def ends(row):
    return row["lower"], row["upper"]


def test_shares_and_levels_of_two_sections_and_their_sum_are_those_of_all_tables(cells):
    """Sums alone have corners of whole numbers: the programs' ends are the tables' to the digit."""
    random, cases, frames = np.random.default_rng(5), {}, []
    for name in (f"T{n}" for n in range(30)):
        table = margins(random.integers(0, 4, (2, 2)) + np.eye(2, dtype=int))
        hidden = random.random((3, 3)) < 0.6
        hidden[-1, -1] = False
        frames += published(cells, table, hidden, geo=name)
        cases[name] = tables(table, hidden)
    frame = concat(frames)
    shares, levels = by_place(size_share(frame, "GE2")), by_place(size_level(frame, "GE2"))
    for (name, found), (section, nace) in product(cases.items(), enumerate(NACE)):
        part, whole = found[:, section, 1], found[:, section, 2]
        level, share = levels[name, nace], shares.get((name, nace))
        assert ends(level) == pytest.approx((part.min(), part.max()))
        assert level["ends"] == "sharp" or not level["conf"]
        if whole.all():  # a section may be empty: of nothing there is no share
            each = 100 * part / whole
            assert ends(share) == pytest.approx((each.min(), each.max()))
            assert share["ends"] == "sharp" or not share["conf"]


def firms_and_persons(random):
    """Persons employed within the limits of their class, and what is withheld of both."""
    firms = random.integers(0, 3, (2, 2)) + np.eye(2, dtype=int)
    persons = firms * [0, 2] + random.integers(0, firms * [1, 2] + 1)
    hidden = random.random((2, 3, 3)) < 0.6
    hidden[:, -1, -1] = False
    return margins(np.array([firms, persons])), hidden


def both_tables(table, hidden):
    """All pairs of tables of firms and persons that agree with the cells and the limits."""
    firms, persons = (tables(*pair) for pair in zip(table, hidden, strict=True))
    n, p = firms[:, None], persons[None]
    fits = (p[..., :2, 0] <= n[..., :2, 0]).all(-1) & (p[..., :2, 1] >= 2 * n[..., :2, 1]).all(-1)
    # The open class has no limit above, but without an enterprise it has nobody; that is known
    # where the enterprises are published, of the sections or of their aggregate.
    for section in range(3):
        nobody = bool(not hidden[0, section, 1] and table[0, section, 1] == 0)
        fits &= (not nobody) | (p[..., section, 1] == 0)
    one, other = np.nonzero(fits)
    return firms[one], persons[other]


def rules_of(table, hidden):
    """Rules of one case, dense: sums along both ways in both measures, and the class limits."""
    place = np.arange(18).reshape(2, 3, 3)
    equal, least = np.zeros((12, 18)), np.zeros((6, 18))
    for rule, (measure, line) in enumerate(product(range(2), range(3))):
        equal[rule, place[measure, line]] = (1, 1, -1)
        equal[6 + rule, place[measure, :, line]] = (1, 1, -1)
    box = [(0, None) if out else (n, n) for n, out in zip(table.flat, hidden.flat, strict=True)]
    for section in range(3):
        least[section, place[:, section, 0]] = (1, -1)
        least[3 + section, place[:, section, 1]] = (-2, 1)
        if hidden[1, section, 1] and not hidden[0, section, 1] and table[0, section, 1] == 0:
            box[place[1, section, 1]] = (0, 0)
    return equal, least, box


def greatest(above, below, rules):
    """Greatest of a ratio by Dinkelbach's (1967) steps: another way to it than the programs'."""
    equal, least, box = rules
    cost, ratio = below, None
    for _ in range(20):
        found = linprog(-cost, A_ub=-least, b_ub=np.zeros(len(least)), A_eq=equal,
                        b_eq=np.zeros(len(equal)), bounds=box)  # fmt: skip
        if ratio is not None and -found.fun < 1e-9:
            return ratio
        if below @ found.x < 1e-9:
            return np.inf
        ratio = above @ found.x / (below @ found.x)
        cost = above - ratio * below
    raise AssertionError("no end after 20 steps")


def test_with_withheld_enterprises_average_sizes_are_those_of_another_method(cells):
    """Never narrower than the tables of whole numbers, most often the same, and always sharp."""
    random, cases, frames = np.random.default_rng(5), {}, []
    for name in (f"T{n}" for n in range(16)):
        table, hidden = firms_and_persons(random)
        for numbers, out, measure in zip(
            table, hidden, ("enterprises", "persons_employed"), strict=True
        ):
            frames += published(cells, numbers, out, geo=name, measure=measure, indic=measure)
        cases[name] = table, hidden
    frame = concat(frames)
    found = average_size(frame)
    loose = average_size(frame, sharp=False)
    tied = (loose["ends"] == "sure").to_numpy()
    rows = found[tied | (found["conf"] == "C").to_numpy() & (np.arange(len(found)) % 4 == 0)]
    place, exact, narrower = np.arange(18).reshape(2, 3, 3), 0, 0
    rows = rows[rows["lower"].notna() & rows["nace"].isin(NACE)]
    for number, row in rows.iterrows():
        table, hidden = cases[row["geo"]]
        at = NACE.index(row["nace"]), (*CLASSES, "TOTAL").index(row["size"])
        below, above = np.eye(18)[place[(0, *at)]], np.eye(18)[place[(1, *at)]]
        rules = rules_of(table, hidden)
        assert row["ends"] == "sharp"
        most, least = greatest(above, below, rules), -greatest(-above, below, rules)
        assert ends(row) == pytest.approx((least, most), abs=1e-6)
        firms, persons = (t[:, at[0], at[1]] for t in both_tables(table, hidden))
        each = persons[firms > 0] / firms[firms > 0]
        assert row["lower"] - 1e-6 <= each.min() and each.max() <= row["upper"] + 1e-6
        exact += ends(row) == pytest.approx((each.min(), each.max()), abs=1e-6)
        before = ends(loose.loc[number])
        assert before[0] <= least + 1e-6 and most <= before[1] + 1e-6
        narrower += before[1] - before[0] > most - least + 1e-6
    assert len(rows) >= 30 and exact >= 0.8 * len(rows) and narrower >= 5
