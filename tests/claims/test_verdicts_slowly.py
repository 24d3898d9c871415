"""Verdicts against an evaluator in plain Python: every table that the published cells allow.

It is written from what the words mean, not from the code: a claim *holds* if every value the data
allow lies in the printed interval, is *refuted* if none does, *undecided* if some do.
"""

import random
from collections import Counter
from fractions import Fraction
from itertools import product

import pytest

from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import check, exit_code
from sme_stats.codelists import members
from sme_stats.frame import concat

CLASSES = ("0-9", "10-19", "20-49", "50-249", "GE250")
INSIDE = {"micro": (0,), "0-49": (0, 1, 2), "SME": (0, 1, 2, 3), "10-249": (1, 2, 3), "250+": (4,),
          "10-49": (1, 2), "50-249": (3,)}  # fmt: skip
COMMON = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94", "measure": "turnover", "unit": "MEUR",
          "indic": "NETTUR_MEUR"}  # fmt: skip


def claim(printed, **fields):
    plain = {"id": "x", "printed": printed, "statistic": "share", "measure": "turnover",
             "geo": "DE", "year": 2023}  # fmt: skip
    return make_claim(plain | fields, Document("a test"))


def printed_number(chance, value):
    """A percentage near a value, and what it may stand for, in exact fractions."""
    places = chance.choice((0, 0, 1, 2))
    unit = Fraction(1, 10**places)
    number = max(round(value / unit) + chance.choice((-1, 0, 0, 0, 1)), 0) * unit
    if places == 0 and chance.random() < 0.3:
        number = Fraction(round(number / 10) * 10)
    text = f"{float(number):.{places}f}%"
    readings = {
        "rounded": (number - unit / 2, number + unit / 2),
        "truncated": (number, number + unit),
    }
    if places == 0 and number and number % 10 == 0:
        readings["trailing zero not meant"] = (number - 5, number + 5)
    return text, readings


def slow_verdict(least, most, interval, half_open):
    """All numbers between the ends; rounded figures never reach the upper one."""
    lower, upper = interval
    if half_open and least < most:
        if lower <= least and most <= upper:
            return "holds"
        return "refuted" if most <= lower or least >= upper else "undecided"
    if lower <= least and most < upper:
        return "holds"
    return "refuted" if most < lower or least >= upper else "undecided"


def expect(verdict, readings, least, most, half_open=False):
    slow = {name: slow_verdict(least, most, ends, half_open) for name, ends in readings.items()}
    assert {r.name: v for r, v in verdict.readings} == slow
    assert verdict.verdict == slow["rounded"]
    holding = [name for name in readings if slow[name] == "holds"]
    assert verdict.reading == (holding[0] if holding else "rounded")
    return slow["rounded"]


def random_tables(chance):
    """One small table a country and year, some classes withheld."""
    for geo, year in product(members("EU27_2020"), (2021, 2022, 2023, 2024)):
        numbers = [chance.randrange(4) for _ in CLASSES]
        numbers[0] += not any(numbers)
        hidden = [chance.random() < 0.35 for _ in CLASSES]
        yield (
            geo,
            year,
            [None if h else n for n, h in zip(numbers, hidden, strict=True)],
            sum(numbers),
        )


def allowed(published, total):
    choices = [[n] if n is not None else range(total + 1) for n in published]
    return [t for t in product(*choices) if sum(t) == total]


def test_shares_of_tables_with_withheld_cells(cells):
    chance, frames, asked, expected = random.Random(1), [], [], []
    for geo, year, published, total in random_tables(chance):
        content = dict(zip((*CLASSES, "TOTAL"), [*published, total], strict=True))
        frames.append(cells(content, geo=geo, year=year, **COMMON))
        found = allowed(published, total)
        for size in chance.sample(sorted(INSIDE), 4):
            shares = [Fraction(100 * sum(t[i] for i in INSIDE[size]), total) for t in found]
            text, readings = printed_number(chance, chance.choice((min(shares), max(shares))))
            asked.append(claim(text, geo=geo, year=year, size=size))
            expected.append((readings, min(shares), max(shares)))
    verdicts = check(asked, Space([concat(frames)]))
    counts = Counter(expect(v, *e) for v, e in zip(verdicts, expected, strict=True))
    assert len(verdicts) == 432 and min(counts[v] for v in ("holds", "refuted", "undecided")) > 30


