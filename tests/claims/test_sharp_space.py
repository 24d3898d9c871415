"""Numbers that rest on withheld cells: one interval, whichever command shows it.

Synthetic sections by size classes, whose rules tie withheld cells together.
"""

from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from sme_stats import load
from sme_stats.claims import scan as scanning
from sme_stats.claims.distance import Weights
from sme_stats.claims.points import definition_points
from sme_stats.claims.scan import columns, scan
from sme_stats.claims.search import reconcile
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import check
from sme_stats.cli.tables import around
from sme_stats.frame import concat
from sme_stats.indicators.ratios import average_size
from sme_stats.indicators.shares import size_level, size_share
from sme_stats.indicators.values import Values

from .numbers import claim

pytestmark = pytest.mark.usefixtures("home")
CLASSES = ("0-9", "10-49", "50-249", "GE250")
SIZES = (*CLASSES, "TOTAL")
NACE = ("B", "C", "D", "E", "B-E")
LIMITS = np.array([1.0, 10, 50, 250])
LIMITED = tuple(zip((0, 10, 50, 250), CLASSES, (9, 49, 249, None), strict=True))
MEASURES = ("enterprises", "persons_employed")


def margins(inner):
    wide = np.concatenate([inner, inner.sum(axis=-1, keepdims=True)], axis=-1)
    return np.concatenate([wide, wide.sum(axis=-2, keepdims=True)], axis=-2)


def year_of(cells, random, **common):
    """Enterprises, of which a third are withheld, and persons employed, of which half are."""
    firms = random.integers(1, 9, (4, 4))
    persons = firms * np.floor(LIMITS * random.uniform(1, 1.8, (4, 4)))
    for numbers, measure, share in (
        (firms, "enterprises", 0.3), (persons, "persons_employed", 0.5),
    ):  # fmt: skip
        table = margins(numbers)
        hidden = random.random(table.shape) < share
        hidden[-1, -1] = False
        group = {"measure": measure, "indic": measure, "dataset": "sbs_sc_ovw"} | common
        for nace, row, out in zip(NACE, table, hidden, strict=True):
            shown = [None if h else n for n, h in zip(row, out, strict=True)]
            yield cells(dict(zip(SIZES, shown, strict=True)), nace=nace, **group)


@pytest.fixture(scope="module")
def frame(cells):
    random = np.random.default_rng(1)
    return concat([f for geo, year in product(("DE", "FR"), (2022, 2023))
                   for f in year_of(cells, random, geo=geo, year=year)])  # fmt: skip


@pytest.fixture(scope="module")
def tied(frame):
    return Space([frame])


def wanted(space, statistic, of="TOTAL"):
    return [(block, size) for block, size in columns(space, (statistic,)) if block.of == of]


def shown_by_get(frame, statistic, size):
    if statistic == "average":
        return average_size(frame, size)
    return (size_share if statistic == "share" else size_level)(frame, size)


@pytest.mark.parametrize("statistic", ["share", "level", "average"])
def test_check_shows_the_interval_that_get_shows(frame, tied, statistic):
    narrower = 0
    for size in ("10-249", "GE250", "0-49"):
        shown = shown_by_get(frame, statistic, size)
        for _, row in shown[shown["conf"] == "C"].iterrows():
            measure = str(row["measure"]).removesuffix("_share")
            where = measure, size, str(row["geo"]), int(row["year"])
            (found,) = [e for e in tied.find(statistic, *where) if e.nace == row["nace"]]
            assert (found.lower, found.upper) == (row["lower"], row["upper"])
            assert (found.conf, found.ends) == ("C", row["ends"])
            (verdict,) = check(claim(
                "10%" if statistic == "share" else "10", statistic=statistic, measure=measure,
                size=size, geo=where[2], year=where[3], population=str(row["nace"]),
            ), tied)  # fmt: skip
            assert repr(verdict.evidence) == repr(found) and verdict.record()["ends"] == row["ends"]
        for block, _ in wanted(tied, statistic)[:1]:
            rows = np.flatnonzero(block.column(size).doubtful)
            wide, sharp = block.column(size).take(rows), block.at(size, rows)
            assert (sharp.lower >= wide.lower).all() and (sharp.upper <= wide.upper).all()
            narrower += int((sharp.upper - sharp.lower < wide.upper - wide.lower - 1e-6).sum())
    assert narrower >= 2, "the programs have something to do here"


