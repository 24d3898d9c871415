"""Codes that exist, and codes that a table at hand holds."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sme_stats import codelists
from sme_stats.errors import NotAvailableError, UnknownNameError
from sme_stats.frame import DIMENSIONS, as_list, codes


def check_codes(frame: pd.DataFrame, where: str, filters: Mapping[str, object]) -> None:
    """Tell a code that does not exist from one that the table at hand does not hold.

    Raises
    ------
    NotAvailableError
        The code exists; names what there is.
    UnknownNameError
        It does not.
    """
    for name, wanted in filters.items():
        column = DIMENSIONS.get(name, name)
        if wanted is None or column not in frame.columns or column not in ("geo", "size", "nace"):
            continue
        known = codelists.table(column.upper())
        present = codes(frame[column])
        for code in map(str, as_list(wanted)):
            if code in present:
                continue
            if column == "geo" and code in codelists.GEO_ALIASES:
                codelists.geo_code(code)
            if code in known:
                shown = ", ".join(present[:30])
                raise NotAvailableError(
                    f"{where} has no {column} {code} "
                    f"({codelists.label(column.upper(), code)}); it has {shown}"
                )
            raise UnknownNameError(column, code, {*known, *present})
