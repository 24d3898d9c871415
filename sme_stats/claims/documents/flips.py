"""Verdicts that flipped between two runs of ``check --format json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sme_stats.claims.documents.guard import decode, read_bytes
from sme_stats.errors import InputError

_NEEDED = ("id", "document", "verdict", "printed")


@dataclass(frozen=True)
class Flip:
    """One claim whose verdict is another than before, and what moved.

    Attributes
    ----------
    document, id, printed : str
        Which claim.
    before, after : str
        Its verdicts.
    why : str
        ``revised`` where the printed number is the same and the data moved, ``rewritten`` where
        the number itself is another.
    note : str
        What the data say now.
    """

    document: str
    id: str
    printed: str
    before: str
    after: str
    why: str
    note: str

    def record(self) -> dict[str, str]:
        """Fields of ``flips --format json``."""
        return asdict(self)


def find_flips(old: str | Path, new: str | Path) -> list[Flip]:
    """Compare two outputs of ``check --format json``.

    Claims that stand in one of them only are no flips.

    Parameters
    ----------
    old, new : str or pathlib.Path
        The two files.

    Returns
    -------
    list of Flip
        In the order of the new file.

    Raises
    ------
    InputError
        If a file is not such an output.
    """
    before = _by_claim(Path(old))
    return [
        _flip(before[key], after) for key, after in _by_claim(Path(new)).items()
        if key in before and before[key]["verdict"] != after["verdict"]
    ]  # fmt: skip


def _flip(before: dict[str, Any], after: dict[str, Any]) -> Flip:
    same = before["printed"] == after["printed"]
    return Flip(
        str(after["document"]), str(after["id"]), str(after["printed"]), str(before["verdict"]),
        str(after["verdict"]), "revised" if same else "rewritten", str(after.get("note") or ""),
    )  # fmt: skip


def _by_claim(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    try:
        loaded = json.loads(decode(read_bytes(path), path))
    except (ValueError, RecursionError):
        how = "write it with `sme-stats check --format json`"
        raise InputError(f"{path} is not JSON; {how}") from None
    rows: list[Any] = loaded if isinstance(loaded, list) else [None]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not all(key in row for key in _NEEDED):
            raise InputError(
                f"{path}: entry {number} is no verdict of `sme-stats check --format json`: it "
                f"needs {', '.join(_NEEDED)}"
            )
    return {(str(row.get("file") or row["document"]), str(row["id"])): row for row in rows}


def to_markdown(flips: list[Flip]) -> str:
    """Body of an issue: one line a flip."""
    lines = [f"{len(flips)} verdicts flipped", ""]
    lines += [
        f"- **{_plain(f.printed)}** (`{f.id}`, {_plain(f.document)}): {f.before} → {f.after}, "
        f"{f.why}: {_plain(f.note)}"
        for f in flips
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text that cannot open a tag, a link or a mention in an issue."""
    escaped = "".join(f"\\{c}" if c in "\\<>[]`*_|" else c for c in " ".join(text.split()))
    return escaped.replace("@", "@\N{ZERO WIDTH SPACE}").replace("#", "\\#")
