"""Marks in Word: content controls whose tag, and comments whose text, hold a claim's fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from sme_stats.claims.documents.guard import decode, parts
from sme_stats.claims.documents.marks import MOST_TEXT, Mark, Piece, Scan, head_of, parse_fields
from sme_stats.errors import ClaimError, InputError

#: The namespace of Word's text, in the transitional and the strict form of the standard.
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)  # fmt: skip
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_TEXT_PARTS = re.compile(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml")
_CHARACTERS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "p": " "}
#: Key of content controls among open marks; comments have their number.
_CONTROL = "control"
_MACRO_TYPES = (b"macroEnabled", b"vbaProject")

Attributes = dict[str, str]


@dataclass
class _Open:
    """A content control or a commented range whose end has not come yet."""

    key: str
    words: str = ""
    paragraph: int = 0
    pieces: list[Piece] = field(default_factory=list)


def scan_word(path: Path) -> Scan:
    """Marks of a Word document; a mark's line is its paragraph, counted within its part.

    Raises
    ------
    InputError
        If it is damaged, encrypted, a bomb, carries macros, or its XML has a DOCTYPE.
    """
    package = _package(path)
    scan = Scan()
    comments = _comments(package.get("word/comments.xml"), path, scan)
    for name in sorted(package, key=lambda name: (name != "word/document.xml", name)):
        if _TEXT_PARTS.fullmatch(name):
            reader = _Reader(package[name], path, name, comments)
            scan.marks += reader.marks()
            for words in reader.given:
                scan.add("sme-document", parse_fields(words, str(path)), str(path))
    return scan


def paragraphs(path: Path) -> list[str]:
    """Text of the document's paragraphs, in order."""
    package = _package(path)
    reader = _Reader(package["word/document.xml"], path, "word/document.xml", {})
    reader.marks()
    return reader.texts


def _package(path: Path) -> dict[str, bytes]:
    package = parts(path)
    if "word/document.xml" not in package:
        raise InputError(f"{path} is not a Word document: it has no word/document.xml")
    types = package.get("[Content_Types].xml", b"")
    if any(word in types for word in _MACRO_TYPES):
        raise InputError(f"{path} is of a type that carries macros: save it as .docx")
    return package


def parse_xml(
    data: bytes, where: str, start: Callable[[str, Attributes], None],
    end: Callable[[str], None], text: Callable[[str], None],
) -> None:  # fmt: skip
    """Parse XML with expat; a document type, and with it every entity, is refused.

    Raises
    ------
    InputError
        If it is not well-formed, not UTF-8, or declares a document type.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    _parse(parser, data, where, start, end, text)


def _parse(
    parser: expat.XMLParserType, data: bytes, where: str,
    start: Callable[[str, Attributes], None], end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:  # fmt: skip
    decode(data, where)

    def refuse(*_: object) -> None:
        raise InputError(f"{where} declares a document type: entities are not read")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InputError(f"{where} is not well-formed XML: {error}") from None


def _local(name: str) -> str:
    """Name of an element of Word's namespace, without it; else nothing."""
    uri, _, local = name.partition(" ")
    return local if uri in _WORD else ""


def _value(attributes: Attributes, name: str) -> str:
    return next((v for k, v in attributes.items() if _local(k) == name), "")


def _comments(data: bytes | None, path: Path, scan: Scan) -> dict[str, str]:
    """Text of every comment that is a mark, by its id."""
    found: dict[str, list[str]] = {}
    current: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        nonlocal current
        if _local(name) == "comment":
            current = found.setdefault(_value(attributes, "id"), [])
        elif _local(name) in _CHARACTERS:
            current.append(" ")

    if data:
        where = f"{path}, word/comments.xml"
        parse_xml(data, where, start, lambda name: None, lambda text: current.append(text))
    texts = {key: " ".join("".join(words).split()) for key, words in found.items()}
    for words in texts.values():
        if head_of(words) == "sme-document":
            scan.add("sme-document", parse_fields(words, str(path)), str(path))
    return {key: words for key, words in texts.items() if head_of(words) == "sme"}


