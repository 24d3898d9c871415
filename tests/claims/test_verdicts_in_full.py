"""Whole verdicts over a few cells: every field of the record, every note, every reason why not."""

import pytest

from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import check, exit_code
from sme_stats.frame import concat

from .numbers import claim

COMMON = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94", "measure": "enterprises",
"indic": "ENT_NR",
          "vintage": "2026-03-10"}  # fmt: skip


def table(cells, content, **fields):
    return cells(content, **(COMMON | fields))


@pytest.fixture
def space(cells):
    """Germany: 100 enterprises in 2022, 200 in 2023, the largest 10 and 13 of them."""
    return Space([concat([
        table(cells, {"0-9": 60, "10-249": 30, "GE250": 10, "TOTAL": (100, "p")}, year=2022),
        table(cells, {"0-9": 127, "10-249": 60, "GE250": (13, "p"), "TOTAL": (200, "e")}),
    ])])  # fmt: skip


def one(space, printed="6%", **fields):
    (verdict,) = check(claim(printed, **fields), space)
    return verdict


NOTE = ("share of large enterprises (250+) in enterprises, Germany 2023: 6.50 % (sbs_sc_ovw, "
        "vintage "
        "2026-03-10)")  # fmt: skip


def test_the_record_of_a_verdict(space):
    assert one(space).record() == {
        "id": "x", "document": "A page", "quote": "", "printed": "6%", "printed_lower": 5.5,
        "printed_upper": 6.5, "verdict": "refuted", "expected": "holds", "as_expected": False,
        "statistic": "share", "measure": "enterprises", "size": "GE250", "value": 6.5, "lower": 6.5,
        "upper": 6.5, "ends": None, "unit": "PC", "dataset": "sbs_sc_ovw",
        "vintage": "2026-03-10", "geo": "DE",
        "year": 2023, "population": "B-S_X_O_S94", "flag": "ep", "source": "",
        "how": "part ÷ TOTAL",
        "reading": "truncated",
        "readings": [{"reading": "rounded", "lower": 5.5, "upper": 6.5, "verdict": "refuted"},
                     {"reading": "truncated", "lower": 6.0, "upper": 7.0, "verdict": "holds"}],
        "note": f"{NOTE}; refuted as rounded, holds as truncated [6, 7); provisional",
        "provisional": True, "standing": None, "earlier": [], "partial": None,
    }  # fmt: skip


def test_the_record_of_what_no_table_can_say(space):
    verdict = one(space, "more than 6%", geo="FR", expect="unavailable", quote="words")
    record = verdict.record()
    assert [record[k] for k in ("value", "lower", "upper", "unit", "dataset", "vintage")] == [
        None
    ] * 6
    assert [record[k] for k in ("population", "flag", "source", "how", "partial")] == [None] * 5
    assert (record["year"], record["geo"], record["quote"]) == (2023, "FR", "words")
    assert (record["printed_lower"], record["printed_upper"]) == (6, None)
    assert record["readings"] == [
        {"reading": "rounded", "lower": 6.0, "upper": None, "verdict": "unavailable"}
    ]
    assert record["note"] == "the tables at hand have no share of enterprises, size GE250, in FR"
    assert (record["reading"], record["provisional"], record["as_expected"]) == (
        "rounded",
        False,
        True,
    )


def test_a_verdict_that_holds_and_one_that_nothing_saves(space):
    holds = one(space, "6.5%")
    assert (holds.verdict, holds.reading, holds.note) == (
        "holds",
        "rounded",
        f"{NOTE}; provisional",
    )
    assert holds.as_expected and holds.partial is None and holds.standing == ""
    wrong = one(space, "60%")
    assert (wrong.verdict, wrong.reading) == ("refuted", "rounded")
    assert [v for _, v in wrong.readings] == ["refuted"] * 3
    assert wrong.note == f"{NOTE}; provisional"


def test_the_latest_year_that_has_a_number(space):
    assert one(space, "6.5%", year="latest").evidence.year == 2023
    assert one(space, "10%", year=2022).verdict == "holds"


