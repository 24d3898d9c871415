"""Axes of the search: changes, sections, shares of SMEs, years; how unspecific a number is."""

import json
import random
from fractions import Fraction
from itertools import product

import pytest

from sme_stats import check, read_claims, reconcile
from sme_stats.claims.distance import Costs, Weights, distance
from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.points import definition_points
from sme_stats.claims.scan import columns, scan
from sme_stats.claims.space import Space, embedded
from sme_stats.claims.vintages import needed
from sme_stats.cli import main
from sme_stats.codelists import members
from sme_stats.errors import ClaimError, UnknownNameError, UsageError
from sme_stats.frame import concat
from sme_stats.places import data_dir

SBS = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94"}
CLAIMS = data_dir() / "claims"


@pytest.fixture(scope="module")
def space():
    return embedded()


def claim(printed, **fields):
    plain = {"id": "x", "printed": printed, "statistic": "share", "measure": "persons_employed",
             "geo": "DE", "year": 2023}  # fmt: skip
    return make_claim(plain | fields, Document("a test"))


def series(cells, numbers, flags=(), **common):
    """Total of every year, and 40 of it large."""
    flags = [*flags, *[""] * len(numbers)]
    return concat([
        cells({"TOTAL": (n, f), "GE250": (40, f)}, year=2021 + i, **SBS | common)
        for i, (n, f) in enumerate(zip(numbers, flags, strict=False))
    ])  # fmt: skip


def found(asked, frame, **axes):
    return [
        d for d in reconcile(asked, Space([frame]), most=500).definitions
        if all(getattr(d.evidence, k) == v for k, v in axes.items())
    ]  # fmt: skip


# -- changes


def test_a_number_can_be_a_change_of_a_level_a_share_or_its_growth(cells):
    frame = series(cells, [100, 160, 200])
    level = found(
        claim("60", statistic="level"), frame, statistic="change", size="TOTAL", geo="DE"
    )[0]
    assert (level.evidence.year, level.evidence.base_year, level.changed) == (
        2022, 2021, ("statistic", "year"),
    )  # fmt: skip
    assert level.evidence.how == "2022 less 2021"
    growth = found(claim("25.0 %", size="SME"), frame, statistic="change", size="TOTAL", geo="DE")
    assert [(d.evidence.value, d.evidence.unit) for d in growth] == [(25, "PC")]
    points = claim("5.0 pp", statistic="change", size="SME")
    assert check(points, Space([frame]))[0].evidence.value == pytest.approx(5)
    assert found(points, frame, size="0-249", unit="PP")[0].changed == ()
    growing = claim("25 %", statistic="change", size="total")
    assert check(growing, Space([frame]))[0].verdict == "holds"
    nothing = claim("25 %", statistic="change", size="total", year=2022)
    empty = series(cells, [0, 160])
    assert "nothing grows from it" in check(nothing, Space([empty]))[0].note


@pytest.mark.parametrize("flags", [["", "b"], ["", "be"]])
def test_no_change_is_found_across_a_flagged_break(cells, flags):
    frame = series(cells, [100, 160], flags)
    assert found(claim("60", statistic="level"), frame, statistic="change") == []
    before = series(cells, [100, 160], ["b", ""])
    assert found(claim("60", statistic="level"), before, statistic="change", size="TOTAL")


def test_no_change_is_found_across_a_break_of_the_catalogue(cells):
    france = {"dataset": "bd_9bd_sz_cl_r2", "nace": "B-N_X_K642", "geo": "FR", "measure": "births"}
    frame = concat([cells({"TOTAL": v}, year=y, **france) for y, v in ((2012, 10), (2013, 15))])
    asked = claim("5", statistic="change", measure="births", size="total", geo="FR", year=2013)
    assert [d for d in found(asked, frame) if d.evidence.statistic == "change"] == []
    assert check(asked, Space([frame]))[0].verdict == "unavailable"


