"""JSON-stat 2.0: sparse ``value`` and ``status`` objects keyed by position in the cube."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from sme_stats.errors import FormatError, RefusedError, TransientError
from sme_stats.sources.formats.cells import Array, Cells, Coded, narrow
from sme_stats.sources.formats.sdmx_csv import stamp
from sme_stats.sources.formats.tsv import split_marks

_TIME = ("time", "TIME_PERIOD")
#: What JSON-stat 2.0 names at the top of a dataset.
_KNOWN = {
    "version", "class", "label", "source", "updated", "href", "link", "note", "role", "extension",
    "id", "size", "dimension", "value", "status", "error", "warning",
}  # fmt: skip
_DAMAGE = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    OverflowError,
    StopIteration,
)
#: More positions than this cannot be an answer of the Statistics interface (limit 5 million).
MOST_POSITIONS = 200_000_000


def parse(pieces: Iterable[bytes], *, keep_missing: bool = False) -> Cells:
    """Parse a JSON-stat body into coded cells.

    Positions that the body does not name are not published and stay out whatever `keep_missing`
    says: the format has no cell for them.
    """
    text = b"".join(pieces)
    try:
        body = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"this JSON is damaged or cut: {str(error)[:120]}") from None
    refuse_error(body)
    try:
        return _cells(body)
    except _DAMAGE as error:
        what = f"{type(error).__name__}: {error}"
        raise FormatError(f"this JSON is not a JSON-stat 2.0 dataset: {what[:120]}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON's")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, none of whose keys stands twice: of two values neither is the right one."""
    out = dict(pairs)
    if len(out) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"an object has the key {twice!r} twice")
    return out


def refuse_error(body: object) -> None:
    """Raise where a JSON answer, under whatever status, is an error or a queue ticket.

    Raises
    ------
    RefusedError
        For ``{"error": [{"status": 404, …}]}``.
    TransientError
        For ``{"warning": {"label": "ASYNCHRONOUS_RESPONSE …"}}``.
    """
    if not isinstance(body, dict):
        return
    if isinstance(warning := body.get("warning"), dict):
        raise TransientError(f"Eurostat queued the extraction: {warning.get('label', 'no reason')}")
    if errors := body.get("error"):
        first = errors[0] if isinstance(errors, list) else errors
        if isinstance(first, dict):
            label = first.get("label", "no reason given")
            raise RefusedError(f"Eurostat answers with error {first.get('status')}: {label}")
        raise RefusedError(f"Eurostat answers with an error: {first}")


def _cells(body: dict[str, Any]) -> Cells:
    ids, sizes = list(body["id"]), list(body["size"])
    if not all(type(n) is int for n in sizes):
        raise TypeError("size holds something that is no count")
    if len(ids) != len(sizes) or len(set(ids)) != len(ids) or min(sizes, default=0) < 0:
        raise ValueError("id and size do not fit each other")
    if math.prod(sizes) > MOST_POSITIONS:
        raise ValueError(f"a cube of {math.prod(sizes):,} positions is beyond any answer")
    if "status" not in body and (odd := set(body) - _KNOWN):
        # A damaged name must not lose the flags, and with them what is withheld.
        raise ValueError(f"unknown key {min(odd)!r}, and no status")
    places, numbers = _sparse(body["value"], math.prod(sizes), {int, float})
    marked, marks = _sparse(body.get("status", {}), math.prod(sizes), {str})
    positions = np.union1d(places, marked)
    index = np.unravel_index(positions, sizes) if len(positions) else [positions] * len(ids)
    dims = {
        name: Coded(narrow(np.asarray(codes), n), _codes(body["dimension"][name]["category"], n))
        for name, codes, n in zip(ids, index, sizes, strict=True)
    }
    period = next(dims.pop(name) for name in _TIME if name in dims)
    value = np.full(len(positions), np.nan)
    value[np.searchsorted(positions, places)] = np.array(numbers, dtype=np.float64)
    if not np.isfinite(value[~np.isnan(value)]).all():
        raise ValueError("a value is beyond any count")
    flag, conf = split_marks(_status(marks, np.searchsorted(positions, marked), len(positions)))
    return Cells(
        dims=dims,
        period=period,
        value=value,
        flag=flag,
        conf=conf,
        dataset=_dataset(body),
        vintage=_updated(str(body.get("updated", ""))),
    )


def _status(marks: list[str], rows: Array, count: int) -> Coded:
    texts = sorted({*marks, ""})
    number = {text: i for i, text in enumerate(texts)}
    codes = np.full(count, number[""], dtype=np.int32)
    codes[rows] = np.fromiter(map(number.__getitem__, marks), dtype=np.int32, count=len(marks))
    return Coded(narrow(codes, len(texts)), texts)


def _sparse(values: Any, size: int, kinds: set[type]) -> tuple[Array, list[Any]]:
    """Positions and what stands there, from an object keyed by position or from a full list."""
    keyed = isinstance(values, dict)
    found = list(values.values()) if keyed else list(values)
    positions = _positions(list(values)) if keyed else np.arange(len(found))
    if odd := set(map(type, found)) - kinds - {type(None)}:
        what = "status is not text" if str in kinds else "value is not a number"
        raise TypeError(f"{what} but {min(kind.__name__ for kind in odd)}")
    if len(positions) and not (positions.min() >= 0 and positions.max() < size):
        raise ValueError(f"a position lies outside the cube of {size}")
    there = np.fromiter((v is not None for v in found), dtype=bool, count=len(found))
    return positions[there], [v for v in found if v is not None]


def _positions(keys: list[str]) -> Array:
    texts = pa.array(keys, pa.string())
    try:
        places = texts.cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise ValueError(f"a key is no position: {str(error)[:60]}") from None
    written = places.cast(pa.string())
    if not written.equals(texts):  # "00" beside "0" would be two values of one cell
        odd = next(k for k, w in zip(keys, written.to_pylist(), strict=True) if k != w)
        raise ValueError(f"{odd!r} is no position")
    found: Array = places.to_numpy()
    return found


def _codes(category: dict[str, Any], size: int) -> list[str]:
    index = category["index"]
    codes = sorted(index, key=index.__getitem__) if isinstance(index, dict) else list(index)
    places = sorted(index.values()) if isinstance(index, dict) else list(range(len(codes)))
    if places != list(range(size)) or len(set(codes)) != size:
        raise ValueError("a dimension's index does not fit its size")
    if not all(isinstance(code, str) for code in codes) or bool in map(type, places):
        raise TypeError("a dimension's index holds something that is no code, or no place")
    return codes


def _dataset(body: dict[str, Any]) -> str:
    extension = body.get("extension") or {}
    return str(extension.get("id", "")).lower()


def _updated(text: str) -> str:
    match = re.match(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?", text, re.ASCII)
    return stamp(match[1], match[2] or "11:00") if match else ""
