"""The embedded figures: Eurostat cells in its own layout, and rounded figures of releases."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from sme_stats.errors import FormatError, IncoherentError, InputError, UnknownNameError
from sme_stats.frame import check, dimensions, tidy
from sme_stats.places import data_dir
from sme_stats.sources.formats import read

_RELEASE_COLUMNS = (
    "dataset", "indicator", "measure", "statistic", "unit", "nace_r2", "size", "geo", "year",
    "value", "half_digit", "flag", "release",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One file of the snapshot, as its manifest describes it."""

    dataset: str
    path: Path
    vintage: str
    vintage_basis: str
    coverage: str
    not_covered: str
    rows: int
    sha256: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Release:
    """A publication that printed rounded figures."""

    name: str
    title: str
    url: str
    published: str
    kind: str


def manifest(folder: Path | None = None) -> dict[str, Part]:
    """Read the manifest of the embedded figures, or of another folder.

    Returns
    -------
    dict
        Dataset to its part.

    Examples
    --------
    >>> sorted(manifest())
    ['bd_9bd_sz_cl_r2', 'bd_size', 'releases', 'sbs_sc_ovw', 'sbs_sc_sca_r2']
    """
    folder = folder or data_dir() / "snapshot"
    raw = _toml(folder / "manifest.toml")
    return {
        name: _part(name, entry, folder) for name, entry in raw.items() if isinstance(entry, dict)
    }


def attribution() -> str:
    """Licence and attribution of the embedded figures, in one line."""
    raw = _toml(data_dir() / "snapshot" / "manifest.toml")
    return f"{raw['attribution']} {raw['licence']}"


def _part(name: str, entry: dict[str, object], folder: Path) -> Part:
    fields = {k: v for k, v in entry.items() if k != "file"}
    try:
        path = folder / str(entry["file"])
        fields["sources"] = tuple(entry["sources"])  # type: ignore[arg-type]
        return Part(dataset=name, path=path, **fields)  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{folder / 'manifest.toml'}: entry {name} is incomplete: {error}"
        ) from None


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from None


@cache
def releases(folder: Path | None = None) -> dict[str, Release]:
    """Read what each release is.

    Examples
    --------
    >>> releases()["final-2023"].published
    '2025-10-13'
    """
    raw = _toml((folder or data_dir() / "snapshot") / "releases.toml")
    known = Release.__dataclass_fields__
    return {
        name: Release(name=name, **{k: v for k, v in entry.items() if k in known})  # type: ignore[attr-defined]
        for name, entry in raw.items()
    }


def read_part(dataset: str, folder: Path | None = None) -> pd.DataFrame:
    """Read one file of the snapshot, its hash and row count checked first.

    Parameters
    ----------
    dataset : str
        A dataflow of the snapshot, or ``releases``.
    folder : pathlib.Path, optional
        Another folder with a manifest.

    Returns
    -------
    pandas.DataFrame
        Observation frame; not cached, so that the caller may change it.

    Raises
    ------
    UnknownNameError
        If the snapshot has no such part.
    InputError
        If the file is missing, changed, or not what the manifest says; names the file and line.
    """
    parts = manifest(folder)
    if dataset not in parts:
        raise UnknownNameError("dataset in the embedded snapshot", dataset, parts)
    part = parts[dataset]
    raw = verify(part)
    try:
        if dataset == "releases":
            frame = _read_releases(raw, part.path, releases(folder))
        else:
            frame = read(raw, dataset=dataset, vintage=part.vintage)
        return check(frame)
    except FormatError as error:
        raise FormatError(f"{part.path}: {error}") from None
    except IncoherentError as error:
        # Every row of the snapshot says something, so a row of the frame is a line of the file.
        doubled = frame.duplicated(dimensions(frame)).to_numpy()
        line = f" line {int(doubled.argmax()) + 2}" if doubled.any() else ""
        raise IncoherentError(f"{part.path}{line}: {error}") from None


def verify(part: Part) -> bytes:
    """Read a part's bytes and compare hash and row count with the manifest.

    Raises
    ------
    InputError
        If they differ: figures that nobody vouches for are not used.
    """
    try:
        raw = part.path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {part.path}: {error.strerror}") from None
    digest = hashlib.sha256(raw).hexdigest()
    if digest != part.sha256:
        raise InputError(
            f"{part.path} has sha256 {digest[:12]}… where its manifest says {part.sha256[:12]}…; "
            "the file was changed, so restore it or rebuild with scripts/build_snapshot.py"
        )
    rows = raw.count(b"\n") - 1
    if rows != part.rows:
        raise InputError(f"{part.path} has {rows} rows where its manifest says {part.rows}")
    return raw


def _read_releases(raw: bytes, path: Path, known: dict[str, Release]) -> pd.DataFrame:
    import io

    table = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)
    missing = [c for c in _RELEASE_COLUMNS if c not in table.columns]
    if missing:
        raise InputError(f"{path} line 1 lacks the column {', '.join(missing)}")
    unknown = set(table["release"]) - set(known)
    if unknown:
        raise InputError(
            f"{path} names the release {sorted(unknown)[0]!r} that releases.toml lacks"
        )
    value = table["value"].astype(float).to_numpy()
    half = table["half_digit"].astype(float).to_numpy()
    share = table["statistic"].to_numpy() == "share"
    return tidy({
        "dataset": table["dataset"],
        "vintage": table["release"].map({name: r.published for name, r in known.items()}),
        "indic": table["indicator"],
        "measure": np.where(share, table["measure"] + "_share", table["measure"]),
        "unit": table["unit"],
        "nace": table["nace_r2"],
        "size": table["size"],
        "geo": table["geo"],
        "year": table["year"].astype(int),
        "value": value,
        "flag": table["flag"],
        "conf": np.full(len(table), ""),
        "lower": value - half,
        "upper": value + half,
        "source": table["release"],
    })  # fmt: skip


@cache
def whole(dataset: str) -> pd.DataFrame:
    """Read one part of the embedded snapshot once a process; callers must not change it."""
    return read_part(dataset)
