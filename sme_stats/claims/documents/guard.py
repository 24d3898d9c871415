"""What is let in from a document, and how it is written back: bounded, whole or not at all.

A document comes from anybody. Its size, the size of what is packed in it and what it may run or
fetch are judged before anything of it is parsed.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import zipfile
import zlib
from pathlib import Path

from sme_stats.errors import InputError

#: No report is larger; what is larger is refused before it is read.
MOST_BYTES = 32 << 20
#: A package (docx) holds at most so many parts, so many bytes unpacked, and none packed so densely
#: that only an attack explains it. Small parts may be dense: XML repeats itself.
MOST_PARTS, MOST_UNPACKED, MOST_RATIO, SMALL_PART = 5_000, 128 << 20, 200, 1 << 20
_MACROS = ("vbaproject.bin", "vbadata.xml")


def read_bytes(path: Path) -> bytes:
    """Read a document whole.

    Raises
    ------
    InputError
        If it cannot be opened or is larger than a document can be.
    """
    try:
        if not path.is_file():
            found = "a folder" if path.is_dir() else "no such file"
            raise InputError(f"cannot read {path}: {found}")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(
                f"{path} has {size >> 20} MB, more than a document can have ({MOST_BYTES >> 20} MB)"
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None


def decode(data: bytes, path: Path | str) -> str:
    """Text of UTF-8 bytes, line ends kept as they are."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start})") from None


def parts(path: Path) -> dict[str, bytes]:
    """Parts of a package (docx) by name, every bound checked before the first is unpacked.

    Raises
    ------
    InputError
        On a damaged, encrypted or macro-carrying package, or one that unpacks to too much.
    """
    read_bytes(path)  # the bound on its own size, and whether it is there
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _check_entries(entries, path)
            return {entry.filename: package.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
            ValueError, OSError) as error:  # fmt: skip
        raise InputError(f"{path} is not a readable docx package: {error}") from None


def _check_entries(entries: list[zipfile.ZipInfo], path: Path) -> None:
    if len(entries) > MOST_PARTS:
        raise InputError(f"{path} has {len(entries)} parts; a docx has at most {MOST_PARTS}")
    total = sum(entry.file_size for entry in entries)
    dense = [
        e for e in entries
        if e.file_size > SMALL_PART and e.file_size > MOST_RATIO * max(e.compress_size, 1)
    ]  # fmt: skip
    if total > MOST_UNPACKED or dense:
        raise InputError(f"{path} unpacks to {total >> 20} MB: refused as a zip bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputError(f"{path} is encrypted: save it without a password")
    names = [entry.filename.rpartition("/")[2].casefold() for entry in entries]
    if any(name in _MACROS for name in names):
        raise InputError(f"{path} carries macros: save it as .docx without them")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, keeping its mode; a link's target is written, not the link.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    path = path.resolve()
    name = ""
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None
