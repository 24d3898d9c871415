"""JSON-stat 2.0: sparse ``value`` and ``status`` objects keyed by position in the cube."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from sme_stats.errors import FormatError, RefusedError, TransientError
from sme_stats.sources.formats.cells import Array, Cells, Coded, narrow
from sme_stats.sources.formats.sdmx_csv import stamp
from sme_stats.sources.formats.tsv import split_marks

_TIME = ("time", "TIME_PERIOD")
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
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
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
    place = _sparse(body.get("value", {}), math.prod(sizes), number=True)
    status = _sparse(body.get("status", {}), math.prod(sizes), number=False)
    positions = np.unique(np.fromiter([*place, *status], dtype=np.int64))
    index = np.unravel_index(positions, sizes) if len(positions) else [positions] * len(ids)
    dims = {
        name: Coded(narrow(np.asarray(codes), n), _codes(body["dimension"][name]["category"], n))
        for name, codes, n in zip(ids, index, sizes, strict=True)
    }
    period = next(dims.pop(name) for name in _TIME if name in dims)
    texts = sorted({*status.values(), ""})
    number = {text: i for i, text in enumerate(texts)}
    flag, conf = split_marks(Coded(_status(positions, status, number), texts))
    return Cells(
        dims=dims,
        period=period,
        value=np.array([place.get(int(p), np.nan) for p in positions], dtype=np.float64),
        flag=flag,
        conf=conf,
        dataset=_dataset(body),
        vintage=_updated(str(body.get("updated", ""))),
    )


def _status(positions: Array, status: dict[int, Any], number: dict[str, int]) -> Array:
    codes = [number[status.get(int(p), "")] for p in positions]
    return narrow(np.array(codes, dtype=np.int32), len(number))


def _sparse(values: object, size: int, *, number: bool) -> dict[int, Any]:
    """Position to value, from an object keyed by position or from a full list."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values)  # type: ignore[arg-type]
    out: dict[int, Any] = {}
    for key, value in pairs:
        if value is None:
            continue
        position = int(key)
        if str(position) != str(key):  # "00" beside "0" would be two values of one cell
            raise ValueError(f"{key!r} is no position")
        if not 0 <= position < size:
            raise ValueError(f"position {key} lies outside the cube of {size}")
        if number and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError(f"value {value!r} is not a number")
        if number and not math.isfinite(value):
            raise ValueError(f"the value at position {key} is beyond any count")
        if not number and not isinstance(value, str):
            raise ValueError(f"status {value!r} is not text")
        out[position] = value
    return out


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
