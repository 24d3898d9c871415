"""Marks in a notebook's Markdown cells, each with its place in the notebook's file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sme_stats.claims.documents.marks import Mark, Piece, Scan
from sme_stats.claims.documents.markup import Lines, scan_markdown
from sme_stats.errors import ClaimError, InputError

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys in the order of the file, repeated ones kept."""


class _Text(str):
    """A JSON string that knows where its token begins and ends."""

    span: tuple[int, int]


def scan_notebook(text: str, source: str) -> Scan:
    """Marks of a notebook (nbformat 4); lines are those of its file.

    Raises
    ------
    InputError
        If it is no notebook.
    ClaimError
        If a mark in it is broken; names file and line.
    """
    scan = Scan()
    lines = Lines(text)
    for cell in markdown_cells(text, source):
        joined = "".join(cell)
        if "sme" not in joined:
            continue
        places = [place for part in cell for place in _places(text, part)]
        try:
            found = scan_markdown(joined, source)
        except ClaimError as error:
            line, _, rest = str(error).removeprefix(f"{source}:").partition(":")
            place = places[Lines(joined).starts[int(line) - 1]][0]
            raise ClaimError(f"{source}:{lines.at(place)}:{rest}") from None
        scan.given |= found.given
        scan.marks += [_moved(mark, places, lines) for mark in found.marks]
    return scan


def markdown_cells(text: str, source: str) -> list[list[_Text]]:
    """Source of every Markdown cell, as the strings of the file that it is made of."""
    try:
        book = _located(text)
        cells = [dict(cell) for cell in dict(book)["cells"]]
        return [
            _strings(cell.get("source", [])) for cell in cells
            if cell.get("cell_type") == "markdown" and cell.get("source")
        ]  # fmt: skip
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else error
        raise InputError(f"{source} is not a notebook of nbformat 4: {reason}") from None


def _strings(source: Any) -> list[_Text]:
    strings = [source] if isinstance(source, _Text) else list(source)
    if not all(isinstance(s, _Text) for s in strings):
        raise TypeError("the source of a cell is not text")
    return strings


def _located(text: str) -> Any:
    """JSON of a text, every string with the place of its token.

    Strings stand in the file in the order in which a walk meets them, so the two are paired.
    """
    loaded = json.loads(text, object_pairs_hook=_Pairs)
    return _walk(loaded, (m.span() for m in _STRING.finditer(text)))


def _walk(node: Any, spans: Iterator[tuple[int, int]]) -> Any:
    if isinstance(node, str):
        placed = _Text(node)
        placed.span = next(spans)
        return placed
    if isinstance(node, _Pairs):
        return _Pairs((str(_walk(key, spans)), _walk(value, spans)) for key, value in node)
    if isinstance(node, list):
        return [_walk(value, spans) for value in node]
    return node


def _places(text: str, part: _Text) -> list[tuple[int, int]]:
    """Place in the file of every character of a string."""
    start, end = part.span
    return [m.span() for m in _CHARACTER.finditer(text, start + 1, end - 1)]


def _moved(mark: Mark, places: list[tuple[int, int]], lines: Lines) -> Mark:
    """The same mark with places of the file instead of places in the cell."""
    pieces: list[Piece] = []
    for piece in mark.pieces:
        length = len(piece.text)
        if length != piece.end - piece.start:  # a character reference: one piece, not to rewrite
            start, end = places[piece.start][0], places[piece.end - 1][1]
            pieces.append(Piece(start, end, piece.text))
            continue
        for at, character in zip(range(piece.start, piece.end), piece.text, strict=True):
            start, end = places[at]
            last = pieces[-1] if pieces else None
            if last and last.end == start and end - start == 1 and _verbatim(last):
                pieces[-1] = Piece(last.start, end, last.text + character)
            else:
                pieces.append(Piece(start, end, character))
    return replace(mark, pieces=tuple(pieces), line=lines.at(pieces[0].start))


def _verbatim(piece: Piece) -> bool:
    return piece.end - piece.start == len(piece.text)