def test_get_of_a_section_looks_at_the_sections_around_it_as_check_does(frame, tied):
    share = partial(size_share, size="10-249", measure="persons_employed")
    narrower, loads = 0, []

    def load(year):
        loads.append(year)
        return frame[frame["year"].isin(year)]

    for geo, nace, year in product(("DE", "FR"), ("B", "C", "D"), (2022, 2023)):
        own = (frame["geo"] == geo) & (frame["nace"] == nace) & (frame["year"] == year)
        (alone,) = share(frame[own]).to_dict("records")
        where = {"geo": [geo], "nace": [nace], "year": [year]}
        (row,) = around(share(frame[own]), where, load, share).to_dict("records")
        found = tied.find("share", "persons_employed", "10-249", geo, year)
        (found,) = [e for e in found if e.nace == nace]
        assert (row["geo"], row["nace"], row["conf"]) == (geo, nace, found.conf)
        assert (row["lower"], row["upper"]) == (found.lower, found.upper)
        narrower += row["upper"] - row["lower"] < alone["upper"] - alone["lower"] - 1e-6
        assert (loads != []) == (alone["conf"] == "C"), "asked only where something is withheld"
        loads.clear()
    assert narrower >= 3


def test_a_level_that_closes_on_a_number_is_that_number(cells):
    rows = {
        "B": (0, 0, 0, 0, 0), "C": (5, None, None, None, None), "D": (5, None, None, 9, 29),
        "E": (5, 6, 7, None, None), "B-E": (15, None, None, 47, 120),
    }  # fmt: skip
    frame = concat([cells(dict(zip(SIZES, r, strict=True)), nace=n, dataset="sbs_sc_ovw")
                    for n, r in rows.items()])  # fmt: skip
    asked = claim("30", statistic="level", measure="persons_employed", size="10-249",
                  population="C")  # fmt: skip
    space = Space([frame])
    (verdict,) = check(asked, space)
    assert verdict.verdict == "holds"
    assert (verdict.evidence.value, verdict.evidence.conf, verdict.evidence.ends) == (30, "", "")
    found = reconcile(asked, space).definitions[0]
    assert found.changed == () and repr(found.evidence) == repr(verdict.evidence)
    near = claim("31", statistic="level", measure="persons_employed", size="10-249", population="C")
    assert reconcile(near, space).nearest.value == 30, "12 in D and 13 in E are farther off"


def test_what_may_be_nothing_by_itself_can_have_grown(cells):
    """10-249 of C is 30 in 2022, though by its own cells it may be 0: growth to 45 is 50 %."""
    rows = {
        "B": (0, 0, 0, 0, 0), "C": (5, None, None, None, None), "D": (5, None, None, 9, 29),
        "E": (5, 6, 7, None, None), "B-E": (15, None, None, 47, 120),
    }  # fmt: skip
    first = [cells(dict(zip(SIZES, r, strict=True)), nace=n, year=2022, dataset="sbs_sc_ovw")
             for n, r in rows.items()]  # fmt: skip
    later = cells(dict(zip(SIZES, (5, 25, 20, 10, 60), strict=True)), dataset="sbs_sc_ovw")
    space = Space([concat([*first, later])])
    block = next(b for b in space.blocks("change") if "growth" in b.how)
    (row,) = np.flatnonzero(block.keys["nace"] == "C")
    assert block.column("10-249").upper[row] == np.inf
    grown = claim("50%", statistic="change", measure="persons_employed", size="10-249",
                  population="C")  # fmt: skip
    found = reconcile(grown, space).definitions[0]
    assert (found.evidence.value, found.evidence.base_year, found.changed) == (50, 2022, ())
    assert check(grown, space)[0].verdict == "holds"
    # GE250 has 0 to 38 in 2022: nothing is known to have grown from there.
    rows = np.flatnonzero(block.column("GE250").keep)
    assert len(rows) and not block.at("GE250", rows).keep.any()


