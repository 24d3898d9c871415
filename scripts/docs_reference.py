"""Pages of the documentation that are made from the code: nothing in them is typed twice."""

from __future__ import annotations

import inspect
import sys
from itertools import groupby
from typing import Any

import sme_stats
from sme_stats import catalogue, codelists, errors, plotting, register
from sme_stats.indicators import registry
from sme_stats.sources import snapshot

GROUPS = {
    "Cells": ("load", "read", "datasets", "labels"),
    "Vintages": ("fetch", "vintages", "diff", "show", "lock"),
    "Uncertainty": ("bounds", "class_sums", "audit", "contradictions"),
    "Notebooks": ("view",),
    "Claims": ("Claim", "read_claims", "check", "reconcile", "parse_printed"),
}


def reference() -> dict[str, str]:
    """File name to text."""
    return {
        "indicators.md": indicators(), "datasets.md": datasets(), "api.rst": api(),
        "generated/breaks.md": breaks(),
    }  # fmt: skip


def indicators() -> str:
    """Catalogue of indicators and comparisons, from ``registry.csv`` and the docstrings."""
    every = {**registry.INDICATORS, **registry.COMPARISONS}
    lines = [
        "# Indicators",
        "",
        f"{len(registry.INDICATORS)} indicators and {len(registry.COMPARISONS)} comparisons of "
        "their results. Each takes an observation frame and gives one; the table named is the one "
        "that `sme-stats get` computes from by default.",
    ]
    for module, group in groupby(every.values(), lambda i: i.module):
        title = (inspect.getdoc(_module(module)) or module).split("\n")[0].rstrip(".")
        lines += ["", f"## {title}"]
        for one in group:
            lines += ["", f"### `{one.name}`", "", *_indicator(one)]
    return "\n".join(lines) + "\n"


def _module(name: str) -> Any:
    __import__(f"sme_stats.indicators.{name}")
    return sys.modules[f"sme_stats.indicators.{name}"]


def _indicator(one: registry.Indicator) -> list[str]:
    unit = codelists.table("UNIT").get(one.unit, {})
    said = unit.get("symbol") or unit.get("label") or "the measure's own"
    rows = {
        "unit": said, "Eurostat's codes": one.codes, "to know": one.caveat,
        "options": ", ".join(f"`{name}`" for name in one.takes),
        "charts": ", ".join(f"`{name}`" for name in one.charts),
    }  # fmt: skip
    if one.dataset:
        first, last = catalogue.find(one.dataset).years
        rows = {"table": f"[{one.dataset}](datasets.md#{one.dataset}), {first}–{last}"} | rows
    return [
        one.summary,
        "",
        "| | |",
        "|---|---|",
        *(f"| {key} | {text} |" for key, text in rows.items() if text),
        f"| function | {{py:func}}`~sme_stats.indicators.{one.module}.{one.function_name}` |",
    ]


def datasets() -> str:
    """Every table of the catalogue."""
    parts = snapshot.manifest()
    lines = [
        "# Datasets",
        "",
        "What is known of each table: any other table of Eurostat's loads as well, without a "
        "harmonised measure.",
    ]
    for flow in catalogue.entries().values():
        part = parts.get(flow.code)
        rows = {
            "population": flow.population and f"`{flow.population}`",
            "size counts": flow.size_basis.replace("_", " "),
            "classes that add up": ", ".join(flow.size_partition),
            "years": f"{flow.years[0]}–{flow.years[1]}",
            "goes on from": flow.successor_of and f"[{flow.successor_of}](#{flow.successor_of})",
            "embedded": f"{part.rows:,} rows, vintage {part.vintage}: {part.coverage}" if part
            else "no: `sme-stats fetch` gets it",
            "to know": flow.caveat,
        }  # fmt: skip
        lines += ["", f"## `{flow.code}`", "", flow.title, "", "| | |"]
        lines += ["|---|---|", *(f"| {k} | {_cell(v)} |" for k, v in rows.items() if v)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def breaks() -> str:
    """Table of the breaks that no flag says."""
    lines = ["| table | place | from | why |", "|---|---|---|---|"]
    for flow in catalogue.entries().values():
        for one in flow.breaks:
            place = "everywhere" if one.geo == "*" else codelists.label("GEO", one.geo)
            lines.append(f"| {flow.code} | {place} | {one.year} | {_cell(one.why)} |")
    return "\n".join(lines) + "\n"


def api() -> str:
    """Functions and classes with their docstrings."""
    every = {**registry.INDICATORS, **registry.COMPARISONS}.values()
    groups: dict[str, list[Any]] = {
        title: [getattr(sme_stats, name) for name in names] for title, names in GROUPS.items()
    }
    functions = {f"{i.module}.{i.function_name}": i.function for i in every}
    groups["Indicators"] = [*functions.values(), sme_stats.link, registry.describe]
    groups["Charts"] = [getattr(plotting, name) for name in plotting.__all__ if name != "CHARTS"]
    groups["Register"] = [getattr(register, n) for n in register.__all__ if n != "ENGINES"]
    groups["Errors"] = [
        e for e in vars(errors).values()
        if inspect.isclass(e) and e.__module__ == errors.__name__
    ]  # fmt: skip
    lines = ["Functions", "=========", "", inspect.cleandoc(_API)]
    for title, things in groups.items():
        lines += ["", title, "-" * len(title), ""]
        for thing in dict.fromkeys(things):
            kind = "autofunction"
            if inspect.isclass(thing):
                kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
            lines += [f".. {kind}:: {thing.__module__}.{thing.__qualname__}", ""]
    return "\n".join(lines) + "\n"


_API = """
Public names are imported from ``sme_stats`` itself (``sme_stats.load``), charts from
``sme_stats.plotting``, what tabulates registers from ``sme_stats.register``; the module shown is
where each is defined. Indicators are computed by name with ``sme-stats get`` too: see the
:doc:`catalogue of indicators <indicators>`.
"""
