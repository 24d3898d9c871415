"""Numbers, definitions and what a search found, in words."""

import math
from types import SimpleNamespace

import pytest

from sme_stats.claims.words import (
    is_section,
    say_definition,
    say_evidence,
    say_number,
    say_own,
    say_place,
    say_range,
    say_size,
    say_source,
    say_years,
)

from .numbers import number


@pytest.mark.parametrize(("value", "unit", "said"), [
    (0.16409, "PC", "0.164 %"), (1.0, "PC", "1.00 %"), (0.0, "PC", "0.00 %"),
    (-0.5, "PP", "-0.500 pp"),
    (-1.0, "PC", "-1.00 %"), (0.9999, "PC", "1.000 %"), (0.5, "NR", "0"),
    (33065522, "NR", "33,065,522"),
    (4.126, "PERS_PER_ENT", "4.13 persons per enterprise"),
    (5360000, "MEUR", "5,360,000 million euro"),
    (1.5, "unheard", "2"), (math.nan, "PC", "unknown"), (math.inf, "NR", "unknown"),
])  # fmt: skip
def test_number(value, unit, said):
    assert say_number(value, unit) == said


@pytest.mark.parametrize(("lower", "value", "upper", "said"), [
    (5, 5, 5, "5.00 %"), (4, 5, 6, "5.00 % (between 4.00 % and 6.00 %)"),
    (4, math.nan, 6, "between 4.00 % and 6.00 %"), (5.001, 5.002, 5.003, "5.00 %"),
    (5.001, math.nan, 5.003, "5.00 %"), (4, math.nan, math.inf, "between 4.00 % and unknown"),
    (5, math.nan, 5, "5.00 %"),
])  # fmt: skip
def test_range(lower, value, upper, said):
    assert say_range(lower, value, upper, "PC") == said


#: What is changed in a share of large enterprises, and how it is named.
DEFINITIONS = [
    ({}, "share of large enterprises (250+) in enterprises, Germany 2023"),
    ({"of": "0-249", "size": "0-9"},
     "share of micro enterprises (0-9) in enterprises of all SMEs (0-249), Germany 2023"),
    ({"statistic": "level"}, "enterprises of large enterprises (250+), Germany 2023"),
    ({"statistic": "level", "size": "TOTAL"}, "enterprises, Germany 2023"),
    ({"statistic": "average", "size": "0-249"},
    "average size of SMEs (0-249), persons employed, Germany 2023"),
    ({"statistic": "rate", "measure": "survival", "age": "Y1"},
    "survival rate after 1 year, Germany 2023"),
    ({"statistic": "rate", "measure": "survival", "age": "Y5"},
    "survival rate after 5 years, Germany 2023"),
    ({"statistic": "rate", "measure": "birth_rate", "age": ""}, "birth rate, Germany 2023"),
    ({"statistic": "rate", "measure": "birth_rate", "age": "TOTAL"}, "birth rate, Germany 2023"),
    ({"statistic": "change", "unit": "PP", "base_year": 2022},
     "change of the share of large enterprises (250+) in enterprises, Germany 2022 to 2023"),
    ({"statistic": "change", "unit": "PC", "base_year": 2022, "size": "TOTAL"},
     "change of enterprises, Germany 2022 to 2023"),
    ({"statistic": "change", "unit": "NR", "base_year": 2020},
     "change of enterprises of large enterprises (250+), Germany 2020 to 2023"),
    ({"nace": "C"},
    "share of large enterprises (250+) in enterprises, Manufacturing, Germany 2023"),
    ({"measure": "my_own"}, "share of large enterprises (250+) in my own, Germany 2023"),
    ({"measure": "persons_employed"},
    "share of large enterprises (250+) in persons employed, Germany 2023"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), DEFINITIONS)
def test_definition(changes, said):
    assert say_definition(number(**changes)) == said


@pytest.mark.parametrize(("code", "said"), [
    ("0-249", "SMEs (0-249)"), ("GE250", "large enterprises (250+)"), ("TOTAL", "all enterprises"),
    ("0", "enterprises without employees"), ("0-9", "micro enterprises (0-9)"),
    ("10-49", "small enterprises (10-49)"), ("50-249", "medium enterprises (50-249)"),
    ("0-49", "micro and small enterprises (0-49)"), ("1-249", "SMEs (1-249)"),
    ("10-249", "small and medium enterprises without micro (10-249)"), ("2-9", "class 2-9"),
])  # fmt: skip
def test_size(code, said):
    assert say_size(code) == said


def test_place_and_source():
    assert say_place("DE") == "Germany" and say_place("XY") == "XY"
    assert say_place("EU27_2020[18/27]") == "18 of 27 members of EU27_2020"
    assert say_source(number()) == "sbs_sc_ovw, vintage 2026-03-10"
    assert say_source(number(source="final-2023")) == (
        "sbs_sc_ovw, vintage 2026-03-10, release final-2023"
    )
    assert say_evidence(number()) == (
        "share of large enterprises (250+) in enterprises, Germany 2023: 0.500 % (sbs_sc_ovw, "
        "vintage "
        "2026-03-10)"
    )
    assert [is_section(c) for c in ("C", "C10", "B-N_S95_X_K", "B-S_X_O", "")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_years_of_a_definition():
    assert say_years(SimpleNamespace(years=[2021, 2022], not_since=None)) == "true in 2021, 2022"
    assert (
        say_years(SimpleNamespace(years=[2021], not_since=2023)) == "true in 2021; not since 2023"
    )


def found(**fields):
    plain = {"held": [], "refuted_since": [], "own": [], "nearest": None, "plausible_hits": 1234,
             "plausible": 5000, "unspecific": 0.2468, "hits": 30_000,
             "searched": 1_000_000}  # fmt: skip
    return SimpleNamespace(**(plain | fields))


UNSPECIFIC = (
    "unspecific: 1,234 of 5,000 plausible definitions (24.7%) give a number in the printed "
    "interval, "
    "of all numbers of this kind 30,000 of 1,000,000"
)


def test_what_a_search_says_of_a_claims_own_definition():
    assert say_own(found()) == [UNSPECIFIC]
    one, two = number(year=2015, value=58.0), number(year=2016, geo="FR", value=58.2)
    assert say_own(found(held=[one, two])) == [
        "under its own definition it held in DE 2015 (58.00 %), FR 2016 (58.20 %)", UNSPECIFIC,
    ]  # fmt: skip
    assert say_own(found(held=[one], refuted_since=[2017, 2018], nearest=two)) == [
        "under its own definition it held in DE 2015 (58.00 %); not since 2017 (refuted in 2017, "
        "2018)",
        UNSPECIFIC,
    ]  # fmt: skip
    own = [(one, "refuted"), (one, "refuted"), (two, "refuted")]
    assert say_own(found(own=own, nearest=two)) == [
        "under its own definition it holds in no year at hand (2015, 2016)",
        f"nearest number of the same statistic, measure and size: {say_evidence(two)}", UNSPECIFIC,
    ]  # fmt: skip
