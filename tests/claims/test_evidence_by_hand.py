"""Which number suits a claim, which comes first, and what a comparison says: case by case."""

import math

import pytest

from sme_stats.claims.evidence import (
    best,
    compare,
    factor_of,
    family,
    independent,
    printed_units,
    suits,
    suits_population,
    units_fit,
)
from sme_stats.claims.printed import Reading, parse_printed
from sme_stats.claims.standing import Earlier, say_standing, standing

from .numbers import claim, number

INF = math.inf

#: Ends of the data, printed interval, whether the upper end is attained, verdict.
COMPARED = [
    (5, 5, (5, 6), False, "holds"), (5.5, 5.5, (5, 6), False, "holds"), (6, 6, (5, 6),
    False, "refuted"),
    (4.999, 4.999, (5, 6), False, "refuted"), (5 - 1e-13, 5 - 1e-13, (5, 6), False, "holds"),
    (6 - 1e-13, 6 - 1e-13, (5, 6), False, "refuted"),
    # Rounded figures never reach their upper end.
    (5, 6, (5, 6), False, "holds"), (4, 5, (5, 6), False, "refuted"), (6, 7, (5, 6),
    False, "refuted"),
    (4, 5.5, (5, 6), False, "undecided"), (5.5, 6.5, (5, 6), False, "undecided"),
    (4, 7, (5, 6), False, "undecided"), (5.2, 5.4, (5, 6), False, "holds"),
    # A withheld cell may be its upper end.
    (5, 6, (5, 6), True, "undecided"), (4, 5, (5, 6), True, "undecided"), (6, 7, (5, 6),
    True, "refuted"),
    (5, 5.9, (5, 6), True, "holds"), (4, 4.9, (5, 6), True, "refuted"),
    # Printed without an upper end.
    (70, 70, (70, INF), False, "holds"), (69, 69, (70, INF), False, "refuted"),
    (65, 75, (70, INF), False, "undecided"), (70, INF, (70, INF), False, "holds"),
    (70, INF, (70, INF), True, "holds"), (0, INF, (70, INF), False, "undecided"),
    (0, INF, (5, 6), False, "undecided"), (7, INF, (5, 6), False, "refuted"),
    # Slack is of the numbers' own size.
    (1e12 - 0.5, 1e12 - 0.5, (1e12, 2e12), False, "holds"),
    (1e12 - 1.5, 1e12 - 1.5, (1e12, 2e12), False, "refuted"),
    (-6, -5, (-5, -4), False, "refuted"), (-5, -5, (-5, -4), False, "holds"),
]  # fmt: skip


@pytest.mark.parametrize(("lower", "upper", "ends", "attained", "verdict"), COMPARED)
def test_what_the_data_allow_against_what_is_printed(lower, upper, ends, attained, verdict):
    assert compare(lower, upper, Reading("rounded", *ends), attained) == verdict
    if not attained:
        assert compare(lower, upper, Reading("rounded", *ends)) == verdict


@pytest.mark.parametrize(("dataset", "kind"), [
    ("bd_size", "bd"), ("sbs_sc_ovw", "sbs"), ("sif_31_2008", "sbs"), ("istat_sbs", "national"),
    ("insee", "national"), ("bdx", "national"), ("xsbs_", "national"),
])  # fmt: skip
def test_families_of_tables(dataset, kind):
    assert family(dataset) == kind


