"""Classes that a distribution needs: all of them, and published."""

from __future__ import annotations

import pandas as pd

from sme_stats.codelists import size_range
from sme_stats.errors import NotAvailableError, UnknownNameError, WithheldError
from sme_stats.frame import codes, describe, dimensions, require, select
from sme_stats.uncertainty.classes import covers
from sme_stats.uncertainty.cube import Array, Cube

_FIRMS = ("enterprises", "active_enterprises")


def counted(frame: pd.DataFrame) -> pd.DataFrame:
    """Enterprises (or active enterprises) of a frame."""
    require(frame, "measure", "size", "geo", "year", "value", "conf")
    present = codes(frame["measure"])
    firms = [m for m in _FIRMS if m in present]
    if not firms:
        raise UnknownNameError("measure in the frame", "enterprises", present)
    return select(frame, measure=firms[0])


def partition_from(cube: Cube, start: int) -> tuple[str, ...]:
    """Finest classes that make up everything from some size on.

    Raises
    ------
    UnknownNameError
        If no class begins there.
    NotAvailableError
        If a class is missing further on.
    """
    ways = covers(tuple(cube.codes), start, None)
    if not ways:
        begins = {s.lower for c in cube.codes if (s := size_range(c))}
        if start not in begins:
            raise UnknownNameError("start of a class", start, begins)
        raise NotAvailableError(
            f"a class is missing: nothing adds up from {start} persons employed on; the frame has "
            f"{', '.join(cube.codes)}"
        )
    return max(ways, key=len)


def refuse_withheld(cube: Cube, columns: list[int], keep: Array) -> None:
    """Refuse groups (a mask) of which a needed class is withheld."""
    if not keep.any():
        raise NotAvailableError("no group has every class; a distribution needs all of them")
    hidden = keep & cube.withheld[:, columns].any(axis=1)
    if hidden.any():
        row = cube.keys[hidden].iloc[0]
        where = describe(row, [k for k in dimensions(cube.keys) if k not in ("indic", "unit")])
        raise WithheldError(
            f"a class of {where} is withheld; a distribution over the visible classes would be "
            "another one, so leave this group out"
        )
