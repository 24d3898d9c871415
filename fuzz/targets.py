"""What is fuzzed: one function a reader, bytes in; any error that is not ours is a finding.

A reader that accepts its input is held to more than not falling: what it gives is compared with a
slow, strict reading of the same bytes (tests/sources/reference.py), or with itself read again.
"""

from __future__ import annotations

import contextlib
import io
import math
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "sources"))

import reference

from sme_stats.claims.documents import notebook, suggest, update, word  # noqa: F401
from sme_stats.claims.documents.marks import to_claims
from sme_stats.claims.documents.reading import scan_text
from sme_stats.claims.documents.word import scan_word
from sme_stats.claims.files import _claims
from sme_stats.claims.model import VERDICTS
from sme_stats.claims.printed import PrintedNumber, parse_printed
from sme_stats.errors import SmeStatsError
from sme_stats.frame import DIMENSIONS
from sme_stats.sources.formats import json_stat, parse, sdmx_csv, to_frame, tsv
from sme_stats.sources.formats.cells import Cells

#: Executions of each in an ordinary run, by how much a parser can get wrong and what it costs.
RUNS = {
    "tsv": 30_000, "csv": 30_000, "json": 60_000, "claims": 60_000, "printed": 80_000,
    "markdown": 10_000, "html": 10_000, "notebook": 5_000, "word": 5_000,
}  # fmt: skip
#: No input needs more: what is found lies in the structure, not in the length.
MOST_BYTES = {"printed": 60, "claims": 1_500}


class Wrong(AssertionError):  # noqa: N818 - a finding, not an error of the program
    """A result that contradicts its input."""


def tsv_file(data: bytes) -> None:
    """Eurostat's TSV, cell for cell what a strict reader reads."""
    _table(data, tsv.parse, reference.read_tsv)


def csv_file(data: bytes) -> None:
    """SDMX-CSV, cell for cell what a strict reader reads; quotes, which Eurostat's have none of."""
    _table(data, sdmx_csv.parse, None if b'"' in data else reference.read_csv)


def json_file(data: bytes) -> None:
    """JSON-stat, cell for cell what a strict reader reads."""
    _table(data, json_stat.parse, reference.read_stat)


def _table(
    data: bytes, parser: Callable, slow: Callable[[bytes], list[tuple] | None] | None
) -> None:
    try:
        parse(data)  # recognised from the content, whatever it turns out to be
        cells = parser(iter([data])).checked()
    except SmeStatsError:
        return
    with contextlib.suppress(SmeStatsError):
        _frame(to_frame(cells, dataset=None, vintage=None), cells)
    if slow is None:  # two readings of a quote are possible, and none is wrong
        return
    wanted = slow(data)
    if wanted is None:
        raise Wrong("accepted, where a strict reader refuses")
    columns = [[c.texts[i] for i in c.codes] for c in cells.dims.values()]
    columns.append([cells.period.texts[i] for i in cells.period.codes])
    columns.append([None if v != v else v for v in cells.value.tolist()])
    columns += [[c.texts[i] for i in c.codes] for c in (cells.flag, cells.conf)]
    got = list(zip(*columns, strict=True))
    if got != wanted:
        raise Wrong(f"cells differ:\n{got}\n{wanted}")


def _frame(frame: pd.DataFrame, cells: Cells) -> None:
    """Nothing lost on the way into the frame: every code, value, year and mark."""
    if not np.array_equal(frame["value"], cells.value, equal_nan=True):
        raise Wrong(f"values {list(frame['value'])} of {cells.value}")
    coded = {DIMENSIONS.get(n, n): c for n, c in cells.dims.items() if n != "freq"}
    for name, column in {**coded, "flag": cells.flag, "conf": cells.conf}.items():
        if list(frame[name]) != [column.texts[i] for i in column.codes]:
            raise Wrong(f"{name}: {list(frame[name])}")
    if list(frame["year"]) != [int(cells.period.texts[i][:4]) for i in cells.period.codes]:
        raise Wrong(f"years {list(frame['year'])}")


def claims_file(data: bytes) -> None:
    """A claims file: claims whose fields are valid, or one error of ours."""
    text = data.decode("utf-8", "ignore")
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):  # read_claims makes them errors of ours
        raw = {"claim": [_fields(text)]}
    try:
        claims = _claims(raw, "claims.toml", text)
    except SmeStatsError as error:
        if "\n" in str(error):
            raise Wrong("a message of several lines") from None
        return
    for claim in claims:
        _number(claim.printed)
        if claim.expect not in VERDICTS or not (claim.year is None or 1900 <= claim.year <= 2100):
            raise Wrong(f"{claim}")


def _fields(text: str) -> dict[str, object]:
    """Lines ``key = value`` read without TOML's rules, so that most inputs reach the claims."""
    pairs = [line.partition("=") for line in text.splitlines() if "=" in line]
    said = {key.strip(): value.strip().strip('"') for key, _, value in pairs}
    return {k: int(v) if v.isdecimal() and len(v) < 9 else v for k, v in said.items()}


def printed_number(data: bytes) -> None:
    """A printed number: an interval that holds it, the same whatever spaces stand around."""
    text = data.decode("utf-8", "replace")
    try:
        number = parse_printed(text)
    except SmeStatsError:
        return
    _number(number)
    again = parse_printed(f" {text}\n")
    if (again.kind, again.readings) != (number.kind, number.readings):
        raise Wrong(f"{text!r}: {number} with spaces around is {again}")


def _number(number: PrintedNumber) -> None:
    if not math.isfinite(number.value):
        raise Wrong(f"{number.text!r} is {number.value}")
    for reading in number.readings:
        if not reading.lower < reading.upper or not math.isfinite(min(map(abs, _ends(reading)))):
            raise Wrong(f"{number.text!r}: {reading}")
        if not reading.lower <= number.value <= reading.upper:
            raise Wrong(f"{number.text!r}: {number.value} is not in {reading}")


def _ends(reading: object) -> tuple[float, float]:
    return reading.lower, reading.upper  # type: ignore[attr-defined]


def _document(kind: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        text = data.decode("utf-8", "ignore")
        try:
            scan = scan_text(text, kind, "doc")
            for mark in scan.marks:
                for piece in mark.pieces:
                    if not 0 <= piece.start <= piece.end <= len(text):
                        raise Wrong(f"{piece} lies outside the text")
            to_claims(scan, "doc")
        except SmeStatsError:
            return

    target.__doc__ = f"Marks of a {kind} document, each inside its text."
    return target


def word_file(data: bytes) -> None:
    """A Word document whose text part is what the fuzzer gives."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("word/document.xml", data)
    _WORD.write_bytes(packed.getvalue())
    try:
        to_claims(scan_word(_WORD), "doc")
    except SmeStatsError:
        return


_WORD = Path("fuzz.docx")  # in the folder of the run, which goes with it
TARGETS: dict[str, Callable[[bytes], None]] = {
    "tsv": tsv_file, "csv": csv_file, "json": json_file, "claims": claims_file,
    "printed": printed_number, "markdown": _document("markdown"), "html": _document("html"),
    "notebook": _document("notebook"), "word": word_file,
}  # fmt: skip