#: Population of the claim, its measure, dataset and activity of the number, whether it suits.
SUITING = [
    ("", "enterprises", "sbs_sc_ovw", "B-S_X_O_S94", True),
    ("", "enterprises", "sbs_x", "B-N_S95_X_K", True),
    ("", "enterprises", "sif_31_2008", "C-I_K", True),
    ("", "enterprises", "sbs_sc_ovw", "C", False),
    ("", "enterprises", "bd_size", "B-S_X_O_S94", False),
    ("", "births", "bd_size", "B-S_X_O_S94", True),
    ("", "births", "bd_x", "B-N_X_K642", True), ("", "births", "bd_x", "B-N_S95_X_K", False),
    ("", "births", "sbs_x", "B-S_X_O_S94", False),
    ("", "enterprises", "insee", "B-S_X_O_S94", False),
    ("business-economy", "enterprises", "sbs_x", "B-S_X_O_S94", True),
    ("business-economy", "enterprises", "sbs_x", "B-N_S95_X_K", False),
    ("business-economy", "enterprises", "bd_x", "B-S_X_O_S94", False),
    ("non-financial", "enterprises", "sbs_x", "B-N_S95_X_K", True),
    ("non-financial", "enterprises", "sbs_x", "C-I_K", True),
    ("non-financial", "enterprises", "sbs_x", "B-S_X_O_S94", False),
    ("business-demography", "enterprises", "bd_x", "B-S_X_O_S94", True),
    ("business-demography", "enterprises", "bd_x", "C", False),
    ("business-demography", "enterprises", "sbs_x", "B-S_X_O_S94", False),
    ("C", "enterprises", "sbs_x", "C", True), ("C", "enterprises", "sbs_x", "F", False),
    ("C", "enterprises", "bd_x", "C", False), ("C", "births", "bd_x", "C", True),
    ("istat_sbs", "enterprises", "istat_sbs", "C", True),
    ("istat_sbs", "enterprises", "sbs_x", "C", False),
    ("istat_sbs:C", "enterprises", "istat_sbs", "C", True),
    ("istat_sbs:C", "enterprises", "istat_sbs", "F", False),
]  # fmt: skip


@pytest.mark.parametrize(("population", "measure", "dataset", "nace", "fits"), SUITING)
def test_which_activity_of_which_table_suits(population, measure, dataset, nace, fits):
    asked = claim(population=population, measure=measure)
    assert suits_population(asked, dataset, nace) is fits
    assert suits(asked, number(dataset=dataset, nace=nace)) is fits


def test_own_sources_and_what_they_superseded_prove_nothing():
    asked = claim(quotes=["own"])
    cells = number(vintage="2020")
    before = number(source="before", vintage="2024")
    own, same = number(source="own", vintage="2025"), number(source="same", vintage="2025")
    after = number(source="after", vintage="2026")
    assert independent(asked, [cells, before, own, same, after]) == [cells, after]
    assert independent(asked, [cells, before, after]) == [cells, before, after]
    assert independent(asked, []) == []


def test_cells_come_first_then_what_is_not_implied_then_the_latest_then_the_narrowest():
    cells, release = (
        number(vintage="2020", value=1.0),
        number(source="r", vintage="2026", value=2.0),
    )
    implied = number(how="births ÷ birth rate", vintage="2026", value=3.0)
    later, wide = number(vintage="2021", value=4.0), number(nace="C", lower=0, upper=9)
    assert best([]) is None
    assert best([release, cells]) is cells and best([implied, cells]) is cells
    assert best([implied, release]) is implied
    assert best([cells, later]) is later and best([later, cells]) is later
    assert best([wide, number()]) == number()
    assert best([release, number(source="r", vintage="2025")]) is release


def test_figures_of_one_release_are_cut_with_each_other():
    one = number(source="r", value=5.0, lower=4.0, upper=6.5)
    other = number(source="r", value=6.0, lower=5.5, upper=7.0)
    cut = best([one, other])
    assert (cut.value, cut.lower, cut.upper) == (6.0, 5.5, 6.5)
    cut = best([number(source="r", value=9.0, lower=4.0, upper=6.0), other])
    assert (cut.value, cut.lower, cut.upper) == (6.0, 5.5, 6.0)
    apart = number(source="r", value=9.0, lower=8.0, upper=8.9)
    assert best([one, apart]) is apart, "contradicting figures are not cut"
    touching = number(source="r", value=6.5, lower=6.5, upper=6.6)
    assert (best([one, touching]).lower, best([one, touching]).upper) == (6.5, 6.5)
    for field in ({"dataset": "x"}, {"vintage": "2025"}, {"source": "s"}, {"nace": "C"}):
        assert best([one, number(**{"source": "r", "lower": 5.5, "upper": 9.0} | field)]) == one