#: Claim, and why the data say nothing of it.
WHY_NOT = [
    ({"undecidable": "no table has it"}, "no table has it"),
    ({"year": 2021},
    "the tables at hand have no share of enterprises, size GE250, in DE for 2021, only "
                     "for 2022, 2023"),
    ({"measure": "turnover"}, "the tables at hand have no share of turnover, size GE250, in DE"),
    ({"size": "20-49"}, "the tables at hand have no share of enterprises, size 20-49, in DE"),
    ({"population": "C"},
    "the tables have the share of enterprises, size GE250, in DE 2023 only for "
                          "another population (B-S_X_O_S94)"),
    ({"population": "C", "year": "latest"},
    "the tables at hand have no share of enterprises, size GE250, "
                                            "in DE"),
    ({"of": "SME", "size": "10-49"},
    "the tables at hand have no share of enterprises, size 10-49 in all "
                                     "of 0-249, in DE"),
    ({"printed": "EUR 5 million", "statistic": "level"},
    "'EUR 5 million' is not in the unit of the data "
                                                        "(number); nothing is converted"),
    ({"printed": "6 pp"}, "'6 pp' is not in the unit of the data (percent); nothing is converted"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "why"), WHY_NOT)
def test_why_the_data_say_nothing(space, fields, why):
    verdict = one(space, **({"printed": "6%"} | fields))
    assert (verdict.verdict, verdict.note, verdict.evidence) == ("unavailable", why, None)
    assert verdict.reading == verdict.readings[0][0].name == "rounded"
    assert {v for _, v in verdict.readings} == {"unavailable"}


def test_the_only_figure_is_the_claims_own_source(cells):
    frame = table(cells, {"GE250": 10, "TOTAL": 100}).assign(source="final-2023")
    verdict = one(Space([frame]), "10%", quotes=["final-2023"])
    assert verdict.note == "the only figure at hand is the claim's own source (final-2023)"
    assert one(Space([frame]), "10%").verdict == "holds"


def test_an_aggregate_is_judged_on_the_members_at_hand_and_called_that(cells):
    parts = [
        table(cells, {"GE250": n, "TOTAL": 100}, geo=geo) for n, geo in ((10, "DE"), (20, "FR"))
    ]
    verdict = one(Space([concat(parts)]), "15%", geo="EU27_2020")
    assert (verdict.verdict, verdict.partial.verdict) == ("unavailable", "holds")
    where = "2 of 27 members of EU27_2020"
    assert verdict.note == (
        "the tables at hand have no share of enterprises, size GE250, in EU27_2020; over "
        "EU27_2020[2/27], a partial aggregate: share of large enterprises (250+) in enterprises, "
        f"{where} 2023: 15.00 % (sbs_sc_ovw, vintage 2026-03-10)"
    )
    assert verdict.record()["partial"] == verdict.partial.summary() == {
        "geo": "EU27_2020[2/27]", "members": "DE+FR", "value": 15.0, "lower": 15.0, "upper": 15.0,
            "ends": None,
        "verdict": "holds", "reading": "rounded", "dataset": "sbs_sc_ovw", "year": 2023,
    }  # fmt: skip
    assert one(Space([concat(parts)]), "15%", geo="EU27_2020", year="latest").partial is None
    assert one(Space([concat(parts)]), "15%", geo="ES").partial is None


#: Change printed, base year and size, and verdict with what it was compared with.
CHANGES = [
    ("100 %", {"size": None}, (100, "PC", "growth from 2022 to 2023", "ep", 2022)),
    ("30 %", {}, (30, "PC", "growth from 2022 to 2023", "p", 2022)),
    ("-3.5 pp", {}, (-3.5, "PP", "2023 less 2022", "ep", 2022)),
    ("3", {}, (3, "NR", "2023 less 2022", "p", 2022)),
    ("100", {"size": None, "base_year": 2022}, (100, "NR", "2023 less 2022", "ep", 2022)),
    ("100", {"size": None, "year": "latest"}, (100, "NR", "2023 less 2022", "ep", 2022)),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "fields", "found"), CHANGES)
def test_changes(space, printed, fields, found):
    verdict = one(space, printed, statistic="change", **fields)
    assert verdict.verdict == "holds"
    at = verdict.evidence
    assert at.value == at.lower == at.upper == pytest.approx(found[0])
    assert (at.unit, at.how, at.flag, at.base_year) == found[1:]
    assert (at.statistic, at.year, at.conf) == ("change", 2023, "")


