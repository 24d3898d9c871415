"""Claims files: TOML in, claims out; every mistake named with file and line or claim id."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sme_stats.claims.model import (
    MEASURES,
    NATIONAL,
    POPULATIONS,
    STATISTICS,
    VERDICTS,
    Claim,
    Document,
)  # fmt: skip
from sme_stats.claims.printed import parse_printed
from sme_stats.claims.table import SME, WITHIN
from sme_stats.codelists import geo_code, size_code, table
from sme_stats.errors import ClaimError, InputError, SmeStatsError, nearest
from sme_stats.sources.snapshot import releases

_DOCUMENT_KEYS = ("title", "url", "published", "decimal", "quotes", "note")
_CLAIM_KEYS = (
    "id", "quote", "printed", "statistic", "measure", "size", "of", "geo", "year", "population",
    "age", "base_year", "expect", "why", "undecidable", "quotes",
)  # fmt: skip
_NEEDED = ("id", "printed", "statistic", "measure", "geo", "year")
#: A claims file is a text of statements; what is larger is something else.
MOST_BYTES = 4 << 20


def read_claims(*paths: str | Path) -> list[Claim]:
    """Read claims files.

    Parameters
    ----------
    *paths : str or pathlib.Path
        TOML files, or folders whose ``*.toml`` are read in order of name.

    Returns
    -------
    list of Claim
        In the order of files and of claims in them.

    Raises
    ------
    ClaimError
        On a syntax error, an unknown key, a value that is not valid or a printed number that
        cannot be read: one line with file and line, what is wrong and what is valid.
    InputError
        If a file cannot be opened, or a folder holds no claims file.

    Examples
    --------
    >>> from sme_stats.places import data_dir
    >>> [claim.id for claim in read_claims(data_dir() / "claims" / "press-2023.toml")]
    ['employment-share', 'companies', 'large', 'one-person', 'jobs']
    """
    claims = [claim for path in _files(paths) for claim in _read(path)]
    if not claims:
        raise InputError("no claims to check: name a claims file, or a folder with *.toml in it")
    return claims


def _files(paths: Iterable[str | Path]) -> list[Path]:
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found = sorted(path.glob("*.toml"))
            if not found:
                raise InputError(f"{path} has no claims file (*.toml)")
            files += found
        else:
            files.append(path)
    return files


def _read(path: Path) -> list[Claim]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is larger than a claims file can be ({MOST_BYTES >> 20} MB)")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"cannot read {path}: {reason}") from None
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ClaimError(f"{path}: not TOML: {error}") from None
    return _claims(raw, str(path), text)


def _lines(text: str) -> list[int]:
    """Line of each [[claim]]."""
    header = re.compile(r"""\s*\[\[\s*["']?claim["']?\s*\]\]""")
    return [n for n, line in enumerate(text.splitlines(), 1) if header.match(line)]


def _line_of(key: str, text: str) -> str:
    """``:line`` of a key or table, empty where the text does not show it."""
    found = re.search(rf"""^\s*\[*\s*["']?{re.escape(key)}["']?\s*[\]=.]""", text, re.MULTILINE)
    return f":{text.count(chr(10), 0, found.end()) + 1}" if found else ""


def _claims(raw: dict[str, Any], path: str, text: str) -> list[Claim]:
    _check_keys(raw, ("document", "claim"), path, "the file", text)
    document = _document(raw.get("document", {}), path, text)
    tables = raw.get("claim", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise ClaimError(f"{path}{_line_of('claim', text)}: claims are written as [[claim]] tables")
    lines = _lines(text)
    claims: list[Claim] = []
    for index, fields in enumerate(tables):
        line = lines[index] if len(lines) == len(tables) else 0
        where = f"{path}{f':{line}' if line else ''}: claim {fields.get('id', index + 1)!r}"
        try:
            claim = make_claim(fields, document, line)
            _check_releases(claim)
        except SmeStatsError as error:
            raise ClaimError(f"{where}: {error}") from None
        if any(claim.id == other.id for other in claims):
            raise ClaimError(f"{where}: the id stands twice in this file")
        claims.append(claim)
    return claims


def _check_releases(claim: Claim) -> None:
    """A release that is misspelt would not be left out, and could prove what it says itself."""
    known = releases()
    for name in claim.own_sources:
        if name not in known:
            raise ClaimError(f"quotes names no release {name!r}; {nearest(name, known)}")


def _document(fields: object, path: str, text: str) -> Document:
    if not isinstance(fields, dict):
        where = f"{path}{_line_of('document', text)}"
        raise ClaimError(f"{where}: [document] is a table with title, url, published")
    _check_keys(fields, _DOCUMENT_KEYS, path, "[document]", text)
    if fields.get("decimal", ".") not in (".", ","):
        where = f"{path}{_line_of('decimal', text)}"
        raise ClaimError(f'{where}: decimal = {fields["decimal"]!r} is neither "." nor ","')
    try:
        quotes = _texts(fields.get("quotes", []), "quotes")
    except ClaimError as error:
        raise ClaimError(f"{path}{_line_of('quotes', text)}: {error}") from None
    return Document(
        title=str(fields.get("title", path)), url=str(fields.get("url", "")),
        published=str(fields.get("published", "")), path=path,
        decimal=str(fields.get("decimal", "")), quotes=quotes,
    )  # fmt: skip


def _check_keys(
    fields: dict[str, Any], known: tuple[str, ...], path: str, what: str, text: str
) -> None:
    for key in fields:
        if key not in known:
            where = f"{path}{_line_of(key, text)}"
            raise ClaimError(f"{where}: {what} has an unknown key {key!r}; {nearest(key, known)}")


def make_claim(fields: dict[str, Any], document: Document, line: int = 0) -> Claim:
    """Build one claim from its fields, each checked.

    Raises
    ------
    ClaimError
        If a field is missing, unknown or not valid; names what is.
    UnknownNameError
        If a size or place does not exist; names the nearest.
    """
    for key in fields:
        if key not in _CLAIM_KEYS:
            raise ClaimError(f"unknown key {key!r}; {nearest(key, _CLAIM_KEYS)}")
    for key in _NEEDED:
        if key not in fields:
            raise ClaimError(f"the key {key!r} is missing; needed are {', '.join(_NEEDED)}")
    statistic = _one_of(fields, "statistic", STATISTICS)
    measure = _one_of(fields, "measure", MEASURES)
    _check_fit(statistic, measure, fields)
    return Claim(
        id=str(fields["id"]), printed=parse_printed(fields["printed"], document.decimal),
        statistic=statistic, measure=measure, size=size_code(str(fields.get("size", "total"))),
        geo=geo_code(str(fields["geo"])), year=_year(fields["year"]), document=document,
        population=_population(str(fields.get("population", ""))), age=_age(fields),
        of=_of(statistic, fields),
        base_year=_year(fields["base_year"]) if "base_year" in fields else None,
        expect=_one_of(fields, "expect", VERDICTS, "holds"),
        undecidable=str(fields.get("undecidable", "")), quote=str(fields.get("quote", "")),
        why=str(fields.get("why", "")), quotes=_texts(fields.get("quotes", []), "quotes"),
        line=line,
    )  # fmt: skip


def _one_of(
    fields: dict[str, Any], key: str, valid: tuple[str, ...], default: str | None = None
) -> str:
    value = fields.get(key, default)
    if value not in valid:
        raise ClaimError(f"{key} = {value!r} is not valid; {nearest(value, valid, most=20)}")
    return str(value)


def _check_fit(statistic: str, measure: str, fields: dict[str, Any]) -> None:
    rates = ("birth_rate", "death_rate", "churn_rate", "survival")
    if (statistic == "rate") != (measure in rates):
        raise ClaimError(
            f"statistic = {statistic!r} does not go with measure = {measure!r}: rates are "
            f"{', '.join(rates)}, and those are nothing else"
        )
    if (statistic == "average") != (measure == "average_size"):
        raise ClaimError(
            "the average at hand is measure = 'average_size' (persons employed per enterprise), "
            f"not statistic = {statistic!r} of measure = {measure!r}"
        )
    if fields.get("undecidable"):
        return  # a share by activity or legal form has no size; nothing will be computed
    if statistic == "share" and size_code(str(fields.get("size", "total"))) == "TOTAL":
        raise ClaimError("a share needs a size other than 'total', such as 'SME' or '250+'")


def _year(value: object) -> int | None:
    if value == "latest":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1900 <= value <= 2100:
        raise ClaimError(f"year = {value!r} is not a year such as 2023, nor 'latest'")
    return value


def _population(value: str) -> str:
    if not value or value in POPULATIONS or value in table("NACE"):
        return value
    if value.partition(":")[0] in NATIONAL or re.fullmatch(r"[A-U]\d{2,4}", value):
        return value  # divisions, groups and classes are not listed; the tables have them or not
    names = [*POPULATIONS, *NATIONAL]
    near = nearest(value, [*names, *table("NACE")])
    if near.startswith("valid"):
        near = f"valid: {', '.join(names)}, or a NACE code"
    raise ClaimError(f"population = {value!r} is not valid; {near}")


def _age(fields: dict[str, Any]) -> str:
    age = str(fields.get("age", ""))
    if fields["measure"] == "survival" and age not in ("Y1", "Y2", "Y3", "Y4", "Y5"):
        raise ClaimError("measure = 'survival' needs age = 'Y1' to 'Y5'")
    return age


def _of(statistic: str, fields: dict[str, Any]) -> str:
    """Size that a share is in percent of; only SMEs beside the total."""
    of = size_code(str(fields.get("of", "total")))
    if of == "TOTAL" or fields.get("undecidable"):
        return of
    if of != SME or statistic != "share":
        raise ClaimError(f"of = {fields['of']!r} is not valid; a share is of 'total' or of 'SME'")
    if size_code(str(fields.get("size", "total"))) not in WITHIN:
        raise ClaimError(f"a share of SMEs needs a size inside them: {', '.join(WITHIN)}")
    return of


def _texts(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ClaimError(f"{key} is a list of texts")
    return tuple(value)
