"""The store: whole tables or nothing, whoever is killed or in the way."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from fake_eurostat import Fake, Table, serve

from sme_stats.errors import (
    FormatError,
    InputError,
    RefusedError,
    TransientError,
)
from sme_stats.sources import parquet
from sme_stats.sources.formats import parse
from sme_stats.sources.store import Store

ABOUT = {"dataset": "sbs_sc_ovw", "vintage": "2026-03-10", "title": "T"}


def distinct(series: int, shift: int = 0) -> bytes:
    head = "freq,indic_sbs,nace_r2,geo\\TIME_PERIOD\t2022 \t2023 "
    rows = [f"A,I{i // 1000},N{i // 20 % 50},G{i % 20}\t{i + shift} \t: @C" for i in range(series)]
    return ("\n".join([head, *rows]) + "\n").encode()


def test_a_table_is_read_back_cell_for_cell(tmp_path):
    store, cells = Store(tmp_path), parse(distinct(60_000))
    path = store.write(cells, ABOUT)
    back = store.cells("sbs_sc_ovw")
    assert len(back) == 120_000
    assert np.nansum(back.value) == sum(range(60_000))
    assert parquet.fingerprint(back) == store.about("sbs_sc_ovw")["sha256"]
    assert store.about("sbs_sc_ovw")["cells"] == "120000"
    assert store.dimensions("sbs_sc_ovw") == ["freq", "indic_sbs", "nace_r2", "geo"]
    assert store.datasets() == ["sbs_sc_ovw"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert all(p.stat().st_mode & 0o077 == 0 for p in tmp_path.rglob("*") if p.is_dir())
    frame = store.read("sbs_sc_ovw", filters={"geo": ("G3",), "indic_sbs": ("I2", "I4")})
    assert len(frame) == 200
    assert frame["geo"].unique().tolist() == ["G3"]


def test_a_slice_touches_few_groups(tmp_path):
    Store(tmp_path).write(parse(distinct(60_000)), ABOUT)
    path = Store(tmp_path).path("sbs_sc_ovw")
    with parquet._opened(path) as file:
        whole = parquet._groups(file, {})
        some = parquet._groups(file, {"geo": ("G3",)})
    assert len(some) < len(whole)


def test_the_order_of_the_source_does_not_matter(tmp_path):
    lines = distinct(3000).split(b"\n")
    shuffled = lines[1:-1]
    random.Random(1).shuffle(shuffled)
    one, two = Store(tmp_path / "a"), Store(tmp_path / "b")
    one.write(parse(b"\n".join(lines)), ABOUT)
    two.write(parse(b"\n".join([lines[0], *shuffled, b""])), ABOUT)
    assert one.about("sbs_sc_ovw")["sha256"] == two.about("sbs_sc_ovw")["sha256"]


def test_a_cell_that_stands_twice_is_refused(tmp_path):
    text = distinct(50)
    with pytest.raises(FormatError, match="stands twice"):
        Store(tmp_path).write(parse(text + text.split(b"\n", 1)[1]), ABOUT)
    assert Store(tmp_path).vintages("sbs_sc_ovw") == []


def test_a_vintage_never_changes(tmp_path):
    store = Store(tmp_path)
    store.write(parse(distinct(50)), ABOUT)
    store.write(parse(distinct(50)), ABOUT)
    with pytest.raises(RefusedError, match=r"with other cells .* although"):
        store.write(parse(distinct(50, shift=1)), ABOUT)
    assert store.read("sbs_sc_ovw")["value"].min() == 0
    store.write(parse(distinct(50, shift=1)), ABOUT | {"vintage": "2026-03-10T23:00"})
    assert store.vintages("sbs_sc_ovw") == ["2026-03-10", "2026-03-10T23:00"]
    assert store.read("sbs_sc_ovw")["value"].min() == 1


def test_a_file_that_is_damaged_is_named(tmp_path):
    store = Store(tmp_path)
    path = store.write(parse(distinct(5000)), ABOUT)
    whole = path.read_bytes()
    for content in (b"", b"PAR1", whole[:-50], whole[:1000] + b"\0" * 5000 + whole[6000:]):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not a whole file of the store"):
            store.read("sbs_sc_ovw")
    path.unlink()
    with pytest.raises(InputError):
        parquet.describe(path)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="SME_STATS_CACHE_DIR"):
        Store(tmp_path / "file" / "x").write(parse(distinct(5)), ABOUT)
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open" / "partial").mkdir(mode=0o755)
    Store(tmp_path / "open").write(parse(distinct(5)), ABOUT)
    assert (tmp_path / "open" / "partial").stat().st_mode & 0o077 == 0


def test_a_lock_that_is_held_ends_in_an_error(tmp_path):
    store = Store(tmp_path)
    with store.lock("t"):
        found = []

        def other():
            try:
                with Store(tmp_path).lock("t", patience=0.05):
                    pass
            except TransientError as error:
                found.append(error)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert "another process" in str(found[0])


@pytest.fixture
def served(tmp_path, monkeypatch):
    fake = Fake(tables={"sbs_sc_ovw": Table(distinct(20_000))})
    server = serve(fake)
    monkeypatch.setenv("SME_STATS_BASE_URL", fake.url)
    monkeypatch.setenv("SME_STATS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("SME_STATS_OFFLINE", raising=False)
    yield fake
    server.shutdown()
    server.server_close()


#: Fetches in a child of its own, once for every line it is sent; says the child's id and its end.
MOTHER = """
import os, sys
from sme_stats.sources.client import Client
from sme_stats.sources.eurostat import Eurostat
while sys.stdin.readline():
    child = os.fork()
    if child == 0:
        Eurostat(Client(attempts=2, backoff=0.01)).fetch("sbs_sc_ovw")
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


