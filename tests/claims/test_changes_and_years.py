"""Claims about a change, the latest year, and years or populations that are not there."""

import pytest

from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import check
from sme_stats.frame import concat

COMMON = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94", "measure": "turnover", "unit": "MEUR",
          "indic": "NETTUR_MEUR"}  # fmt: skip


def claim(printed, **fields):
    plain = {"id": "x", "printed": printed, "statistic": "share", "measure": "turnover",
             "geo": "DE", "year": 2023}  # fmt: skip
    return make_claim(plain | fields, Document("a test"))


def series(cells, flags, geo="DE", dataset="sbs_sc_ovw"):
    """A level of every year from 2021, each with its flag."""
    return concat([
        cells({"TOTAL": (1000 + 10 * n, flag)}, year=2021 + n, geo=geo,
              **COMMON | {"measure": "enterprises", "unit": "NR", "indic": "ENT_NR",
                          "dataset": dataset})
        for n, flag in enumerate(flags)
    ])  # fmt: skip


def change_of(text, **fields):
    plain = {"statistic": "change", "measure": "enterprises", "size": "total", "year": 2024}
    return claim(text, **plain | fields)


def test_a_change_is_the_difference_and_unites_flags(cells):
    space = Space([series(cells, ["", "e", "", "p"])])
    verdict = check(change_of("10"), space)[0]
    assert (verdict.verdict, verdict.evidence.value, verdict.evidence.flag) == ("holds", 10, "p")
    assert verdict.note.endswith("provisional")
    longer = check(change_of("30", base_year=2021), space)[0]
    assert (longer.evidence.value, longer.evidence.how) == (30, "2024 less 2021")
    missing = check(change_of("30", base_year=2019), space)[0]
    assert missing.verdict == "unavailable" and "for both 2019 and 2024" in missing.note
    latest = check(change_of("10", year="latest"), space)[0]
    assert latest.evidence.year == 2024


@pytest.mark.parametrize("flags", [["", "", "", "b"], ["", "", "b", ""], ["", "be", "", ""]])
def test_a_change_across_any_flagged_break_is_unavailable(cells, flags):
    verdict = check(change_of("30", base_year=2021), Space([series(cells, flags)]))[0]
    year = 2021 + next(n for n, flag in enumerate(flags) if "b" in flag)
    assert verdict.verdict == "unavailable"
    assert f"the cell of {year} carries the flag b" in verdict.note


def test_a_break_of_the_base_year_itself_does_not_matter(cells):
    verdict = check(change_of("30", base_year=2021), Space([series(cells, ["b", "", "", ""])]))[0]
    assert verdict.verdict == "holds"


def test_a_change_across_a_break_of_the_catalogue_is_unavailable(cells):
    frame = series(cells, [""] * 4, geo="FR", dataset="sbs_sc_sca_r2")
    frame = frame.assign(nace="B-N_S95_X_K", year=(frame["year"] - 6).astype("int16"))
    verdict = check(change_of("10", year=2017, geo="FR"), Space([frame]))[0]
    assert verdict.verdict == "unavailable" and "enterprise instead of legal unit" in verdict.note
    assert check(change_of("10", year=2018, geo="FR"), Space([frame]))[0].verdict == "holds"


def test_the_latest_year_is_the_latest_that_the_tables_have(cells):
    verdict = check(claim("1030", statistic="level", measure="enterprises", size="total",
                          year="latest"), Space([series(cells, [""] * 4)]))[0]  # fmt: skip
    assert (verdict.verdict, verdict.evidence.year) == ("holds", 2024)
    assert verdict.record()["year"] == 2024


def test_another_population_or_year_is_named(cells):
    space = Space([series(cells, [""] * 4)])
    level = {"statistic": "level", "measure": "enterprises", "size": "total"}
    other = check(claim("1000", population="non-financial", **level, year=2021), space)[0]
    assert "only for another population (B-S_X_O_S94)" in other.note
    year = check(claim("1000", **level, year=2019), space)[0]
    assert "for 2019, only for 2021, 2022, 2023, 2024" in year.note
    nowhere = check(claim("1000", **level, geo="MT", year="latest"), space)[0]
    assert nowhere.verdict == "unavailable" and "the tables at hand have no" in nowhere.note
    named = check(claim("1000", population="B-S_X_O_S94", **level, year=2021), space)[0]
    assert named.verdict == "holds"
