"""Stale marked numbers brought up to date: the digits change, nothing else of the file does."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from sme_stats.claims.digits import parse_digits
from sme_stats.claims.documents.guard import decode, read_bytes, write_whole
from sme_stats.claims.documents.marks import Mark, Piece
from sme_stats.claims.documents.reading import format_of, read_document, scan_document
from sme_stats.claims.evidence import printed_units
from sme_stats.claims.model import Claim
from sme_stats.claims.phrases import MAGNITUDES, OUT_OF
from sme_stats.claims.printed import PrintedNumber, parse_printed
from sme_stats.claims.space import Space, embedded
from sme_stats.claims.verdicts import Verdict, check
from sme_stats.errors import ClaimError

_TOKEN = re.compile(r"\d[\d.,'\u2019\u00a0\u2009\u202f ]*\d|\d")


@dataclass(frozen=True)
class Change:
    """What becomes of a stale number.

    Attributes
    ----------
    verdict : Verdict
        Of the number as it is printed now.
    mark : Mark
        Where it stands.
    new : str
        What is to be printed; empty where it cannot be rewritten.
    reason : str
        Why not.
    piece : Piece or None
        The digits in the file, and what replaces them.
    """

    verdict: Verdict
    mark: Mark
    new: str = ""
    reason: str = ""
    piece: Piece | None = None


@dataclass(frozen=True)
class Update:
    """Changes of one document: what it holds now and what it would hold."""

    path: Path
    changes: tuple[Change, ...]
    before: dict[str, str]
    after: dict[str, str]

    @property
    def writable(self) -> bool:
        """Whether anything would change."""
        return self.before != self.after

    def diff(self) -> str:
        """Unified diff; of Word the paragraphs' numbers, old and new."""
        if format_of(self.path) == "word":
            rewritten = [c for c in self.changes if c.new]
            head = [f"--- {self.path}", f"+++ {self.path}"] if rewritten else []
            lines = [f"@@ paragraph {c.mark.line} @@\n-{c.mark.text}\n+{c.new}" for c in rewritten]
            return "".join(f"{line}\n" for line in [*head, *lines])
        name = str(self.path)
        before, after = (t[""].splitlines(keepends=True) for t in (self.before, self.after))
        lines = list(difflib.unified_diff(before, after, name, name))
        last = "\n\\ No newline at end of file\n"
        return "".join(line if line.endswith("\n") else line + last for line in lines)

    def write(self) -> None:
        """Write the document, whole or not at all."""
        if not self.writable:
            return
        if format_of(self.path) == "word":
            from sme_stats.claims.documents.package import rewrite

            rewrite(self.path, {n: text.encode("latin-1") for n, text in self.after.items()})
        else:
            write_whole(self.path, self.after[""].encode())


def plan_update(
    path: str | Path, space: Space | None = None, claims_file: str | Path = ""
) -> Update:
    """Plan new digits for the marked numbers of a document that no longer hold.

    Only numbers that are expected to hold and do not are touched. The new number keeps the form
    and the precision of the old, and is taken only if `check` then says that it holds.

    Parameters
    ----------
    path : str or pathlib.Path
        The document.
    space : Space, optional
        What to check against; by default the embedded snapshot.
    claims_file : str or pathlib.Path, optional
        Claims that marks ``sme=ID`` name.

    Returns
    -------
    Update
        Nothing is written before its ``write``.

    Raises
    ------
    ClaimError, InputError
        As `read_document` raises.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> report = pathlib.Path(tempfile.mkdtemp()) / "report.md"
    >>> mark = "{.sme measure=persons_employed size=SME geo=EU27_2020 year=2023}"
    >>> _ = report.write_text(f"SMEs employ [58 %]{mark}.", encoding="utf-8")
    >>> plan = plan_update(report)
    >>> print(plan.diff().splitlines()[-2])
    +SMEs employ [63 %]{.sme measure=persons_employed size=SME geo=EU27_2020 year=2023}.
    """
    path = Path(path)
    space = space or embedded()
    claims = read_document(path, claims_file)
    marks = scan_document(path).marks
    before = _texts(path, marks)
    changes = [
        _change(verdict, mark, before[mark.part], space)
        for verdict, mark in zip(check(claims, space), marks, strict=True)
        if verdict.claim.expect == "holds" and verdict.verdict != "holds"
    ]
    after = {part: _replaced(text, changes, part) for part, text in before.items()}
    return Update(path, tuple(changes), before, after)


def _texts(path: Path, marks: list[Mark]) -> dict[str, str]:
    """Texts that marks stand in; a part of Word as one character a byte, as its places count."""
    if format_of(path) != "word":
        return {"": decode(read_bytes(path), path)}
    from sme_stats.claims.documents.guard import parts

    package = parts(path)
    return {mark.part: package[mark.part].decode("latin-1") for mark in marks}


