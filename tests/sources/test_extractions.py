"""Queued extractions: waited for with a bound, taken up again, ordered anew."""

import gzip

import pytest
from fake_eurostat import TSV, Table, body, queued, state

from sme_stats.errors import (
    RefusedError,
    TransientError,
)
from sme_stats.sources.extractions import Desk


def test_a_queued_extraction_is_waited_for(fake, client, tmp_path):
    fake.fail("/data/t", body(queued()))
    fake.fail("/status/", body(state("SUBMITTED")))
    fake.fail("/status/", body(state("PROCESSING")))
    fake.fail("/status/", body(state("AVAILABLE")), times=2)
    early = b"<S:Fault><faultcode>100</faultcode><faultstring>DATA_NOT_YET_AVAILABLE</faultstring>"
    fake.fail("/async/data/", body(early, 400))
    fake.fail("/async/data/", body(gzip.compress(TSV)))
    waits = []
    desk = Desk(client, tmp_path, sleep=waits.append)
    assert gzip.decompress(desk.take("sdmx/2.1/data/t", {}, tmp_path / "x").read_bytes()) == TSV
    assert waits == [1.0, 2.0, 4.0]
    assert fake.count("/sdmx/") == 1
    assert list((tmp_path / "tickets").iterdir()) == []


def test_waiting_is_bounded_and_resumed(fake, client, tmp_path):
    fake.fail("/data/t", body(queued()))
    fake.fail("/status/", body(state("PROCESSING")), times=4)
    desk = Desk(client, tmp_path, patience=3.0, sleep=lambda _: None)
    with pytest.raises(TransientError, match="still queued at Eurostat after 3 s; call again"):
        desk.take("sdmx/2.1/data/t", {}, tmp_path / "x")
    fake.faults.clear()
    fake.fail("/status/", body(state("AVAILABLE")))
    fake.fail("/async/data/", body(TSV))
    assert desk.take("sdmx/2.1/data/t", {}, tmp_path / "x").read_bytes() == TSV
    assert fake.count("/sdmx/") == 1


def test_an_expired_extraction_is_ordered_anew(fake, client, tmp_path):
    fake.tables["t"] = Table()
    fake.fail("/data/t", body(queued()))
    fake.fail("/status/", body(state("EXPIRED")))
    desk = Desk(client, tmp_path, sleep=lambda _: None)
    assert desk.take("sdmx/2.1/data/t", {}, tmp_path / "x").read_bytes()[:2] == b"\x1f\x8b"
    fake.fail("/data/t", body(queued()), times=2)
    fake.fail("/status/", body(state("EXPIRED")), times=2)
    with pytest.raises(RefusedError, match="is EXPIRED at Eurostat; order it again"):
        desk.take("sdmx/2.1/data/t", {}, tmp_path / "x")
    desk._note("sdmx/2.1/data/t", {}).write_text('{"uuid": "11111111-2222"}')
    fake.fail("/status/", body(state("EXPIRED")))  # the ticket that was kept
    assert desk.take("sdmx/2.1/data/t", {}, tmp_path / "x").exists()


def test_a_damaged_ticket_is_ignored(fake, client, tmp_path):
    fake.tables["t"] = Table()
    desk = Desk(client, tmp_path)
    for text in ("{", "[]", '{"uuid": "../../etc"}', '{"uuid": 5}'):
        desk._note("sdmx/2.1/data/t", {}).write_text(text)
        assert desk.take("sdmx/2.1/data/t", {}, tmp_path / "x").exists()


def test_a_status_that_is_none(fake, client, tmp_path):
    fake.fail("/data/t", body(queued()))
    fake.fail("/status/", body(b"<x/>"))
    with pytest.raises(TransientError, match="not its status"):
        Desk(client, tmp_path).take("sdmx/2.1/data/t", {}, tmp_path / "x")
