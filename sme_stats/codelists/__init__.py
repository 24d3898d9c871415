"""Codelists as text tables that people review, and the one reader of them.

``GEO``, ``SIZE``, ``NACE``, ``AGE``, ``UNIT`` and ``INDICATOR`` hold Eurostat's codes; ``MEASURE``
holds the harmonised names, which are ours. Labels are in English, where there are more columns
also in French and German.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sme_stats.errors import UnknownNameError

#: What people write, and the code that Eurostat uses.
GEO_ALIASES = {"GR": "EL", "GB": "UK", "EU27": "EU27_2020", "EU": "EU27_2020"}


@cache
def table(name: str) -> dict[str, dict[str, str]]:
    """Read one codelist.

    Parameters
    ----------
    name : str
        ``"GEO"``, ``"SIZE"``, ``"NACE"``, ``"AGE"``, ``"UNIT"`` or ``"MEASURE"``.

    Returns
    -------
    dict
        Code to its row, in the order of the file.

    Examples
    --------
    >>> table("GEO")["EL"]["label"]
    'Greece'
    """
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    key = next(iter(rows[0]))
    return {row[key]: row for row in rows}


@cache
def indicators(family: str) -> dict[str, dict[str, str]]:
    """Read the indicator codes of one family of tables.

    Parameters
    ----------
    family : str
        ``"sbs"`` or ``"bd"``: the same code, ``ENT_NR``, means enterprises in one and *active*
        enterprises in the other.

    Examples
    --------
    >>> indicators("sbs")["ENT_NR"]["measure"], indicators("bd")["ENT_NR"]["measure"]
    ('enterprises', 'active_enterprises')
    """
    with (Path(__file__).parent / "INDICATOR.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file) if row["family"] == family}


def label(name: str, code: str, lang: str = "en") -> str:
    """Label of a code; the code itself where the list does not hold it.

    Examples
    --------
    >>> label("GEO", "DE"), label("GEO", "DE", "fr"), label("NACE", "C10")
    ('Germany', 'Allemagne', 'C10')
    """
    row = table(name).get(code, {})
    return row.get(f"label_{lang}") or row.get("label") or code


def ones(unit: str) -> float:
    """What one of a unit is in ones: national tables count heads in thousands; 1 where it is none.

    Examples
    --------
    >>> ones("THS"), ones("NR"), ones("MEUR")
    (1000.0, 1.0, 1.0)
    """
    return float(table("UNIT").get(unit, {}).get("ones") or 1)


def multiples() -> list[str]:
    """Units in which heads are counted by more than one.

    Examples
    --------
    >>> multiples()
    ['THS']
    """
    return [unit for unit in table("UNIT") if ones(unit) > 1]


def members(aggregate: str) -> list[str]:
    """Countries that make up an aggregate, in protocol order.

    Examples
    --------
    >>> len(members("EU27_2020")), "UK" in members("EU28")
    (27, True)
    """
    found = [code for code, row in table("GEO").items() if aggregate in row["groups"].split(";")]
    if not found:
        raise UnknownNameError("aggregate", aggregate, aggregates())
    return found


@cache
def signed() -> tuple[str, ...]:
    """Measures that can be negative: a loss is not a count.

    Examples
    --------
    >>> "gross_operating_surplus" in signed(), "turnover" in signed()
    (True, False)
    """
    return tuple(m for m, row in table("MEASURE").items() if row["signed"] == "yes")


def aggregates() -> list[str]:
    """Codes that stand for several countries."""
    return [code for code, row in table("GEO").items() if row["kind"] == "aggregate"]


@dataclass(frozen=True, order=True)
class SizeRange:
    """Closed range of a size class; ``upper`` is None where it has no end."""

    lower: int
    upper: int | None

    def __str__(self) -> str:
        return f"{self.lower}-{self.upper}" if self.upper is not None else f"{self.lower}+"

    def inside(self, other: SizeRange) -> bool:
        """Whether every size of this range is one of the other."""
        if self.lower < other.lower:
            return False
        return other.upper is None or (self.upper is not None and self.upper <= other.upper)


@cache
def size_range(code: str) -> SizeRange | None:
    """Range that a size code covers, read off the code itself where the list does not hold it.

    Returns None for a code that is not a headcount, such as a national category.

    Examples
    --------
    >>> print(size_range("GE250"), size_range("0_1"), size_range("1-249"), size_range("MIC"))
    250+ 0-1 1-249 None
    """
    if code == "TOTAL":
        return SizeRange(0, None)
    text = code.replace("_", "-")
    if text.startswith("GE") and text[2:].isdecimal():
        return SizeRange(int(text[2:]), None)
    if text.endswith("+") and text[:-1].isdecimal():
        return SizeRange(int(text[:-1]), None)
    low, dash, high = text.partition("-")
    if low.isdecimal() and (high.isdecimal() if dash else not high):
        ends = int(low), int(high or low)
        return SizeRange(*ends) if ends[0] <= ends[1] else None
    return None


#: Names for size ranges that people use; all count persons employed unless said otherwise.
SIZE_NAMES = {
    "total": "TOTAL",
    "SME": "0-249",
    "sme": "0-249",
    "micro": "0-9",
    "small": "10-49",
    "medium": "50-249",
    "large": "GE250",
    "250+": "GE250",
    "zero-employees": "0",
    "one-person": "0_1",
    "0-1": "0_1",
    "10+": "GE10",
}


def size_code(name: str) -> str:
    """Size code for what people write.

    Raises
    ------
    UnknownNameError
        If the name is neither a known word nor a range.

    Examples
    --------
    >>> size_code("SME"), size_code("250+"), size_code("10-249")
    ('0-249', 'GE250', '10-249')
    """
    code = SIZE_NAMES.get(name, name)
    if code in table("SIZE") or size_range(code):
        return code
    raise UnknownNameError("size", name, [*SIZE_NAMES, *table("SIZE")])


def geo_code(name: str) -> str:
    """Eurostat's code for a country or aggregate, given a code or a label.

    Raises
    ------
    UnknownNameError
        If there is none; ``GR`` and ``GB`` are named as ``EL`` and ``UK``.

    Examples
    --------
    >>> geo_code("EL"), geo_code("Germany")
    ('EL', 'DE')
    """
    geo = table("GEO")
    if name in geo:
        return name
    if name in GEO_ALIASES:
        code = GEO_ALIASES[name]
        raise UnknownNameError("geo", name, [code], f"Eurostat writes {code}")
    by_label = {row["label"].casefold(): code for code, row in geo.items()}
    if name.casefold() in by_label:
        return by_label[name.casefold()]
    raise UnknownNameError("geo", name, geo)
