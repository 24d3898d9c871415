"""What a table holds, in words: dimensions, codes in use with labels, years, units, breaks."""

from __future__ import annotations

import pandas as pd

from sme_stats import codelists
from sme_stats.catalogue import entries
from sme_stats.frame import DIMENSIONS, codes, dimensions

_LISTS = {"geo": "GEO", "size": "SIZE", "nace": "NACE", "age": "AGE", "unit": "UNIT"}


def describe(frame: pd.DataFrame, lang: str = "en", title: str = "") -> dict[str, object]:
    """Describe the cells of one table.

    Returns
    -------
    dict
        ``dataset``, ``title``, ``vintage``, ``cells``, ``withheld``, ``years`` (first and last),
        ``population``, ``size_basis``, ``units``, ``dimensions`` (column to code to label),
        ``breaks`` (geo, year, why; flagged ones counted under ``flagged_breaks``), ``caveat``.

    Examples
    --------
    >>> from sme_stats import load
    >>> about = describe(load("bd_size"))
    >>> about["dimensions"]["size"]["GE10"], about["years"]
    ('10 employees or more', [2021, 2024])
    """
    dataset = codes(frame["dataset"])[0] if len(codes(frame["dataset"])) else ""
    flow = entries().get(dataset)
    named = [
        c for c in dimensions(frame) if c not in ("dataset", "vintage", "unit", "year", "period")
    ]
    breaks = flow.breaks if flow else ()
    return {
        "dataset": dataset,
        "title": flow.title if flow else title,
        "vintage": ", ".join(codes(frame["vintage"])),
        "cells": len(frame),
        "withheld": int((frame["conf"].astype("str") != "").sum()),
        "years": [int(frame["year"].min()), int(frame["year"].max())],
        "population": flow.population if flow else "",
        "size_basis": flow.size_basis if flow else "",
        "units": {code: codelists.label("UNIT", code, lang) for code in codes(frame["unit"])},
        "dimensions": {name: _labels(frame, name, dataset, lang) for name in named},
        "breaks": [{"geo": b.geo, "year": b.year, "why": b.why} for b in breaks],
        "flagged_breaks": int(frame["flag"].astype("str").str.contains("b").sum()),
        "caveat": flow.caveat if flow else "",
    }


def _labels(frame: pd.DataFrame, name: str, dataset: str, lang: str) -> dict[str, str]:
    return _named(name, codes(frame[name]), dataset, lang)


def _named(name: str, found: list[str], dataset: str, lang: str) -> dict[str, str]:
    if name == "indic" and dataset in entries():
        known = codelists.indicators(entries()[dataset].family)
        return {code: known.get(code, {}).get("label", code) for code in found}
    if name == "measure":
        return {code: codelists.label("MEASURE", code, lang) for code in found}
    if name in _LISTS:
        return {code: codelists.label(_LISTS[name], code, lang) for code in found}
    return {code: code for code in found}


def describe_live(code: str, lang: str = "en") -> dict[str, object]:
    """Describe a table of Eurostat's from its structure alone, without its cells."""
    from sme_stats.sources.client import Client
    from sme_stats.sources.structure import stamp, structure

    client = Client()
    state, table, flow = stamp(client, code), structure(client, code), entries().get(code)
    years = sorted({int(p[:4]) for p in table.periods if p[:4].isdigit()})
    return {
        "dataset": code,
        "title": state.title or (flow.title if flow else ""),
        "vintage": state.vintage,
        "cells": state.cells,
        "withheld": None,
        "years": [years[0], years[-1]] if years else list(flow.years) if flow else [],
        "population": flow.population if flow else "",
        "size_basis": flow.size_basis if flow else "",
        "units": {},
        "dimensions": {
            DIMENSIONS.get(name, name): _named(DIMENSIONS.get(name, name), list(used), code, lang)
            for name, used in table.dimensions.items()
        },
        "breaks": [{"geo": b.geo, "year": b.year, "why": b.why} for b in flow.breaks]
        if flow
        else [],
        "flagged_breaks": None,
        "caveat": flow.caveat if flow else "",
    }
