"""The network door: every fault that Eurostat has shown, on a real server."""

import contextlib
import gzip
import socket
import time

import pytest
from fake_eurostat import NOT_FOUND, TOO_BIG, body, queued, send

from sme_stats.errors import (
    NotAvailableError,
    RefusedError,
    SourceError,
    TransientError,
    UsageError,
)
from sme_stats.sources import answers
from sme_stats.sources.client import Client, base_url, check_address


def test_a_503_is_tried_again(fake, client):
    fake.fail("data", body(b"busy", 503), times=2)
    assert gzip.decompress(client.get("sdmx/2.1/data/sbs_sc_ovw")).startswith(b"freq")
    assert fake.count("data") == 3


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_lasting_fault_ends_in_a_transient_error(fake, client, status):
    fake.fail("data", body(b"busy", status), times=9)
    with pytest.raises(TransientError, match=f"{status}: busy.*try again later"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert fake.count("data") == 3


def test_retry_after_is_honoured_and_bounded(fake, client, monkeypatch):
    waits = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waits.append)
    fake.fail("data", body(b"busy", 429, Retry_After="7200"))
    client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert waits == [60.0]


def test_waits_grow_and_differ():
    client = Client(base="http://localhost", backoff=1.0)
    waits = [client.wait(n) for n in (1, 2, 3, 9)]
    assert 1 <= waits[0] <= 2 <= waits[1] <= 4 <= waits[2] <= 8
    assert waits[3] <= 60
    assert client.wait(3) != client.wait(3)


