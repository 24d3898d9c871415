"""Whole tables and slices from a live server: queues, splits, changes on the way."""

import gzip
import itertools
from dataclasses import replace

import pytest
from fake_eurostat import TOO_BIG, TSV, Table, body, send

from sme_stats import load
from sme_stats.errors import (
    FormatError,
    NotAvailableError,
    RefusedError,
    SourceError,
    TransientError,
    UnknownNameError,
    UsageError,
)
from sme_stats.sources import queries, structure

LATER = "2026-03-11T11:00:00+0100"


def test_a_whole_table_is_fetched_stored_and_not_fetched_again(fake, eurostat):
    first, again = eurostat.fetch("SBS_SC_OVW"), eurostat.fetch("sbs_sc_ovw")
    assert (first.vintage, first.cells, first.fresh, again.fresh) == ("2026-03-10", 9, True, False)
    assert fake.count("/data/") == 1
    frame = load("sbs_sc_ovw", source="store")
    assert len(frame) == 9
    assert frame["vintage"].unique().tolist() == ["2026-03-10"]
    cell = load("sbs_sc_ovw", geo="DE", year=2023, measure="enterprises", size="GE250")
    assert cell[["value", "flag", "unit"]].to_dict("list") == {
        "value": [11.0], "flag": ["bd"], "unit": ["NR"],
    }  # fmt: skip
    withheld = load("sbs_sc_ovw", geo="PT")
    assert withheld["conf"].tolist() == ["C", "C"]
    assert withheld["value"].isna().all()


def test_a_new_vintage_stands_beside_the_old_one(fake, eurostat):
    eurostat.fetch("sbs_sc_ovw")
    fake.tables["sbs_sc_ovw"].updated = LATER
    fake.tables["sbs_sc_ovw"].tsv = TSV.replace(b"1100", b"1101")
    assert eurostat.fetch("sbs_sc_ovw").vintage == "2026-03-11"
    assert eurostat.store.vintages("sbs_sc_ovw") == ["2026-03-10", "2026-03-11"]
    pinned = load("sbs_sc_ovw", vintage="2026-03-10", size="TOTAL", year=2023)
    assert pinned["value"].tolist() == [1100.0]
    assert load("sbs_sc_ovw", size="TOTAL", year=2023)["value"].tolist() == [1101.0]
    with pytest.raises(UnknownNameError, match=r"vintage of sbs_sc_ovw.*2020-01-01"):
        load("sbs_sc_ovw", vintage="2020-01-01")


def change_while_sending(fake):
    steps = itertools.count(12)

    def answer(handler):
        fake.tables["sbs_sc_ovw"].updated = f"2026-03-{next(steps)}T11:00:00+0100"
        send(handler, gzip.compress(TSV))

    return answer


def test_a_table_that_changed_on_the_way_is_fetched_anew(fake, eurostat):
    fake.fail("/data/", change_while_sending(fake))
    assert eurostat.fetch("sbs_sc_ovw").vintage == "2026-03-12"
    assert eurostat.store.vintages("sbs_sc_ovw") == ["2026-03-12"]


def test_a_table_that_changes_all_the_time_is_refused(fake, eurostat):
    fake.fail("/data/", change_while_sending(fake), times=2)
    with pytest.raises(TransientError, match="changed while it was downloaded"):
        eurostat.fetch("sbs_sc_ovw")
    assert eurostat.store.vintages("sbs_sc_ovw") == []


def test_a_slice_of_a_table_that_changed_on_the_way_is_refused(fake, eurostat):
    fake.fail("/data/", change_while_sending(fake))
    with pytest.raises(TransientError, match="changed while"):
        eurostat.load("sbs_sc_ovw", {"geo": "DE"})


def test_a_table_that_arrives_short_is_refused(fake, eurostat):
    fake.tables["sbs_sc_ovw"].count = 10
    with pytest.raises(TransientError, match="short: 9 cells where Eurostat states 10"):
        eurostat.fetch("sbs_sc_ovw")
    assert eurostat.store.vintages("sbs_sc_ovw") == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(TSV)[:-9], "cut"),
        (b"<html><title>Sorry</title></html>", "web page"),
        (TSV[:-2], "no end"),
        (b"hello", "none of Eurostat's formats"),
        (b"", "empty"),
    ],
)
def test_what_is_no_whole_table_is_not_kept(fake, eurostat, content, words):
    fake.fail("/data/", body(content), times=5)
    with pytest.raises((SourceError, UsageError), match=words):
        eurostat.fetch("sbs_sc_ovw")
    assert eurostat.store.vintages("sbs_sc_ovw") == []
    assert list((eurostat.store.root / "partial").iterdir()) == []


def test_an_unknown_table_is_refused(fake, eurostat):
    with pytest.raises(RefusedError, match="not available for dissemination"):
        eurostat.fetch("nothing_here")


