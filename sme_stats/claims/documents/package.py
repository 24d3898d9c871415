"""A Word package written anew with some parts replaced, every other byte of content as it was."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from sme_stats.claims.documents.guard import parts, write_whole
from sme_stats.errors import InputError


def rewrite(path: Path, replaced: dict[str, bytes]) -> None:
    """Write a package with some of its parts replaced.

    Raises
    ------
    InputError
        If the document is signed, since its signature would no longer hold.
    """
    contents = parts(path)
    if any(name.startswith("_xmlsignatures/") for name in contents):
        raise InputError(f"{path} is signed: a changed number would break its signature")
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = replaced.get(entry.filename, contents[entry.filename])
            new.writestr(entry, data, compress_type=entry.compress_type)
    write_whole(path, out.getvalue())
