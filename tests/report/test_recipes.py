"""From a question to a chart, by the library and by the command."""

import csv

import pytest

from sme_stats import plotting
from sme_stats.cli import main
from sme_stats.cli.charts import CHARTS
from sme_stats.errors import NotAvailableError, UnknownNameError
from sme_stats.plotting.recipes import RECIPES, Question, draw

#: What a chart needs to be told on the figures embedded; the others draw unasked.
ASKED = {
    "productivity-gap": Question(dataset="istat_sbs", nace=("C",)),
    "claim": Question(claim="data/claims/press-2023.toml", claim_id="large"),
    "definition-map": Question(claim="data/claims/press-2023.toml", claim_id="large"),
}


#: Sections by size are not embedded; `test_every_indicator_drawn.py` has synthetic ones.
NOT_EMBEDDED = {"shift-share"}


@pytest.mark.parametrize("chart", [c for c in RECIPES if c not in NOT_EMBEDDED])
def test_every_recipe_draws(chart):
    drawn = draw(chart, ASKED.get(chart, Question()))
    assert drawn.title
    assert "Source: " in drawn.note
    assert len(drawn.data)


def test_a_chart_goes_by_its_python_name_too():
    assert draw("one_person", Question()).title == draw("one-person", Question()).title


def test_every_chart_is_a_command_and_can_be_declared():
    """What `plotting` draws, the command and a file of figures draw too, under the same name."""
    functions = {name.replace("_", "-") for name in plotting.__all__} - {"Chart", "CHARTS"}
    assert {"claim" if n == "claim-against-data" else n for n in functions} == set(RECIPES)
    assert set(CHARTS) == set(RECIPES)


def test_options_of_every_chart():
    ranked = draw("ranking", Question(year=(2023,)), order="protocol", labels="codes", lang="de")
    assert ranked.data["geo"].tolist()[1:4] == ["BE", "CZ", "DE"]
    labels = [t.get_text() for t in ranked.axes.get_yticklabels()]
    assert labels[0].startswith("EU27, teilweise")
    assert labels[1:4] == ["BE", "CZ", "DE"]
    assert "Griechenland" in ranked.alt


def test_a_table_of_a_national_office_is_named_as_that_offices():
    drawn = draw("productivity-gap", ASKED["productivity-gap"])
    assert "Source: ISTAT, istat_sbs" in drawn.note
    assert "Eurostat" not in drawn.note
    with pytest.raises(NotAvailableError, match="no value added by size"):
        draw("productivity-gap", Question())


def test_revisions_have_every_vintage_and_release():
    data = draw("revisions", Question(size="large", year=(2023,))).data
    assert data["value"].tolist() == [53000.0, 54219.0, 54256.0]
    assert data["vintage"].astype(str).tolist() == ["2024-12", "2025-10", "2026-03-10"]


def test_a_slope_of_the_newest_table_joins_no_break():
    drawn = draw("slope", Question())
    assert set(drawn.data["year"]) == {2021, 2024}
    assert set(draw("slope", Question(year=(2020, 2021))).data["year"]) == {2020, 2021}


def test_survival_of_a_cohort():
    drawn = draw("survival-curves", Question(geo=("DE",), year=(2012,)))
    assert "born 2012" in drawn.subtitle


def test_a_waffle_takes_the_newest_year_that_is_whole():
    assert set(draw("waffle", Question(geo=("PT",))).data["year"]) == {2024}


def test_a_claim_that_is_not_there():
    with pytest.raises(UnknownNameError, match="did you mean large"):
        draw("claim", Question(claim="data/claims/press-2023.toml", claim_id="larg"))


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


def test_plot_writes_five_files(tmp_path, capsys):
    stem = tmp_path / "one"
    code, out, _ = _run(capsys, "plot", "one-person", "--year", "2023", "--out", str(stem))
    assert code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "one.csv",
        "one.pdf",
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
        (["plot", "ranking", "--files", "svg,gif"], "gif"),
        (["plot", "small-multiples", "--nace", "C,F"], "give --geo too"),
        (["plot", "ranking", "--width", "1"], "3 to 40"),
        (["plot", "trends"], "trend"),
    ],
)
def test_mistakes_are_one_line(args, said, capsys):
    code, _, err = _run(capsys, *args)
    assert code == 2
    assert err.count("\n") == 1
    assert said in err
