"""The chain of one verdict: cells, formula, intervals, comparison, nearest definitions."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.claims.blocks import Evidence
from sme_stats.claims.outputs import place
from sme_stats.claims.search import Definition, Reconciliation, reconcile
from sme_stats.claims.space import Space
from sme_stats.claims.standing import say_standing
from sme_stats.claims.verdicts import Verdict
from sme_stats.claims.words import (
    is_section,
    say_evidence,
    say_number,
    say_own,
    say_place,
    say_range,
    say_years,
)  # fmt: skip
from sme_stats.codelists import size_range
from sme_stats.indicators.ranges import PRINTED

#: Measures that a number is computed from, where they are not its own.
_FROM = {
    "average_size": ("persons_employed", "enterprises", "active_enterprises"),
    "birth_rate": ("birth_rate", "births", "active_enterprises"),
    "death_rate": ("death_rate", "deaths", "active_enterprises"),
    "churn_rate": ("churn_rate", "birth_rate", "death_rate"),
}
#: Cells that are listed one by one; a partial aggregate has more.
_MOST_CELLS = 200


@dataclass(frozen=True)
class Cell:
    """One published cell that went into a number."""

    dataset: str
    vintage: str
    measure: str
    size: str
    geo: str
    year: int
    value: float
    unit: str
    flag: str
    conf: str

    def __str__(self) -> str:
        """Measure, size, number and flags."""
        value = "withheld" if self.conf else say_number(self.value, self.unit)
        return f"{self.measure} {self.size}: {value}" + (f" ({self.flag})" if self.flag else "")

    def record(self) -> dict[str, Any]:
        """Fields as JSON has them; None for a withheld value."""
        return vars(self) | {"value": self.value if math.isfinite(self.value) else None}


@dataclass(frozen=True)
class Chain:
    """What stands between a printed number and its verdict.

    Attributes
    ----------
    verdict : Verdict
        With the printed intervals, the evidence and its formula.
    cells : tuple of Cell
        The published cells used, empty where there is no evidence.
    search : Reconciliation
        The nearest definitions under which the number holds.
    """

    verdict: Verdict
    cells: tuple[Cell, ...]
    search: Reconciliation

    def record(self) -> dict[str, Any]:
        """Fields of ``check --explain ID --format json``, and what the report shows on a click."""
        found = self.verdict.evidence
        return self.verdict.record() | {
            "definition": say_claim(self.verdict), "formula": found.how if found else None,
            "why": self.verdict.claim.why, "cells": [cell.record() for cell in self.cells],
            "nearest": [d.record() | {"text": say_evidence(d.evidence)}
                        for d in self.search.definitions],
            "history": say_own(self.search),
            "unspecific": self.search.unspecific,
        }  # fmt: skip


def chain_of(verdict: Verdict, space: Space, most: int = 3) -> Chain:
    """Follow one verdict back to the published cells and on to the nearest definitions.

    Parameters
    ----------
    verdict : Verdict
        The verdict to explain.
    space : Space
        What it was checked against; searched for other definitions.
    most : int
        How many of them to name.

    Examples
    --------
    >>> from sme_stats import check, read_claims
    >>> from sme_stats.claims.space import embedded
    >>> from sme_stats.places import data_dir
    >>> space = embedded()
    >>> large = check(read_claims(data_dir() / "claims" / "press-2023.toml"), space)[2]
    >>> [str(cell) for cell in chain_of(large, space).cells]
    ['enterprises GE250: 54,256', 'enterprises TOTAL: 33,065,522']
    """
    found = verdict.evidence
    cells = tuple(_cells(found, space)) if found else ()
    return Chain(verdict, cells, reconcile(verdict.claim, space, most=most))


def explain(verdict: Verdict, space: Space, most: int = 3) -> str:
    """The same as text; see `chain_of`."""
    return say_chain(chain_of(verdict, space, most))


def say_chain(chain: Chain) -> str:
    """Write a chain as lines, from the quote to the nearest definitions."""
    verdict, claim = chain.verdict, chain.verdict.claim
    lines = [f"{claim.printed.text}  ({claim.id}, {place(verdict)})"]
    if claim.quote:
        lines.append(f"quote:      {claim.quote}")
    lines += [f"claim:      {say_claim(verdict)}", *_printed(verdict), *_data(chain)]
    said = "as expected" if verdict.as_expected else f"EXPECTED {claim.expect.upper()}"
    provisional = " (provisional)" if verdict.provisional else ""
    lines.append(f"verdict:    {verdict.verdict}{provisional}, {said}")
    if standing := say_standing(verdict.verdict, verdict.earlier):
        lines.append(f"vintages:   {standing}")
    if claim.why:
        lines.append(f"why:        {claim.why}")
    lines += [_nearest(n, d) for n, d in enumerate(chain.search.definitions, start=1)]
    if not chain.search.definitions:
        lines.append("nearest:    no definition of the tables at hand")
    return "\n".join([*lines, *(f"search:     {said}" for said in say_own(chain.search))])


def say_claim(verdict: Verdict) -> str:
    """The definition that a number is printed under."""
    claim = verdict.claim
    year = claim.year if claim.year is not None else "latest"
    population = claim.population or "what the year's table has"
    age = f", age {claim.age}" if claim.age else ""
    of = "" if claim.of == "TOTAL" else f", in percent of {claim.of}"
    base = f", since {claim.base_year}" if claim.base_year else ""
    return (
        f"{claim.statistic} of {claim.measure}, size {claim.size}{of}, {claim.geo} {year}{base}"
        f"{age}, population: {population}"
    )


def _printed(verdict: Verdict) -> list[str]:
    return [
        f"printed as: [{reading.lower:,.10g}, {reading.upper:,.10g}) {reading.name}: {said}"
        for reading, said in verdict.readings
    ]


def _data(chain: Chain) -> list[str]:
    found = chain.verdict.evidence
    if found is None:
        return [f"data:       {chain.verdict.note}"]
    source = f", release {found.source}" if found.source else ""
    withheld = "; rests on withheld cells, bounded by what is published" if found.conf else ""
    number = say_range(found.lower, found.value, found.upper, found.unit)
    several = len({(cell.geo, cell.year) for cell in chain.cells}) > 1
    cells = [f"{c}, {say_place(c.geo)} {c.year}" if several else str(c) for c in chain.cells]
    return [
        f"source:     {found.dataset}, vintage {found.vintage}{source}; {found.nace}, {found.geo} "
        f"{found.year}; flags: {found.flag or 'none'}{withheld}",
        *(f"cell:       {cell}" for cell in cells),
        f"formula:    {found.how}",
        f"data:       {number}",
    ]


def _cells(found: Evidence, space: Space) -> list[Cell]:
    """Published cells of the evidence: its measures and sizes, every member and both years."""
    names: tuple[str, ...] = _FROM.get(found.measure, (found.measure,))
    if found.how.startswith("births ÷"):
        names = ("births", "birth_rate")
    measures = [name + end for name in names for end in ("", PRINTED)]
    geos = found.members.split("+") if found.members else [found.geo]
    years = [year for year in (found.base_year, found.year) if year]
    for table in space.tables:
        frame = table.frame
        if bool(found.source) != ("source" in frame.columns):
            continue
        keep = _among(frame, "geo", geos) & _among(frame, "measure", measures)
        keep &= frame["year"].isin(years).to_numpy()
        for name in ("dataset", "vintage", "nace", "source"):
            keep &= _among(frame, name, [getattr(found, name)])
        if found.age:
            keep &= _among(frame, "age", [found.age])
        sizes = _sizes(found, map(str, frame["size"].unique()))
        keep &= _among(frame, "size", sizes)
        if keep.any():
            rows = frame[keep].sort_values(["geo", "year"], kind="stable")
            return [_cell(row) for row in rows.head(_MOST_CELLS).to_dict("records")]
    return []


def _among(frame: pd.DataFrame, name: str, codes: list[str]) -> Any:
    if name not in frame.columns:
        return np.ones(len(frame), bool)
    return frame[name].isin(codes).to_numpy()


def _sizes(found: Evidence, published: Iterable[str]) -> list[str]:
    """Sizes that a size is computed from: itself, its classes, TOTAL and what TOTAL less it is."""
    wanted, whole = size_range(found.size), size_range(found.of)
    if wanted is None or wanted.upper is None:
        return [found.size, "TOTAL"]
    if whole is not None and whole.upper is not None:
        wanted = whole
    rest = [f"GE{wanted.upper + 1}"] if not wanted.lower and wanted.upper is not None else []
    ranges = [(code, size_range(code)) for code in published]
    inside = [
        code for code, part in ranges
        if part and part.upper is not None and wanted.upper is not None
        and wanted.lower <= part.lower <= part.upper <= wanted.upper
    ]  # fmt: skip
    return [*dict.fromkeys([found.size, *inside, *rest, "TOTAL"])]


def _cell(row: dict[Hashable, Any]) -> Cell:
    named = {n: str(row[n]) for n in ("dataset", "vintage", "measure", "size", "geo", "unit")}
    return Cell(
        **named, year=int(row["year"]), value=float(row["value"]), flag=str(row["flag"] or ""),
        conf=str(row["conf"] or ""),
    )  # fmt: skip


def _nearest(number: int, definition: Definition) -> str:
    changed = ", ".join(definition.changed) or "nothing"
    nace = definition.evidence.nace
    population = "" if is_section(nace) else f", population {nace}"
    return (
        f"nearest {number}:  {say_evidence(definition.evidence)}{population}; changed: {changed}; "
        f"distance {definition.distance:.2f}; {say_years(definition)}"
    )
