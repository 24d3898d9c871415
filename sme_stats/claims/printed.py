"""Printed numbers as intervals: what "58 %", "almost 24.5 million" or "7 out of 10" stands for.

A number is printed to a last digit; it stands for every value that would be printed so. Half of
the last digit lies on each side, the upper end outside: ``58 %`` is [57.5, 58.5). Words move or
open an end; each is documented in `sme_stats.claims.phrases`, in six languages.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sme_stats.claims.digits import Digits, add, parse_digits
from sme_stats.claims.phrases import (
    CURRENCIES,
    FRACTIONS,
    MAGNITUDES,
    ONES,
    OUT_OF,
    PERCENT,
    POINTS,
    WORDS,
)
from sme_stats.errors import ClaimError, nearest

#: A fraction in words is a rounding to halves, thirds, quarters or fifths: one sixtieth each way
#: keeps them apart from each other.
_FRACTION_HALF = 100 / 60


@dataclass(frozen=True)
class Reading:
    """One way to understand a printed number: its name and the values [lower, upper)."""

    name: str
    lower: float
    upper: float


@dataclass(frozen=True)
class PrintedNumber:
    """A number as printed.

    Attributes
    ----------
    text : str
        The words and digits as they stand.
    kind : str
        ``percent``, ``points``, ``money`` or ``number``.
    currency : str
        ``EUR``, ``USD``, ``GBP`` or empty.
    value : float
        In percent, in units, or in units of the currency.
    readings : tuple of Reading
        ``rounded`` first; ``truncated`` and ``trailing zero not meant`` where they differ.
    """

    text: str
    kind: str
    currency: str
    value: float
    readings: tuple[Reading, ...]

    @property
    def lower(self) -> float:
        """Lower end of the first reading, inside."""
        return self.readings[0].lower

    @property
    def upper(self) -> float:
        """Upper end of the first reading, outside."""
        return self.readings[0].upper


def parse_printed(text: str, decimal: str = "") -> PrintedNumber:
    """Read a printed number.

    Parameters
    ----------
    text : str
        As printed: ``"58%"``, ``"25 million"``, ``"7 out of 10"``, ``"two thirds"``, ``"EUR 3.5
        billion"``, ``"almost 24.5 million"``, ``"more than half"``, ``"50-60 %"``.
    decimal : {"", ".", ","}
        The document's decimal mark, for numbers such as ``1.234`` that have two readings.

    Returns
    -------
    PrintedNumber
        The number, its kind, and its interval under every reading.

    Raises
    ------
    ClaimError
        If it cannot be read, or has two readings and no decimal mark is given.

    Examples
    --------
    >>> number = parse_printed("58 %")
    >>> number.lower, number.upper
    (57.5, 58.5)
    >>> [(r.name, r.lower, r.upper) for r in parse_printed("60%").readings]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('rounded', 59.5, 60.5), ('truncated', 60.0, 61.0), ('trailing zero not meant', 55.0, 65.0)]
    >>> number = parse_printed("almost 24.5 million")
    >>> number.lower, number.upper
    (24400000.0, 24500000.0)
    >>> parse_printed("1.234")
    Traceback (most recent call last):
    sme_stats.errors.ClaimError: '1.234' is 1.234 or 1,234: say which with decimal = "." or ","
    """
    if not isinstance(text, str) or not text.strip() or len(text) > 200:
        raise ClaimError(f"{str(text)[:40]!r} is not a printed number, such as '58%'")
    words = re.sub(r"\s+", " ", text.replace("\N{MINUS SIGN}", "-").strip().lower())
    words = (
        words.removeprefix("between ").removeprefix("from ").removesuffix(" of").removesuffix(" de")
    )
    words = words.rstrip(" .")
    direction, rest = _direction(words)
    parsed = _ratio(rest) or _fraction(rest)
    if parsed is None:
        return _number(text, direction, rest, decimal)
    value, half, kind = parsed
    readings = _worded(direction, value, min(3 * half, value / 10))
    return PrintedNumber(text, kind, "", value, readings or (_around(value, half),))


def _direction(words: str) -> tuple[str, str]:
    """Split off the words that move an end."""
    for kind, phrases in WORDS.items():
        for phrase in sorted(phrases, key=len, reverse=True):
            if words.startswith(phrase) and words[len(phrase) :][:1] in (" ", ""):
                return kind, words[len(phrase) :].strip()
            if phrase == "~" and words.startswith("~"):
                return kind, words[1:].strip()
    return "exact", words


def _ratio(words: str) -> tuple[float, float, str] | None:
    """``7 out of 10``, ``nine in ten``: percent, half a step each way."""
    match = re.fullmatch(rf"(\w+) (?:{'|'.join(OUT_OF)}) (?:every )?(\w+)", words)
    if not match:
        return None
    part, whole = (_small(word) for word in match.groups())
    if part is None or whole is None or not 0 < part <= whole:
        return None
    if whole < 10:
        return _near_fraction(part, whole)
    return 100 * part / whole, 50 / whole, "percent"


def _small(word: str) -> int | None:
    if word.isascii() and word.isdigit() and len(word) < 7:
        return int(word)
    return ONES.index(word) if word in ONES else None


def _fraction(words: str) -> tuple[float, float, str] | None:
    plain = words.replace("-", " ").strip()
    return _near_fraction(*FRACTIONS[plain]) if plain in FRACTIONS else None


def _near_fraction(part: int, whole: int) -> tuple[float, float, str]:
    return 100 * part / whole, _FRACTION_HALF, "percent"


def _number(text: str, direction: str, words: str, decimal: str) -> PrintedNumber:
    currency, words = _currency(words)
    kind, words = _kind(words, currency)
    kind = "percent" if kind == "number" and "%" in words else kind  # 50% to 60
    numbers, magnitude = _magnitude(words, text)
    if len(numbers) == 1 and "%" in words:
        raise ClaimError(f"{text!r} has its percent sign twice, or not behind the number")
    parsed = [parse_digits(n, text, decimal, percent=kind == "percent") for n in numbers]
    low, high = parsed[0].scaled(magnitude), parsed[-1].scaled(magnitude)
    if len(numbers) == 2:
        if low.value >= high.value:
            raise ClaimError(f"{text!r} is a range whose first end is not the lower")
        ends = add(low.value, -low.unit / 2), add(high.value, high.unit / 2)
        reading = Reading("rounded", *ends)
        return PrintedNumber(text, kind, currency, (low.value + high.value) / 2, (reading,))
    readings = _worded(direction, low.value, _vague(low)) or _readings(low)
    return PrintedNumber(text, kind, currency, low.value, readings)


def _currency(words: str) -> tuple[str, str]:
    for sign in sorted(CURRENCIES, key=len, reverse=True):
        pattern = re.escape(sign)
        edge = r"(?![a-z])" if sign.isalpha() else ""
        start = r"(?<![a-z])" if sign.isalpha() else ""
        if re.search(start + pattern + edge, words):
            return CURRENCIES[sign], re.sub(start + pattern + edge, " ", words, count=1).strip()
    return "", words


def _kind(words: str, currency: str) -> tuple[str, str]:
    for kind, signs in (("points", POINTS), ("percent", PERCENT)):
        for sign in signs:
            if words.endswith(sign):
                return kind, words.removesuffix(sign).strip()
    return ("money" if currency else "number"), words


def _magnitude(words: str, text: str) -> tuple[list[str], float]:
    match = re.fullmatch(r"(.*?)\s*(mil millones|[^\W\d_]*)\.?", words)
    body, word = (match[1], match[2]) if match else (words, "")
    if word and word not in MAGNITUDES:
        near = nearest(word, MAGNITUDES)
        if not near.startswith("did you mean"):
            near = "valid: thousand, million, billion, trillion, and their like in six languages"
        raise ClaimError(f"{text!r} cannot be read: {word!r} is no magnitude; {near}")
    ends = [end for end in re.split(r"\s*(?:–|—|(?<=\d)-(?=\d)|\bto\b|\band\b)\s*", body) if end]
    if not 1 <= len(ends) <= 2:
        raise ClaimError(f"{text!r} has no number in it, such as '58%' or '25 million'")
    return [end.removesuffix("%").strip() for end in ends], MAGNITUDES.get(word, 1.0)


def _vague(number: Digits) -> float:
    """Reach of "almost" and "around": see WORDS."""
    unit = number.significant / 2 if number.zeros else number.unit
    return min(unit, abs(number.value) / 10) if number.value else unit


def _worded(direction: str, value: float, reach: float) -> tuple[Reading, ...] | None:
    if value < 0:  # nearly -2 lies towards zero, just over -2 away from it
        direction = {"below": "above", "above": "below"}.get(direction, direction)
    ends = {
        "below": (add(value, -reach), value), "above": (value, add(value, reach)),
        "around": (add(value, -reach), add(value, reach)),
        "least": (value, math.inf), "most": (0.0 if value > 0 else -math.inf, value),
    }.get(direction)  # fmt: skip
    return (Reading("rounded", *ends),) if ends else None


def _around(value: float, half: float) -> Reading:
    return Reading("rounded", add(value, -half), add(value, half))


def _readings(number: Digits) -> tuple[Reading, ...]:
    value, unit = number.value, number.unit
    away = (value, add(value, unit)) if value >= 0 else (add(value, -unit), value)
    readings = [_around(value, unit / 2), Reading("truncated", *away)]
    if number.zeros:
        wide = _around(value, unit * 5)
        readings.append(Reading("trailing zero not meant", wide.lower, wide.upper))
    return tuple(readings)