@pytest.mark.parametrize("code", ["../x", "a/b", "", ".", "a" * 80, "x\n", "%2e%2e"])
def test_a_code_that_is_none_never_reaches_a_path(fake, eurostat, code):
    with pytest.raises(UsageError, match="is not a code"):
        eurostat.fetch(code)
    with pytest.raises(UsageError):
        load(code, source="store")
    assert fake.seen == []


def test_a_slice_is_one_request_with_one_key(fake, eurostat):
    frame = eurostat.load("sbs_sc_ovw", {"geo": ["DE", "FR"], "measure": "enterprises",
                                         "year": range(2022, 2024), "unit": "NR"})  # fmt: skip
    assert len(frame) == 5
    (asked,) = [path for path in fake.seen if "/data/" in path]
    assert "/data/sbs_sc_ovw/.ENT_NR...DE+FR?" in asked
    assert "startPeriod=2022&endPeriod=2023" in asked
    assert eurostat.store.vintages("sbs_sc_ovw") == []


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"geo": "GR"}, "unknown geo in sbs_sc_ovw: 'GR'.*Eurostat writes EL"),
        ({"indic": "ENT_NNR"}, "did you mean ENT_NR"),
        ({"sise": "TOTAL"}, "unknown dimension of sbs_sc_ovw: 'sise'"),
        ({"measure": "turnover"}, "unknown measure in sbs_sc_ovw: 'turnover'"),
        ({"measure": "enterprises", "indic": "EMP_NR"}, "fits both filters"),
        ({"year": 1999}, "unknown year in sbs_sc_ovw: '1999'; nearest: 2022, 2023"),
    ],
)
def test_codes_are_checked_before_anything_is_asked(fake, eurostat, filters, words):
    with pytest.raises(UnknownNameError, match=words):
        eurostat.load("sbs_sc_ovw", filters)
    assert fake.count("/data/") == 0


QUARTERS = b"freq,unit,geo\\TIME_PERIOD\t2022-Q1 \t2022-Q2 \t2023-Q1 \nQ,NR,DE\t1 \t2 \t3 \n"


@pytest.mark.parametrize("source", ["live", "store"])
@pytest.mark.parametrize(
    ("filters", "values"),
    [
        ({"year": 2022}, [1.0, 2.0]),  # no code at all: an address must not end in dots
        ({"period": ["2022-Q2", "2023-Q1"]}, [2.0, 3.0]),
        ({"TIME_PERIOD": "2022-Q2", "geo": "DE"}, [2.0]),
        ({"freq": "Q"}, [1.0, 2.0, 3.0]),
    ],
)
def test_quarters_are_chosen_by_year_or_period(fake, eurostat, source, filters, values):
    fake.tables["t"] = Table(QUARTERS)
    if source == "store":
        eurostat.fetch("t")
    assert load("t", source, **filters)["value"].tolist() == values
    assert not any(set(path.split("?")[0].rsplit("/", 1)[1]) == {"."} for path in fake.seen)


@pytest.mark.parametrize("source", ["live", "store"])
def test_an_annual_table_takes_its_periods_as_years(fake, eurostat, source):
    eurostat.fetch("sbs_sc_ovw")
    chosen = {"freq": "A", "geo": "DE", "indic": "ENT_NR", "size": "GE250"}
    for name in ("year", "period", "TIME_PERIOD", "time"):
        frame = load("sbs_sc_ovw", source, **chosen, **{name: ["2023"]})
        assert frame["value"].tolist() == [11.0]
    with pytest.raises(UnknownNameError, match="'Q'; valid: A"):
        load("sbs_sc_ovw", source, freq="Q")
    with pytest.raises(UsageError, match="geo asks for no code at all"):
        load("sbs_sc_ovw", source, geo=[])


@pytest.mark.parametrize("source", ["live", "store"])
def test_measures_of_the_denominators(fake, eurostat, source):
    head = b"\\TIME_PERIOD\t2022 \n"
    fake.tables["demo_pjan"] = Table(b"freq,unit,age,sex,geo" + head + b"A,NR,TOTAL,T,DE\t80 \n")
    fake.tables["nama_10_gdp"] = Table(
        b"freq,unit,na_item,geo" + head + b"A,CP_MEUR,B1GQ,DE\t4 \nA,CP_MEUR,B1G,DE\t3 \n"
    )
    if source == "store":
        eurostat.fetch("demo_pjan")
        eurostat.fetch("nama_10_gdp")
    people = load("demo_pjan", source, measure="population", age="TOTAL")
    assert people[["measure", "value"]].to_dict("list") == {
        "measure": ["population"], "value": [80.0],
    }  # fmt: skip
    assert load("nama_10_gdp", source, measure="gdp")["value"].tolist() == [4.0]
    with pytest.raises(UnknownNameError, match="valid: population"):
        load("demo_pjan", source, measure="gdp", age="TOTAL")


