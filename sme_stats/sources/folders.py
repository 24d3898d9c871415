"""Where the store lies and what is in it, by file names alone: quick, so `load` may always look."""

from __future__ import annotations

import os
import re
from pathlib import Path

import platformdirs

from sme_stats.errors import InputError, UsageError

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_$]{0,63}")


def cache_dir() -> Path:
    """Folder of the store: ``SME_STATS_CACHE_DIR`` or the platform's cache folder."""
    given = os.environ.get("SME_STATS_CACHE_DIR")
    return Path(given) if given else Path(platformdirs.user_cache_dir("sme-stats"))


def offline() -> bool:
    """Whether ``SME_STATS_OFFLINE`` forbids the network."""
    return os.environ.get("SME_STATS_OFFLINE", "").lower() not in ("", "0", "false", "no")


def table_code(code: str) -> str:
    """Give the table's code in lower case, if it can be one at all.

    Raises
    ------
    UsageError
        If it holds anything that has no place in an address or a file name.

    Examples
    --------
    >>> table_code("SBS_SC_OVW")
    'sbs_sc_ovw'
    >>> table_code("../etc/passwd")
    Traceback (most recent call last):
    sme_stats.errors.UsageError: '../etc/passwd' is not a code: letters, digits and _ only
    """
    if not _CODE.fullmatch(code):
        raise UsageError(f"{code!r} is not a code: letters, digits and _ only")
    return code.lower()


def vintages(root: Path, dataset: str) -> list[str]:
    """Vintages of a table, oldest first; empty where there is none."""
    folder = root / "tables" / table_code(dataset)
    return sorted(_vintage(path) for path in folder.glob("*.parquet"))


def datasets(root: Path) -> list[str]:
    """Tables of which there is at least one vintage."""
    folder = root / "tables"
    if not folder.is_dir():
        return []
    return sorted(p.name for p in folder.iterdir() if any(p.glob("*.parquet")))


def private(folder: Path) -> Path:
    """Make a folder that only the user may open."""
    try:
        if not folder.parent.exists():
            private(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise InputError(
            f"the folder {folder} cannot be made ({error.strerror}); set SME_STATS_CACHE_DIR to "
            "one that can"
        ) from None
    return folder


def file_name(vintage: str) -> str:
    """File of a vintage; no colon, which some systems refuse.

    Examples
    --------
    >>> file_name("2026-03-10T23:00")
    '2026-03-10T2300.parquet'
    """
    return f"{vintage.replace(':', '')}.parquet"


def _vintage(path: Path) -> str:
    stem = path.stem
    return f"{stem[:13]}:{stem[13:]}" if "T" in stem else stem
