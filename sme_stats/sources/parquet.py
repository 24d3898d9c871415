"""One table and vintage as one Parquet file: sorted by place, so that a country is one stretch.

The columns are Eurostat's own dimensions and TIME_PERIOD, OBS_VALUE, OBS_FLAG, CONF_STATUS, so
that any other tool reads the file too. Measures and units are not in it: they come from the
catalogue when it is read, and a correction there reaches every stored vintage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import ceil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sme_stats.errors import FormatError, InputError
from sme_stats.sources.formats.blocks import spread, threads
from sme_stats.sources.formats.cells import Array, Cells, Coded, assemble, coded, isin, join

#: Rows a group: small enough to skip much, large enough to read fast.
GROUP = 64 << 10
#: Columns that are no dimension.
OTHER = ("TIME_PERIOD", "OBS_FLAG", "CONF_STATUS", "OBS_VALUE")


def stretches(cells: Cells) -> Iterator[Cells]:
    """Give the cells place by place, each stretch sorted; small places share a stretch.

    Stretches instead of one sort, because sorting 20 million cells at once takes twice the memory
    that they lie in.

    Raises
    ------
    FormatError
        If a cell stands twice.
    """
    place = cells.dims.get("geo")
    if place is None or len(cells) <= GROUP:
        yield _sorted(cells)
        return
    counts = np.bincount(place.codes, minlength=len(place.texts))
    ends = np.flatnonzero(np.diff(np.cumsum(counts) // GROUP, append=-1)) + 1
    for first, last in zip([0, *ends[:-1]], ends, strict=True):
        rows = np.flatnonzero((place.codes >= first) & (place.codes < last))
        if len(rows):
            yield _sorted(cells.take(rows))


def _sorted(cells: Cells) -> Cells:
    named = {**cells.dims, "TIME_PERIOD": cells.period}
    first = ["geo"] if "geo" in named else []
    key = np.zeros(len(cells), dtype=np.int64)
    span = 1
    for name in [*first, *(n for n in named if n not in first)]:
        size = max(1, len(named[name].texts))
        span *= size
        if span >= 1 << 62:
            raise FormatError("the table has more positions than any of Eurostat's")
        key *= size
        key += named[name].codes
    if (key[1:] > key[:-1]).all():
        return cells
    order = np.argsort(key, kind="stable")
    key = key[order]
    if (key[1:] == key[:-1]).any():
        raise FormatError("a cell stands twice in the table; it is damaged, so get it again")
    return cells.take(order)


def write(path: Path, cells: Cells, about: Mapping[str, str]) -> str:
    """Write a table; its rows go out stretch by stretch, so that the peak stays near its size.

    Returns
    -------
    str
        The sha256 of the cells, whatever the version of the writer.
    """
    columns = {n: c.recode(c.texts) for n, c in cells.columns().items() if n != "LAST UPDATE"}
    cells = assemble(columns, cells.value, "", "")
    types = {n: pa.dictionary(pa.from_numpy_dtype(c.codes.dtype), pa.string())
             for n, c in columns.items()}  # fmt: skip
    notes = {f"sme_stats.{name}": value for name, value in about.items()}
    schema = pa.schema([*types.items(), ("OBS_VALUE", pa.float64())]).with_metadata(notes)
    print_ = Fingerprint(columns)
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for part in stretches(cells):
            print_.update(part)
            writer.write_table(_table(part, schema), row_group_size=GROUP)
        writer.add_key_value_metadata({"sme_stats.sha256": print_.hexdigest()})
    return print_.hexdigest()


def _table(cells: Cells, schema: pa.Schema) -> pa.Table:
    arrays = [
        pa.DictionaryArray.from_arrays(pa.array(c.codes), pa.array(c.texts, pa.string()))
        for c in cells.columns().values()
    ]
    return pa.table([*arrays, pa.array(cells.value, from_pandas=True)], schema=schema)


class Fingerprint:
    """A sha256 over the codes and values of a table in the stored order."""

    def __init__(self, columns: Mapping[str, Coded]) -> None:
        self._sha = hashlib.sha256()
        self._places = {}
        for name, column in columns.items():
            used = sorted(column.used())
            place = {text: i for i, text in enumerate(used)}
            self._places[name] = np.array([place.get(t, 0) for t in column.texts] or [0], "<i4")
            self._sha.update("\x1f".join([name, *used]).encode() + b"\x1e")

    def update(self, part: Cells) -> None:
        """Add a stretch."""
        for name, column in part.columns().items():
            if name in self._places:
                self._sha.update(self._places[name].take(column.codes).tobytes())
        # One bit pattern for every NaN: what is missing is missing.
        value = np.where(part.value == part.value, part.value, np.nan)
        self._sha.update(value.astype("<f8").tobytes())

    def hexdigest(self) -> str:
        """Return what has been added so far as one number."""
        return self._sha.hexdigest()


def fingerprint(cells: Cells) -> str:
    """The sha256 of a table that was read back whole."""
    columns = {n: c.recode(c.texts) for n, c in cells.columns().items() if n != "LAST UPDATE"}
    whole = assemble(columns, cells.value, "", "")
    print_ = Fingerprint(columns)
    for part in stretches(whole):
        print_.update(part)
    return print_.hexdigest()


def describe(path: Path) -> dict[str, str]:
    """What the file says of itself: dataset, vintage, title, url, fetched, cells, sha256.

    Raises
    ------
    InputError
        If it is no whole file of the store's.
    """
    with _opened(path) as file:
        raw = file.metadata.metadata or {}
        found = {k.decode(): v.decode() for k, v in raw.items() if k.startswith(b"sme_stats.")}
        notes = {k.removeprefix("sme_stats."): v for k, v in found.items()}
        return {**notes, "cells": str(file.metadata.num_rows)}


def columns(path: Path) -> list[str]:
    """Names of the file's columns."""
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def read(path: Path, filters: Mapping[str, tuple[str, ...]] | None = None) -> Cells:
    """Read cells, all or those with the given codes; groups without them are not touched.

    Parameters
    ----------
    path : pathlib.Path
        A file of the store.
    filters : mapping, optional
        Dimension in Eurostat's name, or ``TIME_PERIOD``, to the codes wanted.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    filters = filters or {}
    with _opened(path) as file:
        groups = _groups(file, filters)
        raw = file.metadata.metadata or {}
        dataset = raw.get(b"sme_stats.dataset", b"").decode()
        vintage = raw.get(b"sme_stats.vintage", b"").decode()
    size = min(16, max(1, ceil(len(groups) / threads())))
    batches = [groups[i : i + size] for i in range(0, len(groups), size)] or [[]]
    cells = join(list(spread(lambda some: _part(path, some, filters), batches)))
    cells.dataset, cells.vintage = dataset, vintage
    return cells


def _groups(file: pq.ParquetFile, filters: Mapping[str, tuple[str, ...]]) -> list[int]:
    """Row groups whose statistics do not rule the codes out."""
    names = file.schema_arrow.names
    places = [(names.index(name), wanted) for name, wanted in filters.items()]
    if not places:
        return list(range(file.metadata.num_row_groups))
    kept = []
    for i in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(i)
        stats = [(group.column(place).statistics, wanted) for place, wanted in places]
        if all(
            s is None or not s.has_min_max or any(s.min <= w <= s.max for w in wanted)
            for s, wanted in stats
        ):
            kept.append(i)
    return kept


def _part(path: Path, groups: list[int], filters: Mapping[str, tuple[str, ...]]) -> Cells:
    with _opened(path) as file:
        names = [n for n in file.schema_arrow.names if n != "OBS_VALUE"]
        # An old pyarrow does not read no group at all.
        table = (
            file.read_row_groups(groups, use_threads=False)
            if groups
            else file.schema_arrow.empty_table()
        )
    columns = {name: coded(table.column(name)) for name in names}
    cells = assemble(columns, table.column("OBS_VALUE").to_numpy(), "", "")
    keep = _matching(cells, filters)
    return cells if keep is None else cells.take(np.flatnonzero(keep))


def _matching(cells: Cells, filters: Mapping[str, tuple[str, ...]]) -> Array | None:
    keep = None
    for name, wanted in filters.items():
        hit = isin(cells.columns()[name], wanted)
        keep = hit if keep is None else keep & hit
    return keep


@lru_cache(maxsize=16)
def _footer(path: Path, _mtime: int, _size: int) -> pq.FileMetaData:
    """Parse a footer once: with hundreds of row groups it takes longer than a small slice."""
    return pq.read_metadata(path, memory_map=True)


class _opened:  # noqa: N801 - used as a function
    """A Parquet file; its failures as errors of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> pq.ParquetFile:
        try:
            state = self.path.stat()
            # The columns come back as dictionaries: the file carries the schema it was written in.
            self.file = pq.ParquetFile(
                self.path,
                memory_map=True,
                metadata=_footer(self.path, state.st_mtime_ns, state.st_size),
            )
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(error) from None
        return self.file

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if hasattr(self, "file"):
            self.file.close()
        if isinstance(error, pa.ArrowException | OSError | KeyError):
            raise self._damaged(error) from None

    def _damaged(self, error: BaseException) -> InputError:
        return InputError(
            f"{self.path} is not a whole file of the store ({str(error).splitlines()[0][:120]}); "
            "delete it and fetch the table again"
        )
