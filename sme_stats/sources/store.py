"""The local store: every fetched vintage of a table as one Parquet file.

::

    <cache>/tables/sbs_sc_ovw/2026-03-10.parquet
    <cache>/partial/                 what is being written; never read

A file appears under ``tables`` by one rename, when it is whole; a process that is killed leaves
at most something under ``partial``, which the next one clears away. Processes that fetch the same
table wait for each other.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from sme_stats.errors import (
    InputError,
    NotAvailableError,
    RefusedError,
    TransientError,
    UnknownNameError,
)
from sme_stats.sources import folders, parquet
from sme_stats.sources.folders import cache_dir, file_name, private, table_code
from sme_stats.sources.formats.cells import Cells
from sme_stats.sources.formats.observations import to_frame

#: Seconds to wait for another process that fetches the same table.
PATIENCE = 1800.0


@dataclass(frozen=True)
class Store:
    """Vintages on disk; private to the user (folders 0700, files 0600)."""

    root: Path = field(default_factory=cache_dir)

    def datasets(self) -> list[str]:
        """Tables of which there is at least one vintage."""
        return folders.datasets(self.root)

    def vintages(self, dataset: str) -> list[str]:
        """Vintages of a table, oldest first; empty where there is none."""
        return folders.vintages(self.root, dataset)

    def path(self, dataset: str, vintage: str | None = None) -> Path:
        """File of a vintage, the newest by default.

        Raises
        ------
        NotAvailableError
            If the store has none of the table.
        UnknownNameError
            If it has others.
        """
        code, known = table_code(dataset), self.vintages(dataset)
        if not known:
            raise NotAvailableError(
                f"{code} is not in the store {self.root}; fetch it with `sme-stats fetch {code}`"
            )
        if vintage is not None and vintage not in known:
            raise UnknownNameError(
                f"vintage of {code}", vintage, known,
                "Eurostat serves only the newest, so an older one that was not kept is lost",
            )  # fmt: skip
        return self.root / "tables" / code / file_name(vintage or known[-1])

    def about(self, dataset: str, vintage: str | None = None) -> dict[str, str]:
        """What is known of a vintage: dataset, vintage, cells, sha256, url, fetched, title."""
        return parquet.describe(self.path(dataset, vintage))

    def read(
        self,
        dataset: str,
        vintage: str | None = None,
        filters: Mapping[str, tuple[str, ...]] | None = None,
    ) -> pd.DataFrame:
        """Read a vintage into the observation frame; codes under Eurostat's dimension names."""
        return to_frame(self.cells(dataset, vintage, filters), dataset=None, vintage=None)

    def cells(
        self,
        dataset: str,
        vintage: str | None = None,
        filters: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Cells:
        """Read a vintage as coded columns."""
        return parquet.read(self.path(dataset, vintage), filters)

    def dimensions(self, dataset: str, vintage: str | None = None) -> list[str]:
        """Eurostat's names of the table's dimensions, in their order."""
        names = parquet.columns(self.path(dataset, vintage))
        return [n for n in names if n not in parquet.OTHER]

    def write(self, cells: Cells, about: Mapping[str, str]) -> Path:
        """Keep a whole table as a vintage; the caller holds its lock.

        Parameters
        ----------
        cells : Cells
            Every published cell.
        about : mapping
            At least ``dataset`` and ``vintage``.

        Raises
        ------
        RefusedError
            If the vintage is there already with other cells: a vintage never changes.
        """
        folder = private(self.root / "tables" / table_code(about["dataset"]))
        target = folder / file_name(about["vintage"])
        with self.workshop() as room:
            digest = parquet.write(room / "table", cells, about)
            if target.exists():
                self._same(target, digest, about)
                return target
            (room / "table").chmod(0o600)
            _settle(room / "table")
            (room / "table").replace(target)
            _settle(folder)
        return target

    def _same(self, target: Path, digest: str, about: Mapping[str, str]) -> None:
        before = parquet.describe(target).get("sha256", "")
        if before != digest:
            raise RefusedError(
                f"{about['dataset']} of {about['vintage']} is in the store with other cells "
                f"({before[:12]}… there, {digest[:12]}… now) although its last update is the "
                f"same; keep the one, or delete {target} to take the other"
            )

    @contextmanager
    def lock(self, dataset: str, patience: float = PATIENCE) -> Iterator[None]:
        """Hold a table against other processes; released by the system if this one is killed."""
        path = private(self.root / "locks") / f"{table_code(dataset)}.lock"
        lock = FileLock(path, timeout=patience, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise TransientError(
                f"another process has been fetching {dataset} for {patience:.0f} s; try again later"
            ) from None
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Folder for what is not whole yet, on the store's own disk; gone afterwards.

        What a killed process left is cleared away first: its lock is free, a living one's is not.
        """
        partial = private(self.root / "partial")
        try:
            _sweep(partial)
            with tempfile.TemporaryDirectory(dir=partial, prefix="w") as name:
                busy = FileLock(Path(name) / "busy", mode=0o600)
                with busy:
                    yield Path(name)
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"cannot write to the store {self.root} ({error.strerror or error}); nothing half was "
            "kept, so make room, or set SME_STATS_CACHE_DIR to another folder"
        )


def _sweep(partial: Path) -> None:
    for room in partial.iterdir():
        # A folder without the file belongs to a process that is about to make it, or was killed
        # in that very moment; it is empty, so it may stay.
        if not (room / "busy").exists():
            continue
        try:
            with FileLock(room / "busy", timeout=0):
                pass
        except (Timeout, OSError):
            continue
        shutil.rmtree(room, ignore_errors=True)


def _settle(path: Path) -> None:
    """Have the system write a file or folder out before it counts as there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some systems refuse it for folders
        pass
    finally:
        os.close(handle)
