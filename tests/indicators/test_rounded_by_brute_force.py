"""Ends of contributions, shift-shares and the Gini of rounded figures, against every table.

Figures are whole numbers known to one. Sums of whole numbers have corners of whole numbers, so
the tables that round to a printed one and the corners of what is allowed have the same extremes.
"""

from itertools import product

import numpy as np
import pytest

from sme_stats.frame import concat
from sme_stats.indicators.distribution import _between, _groups, gini
from sme_stats.indicators.dynamics import contributions
from sme_stats.indicators.shift_share import decompose_share

NAMES = ("0-9", "10-249", "GE250", "TOTAL")


def around(figures, half=1):
    """Every table of whole numbers that rounds to some figures."""
    steps = np.array(list(product(range(-half, half + 1), repeat=len(figures))))
    return np.asarray(figures) + steps


def adding_up(tables):
    return tables[tables[:, :-1].sum(axis=1) == tables[:, -1]]


def ends_of(numbers):
    return pytest.approx((numbers.min(), numbers.max()), abs=1e-9)


def two(cells, first, second):
    return concat([cells(dict(zip(NAMES, t, strict=True)), year=2022 + n, half=1)
                   for n, t in enumerate((first, second))])  # fmt: skip


@pytest.mark.parametrize("off", [0, 1, 4, 9])
def test_contributions_are_the_extremes_over_every_table(cells, off):
    """Classes add up but for rounding where they may, else every figure is on its own."""
    random = np.random.default_rng(off)
    for _ in range(4):
        years = []
        for _ in range(2):
            classes = random.integers(3, 20, 3)
            years.append((*classes, classes.sum() + off))
        alone = [around(year) for year in years]
        before, now = [adding_up(t) for t in alone] if off < 9 else alone
        out = contributions(two(cells, *years)).set_index("size")
        ends = out[["lower", "upper"]].apply(tuple, axis=1)
        growth = 100 * (now[:, None] - before[None]) / before[None, :, -1:]
        for n, size in ((0, "0-9"), (1, "10-249"), (2, "GE250"), (3, "TOTAL")):
            assert ends[size] == ends_of(growth[..., n])
        before, now = alone
        growth = now[:, None] - before[None]
        left = growth[..., -1] - growth[..., :-1].sum(axis=-1)
        assert ends["UNALLOCATED"] == ends_of(100 * left / before[None, :, -1])
        assert (out["lower"] <= out["value"] + 1e-9).all()
        assert (out["value"] <= out["upper"] + 1e-9).all()
        parts = out["value"]
        assert parts.drop("TOTAL").sum() == pytest.approx(parts["TOTAL"])


# -- Gini


def counted(cells, firms, persons, half=1):
    names = NAMES[:-1]
    return concat([cells(dict(zip(names, figures, strict=True)), measure=measure, half=half)
                   for measure, figures in (("enterprises", firms), ("persons_employed", persons))
                   ])  # fmt: skip


def between(firms, persons):
    """Gini of equal enterprises in each class, by the area under the curve."""
    x = np.concatenate([np.zeros((len(firms), 1)), np.cumsum(firms, axis=1)], axis=1)
    y = np.concatenate([np.zeros((len(persons), 1)), np.cumsum(persons, axis=1)], axis=1)
    x, y = x / x[:, -1:], y / y[:, -1:]
    return 1 - ((x[:, 1:] - x[:, :-1])[:, None] * (y[:, 1:] + y[:, :-1])[None]).sum(axis=-1)


def test_least_and_most_between_classes_are_the_extremes_over_every_figure(cells):
    random = np.random.default_rng(2)
    for _ in range(6):
        firms = np.sort(random.integers(4, 60, 3))[::-1]
        persons = firms * [2, 30, 300] + random.integers(0, 9, 3)
        every = between(around(firms, 2), around(persons, 2))
        frame = counted(cells, firms, persons, half=2)
        row = gini(frame).iloc[0]
        assert row["lower"] == pytest.approx(every.min(), abs=1e-12)
        assert _between(_groups(frame)) == (
            pytest.approx([every.min()]),
            pytest.approx([every.max()]),
        )
        assert row["upper"] > every.max()


