"""A slow, strict reading of Eurostat's formats, to compare the fast one with."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from itertools import product

_CELL = re.compile(
    r" ?(?P<value>:|[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?) ?(?P<flag>[a-z]*( ?[@|][A-Z]+)?) ?"
)
_OLD = re.compile(r"([0-9]{4})-?(?:M([0-9]{2})(?:D([0-9]{2}))?|([QSTW][0-9]{1,2}))")
_PERIOD = re.compile(
    r"[0-9]{4}(-(Q[1-4]|S[12]|T[1-3]|W(0[1-9]|[1-4][0-9]|5[0-3])"
    r"|(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?))?"
)

#: (dimension codes, period) to (value or None, flag, confidentiality)
Table = dict[tuple[str, ...], tuple[float | None, str, str]]


def period(text: str) -> str | None:
    """A period as written today; None where it is none."""
    if old := _OLD.fullmatch(text):
        text = "-".join(filter(None, old.groups()))
    return text if _PERIOD.fullmatch(text) else None


def status(text: str) -> tuple[str, str]:
    flag, _, conf = text.replace("|", "@").partition("@")
    flag, conf = flag.replace(" ", ""), conf.strip()
    if "c" in flag:
        flag, conf = flag.replace("c", ""), conf or "C"
    return flag, conf


def read_tsv(text: bytes) -> list[tuple] | None:
    """Published cells in the order of the file; None where a strict reader refuses."""
    try:
        whole = text.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    # A lone CR ends a line as well, as in pyarrow's reader.
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines.pop() != "" or not lines:
        return None
    head, *periods = lines[0].split("\t")
    dims, _, _ = head.partition("\\")
    width = len(dims.split(","))
    periods = [period(p.strip()) for p in periods]
    if None in periods or len(set(periods)) < len(periods):
        return None
    cells = []
    for line in lines[1:]:
        key, *row = line.split("\t")
        codes = key.split(",")
        if len(codes) != width or len(row) != len(periods) or " " in key or not all(codes):
            return None
        if not all(code.isprintable() for code in codes):
            return None
        for when, cell in zip(periods, row, strict=True):
            match = _CELL.fullmatch(cell)
            if not match:
                return None
            value = None if match["value"] == ":" else float(match["value"])
            flag, conf = status(match["flag"])
            if value is not None or flag or conf:
                cells.append((*codes, when, value, flag, conf))
    return cells


_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_ABOUT = ("DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION")
_NO_DIMENSION = (*_ABOUT, "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS")


def read_csv(text: bytes) -> list[tuple] | None:
    """Published cells of an SDMX-CSV in the order of the file; None where it is not sound."""
    try:
        whole = text.decode("utf-8").removeprefix("\ufeff")
        names, *rows = csv.reader(io.StringIO(whole, newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError):
        return None
    if len(set(names)) < len(names) or whole[-1] not in "\r\n":
        return None
    labels = names.index("STRUCTURE_NAME") + 1 if "STRUCTURE_NAME" in names else len(names)
    kept = names[:labels] + names[labels::2]  # behind each code stands its label
    cells = []
    for row in rows:
        if len(row) != len(names):
            return None
        try:
            cells += _row(dict(zip(names, row, strict=True)), kept)
        except ValueError:
            return None
    return cells


def _row(said: dict[str, str], kept: list[str]) -> list[tuple]:
    """One cell, or none where it says nothing."""
    dims = [said[n] for n in kept if n not in _NO_DIMENSION]
    text, when = said["OBS_VALUE"].strip(" \t"), period(said["TIME_PERIOD"])
    marks = said.get("OBS_FLAG", ""), said.get("CONF_STATUS", "")
    if "CONF_STATUS" not in kept:
        marks = status(marks[0])
    number = None if text in ("", ":") else float(text)
    if number is not None and not (_NUMBER.fullmatch(text) and math.isfinite(number)):
        raise ValueError(text)
    if not re.fullmatch(r"[a-z]*", marks[0]) or not re.fullmatch(r"[A-Z]*", marks[1]):
        raise ValueError(marks)
    if number is None and marks == ("", ""):
        return []
    if not all(d and d.isprintable() for d in dims) or not when:
        raise ValueError(dims)
    return [(*dims, when, number, *marks)]


def _once(pairs: list[tuple]) -> dict:
    """An object of JSON, none of whose keys stands twice."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def read_stat(text: bytes) -> list[tuple] | None:
    """Published cells of a JSON-stat in the order of the cube; None where it is not sound."""
    try:
        body = json.loads(text, object_pairs_hook=_once, parse_constant=int)
        ids, sizes = body["id"], body["size"]
        if not all(type(n) is int for n in sizes):
            return None
        axes = [_axis(body["dimension"][name]["category"]["index"]) for name in ids]
        if [len(axis) for axis in axes] != sizes:
            return None
        values, marks = (
            _by_place(body.get(k) or {}, math.prod(sizes)) for k in ("value", "status")
        )
        time = next(ids.index(n) for n in ("time", "TIME_PERIOD") if n in ids)
        axes[time] = [period(text) for text in axes[time]]
        if None in axes[time] or len(set(axes[time])) < len(axes[time]):
            return None
        cells = []
        for place, codes in enumerate(product(*axes)):
            if place in values or place in marks:
                number = None if values.get(place) is None else float(values[place])
                dims = [code for i, code in enumerate(codes) if i != time]
                cells.append((*dims, codes[time], number, *status(marks.get(place, ""))))
        fine = all(c[-3] is None or math.isfinite(c[-3]) for c in cells)
        return cells if fine else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError,
            StopIteration):  # fmt: skip
        return None


def _axis(index: object) -> list[str]:
    if isinstance(index, dict):
        if sorted(index.values()) != list(range(len(index))) or any(
            type(n) is not int for n in index.values()
        ):
            raise ValueError("places that are not 0, 1, …")
        index = sorted(index, key=index.__getitem__)
    if not all(isinstance(code, str) for code in index) or len(set(index)) < len(index):
        raise ValueError("codes that are no text, or stand twice")
    return list(index)


def _by_place(said: object, size: int) -> dict[int, object]:
    pairs = said.items() if isinstance(said, dict) else enumerate(said)
    out = {}
    for key, value in pairs:
        if value is None:
            continue
        if not re.fullmatch(r"0|[1-9][0-9]*", str(key)) or int(key) >= size:
            raise ValueError(f"place {key}")
        out[int(key)] = value
    return out


def cells_of(frame, dims: list[str], period: str = "year") -> list[tuple]:
    """The same from a frame."""
    columns = [frame[name].astype("str").tolist() for name in [*dims, period]]
    values = [None if math.isnan(v) else v for v in frame["value"].tolist()]
    marks = [frame[name].astype("str").tolist() for name in ("flag", "conf")]
    return list(zip(*columns, values, *marks, strict=True))
