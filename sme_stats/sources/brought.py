"""Cells that a plugin brings with its dataset, read by the parser of Eurostat's answers."""

from __future__ import annotations

from functools import cache

import pandas as pd

from sme_stats import catalogue
from sme_stats.errors import PluginError, SmeStatsError
from sme_stats.frame import select
from sme_stats.sources.codes import check_codes
from sme_stats.sources.formats import read


def has(code: str) -> bool:
    """Whether a plugin brings this table with its cells."""
    flow = catalogue.entries().get(code)
    return flow is not None and flow.cells is not None


def load(code: str, filters: dict[str, object]) -> pd.DataFrame:
    """Select cells of a table that a plugin brings.

    Raises
    ------
    PluginError
        If the cells cannot be read.
    UnknownNameError, NotAvailableError
        As `sme_stats.load`.
    """
    frame = whole(code)
    check_codes(frame, f"the plugin's {code}", filters)
    return select(frame, f"the plugin's {code}", **filters).copy()


@cache
def whole(code: str) -> pd.DataFrame:
    """Read a table once a process; callers must not change it."""
    flow = catalogue.find(code)
    try:
        return read(flow.cells or b"", dataset=code, vintage=flow.vintage or None)
    except SmeStatsError as error:
        raise PluginError(
            f"cells of the plugin's dataset {code!r} cannot be read: {error}"
        ) from error


def listed() -> list[tuple[catalogue.Dataflow, int]]:
    """Every such table and its number of cells."""
    flows = [flow for flow in catalogue.entries().values() if flow.cells is not None]
    return [(flow, len(whole(flow.code))) for flow in flows]
