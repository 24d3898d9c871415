"""Every indicator in every chart that it claims: from embedded figures, else synthetic cells."""

import pandas as pd
import pytest

from sme_stats.errors import BreakError, NotAvailableError, UsageError
from sme_stats.frame import concat, tidy
from sme_stats.indicators.registry import EVERYWHERE, INDICATORS
from sme_stats.plotting import decompositions, questions, recipes
from sme_stats.plotting.recipes import Question, draw

pytestmark = pytest.mark.usefixtures("home")
PLACES, YEARS = ("DE", "FR", "IT"), (2022, 2023)
CLASSES = ("0-9", "10-49", "50-249", "GE250")


def rows(dataset, measure, level, sizes=(), unit="NR", **fields):
    """Synthetic cells of three places and two years, TOTAL the sum of the classes."""
    found = []
    for p, geo in enumerate(PLACES):
        for year in YEARS:
            parts = [level * (s + 1) * (p + 2) * (1 + 0.1 * (year == 2023) * s)
                     for s in range(len(sizes))]  # fmt: skip
            values = dict(zip(sizes, map(round, parts), strict=True))
            values["TOTAL"] = sum(values.values()) if sizes else level * (p + 2 + (year == 2023))
            found += [{"geo": geo, "year": year, "size": s, "value": float(v)}
                      for s, v in values.items()]  # fmt: skip
    common = {"dataset": dataset, "vintage": "2026-01-01", "indic": measure, "measure": measure,
              "unit": unit, "nace": "B-S_X_O_S94", "flag": "", "conf": ""} | fields  # fmt: skip
    frame = pd.DataFrame(found).assign(**common)
    return tidy({str(c): frame[c].to_numpy() for c in frame.columns})


def table(dataset, *specs, sizes=(), **fields):
    return concat([rows(f"synthetic_{dataset}", m, v, sizes, u, **fields) for m, v, u in specs])


def sections():
    """Two sections by size, of which the second doubles its weight, for a shift-share."""
    both = [
        table("sbs_sc_ovw", ("persons_employed", level, "NR"), sizes=sizes, nace=nace)
        for nace, level, sizes in (("C", 40, CLASSES), ("G", 70, ("0-9", "GE250")))
    ]
    both[1]["value"] *= 1.0 + (both[1]["year"] == 2023)
    return concat(both)


SYNTHETIC = {
    "sbs_sc_ovw": lambda: table(
        "sbs_sc_ovw", ("enterprises", 50, "NR"), ("persons_employed", 900, "NR"),
        ("value_added", 60, "MEUR"), ("turnover", 200, "MEUR"), ("personnel_cost", 30, "MEUR"),
        ("gross_operating_surplus", 20, "MEUR"), sizes=CLASSES,
    ),
    "sbs_ovw_act": lambda: table(
        "sbs_ovw_act", ("gross_investment", 5, "MEUR"), ("persons_employed", 900, "NR")
    ).drop(columns="size"),
    "sbs_ovw_smc": lambda: table(
        "sbs_ovw_smc", ("persons_employed", 900, "NR"), sizes=("0-249", "250-749", "GE750")
    ),
    "bd_size": lambda: concat([
        table("bd_size", ("births", 20, "NR"), ("active_enterprises", 200, "NR"),
              ("persons_employed", 900, "NR"), ("persons_employed_in_births", 30, "NR"),
              ("persons_employed_in_deaths", 25, "NR"), ("birth_rate", 9, "PC")),
        table("bd_size", ("survivors", 10, "NR"), ("persons_employed_in_survivors", 40, "NR"),
              age="Y5"),
    ]),
    "bd_hg": lambda: table("bd_hg", ("high_growth_share", 3, "PC"),
                           ("young_high_growth_share", 1, "PC")),
    "bd_salge1_size": lambda: concat([
        table("bd_salge1_size", ("employer_birth_rate", 5, "PC"), ("employer_death_rate", 4, "PC")),
        table("bd_salge1_size", ("employer_survival", 15, "PC"), age="Y5"),
    ]),
    "demo_pjan": lambda: table("demo_pjan", ("population", 1000, "NR")).drop(
        columns=["size", "nace"]
    ),
}  # fmt: skip
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


@pytest.fixture
def at_hand(monkeypatch):
    """Cells of synthetic tables in the place of a store that has them."""

    def put(indicator):
        made = sections() if indicator == "shift-share" else SYNTHETIC[LACKING[indicator]]()

        def load(name, *_, **__):
            if name == "demo_pjan":
                return SYNTHETIC["demo_pjan"]()
            if name != LACKING[indicator]:
                raise NotAvailableError(f"{name} is not at hand")
            return made

        for where in ("sme_stats.indicators.structure", questions.__name__,
                      decompositions.__name__):  # fmt: skip
            monkeypatch.setattr(f"{where}.load", load)

    return put


@pytest.mark.exhaustive(meet=1)
@pytest.mark.parametrize(("indicator", "chart"), CLAIMED)
def test_every_indicator_is_drawn_in_every_chart_that_it_claims(indicator, chart, at_hand):
    if indicator in LACKING:
        at_hand(indicator)
    geo = ("DE", "IT") if indicator not in ALL and chart not in ("waffle", "births-deaths") else ()
    drawn = draw(chart, Question(indicator=indicator, geo=geo, add_partial=indicator in ALL))
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
    at_hand("shift-share")
    drawn = draw("shift-share", Question(indicator="shift-share"), lang=lang, width=3.4)
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
