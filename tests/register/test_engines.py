"""All engines give the same cells, on random registers and from every kind of file."""

from __future__ import annotations

import os
import signal
import threading
import time

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sme_stats import register
from sme_stats.errors import InputError, UnknownNameError, UsageError

from .conftest import missing, random_register

LIGHT = ["duckdb", "polars"]
#: What a register must have: enough where cells are not what is compared.
FEW = ["firm_id", "year", "nace", "geo", "persons_employed"]


def tables(source, engine="duckdb", **more):
    return register.tabulate(source, engine, **more).frame()


def write(frame, folder, parts=3):
    folder.mkdir(exist_ok=True, parents=True)
    for n in range(parts):
        frame.iloc[n::parts].to_parquet(folder / f"part-{n}.parquet", index=False)
    return folder


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), firms=st.integers(1, 80), years=st.integers(1, 12))
def test_light_engines_agree_with_pandas_cell_for_cell(tmp_path, seed, firms, years):
    rows = random_register(seed, firms, years)
    if rows.empty:
        return
    folder = write(rows, tmp_path / f"{seed}-{firms}-{years}")
    expected = tables(rows)
    for engine in [e for e in LIGHT if not missing(e)]:
        pd.testing.assert_frame_equal(expected, tables(folder, engine), check_exact=True)


@pytest.mark.parametrize(("engine", "parts"), [("polars", 3), ("dask", 17)], indirect=["engine"])
def test_engines_agree_with_pandas_cell_for_cell(engine, parts, tmp_path):
    """From 16 files on Dask groups by a shuffle, and its join failed."""
    rows = random_register(5, firms=400, years=9)
    expected = tables(rows)
    assert len(expected) > 3000
    found = tables(write(rows, tmp_path / "register", parts), engine)
    pd.testing.assert_frame_equal(expected, found, check_exact=True)


@pytest.mark.parametrize("engine", ["spark"], indirect=True)
def test_spark_agrees_with_pandas_in_processes_of_its_own_and_in_one(engine, tmp_path):
    """One test, as to start Java costs more than both runs: two executors, then none."""
    rows = random_register(5, firms=400, years=9)
    found = tables(write(rows, tmp_path / "register"), engine, scheduler="local-cluster[2,1,1024]")
    pd.testing.assert_frame_equal(tables(rows), found, check_exact=True)
    check_csv(engine, tmp_path)


@pytest.mark.parametrize("engine", ["duckdb", "polars", "pandas", "dask"], indirect=True)
def test_csv_is_read_as_parquet_is(engine, tmp_path):
    check_csv(engine, tmp_path)


def check_csv(engine, folder):
    rows = random_register(6)[[*FEW, "turnover"]]
    rows.to_csv(folder / "register.csv", index=False)
    found = tables(folder / "register.csv", engine)
    pd.testing.assert_frame_equal(tables(rows), found, check_exact=True)


@pytest.mark.parametrize("engine", ["duckdb", "polars", "dask"], indirect=True)
def test_a_frame_brings_its_engine(engine):
    rows = random_register(7)[FEW]
    if engine == "duckdb":
        import duckdb

        native = duckdb.connect().from_df(rows)
    elif engine == "polars":
        import polars

        native = polars.from_pandas(rows)
    else:
        import dask.dataframe

        native = dask.dataframe.from_pandas(rows, npartitions=3)
    pd.testing.assert_frame_equal(tables(rows), tables(native), check_exact=True)


def test_a_folder_of_folders_is_one_register(tmp_path):
    rows = random_register(8)
    for geo, part in rows.groupby("geo"):
        write(part, tmp_path / "register" / geo, parts=2)
    found = tables(tmp_path / "register")
    pd.testing.assert_frame_equal(tables(rows), found, check_exact=True)


def test_the_order_of_rows_changes_nothing():
    rows = random_register(9)
    shuffled = rows.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(tables(rows), tables(shuffled), check_exact=True)


def test_categories_and_optional_columns_left_out():
    rows = random_register(10)[["firm_id", "year", "nace", "geo", "persons_employed"]]
    found = register.tabulate(rows.assign(nace=rows["nace"].astype("category")))
    assert set(found.sbs["indic"]) == {"ENT_NR", "EMP_NR"}
    assert set(found.bd["size"]) == {"TOTAL"}
    assert found.hg.empty
    assert len(found.frame()) == len(found.sbs) + len(found.bd)


def test_other_names_of_columns():
    rows = random_register(11)
    renamed = rows.rename(columns={"firm_id": "siren", "nace": "ape"})
    found = tables(renamed, columns={"firm_id": "siren", "nace": "ape"})
    pd.testing.assert_frame_equal(tables(rows), found)
    with pytest.raises(UnknownNameError, match="unknown column in the register: 'siret'"):
        tables(renamed, columns={"firm_id": "siret"})
    with pytest.raises(UnknownNameError, match="unknown column of a register: 'firm'"):
        tables(renamed, columns={"firm": "siren"})


def test_mistakes_are_said_in_one_line(tmp_path):
    with pytest.raises(UnknownNameError, match=r"unknown engine: 'duck'; did you mean duckdb"):
        tables(tmp_path, "duck")
    with pytest.raises(UsageError, match="has no scheduler"):
        tables(tmp_path, "polars", scheduler="tcp://127.0.0.1:1")
    with pytest.raises(InputError, match="no such file or folder"):
        tables(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"holds no \.parquet and no \.csv file"):
        tables(tmp_path)
    (tmp_path / "a.csv").write_text("year\n2020\n")
    write(random_register(1), tmp_path, 1)
    with pytest.raises(InputError, match="Parquet and CSV"):
        tables(tmp_path)
    with pytest.raises(InputError, match="not int"):
        tables(3)


def test_an_engine_that_is_not_installed_says_how_to_get_it(tmp_path, monkeypatch):
    from sme_stats.register import adapter

    monkeypatch.setitem(adapter.ENGINES, "dask", ("sme_stats_nothing", "dask"))
    with pytest.raises(UsageError, match=r"pip install 'sme-stats\[dask\]'"):
        tables(write(random_register(1), tmp_path / "r"), "dask")


@pytest.mark.parametrize("engine", ["dask"], indirect=True)
def test_a_scheduler_that_does_not_answer_is_named(engine, tmp_path, monkeypatch):
    from sme_stats.register import adapter

    monkeypatch.setattr(adapter, "PATIENCE", "1s")
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        tables(write(random_register(1), tmp_path / "r"), engine, scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize("engine", ["dask"], indirect=True)
def test_a_worker_that_is_killed_changes_nothing(engine, tmp_path):
    """A cluster of separate processes loses one of them while it computes."""
    from distributed import LocalCluster

    rows = random_register(12, firms=300, years=6)[FEW]
    folder = write(rows, tmp_path / "register", parts=4)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        pid = next(iter(cluster.workers.values())).pid
        killer = threading.Thread(target=kill_when_it_holds_results, args=(cluster, pid))
        killer.start()
        found = tables(folder, engine, scheduler=cluster.scheduler_address)
        assert not killer.is_alive(), "the run was over before the worker was killed"
        assert pid not in [worker.pid for worker in cluster.workers.values()], "it was not killed"
    pd.testing.assert_frame_equal(tables(folder), found, check_exact=True)


def kill_when_it_holds_results(cluster, pid):
    """Kill a worker once part of the result is in its memory, and nowhere else."""
    (address,) = [w.worker_address for w in cluster.workers.values() if w.pid == pid]
    while not any(
        task.state == "memory" and {w.address for w in task.who_has} == {address}
        for task in list(cluster.scheduler.tasks.values())
    ):
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
