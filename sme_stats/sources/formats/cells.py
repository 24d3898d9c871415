"""What a parser hands over: coded columns, before they become the observation frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from sme_stats.errors import FormatError
from sme_stats.sources.formats.blocks import spread

Array = np.ndarray[Any, Any]
#: Cells from which on threads are worth their start.
MANY = 1_000_000
_MONTH, _WEEK = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[1-4]\d|5[0-3])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_PERIOD = re.compile(
    rf"\d{{4}}(?:-(?:Q[1-4]|S[12]|T[1-3]|W{_WEEK}|{_MONTH}(?:-{_DAY})?))?", re.ASCII
)
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
#: As files wrote periods until 2022: 2020M01, 2020Q1, 2020S1, 2020W05, 2020M01D31.
_OLD_PERIOD = re.compile(r"(\d{4})-?(?:M(\d\d)(?:D(\d\d))?|([QSTW]\d{1,2}))", re.ASCII)


@dataclass
class Coded:
    """A column as positions into a list of distinct texts."""

    codes: Array
    texts: list[str]

    def take(self, rows: Array | slice) -> Coded:
        """Keep some rows."""
        if isinstance(rows, slice):
            return Coded(self.codes[rows], self.texts)
        if len(self.texts) == 1:
            return Coded(np.zeros(len(rows), self.codes.dtype), self.texts)
        return Coded(self.codes.take(rows), self.texts)

    def used(self) -> list[str]:
        """Texts that occur in some row."""
        counts = np.bincount(self.codes, minlength=len(self.texts))
        return [text for text, count in zip(self.texts, counts, strict=False) if count]

    def recode(self, texts: Sequence[str]) -> Coded:
        """Put another text in the place of each; the new list is sorted and without doubles."""
        distinct = sorted(set(texts))
        if list(texts) == distinct:
            return Coded(self.codes, distinct)
        place = {text: i for i, text in enumerate(distinct)}
        return Coded(_look_up(self.codes, [place[t] for t in texts], len(distinct)), distinct)


@dataclass
class Cells:
    """A parsed table: one entry a cell in every array.

    ``dims`` keeps the table's own order and names; ``period`` holds TIME_PERIOD as published;
    ``flag`` and ``conf`` are OBS_FLAG and CONF_STATUS, apart whatever the format. ``dataset`` and
    ``vintage`` as far as the content names them; ``vintages`` where it states them row by row.
    """

    dims: dict[str, Coded]
    period: Coded
    value: Array
    flag: Coded
    conf: Coded
    dataset: str = ""
    vintage: str = ""
    vintages: Coded | None = None
    notes: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.value)

    def columns(self) -> dict[str, Coded]:
        """Every coded column, under the standard's names."""
        named = {**self.dims, "TIME_PERIOD": self.period}
        named |= {"OBS_FLAG": self.flag, "CONF_STATUS": self.conf}
        return named if self.vintages is None else named | {"LAST UPDATE": self.vintages}

    def take(self, rows: Array | slice) -> Cells:
        """Keep some rows."""
        kept = {name: column.take(rows) for name, column in self.columns().items()}
        return assemble(kept, self.value[rows], self.dataset, self.vintage)

    def checked(self) -> Cells:
        """Give the cells themselves, if every one has its codes and a period.

        Raises
        ------
        FormatError
            If one has not; only a damaged file can be like that.
        """
        if not self.dataset.isprintable():
            raise FormatError(f"{self.dataset!r} is no dataflow's code; the file is damaged")
        texts = [period(text) for text in self.period.texts]
        if len(set(texts)) < len(texts):
            raise FormatError(f"the file names a period twice: {', '.join(self.period.texts)}")
        self.period = self.period.recode(texts)
        for name, column in self.dims.items():
            if not _NAME.fullmatch(name):
                raise FormatError(f"{name!r} is no name of a dimension; the file is damaged")
            for text in column.texts:
                if not text.isprintable() or " " in text:
                    raise FormatError(f"{text!r} is no code of {name}; the file is damaged")
            if "" in column.texts and "" in column.used():
                raise FormatError(f"a row has no code of the dimension {name}; the file is damaged")
        return self

    def published(self) -> Cells:
        """Keep the cells that say something: a value, a flag or a confidentiality status."""
        rows = published_rows(self.value, self.flag, self.conf)
        return self if rows is None else self.take(rows)


def period(text: str) -> str:
    """Write a time period as Eurostat does today, so that vintages of both generations compare.

    Raises
    ------
    FormatError
        If it is none.

    Examples
    --------
    >>> period("2023"), period("2020M01"), period("2020Q1"), period("2020-Q1")
    ('2023', '2020-01', '2020-Q1', '2020-Q1')
    """
    new = text
    if old := _OLD_PERIOD.fullmatch(text):
        new = "-".join(part for part in old.groups() if part)
    if not _PERIOD.fullmatch(new):
        raise FormatError(f"{text!r} is not a time period of Eurostat's")
    return new


