"""Which source answers, and metadata through the package and our door."""

import pytest
from fake_eurostat import NOT_FOUND, STAMP, TSV, Table, body

from sme_stats import load
from sme_stats.catalogue import entries
from sme_stats.errors import (
    NotAvailableError,
    RefusedError,
    SourceError,
    TransientError,
    UnknownNameError,
)
from sme_stats.loading import datasets, fetch, labels, show
from sme_stats.sources.metadata import Metadata


def test_auto_takes_store_then_snapshot_then_eurostat(fake, monkeypatch):
    assert len(load("bd_size")) > 500
    assert fake.seen == []
    fake.tables["tps00001"] = Table(b"indic_de,geo\\time\t2019 \t2018 \nJAN,DE\t83.5 \t82.5 e\n")
    frame = load("tps00001", geo="DE")
    assert frame[["year", "value", "measure"]].to_dict("list") == {
        "year": [2019, 2018], "value": [83.5, 82.5], "measure": ["", ""],
    }  # fmt: skip
    assert load("tps00001")["flag"].tolist() == ["e", ""]
    seen = len(fake.seen)
    assert len(load("tps00001", year=2018)) == 1
    assert len(fake.seen) == seen
    with pytest.raises(UnknownNameError, match="did you mean bd_size"):
        load("bd_sise")
    with pytest.raises(UnknownNameError, match=r"no_such.*Eurostat could not say more"):
        load("no_such")
    with pytest.raises(RefusedError):
        load("no_such", source="live")
    monkeypatch.setenv("SME_STATS_OFFLINE", "1")
    with pytest.raises(NotAvailableError, match="SME_STATS_OFFLINE is set"):
        load("bd_hg")


def test_sources_by_name(fake):
    assert load("sbs_sc_ovw", source="live")["geo"].nunique() == 3
    assert len(load("sbs_sc_ovw", source="store", indic="ENT_NR")) == 5
    assert len(load("sbs_sc_ovw", source="live", geo="FR")) == 1
    with pytest.raises(NotAvailableError, match="serves only the newest"):
        load("sbs_sc_ovw", source="live", vintage="2020-01-01")
    with pytest.raises(NotAvailableError, match=r"not in the store .* fetch"):
        load("bd_hg", source="store")
    with pytest.raises(NotAvailableError, match="not in the embedded snapshot; fetch it"):
        load("bd_hg", source="snapshot")
    with pytest.raises(UnknownNameError, match=r"vintage of the embedded"):
        load("bd_size", source="snapshot", vintage="1999-01-01")
    with pytest.raises(UnknownNameError, match="source"):
        load("bd_size", source="web")
    with pytest.raises(NotAvailableError, match="the stored sbs_sc_ovw has no geo IT"):
        load("sbs_sc_ovw", source="store", geo="IT")
    with pytest.raises(UnknownNameError, match="unknown geo: 'XX'"):
        load("sbs_sc_ovw", source="store", geo="XX")
    with pytest.raises(UnknownNameError, match="column"):
        load("sbs_sc_ovw", source="store", sise="XX")


def test_metadata_come_through_the_package_and_our_door(fake, client):
    table = fake.tables["sbs_sc_ovw"]
    table.codelists["size_emp"] = {"GE250": "250 or more", "TOTAL": "Total", "0-9": "unused"}
    metadata = Metadata(client)
    found = metadata.contents("title OF sbs")
    assert found.to_dict("records") == [
        {"dataset": "sbs_sc_ovw", "title": "Title of sbs_sc_ovw", "type": "dataset",
         "vintage": "2026-03-10", "years": "2022-2023"}
    ]  # fmt: skip
    assert sorted(metadata.parameters("sbs_sc_ovw")) == sorted(table.dims)
    assert metadata.values("sbs_sc_ovw", "geo") == ["DE", "FR", "PT"]
    assert metadata.labels("sbs_sc_ovw", "size_emp", "fr") == {
        "GE250": "250 or more [fr]", "TOTAL": "Total [fr]",
    }  # fmt: skip
    assert labels("size_emp", dataset="sbs_sc_ovw")["TOTAL"] == "Total [en]"
    assert datasets("title", source="live")["dataset"].tolist() == ["sbs_sc_ovw"]
    with pytest.raises(NotAvailableError, match="source live has no dataflow whose"):
        datasets("gibberish", source="live")
    with pytest.raises(UnknownNameError, match="language"):
        metadata.contents(lang="it")
    with pytest.raises(UnknownNameError, match="dimension of sbs_sc_ovw"):
        metadata.labels("sbs_sc_ovw", "sise")


def test_datasets_lists_the_catalogue_and_where_each_table_would_come_from(fake, eurostat):
    fake.tables["tps00001"] = Table(b"indic_de,geo\\time\t2019 \nJAN,DE\t83.5 \n")
    eurostat.fetch("sbs_sc_ovw")
    eurostat.fetch("tps00001")
    found = datasets().set_index("dataset")
    own = {code for code, flow in entries().items() if flow.dimensions}
    assert own <= set(found.index)
    assert len(own) == 19
    assert found.loc["sbs_sc_ovw", ["source", "rows", "vintage"]].tolist() == [
        "store", 9, "2026-03-10",
    ]  # fmt: skip
    assert found.loc["bd_size", "source"] == "snapshot"
    assert found.loc["bd_hg", ["source", "vintage"]].tolist() == ["live", ""]
    assert found.loc["tps00001", ["title", "rows"]].tolist() == ["Title of tps00001", 1]
    assert datasets(source="store")["dataset"].tolist() == ["sbs_sc_ovw", "tps00001"]
    assert "sbs_sc_ovw" in datasets(source="snapshot")["dataset"].tolist()
    assert datasets("activity legal FORM")["dataset"].tolist() == ["bd_l_form", "bd_9ac_l_form_r2"]
    with pytest.raises(UnknownNameError, match="unknown source: 'web'"):
        datasets(source="web")


