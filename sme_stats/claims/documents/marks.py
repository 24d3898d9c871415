"""Marks: what binds a printed number to a claim, whatever the document's format.

A mark's text is ``sme`` and the fields of a claim as ``key=value`` pairs, or ``sme=ID`` for a claim
of the claims file beside the document. ``sme-document`` gives fields for all marks that follow.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any

from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Claim, Document
from sme_stats.claims.printed import parse_printed
from sme_stats.errors import ClaimError, SmeStatsError, nearest

_PAIR = re.compile(r"""\s*([A-Za-z][\w-]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)(?=\s|$)""")
_HEAD = re.compile(r"\s*(sme-document|sme)(?=[\s=]|$)")
#: A printed number is some words; a mark around a paragraph is a slip.
MOST_TEXT = 200
_RATES = ("birth_rate", "death_rate", "churn_rate", "survival")
#: Fields that a mark takes from its surroundings.
_GIVEN = ("printed", "quote")
#: Fields that `sme-document` may give; the first three are the document's own.
DOCUMENT_FIELDS = (
    "title", "decimal", "quotes", "measure", "size", "geo", "year", "population", "statistic",
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A run of a mark's text: where it stands in the file's text, and what it reads as."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mark:
    """A marked number where it stands.

    Attributes
    ----------
    fields : dict
        Key to value as written.
    line : int
        Line of the file; in Word the paragraph.
    pieces : tuple of Piece
        Runs of its text, in order.
    part : str
        Part of a Word package; empty for text files.
    """

    fields: dict[str, str]
    line: int
    pieces: tuple[Piece, ...]
    part: str = ""

    @property
    def text(self) -> str:
        """The printed number, white space and emphasis removed."""
        joined = re.sub(r"\\([\W_])", r"\1", "".join(piece.text for piece in self.pieces))
        return " ".join(re.sub(r"[*`]|\b_+|_+\b", "", joined).split())


@dataclass
class Scan:
    """What a document's text holds: marks, and fields given for all of them."""

    marks: list[Mark] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)

    def add(self, head: str, fields: dict[str, str], where: str) -> None:
        """Take the fields of ``sme-document``."""
        for key in fields:
            if key not in DOCUMENT_FIELDS:
                raise ClaimError(
                    f"{where}: sme-document has an unknown key {key!r}; "
                    f"{nearest(key, DOCUMENT_FIELDS, 20)}"
                )
        self.given |= fields


def head_of(text: str) -> str:
    """``sme`` or ``sme-document`` where a text is a mark, else nothing.

    Examples
    --------
    >>> head_of("sme measure=enterprises"), head_of("sme=jobs"), head_of("smell of rain")
    ('sme', 'sme', '')
    """
    found = _HEAD.match(text)
    return found[1] if found else ""


def parse_fields(text: str, where: str) -> dict[str, str]:
    """Read a mark's ``key=value`` pairs; a value with blanks stands in quotes.

    Raises
    ------
    ClaimError
        If something is no pair or a key stands twice; names `where`.

    Examples
    --------
    >>> parse_fields('sme measure=enterprises geo="European Union"', "report.md:3")
    {'measure': 'enterprises', 'geo': 'European Union'}
    >>> parse_fields("sme=jobs", "report.md:3")
    {'sme': 'jobs'}
    >>> parse_fields("sme measure enterprises", "report.md:3")
    Traceback (most recent call last):
    sme_stats.errors.ClaimError: report.md:3: 'measure enterprises' is no key=value pair of a mark
    """
    head = _HEAD.match(text)
    at = head.end() if head and text[head.end() : head.end() + 1] != "=" else 0
    fields: dict[str, str] = {}
    while text[at:].strip():
        pair = _PAIR.match(text, at)
        if not pair:
            raise ClaimError(f"{where}: {text[at:].strip()[:40]!r} is no key=value pair of a mark")
        key, value = pair[1], pair[2]
        if key in fields:
            raise ClaimError(f"{where}: the mark has {key!r} twice")
        fields[key] = value[1:-1] if value[0] in "\"'" else value
        at = pair.end()
    return fields


def to_claims(scan: Scan, path: str, beside: dict[str, Claim] | None = None) -> list[Claim]:
    """Claims of a document's marks, in the order in which they stand.

    Parameters
    ----------
    scan : Scan
        What was found in the document.
    path : str
        The document, for messages and for the claims.
    beside : dict, optional
        Claims of the file beside the document, by id.

    Raises
    ------
    ClaimError
        If a mark is no claim: one line with file and line, what is wrong and what is valid.
    """
    given = scan.given
    document = Document(
        title=given.get("title", path), path=path, decimal=given.get("decimal", ""),
        quotes=_split(given.get("quotes", "")),
    )  # fmt: skip
    if document.decimal not in ("", ".", ","):
        raise ClaimError(f'{path}: decimal={document.decimal} is neither "." nor ","')
    common = {k: v for k, v in given.items() if k not in ("title", "decimal", "quotes")}
    claims: list[Claim] = []
    seen: dict[str, int] = {}
    for mark in scan.marks:
        try:
            claim = _claim(mark, common, document, beside or {})
        except SmeStatsError as error:
            raise ClaimError(f"{path}:{mark.line}: mark {mark.text[:40]!r}: {error}") from None
        seen[claim.id] = seen.get(claim.id, 0) + 1
        if seen[claim.id] > 1:
            claim = dataclasses.replace(claim, id=f"{claim.id}-{seen[claim.id]}")
        claims.append(claim)
    return claims


def _claim(
    mark: Mark, common: dict[str, str], document: Document, beside: dict[str, Claim]
) -> Claim:
    if "sme" in mark.fields:
        return _named(mark, document, beside)
    fields: dict[str, Any] = common | mark.fields
    for key in _GIVEN:
        if key in mark.fields:
            raise ClaimError(f"{key!r} is what stands in the mark, not a field of it")
    for key in ("year", "base_year"):
        if str(fields.get(key, "")).isdecimal():
            fields[key] = int(fields[key])
    if "quotes" in fields:
        fields["quotes"] = list(_split(fields["quotes"]))
    fields["printed"] = mark.text
    fields.setdefault("statistic", _statistic(mark.text, fields, document))
    fields.setdefault("id", _name(fields))
    return make_claim(fields, document, mark.line)


def _named(mark: Mark, document: Document, beside: dict[str, Claim]) -> Claim:
    name = mark.fields["sme"]
    if name not in beside:
        raise ClaimError(f"no claim {name!r} in the claims file beside; {nearest(name, beside)}")
    if len(mark.fields) > 1:
        raise ClaimError(f"sme={name} takes every field from the claims file: drop the others")
    claim = beside[name]
    printed = parse_printed(mark.text, document.decimal or claim.document.decimal)
    if not document.quotes:
        document = dataclasses.replace(document, quotes=claim.document.quotes)
    return dataclasses.replace(claim, printed=printed, document=document, line=mark.line)


def _statistic(text: str, fields: dict[str, Any], document: Document) -> str:
    """What a mark means that names no statistic: what its measure and its unit allow."""
    measure = fields.get("measure")
    if measure in _RATES:
        return "rate"
    if measure == "average_size":
        return "average"
    kind = parse_printed(text, document.decimal).kind
    return {"percent": "share", "points": "change"}.get(kind, "level")


def _name(fields: dict[str, Any]) -> str:
    """Id of a mark that has none, from what it claims: it stays when lines move."""
    keys = ("statistic", "measure", "size", "of", "age", "population", "geo", "year")
    return "-".join(str(fields[k]).replace(" ", "_") for k in keys if fields.get(k))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
