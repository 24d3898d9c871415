"""The five press statements, where their numbers do hold, and the fields that machines read."""

import dataclasses
import json
import math

import pytest

from sme_stats import check, read_claims, reconcile
from sme_stats.claims.distance import Weights, changed_axes, distance
from sme_stats.claims.evidence import compare
from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.search import weights_table
from sme_stats.claims.space import Space, embedded
from sme_stats.cli import main
from sme_stats.places import data_dir

pytestmark = pytest.mark.usefixtures("home")
PRESS = data_dir() / "claims" / "press-2023.toml"

CHECK_FIELDS = {
    "id", "document", "printed", "printed_lower", "printed_upper", "verdict", "expected", "value",
    "lower", "upper", "unit", "dataset", "vintage", "geo", "year", "flag", "reading", "note",
}  # fmt: skip
RECONCILE_FIELDS = {
    "measure", "statistic", "size", "geo", "year", "population", "dataset", "value", "lower",
    "upper",
    "changed", "distance",
}  # fmt: skip


@pytest.fixture(scope="module")
def space():
    return embedded()


@pytest.fixture(scope="module")
def press(space):
    return {v.claim.id: v for v in check(read_claims(PRESS), space)}


def run(capsys, *args):
    with pytest.raises(SystemExit) as end:
        main(list(args))
    return end.value.code, capsys.readouterr().out


def asked(printed, **fields):
    plain = {"id": "asked", "printed": printed, "statistic": "share", "measure": "persons_employed",
             "size": "SME", "geo": "EU27_2020", "year": 2023}  # fmt: skip
    return make_claim(plain | fields, Document("a test"))


def test_the_five_statements(press):
    assert {name: (v.verdict, v.reading) for name, v in press.items()} == {
        "employment-share": ("refuted", "rounded"), "companies": ("refuted", "rounded"),
        "large": ("refuted", "truncated"), "one-person": ("unavailable", "rounded"),
        "jobs": ("refuted", "rounded"),
    }  # fmt: skip
    assert all(v.as_expected for v in press.values())
    assert press["companies"].evidence.value == 33065522
    assert press["companies"].claim.document.title.startswith("Unlocking Europe's economic future")


def test_large_enterprises_hold_only_when_truncated(press):
    large = press["large"]
    assert {r.name: v for r, v in large.readings} == {
        "rounded": "refuted",
        "truncated": "holds",
    }
    assert f"{large.evidence.value:.5f}" == "0.16409"
    assert "refuted as rounded, holds as truncated [0.1, 0.2)" in large.note


def test_one_person_firms_on_the_member_states_at_hand(press):
    partial = press["one-person"].partial
    assert partial.evidence.geo == "EU27_2020[18/27]"
    assert f"{partial.evidence.value:.2f}" == "63.41"
    assert (partial.verdict, partial.reading) == ("refuted", "trailing zero not meant")
    assert "partial aggregate" in press["one-person"].note
    record = press["one-person"].record()
    assert record["value"] is None and record["partial"]["verdict"] == "refuted"
    assert len(record["partial"]["members"].split("+")) == 18


@pytest.mark.parametrize("year", [2021, 2023, 2024])
def test_seven_of_ten_jobs_is_refuted_since_2021(space, year):
    verdict = check(asked("7 of 10", year=year), space)[0]
    assert verdict.verdict == "refuted" and verdict.evidence.upper < 65


def test_for_2022_only_the_member_states_at_hand_refute_it(space):
    verdict = check(asked("7 of 10", year=2022), space)[0]
    assert verdict.verdict == "unavailable" and verdict.partial.verdict == "refuted"
    assert verdict.partial.evidence.geo == "EU27_2020[18/27]"


def test_seven_of_ten_jobs_held_in_2005(space):
    verdict = check(asked("7 of 10", year=2005, geo="EU27_2007"), space)[0]
    assert verdict.verdict == "holds" and f"{verdict.evidence.value:.1f}" == "67.1"


def test_58_percent_is_the_share_of_value_added(press, space):
    found = reconcile(press["employment-share"].claim, space)
    first = found.definitions[0]
    assert (first.evidence.measure, first.evidence.geo, first.evidence.year,
    first.evidence.size) == (
        "value_added", "EU27_2007", 2005, "0-249",
    )  # fmt: skip
    assert f"{first.evidence.value:.2f}" == "57.65" and first.changed == ("measure", "geo", "year")
    employment = [d for d in found.definitions if d.evidence.measure == "persons_employed"
                  and d.evidence.size == "0-249" and d.reading == "rounded"]  # fmt: skip
    assert not employment, "no employment share of SMEs rounds to 58"
    nearest = (found.nearest.geo, found.nearest.year, f"{found.nearest.value:.2f}")
    assert nearest == ("SE", 2023, "57.16")
    germany = space.find("share", "persons_employed", "0-249", "DE", 2021)
    assert [f"{e.value:.2f}" for e in germany] == ["56.45"]
    assert {verdict for _, verdict in found.own} == {"refuted"}