def test_metadata_faults_are_errors_of_ours(fake, client, capsys):
    for content, kind in (
        (b"<html>Sorry</html>", TransientError),
        (b"<!DOCTYPE x []><x/>", RefusedError),
        (b"{}", SourceError),
    ):
        fake.faults.clear()
        fake.fail("dataflow", body(content), times=3)
        with pytest.raises(kind):
            Metadata(client).contents()
    fake.faults.clear()
    assert capsys.readouterr().out == ""
    import eurostat.eurostat
    import requests

    assert eurostat.eurostat.requests is requests
    fake.fail("", body(NOT_FOUND, 404))
    with pytest.raises(RefusedError):
        Metadata(client).parameters("nothing_here")


def test_fetch_and_show(fake):
    fake.tables["bd_hg"] = Table(TSV)
    assert fetch("sbs_sc_ovw", "bd_hg")["fresh"].tolist() == [True, True]
    assert fetch("sbs_sc_ovw")["fresh"].tolist() == [False]
    with pytest.raises(UnknownNameError, match="name one"):
        fetch()
    with pytest.raises(SourceError, match=r"17 of 19 tables .* the other 2 are in the store"):
        fetch(everything=True)
    with pytest.raises(RefusedError, match="404"):
        fetch("nothing_here")
    about = show("sbs_sc_ovw")
    assert about["cells"] == 9
    assert about["withheld"] == 2
    assert about["flagged_breaks"] == 1
    assert about["units"] == {"NR": "number"}
    live = show("bd_hg", source="live", lang="de")
    assert live["dimensions"]["geo"]["FR"] == "Frankreich"
    assert live["vintage"] == "2026-03-10"
    assert show("bd_size")["breaks"][0]["year"] == 2021
    with pytest.raises(UnknownNameError, match="snapshot"):
        show("bd_hg", source="snapshot")
    assert show("sbs_sc_ovw", vintage="2026-03-10")["cells"] == 9
    assert show("sbs_sc_ovw", vintage="2026-11")["cells"] > 1000
    for source in ("auto", "live", "store", "snapshot"):
        with pytest.raises(UnknownNameError, match="vintage of sbs_sc_ovw: '1999-01-01'"):
            show("sbs_sc_ovw", source, vintage="1999-01-01")
    fake.tables["other"] = Table(b"geo,unit\\TIME_PERIOD\t2022 \nDE,NR\t1 \n", updated=STAMP)
    assert show("other")["title"] == "Title of other"


def test_one_table_that_fails_does_not_stop_the_others(fake, monkeypatch):
    for code in ("t1", "t2", "t3", "t4"):
        fake.tables[code] = Table(TSV)
    fake.fail("/data/t2", body(b"neither"))
    with pytest.raises(SourceError, match=r"1 of 3 tables .* t2: none of Eurostat's formats"):
        fetch("t1", "t2", "t3")
    assert datasets(source="store")["dataset"].tolist() == ["t1", "t3"]
    # Two outages in a row, and the rest is not waited for.
    monkeypatch.setattr("sme_stats.sources.client.Client.wait", lambda *_: 0.0)
    fake.fail("", body(b"<html>Sorry</html>"), times=10)
    seen = len(fake.seen)
    with pytest.raises(SourceError, match=r"3 of 3 tables .* t4: not tried after two outages"):
        fetch("t1", "t3", "t4")
    assert len(fake.seen) - seen == 10


@pytest.mark.live
@pytest.mark.parametrize("code", [c for c, flow in entries().items() if flow.dimensions])
def test_eurostat_has_the_tables_of_the_catalogue(monkeypatch, code):
    from sme_stats.sources.client import Client
    from sme_stats.sources.structure import structure

    monkeypatch.delenv("SME_STATS_BASE_URL", raising=False)
    flow, table = entries()[code], structure(Client(), code)
    assert tuple(table.dimensions) == flow.dimensions
    sizes = {c for name in ("size_emp", "sizeclas") for c in table.dimensions.get(name, ())}
    assert set(flow.size_partition) <= sizes
    if flow.population and "nace_r2" in table.dimensions:
        assert flow.population in table.dimensions["nace_r2"]


@pytest.mark.live
def test_eurostat_itself(monkeypatch, tmp_path):
    monkeypatch.setenv("SME_STATS_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("SME_STATS_BASE_URL", raising=False)
    frame = load("sbs_sc_ovw", source="live", geo="DE", measure="enterprises", year=2023)
    assert {"TOTAL", "GE250"} <= set(frame["size"])
    assert len(fetch("sbs_ovw_smc")) == 1
    assert Metadata().labels("sbs_ovw_smc", "size_emp")["TOTAL"]
