"""The definition space over small tables: what a table can say, and what it cannot."""

import pytest

from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.search import reconcile
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import check
from sme_stats.claims.words import say_number, say_place, say_range, say_size
from sme_stats.codelists import members
from sme_stats.frame import concat

BD = {"dataset": "bd_size", "nace": "B-S_X_O_S94"}


def claim(printed, **fields):
    plain = {"id": "x", "printed": printed, "geo": "DE", "year": 2023}
    return make_claim(plain | fields, Document("a test"))


def rates(cells, **numbers):
    return concat([
        cells({"TOTAL": v}, measure=m, unit="PC" if m.endswith("rate") else "NR", **BD)
        for m, v in numbers.items()
    ])  # fmt: skip


def test_a_table_of_rates_alone_has_no_share_no_level_and_no_average(cells):
    space = Space([rates(cells, birth_rate=8.4)])
    assert [space.blocks(s) for s in ("share", "level", "average", "change")] == [[], [], [], []]
    found = space.find("rate", "birth_rate", "TOTAL", "DE", 2023)
    assert [(e.value, e.how) for e in found] == [(8.4, "as published, ± half its last digit")]
    assert space.find("rate", "birth_rate", "0-9", "DE", 2023) == []


def test_births_and_their_rate_imply_a_stock(cells):
    space = Space([rates(cells, births=1000, birth_rate=10.0)])
    level = {"statistic": "level", "measure": "active_enterprises", "size": "total"}
    verdict = check(claim("10 thousand", **level), space)[0]
    assert verdict.verdict == "holds" and verdict.evidence.how == "births ÷ birth rate"


def test_births_of_one_place_and_a_rate_of_another_imply_nothing(cells):
    apart = concat([rates(cells, births=1000), rates(cells, birth_rate=10.0).assign(geo="FR")])
    space = Space([apart])
    assert space.find("level", "active_enterprises", "TOTAL", "DE", 2023) == []
    level = {"statistic": "level", "measure": "active_enterprises", "size": "total"}
    assert check(claim("10 thousand", **level), space)[0].verdict == "unavailable"


def test_persons_and_enterprises_that_do_not_meet_have_no_average(cells):
    sbs = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94"}
    apart = concat([cells({"TOTAL": 10}, **sbs),
                    cells({"TOTAL": 5}, geo="FR", measure="enterprises", **sbs)])  # fmt: skip
    assert Space([apart]).blocks("average") == []


def test_a_table_without_member_states_has_no_partial_aggregate(cells):
    norway = cells({"0-249": 3, "TOTAL": 5}, geo="NO", dataset="sbs_sc_ovw", nace="B-S_X_O_S94")
    space = Space([norway])
    assert space.partial("share") == []
    verdict = check(claim("60%", statistic="share", measure="persons_employed", size="SME",
                          geo="EU27_2020"), space)[0]  # fmt: skip
    assert verdict.verdict == "unavailable" and verdict.partial is None


def test_releases_are_never_summed(cells):
    printed = concat([cells({"TOTAL": 5}, geo=g) for g in members("EU27_2020")])
    assert Space([printed.assign(source="a-release")]).partial("level") == []
    assert Space([printed]).partial("level") != []


@pytest.mark.parametrize(
    ("population", "verdict"),
    [("", "holds"), ("business-demography", "holds"), ("B-S_X_O_S94", "holds"),
     ("non-financial", "unavailable"), ("C", "unavailable"), ("insee", "unavailable")],
)  # fmt: skip
def test_populations_of_business_demography(cells, population, verdict):
    frame = cells({"0": 60, "GE1": 40, "TOTAL": 100}, measure="active_enterprises", **BD)
    asked = claim("60%", statistic="share", measure="active_enterprises", size="zero-employees",
                  population=population)  # fmt: skip
    assert check(asked, Space([frame]))[0].verdict == verdict


def test_a_change_of_figures_that_were_only_printed_needs_both_of_one_release(cells):
    sbs = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94"}
    now = cells({"TOTAL": 120}, half=0.5, vintage="2024", **sbs).assign(source="later")
    before = cells({"TOTAL": 100}, half=0.5, year=2022, vintage="2023", **sbs).assign(
        source="earlier"
    )
    change = {"statistic": "change", "measure": "persons_employed", "size": "total"}
    verdict = check(claim("20", **change), Space([concat([now, before])]))[0]
    assert verdict.verdict == "unavailable" and "for both 2022 and 2023" in verdict.note
    one = before.assign(source="later", vintage="2024")
    found = check(claim("20", **change), Space([concat([now, one])]))[0]
    assert (found.evidence.lower, found.evidence.upper, found.verdict) == (19, 21, "undecided")


def test_a_change_is_never_between_two_vintages(cells):
    sbs = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94", "geo": "DE"}
    old = [
        cells({"TOTAL": v}, year=y, vintage="2024-01-01", **sbs)
        for y, v in ((2022, 100), (2023, 110))
    ]
    new = [
        cells({"TOTAL": v}, year=y, vintage="2025-01-01", **sbs)
        for y, v in ((2022, 105), (2023, 130))
    ]
    change = {"statistic": "change", "measure": "persons_employed", "size": "total"}
    found = check(claim("25", **change), Space([concat([*old, *new])]))[0]
    assert (found.verdict, found.evidence.value, found.evidence.vintage) == (
        "holds",
        25,
        "2025-01-01",
    )


def test_a_search_that_finds_nothing_says_what_is_nearest(cells):
    frame = cells({"0-249": 60, "TOTAL": 100}, dataset="sbs_sc_ovw", nace="B-S_X_O_S94")
    asked = claim("12.345%", statistic="share", measure="persons_employed", size="SME")
    found = reconcile(asked, Space([frame]))
    assert found.definitions == () and found.hits == 0 and found.by_chance == 0
    assert found.nearest.value == 60 and [v for _, v in found.own] == ["refuted"]
    empty = reconcile(asked, Space([]))
    assert empty.by_chance == 0 and empty.nearest is None and empty.own == ()


def test_numbers_sizes_and_places_in_words():
    assert say_number(float("inf"), "NR") == "unknown"
    assert say_number(58.0, "PC") == "58.00 %" and say_number(0.164, "PC") == "0.164 %"
    assert say_range(57.5, float("nan"), 58.5, "PC") == "between 57.50 % and 58.50 %"
    assert say_size("10-19") == "class 10-19"
    assert say_place("EU27_2020[18/27]") == "18 of 27 members of EU27_2020"
    assert say_place("EL") == "Greece"
