"""Digits with separators: value, unit of the last printed digit, trailing zeros."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from sme_stats.errors import ClaimError

#: Separators of thousands besides comma and point: spaces of several widths, apostrophes.
_SPACES = re.compile("[ \u00a0\u2009\u202f'\u2019]")
#: From here on a count printed in full means its last digit that is not zero, not the last.
FULL = 1000
#: Units of the last digit from which a float could not tell a number from its neighbours.
MOST = 10**15


@dataclass(frozen=True)
class Digits:
    """A number as digits.

    Attributes
    ----------
    value : float
    unit : float
        One unit of the last printed digit.
    significant : float
        One unit of the last digit that is not zero.
    zeros : bool
        Whether zeros stand after the last digit that is not zero, before any decimals.
    """

    value: float
    unit: float
    significant: float
    zeros: bool

    def scaled(self, magnitude: float) -> Digits:
        """Multiply by a magnitude such as a million."""
        return Digits(
            _times(self.value, magnitude), _times(self.unit, magnitude),
            _times(self.significant, magnitude), self.zeros,
        )  # fmt: skip


def _times(number: float, magnitude: float) -> float:
    # In decimal, so that 24.4 million is 24,400,000 and not a neighbour.
    return float(Decimal(repr(number)) * Decimal(int(magnitude)))


def add(number: float, step: float) -> float:
    """Add as on paper: 0.1 and 0.05 are 0.15 and not a neighbour.

    Examples
    --------
    >>> add(0.1, 0.05), 0.1 + 0.05
    (0.15, 0.15000000000000002)
    """
    return float(Decimal(repr(number)) + Decimal(repr(step)))


def parse_digits(token: str, text: str, decimal: str = "", *, percent: bool = False) -> Digits:
    """Read digits with separators of thousands and a decimal mark.

    Parameters
    ----------
    token : str
        The digits: ``"3,746,000"``, ``"0,1"``, ``"265 802"``, ``"-1.5"``.
    text : str
        The whole printed number, for messages.
    decimal : {"", ".", ","}
        The document's decimal mark.
    percent : bool
        A percentage: a thousand percent is never meant, so ``1.234`` has one reading.

    Raises
    ------
    ClaimError
        If it is no number, or one mark before three digits leaves two readings.

    Examples
    --------
    >>> parse_digits("3,746,000", "").value, parse_digits("3,746,000", "").unit
    (3746000.0, 1000.0)
    >>> parse_digits("0,1", "").value, parse_digits("0,1", "").unit
    (0.1, 0.1)
    """
    sign, bare = (-1, token[1:]) if token[:1] == "-" else (1, token.removeprefix("+"))
    bare = bare.strip()
    if not re.fullmatch(r"\d[\d.,\s'\u2019]*", bare) or bare[-1] in ".,'":
        raise ClaimError(f"{text!r} cannot be read as a number, such as '58%' or '25 million'")
    whole, decimals = _split(bare, text, decimal, percent)
    digits = whole + decimals
    unit = Decimal(1).scaleb(-len(decimals))
    significant = Decimal(1).scaleb(len(digits) - len(digits.rstrip("0")) - len(decimals))
    value = Decimal(whole + "." + (decimals or "0"))
    zeros = not decimals and whole.endswith("0") and int(whole) != 0
    if zeros and value >= FULL and not percent:
        unit, zeros = significant, False
    if value / unit >= MOST:
        raise ClaimError(f"{text!r} has more digits than any statistic; nothing compares to them")
    if not int(digits):
        significant, zeros = unit, False
    return Digits(sign * float(value), float(unit), float(significant), zeros)


def _split(bare: str, text: str, decimal: str, percent: bool) -> tuple[str, str]:
    """Whole digits and decimals, by the marks used."""
    spaced = bool(_SPACES.search(bare))
    if spaced:
        head, _, tail = bare.partition("," if "," in bare else ".")
        _check_groups(_SPACES.split(head), text)
        return _SPACES.sub("", head), _only_digits(tail, text)
    marks = [c for c in bare if c in ".,"]
    if not marks:
        return bare, ""
    if len(set(marks)) == 2 or (
        len(marks) == 1 and _is_decimal(bare, marks[0], text, decimal, percent)
    ):
        head, _, tail = bare.rpartition(marks[-1])
        if marks[-1] in head or (decimal and marks[-1] != decimal):
            raise ClaimError(f"{text!r} does not use {decimal or marks[-1]!r} as its decimal mark")
        _check_groups(re.split(r"[.,]", head), text)
        return re.sub(r"[.,]", "", head), _only_digits(tail, text)
    _check_groups(re.split(r"[.,]", bare), text)
    return re.sub(r"[.,]", "", bare), ""


def _is_decimal(bare: str, mark: str, text: str, decimal: str, percent: bool) -> bool:
    """Whether a single mark is the decimal one; an error where it could be either."""
    head, _, tail = bare.partition(mark)
    if len(tail) != 3 or head.startswith("0") or len(head) > 3:
        if decimal and mark != decimal and len(tail) != 3:
            raise ClaimError(f"{text!r} uses {mark!r} as a decimal mark, but decimal = {decimal!r}")
        return True
    if percent and not decimal:
        return True
    if not decimal:
        plain, grouped = f"{head}.{tail}", f"{head},{tail}"
        raise ClaimError(f'{text!r} is {plain} or {grouped}: say which with decimal = "." or ","')
    return mark == decimal


def _check_groups(groups: list[str], text: str) -> None:
    if not all(g.isdecimal() for g in groups):
        raise ClaimError(f"{text!r} groups its digits by two marks at once; nobody prints that")
    if any(len(g) != 3 for g in groups[1:]) or not 1 <= len(groups[0]) <= (3 if groups[1:] else 99):
        raise ClaimError(f"{text!r} groups its digits in no known way")


def _only_digits(tail: str, text: str) -> str:
    if not re.fullmatch(r"\d*", tail):
        raise ClaimError(f"{text!r} cannot be read as a number")
    return tail
