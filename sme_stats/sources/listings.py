"""Which tables there are: embedded, stored, known to the catalogue, or all of Eurostat's."""

from __future__ import annotations

import pandas as pd

from sme_stats import catalogue
from sme_stats.catalogue import Dataflow
from sme_stats.sources import brought, folders, snapshot

_COLUMNS = (
    "dataset", "title", "source", "population", "size_basis", "years", "rows", "vintage",
    "coverage", "caveat",
)  # fmt: skip


def listed(search: str = "", source: str = "auto") -> pd.DataFrame:
    """List tables, those of the catalogue in its order; see `sme_stats.datasets`."""
    if source == "live":
        from sme_stats.sources.metadata import Metadata

        return Metadata().contents(search)
    known = catalogue.entries()
    stored = folders.datasets(folders.cache_dir()) if source != "snapshot" else []
    own = [code for code, flow in known.items() if flow.dimensions or code == "releases"]
    codes = dict.fromkeys([*own, *stored])
    rows = [_row(code, known.get(code), code in stored) for code in codes]
    wanted = {"auto": {"snapshot", "store", "plugin", "live"}, "snapshot": {"snapshot", "plugin"}}
    rows = [row for row in rows if row["source"] in wanted.get(source, {source})]
    rows = [row for row in rows if fits(search, f"{row['dataset']} {row['title']}")]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"rows": "Int64"})


def fits(search: str, text: str) -> bool:
    """Whether every word of a search is in a text, in any order and case.

    Examples
    --------
    >>> fits("size business", "Business demography by size class"), fits("r&d", "Business")
    (True, False)
    """
    return all(word in text.casefold() for word in search.casefold().split())


def _row(code: str, flow: Dataflow | None, stored: bool) -> dict[str, object]:
    """What is said of one table, and where `load` takes its cells from."""
    row: dict[str, object] = dict.fromkeys(_COLUMNS, "") | {"dataset": code, "rows": None}
    if flow is not None:
        row |= {
            "title": flow.title, "population": flow.population, "size_basis": flow.size_basis,
            "years": f"{flow.years[0]}-{flow.years[1]}", "caveat": flow.caveat,
        }  # fmt: skip
    return row | (_stored(code, flow) if stored else _at_hand(code, flow))


def _at_hand(code: str, flow: Dataflow | None) -> dict[str, object]:
    part = snapshot.manifest().get(code)
    if part is not None:
        return {"source": "snapshot", "rows": part.rows, "vintage": part.vintage,
                "coverage": part.coverage}  # fmt: skip
    if flow is not None and flow.cells is not None:
        return {"source": "plugin", "rows": len(brought.whole(code)), "vintage": flow.vintage,
                "coverage": "of a plugin"}  # fmt: skip
    return {"source": "live"}


def _stored(code: str, flow: Dataflow | None) -> dict[str, object]:
    from sme_stats.sources.store import Store

    about = Store().about(code)
    named = {} if flow is not None else {"title": about.get("title", "")}
    whole = {"source": "store", "vintage": about["vintage"], "coverage": "whole table"}
    return {**named, **whole, "rows": int(about["cells"])}
