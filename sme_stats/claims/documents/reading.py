"""Documents by their suffix: marks and claims of a file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from sme_stats.claims.documents.guard import decode, read_bytes
from sme_stats.claims.documents.marks import Scan, to_claims
from sme_stats.claims.files import read_claims
from sme_stats.claims.model import Claim
from sme_stats.errors import InputError

#: Suffix to the format that it stands for.
FORMATS = {
    ".md": "markdown", ".markdown": "markdown", ".qmd": "markdown", ".html": "html",
    ".htm": "html", ".ipynb": "notebook", ".docx": "word",
}  # fmt: skip
#: Word's formats that carry macros by their name.
_MACROS = (".docm", ".dotm")


def is_document(path: str | Path) -> bool:
    """Whether a path names a document rather than a claims file or a folder of them.

    Examples
    --------
    >>> is_document("report.qmd"), is_document("press-2023.toml")
    (True, False)
    """
    suffix = Path(path).suffix.casefold()
    return suffix in FORMATS or suffix in _MACROS


def read_any(paths: Sequence[str | Path], claims_file: str | Path = "") -> list[Claim]:
    """Claims of claims files, folders of them, and documents, in the order given.

    Parameters
    ----------
    paths : sequence of str or pathlib.Path
        What to read, told apart by suffix.
    claims_file : str or pathlib.Path, optional
        Claims that marks ``sme=ID`` name; by default the file beside each document.

    Raises
    ------
    ClaimError, InputError
        As `read_claims` and `read_document` raise.
    """
    claims: list[Claim] = []
    for documents, group in groupby(paths, key=is_document):
        if documents:
            claims += [claim for path in group for claim in read_document(path, claims_file)]
        else:
            claims += read_claims(*group)
    return claims


def read_document(path: str | Path, claims_file: str | Path = "") -> list[Claim]:
    """Claims of the marked numbers of a document.

    Parameters
    ----------
    path : str or pathlib.Path
        Markdown, Quarto, HTML, Word (docx) or a notebook.
    claims_file : str or pathlib.Path, optional
        Claims that marks ``sme=ID`` name. Default: ``STEM.claims.toml``, ``STEM.toml`` or
        ``claims.toml`` beside the document.

    Returns
    -------
    list of Claim
        In the order of the document, each with its line; empty where nothing is marked.

    Raises
    ------
    ClaimError
        If a mark is broken or no valid claim; names file and line.
    InputError
        If the file cannot be read, is too large, or is packed or made to harm.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> report = pathlib.Path(tempfile.mkdtemp()) / "report.md"
    >>> mark = "{.sme measure=persons_employed size=SME geo=EU27_2020 year=2023}"
    >>> _ = report.write_text(f"Our firms\\n\\nSMEs employ [63 %]{mark}.", encoding="utf-8")
    >>> [(claim.printed.text, claim.statistic, claim.line) for claim in read_document(report)]
    [('63 %', 'share', 3)]
    """
    path = Path(path)
    scan = scan_document(path)
    named = any("sme" in mark.fields for mark in scan.marks)
    beside = {claim.id: claim for claim in _beside(path, claims_file)} if named else {}
    return to_claims(scan, str(path), beside)


def scan_document(path: Path) -> Scan:
    """Marks of a document, not yet judged as claims."""
    kind = format_of(path)
    if kind == "word":
        from sme_stats.claims.documents.word import scan_word

        return scan_word(path)
    return scan_text(decode(read_bytes(path), path), kind, str(path))


def scan_text(text: str, kind: str, source: str) -> Scan:
    """Marks of a text of one of the formats that are text."""
    if kind == "notebook":
        from sme_stats.claims.documents.notebook import scan_notebook

        return scan_notebook(text, source)
    from sme_stats.claims.documents.markup import scan_html, scan_markdown

    return (scan_html if kind == "html" else scan_markdown)(text, source)


def format_of(path: Path) -> str:
    """Format of a document, by its suffix.

    Raises
    ------
    InputError
        If it is none that is read, or one that carries macros.
    """
    suffix = path.suffix.casefold()
    if suffix in _MACROS:
        raise InputError(f"{path} is of a type that carries macros: save it as .docx")
    if suffix not in FORMATS:
        raise InputError(f"{path} is no document that is read; valid: {', '.join(FORMATS)}")
    return FORMATS[suffix]


def _beside(path: Path, claims_file: str | Path) -> list[Claim]:
    if claims_file:
        return read_claims(claims_file)
    names = (f"{path.stem}.claims.toml", f"{path.stem}.toml", "claims.toml")
    for name in names:
        if (path.parent / name).is_file():
            return read_claims(path.parent / name)
    raise InputError(f"{path} names claims (sme=ID), but beside it is none of {', '.join(names)}")