def _replaced(text: str, changes: list[Change], part: str) -> str:
    pieces = [c.piece for c in changes if c.piece and c.mark.part == part]
    for piece in sorted(pieces, key=lambda piece: -piece.start):
        text = text[: piece.start] + piece.text + text[piece.end :]
    return text


def _change(verdict: Verdict, mark: Mark, text: str, space: Space) -> Change:
    """New digits for one number, or why there are none."""
    if verdict.evidence is None:
        return Change(verdict, mark, reason=verdict.note)
    joined = "".join(piece.text for piece in mark.pieces)
    tokens = list(_TOKEN.finditer(joined))
    is_ratio = _ratio(joined) is not None
    if len(tokens) != 1 and not (is_ratio and tokens):
        what = "is written in words" if not tokens else "has more than one number"
        return Change(verdict, mark, reason=f"{mark.text!r} {what}: rewrite it by hand")
    token = tokens[0]
    try:
        candidates = list(_candidates(verdict, joined, token[0]))
    except ClaimError as error:
        return Change(verdict, mark, reason=str(error))
    for digits in candidates:
        new = joined[: token.start()] + digits + joined[token.end() :]
        claim = _reprinted(verdict.claim, replace(mark, pieces=(Piece(0, 0, new),)).text)
        if claim and check(claim, space)[0].verdict == "holds":
            piece = _in_file(mark.pieces, text, token, digits)
            if piece is None:
                return Change(verdict, mark, reason="its digits are split by markup")
            return Change(verdict, mark, claim.printed.text, "", piece)
    reason = f"no number of the form {mark.text!r} holds: {verdict.note}"
    return Change(verdict, mark, reason=reason)


def _reprinted(claim: Claim, text: str) -> Claim | None:
    try:
        return replace(claim, printed=parse_printed(text, claim.document.decimal))
    except ClaimError:
        return None


def _candidates(verdict: Verdict, joined: str, token: str) -> Iterator[str]:
    """Digits to try: the value rounded as the old ones were, then its neighbours."""
    claim, found = verdict.claim, verdict.evidence
    if found is None:
        return
    lower, upper = printed_units(claim.printed, found)
    value = (lower + upper) / 2
    if not math.isfinite(value):
        return
    if whole := _ratio(joined):
        scaled, unit = value * whole / 100, 1.0
    else:
        unit = parse_digits(
            token, token, claim.document.decimal, percent=claim.printed.kind == "percent"
        ).unit
        scaled = value / _magnitude(claim.printed, joined)
    steps = round(abs(scaled) / unit)
    for step in (steps, steps - 1, steps + 1):
        if step >= 0:
            yield _formatted(step * unit, unit, token)


def _ratio(text: str) -> int | None:
    """Whole of "7 out of 10"."""
    found = re.fullmatch(rf"\W*\d+ (?:{'|'.join(OUT_OF)})(?: every)? (\d+)\W*", text)
    return int(found[1]) if found else None


def _magnitude(printed: PrintedNumber, joined: str) -> float:
    """What one unit of the digits stands for."""
    words = re.findall(r"mil millones|[^\W\d_]+", joined.lower())
    if printed.kind == "percent":
        return 1.0
    return next((MAGNITUDES[word] for word in words[::-1] if word in MAGNITUDES), 1.0)


def _formatted(number: float, unit: float, token: str) -> str:
    """A number in the form of a token: its decimals, its mark, its groups.

    Examples
    --------
    >>> _formatted(33065522, 1, "25,000,000"), _formatted(0.2, 0.1, "0,1")
    ('33,065,522', '0,2')
    """
    marks = [c for c in token if not c.isdigit()]
    decimals = max(0, -Decimal(repr(unit)).normalize().adjusted())
    whole, _, rest = f"{number:,.{decimals}f}".partition(".")
    groups = bool(marks) and (not decimals or marks[0] != marks[-1])
    return whole.replace(",", marks[0] if groups else "") + (marks[-1] + rest if decimals else "")


def _in_file(
    pieces: tuple[Piece, ...], text: str, token: re.Match[str], digits: str
) -> Piece | None:  # fmt: skip
    """Place of the digits in the file, if they stand there as they read."""
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        if at <= token.start() and token.end() <= end:
            raw = text[piece.start : piece.end]
            head = piece.text[: token.start() - at]
            for written in (head, head.encode().decode("latin-1")):
                start = piece.start + len(written)
                for old in (token[0], token[0].encode().decode("latin-1")):
                    if raw.startswith(written + old):
                        new = digits if old == token[0] else digits.encode().decode("latin-1")
                        return Piece(start, start + len(old), new)
            return None
        at = end
    return None
