"""Marks in HTML and Markdown: comment pairs, ``data-sme`` attributes, Pandoc's spans."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sme_stats.claims.documents.marks import MOST_TEXT, Mark, Piece, Scan, head_of, parse_fields
from sme_stats.claims.documents.masks import blank, blank_code, closed, harmless
from sme_stats.errors import ClaimError

_ATTRIBUTES = re.compile(r"\]\{([^{}]{0,1000})\}")
_TAG = re.compile(r"<[^<>]{1,500}>")
#: How far before its attributes a span may begin.
_MOST_SPAN = 2 * MOST_TEXT
_VOID = frozenset(("img", "br", "hr", "input", "meta", "link", "col", "area", "wbr", "source"))


class Lines:
    """Line of a position."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def at(self, position: int) -> int:
        """Line, from 1."""
        return bisect_right(self.starts, position)


@dataclass
class _Open:
    """A mark whose end has not come yet."""

    kind: str
    fields: dict[str, str]
    start: int
    depth: int = 0
    pieces: list[Piece] = field(default_factory=list)


class _Parser(HTMLParser):
    """Collects marks of HTML with the place of every run of their text."""

    def __init__(self, text: str, source: str, scan: Scan) -> None:
        super().__init__(convert_charrefs=False)
        self.text, self.source, self.scan = text, source, scan
        self.lines = Lines(text)
        self.open: _Open | None = None

    def where(self, position: int | None = None) -> str:
        """File and line, for messages."""
        return f"{self.source}:{self.lines.at(self.here() if position is None else position)}"

    def here(self) -> int:
        """Position of what is being handled."""
        line, column = self.getpos()
        return self.lines.starts[line - 1] + column

    def handle_comment(self, data: str) -> None:
        """Begin or end a pair of comments."""
        if data.strip() == "/sme":
            self.finish("comment")
        elif head := head_of(data):
            fields = parse_fields(data, self.where())
            if head == "sme-document":
                self.scan.add(head, fields, self.where())
            else:
                self.begin("comment", fields)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element with ``data-sme``."""
        given = dict(attrs)
        if "data-sme" in given and tag not in _VOID:
            self.begin(tag, parse_fields(given["data-sme"] or "", self.where()))
        elif self.open and self.open.kind == tag:
            self.open.depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content cannot hold a number."""

    def handle_endtag(self, tag: str) -> None:
        """End the element that a mark is on."""
        if self.open and self.open.kind == tag:
            if self.open.depth:
                self.open.depth -= 1
            else:
                self.finish(tag)

    def handle_data(self, data: str) -> None:
        """Text, as it stands."""
        if self.open:
            start = self.here()
            self.open.pieces.append(Piece(start, start + len(data), data))

    def handle_entityref(self, name: str) -> None:
        """A named character; its place is kept, its spelling is not text to rewrite."""
        self.character(f"&{name}")

    def handle_charref(self, name: str) -> None:
        """A numbered character."""
        self.character(f"&#{name}")

    def character(self, written: str) -> None:
        """Add one character reference."""
        if self.open:
            start = self.here()
            end = start + len(written) + (self.text[start + len(written) :][:1] == ";")
            self.open.pieces.append(Piece(start, end, html.unescape(written + ";")))

    def begin(self, kind: str, fields: dict[str, str]) -> None:
        """Open a mark; marks do not nest."""
        if self.open:
            first = self.lines.at(self.open.start)
            raise ClaimError(
                f"{self.where()}: a mark begins inside the mark of line {first}: close that first"
            )
        self.open = _Open(kind, fields, self.here())

    def finish(self, kind: str) -> None:
        """Close a mark."""
        if self.open is None or self.open.kind != kind:
            raise ClaimError(f"{self.where()}: <!-- /sme --> closes no mark")
        done, self.open = self.open, None
        _add(self.scan, done.fields, self.lines.at(done.start), done.pieces, self.source)

    def end(self) -> None:
        """Say which mark was never closed."""
        if self.open:
            closing = "<!-- /sme -->" if self.open.kind == "comment" else f"</{self.open.kind}>"
            raise ClaimError(f"{self.where(self.open.start)}: this mark is never closed: {closing}")