def everything_solved(space):
    """The same space with every doubtful number solved for before anything is asked."""
    for block, size in columns(space):
        block.narrowed(size, np.flatnonzero(block.column(size).doubtful))
        solved = block.at(size, np.arange(len(block.keys["year"])))
        block._columns[size] = solved
    for block, _ in columns(space):
        block.narrow = None
    return space


PRINTS = [
    ("58%", {"measure": "persons_employed", "size": "10-249", "population": "C"}),
    ("more than 40%", {"measure": "persons_employed", "size": "GE250", "population": "D"}),
    ("12%", {"measure": "enterprises", "size": "GE250", "population": "E"}),
    ("1500", {"statistic": "level", "measure": "persons_employed", "size": "250+"}),
    ("5 percentage points", {"statistic": "change", "measure": "persons_employed", "size": "SME"}),
    ("20%", {"statistic": "change", "measure": "persons_employed", "size": "10-249"}),
]


def test_solving_only_where_it_matters_finds_what_solving_everything_finds(frame):
    lazy, whole = Space([frame]), everything_solved(Space([frame]))
    weights, solved = Weights(), 0
    for printed, fields in PRINTS:
        asked = claim(printed, **fields)
        one, other = (scan(asked, columns(space), weights) for space in (lazy, whole))
        counts = [(s.searched, s.hits, s.plausible, s.by_chance) for s in (one, other)]
        assert counts[0] == counts[1], printed
        left, right = (reconcile(asked, space, most=40) for space in (lazy, whole))
        assert repr(left) == repr(right), printed
        pd.testing.assert_frame_equal(
            definition_points(asked, lazy), definition_points(asked, whole)
        )
        assert repr(check(asked, lazy)) == repr(check(asked, whole))
    for block, size in columns(lazy):
        known = block._sharp.get(size)
        solved += len(known.rows) if known else 0
    doubtful = sum(int(b.column(s).doubtful.sum()) for b, s in columns(Space([frame])))
    assert 0 < solved < doubtful


def test_a_search_asks_for_programs_only_where_they_could_decide(frame, monkeypatch):
    asked, space = claim("58%", measure="persons_employed", size="10-249"), Space([frame])
    for block, size in wanted(space, "share"):
        numbers, fits = block.column(size), np.ones(len(block.keys["year"]), bool)
        readings = asked.printed.readings
        units = np.ones(len(fits)), fits
        scanning.sharp_where_needed(block, size, units, readings)
        known = block._sharp.get(size)
        rows = known.rows if known else np.zeros(0, int)
        assert (numbers.lower[rows] <= 58.5).all() and (numbers.upper[rows] >= 57.5).all()
        missed = np.setdiff1d(np.flatnonzero(numbers.doubtful), rows)
        first = scanning.first_holding(
            numbers.lower[missed], numbers.upper[missed], np.ones(len(missed), bool), readings
        )
        apart = (numbers.lower[missed] > 58.4999) | (numbers.upper[missed] < 57.5)
        assert (apart | (first == 0)).all()


def test_what_check_says_holds_reconcile_finds_first_over_withheld_cells(frame, tied):
    """Decision 4: the same numbers, so the two cannot disagree."""
    held = 0
    for block, size in wanted(tied, "share"):
        for row in np.flatnonzero(block.column(size).doubtful)[::9]:
            e = block.evidence(int(row), size)
            if e.upper - e.lower > 30 or not e.conf or "[" in e.geo:
                continue
            middle = round((e.lower + e.upper) / 2)
            for printed in (f"{middle}%", f"more than {max(int(e.lower) - 1, 1)}%"):
                asked = claim(printed, measure=e.measure, size=size, geo=e.geo, year=e.year,
                              population=e.nace)  # fmt: skip
                (verdict,) = check(asked, tied)
                found = [repr(d.evidence) for d in reconcile(asked, tied).definitions
                         if not d.changed]  # fmt: skip
                assert (verdict.verdict == "holds") == (repr(verdict.evidence) in found)
                held += verdict.verdict == "holds"
    assert held >= 5


def test_shares_of_all_smes_are_those_of_another_method(frame, tied):
    """Least and greatest by Dinkelbach's (1967) steps, from the rules by hand."""
    random, done = np.random.default_rng(0), 0
    for block, size in wanted(tied, "share", of="0-249"):
        rows = np.flatnonzero(block.column(size).doubtful & (block.keys["geo"] == "DE"))
        for row in random.permutation(rows)[:2]:
            e = block.evidence(int(row), size)
            if e.measure != "persons_employed" or e.ends != "sharp":
                continue
            ends = ends_by_dinkelbach(frame, e)
            assert (e.lower, e.upper) == pytest.approx(ends, abs=1e-6)
            done += 1
    assert done >= 4


