"""SDMX-CSV 1.0 (``DATAFLOW,LAST UPDATE,…``) and 2.0 (``STRUCTURE,STRUCTURE_ID,…``).

Before 2025 there is no CONF_STATUS and OBS_FLAG says ``c`` where a cell is confidential. A 2.0 with
labels has one more column behind each (``freq,Time frequency,…``), which is left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sme_stats.errors import FormatError
from sme_stats.sources.formats.blocks import lines, spread
from sme_stats.sources.formats.cells import Array, Cells, Coded, blank, coded, join
from sme_stats.sources.formats.tsv import lower, split_marks, upper, whole_lines

_CODE = pa.dictionary(pa.int32(), pa.string())
_ABOUT = ("DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION")
_ATTRIBUTES = ("OBS_FLAG", "CONF_STATUS")
_OTHER = (*_ABOUT, *_ATTRIBUTES, "TIME_PERIOD", "OBS_VALUE")


def parse(pieces: Iterable[bytes], *, keep_missing: bool = False) -> Cells:
    """Parse an SDMX-CSV into coded cells, in the order of the file."""
    return join(list(parts(pieces, keep_missing=keep_missing)))


def parts(pieces: Iterable[bytes], *, keep_missing: bool = False) -> Iterator[Cells]:
    """Parse an SDMX-CSV block by block."""
    feed = lines(pieces)
    first = next(feed, b"")
    end = first.find(b"\n") + 1
    names = _header(first[:end] if end else first)
    if not end:
        raise FormatError("the file is cut: its first line has no end; get it again")
    bodies = chain([first[end:]], feed)
    for cells in spread(partial(_block, names=names), bodies):
        yield cells if keep_missing else cells.published()


def _block(body: bytes, names: list[str]) -> Cells:
    whole_lines(body)
    table = _read(body, names)
    kept = codes_only(names)
    try:
        columns = {name: coded(table.column(name)) for name in kept if name != "OBS_VALUE"}
    except UnicodeDecodeError as error:
        raise FormatError(f"the file is not UTF-8: {bytes(error.object[:40])!r}") from None
    value = _values(table.column("OBS_VALUE"))
    flow = columns.get("DATAFLOW") or columns.get("STRUCTURE_ID")
    updates = columns.get("LAST UPDATE")
    if "ACTION" in columns:
        _only_whole(columns["ACTION"])
    flag = _letters(columns.get("OBS_FLAG"), len(value), lower)
    conf = _letters(columns.get("CONF_STATUS"), len(value), upper)
    if "CONF_STATUS" not in columns:
        flag, conf = split_marks(flag)
    return Cells(
        dims={n: columns[n] for n in kept if n not in _OTHER},
        period=columns["TIME_PERIOD"],
        value=value,
        flag=flag,
        conf=conf,
        dataset=_dataset(flow),
        vintages=updates and updates.recode([vintage(t) for t in updates.texts]),
    )


def _values(column: pa.ChunkedArray) -> Array:
    value: Array = column.to_numpy()
    # pyarrow reads "nan" and "inf" as numbers; Eurostat never writes them.
    if np.count_nonzero(np.isfinite(value)) != len(value) - column.null_count:
        raise FormatError("OBS_VALUE holds something that is no number")
    return value


def _letters(column: Coded | None, rows: int, fine: Callable[[str], bool]) -> Coded:
    if column is None:
        return blank(rows)
    for text in column.texts:
        if not (text.isascii() and fine(text)):
            raise FormatError(f"{text!r} is not a flag")
    return column


def codes_only(names: list[str]) -> list[str]:
    """Leave out the columns that a 2.0 with labels has behind each of the others.

    Examples
    --------
    >>> codes_only(["STRUCTURE", "STRUCTURE_NAME", "geo", "Country", "OBS_VALUE", "Value"])
    ['STRUCTURE', 'STRUCTURE_NAME', 'geo', 'OBS_VALUE']
    """
    if "STRUCTURE_NAME" not in names:
        return names
    start = names.index("STRUCTURE_NAME") + 1
    return names[:start] + names[start::2]


def _only_whole(action: Coded) -> None:
    """Refuse a 2.0 that says which cells to change in another copy: it is no table."""
    others = set(action.used()) - {"", "I", "R", "A"}
    if others:
        raise FormatError(
            f"the file has rows with ACTION {', '.join(sorted(others))}: changes to a table, not "
            "a table; ask for the data themselves"
        )


def _header(text: bytes) -> list[str]:
    end = text.find(b"\n")
    line = text[: end if end >= 0 else len(text)].removesuffix(b"\r")
    try:
        text_line = line.decode("utf-8-sig")
        names = next(csv.reader([text_line], strict=True), [])
    except UnicodeDecodeError as error:
        raise FormatError(f"line 1 is not UTF-8: {error.reason}") from None
    except csv.Error as error:
        raise FormatError(f"line 1 is not a header of SDMX-CSV: {error}") from None
    if not text_line.isprintable():
        raise FormatError("line 1 holds a control character; the file is damaged")
    for needed in ("TIME_PERIOD", "OBS_VALUE"):
        if needed not in codes_only(names):
            raise FormatError(f"line 1 lacks the column {needed}; it has {', '.join(names)[:200]}")
    if len(set(names)) < len(names) or not all(names):
        raise FormatError(f"line 1 names a column twice, or one without a name: {line[:120]!r}")
    return names


def _read(text: bytes, names: list[str]) -> pa.Table:
    types = dict.fromkeys(names, _CODE) | {"OBS_VALUE": pa.float64()}
    if not text:
        return pa.table({n: pa.array([], t) for n, t in types.items()})
    try:
        return pacsv.read_csv(
            pa.BufferReader(text),
            read_options=pacsv.ReadOptions(
                column_names=names, use_threads=False, block_size=len(text) + 1
            ),
            parse_options=pacsv.ParseOptions(ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                column_types=types,
                null_values=["", ":"],
                strings_can_be_null=False,
                check_utf8=False,  # `coded` decodes the distinct texts
            ),
        )
    except pa.ArrowInvalid as error:
        problem = str(error).split("\n")[0]
        raise FormatError(f"this SDMX-CSV cannot be read: {problem[:200]}") from None


def _dataset(flow: Coded | None) -> str:
    """Code of the dataflow: ``ESTAT:SBS_SC_OVW(1.0)`` is sbs_sc_ovw."""
    flows = {_flow_code(text) for text in (flow.used() if flow else [])}
    if len(flows) > 1:
        raise FormatError(
            f"the file mixes dataflows: {', '.join(sorted(flows))}; read one at a time"
        )
    return flows.pop() if flows else ""


def _flow_code(text: str) -> str:
    match = re.fullmatch(r"(?:[^:]*:)?([A-Za-z0-9_$]+)(?:\([\d.]+\))?", text)
    if not match:
        raise FormatError(f"{text!r} is not the name of a dataflow")
    return match[1].lower()


def vintage(update: str) -> str:
    """ISO date of an update stamp; the time is kept only for the second update of a day.

    Tables change at 11:00 and 23:00; nearly all at 11:00, so the plain date names that one.

    Examples
    --------
    >>> vintage("10/03/26 11:00:00"), vintage("10/03/26 23:00:00"), vintage("")
    ('2026-03-10', '2026-03-10T23:00', '')
    """
    if not update:
        return ""
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d\d) (\d\d):(\d\d):\d\d", update)
    if not match:
        raise FormatError(f"LAST UPDATE {update!r} is not dd/mm/yy hh:mm:ss")
    day, month, year, hour, minute = match.groups()
    return stamp(f"20{year}-{month}-{day}", f"{hour}:{minute}")


def stamp(date: str, time: str) -> str:
    """Name a vintage by its date, and by its time where that is not the usual one."""
    return date if time in ("11:00", "00:00") else f"{date}T{time}"