def test_levels_and_changes_of_exact_cells(cells):
    chance, frames, values = random.Random(2), [], {}
    for geo, year in product(("DE", "FR", "IT"), (2022, 2023, 2024)):
        numbers = [chance.randrange(10**6) for _ in CLASSES]
        values[geo, year] = numbers
        content = dict(zip((*CLASSES, "TOTAL"), [*numbers, sum(numbers)], strict=True))
        frames.append(cells(content, geo=geo, year=year, **COMMON | {
            "measure": "enterprises", "unit": "NR", "indic": "ENT_NR"}))  # fmt: skip
    space, seen = Space([concat(frames)]), Counter()
    for (geo, year), size in product(values, INSIDE):
        level = sum(values[geo, year][i] for i in INSIDE[size])
        for shift in (0, 0, 3000):
            number = round((level + shift) / 1e6, 3)
            asked = {"id": "x", "printed": f"{number:.3f} million", "statistic": "level",
                     "measure": "enterprises", "geo": geo, "year": year, "size": size}  # fmt: skip
            verdict = check(make_claim(asked, Document("a test", decimal=".")), space)[0]
            half = Fraction(500)
            whole = round(number * 1000) * 1000
            slow = slow_verdict(level, level, (whole - half, whole + half), half_open=False)
            assert verdict.verdict == slow
            seen[slow] += 1
        if year > 2022:
            before = sum(values[geo, year - 1][i] for i in INSIDE[size])
            exact = claim(f"{level - before} ", statistic="change", measure="enterprises", geo=geo,
                          year=year, size=size)  # fmt: skip
            found = check(exact, space)[0]
            assert found.evidence.value == level - before and found.verdict == "holds"
    assert seen["holds"] > 20 and seen["refuted"] > 20


def test_shares_printed_by_a_release_are_open_at_their_upper_end(cells):
    chance, frames, asked, expected = random.Random(3), [], [], []
    for geo, year in product(members("EU27_2020"), (2021, 2022, 2023, 2024)):
        tenths = Fraction(chance.randrange(100, 1000), 10)
        half = chance.choice((Fraction(1, 2), Fraction(1, 20)))
        number = Fraction(round(tenths)) if half == Fraction(1, 2) else tenths
        frames.append(cells({"0-249": float(number)}, geo=geo, year=year, half=float(half),
                            **COMMON | {"measure": "turnover_share", "unit": "PC"})
                      .assign(source="a-release"))  # fmt: skip
        text, readings = printed_number(chance, number + chance.choice((-half, 0, half)))
        asked.append(claim(text, geo=geo, year=year, size="SME"))
        expected.append((readings, number - half, number + half, True))
    verdicts = check(asked, Space([concat(frames)]))
    counts = Counter(expect(v, *e) for v, e in zip(verdicts, expected, strict=True))
    assert min(counts[v] for v in ("holds", "refuted", "undecided")) > 5


def published(cells, value, **more):
    return cells({"0-249": value}, half=0.05, **COMMON | {
        "measure": "turnover_share", "unit": "PC"} | more)  # fmt: skip


def test_a_release_never_proves_the_claim_that_quotes_it(cells):
    own = published(cells, 58.0, vintage="2024-01-01").assign(source="own")
    space = Space([own])
    assert check(claim("58%", size="SME"), space)[0].verdict == "holds"
    for quoting in (
        claim("58%", size="SME", quotes=["own"]),
        make_claim({"id": "x", "printed": "58%", "statistic": "share", "measure": "turnover",
                    "size": "SME", "geo": "DE", "year": 2023}, Document("d", quotes=("own",))),
    ):  # fmt: skip
        verdict = check(quoting, space)[0]
        assert verdict.verdict == "unavailable" and verdict.evidence is None
        assert "the only figure at hand is the claim's own source (own)" in verdict.note


