"""Every indicator in every chart that it claims: from embedded figures, else synthetic cells."""

import pytest

from sme_stats import catalogue, plugins
from sme_stats.errors import BreakError, NotAvailableError, UsageError
from sme_stats.indicators.registry import EVERYWHERE, INDICATORS
from sme_stats.loading import load
from sme_stats.plotting import recipes
from sme_stats.plotting.recipes import Question, draw

from . import synthetic_tables

pytestmark = pytest.mark.usefixtures("home")
#: Tables that the snapshot has not, or without the cells for an indicator.
LACKING = {
    "sme-density": "sbs_sc_ovw", "small-mid-caps": "sbs_ovw_smc",
    "labour-productivity": "sbs_sc_ovw", "productivity-gap": "sbs_sc_ovw",
    "wage-share": "sbs_sc_ovw", "gross-operating-rate": "sbs_sc_ovw",
    "investment-per-person": "sbs_ovw_act", "size-at-birth": "bd_size", "size-at-age": "bd_size",
    "employment-in-births": "bd_size", "employment-in-deaths": "bd_size",
    "high-growth-share": "bd_hg", "young-high-growth-share": "bd_hg",
    "employer-birth-rate": "bd_salge1_size", "employer-death-rate": "bd_salge1_size",
    "employer-survival": "bd_salge1_size", "shift-share": "sbs_sc_ovw",
}  # fmt: skip
#: Sums over member states are of all at hand; of the others two places are enough.
ALL = ("partial-aggregate", "coverage", "contributions")
CLAIMED = [(name, chart) for name, i in INDICATORS.items() for chart in i.charts]


@pytest.fixture(scope="module")
def stored(once):
    """Store that was filled from a server on loopback, and the plugin that describes its tables."""

    def fill(folder):
        synthetic_tables.install(folder / "site")
        synthetic_tables.fetch(folder / "cache")

    folder = once("synthetic-tables", fill)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder / "site"))
        for cached in (plugins.installed, catalogue.entries):
            cached.cache_clear()
        yield folder / "cache"
    for cached in (plugins.installed, catalogue.entries):
        cached.cache_clear()


@pytest.fixture
def at_hand(stored, home, monkeypatch):
    """Name of the stored table in the layout of one of Eurostat's."""
    monkeypatch.setenv("SME_STATS_CACHE_DIR", str(stored))
    return "synthetic_{}".format


@pytest.mark.exhaustive(meet=1)
@pytest.mark.parametrize(("indicator", "chart"), CLAIMED)
def test_every_indicator_is_drawn_in_every_chart_that_it_claims(indicator, chart, at_hand):
    geo = ("DE", "IT") if indicator not in ALL and chart not in ("waffle", "births-deaths") else ()
    dataset = at_hand(LACKING[indicator]) if indicator in LACKING else ""
    nace = ("C", "G") if indicator == "shift-share" else ()
    drawn = draw(chart, Question(indicator=indicator, geo=geo, add_partial=indicator in ALL,
                                 dataset=dataset, nace=nace))  # fmt: skip
    assert drawn.title and drawn.subtitle and len(drawn.data)
    assert drawn.title.rstrip(".") in drawn.alt
    unit = str(drawn.data["unit"].iloc[0])
    named = {"PC": "percent", "PP": "percentage points", "TEUR": "thousand euro per head",
             "PERS_PER_ENT": "persons employed per enterprise", "INDEX": "index",
             "PER_1000": "per 1,000 inhabitants", "RATIO": "ratio"}.get(unit)  # fmt: skip
    said = drawn.subtitle.lower()
    assert named is None or named in said or "shares of size classes" in said or unit == "PC"
    assert unit == INDICATORS[indicator].unit or INDICATORS[indicator].unit in ("", "PC", "RATIO")
    synthetic = indicator in LACKING
    assert drawn.alt.startswith("Synthetic data, no real enterprise.") == synthetic
    assert ("SYNTHETIC DATA" in drawn.note) == synthetic
    assert (set(drawn.data["dataset"].astype(str)) == {dataset}) == synthetic


def test_what_is_stored_came_through_the_client_whole(at_hand):
    for layout, specs in synthetic_tables.TABLES.items():
        cells = load(at_hand(layout), source="store")
        assert set(cells["indic"]) == {code for code, *_ in specs}
        assert (cells["measure"] != "").all() and set(cells["vintage"]) == {"2026-03-10"}
        lines = synthetic_tables.tsv(layout).splitlines()[1:]
        assert len(cells) == 2 * len(lines)
        assert cells["value"].sum() == sum(
            float(v) for line in lines for v in line.split(b"\t")[1:]
        )


def test_every_output_says_that_cells_are_synthetic(at_hand):
    drawn = draw("ranking", Question(indicator="high-growth-share", dataset=at_hand("bd_hg")))
    assert "SYNTHETIC DATA, no real enterprise: synthetic_bd_hg" in drawn.svg()
    assert b"Synthetic data, no real enterprise." in drawn.png()
    assert all(line.startswith("synthetic_bd_hg,") for line in drawn.csv().splitlines()[1:])


