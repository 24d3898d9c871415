"""What is known of each dataflow: dimensions, population, size basis, partition, years, breaks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from sme_stats.codelists import indicators
from sme_stats.errors import UnknownNameError
from sme_stats.plugins import DATASETS, Plugin, Registry


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
    codes : mapping
        Of a plugin: indicator codes that `INDICATOR.csv` lacks, each to its measure and unit.
    cells : pathlib.Path, bytes or None
        Of a plugin: a file as Eurostat serves them, or its content, where `load` finds the cells.
    vintage : str
        Of a plugin with cells: their last update.
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
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)
    cells: Path | bytes | None = field(default=None, repr=False)
    vintage: str = ""

    def indicators(self) -> list[str]:
        """Indicator codes of the table's family, and the table's own."""
        return [*indicators(self.family), *self.codes]

    def measure_of(self, indic: str) -> tuple[str, str]:
        """Harmonised measure and unit of an indicator code, both empty where unknown."""
        if indic in self.codes:
            return self.codes[indic]
        row = indicators(self.family).get(indic, {})
        return row.get("measure", ""), row.get("unit", "")


@cache
def entries() -> Registry[Dataflow]:
    """Read the catalogue; entries of plugins come after its own.

    Examples
    --------
    >>> entries()["bd_size"].size_basis
    'employees'
    """
    raw = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    own = {code: _entry(code, given) for code, given in raw.items()}
    return Registry(DATASETS, own, _from_plugin, str.lower)


def _entry(code: str, given: Mapping[str, Any]) -> Dataflow:
    tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    tuples["breaks"] = tuple(Break(**b) for b in given.get("breaks", ()))
    return Dataflow(code=code, **tuples)


def _from_plugin(plugin: Plugin) -> Dataflow:
    """Entry from what a plugin names: the fields as in the catalogue, or a function giving them."""
    given = plugin.load()
    given = given() if callable(given) else given
    known = {
        f.name: f.default is MISSING and f.default_factory is MISSING for f in fields(Dataflow)
    }
    needed = {name for name, must in known.items() if must} - {"code", "breaks"}
    if not isinstance(given, Mapping):
        raise plugin.broken(f"it is {type(given).__name__}, not a mapping of catalogue fields")
    if missing := sorted(needed - set(given)):
        raise plugin.broken(f"the catalogue's fields {', '.join(missing)} are missing")
    if unknown := sorted(set(given) - set(known) | ({"code"} & set(given))):
        raise plugin.broken(f"the catalogue has no fields {', '.join(unknown)}")
    return _entry(plugin.name.lower(), given)


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