def rules_by_hand(names):
    """Rules over cells (measure, section, class), dense: sums of both ways, and class limits."""
    place = {name: n for n, name in enumerate(names)}

    def row(*terms):
        out = np.zeros(len(names))
        for name, factor in terms:
            out[place[name]] += factor
        return out

    equal = [
        row(*(((m, n, s), 1) for s in CLASSES), ((m, n, "TOTAL"), -1))
        for m, n in product(MEASURES, NACE)
    ] + [
        row(*(((m, n, s), 1) for n in NACE[:4]), ((m, "B-E", s), -1))
        for m, s in product(MEASURES, SIZES)
    ]  # fmt: skip
    least = []
    for nace, (low, size, high) in product(NACE, LIMITED):
        firms, heads = ((measure, nace, size) for measure in MEASURES)
        least.append(row((heads, 1), (firms, -low)))
        least += [row((heads, -1), (firms, high))] if high else []
    return row, np.array(equal), np.array(least)


def ends_by_dinkelbach(frame, e):
    """Ends of a share of 0-249 over all real tables, by Dinkelbach's steps."""
    own = frame[(frame["geo"] == e.geo) & (frame["year"] == e.year)]
    value = {(r["measure"], r["nace"], r["size"]): r["value"] for _, r in own.iterrows()}
    row, equal, least = rules_by_hand(list(value))
    box = [(0, None) if np.isnan(v) else (v, v) for v in value.values()]
    spans = {"0-9": (0, 1), "10-49": (1, 2), "0-49": (0, 2), "50-249": (2, 3), "10-249": (1, 3)}
    parts = CLASSES[slice(*spans[e.size])]
    above = row(*((("persons_employed", e.nace, s), 100) for s in parts))
    below = row(*((("persons_employed", e.nace, s), 1) for s in CLASSES[:3]))

    def greatest(above):
        cost, ratio = below, None
        for _ in range(30):
            found = linprog(-cost, A_ub=-least, b_ub=np.zeros(len(least)), A_eq=equal,
                            b_eq=np.zeros(len(equal)), bounds=box)  # fmt: skip
            if ratio is not None and -found.fun < 1e-7:
                return ratio
            ratio = above @ found.x / (below @ found.x)
            cost = above - ratio * below
        raise AssertionError("no end after 30 steps")

    return -greatest(-above), greatest(above)


def test_average_sizes_of_hungary_2012_are_those_of_get():
    cells = load("sbs_sc_sca_r2", geo="HU", year=2012)
    asked = claim("100", statistic="average", measure="average_size", size="50-249", geo="HU",
                  year=2012)  # fmt: skip
    (verdict,) = check(asked, Space([cells]))
    assert (verdict.verdict, verdict.evidence.ends) == ("undecided", "sharp")
    assert [round(e, 1) for e in (verdict.evidence.lower, verdict.evidence.upper)] == [50.0, 226.9]
    embedded = check(asked)[0].evidence
    assert (embedded.lower, embedded.upper) == (verdict.evidence.lower, verdict.evidence.upper)


def test_numbers_that_take_the_place_of_others():
    def numbers(*lower):
        low, none = np.array(lower, dtype=float), np.zeros(len(lower), bool)
        return Values(low, low, low + 1, none.astype(np.uint16), ~none, ~none)

    plain = numbers(1, 2, 3)
    put = plain.put(np.array([2, 0]), plain.put(np.zeros(0, int), plain.take([])).take([2, 0]))
    assert put.lower.tolist() == [1, 2, 3] and put.ends.tolist() == ["", "", ""]
    assert plain.ends is None and plain.doubtful.tolist() == [True] * 3
    two = plain.put(np.array([1]), numbers(9))
    assert two.lower.tolist() == [1, 9, 3] and plain.lower.tolist() == [1, 2, 3]
    assert two.followed_by(put).lower.tolist() == [1, 9, 3, 1, 2, 3]