def test_neither_does_the_preliminary_figure_before_it_refute_it(cells):
    frame = concat([
        published(cells, 61.0, vintage="2023-06-01").assign(source="preliminary"),
        published(cells, 58.0, vintage="2024-01-01").assign(source="own"),
    ])  # fmt: skip
    quoting = claim("58%", size="SME", quotes=["own"])
    assert check(quoting, Space([frame]))[0].verdict == "unavailable"
    revised = published(cells, 58.6, vintage="2025-01-01").assign(source="revised")
    verdict = check(quoting, Space([concat([frame, revised])]))[0]
    assert (verdict.verdict, verdict.evidence.source) == ("refuted", "revised")


def test_cells_of_a_table_come_before_releases_and_later_releases_before_earlier(cells):
    early = published(cells, 50.0, vintage="2023-01-01").assign(source="early")
    late = published(cells, 60.0, vintage="2024-01-01").assign(source="late")
    space = Space([concat([early, late])])
    assert check(claim("60%", size="SME"), space)[0].evidence.source == "late"
    table = cells({"GE250": 30, "TOTAL": 100}, **COMMON, vintage="2022-01-01")
    found = check(claim("70%", size="SME"), Space([concat([early, late]), table]))[0].evidence
    assert (found.source, found.value, found.vintage) == ("", 70, "2022-01-01")


def test_figures_of_one_release_are_cut_with_each_other(cells):
    levels = cells({"0-249": 585, "TOTAL": 1000}, half=5, **COMMON, vintage="2024").assign(
        source="r"
    )
    share = published(cells, 58.0, vintage="2024").assign(source="r")
    found = check(claim("58%", size="SME"), Space([concat([levels, share])]))[0].evidence
    assert (found.lower, found.upper) == pytest.approx((max(57.95, 100 * 580 / 1005), 58.05))


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [("EUR 100 million", "holds"), ("€0.1 billion", "holds"), ("EUR 200 million", "refuted"),
     ("USD 100 million", "unavailable"), ("100 million", "unavailable"), ("58%", "unavailable")],
)  # fmt: skip
def test_money_is_compared_in_euro_and_never_converted(cells, printed, verdict):
    space = Space([cells({"TOTAL": 100}, **COMMON)])
    found = check(claim(printed, statistic="level", size="total"), space)[0]
    assert found.verdict == verdict
    if verdict == "unavailable":
        assert "nothing is converted" in found.note


def test_thousands_are_numbers(cells):
    persons = COMMON | {"measure": "persons_employed", "unit": "THS", "indic": "EMP_NR"}
    space = Space([cells({"TOTAL": 25_000}, **persons)])
    asked = claim("25 million", statistic="level", measure="persons_employed", size="total")
    assert check(asked, space)[0].verdict == "holds"


def test_averages_divide_persons_by_enterprises(cells):
    table = concat([
        cells({"0-9": 100, "GE250": 2, "TOTAL": 102}, **COMMON | {
            "measure": "enterprises", "unit": "NR", "indic": "ENT_NR"}),
        cells({"0-9": 300, "GE250": None, "TOTAL": None}, **COMMON | {
            "measure": "persons_employed", "unit": "NR", "indic": "EMP_NR"}),
    ])  # fmt: skip
    average = {"statistic": "average", "measure": "average_size"}
    space = Space([table])
    assert check(claim("3", size="micro", **average), space)[0].evidence.value == 3
    large = check(claim("at least 250", size="250+", **average), space)[0]
    assert (large.verdict, large.evidence.lower, large.record()["upper"]) == ("holds", 250, None)
    assert check(claim("249", size="250+", **average), space)[0].verdict == "refuted"
    assert check(claim("251", size="250+", **average), space)[0].verdict == "undecided"


def test_a_claim_that_no_table_can_decide_says_why(cells):
    verdict = check(claim("58%", size="total", undecidable="membership of chambers"), Space([]))[0]
    assert (verdict.verdict, verdict.note) == ("unavailable", "membership of chambers")
    assert {v for _, v in verdict.readings} == {"unavailable"}


def test_the_exit_code_asks_only_for_what_is_expected(cells):
    space = Space([cells({"GE250": 30, "TOTAL": 100}, **COMMON)])
    right = claim("70%", size="SME")
    wrong, known = claim("71%", size="SME"), claim("71%", size="SME", expect="refuted")
    assert exit_code(check([right, known], space)) == 0
    assert exit_code(check([right, wrong], space)) == 1
    assert [v.as_expected for v in check([right, wrong, known], space)] == [True, False, True]