def _add(
    scan: Scan, fields: dict[str, str], line: int, pieces: list[Piece], source: str
) -> None:  # fmt: skip
    mark = Mark(fields, line, tuple(pieces))
    if not mark.text:
        raise ClaimError(f"{source}:{line}: the mark holds no number")
    if len(mark.text) > MOST_TEXT:
        raise ClaimError(
            f"{source}:{line}: the mark holds {len(mark.text)} characters: mark the number alone"
        )
    scan.marks.append(mark)


def scan_html(text: str, source: str) -> Scan:
    """Marks of an HTML page.

    Examples
    --------
    >>> page = '<p>SMEs: <b data-sme="measure=enterprises size=SME">99.8&nbsp;%</b></p>'
    >>> [(mark.text, mark.line) for mark in scan_html(page, "page.html").marks]
    [('99.8 %', 1)]
    """
    scan = Scan()
    _scan_tags(text, text, source, scan)
    return scan


def scan_markdown(text: str, source: str) -> Scan:
    """Marks of a Markdown or Quarto text; what stands in code is an example and no mark.

    Examples
    --------
    >>> text = "SMEs employ [63 %]{.sme measure=persons_employed size=SME geo=EU27_2020 year=2023}."
    >>> scan_markdown(text, "report.md").marks[0].text
    '63 %'
    """
    scan = Scan()
    plain = blank_code(text)
    _scan_tags(plain, text, source, scan)
    _scan_spans(plain, text, source, scan)
    scan.marks.sort(key=lambda mark: mark.pieces[0].start)
    return scan


def _scan_tags(plain: str, text: str, source: str, scan: Scan) -> None:
    if "sme" not in plain:
        return
    parser = _Parser(text, source, scan)
    parser.feed(harmless(plain))
    parser.close()
    parser.end()


def _scan_spans(plain: str, text: str, source: str, scan: Scan) -> None:
    """Pandoc's bracketed spans with class ``sme``."""
    plain = re.sub(r"<!--.*?-->", blank, closed(plain), flags=re.DOTALL)
    lines = Lines(text)
    for found in _ATTRIBUTES.finditer(plain):
        words = found[1].split()
        if not any(word == ".sme" or word.startswith("sme=") for word in words):
            continue
        start = _opening(plain, found.start())
        line = lines.at(found.start() if start < 0 else start)
        if start < 0:
            raise ClaimError(f"{source}:{line}: no [ opens the span before {{{found[1][:40]}}}")
        inner = re.sub(r"(?:^|(?<=\s))([.#])([\w-]+)(?=\s|$)", _word, found[1])
        fields = parse_fields(inner, f"{source}:{line}")
        _add(scan, fields, line, _pieces(text, start + 1, found.start()), source)


def _word(found: re.Match[str]) -> str:
    """Classes say nothing of a claim; ``#name`` is its id, as everywhere in Pandoc."""
    return f"id={found[2]}" if found[1] == "#" else ""


def _opening(text: str, end: int) -> int:
    """Position of the bracket that the one at `end` closes, -1 where there is none."""
    depth = 0
    for at in range(end - 1, max(end - _MOST_SPAN, 0) - 1, -1):
        if text[at] == "]":
            depth += 1
        elif text[at] == "[":
            if not depth:
                return at
            depth -= 1
    return -1


def _pieces(text: str, start: int, end: int) -> list[Piece]:
    """Text of a span without the tags in it."""
    cuts = [start, *(c for m in _TAG.finditer(text, start, end) for c in m.span()), end]
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return [Piece(a, b, html.unescape(text[a:b])) for a, b in pairs if a < b]