#: Print, unit of the data, whether they are of a kind, what one unit of the data is.
UNITS = [
    ("58%", "PC", True, 1), ("58%", "PP", False, 1), ("58%", "NR", False, 1),
    ("5 pp", "PP", True, 1),
    ("5 pp", "PC", False, 1), ("EUR 5", "MEUR", True, 1e6), ("EUR 5", "KEUR", True, 1e3),
    ("EUR 5", "EUR", True, 1), ("EUR 5", "BEUR", True, 1e9), ("EUR 5", "BGBP", False, 1),
    ("£5", "MEUR", False, 1e6), ("EUR 5", "NR", False, 1), ("5 million", "NR", True, 1),
    ("5 million", "THS", True, 1000), ("5", "PERS_PER_ENT", True, 1), ("5", "MEUR", False, 1),
    ("5", "PC", False, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "fits", "factor"), UNITS)
def test_units_of_prints_and_of_data(text, unit, fits, factor):
    printed = parse_printed(text)
    assert units_fit(printed, unit) is fits and factor_of(printed, unit) == factor
    assert printed_units(printed, number(unit=unit, lower=2.0, upper=3.0)) == (
        2 * factor,
        3 * factor,
    )


def earlier(verdict, **fields):
    return Earlier(number(**({"vintage": "2025-01", "value": 5.0} | fields)), verdict)


#: Verdict, verdicts of earlier vintages, standing.
STANDINGS = [
    ("refuted", ["holds"], "revised"), ("holds", ["refuted"], "revised"),
    ("refuted", ["refuted"], "wrong"),
    ("refuted", ["refuted", "holds"], "revised"), ("refuted", ["refuted", "undecided"], ""),
    ("holds", ["holds"], ""), ("undecided", ["holds", "refuted"], ""), ("refuted", [], ""),
    ("holds", ["undecided"], ""), ("unavailable", ["refuted"], ""),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "before", "said"), STANDINGS)
def test_revised_or_wrong(verdict, before, said):
    assert standing(verdict, [earlier(v) for v in before]) == said
    if not said:
        assert say_standing(verdict, [earlier(v) for v in before]) == ""


def test_standing_in_words():
    held = earlier("holds", vintage="2024-05", value=58.0)
    refuted = earlier("refuted", vintage="2025-06", value=63.5, source="final-2022")
    assert say_standing("refuted", [held]) == (
        "revised: it held by the vintage 2024-05 (58.00 %)"
    )  # fmt: skip
    assert say_standing("holds", [held, refuted]) == (
        "revised: it was refuted by the vintage 2025-06 (63.50 %, release final-2022)"
    )  # fmt: skip
    assert say_standing("refuted", [earlier("refuted", value=1.0), refuted]) == (
        "wrong: it was refuted, too, by the vintage 2025-06 (63.50 %, release final-2022)"
    )  # fmt: skip
    assert say_standing("refuted", [held, earlier("holds", value=57.6, lower=57.0, upper=58.0),
    refuted]) == (
        "revised: it held by the vintage 2025-01 (57.60 % (between 57.00 % and 58.00 %))"
    )  # fmt: skip


def test_the_record_of_an_earlier_vintage():
    found = earlier("holds", source="r", value=math.nan, lower=5.0, upper=INF)
    assert found.record() == {
        "vintage": "2025-01", "source": "r", "value": None, "lower": 5.0, "upper": None,
        "unit": "PC",
        "verdict": "holds",
    }  # fmt: skip
    assert earlier("holds").record()["source"] is None