def test_changes_agree_with_the_numbers_that_they_are_between(space):
    """Every change of the snapshot against the difference of its own two cells."""
    seen = 0
    for block in space.blocks("change", "births"):
        numbers = block.column("TOTAL")
        for row in [r for r in range(len(numbers.value)) if numbers.keep[r]][::7]:
            e = block.evidence(row, "TOTAL")
            if e.unit not in ("NR", "PC"):
                continue
            pair = [
                x for year in (e.base_year, e.year)
                for x in space.find("level", e.measure, "TOTAL", e.geo, year)
                if (x.dataset, x.vintage, x.nace, x.source) == (
                    e.dataset, e.vintage, e.nace, e.source)
            ]  # fmt: skip
            old, new = pair[0].value, pair[-1].value
            slow = new - old if e.unit == "NR" else 100 * new / old - 100
            assert e.value == pytest.approx(slow)
            seen += 1
    assert seen > 50


# -- what a share is of


def test_a_share_of_all_smes_against_every_table_that_is_possible(cells):
    classes, chance, frames, expected = (
        ("0-9", "10-49", "50-249", "GE250"),
        random.Random(4),
        [],
        [],
    )
    for geo, year in product(members("EU27_2020"), (2021, 2022, 2023)):
        numbers = [chance.randrange(1, 5) for _ in classes]
        hidden = [chance.random() < 0.3 for _ in classes]
        content = {
            c: None if h else n for c, n, h in zip(classes, numbers, hidden, strict=True)
        } | {"TOTAL": sum(numbers)}
        frames.append(cells(content, geo=geo, year=year, **SBS | {
            "measure": "turnover", "unit": "MEUR"}))  # fmt: skip
        choices = [range(sum(numbers) + 1) if h else [n]
                   for n, h in zip(numbers, hidden, strict=True)]  # fmt: skip
        possible = [t for t in product(*choices) if sum(t) == sum(numbers) and sum(t[:3])]
        micro = [Fraction(100 * t[0], sum(t[:3])) for t in possible]
        expected.append((geo, year, min(micro), max(micro)))
    space = Space([concat(frames)])
    exact = 0
    for geo, year, least, most in expected:
        evidence = space.find("share", "turnover", "0-9", geo, year, of="0-249")
        assert len(evidence) == 1
        assert evidence[0].lower <= float(least) + 1e-9
        assert evidence[0].upper >= float(most) - 1e-9
        if least == most:
            exact += 1
            assert evidence[0].value == pytest.approx(float(least))
    assert exact > 20


def test_nine_in_ten_smes_are_micro(space):
    fields = {"measure": "enterprises", "size": "micro", "geo": "EU27_2020"}
    verdict = check(claim("nine in ten", of="SME", **fields), space)[0]
    assert verdict.verdict == "holds" and f"{verdict.evidence.value:.2f}" == "94.48"
    of_all = reconcile(claim("94.48%", **fields), space).definitions[0]
    assert (of_all.evidence.of, of_all.changed) == ("0-249", ("share of",))
    with pytest.raises(ClaimError, match="of 'total' or of 'SME'"):
        claim("9%", size="micro", of="250+")
    with pytest.raises(ClaimError, match="a size inside them"):
        claim("9%", size="250+", of="SME")


# -- sections and years


def test_a_section_is_an_axis_of_its_own_and_named(cells):
    whole = cells({"GE250": 50, "TOTAL": 100}, **SBS)
    manufacturing = cells({"GE250": 42, "TOTAL": 100}, **SBS | {"nace": "C"})
    result = reconcile(claim("58%", size="SME"), Space([concat([whole, manufacturing])]))
    first = result.definitions[0]
    assert (first.evidence.nace, first.changed) == ("C", ("section",))
    assert first.distance == pytest.approx(2.0)


def test_years_in_which_a_definition_held_and_since_when_it_does_not(cells):
    frame = series(cells, [100, 100, 200, 100])
    asked = claim("60 %", size="SME", year=2024)
    own = next(d for d in found(asked, frame, size="0-249", geo="DE") if d.reading == "rounded")
    assert (own.years, own.not_in, own.not_since) == ((2021, 2022, 2024), (2023,), None)
    later = series(cells, [100, 100, 200, 200])
    result = reconcile(asked, Space([later]))
    assert [e.year for e in result.held] == [2021, 2022] and result.refuted_since == (2023, 2024)
    assert next(d for d in result.definitions if d.changed == ("year",)).not_since == 2023


