"""What an answer really is, whatever its status and content type say.

Eurostat sends web pages, SOAP faults, error lists and queue tickets under status 200; the first
bytes tell them from a table.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from xml.etree import ElementTree

from sme_stats.errors import (
    FormatError,
    NotAvailableError,
    RefusedError,
    SourceError,
    TransientError,
)
from sme_stats.sources.formats.compression import MAGIC, expand

#: An answer that is no table is at most this long; a longer one is not looked into further.
MOST_MESSAGE = 256 << 10


class TooBigError(RefusedError):
    """The extraction is beyond what the interface gives in one answer; it can be split."""


@dataclass(frozen=True)
class Ticket:
    """A queued extraction."""

    uuid: str
    status: str


def inspect(head: bytes, status: int = 200) -> Ticket | None:
    """Raise where an answer is an error; give the ticket where it is a queued extraction.

    Parameters
    ----------
    head : bytes
        The answer, or its first part: a table is recognised by its first bytes.
    status : int
        HTTP status.

    Returns
    -------
    Ticket or None
        None where nothing speaks against the body being what was asked for.

    Raises
    ------
    TooBigError
        The extraction has to be split.
    NotAvailableError
        Eurostat knows the table and has no cell for the query.
    RefusedError
        A retry would meet the same: unknown table, wrong query.
    TransientError
        A retry may help: a web page, overload, data not ready yet.

    Examples
    --------
    >>> inspect(b"<html><h1>Sorry</h1></html>")
    Traceback (most recent call last):
    sme_stats.errors.TransientError: Eurostat answered with a web page ('Sorry') instead of data, \
which it does when overloaded or down; try again later
    """
    text = _text(head)
    start = text.lstrip("\ufeff \r\n\t")[:1]
    if start == "<":
        return _markup(text, status)
    if start == "{":
        _json(text, status)
    if status >= 400:
        _raise(status, _by_status(status, text))
    return None


def _text(head: bytes) -> str:
    if head[:2] == MAGIC:
        try:
            head = expand(head)
        except FormatError:  # only the beginning of a long one: a table
            return ""
    return head[:MOST_MESSAGE].decode("utf-8", "replace")


def is_page(head: bytes) -> bool:
    """Whether an answer begins as a web page does.

    Examples
    --------
    >>> is_page(b"<!DOCTYPE html><html>"), is_page(b"freq,geo"), is_page(b"<m:Structure>")
    (True, False, False)
    """
    start = head[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return start[:1] == b"<" and (b"<html" in start or b"<!doctype html" in start)


def _markup(text: str, status: int) -> Ticket | None:
    if is_page(text[:2000].encode()):
        title = re.search(r"<(?:title|h1)[^>]*>\s*([^<]*?)\s*<", text, re.IGNORECASE)
        said = f" ({title[1][:60]!r})" if title and title[1] else ""
        raise TransientError(
            f"Eurostat answered with a web page{said} instead of data, which it does when "
            "overloaded or down; try again later"
        )
    found = re.search(r"<(?:\w+:)?(?:id|key)>\s*([0-9A-Za-z-]{8,64})\s*</", text)
    state = re.search(r"<(?:\w+:)?status>\s*([A-Z_]+)\s*</", text)
    if found and state:
        return Ticket(found[1], state[1])
    code, said = _fault(text)
    if code or said or status >= 400:
        _raise(code or status, said or f"status {status}")
    return None


def _fault(text: str) -> tuple[int, str]:
    """Code and words of a SOAP fault or of an XML error list."""
    code = re.search(r"<(?:\w+:)?(?:faultcode|code|status)>\s*(?:\w+:)?(\d+)\s*</", text)
    said = re.search(r"<(?:\w+:)?(?:faultstring|label|message)[^>]*>\s*([^<]+?)\s*</", text)
    fault = re.search(r"<(?:\w+:)?(?:Fault|faultcode|error|ErrorMessage)\b", text)
    if not fault:
        return 0, ""
    return int(code[1]) if code else 0, said[1][:300] if said else "a fault without words"


def _json(text: str, status: int) -> None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return  # the beginning of a long body: the parser will say
    if not isinstance(body, dict):
        return
    if isinstance(warning := body.get("warning"), dict):
        label = str(warning.get("label", "no reason given"))
        raise TransientError(f"Eurostat queued the extraction: {label[:200]}; try again later")
    if errors := body.get("error"):
        first = errors[0] if isinstance(errors, list) else errors
        fields = first if isinstance(first, dict) else {"label": first}
        _raise(_number(fields.get("status"), status), str(fields.get("label", "no reason given")))


def _number(value: object, default: int) -> int:
    return int(str(value)) if str(value).isdigit() else default


def _by_status(status: int, text: str) -> str:
    return " ".join(text.split())[:200] or f"status {status} without a word"


def _raise(code: int, said: str) -> None:
    words = f"Eurostat answers {code}: {said[:300]}"
    if "EXTRACTION_TOO_BIG" in said or code in (413, 130):
        raise TooBigError(f"{words}; ask for less, or for the whole table without filters")
    if "NOT_YET_AVAILABLE" in said:
        raise TransientError(f"{words}; the extraction is still being prepared")
    if "ERR_NOT_FOUND" in said or "not available for dissemination" in said:
        raise RefusedError(f"{words}; look it up with `sme-stats datasets SEARCH`")
    if code in (404, 100) or "NO_RESULTS" in said:
        raise NotAvailableError(f"{words}; no cell fits the query, so drop a filter")
    if code in (429, 500, 502, 503, 504, 408):
        raise TransientError(f"{words}; try again later")
    raise RefusedError(words)


def parse_xml(raw: bytes) -> ElementTree.Element:
    """Parse an XML answer that declares nothing of its own.

    Raises
    ------
    SourceError
        If it holds a DOCTYPE or an ENTITY, with which a short text can fill the memory or name a
        local file, or is no XML.

    Examples
    --------
    >>> parse_xml(b"<a><b/></a>").tag
    'a'
    >>> parse_xml(b"<!DOCTYPE a><a/>")
    Traceback (most recent call last):
    sme_stats.errors.RefusedError: the XML declares a DOCTYPE or an ENTITY; refused, since \
Eurostat's never does
    """
    text = expand(raw)
    refuse_entities(text)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - no DOCTYPE and no ENTITY, seen above
    except ElementTree.ParseError as error:
        raise SourceError(f"Eurostat's XML is damaged or cut: {error}; try again") from None


def refuse_entities(text: bytes) -> None:
    """Refuse XML that declares entities, in any encoding that expat reads by itself."""
    plain = text.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise RefusedError(
            "the XML declares a DOCTYPE or an ENTITY; refused, since Eurostat's never does"
        )