def test_25_million_are_the_active_enterprises_of_2017(press, space):
    first = reconcile(press["companies"].claim, space).definitions[0]
    found = first.evidence
    assert (found.measure, found.geo, found.year) == ("active_enterprises", "EU27_2020", 2017)
    assert found.how == "births ÷ birth rate" and f"{found.value / 1e6:.2f}" == "24.98"
    assert 24.5e6 <= found.lower < found.upper < 25.5e6


def test_7_of_10_jobs_is_true_of_2005_and_of_no_year_since_2021(press, space):
    own = {(e.geo, e.year): (verdict, e.value) for e, verdict in reconcile(
        press["jobs"].claim, space).own}  # fmt: skip
    verdict, value = own["EU27_2007", 2005]
    assert verdict == "holds" and f"{value:.1f}" == "67.1"
    assert {v for (_, year), (v, _) in own.items() if year >= 2021} == {"refuted"}


def test_99_1_percent_micro_is_the_share_of_micro_and_small(space):
    first = reconcile(asked("99.1%", measure="enterprises", size="micro"), space).definitions[0]
    assert (first.evidence.size, first.evidence.geo) == ("0-49", "EU27_2020")
    assert first.changed == ("size",)


def test_7_1_percent_smes_of_2012_are_those_without_micro(space):
    claim = asked("7.1%", measure="enterprises", geo="EU28", year=2012)
    first = reconcile(claim, space).definitions[0]
    assert (first.evidence.size, first.evidence.geo, first.evidence.year) == (
        "10-249",
        "EU28",
        2012,
    )
    assert first.changed == ("size",)


def test_what_check_says_holds_reconcile_finds_first(space):
    claim = asked("49%", measure="value_added", size="250+")
    verdict = check(claim, space)[0]
    assert verdict.verdict == "holds"
    first = reconcile(claim, space).definitions[0]
    assert (first.changed, first.distance) == ((), 0)
    assert first.evidence.value == verdict.evidence.value


def test_every_definition_found_holds_in_all_its_years(press, space):
    for verdict in press.values():
        claim = verdict.claim
        found = reconcile(claim, space, most=1000)
        distances = [d.distance for d in found.definitions]
        assert distances == sorted(distances) and found.definitions
        assert 0 < found.hits < found.searched and found.by_chance == found.hits / found.searched
        readings = {r.name: r for r in claim.printed.readings}
        for definition in found.definitions:
            e = definition.evidence
            scale = {"PC": 1, "NR": 1, "PERS_PER_ENT": 1, "THS": 1000}[e.unit]
            reading = readings[definition.reading]
            assert compare(scale * e.lower, scale * e.upper, reading, e.conf != "") == "holds"
            assert e.year in definition.years
            assert definition.changed == changed_axes(claim, e, definition.reading)


def test_withheld_cells_that_hold_whatever_they_are_are_found(cells):
    frame = cells({"0-9": 51, "10-249": None, "GE250": None, "TOTAL": 100}, dataset="sbs_sc_ovw",
                  nace="B-S_X_O_S94", measure="turnover", unit="MEUR")  # fmt: skip
    claim = asked("more than half", measure="turnover", geo="DE", size="SME")
    assert check(claim, Space([frame]))[0].verdict == "holds"
    found = reconcile(claim, Space([frame])).definitions
    own = [d for d in found if (d.evidence.size, d.evidence.geo) == ("0-249", "DE")]
    assert len(own) == 1 and math.isnan(own[0].evidence.value)
    assert own[0].changed == () and own[0].distance < 1
    assert own[0].record()["value"] is None and own[0].record()["lower"] == 51


def test_a_claims_own_source_is_no_definition(space):
    claim = asked("49%", measure="value_added", size="250+", quotes=["final-2023"])
    sources = {d.evidence.source for d in reconcile(claim, space, most=500).definitions}
    assert "final-2023" not in sources and sources


def test_weights_are_adjustable_and_listed(press, space):
    claim = press["employment-share"].claim
    free = dataclasses.replace(Weights(), geo=0.0, near_geo=5.0, measure=9.0, year=0.0, reading=9.0,
                               size=0.5)  # fmt: skip
    first = reconcile(claim, space, free).definitions[0]
    assert first.evidence.measure == "persons_employed" and first.changed != (
        "measure",
        "geo",
        "year",
    )
    assert weights_table() == dataclasses.asdict(Weights())
    assert weights_table(free)["near_geo"] == 5.0


