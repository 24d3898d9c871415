"""Engines: the only module that knows which one runs. Everything else is narwhals.

An engine is a few lines that turn a path into a native frame; collecting is narwhals' own.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from sme_stats.errors import InputError, UnknownNameError, UsageError

#: Engine to the module that it is and the extra that installs it.
ENGINES = {
    "duckdb": ("duckdb", "duckdb"),
    "polars": ("polars", "polars"),
    "pandas": ("pandas", ""),
    "dask": ("dask.dataframe", "dask"),
    "spark": ("pyspark.sql", "spark"),
}
#: Engines that a scheduler's address means something to.
DISTRIBUTED = ("dask", "spark")
#: Memory that the embedded engine takes before it spills to disk.
MEMORY = "3GB"
#: How long a Dask scheduler has to answer.
PATIENCE = "20s"


@contextmanager
def opened(
    source: object, engine: str = "duckdb", scheduler: str = "", memory: str = MEMORY
) -> Iterator[nw.LazyFrame[Any]]:
    """Open a register on an engine, and close what was started for it.

    Parameters
    ----------
    source : str, pathlib.Path or frame
        A file or folder of Parquet or CSV; or any frame that narwhals takes, which brings its
        engine with it.
    engine : str
        One of `ENGINES`; only for paths.
    scheduler : str
        Address of a Dask scheduler, or Spark master; by default in this process.
    memory : str
        What DuckDB may use before it spills to disk.
    """
    with _quiet():
        if not isinstance(source, str | Path):
            frame = _of_frame(source)
            with _renaming() if frame.implementation.is_dask() else nullcontext():
                yield frame
            return
        if engine not in ENGINES:
            raise UnknownNameError("engine", engine, ENGINES)
        if scheduler and engine not in DISTRIBUTED:
            raise UsageError(
                f"engine {engine} runs in this process and has no scheduler; "
                f"leave it out, or choose one of {', '.join(DISTRIBUTED)}"
            )
        files, suffix = _files(Path(source))
        with _OPEN[engine](files, suffix, scheduler, memory) as native:
            yield nw.from_native(native).lazy()


def collect(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Bring a result into memory as pandas; results are small, whatever the register's size."""
    table = frame.collect("pyarrow").to_native().select(frame.collect_schema().names())
    found: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return found


def _of_frame(source: object) -> nw.LazyFrame[Any]:
    try:
        return nw.from_native(source).lazy()  # type: ignore[call-overload,no-any-return]
    except TypeError:
        raise InputError(
            f"a register is a path or a frame that narwhals takes, not {type(source).__name__}"
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings that no user can act on.

    narwhals announces a package of its own for Dask that is not on the index yet; Dask and Spark
    use what pandas is about to drop; sockets of a cluster that is being closed are reported as
    leaks by the interpreter.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"[\s\S]*narwhals-dask")
        for category in (DeprecationWarning, FutureWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        yield


def _module(engine: str) -> Any:
    name, extra = ENGINES[engine]
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(
            f"engine {engine} needs a package that is not installed ({error}); "
            f"install it with: pip install 'sme-stats[{extra}]'"
        ) from None


def _files(path: Path) -> tuple[list[str], str]:
    """Files of a register and what they are; a folder holds one kind."""
    if not path.exists():
        raise InputError(f"cannot read {path}: no such file or folder")
    found = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    kinds = {kind: [str(p) for p in found if p.suffix == kind] for kind in (".parquet", ".csv")}
    kinds = {kind: files for kind, files in kinds.items() if files}
    if not kinds:
        raise InputError(f"{path} holds no .parquet and no .csv file; a register is one of the two")
    if len(kinds) > 1:
        raise InputError(f"{path} holds Parquet and CSV files: which is the register? name one")
    ((kind, files),) = kinds.items()
    return files, kind


@contextmanager
def _duckdb(files: list[str], suffix: str, scheduler: str, memory: str) -> Iterator[Any]:
    duckdb = _module("duckdb")
    with duckdb.connect(
        config={"memory_limit": memory, "preserve_insertion_order": "false"}
    ) as connection:
        read = connection.read_parquet if suffix == ".parquet" else connection.read_csv
        yield read(files)


@contextmanager
def _polars(files: list[str], suffix: str, scheduler: str, memory: str) -> Iterator[Any]:
    polars = _module("polars")
    yield (polars.scan_parquet if suffix == ".parquet" else polars.scan_csv)(files)


@contextmanager
def _pandas(files: list[str], suffix: str, scheduler: str, memory: str) -> Iterator[Any]:
    read: Callable[[str], pd.DataFrame] = pd.read_parquet if suffix == ".parquet" else pd.read_csv
    yield pd.concat([read(file) for file in files], ignore_index=True)


@contextmanager
def _dask(files: list[str], suffix: str, scheduler: str, memory: str) -> Iterator[Any]:
    dask = _module("dask")
    read = dask.read_parquet if suffix == ".parquet" else dask.read_csv
    if not scheduler:
        with _renaming():
            yield read(files)
        return
    from distributed import Client

    connect: Callable[..., Any] = Client
    try:
        client = connect(scheduler, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client, _renaming():
        yield read(files)


@contextmanager
def _renaming() -> Iterator[None]:
    """Join what Dask grouped by firm, however many files there are.

    From 16 partitions on Dask groups by a shuffle, and a join then asks which columns it kept
    apart; seen up to 2026.8, it takes the new names of columns for a function that renames them
    and fails. To know of none is always right: the join shuffles once more.
    """
    from dask.dataframe.dask_expr._expr import ColumnsSetter

    name = "unique_partition_mapping_columns_from_shuffle"
    if name in vars(ColumnsSetter):  # a Dask that has an answer of its own
        yield
        return
    setattr(ColumnsSetter, name, property(lambda self: set()))
    try:
        yield
    finally:
        delattr(ColumnsSetter, name)


@contextmanager
def _spark(files: list[str], suffix: str, scheduler: str, memory: str) -> Iterator[Any]:
    session_of = _module("spark").SparkSession
    running = session_of.getActiveSession()
    builder = session_of.builder.appName("sme_stats.register")
    if running is None:
        builder = builder.master(scheduler or "local[*]").config("spark.ui.enabled", "false")
        if not scheduler:  # 200, Spark's default, is for clusters
            builder = builder.config("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
    session = builder.getOrCreate()
    try:
        if suffix == ".parquet":
            yield session.read.parquet(*files)
        else:
            yield session.read.csv(files, header=True, inferSchema=True)
    finally:
        if running is None:
            session.stop()


_OPEN = {
    "duckdb": _duckdb, "polars": _polars, "pandas": _pandas, "dask": _dask, "spark": _spark,
}  # fmt: skip