class _Reader:
    """One part's text, its marks, and where each run of text stands in its bytes."""

    def __init__(self, data: bytes, path: Path, part: str, comments: dict[str, str]) -> None:
        self.data, self.path, self.part, self.comments = data, path, part, comments
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.open: list[_Open] = []
        self.done: list[Mark] = []
        self.given: list[str] = []
        self.texts: list[str] = []
        self.in_text = False
        self.hidden = self.paragraph = 0

    def marks(self) -> list[Mark]:
        """Parse, and give the marks in their order."""
        where = f"{self.path}, {self.part}"
        _parse(self.parser, self.data, where, self.start, self.end, self.text)
        if left := [mark for mark in self.open if mark.words]:
            raise ClaimError(f"{self.path}:{left[0].paragraph}: this mark's range never ends")
        return sorted(self.done, key=lambda mark: mark.pieces[0].start)

    def start(self, name: str, attributes: Attributes) -> None:
        """Open a control, a range, a run of text."""
        local = _local(name)
        if name == _FALLBACK or self.hidden:
            self.hidden += 1
        elif local == "sdt":
            self.open.append(_Open(_CONTROL, paragraph=self.paragraph))
        elif local in ("tag", "alias"):
            self.tagged(_value(attributes, "val"))
        elif local == "commentRangeStart":
            key = _value(attributes, "id")
            if key in self.comments:
                self.open.append(_Open(key, self.comments[key], self.paragraph))
        elif local == "commentRangeEnd":
            self.close(_value(attributes, "id"))
        elif local == "t":
            self.in_text = True
        elif local in _CHARACTERS:
            self.character(local)

    def tagged(self, words: str) -> None:
        """A control's tag; its title goes on where the tag's 64 characters end."""
        head = head_of(words)
        controls = [mark for mark in self.open if mark.key == _CONTROL]
        if head == "sme-document":
            self.given.append(words)
        elif head and controls:
            control = controls[-1]
            rest = re.sub(r"^\s*sme\s", " ", words) if control.words else words
            control.words += rest
            control.paragraph = self.paragraph

    def character(self, local: str) -> None:
        """A new paragraph, or a character that is an element."""
        if local == "p":
            self.paragraph += 1
            self.texts.append("")
        at = self.parser.CurrentByteIndex
        self.piece(Piece(at, at, _CHARACTERS[local]))

    def text(self, text: str) -> None:
        """Characters of a run; expat gives entities apart from the text around them."""
        if self.in_text and not self.hidden:
            at = self.parser.CurrentByteIndex
            raw = text.encode()
            verbatim = self.data[at : at + len(raw)] == raw
            self.piece(Piece(at, at + len(raw) if verbatim else at, text))

    def piece(self, piece: Piece) -> None:
        """Give a run of text to every mark that is open."""
        if self.texts:
            self.texts[-1] += piece.text
        for mark in self.open:
            mark.pieces.append(piece)

    def end(self, name: str) -> None:
        """Close what the element opened."""
        local = _local(name)
        if self.hidden:
            self.hidden -= 1
        elif local == "t":
            self.in_text = False
        elif local == "sdt":
            self.close(_CONTROL)

    def close(self, key: str) -> None:
        """Close the last range of a key; a comment that is no mark has none."""
        places = [number for number, mark in enumerate(self.open) if mark.key == key]
        if places:
            self.finish(self.open.pop(places[-1]))

    def finish(self, mark: _Open) -> None:
        """Keep a control that is a mark."""
        if not mark.words:
            return
        where = f"{self.path}:{mark.paragraph or 1}"
        done = Mark(parse_fields(mark.words, where), mark.paragraph or 1, tuple(mark.pieces),
                    self.part)  # fmt: skip
        if not done.text or len(done.text) > MOST_TEXT:
            raise ClaimError(f"{where}: a mark holds a number, not {len(done.text)} characters")
        self.done.append(done)
