"""Unmarked numbers about SMEs, and the mark that each should have: rules over sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sme_stats.claims.documents import vocabulary
from sme_stats.claims.phrases import WORDS
from sme_stats.claims.printed import parse_printed
from sme_stats.errors import ClaimError

_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S)|\n(?!\s*\n))+[.!?]*")
_CLAUSE = re.compile(
    r"[;:(]|,(?!\d)|\)|\b(?:while|whereas|but|although)\b| and (?=\w+ (?:for )?\d)"
)
#: A sentence that is longer is a table or a list of references.
MOST_SENTENCE = 600
_DIGITS = r"\d{1,3}(?:[.,'\u00a0\u2009\u202f ]\d{3})+(?![\d.,]\d)|\d+(?:[.,]\d+)?"
_SMALL = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)"
_MAGNITUDE = r"(?:thousand|million|billion|trillion|mn|bn|m)\b"
_BEFORE = "|".join(re.escape(w) for kind in WORDS.values() for w in sorted(kind, key=len)[::-1])
_NUMBER = re.compile(
    rf"(?:\b(?P<before>{_BEFORE})\s+)?(?P<number>"
    rf"(?:€|EUR\s?|\$|£)\s?(?:{_DIGITS})(?:\s?{_MAGNITUDE})?"
    rf"|\b{_SMALL} (?:out of|in|of)(?: every)? (?:\d{{1,3}}|ten|five|four|three)\b"
    rf"|\b(?:{_DIGITS})\s?(?:%|percent\b|per cent\b|percentage points\b)"
    rf"|\b(?:{_DIGITS})\s?{_MAGNITUDE}(?:\s(?:euros?|EUR)\b)?"
    r"|\b(?:two thirds|two-thirds|three quarters|three-quarters|(?:a|one) (?:third|quarter|half)"
    r"|half)(?= of\b)"
    rf"|\b(?:{_DIGITS})(?= (?:people|persons|workers) (?:on average|per (?:firm|enterprise)))"
    r"|\b\d{1,3}(?:[,'\u00a0\u2009\u202f ]\d{3})+(?![\d%])|\b\d{5,9}\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,€$£-])(?:19|20)\d{2}(?![\d%]|[.,]\d)")
_OF = re.compile(r"\s*(of|in)\s+([^,;:.()]{1,60})", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:are|is|were|was|work|works|have|has|had|employ\w*|worked|fall|belong|count|come|comes|do|use"
    r"|stem|stems)\b",
    re.IGNORECASE,
)
_MONEY = ("turnover", "value_added")
_RATES = ("survival", "birth_rate", "death_rate", "churn_rate")


@dataclass(frozen=True)
class Suggestion:
    """A number that deserves a mark.

    Attributes
    ----------
    line : int
        Line of the document; in Word the paragraph.
    sentence, printed : str
        The sentence, and the number in it as printed.
    fields : dict
        Fields of the claim proposed.
    """

    line: int
    sentence: str
    printed: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Fields as a mark holds them."""
        return " ".join(f"{key}={value}" for key, value in self.fields.items())

    def mark(self, kind: str = "markdown") -> str:
        """The number with its mark, in the grammar of a format.

        Examples
        --------
        >>> Suggestion(1, "", "58 %", {"measure": "enterprises", "size": "SME"}).mark()
        '[58 %]{.sme measure=enterprises size=SME}'
        """
        if kind == "html":
            return f'<span data-sme="{self.words}">{self.printed}</span>'
        if kind == "word":
            return f"{self.printed}  with a Word comment: sme {self.words}"
        return f"[{self.printed}]{{.sme {self.words}}}"


def suggest(text: str, first_line: int = 1) -> list[Suggestion]:
    """Propose marks for the numbers about SMEs in plain text.

    A sentence counts if it is about enterprises, names a size or is about all of them, and says
    nothing that Eurostat's tables cannot decide (exports, loans, surveys, other continents).

    Parameters
    ----------
    text : str
        Plain text; marked numbers, code and tags blanked.
    first_line : int
        Line of its first character.

    Returns
    -------
    list of Suggestion
        In the order of the text.

    Examples
    --------
    >>> text = "In 2023 SMEs provided 63 % of jobs in the EU. A survey asked 58 % of them."
    >>> for found in suggest(text):
    ...     print(found.mark())
    [63 %]{.sme measure=persons_employed size=SME geo=EU27_2020 year=2023 statistic=share}
    """
    out = []
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        if len(sentence) > MOST_SENTENCE or not _speaks_of_firms(sentence):
            continue
        for at, printed, fields in _numbers(" ".join(sentence.split("\n"))):
            line = first_line + text.count("\n", 0, match.start() + at)
            out.append(Suggestion(line, " ".join(sentence.split()), printed, fields))
    return out