def test_every_indicator_claims_a_chart_and_every_claim_is_one():
    for name, one in INDICATORS.items():
        assert one.charts, name
        assert set(one.charts) <= set(recipes.RECIPES), name


def test_a_chart_refuses_what_it_would_show_wrongly():
    with pytest.raises(UsageError, match=r"^trend does not draw gini; it is drawn by ranking$"):
        draw("trend", Question(indicator="gini"))
    with pytest.raises(UsageError, match=r"ranking does not draw lorenz; .* lorenz-curve"):
        draw("ranking", Question(indicator="lorenz"))
    assert set(EVERYWHERE) <= set(recipes.RECIPES)


def test_growth_since_a_year_is_between_those_two():
    two = draw("ranking", Question(indicator="growth-rate", year=(2023,), since=2021))
    one = draw("ranking", Question(indicator="growth-rate", year=(2023,)))
    assert set(two.data["base_year"]) == {2021} and set(one.data["base_year"]) == {2022}
    assert "2021–2023" in two.subtitle and "2022–2023" in one.subtitle
    with pytest.raises(NotAvailableError, match=r"sbs_sc_ovw has 2021, 2022, 2023, 2024; .*1999"):
        draw("ranking", Question(indicator="growth-rate", year=(2023,), since=1999))


def test_an_index_starts_at_100_in_its_base_year():
    question = Question(indicator="index", measure="enterprises", geo=("FR",), base=2022)
    data = draw("trend", question).data
    assert data.loc[data["year"] == 2022, "value"].tolist() == [100.0]
    assert set(data["dataset"]) == {"sbs_sc_ovw"}, "the older table has no 2022"


def test_across_a_break_nothing_is_drawn_unless_asked_for_by_name():
    asked = {"indicator": "index", "dataset": "sbs_sc_sca_r2", "geo": ("DE",), "base": 2015,
             "year": (2015, 2020)}  # fmt: skip
    with pytest.raises(BreakError, match="a break lies between 2015 and 2020"):
        draw("trend", Question(**asked))
    flagged = draw("trend", Question(**asked, across_breaks="flag")).data
    assert "b" in flagged.loc[flagged["year"] == 2020, "flag"].iloc[0]


def test_gini_is_a_range_that_classes_allow_and_not_called_withheld():
    drawn = draw("ranking", Question(indicator="gini", year=(2023,), geo=("DE", "EL")))
    assert "Withheld" not in drawn.note + drawn.alt and "Ranges: " in drawn.alt
    assert len([p for p in drawn.axes.patches if p.get_gid() == "interval"]) == 3
    hidden = draw("ranking", Question(indicator="gini", year=(2024,), geo=("DE", "PT")))
    assert "Withheld by the source, and nothing bounds it: Portugal" in hidden.note


def test_contributions_add_up_to_the_growth_in_the_picture():
    drawn = draw("contributions", Question(geo=("IT",), measure="enterprises"))
    for year, part in drawn.data.groupby("year"):
        total = part.loc[part["size"] == "TOTAL", "value"].sum()
        assert part.loc[part["size"] != "TOTAL", "value"].sum() == pytest.approx(total), year
    marks = [m for m in drawn.axes.lines if m.get_gid() == "value"]
    assert [round(float(m.get_xdata()[0]), 2) for m in marks] == [2.71, 0.83, 0.58]
    bars = [p for p in drawn.axes.patches if str(p.get_gid()).startswith("part-")]
    first = [p for p in bars if abs(p.get_y() - bars[0].get_y()) < 1e-9]
    assert sum(p.get_width() for p in first) == pytest.approx(2.7058, abs=1e-3)
    assert "in Italy grew by 0.58" in drawn.title.replace("\xa0", " ")


@pytest.mark.parametrize("lang", ["en", "fr", "de"])
def test_a_shift_share_is_told_in_three_languages(lang, at_hand):
    asked = Question(indicator="shift-share", dataset=at_hand("sbs_sc_ovw"))
    drawn = draw("shift-share", asked, lang=lang, width=3.4)
    parts = drawn.data.pivot(index="geo", columns="measure", values="value").astype(float)
    assert (parts["within"] + parts["composition"]).tolist() == pytest.approx(parts["total"])
    assert (parts[["within", "composition"]].abs() > 0.1).all(axis=None)
    keys = [t.get_text() for t in drawn.figure.findobj(lambda a: hasattr(a, "get_text"))]
    assert {"en": "Within sectors", "fr": "Au sein des secteurs", "de": "In den Branchen"}[
        lang
    ] in " ".join(keys)


def test_a_table_without_sections_gives_no_shift_share():
    with pytest.raises(NotAvailableError, match="has no sections by size"):
        draw("shift-share", Question())
