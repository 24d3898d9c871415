"""The lock file: which vintages an analysis rests on, with the sha256 of their cells."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sme_stats.errors import InputError, NotAvailableError
from sme_stats.sources import parquet
from sme_stats.sources.store import Store


@dataclass(frozen=True)
class Pin:
    """One table of a lock file."""

    dataset: str
    vintage: str
    sha256: str
    cells: int


def pins(store: Store, datasets: Iterable[str]) -> list[Pin]:
    """Pin the newest stored vintage of tables; ``dataset@vintage`` pins another."""
    found = []
    for name in datasets:
        dataset, _, vintage = name.partition("@")
        about = store.about(dataset, vintage or None)
        found.append(Pin(about["dataset"], about["vintage"], about["sha256"], int(about["cells"])))
    return found


def write(path: Path, found: list[Pin]) -> None:
    """Write a lock file, TOML, by one rename."""
    lines = ["# Vintages of Eurostat's tables that an analysis rests on; see `sme-stats lock`."]
    for pin in sorted(found, key=lambda p: p.dataset):
        lines += [
            "", f"[{pin.dataset}]", f'vintage = "{pin.vintage}"', f'sha256 = "{pin.sha256}"',
            f"cells = {pin.cells}",
        ]  # fmt: skip
    part = path.with_name(path.name + ".part")
    try:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from None


def read(path: Path) -> list[Pin]:
    """Read a lock file.

    Raises
    ------
    InputError
        If it is none; names the table.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the lock file {path}: {error}") from None
    try:
        return [
            Pin(name, str(e["vintage"]), str(e["sha256"]), int(e["cells"]))
            for name, e in raw.items()
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is not a lock file of sme-stats: {error!r}") from None


def verify(store: Store, found: Iterable[Pin]) -> None:
    """Check that the store holds exactly the pinned cells; they are read and hashed anew.

    Raises
    ------
    NotAvailableError
        If a vintage is missing, or its cells are others; names the table.
    """
    for pin in found:
        digest = parquet.fingerprint(store.cells(pin.dataset, pin.vintage))
        if digest != pin.sha256:
            raise NotAvailableError(
                f"{pin.dataset} of {pin.vintage} in the store has sha256 {digest[:12]}… where the "
                f"lock file says {pin.sha256[:12]}…; the analysis would not be the same"
            )