@pytest.mark.parametrize(
    ("change", "axis", "cost"),
    [
        ({}, None, 0.0), ({"measure": "employees"}, "measure", 1.0),
        ({"measure": "turnover"}, "measure", 3.0), ({"size": "1-249"}, "size", 0.5),
        ({"size": "10-249"}, "size", 2.0), ({"geo": "EU28"}, "geo", 0.5),
        ({"geo": "DE"}, "geo", 4.0), ({"geo": "NO"}, "geo", 4.5),
        ({"geo": "EU27_2020[18/27]"}, "geo", 1 + 4 * 9 / 27), ({"year": 2021}, "year", 0.1),
        ({"year": 1990}, "year", 1.0), ({"statistic": "level"}, "statistic", 5.0),
        ({"nace": "C"}, "section", 2.0), ({"nace": "B-N_S95_X_K"}, None, 0.0),
        ({"of": "0-249"}, "share of", 1.0),
        ({"dataset": "uk_bpe", "nace": "private sector"}, "population", 0.5),
    ],
)  # fmt: skip
def test_what_a_change_costs(press, change, axis, cost):
    claim = press["employment-share"].claim
    own = dataclasses.replace(
        press["employment-share"].evidence, value=58.0, lower=58.0, upper=58.0, **change
    )
    assert distance(claim, own, "rounded", Weights()) == pytest.approx(cost)
    assert changed_axes(claim, own, "rounded") == ((axis,) if axis else ())
    assert distance(claim, own, "truncated", Weights()) == pytest.approx(cost + 0.5)


def test_classes_in_employees_are_another_size_basis_and_ages_are_apart(press, space):
    claim = press["employment-share"].claim
    bd = dataclasses.replace(press["employment-share"].evidence, value=58.0, lower=58.0,
                             upper=58.0, dataset="bd_size")  # fmt: skip
    assert changed_axes(claim, bd, "rounded") == ("size basis", "population")
    assert distance(claim, bd, "rounded", Weights()) == pytest.approx(0.5 + 0.5)
    three = asked("58.51%", statistic="rate", measure="survival", size="total", year=2018, age="Y1")
    first = reconcile(three, space).definitions[0]
    assert (first.evidence.age, first.changed) == ("Y3", ("age",)) and first.distance < 0.8


def test_lying_off_the_printed_number_costs_a_little(press):
    claim = press["employment-share"].claim
    own = dataclasses.replace(
        press["employment-share"].evidence, value=58.25, lower=58.25, upper=58.25
    )
    assert distance(claim, own, "rounded", Weights()) == pytest.approx(0.1)


def test_check_as_json(capsys):
    code, out = run(capsys, "check", str(PRESS), "--format", "json")
    records = json.loads(out)
    assert code == 0 and [r["id"] for r in records] == [
        "employment-share", "companies", "large", "one-person", "jobs",
    ]  # fmt: skip
    for record in records:
        assert set(record) >= CHECK_FIELDS
        assert record["verdict"] in ("holds", "refuted", "undecided", "unavailable")
        assert record["reading"] in ("rounded", "truncated", "trailing zero not meant")
    first = records[0]
    assert (first["printed"], first["printed_lower"], first["printed_upper"]) == ("58%", 57.5, 58.5)
    assert (first["unit"], first["geo"], first["year"]) == ("PC", "EU27_2020", 2023)


def test_reconcile_as_json(capsys):
    code, out = run(capsys, "reconcile", str(PRESS), "--id", "companies", "--format", "json",
                    "--most", "4")  # fmt: skip
    records = json.loads(out)
    assert code == 0 and len(records) == 4
    assert all(set(r) >= RECONCILE_FIELDS and isinstance(r["changed"], list) for r in records)
    assert [r["distance"] for r in records] == sorted(r["distance"] for r in records)


def test_a_national_table_suits_only_who_names_it(space):
    plain = asked("99.9%", measure="enterprises", geo="IT", year=2021)
    assert check(plain, space)[0].evidence.dataset == "sbs_sc_ovw"
    named = check(asked("50%", geo="IT", year=2021, population="istat_sbs:C"), space)[0]
    assert (named.evidence.dataset, named.evidence.nace) == ("istat_sbs", "C")


def test_rates_and_survival(space):
    rate = asked("10.46%", statistic="rate", measure="birth_rate", size="total")
    assert check(rate, space)[0].verdict == "holds"
    three = asked("58.51%", statistic="rate", measure="survival", size="total", year=2018, age="Y3")
    verdict = check(three, space)[0]
    assert verdict.verdict == "holds" and verdict.evidence.age == "Y3"
    one = asked("58.51%", statistic="rate", measure="survival", size="total", year=2018, age="Y1")
    assert check(one, space)[0].verdict != "holds"