def stage(store: Store) -> str:
    """How far a killed process had come, by what it left."""
    left = {path.name for path in (store.root / "partial").glob("*/*")}
    return "store" if "table" in left else "download" if "sbs_sc_ovw" in left else "other"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks, to kill without starting anew")
def test_killed_at_random_moments_the_store_holds_only_whole_tables(served, steps):
    """Each round changes the table; a child downloads and stores it, and is killed on the way."""
    rng, kills = random.Random(50), steps(50, least=12)
    store, stages, seen, took, turn = Store(), [], set(), 0.0, 0
    mother = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", MOTHER], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        while len(stages) < kills and turn < 200:
            day = f"2026-{turn // 28 + 1:02}-{turn % 28 + 1:02}"
            served.tables["sbs_sc_ovw"] = Table(distinct(20_000, turn), f"{day}T11:00:00+0100")
            mother.stdin.write("\n")
            mother.stdin.flush()
            child, start = int(mother.stdout.readline()), time.perf_counter()
            if turn > 1:  # the first two are left alone, to learn how long one takes
                time.sleep(rng.uniform(0.0, took))
                with contextlib.suppress(ProcessLookupError):  # done already
                    os.kill(child, signal.SIGKILL)
            status = int(mother.stdout.readline())
            took = time.perf_counter() - start if turn < 2 else took
            if os.WIFSIGNALED(status):
                stages.append(stage(store))
            turn += 1
            for vintage in set(store.vintages("sbs_sc_ovw")) - seen:
                cells = store.cells("sbs_sc_ovw", vintage)
                assert len(cells) == 40_000
                about = store.about("sbs_sc_ovw", vintage)
                assert parquet.fingerprint(cells) == about["sha256"]
                seen.add(vintage)
    finally:
        mother.stdin.close()
        mother.wait(10)
        mother.stdout.close()
    assert len(stages) == kills
    assert {"download", "store"} <= set(stages)
    assert 2 <= len(seen) < turn
    from sme_stats.sources.eurostat import Eurostat

    assert Eurostat().fetch("sbs_sc_ovw").cells == 40_000
    assert list((store.root / "partial").glob("*/table")) == []


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
def test_a_full_disk_is_one_line_and_leaves_nothing(served):
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))\n"
        "from sme_stats.cli import main; main(['fetch', 'sbs_sc_ovw'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) in ((2, ""), (3, ""))
    assert "File too large" in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert Store().vintages("sbs_sc_ovw") == []
    assert list((Store().root / "partial").iterdir()) == []


def test_two_processes_fetch_a_table_once(served):
    code = (
        "from sme_stats.sources.eurostat import Eurostat; "
        "print(Eurostat().fetch('sbs_sc_ovw').fresh)"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert said == ["False", "True"]
    assert served.count("/data/") == 1


def test_what_a_killed_process_left_is_cleared_away(tmp_path):
    left = tmp_path / "partial" / "wdead"
    left.mkdir(parents=True)
    (left / "busy").touch()
    (left / "table").write_bytes(b"half")
    store = Store(tmp_path)
    with store.workshop() as mine, store.workshop() as other:
        assert mine.exists()
        assert other.exists()
        assert not left.exists()
    assert list((tmp_path / "partial").iterdir()) == []
