"""Marks over charts: each row drawn has one, at its place, with its own number."""

import itertools
import re

import pytest

from sme_stats import plotting
from sme_stats.claims.files import read_claims
from sme_stats.claims.verdicts import check
from sme_stats.loading import load
from sme_stats.places import data_dir
from sme_stats.plotting.recipes import Question, draw
from sme_stats.report.marks import marks_of, size_of

CHARTS = {
    "ranking": ("ranking", {"year": (2021,)}),
    "one person": ("one-person", {"year": (2023,)}),
    "trend with withheld years": ("trend", {"geo": ("DE", "PT", "FR")}),
    "births and deaths": ("births-deaths", {"geo": ("DE",)}),
    "structure with withheld classes": ("size-structure", {"geo": ("PT",), "year": (2021,)}),
    "structure by country": ("size-structure", {"year": (2023,)}),
}


@pytest.mark.exhaustive(meet=1)
@pytest.mark.parametrize("width", [3.7, 7.6])
@pytest.mark.parametrize("lang", ["en", "fr", "de"])
@pytest.mark.parametrize("name", CHARTS)
def test_every_row_has_a_mark_inside_the_chart(name, lang, width):
    recipe, fields = CHARTS[name]
    chart = draw(recipe, Question(**fields), lang=lang, width=width)
    marks = marks_of(chart)
    assert len(marks) == len(chart.data)
    wide, tall = size_of(chart)
    for mark in marks:
        assert -1 <= mark.x <= mark.x + mark.wide <= wide + 1
        assert -1 <= mark.y <= mark.y + mark.tall <= tall + 1
        assert mark.wide >= 14  # can be hit
        assert mark.tall >= 14


def test_marks_stand_where_their_numbers_are():
    chart = draw("ranking", Question(year=(2023,), add_partial=False))
    marks = marks_of(chart)
    numbers = [float(re.search(r": ([\d.]+)", m.text)[1]) for m in marks]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers == [float(f"{v:.1f}") for v in chart.data["value"]]
    middles = [m.x + m.wide / 2 for m in marks]
    values = chart.data["value"].tolist()
    scale = (middles[0] - middles[-1]) / (values[0] - values[-1])
    for mark, value in zip(marks, values, strict=True):
        at = middles[-1] + scale * (value - values[-1])
        assert mark.x + mark.wide / 2 == pytest.approx(at, abs=0.05)
    assert all(a.y < b.y for a, b in itertools.pairwise(marks))


def test_equal_values_of_different_years_are_told_apart():
    frame = load("bd_size", geo="DE", size="TOTAL", measure="birth_rate")
    frame = frame.assign(value=8.0, lower=8.0, upper=8.0)
    marks = marks_of(plotting.trend(frame))
    assert [m.text[:4] for m in marks] == [str(y) for y in sorted(frame["year"])]
    assert all(a.x < b.x for a, b in itertools.pairwise(marks))


def test_what_a_mark_says_of_withheld_and_rounded_cells():
    withheld = marks_of(draw("trend", Question(geo=("PT",)), lang="de"))[-1].text
    assert withheld.replace("\u202f", " ") == "2024: vertraulich, 69,2–93,3 %"
    rounded = marks_of(draw("births-deaths", Question(geo=("DE",))))[0].text
    assert rounded.replace("\xa0", " ") == "Birth rate, 2008: 9.25 % (9.24–9.26 %)"


def test_a_claim_has_marks_for_print_and_data():
    (verdict, *_) = check(read_claims(data_dir() / "claims" / "press-2023.toml"))
    marks = marks_of(plotting.claim_against_data(verdict.record()))
    said = [m.text.replace("\xa0", " ") for m in marks]
    assert said[0] == "Printed: 57.5–58.5 %"
    assert said[-1].startswith("Data: 63.0 % (62.5–63.5 %)")


def test_a_mark_that_fits_no_row_is_left_out():
    chart = draw("ranking", Question(year=(2023,)))
    wrong = chart.data.assign(value=chart.data["value"] + 1.0)
    object.__setattr__(chart, "data", wrong)
    assert marks_of(chart) == []
