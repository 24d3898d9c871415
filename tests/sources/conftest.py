"""Fixtures: a small Eurostat on loopback and a store of its own for every test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sme_stats.sources.client import Client
from sme_stats.sources.eurostat import Eurostat
from sme_stats.sources.store import Store

# pytest imports by file; the helpers beside the tests are found like this.
sys.path.insert(0, str(Path(__file__).parent))

from fake_eurostat import Fake, Table, serve


@pytest.fixture
def fake(monkeypatch, tmp_path) -> Iterator[Fake]:
    """A running server with one table, and the environment pointing to it."""
    served = Fake(tables={"sbs_sc_ovw": Table()})
    server = serve(served)
    monkeypatch.setenv("SME_STATS_BASE_URL", served.url)
    monkeypatch.setenv("SME_STATS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("SME_STATS_OFFLINE", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(fake) -> Client:
    """A client that does not wait long."""
    return Client(attempts=3, backoff=0.01, timeout=(1.0, 1.0))


@pytest.fixture
def eurostat(client) -> Eurostat:
    return Eurostat(client, Store())


def pytest_collection_modifyitems(config, items) -> None:
    """Live tests run only when they are asked for."""
    if "live" in config.getoption("markexpr", ""):
        return
    chosen = [item for item in items if not item.get_closest_marker("live")]
    left = [item for item in items if item.get_closest_marker("live")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = chosen