def test_a_slice_without_cells_says_so(fake, eurostat):
    with pytest.raises(NotAvailableError, match="no cell"):
        eurostat.load("sbs_sc_ovw", {"geo": "FR", "size": "TOTAL"})


def test_a_slice_that_is_too_big_is_halved(fake, eurostat):
    fake.fail("/data/", body(TOO_BIG, 413), times=1)
    frame = eurostat.load("sbs_sc_ovw", {"indic": ["ENT_NR", "EMP_NR"]})
    assert len(frame) == 9
    assert fake.count("/data/") == 3


def test_a_slice_that_cannot_be_halved_is_taken_from_the_whole_table(fake, eurostat):
    fake.fail("/data/sbs_sc_ovw/", body(TOO_BIG, 413), times=60)
    frame = eurostat.load("sbs_sc_ovw", {"geo": "DE"})
    assert len(frame) == 6
    assert eurostat.store.vintages("sbs_sc_ovw") == ["2026-03-10"]


def test_plans_stay_within_the_limits():
    geos = tuple(f"G{i}" for i in range(40))
    dims = {"freq": ("A",), "nace": tuple(map(str, range(200))), "geo": geos}
    table = structure.Structure("t", dims, tuple(map(str, range(2004, 2021))))
    query = queries.build(table, {"geo": geos[:20]})
    assert queries.plan(query) == [query]
    large = replace(table, dimensions={**dims, "indic": tuple(map(str, range(87)))})
    parts = queries.plan(queries.build(large, {"geo": geos[:20]}))
    assert 1 < len(parts) <= queries.MOST_PARTS
    assert all(part.positions() <= queries.AT_MOST for part in parts)
    huge = replace(large, dimensions={**large.dimensions, "size": tuple(map(str, range(60)))})
    assert queries.plan(queries.build(huge, {"geo": geos})) is None
    assert queries.plan(queries.build(large, {})) is None
    assert queries.Query(replace(table, dimensions={"geo": ("DE",)}), {}).halves() == []
    with pytest.raises(UnknownNameError, match="own indicator codes"):
        queries.build(table, {"measure": "enterprises"})


def test_the_last_update_decides_with_the_inventory_as_second_source(fake, client):
    assert structure.stamp(client, "sbs_sc_ovw").vintage == "2026-03-10"
    fake.tables["sbs_sc_ovw"].updated = "2026-03-10T23:00:00+0100"
    assert structure.stamp(client, "sbs_sc_ovw").vintage == "2026-03-10T23:00"
    fake.tables["sbs_sc_ovw"].updated = ""
    fake.fail("inventory", body(b"Code\tLast data change\nSBS_SC_OVW\t01.03.2026\n"))
    assert structure.stamp(client, "sbs_sc_ovw").vintage == "2026-03-01"
    with pytest.raises(SourceError, match="states no last update"):
        structure.stamp(client, "sbs_sc_ovw")


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><lolz>&c;</lolz>'
)


def test_a_gzip_bomb_in_the_place_of_a_table_is_refused(fake, eurostat, monkeypatch):
    monkeypatch.setattr("sme_stats.sources.formats.compression.SMALL", 1 << 20)
    fake.fail("/data/", body(gzip.compress(TSV.split(b"\n")[0] + b"\n" + b"\0" * (64 << 20))))
    with pytest.raises(FormatError, match=r"grows past .* refused"):
        eurostat.fetch("sbs_sc_ovw")
    assert eurostat.store.vintages("sbs_sc_ovw") == []


def test_a_table_that_redirects_elsewhere_is_refused(fake, eurostat):
    fake.fail("/data/", body(b"", 302, Location="https://example.org/table.tsv"))
    with pytest.raises(RefusedError, match=r"redirects to another host, example\.org"):
        eurostat.fetch("sbs_sc_ovw")
    assert eurostat.store.vintages("sbs_sc_ovw") == []


@pytest.mark.parametrize(
    ("where", "content", "words"),
    [
        ("dataflow", b"[1]", "not described as expected"),
        ("datastructure", b"<x/>", "names no dimension"),
        ("datastructure", BILLION_LAUGHS, "declares a DOCTYPE or an ENTITY; refused"),
        ("contentconstraint", gzip.compress(BILLION_LAUGHS), "declares a DOCTYPE or an ENTITY"),
        ("contentconstraint", b"<x/>", "lacks the dimension freq"),
    ],
)
def test_descriptions_that_are_none(fake, eurostat, where, content, words):
    fake.fail(where, body(content))
    with pytest.raises(SourceError, match=words):
        eurostat.load("sbs_sc_ovw", {"geo": "DE"})


@pytest.mark.parametrize("content", [b"x", b"Code\tName\n", b""])
def test_inventories_that_are_none(fake, client, content):
    fake.fail("inventory", body(content))
    with pytest.raises(UsageError, match="inventory"):
        structure.inventory(client)
