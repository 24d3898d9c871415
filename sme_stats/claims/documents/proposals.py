"""Suggestions for a document: its plain text, without what is marked, code or markup."""

from __future__ import annotations

import html
import re
from pathlib import Path

from sme_stats.claims.documents.guard import decode, read_bytes
from sme_stats.claims.documents.masks import blank, blank_code, closed, harmless
from sme_stats.claims.documents.reading import format_of, scan_document
from sme_stats.claims.documents.suggest import Suggestion, suggest

_LINK = re.compile(r"\]\([^()\s]{0,500}\)")
_TAG = re.compile(r"<[^<>]{1,1000}>")
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|h[1-6]|td|th|tr|table|section|article|br)\b[^<>]*>", re.I
)
_FRONT = re.compile(r"\A\ufeff?---\r?\n.*?\n---\r?\n", re.DOTALL)
_HEADING = re.compile(r"^(?:#{1,6} .*|\|.*)$", re.MULTILINE)


def propose(path: str | Path) -> list[Suggestion]:
    """Propose a mark for every unmarked number about SMEs in a document.

    Raises
    ------
    InputError, ClaimError
        As `sme_stats.claims.documents.reading.read_document` raises.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "page.html"
    >>> _ = page.write_text("<p>There were 33 million enterprises in the EU in 2023.</p>")
    >>> propose(page)[0].fields["measure"], propose(page)[0].line
    ('enterprises', 1)
    """
    path = Path(path)
    kind = format_of(path)
    if kind == "word":
        return _word(path)
    text = decode(read_bytes(path), path)
    if kind == "notebook":
        return _notebook(text, str(path))
    marks = [(m.pieces[0].start, m.pieces[-1].end) for m in scan_document(path).marks]
    return suggest(_plain(_without(text, marks), kind))


def _without(text: str, marks: list[tuple[int, int]]) -> str:
    """Blank the marked numbers."""
    out, at = [], 0
    for start, end in sorted(marks):
        out += [text[at:start], " " * (end - start)]
        at = end
    return "".join(out) + text[at:]


def _plain(text: str, kind: str) -> str:
    """Text of markup, every line where it was; a block's end ends the sentence."""
    if kind == "markdown":
        text = _LINK.sub(blank, _HEADING.sub(blank, _FRONT.sub(blank, blank_code(text))))
    text = re.sub(r"<!--.*?-->", blank, closed(harmless(text)), flags=re.DOTALL)
    text = _TAG.sub(blank, _BLOCK.sub(_stop, text))
    return re.sub(r"[*_]{1,3}", " ", html.unescape(text))


def _stop(found: re.Match[str]) -> str:
    """An end of sentence in place of a block's tag."""
    return "." + str(blank(found))[1:]


def _word(path: Path) -> list[Suggestion]:
    from sme_stats.claims.documents.word import paragraphs, scan_word

    marked = {(mark.line, mark.text) for mark in scan_word(path).marks}
    found = [s for n, text in enumerate(paragraphs(path), 1) for s in suggest(text, n)]
    return [s for s in found if not any(s.line == n and text in s.printed for n, text in marked)]


def _notebook(text: str, source: str) -> list[Suggestion]:
    from sme_stats.claims.documents.markup import Lines, scan_markdown
    from sme_stats.claims.documents.notebook import markdown_cells

    lines = Lines(text)
    out: list[Suggestion] = []
    for cell in markdown_cells(text, source):
        joined = "".join(cell)
        marks = [
            (m.pieces[0].start, m.pieces[-1].end) for m in scan_markdown(joined, source).marks
        ]  # fmt: skip
        plain = _plain(_without(joined, marks), "markdown")
        out += suggest(plain, lines.at(cell[0].span[0]))
    return out