def test_a_web_page_under_status_200_is_asked_past(fake, client):
    page = body(b"<!DOCTYPE html><html><title>Busy</title></html>")
    fake.fail("data", page, times=2)
    assert client.get("sdmx/2.1/data/sbs_sc_ovw")[:2] == b"\x1f\x8b"
    fake.fail("data", page, times=3)
    with pytest.raises(TransientError, match=r"web page .'Busy'. instead of data"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert fake.count("data") == 6


def test_the_proxy_of_the_environment_is_used(fake, monkeypatch):
    """Plain requests reach a proxy with the whole address in them."""
    monkeypatch.setenv("http_proxy", fake.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    fake.fail("data", body(b"from the proxy"))
    client = Client(base="http://127.0.0.2:9", attempts=1)
    assert client.get("sdmx/2.1/data/t") == b"from the proxy"
    assert fake.seen == ["http://127.0.0.2:9/sdmx/2.1/data/t"]


def test_certificates_come_from_the_environment(fake, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    client = Client(base=fake.url.replace("http:", "https:"), attempts=1)
    with pytest.raises(RefusedError, match=r"cannot be downloaded: .*none\.pem"):
        client.get("sdmx/2.1/data/t")


def test_a_full_disk_is_an_error_of_ours(fake, client, monkeypatch):
    monkeypatch.setattr("sme_stats.sources.client.write", fill_up)
    with pytest.raises(RefusedError, match=r"cannot be downloaded: .*No space left on device"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")


def fill_up(*_):
    raise OSError(28, "No space left on device")


def cut(handler):
    send(handler, b"freq,geo\\TIME_PERIOD\t2022 \n", Content_Length="5000")
    handler.connection.shutdown(socket.SHUT_RDWR)


def test_a_body_cut_in_the_middle_is_fetched_again(fake, client):
    fake.fail("data", cut)
    assert gzip.decompress(client.get("sdmx/2.1/data/sbs_sc_ovw")).endswith(b"\r\n")
    assert fake.count("data") == 2


def test_a_body_always_short_is_an_error(fake, client):
    fake.fail("data", cut, times=9)
    with pytest.raises(TransientError, match=r"no whole answer .* after 3 attempts"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")


def test_a_connection_dropped_without_an_answer_is_tried_again(fake, client):
    fake.fail("data", lambda handler: handler.connection.shutdown(socket.SHUT_RDWR))
    client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert fake.count("data") == 2


def test_a_slow_body_is_given_up(fake, client):
    def slow(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"x")
        time.sleep(0.6)

    client.timeout, client.attempts = (0.2, 0.2), 2
    fake.fail("data", slow, times=5)
    with pytest.raises(TransientError, match=r"no whole answer .* after 2 attempts"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert fake.count("data") == 2


def chunked(*pieces, end=True):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for piece in pieces:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if end:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answer


def test_a_body_in_chunks_is_read_whole_or_fetched_again(fake, client):
    fake.fail("data", chunked(b"one, ", b"t" * 100_000, b" three"))
    assert client.get("sdmx/2.1/data/t") == b"one, " + b"t" * 100_000 + b" three"
    fake.fail("data", chunked(b"one, ", end=False))
    fake.fail("data", chunked(b"one, two"))
    assert client.get("sdmx/2.1/data/t") == b"one, two"
    assert fake.count("data") == 3


def test_a_body_that_trickles_is_given_up(fake, client, monkeypatch):
    """Every piece comes within the timeout, and the whole would take for ever."""
    monkeypatch.setattr("sme_stats.sources.bodies.PATIENCE", 0.3)

    def trickle(handler):
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):  # the client has gone
            for _ in range(100):
                handler.wfile.write(b"x")
                time.sleep(0.02)

    client.attempts = 2
    fake.fail("data", trickle, times=5)
    with pytest.raises(TransientError, match=r"only \d\d bytes arrived in 0 s"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert fake.count("data") == 2


def test_nobody_there_is_a_transient_error(fake):
    client = Client(base="http://127.0.0.1:9", attempts=2, backoff=0.01)
    with pytest.raises(TransientError, match="after 2 attempts"):
        client.get("x")


def test_content_encoding_is_undone(fake, client):
    packed = gzip.compress(b"text", mtime=0)
    fake.fail("data", body(packed, Content_Encoding="gzip"))
    assert client.get("sdmx/2.1/data/sbs_sc_ovw") == b"text"


def test_a_bomb_in_a_content_encoding_is_refused(fake, client):
    """What grows past the bound is refused while it is unpacked, not afterwards."""
    bomb = gzip.compress(b"\0" * (64 << 20), mtime=0)
    fake.fail("data", body(bomb, Content_Encoding="gzip"))
    with pytest.raises(RefusedError, match="goes past 1,000,000 bytes"):
        client.get("sdmx/2.1/data/sbs_sc_ovw", most=1_000_000)


def test_a_damaged_content_encoding_is_tried_again(fake, client):
    fake.fail("data", body(b"\x1f\x8bnonsense", Content_Encoding="gzip"))
    client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert fake.count("data") == 2


def test_a_redirect_to_another_host_is_refused(fake, client):
    fake.fail("data", body(b"", 302, Location="https://example.org/x"))
    with pytest.raises(RefusedError, match="redirects to another host"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")


def test_a_redirect_to_another_port_is_refused(fake, client):
    fake.fail("data", body(b"", 302, Location="http://127.0.0.1:1/x"))
    with pytest.raises(RefusedError, match="another host"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")


def test_the_outage_page_is_told_from_an_attack(fake, client):
    fake.fail("data", body(b"", 302, Location="https://sorry.ec.europa.eu/"))
    with pytest.raises(TransientError, match="outage page"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")


def test_a_redirect_within_the_host_is_followed(fake, client):
    fake.fail("old", body(b"", 301, Location="/sdmx/2.1/data/sbs_sc_ovw"))
    assert client.get("old")[:2] == b"\x1f\x8b"


def test_a_circle_of_redirects_ends(fake, client):
    fake.fail("old", body(b"", 301, Location="/old"), times=20)
    with pytest.raises(RefusedError, match="circle"):
        client.get("old")


def test_a_body_beyond_the_bound_is_refused(fake, client):
    fake.fail("data", body(b"x" * 5000))
    with pytest.raises(RefusedError, match="goes past 1,000 bytes"):
        client.get("sdmx/2.1/data/sbs_sc_ovw", most=1000)


def test_offline_asks_nobody(fake, client, monkeypatch):
    monkeypatch.setenv("SME_STATS_OFFLINE", "1")
    with pytest.raises(RefusedError, match="SME_STATS_OFFLINE is set"):
        client.get("sdmx/2.1/data/sbs_sc_ovw")
    assert fake.seen == []


@pytest.mark.parametrize("url", ["http://example.org", "ftp://x", "nonsense", "http://[::1", ""])
def test_only_https_or_this_machine(url):
    with pytest.raises(UsageError):
        check_address(url)


def test_addresses_that_are_fine(monkeypatch):
    for url in ("https://example.org/x", "http://localhost:1", "http://[::1]:2/x"):
        assert check_address(url) == url
    monkeypatch.setenv("SME_STATS_BASE_URL", "https://example.org/api/")
    assert base_url() == "https://example.org/api"
    monkeypatch.delenv("SME_STATS_BASE_URL")
    assert base_url().startswith("https://ec.europa.eu")


@pytest.mark.parametrize(
    ("content", "status", "kind", "words"),
    [
        (b"<!DOCTYPE html><html><head><title>Sorry</title>", 200, TransientError, "page .'Sorry'"),
        (b"<html><body>maintenance", 200, TransientError, "a web page instead of data"),
        (TOO_BIG, 200, answers.TooBigError, "EXTRACTION_TOO_BIG"),
        (TOO_BIG, 413, answers.TooBigError, "413"),
        (b"<S:Fault><faultcode>100</faultcode><faultstring>DATA_NOT_YET_AVAILABLE</faultstring>",
         400, TransientError, "still being prepared"),
        (NOT_FOUND, 404, RefusedError, "not available for dissemination.*sme-stats datasets"),
        (NOT_FOUND, 200, RefusedError, "404"),
        (b'{"error":[{"status":400,"id":150,"label":"INVALID_QUERY_DIMENSION"}]}', 400,
         RefusedError, "INVALID_QUERY_DIMENSION"),
        (b'{"error":[{"status":404,"id":100,"label":"x"}]}', 404, NotAvailableError, "no cell"),
        (b'{"error":"odd"}', 200, RefusedError, "odd"),
        (b'{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE. later"}}', 200, TransientError,
         "queued"),
        (b"<error><status>404</status><label>ERR_NOT_FOUND_4: X</label></error>", 404,
         RefusedError, "ERR_NOT_FOUND"),
        (b"<S:Fault><faultcode>S:Server</faultcode></S:Fault>", 500, TransientError, "500"),
        (b"<x/>", 403, RefusedError, "403"),
        (b"", 404, NotAvailableError, "404 without a word"),
        (b"[]", 501, RefusedError, "501"),
        (gzip.compress(b"<html>", mtime=0), 200, TransientError, "web page"),
    ],
)  # fmt: skip
def test_answers_are_recognised_for_what_they_are(content, status, kind, words):
    with pytest.raises(kind, match=words) as caught:
        answers.inspect(content, status)
    assert "\n" not in str(caught.value)


def test_tables_and_tickets():
    assert answers.inspect(b"freq,geo\\TIME_PERIOD\t2020 \n") is None
    assert answers.inspect(b'{"version":"2.0"}') is None
    assert answers.inspect(b'{"version":') is None
    assert answers.inspect(b"{[]}") is None
    assert answers.inspect(b"<m:Structure/>") is None
    assert answers.inspect(gzip.compress(b"x" * 100)[:20]) is None
    assert answers.inspect(queued()).status == "SUBMITTED"


@pytest.mark.parametrize(
    "text",
    [
        b'<!DOCTYPE lolz [<!ENTITY lol "lol">]><lolz>&lol;</lolz>',
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16"),
        b'<?xml version="1.0"?><!doctype x SYSTEM "file:///etc/passwd"><x/>',
    ],
)
def test_xml_with_entities_is_refused(text):
    with pytest.raises(RefusedError, match="DOCTYPE or an ENTITY"):
        answers.parse_xml(text)


def test_damaged_xml_is_an_error_of_ours():
    with pytest.raises(SourceError, match="damaged or cut"):
        answers.parse_xml(b"<a><b>")


def test_the_bar_shows_on_a_terminal_only(monkeypatch, capsys):
    from sme_stats.sources.progress import bar, working

    monkeypatch.setenv("TERM", "xterm")  # a dumb one can show no bar
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with bar("large", str(10 << 20)) as advance:
        advance(10 << 20)
    with bar("unknown") as advance:
        advance(1)
    with working("storing"):
        pass
    shown = capsys.readouterr().err
    assert all(words in shown for words in ("large", "10.5/10.5 MB", "unknown", "storing"))
    with bar("small", "10") as advance:
        advance(10)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    with bar("large", str(10 << 20)) as advance, working("storing"):
        advance(10)
    assert capsys.readouterr().err == ""
