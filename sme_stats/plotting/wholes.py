"""Indicators that need every class: what is known, and where a withheld class leaves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from sme_stats.errors import (
    IncoherentError,
    NotAvailableError,
    SmeStatsError,
    UnknownNameError,
    WithheldError,
)
from sme_stats.frame import concat, tidy

#: Distributions over classes, of which a part is another distribution.
ONLY_WHOLE = ("gini", "pareto-tail")


def where_known(
    indicator: Callable[[pd.DataFrame], pd.DataFrame], cells: pd.DataFrame
) -> pd.DataFrame:  # fmt: skip
    """An indicator by place and year; rows without a value where a class is withheld.

    Parameters
    ----------
    indicator : callable
        Observation frame in, observation frame out.
    cells : pandas.DataFrame
        Several places and years.

    Returns
    -------
    pandas.DataFrame
        Rows of the indicator, and for each place and year that it refuses for a withheld class
        one with ``conf`` C and neither value nor ends.

    Raises
    ------
    WithheldError
        If no place and year is known.
    """
    known, hidden = [], []
    refused: SmeStatsError | None = None
    pairs = cells[["geo", "year"]].astype({"geo": str}).drop_duplicates()
    for geo, year in pairs.itertuples(index=False):
        part = cells[(cells["geo"] == geo) & (cells["year"] == year)]
        try:
            known.append(indicator(part))
        except (WithheldError, NotAvailableError, UnknownNameError, IncoherentError) as error:
            if isinstance(error, WithheldError):
                hidden.append((geo, year))
            refused = error
    if not known:
        raise refused or NotAvailableError("no place has cells")
    model = known[0].iloc[[0]]
    ends = dict.fromkeys(("value", "lower", "upper"), float("nan"))
    blank = [
        tidy({str(c): model[c] for c in model.columns} | ends
             | {"geo": geo, "year": [year], "conf": "C", "flag": ""})
        for geo, year in hidden
    ]  # fmt: skip
    return concat([*known, *blank])
