"""Titles, notes and alt texts: from the data, in three languages."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from sme_stats import catalogue, codelists, flags, plotting
from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError, UsageError
from sme_stats.frame import concat
from sme_stats.plotting.numbers import Format, fit, number
from sme_stats.plotting.words import LANGS, listed, place, quantity, size_label, size_words, words

pytestmark = pytest.mark.exhaustive(meet=1)

#: A number as printed in any of the three languages.
NUMBER = re.compile("(?<![\\w])\u2212?\\d[\\d.,\u202f]*")
#: Names with digits that are no numbers of the data.
NAMES = re.compile(
    "(EU|UE)27|EU28|[A-Z]?(?<![.,\\d])\\d+[–_-]\\d+(?!\\d|[.,]\\d)|\\d+\\+|[(]\\d+\u00a0\\w+\u00a0\\d+[)]|“[^”]*”|„[^“]*“|«[^»]*»"
    "|(Printed|Gedruckt|Imprimé)[^,]*,"
)


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def keys(lang):
    free = ("geo_in.", "why.")  # English articles; reasons that the catalogue has in English
    return {k for k in flat(words(lang)) if not k.startswith(free) and not k.endswith(".count")}


def allowed(chart, lang):
    """Every way to print a number of the data: its value as it is, its bounds outwards."""
    found = set()
    data = chart.data
    for name in ("value", "lower", "upper"):
        for value in data[name].dropna() if name in data.columns else ():
            for factor in (1.0, 1e3, 1e6) if math.isfinite(value) else ():
                for digits in (0, 1, 2, 3):
                    ten = 10.0**digits
                    low = math.floor(value / factor * ten + 1e-6) / ten
                    high = math.ceil(value / factor * ten - 1e-6) / ten
                    found |= {number(v, lang, digits) for v in (value / factor, low, high)}
    if "year" in data.columns:
        found |= {str(y) for y in data["year"]}
    for name in ("vintage", "age"):
        found |= {part for v in data.get(name, ()) for part in re.findall(r"\d+", str(v))}
    # Lorenz points have an abscissa, a waffle counts in thousandths.
    for value in data.get("enterprises_share", ()):
        found |= {number(value, lang, d) for d in (0, 1, 2)}
    if set(data["unit"].astype(str)) == {"PC"}:
        found |= {str(n + d) for v in data["value"].dropna() for n in [int(10 * v)] for d in (0, 1)}
    # "Of 1,000 enterprises", and how many places, rows or squares there are.
    found |= {number(1000, lang)} if "size" in data.columns else set()
    return found | {str(n) for n in range(len(data) + 1)}


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_the_alt_text_is_in_the_data(seen, lang):
    chart = seen(lang=lang)
    known = allowed(chart, lang)
    bare = NAMES.sub(" ", chart.alt)
    numbers = [n.rstrip(".,\u202f") for n in NUMBER.findall(bare)]
    assert numbers
    assert [n for n in numbers if n not in known] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_the_title_is_in_the_data(seen, lang):
    chart = seen(lang=lang)
    known = allowed(chart, lang)
    numbers = [n.rstrip(".,\u202f") for n in NUMBER.findall(NAMES.sub(" ", chart.title))]
    assert [n for n in numbers if n not in known] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_chart_says_what_it_must(seen, lang):
    chart = seen(lang=lang)
    assert chart.lang == lang
    assert chart.title
    assert "{" not in chart.title + chart.subtitle + chart.note + chart.alt
    assert re.search(r"20\d\d", chart.subtitle)
    synthetic = f"{words(lang)['say']['synthetic']} " if "synth" in chart.note.lower() else ""
    assert chart.alt.startswith(synthetic + chart.title)
    for dataset in chart.data["dataset"].unique() if "dataset" in chart.data else ():
        assert str(dataset) in chart.note
        vintages = chart.data.loc[chart.data["dataset"] == dataset, "vintage"].astype(str).unique()
        assert all(v in chart.note for v in vintages)


@pytest.mark.parametrize("lang", LANGS)
def test_every_flag_drawn_is_explained(seen, lang):
    chart = seen(lang=lang)
    if "flag" not in chart.data.columns:
        return
    for flag in chart.data["flag"].astype(str).unique():
        for letter in flags.letters(flag):
            assert f"{letter} {words(lang)['flag'][letter]}" in chart.note


def test_the_finding_of_the_ranking(frames):
    chart = plotting.ranking(frames["sme"](2023))
    data = chart.data[chart.data["geo"] != "EU27_2020[18/27]"]
    high, low = data.loc[data["value"].idxmax()], data.loc[data["value"].idxmin()]
    assert chart.title == (
        f"The SME share of persons employed is highest in {place(high['geo'], 'en')} "
        f"({high['value']:.1f}\u00a0%) and lowest in {place(low['geo'], 'en')} "
        f"({low['value']:.1f}\u00a0%)"
    )


def test_a_withheld_place_that_could_be_beyond_hedges_the_finding(frames):
    assert plotting.ranking(frames["sme"](2021)).title.startswith("Among published values")


def test_a_withheld_place_has_not_the_value_that_all_others_have(cells):
    """Found by `make exhaustive`: the title said "in every place shown"."""
    known = cells({"0-249": 2.0}, unit="PC", measure="turnover_share", geo="BE")
    other = known.assign(geo="CZ")
    hidden = known.assign(geo="EE", value=np.nan, lower=1.7, upper=2.3, conf="C")
    same = plotting.ranking(concat([known, other])).title
    assert same == "The SME share of turnover is 2.0\u00a0% in every place shown"
    title = plotting.ranking(concat([known, other, hidden])).title
    assert title == "Every published SME share of turnover is 2.00\u00a0%"


def test_a_title_of_ones_own(frames):
    chart = plotting.ranking(frames["sme"](2023), title="Mine")
    assert chart.title == "Mine"
    assert chart.alt.startswith("Mine.")


def test_languages_have_the_same_keys():
    assert keys("fr") == keys("en") == keys("de")


def test_phrases_have_the_same_parts():
    names = re.compile(r"{(\w+)}")
    for key, phrase in words("en")["say"].items():
        parts = {n.lower() for n in names.findall(phrase)}
        for lang in ("fr", "de"):
            other = {n.lower() for n in names.findall(words(lang)["say"][key])}
            assert other <= parts | {"place", "count", "within", "of"}, (key, lang)


def test_reasons_of_breaks_are_translated():
    for flow in catalogue.entries().values():
        for broke in flow.breaks:
            for lang in ("fr", "de"):
                assert broke.why in words(lang)["why"], (flow.code, broke)


def test_every_flag_and_verdict_has_words():
    for lang in LANGS:
        assert set(words(lang)["flag"]) == {*flags.OBS_FLAG, *flags.CONF_STATUS}
        assert set(words(lang)["verdict"]) == {"holds", "refuted", "undecided", "unavailable"}


@pytest.mark.parametrize("lang", LANGS)
def test_every_place_has_a_name(lang):
    for geo in codelists.table("GEO"):
        assert place(geo, lang)
        assert place(geo, lang, inside=True)


def test_names_of_quantities():
    assert quantity("persons_employed", "GE250", "en") == (
        "number of persons employed in large enterprises (250+)"
    )
    assert quantity("turnover_share", "10-19", "en") == (
        "share of enterprises of size class 10–19 in turnover"
    )
    assert quantity("enterprises_share", "", "en") == "share of enterprises"
    assert quantity("births_change", "TOTAL", "en") == "change of the number of enterprise births"
    assert quantity("never_heard", "TOTAL", "en") == "Never heard"
    assert quantity("average_size", "TOTAL", "fr") == "taille moyenne des entreprises"
    assert size_label("MIC", "en") == "MIC"
    assert size_words("10-19", "de") == "Unternehmen der Größenklasse 10–19"
    assert listed([], "en") == ""


def test_numbers_in_three_languages():
    assert number(1234567.891, "en", 2) == "1,234,567.89"
    assert number(1234567.891, "fr", 2) == "1\u202f234\u202f567,89"
    assert number(1234567.891, "de", 2) == "1.234.567,89"
    assert number(-0.04, "en", 1) == "0.0"
    assert number(-0.06, "en", 1) == "\u22120.1"


def test_formats_follow_the_values():
    assert fit([0.164], "PC").text(0.164) == "0.16\u00a0%"
    assert fit([54256.0], "NR").text(54256.0) == "54,256"
    assert fit([1.5e6], "MEUR", "fr").text(1.5e6) == "1\u202f500,0\u202fmilliards d'euros"
    assert fit([7.25], "PERS_PER_ENT").text(7.25) == "7.25"
    assert fit([72.25], "PERS_PER_ENT").text(72.25) == "72.2"
    assert fit([], "PC").text(1.0) == "1.0\u00a0%"
    assert fit([2.0, math.nan, math.inf], "PP").suffix == "points"


def test_bounds_are_rounded_outwards():
    fmt = fit([0.0, 100.0], "PC")
    assert fmt.ends(69.76, 93.41) == ("69.7", "93.5")
    assert fmt.ends(50.0, 60.0) == ("50.0", "60.0")


def test_ticks_have_the_decimals_they_need():
    fmt = Format("en", 1.0, 1, "%", "PC")
    assert [fmt.tick(v) for v in (10.0, 2.5, 0.25)] == ["10\u00a0%", "2.5\u00a0%", "0.25\u00a0%"]


class TestErrors:
    def test_an_empty_frame(self, frames):
        with pytest.raises(NotAvailableError, match="ranking got an empty frame"):
            plotting.ranking(frames["sme"](2023).iloc[:0])

    def test_no_frame(self):
        with pytest.raises(UsageError, match="ranking draws an observation frame, not list"):
            plotting.ranking([])

    def test_a_missing_column(self, frames):
        with pytest.raises(UnknownNameError, match="unknown column: 'geo'"):
            plotting.trend(frames["sme"](2023).drop(columns="geo"))

    def test_an_unknown_option(self, frames):
        with pytest.raises(UnknownNameError, match=r"option of trend: 'colour'; valid"):
            plotting.trend(frames["sme"](2023), colour="red")

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("lang", "it", "unknown language: 'it'"),
            ("order", "size", "unknown order: 'size'"),
            ("width", 1.0, "a width of 1.0 does not do; give inches, 3 to 40"),
            ("width", "wide", "a width of 'wide' does not do"),
        ],
    )
    def test_a_wrong_option(self, frames, name, value, message):
        with pytest.raises(UsageError, match=message):
            plotting.ranking(frames["sme"](2023), **{name: value})

    def test_several_measures(self, frames):
        two = frames["structure"](2023, geo="DE")
        with pytest.raises(MixingError, match=r"ranking shows one measure, and the frame has 3"):
            plotting.ranking(two)

    def test_several_years(self, frames):
        with pytest.raises(MixingError, match=r'keep one with frame\[frame\["year"\] == 2024\]'):
            plotting.ranking(frames["sme_years"]("DE"))

    def test_mixed_units(self, frames):
        shares = frames["sme"](2023)
        mixed = shares.assign(unit=["NR" if g == "DE" else "PC" for g in shares["geo"]])
        with pytest.raises(MixingError, match="ranking shows one unit"):
            plotting.ranking(mixed)

    def test_rows_twice(self, frames):
        shares = frames["sme"](2023)
        twice = shares.loc[[*shares.index, shares.index[0]]]
        with pytest.raises(MixingError, match="several rows for geo=AT: they are duplicates"):
            plotting.ranking(twice)

    def test_levels_are_no_structure(self, frames):
        from sme_stats import load

        with pytest.raises(MixingError, match="shows shares in percent, and the frame is in NR"):
            plotting.size_structure(load("sbs_sc_ovw", geo="DE", year=2023, measure="enterprises"))

    def test_several_measures_and_places(self, frames):
        with pytest.raises(MixingError, match="size_structure shows one measure"):
            plotting.size_structure(frames["structure"](2023))

    def test_births_of_two_places(self, frames):
        with pytest.raises(MixingError, match="births_deaths shows one geo"):
            plotting.births_deaths(frames["births"](["DE", "FR"]))

    def test_rates_beside_numbers(self):
        from sme_stats import load

        with pytest.raises(MixingError, match="rates or numbers"):
            plotting.births_deaths(load("bd_size", geo="DE", measure=["births", "birth_rate"]))

    def test_no_births_at_all(self, frames):
        with pytest.raises(NotAvailableError, match="the frame has persons_employed_share"):
            plotting.births_deaths(frames["sme"](2023))

    def test_a_verdict_without_a_field(self, verdicts):
        claim = {k: v for k, v in verdicts["value"].items() if k != "printed_upper"}
        with pytest.raises(UnknownNameError, match="field of a verdict: 'printed_upper'"):
            plotting.claim_against_data(claim)

    def test_an_unknown_verdict(self, verdicts):
        with pytest.raises(UnknownNameError, match="unknown verdict: 'maybe'"):
            plotting.claim_against_data(verdicts["value"] | {"verdict": "maybe"})

    def test_no_mapping(self):
        with pytest.raises(UsageError, match=r"pass verdict\.record"):
            plotting.claim_against_data("refuted")

    def test_messages_are_one_line(self, frames):
        with pytest.raises(MixingError) as caught:
            plotting.ranking(frames["sme_years"]("DE"))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lang", LANGS)
def test_measures_of_indicators_have_names_of_their_own(lang):
    assert quantity("wage_share", "TOTAL", lang) == words(lang)["measure"]["wage_share"]["name"]
    assert "{" not in quantity("enterprises_growth", "TOTAL", lang)
    distance = quantity("turnover_structure_distance", "TOTAL", "en")
    assert distance == "distance of the size structure of turnover"
    assert quantity("enterprises_index", "TOTAL", "en") == "index of the number of enterprises"
