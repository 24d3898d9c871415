"""A slow, strict reading of TSV and SDMX-CSV, to compare the fast one with; and writers."""

from __future__ import annotations

import math
import re

_CELL = re.compile(
    r"(?P<value>:|-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?) ?(?P<flag>[a-z]*( ?[@|][A-Z]+)?) ?"
)
_PERIOD = re.compile(r"\d{4}(-(Q[1-4]|S[12]|T[1-3]|W\d\d|M\d\d|\d\d(-\d\d)?))?")

#: (dimension codes, period) to (value or None, flag, confidentiality)
Table = dict[tuple[str, ...], tuple[float | None, str, str]]


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
    periods = [p.strip() for p in periods]
    if not all(_PERIOD.fullmatch(p) for p in periods):
        return None
    cells = []
    for line in lines[1:]:
        key, *row = line.split("\t")
        codes = key.split(",")
        if len(codes) != width or len(row) != len(periods) or " " in key or not all(codes):
            return None
        if not all(code.isprintable() for code in codes):
            return None
        for period, cell in zip(periods, row, strict=True):
            match = _CELL.fullmatch(cell)
            if not match:
                return None
            value = None if match["value"] == ":" else float(match["value"])
            flag, conf = status(match["flag"])
            if value is not None or flag or conf:
                cells.append((*codes, period, value, flag, conf))
    return cells


def cells_of(frame, dims: list[str], period: str = "year") -> list[tuple]:
    """The same from a frame."""
    columns = [frame[name].astype("str").tolist() for name in [*dims, period]]
    values = [None if math.isnan(v) else v for v in frame["value"].tolist()]
    marks = [frame[name].astype("str").tolist() for name in ("flag", "conf")]
    return list(zip(*columns, values, *marks, strict=True))