def test_the_ends_of_a_change_pair_the_ends_against_each_other(cells):
    space = Space([concat([
        table(cells, {"TOTAL": 100}, year=2022).assign(lower=90.0, upper=110.0),
        table(cells, {"TOTAL": 200}).assign(lower=180.0, upper=220.0),
    ])])  # fmt: skip
    less = one(space, "100", statistic="change", size=None).evidence
    assert (less.value, less.lower, less.upper) == (100, 70, 130)
    growth = one(space, "100%", statistic="change", size=None).evidence
    assert (growth.value, growth.lower, growth.upper) == pytest.approx(
        (100, 100 * (180 / 110 - 1), 100 * (220 / 90 - 1))
    )


#: Cells of 2022 and of 2023 (DE TOTAL), what is asked, why there is no change.
NO_CHANGE = [
    ((100, ""), (200, ""),
    {"base_year": 2020}, "no table at hand has enterprises of size TOTAL in DE for "
                                               "both 2020 and 2023"),
    ((100, ""), (200, "b"),
    {}, "a break lies between 2022 and 2023 (the cell of 2023 carries the flag b): "
                                "two definitions"),
    ((0, ""), (200, ""), {}, "2022 may be nothing, and nothing grows from it"),
    ((100, ""), (200, ""),
    {"geo": "FR", "year": "latest"}, "no table at hand has enterprises of size "
                                                            "TOTAL in FR for both -1 and 0"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "now", "fields", "why"), NO_CHANGE)
def test_why_there_is_no_change(cells, before, now, fields, why):
    space = Space(
        [concat([table(cells, {"TOTAL": before}, year=2022), table(cells, {"TOTAL": now})])]
    )
    verdict = one(space, "5%", **({"statistic": "change", "size": None} | fields))
    assert (verdict.verdict, verdict.note) == ("unavailable", why)


def test_a_break_of_the_catalogue_parts_two_years(cells):
    space = Space([concat([
        table(cells, {"TOTAL": 100}, year=2020), table(cells, {"TOTAL": 200}, year=2021),
    ])])  # fmt: skip
    verdict = one(space, "5%", statistic="change", size=None, year=2021)
    assert verdict.verdict == "unavailable"
    before = "a break lies between 2020 and 2021 (Regulation (EU) 2019/2152: "
    assert verdict.note.startswith(before) and verdict.note.endswith("): two definitions")
    space = Space([concat([
        table(cells, {"TOTAL": n}, year=year, dataset="sbs_sc_sca_r2", nace="B-N_S95_X_K")
        for n, year in ((100, 2016), (200, 2017), (300, 2018), (400, 2019))
    ])])  # fmt: skip
    said = {year: one(space, "100", statistic="change", size=None, year=year).verdict
            for year in (2017, 2018, 2019)}  # fmt: skip
    assert said == {2017: "holds", 2018: "unavailable", 2019: "holds"}
    # DE broke in 2018; FR did in 2017


def test_averages_and_money(cells):
    space = Space([concat([
        table(cells, {"TOTAL": 200}),
        table(cells, {"TOTAL": 900}, measure="persons_employed", indic="EMP_NR"),
        table(cells, {"TOTAL": 2.5}, measure="turnover", indic="NETTUR_MEUR", unit="MEUR"),
    ])])  # fmt: skip
    average = one(space, "4.5", statistic="average", measure="average_size", size=None)
    assert (average.verdict, average.evidence.unit) == ("holds", "PERS_PER_ENT")
    assert average.evidence.how == "persons employed ÷ enterprises"
    money = one(space, "EUR 2.5 million", statistic="level", measure="turnover", size=None)
    assert (money.verdict, money.evidence.how) == ("holds", "sum of cells")


def test_the_exit_code(space):
    right, wrong = one(space, "6.5%"), one(space, "60%")
    assert (exit_code([right, right]), exit_code([right, wrong]), exit_code([])) == (0, 1, 0)
    assert exit_code([one(space, "60%", expect="refuted")]) == 0
