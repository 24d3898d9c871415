"""The chain of one verdict: cells, formula, intervals, comparison, nearest definitions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from sme_stats.claims.blocks import Evidence
from sme_stats.claims.outputs import place
from sme_stats.claims.search import reconcile
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import Verdict
from sme_stats.claims.words import say_evidence, say_number, say_range
from sme_stats.codelists import size_range
from sme_stats.indicators.ranges import PRINTED


def explain(verdict: Verdict, space: Space, most: int = 3) -> str:
    """The chain of one verdict: cells, formula, intervals, comparison, nearest definitions.

    Parameters
    ----------
    verdict : Verdict
        The verdict to explain.
    space : Space
        What it was checked against; searched for other definitions.
    most : int
        How many of them to name.
    """
    claim = verdict.claim
    lines = [f"{claim.printed.text}  ({claim.id}, {place(verdict)})"]
    if claim.quote:
        lines.append(f"quote:      {claim.quote}")
    lines += [f"claim:      {_definition(verdict)}", *_printed(verdict), *_data(verdict, space)]
    said = "as expected" if verdict.as_expected else f"EXPECTED {claim.expect.upper()}"
    lines.append(f"verdict:    {verdict.verdict}, {said}")
    if claim.why:
        lines.append(f"why:        {claim.why}")
    return "\n".join([*lines, *_nearest(verdict, space, most)])


def _definition(verdict: Verdict) -> str:
    claim = verdict.claim
    year = claim.year if claim.year is not None else "latest"
    population = claim.population or "what the year's table has"
    age = f", age {claim.age}" if claim.age else ""
    return (
        f"{claim.statistic} of {claim.measure}, size {claim.size}, {claim.geo} {year}{age}, "
        f"population: {population}"
    )


def _printed(verdict: Verdict) -> list[str]:
    return [
        f"printed as: [{reading.lower:,.10g}, {reading.upper:,.10g}) {reading.name}: {said}"
        for reading, said in verdict.readings
    ]


def _data(verdict: Verdict, space: Space) -> list[str]:
    found = verdict.evidence
    if found is None:
        return [f"data:       {verdict.note}"]
    source = f", release {found.source}" if found.source else ""
    withheld = "; rests on withheld cells, bounded by what is published" if found.conf else ""
    number = say_range(found.lower, found.value, found.upper, found.unit)
    return [
        f"source:     {found.dataset}, vintage {found.vintage}{source}; {found.nace}, {found.geo} "
        f"{found.year}; flags: {found.flag or 'none'}{withheld}",
        *(f"cell:       {cell}" for cell in _cells(found, space)),
        f"formula:    {found.how}",
        f"data:       {number}",
    ]


def _cells(found: Evidence, space: Space) -> list[str]:
    """Cells of the evidence's row of its table, as published: measure, size, value, flags."""
    pair = {"average_size": ("persons_employed", "enterprises")}
    measures = [m + end for m in pair.get(found.measure, (found.measure,)) for end in ("", PRINTED)]
    for table in space.tables:
        frame = table.frame
        if bool(found.source) != ("source" in frame.columns):
            continue
        keep = np.ones(len(frame), bool)
        for name in ("dataset", "vintage", "nace", "geo", "source"):
            if name in frame.columns:
                keep &= (frame[name] == getattr(found, name)).to_numpy()
        keep &= (frame["year"] == found.year).to_numpy() & frame["measure"].isin(
            measures
        ).to_numpy()
        keep &= frame["size"].isin(_sizes(found.size, map(str, frame["size"].unique()))).to_numpy()
        if keep.any():
            return [_cell(row) for row in frame[keep].to_dict("records")]
    return []


def _sizes(size: str, published: Iterable[str]) -> list[str]:
    """Sizes that a size is computed from: itself, its classes, TOTAL and what TOTAL less it is."""
    wanted = size_range(size)
    if wanted is None or wanted.upper is None:
        return [size, "TOTAL"]
    rest = [f"GE{wanted.upper + 1}"] if not wanted.lower else []
    ranges = [(code, size_range(code)) for code in published]
    inside = [
        code for code, part in ranges
        if part and part.upper is not None
        and wanted.lower <= part.lower <= part.upper <= wanted.upper
    ]  # fmt: skip
    return [*dict.fromkeys([size, *inside, *rest, "TOTAL"])]


def _cell(row: dict[Hashable, Any]) -> str:
    value = "withheld" if row["conf"] else say_number(float(row["value"]), str(row["unit"]))
    flags = f" ({row['flag']})" if row["flag"] else ""
    return f"{row['measure']} {row['size']}: {value}{flags}"


def _nearest(verdict: Verdict, space: Space, most: int) -> list[str]:
    result = reconcile(verdict.claim, space, most=most)
    if not result.definitions:
        return ["nearest:    no definition of the tables at hand"]
    lines = []
    for number, definition in enumerate(result.definitions, start=1):
        changed = ", ".join(definition.changed) or "nothing"
        lines.append(
            f"nearest {number}:  {say_evidence(definition.evidence)}; changed: {changed}; "
            f"distance {definition.distance:.2f}"
        )
    return lines
