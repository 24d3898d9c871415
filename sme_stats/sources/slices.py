"""Slices of stored tables: filters in the frame's words pushed down to the file."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sme_stats.catalogue import entries
from sme_stats.errors import NotAvailableError, UnknownNameError
from sme_stats.frame import DIMENSIONS, as_list, select
from sme_stats.sources.codes import check_codes
from sme_stats.sources.store import Store


def read(
    store: Store, dataset: str, vintage: str | None, filters: Mapping[str, object]
) -> pd.DataFrame:
    """Read the cells of a stored table that fit the filters.

    Raises
    ------
    UnknownNameError
        If a dimension or a code is not in the table; names the nearest.
    NotAvailableError
        If no cell combines them.
    """
    where = f"the stored {dataset}"
    wanted = _pushed(store.dimensions(dataset, vintage), dataset, filters)
    frame = store.read(dataset, vintage, wanted)
    try:
        return select(frame, where, **dict(filters))
    except (UnknownNameError, NotAvailableError):
        # The slice lacks what the message has to name: what the whole table holds.
        whole = store.read(dataset, vintage)
        check_codes(whole, where, filters)
        return select(whole, where, **dict(filters))


def _pushed(
    dims: list[str], dataset: str, filters: Mapping[str, object]
) -> dict[str, tuple[str, ...]]:
    """Filters that the file can answer, under Eurostat's names of the dimensions."""
    ours = {DIMENSIONS.get(name, name): name for name in dims}
    pushed = {}
    for name, wanted in filters.items():
        column = DIMENSIONS.get(name, name)
        if wanted is not None and column in ours:
            pushed[ours[column]] = tuple(str(w) for w in as_list(wanted))
    flow, measures = entries().get(dataset), filters.get("measure")
    named = ours.get(flow.indicators_in, "") if flow else ""
    if flow is not None and measures is not None and named and named not in pushed:
        asked = {str(m) for m in as_list(measures)}
        pushed[named] = tuple(c for c in flow.indicators() if flow.measure_of(c)[0] in asked)
    return pushed
