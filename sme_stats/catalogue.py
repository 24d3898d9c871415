"""What is known of each dataflow: dimensions, population, size basis, partition, years, breaks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sme_stats.codelists import indicators
from sme_stats.errors import UnknownNameError


@dataclass(frozen=True)
class Break:
    """A change after which a series does not go on: place (``*`` everywhere), year, reason."""

    geo: str
    year: int
    why: str


@dataclass(frozen=True)
class Dataflow:
    """One entry of the catalogue.

    Attributes
    ----------
    code, title : str
        Eurostat's code and title.
    family : str
        ``sbs``, ``bd``, ``employer`` (demography of enterprises with an employee), ``population``,
        ``accounts`` or ``release``; decides what an indicator code means.
    dimensions : tuple of str
        In the order of the data structure.
    population : str
        NACE code of the table's widest total; empty where the table has none.
    size_basis : str
        ``persons_employed`` or ``employees``: what the size classes count; empty without them.
    size_partition : tuple of str
        The classes that add up to TOTAL.
    years : tuple of int
        First and last reference year.
    breaks : tuple of Break
        Breaks that the cells do not carry as a flag.
    caveat : str
        The one thing to know before using it.
    successor_of : str
        The table that it goes on from, never without a break.
    indicators_in : str
        Column with the indicator codes.
    measure : str
        Measure of every cell, where no column names an indicator.
    """

    code: str
    title: str
    family: str
    dimensions: tuple[str, ...]
    population: str
    size_basis: str
    size_partition: tuple[str, ...]
    years: tuple[int, int]
    breaks: tuple[Break, ...]
    caveat: str
    successor_of: str = ""
    indicators_in: str = "indic"
    measure: str = ""

    def indicators(self) -> list[str]:
        """Indicator codes of the table's family."""
        return list(indicators(self.family))

    def measure_of(self, indic: str) -> tuple[str, str]:
        """Harmonised measure and unit of an indicator code, both empty where unknown."""
        row = indicators(self.family).get(indic, {})
        return row.get("measure", ""), row.get("unit", "")


@cache
def entries() -> dict[str, Dataflow]:
    """Read the catalogue.

    Examples
    --------
    >>> entries()["bd_size"].size_basis
    'employees'
    """
    raw = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {code: _entry(code, fields) for code, fields in raw.items()}


def _entry(code: str, fields: dict[str, object]) -> Dataflow:
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
    tuples["breaks"] = tuple(Break(**b) for b in fields["breaks"])  # type: ignore[attr-defined]
    return Dataflow(code=code, **tuples)  # type: ignore[arg-type]


def find(dataset: str) -> Dataflow:
    """Look up one dataflow.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it; names the nearest.

    Examples
    --------
    >>> find("bd_sise")
    Traceback (most recent call last):
    sme_stats.errors.UnknownNameError: unknown dataset: 'bd_sise'; did you mean bd_size or bd_hg?
    """
    known = entries()
    if dataset.lower() not in known:
        raise UnknownNameError("dataset", dataset, known)
    return known[dataset.lower()]