def published_rows(value: Array, *marks: Coded) -> Array | None:
    """Positions of the cells that say something; None where all do."""
    keep = value == value
    if keep.all():
        return None
    for column in marks:
        if "" not in column.texts:
            return None
        if len(column.texts) > 1:
            keep |= column.codes != column.texts.index("")
    return np.flatnonzero(keep)


def assemble(columns: dict[str, Coded], value: Array, dataset: str, vintage: str) -> Cells:
    """Build cells from coded columns under the standard's names."""
    rest = dict(columns)
    period, flag, conf = (rest.pop(n) for n in ("TIME_PERIOD", "OBS_FLAG", "CONF_STATUS"))
    vintages = rest.pop("LAST UPDATE", None)
    return Cells(rest, period, value, flag, conf, dataset, vintage, vintages)


def join(parts: list[Cells]) -> Cells:
    """Stack the blocks of one table; every list of texts becomes sorted and common.

    The blocks are emptied on the way, so that the table lies in memory once and not twice.

    Raises
    ------
    FormatError
        If the blocks name different dataflows.
    """
    flows = {part.dataset for part in parts if len(part)} or {part.dataset for part in parts}
    if len(flows) > 1:
        raise FormatError(
            f"the file mixes dataflows: {', '.join(sorted(flows))}; read one at a time"
        )
    stacks = [part.columns() for part in parts]
    values = [part.value for part in parts]
    for part in parts:
        part.value = part.value[:0]
    names = list(stacks[0])
    # Copies of tens of megabytes: side by side, as the blocks were parsed.
    each = spread if sum(map(len, values)) > MANY else map
    columns = each(lambda name: stack([s.pop(name) for s in stacks]), names)
    named = dict(zip(names, columns, strict=True))
    value = values[0] if len(values) == 1 else np.concatenate(values)
    return assemble(named, value, flows.pop(), parts[0].vintage)


def stack(columns: list[Coded], texts: list[str] | None = None) -> Coded:
    """Put coded columns one below the other, with one list of texts: sorted unless given."""
    texts = texts or sorted({text for column in columns for text in column.texts})
    place = {text: i for i, text in enumerate(texts)}
    out = np.empty(sum(len(c.codes) for c in columns), dtype=smallest(len(texts)))
    start = 0
    for column in columns:
        end = start + len(column.codes)
        out[start:end] = _look_up(column.codes, [place[t] for t in column.texts], len(texts))
        start = end
    return Coded(out, texts)


def _look_up(codes: Array, places: list[int], size: int) -> Array:
    """Translate codes; the two commonest cases (one text, no change) cost no look-up."""
    dtype = smallest(size)
    if len(places) < 2:
        return np.full(len(codes), places[0] if places else 0, dtype=dtype)
    if places == list(range(len(places))):
        return codes.astype(dtype, copy=False)
    return np.array(places, dtype=dtype).take(codes)


def coded(column: pa.ChunkedArray | pa.Array) -> Coded:
    """Read an Arrow dictionary column; nulls become the empty text.

    Raises
    ------
    UnicodeDecodeError
        If a text is not UTF-8: the parsers leave that to the few distinct ones here.
    """
    if isinstance(column, pa.ChunkedArray):
        if column.num_chunks == 0:
            return Coded(np.zeros(0, dtype=np.int8), [])
        column = column.chunk(0) if column.num_chunks == 1 else _unified(column)
    texts = [str(v) for v in column.dictionary.to_pylist()]
    codes = column.indices
    if codes.null_count:
        codes = codes.fill_null(len(texts))
        texts = [*texts, ""]
    return Coded(narrow(codes.to_numpy(zero_copy_only=False), len(texts)), texts)


def _unified(column: pa.ChunkedArray) -> pa.Array:
    return column.unify_dictionaries().combine_chunks()


def blank(rows: int) -> Coded:
    """Give a column that is empty in every row."""
    return Coded(np.zeros(rows, dtype=np.int8), [""])


def smallest(size: int) -> type[np.signedinteger[Any]]:
    """Smallest signed integers that can index `size` texts, as pandas' categories use."""
    for dtype in (np.int8, np.int16, np.int32):
        if size <= np.iinfo(dtype).max:
            return dtype
    return np.int64


def narrow(codes: Array, size: int) -> Array:
    """Codes in the smallest integers that can index `size` texts."""
    return codes.astype(smallest(size), copy=False)


def isin(column: Coded, wanted: Iterable[str]) -> Array:
    """Mark the rows whose text is one of `wanted`."""
    asked = set(wanted)
    hit = np.array([text in asked for text in column.texts] or [False])
    return hit.take(column.codes)
