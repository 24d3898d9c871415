"""Eurostat's file formats, recognised from the content, read into the observation frame.

TSV in its three generations, SDMX-CSV 1.0 and 2.0, JSON-stat 2.0; plain or gzip. Works for any
Eurostat table: all its dimensions are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pandas as pd

from sme_stats.errors import FormatError
from sme_stats.sources.formats import json_stat, sdmx_csv, tsv
from sme_stats.sources.formats.cells import Cells
from sme_stats.sources.formats.compression import pieces
from sme_stats.sources.formats.observations import to_frame


def read(
    source: str | Path | bytes,
    *,
    dataset: str | None = None,
    vintage: str | None = None,
    keep_missing: bool = False,
) -> pd.DataFrame:
    r"""Read a file or bytes as Eurostat serves them into the observation frame.

    The format (TSV, SDMX-CSV 1.0 or 2.0, JSON-stat 2.0), its generation and gzip are recognised
    from the content, never from a file name or a content type.

    Parameters
    ----------
    source : str, pathlib.Path or bytes
        A path, or the content itself.
    dataset : str, optional
        Code of the dataflow; taken from the content where it names one (SDMX-CSV, JSON-stat).
    vintage : str, optional
        Last-update date of the table, ISO; taken from the content where it states one.
    keep_missing : bool, default False
        Keep the cells that are not available and carry no flag (``:``). They are positions of the
        table that Eurostat does not publish, often most of it.

    Returns
    -------
    pandas.DataFrame
        Observation frame, cell for cell: ``dataset``, ``vintage``, ``indic``, ``measure`` and
        ``unit`` where known, every dimension of the table, ``year``, ``period`` where the table
        is not annual, ``value`` (NaN where not available or withheld), ``flag``, ``conf``.

    Raises
    ------
    FormatError
        If the content is none of these formats, damaged or cut; says where.
    InputError
        If the file cannot be opened.

    Examples
    --------
    >>> text = b"freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD\t2022 \t2023 \n" \
    ...     b"A,ENT_NR,C,GE250,PT\t1 p\t: @C\n"
    >>> frame = read(text, dataset="sbs_sc_ovw", vintage="2026-03-10")
    >>> frame[["year", "value", "flag", "conf"]].to_dict("list")
    {'year': [2022, 2023], 'value': [1.0, nan], 'flag': ['p', ''], 'conf': ['', 'C']}
    >>> read(b"<html>Sorry</html>")
    Traceback (most recent call last):
    sme_stats.errors.FormatError: this is a web page, not a table: it begins '<html>Sorry</html>'
    """
    cells = parse(source, keep_missing=keep_missing)
    return to_frame(cells, dataset=dataset, vintage=vintage)


def parse(source: str | Path | bytes, *, keep_missing: bool = False) -> Cells:
    """Recognise and parse, without building the frame."""
    text = filter(None, pieces(source if isinstance(source, bytes) else Path(source)))
    first = next(text, b"")
    parser = recognise(first)
    return parser(chain([first], text), keep_missing=keep_missing).checked()


def recognise(text: bytes) -> Callable[..., Cells]:
    """Choose the parser from the first line."""
    head = text[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t")
    first = head.split(b"\n", 1)[0].rstrip(b"\r")
    if head[:1] == b"{":
        return json_stat.parse
    if head[:1] == b"<":
        kind = "a web page" if b"<html" in head[:1000].lower() else "XML"
        raise FormatError(f"this is {kind}, not a table: it begins {_begin(head)}")
    if b"\\" in first.split(b"\t", 1)[0] and b"\t" in first:
        return tsv.parse
    plain = first.replace(b'"', b"")
    if plain.startswith((b"DATAFLOW,", b"STRUCTURE,")) or b",OBS_VALUE" in plain:
        return sdmx_csv.parse
    raise FormatError(
        "none of Eurostat's formats (TSV, SDMX-CSV, JSON-stat): "
        + (f"it begins {_begin(head)}" if head else "the content is empty")
    )


def _begin(head: bytes) -> str:
    return repr(head[:60].decode("utf-8", "replace"))