# -- shift-share


def sections(cells, figures, half=1):
    """Part, rest and TOTAL of some sections in two years."""
    return concat([
        cells(dict(zip(("0-249", "GE250", "TOTAL"), row, strict=True)), nace=nace, year=year,
              half=half)
        for (nace, year), row in figures.items()
    ])  # fmt: skip


def test_the_move_of_a_total_share_is_the_extreme_over_every_table(cells):
    random = np.random.default_rng(3)
    for off in (0, 0, 1, -2):
        figures, years = {}, {2022: [], 2023: []}
        for nace, year in product("CG", years):
            part, rest = random.integers(3, 30, 2)
            figures[nace, year] = part, rest, part + rest + off
            years[year].append(adding_up(around(figures[nace, year])))
        share = {}
        for year, (one, other) in years.items():
            both = one[:, None] + other[None]
            share[year] = (both[..., 0] / both[..., 2]).ravel()
        moves = share[2023][:, None] - share[2022][None]
        out = decompose_share(sections(cells, figures)).set_index("measure")
        assert out.loc["total", ["lower", "upper"]].tolist() == pytest.approx(
            [100 * moves.min(), 100 * moves.max()]
        )
        assert (out["lower"] < out["upper"]).all()


def test_of_one_section_the_within_part_is_the_whole_move(cells):
    out = decompose_share(sections(cells, {("C", 2022): (6, 4, 10), ("C", 2023): (5, 5, 10)}))
    ends = out.set_index("measure")[["lower", "upper"]].apply(tuple, axis=1)
    assert ends["composition"] == (0, 0)
    assert ends["within"] == pytest.approx(ends["total"])
    first, second = (adding_up(around((p, 10 - p, 10))) for p in (6, 5))
    moves = (second[:, 0] / second[:, 2])[:, None] - (first[:, 0] / first[:, 2])[None]
    assert ends["total"] == pytest.approx((100 * moves.min(), 100 * moves.max()))


def test_where_classes_do_not_add_up_each_figure_is_on_its_own(cells):
    out = decompose_share(sections(cells, {("C", 2022): (6, 4, 20), ("C", 2023): (5, 5, 20)}))
    assert out[["lower", "upper"]].iloc[2].tolist() == pytest.approx(
        [100 * (4 / 21 - 7 / 19), 100 * (6 / 19 - 5 / 21)]
    )


def test_the_two_parts_hold_every_table(cells):
    """Sure: tables drawn from those that round to the printed one lie inside."""
    random = np.random.default_rng(4)
    figures = {(n, y): (p, r, p + r) for (n, y), (p, r) in zip(
        product("CG", (2022, 2023)), ((60, 40), (50, 50), (90, 10), (170, 30)), strict=True)
    }  # fmt: skip
    out = decompose_share(sections(cells, figures)).set_index("measure")
    for _ in range(6):
        drawn = {k: random.choice(adding_up(around(row))) for k, row in figures.items()}
        found = decompose_share(sections(cells, drawn, half=0)).set_index("measure")["value"]
        assert (out["lower"] <= found).all() and (found <= out["upper"]).all()


def test_the_least_within_part_can_lie_at_no_end(cells):
    """So ends are not enough: a TOTAL of 5 to 50 gives the least at about 16."""

    def within(total):
        figures = {("C", 2022): (0, 100, 100), ("C", 2023): (3, total - 3, total),
                   ("G", 2022): (90, 10, 100), ("G", 2023): (5, 95, 100)}  # fmt: skip
        out = decompose_share(sections(cells, figures, half=0))
        return out["value"].iloc[0]

    assert within(15.6) < min(within(5), within(50)) - 1
