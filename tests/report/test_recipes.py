"""From a question to a chart, by the library and by the command."""

import csv

import pytest

from sme_stats.cli import main
from sme_stats.errors import NotAvailableError, UnknownNameError
from sme_stats.plotting.recipes import RECIPES, Question, draw

BASICS = {"size-structure": 2023, "ranking": 2023, "one-person": 2023}


@pytest.mark.parametrize("chart", RECIPES)
def test_every_recipe_draws(chart):
    year = (BASICS[chart],) if chart in BASICS else ()
    drawn = draw(chart, Question(year=year))
    assert drawn.title
    assert "Eurostat" in drawn.note
    assert len(drawn.data)


def test_newest_year_by_default():
    assert set(draw("ranking", Question()).data["year"]) == {2024}


def test_a_small_country():
    data = draw("ranking", Question(geo=("SI",), year=(2023,), add_partial=False)).data
    assert data["geo"].tolist() == ["SI"]


def test_one_country_has_all_measures():
    data = draw("size-structure", Question(geo=("IT",), year=(2023,))).data
    assert set(data["measure"]) == {
        "enterprises_share",
        "persons_employed_share",
        "turnover_share",
    }


def test_several_countries_have_the_measure_asked_for():
    data = draw("size-structure", Question(geo=("IT", "DE"), year=(2023,))).data
    assert set(data["measure"]) == {"persons_employed_share"}


@pytest.mark.parametrize(
    ("indicator", "geos"),
    [("birth-rate", ()), ("average-size", ()), ("pareto-tail", ()), ("size-level", ("DE", "IT"))],
)
def test_any_indicator_of_countries_can_be_ranked(indicator, geos):
    drawn = draw("ranking", Question(geo=geos, year=(2023,), indicator=indicator))
    assert drawn.title
    assert len(drawn.data) >= 2


def test_any_series_can_be_followed():
    drawn = draw("trend", Question(geo=("EU27_2020",), indicator="birth-rate"))
    assert {2020, 2021} <= set(drawn.data["year"])
    assert set(drawn.data["measure"]) == {"birth_rate"}


def test_unknown_chart_and_place():
    with pytest.raises(UnknownNameError, match="did you mean ranking"):
        draw("rankin", Question())
    with pytest.raises(NotAvailableError, match="XX"):
        draw("trend", Question(geo=("XX",)))
    with pytest.raises(NotAvailableError, match="MT"):
        draw("births-deaths", Question(geo=("MT",)))


def _run(capsys, *args):
    with pytest.raises(SystemExit) as stopped:
        main(list(args))
    out = capsys.readouterr()
    return stopped.value.code, out.out, out.err


def test_plot_writes_four_files(tmp_path, capsys):
    stem = tmp_path / "one"
    code, out, _ = _run(capsys, "plot", "one-person", "--year", "2023", "--out", str(stem))
    assert code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "one.csv",
        "one.png",
        "one.svg",
        "one.txt",
    ]
    with stem.with_suffix(".csv").open(encoding="utf-8") as file:
        rows = {row["geo"]: float(row["value"]) for row in csv.DictReader(file)}
    assert round(rows["AT"], 1) == 58.6
    assert out.splitlines()[0]


def test_plot_a_claim(tmp_path, capsys):
    args = ["plot", "claim", "--claim", "data/claims/press-2023.toml", "--id", "large"]
    code, out, _ = _run(capsys, *args, "--out", str(tmp_path / "c"), "--format", "json")
    assert code == 0
    assert '"alt"' in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["plot", "claim"], "needs --claim"),
        (["plot", "claim", "--claim", "data/claims/press-2023.toml", "--id", "larg"], "large"),
        (["plot", "trend", "--nace", "C"], "drop --nace"),
        (["plot", "trends"], "trend"),
    ],
)
def test_mistakes_are_one_line(args, said, capsys):
    code, _, err = _run(capsys, *args)
    assert code == 2
    assert err.count("\n") == 1
    assert said in err