# -- weights, and how unspecific a number is


def test_costs_of_rows_are_the_costs_of_single_definitions(space):
    """The distance of one definition and the one computed for whole columns are the same."""
    claims = read_claims(CLAIMS / "press-2023.toml")
    for asked in claims:
        costs, checked = Costs(asked, Weights()), 0
        for block, size in columns(space):
            if size not in ("TOTAL", "0-249", "GE250", "10-249", "0"):
                continue
            rows = costs.rows(block) + costs.column(block.statistic, size, block.of)
            numbers = block.column(size)
            for row in [r for r in range(len(rows)) if numbers.keep[r]][::97]:
                one = distance(asked, block.evidence(row, size), "rounded", Weights(off_centre=0))
                assert rows[row] == pytest.approx(one)
                checked += 1
        assert checked > 30


def test_plausible_definitions_are_those_near_the_claim(space):
    asked = read_claims(CLAIMS / "press-2023.toml")[0]
    result = reconcile(asked, space)
    points = definition_points(asked, space)
    assert (result.plausible, result.plausible_hits) == (
        len(points), (points["reading"] != "").sum(),
    )  # fmt: skip
    assert result.unspecific == result.plausible_hits / result.plausible < 0.02
    wide = reconcile(asked, space, Weights(plausible=1e9))
    assert (wide.plausible, wide.plausible_hits) == (wide.searched, wide.hits)
    none = scan(asked, columns(Space([])), Weights())
    assert (none.searched, none.plausible, list(none.nearest(asked.printed.readings))) == (0, 0, [])


def test_weights_are_given_on_the_command_line(capsys):
    line = ["reconcile", str(CLAIMS / "press-2023.toml"), "--id", "employment-share", "--most", "1",
            "--format", "json"]  # fmt: skip
    for weights, geo, since in ([], "EU27_2007", None), (["--weight", "geo=0.1"], "SE", 2023):
        with pytest.raises(SystemExit):
            main([*line, *weights])
        (record,) = json.loads(capsys.readouterr().out)
        assert record["geo"] == geo and 0 < record["unspecific"] < 0.1
        assert record["id"] == "employment-share" and record["not_since"] == since
    with pytest.raises(UnknownNameError, match="did you mean near_geo"):
        Weights.of_pairs({"near_gei": 1})
    for wrong in ("x", "-1", "inf", "nan"):
        with pytest.raises(UsageError, match="no number of zero or more"):
            Weights.of_pairs({"geo": wrong})


# -- the library of published claims


def test_every_published_statement_is_there_once_and_none_is_forced_into_another_table(space):
    verdicts = check(read_claims(CLAIMS), space)
    assert len({v.claim.id for v in verdicts}) == len(verdicts) == 159
    for v in verdicts:
        assert "\n" not in v.claim.why and len(v.claim.why) > 5
        if v.evidence and v.claim.population:
            assert v.evidence.dataset.startswith(("sbs", "bd")) or (
                v.evidence.dataset == v.claim.population.partition(":")[0]
            )
    outside = {"C060", "C091", "C099", "C107", "C108", "C206"}
    assert {v.claim.id for v in verdicts if v.claim.undecidable} >= outside
    assert all(v.evidence is None for v in verdicts if v.claim.undecidable)


def test_only_the_tables_that_claims_are_about_are_asked_for():
    assert needed([claim("58%", size="SME")]) == ["sbs_sc_ovw"]
    assert needed([claim("58%", size="SME", year=2015)]) == ["sbs_sc_sca_r2"]
    births = {"statistic": "level", "measure": "births", "size": "total"}
    assert needed([claim("5", **births)]) == ["bd_size"]
    assert needed([claim("58%", size="SME", year="latest"), claim("5", **births)]) == [
        "bd_size", "sbs_sc_ovw",
    ]  # fmt: skip
