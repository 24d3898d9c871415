"""Numbers of a template: computed, printed only to digits that the data vouch for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sme_stats.claims.blocks import Evidence
from sme_stats.claims.evidence import compare, printed_units, units_fit
from sme_stats.claims.printed import parse_printed
from sme_stats.claims.words import say_definition, say_number, say_range, say_source
from sme_stats.errors import UsageError, WithheldError

#: More digits behind the mark say nothing of any statistic here.
MOST_DIGITS = 6
#: Units of data that are counts or amounts, with what one of them is in ones.
_ONES = {"NR": 1.0, "THS": 1e3, "PERS_PER_ENT": 1.0, "EUR": 1.0, "KEUR": 1e3, "MEUR": 1e6}


@dataclass(frozen=True)
class Number:
    """A computed number with what defines it; prints through its filters.

    Attributes
    ----------
    evidence : Evidence
        Definition, value, interval, flags and source.
    decimal : str
        Decimal mark to print with.
    """

    evidence: Evidence
    decimal: str = "."

    def __str__(self) -> str:
        """As the library writes it, if it is one number."""
        found = self.evidence
        if math.isnan(found.value) or found.lower != found.upper:
            raise self.refusal("as one number without percent(), number() or millions()")
        return say_number(found.value, found.unit)

    def refusal(self, how: str) -> WithheldError:
        """Why it cannot be printed so."""
        found = self.evidence
        reason = "rests on withheld cells" if found.conf else "is published rounded"
        interval = say_range(found.lower, found.value, found.upper, found.unit)
        return WithheldError(
            f"{say_definition(found)} {reason}: {interval}; it cannot be printed {how}"
        )

    def percent(self, digits: int = 0) -> str:
        """As a percentage: ``63 %``."""
        if self.evidence.unit != "PC":
            raise UsageError(f"{say_definition(self.evidence)} is no percentage: use number()")
        return self._printed(1.0, digits, " %", "percent")

    def number(self, digits: int = 0) -> str:
        """In full, thousands in groups: ``33,065,522``."""
        return self._printed(self._ones(), digits, "", "number")

    def millions(self, digits: int = 0) -> str:
        """In millions: ``33 million``."""
        return self._printed(self._ones() / 1e6, digits, " million", "millions")

    def _ones(self) -> float:
        unit = self.evidence.unit
        if unit not in _ONES:
            raise UsageError(f"{say_definition(self.evidence)} is no count: use percent()")
        return _ONES[unit]

    def _printed(self, factor: float, digits: int, tail: str, how: str) -> str:
        """Print, and read it back: only what `check` would say holds is printed."""
        if not isinstance(digits, int) or not 0 <= digits <= MOST_DIGITS:
            raise UsageError(f"{how}({digits!r}): digits is a whole number from 0 to {MOST_DIGITS}")
        found = self.evidence
        value = (found.lower + found.upper) / 2 if math.isnan(found.value) else found.value
        text = f"{value * factor:,.{digits}f}" if math.isfinite(value) else ""
        if not text or not self._vouched(text, tail):
            raise self.refusal(f"by {how}({digits})")
        if self.decimal == ",":
            text = text.translate(str.maketrans(",.", ".,"))
        return text + tail

    def _vouched(self, text: str, tail: str) -> bool:
        money = self.evidence.unit.endswith("EUR")
        printed = parse_printed(("EUR " if money else "") + text + tail, ".")
        if not units_fit(printed, self.evidence.unit):
            return False
        lower, upper = printed_units(printed, self.evidence)
        return compare(lower, upper, printed.readings[0], self.evidence.conf != "") == "holds"

    def mark(self) -> dict[str, str]:
        """Fields of the mark that binds it to its definition."""
        found = self.evidence
        keys = ("measure", "size", "geo", "year", "statistic", "age")
        return {key: str(getattr(found, key)) for key in keys if getattr(found, key)}

    @property
    def source(self) -> str:
        """What it is and where it is from, for a footnote."""
        found = self.evidence
        flag = "; provisional" if "p" in found.flag else ""
        return f"{say_source(found)}: {say_definition(found)}{flag}"


class Printed(str):
    """A number as it was printed, which still knows what it is."""

    number: Number

    def __new__(cls, text: str, number: Number) -> Printed:
        """Text with its number."""
        printed = super().__new__(cls, text)
        printed.number = number
        return printed
