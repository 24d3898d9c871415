"""Numbers as each language prints them: one format a chart, one function a number."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sme_stats.plotting.words import words

#: Narrow no-break space and no-break space.
THIN, HARD = "\u202f", "\u00a0"
MINUS = "\u2212"
#: Decimal mark, thousands separator, space before a unit.
MARKS = {"en": (".", ",", HARD), "fr": (",", THIN, THIN), "de": (",", ".", THIN)}

#: Amounts are shown in the largest step that the largest of them fills.
_STEPS = {
    "NR": ((1e6, "million"), (1.0, "")),
    "MEUR": ((1e3, "billion_euro"), (1.0, "million_euro")),
    "KEUR": ((1e6, "billion_euro"), (1e3, "million_euro"), (1.0, "thousand_euro")),
}


def number(value: float, lang: str = "en", digits: int = 0) -> str:
    """Print a number in the way of a language.

    Parameters
    ----------
    value : float
        Any finite number.
    lang : {"en", "fr", "de"}
        Decimal point and commas; decimal comma and narrow no-break spaces; decimal comma and
        points.
    digits : int
        Decimals.

    Examples
    --------
    >>> number(33065522), number(33065522.25, "de", 1), number(-1234.5, "fr", 1)
    ('33,065,522', '33.065.522,2', '−1\\u202f234,5')
    """
    point, comma, _ = MARKS[lang]
    text = f"{abs(value):,.{digits}f}".replace(",", "\0").replace(".", point).replace("\0", comma)
    return (MINUS if value < 0 and float(f"{value:.{digits}f}") != 0 else "") + text


@dataclass(frozen=True)
class Format:
    """How the numbers of one chart are printed.

    Attributes
    ----------
    lang : str
    factor : float
        What a printed unit is worth in units of the frame.
    digits : int
        Decimals of every number but small percentages.
    suffix : str
        Unit behind the number, as text of the language.
    signed : bool
        Write a plus before what is above zero: differences.
    """

    lang: str
    factor: float
    digits: int
    suffix: str
    unit: str
    signed: bool = False

    def text(self, value: float) -> str:
        """Print a value with its unit.

        Examples
        --------
        >>> fit([83.04], "PC", "fr").text(83.04)
        '83,0\\u202f%'
        """
        return self._number(value / self.factor, self._digits(value)) + self._tail()

    def span(self, lower: float, upper: float) -> str:
        """Print an interval, ends rounded outwards so that it never looks narrower than it is.

        Examples
        --------
        >>> fit([69.738, 93.471], "PC", "en").span(69.738, 93.471)
        '69.7–93.5\\xa0%'
        >>> fit([-13.5, 7.5], "PP", "en", signed=True).span(-13.5, 7.5)
        '−13.5 to +7.5\\xa0points'
        """
        low, high = self.ends(lower, upper)
        if self.signed:  # a dash between signs would be read as one
            return str(words(self.lang)["say"]["between"]).format(low=low, high=high + self._tail())
        return f"{low}–{high}{self._tail()}"

    def most(self, lower: float, upper: float) -> str:
        """Print the upper end of an interval as `span` does."""
        return self.ends(lower, upper)[1] + self._tail()

    def ends(self, lower: float, upper: float) -> tuple[str, str]:
        """Two ends of an interval without the unit, rounded outwards."""
        digits = self._digits(max(abs(lower), abs(upper)))
        ten = 10.0**digits
        low = math.floor(lower / self.factor * ten + 1e-6) / ten
        high = math.ceil(upper / self.factor * ten - 1e-6) / ten
        return self._number(low, digits), self._number(high, digits)

    def tick(self, value: float) -> str:
        """Print a value of an axis, with the decimals it needs and the sign of percent."""
        scaled = value / self.factor
        digits = next((d for d in range(4) if abs(round(scaled, d) - scaled) < 1e-9), 4)
        return self._number(scaled, digits) + (self._tail() if self.unit == "PC" else "")

    def _number(self, scaled: float, digits: int) -> str:
        text = number(scaled, self.lang, digits)
        return f"+{text}" if self.signed and float(f"{scaled:.{digits}f}") > 0 else text

    def _digits(self, value: float) -> int:
        """Shares below one percent, and parts of a million, keep two digits that say something."""
        scaled = abs(value / self.factor)
        small = (self.unit == "PC" or self.factor > 1) and 0 < scaled < 0.95
        return max(self.digits, 2) if small else self.digits

    def _tail(self) -> str:
        return MARKS[self.lang][2] + self.suffix if self.suffix else ""


def fit(values: Iterable[float], unit: str, lang: str = "en", signed: bool = False) -> Format:
    """Choose the format for the values of a chart: step of the unit, and decimals.

    Percentages have one decimal, two where they all lie within one point.

    Examples
    --------
    >>> fit([33065522.0, 26100.0], "NR").text(33065522.0)
    '33.1\\xa0million'
    >>> fit([99.71, 99.84], "PC").text(99.836)
    '99.84\\xa0%'
    """
    known = [float(v) for v in values if v is not None and math.isfinite(v)]
    most = max((abs(v) for v in known), default=0.0)
    units = words(lang)["unit"]
    if unit in _STEPS:
        factor, name = next((s for s in _STEPS[unit] if most >= s[0]), _STEPS[unit][-1])
        digits = 1 if name not in ("",) else 0
        return Format(lang, factor, digits, units.get(name, name), unit, signed)
    spread = max(known, default=0.0) - min(known, default=0.0)
    if unit in ("PC", "PP"):
        return Format(lang, 1.0, 2 if 0 < spread < 1 else 1, units[unit], unit, signed)
    digits = 0 if most >= 1000 else 2 if most < 10 else 1
    return Format(lang, 1.0, digits, units.get(unit, ""), unit, signed)
