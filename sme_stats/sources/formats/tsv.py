r"""Eurostat's TSV: one line a series, one column a period.

Generations read: ``freq,…,geo\TIME_PERIOD`` (since 2022), ``unit,geo\time`` (before), years
ascending or descending; a cell is value, space, flags, ``@`` and confidentiality: ``429634.3 ``,
``3853937.0 p``, ``: ``, ``: c``, ``: @C``, ``12 bd``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sme_stats import flags
from sme_stats.errors import FormatError
from sme_stats.sources.formats.blocks import lines, spread
from sme_stats.sources.formats.cells import (
    Array,
    Cells,
    Coded,
    coded,
    join,
    narrow,
    published_rows,
    smallest,
    stack,
)

_TO_TABS = bytes.maketrans(b", ", b"\t\t")
_CODE = pa.dictionary(pa.int32(), pa.string())
_VALUE = r"(?P<value>:|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_CELL = rf"^{_VALUE} ?(?P<flag>[a-z]*(?: ?[@|][A-Z]+)?) ?$"


@dataclass(frozen=True)
class Header:
    """Dimensions and periods that the first line names."""

    dims: tuple[str, ...]
    periods: tuple[str, ...]


def parse(pieces: Iterable[bytes], *, keep_missing: bool = False) -> Cells:
    """Parse a TSV into coded cells, series by series.

    Parameters
    ----------
    pieces : iterable of bytes
        The text, in pieces of any size.
    keep_missing : bool, default False
        Keep the cells that are ``:`` without a flag.
    """
    return join(list(parts(pieces, keep_missing=keep_missing)))


def parts(pieces: Iterable[bytes], *, keep_missing: bool = False) -> Iterator[Cells]:
    """Parse a TSV block by block, for tables that should not lie in memory twice."""
    feed = lines(pieces)
    first = next(feed, b"")
    end = first.find(b"\n") + 1
    head = header((first[:end] if end else first).removesuffix(b"\n").removesuffix(b"\r"))
    if not end:
        raise FormatError("the file is cut: its first line has no end; get it again")
    line = 2
    work = partial(_block, head=head, keep_missing=keep_missing)
    for cells, rows in spread(work, chain([first[end:]], feed)):
        if isinstance(cells, bytes):
            cells = _slowly(cells, head, line, keep_missing)
        line += rows
        yield cells


def header(head: bytes) -> Header:
    """Read the first line."""
    try:
        first, *periods = head.decode("utf-8-sig").split("\t")
    except UnicodeDecodeError as error:
        raise FormatError(f"line 1 is not UTF-8: {error.reason}") from None
    if not "".join([first, *periods]).isprintable():
        raise FormatError("line 1 holds a control character; the file is damaged")
    dims_text, slash, time = first.partition("\\")
    dims, periods = dims_text.split(","), [p.strip() for p in periods]
    if not slash or time.strip() not in ("TIME_PERIOD", "time") or not all(dims):
        raise FormatError(f"line 1 is not a header of Eurostat's TSV: {first[:80]!r}")
    if len(set(dims)) < len(dims) or len(set(periods)) < len(periods):
        raise FormatError("line 1 names a dimension or a period twice")
    if not periods or not all(periods):
        raise FormatError("line 1 names no periods, or an empty one")
    return Header(tuple(dims), tuple(periods))


def _block(body: bytes, head: Header, keep_missing: bool) -> tuple[Cells | bytes, int]:
    """Parse one block; hand it back as it is where its cells are irregular."""
    whole_lines(body)
    try:
        # One translation of the block instead of a split per cell: commas and spaces become tabs,
        # so that a cell is two columns, value and status.
        table = _csv(body.translate(_TO_TABS), head)
        if not _separated(body, table.num_rows, head):
            return body, body.count(b"\n")
        return _long(table, head, keep_missing), table.num_rows
    except (pa.ArrowInvalid, UnicodeDecodeError, _NumberError):
        return body, body.count(b"\n")


def _separated(body: bytes, rows: int, head: Header) -> bool:
    """Whether commas and tabs are as many as they must be, before both became tabs.

    A comma in the place of a tab would otherwise shift a code into a value unseen.
    """
    text = np.frombuffer(body, dtype=np.uint8)
    tabs, commas = np.count_nonzero(text == 9), np.count_nonzero(text == 44)
    return bool(tabs == rows * len(head.periods) and commas == rows * (len(head.dims) - 1))


class _NumberError(ValueError):
    """A text that pyarrow takes for a number and Eurostat does not: nan, inf."""


def whole_lines(body: bytes) -> None:
    """Check what Arrow would let pass: a last line without an end, a mark of byte order inside.

    Raises
    ------
    FormatError
        If either is there.
    """
    if body and not body.endswith(b"\n"):
        raise FormatError("the file is cut: its last line has no end; get it again")
    if body.startswith(b"\xef\xbb\xbf"):
        raise FormatError("a mark of byte order stands inside the file; it is damaged")


def _names(head: Header) -> list[str]:
    cells = [f"{kind}{i}" for i in range(len(head.periods)) for kind in "vf"]
    return [f"d{i}" for i in range(len(head.dims))] + cells


def _csv(text: bytes, head: Header) -> pa.Table:
    names = _names(head)
    types = {n: pa.float64() if n[0] == "v" else _CODE for n in names}
    if not text:
        return pa.table({n: pa.array([], t) for n, t in types.items()})
    return pacsv.read_csv(
        pa.BufferReader(text),
        # One block and one thread: the blocks themselves are spread over the threads.
        read_options=pacsv.ReadOptions(
            column_names=names, use_threads=False, block_size=len(text) + 1
        ),
        parse_options=pacsv.ParseOptions(
            delimiter="\t", quote_char=False, ignore_empty_lines=False
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=types,
            null_values=[":"],
            strings_can_be_null=False,
            # A seventh of the time; `coded` decodes the few distinct texts, and finds what is not.
            check_utf8=False,
        ),
    )


def _slowly(body: bytes, head: Header, line: int, keep_missing: bool) -> Cells:
    try:
        return _long(_irregular(body, head, line), head, keep_missing)
    except _NumberError:
        raise FormatError(
            f"at or after line {line} stands a number that is beyond any count; the file is damaged"
        ) from None


def _irregular(body: bytes, head: Header, line: int) -> pa.Table:
    """Read a block whose cells are irregular (``:c``, ``12 b @C``), or name the bad line."""
    rows = pa.array(body.replace(b"\r\n", b"\n").split(b"\n")[:-1])
    try:
        split = pc.split_pattern(rows.cast(pa.string()), "\t")
        keys = pc.split_pattern(pc.list_element(split, 0), ",")
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise FormatError(f"not UTF-8 at or after line {line}: {str(error)[:80]}") from None
    for found, wanted, what in (
        (keys, len(head.dims), "codes"), (split, len(head.periods) + 1, "columns"),
    ):  # fmt: skip
        short = np.flatnonzero(pc.list_value_length(found).to_numpy() != wanted)
        if len(short):
            count = len(found[int(short[0])])
            raise FormatError(
                f"line {line + int(short[0])} has {count} {what} where the header has {wanted}; "
                "the file is damaged or cut"
            )
    return _match(keys, split, head, line)


def _match(keys: pa.Array, split: pa.Array, head: Header, line: int) -> pa.Table:
    columns = {f"d{i}": pc.list_element(keys, i) for i in range(len(head.dims))}
    for column in columns.values():
        _refuse(pc.match_substring(column, " "), column, line, "a code with a space in it")
    for i in range(len(head.periods)):
        cell = pc.list_element(split, i + 1)
        found = pc.extract_regex(cell, _CELL)
        _refuse(pc.is_null(found), cell, line, "a cell that is no value")
        value = pc.struct_field(found, "value")
        value = pc.if_else(pc.equal(value, ":"), pa.scalar(None, pa.string()), value)
        columns[f"v{i}"] = value.cast(pa.float64())
        columns[f"f{i}"] = pc.struct_field(found, "flag")
    return pa.table({
        n: c if n[0] == "v" else pc.dictionary_encode(c) for n, c in columns.items()
    })  # fmt: skip


def _refuse(bad: pa.Array, column: pa.Array, line: int, what: str) -> None:
    where = np.flatnonzero(bad.to_numpy(zero_copy_only=False))
    if len(where):
        row = int(where[0])
        raise FormatError(f"line {line + row} has {what}: {str(column[row])[:60]!r}")


def _long(table: pa.Table, head: Header, keep_missing: bool) -> Cells:
    """One row a cell; in the order of the file."""
    width = len(head.periods)
    value = _values(table, width)
    flag, conf = _marks([coded(table.column(f"f{i}")) for i in range(width)])
    rows = None if keep_missing else published_rows(value, flag, conf)
    if rows is None:
        series, period = _every(table.num_rows, width)
    else:
        value, flag, conf = value.take(rows), flag.take(rows), conf.take(rows)
        series, period = np.divmod(rows, width)
    return Cells(
        dims={name: coded(table.column(f"d{i}")).take(series) for i, name in enumerate(head.dims)},
        period=Coded(narrow(period, width), list(head.periods)),
        value=value,
        flag=flag,
        conf=conf,
    )


def _every(rows: int, width: int) -> tuple[Array, Array]:
    return np.repeat(np.arange(rows), width), np.tile(np.arange(width), rows)


def _values(table: pa.Table, width: int) -> Array:
    value = np.empty((table.num_rows, width), dtype=np.float64)
    numbers = 0
    for i in range(width):
        column = table.column(f"v{i}")
        numbers += len(column) - column.null_count
        value[:, i] = column.to_numpy()
    flat = value.reshape(-1)
    # pyarrow reads "nan" and "inf" as numbers; Eurostat never writes them.
    if np.count_nonzero(np.isfinite(flat)) != numbers:
        raise _NumberError
    return flat


def _marks(columns: list[Coded]) -> tuple[Coded, Coded]:
    """Flag and confidentiality of every cell, from what stands behind the values."""
    texts = sorted({text for column in columns for text in column.texts})
    codes = np.empty((len(columns[0].codes), len(columns)), dtype=smallest(len(texts)))
    for i, column in enumerate(columns):
        codes[:, i] = stack([column], texts).codes
    return split_marks(Coded(codes.reshape(-1), texts))


def lower(text: str) -> bool:
    """Whether a text is empty or lower-case letters only, as OBS_FLAG is."""
    return not text or (text.isalpha() and text.islower())


def upper(text: str) -> bool:
    """Whether a text is empty or upper-case letters only, as CONF_STATUS is."""
    return not text or (text.isalpha() and text.isupper())


def split_marks(status: Coded) -> tuple[Coded, Coded]:
    """OBS_FLAG and CONF_STATUS out of one field, in both generations.

    Raises
    ------
    FormatError
        If something other than letters stands there.
    """
    pairs = [flags.split_status(text) for text in status.texts]
    for text, (letters, conf) in zip(status.texts, pairs, strict=True):
        whole = text.isascii() and text.isprintable() and not text.endswith(("@", "|"))
        if not (whole and lower(letters) and upper(conf)):
            raise FormatError(f"{text!r} is not a flag")
    return status.recode([p[0] for p in pairs]), status.recode([p[1] for p in pairs])