def _speaks_of_firms(sentence: str) -> bool:
    about = vocabulary.SUBJECT.search(sentence) or vocabulary.size_in(sentence)
    return bool(about) and not vocabulary.ELSEWHERE.search(sentence)


def _numbers(sentence: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Numbers of a sentence that a claim can be made of."""
    for match in _NUMBER.finditer(sentence):
        before = match["before"] or ""
        printed = f"{before} {match['number']}" if before else match["number"]
        fields = _fields(sentence, match)
        if fields and _readable(printed, fields):
            yield match.start(), printed, fields


def _readable(printed: str, fields: dict[str, str]) -> bool:
    try:
        kind = parse_printed(printed, ".").kind
    except ClaimError:
        return False
    money = fields["measure"] in _MONEY and fields["statistic"] == "level"
    return money == (kind == "money") and kind != "points"


def _fields(sentence: str, match: re.Match[str]) -> dict[str, str]:
    """Fields of the claim that a number makes, none where the rules do not understand it."""
    start, end = _clause(sentence, match.start(), match.end())
    clause, after = sentence[start:end], sentence[match.end() : end]
    relative = _is_relative(match["number"])
    base = _base(match["number"], after)
    if relative and base and vocabulary.size_in(base):
        return {}  # a share of SMEs, not the share of SMEs
    if not (_is_share(clause, base) if relative else _is_count(sentence, clause, after)):
        return {}
    measure = _measure(sentence, clause, base if relative else after[:40])
    size = _size(sentence, start, end, match.start(), wide=relative)
    if relative and measure in _RATES:
        statistic, size = "rate", size or "total"
    elif measure == "average_size":
        statistic = "average"
    else:
        statistic = "share" if relative else "level"
    if not measure or (statistic == "share" and not size):
        return {}
    if measure in _RATES and (statistic != "rate" or measure == "survival"):
        return {}  # survival needs an age, which print seldom gives in numbers
    year = _YEAR.search(sentence)
    return {
        "measure": measure, "size": size or "total",
        "geo": vocabulary.place_in(sentence) or "EU27_2020",
        "year": year[0] if year else "latest", "statistic": statistic,
    }  # fmt: skip


def _is_share(clause: str, base: str) -> bool:
    """Whether a percentage is of something that is measured, or part and whole are linked."""
    if base:
        return bool(vocabulary.measure_in(base)) or vocabulary.WHOLE.search(base) is not None
    return vocabulary.LINK.search(clause) is not None


def _is_count(sentence: str, clause: str, after: str) -> bool:
    """Whether a count is of what is measured, and of a place, a year or a size."""
    what = vocabulary.first_measure(after[:30]) or vocabulary.EMPLOYS.search(clause)
    somewhere = vocabulary.place_in(sentence) or _YEAR.search(sentence)
    return bool(what and (somewhere or vocabulary.size_in(clause)))


def _is_relative(number: str) -> bool:
    return bool(re.search(r"%|percent|per cent|\b(?:out of|in|of)\b|half|third|quarter", number))


def _base(number: str, after: str) -> str:
    """What a share is a share of: the words behind "of", or behind "7 in 10", up to the verb."""
    if re.search(r"\b(?:out of|in|of)\b", number):
        return _VERB.split(after[:60], maxsplit=1)[0]
    found = _OF.match(after)
    base = _VERB.split(found[2], maxsplit=1)[0] if found else ""
    behind_in = found is not None and found[1].lower() == "in"
    return "" if behind_in and not vocabulary.measure_in(base) else base


def _measure(sentence: str, clause: str, near: str) -> str:
    """What is measured: what stands nearest says it, else the clause, else the sentence."""
    found = vocabulary.first_measure(near) or vocabulary.measure_in(clause)
    if not found and vocabulary.WHOLE.search(near):
        return "enterprises"  # of the total, of all: of firms, where nothing else is named
    return found or vocabulary.measure_in(sentence)


def _clause(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Ends of the clause around a number."""
    cuts = [0, *(m.start() for m in _CLAUSE.finditer(sentence)), len(sentence)]
    return max(c for c in cuts if c <= start), min(c for c in cuts if c >= end)


def _size(sentence: str, start: int, end: int, at: int, *, wide: bool) -> str:
    """Size named nearest to a number: in its clause, for shares else in the whole sentence."""
    inside = vocabulary.nearest_size(sentence[start:end], at - start)
    return inside or (vocabulary.nearest_size(sentence, at) if wide else "")
